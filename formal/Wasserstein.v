(** Distances of distributions: Wasserstein-1, defined by its dual, and total variation. Distributions have finitely
    many atoms; what they are on may be of any kind. *)
From Coq Require Import Reals List Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Laws Loops.
Import ListNotations.
Open Scope R_scope.

(** A distribution: a law with finitely many atoms. mean mu h is the expectation of h under mu. *)
Record dist (X : Type) := { weights : law X; weights_law : is_law weights }.
Arguments weights {X}. Arguments weights_law {X}.
Definition mean {X} (mu : dist X) (h : X -> R) : R := E (weights mu) h.

Lemma mean_ext X (mu : dist X) F H : (forall x, F x = H x) -> mean mu F = mean mu H.
Proof. apply E_ext. Qed.
Lemma mean_lin X (mu : dist X) c F H : mean mu (fun x => F x + c * H x) = mean mu F + c * mean mu H.
Proof. apply E_lin. Qed.
Lemma mean_scal X (mu : dist X) c F : mean mu (fun x => c * F x) = c * mean mu F.
Proof. apply E_scal. Qed.
Lemma mean_minus X (mu : dist X) F H : mean mu F - mean mu H = mean mu (fun x => F x - H x).
Proof. rewrite (mean_ext _ mu (fun x => F x - H x) (fun x => F x + -1 * H x)), mean_lin by (intros; ring). ring. Qed.
Lemma mean_const X (mu : dist X) c : mean mu (fun _ => c) = c.
Proof. apply E_const, weights_law. Qed.
Lemma mean_mono X (mu : dist X) F H : (forall x, F x <= H x) -> mean mu F <= mean mu H.
Proof. apply E_mono, weights_law. Qed.
Lemma mean_abs X (mu : dist X) F c : (forall x, Rabs (F x) <= c) -> Rabs (mean mu F) <= c.
Proof.
  intros B. apply Rabs_le. rewrite <- (mean_const X mu c) at 2. rewrite <- (mean_const X mu (- c)).
  split; apply mean_mono; intros x; pose proof (Rabs_def2_le _ _ (B x)); lra.
Qed.

(** The distribution that is surely x. *)
Lemma sure X (x : X) : is_law [(1, x)].
Proof. split; [intros p y [e | []]; injection e as <- <-; lra | simpl; ring]. Qed.
Definition point {X} (x : X) : dist X := {| weights := [(1, x)]; weights_law := sure X x |}.
Lemma mean_point X (x : X) h : mean (point x) h = h x.
Proof. unfold mean; simpl; ring. Qed.

(** The distribution of what k draws, given what mu draws. *)
Fixpoint mixed {X Y} (d : law X) (k : X -> law Y) : law Y :=
  match d with [] => [] | (p, x) :: l => map (fun qy => (p * fst qy, snd qy)) (k x) ++ mixed l k end.
