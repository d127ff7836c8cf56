(** Wrong versions of the results about kernels, refuted: of each, Coq proves the negation by a finite world that breaks it. *)
From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Laws Loops Wasserstein Kernels KernelIdentity KernelExamples.
Open Scope R_scope.

(** ---- Lemma 1 for kernels ---- *)

(** Lemma 1 for kernels with other bounds in the place of its own. *)
Definition kernel_bound_with (finite : R -> R -> R -> R -> R -> R -> nat -> R) (infinite : R -> R -> R -> R -> R -> R -> R) :=
  forall (W : random_worlds) (kernel reward : side) (gamma L_f L_r L_pi eps_dyn eps_rew : R),
  smooth W kernel reward L_f L_r L_pi eps_dyn eps_rew ->
  (finite_horizon_supposes gamma L_f L_r L_pi eps_dyn eps_rew -> forall horizon : nat,
    Rabs (sum horizon (real_reward W gamma) - sum horizon (imagined_reward W gamma)) <= finite gamma L_f L_r L_pi eps_dyn eps_rew horizon) /\
  (lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew ->
    ex_series (real_reward W gamma) /\ ex_series (imagined_reward W gamma) /\
    Rabs (J W gamma - J_hat W gamma) <= infinite gamma L_f L_r L_pi eps_dyn eps_rew).
(** It is Lemma 1 for kernels that is changed. *)
Theorem same_kernel_bound : kernel_bound_with finite_horizon_bound lemma_1_bound. Proof. exact kernel_bound. Qed.
(** A true weakening remains provable: bounds that are twice as large. *)
Theorem weaker_kernel_bound : kernel_bound_with (fun gamma L_f L_r L_pi eps_dyn eps_rew horizon => 2 * finite_horizon_bound gamma L_f L_r L_pi eps_dyn eps_rew horizon)
  (fun gamma L_f L_r L_pi eps_dyn eps_rew => 2 * lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew).
Proof.
  intros W k s g Lf Lr Lp ed er D. destruct (kernel_bound W k s g Lf Lr Lp ed er D) as [F I]. split.
  - intros N H. specialize (F N H). pose proof (Rabs_pos (sum H (real_reward W g) - sum H (imagined_reward W g))). lra.
  - intros N. destruct (I N) as (R & Rh & B). repeat split; auto. pose proof (Rabs_pos (J W g - J_hat W g)). lra.
Qed.

(** Whatever is smaller than the bound for some constants is broken by the walk between two states. *)
Lemma kernel_too_small finite infinite gamma L_f L_r L_pi eps_dyn eps_rew : 0 <= gamma < 1 -> 0 <= L_f -> 0 <= L_r -> 0 <= L_pi <= 1 -> 0 <= eps_dyn -> 0 <= eps_rew ->
  2 * L_f + eps_dyn <= 1 -> lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew ->
  infinite gamma L_f L_r L_pi eps_dyn eps_rew < lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew -> ~ kernel_bound_with finite infinite.
Proof.
  intros g01 f0 r0 p01 d0 e0 room N less M.
  destruct (kernel_bound_attained L_f L_r L_pi eps_dyn eps_rew f0 r0 p01 d0 e0 room gamma g01) as (D & _ & e).
  destruct (proj2 (M _ from_real from_real gamma _ _ _ _ _ (D from_real from_real)) N) as (_ & _ & B). lra.
Qed.
Ltac kernel_small := unfold lemma_1_supposes, lemma_1_bound; lra.

(** The reward error is forgotten. *)
Theorem mutant_kernel_bound_no_reward_error : ~ kernel_bound_with finite_horizon_bound (fun gamma L_f L_r L_pi eps_dyn eps_rew => lemma_1_bound gamma L_f L_r L_pi eps_dyn 0).
Proof. apply (kernel_too_small _ _ (1/2) (1/4) 1 0 0 1); kernel_small. Qed.
(** The policy is forgotten in the closed loop: L_f for L. *)
Theorem mutant_kernel_bound_no_policy_in_loop : ~ kernel_bound_with finite_horizon_bound (fun gamma L_f L_r L_pi eps_dyn eps_rew =>
  eps_rew / (1 - gamma) + gamma * L_r * (1 + L_pi) * eps_dyn / ((1 - gamma) * (1 - gamma * L_f))).
