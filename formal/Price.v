(** What a wrong multiplier costs: a bound for every price of money, the exact amount, and a closed form for equal
    exponents. *)
From Coq Require Import Reals Lra Psatz.
From Imagination Require Import Sums Bounds Allocation Spending.
Open Scope R_scope.

(** The tangent with [level] times the slope that a law has here, from here to there. *)
Definition kept p level here there := (1 + p) * Rpower level (p * / (1 + p)) - p * level * (there / here).

(** It touches the law at [level ^ (-1 / (1 + p))] times here. *)
Lemma tangent_from p level here there : 0 < p -> 0 < level -> 0 < here -> 0 < there ->
  Rpower here (- p) * kept p level here there <= Rpower there (- p) /\
  (level = Rpower (here / there) (1 + p) -> Rpower here (- p) * kept p level here there = Rpower there (- p)).
Proof.
  intros p0 l0 h0 t0. set (r := Rpower level (- / (1 + p))). assert (r0 : 0 < r) by apply power_pos. assert (c0 : 0 < r * here) by positive.
  assert (e1 : Rpower (r * here) (- p) = Rpower level (p * / (1 + p)) * Rpower here (- p)).
  { rewrite power_of_product by auto. f_equal. unfold r. rewrite Rpower_mult. f_equal. ring. }
  assert (e2 : Rpower level (p * / (1 + p)) = level * r).
  { unfold r. rewrite <- (Rpower_1 level l0) at 2. rewrite <- Rpower_plus. f_equal. field. lra. }
  assert (e : Rpower here (- p) * kept p level here there = Rpower (r * here) (- p) * (1 + p - p * (there / (r * here)))).
  { rewrite e1. unfold kept. rewrite e2. field. lra. }
  rewrite e. split; [now apply tangent|]. intros q.
  assert (touch : r * here = there).
  { unfold r. rewrite q, Rpower_mult. replace ((1 + p) * - / (1 + p)) with (- (1)) by (field; lra).
    assert (0 < here / there) by (unfold Rdiv; positive). rewrite Rpower_Ropp, Rpower_1 by auto. field. lra. }
  rewrite touch. field. lra.
Qed.

Section Misled.
Variables Ad al Ar be cd cr D x y x' y' m l : R.
Hypothesis S : price_supposes Ad al Ar be cd cr D x y x' y' m l.
Let X := Rpower x (-1 * al).
Let Y := Rpower y (-1 * be).

Lemma worth : al * (l * m) * (x' / x) * (Ad * D * X) + be * l * (y' / y) * (Ar * Y) <= al * (l * m) * (Ad * D * X) + be * l * (Ar * Y).
Proof.
  unfold price_supposes in S. destruct S as (? & ? & ? & ? & ? & ? & ? & ? & ? & ? & ? & ? & e & c & ?). fold X Y in e.
  set (k := Ar * be * / y * Y * / cr) in *. assert (k0 : 0 < k) by (unfold k, Y; positive).
  assert (a : al * m * (Ad * D * X) = k * cd * x) by (rewrite <- e; field; lra).
  assert (b : be * (Ar * Y) = k * cr * y) by (unfold k; field; lra).
  replace (al * (l * m) * (x' / x) * (Ad * D * X)) with (l * (x' / x) * (al * m * (Ad * D * X))) by ring.
  replace (be * l * (y' / y) * (Ar * Y)) with (l * (y' / y) * (be * (Ar * Y))) by ring.
  replace (al * (l * m) * (Ad * D * X)) with (l * (al * m * (Ad * D * X))) by ring. replace (be * l * (Ar * Y)) with (l * (be * (Ar * Y))) by ring.
  rewrite a, b. replace (l * (x' / x) * (k * cd * x) + l * (y' / y) * (k * cr * y)) with (l * k * (cd * x' + cr * y')) by (field; lra).
  replace (l * (k * cd * x) + l * (k * cr * y)) with (l * k * (cd * x + cr * y)) by ring. apply Rmult_le_compat_l; [left; positive | lra].
Qed.
Lemma bound_printed : price_bound Ad al Ar be D x y m l =
  Ad * D * X * (1 - (1 + al) * Rpower (l * m) (al * / (1 + al)) + al * (l * m)) + Ar * Y * (1 - (1 + be) * Rpower l (be * / (1 + be)) + be * l).
