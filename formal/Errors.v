(** Errors of any kind that know a rollout's states and actions at most through their second moments: what they add to
    the estimate's variance. They may be correlated in time, or larger in some states than in others; a baseline may be
    subtracted. *)
From Coq Require Import Reals List Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Laws Rollouts Noise Theorem2.
Import ListNotations.
Open Scope R_scope.

(** All errors e_0, e_1, ... of a rollout together, with mean 0 and second moments C u v, given as an expectation S of
    functions of them. Only polynomials of second degree are ever integrated, so any law with these moments is allowed. *)
Record errors (S : ((nat -> R) -> R) -> R) (C : nat -> nat -> R) : Prop := {
  errors_ext : forall F G, (forall e, F e = G e) -> S F = S G;
  errors_moments : forall n p q s,
    S (fun e => p + sum n (fun u => q u * e u) + sum n (fun u => sum n (fun v => s u v * (e u * e v)))) =
    p + sum n (fun u => sum n (fun v => s u v * C u v)) }.

(** A rollout whose rewards are seen with errors; rollouts of H steps when the errors' law may depend on the trajectory;
    one law for all trajectories. *)
Fixpoint blurred {W} (e : nat -> R) (l : rollout W) : rollout W := match l with
  | [] => [] | (x, a, u) :: l => (x, a, u + e O) :: blurred (fun t => e (S t)) l end.
Definition seen W u (law : rollout W -> ((nat -> R) -> R) -> R) H (F : rollout W -> R) :=
  episode W u quiet H (fun l => law l (fun e => F (blurred e l))).
Definition always {W} (S : ((nat -> R) -> R) -> R) : rollout W -> ((nat -> R) -> R) -> R := fun _ => S.

(** The average of K such rollouts' values of an estimator Y, a number for each parameter: its expectation, and the
    trace of its covariance. *)
Definition average_mean {W} (T : (rollout W -> R) -> R) (Y : nat -> rollout W -> R) K j := draws _ T (Y j) K 0 (fun y => / INR K * y).
Definition average_variance {W} (T : (rollout W -> R) -> R) (Y : nat -> rollout W -> R) K := sum (parameters W) (fun j =>
  draws _ T (Y j) K 0 (fun y => (/ INR K * y) ^ 2) - average_mean T Y K j ^ 2).

(** The score at step t of a rollout, and the eligibility M_u = sum over t <= u of weight^t gamma^(u - t) w_t: what the
    error at step u is multiplied with. *)
Definition score_at {W} j (t : nat) (l : rollout W) := match nth_error l t with Some (x, a, _) => score W j x a | None => 0 end.
Definition met {W} gamma weight j u (l : rollout W) := sum (S u) (fun t => weight ^ t * gamma ^ (u - t) * score_at j t l).
(** What the score at step t hears of the errors: e_t + gamma e_(t+1) + ..., up to the end. *)
Definition heard gamma H t (e : nat -> R) := sum H (fun u => if (t <=? u)%nat then gamma ^ (u - t) * e u else 0).

(** The estimator with a baseline that was fixed before these labels: w_t (G_t - base), base by the steps still to come
    and by the state. *)
Fixpoint with_baseline {W} gamma weight (base : nat -> state W -> R) j (l : rollout W) : R := match l with
  | [] => 0 | (x, a, u) :: l' => score W j x a * (to_go gamma l - base (length l') x) + weight * with_baseline gamma weight base j l' end.

(** ---- Along one rollout ---- *)
Lemma blurred_length W e (l : rollout W) : length (blurred e l) = length l.
Proof. revert e. induction l as [|[[x a] u] l IH]; intros e; simpl; [reflexivity | now rewrite IH]. Qed.
Lemma to_go_blurred W gamma : forall (l : rollout W) e, to_go gamma (blurred e l) = to_go gamma l + sum (length l) (fun u => gamma ^ u * e u).
Proof.
  induction l as [|[[x a] u] l IH]; intros e; [simpl; ring|]. cbn [blurred to_go length]. rewrite IH, sum_first.
  rewrite (sum_ext _ (fun k => gamma ^ S k * e (S k)) (fun k => gamma * (gamma ^ k * e (S k)))), sum_scal by (intros; simpl; ring). simpl. ring.
Qed.
Lemma met_first W gamma weight j x a r (l : rollout W) : met gamma weight j 0 ((x, a, r) :: l) = score W j x a.
Proof. unfold met, score_at. simpl. ring. Qed.
Lemma met_next W gamma weight j u x a r (l : rollout W) :
  met gamma weight j (S u) ((x, a, r) :: l) = gamma ^ S u * score W j x a + weight * met gamma weight j u l.
Proof.
  unfold met at 1. rewrite sum_first. unfold score_at at 1. cbn [nth_error]. f_equal; [simpl; ring|]. unfold met. rewrite <- sum_scal.
  apply sum_ext; intros t L. replace (S u - S t)%nat with (u - t)%nat by lia. unfold score_at. cbn [nth_error]. simpl. ring.
Qed.
Lemma blurred_estimate W gamma weight base j : forall (l : rollout W) e,
  with_baseline gamma weight base j (blurred e l) = with_baseline gamma weight base j l + sum (length l) (fun u => met gamma weight j u l * e u).
Proof.
  induction l as [|[[x a] r] l IH]; intros e; [simpl; ring|]. cbn [blurred with_baseline length].
  change ((x, a, r + e O) :: blurred (fun t => e (S t)) l) with (blurred e ((x, a, r) :: l)). rewrite to_go_blurred, IH, blurred_length. cbn [length].
  rewrite !sum_first, met_first.
  rewrite (sum_ext _ (fun k => met gamma weight j (S k) ((x, a, r) :: l) * e (S k))
    (fun k => score W j x a * (gamma ^ S k * e (S k)) + weight * (met gamma weight j k l * e (S k)))) by (intros; rewrite met_next; ring).
  rewrite sum_lin, sum_scal. simpl (gamma ^ 0). ring.
