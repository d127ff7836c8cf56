(** A theorem to learn from: Lemma 1 where the reward ignores the action. The appendix "Prove your own bound" goes
    through it line by line. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Loops ReturnGap.
Open Scope R_scope.

(** The real reward is the same whatever one does. *)
Definition ignores_action (W : worlds) := forall x a b, r W x a = r W x b.

(** A closed loop is a world in which there is nothing to choose: its only
    action is called [tt]. *)
Definition closed (W : worlds) : worlds := {|
  state := state W; d_S := d_S W; start := start W;
  action := unit; d_A := fun _ _ => 0; policy := fun _ => tt;
  f := fun x _ => f W x (policy W x);
  f_hat := fun x _ => f_hat W x (policy W x);
  r := fun x _ => r W x (policy W x);
  r_hat := fun x _ => r_hat W x (policy W x) |}.

(** The loop's constants: L = L_f (1 + L_pi) for the dynamics, 0 for the policy. For the reward it is L_r, where the
    reward ignores the action; without that it would be L_r (1 + L_pi). *)
Lemma closed_described (W : worlds) (L_f L_r L_pi eps_dyn eps_rew : R) :
  0 <= L_f -> ignores_action W ->
  described W L_f L_r L_pi eps_dyn eps_rew ->
  described (closed W) (L_f * (1 + L_pi)) L_r 0 eps_dyn eps_rew.
Proof.
  intros L_f_pos same world.
  pose proof (distance_of_actions _ _ _ _ _ _ world) as actions.
  split; simpl; intros.
  - exact (distance_of_states _ _ _ _ _ _ world).
  - split; intros; lra.
  - pose proof (f_lipschitz _ _ _ _ _ _ world
      x (policy W x) y (policy W y)) as step.
    pose proof (policy_lipschitz _ _ _ _ _ _ world x y) as moved.
    apply Rmult_le_compat_l with (r := L_f) in moved; lra.
  - pose proof (r_lipschitz _ _ _ _ _ _ world
      x (policy W x) y (policy W x)) as reward.
    rewrite (d_refl actions) in reward.
    rewrite (same y (policy W y) (policy W x)).
    exact reward.
  - lra.
  - apply (dynamics_error _ _ _ _ _ _ world).
  - apply (reward_error _ _ _ _ _ _ world).
Qed.

(** Lemma 1, the reward ignores the action. If the real reward depends on the state alone, the factor 1 + L_pi leaves
    the slope: both returns exist, and they differ by at most
    eps_rew / (1 - gamma) + gamma L_r eps_dyn / ((1 - gamma) (1 - gamma L)) with L = L_f (1 + L_pi). *)
Theorem reward_ignores_action :
  forall (W : worlds) (gamma L_f L_r L_pi eps_dyn eps_rew : R),
  reward_ignores_action_supposes gamma L_f L_r L_pi eps_dyn eps_rew ->
  described W L_f L_r L_pi eps_dyn eps_rew ->
  ignores_action W ->
  ex_series (real_reward W gamma) /\ ex_series (imagined_reward W gamma) /\
  Rabs (J W gamma - J_hat W gamma) <=
    reward_ignores_action_bound gamma L_f L_r L_pi eps_dyn eps_rew.
Proof.
  intros W gamma L_f L_r L_pi eps_dyn eps_rew numbers world same.
  unfold reward_ignores_action_supposes in numbers.
  assert (L_pos : 0 <= L_f * (1 + L_pi)) by (apply Rmult_le_pos; lra).
  assert (loop : described (closed W)
    (L_f * (1 + L_pi)) L_r 0 eps_dyn eps_rew).
  { apply closed_described; [lra | exact same | exact world]. }
  destruct (lemma_1 (closed W) gamma (L_f * (1 + L_pi)) L_r 0 eps_dyn eps_rew)
    as (real_exists & imagined_exists & gap).
  { unfold lemma_1_supposes. lra. }
  { exact loop. }
  split; [exact real_exists | split; [exact imagined_exists |]].
  replace (reward_ignores_action_bound gamma L_f L_r L_pi eps_dyn eps_rew)
    with (lemma_1_bound gamma (L_f * (1 + L_pi)) L_r 0 eps_dyn eps_rew).
  - exact gap.
  - unfold lemma_1_bound, reward_ignores_action_bound. field. lra.
Qed.

(** The printed bound as the page writes it. *)
Lemma reward_ignores_action_readable gamma L_f L_r L_pi eps_dyn eps_rew : gamma < 1 -> gamma * (L_f * (1 + L_pi)) < 1 ->
  reward_ignores_action_bound gamma L_f L_r L_pi eps_dyn eps_rew =
  eps_rew / (1 - gamma) + gamma * L_r * eps_dyn / ((1 - gamma) * (1 - gamma * (L_f * (1 + L_pi)))).
Proof. intros. unfold reward_ignores_action_bound. field. lra. Qed.

(** ---- Is there such a world, and can the bound be smaller? ---- *)

(** The line on which Lemma 1 is attained, with a reward that ignores the action: r(s, a) = L_r s. *)
Definition state_line L_f L_r L_pi eps_dyn eps_rew : worlds := {|
  state := R; d_S := fun x y => Rabs (x - y); action := R; d_A := fun x y => Rabs (x - y);
  f := fun s a => L_f * (s + a); f_hat := fun s a => L_f * (s + a) + eps_dyn;
  r := fun s _ => L_r * s; r_hat := fun s _ => L_r * s + eps_rew;
  policy := fun s => L_pi * s; start := 0 |}.

(** It satisfies everything that the theorem supposes, whatever the constants. *)
Lemma state_line_described L_f L_r L_pi eps_dyn eps_rew : 0 <= L_f -> 0 <= L_r -> 0 <= L_pi -> 0 <= eps_dyn -> 0 <= eps_rew ->
  described (state_line L_f L_r L_pi eps_dyn eps_rew) L_f L_r L_pi eps_dyn eps_rew.
Proof.
  intros. destruct (line_described L_f L_r L_pi eps_dyn eps_rew) as [ms ma fl _ pl fe _]; try assumption.
  split; [exact ms | exact ma | exact fl | | exact pl | exact fe |]; simpl; intros.
  - rewrite <- Rmult_minus_distr_l, Rabs_mult, Rabs_pos_eq by assumption. apply Rmult_le_compat_l; [assumption|].
    pose proof (Rabs_pos (a - b)). lra.
  - right. rewrite Rabs_pos_eq; lra.
Qed.

(** The hypotheses hold somewhere, with every constant and every error positive. *)
Theorem reward_ignores_action_instance : reward_ignores_action_supposes (1/2) (1/2) 1 (1/2) 1 1 /\
  described (state_line (1/2) 1 (1/2) 1 1) (1/2) 1 (1/2) 1 1 /\ ignores_action (state_line (1/2) 1 (1/2) 1 1).
Proof.
  split; [unfold reward_ignores_action_supposes; lra | split; [apply state_line_described; lra | intros x a b; reflexivity]].
Qed.

(** Its rewards are those of a line on which Lemma 1 is attained. *)
Lemma state_line_rewards gamma L_f L_r L_pi eps_dyn eps_rew t :
  real_reward (state_line L_f L_r L_pi eps_dyn eps_rew) gamma t = real_reward (line (L_f * (1 + L_pi)) L_r 0 eps_dyn eps_rew) gamma t /\
  imagined_reward (state_line L_f L_r L_pi eps_dyn eps_rew) gamma t = imagined_reward (line (L_f * (1 + L_pi)) L_r 0 eps_dyn eps_rew) gamma t.
Proof.
  assert (same : forall F G : R -> R, (forall x, F x = G x) -> forall n, iter F n 0 = iter G n 0).
  { intros F G e n. induction n; [reflexivity|]. simpl. rewrite IHn. apply e. }
  unfold real_reward, imagined_reward, ret, reth, real, imagined, pay, loop. simpl. split.
  - rewrite (same _ (fun s => L_f * (1 + L_pi) * (s + 0 * s))) by (intros; ring). ring.
  - rewrite (same _ (fun s => L_f * (1 + L_pi) * (s + 0 * s) + eps_dyn)) by (intros; ring). ring.
Qed.

(** The bound is attained, for every choice of its constants. *)
Theorem reward_ignores_action_attained gamma L_f L_r L_pi eps_dyn eps_rew :
  reward_ignores_action_supposes gamma L_f L_r L_pi eps_dyn eps_rew ->
  let W := state_line L_f L_r L_pi eps_dyn eps_rew in
  described W L_f L_r L_pi eps_dyn eps_rew /\ ignores_action W /\
  Rabs (J W gamma - J_hat W gamma) = reward_ignores_action_bound gamma L_f L_r L_pi eps_dyn eps_rew.
Proof.
  intros numbers W. unfold reward_ignores_action_supposes in numbers.
  split; [apply state_line_described; lra | split; [intros x a b; reflexivity|]].
  assert (0 <= L_f * (1 + L_pi)) by (apply Rmult_le_pos; lra).
  destruct (attained gamma (L_f * (1 + L_pi)) L_r 0 eps_dyn eps_rew) as (_ & _ & _ & gap); [unfold lemma_1_supposes; lra|].
  unfold J, J_hat in *. rewrite (Series_ext (real_reward W gamma) _ (fun t => proj1 (state_line_rewards _ _ _ _ _ _ t))).
  rewrite (Series_ext (imagined_reward W gamma) _ (fun t => proj2 (state_line_rewards _ _ _ _ _ _ t))), gap.
  unfold lemma_1_bound, reward_ignores_action_bound. field. lra.
Qed.

(** ---- Wrong versions, refuted, and a true weakening ---- *)

(** The theorem with another bound in the place of its own. *)
Definition reward_ignores_action_with
  (bound : R -> R -> R -> R -> R -> R -> R) :=
  forall (W : worlds) (gamma L_f L_r L_pi eps_dyn eps_rew : R),
  reward_ignores_action_supposes gamma L_f L_r L_pi eps_dyn eps_rew ->
  described W L_f L_r L_pi eps_dyn eps_rew ->
  ignores_action W ->
  ex_series (real_reward W gamma) /\ ex_series (imagined_reward W gamma) /\
  Rabs (J W gamma - J_hat W gamma) <=
    bound gamma L_f L_r L_pi eps_dyn eps_rew.
(** It is this theorem that is changed. *)
Theorem same_reward_ignores_action :
  reward_ignores_action_with reward_ignores_action_bound.
Proof. exact reward_ignores_action. Qed.

(** A true weakening remains provable: Lemma 1's own bound, with the factor 1 + L_pi. *)
Theorem weaker_reward_ignores_action : reward_ignores_action_with lemma_1_bound.
Proof.
  intros W gamma L_f L_r L_pi eps_dyn eps_rew numbers world _.
  exact (lemma_1 W _ _ _ _ _ _ numbers world).
Qed.

(** Whatever is smaller than the bound for some constants is broken by the line. *)
Lemma smaller_is_broken bound gamma L_f L_r L_pi eps_dyn eps_rew :
  reward_ignores_action_supposes gamma L_f L_r L_pi eps_dyn eps_rew ->
  bound gamma L_f L_r L_pi eps_dyn eps_rew < reward_ignores_action_bound gamma L_f L_r L_pi eps_dyn eps_rew ->
  ~ reward_ignores_action_with bound.
Proof.
  intros numbers less wrong. destruct (reward_ignores_action_attained _ _ _ _ _ _ numbers) as (world & same & gap).
  destruct (wrong _ _ _ _ _ _ _ numbers world same) as (_ & _ & smaller). lra.
Qed.

(** L_f for L: the action leaves the reward, not the loop. *)
Theorem mutant_reward_ignores_action_no_policy_in_loop :
  ~ reward_ignores_action_with (fun gamma L_f L_r L_pi eps_dyn eps_rew =>
    eps_rew / (1 - gamma) +
    gamma * L_r * eps_dyn / ((1 - gamma) * (1 - gamma * L_f))).
Proof.
  apply (smaller_is_broken _ (1/2) 1 1 (1/2) 1 0).
  - unfold reward_ignores_action_supposes. lra.
  - unfold reward_ignores_action_bound. lra.
Qed.
(** gamma squared for gamma. *)
Theorem mutant_reward_ignores_action_gamma_squared : ~ reward_ignores_action_with (fun gamma L_f L_r L_pi eps_dyn eps_rew =>
  eps_rew / (1 - gamma) + gamma ^ 2 * L_r * eps_dyn / ((1 - gamma) * (1 - gamma * (L_f * (1 + L_pi))))).
Proof.
  apply (smaller_is_broken _ (1/2) (1/2) 1 0 1 0); unfold reward_ignores_action_supposes, reward_ignores_action_bound; lra.
Qed.
(** Where the reward does see the action, the bound is too small: the line of Lemma 1 breaks it. *)
Theorem mutant_reward_ignores_action_any_reward : ~ forall (W : worlds) (gamma L_f L_r L_pi eps_dyn eps_rew : R),
  reward_ignores_action_supposes gamma L_f L_r L_pi eps_dyn eps_rew -> described W L_f L_r L_pi eps_dyn eps_rew ->
  Rabs (J W gamma - J_hat W gamma) <= reward_ignores_action_bound gamma L_f L_r L_pi eps_dyn eps_rew.
Proof.
  intros wrong. assert (numbers : lemma_1_supposes (1/2) (1/2) 1 1 1 0) by (unfold lemma_1_supposes; lra).
  destruct (attained _ _ _ _ _ _ numbers) as (world & _ & _ & gap). pose proof (wrong _ _ _ _ _ _ _ numbers world) as less.
  rewrite gap in less. unfold lemma_1_bound, reward_ignores_action_bound in less. lra.
Qed.
