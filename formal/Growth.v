(** How the best plan grows with the budget, and that error floors do not move it. *)
From Coq Require Import Reals Lra Psatz.
From Imagination Require Import Sums Bounds Allocation Spending.
Open Scope R_scope.

(** A negative power of the budget becomes as small as one likes. *)
Lemma power_vanishes d eps : 0 < d -> 0 < eps -> exists M, 0 < M /\ forall B, M < B -> Rpower B (- d) < eps.
Proof.
  intros d0 e0. exists (Rpower eps (- / d)). split; [apply power_pos|]. intros B H. pose proof (power_pos eps (- / d)) as m0.
  pose proof (power_less _ _ d (conj m0 H) d0) as l. rewrite Rpower_mult in l. replace (- / d * d) with (- (1)) in l by (field; lra).
  rewrite Rpower_Ropp, Rpower_1 in l by auto. rewrite Rpower_Ropp.
  rewrite <- (Rinv_inv eps). apply Rinv_lt_contravar; [|exact l]. pose proof (pos_inverse eps e0). apply pos_product; lra.
Qed.

Section Bounds.
Variables Ad al Ar be cd cr D B x y : R.
Hypothesis S : theorem_1_supposes Ad al Ar be cd cr D B.
Hypothesis P : best_plan Ad al Ar be cd cr D B x y.
Let g := / (1 + be) * (1 + al).
Let c := rewards_for Ad al Ar be cd cr D (/ cd).
Let share := reward_share_bound Ad al Ar be cd cr D B.

Lemma plan_facts : 0 < x /\ 0 < y /\ cd * x + cr * y = B /\ y = rewards_for Ad al Ar be cd cr D x.
Proof.
  assert (e := proj1 (allocation_solution _ _ _ _ _ _ _ _ S) x y P). apply best_iff in P; auto. destruct P as (x0 & y0 & k & _). auto.
Qed.
Lemma c_pos : 0 < c. Proof. unfold c, rewards_for. positive. Qed.
Lemma g_pos : 0 < g. Proof. unfold theorem_1_supposes in S. unfold g. positive. Qed.
Lemma rewards_of z : 0 < z -> rewards_for Ad al Ar be cd cr D z = c * Rpower (cd * z) g.
Proof.
  intros z0. unfold theorem_1_supposes in S. unfold c, rewards_for. fold g. rewrite (power_of_product cd z), (power_of_inverse cd) by lra.
  pose proof (power_pos cd g). rewrite Rpower_Ropp. field. lra.
Qed.
Lemma few_of : few_rewards_bound Ad al Ar be cd cr D B = c * Rpower B g.
Proof.
  change (few_rewards_bound Ad al Ar be cd cr D B) with (rewards_for Ad al Ar be cd cr D (B * / cd)).
  unfold theorem_1_supposes in S. rewrite rewards_of by positive. f_equal. f_equal. field. lra.
Qed.
Lemma share_of : share = cr * c * Rpower B (- ((be - al) * / (1 + be))).
Proof.
  unfold theorem_1_supposes in S. unfold share, reward_share_bound, c, rewards_for. fold g. rewrite (power_of_inverse cd) by lra.
  replace (-1 * / (1 + be) * (1 + al)) with (- g) by (unfold g; ring).
  replace (-1 * / (1 + be) * (be + -1 * al)) with (- ((be - al) * / (1 + be))) by ring. ring.
Qed.
Lemma many_of : many_rewards_bound Ad al Ar be cd cr D B = c * Rpower B g * (1 - share).
Proof.
  rewrite <- few_of. unfold many_rewards_bound, few_rewards_bound, share, reward_share_bound. ring.
Qed.

Let s := cd * x / B.
Lemma s_between : 0 < s < 1 /\ cr * y / B = 1 - s.
Proof.
  destruct plan_facts as (x0 & y0 & k & _). unfold theorem_1_supposes in S. assert (0 < cr * y) by positive. assert (0 < cd * x) by positive. unfold s.
  assert (i : 0 < / B) by positive. split; [|apply Rmult_eq_reg_r with B; [field_simplify; lra | lra]].
  split; [positive|]. apply Rmult_lt_reg_r with B; [lra|]. replace (cd * x / B * B) with (cd * x) by (field; lra). lra.
Qed.
Lemma y_of : y = c * Rpower B g * Rpower s g.
Proof.
  destruct plan_facts as (x0 & y0 & k & e). unfold theorem_1_supposes in S. assert (0 < cd * x) by positive. assert (0 < / B) by positive.
  rewrite e, rewards_of by auto. replace (cd * x) with (B * s) at 1 by (unfold s; field; lra).
  rewrite power_of_product by (try lra; apply s_between). ring.
