(** A judge who says yes or no: what verdicts do to the REINFORCE estimate, and what they are worth. *)
From Coq Require Import Reals List Lra Psatz.
From Coq Require FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Laws Rollouts Noise Bias Coin Errors LeaveOneOut WhichGradient Signs.
Import ListNotations.
Open Scope R_scope.

(** Whether a yes is due, as a reward of 1 or 0; and the chance of a yes, by the verifier's two rates. *)
Definition pays {W} (due : state W -> action W -> bool) : state W -> action W -> R := fun x a => if due x a then 1 else 0.
Definition says {W} (tpr fpr : R) (due : state W -> action W -> bool) : state W -> action W -> R := fun x a => if due x a then tpr else fpr.
(** The same where there is a verdict, and 0 elsewhere. *)
Definition where_judged {W} (judged : state W -> action W -> bool) (u : state W -> action W -> R) : state W -> action W -> R :=
  fun x a => if judged x a then u x a else 0.

(** The errors of a rollout's verdicts: each is 1 with the chance that [chance] gives it and 0 otherwise, less that chance,
    independently of the others; after the rollout there is none. *)
Fixpoint verdicts {W} (chance : state W -> action W -> R) (l : rollout W) (F : (nat -> R) -> R) : R := match l with
  | [] => F (fun _ => 0)
  | (x, a, _) :: l => E [(chance x a, 1 - chance x a); (1 - chance x a, - chance x a)]
      (fun e0 => verdicts chance l (fun e => F (fun t => match t with O => e0 | S t => e t end))) end.
(** Rollouts of H steps whose rewards are verdicts. *)
Definition judged_rollouts W (chance : state W -> action W -> R) H : (rollout W -> R) -> R := seen W chance (verdicts chance) H.
Definition chances {W} (chance : state W -> action W -> R) := forall x a, 0 <= chance x a <= 1.
Definition deviation {W} (chance : state W -> action W -> R) : state W -> action W -> R := fun x a => sqrt (chance x a * (1 - chance x a)).

(** What is seen is 1 with that chance, and 0 otherwise. *)
Lemma verdict_binary W (chance : state W -> action W -> R) x a r (F : R -> R) :
  verdicts chance [(x, a, r)] (fun e => F (chance x a + e O)) = chance x a * F 1 + (1 - chance x a) * F 0.
Proof. simpl. replace (chance x a + (1 - chance x a)) with 1 by ring. replace (chance x a + - chance x a) with 0 by ring. ring. Qed.

Section Verdicts.
Variable W : learner.
Variable chance : state W -> action W -> R.
Hypothesis C : chances chance.

Lemma verdicts_expectation l : expectation (verdicts chance l).
Proof.
  induction l as [|[[x a] r] l (ext & lin & const & mono)]; [repeat split; intros; simpl; auto|].
  pose proof (C x a) as c. repeat split; intros; simpl.
  - f_equal; [f_equal; apply ext; auto|]. f_equal. f_equal. apply ext; auto.
  - rewrite !lin. ring.
  - rewrite !const. ring.
  - assert (L : forall v, verdicts chance l (fun e => F (fun t => match t with O => v | S t => e t end)) <= verdicts chance l (fun e => H (fun t => match t with O => v | S t => e t end))) by (intros; apply mono; auto).
    pose proof (L (1 - chance x a)). pose proof (L (- chance x a)). apply Rplus_le_compat; [apply Rmult_le_compat_l; lra|].
    apply Rplus_le_compat_r, Rmult_le_compat_l; lra.
Qed.
Lemma verdicts_mean l : forall u, verdicts chance l (fun e => e u) = 0.
Proof.
  induction l as [|[[x a] r] l IH]; intros u; [reflexivity|]. destruct (verdicts_expectation l) as (_ & _ & const & _).
  destruct u as [|u]; simpl; [rewrite !const; ring | rewrite !IH; ring].
Qed.
Lemma verdicts_second l : forall u v, verdicts chance l (fun e => e u * e v) = same u v * sigma_at (deviation chance) u l ^ 2.
Proof.
  induction l as [|[[x a] r] l IH]; intros u v; [unfold sigma_at; destruct u; simpl; ring|].
  pose proof (verdicts_expectation l) as HS. destruct HS as (ext & lin & const & mono).
  assert (HS : expectation (verdicts chance l)) by (repeat split; auto). destruct u as [|u], v as [|v]; simpl.
  - rewrite !const. unfold same, sigma_at, deviation. simpl. rewrite Rmult_1_r, sqrt_sqrt; [ring|]. pose proof (C x a). nra.
  - rewrite !(exp_scal _ _ HS _ (fun e => e v)), !verdicts_mean. unfold same. simpl. ring.
  - rewrite !(ext (fun e => e u * _) (fun e => _ * e u)) by (intros; apply Rmult_comm). rewrite !(exp_scal _ _ HS _ (fun e => e u)), !verdicts_mean. unfold same. simpl. ring.
  - rewrite !IH. change (same (S u) (S v)) with (same u v). unfold sigma_at. simpl. ring.
Qed.
Lemma verdicts_errors l : errors (verdicts chance l) (fun s t => same s t * sigma_at (deviation chance) s l ^ 2).
Proof. apply expectation_errors; [apply verdicts_expectation | apply verdicts_mean | apply verdicts_second]. Qed.

(** Verdicts are unbiased for the chances: the discounted estimate's mean is the gradient of their return. *)
Hypothesis P : proper W.
Lemma verdicts_gradient gamma H K j : (1 <= K)%nat -> (j < parameters W)%nat ->
  ex_derive (fun y => total W chance gamma H (moved W j y)) (theta W j) /\
  average_mean (judged_rollouts W chance H) (reinforce gamma gamma) K j = gradient W chance gamma H j.
Proof.
  intros K1 jd. assert (INR K <> 0) by (apply not_0_INR; lia). split; [eexists; now apply total_derivative|]. unfold judged_rollouts.
  rewrite (proj1 (state_dependent_noise W chance (deviation chance) (verdicts chance) gamma gamma H K K1 P verdicts_errors)).
  unfold average_mean. rewrite draws_mean by (apply expectation_second_order, episode_expectation; auto). unfold gradient.
  assert (G : Derive (fun y => total W chance gamma H (moved W j y)) (theta W j) = episode W chance quiet H (reinforce gamma gamma j))
    by (apply is_derive_unique; now apply total_derivative).
  rewrite G. field. auto.
Qed.
End Verdicts.

(** ---- Returns are linear in the rewards ---- *)
Lemma value_linear W k m r c gamma th n : forall x,
  value W (fun x a => k * r x a + m * c x a) gamma th n x = k * value W r gamma th n x + m * value W c gamma th n x.
Proof.
  induction n; intros x; simpl; [ring|].
  set (Vr := fun a => E (transition W x a) (value W r gamma th n)). set (Vc := fun a => E (transition W x a) (value W c gamma th n)).
  rewrite (E_ext _ _ _ (fun a => k * (r x a + gamma * Vr a) + m * (c x a + gamma * Vc a))).
  - rewrite E_lin, E_scal. reflexivity.
  - intros a. rewrite (E_ext _ _ _ (fun z => k * value W r gamma th n z + m * value W c gamma th n z)) by (intros; apply IHn).
    rewrite E_lin, E_scal. unfold Vr, Vc. change (E (transition W x a) (fun z => value W r gamma th n z)) with (E (transition W x a) (value W r gamma th n)). ring.
Qed.
Lemma total_linear W k m r c gamma H th :
  total W (fun x a => k * r x a + m * c x a) gamma H th = k * total W r gamma H th + m * total W c gamma H th.
Proof.
  unfold total. rewrite (E_ext _ _ _ (fun x => k * value W r gamma th H x + m * value W c gamma th H x)) by (intros; apply value_linear).
  now rewrite E_lin, E_scal.
Qed.
Lemma gradient_linear W k m r c gamma H j : proper W -> (j < parameters W)%nat ->
  gradient W (fun x a => k * r x a + m * c x a) gamma H j = k * gradient W r gamma H j + m * gradient W c gamma H j.
Proof.
  intros P jd. unfold gradient.
  rewrite (Derive_ext _ (fun y => k * total W r gamma H (moved W j y) + m * total W c gamma H (moved W j y))) by (intros; apply total_linear).
  rewrite Derive_plus, !Derive_scal; [reflexivity | apply ex_derive_scal; eexists; now apply total_derivative ..].
Qed.
Lemma same_rewards W u v gamma H j : (forall x a, u x a = v x a) -> gradient W u gamma H j = gradient W v gamma H j.
Proof.
  intros e. replace u with v; [reflexivity|]. apply FunctionalExtensionality.functional_extensionality; intros x.
  apply FunctionalExtensionality.functional_extensionality; intros a. now rewrite e.
Qed.
(** An expectation sees what a law can draw, and a constant as it is. *)
Lemma E_drawn X (d : law X) F G : (forall q x, In (q, x) d -> F x = G x) -> E d F = E d G.
Proof.
  induction d as [|[q x] d IH]; intros e; simpl; [reflexivity|]. rewrite (e q x) by now left. f_equal. apply IH.
  intros p y I. apply (e p y). now right.
Qed.
Lemma E_total X (d : law X) c : E d (fun _ => 1) = 1 -> E d (fun _ => c) = c.
Proof. intros T. rewrite (E_ext _ _ _ (fun _ => c * 1)) by (intros; ring). rewrite E_scal, T. ring. Qed.
Lemma constant_return W (P : proper W) gamma th n : forall x, value W (fun _ _ => 1) gamma th n x = geom gamma n.
Proof.
  induction n; intros x; simpl; [reflexivity|]. rewrite (E_ext _ _ _ (fun _ => 1 + gamma * geom gamma n)).
  - apply E_total, (policy_total W P).
  - intros a. rewrite (E_ext _ _ _ (fun _ => geom gamma n)) by (intros; apply IHn). now rewrite (E_const _ _ _ (transition_law W P x a)).
Qed.
Lemma constant_gradient W gamma H j : proper W -> gradient W (fun _ _ => 1) gamma H j = 0.
Proof.
  intros P. unfold gradient. rewrite (Derive_ext _ (fun _ => geom gamma H)); [apply Derive_const|]. intros y. unfold total.
  rewrite (E_ext _ _ _ (fun _ => geom gamma H)) by (intros; now apply constant_return). apply E_const, (initial_law W P).
Qed.

Lemma says_chances W tpr fpr (due : state W -> action W -> bool) : verifier_supposes tpr fpr -> chances (says tpr fpr due).
Proof. unfold verifier_supposes. intros S x a. unfold says. destruct (due x a); lra. Qed.
Lemma says_linear W tpr fpr (due : state W -> action W -> bool) x a : says tpr fpr due x a = (tpr - fpr) * pays due x a + fpr * 1.
Proof. unfold says, pays. destruct (due x a); ring. Qed.
Lemma judged_chances W judged (chance : state W -> action W -> R) : chances chance -> chances (where_judged judged chance).
Proof. intros C x a. unfold where_judged. destruct (judged x a); [apply C | lra]. Qed.

(** A verifier scales the gradient. Every step of every rollout has a verdict, with constant rates. Then the return has a
    gradient, and the mean of the discounted estimate is Youden's J = TPR - FPR times that: for every policy, discount and
    horizon. The direction is exact. *)
Theorem verifier_scales : forall (W : learner) (due : state W -> action W -> bool) (tpr fpr gamma : R) (H K : nat),
  verifier_supposes tpr fpr -> proper W -> (1 <= K)%nat -> forall j, (j < parameters W)%nat ->
  ex_derive (fun y => total W (pays due) gamma H (moved W j y)) (theta W j) /\
  average_mean (judged_rollouts W (says tpr fpr due) H) (reinforce gamma gamma) K j =
    verifier_scales_mean tpr fpr (gradient W (pays due) gamma H j).
Proof.
  intros W due tpr fpr gamma H K S P K1 j jd. split; [eexists; now apply total_derivative|].
  rewrite (proj2 (verdicts_gradient W _ (says_chances W tpr fpr due S) P gamma H K j K1 jd)).
  rewrite (same_rewards W _ (fun x a => (tpr - fpr) * pays due x a + fpr * 1)) by apply says_linear.
  rewrite (gradient_linear W _ _ (pays due) (fun _ _ => 1)), constant_gradient by auto. unfold verifier_scales_mean. ring.
Qed.

(** ---- Episodes whose length the policy decides ---- *)

(** The means of a number that is read from the states and actions of H steps, under the parameters [th]. *)
Fixpoint path W (th : nat -> R) n x (F : list (state W * action W) -> R) : R := match n with
  | O => F []
  | S n => E (choice W th x) (fun a => E (transition W x a) (fun z => path W th n z (fun l => F ((x, a) :: l)))) end.
Definition path_mean W th H (F : list (state W * action W) -> R) := E (initial W) (fun x => path W th H x F).
(** Its derivative by the j-th parameter. *)
Definition path_gradient W H F j := Derive (fun y => path_mean W (moved W j y) H F) (theta W j).

(** An episode ends after the first step that is a last one: it is over then, and stays so. Before it begins it is not. *)
Record ends W (over : state W -> bool) (last : state W -> action W -> bool) : Prop := {
  begins : forall q x, In (q, x) (initial W) -> over x = false;
  goes_on : forall x a q z, In (q, z) (transition W x a) -> over z = orb (over x) (last x a) }.
(** Its steps, the last one included; and whether it has ended. *)
Fixpoint steps {W} (last : state W -> action W -> bool) (l : list (state W * action W)) : nat := match l with
  | [] => O | (x, a) :: l => if last x a then 1%nat else S (steps last l) end.
Fixpoint ended {W} (last : state W -> action W -> bool) (l : list (state W * action W)) : bool := match l with
  | [] => false | (x, a) :: l => orb (last x a) (ended last l) end.
(** 1 + gamma + ... + gamma^(T-1); and gamma^(T-1), or 0 if the episode has not ended. *)
Definition discounted_length {W} (last : state W -> action W -> bool) gamma l := geom gamma (steps last l).
Definition discounted_end {W} (last : state W -> action W -> bool) gamma l := if ended last l then gamma ^ (steps last l - 1) else 0.
(** A verdict at every step of the episode; and at its last one alone. *)
Definition each_step {W} (over : state W -> bool) : state W -> action W -> bool := fun x _ => negb (over x).
Definition last_step {W} (over : state W -> bool) (last : state W -> action W -> bool) : state W -> action W -> bool :=
  fun x a => andb (negb (over x)) (last x a).

Section Lengths.
Variable W : learner.
Hypothesis P : proper W.
Variables (over : state W -> bool) (last : state W -> action W -> bool).
Hypothesis ending : ends W over last.
Variables (gamma : R) (th : nat -> R).

Lemma path_ext n : forall x F G, (forall l, F l = G l) -> path W th n x F = path W th n x G.
Proof. induction n; intros x F G e; simpl; [apply e|]. apply E_ext; intros a; apply E_ext; intros z. apply IHn. intros; apply e. Qed.
Lemma path_affine c k n : forall x F, path W th n x (fun l => c + k * F l) = c + k * path W th n x F.
Proof.
  induction n; intros x F; simpl; [reflexivity|].
  rewrite (E_ext _ _ _ (fun a => c * 1 + k * E (transition W x a) (fun z => path W th n z (fun l => F ((x, a) :: l))))).
  - rewrite E_lin, E_scal, (policy_total W P). ring.
  - intros a. rewrite (E_ext _ _ _ (fun z => c + k * path W th n z (fun l => F ((x, a) :: l)))) by (intros; apply IHn).
    rewrite E_affine by apply (transition_law W P). ring.
Qed.
Lemma path_constant c n x : path W th n x (fun _ => c) = c.
Proof. rewrite (path_ext n x _ (fun _ => c + 0 * 0)) by (intros; ring). rewrite path_affine. ring. Qed.
Lemma nothing_after (judged : state W -> action W -> bool) : (forall x a, over x = true -> judged x a = false) ->
  forall n x, over x = true -> value W (where_judged judged (fun _ _ => 1)) gamma th n x = 0.
Proof.
  intros none. induction n; intros x o; [reflexivity|]. simpl. rewrite (E_ext _ _ _ (fun _ => 0)); [now apply E_total, (policy_total W P)|].
  intros a. unfold where_judged at 1. rewrite none by auto. rewrite (E_drawn _ _ _ (fun _ => 0)).
  - rewrite (E_const _ _ _ (transition_law W P x a)). ring.
  - intros q z I. apply IHn. rewrite (goes_on W over last ending x a q z I), o. reflexivity.
Qed.
Lemma length_value n : forall x, over x = false ->
  value W (where_judged (each_step over) (fun _ _ => 1)) gamma th n x = path W th n x (discounted_length last gamma).
Proof.
  induction n; intros x o; [reflexivity|]. simpl. apply E_ext; intros a. unfold where_judged at 1, each_step at 1. rewrite o. simpl negb. cbn iota.
  unfold discounted_length. simpl steps. destruct (last x a) eqn:la.
  - rewrite (E_drawn _ _ _ (fun _ => 0)), (E_drawn _ _ (fun z => path W th n z _) (fun _ => 1)).
    + rewrite !(E_const _ _ _ (transition_law W P x a)). ring.
    + intros q z _. rewrite path_constant. simpl. ring.
    + intros q z I. apply nothing_after; [intros y b oy; unfold each_step; now rewrite oy|]. rewrite (goes_on W over last ending x a q z I), la. apply Bool.orb_true_r.
  - rewrite (E_drawn _ _ _ (fun z => path W th n z (discounted_length last gamma))).
    + rewrite <- E_affine by apply (transition_law W P). apply E_ext; intros z. rewrite <- path_affine. reflexivity.
    + intros q z I. apply IHn. now rewrite (goes_on W over last ending x a q z I), o, la.
Qed.
Lemma ended_steps l : ended last l = true -> (1 <= steps last l)%nat.
Proof. destruct l as [|[x a] l]; simpl; [discriminate|]. destruct (last x a); lia. Qed.
Lemma end_value n : forall x, over x = false ->
  value W (where_judged (last_step over last) (fun _ _ => 1)) gamma th n x = path W th n x (discounted_end last gamma).
Proof.
  induction n; intros x o; [reflexivity|]. simpl. apply E_ext; intros a. unfold where_judged at 1, last_step at 1. rewrite o. simpl negb. cbn [andb].
  destruct (last x a) eqn:la.
  - rewrite (E_drawn _ _ _ (fun _ => 0)), (E_drawn _ _ (fun z => path W th n z _) (fun _ => 1)).
    + rewrite !(E_const _ _ _ (transition_law W P x a)). ring.
    + intros q z _. rewrite (path_ext n z _ (fun _ => 1)); [apply path_constant|]. intros l. unfold discounted_end. simpl. rewrite la. reflexivity.
    + intros q z I. apply nothing_after; [intros y b oy; unfold last_step; now rewrite oy|]. rewrite (goes_on W over last ending x a q z I), la. apply Bool.orb_true_r.
  - rewrite (E_drawn _ _ _ (fun z => path W th n z (discounted_end last gamma))).
    + rewrite <- E_affine by apply (transition_law W P). apply E_ext; intros z. rewrite <- path_affine. apply path_ext; intros l.
      unfold discounted_end. simpl. rewrite la. simpl orb. destruct (ended last l) eqn:e; [|ring]. pose proof (ended_steps l e).
      replace (S (steps last l) - 1)%nat with (S (steps last l - 1)) by lia. simpl. ring.
    + intros q z I. apply IHn. now rewrite (goes_on W over last ending x a q z I), o, la.
Qed.
Lemma length_total H : total W (where_judged (each_step over) (fun _ _ => 1)) gamma H th = path_mean W th H (discounted_length last gamma).
Proof. apply E_drawn. intros q x I. apply length_value. exact (begins W over last ending q x I). Qed.
Lemma end_total H : total W (where_judged (last_step over last) (fun _ _ => 1)) gamma H th = path_mean W th H (discounted_end last gamma).
Proof. apply E_drawn. intros q x I. apply end_value. exact (begins W over last ending q x I). Qed.
End Lengths.

(** Where verdicts are, the mean has J times the gradient of the rewards there, and FPR times that of a reward of 1 there. *)
Lemma judged_gradient W (due judged : state W -> action W -> bool) tpr fpr gamma H K j : verifier_supposes tpr fpr -> proper W -> (1 <= K)%nat ->
  (j < parameters W)%nat -> average_mean (judged_rollouts W (where_judged judged (says tpr fpr due)) H) (reinforce gamma gamma) K j =
    (tpr - fpr) * gradient W (where_judged judged (pays due)) gamma H j + fpr * gradient W (where_judged judged (fun _ _ => 1)) gamma H j.
Proof.
  intros S P K1 jd. rewrite (proj2 (verdicts_gradient W _ (judged_chances W judged _ (says_chances W tpr fpr due S)) P gamma H K j K1 jd)).
  rewrite <- gradient_linear by auto. apply same_rewards. intros x a. unfold where_judged. destruct (judged x a); [|ring].
  rewrite says_linear. reflexivity.
Qed.

(** A verdict at every step. The policy decides how long an episode is. Then false yeses pay for length: the mean of the discounted
    estimate is J times the gradient of the return, and FPR times that of the mean of 1 + gamma + ... + gamma^(T-1). *)
Theorem verifier_per_step : forall (W : learner) (due last : state W -> action W -> bool) (over : state W -> bool) (tpr fpr gamma : R) (H K : nat),
  verifier_supposes tpr fpr -> proper W -> ends W over last -> (1 <= K)%nat -> forall j, (j < parameters W)%nat ->
  average_mean (judged_rollouts W (where_judged (each_step over) (says tpr fpr due)) H) (reinforce gamma gamma) K j =
    verifier_per_step_mean tpr fpr (gradient W (where_judged (each_step over) (pays due)) gamma H j)
      (path_gradient W H (discounted_length last gamma) j).
Proof.
  intros W due last over tpr fpr gamma H K S P En K1 j jd. rewrite judged_gradient by auto. unfold verifier_per_step_mean, path_gradient.
  rewrite <- (Derive_ext (fun y => total W (where_judged (each_step over) (fun _ _ => 1)) gamma H (moved W j y))) by (intros; now apply length_total).
  unfold gradient. ring.
Qed.

(** One verdict at the end. The only verdict comes with the last step of an episode, whose length the policy decides. Then false yeses
    pay gamma^(T-1), less for a longer episode. Without discount they pay nothing if every episode ends within H steps: the direction is exact. *)
Theorem verifier_at_end : forall (W : learner) (due last : state W -> action W -> bool) (over : state W -> bool) (tpr fpr gamma : R) (H K : nat),
  verifier_supposes tpr fpr -> proper W -> ends W over last -> (1 <= K)%nat -> forall j, (j < parameters W)%nat ->
  let estimate := average_mean (judged_rollouts W (where_judged (last_step over last) (says tpr fpr due)) H) (reinforce gamma gamma) K j in
  let slope := gradient W (where_judged (last_step over last) (pays due)) gamma H j in
  estimate = verifier_at_end_mean tpr fpr slope (path_gradient W H (discounted_end last gamma) j) /\
  (gamma = 1 -> (forall th, path_mean W th H (fun l => if ended last l then 1 else 0) = 1) -> estimate = verifier_scales_mean tpr fpr slope).
Proof.
  intros W due last over tpr fpr gamma H K S P En K1 j jd estimate slope.
  assert (A : estimate = verifier_at_end_mean tpr fpr slope (path_gradient W H (discounted_end last gamma) j)).
  { unfold estimate, slope. rewrite judged_gradient by auto. unfold verifier_at_end_mean, path_gradient.
    rewrite <- (Derive_ext (fun y => total W (where_judged (last_step over last) (fun _ _ => 1)) gamma H (moved W j y))) by (intros; now apply end_total).
    unfold gradient. ring. }
  split; [exact A|]. intros g all. rewrite A. unfold path_gradient. rewrite (Derive_ext _ (fun _ => 1)).
  - rewrite Derive_const. unfold verifier_at_end_mean, verifier_scales_mean. ring.
  - intros y. rewrite <- (all (moved W j y)). unfold path_mean. apply E_ext; intros x. apply path_ext; intros l. unfold discounted_end. rewrite g, pow1. reflexivity.
Qed.

(** ---- What verdicts add, and what a verifier is worth ---- *)

(** E [sigma^2(s_u, a_u) |M_u|^2] with the variance that a verdict has. *)
Definition verdict_met W (due : state W -> action W -> bool) tpr fpr gamma weight H u := episode W (says tpr fpr due) quiet H (fun l =>
  match nth_error l u with Some (x, a, _) => verdict_variance tpr fpr (pays due x a) | None => 0 end * sum (parameters W) (fun j => met gamma weight j u l ^ 2)).
Lemma deviation_squared W tpr fpr (due : state W -> action W -> bool) x a : verifier_supposes tpr fpr ->
  deviation (says tpr fpr due) x a ^ 2 = verdict_variance tpr fpr (pays due x a).
Proof.
  intros S. pose proof (says_chances W tpr fpr due S x a) as c. unfold deviation. simpl. rewrite Rmult_1_r, sqrt_sqrt by nra.
  rewrite says_linear. unfold verdict_variance. ring.
Qed.

(** What verdicts add. A verdict's variance depends on state and action, through the reward. To the variance of the estimate with rewards
    FPR + J r verdicts add a K-th of the sum over u of E [sigma^2(s_u, a_u) |M_u|^2], with that variance for sigma^2. *)
Theorem verdict_noise : forall (W : learner) (due : state W -> action W -> bool) (tpr fpr gamma weight : R) (H K : nat),
  verifier_supposes tpr fpr -> proper W -> (1 <= K)%nat ->
  average_variance (judged_rollouts W (says tpr fpr due) H) (reinforce gamma weight) K -
    average_variance (episode W (says tpr fpr due) quiet H) (reinforce gamma weight) K =
    state_dependent_added (verdict_met W due tpr fpr gamma weight H) H K.
Proof.
  intros W due tpr fpr gamma weight H K S P K1. pose proof (says_chances W tpr fpr due S) as C. unfold judged_rollouts.
  rewrite (proj2 (state_dependent_noise W _ (deviation (says tpr fpr due)) _ gamma weight H K K1 P (verdicts_errors W _ C))).
  unfold state_dependent_added. f_equal. apply sum_ext; intros u _. unfold noise_met, verdict_met. apply (T_ext W P). intros l. f_equal.
  unfold sigma_at. destruct (nth_error l u) as [[[x a] r]|]; [now apply deviation_squared | simpl; ring].
Qed.

(** The value of an estimator times a number has that number squared for its variance. *)
Lemma second_order_scaled X (T : (X -> R) -> R) Y c : second_order T Y -> second_order T (fun x => c * Y x).
Proof.
  intros (ext & poly). assert (one : T (fun x => c * Y x) = c * T Y).
  { rewrite (ext _ (fun x => 0 + c * Y x + 0 * Y x ^ 2)), poly by (intros; ring). ring. }
  assert (two : T (fun x => (c * Y x) ^ 2) = c ^ 2 * T (fun x => Y x ^ 2)).
  { rewrite (ext _ (fun x => 0 + 0 * Y x + c ^ 2 * Y x ^ 2)), poly by (intros; ring). ring. }
  split; [exact ext|]. intros p q s. rewrite one, two, (ext _ (fun x => p + (q * c) * Y x + (s * c ^ 2) * Y x ^ 2)), poly by (intros; ring). ring.
Qed.
Lemma variance_scaled X (T : (X -> R) -> R) Y c : second_order T Y -> variance X T (fun x => c * Y x) = c ^ 2 * variance X T Y.
Proof.
  intros (ext & poly). unfold variance.
  rewrite (ext (fun x => c * Y x) (fun x => 0 + c * Y x + 0 * Y x ^ 2)), poly by (intros; ring).
  rewrite (ext (fun x => (c * Y x) ^ 2) (fun x => 0 + 0 * Y x + c ^ 2 * Y x ^ 2)), poly by (intros; ring). ring.
Qed.
Lemma average_variance_scaled W (T : (rollout W -> R) -> R) (Y : nat -> rollout W -> R) c K : (1 <= K)%nat ->
  (forall j, (j < parameters W)%nat -> second_order T (Y j)) ->
  average_variance T (fun j l => c * Y j l) K = c ^ 2 * average_variance T Y 1 / INR K.
Proof.
  intros K1 so. assert (INR K <> 0) by (apply not_0_INR; lia). unfold average_variance, average_mean, Rdiv. rewrite <- sum_scal, Rmult_comm, <- sum_scal.
  apply sum_ext; intros j jd. rewrite (variance_of_average _ T (fun l => c * Y j l)), (variance_of_average _ T (Y j)), variance_scaled by auto using second_order_scaled.
  simpl INR. field. auto.
Qed.

(** Rewards times a number. *)
Fixpoint scaled {W} (k : R) (l : rollout W) : rollout W := match l with [] => [] | (x, a, r) :: l => (x, a, k * r) :: scaled k l end.
Lemma scaled_rewards W (u v : state W -> action W -> R) k H (F : rollout W -> R) : (forall x a, u x a = k * v x a) ->
  episode W u quiet H F = episode W v quiet H (fun l => F (scaled k l)).
Proof.
  intros e. unfold episode. apply E_ext; intros x. revert x F. induction H as [|n IH]; intros x F; simpl; [reflexivity|].
  apply E_ext; intros a; apply E_ext; intros z. unfold quiet at 1 3. rewrite IH. simpl scaled.
  replace (u x a + 0) with (k * (v x a + 0)) by (rewrite e; ring). reflexivity.
Qed.
Lemma reinforce_scaled W gamma weight j k : forall l : rollout W, reinforce gamma weight j (scaled k l) = k * reinforce gamma weight j l.
Proof.
  assert (G : forall l : rollout W, to_go gamma (scaled k l) = k * to_go gamma l) by (induction l as [|[[x a] r] l IH]; simpl; [ring | rewrite IH; ring]).
  induction l as [|[[x a] r] l IH]; simpl; [ring|]. rewrite IH, G. ring.
Qed.

(** What a verifier is worth. Divide the estimate by J. Its variance is that of rewards r + FPR/J, and what verdicts add over J^2, all
    over K; with the rollouts that a budget buys it is (c_0 + c)(V + N/J^2) over the budget. *)
Theorem verifier_worth :
  (forall tpr fpr cost fixed_cost noise_free_variance verdict_noise budget rollouts : R,
    verifier_worth_supposes tpr fpr cost fixed_cost noise_free_variance verdict_noise budget rollouts ->
    verifier_worth_variance tpr fpr noise_free_variance verdict_noise rollouts =
      verifier_worth_objective tpr fpr cost fixed_cost noise_free_variance verdict_noise budget) /\
  (forall (W : learner) (due : state W -> action W -> bool) (tpr fpr gamma weight : R) (H K : nat),
    verifier_supposes tpr fpr -> tpr <> fpr -> proper W -> (1 <= K)%nat ->
    average_variance (judged_rollouts W (says tpr fpr due) H) (fun j l => / (tpr - fpr) * reinforce gamma weight j l) K =
    verifier_worth_variance tpr fpr (average_variance (episode W (fun x a => pays due x a + fpr / (tpr - fpr)) quiet H) (reinforce gamma weight) 1)
      (state_dependent_added (verdict_met W due tpr fpr gamma weight H) H 1) (INR K)).
Proof.
  split.
  - intros tpr fpr c c0 V N B K S. unfold verifier_worth_supposes in S. unfold verifier_worth_variance, verifier_worth_objective.
    destruct S as (_ & _ & _ & _ & J & cp & Bp & Kp & c0p & _ & _ & spent). rewrite <- spent. field. repeat split; lra.
  - intros W due tpr fpr gamma weight H K S ne P K1. pose proof (says_chances W tpr fpr due S) as C. assert (INR K <> 0) by (apply not_0_INR; lia).
    assert (so : forall j, (j < parameters W)%nat -> second_order (judged_rollouts W (says tpr fpr due) H) (reinforce gamma weight j)).
    { intros j _. rewrite <- baseline_none. unfold judged_rollouts.
      apply (seen_second_order W P _ H _ _ (verdicts_errors W _ C) _ (fun k => met gamma weight j k)). now apply changes. }
    rewrite average_variance_scaled by auto. pose proof (verdict_noise W due tpr fpr gamma weight H 1 S P ltac:(lia)) as A.
    set (v := fun x a => pays due x a + fpr / (tpr - fpr)).
    assert (Q : average_variance (episode W (says tpr fpr due) quiet H) (reinforce gamma weight) 1 =
      (tpr - fpr) ^ 2 * average_variance (episode W v quiet H) (reinforce gamma weight) 1).
    { assert (ee : forall x a, says tpr fpr due x a = (tpr - fpr) * v x a) by (intros; rewrite says_linear; unfold v; field; lra).
      replace ((tpr - fpr) ^ 2 * average_variance (episode W v quiet H) (reinforce gamma weight) 1)
        with ((tpr - fpr) ^ 2 * average_variance (episode W v quiet H) (reinforce gamma weight) 1 / INR 1) by (simpl; field).
      rewrite <- average_variance_scaled by (auto; intros; now apply expectation_second_order, episode_expectation).
      unfold average_variance, average_mean, draws. apply sum_ext; intros j _.
      rewrite !(scaled_rewards W (says tpr fpr due) v (tpr - fpr) H _ ee). f_equal; [|f_equal];
        apply (T_ext W P); intros l; now rewrite reinforce_scaled. }
    assert (V : average_variance (judged_rollouts W (says tpr fpr due) H) (reinforce gamma weight) 1 =
      (tpr - fpr) ^ 2 * average_variance (episode W v quiet H) (reinforce gamma weight) 1 + state_dependent_added (verdict_met W due tpr fpr gamma weight H) H 1) by lra.
    rewrite V. unfold verifier_worth_variance. field. split; [lra | auto].
Qed.

(** ---- Rates that vary, and what misleads ---- *)

(** Rates that vary are bias. The rates depend on state and action. Whatever number stands for J, the mean of the discounted estimate is that
    number times the gradient of the return, plus the gradient of the return of b = FPR(s, a) + (J(s, a) - J) r(s, a). *)
Theorem varying_rates : forall (W : learner) (due : state W -> action W -> bool) (tpr fpr : state W -> action W -> R) (gamma mean_youden : R) (H K : nat),
  (forall x a, verifier_supposes (tpr x a) (fpr x a)) -> proper W -> (1 <= K)%nat -> forall j, (j < parameters W)%nat ->
  average_mean (judged_rollouts W (fun x a => says (tpr x a) (fpr x a) due x a) H) (reinforce gamma gamma) K j =
    varying_rates_mean mean_youden (gradient W (pays due) gamma H j)
      (gradient W (fun x a => fpr x a + (tpr x a - fpr x a - mean_youden) * pays due x a) gamma H j).
Proof.
  intros W due tpr fpr gamma mean H K S P K1 j jd. set (b := fun x a => fpr x a + (tpr x a - fpr x a - mean) * pays due x a).
  assert (C : chances (fun x a => says (tpr x a) (fpr x a) due x a)) by (intros x a; now apply (says_chances W (tpr x a) (fpr x a) due)).
  rewrite (proj2 (verdicts_gradient W _ C P gamma H K j K1 jd)).
  rewrite (same_rewards W _ (fun x a => mean * pays due x a + 1 * b x a)), gradient_linear; auto.
  - unfold varying_rates_mean. ring.
  - intros x a. rewrite says_linear. unfold b. ring.
Qed.

(** Only what is across misleads. Of an estimate's mean m let a > 0 times the gradient g be what is along it, and o the norm of the rest. Divided
    by a the estimate errs by o^2/a^2, with the a of the projection the rest is at a right angle to g, and K rollouts leave the mean squared error (V/K + o^2)/a^2. That is at most
    an unbiased estimate's V'/K up to K = (a^2 V' - V)/o^2, and above it beyond. *)
Theorem rescaled_crossing :
  (forall (d : nat) (m g : nat -> R) (a : R), off_the_gradient_supposes a ->
    sum d (fun j => (/ a * m j - g j) ^ 2) = off_the_gradient_error a (sqrt (sum d (fun j => (m j - a * g j) ^ 2)))) /\
  (forall (d : nat) (m g : nat -> R), sum d (fun j => g j ^ 2) <> 0 ->
    let a := sum d (fun j => m j * g j) / sum d (fun j => g j ^ 2) in sum d (fun j => (m j - a * g j) * g j) = 0) /\
  (forall (X : Type) (T : (X -> R) -> R) (Y : nat -> X -> R) (d : nat) (g : nat -> R) (a : R) (K : nat),
    (forall j, (j < d)%nat -> second_order T (Y j)) -> off_the_gradient_supposes a -> (1 <= K)%nat ->
    sum d (fun j => draws X T (Y j) K 0 (fun y => (/ a * (/ INR K * y) - g j) ^ 2)) =
      rescaled_error (sum d (fun j => variance X T (Y j))) a (sqrt (sum d (fun j => (T (Y j) - a * g j) ^ 2))) (INR K)) /\
  (forall variance_noisy variance_biased along across rollouts : R, rescaled_up_to_supposes variance_noisy variance_biased along across rollouts ->
    rescaled_error variance_biased along across rollouts <= variance_noisy / rollouts) /\
  (forall variance_noisy variance_biased along across rollouts : R, rescaled_beyond_supposes variance_noisy variance_biased along across rollouts ->
    variance_noisy / rollouts < rescaled_error variance_biased along across rollouts).
Proof.
  assert (rooted : forall d f, sqrt (sum d (fun j => f j ^ 2)) ^ 2 = sum d (fun j => f j ^ 2)).
  { intros d f. simpl. rewrite Rmult_1_r. apply sqrt_sqrt. replace 0 with (sum d (fun _ => 0)) by (rewrite sum_const; ring).
    apply sum_le; intros; apply pow2_ge_0. }
  assert (cross : forall vn vb a o K, 0 < a -> 0 < o -> 0 < K -> (rescaled_error vb a o K <= vn / K <-> K <= / o ^ 2 * (-1 * vb + vn * a ^ 2))).
  { intros vn vb a o K a0 o0 K0. unfold rescaled_error. assert (a2 : 0 < a ^ 2) by (apply pow_lt; lra). assert (o2 : 0 < o ^ 2) by (apply pow_lt; lra).
    assert (q : 0 < a ^ 2 * K) by now apply Rmult_lt_0_compat. split; intros L.
    - apply Rmult_le_reg_l with (o ^ 2); [lra|]. replace (o ^ 2 * (/ o ^ 2 * (-1 * vb + vn * a ^ 2))) with (vn * a ^ 2 - vb) by (field; lra).
      apply Rmult_le_compat_r with (r := a ^ 2 * K) in L; [|lra].
      replace (/ a ^ 2 * (o ^ 2 + vb * / K) * (a ^ 2 * K)) with (o ^ 2 * K + vb) in L by (field; lra).
      replace (vn / K * (a ^ 2 * K)) with (vn * a ^ 2) in L by (field; lra). lra.
    - apply Rmult_le_reg_r with (a ^ 2 * K); [lra|]. replace (/ a ^ 2 * (o ^ 2 + vb * / K) * (a ^ 2 * K)) with (o ^ 2 * K + vb) by (field; lra).
      replace (vn / K * (a ^ 2 * K)) with (vn * a ^ 2) by (field; lra). apply Rmult_le_compat_l with (r := o ^ 2) in L; [|lra].
      replace (o ^ 2 * (/ o ^ 2 * (-1 * vb + vn * a ^ 2))) with (vn * a ^ 2 - vb) in L by (field; lra). lra. }
  unfold off_the_gradient_supposes. split; [|split; [|split; [|split]]].
  - intros d m g a a0. unfold off_the_gradient_error. rewrite (rooted d (fun j => m j - a * g j)), <- sum_scal. apply sum_ext; intros j _. field. lra.
  - intros d m g g0. set (a := sum d (fun j => m j * g j) / sum d (fun j => g j ^ 2)).
    rewrite (sum_ext d _ (fun j => m j * g j + - a * g j ^ 2)) by (intros; ring). rewrite sum_lin. unfold a. field. auto.
  - intros X T Y d g a K so a0 K1. assert (INR K <> 0) by (apply not_0_INR; lia). unfold rescaled_error. rewrite (rooted d (fun j => T (Y j) - a * g j)).
    transitivity (sum d (fun j => / a ^ 2 * (T (Y j) - a * g j) ^ 2 + / a ^ 2 * / INR K * variance X T (Y j))).
    + apply sum_ext; intros j jd. rewrite (draws_ext X T (Y j) (so j jd) _ (fun y => ((/ a * / INR K) * y - g j) ^ 2)) by (intros; ring).
      rewrite draws_shift by auto. field. split; [auto | lra].
    + rewrite sum_lin, sum_scal. ring.
  - intros vn vb a o K S. unfold rescaled_up_to_supposes in S. apply cross; tauto || lra.
  - intros vn vb a o K S. unfold rescaled_beyond_supposes in S. apply Rnot_le_lt. intros B. apply cross in B; lra.
Qed.

(** ---- Votes ---- *)

(** Votes saturate. Of n verdicts on the same step each is 1 with probability p and 0 otherwise, and each two have correlation rho. Then their mean has
    mean p and variance p (1 - p)(rho + (1 - rho)/n), which is at least p (1 - p) rho, however many they are. *)
Theorem mean_of_votes : forall (S : ((nat -> R) -> R) -> R) (rate correlation : R) (votes : nat),
  votes_supposes rate votes correlation -> expectation S -> (forall i, (i < votes)%nat -> S (fun v => v i) = rate) ->
  (forall i k, (i < votes)%nat -> (k < votes)%nat ->
    S (fun v => v i * v k) = if Nat.eqb i k then rate else rate ^ 2 + correlation * (rate * (1 - rate))) ->
  let average := fun v => / INR votes * sum votes (fun i => v i) in
  S average = rate /\ variance _ S average = votes_variance rate votes correlation /\
  votes_floor rate correlation <= votes_variance rate votes correlation.
Proof.
  intros S p rho n Sp HS m c average. unfold votes_supposes in Sp. destruct Sp as (p0 & p1 & r0 & r1 & n1).
  assert (n0 : 0 < INR n) by (apply lt_0_INR; lia). pose proof HS as (ext & lin & const & mono).
  assert (mean : S average = p).
  { unfold average. rewrite (exp_scal _ S HS _ (fun v => sum n (fun i => v i))), (exp_sum _ S HS n (fun i v => v i)).
    rewrite (sum_ext n _ (fun _ => p)), sum_const by auto. field. lra. }
  split; [exact mean|]. split.
  - unfold variance. rewrite mean. unfold average.
    rewrite (ext _ (fun v => / INR n ^ 2 * sum n (fun i => sum n (fun k => v i * v k)))).
    2:{ intros v. rewrite <- (product_of_sums n v v). change (sum n (fun i => v i)) with (sum n v). field. lra. }
    rewrite (exp_scal _ S HS _ (fun v => sum n (fun i => sum n (fun k => v i * v k)))), (exp_sum _ S HS n (fun i v => sum n (fun k => v i * v k))).
    rewrite (sum_ext n _ (fun _ => INR n * (p ^ 2 + rho * (p * (1 - p))) + (1 - rho) * (p * (1 - p)))).
    + rewrite sum_const. unfold votes_variance. field. lra.
    + intros i Li. rewrite (exp_sum _ S HS n (fun k v => v i * v k)).
      rewrite (sum_ext n _ (fun k => (p ^ 2 + rho * (p * (1 - p))) + 1 * (same i k * ((1 - rho) * (p * (1 - p)))))).
      * rewrite sum_lin, sum_const, (sum_same n i (fun _ => _)) by auto. ring.
      * intros k Lk. rewrite c by auto. unfold same. destruct (Nat.eqb i k); ring.
  - unfold votes_floor, votes_variance. assert (0 < / INR n) by now apply Rinv_0_lt_compat.
    assert (0 <= p * (1 + -1 * p)) by nra. assert (0 <= / INR n * (1 + -1 * rho)) by nra. nra.
Qed.
