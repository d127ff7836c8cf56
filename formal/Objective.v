(** What to pay for a label when everything counts: the variance that rollouts have without noise, and what they cost
    before they are labelled. And up to how many rollouts a bias is worth it. *)
From Coq Require Import Reals List Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Laws Rollouts Noise Bias.
Import ListNotations.
Open Scope R_scope.

(** ---- What a budget buys ---- *)

(** What noise of variance 1 adds to one rollout's estimate. *)
Definition noise_factor_of W gamma weight H := sum H (fun t => (weight ^ 2) ^ t * even gamma (H - t) * score_moment W t).

Lemma quiet_moments : forall x : R, two_moments (fun F => F 0) 0.
Proof. intros _. split; [auto | intros; ring]. Qed.
(** An average of K has a K-th of one rollout's variance. *)
Lemma average_of W u N gamma weight sigma H K : proper W -> (forall x a, two_moments (N x a) sigma) -> (1 <= K)%nat ->
  estimate_variance W u N gamma weight H K = rollout_variance W u N gamma weight H / INR K.
Proof.
  intros P M K1. unfold estimate_variance, estimate_mean, rollout_variance, Rdiv.
  rewrite (Rmult_comm (sum _ _)), <- sum_scal. apply sum_ext. intros j jd.
  rewrite variance_of_average by (auto; now apply (episode_second_order W P u N sigma M)). unfold Rdiv. ring.
Qed.
Lemma variance_split W u N gamma weight sigma H K : proper W -> (forall x a, two_moments (N x a) sigma) -> (1 <= K)%nat ->
  estimate_variance W u N gamma weight H K =
  average_variance (rollout_variance W u quiet gamma weight H) (noise_factor_of W gamma weight H) (sigma ^ 2) (INR K).
Proof.
  intros P M K1. pose proof (exact_by_score W P u N sigma M gamma weight H K K1) as E.
  rewrite (average_of W u quiet gamma weight 0 H K P (fun _ _ => quiet_moments 0) K1) in E.
  assert (INR K <> 0) by (apply not_0_INR; lia).
  unfold average_variance. fold (noise_factor_of W gamma weight H) in E. unfold Rdiv in E. lra.
Qed.

Lemma plus_minus_1 : two_moments (E [(1/2, 1); (1/2, - (1))]) 1.
Proof.
  apply finite_noise; [|simpl; field | simpl; field]. split; [|simpl; field]. intros q e [h|[h|[]]]; injection h as <- _; lra.
Qed.
Lemma factor_is_exact W gamma H : proper W ->
  noise_factor_of W gamma 1 H = theorem_2_added (eligibility W gamma) 1 H 1 /\
  noise_factor_of W gamma gamma H = noise_discounted_added (eligibility_discounted W) gamma 1 H 1.
Proof.
  intros P. set (u := fun (_ : state W) (_ : action W) => 0). set (N := (fun _ _ => E [(1/2, 1); (1/2, - (1))]) : noise W).
  assert (M : forall x a, two_moments (N x a) 1) by (intros; apply plus_minus_1).
  destruct (exact_noise W u N gamma 1 H 1 P M (le_n 1)) as [one discounted]. rewrite <- one, <- discounted.
  assert (q : forall w, estimate_variance W u N gamma w H 1 - estimate_variance W u quiet gamma w H 1 = noise_factor_of W gamma w H).
  { intros w. rewrite (variance_split W u N gamma w 1 H 1 P M (le_n 1)), (average_of W u quiet gamma w 0 H 1 P (fun _ _ => quiet_moments 0) (le_n 1)).
    unfold average_variance. simpl INR. field. }
  now rewrite !q.
Qed.

(** ---- The power law ---- *)
Section Power.
Variables V k A p fixed : R.
Hypotheses (V0 : 0 <= V) (k0 : 0 <= k) (A0 : 0 < A) (p0 : 0 < p) (f0 : 0 <= fixed).
Let Psi c := power_objective c fixed V k A p.
Let slope c := slope_right c fixed V k A p.

Lemma exp_above x : 1 + x <= exp x. Proof. apply exp_ineq1_le. Qed.
Lemma exp_over x : x <> 0 -> 1 + x < exp x. Proof. apply exp_ineq1. Qed.
(** On a logarithmic axis the objective is a sum of exponentials. *)
Lemma along_log b t : 0 < b -> let P := Rpower b (-1 * p) in
  Psi (b * exp t) = V * fixed + V * b * exp t + k * A * P * fixed * exp (- p * t) + k * A * P * b * exp ((1 - p) * t).
Proof.
  intros b0 P. unfold Psi, power_objective. assert (e : Rpower (b * exp t) (-1 * p) = P * exp (- p * t)).
  { unfold P, Rpower. rewrite ln_mult, ln_exp, <- exp_plus by (auto using exp_pos). f_equal. ring. }
  rewrite e. replace ((1 - p) * t) with (t + - p * t) by ring. rewrite (exp_plus t). ring.
Qed.
(** It lies above its tangents there. *)
Lemma above_tangent b c : 0 < b -> 0 < c -> Psi b + slope b * ln (c / b) <= Psi c /\
  (c <> b -> 0 < V \/ 0 < k * fixed -> Psi b + slope b * ln (c / b) < Psi c).
Proof.
  intros b0 c0. set (t := ln (c / b)). assert (q : 0 < c / b) by now apply Rdiv_lt_0_compat.
  assert (ec : c = b * exp t) by (unfold t; rewrite exp_ln by auto; field; lra).
  set (P := Rpower b (-1 * p)). assert (eb : Psi b = V * fixed + V * b + k * A * P * fixed + k * A * P * b) by (unfold Psi, power_objective; fold P; ring).
  rewrite ec, along_log, eb by auto. unfold slope, slope_right. fold P. assert (P0 : 0 < P) by apply exp_pos.
  pose proof (exp_above t) as e1. pose proof (exp_above (- p * t)) as e2. pose proof (exp_above ((1 - p) * t)) as e3.
  assert (w1 : 0 <= V * b) by (apply Rmult_le_pos; lra).
  assert (w : 0 <= k * A * P) by (apply Rmult_le_pos; [apply Rmult_le_pos|]; lra).
  assert (w2 : 0 <= k * A * P * fixed) by now apply Rmult_le_pos. assert (w3 : 0 <= k * A * P * b) by (apply Rmult_le_pos; lra).
  pose proof (Rmult_le_compat_l _ _ _ w1 e1). pose proof (Rmult_le_compat_l _ _ _ w2 e2). pose proof (Rmult_le_compat_l _ _ _ w3 e3).
  split; [lra|]. intros ne more. assert (t0 : t <> 0) by (intros z; apply ne; rewrite z, exp_0; ring).
  destruct more as [more | more].
  - pose proof (Rmult_lt_compat_l (V * b) _ _ ltac:(now apply Rmult_lt_0_compat) (exp_over t t0)). lra.
  - assert (W2 : 0 < k * A * P * fixed) by (replace (k * A * P * fixed) with (k * fixed * (A * P)) by ring; apply Rmult_lt_0_compat; [|apply Rmult_lt_0_compat]; lra).
    pose proof (Rmult_lt_compat_l _ _ _ W2 (exp_over (- p * t) ltac:(nra))). lra.
Qed.
Lemma log_sign b c : 0 < b -> 0 < c -> (b <= c -> 0 <= ln (c / b)) /\ (c <= b -> ln (c / b) <= 0).
Proof.
  intros b0 c0. assert (q : 0 < c / b) by now apply Rdiv_lt_0_compat. rewrite <- ln_1.
  assert (m : c / b * b = c) by (field; lra). split; intros L.
  - destruct (Req_dec (c / b) 1) as [-> | n]; [lra|]. left. apply ln_increasing; [lra|]. nra.
  - destruct (Req_dec (c / b) 1) as [-> | n]; [lra|]. left. apply ln_increasing; [lra|]. nra.
Qed.
(** The slope is the derivative, times the cost. *)
Lemma slope_derivative c : 0 < c -> is_derive Psi c (slope c / c).
Proof.
  intros c0. unfold Psi, slope, power_objective, slope_right, Rpower. auto_derive; [lra|]. field. lra.
Qed.
(** Where it vanishes is unique. *)
Lemma one_root b c : 0 < b -> 0 < c -> 0 < V \/ 0 < k * fixed -> slope b = 0 -> slope c = 0 -> c = b.
Proof.
  intros b0 c0 more sb sc. destruct (Req_dec c b) as [e | n]; [exact e|]. exfalso.
  pose proof (proj2 (above_tangent b c b0 c0) n more). pose proof (proj1 (above_tangent c b c0 b0)). rewrite sb in H. rewrite sc in H0. lra.
Qed.

(** The slope over c^(-p) is continuous, and takes both signs. *)
Let scaled c := V * (c * Rpower c p) + k * A * (c * (1 - p) - fixed * p).
Lemma scaled_slope c : 0 < c -> slope c = Rpower c (-1 * p) * scaled c.
Proof.
  intros c0. unfold slope, slope_right, scaled. assert (e : Rpower c (-1 * p) * Rpower c p = 1).
  { rewrite <- Rpower_plus. replace (-1 * p + p) with 0 by ring. now apply Rpower_O. }
  transitivity (V * c * (Rpower c (-1 * p) * Rpower c p) + k * A * Rpower c (-1 * p) * (c * (1 - p) - fixed * p)); [rewrite e|]; ring.
Qed.
Lemma scaled_root low high : 0 < low -> low <= high -> scaled low <= 0 -> 0 <= scaled high -> exists c, 0 < c /\ slope c = 0.
Proof.
  intros l0 lh sl sh. set (h := fun t => scaled (exp t)).
  assert (C : forall t, continuity_pt h t).
  { intros t. apply derivable_continuous_pt. exists (Derive h t). apply is_derive_Reals. apply Derive_correct.
    unfold h, scaled, Rpower. auto_derive. repeat split; apply exp_pos. }
  destruct (IVT_gen h (ln low) (ln high) 0) as (t & _ & e).
  - exact C.
  - unfold h. rewrite !exp_ln by lra. rewrite Rmin_left, Rmax_right by lra. lra.
  - exists (exp t). split; [apply exp_pos|]. rewrite scaled_slope by apply exp_pos. unfold h in e. rewrite e. ring.
Qed.
Lemma power_up c d : 0 < c <= d -> Rpower c p <= Rpower d p.
Proof. intros L. apply Rle_Rpower_l; lra. Qed.
Hypotheses (Vp : 0 < V) (kp : 0 < k).
Lemma root_exists : 0 < fixed \/ 1 < p -> exists c, 0 < c /\ slope c = 0.
Proof.
  intros some. assert (kA : 0 < k * A) by now apply Rmult_lt_0_compat.
  set (high := Rmax 1 (Rpower (k * A * p * (1 + fixed) / V) (/ p))).
  assert (h1 : 1 <= high) by apply Rmax_l. set (T := k * A * p * (1 + fixed) / V) in *.
  assert (T0 : 0 < T) by (apply Rdiv_lt_0_compat; [repeat apply Rmult_lt_0_compat; lra | lra]).
  assert (up : T <= Rpower high p).
  { replace T with (Rpower (Rpower T (/ p)) p) by (rewrite Rpower_mult, Rinv_l, Rpower_1; lra). apply power_up. split; [apply exp_pos | apply Rmax_r]. }
  assert (sh : 0 <= scaled high).
  { unfold scaled. assert (e : V * T = k * A * p * (1 + fixed)) by (unfold T; field; lra).
    pose proof (Rmult_le_compat_l V _ _ ltac:(lra) up) as m. rewrite e in m.
    assert (L : k * A * p * (1 + fixed) * high <= V * Rpower high p * high) by (apply Rmult_le_compat_r; lra).
    assert (k * A * p * fixed * 1 <= k * A * p * fixed * high) by (apply Rmult_le_compat_l; [repeat apply Rmult_le_pos; lra | lra]).
    assert (0 <= k * A * high) by (apply Rmult_le_pos; lra). lra. }
  destruct some as [fp | p1].
  - set (low := Rmin 1 (k * A * fixed * p / (V + k * A))).
    assert (q0 : 0 < k * A * fixed * p / (V + k * A)) by (apply Rdiv_lt_0_compat; [repeat apply Rmult_lt_0_compat; lra | lra]).
    assert (l0 : 0 < low) by (apply Rmin_glb_lt; lra). assert (l1 : low <= 1) by apply Rmin_l.
    apply (scaled_root low high l0 ltac:(lra)); [|exact sh]. unfold scaled.
    assert (u : Rpower low p <= 1) by (replace 1 with (Rpower 1 p) by (unfold Rpower; rewrite ln_1, Rmult_0_r; apply exp_0); apply power_up; lra).
    assert (m : low * (V + k * A) <= k * A * fixed * p).
    { replace (k * A * fixed * p) with (k * A * fixed * p / (V + k * A) * (V + k * A)) by (field; lra). apply Rmult_le_compat_r; [lra | apply Rmin_r]. }
    assert (V * (low * Rpower low p) <= V * low) by (apply Rmult_le_compat_l; [lra|]; pose proof (Rmult_le_compat_l low _ _ ltac:(lra) u); lra).
    assert (0 <= k * A * low * p) by (repeat apply Rmult_le_pos; lra). lra.
  - set (low := Rmin 1 (Rpower (k * A * (p - 1) / V) (/ p))).
    assert (q0 : 0 < k * A * (p - 1) / V) by (apply Rdiv_lt_0_compat; [repeat apply Rmult_lt_0_compat; lra | lra]).
    assert (l0 : 0 < low) by (apply Rmin_glb_lt; [lra | apply exp_pos]). assert (l1 : low <= 1) by apply Rmin_l.
    apply (scaled_root low high l0 ltac:(lra)); [|exact sh]. unfold scaled.
    assert (u : Rpower low p <= k * A * (p - 1) / V).
    { replace (k * A * (p - 1) / V) with (Rpower (Rpower (k * A * (p - 1) / V) (/ p)) p) by (rewrite Rpower_mult, Rinv_l, Rpower_1; lra).
      apply power_up. split; [lra | apply Rmin_r]. }
    apply Rmult_le_compat_l with (r := V) in u; [|lra]. replace (V * (k * A * (p - 1) / V)) with (k * A * (p - 1)) in u by (field; lra).
    apply Rmult_le_compat_l with (r := low) in u; [|lra]. assert (0 <= k * A * (fixed * p)) by (repeat apply Rmult_le_pos; lra). lra.
Qed.
End Power.

(** The objective under a power law as the page writes it. *)
Lemma power_objective_readable c fixed V k A p : power_objective c fixed V k A p = (fixed + c) * (V + k * (A * Rpower c (- p))).
Proof. unfold power_objective. replace (-1 * p) with (- p) by ring. ring. Qed.

(** The whole objective. The REINFORCE estimate's variance, with weights of either kind, is (V + kappa sigma^2) / K, where V is one
    rollout's without noise and kappa the exact amount of Theorem 2 for one rollout and noise of variance 1; for a budget that buys B / (c_0 + c) rollouts it is Psi(c) / B. Under a power law
    c times the slope of Psi is printed; where it vanishes Psi is least, to the left of that it falls, to the right it
    rises; and if V and kappa are positive, and c_0 is or p > 1, there is one such cost and no other: it is the one best cost. *)
Theorem fidelity_objective :
  (forall (W : learner) (u : state W -> action W -> R) (N : noise W) (gamma weight sigma : R) (H K : nat),
    proper W -> (forall x a, two_moments (N x a) sigma) -> (1 <= K)%nat ->
    estimate_variance W u N gamma weight H K =
    average_variance (rollout_variance W u quiet gamma weight H) (noise_factor_of W gamma weight H) (sigma ^ 2) (INR K)) /\
  (forall (W : learner) (gamma : R) (H : nat), proper W ->
    noise_factor_of W gamma 1 H = theorem_2_added (eligibility W gamma) 1 H 1 /\
    noise_factor_of W gamma gamma H = noise_discounted_added (eligibility_discounted W) gamma 1 H 1) /\
  (forall cost fixed_cost V kappa noise budget rollouts : R, budget_variance_supposes cost fixed_cost V kappa noise budget rollouts ->
    average_variance V kappa noise rollouts = budget_variance cost fixed_cost V kappa noise budget) /\
  (forall cost fixed_cost V kappa A p budget : R,
    budget_variance cost fixed_cost V kappa (A * Rpower cost (- p)) budget = power_objective cost fixed_cost V kappa A p / budget) /\
  (forall cost fixed_cost V kappa A p : R, slope_supposes cost fixed_cost V kappa A p ->
    is_derive (fun c => power_objective c fixed_cost V kappa A p) cost (slope_left cost fixed_cost V kappa A p / cost) /\
    slope_left cost fixed_cost V kappa A p = slope_right cost fixed_cost V kappa A p) /\
  (forall cost reference fixed_cost V kappa A p : R, minimum_supposes cost reference fixed_cost V kappa A p ->
    power_objective reference fixed_cost V kappa A p <= power_objective cost fixed_cost V kappa A p) /\
  (forall cost reference fixed_cost V kappa A p : R, cheaper_supposes cost reference fixed_cost V kappa A p ->
    power_objective reference fixed_cost V kappa A p <= power_objective cost fixed_cost V kappa A p) /\
  (forall cost reference fixed_cost V kappa A p : R, dearer_supposes cost reference fixed_cost V kappa A p ->
    power_objective reference fixed_cost V kappa A p <= power_objective cost fixed_cost V kappa A p) /\
  (forall fixed_cost V kappa A p : R, 0 < V -> 0 < kappa -> 0 < A -> 0 < p -> 0 <= fixed_cost -> 0 < fixed_cost \/ 1 < p ->
    exists best : R, 0 < best /\ slope_right best fixed_cost V kappa A p = 0 /\
      (forall cost, 0 < cost -> slope_right cost fixed_cost V kappa A p = 0 -> cost = best) /\
      (forall cost, 0 < cost -> cost <> best -> power_objective best fixed_cost V kappa A p < power_objective cost fixed_cost V kappa A p)).
Proof.
  split; [intros; now apply variance_split|]. split; [intros; now apply factor_is_exact|]. split; [|split; [|split; [|split; [|split; [|split]]]]].
  - intros c f V k s B K N. unfold budget_variance_supposes in N. destruct N as (c0 & B0 & K0 & f0 & _ & _ & _ & e).
    unfold average_variance, budget_variance. rewrite <- e. field. lra.
  - intros. unfold budget_variance, power_objective, Rdiv. replace (-1 * p) with (- p) by ring. ring.
  - intros c f V k A p N. unfold slope_supposes in N. assert (e : slope_left c f V k A p = slope_right c f V k A p).
    { unfold slope_left, slope_right. field. lra. }
    split; [rewrite e; apply slope_derivative; lra | exact e].
  - intros c b f V k A p N. unfold minimum_supposes in N. destruct N as (c0 & b0 & A0 & p0 & f0 & V0 & k0 & e).
    pose proof (proj1 (above_tangent V k A p f ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) b c ltac:(lra) ltac:(lra))) as T.
    unfold slope_right in T. rewrite e in T. lra.
  - intros c b f V k A p N. unfold cheaper_supposes in N. destruct N as (c0 & b0 & A0 & p0 & f0 & V0 & k0 & e & L).
    pose proof (proj1 (above_tangent V k A p f ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) b c ltac:(lra) ltac:(lra))) as T.
    unfold slope_right in T. pose proof (proj1 (log_sign b c ltac:(lra) ltac:(lra)) L) as S.
    pose proof (Rmult_le_pos _ _ (Rge_le _ _ e) S). lra.
  - intros c b f V k A p N. unfold dearer_supposes in N. destruct N as (c0 & b0 & A0 & p0 & f0 & V0 & k0 & e & L).
    pose proof (proj1 (above_tangent V k A p f ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) b c ltac:(lra) ltac:(lra))) as T.
    unfold slope_right in T. pose proof (proj2 (log_sign b c ltac:(lra) ltac:(lra)) L) as S.
    set (s := V * b + k * A * Rpower b (-1 * p) * (b * (1 + -1 * p) + -1 * f * p)) in *.
    assert (0 <= s * ln (c / b)) by (replace (s * ln (c / b)) with (- s * - ln (c / b)) by ring; apply Rmult_le_pos; lra). lra.
  - intros f V k A p V0 k0 A0 p0 f0 some. destruct (root_exists V k A p f ltac:(lra) ltac:(lra) A0 p0 f0 V0 k0 some) as (b & b0 & e).
    exists b. split; [exact b0|]. split; [exact e|]. split.
    + intros c c0 ec. apply (one_root V k A p f); try lra; auto.
    + intros c c0 n. pose proof (proj2 (above_tangent V k A p f ltac:(lra) ltac:(lra) A0 p0 f0 b c b0 c0) n (or_introl V0)) as T.
      cbv beta zeta in T. rewrite e in T. lra.