Proof. apply (kernel_too_small _ _ (1/2) (1/4) 1 1 (1/2) 0); kernel_small. Qed.
(** Randomness averages half of the error out. *)
Theorem mutant_kernel_bound_half : ~ kernel_bound_with finite_horizon_bound (fun gamma L_f L_r L_pi eps_dyn eps_rew => 1/2 * lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew).
Proof. apply (kernel_too_small _ _ (1/2) (1/4) 1 0 (1/2) 0); kernel_small. Qed.
(** The finite bound without the policy in the reward's slope. *)
Theorem mutant_kernel_bound_finite_no_policy_in_slope : ~ kernel_bound_with (fun gamma L_f L_r L_pi eps_dyn eps_rew horizon =>
  eps_rew * geom gamma horizon + L_r * eps_dyn * sum horizon (fun t => gamma ^ t * geom (L_f * (1 + L_pi)) t)) lemma_1_bound.
Proof.
  intros M. destruct (kernel_bound_attained (1/4) 1 1 (1/2) 0 ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) (1/2) ltac:(lra)) as (D & e & _).
  pose proof (proj1 (M _ from_real from_real (1/2) _ _ _ _ _ (D from_real from_real)) ltac:(unfold finite_horizon_supposes; lra) 2%nat) as B.
  rewrite e in B. unfold finite_horizon_bound in B. simpl in B. lra.
Qed.

