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

(** ---- The sharp bound ---- *)

(** The sharp bound holds of something: of the spiral, for every eps below 1. *)
Theorem curvature_sharp_instance : forall eps : R, 0 < eps < 1 ->
  curvature_supposes eps /\ follows plane (turn eps) (spiral eps) eps /\ forall t, 0 < length (turn eps (spiral eps t)).
Proof.
  intros eps e. destruct (curvature_attained eps e) as (F & A). split; [unfold curvature_supposes; lra|]. split; [exact F | intros t; apply A].
Qed.
(** The sharp bound with another in its place. *)
Definition curvature_sharp_with (bound : R -> R) := forall (V : inner_product_space) (v : vector V -> vector V) (z : nat -> vector V) (eps : R),
  curvature_supposes eps -> follows V v z eps -> (forall t, 0 < length (v (z t))) ->
  forall t, 1 - cosine (v (z t)) (v (z (S t))) <= bound eps.
(** It is the sharp bound that is changed. *)
Theorem same_curvature_sharp : curvature_sharp_with curvature_bound. Proof. exact curvature_sharp. Qed.
(** A true weakening remains provable: a trajectory never turns past a right angle. *)
Theorem weaker_curvature_sharp : curvature_sharp_with (fun _ => 1).
Proof.
  intros V v z eps N F M t. eapply Rle_trans; [now apply (curvature_sharp V v z eps)|]. unfold curvature_supposes in N.
  rewrite curvature_readable by lra. pose proof (sqrt_pos (1 - eps * eps)). lra.
Qed.
Lemma too_sharp bound : bound (3/5) < 1/5 -> ~ curvature_sharp_with bound.
Proof.
  intros less M. destruct (curvature_attained (3/5) ltac:(lra)) as (F & A).
  assert (B := M plane (turn (3/5)) (spiral (3/5)) (3/5) ltac:(unfold curvature_supposes; lra) F (fun t => proj1 (A t)) 0%nat).
  rewrite (proj2 (A 0%nat)), at_3_5 in B. lra.
Qed.
(** Both velocities equally long: eps^2 / 2. *)
Theorem mutant_curvature_sharp_equal_lengths : ~ curvature_sharp_with (fun eps => eps ^ 2 / 2).
Proof. apply too_sharp. lra. Qed.
(** Half the bound. *)
Theorem mutant_curvature_sharp_half : ~ curvature_sharp_with (fun eps => 1/2 * curvature_bound eps).
Proof. apply too_sharp. rewrite at_3_5. lra. Qed.
(** A half of eps. *)
Theorem mutant_curvature_sharp_half_eps : ~ curvature_sharp_with (fun eps => curvature_bound (eps / 2)).
Proof.
  apply too_sharp. rewrite curvature_readable by lra. set (x := 1 - 3/5/2 * (3/5/2)).
  assert (x0 : 0 <= x) by (unfold x; lra). pose proof (sqrt_pos x). pose proof (sqrt_sqrt x x0). assert (81/100 < x) by (unfold x; lra). nra.
Qed.

(** ---- It is the smaller of the two, the smallest of all, and attained ---- *)

(** There is an eps between 0 and 1. *)
Theorem sharper_instance : proposition_1_supposes (1/2). Proof. unfold proposition_1_supposes. lra. Qed.
(** A true weakening remains provable: it is no larger. *)
Theorem weaker_sharper : forall eps : R, proposition_1_supposes eps -> curvature_bound eps <= proposition_1_bound eps.
Proof. intros eps N. left. now apply sharper. Qed.
(** The sharp bound is the larger one. *)
Theorem mutant_sharper_reversed : ~ forall eps : R, proposition_1_supposes eps -> proposition_1_bound eps < curvature_bound eps.
Proof. intros M. pose proof (M _ sharper_instance). pose proof (sharper _ sharper_instance). lra. Qed.
(** The sharp bound is at most half of the other: not at 7/25, where it is 1/25. *)
Theorem mutant_sharper_half : ~ forall eps : R, proposition_1_supposes eps -> curvature_bound eps <= 1/2 * proposition_1_bound eps.
Proof.
  intros M. specialize (M (7/25) ltac:(unfold proposition_1_supposes; lra)). rewrite curvature_readable, proposition_1_readable in M by lra.
  replace (1 - 7/25 * (7/25)) with (24/25 * (24/25)) in M by field. rewrite sqrt_square in M by lra. lra.
