(** Theorem 2 of the paper: reward noise leaves the REINFORCE estimate unbiased and adds a bounded variance. *)
From Coq Require Import Reals List Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Laws Rollouts Noise.
Import ListNotations.
Open Scope R_scope.

Section Bounds.
Variable W : learner.
Hypothesis P : proper W.

Lemma moments_sum t : forall x, sum (parameters W) (fun j => moment W j t x) =
  match t with
  | O => E (choice W (theta W) x) (score2 W x)
  | S t => E (choice W (theta W) x) (fun a => E (transition W x a) (fun z => sum (parameters W) (fun j => moment W j t z))) end.
Proof.
  destruct t; intros x; simpl; unfold score2.
  - now rewrite E_sum.
  - rewrite <- E_sum. apply E_ext; intros a. now rewrite E_sum.
Qed.

(** At each step E |w_t|^2 is at most the expectation of the largest. *)
Lemma moment_below n : forall t x, (t < n)%nat -> sum (parameters W) (fun j => moment W j t x) <= roll W (fun _ _ => 0) quiet n x largest_score.
Proof.
  induction n; intros t x L; [lia|]. rewrite moments_sum. simpl. destruct t.
  - apply E_mono; [now apply choice_law|]; intros a. apply E_above; [apply (transition_law W P)|]; intros z. unfold quiet at 1.
    destruct (roll_expectation W P (fun _ _ => 0) n z) as (_ & _ & const & mono).
    eapply Rle_trans; [right; symmetry; apply (const (score2 W x a)) | apply mono; intros; apply Rmax_l].
  - apply E_mono; [now apply choice_law|]; intros a. apply E_mono; [apply (transition_law W P)|]; intros z. unfold quiet at 1.
    eapply Rle_trans; [apply (IHn t z); lia|]. apply (roll_expectation W P). intros; apply Rmax_r.
Qed.
Lemma score_moment_below H t : (t < H)%nat -> score_moment W t <= expected_largest_score W H.
Proof.
  intros L. unfold score_moment, expected_largest_score, episode. rewrite <- E_sum. apply E_mono; [apply (initial_law W P)|].
  intros x. now apply moment_below.
Qed.
Lemma moment_pos j t : forall x, 0 <= moment W j t x.
Proof.
  induction t; intros x; simpl; apply E_above; try now apply choice_law.
  - intros a. apply pow2_ge_0.
  - intros a. apply E_above; [apply (transition_law W P) | auto].
Qed.
Lemma score_moment_pos t : 0 <= score_moment W t.
Proof.
  unfold score_moment. replace 0 with (sum (parameters W) (fun _ => 0)) by (rewrite sum_const; ring). apply sum_le; intros j _.
  apply E_above; [apply (initial_law W P) | intros; apply moment_pos].
Qed.

Variable gamma : R.
Hypothesis g01 : 0 <= gamma < 1.
Lemma gamma2 : 0 <= gamma ^ 2 < 1. Proof. replace (gamma ^ 2) with (gamma * gamma) by ring. nra. Qed.
Lemma even_below n : 0 <= even gamma n <= / (1 - gamma ^ 2).
Proof.
  pose proof gamma2 as q. assert (0 < / (1 - gamma ^ 2)) by (apply Rinv_0_lt_compat; lra).
  induction n. { assert (even gamma 0 = 0) by reflexivity. lra. }
  rewrite even_step. split; [nra|]. replace (/ (1 - gamma ^ 2)) with (1 + gamma ^ 2 * / (1 - gamma ^ 2)) by (field; lra). nra.
Qed.

(** With M at least every E |w_t|^2, weights a_t >= 0. *)
Lemma weighted_below H M (a : nat -> R) : (forall t, (t < H)%nat -> score_moment W t <= M) -> (forall t, 0 <= a t) ->
  sum H (fun t => a t * even gamma (H - t) * score_moment W t) <= / (1 - gamma ^ 2) * M * sum H a.
Proof.
  intros L A. rewrite <- sum_scal. apply sum_le; intros t lt. pose proof (even_below (H - t)). pose proof (score_moment_pos t). specialize (L t lt). specialize (A t).
  replace (/ (1 - gamma ^ 2) * M * a t) with (a t * / (1 - gamma ^ 2) * M) by ring.
  apply Rmult_le_compat; [apply Rmult_le_pos; lra | auto | apply Rmult_le_compat_l; lra | auto].
Qed.

Variables (u : state W -> action W -> R) (N : noise W) (sigma : R) (H K : nat).
Hypothesis noisy : forall x a, two_moments (N x a) sigma.
Hypothesis K1 : (1 <= K)%nat.
Let added weight := estimate_variance W u N gamma weight H K - estimate_variance W u quiet gamma weight H K.
Lemma INR_K : 0 < INR K. Proof. apply lt_0_INR; lia. Qed.
Let KK := INR_K.
Lemma scale_pos : 0 <= sigma ^ 2 / INR K.
Proof. apply Rdiv_le_0_compat; [apply pow2_ge_0 | exact KK]. Qed.

