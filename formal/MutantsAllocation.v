(** Wrong versions of Theorem 1 and Corollary 2, refuted: of each, Coq proves the negation by numbers that break it. *)
From Coq Require Import Reals Lra Psatz.
From Imagination Require Import Bounds Allocation Spending Fidelity.
Open Scope R_scope.

(** Theorem 1 with another ratio, a function of A_dyn, alpha, A_rew, beta, c_dyn, c_rew, D, N_dyn, N_rew. *)
Definition theorem_1_with (ratio : R -> R -> R -> R -> R -> R -> R -> R -> R -> R) := forall A_dyn alpha A_rew beta c_dyn c_rew D B : R,
  theorem_1_supposes A_dyn alpha A_rew beta c_dyn c_rew D B ->
  exists N_dyn N_rew : R, theorem_1_plan A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew B /\
    (forall M_dyn M_rew : R, 0 < M_dyn -> 0 < M_rew -> c_dyn * M_dyn + c_rew * M_rew <= B -> (M_dyn, M_rew) <> (N_dyn, N_rew) ->
      theorem_1_error A_dyn alpha A_rew beta D N_dyn N_rew < theorem_1_error A_dyn alpha A_rew beta D M_dyn M_rew) /\
    N_dyn / N_rew = ratio A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew.
(** It is Theorem 1 that is changed. *)
Theorem same_theorem_1 : theorem_1_with theorem_1_ratio.
Proof.
  intros Ad al Ar be cd cr D B S. destruct (theorem_1 _ _ _ _ _ _ _ _ S) as (x & y & P & best & q & _). exists x, y. auto.
Qed.
(** A true weakening remains provable: no plan that costs no more errs less. *)
Theorem weaker_theorem_1 : forall A_dyn alpha A_rew beta c_dyn c_rew D B : R,
  theorem_1_supposes A_dyn alpha A_rew beta c_dyn c_rew D B ->
  exists N_dyn N_rew : R, theorem_1_plan A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew B /\
    forall M_dyn M_rew : R, 0 < M_dyn -> 0 < M_rew -> c_dyn * M_dyn + c_rew * M_rew <= B ->
      theorem_1_error A_dyn alpha A_rew beta D N_dyn N_rew <= theorem_1_error A_dyn alpha A_rew beta D M_dyn M_rew.
Proof.
  intros Ad al Ar be cd cr D B S. destruct (theorem_1 _ _ _ _ _ _ _ _ S) as (x & y & P & best & _). exists x, y. split; [exact P|].
  intros x' y' hx hy c. destruct (Req_dec x' x) as [ex | nx]; [destruct (Req_dec y' y) as [ey | ny]|].
  - subst. lra.
  - left. apply best; auto. congruence.
  - left. apply best; auto. congruence.
Qed.

(** With alpha = 1, beta = 2, c_rew = 2, D = 4 and a budget of 4 the best plan is two dynamics samples and one label:
    a ratio that is not 2 there is wrong. *)
Lemma best_is_2_1 ratio : theorem_1_with ratio -> ratio 1 1 1 2 1 2 4 2 1 = 2.
Proof.
  intros M. destruct (M 1 1 1 2 1 2 4 4 ltac:(unfold theorem_1_supposes; lra)) as (x & y & P & best & q). unfold theorem_1_plan in P.
  assert (st : stationary 1 1 1 2 1 2 4 2 1) by (unfold stationary, eps_d, eps_r; rewrite power_2, power_1; lra).
  assert (same : (x, y) = (2, 1)).
  { destruct (Req_dec x 2) as [ex | nx]; [destruct (Req_dec y 1) as [ey | ny]; [congruence|]|];
      (assert (ne : (x, y) <> (2, 1)) by congruence;
       pose proof (stationary_best 1 1 1 2 1 2 4 ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) 2 1 x y
         ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) st ltac:(lra) ne) as l1;
       pose proof (best 2 1 ltac:(lra) ltac:(lra) ltac:(lra) ltac:(congruence)) as l2; rewrite !error_readable in l2; unfold err in l1; lra). }
  injection same as -> ->. lra.
