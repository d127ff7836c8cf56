(** Wrong versions of what is said of histories, refuted: of the gap of histories, and of a norm for them. *)
From Coq Require Import Reals Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Loops ReturnGap Identity HowLong Histories.
Open Scope R_scope.

(** ---- The gap of histories ---- *)
Definition history_gap_with (bound : R -> nat -> (nat -> R) -> (nat -> R) -> R -> R -> R) := forall (W : recalled) (k : nat) (c lam : nat -> R) (gamma : R),
  history_gap_supposes gamma (memory gamma k c) (reach gamma k lam) -> lags W k c lam -> forall H,
  Rabs (sum H (really W gamma) - sum H (dreams W gamma)) <= bound gamma k c lam (average_to gamma H (surprise W)) (average_to gamma H (mispaid W)).
Definition right_gap gamma k c lam surprise mispaid := history_gap_bound gamma (memory gamma k c) (reach gamma k lam) surprise mispaid.
(** It is this theorem that is changed. *)
Theorem same_history_gap : history_gap_with right_gap.
Proof. intros W k c lam g N L. exact (proj1 (history_gap W k c lam g N L)). Qed.
(** A true weakening remains provable: twice the bound. *)
Theorem weaker_history_gap : history_gap_with (fun gamma k c lam surprise mispaid => 2 * right_gap gamma k c lam surprise mispaid).
Proof.
  intros W k c lam g N L H. pose proof (same_history_gap W k c lam g N L H). pose proof (Rabs_pos (sum H (really W g) - sum H (dreams W g))). lra.
Qed.
(** In eight steps the restless model earns 4.909 where nothing happens. *)
Lemma too_small_a_memory bound : bound (1/2) 2%nat two_lags two_lags (255/256) (255/256) < 49/10 -> ~ history_gap_with bound.
Proof.
  intros L M. destruct history_gap_instance as (N & D & _). specialize (M restless 2%nat two_lags two_lags (1/2) N D 8%nat).
  assert (A : forall a, (forall t, a t = 1) -> average_to (1/2) 8 a = 255/256).
  { intros a e. unfold average_to. rewrite (sum_ext 8 _ (fun t => (1/2) ^ t)) by (intros; rewrite e; ring). simpl. field. }
  rewrite (A _ restless_surprise), (A _ restless_mispaid) in M. revert M. unfold really, dreams, dreamt, moves_on, push; simpl. intros M.
  rewrite Rabs_left in M; lra.