Qed.

(** ---- The best cost, where it has a form ---- *)
Definition power_best V kappa A q := Rpower (q * kappa * A / V) (/ (1 + q)).
Definition no_variance_best fixed_cost p := fixed_cost * p / (1 - p).
Definition floor_best fixed_cost V kappa A floor := sqrt (fixed_cost * kappa * A / (V + kappa * floor ^ 2)).

(** These are the objective: with p = 1 + q and no fixed cost; without noise-free variance; and with a floor, which is
    as good as more noise-free variance, and p = 1. *)
Lemma interior_readable c V k A q : interior_right c V k A q = power_objective c 0 V k A (1 + q).
Proof. unfold interior_right, power_objective. replace (-1 * (1 + q)) with (-1 + -1 * q) by ring. ring. Qed.
Lemma fixed_cost_only_readable c f k A p : fixed_cost_only_right c f k A p = power_objective c f 0 k A p.
Proof. unfold fixed_cost_only_right, power_objective. ring. Qed.
Lemma inverse_power c : 0 < c -> Rpower c (-1 * 1) = / c.
Proof. intros p. replace (-1 * 1) with (- (1)) by ring. rewrite Rpower_Ropp, Rpower_1; auto. Qed.
Lemma floor_readable c f V k A s : 0 < c -> floor_objective c f V k A s = power_objective c f (V + k * s ^ 2) k A 1.
Proof. intros c0. unfold floor_objective, power_objective. rewrite inverse_power by auto. ring. Qed.
Lemma floor_root f V k A s : 0 < f -> 0 < k -> 0 < A -> 0 < V + k * s ^ 2 ->
  0 < floor_best f V k A s /\ floor_best f V k A s * floor_best f V k A s * (V + k * s ^ 2) = f * k * A.
