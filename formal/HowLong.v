(** How long one may imagine, and what may be believed of it: the closed loop itself, whose constant may be far smaller than
    what its parts allow; a rollout that ends in an estimate of the value, and the best time to end it; and when the order of
    two policies in imagination is their order in the world. *)
From Coq Require Import Reals Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Loops ReturnGap Identity.
Open Scope R_scope.

(** ---- The closed loop itself ---- *)

(** A set of states in which both rollouts stay, and where the real closed loop is rho-Lipschitz and its reward slope-Lipschitz. *)
Record looped (W : worlds) (inside : state W -> Prop) (rho slope : R) : Prop := {
  loop_distance : pseudometric (state W) (d_S W);
  real_stays : forall t, inside (real_state W t);
  imagined_stays : forall t, inside (imagined_state W t);
  loop_grows : forall x y, inside x -> inside y -> d_S W (loop W (f W) x) (loop W (f W) y) <= rho * d_S W x y;
  pay_slope : forall x y, inside x -> inside y -> Rabs (pay W (r W) x - pay W (r W) y) <= slope * d_S W x y }.

(** The discounted average over the first H steps, as a share of all. *)
Definition average_to gamma H (a : nat -> R) := (1 - gamma) * sum H (fun t => gamma ^ t * a t).

(** The closed loop itself. Let the closed loop be rho-Lipschitz and its reward slope-Lipschitz where both rollouts stay, and gamma rho < 1. Then the
    gap of H-step returns is at most (average reward error + gamma slope / (1 - gamma rho) average dynamics error) / (1 - gamma), averages being discounted,
    along the imagined rollout. If the errors have discounted sums, both returns exist and the same holds of them. Nothing is asked of dynamics and policy apart. *)
Theorem closed_loop : forall (W : worlds) (inside : state W -> Prop) (gamma rho slope : R),
  closed_loop_supposes gamma rho slope -> looped W inside rho slope ->
  (forall H, Rabs (sum H (real_reward W gamma) - sum H (imagined_reward W gamma)) <=
    closed_loop_bound gamma rho slope (average_to gamma H (dynamics_errors W)) (average_to gamma H (reward_errors W))) /\
  (ex_series (fun t => gamma ^ t * dynamics_errors W t) -> ex_series (fun t => gamma ^ t * reward_errors W t) ->
    ex_series (real_reward W gamma) /\ ex_series (imagined_reward W gamma) /\
    Rabs (J W gamma - J_hat W gamma) <= closed_loop_bound gamma rho slope (average gamma (dynamics_errors W)) (average gamma (reward_errors W))).
Proof.
  intros W C g rho lam N [m st sth HF Hu]. unfold closed_loop_supposes in N. assert (g01 : 0 <= g < 1) by lra.
  assert (rho0 : 0 <= rho) by lra. assert (lam0 : 0 <= lam) by lra. assert (c : g * rho < 1) by lra. split.
  - intros H. eapply Rle_trans; [apply (loops_gap_finite _ (d_S W) (loop W (f W)) (loop W (f_hat W)) (pay W (r W)) (pay W (r_hat W)) (start W) g m g01 C rho lam); auto|].
    right. unfold closed_loop_bound, average_to.
    rewrite (sum_ext H _ (fun t => g ^ t * reward_errors W t + (g * lam / (1 - g * rho)) * (g ^ t * dynamics_errors W t))), sum_lin; [field; lra|].
    intros t _. unfold rew_error, dyn_error, reward_errors, dynamics_errors, imagined_state. ring.
  - intros Ed Er. destruct (loops_gap _ (d_S W) (loop W (f W)) (loop W (f_hat W)) (pay W (r W)) (pay W (r_hat W)) (start W) g m g01 C rho lam) as (E & Eh & G); auto.
    split; [exact E | split; [exact Eh|]]. eapply Rle_trans; [exact G|]. right.
    rewrite (Series_ext _ (fun t => g ^ t * reward_errors W t + g * lam / (1 - g * rho) * (g ^ t * dynamics_errors W t))).
    2:{ intros t. unfold rew_error, dyn_error, reward_errors, dynamics_errors, imagined_state. ring. }
    rewrite Series_plus, Series_scal_l by (auto; now apply ex_scal). unfold closed_loop_bound, average. field. lra.
