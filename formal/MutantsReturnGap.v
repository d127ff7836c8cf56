(** Wrong versions of Lemma 1 and Corollary 1, refuted: of each, Coq proves the negation by a world that breaks it. *)
From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Loops ReturnGap.
Open Scope R_scope.

(** Lemma 1 with another bound in the place of its own. *)
Definition lemma_1_with (bound : R -> R -> R -> R -> R -> R -> R) := forall (W : worlds) (gamma L_f L_r L_pi eps_dyn eps_rew : R),
  lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew -> described W L_f L_r L_pi eps_dyn eps_rew ->
  ex_series (real_reward W gamma) /\ ex_series (imagined_reward W gamma) /\
  Rabs (J W gamma - J_hat W gamma) <= bound gamma L_f L_r L_pi eps_dyn eps_rew.
(** It is Lemma 1 that is changed. *)
Theorem same_lemma_1 : lemma_1_with lemma_1_bound. Proof. exact lemma_1. Qed.
(** A true weakening remains provable: a bound that is twice as large. *)
Theorem weaker_lemma_1 : lemma_1_with (fun gamma L_f L_r L_pi eps_dyn eps_rew => 2 * lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew).
Proof.
  intros W g Lf Lr Lp ed er N D. destruct (lemma_1 W g Lf Lr Lp ed er N D) as (E & Eh & B). repeat split; auto.
  pose proof (Rabs_pos (J W g - J_hat W g)). lra.
Qed.

(** Whatever is smaller than the bound for some constants is broken by the line. *)
Lemma too_small bound gamma L_f L_r L_pi eps_dyn eps_rew : lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew ->
  bound gamma L_f L_r L_pi eps_dyn eps_rew < lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew -> ~ lemma_1_with bound.
Proof.
  intros N less M. destruct (attained gamma L_f L_r L_pi eps_dyn eps_rew N) as (D & _ & _ & e).
  destruct (M _ _ _ _ _ _ _ N D) as (_ & _ & B). lra.
Qed.
Ltac small := unfold lemma_1_supposes, lemma_1_bound; lra.

(** The reward error is forgotten. *)
Theorem mutant_lemma_1_no_reward_error : ~ lemma_1_with (fun gamma L_f L_r L_pi eps_dyn eps_rew => lemma_1_bound gamma L_f L_r L_pi eps_dyn 0).
Proof. apply (too_small _ (1/2) (1/2) 1 0 0 1); small. Qed.
(** gamma squared for gamma. *)
Theorem mutant_lemma_1_gamma_squared : ~ lemma_1_with (fun gamma L_f L_r L_pi eps_dyn eps_rew =>
  eps_rew / (1 - gamma) + gamma ^ 2 * L_r * (1 + L_pi) * eps_dyn / ((1 - gamma) * (1 - gamma * (L_f * (1 + L_pi))))).
Proof. apply (too_small _ (1/2) (1/2) 1 0 1 0); small. Qed.
(** The policy is forgotten in the closed loop: L_f for L. *)
Theorem mutant_lemma_1_no_policy_in_loop : ~ lemma_1_with (fun gamma L_f L_r L_pi eps_dyn eps_rew =>
  eps_rew / (1 - gamma) + gamma * L_r * (1 + L_pi) * eps_dyn / ((1 - gamma) * (1 - gamma * L_f))).
