(** Whose constants? The Lipschitz role may be played by the real or by the learned side, for dynamics and reward
    independently. *)
From Coq Require Import Reals Lra Psatz Bool.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Loops ReturnGap.
Open Scope R_scope.

Definition lipschitz_dynamics W (f : state W -> action W -> state W) L_f := forall x a y b, d_S W (f x a) (f y b) <= L_f * (d_S W x y + d_A W a b).
Definition lipschitz_reward W (r : state W -> action W -> R) L_r := forall x a y b, Rabs (r x a - r y b) <= L_r * (d_S W x y + d_A W a b).

(** What Lemma 1 supposes, but that either of the two dynamics may be the Lipschitz one, and either of the two rewards.
    Nothing is supposed of the other. *)
Record described_either (W : worlds) (L_f L_r L_pi eps_dyn eps_rew : R) : Prop := {
  either_distance_of_states : pseudometric (state W) (d_S W);
  either_distance_of_actions : pseudometric (action W) (d_A W);
  either_f : lipschitz_dynamics W (f W) L_f \/ lipschitz_dynamics W (f_hat W) L_f;
  either_r : lipschitz_reward W (r W) L_r \/ lipschitz_reward W (r_hat W) L_r;
  either_policy : forall x y, d_A W (policy W x) (policy W y) <= L_pi * d_S W x y;
  either_dynamics_error : forall x a, d_S W (f_hat W x a) (f W x a) <= eps_dyn;
  either_reward_error : forall x a, Rabs (r_hat W x a - r W x a) <= eps_rew }.

Section Loops_of_either.
Variables (X : Type) (d : X -> X -> R) (F Fh : X -> X) (u uh : X -> R) (x0 : X) (g rho lam e er : R).
Hypotheses (m : pseudometric X d) (g01 : 0 <= g < 1) (rho0 : 0 <= rho) (lam0 : 0 <= lam) (c : g * rho < 1).
Hypothesis HF : (forall x y, d (F x) (F y) <= rho * d x y) \/ (forall x y, d (Fh x) (Fh y) <= rho * d x y).
Hypothesis Hu : (forall x y, Rabs (u x - u y) <= lam * d x y) \/ (forall x y, Rabs (uh x - uh y) <= lam * d x y).
Hypothesis He : forall x, d (Fh x) (F x) <= e.
Hypothesis Her : forall x, Rabs (uh x - u x) <= er.
Let s t := real X F x0 t.
Let sh t := imagined X Fh x0 t.

(** The trick, with the learned successor of the real state in the middle where the learned side is the smooth one. *)
Lemma either_apart t : d (s t) (sh t) <= e * geom rho t.
Proof.
  induction t; [change (d x0 x0 <= e * 0); rewrite (d_refl m); lra|]. change (s (S t)) with (F (s t)). change (sh (S t)) with (Fh (sh t)). cbn [geom].
  destruct HF as [L | L].
  - eapply Rle_trans; [apply (d_tri m) with (y := F (sh t))|]. specialize (L (s t) (sh t)). pose proof (He (sh t)) as B. rewrite (d_sym m) in B. nra.
  - eapply Rle_trans; [apply (d_tri m) with (y := Fh (s t))|]. specialize (L (s t) (sh t)). pose proof (He (s t)) as B. rewrite (d_sym m) in B. nra.
Qed.
Lemma either_step t : Rabs (u (s t) - uh (sh t)) <= er + lam * (e * geom rho t).
Proof.
  pose proof (Rmult_le_compat_l _ _ _ lam0 (either_apart t)). destruct Hu as [L | L]; pose proof (L (s t) (sh t)) as B.
  - pose proof (Her (sh t)). replace (u (s t) - uh (sh t)) with (- (uh (sh t) - u (sh t)) + (u (s t) - u (sh t))) by ring.
    eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_Ropp. lra.
  - pose proof (Her (s t)). replace (u (s t) - uh (sh t)) with (- (uh (s t) - u (s t)) + (uh (s t) - uh (sh t))) by ring.
    eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_Ropp. lra.
