(** Temporal straightening: how far two successive velocities of a trajectory can differ in direction.
    Proposition 1 of the paper and its sharp form, in any real inner product space. *)
From Coq Require Import Reals Lra Psatz.
From Imagination Require Import Bounds.
Open Scope R_scope.

(** Vectors with an inner product; nothing is said of their number of dimensions. *)
Record inner_product_space := {
  vector : Type; plus : vector -> vector -> vector; minus : vector -> vector -> vector; scale : R -> vector -> vector;
  dot : vector -> vector -> R;
  dot_scale : forall a p q, dot (scale a p) q = a * dot p q;
  dot_plus : forall p q u, dot (plus p q) u = dot p u + dot q u;
  dot_minus : forall p q u, dot (minus p q) u = dot p u - dot q u;
  dot_sym : forall p q, dot p q = dot q p;
  dot_pos : forall p, 0 <= dot p p }.

Definition length {V} (p : vector V) := sqrt (dot V p p).
Definition cosine {V} (p q : vector V) := dot V p q / (length p * length q).

(** A velocity field v that is eps-Lipschitz, and a trajectory z that follows it: z(t+1) = z(t) + v(z(t)). *)
Record follows (V : inner_product_space) (v : vector V -> vector V) (z : nat -> vector V) (eps : R) : Prop := {
  smooth : forall x y, length (minus V (v x) (v y)) <= eps * length (minus V x y);
  step : forall t, z (S t) = plus V (z t) (v (z t)) }.

Section Trajectory.
Variables (V : inner_product_space) (v : vector V -> vector V) (z : nat -> vector V) (eps : R).
Hypothesis eps_pos : 0 < eps.
Hypothesis F : follows V v z eps.

Lemma length_pos p : 0 <= @length V p. Proof. apply sqrt_pos. Qed.
Lemma length2 p : @length V p * length p = dot V p p. Proof. apply sqrt_sqrt, dot_pos. Qed.
(** The law of cosines. *)
Lemma law_of_cosines p q : @length V (minus V p q) * length (minus V p q) = length p * length p - 2 * dot V p q + length q * length q.
Proof. rewrite !length2, dot_minus, (dot_sym _ p (minus V p q)), (dot_sym _ q (minus V p q)), !dot_minus, (dot_sym _ q p). ring. Qed.
(** Cauchy and Schwarz. *)
Lemma cauchy_schwarz p q : dot V p q * dot V p q <= dot V p p * dot V q q.
Proof.
  assert (E : forall a b, 0 <= a * a * dot V p p - 2 * (a * b) * dot V p q + b * b * dot V q q).
  { intros a b. pose proof (dot_pos V (minus V (scale V a p) (scale V b q))) as N. rewrite dot_minus, !dot_scale in N.
    rewrite (dot_sym V p), (dot_sym V q), !dot_minus, !dot_scale, (dot_sym V q p) in N. lra. }
  set (d := dot V p q) in *. destruct (dot_pos V q) as [Q | Q].
  - pose proof (E (dot V q q) d) as N. apply Rmult_le_reg_l with (dot V q q); [exact Q | lra].
  - destruct (Req_dec d 0) as [-> | nz]; [rewrite <- Q; lra|]. exfalso.
    pose proof (E 1 ((dot V p p + 1) / (2 * d))) as N. rewrite <- Q in N.
    replace (1 * 1 * dot V p p - 2 * (1 * ((dot V p p + 1) / (2 * d))) * d + (dot V p p + 1) / (2 * d) * ((dot V p p + 1) / (2 * d)) * 0)
      with (-1) in N by (field; auto). lra.
Qed.
Lemma dot_below p q : dot V p q <= length p * length q.
Proof.
  pose proof (cauchy_schwarz p q) as C. rewrite <- !length2 in C. pose proof (length_pos p). pose proof (length_pos q).
  apply Rsqr_incr_0_var; [unfold Rsqr; lra | now apply Rmult_le_pos].
Qed.
(** What is close to a vector is not much shorter. *)
Lemma length_below p q : @length V p - length (minus V p q) <= length q.
Proof.
  pose proof (law_of_cosines p q) as C. pose proof (dot_below p q). pose proof (length_pos (minus V p q)). pose proof (length_pos q).
  set (a := length p) in *. set (b := length q) in *. set (c := length (minus V p q)) in *.
  destruct (Rle_dec (a - c) b) as [ok | no]; [exact ok|]. apply Rnot_le_lt in no. nra.
Qed.

(** A step is as long as the velocity that it follows. *)
Lemma step_length t : length (minus V (z t) (z (S t))) = length (v (z t)).
Proof.
  unfold length. f_equal. rewrite (step _ _ _ _ F), dot_minus, dot_plus, (dot_sym _ (z t)), (dot_sym _ (v (z t)) (minus V _ _)), !dot_minus, !dot_plus. ring.
