(** The return gap of two closed loops: each is a map from states to states with a reward for each state. The errors
    count where imagination goes; the loop's own Lipschitz constant counts, whatever it is made of. *)
From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums.
Open Scope R_scope.

(** A distance, that may be 0 between different points. *)
Record pseudometric (X : Type) (d : X -> X -> R) : Prop := {
  d_pos  : forall x y, 0 <= d x y;
  d_refl : forall x, d x x = 0;
  d_sym  : forall x y, d x y = d y x;
  d_tri  : forall x y z, d x z <= d x y + d y z }.
Arguments d_pos {X d}. Arguments d_refl {X d}. Arguments d_sym {X d}. Arguments d_tri {X d}.

(** F, t times. *)
Fixpoint iter {X} (F : X -> X) (t : nat) (x : X) : X := match t with O => x | S k => F (iter F k x) end.
Lemma iter_first X (F : X -> X) t x : iter F (S t) x = iter F t (F x).
Proof. induction t; [reflexivity|]. simpl. now rewrite <- IHt. Qed.

Section Loops.
Variables (X : Type) (d : X -> X -> R) (F Fh : X -> X) (u uh : X -> R) (x0 : X) (g : R).
Hypothesis m : pseudometric X d.
Hypothesis g01 : 0 <= g < 1.

(** The two rollouts, and their discounted rewards. *)
Definition real t := iter F t x0.
Definition imagined t := iter Fh t x0.
Definition ret t := g ^ t * u (real t).
Definition reth t := g ^ t * uh (imagined t).
(** One-step errors where imagination goes, and the distance of the two rollouts *)
Definition dyn_error t := d (Fh (imagined t)) (F (imagined t)).
Definition rew_error t := Rabs (uh (imagined t) - u (imagined t)).
Definition apart t := d (real t) (imagined t).

Lemma gp t : 0 <= g ^ t. Proof. apply pow_le; lra. Qed.

(** ---- From a bound of each step to a bound of the gap ---- *)
Lemma finite_gap (a : nat -> R) H : (forall t, Rabs (u (real t) - uh (imagined t)) <= a t) ->
  Rabs (sum H ret - sum H reth) <= sum H (fun t => g ^ t * a t).
Proof.
  intros L. rewrite sum_minus. eapply Rle_trans; [apply sum_abs|]. apply sum_le; intros t _. unfold ret, reth.
  rewrite <- Rmult_minus_distr_l, Rabs_mult, (Rabs_pos_eq (g ^ t)) by apply gp. apply Rmult_le_compat_l; [apply gp | auto].
Qed.

Lemma infinite_gap (a : nat -> R) : (forall t, Rabs (u (real t) - uh (imagined t)) <= a t) -> ex_series (fun t => g ^ t * a t) ->
  ex_series ret -> ex_series reth /\ Rabs (Series ret - Series reth) <= Series (fun t => g ^ t * a t).
Proof.
  intros L E R.
  assert (S : forall t, Rabs (ret t - reth t) <= g ^ t * a t).
  { intros t. unfold ret, reth. rewrite <- Rmult_minus_distr_l, Rabs_mult, (Rabs_pos_eq (g ^ t)) by apply gp. apply Rmult_le_compat_l; [apply gp | auto]. }
  assert (A : ex_series (fun t => Rabs (ret t - reth t))) by (apply ex_le with (2 := E); intros; rewrite Rabs_Rabsolu; apply S).
  assert (Rh : ex_series reth).
  { apply ex_ext with (a := fun t => ret t + -1 * (ret t - reth t)); [intros; ring|].
    apply ex_plus; [exact R | apply ex_scal, ex_series_Rabs, A]. }
  split; [exact Rh|]. rewrite <- Series_minus by assumption. eapply Rle_trans; [now apply Series_Rabs|].
  apply Series_le; [intros t; split; [apply Rabs_pos | apply S] | exact E].
Qed.

(** ---- Lipschitz closed loops on a set that both rollouts stay in ---- *)
Variables (C : X -> Prop) (rho lam : R).
Hypotheses (rho0 : 0 <= rho) (lam0 : 0 <= lam).
Hypothesis stays : forall t, C (real t).
Hypothesis stays_h : forall t, C (imagined t).
Hypothesis HF : forall x y, C x -> C y -> d (F x) (F y) <= rho * d x y.
Hypothesis Hu : forall x y, C x -> C y -> Rabs (u x - u y) <= lam * d x y.

Lemma apart_step t : apart (S t) <= rho * apart t + dyn_error t.
Proof.
  unfold apart, dyn_error. simpl. eapply Rle_trans; [apply (d_tri m) with (y := F (imagined t))|].
  rewrite (d_sym m (Fh _)). apply Rplus_le_compat_r. now apply HF.
Qed.
Lemma apart_0 : apart 0 = 0. Proof. apply (d_refl m). Qed.
Lemma apart_pos t : 0 <= apart t. Proof. apply (d_pos m). Qed.
Lemma apart_geom e : (forall t, dyn_error t <= e) -> forall t, apart t <= e * geom rho t.
Proof.
  intros L t; induction t; [rewrite apart_0; simpl; lra|]. eapply Rle_trans; [apply apart_step|]. specialize (L t). simpl. nra.
Qed.

Lemma step_gap t : Rabs (u (real t) - uh (imagined t)) <= rew_error t + lam * apart t.
Proof.
  replace (u (real t) - uh (imagined t)) with (- (uh (imagined t) - u (imagined t)) + (u (real t) - u (imagined t))) by ring.
  eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_Ropp. apply Rplus_le_compat_l. now apply Hu.
Qed.

Lemma apart_total H : g * rho < 1 -> sum H (fun t => g ^ t * apart t) <= g / (1 - g * rho) * sum H (fun t => g ^ t * dyn_error t).
Proof.
  intros c. apply Rmult_le_reg_l with (1 - g * rho); [lra|].
  replace ((1 - g * rho) * (g / (1 - g * rho) * sum H (fun t => g ^ t * dyn_error t))) with (g * sum H (fun t => g ^ t * dyn_error t)) by (field; lra).
  assert (A : sum (S H) (fun t => g ^ t * apart t) <= g * rho * sum H (fun t => g ^ t * apart t) + g * sum H (fun t => g ^ t * dyn_error t)).
  { rewrite sum_first, apart_0, <- !sum_scal, <- (Rmult_1_l (sum H (fun k => g * _))), <- sum_lin.
    rewrite pow_O, Rmult_0_r, Rplus_0_l. apply sum_le; intros t _. pose proof (apart_step t) as L.
    apply Rmult_le_compat_l with (r := g ^ S t) in L; [|apply gp]. simpl pow in *. lra. }
  simpl sum in A. pose proof (Rmult_le_pos _ _ (gp H) (apart_pos H)). lra.
Qed.

(** The gap of H-step returns: the discounted errors along the imagined rollout, a dynamics error weighing
    gamma lam / (1 - gamma rho). *)
Theorem loops_gap_finite H : g * rho < 1 -> Rabs (sum H ret - sum H reth) <=
  sum H (fun t => g ^ t * (rew_error t + g * lam / (1 - g * rho) * dyn_error t)).
Proof.
  intros c. eapply Rle_trans; [apply (finite_gap _ H step_gap)|].
  rewrite (sum_ext H _ (fun t => g ^ t * rew_error t + lam * (g ^ t * apart t))), sum_lin by (intros; ring).
  rewrite (sum_ext H (fun t => g ^ t * (rew_error t + _ * dyn_error t)) (fun t => g ^ t * rew_error t + (g * lam / (1 - g * rho)) * (g ^ t * dyn_error t))), sum_lin by (intros; ring).
  apply Rplus_le_compat_l. pose proof (apart_total H c). apply Rmult_le_compat_l with (r := lam) in H0; [|exact lam0].
  eapply Rle_trans; [exact H0|]. right. field. lra.
Qed.

(** The real return exists. *)
Lemma drift t : d (real t) x0 <= d (F x0) x0 * geom rho t.
Proof.
  induction t; [unfold real; simpl; rewrite (d_refl m); lra|]. change (real (S t)) with (F (real t)).
  eapply Rle_trans; [apply (d_tri m) with (y := F x0)|]. pose proof (HF (real t) x0 (stays t) (stays 0)). cbn [geom]. nra.
Qed.
Lemma ret_ex : g * rho < 1 -> ex_series ret.
Proof.
  intros c. apply ex_le with (b := fun t => Rabs (u x0) * g ^ t + lam * d (F x0) x0 * (g ^ t * geom rho t)).
  2:{ apply ex_plus; apply ex_scal; [now apply power_ex | now apply double_ex]. }
  intros t. unfold ret. rewrite Rabs_mult, (Rabs_pos_eq (g ^ t)) by apply gp.
  assert (H : Rabs (u (real t)) <= Rabs (u x0) + lam * (d (F x0) x0 * geom rho t)).
  { replace (u (real t)) with (u x0 + (u (real t) - u x0)) by ring.
    eapply Rle_trans; [apply Rabs_triang|]. apply Rplus_le_compat_l.
    eapply Rle_trans; [apply (Hu (real t) x0 (stays t) (stays 0))|]. apply Rmult_le_compat_l; [exact lam0 | apply drift]. }
  apply Rmult_le_compat_l with (r := g ^ t) in H; [lra | apply gp].
Qed.

(** The same for all steps; that both returns exist is a conclusion. *)
Theorem loops_gap : g * rho < 1 -> ex_series (fun t => g ^ t * rew_error t) -> ex_series (fun t => g ^ t * dyn_error t) ->
  ex_series ret /\ ex_series reth /\
  Rabs (Series ret - Series reth) <= Series (fun t => g ^ t * (rew_error t + g * lam / (1 - g * rho) * dyn_error t)).
Proof.
  intros c Er Ed. pose proof (ret_ex c) as R. split; [exact R|].
  assert (Ea : ex_series (fun t => g ^ t * apart t)).
  { apply ex_finite_lim_seq_incr with (M := g / (1 - g * rho) * Series (fun t => g ^ t * dyn_error t)); intros n.
    - rewrite sum_Sn. change plus with Rplus. pose proof (gp (S n)). pose proof (apart_pos (S n)). nra.
    - rewrite <- sum_sum_n. eapply Rle_trans; [now apply apart_total|]. apply Rmult_le_compat_l; [apply Rdiv_le_0_compat; lra|].
      apply sum_below; [intros k; apply Rmult_le_pos; [apply gp | apply (d_pos m)] | exact Ed]. }
  assert (E1 : ex_series (fun t => g ^ t * (rew_error t + lam * apart t))).
  { apply ex_ext with (a := fun t => g ^ t * rew_error t + lam * (g ^ t * apart t)); [intros; ring|]. apply ex_plus; auto using ex_scal. }
  destruct (infinite_gap _ step_gap E1 R) as [Rh _]. split; [exact Rh|].
  assert (E2 : ex_series (fun t => g ^ t * (rew_error t + g * lam / (1 - g * rho) * dyn_error t))).
  { apply ex_ext with (a := fun t => g ^ t * rew_error t + (g * lam / (1 - g * rho)) * (g ^ t * dyn_error t)); [intros; ring|]. apply ex_plus; auto using ex_scal. }
  refine (is_lim_seq_le (fun n => Rabs (sum n ret - sum n reth)) (fun n => sum n (fun t => g ^ t * (rew_error t + g * lam / (1 - g * rho) * dyn_error t)))
    (Finite _) (Finite _) _ _ _).
  - intros n. now apply loops_gap_finite.
  - change (Finite (Rabs ?x)) with (Rbar_abs (Finite x)). apply is_lim_seq_abs. apply is_lim_seq_minus'; now apply sum_series.
  - now apply sum_series.
Qed.

(** Where no two states are further apart than D the state error is capped, for any rho. *)
Theorem bounded_loops e er D : (forall t, dyn_error t <= e) -> (forall t, rew_error t <= er) -> (forall x y, C x -> C y -> d x y <= D) ->
  ex_series ret /\ ex_series reth /\
  Rabs (Series ret - Series reth) <= er / (1 - g) + lam * Series (fun t => g ^ t * Rmin (e * geom rho t) D).
Proof.
  intros L Le B. assert (e0 : 0 <= e) by (eapply Rle_trans; [apply (d_pos m) | apply (L O)]).
  assert (D0 : 0 <= D) by (eapply Rle_trans; [apply (d_pos m) | apply (B x0 x0 (stays 0) (stays 0))]).
  assert (cap : forall t, 0 <= Rmin (e * geom rho t) D <= D).
  { intros t. split; [|apply Rmin_r]. apply Rmin_glb; [|exact D0]. pose proof (geom_pos rho t rho0). nra. }
  assert (Ec : ex_series (fun t => g ^ t * Rmin (e * geom rho t) D)).
  { apply ex_le with (b := fun t => D * g ^ t); [|now apply ex_scal, power_ex]. intros t. specialize (cap t). pose proof (gp t).
    rewrite Rabs_pos_eq; nra. }
  assert (step : forall t, Rabs (u (real t) - uh (imagined t)) <= er + lam * Rmin (e * geom rho t) D).
  { intros t. eapply Rle_trans; [apply step_gap|]. apply Rplus_le_compat; [auto|]. apply Rmult_le_compat_l; [exact lam0|].
    apply Rmin_glb; [now apply apart_geom | now apply B]. }
  assert (R : ex_series ret).
  { apply ex_le with (b := fun t => (Rabs (u x0) + lam * D) * g ^ t); [|now apply ex_scal, power_ex]. intros t. unfold ret.
    rewrite Rabs_mult, (Rabs_pos_eq (g ^ t)) by apply gp. rewrite Rmult_comm. apply Rmult_le_compat_r; [apply gp|].
    replace (u (real t)) with (u x0 + (u (real t) - u x0)) by ring. eapply Rle_trans; [apply Rabs_triang|]. apply Rplus_le_compat_l.
    eapply Rle_trans; [apply (Hu (real t) x0 (stays t) (stays 0))|]. apply Rmult_le_compat_l; [exact lam0 | apply B; auto; exact (stays 0)]. }
  assert (E : ex_series (fun t => g ^ t * (er + lam * Rmin (e * geom rho t) D))).
  { apply ex_ext with (a := fun t => er * g ^ t + lam * (g ^ t * Rmin (e * geom rho t) D)); [intros; ring|]. apply ex_plus; apply ex_scal; [now apply power_ex | exact Ec]. }
  split; [exact R|]. destruct (infinite_gap _ step E R) as [Rh G]. split; [exact Rh|]. eapply Rle_trans; [exact G|]. right.
  rewrite (Series_ext _ (fun t => er * g ^ t + lam * (g ^ t * Rmin (e * geom rho t) D))) by (intros; ring).
  rewrite Series_plus, !Series_scal_l, power_sum by (auto; apply ex_scal; auto; now apply power_ex). reflexivity.
Qed.
End Loops.
