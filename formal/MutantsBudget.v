(** Wrong versions of what follows from Theorem 1, refuted: of each, Coq proves the negation by numbers that break it.
    Of each result a true weakening is proved. *)
From Coq Require Import Reals Lra Psatz.
From Imagination Require Import Sums Bounds Allocation Spending Growth.
Open Scope R_scope.

(** ---- Powers that are numbers ---- *)
Lemma inverse_power x : 0 < x -> Rpower x (-1 * 1) = / x.
Proof. intros. rewrite minus_one, Rpower_Ropp, Rpower_1; auto. Qed.
Lemma inverse_square x : 0 < x -> Rpower x (-1 * 2) = / (x * x).
Proof. intros. replace (-1 * 2) with (- (1) + - (1)) by ring. rewrite Rpower_plus, !Rpower_Ropp, !Rpower_1 by auto. field. lra. Qed.
Lemma square x : 0 < x -> Rpower x (1 + 1) = x * x.
Proof. intros. rewrite Rpower_plus, !Rpower_1; auto. Qed.
Lemma root x : 0 < x -> Rpower (x * x) (1 * / (1 + 1)) = x.
Proof. intros. rewrite <- square, Rmult_1_l by auto. apply power_root; lra. Qed.
Lemma one_root x : 0 < x -> Rpower (x * x) (/ (1 + 1)) = x.
Proof. intros. rewrite <- (Rmult_1_l (/ (1 + 1))). now apply root. Qed.
Ltac powers := rewrite ?power_1; repeat (rewrite inverse_power by lra); repeat (rewrite inverse_square by lra).

(** ---- The multiplier ---- *)

(** A true weakening: at most. *)
Theorem weaker_error_is_lemma_1 : forall gamma L_f L_r L_pi A_dyn alpha A_rew beta N_dyn N_rew : R, multiplier_supposes gamma L_f L_r L_pi ->
  theorem_1_error A_dyn alpha A_rew beta (theorem_1_multiplier gamma L_f L_r L_pi) N_dyn N_rew <=
  (1 - gamma) * lemma_1_bound gamma L_f L_r L_pi (eps_d A_dyn alpha N_dyn) (eps_r A_rew beta N_rew).
Proof. intros. right. now apply error_is_lemma_1. Qed.
(** The factor 1 / (1 - gamma) is left in the multiplier. *)
Theorem mutant_error_is_lemma_1_discount_left : ~ forall gamma L_f L_r L_pi A_dyn alpha A_rew beta N_dyn N_rew : R, multiplier_supposes gamma L_f L_r L_pi ->
  theorem_1_error A_dyn alpha A_rew beta (theorem_1_multiplier gamma L_f L_r L_pi / (1 - gamma)) N_dyn N_rew =
  (1 - gamma) * lemma_1_bound gamma L_f L_r L_pi (eps_d A_dyn alpha N_dyn) (eps_r A_rew beta N_rew).
Proof.
  intros M. specialize (M (1/2) (1/2) 1 1 1 1 1 1 1 1 ltac:(unfold multiplier_supposes; lra)).
  unfold theorem_1_error, theorem_1_multiplier, lemma_1_bound, eps_d, eps_r in M. rewrite !power_1 in M. lra.
Qed.
(** The policy is forgotten in the slope. *)
Theorem mutant_error_is_lemma_1_no_policy : ~ forall gamma L_f L_r L_pi A_dyn alpha A_rew beta N_dyn N_rew : R, multiplier_supposes gamma L_f L_r L_pi ->
  theorem_1_error A_dyn alpha A_rew beta (theorem_1_multiplier gamma L_f L_r L_pi / (1 + L_pi)) N_dyn N_rew =
  (1 - gamma) * lemma_1_bound gamma L_f L_r L_pi (eps_d A_dyn alpha N_dyn) (eps_r A_rew beta N_rew).
