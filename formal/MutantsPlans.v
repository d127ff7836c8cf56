(** Wrong versions of what a wrong multiplier costs and of the practical corner, refuted: of each, Coq proves the
    negation by numbers that break it. Of each result a true weakening is proved. *)
From Coq Require Import Reals Lra Psatz.
From Imagination Require Import Sums Bounds Allocation Spending Price Plans MutantsBudget.
Open Scope R_scope.

(** ---- The price of a wrong multiplier ---- *)

(** Four times the multiplier buys 4/3 and 2/3, where one and one is best: 1/4 is lost. *)
Lemma lost : price_paid 1 1 1 1 1 (4/3) (2/3) 1 1 = 1/4.
Proof. unfold price_paid. powers. lra. Qed.
(** A quarter of the multiplier buys 2/3 and 4/3, and as much is lost. *)
Lemma lost_too : price_paid 1 1 1 1 1 (2/3) (4/3) 1 1 = 1/4.
Proof. unfold price_paid. powers. lra. Qed.
Lemma misled_by_4 l : 0 < l -> price_supposes 1 1 1 1 1 1 1 (4/3) (2/3) 1 1 4 l.
Proof. intros. unfold price_supposes. powers. lra. Qed.
Lemma misled_by_a_quarter l : 0 < l -> price_supposes 1 1 1 1 1 1 1 (2/3) (4/3) 1 1 (1/4) l.
Proof. intros. unfold price_supposes. powers. lra. Qed.

(** A true weakening: at the price 1 of money. *)
Theorem weaker_price : forall A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew factor : R,
  price_supposes A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew factor 1 ->
  price_paid A_dyn alpha A_rew beta D N_dyn N_rew M_dyn M_rew <= price_bound A_dyn alpha A_rew beta D N_dyn N_rew factor 1.
Proof. intros. eapply price; eauto. Qed.
(** Nothing is lost. *)
Theorem mutant_price_nothing : ~ forall A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew factor price : R,
  price_supposes A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew factor price ->
  price_paid A_dyn alpha A_rew beta D N_dyn N_rew M_dyn M_rew <= 0.
Proof. intros M. specialize (M _ _ _ _ _ _ _ _ _ _ _ _ 1 (misled_by_4 1 Rlt_0_1)). rewrite lost in M. lra. Qed.
(** Half of the bound. *)
Theorem mutant_price_half : ~ forall A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew factor price : R,
  price_supposes A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew factor price ->
  price_paid A_dyn alpha A_rew beta D N_dyn N_rew M_dyn M_rew <= 1/2 * price_bound A_dyn alpha A_rew beta D N_dyn N_rew factor price.
Proof.
  intros M. specialize (M _ _ _ _ _ _ _ _ _ _ _ _ (4/9) (misled_by_4 (4/9) ltac:(lra))). rewrite lost in M. unfold price_bound in M. revert M. powers.
  replace (4 / 9 * 4) with (4/3 * (4/3)) by field. replace (4 / 9) with (2/3 * (2/3)) by field. rewrite !root by lra. lra.
Qed.
(** The factor is inverted in the price in reward error. *)
Theorem mutant_price_factor_inverted : ~ forall A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew factor price : R,
  price_supposes A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew factor price ->
  price_paid A_dyn alpha A_rew beta D N_dyn N_rew M_dyn M_rew <= price_rew_bound A_rew beta N_rew (/ factor).
Proof.
  intros M. specialize (M _ _ _ _ _ _ _ _ _ _ _ _ 1 (misled_by_a_quarter 1 Rlt_0_1)). rewrite lost_too in M. unfold price_rew_bound in M. revert M. powers.
  replace (-1 * 1 * / (1 + 1)) with (- (1 * / (1 + 1))) by ring. rewrite Rpower_Ropp. replace (/ (1 / 4)) with (2 * 2) by field. rewrite root by lra. lra.
Qed.

(** Less than the reward error is lost, for a multiplier that is too small, too. *)
Theorem mutant_price_too_small : ~ forall A_rew beta N_rew factor : R, 0 < A_rew -> 0 < beta -> 0 < N_rew -> 0 < factor ->
  price_rew_bound A_rew beta N_rew factor < eps_r A_rew beta N_rew.
Proof.
  intros M. specialize (M 1 1 1 (1/4) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra)). unfold price_rew_bound, eps_r in M. revert M. rewrite !power_1.
  replace (-1 * 1 * / (1 + 1)) with (- (1 * / (1 + 1))) by ring. rewrite <- power_of_inverse by lra. replace (/ (1 / 4)) with (2 * 2) by field.
  rewrite root by lra. lra.
