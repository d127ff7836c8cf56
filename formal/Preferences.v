(** Rewards from comparisons: what they tell, and what a constant that they leave open does to a policy gradient. *)
From Coq Require Import Reals List Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Laws Rollouts Noise Bias Coin Errors LeaveOneOut WhichGradient Signs Verifier.
Import ListNotations.
Open Scope R_scope.

(** The probability that the first of two rewards is preferred, by Bradley and Terry. *)
Definition preferred (r s : R) := / (1 + exp (- (r - s))).
(** One comes from one item to another over a number of compared pairs, each taken in either direction. *)
Inductive linked {A} (compared : A -> A -> Prop) : nat -> A -> A -> Prop :=
  | here a : linked compared 0 a a
  | further n a b c : linked compared n a b -> compared b c \/ compared c b -> linked compared (S n) a c.

Lemma preferred_odds r s : comparison_supposes (preferred r s) /\ r - s = comparison_difference (preferred r s).
Proof.
  unfold comparison_supposes, comparison_difference, preferred. set (e := exp (- (r - s))). assert (e0 : 0 < e) by apply exp_pos.
  assert (i : 0 < / (1 + e)) by (apply Rinv_0_lt_compat; lra). assert (l : / (1 + e) < 1) by (rewrite <- Rinv_1; apply Rinv_lt_contravar; lra).
  split; [lra|]. match goal with |- _ = ln ?q => replace q with (/ e) by (field; lra) end.
  rewrite ln_Rinv by auto. unfold e. rewrite ln_exp. ring.
Qed.
Lemma same_preferred r s r' s' : r - s = r' - s' -> preferred r s = preferred r' s'.
Proof. unfold preferred. now intros ->. Qed.

(** Rewards from comparisons. The log odds of a comparison are the difference of the two rewards. If the log odds of two vectors of rewards
    differ by at most [apart] on every compared pair, their differences differ by at most [apart] for each link of a chain. And they give every
    compared pair the same probability if and only if they differ by one constant on all that is linked. *)
Theorem comparisons_tell :
  (forall r s : R, comparison_supposes (preferred r s) /\ r - s = comparison_difference (preferred r s)) /\
  (forall (A : Type) (compared : A -> A -> Prop) (r r' : A -> R) (apart : R) (links : nat) (a b : A),
    (forall x y, compared x y ->
      Rabs (comparison_difference (preferred (r' x) (r' y)) - comparison_difference (preferred (r x) (r y))) <= apart) ->
    linked compared links a b -> Rabs ((r' a - r' b) - (r a - r b)) <= chain_error links apart) /\
  (forall (A : Type) (compared : A -> A -> Prop) (r r' : A -> R),
    (forall x y, compared x y -> preferred (r' x) (r' y) = preferred (r x) (r y)) <->
    (forall links a b, linked compared links a b -> r' a - r a = r' b - r b)).
Proof.
  assert (chain : forall (A : Type) (compared : A -> A -> Prop) (r r' : A -> R) (apart : R) (links : nat) (a b : A),
    (forall x y, compared x y ->
      Rabs (comparison_difference (preferred (r' x) (r' y)) - comparison_difference (preferred (r x) (r y))) <= apart) ->
    linked compared links a b -> Rabs ((r' a - r' b) - (r a - r b)) <= chain_error links apart).
  { intros A compared r r' apart links a b close l. unfold chain_error. induction l as [a | n a b c l IH s].
    - simpl. replace (r' a - r' a - (r a - r a)) with 0 by ring. rewrite Rabs_R0. lra.
    - rewrite S_INR. replace (r' a - r' c - (r a - r c)) with ((r' a - r' b - (r a - r b)) + (r' b - r' c - (r b - r c))) by ring.
      assert (one : Rabs (r' b - r' c - (r b - r c)) <= apart).
      { destruct s as [s|s]; pose proof (close _ _ s) as d; rewrite <- !(proj2 (preferred_odds _ _)) in d; [exact d|].
        rewrite <- Rabs_Ropp. replace (- (r' b - r' c - (r b - r c))) with (r' c - r' b - (r c - r b)) by ring. exact d. }
      pose proof (Rabs_triang (r' a - r' b - (r a - r b)) (r' b - r' c - (r b - r c))). lra. }
  split; [exact preferred_odds|]. split; [exact chain|]. intros A compared r r'. split.
  - intros same links a b l. assert (z : Rabs ((r' a - r' b) - (r a - r b)) <= chain_error links 0).
    { apply (chain A compared); auto. intros x y s. rewrite (same x y s). unfold Rminus. rewrite Rplus_opp_r, Rabs_R0. lra. }
    unfold chain_error in z. rewrite Rmult_0_l in z. pose proof (Rabs_pos ((r' a - r' b) - (r a - r b))).
    assert (q : Rabs ((r' a - r' b) - (r a - r b)) = 0) by lra. apply Rabs_eq_0 in q. lra.
  - intros constant x y s. apply same_preferred. pose proof (constant 1%nat x y (further compared 0 x x y (here compared x) (or_introl s))). lra.
Qed.

(** A constant in the rewards. It is added to the reward of every step of an episode, whose length the policy decides. Then the gradient of the return
    is what it was, and the constant times the gradient of the mean of 1 + gamma + ... + gamma^(T-1). If every episode has all H steps nothing is
    added. Nor is anything by a constant that depends on the first state alone and is paid once, as for each prompt its own. *)
Theorem constant_in_rewards : forall (W : learner) (r : state W -> action W -> R) (c gamma : R) (H : nat), proper W -> forall j, (j < parameters W)%nat ->
  (forall (last : state W -> action W -> bool) (over : state W -> bool), ends W over last ->
    gradient W (where_judged (each_step over) (fun x a => r x a + c)) gamma H j =
      constant_in_rewards_gradient (gradient W (where_judged (each_step over) r) gamma H j) c (path_gradient W H (discounted_length last gamma) j)) /\
  gradient W (fun x a => r x a + c) gamma H j = gradient W r gamma H j /\
  (forall own : state W -> R,
    Derive (fun y => E (initial W) (fun x => value W r gamma (moved W j y) H x + own x)) (theta W j) = gradient W r gamma H j).
Proof.
  intros W r c gamma H P j jd. split; [|split].
  - intros last over En. rewrite (same_rewards W _ (fun x a => 1 * where_judged (each_step over) r x a + c * where_judged (each_step over) (fun _ _ => 1) x a)).
    + rewrite gradient_linear by auto. unfold constant_in_rewards_gradient, path_gradient.
      rewrite <- (Derive_ext (fun y => total W (where_judged (each_step over) (fun _ _ => 1)) gamma H (moved W j y))) by (intros; now apply length_total).
      unfold gradient. ring.
    + intros x a. unfold where_judged. destruct (each_step over x a); ring.
  - rewrite (same_rewards W _ (fun x a => 1 * r x a + c * 1)) by (intros; ring).
    rewrite (gradient_linear W _ _ r (fun _ _ => 1)), constant_gradient by auto. ring.
  - intros own. unfold gradient. rewrite (Derive_ext _ (fun y => total W r gamma H (moved W j y) + E (initial W) own)).
    + rewrite Derive_plus, Derive_const; [ring | eexists; now apply total_derivative | apply ex_derive_const].
    + intros y. unfold total. rewrite (E_ext _ _ _ (fun x => value W r gamma (moved W j y) H x + 1 * own x)) by (intros; ring).
      rewrite E_lin. ring.
Qed.
