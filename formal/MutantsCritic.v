(** A world in which the hypotheses about critics hold, and wrong versions of what is said of them, refuted. *)
From Coq Require Import Reals List Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Laws Rollouts Noise Bias Coin Errors WhichGradient Signs Critic.
Import ListNotations.
Open Scope R_scope.

(** The next state is the action, which is fair; rewards are heads. And a critic that says 1 too much of the state after heads. *)
Definition switch : learner := {|
  state := bool; action := bool; actions := [true; false];
  transition := fun _ a => [(1, a)]; initial := [(1, false)];
  parameters := 1; theta := fun _ => 1/2;
  policy := fun th _ a => if a then th 0%nat else 1 - th 0%nat;
  score := fun _ _ a => if a then 2 else -2 |}.
Definition on : state switch -> action switch -> R := fun _ a => if a then 1 else 0.
Definition nothing : state switch -> R := fun _ => 0.
Definition too_much (n : nat) (x : state switch) : R := if x then 1 else 0.
Definition flatterer gamma n x := worth switch on gamma nothing n x + too_much n x.
Definition signed sigma (l : rollout switch) := signs (along (fun _ _ => sigma) l).

Lemma switch_proper : proper switch.
Proof.
  split; simpl; intros.
  - apply sure_law.
  - apply sure_law.
  - destruct a; lra.
  - ring.
  - assert (j = 0%nat) as -> by lia. destruct a; unfold moved; simpl; auto_derive; auto; lra.
Qed.
Lemma signed_errors sigma l : errors (signed sigma l) (fun s t => same s t * sigma_at (fun _ _ => sigma) s l ^ 2).
Proof. apply signs_errors. Qed.
Lemma switch_misled gamma lam weight b u : (forall n x, b n x = too_much n x) -> (u < 2)%nat -> misled switch on gamma lam weight b 2 0 u = weight ^ u.
Proof.
  intros e L. unfold misled, episode, off, met, score_at, quiet. destruct u as [|[|u]]; [| | lia]; simpl; rewrite !e; unfold too_much; simpl; field.
Qed.
Lemma switch_slope gamma : gradient switch on gamma 2 0 = 1 + gamma.
Proof. unfold gradient, total, on, moved. simpl. apply is_derive_unique. auto_derive; auto. field. Qed.
Lemma switch_eligible gamma lam : eligibilities switch on gamma lam 1 2 = 8 + 4 * (gamma * lam) ^ 2.
Proof. unfold eligibilities, episode, met, score_at, quiet. simpl. field. Qed.

(** ---- Instances ---- *)

(** A critic that errs where a score has led, labels whose errors vary, and a return whose gradient is not 0. *)
Theorem critic_bias_instance sigma : proper switch /\ (forall l, errors (signed sigma l) (fun s t => same s t * sigma_at (fun _ _ => sigma) s l ^ 2)) /\
  gradient switch on (1/2) 2 0 = 3/2 /\ misled switch on (1/2) (1/2) (1/2) (fun n x => flatterer (1/2) n x - worth switch on (1/2) nothing n x) 2 0 1 = 1/2.
Proof.
  split; [exact switch_proper|]. split; [apply signed_errors|]. split; [rewrite switch_slope; lra|].
  rewrite switch_misled; [lra | intros n x; unfold flatterer; ring | lia].
Qed.
(** Errors of variance sigma^2 in two steps, and eligibilities that are not 0. *)
Theorem critic_noise_instance sigma : critic_added_supposes 2 /\ proper switch /\ (forall l, errors (signed sigma l) (fun s t => same s t * sigma_at (fun _ _ => sigma) s l ^ 2)) /\
  eligibilities switch on (1/2) (1/2) 1 2 = 33/4.
Proof. split; [unfold critic_added_supposes; lia|]. split; [exact switch_proper|]. split; [apply signed_errors|]. rewrite switch_eligible. lra. Qed.
(** A bias and a variance of two steps. *)
Theorem two_step_trace_instance : two_step_supposes (1/2) 1 1 2.
Proof. unfold two_step_supposes. simpl. repeat split; try lia; lra. Qed.

