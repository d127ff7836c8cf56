(** The return gap of two deterministic worlds: Lemma 1 and Corollary 1 of the paper, and what goes beyond them:
    finite horizons, bounded states, and that the bounds are attained. *)
From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Loops.
Open Scope R_scope.

(** Two deterministic worlds, a real and a learned one. They share states and actions with their distances, the
    policy and the first state; dynamics and reward of the learned one end in [_hat]. *)
Record worlds := {
  state : Type; d_S : state -> state -> R;
  action : Type; d_A : action -> action -> R;
  f : state -> action -> state; f_hat : state -> action -> state;
  r : state -> action -> R; r_hat : state -> action -> R;
  policy : state -> action; start : state }.

(** What Lemma 1 supposes of the two worlds; distances of state and action add. *)
Record described (W : worlds) (L_f L_r L_pi eps_dyn eps_rew : R) : Prop := {
  distance_of_states : pseudometric (state W) (d_S W);
  distance_of_actions : pseudometric (action W) (d_A W);
  f_lipschitz : forall x a y b, d_S W (f W x a) (f W y b) <= L_f * (d_S W x y + d_A W a b);
  r_lipschitz : forall x a y b, Rabs (r W x a - r W y b) <= L_r * (d_S W x y + d_A W a b);
  policy_lipschitz : forall x y, d_A W (policy W x) (policy W y) <= L_pi * d_S W x y;
  dynamics_error : forall x a, d_S W (f_hat W x a) (f W x a) <= eps_dyn;
  reward_error : forall x a, Rabs (r_hat W x a - r W x a) <= eps_rew }.

(** One step under the policy, and its reward. *)
Definition loop W (f : state W -> action W -> state W) x := f x (policy W x).
Definition pay W (r : state W -> action W -> R) x := r x (policy W x).

(** The discounted reward of step t, in the real world and in the imagined one; the returns are their series. *)
Definition real_reward W gamma t := ret _ (loop W (f W)) (pay W (r W)) (start W) gamma t.
Definition imagined_reward W gamma t := reth _ (loop W (f_hat W)) (pay W (r_hat W)) (start W) gamma t.
Definition J W gamma := Series (real_reward W gamma).
Definition J_hat W gamma := Series (imagined_reward W gamma).

(** State error. After t steps the rollouts are at most eps_dyn (1 + L + ... + L^(t-1)) apart. It is the
    comparison of e(t+1) <= L e(t) + eps_dyn, e(0) = 0, with the solution of the equation. *)
Theorem state_error : forall (W : worlds) (L_f L_r L_pi eps_dyn eps_rew : R),
  state_error_supposes L_f L_pi eps_dyn -> described W L_f L_r L_pi eps_dyn eps_rew -> forall t,
  d_S W (real _ (loop W (f W)) (start W) t) (imagined _ (loop W (f_hat W)) (start W) t) <= state_error_bound L_f L_pi eps_dyn t.
Proof.
  intros W L_f L_r L_pi ed er N D t. unfold state_error_supposes in N.
  apply (apart_geom _ (d_S W) _ _ _ (distance_of_states _ _ _ _ _ _ D) (fun _ => True) (L_f * (1 + L_pi))); auto.
  - apply Rmult_le_pos; lra.
  - intros x y _ _. unfold loop. eapply Rle_trans; [apply (f_lipschitz _ _ _ _ _ _ D)|]. pose proof (policy_lipschitz _ _ _ _ _ _ D x y). nra.
  - intros. apply (dynamics_error _ _ _ _ _ _ D).
Qed.

Section Bound.
Variables (W : worlds) (gamma L_f L_r L_pi eps_dyn eps_rew : R).
Hypothesis numbers : finite_horizon_supposes gamma L_f L_r L_pi eps_dyn eps_rew.
Hypothesis world : described W L_f L_r L_pi eps_dyn eps_rew.
Let L := L_f * (1 + L_pi).
Let lam := L_r * (1 + L_pi).
Let m := distance_of_states _ _ _ _ _ _ world.
Let eta t := dyn_error _ (d_S W) (loop W (f W)) (loop W (f_hat W)) (start W) t.
Let b t := rew_error _ (loop W (f_hat W)) (pay W (r W)) (pay W (r_hat W)) (start W) t.