Qed.
Lemma met_is W gamma weight j k n (l : rollout W) : (k < n)%nat ->
  met gamma weight j k l = sum n (fun t => (if (t <=? k)%nat then weight ^ t * gamma ^ (k - t) else 0) * score_at j t l).
Proof.
  intros L. unfold met. assert (g : forall f, sum (S k) f = sum n (fun t => if (t <=? k)%nat then f t else 0)).
  { intros f. induction n as [|n IH]; [lia|]. destruct (Nat.eq_dec k n) as [-> | ne].
    - apply sum_ext; intros i li. replace (i <=? n)%nat with true by (symmetry; apply Nat.leb_le; lia). reflexivity.
    - cbn [sum] in IH |- *. rewrite IH by lia. replace (n <=? k)%nat with false by (symmetry; apply Nat.leb_gt; lia). ring. }
  rewrite g. apply sum_ext; intros t _. destruct (t <=? k)%nat; ring.
Qed.
Lemma no_baseline W gamma weight j (l : rollout W) : with_baseline gamma weight (fun _ _ => 0) j l = reinforce gamma weight j l.
Proof. induction l as [|[[x a] r] l IH]; [reflexivity|]. cbn [with_baseline reinforce]. rewrite IH. ring. Qed.

Section Errors.
Variable W : learner.
Hypothesis P : proper W.
Variables (u : state W -> action W -> R) (H : nat).
Let T := episode W u quiet H.
Let exp_T : expectation T. Proof. now apply episode_expectation. Qed.

Lemma roll_length n : forall x F G, (forall l : rollout W, length l = n -> F l = G l) -> roll W u quiet n x F = roll W u quiet n x G.
Proof.
  induction n; intros x F G e; simpl; [now apply e|]. apply E_ext; intros a; apply E_ext; intros z. unfold quiet at 1 3. apply IHn.
  intros l L. apply e. simpl. now rewrite L.
Qed.
Lemma length_ext F G : (forall l : rollout W, length l = H -> F l = G l) -> T F = T G.
Proof. intros e. apply E_ext; intros x. now apply roll_length. Qed.
Lemma T_ext F G : (forall l, F l = G l) -> T F = T G.
Proof. apply exp_T. Qed.
Lemma T_scal c F : T (fun l => c * F l) = c * T F.
Proof.
  destruct exp_T as (ext & lin & const & _). rewrite (ext _ (fun l => 0 + c * F l)) by (intros; ring). now rewrite (lin c (fun _ => 0)), const, Rplus_0_l.
Qed.
Lemma T_sum n (f : nat -> rollout W -> R) : T (fun l => sum n (fun k => f k l)) = sum n (fun k => T (f k)).
Proof.
  destruct exp_T as (ext & lin & const & _). induction n; simpl; [apply const|].
  rewrite (ext _ (fun l => sum n (fun k => f k l) + 1 * f n l)) by (intros; ring). now rewrite lin, IHn, Rmult_1_l.
Qed.

(** ---- Errors whose second moments may depend on the trajectory ---- *)
Variables (law : rollout W -> ((nat -> R) -> R) -> R) (C : rollout W -> nat -> nat -> R).
Hypothesis moments : forall l, errors (law l) (C l).

(** A value that errors change by a linear combination of them. *)
Section Value.
Variables (Y : rollout W -> R) (B : nat -> rollout W -> R).
Hypothesis changes : forall l e, length l = H -> Y (blurred e l) = Y l + sum H (fun k => B k l * e k).
Definition extra l := sum H (fun k => sum H (fun m => B k l * B m l * C l k m)).

Lemma seen_polynomial p q s : seen W u law H (fun l => p + q * Y l + s * Y l ^ 2) = p + q * T Y + s * (T (fun l => Y l ^ 2) + T extra).
Proof.
  destruct exp_T as (ext & lin & const & _). unfold seen. fold T.
  transitivity (T (fun l => ((p + q * Y l) + s * Y l ^ 2) + s * extra l)).
  2:{ rewrite lin, lin, lin, const. ring. }
  apply length_ext; intros l L.
  transitivity (law l (fun e => (p + q * Y l + s * Y l ^ 2) + sum H (fun k => (q + 2 * s * Y l) * B k l * e k)
    + sum H (fun k => sum H (fun m => (s * (B k l * B m l)) * (e k * e m))))).
  - apply (errors_ext _ _ (moments l)); intros e. rewrite changes by auto. set (b := sum H (fun k => B k l * e k)).
    rewrite (sum_ext H (fun k => (q + 2 * s * Y l) * B k l * e k) (fun k => (q + 2 * s * Y l) * (B k l * e k))), sum_scal by (intros; ring). fold b.
    rewrite (sum_ext H _ (fun k => (s * b) * (B k l * e k))), sum_scal; [fold b; ring|].
    intros k _. rewrite (sum_ext H _ (fun m => (s * (B k l * e k)) * (B m l * e m))), sum_scal by (intros; ring). fold b. ring.
  - rewrite (errors_moments _ _ (moments l)). unfold extra. rewrite <- sum_scal. f_equal. apply sum_ext; intros k _. rewrite <- sum_scal.
    apply sum_ext; intros; ring.
