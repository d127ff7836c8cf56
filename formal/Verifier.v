(** A judge who says yes or no: what verdicts do to the mean of the REINFORCE estimate. *)
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

(** ---- Rates that vary ---- *)

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
