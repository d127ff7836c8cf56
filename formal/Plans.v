(** The practical corner of Theorem 1: whole samples, at least so many of them, labels only where one has been, and
    samples that carry both labels. *)
From Coq Require Import Reals Lra Psatz.
From Imagination Require Import Sums Bounds Allocation Spending.
Open Scope R_scope.

(** ---- Whole samples ---- *)

Lemma rounded_law p n k : 0 < p -> 0 < n -> 0 < k -> n <= 1 + k -> Rpower k (-1 * p) <= Rpower n (-1 * p) * Rpower (1 + / k) p.
Proof.
  intros p0 n0 k0 h. assert (i : 0 < / k) by positive. rewrite minus_one, !Rpower_Ropp.
  pose proof (power_pos k p) as kp. pose proof (power_pos n p) as np.
  apply Rmult_le_reg_l with (Rpower k p * Rpower n p); [positive|].
  replace (Rpower k p * Rpower n p * / Rpower k p) with (Rpower n p) by (field; lra).
  replace (Rpower k p * Rpower n p * (/ Rpower n p * Rpower (1 + / k) p)) with (Rpower k p * Rpower (1 + / k) p) by (field; lra).
  rewrite <- power_of_product by lra. apply power_at_most; [|exact p0]. replace (k * (1 + / k)) with (1 + k) by (field; lra). lra.