Qed.

(** A true weakening: at most. *)
Theorem weaker_price_exact : forall A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew factor : R,
  price_exact_supposes A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew factor ->
  price_paid A_dyn alpha A_rew beta D N_dyn N_rew M_dyn M_rew <= price_exact_amount A_dyn alpha A_rew beta D N_dyn N_rew M_rew factor.
Proof. intros. right. eapply price_exact; eauto. Qed.
(** Half of the amount. *)
Theorem mutant_price_exact_half : ~ forall A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew factor : R,
  price_exact_supposes A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew factor ->
  price_paid A_dyn alpha A_rew beta D N_dyn N_rew M_dyn M_rew = 1/2 * price_exact_amount A_dyn alpha A_rew beta D N_dyn N_rew M_rew factor.
Proof.
  intros M. specialize (M _ _ _ _ _ _ _ _ _ _ _ _ price_exact_instance). rewrite <- (price_exact _ _ _ _ _ _ _ _ _ _ _ _ price_exact_instance), lost in M. lra.
Qed.
(** With the right plan that costs something else: that both cost the same is forgotten. *)
Theorem mutant_price_exact_another_cost : ~ forall A_dyn alpha A_rew beta D N_dyn N_rew M_dyn M_rew factor : R,
  price_supposes A_dyn alpha A_rew beta 1 1 D N_dyn N_rew M_dyn M_rew factor 1 -> optimal_supposes A_dyn alpha A_rew beta 1 1 D M_dyn M_rew M_dyn M_rew ->
  price_paid A_dyn alpha A_rew beta D N_dyn N_rew M_dyn M_rew = price_exact_amount A_dyn alpha A_rew beta D N_dyn N_rew M_rew factor.
Proof.
  intros M. specialize (M 1 1 1 1 1 (4/3) (2/3) (1/2) (1/2) 4 ltac:(unfold price_supposes; powers; lra) ltac:(unfold optimal_supposes; powers; lra)).
  unfold price_paid, price_exact_amount in M. revert M. powers. rewrite square by lra.
  replace (4 * (2 / 3 * / (1 / 2) * (2 / 3 * / (1 / 2)))) with (8/3 * (8/3)) by field. rewrite root by lra. rewrite Rpower_1 by lra. lra.
Qed.

(** A true weakening: at most. *)
Theorem weaker_price_equal_exponents : forall A_dyn alpha A_rew c_dyn c_rew D N_dyn N_rew M_dyn M_rew factor odds : R,
  price_equal_exponents_supposes A_dyn alpha A_rew c_dyn c_rew D N_dyn N_rew M_dyn M_rew factor odds ->
  price_equal_exponents_left A_dyn alpha A_rew D N_dyn N_rew M_dyn M_rew <= price_equal_exponents_right alpha factor odds.
Proof. intros. right. eapply price_equal_exponents; eauto. Qed.
(** Both err the same. *)
Theorem mutant_price_equal_exponents_nothing : ~ forall A_dyn alpha A_rew c_dyn c_rew D N_dyn N_rew M_dyn M_rew factor odds : R,
  price_equal_exponents_supposes A_dyn alpha A_rew c_dyn c_rew D N_dyn N_rew M_dyn M_rew factor odds ->
  price_equal_exponents_left A_dyn alpha A_rew D N_dyn N_rew M_dyn M_rew = 1.
Proof.
  intros M. specialize (M _ _ _ _ _ _ _ _ _ _ _ _ price_equal_exponents_instance). unfold price_equal_exponents_left in M. revert M. powers. lra.
Qed.
(** The ratio is off by the factor itself, not by its root. *)
Theorem mutant_price_equal_exponents_no_root : ~ forall A_dyn alpha A_rew c_dyn c_rew D N_dyn N_rew M_dyn M_rew factor odds : R,
  price_equal_exponents_supposes A_dyn alpha A_rew c_dyn c_rew D N_dyn N_rew M_dyn M_rew factor odds ->
  price_equal_exponents_left A_dyn alpha A_rew D N_dyn N_rew M_dyn M_rew = price_equal_exponents_right alpha (Rpower factor (1 + alpha)) odds.
Proof.
  intros M. specialize (M _ _ _ _ _ _ _ _ _ _ _ _ price_equal_exponents_instance). unfold price_equal_exponents_left, price_equal_exponents_right in M.
  revert M. powers. rewrite square by lra. rewrite one_root by lra. replace (-1 * 1 * / (1 + 1)) with (- (1 * / (1 + 1))) by ring.
  rewrite Rpower_Ropp, root, Rpower_1 by lra. lra.
