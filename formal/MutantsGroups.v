(** Worlds in which the hypotheses about groups hold, and wrong versions of what is proved of them, refuted. *)
From Coq Require Import Reals List Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Laws Rollouts Noise Bias Coin Errors LeaveOneOut WhichGradient Signs Baselines Groups.
Import ListNotations.
Open Scope R_scope.

(** A coin that is bent: heads with probability theta = 1/4. Only labels of heads err. *)
Definition bent : learner := {|
  state := unit; action := bool; actions := [true; false];
  transition := fun _ _ => [(1, tt)]; initial := [(1, tt)];
  parameters := 1; theta := fun _ => 1/4;
  policy := fun th _ a => if a then th 0%nat else 1 - th 0%nat;
  score := fun _ _ a => if a then 4 else -4/3 |}.
Definition bent_heads : state bent -> action bent -> R := fun _ a => if a then 1 else 0.
Lemma bent_proper : proper bent.
Proof.
  split; simpl; intros.
  - apply sure_law.
  - apply sure_law.
  - destruct a; lra.
  - ring.
  - assert (j = 0%nat) as -> by lia. destruct a; unfold moved; simpl; auto_derive; auto; lra.
Qed.
Lemma bent_own : sum 1 (noise_met bent bent_heads bent_heads 0 1 1) = 4.
Proof. unfold noise_met, episode, quiet, bent_heads, sigma_at, met, score_at. simpl. lra. Qed.
Lemma bent_apart : sum 1 (fun t => mean_noise bent bent_heads bent_heads 1 t * met_square bent bent_heads 0 1 1 t) = 4/3.
Proof. unfold mean_noise, met_square, episode, quiet, bent_heads, sigma_at, met, score_at. simpl. lra. Qed.
Lemma bent_centred : less_mean_variance bent bent_heads 0 1 1 = 4/3.
Proof. unfold less_mean_variance, less_mean, across, mean_to_go, episode, quiet, bent_heads, score_at. simpl. lra. Qed.
Lemma bent_crossed : across_square bent bent_heads 0 1 1 = 2.
Proof. unfold across_square, across, mean_to_go, episode, quiet, bent_heads, score_at. simpl. lra. Qed.
Lemma bent_mean : estimate_mean bent bent_heads quiet 0 1 1 2 0 = 1.
Proof. unfold estimate_mean, draws, episode, quiet, bent_heads. simpl. lra. Qed.
Definition bent_labels K := signed bent bent_heads K 1.
Lemma bent_noise K : noisy_labels bent_heads K 1 (bent_labels K).
Proof. apply signed_noise. Qed.
Lemma right_slope_of_heads : Derive (fun y => E (choice coin (moved coin 0 y) tt) (fun a : action coin => if a then 1 else 0)) (theta coin 0) = 1.
Proof. unfold moved. simpl. apply is_derive_unique. auto_derive; auto. ring. Qed.

(** ---- Instances ---- *)

(** Three rollouts, with variances that are positive, and one that is large enough to lose against. *)
Theorem leave_one_out_total_instance : others_supposes 3 /\ proper bent /\ less_mean_variance bent bent_heads 0 1 1 = 4/3 /\
  across_square bent bent_heads 0 1 1 = 2 /\ leave_one_out_wins_supposes (4/3) 2 3 3.
Proof.
  unfold others_supposes, leave_one_out_wins_supposes. simpl. split; [lia|]. split; [exact bent_proper|]. split; [exact bent_centred|].
  split; [exact bent_crossed|]. split; [lia | lra].
Qed.
(** Two rollouts whose labels err, and a mean that is not 0. *)
Theorem less_the_mean_instance : others_supposes 2 /\ proper bent /\ noisy_labels bent_heads 2 1 (bent_labels 2) /\ estimate_mean bent bent_heads quiet 0 1 1 2 0 = 1.
Proof. unfold others_supposes. split; [lia|]. exact (conj bent_proper (conj (bent_noise 2) bent_mean)). Qed.
(** Four answers, a verifier with rates 1/10 and 7/10, and a question whose chance to be right has a gradient. *)
Theorem divided_by_spread_instance : proper coin /\
  let r := fun a : action coin => if a then 1 else 0 in let p := E (choice coin (theta coin) tt) (fun a => 1/10 + 6/10 * r a) in p = 4/10 /\ spread_supposes p 4 /\
  Derive (fun y => E (choice coin (moved coin 0 y) tt) r) (theta coin 0) = 1.