Proof.
  intros f0 k0 A0 W. assert (q : 0 < f * k * A / (V + k * s ^ 2)) by (apply Rdiv_lt_0_compat; [repeat apply Rmult_lt_0_compat; lra | exact W]).
  unfold floor_best. split; [now apply sqrt_lt_R0|]. rewrite sqrt_sqrt by lra. field. lra.
Qed.

(** The best cost of a label. Under a power law with p = 1 + q > 1 and no fixed cost it is (q kappa A / V)^(1 / (1 + q)); with
    p < 1 and no noise-free variance c_0 p / (1 - p); with a floor sqrt (c_0 kappa A / (V + kappa sigma_f^2)). Every other cost is
    worse. *)
Theorem best_cost :
  (forall cost V kappa A q : R, interior_supposes cost V kappa A q ->
    interior_left V kappa A q = interior_right (power_best V kappa A q) V kappa A q /\
    (cost <> power_best V kappa A q -> interior_left V kappa A q < interior_right cost V kappa A q)) /\
  (forall cost fixed_cost kappa A p : R, fixed_cost_only_supposes cost fixed_cost kappa A p -> 0 < kappa -> cost <> no_variance_best fixed_cost p ->
    fixed_cost_only_right (no_variance_best fixed_cost p) fixed_cost kappa A p < fixed_cost_only_right cost fixed_cost kappa A p) /\
  (forall cost fixed_cost V kappa A floor : R, floor_interior_supposes cost fixed_cost V kappa A floor ->
    floor_interior_left fixed_cost V kappa A floor = floor_objective (floor_best fixed_cost V kappa A floor) fixed_cost V kappa A floor /\
    (cost <> floor_best fixed_cost V kappa A floor ->
      floor_interior_left fixed_cost V kappa A floor < floor_objective cost fixed_cost V kappa A floor)).
