(** Which gradient an estimate estimates, what a frozen error does to it, and a bias that does nothing to it: shaping by
    potentials. *)
From Coq Require Import Reals List Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Laws Rollouts Noise Bias Coin.
Import ListNotations.
Open Scope R_scope.

Section Means.
Variable W : learner.
Hypothesis P : proper W.
Variables gamma weight : R.

(** One step of al G + be g. *)
Lemma Z_mean u j n x al be : roll W u quiet (S n) x (Z W gamma weight j al be) = E (choice W (theta W) x) (fun a =>
  (al + be * score W j x a) * u x a + E (transition W x a) (fun z => roll W u quiet n z (Z W gamma weight j ((al + be * score W j x a) * gamma) (be * weight)))).
Proof.
  simpl. apply E_ext; intros a. symmetry.
  set (f := fun z => roll W u quiet n z (Z W gamma weight j ((al + be * score W j x a) * gamma) (be * weight))).
  rewrite <- (Rmult_1_l (E (transition W x a) f)), <- E_affine by apply (transition_law W P). unfold f. symmetry.
  apply E_ext; intros z. unfold quiet at 1. destruct (roll_expectation W P u n z) as (ext & lin & const & _).
  rewrite (ext _ (fun l => (al + be * score W j x a) * u x a + 1 * Z W gamma weight j ((al + be * score W j x a) * gamma) (be * weight) l)) by (intros; rewrite Z_step; ring).
  now rewrite lin, const.
Qed.
Lemma Z_all u j H : episode W u quiet H (Z W gamma weight j 0 1) = episode W u quiet H (reinforce gamma weight j).
Proof. unfold episode. apply E_ext; intros x. apply (roll_expectation W P u H x). intros; unfold Z; ring. Qed.
Lemma Z_adds r b j n : forall x al be, roll W (fun x a => r x a + b x a) quiet n x (Z W gamma weight j al be) =
  roll W r quiet n x (Z W gamma weight j al be) + roll W b quiet n x (Z W gamma weight j al be).
Proof.
  induction n; intros x al be; [unfold Z; simpl; ring|]. rewrite !Z_mean.
  rewrite <- (Rmult_1_l (E (choice W (theta W) x) (fun a => (al + be * score W j x a) * b x a + _))), <- E_lin. apply E_ext; intros a.
  set (m := al + be * score W j x a). set (T := fun v z => roll W v quiet n z (Z W gamma weight j (m * gamma) (be * weight))).
  rewrite (E_ext _ _ _ (fun z => T r z + 1 * T b z)) by (intros; rewrite IHn; unfold T; ring). rewrite E_lin. unfold T. ring.
Qed.
End Means.

(** A frozen error is bias. An error that is the same at every visit of a state and an action is no noise: the estimate's mean
    moves by the estimate that one would have if the error were the reward. So it is, whatever the weight of the scores. *)
Theorem frozen_error : forall (W : learner) (r b : state W -> action W -> R) (N : noise W) (gamma weight sigma : R) (H K : nat),
  proper W -> (forall x a, two_moments (N x a) sigma) -> (1 <= K)%nat -> forall j, (j < parameters W)%nat ->
  estimate_mean W (fun x a => r x a + b x a) N gamma weight H K j =
    estimate_mean W r quiet gamma weight H K j + estimate_mean W b quiet gamma weight H K j.
Proof.
  intros W r b N gamma weight sigma H K P M K1 j jd. rewrite (unbiased W P _ N sigma M) by auto. unfold estimate_mean.
  rewrite !draws_mean by (apply expectation_second_order, episode_expectation; auto).
  rewrite <- !(Z_all W P). assert (s : episode W (fun x a => r x a + b x a) quiet H (Z W gamma weight j 0 1) =
    episode W r quiet H (Z W gamma weight j 0 1) + episode W b quiet H (Z W gamma weight j 0 1)); [|rewrite s; ring].
  unfold episode. rewrite <- (Rmult_1_l (E (initial W) (fun x => roll W b _ _ _ _))), <- E_lin. apply E_ext; intros x. rewrite (Z_adds W P). ring.
Qed.

