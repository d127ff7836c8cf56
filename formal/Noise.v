(** What reward noise adds to the variance of the REINFORCE estimate, exactly. *)
From Coq Require Import Reals List Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Laws Rollouts.
Import ListNotations.
Open Scope R_scope.

(** 1 + gamma^2 + ... + gamma^(2(n-1)) *)
Definition even gamma n := sum n (fun k => (gamma ^ 2) ^ k).
Lemma even_step gamma n : even gamma (S n) = 1 + gamma ^ 2 * even gamma n.
Proof. unfold even. now rewrite sum_first, <- sum_scal. Qed.

Section Noise.
Variable W : learner.
Hypothesis P : proper W.
Variables (u : state W -> action W -> R) (N : noise W) (sigma : R).
Hypothesis noisy : forall x a, two_moments (N x a) sigma.
Variables (gamma weight : R).
Let P_law := transition_law W P.
Let pi_law := choice_law W P.
Let pi x := choice W (theta W) x.
Let P_ x a := transition W x a.
Let quiet_exp n x := roll_expectation W P u n x.

(** al G + be g, by its recursion: the eligibility al + be w meets the reward. *)
Definition Z j al be (l : rollout W) := al * to_go gamma l + be * reinforce gamma weight j l.
Lemma Z_step j al be x a e l :
  Z j al be ((x, a, e) :: l) = (al + be * score W j x a) * e + Z j ((al + be * score W j x a) * gamma) (be * weight) l.
Proof. unfold Z; simpl; ring. Qed.

(** What noise of variance 1 adds to a second moment. *)
Fixpoint added j n x al be : R := match n with
  | O => 0
  | S n => E (choice W (theta W) x) (fun a => (al + be * score W j x a) ^ 2 +
      E (transition W x a) (fun z => added j n z ((al + be * score W j x a) * gamma) (be * weight))) end.

Lemma shifted T h m e : @expectation (rollout W) T -> forall Y : rollout W -> R,
  T (fun l => h + m * e + Y l) = T (fun l => h + Y l) + m * e /\
  T (fun l => (h + m * e + Y l) ^ 2) = T (fun l => (h + Y l) ^ 2) + 2 * m * T (fun l => h + Y l) * e + m ^ 2 * e ^ 2.
Proof.
  intros (ext & lin & const & _) Y. split.
  - rewrite (ext _ (fun l => (h + Y l) + (m * e) * 1)) by (intros; ring). rewrite (lin _ _ (fun _ => 1)), const. ring.
  - rewrite (ext _ (fun l => ((h + Y l) ^ 2 + (2 * m * e) * (h + Y l)) + (m ^ 2 * e ^ 2) * 1)) by (intros; ring).
    rewrite (lin _ _ (fun _ => 1)), lin, const. ring.
Qed.

(** The noisy expectation of a polynomial of second degree in g + Z: noise leaves the first moment alone and adds
    sigma^2 times [added] to the second. *)
Lemma polynomial j n : forall x g al be p q s,
  roll W u N n x (fun l => p + q * (g + Z j al be l) + s * (g + Z j al be l) ^ 2) =
  p + q * roll W u quiet n x (fun l => g + Z j al be l) + s * (roll W u quiet n x (fun l => (g + Z j al be l) ^ 2) + sigma ^ 2 * added j n x al be).