Lemma added_below weight M : (forall t, (t < H)%nat -> score_moment W t <= M) ->
  added weight <= sigma ^ 2 / INR K * (/ (1 - gamma ^ 2) * M * sum H (fun t => (weight ^ 2) ^ t)).
Proof.
  intros L. unfold added. rewrite (exact_by_score W P u N sigma noisy) by auto. apply Rmult_le_compat_l; [apply scale_pos|].
  apply (weighted_below H M (fun t => (weight ^ 2) ^ t) L). intros; apply pow_le, pow2_ge_0.
Qed.
Lemma added_below_1 M : (forall t, (t < H)%nat -> score_moment W t <= M) -> added 1 <= sigma ^ 2 * INR H * M / (INR K * (1 - gamma ^ 2)).
Proof.
  intros L. eapply Rle_trans; [apply (added_below 1 M L)|]. right. pose proof gamma2.
  rewrite (sum_ext H (fun t => (1 ^ 2) ^ t) (fun _ => 1)), sum_const by (intros; rewrite !pow1; auto). field. lra.
Qed.
End Bounds.

(** The bound of Theorem 2 as the page writes it. *)
Lemma theorem_2_readable gamma sigma H K W_H : gamma < 1 -> (1 <= K)%nat ->
  theorem_2_bound gamma sigma H K W_H = sigma ^ 2 * INR H * W_H ^ 2 / (INR K * (1 - gamma) ^ 2).
Proof. intros g K1. assert (0 < INR K) by (apply lt_0_INR; lia). unfold theorem_2_bound. field. lra. Qed.
(** So is the exact amount: a K-th of sigma^2 times the sum over u < H and t <= u of gamma^(2 (u - t)) E |w_t|^2. *)
Lemma added_readable W gamma sigma H K : theorem_2_added (eligibility W gamma) sigma H K =
  sigma ^ 2 / INR K * sum H (fun u => sum (S u) (fun t => gamma ^ (2 * (u - t)) * score_moment W t)).
Proof. reflexivity. Qed.

(** Theorem 2. Rewards are seen with noise of mean 0 and variance sigma^2, independent of everything else given state
    and action. Then the REINFORCE estimate with returns to go, averaged over K independent rollouts of H steps, has
    the expectation that it has without noise; the trace of its covariance grows by exactly a K-th of sigma^2 times
    the sum over u < H and t <= u of gamma^(2 (u - t)) E |w_t|^2; and that is at most
    sigma^2 H W_H^2 / (K (1 - gamma)^2), where W_H^2 = E max_t |w_t|^2. *)
Theorem theorem_2 : forall (W : learner) (u : state W -> action W -> R) (N : noise W) (gamma sigma : R) (H K : nat) (W_H : R),
  theorem_2_supposes gamma sigma H K W_H -> proper W -> (forall x a, two_moments (N x a) sigma) ->
  W_H ^ 2 = expected_largest_score W H ->
  (forall j, (j < parameters W)%nat -> estimate_mean W u N gamma 1 H K j = estimate_mean W u quiet gamma 1 H K j) /\
  estimate_variance W u N gamma 1 H K - estimate_variance W u quiet gamma 1 H K = theorem_2_added (eligibility W gamma) sigma H K /\
  theorem_2_added (eligibility W gamma) sigma H K <= theorem_2_bound gamma sigma H K W_H.
Proof.
  intros W u N gamma sigma H K W_H S P M e. unfold theorem_2_supposes in S. destruct S as (g0 & g1 & s0 & w0 & K1 & H1).
  assert (Ex := proj1 (exact_noise W u N gamma sigma H K P M K1)).
  split; [intros j jd; apply (unbiased W P u N sigma M); auto|]. split; [exact Ex|]. rewrite <- Ex.
  eapply Rle_trans; [apply (added_below_1 W P gamma ltac:(lra) u N sigma H K M K1 (W_H ^ 2))|].
  { intros t L. rewrite e. now apply score_moment_below. }
  rewrite theorem_2_readable by auto. assert (0 < INR K) by (apply lt_0_INR; lia). unfold Rdiv. rewrite !Rinv_mult.
  assert (g4 : / (1 - gamma ^ 2) <= / (1 - gamma) ^ 2) by (apply Rinv_le_contravar; nra).
  apply Rmult_le_compat_l; [apply Rmult_le_pos; [apply Rmult_le_pos; [apply pow2_ge_0 | apply pos_INR] | apply pow2_ge_0]|].
  apply Rmult_le_compat_l; [left; now apply Rinv_0_lt_compat | exact g4].