(** ---- What a critic's errors do ---- *)

(** The same with another mean: a function of gamma, lambda, of the mean without a critic, of what is carried ahead, and of its last term. *)
Definition critic_bias_with (mean : R -> R -> R -> R -> R -> R) :=
  forall (W : learner) (r : state W -> action W -> R) (v : state W -> R) (V : nat -> state W -> R) (law : rollout W -> ((nat -> R) -> R) -> R)
  (C : rollout W -> nat -> nat -> R) (gamma lam weight : R) (H K : nat),
  proper W -> (forall l, errors (law l) (C l)) -> (1 <= H)%nat -> (1 <= K)%nat -> forall j, (j < parameters W)%nat ->
  let b := fun n x => V n x - worth W r gamma v n x in
  average_mean (seen W r law (S H)) (with_critic gamma lam weight V) K j =
    mean gamma lam (average_mean (episode W r quiet (S H)) (with_critic gamma 1 weight (only_at_end v)) K j)
      (sum H (misled W r gamma lam weight b H j)) (misled W r gamma lam weight b H j (pred H)).
(** It is this theorem that is changed. *)
Theorem same_critic_bias : critic_bias_with critic_mean.
Proof. intros W r v V law C g lam w H K P M H1 K1 j jd. exact (proj1 (critic_bias W r v V law C g lam w H K P M H1 K1 j jd)). Qed.
(** A true weakening remains provable: a critic that is right leaves the mean alone, whatever lambda. *)
Theorem weaker_critic_bias : forall (W : learner) (r : state W -> action W -> R) (law : rollout W -> ((nat -> R) -> R) -> R)
  (C : rollout W -> nat -> nat -> R) (gamma lam : R) (H K : nat),
  proper W -> (forall l, errors (law l) (C l)) -> (1 <= H)%nat -> (1 <= K)%nat -> forall j, (j < parameters W)%nat ->
  average_mean (seen W r law (S H)) (with_critic gamma lam gamma (worth W r gamma (fun _ => 0))) K j = gradient W r gamma H j.
Proof.
  intros W r law C g lam H K P M H1 K1 j jd. destruct (critic_bias W r (fun _ => 0) (worth W r g (fun _ => 0)) law C g lam g H K P M H1 K1 j jd) as [e f].
  rewrite e, f by auto. assert (z : forall u, misled W r g lam g (fun n x => worth W r g (fun _ => 0) n x - worth W r g (fun _ => 0) n x) H j u = 0).
  { intros u. unfold misled. destruct (episode_expectation W P r (S H)) as (ext & _ & const & _). rewrite <- (const 0). apply ext. intros l. unfold off.
    destruct nth_error as [[[x a] c]|]; ring. }
  rewrite z, (sum_ext H _ (fun _ => 0)), sum_const by (intros; apply z). unfold critic_mean. ring.
Qed.
Lemma wrong_mean mean : (forall p, mean (1/2) (1/2) p (3/2) (1/2) <> p + 1/2) -> ~ critic_bias_with mean.
Proof.
  intros ne M. assert (A := M switch on nothing (flatterer (1/2)) (signed 1) _ (1/2) (1/2) (1/2) 2%nat 1%nat switch_proper (signed_errors 1) ltac:(lia) ltac:(lia) 0%nat ltac:(simpl; lia)).
  cbv zeta in A. rewrite (same_critic_bias switch on nothing (flatterer (1/2)) (signed 1) _ (1/2) (1/2) (1/2) 2%nat 1%nat switch_proper (signed_errors 1) ltac:(lia) ltac:(lia) 0%nat ltac:(simpl; lia)) in A.
  set (b := fun n x => flatterer (1/2) n x - worth switch on (1/2) nothing n x) in A. assert (e : forall n x, b n x = too_much n x) by (intros; unfold b, flatterer; ring).
  cbn [sum pred] in A. rewrite !(switch_misled _ _ _ b _ e) in A by lia.
  set (p := average_mean _ _ _ _) in A. apply (ne p). transitivity (mean (1/2) (1/2) p (0 + (1/2) ^ 0 + (1/2) ^ 1) ((1/2) ^ 1)); [f_equal; simpl; lra|].
  rewrite <- A. unfold critic_mean. simpl. lra.
Qed.
(** All errors ahead are bias, whatever lambda. *)
Theorem mutant_critic_bias_all : ~ critic_bias_with (fun g lam p c d => p + g * c).
Proof. apply wrong_mean. intros; lra. Qed.
(** The formula of endless rollouts: the error of the value at the end fades too. *)
Theorem mutant_critic_bias_no_end : ~ critic_bias_with (fun g lam p c d => p + g * ((1 - lam) * c)).
Proof. apply wrong_mean. intros; lra. Qed.
(** A critic is a baseline, and biases nothing. *)
Theorem mutant_critic_bias_baseline : ~ critic_bias_with (fun g lam p c d => p).
Proof. apply wrong_mean. intros; lra. Qed.

(** ---- What noise a critic lets in ---- *)

(** The same with another amount: a function of sigma, of a lambda's squared eligibilities, and of K; the lambda may be another one. *)
Definition critic_noise_with (added : R -> R -> nat -> R) (fades : R -> R) :=
  forall (W : learner) (r : state W -> action W -> R) (V : nat -> state W -> R) (law : rollout W -> ((nat -> R) -> R) -> R)
  (gamma lam weight sigma : R) (H K : nat), critic_added_supposes K -> proper W -> (1 <= H)%nat ->
  (forall l, errors (law l) (fun s t => same s t * sigma_at (fun _ _ => sigma) s l ^ 2)) ->
  average_variance (seen W r law (S H)) (with_critic gamma lam weight V) K - average_variance (episode W r quiet (S H)) (with_critic gamma lam weight V) K =
    added sigma (eligibilities W r gamma (fades lam) weight H) K.
(** It is this theorem that is changed. *)
Theorem same_critic_noise : critic_noise_with critic_added (fun lam => lam).
Proof. intros W r V law g lam w sigma H K K1 P H1 M. exact (proj1 (critic_noise W r V law g lam w sigma H K K1 P H1 M)). Qed.
(** A true weakening remains provable: labels without noise add nothing. *)
Theorem weaker_critic_noise : forall (W : learner) (r : state W -> action W -> R) (V : nat -> state W -> R) (law : rollout W -> ((nat -> R) -> R) -> R)
  (gamma lam weight : R) (H K : nat), critic_added_supposes K -> proper W -> (1 <= H)%nat ->
  (forall l, errors (law l) (fun s t => same s t * sigma_at (fun _ _ => 0) s l ^ 2)) ->
  average_variance (seen W r law (S H)) (with_critic gamma lam weight V) K = average_variance (episode W r quiet (S H)) (with_critic gamma lam weight V) K.
Proof. intros W r V law g lam w H K K1 P H1 M. pose proof (same_critic_noise W r V law g lam w 0 H K K1 P H1 M) as e. unfold critic_added in e. lra. Qed.
Lemma wrong_noise added fades : added 2 (8 + 4 * (1/2 * fades (1/2)) ^ 2) 2%nat <> 33/2 -> ~ critic_noise_with added fades.
Proof.
  intros ne M. assert (K1 : critic_added_supposes 2) by (unfold critic_added_supposes; lia).
  assert (A := M switch on (flatterer (1/2)) (signed 2) (1/2) (1/2) 1 2 2%nat 2%nat K1 switch_proper ltac:(lia) (signed_errors 2)).
  rewrite (same_critic_noise switch on (flatterer (1/2)) (signed 2) (1/2) (1/2) 1 2 2%nat 2%nat K1 switch_proper ltac:(lia) (signed_errors 2)), !switch_eligible in A.
  apply ne. rewrite <- A. unfold critic_added. simpl. lra.
Qed.
(** Eligibilities that fade by gamma alone: the noise is what it is without a critic. *)
Theorem mutant_critic_noise_gamma : ~ critic_noise_with critic_added (fun _ => 1).
Proof. apply wrong_noise. unfold critic_added. simpl. lra. Qed.
(** What one difference lets in: lambda 0. *)
Theorem mutant_critic_noise_one : ~ critic_noise_with critic_added (fun _ => 0).
Proof. apply wrong_noise. unfold critic_added. simpl. lra. Qed.
(** Noise does not average out. *)
Theorem mutant_critic_noise_once : ~ critic_noise_with (fun sigma m K => sigma ^ 2 * m) (fun lam => lam).
Proof. apply wrong_noise. simpl. lra. Qed.

(** ---- The best lambda of two steps ---- *)

(** A true weakening remains provable: it is no worse than the critic alone, and no worse than the labels alone. *)
Theorem weaker_two_step_trace : forall (bias linear square : R) (K : nat), (1 <= K)%nat -> 0 < square ->
  two_step_best bias linear square K <= two_step_error 0 bias linear square K /\ two_step_best bias linear square K <= two_step_error 1 bias linear square K.
Proof.
  intros B p q K K1 q0. assert (0 <= INR K * B ^ 2) by (apply Rmult_le_pos; [apply pos_INR | apply pow2_ge_0]).
  split; apply two_step_trace; unfold two_step_supposes; repeat split; try lia; lra.
Qed.
(** A lambda that is always as good as any other. *)
Definition always_best (habit : R) := forall (trace bias linear square : R) (K : nat), two_step_supposes trace bias square K ->
  two_step_error habit bias linear square K <= two_step_error trace bias linear square K.
Lemma wrong_habit habit trace (B : R) : two_step_supposes trace B 1 1 -> two_step_error trace B 0 1 1 < two_step_error habit B 0 1 1 -> ~ always_best habit.
Proof. intros S L M. specialize (M trace B 0 1 1%nat S). lra. Qed.
(** lambda = .95, by habit. *)
Theorem mutant_two_step_trace_habit : ~ always_best (95/100).
Proof. apply (wrong_habit _ 0 0); unfold two_step_supposes, two_step_error; simpl; repeat split; try lia; lra. Qed.
(** The labels alone. *)
Theorem mutant_two_step_trace_labels : ~ always_best 1.
Proof. apply (wrong_habit _ 0 0); unfold two_step_supposes, two_step_error; simpl; repeat split; try lia; lra. Qed.
(** The critic alone. *)
Theorem mutant_two_step_trace_critic : ~ always_best 0.
Proof. apply (wrong_habit _ (1/2) 1); unfold two_step_supposes, two_step_error; simpl; repeat split; try lia; lra. Qed.
