(** Wrong versions of Theorem 2 and Proposition 2, refuted: of each, Coq proves the negation by the coin. *)
From Coq Require Import Reals List Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Laws Rollouts Noise Theorem2 Bias Coin.
Import ListNotations.
Open Scope R_scope.

(** Theorem 2 with another exact amount or another bound in the place of its own. *)
Definition theorem_2_with (added : learner -> R -> R -> nat -> nat -> R) (bound : R -> R -> nat -> nat -> R -> R) :=
  forall (W : learner) (u : state W -> action W -> R) (N : noise W) (gamma sigma : R) (H K : nat) (W_H : R),
  theorem_2_supposes gamma sigma H K W_H -> proper W -> (forall x a, two_moments (N x a) sigma) ->
  W_H ^ 2 = expected_largest_score W H ->
  (forall j, (j < parameters W)%nat -> estimate_mean W u N gamma 1 H K j = estimate_mean W u quiet gamma 1 H K j) /\
  estimate_variance W u N gamma 1 H K - estimate_variance W u quiet gamma 1 H K = added W gamma sigma H K /\
  added W gamma sigma H K <= bound gamma sigma H K W_H.
Definition exactly W gamma sigma H K := theorem_2_added (eligibility W gamma) sigma H K.
(** It is Theorem 2 that is changed. *)
Theorem same_theorem_2 : theorem_2_with exactly theorem_2_bound. Proof. exact theorem_2. Qed.
(** A true weakening remains provable: a bound that is twice as large. *)
Theorem weaker_theorem_2 : theorem_2_with exactly (fun gamma sigma H K W_H => 2 * theorem_2_bound gamma sigma H K W_H).
Proof.
  intros W u N g s H K w S P M e. destruct (theorem_2 W u N g s H K w S P M e) as (m & x & B). repeat split; auto.
  unfold theorem_2_supposes in S. assert (0 <= theorem_2_bound g s H K w); [|unfold exactly; lra].
  rewrite theorem_2_readable by (lra || apply S). assert (0 < INR K) by (apply lt_0_INR, S). pose proof (pos_INR H).
  pose proof (pow2_ge_0 s). pose proof (pow2_ge_0 w). apply Rdiv_le_0_compat; [apply Rmult_le_pos; [apply Rmult_le_pos|]; auto | apply Rmult_lt_0_compat; [auto|]]. apply pow_lt. lra.
Qed.

(** Whatever is not what noise adds for the coin, or is below that, is wrong. *)
Lemma wrong_bound bound gamma sigma H K : 0 <= gamma < 1 -> 0 <= sigma -> (1 <= H)%nat -> (1 <= K)%nat ->
  bound gamma sigma H K 2 < theorem_2_added (eligibility coin gamma) sigma H K -> ~ theorem_2_with exactly bound.
Proof.
  intros g s h k less M. destruct (theorem_2_instance gamma sigma H K g s h k) as (S & P & N & e).
  destruct (M coin heads (fair sigma) gamma sigma H K 2 S P N e) as (_ & _ & B). unfold exactly in B. lra.
Qed.
Lemma wrong_amount added bound gamma sigma H K : 0 <= gamma < 1 -> 0 <= sigma -> (1 <= H)%nat -> (1 <= K)%nat ->
  added coin gamma sigma H K <> theorem_2_added (eligibility coin gamma) sigma H K -> ~ theorem_2_with added bound.
