(** The return gap of two random worlds. A random world is a map of distributions: the closed loop takes the distribution of
    the state to that of the next one, so that what [Loops] says of two maps holds, with Wasserstein-1 for the distance. *)
From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Laws Loops Wasserstein.
Open Scope R_scope.

(** Two random worlds, a real and a learned one. They share states and actions with their distances, the policy and the
    distribution of the first state; kernel and reward of the learned one end in [_hat]. *)
Record random_worlds := {
  state : Type; d_S : state -> state -> R;
  action : Type; d_A : action -> action -> R;
  P : state -> action -> dist state; P_hat : state -> action -> dist state;
  r : state -> action -> R; r_hat : state -> action -> R;
  policy : state -> dist action; start : dist state }.

(** Whose constant is used: for the kernel and for the reward, each on its own. *)
Inductive side := from_real | from_learned.
Definition kernel_of W (s : side) := match s with from_real => P W | from_learned => P_hat W end.
Definition reward_of W (s : side) := match s with from_real => r W | from_learned => r_hat W end.

(** What is supposed of the two worlds: one of the kernels is L_f-Lipschitz in Wasserstein-1, one of the rewards is
    L_r-Lipschitz, and the policy is L_pi-Lipschitz in Wasserstein-1. *)
Record smooth (W : random_worlds) (kernel reward : side) (L_f L_r L_pi eps_dyn eps_rew : R) : Prop := {
  distance_of_states : pseudometric (state W) (d_S W);
  distance_of_actions : pseudometric (action W) (d_A W);
  kernel_lipschitz : forall x a y b, W1 (d_S W) (kernel_of W kernel x a) (kernel_of W kernel y b) <= L_f * (d_S W x y + d_A W a b);
  reward_lipschitz : forall x a y b, Rabs (reward_of W reward x a - reward_of W reward y b) <= L_r * (d_S W x y + d_A W a b);
  policy_lipschitz : forall x y, W1 (d_A W) (policy W x) (policy W y) <= L_pi * d_S W x y;
  kernel_error : forall x a, W1 (d_S W) (P_hat W x a) (P W x a) <= eps_dyn;
  reward_error : forall x a, Rabs (r_hat W x a - r W x a) <= eps_rew }.

(** One step under the policy, of states and of distributions, and the expected reward. *)
Definition step W (K : state W -> action W -> dist (state W)) x := next (policy W x) (K x).
Definition loop W K mu := next mu (step W K).
Definition pay W (r : state W -> action W -> R) x := mean (policy W x) (r x).
Definition expected_pay W r mu := mean mu (pay W r).

(** The expected discounted reward of step t, in the real world and in the imagined one; the returns are their series. *)
Definition real_reward W gamma t := ret _ (loop W (P W)) (expected_pay W (r W)) (start W) gamma t.
Definition imagined_reward W gamma t := reth _ (loop W (P_hat W)) (expected_pay W (r_hat W)) (start W) gamma t.
Definition J W gamma := Series (real_reward W gamma).
Definition J_hat W gamma := Series (imagined_reward W gamma).

Section Bound.
Variables (W : random_worlds) (kernel reward : side) (gamma L_f L_r L_pi eps_dyn eps_rew : R).
Hypothesis numbers : finite_horizon_supposes gamma L_f L_r L_pi eps_dyn eps_rew.
Hypothesis world : smooth W kernel reward L_f L_r L_pi eps_dyn eps_rew.
Let L := L_f * (1 + L_pi).
Let lam := L_r * (1 + L_pi).
Let d := W1 (d_S W).
Let mS := distance_of_states _ _ _ _ _ _ _ _ world.
Let mA := distance_of_actions _ _ _ _ _ _ _ _ world.
Let m := W1_distance _ _ mS.
Let at_real t := real _ (loop W (P W)) (start W) t.
Let at_imagined t := imagined _ (loop W (P_hat W)) (start W) t.

Lemma gamma_range : 0 <= gamma < 1. Proof. unfold finite_horizon_supposes in numbers. lra. Qed.
Lemma L_pos : 0 <= L. Proof. unfold finite_horizon_supposes in numbers. unfold L. nra. Qed.
Lemma lam_pos : 0 <= lam. Proof. unfold finite_horizon_supposes in numbers. unfold lam. nra. Qed.
Let g01 := gamma_range.
Let L0 := L_pos.
Let lam0 := lam_pos.
Lemma eps_pos : 0 <= eps_dyn. Proof. unfold finite_horizon_supposes in numbers. lra. Qed.

