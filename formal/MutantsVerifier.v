(** A world in which the hypotheses about verifiers hold, and wrong versions of what is proved of them, refuted. *)
From Coq Require Import Reals List Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Laws Rollouts Noise Bias Coin Errors LeaveOneOut WhichGradient Signs Verifier VerifierWorth.
Import ListNotations.
Open Scope R_scope.

(** Heads are right. *)
Definition right_heads : state coin -> action coin -> bool := fun _ a => a.
(** One may quit at the first step, and must at the second: the state is the number of the step, and 2 when all is over. *)
Definition quitter : learner := {|
  state := nat; action := bool; actions := [true; false];
  transition := fun x a => [(1, match x with O => if a then 2%nat else 1%nat | 1 => 2%nat | _ => x end)]; initial := [(1, O)];
  parameters := 1; theta := fun _ => 1/2;
  policy := fun th _ a => if a then th 0%nat else 1 - th 0%nat;
  score := fun _ _ a => if a then 2 else -2 |}.
Definition quit : state quitter -> bool := fun x => Nat.leb 2 x.
Definition quits : state quitter -> action quitter -> bool := fun x a => match x with O => a | _ => true end.
(** Quitting is right. *)
Definition right_quit : state quitter -> action quitter -> bool := fun _ a => a.

Lemma quitter_proper : proper quitter.
Proof.
  split; simpl; intros.
  - apply sure_law.
  - apply sure_law.
  - destruct a; lra.
  - ring.
  - assert (j = 0%nat) as -> by lia. destruct a; unfold moved; simpl; auto_derive; auto; lra.
Qed.
Lemma quitter_ends : ends quitter quit quits.
Proof.
  split.
  - intros q x [h|[]]. now injection h as _ <-.
  - intros x a q z [h|[]]. injection h as _ <-. destruct x as [|[|x]]; [destruct a | |]; reflexivity.
Qed.
Lemma quitter_always_ends th : path_mean quitter th 2 (fun l => if ended quits l then 1 else 0) = 1.
Proof. unfold path_mean. simpl. ring. Qed.
Lemma quitter_slope g : gradient quitter (where_judged (each_step quit) (pays right_quit)) g 2 0 = 1.
Proof. unfold gradient, total, where_judged, each_step, pays, quit, right_quit, moved. simpl. apply is_derive_unique. auto_derive; auto. field. Qed.
Lemma quitter_end_slope g : gradient quitter (where_judged (last_step quit quits) (pays right_quit)) g 2 0 = 1.
Proof. unfold gradient, total, where_judged, last_step, pays, quit, quits, right_quit, moved. simpl. apply is_derive_unique. auto_derive; auto. field. Qed.
Lemma quitter_length g : path_gradient quitter 2 (discounted_length quits g) 0 = - g.
Proof. unfold path_gradient, path_mean, discounted_length, moved. simpl. apply is_derive_unique. auto_derive; auto. ring. Qed.
Lemma quitter_end g : path_gradient quitter 2 (discounted_end quits g) 0 = 1 - g.
Proof. unfold path_gradient, path_mean, discounted_end, moved. simpl. apply is_derive_unique. auto_derive; auto. ring. Qed.
Lemma heads_slope : gradient coin (pays right_heads) 0 1 0 = 1.
Proof. change (pays right_heads) with heads. rewrite coin_gradient. simpl. ring. Qed.
Lemma some_rates : verifier_supposes (7/10) (1/10).
Proof. unfold verifier_supposes. lra. Qed.

(** ---- Instances ---- *)

(** A verifier with rates .7 and .1, and a return whose gradient is not 0. *)
Theorem verifier_scales_instance : verifier_supposes (7/10) (1/10) /\ proper coin /\ gradient coin (pays right_heads) 0 1 0 = 1.
Proof. exact (conj some_rates (conj coin_proper heads_slope)). Qed.
(** Episodes whose length has a gradient, beside that of the return. *)
Theorem verifier_per_step_instance gamma : verifier_supposes (7/10) (1/10) /\ proper quitter /\ ends quitter quit quits /\
  gradient quitter (where_judged (each_step quit) (pays right_quit)) gamma 2 0 = 1 /\ path_gradient quitter 2 (discounted_length quits gamma) 0 = - gamma.
Proof. exact (conj some_rates (conj quitter_proper (conj quitter_ends (conj (quitter_slope gamma) (quitter_length gamma))))). Qed.
(** The same with one verdict at the end; all episodes end within two steps. *)
Theorem verifier_at_end_instance gamma : verifier_supposes (7/10) (1/10) /\ proper quitter /\ ends quitter quit quits /\
  (forall th, path_mean quitter th 2 (fun l => if ended quits l then 1 else 0) = 1) /\
  gradient quitter (where_judged (last_step quit quits) (pays right_quit)) gamma 2 0 = 1 /\ path_gradient quitter 2 (discounted_end quits gamma) 0 = 1 - gamma.
