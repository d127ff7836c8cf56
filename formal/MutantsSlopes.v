(** Wrong versions of what is said of gradients through a learned model, refuted. *)
From Coq Require Import Reals List Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Laws Slopes.
Open Scope R_scope.

(** ---- Small errors, large slopes ---- *)

(** The same with another error of the gradient. *)
Definition small_errors_large_slopes_with (error : R -> R -> R -> R -> R) := forall gamma L_V eps_dyn theta : R, wiggle_supposes gamma L_V eps_dyn ->
  Derive (one_step gamma L_V (wiggled eps_dyn)) theta - Derive (one_step gamma L_V straight) theta = error gamma L_V eps_dyn theta.
(** It is this theorem that is changed. *)
Theorem same_small_errors_large_slopes : small_errors_large_slopes_with wiggle_slope.
Proof. intros g l e th S. now apply small_errors_large_slopes. Qed.
(** A true weakening remains provable: no more than gamma L_V/eps. *)
Theorem weaker_small_errors_large_slopes : forall gamma L_V eps_dyn theta : R, wiggle_supposes gamma L_V eps_dyn ->
  Rabs (wiggle_slope gamma L_V eps_dyn theta) <= gamma * L_V / eps_dyn.
Proof.
  intros g l e th (g0 & l0 & e0). unfold wiggle_slope. rewrite Rabs_mult. assert (k : 0 <= l * g * / e) by (repeat apply Rmult_le_pos; try lra; left; now apply Rinv_0_lt_compat).
  rewrite (Rabs_pos_eq _ k). assert (c : Rabs (cos (th * / (e ^ 2))) <= 1) by (apply Rabs_le, COS_bound). unfold Rdiv.
  replace (g * l * / e) with (l * g * / e * 1) by ring. now apply Rmult_le_compat_l.
Qed.
Lemma wrong_error error : error 1 1 (1/2) 0 <> 2 -> ~ small_errors_large_slopes_with error.
Proof.
  intros ne M. assert (S : wiggle_supposes 1 1 (1/2)) by (unfold wiggle_supposes; lra). apply ne. rewrite <- (M 1 1 (1/2) 0 S), same_small_errors_large_slopes by auto.
  unfold wiggle_slope. rewrite Rmult_0_l, cos_0. lra.
Qed.
(** As small as the error of the values. *)
Theorem mutant_small_errors_large_slopes_small : ~ small_errors_large_slopes_with (fun g l e th => g * l * e * cos (th / e ^ 2)).
Proof. apply wrong_error. unfold Rdiv. rewrite Rmult_0_l, cos_0. lra. Qed.
(** The wave's frequency for the slope. *)
Theorem mutant_small_errors_large_slopes_frequency : ~ small_errors_large_slopes_with (fun g l e th => g * l / e ^ 2 * cos (th / e ^ 2)).
Proof. apply wrong_error. unfold Rdiv. rewrite Rmult_0_l, cos_0. lra. Qed.
(** The sine for the cosine. *)
Theorem mutant_small_errors_large_slopes_sine : ~ small_errors_large_slopes_with (fun g l e th => g * l / e * sin (th / e ^ 2)).
Proof. apply wrong_error. unfold Rdiv. rewrite Rmult_0_l, sin_0. lra. Qed.

(** ---- Slopes along a rollout ---- *)

(** The same with another bound. *)
Definition slopes_along_a_rollout_with (bound : R -> R -> R -> R -> R -> R -> R -> R -> R -> R) :=
  forall (W W_hat : loop) (gamma theta s loop push paid bend paid_bend eps_dyn slope_dyn slope_rew : R) (H : nat),
  pathwise_supposes gamma loop push paid bend paid_bend eps_dyn slope_dyn slope_rew -> sloped W -> sloped W_hat ->
  slopes_near W W_hat theta loop push paid bend paid_bend eps_dyn slope_dyn slope_rew ->
  Rabs (Derive (run W_hat gamma H s) theta - Derive (run W gamma H s) theta) <= bound gamma loop push paid bend paid_bend eps_dyn slope_dyn slope_rew.
(** It is this theorem that is changed. *)
Theorem same_slopes_along_a_rollout : slopes_along_a_rollout_with pathwise_bound.
Proof. intros W W_hat g th s L B K M N e f r H S D D' A. now apply (slopes_along_a_rollout W W_hat g th s L B K M N e f r H S D D' A). Qed.
(** A true weakening remains provable: twice the bound. *)
Theorem weaker_slopes_along_a_rollout : slopes_along_a_rollout_with (fun g L B K M N e f r => 2 * pathwise_bound g L B K M N e f r).
Proof.
  intros W W_hat g th s L B K M N e f r H S D D' A. pose proof (same_slopes_along_a_rollout W W_hat g th s L B K M N e f r H S D D' A) as b.
  pose proof (Rabs_pos (Derive (run W_hat g H s) th - Derive (run W g H s) th)). lra.