Proof.
  split; [|split].
  - intros c V k A q N. unfold interior_supposes in N. destruct N as (c0 & V0 & k0 & A0 & q0).
    set (b := power_best V k A q). assert (b0 : 0 < b) by apply exp_pos.
    assert (W : 0 < q * k * A / V) by (apply Rdiv_lt_0_compat; [repeat apply Rmult_lt_0_compat; lra | lra]).
    assert (P : Rpower b (-1 * (1 + q)) = V / (q * k * A)).
    { unfold b, power_best. rewrite Rpower_mult. replace (/ (1 + q) * (-1 * (1 + q))) with (- (1)) by (field; lra).
      rewrite Rpower_Ropp, Rpower_1 by auto. field. lra. }
    assert (e : interior_left V k A q = interior_right b V k A q).
    { rewrite interior_readable. unfold power_objective. rewrite P. unfold interior_left, b, power_best.
      replace (A * k * q * / V) with (q * k * A / V) by (field; lra). field. lra. }
    split; [exact e|]. intros n. rewrite e, !interior_readable.
    pose proof (proj2 (above_tangent V k A (1 + q) 0 ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) b c b0 ltac:(lra)) n (or_introl V0)) as T.
    cbv beta zeta in T. unfold slope_right in T. rewrite P in T.
    replace (V * b + k * A * (V / (q * k * A)) * (b * (1 + -1 * (1 + q)) + -1 * 0 * (1 + q))) with 0 in T by (field; lra). lra.
  - intros c f k A p N k0 n. unfold fixed_cost_only_supposes in N. destruct N as (c0 & f0 & A0 & p0 & _ & p1).
    rewrite !fixed_cost_only_readable. set (b := no_variance_best f p).
    assert (b0 : 0 < b) by (apply Rdiv_lt_0_compat; [apply Rmult_lt_0_compat|]; lra).
    pose proof (proj2 (above_tangent 0 k A p f ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) b c b0 ltac:(lra)) n
      (or_intror (Rmult_lt_0_compat k f k0 f0))) as T.
    cbv beta zeta in T. unfold slope_right in T.
    replace (b * (1 + -1 * p) + -1 * f * p) with 0 in T by (unfold b, no_variance_best; field; lra). lra.
  - intros c f V k A s N. unfold floor_interior_supposes in N. destruct N as (c0 & f0 & k0 & A0 & V0 & s0 & W).
    destruct (floor_root f V k A s ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra)) as [b0 sq].
    assert (e : floor_interior_left f V k A s = floor_objective (floor_best f V k A s) f V k A s).
    { assert (i0 : 0 < / (V + k * s ^ 2)) by (apply Rinv_0_lt_compat; lra).
      assert (m : floor_best f V k A s = sqrt A * sqrt f * sqrt k * sqrt (/ (V + k * s ^ 2))).
      { unfold floor_best, Rdiv. rewrite !sqrt_mult_alt; [ring | lra | apply Rmult_le_pos; lra | repeat apply Rmult_le_pos; lra]. }
      unfold floor_interior_left, floor_objective. rewrite <- m.
      replace (sqrt A * / sqrt f * / sqrt k * / sqrt (/ (V + k * s ^ 2))) with (A * / floor_best f V k A s); [ring|].
      rewrite m. rewrite <- (sqrt_sqrt A) at 1 by lra.
      pose proof (sqrt_lt_R0 A ltac:(lra)). pose proof (sqrt_lt_R0 f ltac:(lra)). pose proof (sqrt_lt_R0 k ltac:(lra)). pose proof (sqrt_lt_R0 _ i0). field. lra. }
    split; [exact e|]. intros n. rewrite e, !floor_readable by lra. set (b := floor_best f V k A s) in *.
    pose proof (proj2 (above_tangent (V + k * s ^ 2) k A 1 f ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) b c b0 ltac:(lra)) n
      (or_introl W)) as T.
    cbv beta zeta in T. unfold slope_right in T. rewrite inverse_power in T by auto.
    replace ((V + k * s ^ 2) * b + k * A * / b * (b * (1 + -1 * 1) + -1 * f * 1)) with 0 in T; [lra|].
    apply Rmult_eq_reg_r with b; [|lra].
    transitivity (b * b * (V + k * s ^ 2) - f * k * A); [rewrite sq; ring | field; lra].