Qed.
(** With suprema for averages, L_f (1 + L_pi) for rho and L_r (1 + L_pi) for the slope it is Lemma 1. *)
Lemma closed_loop_readable : forall gamma L_f L_r L_pi eps_dyn eps_rew : R, lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew ->
  closed_loop_bound gamma (L_f * (1 + L_pi)) (L_r * (1 + L_pi)) eps_dyn eps_rew = lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew.
Proof. intros g Lf Lr Lp ed er N. unfold lemma_1_supposes in N. unfold closed_loop_bound, lemma_1_bound. field. lra. Qed.

(** A loop that feedback tames: s' = 2 s - 3/2 a with a = s. Imagination errs by 1 a step, in the state and in the reward. *)
Definition tamed : worlds := {|
  state := R; d_S := fun x y => Rabs (x - y); action := R; d_A := fun x y => Rabs (x - y);
  f := fun s a => 2 * s - 3/2 * a; f_hat := fun s a => 2 * s - 3/2 * a + 1; r := fun s _ => s; r_hat := fun s _ => s + 1;
  policy := fun s => s; start := 0 |}.
Lemma tamed_looped : looped tamed (fun _ => True) (1/2) 1.
Proof.
  split; auto.
  - split; simpl; intros; [apply Rabs_pos | rewrite Rminus_eq_0; apply Rabs_R0 | apply Rabs_minus_sym |].
    replace (x - z) with ((x - y) + (y - z)) by ring. apply Rabs_triang.
  - intros x y _ _. unfold loop; simpl. replace (2 * x - 3/2 * x - (2 * y - 3/2 * y)) with (1/2 * (x - y)) by field. rewrite Rabs_mult, (Rabs_pos_eq (1/2)); lra.
  - intros x y _ _. unfold pay; simpl. lra.
Qed.
Lemma tamed_dynamics t : dynamics_errors tamed t = 1.
Proof. unfold dynamics_errors, loop; simpl. generalize (imagined_state tamed t); simpl; intros x. replace (_ - _) with 1 by ring. apply Rabs_R1. Qed.
Lemma tamed_rewards t : reward_errors tamed t = 1.
Proof. unfold reward_errors, pay; simpl. generalize (imagined_state tamed t); simpl; intros x. replace (_ - _) with 1 by ring. apply Rabs_R1. Qed.
(** The gap of two steps: the real rollout stays at 0; the imagined one earns 1, then 2. *)
Lemma tamed_gap : Rabs (sum 2 (real_reward tamed (1/2)) - sum 2 (imagined_reward tamed (1/2))) = 2.
Proof. unfold real_reward, imagined_reward, ret, reth, real, imagined, pay, loop; simpl. rewrite Rabs_left; lra. Qed.
(** The hypotheses hold with every number positive where Lemma 1 is silent: dynamics are no smoother than 2, the policy than 1, and gamma L is 2. *)
Theorem closed_loop_instance : closed_loop_supposes (1/2) (1/2) 1 /\ looped tamed (fun _ => True) (1/2) 1 /\
  ex_series (fun t => (1/2) ^ t * dynamics_errors tamed t) /\ ex_series (fun t => (1/2) ^ t * reward_errors tamed t) /\
  d_S tamed (f tamed 1 0) (f tamed 0 0) = 2 * d_S tamed 1 0 /\ d_A tamed (policy tamed 1) (policy tamed 0) = 1 * d_S tamed 1 0 /\ 1/2 * (2 * (1 + 1)) > 1.
Proof.
  split; [unfold closed_loop_supposes; lra | split; [exact tamed_looped|]].
  assert (E : ex_series (fun t => (1/2) ^ t)) by (apply power_ex; lra).
  split; [apply ex_ext with (2 := E); intros; rewrite tamed_dynamics; ring|]. split; [apply ex_ext with (2 := E); intros; rewrite tamed_rewards; ring|].
  simpl. rewrite (Rabs_pos_eq (1 - 0)), Rabs_pos_eq by lra. repeat split; lra.
Qed.

(** ---- Imagine, then estimate ---- *)

(** What imagination promises that imagines H steps and then uses an estimate of the value. *)
Definition promised W gamma (estimate : state W -> R) H := sum H (imagined_reward W gamma) + gamma ^ H * estimate (imagined_state W H).

(** Imagine, then estimate. Let V solve Bellman's equation in the real world, let the error of one step, in V, be at most delta t where imagination is at step t, and let the
    estimate err by at most eps_V H on the state that H steps reach. Then the promise errs by at most the bound; and if no step errs by more than d, and the estimate by no
    more than e, by at most d (1 + gamma + ... + gamma^(H-1)) + gamma^H e. *)
Theorem imagine_then_estimate : forall (W : worlds) (gamma : R) (V estimate : state W -> R) (delta eps_V : nat -> R) (H : nat),
  early_end_supposes gamma ->
  (forall x, V x = pay W (r W) x + gamma * V (loop W (f W) x)) ->
  (forall t, (t < H)%nat -> Rabs (step_error W gamma V (imagined_state W t)) <= delta t) ->
  Rabs (estimate (imagined_state W H) - V (imagined_state W H)) <= eps_V H ->
  Rabs (promised W gamma estimate H - V (start W)) <= early_end_bound delta eps_V gamma H /\
  (forall d e, constant_errors_supposes gamma d e -> (forall t, (t < H)%nat -> delta t <= d) -> eps_V H <= e ->
    Rabs (promised W gamma estimate H - V (start W)) <= constant_errors_bound gamma H d e).
Proof.
  intros W g V Vb dl ev H N B D E.
  enough (M : Rabs (promised W g Vb H - V (start W)) <= early_end_bound dl ev g H).
  { split; [exact M|]. intros d e Nc Dd Ee. eapply Rle_trans; [exact M|]. unfold early_end_bound, constant_errors_bound. rewrite geom_sum.
    unfold early_end_supposes in N. assert (gp : forall t, 0 <= g ^ t) by (intros; apply pow_le; lra).
    assert (S : sum H (fun t => g ^ t * dl t) <= d * sum H (fun t => g ^ t)).
    { rewrite <- sum_scal. apply sum_le; intros t L. rewrite (Rmult_comm d). apply Rmult_le_compat_l; [apply gp | now apply Dd]. }
    apply Rmult_le_compat_l with (r := g ^ H) in Ee; [|apply gp]. lra. } unfold early_end_supposes in N. assert (gp : forall t, 0 <= g ^ t) by (intros; apply pow_le; lra).
  pose proof (identity_bellman W g V B H) as I. unfold promised.
  replace (sum H (imagined_reward W g) + g ^ H * Vb (imagined_state W H) - V (start W))
    with (sum H (fun t => g ^ t * step_error W g V (imagined_state W t)) + g ^ H * (Vb (imagined_state W H) - V (imagined_state W H))) by (rewrite I; ring).
  eapply Rle_trans; [apply Rabs_triang|]. unfold early_end_bound. rewrite Rabs_mult, (Rabs_pos_eq (g ^ H)) by apply gp.
  assert (A : Rabs (sum H (fun t => g ^ t * step_error W g V (imagined_state W t))) <= sum H (fun t => g ^ t * dl t)).
  { eapply Rle_trans; [apply sum_abs|]. apply sum_le; intros t L. rewrite Rabs_mult, (Rabs_pos_eq (g ^ t)) by apply gp. now apply Rmult_le_compat_l; [apply gp | apply D]. }
  apply Rmult_le_compat_l with (r := g ^ H) in E; [|apply gp]. lra.
Qed.

(** In the tamed loop the value of s is 4/3 s, each step errs by 5/3, and an estimate that errs by 1 is as bad as the bound allows. *)
Definition tamed_value (s : R) := 4/3 * s.
Lemma tamed_bellman : forall x, tamed_value x = pay tamed (r tamed) x + 1/2 * tamed_value (loop tamed (f tamed) x).
Proof. intros x. unfold tamed_value, pay, loop; simpl. field. Qed.
Lemma tamed_step t : step_error tamed (1/2) tamed_value (imagined_state tamed t) = 5/3.
Proof. generalize (imagined_state tamed t). intros x. unfold step_error, tamed_value, pay, loop; simpl. field. Qed.
Theorem imagine_then_estimate_instance : early_end_supposes (1/2) /\
  (forall x, tamed_value x = pay tamed (r tamed) x + 1/2 * tamed_value (loop tamed (f tamed) x)) /\
  (forall t, Rabs (step_error tamed (1/2) tamed_value (imagined_state tamed t)) <= 5/3) /\
  Rabs (promised tamed (1/2) (fun s => tamed_value s + 1) 1 - tamed_value (start tamed)) = early_end_bound (fun _ => 5/3) (fun _ => 1) (1/2) 1.
Proof.
  split; [unfold early_end_supposes; lra | split; [exact tamed_bellman | split]].
  - intros t. rewrite tamed_step, Rabs_pos_eq; lra.
  - unfold promised, imagined_reward, reth, imagined_state, imagined, tamed_value, pay, loop, early_end_bound; simpl. rewrite Rabs_pos_eq; lra.
Qed.

(** ---- The best horizon ---- *)
Lemma one_more_step gamma delta eps_V H : early_end_bound delta eps_V gamma (S H) - early_end_bound delta eps_V gamma H =
  one_more_step_change gamma H (delta H) (eps_V H) (eps_V (S H)).
Proof. unfold early_end_bound, one_more_step_change. simpl. ring. Qed.

(** One more step. It changes the bound by gamma^H (delta H - (eps_V H - gamma eps_V (H + 1))), so it lowers the bound if and only if its error is less than what the
    estimate gains by it. For an estimate whose error is the same everywhere that is (1 - gamma) eps_V; then, if errors do not decrease, the first step that fails this
    ends the best horizon; and if they are all the same the best horizon is 0, or every step is worth taking. *)
Theorem horizon : forall (gamma : R) (delta eps_V : nat -> R), 0 < gamma < 1 ->
  let bound := early_end_bound delta eps_V gamma in
  (forall H, bound (S H) - bound H = one_more_step_change gamma H (delta H) (eps_V H) (eps_V (S H))) /\
  (forall H, bound (S H) < bound H <-> delta H < eps_V H - gamma * eps_V (S H)) /\
  (forall eps H, (forall t, eps_V t = eps) -> (forall t, delta t <= delta (S t)) ->
    (forall t, (t < H)%nat -> delta t < (1 - gamma) * eps) -> (1 - gamma) * eps <= delta H -> forall n, bound H <= bound n) /\
  (forall eps d, (forall t, eps_V t = eps) -> (forall t, delta t = d) ->
    (forall H, bound O <= bound H) \/ (forall H, bound (S H) < bound H)).
Proof.
  intros g dl ev g01 b. assert (gp : forall t, 0 < g ^ t) by (intros; apply pow_lt; lra).
  assert (one : forall H, b (S H) < b H <-> dl H < ev H - g * ev (S H)).
  { intros H. pose proof (one_more_step g dl ev H). fold b in H0. specialize (gp H). unfold one_more_step_change in H0. split; intros; nra. }
  assert (best : forall eps H, (forall t, ev t = eps) -> (forall t, dl t <= dl (S t)) -> (forall t, (t < H)%nat -> dl t < (1 - g) * eps) -> (1 - g) * eps <= dl H -> forall n, b H <= b n).
  { intros eps H C M B A. assert (K : forall k, (1 - g) * eps <= dl (H + k)%nat).
    { induction k; [now rewrite Nat.add_0_r|]. rewrite Nat.add_succ_r. eapply Rle_trans; [exact IHk | apply M]. }
    assert (up : forall k, b H <= b (H + k)%nat).
    { induction k; [rewrite Nat.add_0_r; lra|]. rewrite Nat.add_succ_r. pose proof (one_more_step g dl ev (H + k)). fold b in H0. specialize (K k). specialize (gp (H + k)%nat).
      unfold one_more_step_change in H0. rewrite !C in H0. nra. }
    assert (down : forall k n, (n + k = H)%nat -> b H <= b n).
    { induction k; intros n e; [replace n with H by lia; lra|]. specialize (IHk (S n) ltac:(lia)).
      assert (b (S n) < b n) by (apply one; rewrite !C; specialize (B n ltac:(lia)); lra). lra. }
    intros n. destruct (Nat.le_gt_cases H n) as [L | L]; [replace n with (H + (n - H))%nat by lia; apply up | apply (down (H - n)%nat); lia]. }
  split; [intros; apply one_more_step | split; [exact one | split; [exact best|]]]. intros eps d C Cd. destruct (Rlt_le_dec d ((1 - g) * eps)) as [L | L].
  - right. intros H. apply one. rewrite Cd, !C. lra.
  - left. apply (best eps); auto; [intros; rewrite !Cd; lra | lia | now rewrite Cd].
Qed.

(** Errors that grow by 1/4 a step, beside an estimate that errs by 1: two steps are best. *)
Theorem horizon_instance : 0 < 1/2 < 1 /\ (forall t, INR t / 4 <= INR (S t) / 4) /\
  (forall t, (t < 2)%nat -> INR t / 4 < (1 - 1/2) * 1) /\ (1 - 1/2) * 1 <= INR 2 / 4.
Proof.
  split; [lra | split; [intros t; rewrite S_INR; lra | split; [|simpl; lra]]]. intros [|[|t]] L; [simpl; lra | simpl; lra | lia].
Qed.

(** ---- The order of two policies ---- *)

(** Whom imagination prefers. Let the return gaps of two policies differ by at most gap_difference. Then preferring the first loses at most the bound; a bound below 0,
    that is an imagined advantage above gap_difference, says that the world prefers it, too. *)
Theorem ranking : forall preferred_hat other_hat preferred other gap_difference : R,
  Rabs ((preferred_hat - preferred) - (other_hat - other)) <= gap_difference ->
  other - preferred <= ranking_bound preferred_hat other_hat gap_difference /\
  (gap_difference < preferred_hat - other_hat -> other < preferred).
Proof. intros a b c d e N. unfold ranking_bound. pose proof (Rabs_def2_le _ _ N). split; lra. Qed.
(** Each gap is 3, their difference 0: imagination's order holds, however small the advantage. *)
Theorem ranking_instance : Rabs ((4 - 1) - (7/2 - 1/2)) <= 1/4 /\ 1/4 < 4 - 7/2.
Proof. rewrite Rabs_pos_eq; lra. Qed.

(** ---- What each error did ---- *)

(** A share c of what is left goes on after a step; 1 if the episode goes on, 0 if it ends there. *)
Definition goes_on W (c : state W -> action W -> R) x := c x (policy W x).
(** What is left of the real episode at step t. *)
Fixpoint alive W (c : state W -> action W -> R) t := match t with O => 1 | S t => alive W c t * goes_on W c (real_state W t) end.
(** The real return of H steps, and the learned world's own value of n steps, of episodes that end. *)
Definition ended_return W c gamma H := sum H (fun t => gamma ^ t * (alive W c t * pay W (r W) (real_state W t))).
Fixpoint ended_value W (c_hat : state W -> action W -> R) gamma n x :=
  match n with O => 0 | S n => pay W (r_hat W) x + gamma * (goes_on W c_hat x * ended_value W c_hat gamma n (loop W (f_hat W) x)) end.

(** The three parts, each discounted along the real episode: what the reward model pays too much; what the model's next state is worth more than the real one, where the episode
    goes on; and what the model's next state is worth where the model is wrong about the end. Values are of the steps that remain. *)
Definition reward_part W c gamma H := sum H (fun t => gamma ^ t * (alive W c t * (pay W (r_hat W) (real_state W t) - pay W (r W) (real_state W t)))).
Definition dynamics_part W c (V : nat -> state W -> R) gamma H := sum H (fun t => gamma ^ S t * (alive W c t * (goes_on W c (real_state W t) *
  (V (H - t - 1)%nat (loop W (f_hat W) (real_state W t)) - V (H - t - 1)%nat (loop W (f W) (real_state W t)))))).
Definition ending_part W c c_hat (V : nat -> state W -> R) gamma H := sum H (fun t => gamma ^ S t * (alive W c t *
  ((goes_on W c_hat (real_state W t) - goes_on W c (real_state W t)) * V (H - t - 1)%nat (loop W (f_hat W) (real_state W t))))).

Lemma audit_steps W c c_hat g H : forall n, (n <= H)%nat -> let V := ended_value W c_hat g in
  V H (start W) - ended_return W c g n = g ^ n * (alive W c n * V (H - n)%nat (real_state W n)) +
  sum n (fun t => g ^ t * (alive W c t * (pay W (r_hat W) (real_state W t) - pay W (r W) (real_state W t)))) +
  sum n (fun t => g ^ S t * (alive W c t * (goes_on W c (real_state W t) *
    (V (H - t - 1)%nat (loop W (f_hat W) (real_state W t)) - V (H - t - 1)%nat (loop W (f W) (real_state W t)))))) +
  sum n (fun t => g ^ S t * (alive W c t * ((goes_on W c_hat (real_state W t) - goes_on W c (real_state W t)) * V (H - t - 1)%nat (loop W (f_hat W) (real_state W t))))).
Proof.
  intros n L V. induction n as [|n IH].
  - unfold ended_return. cbn [sum alive pow]. rewrite Nat.sub_0_r. change (real_state W 0) with (start W). ring.
  - specialize (IH ltac:(lia)). unfold ended_return in *. cbn [sum alive].
    assert (E : V (H - n)%nat (real_state W n) = pay W (r_hat W) (real_state W n) +
      g * (goes_on W c_hat (real_state W n) * V (H - n - 1)%nat (loop W (f_hat W) (real_state W n)))) 
      by (assert (N : (H - n = S (H - n - 1))%nat) by lia; rewrite N at 1; reflexivity).
    rewrite E in IH. replace (H - S n)%nat with (H - n - 1)%nat by lia. change (real_state W (S n)) with (loop W (f W) (real_state W n)).
    cbn [pow] in *. lra.
Qed.

(** What each error did. Along a real episode, which may end, the imagined return from its start less its own return is the sum of three parts: the reward's, the
    dynamics' and that of the ends. Nothing is supposed of the worlds, of gamma, nor of the shares that go on. *)
Theorem audit_identity : forall (W : worlds) (c c_hat : state W -> action W -> R) (gamma : R) (H : nat), let V := ended_value W c_hat gamma in
  V H (start W) - ended_return W c gamma H = reward_part W c gamma H + dynamics_part W c V gamma H + ending_part W c c_hat V gamma H.
Proof.
  intros W c ch g H V. pose proof (audit_steps W c ch g H H (Nat.le_refl H)) as A. cbv zeta in A. fold V in A.
  replace (V (H - H)%nat (real_state W H)) with 0 in A by (rewrite Nat.sub_diag; reflexivity). unfold reward_part, dynamics_part, ending_part. lra.
Qed.

(** Where nothing ends it is the mirror image. *)
Lemma audit_identity_readable : forall (W : worlds) (gamma : R) (H : nat),
  ended_value W (fun _ _ => 1) gamma H (start W) = sum H (imagined_reward W gamma) /\ ended_return W (fun _ _ => 1) gamma H = sum H (real_reward W gamma).
Proof.
  intros W g H. assert (one : forall t, alive W (fun _ _ => 1) t = 1) by (induction t; [reflexivity | cbn [alive]; rewrite IHt; unfold goes_on; ring]). split.
  - assert (E : forall n x, ended_value W (fun _ _ => 1) g n x = steps_value (loop W (f_hat W)) (pay W (r_hat W)) g n x).
    { induction n; intros x; [reflexivity|]. cbn [ended_value steps_value]. rewrite IHn. unfold goes_on. ring. }
    rewrite E, steps_value_sum. reflexivity.
  - unfold ended_return. apply sum_ext. intros t _. rewrite one. unfold real_reward, ret, real_state. ring.
Qed.

(** A walk whose model goes twice as far, pays 1 too much, and thinks that less goes on: each part counts. *)
Definition tired : worlds := {|
  state := R; d_S := fun x y => Rabs (x - y); action := R; d_A := fun x y => Rabs (x - y);
  f := fun s _ => s + 1; f_hat := fun s _ => s + 2; r := fun s _ => s; r_hat := fun s _ => s + 1; policy := fun s => s; start := 0 |}.
Theorem audit_identity_instance : let V := ended_value tired (fun _ _ => 1/4) (1/2) in
  reward_part tired (fun _ _ => 1/2) (1/2) 2 = 5/4 /\ dynamics_part tired (fun _ _ => 1/2) V (1/2) 2 = 1/4 /\
  ending_part tired (fun _ _ => 1/2) (fun _ _ => 1/4) V (1/2) 2 = - (3/8).
Proof. unfold reward_part, dynamics_part, ending_part, goes_on, real_state, real, loop, pay; simpl. unfold goes_on, loop, pay, real_state, real; simpl. repeat split; field. Qed.
