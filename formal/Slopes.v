(** Gradients through a learned model: what errors of its values leave open, and what errors of its slopes do. *)
From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Laws.
Open Scope R_scope.

(** ---- Values say nothing of slopes ---- *)

(** One step from the action a, real and learned; and the return of the policy a = theta, where a state s is worth L_V s. *)
Definition straight (a : R) : R := a.
Definition wiggled (eps_dyn a : R) : R := a + eps_dyn * sin (a / eps_dyn ^ 2).
Definition one_step (gamma L_V : R) (f : R -> R) (theta : R) : R := gamma * (L_V * f theta).

(** Small errors, large slopes. The learned step errs by at most eps everywhere, and so the return by at most gamma L_V eps. Its gradient errs by
    exactly gamma L_V cos(theta/eps^2)/eps, and at theta = 0 by more than any number, for an eps as small as one likes. *)
Theorem small_errors_large_slopes : forall gamma L_V eps_dyn theta : R, wiggle_supposes gamma L_V eps_dyn ->
  (forall a, Rabs (wiggled eps_dyn a - straight a) <= eps_dyn) /\
  Rabs (one_step gamma L_V (wiggled eps_dyn) theta - one_step gamma L_V straight theta) <= wiggle_gap gamma L_V eps_dyn /\
  Derive (one_step gamma L_V (wiggled eps_dyn)) theta - Derive (one_step gamma L_V straight) theta = wiggle_slope gamma L_V eps_dyn theta /\
  (0 < gamma -> 0 < L_V -> forall most, exists eps, 0 < eps <= eps_dyn /\
    most < Derive (one_step gamma L_V (wiggled eps)) 0 - Derive (one_step gamma L_V straight) 0).
Proof.
  intros gamma L_V eps theta S. unfold wiggle_supposes in S. destruct S as (g & l & e).
  assert (close : forall a, Rabs (wiggled eps a - straight a) <= eps).
  { intros a. unfold wiggled, straight. replace (a + eps * sin (a / eps ^ 2) - a) with (eps * sin (a / eps ^ 2)) by ring.
    rewrite Rabs_mult, (Rabs_pos_eq eps) by lra. assert (Rabs (sin (a / eps ^ 2)) <= 1) by (apply Rabs_le, SIN_bound). nra. }
  assert (slope : forall eps theta, eps > 0 ->
    Derive (one_step gamma L_V (wiggled eps)) theta - Derive (one_step gamma L_V straight) theta = wiggle_slope gamma L_V eps theta).
  { clear. intros eps theta e.
    assert (A : is_derive (one_step gamma L_V (wiggled eps)) theta (gamma * (L_V * (1 + cos (theta / eps ^ 2) / eps)))).
    { unfold one_step, wiggled. auto_derive; [auto|]. replace (theta * / (eps * (eps * 1))) with (theta / eps ^ 2) by (unfold Rdiv; simpl; ring). field. lra. }
    assert (B : is_derive (one_step gamma L_V straight) theta (gamma * L_V)) by (unfold one_step, straight; auto_derive; auto; ring).
    rewrite (is_derive_unique _ _ _ A), (is_derive_unique _ _ _ B). unfold wiggle_slope, Rdiv. ring. }
  split; [exact close|]. split; [|split; [now apply slope|]].
  - unfold one_step, wiggle_gap. replace (gamma * (L_V * wiggled eps theta) - gamma * (L_V * straight theta)) with (gamma * L_V * (wiggled eps theta - straight theta)) by ring.
    rewrite Rabs_mult, (Rabs_pos_eq (gamma * L_V)) by nra. pose proof (close theta). assert (0 <= gamma * L_V) by nra. nra.
  - intros g0 l0 most. assert (k : 0 < gamma * L_V) by now apply Rmult_lt_0_compat. pose proof (Rabs_pos most). pose proof (Rle_abs most).
    set (b := Rmin eps (gamma * L_V / (Rabs most + 1))).
    assert (b0 : 0 < b) by (apply Rmin_pos; [lra | apply Rdiv_lt_0_compat; lra]). exists b. split; [split; [exact b0 | apply Rmin_l]|].
    rewrite slope by auto. unfold wiggle_slope. rewrite Rmult_0_l, cos_0, Rmult_1_r.
    assert (b1 : b <= gamma * L_V / (Rabs most + 1)) by apply Rmin_r.
    apply Rlt_le_trans with (Rabs most + 1); [lra|]. apply Rmult_le_reg_r with b; [exact b0|].
    replace (L_V * gamma * / b * b) with (gamma * L_V) by (field; lra).
    apply Rmult_le_compat_l with (r := Rabs most + 1) in b1; [|lra].
    replace ((Rabs most + 1) * (gamma * L_V / (Rabs most + 1))) with (gamma * L_V) in b1 by (field; lra). exact b1.
