(** Wrong versions of what is said of the cost of a label and of a bias that is worth it, refuted. *)
From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Laws Rollouts Noise Bias Coin Objective.
Open Scope R_scope.

(** ---- The whole objective ---- *)

Lemma power_of_1 x : Rpower 1 x = 1. Proof. unfold Rpower. now rewrite ln_1, Rmult_0_r, exp_0. Qed.
Lemma power_minus_2 x : 0 < x -> Rpower x (-1 * 2) = / (x * x).
Proof. intros p. replace (-1 * 2) with (-1 * 1 + -1 * 1) by ring. rewrite Rpower_plus, inverse_power by auto. field. lra. Qed.
(** Every part speaks of something: of the coin with noise, and of numbers that are not 0. *)
Theorem fidelity_objective_instance :
  (forall sigma, proper coin /\ forall x a, two_moments (fair sigma x a) sigma) /\ budget_variance_supposes 2 3 1 1 1 10 2 /\
  slope_supposes 2 3 1 1 1 2 /\ minimum_supposes 2 1 0 1 1 1 2 /\ cheaper_supposes 3 2 0 1 1 1 2 /\ dearer_supposes (1/4) (1/2) 0 1 1 1 2.
Proof.
  split; [intros sigma; split; [exact coin_proper | intros; apply fair_noise]|].
  unfold budget_variance_supposes, slope_supposes, minimum_supposes, cheaper_supposes, dearer_supposes.
  rewrite power_of_1, !power_minus_2 by lra. repeat split; lra.
Qed.
(** A true weakening remains provable: where V and kappa are positive and p > 1, some cost is as good as any. *)
Theorem weaker_fidelity_objective : forall fixed_cost V kappa A p : R, 0 < V -> 0 < kappa -> 0 < A -> 1 < p -> 0 <= fixed_cost ->
  exists best : R, 0 < best /\ forall cost, 0 < cost -> power_objective best fixed_cost V kappa A p <= power_objective cost fixed_cost V kappa A p.
Proof.
  intros f V k A p V0 k0 A0 p1 f0. destruct fidelity_objective as (_ & _ & _ & _ & _ & _ & _ & _ & ex).
  destruct (ex f V k A p V0 k0 A0 ltac:(lra) f0 (or_intror p1)) as (b & b0 & _ & _ & best). exists b. split; [exact b0|].
  intros c c0. destruct (Req_dec c b) as [-> | n]; [lra | left; now apply best].
Qed.
(** With V = kappa = A = 1, p = 2 and no fixed cost it is c + 1/c. *)
Lemma sum_of_inverse c : 0 < c -> power_objective c 0 1 1 1 2 = c + / c.
Proof. intros c0. unfold power_objective. rewrite power_minus_2 by auto. field. lra. Qed.

(** The fixed cost is forgotten. *)
Theorem mutant_fidelity_objective_no_fixed_cost : ~ forall cost fixed_cost V kappa noise budget rollouts : R,
  budget_variance_supposes cost fixed_cost V kappa noise budget rollouts -> average_variance V kappa noise rollouts = budget_variance cost 0 V kappa noise budget.
Proof.
  intros M. specialize (M 2 3 1 1 1 10 2 (proj1 (proj2 fidelity_objective_instance))). unfold average_variance, budget_variance in M. lra.
Qed.
(** The variance is divided by the budget twice. *)
Theorem mutant_fidelity_objective_budget_squared : ~ forall cost fixed_cost V kappa noise budget rollouts : R,
  budget_variance_supposes cost fixed_cost V kappa noise budget rollouts -> average_variance V kappa noise rollouts = budget_variance cost fixed_cost V kappa noise budget / budget.
Proof.
  intros M. specialize (M 2 3 1 1 1 10 2 (proj1 (proj2 fidelity_objective_instance))). unfold average_variance, budget_variance in M. lra.