Proof.
  split; [exact coin_proper|]. cbv zeta. assert (q : E (choice coin (theta coin) tt) (fun a : action coin => 1/10 + 6/10 * (if a then 1 else 0)) = 4/10) by (simpl; lra).
  split; [exact q|]. rewrite q. split; [unfold spread_supposes; repeat split; [lra | lra | lia] | exact right_slope_of_heads].
Qed.
(** A question of which one answer in ten is right. *)
Theorem small_groups_instance : unsure_supposes (1/10).
Proof. unfold unsure_supposes. lra. Qed.

(** ---- Leave one out, state-dependent noise ---- *)

(** With another amount. *)
Definition leave_one_out_noise_with (amount : R -> R -> nat -> R) :=
  forall (W : learner) (u sigma : state W -> action W -> R) (law : labels_of W) (gamma weight : R) (H K : nat),
  others_supposes K -> proper W -> noisy_labels sigma K H law ->
  one_out_variance W u law gamma weight H K - one_out_variance W u no_errors gamma weight H K =
    amount (sum H (noise_met W u sigma gamma weight H)) (sum H (fun t => mean_noise W u sigma H t * met_square W u gamma weight H t)) K.
(** It is this theorem that is changed. *)
Theorem same_leave_one_out_noise : leave_one_out_noise_with leave_one_out_added.
Proof. intros W u sigma law gamma weight H K K2 P L. now apply (leave_one_out_noise W u sigma law). Qed.
(** A true weakening remains provable: at most what errors add without the baseline, and as much again if errors and
    eligibilities were of two rollouts. *)
Theorem weaker_leave_one_out_noise : forall (own apart : R) (K : nat), 0 <= apart -> others_supposes K ->
  own / INR K <= leave_one_out_added own apart K <= (own + apart) / INR K.
Proof.
  intros own apart K a S. unfold others_supposes in S. assert (k : 2 <= INR K) by (change 2 with (INR 2); now apply le_INR). unfold leave_one_out_added, Rdiv.
  assert (0 < / INR K) by (apply Rinv_0_lt_compat; lra). assert (i : 0 < / (-1 + INR K)) by (apply Rinv_0_lt_compat; lra).
  assert (/ (-1 + INR K) <= 1) by (rewrite <- Rinv_1; apply Rinv_le_contravar; lra).
  assert (0 <= apart * / (-1 + INR K) <= apart) by (split; nra). rewrite !(Rmult_comm _ (/ INR K)). split; apply Rmult_le_compat_l; lra.
Qed.
Lemma wrong_amount amount : amount 4 (4/3) 2%nat <> 8/3 -> ~ leave_one_out_noise_with amount.
Proof.
  intros ne M. assert (B := M bent bent_heads bent_heads (bent_labels 2) 0 1 1%nat 2%nat ltac:(unfold others_supposes; lia) bent_proper (bent_noise 2)).
  rewrite (same_leave_one_out_noise bent bent_heads bent_heads (bent_labels 2) 0 1 1%nat 2%nat ltac:(unfold others_supposes; lia) bent_proper (bent_noise 2)), bent_own, bent_apart in B.
  unfold leave_one_out_added in B. apply ne. simpl in B. lra.
Qed.
(** As with a baseline that was fixed before these labels. *)
Theorem mutant_leave_one_out_noise_fixed : ~ leave_one_out_noise_with (fun own _ K => own / INR K).
Proof. apply wrong_amount. simpl. lra. Qed.
(** K/(K - 1) times what errors add without the baseline, as with constant noise. *)
Theorem mutant_leave_one_out_noise_constant : ~ leave_one_out_noise_with (fun own _ K => leave_one_out_factor K * (own / INR K)).
Proof. apply wrong_amount. unfold leave_one_out_factor. simpl. lra. Qed.
(** As if the baseline were a mean of K others. *)
Theorem mutant_leave_one_out_noise_K : ~ leave_one_out_noise_with (fun own apart K => (own + apart / INR K) / INR K).
Proof. apply wrong_amount. simpl. lra. Qed.

(** ---- Leave one out, all of the variance ---- *)