Lemma gamma_range : 0 <= gamma < 1. Proof. unfold finite_horizon_supposes in numbers. lra. Qed.
Lemma L_pos : 0 <= L. Proof. unfold finite_horizon_supposes in numbers. unfold L. nra. Qed.
Lemma lam_pos : 0 <= lam. Proof. unfold finite_horizon_supposes in numbers. unfold lam. nra. Qed.
Let g01 := gamma_range.
Let L0 := L_pos.
Let lam0 := lam_pos.

(** The closed loop is L-Lipschitz, L = L_f (1 + L_pi): an action errs by at most L_pi times the state's error. *)
Lemma loop_lipschitz x y : d_S W (loop W (f W) x) (loop W (f W) y) <= L * d_S W x y.
Proof.
  unfold finite_horizon_supposes in numbers. unfold loop. eapply Rle_trans; [apply (f_lipschitz _ _ _ _ _ _ world)|].
  pose proof (policy_lipschitz _ _ _ _ _ _ world x y). unfold L. nra.
Qed.
Lemma pay_lipschitz x y : Rabs (pay W (r W) x - pay W (r W) y) <= lam * d_S W x y.
Proof.
  unfold finite_horizon_supposes in numbers. unfold pay. eapply Rle_trans; [apply (r_lipschitz _ _ _ _ _ _ world)|].
  pose proof (policy_lipschitz _ _ _ _ _ _ world x y). unfold lam. nra.
Qed.
Lemma eta_le t : 0 <= eta t <= eps_dyn.
Proof. split; [apply (d_pos m) | apply (dynamics_error _ _ _ _ _ _ world)]. Qed.
Lemma b_le t : 0 <= b t <= eps_rew.
Proof. split; [apply Rabs_pos | apply (reward_error _ _ _ _ _ _ world)]. Qed.
Lemma discounted_ex (a : nat -> R) M : (forall t, 0 <= a t <= M) -> ex_series (fun t => gamma ^ t * a t).
Proof.
  intros A. apply ex_le with (b := fun t => M * gamma ^ t); [|now apply ex_scal, power_ex]. intros t. specialize (A t).
  assert (0 <= gamma ^ t) by (apply pow_le; lra). rewrite Rabs_pos_eq; nra.
Qed.

Lemma apart_after t :
  d_S W (real _ (loop W (f W)) (start W) t) (imagined _ (loop W (f_hat W)) (start W) t) <= eps_dyn * geom L t.
Proof. apply (state_error W L_f L_r L_pi eps_dyn eps_rew); [unfold state_error_supposes, finite_horizon_supposes in *; lra | exact world]. Qed.

Lemma gap_contracting : gamma * L < 1 -> ex_series (real_reward W gamma) /\ ex_series (imagined_reward W gamma) /\
  Rabs (J W gamma - J_hat W gamma) <= lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew.
Proof.
  intros cn. assert (pos : 0 < / (1 - gamma * L)) by (apply Rinv_0_lt_compat; lra).
  destruct (loops_gap _ (d_S W) (loop W (f W)) (loop W (f_hat W)) (pay W (r W)) (pay W (r_hat W)) (start W) gamma m g01
    (fun _ => True) L lam L0 lam0 (fun _ => I) (fun _ => I) (fun x y _ _ => loop_lipschitz x y) (fun x y _ _ => pay_lipschitz x y)
    cn (discounted_ex b eps_rew b_le) (discounted_ex eta eps_dyn eta_le)) as (E & Eh & G).
  split; [exact E | split; [exact Eh|]]. eapply Rle_trans; [exact G|].
  set (k := gamma * lam / (1 - gamma * L)) in *. assert (k0 : 0 <= k) by (apply Rdiv_le_0_compat; [apply Rmult_le_pos; lra | lra]).
  eapply Rle_trans; [apply (Series_le _ (fun t => (eps_rew + k * eps_dyn) * gamma ^ t)); [|now apply ex_scal, power_ex]|].
  - intros t. pose proof (eta_le t). pose proof (b_le t). unfold eta, b in *. assert (0 <= gamma ^ t) by (apply pow_le; lra).
    split; [apply Rmult_le_pos; nra|]. rewrite Rmult_comm. apply Rmult_le_compat_r; [auto | nra].
  - right. rewrite Series_scal_l, power_sum by auto. unfold k, lam, lemma_1_bound, L in *. field. lra.
Qed.

(** The gap of H-step returns, whether or not errors contract. *)
Lemma gap_finite H : Rabs (sum H (real_reward W gamma) - sum H (imagined_reward W gamma))
  <= finite_horizon_bound gamma L_f L_r L_pi eps_dyn eps_rew H.
Proof.
  assert (s : forall t, Rabs (pay W (r W) (real _ (loop W (f W)) (start W) t) - pay W (r_hat W) (imagined _ (loop W (f_hat W)) (start W) t))
    <= eps_rew + lam * (eps_dyn * geom L t)).
  { intros t. eapply Rle_trans.
    - apply (step_gap _ (d_S W) (loop W (f W)) (loop W (f_hat W)) (pay W (r W)) (pay W (r_hat W)) (start W) (fun _ => True) lam); auto; intros; apply pay_lipschitz.
    - apply Rplus_le_compat; [apply b_le|]. apply Rmult_le_compat_l; [exact lam0 | apply apart_after]. }
  eapply Rle_trans; [apply (finite_gap _ _ _ _ _ _ _ g01 _ H s)|]. right. unfold finite_horizon_bound.
  rewrite (sum_ext H _ (fun t => eps_rew * gamma ^ t + (lam * eps_dyn) * (gamma ^ t * geom L t))), sum_lin, sum_scal, <- geom_sum by (intros; ring).
  unfold lam, L. ring.
Qed.

Lemma gap_bounded_finite diameter H : (forall x y, d_S W x y <= diameter) ->
  Rabs (sum H (real_reward W gamma) - sum H (imagined_reward W gamma)) <= bounded_states_finite_bound gamma L_f L_r L_pi eps_dyn eps_rew diameter H.
Proof.
  intros B.
  assert (s : forall t, Rabs (pay W (r W) (real _ (loop W (f W)) (start W) t) - pay W (r_hat W) (imagined _ (loop W (f_hat W)) (start W) t))
    <= eps_rew + lam * Rmin (eps_dyn * geom L t) diameter).
  { intros t. eapply Rle_trans.
    - apply (step_gap _ (d_S W) (loop W (f W)) (loop W (f_hat W)) (pay W (r W)) (pay W (r_hat W)) (start W) (fun _ => True) lam); auto; intros; apply pay_lipschitz.
    - apply Rplus_le_compat; [apply b_le|]. apply Rmult_le_compat_l; [exact lam0 | apply Rmin_glb; [apply apart_after | apply B]]. }
  eapply Rle_trans; [apply (finite_gap _ _ _ _ _ _ _ g01 _ H s)|]. right. unfold bounded_states_finite_bound.
  rewrite (sum_ext H _ (fun t => eps_rew * gamma ^ t + lam * (gamma ^ t * Rmin (eps_dyn * geom L t) diameter))), sum_lin, sum_scal, <- geom_sum by (intros; ring).
  reflexivity.
Qed.

Lemma gap_bounded diameter : (forall x y, d_S W x y <= diameter) ->
  bounded_states_bound_converges gamma L_f L_r L_pi eps_dyn eps_rew diameter /\
  ex_series (real_reward W gamma) /\ ex_series (imagined_reward W gamma) /\
  Rabs (J W gamma - J_hat W gamma) <= bounded_states_bound gamma L_f L_r L_pi eps_dyn eps_rew diameter.
Proof.
  intros B. unfold finite_horizon_supposes in numbers. split.
  { apply (discounted_ex _ diameter). intros t. split; [|apply Rmin_r].
    apply Rmin_glb; [|eapply Rle_trans; [apply (d_pos m) | apply (B (start W) (start W))]].
    apply Rmult_le_pos; [lra | apply geom_pos, L0]. }
  destruct (bounded_loops _ (d_S W) (loop W (f W)) (loop W (f_hat W)) (pay W (r W)) (pay W (r_hat W)) (start W) gamma m g01 (fun _ => True) L lam L0 lam0
    (fun _ => I) (fun _ => I) (fun x y _ _ => loop_lipschitz x y) (fun x y _ _ => pay_lipschitz x y) eps_dyn eps_rew diameter) as (E & Eh & G);
    auto; try (intros; apply eta_le || apply b_le).
  split; [exact E | split; [exact Eh|]]. eapply Rle_trans; [exact G|]. right. unfold bounded_states_bound, lam, L, Rdiv.
  replace (1 + -1 * gamma) with (1 - gamma) by ring. reflexivity.
Qed.
End Bound.

(** Lemma 1. Let gamma L < 1 for L = L_f (1 + L_pi). Then both returns exist, and they differ by at most
    eps_rew / (1 - gamma) + gamma L_r (1 + L_pi) eps_dyn / ((1 - gamma) (1 - gamma L)).
    States and actions may be of any kind; that the returns exist is a conclusion. *)
Theorem lemma_1 : forall (W : worlds) (gamma L_f L_r L_pi eps_dyn eps_rew : R),
  lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew ->
  described W L_f L_r L_pi eps_dyn eps_rew ->
  ex_series (real_reward W gamma) /\ ex_series (imagined_reward W gamma) /\
  Rabs (J W gamma - J_hat W gamma) <= lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew.
Proof.
  intros W gamma L_f L_r L_pi ed er N D. unfold lemma_1_supposes in N. apply gap_contracting; auto; [|lra].
  unfold finite_horizon_supposes. lra.
Qed.

(** Bounded states. Where no two states are further apart than the diameter, the gap is finite for every L: of H-step
    returns, and of all steps. The bound of the latter is a series, which converges. *)
Theorem bounded_states : forall (W : worlds) (gamma L_f L_r L_pi eps_dyn eps_rew diameter : R),
  bounded_states_supposes gamma L_f L_r L_pi eps_dyn eps_rew diameter ->
  described W L_f L_r L_pi eps_dyn eps_rew -> (forall x y, d_S W x y <= diameter) ->
  (forall H, Rabs (sum H (real_reward W gamma) - sum H (imagined_reward W gamma))
    <= bounded_states_finite_bound gamma L_f L_r L_pi eps_dyn eps_rew diameter H) /\
  bounded_states_bound_converges gamma L_f L_r L_pi eps_dyn eps_rew diameter /\
  ex_series (real_reward W gamma) /\ ex_series (imagined_reward W gamma) /\
  Rabs (J W gamma - J_hat W gamma) <= bounded_states_bound gamma L_f L_r L_pi eps_dyn eps_rew diameter.
Proof.
  intros W gamma L_f L_r L_pi ed er D N H B. unfold bounded_states_supposes in N.
  assert (N' : finite_horizon_supposes gamma L_f L_r L_pi ed er) by (unfold finite_horizon_supposes; lra).
  split; [intros; now apply gap_bounded_finite | now apply gap_bounded].
Qed.

(** The bound of Lemma 1 as the page writes it. *)
Lemma lemma_1_readable gamma L_f L_r L_pi eps_dyn eps_rew : gamma < 1 -> gamma * (L_f * (1 + L_pi)) < 1 ->
  lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew =
  eps_rew / (1 - gamma) + gamma * L_r * (1 + L_pi) * eps_dyn / ((1 - gamma) * (1 - gamma * (L_f * (1 + L_pi)))).
Proof. intros. unfold lemma_1_bound. field. lra. Qed.

(** ---- The bound is attained: on the real line, with constant errors, the gap is the bound. ---- *)

(** f(s, a) = L_f (s + a), r(s, a) = L_r (s + a), policy L_pi s, and a model that adds eps_dyn and eps_rew. *)
Definition line L_f L_r L_pi eps_dyn eps_rew : worlds := {|
  state := R; d_S := fun x y => Rabs (x - y); action := R; d_A := fun x y => Rabs (x - y);
  f := fun s a => L_f * (s + a); f_hat := fun s a => L_f * (s + a) + eps_dyn;
  r := fun s a => L_r * (s + a); r_hat := fun s a => L_r * (s + a) + eps_rew;
  policy := fun s => L_pi * s; start := 0 |}.

Lemma line_distance : pseudometric R (fun x y => Rabs (x - y)).
Proof.
  split; intros; [apply Rabs_pos | rewrite Rminus_diag_eq by auto; apply Rabs_R0 | apply Rabs_minus_sym|].
  replace (x - z) with ((x - y) + (y - z)) by ring. apply Rabs_triang.
Qed.

Lemma line_sum K x a y b : 0 <= K -> Rabs (K * (x + a) - K * (y + b)) <= K * (Rabs (x - y) + Rabs (a - b)).
Proof.
  intros K0. replace (K * (x + a) - K * (y + b)) with (K * ((x - y) + (a - b))) by ring.
  rewrite Rabs_mult, Rabs_pos_eq by auto. apply Rmult_le_compat_l; [auto | apply Rabs_triang].
Qed.

(** The line satisfies everything that Lemma 1 supposes, whatever the constants. *)
Lemma line_described L_f L_r L_pi eps_dyn eps_rew : 0 <= L_f -> 0 <= L_r -> 0 <= L_pi -> 0 <= eps_dyn -> 0 <= eps_rew ->
  described (line L_f L_r L_pi eps_dyn eps_rew) L_f L_r L_pi eps_dyn eps_rew.
Proof.
  intros. split; try exact line_distance; simpl; intros.
  - now apply line_sum.
  - now apply line_sum.
  - rewrite <- Rmult_minus_distr_l, Rabs_mult, Rabs_pos_eq by lra. lra.
  - right. rewrite Rabs_pos_eq; lra.
  - right. rewrite Rabs_pos_eq; lra.
Qed.

Section Line.
Variables gamma L_f L_r L_pi eps_dyn eps_rew : R.
Let W := line L_f L_r L_pi eps_dyn eps_rew.

Lemma line_real t : real_reward W gamma t = 0.
Proof.
  assert (E : iter (loop W (f W)) t (start W) = (0 : state W)).
  { induction t; [reflexivity|]. change (loop W (f W) (iter (loop W (f W)) t (start W)) = (0 : state W)). rewrite IHt. unfold loop; simpl; ring. }
  unfold real_reward, ret, real. rewrite E. unfold pay; simpl; ring.
Qed.
Lemma line_imagined t : imagined_reward W gamma t = eps_rew * gamma ^ t + L_r * (1 + L_pi) * eps_dyn * (gamma ^ t * geom (L_f * (1 + L_pi)) t).
Proof.
  assert (E : iter (loop W (f_hat W)) t (start W) = (eps_dyn * geom (L_f * (1 + L_pi)) t : state W)).
  { induction t; [simpl; ring|]. change (loop W (f_hat W) (iter (loop W (f_hat W)) t (start W)) = (eps_dyn * geom (L_f * (1 + L_pi)) (S t) : state W)).
    rewrite IHt. unfold loop; simpl; ring. }
  unfold imagined_reward, reth, imagined. rewrite E. unfold pay; simpl; ring.
Qed.

Lemma line_finite H : finite_horizon_supposes gamma L_f L_r L_pi eps_dyn eps_rew ->
  Rabs (sum H (real_reward W gamma) - sum H (imagined_reward W gamma)) = finite_horizon_bound gamma L_f L_r L_pi eps_dyn eps_rew H.
Proof.
  intros N. unfold finite_horizon_supposes in N. rewrite (sum_ext H _ (fun _ => 0)), sum_const by (intros; apply line_real).
  rewrite (sum_ext H (imagined_reward W gamma) (fun t => eps_rew * gamma ^ t + (L_r * (1 + L_pi) * eps_dyn) * (gamma ^ t * geom (L_f * (1 + L_pi)) t)))
    by (intros; rewrite line_imagined; ring).
  rewrite sum_lin, sum_scal, <- geom_sum, Rmult_0_r, Rminus_0_l, Rabs_Ropp, Rabs_pos_eq; [unfold finite_horizon_bound; ring|].
  apply Rplus_le_le_0_compat; [apply Rmult_le_pos; [lra | apply geom_pos; lra]|]. apply Rmult_le_pos; [repeat apply Rmult_le_pos; lra|].
  rewrite <- (Rmult_0_r (INR H)), <- sum_const. apply sum_le. intros t _. apply Rmult_le_pos; [apply pow_le; lra | apply geom_pos; nra].
Qed.
Lemma line_infinite : lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew ->
  is_series (real_reward W gamma) 0 /\ is_series (imagined_reward W gamma) (lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew) /\
  Rabs (J W gamma - J_hat W gamma) = lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew.
Proof.
  intros numbers. unfold lemma_1_supposes in numbers.
  assert (c : gamma * (L_f * (1 + L_pi)) < 1) by lra. assert (g01 : 0 <= gamma < 1) by lra. assert (L0 : 0 <= L_f * (1 + L_pi)) by nra.
  assert (E : ex_series (fun t => eps_rew * gamma ^ t + L_r * (1 + L_pi) * eps_dyn * (gamma ^ t * geom (L_f * (1 + L_pi)) t))).
  { apply ex_plus; apply ex_scal; [now apply power_ex | now apply double_ex]. }
  assert (S : Series (fun t => eps_rew * gamma ^ t + L_r * (1 + L_pi) * eps_dyn * (gamma ^ t * geom (L_f * (1 + L_pi)) t)) = lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew).
  { rewrite Series_plus, !Series_scal_l, power_sum, double_sum by (auto; apply ex_scal; auto using power_ex, double_ex).
    unfold lemma_1_bound. field. lra. }
  assert (B : 0 <= lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew).
  { rewrite <- S. apply Series_pos_all; auto. intros t. assert (0 <= gamma ^ t) by (apply pow_le; lra). pose proof (geom_pos _ t L0).
    apply Rplus_le_le_0_compat; repeat apply Rmult_le_pos; auto; lra. }
  assert (R0 : is_series (real_reward W gamma) 0).
  { apply (series_of_sum _ 0). apply is_lim_seq_ext with (u := fun _ => 0); [|apply is_lim_seq_const]. intros n. induction n; [reflexivity|]. simpl. rewrite <- IHn, line_real. ring. }
  assert (R1 : is_series (imagined_reward W gamma) (lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew)).
  { rewrite <- S. apply (is_series_ext (fun t => eps_rew * gamma ^ t + L_r * (1 + L_pi) * eps_dyn * (gamma ^ t * geom (L_f * (1 + L_pi)) t))); [intros; symmetry; apply line_imagined|]. now apply Series_correct. }
  repeat split; auto. unfold J, J_hat. rewrite (is_series_unique _ _ R0), (is_series_unique _ _ R1), Rminus_0_l, Rabs_Ropp. now apply Rabs_pos_eq.
Qed.
End Line.

(** Lemma 1 is attained. For every choice of the constants there is a world that satisfies all that Lemma 1 supposes, and
    whose gap is the bound: at every horizon, whether or not errors contract, and for all steps if they do. So no bound in
    these quantities alone can be smaller. *)
Theorem lemma_1_attained : forall gamma L_f L_r L_pi eps_dyn eps_rew : R,
  finite_horizon_supposes gamma L_f L_r L_pi eps_dyn eps_rew ->
  let W := line L_f L_r L_pi eps_dyn eps_rew in
  described W L_f L_r L_pi eps_dyn eps_rew /\
  (forall H, Rabs (sum H (real_reward W gamma) - sum H (imagined_reward W gamma)) = finite_horizon_bound gamma L_f L_r L_pi eps_dyn eps_rew H) /\
  (lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew ->
    is_series (real_reward W gamma) 0 /\ is_series (imagined_reward W gamma) (lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew) /\
    Rabs (J W gamma - J_hat W gamma) = lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew).
Proof.
  intros gamma L_f L_r L_pi ed er N W. split; [unfold finite_horizon_supposes in N; apply line_described; lra|].
  split; [intros; now apply line_finite | apply line_infinite].
Qed.
Corollary attained : forall gamma L_f L_r L_pi eps_dyn eps_rew : R, lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew ->
  let W := line L_f L_r L_pi eps_dyn eps_rew in described W L_f L_r L_pi eps_dyn eps_rew /\
  is_series (real_reward W gamma) 0 /\ is_series (imagined_reward W gamma) (lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew) /\
  Rabs (J W gamma - J_hat W gamma) = lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew.
Proof.
  intros. destruct (lemma_1_attained gamma L_f L_r L_pi eps_dyn eps_rew) as (D & _ & A); [unfold lemma_1_supposes, finite_horizon_supposes in *; lra|].
  exact (conj D (A H)).
Qed.

(** The hypotheses of Lemma 1 hold somewhere, with every constant and every error positive. *)
Theorem lemma_1_instance :
  lemma_1_supposes (1/2) (1/2) 1 (1/2) 1 1 /\ described (line (1/2) 1 (1/2) 1 1) (1/2) 1 (1/2) 1 1.
Proof.
  assert (S : lemma_1_supposes (1/2) (1/2) 1 (1/2) 1 1) by (unfold lemma_1_supposes; lra).
  split; [exact S | apply line_described; lra].
Qed.

(** ---- Corollary 1 ---- *)

(** The coefficient of eps_dyn in Lemma 1 as the page writes it. *)
Lemma coefficient_readable gamma L_f L_r L_pi : gamma < 1 -> gamma * (L_f * (1 + L_pi)) < 1 ->
  dynamics_coefficient gamma L_f L_r L_pi = gamma * L_r * (1 + L_pi) / ((1 - gamma) * (1 - gamma * (L_f * (1 + L_pi)))).
Proof. intros. unfold dynamics_coefficient. field. lra. Qed.

(** It is the coefficient: Lemma 1's bound is linear in eps_dyn. *)
Lemma coefficient_of_eps_dyn gamma L_f L_r L_pi eps_dyn eps_rew :
  lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew =
  lemma_1_bound gamma L_f L_r L_pi 0 eps_rew + dynamics_coefficient gamma L_f L_r L_pi * eps_dyn.
Proof. unfold lemma_1_bound, dynamics_coefficient. ring. Qed.

(** Corollary 1. The weight of the dynamics error does not decrease when L_f, L_r, L_pi and gamma increase, one
    at a time or together, as long as errors still contract at the larger values. *)
Theorem corollary_1 : forall gamma L_f L_r L_pi gamma' L_f' L_r' L_pi' : R,
  0 <= gamma <= gamma' -> 0 <= L_f <= L_f' -> 0 <= L_r <= L_r' -> 0 <= L_pi <= L_pi' ->
  gamma' < 1 -> gamma' * (L_f' * (1 + L_pi')) < 1 ->
  dynamics_coefficient gamma L_f L_r L_pi <= dynamics_coefficient gamma' L_f' L_r' L_pi'.
Proof.
  intros g f r p g' f' r' p' G F R P g1 c1. assert (g * (f * (1 + p)) <= g' * (f' * (1 + p'))) by (repeat apply Rmult_le_compat; try nra).
  rewrite !coefficient_readable by lra. assert (0 < / (1 - g)) by (apply Rinv_0_lt_compat; lra). assert (0 < / (1 - g * (f * (1 + p)))) by (apply Rinv_0_lt_compat; lra).
  assert (0 <= g * r * (1 + p)) by (repeat apply Rmult_le_pos; lra). unfold Rdiv. rewrite !Rinv_mult.
  apply Rmult_le_compat; [auto | nra | repeat apply Rmult_le_compat; try lra; nra |]. apply Rmult_le_compat; try lra; apply Rinv_le_contravar; lra.
Qed.

(** Corollary 1 as the library evaluates it, one constant at a time. *)
Theorem corollary_1_each : forall gamma L_f L_r L_pi larger : R,
  (corollary_1_L_f_supposes gamma L_f L_r L_pi larger -> corollary_1_L_f_left gamma L_f L_r L_pi <= corollary_1_L_f_right gamma L_r L_pi larger) /\
  (corollary_1_L_r_supposes gamma L_f L_r L_pi larger -> corollary_1_L_r_left gamma L_f L_r L_pi <= corollary_1_L_r_right gamma L_f L_pi larger) /\
  (corollary_1_L_pi_supposes gamma L_f L_r L_pi larger -> corollary_1_L_pi_left gamma L_f L_r L_pi <= corollary_1_L_pi_right gamma L_f L_r larger) /\
  (corollary_1_gamma_supposes gamma L_f L_r L_pi larger -> corollary_1_gamma_left gamma L_f L_r L_pi <= corollary_1_gamma_right L_f L_r L_pi larger).
Proof.
  intros g f r p l. repeat split; intros N.
  - unfold corollary_1_L_f_supposes in N. apply (corollary_1 g f r p g l r p); lra.
  - unfold corollary_1_L_r_supposes in N. apply (corollary_1 g f r p g f l p); lra.
  - unfold corollary_1_L_pi_supposes in N. apply (corollary_1 g f r p g f r l); lra.
  - unfold corollary_1_gamma_supposes in N. apply (corollary_1 g f r p l f r p); lra.
Qed.

(** There are constants that satisfy everything that Corollary 1 supposes, and for which the weight does grow. *)
Theorem corollary_1_instance : dynamics_coefficient (1/4) (1/4) (1/4) (1/4) < dynamics_coefficient (1/2) (1/2) (1/2) (1/2).
Proof. rewrite !coefficient_readable by lra. lra. Qed.