Qed.

(** It bounds the losses of all fields that are eps-Lipschitz. *)
Definition bounds_losses (eps bound : R) := forall (V : inner_product_space) (v : vector V -> vector V) (z : nat -> vector V),
  follows V v z eps -> (forall t, 0 < length (v (z t))) -> forall t, 1 - cosine (v (z t)) (v (z (S t))) <= bound.
(** Something bounds them all. *)
Theorem curvature_best_instance : forall eps : R, curvature_supposes eps -> bounds_losses eps (curvature_bound eps).
Proof. intros eps N V v z F M t. now apply (curvature_sharp V v z eps). Qed.
(** A true weakening remains provable: no bound is smaller than half of it. *)
Theorem weaker_curvature_best : forall eps : R, curvature_supposes eps -> forall bound, bounds_losses eps bound -> 1/2 * curvature_bound eps <= bound.
Proof.
  intros eps N b B. pose proof (proj1 (curvature_best eps N) b B). pose proof (sqrt_pos (1 - eps * eps)). unfold curvature_supposes in N.
  assert (0 <= curvature_bound eps); [|lra]. rewrite curvature_readable by lra.
  assert (sqrt (1 - eps * eps) <= 1); [|lra]. rewrite <- sqrt_1 at 2. apply sqrt_le_1_alt. nra.
