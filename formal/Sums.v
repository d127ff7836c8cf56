(** The sums that the bounds are made of: geom x n = 1 + x + ... + x^(n-1), and finite sums that exclude their end. *)
From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
Open Scope R_scope.

Fixpoint geom (L : R) (t : nat) : R := match t with O => 0 | S k => 1 + L * geom L k end.
Fixpoint sum (n : nat) (f : nat -> R) : R := match n with O => 0 | S k => sum k f + f k end.

Lemma sum_ext n f h : (forall k, (k < n)%nat -> f k = h k) -> sum n f = sum n h.
Proof. induction n; simpl; intros e; [reflexivity | rewrite IHn, e; auto with arith]. Qed.
Lemma sum_lin n c f h : sum n (fun k => f k + c * h k) = sum n f + c * sum n h.
Proof. induction n; simpl; [ring | rewrite IHn; ring]. Qed.
Lemma sum_scal n c f : sum n (fun k => c * f k) = c * sum n f.
Proof. induction n; simpl; [ring | rewrite IHn; ring]. Qed.
Lemma sum_first n f : sum (S n) f = f O + sum n (fun k => f (S k)).
Proof. induction n; [simpl; ring|]. change (sum (S (S n)) f) with (sum (S n) f + f (S n)). rewrite IHn. simpl; ring. Qed.
Lemma sum_le n f h : (forall k, (k < n)%nat -> f k <= h k) -> sum n f <= sum n h.
Proof. induction n; simpl; intros L; [lra|]. apply Rplus_le_compat; auto with arith. Qed.
Lemma Rabs_def2_le x a : Rabs x <= a -> - a <= x <= a.
Proof. intros H. pose proof (Rle_abs x). pose proof (Rle_abs (- x)). rewrite Rabs_Ropp in *. lra. Qed.
Lemma sum_minus n f h : sum n f - sum n h = sum n (fun k => f k - h k).
Proof. induction n; simpl; [ring | rewrite <- IHn; ring]. Qed.
Lemma sum_const n c : sum n (fun _ => c) = INR n * c.
Proof. induction n; [simpl; ring|]. rewrite S_INR. simpl sum. rewrite IHn. ring. Qed.
Lemma sum_sum n m f : sum n (fun i => sum m (fun k => f i k)) = sum m (fun k => sum n (fun i => f i k)).
Proof. induction m; simpl. { induction n; simpl; lra. } rewrite <- IHm, <- (Rmult_1_l (sum n (fun i => f i m))), <- sum_lin. apply sum_ext; intros; ring. Qed.
Lemma sum_abs n f : Rabs (sum n f) <= sum n (fun k => Rabs (f k)).
Proof. induction n; simpl; [rewrite Rabs_R0; lra|]. eapply Rle_trans; [apply Rabs_triang|]. lra. Qed.
Lemma sum_sum_n n f : sum (S n) f = sum_n f n.
Proof. induction n; [simpl; rewrite sum_O; ring|]. rewrite sum_Sn, <- IHn. reflexivity. Qed.

(** From finite horizons to the infinite one: partial sums tend to the series. *)
Lemma sum_series f : ex_series f -> is_lim_seq (fun n => sum n f) (Series f).
Proof.
  intros E. apply is_lim_seq_incr_1. apply is_lim_seq_ext with (u := sum_n f); [intros; now rewrite sum_sum_n|].
  exact (Series_correct f E).
Qed.
Lemma series_of_sum f l : is_lim_seq (fun n => sum n f) (Finite l) -> is_series f l.
Proof.
  intros H. apply is_lim_seq_incr_1 in H. apply (is_lim_seq_ext _ (sum_n f)) in H; [exact H | intros; apply sum_sum_n].
Qed.
Lemma sum_below f n : (forall k, 0 <= f k) -> ex_series f -> sum n f <= Series f.
Proof.
  intros P E. apply (is_lim_seq_incr_compare (fun n => sum n f) (Series f)); [now apply sum_series | intros k; simpl; pose proof (P k); lra].
