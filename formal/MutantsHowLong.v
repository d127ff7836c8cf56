(** Wrong versions of what is said of long rollouts, refuted: of the closed loop, of early ends and the best horizon, of the order of
    two policies; and of the tight simulation lemma. *)
From Coq Require Import Reals Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Loops ReturnGap Identity HowLong.
From Imagination Require Wasserstein Kernels KernelIdentity Simulation.
Open Scope R_scope.

(** ---- The closed loop itself ---- *)
Definition closed_loop_with (bound : R -> R -> R -> R -> R -> R) := forall (W : worlds) (inside : state W -> Prop) (gamma rho slope : R),
  closed_loop_supposes gamma rho slope -> looped W inside rho slope -> forall H,
  Rabs (sum H (real_reward W gamma) - sum H (imagined_reward W gamma)) <=
  bound gamma rho slope (average_to gamma H (dynamics_errors W)) (average_to gamma H (reward_errors W)).
(** It is this theorem that is changed. *)
Theorem same_closed_loop : closed_loop_with closed_loop_bound.
Proof. intros W C g rho s N D. exact (proj1 (closed_loop W C g rho s N D)). Qed.
(** A true weakening remains provable: twice the bound. *)
Theorem weaker_closed_loop : closed_loop_with (fun gamma rho slope dyn rew => 2 * closed_loop_bound gamma rho slope dyn rew).
Proof.
  intros W C g rho s N D H. pose proof (same_closed_loop W C g rho s N D H). pose proof (Rabs_pos (sum H (real_reward W g) - sum H (imagined_reward W g))). lra.
Qed.
Lemma tamed_average H : forall a, (forall t, a t = 1) -> average_to (1/2) H a = 1/2 * sum H (fun t => (1/2) ^ t).
Proof. intros a A. unfold average_to. rewrite (sum_ext H _ (fun t => (1/2) ^ t)) by (intros; rewrite A; ring). lra. Qed.
Lemma too_small_a_loop bound : bound (1/2) (1/2) 1 (15/16) (15/16) < 95/32 -> ~ closed_loop_with bound.
Proof.
  intros L M. specialize (M tamed (fun _ => True) (1/2) (1/2) 1 ltac:(unfold closed_loop_supposes; lra) tamed_looped 4%nat).
  rewrite !tamed_average in M by (apply tamed_dynamics || apply tamed_rewards).
  replace (1/2 * sum 4 (fun t => (1/2) ^ t)) with (15/16) in M by (simpl; field).
  revert M. unfold real_reward, imagined_reward, ret, reth, real, imagined, pay, loop; simpl. intros M. rewrite Rabs_left in M; lra.
