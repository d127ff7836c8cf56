(** What an adjoint pass computes: the first-order change of a return, error by error; and that the multiplier made of global
    constants is never too small. *)
From Coq Require Import Reals Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Loops ReturnGap.
Open Scope R_scope.

(** The global multiplier is never too small. Where only the dynamics err, the gap is at most that of a constant reward error which is D times as large. *)
Theorem never_too_small : forall (W : worlds) (gamma L_f L_r L_pi eps_dyn : R),
  never_too_small_supposes gamma L_f L_r L_pi eps_dyn ->
  described W L_f L_r L_pi eps_dyn 0 ->
  ex_series (real_reward W gamma) /\ ex_series (imagined_reward W gamma) /\
  (1 - gamma) * Rabs (J W gamma - J_hat W gamma) <= never_too_small_bound gamma L_f L_r L_pi eps_dyn.
Proof.
  intros W g Lf Lr Lp ed N D. unfold never_too_small_supposes in N.
  destruct (lemma_1 W g Lf Lr Lp ed 0) as (E & Eh & B); [unfold lemma_1_supposes; lra | exact D|].
  split; [exact E | split; [exact Eh|]]. apply Rmult_le_compat_l with (r := 1 - g) in B; [|lra]. eapply Rle_trans; [exact B|].
  right. unfold lemma_1_bound, never_too_small_bound. field. lra.
Qed.

