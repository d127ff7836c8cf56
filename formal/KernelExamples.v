(** Worlds in which the hypotheses of the results about kernels hold: maps, which are kernels without spread, so that Lemma 1
    is a case; two states between which one walks at random, where the bound is attained; and a state that decays. *)
From Coq Require Import Reals List Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require ReturnGap.
From Imagination Require Import Sums Bounds Laws Loops Wasserstein Kernels KernelIdentity.
Import ListNotations.
Open Scope R_scope.

(** ---- Maps are kernels ---- *)

(** Two deterministic worlds, as random ones without spread. *)
Definition without_spread (W : ReturnGap.worlds) : random_worlds := {|
  state := ReturnGap.state W; d_S := ReturnGap.d_S W; action := ReturnGap.action W; d_A := ReturnGap.d_A W;
  P := fun x a => point (ReturnGap.f W x a); P_hat := fun x a => point (ReturnGap.f_hat W x a);
  r := ReturnGap.r W; r_hat := ReturnGap.r_hat W;
  policy := fun x => point (ReturnGap.policy W x); start := point (ReturnGap.start W) |}.

Lemma stays_a_point W K (f : ReturnGap.state W -> ReturnGap.action W -> ReturnGap.state W) (u : ReturnGap.state W -> ReturnGap.action W -> R) t :
  (forall x a, K x a = point (f x a)) ->
  expected_pay (without_spread W) u (iter (loop (without_spread W) K) t (start (without_spread W))) =
  ReturnGap.pay W u (iter (ReturnGap.loop W f) t (ReturnGap.start W)).
Proof.
  intros e. assert (A : forall h, mean (iter (loop (without_spread W) K) t (start (without_spread W))) h = h (iter (ReturnGap.loop W f) t (ReturnGap.start W))).
  { induction t; intros h; [apply mean_point|]. cbn [iter]. unfold loop at 1. rewrite mean_next, IHt. unfold step. rewrite mean_next. simpl policy.
    rewrite mean_point, e, mean_point. reflexivity. }
  unfold expected_pay. rewrite A. apply mean_point.
Qed.
(** The rewards are the same, step by step, and what Lemma 1 supposes is what is supposed of kernels. *)
Theorem maps_are_kernels : forall (W : ReturnGap.worlds) (gamma L_f L_r L_pi eps_dyn eps_rew : R),
  (forall t, real_reward (without_spread W) gamma t = ReturnGap.real_reward W gamma t) /\
  (forall t, imagined_reward (without_spread W) gamma t = ReturnGap.imagined_reward W gamma t) /\
  (ReturnGap.described W L_f L_r L_pi eps_dyn eps_rew -> smooth (without_spread W) from_real from_real L_f L_r L_pi eps_dyn eps_rew).
Proof.
  intros W g Lf Lr Lp ed er. split; [|split].
  - intros t. unfold real_reward, ReturnGap.real_reward, ret, real. f_equal. now apply stays_a_point.
  - intros t. unfold imagined_reward, ReturnGap.imagined_reward, reth, imagined. f_equal. now apply stays_a_point.
  - intros [mS mA F Rw Po De Re]. split; simpl; auto; intros; rewrite W1_of_points; auto.
Qed.
(** Lemma 1 of maps, once more: the case of Lemma 1 for kernels without spread. *)
Theorem lemma_1_by_kernels : forall (W : ReturnGap.worlds) (gamma L_f L_r L_pi eps_dyn eps_rew : R),
  lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew -> ReturnGap.described W L_f L_r L_pi eps_dyn eps_rew ->
  ex_series (ReturnGap.real_reward W gamma) /\ ex_series (ReturnGap.imagined_reward W gamma) /\
  Rabs (ReturnGap.J W gamma - ReturnGap.J_hat W gamma) <= lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew.