Qed.
(** Its hypotheses hold with everything positive. *)
Theorem small_errors_large_slopes_instance : wiggle_supposes (9/10) 2 (1/10) /\ wiggle_slope (9/10) 2 (1/10) 0 = 18.
Proof. unfold wiggle_supposes, wiggle_slope. rewrite Rmult_0_l, cos_0. lra. Qed.

(** ---- Along a rollout ---- *)

(** A closed loop on a line, with a parameter: the next state and the reward, and their slopes in the state and in the parameter. *)
Record loop := {
  next : R -> R -> R; next_s : R -> R -> R; next_t : R -> R -> R;
  gain : R -> R -> R; gain_s : R -> R -> R; gain_t : R -> R -> R }.
(** These are its slopes: along every curve of states that has a derivative, the chain rule holds. *)
Definition sloped (W : loop) := forall (u : R -> R) (th d : R), is_derive u th d ->
  is_derive (fun y => next W (u y) y) th (next_s W (u th) th * d + next_t W (u th) th) /\
  is_derive (fun y => gain W (u y) y) th (gain_s W (u th) th * d + gain_t W (u th) th).
(** The discounted return of H steps from s, as a function of the parameter. *)
Fixpoint run (W : loop) (gamma : R) (H : nat) (s th : R) : R := match H with
  | O => 0 | S n => gain W s th + gamma * run W gamma n (next W s th) th end.
(** Its derivative along a curve of starts whose derivative is d, step by step. *)
Fixpoint slope (W : loop) (gamma : R) (H : nat) (s d th : R) : R := match H with
  | O => 0 | S n => (gain_s W s th * d + gain_t W s th) + gamma * slope W gamma n (next W s th) (next_s W s th * d + next_t W s th) th end.

Lemma run_slope W gamma th : sloped W -> forall H u d, is_derive u th d ->
  is_derive (fun y => run W gamma H (u y) y) th (slope W gamma H (u th) d th).
Proof.
  intros D. induction H as [|n IH]; intros u d du; [simpl; apply (is_derive_const (K := R_AbsRing) (V := R_NormedModule) 0)|]. simpl.
  destruct (D u th d du) as (dn & dg). apply (is_derive_plus (K := R_AbsRing) (V := R_NormedModule)); [exact dg|].
  apply (is_derive_scal (fun y => run W gamma n (next W (u y) y) y)). apply (IH (fun y => next W (u y) y) _ dn).
Qed.

(** At the parameter th: constants of both loops, of the real one's slopes, and the learned loop's errors. *)
Record slopes_near (W W_hat : loop) (th loop push paid bend paid_bend eps_dyn slope_dyn slope_rew : R) : Prop := {
  near_loop : forall s, Rabs (next_s W s th) <= loop;
  near_loop_hat : forall s, Rabs (next_s W_hat s th) <= loop;
  near_apart : forall s z, Rabs (next W s th - next W z th) <= loop * Rabs (s - z);
  near_push : forall s, Rabs (next_t W s th) <= push;
  near_paid_hat : forall s, Rabs (gain_s W_hat s th) <= paid;
  near_bend : forall s z, Rabs (next_s W s th - next_s W z th) <= bend * Rabs (s - z) /\ Rabs (next_t W s th - next_t W z th) <= bend * Rabs (s - z);
  near_paid_bend : forall s z, Rabs (gain_s W s th - gain_s W z th) <= paid_bend * Rabs (s - z) /\ Rabs (gain_t W s th - gain_t W z th) <= paid_bend * Rabs (s - z);
  near_value : forall s, Rabs (next W_hat s th - next W s th) <= eps_dyn;
  near_slope : forall s, Rabs (next_s W_hat s th - next_s W s th) <= slope_dyn /\ Rabs (next_t W_hat s th - next_t W s th) <= slope_dyn;
  near_reward : forall s, Rabs (gain_s W_hat s th - gain_s W s th) <= slope_rew /\ Rabs (gain_t W_hat s th - gain_t W s th) <= slope_rew }.