Proof. exact (conj some_rates (conj quitter_proper (conj quitter_ends (conj quitter_always_ends (conj (quitter_end_slope gamma) (quitter_end gamma)))))). Qed.
(** Verdicts of which both kinds vary, and every step has one. *)
Theorem verdict_noise_instance : verdicts_added_supposes (7/10) (1/10) (INR 1) /\ proper coin /\ verdict_variance (7/10) (1/10) 1 = 21/100 /\
  verdict_variance (7/10) (1/10) 0 = 9/100 /\ meets coin (says (7/10) (1/10) right_heads) (pays right_heads) 0 1 1 = 2.
Proof.
  split; [unfold verdicts_added_supposes; simpl; lra|]. split; [exact coin_proper|]. unfold verdict_variance. split; [lra|]. split; [lra|].
  unfold meets, episode, quiet, pays, right_heads, met, score_at. simpl. lra.
Qed.
(** Costs, variances and a budget that is spent, all of them positive. *)
Theorem verifier_worth_instance : verifier_worth_supposes 1 (1/2) 1 1 1 1 2 1 /\ verifier_supposes (7/10) (1/10) /\ proper coin.
Proof. split; [unfold verifier_worth_supposes; lra|]. exact (conj some_rates coin_proper). Qed.
(** Nothing is right, and heads are believed more often than tails: what varies has a gradient. *)
Theorem varying_rates_instance : let fpr := fun (_ : state coin) (a : action coin) => if a then 3/10 else 1/10 in
  (forall x a, verifier_supposes (7/10) (fpr x a)) /\ proper coin /\
  gradient coin (fun x a => fpr x a + (7/10 - fpr x a - 1/2) * pays (fun _ _ => false) x a) 0 1 0 = 1/5.
Proof.
  cbv zeta. split; [intros x a; unfold verifier_supposes; destruct a; lra|]. split; [exact coin_proper|].
  unfold gradient, total, pays, moved. simpl. apply is_derive_unique. auto_derive; auto. field.
Qed.
(** Estimates with two moments, and numbers of rollouts on either side of the crossing, which is 1. *)
Theorem rescaled_crossing_instance sigma : second_order (E [(1/2, sigma); (1/2, - sigma)]) (fun e => e) /\ off_the_gradient_supposes (1/2) /\
  rescaled_up_to_supposes 8 1 (1/2) 1 1 /\ rescaled_beyond_supposes 8 1 (1/2) 1 2.
Proof.
  split; [apply (variance_of_average_instance sigma)|]. unfold off_the_gradient_supposes, rescaled_up_to_supposes, rescaled_beyond_supposes. lra.
Qed.

(** Votes on a step that is easy or hard to judge: all of them say yes with probability 3/4 or all with 1/4, else independently. *)
Definition so_many (n : nat) : rollout coin := repeat (tt, true, 0) n.
Definition of_rate (c : R) (n : nat) : ((nat -> R) -> R) -> R := fun F => verdicts (W := coin) (fun _ _ => c) (so_many n) (fun e => F (fun i => c + e i)).
Definition easy_or_hard (n : nat) : ((nat -> R) -> R) -> R := fun F => 1/2 * of_rate (3/4) n F + 1/2 * of_rate (1/4) n F.
Lemma so_many_nth n : forall i, (i < n)%nat -> nth_error (so_many n) i = Some (tt, true, 0).
Proof. induction n as [|n IH]; intros [|i] L; try lia; [reflexivity|]. apply (IH i). lia. Qed.
Section Votes.
Variables (c : R) (n : nat).
Hypothesis c01 : 0 <= c <= 1.
Let HS : expectation (verdicts (W := coin) (fun _ _ => c) (so_many n)).
Proof. apply verdicts_expectation. intros x a; exact c01. Qed.
Lemma of_rate_expectation : expectation (of_rate c n).
Proof. destruct HS as (ext & lin & const & mono). unfold of_rate. repeat split; intros; auto. Qed.
Lemma of_rate_mean i : of_rate c n (fun v => v i) = c.
Proof.
  destruct HS as (ext & lin & const & _). unfold of_rate. rewrite (exp_add _ _ HS (fun _ => c)), const, verdicts_mean by (intros x a; exact c01). ring.
Qed.
Lemma so_many_at i : (i < n)%nat -> sigma_at (deviation (W := coin) (fun _ _ => c)) i (so_many n) ^ 2 = c * (1 - c).
Proof.
  intros L. unfold sigma_at. rewrite (so_many_nth n i L). unfold deviation. simpl. rewrite Rmult_1_r. apply sqrt_sqrt. nra.
