(** Mutants of the bounds of others: wrong versions, each refuted by a world; true weakenings, proved. *)
From Coq Require Import Reals List Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Laws Loops Wasserstein Kernels KernelIdentity KernelExamples Simulation Lineage.
Import ListNotations.
Open Scope R_scope.

Lemma decay_gap eps_rew : 0 <= eps_rew -> Rabs (J (decay (1/2) eps_rew) (1/2) - J_hat (decay (1/2) eps_rew) (1/2)) = 2/3 + 2 * eps_rew.
Proof. intros e0. destruct (decay_returns (1/2) eps_rew (1/2) ltac:(lra) ltac:(lra)) as [-> ->]. rewrite Rabs_pos_eq; lra. Qed.
Lemma decay_reward_error eps_rew x a : 0 <= eps_rew -> Rabs (r_hat (decay (1/2) eps_rew) x a - r (decay (1/2) eps_rew) x a) <= eps_rew.
Proof. intros e0. simpl. replace (_ - _) with (- eps_rew) by ring. rewrite Rabs_Ropp, Rabs_pos_eq; lra. Qed.
Lemma decay_range eps_rew x a : 0 <= r (decay (1/2) eps_rew) x a <= 0 + 1.
Proof. destruct x; simpl; lra. Qed.

(** ---- The classical forms ---- *)

(** The classical simulation lemma with other bounds. *)
Definition classical_simulation_with (classical not_centred : R -> R -> R -> R -> R) := forall (W : random_worlds) (gamma eps_dyn eps_rew width lo largest_value : R),
  classical_supposes gamma eps_dyn eps_rew width ->
  (forall x a, lo <= r W x a <= lo + width) ->
  (forall x a, total_variation (P_hat W x a) (P W x a) <= eps_dyn) ->
  (forall x a, Rabs (r_hat W x a - r W x a) <= eps_rew) ->
  (forall x, Rabs (value W (P W) (r W) gamma x) <= largest_value) ->
  Rabs (J W gamma - J_hat W gamma) <= classical gamma eps_dyn eps_rew width /\
  Rabs (J W gamma - J_hat W gamma) <= not_centred gamma eps_dyn eps_rew largest_value.
(** It is the lemma that is changed. *)
Theorem same_classical_simulation : classical_simulation_with classical_bound not_centred_bound.
Proof. intros W g ed er wd lo vm N Rg T Er V. exact (proj2 (proj2 (classical_simulation W g ed er wd lo vm N Rg T Er V))). Qed.
(** A true weakening: bounds that are twice as large. *)
Theorem weaker_classical_simulation : classical_simulation_with (fun gamma eps_dyn eps_rew width => 2 * classical_bound gamma eps_dyn eps_rew width)
  (fun gamma eps_dyn eps_rew largest_value => 2 * not_centred_bound gamma eps_dyn eps_rew largest_value).
Proof.
  intros W g ed er wd lo vm N Rg T Er V. destruct (same_classical_simulation W g ed er wd lo vm N Rg T Er V). pose proof (Rabs_pos (J W g - J_hat W g)). lra.
Qed.
Lemma classical_too_small classical not_centred eps_rew : 0 <= eps_rew ->
  classical (1/2) (1/2) eps_rew 1 < 2/3 + 2 * eps_rew \/ not_centred (1/2) (1/2) eps_rew 2 < 2/3 + 2 * eps_rew -> ~ classical_simulation_with classical not_centred.
Proof.
  intros e0 less M. destruct (M (decay (1/2) eps_rew) (1/2) (1/2) eps_rew 1 0 2) as (A & B).
  - unfold classical_supposes. lra.
  - intros. now apply decay_range.
  - intros. apply decay_tv. lra.
  - intros. now apply decay_reward_error.
  - intros x. rewrite (decay_value (1/2) eps_rew (1/2)) by lra. pose proof (val_range x). apply Rabs_le. lra.
  - rewrite decay_gap in A, B by exact e0. lra.