Qed.
Lemma either_drift : exists M, 0 <= M /\ forall t, d (s t) x0 <= M * geom rho t.
Proof.
  assert (one : forall (Q : X -> X), (forall x y, d (Q x) (Q y) <= rho * d x y) -> forall t, d (iter Q t x0) x0 <= d (Q x0) x0 * geom rho t).
  { intros Q L t. induction t; [simpl; rewrite (d_refl m); lra|]. simpl iter. eapply Rle_trans; [apply (d_tri m) with (y := Q x0)|].
    specialize (L (iter Q t x0) x0). cbn [geom]. nra. }
  destruct HF as [L | L].
  - exists (d (F x0) x0). split; [apply (d_pos m) | apply one, L].
  - exists (e + d (Fh x0) x0). split; [pose proof (He x0); pose proof (d_pos m (Fh x0) (F x0)); pose proof (d_pos m (Fh x0) x0); lra|]. intros t.
    eapply Rle_trans; [apply (d_tri m) with (y := sh t)|]. pose proof (either_apart t). pose proof (one Fh L t). fold (imagined X Fh x0 t) in *. unfold sh in *. lra.
Qed.
Lemma either_loops : ex_series (ret X F u x0 g) /\ ex_series (reth X Fh uh x0 g) /\
  Rabs (Series (ret X F u x0 g) - Series (reth X Fh uh x0 g)) <= er / (1 - g) + g * lam * e / ((1 - g) * (1 - g * rho)).
Proof.
  destruct either_drift as (M & M0 & D).
  assert (R : ex_series (ret X F u x0 g)).
  { apply ex_le with (b := fun t => (Rabs (u x0) + Rabs (uh x0) + er) * g ^ t + lam * M * (g ^ t * geom rho t)).
    2:{ apply ex_plus; apply ex_scal; [now apply power_ex | now apply double_ex]. }
    intros t. unfold ret. assert (gt : 0 <= g ^ t) by (apply pow_le; lra). rewrite Rabs_mult, (Rabs_pos_eq (g ^ t)) by auto.
    assert (B : Rabs (u (s t)) <= Rabs (u x0) + Rabs (uh x0) + er + lam * (M * geom rho t)).
    { pose proof (Rmult_le_compat_l _ _ _ lam0 (D t)). pose proof (Rabs_pos (u x0)). pose proof (Rabs_pos (uh x0)). destruct Hu as [L | L]; specialize (L (s t) x0).
      - replace (u (s t)) with (u x0 + (u (s t) - u x0)) by ring. eapply Rle_trans; [apply Rabs_triang|]. pose proof (Her x0). pose proof (Rabs_pos (uh x0 - u x0)). lra.
      - replace (u (s t)) with (- (uh (s t) - u (s t)) + (uh x0 + (uh (s t) - uh x0))) by ring. eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_Ropp.
        pose proof (Her (s t)). pose proof (Rabs_triang (uh x0) (uh (s t) - uh x0)). lra. }
    apply Rmult_le_compat_l with (r := g ^ t) in B; [unfold s in B; lra | exact gt]. }
  assert (E : ex_series (fun t => g ^ t * (er + lam * (e * geom rho t)))).
  { apply ex_ext with (a := fun t => er * g ^ t + lam * e * (g ^ t * geom rho t)); [intros; ring|]. apply ex_plus; apply ex_scal; [now apply power_ex | now apply double_ex]. }
  destruct (infinite_gap X F Fh u uh x0 g g01 _ either_step E R) as [Rh G]. split; [exact R | split; [exact Rh|]].
  eapply Rle_trans; [exact G|]. right. rewrite (Series_ext _ (fun t => er * g ^ t + lam * e * (g ^ t * geom rho t))) by (intros; ring).
  rewrite Series_plus, !Series_scal_l, power_sum, double_sum by (auto; apply ex_scal; auto using power_ex, double_ex). field. lra.