Proof.
  intros M. specialize (M (1/2) (1/2) 1 1 1 1 1 1 1 1 ltac:(unfold multiplier_supposes; lra)).
  unfold theorem_1_error, theorem_1_multiplier, lemma_1_bound, eps_d, eps_r in M. rewrite !power_1 in M. lra.
Qed.

(** ---- Tangents and convexity ---- *)

(** A true weakening: above, though not strictly. *)
Theorem weaker_tangents : forall a p x y : R, tangent_supposes a p x y -> tangent_left a p x y <= tangent_right a p y.
Proof. intros. now apply tangents. Qed.
(** A power law lies below its tangents. *)
Theorem mutant_tangents_below : ~ forall a p x y : R, tangent_supposes a p x y -> tangent_right a p y <= tangent_left a p x y.
Proof. intros M. specialize (M 1 1 1 2 ltac:(unfold tangent_supposes; lra)). unfold tangent_left, tangent_right in M. revert M. powers. lra. Qed.
(** It is strictly above everywhere: not where they touch. *)
Theorem mutant_tangents_strict : ~ forall a p x y : R, tangent_supposes a p x y -> tangent_left a p x y < tangent_right a p y.
Proof. intros M. specialize (M 1 1 1 1 ltac:(unfold tangent_supposes; lra)). unfold tangent_left, tangent_right in M. revert M. powers. lra. Qed.
(** The exponent is forgotten in the slope. *)
Theorem mutant_tangents_no_exponent : ~ forall a p x y : R, tangent_supposes a p x y -> a * Rpower x (-1 * p) * (2 - y / x) <= tangent_right a p y.
Proof. intros M. specialize (M 1 2 1 (6/5) ltac:(unfold tangent_supposes; lra)). unfold tangent_right in M. revert M. powers. lra. Qed.

(** A true weakening: for equal weights. *)
Theorem weaker_convexity : forall a p x y : R, chord_supposes a p x y 1 1 -> chord_left a p x y 1 1 <= chord_right a p x y 1 1.
Proof. intros. now apply convexity. Qed.
(** A power law lies above its chords. *)
Theorem mutant_convexity_concave : ~ forall a p x y u v : R, chord_supposes a p x y u v -> chord_right a p x y u v <= chord_left a p x y u v.
Proof. intros M. specialize (M 1 1 1 3 1 1 ltac:(unfold chord_supposes; lra)). unfold chord_left, chord_right in M. revert M. powers. lra. Qed.
(** It lies strictly below: not where both ends are one. *)
Theorem mutant_convexity_strict : ~ forall a p x y u v : R, chord_supposes a p x y u v -> chord_left a p x y u v < chord_right a p x y u v.
Proof. intros M. specialize (M 1 1 1 1 1 1 ltac:(unfold chord_supposes; lra)). unfold chord_left, chord_right in M. revert M. powers. lra. Qed.

(** ---- What is stationary is optimal ---- *)

(** A true weakening: no better, without uniqueness. *)
Theorem weaker_optimal : forall A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew : R,
  optimal_supposes A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew ->
  theorem_1_error A_dyn alpha A_rew beta D N_dyn N_rew <= theorem_1_error A_dyn alpha A_rew beta D M_dyn M_rew.
Proof. intros. eapply optimal; eauto. Qed.
(** Whatever spends all is optimal: the balance is forgotten. *)
Theorem mutant_optimal_not_stationary : ~ forall A_dyn alpha A_rew beta c_dyn c_rew D B N_dyn N_rew M_dyn M_rew : R,
  theorem_1_plan A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew B -> theorem_1_plan A_dyn alpha A_rew beta c_dyn c_rew D M_dyn M_rew B ->
  theorem_1_error A_dyn alpha A_rew beta D N_dyn N_rew <= theorem_1_error A_dyn alpha A_rew beta D M_dyn M_rew.
Proof.
  intros M. specialize (M 1 1 1 1 1 1 1 4 3 1 2 2 ltac:(unfold theorem_1_plan; lra) ltac:(unfold theorem_1_plan; lra)).
  unfold theorem_1_error in M. revert M. powers. lra.
