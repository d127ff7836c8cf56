(** Wrong versions of what the chapter on learning speed claims, refuted. *)
From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Scaling.
Open Scope R_scope.

(** ---- Squares double exponents ---- *)

(** Squares with another result. *)
Definition squares_with (right : R -> R -> R -> R) := forall amplitude exponent samples : R, squares_supposes amplitude exponent samples ->
  squares_left amplitude exponent samples = right amplitude exponent samples.
(** It is that theorem that is changed. *)
Theorem same_squares : squares_with squares_right. Proof. exact squares. Qed.
(** There are such laws. *)
Theorem squares_instance : squares_supposes 3 1 2. Proof. unfold squares_supposes. lra. Qed.
(** A true weakening remains provable: the square is no larger. *)
Theorem weaker_squares : forall amplitude exponent samples : R, squares_supposes amplitude exponent samples ->
  squares_left amplitude exponent samples <= squares_right amplitude exponent samples.
Proof. intros A a n N. right. now apply squares. Qed.

Lemma inverse x : 0 < x -> Rpower x (-1 * 1) = / x.
Proof. intros p. replace (-1 * 1) with (- (1)) by ring. rewrite Rpower_Ropp, Rpower_1; auto. Qed.
(** With amplitude 3, exponent 1 and 2 samples the error is 3/2, and its square 9/4. *)
Lemma nine_quarters right : squares_with right -> right 3 1 2 = 9/4.
Proof. intros M. rewrite <- (M 3 1 2 squares_instance). unfold squares_left. rewrite inverse by lra. lra. Qed.
(** The exponent stays. *)
Theorem mutant_squares_same_exponent : ~ squares_with (fun A a n => A ^ 2 * Rpower n (- a)).
Proof. intros M. apply nine_quarters in M. cbv beta in M. replace (- (1)) with (-1 * 1) in M by ring. rewrite inverse in M; lra. Qed.
(** The exponent is squared. *)
Theorem mutant_squares_exponent_squared : ~ squares_with (fun A a n => A ^ 2 * Rpower n (- a ^ 2)).
Proof. intros M. apply nine_quarters in M. cbv beta in M. replace (- 1 ^ 2) with (-1 * 1) in M by ring. rewrite inverse in M; lra. Qed.
(** The scale is not squared. *)
Theorem mutant_squares_scale : ~ squares_with (fun A a n => A * Rpower n (-2 * a)).
Proof.
  intros M. apply nine_quarters in M. cbv beta in M. replace (-2 * 1) with (-1 * 1 + -1 * 1) in M by ring.
  rewrite Rpower_plus, inverse in M; lra.
Qed.

(** ---- Lines that enclose a hidden unit ---- *)

(** The certificate with other lines: what is above a unit, what is below. *)
Definition relaxation_with (upper : R -> R -> R -> R) (lower : R -> R -> R) :=
  (forall low high input : R, upper_line_supposes low high input -> hidden_unit input <= upper low high input) /\
  (forall input slope : R, lower_line_supposes slope -> lower input slope <= hidden_unit input) /\
  (forall (n : nat) (weight low high input slope : nat -> R),
    (forall i, (i < n)%nat -> upper_line_supposes (low i) (high i) (input i) /\ lower_line_supposes (slope i)) ->
    sum n (fun i => weight i * hidden_unit (input i)) <=
    sum n (fun i => Rmax (weight i) 0 * upper (low i) (high i) (input i) + Rmin (weight i) 0 * lower (input i) (slope i))).
(** It is the certificate that is changed. *)
Theorem same_relaxation : relaxation_with upper_line lower_line. Proof. exact relaxation. Qed.
(** There are such units: inputs from -1 to 1. *)
Theorem relaxation_instance : (forall input, -1 <= input <= 1 -> upper_line_supposes (-1) 1 input) /\ lower_line_supposes 0 /\ lower_line_supposes 1.
Proof. unfold upper_line_supposes, lower_line_supposes. repeat split; intros; lra. Qed.
(** A true weakening remains provable: a unit is at most its largest input. *)
Theorem weaker_relaxation : forall low high input : R, upper_line_supposes low high input -> hidden_unit input <= high.
Proof. intros l u z N. unfold upper_line_supposes in N. apply Rmax_lub; lra. Qed.

(** Inputs from -1 to 1: at -1, at 0 and at 1 the unit is 0, 0 and 1. *)
Lemma too_low upper lower : upper (-1) 1 (-1) < 0 \/ upper (-1) 1 1 < 1 -> ~ relaxation_with upper lower.
Proof.
  intros low (U & _). destruct relaxation_instance as [N _].
  destruct low; [pose proof (U _ _ _ (N (-1) ltac:(lra))) | pose proof (U _ _ _ (N 1 ltac:(lra)))];
    unfold hidden_unit in *; [rewrite Rmax_left in * by lra | rewrite Rmax_right in * by lra]; lra.
Qed.
(** A line through the origin is above. *)
Theorem mutant_relaxation_through_origin : ~ relaxation_with (fun low high input => high / (high - low) * input) lower_line.
Proof. apply too_low. lra. Qed.
(** Half the chord is above. *)
Theorem mutant_relaxation_half : ~ relaxation_with (fun low high input => 1/2 * upper_line low high input) lower_line.
Proof. apply too_low. right. rewrite upper_line_readable by lra. lra. Qed.
(** The line of slope 2 is below. *)
Theorem mutant_relaxation_steep : ~ relaxation_with upper_line (fun input slope => 2 * lower_line input slope).
Proof.
  intros (_ & D & _). destruct relaxation_instance as (_ & _ & N). pose proof (D 1 1 N) as B. unfold lower_line, hidden_unit in B.
  rewrite Rmax_right in B by lra. lra.