Qed.

(** ---- Bounded noise ---- *)

(** The objective under bounded noise as the page writes it. *)
Lemma bounded_readable c f V k s m : m <> 0 -> bounded_objective c f V k s m = (f + c) * (V + k * (s ^ 2 * (1 - c / m))).
Proof. intros. unfold bounded_objective. field. auto. Qed.
(** It bends downwards: how far it lies above its chord. *)
Lemma above_chord c b h f V k s m : 0 < m ->
  (h - b) * bounded_objective c f V k s m = (h - c) * bounded_objective b f V k s m + (c - b) * bounded_objective h f V k s m
    + k * s ^ 2 / m * ((c - b) * (h - c) * (h - b)).
Proof. intros. rewrite !bounded_readable by lra. field. lra. Qed.

(** Bounded noise, an end wins. The objective is concave: of all costs from one to another one of the two ends is best, and if there is
    noise that counts, no cost between is as good. Which end: the dearer one if V + kappa sigma_0^2 (1 - (c_0 + b + c) / c_max) is negative. Perfect labels win
    against free ones if and only if c_0 kappa sigma_0^2 exceeds c_max V. *)
Theorem bounded_ends :
  (forall cost reference fixed_cost V kappa largest c_max highest : R, an_end_wins_supposes cost reference fixed_cost V kappa largest c_max highest ->
    Rmin (bounded_objective highest fixed_cost V kappa largest c_max) (bounded_objective reference fixed_cost V kappa largest c_max)
      <= bounded_objective cost fixed_cost V kappa largest c_max /\
    (0 < kappa * largest ^ 2 -> reference < cost < highest ->
      Rmin (bounded_objective highest fixed_cost V kappa largest c_max) (bounded_objective reference fixed_cost V kappa largest c_max)
        < bounded_objective cost fixed_cost V kappa largest c_max)) /\
  (forall cost reference fixed_cost V kappa largest c_max : R, which_end_supposes cost reference fixed_cost V kappa largest c_max ->
    (bounded_objective cost fixed_cost V kappa largest c_max - bounded_objective reference fixed_cost V kappa largest c_max) / (cost - reference)
      = which_end_right cost reference fixed_cost V kappa largest c_max) /\
  (forall fixed_cost V kappa largest c_max : R, noise_free_labels_supposes fixed_cost V kappa largest c_max ->
    noise_free_labels_left fixed_cost V kappa largest c_max = noise_free_labels_right fixed_cost V kappa largest c_max /\
    (bounded_objective c_max fixed_cost V kappa largest c_max < bounded_objective 0 fixed_cost V kappa largest c_max
      <-> c_max * V < fixed_cost * kappa * largest ^ 2)).