Qed.
(** More rollouts divide the noise's part alone: one rollout of the coin has variance 1 without noise. *)
Theorem mutant_fidelity_objective_noise_alone : ~ forall (W : learner) (u : state W -> action W -> R) (N : noise W) (gamma weight sigma : R) (H K : nat),
  proper W -> (forall x a, two_moments (N x a) sigma) -> (1 <= K)%nat ->
  estimate_variance W u N gamma weight H K = rollout_variance W u quiet gamma weight H + noise_factor_of W gamma weight H * sigma ^ 2 / INR K.
Proof.
  intros M. specialize (M coin heads (fair 1) 1 1 1 1%nat 2%nat coin_proper (fair_noise 1) ltac:(lia)).
  rewrite (proj1 fidelity_objective coin heads (fair 1) 1 1 1 1%nat 2%nat coin_proper (fair_noise 1) ltac:(lia)) in M.
  assert (V : rollout_variance coin heads quiet 1 1 1 = 1) by (unfold rollout_variance, variance, episode, heads, quiet; simpl; field).
  rewrite V in M. unfold average_variance in M. simpl in M. lra.
Qed.
(** Where the slope vanishes the objective is greatest. *)
Theorem mutant_fidelity_objective_greatest : ~ forall cost reference fixed_cost V kappa A p : R, minimum_supposes cost reference fixed_cost V kappa A p ->
  power_objective cost fixed_cost V kappa A p <= power_objective reference fixed_cost V kappa A p.
Proof.
  intros M. specialize (M 2 1 0 1 1 1 2 (proj1 (proj2 (proj2 (proj2 fidelity_objective_instance))))). rewrite !sum_of_inverse in M by lra. lra.
Qed.
(** Where the objective rises, a dearer label is better. *)
Theorem mutant_fidelity_objective_rising : ~ forall cost reference fixed_cost V kappa A p : R, cheaper_supposes cost reference fixed_cost V kappa A p ->
  power_objective cost fixed_cost V kappa A p <= power_objective reference fixed_cost V kappa A p.
Proof.
  intros M. specialize (M 3 2 0 1 1 1 2 (proj1 (proj2 (proj2 (proj2 (proj2 fidelity_objective_instance)))))). rewrite !sum_of_inverse in M by lra. lra.
Qed.
(** There is always a best cost: not for p = 1 without a fixed cost, where the objective is c + 1. *)
Theorem mutant_fidelity_objective_always : ~ forall fixed_cost V kappa A p : R, 0 < V -> 0 < kappa -> 0 < A -> 0 < p -> 0 <= fixed_cost ->
  exists best : R, 0 < best /\ forall cost, 0 < cost -> power_objective best fixed_cost V kappa A p <= power_objective cost fixed_cost V kappa A p.
Proof.
  intros M. destruct (M 0 1 1 1 1 ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra)) as (b & b0 & L). specialize (L (b / 2) ltac:(lra)).
  assert (e : forall c, 0 < c -> power_objective c 0 1 1 1 1 = c + 1) by (intros c c0; unfold power_objective; rewrite inverse_power by auto; field; lra).
  rewrite !e in L by lra. lra.
Qed.

(** ---- The best cost ---- *)

(** Every law has such numbers. *)
Theorem best_cost_instance : interior_supposes 2 1 1 1 1 /\ fixed_cost_only_supposes 2 1 1 1 (1/2) /\ floor_interior_supposes 2 1 3 1 12 1.
Proof. unfold interior_supposes, fixed_cost_only_supposes, floor_interior_supposes. lra. Qed.
(** A true weakening remains provable: no cost is better than these. *)
Theorem weaker_best_cost : forall cost V kappa A q : R, interior_supposes cost V kappa A q -> interior_left V kappa A q <= interior_right cost V kappa A q.
Proof.
  intros c V k A q N. destruct (proj1 best_cost c V k A q N) as [e L]. destruct (Req_dec c (power_best V k A q)) as [-> | n]; [lra | left; now apply L].
Qed.
Lemma interior_numbers c A : 0 < c -> interior_right c 1 1 A 1 = c + A / c.
Proof. intros c0. rewrite interior_readable. unfold power_objective. replace (1 + 1) with 2 by ring. rewrite power_minus_2 by auto. field. lra. Qed.
(** The root is missing: with V = kappa = q = 1 and A = 4 the best cost is 2, not 4. *)
Theorem mutant_best_cost_no_root : ~ forall cost V kappa A q : R, interior_supposes cost V kappa A q ->
  interior_right (q * kappa * A / V) V kappa A q <= interior_right cost V kappa A q.
Proof.
  intros M. specialize (M 2 1 1 4 1 ltac:(unfold interior_supposes; lra)). replace (1 * 1 * 4 / 1) with 4 in M by field.
  rewrite !interior_numbers in M by lra. lra.
Qed.
(** p for p - 1. *)
Theorem mutant_best_cost_exponent : ~ forall cost V kappa A q : R, interior_supposes cost V kappa A q ->
  interior_right (Rpower ((1 + q) * kappa * A / V) (/ (1 + q))) V kappa A q <= interior_right cost V kappa A q.
Proof.
  intros M. specialize (M (3/2) 1 1 2 1 ltac:(unfold interior_supposes; lra)). replace ((1 + 1) * 1 * 2 / 1) with (2 * 2) in M by field.
  replace (/ (1 + 1)) with (/ 2) in M by (f_equal; ring). rewrite Rpower_sqrt, sqrt_square, !interior_numbers in M by lra. lra.