(** A product errs by no more than what its two factors do. *)
Lemma product_errs a b c d A B x y : Rabs a <= A -> Rabs d <= B -> Rabs (a - c) <= x -> Rabs (b - d) <= y -> Rabs (a * b - c * d) <= A * y + x * B.
Proof.
  intros h1 h2 h3 h4. replace (a * b - c * d) with (a * (b - d) + (a - c) * d) by ring. eapply Rle_trans; [apply Rabs_triang|]. rewrite !Rabs_mult.
  pose proof (Rabs_pos a). pose proof (Rabs_pos d). pose proof (Rabs_pos (a - c)). pose proof (Rabs_pos (b - d)).
  apply Rplus_le_compat; apply Rmult_le_compat; lra.
Qed.
Lemma triangle a b c x y : Rabs (a - b) <= x -> Rabs (b - c) <= y -> Rabs (a - c) <= x + y.
Proof. intros. replace (a - c) with ((a - b) + (b - c)) by ring. eapply Rle_trans; [apply Rabs_triang|]. lra. Qed.

Section Rollout.
Variables (W W_hat : loop) (gamma th L B K M N e f g : R).
Hypothesis S : pathwise_supposes gamma L B K M N e f g.

(** What is left of the gradient errs by at most this, where the states are x apart, the real derivative is y at most, and the derivatives z apart. *)
Let c3 := K / (1 - gamma * L).
Let c4 := (N + gamma * c3 * M) / (1 - gamma * L ^ 2).
Let c1 := (N + gamma * c3 * M + gamma * c4 * L * B) / (1 - gamma * L).
Let c2 := (g + gamma * c3 * f + gamma * c4 * L * e) / (1 - gamma * L).
Let c0 := (g + gamma * (c3 * f + c1 * e + c2 * B + c4 * e * B)) / (1 - gamma).
Let left x y z := c0 + c1 * x + c2 * y + c3 * z + c4 * x * y.

Let signs : 0 <= c0 /\ 0 <= c1 /\ 0 <= c2 /\ 0 <= c3 /\ 0 <= c4.
Proof.
  unfold pathwise_supposes in S. assert (over : forall a b, 0 <= a -> 0 < b -> 0 <= a / b) by (intros; apply Rmult_le_pos; [assumption | left; now apply Rinv_0_lt_compat]).
  assert (q1 : 0 < 1 - gamma * L) by lra. assert (q2 : 0 < 1 - gamma * L ^ 2) by lra. assert (q3 : 0 < 1 - gamma) by lra.
  assert (add : forall a b, 0 <= a -> 0 <= b -> 0 <= a + b) by (intros; lra). assert (h : 0 <= gamma /\ 0 <= L /\ 0 <= B /\ 0 <= K /\ 0 <= M /\ 0 <= N /\ 0 <= e /\ 0 <= f /\ 0 <= g) by lra.
  destruct h as (x1 & x2 & x3 & x4 & x5 & x6 & x7 & x8 & x9).
  assert (h3 : 0 <= c3) by (apply over; auto).
  assert (h4 : 0 <= c4) by (apply over; [repeat first [assumption | apply add | apply Rmult_le_pos] | auto]).
  assert (h1 : 0 <= c1) by (apply over; [repeat first [assumption | apply add | apply Rmult_le_pos] | auto]).
  assert (h2 : 0 <= c2) by (apply over; [repeat first [assumption | apply add | apply Rmult_le_pos] | auto]).
  assert (h0 : 0 <= c0) by (apply over; [repeat first [assumption | apply add | apply Rmult_le_pos] | auto]). auto.
Qed.
Let left_step x y z : left x y z = (K * z + (g + N * x) * y) + (g + N * x) + gamma * left (L * x + e) (L * y + B) (L * z + (f + M * x) * y + (f + M * x)).
Proof.
  unfold pathwise_supposes in S. unfold left, c0, c2, c1, c4, c3. field. lra.
Qed.
Lemma slopes_left_bound : left 0 0 0 = pathwise_bound gamma L B K M N e f g.
Proof. unfold pathwise_supposes in S. unfold left, c0, c2, c1, c4, c3, pathwise_bound. field. lra. Qed.

Hypothesis A : slopes_near W W_hat th L B K M N e f g.
Lemma slopes_left H : forall s z d u x y w, Rabs (z - s) <= x -> Rabs d <= y -> Rabs (u - d) <= w ->
  Rabs (slope W_hat gamma H z u th - slope W gamma H s d th) <= left x y w.