Qed.
Lemma few : y <= few_rewards_bound Ad al Ar be cd cr D B.
Proof.
  rewrite few_of, y_of. destruct s_between as [[s0 s1] _]. pose proof c_pos. pose proof (power_pos B g). rewrite <- (Rmult_1_r (c * Rpower B g)) at 2.
  apply Rmult_le_compat_l; [left; positive|]. rewrite <- (power_1 g). apply power_at_most; [lra | apply g_pos].
Qed.
Lemma few_share : cr * y / B <= share.
Proof.
  pose proof few as f. rewrite few_of in f. rewrite share_of. unfold theorem_1_supposes in S. pose proof (pos_inverse B ltac:(lra)) as i.
  replace (- ((be - al) * / (1 + be))) with (g - 1) by (unfold g; field; lra). rewrite <- power_step by lra.
  unfold Rdiv. replace (cr * c * (Rpower B g * / B)) with (cr * (c * Rpower B g) * / B) by ring.
  apply Rmult_le_compat_r; [lra|]. apply Rmult_le_compat_l; lra.
Qed.
Lemma slow_power : al < be -> s <= Rpower s g.
Proof.
  intros l. destruct s_between as [[s0 s1] _]. unfold theorem_1_supposes in S.
  assert (g1 : g < 1). { unfold g. apply Rmult_lt_reg_l with (1 + be); [lra|]. replace ((1 + be) * (/ (1 + be) * (1 + al))) with (1 + al) by (field; lra). lra. }
  rewrite <- (exp_ln s s0) at 1. unfold Rpower. assert (ls : ln s < 0) by (rewrite <- ln_1; apply ln_increasing; lra).
  left. apply exp_increasing. pose proof g_pos. nra.
Qed.
Lemma many : al < be -> many_rewards_bound Ad al Ar be cd cr D B <= y.
Proof.
  intros l. rewrite many_of, y_of. pose proof c_pos. pose proof (power_pos B g). apply Rmult_le_compat_l; [left; positive|].
  pose proof few_share. pose proof (slow_power l). destruct s_between as [_ e]. lra.
Qed.
Lemma near_power : al < be -> Rabs (y / Rpower B g - c) <= c * share /\ Rabs (s - 1) <= share.
Proof.
  intros l. destruct s_between as [[s0 s1] e]. pose proof few_share as f. pose proof (slow_power l) as p. pose proof c_pos as c0.
  assert (p1 : Rpower s g <= 1) by (rewrite <- (power_1 g); apply power_at_most; [lra | apply g_pos]). split.
  - replace (y / Rpower B g - c) with (- (c * (1 - Rpower s g))) by (rewrite y_of; pose proof (power_pos B g); field; lra).
    rewrite Rabs_Ropp, Rabs_pos_eq by (apply Rmult_le_pos; lra). apply Rmult_le_compat_l; lra.
  - rewrite Rabs_minus_sym, Rabs_pos_eq by lra. lra.
Qed.
End Bounds.

(** Where rewards are learned faster, both tend to their limits: for budgets that are large enough they are near. *)
Lemma limits Ad al Ar be cd cr D : (forall B, 0 < B -> theorem_1_supposes Ad al Ar be cd cr D B) -> al < be ->
  forall eps, 0 < eps -> exists B_0, 0 < B_0 /\ forall B x y, B_0 < B -> best_plan Ad al Ar be cd cr D B x y ->
    Rabs (y / Rpower B ((1 + al) / (1 + be)) - rewards_for Ad al Ar be cd cr D (/ cd)) < eps /\ Rabs (cd * x / B - 1) < eps.
Proof.
  intros S l eps e0. pose proof (S 1 ltac:(lra)) as S1. unfold theorem_1_supposes in S1.
  set (c := rewards_for Ad al Ar be cd cr D (/ cd)). assert (c0 : 0 < c) by (unfold c, rewards_for; positive).
  assert (d0 : 0 < (be - al) * / (1 + be)) by positive. assert (k0 : 0 < cr * c * (1 + c)) by positive.
  assert (e1 : 0 < eps / (cr * c * (1 + c))) by (unfold Rdiv; positive).
  destruct (power_vanishes _ _ d0 e1) as (M & M0 & V). exists M. split; [exact M0|]. intros B x y H P.
  assert (SB := S B ltac:(lra)). destruct (near_power Ad al Ar be cd cr D B x y SB P l) as [n1 n2]. specialize (V B H).
  rewrite (share_of Ad al Ar be cd cr D B SB) in n1, n2. fold c in n1, n2. set (Z := Rpower B (- ((be - al) * / (1 + be)))) in *.
  assert (z : cr * c * Z * (1 + c) < eps).
  { apply Rmult_lt_compat_r with (r := cr * c * (1 + c)) in V; [|lra]. replace (eps / (cr * c * (1 + c)) * (cr * c * (1 + c))) with eps in V by (field; lra). lra. }
  assert (Z0 : 0 < cr * c * Z) by (unfold Z; positive). replace ((1 + al) / (1 + be)) with (/ (1 + be) * (1 + al)) by (unfold Rdiv; ring).
  split; [eapply Rle_lt_trans; [exact n1|] | eapply Rle_lt_trans; [exact n2|]]; nra.