Qed.
(** The noise that no money removes is forgotten. *)
Theorem mutant_best_cost_no_floor : ~ forall cost fixed_cost V kappa A floor : R, floor_interior_supposes cost fixed_cost V kappa A floor -> 0 < V ->
  floor_objective (sqrt (fixed_cost * kappa * A / V)) fixed_cost V kappa A floor <= floor_objective cost fixed_cost V kappa A floor.
Proof.
  intros M. specialize (M (17/10) 1 3 1 12 1 ltac:(unfold floor_interior_supposes; lra) ltac:(lra)). replace (1 * 1 * 12 / 3) with (2 * 2) in M by field.
  rewrite sqrt_square in M by lra. unfold floor_objective in M. lra.
Qed.
(** With p < 1 and no noise-free variance the best cost is c_0: not for p = 1/3, where c_0 / 2 is. *)
Theorem mutant_best_cost_fixed_cost : ~ forall cost fixed_cost kappa A p : R, fixed_cost_only_supposes cost fixed_cost kappa A p ->
  fixed_cost_only_right fixed_cost fixed_cost kappa A p <= fixed_cost_only_right cost fixed_cost kappa A p.
Proof.
  intros M. assert (N : forall c, 0 < c -> fixed_cost_only_supposes c 1 1 1 (1/3)) by (intros; unfold fixed_cost_only_supposes; lra).
  pose proof (M (1/2) 1 1 1 (1/3) (N (1/2) ltac:(lra))) as B.
  pose proof (proj1 (proj2 best_cost) 1 1 1 1 (1/3) (N 1 ltac:(lra)) ltac:(lra)) as L.
  replace (no_variance_best 1 (1/3)) with (1/2) in L by (unfold no_variance_best; field). specialize (L ltac:(intros h; lra)). lra.
Qed.

(** ---- Bounded noise ---- *)

(** Every part speaks of something, and either end may win. *)
Theorem bounded_ends_instance : an_end_wins_supposes 2 1 1 1 1 1 3 3 /\ which_end_supposes 2 1 1 1 1 1 3 /\ noise_free_labels_supposes 1 1 1 1 3 /\
  which_end_right 3 1 1 1 1 1 3 > 0 /\ which_end_right 3 1 9 1 1 1 3 < 0.
Proof. unfold an_end_wins_supposes, which_end_supposes, noise_free_labels_supposes, which_end_right. lra. Qed.
(** A true weakening remains provable: halfway is not better than both ends. *)
Theorem weaker_bounded_ends : forall reference fixed_cost V kappa largest c_max : R,
  an_end_wins_supposes ((reference + c_max) / 2) reference fixed_cost V kappa largest c_max c_max ->
  Rmin (bounded_objective c_max fixed_cost V kappa largest c_max) (bounded_objective reference fixed_cost V kappa largest c_max)
    <= bounded_objective ((reference + c_max) / 2) fixed_cost V kappa largest c_max.
Proof. intros b f V k s m N. exact (proj1 (proj1 bounded_ends _ _ _ _ _ _ _ _ N)). Qed.
(** The cheap end always wins. *)
Theorem mutant_bounded_ends_cheap : ~ forall cost reference fixed_cost V kappa largest c_max highest : R, an_end_wins_supposes cost reference fixed_cost V kappa largest c_max highest ->
  bounded_objective reference fixed_cost V kappa largest c_max <= bounded_objective cost fixed_cost V kappa largest c_max.
Proof. intros M. specialize (M 3 1 9 1 1 1 3 3 ltac:(unfold an_end_wins_supposes; lra)). unfold bounded_objective in M. lra. Qed.
(** The dear end always wins. *)
Theorem mutant_bounded_ends_dear : ~ forall cost reference fixed_cost V kappa largest c_max highest : R, an_end_wins_supposes cost reference fixed_cost V kappa largest c_max highest ->
  bounded_objective highest fixed_cost V kappa largest c_max <= bounded_objective cost fixed_cost V kappa largest c_max.
Proof. intros M. specialize (M 1 1 0 1 1 1 3 3 ltac:(unfold an_end_wins_supposes; lra)). unfold bounded_objective in M. lra. Qed.
(** A cost between the ends is best. *)
Theorem mutant_bounded_ends_between : ~ forall cost reference fixed_cost V kappa largest c_max highest : R, an_end_wins_supposes cost reference fixed_cost V kappa largest c_max highest ->
  bounded_objective cost fixed_cost V kappa largest c_max <=
  Rmin (bounded_objective highest fixed_cost V kappa largest c_max) (bounded_objective reference fixed_cost V kappa largest c_max).