(** What is c-Lipschitz in state and action is c (1 + L_pi)-Lipschitz in the state, averaged over the policy's actions:
    first the same action in two states, then the policy's other actions. *)
Lemma averaged c q x y : 0 <= c -> (forall x a y b, Rabs (q x a - q y b) <= c * (d_S W x y + d_A W a b)) ->
  Rabs (mean (policy W x) (q x) - mean (policy W y) (q y)) <= c * (1 + L_pi) * d_S W x y.
Proof.
  intros c0 Q. replace (mean (policy W x) (q x) - mean (policy W y) (q y))
    with ((mean (policy W x) (q x) - mean (policy W x) (q y)) + (mean (policy W x) (q y) - mean (policy W y) (q y))) by ring.
  eapply Rle_trans; [apply Rabs_triang|].
  assert (A : Rabs (mean (policy W x) (q x) - mean (policy W x) (q y)) <= c * d_S W x y).
  { rewrite mean_minus. apply mean_abs; intros a. specialize (Q x a y a). rewrite (d_refl mA), Rplus_0_r in Q. exact Q. }
  assert (B : Rabs (mean (policy W x) (q y) - mean (policy W y) (q y)) <= c * W1 (d_A W) (policy W x) (policy W y)).
  { apply (W1_moves _ _ mA); [exact c0|]. intros a b. specialize (Q y a y b). rewrite (d_refl mS), Rplus_0_l in Q. exact Q. }
  pose proof (policy_lipschitz _ _ _ _ _ _ _ _ world x y). nra.
Qed.

(** The closed loop of the smooth side is L-Lipschitz on distributions, L = L_f (1 + L_pi), and its reward is
    L_r (1 + L_pi)-Lipschitz. *)
Lemma loop_lipschitz mu nu : d (loop W (kernel_of W kernel) mu) (loop W (kernel_of W kernel) nu) <= L * d mu nu.
Proof.
  apply (W1_next _ _ mS); [exact L0|]. intros x y. apply (W1_le _ _ mS); intros h H. unfold step. rewrite !mean_next.
  eapply Rle_trans; [apply Rle_abs|]. unfold finite_horizon_supposes in numbers.
  apply (averaged L_f (fun x a => mean (kernel_of W kernel x a) h)); [lra|]. intros x' a y' b.
  eapply Rle_trans; [apply (W1_moves _ _ mS _ _ 1); [lra | exact H]|]. rewrite Rmult_1_l. apply (kernel_lipschitz _ _ _ _ _ _ _ _ world).
Qed.
Lemma pay_lipschitz mu nu : Rabs (expected_pay W (reward_of W reward) mu - expected_pay W (reward_of W reward) nu) <= lam * d mu nu.
Proof.
  apply (W1_moves _ _ mS); [exact lam0|]. intros x y. unfold finite_horizon_supposes in numbers.
  apply averaged; [lra | apply (reward_lipschitz _ _ _ _ _ _ _ _ world)].
Qed.

(** Errors of one step, from any distribution of states, whichever side is called the other. *)
Lemma loop_error mu s : d (loop W (kernel_of W s) mu) (loop W (kernel_of W kernel) mu) <= eps_dyn.
Proof.
  apply (W1_next_errors _ _ mS); intros x. apply (W1_next_errors _ _ mS); intros a.
  pose proof (kernel_error _ _ _ _ _ _ _ _ world x a) as B. pose proof eps_pos. unfold kernel_of.
  destruct s, kernel; rewrite ?(d_refl m); try exact H; try exact B. rewrite (d_sym m). exact B.
Qed.
Lemma pay_error mu s s' : Rabs (expected_pay W (reward_of W s) mu - expected_pay W (reward_of W s') mu) <= eps_rew.
Proof.
  unfold expected_pay, pay. rewrite mean_minus. apply mean_abs; intros x. rewrite mean_minus. apply mean_abs; intros a.
  pose proof (reward_error _ _ _ _ _ _ _ _ world x a) as B. unfold finite_horizon_supposes in numbers.
  destruct s, s'; simpl; try exact B; [| rewrite Rabs_minus_sym; exact B |]; replace (_ - _) with 0 by ring; rewrite Rabs_R0; lra.
Qed.