Qed.
Lemma geom_sum L t : geom L t = sum t (fun k => L ^ k).
Proof. induction t; [reflexivity|]. rewrite sum_first, pow_O. cbn [geom]. rewrite IHt, <- sum_scal. reflexivity. Qed.
Lemma geom_pos L t : 0 <= L -> 0 <= geom L t.
Proof. intros HL; induction t; simpl; [lra | nra]. Qed.
Lemma geom_closed L t : L <> 1 -> geom L t = (1 - L ^ t) / (1 - L).
Proof. intros h; induction t; simpl; [field; lra | rewrite IHt; field; lra]. Qed.

Lemma ex_scal (c : R) (a : nat -> R) : ex_series a -> ex_series (fun n => c * a n).
Proof. apply (ex_series_scal (V := R_NormedModule) c a). Qed.
Lemma ex_ext (a b : nat -> R) : (forall n, a n = b n) -> ex_series a -> ex_series b.
Proof. apply (ex_series_ext (V := R_NormedModule)). Qed.
Lemma ex_plus (a b : nat -> R) : ex_series a -> ex_series b -> ex_series (fun n => a n + b n).
Proof. apply (ex_series_plus (V := R_NormedModule)). Qed.
Lemma ex_le (a b : nat -> R) : (forall n, Rabs (a n) <= b n) -> ex_series b -> ex_series a.
Proof. intros L E. apply (ex_series_le (V := R_CompleteNormedModule)) with (b := b); auto. Qed.
Lemma power_ex g : 0 <= g < 1 -> ex_series (fun t => g ^ t).
Proof. intros G. apply ex_series_geom; rewrite Rabs_pos_eq; lra. Qed.
Lemma power_sum g : 0 <= g < 1 -> Series (fun t => g ^ t) = / (1 - g).
Proof. intros G. apply Series_geom; rewrite Rabs_pos_eq; lra. Qed.

(** The sum over t of g^t G_t(L), finite and infinite *)
Lemma geom_last L t : geom L (S t) = geom L t + L ^ t.
Proof. rewrite !geom_sum. reflexivity. Qed.
Lemma Series_pos_all (a : nat -> R) : (forall n, 0 <= a n) -> ex_series a -> 0 <= Series a.
Proof. intros P E. exact (sum_below a O P E). Qed.
Lemma double_step g L n : sum (S n) (fun t => g ^ t * geom L t) = g * geom g n + g * L * sum n (fun t => g ^ t * geom L t).
Proof.
  set (a := fun t => g ^ t * geom L t). assert (A : forall k, a (S k) = g * g ^ k + g * L * a k) by (intros; unfold a; simpl; ring).
  rewrite sum_first, (sum_ext n _ _ (fun k _ => A k)), sum_lin, sum_scal, <- geom_sum. unfold a at 1. simpl. ring.
Qed.
Lemma geom_below g n : 0 <= g < 1 -> geom g n <= / (1 - g).
Proof.
  intros G. rewrite geom_closed by lra. assert (0 <= g ^ n) by (apply pow_le; lra).
  assert (0 < / (1 - g)) by (apply Rinv_0_lt_compat; lra). unfold Rdiv. nra.
Qed.
Lemma double_below g L n : 0 <= g < 1 -> 0 <= L -> g * L < 1 -> sum n (fun t => g ^ t * geom L t) <= g / ((1 - g) * (1 - g * L)).
Proof.
  intros g01 L0 c. assert (P : 0 <= g / ((1 - g) * (1 - g * L))) by (apply Rdiv_le_0_compat; nra).
  induction n; [exact P|]. rewrite double_step. pose proof (geom_below g n g01). set (M := g / ((1 - g) * (1 - g * L))) in *.
  replace M with (g * / (1 - g) + g * L * M) by (unfold M; field; lra). apply Rplus_le_compat; apply Rmult_le_compat_l; nra.
Qed.
Lemma double_ex g L : 0 <= g < 1 -> 0 <= L -> g * L < 1 -> ex_series (fun t => g ^ t * geom L t).
Proof.
  intros g01 L0 c. apply ex_finite_lim_seq_incr with (M := g / ((1 - g) * (1 - g * L))); intros n.
  - rewrite sum_Sn. change plus with Rplus. pose proof (pow_le g (S n)). pose proof (geom_pos L (S n) L0). nra.
  - rewrite <- sum_sum_n. now apply double_below.
