(** The identity behind Lemma 1: the return gap as a sum of one-step errors along the imagined rollout, nothing lost; its
    mirror image along the real one; what becomes of it when one takes absolute values, the value's Lipschitz constant
    and suprema; and the regret of a policy that was chosen in imagination. *)
From Coq Require Import Reals Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Loops ReturnGap.
Open Scope R_scope.

Definition real_state W t := real _ (loop W (f W)) (start W) t.
Definition imagined_state W t := imagined _ (loop W (f_hat W)) (start W) t.

(** The value of a state in the real world: of n steps under the policy, and of all steps. *)
Definition reward_from W gamma x t := gamma ^ t * pay W (r W) (iter (loop W (f W)) t x).
Definition value_of W gamma n x := sum n (reward_from W gamma x).
Definition value W gamma x := Series (reward_from W gamma x).

(** What the two models do in one step from x: the reward model pays its error, and the dynamics model leads to a state that is
    worth more or less than the one that it should have led to. *)
Definition step_error W gamma (V : state W -> R) x :=
  (pay W (r_hat W) x - pay W (r W) x) + gamma * (V (loop W (f_hat W) x) - V (loop W (f W) x)).

(** The two worlds with their roles exchanged: the value is then the learned pair's own. *)
Definition mirrored W : worlds := {|
  state := state W; d_S := d_S W; action := action W; d_A := d_A W;
  f := f_hat W; f_hat := f W; r := r_hat W; r_hat := r W; policy := policy W; start := start W |}.

(** ---- Finite horizons ---- *)
Fixpoint steps_value {X} (F : X -> X) (u : X -> R) (g : R) n x := match n with O => 0 | S n => u x + g * steps_value F u g n (F x) end.
Lemma steps_value_sum X (F : X -> X) u g n : forall x, steps_value F u g n x = sum n (fun t => g ^ t * u (iter F t x)).
Proof.
  induction n; intros x; [reflexivity|]. rewrite sum_first. cbn [steps_value]. rewrite IHn, <- sum_scal. f_equal; [simpl; ring|].
  apply sum_ext; intros. rewrite iter_first. simpl. ring.
Qed.
Lemma account X (F Fh : X -> X) u uh g n : forall x0, sum n (reth X Fh uh x0 g) - sum n (ret X F u x0 g) =
  sum n (fun t => g ^ t * let s := imagined X Fh x0 t in uh s - u s + g * (steps_value F u g (n - t - 1) (Fh s) - steps_value F u g (n - t - 1) (F s))).
Proof.
  intros x0. unfold ret, reth, real, imagined. rewrite <- !steps_value_sum. revert x0.
  induction n; intros x0; [simpl; ring|]. rewrite sum_first. cbn [steps_value]. replace (S n - 0 - 1)%nat with n by lia.
  rewrite (sum_ext n _ (fun t => g * (g ^ t * (let s := iter Fh t (Fh x0) in uh s - u s + g * (steps_value F u g (n - t - 1) (Fh s) - steps_value F u g (n - t - 1) (F s)))))).
  2:{ intros t _. cbv zeta. rewrite iter_first. replace (S n - S t - 1)%nat with (n - t - 1)%nat by lia. simpl. ring. }
  rewrite sum_scal, <- IHn. simpl. ring.
Qed.

(** The identity, H steps. The gap of H-step returns is the discounted sum of the step errors along the imagined rollout, each with the value of the steps
    that remain. Nothing is supposed of the worlds, nor of gamma. *)
Theorem identity : forall (W : worlds) (gamma : R) (H : nat),
  sum H (imagined_reward W gamma) - sum H (real_reward W gamma) =
  sum H (fun t => gamma ^ t * step_error W gamma (value_of W gamma (H - t - 1)) (imagined_state W t)).
Proof.
  intros W g H. unfold imagined_reward, real_reward. rewrite account. apply sum_ext; intros t _. f_equal. cbv zeta.
  unfold step_error, value_of, reward_from. rewrite !steps_value_sum. reflexivity.
Qed.

(** The mirror image. The same gap is a sum along the real rollout, each term with the learned pair's own value of the steps that remain:
    real transitions and the models are all that it takes. *)
Theorem mirror_identity : forall (W : worlds) (gamma : R) (H : nat),
  sum H (real_reward W gamma) - sum H (imagined_reward W gamma) =
  sum H (fun t => gamma ^ t * step_error (mirrored W) gamma (value_of (mirrored W) gamma (H - t - 1)) (real_state W t)).
Proof. intros W g H. exact (identity (mirrored W) g H). Qed.

(** The identity, for any value. Let V solve Bellman's equation: what is left after n steps is the discounted value of the
    state that imagination has reached. *)
Theorem identity_bellman : forall (W : worlds) (gamma : R) (V : state W -> R),
  (forall x, V x = pay W (r W) x + gamma * V (loop W (f W) x)) -> forall n,
  sum n (fun t => gamma ^ t * step_error W gamma V (imagined_state W t)) =
  sum n (imagined_reward W gamma) + gamma ^ n * V (imagined_state W n) - V (start W).
Proof.
  intros W g V B n. induction n; [unfold imagined_state, imagined; simpl; ring|]. cbn [sum]. rewrite IHn. unfold imagined_reward, reth, step_error.
  change (imagined _ (loop W (f_hat W)) (start W) n) with (imagined_state W n). change (imagined_state W (S n)) with (loop W (f_hat W) (imagined_state W n)).
  rewrite (B (imagined_state W n)). simpl. ring.
Qed.

(** ---- All steps ---- *)
Lemma value_bellman W g : (forall x, ex_series (reward_from W g x)) -> forall x, value W g x = pay W (r W) x + g * value W g (loop W (f W) x).
Proof.
  intros E x. unfold value. rewrite (Series_incr_1 _ (E x)), <- Series_scal_l. f_equal; [unfold reward_from; simpl; ring|].
  apply Series_ext; intros t. unfold reward_from. rewrite iter_first. simpl. ring.
Qed.
Lemma identity_limit W g : (forall x, ex_series (reward_from W g x)) -> ex_series (imagined_reward W g) ->
  is_lim_seq (fun n => g ^ n * value W g (imagined_state W n)) 0 ->
  is_series (fun t => g ^ t * step_error W g (value W g) (imagined_state W t)) (J_hat W g - J W g).
Proof.
  intros E Eh T. apply series_of_sum. apply is_lim_seq_ext with (u := fun n => sum n (imagined_reward W g) + g ^ n * value W g (imagined_state W n) - value W g (start W));
    [intros; symmetry; apply identity_bellman, value_bellman, E|].
  replace (J_hat W g - J W g) with (J_hat W g + 0 - value W g (start W)) by (unfold J, value; change (reward_from W g (start W)) with (real_reward W g); ring).
  apply is_lim_seq_minus'; [|apply is_lim_seq_const]. apply is_lim_seq_plus'; [now apply sum_series | exact T].
Qed.


Section Contracting.
Variables (W : worlds) (gamma L_f L_r L_pi eps_dyn eps_rew : R).
Hypothesis numbers : lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew.
Hypothesis world : described W L_f L_r L_pi eps_dyn eps_rew.
Let L := L_f * (1 + L_pi).
Let lam := L_r * (1 + L_pi).
Let m := distance_of_states _ _ _ _ _ _ world.

Lemma finite_numbers : finite_horizon_supposes gamma L_f L_r L_pi eps_dyn eps_rew.
Proof. unfold lemma_1_supposes, finite_horizon_supposes in *. lra. Qed.
Let g01 := gamma_range _ _ _ _ _ _ finite_numbers.
Let L0 : 0 <= L := L_pos _ _ _ _ _ _ finite_numbers.
Let lam0 : 0 <= lam := lam_pos _ _ _ _ _ _ finite_numbers.
Lemma contracts : gamma * L < 1. Proof. unfold lemma_1_supposes in numbers. unfold L. lra. Qed.
Let loops := loop_lipschitz _ _ _ _ _ _ _ finite_numbers world.
Let pays := pay_lipschitz _ _ _ _ _ _ _ finite_numbers world.

Lemma value_ex x : ex_series (reward_from W gamma x).
Proof. exact (ret_ex _ (d_S W) (loop W (f W)) (pay W (r W)) x gamma m g01 (fun _ => True) L lam L0 lam0 (fun _ => I) (fun x y _ _ => loops x y) (fun x y _ _ => pays x y) contracts). Qed.

Lemma apart_powers x y t : d_S W (iter (loop W (f W)) t x) (iter (loop W (f W)) t y) <= L ^ t * d_S W x y.
Proof.
  induction t; [simpl; lra|]. simpl iter. eapply Rle_trans; [apply loops|]. fold L. simpl pow. rewrite Rmult_assoc. now apply Rmult_le_compat_l.
Qed.

(** The value of two states differs by at most L_r (1 + L_pi) / (1 - gamma L) times their distance. *)
Lemma value_slope x y : Rabs (value W gamma x - value W gamma y) <= value_lipschitz_bound gamma L_f L_r L_pi (d_S W x y).
Proof.
  pose proof contracts as c. assert (gL : 0 <= gamma * L) by (apply Rmult_le_pos; lra).
  assert (P : forall t, Rabs (reward_from W gamma x t - reward_from W gamma y t) <= lam * d_S W x y * (gamma * L) ^ t).
  { intros t. unfold reward_from. assert (gt : 0 <= gamma ^ t) by (apply pow_le; lra).
    rewrite <- Rmult_minus_distr_l, Rabs_mult, (Rabs_pos_eq (gamma ^ t)), Rpow_mult_distr by auto.
    pose proof (pays (iter (loop W (f W)) t x) (iter (loop W (f W)) t y)) as B. fold lam in B. pose proof (apart_powers x y t) as A.
    apply Rmult_le_compat_l with (r := lam) in A; [|exact lam0].
    replace (lam * d_S W x y * (gamma ^ t * L ^ t)) with (gamma ^ t * (lam * (L ^ t * d_S W x y))) by ring. apply Rmult_le_compat_l; lra. }
  assert (E : ex_series (fun t => lam * d_S W x y * (gamma * L) ^ t)) by (apply ex_scal, power_ex; lra).
  unfold value. rewrite <- Series_minus by apply value_ex.
  assert (A : ex_series (fun t => Rabs (reward_from W gamma x t - reward_from W gamma y t))) by (apply ex_le with (2 := E); intros; rewrite Rabs_Rabsolu; apply P).
  eapply Rle_trans; [now apply Series_Rabs|]. eapply Rle_trans; [apply (Series_le _ (fun t => lam * d_S W x y * (gamma * L) ^ t)); [|exact E]|].
  - intros t. split; [apply Rabs_pos | apply P].
  - right. rewrite Series_scal_l, power_sum by lra. unfold value_lipschitz_bound, lam, L in *. field. lra.
Qed.

End Contracting.

(** The value is Lipschitz. With constant L_r (1 + L_pi) / (1 - gamma L), in the real world under the policy. *)
Theorem value_lipschitz : forall (W : worlds) (gamma L_f L_r L_pi eps_dyn eps_rew : R),
  lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew -> described W L_f L_r L_pi eps_dyn eps_rew ->
  (forall x, ex_series (reward_from W gamma x)) /\
  forall x y, Rabs (value W gamma x - value W gamma y) <= value_lipschitz_bound gamma L_f L_r L_pi (d_S W x y).
Proof. intros W g Lf Lr Lp ed er N D. split; [exact (value_ex _ _ _ _ _ _ _ N D) | exact (value_slope _ _ _ _ _ _ _ N D)]. Qed.

Section Future.
Variables (W : worlds) (gamma L_f L_r L_pi eps_dyn eps_rew : R).
Hypothesis numbers : lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew.
Hypothesis world : described W L_f L_r L_pi eps_dyn eps_rew.
Let L := L_f * (1 + L_pi).
Let lam := L_r * (1 + L_pi).
Let m := distance_of_states _ _ _ _ _ _ world.
Let finite := finite_numbers _ _ _ _ _ _ numbers.
Let g01 := gamma_range _ _ _ _ _ _ finite.
Let L0 : 0 <= L := L_pos _ _ _ _ _ _ finite.
Let lam0 : 0 <= lam := lam_pos _ _ _ _ _ _ finite.
Let loops := loop_lipschitz _ _ _ _ _ _ _ finite world.

(** The far future of imagination counts for nothing. *)
Lemma future_vanishes : is_lim_seq (fun n => gamma ^ n * value W gamma (imagined_state W n)) 0.
Proof.
  set (slope := lam / (1 - gamma * L)). pose proof (contracts _ _ _ _ _ _ numbers) as c. fold L in c. assert (s0 : 0 <= slope) by (apply Rdiv_le_0_compat; lra).
  set (M := eps_dyn + d_S W (loop W (f W) (start W)) (start W)).
  apply ex_series_lim_0.
  apply ex_le with (b := fun n => Rabs (value W gamma (start W)) * gamma ^ n + slope * M * (gamma ^ n * geom L n)).
  2:{ apply ex_plus; apply ex_scal; [now apply power_ex | now apply double_ex]. }
  intros n. assert (gn : 0 <= gamma ^ n) by (apply pow_le; lra). rewrite Rabs_mult, (Rabs_pos_eq (gamma ^ n)) by auto.
  assert (D : d_S W (imagined_state W n) (start W) <= M * geom L n).
  { eapply Rle_trans; [apply (d_tri m) with (y := real_state W n)|]. rewrite (d_sym m (imagined_state W n)).
    pose proof (apart_after _ _ _ _ _ _ _ finite world n) as A. fold L in A.
    pose proof (drift _ (d_S W) (loop W (f W)) (start W) m (fun _ => True) L L0 (fun _ => I) (fun x y _ _ => loops x y) n) as B.
    unfold real_state, imagined_state, M. lra. }
  assert (B : Rabs (value W gamma (imagined_state W n)) <= Rabs (value W gamma (start W)) + slope * (M * geom L n)).
  { replace (value W gamma (imagined_state W n)) with (value W gamma (start W) + (value W gamma (imagined_state W n) - value W gamma (start W))) by ring.
    eapply Rle_trans; [apply Rabs_triang|]. apply Rplus_le_compat_l. eapply Rle_trans; [apply (proj2 (value_lipschitz _ _ _ _ _ _ _ numbers world))|].
    replace (value_lipschitz_bound gamma L_f L_r L_pi (d_S W (imagined_state W n) (start W))) with (slope * d_S W (imagined_state W n) (start W))
      by (unfold value_lipschitz_bound, slope, lam, L in *; field; lra). now apply Rmult_le_compat_l. }
  apply Rmult_le_compat_l with (r := gamma ^ n) in B; [lra | exact gn].
Qed.
Lemma identity_contracting : is_series (fun t => gamma ^ t * step_error W gamma (value W gamma) (imagined_state W t)) (J_hat W gamma - J W gamma).
Proof. apply identity_limit; [apply (value_lipschitz _ _ _ _ _ _ _ numbers world) | apply (lemma_1 _ _ _ _ _ _ _ numbers world) | exact future_vanishes]. Qed.
End Future.

(** The identity. Under the hypotheses of Lemma 1 every state has a value, both returns exist, and the step errors along the imagined rollout add
    up to the gap. That these limits exist is concluded. *)
Theorem identity_infinite : forall (W : worlds) (gamma L_f L_r L_pi eps_dyn eps_rew : R),
  lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew -> described W L_f L_r L_pi eps_dyn eps_rew ->
  (forall x, ex_series (reward_from W gamma x)) /\ ex_series (real_reward W gamma) /\ ex_series (imagined_reward W gamma) /\
  is_series (fun t => gamma ^ t * step_error W gamma (value W gamma) (imagined_state W t)) (J_hat W gamma - J W gamma).
Proof.
  intros W g Lf Lr Lp ed er N D. destruct (lemma_1 _ _ _ _ _ _ _ N D) as (E & Eh & _).
  split; [apply (value_lipschitz _ _ _ _ _ _ _ N D) | split; [exact E | split; [exact Eh | exact (identity_contracting _ _ _ _ _ _ _ N D)]]].
Qed.

(** The mirror image, all steps. If the learned pair satisfies the hypotheses of Lemma 1, its values exist, and the mirrored step errors along the real rollout add
    up to the gap. *)
Theorem mirror_identity_infinite : forall (W : worlds) (gamma L_f L_r L_pi eps_dyn eps_rew : R),
  lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew -> described (mirrored W) L_f L_r L_pi eps_dyn eps_rew ->
  (forall x, ex_series (reward_from (mirrored W) gamma x)) /\ ex_series (real_reward W gamma) /\ ex_series (imagined_reward W gamma) /\
  is_series (fun t => gamma ^ t * step_error (mirrored W) gamma (value (mirrored W) gamma) (real_state W t)) (J W gamma - J_hat W gamma).
Proof.
  intros W g Lf Lr Lp ed er N D. destruct (identity_infinite _ _ _ _ _ _ _ N D) as (V & E & Eh & I). exact (conj V (conj Eh (conj E I))).
Qed.

(** The identity, bounded rewards. It holds for all steps without any Lipschitz constant where both rewards are bounded. *)
Theorem identity_bounded : forall (W : worlds) (gamma most : R), 0 <= gamma < 1 ->
  (forall x a, Rabs (r W x a) <= most) -> (forall x a, Rabs (r_hat W x a) <= most) ->
  (forall x, ex_series (reward_from W gamma x)) /\ ex_series (real_reward W gamma) /\ ex_series (imagined_reward W gamma) /\
  is_series (fun t => gamma ^ t * step_error W gamma (value W gamma) (imagined_state W t)) (J_hat W gamma - J W gamma).
Proof.
  intros W g B G R Rh. assert (gp : forall t, 0 <= g ^ t) by (intros; apply pow_le; lra).
  assert (most : ex_series (fun t => B * g ^ t)) by now apply ex_scal, power_ex.
  assert (V : forall x, ex_series (reward_from W g x)).
  { intros x. apply ex_le with (2 := most). intros t. unfold reward_from. rewrite Rabs_mult, (Rabs_pos_eq (g ^ t)), Rmult_comm by auto. apply Rmult_le_compat_r; [auto | apply R]. }
  assert (Eh : ex_series (imagined_reward W g)).
  { apply ex_le with (2 := most). intros t. unfold imagined_reward, reth. rewrite Rabs_mult, (Rabs_pos_eq (g ^ t)), Rmult_comm by auto. apply Rmult_le_compat_r; [auto | apply Rh]. }
  split; [exact V | split; [exact (V (start W)) | split; [exact Eh|]]]. apply identity_limit; auto.
  apply ex_series_lim_0. apply ex_le with (b := fun n => B * / (1 - g) * g ^ n); [|now apply ex_scal, power_ex].
  intros n. rewrite Rabs_mult, (Rabs_pos_eq (g ^ n)), Rmult_comm by auto. apply Rmult_le_compat_r; [auto|]. unfold value.
  assert (A : ex_series (fun t => Rabs (reward_from W g (imagined_state W n) t))).
  { apply ex_le with (2 := most). intros t. rewrite Rabs_Rabsolu. unfold reward_from. rewrite Rabs_mult, (Rabs_pos_eq (g ^ t)), Rmult_comm by auto. apply Rmult_le_compat_r; [auto | apply R]. }
  eapply Rle_trans; [now apply Series_Rabs|]. rewrite <- power_sum, <- Series_scal_l by auto. apply Series_le; [|exact most].
  intros t. split; [apply Rabs_pos|]. unfold reward_from. rewrite Rabs_mult, (Rabs_pos_eq (g ^ t)), Rmult_comm by auto. apply Rmult_le_compat_r; [auto | apply R].
Qed.

(** ---- From the identity back to Lemma 1 ---- *)

(** The discounted average of a sequence. *)
Definition average gamma (a : nat -> R) := (1 - gamma) * Series (fun t => gamma ^ t * a t).
(** The errors of the two models where imagination goes. *)
Definition dynamics_errors W t := d_S W (loop W (f_hat W) (imagined_state W t)) (loop W (f W) (imagined_state W t)).
Definition reward_errors W t := Rabs (pay W (r_hat W) (imagined_state W t) - pay W (r W) (imagined_state W t)).

Lemma average_le gamma a b : 0 <= gamma < 1 -> (forall t, 0 <= a t <= b) -> ex_series (fun t => gamma ^ t * a t) /\ average gamma a <= b.
Proof.
  intros G A. assert (E : ex_series (fun t => b * gamma ^ t)) by now apply ex_scal, power_ex.
  assert (P : forall t, 0 <= gamma ^ t * a t <= b * gamma ^ t) by (intros t; specialize (A t); assert (0 <= gamma ^ t) by (apply pow_le; lra); nra).
  split; [apply ex_le with (2 := E); intros t; rewrite Rabs_pos_eq; apply P|].
  unfold average. apply Rle_trans with ((1 - gamma) * (b * / (1 - gamma))); [|right; field; lra]. apply Rmult_le_compat_l; [lra|].
  rewrite <- power_sum, <- Series_scal_l by auto. now apply Series_le.
Qed.

(** Average errors suffice. The gap is at most what Lemma 1 allows when the errors are averaged, with discounted weights, along the
    imagined rollout; L_V is any Lipschitz constant of the value. *)
Theorem average_error : forall (W : worlds) (gamma L_f L_r L_pi eps_dyn eps_rew L_V : R),
  lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew -> described W L_f L_r L_pi eps_dyn eps_rew ->
  (forall x y, Rabs (value W gamma x - value W gamma y) <= L_V * d_S W x y) ->
  ex_series (fun t => gamma ^ t * dynamics_errors W t) /\ ex_series (fun t => gamma ^ t * reward_errors W t) /\
  Rabs (J W gamma - J_hat W gamma) <= average_error_bound gamma L_V (average gamma (dynamics_errors W)) (average gamma (reward_errors W)).
Proof.
  intros W g Lf Lr Lp ed er LV N D HV. assert (G : 0 <= g < 1) by (unfold lemma_1_supposes in N; lra).
  destruct (average_le g (dynamics_errors W) ed G) as [Ed _]; [intros t; split; [apply (d_pos (distance_of_states _ _ _ _ _ _ D)) | apply (dynamics_error _ _ _ _ _ _ D)]|].
  destruct (average_le g (reward_errors W) er G) as [Er _]; [intros t; split; [apply Rabs_pos | apply (reward_error _ _ _ _ _ _ D)]|].
  split; [exact Ed | split; [exact Er|]].
  destruct (identity_infinite _ _ _ _ _ _ _ N D) as (_ & _ & _ & I). apply is_series_unique in I. rewrite Rabs_minus_sym, <- I.
  set (a := fun t => g ^ t * step_error W g (value W g) (imagined_state W t)).
  set (b := fun t => g ^ t * reward_errors W t + g * LV * (g ^ t * dynamics_errors W t)).
  assert (E : ex_series b) by (apply ex_plus; [exact Er | now apply ex_scal]).
  assert (P : forall t, Rabs (a t) <= b t).
  { intros t. unfold a, b, step_error. assert (gt : 0 <= g ^ t) by (apply pow_le; lra). rewrite Rabs_mult, (Rabs_pos_eq (g ^ t)) by auto.
    replace (g ^ t * reward_errors W t + g * LV * (g ^ t * dynamics_errors W t)) with (g ^ t * (reward_errors W t + g * (LV * dynamics_errors W t))) by ring.
    apply Rmult_le_compat_l; [auto|]. eapply Rle_trans; [apply Rabs_triang|]. apply Rplus_le_compat; [apply Rle_refl|].
    rewrite Rabs_mult, (Rabs_pos_eq g) by lra. apply Rmult_le_compat_l; [lra | apply HV]. }
  eapply Rle_trans; [apply Series_Rabs, ex_le with (2 := E); intros; rewrite Rabs_Rabsolu; apply P|].
  eapply Rle_trans; [apply (Series_le _ b); [intros; split; [apply Rabs_pos | apply P] | exact E]|].
  right. unfold b. rewrite Series_plus, Series_scal_l by (auto; now apply ex_scal). unfold average_error_bound, average. field. lra.
Qed.

(** Suprema give Lemma 1 back. The averages are at most the suprema; with these, and the Lipschitz constant of the value, the bound by averages is Lemma 1's. *)
Theorem suprema_give_lemma_1 : forall (W : worlds) (gamma L_f L_r L_pi eps_dyn eps_rew : R),
  lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew -> described W L_f L_r L_pi eps_dyn eps_rew ->
  let L_V := value_lipschitz_bound gamma L_f L_r L_pi 1 in
  Rabs (J W gamma - J_hat W gamma) <= average_error_bound gamma L_V (average gamma (dynamics_errors W)) (average gamma (reward_errors W)) /\
  average_error_bound gamma L_V (average gamma (dynamics_errors W)) (average gamma (reward_errors W)) <= average_error_bound gamma L_V eps_dyn eps_rew /\
  average_error_bound gamma L_V eps_dyn eps_rew = lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew.
Proof.
  intros W g Lf Lr Lp ed er N D LV. assert (G : 0 <= g < 1) by (unfold lemma_1_supposes in N; lra).
  assert (c : g * (Lf * (1 + Lp)) < 1) by (unfold lemma_1_supposes in N; lra). assert (i : 0 < / (1 - g)) by (apply Rinv_0_lt_compat; lra).
  assert (e : forall d, value_lipschitz_bound g Lf Lr Lp d = LV * d) by (intros; unfold LV, value_lipschitz_bound; ring).
  assert (LV0 : 0 <= LV).
  { unfold LV, value_lipschitz_bound. assert (0 < / (1 - g * (Lf * (1 + Lp)))) by (apply Rinv_0_lt_compat; lra). unfold lemma_1_supposes in N.
    replace (1 + -1 * Lf * g * (1 + Lp)) with (1 - g * (Lf * (1 + Lp))) by ring. repeat apply Rmult_le_pos; lra. }
  destruct (average_le g (dynamics_errors W) ed G) as [_ Ad]; [intros t; split; [apply (d_pos (distance_of_states _ _ _ _ _ _ D)) | apply (dynamics_error _ _ _ _ _ _ D)]|].
  destruct (average_le g (reward_errors W) er G) as [_ Ar]; [intros t; split; [apply Rabs_pos | apply (reward_error _ _ _ _ _ _ D)]|].
  split; [|split].
  - apply (average_error _ _ _ _ _ _ _ _ N D). intros x y. rewrite <- e. apply (value_lipschitz _ _ _ _ _ _ _ N D).
  - unfold average_error_bound. replace (1 + -1 * g) with (1 - g) by ring. apply Rmult_le_compat_l; [lra|]. apply Rplus_le_compat; [exact Ar|].
    apply Rmult_le_compat_r; [lra | now apply Rmult_le_compat_l].
  - unfold average_error_bound, LV, value_lipschitz_bound, lemma_1_bound. field. lra.
Qed.

(** ---- Regret ---- *)

(** Regret. Let the gap of every policy of a class be at most G, and let the chosen one, of the class, be within delta of the best in imagination. Then the real
    returns of the class have a least upper bound, reached or not, and the chosen policy is within 2 G + delta of it. Policies and returns may be
    of any kind. *)
Theorem regret : forall (policies : Type) (class : policies -> Prop) (J J_hat : policies -> R) (chosen : policies) (gap delta : R),
  class chosen -> (forall p, class p -> Rabs (J p - J_hat p) <= gap) -> (forall p, class p -> J_hat p <= J_hat chosen + delta) ->
  exists best, is_lub (fun x => exists p, class p /\ x = J p) best /\ best - J chosen <= regret_bound gap delta.
Proof.
  intros P class J Jh chosen G delta c close near.
  assert (up : forall p, class p -> J p <= J chosen + regret_bound G delta).
  { intros p cp. pose proof (Rabs_def2_le _ _ (close p cp)). pose proof (Rabs_def2_le _ _ (close _ c)). pose proof (near p cp). unfold regret_bound. lra. }
  destruct (completeness (fun x => exists p, class p /\ x = J p)) as [best lub].
  - exists (J chosen + regret_bound G delta). intros x (p & cp & ->). now apply up.
  - exists (J chosen), chosen. auto.
  - exists best. split; [exact lub|]. destruct lub as [_ least].
    assert (best <= J chosen + regret_bound G delta); [apply least; intros x (p & cp & ->); now apply up | lra].
Qed.

(** The same two worlds under another policy. *)
Definition under W (p : state W -> action W) : worlds := {|
  state := state W; d_S := d_S W; action := action W; d_A := d_A W;
  f := f W; f_hat := f_hat W; r := r W; r_hat := r_hat W; policy := p; start := start W |}.

(** Regret, by Lemma 1. For any class of policies that are L_pi-Lipschitz: the policy that is best in imagination, within delta, is within twice Lemma 1's bound and
    delta of the best. *)
Theorem regret_lemma_1 : forall (W : worlds) (gamma L_f L_r L_pi eps_dyn eps_rew delta : R) (class : (state W -> action W) -> Prop) (chosen : state W -> action W),
  lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew -> (forall p, class p -> described (under W p) L_f L_r L_pi eps_dyn eps_rew) ->
  class chosen -> (forall p, class p -> J_hat (under W p) gamma <= J_hat (under W chosen) gamma + delta) ->
  exists best, is_lub (fun x => exists p, class p /\ x = J (under W p) gamma) best /\
  best - J (under W chosen) gamma <= regret_bound (lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew) delta.
Proof.
  intros W g Lf Lr Lp ed er delta class chosen N D c near.
  apply (regret _ class (fun p => J (under W p) g) (fun p => J_hat (under W p) g) chosen); auto.
  intros p cp. apply (lemma_1 (under W p) g Lf Lr Lp ed er N (D p cp)).
Qed.
