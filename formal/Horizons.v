(** Finite horizons: the gap of H-step returns is bounded whether or not errors contract. The bound's closed form, what becomes of it
    where that divides by 0, and that it tends to the bound of Lemma 1 as the horizon grows. *)
From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Loops ReturnGap.
Open Scope R_scope.

(** The bound in closed form, where neither L nor gamma L is 1. *)
Definition closed_form gamma L_f L_r L_pi eps_dyn eps_rew (H : nat) : R :=
  eps_rew * ((1 - gamma ^ H) / (1 - gamma)) + L_r * (1 + L_pi) * eps_dyn / (L_f * (1 + L_pi) - 1) *
    ((1 - (gamma * (L_f * (1 + L_pi))) ^ H) / (1 - gamma * (L_f * (1 + L_pi))) - (1 - gamma ^ H) / (1 - gamma)).

(** The bound of finite horizons as the page writes it: neither L nor gamma L may be 1. *)
Lemma finite_horizon_readable gamma L_f L_r L_pi eps_dyn eps_rew H : gamma <> 1 -> L_f * (1 + L_pi) <> 1 -> gamma * (L_f * (1 + L_pi)) <> 1 ->
  finite_horizon_bound gamma L_f L_r L_pi eps_dyn eps_rew H = closed_form gamma L_f L_r L_pi eps_dyn eps_rew H.
Proof.
  intros g1 l1 gl. unfold finite_horizon_bound, closed_form. rewrite double_closed, geom_closed by auto. unfold Rdiv. ring.
Qed.

Lemma bound_in_L gamma L_f L_r L_pi eps_dyn eps_rew H : finite_horizon_bound gamma L_f L_r L_pi eps_dyn eps_rew H =
  eps_rew * geom gamma H + L_r * (1 + L_pi) * eps_dyn * sum H (fun t => gamma ^ t * geom (L_f * (1 + L_pi)) t).
Proof. unfold finite_horizon_bound. ring. Qed.

Lemma bound_continuous gamma L_r L_pi eps_dyn eps_rew H x : continuous (fun L_f => finite_horizon_bound gamma L_f L_r L_pi eps_dyn eps_rew H) x.
Proof.
  apply continuous_ext with (f := fun y => eps_rew * geom gamma H + L_r * (1 + L_pi) * eps_dyn * sum H (fun t => gamma ^ t * geom (y * (1 + L_pi)) t));
    [intros; symmetry; apply bound_in_L|].
  apply (continuous_plus (V := R_NormedModule)); [apply continuous_const|].
  apply (continuous_mult (K := R_AbsRing)); [apply continuous_const|].
  apply sum_continuous. intros t. apply (continuous_mult (K := R_AbsRing)); [apply continuous_const|].
  apply (continuous_comp (fun y => y * (1 + L_pi)) (fun l => geom l t)); [|apply geom_continuous].
  apply (continuous_mult (K := R_AbsRing)); [apply continuous_id | apply continuous_const].
Qed.

(** Where L or gamma L is 1 the closed form is 0/0, and tends to the bound as L_f does. *)
Lemma closed_form_tends gamma L_f L_r L_pi eps_dyn eps_rew H : 0 <= gamma < 1 -> 0 <= L_pi -> L_f * (1 + L_pi) = 1 \/ gamma * (L_f * (1 + L_pi)) = 1 ->
  is_lim (fun x => closed_form gamma x L_r L_pi eps_dyn eps_rew H) L_f (finite_horizon_bound gamma L_f L_r L_pi eps_dyn eps_rew H).