(** The coin that pays 1 for heads: its return's gradient, and the means of the estimates of it. *)
Lemma coin_value gamma th n : value coin heads gamma th n tt = th O * geom gamma n.
Proof. induction n; [simpl; ring|]. simpl. rewrite IHn. simpl. ring. Qed.
Lemma coin_gradient gamma H : gradient coin heads gamma H 0 = geom gamma H.
Proof.
  unfold gradient. apply is_derive_unique. apply is_derive_ext with (f := fun y => geom gamma H * y).
  - intros y. unfold total. simpl. rewrite coin_value. unfold moved. simpl. ring.
  - auto_derive; auto. ring.
Qed.
Lemma coin_Z gamma weight n : forall al be, roll coin heads quiet n tt (Z coin gamma weight 0 al be) = al * (geom gamma n / 2) + be * geom weight n.
Proof.
  induction n; intros al be; [unfold Z; simpl; field|]. rewrite (Z_mean coin coin_proper). unfold choice, heads. simpl E. unfold heads in IHn. rewrite !IHn. simpl. field.
Qed.
Lemma coin_mean gamma weight H K : (1 <= K)%nat -> estimate_mean coin heads quiet gamma weight H K 0 = geom weight H.
Proof.
  intros K1. assert (INR K <> 0) by (apply not_0_INR; lia). unfold estimate_mean.
  rewrite draws_mean by (apply expectation_second_order, episode_expectation, coin_proper).
  rewrite <- (Z_all coin coin_proper). unfold episode. simpl E. rewrite coin_Z. field. auto.
Qed.

(** Which gradient. For any policy, horizon, discount and noise the return has a gradient, and the discounted estimator's
    mean is that gradient. Without discount, gamma = 1, Theorem 2's estimator is the same one. With discount it is another,
    and its mean is not the gradient: for a coin that pays 1 for heads it is H, the gradient is
    1 + gamma + ... + gamma^(H-1); they differ for two flips already, whatever gamma is but 1. *)
Theorem which_gradient :
  (forall (W : learner) (u : state W -> action W -> R) (N : noise W) (gamma sigma : R) (H K : nat),
    proper W -> (forall x a, two_moments (N x a) sigma) -> (1 <= K)%nat -> forall j, (j < parameters W)%nat ->
    ex_derive (fun y => total W u gamma H (moved W j y)) (theta W j) /\
    estimate_mean W u N gamma gamma H K j = gradient W u gamma H j) /\
  (forall (W : learner) (u : state W -> action W -> R) (N : noise W) (sigma : R) (H K : nat),
    proper W -> (forall x a, two_moments (N x a) sigma) -> (1 <= K)%nat -> forall j, (j < parameters W)%nat ->
    estimate_mean W u N 1 1 H K j = gradient W u 1 H j) /\
  (forall (gamma : R) (H K : nat), (1 <= K)%nat -> proper coin /\ gradient coin heads gamma H 0 = geom gamma H /\
    estimate_mean coin heads quiet gamma 1 H K 0 - gradient coin heads gamma H 0 = which_gradient_missed gamma H) /\
  (forall (gamma : R) (K : nat), (1 <= K)%nat -> gamma <> 1 ->
    estimate_mean coin heads quiet gamma 1 2 K 0 <> gradient coin heads gamma 2 0).
Proof.
  assert (A : forall (W : learner) (u : state W -> action W -> R) (N : noise W) (gamma sigma : R) (H K : nat),
    proper W -> (forall x a, two_moments (N x a) sigma) -> (1 <= K)%nat -> forall j, (j < parameters W)%nat ->
    ex_derive (fun y => total W u gamma H (moved W j y)) (theta W j) /\
    estimate_mean W u N gamma gamma H K j = gradient W u gamma H j).
  { intros W u N gamma sigma H K P M K1 j jd. assert (INR K <> 0) by (apply not_0_INR; lia).
    split; [eexists; now apply total_derivative|]. rewrite (unbiased W P u N sigma M) by auto. unfold estimate_mean.
    rewrite draws_mean by (apply expectation_second_order, episode_expectation; auto). unfold gradient.
    assert (G : Derive (fun y => total W u gamma H (moved W j y)) (theta W j) = episode W u quiet H (reinforce gamma gamma j))
      by (apply is_derive_unique; now apply total_derivative).
    rewrite G. field. auto. }
  split; [exact A|]. split; [intros W u N sigma H K P M K1 j jd; now apply (A W u N 1 sigma)|].
  assert (C : forall gamma H K, (1 <= K)%nat -> estimate_mean coin heads quiet gamma 1 H K 0 - gradient coin heads gamma H 0 = which_gradient_missed gamma H).
  { intros gamma H K K1. rewrite coin_mean, coin_gradient by auto. unfold which_gradient_missed.
    assert (one : geom 1 H = INR H) by (rewrite geom_sum, (sum_ext H _ (fun _ => 1)), sum_const by (intros; apply pow1); ring). rewrite one. ring. }
  split; [intros gamma H K K1; split; [exact coin_proper | split; [apply coin_gradient | now apply C]]|].
  intros gamma K K1 g e. specialize (C gamma 2%nat K K1). rewrite e in C. unfold which_gradient_missed in C. simpl in C. apply g. lra.
Qed.

(** ---- Shaping ---- *)

(** What shaping by potentials adds to the return of n steps from x, t steps after the start, in expectation: at each
    step gamma times the next potential, less the present one. Potentials may depend on time. And the expectation of a
    function of the state after n steps. *)
Fixpoint paid W (Phi : nat -> state W -> R) gamma th n t x : R := match n with
  | O => 0
  | S n => E (choice W th x) (fun a => E (transition W x a) (fun z => (gamma * Phi (S t) z - Phi t x) + gamma * paid W Phi gamma th n (S t) z)) end.
Fixpoint afterwards W (F : state W -> R) th n x : R := match n with
  | O => F x
  | S n => E (choice W th x) (fun a => E (transition W x a) (fun z => afterwards W F th n z)) end.
Definition shaping_paid W Phi gamma H th := E (initial W) (paid W Phi gamma th H 0).
(** Parameters with another value for the j-th. *)
Definition with_value (th : nat -> R) j y : nat -> R := fun i => if Nat.eqb i j then y else th i.
(** The mean over successors of what shaping pays, with a potential that does not depend on time. *)
Definition shaping_reward W gamma (phi : state W -> R) x a := E (transition W x a) (fun z => gamma * phi z - phi x).

Lemma choice_const W (P : proper W) th x c : E (choice W th x) (fun _ => c) = c.
Proof.
  transitivity (c * E (choice W th x) (fun _ => 1)); [|rewrite (policy_total W P); ring].
  rewrite <- E_scal. apply E_ext; intros; ring.
Qed.
Lemma paid_is W (P : proper W) Phi gamma th n : forall t x, paid W Phi gamma th n t x = gamma ^ n * afterwards W (Phi (t + n)%nat) th n x - Phi t x.
Proof.
  induction n; intros t x; [simpl; rewrite Nat.add_0_r; ring|]. simpl.
  transitivity (E (choice W th x) (fun a => (gamma * gamma ^ n) * E (transition W x a) (fun z => afterwards W (Phi (t + S n)%nat) th n z) + (-1) * Phi t x)).
  - apply E_ext; intros a. rewrite <- E_scal. transitivity (E (transition W x a) (fun z => - Phi t x + 1 * ((gamma * gamma ^ n) * afterwards W (Phi (t + S n)%nat) th n z))).
    + apply E_ext; intros z. rewrite IHn. replace (S t + n)%nat with (t + S n)%nat by lia. ring.
    + rewrite E_affine by apply (transition_law W P). ring.
  - rewrite (E_lin _ _ (-1) (fun a => (gamma * gamma ^ n) * E (transition W x a) (fun z => afterwards W (Phi (t + S n)%nat) th n z)) (fun _ => Phi t x)).
    rewrite E_scal, choice_const by auto. ring.
Qed.
Lemma telescope gamma (f : nat -> R) n : sum n (fun t => gamma ^ t * (gamma * f (S t) - f t)) = gamma ^ n * f n - f O.
Proof. induction n; [simpl; ring|]. cbn [sum]. rewrite IHn. simpl. ring. Qed.
Lemma shaping_value W (P : proper W) gamma phi th n : forall t x, value W (shaping_reward W gamma phi) gamma th n x = paid W (fun _ => phi) gamma th n t x.
Proof.
  induction n; intros t x; [reflexivity|]. simpl. apply E_ext; intros a. unfold shaping_reward at 1. rewrite <- E_lin. apply E_ext; intros z.
  now rewrite (IHn (S t)).
Qed.

(** Shaping. A bias gamma Phi_(t+1)(s_(t+1)) - Phi_t(s_t) telescopes: along every path what it adds to the discounted sum
    of H steps is gamma^H times the last potential less the first one. So for every policy B_H is gamma^H E Phi_H(s_H)
    less E Phi_0(s_0), which no parameter moves. If the potential is 0 at the end, B_H is the same for all policies, and
    its gradient is 0 at every one. And with a potential of the state alone that is 0 at the end, the discounted
    estimator's mean is the gradient of the unshaped return. *)
Theorem shaping : forall (W : learner) (gamma : R) (H : nat), proper W ->
  (forall (Phi : nat -> state W -> R) (path : nat -> state W),
    sum H (fun t => gamma ^ t * (gamma * Phi (S t) (path (S t)) - Phi t (path t))) = shaping_left gamma (Phi O (path O)) (Phi H (path H)) H) /\
  (forall (Phi : nat -> state W -> R) (th : nat -> R), shaping_paid W Phi gamma H th =
    shaping_left gamma (E (initial W) (Phi O)) (E (initial W) (afterwards W (Phi H) th H)) H) /\
  (forall (Phi : nat -> state W -> R), (forall x, Phi H x = 0) ->
    (forall th, shaping_paid W Phi gamma H th = - E (initial W) (Phi O)) /\
    (forall th j y, is_derive (fun y => shaping_paid W Phi gamma H (with_value th j y)) y 0)) /\
  (forall (phi : state W -> R) (r : state W -> action W -> R) (N : noise W) (sigma : R) (K : nat),
    (forall th, E (initial W) (afterwards W phi th H) = 0) -> (forall x a, two_moments (N x a) sigma) -> (1 <= K)%nat ->
    forall j, (j < parameters W)%nat ->
    estimate_mean W (fun x a => r x a + shaping_reward W gamma phi x a) N gamma gamma H K j = gradient W r gamma H j).
Proof.
  intros W gamma H P.
  assert (B : forall (Phi : nat -> state W -> R) th, shaping_paid W Phi gamma H th =
    gamma ^ H * E (initial W) (afterwards W (Phi H) th H) - E (initial W) (Phi O)).
  { intros Phi th. unfold shaping_paid. rewrite (E_ext _ _ _ (fun x => gamma ^ H * afterwards W (Phi H) th H x + (-1) * Phi O x)) by (intros; rewrite (paid_is W P); simpl; ring).
    rewrite E_lin, E_scal. ring. }
  split; [|split; [|split]].
  - intros Phi path. rewrite (telescope gamma (fun t => Phi t (path t))). unfold shaping_left. ring.
  - intros Phi th. rewrite B. unfold shaping_left. ring.
  - intros Phi e. assert (C : forall th, shaping_paid W Phi gamma H th = - E (initial W) (Phi O)).
    { intros th. rewrite B. assert (z : forall n x, afterwards W (Phi H) th n x = 0).
      { induction n; intros x; simpl; [apply e|]. rewrite (E_ext _ _ _ (fun _ => 0)); [now apply choice_const|]. intros a.
        rewrite (E_ext _ _ _ (fun _ => 0)) by auto. apply E_const, (transition_law W P). }
      rewrite (E_ext _ _ (afterwards W (Phi H) th H) (fun _ => 0)), E_const by (auto; apply (initial_law W P)). ring. }
    split; [exact C|]. intros th j y. apply is_derive_ext with (f := fun _ => - E (initial W) (Phi O)); [intros; now rewrite C | apply (is_derive_const (V := R_NormedModule))].
  - intros phi r N sigma K e M K1 j jd.
    assert (S1 : proposition_2_supposes (INR K)) by (unfold proposition_2_supposes; apply lt_0_INR; lia).
    destruct (proj1 (proposition_2 W r (shaping_reward W gamma phi) N gamma sigma H K S1 P M) j jd) as (_ & _ & g). rewrite g.
    assert (z : gradient W (shaping_reward W gamma phi) gamma H j = 0); [|rewrite z; ring].
    unfold gradient. apply is_derive_unique. apply is_derive_ext with (f := fun _ => - E (initial W) phi); [|apply (is_derive_const (V := R_NormedModule))].
    intros y. unfold total. rewrite (E_ext _ _ (value W (shaping_reward W gamma phi) gamma (moved W j y) H) (paid W (fun _ => phi) gamma (moved W j y) H 0)) by (intros; now apply shaping_value).
    change (- E (initial W) phi = shaping_paid W (fun _ => phi) gamma H (moved W j y)). rewrite B, e. ring.
Qed.