Qed.
Ltac too_small := apply too_small_a_loop; unfold closed_loop_bound; lra.
(** Errors do not accumulate. *)
Theorem mutant_closed_loop_no_growth : ~ closed_loop_with (fun gamma rho slope dyn rew => closed_loop_bound gamma 0 slope dyn rew). Proof. too_small. Qed.
(** The reward's errors are forgotten. *)
Theorem mutant_closed_loop_no_rewards : ~ closed_loop_with (fun gamma rho slope dyn rew => closed_loop_bound gamma rho slope dyn 0). Proof. too_small. Qed.
(** The dynamics' errors are forgotten. *)
Theorem mutant_closed_loop_no_dynamics : ~ closed_loop_with (fun gamma rho slope dyn rew => closed_loop_bound gamma rho slope 0 rew). Proof. too_small. Qed.
(** Averages are taken for sums. *)
Theorem mutant_closed_loop_average : ~ closed_loop_with (fun gamma rho slope dyn rew => (1 - gamma) * closed_loop_bound gamma rho slope dyn rew). Proof. too_small. Qed.

(** ---- Imagine, then estimate ---- *)
Definition imagine_then_estimate_with (bound : (nat -> R) -> (nat -> R) -> R -> nat -> R) := forall (W : worlds) (gamma : R) (V estimate : state W -> R) (delta eps_V : nat -> R) (H : nat),
  early_end_supposes gamma -> (forall x, V x = pay W (r W) x + gamma * V (loop W (f W) x)) ->
  (forall t, (t < H)%nat -> Rabs (step_error W gamma V (imagined_state W t)) <= delta t) ->
  Rabs (estimate (imagined_state W H) - V (imagined_state W H)) <= eps_V H ->
  Rabs (promised W gamma estimate H - V (start W)) <= bound delta eps_V gamma H.
(** It is this theorem that is changed. *)
Theorem same_imagine_then_estimate : imagine_then_estimate_with early_end_bound.
Proof. intros W g V Vb dl ev H N B D E. exact (proj1 (imagine_then_estimate W g V Vb dl ev H N B D E)). Qed.
(** A true weakening remains provable: the estimate's error is not discounted. *)
Theorem weaker_imagine_then_estimate : imagine_then_estimate_with (fun delta eps_V gamma H => early_end_bound delta eps_V gamma H + (1 - gamma ^ H) * eps_V H).
Proof.
  intros W g V Vb dl ev H N B D E. eapply Rle_trans; [exact (proj1 (imagine_then_estimate W g V Vb dl ev H N B D E))|].
  assert (0 <= ev H) by (eapply Rle_trans; [apply Rabs_pos | exact E]). unfold early_end_supposes in N.
  assert (g ^ H <= 1) by (rewrite <- (pow1 H); apply pow_incr; lra). nra.
Qed.
Lemma too_small_an_end bound : bound (fun _ => 5/3) (fun _ => 1) (1/2) 1%nat < 13/6 -> ~ imagine_then_estimate_with bound.
Proof.
  intros L M. specialize (M tamed (1/2) tamed_value (fun s => tamed_value s + 1) (fun _ => 5/3) (fun _ => 1) 1%nat ltac:(unfold early_end_supposes; lra) tamed_bellman).
  assert (A : Rabs (promised tamed (1/2) (fun s => tamed_value s + 1) 1 - tamed_value (start tamed)) = 13/6).
  { destruct imagine_then_estimate_instance as (_ & _ & _ & ->). unfold early_end_bound; simpl. field. }
  rewrite A in M. apply (Rlt_not_le _ _ L), M.
  - intros t _. rewrite tamed_step, Rabs_pos_eq; lra.
  - replace (tamed_value _ + 1 - tamed_value _) with 1 by ring. rewrite Rabs_R1. lra.
Qed.
Ltac too_early := apply too_small_an_end; unfold early_end_bound; simpl; lra.
(** The estimate's error is forgotten. *)
Theorem mutant_imagine_then_estimate_no_estimate : ~ imagine_then_estimate_with (fun delta eps_V gamma H => early_end_bound delta (fun _ => 0) gamma H). Proof. too_early. Qed.
(** The steps' errors are forgotten. *)
Theorem mutant_imagine_then_estimate_no_steps : ~ imagine_then_estimate_with (fun delta eps_V gamma H => early_end_bound (fun _ => 0) eps_V gamma H). Proof. too_early. Qed.
(** The estimate is discounted once too often. *)
Theorem mutant_imagine_then_estimate_late : ~ imagine_then_estimate_with (fun delta eps_V gamma H => early_end_bound delta (fun t => gamma * eps_V t) gamma H). Proof. too_early. Qed.

(** ---- One more step ---- *)
Definition horizon_with (worth : R -> R -> R -> R -> Prop) := forall (gamma : R) (delta eps_V : nat -> R), 0 < gamma < 1 -> forall H,
  early_end_bound delta eps_V gamma (S H) < early_end_bound delta eps_V gamma H <-> worth gamma (delta H) (eps_V H) (eps_V (S H)).
(** It is this theorem that is changed. *)
Theorem same_horizon : horizon_with (fun gamma step now later => step < now - gamma * later).
Proof. intros g dl ev G. exact (proj1 (proj2 (horizon g dl ev G))). Qed.
(** A true weakening remains provable: a step without error is worth taking if the estimate does not get worse. *)
Theorem weaker_horizon : forall (gamma : R) (delta eps_V : nat -> R) H, 0 < gamma < 1 -> delta H = 0 -> 0 < eps_V (S H) <= eps_V H ->
  early_end_bound delta eps_V gamma (S H) < early_end_bound delta eps_V gamma H.
Proof. intros g dl ev H G e P. apply same_horizon; [exact G | rewrite e; nra]. Qed.
Ltac not_worth d e l := let M := fresh in intros M; specialize (M (1/2) (fun _ => d) (fun t => match t with O => e | _ => l end) ltac:(lra) O);
  unfold early_end_bound in M; simpl in M; lra.
(** The later estimate is forgotten: the whole of the estimate's error is gained. *)
Theorem mutant_horizon_all_gained : ~ horizon_with (fun gamma step now later => step < now). Proof. not_worth (3/4) 1 1. Qed.
(** The later estimate is not discounted. *)
Theorem mutant_horizon_not_discounted : ~ horizon_with (fun gamma step now later => step < now - later). Proof. not_worth (1/4) 1 1. Qed.
(** A step that changes nothing is called worth taking. *)
Theorem mutant_horizon_ties : ~ horizon_with (fun gamma step now later => step <= now - gamma * later). Proof. not_worth (1/2) 1 1. Qed.
(** The first step that fails ends the best horizon although errors may decrease. *)
Theorem mutant_horizon_any_errors : ~ (forall (gamma : R) (delta eps_V : nat -> R), 0 < gamma < 1 -> forall eps H, (forall t, eps_V t = eps) ->
  (forall t, (t < H)%nat -> delta t < (1 - gamma) * eps) -> (1 - gamma) * eps <= delta H -> forall n, early_end_bound delta eps_V gamma H <= early_end_bound delta eps_V gamma n).
Proof.
  intros M. specialize (M (1/2) (fun t => match t with O => 3/5 | _ => 0 end) (fun _ => 1) ltac:(lra) 1 O ltac:(auto) ltac:(lia) ltac:(lra) 2%nat).
  unfold early_end_bound in M; simpl in M; lra.
Qed.

(** ---- Whom imagination prefers ---- *)
Definition ranking_with (close : R -> R -> R -> Prop) := forall preferred_hat other_hat preferred other gap_difference : R,
  close (preferred_hat - preferred) (other_hat - other) gap_difference -> gap_difference < preferred_hat - other_hat -> other < preferred.
(** It is this theorem that is changed. *)
Theorem same_ranking : ranking_with (fun gap gap' difference => Rabs (gap - gap') <= difference).
Proof. intros a b c d e N. exact (proj2 (ranking a b c d e N)). Qed.
(** A true weakening remains provable: each gap at most half of it. *)
Theorem weaker_ranking : ranking_with (fun gap gap' difference => Rabs gap <= difference / 2 /\ Rabs gap' <= difference / 2).
Proof. intros a b c d e [N N'] A. pose proof (Rabs_def2_le _ _ N). pose proof (Rabs_def2_le _ _ N'). lra. Qed.
Ltac flattered := let M := fresh in intros M; specialize (M 3 (3/2) 2 (5/2) 1); revert M; unfold Rabs; repeat destruct Rcase_abs; lra.
(** Each gap is at most the imagined advantage. *)
Theorem mutant_ranking_each_gap : ~ ranking_with (fun gap gap' difference => Rabs gap <= difference /\ Rabs gap' <= difference). Proof. flattered. Qed.
(** Only the preferred policy's gap counts. *)
Theorem mutant_ranking_preferred_gap : ~ ranking_with (fun gap gap' difference => Rabs gap <= difference). Proof. flattered. Qed.
(** Half the difference. *)
Theorem mutant_ranking_half : ~ ranking_with (fun gap gap' difference => Rabs (gap - gap') / 2 <= difference). Proof. flattered. Qed.

(** ---- The tight simulation lemma ---- *)
Module K := Kernels.
Definition tight_simulation_with (bound : R -> R -> R -> R -> R) := forall (W : K.random_worlds) (gamma eps_dyn eps_rew width lo : R),
  tight_simulation_supposes gamma eps_dyn eps_rew width -> (forall x a, lo <= K.r W x a <= lo + width) ->
  (forall x a, Wasserstein.total_variation (K.P_hat W x a) (K.P W x a) <= eps_dyn) -> (forall x a, Rabs (K.r_hat W x a - K.r W x a) <= eps_rew) ->
  Rabs (K.J W gamma - K.J_hat W gamma) <= bound gamma eps_dyn eps_rew width.
(** It is this theorem that is changed. *)
Theorem same_tight_simulation : tight_simulation_with tight_simulation_bound.
Proof. intros W g ed er wd lo N Rg T Er. apply (Simulation.tight_simulation W g ed er wd lo N Rg T Er). Qed.
(** A true weakening remains provable: what the rewards alone allow. *)
Theorem weaker_tight_simulation : tight_simulation_with (fun gamma eps_dyn eps_rew width => (width + eps_rew) / (1 - gamma)).
Proof. intros W g ed er wd lo N Rg T Er. destruct (Simulation.tight_simulation W g ed er wd lo N Rg T Er) as (_ & _ & A & B). lra. Qed.
Lemma too_small_a_simulation bound : bound (1/2) (1/2) 1 1 < 8/3 -> ~ tight_simulation_with bound.
Proof.
  intros L M. destruct Simulation.tight_simulation_instance as [N A]. destruct (Simulation.tight_simulation_attained _ _ _ _ N) as (Rg & T & Er & _).
  specialize (M _ _ _ _ _ 0 N Rg T Er). lra.
Qed.
Ltac too_close := apply too_small_a_simulation; unfold tight_simulation_bound; lra.
(** The reward's error is forgotten. *)
Theorem mutant_tight_simulation_no_rewards : ~ tight_simulation_with (fun gamma eps_dyn eps_rew width => tight_simulation_bound gamma eps_dyn 0 width). Proof. too_close. Qed.
(** The chains part only once: what was lost is never lost again. *)
Theorem mutant_tight_simulation_once : ~ tight_simulation_with (fun gamma eps_dyn eps_rew width => eps_rew / (1 - gamma) + width * gamma * eps_dyn / (1 - gamma)). Proof. too_close. Qed.
(** Half the width, as if rewards were symmetric. *)
Theorem mutant_tight_simulation_half_width : ~ tight_simulation_with (fun gamma eps_dyn eps_rew width => tight_simulation_bound gamma eps_dyn eps_rew (width / 2)). Proof. too_close. Qed.

(** ---- What each error did ---- *)
Definition audit_identity_with (parts : forall W : worlds, (state W -> action W -> R) -> (state W -> action W -> R) -> (nat -> state W -> R) -> R -> nat -> R) :=
  forall (W : worlds) (c c_hat : state W -> action W -> R) (gamma : R) (H : nat),
  ended_value W c_hat gamma H (start W) - ended_return W c gamma H = parts W c c_hat (ended_value W c_hat gamma) gamma H.
(** It is this theorem that is changed. *)
Theorem same_audit_identity : audit_identity_with (fun W c c_hat V gamma H => reward_part W c gamma H + dynamics_part W c V gamma H + ending_part W c c_hat V gamma H).
Proof. exact audit_identity. Qed.
(** A true weakening remains provable: a model that is right about the ends has two parts. *)
Theorem weaker_audit_identity : forall (W : worlds) (c : state W -> action W -> R) (gamma : R) (H : nat),
  ended_value W c gamma H (start W) - ended_return W c gamma H = reward_part W c gamma H + dynamics_part W c (ended_value W c gamma) gamma H.
Proof.
  intros W c g H. pose proof (audit_identity W c c g H) as A. cbv zeta in A. rewrite A. replace (ending_part W c c (ended_value W c g) g H) with 0; [ring|].
  unfold ending_part. symmetry. rewrite (sum_ext H _ (fun _ => 0)) by (intros; ring). rewrite sum_const. ring.
Qed.
Ltac tired := let M := fresh in intros M; specialize (M tired (fun _ _ => 1/2) (fun _ _ => 1/4) (1/2) 2%nat);
  unfold ended_return, reward_part, dynamics_part, ending_part, goes_on, real_state, real, loop, pay in M; simpl in M; unfold goes_on, loop, pay, real_state, real in M; simpl in M; lra.
(** The ends are forgotten. *)
Theorem mutant_audit_identity_no_ends : ~ audit_identity_with (fun W c c_hat V gamma H => reward_part W c gamma H + dynamics_part W c V gamma H). Proof. tired. Qed.
(** The ends are priced where the world went, and the dynamics where it goes on. *)
Theorem mutant_audit_identity_real_end : ~ audit_identity_with (fun W c c_hat V gamma H => reward_part W c gamma H + dynamics_part W c V gamma H +
  sum H (fun t => gamma ^ S t * (alive W c t * ((goes_on W c_hat (real_state W t) - goes_on W c (real_state W t)) * V (H - t - 1)%nat (loop W (f W) (real_state W t)))))). Proof. tired. Qed.
(** An error of the reward counts after the end, too. *)
Theorem mutant_audit_identity_after_the_end : ~ audit_identity_with (fun W c c_hat V gamma H => reward_part W (fun _ _ => 1) gamma H + dynamics_part W c V gamma H + ending_part W c c_hat V gamma H). Proof. tired. Qed.
(** The model's ends decide where its dynamics count. *)
Theorem mutant_audit_identity_model_ends : ~ audit_identity_with (fun W c c_hat V gamma H => reward_part W c gamma H + dynamics_part W c_hat V gamma H + ending_part W c c_hat V gamma H). Proof. tired. Qed.
