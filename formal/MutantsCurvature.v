(** Wrong versions of Proposition 1, refuted: of each, Coq proves the negation by a trajectory that breaks it. *)
From Coq Require Import Reals Lra Psatz.
From Imagination Require Import Bounds Curvature.
Open Scope R_scope.

(** Proposition 1 with another bound in the place of its own. *)
Definition proposition_1_with (bound : R -> R) := forall (V : inner_product_space) (v : vector V -> vector V) (z : nat -> vector V) (eps : R),
  proposition_1_supposes eps -> follows V v z eps -> 0 < length (v (z 0%nat)) ->
  forall t, 0 < length (v (z t)) /\ 1 - cosine (v (z t)) (v (z (S t))) <= bound eps.
(** It is Proposition 1 that is changed. *)
Theorem same_proposition_1 : proposition_1_with proposition_1_bound. Proof. exact proposition_1. Qed.
(** A true weakening remains provable: a bound that is twice as large. *)
Theorem weaker_proposition_1 : proposition_1_with (fun eps => 2 * proposition_1_bound eps).
Proof.
  intros V v z eps N F M t. destruct (proposition_1 V v z eps N F M t) as [m B]. split; [exact m|].
  unfold proposition_1_supposes in N. assert (0 <= proposition_1_bound eps); [|lra].
  rewrite proposition_1_readable by lra. apply Rcomplements.Rdiv_le_0_compat; [apply pow2_ge_0 | lra].
Qed.

(** Whatever is below the sharp bound for some eps is broken by the spiral: at 3/5 its loss is 1/5, at 4/5 it is 2/5. *)
Lemma too_small bound eps : 0 < eps < 1 -> bound eps < curvature_bound eps -> ~ proposition_1_with bound.
Proof.
  intros e less M. destruct (curvature_attained eps e) as (F & A).
  destruct (M plane (turn eps) (spiral eps) eps ltac:(unfold proposition_1_supposes; lra) F (proj1 (A 0%nat)) 0%nat) as [_ B].
  rewrite (proj2 (A 0%nat)) in B. lra.
Qed.
Lemma at_3_5 : curvature_bound (3/5) = 1/5.
Proof. rewrite curvature_readable by lra. replace (1 - 3/5 * (3/5)) with (4/5 * (4/5)) by field. rewrite sqrt_square; lra. Qed.

(** Both velocities equally long: eps^2 / 2. *)
Theorem mutant_proposition_1_equal_lengths : ~ proposition_1_with (fun eps => eps ^ 2 / 2).
Proof. apply (too_small _ (3/5)); [lra | rewrite at_3_5; lra]. Qed.
(** 1 + eps for 1 - eps. *)
Theorem mutant_proposition_1_sign : ~ proposition_1_with (fun eps => eps ^ 2 / (2 * (1 + eps))).
Proof. apply (too_small _ (3/5)); [lra | rewrite at_3_5; lra]. Qed.
(** 8 for 2 in the divisor. *)
Theorem mutant_proposition_1_eight : ~ proposition_1_with (fun eps => eps ^ 2 / (8 * (1 - eps))).
Proof. apply (too_small _ (3/5)); [lra | rewrite at_3_5; lra]. Qed.
(** Half the sharp bound. *)
Theorem mutant_proposition_1_half_the_sharp : ~ proposition_1_with (fun eps => 1/2 * curvature_bound eps).
Proof. apply (too_small _ (3/5)); [lra | rewrite at_3_5; lra]. Qed.
(** Without eps < 1: at eps = 2 the form is negative. The field v(z) = z is 1-Lipschitz, and so 2-Lipschitz. *)
Theorem mutant_proposition_1_any_eps : ~ forall (V : inner_product_space) (v : vector V -> vector V) (z : nat -> vector V) (eps : R),
  0 < eps -> follows V v z eps -> 0 < length (v (z 0%nat)) -> 1 - cosine (v (z 0%nat)) (v (z 1%nat)) <= proposition_1_bound eps.
Proof.
  intros M. set (z := fix z t := match t with O => ((1, 0) : vector plane) | S k => plus plane (z k) (z k) end).
  assert (l1 : length ((1, 0) : vector plane) = 1) by (unfold length; simpl; replace (1 * 1 + 0 * 0) with (1 * 1) by ring; apply sqrt_square; lra).
  assert (F : follows plane (fun x => x) z 2).
  { split; [|reflexivity]. intros x y. assert (0 <= length (minus plane x y)) by apply sqrt_pos. lra. }
  assert (P : 0 < length (z 0%nat)) by (simpl; rewrite l1; lra).
  assert (B := M plane (fun x => x) z 2 ltac:(lra) F P). unfold proposition_1_bound in B.
  assert (c : cosine (z 0%nat) (z 1%nat) <= 1).
  { unfold cosine. simpl z. rewrite l1. unfold length. simpl. replace ((1 + 1) * (1 + 1) + (0 + 0) * (0 + 0)) with (2 * 2) by ring. rewrite sqrt_square by lra. lra. }
  lra.
Qed.
(** Without a trajectory that moves: where it stands still there is no direction, and no bound on the angle. *)
Theorem mutant_proposition_1_standing_still : ~ forall (V : inner_product_space) (v : vector V -> vector V) (z : nat -> vector V) (eps : R),
  proposition_1_supposes eps -> follows V v z eps -> forall t, 0 < length (v (z t)).
Proof.
  intros M. assert (z0 : length ((0, 0) : vector plane) = 0) by (unfold length; simpl; replace (0 * 0 + 0 * 0) with 0 by ring; apply sqrt_0).
  assert (F : follows plane (fun _ => (0, 0)) (fun _ => (0, 0)) (1/2)).
  { split; [|intros t; simpl; f_equal; ring]. intros x y. simpl. replace (0 - 0) with 0 by ring. rewrite z0.
    assert (0 <= length (minus plane x y)) by apply sqrt_pos. simpl in H. lra. }
  assert (B := M plane _ _ (1/2) ltac:(unfold proposition_1_supposes; lra) F 0%nat). change (0 < length ((0, 0) : vector plane)) in B. rewrite z0 in B. lra.
Qed.