Qed.
End Loops_of_either.

(** Lemma 1 with L_f a constant of either dynamics and L_r one of either reward. *)
Lemma each_of_four : forall (W : worlds) (gamma L_f L_r L_pi eps_dyn eps_rew : R),
  lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew -> described_either W L_f L_r L_pi eps_dyn eps_rew ->
  ex_series (real_reward W gamma) /\ ex_series (imagined_reward W gamma) /\
  Rabs (J W gamma - J_hat W gamma) <= lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew.
Proof.
  intros W g Lf Lr Lp ed er N [mS mA Hf Hr P He Her]. unfold lemma_1_supposes in N.
  destruct (either_loops _ (d_S W) (loop W (f W)) (loop W (f_hat W)) (pay W (r W)) (pay W (r_hat W)) (start W) g (Lf * (1 + Lp)) (Lr * (1 + Lp)) ed er) as (A & B & C);
    [exact mS | lra | nra | nra | lra | | | intros; apply He | intros; apply Her |].
  - unfold loop. destruct Hf as [L | L]; [left | right]; intros x y; (eapply Rle_trans; [apply L|]); specialize (P x y); nra.
  - unfold pay. destruct Hr as [L | L]; [left | right]; intros x y; (eapply Rle_trans; [apply L|]); specialize (P x y); nra.
  - split; [exact A | split; [exact B|]]. eapply Rle_trans; [exact C|]. right. rewrite lemma_1_readable by lra. field. lra.
Qed.

Lemma smaller_of_both : forall (W : worlds) (gamma L_f L_r L_pi eps_dyn eps_rew L_f_hat L_r_hat : R),
  either_side_supposes gamma L_f L_r L_pi eps_dyn eps_rew L_f_hat L_r_hat ->
  described W L_f L_r L_pi eps_dyn eps_rew ->
  lipschitz_dynamics W (f_hat W) L_f_hat -> lipschitz_reward W (r_hat W) L_r_hat ->
  ex_series (real_reward W gamma) /\ ex_series (imagined_reward W gamma) /\
  Rabs (J W gamma - J_hat W gamma) <= either_side_bound gamma L_f L_r L_pi eps_dyn eps_rew L_f_hat L_r_hat.
Proof.
  intros W g Lf Lr Lp ed er Lfh Lrh N [mS mA Hf Hr P He Her] Hfh Hrh. unfold either_side_supposes in N.
  assert (e : either_side_bound g Lf Lr Lp ed er Lfh Lrh = lemma_1_bound g (Rmin Lf Lfh) (Rmin Lr Lrh) Lp ed er).
  { unfold either_side_bound, lemma_1_bound. replace (1 + -1 * g * (1 + Lp) * Rmin Lf Lfh) with (1 + -1 * Rmin Lf Lfh * g * (1 + Lp)) by ring. ring. }
  rewrite e. apply each_of_four.
  - unfold lemma_1_supposes. assert (0 <= Rmin Lf Lfh) by (apply Rmin_glb; lra). assert (0 <= Rmin Lr Lrh) by (apply Rmin_glb; lra). lra.
  - split; auto; unfold Rmin; [destruct (Rle_dec Lf Lfh) | destruct (Rle_dec Lr Lrh)]; [left | right | left | right]; assumption.
Qed.

