(** Errors, and a world, in which the hypotheses of Errors, LeaveOneOut and WhichGradient hold: signs that are drawn
    independently, and a walk that remembers the time and its last step. *)
From Coq Require Import Reals List Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Laws Rollouts Noise Theorem2 Bias Coin Errors LeaveOneOut WhichGradient.
Import ListNotations.
Open Scope R_scope.

(** The error at step u is the u-th number of the list or its negative, each half the time; then there is none. *)
Fixpoint signs (s : list R) (F : (nat -> R) -> R) : R := match s with
  | [] => F (fun _ => 0)
  | v :: s => E [(1/2, v); (1/2, - v)] (fun e0 => signs s (fun e => F (fun t => match t with O => e0 | S t => e t end))) end.
(** Of the errors of a rollout, by state and action; of K rollouts of H steps, that of rollout i at step t of size s i t. *)
Definition along {W} (sigma : state W -> action W -> R) (l : rollout W) := map (fun p => match p with (x, a, _) => sigma x a end) l.
Definition labelled (K H : nat) (s : nat -> nat -> R) : ((nat -> nat -> R) -> R) -> R :=
  fun F => signs (map (fun n => s (n / H)%nat (n mod H)%nat) (seq 0 (K * H))) (fun e => F (fun i t => e (i * H + t)%nat)).

Section Expectation.
Variables (X : Type) (S : (X -> R) -> R).
Hypothesis HS : expectation S.
Lemma exp_scal c F : S (fun e => c * F e) = c * S F.
Proof. destruct HS as (ext & lin & const & _). rewrite (ext _ (fun e => 0 + c * F e)) by (intros; ring). now rewrite (lin c (fun _ => 0)), const, Rplus_0_l. Qed.
Lemma exp_add F G : S (fun e => F e + G e) = S F + S G.
Proof. destruct HS as (ext & lin & _). rewrite (ext _ (fun e => F e + 1 * G e)) by (intros; ring). rewrite lin. ring. Qed.
Lemma exp_sum n f : S (fun e => sum n (fun k => f k e)) = sum n (fun k => S (f k)).
Proof.
  destruct HS as (ext & lin & const & _). induction n; simpl; [apply const|].
  rewrite (exp_add (fun e => sum n (fun k => f k e)) (f n)). now rewrite IHn.
Qed.
End Expectation.

(** An expectation with these first and second moments is a law of errors. *)
Lemma expectation_errors S C : expectation S -> (forall u, S (fun e => e u) = 0) -> (forall u v, S (fun e => e u * e v) = C u v) -> errors S C.
Proof.
  intros HS m c. destruct HS as (ext & lin & const & mono). assert (HS : expectation S) by (repeat split; auto). split; [exact ext|]. intros n p q s.
  rewrite (exp_add _ S HS (fun e => p + sum n (fun u => q u * e u))), (exp_add _ S HS (fun _ => p)), const.
  rewrite (exp_sum _ S HS n (fun u e => q u * e u)), (sum_ext n _ (fun _ => 0)), sum_const by (intros; rewrite (exp_scal _ S HS), m; ring).
  rewrite (exp_sum _ S HS n (fun u e => sum n (fun v => s u v * (e u * e v)))).
  rewrite (sum_ext n (fun k => S _) (fun u => sum n (fun v => s u v * C u v))); [ring|]. intros u _.
  rewrite (exp_sum _ S HS n (fun v e => s u v * (e u * e v))). apply sum_ext; intros v _. now rewrite (exp_scal _ S HS), c.
Qed.
Lemma expectation_labels K H S v : expectation S -> (forall i t, (i < K)%nat -> (t < H)%nat -> S (fun e => e i t) = 0) ->
  (forall i t k u, (i < K)%nat -> (t < H)%nat -> (k < K)%nat -> (u < H)%nat -> S (fun e => e i t * e k u) = same i k * same t u * v i t) ->
  label_errors K H S v.