Qed.
Lemma turn_length t : length (minus V (v (z t)) (v (z (S t)))) <= eps * length (v (z t)).
Proof. rewrite <- step_length. apply (smooth _ _ _ _ F). Qed.

(** Below eps = 1 a trajectory that moves at first has a direction at every step. *)
Theorem never_stops : eps < 1 -> 0 < length (v (z 0)) -> forall t, 0 < length (v (z t)).
Proof.
  intros e1 m t. induction t; [exact m|]. pose proof (length_below (v (z t)) (v (z (S t)))). pose proof (turn_length t). nra.
Qed.

Lemma sharp_root t : eps <= 1 -> 0 < length (v (z t)) -> 0 < length (v (z (S t))) ->
  1 - cosine (v (z t)) (v (z (S t))) <= 1 - sqrt (1 - eps * eps).
Proof.
  intros e1 Hp Hq. set (p := v (z t)) in *. set (q := v (z (S t))) in *.
  assert (C : length (minus V p q) <= eps * length p) by apply turn_length.
  assert (C0 : 0 <= length (minus V p q)) by apply sqrt_pos.
  assert (C2 : length (minus V p q) * length (minus V p q) <= eps * length p * (eps * length p)) by now apply Rmult_le_compat.
  rewrite law_of_cosines in C2.
  assert (R0 : 0 <= 1 - eps * eps) by nra. pose proof (sqrt_sqrt _ R0) as R2. set (root := sqrt (1 - eps * eps)) in *.
  assert (M : root * (length p * length q) <= dot V p q) by (pose proof (Rle_0_sqr (root * length p - length q)) as Q; unfold Rsqr in Q; nra).
  unfold cosine. assert (D : root <= dot V p q / (length p * length q)).
  { apply Rmult_le_reg_r with (length p * length q); [nra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by nra. lra. }
  lra.
Qed.
End Trajectory.

(** The sharp bound as the page writes it. *)
Lemma curvature_readable eps : 0 < eps <= 1 -> curvature_bound eps = 1 - sqrt (1 - eps * eps).
Proof.
  intros e1. symmetry. unfold curvature_bound. replace (1 + -1 * eps ^ 2) with (1 - eps * eps) by ring.
  pose proof (sqrt_sqrt (1 - eps * eps) ltac:(nra)). pose proof (sqrt_pos (1 - eps * eps)). set (s := sqrt (1 - eps * eps)) in *.
  replace (eps ^ 2) with ((1 - s) * (1 + s)) by (transitivity (1 - s * s); [ring | rewrite H; ring]). field; lra.
Qed.

(** Proposition 1's bound as the page writes it. *)
Lemma proposition_1_readable eps : eps < 1 -> proposition_1_bound eps = eps ^ 2 / (2 * (1 - eps)).
Proof. intros. unfold proposition_1_bound. field. lra. Qed.

(** The sharp bound is below Proposition 1's. *)
Theorem sharper eps : 0 < eps < 1 -> curvature_bound eps <= proposition_1_bound eps.
Proof.
  intros e. rewrite curvature_readable, proposition_1_readable by lra.
  assert (0 <= sqrt (1 - eps * eps)) by apply sqrt_pos. pose proof (sqrt_sqrt (1 - eps * eps) ltac:(nra)) as R.
  set (s := sqrt (1 - eps * eps)) in *. apply Rmult_le_reg_r with (2 * (1 - eps)); [lra|].
  replace (eps ^ 2 / (2 * (1 - eps)) * (2 * (1 - eps))) with (1 - s * s) by (rewrite R; field; lra).
  assert (1 - eps <= s) by nra. assert (s <= 1) by nra. nra.
Qed.

(** Curvature, sharp. Along a trajectory that moves at every step, one minus the cosine of the angle between two
    successive velocities is at most 1 - sqrt (1 - eps^2); also for eps = 1. *)
Theorem curvature_sharp : forall (V : inner_product_space) (v : vector V -> vector V) (z : nat -> vector V) (eps : R),
  curvature_supposes eps -> follows V v z eps -> (forall t, 0 < length (v (z t))) ->
  forall t, 1 - cosine (v (z t)) (v (z (S t))) <= curvature_bound eps.
Proof.
  intros V v z eps N F M t. unfold curvature_supposes in N. rewrite curvature_readable by lra.
  apply (sharp_root V v z eps); auto; lra.
Qed.

(** Proposition 1. Below eps = 1 a trajectory that moves at first moves at every step, and one minus the cosine of
    the angle between two successive velocities is at most eps^2 / (2 (1 - eps)). *)
Theorem proposition_1 : forall (V : inner_product_space) (v : vector V -> vector V) (z : nat -> vector V) (eps : R),
  proposition_1_supposes eps -> follows V v z eps -> 0 < length (v (z 0%nat)) ->
  forall t, 0 < length (v (z t)) /\ 1 - cosine (v (z t)) (v (z (S t))) <= proposition_1_bound eps.
Proof.
  intros V v z eps N F M t. unfold proposition_1_supposes in N. assert (A := never_stops V v z eps F ltac:(lra) M).
  split; [apply A|]. eapply Rle_trans; [apply (curvature_sharp V v z eps); auto; unfold curvature_supposes; lra|].
  apply sharper; lra.
Qed.

(** ---- The sharp bound is attained in the plane ---- *)
Definition plane : inner_product_space.
Proof.
  refine {| vector := R * R; plus := fun p q => (fst p + fst q, snd p + snd q); minus := fun p q => (fst p - fst q, snd p - snd q);
    scale := fun a p => (a * fst p, a * snd p);
    dot := fun p q => fst p * fst q + snd p * snd q |}; intros; simpl; try ring. nra.
Defined.

(** v(z) is eps times z, turned by an angle with cosine -eps. *)
Definition turn (eps : R) (p : vector plane) : vector plane :=
  (eps * (- eps * fst p - sqrt (1 - eps * eps) * snd p), eps * (sqrt (1 - eps * eps) * fst p - eps * snd p)).
Fixpoint spiral (eps : R) (t : nat) : vector plane :=
  match t with O => (1, 0) | S k => plus plane (spiral eps k) (turn eps (spiral eps k)) end.

Section Plane.
Variable eps : R.
Hypothesis e01 : 0 < eps < 1.
Let s := sqrt (1 - eps * eps).
Lemma root2 : s * s = 1 - eps * eps. Proof. apply sqrt_sqrt. nra. Qed.
Lemma turn_dot p : dot plane (turn eps p) (turn eps p) = eps * eps * dot plane p p.
Proof.
  unfold turn; simpl. fold s. transitivity (eps * eps * ((eps * eps + s * s) * (fst p * fst p + snd p * snd p))); [ring | rewrite root2; ring].
Qed.
Lemma spiral_follows : follows plane (turn eps) (spiral eps) eps.
Proof.
  split; [|reflexivity]. intros x y. unfold length.
  replace (minus plane (turn eps x) (turn eps y)) with (turn eps (minus plane x y)) by (unfold turn; simpl; f_equal; ring).
  rewrite turn_dot, sqrt_mult_alt, sqrt_square by nra. lra.
Qed.
Lemma turn_start : 0 < length (turn eps (spiral eps 0)).
Proof. unfold length. rewrite turn_dot. apply sqrt_lt_R0. simpl. nra. Qed.

(** The spiral satisfies everything that Proposition 1 supposes, and its loss is the sharp bound at every step. *)
Theorem curvature_attained : follows plane (turn eps) (spiral eps) eps /\ forall t, 0 < length (turn eps (spiral eps t)) /\
  1 - cosine (turn eps (spiral eps t)) (turn eps (spiral eps (S t))) = curvature_bound eps.
Proof.
  split; [exact spiral_follows|]. intros t.
  assert (moves := never_stops plane (turn eps) (spiral eps) eps spiral_follows ltac:(lra) turn_start t).
  split; [exact moves|]. rewrite curvature_readable by lra. f_equal. f_equal. fold s. set (p := turn eps (spiral eps t)) in *.
  change (spiral eps (S t)) with (plus plane (spiral eps t) (turn eps (spiral eps t))).
  replace (turn eps (plus plane (spiral eps t) (turn eps (spiral eps t)))) with (plus plane p (turn eps p)) by (unfold p, turn; simpl; f_equal; ring).
  assert (pp : 0 < dot plane p p).
  { destruct (dot_pos plane p) as [k | k]; [exact k|]. unfold length in moves. rewrite <- k, sqrt_0 in moves. lra. }
  assert (s0 : 0 < s) by (apply sqrt_lt_R0; nra).
  assert (d1 : dot plane p (plus plane p (turn eps p)) = s * s * dot plane p p) by (rewrite root2; unfold turn; simpl; ring).
  assert (d2 : dot plane (plus plane p (turn eps p)) (plus plane p (turn eps p)) = s * s * dot plane p p).
  { transitivity (dot plane p p + 2 * dot plane p (turn eps p) + dot plane (turn eps p) (turn eps p)); [simpl; ring|].
    rewrite turn_dot, root2. unfold turn; simpl; ring. }
  unfold cosine, length. rewrite d2, d1, sqrt_mult_alt, sqrt_square by nra. pose proof (sqrt_sqrt _ (Rlt_le _ _ pp)) as q. pose proof (sqrt_lt_R0 _ pp).
  set (l := sqrt (dot plane p p)) in *. rewrite <- q. field. lra.
Qed.
End Plane.

(** The hypotheses of Proposition 1 hold somewhere: on the spiral, for every eps that is allowed. *)
Theorem proposition_1_instance eps : proposition_1_supposes eps ->
  follows plane (turn eps) (spiral eps) eps /\ 0 < length (turn eps (spiral eps 0%nat)).
Proof.
  unfold proposition_1_supposes. intros e. split; [apply spiral_follows; lra | apply turn_start; lra].
Qed.