Proof.
  intros g s h k ne M. destruct (theorem_2_instance gamma sigma H K g s h k) as (S & P & N & e).
  destruct (M coin heads (fair sigma) gamma sigma H K 2 S P N e) as (_ & B & _). destruct (theorem_2 coin heads (fair sigma) gamma sigma H K 2 S P N e) as (_ & B' & _). lra.
Qed.
Ltac coin_says := rewrite ?coin_added; simpl; lra.

(** H is dropped. *)
Theorem mutant_theorem_2_no_horizon : ~ theorem_2_with exactly (fun gamma sigma H K W_H => sigma ^ 2 * W_H ^ 2 / (INR K * (1 - gamma) ^ 2)).
Proof. apply (wrong_bound _ 0 1 2 1); try lra; try lia. coin_says. Qed.
(** K squared. *)
Theorem mutant_theorem_2_rollouts_squared : ~ theorem_2_with exactly (fun gamma sigma H K W_H => sigma ^ 2 * INR H * W_H ^ 2 / (INR K ^ 2 * (1 - gamma) ^ 2)).
Proof. apply (wrong_bound _ 0 1 1 2); try lra; try lia. coin_says. Qed.
(** sigma for sigma^2. *)
Theorem mutant_theorem_2_sigma : ~ theorem_2_with exactly (fun gamma sigma H K W_H => sigma * INR H * W_H ^ 2 / (INR K * (1 - gamma) ^ 2)).
Proof. apply (wrong_bound _ 0 2 1 1); try lra; try lia. coin_says. Qed.
(** 1 / (1 - gamma)^2 is dropped. *)
Theorem mutant_theorem_2_no_discount : ~ theorem_2_with exactly (fun gamma sigma H K W_H => sigma ^ 2 * INR H * W_H ^ 2 / INR K).
Proof. apply (wrong_bound _ (1/2) 1 2 1); try lra; try lia. coin_says. Qed.
(** 1 + gamma for 1 - gamma. *)
Theorem mutant_theorem_2_sign : ~ theorem_2_with exactly (fun gamma sigma H K W_H => sigma ^ 2 * INR H * W_H ^ 2 / (INR K * (1 + gamma) ^ 2)).
Proof. apply (wrong_bound _ (1/2) 1 1 1); try lra; try lia. coin_says. Qed.
(** A factor of one half. *)
Theorem mutant_theorem_2_half : ~ theorem_2_with exactly (fun gamma sigma H K W_H => 1/2 * theorem_2_bound gamma sigma H K W_H).
Proof. apply (wrong_bound _ 0 1 1 1); try lra; try lia. rewrite theorem_2_attained by lia. rewrite theorem_2_readable by (lia || lra). simpl. lra. Qed.
(** The exact amount with gamma^(u - t), not squared. *)
Theorem mutant_theorem_2_gamma_once : ~ theorem_2_with
  (fun W gamma sigma H K => sigma ^ 2 / INR K * sum H (fun u => sum (S u) (fun t => gamma ^ (u - t) * score_moment W t))) theorem_2_bound.
Proof. apply (wrong_amount _ _ (1/2) 1 2 1); try lra; try lia. rewrite coin_added. simpl. rewrite !coin_moment. lra. Qed.
(** The exact amount without the scores before the step. *)
Theorem mutant_theorem_2_no_eligibility : ~ theorem_2_with (fun W gamma sigma H K => theorem_2_added (score_moment W) sigma H K) theorem_2_bound.
Proof. apply (wrong_amount _ _ (1/2) 1 2 1); try lra; try lia. rewrite coin_added. unfold theorem_2_added. simpl. rewrite !coin_moment. lra. Qed.
(** Without mean 0: an error that depends on the action changes the expectation. *)
Theorem mutant_theorem_2_any_mean : ~ forall (W : learner) (u : state W -> action W -> R) (N : noise W) (gamma sigma : R) (H K : nat),
  proper W -> (forall x a, exists q, N x a = E q /\ is_law q /\ E q (fun e => e ^ 2) <= sigma ^ 2) -> (1 <= K)%nat ->
  forall j, (j < parameters W)%nat -> estimate_mean W u N gamma 1 H K j = estimate_mean W u quiet gamma 1 H K j.
Proof.
  intros M. assert (B := M coin (fun _ _ => 0) (fun x a => E [(1, heads x a)]) 0 1 1%nat 1%nat coin_proper).
  assert (L : forall x a, exists q, E [(1, heads x a)] = E q /\ is_law q /\ E q (fun e => e ^ 2) <= 1 ^ 2).
  { intros x a. exists [(1, heads x a)]. split; [reflexivity|]. split; [apply sure_law|]. unfold heads. destruct a; simpl; lra. }
  specialize (B L ltac:(lia) 0%nat ltac:(simpl; lia)). unfold estimate_mean, draws, episode, quiet in B. simpl in B. lra.
Qed.

(** ---- The exact amount, and the sharp bound ---- *)

(** The exact amount with others in the place of its two: for Theorem 2's estimator, and for the discounted one. *)
Definition exact_noise_with (one two : learner -> R -> R -> nat -> nat -> R) :=
  forall (W : learner) (u : state W -> action W -> R) (N : noise W) (gamma sigma : R) (H K : nat),
  proper W -> (forall x a, two_moments (N x a) sigma) -> (1 <= K)%nat ->
  estimate_variance W u N gamma 1 H K - estimate_variance W u quiet gamma 1 H K = one W gamma sigma H K /\
  estimate_variance W u N gamma gamma H K - estimate_variance W u quiet gamma gamma H K = two W gamma sigma H K.
Definition discounted W gamma sigma H K := noise_discounted_added (eligibility_discounted W) gamma sigma H K.
(** It is this theorem that is changed. *)
Theorem same_exact_noise : exact_noise_with exactly discounted. Proof. exact exact_noise. Qed.
(** A true weakening remains provable: the first amount alone. *)
Theorem weaker_exact_noise : forall (W : learner) (u : state W -> action W -> R) (N : noise W) (gamma sigma : R) (H K : nat),
  proper W -> (forall x a, two_moments (N x a) sigma) -> (1 <= K)%nat ->
  estimate_variance W u N gamma 1 H K - estimate_variance W u quiet gamma 1 H K = exactly W gamma sigma H K.
Proof. intros W u N gamma sigma H K P M K1. now apply exact_noise. Qed.
Lemma wrong_pair one two sigma : one coin (1/2) sigma 2%nat 1%nat <> 9 * sigma ^ 2 \/ two coin (1/2) sigma 2%nat 1%nat <> 6 * sigma ^ 2 -> ~ exact_noise_with one two.
Proof.
  intros ne M. destruct (M coin heads (fair sigma) (1/2) sigma 2%nat 1%nat coin_proper (fair_noise sigma) ltac:(lia)) as [a b].
  destruct (exact_noise coin heads (fair sigma) (1/2) sigma 2%nat 1%nat coin_proper (fair_noise sigma) ltac:(lia)) as [c d].
  rewrite a, coin_added in c. rewrite b in d. unfold noise_discounted_added, eligibility_discounted in d. cbn [sum] in c, d. rewrite !coin_moment in d. simpl in c, d.
  destruct ne as [ne | ne]; apply ne; [rewrite c | rewrite d]; field.
Qed.
(** Both estimators take the same. *)
Theorem mutant_exact_noise_same : ~ exact_noise_with exactly exactly.
Proof. apply (wrong_pair _ _ 1). right. unfold exactly. rewrite coin_added. simpl. lra. Qed.
(** Only the score of the step itself is met. *)
Theorem mutant_exact_noise_own_step : ~ exact_noise_with (fun W gamma sigma H K => theorem_2_added (score_moment W) sigma H K) discounted.
Proof. apply (wrong_pair _ _ 1). left. unfold theorem_2_added. simpl. rewrite !coin_moment. lra. Qed.

(** The sharp bound with another in its place. *)
Definition noise_sharp_with (bound : R -> R -> nat -> nat -> R -> R) :=
  forall (W : learner) (u : state W -> action W -> R) (N : noise W) (gamma sigma : R) (H K : nat) (W_bar : R),
  noise_sharp_supposes gamma sigma H K W_bar -> proper W -> (forall x a, two_moments (N x a) sigma) ->
  (forall t, (t < H)%nat -> score_moment W t <= W_bar ^ 2) ->
  estimate_variance W u N gamma 1 H K - estimate_variance W u quiet gamma 1 H K <= bound gamma sigma H K W_bar.
(** It is this theorem that is changed. *)
Theorem same_noise_sharp : noise_sharp_with noise_sharp_bound. Proof. exact noise_sharp. Qed.
(** A true weakening remains provable: Theorem 2's bound. *)
Theorem weaker_noise_sharp : noise_sharp_with theorem_2_bound.
Proof.
  intros W u N g s H K w S P M L. eapply Rle_trans; [now apply (noise_sharp W u N g s H K w S P M L)|].
  unfold noise_sharp_supposes in S. destruct S as (g0 & g1 & s0 & w0 & K1 & H1). rewrite theorem_2_readable by auto.
  assert (0 < INR K) by (apply lt_0_INR; lia). pose proof (gamma2 g ltac:(lra)). unfold noise_sharp_bound.
  replace (INR H * w ^ 2 * s ^ 2 * / INR K * / (1 + -1 * g ^ 2)) with (s ^ 2 * INR H * w ^ 2 / INR K * / (1 - g ^ 2)) by (field; lra).
  replace (s ^ 2 * INR H * w ^ 2 / (INR K * (1 - g) ^ 2)) with (s ^ 2 * INR H * w ^ 2 / INR K * / (1 - g) ^ 2) by (field; lra).
  apply Rmult_le_compat_l; [apply Rdiv_le_0_compat; [|auto]; apply Rmult_le_pos; [apply Rmult_le_pos; [apply pow2_ge_0 | apply pos_INR] | apply pow2_ge_0]|].
  apply Rinv_le_contravar; nra.
Qed.
Lemma wrong_sharp bound gamma : 0 <= gamma < 1 -> bound gamma 1 2%nat 1%nat 2 < 4 * (2 + gamma ^ 2) -> ~ noise_sharp_with bound.
Proof.
  intros g less M. assert (S : noise_sharp_supposes gamma 1 2 1 2) by (unfold noise_sharp_supposes; repeat split; try lra; auto).
  assert (B := M coin heads (fair 1) gamma 1 2%nat 1%nat 2 S coin_proper (fair_noise 1) ltac:(intros; rewrite coin_moment; lra)).
  rewrite (proj1 (exact_noise coin heads (fair 1) gamma 1 2%nat 1%nat coin_proper (fair_noise 1) ltac:(lia))), coin_added in B. simpl in B. lra.
Qed.
(** The discount is dropped. *)
Theorem mutant_noise_sharp_no_discount : ~ noise_sharp_with (fun gamma sigma H K W_bar => sigma ^ 2 * INR H * W_bar ^ 2 / INR K).
Proof. apply (wrong_sharp _ (1/2)); [lra | simpl; lra]. Qed.
(** A factor of one half. *)
Theorem mutant_noise_sharp_half : ~ noise_sharp_with (fun gamma sigma H K W_bar => 1/2 * noise_sharp_bound gamma sigma H K W_bar).
Proof. apply (wrong_sharp _ 0); [lra | unfold noise_sharp_bound; simpl; lra]. Qed.

(** ---- Scores, and averages ---- *)

(** A true weakening of what is said of scores: what depends on the state alone has no covariance with them. *)
Theorem weaker_score_mean : forall (W : learner) (c : state W -> R) (j : nat) (x : state W), proper W -> (j < parameters W)%nat ->
  E (choice W (theta W) x) (fun a => c x * score W j x a) = 0.
Proof. intros W c j x P jd. now rewrite E_scal, (score_mean W P), Rmult_0_r by auto. Qed.
(** Their squares average to 0 as well. *)
Theorem mutant_score_mean_squares : ~ forall (W : learner) (j : nat) (x : state W), proper W -> (j < parameters W)%nat ->
  E (choice W (theta W) x) (fun a => score W j x a ^ 2) = 0.
Proof. intros M. assert (B := M coin 0%nat tt coin_proper ltac:(simpl; lia)). simpl in B. lra. Qed.
(** Each of them is 0. *)
Theorem mutant_score_mean_each : ~ forall (W : learner) (j : nat) (x : state W) (a : action W), proper W -> (j < parameters W)%nat ->
  score W j x a = 0.
Proof. intros M. assert (B := M coin 0%nat tt true coin_proper ltac:(simpl; lia)). simpl in B. lra. Qed.

(** The variance of an average with another form in the place of its own. *)
Definition variance_of_average_with (form : R -> R -> R) := forall (X : Type) (T : (X -> R) -> R) (Y : X -> R) (k : nat),
  second_order T Y -> (1 <= k)%nat ->
  draws X T Y k 0 (fun y => (/ INR k * y) ^ 2) - draws X T Y k 0 (fun y => / INR k * y) ^ 2 = form (variance X T Y) (INR k).
(** It is this theorem that is changed. *)
Theorem same_variance_of_average : variance_of_average_with (fun v k => v / k).
Proof. intros X T Y k S K. now apply variance_of_average. Qed.
(** A true weakening remains provable: the average of one has the variance of one. *)
Theorem weaker_variance_of_average : forall (X : Type) (T : (X -> R) -> R) (Y : X -> R), second_order T Y ->
  draws X T Y 1 0 (fun y => (/ INR 1 * y) ^ 2) - draws X T Y 1 0 (fun y => / INR 1 * y) ^ 2 = variance X T Y.
Proof. intros X T Y S. rewrite variance_of_average by auto. simpl. field. Qed.
Lemma wrong_average form : form 1 2 <> 1/2 -> ~ variance_of_average_with form.
Proof.
  intros ne M. assert (S : second_order (E [(1/2, 1); (1/2, -1)]) (fun e => e)).
  { apply expectation_second_order, E_expectation. split; [|simpl; field]. intros q e [h|[h|[]]]; injection h as <- _; lra. }
  assert (B := M _ _ _ 2%nat S ltac:(lia)). rewrite (same_variance_of_average _ _ _ 2%nat S ltac:(lia)) in B.
  assert (v : variance _ (E [(1/2, 1); (1/2, -1)]) (fun e => e) = 1) by (unfold variance; simpl; field).
  rewrite v in B. change (INR 2) with 2 in B. apply ne. rewrite <- B. field.
Qed.
(** K squared, as for the square of an average. *)
Theorem mutant_variance_of_average_squared : ~ variance_of_average_with (fun v k => v / k ^ 2).
Proof. apply wrong_average. simpl. lra. Qed.
(** Averaging does not help. *)
Theorem mutant_variance_of_average_stays : ~ variance_of_average_with (fun v k => v).
Proof. apply wrong_average. lra. Qed.

(** ---- Proposition 2 ---- *)

(** Proposition 2's error with another form in the place of its own: a function of one rollout's variance, the norm of
    the bias and the number of rollouts. *)
Definition proposition_2_with (error : R -> R -> R -> R) := forall (W : learner) (r b : state W -> action W -> R) (N : noise W) (gamma sigma : R) (H K : nat),
  proposition_2_supposes (INR K) -> proper W -> (forall x a, two_moments (N x a) sigma) -> let seen := fun x a => r x a + b x a in
  estimate_error W seen N gamma gamma H K (gradient W r gamma H) =
    error (rollout_variance W seen N gamma gamma H) (sqrt (sum (parameters W) (fun j => gradient W b gamma H j ^ 2))) (INR K).
(** It is Proposition 2 that is changed. *)
Theorem same_proposition_2 : proposition_2_with proposition_2_error.
Proof. intros W r b N g s H K S P M. now apply (proposition_2 W r b N g s H K S P M). Qed.
(** A true weakening remains provable: the error is at least the squared bias. *)
Theorem weaker_proposition_2 : forall (W : learner) (r b : state W -> action W -> R) (N : noise W) (gamma sigma : R) (H K : nat),
  proposition_2_supposes (INR K) -> proper W -> (forall x a, two_moments (N x a) sigma) -> let seen := fun x a => r x a + b x a in
  0 <= rollout_variance W seen N gamma gamma H ->
  sum (parameters W) (fun j => gradient W b gamma H j ^ 2) <= estimate_error W seen N gamma gamma H K (gradient W r gamma H).
Proof.
  intros W r b N g s H K S P M seen V. assert (0 < INR K) by exact S.
  pose proof (proj2 (proposition_2 W r b N g s H K S P M)) as Q. fold seen in Q. rewrite Q, proposition_2_readable by lra.
  assert (nn : 0 <= sum (parameters W) (fun j => gradient W b g H j ^ 2)).
  { replace 0 with (sum (parameters W) (fun _ => 0)) by (rewrite sum_const; ring). apply sum_le; intros; apply pow2_ge_0. }
  set (B := sum (parameters W) (fun j => gradient W b g H j ^ 2)) in *.
  assert (q : sqrt B ^ 2 = B) by (simpl; rewrite Rmult_1_r; now apply sqrt_sqrt). rewrite q.
  assert (0 <= rollout_variance W seen N g g H / INR K) by (apply Rdiv_le_0_compat; assumption). fold seen in H1. lra.
Qed.

(** With a bias of 2 for heads and noise of variance 1, one step: the variance is 8, the norm of the bias 2. *)
Definition biased : state coin -> action coin -> R := fun x a => 2 * heads x a.
Lemma coin_bias : sqrt (sum (parameters coin) (fun j => gradient coin biased 0 1 j ^ 2)) = 2.
Proof.
  unfold biased. simpl parameters. cbn [sum]. rewrite (proj2 (proj2 (proposition_2_instance 2))).
  replace (0 + 2 ^ 2) with (2 * 2) by ring. apply sqrt_square; lra.
Qed.
Lemma coin_variance : rollout_variance coin (fun x a => 0 + biased x a) (fair 1) 0 0 1 = 8.
Proof. unfold rollout_variance, variance, episode, fair, biased, heads. simpl. lra. Qed.
Lemma wrong_error error K : (1 <= K)%nat -> error 8 2 (INR K) <> 8 / INR K + 4 -> ~ proposition_2_with error.
Proof.
  intros K1 ne M. assert (0 < INR K) by (apply lt_0_INR; lia).
  assert (A := M coin (fun _ _ => 0) biased (fair 1) 0 1 1%nat K H coin_proper (fair_noise 1)).
  assert (B := same_proposition_2 coin (fun _ _ => 0) biased (fair 1) 0 1 1%nat K H coin_proper (fair_noise 1)).
  cbv zeta in A, B. rewrite coin_bias, coin_variance in A, B. rewrite proposition_2_readable in B by lra. apply ne. lra.
Qed.

(** The bias is not squared. *)
Theorem mutant_proposition_2_bias_once : ~ proposition_2_with (fun V b K => V / K + b).
Proof. apply (wrong_error _ 1); [lia | simpl; lra]. Qed.
(** The bias averages out like noise. *)
Theorem mutant_proposition_2_bias_averages : ~ proposition_2_with (fun V b K => (V + b ^ 2) / K).
Proof. apply (wrong_error _ 2); [lia | simpl; lra]. Qed.
(** The variance does not fall with the number of rollouts. *)
Theorem mutant_proposition_2_no_average : ~ proposition_2_with (fun V b K => V + b ^ 2).
Proof. apply (wrong_error _ 2); [lia | simpl; lra]. Qed.
(** A bias costs nothing. *)
Theorem mutant_proposition_2_no_bias : ~ proposition_2_with (fun V b K => V / K).
Proof. apply (wrong_error _ 1); [lia | simpl; lra]. Qed.
(** Theorem 2's estimator estimates the gradient too: not for gamma < 1, where it weighs late steps as much as early ones. *)
Theorem mutant_proposition_2_other_estimator : ~ forall (W : learner) (r : state W -> action W -> R) (gamma : R) (H : nat),
  proper W -> 0 <= gamma < 1 -> forall j, (j < parameters W)%nat -> estimate_mean W r quiet gamma 1 H 1 j = gradient W r gamma H j.
Proof.
  intros M. assert (B := M coin heads (1/2) 2%nat coin_proper ltac:(lra) 0%nat ltac:(simpl; lia)).
  assert (G : gradient coin heads (1/2) 2 0 = 3/2).
  { unfold gradient, total, heads, moved. simpl. apply is_derive_unique. auto_derive; auto. field. }
  rewrite G in B. unfold estimate_mean, draws, episode, quiet, heads in B. simpl in B. lra.
Qed.