Proof.
  intros g01 p0 e.
  apply is_lim_ext_loc with (f := fun x => finite_horizon_bound gamma x L_r L_pi eps_dyn eps_rew H);
    [|apply is_lim_continuity; apply continuity_pt_filterlim; apply bound_continuous].
  (* near L_f, and not at it, neither L nor gamma L is 1 *)
  assert (near : forall c, c <> 0 -> locally' L_f (fun x => c * (x * (1 + L_pi)) <> 1)).
  { intros c c0. set (k := c * (1 + L_pi)). assert (k0 : k <> 0) by (unfold k; intros z; apply Rmult_integral in z; destruct z; lra).
    destruct (Req_dec (c * (L_f * (1 + L_pi))) 1) as [y | n].
    - exists (mkposreal 1 Rlt_0_1). intros x _ ne E. apply ne. apply Rmult_eq_reg_l with k; [unfold k in *; lra | exact k0].
    - assert (d0 : 0 < Rabs (1 - c * (L_f * (1 + L_pi))) / Rabs k) by (apply Rdiv_lt_0_compat; apply Rabs_pos_lt; lra).
      exists (mkposreal _ d0). intros x B _ E. change (Rabs (x - L_f) < Rabs (1 - c * (L_f * (1 + L_pi))) / Rabs k) in B.
      apply Rmult_lt_compat_r with (r := Rabs k) in B; [|now apply Rabs_pos_lt]. unfold Rdiv in B.
      rewrite Rmult_assoc, Rinv_l, Rmult_1_r, <- Rabs_mult in B by now apply Rabs_no_R0.
      assert (e' : 1 - c * (L_f * (1 + L_pi)) = (x - L_f) * k) by (transitivity (c * (x * (1 + L_pi)) - c * (L_f * (1 + L_pi))); [lra | unfold k; ring]).
      rewrite e' in B. lra. }
  assert (one := near 1 ltac:(lra)). destruct (Req_dec gamma 0) as [z | nz].
  { (* without a future gamma L is 0 everywhere *)
    change (locally' L_f (fun x => finite_horizon_bound gamma x L_r L_pi eps_dyn eps_rew H = closed_form gamma x L_r L_pi eps_dyn eps_rew H)).
    revert one. apply filter_imp. intros x a. apply finite_horizon_readable; [lra | lra | rewrite z; lra]. }
  assert (two := near gamma nz).
  change (locally' L_f (fun x => finite_horizon_bound gamma x L_r L_pi eps_dyn eps_rew H = closed_form gamma x L_r L_pi eps_dyn eps_rew H)).
  generalize (filter_and _ _ one two). apply filter_imp. intros x [a b]. apply finite_horizon_readable; lra.
Qed.

(** As the horizon grows the bound tends to that of Lemma 1, where errors contract. *)
Lemma bound_tends : forall gamma L_f L_r L_pi eps_dyn eps_rew : R, lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew ->
  is_lim_seq (fun H => finite_horizon_bound gamma L_f L_r L_pi eps_dyn eps_rew H) (lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew).
Proof.
  intros gamma L_f L_r L_pi ed er N. unfold lemma_1_supposes in N. assert (g01 : 0 <= gamma < 1) by lra.
  assert (L0 : 0 <= L_f * (1 + L_pi)) by nra. assert (c : gamma * (L_f * (1 + L_pi)) < 1) by lra.
  replace (lemma_1_bound gamma L_f L_r L_pi ed er) with (er * Series (fun t => gamma ^ t) +
    L_r * (1 + L_pi) * ed * Series (fun t => gamma ^ t * geom (L_f * (1 + L_pi)) t)).
  2:{ rewrite power_sum, double_sum by auto. unfold lemma_1_bound. field. lra. }
  apply is_lim_seq_ext with (u := fun H => er * sum H (fun t => gamma ^ t) + L_r * (1 + L_pi) * ed * sum H (fun t => gamma ^ t * geom (L_f * (1 + L_pi)) t)).
  { intros n. rewrite bound_in_L, geom_sum. reflexivity. }
  apply is_lim_seq_plus'; apply (is_lim_seq_scal_l _ _ (Finite _)); apply sum_series; [now apply power_ex | now apply double_ex].
Qed.

(** Finite horizon. The gap of H-step returns is at most the bound, whether or not errors contract. The bound has a closed form; where L or gamma L is 1 it
    has another, to which that tends as L_f does; and where errors contract it tends to the bound of Lemma 1 as the horizon grows. *)
Theorem finite_horizon : forall (W : worlds) (gamma L_f L_r L_pi eps_dyn eps_rew : R),
  finite_horizon_supposes gamma L_f L_r L_pi eps_dyn eps_rew ->
  described W L_f L_r L_pi eps_dyn eps_rew ->
  let L := L_f * (1 + L_pi) in let bound := finite_horizon_bound gamma L_f L_r L_pi eps_dyn eps_rew in
  (forall H, Rabs (sum H (real_reward W gamma) - sum H (imagined_reward W gamma)) <= bound H) /\
  (forall H, L <> 1 -> gamma * L <> 1 -> bound H = closed_form gamma L_f L_r L_pi eps_dyn eps_rew H) /\
  (forall H, L = 1 -> bound H =
    eps_rew * ((1 - gamma ^ H) / (1 - gamma)) + L_r * (1 + L_pi) * eps_dyn * ((gamma * (1 - gamma ^ H) / (1 - gamma) - gamma ^ H * INR H) / (1 - gamma))) /\
  (forall H, gamma * L = 1 -> bound H =
    eps_rew * ((1 - gamma ^ H) / (1 - gamma)) + L_r * (1 + L_pi) * eps_dyn * (gamma / (1 - gamma) * (INR H - (1 - gamma ^ H) / (1 - gamma)))) /\
  (forall H, L = 1 \/ gamma * L = 1 -> is_lim (fun x => closed_form gamma x L_r L_pi eps_dyn eps_rew H) L_f (bound H)) /\
  (lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew -> is_lim_seq bound (lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew)).
Proof.
  intros W gamma L_f L_r L_pi ed er N D L bound. assert (g01 : 0 <= gamma < 1) by (unfold finite_horizon_supposes in N; lra).
  assert (p0 : 0 <= L_pi) by (unfold finite_horizon_supposes in N; lra). repeat split.
  - intros H. now apply gap_finite.
  - intros H a b. apply finite_horizon_readable; [lra | exact a | exact b].
  - intros H e. unfold bound. rewrite bound_in_L. fold L. rewrite e, double_at_one, geom_closed by lra. reflexivity.
  - intros H e. unfold bound. rewrite bound_in_L. fold L. rewrite double_at_edge, geom_closed by lra. reflexivity.
  - intros H e. now apply closed_form_tends.
  - apply bound_tends.
Qed.

(** The hypotheses of finite horizons hold somewhere, with every constant and error positive, where errors outgrow the discount. *)
Theorem finite_horizon_instance : finite_horizon_supposes (1/2) 2 1 (1/2) 1 1 /\ described (line 2 1 (1/2) 1 1) 2 1 (1/2) 1 1 /\ 1/2 * (2 * (1 + 1/2)) > 1.
Proof. split; [unfold finite_horizon_supposes; lra|]. split; [apply line_described; lra | lra]. Qed.