Qed.
(** There the errors are 1/2 and 1. *)
Lemma errors_there : eps_d 1 1 2 = 1/2 /\ eps_r 1 2 1 = 1.
Proof. unfold eps_d, eps_r. rewrite power_2, power_1. lra. Qed.
Ltac not_2 := let M := fresh in intros M; apply best_is_2_1 in M; cbv beta in M;
  rewrite ?(proj1 errors_there), ?(proj2 errors_there) in M; lra.
Ltac not_2_of_ratio := let M := fresh in intros M; apply best_is_2_1 in M; cbv beta in M; rewrite theorem_1_readable in M by lra;
  rewrite ?(proj1 errors_there), ?(proj2 errors_there) in M; lra.

(** The multiplier is missing. *)
Theorem mutant_theorem_1_no_multiplier : ~ theorem_1_with (fun A_d alpha A_r beta c_d c_r D N_d N_r => alpha / beta * (c_r / c_d) * (eps_d A_d alpha N_d / eps_r A_r beta N_r)).
Proof. not_2. Qed.
(** The exponents are swapped. *)
Theorem mutant_theorem_1_exponents_swapped : ~ theorem_1_with (fun A_d alpha A_r beta c_d c_r D N_d N_r => beta / alpha * D * (c_r / c_d) * (eps_d A_d alpha N_d / eps_r A_r beta N_r)).
Proof. not_2. Qed.
(** The exponents are forgotten. *)
Theorem mutant_theorem_1_no_exponents : ~ theorem_1_with (fun A_d alpha A_r beta c_d c_r D N_d N_r => D * (c_r / c_d) * (eps_d A_d alpha N_d / eps_r A_r beta N_r)).
Proof. not_2. Qed.
(** The prices are inverted. *)
Theorem mutant_theorem_1_prices_inverted : ~ theorem_1_with (fun A_d alpha A_r beta c_d c_r D N_d N_r => alpha / beta * D * (c_d / c_r) * (eps_d A_d alpha N_d / eps_r A_r beta N_r)).
Proof. not_2. Qed.
(** The errors are swapped. *)
Theorem mutant_theorem_1_errors_swapped : ~ theorem_1_with (fun A_d alpha A_r beta c_d c_r D N_d N_r => alpha / beta * D * (c_r / c_d) * (eps_r A_r beta N_r / eps_d A_d alpha N_d)).
Proof. not_2. Qed.
(** A factor of one half. *)
Theorem mutant_theorem_1_half : ~ theorem_1_with (fun A_d alpha A_r beta c_d c_r D N_d N_r => 1/2 * theorem_1_ratio A_d alpha A_r beta c_d c_r D N_d N_r).
Proof. not_2_of_ratio. Qed.
(** Without the budget: no plan is the best of all, since more samples err less. *)
Theorem mutant_theorem_1_no_budget : ~ forall A_dyn alpha A_rew beta c_dyn c_rew D B : R,
  theorem_1_supposes A_dyn alpha A_rew beta c_dyn c_rew D B ->
  exists N_dyn N_rew : R, 0 < N_dyn /\ 0 < N_rew /\ forall M_dyn M_rew : R, 0 < M_dyn -> 0 < M_rew ->
    theorem_1_error A_dyn alpha A_rew beta D N_dyn N_rew <= theorem_1_error A_dyn alpha A_rew beta D M_dyn M_rew.
Proof.
  intros M. destruct (M 1 1 1 1 1 1 1 1 ltac:(unfold theorem_1_supposes; lra)) as (x & y & x0 & y0 & best).
  specialize (best (x + x) (y + y) ltac:(lra) ltac:(lra)). rewrite !error_readable in best. unfold eps_d, eps_r in best.
  rewrite !Rpower_Ropp, !Rpower_1 in best by lra. rewrite !Rmult_1_l in best.
  assert (/ (x + x) < / x) by (apply Rinv_lt_contravar; nra). assert (/ (y + y) < / y) by (apply Rinv_lt_contravar; nra). lra.