Proof.
  destruct signs as (p0 & p1 & p2 & p3 & p4). destruct A as [aL aLh aC aB aKh aM aN ae af ag]. pose proof S as S'. unfold pathwise_supposes in S'.
  induction H as [|n IH]; intros s z d u x y w hx hy hw; pose proof (Rabs_pos (z - s)); pose proof (Rabs_pos d); pose proof (Rabs_pos (u - d)).
  - simpl. rewrite Rminus_0_r, Rabs_R0. unfold left. assert (0 <= c1 * x) by (apply Rmult_le_pos; lra). assert (0 <= c2 * y) by (apply Rmult_le_pos; lra).
    assert (0 <= c3 * w) by (apply Rmult_le_pos; lra). assert (0 <= c4 * x * y) by (apply Rmult_le_pos; [apply Rmult_le_pos|]; lra). lra.
  - assert (Mx : M * Rabs (z - s) <= M * x) by (apply Rmult_le_compat_l; lra). assert (Nx : N * Rabs (z - s) <= N * x) by (apply Rmult_le_compat_l; lra).
    destruct (aM z s) as (m1 & m2). destruct (aN z s) as (n1 & n2). destruct (af z) as (f1 & f2). destruct (ag z) as (g1 & g2).
    pose proof (triangle _ _ _ _ _ f1 m1) as t1. pose proof (triangle _ _ _ _ _ f2 m2) as t2. pose proof (triangle _ _ _ _ _ g1 n1) as t3. pose proof (triangle _ _ _ _ _ g2 n2) as t4.
    rewrite left_step. simpl.
    replace (gain_s W_hat z th * u + gain_t W_hat z th + gamma * slope W_hat gamma n (next W_hat z th) (next_s W_hat z th * u + next_t W_hat z th) th -
      (gain_s W s th * d + gain_t W s th + gamma * slope W gamma n (next W s th) (next_s W s th * d + next_t W s th) th))
      with ((gain_s W_hat z th * u - gain_s W s th * d) + (gain_t W_hat z th - gain_t W s th) + gamma *
        (slope W_hat gamma n (next W_hat z th) (next_s W_hat z th * u + next_t W_hat z th) th - slope W gamma n (next W s th) (next_s W s th * d + next_t W s th) th)) by ring.
    eapply Rle_trans; [apply Rabs_triang|]. apply Rplus_le_compat.
    + eapply Rle_trans; [apply Rabs_triang|]. apply Rplus_le_compat; [|lra].
      apply product_errs; auto; lra.
    + rewrite Rabs_mult, (Rabs_pos_eq gamma) by lra. apply Rmult_le_compat_l; [lra|]. apply IH.
      * pose proof (triangle _ _ _ _ _ (ae z) (aC z s)) as c. assert (L * Rabs (z - s) <= L * x) by (apply Rmult_le_compat_l; lra). lra.
      * eapply Rle_trans; [apply Rabs_triang|]. apply Rplus_le_compat; [|apply aB]. rewrite Rabs_mult. apply Rmult_le_compat; auto; apply Rabs_pos.
      * replace (next_s W_hat z th * u + next_t W_hat z th - (next_s W s th * d + next_t W s th))
          with ((next_s W_hat z th * u - next_s W s th * d) + (next_t W_hat z th - next_t W s th)) by ring.
        eapply Rle_trans; [apply Rabs_triang|]. apply Rplus_le_compat; [|lra]. apply product_errs; auto; lra.
Qed.
End Rollout.

(** Slopes along a rollout. A closed loop on a line and a learned one, with constants that hold at this parameter. Then both returns of H steps have a
    derivative in it, and these differ by no more than the bound, however many steps there are. *)
Theorem slopes_along_a_rollout : forall (W W_hat : loop) (gamma theta s loop push paid bend paid_bend eps_dyn slope_dyn slope_rew : R) (H : nat),
  pathwise_supposes gamma loop push paid bend paid_bend eps_dyn slope_dyn slope_rew -> sloped W -> sloped W_hat ->
  slopes_near W W_hat theta loop push paid bend paid_bend eps_dyn slope_dyn slope_rew ->
  ex_derive (run W gamma H s) theta /\ ex_derive (run W_hat gamma H s) theta /\
  Rabs (Derive (run W_hat gamma H s) theta - Derive (run W gamma H s) theta) <= pathwise_bound gamma loop push paid bend paid_bend eps_dyn slope_dyn slope_rew.
