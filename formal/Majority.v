(** The majority of votes: its rates, what they do to a policy gradient, and what votes on the same step share. *)
From Coq Require Import Reals List Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Laws Rollouts Noise Bias Errors LeaveOneOut WhichGradient Verifier.
Import ListNotations.
Open Scope R_scope.

(** The expectation of a function of how many of n independent votes are yes, each with probability p. *)
Fixpoint yeses (p : R) (n : nat) (F : nat -> R) : R := match n with
  | O => F O | S n => p * yeses p n (fun y => F (S y)) + (1 - p) * yeses p n F end.
(** Whether more than k are. *)
Definition more_than (k y : nat) : R := if Nat.ltb k y then 1 else 0.
(** The probability that most of 2k + 1 votes are yes. *)
Definition majority (p : R) (k : nat) : R := yeses p (2 * k + 1) (more_than k).

Lemma yeses_ext p n : forall F G, (forall y, F y = G y) -> yeses p n F = yeses p n G.
Proof. induction n; intros F G e; simpl; [apply e|]. rewrite (IHn (fun y => F (S y)) (fun y => G (S y))), (IHn F G); auto. Qed.
Lemma yeses_lin p n : forall c F G, yeses p n (fun y => F y + c * G y) = yeses p n F + c * yeses p n G.
Proof. induction n; intros; simpl; [ring|]. rewrite (IHn c (fun y => F (S y)) (fun y => G (S y))), IHn. ring. Qed.
Lemma yeses_const p n c : yeses p n (fun _ => c) = c.
Proof. induction n; simpl; [ring|]. rewrite IHn. ring. Qed.
Lemma yeses_mono p n : 0 <= p <= 1 -> forall F G, (forall y, F y <= G y) -> yeses p n F <= yeses p n G.
Proof. intros h. induction n; intros F G L; simpl; [apply L|]. apply Rplus_le_compat; apply Rmult_le_compat_l; try lra; apply IHn; auto. Qed.
Lemma yeses_expectation p n : 0 <= p <= 1 -> expectation (yeses p n).
Proof. intros h. repeat split; intros; [now apply yeses_ext | apply yeses_lin | apply yeses_const | now apply yeses_mono]. Qed.
Lemma majority_probability p k : 0 <= p <= 1 -> 0 <= majority p k <= 1.
Proof.
  intros h. unfold majority. split; [rewrite <- (yeses_const p (2 * k + 1) 0) | rewrite <- (yeses_const p (2 * k + 1) 1)];
    apply yeses_mono; auto; intros y; unfold more_than; destruct (Nat.ltb k y); lra.
Qed.

(** Exactly z of n. *)
Definition exactly (z y : nat) : R := if Nat.eqb y z then 1 else 0.
Lemma exactly_beyond p n : forall z, (n < z)%nat -> yeses p n (exactly z) = 0.
Proof.
  induction n; intros z L; simpl.
  - unfold exactly. destruct z; [lia | reflexivity].
  - rewrite IHn by lia. destruct z as [|z]; [lia|]. rewrite (yeses_ext p n _ (exactly z)) by reflexivity. rewrite IHn by lia. ring.
Qed.
Lemma choose_none n : Binomial.C n 0 = 1.
Proof. unfold Binomial.C. rewrite Nat.sub_0_r. simpl fact at 2. change (INR 1) with 1. field. apply INR_fact_neq_0. Qed.
Lemma choose_all n : Binomial.C n n = 1.
Proof. unfold Binomial.C. rewrite Nat.sub_diag. simpl fact at 3. change (INR 1) with 1. field. apply INR_fact_neq_0. Qed.
Lemma exactly_binomial p n : forall z, (z <= n)%nat -> yeses p n (exactly z) = Binomial.C n z * p ^ z * (1 - p) ^ (n - z).
Proof.
  induction n; intros z L.
  - assert (z = 0%nat) as -> by lia. rewrite choose_none. simpl. unfold exactly. simpl. ring.
  - simpl yeses. destruct z as [|z].
    + rewrite (yeses_ext p n (fun y => exactly 0 (S y)) (fun _ => 0)) by reflexivity. rewrite yeses_const, IHn, !choose_none, !Nat.sub_0_r by lia. simpl. ring.
    + rewrite (yeses_ext p n _ (exactly z)) by reflexivity. rewrite IHn by lia. simpl (S n - S z)%nat. destruct (Nat.eq_dec z n) as [-> | ne].
      * rewrite exactly_beyond, !choose_all by lia. simpl. ring.
      * rewrite IHn, <- pascal by lia. replace (n - z)%nat with (S (n - S z)) by lia. simpl. ring.