Qed.
(** No plan at all errs less: that it costs no more is forgotten. *)
Theorem mutant_optimal_any_cost : ~ forall A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew : R,
  optimal_supposes A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew N_dyn N_rew -> 0 < M_dyn -> 0 < M_rew ->
  theorem_1_error A_dyn alpha A_rew beta D N_dyn N_rew <= theorem_1_error A_dyn alpha A_rew beta D M_dyn M_rew.
Proof.
  intros M. specialize (M 1 1 1 1 1 1 1 1 1 2 2 ltac:(unfold optimal_supposes; lra) ltac:(lra) ltac:(lra)).
  unfold theorem_1_error in M. revert M. powers. lra.
Qed.

(** ---- The spending rule ---- *)

(** The spending rule with another right side, a function of A_dyn, alpha, A_rew, beta, D, N_dyn, N_rew. *)
Definition spending_with (rule : R -> R -> R -> R -> R -> R -> R -> R) := forall A_dyn alpha A_rew beta c_dyn c_rew D B N_dyn N_rew : R,
  theorem_1_supposes A_dyn alpha A_rew beta c_dyn c_rew D B -> best_plan A_dyn alpha A_rew beta c_dyn c_rew D B N_dyn N_rew ->
  c_dyn * N_dyn / (c_rew * N_rew) = rule A_dyn alpha A_rew beta D N_dyn N_rew.
(** It is the spending rule that is changed. *)
Theorem same_spending : spending_with theorem_1_spending.
Proof. intros Ad al Ar be cd cr D B x y S P. now apply (spending Ad al Ar be cd cr D B x y). Qed.
(** A true weakening: for equal exponents, in proportion to what errors remain. *)
Theorem weaker_spending : forall A_dyn alpha A_rew c_dyn c_rew D B N_dyn N_rew : R,
  theorem_1_supposes A_dyn alpha A_rew alpha c_dyn c_rew D B -> best_plan A_dyn alpha A_rew alpha c_dyn c_rew D B N_dyn N_rew ->
  c_dyn * N_dyn / (c_rew * N_rew) = D * eps_d A_dyn alpha N_dyn / eps_r A_rew alpha N_rew.
Proof.
  intros Ad al Ar cd cr D B x y S P. rewrite (same_spending Ad al Ar al cd cr D B x y S P). unfold theorem_1_supposes in S.
  unfold theorem_1_spending, eps_d, eps_r. rewrite minus_one. rewrite (Rpower_Ropp y al). pose proof (power_pos y al). field. lra.
Qed.
Ltac not_1 := let M := fresh in intros M; specialize (M 1 1 1 2 1 2 4 4 2 1 (proj1 two_and_one) (proj2 two_and_one)); cbv beta in M;
  unfold eps_d, eps_r in M; rewrite ?power_1, ?power_2 in M; lra.
(** The exponents are forgotten. *)
Theorem mutant_spending_no_exponents : ~ spending_with (fun A_d alpha A_r beta D N_d N_r => D * eps_d A_d alpha N_d / eps_r A_r beta N_r).
Proof. not_1. Qed.
(** The exponents are swapped. *)
Theorem mutant_spending_exponents_swapped : ~ spending_with (fun A_d alpha A_r beta D N_d N_r => beta * D * eps_d A_d alpha N_d / (alpha * eps_r A_r beta N_r)).
Proof. not_1. Qed.
(** The multiplier is forgotten. *)
Theorem mutant_spending_no_multiplier : ~ spending_with (fun A_d alpha A_r beta D N_d N_r => alpha * eps_d A_d alpha N_d / (beta * eps_r A_r beta N_r)).
Proof. not_1. Qed.

(** ---- The solution ---- *)