Lemma E_mixed X Y (d : law X) (k : X -> law Y) F : E (mixed d k) F = E d (fun x => E (k x) F).
Proof.
  assert (A : forall (l l' : law Y), E (l ++ l') F = E l F + E l' F).
  { induction l as [|[q y] l IH]; intros l'; simpl; [ring | rewrite IH; ring]. }
  assert (M : forall p (l : law Y), E (map (fun qy => (p * fst qy, snd qy)) l) F = p * E l F).
  { intros p l. induction l as [|[q y] l IH]; simpl; [ring | rewrite IH; ring]. }
  induction d as [|[p x] d IH]; simpl; [reflexivity | rewrite A, M, IH; reflexivity].
Qed.
Lemma mixed_law X Y (d : law X) (k : X -> law Y) : is_law d -> (forall x, is_law (k x)) -> is_law (mixed d k).
Proof.
  intros [P one] K. split.
  - clear one. induction d as [|[p x] d IH]; simpl; intros q y; [intros []|]. rewrite in_app_iff, in_map_iff.
    intros [([q' y'] & e & i) | i]; [|revert i; apply IH; intros; apply (P p0 x0); now right].
    injection e as <- <-. apply Rmult_le_pos; [apply (P p x); now left | simpl; now apply (proj1 (K x) q' y')].
  - rewrite E_mixed, (E_ext _ _ _ (fun _ => 1)); [exact one | intros; apply K].
Qed.
Definition next {X Y} (mu : dist X) (k : X -> dist Y) : dist Y :=
  {| weights := mixed (weights mu) (fun x => weights (k x));
     weights_law := mixed_law _ _ _ _ (weights_law mu) (fun x => weights_law (k x)) |}.
Lemma mean_next X Y (mu : dist X) (k : X -> dist Y) h : mean (next mu k) h = mean mu (fun x => mean (k x) h).
Proof. apply E_mixed. Qed.

(** ---- Wasserstein-1 ---- *)

(** h rises by at most c per unit of distance. *)
Definition lipschitz {X} (d : X -> X -> R) (c : R) (h : X -> R) := forall x y, Rabs (h x - h y) <= c * d x y.

(** The Wasserstein-1 distance, by its dual (Kantorovich and Rubinstein): the largest difference of the expectations of
    a function that rises by at most 1 per unit of distance. *)
Definition W1 {X} (d : X -> X -> R) (mu nu : dist X) : R :=
  Rbar.real (Lub_Rbar (fun v => exists h, lipschitz d 1 h /\ v = mean mu h - mean nu h)).

Lemma two_means X (mu nu : dist X) h : mean mu h - mean nu h = mean mu (fun x => mean nu (fun y => h x - h y)).
Proof.
  rewrite (mean_ext _ mu (fun x => mean nu (fun y => h x - h y)) (fun x => h x - mean nu h)).
  - rewrite <- mean_minus, mean_const. reflexivity.
  - intros x. rewrite <- mean_minus, mean_const. reflexivity.
Qed.

Section Distance.
Variables (X : Type) (d : X -> X -> R).
Hypothesis m : pseudometric X d.

Lemma lipschitz_0 : lipschitz d 1 (fun _ => 0).
Proof. intros x y. rewrite Rminus_0_r, Rabs_R0. pose proof (d_pos m x y). lra. Qed.
Lemma lipschitz_opp c h : lipschitz d c h -> lipschitz d c (fun x => - h x).
Proof. intros H x y. replace (- h x - - h y) with (- (h x - h y)) by ring. rewrite Rabs_Ropp. apply H. Qed.

(** The supremum is a number. *)
Lemma W1_is_lub mu nu : is_lub_Rbar (fun v => exists h, lipschitz d 1 h /\ v = mean mu h - mean nu h) (Finite (W1 d mu nu)).
Proof.
  unfold W1. set (U := fun v => exists h, lipschitz d 1 h /\ v = mean mu h - mean nu h).
  destruct (Lub_Rbar_correct U) as [up least]. 
  assert (above : Rbar_le (Lub_Rbar U) (Finite (mean mu (fun x => mean nu (fun y => d x y))))).
  { apply least. intros v (h & H & ->). simpl. rewrite two_means. apply mean_mono; intros x. apply mean_mono; intros y.
    pose proof (Rabs_def2_le _ _ (H x y)). lra. }
  assert (below : Rbar_le (Finite 0) (Lub_Rbar U)).
  { apply up. exists (fun _ => 0). split; [apply lipschitz_0 | rewrite !mean_const; ring]. }
  destruct (Lub_Rbar U) as [l | |]; try contradiction. now split.
Qed.

(** It is at most w exactly if no such function separates the two by more than w. *)
Lemma W1_le mu nu w : (forall h, lipschitz d 1 h -> mean mu h - mean nu h <= w) -> W1 d mu nu <= w.
Proof.
  intros H. assert (A : Rbar_le (Finite (W1 d mu nu)) (Finite w)); [|exact A].
  apply (proj2 (W1_is_lub mu nu)). intros v (h & L & ->). simpl. now apply H.
Qed.
Lemma W1_above mu nu h : lipschitz d 1 h -> mean mu h - mean nu h <= W1 d mu nu.
Proof.
  intros H. assert (A : Rbar_le (Finite (mean mu h - mean nu h)) (Finite (W1 d mu nu))); [|exact A].
  apply (proj1 (W1_is_lub mu nu)). now exists h.
Qed.

(** What makes it useful: the expectation of a c-Lipschitz function moves by at most c times the distance. *)
Theorem W1_moves mu nu c h : 0 <= c -> lipschitz d c h -> Rabs (mean mu h - mean nu h) <= c * W1 d mu nu.
Proof.
  intros c0 H. assert (A : forall h, lipschitz d c h -> mean mu h - mean nu h <= c * W1 d mu nu).
  2:{ apply Rabs_le. pose proof (A h H). pose proof (A _ (lipschitz_opp c h H)) as B.
      rewrite (mean_ext _ mu _ (fun x => -1 * h x)), (mean_ext _ nu _ (fun x => -1 * h x)), !mean_scal in B by (intros; ring). lra. }
  clear h H. intros h H. destruct (Rle_lt_or_eq_dec 0 c c0) as [pos | <-].
  - pose proof (Rinv_0_lt_compat c pos) as I. assert (L : lipschitz d 1 (fun x => / c * h x)).
    { intros x y. rewrite <- Rmult_minus_distr_l, Rabs_mult, (Rabs_pos_eq (/ c)) by lra.
      apply Rmult_le_reg_l with c; [exact pos|]. rewrite <- Rmult_assoc, Rinv_r, Rmult_1_l, Rmult_1_l by lra. apply H. }
    pose proof (W1_above mu nu _ L) as A. rewrite !mean_scal, <- Rmult_minus_distr_l in A.
    apply Rmult_le_compat_l with (r := c) in A; [|lra]. rewrite <- Rmult_assoc, Rinv_r, Rmult_1_l in A by lra. exact A.
  - rewrite Rmult_0_l, two_means, <- (mean_const X mu 0). apply mean_mono; intros x. rewrite <- (mean_const X nu 0). apply mean_mono; intros y.
    pose proof (Rabs_def2_le _ _ (H x y)). lra.
Qed.

Lemma W1_distance : pseudometric (dist X) (W1 d).
Proof.
  assert (P : forall mu nu, 0 <= W1 d mu nu).
  { intros mu nu. pose proof (W1_above mu nu _ lipschitz_0) as A. rewrite !mean_const in A. lra. }
  assert (S : forall mu nu, W1 d mu nu <= W1 d nu mu).
  { intros mu nu. apply W1_le; intros h H. pose proof (Rabs_def2_le _ _ (W1_moves nu mu 1 h Rle_0_1 H)). lra. }
  split; [exact P | | |].
  - intros mu. apply Rle_antisym; [|apply P]. apply W1_le; intros. lra.
  - intros mu nu. apply Rle_antisym; apply S.
  - intros mu nu ka. apply W1_le; intros h H. pose proof (W1_above mu nu h H). pose proof (W1_above nu ka h H). lra.
Qed.

(** Single points are as far apart as they are. *)
Theorem W1_of_points x y : W1 d (point x) (point y) = d x y.
Proof.
  apply Rle_antisym.
  - apply W1_le; intros h H. rewrite !mean_point. pose proof (Rabs_def2_le _ _ (H x y)). lra.
  - assert (L : lipschitz d 1 (fun z => d z y)).
    { intros a b. pose proof (d_tri m a b y). pose proof (d_tri m b a y). rewrite (d_sym m b a) in *. apply Rabs_le. lra. }
    pose proof (W1_above (point x) (point y) _ L) as A. rewrite !mean_point, (d_refl m) in A. lra.
Qed.

(** The easy half of the duality: no coupling of the two has a smaller mean distance. *)
Theorem W1_below_couplings (mu nu : dist X) (pair : dist (X * X)) :
  (forall h, mean pair (fun z => h (fst z)) = mean mu h) -> (forall h, mean pair (fun z => h (snd z)) = mean nu h) ->
  W1 d mu nu <= mean pair (fun z => d (fst z) (snd z)).
Proof.
  intros A B. apply W1_le; intros h H. rewrite <- A, <- B, mean_minus. apply mean_mono; intros z.
  pose proof (Rabs_def2_le _ _ (H (fst z) (snd z))). lra.
Qed.

(** Where no two points are further apart than D, no two distributions are. *)
Lemma W1_diameter D mu nu : (forall x y, d x y <= D) -> W1 d mu nu <= D.
Proof.
  intros B. apply W1_le; intros h H. rewrite two_means, <- (mean_const X mu D). apply mean_mono; intros x.
  rewrite <- (mean_const X nu D). apply mean_mono; intros y. pose proof (Rabs_def2_le _ _ (H x y)). specialize (B x y). lra.
Qed.

(** One step of two kernels, and of one kernel from two distributions. *)
Lemma W1_next_errors Y (mu : dist Y) (k k' : Y -> dist X) e : (forall y, W1 d (k y) (k' y) <= e) -> W1 d (next mu k) (next mu k') <= e.
Proof.
  intros B. apply W1_le; intros h H. rewrite !mean_next, mean_minus, <- (mean_const Y mu e). apply mean_mono; intros y.
  eapply Rle_trans; [now apply W1_above | apply B].
Qed.
Lemma W1_next c (k : X -> dist X) mu nu : 0 <= c -> (forall x y, W1 d (k x) (k y) <= c * d x y) ->
  W1 d (next mu k) (next nu k) <= c * W1 d mu nu.
Proof.
  intros c0 B. apply W1_le; intros h H. rewrite !mean_next. eapply Rle_trans; [apply Rle_abs|]. apply W1_moves; [exact c0|].
  intros x y. eapply Rle_trans; [apply (W1_moves _ _ 1); [lra | exact H]|]. rewrite Rmult_1_l. apply B.
Qed.
End Distance.

(** ---- Total variation ---- *)

(** Total variation: the largest difference of the probabilities of an event. *)
Definition probability {X} (mu : dist X) (event : X -> bool) : R := mean mu (fun x => if event x then 1 else 0).
Definition total_variation {X} (mu nu : dist X) : R :=
  Rbar.real (Lub_Rbar (fun v => exists event, v = Rabs (probability mu event - probability nu event))).

Lemma tv_above X (mu nu : dist X) event : Rabs (probability mu event - probability nu event) <= total_variation mu nu.
Proof.
  unfold total_variation. set (U := fun v => exists event, v = Rabs (probability mu event - probability nu event)).
  destruct (Lub_Rbar_correct U) as [up least].
  assert (A : Rbar_le (Finite (Rabs (probability mu event - probability nu event))) (Lub_Rbar U)) by (apply up; now exists event).
  assert (B : Rbar_le (Lub_Rbar U) (Finite 1)).
  { apply least. intros v (a & ->). simpl. unfold probability. rewrite two_means. apply mean_abs; intros x. apply mean_abs; intros y.
    destruct (a x), (a y); apply Rabs_le; lra. }
  destruct (Lub_Rbar U) as [l | |]; try contradiction. exact A.
Qed.
Lemma tv_least X (mu nu : dist X) e : (forall event, Rabs (probability mu event - probability nu event) <= e) -> total_variation mu nu <= e.
Proof.
  intros H. unfold total_variation. set (U := fun v => exists event, v = Rabs (probability mu event - probability nu event)).
  destruct (Lub_Rbar_correct U) as [up least].
  assert (B : Rbar_le (Lub_Rbar U) (Finite e)) by (apply least; intros v (a & ->); apply H).
  assert (A : Rbar_le (Finite (Rabs (probability mu (fun _ => true) - probability nu (fun _ => true)))) (Lub_Rbar U)) by (apply up; now exists (fun _ => true)).
  destruct (Lub_Rbar U) as [l | |]; try contradiction. exact B.
Qed.
Lemma tv_pos X (mu nu : dist X) : 0 <= total_variation mu nu.
Proof. eapply Rle_trans; [apply Rabs_pos | apply (tv_above X mu nu (fun _ => true))]. Qed.

(** The expectation of a function moves by at most its span times the total variation. *)
Lemma lowest X (h : X -> R) l : l <> [] -> exists x, In x l /\ forall y, In y l -> h x <= h y.
Proof.
  induction l as [|x l IH]; [tauto|]. intros _. destruct l as [|x' l']; [exists x; split; [now left | intros y [-> | []]; lra]|].
  destruct IH as (z & iz & Hz); [discriminate|]. destruct (Rle_dec (h x) (h z)) as [L | L].
  - exists x. split; [now left|]. intros y [-> | i]; [lra | specialize (Hz y i); lra].
  - exists z. split; [now right|]. intros y [-> | i]; [lra | now apply Hz].
Qed.
Lemma E_ext_in X (l : law X) F H : (forall p x, In (p, x) l -> F x = H x) -> E l F = E l H.
Proof.
  induction l as [|[p x] l IH]; simpl; intros e; [reflexivity|]. rewrite (e p x), IH; [reflexivity | intros; eapply e; right; eauto | now left].
Qed.
Theorem tv_moves X (mu nu : dist X) s h : (forall x y, h x - h y <= s) -> Rabs (mean mu h - mean nu h) <= s * total_variation mu nu.
Proof.
  set (e := total_variation mu nu). set (D F := mean mu F - mean nu F). set (atoms := map snd (weights mu ++ weights nu)).
  assert (Dext : forall F H, (forall x, In x atoms -> F x = H x) -> D F = D H).
  { intros F H A. assert (at_atoms : forall l, incl l (weights mu ++ weights nu) -> E l F = E l H).
    { intros l I. apply E_ext_in. intros p x i. apply A. apply in_map_iff. exists (p, x). auto. }
    unfold D, mean. rewrite (at_atoms (weights mu)), (at_atoms (weights nu)); auto using incl_appl, incl_appr, incl_refl. }
  assert (Dlin : forall c F H, D (fun x => F x + c * H x) = D F + c * D H) by (intros; unfold D; rewrite !mean_lin; ring).
  assert (Dconst : forall c, D (fun _ => c) = 0) by (intros; unfold D; rewrite !mean_const; ring).
  assert (layers : forall xs h lo hi, lo <= hi -> (forall x, In x atoms -> lo <= h x <= hi) ->
    (forall x, In x atoms -> h x = lo \/ h x = hi \/ In x xs) -> D h <= (hi - lo) * e).
  { clear h. induction xs as [|x xs IH]; intros h lo hi o B V.
    - set (A z := if Req_EM_T (h z) lo then false else true).
      rewrite (Dext h (fun z => lo + (hi - lo) * (if A z then 1 else 0))).
      2:{ intros z i. unfold A. destruct (Req_EM_T (h z) lo), (V z i) as [|[|[]]]; lra. }
      rewrite Dlin, Dconst. pose proof (Rabs_def2_le _ _ (tv_above X mu nu A)) as T. fold e in T. unfold D. fold (probability mu A) (probability nu A). nra.
    - destruct (Rle_dec lo (h x)) as [l1 | l1]; [destruct (Rle_dec (h x) hi) as [l2 | l2]|].
      + assert (S : D h = D (fun z => Rmin (h z) (h x)) + D (fun z => Rmax (h z) (h x))).
        { transitivity (D (fun z => Rmin (h z) (h x) + 1 * (Rmax (h z) (h x) + -1 * h x))).
          - apply Dext. intros z _. unfold Rmin, Rmax. destruct (Rle_dec (h z) (h x)); ring.
          - rewrite Dlin, (Dlin (-1) (fun z => Rmax (h z) (h x)) (fun _ => h x)), Dconst. ring. }
        pose proof (IH (fun z => Rmin (h z) (h x)) lo (h x) l1) as I1. pose proof (IH (fun z => Rmax (h z) (h x)) (h x) hi l2) as I2.
        rewrite S. replace ((hi - lo) * e) with ((h x - lo) * e + (hi - h x) * e) by ring. apply Rplus_le_compat; [apply I1 | apply I2];
          intros z i; unfold Rmin, Rmax; destruct (Rle_dec (h z) (h x)), (B z i), (V z i) as [|[|[<- |]]]; auto; lra.
      + apply IH; auto. intros z i. destruct (V z i) as [|[|[<- |]]]; auto. destruct (B x i); lra.
      + apply IH; auto. intros z i. destruct (V z i) as [|[|[<- |]]]; auto. destruct (B x i); lra. }
  assert (some : atoms <> []).
  { unfold atoms. destruct (weights mu) as [|[p x] l] eqn:W; [|discriminate]. exfalso. destruct (weights_law mu) as [_ one].
    rewrite W in one. simpl in one. lra. }
  intros S. assert (one : forall h, (forall x y, h x - h y <= s) -> D h <= s * e).
  { clear h S. intros h S. destruct (lowest X h atoms some) as (x & i & low). replace (s * e) with ((h x + s - h x) * e) by ring.
    apply (layers atoms); [specialize (S x x); lra | intros z iz; specialize (low z iz); specialize (S z x); lra | auto]. }
  apply Rabs_le. split; [|now apply one]. assert (O : D (fun x => 0 + -1 * h x) <= s * e) by (apply one; intros x y; specialize (S y x); lra).
  rewrite Dlin, Dconst in O. unfold D in O. lra.
Qed.

(** All points are equally far apart. *)
Definition discrete {X} (d : X -> X -> R) := forall x y, (x = y /\ d x y = 0) \/ (x <> y /\ d x y = 1).
Lemma discrete_distance X (d : X -> X -> R) : discrete d -> pseudometric X d.
Proof.
  intros H. split; intros.
  - destruct (H x y); lra.
  - destruct (H x x); tauto.
  - destruct (H x y) as [[e a] | [e a]], (H y x) as [[e' b] | [e' b]]; congruence.
  - destruct (H x y) as [[e a] | [e a]], (H y z) as [[e' b] | [e' b]], (H x z) as [[e'' c] | [e'' c]]; try lra. congruence.
Qed.
(** Where all points are equally far apart Wasserstein-1 is total variation. *)
Theorem W1_discrete X (d : X -> X -> R) : discrete d -> forall mu nu, W1 d mu nu = total_variation mu nu.
Proof.
  intros H mu nu. pose proof (discrete_distance X d H) as m. apply Rle_antisym.
  - apply (W1_le X d m); intros h L. eapply Rle_trans; [apply Rle_abs|]. rewrite <- (Rmult_1_l (total_variation mu nu)). apply tv_moves.
    intros x y. pose proof (Rabs_def2_le _ _ (L x y)). destruct (H x y); lra.
  - apply tv_least; intros a. rewrite <- (Rmult_1_l (W1 d mu nu)). apply (W1_moves X d m); [lra|]. intros x y.
    destruct (H x y) as [[<- ->] | [_ ->]]; [|destruct (a x), (a y); apply Rabs_le; lra]. replace (_ - _) with 0 by ring. rewrite Rabs_R0. lra.
Qed.