Proof. apply (too_small _ (1/2) (1/2) 1 1 1 0); small. Qed.
(** The policy is forgotten in the reward's slope. *)
Theorem mutant_lemma_1_no_policy_in_slope : ~ lemma_1_with (fun gamma L_f L_r L_pi eps_dyn eps_rew =>
  eps_rew / (1 - gamma) + gamma * L_r * eps_dyn / ((1 - gamma) * (1 - gamma * (L_f * (1 + L_pi))))).
Proof. apply (too_small _ (1/2) (1/2) 1 1 1 0); small. Qed.
(** The growth of state errors is forgotten. *)
Theorem mutant_lemma_1_no_growth : ~ lemma_1_with (fun gamma L_f L_r L_pi eps_dyn eps_rew =>
  eps_rew / (1 - gamma) + gamma * L_r * (1 + L_pi) * eps_dyn / (1 - gamma)).
Proof. apply (too_small _ (1/2) (1/2) 1 0 1 0); small. Qed.
(** 1 / (1 - gamma) is missing in the dynamics' part. *)
Theorem mutant_lemma_1_one_sum : ~ lemma_1_with (fun gamma L_f L_r L_pi eps_dyn eps_rew =>
  eps_rew / (1 - gamma) + gamma * L_r * (1 + L_pi) * eps_dyn / (1 - gamma * (L_f * (1 + L_pi)))).
Proof. apply (too_small _ (1/2) (1/2) 1 0 1 0); small. Qed.
(** A factor of one half. *)
Theorem mutant_lemma_1_half : ~ lemma_1_with (fun gamma L_f L_r L_pi eps_dyn eps_rew => 1/2 * lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew).
Proof. apply (too_small _ (1/2) (1/2) 1 0 1 0); small. Qed.
(** Without gamma L < 1: where errors outgrow the discount, the bound is negative. *)
Theorem mutant_lemma_1_no_contraction : ~ forall (W : worlds) (gamma L_f L_r L_pi eps_dyn eps_rew : R),
  finite_horizon_supposes gamma L_f L_r L_pi eps_dyn eps_rew -> described W L_f L_r L_pi eps_dyn eps_rew ->
  Rabs (J W gamma - J_hat W gamma) <= lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew.
Proof.
  intros M. assert (B := M (line 4 1 0 1 0) (1/2) 4 1 0 1 0 ltac:(unfold finite_horizon_supposes; lra) ltac:(apply line_described; lra)).
  pose proof (Rabs_pos (J (line 4 1 0 1 0) (1/2) - J_hat (line 4 1 0 1 0) (1/2))). unfold lemma_1_bound in B. lra.
Qed.
(** Without a Lipschitz reward: the line's reward has slope 1, and nothing forbids to say 0. *)
Theorem mutant_lemma_1_any_reward : ~ forall (W : worlds) (gamma L_f L_r L_pi eps_dyn eps_rew : R),
  lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew ->
  (exists slope, 0 <= slope /\ described W L_f slope L_pi eps_dyn eps_rew) ->
  Rabs (J W gamma - J_hat W gamma) <= lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew.
Proof.
  intros M. destruct (attained (1/2) (1/2) 1 0 1 0 ltac:(unfold lemma_1_supposes; lra)) as (D & _ & _ & e).
  assert (B := M _ (1/2) (1/2) 0 0 1 0 ltac:(unfold lemma_1_supposes; lra) (ex_intro _ 1 (conj (Rlt_le _ _ Rlt_0_1) D))).
  rewrite e in B. unfold lemma_1_bound in B. lra.
Qed.

(** A true weakening of Corollary 1 remains provable: for L_f alone. *)
Theorem weaker_corollary_1 : forall gamma L_f L_r L_pi L_f' : R, 0 <= gamma < 1 -> 0 <= L_f <= L_f' -> 0 <= L_r -> 0 <= L_pi ->
  gamma * (L_f' * (1 + L_pi)) < 1 -> dynamics_coefficient gamma L_f L_r L_pi <= dynamics_coefficient gamma L_f' L_r L_pi.
Proof. intros. apply corollary_1; lra. Qed.
(** It increases strictly: not where the reward is constant. *)
Theorem mutant_corollary_1_strict : ~ forall gamma L_f L_r L_pi L_f' : R, 0 <= gamma < 1 -> 0 <= L_f < L_f' -> 0 <= L_r -> 0 <= L_pi ->
  gamma * (L_f' * (1 + L_pi)) < 1 -> dynamics_coefficient gamma L_f L_r L_pi < dynamics_coefficient gamma L_f' L_r L_pi.
Proof. intros M. specialize (M (1/2) 0 0 0 1 ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra)). unfold dynamics_coefficient in M. lra. Qed.
(** Without contraction at the larger values: the coefficient changes its sign. *)
Theorem mutant_corollary_1_no_contraction : ~ forall gamma L_f L_r L_pi L_f' : R, 0 <= gamma < 1 -> 0 <= L_f <= L_f' -> 0 <= L_r -> 0 <= L_pi ->
  gamma * (L_f * (1 + L_pi)) < 1 -> dynamics_coefficient gamma L_f L_r L_pi <= dynamics_coefficient gamma L_f' L_r L_pi.
Proof. intros M. specialize (M (1/2) 0 1 0 4 ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra)). unfold dynamics_coefficient in M. lra. Qed.
(** A smaller L_f tightens the bound whatever it does to the error: it may cost a larger eps_dyn. *)
Theorem mutant_corollary_1_net_effect : ~ forall gamma L_f L_r L_pi eps_dyn eps_rew L_f' eps_dyn' : R,
  lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew -> lemma_1_supposes gamma L_f' L_r L_pi eps_dyn' eps_rew -> L_f <= L_f' ->
  lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew <= lemma_1_bound gamma L_f' L_r L_pi eps_dyn' eps_rew.
Proof.
  intros M. specialize (M (1/2) 0 1 0 3 0 1 1 ltac:(unfold lemma_1_supposes; lra) ltac:(unfold lemma_1_supposes; lra) ltac:(lra)).
  unfold lemma_1_bound in M. lra.
Qed.
