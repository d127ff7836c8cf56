(** Splitting a budget between dynamics samples and reward labels: Theorem 1 of the paper. The best split exists, is
    unique among all plans that cost no more, and has the paper's ratio. *)
From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds.
Open Scope R_scope.

(** A power law lies above its tangents, and strictly above away from the point of contact. *)
Lemma tangent p x y : 0 < p -> 0 < x -> 0 < y -> Rpower x (-p) * (1 + p - p * (y / x)) <= Rpower y (-p) /\
  (y <> x -> Rpower x (-p) * (1 + p - p * (y / x)) < Rpower y (-p)).
Proof.
  intros p0 x0 y0. set (h := ln y - ln x).
  assert (Hy : y / x = exp h) by (unfold h, Rminus; rewrite exp_plus, exp_Ropp, !exp_ln; auto).
  assert (Hp : Rpower y (-p) = Rpower x (-p) * exp (- p * h)).
  { unfold Rpower, h. rewrite <- exp_plus. f_equal. ring. }
  assert (0 < Rpower x (-p)) by apply exp_pos. rewrite Hp, Hy.
  pose proof (exp_ineq1_le h). pose proof (exp_ineq1_le (- p * h)). split; [apply Rmult_le_compat_l; nra|].
  intros ne. assert (h0 : h <> 0). { unfold h; intros e. apply ne, ln_inv; auto. lra. }
  pose proof (exp_ineq1 h h0). apply Rmult_lt_compat_l; nra.
Qed.

Section Split.
Variables Ad al Ar be cd cr B D : R.
Hypotheses (Ad0 : 0 < Ad) (al0 : 0 < al) (Ar0 : 0 < Ar) (be0 : 0 < be) (cd0 : 0 < cd) (cr0 : 0 < cr) (B0 : 0 < B) (D0 : 0 < D).
Definition eps_d x := Ad * Rpower x (- al).
Definition eps_r y := Ar * Rpower y (- be).
Definition err x y := D * eps_d x + eps_r y.
Definition stationary x y := al * D * eps_d x / (cd * x) = be * eps_r y / (cr * y).

Lemma stationary_best x y x' y' : 0 < x -> 0 < y -> 0 < x' -> 0 < y' -> stationary x y -> cd * x' + cr * y' <= cd * x + cr * y ->
  (x', y') <> (x, y) -> err x y < err x' y'.
Proof.
  intros hx hy hx' hy' st cost ne. unfold stationary, err, eps_d, eps_r in *.
  pose proof (tangent al x x' al0 hx hx') as [tx sx]. pose proof (tangent be y y' be0 hy hy') as [ty sy].
  set (X := Rpower x (- al)) in *. set (Y := Rpower y (- be)) in *.
  assert (X0 : 0 < X) by apply exp_pos. assert (Y0 : 0 < Y) by apply exp_pos.
  set (l := al * D * (Ad * X) / (cd * x)) in *.
  assert (ex : D * Ad * (X * (1 + al - al * (x' / x))) = D * Ad * X + l * cd * (x - x')) by (unfold l; field; lra).
  assert (ey : Ar * (Y * (1 + be - be * (y' / y))) = Ar * Y + l * cr * (y - y')) by (rewrite st; field; lra).
  assert (l0 : 0 < l). { unfold l. apply Rdiv_lt_0_compat; [|nra]. repeat apply Rmult_lt_0_compat; auto. }
  assert (0 <= l * cd * (x - x') + l * cr * (y - y')) by nra.
  assert (DA : 0 < D * Ad) by nra.
  destruct (Req_dec x' x) as [e|e].
  - assert (y' <> y) by (intros e'; apply ne; now rewrite e, e'). specialize (sy H0).
    apply Rmult_lt_compat_l with (r := Ar) in sy; auto. apply Rmult_le_compat_l with (r := D * Ad) in tx; lra.
  - specialize (sx e). apply Rmult_lt_compat_l with (r := D * Ad) in sx; auto. apply Rmult_le_compat_l with (r := Ar) in ty; lra.
Qed.

(* u is the log-odds of the dynamics' share of the budget *)
Let C := ln (al * D * Ad / cd) - ln (be * Ar / cr) - (al + 1) * ln (B / cd) + (be + 1) * ln (B / cr).
Let phi u := (al + 1) * (u - ln (1 + exp u)) + (be + 1) * ln (1 + exp u) - C.

Lemma phi_root : exists u, phi u = 0.
Proof.
  assert (L : forall u, 0 < 1 + exp u) by (intros u; pose proof (exp_pos u); lra).
  assert (cont : continuity phi).
  { intros u. apply continuity_pt_filterlim, (ex_derive_continuous (V := R_NormedModule)). unfold phi. auto_derive; auto. }
  assert (l2 : 0 < ln 2) by (rewrite <- ln_1; apply ln_increasing; lra).
  set (M := (Rabs C + (al + 1) * ln 2 + (be + 1) * ln 2 + 1)).
  assert (aC : - Rabs C <= C <= Rabs C) by (split; [apply Rabs_maj2 in C || (pose proof (Rle_abs (- C)); rewrite Rabs_Ropp in *; lra) | apply Rle_abs]).
  assert (M0 : 0 < M) by (unfold M; pose proof (Rabs_pos C); nra).
  destruct (IVT phi (- M) M) as (u & _ & e); auto; [lra | | | now exists u].
  - assert (0 <= ln (1 + exp (- M)) <= ln 2).
    { split; [rewrite <- ln_1; apply Rcomplements.ln_le; pose proof (exp_pos (- M)); lra|].
      apply Rcomplements.ln_le; [apply L|]. assert (exp (- M) < exp 0) by (apply exp_increasing; lra). rewrite exp_0 in *; lra. }
    unfold phi. set (w := ln (1 + exp (- M))) in *. assert (0 <= al * M) by nra.
    assert ((al + 1) * (- M - w) <= - M) by nra.
    assert ((be + 1) * w <= (be + 1) * ln 2) by nra. assert (0 < (al + 1) * ln 2) by nra. unfold M in *; lra.
  - assert (M <= ln (1 + exp M) <= M + ln 2).
    { split; [rewrite <- (ln_exp M) at 1; apply Rcomplements.ln_le; [apply exp_pos | lra]|].
      replace (M + ln 2) with (ln (exp M * 2)) by (rewrite ln_mult, ln_exp; [lra | apply exp_pos | lra]). apply Rcomplements.ln_le; [apply L|].
      assert (exp 0 < exp M) by (apply exp_increasing; lra). rewrite exp_0 in *; lra. }
    unfold phi. set (w := ln (1 + exp M)) in *.
    assert ((al + 1) * (M - w) >= - ((al + 1) * ln 2)) by nra.
    assert ((be + 1) * w >= (be + 1) * M) by nra. assert (0 <= be * M) by nra. assert (0 < (be + 1) * ln 2) by nra. unfold M in *; lra.
Qed.

Lemma stationary_exists : exists x y, 0 < x /\ 0 < y /\ cd * x + cr * y = B /\ stationary x y.
Proof.
  destruct phi_root as [u e]. pose proof (exp_pos u) as eu.
  set (x := B / cd * (exp u / (1 + exp u))). set (y := B / cr * (1 / (1 + exp u))).
  assert (x0 : 0 < x) by (unfold x; apply Rmult_lt_0_compat; apply Rdiv_lt_0_compat; lra).
  assert (y0 : 0 < y) by (unfold y; apply Rmult_lt_0_compat; apply Rdiv_lt_0_compat; lra).
  exists x, y. repeat split; auto; [unfold x, y; field; lra|].
  assert (lx : ln x = ln (B / cd) + (u - ln (1 + exp u))).
  { unfold x, Rdiv at 2. rewrite !ln_mult, ln_Rinv, ln_exp by (try apply Rinv_0_lt_compat; try (apply Rmult_lt_0_compat; [|apply Rinv_0_lt_compat]); lra). ring. }
  assert (ly : ln y = ln (B / cr) - ln (1 + exp u)).
  { unfold y, Rdiv at 2. rewrite Rmult_1_l, ln_mult, ln_Rinv by (try apply Rinv_0_lt_compat; try (apply Rdiv_lt_0_compat); lra). ring. }
  assert (q : forall k a z, 0 < a -> 0 < z -> a * Rpower z k / z = exp (ln a + (k - 1) * ln z)).
  { intros k a z a0 z0. unfold Rpower, Rdiv. rewrite <- (exp_ln a a0) at 1. rewrite <- (exp_ln z z0) at 2. rewrite <- exp_Ropp, <- !exp_plus. f_equal. ring. }
  unfold stationary, eps_d, eps_r.
  replace (al * D * (Ad * Rpower x (- al)) / (cd * x)) with (al * D * Ad / cd * Rpower x (- al) / x) by (field; lra).
  replace (be * (Ar * Rpower y (- be)) / (cr * y)) with (be * Ar / cr * Rpower y (- be) / y) by (field; lra).
  rewrite !q by (auto; apply Rdiv_lt_0_compat; repeat apply Rmult_lt_0_compat; auto). f_equal. rewrite lx, ly. unfold phi, C in e. lra.
Qed.

Lemma best_split : exists x y, 0 < x /\ 0 < y /\ cd * x + cr * y = B /\
  x / y = al / be * D * (cr / cd) * (eps_d x / eps_r y) /\ cd * x / (cr * y) = al * (D * eps_d x) / (be * eps_r y) /\
  forall x' y', 0 < x' -> 0 < y' -> cd * x' + cr * y' <= B -> (x', y') <> (x, y) -> err x y < err x' y'.
Proof.
  destruct stationary_exists as (x & y & x0 & y0 & c & s). exists x, y.
  assert (ratio : x / y = al / be * D * (cr / cd) * (eps_d x / eps_r y)).
  { assert (b0 : 0 < eps_r y) by (unfold eps_r; apply Rmult_lt_0_compat; [exact Ar0 | apply exp_pos]).
    unfold stationary in s. set (a := eps_d x) in *. set (b := eps_r y) in *. clearbody a b.
    assert (bb : 0 < be * b * cd) by (repeat apply Rmult_lt_0_compat; auto).
    assert (s' : al * D * a * (cr * y) = be * b * (cd * x)).
    { apply Rmult_eq_reg_r with (/ (cd * x) * / (cr * y)).
      - transitivity (al * D * a / (cd * x)); [field; lra | rewrite s; field; lra].
      - apply Rmult_integral_contrapositive_currified; apply Rinv_neq_0_compat; nra. }
    transitivity (be * b * (cd * x) / (be * b * cd * y)); [field; lra | rewrite <- s'; field; lra]. }
  assert (b0 : 0 < eps_r y) by (unfold eps_r; apply Rmult_lt_0_compat; [exact Ar0 | apply exp_pos]). repeat split; auto.
  - transitivity (cd / cr * (x / y)); [field; lra | rewrite ratio; field; lra].
  - intros x' y' hx hy hc ne. apply stationary_best; auto. lra.
Qed.
End Split.

(** The ratio of Theorem 1 as the page writes it, with eps_dyn = A_dyn N_dyn^(-alpha) and eps_rew = A_rew N_rew^(-beta). *)
Lemma theorem_1_readable A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew : 0 < A_rew -> 0 < beta -> 0 < c_dyn ->
  theorem_1_ratio A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew =
  alpha / beta * D * (c_rew / c_dyn) * (eps_d A_dyn alpha N_dyn / eps_r A_rew beta N_rew).
Proof.
  intros. unfold theorem_1_ratio, eps_d, eps_r. replace (-1 * alpha) with (- alpha) by ring.
  pose proof (Rpower_Ropp N_rew (- beta)) as q. rewrite Ropp_involutive in q. rewrite q.
  assert (0 < Rpower N_rew (- beta)) by apply exp_pos. field. repeat split; lra.
Qed.
(** So is the error to minimise. *)
Lemma error_readable A_dyn alpha A_rew beta D N_dyn N_rew :
  theorem_1_error A_dyn alpha A_rew beta D N_dyn N_rew = D * eps_d A_dyn alpha N_dyn + eps_r A_rew beta N_rew.
Proof. unfold theorem_1_error, eps_d, eps_r. replace (-1 * alpha) with (- alpha) by ring. replace (-1 * beta) with (- beta) by ring. ring. Qed.

(** The multiplier. What is minimised is Lemma 1's bound: with D = gamma L_r (1 + L_pi) / (1 - gamma L) they differ by a factor. *)
Theorem error_is_lemma_1 gamma L_f L_r L_pi A_dyn alpha A_rew beta N_dyn N_rew : multiplier_supposes gamma L_f L_r L_pi ->
  theorem_1_error A_dyn alpha A_rew beta (theorem_1_multiplier gamma L_f L_r L_pi) N_dyn N_rew =
  (1 - gamma) * lemma_1_bound gamma L_f L_r L_pi (eps_d A_dyn alpha N_dyn) (eps_r A_rew beta N_rew).
Proof.
  intros S. unfold multiplier_supposes in S. rewrite error_readable. unfold lemma_1_bound, theorem_1_multiplier. field. lra.
Qed.

(** It speaks of something: constants with a positive multiplier. *)
Theorem error_is_lemma_1_instance : multiplier_supposes (1/2) (1/2) 1 1 /\ 0 < theorem_1_multiplier (1/2) (1/2) 1 1.
Proof. unfold multiplier_supposes, theorem_1_multiplier. lra. Qed.

(** Theorem 1. For positive amplitudes, exponents, costs, multiplier and budget there is a plan that spends the whole
    budget and errs less than every other plan that costs no more; no second plan errs as little. Its ratio of sample
    counts is (alpha / beta) D (c_rew / c_dyn) (eps_dyn / eps_rew): it spends in proportion to exponent times
    remaining error. *)
Theorem theorem_1 : forall A_dyn alpha A_rew beta c_dyn c_rew D B : R,
  theorem_1_supposes A_dyn alpha A_rew beta c_dyn c_rew D B ->
  exists N_dyn N_rew : R, theorem_1_plan A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew B /\
    (forall M_dyn M_rew : R, 0 < M_dyn -> 0 < M_rew -> c_dyn * M_dyn + c_rew * M_rew <= B ->
      (M_dyn, M_rew) <> (N_dyn, N_rew) ->
      theorem_1_error A_dyn alpha A_rew beta D N_dyn N_rew < theorem_1_error A_dyn alpha A_rew beta D M_dyn M_rew) /\
    N_dyn / N_rew = theorem_1_ratio A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew /\
    c_dyn * N_dyn / (c_rew * N_rew) = theorem_1_spending A_dyn alpha A_rew beta D N_dyn N_rew.
Proof.
  intros Ad al Ar be cd cr D B N. unfold theorem_1_supposes in N.
  destruct (best_split Ad al Ar be cd cr B D ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra))
    as (x & y & x0 & y0 & c & q & s & best).
  exists x, y. split; [unfold theorem_1_plan; lra|]. split; [|split].
  - intros x' y' hx hy hc ne. rewrite !error_readable. apply (best x' y'); auto.
  - rewrite theorem_1_readable by lra. exact q.
  - rewrite s. unfold theorem_1_spending, eps_d, eps_r. replace (-1 * al) with (- al) by ring.
    pose proof (Rpower_Ropp y (- be)) as e. rewrite Ropp_involutive in e. rewrite e.
    assert (0 < Rpower y (- be)) by apply exp_pos. field. repeat split; lra.
Qed.

(** So every plan that is best among those that cost no more than the budget is this one, and has the ratio. *)
Corollary theorem_1_every_minimiser : forall A_dyn alpha A_rew beta c_dyn c_rew D B N_dyn N_rew : R,
  theorem_1_supposes A_dyn alpha A_rew beta c_dyn c_rew D B -> 0 < N_dyn -> 0 < N_rew -> c_dyn * N_dyn + c_rew * N_rew <= B ->
  (forall M_dyn M_rew, 0 < M_dyn -> 0 < M_rew -> c_dyn * M_dyn + c_rew * M_rew <= B ->
    theorem_1_error A_dyn alpha A_rew beta D N_dyn N_rew <= theorem_1_error A_dyn alpha A_rew beta D M_dyn M_rew) ->
  c_dyn * N_dyn + c_rew * N_rew = B /\ N_dyn / N_rew = theorem_1_ratio A_dyn alpha A_rew beta c_dyn c_rew D N_dyn N_rew.
Proof.
  intros Ad al Ar be cd cr D B x y N x0 y0 c best. destruct (theorem_1 _ _ _ _ _ _ _ _ N) as (x' & y' & P & less & q & _).
  unfold theorem_1_plan in P.
  assert (same : (x, y) = (x', y')).
  { destruct (Req_dec x x') as [ex | nx]; [destruct (Req_dec y y') as [ey | ny]; [congruence|]|].
    - assert (ne : (x, y) <> (x', y')) by congruence. pose proof (less x y x0 y0 c ne). specialize (best x' y' ltac:(lra) ltac:(lra) ltac:(lra)). lra.
    - assert (ne : (x, y) <> (x', y')) by congruence. pose proof (less x y x0 y0 c ne). specialize (best x' y' ltac:(lra) ltac:(lra) ltac:(lra)). lra. }
  injection same as -> ->. split; [lra | exact q].
Qed.

(** The hypotheses of Theorem 1 hold somewhere: they ask for positive numbers. *)
Theorem theorem_1_instance : theorem_1_supposes 1 (1/2) 2 (1/3) 1 5 4 1000.
Proof. unfold theorem_1_supposes. lra. Qed.