Qed.
(** No bound is below Proposition 1's: the sharp one is. *)
Theorem mutant_curvature_best_proposition_1 : ~ forall eps : R, proposition_1_supposes eps -> forall bound, bounds_losses eps bound -> proposition_1_bound eps <= bound.
Proof.
  intros M. assert (N : curvature_supposes (1/2)) by (unfold curvature_supposes; lra).
  pose proof (M _ sharper_instance _ (curvature_best_instance _ N)). pose proof (sharper _ sharper_instance). lra.
Qed.
(** At eps = 1 some trajectory turns by a right angle. *)
Theorem mutant_curvature_best_right_angle : ~ exists (V : inner_product_space) (v : vector V -> vector V) (z : nat -> vector V),
  follows V v z 1 /\ (forall t, 0 < length (v (z t))) /\ 1 - cosine (v (z 0%nat)) (v (z 1%nat)) = 1.
Proof.
  intros (V & v & z & F & M & e). assert (N : curvature_supposes 1) by (unfold curvature_supposes; lra).
  pose proof (proj2 (curvature_best 1 N) V v z F M 0%nat) as L. rewrite curvature_readable in L by lra.
  replace (1 - 1 * 1) with 0 in L by ring. rewrite sqrt_0 in L. lra.
Qed.

(** The spiral is there for some eps. *)
Theorem curvature_attained_instance : exists eps : R, 0 < eps < 1. Proof. exists (1/2). lra. Qed.
(** A true weakening remains provable: the spiral's first loss reaches half the bound. *)
Theorem weaker_curvature_attained : forall eps : R, 0 < eps < 1 ->
  1/2 * curvature_bound eps <= 1 - cosine (turn eps (spiral eps 0%nat)) (turn eps (spiral eps 1%nat)).
Proof.
  intros eps e. rewrite (proj2 (proj2 (curvature_attained eps e) 0%nat)).
  assert (0 <= curvature_bound eps); [|lra]. unfold curvature_bound. pose proof (sqrt_pos (1 + -1 * eps ^ 2)).
  apply Rmult_le_pos; [apply pow2_ge_0 | left; apply Rinv_0_lt_compat; lra].
Qed.
(** The spiral attains Proposition 1's bound. *)
Theorem mutant_curvature_attained_proposition_1 : ~ forall eps : R, 0 < eps < 1 ->
  1 - cosine (turn eps (spiral eps 0%nat)) (turn eps (spiral eps 1%nat)) = proposition_1_bound eps.
Proof.
  intros M. specialize (M (1/2) ltac:(lra)). rewrite (proj2 (proj2 (curvature_attained (1/2) ltac:(lra)) 0%nat)) in M.
  pose proof (sharper _ sharper_instance). lra.
Qed.
(** The spiral goes straight. *)
Theorem mutant_curvature_attained_straight : ~ forall eps : R, 0 < eps < 1 ->
  1 - cosine (turn eps (spiral eps 0%nat)) (turn eps (spiral eps 1%nat)) = 0.
Proof.
  intros M. specialize (M (3/5) ltac:(lra)). rewrite (proj2 (proj2 (curvature_attained (3/5) ltac:(lra)) 0%nat)), at_3_5 in M. lra.
Qed.

(** ---- What moves goes on moving ---- *)

(** v(z) = c z in the plane, from (1, 0). *)
Definition ray (c : R) (t : nat) : vector plane := ((1 + c) ^ t, 0).
Lemma ray_follows c : follows plane (scale plane c) (ray c) (Rabs c).
Proof. split; [intros x y; right; apply scaled_apart | intros t; unfold ray; simpl; f_equal; ring]. Qed.
Lemma ray_length c t : 0 <= 1 + c -> length (scale plane c (ray c t)) = Rabs c * (1 + c) ^ t.
Proof.
  intros p. assert (q := pow_le _ t p). unfold length, ray; simpl. set (w := (1 + c) ^ t) in *.
  replace (c * w * (c * w) + c * 0 * (c * 0)) with (Rsqr (c * w)) by (unfold Rsqr; ring). rewrite sqrt_Rsqr_abs, Rabs_mult, (Rabs_pos_eq w q). reflexivity.
Qed.
(** What moves goes on moving, with another share of its length. *)
Definition never_stops_with (bound : R -> R -> R) := forall (V : inner_product_space) (v : vector V -> vector V) (z : nat -> vector V) (eps : R),
  never_stops_supposes eps -> follows V v z eps ->
  (forall t, bound eps (length (v (z t))) <= length (v (z (S t)))) /\ (0 < length (v (z 0%nat)) -> forall t, 0 < length (v (z t))).
(** It is that theorem that is changed. *)
Theorem same_never_stops : never_stops_with never_stops_bound. Proof. exact never_stops. Qed.
(** The hypotheses hold on a ray that comes to rest, and there the velocity falls as fast as is allowed. *)
Theorem never_stops_instance : forall eps : R, never_stops_supposes eps -> follows plane (scale plane (- eps)) (ray (- eps)) eps /\
  forall t, 0 < length (scale plane (- eps) (ray (- eps) t)) /\
    length (scale plane (- eps) (ray (- eps) (S t))) = never_stops_bound eps (length (scale plane (- eps) (ray (- eps) t))).
Proof.
  intros eps N. unfold never_stops_supposes in N. pose proof (ray_follows (- eps)) as F. rewrite Rabs_Ropp, Rabs_pos_eq in F by lra. split; [exact F|].
  intros t. rewrite !ray_length, Rabs_Ropp, Rabs_pos_eq by lra. split; [apply Rmult_lt_0_compat; [lra | apply pow_lt; lra]|].
  unfold never_stops_bound. simpl. ring.
Qed.
(** A true weakening remains provable: half of that length. *)
Theorem weaker_never_stops : never_stops_with (fun eps length => 1/2 * never_stops_bound eps length).
Proof.
  intros V v z eps N F. destruct (never_stops V v z eps N F) as [A B]. split; [|exact B]. intros t. specialize (A t).
  unfold never_stops_bound, never_stops_supposes in *. pose proof (length_pos V (v (z t))). nra.
Qed.
Lemma slower bound : (forall l, bound (1/2) l > 1/2 * l \/ l <= 0) -> ~ never_stops_with bound.
Proof.
  intros more M. assert (N : never_stops_supposes (1/2)) by (unfold never_stops_supposes; lra). destruct (never_stops_instance (1/2) N) as [F A].
  pose proof (proj1 (M plane _ _ (1/2) N F) 0%nat) as B. destruct (A 0%nat) as [p e]. rewrite e in B. unfold never_stops_bound in B.
  destruct (more (length (scale plane (- (1/2)) (ray (- (1/2)) 0)))); lra.
Qed.
(** Velocities never get shorter. *)
Theorem mutant_never_stops_no_shorter : ~ never_stops_with (fun _ length => length).
Proof. apply slower. intros l. lra. Qed.
(** eps^2 for eps. *)
Theorem mutant_never_stops_squared : ~ never_stops_with (fun eps length => length * (1 - eps ^ 2)).
Proof. apply slower. intros l. lra. Qed.
(** At eps = 1 too: v(z) = - z leads to rest in one step. *)
Theorem mutant_never_stops_at_1 : ~ forall (V : inner_product_space) (v : vector V -> vector V) (z : nat -> vector V),
  follows V v z 1 -> 0 < length (v (z 0%nat)) -> forall t, 0 < length (v (z t)).
Proof.
  intros M. assert (a : Rabs (-1) = 1) by (rewrite Rabs_left; lra). pose proof (ray_follows (-1)) as F. rewrite a in F. specialize (M plane _ _ F).
  assert (m : forall t, length (scale plane (-1) (ray (-1) t)) = (1 + -1) ^ t) by (intros; rewrite ray_length by lra; rewrite a; ring).
  assert (B := M ltac:(rewrite m; simpl; lra) 1%nat). rewrite m in B. simpl in B. lra.
Qed.

(** ---- Near 1 ---- *)

Definition near_one_with (shrink stretch : R -> R) := forall (V : inner_product_space) (v : vector V -> vector V) (eps : R), stretch_supposes eps -> lipschitz v eps ->
  forall x y, shrink eps * length (minus V x y) <= length (minus V (advanced v x) (advanced v y)) <= stretch eps * length (minus V x y).
(** It is the theorem's first part that is changed; the others follow from it. *)
Theorem same_near_one : near_one_with shrink_bound stretch_bound. Proof. intros V v eps N S. now apply near_one. Qed.
(** A true weakening remains provable: twice as far from 1. *)
Theorem weaker_near_one : near_one_with (fun eps => 1 - 2 * eps) (fun eps => 1 + 2 * eps).
Proof.
  intros V v eps N S x y. pose proof (proj1 (near_one V v eps N S) x y) as B. unfold shrink_bound, stretch_bound, stretch_supposes in *.
  pose proof (length_pos V (minus V x y)). nra.
Qed.
Lemma not_near shrink stretch : stretch (1/2) < 3/2 \/ 1/2 < shrink (1/2) -> ~ near_one_with shrink stretch.
Proof.
  intros far M. assert (N : stretch_supposes (1/2)) by (unfold stretch_supposes; lra). destruct (near_one_attained plane (1/2) N) as (S & S' & up & down).
  assert (d : length (minus plane (1, 0) (0, 0)) = 1) by (unfold length; simpl; replace ((1 - 0) * (1 - 0) + (0 - 0) * (0 - 0)) with (1 * 1) by ring; apply sqrt_square; lra).
  destruct far as [far | far].
  - pose proof (proj2 (M plane _ _ N S (1, 0) (0, 0))) as B. rewrite up, d in B. unfold stretch_bound in B. lra.
  - pose proof (proj1 (M plane _ _ N S' (1, 0) (0, 0))) as B. rewrite (down ltac:(lra)), d in B. unfold shrink_bound in B. lra.
Qed.
(** A small velocity makes the map's own constant small: at most eps. *)
Theorem mutant_near_one_small : ~ near_one_with shrink_bound (fun eps => eps).
Proof. apply not_near. left; lra. Qed.
(** A smooth velocity stretches nothing. *)
Theorem mutant_near_one_no_stretch : ~ near_one_with shrink_bound (fun _ => 1).
Proof. apply not_near. left; lra. Qed.
(** A smooth velocity shrinks nothing. *)
Theorem mutant_near_one_no_shrink : ~ near_one_with (fun _ => 1) stretch_bound.
Proof. apply not_near. right; lra. Qed.
(** eps^2 for eps. *)
Theorem mutant_near_one_squared : ~ near_one_with (fun eps => 1 - eps ^ 2) stretch_bound.
Proof. apply not_near. right; lra. Qed.

(** ---- Straight and not smooth ---- *)

(** Multiplication by ten. *)
Theorem straight_not_smooth_instance : straight_not_smooth_supposes 10. Proof. unfold straight_not_smooth_supposes. lra. Qed.
(** A true weakening remains provable: there is a map without any loss that is not 9-Lipschitz. *)
Theorem weaker_straight_not_smooth : exists v : vector plane -> vector plane,
  (forall z, 0 < length z -> 1 - cosine (v z) (v (advanced v z)) = 0) /\ ~ lipschitz (advanced v) 9.
Proof.
  destruct (straight_not_smooth plane 10 straight_not_smooth_instance) as [A B]. exists (scale plane (10 - 1)). split; [exact A|].
  intros L. specialize (L (1, 0) (0, 0)). rewrite B in L.
  assert (d : 0 < length (minus plane (1, 0) (0, 0))) by (unfold length; simpl; apply sqrt_lt_R0; lra). lra.
Qed.
(** No trajectory turns. *)
Definition straight (V : inner_product_space) (v : vector V -> vector V) := forall z, 0 < length (v z) -> 0 < length (v (advanced v z)) -> 1 - cosine (v z) (v (advanced v z)) = 0.
Lemma ten_is_straight : straight plane (scale plane (10 - 1)).
Proof.
  intros z m _. apply (proj1 (straight_not_smooth plane 10 straight_not_smooth_instance)). unfold length in *. rewrite dot_scale, dot_sym, dot_scale in m.
  apply sqrt_lt_R0. destruct (dot_pos plane z) as [p | p]; [exact p|]. rewrite <- p in m. rewrite !Rmult_0_r, sqrt_0 in m. lra.
Qed.
(** Where no trajectory turns, the map is 1-Lipschitz. *)
Theorem mutant_straight_not_smooth_converse : ~ forall (V : inner_product_space) (v : vector V -> vector V), straight V v -> lipschitz (advanced v) 1.
Proof.
  intros M. pose proof (M plane _ ten_is_straight (1, 0) (0, 0)) as L. rewrite (proj2 (straight_not_smooth plane 10 straight_not_smooth_instance)) in L.
  assert (d : 0 < length (minus plane (1, 0) (0, 0))) by (unfold length; simpl; apply sqrt_lt_R0; lra). lra.
Qed.
(** Where no trajectory turns, the velocity is 1-Lipschitz. *)
Theorem mutant_straight_not_smooth_velocity : ~ forall (V : inner_product_space) (v : vector V -> vector V), straight V v -> lipschitz v 1.
Proof.
  intros M. pose proof (M plane _ ten_is_straight (1, 0) (0, 0)) as L. rewrite scaled_apart, Rabs_pos_eq in L by lra.
  assert (d : 0 < length (minus plane (1, 0) (0, 0))) by (unfold length; simpl; apply sqrt_lt_R0; lra). lra.
Qed.