Proof.
  intros W g Lf Lr Lp ed er N D. destruct (maps_are_kernels W g Lf Lr Lp ed er) as (E & Eh & S).
  destruct (proj2 (kernel_bound _ _ _ g _ _ _ _ _ (S D)) N) as (R & Rh & B). unfold J, J_hat in B. rewrite (Series_ext _ _ E), (Series_ext _ _ Eh) in B.
  split; [|split; [|exact B]]; [exact (ex_ext _ _ E R) | exact (ex_ext _ _ Eh Rh)].
Qed.

(** ---- Two states between which one walks at random ---- *)

(** true with probability p, brought into [0, 1]; true counts 1 and false 0. *)
Definition clip p := Rmax 0 (Rmin 1 p).
Lemma clip_range p : 0 <= clip p <= 1.
Proof. unfold clip, Rmax, Rmin. destruct (Rle_dec 1 p); [destruct (Rle_dec 0 1) | destruct (Rle_dec 0 p)]; lra. Qed.
Lemma clip_id p : 0 <= p <= 1 -> clip p = p.
Proof. intros. unfold clip. rewrite Rmin_right, Rmax_right; lra. Qed.
Lemma toss_law p : is_law [(clip p, true); (1 - clip p, false)].
Proof. pose proof (clip_range p). split; [intros q b [e | [e | []]]; injection e as <- _; lra | simpl; ring]. Qed.
Definition toss p : dist bool := {| weights := _; weights_law := toss_law p |}.
Definition val (b : bool) : R := if b then 1 else 0.
Definition between (x y : bool) := Rabs (val x - val y).

Lemma mean_toss p h : 0 <= p <= 1 -> mean (toss p) h = h false + p * (h true - h false).
Proof. intros B. unfold mean; simpl. rewrite clip_id by exact B. ring. Qed.
Lemma between_distance : pseudometric bool between.
Proof.
  unfold between; split; intros; [apply Rabs_pos | rewrite Rminus_eq_0; apply Rabs_R0 | apply Rabs_minus_sym |].
  replace (val x - val z) with ((val x - val y) + (val y - val z)) by ring. apply Rabs_triang.
Qed.
Lemma toss_apart p q : 0 <= p <= 1 -> 0 <= q <= 1 -> W1 between (toss p) (toss q) <= Rabs (p - q).
Proof.
  intros Bp Bq. apply (W1_le _ _ between_distance); intros h H. rewrite !mean_toss by auto.
  replace (_ - _) with ((p - q) * (h true - h false)) by ring. eapply Rle_trans; [apply Rle_abs|]. rewrite Rabs_mult.
  specialize (H true false). unfold between in H; simpl in H. rewrite (Rabs_pos_eq (1 - 0)) in H by lra. pose proof (Rabs_pos (p - q)). nra.
Qed.