(** Four dynamics samples and two labels are best where a label costs four and the budget is twelve. *)
Lemma four_and_two : theorem_1_supposes 1 1 1 1 1 4 1 12 /\ best_plan 1 1 1 1 1 4 1 12 4 2.
Proof.
  assert (S : theorem_1_supposes 1 1 1 1 1 4 1 12) by (unfold theorem_1_supposes; lra). split; [exact S|]. apply best_iff; [exact S|].
  repeat split; try lra. powers. lra.
Qed.
(** A true weakening: more dynamics samples with their labels do not cost less. *)
Theorem weaker_allocation_solution : forall A_dyn alpha A_rew beta c_dyn c_rew D B N_dyn M_dyn : R,
  theorem_1_supposes A_dyn alpha A_rew beta c_dyn c_rew D B -> 0 < N_dyn < M_dyn ->
  remaining_cost A_dyn alpha A_rew beta c_dyn c_rew D N_dyn <= remaining_cost A_dyn alpha A_rew beta c_dyn c_rew D M_dyn.
Proof. intros Ad al Ar be cd cr D B x x' S H. left. now apply (allocation_solution Ad al Ar be cd cr D B). Qed.
(** The solution without its root. *)
Theorem mutant_allocation_solution_no_root : ~ forall A_dyn alpha A_rew beta c_dyn c_rew D B N_dyn N_rew : R,
  theorem_1_supposes A_dyn alpha A_rew beta c_dyn c_rew D B -> best_plan A_dyn alpha A_rew beta c_dyn c_rew D B N_dyn N_rew ->
  N_rew = beta * A_rew * c_dyn / (alpha * D * A_dyn * c_rew) * Rpower N_dyn (1 + alpha).
Proof. intros M. specialize (M 1 1 1 1 1 4 1 12 4 2 (proj1 four_and_two) (proj2 four_and_two)). rewrite square in M by lra. lra. Qed.
(** The solution with the prices inverted. *)
Theorem mutant_allocation_solution_prices_inverted : ~ forall A_dyn alpha A_rew beta c_dyn c_rew D B N_dyn N_rew : R,
  theorem_1_supposes A_dyn alpha A_rew beta c_dyn c_rew D B -> best_plan A_dyn alpha A_rew beta c_dyn c_rew D B N_dyn N_rew ->
  N_rew = rewards_for A_dyn alpha A_rew beta c_rew c_dyn D N_dyn.
Proof.
  intros M. specialize (M 1 1 1 1 1 4 1 12 4 2 (proj1 four_and_two) (proj2 four_and_two)). unfold rewards_for in M.
  replace (/ (1 + 1) * (1 + 1)) with 1 in M by field. rewrite Rpower_1 in M by lra.
  replace (1 * 1 * 4 * / 1 * / 1 * / 1 * / 1) with (2 * 2) in M by field. rewrite one_root in M by lra. lra.
Qed.

(** A true weakening: all of the budget on dynamics does not leave enough. *)
Theorem weaker_bracket : forall A_dyn alpha A_rew beta c_dyn c_rew D B : R, theorem_1_supposes A_dyn alpha A_rew beta c_dyn c_rew D B ->
  B <= remaining_cost A_dyn alpha A_rew beta c_dyn c_rew D (B / c_dyn).
Proof. intros. left. now apply bracket. Qed.
Lemma root_of_16 : Rpower (16 * 1 * 1 * / 1 * / 1 * / 1 * / 1) (/ (1 + 1)) = 4.
Proof. replace (16 * 1 * 1 * / 1 * / 1 * / 1 * / 1) with (4 * 4) by field. apply one_root. lra. Qed.
(** All of the budget can be spent on dynamics. *)
Theorem mutant_bracket_all_on_dynamics : ~ forall A_dyn alpha A_rew beta c_dyn c_rew D B : R, theorem_1_supposes A_dyn alpha A_rew beta c_dyn c_rew D B ->
  remaining_cost A_dyn alpha A_rew beta c_dyn c_rew D (B / c_dyn) <= B.
Proof.
  intros M. specialize (M 1 1 1 1 1 1 1 2 ltac:(unfold theorem_1_supposes; lra)).
  pose proof (proj2 (bracket 1 1 1 1 1 1 1 2) ltac:(unfold theorem_1_supposes; lra)). lra.