Qed.

(** The same with the roles swapped. *)
Lemma swapped Ad al Ar be cd cr D B x y : theorem_1_supposes Ad al Ar be cd cr D B -> best_plan Ad al Ar be cd cr D B x y ->
  theorem_1_supposes Ar be Ad al cr cd (/ D) B /\ best_plan Ar be Ad al cr cd (/ D) B y x.
Proof.
  intros S (x0 & y0 & c & m). unfold theorem_1_supposes in *. split; [repeat split; try lra; apply pos_inverse; lra|].
  repeat split; auto; [lra|]. intros y' x' y1 x1 c'. specialize (m x' y' x1 y1 ltac:(lra)).
  assert (e : forall u v, theorem_1_error Ar be Ad al (/ D) v u = / D * theorem_1_error Ad al Ar be D u v) by (intros; unfold theorem_1_error; field; lra).
  rewrite !e. apply Rmult_le_compat_l; [left; apply pos_inverse; lra | exact m].
Qed.

(** Growth. For every budget the labels are at most a constant times its power (1 + alpha) / (1 + beta), which bounds
    their share; and where rewards are learned faster they are nearly that many. So then, for large budgets, the labels
    over that power tend to the constant, and the dynamics take nearly all of the budget. Where dynamics are learned
    faster, it is the other way round. *)
Theorem growth : forall A_dyn alpha A_rew beta c_dyn c_rew D : R,
  (forall B, 0 < B -> theorem_1_supposes A_dyn alpha A_rew beta c_dyn c_rew D B) ->
  (forall B N_dyn N_rew, 0 < B -> best_plan A_dyn alpha A_rew beta c_dyn c_rew D B N_dyn N_rew ->
    N_rew <= few_rewards_bound A_dyn alpha A_rew beta c_dyn c_rew D B /\
    c_rew * N_rew / B <= reward_share_bound A_dyn alpha A_rew beta c_dyn c_rew D B /\
    (alpha < beta -> many_rewards_bound A_dyn alpha A_rew beta c_dyn c_rew D B <= N_rew)) /\
  (alpha < beta -> forall eps, 0 < eps -> exists B_0, 0 < B_0 /\
    forall B N_dyn N_rew, B_0 < B -> best_plan A_dyn alpha A_rew beta c_dyn c_rew D B N_dyn N_rew ->
      Rabs (N_rew / Rpower B ((1 + alpha) / (1 + beta)) - rewards_for A_dyn alpha A_rew beta c_dyn c_rew D (/ c_dyn)) < eps /\
      Rabs (c_dyn * N_dyn / B - 1) < eps) /\
  (beta < alpha -> forall eps, 0 < eps -> exists B_0, 0 < B_0 /\
    forall B N_dyn N_rew, B_0 < B -> best_plan A_dyn alpha A_rew beta c_dyn c_rew D B N_dyn N_rew ->
      Rabs (N_dyn / Rpower B ((1 + beta) / (1 + alpha)) - rewards_for A_rew beta A_dyn alpha c_rew c_dyn (/ D) (/ c_rew)) < eps /\
      Rabs (c_rew * N_rew / B - 1) < eps).
Proof.
  intros Ad al Ar be cd cr D S. split; [|split].
  - intros B x y B0 P. specialize (S B B0). split; [|split].
    + now apply (few Ad al Ar be cd cr D B x y).
    + now apply (few_share Ad al Ar be cd cr D B x y).
    + now apply (many Ad al Ar be cd cr D B x y).
  - now apply limits.
  - intros l eps e0. destruct (limits Ar be Ad al cr cd (/ D)) with (eps := eps) as (M & M0 & N); auto.
    + intros B B0. specialize (S B B0). unfold theorem_1_supposes in *. repeat split; try lra; apply pos_inverse; lra.
    + exists M. split; [exact M0|]. intros B x y H P. apply (N B y x H). apply (swapped Ad al Ar be cd cr D B x y); auto. apply S. lra.
Qed.
(** There is a best plan for every budget, in either case. *)
Theorem growth_instance : (forall B, 0 < B -> theorem_1_supposes 1 1 1 2 1 2 4 B /\ theorem_1_supposes 1 2 1 1 2 1 4 B) /\ 1 < 2 /\
  forall B, 0 < B -> (exists N_dyn N_rew, best_plan 1 1 1 2 1 2 4 B N_dyn N_rew) /\ exists N_dyn N_rew, best_plan 1 2 1 1 2 1 4 B N_dyn N_rew.