(** It is D times the dynamics' error. *)
Lemma never_too_small_readable gamma L_f L_r L_pi eps_dyn :
  never_too_small_bound gamma L_f L_r L_pi eps_dyn = theorem_1_multiplier gamma L_f L_r L_pi * eps_dyn.
Proof. unfold never_too_small_bound, theorem_1_multiplier. ring. Qed.

(** The line attains it, with every number positive. *)
Theorem never_too_small_instance : never_too_small_supposes (1/2) (1/2) 1 (1/2) 1 /\ described (line (1/2) 1 (1/2) 1 0) (1/2) 1 (1/2) 1 0 /\
  (1 - 1/2) * Rabs (J (line (1/2) 1 (1/2) 1 0) (1/2) - J_hat (line (1/2) 1 (1/2) 1 0) (1/2)) = never_too_small_bound (1/2) (1/2) 1 (1/2) 1.
Proof.
  split; [unfold never_too_small_supposes; lra|]. destruct (attained (1/2) (1/2) 1 (1/2) 1 0 ltac:(unfold lemma_1_supposes; lra)) as (D & _ & _ & e).
  split; [exact D|]. rewrite e. unfold lemma_1_bound, never_too_small_bound. lra.
Qed.

(** ---- One pass backwards ---- *)

(** Nudges of the state and costates, joined by a pairing. F moves a nudge on by one step, Ft brings a costate back; g is the slope of the
    reward, e the error that enters at a step. Nudges obey delta (t+1) = F delta t + e t from 0, costates lambda t = gamma^t g t + Ft lambda (t+1),
    and Ft is the transpose of F: all as the pairing sees it, up to the horizon. *)
Record adjoint_pass (nudge costate : Type) (pairing : costate -> nudge -> R) (F : nat -> nudge -> nudge) (Ft : nat -> costate -> costate)
    (g lambda : nat -> costate) (delta e : nat -> nudge) (gamma : R) (H : nat) : Prop := {
  starts : forall m, pairing m (delta O) = 0;
  tangent : forall t m, (t < H)%nat -> pairing m (delta (S t)) = pairing m (F t (delta t)) + pairing m (e t);
  transpose : forall t m v, (t < H)%nat -> pairing (Ft t m) v = pairing m (F t v);
  backwards : forall t v, (t < H)%nat -> pairing (lambda t) v = gamma ^ t * pairing (g t) v + pairing (Ft t (lambda (S t))) v }.

(** Costates price errors. The nudges' effect on the rewards, and what the last costate makes of the last nudge, is the sum of errors times costates. It is an identity for
    every gamma and every kind of state. *)
Theorem costates_price_errors : forall (nudge costate : Type) (pairing : costate -> nudge -> R) (F : nat -> nudge -> nudge) (Ft : nat -> costate -> costate)
    (g lambda : nat -> costate) (delta e : nat -> nudge) (gamma : R) (H : nat),
  adjoint_pass nudge costate pairing F Ft g lambda delta e gamma H -> forall n, (n <= H)%nat ->
  sum n (fun t => gamma ^ t * pairing (g t) (delta t)) + pairing (lambda n) (delta n) = sum n (fun t => pairing (lambda (S t)) (e t)).
Proof.
  intros X Y p F Ft g lam delta e gamma H [st ta tr ba] n. induction n; intros L; [simpl; rewrite st; ring|].
  cbn [sum]. rewrite ta, <- tr by lia. pose proof (ba n (delta n) ltac:(lia)) as B. specialize (IHn ltac:(lia)). lra.
Qed.

(** ---- The derivative of a return ---- *)

Section Derivative.
Variables (X : NormedModule R_AbsRing) (F : X -> X) (u : X -> R) (e : X -> X) (start : X) (gamma : R).

(** The rollout of a model that errs by h times e, the nudges that it gives the rollout of the true one, and the model's return. *)
Fixpoint rollout (h : R) (t : nat) : X := match t with O => start | S k => plus (F (rollout h k)) (scal h (e (rollout h k))) end.
Fixpoint nudges (A : nat -> X -> X) (t : nat) : X := match t with O => zero | S k => plus (A k (nudges A k)) (e (rollout 0 k)) end.
Definition return_of (h : R) (H : nat) : R := sum H (fun t => gamma ^ t * u (rollout h t)).

Lemma enters (h : R_AbsRing) (v w : X) : scal (minus h zero) (minus v w) = minus (minus (scal h v) (scal zero w)) (scal (minus h zero) w).
Proof. rewrite minus_zero_r, scal_zero_l. rewrite minus_zero_r. unfold minus. etransitivity; [exact (scal_distr_l (K := R_AbsRing) (V := NormedModule.ModuleSpace R_AbsRing X) h v (opp w))|]. f_equal. exact (scal_opp_r (K := R_AbsRing) (V := NormedModule.ModuleSpace R_AbsRing X) h w). Qed.
Lemma error_enters (a : R -> X) (l : X) : is_derive a 0 l -> continuous e (a 0) -> is_derive (fun h => scal h (e (a h))) 0 (e (a 0)).
Proof.
  intros D C. assert (K : continuous (fun h => e (a h)) 0).
  { apply (continuous_comp a e); [|exact C]. apply (ex_derive_continuous (V := X)). now exists l. }
  split; [apply is_linear_scal_l|]. intros x E. assert (x0 : 0 = x) by exact (is_filter_lim_locally_unique (K := R_AbsRing) (V := AbsRing_NormedModule R_AbsRing) 0 x E). subst x. intros eps.
  assert (B : locally 0 (fun h => norm (minus (e (a h)) (e (a 0))) <= eps)).
  { apply (K (fun y => norm (minus y (e (a 0))) <= eps)). apply locally_le_locally_norm. exists eps. intros y N. now apply Rlt_le. }
  revert B. apply filter_imp. intros h B.
  match goal with |- norm ?z <= _ => replace z with (scal (minus h 0) (minus (e (a h)) (e (a 0)))) end.
  - eapply Rle_trans; [apply (norm_scal (minus h 0))|]. rewrite Rmult_comm. apply Rmult_le_compat_r; [apply abs_ge_0 | exact B].
  - exact (enters (h : R_AbsRing) (e (a h)) (e (a 0))).
Qed.

(** The first-order change of the return. Let loop and reward be differentiable along the true rollout, and the error continuous there. Then at no error the
    rollout's derivative is the nudges, that of the H-step return is what the rewards' slopes make of them, and if an adjoint pass ends in
    a costate that sees nothing, it is the sum of errors times costates. *)
Theorem first_order : forall (A : nat -> X -> X) (slope : nat -> X -> R) (H : nat),
  (forall t, (t < H)%nat -> filterdiff F (locally (rollout 0 t)) (A t)) ->
  (forall t, (t < H)%nat -> filterdiff u (locally (rollout 0 t)) (slope t)) ->
  (forall t, (t < H)%nat -> continuous e (rollout 0 t)) ->
  (forall t, (t <= H)%nat -> is_derive (fun h => rollout h t) 0 (nudges A t)) /\
  is_derive (fun h => return_of h H) 0 (sum H (fun t => gamma ^ t * slope t (nudges A t))) /\
  forall (costate : Type) (pairing : costate -> X -> R) (Ft : nat -> costate -> costate) (g lambda : nat -> costate),
    adjoint_pass X costate pairing A Ft g lambda (nudges A) (fun t => e (rollout 0 t)) gamma H ->
    (forall t v, pairing (g t) v = slope t v) -> (forall v, pairing (lambda H) v = 0) ->
    is_derive (fun h => return_of h H) 0 (sum H (fun t => pairing (lambda (S t)) (e (rollout 0 t)))).
Proof.
  intros A G H DF Du C.
  assert (R : forall t, (t <= H)%nat -> is_derive (fun h => rollout h t) 0 (nudges A t)).
  { induction t; intros L; [exact (is_derive_const (V := X) start 0)|]. specialize (IHt ltac:(lia)). cbn [rollout nudges].
    apply (is_derive_plus (V := X) (fun h => F (rollout h t)) (fun h => scal h (e (rollout h t)))).
    - specialize (DF t ltac:(lia)). eapply filterdiff_ext_lin; [apply (filterdiff_comp' (fun h => rollout h t) F 0 _ _ IHt DF)|].
      intros y. simpl. apply (linear_scal _ (proj1 DF)).
    - apply (error_enters (fun h => rollout h t) (nudges A t) IHt). apply C. lia. }
  assert (D : is_derive (fun h => return_of h H) 0 (sum H (fun t => gamma ^ t * G t (nudges A t)))).
  { unfold return_of. assert (all : forall n, (n <= H)%nat -> is_derive (fun h => sum n (fun t => gamma ^ t * u (rollout h t))) 0 (sum n (fun t => gamma ^ t * G t (nudges A t)))); [|now apply all].
    induction n; intros L; [exact (is_derive_const (V := R_NormedModule) 0 0)|]. cbn [sum].
    apply (is_derive_plus (V := R_NormedModule) (fun h => sum n (fun t => gamma ^ t * u (rollout h t))) (fun h => gamma ^ n * u (rollout h n))); [apply IHn; lia|].
    apply (is_derive_scal (fun h => u (rollout h n)) 0 (gamma ^ n)). specialize (Du n ltac:(lia)).
    eapply filterdiff_ext_lin; [apply (filterdiff_comp' (fun h => rollout h n) u 0 _ _ (R n ltac:(lia)) Du)|]. intros y. simpl. apply (linear_scal _ (proj1 Du)). }
  split; [exact R | split; [exact D|]]. intros Y p Ft g lam P pg last.
  pose proof (costates_price_errors _ _ _ _ _ _ _ _ _ _ _ P H (le_n H)) as e'. rewrite last, Rplus_0_r in e'. rewrite <- e'.
  rewrite (sum_ext H _ (fun t => gamma ^ t * G t (nudges A t))) by (intros; now rewrite pg). exact D.
Qed.
End Derivative.

(** A pass over two steps of a state on the line: each step keeps a nudge, each error is 1, and each reward has slope 1. *)
Lemma two_steps : adjoint_pass R R Rmult (fun _ v => v) (fun _ m => m) (fun _ => 1) (fun t => match t with O => 3/2 | S O => 1/2 | _ => 0 end)
  (fun t => INR t) (fun _ => 1) (1/2) 2.
Proof.
  split; intros.
  - simpl. ring.
  - rewrite S_INR. ring.
  - reflexivity.
  - destruct t as [|[|t]]; [simpl; lra | simpl; lra | lia].
Qed.
Theorem costates_price_errors_instance : exists lambda delta, adjoint_pass R R Rmult (fun _ v => v) (fun _ m => m) (fun _ => 1) lambda delta (fun _ => 1) (1/2) 2.
Proof. eexists. eexists. exact two_steps. Qed.

(** A curved world: the state is squared and halved, the reward is its square, and the model errs by 1. The hypotheses of the first-order change hold, an adjoint pass
    included, and the change is not 0. *)
Definition squares (t : nat) : R := rollout R_NormedModule (fun x => x * x / 2) (fun _ => 1) 1 0 t.
Theorem first_order_instance :
  (forall t, (t < 2)%nat -> filterdiff (fun x : R => x * x / 2) (locally (squares t)) (fun v : R => v * squares t)) /\
  (forall t, (t < 2)%nat -> filterdiff (fun x : R => x * x) (locally (squares t)) (fun v : R => v * (2 * squares t))) /\
  (forall t, (t < 2)%nat -> continuous (fun _ : R => 1) (squares t)) /\
  exists lambda, adjoint_pass R R Rmult (fun t v => v * squares t) (fun t m => m * squares t) (fun t => 2 * squares t) lambda
    (nudges R_NormedModule (fun x => x * x / 2) (fun _ => 1) 1 (fun t v => v * squares t)) (fun _ => 1) (1/2) 2 /\
    (forall v, lambda 2%nat * v = 0) /\ sum 2 (fun t => lambda (S t) * 1) = 1/2.
Proof.
  assert (s0 : squares 0 = 1) by reflexivity.
  assert (s1 : squares 1 = 1/2) by (unfold squares; simpl; change (1 * 1 / 2 + 0 * 1 = 1 / 2); lra).
  split; [|split; [|split]].
  - intros t _. apply (filterdiff_ext_lin _ (fun v : R => scal v (squares t))); [|intros v; reflexivity].
    change (is_derive (fun x : R => x * x / 2) (squares t) (squares t)). auto_derive; [exact I | field].
  - intros t _. apply (filterdiff_ext_lin _ (fun v : R => scal v (2 * squares t))); [|intros v; reflexivity].
    change (is_derive (fun x : R => x * x) (squares t) (2 * squares t)). auto_derive; [exact I | ring].
  - intros t _. apply continuous_const.
  - exists (fun t => match t with O => 2 * squares 0 + (1/2 * (2 * squares 1)) * squares 0 | S O => 1/2 * (2 * squares 1) | _ => 0 end).
    split; [split|split].
    + intros m. simpl. change (m * 0 = 0). ring.
    + intros t m _. simpl. change (m * (nudges R_NormedModule (fun x => x * x / 2) (fun _ => 1) 1 (fun t v => v * squares t) t * squares t + 1) =
        m * (nudges R_NormedModule (fun x => x * x / 2) (fun _ => 1) 1 (fun t v => v * squares t) t * squares t) + m * 1). ring.
    + intros. ring.
    + intros t v L. destruct t as [|[|t]]; [simpl; ring | simpl; ring | lia].
    + intros v. ring.
    + simpl. rewrite s1. lra.
Qed.