Proof. unfold price_bound. fold X Y. ring. Qed.
Lemma paid : price_paid Ad al Ar be D x y x' y' <= price_bound Ad al Ar be D x y m l.
Proof.
  rewrite bound_printed. pose proof worth as w. unfold price_supposes in S. assert (lm : 0 < l * m) by positive.
  destruct (tangent_from al (l * m) x x') as [d _]; try lra. destruct (tangent_from be l y y') as [r _]; try lra.
  unfold price_paid. fold X Y. rewrite <- !minus_one in d, r. fold X in d. fold Y in r. unfold kept in d, r.
  apply Rmult_le_compat_l with (r := Ad * D) in d; [|left; positive]. apply Rmult_le_compat_l with (r := Ar) in r; [|lra]. lra.
Qed.
Lemma factor_kept : price_factor_left Ad al Ar be D x y m l <= theorem_1_error Ad al Ar be D x' y'.
Proof.
  pose proof paid as p. rewrite bound_printed in p. unfold price_paid in p. unfold price_factor_left, theorem_1_error. fold X Y. fold X Y in p.
  unfold price_supposes in S. assert (X0 : 0 < Ad * D * X) by (unfold X; positive). assert (Y0 : 0 < Ar * Y) by (unfold Y; positive).
  set (u := Rpower (l * m) (al * / (1 + al)) * (1 + al) + -1 * al * l * m). set (v := Rpower l (be * / (1 + be)) * (1 + be) + -1 * be * l).
  pose proof (Rmult_le_compat_l _ _ _ (Rlt_le _ _ X0) (Rmin_l u v)). pose proof (Rmult_le_compat_l _ _ _ (Rlt_le _ _ Y0) (Rmin_r u v)). unfold u, v in *. lra.
Qed.
End Misled.

(** The price of a wrong multiplier. A plan that is optimal for [factor] times the multiplier errs more than any plan of
    its cost by at most a bound, for every price of money. At two prices only one of the errors is left in it, and for a
    multiplier that is too large the loss is less than the plan's own reward error. Of the error at least the smaller
    kept part remains for any plan of its cost. *)
Theorem price : forall A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew factor price : R,
  price_supposes A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew factor price ->
  price_paid A_dyn alpha A_rew beta D N_dyn N_rew M_dyn M_rew <= price_bound A_dyn alpha A_rew beta D N_dyn N_rew factor price /\
  price_paid A_dyn alpha A_rew beta D N_dyn N_rew M_dyn M_rew <= price_dyn_bound A_dyn alpha D N_dyn factor /\
  price_paid A_dyn alpha A_rew beta D N_dyn N_rew M_dyn M_rew <= price_rew_bound A_rew beta N_rew factor /\
  (1 <= factor -> price_rew_bound A_rew beta N_rew factor < eps_r A_rew beta N_rew) /\
  price_factor_left A_dyn alpha A_rew beta D N_dyn N_rew factor price <= theorem_1_error A_dyn alpha A_rew beta D M_dyn M_rew.
