(** What follows from Theorem 1: the spending rule, the solution in one unknown, its growth with the budget, and floors.
    Power laws lie above their tangents, which carries all of it. *)
From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Allocation.
Open Scope R_scope.

(** ---- Powers of positive numbers ---- *)
Lemma minus_one p : -1 * p = - p. Proof. ring. Qed.
Lemma power_pos x k : 0 < Rpower x k. Proof. apply exp_pos. Qed.
Lemma ln_of_power x k : ln (Rpower x k) = k * ln x. Proof. unfold Rpower. apply ln_exp. Qed.
Lemma power_of_product x y k : 0 < x -> 0 < y -> Rpower (x * y) k = Rpower x k * Rpower y k.
Proof. intros. unfold Rpower. rewrite ln_mult by auto. rewrite <- exp_plus. f_equal. ring. Qed.
Lemma power_of_inverse x k : 0 < x -> Rpower (/ x) k = Rpower x (- k).
Proof. intros. unfold Rpower. rewrite ln_Rinv by auto. f_equal. ring. Qed.
Lemma power_step x k : 0 < x -> Rpower x k / x = Rpower x (k - 1).
Proof. intros. unfold Rminus. rewrite Rpower_plus, Rpower_Ropp, Rpower_1 by auto. reflexivity. Qed.
Lemma power_root x k : 0 < x -> k <> 0 -> Rpower (Rpower x k) (/ k) = x.
Proof. intros. rewrite Rpower_mult. replace (k * / k) with 1 by (field; auto). now apply Rpower_1. Qed.
Lemma power_less x y k : 0 < x < y -> 0 < k -> Rpower x k < Rpower y k.
Proof. intros [x0 xy] k0. unfold Rpower. apply exp_increasing. pose proof (ln_increasing x y x0 xy). nra. Qed.
Lemma power_at_most x y k : 0 < x <= y -> 0 < k -> Rpower x k <= Rpower y k.
Proof. intros [x0 [xy | <-]] k0; [left; now apply power_less | lra]. Qed.
Lemma pos_product a b : 0 < a -> 0 < b -> 0 < a * b. Proof. intros; now apply Rmult_lt_0_compat. Qed.
Lemma pos_inverse a : 0 < a -> 0 < / a. Proof. apply Rinv_0_lt_compat. Qed.
Ltac positive := repeat first [apply power_pos | apply pos_product | apply pos_inverse | assumption | lra].

(** ---- Tangents and chords ---- *)

(** Tangents. A power law lies above its tangents, and strictly above them elsewhere. *)
Theorem tangents : forall a p x y : R, tangent_supposes a p x y ->
  tangent_left a p x y <= tangent_right a p y /\ (y <> x -> tangent_left a p x y < tangent_right a p y).
Proof.
  intros a p x y S. unfold tangent_supposes in S. destruct (tangent p x y) as [T s]; try lra.
  unfold tangent_left, tangent_right. rewrite !minus_one.
  replace (1 + p + - p * y * / x) with (1 + p - p * (y / x)) by (unfold Rdiv; ring). split.
  - rewrite Rmult_assoc. apply Rmult_le_compat_l; lra.
  - intros ne. rewrite Rmult_assoc. apply Rmult_lt_compat_l; [lra | now apply s].
Qed.
(** It speaks of something: here the law is strictly above. *)
Theorem tangents_instance : tangent_supposes 1 1 1 2 /\ 2 <> 1.
Proof. unfold tangent_supposes. lra. Qed.

Lemma chord a p x y u v : 0 < a -> 0 < p -> 0 < x -> 0 < y -> 0 < u -> 0 < v ->
  a * Rpower (/ (u + v) * (u * x + v * y)) (- p) <= / (u + v) * (a * u * Rpower x (- p) + a * v * Rpower y (- p)).