Qed.
Ltac too_small := apply too_small_a_memory; unfold right_gap, history_gap_bound, memory, reach; simpl; lra.
(** The model makes nothing of its own errors. *)
Theorem mutant_history_gap_no_memory : ~ history_gap_with (fun gamma k c lam surprise mispaid => history_gap_bound gamma 0 (reach gamma k lam) surprise mispaid). Proof. too_small. Qed.
(** Only the newest observation counts for the next one. *)
Theorem mutant_history_gap_newest : ~ history_gap_with (fun gamma k c lam surprise mispaid => history_gap_bound gamma (gamma * c 0%nat) (reach gamma k lam) surprise mispaid). Proof. too_small. Qed.
(** The reward reads only the newest observation. *)
Theorem mutant_history_gap_newest_reward : ~ history_gap_with (fun gamma k c lam surprise mispaid => history_gap_bound gamma (memory gamma k c) (lam 0%nat) surprise mispaid). Proof. too_small. Qed.
(** Lags are discounted once too often. *)
Theorem mutant_history_gap_late : ~ history_gap_with (fun gamma k c lam surprise mispaid => history_gap_bound gamma (gamma * memory gamma k c) (reach gamma k lam) surprise mispaid). Proof. too_small. Qed.
(** What was seen is no surprise. *)
Theorem mutant_history_gap_no_surprise : ~ history_gap_with (fun gamma k c lam surprise mispaid => right_gap gamma k c lam 0 mispaid). Proof. too_small. Qed.
(** The reward's errors are forgotten. *)
Theorem mutant_history_gap_no_rewards : ~ history_gap_with (fun gamma k c lam surprise mispaid => right_gap gamma k c lam surprise 0). Proof. too_small. Qed.

(** ---- A norm for histories ---- *)
Definition history_norm_with (bound : R -> nat -> (nat -> R) -> R -> R) := forall (E : Type) (d : E -> E -> R) (guess : (nat -> E) -> E) (k : nat) (c : nat -> R) (rho : R),
  (forall i, 0 <= c i) -> (forall v w, d (guess v) (guess w) <= sum k (fun i => c i * d (v i) (w i))) ->
  forall v w distance, history_norm_supposes rho (sum k (fun i => c i / rho ^ i)) distance -> (forall i, (i < k)%nat -> rho ^ i * d (v i) (w i) <= distance) ->
  forall i, (i < k)%nat -> rho ^ i * d (moves_on guess v i) (moves_on guess w i) <= bound rho k c distance.
(** It is this theorem that is changed. *)
Theorem same_history_norm : history_norm_with (fun rho k c distance => history_norm_bound rho (sum k (fun i => c i / rho ^ i)) distance).
Proof. intros E d gs k c rho c0 L. exact (proj1 (history_norm E d gs k c rho c0 L)). Qed.
(** A true weakening remains provable: the sum for the larger of the two. *)
Theorem weaker_history_norm : history_norm_with (fun rho k c distance => (rho + sum k (fun i => c i / rho ^ i)) * distance).
Proof.
  intros E d gs k c rho c0 L v w D N B i ik. eapply Rle_trans; [now apply (same_history_norm E d gs k c rho c0 L v w D N B)|].
  unfold history_norm_supposes in N. unfold history_norm_bound. rewrite Rmult_comm. apply Rmult_le_compat_r; [lra|]. apply Rmax_lub; lra.
Qed.
(** Histories that differ where they are older by b, and where they are newest by a, under a model that adds a share of each. *)
Lemma too_small_a_norm bound rho p q a b D i : 0 < rho -> 0 <= p -> 0 <= q -> 0 <= a <= D -> 0 <= b -> rho * b <= D -> (i < 2)%nat ->
  let c := fun i => match i with O => p | S O => q | _ => 0 end in
  bound rho 2%nat c D < (match i with O => p * a + q * b | _ => rho * a end) -> ~ history_norm_with bound.
Proof.
  intros r0 p0 q0 a0 b0 rb i2 c L M.
  specialize (M R (fun x y => Rabs (x - y)) (fun w => p * w 0%nat + q * w 1%nat) 2%nat c rho ltac:(intros [|[|j]]; simpl; lra)).
  assert (lag : forall v w : nat -> R, Rabs (p * v 0%nat + q * v 1%nat - (p * w 0%nat + q * w 1%nat)) <= sum 2 (fun i => c i * Rabs (v i - w i))).
  { intros v w. cbn [sum c]. replace (_ - _) with (p * (v 0%nat - w 0%nat) + q * (v 1%nat - w 1%nat)) by ring.
    eapply Rle_trans; [apply Rabs_triang|]. rewrite !Rabs_mult, (Rabs_pos_eq p), (Rabs_pos_eq q) by assumption. unfold c. lra. }
  specialize (M lag (fun i => match i with O => a | _ => b end) (fun _ => 0) D).
  assert (N : history_norm_supposes rho (sum 2 (fun i => c i / rho ^ i)) D).
  { unfold history_norm_supposes, c. simpl. rewrite Rmult_1_r. assert (0 <= q / rho) by (apply Rdiv_le_0_compat; lra). repeat split; lra. }
  specialize (M N). assert (B : forall i, (i < 2)%nat -> rho ^ i * Rabs ((match i with O => a | _ => b end) - 0) <= D).
  { intros [|[|j]] l; [| |lia]; simpl; rewrite Rminus_0_r, Rabs_pos_eq; lra. }
  specialize (M B i i2). unfold moves_on, push in M. destruct i as [|[|j]]; [| |lia]; simpl in M, L.
  - rewrite Rabs_pos_eq in M by nra. lra.
  - rewrite Rabs_pos_eq in M by lra. lra.
Qed.
(** Moving what was seen by a step is free. *)
Theorem mutant_history_norm_free_shift : ~ history_norm_with (fun rho k c distance => sum k (fun i => c i / rho ^ i) * distance).
Proof. apply (too_small_a_norm _ 1 0 (1/2) 1 0 1 1%nat); simpl; lra || lia. Qed.
(** The prediction is free. *)
Theorem mutant_history_norm_free_guess : ~ history_norm_with (fun rho k c distance => rho * distance).
Proof. apply (too_small_a_norm _ (1/2) 1 1 1 2 1 0%nat); simpl; lra || lia. Qed.
(** Old observations weigh less, and yet the prediction counts each in full. *)
Theorem mutant_history_norm_unweighted : ~ history_norm_with (fun rho k c distance => Rmax rho (sum k c) * distance).
Proof. apply (too_small_a_norm _ (1/2) 0 1 0 2 1 0%nat); simpl; [lra..|lia|]. rewrite Rmax_right; lra. Qed.
