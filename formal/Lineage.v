(** Bounds of others, from the identity for kernels and from what is proved of the simulation lemma: the classical forms of that
    lemma, its tight form for two rewards in one interval, errors in expectation, the performance difference, value
    equivalence, and two bounds of regret. *)
From Coq Require Import Reals List Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Laws Loops Wasserstein Kernels KernelIdentity KernelExamples Simulation.
Import ListNotations.
Open Scope R_scope.

(** ---- The simulation lemma, as others state it ---- *)

Lemma in_range_bounded W lo width eps_rew : (forall x a, lo <= r W x a <= lo + width) -> (forall x a, Rabs (r_hat W x a - r W x a) <= eps_rew) -> bounded_rewards W.
Proof.
  intros Rg Er. exists (Rabs lo + Rabs (lo + width) + eps_rew). intros x a. specialize (Rg x a). pose proof (Rabs_def2_le _ _ (Er x a)).
  pose proof (Rle_abs (lo + width)). pose proof (Rle_abs (- lo)) as A. pose proof (Rabs_pos (lo + width)). pose proof (Rabs_pos lo). rewrite Rabs_Ropp in A.
  split; apply Rabs_le; lra.
Qed.

(** Classical simulation lemma. The largest errors anywhere, in total variation. The span of the value is at most the width of
    the rewards over 1 - gamma, and at most twice the largest size of a value: each gives a form of the lemma. *)
Theorem classical_simulation : forall (W : random_worlds) (gamma eps_dyn eps_rew width lo largest_value : R),
  classical_supposes gamma eps_dyn eps_rew width ->
  (forall x a, lo <= r W x a <= lo + width) ->
  (forall x a, total_variation (P_hat W x a) (P W x a) <= eps_dyn) ->
  (forall x a, Rabs (r_hat W x a - r W x a) <= eps_rew) ->
  (forall x, Rabs (value W (P W) (r W) gamma x) <= largest_value) ->
  ex_series (real_reward W gamma) /\ ex_series (imagined_reward W gamma) /\
  Rabs (J W gamma - J_hat W gamma) <= classical_bound gamma eps_dyn eps_rew width /\
  Rabs (J W gamma - J_hat W gamma) <= not_centred_bound gamma eps_dyn eps_rew largest_value.
