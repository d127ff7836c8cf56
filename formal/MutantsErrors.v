(** Wrong versions of what is said of noise, baselines, frozen errors and shaping, refuted; true weakenings, proved. *)
From Coq Require Import Reals List Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Laws Rollouts Noise Theorem2 Bias Coin Errors LeaveOneOut WhichGradient Signs.
Import ListNotations.
Open Scope R_scope.

(** ---- The discounted estimator ---- *)

(** Theorem 2, discounted, with another exact amount or another bound in the place of its own. *)
Definition discounted_noise_with (amount : learner -> R -> R -> nat -> nat -> R) (bound : R -> R -> nat -> R -> R) :=
  forall (W : learner) (u : state W -> action W -> R) (N : noise W) (gamma sigma : R) (H K : nat) (W_bar : R),
  noise_discounted_supposes gamma sigma H K W_bar -> proper W -> (forall x a, two_moments (N x a) sigma) ->
  (forall t, (t < H)%nat -> score_moment W t <= W_bar ^ 2) ->
  (forall j, (j < parameters W)%nat -> estimate_mean W u N gamma gamma H K j = estimate_mean W u quiet gamma gamma H K j) /\
  estimate_variance W u N gamma gamma H K - estimate_variance W u quiet gamma gamma H K = amount W gamma sigma H K /\
  amount W gamma sigma H K <= bound gamma sigma K W_bar.
Definition as_discounted W gamma sigma H K := noise_discounted_added (eligibility_discounted W) gamma sigma H K.
(** It is this theorem that is changed. *)
Theorem same_discounted_noise : discounted_noise_with as_discounted noise_discounted_bound. Proof. exact discounted_noise. Qed.
(** A true weakening remains provable: a bound that is twice as large. *)
Theorem weaker_discounted_noise : discounted_noise_with as_discounted (fun gamma sigma K W_bar => 2 * noise_discounted_bound gamma sigma K W_bar).
Proof.
  intros W u N g s H K w S P M L. destruct (discounted_noise W u N g s H K w S P M L) as (m & x & B). repeat split; auto.
  unfold noise_discounted_supposes in S. assert (0 <= noise_discounted_bound g s K w); [|unfold as_discounted; lra].
  rewrite (proj2 (discounted_readable W g s H K w ltac:(apply gamma2; lra) ltac:(apply S))). assert (0 < INR K) by (apply lt_0_INR, S).
  pose proof (gamma2 g ltac:(lra)). apply Rdiv_le_0_compat; [apply Rmult_le_pos; apply pow2_ge_0 | apply Rmult_lt_0_compat; [auto | apply pow_lt; lra]].
Qed.
Lemma coin_discounted gamma sigma H K : as_discounted coin gamma sigma H K = sigma ^ 2 * / INR K * sum H (fun u => gamma ^ (2 * u) * (INR (S u) * 4)).
Proof.
  unfold as_discounted, noise_discounted_added, eligibility_discounted. f_equal. apply sum_ext; intros u _. f_equal.
  rewrite <- sum_const. apply sum_ext; intros; apply coin_moment.
Qed.
Lemma wrong_discounted_bound bound gamma sigma H K : 0 <= gamma < 1 -> 0 <= sigma -> (1 <= H)%nat -> (1 <= K)%nat ->
  bound gamma sigma K 2 < as_discounted coin gamma sigma H K -> ~ discounted_noise_with as_discounted bound.
Proof.
  intros g s h k less M. destruct (discounted_noise_instance gamma sigma H K g s h k) as (S & P & N & L).
  destruct (M coin heads (fair sigma) gamma sigma H K 2 S P N L) as (_ & _ & B). lra.
Qed.
Lemma wrong_discounted_amount amount bound gamma sigma H K : 0 <= gamma < 1 -> 0 <= sigma -> (1 <= H)%nat -> (1 <= K)%nat ->
  amount coin gamma sigma H K <> as_discounted coin gamma sigma H K -> ~ discounted_noise_with amount bound.