Proof.
  intros Ad al Ar be cd cr D x y x' y' m l S. assert (S' := S). unfold price_supposes in S'.
  assert (at_price : forall q, 0 < q -> price_supposes Ad al Ar be cd cr D x y x' y' m q) by (intros q q0; unfold price_supposes in *; tauto).
  split; [now apply (paid Ad al Ar be cd cr)|]. split; [|split; [|split]].
  - eapply Rle_trans; [apply (paid _ _ _ _ _ _ _ _ _ _ _ _ _ (at_price 1 Rlt_0_1))|]. right. rewrite bound_printed.
    rewrite power_1, Rmult_1_l. unfold price_dyn_bound. ring.
  - assert (q0 : 0 < / m) by (apply pos_inverse; lra). eapply Rle_trans; [apply (paid _ _ _ _ _ _ _ _ _ _ _ _ _ (at_price (/ m) q0))|]. right. rewrite bound_printed.
    rewrite (Rinv_l m), power_1, power_of_inverse by lra. unfold price_rew_bound. replace (-1 * be * / (1 + be)) with (- (be * / (1 + be))) by ring. ring.
  - intros m1. unfold price_rew_bound, eps_r. rewrite minus_one. set (Y := Ar * Rpower y (- be)). assert (Y0 : 0 < Y) by (unfold Y; positive).
    assert (k : / m <= Rpower m (- be * / (1 + be))).
    { rewrite <- (Rpower_1 m) at 1 by lra. rewrite <- Rpower_Ropp. apply Rle_Rpower; [exact m1|]. apply Ropp_le_cancel.
      replace (- (- be * / (1 + be))) with (1 - / (1 + be)) by (field; lra). pose proof (pos_inverse (1 + be) ltac:(lra)). lra. }
    pose proof (power_pos m (- be * / (1 + be))) as P. rewrite <- (Rmult_1_r Y) at 2. apply Rmult_lt_compat_l; [exact Y0|]. nra.
  - now apply (factor_kept Ad al Ar be cd cr).
Qed.
(** The plan of one and one is what somebody buys who believes in twice the multiplier; one and a half and one half
    cost as much. *)
Theorem price_instance : price_supposes 1 1 1 1 1 1 (1/2) 1 1 (3/2) (1/2) 2 1.
Proof. unfold price_supposes. rewrite !power_1. lra. Qed.

(** The price is exact. At the price that money has at the true optimum the bound is what is lost. *)
Theorem price_exact : forall A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew factor : R,
  price_exact_supposes A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew M_dyn M_rew factor ->
  price_paid A_dyn alpha A_rew beta D N_dyn N_rew M_dyn M_rew = price_exact_amount A_dyn alpha A_rew beta D N_dyn N_rew M_rew factor.
Proof.
  intros Ad al Ar be cd cr D x y x' y' m S. unfold price_exact_supposes in S.
  destruct S as (Ad0 & al0 & Ar0 & be0 & cd0 & cr0 & D0 & x0 & y0 & x1 & y1 & m0 & e & e' & c).
  set (l := Rpower (y * / y') (1 + be)). assert (l0 : 0 < l) by apply power_pos.
  assert (G : forall z p, 0 < z -> 0 < p -> / z * Rpower z (-1 * p) = Rpower z (- (1 + p))).
  { intros z p z0 p0. replace (- (1 + p)) with (-1 * p - 1) by ring. rewrite <- power_step by auto. unfold Rdiv. ring. }
  assert (lm : l * m = Rpower (x / x') (1 + al)).
  { assert (q : forall u v p, 0 < u -> 0 < v -> Rpower (u / v) (1 + p) = Rpower u (1 + p) * Rpower v (- (1 + p))).
    { intros. unfold Rdiv. rewrite power_of_product, power_of_inverse by positive. reflexivity. }
    rewrite (q x x' al x0 x1). unfold l. fold (y / y'). rewrite (q y y' be y0 y1).
    assert (f : m * Rpower x (- (1 + al)) * Rpower y' (- (1 + be)) = Rpower x' (- (1 + al)) * Rpower y (- (1 + be))).
    { rewrite <- !G by auto. set (X := / x * Rpower x (-1 * al)) in *. set (Y := / y * Rpower y (-1 * be)) in *.
      set (X' := / x' * Rpower x' (-1 * al)) in *. set (Y' := / y' * Rpower y' (-1 * be)) in *.
      assert (A : Ad * D * al * m * X * / cd = Ar * be * Y * / cr) by (unfold X, Y; rewrite <- !Rmult_assoc; exact e).
      assert (B : Ad * D * al * X' * / cd = Ar * be * Y' * / cr) by (unfold X', Y'; rewrite <- !Rmult_assoc; exact e').
      assert (k0 : 0 < Ad * D * al * / cd) by positive. assert (w0 : 0 < Ar * be * / cr) by positive.
      apply Rmult_eq_reg_l with ((Ad * D * al * / cd) * (Ar * be * / cr)); [|apply Rgt_not_eq; positive].
      transitivity ((Ad * D * al * m * X * / cd) * (Ar * be * Y' * / cr)); [ring|]. rewrite A, <- B. ring. }
    rewrite !Rpower_Ropp in *. pose proof (power_pos x (1 + al)). pose proof (power_pos y (1 + be)). pose proof (power_pos x' (1 + al)). pose proof (power_pos y' (1 + be)).
    apply Rmult_eq_reg_r with (/ Rpower x (1 + al) * / Rpower y (1 + be)); [|apply Rgt_not_eq; positive].
    transitivity (m * / Rpower x (1 + al) * / Rpower y' (1 + be)); [field; lra|]. rewrite f. field. lra. }
  destruct (tangent_from al (l * m) x x') as [_ d]; try lra; [positive|]. destruct (tangent_from be l y y') as [_ r]; try lra.
  specialize (d lm). specialize (r eq_refl). unfold kept in d, r.
  assert (p : Rpower (y * / y') be = Rpower l (be * / (1 + be))).
  { unfold l. rewrite Rpower_mult. f_equal. field. lra. }
  unfold price_exact_amount, price_paid. rewrite p. fold l. rewrite (Rmult_comm m l). rewrite !minus_one in *.
  set (X := Rpower x (- al)) in *. set (Y := Rpower y (- be)) in *. rewrite <- d, <- r.
  set (k := Ar * be * / y * Y * / cr) in *.
  assert (a : al * m * (Ad * D * X) = k * cd * x) by (rewrite <- e; field; lra). assert (b : be * (Ar * Y) = k * cr * y) by (unfold k; field; lra).
  assert (h1 : Ad * D * X * al * (l * m) * (x' / x) = l * k * (cd * x')).
  { replace (Ad * D * X * al * (l * m) * (x' / x)) with (l * (x' / x) * (al * m * (Ad * D * X))) by ring. rewrite a. field. lra. }
  assert (h2 : Ad * D * X * al * (l * m) = l * k * (cd * x)) by (replace (Ad * D * X * al * (l * m)) with (l * (al * m * (Ad * D * X))) by ring; rewrite a; ring).
  assert (h3 : Ar * Y * be * l * (y' / y) = l * k * (cr * y')).
  { replace (Ar * Y * be * l * (y' / y)) with (l * (y' / y) * (be * (Ar * Y))) by ring. rewrite b. field. lra. }
  assert (h4 : Ar * Y * be * l = l * k * (cr * y)) by (replace (Ar * Y * be * l) with (l * (be * (Ar * Y))) by ring; rewrite b; ring).
  assert (money : l * k * (cd * x') + l * k * (cr * y') = l * k * (cd * x) + l * k * (cr * y)) by (rewrite <- !Rmult_plus_distr_l; f_equal; lra).
  lra.
Qed.
(** One and one is optimal for the multiplier 1; with the factor 1 nothing is misled, with 4 the plan is 4/3 and 2/3. *)
Theorem price_exact_instance : price_exact_supposes 1 1 1 1 1 1 1 (4/3) (2/3) 1 1 4.
Proof.
  unfold price_exact_supposes. rewrite !power_1, !minus_one. repeat split; try lra.
  rewrite !Rpower_Ropp, !Rpower_1 by lra. lra.
Qed.

(** The price for equal exponents. What the misled plan errs, over the least error, in closed form. *)
Theorem price_equal_exponents : forall A_dyn alpha A_rew c_dyn c_rew D N_dyn N_rew M_dyn M_rew factor odds : R,
  price_equal_exponents_supposes A_dyn alpha A_rew c_dyn c_rew D N_dyn N_rew M_dyn M_rew factor odds ->
  price_equal_exponents_left A_dyn alpha A_rew D N_dyn N_rew M_dyn M_rew = price_equal_exponents_right alpha factor odds.
Proof.
  intros Ad al Ar cd cr D x y x' y' m o S. unfold price_equal_exponents_supposes in S.
  destruct S as (Ad0 & al0 & Ar0 & cd0 & cr0 & D0 & x0 & y0 & x1 & y1 & m0 & o0 & e & e' & c & q).
  set (s := Rpower m (/ (1 + al))). assert (s0 : 0 < s) by apply power_pos.
  assert (G : forall z, 0 < z -> / z * Rpower z (-1 * al) = / Rpower z (1 + al)).
  { intros z z0. rewrite <- Rpower_Ropp. replace (- (1 + al)) with (-1 * al - 1) by ring. rewrite <- power_step by auto. unfold Rdiv. ring. }
  assert (ms : m = Rpower s (1 + al)) by (unfold s; rewrite Rpower_mult; replace (/ (1 + al) * (1 + al)) with 1 by (field; lra); now rewrite Rpower_1).
  (* the quotient of the samples is s times what it is at the optimum *)
  assert (stretch : x * y' = s * x' * y).
  { assert (f : Rpower (x * y') (1 + al) = Rpower (s * x' * y) (1 + al)).
    { rewrite !power_of_product by positive. rewrite <- ms.
      pose proof (power_pos x (1 + al)). pose proof (power_pos y (1 + al)). pose proof (power_pos x' (1 + al)). pose proof (power_pos y' (1 + al)).
      assert (A : Ad * D * al * m * / Rpower x (1 + al) * / cd = Ar * al * / Rpower y (1 + al) * / cr) by (rewrite <- !G by auto; lra).
      assert (B : Ad * D * al * / Rpower x' (1 + al) * / cd = Ar * al * / Rpower y' (1 + al) * / cr) by (rewrite <- !G by auto; lra).
      set (a := Rpower x (1 + al)) in *. set (b := Rpower y (1 + al)) in *. set (a' := Rpower x' (1 + al)) in *. set (b' := Rpower y' (1 + al)) in *.
      assert (A' : Ad * D * m * cr * b = Ar * cd * a).
      { apply Rmult_eq_reg_r with (al * / a * / b * / cd * / cr); [|apply Rgt_not_eq; positive].
        transitivity (Ad * D * al * m * / a * / cd); [field; lra | rewrite A; field; lra]. }
      assert (B' : Ad * D * cr * b' = Ar * cd * a').
      { apply Rmult_eq_reg_r with (al * / a' * / b' * / cd * / cr); [|apply Rgt_not_eq; positive].
        transitivity (Ad * D * al * / a' * / cd); [field; lra | rewrite B; field; lra]. }
      assert (k0 : 0 < Ar * cd) by positive.
      apply Rmult_eq_reg_l with (Ar * cd); [|lra]. transitivity (Ar * cd * a * b'); [ring|]. rewrite <- A'.
      transitivity (m * b * (Ad * D * cr * b')); [ring | rewrite B'; ring]. }
    apply (f_equal (fun z => Rpower z (/ (1 + al)))) in f. rewrite !power_root in f by (try lra; positive). exact f. }
  set (r := (1 + o) / (1 + o * s)). assert (os : 0 < o * s) by positive. assert (r0 : 0 < r) by (unfold r, Rdiv; positive).
  assert (O : o * (cr * y') = cd * x') by (rewrite q; field; lra).
  assert (ey : y = r * y').
  { assert (h : (1 + o * s) * (cr * y) = (1 + o) * (cr * y')).
    { assert (cr * y * (o * s) = cd * x); [|lra]. apply Rmult_eq_reg_r with y'; [|lra].
      transitivity (s * y * (o * (cr * y'))); [ring|]. rewrite O. transitivity (cd * (s * x' * y)); [ring|]. rewrite <- stretch. ring. }
    apply Rmult_eq_reg_l with ((1 + o * s) * cr); [|apply Rgt_not_eq; apply pos_product; lra]. rewrite Rmult_assoc, h. unfold r. field. lra. }
  assert (ex : x = s * r * x') by (apply Rmult_eq_reg_r with y'; [rewrite stretch, ey; ring | lra]).
  set (V := Ar * Rpower y' (-1 * al)). assert (V0 : 0 < V) by (unfold V; positive).
  assert (U : Ad * D * Rpower x' (-1 * al) = o * V).
  { unfold V. apply Rmult_eq_reg_r with (al * / x' * / cd); [|apply Rgt_not_eq; positive].
    transitivity (Ad * D * al * / x' * Rpower x' (-1 * al) * / cd); [ring|]. rewrite e'.
    transitivity (Ar * Rpower y' (-1 * al) * al * / (cr * y')); [field; lra|]. replace (cr * y') with (cd * x' * / o) by (rewrite <- O; field; lra). field. lra. }
  unfold price_equal_exponents_left, price_equal_exponents_right. fold s. rewrite ex, ey. rewrite !(power_of_product _ _ (-1 * al)) by positive.
  replace (Rpower m (-1 * al * / (1 + al))) with (Rpower s (-1 * al)) by (unfold s; rewrite Rpower_mult; f_equal; ring).
  replace (/ (1 + o) * (1 + o * s)) with (/ r) by (unfold r; field; lra). rewrite power_of_inverse by auto. rewrite <- (minus_one al). fold V.
  set (R' := Rpower r (-1 * al)). set (Z := Rpower s (-1 * al)).
  replace (Ar * (R' * Rpower y' (-1 * al)) + Ad * D * (Z * R' * Rpower x' (-1 * al))) with (R' * (Ar * Rpower y' (-1 * al)) + R' * Z * (Ad * D * Rpower x' (-1 * al))) by ring.
  rewrite U. fold V. assert (0 < o * V) by positive. field. lra.
Qed.
(** One and one is optimal, and whoever believes in four times the multiplier buys 4/3 and 2/3. *)
Theorem price_equal_exponents_instance : price_equal_exponents_supposes 1 1 1 1 1 1 (4/3) (2/3) 1 1 4 1.
Proof.
  unfold price_equal_exponents_supposes. rewrite !power_1, !minus_one. repeat split; try lra.
  rewrite !Rpower_Ropp, !Rpower_1 by lra. lra.
Qed.