Proof.
  induction n; intros x g al be p q s; [simpl; ring|].
  set (one := fun a z => roll W u quiet n z (fun l => g + (al + be * score W j x a) * u x a + Z j ((al + be * score W j x a) * gamma) (be * weight) l)).
  set (two := fun a z => roll W u quiet n z (fun l => (g + (al + be * score W j x a) * u x a + Z j ((al + be * score W j x a) * gamma) (be * weight) l) ^ 2)).
  set (more := fun a z => added j n z ((al + be * score W j x a) * gamma) (be * weight)).
  assert (Q1 : roll W u quiet (S n) x (fun l => g + Z j al be l) = E (pi x) (fun a => E (P_ x a) (one a))).
  { simpl. apply E_ext; intros a; apply E_ext; intros z. unfold quiet at 1. apply (quiet_exp n z). intros l. rewrite Z_step. ring. }
  assert (Q2 : roll W u quiet (S n) x (fun l => (g + Z j al be l) ^ 2) = E (pi x) (fun a => E (P_ x a) (two a))).
  { simpl. apply E_ext; intros a; apply E_ext; intros z. unfold quiet at 1. apply (quiet_exp n z). intros l. rewrite Z_step. ring. }
  assert (A : added j (S n) x al be = E (pi x) (fun a => (al + be * score W j x a) ^ 2) + E (pi x) (fun a => E (P_ x a) (more a))).
  { rewrite <- (Rmult_1_l (E (pi x) (fun a => E (P_ x a) (more a)))), <- E_lin. apply E_ext; intros a. rewrite Rmult_1_l. reflexivity. }
  rewrite Q1, Q2, A. clear Q1 Q2 A. simpl roll.
  transitivity (E (pi x) (fun a => (p + s * sigma ^ 2 * (al + be * score W j x a) ^ 2) + 1 * E (P_ x a) (fun z => (q * one a z + s * two a z) + s * sigma ^ 2 * more a z))).
  2:{ rewrite E_lin, E_lin, E_const by apply pi_law.
      rewrite (E_ext _ (pi x) (fun a => E (P_ x a) (fun z => (q * one a z + s * two a z) + s * sigma ^ 2 * more a z))
        (fun a => (q * E (P_ x a) (one a) + s * E (P_ x a) (two a)) + s * sigma ^ 2 * E (P_ x a) (more a))).
      2:{ intros a. rewrite E_lin, E_lin, E_scal. reflexivity. }
      rewrite E_lin, E_lin, E_scal. ring. }
  apply E_ext; intros a. set (m := al + be * score W j x a).
  replace (p + s * sigma ^ 2 * m ^ 2 + 1 * E (P_ x a) (fun z => q * one a z + s * two a z + s * sigma ^ 2 * more a z))
    with (E (P_ x a) (fun z => (p + s * sigma ^ 2 * m ^ 2) + 1 * (q * one a z + s * two a z + s * sigma ^ 2 * more a z)))
    by (rewrite E_lin, E_const by apply P_law; reflexivity).
  apply E_ext; intros z.
  transitivity (N x a (fun e => (p + q * one a z + s * (two a z + sigma ^ 2 * more a z)) + (q * m + 2 * s * m * one a z) * e + s * m ^ 2 * e ^ 2)).
  - apply (noise_ext _ _ (noisy x a)). intros e.
    transitivity (roll W u N n z (fun l => p + q * ((g + m * u x a + m * e) + Z j (m * gamma) (be * weight) l)
      + s * ((g + m * u x a + m * e) + Z j (m * gamma) (be * weight) l) ^ 2)).
    { apply (roll_ext W u N sigma noisy). intros l. rewrite Z_step. fold m. ring. }
    rewrite IHn. destruct (shifted _ (g + m * u x a) m e (quiet_exp n z) (Z j (m * gamma) (be * weight))) as [S1 S2].
    rewrite S1, S2. unfold one, two, more. fold m. ring.
  - rewrite (noise_moments _ _ (noisy x a)). ring.
Qed.

Lemma added_sum_step j n x al be : added j (S n) x al be = E (choice W (theta W) x) (fun a => (al + be * score W j x a) ^ 2 +
      E (transition W x a) (fun z => added j n z ((al + be * score W j x a) * gamma) (be * weight))).
Proof. reflexivity. Qed.

(** Sums over the second moments of the score, each with the weight that noise gives it. *)
Definition weighted j n x := sum n (fun t => (weight ^ 2) ^ t * even gamma (n - t) * moment W j t x).
Lemma weighted_step j n x : weighted j (S n) x = even gamma (S n) * moment W j 0 x + weight ^ 2 * E (pi x) (fun a => E (P_ x a) (fun z => weighted j n z)).
Proof.
  unfold weighted at 1. rewrite sum_first. f_equal; [simpl; ring|].
  transitivity (sum n (fun t => weight ^ 2 * ((weight ^ 2) ^ t * even gamma (n - t) * moment W j (S t) x))).
  { apply sum_ext; intros. replace (S n - S k)%nat with (n - k)%nat by lia. simpl; ring. }
  rewrite sum_scal. f_equal. symmetry. unfold weighted.
  rewrite (E_ext _ _ _ (fun a => sum n (fun t => (weight ^ 2) ^ t * even gamma (n - t) * E (P_ x a) (fun z => moment W j t z)))).
  2:{ intros a. rewrite E_sum. apply sum_ext; intros. apply E_scal. }
  rewrite E_sum. apply sum_ext; intros. simpl. apply E_scal.
Qed.