Proof.
  intros a0 p0 x0 y0 u0 v0. set (z := / (u + v) * (u * x + v * y)).
  assert (w0 : 0 < / (u + v)) by positive. assert (z0 : 0 < z) by (unfold z; apply pos_product; [auto | nra]).
  destruct (tangent p z x p0 z0 x0) as [X _]. destruct (tangent p z y p0 z0 y0) as [Y _]. set (Z := Rpower z (- p)) in *.
  assert (e : a * Z = / (u + v) * (a * u * (Z * (1 + p - p * (x / z))) + a * v * (Z * (1 + p - p * (y / z))))).
  { assert (bal : u * x + v * y = (u + v) * z) by (unfold z; field; lra).
    transitivity (/ (u + v) * (a * Z * ((u + v) * (1 + p) - p * ((u * x + v * y) / z)))); [rewrite bal; field; lra | field; lra]. }
  rewrite e. apply Rmult_le_compat_l; [lra|]. apply Rplus_le_compat; apply Rmult_le_compat_l; auto; left; positive.
Qed.

(** Convexity. A power law lies below its chords, so a mixture of two plans errs at most the mixture of their errors. *)
Theorem convexity :
  (forall a p x y u v : R, chord_supposes a p x y u v -> chord_left a p x y u v <= chord_right a p x y u v) /\
  (forall A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew u v : R,
    convex_supposes A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew u v ->
    convex_left A_dyn alpha A_rew beta D N_dyn N_rew M_dyn M_rew u v <=
    convex_right A_dyn alpha A_rew beta D N_dyn N_rew M_dyn M_rew u v).