Qed.
(** Half the width: what centring saves is counted twice. *)
Theorem mutant_classical_simulation_half_width : ~ classical_simulation_with (fun gamma eps_dyn eps_rew width => classical_bound gamma eps_dyn eps_rew (width / 2)) not_centred_bound.
Proof. apply (classical_too_small _ _ 0); [lra | left; unfold classical_bound; lra]. Qed.
(** One horizon instead of two: errors do not pile up. *)
Theorem mutant_classical_simulation_one_horizon : ~ classical_simulation_with (fun gamma eps_dyn eps_rew width => (eps_rew + gamma * width * eps_dyn) / (1 - gamma)) not_centred_bound.
Proof. apply (classical_too_small _ _ 0); [lra | left; lra]. Qed.
(** In the second form the reward's error counts once, not at every step. *)
Theorem mutant_classical_simulation_one_reward_error : ~ classical_simulation_with classical_bound
  (fun gamma eps_dyn eps_rew largest_value => eps_rew + 2 * gamma * largest_value * eps_dyn / (1 - gamma)).
Proof. apply (classical_too_small _ _ 4); [lra | right; lra]. Qed.

(** ---- Both rewards in range ---- *)

(** The tight lemma for two rewards in one interval, with another bound. *)
Definition both_in_range_with (bound : R -> R -> R -> R -> R) := forall (W : random_worlds) (gamma eps_dyn eps_rew common_width lo : R),
  both_in_range_supposes gamma eps_dyn eps_rew common_width ->
  (forall x a, lo <= r W x a <= lo + common_width) -> (forall x a, lo <= r_hat W x a <= lo + common_width) ->
  (forall x a, total_variation (P_hat W x a) (P W x a) <= eps_dyn) ->
  (forall x a, Rabs (r_hat W x a - r W x a) <= eps_rew) ->
  Rabs (J W gamma - J_hat W gamma) <= bound gamma eps_dyn eps_rew common_width.
(** It is the lemma that is changed. *)
Theorem same_both_in_range : both_in_range_with both_in_range_bound.
Proof. intros W g ed er wd lo N Rg Rh T Er. exact (proj2 (proj2 (both_in_range W g ed er wd lo N Rg Rh T Er))). Qed.
(** A true weakening: a bound that is twice as large. *)
Theorem weaker_both_in_range : both_in_range_with (fun gamma eps_dyn eps_rew common_width => 2 * both_in_range_bound gamma eps_dyn eps_rew common_width).
Proof. intros W g ed er wd lo N Rg Rh T Er. pose proof (same_both_in_range W g ed er wd lo N Rg Rh T Er). pose proof (Rabs_pos (J W g - J_hat W g)). lra. Qed.
Lemma both_too_small bound eps_rew : 0 <= eps_rew -> bound (1/2) (1/2) eps_rew (1 + eps_rew) < 2/3 + 2 * eps_rew -> ~ both_in_range_with bound.
Proof.
  intros e0 less M. assert (B : Rabs (J (decay (1/2) eps_rew) (1/2) - J_hat (decay (1/2) eps_rew) (1/2)) <= bound (1/2) (1/2) eps_rew (1 + eps_rew)).
  { apply (M _ _ _ _ _ (- eps_rew)); intros; try apply decay_in_range; try apply decay_reward_error; try (apply decay_tv; lra); auto. unfold both_in_range_supposes. lra. }
  rewrite decay_gap in B by exact e0. lra.
Qed.
(** Half the interval. *)
Theorem mutant_both_in_range_half : ~ both_in_range_with (fun gamma eps_dyn eps_rew common_width => both_in_range_bound gamma eps_dyn eps_rew (common_width / 2)).
Proof. apply (both_too_small _ 0); [lra | unfold both_in_range_bound; lra]. Qed.
(** The reward's error is forgotten. *)
Theorem mutant_both_in_range_no_reward_error : ~ both_in_range_with (fun gamma eps_dyn eps_rew common_width => both_in_range_bound gamma eps_dyn 0 common_width).
Proof. apply (both_too_small _ 1); [lra | unfold both_in_range_bound; lra]. Qed.

(** ---- Errors in expectation ---- *)

(** Errors in expectation with another bound. *)
Definition per_time_with (bound : R -> R -> R -> R -> R) := forall (W : random_worlds) (gamma eps_rew width lo : R) (e : nat -> R),
  per_time_supposes gamma eps_rew width ->
  (forall x a, lo <= r W x a <= lo + width) -> (forall x a, Rabs (r_hat W x a - r W x a) <= eps_rew) -> (forall t, expected_error W t <= e t) -> (exists m, forall t, e t <= m) ->
  Rabs (J W gamma - J_hat W gamma) <= bound gamma eps_rew width (drift gamma e).
(** It is the result that is changed. *)
Theorem same_per_time : per_time_with per_time_bound.
Proof. intros W g er wd lo e N Rg Er H (m & Hm). exact (proj1 (proj2 (proj2 (per_time W g er wd lo m e N Rg Er H Hm)))). Qed.
(** A true weakening: a bound that is twice as large. *)
Theorem weaker_per_time : per_time_with (fun gamma eps_rew width drift => 2 * per_time_bound gamma eps_rew width drift).
Proof. intros W g er wd lo e N Rg Er H M. pose proof (same_per_time W g er wd lo e N Rg Er H M). pose proof (Rabs_pos (J W g - J_hat W g)). lra. Qed.
Lemma per_time_too_small bound eps_rew : 0 <= eps_rew -> (forall d, d <= 1 -> bound (1/2) eps_rew 1 d < 2/3 + 2 * eps_rew) -> ~ per_time_with bound.
Proof.
  intros e0 less M. assert (B : Rabs (J (decay (1/2) eps_rew) (1/2) - J_hat (decay (1/2) eps_rew) (1/2)) <= bound (1/2) eps_rew 1 (drift (1/2) (fun _ => 1/2))).
  { apply (M _ _ _ _ 0); intros; try now apply decay_range; try now apply decay_reward_error.
    - unfold per_time_supposes. lra.
    - now apply decay_reward_error.
    - apply decay_expected.
    - exists (1/2). intros; lra. }
  pose proof (drift_below (1/2) (fun _ => 1/2) (1/2) ltac:(lra) (fun _ => ltac:(lra))) as D. rewrite decay_gap in B by exact e0.
  assert (D1 : drift (1/2) (fun _ => 1/2) <= 1) by lra. specialize (less _ D1). lra.
Qed.
(** Half the width. *)
Theorem mutant_per_time_half_width : ~ per_time_with (fun gamma eps_rew width drift => per_time_bound gamma eps_rew (width / 2) drift).
Proof. apply (per_time_too_small _ 0); [lra | intros; unfold per_time_bound; lra]. Qed.
(** The reward's error counts once, not at every step. *)
Theorem mutant_per_time_one_reward_error : ~ per_time_with (fun gamma eps_rew width drift => eps_rew + width * drift).
Proof. apply (per_time_too_small _ 1); [lra | intros; lra]. Qed.

(** ---- Performance difference ---- *)

(** The performance difference with another account of it. *)
Definition performance_difference_with (gap : forall W : random_worlds, R -> (state W -> dist (action W)) -> R) := forall (W : random_worlds) (gamma : R) (pi : state W -> dist (action W)),
  0 <= gamma < 1 -> bounded_rewards W -> J (under W pi) gamma - J W gamma = gap W gamma pi.
Definition of_advantages W gamma (pi : state W -> dist (action W)) := average gamma (fun t => mean (real _ (loop (under W pi) (P W)) (start W) t) (fun x => mean (pi x) (advantage W gamma x))).
(** It is the result that is changed. *)
Theorem same_performance_difference : performance_difference_with (fun W gamma pi => performance_gap gamma (of_advantages W gamma pi)).
Proof. exact performance_difference. Qed.
(** A true weakening: a bound of its size. *)
Theorem weaker_performance_difference : forall (W : random_worlds) (gamma : R) (pi : state W -> dist (action W)), 0 <= gamma < 1 -> bounded_rewards W ->
  Rabs (J (under W pi) gamma - J W gamma) <= Rabs (performance_gap gamma (of_advantages W gamma pi)).
Proof. intros W g pi g01 B. rewrite (performance_difference W g pi g01 B). apply Rle_refl. Qed.
Lemma guess_advantages : of_advantages guess (1/2) other_way = 2.
Proof.
  pose proof (performance_difference guess (1/2) other_way ltac:(lra) guess_bounded) as E. destruct guess_return as [A B]. rewrite A, B in E.
  unfold performance_gap in E. fold (of_advantages guess (1/2) other_way) in E. lra.
Qed.
(** The horizon is forgotten. *)
Theorem mutant_performance_difference_no_horizon : ~ performance_difference_with of_advantages.
Proof.
  intros M. pose proof (M guess (1/2) other_way ltac:(lra) guess_bounded : _ = of_advantages guess (1/2) other_way) as E. rewrite guess_advantages in E.
  destruct guess_return as [A B]. rewrite A, B in E. lra.
Qed.
(** One discount too many. *)
Theorem mutant_performance_difference_discounted : ~ performance_difference_with (fun W gamma pi => gamma * performance_gap gamma (of_advantages W gamma pi)).
Proof.
  intros M. pose proof (M guess (1/2) other_way ltac:(lra) guess_bounded : _ = 1/2 * performance_gap (1/2) (of_advantages guess (1/2) other_way)) as E.
  rewrite guess_advantages in E. destruct guess_return as [A B]. rewrite A, B in E. unfold performance_gap in E. lra.
Qed.

(** ---- Value equivalence ---- *)

(** Value equivalence with another condition in the place of its own. *)
Definition value_equivalence_with (agrees : random_worlds -> R -> Prop) := forall (W : random_worlds) (gamma : R), 0 <= gamma < 1 -> bounded_rewards W ->
  agrees W gamma -> J_hat W gamma = J W gamma.
(** It is the result that is changed. *)
Theorem same_value_equivalence : value_equivalence_with (fun W gamma => forall x, one_step_error W gamma x = 0).
Proof. exact value_equivalence. Qed.
(** A true weakening: the same model. *)
Theorem weaker_value_equivalence : value_equivalence_with (fun W gamma => forall x a, r_hat W x a = r W x a /\ forall h, mean (P_hat W x a) h = mean (P W x a) h).
Proof.
  intros W g g01 B H. apply value_equivalence; auto. intros x. unfold one_step_error, step_error.
  rewrite (mean_ext _ _ _ (fun _ => 0)), mean_const; [reflexivity|]. intros a. destruct (H x a) as [-> E]. rewrite E. ring.
Qed.
(** The rewards agree, and that is all. *)
Theorem mutant_value_equivalence_rewards : ~ value_equivalence_with (fun W gamma => forall x a, r_hat W x a = r W x a).
Proof.
  intros M. specialize (M (decay (1/2) 0) (1/2) ltac:(lra) (decay_bounded (1/2) 0)). destruct (decay_returns (1/2) 0 (1/2) ltac:(lra) ltac:(lra)) as [E Eh].
  rewrite E, Eh in M. assert (1 / (1 - 1/2 * (1 - 1/2)) - 0 / (1 - 1/2) = 1 / (1 - 1/2)) by (apply M; intros; simpl; ring). lra.
Qed.
(** The kernels agree, and that is all. *)
Theorem mutant_value_equivalence_kernels : ~ value_equivalence_with (fun W gamma => forall x a h, mean (P_hat W x a) h = mean (P W x a) h).
Proof.
  intros M. specialize (M (decay 0 1) (1/2) ltac:(lra) (decay_bounded 0 1)). destruct (decay_returns 0 1 (1/2) ltac:(lra) ltac:(lra)) as [E Eh].
  rewrite E, Eh in M. assert (1 / (1 - 1/2 * (1 - 0)) - 1 / (1 - 1/2) = 1 / (1 - 1/2)); [|lra]. apply M. intros x a h. simpl. unfold stays.
  rewrite falls_mean, mean_point by lra. destruct x; simpl; ring.
Qed.

(** ---- Regret ---- *)

(** The model's optimal policy, with another bound. *)
Definition model_optimal_with (bound : R -> R -> R -> R -> R) := forall (W : random_worlds) (gamma L_V eps_dyn eps_rew : R) (V : state W -> R) (pi : state W -> dist (action W)),
  model_optimal_supposes gamma L_V eps_dyn eps_rew -> bounded_rewards W -> pseudometric (state W) (d_S W) ->
  optimal_in_model W gamma V -> lipschitz (d_S W) L_V V ->
  (forall x a, W1 (d_S W) (P_hat W x a) (P W x a) <= eps_dyn) -> (forall x a, Rabs (r_hat W x a - r W x a) <= eps_rew) ->
  J (under W pi) gamma - J W gamma <= bound gamma L_V eps_dyn eps_rew.
(** It is the result that is changed. *)
Theorem same_model_optimal : model_optimal_with model_optimal_bound. Proof. exact model_optimal. Qed.
(** A true weakening: another horizon. *)
Theorem weaker_model_optimal : model_optimal_with (fun gamma L_V eps_dyn eps_rew => model_optimal_bound gamma L_V eps_dyn eps_rew / (1 - gamma)).
Proof.
  intros W g L ed er V pi N B m O Lip T Er. eapply Rle_trans; [exact (model_optimal W g L ed er V pi N B m O Lip T Er)|]. unfold model_optimal_supposes in N.
  assert (i : 1 <= / (1 - g)) by (rewrite <- Rinv_1; apply Rinv_le_contravar; lra).
  assert (b : 0 <= model_optimal_bound g L ed er).
  { replace (model_optimal_bound g L ed er) with (2 * (er + L * (ed * g)) * / (1 - g)) by (unfold model_optimal_bound; field; lra).
    assert (0 <= ed * g) by (apply Rmult_le_pos; lra). assert (0 <= L * (ed * g)) by (apply Rmult_le_pos; lra). apply Rmult_le_pos; lra. }
  unfold Rdiv. nra.
Qed.
Lemma model_optimal_too_small bound : bound (1/2) 0 0 1 < 4 -> ~ model_optimal_with bound.
Proof.
  intros less M. destruct model_optimal_instance as (_ & Bd & m & O & _ & _ & Er).
  assert (G : J (under guess other_way) (1/2) - J guess (1/2) <= bound (1/2) 0 0 1).
  { apply (M guess (1/2) 0 0 1 (fun _ => 0) other_way); auto.
    - unfold model_optimal_supposes. lra.
    - intros x y. rewrite Rminus_eq_0, Rabs_R0. lra.
    - intros x a. rewrite guess_distance. lra. }
  destruct guess_return as [A B]. rewrite A, B in G. lra.
Qed.
(** One policy's error in the place of two. *)
Theorem mutant_model_optimal_once : ~ model_optimal_with (fun gamma L_V eps_dyn eps_rew => model_optimal_bound gamma L_V eps_dyn eps_rew / 2).
Proof. apply model_optimal_too_small. unfold model_optimal_bound. lra. Qed.
(** The reward's error counts from the next step on. *)
Theorem mutant_model_optimal_discounted_reward : ~ model_optimal_with (fun gamma L_V eps_dyn eps_rew => 2 * gamma * (eps_rew + L_V * eps_dyn) / (1 - gamma)).
Proof. apply model_optimal_too_small. lra. Qed.

(** Pessimism, with another bound. *)
Definition pessimism_with (bound : R -> R -> R) := forall (W : random_worlds) (gamma : R) (u : state W -> action W -> R) (pi : state W -> dist (action W)), 0 <= gamma < 1 ->
  bounded_rewards W -> (exists B, forall x a, Rabs (u x a) <= B) -> covers W gamma u -> covers (under W pi) gamma u ->
  J_hat (penalised (under W pi) u) gamma <= J_hat (penalised W u) gamma ->
  J (under W pi) gamma - J W gamma <= bound gamma (charge (under W pi) gamma u).
(** It is the result that is changed. *)
Theorem same_pessimism : pessimism_with pessimism_bound. Proof. exact pessimism. Qed.
(** A true weakening: a bound that is never below 0. *)
Theorem weaker_pessimism : pessimism_with (fun gamma charge => Rabs (pessimism_bound gamma charge)).
Proof. intros W g u pi g01 B Bu O O' T. eapply Rle_trans; [exact (pessimism W g u pi g01 B Bu O O' T) | apply Rle_abs]. Qed.
Lemma pessimism_too_small bound : bound (1/2) 1 < 4 -> ~ pessimism_with bound.
Proof.
  intros less M. destruct pessimism_instance as (B & O & O' & T & C). destruct guess_return as [A A'].
  assert (G : J (under guess other_way) (1/2) - J guess (1/2) <= bound (1/2) (charge (under guess other_way) (1/2) (fun _ _ => 1))).
  { apply (M guess (1/2) (fun _ _ => 1) other_way); auto; [lra | exists 1; intros; rewrite Rabs_R1; lra]. }
  rewrite guess_charge, A, A' in G. lra.
Qed.
(** The penalty of one policy in the place of both. *)
Theorem mutant_pessimism_once : ~ pessimism_with (fun gamma charge => pessimism_bound gamma charge / 2).
Proof. apply pessimism_too_small. unfold pessimism_bound. lra. Qed.
(** The first step is not charged. *)
Theorem mutant_pessimism_discounted : ~ pessimism_with (fun gamma charge => gamma * pessimism_bound gamma charge).
Proof. apply pessimism_too_small. unfold pessimism_bound. lra. Qed.
