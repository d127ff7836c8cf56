(** A coin: a world in which the hypotheses of Theorem 2 and Proposition 2 hold, with real noise, real scores and a real
    bias; and in which Theorem 2's bound is met. *)
From Coq Require Import Reals List Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Laws Rollouts Noise Theorem2 Bias.
Import ListNotations.
Open Scope R_scope.

(** One state; heads with probability theta = 1/2, tails otherwise. The score of heads is 2, that of tails -2. *)
Definition coin : learner := {|
  state := unit; action := bool; actions := [true; false];
  transition := fun _ _ => [(1, tt)]; initial := [(1, tt)];
  parameters := 1; theta := fun _ => 1/2;
  policy := fun th _ a => if a then th 0%nat else 1 - th 0%nat;
  score := fun _ _ a => if a then 2 else -2 |}.
(** Noise that is sigma or -sigma, each half the time. *)
Definition fair (sigma : R) : noise coin := fun _ _ => E [(1/2, sigma); (1/2, - sigma)].
(** Heads pay 1. *)
Definition heads : state coin -> action coin -> R := fun _ a => if a then 1 else 0.

Lemma sure_law Y (y : Y) : is_law [(1, y)].
Proof. split; [intros q e [h|[]]; injection h as <- _; lra | simpl; ring]. Qed.
Lemma coin_proper : proper coin.
Proof.
  split; simpl; intros.
  - apply sure_law.
  - apply sure_law.
  - destruct a; lra.
  - ring.
  - assert (j = 0%nat) as -> by lia. destruct a; unfold moved; simpl; auto_derive; auto; lra.
Qed.
Lemma fair_noise sigma x a : two_moments (fair sigma x a) sigma.
Proof.
  apply finite_noise; [|simpl; field | simpl; field]. split; [|simpl; field]. intros q e [h|[h|[]]]; injection h as <- _; lra.
Qed.
Lemma coin_moment t : score_moment coin t = 4.
Proof.
  unfold score_moment. change (parameters coin) with 1%nat. cbn [sum]. rewrite Rplus_0_l.
  assert (M : forall x, moment coin 0 t x = 4) by (induction t; intros x; [simpl; lra | simpl; rewrite IHt; lra]).
  simpl. rewrite M. ring.
Qed.
Lemma coin_largest H : (1 <= H)%nat -> expected_largest_score coin H = 4.
Proof.
  assert (A : forall n x (F : rollout coin -> R) c, (forall l, (length l = n)%nat -> F l = c) -> roll coin (fun _ _ => 0) quiet n x F = c).
  { induction n; intros x F c e; [now apply e|].
    assert (R : forall a, roll coin (fun _ _ => 0) quiet n tt (fun l => F ((x, a, 0 + 0) :: l)) = c) by (intros a; apply IHn; intros l L; apply e; exact (f_equal S L)).

    change (1/2 * (1 * roll coin (fun _ _ => 0) quiet n tt (fun l => F ((x, true, 0 + 0) :: l)) + 0)
      + ((1 - 1/2) * (1 * roll coin (fun _ _ => 0) quiet n tt (fun l => F ((x, false, 0 + 0) :: l)) + 0) + 0) = c).
    rewrite !R. lra. }
  intros H1. unfold expected_largest_score, episode. simpl. rewrite (A H tt _ 4); [ring|].
  intros l L. assert (B : forall l : rollout coin, (1 <= length l)%nat -> largest_score l = 4).
  { clear. induction l as [|[[x a] e] l IH]; simpl; [lia|]. intros _.
    assert (s : score2 coin x a = 4) by (unfold score2; simpl; destruct a; lra). rewrite s.
    destruct l as [|p l]; [simpl; apply Rmax_left; lra | rewrite IH by (simpl; lia); apply Rmax_left; lra]. }
  apply B. lia.
Qed.

(** Theorem 2's hypotheses hold for the coin, for every discount, noise, horizon and number of rollouts. *)
Theorem theorem_2_instance gamma sigma H K : 0 <= gamma < 1 -> 0 <= sigma -> (1 <= H)%nat -> (1 <= K)%nat ->
  theorem_2_supposes gamma sigma H K 2 /\ proper coin /\ (forall x a, two_moments (fair sigma x a) sigma) /\ 2 ^ 2 = expected_largest_score coin H.
Proof.
  intros. split; [unfold theorem_2_supposes; repeat split; try lra; auto|]. split; [exact coin_proper|]. split; [intros; apply fair_noise|].
  rewrite coin_largest by auto. ring.
Qed.

(** Without discount, gamma = 0, the exact amount is the bound: the two speak of the same W. *)
Theorem theorem_2_attained sigma H K : (1 <= K)%nat ->
  theorem_2_added (eligibility coin 0) sigma H K = theorem_2_bound 0 sigma H K 2.
Proof.
  intros K1. rewrite theorem_2_readable by (auto; lra). unfold theorem_2_added.
  rewrite (sum_ext H _ (fun _ => 4)).
  - rewrite sum_const. assert (0 < INR K) by (apply lt_0_INR; lia). field. lra.
  - intros s _. unfold eligibility. cbn [sum]. rewrite (sum_ext s _ (fun _ => 0)).
    + rewrite sum_const, coin_moment, Nat.sub_diag. simpl. ring.
    + intros t L. rewrite pow_i by lia. ring.
Qed.
(** What noise adds for the coin: four times a sum of powers. *)
Lemma coin_added gamma sigma H K : theorem_2_added (eligibility coin gamma) sigma H K =
  sigma ^ 2 / INR K * sum H (fun s => sum (S s) (fun t => gamma ^ (2 * (s - t)) * 4)).
Proof. rewrite added_readable. f_equal. apply sum_ext; intros s _. apply sum_ext; intros t _. now rewrite coin_moment. Qed.

(** Proposition 2's hypotheses hold for the coin, and its bias has a gradient: with a bias of k for heads it is k. *)
Theorem proposition_2_instance k : proper coin /\ (forall x a, two_moments (fair 1 x a) 1) /\
  gradient coin (fun x a => k * heads x a) 0 1 0 = k.
Proof.
  split; [exact coin_proper|]. split; [intros; apply fair_noise|].
  unfold gradient, total, heads, moved. simpl. apply is_derive_unique. auto_derive; auto. ring.
Qed.