Qed.
Lemma yeses_sum p n : forall F, yeses p n F = sum (S n) (fun y => yeses p n (exactly y) * F y).
Proof.
  induction n; intros F; [simpl; unfold exactly; simpl; ring|]. rewrite sum_first. simpl (yeses p (S n) F). simpl (yeses p (S n) (exactly 0)).
  rewrite (yeses_ext p n (fun y => exactly 0 (S y)) (fun _ => 0)) by reflexivity. rewrite yeses_const.
  rewrite (sum_ext (S n) _ (fun y => p * (yeses p n (exactly y) * F (S y)) + (1 - p) * (yeses p n (exactly (S y)) * F (S y)))).
  - rewrite sum_lin, sum_scal, <- (IHn (fun y => F (S y))). rewrite (IHn F), (sum_first n).
    change (sum (S n) (fun k => yeses p n (exactly (S k)) * F (S k))) with (sum n (fun k => yeses p n (exactly (S k)) * F (S k)) + yeses p n (exactly (S n)) * F (S n)).
    rewrite (exactly_beyond p n (S n)) by lia. ring.
  - intros y _. simpl. rewrite (yeses_ext p n (fun y0 => exactly (S y) (S y0)) (exactly y)) by reflexivity. ring.
Qed.

(** Condorcet's step. *)
Lemma two_more p k : majority p (S k) - majority p k = two_more_votes p k.
Proof.
  unfold majority. replace (2 * S k + 1)%nat with (S (S (2 * k + 1))) by lia. set (n := (2 * k + 1)%nat). simpl yeses.
  rewrite (yeses_ext p n (fun y => more_than (S k) (S (S y))) (fun y => more_than k y + 1 * exactly k y)).
  2:{ intros y. unfold more_than, exactly. destruct (Nat.ltb_spec (S k) (S (S y))), (Nat.ltb_spec k y), (Nat.eqb_spec y k); lia || lra. }
  rewrite (yeses_ext p n (fun y => more_than (S k) (S y)) (more_than k)).
  2:{ intros y. unfold more_than. destruct (Nat.ltb_spec (S k) (S y)), (Nat.ltb_spec k y); lia || lra. }
  rewrite (yeses_ext p n (more_than (S k)) (fun y => more_than k y + -1 * exactly (S k) y)).
  2:{ intros y. unfold more_than, exactly. destruct (Nat.ltb_spec (S k) y), (Nat.ltb_spec k y), (Nat.eqb_spec y (S k)); lia || lra. }
  rewrite !yeses_lin, (exactly_binomial p n k), (exactly_binomial p n (S k)) by (unfold n; lia).
  replace (n - k)%nat with (S k) by (unfold n; lia). replace (n - S k)%nat with k by (unfold n; lia).
  assert (c : Binomial.C n (S k) = Binomial.C n k) by (rewrite (pascal_step1 n (S k)) by (unfold n; lia); f_equal; unfold n; lia).
  rewrite c. unfold two_more_votes. replace (1 + 2 * k)%nat with n by (unfold n; lia). replace (1 + -1 * p) with (1 - p) by ring.
  rewrite Rpow_mult_distr. simpl. ring.
Qed.
Lemma majority_is p k : majority p k = majority_rate p k.
Proof.
  induction k as [|k IH].
  - unfold majority, majority_rate. simpl. unfold more_than. simpl. ring.
  - pose proof (two_more p k) as t. rewrite IH in t. replace (majority p (S k)) with (majority_rate p k + two_more_votes p k) by lra.
    unfold majority_rate, two_more_votes. cbn [sum]. ring.
Qed.
(** A majority of noes is one of yeses, with the other rate. *)
Lemma majority_mirrored p k : majority_rate (1 - p) k = 1 - majority_rate p k.
Proof. unfold majority_rate. replace ((1 - p) * (1 + -1 * (1 - p))) with (p * (1 + -1 * p)) by ring. ring. Qed.
Lemma choose_positive n k : 0 < Binomial.C n k.
Proof. unfold Binomial.C. apply Rdiv_lt_0_compat; [|apply Rmult_lt_0_compat]; apply INR_fact_lt_0. Qed.

(** The majority of votes. Of 2k + 1 independent votes each is a yes with probability p. That most of them are is the binomial tail, and has the
    probability p + (2p - 1) (the sum over j < k of C(2j+1, j) (p (1 - p))^(j+1)). Two more votes add C(2k+1, k) (p (1 - p))^(k+1) (2p - 1); so where the rate of
    right answers is at least 1/2 and that of wrong ones at most 1/2, their difference never falls, and it grows if one of them is not 0, 1/2 or 1. And if every step of every rollout has the
    verdict of a majority, the mean of the discounted estimate is the difference of the majorities' rates times the gradient. *)
Theorem majority_of_votes :
  (forall (rate : R) (pairs : nat), majority_supposes rate ->
    majority rate pairs = majority_rate rate pairs /\
    majority rate pairs = sum (2 * pairs + 2) (fun y => Binomial.C (2 * pairs + 1) y * rate ^ y * (1 - rate) ^ (2 * pairs + 1 - y) * more_than pairs y) /\
    majority rate (S pairs) - majority rate pairs = two_more_votes rate pairs) /\
  (forall (tpr fpr : R) (pairs : nat), majority_supposes tpr -> majority_supposes fpr -> fpr <= 1/2 <= tpr ->
    majority tpr pairs - majority fpr pairs <= majority tpr (S pairs) - majority fpr (S pairs) /\
    (1/2 < tpr < 1 \/ 0 < fpr < 1/2 -> majority tpr pairs - majority fpr pairs < majority tpr (S pairs) - majority fpr (S pairs))) /\
  (forall (W : learner) (due : state W -> action W -> bool) (tpr fpr gamma : R) (pairs H K : nat),
    majority_supposes tpr -> majority_supposes fpr -> proper W -> (1 <= K)%nat -> forall j, (j < parameters W)%nat ->
    average_mean (judged_rollouts W (says (majority tpr pairs) (majority fpr pairs) due) H) (reinforce gamma gamma) K j =
      majority_scales_mean tpr fpr pairs (gradient W (pays due) gamma H j)).
Proof.
  assert (sign : forall p k, 0 <= p <= 1 -> 0 <= (p * (1 + -1 * p)) ^ (1 + k)) by (intros; apply pow_le; nra).
  assert (sign' : forall p k, 0 < p < 1 -> 0 < (p * (1 + -1 * p)) ^ (1 + k)) by (intros; apply pow_lt; nra).
  unfold majority_supposes. split; [|split].
  - intros p k h. split; [apply majority_is|]. split; [|apply two_more]. unfold majority. rewrite yeses_sum. replace (2 * k + 2)%nat with (S (2 * k + 1)) by lia.
    apply sum_ext; intros y L. now rewrite exactly_binomial by lia.
  - intros t f k ht hf h. pose proof (two_more t k) as dt. pose proof (two_more f k) as df. unfold two_more_votes in dt, df.
    pose proof (choose_positive (1 + 2 * k) k) as c. pose proof (sign t k ltac:(lra)). pose proof (sign f k ltac:(lra)).
    assert (a : 0 <= (t * (1 + -1 * t)) ^ (1 + k) * (-1 + 2 * t) * Binomial.C (1 + 2 * k) k) by (apply Rmult_le_pos; [apply Rmult_le_pos|]; lra).
    assert (b : 0 <= (f * (1 + -1 * f)) ^ (1 + k) * (1 - 2 * f) * Binomial.C (1 + 2 * k) k) by (apply Rmult_le_pos; [apply Rmult_le_pos|]; lra).
    split; [lra|]. intros [i | i].
    + pose proof (sign' t k ltac:(lra)).
      assert (0 < (t * (1 + -1 * t)) ^ (1 + k) * (-1 + 2 * t) * Binomial.C (1 + 2 * k) k) by (apply Rmult_lt_0_compat; [apply Rmult_lt_0_compat|]; lra). lra.
    + pose proof (sign' f k ltac:(lra)).
      assert (0 < (f * (1 + -1 * f)) ^ (1 + k) * (1 - 2 * f) * Binomial.C (1 + 2 * k) k) by (apply Rmult_lt_0_compat; [apply Rmult_lt_0_compat|]; lra). lra.
  - intros W due t f gamma k H K ht hf P K1 j jd. pose proof (majority_probability t k ltac:(lra)). pose proof (majority_probability f k ltac:(lra)).
    assert (V : verifier_supposes (majority t k) (majority f k)) by (unfold verifier_supposes; lra).
    rewrite (proj2 (verifier_scales W due _ _ gamma H K V P K1 j jd)), !majority_is.
    unfold verifier_scales_mean, majority_scales_mean, majority_rate. ring.
Qed.

(** ---- What votes on a step share ---- *)

(** The majority's verdict in the end: yes if most are, no if most are not; and a coin between them. *)
Definition in_the_end (q : R) : R := if Rlt_dec (1/2) q then 1 else if Rlt_dec q (1/2) then 0 else 1/2.

Lemma half_majority k : majority (1/2) k = 1/2.
Proof. rewrite majority_is. unfold majority_rate. replace (-1 + 2 * (1/2)) with 0 by field. ring. Qed.
Lemma fades p k : 0 <= p <= 1/2 -> majority p k <= p * (4 * p * (1 - p)) ^ k.
Proof.
  intros h. set (n := (2 * k + 1)%nat).
  assert (each : forall y, (y < S n)%nat -> yeses p n (exactly y) * more_than k y <= p * (4 * p * (1 - p)) ^ k * 2 * (yeses (1/2) n (exactly y) * more_than k y)).
  { intros y L. unfold more_than. destruct (Nat.ltb_spec k y) as [l|l]; [|lra]. rewrite !Rmult_1_r, !exactly_binomial by lia.
    pose proof (choose_positive n y) as c. replace (1 - 1/2) with (1/2) by field.
    assert (e : (1/2) ^ y * (1/2) ^ (n - y) = (1/2) ^ n) by (rewrite <- pow_add; f_equal; lia).
    assert (q : p ^ y * (1 - p) ^ (n - y) <= p ^ S k * (1 - p) ^ k).
    { replace (p ^ y) with (p ^ S k * p ^ (y - S k)) by (rewrite <- pow_add; f_equal; lia).
      replace ((1 - p) ^ k) with ((1 - p) ^ (n - y) * (1 - p) ^ (y - S k)) by (rewrite <- pow_add; f_equal; unfold n in *; lia).
      assert (p ^ (y - S k) <= (1 - p) ^ (y - S k)) by (apply pow_incr; lra). assert (0 <= p ^ S k) by (apply pow_le; lra). assert (0 <= (1 - p) ^ (n - y)) by (apply pow_le; lra).
      assert (0 <= p ^ S k * (1 - p) ^ (n - y)) by now apply Rmult_le_pos.
      replace (p ^ S k * p ^ (y - S k) * (1 - p) ^ (n - y)) with (p ^ S k * (1 - p) ^ (n - y) * p ^ (y - S k)) by ring.
      rewrite <- Rmult_assoc. now apply Rmult_le_compat_l. }
    assert (f : p * (4 * p * (1 - p)) ^ k * 2 * (1/2) ^ n = p ^ S k * (1 - p) ^ k).
    { unfold n. rewrite pow_add, pow_mult. rewrite (Rpow_mult_distr (4 * p)), (Rpow_mult_distr 4). replace ((1/2) ^ 2) with (/ 4) by field.
      rewrite pow_inv. simpl. field. apply pow_nonzero. lra. }
    replace (p * (4 * p * (1 - p)) ^ k * 2 * (Binomial.C n y * (1/2) ^ y * (1/2) ^ (n - y)))
      with (Binomial.C n y * (p * (4 * p * (1 - p)) ^ k * 2 * ((1/2) ^ y * (1/2) ^ (n - y)))) by ring.
    rewrite e, f, Rmult_assoc. apply Rmult_le_compat_l; lra. }
  unfold majority. rewrite yeses_sum. fold n. eapply Rle_trans; [apply sum_le; exact each|]. rewrite sum_scal, <- yeses_sum.
  change (yeses (1/2) n (more_than k)) with (majority (1/2) k). rewrite half_majority. lra.
Qed.
Lemma left_grows p m k : 0 <= p <= m -> m <= 1/2 -> p * (4 * p * (1 - p)) ^ k <= majority_left k m.
Proof.
  intros h h'. unfold majority_left. replace (1 + -1 * m) with (1 - m) by ring. assert (0 <= 4 * p * (1 - p) <= 4 * m * (1 - m)) by nra.
  apply Rmult_le_compat; [lra | apply pow_le; lra | lra | apply pow_incr; lra].
Qed.
Lemma one_step_left q m k : 0 <= q <= 1 -> 0 <= m <= 1/2 -> Rmin q (1 - q) <= m -> Rabs (majority q k - in_the_end q) <= majority_left k m.
Proof.
  intros h h' near. unfold in_the_end. destruct (Rlt_dec (1/2) q) as [a|a]; [|destruct (Rlt_dec q (1/2)) as [b|b]].
  - rewrite Rmin_right in near by lra. pose proof (majority_probability q k h). pose proof (fades (1 - q) k ltac:(lra)) as f. rewrite majority_is in f.
    rewrite majority_mirrored, <- majority_is in f. pose proof (left_grows (1 - q) m k ltac:(lra) ltac:(lra)). rewrite Rabs_left1; lra.
  - rewrite Rmin_left in near by lra. pose proof (majority_probability q k h). pose proof (fades q k ltac:(lra)). pose proof (left_grows q m k ltac:(lra) ltac:(lra)).
    rewrite Rminus_0_r, Rabs_pos_eq; lra.
  - assert (q = 1/2) as -> by lra. rewrite half_majority, Rminus_eq_0, Rabs_R0. pose proof (left_grows 0 m k ltac:(lra) ltac:(lra)). lra.
Qed.

(** A majority saturates. Votes on a step have its own rate q, and are independent given that; q has any law with finitely many rates. Then the majority's rate differs from
    P(q > 1/2) + P(q = 1/2)/2 by at most m (4 m (1 - m))^k, where each rate is at most m <= 1/2 from 0 or 1. And if right steps' own rates are at least 1/2 and wrong ones' at most 1/2,
    the majority's J is no more than in the end. *)
Theorem majority_saturates :
  (forall (d : law R) (off : R) (pairs : nat), majority_left_supposes off -> is_law d ->
    (forall u q, In (u, q) d -> 0 <= q <= 1 /\ Rmin q (1 - q) <= off) ->
    Rabs (E d (fun q => majority q pairs) - E d in_the_end) <= majority_left pairs off) /\
  (forall (right wrong : law R) (pairs : nat), is_law right -> is_law wrong ->
    (forall u q, In (u, q) right -> 1/2 <= q <= 1) -> (forall u q, In (u, q) wrong -> 0 <= q <= 1/2) ->
    E right (fun q => majority q pairs) - E wrong (fun q => majority q pairs) <= E right in_the_end - E wrong in_the_end).
Proof.
  assert (mono : forall (d : law R) F G, is_law d -> (forall u q, In (u, q) d -> F q <= G q) -> E d F <= E d G).
  { intros d F G [pos _] L. clear - pos L. induction d as [|[u q] d IH]; simpl; [lra|]. assert (0 <= u) by (apply (pos u q); now left).
    assert (F q <= G q) by (apply (L u q); now left). assert (E d F <= E d G) by (apply IH; intros; [apply (pos p x) | apply (L u0 q0)]; now right). nra. }
  split.
  - intros d m k S D near. unfold majority_left_supposes in S.
    replace (E d (fun q => majority q k) - E d in_the_end) with (E d (fun q => majority q k + -1 * in_the_end q)) by (rewrite E_lin; ring).
    assert (each : forall u q, In (u, q) d -> - majority_left k m <= majority q k + -1 * in_the_end q <= majority_left k m).
    { intros u q I. destruct (near u q I) as (a & b). pose proof (one_step_left q m k a ltac:(lra) b) as c. apply Rabs_def2_le in c. lra. }
    apply Rabs_le. rewrite <- (E_const _ d (- majority_left k m) D), <- (E_const _ d (majority_left k m) D) at 1. rewrite E_const at 1 by exact D.
    rewrite <- (E_const _ d (- majority_left k m) D). split; apply mono; auto; intros u q I; destruct (each u q I); lra.
  - intros right wrong k R0 W0 r w.
    assert (up : E right (fun q => majority q k) <= E right in_the_end).
    { apply mono; auto. intros u q I. specialize (r u q I). pose proof (majority_probability q k ltac:(lra)). unfold in_the_end.
      destruct (Rlt_dec (1/2) q); [lra|]. assert (q = 1/2) as -> by lra. rewrite half_majority. destruct (Rlt_dec (1/2) (1/2)); lra. }
    assert (down : E wrong in_the_end <= E wrong (fun q => majority q k)).
    { apply mono; auto. intros u q I. specialize (w u q I). pose proof (majority_probability q k ltac:(lra)). unfold in_the_end.
      destruct (Rlt_dec (1/2) q); [lra|]. destruct (Rlt_dec q (1/2)); [lra|]. assert (q = 1/2) as -> by lra. rewrite half_majority. lra. }
    lra.
Qed.