Qed.
(** Half of it for dynamics is few enough, whatever labels cost. *)
Theorem mutant_bracket_half_is_enough : ~ forall A_dyn alpha A_rew beta c_dyn c_rew D B N_dyn : R, theorem_1_supposes A_dyn alpha A_rew beta c_dyn c_rew D B ->
  0 < N_dyn <= B / (2 * c_dyn) -> remaining_cost A_dyn alpha A_rew beta c_dyn c_rew D N_dyn <= B.
Proof.
  intros M. specialize (M 1 1 16 1 1 1 1 2 1 ltac:(unfold theorem_1_supposes; lra) ltac:(lra)). unfold remaining_cost in M.
  rewrite root_of_16, power_1 in M. lra.
Qed.

(** A true weakening: the ratio is the same for every budget. *)
Theorem weaker_equal_exponents : forall A_dyn alpha A_rew c_dyn c_rew D B C N_dyn N_rew M_dyn M_rew : R,
  theorem_1_supposes A_dyn alpha A_rew alpha c_dyn c_rew D B -> best_plan A_dyn alpha A_rew alpha c_dyn c_rew D B N_dyn N_rew ->
  theorem_1_supposes A_dyn alpha A_rew alpha c_dyn c_rew D C -> best_plan A_dyn alpha A_rew alpha c_dyn c_rew D C M_dyn M_rew ->
  N_dyn / N_rew = M_dyn / M_rew.
Proof.
  intros Ad al Ar cd cr D B C x y x' y' S P S' P'.
  rewrite (proj1 (equal_exponents Ad al Ar cd cr D B x y S P)), (proj1 (equal_exponents Ad al Ar cd cr D C x' y' S' P')). reflexivity.
Qed.
(** The closed form without its root. *)
Theorem mutant_equal_exponents_no_root : ~ forall A_dyn alpha A_rew c_dyn c_rew D B N_dyn N_rew : R,
  theorem_1_supposes A_dyn alpha A_rew alpha c_dyn c_rew D B -> best_plan A_dyn alpha A_rew alpha c_dyn c_rew D B N_dyn N_rew ->
  N_dyn / N_rew = D * A_dyn * c_rew / (A_rew * c_dyn).
Proof. intros M. specialize (M 1 1 1 1 4 1 12 4 2 (proj1 four_and_two) (proj2 four_and_two)). lra. Qed.
(** The closed form with the prices inverted. *)
Theorem mutant_equal_exponents_prices_inverted : ~ forall A_dyn alpha A_rew c_dyn c_rew D B N_dyn N_rew : R,
  theorem_1_supposes A_dyn alpha A_rew alpha c_dyn c_rew D B -> best_plan A_dyn alpha A_rew alpha c_dyn c_rew D B N_dyn N_rew ->
  N_dyn / N_rew = equal_exponents_ratio A_dyn alpha A_rew c_rew c_dyn D.
Proof.
  intros M. specialize (M 1 1 1 1 4 1 12 4 2 (proj1 four_and_two) (proj2 four_and_two)). unfold equal_exponents_ratio in M.
  replace (1 * 1 * 1 * / 1 * / 4) with (1/2 * (1/2)) in M by field. rewrite one_root in M by lra. lra.
Qed.
(** Half of the budget for each. *)
Theorem mutant_equal_exponents_half : ~ forall A_dyn alpha A_rew c_dyn c_rew D B N_dyn N_rew : R,
  theorem_1_supposes A_dyn alpha A_rew alpha c_dyn c_rew D B -> best_plan A_dyn alpha A_rew alpha c_dyn c_rew D B N_dyn N_rew ->
  c_dyn * N_dyn / B = 1/2.
Proof. intros M. specialize (M 1 1 1 1 4 1 12 4 2 (proj1 four_and_two) (proj2 four_and_two)). lra. Qed.

(** ---- Growth ---- *)