(** With another amount. *)
Definition leave_one_out_total_with (amount : R -> R -> nat -> R) := forall (W : learner) (u : state W -> action W -> R) (gamma weight : R) (H K : nat),
  others_supposes K -> proper W ->
  one_out_variance W u no_errors gamma weight H K = amount (less_mean_variance W u gamma weight H) (across_square W u gamma weight H) K.
(** It is this theorem that is changed. *)
Theorem same_leave_one_out_total : leave_one_out_total_with leave_one_out_spread.
Proof. intros W u gamma weight H K K2 P. now apply (leave_one_out_total W u). Qed.
(** A true weakening remains provable: no less than with the mean itself. *)
Theorem weaker_leave_one_out_total : forall (centred crossed : R) (K : nat), 0 <= crossed -> others_supposes K -> centred / INR K <= leave_one_out_spread centred crossed K.
Proof.
  intros V X K x S. exact (proj1 (weaker_leave_one_out_noise V X K x S)).
Qed.
Lemma wrong_total amount : amount (4/3) 2 2%nat <> 5/3 -> ~ leave_one_out_total_with amount.
Proof.
  intros ne M. assert (B := M bent bent_heads 0 1 1%nat 2%nat ltac:(unfold others_supposes; lia) bent_proper).
  rewrite (same_leave_one_out_total bent bent_heads 0 1 1%nat 2%nat ltac:(unfold others_supposes; lia) bent_proper), bent_centred, bent_crossed in B.
  unfold leave_one_out_spread in B. apply ne. simpl in B. lra.