Proof.
  intros HS m c. destruct HS as (ext & lin & const & mono). assert (HS : expectation S) by (repeat split; auto). split; [exact ext|]. intros p q s.
  rewrite (exp_add _ S HS (fun e => p + sum K (fun i => sum H (fun t => q i t * e i t)))), (exp_add _ S HS (fun _ => p)), const.
  rewrite (exp_sum _ S HS K (fun i e => sum H (fun t => q i t * e i t))), (sum_ext K _ (fun _ => 0)), sum_const.
  2:{ intros i Li. rewrite (exp_sum _ S HS H (fun t e => q i t * e i t)), (sum_ext H _ (fun _ => 0)), sum_const; [ring|].
      intros t Lt. rewrite (exp_scal _ S HS), m by auto. ring. }
  rewrite (exp_sum _ S HS K (fun i e => sum H (fun t => sum K (fun k => sum H (fun u => s i t k u * (e i t * e k u)))))).
  rewrite (sum_ext K (fun k => S _) (fun i => sum H (fun t => s i t i t * v i t))); [ring|]. intros i Li.
  rewrite (exp_sum _ S HS H (fun t e => sum K (fun k => sum H (fun u => s i t k u * (e i t * e k u))))). apply sum_ext; intros t Lt.
  rewrite (exp_sum _ S HS K (fun k e => sum H (fun u => s i t k u * (e i t * e k u)))).
  rewrite (sum_ext K _ (fun k => same i k * (s i t k t * v i t))); [now rewrite sum_same by auto|]. intros k Lk.
  rewrite (exp_sum _ S HS H (fun u e => s i t k u * (e i t * e k u))).
  rewrite (sum_ext H _ (fun u => same t u * (same i k * s i t k u * v i t))); [rewrite sum_same by auto; ring|]. intros u Lu.
  rewrite (exp_scal _ S HS), c by auto. ring.
Qed.

Lemma signs_expectation s : expectation (signs s).
Proof.
  induction s as [|v s (ext & lin & const & mono)]; [repeat split; intros; simpl; auto|].
  repeat split; intros; simpl.
  - f_equal; [f_equal; apply ext; auto|]. f_equal. f_equal. apply ext; auto.
  - rewrite !lin. ring.
  - rewrite !const. lra.
  - assert (L : forall v, signs s (fun e => F (fun t => match t with O => v | S t => e t end)) <= signs s (fun e => H (fun t => match t with O => v | S t => e t end))) by (intros; apply mono; auto).
    pose proof (L v). pose proof (L (- v)). lra.
Qed.
Lemma signs_mean s : forall u, signs s (fun e => e u) = 0.
Proof.
  induction s as [|v s IH]; intros u; [reflexivity|]. destruct (signs_expectation s) as (_ & _ & const & _).
  destruct u as [|u]; simpl; [rewrite !const; lra | rewrite !IH; lra].
Qed.
Lemma signs_second s : forall u v, signs s (fun e => e u * e v) = same u v * nth u s 0 ^ 2.
Proof.
  induction s as [|w s IH]; intros u v; [destruct u; simpl; ring|]. pose proof (signs_expectation s) as HS. destruct HS as (ext & lin & const & mono).
  assert (HS : expectation (signs s)) by (repeat split; auto).
  destruct u as [|u], v as [|v]; simpl.
  - rewrite !const. unfold same. simpl. field.
  - rewrite !(exp_scal _ _ HS _ (fun e => e v)), !signs_mean. unfold same. simpl. ring.
  - rewrite !(ext (fun e => e u * _) (fun e => _ * e u)) by (intros; apply Rmult_comm). rewrite !(exp_scal _ _ HS _ (fun e => e u)), !signs_mean. unfold same. simpl. ring.
  - rewrite !IH. change (same (S u) (S v)) with (same u v). lra.
Qed.
Lemma along_nth W (sigma : state W -> action W -> R) l : forall u, nth u (along sigma l) 0 = sigma_at sigma u l.
Proof. induction l as [|[[x a] r] l IH]; intros [|u]; try reflexivity. unfold along, sigma_at. simpl. apply IH. Qed.

(** Independent errors whose sizes depend on state and action. *)
Lemma signs_errors W (sigma : state W -> action W -> R) (l : rollout W) : errors (signs (along sigma l)) (fun s t => same s t * sigma_at sigma s l ^ 2).
Proof.
  apply expectation_errors; [apply signs_expectation | apply signs_mean|]. intros u v. now rewrite signs_second, along_nth.
