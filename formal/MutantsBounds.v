(** Wrong versions of what surrounds Lemma 1, refuted: the state error, finite horizons, that the bound is attained, bounded states, and either
    side's constants. *)
From Coq Require Import Reals Lra Lia Psatz Bool.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Loops ReturnGap Horizons Either Identity.
Open Scope R_scope.

(** ---- The state error ---- *)
Definition state_error_with (bound : R -> R -> R -> nat -> R) := forall (W : worlds) (L_f L_r L_pi eps_dyn eps_rew : R),
  state_error_supposes L_f L_pi eps_dyn -> described W L_f L_r L_pi eps_dyn eps_rew -> forall t, d_S W (real_state W t) (imagined_state W t) <= bound L_f L_pi eps_dyn t.
(** It is this theorem that is changed. *)
Theorem same_state_error : state_error_with state_error_bound. Proof. exact state_error. Qed.
(** A true weakening remains provable: twice as far. *)
Theorem weaker_state_error : state_error_with (fun L_f L_pi eps_dyn t => 2 * state_error_bound L_f L_pi eps_dyn t).
Proof.
  intros W Lf Lr Lp ed er N D t. pose proof (state_error W Lf Lr Lp ed er N D t) as B. pose proof (d_pos (distance_of_states _ _ _ _ _ _ D) (real_state W t) (imagined_state W t)).
  unfold real_state, imagined_state in *. lra.
Qed.
(** After two steps on the line the rollouts are as far apart as they may be. *)
Theorem state_error_instance : state_error_supposes 1 1 1 /\ described (line 1 1 1 1 0) 1 1 1 1 0 /\
  d_S (line 1 1 1 1 0) (real_state (line 1 1 1 1 0) 2) (imagined_state (line 1 1 1 1 0) 2) = 3 /\ state_error_bound 1 1 1 2 = 3.
Proof.
  split; [unfold state_error_supposes; lra|]. split; [apply line_described; lra|]. split; [|unfold state_error_bound; simpl; ring].
  unfold real_state, imagined_state, real, imagined, loop; simpl. rewrite Rabs_left; lra.
Qed.
Lemma drift_too_small bound : bound 1 1 1 2%nat < 3 -> ~ state_error_with bound.
Proof. intros less M. destruct state_error_instance as (N & D & e & _). specialize (M _ _ _ _ _ _ N D 2%nat). lra. Qed.
(** One step too few. *)
Theorem mutant_state_error_one_less : ~ state_error_with (fun L_f L_pi eps_dyn t => state_error_bound L_f L_pi eps_dyn (t - 1)).
Proof. apply drift_too_small. unfold state_error_bound; simpl. lra. Qed.
(** The policy is forgotten: the action errs too. *)
Theorem mutant_state_error_no_policy : ~ state_error_with (fun L_f L_pi eps_dyn t => state_error_bound L_f 0 eps_dyn t).
Proof. apply drift_too_small. unfold state_error_bound; simpl. lra. Qed.

(** ---- Finite horizons ---- *)
Definition finite_horizon_with (bound : R -> R -> R -> R -> R -> R -> nat -> R) := forall (W : worlds) (gamma L_f L_r L_pi eps_dyn eps_rew : R),
  finite_horizon_supposes gamma L_f L_r L_pi eps_dyn eps_rew -> described W L_f L_r L_pi eps_dyn eps_rew -> forall H,
  Rabs (sum H (real_reward W gamma) - sum H (imagined_reward W gamma)) <= bound gamma L_f L_r L_pi eps_dyn eps_rew H.
(** It is this theorem that is changed. *)
Theorem same_finite_horizon : finite_horizon_with finite_horizon_bound.
Proof. intros W g Lf Lr Lp ed er N D. apply (finite_horizon W g Lf Lr Lp ed er N D). Qed.
(** A true weakening remains provable: a bound that is twice as large. *)
Theorem weaker_finite_horizon : finite_horizon_with (fun gamma L_f L_r L_pi eps_dyn eps_rew H => 2 * finite_horizon_bound gamma L_f L_r L_pi eps_dyn eps_rew H).
Proof.
  intros W g Lf Lr Lp ed er N D H. pose proof (proj1 (finite_horizon W g Lf Lr Lp ed er N D) H).
  pose proof (Rabs_pos (sum H (real_reward W g) - sum H (imagined_reward W g))). lra.
Qed.
Lemma finite_too_small bound gamma L_f L_r L_pi eps_dyn eps_rew H : finite_horizon_supposes gamma L_f L_r L_pi eps_dyn eps_rew ->
  bound gamma L_f L_r L_pi eps_dyn eps_rew H < finite_horizon_bound gamma L_f L_r L_pi eps_dyn eps_rew H -> ~ finite_horizon_with bound.
Proof.
  intros N less M. destruct (lemma_1_attained gamma L_f L_r L_pi eps_dyn eps_rew N) as (D & e & _).
  specialize (M _ _ _ _ _ _ _ N D H). rewrite e in M. lra.
Qed.
Ltac small := unfold finite_horizon_supposes, finite_horizon_bound; simpl; lra.
(** A factor of one half. *)
Theorem mutant_finite_horizon_half : ~ finite_horizon_with (fun gamma L_f L_r L_pi eps_dyn eps_rew H => 1/2 * finite_horizon_bound gamma L_f L_r L_pi eps_dyn eps_rew H).
Proof. apply (finite_too_small _ (1/2) 1 1 0 0 1 1); small. Qed.
(** One step too few. *)
Theorem mutant_finite_horizon_one_less : ~ finite_horizon_with (fun gamma L_f L_r L_pi eps_dyn eps_rew H => finite_horizon_bound gamma L_f L_r L_pi eps_dyn eps_rew (H - 1)).
Proof. apply (finite_too_small _ (1/2) 1 1 0 0 1 1); small. Qed.
(** Errors do not grow. *)
Theorem mutant_finite_horizon_no_growth : ~ finite_horizon_with (fun gamma L_f L_r L_pi eps_dyn eps_rew H => finite_horizon_bound gamma 0 L_r L_pi eps_dyn eps_rew H).
Proof. apply (finite_too_small _ (1/2) 1 1 0 1 0 3); small. Qed.

(** ---- Lemma 1 is attained ---- *)
Definition lemma_1_attained_with (gap : R -> R -> R -> R -> R -> R -> R) := forall gamma L_f L_r L_pi eps_dyn eps_rew : R,
  lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew -> exists W, described W L_f L_r L_pi eps_dyn eps_rew /\
  Rabs (J W gamma - J_hat W gamma) = gap gamma L_f L_r L_pi eps_dyn eps_rew.
(** It is this theorem that is changed. *)
Theorem same_lemma_1_attained : lemma_1_attained_with lemma_1_bound. Proof. intros g Lf Lr Lp ed er N. eexists. destruct (attained g Lf Lr Lp ed er N) as (D & _ & _ & e). exact (conj D e). Qed.
(** A true weakening remains provable: a world with half that gap. *)
Theorem weaker_lemma_1_attained : lemma_1_attained_with (fun gamma L_f L_r L_pi eps_dyn eps_rew => 1/2 * lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew).
Proof.
  intros g Lf Lr Lp ed er N. unfold lemma_1_supposes in N. exists (line Lf Lr Lp (1/2 * ed) (1/2 * er)).
  destruct (attained g Lf Lr Lp (1/2 * ed) (1/2 * er) ltac:(unfold lemma_1_supposes; lra)) as ([mS mA Hf Hr P He Her] & _ & _ & e).
  split; [split; auto; intros x a; [specialize (He x a) | specialize (Her x a)]; lra|]. rewrite e. unfold lemma_1_bound. ring.
Qed.
(** The hypotheses hold with every number positive. *)
Theorem lemma_1_attained_instance : lemma_1_supposes (1/2) (1/2) 1 (1/2) 1 1 /\ 0 < lemma_1_bound (1/2) (1/2) 1 (1/2) 1 1.
Proof. unfold lemma_1_supposes, lemma_1_bound. lra. Qed.
Lemma too_large gap gamma L_f L_r L_pi eps_dyn eps_rew : lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew ->
  lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew < gap gamma L_f L_r L_pi eps_dyn eps_rew -> ~ lemma_1_attained_with gap.
Proof.
  intros N more M. destruct (M _ _ _ _ _ _ N) as (W & D & e). destruct (lemma_1 _ _ _ _ _ _ _ N D) as (_ & _ & B). lra.
Qed.
(** A gap that is twice as large. *)
Theorem mutant_lemma_1_attained_twice : ~ lemma_1_attained_with (fun gamma L_f L_r L_pi eps_dyn eps_rew => 2 * lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew).
Proof. apply (too_large _ (1/2) (1/2) 1 0 0 1); unfold lemma_1_supposes, lemma_1_bound; lra. Qed.
(** The dynamics error is not discounted. *)
Theorem mutant_lemma_1_attained_no_gamma : ~ lemma_1_attained_with (fun gamma L_f L_r L_pi eps_dyn eps_rew =>
  eps_rew / (1 - gamma) + L_r * (1 + L_pi) * eps_dyn / ((1 - gamma) * (1 - gamma * (L_f * (1 + L_pi))))).
Proof. apply (too_large _ (1/2) (1/2) 1 0 1 0); unfold lemma_1_supposes, lemma_1_bound; lra. Qed.

(** ---- Bounded states ---- *)
Definition bounded_states_with (bound : R -> R -> R -> R -> R -> R -> R -> nat -> R) := forall (W : worlds) (gamma L_f L_r L_pi eps_dyn eps_rew diameter : R),
  bounded_states_supposes gamma L_f L_r L_pi eps_dyn eps_rew diameter ->
  described W L_f L_r L_pi eps_dyn eps_rew -> (forall x y, d_S W x y <= diameter) -> forall H,
  Rabs (sum H (real_reward W gamma) - sum H (imagined_reward W gamma)) <= bound gamma L_f L_r L_pi eps_dyn eps_rew diameter H.
(** It is this theorem that is changed. *)
Theorem same_bounded_states : bounded_states_with bounded_states_finite_bound.
Proof. intros W g Lf Lr Lp ed er d N D B. exact (proj1 (bounded_states W g Lf Lr Lp ed er d N D B)). Qed.
(** A true weakening remains provable: the bound without the diameter. *)
Theorem weaker_bounded_states : bounded_states_with (fun gamma L_f L_r L_pi eps_dyn eps_rew diameter H => finite_horizon_bound gamma L_f L_r L_pi eps_dyn eps_rew H).
Proof. intros W g Lf Lr Lp ed er d N D _. apply finite_horizon; [unfold bounded_states_supposes, finite_horizon_supposes in *; lra | exact D]. Qed.
Lemma bounded_too_small bound : bound (1/2) 2 1 1 1 1 1 3%nat < 13/4 -> ~ bounded_states_with bound.
Proof.
  intros less M. destruct bounded_states_instance as (N & D & B). specialize (M _ _ _ _ _ _ _ _ N D B 3%nat). rewrite switch_gap in M. lra.
Qed.
(** Half the diameter: two points may be apart by all of it. *)
Theorem mutant_bounded_states_radius : ~ bounded_states_with (fun gamma L_f L_r L_pi eps_dyn eps_rew diameter H =>
  bounded_states_finite_bound gamma L_f L_r L_pi eps_dyn eps_rew (diameter / 2) H).
Proof. apply bounded_too_small. unfold bounded_states_finite_bound; simpl. unfold Rmin; repeat destruct Rle_dec; lra. Qed.
(** The policy is forgotten: an action errs too. *)
Theorem mutant_bounded_states_no_policy : ~ bounded_states_with (fun gamma L_f L_r L_pi eps_dyn eps_rew diameter H =>
  bounded_states_finite_bound gamma L_f L_r 0 eps_dyn eps_rew diameter H).
Proof. apply bounded_too_small. unfold bounded_states_finite_bound; simpl. unfold Rmin; repeat destruct Rle_dec; lra. Qed.
(** States need not be bounded. *)
Theorem mutant_bounded_states_unbounded : ~ forall (W : worlds) (gamma L_f L_r L_pi eps_dyn eps_rew diameter : R),
  bounded_states_supposes gamma L_f L_r L_pi eps_dyn eps_rew diameter -> described W L_f L_r L_pi eps_dyn eps_rew -> forall H,
  Rabs (sum H (real_reward W gamma) - sum H (imagined_reward W gamma)) <= bounded_states_finite_bound gamma L_f L_r L_pi eps_dyn eps_rew diameter H.
Proof.
  intros M. destruct (lemma_1_attained (1/2) 1 1 0 1 0 ltac:(unfold finite_horizon_supposes; lra)) as (D & e & _).
  specialize (M _ (1/2) 1 1 0 1 0 0 ltac:(unfold bounded_states_supposes; lra) D 2%nat). rewrite e in M.
  unfold finite_horizon_bound, bounded_states_finite_bound in M; simpl in M. unfold Rmin in M; repeat destruct Rle_dec in M; lra.
Qed.

(** ---- Either side's constants ---- *)
Definition either_side_with (bound : R -> R -> R -> R -> R -> R -> R -> R -> R) := forall (W : worlds) (gamma L_f L_r L_pi eps_dyn eps_rew L_f_hat L_r_hat : R),
  either_side_supposes gamma L_f L_r L_pi eps_dyn eps_rew L_f_hat L_r_hat -> described W L_f L_r L_pi eps_dyn eps_rew ->
  lipschitz_dynamics W (f_hat W) L_f_hat -> lipschitz_reward W (r_hat W) L_r_hat ->
  Rabs (J W gamma - J_hat W gamma) <= bound gamma L_f L_r L_pi eps_dyn eps_rew L_f_hat L_r_hat.
(** It is this theorem that is changed. *)
Theorem same_either_side : either_side_with either_side_bound.
Proof. intros W g Lf Lr Lp ed er Lfh Lrh N D Hf Hr. apply (proj2 (either_side W g Lf Lr Lp ed er) Lfh Lrh N D Hf Hr). Qed.
(** A true weakening remains provable: a bound that is twice as large. *)
Theorem weaker_either_side : either_side_with (fun gamma L_f L_r L_pi eps_dyn eps_rew L_f_hat L_r_hat => 2 * either_side_bound gamma L_f L_r L_pi eps_dyn eps_rew L_f_hat L_r_hat).
Proof.
  intros W g Lf Lr Lp ed er Lfh Lrh N D Hf Hr. destruct (proj2 (either_side W g Lf Lr Lp ed er) Lfh Lrh N D Hf Hr) as (_ & _ & B).
  pose proof (Rabs_pos (J W g - J_hat W g)). lra.
Qed.
Lemma line_learned L_f L_r L_pi eps_dyn eps_rew : 0 <= L_f -> 0 <= L_r -> lipschitz_dynamics (line L_f L_r L_pi eps_dyn eps_rew) (f_hat (line L_f L_r L_pi eps_dyn eps_rew)) L_f /\
  lipschitz_reward (line L_f L_r L_pi eps_dyn eps_rew) (r_hat (line L_f L_r L_pi eps_dyn eps_rew)) L_r.
Proof.
  intros. split; intros x a y b; simpl.
  - replace (L_f * (x + a) + eps_dyn - (L_f * (y + b) + eps_dyn)) with (L_f * (x + a) - L_f * (y + b)) by ring. now apply line_sum.
  - replace (L_r * (x + a) + eps_rew - (L_r * (y + b) + eps_rew)) with (L_r * (x + a) - L_r * (y + b)) by ring. now apply line_sum.
Qed.
Lemma either_too_small bound gamma L_f L_r L_pi eps_dyn eps_rew : lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew ->
  bound gamma L_f L_r L_pi eps_dyn eps_rew L_f L_r < lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew -> ~ either_side_with bound.
Proof.
  intros N less M. destruct (attained gamma L_f L_r L_pi eps_dyn eps_rew N) as (D & _ & _ & e).
  destruct (line_learned L_f L_r L_pi eps_dyn eps_rew) as [Hf Hr]; [unfold lemma_1_supposes in N; lra | unfold lemma_1_supposes in N; lra|].
  assert (N' : either_side_supposes gamma L_f L_r L_pi eps_dyn eps_rew L_f L_r).
  { unfold either_side_supposes, lemma_1_supposes in *. rewrite Rmin_left by lra. lra. }
  specialize (M _ _ _ _ _ _ _ _ _ N' D Hf Hr). lra.
Qed.
(** A factor of one half: each side takes half of the error. *)
Theorem mutant_either_side_half : ~ either_side_with (fun gamma L_f L_r L_pi eps_dyn eps_rew L_f_hat L_r_hat => 1/2 * either_side_bound gamma L_f L_r L_pi eps_dyn eps_rew L_f_hat L_r_hat).
Proof. apply (either_too_small _ (1/2) (1/2) 1 0 0 1); unfold lemma_1_supposes, lemma_1_bound, either_side_bound; rewrite ?Rmin_left; lra. Qed.
(** The product of the two constants for the smaller. *)
Theorem mutant_either_side_product : ~ either_side_with (fun gamma L_f L_r L_pi eps_dyn eps_rew L_f_hat L_r_hat => lemma_1_bound gamma (L_f * L_f_hat) L_r L_pi eps_dyn eps_rew).
Proof. apply (either_too_small _ (1/2) (1/2) 1 0 1 0); unfold lemma_1_supposes, lemma_1_bound; lra. Qed.
(** Nothing is supposed of the learned side, and its constants are used all the same. *)
Theorem mutant_either_side_unfounded : ~ forall (W : worlds) (gamma L_f L_r L_pi eps_dyn eps_rew L_f_hat L_r_hat : R),
  either_side_supposes gamma L_f L_r L_pi eps_dyn eps_rew L_f_hat L_r_hat -> described W L_f L_r L_pi eps_dyn eps_rew ->
  Rabs (J W gamma - J_hat W gamma) <= either_side_bound gamma L_f L_r L_pi eps_dyn eps_rew L_f_hat L_r_hat.
Proof.
  intros M. destruct (attained (1/2) (1/2) 1 0 1 0 ltac:(unfold lemma_1_supposes; lra)) as (D & _ & _ & e).
  specialize (M _ (1/2) (1/2) 1 0 1 0 0 0 ltac:(unfold either_side_supposes; rewrite Rmin_right; lra) D). rewrite e in M.
  unfold lemma_1_bound, either_side_bound in M. rewrite !Rmin_right in M; lra.
Qed.