Proof.
  intros W W_hat gamma th s L B K M N e f g H S D D' A.
  assert (c : is_derive (fun _ : R => s) th 0) by apply (is_derive_const (K := R_AbsRing) (V := R_NormedModule) s).
  assert (d : is_derive (run W gamma H s) th (slope W gamma H s 0 th)) by exact (run_slope W gamma th D H (fun _ => s) 0 c).
  assert (d' : is_derive (run W_hat gamma H s) th (slope W_hat gamma H s 0 th)) by exact (run_slope W_hat gamma th D' H (fun _ => s) 0 c).
  split; [eexists; exact d|]. split; [eexists; exact d'|]. rewrite (is_derive_unique _ _ _ d), (is_derive_unique _ _ _ d').
  rewrite <- (slopes_left_bound gamma L B K M N e f g S).
  apply (slopes_left W W_hat gamma th L B K M N e f g S A); rewrite Rminus_eq_0, ?Rabs_R0 || rewrite Rabs_R0; lra.
Qed.

(** A loop that halves its state and adds the parameter, with a reward that is the state; learned, both also have a wave. *)
Definition halves : loop := {| next := fun s th => s / 2 + th; next_s := fun _ _ => 1/2; next_t := fun _ _ => 1;
  gain := fun s th => s + th; gain_s := fun _ _ => 1; gain_t := fun _ _ => 1 |}.
Definition waves : loop := {| next := fun s th => s / 2 + th + sin s / 8; next_s := fun s _ => 1/2 + cos s / 8; next_t := fun _ _ => 1;
  gain := fun s th => s + th + sin s / 8; gain_s := fun s _ => 1 + cos s / 8; gain_t := fun _ _ => 1 |}.
(** Everything that is supposed holds of them, with every error positive, and slopes that are off. *)
Theorem slopes_along_a_rollout_instance : pathwise_supposes (9/10) (5/8) 1 (9/8) 1 1 (1/8) (1/8) (1/8) /\ sloped halves /\ sloped waves /\
  slopes_near halves waves 0 (5/8) 1 (9/8) 1 1 (1/8) (1/8) (1/8) /\ next_s waves 0 0 - next_s halves 0 0 = 1/8.
Proof.
  assert (c : forall s, Rabs (cos s / 8) <= 1/8) by (intros s; apply Rabs_le; pose proof (COS_bound s); lra).
  assert (w : forall s, Rabs (sin s / 8) <= 1/8) by (intros s; apply Rabs_le; pose proof (SIN_bound s); lra).
  split; [unfold pathwise_supposes; lra|]. split; [|split; [|split]].
  - intros u th d du. assert (ex_derive u th) by (eexists; exact du). pose proof (is_derive_unique _ _ _ du) as e.
    split; simpl; auto_derive; auto; replace (Derive (fun x : R => u x) th) with d by (symmetry; exact e); field.
  - intros u th d du. assert (ex_derive u th) by (eexists; exact du). pose proof (is_derive_unique _ _ _ du) as e.
    split; simpl; auto_derive; auto; replace (Derive (fun x : R => u x) th) with d by (symmetry; exact e); field.
  - split; simpl; intros.
    + rewrite Rabs_pos_eq; lra.
    + specialize (c s). apply Rabs_def2_le in c. apply Rabs_le. lra.
    + replace (s / 2 + 0 - (z / 2 + 0)) with (1/2 * (s - z)) by field. rewrite Rabs_mult, Rabs_pos_eq by lra. pose proof (Rabs_pos (s - z)). lra.
    + rewrite Rabs_pos_eq; lra.
    + specialize (c s). apply Rabs_def2_le in c. apply Rabs_le. lra.
    + rewrite !Rminus_eq_0, Rabs_R0. pose proof (Rabs_pos (s - z)). lra.
    + rewrite !Rminus_eq_0, Rabs_R0. pose proof (Rabs_pos (s - z)). lra.
    + replace (s / 2 + 0 + sin s / 8 - (s / 2 + 0)) with (sin s / 8) by ring. apply w.
    + replace (1 / 2 + cos s / 8 - 1 / 2) with (cos s / 8) by ring. rewrite Rminus_eq_0, Rabs_R0. split; [apply c | lra].
    + replace (1 + cos s / 8 - 1) with (cos s / 8) by ring. rewrite Rminus_eq_0, Rabs_R0. split; [apply c | lra].
  - simpl. rewrite cos_0. lra.
Qed.

(** ---- A policy that draws its actions ---- *)

(** Scores see values. Where actions are drawn, the mean of value times score errs by at most gamma L_V eps times the mean size of the score,
    whatever the slopes of the learned step are. *)