Qed.
Lemma labelled_errors K H s : label_errors K H (labelled K H s) (fun i t => s i t ^ 2).
Proof.
  assert (far : forall m n, (m < n)%nat -> (m * H + H <= n * H)%nat) by (intros m n L; replace (m * H + H)%nat with (S m * H)%nat by lia; apply Nat.mul_le_mono_r; lia).
  apply expectation_labels.
  - destruct (signs_expectation (map (fun n => s (n / H)%nat (n mod H)%nat) (seq 0 (K * H)))) as (ext & lin & const & mono). unfold labelled. repeat split; intros; auto.
  - intros i t _ _. unfold labelled. apply signs_mean.
  - intros i t k v Li Lt Lk Lv. unfold labelled. rewrite signs_second.
    assert (at_it : nth (i * H + t) (map (fun n => s (n / H)%nat (n mod H)%nat) (seq 0 (K * H))) 0 = s i t).
    { assert (L : (i * H + t < K * H)%nat) by (pose proof (far i K Li); lia).
      rewrite (nth_indep _ 0 (s (0 / H)%nat (0 mod H)%nat)) by (now rewrite map_length, seq_length).
      rewrite (map_nth (fun n => s (n / H)%nat (n mod H)%nat)), seq_nth by exact L. rewrite Nat.add_0_l.
      rewrite <- (Nat.div_unique (i * H + t) H i t), <- (Nat.mod_unique (i * H + t) H i t) by lia. reflexivity. }
    rewrite at_it. f_equal. unfold same.
    destruct (Nat.eqb_spec i k), (Nat.eqb_spec t v), (Nat.eqb_spec (i * H + t) (k * H + v)); subst; try lra; exfalso; try lia.
    + destruct (Nat.lt_total i k) as [l | [l | l]]; [apply far in l | | apply far in l]; lia.
    + destruct (Nat.lt_total i k) as [l | [l | l]]; [apply far in l | | apply far in l]; lia.
Qed.
(** Signs by state and action are labels of the kind that leave-one-out supposes. *)
Definition signed W (sigma : state W -> action W -> R) K H : labels_of W := fun f => labelled K H (fun i t => sigma_at sigma t (f i)).
Lemma signed_noise W (sigma : state W -> action W -> R) K H : noisy_labels sigma K H (signed W sigma K H).
Proof. intros f _. apply labelled_errors. Qed.

(** A walk: the state is the time and the last step, up or not, and the action is the next step. *)
Definition walk : learner := {|
  state := nat * bool; action := bool; actions := [true; false];
  transition := fun x a => [(1, (S (fst x), a))]; initial := [(1, (O, true))];
  parameters := 1; theta := fun _ => 1/2;
  policy := fun th _ a => if a then th 0%nat else 1 - th 0%nat;
  score := fun _ _ a => if a then 2 else -2 |}.
Lemma walk_proper : proper walk.
Proof.
  split; simpl; intros.
  - apply sure_law.
  - apply sure_law.
  - destruct a; lra.
  - ring.
  - assert (j = 0%nat) as -> by lia. destruct a; unfold moved; simpl; auto_derive; auto; lra.
Qed.
(** Whether the last step was up; and the same, but 0 at time H. *)
Definition up : state walk -> R := fun x => if snd x then 1 else 0.
Definition up_before (H : nat) : state walk -> R := fun x => if Nat.eqb (fst x) H then 0 else up x.

(** ---- Instances ---- *)

(** Scores that are not 0 average to 0. *)
Theorem score_mean_instance : proper coin /\ score coin 0 tt true = 2 /\ score coin 0 tt false = -2.
Proof. split; [exact coin_proper | split; reflexivity]. Qed.
(** A number that is drawn from a law, and varies: sigma or -sigma. *)
Theorem variance_of_average_instance sigma : second_order (E [(1/2, sigma); (1/2, - sigma)]) (fun e => e) /\
  variance _ (E [(1/2, sigma); (1/2, - sigma)]) (fun e => e) = sigma ^ 2.
Proof.
  split; [|unfold variance; simpl; field]. apply expectation_second_order, E_expectation. split; [|simpl; field].
  intros q e [h|[h|[]]]; injection h as <- _; lra.