Proof.
  intros W g ed er wd lo vm N Rg T Er Vm. unfold classical_supposes in N. assert (g01 : 0 <= g < 1) by lra.
  pose proof (in_range_bounded W lo wd er Rg Er) as B. assert (i : 0 < / (1 - g)) by (apply Rinv_0_lt_compat; lra).
  assert (v0 : 0 <= vm).
  { rewrite <- (mean_const _ (start W) vm). rewrite <- (mean_const _ (start W) 0). apply mean_mono; intros x. eapply Rle_trans; [apply Rabs_pos | apply (Vm x)]. }
  destruct (simulation_lemma W g ed er (wd / (1 - g))) as (R1 & R2 & G); [| exact B | exact T | exact Er | |].
  { unfold simulation_supposes. assert (0 <= wd / (1 - g)) by (apply Rdiv_le_0_compat; lra). lra. }
  { exact (value_span W g lo wd g01 Rg). }
  destruct (simulation_lemma W g ed er (2 * vm)) as (_ & _ & G'); [| exact B | exact T | exact Er | |].
  { unfold simulation_supposes. lra. }
  { intros x y. pose proof (Rabs_def2_le _ _ (Vm x)). pose proof (Rabs_def2_le _ _ (Vm y)). lra. }
  split; [exact R1 | split; [exact R2 | split]].
  - eapply Rle_trans; [exact G|]. right. unfold simulation_bound, classical_bound. field. lra.
  - eapply Rle_trans; [exact G'|]. right. unfold simulation_bound, not_centred_bound. field. lra.
Qed.

(** Tight simulation lemma, both rewards in range. When the learned rewards too lie in the interval, the values differ by at most its
    length over 1 - gamma once the chains have parted, and the rewards' error is not counted on top. *)
Theorem both_in_range : forall (W : random_worlds) (gamma eps_dyn eps_rew common_width lo : R),
  both_in_range_supposes gamma eps_dyn eps_rew common_width ->
  (forall x a, lo <= r W x a <= lo + common_width) -> (forall x a, lo <= r_hat W x a <= lo + common_width) ->
  (forall x a, total_variation (P_hat W x a) (P W x a) <= eps_dyn) ->
  (forall x a, Rabs (r_hat W x a - r W x a) <= eps_rew) ->
  ex_series (real_reward W gamma) /\ ex_series (imagined_reward W gamma) /\
  Rabs (J W gamma - J_hat W gamma) <= both_in_range_bound gamma eps_dyn eps_rew common_width.
Proof.
  intros W g ed er wd lo N Rg Rh T Er. unfold both_in_range_supposes in N. assert (g01 : 0 <= g < 1) by lra. assert (e01 : 0 <= ed <= 1) by lra.
  destruct (in_range_bounded W lo wd er Rg Er) as (B & HB).
  assert (Bu : forall x a, Rabs (r W x a) <= B) by (intros; apply HB). assert (Bh : forall x a, Rabs (r_hat W x a) <= B) by (intros; apply HB).
  pose proof (return_is_mean_value W (P W) (r W) g B g01 Bu (start W)) as S. pose proof (return_is_mean_value W (P_hat W) (r_hat W) g B g01 Bh (start W)) as Sh.
  split; [now exists (mean (start W) (value W (P W) (r W) g)) | split; [now exists (mean (start W) (value W (P_hat W) (r_hat W) g))|]].
  unfold J, J_hat. change (Series (real_reward W g)) with (Series (fun t => g ^ t * expected_pay W (r W) (iter (loop W (P W)) t (start W)))).
  change (Series (imagined_reward W g)) with (Series (fun t => g ^ t * expected_pay W (r_hat W) (iter (loop W (P_hat W)) t (start W)))).
  rewrite (is_series_unique _ _ S), (is_series_unique _ _ Sh), mean_minus. apply mean_abs; intros x.
  assert (c : 0 < 1 - g * (1 - ed)) by nra.
  assert (hi : forall K u, (forall x a, Rabs (u x a) <= B) -> (forall x a, u x a <= lo + wd) -> forall y, value W K u g y <= (lo + wd) / (1 - g)) by (intros; now apply (above W g B)).
  assert (low : forall K u, (forall x a, Rabs (u x a) <= B) -> (forall x a, lo <= u x a) -> forall y, lo / (1 - g) <= value W K u g y) by (intros; now apply (below W g B)).
  replace (both_in_range_bound g ed er wd) with ((er + g * ed * ((lo + wd) / (1 - g) - lo / (1 - g))) / (1 - g * (1 - ed)))
    by (unfold both_in_range_bound; field; lra).
  assert (T' : forall x a, total_variation (P W x a) (P_hat W x a) <= ed) by (intros; rewrite tv_sym; apply T).
  assert (Er' : forall x a, Rabs (r W x a - r_hat W x a) <= er) by (intros; rewrite Rabs_minus_sym; apply Er).
  assert (one : value W (P W) (r W) g x - value W (P_hat W) (r_hat W) g x <= (er + g * ed * ((lo + wd) / (1 - g) - lo / (1 - g))) / (1 - g * (1 - ed))).
  { apply (exceeds_by W g ed er B); auto; [apply hi | apply low]; auto; intros; [apply Rg | apply Rh]. }
  assert (two : value W (P_hat W) (r_hat W) g x - value W (P W) (r W) g x <= (er + g * ed * ((lo + wd) / (1 - g) - lo / (1 - g))) / (1 - g * (1 - ed))).
  { apply (exceeds_by W g ed er B); auto; [apply hi | apply low]; auto; intros; [apply Rh | apply Rg]. }
  apply Rabs_le. lra.
Qed.

(** ---- Errors in expectation ---- *)

(** The error that is expected at a time of the real rollout: total variation, averaged over its states and the policy's actions. *)
Definition expected_error W t := mean (real _ (loop W (P W)) (start W) t) (fun x => mean (policy W x) (fun a => total_variation (P_hat W x a) (P W x a))).
(** The discounted sum of what the errors so far come to, where each is at most 1. *)
Definition drift gamma (e : nat -> R) := Series (fun t => gamma ^ t * Rmin 1 (sum t e)).

Lemma mean_Rabs X (mu : dist X) h k : (forall x, Rabs (h x) <= k x) -> Rabs (mean mu h) <= mean mu k.
Proof.
  intros H. apply Rabs_le. split.
  - replace (- mean mu k) with (mean mu (fun x => -1 * k x)) by (rewrite mean_scal; ring). apply mean_mono; intros x. pose proof (Rabs_def2_le _ _ (H x)). lra.
  - apply mean_mono; intros x. pose proof (Rabs_def2_le _ _ (H x)). lra.
Qed.
Lemma mean_at_most X (mu : dist X) h c : (forall x, h x <= c) -> mean mu h <= c.
Proof. intros H. rewrite <- (mean_const _ mu c). now apply mean_mono. Qed.
Lemma mean_at_least X (mu : dist X) h c : (forall x, c <= h x) -> c <= mean mu h.
Proof. intros H. rewrite <- (mean_const _ mu c). now apply mean_mono. Qed.
Lemma span_of_means X (mu nu : dist X) h s : (forall x y, h x - h y <= s) -> mean mu h - mean nu h <= s.
Proof.
  intros H. rewrite two_means, <- (mean_const _ mu s). apply mean_mono; intros x. rewrite <- (mean_const _ nu s). apply mean_mono; intros y. apply H.
Qed.
(** The two rollouts' states at time t differ in total variation by at most the errors that were expected before. *)
Lemma marginals W s t : forall h, (forall x y, h x - h y <= s) ->
  Rabs (mean (imagined _ (loop W (P_hat W)) (start W) t) h - mean (real _ (loop W (P W)) (start W) t) h) <= s * sum t (expected_error W).
Proof.
  induction t; intros h H; [simpl; unfold imagined, real; simpl; rewrite Rminus_eq_0, Rabs_R0; lra|].
  change (imagined _ (loop W (P_hat W)) (start W) (S t)) with (next (imagined _ (loop W (P_hat W)) (start W) t) (step W (P_hat W))).
  change (real _ (loop W (P W)) (start W) (S t)) with (next (real _ (loop W (P W)) (start W) t) (step W (P W))).
  rewrite !mean_next. set (k x := mean (step W (P_hat W) x) h). set (nu := real _ (loop W (P W)) (start W) t).
  assert (one : Rabs (mean (imagined _ (loop W (P_hat W)) (start W) t) k - mean nu k) <= s * sum t (expected_error W)).
  { apply IHt. intros x y. now apply span_of_means. }
  assert (two : Rabs (mean nu k - mean nu (fun x => mean (step W (P W) x) h)) <= s * expected_error W t).
  { unfold expected_error. fold nu. rewrite mean_minus, <- mean_scal. apply mean_Rabs; intros x. unfold k, step. rewrite !mean_next, mean_minus, <- mean_scal.
    apply mean_Rabs; intros a. now apply tv_moves. }
  cbn [sum]. replace (_ - _) with ((mean (imagined _ (loop W (P_hat W)) (start W) t) k - mean nu k) + (mean nu k - mean nu (fun x => mean (step W (P W) x) h))) by ring.
  eapply Rle_trans; [apply Rabs_triang | lra].
Qed.
Lemma expected_error_pos W t : 0 <= expected_error W t.
Proof.
  apply mean_at_least; intros x. apply mean_at_least; intros a. apply tv_pos.
Qed.
Lemma sum_pos n f : (forall t, 0 <= f t) -> 0 <= sum n f.
Proof. intros H. induction n; simpl; [lra | specialize (H n); lra]. Qed.
Lemma drift_ex gamma e : 0 <= gamma < 1 -> (forall t, 0 <= e t) -> ex_series (fun t => gamma ^ t * Rmin 1 (sum t e)).
Proof.
  intros g01 H. apply ex_le with (b := fun t => gamma ^ t); [|now apply power_ex]. intros t. pose proof (sum_pos t e H). assert (0 <= gamma ^ t) by (apply pow_le; lra).
  assert (0 <= Rmin 1 (sum t e) <= 1) by (split; [apply Rmin_glb; lra | apply Rmin_l]). rewrite Rabs_pos_eq by nra. nra.
Qed.
(** The drift is at most gamma eps / (1 - gamma)^2 when no expected error exceeds eps. *)
Lemma drift_below gamma e eps : 0 <= gamma < 1 -> (forall t, 0 <= e t <= eps) -> drift gamma e <= eps * (gamma / ((1 - gamma) * (1 - gamma))).
Proof.
  intros g01 H. replace (gamma / ((1 - gamma) * (1 - gamma))) with (Series (fun t => gamma ^ t * geom 1 t)) by (rewrite double_sum by lra; field; lra).
  assert (E : ex_series (fun t => gamma ^ t * geom 1 t)) by (apply double_ex; lra).
  rewrite <- Series_scal_l. apply Series_le; [|now apply ex_scal]. intros t. pose proof (sum_pos t e (fun t => proj1 (H t))). assert (0 <= gamma ^ t) by (apply pow_le; lra).
  assert (S : sum t e <= eps * geom 1 t) by (rewrite geom_one, Rmult_comm, <- sum_const; apply sum_le; intros; apply H).
  assert (0 <= Rmin 1 (sum t e)) by (apply Rmin_glb; lra). pose proof (Rmin_r 1 (sum t e)). split; [nra|].
  replace (eps * (gamma ^ t * geom 1 t)) with (gamma ^ t * (eps * geom 1 t)) by ring. apply Rmult_le_compat_l; lra.
Qed.

(** Errors in expectation. At each time what counts is the error that is expected there, along the real rollout; no state is the worst
    one. With the largest expectation in the place of each the bound has the form of the classical lemma. *)
Theorem per_time : forall (W : random_worlds) (gamma eps_rew width lo eps_mean : R) (e : nat -> R),
  per_time_supposes gamma eps_rew width ->
  (forall x a, lo <= r W x a <= lo + width) ->
  (forall x a, Rabs (r_hat W x a - r W x a) <= eps_rew) ->
  (forall t, expected_error W t <= e t) -> (forall t, e t <= eps_mean) ->
  ex_series (real_reward W gamma) /\ ex_series (imagined_reward W gamma) /\
  Rabs (J W gamma - J_hat W gamma) <= per_time_bound gamma eps_rew width (drift gamma e) /\
  per_time_bound gamma eps_rew width (drift gamma e) <= largest_mean_bound gamma eps_mean eps_rew width.
Proof.
  intros W g er wd lo em e N Rg Er He Hm. unfold per_time_supposes in N. assert (g01 : 0 <= g < 1) by lra.
  destruct (in_range_bounded W lo wd er Rg Er) as (B & HB).
  assert (Bu : forall x a, Rabs (r W x a) <= B) by (intros; apply HB).
  assert (e0 : forall t, 0 <= e t) by (intros t; eapply Rle_trans; [apply (expected_error_pos W) | apply He]).
  pose proof (returns_ex W (P W) (r W) g B g01 Bu (start W)) as R1. pose proof (drift_ex g e g01 e0) as D.
  set (a t := er + wd * Rmin 1 (sum t e)).
  assert (step_gap : forall t, Rabs (expected_pay W (r W) (real _ (loop W (P W)) (start W) t) - expected_pay W (r_hat W) (imagined _ (loop W (P_hat W)) (start W) t)) <= a t).
  { intros t. set (mu := real _ (loop W (P W)) (start W) t). set (nu := imagined _ (loop W (P_hat W)) (start W) t).
    assert (sp : forall x y, pay W (r W) x - pay W (r W) y <= wd).
    { intros x y. assert (pay W (r W) x <= lo + wd) by (apply mean_at_most; intros; apply Rg).
      assert (lo <= pay W (r W) y) by (apply mean_at_least; intros; apply Rg). lra. }
    assert (A : Rabs (mean mu (pay W (r W)) - mean nu (pay W (r W))) <= wd * Rmin 1 (sum t e)).
    { unfold Rmin. destruct (Rle_dec 1 (sum t e)).
      - rewrite Rmult_1_r. pose proof (span_of_means _ mu nu _ _ sp). pose proof (span_of_means _ nu mu _ _ sp). apply Rabs_le. lra.
      - rewrite Rabs_minus_sym. eapply Rle_trans; [apply (marginals W wd t), sp|]. apply Rmult_le_compat_l; [lra|]. apply sum_le; auto. }
    assert (C : Rabs (mean nu (pay W (r W)) - mean nu (pay W (r_hat W))) <= er).
    { rewrite mean_minus. apply mean_abs; intros x. unfold pay. rewrite mean_minus. apply mean_abs; intros b. rewrite Rabs_minus_sym. apply Er. }
    unfold expected_pay, a. replace (_ - _) with ((mean mu (pay W (r W)) - mean nu (pay W (r W))) + (mean nu (pay W (r W)) - mean nu (pay W (r_hat W)))) by ring.
    eapply Rle_trans; [apply Rabs_triang | lra]. }
  assert (E : ex_series (fun t => g ^ t * a t)).
  { apply ex_ext with (a := fun t => er * g ^ t + wd * (g ^ t * Rmin 1 (sum t e))); [intros; unfold a; ring|]. apply ex_plus; apply ex_scal; [now apply power_ex | exact D]. }
  destruct (infinite_gap _ _ _ _ _ _ _ g01 a step_gap E R1) as (R2 & G). split; [exact R1 | split; [exact R2 | split]].
  - eapply Rle_trans; [exact G|]. right. unfold per_time_bound, drift.
    rewrite (Series_ext _ (fun t => er * g ^ t + wd * (g ^ t * Rmin 1 (sum t e)))) by (intros; unfold a; ring).
    rewrite Series_plus, !Series_scal_l, power_sum by (auto; apply ex_scal; first [now apply power_ex | exact D]). field. lra.
  - pose proof (drift_below g e em g01 (fun t => conj (e0 t) (Hm t))) as L. apply Rmult_le_compat_l with (r := wd) in L; [|lra].
    replace (largest_mean_bound g em er wd) with (wd * (em * (g / ((1 - g) * (1 - g)))) + er * / (1 + -1 * g)) by (unfold largest_mean_bound; field; lra).
    unfold per_time_bound. lra.
Qed.

(** ---- What the identity gives ---- *)

(** The same two worlds under another policy. *)
Definition under W (pi : state W -> dist (action W)) : random_worlds := {|
  state := state W; d_S := d_S W; action := action W; d_A := d_A W; P := P W; P_hat := P_hat W; r := r W; r_hat := r_hat W;
  policy := pi; start := start W |}.
(** The discounted average of what happens at each time. *)
Definition average gamma (a : nat -> R) := (1 - gamma) * Series (fun t => gamma ^ t * a t).
(** What one step in the real world brings, beyond what a function says of the two states. *)
Definition surplus W gamma (U : state W -> R) x a := r W x a + gamma * mean (P W x a) U - U x.

(** Any bounded function: the return exceeds its mean at the start by the surpluses of all steps. *)
Lemma telescoped W gamma U : 0 <= gamma < 1 -> bounded_rewards W -> bounded U ->
  is_series (fun t => gamma ^ t * mean (real _ (loop W (P W)) (start W) t) (fun x => mean (policy W x) (surplus W gamma U x))) (J W gamma - mean (start W) U).
Proof.
  intros g01 (B & HB) BU. set (u x a := U x - gamma * mean (P W x a) U).
  assert (S : solves W (P W) u gamma U).
  { intros x. unfold pay, step, u. rewrite mean_next. rewrite (mean_ext _ _ _ (fun a => U x + (- gamma) * mean (P W x a) U)), mean_lin, mean_const by (intros; ring). ring. }
  assert (Bu : forall x a, Rabs (r W x a) <= B) by (intros; apply HB).
  pose proof (Series_correct _ (returns_ex W (P W) (r W) gamma B g01 Bu (start W))) as I.
  pose proof (identity_series W (P W) u gamma g01 (P W) (r W) U (start W) _ S BU I) as T.
  eapply is_series_ext; [|exact T]. intros t. cbv beta. f_equal. apply mean_ext; intros x. unfold step_error, surplus. apply mean_ext; intros a. unfold u. ring.
Qed.
Lemma average_of gamma a l : 0 <= gamma < 1 -> is_series (fun t => gamma ^ t * a t) l -> average gamma a = (1 - gamma) * l.
Proof. intros g01 I. unfold average. now rewrite (is_series_unique _ _ I). Qed.
Lemma start_value W gamma : 0 <= gamma < 1 -> bounded_rewards W -> mean (start W) (value W (P W) (r W) gamma) = J W gamma.
Proof.
  intros g01 (B & HB). symmetry. apply is_series_unique. apply (return_is_mean_value W (P W) (r W) gamma B g01 (fun x a => proj1 (HB x a))).
Qed.

(** The advantage of an action over the policy's own. *)
Definition advantage W gamma x a := surplus W gamma (value W (P W) (r W) gamma) x a.
(** Performance difference. Another policy earns its average advantage, over where it goes itself. *)
Theorem performance_difference : forall (W : random_worlds) (gamma : R) (pi : state W -> dist (action W)), 0 <= gamma < 1 -> bounded_rewards W ->
  J (under W pi) gamma - J W gamma =
  performance_gap gamma (average gamma (fun t => mean (real _ (loop (under W pi) (P W)) (start W) t) (fun x => mean (pi x) (advantage W gamma x)))).
Proof.
  intros W g pi g01 (B & HB). assert (Bw : bounded_rewards W) by now exists B. assert (Bp : bounded_rewards (under W pi)) by now exists B.
  destruct (value_exists W (P W) (r W) g g01 (ex_intro _ B (fun x a => proj1 (HB x a)))) as (BV & _).
  pose proof (telescoped (under W pi) g (value W (P W) (r W) g) g01 Bp BV) as T.
  rewrite <- (start_value W g g01 Bw). unfold performance_gap. erewrite average_of; [|exact g01|exact T].
  change (mean (start (under W pi)) (value W (P W) (r W) g)) with (mean (start W) (value W (P W) (r W) g)). field. lra.
Qed.

(** Value equivalence. Where one step of the model agrees with the world in the policy's value, from every state, the returns agree,
    whatever the distance of the kernels is. *)
Theorem value_equivalence : forall (W : random_worlds) (gamma : R), 0 <= gamma < 1 -> bounded_rewards W ->
  (forall x, one_step_error W gamma x = 0) -> J_hat W gamma = J W gamma.
Proof.
  intros W g g01 B H. destruct (gap_by_step_errors W g 0 g01 B) as (_ & _ & G); [intros x; rewrite H, Rabs_R0; lra|].
  replace (0 / (1 - g)) with 0 in G by (field; lra). pose proof (Rabs_def2_le _ _ G). lra.
Qed.

(** ---- Regret ---- *)

Lemma series_at_most gamma a c l : 0 <= gamma < 1 -> is_series (fun t => gamma ^ t * a t) l -> (forall t, a t <= c) -> l <= c / (1 - gamma).
Proof.
  intros g01 I H. rewrite <- (is_series_unique _ _ I). unfold Rdiv. rewrite <- (power_sum gamma g01), <- Series_scal_l.
  assert (E : ex_series (fun t => c * gamma ^ t)) by now apply ex_scal, power_ex.
  assert (D : 0 <= Series (fun t => c * gamma ^ t - gamma ^ t * a t)).
  { apply Series_pos_all; [|apply ex_ext with (a := fun t => c * gamma ^ t + -1 * (gamma ^ t * a t)); [intros; ring | apply ex_plus; [exact E | apply ex_scal; now exists l]]].
    intros t. assert (0 <= gamma ^ t) by (apply pow_le; lra). specialize (H t). nra. }
  rewrite Series_minus in D; [lra | exact E | now exists l].
Qed.
Lemma series_at_least gamma a c l : 0 <= gamma < 1 -> is_series (fun t => gamma ^ t * a t) l -> (forall t, - c <= a t) -> - (c / (1 - gamma)) <= l.
Proof.
  intros g01 I H. assert (N : is_series (fun t => gamma ^ t * - a t) (- l)).
  { replace (- l) with (-1 * l) by ring. eapply is_series_ext; [|apply (is_series_scal_l (V := R_NormedModule) (-1) _ _ I)].
    intros t. change (scal ?k ?z) with (k * z). simpl. ring. }
  pose proof (series_at_most gamma (fun t => - a t) c (- l) g01 N) as L. assert (- l <= c / (1 - gamma)) by (apply L; intros t; specialize (H t); lra). lra.
Qed.

(** V is an optimal value of the learned world, and the policy takes only actions that are best there. *)
Definition optimal_in_model W gamma (V : state W -> R) :=
  bounded V /\ (forall x a, r_hat W x a + gamma * mean (P_hat W x a) V <= V x) /\
  (forall x, mean (policy W x) (fun a => r_hat W x a + gamma * mean (P_hat W x a) V) = V x).

(** The model's optimal policy. No policy is better in the real world by more than twice what one step can be off, in the optimal value
    of the learned world, at every step. *)
Theorem model_optimal : forall (W : random_worlds) (gamma L_V eps_dyn eps_rew : R) (V : state W -> R) (pi : state W -> dist (action W)),
  model_optimal_supposes gamma L_V eps_dyn eps_rew -> bounded_rewards W -> pseudometric (state W) (d_S W) ->
  optimal_in_model W gamma V -> lipschitz (d_S W) L_V V ->
  (forall x a, W1 (d_S W) (P_hat W x a) (P W x a) <= eps_dyn) ->
  (forall x a, Rabs (r_hat W x a - r W x a) <= eps_rew) ->
  J (under W pi) gamma - J W gamma <= model_optimal_bound gamma L_V eps_dyn eps_rew.
Proof.
  intros W g L ed er V pi N (B & HB) m (BV & best & own) Lip T Er. unfold model_optimal_supposes in N. assert (g01 : 0 <= g < 1) by lra.
  set (c := er + g * (L * ed)).
  assert (near : forall x a, Rabs (surplus W g V x a - (r_hat W x a + g * mean (P_hat W x a) V - V x)) <= c).
  { intros x a. unfold surplus. replace (_ - _) with (- ((r_hat W x a - r W x a) + g * (mean (P_hat W x a) V - mean (P W x a) V))) by ring.
    rewrite Rabs_Ropp. eapply Rle_trans; [apply Rabs_triang|]. unfold c. apply Rplus_le_compat; [apply Er|]. rewrite Rabs_mult, (Rabs_pos_eq g) by lra.
    apply Rmult_le_compat_l; [lra|]. eapply Rle_trans; [apply (W1_moves _ _ m _ _ L); [lra | exact Lip]|]. apply Rmult_le_compat_l; [lra | apply T]. }
  assert (Bw : bounded_rewards W) by now exists B. assert (Bp : bounded_rewards (under W pi)) by now exists B.
  assert (up : J (under W pi) g - mean (start W) V <= c / (1 - g)).
  { eapply series_at_most; [exact g01 | apply (telescoped (under W pi) g V g01 Bp BV)|]. intros t.
    apply mean_at_most; intros x. apply mean_at_most; intros a. change (surplus (under W pi) g V x a) with (surplus W g V x a).
    pose proof (Rabs_def2_le _ _ (near x a)). specialize (best x a). lra. }
  assert (down : - (c / (1 - g)) <= J W g - mean (start W) V).
  { eapply series_at_least; [exact g01 | apply (telescoped W g V g01 Bw BV)|]. intros t.
    apply mean_at_least; intros x.
    assert (E : mean (policy W x) (fun a => r_hat W x a + g * mean (P_hat W x a) V - V x) = 0).
    { rewrite (mean_ext _ _ _ (fun a => (r_hat W x a + g * mean (P_hat W x a) V) + -1 * V x)) by (intros; ring).
      rewrite (mean_lin _ _ (-1) _ (fun _ => V x)), own, mean_const. ring. }
    assert (A : Rabs (mean (policy W x) (surplus W g V x) - mean (policy W x) (fun a => r_hat W x a + g * mean (P_hat W x a) V - V x)) <= c).
    { rewrite mean_minus. apply mean_abs, near. }
    rewrite E in A. pose proof (Rabs_def2_le _ _ A). lra. }
  replace (model_optimal_bound g L ed er) with (2 * (c / (1 - g))) by (unfold model_optimal_bound, c; field; lra). lra.
Qed.

(** The worlds in which the learned reward is charged a penalty. *)
Definition penalised W (u : state W -> action W -> R) : random_worlds := {|
  state := state W; d_S := d_S W; action := action W; d_A := d_A W; P := P W; P_hat := P_hat W; r := r W; r_hat := fun x a => r_hat W x a - u x a;
  policy := policy W; start := start W |}.
(** The average penalty, over where imagination goes. *)
Definition charge W gamma u := average gamma (fun t => mean (imagined _ (loop W (P_hat W)) (start W) t) (pay W u)).
(** The penalty covers what one step of the model is off, in the value of the policy. *)
Definition covers W gamma u := forall x, Rabs (one_step_error W gamma x) <= pay W u x.

Lemma penalised_return W gamma u : 0 <= gamma < 1 -> bounded_rewards W -> (exists B, forall x a, Rabs (u x a) <= B) -> covers W gamma u ->
  J_hat (penalised W u) gamma = J_hat W gamma - charge W gamma u / (1 - gamma) /\ Rabs (J_hat W gamma - J W gamma) <= charge W gamma u / (1 - gamma).
Proof.
  intros g01 (B & HB) (C & HC) cov. set (nu t := imagined _ (loop W (P_hat W)) (start W) t).
  assert (Bw : bounded_rewards W) by now exists B.
  assert (E : ex_series (fun t => gamma ^ t * mean (nu t) (pay W u))) by apply (returns_ex W (P_hat W) u gamma C g01 HC).
  assert (Eh : ex_series (imagined_reward W gamma)) by apply (returns_ex W (P_hat W) (r_hat W) gamma B g01 (fun x a => proj2 (HB x a))).
  replace (charge W gamma u / (1 - gamma)) with (Series (fun t => gamma ^ t * mean (nu t) (pay W u))) by (unfold charge, average, nu; field; lra). split.
  - unfold J_hat. rewrite <- Series_minus by auto. apply Series_ext; intros t. unfold imagined_reward, reth, expected_pay, nu.
    rewrite <- Rmult_minus_distr_l. f_equal. rewrite mean_minus. apply mean_ext; intros x. unfold pay. now rewrite mean_minus.
  - destruct (kernel_identity W gamma g01 Bw) as (_ & _ & _ & I). rewrite <- (is_series_unique _ _ I).
    assert (step : forall t, Rabs (gamma ^ t * mean (nu t) (one_step_error W gamma)) <= gamma ^ t * mean (nu t) (pay W u)).
    { intros t. assert (0 <= gamma ^ t) by (apply pow_le; lra). rewrite Rabs_mult, (Rabs_pos_eq (gamma ^ t)) by auto. apply Rmult_le_compat_l; auto. now apply mean_Rabs. }
    eapply Rle_trans; [apply Series_Rabs|apply Series_le; [intros t; split; [apply Rabs_pos | apply step] | exact E]].
    apply ex_le with (2 := E). intros t. rewrite Rabs_Rabsolu. apply step.
Qed.

(** Pessimism. The policy that is best once each imagined step is charged a penalty that covers its error loses to another policy at most
    twice the penalty, where imagination takes that other policy. *)
Theorem pessimism : forall (W : random_worlds) (gamma : R) (u : state W -> action W -> R) (pi : state W -> dist (action W)), 0 <= gamma < 1 ->
  bounded_rewards W -> (exists B, forall x a, Rabs (u x a) <= B) -> covers W gamma u -> covers (under W pi) gamma u ->
  J_hat (penalised (under W pi) u) gamma <= J_hat (penalised W u) gamma ->
  J (under W pi) gamma - J W gamma <= pessimism_bound gamma (charge (under W pi) gamma u).
Proof.
  intros W g u pi g01 (B & HB) Bu own other best.
  destruct (penalised_return W g u g01 (ex_intro _ B HB) Bu own) as (E & G). destruct (penalised_return (under W pi) g u g01 (ex_intro _ B HB) Bu other) as (E' & G').
  pose proof (Rabs_def2_le _ _ G). pose proof (Rabs_def2_le _ _ G'). rewrite E, E' in best.
  replace (pessimism_bound g (charge (under W pi) g u)) with (2 * (charge (under W pi) g u / (1 - g))) by (unfold pessimism_bound; field; lra). lra.
Qed.

(** ---- The hypotheses hold somewhere ---- *)

Definition half_decay := decay (1/2) 1.
Theorem classical_simulation_instance : classical_supposes (1/2) (1/2) 1 1 /\ (forall x a, 0 <= r half_decay x a <= 0 + 1) /\
  (forall x a, total_variation (P_hat half_decay x a) (P half_decay x a) <= 1/2) /\ (forall x a, Rabs (r_hat half_decay x a - r half_decay x a) <= 1) /\
  (forall x, Rabs (value half_decay (P half_decay) (r half_decay) (1/2) x) <= 2) /\ 0 < Rabs (J half_decay (1/2) - J_hat half_decay (1/2)).
Proof.
  destruct (decay_returns (1/2) 1 (1/2) ltac:(lra) ltac:(lra)) as [E Eh]. fold half_decay in E, Eh. split; [unfold classical_supposes; lra|].
  split; [intros [] a; simpl; lra|]. split; [intros; apply decay_tv; lra|]. split.
  - intros x a. simpl. replace (_ - _) with (-1) by ring. rewrite Rabs_left; lra.
  - split; [|rewrite E, Eh, Rabs_pos_eq; lra]. intros x. unfold half_decay. rewrite (decay_value (1/2) 1 (1/2)) by lra. pose proof (val_range x). apply Rabs_le. lra.
Qed.
Lemma decay_in_range eps_rew x a : 0 <= eps_rew -> (- eps_rew <= r (decay (1/2) eps_rew) x a <= - eps_rew + (1 + eps_rew)) /\
  (- eps_rew <= r_hat (decay (1/2) eps_rew) x a <= - eps_rew + (1 + eps_rew)).
Proof. intros e0. destruct x; simpl; lra. Qed.
(** It is attained: the state that decays, with rewards in an interval of length 1 + eps_rew. *)
Theorem both_in_range_attained : forall eps_rew, 0 <= eps_rew ->
  Rabs (J (decay (1/2) eps_rew) (1/2) - J_hat (decay (1/2) eps_rew) (1/2)) = both_in_range_bound (1/2) (1/2) eps_rew (1 + eps_rew).
Proof.
  intros er e0. destruct (decay_returns (1/2) er (1/2) ltac:(lra) ltac:(lra)) as [-> ->]. unfold both_in_range_bound. rewrite Rabs_pos_eq by lra. field.
Qed.
Theorem both_in_range_instance : both_in_range_supposes (1/2) (1/2) 1 2 /\ (forall x a, -1 <= r half_decay x a <= -1 + 2) /\ (forall x a, -1 <= r_hat half_decay x a <= -1 + 2) /\
  (forall x a, total_variation (P_hat half_decay x a) (P half_decay x a) <= 1/2) /\ (forall x a, Rabs (r_hat half_decay x a - r half_decay x a) <= 1).
Proof.
  destruct classical_simulation_instance as (_ & _ & T & Er & _). split; [unfold both_in_range_supposes; lra|].
  split; [intros [] a; simpl; lra | split; [intros [] a; simpl; lra | tauto]].
Qed.
Lemma decay_expected eps_rew t : expected_error (decay (1/2) eps_rew) t <= 1/2.
Proof.
  apply mean_at_most; intros x. apply mean_at_most; intros a. apply decay_tv. lra.
Qed.
Theorem per_time_instance : per_time_supposes (1/2) 1 1 /\ (forall x a, 0 <= r half_decay x a <= 0 + 1) /\ (forall x a, Rabs (r_hat half_decay x a - r half_decay x a) <= 1) /\
  (forall t, expected_error half_decay t <= 1/2).
Proof.
  destruct classical_simulation_instance as (_ & Rg & _ & Er & _). split; [unfold per_time_supposes; lra | split; [exact Rg | split; [exact Er | exact (decay_expected 1)]]].
Qed.

(** One state and two actions, of which one earns 1 and the other loses 1; the model says that neither matters. The policy takes
    the one that loses. *)
Definition guess : random_worlds := {|
  state := unit; d_S := fun _ _ => 0; action := bool; d_A := between; P := fun _ _ => point tt; P_hat := fun _ _ => point tt;
  r := fun _ a => if a then 1 else -1; r_hat := fun _ _ => 0; policy := fun _ => point false; start := point tt |}.
Definition other_way : unit -> dist bool := fun _ => point true.
Lemma constant_pay W K u gamma c mu : 0 <= gamma < 1 -> (forall x, pay W u x = c) -> Series (fun t => gamma ^ t * expected_pay W u (iter (loop W K) t mu)) = c / (1 - gamma).
Proof.
  intros g01 H. rewrite (Series_ext _ (fun t => c * gamma ^ t)).
  - rewrite Series_scal_l, power_sum by exact g01. reflexivity.
  - intros t. unfold expected_pay. rewrite (mean_ext _ _ _ (fun _ => c)), mean_const by exact H. ring.
Qed.
Lemma guess_bounded : bounded_rewards guess.
Proof. exists 1. intros x []; simpl; rewrite ?Rabs_R0, ?(Rabs_pos_eq 1), ?(Rabs_left (-1)); lra. Qed.
Lemma guess_return : J guess (1/2) = -2 /\ J (under guess other_way) (1/2) = 2.
Proof.
  split; unfold J, real_reward, ret, real; [rewrite (constant_pay guess _ _ (1/2) (-1)) | rewrite (constant_pay (under guess other_way) _ _ (1/2) 1)]; try lra;
    intros x; unfold pay; simpl; apply mean_point.
Qed.
Lemma guess_value x : value guess (P guess) (r guess) (1/2) x = -2.
Proof. unfold value. rewrite (constant_pay guess _ _ (1/2) (-1)); [lra | lra | intros y; unfold pay; simpl; apply mean_point]. Qed.
Lemma guess_value_other x : value (under guess other_way) (P guess) (r guess) (1/2) x = 2.
Proof. unfold value. rewrite (constant_pay (under guess other_way) _ _ (1/2) 1); [lra | lra | intros y; unfold pay; simpl; apply mean_point]. Qed.
Lemma point_distance : pseudometric unit (fun _ _ => 0).
Proof. split; intros; lra. Qed.

Theorem performance_difference_instance : bounded_rewards guess /\ J (under guess other_way) (1/2) - J guess (1/2) = 4.
Proof. split; [exact guess_bounded|]. destruct guess_return as [-> ->]. lra. Qed.

(** Two states and a constant reward: the model may leave as often as it likes. *)
Definition indifferent e : random_worlds := {|
  state := bool; d_S := between; action := unit; d_A := fun _ _ => 0; P := fun x _ => stays x; P_hat := fun x _ => falls e x;
  r := fun _ _ => 1; r_hat := fun _ _ => 1; policy := fun _ => point tt; start := point true |}.
Theorem value_equivalence_instance : bounded_rewards (indifferent 1) /\ (forall x, one_step_error (indifferent 1) (1/2) x = 0) /\
  total_variation (P_hat (indifferent 1) true tt) (P (indifferent 1) true tt) = 1.
Proof.
  split; [exists 1; intros; simpl; rewrite Rabs_pos_eq; lra | split].
  - intros x. unfold one_step_error, step_error.
    assert (V : forall y, value (indifferent 1) (P (indifferent 1)) (r (indifferent 1)) (1/2) y = 2).
    { intros y. unfold value. rewrite (constant_pay (indifferent 1) _ _ (1/2) 1); [lra | lra | intros z; unfold pay; simpl; apply mean_point]. }
    rewrite (mean_ext _ _ _ (fun _ => 0)), mean_const; [reflexivity|]. intros a.
    assert (M : forall mu : dist bool, mean mu (value (indifferent 1) (P (indifferent 1)) (r (indifferent 1)) (1/2)) = 2) by (intros mu; transitivity (mean mu (fun _ => 2)); [now apply mean_ext | apply mean_const]).
    pose proof (M (P (indifferent 1) x a)) as A. pose proof (M (P_hat (indifferent 1) x a)) as A'. simpl in *. rewrite A, A'. ring.
  - apply Rle_antisym; [apply tv_least; intros A; unfold probability; simpl; unfold stays; rewrite mean_toss, mean_point by lra; destruct (A true), (A false); apply Rabs_le; lra|].
    eapply Rle_trans; [|apply (tv_above _ _ _ (fun b => b))]. unfold probability; simpl. unfold stays. rewrite mean_toss, mean_point by lra. rewrite Rabs_left; lra.
Qed.

Lemma guess_optimal : optimal_in_model guess (1/2) (fun _ => 0).
Proof.
  split; [exists 0; intros; rewrite Rabs_R0; lra | split; [intros x a; simpl; rewrite mean_point; lra|]].
  intros x. simpl. rewrite mean_point, mean_point. lra.
Qed.
Lemma guess_distance x a : W1 (d_S guess) (P_hat guess x a) (P guess x a) = 0.
Proof. exact (W1_of_points _ _ point_distance tt tt). Qed.
Lemma guess_error x a : Rabs (r_hat guess x a - r guess x a) <= 1.
Proof. destruct a; simpl; apply Rabs_le; lra. Qed.
Theorem model_optimal_instance : model_optimal_supposes (1/2) 1 1 1 /\ bounded_rewards guess /\ pseudometric (state guess) (d_S guess) /\
  optimal_in_model guess (1/2) (fun _ => 0) /\ lipschitz (d_S guess) 1 (fun _ => 0) /\
  (forall x a, W1 (d_S guess) (P_hat guess x a) (P guess x a) <= 1) /\ (forall x a, Rabs (r_hat guess x a - r guess x a) <= 1).
Proof.
  split; [unfold model_optimal_supposes; lra | split; [exact guess_bounded | split; [exact point_distance | split; [exact guess_optimal | split; [|split]]]]].
  - intros x y. simpl. rewrite Rminus_eq_0, Rabs_R0. lra.
  - intros x a. rewrite guess_distance. lra.
  - exact guess_error.
Qed.
(** It is attained, by errors of the reward alone. *)
Theorem model_optimal_attained : J (under guess other_way) (1/2) - J guess (1/2) = model_optimal_bound (1/2) 0 0 1.
Proof. destruct guess_return as [-> ->]. unfold model_optimal_bound. field. Qed.

Lemma guess_covers : covers guess (1/2) (fun _ _ => 1) /\ covers (under guess other_way) (1/2) (fun _ _ => 1).
Proof.
  split; intros x; unfold one_step_error, step_error, pay; simpl; unfold other_way; rewrite !mean_point; apply Rabs_le; lra.
Qed.
Lemma guess_charge W : charge W (1/2) (fun _ _ => 1) = 1.
Proof.
  unfold charge, average, imagined. change (fun t => (1/2) ^ t * mean (iter (loop W (P_hat W)) t (start W)) (pay W (fun _ _ => 1)))
    with (fun t => (1/2) ^ t * expected_pay W (fun _ _ => 1) (iter (loop W (P_hat W)) t (start W))).
  rewrite (constant_pay W _ _ (1/2) 1); [lra | lra | intros x; unfold pay; apply mean_const].
Qed.
Lemma guess_tie : J_hat (penalised (under guess other_way) (fun _ _ => 1)) (1/2) <= J_hat (penalised guess (fun _ _ => 1)) (1/2).
Proof.
  unfold J_hat, imagined_reward, reth, imagined. rewrite (constant_pay (penalised guess _) _ _ (1/2) (-1)), (constant_pay (penalised (under guess other_way) _) _ _ (1/2) (-1)); try lra;
    intros x; unfold pay; simpl; unfold other_way; rewrite mean_point; lra.
Qed.
Theorem pessimism_instance : bounded_rewards guess /\ covers guess (1/2) (fun _ _ => 1) /\ covers (under guess other_way) (1/2) (fun _ _ => 1) /\
  J_hat (penalised (under guess other_way) (fun _ _ => 1)) (1/2) <= J_hat (penalised guess (fun _ _ => 1)) (1/2) /\ charge (under guess other_way) (1/2) (fun _ _ => 1) = 1.
Proof. split; [exact guess_bounded | split; [apply guess_covers | split; [apply guess_covers | split; [exact guess_tie | apply guess_charge]]]]. Qed.
(** It is attained: the policies are as good as each other once penalised. *)
Theorem pessimism_attained : J (under guess other_way) (1/2) - J guess (1/2) = pessimism_bound (1/2) (charge (under guess other_way) (1/2) (fun _ _ => 1)).
Proof. rewrite guess_charge. destruct guess_return as [-> ->]. unfold pessimism_bound. field. Qed.