Proof.
  split.
  - intros a p x y u v S. unfold chord_supposes in S. unfold chord_left, chord_right. rewrite !minus_one. apply chord; lra.
  - intros Ad al Ar be cd cr D x y x' y' u v S. unfold convex_supposes in S. unfold convex_left, convex_right. rewrite !minus_one.
    assert (P : 0 < Ad * D) by positive.
    pose proof (chord (Ad * D) al x x' u v P ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra)) as X.
    pose proof (chord Ar be y y' u v ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra)) as Y.
    rewrite (Rplus_comm (x' * v)), (Rplus_comm (y' * v)), (Rmult_comm x u), (Rmult_comm x' v), (Rmult_comm y u), (Rmult_comm y' v).
    lra.
Qed.
(** It speaks of something. *)
Theorem convexity_instance : chord_supposes 1 1 1 3 1 1 /\ convex_supposes 1 1 1 1 1 1 1 1 3 3 1 1 1.
Proof. unfold chord_supposes, convex_supposes. lra. Qed.

(** ---- Plans: what another plan must do to be better ---- *)

(** Where the other plan, valued at this plan's gains for each sample, is worth no more, it errs no less. *)
Lemma moved Ad al Ar be D x y x' y' : 0 < Ad -> 0 < al -> 0 < Ar -> 0 < be -> 0 < D -> 0 < x -> 0 < y -> 0 < x' -> 0 < y' ->
  let a := Ad * D * al * / x * Rpower x (-1 * al) in let b := Ar * be * / y * Rpower y (-1 * be) in
  a * x' + b * y' <= a * x + b * y ->
  theorem_1_error Ad al Ar be D x y <= theorem_1_error Ad al Ar be D x' y' /\
  ((x', y') <> (x, y) -> theorem_1_error Ad al Ar be D x y < theorem_1_error Ad al Ar be D x' y').
Proof.
  intros Ad0 al0 Ar0 be0 D0 x0 y0 x1 y1 a b w. unfold theorem_1_error. unfold a, b in w. clear a b. rewrite !minus_one in *.
  destruct (tangent al x x' al0 x0 x1) as [X sX]. destruct (tangent be y y' be0 y0 y1) as [Y sY].
  set (p := Rpower x (- al)) in *. set (q := Rpower y (- be)) in *. set (p' := Rpower x' (- al)) in *. set (q' := Rpower y' (- be)) in *.
  assert (AD : 0 < Ad * D) by positive.
  assert (ex : Ad * D * (p * (1 + al - al * (x' / x))) = Ad * D * p + Ad * D * al * / x * p * x - Ad * D * al * / x * p * x') by (field; lra).
  assert (ey : Ar * (q * (1 + be - be * (y' / y))) = Ar * q + Ar * be * / y * q * y - Ar * be * / y * q * y') by (field; lra).
  apply Rmult_le_compat_l with (r := Ad * D) in X; [|lra]. apply Rmult_le_compat_l with (r := Ar) in Y; [|lra]. split; [lra|]. intros ne.
  destruct (Req_dec x' x) as [e|e].
  - assert (ny : y' <> y) by (intros e'; apply ne; now rewrite e, e'). specialize (sY ny). apply Rmult_lt_compat_l with (r := Ar) in sY; lra.
  - specialize (sX e). apply Rmult_lt_compat_l with (r := Ad * D) in sX; lra.
Qed.

(** What is stationary is optimal. Where one more unit of money is worth the same on either side, no plan that costs no
    more errs less, and no second one errs as little, not even one with as many dynamics samples. *)
Theorem optimal : forall A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew : R,
  optimal_supposes A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew ->
  theorem_1_error A_dyn alpha A_rew beta D N_dyn N_rew <= theorem_1_error A_dyn alpha A_rew beta D M_dyn M_rew /\
  ((M_dyn, M_rew) <> (N_dyn, N_rew) ->
    theorem_1_error A_dyn alpha A_rew beta D N_dyn N_rew < theorem_1_error A_dyn alpha A_rew beta D M_dyn M_rew).
Proof.
  intros Ad al Ar be cd cr D x y x' y' S. unfold optimal_supposes in S. destruct S as (? & ? & ? & ? & ? & ? & ? & ? & ? & ? & ? & st & c).
  apply moved; try lra. set (a := Ad * D * al * / x * Rpower x (-1 * al)) in *. set (b := Ar * be * / y * Rpower y (-1 * be)) in *.
  assert (a0 : 0 < a) by (unfold a; positive). assert (k0 : 0 < a * / cd) by positive.
  replace a with (a * / cd * cd) by (field; lra). replace b with (b * / cr * cr) by (field; lra). rewrite <- st. nra.
Qed.

(** There is such a plan, and a rival. *)
Theorem optimal_instance : optimal_supposes 1 1 1 1 1 1 1 1 1 (3/2) (1/2) /\ (3/2, 1/2) <> (1, 1).
Proof. split; [unfold optimal_supposes; lra | intros e; injection e; lra]. Qed.

(** A plan that costs no more than the budget and errs no more than any other that does. *)
Definition best_plan A_dyn alpha A_rew beta c_dyn c_rew D B N_dyn N_rew := 0 < N_dyn /\ 0 < N_rew /\ c_dyn * N_dyn + c_rew * N_rew <= B /\
  forall M_dyn M_rew, 0 < M_dyn -> 0 < M_rew -> c_dyn * M_dyn + c_rew * M_rew <= B ->
    theorem_1_error A_dyn alpha A_rew beta D N_dyn N_rew <= theorem_1_error A_dyn alpha A_rew beta D M_dyn M_rew.

Section Plan.
Variables Ad al Ar be cd cr D B : R.
Hypothesis S : theorem_1_supposes Ad al Ar be cd cr D B.
Let k := Ar * be * cd * / Ad * / D * / al * / cr.
Let sol x := Rpower x (/ (1 + be) * (1 + al)) * Rpower k (/ (1 + be)).
Notation gain_d x := (Ad * D * al * / x * Rpower x (-1 * al) * / cd).
Notation gain_r y := (Ar * be * / y * Rpower y (-1 * be) * / cr).

Lemma k_pos : 0 < k. Proof. unfold theorem_1_supposes in S. unfold k. positive. Qed.

Lemma gain_d_power x : 0 < x -> gain_d x = Ad * D * al * / cd * Rpower x (- (1 + al)).
Proof.
  intros x0. replace (- (1 + al)) with (-1 * al - 1) by ring. rewrite <- power_step by auto. unfold theorem_1_supposes in S. field. lra.
Qed.
Lemma gain_r_power y : 0 < y -> gain_r y = Ar * be * / cr * Rpower y (- (1 + be)).
Proof.
  intros y0. replace (- (1 + be)) with (-1 * be - 1) by ring. rewrite <- power_step by auto. unfold theorem_1_supposes in S. field. lra.
Qed.

Lemma solves x y : 0 < x -> 0 < y -> (gain_d x = gain_r y <-> y = sol x).
Proof.
  intros x0 y0. unfold theorem_1_supposes in S. pose proof k_pos as k0. rewrite gain_d_power, gain_r_power by auto.
  assert (E : Ad * D * al * / cd = Ar * be * / cr * / k) by (unfold k; field; lra). rewrite E.
  assert (w : 0 < Ar * be * / cr) by positive.
  transitivity (Rpower x (- (1 + al)) = k * Rpower y (- (1 + be))).
  { split; intros e; [|rewrite Rmult_assoc, e; field; lra]. apply Rmult_eq_reg_l with (Ar * be * / cr * / k); [|apply Rgt_not_eq; positive].
    rewrite e. field. lra. }
  assert (r : forall z, 0 < z -> Rpower (Rpower z (1 + be)) (/ (1 + be)) = z) by (intros; apply power_root; lra).
  transitivity (Rpower y (1 + be) = k * Rpower x (1 + al)).
  { rewrite !Rpower_Ropp. pose proof (power_pos x (1 + al)). pose proof (power_pos y (1 + be)). split; intros e.
    - apply Rmult_eq_reg_r with (/ Rpower y (1 + be) * / Rpower x (1 + al)); [|apply Rgt_not_eq; positive].
      transitivity (/ Rpower x (1 + al)); [field; lra | transitivity (k * / Rpower y (1 + be)); [exact e | field; lra]].
    - rewrite e. field. lra. }
  unfold sol. split; intros e.
  - rewrite <- (r y y0), e, power_of_product by (auto using power_pos). rewrite Rpower_mult, Rmult_comm. f_equal. f_equal. ring.
  - rewrite e, power_of_product by apply power_pos. rewrite !Rpower_mult.
    replace (/ (1 + be) * (1 + be)) with 1 by (field; lra). replace (/ (1 + be) * (1 + al) * (1 + be)) with (1 + al) by (field; lra).
    rewrite Rpower_1 by auto. apply Rmult_comm.
Qed.

Lemma plan_supposes x y x' y' : 0 < x -> 0 < y -> 0 < x' -> 0 < y' -> gain_d x = gain_r y -> cd * x' + cr * y' <= cd * x + cr * y ->
  optimal_supposes Ad al Ar be cd cr D x y x' y'.
Proof. intros. unfold theorem_1_supposes in S. unfold optimal_supposes. repeat split; auto; lra. Qed.

Lemma stationary_printed x y : 0 < x -> 0 < y -> (stationary Ad al Ar be cd cr D x y <-> gain_d x = gain_r y).
Proof.
  intros x0 y0. unfold theorem_1_supposes in S. unfold stationary, eps_d, eps_r. rewrite !minus_one.
  replace (al * D * (Ad * Rpower x (- al)) / (cd * x)) with (Ad * D * al * / x * Rpower x (- al) * / cd) by (field; lra).
  replace (be * (Ar * Rpower y (- be)) / (cr * y)) with (Ar * be * / y * Rpower y (- be) * / cr) by (field; lra). reflexivity.
Qed.

Lemma stationary_plan_exists : exists x y, 0 < x /\ 0 < y /\ cd * x + cr * y = B /\ gain_d x = gain_r y.
Proof.
  unfold theorem_1_supposes in S.
  destruct (stationary_exists Ad al Ar be cd cr B D) as (x & y & x0 & y0 & c & s); try lra.
  exists x, y. repeat split; auto. now apply stationary_printed.
Qed.

Lemma best_iff x y : best_plan Ad al Ar be cd cr D B x y <-> (0 < x /\ 0 < y /\ cd * x + cr * y = B /\ gain_d x = gain_r y).
Proof.
  split.
  - intros (x0 & y0 & c & m). destruct stationary_plan_exists as (x' & y' & x1 & y1 & c' & s).
    destruct (Req_dec x x') as [ex|ex]; [destruct (Req_dec y y') as [ey|ey]; [subst; auto|]|].
    + assert (ne : (x, y) <> (x', y')) by congruence.
      destruct (optimal _ _ _ _ _ _ _ _ _ _ _ (plan_supposes x' y' x y x1 y1 x0 y0 s ltac:(lra))) as [_ l].
      specialize (l ne). specialize (m x' y' x1 y1 ltac:(lra)). lra.
    + assert (ne : (x, y) <> (x', y')) by congruence.
      destruct (optimal _ _ _ _ _ _ _ _ _ _ _ (plan_supposes x' y' x y x1 y1 x0 y0 s ltac:(lra))) as [_ l].
      specialize (l ne). specialize (m x' y' x1 y1 ltac:(lra)). lra.
  - intros (x0 & y0 & c & s). repeat split; auto; [lra|]. intros x' y' x1 y1 c'.
    apply (optimal Ad al Ar be cd cr D x y x' y'). apply plan_supposes; auto. lra.
Qed.

Lemma sol_pos x : 0 < sol x. Proof. unfold sol. positive. Qed.
Lemma sol_printed x : rewards_for Ad al Ar be cd cr D x = sol x. Proof. reflexivity. Qed.
Lemma cost_printed x : remaining_cost Ad al Ar be cd cr D x = cd * x + cr * sol x.
Proof. unfold remaining_cost, sol, k. ring. Qed.
Lemma cost_increases x x' : 0 < x < x' -> remaining_cost Ad al Ar be cd cr D x < remaining_cost Ad al Ar be cd cr D x'.
Proof.
  intros H. unfold theorem_1_supposes in S. rewrite !cost_printed. unfold sol.
  assert (g0 : 0 < / (1 + be) * (1 + al)) by positive. pose proof (power_less x x' _ H g0).
  pose proof (power_pos k (/ (1 + be))). assert (cd * x < cd * x') by (apply Rmult_lt_compat_l; lra).
  apply Rplus_lt_compat; [auto|]. apply Rmult_lt_compat_l; [lra|]. apply Rmult_lt_compat_r; lra.
Qed.
End Plan.

(** Spending. Every best plan spends the whole budget, and in proportion to exponent times remaining error. *)
Theorem spending : forall A_dyn alpha A_rew beta c_dyn c_rew D B N_dyn N_rew : R,
  theorem_1_supposes A_dyn alpha A_rew beta c_dyn c_rew D B -> best_plan A_dyn alpha A_rew beta c_dyn c_rew D B N_dyn N_rew ->
  c_dyn * N_dyn + c_rew * N_rew = B /\
  c_dyn * N_dyn / (c_rew * N_rew) = theorem_1_spending A_dyn alpha A_rew beta D N_dyn N_rew.
Proof.
  intros Ad al Ar be cd cr D B x y S P. apply best_iff in P; auto. destruct P as (x0 & y0 & c & s). split; [exact c|].
  unfold theorem_1_supposes in S. unfold theorem_1_spending.
  replace (Rpower y be) with (/ Rpower y (-1 * be)) by (rewrite <- Rpower_Ropp; f_equal; ring).
  set (X := Rpower x (-1 * al)) in *. set (Y := Rpower y (-1 * be)) in *. assert (Y0 : 0 < Y) by apply power_pos.
  apply Rmult_eq_reg_r with (Ar * be * / y * Y * / cr * / (cd * x)); [|apply Rgt_not_eq; positive].
  transitivity (Ar * be * / y * Y * / cr * / (cr * y)); [field; lra|].
  transitivity (Ad * D * al * / x * X * / cd * / (cr * y)); [rewrite s; reflexivity | field; lra].
Qed.
(** Such a plan is there: two dynamics samples and one label, where they cost 1 and 2 and the budget is 4. *)
Lemma power_2 : Rpower 2 (- (1)) = 1/2. Proof. rewrite Rpower_Ropp, Rpower_1; lra. Qed.
Lemma power_1 k : Rpower 1 k = 1. Proof. unfold Rpower. now rewrite ln_1, Rmult_0_r, exp_0. Qed.
Lemma two_and_one : theorem_1_supposes 1 1 1 2 1 2 4 4 /\ best_plan 1 1 1 2 1 2 4 4 2 1.
Proof.
  assert (S : theorem_1_supposes 1 1 1 2 1 2 4 4) by (unfold theorem_1_supposes; lra). split; [exact S|]. apply best_iff; [exact S|].
  repeat split; try lra. rewrite minus_one, power_2, power_1. lra.
Qed.
Theorem spending_instance : theorem_1_supposes 1 1 1 2 1 2 4 4 /\ best_plan 1 1 1 2 1 2 4 4 2 1.
Proof. exact two_and_one. Qed.

(** The solution. At every best plan the reward labels are a function of the dynamics samples. What both together cost
    increases strictly, and it is the budget at exactly one number of dynamics samples, which is the best. *)
Theorem allocation_solution : forall A_dyn alpha A_rew beta c_dyn c_rew D B : R,
  theorem_1_supposes A_dyn alpha A_rew beta c_dyn c_rew D B ->
  (forall N_dyn N_rew, best_plan A_dyn alpha A_rew beta c_dyn c_rew D B N_dyn N_rew ->
    N_rew = rewards_for A_dyn alpha A_rew beta c_dyn c_rew D N_dyn) /\
  (forall N_dyn M_dyn, 0 < N_dyn < M_dyn ->
    remaining_cost A_dyn alpha A_rew beta c_dyn c_rew D N_dyn < remaining_cost A_dyn alpha A_rew beta c_dyn c_rew D M_dyn) /\
  exists N_dyn, 0 < N_dyn /\ remaining_cost A_dyn alpha A_rew beta c_dyn c_rew D N_dyn = B /\
    best_plan A_dyn alpha A_rew beta c_dyn c_rew D B N_dyn (rewards_for A_dyn alpha A_rew beta c_dyn c_rew D N_dyn) /\
    forall M_dyn, 0 < M_dyn -> remaining_cost A_dyn alpha A_rew beta c_dyn c_rew D M_dyn = B -> M_dyn = N_dyn.
Proof.
  intros Ad al Ar be cd cr D B S. assert (inc := cost_increases Ad al Ar be cd cr D B S). split; [|split; [exact inc|]].
  - intros x y P. apply best_iff in P; auto. destruct P as (x0 & y0 & _ & s). now apply (solves Ad al Ar be cd cr D B S) in s.
  - destruct (stationary_plan_exists Ad al Ar be cd cr D B S) as (x & y & x0 & y0 & c & s).
    assert (e := proj1 (solves Ad al Ar be cd cr D B S x y x0 y0) s). exists x. split; [exact x0|]. split; [|split].
    + rewrite cost_printed, <- e. exact c.
    + rewrite sol_printed, <- e. apply best_iff; auto.
    + intros x' x1 c'. assert (c2 : remaining_cost Ad al Ar be cd cr D x = B) by (rewrite cost_printed, <- e; exact c).
      destruct (Rtotal_order x' x) as [l | [q | l]]; [pose proof (inc x' x ltac:(lra)); lra | exact q | pose proof (inc x x' ltac:(lra)); lra].
Qed.
(** It speaks of the plan above. *)
Theorem allocation_solution_instance : theorem_1_supposes 1 1 1 2 1 2 4 4 /\ rewards_for 1 1 1 2 1 2 4 2 = 1.
Proof. split; [apply two_and_one|]. symmetry. apply (allocation_solution _ _ _ _ _ _ _ _ (proj1 two_and_one)), two_and_one. Qed.

(** Where the root lies. With half of the budget for each there is a number of dynamics samples whose cost, with the
    labels that belong to them, is at most the budget; with all of it on dynamics they cost more. *)
Theorem bracket : forall A_dyn alpha A_rew beta c_dyn c_rew D B : R,
  (forall N_dyn, too_few_supposes A_dyn alpha A_rew beta c_dyn c_rew D B N_dyn ->
    remaining_cost A_dyn alpha A_rew beta c_dyn c_rew D N_dyn <= B) /\
  (theorem_1_supposes A_dyn alpha A_rew beta c_dyn c_rew D B ->
    B < remaining_cost A_dyn alpha A_rew beta c_dyn c_rew D (B / c_dyn)).
Proof.
  intros Ad al Ar be cd cr D B. split.
  - intros x S. unfold too_few_supposes in S. destruct S as (? & ? & ? & ? & ? & ? & ? & ? & ? & h & l). unfold remaining_cost.
    replace (-1 * / (1 + be)) with (- / (1 + be)) in l by ring. set (g := / (1 + be) * (1 + al)).
    set (k := Ar * be * cd * / Ad * / D * / al * / cr) in *. assert (k0 : 0 < k) by (unfold k; positive).
    pose proof (power_pos k (/ (1 + be))) as K. rewrite Rpower_Ropp in l. set (Z := 1 / 2 * B * / cr * / Rpower k (/ (1 + be))) in *.
    assert (g0 : 0 < g) by (unfold g; positive). assert (Z0 : 0 < Z) by (unfold Z; positive).
    assert (p : Rpower x g <= Z).
    { eapply Rle_trans; [apply (power_at_most x (Rpower Z (/ (1 + al) * (1 + be))) g); [split; [lra | exact l] | exact g0]|]. right. rewrite Rpower_mult.
      replace (/ (1 + al) * (1 + be) * g) with 1 by (unfold g; field; lra). now apply Rpower_1. }
    assert (d : x * cd <= B / 2).
    { apply Rmult_le_compat_r with (r := cd) in h; [|lra]. replace (1 / 2 * B * / cd * cd) with (B / 2) in h by (field; lra). lra. }
    assert (r : cr * Rpower x g * Rpower k (/ (1 + be)) <= cr * Z * Rpower k (/ (1 + be))).
    { apply Rmult_le_compat_r; [lra|]. apply Rmult_le_compat_l; lra. }
    replace (cr * Z * Rpower k (/ (1 + be))) with (B / 2) in r by (unfold Z; field; lra). lra.
  - intros S. rewrite (cost_printed Ad al Ar be cd cr D). unfold theorem_1_supposes in S.
    replace (cd * (B / cd)) with B by (field; lra). assert (0 < cr * rewards_for Ad al Ar be cd cr D (B / cd)) by (unfold rewards_for; positive).
    rewrite sol_printed in H. lra.
Qed.
(** A quarter of the budget of 2 is few enough. *)
Theorem bracket_instance : too_few_supposes 1 1 1 1 1 1 1 2 (1/2) /\ theorem_1_supposes 1 1 1 1 1 1 1 2.
Proof.
  split; [|unfold theorem_1_supposes; lra]. unfold too_few_supposes. repeat split; try lra.
  replace (1 * 1 * 1 * / 1 * / 1 * / 1 * / 1) with 1 by field. rewrite power_1. replace (1 / 2 * 2 * / 1 * 1) with 1 by field. rewrite power_1. lra.
Qed.

(** Equal exponents. The ratio has a closed form, and the dynamics' share of the budget is the same for every budget. *)
Theorem equal_exponents : forall A_dyn alpha A_rew c_dyn c_rew D B N_dyn N_rew : R,
  theorem_1_supposes A_dyn alpha A_rew alpha c_dyn c_rew D B -> best_plan A_dyn alpha A_rew alpha c_dyn c_rew D B N_dyn N_rew ->
  let ratio := equal_exponents_ratio A_dyn alpha A_rew c_dyn c_rew D in
  N_dyn / N_rew = ratio /\ c_dyn * N_dyn / B = c_dyn * ratio / (c_dyn * ratio + c_rew).
Proof.
  intros Ad al Ar cd cr D B x y S P ratio. apply best_iff in P; auto. destruct P as (x0 & y0 & c & s).
  apply (solves Ad al Ar al cd cr D B S) in s; auto. unfold theorem_1_supposes in S.
  assert (r : x / y = ratio).
  { assert (e : x = ratio * y); [|rewrite e; field; lra]. rewrite s. unfold ratio, equal_exponents_ratio.
    replace (/ (1 + al) * (1 + al)) with 1 by (field; lra). rewrite Rpower_1 by auto.
    transitivity (x * (Rpower (Ad * D * cr * / Ar * / cd) (/ (1 + al)) * Rpower (Ar * al * cd * / Ad * / D * / al * / cr) (/ (1 + al)))); [|ring].
    rewrite Rpower_mult_distr by positive. replace (Ad * D * cr * / Ar * / cd * (Ar * al * cd * / Ad * / D * / al * / cr)) with 1 by (field; lra).
    unfold Rpower. rewrite ln_1, Rmult_0_r, exp_0. ring. }
  split; [exact r|]. rewrite <- c, <- r. field. repeat split; try lra; apply Rgt_not_eq; nra.
Qed.
(** With equal exponents, laws and prices the best is half and half. *)
Theorem equal_exponents_instance : theorem_1_supposes 1 1 1 1 1 1 1 2 /\ best_plan 1 1 1 1 1 1 1 2 1 1.
Proof.
  assert (S : theorem_1_supposes 1 1 1 1 1 1 1 2) by (unfold theorem_1_supposes; lra). split; [exact S|]. apply best_iff; [exact S|].
  repeat split; lra.
Qed.
