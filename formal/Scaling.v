(** How fast models learn, and what suprema cost: squares of power laws, lines that enclose a hidden unit, cliffs. *)
From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds.
Open Scope R_scope.

(** Squares double exponents. The square of a power law A N^(-alpha) is A^2 N^(-2 alpha). *)
Theorem squares : forall amplitude exponent samples : R, squares_supposes amplitude exponent samples ->
  squares_left amplitude exponent samples = squares_right amplitude exponent samples.
Proof.
  intros A a n _. unfold squares_left, squares_right. replace (-2 * a) with (-1 * a + -1 * a) by ring. rewrite Rpower_plus. ring.
Qed.

Lemma unit_pos x : 0 <= hidden_unit x. Proof. apply Rmax_l. Qed.
Lemma unit_above x : x <= hidden_unit x. Proof. apply Rmax_r. Qed.
(** The upper line as the page writes it. *)
Lemma upper_line_readable low high input : low < high -> upper_line low high input = high / (high - low) * (input - low).
Proof. intros. unfold upper_line. field. lra. Qed.
Lemma chord low high input : upper_line_supposes low high input -> hidden_unit input <= upper_line low high input.
Proof.
  unfold upper_line_supposes. intros N. rewrite upper_line_readable by lra. unfold hidden_unit, Rdiv.
  assert (i : 0 < / (high - low)) by (apply Rinv_0_lt_compat; lra). apply Rmax_lub.
  - apply Rmult_le_pos; [apply Rmult_le_pos; lra | lra].
  - apply Rmult_le_reg_r with (high - low); [lra|]. replace (high * / (high - low) * (input - low) * (high - low)) with (high * (input - low)) by (field; lra). nra.
Qed.
Lemma below_unit input slope : lower_line_supposes slope -> lower_line input slope <= hidden_unit input.
Proof. unfold lower_line_supposes, lower_line. intros N. pose proof (unit_pos input). pose proof (unit_above input). nra. Qed.

(** A certificate for ReLU networks. A hidden unit max(z, 0) with l <= z <= u and l < 0 < u lies below its chord, and above
    every line through the origin with a slope from 0 to 1. So a sum of units with weights w lies below the sum in which
    units with a positive weight are replaced by their chords and the others by such lines. *)
Theorem relaxation :
  (forall low high input : R, upper_line_supposes low high input -> hidden_unit input <= upper_line low high input) /\
  (forall input slope : R, lower_line_supposes slope -> lower_line input slope <= hidden_unit input) /\
  (forall (n : nat) (weight low high input slope : nat -> R),
    (forall i, (i < n)%nat -> upper_line_supposes (low i) (high i) (input i) /\ lower_line_supposes (slope i)) ->
    sum n (fun i => weight i * hidden_unit (input i)) <=
    sum n (fun i => Rmax (weight i) 0 * upper_line (low i) (high i) (input i) + Rmin (weight i) 0 * lower_line (input i) (slope i))).
Proof.
  split; [exact chord|]. split; [exact below_unit|]. intros n w l u z s N. apply sum_le. intros i L. destruct (N i L) as [U D].
  apply chord in U. apply (below_unit (z i)) in D. destruct (Rle_dec 0 (w i)) as [p | p].
  - rewrite Rmax_left, Rmin_right by lra. pose proof (Rmult_le_compat_l (w i) _ _ p U). lra.
  - rewrite Rmax_right, Rmin_left by lra. pose proof (Rmult_le_compat_l (- w i) _ _ ltac:(lra) D). lra.
Qed.

(** A gentle student misses a cliff. A student with Lipschitz constant L errs somewhere by at least half of what the
    teacher rises between two points, less L times their distance; whatever the spaces. *)
Theorem cliff : forall (X Y : Type) (dX : X -> X -> R) (dY : Y -> Y -> R) (teacher student : X -> Y) (L_hat largest_error : R),
  (forall p q r, dY p r <= dY p q + dY q r) -> (forall p q, dY p q = dY q p) ->
  (forall x y, dY (student x) (student y) <= L_hat * dX x y) -> (forall x, dY (student x) (teacher x) <= largest_error) ->
  forall x y, cliff_bound L_hat (dY (teacher x) (teacher y)) (dX x y) <= largest_error.
Proof.
  intros X Y dX dY f g L e tri sym S E x y. unfold cliff_bound. pose proof (tri (f x) (g x) (f y)) as a. pose proof (tri (g x) (g y) (f y)) as b.
  rewrite (sym (f x) (g x)) in a. pose proof (E x). pose proof (E y). pose proof (S x y). lra.
Qed.
(** The cliff's bound as the page writes it. *)
Lemma cliff_readable L rise d : cliff_bound L rise d = 1/2 * (rise - L * d).
Proof. unfold cliff_bound. lra. Qed.