(** Scores are martingale differences, so their cross terms vanish. *)
Lemma added_sum j n : (j < parameters W)%nat -> forall x al be, added j n x al be = al ^ 2 * even gamma n + be ^ 2 * weighted j n x.
Proof.
  intros jd. induction n; intros x al be; [unfold even, weighted; simpl; ring|]. rewrite weighted_step, added_sum_step.
  rewrite (E_ext _ _ _ (fun a => (((al ^ 2 * even gamma (S n)) + (2 * al * be * even gamma (S n)) * score W j x a) + (be ^ 2 * even gamma (S n)) * score W j x a ^ 2)
     + (be ^ 2 * weight ^ 2) * E (P_ x a) (fun z => weighted j n z))).
  2:{ intros a. rewrite (E_ext _ _ _ (fun z => ((al + be * score W j x a) * gamma) ^ 2 * even gamma n + (be * weight) ^ 2 * weighted j n z)) by (intros; apply IHn).
      rewrite E_lin, E_const by apply P_law. rewrite even_step. unfold P_.
      change (E (transition W x a) (fun z => weighted j n z)) with (E (transition W x a) (weighted j n)). ring. }
  rewrite !E_lin, E_const by apply pi_law. change (E (choice W (theta W) x) (fun a => score W j x a ^ 2)) with (moment W j 0 x).
  rewrite (score_mean W P) by auto. unfold pi. ring.
Qed.

(** ---- One rollout, one coordinate ---- *)
Variable H : nat.
Lemma episode_polynomial j p q s : (j < parameters W)%nat ->
  episode W u N H (fun l => p + q * reinforce gamma weight j l + s * reinforce gamma weight j l ^ 2) =
  p + q * episode W u quiet H (reinforce gamma weight j)
    + s * (episode W u quiet H (fun l => reinforce gamma weight j l ^ 2) + sigma ^ 2 * E (initial W) (weighted j H)).
Proof.
  intros jd. unfold episode.
  transitivity (E (initial W) (fun x => (p + q * roll W u quiet H x (reinforce gamma weight j)) + s * (roll W u quiet H x (fun l => reinforce gamma weight j l ^ 2)
     + sigma ^ 2 * weighted j H x))).
  - apply E_ext; intros x.
    transitivity (roll W u N H x (fun l => p + q * (0 + Z j 0 1 l) + s * (0 + Z j 0 1 l) ^ 2)).
    { apply (roll_ext W u N sigma noisy). intros l; unfold Z; ring. }
    rewrite polynomial, added_sum by auto. destruct (quiet_exp H x) as (ext & _).
    rewrite (ext (fun l => 0 + Z j 0 1 l) (reinforce gamma weight j)), (ext (fun l => (0 + Z j 0 1 l) ^ 2) (fun l => reinforce gamma weight j l ^ 2)) by (intros; unfold Z; ring).
    ring.
  - rewrite !E_lin, E_const by apply (initial_law W P). reflexivity.
Qed.
Lemma episode_ext F G : (forall l, F l = G l) -> episode W u N H F = episode W u N H G.
Proof. intros e. apply E_ext; intros x. now apply (roll_ext W u N sigma noisy). Qed.
Lemma episode_mean j : (j < parameters W)%nat -> episode W u N H (reinforce gamma weight j) = episode W u quiet H (reinforce gamma weight j).
Proof.
  intros jd. rewrite (episode_ext _ (fun l => 0 + 1 * reinforce gamma weight j l + 0 * reinforce gamma weight j l ^ 2)) by (intros; ring).
  rewrite episode_polynomial by auto. ring.
Qed.
Lemma episode_second j : (j < parameters W)%nat -> episode W u N H (fun l => reinforce gamma weight j l ^ 2) =
  episode W u quiet H (fun l => reinforce gamma weight j l ^ 2) + sigma ^ 2 * E (initial W) (weighted j H).
Proof.
  intros jd. rewrite (episode_ext _ (fun l => 0 + 0 * reinforce gamma weight j l + 1 * reinforce gamma weight j l ^ 2)) by (intros; ring).
  rewrite episode_polynomial by auto. ring.
Qed.
Lemma episode_second_order j : (j < parameters W)%nat -> second_order (episode W u N H) (reinforce gamma weight j).
Proof.
  intros jd. split; [intros; now apply episode_ext|]. intros p q s. rewrite episode_polynomial, episode_mean, episode_second by auto. ring.
Qed.

(** ---- K rollouts, all coordinates ---- *)
Variable K : nat.
Hypothesis K1 : (1 <= K)%nat.

(** Noise does not bias the estimate. *)
Theorem unbiased j : (j < parameters W)%nat -> estimate_mean W u N gamma weight H K j = estimate_mean W u quiet gamma weight H K j.
Proof.
  intros jd. unfold estimate_mean. rewrite !draws_mean; [now rewrite episode_mean | apply expectation_second_order, episode_expectation; auto | now apply episode_second_order].
Qed.

(** The exact amount, for either estimator: over steps t, the second moment of the score times the weight that later
    noise gives it. *)