Proof.
  split; [|split].
  - intros c b f V k s m h N. unfold an_end_wins_supposes in N. destruct N as (c0 & b0 & m0 & f0 & V0 & k0 & s0 & h0 & bc & ch & bh & hm).
    pose proof (above_chord c b h f V k s m ltac:(lra)) as C. set (yc := bounded_objective c f V k s m) in *.
    set (yb := bounded_objective b f V k s m) in *. set (yh := bounded_objective h f V k s m) in *.
    pose proof (Rmin_l yh yb) as ml. pose proof (Rmin_r yh yb) as mr. set (y := Rmin yh yb) in *.
    pose proof (Rmult_le_compat_l (h - c) _ _ ltac:(lra) mr). pose proof (Rmult_le_compat_l (c - b) _ _ ltac:(lra) ml).
    assert (over : 0 <= k * s ^ 2 / m * ((c - b) * (h - c) * (h - b))).
    { apply Rmult_le_pos; [apply Rmult_le_pos; [apply Rmult_le_pos; [lra | apply pow2_ge_0] | left; apply Rinv_0_lt_compat; lra]|].
      repeat apply Rmult_le_pos; lra. }
    split; [apply Rmult_le_reg_l with (h - b); lra|]. intros ks between.
    assert (strict : 0 < k * s ^ 2 / m * ((c - b) * (h - c) * (h - b))).
    { apply Rmult_lt_0_compat; [apply Rdiv_lt_0_compat; lra | repeat apply Rmult_lt_0_compat; lra]. }
    apply Rmult_lt_reg_l with (h - b); lra.
  - intros c b f V k s m N. unfold which_end_supposes in N. rewrite !bounded_readable by lra. unfold which_end_right. field. lra.
  - intros f V k s m N. unfold noise_free_labels_supposes in N. rewrite !bounded_readable by lra.
    unfold noise_free_labels_left, noise_free_labels_right. replace (m / m) with 1 by (field; lra). replace (0 / m) with 0 by (field; lra).
    split; [ring|]. split; intros L; lra.