(** Either side's constants. Lemma 1 holds with L_f a constant of either dynamics and L_r one of either reward: real and real, real and learned, learned and
    real, learned and learned; nothing is then supposed of the other side. So where both sides' constants are known, the smaller of the two may stand for L_f,
    and the smaller of the two for L_r; only the smaller of the dynamics' need contract. *)
Theorem either_side : forall (W : worlds) (gamma L_f L_r L_pi eps_dyn eps_rew : R),
  (lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew -> described_either W L_f L_r L_pi eps_dyn eps_rew ->
    ex_series (real_reward W gamma) /\ ex_series (imagined_reward W gamma) /\
    Rabs (J W gamma - J_hat W gamma) <= lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew) /\
  (forall L_f_hat L_r_hat : R, either_side_supposes gamma L_f L_r L_pi eps_dyn eps_rew L_f_hat L_r_hat ->
    described W L_f L_r L_pi eps_dyn eps_rew ->
    lipschitz_dynamics W (f_hat W) L_f_hat -> lipschitz_reward W (r_hat W) L_r_hat ->
    ex_series (real_reward W gamma) /\ ex_series (imagined_reward W gamma) /\
    Rabs (J W gamma - J_hat W gamma) <= either_side_bound gamma L_f L_r L_pi eps_dyn eps_rew L_f_hat L_r_hat).
Proof. intros. split; [apply each_of_four | intros L_f_hat L_r_hat; apply smaller_of_both]. Qed.

(** Two states, two actions, and a policy that copies the state. The real dynamics keep the state where it is, the learned ones always lead to the second. *)
Definition switch : worlds := {|
  state := bool; d_S := fun x y => if eqb x y then 0 else 1; action := bool; d_A := fun x y => if eqb x y then 0 else 1;
  f := fun s _ => s; f_hat := fun _ _ => true;
  r := fun s a => (if s then 1 else 0) + (if a then 1 else 0); r_hat := fun s a => (if s then 1 else 0) + (if a then 1 else 0) + 1;
  policy := fun s => s; start := false |}.
Ltac switch_cases := intros; repeat match goal with b : bool |- _ => destruct b end; simpl; unfold Rabs; repeat destruct Rcase_abs; lra.
Lemma switch_distance : pseudometric bool (fun x y => if eqb x y then 0 else 1).
Proof. split; switch_cases. Qed.
Lemma switch_described L_f : 1 <= L_f -> described switch L_f 1 1 1 1.
Proof. intros. split; try exact switch_distance; simpl; switch_cases. Qed.

(** There is a world in which the learned side alone contracts: Lemma 1 says nothing of it, and this does. *)
Theorem either_side_instance :
  either_side_supposes (1/2) 1 1 1 1 1 0 1 /\ ~ lemma_1_supposes (1/2) 1 1 1 1 1 /\ described switch 1 1 1 1 1 /\
  lipschitz_dynamics switch (f_hat switch) 0 /\ lipschitz_reward switch (r_hat switch) 1.
Proof.
  split; [unfold either_side_supposes, Rmin; destruct Rle_dec; lra|]. split; [unfold lemma_1_supposes; lra|].
  split; [apply switch_described; lra|]. split; unfold lipschitz_dynamics, lipschitz_reward; simpl; switch_cases.
Qed.

(** The same two states are never further apart than 1, and nothing contracts: an instance of what bounded states suppose. *)
Theorem bounded_states_instance :
  bounded_states_supposes (1/2) 2 1 1 1 1 1 /\ described switch 2 1 1 1 1 /\ forall x y, d_S switch x y <= 1.
Proof.
  split; [unfold bounded_states_supposes; lra|]. split; [apply switch_described; lra | simpl; switch_cases].
Qed.
(** Their gap of three steps is the bound of bounded states. *)
Lemma switch_gap : Rabs (sum 3 (real_reward switch (1/2)) - sum 3 (imagined_reward switch (1/2))) = 13/4.
Proof. unfold real_reward, imagined_reward, ret, reth, real, imagined, loop, pay; simpl. rewrite Rabs_left; lra. Qed.
Lemma switch_bound : bounded_states_finite_bound (1/2) 2 1 1 1 1 1 3 = 13/4.
Proof. unfold bounded_states_finite_bound; simpl. unfold Rmin; repeat destruct Rle_dec; lra. Qed.