(** A true weakening: for every budget the labels are at most a constant times a power of it. *)
Theorem weaker_growth : forall A_dyn alpha A_rew beta c_dyn c_rew D B N_dyn N_rew : R,
  (forall B, 0 < B -> theorem_1_supposes A_dyn alpha A_rew beta c_dyn c_rew D B) -> 0 < B ->
  best_plan A_dyn alpha A_rew beta c_dyn c_rew D B N_dyn N_rew -> N_rew <= few_rewards_bound A_dyn alpha A_rew beta c_dyn c_rew D B.
Proof. intros Ad al Ar be cd cr D B x y S B0 P. now apply (proj1 (growth Ad al Ar be cd cr D S) B x y B0 P). Qed.
Lemma grows : forall B, 0 < B -> theorem_1_supposes 1 1 1 2 1 2 4 B. Proof. intros; unfold theorem_1_supposes; lra. Qed.
(** For a large budget a plan is best whose dynamics' share is near 1. *)
Lemma nearly_all M : exists B x y, M < B /\ 0 < B /\ 0 < y /\ best_plan 1 1 1 2 1 2 4 B x y /\ 1 * x + 2 * y = B /\ Rabs (1 * x / B - 1) < 1/8.
Proof.
  destruct (proj1 (proj2 (growth 1 1 1 2 1 2 4 grows)) ltac:(lra) (1/8) ltac:(lra)) as (M' & M0 & N).
  set (B := Rmax M M' + 1). assert (M < B) by (unfold B; pose proof (Rmax_l M M'); lra). assert (M' < B) by (unfold B; pose proof (Rmax_r M M'); lra).
  assert (B0 : 0 < B) by lra. destruct (allocation_solution _ _ _ _ _ _ _ _ (grows B B0)) as (_ & _ & x & x0 & _ & P & _).
  exists B, x, (rewards_for 1 1 1 2 1 2 4 x). repeat split; auto; try apply P; try (apply (N B _ _ H0 P)).
  apply best_iff in P; [|now apply grows]. apply P.
Qed.
(** Half of a large budget is for dynamics. *)
Theorem mutant_growth_half : ~ forall A_dyn alpha A_rew beta c_dyn c_rew D : R,
  (forall B, 0 < B -> theorem_1_supposes A_dyn alpha A_rew beta c_dyn c_rew D B) -> alpha < beta -> forall eps, 0 < eps -> exists B_0, 0 < B_0 /\
    forall B N_dyn N_rew, B_0 < B -> best_plan A_dyn alpha A_rew beta c_dyn c_rew D B N_dyn N_rew -> Rabs (c_dyn * N_dyn / B - 1/2) < eps.
Proof.
  intros M. destruct (M 1 1 1 2 1 2 4 grows ltac:(lra) (1/8) ltac:(lra)) as (B_0 & _ & N).
  destruct (nearly_all B_0) as (B & x & y & H & _ & _ & P & _ & n). specialize (N B x y H P). apply Rabs_def2 in n. apply Rabs_def2 in N. lra.
Qed.
(** The labels grow like the budget, so that they keep a share of it. *)
Theorem mutant_growth_like_the_budget : ~ forall A_dyn alpha A_rew beta c_dyn c_rew D : R,
  (forall B, 0 < B -> theorem_1_supposes A_dyn alpha A_rew beta c_dyn c_rew D B) -> alpha < beta -> forall eps, 0 < eps -> exists B_0, 0 < B_0 /\
    forall B N_dyn N_rew, B_0 < B -> best_plan A_dyn alpha A_rew beta c_dyn c_rew D B N_dyn N_rew -> Rabs (c_rew * N_rew / B - 1/2) < eps.
Proof.
  intros M. destruct (M 1 1 1 2 1 2 4 grows ltac:(lra) (1/8) ltac:(lra)) as (B_0 & _ & N).
  destruct (nearly_all B_0) as (B & x & y & H & B0 & _ & P & c & n). specialize (N B x y H P). apply Rabs_def2 in n. apply Rabs_def2 in N.
  assert (2 * y / B = 1 - 1 * x / B) by (replace (2 * y) with (B - 1 * x) by lra; field; lra). lra.