Qed.
Lemma seen_ext F G : (forall l, F l = G l) -> seen W u law H F = seen W u law H G.
Proof. intros e. apply T_ext; intros l. apply (errors_ext _ _ (moments l)). intros; apply e. Qed.
Lemma seen_mean : seen W u law H Y = T Y.
Proof. rewrite (seen_ext _ (fun l => 0 + 1 * Y l + 0 * Y l ^ 2)) by (intros; ring). rewrite seen_polynomial. ring. Qed.
Lemma seen_second : seen W u law H (fun l => Y l ^ 2) = T (fun l => Y l ^ 2) + T extra.
Proof. rewrite (seen_ext _ (fun l => 0 + 0 * Y l + 1 * Y l ^ 2)) by (intros; ring). rewrite seen_polynomial. ring. Qed.
Lemma seen_second_order : second_order (seen W u law H) Y.
Proof. split; [apply seen_ext|]. intros. rewrite seen_polynomial, seen_mean, seen_second. ring. Qed.
End Value.

Variables (gamma weight : R) (base : nat -> state W -> R) (K : nat).
Hypothesis K1 : (1 <= K)%nat.
Let Y := with_baseline gamma weight base.

Lemma changes j : forall l e, length l = H -> Y j (blurred e l) = Y j l + sum H (fun k => met gamma weight j k l * e k).
Proof. intros l e L. unfold Y. now rewrite blurred_estimate, L. Qed.

(** Errors of mean 0 do not move the mean. *)
Lemma any_unbiased j : average_mean (seen W u law H) Y K j = average_mean T Y K j.
Proof.
  unfold average_mean. pose proof (seen_second_order (Y j) (fun k => met gamma weight j k) (changes j)) as s2.
  rewrite !draws_mean; auto; [|now apply expectation_second_order].
  now rewrite (seen_mean (Y j) (fun k => met gamma weight j k) (changes j)).
Qed.
(** They add the second moment of sum over u of e_u M_u. *)
Lemma any_added : average_variance (seen W u law H) Y K - average_variance T Y K =
  / INR K * sum (parameters W) (fun j => T (fun l => sum H (fun k => sum H (fun m => met gamma weight j k l * met gamma weight j m l * C l k m)))).
Proof.
  assert (KK : INR K <> 0) by (apply not_0_INR; lia).
  unfold average_variance, average_mean. rewrite sum_minus, <- sum_scal. apply sum_ext; intros j jd.
  pose proof (seen_second_order (Y j) (fun k => met gamma weight j k) (changes j)) as s2.
  rewrite !variance_of_average; auto; [|now apply expectation_second_order].
  unfold variance. rewrite (seen_mean (Y j) _ (changes j)), (seen_second (Y j) _ (changes j)). unfold extra. fold T. field; auto.
Qed.
End Errors.

(** ---- Scores are martingale differences ---- *)
Section Scores.
Variable W : learner.
Hypothesis P : proper W.
Variables (u : state W -> action W -> R) (j : nat).
Hypothesis jd : (j < parameters W)%nat.

Lemma roll_first n x (F : state W -> action W -> R) (G : rollout W -> R) :
  roll W u quiet (S n) x (fun l => match l with (y, a, _) :: l => F y a * G l | [] => 0 end) =
  E (choice W (theta W) x) (fun a => F x a * E (transition W x a) (fun z => roll W u quiet n z G)).
Proof.
  simpl. apply E_ext; intros a. rewrite <- E_scal. apply E_ext; intros z. unfold quiet at 1.
  destruct (roll_expectation W P u n z) as (ext & lin & const & _).
  rewrite (ext _ (fun l => 0 + F x a * G l)) by (intros; ring). now rewrite (lin _ (fun _ => 0)), const, Rplus_0_l.
Qed.
Lemma roll_constant n x c : roll W u quiet n x (fun _ => c) = c.
Proof. apply (roll_expectation W P u n x). Qed.
Lemma one_score n : forall t x, (t < n)%nat -> roll W u quiet n x (score_at j t) = 0.
Proof.
  induction n; intros t x L; [lia|]. destruct (roll_expectation W P u (S n) x) as (ext & _). destruct t as [|t].
  - transitivity (roll W u quiet (S n) x (fun l => match l with (y, a, _) :: l => score W j y a * 1 | [] => 0 end)).
    { apply ext. intros [|[[y a] r] l]; unfold score_at; simpl; ring. }
    rewrite (roll_first n x (score W j) (fun _ => 1)), (E_ext _ _ _ (score W j x)); [now apply score_mean|].
    intros a. rewrite (E_ext _ _ _ (fun _ => 1)) by (intros; apply roll_constant). rewrite E_const by apply (transition_law W P). ring.
  - transitivity (roll W u quiet (S n) x (fun l => match l with (y, a, _) :: l => 1 * score_at j t l | [] => 0 end)).
    { apply ext. intros [|[[y a] r] l]; unfold score_at; simpl; ring. }
    rewrite (roll_first n x (fun _ _ => 1) (score_at j t)), (E_ext _ _ _ (fun _ => 0)); [now apply E_const, choice_law|].
    intros a. rewrite (E_ext _ _ _ (fun _ => 0)) by (intros; apply IHn; lia). rewrite E_const by apply (transition_law W P). ring.