(** How far the distributions of the state are apart after t steps. *)
Lemma drift_from s t : d (iter (loop W (kernel_of W kernel)) t (start W)) (iter (loop W (kernel_of W s)) t (start W)) <= eps_dyn * geom L t.
Proof.
  apply (apart_geom _ d _ _ _ m (fun _ => True) L L0); auto; [intros; apply loop_lipschitz | intros; apply loop_error].
Qed.
Theorem kernel_state_error t : d (at_real t) (at_imagined t) <= eps_dyn * geom L t.
Proof.
  pose proof (drift_from from_learned t) as A. pose proof (drift_from from_real t) as B. pose proof (d_sym m) as S.
  unfold d, at_real, at_imagined, real, imagined in *. destruct kernel; simpl in A, B; [exact A | rewrite S; exact B].
Qed.
Let apart_by cap := forall t, d (at_real t) (at_imagined t) <= cap t.

Lemma step_apart cap : apart_by cap -> forall t,
  Rabs (expected_pay W (r W) (at_real t) - expected_pay W (r_hat W) (at_imagined t)) <= eps_rew + lam * cap t.
Proof.
  intros C t. specialize (C t). apply Rmult_le_compat_l with (r := lam) in C; [|exact lam0].
  pose proof (pay_lipschitz (at_real t) (at_imagined t)) as A. pose proof (pay_error (at_imagined t) from_real from_learned) as B.
  pose proof (pay_error (at_real t) from_real from_learned) as B'. simpl in B, B'. destruct reward; simpl in A.
  - replace (_ - _) with ((expected_pay W (r W) (at_real t) - expected_pay W (r W) (at_imagined t)) + (expected_pay W (r W) (at_imagined t) - expected_pay W (r_hat W) (at_imagined t))) by ring.
    eapply Rle_trans; [apply Rabs_triang | lra].
  - replace (_ - _) with ((expected_pay W (r W) (at_real t) - expected_pay W (r_hat W) (at_real t)) + (expected_pay W (r_hat W) (at_real t) - expected_pay W (r_hat W) (at_imagined t))) by ring.
    eapply Rle_trans; [apply Rabs_triang | lra].
Qed.

Lemma sum_of_steps cap H : sum H (fun t => gamma ^ t * (eps_rew + lam * cap t)) = eps_rew * geom gamma H + lam * sum H (fun t => gamma ^ t * cap t).
Proof. rewrite (sum_ext H _ (fun t => eps_rew * gamma ^ t + lam * (gamma ^ t * cap t))), sum_lin, sum_scal, <- geom_sum by (intros; ring). ring. Qed.
Lemma gap_of_steps cap H : apart_by cap ->
  Rabs (sum H (real_reward W gamma) - sum H (imagined_reward W gamma)) <= eps_rew * geom gamma H + lam * sum H (fun t => gamma ^ t * cap t).
Proof. intros C. rewrite <- sum_of_steps. exact (finite_gap _ _ _ _ _ _ _ g01 _ H (step_apart cap C)). Qed.