Qed.

(** The parameter is the next state, and the reward is the state, or 1 less its cosine. *)
Definition forgets : loop := {| next := fun _ th => th; next_s := fun _ _ => 0; next_t := fun _ _ => 1;
  gain := fun s _ => s; gain_s := fun _ _ => 1; gain_t := fun _ _ => 0 |}.
Definition curved (shift : R) : loop := {| next := fun _ th => th + shift; next_s := fun _ _ => 0; next_t := fun _ _ => 1;
  gain := fun s _ => 1 - cos s; gain_s := fun s _ => sin s; gain_t := fun _ _ => 0 |}.
(** A step whose slope in the parameter is an eighth too large at 0, and a reward that is. *)
Definition steep_step : loop := {| next := fun _ th => th + sin th / 8; next_s := fun _ _ => 0; next_t := fun _ th => 1 + cos th / 8;
  gain := fun s _ => s; gain_s := fun _ _ => 1; gain_t := fun _ _ => 0 |}.
Definition steep_reward : loop := {| next := fun _ th => th; next_s := fun _ _ => 0; next_t := fun _ _ => 1;
  gain := fun s th => s + th / 8; gain_s := fun _ _ => 1; gain_t := fun _ _ => 1/8 |}.
Ltac along := intros u th d du; assert (ex_derive u th) by (eexists; exact du); pose proof (is_derive_unique _ _ _ du) as e;
  split; simpl; auto_derive; auto; try (replace (Derive (fun x : R => u x) th) with d by (symmetry; exact e)); field.
Lemma forgets_sloped : sloped forgets. Proof. along. Qed.
Lemma curved_sloped shift : sloped (curved shift). Proof. along. Qed.
Lemma steep_step_sloped : sloped steep_step. Proof. along. Qed.
Lemma steep_reward_sloped : sloped steep_reward. Proof. along. Qed.
Lemma steep_step_near : slopes_near forgets steep_step 0 0 1 1 0 0 0 (1/8) 0.
Proof. split; simpl; intros; try split; rewrite ?sin_0, ?cos_0; rewrite ?Rmult_0_l; apply Rabs_le; lra. Qed.
Lemma steep_reward_near : slopes_near forgets steep_reward 0 0 1 1 0 0 0 0 (1/8).
Proof. split; simpl; intros; try split; rewrite ?Rmult_0_l; apply Rabs_le; lra. Qed.
Lemma sine_lipschitz s z : Rabs (sin s - sin z) <= 1 * Rabs (s - z).
Proof. apply (bounded_variation sin cos 1 z s). intros t _. split; [auto_derive; auto; ring | apply Rabs_le, COS_bound]. Qed.
Lemma curved_near shift : 0 <= shift -> slopes_near (curved 0) (curved shift) 0 0 1 1 0 1 shift 0 0.
Proof.
  intros h. split; simpl; intros; try split; rewrite ?Rmult_0_l; try (apply Rabs_le; lra).
  - apply Rabs_le, SIN_bound.
  - apply sine_lipschitz.
  - rewrite Rminus_eq_0, Rabs_R0. pose proof (Rabs_pos (s - z)). lra.