Qed.
Definition same (s t : nat) : R := if Nat.eqb s t then 1 else 0.
Lemma two_scores n : forall s t x, (s < n)%nat -> (t < n)%nat -> roll W u quiet n x (fun l => score_at j s l * score_at j t l) = same s t * moment W j t x.
Proof.
  induction n; intros s t x Ls Lt; [lia|]. destruct (roll_expectation W P u (S n) x) as (ext & _).
  assert (later : forall F, (forall z, roll W u quiet n z F = 0) -> E (choice W (theta W) x) (fun a => score W j x a * E (transition W x a) (fun z => roll W u quiet n z F)) = 0).
  { intros F z0. rewrite (E_ext _ _ _ (fun _ => 0)); [now apply E_const, choice_law|]. intros a.
    rewrite (E_ext _ _ _ (fun _ => 0)) by (intros; apply z0). rewrite E_const by apply (transition_law W P). ring. }
  destruct s as [|s], t as [|t].
  - transitivity (roll W u quiet (S n) x (fun l => match l with (y, a, _) :: l => score W j y a ^ 2 * 1 | [] => 0 end)).
    { apply ext. intros [|[[y a] r] l]; unfold score_at; simpl; ring. }
    rewrite (roll_first n x (fun y a => score W j y a ^ 2) (fun _ => 1)). unfold same. simpl Nat.eqb. cbn iota. rewrite Rmult_1_l. simpl moment. apply E_ext; intros a.
    rewrite (E_ext _ _ _ (fun _ => 1)) by (intros; apply roll_constant). rewrite E_const by apply (transition_law W P). ring.
  - transitivity (roll W u quiet (S n) x (fun l => match l with (y, a, _) :: l => score W j y a * score_at j t l | [] => 0 end)).
    { apply ext. intros [|[[y a] r] l]; unfold score_at; simpl; ring. }
    rewrite (roll_first n x (score W j) (score_at j t)), later; [unfold same; simpl; ring|]. intros; apply one_score; lia.
  - transitivity (roll W u quiet (S n) x (fun l => match l with (y, a, _) :: l => score W j y a * score_at j s l | [] => 0 end)).
    { apply ext. intros [|[[y a] r] l]; unfold score_at; simpl; ring. }
    rewrite (roll_first n x (score W j) (score_at j s)), later; [unfold same; simpl; ring|]. intros; apply one_score; lia.
  - transitivity (roll W u quiet (S n) x (fun l => match l with (y, a, _) :: l => 1 * (score_at j s l * score_at j t l) | [] => 0 end)).
    { apply ext. intros [|[[y a] r] l]; unfold score_at; simpl; ring. }
    rewrite (roll_first n x (fun _ _ => 1) (fun l => score_at j s l * score_at j t l)). simpl moment.
    change (same (S s) (S t)) with (same s t). rewrite <- E_scal. apply E_ext; intros a. rewrite Rmult_1_l, <- E_scal. apply E_ext; intros z. apply IHn; lia.
Qed.
Lemma episode_one H t : (t < H)%nat -> episode W u quiet H (score_at j t) = 0.
Proof. intros L. unfold episode. rewrite (E_ext _ _ _ (fun _ => 0)) by (intros; now apply one_score). apply E_const, (initial_law W P). Qed.
Lemma episode_two H s t : (s < H)%nat -> (t < H)%nat ->
  episode W u quiet H (fun l => score_at j s l * score_at j t l) = same s t * E (initial W) (moment W j t).
Proof. intros. unfold episode. rewrite <- E_scal. apply E_ext; intros x. now apply two_scores. Qed.
End Scores.
Lemma sum_same n i f : (i < n)%nat -> sum n (fun k => same i k * f k) = f i.
Proof.
  unfold same. induction n; intros L; [lia|]. simpl. destruct (Nat.eq_dec i n) as [-> | ne].
  - rewrite Nat.eqb_refl, (sum_ext n _ (fun _ => 0)), sum_const; [ring|]. intros k l. replace (n =? k)%nat with false by (symmetry; apply Nat.eqb_neq; lia). ring.
  - rewrite IHn by lia. replace (i =? n)%nat with false by (symmetry; apply Nat.eqb_neq; lia). ring.
Qed.

(** ---- Noise that depends on state and action ---- *)