Qed.
(** The chord is above although the unit is never off: not at 1/2, from 1/2 to 1. *)
Theorem mutant_relaxation_always_on : ~ forall low high input : R, 0 < high -> low < high -> low <= input <= high -> hidden_unit input <= upper_line low high input.
Proof.
  intros M. specialize (M (1/2) 1 (1/2) ltac:(lra) ltac:(lra) ltac:(lra)). unfold hidden_unit, upper_line in M. rewrite Rmax_right in M by lra. lra.
Qed.

(** ---- A cliff ---- *)

(** The cliff with another bound. *)
Definition cliff_with (bound : R -> R -> R -> R) := forall (X Y : Type) (dX : X -> X -> R) (dY : Y -> Y -> R) (teacher student : X -> Y) (L_hat largest_error : R),
  (forall p q r, dY p r <= dY p q + dY q r) -> (forall p q, dY p q = dY q p) ->
  (forall x y, dY (student x) (student y) <= L_hat * dX x y) -> (forall x, dY (student x) (teacher x) <= largest_error) ->
  forall x y, bound L_hat (dY (teacher x) (teacher y)) (dX x y) <= largest_error.
(** It is that theorem that is changed. *)
Theorem same_cliff : cliff_with cliff_bound. Proof. exact cliff. Qed.

Definition far x y := Rabs (x - y).
Lemma far_triangle p q r : far p r <= far p q + far q r.
Proof. unfold far. replace (p - r) with ((p - q) + (q - r)) by ring. apply Rabs_triang. Qed.
(** A switch from 0 to 1, and a student that is 1/2 everywhere: it errs by 1/2, and the bound says no less. *)
Definition switch (x : R) := if Rle_dec x 0 then 0 else 1.
Theorem cliff_instance : (forall p q r, far p r <= far p q + far q r) /\ (forall p q, far p q = far q p) /\
  (forall x y, far (1/2) (1/2) <= 0 * far x y) /\ (forall x, far (1/2) (switch x) <= 1/2) /\ cliff_bound 0 (far (switch 0) (switch 1)) (far 0 1) = 1/2.
Proof.
  split; [exact far_triangle|]. split; [intros; apply Rabs_minus_sym|]. unfold far.
  split; [intros; replace (1/2 - 1/2) with 0 by ring; rewrite Rabs_R0; lra|].
  split.
  - intros x. unfold switch. destruct (Rle_dec x 0); [rewrite Rabs_pos_eq | rewrite Rabs_left]; lra.
  - unfold switch. destruct (Rle_dec 0 0); [|lra]. destruct (Rle_dec 1 0); [lra|]. rewrite cliff_readable. replace (0 - 1) with (-1) by ring. rewrite Rabs_left; lra.
Qed.
(** A true weakening remains provable: a student without error is as steep as the teacher. *)
Theorem weaker_cliff : forall (X Y : Type) (dX : X -> X -> R) (dY : Y -> Y -> R) (teacher student : X -> Y) (L_hat : R),
  (forall p q r, dY p r <= dY p q + dY q r) -> (forall p q, dY p q = dY q p) ->
  (forall x y, dY (student x) (student y) <= L_hat * dX x y) -> (forall x, dY (student x) (teacher x) <= 0) ->
  forall x y, dY (teacher x) (teacher y) <= L_hat * dX x y.
Proof. intros X Y dX dY f g L tri sym S E x y. pose proof (cliff X Y dX dY f g L 0 tri sym S E x y) as B. rewrite cliff_readable in B. lra. Qed.
(** The whole rise, not its half. *)
Theorem mutant_cliff_whole : ~ cliff_with (fun L rise d => rise - L * d).
Proof.
  intros M. destruct cliff_instance as (tri & sym & S & E & B). pose proof (M R R far far switch (fun _ => 1/2) 0 (1/2) tri sym S E 0 1) as A.
  cbv beta in A. rewrite cliff_readable in B. lra.
Qed.
(** What the student can make up is forgotten. *)
Theorem mutant_cliff_no_slope : ~ cliff_with (fun L rise d => 1/2 * rise).
Proof.
  intros M. pose proof (M R R far far (fun x => x) (fun x => x) 1 0 far_triangle (fun p q => Rabs_minus_sym p q)) as A. unfold far in A.
  specialize (A ltac:(intros; lra) ltac:(intros; replace (x - x) with 0 by ring; rewrite Rabs_R0; lra) 1 0). rewrite Rabs_pos_eq in A; lra.
Qed.
(** The student makes up half of that. *)
Theorem mutant_cliff_half_slope : ~ cliff_with (fun L rise d => 1/2 * (rise - 1/2 * L * d)).
Proof.
  intros M. pose proof (M R R far far (fun x => x) (fun x => x) 1 0 far_triangle (fun p q => Rabs_minus_sym p q)) as A. unfold far in A.
  specialize (A ltac:(intros; lra) ltac:(intros; replace (x - x) with 0 by ring; rewrite Rabs_R0; lra) 1 0). rewrite Rabs_pos_eq in A; lra.
Qed.