(** The probability of the state 1 is L_f (s + a); in imagination eps_dyn more. The reward is L_r (s + a); in imagination
    eps_rew more. The policy's action is 1 with probability L_pi s. *)
Definition walk L_f L_r L_pi eps_dyn eps_rew : random_worlds := {|
  state := bool; d_S := between; action := bool; d_A := between;
  P := fun x a => toss (L_f * (val x + val a)); P_hat := fun x a => toss (L_f * (val x + val a) + eps_dyn);
  r := fun x a => L_r * (val x + val a); r_hat := fun x a => L_r * (val x + val a) + eps_rew;
  policy := fun x => toss (L_pi * val x); start := point false |}.

Section Walk.
Variables L_f L_r L_pi eps_dyn eps_rew : R.
Hypotheses (f0 : 0 <= L_f) (r0 : 0 <= L_r) (pi01 : 0 <= L_pi <= 1) (d0 : 0 <= eps_dyn) (e0 : 0 <= eps_rew) (room : 2 * L_f + eps_dyn <= 1).
Let W := walk L_f L_r L_pi eps_dyn eps_rew.
Let L := L_f * (1 + L_pi).

Lemma val_range b : 0 <= val b <= 1. Proof. destruct b; simpl; lra. Qed.
Lemma sum_apart K x a y b : 0 <= K -> Rabs (K * (val x + val a) - K * (val y + val b)) <= K * (between x y + between a b).
Proof.
  intros K0. unfold between. replace (K * (val x + val a) - K * (val y + val b)) with (K * ((val x - val y) + (val a - val b))) by ring.
  rewrite Rabs_mult, Rabs_pos_eq by auto. apply Rmult_le_compat_l; [auto | apply Rabs_triang].
Qed.
(** The walk has the constants that its name gives it, on both sides. *)
Lemma walk_smooth kernel reward : smooth W kernel reward L_f L_r L_pi eps_dyn eps_rew.
Proof.
  assert (in01 : forall x a, 0 <= L_f * (val x + val a) <= 1 /\ 0 <= L_f * (val x + val a) + eps_dyn <= 1).
  { intros x a. pose proof (val_range x). pose proof (val_range a). nra. }
  assert (pol : forall x, 0 <= L_pi * val x <= 1) by (intros x; pose proof (val_range x); nra).
  split; simpl; try exact between_distance; intros.
  - pose proof (sum_apart L_f x a y b f0) as S. destruct (in01 x a), (in01 y b).
    destruct kernel; (eapply Rle_trans; [apply toss_apart; auto|]); [exact S|]. replace (_ - _) with (L_f * (val x + val a) - L_f * (val y + val b)) by ring. exact S.
  - pose proof (sum_apart L_r x a y b r0) as S. destruct reward; [exact S|]. unfold reward_of; simpl.
    replace (_ - _) with (L_r * (val x + val a) - L_r * (val y + val b)) by ring. exact S.
  - eapply Rle_trans; [apply toss_apart; auto|]. rewrite <- Rmult_minus_distr_l, Rabs_mult, Rabs_pos_eq by lra. apply Rle_refl.
  - destruct (in01 x a). eapply Rle_trans; [apply toss_apart; auto|]. replace (_ - _) with eps_dyn by ring. rewrite Rabs_pos_eq; lra.
  - replace (_ - _) with eps_rew by ring. rewrite Rabs_pos_eq; lra.
Qed.

Lemma walk_at e K t : 0 <= e <= eps_dyn -> (forall x a, K x a = toss (L_f * (val x + val a) + e)) -> mean (iter (loop W K) t (start W)) val = e * geom L t.
Proof.
  intros Be HK. induction t; [change (mean (point false) val = e * geom L 0); rewrite mean_point; simpl; ring|]. change (mean (next (iter (loop W K) t (start W)) (step W K)) val = e * geom L (S t)). rewrite mean_next.
  rewrite (mean_ext _ _ _ (fun x => e + L * val x)).
  - rewrite (mean_lin (state W) _ L (fun _ => e) val), IHt, mean_const. cbn [geom]. ring.
  - intros x. unfold step. rewrite mean_next. pose proof (val_range x).
    rewrite (mean_ext _ _ _ (fun a => L_f * val x + e + L_f * val a)).
    + rewrite mean_lin, mean_const. change (policy W x) with (toss (L_pi * val x)). rewrite mean_toss by nra. simpl. unfold L. ring.
    + intros a. pose proof (val_range a). rewrite HK, mean_toss by nra. simpl. ring.
Qed.
Lemma walk_pay mu c : mean mu (fun x => mean (policy W x) (fun a => L_r * (val x + val a) + c)) = c + L_r * (1 + L_pi) * mean mu val.
Proof.
  rewrite (mean_ext _ _ _ (fun x => c + (L_r * (1 + L_pi)) * val x)), (mean_lin _ _ _ (fun _ => c) val), mean_const; [reflexivity|]. intros x. pose proof (val_range x).
  rewrite (mean_ext _ _ _ (fun a => (L_r * val x + c) + L_r * val a)), mean_lin, mean_const by (intros; ring). change (policy W x) with (toss (L_pi * val x)). rewrite mean_toss by nra. simpl. ring.
Qed.
Lemma walk_real gamma t : real_reward W gamma t = 0.
Proof.
  unfold real_reward, ret, real, expected_pay, pay. rewrite (mean_ext _ _ _ (fun x => mean (policy W x) (fun a => L_r * (val x + val a) + 0))), walk_pay.
  - rewrite (walk_at 0); [ring | lra | intros; simpl; f_equal; ring].
  - intros x. apply mean_ext; intros a. simpl. ring.
Qed.
Lemma walk_imagined gamma t : imagined_reward W gamma t = eps_rew * gamma ^ t + L_r * (1 + L_pi) * eps_dyn * (gamma ^ t * geom L t).
Proof.
  unfold imagined_reward, reth, imagined, expected_pay, pay. simpl r_hat. rewrite walk_pay, (walk_at eps_dyn); [ring | lra | reflexivity].
Qed.
(** Lemma 1 for kernels is attained in a world of two states, by steps that are truly random, for every horizon and for all
    steps: randomness does not help. *)
Theorem kernel_bound_attained : forall gamma, 0 <= gamma < 1 -> (forall kernel reward, smooth W kernel reward L_f L_r L_pi eps_dyn eps_rew) /\
  (forall horizon, Rabs (sum horizon (real_reward W gamma) - sum horizon (imagined_reward W gamma)) = finite_horizon_bound gamma L_f L_r L_pi eps_dyn eps_rew horizon) /\
  Rabs (J W gamma - J_hat W gamma) = lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew.
Proof.
  intros g g01. split; [exact walk_smooth|]. assert (L0 : 0 <= L) by (unfold L; nra). assert (L1 : L <= 1) by (unfold L; nra).
  assert (c : g * L < 1) by (pose proof (Rmult_le_compat_l g L 1 (proj1 g01) L1); lra).
  assert (pos : 0 <= L_r * (1 + L_pi) * eps_dyn) by (repeat apply Rmult_le_pos; lra). split.
  - intros H. set (u t := eps_rew * g ^ t + L_r * (1 + L_pi) * eps_dyn * (g ^ t * geom L t)).
    assert (P : 0 <= sum H u).
    { rewrite <- (Rmult_0_r (INR H)), <- sum_const. apply sum_le; intros t _. pose proof (geom_pos L t L0). assert (0 <= g ^ t) by (apply pow_le; lra).
      unfold u. apply Rplus_le_le_0_compat; repeat apply Rmult_le_pos; lra. }
    rewrite sum_minus, (sum_ext H _ (fun t => -1 * u t)), sum_scal by (intros; rewrite walk_real, walk_imagined; unfold u; ring).
    replace (-1 * sum H u) with (- sum H u) by ring. rewrite Rabs_Ropp, Rabs_pos_eq by exact P. unfold u. rewrite sum_lin, sum_scal, <- geom_sum.
    unfold finite_horizon_bound. fold L. ring.
  - unfold J, J_hat. rewrite (Series_ext _ (fun t => 0 * g ^ t)), (Series_ext (imagined_reward W g) _ (walk_imagined g)) by (intros; rewrite walk_real; ring).
    rewrite Series_plus, !Series_scal_l, power_sum, double_sum by (auto; apply ex_scal; auto using power_ex, double_ex).
    replace (lemma_1_bound _ _ _ _ _ _) with (eps_rew * / (1 - g) + L_r * (1 + L_pi) * eps_dyn * (g / ((1 - g) * (1 - g * L)))) by (unfold lemma_1_bound, L in *; field; lra).
    assert (0 <= g / ((1 - g) * (1 - g * L))) by (apply Rdiv_le_0_compat; nra). assert (0 < / (1 - g)) by (apply Rinv_0_lt_compat; lra).
    rewrite Rmult_0_l, Rminus_0_l, Rabs_Ropp. apply Rabs_pos_eq. nra.
Qed.
End Walk.

(** The hypotheses of Lemma 1 for kernels hold somewhere, with every constant and every error positive, for either side. *)
Theorem kernel_bound_instance : lemma_1_supposes (1/2) (1/4) 1 1 (1/2) 1 /\ finite_horizon_supposes (1/2) (1/4) 1 1 (1/2) 1 /\
  forall kernel reward, smooth (walk (1/4) 1 1 (1/2) 1) kernel reward (1/4) 1 1 (1/2) 1.
Proof. split; [unfold lemma_1_supposes; lra | split; [unfold finite_horizon_supposes; lra | intros; apply walk_smooth; lra]]. Qed.
Theorem kernel_either_side_instance : lemma_1_supposes (1/2) (Rmin (1/4) (1/4)) (Rmin 1 1) 1 (1/2) 1 /\
  smooth (walk (1/4) 1 1 (1/2) 1) from_real from_real (1/4) 1 1 (1/2) 1 /\ smooth (walk (1/4) 1 1 (1/2) 1) from_learned from_learned (1/4) 1 1 (1/2) 1.
Proof. rewrite !Rmin_left by lra. split; [unfold lemma_1_supposes; lra | split; apply walk_smooth; lra]. Qed.
Lemma between_below x y : between x y <= 1.
Proof. unfold between. apply Rabs_le. destruct x, y; simpl; lra. Qed.
Theorem kernel_bounded_states_instance : bounded_states_supposes (1/2) (1/4) 1 1 (1/2) 1 1 /\
  (forall kernel reward, smooth (walk (1/4) 1 1 (1/2) 1) kernel reward (1/4) 1 1 (1/2) 1) /\ forall x y, d_S (walk (1/4) 1 1 (1/2) 1) x y <= 1.
Proof. split; [unfold bounded_states_supposes; lra | split; [intros; apply walk_smooth; lra | exact between_below]]. Qed.

(** ---- A state that decays ---- *)

(** The state 1 stays for ever; in imagination it falls to 0 with probability e at each step, and stays there. The reward is
    the state; in imagination it is eps_rew less. *)
Definition stays (x : bool) : dist bool := point x.
Definition falls e (x : bool) : dist bool := if x then toss (1 - e) else point false.
Definition decay e eps_rew : random_worlds := {|
  state := bool; d_S := between; action := unit; d_A := fun _ _ => 0; P := fun x _ => stays x; P_hat := fun x _ => falls e x;
  r := fun x _ => val x; r_hat := fun x _ => val x - eps_rew; policy := fun _ => point tt; start := point true |}.

Section Decay.
Variables e eps_rew gamma : R.
Hypotheses (e01 : 0 <= e <= 1) (er0 : 0 <= eps_rew) (g01 : 0 <= gamma < 1).
Let W := decay e eps_rew.

Lemma decay_bounded : bounded_rewards W.
Proof.
  apply finite_spaces_have_bounded_rewards; [exists [true; false]; intros [|]; simpl; auto | exists [tt]; intros []; simpl; auto].
Qed.
Lemma one_action h (x : bool) : mean (policy W x) h = h tt. Proof. apply mean_point. Qed.
Lemma falls_mean h x : mean (falls e x) h = h false + (1 - e) * val x * (h true - h false).
Proof. destruct x; simpl; [rewrite mean_toss by lra | rewrite mean_point]; ring. Qed.
Lemma decay_bounded_u (u : bool -> unit -> R) : exists B, forall x a, Rabs (u x a) <= B.
Proof.
  exists (Rmax (Rabs (u true tt)) (Rabs (u false tt))). intros [|] []; [apply Rmax_l | apply Rmax_r].
Qed.
Lemma decay_value x : value W (P W) (r W) gamma x = val x / (1 - gamma).
Proof.
  destruct (value_exists W (P W) (r W) gamma g01 (decay_bounded_u _)) as (_ & _ & U). symmetry. apply (U (fun x => val x / (1 - gamma))).
  - apply finite_bounded. exists [true; false]. intros [|]; simpl; auto.
  - intros y. unfold pay, step. rewrite mean_next, !one_action. simpl P. unfold stays. rewrite mean_point. simpl. field. lra.
Qed.
Lemma decay_value_hat x : value W (P_hat W) (r_hat W) gamma x = val x / (1 - gamma * (1 - e)) - eps_rew / (1 - gamma).
Proof.
  assert (c : 0 < 1 - gamma * (1 - e)) by nra.
  destruct (value_exists W (P_hat W) (r_hat W) gamma g01 (decay_bounded_u _)) as (_ & _ & U). symmetry.
  apply (U (fun x => val x / (1 - gamma * (1 - e)) - eps_rew / (1 - gamma))).
  - apply finite_bounded. exists [true; false]. intros [|]; simpl; auto.
  - intros y. unfold pay, step. rewrite mean_next, !one_action. simpl P_hat. rewrite falls_mean. simpl. field. lra.
Qed.
Lemma decay_returns : J W gamma = 1 / (1 - gamma) /\ J_hat W gamma = 1 / (1 - gamma * (1 - e)) - eps_rew / (1 - gamma).
Proof. split; [exact (decay_value true) | exact (decay_value_hat true)]. Qed.
Lemma decay_tv x a : total_variation (P_hat W x a) (P W x a) <= e.
Proof.
  apply tv_least; intros A. unfold probability. simpl P_hat. simpl P. unfold stays. rewrite falls_mean, mean_point.
  destruct x, (A true), (A false); simpl; apply Rabs_le; lra.
Qed.
Lemma decay_span x y : value W (P W) (r W) gamma x - value W (P W) (r W) gamma y <= / (1 - gamma).
Proof.
  rewrite !decay_value. assert (0 < / (1 - gamma)) by (apply Rinv_0_lt_compat; lra). pose proof (val_range x). pose proof (val_range y). unfold Rdiv. nra.
Qed.
Lemma decay_error x : one_step_error W gamma x = - eps_rew - gamma * e * val x / (1 - gamma).
Proof.
  unfold one_step_error, step_error. rewrite one_action. simpl P_hat. simpl P. unfold stays. rewrite falls_mean, mean_point, !decay_value. destruct x; simpl; field; lra.
Qed.
Lemma falls_apart x y : W1 between (falls e x) (falls e y) <= (1 - e) * between x y.
Proof.
  apply (W1_le _ _ between_distance); intros h H. rewrite !falls_mean. pose proof (Rabs_def2_le _ _ (H true false)) as D.
  unfold between in *; simpl in D. rewrite (Rabs_pos_eq (1 - 0)) in D by lra. destruct x, y; simpl val;
    rewrite ?Rminus_eq_0, ?Rabs_R0, ?(Rabs_pos_eq (1 - 0)), ?(Rabs_left (0 - 1)) by lra; nra.
Qed.
Lemma falls_error x : W1 between (falls e x) (stays x) <= e.
Proof.
  apply (W1_le _ _ between_distance); intros h H. unfold stays. rewrite falls_mean, mean_point. pose proof (Rabs_def2_le _ _ (H true false)) as D.
  unfold between in D; simpl in D. rewrite (Rabs_pos_eq (1 - 0)) in D by lra. destruct x; simpl; nra.
Qed.
End Decay.

(** Asadi's bound with the smaller constant is attained: the learned kernel has 1 - e where the real one has 1. *)
Theorem asadi_bound_attained : forall e gamma, 0 <= e <= 1 -> 0 <= gamma < 1 -> pseudometric bool between /\
  (forall x y, W1 between (stays x) (stays y) <= 1 * between x y) /\ (forall x y, W1 between (falls e x) (falls e y) <= (1 - e) * between x y) /\
  (forall x y, Rabs (val x - val y) <= 1 * between x y) /\ (forall x, W1 between (falls e x) (stays x) <= e) /\
  asadi_supposes gamma (Rmin 1 (1 - e)) 1 e /\
  let W := processes between stays (falls e) val true in
  Rabs (J W gamma - J_hat W gamma) = asadi_value_bound gamma (Rmin 1 (1 - e)) 1 e.
Proof.
  intros e gamma e01 g01. set (W := decay e 0). assert (c : 0 < 1 - gamma * (1 - e)) by nra.
  split; [exact between_distance | split; [|split; [now apply falls_apart | split; [|split; [now apply falls_error | split]]]]].
  - intros x y. unfold stays. rewrite (W1_of_points _ _ between_distance). lra.
  - intros x y. unfold between. lra.
  - rewrite Rmin_right by lra. unfold asadi_supposes. nra.
  - cbv zeta. rewrite Rmin_right by lra.
    change (Rabs (value W (P W) (r W) gamma true - value W (P_hat W) (fun x _ => val x) gamma true) = asadi_value_bound gamma (1 - e) 1 e).
    replace (value W (P_hat W) (fun x _ => val x) gamma true) with (1 / (1 - gamma * (1 - e))).
    + unfold W. rewrite (decay_value e 0 gamma) by auto. simpl. unfold asadi_value_bound. rewrite Rabs_pos_eq; [field; lra|].
      replace (1 / (1 - gamma) - 1 / (1 - gamma * (1 - e))) with (gamma * e / ((1 - gamma) * (1 - gamma * (1 - e)))) by (field; lra).
      apply Rdiv_le_0_compat; [nra | apply Rmult_lt_0_compat; lra].
    + destruct (value_exists W (P_hat W) (fun x _ => val x) gamma g01 (decay_bounded_u _)) as (_ & _ & U).
      refine (U (fun x => val x / (1 - gamma * (1 - e))) _ _ true).
      * apply finite_bounded. exists [true; false]. intros [|]; simpl; auto.
      * intros y. unfold pay, step. rewrite mean_next, !(one_action e 0). simpl P_hat. rewrite falls_mean by exact e01. simpl. field. lra.
Qed.

(** The hypotheses of the other results hold somewhere too, with positive errors. *)
Theorem asadi_bound_instance : asadi_supposes (1/2) (Rmin 1 (1/2)) 1 (1/2) /\ pseudometric bool between /\
  (forall x y, W1 between (stays x) (stays y) <= 1 * between x y) /\ (forall x y, W1 between (falls (1/2) x) (falls (1/2) y) <= 1/2 * between x y) /\
  (forall x y, Rabs (val x - val y) <= 1 * between x y) /\ (forall x, W1 between (falls (1/2) x) (stays x) <= 1/2).
Proof.
  destruct (asadi_bound_attained (1/2) (1/2) ltac:(lra) ltac:(lra)) as (M & A & B & C & D & N & _). replace (1 - 1/2) with (1/2) in * by lra. tauto.
Qed.
Theorem kernel_identity_instance : bounded_rewards (decay (1/2) 1) /\ J_hat (decay (1/2) 1) (1/2) - J (decay (1/2) 1) (1/2) = - (8/3).
Proof. split; [apply decay_bounded|]. destruct (decay_returns (1/2) 1 (1/2) ltac:(lra) ltac:(lra)) as [-> ->]. field. Qed.
Theorem simulation_lemma_instance : simulation_supposes (1/2) (1/2) 1 2 /\ bounded_rewards (decay (1/2) 1) /\
  (forall x a, total_variation (P_hat (decay (1/2) 1) x a) (P (decay (1/2) 1) x a) <= 1/2) /\
  (forall x a, Rabs (r_hat (decay (1/2) 1) x a - r (decay (1/2) 1) x a) <= 1) /\
  (forall x y, value (decay (1/2) 1) (P (decay (1/2) 1)) (r (decay (1/2) 1)) (1/2) x - value (decay (1/2) 1) (P (decay (1/2) 1)) (r (decay (1/2) 1)) (1/2) y <= 2).
Proof.
  split; [unfold simulation_supposes; lra | split; [apply decay_bounded | split; [intros; apply decay_tv; lra | split]]].
  - intros x a. simpl. replace (_ - _) with (-1) by ring. rewrite Rabs_left; lra.
  - intros x y. pose proof (decay_span (1/2) 1 (1/2) ltac:(lra) x y). lra.
Qed.
