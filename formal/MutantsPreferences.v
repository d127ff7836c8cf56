(** Things that are compared, and wrong versions of what is proved of comparisons, refuted. *)
From Coq Require Import Reals List Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Laws Rollouts Noise Bias Coin Errors LeaveOneOut WhichGradient Signs Verifier VerifierWorth MutantsVerifier Preferences.
Import ListNotations.
Open Scope R_scope.

(** Three things on a line, the first compared with the second and that with the third. *)
Definition neighbours (a b : nat) := (a = 0 /\ b = 1)%nat \/ (a = 1 /\ b = 2)%nat.
Lemma neighbours_linked : linked neighbours 2 0%nat 2%nat.
Proof. apply (further neighbours 1 0 1 2)%nat; [apply (further neighbours 0 0 0 1)%nat; [constructor|] |]; left; unfold neighbours; auto. Qed.

(** ---- Instances ---- *)

(** Two vectors of rewards whose log odds differ by 1 on every link. *)
Theorem comparisons_tell_instance : comparison_supposes (preferred 1 0) /\ linked neighbours 2 0%nat 2%nat /\
  (forall x y, neighbours x y -> Rabs (comparison_difference (preferred (- INR x) (- INR y)) - comparison_difference (preferred 0 0)) <= 1) /\
  Rabs ((- INR 0 - - INR 2) - (0 - 0)) = chain_error 2 1.
Proof.
  split; [apply preferred_odds|]. split; [exact neighbours_linked|]. split.
  - intros x y s. rewrite <- !(proj2 (preferred_odds _ _)). destruct s as [[-> ->]|[-> ->]]; simpl; rewrite Rabs_right; lra.
  - unfold chain_error. simpl. rewrite Rabs_right; lra.
Qed.
(** Episodes whose length has a gradient, beside that of the return. *)
Theorem constant_in_rewards_instance gamma : proper quitter /\ ends quitter quit quits /\
  gradient quitter (where_judged (each_step quit) (pays right_quit)) gamma 2 0 = 1 /\ path_gradient quitter 2 (discounted_length quits gamma) 0 = - gamma.
Proof. exact (conj quitter_proper (conj quitter_ends (conj (quitter_slope gamma) (quitter_length gamma)))). Qed.

(** ---- What comparisons tell ---- *)