Proof.
  intros M. pose proof (M _ _ _ _ _ _ _ _ (proj1 bounded_ends_instance)) as B.
  pose proof (proj2 (proj1 bounded_ends _ _ _ _ _ _ _ _ (proj1 bounded_ends_instance)) ltac:(lra) ltac:(lra)) as L. lra.
Qed.
(** Perfect labels win wherever there is noise: not without a fixed cost, where free labels cost nothing. *)
Theorem mutant_bounded_ends_perfect : ~ forall fixed_cost V kappa largest c_max : R, noise_free_labels_supposes fixed_cost V kappa largest c_max -> 0 < kappa * largest ^ 2 ->
  bounded_objective c_max fixed_cost V kappa largest c_max < bounded_objective 0 fixed_cost V kappa largest c_max.
Proof. intros M. specialize (M 0 1 1 1 3 ltac:(unfold noise_free_labels_supposes; lra) ltac:(lra)). unfold bounded_objective in M. lra. Qed.

(** ---- When bias is worth it ---- *)

(** There are such numbers; and the coin, which pays for heads, has a bias with a gradient, and noise. *)
Theorem crossing_instance : worth_it_supposes 3 1 1 2 /\ never_beyond_supposes 3 1 1 4 /\
  forall k, k <> 0 -> proper coin /\ (forall x a, two_moments (fair 1 x a) 1) /\
    0 < sum (parameters coin) (fun j => gradient coin (fun x a => k * heads x a) 0 1 j ^ 2).
Proof.
  unfold worth_it_supposes, never_beyond_supposes. split; [lra|]. split; [lra|]. intros k k0. destruct (proposition_2_instance k) as (P & M & g).
  split; [exact P|]. split; [exact M|]. change (parameters coin) with 1%nat. cbn [sum]. rewrite g. simpl. nra.
Qed.
(** Bias is worth it up to another number of rollouts. *)
Definition crossing_with (count : R -> R -> R -> R) := forall variance_noisy variance_biased bias_norm rollouts : R, 0 < bias_norm -> 0 < rollouts ->
  rollouts <= count variance_noisy variance_biased bias_norm -> proposition_2_error variance_biased bias_norm rollouts <= noisy_error variance_noisy rollouts.
(** It is the theorem's first part that is changed. *)
Theorem same_crossing : crossing_with (fun vn vb bias => / bias ^ 2 * (vn + -1 * vb)).
Proof. intros vn vb b K b0 k0 L. apply (proj1 crossing). unfold worth_it_supposes. lra. Qed.
(** A true weakening remains provable: up to half of that number. *)
Theorem weaker_crossing : crossing_with (fun vn vb bias => 1/2 * (/ bias ^ 2 * (vn + -1 * vb))).
Proof. intros vn vb b K b0 k0 L. apply same_crossing; lra. Qed.
(** At variances 9 and 1, a bias of 2 is worth it up to 2 rollouts. *)
Lemma not_beyond_2 count : 2 < count 9 1 2 -> ~ crossing_with count.
Proof.
  intros more M. pose proof (M 9 1 2 (count 9 1 2) ltac:(lra) ltac:(lra) ltac:(lra)) as B.
  pose proof (proj1 (proj2 crossing) 9 1 2 (count 9 1 2) ltac:(unfold never_beyond_supposes; lra)). lra.
Qed.
(** The bias's norm is not squared. *)
Theorem mutant_crossing_not_squared : ~ crossing_with (fun vn vb bias => (vn - vb) / bias).
Proof. apply not_beyond_2. lra. Qed.
(** The bias's own variance is forgotten. *)
Theorem mutant_crossing_no_variance : ~ crossing_with (fun vn vb bias => vn / bias ^ 2).
Proof. apply not_beyond_2. lra. Qed.
(** Twice as many. *)
Theorem mutant_crossing_twice : ~ crossing_with (fun vn vb bias => 2 * ((vn - vb) / bias ^ 2)).
Proof. apply not_beyond_2. lra. Qed.
(** A bias is never worth it. *)
Theorem mutant_crossing_never : ~ forall variance_noisy variance_biased bias_norm rollouts : R, 0 < bias_norm -> 0 < rollouts ->
  noisy_error variance_noisy rollouts < proposition_2_error variance_biased bias_norm rollouts.
Proof.
  intros M. pose proof (M 3 1 1 1 ltac:(lra) ltac:(lra)). pose proof (proj1 crossing 3 1 1 1 ltac:(unfold worth_it_supposes; lra)). lra.
Qed.