Theorem exact_by_score : estimate_variance W u N gamma weight H K - estimate_variance W u quiet gamma weight H K =
  sigma ^ 2 / INR K * sum H (fun t => (weight ^ 2) ^ t * even gamma (H - t) * score_moment W t).
Proof.
  assert (KK : INR K <> 0) by (apply not_0_INR; lia).
  unfold estimate_variance, estimate_mean. rewrite sum_minus.
  transitivity (sum (parameters W) (fun j => sigma ^ 2 / INR K * E (initial W) (weighted j H))).
  - apply sum_ext; intros j jd.
    rewrite !variance_of_average; auto; [|apply expectation_second_order, episode_expectation; auto | now apply episode_second_order].
    unfold variance. rewrite episode_mean, episode_second by auto. field; auto.
  - rewrite sum_scal. f_equal. unfold score_moment.
    rewrite (sum_ext (parameters W) _ (fun j => sum H (fun t => (weight ^ 2) ^ t * even gamma (H - t) * E (initial W) (moment W j t)))).
    2:{ intros j _. unfold weighted. rewrite E_sum. apply sum_ext; intros. apply E_scal. }
    rewrite sum_sum. apply sum_ext; intros. apply sum_scal.
Qed.
End Noise.

(** The same sum, over the steps u at which noise arrives: what the scores up to u contribute. *)
Lemma by_step gamma (a : nat -> R) n : sum n (fun t => a t * even gamma (n - t)) = sum n (fun u => sum (S u) (fun t => a t * (gamma ^ 2) ^ (u - t))).
Proof.
  set (inner := fun u => sum (S u) (fun t => a t * (gamma ^ 2) ^ (u - t))). induction n; [reflexivity|].
  change (sum n (fun t => a t * even gamma (S n - t)) + a n * even gamma (S n - n) = sum n inner + inner n). rewrite <- IHn. replace (S n - n)%nat with 1%nat by lia.
  rewrite (sum_ext n (fun t => a t * even gamma (S n - t)) (fun t => a t * even gamma (n - t) + 1 * (a t * (gamma ^ 2) ^ (n - t)))).
  2:{ intros k L. replace (S n - k)%nat with (S (n - k)) by lia. unfold even at 1. cbn [sum]. fold (even gamma (n - k)). ring. }
  rewrite sum_lin. unfold inner. cbn [sum]. replace (n - n)%nat with O by lia. unfold even at 2. simpl. ring.
Qed.

(** The second moment of the eligibility: of Theorem 2's estimator at step u the sum over t <= u of
    gamma^(2 (u - t)) E |w_t|^2, of the discounted one that of E |w_t|^2. *)
Definition eligibility W gamma u := sum (S u) (fun t => gamma ^ (2 * (u - t)) * score_moment W t).
Definition eligibility_discounted W u := sum (S u) (fun t => score_moment W t).

(** Theorem 2, exact. What noise adds to the trace of the covariance, for any noise with two moments, any horizon and
    any discount: for Theorem 2's estimator, and for the discounted one. *)
Theorem exact_noise : forall (W : learner) (u : state W -> action W -> R) (N : noise W) (gamma sigma : R) (H K : nat),
  proper W -> (forall x a, two_moments (N x a) sigma) -> (1 <= K)%nat ->
  estimate_variance W u N gamma 1 H K - estimate_variance W u quiet gamma 1 H K = theorem_2_added (eligibility W gamma) sigma H K /\
  estimate_variance W u N gamma gamma H K - estimate_variance W u quiet gamma gamma H K =
    noise_discounted_added (eligibility_discounted W) gamma sigma H K.
Proof.
  intros W u N gamma sigma H K P M K1. split; rewrite (exact_by_score W P u N sigma M) by auto.
  - unfold theorem_2_added, Rdiv. f_equal.
    transitivity (sum H (fun t => score_moment W t * even gamma (H - t))); [apply sum_ext; intros; rewrite !pow1; ring|].
    rewrite by_step. apply sum_ext; intros s _. apply sum_ext; intros t _. rewrite pow_mult. ring.
  - unfold noise_discounted_added, Rdiv. f_equal.
    transitivity (sum H (fun t => ((gamma ^ 2) ^ t * score_moment W t) * even gamma (H - t))); [apply sum_ext; intros; ring|].
    rewrite by_step. apply sum_ext; intros s _. unfold eligibility_discounted. rewrite <- sum_scal. apply sum_ext; intros t L.
    assert (e : gamma ^ (2 * s) = (gamma ^ 2) ^ t * (gamma ^ 2) ^ (s - t)) by (rewrite <- pow_add, pow_mult; f_equal; lia). rewrite e. ring.
Qed.