Qed.
Lemma of_rate_second i k : (i < n)%nat -> of_rate c n (fun v => v i * v k) = c ^ 2 + same i k * (c * (1 - c)).
Proof.
  intros L. destruct HS as (ext & lin & const & _). unfold of_rate.
  rewrite (ext _ (fun e => (c ^ 2 + c * e i + c * e k) + 1 * (e i * e k))) by (intros; ring). rewrite lin, lin, lin, const, !verdicts_mean by (intros x a; exact c01).
  rewrite (verdicts_second coin (fun _ _ => c)) by (intros x a; exact c01). rewrite so_many_at by auto. ring.
Qed.
End Votes.
(** Such votes have rate 1/2 and correlation 1/4. *)
Theorem mean_of_votes_instance n : (1 <= n)%nat -> votes_supposes (1/2) n (1/4) /\ expectation (easy_or_hard n) /\
  (forall i, (i < n)%nat -> easy_or_hard n (fun v => v i) = 1/2) /\
  (forall i k, (i < n)%nat -> (k < n)%nat ->
    easy_or_hard n (fun v => v i * v k) = if Nat.eqb i k then 1/2 else (1/2) ^ 2 + 1/4 * (1/2 * (1 - 1/2))).
Proof.
  intros n1. split; [unfold votes_supposes; repeat split; try lra; auto|].
  destruct (of_rate_expectation (3/4) n ltac:(lra)) as (ext & lin & const & mono).
  destruct (of_rate_expectation (1/4) n ltac:(lra)) as (ext' & lin' & const' & mono'). split; [|split].
  - unfold easy_or_hard. repeat split; intros.
    + now rewrite (ext F H), (ext' F H).
    + rewrite lin, lin'. ring.
    + rewrite const, const'. field.
    + pose proof (mono F H H0). pose proof (mono' F H H0). lra.
  - intros i L. unfold easy_or_hard. rewrite !of_rate_mean by lra. lra.
  - intros i k Li Lk. unfold easy_or_hard. rewrite !of_rate_second by (auto; lra). unfold same. destruct (Nat.eqb i k); lra.
Qed.

(** ---- A verifier scales the gradient ---- *)

(** The same with another mean: a function of the rates and of the return's gradient. *)
Definition verifier_scales_with (mean : R -> R -> R -> R) := forall (W : learner) (due : state W -> action W -> bool) (tpr fpr gamma : R) (H K : nat),
  verifier_supposes tpr fpr -> proper W -> (1 <= K)%nat -> forall j, (j < parameters W)%nat ->
  average_mean (judged_rollouts W (says tpr fpr due) H) (reinforce gamma gamma) K j = mean tpr fpr (gradient W (pays due) gamma H j).
(** It is this theorem that is changed. *)
Theorem same_verifier_scales : verifier_scales_with verifier_scales_mean.
Proof. intros W due tpr fpr g H K S P K1 j jd. now apply (verifier_scales W due tpr fpr g H K S P K1 j jd). Qed.
(** A true weakening remains provable: a verifier that is better than a coin does not climb down. *)
Theorem weaker_verifier_scales : forall (W : learner) (due : state W -> action W -> bool) (tpr fpr gamma : R) (H K : nat),
  verifier_supposes tpr fpr -> proper W -> (1 <= K)%nat -> fpr <= tpr -> forall j, (j < parameters W)%nat ->
  0 <= average_mean (judged_rollouts W (says tpr fpr due) H) (reinforce gamma gamma) K j * gradient W (pays due) gamma H j.
Proof.
  intros W due tpr fpr g H K S P K1 L j jd. rewrite same_verifier_scales by auto. unfold verifier_scales_mean.
  set (s := gradient W (pays due) g H j). replace (s * (tpr + -1 * fpr) * s) with ((tpr - fpr) * s ^ 2) by ring.
  apply Rmult_le_pos; [lra | apply pow2_ge_0].
Qed.
Lemma wrong_scale mean : mean (7/10) (1/10) 1 <> 6/10 -> ~ verifier_scales_with mean.
Proof.
  intros ne M. assert (A := M coin right_heads (7/10) (1/10) 0 1%nat 1%nat some_rates coin_proper ltac:(lia) 0%nat ltac:(simpl; lia)).
  rewrite same_verifier_scales, heads_slope in A by (exact some_rates || exact coin_proper || (simpl; lia)). apply ne. rewrite <- A. unfold verifier_scales_mean. lra.
Qed.
(** TPR for J: as if there were no false yeses. *)
Theorem mutant_verifier_scales_tpr : ~ verifier_scales_with (fun tpr fpr g => tpr * g).
Proof. apply wrong_scale. lra. Qed.
(** The gradient as it is: as if verdicts were rewards. *)
Theorem mutant_verifier_scales_not : ~ verifier_scales_with (fun tpr fpr g => g).
Proof. apply wrong_scale. lra. Qed.
(** False yeses are a bias: FPR is added. *)
Theorem mutant_verifier_scales_bias : ~ verifier_scales_with (fun tpr fpr g => (tpr - fpr) * g + fpr).
Proof. apply wrong_scale. lra. Qed.

(** ---- A verdict at every step, and one at the end ---- *)

(** The same with another mean: a function of the rates, of the return's gradient and of the length's. *)
Definition verifier_per_step_with (mean : R -> R -> R -> R -> R) := forall (W : learner) (due last : state W -> action W -> bool) (over : state W -> bool)
  (tpr fpr gamma : R) (H K : nat), verifier_supposes tpr fpr -> proper W -> ends W over last -> (1 <= K)%nat -> forall j, (j < parameters W)%nat ->
  average_mean (judged_rollouts W (where_judged (each_step over) (says tpr fpr due)) H) (reinforce gamma gamma) K j =
    mean tpr fpr (gradient W (where_judged (each_step over) (pays due)) gamma H j) (path_gradient W H (discounted_length last gamma) j).
(** It is this theorem that is changed. *)
Theorem same_verifier_per_step : verifier_per_step_with verifier_per_step_mean.
Proof. exact verifier_per_step. Qed.
(** A true weakening remains provable: without false yeses length is not paid. *)
Theorem weaker_verifier_per_step : forall (W : learner) (due last : state W -> action W -> bool) (over : state W -> bool) (tpr gamma : R) (H K : nat),
  verifier_supposes tpr 0 -> proper W -> ends W over last -> (1 <= K)%nat -> forall j, (j < parameters W)%nat ->
  average_mean (judged_rollouts W (where_judged (each_step over) (says tpr 0 due)) H) (reinforce gamma gamma) K j =
    tpr * gradient W (where_judged (each_step over) (pays due)) gamma H j.
Proof. intros W due last over tpr g H K S P En K1 j jd. rewrite (verifier_per_step W due last) by auto. unfold verifier_per_step_mean. ring. Qed.
Lemma wrong_per_step mean : mean (7/10) (1/10) 1 (- (1/2)) <> 55/100 -> ~ verifier_per_step_with mean.
Proof.
  intros ne M. assert (A := M quitter right_quit quits quit (7/10) (1/10) (1/2) 2%nat 1%nat some_rates quitter_proper quitter_ends ltac:(lia) 0%nat ltac:(simpl; lia)).
  rewrite (verifier_per_step quitter right_quit quits) in A by (exact some_rates || exact quitter_proper || exact quitter_ends || (simpl; lia)).
  rewrite quitter_slope, quitter_length in A. apply ne. rewrite <- A. unfold verifier_per_step_mean. lra.
Qed.
(** As at a fixed horizon: length is not paid. *)
Theorem mutant_verifier_per_step_no_length : ~ verifier_per_step_with (fun tpr fpr g len => (tpr - fpr) * g).
Proof. apply wrong_per_step. lra. Qed.
(** Length is punished. *)
Theorem mutant_verifier_per_step_penalty : ~ verifier_per_step_with (fun tpr fpr g len => (tpr - fpr) * g - fpr * len).
Proof. apply wrong_per_step. lra. Qed.
(** Every yes pays for length, not the false ones alone. *)
Theorem mutant_verifier_per_step_all : ~ verifier_per_step_with (fun tpr fpr g len => (tpr - fpr) * g + tpr * len).
Proof. apply wrong_per_step. lra. Qed.

(** The same with another mean: a function of the rates, of the return's gradient and of that of a number read from an episode. *)
Definition verifier_at_end_with (mean : R -> R -> R -> R -> R)
  (read : forall W : learner, (state W -> action W -> bool) -> R -> list (state W * action W) -> R) :=
  forall (W : learner) (due last : state W -> action W -> bool) (over : state W -> bool)
  (tpr fpr gamma : R) (H K : nat), verifier_supposes tpr fpr -> proper W -> ends W over last -> (1 <= K)%nat -> forall j, (j < parameters W)%nat ->
  average_mean (judged_rollouts W (where_judged (last_step over last) (says tpr fpr due)) H) (reinforce gamma gamma) K j =
    mean tpr fpr (gradient W (where_judged (last_step over last) (pays due)) gamma H j) (path_gradient W H (read W last gamma) j).
(** It is this theorem that is changed. *)
Theorem same_verifier_at_end : verifier_at_end_with verifier_at_end_mean (@discounted_end).
Proof. intros W due last over tpr fpr g H K S P En K1 j jd. now apply (verifier_at_end W due last over tpr fpr g H K S P En K1 j jd). Qed.
(** A true weakening remains provable: without false yeses the end is not paid. *)
Theorem weaker_verifier_at_end : forall (W : learner) (due last : state W -> action W -> bool) (over : state W -> bool) (tpr gamma : R) (H K : nat),
  verifier_supposes tpr 0 -> proper W -> ends W over last -> (1 <= K)%nat -> forall j, (j < parameters W)%nat ->
  average_mean (judged_rollouts W (where_judged (last_step over last) (says tpr 0 due)) H) (reinforce gamma gamma) K j =
    tpr * gradient W (where_judged (last_step over last) (pays due)) gamma H j.
Proof. intros W due last over tpr g H K S P En K1 j jd. rewrite (same_verifier_at_end W due last) by auto. unfold verifier_at_end_mean. ring. Qed.
Lemma end_mean : average_mean (judged_rollouts quitter (where_judged (last_step quit quits) (says (7/10) (1/10) right_quit)) 2) (reinforce (1/2) (1/2)) 1 0 = 65/100.
Proof.
  rewrite (same_verifier_at_end quitter right_quit quits) by (exact some_rates || exact quitter_proper || exact quitter_ends || (simpl; lia)).
  rewrite quitter_end_slope, quitter_end. unfold verifier_at_end_mean. lra.
Qed.
(** No bias, even with discount. *)
Theorem mutant_verifier_at_end_no_bias : ~ verifier_at_end_with (fun tpr fpr g _ => (tpr - fpr) * g) (@discounted_end).
Proof.
  intros M. assert (A := M quitter right_quit quits quit (7/10) (1/10) (1/2) 2%nat 1%nat some_rates quitter_proper quitter_ends ltac:(lia) 0%nat ltac:(simpl; lia)).
  rewrite end_mean, quitter_end_slope in A. lra.
Qed.
(** Length is paid, as with a verdict at every step. *)
Theorem mutant_verifier_at_end_length : ~ verifier_at_end_with verifier_at_end_mean (@discounted_length).
Proof.
  intros M. assert (A := M quitter right_quit quits quit (7/10) (1/10) (1/2) 2%nat 1%nat some_rates quitter_proper quitter_ends ltac:(lia) 0%nat ltac:(simpl; lia)).
  rewrite end_mean, quitter_end_slope, quitter_length in A. unfold verifier_at_end_mean in A. lra.
Qed.
(** Without discount there is no bias, even if some episodes do not end within H steps. *)
Theorem mutant_verifier_at_end_unfinished : ~ forall (W : learner) (due last : state W -> action W -> bool) (over : state W -> bool) (tpr fpr : R) (H K : nat),
  verifier_supposes tpr fpr -> proper W -> ends W over last -> (1 <= K)%nat -> forall j, (j < parameters W)%nat ->
  average_mean (judged_rollouts W (where_judged (last_step over last) (says tpr fpr due)) H) (reinforce 1 1) K j =
    verifier_scales_mean tpr fpr (gradient W (where_judged (last_step over last) (pays due)) 1 H j).
Proof.
  intros M. assert (A := M quitter right_quit quits quit (7/10) (1/10) 1%nat 1%nat some_rates quitter_proper quitter_ends ltac:(lia) 0%nat ltac:(simpl; lia)).
  rewrite (same_verifier_at_end quitter right_quit quits) in A by (exact some_rates || exact quitter_proper || exact quitter_ends || (simpl; lia)).
  assert (e : path_gradient quitter 1 (discounted_end quits 1) 0 = 1).
  { unfold path_gradient, path_mean, discounted_end, moved. simpl. apply is_derive_unique. auto_derive; auto. ring. }
  rewrite e in A. unfold verifier_at_end_mean, verifier_scales_mean in A. lra.
Qed.

(** ---- What verdicts add, and what a verifier is worth ---- *)

(** The same with another amount: a function of the rates and of the squared eligibilities that right and wrong steps meet. *)
Definition verdict_noise_with (added : R -> R -> R -> R -> R -> R) := forall (W : learner) (due judged : state W -> action W -> bool)
  (tpr fpr gamma weight : R) (H K : nat), verdicts_added_supposes tpr fpr (INR K) -> proper W -> let chance := where_judged judged (says tpr fpr due) in
  average_variance (judged_rollouts W chance H) (reinforce gamma weight) K - average_variance (episode W chance quiet H) (reinforce gamma weight) K =
    added tpr fpr (meets W chance (where_judged judged (pays due)) gamma weight H) (meets W chance (where_judged judged (lacks due)) gamma weight H) (INR K).
(** It is this theorem that is changed. *)
Theorem same_verdict_noise : verdict_noise_with verdicts_added.
Proof. intros W due judged tpr fpr g w H K S P. now apply (verdict_noise W due judged tpr fpr g w H K S P). Qed.
(** A true weakening remains provable: no verdict adds more than 1/4 of the squared eligibility that it meets. *)
Theorem weaker_verdict_noise : forall tpr fpr right wrong rollouts : R, verdicts_added_supposes tpr fpr rollouts -> 0 <= right -> 0 <= wrong ->
  verdicts_added tpr fpr right wrong rollouts <= 1/4 * (right + wrong) / rollouts.
Proof.
  unfold verdicts_added_supposes, verdicts_added. intros t f m n K S m0 n0. pose proof (pow2_ge_0 (f - 1/2)). pose proof (pow2_ge_0 (t - 1/2)).
  assert (0 < / K) by (apply Rinv_0_lt_compat; lra). unfold Rdiv. rewrite (Rmult_comm _ (/ K)). apply Rmult_le_compat_l; [lra|]. nra.
Qed.
Lemma wrong_added added : added (7/10) (1/10) 2 2 1 <> 6/10 -> ~ verdict_noise_with added.
Proof.
  intros ne M. assert (S : verdicts_added_supposes (7/10) (1/10) (INR 1)) by (unfold verdicts_added_supposes; simpl; lra).
  assert (A := M coin right_heads (fun _ _ => true) (7/10) (1/10) 0 1 1%nat 1%nat S coin_proper).
  assert (B := same_verdict_noise coin right_heads (fun _ _ => true) (7/10) (1/10) 0 1 1%nat 1%nat S coin_proper).
  cbv zeta in A, B. rewrite A in B. clear A.
  assert (r : forall u, meets coin u (where_judged (fun _ _ => true) (pays right_heads)) 0 1 1 = 2)
    by (intros u; unfold meets, episode, quiet, where_judged, pays, right_heads, met, score_at; simpl; lra).
  assert (w : forall u, meets coin u (where_judged (fun _ _ => true) (lacks right_heads)) 0 1 1 = 2)
    by (intros u; unfold meets, episode, quiet, where_judged, lacks, right_heads, met, score_at; simpl; lra).
  rewrite r, w in B. change (INR 1) with 1 in B. apply ne. rewrite B. unfold verdicts_added. lra.
Qed.
(** The same variance everywhere: that of a right answer's verdict. *)
Theorem mutant_verdict_noise_constant : ~ verdict_noise_with (fun tpr fpr m n K => tpr * (1 - tpr) * (m + n) / K).
Proof. apply wrong_added. lra. Qed.
(** The second moment for the variance. *)
Theorem mutant_verdict_noise_moment : ~ verdict_noise_with (fun tpr fpr m n K => (tpr * m + fpr * n) / K).
Proof. apply wrong_added. lra. Qed.
(** A true yes has no variance. *)
Theorem mutant_verdict_noise_sure : ~ verdict_noise_with (fun tpr fpr m n K => fpr * (1 - fpr) * n / K).
Proof. apply wrong_added. lra. Qed.

(** The same with another objective: a function of rates, costs, variances and the budget. *)
Definition verifier_worth_with (objective : R -> R -> R -> R -> R -> R -> R -> R) := forall tpr fpr cost fixed_cost V N budget rollouts : R,
  verifier_worth_supposes tpr fpr cost fixed_cost V N budget rollouts ->
  verifier_worth_variance tpr fpr V N rollouts = objective tpr fpr cost fixed_cost V N budget.
(** It is this theorem that is changed. *)
Theorem same_verifier_worth : verifier_worth_with verifier_worth_objective.
Proof. exact (proj1 verifier_worth). Qed.
(** A true weakening remains provable: no less than without noise. *)
Theorem weaker_verifier_worth : forall tpr fpr cost fixed_cost V N budget rollouts : R,
  verifier_worth_supposes tpr fpr cost fixed_cost V N budget rollouts -> V / rollouts <= verifier_worth_variance tpr fpr V N rollouts.
Proof.
  intros tpr fpr c c0 V N B K S. unfold verifier_worth_supposes in S. unfold verifier_worth_variance, Rdiv. rewrite Rmult_comm.
  apply Rmult_le_compat_l; [left; apply Rinv_0_lt_compat; lra|]. assert (0 < / (tpr + -1 * fpr) ^ 2) by (apply Rinv_0_lt_compat, pow_lt; lra).
  assert (0 <= N * / (tpr + -1 * fpr) ^ 2) by (apply Rmult_le_pos; lra). lra.
Qed.
Lemma wrong_worth objective : objective 1 (1/2) 1 1 1 1 2 <> 5 -> ~ verifier_worth_with objective.
Proof.
  intros ne M. assert (A := M 1 (1/2) 1 1 1 1 2 1 ltac:(apply verifier_worth_instance)). apply ne. rewrite <- A.
  unfold verifier_worth_variance. field.
Qed.
(** J is not squared. *)
Theorem mutant_verifier_worth_once : ~ verifier_worth_with (fun tpr fpr c c0 V N B => (c0 + c) * (V + N / (tpr - fpr)) / B).
Proof. apply wrong_worth. lra. Qed.
(** The noise is not rescaled. *)
Theorem mutant_verifier_worth_plain : ~ verifier_worth_with (fun tpr fpr c c0 V N B => (c0 + c) * (V + N) / B).
Proof. apply wrong_worth. lra. Qed.
(** The rollout itself costs nothing. *)
Theorem mutant_verifier_worth_free : ~ verifier_worth_with (fun tpr fpr c c0 V N B => c * (V + N / (tpr - fpr) ^ 2) / B).
Proof. apply wrong_worth. lra. Qed.

(** ---- Rates that vary ---- *)

(** The same with another mean: a function of the number that stands for J, of the return's gradient and of that of what varies. *)
Definition varying_rates_with (mean : R -> R -> R -> R) := forall (W : learner) (due : state W -> action W -> bool) (tpr fpr : state W -> action W -> R)
  (gamma mean_youden : R) (H K : nat), (forall x a, verifier_supposes (tpr x a) (fpr x a)) -> proper W -> (1 <= K)%nat -> forall j, (j < parameters W)%nat ->
  average_mean (judged_rollouts W (fun x a => says (tpr x a) (fpr x a) due x a) H) (reinforce gamma gamma) K j =
    mean mean_youden (gradient W (pays due) gamma H j)
      (gradient W (fun x a => fpr x a + (tpr x a - fpr x a - mean_youden) * pays due x a) gamma H j).
(** It is this theorem that is changed. *)
Theorem same_varying_rates : varying_rates_with varying_rates_mean.
Proof. exact varying_rates. Qed.
(** A true weakening remains provable: with 0 for J all of it is bias. *)
Theorem weaker_varying_rates : forall (W : learner) (due : state W -> action W -> bool) (tpr fpr : state W -> action W -> R) (gamma : R) (H K : nat),
  (forall x a, verifier_supposes (tpr x a) (fpr x a)) -> proper W -> (1 <= K)%nat -> forall j, (j < parameters W)%nat ->
  average_mean (judged_rollouts W (fun x a => says (tpr x a) (fpr x a) due x a) H) (reinforce gamma gamma) K j =
    gradient W (fun x a => fpr x a + (tpr x a - fpr x a - 0) * pays due x a) gamma H j.
Proof. intros W due tpr fpr g H K S P K1 j jd. rewrite (varying_rates W due tpr fpr g 0) by auto. unfold varying_rates_mean. ring. Qed.
Lemma wrong_varying mean : mean (1/2) 1 (1/10) <> 6/10 -> ~ varying_rates_with mean.
Proof.
  intros ne M. assert (A := M coin right_heads (fun _ _ => 7/10) (fun _ _ => 1/10) 0 (1/2) 1%nat 1%nat (fun _ _ => some_rates) coin_proper ltac:(lia) 0%nat ltac:(simpl; lia)).
  assert (B := varying_rates coin right_heads (fun _ _ => 7/10) (fun _ _ => 1/10) 0 (1/2) 1%nat 1%nat (fun _ _ => some_rates) coin_proper ltac:(lia) 0%nat ltac:(simpl; lia)).
  assert (Q := eq_trans (eq_sym A) B). clear A B.
  assert (b : gradient coin (fun x a => 1/10 + (7/10 - 1/10 - 1/2) * pays right_heads x a) 0 1 0 = 1/10).
  { unfold gradient, total, pays, right_heads, moved. simpl. apply is_derive_unique. auto_derive; auto. field. }
  cbv beta in Q. rewrite b, heads_slope in Q. apply ne. rewrite Q. unfold varying_rates_mean. lra.
Qed.
(** What varies is no bias. *)
Theorem mutant_varying_rates_no_bias : ~ varying_rates_with (fun mean g b => mean * g).
Proof. apply wrong_varying. lra. Qed.
(** The gradient is not scaled. *)
Theorem mutant_varying_rates_not_scaled : ~ varying_rates_with (fun mean g b => g + b).
Proof. apply wrong_varying. lra. Qed.
(** The bias is scaled too. *)
Theorem mutant_varying_rates_all_scaled : ~ varying_rates_with (fun mean g b => mean * (g + b)).
Proof. apply wrong_varying. lra. Qed.

(** ---- Only what is across misleads ---- *)

(** Up to how many rollouts the biased judge is the better one: another number in the place of the crossing. *)
Definition rescaled_crossing_with (count : R -> R -> R -> R -> R) := forall vn vb a o K : R, 0 < a -> 0 < o -> 0 < K ->
  K <= count vn vb a o -> rescaled_error vb a o K <= vn / K.
(** It is this theorem that is changed. *)
Theorem same_rescaled_crossing : rescaled_crossing_with (fun vn vb a o => / o ^ 2 * (-1 * vb + vn * a ^ 2)).
Proof. intros vn vb a o K a0 o0 K0 L. apply (proj1 (proj2 (proj2 (proj2 rescaled_crossing)))). unfold rescaled_up_to_supposes. lra. Qed.
(** A true weakening remains provable: up to half as many. *)
Theorem weaker_rescaled_crossing : rescaled_crossing_with (fun vn vb a o => 1/2 * (/ o ^ 2 * (-1 * vb + vn * a ^ 2))).
Proof. intros vn vb a o K a0 o0 K0 L. apply same_rescaled_crossing; lra. Qed.
Lemma wrong_count count : 1/4 < count 5 1 (1/2) 1 -> ~ rescaled_crossing_with count.
Proof.
  intros more M. assert (A := M 5 1 (1/2) 1 (count 5 1 (1/2) 1) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra)).
  pose proof (proj2 (proj2 (proj2 (proj2 rescaled_crossing))) 5 1 (1/2) 1 (count 5 1 (1/2) 1) ltac:(unfold rescaled_beyond_supposes; lra)). lra.
Qed.
(** As without rescaling. *)
Theorem mutant_rescaled_crossing_not_rescaled : ~ rescaled_crossing_with (fun vn vb a o => (vn - vb) / o ^ 2).
Proof. apply wrong_count. lra. Qed.
(** a is not squared. *)
Theorem mutant_rescaled_crossing_once : ~ rescaled_crossing_with (fun vn vb a o => (a * vn - vb) / o ^ 2).
Proof. apply wrong_count. lra. Qed.
(** The biased judge has no variance. *)
Theorem mutant_rescaled_crossing_no_variance : ~ rescaled_crossing_with (fun vn vb a o => a ^ 2 * vn / o ^ 2).
Proof. apply wrong_count. lra. Qed.

(** ---- Votes ---- *)

(** The same with another variance: a function of the rate, of how many there are and of their correlation. *)
Definition mean_of_votes_with (spread : R -> nat -> R -> R) := forall (S : ((nat -> R) -> R) -> R) (rate correlation : R) (votes : nat),
  votes_supposes rate votes correlation -> expectation S -> (forall i, (i < votes)%nat -> S (fun v => v i) = rate) ->
  (forall i k, (i < votes)%nat -> (k < votes)%nat ->
    S (fun v => v i * v k) = if Nat.eqb i k then rate else rate ^ 2 + correlation * (rate * (1 - rate))) ->
  variance _ S (fun v => / INR votes * sum votes (fun i => v i)) = spread rate votes correlation.
(** It is this theorem that is changed. *)
Theorem same_mean_of_votes : mean_of_votes_with votes_variance.
Proof. intros S p rho n Sp HS m c. now apply (mean_of_votes S p rho n Sp HS m c). Qed.
(** A true weakening remains provable: no more than one vote's. *)
Theorem weaker_mean_of_votes : forall (rate correlation : R) (votes : nat), votes_supposes rate votes correlation ->
  votes_variance rate votes correlation <= rate * (1 - rate).
Proof.
  intros p rho n S. unfold votes_supposes in S. destruct S as (p0 & p1 & r0 & r1 & n1). unfold votes_variance.
  assert (k : 1 <= INR n) by (change 1 with (INR 1); now apply le_INR). assert (0 < / INR n) by (apply Rinv_0_lt_compat; lra).
  assert (/ INR n <= 1) by (rewrite <- Rinv_1; apply Rinv_le_contravar; lra). assert (0 <= p * (1 + -1 * p)) by nra.
  assert (rho + / INR n * (1 + -1 * rho) <= 1) by nra. nra.
Qed.
Lemma wrong_spread spread : spread (1/2) 2%nat (1/4) <> 5/32 -> ~ mean_of_votes_with spread.
Proof.
  intros ne M. destruct (mean_of_votes_instance 2 ltac:(lia)) as (S & HS & m & c). assert (A := M _ _ _ _ S HS m c).
  rewrite (same_mean_of_votes _ _ _ _ S HS m c) in A. apply ne. rewrite <- A. unfold votes_variance. simpl. lra.
Qed.
(** As if votes were independent. *)
Theorem mutant_mean_of_votes_independent : ~ mean_of_votes_with (fun p n rho => p * (1 - p) / INR n).
Proof. apply wrong_spread. simpl. lra. Qed.
(** As if they were all one. *)
Theorem mutant_mean_of_votes_shared : ~ mean_of_votes_with (fun p n rho => p * (1 - p)).
Proof. apply wrong_spread. simpl. lra. Qed.
(** The rest averages out too. *)
Theorem mutant_mean_of_votes_floor : ~ mean_of_votes_with (fun p n rho => p * (1 - p) * rho).
Proof. apply wrong_spread. simpl. lra. Qed.