(** The same with another reading of a probability, and another bound along a chain. *)
Definition comparisons_tell_with (read : R -> R) (bound : nat -> R -> R) :=
  (forall r s : R, comparison_supposes (preferred r s) -> r - s = read (preferred r s)) /\
  (forall (A : Type) (compared : A -> A -> Prop) (r r' : A -> R) (apart : R) (links : nat) (a b : A),
    (forall x y, compared x y ->
      Rabs (comparison_difference (preferred (r' x) (r' y)) - comparison_difference (preferred (r x) (r y))) <= apart) ->
    linked compared links a b -> Rabs ((r' a - r' b) - (r a - r b)) <= bound links apart).
(** It is this theorem that is changed. *)
Theorem same_comparisons_tell : comparisons_tell_with comparison_difference chain_error.
Proof. split; [intros; apply preferred_odds | exact (proj1 (proj2 comparisons_tell))]. Qed.
(** A true weakening remains provable: twice the bound. *)
Theorem weaker_comparisons_tell : comparisons_tell_with comparison_difference (fun n apart => 2 * chain_error n apart).
Proof.
  split; [apply same_comparisons_tell|]. intros A compared r r' apart n a b close l.
  pose proof (proj1 (proj2 comparisons_tell) A compared r r' apart n a b close l) as B.
  pose proof (Rabs_pos ((r' a - r' b) - (r a - r b))). lra.
Qed.
Lemma wrong_reading read bound : read (/ 2) <> 0 -> ~ comparisons_tell_with read bound.
Proof.
  intros ne [M _]. assert (B := M 0 0 (proj1 (preferred_odds 0 0))). apply ne.
  replace (preferred 0 0) with (/ 2) in B; [lra|]. unfold preferred. replace (- (0 - 0)) with 0 by ring. rewrite exp_0. lra.
Qed.
Lemma wrong_bound read bound : bound 2%nat 1 < 2 -> ~ comparisons_tell_with read bound.
Proof.
  intros less [_ M]. destruct comparisons_tell_instance as (_ & l & close & big).
  assert (B := M nat neighbours (fun _ => 0) (fun x => - INR x) 1 2%nat 0%nat 2%nat close l). cbv beta in B. rewrite big in B.
  unfold chain_error in B. simpl in B. lra.
Qed.
(** The odds for their logarithm. *)
Theorem mutant_comparisons_tell_odds : ~ comparisons_tell_with (fun p => p / (1 - p)) chain_error.
Proof. apply wrong_reading. lra. Qed.
(** The probability for its log odds. *)
Theorem mutant_comparisons_tell_probability : ~ comparisons_tell_with (fun p => p) chain_error.
Proof. apply wrong_reading. lra. Qed.
(** As if the two had been compared with each other. *)
Theorem mutant_comparisons_tell_at_once : ~ comparisons_tell_with comparison_difference (fun n apart => apart).
Proof. apply wrong_bound. lra. Qed.
(** Half the error of each link. *)
Theorem mutant_comparisons_tell_half : ~ comparisons_tell_with comparison_difference (fun n apart => INR n * apart / 2).
Proof. apply wrong_bound. simpl. lra. Qed.
(** One constant for all, whether or not anything links them. *)
Theorem mutant_comparisons_tell_one_constant : ~ (forall (A : Type) (compared : A -> A -> Prop) (r r' : A -> R),
  (forall x y, compared x y -> preferred (r' x) (r' y) = preferred (r x) (r y)) -> forall a b, r' a - r a = r' b - r b).
Proof.
  intros M. assert (B := M nat (fun _ _ => False) (fun _ => 0) INR ltac:(intros x y []) 0%nat 1%nat). simpl in B. lra.
Qed.

(** ---- What a constant does ---- *)

(** The same with another gradient: a function of the return's, of the constant and of the length's. *)
Definition constant_in_rewards_with (slope : R -> R -> R -> R) := forall (W : learner) (r : state W -> action W -> R) (last : state W -> action W -> bool)
  (over : state W -> bool) (c gamma : R) (H : nat), proper W -> ends W over last -> forall j, (j < parameters W)%nat ->
  gradient W (where_judged (each_step over) (fun x a => r x a + c)) gamma H j =
    slope (gradient W (where_judged (each_step over) r) gamma H j) c (path_gradient W H (discounted_length last gamma) j).
(** It is this theorem that is changed. *)
Theorem same_constant_in_rewards : constant_in_rewards_with constant_in_rewards_gradient.
Proof. intros W r last over c g H P En j jd. now apply (proj1 (constant_in_rewards W r c g H P j jd)). Qed.
(** A true weakening remains provable: where the length has no gradient, nothing is added. *)
Theorem weaker_constant_in_rewards : forall (W : learner) (r : state W -> action W -> R) (last : state W -> action W -> bool)
  (over : state W -> bool) (c gamma : R) (H : nat), proper W -> ends W over last -> forall j, (j < parameters W)%nat ->
  path_gradient W H (discounted_length last gamma) j = 0 ->
  gradient W (where_judged (each_step over) (fun x a => r x a + c)) gamma H j = gradient W (where_judged (each_step over) r) gamma H j.
Proof. intros W r last over c g H P En j jd z. rewrite (same_constant_in_rewards W r last over) by auto. rewrite z. unfold constant_in_rewards_gradient. ring. Qed.
Lemma wrong_slope slope : slope 1 1 (- (1/2)) <> 1/2 -> ~ constant_in_rewards_with slope.
Proof.
  intros ne M. assert (B := M quitter (pays right_quit) quits quit 1 (1/2) 2%nat quitter_proper quitter_ends 0%nat ltac:(simpl; lia)).
  rewrite (same_constant_in_rewards quitter (pays right_quit) quits quit) in B by (exact quitter_proper || exact quitter_ends || (simpl; lia)).
  rewrite quitter_slope, quitter_length in B. apply ne. rewrite <- B. unfold constant_in_rewards_gradient. lra.
Qed.
(** A baseline, whatever the length. *)
Theorem mutant_constant_in_rewards_baseline : ~ constant_in_rewards_with (fun g c len => g).
Proof. apply wrong_slope. lra. Qed.
(** A penalty for length. *)
Theorem mutant_constant_in_rewards_penalty : ~ constant_in_rewards_with (fun g c len => g - c * len).
Proof. apply wrong_slope. lra. Qed.
(** The constant itself is added. *)
Theorem mutant_constant_in_rewards_added : ~ constant_in_rewards_with (fun g c len => g + c).
Proof. apply wrong_slope. lra. Qed.
