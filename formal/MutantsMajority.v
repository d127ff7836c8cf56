(** Where the hypotheses about majorities hold, and wrong versions of what is proved of them, refuted. *)
From Coq Require Import Reals List Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Laws Rollouts Noise Bias Coin Verifier Majority MutantsVerifier.
Import ListNotations.
Open Scope R_scope.

(** Rates of 3/4 and 1/4, and a return whose gradient is not 0. *)
Theorem majority_of_votes_instance : majority_supposes (3/4) /\ majority_supposes (1/4) /\ 1/4 <= 1/2 <= 3/4 /\ 1/2 < 3/4 < 1 /\
  proper coin /\ gradient coin (pays right_heads) 0 1 0 = 1.
Proof. unfold majority_supposes. do 4 (split; [lra|]). exact (conj coin_proper heads_slope). Qed.
(** Steps that are easy or hard; right ones are judged rightly by most, wrong ones too. *)
Definition easy_and_hard (easy hard : R) : law R := [(1/2, easy); (1/2, hard)].
Lemma half_law (x y : R) : is_law (easy_and_hard x y).
Proof. split; [intros u q [h|[h|[]]]; injection h as <- _; lra | simpl; lra]. Qed.
Theorem majority_saturates_instance : majority_left_supposes (2/5) /\ is_law (easy_and_hard (3/4) (3/5)) /\ is_law (easy_and_hard (1/4) (2/5)) /\
  (forall u q, In (u, q) (easy_and_hard (3/4) (3/5)) -> 0 <= q <= 1 /\ Rmin q (1 - q) <= 2/5) /\
  (forall u q, In (u, q) (easy_and_hard (3/4) (3/5)) -> 1/2 <= q <= 1) /\ (forall u q, In (u, q) (easy_and_hard (1/4) (2/5)) -> 0 <= q <= 1/2).
Proof.
  split; [unfold majority_left_supposes; lra|]. split; [apply half_law|]. split; [apply half_law|]. split; [|split]; intros u q [h|[h|[]]]; injection h as _ <-; try lra;
    (split; [lra|]); rewrite Rmin_right; lra.
Qed.

(** ---- The majority of votes ---- *)

(** The same with another rate. *)
Definition majority_of_votes_with (rate_of : R -> nat -> R) := forall (rate : R) (pairs : nat), majority_supposes rate -> majority rate pairs = rate_of rate pairs.
(** It is this theorem that is changed. *)
Theorem same_majority_of_votes : majority_of_votes_with majority_rate.
Proof. intros p k h. now apply (proj1 majority_of_votes). Qed.
(** A true weakening remains provable: it is a probability. *)
Theorem weaker_majority_of_votes : forall (rate : R) (pairs : nat), majority_supposes rate -> 0 <= majority_rate rate pairs <= 1.
Proof. intros p k h. rewrite <- same_majority_of_votes by auto. apply majority_probability. unfold majority_supposes in h. lra. Qed.
Lemma three_of_a_quarter : majority (1/4) 1 = 5/32.
Proof. unfold majority. simpl. unfold more_than. simpl. field. Qed.
Lemma wrong_majority rate_of : rate_of (1/4) 1%nat <> 5/32 -> ~ majority_of_votes_with rate_of.
Proof. intros ne M. apply ne. rewrite <- (M (1/4) 1%nat) by (unfold majority_supposes; lra). apply three_of_a_quarter. Qed.
(** As the mean of votes: the rate stays. *)
Theorem mutant_majority_of_votes_mean : ~ majority_of_votes_with (fun p _ => p).
Proof. apply wrong_majority. lra. Qed.
(** As if every two votes made any rate larger. *)
Theorem mutant_majority_of_votes_sign : ~ majority_of_votes_with (fun p k => p + (1 - 2 * p) * sum k (fun j => (p * (1 - p)) ^ (1 + j) * Binomial.C (1 + 2 * j) j)).
Proof. apply wrong_majority. simpl. rewrite choose_none. lra. Qed.
(** A pair of votes too many. *)
Theorem mutant_majority_of_votes_late : ~ majority_of_votes_with (fun p k => majority_rate p (S k)).
Proof.
  apply wrong_majority. rewrite <- same_majority_of_votes by (unfold majority_supposes; lra). unfold majority. simpl. unfold more_than. simpl. lra.
Qed.
(** As if more votes never lowered the difference of two rates. *)
Theorem mutant_majority_of_votes_always : ~ (forall (tpr fpr : R) (pairs : nat), majority_supposes tpr -> majority_supposes fpr -> fpr <= tpr ->
  majority tpr pairs - majority fpr pairs <= majority tpr (S pairs) - majority fpr (S pairs)).