Qed.
Lemma double_sum g L : 0 <= g < 1 -> 0 <= L -> g * L < 1 -> Series (fun t => g ^ t * geom L t) = g / ((1 - g) * (1 - g * L)).
Proof.
  intros g01 L0 c. pose proof (double_ex g L g01 L0 c) as E. pose proof (power_ex g g01) as Eg.
  set (a := fun t => g ^ t * geom L t) in *.
  assert (H : Series a = g * / (1 - g) + g * L * Series a).
  { rewrite (Series_incr_1 a E) at 1.
    rewrite (Series_ext (fun k => a (S k)) (fun k => g * g ^ k + g * L * a k)) by (intros; unfold a; simpl; ring).
    rewrite Series_plus by (apply ex_scal; assumption).
    rewrite (Series_scal_l g (fun k => g ^ k)), (Series_scal_l (g * L) a), power_sum by auto. unfold a at 1; simpl; ring. }
  apply Rmult_eq_reg_r with (1 - g * L); [|lra]. transitivity (g * / (1 - g)); [lra | field; lra].
Qed.

(** What the double sum is, and its closed forms: one where neither L nor g L is 1, and one for each of these. *)
Lemma double_identity g L n : (1 - g) * sum n (fun t => g ^ t * geom L t) = g * geom (g * L) n - g ^ n * geom L n.
Proof.
  induction n; [simpl; ring|]. cbn [sum]. rewrite Rmult_plus_distr_l, IHn, !geom_last, Rpow_mult_distr. simpl pow. ring.
Qed.
Lemma geom_one n : geom 1 n = INR n.
Proof. induction n; [reflexivity|]. rewrite S_INR, <- IHn. simpl. ring. Qed.
Lemma double_closed g L n : L <> 1 -> g <> 1 -> g * L <> 1 ->
  sum n (fun t => g ^ t * geom L t) = ((1 - (g * L) ^ n) / (1 - g * L) - (1 - g ^ n) / (1 - g)) / (L - 1).
Proof.
  intros a b c. apply Rmult_eq_reg_l with (1 - g); [|lra]. rewrite double_identity, !geom_closed by auto. rewrite Rpow_mult_distr. field. lra.
Qed.
Lemma double_at_one g n : g <> 1 -> sum n (fun t => g ^ t * geom 1 t) = (g * (1 - g ^ n) / (1 - g) - g ^ n * INR n) / (1 - g).
Proof.
  intros b. apply Rmult_eq_reg_l with (1 - g); [|lra]. rewrite double_identity, Rmult_1_r, geom_closed, geom_one by auto. field. lra.
Qed.
Lemma double_at_edge g L n : g <> 1 -> g * L = 1 -> sum n (fun t => g ^ t * geom L t) = g / (1 - g) * (INR n - (1 - g ^ n) / (1 - g)).
Proof.
  intros b c. assert (g0 : g <> 0) by (intros e; rewrite e in c; lra). assert (L1 : L = / g) by (apply Rmult_eq_reg_l with g; [rewrite c; field; auto | auto]).
  apply Rmult_eq_reg_l with (1 - g); [|lra]. rewrite double_identity, c, geom_one, geom_closed by (rewrite L1; intros e; apply b; rewrite <- (Rinv_inv g), e; field).
  rewrite L1, pow_inv. field. repeat split; try lra; now apply pow_nonzero.
Qed.
Lemma sum_continuous (F : R -> nat -> R) x n : (forall t, continuous (fun y => F y t) x) -> continuous (fun y => sum n (F y)) x.
Proof. intros C. induction n; simpl; [apply continuous_const | now apply (continuous_plus (V := R_NormedModule))]. Qed.
Lemma geom_continuous n x : continuous (fun y => geom y n) x.
Proof.
  induction n; simpl; [apply continuous_const|]. apply (continuous_plus (V := R_NormedModule)); [apply continuous_const|].
  apply (continuous_mult (K := R_AbsRing)); [apply continuous_id | exact IHn].
Qed.