Qed.

(** ---- Whole samples ---- *)

(** A true weakening: for slow laws. *)
Theorem weaker_whole_samples : forall A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew : R,
  whole_samples_slow_supposes A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew ->
  theorem_1_error A_dyn alpha A_rew beta D M_dyn M_rew <= whole_samples_slow_bound A_dyn alpha A_rew beta D N_dyn N_rew M_dyn M_rew.
Proof. intros. eapply whole_samples; eauto. Qed.
(** Rounding down costs nothing. *)
Theorem mutant_whole_samples_free : ~ forall A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew : R,
  whole_samples_supposes A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew ->
  theorem_1_error A_dyn alpha A_rew beta D M_dyn M_rew <= theorem_1_error A_dyn alpha A_rew beta D N_dyn N_rew.
Proof.
  intros M. specialize (M 1 1 1 1 1 1 1 (3/2) (3/2) 1 1 ltac:(unfold whole_samples_supposes; lra)). unfold theorem_1_error in M. revert M. powers. lra.
Qed.
(** The share lost is at most exponent over number, for fast laws too. *)
Theorem mutant_whole_samples_fast : ~ forall A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew : R,
  whole_samples_supposes A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew ->
  theorem_1_error A_dyn alpha A_rew beta D M_dyn M_rew <= whole_samples_slow_bound A_dyn alpha A_rew beta D N_dyn N_rew M_dyn M_rew.
Proof.
  intros M. specialize (M 1 2 1 2 1 1 1 2 2 1 1 ltac:(unfold whole_samples_supposes; lra)). unfold theorem_1_error, whole_samples_slow_bound in M. revert M. powers. lra.
Qed.

(** ---- Bounds on the numbers ---- *)

(** A true weakening: at least so many transitions. *)
Theorem weaker_fewest : forall A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew : R,
  fewest_dyn_supposes A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew ->
  theorem_1_error A_dyn alpha A_rew beta D N_dyn N_rew <= theorem_1_error A_dyn alpha A_rew beta D M_dyn M_rew.
Proof. intros. eapply fewest; eauto. Qed.
(** The fewest are best even where more of them are worth their price. *)
Theorem mutant_fewest_worth_more : ~ forall A_dyn alpha A_rew beta c_dyn c_rew D B N_dyn N_rew M_dyn M_rew : R,
  theorem_1_plan A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew B -> theorem_1_plan A_dyn alpha A_rew beta c_dyn c_rew D M_dyn M_rew B ->
  N_dyn <= M_dyn -> theorem_1_error A_dyn alpha A_rew beta D N_dyn N_rew <= theorem_1_error A_dyn alpha A_rew beta D M_dyn M_rew.
Proof.
  intros M. specialize (M 1 1 1 1 1 1 1 4 1 3 2 2 ltac:(unfold theorem_1_plan; lra) ltac:(unfold theorem_1_plan; lra) ltac:(lra)).
  unfold theorem_1_error in M. revert M. powers. lra.
Qed.
(** They are best against plans with fewer, too. *)
Theorem mutant_fewest_unbounded : ~ forall A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew : R,
  fewest_dyn_supposes A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew N_dyn N_rew -> 0 < M_dyn -> 0 < M_rew ->
  c_dyn * M_dyn + c_rew * M_rew <= c_dyn * N_dyn + c_rew * N_rew ->
  theorem_1_error A_dyn alpha A_rew beta D N_dyn N_rew <= theorem_1_error A_dyn alpha A_rew beta D M_dyn M_rew.
Proof.
  intros M. specialize (M 1 1 1 1 1 1 1 3 1 2 2 ltac:(unfold fewest_dyn_supposes; powers; lra) ltac:(lra) ltac:(lra) ltac:(lra)).
  unfold theorem_1_error in M. revert M. powers. lra.
Qed.

(** A true weakening: one of the plans with no more labels than transitions is best. *)
Theorem weaker_labels_where_visited : forall A_dyn alpha A_rew beta c_dyn c_rew D B : R, theorem_1_supposes A_dyn alpha A_rew beta c_dyn c_rew D B ->
  exists N_dyn N_rew, 0 < N_rew <= N_dyn /\ c_dyn * N_dyn + c_rew * N_rew = B /\
    forall M_dyn M_rew, 0 < M_rew <= M_dyn -> c_dyn * M_dyn + c_rew * M_rew <= B -> (M_dyn, M_rew) <> (N_dyn, N_rew) ->
      theorem_1_error A_dyn alpha A_rew beta D N_dyn N_rew < theorem_1_error A_dyn alpha A_rew beta D M_dyn M_rew.
