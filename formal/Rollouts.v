(** A policy that learns by REINFORCE: its world, its rollouts, and the estimate of the gradient from them. States
    and actions are finitely many wherever a law speaks of them; of noise only two moments are used. *)
From Coq Require Import Reals List Lra Psatz.
From Coq Require FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Laws.
Import ListNotations.
Open Scope R_scope.

(** A world, and a policy with finitely many parameters; [theta] are their present values, and [score j] is the
    derivative of the logarithm of the policy's probability by the j-th of them. *)
Record learner := {
  state : Type; action : Type; actions : list action;
  transition : state -> action -> law state; initial : law state;
  parameters : nat; theta : nat -> R;
  policy : (nat -> R) -> state -> action -> R;
  score : nat -> state -> action -> R }.

(** The law of the action, and the parameters with another value for the j-th. *)
Definition choice W th x : law (action W) := map (fun a => (policy W th x a, a)) (actions W).
Definition moved W j y : nat -> R := fun i => if Nat.eqb i j then y else theta W i.

(** What is supposed: laws are laws, the policy's probabilities sum to 1 for all parameters, and the scores are scores. *)
Record proper (W : learner) : Prop := {
  transition_law : forall x a, is_law (transition W x a);
  initial_law : is_law (initial W);
  policy_positive : forall x a, 0 <= policy W (theta W) x a;
  policy_total : forall th x, E (choice W th x) (fun _ => 1) = 1;
  score_is : forall j x a, (j < parameters W)%nat ->
    is_derive (fun y => policy W (moved W j y) x a) (theta W j) (policy W (theta W) x a * score W j x a) }.

(** Noise of mean 0 and variance sigma^2, given as an expectation on functions of the error. Only polynomials of second
    degree are ever integrated, so any law with these two moments is allowed: finite, Gaussian, or another. *)
Record two_moments (N : (R -> R) -> R) (sigma : R) : Prop := {
  noise_ext : forall F H, (forall e, F e = H e) -> N F = N H;
  noise_moments : forall p q s, N (fun e => p + q * e + s * e ^ 2) = p + s * sigma ^ 2 }.
Definition noise W := state W -> action W -> (R -> R) -> R.
(** No noise: the error is 0. *)
Definition quiet {W} : noise W := fun _ _ F => F 0.

(** A rollout: states, actions, and the rewards that the learner sees. *)
Definition rollout W := list (state W * action W * R).

(** The expectation of F over rollouts of n steps from x; the learner sees u plus an error, which given state and
    action is independent of everything else. *)
Fixpoint roll W (u : state W -> action W -> R) (N : noise W) (n : nat) (x : state W) (F : rollout W -> R) : R :=
  match n with
  | O => F []
  | S n => E (choice W (theta W) x) (fun a => E (transition W x a) (fun z =>
      N x a (fun e => roll W u N n z (fun l => F ((x, a, u x a + e) :: l)))))
  end.
(** The same from a first state that is drawn. *)
Definition episode W u N H (F : rollout W -> R) := E (initial W) (fun x => roll W u N H x F).

(** The return to go, and REINFORCE with returns to go: the sum over t of weight^t w_t G_t. Weight 1 is Theorem 2's
    estimator, weight gamma the discounted one, which estimates the gradient of the discounted return. *)
Fixpoint to_go {W} gamma (l : rollout W) : R := match l with [] => 0 | (_, u) :: l => u + gamma * to_go gamma l end.
Fixpoint reinforce {W} gamma weight j (l : rollout W) : R :=
  match l with [] => 0 | (x, a, u) :: l' => score W j x a * to_go gamma l + weight * reinforce gamma weight j l' end.

(** The average of K independent rollouts' estimates: its expectation, coordinate by coordinate, and the trace of its
    covariance. *)
Definition estimate_mean W u N gamma weight H K j :=
  draws _ (episode W u N H) (reinforce gamma weight j) K 0 (fun y => / INR K * y).
Definition estimate_variance W u N gamma weight H K := sum (parameters W) (fun j =>
  draws _ (episode W u N H) (reinforce gamma weight j) K 0 (fun y => (/ INR K * y) ^ 2) - estimate_mean W u N gamma weight H K j ^ 2).

(** The squared norm of the score, and the second moment of each of its coordinates t steps on. *)
Definition score2 W x a := sum (parameters W) (fun j => score W j x a ^ 2).
Fixpoint moment W j t x : R := match t with
  | O => E (choice W (theta W) x) (fun a => score W j x a ^ 2)
  | S t => E (choice W (theta W) x) (fun a => E (transition W x a) (fun z => moment W j t z)) end.
(** E |w_t|^2, and E max_t |w_t|^2, the square of the W_H of Theorem 2. *)
Definition score_moment W t := sum (parameters W) (fun j => E (initial W) (moment W j t)).
Fixpoint largest_score {W} (l : rollout W) : R := match l with [] => 0 | (x, a, _) :: l => Rmax (score2 W x a) (largest_score l) end.
Definition expected_largest_score W H := episode W (fun _ _ => 0) quiet H largest_score.

Section Learner.
Variable W : learner.
Hypothesis P : proper W.
Variable u : state W -> action W -> R.
Let pi x := choice W (theta W) x.

Lemma choice_law x : is_law (choice W (theta W) x).
Proof.
  split; [|apply (policy_total W P)]. intros q a I. apply in_map_iff in I as (b & e & _). injection e as <- _.
  apply (policy_positive W P).
Qed.
Lemma moved_here j : moved W j (theta W j) = theta W.
Proof. apply FunctionalExtensionality.functional_extensionality. intros i. unfold moved. destruct (Nat.eqb_spec i j) as [-> | ]; reflexivity. Qed.

(** Scores average to 0. Given the state the score has expectation 0: probabilities that sum to 1 have a derivative that sums to 0. *)
Theorem score_mean j x : (j < parameters W)%nat -> E (choice W (theta W) x) (score W j x) = 0.
Proof.
  intros jd. assert (D : is_derive (fun y => E (choice W (moved W j y) x) (fun _ => 1)) (theta W j) (E (choice W (theta W) x) (score W j x))).
  { unfold choice. pose proof (fun a => score_is W P j x a jd) as sc. induction (actions W) as [|a l IH]; simpl; [apply (is_derive_const (V := R_NormedModule))|].
    apply (is_derive_plus (V := R_NormedModule)); [|exact IH].
    apply is_derive_ext with (f := fun y => policy W (moved W j y) x a); [intros; symmetry; apply Rmult_1_r | apply sc]. }
  assert (C : is_derive (fun y => E (choice W (moved W j y) x) (fun _ => 1)) (theta W j) 0).
  { apply is_derive_ext with (f := fun _ => 1); [intros; now rewrite (policy_total W P) | apply (is_derive_const (V := R_NormedModule))]. }
  rewrite <- (is_derive_unique _ _ _ D). now apply is_derive_unique.
Qed.

(** Without noise a rollout has an expectation like any other. *)
Lemma roll_expectation n : forall x, expectation (roll W u quiet n x).
Proof.
  induction n; intros x; simpl; [repeat split; intros; auto|]. unfold quiet.
  repeat split; intros.
  - apply E_ext; intros a; apply E_ext; intros z. apply (IHn z); auto.
  - rewrite <- E_lin. apply E_ext; intros a. rewrite <- E_lin. apply E_ext; intros z. apply (IHn z).
  - rewrite (E_ext _ _ _ (fun _ => c)); [apply E_const, choice_law|]. intros a.
    rewrite (E_ext _ _ _ (fun _ => c)); [apply E_const, (transition_law W P)|]. intros z. apply (IHn z).
  - apply E_mono; [apply choice_law|]; intros a; apply E_mono; [apply (transition_law W P)|]; intros z. apply (IHn z); auto.
Qed.
Lemma episode_expectation H : expectation (episode W u quiet H).
Proof.
  pose proof (roll_expectation H) as e. unfold episode. repeat split; intros.
  - apply E_ext; intros; now apply e.
  - rewrite <- E_lin. apply E_ext; intros; apply e.
  - rewrite (E_ext _ _ _ (fun _ => c)) by (intros; apply e). apply E_const, (initial_law W P).
  - apply E_mono; [apply (initial_law W P)|]. intros; now apply e.
Qed.

(** With or without noise the expectation depends on what its argument does, not on how it is written. *)
Lemma roll_ext N sigma : (forall x a, two_moments (N x a) sigma) -> forall n x F G, (forall l, F l = G l) -> roll W u N n x F = roll W u N n x G.
Proof.
  intros M n. induction n; intros x F G e; simpl; [apply e|].
  apply E_ext; intros a; apply E_ext; intros z. apply (noise_ext _ _ (M x a)); intros er. apply IHn. intros; apply e.
Qed.
End Learner.

(** A finite law of mean 0 and variance sigma^2 is noise of the kind that is supposed. *)
Lemma finite_noise (q : law R) sigma : is_law q -> E q (fun e => e) = 0 -> E q (fun e => e ^ 2) = sigma ^ 2 -> two_moments (E q) sigma.
Proof.
  intros L m v. split; [intros; now apply E_ext|]. intros p b s.
  rewrite E_lin, E_lin, E_const, m, v by auto. ring.
Qed.
Lemma quiet_moments : forall W (x : state W) (a : action W), two_moments (quiet x a) 0.
Proof. intros W x a. split; [intros F H e; apply e | intros; unfold quiet; ring]. Qed.