Qed.
(** The exact amount's hypotheses hold for the coin, for noise of every size. *)
Theorem exact_noise_instance sigma K : (1 <= K)%nat -> proper coin /\ (forall x a, two_moments (fair sigma x a) sigma) /\ (1 <= K)%nat.
Proof. intros K1. split; [exact coin_proper | split; [intros; apply fair_noise | exact K1]]. Qed.
(** Those of the sharp bound too: each of the coin's squared scores is 4. *)
Theorem noise_sharp_instance gamma sigma H K : 0 <= gamma < 1 -> 0 <= sigma -> (1 <= H)%nat -> (1 <= K)%nat ->
  noise_sharp_supposes gamma sigma H K 2 /\ proper coin /\ (forall x a, two_moments (fair sigma x a) sigma) /\
  (forall t, (t < H)%nat -> score_moment coin t <= 2 ^ 2).
Proof.
  intros. split; [unfold noise_sharp_supposes; repeat split; try lra; auto|]. split; [exact coin_proper|]. split; [intros; apply fair_noise|].
  intros t _. rewrite coin_moment. lra.
Qed.
(** The hypotheses about noise that depends on state and action hold: a coin whose heads are labelled worse. *)
Theorem state_dependent_noise_instance K : (1 <= K)%nat -> state_dependent_supposes K /\ proper coin /\
  forall l, errors (signs (along (fun x a => 1 + heads x a) l)) (fun s t => same s t * sigma_at (fun x a => 1 + heads x a) s l ^ 2).
Proof. intros K1. split; [exact K1|]. split; [exact coin_proper | intros; apply signs_errors]. Qed.
(** Those about baselines hold with the same errors. *)
Theorem baseline_instance : proper coin /\
  forall l, errors (signs (along (fun x a => 1 + heads x a) l)) (fun s t => same s t * sigma_at (fun x a => 1 + heads x a) s l ^ 2).
Proof. split; [exact coin_proper | intros; apply signs_errors]. Qed.
(** Those about correlated noise hold for one error that stays, and is sigma or -sigma. *)
Theorem correlated_noise_instance sigma K : (1 <= K)%nat -> correlated_noise_supposes K /\ proper coin /\
  errors (one_error (E [(1/2, sigma); (1/2, - sigma)])) (fun _ _ => sigma ^ 2).
Proof. intros K1. split; [exact K1|]. split; [exact coin_proper|]. apply one_error_moments, (fair_noise sigma tt true). Qed.
(** Its variance is sigma^2 at every step, and no square has a negative mean. *)
Theorem correlated_bound_instance gamma sigma H K : 0 <= gamma < 1 -> 0 <= sigma -> (1 <= H)%nat -> (1 <= K)%nat ->
  correlated_bound_supposes gamma K /\ proper coin /\ let S := one_error (E [(1/2, sigma); (1/2, - sigma)]) in
  errors S (fun _ _ => sigma ^ 2) /\ (forall k, S (fun e => e k ^ 2) = sigma ^ 2) /\ (forall k m, 0 <= S (fun e => (e k - e m) ^ 2)) /\
  (forall t, (t < H)%nat -> score_moment coin t <= 2 ^ 2).
Proof.
  intros g s H1 K1. split; [unfold correlated_bound_supposes; repeat split; try lra; auto|]. split; [exact coin_proper|]. cbv zeta.
  split; [now apply (correlated_noise_instance sigma 1)|]. split; [|split].
  - intros k. unfold one_error. simpl. field.
  - intros k m. unfold one_error. simpl. lra.
  - intros t _. rewrite coin_moment. lra.
Qed.
(** So do those about what a score hears. *)
Theorem heard_most_instance gamma sigma : 0 <= gamma < 1 -> 0 <= sigma -> heard_most_supposes gamma /\
  let N := E [(1/2, sigma); (1/2, - sigma)] in two_moments N sigma /\ errors (one_error N) (fun _ _ => sigma ^ 2) /\
  (forall k, one_error N (fun e => e k ^ 2) = sigma ^ 2) /\ (forall k m, 0 <= one_error N (fun e => (e k - e m) ^ 2)).
Proof.
  intros g s. split; [unfold heard_most_supposes; lra|]. cbv zeta. split; [exact (fair_noise sigma tt true)|].
  destruct (correlated_bound_instance 0 sigma 1 1 ltac:(lra) s ltac:(lia) ltac:(lia)) as (_ & _ & a & b & c & _). auto.
Qed.
(** Labels' errors that are sigma or -sigma, drawn independently, for any number of rollouts and steps. *)
Theorem leave_one_out_instance sigma H K : (2 <= K)%nat -> leave_one_out_supposes K /\ proper coin /\
  label_errors K H (labelled K H (fun _ _ => sigma)) (fun _ _ => sigma ^ 2).
Proof. intros K2. split; [exact K2|]. split; [exact coin_proper | apply labelled_errors]. Qed.
(** The same with heads labelled worse. *)
Theorem leave_one_out_noise_instance H K : (2 <= K)%nat -> others_supposes K /\ proper coin /\
  noisy_labels (fun x a => 1 + heads x a) K H (signed coin (fun x a => 1 + heads x a) K H).
Proof. intros K2. split; [exact K2|]. split; [exact coin_proper | apply signed_noise]. Qed.
(** The discounted estimator's hypotheses hold for the coin. *)
Theorem discounted_noise_instance gamma sigma H K : 0 <= gamma < 1 -> 0 <= sigma -> (1 <= H)%nat -> (1 <= K)%nat ->
  noise_discounted_supposes gamma sigma H K 2 /\ proper coin /\ (forall x a, two_moments (fair sigma x a) sigma) /\
  (forall t, (t < H)%nat -> score_moment coin t <= 2 ^ 2).
Proof.
  intros. split; [unfold noise_discounted_supposes; repeat split; try lra; auto|]. split; [exact coin_proper|]. split; [intros; apply fair_noise|].
  intros t _. rewrite coin_moment. lra.
Qed.
(** A policy, noise and a gradient that is not 0. *)
Theorem which_gradient_instance gamma sigma : proper coin /\ (forall x a, two_moments (fair sigma x a) sigma) /\ gradient coin heads gamma 1 0 = 1.
Proof. split; [exact coin_proper|]. split; [intros; apply fair_noise|]. rewrite coin_gradient. simpl. ring. Qed.
(** A frozen error of k for heads, beside noise: what is estimated moves by k. *)
Theorem frozen_error_instance k sigma : proper coin /\ (forall x a, two_moments (fair sigma x a) sigma) /\
  estimate_mean coin (fun x a => k * heads x a) quiet 0 1 1 1 0 = k.
Proof.
  split; [exact coin_proper|]. split; [intros; apply fair_noise|]. unfold estimate_mean, draws, episode, quiet, heads. simpl. field.
Qed.
(** A potential that is 0 at the end and nowhere before, for a walk that has gone up; and that pays for the action. *)
Theorem shaping_instance gamma H : (1 <= H)%nat -> proper walk /\
  (forall th, E (initial walk) (afterwards walk (up_before H) th H) = 0) /\ E (initial walk) (up_before H) = 1 /\
  shaping_reward walk gamma (up_before 2) (O, true) true = gamma - 1 /\ shaping_reward walk gamma (up_before 2) (O, true) false = - 1.
Proof.
  intros H1. split; [exact walk_proper|]. split; [|split; [|split]].
  - assert (A : forall th n t b, afterwards walk (up_before (t + n)) th n (t, b) = 0).
    { intros th n. induction n; intros t b; simpl.
      - unfold up_before. simpl. rewrite Nat.add_0_r, Nat.eqb_refl. reflexivity.
      - specialize (IHn (S t)). replace (S t + n)%nat with (t + S n)%nat in IHn by lia. rewrite !IHn. ring. }
    intros th. change (1 * afterwards walk (up_before (0 + H)) th H (O, true) + 0 = 0). rewrite A. ring.
  - unfold up_before, up. simpl. destruct H; [lia|]. simpl. ring.
  - unfold shaping_reward, up_before, up. simpl. ring.
  - unfold shaping_reward, up_before, up. simpl. ring.
Qed.