Proof.
  intros g s h k ne M. destruct (discounted_noise_instance gamma sigma H K g s h k) as (S & P & N & L).
  destruct (M coin heads (fair sigma) gamma sigma H K 2 S P N L) as (_ & B & _).
  destruct (discounted_noise coin heads (fair sigma) gamma sigma H K 2 S P N L) as (_ & B' & _). unfold as_discounted in ne. lra.
Qed.
(** 1 - gamma^2 is not squared. *)
Theorem mutant_discounted_noise_once : ~ discounted_noise_with as_discounted (fun gamma sigma K W_bar => sigma ^ 2 * W_bar ^ 2 / (INR K * (1 - gamma ^ 2))).
Proof. apply (wrong_discounted_bound _ (1/2) 1 2 1); try lra; try lia. rewrite coin_discounted. simpl. lra. Qed.
(** K squared. *)
Theorem mutant_discounted_noise_rollouts_squared : ~ discounted_noise_with as_discounted (fun gamma sigma K W_bar => sigma ^ 2 * W_bar ^ 2 / (INR K ^ 2 * (1 - gamma ^ 2) ^ 2)).
Proof. apply (wrong_discounted_bound _ 0 1 1 2); try lra; try lia. rewrite coin_discounted. simpl. lra. Qed.
(** The amount of Theorem 2's estimator. *)
Theorem mutant_discounted_noise_theorem_2 : ~ discounted_noise_with (fun W gamma sigma H K => theorem_2_added (eligibility W gamma) sigma H K) noise_discounted_bound.
Proof. apply (wrong_discounted_amount _ _ (1/2) 1 2 1); try lra; try lia. rewrite coin_discounted, coin_added. simpl. lra. Qed.

(** ---- Which gradient ---- *)

(** That the discounted estimator's mean is the gradient of something else. *)
Definition which_gradient_with (of : forall W, (state W -> action W -> R) -> R -> nat -> nat -> R) :=
  forall (W : learner) (u : state W -> action W -> R) (N : noise W) (gamma sigma : R) (H K : nat),
  proper W -> (forall x a, two_moments (N x a) sigma) -> (1 <= K)%nat -> forall j, (j < parameters W)%nat ->
  estimate_mean W u N gamma gamma H K j = of W u gamma H j.
(** It is this theorem that is changed. *)
Theorem same_which_gradient : which_gradient_with gradient.
Proof. intros W u N gamma sigma H K P M K1 j jd. now apply (proj1 which_gradient W u N gamma sigma). Qed.
(** A true weakening remains provable: for gamma between 0 and 1 Theorem 2's estimator misses the coin's by H at most. *)
Theorem weaker_which_gradient : forall (gamma : R) (H K : nat), (1 <= K)%nat -> 0 <= gamma <= 1 ->
  estimate_mean coin heads quiet gamma 1 H K 0 - gradient coin heads gamma H 0 <= INR H.
Proof.
  intros gamma H K K1 g. destruct (proj1 (proj2 (proj2 which_gradient)) gamma H K K1) as (_ & _ & e). rewrite e.
  unfold which_gradient_missed. pose proof (geom_pos gamma H ltac:(lra)). lra.
Qed.
(** Of the undiscounted return. *)
Theorem mutant_which_gradient_undiscounted : ~ which_gradient_with (fun W u gamma H j => gradient W u 1 H j).
Proof.
  intros M. assert (B := M coin heads (fair 1) (1/2) 1 2%nat 1%nat coin_proper (fair_noise 1) ltac:(lia) 0%nat ltac:(simpl; lia)).
  rewrite (same_which_gradient coin heads (fair 1) (1/2) 1 2%nat 1%nat coin_proper (fair_noise 1) ltac:(lia) 0%nat ltac:(simpl; lia)) in B.
  rewrite !coin_gradient in B. simpl in B. lra.
Qed.
(** Theorem 2's estimator estimates it as well, for every discount. *)
Theorem mutant_which_gradient_theorem_2 : ~ forall (W : learner) (u : state W -> action W -> R) (gamma : R) (H K : nat),
  proper W -> 0 <= gamma < 1 -> (1 <= K)%nat -> forall j, (j < parameters W)%nat -> estimate_mean W u quiet gamma 1 H K j = gradient W u gamma H j.
Proof.
  intros M. apply (proj2 (proj2 (proj2 which_gradient)) (1/2) 1%nat); [lia | lra|]. apply M; [exact coin_proper | lra | lia | simpl; lia].
Qed.
(** What it misses does not grow with the horizon. *)
Theorem mutant_which_gradient_once : ~ forall (gamma : R) (H : nat), (2 <= H)%nat ->
  estimate_mean coin heads quiet gamma 1 H 1 0 - gradient coin heads gamma H 0 = 1 - gamma.
Proof.
  intros M. specialize (M (1/2) 3%nat ltac:(lia)). destruct (proj1 (proj2 (proj2 which_gradient)) (1/2) 3%nat 1%nat ltac:(lia)) as (_ & _ & e).
  rewrite e in M. unfold which_gradient_missed in M. simpl in M. lra.
Qed.

(** ---- Frozen errors ---- *)

(** Frozen errors, with another account of what they do to the mean, from their own estimate's mean. *)
Definition frozen_error_with (does : R -> nat -> R) :=
  forall (W : learner) (r b : state W -> action W -> R) (N : noise W) (gamma weight sigma : R) (H K : nat),
  proper W -> (forall x a, two_moments (N x a) sigma) -> (1 <= K)%nat -> forall j, (j < parameters W)%nat ->
  estimate_mean W (fun x a => r x a + b x a) N gamma weight H K j =
    estimate_mean W r quiet gamma weight H K j + does (estimate_mean W b quiet gamma weight H K j) K.
(** It is this theorem that is changed. *)
Theorem same_frozen_error : frozen_error_with (fun m _ => m). Proof. exact frozen_error. Qed.
(** A true weakening remains provable: an error of 0 moves nothing. *)
Theorem weaker_frozen_error : forall (W : learner) (r : state W -> action W -> R) (N : noise W) (gamma weight sigma : R) (H K : nat),
  proper W -> (forall x a, two_moments (N x a) sigma) -> (1 <= K)%nat -> forall j, (j < parameters W)%nat ->
  estimate_mean W (fun x a => r x a + 0) N gamma weight H K j = estimate_mean W r quiet gamma weight H K j.
Proof.
  intros W r N gamma weight sigma H K P M K1 j jd. rewrite (frozen_error W r (fun _ _ => 0) N gamma weight sigma) by auto.
  assert (z : estimate_mean W (fun _ _ => 0) quiet gamma weight H K j = 0); [|rewrite z; ring].
  pose proof (frozen_error W (fun _ _ => 0) (fun _ _ => 0) quiet gamma weight 0 H K P (quiet_moments W) K1 j jd) as e. cbv beta in e.
  replace (fun (_ : state W) (_ : action W) => 0 + 0) with (fun (_ : state W) (_ : action W) => 0) in e; [lra|].
  apply FunctionalExtensionality.functional_extensionality; intros x. apply FunctionalExtensionality.functional_extensionality; intros a. ring.
Qed.
Lemma wrong_frozen does K : (1 <= K)%nat -> does 1 K <> 1 -> ~ frozen_error_with does.
Proof.
  intros K1 ne M. assert (B := M coin (fun _ _ => 0) heads quiet 0 0 0 1%nat K coin_proper (quiet_moments coin) K1 0%nat ltac:(simpl; lia)).
  assert (B' := frozen_error coin (fun _ _ => 0) heads quiet 0 0 0 1%nat K coin_proper (quiet_moments coin) K1 0%nat ltac:(simpl; lia)).
  pose proof (eq_trans (eq_sym B) B') as e. cbv beta in e. rewrite !coin_mean in e by auto. simpl in e. replace (1 + 0 * 0) with 1 in e by ring. apply ne. lra.
Qed.
(** It averages out like noise. *)
Theorem mutant_frozen_error_averages : ~ frozen_error_with (fun m K => m / INR K).
Proof. apply (wrong_frozen _ 2); [lia | simpl; lra]. Qed.
(** It does nothing to the mean. *)
Theorem mutant_frozen_error_nothing : ~ frozen_error_with (fun _ _ => 0).
Proof. apply (wrong_frozen _ 1); [lia | lra]. Qed.

(** ---- Noise that depends on state and action ---- *)

(** With another amount. *)
Definition state_dependent_noise_with (amount : forall W, (state W -> action W -> R) -> (state W -> action W -> R) -> R -> R -> nat -> nat -> R) :=
  forall (W : learner) (u sigma : state W -> action W -> R) (law : rollout W -> ((nat -> R) -> R) -> R)
  (gamma weight : R) (H K : nat), state_dependent_supposes K -> proper W ->
  (forall l, errors (law l) (fun s t => same s t * sigma_at sigma s l ^ 2)) ->
  average_variance (seen W u law H) (reinforce gamma weight) K - average_variance (episode W u quiet H) (reinforce gamma weight) K =
    amount W u sigma gamma weight H K.
(** It is this theorem that is changed. *)
Theorem same_state_dependent_noise : state_dependent_noise_with (fun W u sigma gamma weight H K => state_dependent_added (noise_met W u sigma gamma weight H) H K).
Proof. intros W u sigma law gamma weight H K S P M. now apply (state_dependent_noise W u sigma law). Qed.
(** A true weakening remains provable: nothing is taken away. *)
Theorem weaker_state_dependent_noise : forall (W : learner) (u sigma : state W -> action W -> R) (law : rollout W -> ((nat -> R) -> R) -> R)
  (gamma weight : R) (H K : nat), state_dependent_supposes K -> proper W ->
  (forall l, errors (law l) (fun s t => same s t * sigma_at sigma s l ^ 2)) ->
  average_variance (episode W u quiet H) (reinforce gamma weight) K <= average_variance (seen W u law H) (reinforce gamma weight) K.
Proof.
  intros W u sigma law gamma weight H K S P M. pose proof (same_state_dependent_noise W u sigma law gamma weight H K S P M) as e.
  enough (0 <= state_dependent_added (noise_met W u sigma gamma weight H) H K) by lra. unfold state_dependent_supposes in S.
  assert (0 < / INR K) by (apply Rinv_0_lt_compat, lt_0_INR; lia). unfold state_dependent_added. apply Rmult_le_pos; [lra|].
  rewrite <- (Rmult_0_r (INR H)), <- sum_const. apply sum_le; intros t _. unfold noise_met.
  destruct (episode_expectation W P u H) as (_ & _ & const & mono). rewrite <- (const 0). apply mono; intros l.
  apply Rmult_le_pos; [apply pow2_ge_0|]. rewrite <- (Rmult_0_r (INR (parameters W))), <- sum_const. apply sum_le; intros; apply pow2_ge_0.
Qed.
(** Labels are noisy only where the walk goes on as before. *)
Definition going_on : state walk -> action walk -> R := fun x a => if Bool.eqb (snd x) a then 1 else 0.
Lemma going_on_met : state_dependent_added (noise_met walk (fun _ _ => 0) going_on 1 1 2) 2 1 = 10.
Proof. unfold state_dependent_added, noise_met, met, episode, quiet, going_on, sigma_at, score_at. simpl. lra. Qed.
Lemma wrong_state_dependent (amount : forall W, (state W -> action W -> R) -> (state W -> action W -> R) -> R -> R -> nat -> nat -> R) :
  amount walk (fun _ _ => 0) going_on 1 1 2%nat 1%nat <> 10 -> ~ state_dependent_noise_with amount.
Proof.
  intros ne M. assert (S1 : state_dependent_supposes 1) by (unfold state_dependent_supposes; lia).
  assert (B := M walk (fun _ _ => 0) going_on (fun l => signs (along going_on l)) 1 1 2%nat 1%nat S1 walk_proper (signs_errors walk going_on)).
  rewrite (same_state_dependent_noise walk (fun _ _ => 0) going_on (fun l => signs (along going_on l)) 1 1 2%nat 1%nat S1 walk_proper (signs_errors walk going_on)) in B.
  rewrite going_on_met in B. auto.
Qed.
(** The scores' cross terms vanish, as they do where sigma is constant. *)
Theorem mutant_state_dependent_noise_no_cross : ~ state_dependent_noise_with (fun W u sigma gamma weight H K => / INR K * sum H (fun t => episode W u quiet H (fun l =>
  sigma_at sigma t l ^ 2 * sum (parameters W) (fun j => sum (S t) (fun s => (weight ^ s * gamma ^ (t - s) * score_at j s l) ^ 2))))).
Proof. apply wrong_state_dependent. unfold episode, quiet, going_on, sigma_at, score_at. simpl. lra. Qed.
(** The mean of sigma^2 times that of |M_u|^2. *)
Theorem mutant_state_dependent_noise_apart : ~ state_dependent_noise_with (fun W u sigma gamma weight H K => / INR K * sum H (fun t =>
  episode W u quiet H (fun l => sigma_at sigma t l ^ 2) * episode W u quiet H (fun l => sum (parameters W) (fun j => met gamma weight j t l ^ 2)))).
Proof. apply wrong_state_dependent. unfold met, episode, quiet, going_on, sigma_at, score_at. simpl. lra. Qed.

(** ---- Baselines ---- *)

(** A true weakening of what is said of baselines: a constant one changes nothing of what errors add. *)
Theorem weaker_baseline : forall (W : learner) (u : state W -> action W -> R) (law : rollout W -> ((nat -> R) -> R) -> R)
  (C : rollout W -> nat -> nat -> R) (b gamma weight : R) (H K : nat), proper W -> (forall l, errors (law l) (C l)) -> (1 <= K)%nat ->
  average_variance (seen W u law H) (with_baseline gamma weight (fun _ _ => b)) K - average_variance (episode W u quiet H) (with_baseline gamma weight (fun _ _ => b)) K =
  average_variance (seen W u law H) (reinforce gamma weight) K - average_variance (episode W u quiet H) (reinforce gamma weight) K.
Proof. intros W u law C b gamma weight H K P M K1. now apply (proj2 (baseline W u law C (fun _ _ => b) gamma weight H K P M K1)). Qed.
(** It leaves the variance without errors as it is, too. *)
Theorem mutant_baseline_quiet : ~ forall (W : learner) (u : state W -> action W -> R) (base : nat -> state W -> R) (gamma weight : R) (H K : nat),
  proper W -> (1 <= K)%nat ->
  average_variance (episode W u quiet H) (with_baseline gamma weight base) K = average_variance (episode W u quiet H) (reinforce gamma weight) K.
Proof.
  intros M. assert (B := M coin heads (fun _ _ => 1/2) 0 0 1%nat 1%nat coin_proper ltac:(lia)).
  unfold average_variance, average_mean, draws, episode, quiet, heads in B. simpl in B. lra.
Qed.
(** The mean return to go of the other rollouts is such a baseline: it uses these labels, and errors add more. *)
Theorem mutant_baseline_own_labels : ~ forall (W : learner) (u : state W -> action W -> R) (S : ((nat -> nat -> R) -> R) -> R) (gamma sigma : R) (H K : nat),
  leave_one_out_supposes K -> proper W -> label_errors K H S (fun _ _ => sigma ^ 2) ->
  one_out_variance W u (fun _ => S) gamma 1 H K - one_out_variance W u no_errors gamma 1 H K = theorem_2_added (eligibility W gamma) sigma H K.
Proof.
  intros M. destruct (leave_one_out_instance 1 1 2 ltac:(lia)) as (K2 & P & L).
  assert (B := M coin heads (labelled 2 1 (fun _ _ => 1)) 0 1 1%nat 2%nat K2 P L).
  rewrite (proj1 (proj2 (leave_one_out coin heads (labelled 2 1 (fun _ _ => 1)) 0 1 1%nat 2%nat K2 P L))), coin_added in B.
  unfold leave_one_out_factor in B. simpl in B. lra.
Qed.

(** ---- Correlated noise ---- *)

(** With another amount: of the second moments, and of what the scores hear. *)
Definition correlated_noise_with (amount : (nat -> nat -> R) -> (nat -> R) -> (nat -> R) -> R -> R -> nat -> nat -> R) :=
  forall (W : learner) (u : state W -> action W -> R) (S : ((nat -> R) -> R) -> R) (C : nat -> nat -> R)
  (gamma weight : R) (H K : nat), correlated_noise_supposes K -> proper W -> errors S C ->
  average_variance (seen W u (always S) H) (reinforce gamma weight) K - average_variance (episode W u quiet H) (reinforce gamma weight) K =
    amount C (fun t => S (fun e => heard gamma H t e ^ 2)) (score_moment W) gamma weight H K.
(** It is this theorem that is changed. *)
Theorem same_correlated_noise : correlated_noise_with (fun C q v gamma weight H K => correlated_noise_added q v weight H K).
Proof. intros W u S C gamma weight H K Sp P M. now apply (correlated_noise W u S C). Qed.
(** A true weakening remains provable: where a score hears more, more is added. *)
Theorem weaker_correlated_noise : forall (q q' v : nat -> R) (weight : R) (H K : nat), correlated_noise_supposes K ->
  (forall t, 0 <= v t) -> (forall t, q t <= q' t) -> correlated_noise_added q v weight H K <= correlated_noise_added q' v weight H K.
Proof.
  intros q q' v weight H K S v0 L. unfold correlated_noise_supposes in S. assert (0 < / INR K) by (apply Rinv_0_lt_compat, lt_0_INR; lia).
  unfold correlated_noise_added. apply Rmult_le_compat_l; [lra|]. apply sum_le; intros t _.
  assert (0 <= weight ^ (2 * t)) by (rewrite pow_mult; apply pow_le, pow2_ge_0). specialize (v0 t). specialize (L t).
  apply Rmult_le_compat_r; [auto|]. now apply Rmult_le_compat_l.
Qed.
(** One error of size 1 that stays, for two steps of the coin: it adds 13 at gamma = 1/2. *)
Lemma stays : errors (one_error (fair 1 tt true)) (fun _ _ => 1 ^ 2).
Proof. apply one_error_moments, fair_noise. Qed.
Lemma stays_added gamma : correlated_noise_added (fun t => one_error (fair 1 tt true) (fun e => heard gamma 2 t e ^ 2)) (score_moment coin) 1 2 1 = 4 * ((1 + gamma) ^ 2 + 1).
Proof. unfold correlated_noise_added, one_error, fair, heard. cbn [sum]. rewrite !coin_moment. simpl. field. Qed.
Lemma wrong_correlated amount :
  amount (fun _ _ => 1 ^ 2) (fun t => one_error (fair 1 tt true) (fun e => heard (1/2) 2 t e ^ 2)) (score_moment coin) (1/2) 1 2%nat 1%nat <> 13 -> ~ correlated_noise_with amount.
Proof.
  intros ne M. assert (S1 : correlated_noise_supposes 1) by (unfold correlated_noise_supposes; lia).
  assert (B := M coin heads (one_error (fair 1 tt true)) _ (1/2) 1 2%nat 1%nat S1 coin_proper stays).
  rewrite (same_correlated_noise coin heads _ _ (1/2) 1 2%nat 1%nat S1 coin_proper stays), stays_added in B. apply ne. rewrite <- B. lra.
Qed.
(** As if the errors were uncorrelated: only their variances count. *)
Theorem mutant_correlated_noise_uncorrelated : ~ correlated_noise_with (fun C q v gamma weight H K =>
  / INR K * sum H (fun t => weight ^ (2 * t) * sum (H - t) (fun k => gamma ^ (2 * k) * C k k) * v t)).
Proof. apply wrong_correlated. simpl. rewrite !coin_moment. lra. Qed.
(** Only the error of a score's own step counts. *)
Theorem mutant_correlated_noise_own_step : ~ correlated_noise_with (fun C q v gamma weight H K =>
  / INR K * sum H (fun t => weight ^ (2 * t) * C t t * v t)).
Proof. apply wrong_correlated. simpl. rewrite !coin_moment. lra. Qed.

(** With another bound. *)
Definition correlated_bound_with (bound : R -> R -> nat -> nat -> R -> R) :=
  forall (W : learner) (u : state W -> action W -> R) (S : ((nat -> R) -> R) -> R) (C : nat -> nat -> R)
  (gamma sigma : R) (H K : nat) (W_bar : R), correlated_bound_supposes gamma K -> proper W -> errors S C ->
  (forall k, S (fun e => e k ^ 2) = sigma ^ 2) -> (forall k m, 0 <= S (fun e => (e k - e m) ^ 2)) ->
  (forall t, (t < H)%nat -> score_moment W t <= W_bar ^ 2) ->
  average_variance (seen W u (always S) H) (reinforce gamma 1) K - average_variance (episode W u quiet H) (reinforce gamma 1) K <=
    bound gamma sigma H K W_bar.
(** It is this theorem that is changed. *)
Theorem same_correlated_bound : correlated_bound_with theorem_2_bound. Proof. exact correlated_bound. Qed.
(** A true weakening remains provable: a bound that is twice as large. *)
Theorem weaker_correlated_bound : correlated_bound_with (fun gamma sigma H K W_bar => 2 * theorem_2_bound gamma sigma H K W_bar).
Proof.
  intros W u S C gamma sigma H K w Sp P M V Po L. pose proof (correlated_bound W u S C gamma sigma H K w Sp P M V Po L) as B.
  unfold correlated_bound_supposes in Sp. assert (0 <= theorem_2_bound gamma sigma H K w); [|lra].
  rewrite theorem_2_readable by (lra || apply Sp). assert (0 < INR K) by (apply lt_0_INR, Sp). pose proof (pos_INR H).
  apply Rdiv_le_0_compat; [apply Rmult_le_pos; [apply Rmult_le_pos|]; auto using pow2_ge_0 | apply Rmult_lt_0_compat; [auto|]]. apply pow_lt. lra.
Qed.
Lemma wrong_correlated_bound bound gamma : 0 <= gamma < 1 -> bound gamma 1 2%nat 1%nat 2 < 4 * ((1 + gamma) ^ 2 + 1) -> ~ correlated_bound_with bound.
Proof.
  intros g less M. destruct (correlated_bound_instance gamma 1 2 1 g ltac:(lra) ltac:(lia) ltac:(lia)) as (Sp & P & E & V & Po & L).
  assert (B := M coin heads _ _ gamma 1 2%nat 1%nat 2 Sp P E V Po L).
  assert (S1 : correlated_noise_supposes 1) by (unfold correlated_noise_supposes; lia).
  pose proof (eq_trans (same_correlated_noise coin heads _ _ gamma 1 2%nat 1%nat S1 P E) (stays_added gamma)) as A. rewrite A in B. lra.
Qed.
(** The sharp bound, 1 - gamma^2 for (1 - gamma)^2: it needs errors that are uncorrelated. *)
Theorem mutant_correlated_bound_sharp : ~ correlated_bound_with noise_sharp_bound.
Proof. apply (wrong_correlated_bound _ (1/2)); [lra|]. unfold noise_sharp_bound. simpl. lra. Qed.
(** A factor of one half. *)
Theorem mutant_correlated_bound_half : ~ correlated_bound_with (fun gamma sigma H K W_bar => 1/2 * theorem_2_bound gamma sigma H K W_bar).
Proof. apply (wrong_correlated_bound _ 0); [lra|]. rewrite theorem_2_readable by (lra || lia). simpl. lra. Qed.

(** What a score hears, at most something else. *)
Definition heard_most_with (bound : R -> R -> nat -> R) :=
  forall (S : ((nat -> R) -> R) -> R) (C : nat -> nat -> R) (gamma sigma : R) (H t : nat),
  heard_most_supposes gamma -> errors S C -> (t <= H)%nat ->
  (forall k, S (fun e => e k ^ 2) = sigma ^ 2) -> (forall k m, 0 <= S (fun e => (e k - e m) ^ 2)) ->
  S (fun e => heard gamma H t e ^ 2) <= bound gamma sigma (H - t)%nat.
(** It is this theorem that is changed. *)
Theorem same_heard_most : heard_most_with heard_most_bound.
Proof. intros S C gamma sigma H t Sp M L V Po. exact (proj1 (heard_most S C (fair sigma tt true) gamma sigma H t Sp M (fair_noise sigma tt true) L V Po)). Qed.
(** A true weakening remains provable: with gamma < 1 never more than sigma^2 / (1 - gamma)^2, however many errors. *)
Theorem weaker_heard_most : forall (gamma sigma : R) (n : nat), 0 <= gamma < 1 -> heard_most_bound gamma sigma n <= sigma ^ 2 / (1 - gamma) ^ 2.
Proof.
  intros gamma sigma n g. unfold heard_most_bound, Rdiv. rewrite <- pow_inv. apply Rmult_le_compat_l; [apply pow2_ge_0|]. apply pow_incr.
  split; [apply geom_pos; lra|]. rewrite geom_closed by lra. pose proof (pow_le gamma n ltac:(lra)). unfold Rdiv.
  assert (0 < / (1 - gamma)) by (apply Rinv_0_lt_compat; lra). nra.
Qed.
Lemma wrong_heard bound gamma sigma : 0 <= gamma < 1 -> 0 <= sigma -> bound gamma sigma 2%nat < sigma ^ 2 * (1 + gamma) ^ 2 -> ~ heard_most_with bound.
Proof.
  intros g s less M. destruct (heard_most_instance gamma sigma g s) as (Sp & N & E & V & Po).
  assert (B := M _ _ gamma sigma 2%nat 0%nat Sp E ltac:(lia) V Po). unfold one_error, heard in B. simpl in B. lra.
Qed.
(** The sum is not squared. *)
Theorem mutant_heard_most_once : ~ heard_most_with (fun gamma sigma n => sigma ^ 2 * geom gamma n).
Proof. apply (wrong_heard _ (1/2) 1); simpl; lra. Qed.
(** sigma for sigma^2. *)
Theorem mutant_heard_most_sigma : ~ heard_most_with (fun gamma sigma n => sigma * geom gamma n ^ 2).
Proof. apply (wrong_heard _ 0 2); simpl; lra. Qed.

(** ---- Leave one out ---- *)

(** With another factor in the place of K/(K - 1). *)
Definition leave_one_out_with (factor : nat -> R) :=
  forall (W : learner) (u : state W -> action W -> R) (S : ((nat -> nat -> R) -> R) -> R) (gamma sigma : R) (H K : nat),
  leave_one_out_supposes K -> proper W -> label_errors K H S (fun _ _ => sigma ^ 2) ->
  one_out_variance W u (fun _ => S) gamma 1 H K - one_out_variance W u no_errors gamma 1 H K = factor K * theorem_2_added (eligibility W gamma) sigma H K.
(** It is this theorem that is changed. *)
Theorem same_leave_one_out : leave_one_out_with leave_one_out_factor.
Proof. intros W u S gamma sigma H K K2 P L. now apply (leave_one_out W u S). Qed.
(** A true weakening remains provable: at most twice what errors add without the baseline. *)
Theorem weaker_leave_one_out : forall K : nat, leave_one_out_supposes K -> 1 <= leave_one_out_factor K <= 2.
Proof.
  intros K S. unfold leave_one_out_supposes in S. assert (k : 2 <= INR K) by (change 2 with (INR 2); now apply le_INR). unfold leave_one_out_factor.
  replace (INR K * / (-1 + INR K)) with (1 + / (INR K - 1)) by (field; lra). assert (0 < / (INR K - 1)) by (apply Rinv_0_lt_compat; lra).
  assert (/ (INR K - 1) <= 1) by (rewrite <- Rinv_1; apply Rinv_le_contravar; lra). lra.
Qed.
Lemma wrong_factor factor : factor 3%nat <> 3/2 -> ~ leave_one_out_with factor.
Proof.
  intros ne M. destruct (leave_one_out_instance 1 1 3 ltac:(lia)) as (K2 & P & L).
  assert (B := M coin heads (labelled 3 1 (fun _ _ => 1)) 0 1 1%nat 3%nat K2 P L).
  rewrite (same_leave_one_out coin heads (labelled 3 1 (fun _ _ => 1)) 0 1 1%nat 3%nat K2 P L), coin_added in B.
  unfold leave_one_out_factor in B. apply ne. simpl in B. lra.
Qed.
(** K. *)
Theorem mutant_leave_one_out_all : ~ leave_one_out_with (fun K => INR K).
Proof. apply wrong_factor. simpl. lra. Qed.
(** (K + 1)/K: as if the baseline were a mean of K others. *)
Theorem mutant_leave_one_out_K : ~ leave_one_out_with (fun K => (INR K + 1) / INR K).
Proof. apply wrong_factor. simpl. lra. Qed.

(** ---- Shaping ---- *)

(** That shaping pays something else: a function of gamma, the mean first and last potential, and the horizon. *)
Definition shaping_with (left : R -> R -> R -> nat -> R) := forall (W : learner) (gamma : R) (H : nat), proper W ->
  forall (Phi : nat -> state W -> R) (th : nat -> R),
  shaping_paid W Phi gamma H th = left gamma (E (initial W) (Phi O)) (E (initial W) (afterwards W (Phi H) th H)) H.
(** It is this theorem that is changed. *)
Theorem same_shaping : shaping_with shaping_left.
Proof. intros W gamma H P. apply (shaping W gamma H P). Qed.
(** A true weakening remains provable: two policies are paid the same, if the potential is 0 at the end. *)
Theorem weaker_shaping : forall (W : learner) (gamma : R) (H : nat) (Phi : nat -> state W -> R), proper W -> (forall x, Phi H x = 0) ->
  forall th th', shaping_paid W Phi gamma H th = shaping_paid W Phi gamma H th'.
Proof. intros W gamma H Phi P e th th'. destruct (proj1 (proj2 (proj2 (shaping W gamma H P))) Phi e) as [c _]. now rewrite !c. Qed.
Lemma wrong_shaping left : left (1/2) 1 (1/2) 1%nat <> - (3/4) -> ~ shaping_with left.
Proof.
  intros ne M. assert (B := M walk (1/2) 1%nat walk_proper (fun _ => up) (fun _ => 1/2)).
  assert (first : E (initial walk) up = 1) by (unfold up; simpl; ring). assert (last : E (initial walk) (afterwards walk up (fun _ => 1/2) 1) = 1/2) by (unfold up; simpl; field).
  assert (paid : shaping_paid walk (fun _ => up) (1/2) 1 (fun _ => 1/2) = - (3/4)) by (unfold shaping_paid, up; simpl; field).
  apply ne. transitivity (left (1/2) (E (initial walk) up) (E (initial walk) (afterwards walk up (fun _ => 1/2) 1)) 1%nat); [now rewrite first, last|].
  rewrite <- paid. symmetry. exact B.
Qed.
(** The last potential is not discounted. *)
Theorem mutant_shaping_undiscounted : ~ shaping_with (fun gamma first last H => last - first).
Proof. apply wrong_shaping. lra. Qed.
(** The last potential is paid, and the first one not taken back. *)
Theorem mutant_shaping_first : ~ shaping_with (fun gamma first last H => gamma ^ H * last).
Proof. apply wrong_shaping. simpl. lra. Qed.
(** Shaping has no gradient whatever the potential is at the end. *)
Theorem mutant_shaping_any_end : ~ forall (W : learner) (gamma : R) (H : nat) (Phi : nat -> state W -> R), proper W ->
  forall th j y, is_derive (fun y => shaping_paid W Phi gamma H (with_value th j y)) y 0.
Proof.
  intros M. assert (B := M walk 1 1%nat (fun _ => up) walk_proper (fun _ => 1/2) 0%nat (1/2)).
  assert (D : is_derive (fun y => shaping_paid walk (fun _ => up) 1 1 (with_value (fun _ => 1/2) 0 y)) (1/2) 1).
  { unfold shaping_paid, up, with_value. simpl. auto_derive; auto. ring. }
  apply is_derive_unique in B. apply is_derive_unique in D. rewrite B in D. lra.
Qed.