Qed.
(** The bound is always met. *)
Theorem mutant_growth_bound_is_met : ~ forall A_dyn alpha A_rew beta c_dyn c_rew D B N_dyn N_rew : R,
  theorem_1_supposes A_dyn alpha A_rew beta c_dyn c_rew D B -> best_plan A_dyn alpha A_rew beta c_dyn c_rew D B N_dyn N_rew ->
  few_rewards_bound A_dyn alpha A_rew beta c_dyn c_rew D B <= N_rew.
Proof.
  intros M. specialize (M 1 1 1 1 1 4 1 12 4 2 (proj1 four_and_two) (proj2 four_and_two)). unfold few_rewards_bound in M.
  replace (/ (1 + 1) * (1 + 1)) with 1 in M by field. rewrite Rpower_1 in M by lra.
  replace (1 * 1 * 1 * / 1 * / 1 * / 1 * / 4) with (1/2 * (1/2)) in M by field. rewrite one_root in M by lra. lra.
Qed.

(** ---- Floors ---- *)

(** A true weakening: with floors of 0 the ratio is Theorem 1's. *)
Theorem weaker_floors : forall A_dyn alpha A_rew beta c_dyn c_rew D B N_dyn N_rew : R,
  theorem_1_supposes A_dyn alpha A_rew beta c_dyn c_rew D B ->
  best_floored_plan A_dyn alpha A_rew beta c_dyn c_rew D 0 0 B N_dyn N_rew ->
  N_dyn / N_rew = floors_ratio alpha beta c_dyn c_rew D 0 0 (eps_d A_dyn alpha N_dyn + 0) (eps_r A_rew beta N_rew + 0).
Proof. intros Ad al Ar be cd cr D B x y S P. now apply (floors Ad al Ar be cd cr D 0 0 B x y S). Qed.
(** Theorem 1's ratio with measured errors, floors and all. *)
Theorem mutant_floors_measured_errors : ~ forall A_dyn alpha A_rew beta c_dyn c_rew D floor_dyn floor_rew B N_dyn N_rew : R,
  theorem_1_supposes A_dyn alpha A_rew beta c_dyn c_rew D B ->
  best_floored_plan A_dyn alpha A_rew beta c_dyn c_rew D floor_dyn floor_rew B N_dyn N_rew ->
  N_dyn / N_rew = alpha / beta * D * (c_rew / c_dyn) * ((eps_d A_dyn alpha N_dyn + floor_dyn) / (eps_r A_rew beta N_rew + floor_rew)).
Proof.
  intros M. specialize (M 1 1 1 2 1 2 4 1 1 4 2 1 (proj1 floors_instance) (proj2 floors_instance)). unfold eps_d, eps_r in M.
  rewrite power_1, power_2 in M. lra.
Qed.
(** Only the dynamics' floor is subtracted. *)
Theorem mutant_floors_one_side : ~ forall A_dyn alpha A_rew beta c_dyn c_rew D floor_dyn floor_rew B N_dyn N_rew : R,
  theorem_1_supposes A_dyn alpha A_rew beta c_dyn c_rew D B ->
  best_floored_plan A_dyn alpha A_rew beta c_dyn c_rew D floor_dyn floor_rew B N_dyn N_rew ->
  N_dyn / N_rew = floors_ratio alpha beta c_dyn c_rew D floor_dyn 0 (eps_d A_dyn alpha N_dyn + floor_dyn) (eps_r A_rew beta N_rew + floor_rew).
Proof.
  intros M. specialize (M 1 1 1 2 1 2 4 1 1 4 2 1 (proj1 floors_instance) (proj2 floors_instance)). unfold floors_ratio, eps_d, eps_r in M.
  rewrite power_1, power_2 in M. lra.
Qed.