Proof.
  intros Ad al Ar be cd cr D B S. destruct (allocation_solution _ _ _ _ _ _ _ _ S) as (_ & _ & p & _ & _ & P & _).
  destruct (proj2 (labels_where_visited Ad al Ar be cd cr D) B _ _ S P) as (x & y & v & c & b & _). exists x, y. auto.
Qed.
(** Every transition labelled is best against plans with labels elsewhere, too. *)
Theorem mutant_labels_where_visited_elsewhere : ~ forall A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew : R,
  visited_supposes A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew N_dyn N_rew -> 0 < M_dyn -> 0 < M_rew ->
  c_dyn * M_dyn + c_rew * M_rew <= c_dyn * N_dyn + c_rew * N_rew ->
  theorem_1_error A_dyn alpha A_rew beta D N_dyn N_rew <= theorem_1_error A_dyn alpha A_rew beta D M_dyn M_rew.
Proof.
  intros M. specialize (M 1 1 1 1 1 1 (1/4) 2 2 (4/3) (8/3) ltac:(unfold visited_supposes; powers; lra) ltac:(lra) ltac:(lra) ltac:(lra)).
  unfold theorem_1_error in M. revert M. powers. lra.
Qed.
(** Every transition labelled is best, whatever the multiplier. *)
Theorem mutant_labels_where_visited_always : ~ forall A_dyn alpha A_rew beta c_dyn c_rew D B N M_dyn M_rew : R,
  theorem_1_plan A_dyn alpha A_rew beta c_dyn c_rew D N N B -> theorem_1_plan A_dyn alpha A_rew beta c_dyn c_rew D M_dyn M_rew B -> M_rew <= M_dyn ->
  theorem_1_error A_dyn alpha A_rew beta D N N <= theorem_1_error A_dyn alpha A_rew beta D M_dyn M_rew.
Proof.
  intros M. specialize (M 1 1 1 1 1 1 4 4 2 3 1 ltac:(unfold theorem_1_plan; lra) ltac:(unfold theorem_1_plan; lra) ltac:(lra)).
  unfold theorem_1_error in M. revert M. powers. lra.
Qed.

(** ---- Samples that carry both labels ---- *)

(** A true weakening: where a joint sample saves nothing. *)
Theorem weaker_joint_samples : forall A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew c_joint joint single_dyn single_rew : R,
  joint_never_supposes A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew c_joint joint single_dyn single_rew ->
  theorem_1_error A_dyn alpha A_rew beta D N_dyn N_rew <= theorem_1_error A_dyn alpha A_rew beta D M_dyn M_rew.
Proof. intros. eapply joint_samples; eauto. Qed.
(** Theorem 1's plan without joint samples is best, although they save something. *)
Theorem mutant_joint_samples_never : ~ forall A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew c_joint joint : R,
  optimal_supposes A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew N_dyn N_rew -> 0 < joint -> 0 < c_joint ->
  joint * c_joint <= c_dyn * N_dyn + c_rew * N_rew ->
  theorem_1_error A_dyn alpha A_rew beta D N_dyn N_rew <= theorem_1_error A_dyn alpha A_rew beta D joint joint.
Proof.
  intros M. specialize (M 1 1 1 1 1 1 1 1 1 1 2 ltac:(unfold optimal_supposes; lra) ltac:(lra) ltac:(lra) ltac:(lra)).
  unfold theorem_1_error in M. revert M. powers. lra.
Qed.
(** Joint samples only are best, although single transitions are worth more than they cost. *)
Theorem mutant_joint_samples_only : ~ forall A_dyn alpha A_rew beta D N c_joint joint single_dyn : R,
  theorem_1_supposes A_dyn alpha A_rew beta 1 1 D (N * c_joint) -> 0 < N -> 0 < joint -> 0 <= single_dyn ->
  joint * c_joint + single_dyn <= N * c_joint ->
  theorem_1_error A_dyn alpha A_rew beta D N N <= theorem_1_error A_dyn alpha A_rew beta D (joint + single_dyn) joint.
Proof.
  intros M. specialize (M 1 1 1 1 4 1 2 (1/2) 1 ltac:(unfold theorem_1_supposes; lra) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra)).
  unfold theorem_1_error in M. revert M. powers. lra.
Qed.
