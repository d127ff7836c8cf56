(** Finite laws, their expectations, and the variance of an average of independent draws. *)
From Coq Require Import Reals List Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums.
Import ListNotations.
Open Scope R_scope.

(** A finite law: values with their probabilities. E d F is the expectation of F. *)
Definition law (X : Type) := list (R * X).
Fixpoint E {X} (d : law X) (F : X -> R) : R := match d with [] => 0 | (p, x) :: l => p * F x + E l F end.
Definition is_law {X} (d : law X) := (forall p x, In (p, x) d -> 0 <= p) /\ E d (fun _ => 1) = 1.

Lemma E_ext X (d : law X) F H : (forall x, F x = H x) -> E d F = E d H.
Proof. intros e; induction d as [|[p x] d IH]; simpl; [|rewrite e, IH]; reflexivity. Qed.
Lemma E_lin X (d : law X) c F H : E d (fun x => F x + c * H x) = E d F + c * E d H.
Proof. induction d as [|[p x] d IH]; simpl; [ring | rewrite IH; ring]. Qed.
Lemma E_const X (d : law X) c : is_law d -> E d (fun _ => c) = c.
Proof.
  intros [_ H]. assert (A : E d (fun _ => c) = c * E d (fun _ => 1)).
  { clear H. induction d as [|[p x] d IH]; simpl; [ring | rewrite IH; ring]. } rewrite A, H; ring.
Qed.
Lemma E_mono X (d : law X) F H : is_law d -> (forall x, F x <= H x) -> E d F <= E d H.
Proof.
  intros [P _] L. induction d as [|[p x] d IH]; simpl; [lra|].
  assert (0 <= p) by (apply (P p x); now left). assert (E d F <= E d H) by (apply IH; intros; apply (P p0 x0); now right).
  specialize (L x). nra.
Qed.

Lemma E_above X (d : law X) c F : is_law d -> (forall x, c <= F x) -> c <= E d F.
Proof. intros D L. rewrite <- (E_const X d c D). now apply E_mono. Qed.

(** A functional that behaves as an expectation. *)
Definition expectation {X} (T : (X -> R) -> R) :=
  (forall F H, (forall x, F x = H x) -> T F = T H) /\ (forall c F H, T (fun x => F x + c * H x) = T F + c * T H) /\
  (forall c, T (fun _ => c) = c) /\ (forall F H, (forall x, F x <= H x) -> T F <= T H).
Lemma E_expectation X (d : law X) : is_law d -> expectation (E d).
Proof. intros D; repeat split; intros; [now apply E_ext | apply E_lin | now apply E_const | now apply E_mono]. Qed.
Lemma E_sum Y (q : law Y) n f : E q (fun y => sum n (fun k => f k y)) = sum n (fun k => E q (fun y => f k y)).
Proof.
  induction n; simpl. { induction q as [|[u y] q IH]; simpl; [|rewrite IH]; ring. }
  rewrite <- IHn, <- (Rmult_1_l (E q (fun y => f n y))), <- E_lin. apply E_ext; intros; ring.
Qed.
Lemma E_scal Y (q : law Y) k F : E q (fun y => k * F y) = k * E q F.
Proof. induction q as [|[u y] q IH]; simpl; [|rewrite IH]; ring. Qed.

(** ---- The variance of an average of K independent draws ---- *)

(** All that is used of an expectation T, and of the number Y that is drawn: polynomials in Y of second degree have the
    expectation that the first two moments of Y give them. *)
Definition second_order {X} (T : (X -> R) -> R) (Y : X -> R) :=
  (forall F H, (forall x, F x = H x) -> T F = T H) /\
  (forall a b c, T (fun x => a + b * Y x + c * Y x ^ 2) = a + b * T Y + c * T (fun x => Y x ^ 2)).
Lemma expectation_second_order X (T : (X -> R) -> R) Y : expectation T -> second_order T Y.
Proof.
  intros (ext & lin & const & _). split; [exact ext|]. intros a b c.
  rewrite lin, lin, const. reflexivity.
Qed.

Section Average.
Variables (X : Type) (T : (X -> R) -> R) (Y : X -> R).
Hypothesis HT : second_order T Y.

(** The expectation of F (s + Y_1 + ... + Y_k), each Y_i drawn like the others whatever they are. *)
Fixpoint draws (k : nat) (s : R) (F : R -> R) : R := match k with O => F s | S k => T (fun x => draws k (s + Y x) F) end.
Definition variance (F : X -> R) := T (fun x => F x ^ 2) - T F ^ 2.

Lemma draws_mean c k s : draws k s (fun y => c * y) = c * (s + INR k * T Y).
Proof.
  destruct HT as (ext & poly). revert s; induction k; intros s; [simpl; ring|].
  rewrite S_INR. change (draws (S k) s (fun y => c * y)) with (T (fun x => draws k (s + Y x) (fun y => c * y))).
  rewrite (ext _ (fun x => c * (s + INR k * T Y) + c * Y x + 0 * Y x ^ 2)), poly by (intros; rewrite IHk; ring). ring.
Qed.
Lemma draws_shift c b k : forall s, draws k s (fun y => (c * y - b) ^ 2) = (c * (s + INR k * T Y) - b) ^ 2 + c ^ 2 * (INR k * variance Y).
Proof.
  destruct HT as (ext & poly). induction k; intros s; [simpl; ring|].
  rewrite S_INR. change (draws (S k) s (fun y => (c * y - b) ^ 2)) with (T (fun x => draws k (s + Y x) (fun y => (c * y - b) ^ 2))).
  rewrite (ext _ (fun x => ((c * (s + INR k * T Y) - b) ^ 2 + c ^ 2 * (INR k * variance Y)) + (2 * c * (c * (s + INR k * T Y) - b)) * Y x + c ^ 2 * (Y x) ^ 2))
    by (intros; rewrite IHk; ring).
  rewrite poly. unfold variance. ring.
Qed.
Lemma draws_ext F H k : forall s, (forall y, F y = H y) -> draws k s F = draws k s H.
Proof. destruct HT as (ext & _). induction k; intros s e; simpl; [apply e | apply ext; intros; now apply IHk]. Qed.

(** Variance of an average. The variance of an average of K is a K-th of the variance of one. *)
Theorem variance_of_average k : (1 <= k)%nat ->
  draws k 0 (fun y => (/ INR k * y) ^ 2) - draws k 0 (fun y => / INR k * y) ^ 2 = variance Y / INR k.
Proof.
  intros K. assert (INR k <> 0) by (apply not_0_INR; lia).
  rewrite (draws_ext _ (fun y => (/ INR k * y - 0) ^ 2)) by (intros; ring). rewrite draws_shift, draws_mean. field; auto.
Qed.
End Average.