(** The noise's standard deviation at step u of a rollout, and E [sigma^2(s_u, a_u) |M_u|^2]. *)
Definition sigma_at {W} (sigma : state W -> action W -> R) u (l : rollout W) := match nth_error l u with Some (x, a, _) => sigma x a | None => 0 end.
Definition noise_met W r sigma gamma weight H u := episode W r quiet H (fun l =>
  sigma_at sigma u l ^ 2 * sum (parameters W) (fun j => met gamma weight j u l ^ 2)).

Lemma baseline_none W gamma weight : @with_baseline W gamma weight (fun _ _ => 0) = reinforce gamma weight.
Proof.
  apply FunctionalExtensionality.functional_extensionality; intros j. apply FunctionalExtensionality.functional_extensionality; intros l. apply no_baseline.
Qed.

(** State-dependent noise. Given the trajectory the errors have mean 0, are uncorrelated in time, and have variances
    sigma^2(s_u, a_u). Then the mean of the estimate stays, for Theorem 2's estimator (weight 1), the discounted one
    (weight gamma) and any other weight; its variance grows by exactly a K-th of the sum over u of
    E [sigma^2(s_u, a_u) |M_u|^2], where M_u = sum over t <= u of weight^t gamma^(u - t) w_t. *)
Theorem state_dependent_noise : forall (W : learner) (u sigma : state W -> action W -> R) (law : rollout W -> ((nat -> R) -> R) -> R)
  (gamma weight : R) (H K : nat), state_dependent_supposes K -> proper W ->
  (forall l, errors (law l) (fun s t => same s t * sigma_at sigma s l ^ 2)) ->
  (forall j, average_mean (seen W u law H) (reinforce gamma weight) K j = average_mean (episode W u quiet H) (reinforce gamma weight) K j) /\
  average_variance (seen W u law H) (reinforce gamma weight) K - average_variance (episode W u quiet H) (reinforce gamma weight) K =
    state_dependent_added (noise_met W u sigma gamma weight H) H K.
Proof.
  intros W u sigma law gamma weight H K K1 P M. unfold state_dependent_supposes in K1. rewrite <- baseline_none. split.
  - intros j. now apply (any_unbiased W P u H law _ M).
  - rewrite (any_added W P u H law _ M) by auto. unfold state_dependent_added, noise_met. f_equal.
    transitivity (sum (parameters W) (fun j => sum H (fun k => episode W u quiet H (fun l => sigma_at sigma k l ^ 2 * met gamma weight j k l ^ 2)))).
    + apply sum_ext; intros j _. rewrite <- (T_sum W P). apply (T_ext W P); intros l. apply sum_ext; intros k L.
      rewrite (sum_ext H _ (fun m => same k m * (sigma_at sigma k l ^ 2 * met gamma weight j k l * met gamma weight j m l))) by (intros; ring).
      rewrite sum_same by auto. ring.
    + rewrite sum_sum. apply sum_ext; intros k _. rewrite <- (T_sum W P). apply (T_ext W P); intros l. apply sum_scal.
Qed.

(** ---- Baselines ---- *)
Lemma baseline_roll W (P : proper W) u gamma weight base j (jd : (j < parameters W)%nat) n : forall x,
  roll W u quiet n x (with_baseline gamma weight base j) = roll W u quiet n x (reinforce gamma weight j).
Proof.
  induction n; intros x; [reflexivity|].
  set (rest := fun a F => E (transition W x a) (fun z => roll W u quiet n z F)).
  assert (step : forall (F : rollout W -> R) b, roll W u quiet (S n) x (fun l => match l with
      [] => 0 | (y, a, r) :: l' => score W j y a * (to_go gamma l - b) + weight * F l' end) =
    E (choice W (theta W) x) (fun a => (score W j x a * u x a + rest a (fun l => score W j x a * gamma * to_go gamma l) + weight * rest a F) + (- b) * score W j x a)).
  { intros F b. simpl. apply E_ext; intros a. unfold rest.
    transitivity (E (transition W x a) (fun z => (score W j x a * u x a - b * score W j x a)
      + 1 * (roll W u quiet n z (fun l => score W j x a * gamma * to_go gamma l) + weight * roll W u quiet n z F))).
    - apply E_ext; intros z. unfold quiet at 1. destruct (roll_expectation W P u n z) as (ext & lin & const & _).
      rewrite (ext _ (fun l => ((score W j x a * u x a - b * score W j x a) + 1 * (score W j x a * gamma * to_go gamma l)) + weight * F l)) by (intros; ring).
      rewrite lin, lin, const. ring.
    - rewrite E_lin, E_const, E_lin by apply (transition_law W P). ring. }
  transitivity (roll W u quiet (S n) x (fun l => match l with
      [] => 0 | (y, a, r) :: l' => score W j y a * (to_go gamma l - base n x) + weight * with_baseline gamma weight base j l' end)).
  { simpl. apply E_ext; intros a; apply E_ext; intros z. unfold quiet at 1 3. apply roll_length. intros l L. now rewrite L. }
  rewrite step, (E_lin _ _ (- base n x) _ (score W j x)), (score_mean W P) by auto. rewrite Rmult_0_r, Rplus_0_r.
  transitivity (roll W u quiet (S n) x (fun l => match l with
      [] => 0 | (y, a, r) :: l' => score W j y a * (to_go gamma l - 0) + weight * reinforce gamma weight j l' end)).
  - rewrite step, (E_lin _ _ (- 0) _ (score W j x)), (score_mean W P) by auto. rewrite Rmult_0_r, Rplus_0_r. apply E_ext; intros a. unfold rest. f_equal. f_equal. apply E_ext; intros; apply IHn.
  - apply (roll_expectation W P u (S n) x). intros [|[[y a] r] l]; [reflexivity|]. cbn [reinforce]. now rewrite Rminus_0_r.
Qed.

(** Baselines. Subtract from each return to go a number that was fixed before these labels and may depend on the state
    and on the time. Then the mean of the estimate is what it is without baseline and without errors, and what errors add
    to its variance is what they add without baseline: for errors of any variances and correlations, given the trajectory. *)
Theorem baseline : forall (W : learner) (u : state W -> action W -> R) (law : rollout W -> ((nat -> R) -> R) -> R)
  (C : rollout W -> nat -> nat -> R) (base : nat -> state W -> R) (gamma weight : R) (H K : nat),
  proper W -> (forall l, errors (law l) (C l)) -> (1 <= K)%nat ->
  (forall j, (j < parameters W)%nat ->
    average_mean (seen W u law H) (with_baseline gamma weight base) K j = average_mean (episode W u quiet H) (reinforce gamma weight) K j) /\
  average_variance (seen W u law H) (with_baseline gamma weight base) K - average_variance (episode W u quiet H) (with_baseline gamma weight base) K =
  average_variance (seen W u law H) (reinforce gamma weight) K - average_variance (episode W u quiet H) (reinforce gamma weight) K.
Proof.
  intros W u law C base gamma weight H K P M K1. split.
  - intros j jd. rewrite (any_unbiased W P u H law C M) by auto. unfold average_mean.
    rewrite !draws_mean; [|apply expectation_second_order, episode_expectation; auto|apply expectation_second_order, episode_expectation; auto].
    f_equal. f_equal. f_equal. unfold episode. apply E_ext; intros x. now apply baseline_roll.
  - rewrite (any_added W P u H law C M) by auto. rewrite <- (baseline_none W gamma weight). now rewrite (any_added W P u H law C M).
Qed.

(** ---- Errors that are correlated in time, and know nothing of the trajectory ---- *)
Section Correlated.
Variables (S : ((nat -> R) -> R) -> R) (C : nat -> nat -> R).
Hypothesis moments : errors S C.

Lemma heard_moment gamma H t : S (fun e => heard gamma H t e ^ 2) =
  sum H (fun k => sum H (fun m => (if (t <=? k)%nat then gamma ^ (k - t) else 0) * (if (t <=? m)%nat then gamma ^ (m - t) else 0) * C k m)).
Proof.
  set (c := fun k => if (t <=? k)%nat then gamma ^ (k - t) else 0).
  transitivity (S (fun e => 0 + sum H (fun k => 0 * e k) + sum H (fun k => sum H (fun m => (c k * c m) * (e k * e m))))).
  - apply (errors_ext _ _ moments); intros e. rewrite sum_scal, Rmult_0_l.
    assert (h : heard gamma H t e = sum H (fun k => c k * e k)) by (unfold heard; apply sum_ext; intros k _; unfold c; destruct (Nat.leb t k); ring). rewrite h.
    set (b := sum H (fun k => c k * e k)). rewrite (sum_ext H _ (fun k => b * (c k * e k))), sum_scal; [fold b; ring|].
    intros k _. rewrite (sum_ext H _ (fun m => (c k * e k) * (c m * e m))), sum_scal by (intros; ring). fold b. ring.
  - rewrite (errors_moments _ _ moments), Rplus_0_l. reflexivity.
Qed.
Lemma second_moment k m : S (fun e => e k * e m) = C k m.
Proof.
  set (n := Datatypes.S (Nat.max k m)). assert (k < n)%nat by (unfold n; lia). assert (m < n)%nat by (unfold n; lia).
  transitivity (S (fun e => 0 + sum n (fun i => 0 * e i) + sum n (fun i => sum n (fun l => (same k i * same m l) * (e i * e l))))).
  - apply (errors_ext _ _ moments); intros e. rewrite sum_scal, Rmult_0_l.
    rewrite (sum_ext n _ (fun i => same k i * sum n (fun l => same m l * (e i * e l)))).
    + rewrite sum_same, sum_same by auto. ring.
    + intros i _. rewrite <- sum_scal. apply sum_ext; intros; ring.
  - rewrite (errors_moments _ _ moments), Rplus_0_l.
    rewrite (sum_ext n _ (fun i => same k i * sum n (fun l => same m l * C i l))).
    + now rewrite !sum_same by auto.
    + intros i _. rewrite <- sum_scal. apply sum_ext; intros; ring.
Qed.
End Correlated.

Lemma product_of_sums n f h : sum n f * sum n h = sum n (fun s => sum n (fun t => f s * h t)).
Proof. rewrite Rmult_comm, <- sum_scal. apply sum_ext; intros s _. rewrite sum_scal. ring. Qed.
Lemma regroup n (c : nat -> nat -> R) (w : nat -> R) (C : nat -> nat -> R) :
  sum n (fun k => sum n (fun m => sum n (fun s => c s k * w s) * sum n (fun t => c t m * w t) * C k m)) =
  sum n (fun s => sum n (fun t => sum n (fun k => sum n (fun m => c s k * c t m * C k m)) * (w s * w t))).
Proof.
  set (F := fun k m s t => c s k * c t m * C k m * (w s * w t)).
  transitivity (sum n (fun k => sum n (fun m => sum n (fun s => sum n (F k m s))))).
  { apply sum_ext; intros k _. apply sum_ext; intros m _. rewrite product_of_sums, Rmult_comm, <- sum_scal. apply sum_ext; intros s _.
    rewrite <- sum_scal. apply sum_ext; intros; unfold F; ring. }
  transitivity (sum n (fun s => sum n (fun k => sum n (fun m => sum n (F k m s))))).
  { rewrite <- (sum_sum n n (fun k s => sum n (fun m => sum n (F k m s)))). apply sum_ext; intros k _. apply sum_sum. }
  apply sum_ext; intros s _. transitivity (sum n (fun k => sum n (fun t => sum n (fun m => F k m s t)))).
  { apply sum_ext; intros k _. apply sum_sum. }
  rewrite sum_sum. apply sum_ext; intros t _. rewrite Rmult_comm, <- sum_scal. apply sum_ext; intros k _. rewrite <- sum_scal.
  apply sum_ext; intros; unfold F; ring.
Qed.

(** Correlated errors, exact. The errors of a rollout have mean 0, any variances and any correlations in time, and know nothing
    of its states and actions. Then the mean stays, and the variance grows by exactly a K-th of the sum over t of
    weight^(2t) E |w_t|^2 times the second moment of what the score w_t hears, e_t + gamma e_(t+1) + ... up to the end. *)
Theorem correlated_noise : forall (W : learner) (u : state W -> action W -> R) (S : ((nat -> R) -> R) -> R) (C : nat -> nat -> R)
  (gamma weight : R) (H K : nat), correlated_noise_supposes K -> proper W -> errors S C ->
  (forall j, average_mean (seen W u (always S) H) (reinforce gamma weight) K j = average_mean (episode W u quiet H) (reinforce gamma weight) K j) /\
  average_variance (seen W u (always S) H) (reinforce gamma weight) K - average_variance (episode W u quiet H) (reinforce gamma weight) K =
    correlated_noise_added (fun t => S (fun e => heard gamma H t e ^ 2)) (score_moment W) weight H K.
Proof.
  intros W u S C gamma weight H K K1 P M. unfold correlated_noise_supposes in K1.
  assert (M' : forall l : rollout W, errors (always S l) (C)) by (intros; exact M). rewrite <- baseline_none. split.
  - intros j. now apply (any_unbiased W P u H (always S) (fun _ => C) M').
  - rewrite (any_added W P u H (always S) (fun _ => C) M') by auto. unfold correlated_noise_added. f_equal.
    set (q := fun t => S (fun e => heard gamma H t e ^ 2)).
    transitivity (sum (parameters W) (fun j => sum H (fun t => weight ^ (2 * t) * q t * E (initial W) (moment W j t)))).
    2:{ rewrite sum_sum. apply sum_ext; intros t _. unfold score_moment. rewrite sum_scal. unfold q. reflexivity. }
    apply sum_ext; intros j jd. set (T := episode W u quiet H).
    set (c := fun t k => if (t <=? k)%nat then weight ^ t * gamma ^ (k - t) else 0).
    assert (m_is := fun (l : rollout W) k (L : (k < H)%nat) => met_is W gamma weight j k H l L). fold c in m_is.
    transitivity (T (fun l => sum H (fun s => sum H (fun t => sum H (fun k => sum H (fun m => c s k * c t m * C k m)) * (score_at j s l * score_at j t l))))).
    { apply (T_ext W P); intros l. rewrite <- regroup. apply sum_ext; intros k lk. apply sum_ext; intros m lm. now rewrite !m_is by auto. }
    unfold T. rewrite (T_sum W P). apply sum_ext; intros s ls. rewrite (T_sum W P).
    rewrite (sum_ext H _ (fun t => same s t * (sum H (fun k => sum H (fun m => c s k * c t m * C k m)) * E (initial W) (moment W j t)))).
    2:{ intros t lt. rewrite (T_scal W P), (episode_two W P u j jd) by auto. ring. }
    rewrite sum_same by auto. f_equal. unfold q. rewrite (heard_moment S C M), <- sum_scal. apply sum_ext; intros k _.
    rewrite <- sum_scal. apply sum_ext; intros m _. unfold c. replace (weight ^ (2 * s)) with (weight ^ s * weight ^ s) by (rewrite <- pow_add; f_equal; lia).
    destruct (s <=? k)%nat, (s <=? m)%nat; ring.
Qed.

(** ---- What the square in Theorem 2 pays for ---- *)

(** All errors of a rollout are one and the same number. *)
Definition one_error (N : (R -> R) -> R) : ((nat -> R) -> R) -> R := fun F => N (fun e => F (fun _ => e)).
Lemma one_error_moments N sigma : two_moments N sigma -> errors (one_error N) (fun _ _ => sigma ^ 2).
Proof.
  intros M. unfold one_error. split; [intros; now apply (noise_ext _ _ M)|]. intros n p q s.
  rewrite (noise_ext _ _ M _ (fun e => p + sum n q * e + sum n (fun u => sum n (fun v => s u v)) * e ^ 2)).
  - rewrite (noise_moments _ _ M). f_equal. rewrite Rmult_comm, <- sum_scal. apply sum_ext; intros u _. rewrite <- sum_scal. apply sum_ext; intros; ring.
  - intros e. f_equal; [f_equal; rewrite Rmult_comm, <- sum_scal; apply sum_ext; intros; ring|].
    rewrite (Rmult_comm _ (e ^ 2)), <- sum_scal. apply sum_ext; intros u _. rewrite <- sum_scal. apply sum_ext; intros; ring.
Qed.
Lemma powers_heard gamma t n : (t <= n)%nat -> sum n (fun k => if (t <=? k)%nat then gamma ^ (k - t) else 0) = geom gamma (n - t).
Proof.
  intros L. rewrite geom_sum. induction n as [|n IH]; [reflexivity|]. destruct (Nat.eq_dec t (S n)) as [-> | ne].
  - rewrite Nat.sub_diag. rewrite (sum_ext (S n) _ (fun _ => 0)), sum_const; [simpl sum; ring|]. intros k lk.
    replace (S n <=? k)%nat with false by (symmetry; apply Nat.leb_gt; lia). reflexivity.
  - cbn [sum]. rewrite IH by lia. replace (t <=? n)%nat with true by (symmetry; apply Nat.leb_le; lia).
    replace (S n - t)%nat with (S (n - t)) by lia. reflexivity.
Qed.

(** What a score hears of the errors. Errors of variance sigma^2, correlated in any way: the second moment of
    e_t + gamma e_(t+1) + ..., of n errors, is at most what one single error would make of it,
    sigma^2 (1 + gamma + ... + gamma^(n-1))^2; and one single error makes exactly that. *)
Theorem heard_most : forall (S : ((nat -> R) -> R) -> R) (C : nat -> nat -> R) (N : (R -> R) -> R) (gamma sigma : R) (H t : nat),
  heard_most_supposes gamma -> errors S C -> two_moments N sigma -> (t <= H)%nat ->
  (forall k, S (fun e => e k ^ 2) = sigma ^ 2) -> (forall k m, 0 <= S (fun e => (e k - e m) ^ 2)) ->
  S (fun e => heard gamma H t e ^ 2) <= heard_most_bound gamma sigma (H - t) /\
  one_error N (fun e => heard gamma H t e ^ 2) = heard_most_bound gamma sigma (H - t).
Proof.
  intros S C N gamma sigma H t Sp M MN L V Po. unfold heard_most_supposes in Sp. set (c := fun k => if (t <=? k)%nat then gamma ^ (k - t) else 0).
  assert (all : sum H (fun k => sum H (fun m => c k * c m * sigma ^ 2)) = heard_most_bound gamma sigma (H - t)).
  { unfold heard_most_bound. rewrite <- (powers_heard gamma t H L). fold c. set (g := sum H c).
    rewrite (sum_ext H _ (fun k => (g * sigma ^ 2) * c k)), sum_scal; [fold g; ring|].
    intros k _. rewrite (sum_ext H _ (fun m => (c k * sigma ^ 2) * c m)), sum_scal by (intros; ring). fold g. ring. }
  split.
  - rewrite (heard_moment S C M), <- all. apply sum_le; intros k _. apply sum_le; intros m _.
    assert (cp : forall i, 0 <= c i) by (intros i; unfold c; destruct (t <=? i)%nat; [apply pow_le; lra | lra]).
    apply Rmult_le_compat_l; [apply Rmult_le_pos; apply cp|].
    assert (e : S (fun e => (e k - e m) ^ 2) = C k k + C m m - 2 * C k m).
    { rewrite <- !(second_moment S C M).
      set (n := Datatypes.S (Nat.max k m)). assert (k < n)%nat by (unfold n; lia). assert (m < n)%nat by (unfold n; lia).
      transitivity (S (fun e => 0 + sum n (fun i => 0 * e i) + sum n (fun i => sum n (fun l => ((same k i - same m i) * (same k l - same m l)) * (e i * e l))))).
      - apply (errors_ext _ _ M); intros e. rewrite sum_scal, Rmult_0_l.
        assert (d : e k - e m = sum n (fun i => (same k i - same m i) * e i)).
        { rewrite <- (sum_same n k e), <- (sum_same n m e), sum_minus by auto. apply sum_ext; intros; ring. }
        rewrite d. set (b := sum n (fun i => (same k i - same m i) * e i)).
        rewrite (sum_ext n _ (fun i => b * ((same k i - same m i) * e i))), sum_scal; [fold b; ring|].
        intros i _. rewrite (sum_ext n _ (fun l => ((same k i - same m i) * e i) * ((same k l - same m l) * e l))), sum_scal by (intros; ring). fold b. ring.
      - rewrite (errors_moments _ _ M), Rplus_0_l, !(second_moment S C M).
        assert (sym : C m k = C k m) by (rewrite <- !(second_moment S C M); apply (errors_ext _ _ M); intros; ring).
        rewrite (sum_ext n _ (fun i => same k i * (C i k - C i m) - same m i * (C i k - C i m))).
        + rewrite <- sum_minus, !sum_same by auto. rewrite sym. ring.
        + intros i _. transitivity ((same k i - same m i) * (sum n (fun l => same k l * C i l) - sum n (fun l => same m l * C i l))).
          * rewrite sum_minus, <- sum_scal. apply sum_ext; intros; ring.
          * rewrite !sum_same by auto. ring. }
    assert (v : forall i, C i i = sigma ^ 2) by (intros i; rewrite <- (V i), <- (second_moment S C M); apply (errors_ext _ _ M); intros; ring).
    specialize (Po k m). rewrite e, !v in Po. lra.
  - rewrite (heard_moment _ _ (one_error_moments N sigma MN)), <- all. reflexivity.
Qed.

(** What the square in Theorem 2 pays for. However the errors of a rollout are correlated in time, they add at most what Theorem 2
    allows, with the largest E |w_t|^2 for W^2: the square of 1 - gamma pays for correlation. *)
Theorem correlated_bound : forall (W : learner) (u : state W -> action W -> R) (S : ((nat -> R) -> R) -> R) (C : nat -> nat -> R)
  (gamma sigma : R) (H K : nat) (W_bar : R), correlated_bound_supposes gamma K -> proper W -> errors S C ->
  (forall k, S (fun e => e k ^ 2) = sigma ^ 2) -> (forall k m, 0 <= S (fun e => (e k - e m) ^ 2)) ->
  (forall t, (t < H)%nat -> score_moment W t <= W_bar ^ 2) ->
  average_variance (seen W u (always S) H) (reinforce gamma 1) K - average_variance (episode W u quiet H) (reinforce gamma 1) K <=
    theorem_2_bound gamma sigma H K W_bar.
Proof.
  intros W u S C gamma sigma H K w Sp P M V Po L. unfold correlated_bound_supposes in Sp. destruct Sp as (g0 & g1 & K1).
  rewrite (proj2 (correlated_noise W u S C gamma 1 H K K1 P M)), theorem_2_readable by auto. unfold correlated_noise_added.
  assert (0 < INR K) by (apply lt_0_INR; lia). assert (0 < / INR K) by now apply Rinv_0_lt_compat.
  replace (sigma ^ 2 * INR H * w ^ 2 / (INR K * (1 - gamma) ^ 2)) with (/ INR K * (INR H * (w ^ 2 * (sigma ^ 2 * / (1 - gamma) ^ 2)))) by (field; lra).
  apply Rmult_le_compat_l; [lra|]. rewrite <- sum_const. apply sum_le; intros t lt. rewrite pow1, Rmult_1_l.
  assert (N0 : two_moments (fun F => (F sigma + F (- sigma)) / 2) sigma) by (split; [intros F G e; now rewrite !e | intros; field]).
  destruct (heard_most S C _ gamma sigma H t ltac:(unfold heard_most_supposes; lra) M N0 ltac:(lia) V Po) as [h e].
  assert (hp : 0 <= heard_most_bound gamma sigma (H - t)) by (rewrite <- e; unfold one_error; pose proof (pow2_ge_0 (heard gamma H t (fun _ => sigma)));
    pose proof (pow2_ge_0 (heard gamma H t (fun _ => - sigma))); lra).
  assert (b : heard_most_bound gamma sigma (H - t) <= sigma ^ 2 * / (1 - gamma) ^ 2).
  { unfold heard_most_bound. assert (gg : 0 <= geom gamma (H - t) <= / (1 - gamma)).
    { split; [apply geom_pos; lra|]. rewrite geom_closed by lra. pose proof (pow_le gamma (H - t) ltac:(lra)). unfold Rdiv.
      assert (0 < / (1 - gamma)) by (apply Rinv_0_lt_compat; lra). nra. }
    rewrite <- pow_inv. apply Rmult_le_compat_l; [apply pow2_ge_0|]. apply pow_incr; exact gg. }
  pose proof (score_moment_pos W P t). specialize (L t lt). rewrite (Rmult_comm _ (score_moment W t)).
  apply Rle_trans with (score_moment W t * heard_most_bound gamma sigma (H - t)); [apply Rmult_le_compat_l; lra|].
  apply Rle_trans with (w ^ 2 * heard_most_bound gamma sigma (H - t)); [apply Rmult_le_compat_r; lra | apply Rmult_le_compat_l; [apply pow2_ge_0 | lra]].
Qed.