Qed.

(** ---- When a bias is worth it ---- *)

Lemma no_bias_no_gradient W gamma H j : gradient W (fun _ _ => 0) gamma H j = 0.
Proof.
  unfold gradient. apply is_derive_unique. apply (is_derive_ext (fun _ => 0)); [|apply (is_derive_const (V := R_NormedModule))].
  intros y. set (z := total W (fun _ _ => 0) gamma H (moved W j y)). enough (z = z + z) by (symmetry; lra).
  unfold z at 1. replace (fun (_ : state W) (_ : action W) => 0) with (fun (x : state W) (a : action W) => (fun _ _ => 0) x a + (fun _ _ => 0) x a)
    by (apply FunctionalExtensionality.functional_extensionality; intros x; apply FunctionalExtensionality.functional_extensionality; intros a; ring).
  unfold total. rewrite (E_ext _ _ _ (fun x => value W (fun _ _ => 0) gamma (moved W j y) H x + 1 * value W (fun _ _ => 0) gamma (moved W j y) H x))
    by (intros; rewrite value_sum; ring). rewrite E_lin. unfold z, total. change (E (initial W) (fun x => ?F x)) with (E (initial W) F). ring.
Qed.
(** Without bias the error is the variance. *)
Lemma unbiased_error W r N gamma sigma H K : (1 <= K)%nat -> proper W -> (forall x a, two_moments (N x a) sigma) ->
  estimate_error W r N gamma gamma H K (gradient W r gamma H) = rollout_variance W r N gamma gamma H / INR K.