Qed.

(** Theorem 2, sharp. The bound with the largest expectation in place of the expected largest, and 1 - gamma^2 for
    (1 - gamma)^2. *)
Theorem noise_sharp : forall (W : learner) (u : state W -> action W -> R) (N : noise W) (gamma sigma : R) (H K : nat) (W_bar : R),
  noise_sharp_supposes gamma sigma H K W_bar -> proper W -> (forall x a, two_moments (N x a) sigma) ->
  (forall t, (t < H)%nat -> score_moment W t <= W_bar ^ 2) ->
  estimate_variance W u N gamma 1 H K - estimate_variance W u quiet gamma 1 H K <= noise_sharp_bound gamma sigma H K W_bar.
Proof.
  intros W u N gamma sigma H K w S P M L. unfold noise_sharp_supposes in S. destruct S as (g0 & g1 & s0 & w0 & K1 & H1).
  eapply Rle_trans; [apply (added_below_1 W P gamma ltac:(lra) u N sigma H K M K1 _ L)|]. right.
  assert (0 < INR K) by (apply lt_0_INR; lia). pose proof (gamma2 gamma ltac:(lra)). unfold noise_sharp_bound. field. lra.
Qed.

(** Theorem 2, discounted estimator. Of the discounted estimator, whose scores weigh gamma^t w_t, noise of variance sigma^2 leaves
    the mean; the trace of its covariance grows by exactly a K-th of sigma^2 times the sum over u of gamma^(2 u) times the
    sum over t <= u of E |w_t|^2; and that is at most sigma^2 W^2 / (K (1 - gamma^2)^2), whatever the horizon, where W^2 is
    at least every E |w_t|^2. *)
Theorem discounted_noise : forall (W : learner) (u : state W -> action W -> R) (N : noise W) (gamma sigma : R) (H K : nat) (W_bar : R),
  noise_discounted_supposes gamma sigma H K W_bar -> proper W -> (forall x a, two_moments (N x a) sigma) ->
  (forall t, (t < H)%nat -> score_moment W t <= W_bar ^ 2) ->
  (forall j, (j < parameters W)%nat -> estimate_mean W u N gamma gamma H K j = estimate_mean W u quiet gamma gamma H K j) /\
  estimate_variance W u N gamma gamma H K - estimate_variance W u quiet gamma gamma H K =
    noise_discounted_added (eligibility_discounted W) gamma sigma H K /\
  noise_discounted_added (eligibility_discounted W) gamma sigma H K <= noise_discounted_bound gamma sigma K W_bar.
Proof.
  intros W u N gamma sigma H K w S P M L. unfold noise_discounted_supposes in S. destruct S as (g0 & g1 & s0 & w0 & K1 & H1).
  assert (Ex := proj2 (exact_noise W u N gamma sigma H K P M K1)).
  split; [intros j jd; apply (unbiased W P u N sigma M); auto|]. split; [exact Ex|]. rewrite <- Ex.
  assert (0 < INR K) by (apply lt_0_INR; lia). pose proof (gamma2 gamma ltac:(lra)) as q.
  eapply Rle_trans; [apply (added_below W P gamma ltac:(lra) u N sigma H K M K1 _ _ L)|].
  assert (B := proj2 (even_below gamma ltac:(lra) H)). unfold even in B.
  assert (q' : 0 <= / (1 - gamma ^ 2)) by (left; apply Rinv_0_lt_compat; lra).
  apply Rmult_le_compat_l with (r := sigma ^ 2 / INR K * (/ (1 - gamma ^ 2) * w ^ 2)) in B.
  2:{ apply Rmult_le_pos; [now apply scale_pos | apply Rmult_le_pos; [auto | apply pow2_ge_0]]. }
  eapply Rle_trans; [right; rewrite <- Rmult_assoc; reflexivity|]. eapply Rle_trans; [exact B|]. right.
  unfold noise_discounted_bound. field. lra.
Qed.

(** The exact amount of the discounted estimator, and its bound, as the page writes them. *)
Lemma discounted_readable W gamma sigma H K W_bar : gamma ^ 2 < 1 -> (1 <= K)%nat ->
  noise_discounted_added (eligibility_discounted W) gamma sigma H K =
    sigma ^ 2 / INR K * sum H (fun u => gamma ^ (2 * u) * sum (S u) (fun t => score_moment W t)) /\
  noise_discounted_bound gamma sigma K W_bar = sigma ^ 2 * W_bar ^ 2 / (INR K * (1 - gamma ^ 2) ^ 2).
Proof. intros g K1. assert (0 < INR K) by (apply lt_0_INR; lia). split; [reflexivity|]. unfold noise_discounted_bound. field. lra. Qed.