Proof.
  assert (S : forall B, 0 < B -> theorem_1_supposes 1 1 1 2 1 2 4 B /\ theorem_1_supposes 1 2 1 1 2 1 4 B) by (intros; unfold theorem_1_supposes; lra).
  split; [exact S|]. split; [lra|]. intros B B0. destruct (S B B0) as [S1 S2].
  destruct (allocation_solution _ _ _ _ _ _ _ _ S1) as (_ & _ & x & _ & _ & P & _). destruct (allocation_solution _ _ _ _ _ _ _ _ S2) as (_ & _ & x' & _ & _ & P' & _).
  split; eexists; eexists; [exact P | exact P'].
Qed.

(** ---- Floors ---- *)

(** The error of a plan where each model keeps an error that no sample removes. *)
Definition floored_error A_dyn alpha A_rew beta D floor_dyn floor_rew N_dyn N_rew :=
  D * (eps_d A_dyn alpha N_dyn + floor_dyn) + (eps_r A_rew beta N_rew + floor_rew).
(** A plan that costs no more than the budget and errs no more than any other that does, floors and all. *)
Definition best_floored_plan A_dyn alpha A_rew beta c_dyn c_rew D floor_dyn floor_rew B N_dyn N_rew :=
  0 < N_dyn /\ 0 < N_rew /\ c_dyn * N_dyn + c_rew * N_rew <= B /\
  forall M_dyn M_rew, 0 < M_dyn -> 0 < M_rew -> c_dyn * M_dyn + c_rew * M_rew <= B ->
    floored_error A_dyn alpha A_rew beta D floor_dyn floor_rew N_dyn N_rew <=
    floored_error A_dyn alpha A_rew beta D floor_dyn floor_rew M_dyn M_rew.

(** Theorem 1 with floors. Floors do not move the best plan. In Theorem 1's ratio the errors must be taken without them, and money is
    spent in proportion to exponent times the error that samples can still remove. *)
Theorem floors : forall A_dyn alpha A_rew beta c_dyn c_rew D floor_dyn floor_rew B N_dyn N_rew : R,
  theorem_1_supposes A_dyn alpha A_rew beta c_dyn c_rew D B ->
  (best_floored_plan A_dyn alpha A_rew beta c_dyn c_rew D floor_dyn floor_rew B N_dyn N_rew <->
    best_plan A_dyn alpha A_rew beta c_dyn c_rew D B N_dyn N_rew) /\
  (best_floored_plan A_dyn alpha A_rew beta c_dyn c_rew D floor_dyn floor_rew B N_dyn N_rew ->
    N_dyn / N_rew = floors_ratio alpha beta c_dyn c_rew D floor_dyn floor_rew
      (eps_d A_dyn alpha N_dyn + floor_dyn) (eps_r A_rew beta N_rew + floor_rew) /\
    c_dyn * N_dyn / (c_rew * N_rew) = theorem_1_spending A_dyn alpha A_rew beta D N_dyn N_rew).
Proof.
  intros Ad al Ar be cd cr D fd fr B x y S.
  assert (e : forall u v, floored_error Ad al Ar be D fd fr u v = theorem_1_error Ad al Ar be D u v + (D * fd + fr)).
  { intros. rewrite error_readable. unfold floored_error. ring. }
  assert (I : best_floored_plan Ad al Ar be cd cr D fd fr B x y <-> best_plan Ad al Ar be cd cr D B x y).
  { split; intros (x0 & y0 & c & m); repeat split; auto; intros x' y' x1 y1 c'; specialize (m x' y' x1 y1 c'); rewrite ?e in *; lra. }
  split; [exact I|]. intros P. apply I in P. split; [|now apply (spending Ad al Ar be cd cr D B x y)].
  assert (x0 := proj1 P). assert (y0 := proj1 (proj2 P)).
  destruct (theorem_1_every_minimiser Ad al Ar be cd cr D B x y S x0 y0 (proj1 (proj2 (proj2 P))) (proj2 (proj2 (proj2 P)))) as [_ q].
  unfold theorem_1_supposes in S. rewrite q, theorem_1_readable by lra. unfold floors_ratio, eps_d, eps_r.
  assert (b0 : 0 < Rpower y (- be)) by apply power_pos. assert (0 < Ar * Rpower y (- be)) by positive. field. repeat split; lra.
Qed.
(** The plan of two and one is best with floors of 1 and 1, too. *)
Theorem floors_instance : theorem_1_supposes 1 1 1 2 1 2 4 4 /\ best_floored_plan 1 1 1 2 1 2 4 1 1 4 2 1.
Proof. split; [apply two_and_one|]. apply (floors 1 1 1 2 1 2 4 1 1 4 2 1 (proj1 two_and_one)), two_and_one. Qed.