Qed.

(** ---- Corollary 2 ---- *)

(** A true weakening remains provable: under a power law with p > 1 a label that is twice as dear is no worse. *)
Theorem weaker_corollary_2 : forall cost amplitude exponent : R, 0 < cost -> 0 < amplitude -> 1 < exponent ->
  fidelity_left (2 * cost) amplitude exponent <= fidelity_right cost amplitude exponent.
Proof. intros. apply (proj1 (proj2 corollary_2)). unfold fidelity_supposes. lra. Qed.

Lemma half_power : Rpower 4 (1/2) = 2.
Proof. replace (1/2) with (/ 2) by lra. rewrite Rpower_sqrt by lra. replace 4 with (2 * 2) by ring. apply sqrt_square; lra. Qed.
(** For p > 1 the cheaper label is better: not at p = 2. *)
Theorem mutant_corollary_2_fidelity_reversed : ~ forall cost reference amplitude exponent : R, fidelity_supposes cost reference amplitude exponent ->
  fidelity_right reference amplitude exponent <= fidelity_left cost amplitude exponent.
Proof.
  intros M. specialize (M 2 1 1 2 ltac:(unfold fidelity_supposes; lra)). unfold fidelity_left, fidelity_right in M.
  rewrite !phi_power, power_1 in M by lra. replace (1 - 2) with (- (1)) in M by ring. rewrite power_2 in M. lra.
Qed.
(** For p < 1 the dearer label is better: not at p = 1/2. *)
Theorem mutant_corollary_2_rollouts_reversed : ~ forall cost reference amplitude exponent : R, rollouts_supposes cost reference amplitude exponent ->
  rollouts_right cost amplitude exponent <= rollouts_left reference amplitude exponent.
Proof.
  intros M. specialize (M 4 1 1 (1/2) ltac:(unfold rollouts_supposes; lra)). unfold rollouts_left, rollouts_right in M.
  rewrite !phi_power, power_1 in M by lra. replace (1 - 1/2) with (1/2) in M by field. rewrite half_power in M. lra.
Qed.
(** Buy fidelity whatever the exponent: p > 1 is dropped. *)
Theorem mutant_corollary_2_any_exponent : ~ forall cost reference amplitude exponent : R, 0 < reference <= cost -> 0 < amplitude -> 0 < exponent ->
  fidelity_left cost amplitude exponent <= fidelity_right reference amplitude exponent.
Proof.
  intros M. specialize (M 4 1 1 (1/2) ltac:(lra) ltac:(lra) ltac:(lra)). unfold fidelity_left, fidelity_right in M.
  rewrite !phi_power, power_1 in M by lra. replace (1 - 1/2) with (1/2) in M by field. rewrite half_power in M. lra.
Qed.
(** Under bounded noise the cheap end always wins. *)
Theorem mutant_corollary_2_cheap_end : ~ forall cost reference largest noise_free_cost : R, both_ends_supposes cost reference largest noise_free_cost ->
  reference * (largest ^ 2 * (1 - reference / noise_free_cost)) <= both_ends_right cost largest noise_free_cost.
Proof. intros M. specialize (M 3 1 1 3 ltac:(unfold both_ends_supposes; lra)). unfold both_ends_right in M. lra. Qed.
(** With a floor the dearest label is best. *)
Theorem mutant_corollary_2_floor_reversed : ~ forall cost reference amplitude floor : R, cheapest_supposes cost reference amplitude floor ->
  cheapest_right cost amplitude floor <= cheapest_left reference amplitude floor.
Proof. intros M. specialize (M 2 1 1 1 ltac:(unfold cheapest_supposes; lra)). unfold cheapest_left, cheapest_right in M. lra. Qed.