(** ---- Either side's constants ---- *)

(** Either side's constants, with another bound in the place of its own. *)
Definition kernel_either_side_with (bound : R -> R -> R -> R -> R -> R -> R) := forall (W : random_worlds) (gamma L_f L_r L_pi eps_dyn eps_rew L_f_hat L_r_hat : R),
  smooth W from_real from_real L_f L_r L_pi eps_dyn eps_rew -> smooth W from_learned from_learned L_f_hat L_r_hat L_pi eps_dyn eps_rew ->
  lemma_1_supposes gamma (Rmin L_f L_f_hat) (Rmin L_r L_r_hat) L_pi eps_dyn eps_rew ->
  ex_series (real_reward W gamma) /\ ex_series (imagined_reward W gamma) /\
  Rabs (J W gamma - J_hat W gamma) <= bound gamma (Rmin L_f L_f_hat) (Rmin L_r L_r_hat) L_pi eps_dyn eps_rew.
(** It is that theorem that is changed. *)
Theorem same_kernel_either_side : kernel_either_side_with lemma_1_bound. Proof. exact kernel_either_side. Qed.
(** A true weakening remains provable: the real side's constants, if they are the smaller ones. *)
Theorem weaker_kernel_either_side : forall (W : random_worlds) (gamma L_f L_r L_pi eps_dyn eps_rew L_f_hat L_r_hat : R), L_f <= L_f_hat -> L_r <= L_r_hat ->
  smooth W from_real from_real L_f L_r L_pi eps_dyn eps_rew -> smooth W from_learned from_learned L_f_hat L_r_hat L_pi eps_dyn eps_rew ->
  lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew -> Rabs (J W gamma - J_hat W gamma) <= lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew.
Proof.
  intros W g Lf Lr Lp ed er Lfh Lrh l l' D Dh N. pose proof (kernel_either_side W g Lf Lr Lp ed er Lfh Lrh D Dh) as B.
  rewrite (Rmin_left Lf), (Rmin_left Lr) in B by assumption. now apply B.
Qed.
Lemma either_side_too_small bound gamma L_f L_r L_pi eps_dyn eps_rew : 0 <= gamma < 1 -> 0 <= L_f -> 0 <= L_r -> 0 <= L_pi <= 1 -> 0 <= eps_dyn -> 0 <= eps_rew ->
  2 * L_f + eps_dyn <= 1 -> lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew ->
  bound gamma L_f L_r L_pi eps_dyn eps_rew < lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew -> ~ kernel_either_side_with bound.
Proof.
  intros g01 f0 r0 p01 d0 e0 room N less M.
  destruct (kernel_bound_attained L_f L_r L_pi eps_dyn eps_rew f0 r0 p01 d0 e0 room gamma g01) as (D & _ & e).
  pose proof (M _ gamma _ _ _ _ _ _ _ (D from_real from_real) (D from_learned from_learned)) as B. rewrite !Rmin_left in B by lra.
  destruct (B N) as (_ & _ & B'). lra.
Qed.
(** With the learned reward's constant its error need not be paid. *)
Theorem mutant_kernel_either_side_no_reward_error : ~ kernel_either_side_with (fun gamma L_f L_r L_pi eps_dyn eps_rew => lemma_1_bound gamma L_f L_r L_pi eps_dyn 0).
Proof. apply (either_side_too_small _ (1/2) (1/4) 1 0 0 1); kernel_small. Qed.
(** With the smaller constant of the kernel its error need not be paid. *)
Theorem mutant_kernel_either_side_no_kernel_error : ~ kernel_either_side_with (fun gamma L_f L_r L_pi eps_dyn eps_rew => lemma_1_bound gamma L_f L_r L_pi 0 eps_rew).
Proof. apply (either_side_too_small _ (1/2) (1/4) 1 0 (1/2) 0); kernel_small. Qed.

(** ---- Bounded states ---- *)

(** Bounded states for kernels, every horizon, with another bound in the place of its own. *)
Definition kernel_bounded_states_with (bound : R -> R -> R -> R -> R -> R -> R -> nat -> R) :=
  forall (W : random_worlds) (kernel reward : side) (gamma L_f L_r L_pi eps_dyn eps_rew diameter : R),
  smooth W kernel reward L_f L_r L_pi eps_dyn eps_rew -> bounded_states_supposes gamma L_f L_r L_pi eps_dyn eps_rew diameter ->
  (forall x y, d_S W x y <= diameter) ->
  forall horizon : nat, Rabs (sum horizon (real_reward W gamma) - sum horizon (imagined_reward W gamma)) <= bound gamma L_f L_r L_pi eps_dyn eps_rew diameter horizon.
(** It is that theorem that is changed. *)
Theorem same_kernel_bounded_states : kernel_bounded_states_with kernel_bounded_finite_bound.
Proof. intros W k s g Lf Lr Lp ed er D A N B. now apply (kernel_bounded_states W k s g Lf Lr Lp ed er D). Qed.
(** A true weakening remains provable: where states are bounded the bound of finite horizons holds as well. *)
Theorem weaker_kernel_bounded_states : kernel_bounded_states_with (fun gamma L_f L_r L_pi eps_dyn eps_rew _ => finite_horizon_bound gamma L_f L_r L_pi eps_dyn eps_rew).
Proof.
  intros W k s g Lf Lr Lp ed er D A N B. apply (proj1 (kernel_bound W k s g Lf Lr Lp ed er A)). unfold bounded_states_supposes, finite_horizon_supposes in *. lra.
Qed.
Lemma bounded_too_small bound eps_rew : 0 <= eps_rew ->
  bound (1/2) (1/4) 1 1 (1/2) eps_rew 1 3%nat < 7/8 + 7/4 * eps_rew -> ~ kernel_bounded_states_with bound.
Proof.
  intros e0 less M. destruct (kernel_bound_attained (1/4) 1 1 (1/2) eps_rew ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) e0 ltac:(lra) (1/2) ltac:(lra)) as (D & e & _).
  pose proof (M _ from_real from_real (1/2) _ _ _ _ _ 1 (D from_real from_real) ltac:(unfold bounded_states_supposes; lra) between_below 3%nat) as B.
  rewrite e in B. unfold finite_horizon_bound in B. simpl in B. lra.
Qed.
(** Half the diameter. *)
Theorem mutant_kernel_bounded_states_half_diameter : ~ kernel_bounded_states_with (fun gamma L_f L_r L_pi eps_dyn eps_rew diameter =>
  kernel_bounded_finite_bound gamma L_f L_r L_pi eps_dyn eps_rew (1/2 * diameter)).
Proof.
  apply (bounded_too_small _ 0); [lra|]. unfold kernel_bounded_finite_bound, Rmin. simpl.
  repeat match goal with |- context [Rle_dec ?a ?b] => destruct (Rle_dec a b) end; lra.
Qed.
(** The reward error is forgotten. *)
Theorem mutant_kernel_bounded_states_no_reward_error : ~ kernel_bounded_states_with (fun gamma L_f L_r L_pi eps_dyn eps_rew =>
  kernel_bounded_finite_bound gamma L_f L_r L_pi eps_dyn 0).
Proof.
  apply (bounded_too_small _ 1); [lra|]. unfold kernel_bounded_finite_bound, Rmin. simpl.
  repeat match goal with |- context [Rle_dec ?a ?b] => destruct (Rle_dec a b) end; lra.
Qed.

(** ---- Asadi's bound ---- *)

(** Asadi's bound with another bound in the place of its own. *)
Definition asadi_bound_with (bound : R -> R -> R -> R -> R) := forall (X : Type) (d : X -> X -> R) (P P_hat : X -> dist X) (r : X -> R) (gamma K K_hat L_r eps_dyn : R),
  pseudometric X d -> 0 <= K -> 0 <= K_hat -> asadi_supposes gamma (Rmin K K_hat) L_r eps_dyn ->
  (forall x y, W1 d (P x) (P y) <= K * d x y) -> (forall x y, W1 d (P_hat x) (P_hat y) <= K_hat * d x y) ->
  (forall x y, Rabs (r x - r y) <= L_r * d x y) -> (forall x, W1 d (P_hat x) (P x) <= eps_dyn) ->
  forall x : X, let W := processes d P P_hat r x in
  ex_series (real_reward W gamma) /\ ex_series (imagined_reward W gamma) /\
  Rabs (J W gamma - J_hat W gamma) <= bound gamma (Rmin K K_hat) L_r eps_dyn.
(** It is Asadi's bound that is changed. *)
Theorem same_asadi_bound : asadi_bound_with asadi_value_bound. Proof. exact asadi_bound. Qed.
(** A true weakening remains provable: a bound that is twice as large. *)
Theorem weaker_asadi_bound : asadi_bound_with (fun gamma K L_r eps_dyn => 2 * asadi_value_bound gamma K L_r eps_dyn).
Proof.
  intros X d p ph u g K Kh Lr ed m K0 Kh0 N A B C D x W. destruct (asadi_bound X d p ph u g K Kh Lr ed m K0 Kh0 N A B C D x) as (R & Rh & G).
  split; [exact R | split; [exact Rh|]]. fold W in G. pose proof (Rabs_pos (J W g - J_hat W g)). lra.
Qed.
(** Whatever is smaller for some constants is broken by the state that decays. *)
Lemma asadi_too_small bound gamma e : 0 <= gamma < 1 -> 0 <= e <= 1 -> bound gamma (1 - e) 1 e < asadi_value_bound gamma (1 - e) 1 e -> ~ asadi_bound_with bound.
Proof.
  intros g01 e01 less M. destruct (asadi_bound_attained e gamma e01 g01) as (m & A & B & C & D & N & e'). cbv zeta in e'.
  destruct (M _ _ _ _ _ gamma 1 (1 - e) 1 e m ltac:(lra) ltac:(lra) N A B C D true) as (_ & _ & G). rewrite e', Rmin_right in G by lra. lra.
Qed.
(** The growth of errors is forgotten. *)
Theorem mutant_asadi_bound_no_growth : ~ asadi_bound_with (fun gamma K L_r eps_dyn => gamma * L_r * eps_dyn / (1 - gamma)).
Proof. apply (asadi_too_small _ (1/2) (1/2)); unfold asadi_value_bound; lra. Qed.
(** gamma squared for gamma. *)
Theorem mutant_asadi_bound_gamma_squared : ~ asadi_bound_with (fun gamma K L_r eps_dyn => gamma ^ 2 * L_r * eps_dyn / ((1 - gamma) * (1 - gamma * K))).
Proof. apply (asadi_too_small _ (1/2) (1/2)); unfold asadi_value_bound; lra. Qed.
(** A model whose mean is right has no error: not if it spreads. The reward is the distance from 0. *)
Theorem mutant_asadi_bound_distance_of_means : ~ forall (P P_hat : R -> dist R) (r : R -> R) (gamma K L_r eps_dyn : R),
  asadi_supposes gamma K L_r eps_dyn ->
  (forall x y, W1 (fun a b => Rabs (a - b)) (P x) (P y) <= K * Rabs (x - y)) -> (forall x y, W1 (fun a b => Rabs (a - b)) (P_hat x) (P_hat y) <= K * Rabs (x - y)) ->
  (forall x y, Rabs (r x - r y) <= L_r * Rabs (x - y)) -> (forall x, Rabs (mean (P_hat x) (fun z => z) - mean (P x) (fun z => z)) <= eps_dyn) ->
  forall x, let W := processes (fun a b => Rabs (a - b)) P P_hat r x in Rabs (J W gamma - J_hat W gamma) <= asadi_value_bound gamma K L_r eps_dyn.
Proof.
  intros M. assert (m : pseudometric R (fun a b => Rabs (a - b))).
  { split; intros; [apply Rabs_pos | rewrite Rminus_eq_0; apply Rabs_R0 | apply Rabs_minus_sym |]. replace (x - z) with ((x - y) + (y - z)) by ring. apply Rabs_triang. }
  set (spread := next (toss (1/2)) (fun b => point (if b then 1 else -1) : dist R)). set (still := point 0 : dist R).
  assert (spreads : forall h, mean spread h = 1/2 * h 1 + 1/2 * h (-1)).
  { intros h. unfold spread. rewrite mean_next, mean_toss, !mean_point by lra. field. }
  specialize (M (fun _ => still) (fun _ => spread) Rabs (1/2) 0 1 0). cbv zeta in M.
  assert (B : Rabs (J (processes (fun a b => Rabs (a - b)) (fun _ => still) (fun _ => spread) Rabs 0) (1/2) - J_hat (processes (fun a b => Rabs (a - b)) (fun _ => still) (fun _ => spread) Rabs 0) (1/2)) <= asadi_value_bound (1/2) 0 1 0).
  { apply M.
    - unfold asadi_supposes; lra.
    - intros. rewrite (d_refl (W1_distance _ _ m)). lra.
    - intros. rewrite (d_refl (W1_distance _ _ m)). lra.
    - intros. rewrite Rmult_1_l. apply Rabs_triang_inv2.
    - intros x. rewrite spreads. unfold still. rewrite mean_point. replace (_ - _) with 0 by field. rewrite Rabs_R0. lra. }
  clear M. set (W := processes _ _ _ _ _) in B.
  assert (none : forall t, real_reward W (1/2) t = 0).
  { intros t. unfold real_reward, ret, real, expected_pay, pay. rewrite (mean_ext _ _ _ (fun x => Rabs x)) by (intros; apply mean_point).
    assert (A : mean (iter (loop W (P W)) t (start W)) Rabs = 0); [|change (mean _ (fun x => Rabs x)) with (mean (iter (loop W (P W)) t (start W)) Rabs); rewrite A; ring].
    destruct t; [change (mean (point 0) Rabs = 0); rewrite mean_point; apply Rabs_R0|].
    change (mean (next (iter (loop W (P W)) t (start W)) (step W (P W))) Rabs = 0). rewrite mean_next, (mean_ext _ _ _ (fun _ => 0)), mean_const; [reflexivity|].
    intros x. change (mean (next (point tt) (fun _ => still)) Rabs = 0). rewrite mean_next, mean_point. unfold still. rewrite mean_point. apply Rabs_R0. }
  assert (one : forall t, imagined_reward W (1/2) t = (1/2) ^ t - if Nat.eqb t 0 then 1 else 0).
  { intros t. unfold imagined_reward, reth, imagined, expected_pay, pay. rewrite (mean_ext _ _ _ (fun x => Rabs x)) by (intros; apply mean_point).
    change (mean _ (fun x => Rabs x)) with (mean (iter (loop W (P_hat W)) t (start W)) Rabs).
    destruct t; [change ((1/2) ^ 0 * mean (point 0) Rabs = (1/2) ^ 0 - 1); rewrite mean_point, Rabs_R0; simpl; ring|].
    replace (mean (iter (loop W (P_hat W)) (S t) (start W)) Rabs) with 1; [simpl; ring|]. symmetry.
    change (mean (next (iter (loop W (P_hat W)) t (start W)) (step W (P_hat W))) Rabs = 1). rewrite mean_next, (mean_ext _ _ _ (fun _ => 1)), mean_const; [reflexivity|].
    intros x. change (mean (next (point tt) (fun _ => spread)) Rabs = 1). rewrite mean_next, mean_point, spreads, (Rabs_left (-1)), (Rabs_pos_eq 1); lra. }
  assert (E : J W (1/2) = 0).
  { unfold J. rewrite (Series_ext _ (fun t => 0 * (1/2) ^ t)), Series_scal_l by (intros; rewrite none; ring). ring. }
  assert (Eh : J_hat W (1/2) = 1).
  { unfold J_hat. rewrite Series_incr_1.
    - rewrite one, (Series_ext _ (fun t => 1/2 * (1/2) ^ t)), Series_scal_l, power_sum by (try lra; intros; rewrite one; simpl; ring). simpl. field.
    - apply ex_series_incr_1. apply ex_ext with (a := fun t => 1/2 * (1/2) ^ t); [intros; rewrite one; simpl; ring|]. apply ex_scal, power_ex. lra. }
  rewrite E, Eh in B. unfold asadi_value_bound in B. rewrite Rabs_left in B by lra. lra.
Qed.

(** ---- The identity ---- *)

(** The identity with another error of one step, and along another rollout. *)
Definition kernel_identity_with (error : forall W : random_worlds, R -> state W -> R) (along : forall W : random_worlds, nat -> dist (state W)) :=
  forall (W : random_worlds) (gamma : R), 0 <= gamma < 1 -> bounded_rewards W ->
  is_series (fun t => gamma ^ t * mean (along W t) (error W gamma)) (J_hat W gamma - J W gamma).
Definition along_imagined W t := imagined _ (loop W (P_hat W)) (start W) t.
(** It is the identity that is changed. *)
Theorem same_kernel_identity : kernel_identity_with one_step_error along_imagined.
Proof. intros W g g01 B. now apply kernel_identity. Qed.
(** A true weakening remains provable: an inequality, with the largest error of one step. *)
Theorem weaker_kernel_identity : forall (W : random_worlds) (gamma c : R), 0 <= gamma < 1 -> bounded_rewards W ->
  (forall x, Rabs (one_step_error W gamma x) <= c) -> Rabs (J W gamma - J_hat W gamma) <= c / (1 - gamma).
Proof. intros W g c g01 B H. now apply gap_by_step_errors. Qed.

(** Along the real rollout, with the real value: one of the two must be the learned one's. *)
Theorem mutant_kernel_identity_real_rollout : ~ kernel_identity_with one_step_error (fun W t => real _ (loop W (P W)) (start W) t).
Proof.
  intros M. pose proof (M (decay (1/2) 0) (1/2) ltac:(lra) (decay_bounded (1/2) 0)) as I. destruct (decay_returns (1/2) 0 (1/2) ltac:(lra) ltac:(lra)) as [E Eh].
  assert (at_ : forall t h, mean (real _ (loop (decay (1/2) 0) (P (decay (1/2) 0))) (start (decay (1/2) 0)) t) h = h true).
  { induction t; intros h; [apply mean_point|]. change (mean (next (real _ (loop (decay (1/2) 0) (P (decay (1/2) 0))) (start (decay (1/2) 0)) t) (step (decay (1/2) 0) (P (decay (1/2) 0)))) h = h true).
    rewrite mean_next, IHt. unfold step. rewrite mean_next. change (mean (point tt) (fun a => mean (stays true) h) = h true). rewrite mean_point. apply mean_point. }
  assert (I' : is_series (fun t => -1/2 * (1/2) ^ t) (-1/2 * / (1 - 1/2))).
  { apply (is_series_scal_l (V := R_NormedModule) (-1/2)). apply is_series_geom. rewrite Rabs_pos_eq; lra. }
  pose proof (is_series_unique _ _ I) as U. rewrite (Series_ext _ (fun t => -1/2 * (1/2) ^ t)) in U.
  - rewrite (is_series_unique _ _ I'), E, Eh in U. lra.
  - intros t. rewrite at_, (decay_error (1/2) 0 (1/2)) by lra. simpl. field.
Qed.
(** The rewards' error is forgotten. *)
Theorem mutant_kernel_identity_no_reward_error : ~ kernel_identity_with (fun W gamma => step_error W (P W) (r W) gamma (P_hat W) (r W) (value W (P W) (r W) gamma)) along_imagined.
Proof.
  intros M. pose proof (M (decay (1/2) 1) (1/2) ltac:(lra) (decay_bounded (1/2) 1)) as I. pose proof (same_kernel_identity (decay (1/2) 1) (1/2) ltac:(lra) (decay_bounded (1/2) 1)) as I'.
  pose proof (is_series_minus _ _ _ _ I I') as D. apply is_series_unique in D.
  rewrite (Series_ext _ (fun t => (1/2) ^ t)), power_sum in D; [change (plus ?a (opp ?b)) with (a - b) in D; lra | lra |].
  intros t. change (plus ?a (opp ?b)) with (a - b). rewrite <- Rmult_minus_distr_l, mean_minus. transitivity ((1/2) ^ t * 1); [f_equal | ring].
  transitivity (mean (along_imagined (decay (1/2) 1) t) (fun _ => 1)); [apply mean_ext; intros x | apply mean_const].
  unfold one_step_error, step_error. rewrite !one_action. simpl. ring.
Qed.
(** The discount is forgotten: what the kernel's error changes counts from the next step on. *)
Theorem mutant_kernel_identity_no_discount : ~ kernel_identity_with (fun W gamma x => mean (policy W x) (fun a => r_hat W x a - r W x a +
  (mean (P_hat W x a) (value W (P W) (r W) gamma) - mean (P W x a) (value W (P W) (r W) gamma)))) along_imagined.
Proof.
  intros M. pose proof (M (decay (1/2) 0) (1/2) ltac:(lra) (decay_bounded (1/2) 0)) as I. pose proof (same_kernel_identity (decay (1/2) 0) (1/2) ltac:(lra) (decay_bounded (1/2) 0)) as I'.
  destruct (decay_returns (1/2) 0 (1/2) ltac:(lra) ltac:(lra)) as [E Eh]. apply is_series_unique in I. apply is_series_unique in I'.
  rewrite (Series_ext _ (fun t => 2 * ((1/2) ^ t * mean (along_imagined (decay (1/2) 0) t) (one_step_error (decay (1/2) 0) (1/2))))), Series_scal_l, I', E, Eh in I; [lra|].
  intros t. replace (2 * ((1/2) ^ t * mean (along_imagined (decay (1/2) 0) t) (one_step_error (decay (1/2) 0) (1/2))))
    with ((1/2) ^ t * (2 * mean (along_imagined (decay (1/2) 0) t) (one_step_error (decay (1/2) 0) (1/2)))) by ring. f_equal.
  rewrite <- (mean_scal _ _ 2). apply mean_ext; intros x.
  unfold one_step_error, step_error. rewrite !one_action. simpl. field.
Qed.

(** ---- The simulation lemma ---- *)

(** The simulation lemma with another bound in the place of its own. *)
Definition simulation_lemma_with (bound : R -> R -> R -> R -> R) := forall (W : random_worlds) (gamma eps_dyn eps_rew span : R),
  simulation_supposes gamma eps_dyn eps_rew span -> bounded_rewards W ->
  (forall x a, total_variation (P_hat W x a) (P W x a) <= eps_dyn) ->
  (forall x a, Rabs (r_hat W x a - r W x a) <= eps_rew) ->
  (forall x y, value W (P W) (r W) gamma x - value W (P W) (r W) gamma y <= span) ->
  ex_series (real_reward W gamma) /\ ex_series (imagined_reward W gamma) /\
  Rabs (J W gamma - J_hat W gamma) <= bound gamma eps_dyn eps_rew span.
(** It is the simulation lemma that is changed. *)
Theorem same_simulation_lemma : simulation_lemma_with simulation_bound. Proof. exact simulation_lemma. Qed.
(** A true weakening remains provable: a bound that is twice as large. *)
Theorem weaker_simulation_lemma : simulation_lemma_with (fun gamma eps_dyn eps_rew span => 2 * simulation_bound gamma eps_dyn eps_rew span).
Proof.
  intros W g ed er s N B T Er S. destruct (simulation_lemma W g ed er s N B T Er S) as (R & Rh & G). split; [exact R | split; [exact Rh|]].
  pose proof (Rabs_pos (J W g - J_hat W g)). lra.
Qed.
(** What is smaller for the state that decays is broken by it. *)
Lemma simulation_too_small bound eps_rew : 0 <= eps_rew -> bound (1/2) (1/2) eps_rew 2 < 2/3 + 2 * eps_rew -> ~ simulation_lemma_with bound.
Proof.
  intros e0 less M. destruct (M (decay (1/2) eps_rew) (1/2) (1/2) eps_rew 2) as (_ & _ & B).
  - unfold simulation_supposes. lra.
  - apply decay_bounded.
  - intros. apply decay_tv. lra.
  - intros x a. simpl. replace (_ - _) with (- eps_rew) by ring. rewrite Rabs_Ropp, Rabs_pos_eq; lra.
  - intros x y. pose proof (decay_span (1/2) eps_rew (1/2) ltac:(lra) x y). lra.
  - destruct (decay_returns (1/2) eps_rew (1/2) ltac:(lra) ltac:(lra)) as [E Eh]. rewrite E, Eh in B. rewrite Rabs_pos_eq in B; lra.
Qed.
(** Half the span. *)
Theorem mutant_simulation_lemma_half_span : ~ simulation_lemma_with (fun gamma eps_dyn eps_rew span => simulation_bound gamma eps_dyn eps_rew (1/2 * span)).
Proof. apply (simulation_too_small _ 0); unfold simulation_bound; lra. Qed.
(** One discount too many. *)
Theorem mutant_simulation_lemma_gamma_squared : ~ simulation_lemma_with (fun gamma eps_dyn eps_rew span => (eps_rew + gamma ^ 2 * eps_dyn * span) / (1 - gamma)).
Proof. apply (simulation_too_small _ 0); lra. Qed.
(** The reward error counts once, not at every step. *)
Theorem mutant_simulation_lemma_one_reward_error : ~ simulation_lemma_with (fun gamma eps_dyn eps_rew span => eps_rew + gamma * eps_dyn * span / (1 - gamma)).
Proof. apply (simulation_too_small _ 1); lra. Qed.