Theorem scores_see_values : forall (X : Type) (T : (X -> R) -> R) (f f_hat : X -> R) (V : R -> R) (score : X -> R) (gamma L_V eps_dyn : R),
  score_bias_supposes gamma L_V eps_dyn (T (fun a => Rabs (score a))) -> expectation T -> (forall s z, Rabs (V s - V z) <= L_V * Rabs (s - z)) ->
  (forall a, Rabs (f_hat a - f a) <= eps_dyn) ->
  Rabs (T (fun a => gamma * V (f_hat a) * score a) - T (fun a => gamma * V (f a) * score a)) <= score_bias_bound gamma L_V eps_dyn (T (fun a => Rabs (score a))).
Proof.
  intros X T f f_hat V w gamma l e S HT lip near. unfold score_bias_supposes in S. pose proof HT as (ext & lin & const & mono).
  assert (scal : forall k F, T (fun x => k * F x) = k * T F).
  { intros k F. rewrite (ext _ (fun x => 0 + k * F x)) by (intros; ring). rewrite lin, const. ring. }
  replace (T (fun a => gamma * V (f_hat a) * w a) - T (fun a => gamma * V (f a) * w a))
    with (T (fun a => gamma * V (f_hat a) * w a + -1 * (gamma * V (f a) * w a))) by (rewrite lin; ring).
  assert (each : forall a, Rabs (gamma * V (f_hat a) * w a + -1 * (gamma * V (f a) * w a)) <= gamma * l * e * Rabs (w a)).
  { intros a. replace (gamma * V (f_hat a) * w a + -1 * (gamma * V (f a) * w a)) with (gamma * ((V (f_hat a) - V (f a)) * w a)) by ring.
    rewrite Rabs_mult, (Rabs_pos_eq gamma), Rabs_mult by lra. pose proof (Rabs_pos (w a)). pose proof (lip (f_hat a) (f a)). specialize (near a).
    assert (l * Rabs (f_hat a - f a) <= l * e) by (apply Rmult_le_compat_l; lra). rewrite !Rmult_assoc. apply Rmult_le_compat_l; [lra|].
    rewrite <- Rmult_assoc. apply Rmult_le_compat_r; lra. }
  unfold score_bias_bound. replace (l * e * gamma * T (fun a => Rabs (w a))) with (gamma * l * e * T (fun a => Rabs (w a))) by ring. rewrite <- scal.
  apply Rabs_le. split.
  - replace (- T (fun x => gamma * l * e * Rabs (w x))) with (T (fun x => -1 * (gamma * l * e * Rabs (w x)))) by (rewrite (scal (-1)); ring).
    apply mono. intros a. specialize (each a). apply Rabs_def2_le in each. lra.
  - apply mono. intros a. specialize (each a). apply Rabs_def2_le in each. lra.
Qed.
(** Heads or tails, with scores of 2 and -2; a step that is learned a tenth too high for heads and too low for tails. *)
Definition tossed : law bool := cons (1/2, true) (cons (1/2, false) nil).
Definition toss_score (a : bool) : R := if a then 2 else -2.
Definition toss (a : bool) : R := if a then 1 else 0.
Definition toss_hat (a : bool) : R := toss a + toss_score a / 20.
Theorem scores_see_values_instance : score_bias_supposes (1/2) 1 (1/10) (E tossed (fun a => Rabs (toss_score a))) /\ expectation (E tossed) /\
  (forall s z : R, Rabs (s - z) <= 1 * Rabs (s - z)) /\ (forall a, Rabs (toss_hat a - toss a) <= 1/10) /\ E tossed (fun a => Rabs (toss_score a)) = 2.
Proof.
  assert (r : forall a, Rabs (toss_score a) = 2) by (intros []; simpl; [apply Rabs_pos_eq; lra | rewrite Rabs_left; lra]).
  assert (m : E tossed (fun a => Rabs (toss_score a)) = 2) by (change (1/2 * Rabs (toss_score true) + (1/2 * Rabs (toss_score false) + 0) = 2); rewrite !r; lra).
  split; [rewrite m; unfold score_bias_supposes; lra|]. split; [|split; [intros; lra | split; [|exact m]]].
  - apply E_expectation. split; [intros p x [h|[h|[]]]; injection h as <- _; lra | simpl; lra].
  - intros a. unfold toss_hat. replace (toss a + toss_score a / 20 - toss a) with (toss_score a * / 20) by (unfold Rdiv; ring). rewrite Rabs_mult, r, Rabs_pos_eq; lra.
Qed.