Qed.
(** Bernoulli's inequality for exponents up to 1. *)
Lemma bernoulli p u : 0 < p <= 1 -> 0 < u -> Rpower (1 + u) p <= 1 + p * u.
Proof.
  intros p0 u0. set (w := ln (1 + u)). unfold Rpower. fold w. assert (e : 1 + u = exp w) by (unfold w; rewrite exp_ln; lra).
  set (E := exp (p * w)). assert (E0 : 0 < E) by apply exp_pos.
  assert (a : exp w = E * exp ((1 - p) * w)) by (unfold E; rewrite <- exp_plus; f_equal; ring).
  assert (b : 1 = E * exp (- (p * w))) by (unfold E; rewrite <- exp_plus, Rplus_opp_r, exp_0; reflexivity).
  pose proof (exp_ineq1_le ((1 - p) * w)) as A. pose proof (exp_ineq1_le (- (p * w))) as B.
  replace (1 + p * u) with (p * exp w + (1 - p) * 1) by (rewrite <- e; ring). rewrite a.
  replace ((1 - p) * 1) with ((1 - p) * (E * exp (- (p * w)))) by (rewrite <- b; reflexivity).
  apply Rle_trans with (p * (E * (1 + (1 - p) * w)) + (1 - p) * (E * (1 + - (p * w)))); [right; ring|].
  apply Rplus_le_compat; (apply Rmult_le_compat_l; [lra|]; apply Rmult_le_compat_l; lra).
Qed.

(** Whole samples. Rounding down costs at most a factor near 1 in each error; for exponents up to 1 the share lost is at
    most exponent over number of samples. *)
Theorem whole_samples : forall A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew : R,
  (whole_samples_supposes A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew ->
    theorem_1_error A_dyn alpha A_rew beta D M_dyn M_rew <= whole_samples_bound A_dyn alpha A_rew beta D N_dyn N_rew M_dyn M_rew) /\
  (whole_samples_slow_supposes A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew ->
    theorem_1_error A_dyn alpha A_rew beta D M_dyn M_rew <= whole_samples_slow_bound A_dyn alpha A_rew beta D N_dyn N_rew M_dyn M_rew).
Proof.
  intros Ad al Ar be cd cr D x y x' y'.
  assert (W : whole_samples_supposes Ad al Ar be cd cr D x y x' y' ->
    theorem_1_error Ad al Ar be D x' y' <= whole_samples_bound Ad al Ar be D x y x' y').
  { intros S. unfold whole_samples_supposes in S. unfold theorem_1_error, whole_samples_bound.
    pose proof (rounded_law al x x' ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra)) as d.
    pose proof (rounded_law be y y' ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra)) as r.
    apply Rmult_le_compat_l with (r := Ad * D) in d; [|left; positive]. apply Rmult_le_compat_l with (r := Ar) in r; [|lra]. lra. }
  split; [exact W|]. intros S. eapply Rle_trans; [apply W; unfold whole_samples_slow_supposes, whole_samples_supposes in *; tauto|].
  unfold whole_samples_slow_supposes in S. unfold whole_samples_bound, whole_samples_slow_bound.
  pose proof (bernoulli al (/ x') ltac:(lra) ltac:(apply pos_inverse; lra)) as d. pose proof (bernoulli be (/ y') ltac:(lra) ltac:(apply pos_inverse; lra)) as r.
  apply Rplus_le_compat; apply Rmult_le_compat_l; auto; left; positive.
Qed.
(** One and a half of each, rounded to one of each. *)
Theorem whole_samples_instance : whole_samples_slow_supposes 1 1 1 1 1 1 1 (3/2) (3/2) 1 1.
Proof. unfold whole_samples_slow_supposes. lra. Qed.

(** ---- Bounds on the numbers ---- *)

(** At least so many. Where the best plan has too few of one kind, the fewest that are allowed are best, and the rest of
    the money is spent on the other kind. *)
Theorem fewest : forall A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew : R,
  fewest_dyn_supposes A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew \/
  fewest_rew_supposes A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew ->
  theorem_1_error A_dyn alpha A_rew beta D N_dyn N_rew <= theorem_1_error A_dyn alpha A_rew beta D M_dyn M_rew.
Proof.
  intros Ad al Ar be cd cr D x y x' y' [S | S]; [unfold fewest_dyn_supposes in S | unfold fewest_rew_supposes in S];
    destruct S as (? & ? & ? & ? & ? & ? & ? & ? & ? & ? & ? & f & w & c); apply moved; try lra;
    set (a := Ad * D * al * / x * Rpower x (-1 * al)) in *; set (b := Ar * be * / y * Rpower y (-1 * be)) in *;
    assert (a0 : 0 < a) by (unfold a; positive); assert (b0 : 0 < b) by (unfold b; positive);
    replace a with (a * / cd * cd) by (field; lra); replace b with (b * / cr * cr) by (field; lra);
    assert (0 < a * / cd) by positive; assert (0 < b * / cr) by positive.
  - assert (0 <= (b * / cr - a * / cd) * (cd * (x' - x))) by (apply Rmult_le_pos; [lra | apply Rmult_le_pos; lra]).
    assert (0 <= b * / cr * (cd * x + cr * y - (cd * x' + cr * y'))) by (apply Rmult_le_pos; lra). lra.
  - assert (0 <= (a * / cd - b * / cr) * (cr * (y' - y))) by (apply Rmult_le_pos; [lra | apply Rmult_le_pos; lra]).
    assert (0 <= a * / cd * (cd * x + cr * y - (cd * x' + cr * y'))) by (apply Rmult_le_pos; lra). lra.
Qed.
(** Both cases occur: at two and two dynamics are worth less where their multiplier is 1/4, rewards where it is 4. *)
Theorem fewest_instance : fewest_dyn_supposes 1 1 1 1 1 1 (1/4) 2 2 3 1 /\ fewest_rew_supposes 1 1 1 1 1 1 4 2 2 1 3.
Proof. unfold fewest_dyn_supposes, fewest_rew_supposes. rewrite minus_one, power_2. lra. Qed.

Lemma visited Ad al Ar be cd cr D x y x' y' : visited_supposes Ad al Ar be cd cr D x y x' y' ->
  theorem_1_error Ad al Ar be D x y <= theorem_1_error Ad al Ar be D x' y' /\
  ((x', y') <> (x, y) -> theorem_1_error Ad al Ar be D x y < theorem_1_error Ad al Ar be D x' y').
Proof.
  intros S. unfold visited_supposes in S. destruct S as (? & ? & ? & ? & ? & ? & ? & ? & ? & ? & ? & same & v & w & c).
  apply moved; try lra. set (a := Ad * D * al * / x * Rpower x (-1 * al)) in *. set (b := Ar * be * / y * Rpower y (-1 * be)) in *.
  assert (a0 : 0 < a) by (unfold a; positive). assert (b0 : 0 < b) by (unfold b; positive).
  set (k := (a + b) * / (cd + cr)). assert (k0 : 0 < k) by (unfold k; positive).
  assert (e : a + b = k * (cd + cr)) by (unfold k; field; lra).
  assert (n : 0 <= k * cd - a).
  { assert (h : a * cr <= b * cd).
    { apply Rmult_le_compat_r with (r := cd * cr) in w; [|left; positive]. replace (a * / cd * (cd * cr)) with (a * cr) in w by (field; lra).
      replace (b * / cr * (cd * cr)) with (b * cd) in w by (field; lra). exact w. }
    apply Rmult_le_reg_r with (cd + cr); [lra|]. replace ((k * cd - a) * (cd + cr)) with (k * (cd + cr) * cd - a * (cd + cr)) by ring. rewrite <- e. lra. }
  assert (0 <= (k * cd - a) * (x' - y')) by (apply Rmult_le_pos; lra).
  assert (0 <= k * (cd * x + cr * y - (cd * x' + cr * y'))) by (apply Rmult_le_pos; lra).
  assert (b * y' = k * (cd + cr) * y' - a * y') by (rewrite <- e; ring). assert (b * y = k * (cd + cr) * x - a * x) by (rewrite <- e, <- same; ring).
  assert (k * cr * y = k * cr * x) by (now rewrite same). lra.
Qed.

(** Labels only where one has been. Among plans with no more labels than transitions one errs less than every other
    that costs no more than the budget. It is the best plan of all if that has no more labels than transitions; if not,
    it labels every transition. *)
Theorem labels_where_visited : forall A_dyn alpha A_rew beta c_dyn c_rew D : R,
  (forall N_dyn N_rew M_dyn M_rew, visited_supposes A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew ->
    theorem_1_error A_dyn alpha A_rew beta D N_dyn N_rew <= theorem_1_error A_dyn alpha A_rew beta D M_dyn M_rew) /\
  forall B P_dyn P_rew, theorem_1_supposes A_dyn alpha A_rew beta c_dyn c_rew D B ->
    best_plan A_dyn alpha A_rew beta c_dyn c_rew D B P_dyn P_rew ->
    exists N_dyn N_rew, 0 < N_rew <= N_dyn /\ c_dyn * N_dyn + c_rew * N_rew = B /\
      (forall M_dyn M_rew, 0 < M_rew <= M_dyn -> c_dyn * M_dyn + c_rew * M_rew <= B -> (M_dyn, M_rew) <> (N_dyn, N_rew) ->
        theorem_1_error A_dyn alpha A_rew beta D N_dyn N_rew < theorem_1_error A_dyn alpha A_rew beta D M_dyn M_rew) /\
      (P_rew <= P_dyn -> (N_dyn, N_rew) = (P_dyn, P_rew)) /\
      (P_dyn < P_rew -> N_dyn = B / (c_dyn + c_rew) /\ N_rew = B / (c_dyn + c_rew)).
Proof.
  intros Ad al Ar be cd cr D. split; [intros; now apply (visited Ad al Ar be cd cr)|].
  intros B x y S P. apply best_iff in P; auto. destruct P as (x0 & y0 & c & s). destruct (Rle_or_lt y x) as [h | h].
  - exists x, y. repeat split; auto; try lra. intros x' y' v c' ne.
    apply (optimal Ad al Ar be cd cr D x y x' y'); auto. apply (plan_supposes Ad al Ar be cd cr D B); auto; lra.
  - assert (S' := S). unfold theorem_1_supposes in S'. set (n := B / (cd + cr)). assert (n0 : 0 < n) by (unfold n, Rdiv; positive).
    assert (e : (cd + cr) * n = B) by (unfold n; field; lra).
    assert (l1 : x < n). { apply Rmult_lt_reg_l with (cd + cr); [lra|]. rewrite e, <- c. assert (cr * x < cr * y) by (apply Rmult_lt_compat_l; lra). lra. }
    assert (l2 : n < y). { apply Rmult_lt_reg_l with (cd + cr); [lra|]. rewrite e, <- c. assert (cd * x < cd * y) by (apply Rmult_lt_compat_l; lra). lra. }
    assert (falls : forall u v p, 0 < u < v -> 0 < p -> Rpower v (- (1 + p)) < Rpower u (- (1 + p))).
    { intros u v p uv p0. rewrite !Rpower_Ropp. apply Rinv_lt_contravar; [apply pos_product; apply power_pos | apply power_less; lra]. }
    assert (w : Ad * D * al * / n * Rpower n (-1 * al) * / cd <= Ar * be * / n * Rpower n (-1 * be) * / cr).
    { rewrite (gain_d_power Ad al Ar be cd cr D B S n n0), (gain_r_power Ad al Ar be cd cr D B S n n0).
      rewrite (gain_d_power Ad al Ar be cd cr D B S x x0), (gain_r_power Ad al Ar be cd cr D B S y y0) in s.
      pose proof (falls x n al ltac:(lra) ltac:(lra)) as fx. pose proof (falls n y be ltac:(lra) ltac:(lra)) as fy.
      apply Rmult_lt_compat_l with (r := Ad * D * al * / cd) in fx; [|positive]. apply Rmult_lt_compat_l with (r := Ar * be * / cr) in fy; [|positive]. lra. }
    exists n, n. repeat split; auto; try lra. intros x' y' v c' ne. apply (visited Ad al Ar be cd cr D n n x' y'); auto.
    unfold visited_supposes. repeat split; auto; lra.
Qed.
(** Both cases occur: here two and one is best of all, and there one and two. *)
Theorem labels_where_visited_instance :
  (theorem_1_supposes 1 1 1 2 1 2 4 4 /\ best_plan 1 1 1 2 1 2 4 4 2 1) /\
  (theorem_1_supposes 1 2 1 1 2 1 (1/4) 4 /\ best_plan 1 2 1 1 2 1 (1/4) 4 1 2) /\
  visited_supposes 1 1 1 1 1 1 (1/4) 2 2 3 1.
Proof.
  assert (S : theorem_1_supposes 1 2 1 1 2 1 (1/4) 4) by (unfold theorem_1_supposes; lra).
  split; [apply two_and_one|]. split; [split; [exact S|]; apply best_iff; [exact S|]; repeat split; try lra |].
  - rewrite power_1, minus_one, power_2. lra.
  - unfold visited_supposes. rewrite minus_one, power_2. lra.
Qed.

(** ---- Samples that carry both labels ---- *)

Ltac plan S := destruct S as (? & ? & ? & ? & ? & ? & ? & ? & ? & ? & ? & ? & j0 & d0 & r0 & ed & er & S).

(** Joint samples. A transition with its reward costs c_joint. If that is no less than both apart, the best plan is
    Theorem 1's. If single samples are worth less than they cost, all are joint. Else every reward comes with a
    transition, or every transition with a reward, and Theorem 1 holds with the price that the one adds to the other.
    Each of these plans errs no more than any plan of single and joint samples that costs no more. The third is there to
    be bought only if it has no more rewards than transitions, the fourth if it has no fewer. *)
Theorem joint_samples : forall A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew c_joint joint single_dyn single_rew : R,
  joint_never_supposes A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew c_joint joint single_dyn single_rew \/
  joint_only_supposes A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew c_joint joint single_dyn single_rew \/
  joint_and_dynamics_supposes A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew c_joint joint single_dyn single_rew \/
  joint_and_rewards_supposes A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew c_joint joint single_dyn single_rew ->
  theorem_1_error A_dyn alpha A_rew beta D N_dyn N_rew <= theorem_1_error A_dyn alpha A_rew beta D M_dyn M_rew.
Proof.
  intros Ad al Ar be cd cr D x y x' y' cj J sd sr [S | [S | [S | S]]].
  - unfold joint_never_supposes in S. plan S. destruct S as (save & st & c). apply moved; try lra.
    set (a := Ad * D * al * / x * Rpower x (-1 * al)) in *. set (b := Ar * be * / y * Rpower y (-1 * be)) in *.
    assert (a0 : 0 < a) by (unfold a; positive). set (k := a * / cd) in *. assert (k0 : 0 < k) by (unfold k; positive).
    replace a with (k * cd) by (unfold k; field; lra). replace b with (k * cr) by (rewrite st; field; lra). rewrite ed, er.
    assert (0 <= k * (x * cd + y * cr - (J * cj + sd * cd + sr * cr))) by (apply Rmult_le_pos; lra).
    assert (0 <= k * (J * (cj - (cd + cr)))) by (apply Rmult_le_pos; [lra | apply Rmult_le_pos; lra]). lra.
  - unfold joint_only_supposes in S. plan S. destruct S as (same & ws & wr & c). apply moved; try lra. subst y.
    set (a := Ad * D * al * / x * Rpower x (-1 * al)) in *. set (b := Ar * be * / x * Rpower x (-1 * be)) in *.
    assert (a0 : 0 < a) by (unfold a; positive). assert (b0 : 0 < b) by (unfold b; positive).
    assert (ea : Ad * D * al * Rpower x (-1 * al) = a * x) by (unfold a; field; lra).
    assert (eb : Ar * be * Rpower x (-1 * be) = b * x) by (unfold b; field; lra).
    assert (ws' : a * cj <= cd * (a + b)).
    { apply Rmult_le_reg_r with x; [lra|]. replace (cd * (a + b) * x) with (cd * (b * x + a * x)) by ring. rewrite <- ea, <- eb.
      replace (a * cj * x) with (a * x * cj) by ring. rewrite <- ea. lra. }
    assert (wr' : b * cj <= cr * (a + b)).
    { apply Rmult_le_reg_r with x; [lra|]. replace (cr * (a + b) * x) with (cr * (b * x + a * x)) by ring. rewrite <- ea, <- eb.
      replace (b * cj * x) with (b * x * cj) by ring. rewrite <- eb. lra. }
    rewrite ed, er. apply Rmult_le_reg_r with cj; [lra|].
    assert (0 <= (cd * (a + b) - a * cj) * sd) by (apply Rmult_le_pos; lra). assert (0 <= (cr * (a + b) - b * cj) * sr) by (apply Rmult_le_pos; lra).
    assert (0 <= (a + b) * (x * cj - (J * cj + sd * cd + sr * cr))) by (apply Rmult_le_pos; lra). lra.
  - unfold joint_and_dynamics_supposes in S. plan S. destruct S as (save & st & c). apply moved; try lra.
    set (a := Ad * D * al * / x * Rpower x (-1 * al)) in *. set (b := Ar * be * / y * Rpower y (-1 * be)) in *.
    assert (a0 : 0 < a) by (unfold a; positive). set (k := a * / cd). assert (k0 : 0 < k) by (unfold k; positive).
    assert (ea : a = k * cd) by (unfold k; field; lra).
    assert (eb : b = k * (cj - cd)).
    { apply Rmult_eq_reg_r with (x * y * cd); [|apply Rgt_not_eq; positive]. unfold k, a, b.
      transitivity (Ar * x * be * cd * Rpower y (-1 * be)); [field; lra|]. rewrite <- st. field. lra. }
    rewrite ea, eb, ed, er. assert (0 <= k * (y * cj + cd * (x + -1 * y) - (J * cj + sd * cd + sr * cr))) by (apply Rmult_le_pos; lra).
    assert (0 <= k * (sr * (cd + cr - cj))) by (apply Rmult_le_pos; [lra | apply Rmult_le_pos; lra]). lra.
  - unfold joint_and_rewards_supposes in S. plan S. destruct S as (save & st & c). apply moved; try lra.
    set (a := Ad * D * al * / x * Rpower x (-1 * al)) in *. set (b := Ar * be * / y * Rpower y (-1 * be)) in *.
    assert (b0 : 0 < b) by (unfold b; positive). set (k := b * / cr). assert (k0 : 0 < k) by (unfold k; positive).
    assert (eb : b = k * cr) by (unfold k; field; lra).
    assert (ea : a = k * (cj - cr)).
    { apply Rmult_eq_reg_r with (x * y * cr); [|apply Rgt_not_eq; positive]. unfold k, a, b.
      transitivity (Ad * D * y * al * cr * Rpower x (-1 * al)); [field; lra|]. rewrite st. field. lra. }
    rewrite ea, eb, ed, er. assert (0 <= k * (x * cj + cr * (y + -1 * x) - (J * cj + sd * cd + sr * cr))) by (apply Rmult_le_pos; lra).
    assert (0 <= k * (sd * (cd + cr - cj))) by (apply Rmult_le_pos; [lra | apply Rmult_le_pos; lra]). lra.
Qed.
(** Every case occurs. *)
Theorem joint_samples_instance : joint_never_supposes 1 1 1 1 1 1 1 1 1 1 1 3 0 1 1 /\ joint_only_supposes 1 1 1 1 1 1 1 1 1 1 1 1 1 0 0 /\
  joint_and_dynamics_supposes 1 1 1 1 1 1 4 2 1 1 1 2 1 0 0 /\ joint_and_rewards_supposes 1 1 1 1 1 1 (1/4) 1 2 1 1 2 1 0 0.
Proof.
  unfold joint_never_supposes, joint_only_supposes, joint_and_dynamics_supposes, joint_and_rewards_supposes.
  rewrite minus_one, !power_1, power_2. lra.
Qed.