Qed.
(** The others' mean taken for the mean. *)
Theorem mutant_leave_one_out_total_known : ~ leave_one_out_total_with (fun V _ K => V / INR K).
Proof. apply wrong_total. simpl. lra. Qed.
(** A mean of K others. *)
Theorem mutant_leave_one_out_total_K : ~ leave_one_out_total_with (fun V X K => (V + X / INR K) / INR K).
Proof. apply wrong_total. simpl. lra. Qed.
(** It wins against none wherever the mean itself would: two rollouts are too few here. *)
Theorem mutant_leave_one_out_total_always : ~ forall (W : learner) (u : state W -> action W -> R) (gamma weight : R) (H K : nat) (rival : R),
  others_supposes K -> proper W -> less_mean_variance W u gamma weight H < rival -> one_out_variance W u no_errors gamma weight H K <= rival_variance rival K.
Proof.
  intros M. assert (B := M bent bent_heads 0 1 1%nat 2%nat 3 ltac:(unfold others_supposes; lia) bent_proper ltac:(rewrite bent_centred; lra)).
  rewrite (same_leave_one_out_total bent bent_heads 0 1 1%nat 2%nat ltac:(unfold others_supposes; lia) bent_proper), bent_centred, bent_crossed in B.
  unfold leave_one_out_spread, rival_variance in B. simpl in B. lra.
Qed.

(** ---- Less the mean of the group ---- *)

(** With another factor. *)
Definition less_the_mean_with (factor : R -> nat -> R) :=
  forall (W : learner) (gamma weight : R) (H K : nat) (u sigma : state W -> action W -> R) (law : labels_of W) (j : nat), others_supposes K ->
  proper W -> noisy_labels sigma K H law -> (j < parameters W)%nat ->
  of_group_mean W u law gamma weight H K j = factor (estimate_mean W u quiet gamma weight H K j) K.
(** It is this theorem that is changed. *)
Theorem same_less_the_mean : less_the_mean_with less_the_mean_estimate.
Proof. intros W gamma weight H K u sigma law j K2 P N jd. now apply (proj2 (less_the_mean W gamma weight H K K2) u sigma). Qed.
(** A true weakening remains provable: it is at least half as long, and no longer. *)
Theorem weaker_less_the_mean : forall K : nat, others_supposes K -> 1/2 <= less_the_mean_estimate 1 K <= 1.
Proof.
  intros K S. unfold others_supposes in S. assert (k : 2 <= INR K) by (change 2 with (INR 2); now apply le_INR). unfold less_the_mean_estimate.
  replace (1 * / INR K * (-1 + INR K)) with (1 - / INR K) by (field; lra). assert (0 < / INR K) by (apply Rinv_0_lt_compat; lra).
  assert (/ INR K <= / 2) by (apply Rinv_le_contravar; lra). lra.
Qed.
Lemma wrong_mean factor : factor 1 2%nat <> 1/2 -> ~ less_the_mean_with factor.
Proof.
  intros ne M. destruct less_the_mean_instance as (K2 & P & N & m). assert (jd : (0 < parameters bent)%nat) by (simpl; lia).
  assert (B := M bent 0 1 1%nat 2%nat bent_heads bent_heads (bent_labels 2) 0%nat K2 P N jd).
  rewrite (same_less_the_mean bent 0 1 1%nat 2%nat bent_heads bent_heads (bent_labels 2) 0%nat K2 P N jd), m in B.
  unfold less_the_mean_estimate in B. apply ne. simpl in B. lra.
Qed.
(** Unbiased. *)
Theorem mutant_less_the_mean_unbiased : ~ less_the_mean_with (fun g _ => g).
Proof. apply wrong_mean. lra. Qed.
(** K/(K + 1). *)
Theorem mutant_less_the_mean_K : ~ less_the_mean_with (fun g K => INR K / (INR K + 1) * g).
Proof. apply wrong_mean. simpl. lra. Qed.

(** ---- Divided by the spread ---- *)

(** With another mean: a function of the chance of a yes, of J, of the spread, of the gradient. *)
Definition divided_by_spread_with (mean : R -> R -> R -> R -> R) := forall (W : learner) (x : state W) (right : action W -> bool) (fpr J : R) (K j : nat),
  proper W -> (j < parameters W)%nat ->
  let r := fun a => if right a then 1 else 0 in let chance := fun a => fpr + J * r a in let p := E (choice W (theta W) x) chance in
  spread_supposes p K ->
  answers (choice W (theta W) x) chance K (normalised (score W j x) K) = mean p J (spread p K) (Derive (fun y => E (choice W (moved W j y) x) r) (theta W j)).
(** It is this theorem that is changed. *)
Theorem same_divided_by_spread : divided_by_spread_with divided_by_spread_mean.
Proof. intros W x right fpr J K j P jd r chance p S. now apply (divided_by_spread W x right fpr J K j P jd). Qed.
(** A true weakening remains provable: for one question, the direction is the gradient's. *)
Theorem weaker_divided_by_spread : forall p J s g : R, unsure_supposes p -> 0 <= s -> 0 <= divided_by_spread_mean p J s g * (J * g).
Proof.
  intros p J s g (p0 & p1) s0. unfold divided_by_spread_mean. replace (J * g * s * / p * / (1 + -1 * p) * (J * g)) with (((J * g) * (J * g)) * (s * (/ p * / (1 + -1 * p)))) by ring.
  assert (0 < / p) by (apply Rinv_0_lt_compat; lra). assert (0 < / (1 + -1 * p)) by (apply Rinv_0_lt_compat; lra). apply Rmult_le_pos; [apply Rle_0_sqr|].
  apply Rmult_le_pos; [exact s0|]. apply Rlt_le. now apply Rmult_lt_0_compat.
Qed.
Lemma half_two : spread (1/2) 2 = 1/4.
Proof. destruct (small_groups (1/2) ltac:(unfold unsure_supposes; lra)) as (two & _). assert (e : spread (1/2) 2 = spread (1/2) 2 / (1/2 * (1 - 1/2)) * (1/4)) by field. rewrite e, two. lra. Qed.
Lemma wrong_step mean : mean (1/2) (1/2) (1/4) 1 <> 1/2 -> ~ divided_by_spread_with mean.
Proof.
  intros ne M. assert (jd : (0 < parameters coin)%nat) by (simpl; lia).
  assert (q : E (choice coin (theta coin) tt) (fun a : action coin => 1/4 + 1/2 * (if a then 1 else 0)) = 1/2) by (simpl; lra).
  assert (S : spread_supposes (1/2) 2) by (unfold spread_supposes; repeat split; [lra | lra | lia]).
  assert (B := M coin tt (fun a => a) (1/4) (1/2) 2%nat 0%nat coin_proper jd). assert (T := same_divided_by_spread coin tt (fun a => a) (1/4) (1/2) 2%nat 0%nat coin_proper jd).
  cbv beta zeta in B, T. rewrite q in B, T. rewrite (T S), right_slope_of_heads, half_two in B. specialize (B S). unfold divided_by_spread_mean in B. apply ne. lra.
Qed.
(** As for infinitely many answers. *)
Theorem mutant_divided_by_spread_limit : ~ divided_by_spread_with (fun p J _ g => J * g / sqrt (p * (1 - p))).
Proof. apply wrong_step. replace (1/2 * (1 - 1/2)) with (1/2 * (1/2)) by field. rewrite sqrt_square by lra. lra. Qed.
(** Normalisation takes J out. *)
Theorem mutant_divided_by_spread_J : ~ divided_by_spread_with (fun p _ s g => s * g / (p * (1 - p))).
Proof. apply wrong_step. lra. Qed.
(** Divided by the expected standard deviation. *)
Theorem mutant_divided_by_spread_inverse : ~ divided_by_spread_with (fun _ J s g => J * g / s).
Proof. apply wrong_step. lra. Qed.
(** It has the standard deviation of one verdict for every size of a group. *)
Theorem mutant_divided_by_spread_one : ~ forall p K, spread_supposes p K -> spread p K = sqrt (p * (1 - p)).
Proof.
  intros M. assert (B := M (1/2) 2%nat ltac:(unfold spread_supposes; repeat split; [lra | lra | lia])). rewrite half_two in B.
  replace (1/2 * (1 - 1/2)) with (1/2 * (1/2)) in B by field. rewrite sqrt_square in B by lra. lra.
Qed.

(** ---- Groups of two, three and four ---- *)

(** That four answers give a question another weight. *)
Definition small_groups_with (weight : R -> R) := forall p : R, unsure_supposes p -> spread p 4 / (p * (1 - p)) = weight p.
(** It is this theorem that is changed. *)
Theorem same_small_groups : small_groups_with weight_of_four.
Proof. intros p S. now apply small_groups. Qed.
Lemma root_of_three : 17/10 < sqrt 3 < 18/10.
Proof. pose proof (sqrt_sqrt 3 ltac:(lra)) as s. pose proof (sqrt_pos 3). split; nra. Qed.
(** A true weakening remains provable: the weight lies between 1 and the square root of 3. *)
Theorem weaker_small_groups : forall p : R, unsure_supposes p -> 1 <= weight_of_four p <= sqrt 3.
Proof. intros p (p0 & p1). pose proof root_of_three. unfold weight_of_four. assert (0 < p * (1 + -1 * p) <= 1/4) by (pose proof (Rle_0_sqr (p - 1/2)) as q; unfold Rsqr in q; split; nra). split; nra. Qed.
Lemma two_weights : weight_of_four (1/2) < weight_of_four (1/10).
Proof. pose proof root_of_three. unfold weight_of_four. lra. Qed.
(** All questions alike. *)
Theorem mutant_small_groups_alike : ~ exists c, small_groups_with (fun _ => c).
Proof.
  intros (c & M). assert (A := M (1/2) ltac:(unfold unsure_supposes; lra)). assert (B := M (1/10) ltac:(unfold unsure_supposes; lra)).
  rewrite same_small_groups in A by (unfold unsure_supposes; lra). rewrite same_small_groups in B by (unfold unsure_supposes; lra). pose proof two_weights. lra.
Qed.
(** Between two questions the step has the gradient's direction: one is right half the time, the other one time in ten. *)
Theorem mutant_small_groups_direction : ~ forall p q : R, unsure_supposes p -> unsure_supposes q ->
  exists c, spread p 4 / (p * (1 - p)) * 1 = c * 1 /\ spread q 4 / (q * (1 - q)) * 1 = c * 1.
Proof.
  intros M. destruct (M (1/2) (1/10)) as (c & a & b); [unfold unsure_supposes; lra | unfold unsure_supposes; lra |].
  rewrite same_small_groups in a by (unfold unsure_supposes; lra). rewrite same_small_groups in b by (unfold unsure_supposes; lra). pose proof two_weights. lra.
Qed.
(** As for infinitely many answers. *)
Theorem mutant_small_groups_limit : ~ small_groups_with (fun p => / sqrt (p * (1 - p))).
Proof.
  intros M. assert (A := M (1/2) ltac:(unfold unsure_supposes; lra)). rewrite same_small_groups in A by (unfold unsure_supposes; lra).
  replace (1/2 * (1 - 1/2)) with (1/2 * (1/2)) in A by field. rewrite sqrt_square in A by lra. pose proof root_of_three. unfold weight_of_four in A. lra.
Qed.