Qed.
(** Of two steps, by hand. *)
Lemma forgets_slope g : Derive (run forgets g 2 0) 0 = g.
Proof. apply is_derive_unique. simpl. auto_derive; auto. ring. Qed.
Lemma steep_step_slope g : Derive (run steep_step g 2 0) 0 = g * (9/8).
Proof. apply is_derive_unique. simpl. auto_derive; auto. rewrite cos_0. field. Qed.
Lemma steep_reward_slope g : Derive (run steep_reward g 1 0) 0 = 1/8 /\ Derive (run forgets g 1 0) 0 = 0.
Proof. split; apply is_derive_unique; simpl; auto_derive; auto; field. Qed.
Lemma curved_slope g shift : Derive (run (curved shift) g 2 0) 0 = g * sin shift.
Proof. apply is_derive_unique. simpl. auto_derive; auto. rewrite Rplus_0_l. ring. Qed.
(** Errors of a step's slopes are forgotten: errors of values would do. *)
Theorem mutant_slopes_along_a_rollout_values : ~ slopes_along_a_rollout_with (fun g L B K M N e f r => pathwise_bound g L B K M N e 0 r).
Proof.
  intros M. assert (A := M forgets steep_step (1/2) 0 0 0 1 1 0 0 0 (1/8) 0 2%nat ltac:(unfold pathwise_supposes; simpl; lra) forgets_sloped steep_step_sloped steep_step_near).
  rewrite forgets_slope, steep_step_slope in A. unfold pathwise_bound in A. apply Rabs_def2_le in A. lra.
Qed.
(** Errors of the reward's slopes are forgotten. *)
Theorem mutant_slopes_along_a_rollout_reward : ~ slopes_along_a_rollout_with (fun g L B K M N e f r => pathwise_bound g L B K M N e f 0).
Proof.
  intros M. assert (A := M forgets steep_reward (1/2) 0 0 0 1 1 0 0 0 0 (1/8) 1%nat ltac:(unfold pathwise_supposes; simpl; lra) forgets_sloped steep_reward_sloped steep_reward_near).
  destruct (steep_reward_slope (1/2)) as (a & b). rewrite a, b in A. unfold pathwise_bound in A. apply Rabs_def2_le in A. lra.
Qed.
(** Errors of values are forgotten, though the world bends. *)
Theorem mutant_slopes_along_a_rollout_bends : ~ slopes_along_a_rollout_with (fun g L B K M N e f r => pathwise_bound g L B K M N 0 f r).
Proof.
  intros M. assert (A := M (curved 0) (curved 1) (1/2) 0 0 0 1 1 0 1 1 0 0 2%nat ltac:(unfold pathwise_supposes; simpl; lra) (curved_sloped 0) (curved_sloped 1) (curved_near 1 ltac:(lra))).
  rewrite !curved_slope, sin_0 in A. unfold pathwise_bound in A. apply Rabs_def2_le in A.
  assert (0 < sin 1) by (apply sin_gt_0; [lra | pose proof PI2_1; lra]). lra.
Qed.

(** ---- Scores see values ---- *)

(** The same with another bound. *)
Definition scores_see_values_with (bound : R -> R -> R -> R -> R) := forall (X : Type) (T : (X -> R) -> R) (f f_hat : X -> R) (V : R -> R) (score : X -> R) (gamma L_V eps_dyn : R),
  score_bias_supposes gamma L_V eps_dyn (T (fun a => Rabs (score a))) -> expectation T -> (forall s z, Rabs (V s - V z) <= L_V * Rabs (s - z)) ->
  (forall a, Rabs (f_hat a - f a) <= eps_dyn) ->
  Rabs (T (fun a => gamma * V (f_hat a) * score a) - T (fun a => gamma * V (f a) * score a)) <= bound gamma L_V eps_dyn (T (fun a => Rabs (score a))).
(** It is this theorem that is changed. *)
Theorem same_scores_see_values : scores_see_values_with score_bias_bound.
Proof. intros X T f f_hat V w g l e S HT lip near. now apply (scores_see_values X T f f_hat V w g l e S HT lip near). Qed.
(** A true weakening remains provable: twice the bound. *)
Theorem weaker_scores_see_values : scores_see_values_with (fun g l e m => 2 * score_bias_bound g l e m).
Proof.
  intros X T f f_hat V w g l e S HT lip near. pose proof (same_scores_see_values X T f f_hat V w g l e S HT lip near).
  pose proof (Rabs_pos (T (fun a => g * V (f_hat a) * w a) - T (fun a => g * V (f a) * w a))). lra.
Qed.
Lemma wrong_score bound : bound (1/2) 1 (1/10) 2 < 1/10 -> ~ scores_see_values_with bound.
Proof.
  intros l M. destruct scores_see_values_instance as (S & T & lip & near & m).
  assert (A := M bool (E tossed) toss toss_hat (fun s => s) toss_score (1/2) 1 (1/10) S T lip near). rewrite m in A.
  unfold toss_hat, toss, toss_score in A. simpl in A. apply Rabs_def2_le in A. lra.
Qed.
(** As small as the return gap. *)
Theorem mutant_scores_see_values_gap : ~ scores_see_values_with (fun g l e _ => g * l * e).
Proof. apply wrong_score. lra. Qed.
(** As if errors averaged out. *)
Theorem mutant_scores_see_values_average : ~ scores_see_values_with (fun g l e m => g * l * e * m / 2).
Proof. apply wrong_score. lra. Qed.