Proof.
  intros M. assert (A := M (1/10) 0 0%nat ltac:(unfold majority_supposes; lra) ltac:(unfold majority_supposes; lra) ltac:(lra)).
  unfold majority in A. simpl in A. unfold more_than in A. simpl in A. lra.
Qed.

(** ---- A majority saturates ---- *)

(** The same with another distance from the end. *)
Definition majority_saturates_with (left : nat -> R -> R) := forall (d : law R) (off : R) (pairs : nat), majority_left_supposes off -> is_law d ->
  (forall u q, In (u, q) d -> 0 <= q <= 1 /\ Rmin q (1 - q) <= off) -> Rabs (E d (fun q => majority q pairs) - E d in_the_end) <= left pairs off.
(** It is this theorem that is changed. *)
Theorem same_majority_saturates : majority_saturates_with majority_left.
Proof. exact (proj1 majority_saturates). Qed.
(** A true weakening remains provable: twice as far. *)
Theorem weaker_majority_saturates : majority_saturates_with (fun k m => 2 * majority_left k m).
Proof.
  intros d m k S D near. pose proof (same_majority_saturates d m k S D near). unfold majority_left_supposes, majority_left in *.
  assert (0 <= m * (4 * m * (1 + -1 * m)) ^ k) by (apply Rmult_le_pos; [lra | apply pow_le; nra]). lra.
Qed.
Lemma wrong_left left : left 1%nat (1/4) < 5/32 -> ~ majority_saturates_with left.
Proof.
  intros l M. assert (A := M (easy_and_hard (1/4) (1/4)) (1/4) 1%nat ltac:(unfold majority_left_supposes; lra) (half_law _ _)).
  assert (B : Rabs (E (easy_and_hard (1/4) (1/4)) (fun q => majority q 1) - E (easy_and_hard (1/4) (1/4)) in_the_end) <= left 1%nat (1/4)).
  { apply A. intros u q [h|[h|[]]]; injection h as _ <-; (split; [lra|]); rewrite Rmin_left; lra. }
  change (Rabs (1/2 * majority (1/4) 1 + (1/2 * majority (1/4) 1 + 0) - (1/2 * in_the_end (1/4) + (1/2 * in_the_end (1/4) + 0))) <= left 1%nat (1/4)) in B.
  rewrite three_of_a_quarter in B. unfold in_the_end in B. destruct (Rlt_dec (1/2) (1/4)); [lra|]. destruct (Rlt_dec (1/4) (1/2)); [|lra]. rewrite Rabs_pos_eq in B; lra.
Qed.
(** As if a few votes were as good as all. *)
Theorem mutant_majority_saturates_at_once : ~ majority_saturates_with (fun _ _ => 0).
Proof. apply wrong_left. lra. Qed.
(** Twice as fast. *)
Theorem mutant_majority_saturates_fast : ~ majority_saturates_with (fun k m => m * (2 * m * (1 - m)) ^ k).
Proof. apply wrong_left. simpl. lra. Qed.
(** As if the majority's J were no more than in the end whatever steps are like: with rates of 2/5 and 1/10 it ends at 0. *)
Theorem mutant_majority_saturates_below : ~ (forall (right wrong : law R) (pairs : nat), is_law right -> is_law wrong ->
  (forall u q, In (u, q) right -> 0 <= q <= 1) -> (forall u q, In (u, q) wrong -> 0 <= q <= 1) ->
  E right (fun q => majority q pairs) - E wrong (fun q => majority q pairs) <= E right in_the_end - E wrong in_the_end).
Proof.
  intros M. assert (A := M (easy_and_hard (2/5) (2/5)) (easy_and_hard (1/10) (1/10)) 0%nat (half_law _ _) (half_law _ _)).
  assert (B := A ltac:(intros u q [h|[h|[]]]; injection h as _ <-; lra) ltac:(intros u q [h|[h|[]]]; injection h as _ <-; lra)). clear A. simpl in B.
  rewrite !majority_is in B. unfold majority_rate in B. simpl in B. unfold in_the_end in B.
  destruct (Rlt_dec (1/2) (2/5)); [lra|]. destruct (Rlt_dec (2/5) (1/2)); [|lra]. destruct (Rlt_dec (1/2) (1/10)); [lra|]. destruct (Rlt_dec (1/10) (1/2)); lra.
Qed.
