(** Proposition 2 of the paper: what a bias of the rewards does to the REINFORCE estimate. About the discounted
    estimator, which estimates the gradient of the discounted return. *)
From Coq Require Import Reals List Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Laws Rollouts Noise.
Import ListNotations.
Open Scope R_scope.

(** The expected discounted sum of u over n steps from x, and from the first state, by the parameters. *)
Fixpoint value W (u : state W -> action W -> R) gamma th n x : R := match n with
  | O => 0
  | S n => E (choice W th x) (fun a => u x a + gamma * E (transition W x a) (fun z => value W u gamma th n z)) end.
Definition total W u gamma H th := E (initial W) (value W u gamma th H).
(** Its partial derivative by the j-th parameter. *)
Definition gradient W u gamma H j := Derive (fun y => total W u gamma H (moved W j y)) (theta W j).

(** The variance of one rollout's estimate, and the mean squared error of the average of K. *)
Definition rollout_variance W u N gamma weight H := sum (parameters W) (fun j => variance _ (episode W u N H) (reinforce gamma weight j)).
Definition estimate_error W u N gamma weight H K target := sum (parameters W) (fun j =>
  draws _ (episode W u N H) (reinforce gamma weight j) K 0 (fun y => (/ INR K * y - target j) ^ 2)).

Lemma E_affine Y (q : law Y) k m F : is_law q -> E q (fun y => k + m * F y) = k + m * E q F.
Proof. intros L. now rewrite E_lin, E_const. Qed.
Lemma is_derive_E Y (q : law Y) (f : R -> Y -> R) (df : Y -> R) t :
  (forall y, is_derive (fun s => f s y) t (df y)) -> is_derive (fun s => E q (f s)) t (E q df).
Proof.
  intros D. induction q as [|[u y] q IH]; simpl; [apply (is_derive_const (V := R_NormedModule))|].
  apply (is_derive_plus (V := R_NormedModule)); [apply (is_derive_scal (fun s => f s y)), D | exact IH].
Qed.

Section Gradient.
Variable W : learner.
Hypothesis P : proper W.
Variables (u : state W -> action W -> R) (gamma : R).
Let pi x := choice W (theta W) x.
Let quiet_exp n x := roll_expectation W P u n x.

Lemma to_go_value n : forall x, roll W u quiet n x (to_go gamma) = value W u gamma (theta W) n x.
Proof.
  induction n; intros x; [reflexivity|]. simpl. apply E_ext; intros a. rewrite <- E_affine by apply (transition_law W P).
  apply E_ext; intros z. unfold quiet at 1. destruct (quiet_exp n z) as (ext & lin & const & _). rewrite lin, const, IHn. ring.
Qed.
Lemma roll_Z j n x al be : roll W u quiet n x (Z W gamma gamma j al be) = al * value W u gamma (theta W) n x + be * roll W u quiet n x (reinforce gamma gamma j).
Proof.
  destruct (quiet_exp n x) as (ext & lin & const & _). unfold Z.
  rewrite (ext _ (fun l => (0 + al * to_go gamma l) + be * reinforce gamma gamma j l)) by (intros; ring). rewrite !lin, const, to_go_value. ring.
Qed.

(** The policy gradient theorem: the expected estimate is the derivative of the value. *)
Theorem policy_gradient j : (j < parameters W)%nat -> forall n x,
  is_derive (fun y => value W u gamma (moved W j y) n x) (theta W j) (roll W u quiet n x (reinforce gamma gamma j)).
Proof.
  intros jd. induction n; intros x; [change (is_derive (fun _ : R => 0) (theta W j) 0); apply (is_derive_const (V := R_NormedModule))|].
  set (q := fun y a => u x a + gamma * E (transition W x a) (fun z => value W u gamma (moved W j y) n z)).
  set (m := fun a => E (transition W x a) (fun z => roll W u quiet n z (reinforce gamma gamma j))).
  assert (step : roll W u quiet (S n) x (reinforce gamma gamma j) = E (pi x) (fun a => score W j x a * q (theta W j) a + gamma * m a)).
  { simpl. apply E_ext; intros a. unfold q, m. rewrite moved_here.
    transitivity (score W j x a * u x a + 1 * E (transition W x a) (fun z => (score W j x a * gamma) * value W u gamma (theta W) n z + gamma * roll W u quiet n z (reinforce gamma gamma j))).
    2:{ rewrite E_lin, E_scal. change (E (transition W x a) (fun z => value W u gamma (theta W) n z)) with (E (transition W x a) (value W u gamma (theta W) n)). ring. }
    rewrite <- E_affine by apply (transition_law W P). apply E_ext; intros z. unfold quiet at 1. destruct (quiet_exp n z) as (ext & lin & const & _).
    rewrite (ext _ (fun l => score W j x a * u x a + 1 * Z W gamma gamma j (score W j x a * gamma) gamma l)) by (intros; unfold Z; simpl; ring).
    rewrite lin, const, roll_Z. ring. }
  rewrite step. unfold pi, choice. simpl. change (is_derive (fun y => E (map (fun a => (policy W (moved W j y) x a, a)) (actions W)) (q y)) (theta W j)
    (E (map (fun a => (policy W (theta W) x a, a)) (actions W)) (fun a => score W j x a * q (theta W j) a + gamma * m a))).
  assert (dq : forall a, is_derive (fun y => q y a) (theta W j) (gamma * m a)).
  { intros a. unfold q, m. replace (gamma * E (transition W x a) _) with (0 + gamma * E (transition W x a) (fun z => roll W u quiet n z (reinforce gamma gamma j))) by ring.
    apply (is_derive_plus (V := R_NormedModule)); [apply (is_derive_const (V := R_NormedModule))|].
    apply (is_derive_scal (fun y => E (transition W x a) (fun z => value W u gamma (moved W j y) n z))), is_derive_E. intros z; apply IHn. }
  clearbody q m. pose proof (fun a => score_is W P j x a jd) as sc. pose proof (moved_here W j) as here. clear -sc here dq.
  induction (actions W) as [|a l IH]; simpl; [apply (is_derive_const (V := R_NormedModule))|].
  apply (is_derive_plus (V := R_NormedModule)); [|exact IH].
  replace (policy W (theta W) x a * (score W j x a * q (theta W j) a + gamma * m a))
    with ((policy W (theta W) x a * score W j x a) * q (theta W j) a + policy W (moved W j (theta W j)) x a * (gamma * m a)) by (rewrite here; ring).
  apply (is_derive_mult (fun y => policy W (moved W j y) x a) (fun y => q y a)); [apply sc | apply dq | intros; apply Rmult_comm].
Qed.
Lemma total_derivative j H : (j < parameters W)%nat ->
  is_derive (fun y => total W u gamma H (moved W j y)) (theta W j) (episode W u quiet H (reinforce gamma gamma j)).
Proof. intros jd. apply is_derive_E. intros x. now apply policy_gradient. Qed.
End Gradient.

(** Values add when rewards do. *)
Lemma value_sum W r b gamma th n : forall x, value W (fun x a => r x a + b x a) gamma th n x = value W r gamma th n x + value W b gamma th n x.
Proof.
  induction n; intros x; simpl; [ring|]. rewrite <- (Rmult_1_l (E _ (fun a => b x a + _))), <- E_lin. apply E_ext; intros a.
  rewrite (E_ext _ _ _ (fun z => value W r gamma th n z + 1 * value W b gamma th n z)) by (intros; rewrite IHn; ring). rewrite E_lin.
  change (E (transition W x a) (fun z => value W r gamma th n z)) with (E (transition W x a) (value W r gamma th n)).
  change (E (transition W x a) (fun z => value W b gamma th n z)) with (E (transition W x a) (value W b gamma th n)). ring.
Qed.

(** Proposition 2's error as the page writes it. *)
Lemma proposition_2_readable V b K : K <> 0 -> proposition_2_error V b K = V / K + b ^ 2.
Proof. intros. unfold proposition_2_error. field. auto. Qed.

(** Proposition 2. The learner sees the rewards r plus a bias b, and noise with two moments. Then the returns of r and
    of b have gradients, the discounted REINFORCE estimate averaged over K rollouts has expectation grad J + grad B,
    and as an estimate of grad J its mean squared error is one rollout's variance over K, plus |grad B|^2. *)
Theorem proposition_2 : forall (W : learner) (r b : state W -> action W -> R) (N : noise W) (gamma sigma : R) (H K : nat),
  proposition_2_supposes (INR K) -> proper W -> (forall x a, two_moments (N x a) sigma) ->
  let seen := fun x a => r x a + b x a in
  (forall j, (j < parameters W)%nat ->
    ex_derive (fun y => total W r gamma H (moved W j y)) (theta W j) /\ ex_derive (fun y => total W b gamma H (moved W j y)) (theta W j) /\
    estimate_mean W seen N gamma gamma H K j = gradient W r gamma H j + gradient W b gamma H j) /\
  estimate_error W seen N gamma gamma H K (gradient W r gamma H) =
    proposition_2_error (rollout_variance W seen N gamma gamma H)
      (sqrt (sum (parameters W) (fun j => gradient W b gamma H j ^ 2))) (INR K).
Proof.
  intros W r b N gamma sigma H K S P M seen.
  assert (K1 : (1 <= K)%nat) by (destruct K; [unfold proposition_2_supposes in S; simpl in S; lra | lia]). assert (KK : INR K <> 0) by (apply not_0_INR; lia).
  assert (mean : forall j, (j < parameters W)%nat -> episode W seen N H (reinforce gamma gamma j) = gradient W r gamma H j + gradient W b gamma H j).
  { intros j jd. rewrite (episode_mean W P seen N sigma M) by auto. unfold gradient.
    pose proof (total_derivative W P seen gamma j H jd) as D.
    assert (Dr : Derive (fun y => total W r gamma H (moved W j y)) (theta W j) = episode W r quiet H (reinforce gamma gamma j))
      by (apply is_derive_unique; now apply total_derivative).
    assert (Db : Derive (fun y => total W b gamma H (moved W j y)) (theta W j) = episode W b quiet H (reinforce gamma gamma j))
      by (apply is_derive_unique; now apply total_derivative).
    rewrite Dr, Db. transitivity (Derive (fun y => total W seen gamma H (moved W j y)) (theta W j)); [symmetry; now apply is_derive_unique|].
    apply is_derive_unique. apply is_derive_ext with (f := fun y => total W r gamma H (moved W j y) + total W b gamma H (moved W j y)).
    - intros y. unfold total. rewrite <- (Rmult_1_l (E (initial W) (value W b _ _ _))), <- E_lin. apply E_ext; intros x.
      unfold seen. rewrite value_sum. apply f_equal, Rmult_1_l.
    - apply (is_derive_plus (V := R_NormedModule)); now apply total_derivative. }
  assert (SO := fun j jd => episode_second_order W P seen N sigma M gamma gamma H j jd).
  split.
  - intros j jd. split; [|split].
    + eexists. now apply total_derivative.
    + eexists. now apply total_derivative.
    + unfold estimate_mean. rewrite draws_mean by auto. rewrite mean by auto. field; auto.
  - unfold estimate_error, rollout_variance. rewrite proposition_2_readable by auto.
    assert (nn : 0 <= sum (parameters W) (fun j => gradient W b gamma H j ^ 2)).
    { replace 0 with (sum (parameters W) (fun _ => 0)) by (rewrite sum_const; ring). apply sum_le; intros; apply pow2_ge_0. }
    replace (sqrt (sum (parameters W) (fun j => gradient W b gamma H j ^ 2)) ^ 2) with (sum (parameters W) (fun j => gradient W b gamma H j ^ 2))
      by (simpl; rewrite Rmult_1_r, sqrt_sqrt; auto).
    transitivity (sum (parameters W) (fun j => / INR K * variance _ (episode W seen N H) (reinforce gamma gamma j) + 1 * gradient W b gamma H j ^ 2)).
    2:{ rewrite sum_lin, sum_scal. unfold Rdiv. ring. }
    apply sum_ext; intros j jd. rewrite draws_shift by auto. rewrite mean by auto. field; auto.
Qed.