Proof.
  intros K1 P M. assert (KK : 0 < INR K) by (apply lt_0_INR; lia).
  pose proof (proj2 (proposition_2 W r (fun _ _ => 0) N gamma sigma H K ltac:(exact KK) P M)) as E. cbv beta zeta in E.
  replace (fun (x : state W) (a : action W) => r x a + 0) with r in E
    by (apply FunctionalExtensionality.functional_extensionality; intros x; apply FunctionalExtensionality.functional_extensionality; intros a; ring).
  rewrite E, proposition_2_readable by lra.
  rewrite (sum_ext (parameters W) _ (fun _ => 0)) by (intros; rewrite no_bias_no_gradient; ring).
  rewrite sum_const, Rmult_0_r, sqrt_0. ring.
Qed.

(** When bias is worth it. Up to the crossing the biased estimate has the smaller mean squared error, beyond it the unbiased one has, strictly.
    So of two discounted REINFORCE estimates from K rollouts, one from rewards with a bias whose return has a gradient, the
    other from unbiased ones, each with its own noise, the biased one is no worse if and only if K is at most the difference of one rollout's
    variances over the squared norm of that gradient. *)
Theorem crossing :
  (forall variance_noisy variance_biased bias_norm rollouts : R, worth_it_supposes variance_noisy variance_biased bias_norm rollouts ->
    proposition_2_error variance_biased bias_norm rollouts <= noisy_error variance_noisy rollouts) /\
  (forall variance_noisy variance_biased bias_norm rollouts : R, never_beyond_supposes variance_noisy variance_biased bias_norm rollouts ->
    noisy_error variance_noisy rollouts < proposition_2_error variance_biased bias_norm rollouts) /\
  (forall (W : learner) (r b : state W -> action W -> R) (N N' : noise W) (gamma sigma sigma' : R) (H K : nat),
    proper W -> (forall x a, two_moments (N x a) sigma) -> (forall x a, two_moments (N' x a) sigma') -> (1 <= K)%nat ->
    let seen := fun x a => r x a + b x a in
    let norm2 := sum (parameters W) (fun j => gradient W b gamma H j ^ 2) in
    0 < norm2 ->
    (estimate_error W seen N' gamma gamma H K (gradient W r gamma H) <= estimate_error W r N gamma gamma H K (gradient W r gamma H)
      <-> INR K <= (rollout_variance W r N gamma gamma H - rollout_variance W seen N' gamma gamma H) / norm2)).
Proof.
  assert (cross : forall vn vb beta K, 0 < beta -> 0 < K -> (vb / K + beta <= vn / K <-> K <= (vn - vb) / beta)).
  { intros vn vb beta K b0 k0. assert (i : 0 < / K) by now apply Rinv_0_lt_compat. split; intros L.
    - apply Rmult_le_reg_r with beta; [exact b0|]. replace ((vn - vb) / beta * beta) with (vn - vb) by (field; lra).
      apply Rmult_le_compat_r with (r := K) in L; [|lra]. replace ((vb / K + beta) * K) with (vb + beta * K) in L by (field; lra).
      replace (vn / K * K) with vn in L by (field; lra). lra.
    - apply Rmult_le_compat_r with (r := beta) in L; [|lra]. replace ((vn - vb) / beta * beta) with (vn - vb) in L by (field; lra).
      apply Rmult_le_reg_r with K; [exact k0|]. replace ((vb / K + beta) * K) with (vb + beta * K) by (field; lra).
      replace (vn / K * K) with vn by (field; lra). lra. }
  split; [|split].
  - intros vn vb beta K N. unfold worth_it_supposes in N. destruct N as (b0 & k0 & L). rewrite proposition_2_readable by lra. unfold noisy_error.
    apply (cross vn vb (beta ^ 2) K); [apply pow_lt; lra | lra|]. eapply Rle_trans; [exact L|]. right. unfold Rdiv. ring.
  - intros vn vb beta K N. unfold never_beyond_supposes in N. destruct N as (b0 & k0 & L). rewrite proposition_2_readable by lra. unfold noisy_error.
    apply Rnot_le_lt. intros B. apply (cross vn vb (beta ^ 2) K) in B; [|apply pow_lt; lra | lra].
    apply Rgt_not_le in L. apply L. eapply Rle_trans; [exact B|]. right. unfold Rdiv. ring.
  - intros W r b N N' gamma sigma sigma' H K P M M' K1 seen norm2 pos. assert (KK : 0 < INR K) by (apply lt_0_INR; lia).
    rewrite (unbiased_error W r N gamma sigma H K K1 P M).
    pose proof (proj2 (proposition_2 W r b N' gamma sigma' H K ltac:(exact KK) P M')) as E. cbv zeta in E. fold seen norm2 in E.
    rewrite E, proposition_2_readable by lra.
    replace (sqrt norm2 ^ 2) with norm2 by (simpl; rewrite Rmult_1_r, sqrt_sqrt; lra). now apply cross.
Qed.