(** Where the smooth side's return converges, both do, and the bounds of all steps add up. *)
Let smooth_pays t := gamma ^ t * expected_pay W (reward_of W reward) (iter (loop W (kernel_of W kernel)) t (start W)).
Lemma gap_of_all_steps cap : apart_by cap -> ex_series (fun t => gamma ^ t * cap t) ->
  (forall s t, d (iter (loop W (kernel_of W kernel)) t (start W)) (iter (loop W (kernel_of W s)) t (start W)) <= cap t) ->
  ex_series smooth_pays ->
  ex_series (real_reward W gamma) /\ ex_series (imagined_reward W gamma) /\
  Rabs (J W gamma - J_hat W gamma) <= eps_rew / (1 - gamma) + lam * Series (fun t => gamma ^ t * cap t).
Proof.
  intros C E near S.
  assert (E' : ex_series (fun t => gamma ^ t * (eps_rew + lam * cap t))).
  { apply ex_ext with (a := fun t => eps_rew * gamma ^ t + lam * (gamma ^ t * cap t)); [intros; ring|].
    apply ex_plus; apply ex_scal; [now apply power_ex | exact E]. }
  assert (R : ex_series (real_reward W gamma)).
  { destruct (infinite_gap _ (loop W (kernel_of W kernel)) (loop W (P W)) (expected_pay W (reward_of W reward)) (expected_pay W (r W)) (start W) gamma g01
      (fun t => eps_rew + lam * cap t)) as [X _]; [| exact E' | exact S | exact X].
    intros t. replace (_ - _) with ((expected_pay W (reward_of W reward) (iter (loop W (kernel_of W kernel)) t (start W)) - expected_pay W (reward_of W reward) (iter (loop W (P W)) t (start W)))
      + (expected_pay W (reward_of W reward) (iter (loop W (P W)) t (start W)) - expected_pay W (r W) (iter (loop W (P W)) t (start W)))) by (unfold real, imagined; ring).
    eapply Rle_trans; [apply Rabs_triang|]. rewrite Rplus_comm. apply Rplus_le_compat; [exact (pay_error _ reward from_real)|].
    eapply Rle_trans; [apply pay_lipschitz|]. apply Rmult_le_compat_l; [exact lam0 | exact (near from_real t)]. }
  split; [exact R|]. destruct (infinite_gap _ _ _ _ _ _ _ g01 _ (step_apart cap C) E' R) as [Rh G]. split; [exact Rh|].
  eapply Rle_trans; [exact G|]. right. rewrite (Series_ext _ (fun t => eps_rew * gamma ^ t + lam * (gamma ^ t * cap t))) by (intros; ring).
  rewrite Series_plus, !Series_scal_l, power_sum by (auto; apply ex_scal; auto; now apply power_ex). reflexivity.
Qed.

Lemma contracting : gamma * L < 1 -> ex_series (real_reward W gamma) /\ ex_series (imagined_reward W gamma) /\
  Rabs (J W gamma - J_hat W gamma) <= lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew.
Proof.
  intros c. assert (E : ex_series (fun t => gamma ^ t * (eps_dyn * geom L t))).
  { apply ex_ext with (a := fun t => eps_dyn * (gamma ^ t * geom L t)); [intros; ring | apply ex_scal; now apply double_ex]. }
  destruct (gap_of_all_steps (fun t => eps_dyn * geom L t) kernel_state_error E drift_from) as (R & Rh & G).
  - exact (ret_ex _ d (loop W (kernel_of W kernel)) (expected_pay W (reward_of W reward)) (start W) gamma m g01 (fun _ => True) L lam L0 lam0
      (fun _ => I) (fun x y _ _ => loop_lipschitz x y) (fun x y _ _ => pay_lipschitz x y) c).
  - split; [exact R | split; [exact Rh|]]. eapply Rle_trans; [exact G|]. right.
    rewrite (Series_ext _ (fun t => eps_dyn * (gamma ^ t * geom L t))), Series_scal_l, double_sum by (auto; intros; ring).
    unfold lam, lemma_1_bound, L in *. field. lra.
Qed.
Lemma finite_contracting_or_not H : Rabs (sum H (real_reward W gamma) - sum H (imagined_reward W gamma))
  <= finite_horizon_bound gamma L_f L_r L_pi eps_dyn eps_rew H.
Proof.
  eapply Rle_trans; [apply (gap_of_steps (fun t => eps_dyn * geom L t) H kernel_state_error)|]. right. unfold finite_horizon_bound.
  rewrite (sum_ext H _ (fun t => eps_dyn * (gamma ^ t * geom L t))), sum_scal by (intros; ring). unfold lam, L. ring.
Qed.

Section Bounded.
Variable diameter : R.
Hypothesis B : forall x y, d_S W x y <= diameter.
Let cap t := Rmin (eps_dyn * geom L t) diameter.
Lemma capped : apart_by cap.
Proof. intros t. apply Rmin_glb; [apply kernel_state_error | now apply (W1_diameter _ _)]. Qed.
Lemma cap_pos : 0 <= diameter -> forall t, 0 <= cap t <= diameter.
Proof.
  intros D t. split; [|apply Rmin_r]. apply Rmin_glb; [|exact D]. apply Rmult_le_pos; [apply eps_pos | apply geom_pos, L0].
Qed.
Lemma cap_ex : 0 <= diameter -> ex_series (fun t => gamma ^ t * cap t).
Proof.
  intros D. apply ex_le with (b := fun t => diameter * gamma ^ t); [|now apply ex_scal, power_ex]. intros t. pose proof (cap_pos D t).
  assert (0 <= gamma ^ t) by (apply pow_le; lra). rewrite Rabs_pos_eq; nra.
Qed.
Lemma bounded_finite H : Rabs (sum H (real_reward W gamma) - sum H (imagined_reward W gamma)) <=
  eps_rew * geom gamma H + lam * sum H (fun t => gamma ^ t * cap t).
Proof. apply gap_of_steps, capped. Qed.
Lemma bounded_infinite : 0 <= diameter -> ex_series (real_reward W gamma) /\ ex_series (imagined_reward W gamma) /\
  Rabs (J W gamma - J_hat W gamma) <= eps_rew / (1 - gamma) + lam * Series (fun t => gamma ^ t * cap t).
Proof.
  intros D. apply (gap_of_all_steps cap capped (cap_ex D)).
  - intros s t. apply Rmin_glb; [apply drift_from | now apply (W1_diameter _ _)].
  - destruct (bounded_loops _ d (loop W (kernel_of W kernel)) (loop W (kernel_of W kernel)) (expected_pay W (reward_of W reward)) (expected_pay W (reward_of W reward)) (start W)
      gamma m g01 (fun _ => True) L lam L0 lam0 (fun _ => I) (fun _ => I) (fun x y _ _ => loop_lipschitz x y) (fun x y _ _ => pay_lipschitz x y) eps_dyn eps_rew diameter) as (E & _);
      [intros; apply loop_error | intros; apply pay_error | intros; now apply (W1_diameter _ _) | exact E].
Qed.
End Bounded.
End Bound.

(** Lemma 1 for kernels. The constants may be those of the real or of the learned kernel, and of the real or of the learned
    reward, each on its own. For every horizon the returns differ by at most the bound of finite horizons; where gamma L < 1
    for L = L_f (1 + L_pi) both returns exist, and differ by at most the bound of Lemma 1. States and actions may be of any
    kind; distributions have finitely many atoms. *)
Theorem kernel_bound : forall (W : random_worlds) (kernel reward : side) (gamma L_f L_r L_pi eps_dyn eps_rew : R),
  smooth W kernel reward L_f L_r L_pi eps_dyn eps_rew ->
  (finite_horizon_supposes gamma L_f L_r L_pi eps_dyn eps_rew -> forall horizon : nat,
    Rabs (sum horizon (real_reward W gamma) - sum horizon (imagined_reward W gamma))
    <= finite_horizon_bound gamma L_f L_r L_pi eps_dyn eps_rew horizon) /\
  (lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew ->
    ex_series (real_reward W gamma) /\ ex_series (imagined_reward W gamma) /\
    Rabs (J W gamma - J_hat W gamma) <= lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew).
Proof.
  intros W k s g Lf Lr Lp ed er D. split.
  - intros N H. eapply finite_contracting_or_not; eauto.
  - intros N. assert (N' : finite_horizon_supposes g Lf Lr Lp ed er) by (unfold lemma_1_supposes, finite_horizon_supposes in *; lra).
    unfold lemma_1_supposes in N. eapply contracting; eauto. lra.
Qed.

(** Bounded states, stochastic. Where no two states are further apart than the diameter, for every L and from either side's
    constants; for every horizon, and for all steps together: both returns exist, and the bound is a series that converges. *)
Theorem kernel_bounded_states : forall (W : random_worlds) (kernel reward : side) (gamma L_f L_r L_pi eps_dyn eps_rew diameter : R),
  smooth W kernel reward L_f L_r L_pi eps_dyn eps_rew -> bounded_states_supposes gamma L_f L_r L_pi eps_dyn eps_rew diameter ->
  (forall x y, d_S W x y <= diameter) ->
  (forall horizon : nat, Rabs (sum horizon (real_reward W gamma) - sum horizon (imagined_reward W gamma))
    <= kernel_bounded_finite_bound gamma L_f L_r L_pi eps_dyn eps_rew diameter horizon) /\
  bounded_states_bound_converges gamma L_f L_r L_pi eps_dyn eps_rew diameter /\
  ex_series (real_reward W gamma) /\ ex_series (imagined_reward W gamma) /\
  Rabs (J W gamma - J_hat W gamma) <= bounded_states_bound gamma L_f L_r L_pi eps_dyn eps_rew diameter.
Proof.
  intros W k s g Lf Lr Lp ed er D A N B. assert (N' : finite_horizon_supposes g Lf Lr Lp ed er) by (unfold bounded_states_supposes, finite_horizon_supposes in *; lra).
  unfold bounded_states_supposes in N. split; [|split].
  - intros H. eapply Rle_trans; [eapply bounded_finite; eauto|]. right. unfold kernel_bounded_finite_bound. ring.
  - eapply cap_ex; eauto; lra.
  - destruct (bounded_infinite W k s g Lf Lr Lp ed er N' A D B) as (R & Rh & G); [lra|]. split; [exact R | split; [exact Rh|]].
    eapply Rle_trans; [exact G|]. right. unfold bounded_states_bound, Rdiv. replace (1 + -1 * g) with (1 - g) by ring. reflexivity.
Qed.

(** Two Markov reward processes with one reward, from one state: the policy is part of the kernel. *)
Definition processes {X} (d : X -> X -> R) (P P_hat : X -> dist X) (r : X -> R) (x : X) : random_worlds := {|
  state := X; d_S := d; action := unit; d_A := fun _ _ => 0; P := fun x _ => P x; P_hat := fun x _ => P_hat x;
  r := fun x _ => r x; r_hat := fun x _ => r x; policy := fun _ => point tt; start := point x |}.
(** Asadi's value bound. Of two reward processes that share a Lipschitz reward the values differ at every state by at most
    gamma L_r eps_dyn / ((1 - gamma) (1 - gamma K)), where K is the smaller of the two kernels' constants. *)
Theorem asadi_bound : forall (X : Type) (d : X -> X -> R) (P P_hat : X -> dist X) (r : X -> R) (gamma K K_hat L_r eps_dyn : R),
  pseudometric X d -> 0 <= K -> 0 <= K_hat -> asadi_supposes gamma (Rmin K K_hat) L_r eps_dyn ->
  (forall x y, W1 d (P x) (P y) <= K * d x y) -> (forall x y, W1 d (P_hat x) (P_hat y) <= K_hat * d x y) ->
  (forall x y, Rabs (r x - r y) <= L_r * d x y) -> (forall x, W1 d (P_hat x) (P x) <= eps_dyn) ->
  forall x : X, let W := processes d P P_hat r x in
  ex_series (real_reward W gamma) /\ ex_series (imagined_reward W gamma) /\
  Rabs (J W gamma - J_hat W gamma) <= asadi_value_bound gamma (Rmin K K_hat) L_r eps_dyn.
Proof.
  intros X d p ph rw g K Kh Lr ed m K0 Kh0 N HP HPh Hr He x W. unfold asadi_supposes in N.
  assert (D : exists k, smooth W k from_real (Rmin K Kh) Lr 0 ed 0).
  { unfold Rmin. destruct (Rle_dec K Kh); [exists from_real | exists from_learned]; (split; simpl; intros; rewrite ?Rplus_0_r, ?Rmult_0_l; auto);
      try (split; intros; lra); try (apply W1_le; [split; intros; lra | intros; lra]); try (rewrite Rminus_diag_eq, Rabs_R0; [lra | reflexivity]). }
  destruct D as (k & D). destruct (proj2 (kernel_bound W k from_real g (Rmin K Kh) Lr 0 ed 0 D)) as (R & Rh & B).
  { unfold lemma_1_supposes. lra. }
  split; [exact R | split; [exact Rh|]]. eapply Rle_trans; [exact B|]. right. unfold lemma_1_bound, asadi_value_bound. field. lra.
Qed.

(** Lemma 1 for kernels, either side's constants. If both kernels and both rewards have constants, the smaller ones serve, for the kernel and for
    the reward independently. *)
Theorem kernel_either_side : forall (W : random_worlds) (gamma L_f L_r L_pi eps_dyn eps_rew L_f_hat L_r_hat : R),
  smooth W from_real from_real L_f L_r L_pi eps_dyn eps_rew -> smooth W from_learned from_learned L_f_hat L_r_hat L_pi eps_dyn eps_rew ->
  lemma_1_supposes gamma (Rmin L_f L_f_hat) (Rmin L_r L_r_hat) L_pi eps_dyn eps_rew ->
  ex_series (real_reward W gamma) /\ ex_series (imagined_reward W gamma) /\
  Rabs (J W gamma - J_hat W gamma) <= lemma_1_bound gamma (Rmin L_f L_f_hat) (Rmin L_r L_r_hat) L_pi eps_dyn eps_rew.
Proof.
  intros W g Lf Lr Lp ed er Lfh Lrh [mS mA K R Po Ke Re] [_ _ Kh Rh _ _ _] N.
  apply (proj2 (kernel_bound W (if Rle_dec Lf Lfh then from_real else from_learned) (if Rle_dec Lr Lrh then from_real else from_learned)
    g (Rmin Lf Lfh) (Rmin Lr Lrh) Lp ed er ltac:(unfold Rmin; destruct (Rle_dec Lf Lfh), (Rle_dec Lr Lrh); split; auto)) N).
Qed.
