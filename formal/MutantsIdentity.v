(** Wrong versions of the identity and its mirror image, refuted; of the averages, of regret, and of what an adjoint pass computes. *)
From Coq Require Import Reals Lra Lia Psatz Bool.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Loops ReturnGap Identity Sensitivity.
Open Scope R_scope.

(** ---- The identity, and its mirror image ---- *)

(** The real state stays, imagination walks on by 1 a step, and the reward is the state's square. *)
Definition walk : worlds := {|
  state := R; d_S := fun x y => Rabs (x - y); action := unit; d_A := fun _ _ => 0;
  f := fun s _ => s; f_hat := fun s _ => s + 1; r := fun s _ => s * s; r_hat := fun s _ => s * s;
  policy := fun _ => tt; start := 0 |}.
Ltac walked := unfold real_reward, imagined_reward, ret, reth, imagined_state, real_state, imagined, real, step_error, value_of, reward_from, pay, loop in *; simpl in *; lra.
(** There is a world in which the sum is not 0. *)
Theorem identity_instance : sum 3 (fun t => (1/2) ^ t * step_error walk (1/2) (value_of walk (1/2) (3 - t - 1)) (imagined_state walk t)) = 3/2.
Proof. walked. Qed.
Definition identity_with (term : worlds -> R -> nat -> nat -> R) := forall (W : worlds) (gamma : R) (H : nat),
  sum H (imagined_reward W gamma) - sum H (real_reward W gamma) = sum H (fun t => gamma ^ t * term W gamma H t).
(** It is this theorem that is changed. *)
Theorem same_identity : identity_with (fun W gamma H t => step_error W gamma (value_of W gamma (H - t - 1)) (imagined_state W t)). Proof. exact identity. Qed.
(** A true weakening remains provable: by absolute values. *)
Theorem weaker_identity : forall (W : worlds) (gamma : R) (H : nat), 0 <= gamma -> Rabs (sum H (imagined_reward W gamma) - sum H (real_reward W gamma)) <=
  sum H (fun t => gamma ^ t * Rabs (step_error W gamma (value_of W gamma (H - t - 1)) (imagined_state W t))).
Proof.
  intros W g H G. rewrite identity. eapply Rle_trans; [apply sum_abs|]. apply sum_le. intros t _. rewrite Rabs_mult, (Rabs_pos_eq (g ^ t)) by now apply pow_le. lra.
Qed.
(** The value is not discounted. *)
Theorem mutant_identity_no_gamma : ~ identity_with (fun W gamma H t => pay W (r_hat W) (imagined_state W t) - pay W (r W) (imagined_state W t) +
  (value_of W gamma (H - t - 1) (loop W (f_hat W) (imagined_state W t)) - value_of W gamma (H - t - 1) (loop W (f W) (imagined_state W t)))).
Proof. intros M. specialize (M walk (1/2) 3%nat). walked. Qed.
(** Along the real rollout, with the real value. *)
Theorem mutant_identity_other_rollout : ~ identity_with (fun W gamma H t => step_error W gamma (value_of W gamma (H - t - 1)) (real_state W t)).
Proof. intros M. specialize (M walk (1/2) 3%nat). walked. Qed.
(** One step too many is left. *)
Theorem mutant_identity_one_more : ~ identity_with (fun W gamma H t => step_error W gamma (value_of W gamma (H - t)) (imagined_state W t)).
Proof. intros M. specialize (M walk (1/2) 3%nat). walked. Qed.

Definition mirror_identity_with (term : worlds -> R -> nat -> nat -> R) := forall (W : worlds) (gamma : R) (H : nat),
  sum H (real_reward W gamma) - sum H (imagined_reward W gamma) = sum H (fun t => gamma ^ t * term W gamma H t).
(** It is this theorem that is changed. *)
Theorem same_mirror_identity : mirror_identity_with (fun W gamma H t => step_error (mirrored W) gamma (value_of (mirrored W) gamma (H - t - 1)) (real_state W t)).
Proof. exact mirror_identity. Qed.
(** A true weakening remains provable: by absolute values. *)
Theorem weaker_mirror_identity : forall (W : worlds) (gamma : R) (H : nat), 0 <= gamma -> Rabs (sum H (real_reward W gamma) - sum H (imagined_reward W gamma)) <=
  sum H (fun t => gamma ^ t * Rabs (step_error (mirrored W) gamma (value_of (mirrored W) gamma (H - t - 1)) (real_state W t))).
Proof. intros W g H G. exact (weaker_identity (mirrored W) g H G). Qed.
(** There is a world in which the sum is not 0. *)
Theorem mirror_identity_instance : sum 3 (fun t => (1/2) ^ t * step_error (mirrored walk) (1/2) (value_of (mirrored walk) (1/2) (3 - t - 1)) (real_state walk t)) = - (3/2).
Proof. walked. Qed.
(** Along the imagined rollout, with the learned value. *)
Theorem mutant_mirror_identity_other_rollout : ~ mirror_identity_with (fun W gamma H t => step_error (mirrored W) gamma (value_of (mirrored W) gamma (H - t - 1)) (imagined_state W t)).
Proof. intros M. specialize (M walk (1/2) 3%nat). walked. Qed.
(** Along the real rollout, with the real value. *)
Theorem mutant_mirror_identity_other_value : ~ mirror_identity_with (fun W gamma H t => step_error (mirrored W) gamma (value_of W gamma (H - t - 1)) (real_state W t)).
Proof. intros M. specialize (M walk (1/2) 3%nat). walked. Qed.
(** The sign is lost. *)
Theorem mutant_mirror_identity_sign : ~ mirror_identity_with (fun W gamma H t => - step_error (mirrored W) gamma (value_of (mirrored W) gamma (H - t - 1)) (real_state W t)).
Proof. intros M. specialize (M walk (1/2) 3%nat). walked. Qed.

(** ---- The identity, all steps ---- *)
Definition identity_infinite_with (term : worlds -> R -> nat -> R) (total : worlds -> R -> R) := forall (W : worlds) (gamma L_f L_r L_pi eps_dyn eps_rew : R),
  lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew -> described W L_f L_r L_pi eps_dyn eps_rew -> is_series (fun t => gamma ^ t * term W gamma t) (total W gamma).
(** It is this theorem that is changed. *)
Theorem same_identity_infinite : identity_infinite_with (fun W gamma t => step_error W gamma (value W gamma) (imagined_state W t)) (fun W gamma => J_hat W gamma - J W gamma).
Proof. intros W g Lf Lr Lp ed er N D. apply (identity_infinite W g Lf Lr Lp ed er N D). Qed.
(** A true weakening remains provable: the sum exists. *)
Theorem weaker_identity_infinite : forall (W : worlds) (gamma L_f L_r L_pi eps_dyn eps_rew : R),
  lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew -> described W L_f L_r L_pi eps_dyn eps_rew ->
  ex_series (fun t => gamma ^ t * step_error W gamma (value W gamma) (imagined_state W t)).
Proof. intros W g Lf Lr Lp ed er N D. eexists. apply (identity_infinite W g Lf Lr Lp ed er N D). Qed.
(** The hypotheses hold on the line, with every number positive, and the gap is not 0. *)
Theorem identity_infinite_instance : lemma_1_supposes (1/2) (1/2) 1 0 1 1 /\ described (line (1/2) 1 0 1 1) (1/2) 1 0 1 1 /\
  J_hat (line (1/2) 1 0 1 1) (1/2) - J (line (1/2) 1 0 1 1) (1/2) = 10/3.
Proof.
  assert (N : lemma_1_supposes (1/2) (1/2) 1 0 1 1) by (unfold lemma_1_supposes; lra).
  destruct (lemma_1_attained (1/2) (1/2) 1 0 1 1 ltac:(unfold finite_horizon_supposes; lra)) as (D & _ & A). destruct (A N) as (S & S' & _).
  split; [exact N | split; [exact D|]]. unfold J, J_hat. rewrite (is_series_unique _ _ S), (is_series_unique _ _ S'). unfold lemma_1_bound. lra.
Qed.
(** The sign is lost. *)
Theorem mutant_identity_infinite_sign : ~ identity_infinite_with (fun W gamma t => step_error W gamma (value W gamma) (imagined_state W t)) (fun W gamma => J W gamma - J_hat W gamma).
Proof.
  intros M. destruct identity_infinite_instance as (N & D & e). specialize (M _ _ _ _ _ _ _ N D). apply is_series_unique in M.
  destruct (identity_infinite _ _ _ _ _ _ _ N D) as (_ & _ & _ & S). apply is_series_unique in S. lra.
Qed.
(** The reward's errors alone make the gap. *)
Theorem mutant_identity_infinite_rewards_alone : ~ identity_infinite_with (fun W gamma t => pay W (r_hat W) (imagined_state W t) - pay W (r W) (imagined_state W t))
  (fun W gamma => J_hat W gamma - J W gamma).
Proof.
  intros M. destruct identity_infinite_instance as (N & D & e). specialize (M _ _ _ _ _ _ _ N D). apply is_series_unique in M. rewrite e in M.
  rewrite (Series_ext _ (fun t => (1/2) ^ t)), power_sum in M; try lra.
  intros t. generalize (imagined_state (line (1/2) 1 0 1 1) t). intros x. unfold pay; simpl. ring.
Qed.

(** ---- From the identity back to Lemma 1 ---- *)
Definition value_lipschitz_with (bound : R -> R -> R -> R -> R -> R) := forall (W : worlds) (gamma L_f L_r L_pi eps_dyn eps_rew : R),
  lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew -> described W L_f L_r L_pi eps_dyn eps_rew ->
  forall x y, Rabs (value W gamma x - value W gamma y) <= bound gamma L_f L_r L_pi (d_S W x y).
(** It is this theorem that is changed. *)
Theorem same_value_lipschitz : value_lipschitz_with value_lipschitz_bound.
Proof. intros W g Lf Lr Lp ed er N D. exact (proj2 (value_lipschitz W g Lf Lr Lp ed er N D)). Qed.
(** A true weakening remains provable: a constant that is twice as large. *)
Theorem weaker_value_lipschitz : value_lipschitz_with (fun gamma L_f L_r L_pi distance => 2 * value_lipschitz_bound gamma L_f L_r L_pi distance).
Proof.
  intros W g Lf Lr Lp ed er N D x y. pose proof (proj2 (value_lipschitz W g Lf Lr Lp ed er N D) x y).
  pose proof (Rabs_pos (value W g x - value W g y)). lra.
Qed.
Lemma line_value gamma L_f L_r L_pi eps_dyn eps_rew (x : R) : lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew ->
  value (line L_f L_r L_pi eps_dyn eps_rew) gamma x = L_r * (1 + L_pi) * x / (1 - gamma * (L_f * (1 + L_pi))).
Proof.
  intros N. unfold lemma_1_supposes in N. set (W := line L_f L_r L_pi eps_dyn eps_rew). set (L := L_f * (1 + L_pi)).
  assert (L0 : 0 <= L) by (unfold L; nra). assert (c : 0 <= gamma * L < 1) by (split; [apply Rmult_le_pos; lra | unfold L; lra]).
  assert (P : forall t, (iter (loop W (f W)) t x : R) = L ^ t * x).
  { induction t; [simpl; ring|]. change (loop W (f W) (iter (loop W (f W)) t x) = (L ^ S t * x : state W)). rewrite IHt. unfold loop, L; simpl. ring. }
  unfold value. rewrite (Series_ext _ (fun t => L_r * (1 + L_pi) * x * (gamma * L) ^ t)).
  - rewrite Series_scal_l, power_sum by auto. unfold Rdiv. reflexivity.
  - intros t. unfold reward_from. change (gamma ^ t * pay W (r W) (iter (loop W (f W)) t x) = L_r * (1 + L_pi) * x * (gamma * L) ^ t).
    rewrite P, Rpow_mult_distr. unfold pay; simpl. ring.
Qed.
Lemma slope_too_small bound : bound (1/2) (1/2) 1 1 1 < 4 -> ~ value_lipschitz_with bound.
Proof.
  intros less M. assert (N : lemma_1_supposes (1/2) (1/2) 1 1 1 1) by (unfold lemma_1_supposes; lra).
  destruct (attained _ _ _ _ _ _ N) as (D & _). specialize (M _ _ _ _ _ _ _ N D (1 : R) (0 : R)). rewrite !line_value in M by exact N.
  change (d_S (line (1/2) 1 1 1 1) 1 0) with (Rabs (1 - 0)) in M. replace (Rabs (1 - 0)) with 1 in M by (rewrite Rabs_pos_eq; lra).
  match type of M with Rabs ?z <= _ => replace z with 4 in M by field end. rewrite Rabs_pos_eq in M; lra.
Qed.
(** The policy is forgotten. *)
Theorem mutant_value_lipschitz_no_policy : ~ value_lipschitz_with (fun gamma L_f L_r L_pi distance => value_lipschitz_bound gamma L_f L_r 0 distance).
Proof. apply slope_too_small. unfold value_lipschitz_bound. lra. Qed.
(** The future is forgotten. *)
Theorem mutant_value_lipschitz_no_future : ~ value_lipschitz_with (fun gamma L_f L_r L_pi distance => L_r * (1 + L_pi) * distance).
Proof. apply slope_too_small. lra. Qed.

(** On the line the two states 1 and 0 differ by all that the constant allows. *)
Theorem value_lipschitz_instance : lemma_1_supposes (1/2) (1/2) 1 1 1 1 /\ described (line (1/2) 1 1 1 1) (1/2) 1 1 1 1 /\
  value (line (1/2) 1 1 1 1) (1/2) (1 : R) - value (line (1/2) 1 1 1 1) (1/2) (0 : R) = value_lipschitz_bound (1/2) (1/2) 1 1 1.
Proof.
  assert (N : lemma_1_supposes (1/2) (1/2) 1 1 1 1) by (unfold lemma_1_supposes; lra). split; [exact N|]. split; [apply (attained _ _ _ _ _ _ N)|].
  rewrite !line_value by exact N. unfold value_lipschitz_bound. field.
Qed.

Definition average_error_with (bound : R -> R -> R -> R -> R) := forall (W : worlds) (gamma L_f L_r L_pi eps_dyn eps_rew L_V : R),
  lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew -> described W L_f L_r L_pi eps_dyn eps_rew ->
  (forall x y, Rabs (value W gamma x - value W gamma y) <= L_V * d_S W x y) ->
  Rabs (J W gamma - J_hat W gamma) <= bound gamma L_V (average gamma (dynamics_errors W)) (average gamma (reward_errors W)).
(** It is this theorem that is changed. *)
Theorem same_average_error : average_error_with average_error_bound.
Proof. intros W g Lf Lr Lp ed er LV N D V. apply (average_error W g Lf Lr Lp ed er LV N D V). Qed.
(** A true weakening remains provable: a bound that is twice as large. *)
Theorem weaker_average_error : average_error_with (fun gamma L_V dyn rew => 2 * average_error_bound gamma L_V dyn rew).
Proof.
  intros W g Lf Lr Lp ed er LV N D V. destruct (average_error W g Lf Lr Lp ed er LV N D V) as (_ & _ & B). pose proof (Rabs_pos (J W g - J_hat W g)). lra.
Qed.
(** On the line the errors are the same everywhere, so the averages are the suprema; its value has slope L_V. *)
Lemma line_averages gamma L_f L_r L_pi eps_dyn eps_rew : lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew -> let W := line L_f L_r L_pi eps_dyn eps_rew in
  average gamma (dynamics_errors W) = eps_dyn /\ average gamma (reward_errors W) = eps_rew.
Proof.
  intros N W. unfold lemma_1_supposes in N.
  assert (A : forall a c, (forall t, a t = c) -> average gamma a = c).
  { intros a c E. unfold average. rewrite (Series_ext _ (fun t => c * gamma ^ t)) by (intros; rewrite E; ring). rewrite Series_scal_l, power_sum by lra. field. lra. }
  split; apply A; intros t; unfold dynamics_errors, reward_errors; [generalize (imagined_state W t) | generalize (imagined_state W t)]; intros x; simpl; unfold loop, pay; simpl;
    rewrite Rabs_pos_eq; lra.
Qed.
Lemma average_too_small bound gamma L_f L_r eps_dyn eps_rew : lemma_1_supposes gamma L_f L_r 0 eps_dyn eps_rew ->
  bound gamma (L_r / (1 - gamma * L_f)) eps_dyn eps_rew < lemma_1_bound gamma L_f L_r 0 eps_dyn eps_rew -> ~ average_error_with bound.
Proof.
  intros N less M. destruct (attained _ _ _ _ _ _ N) as (D & _ & _ & e). destruct (line_averages _ _ _ _ _ _ N) as [ad ar].
  specialize (M _ _ _ _ _ _ _ (L_r / (1 - gamma * L_f)) N D). rewrite ad, ar, e in M. apply Rlt_not_le in less. apply less, M.
  intros x y. eapply Rle_trans; [apply (proj2 (value_lipschitz _ _ _ _ _ _ _ N D))|]. right. unfold value_lipschitz_bound, lemma_1_supposes in *. field. lra.
Qed.
(** The hypotheses hold on the line, with every number positive, and the gap is the bound. *)
Theorem average_error_instance : let W := line (1/2) 1 0 1 1 in lemma_1_supposes (1/2) (1/2) 1 0 1 1 /\ described W (1/2) 1 0 1 1 /\
  (forall x y, Rabs (value W (1/2) x - value W (1/2) y) <= 4/3 * d_S W x y) /\
  Rabs (J W (1/2) - J_hat W (1/2)) = average_error_bound (1/2) (4/3) (average (1/2) (dynamics_errors W)) (average (1/2) (reward_errors W)).
Proof.
  intros W. assert (N : lemma_1_supposes (1/2) (1/2) 1 0 1 1) by (unfold lemma_1_supposes; lra). destruct (attained _ _ _ _ _ _ N) as (D & _ & _ & e).
  destruct (line_averages _ _ _ _ _ _ N) as [ad ar]. split; [exact N | split; [exact D | split]].
  - intros x y. eapply Rle_trans; [apply (proj2 (value_lipschitz _ _ _ _ _ _ _ N D))|]. right. fold W. generalize (d_S W x y). intros z. unfold value_lipschitz_bound. field.
  - unfold W. rewrite ad, ar, e. unfold lemma_1_bound, average_error_bound. field.
Qed.
(** The value's Lipschitz constant is forgotten. *)
Theorem mutant_average_error_no_slope : ~ average_error_with (fun gamma L_V dyn rew => average_error_bound gamma 1 dyn rew).
Proof. apply (average_too_small _ (1/2) (1/2) 1 1 0); unfold lemma_1_supposes, average_error_bound, lemma_1_bound; lra. Qed.
(** An average, and not the sum that it is the average of. *)
Theorem mutant_average_error_no_sum : ~ average_error_with (fun gamma L_V dyn rew => rew + gamma * L_V * dyn).
Proof. apply (average_too_small _ (1/2) (1/2) 1 1 0); unfold lemma_1_supposes, lemma_1_bound; lra. Qed.

Definition suprema_give_lemma_1_with (slope : R -> R -> R -> R -> R) := forall gamma L_f L_r L_pi eps_dyn eps_rew : R,
  lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew -> average_error_bound gamma (slope gamma L_f L_r L_pi) eps_dyn eps_rew = lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew.
(** It is the last part of this theorem that is changed. *)
Theorem same_suprema_give_lemma_1 : suprema_give_lemma_1_with (fun gamma L_f L_r L_pi => value_lipschitz_bound gamma L_f L_r L_pi 1).
Proof.
  intros g Lf Lr Lp ed er N. apply (suprema_give_lemma_1 (line Lf Lr Lp ed er) g Lf Lr Lp ed er N). apply (attained _ _ _ _ _ _ N).
Qed.
(** A true weakening remains provable: an inequality. *)
Theorem weaker_suprema_give_lemma_1 : forall (W : worlds) (gamma L_f L_r L_pi eps_dyn eps_rew : R),
  lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew -> described W L_f L_r L_pi eps_dyn eps_rew ->
  average_error_bound gamma (value_lipschitz_bound gamma L_f L_r L_pi 1) (average gamma (dynamics_errors W)) (average gamma (reward_errors W)) <= lemma_1_bound gamma L_f L_r L_pi eps_dyn eps_rew.
Proof. intros W g Lf Lr Lp ed er N D. destruct (suprema_give_lemma_1 W g Lf Lr Lp ed er N D) as (_ & B & e). lra. Qed.
(** The hypotheses are those of Lemma 1, and hold on the line. *)
Theorem suprema_give_lemma_1_instance : lemma_1_supposes (1/2) (1/2) 1 (1/2) 1 1 /\ described (line (1/2) 1 (1/2) 1 1) (1/2) 1 (1/2) 1 1.
Proof. exact lemma_1_instance. Qed.
(** The policy is forgotten in the value's slope. *)
Theorem mutant_suprema_give_lemma_1_no_policy : ~ suprema_give_lemma_1_with (fun gamma L_f L_r L_pi => value_lipschitz_bound gamma L_f L_r 0 1).
Proof. intros M. specialize (M (1/2) (1/2) 1 (1/2) 1 1 ltac:(unfold lemma_1_supposes; lra)). unfold average_error_bound, value_lipschitz_bound, lemma_1_bound in M. lra. Qed.
(** Averages are always the suprema: not for a model without errors of which one knows less. *)
Theorem mutant_suprema_give_lemma_1_nothing_lost : ~ forall (W : worlds) (gamma L_f L_r L_pi eps_dyn eps_rew : R),
  lemma_1_supposes gamma L_f L_r L_pi eps_dyn eps_rew -> described W L_f L_r L_pi eps_dyn eps_rew -> average gamma (reward_errors W) = eps_rew.
Proof.
  intros M. assert (N : lemma_1_supposes (1/2) (1/2) 1 0 0 0) by (unfold lemma_1_supposes; lra). destruct (attained _ _ _ _ _ _ N) as ([mS mA Hf Hr P He Her] & _).
  pose proof (proj2 (line_averages _ _ _ _ _ _ N)) as z.
  assert (D : described (line (1/2) 1 0 0 0) (1/2) 1 0 0 1) by (split; auto; intros x a; specialize (Her x a); lra).
  specialize (M _ (1/2) (1/2) 1 0 0 1 ltac:(unfold lemma_1_supposes; lra) D). cbv zeta in z. rewrite z in M. lra.
Qed.

(** ---- Regret ---- *)
Definition regret_with (bound : R -> R -> R) := forall (policies : Type) (class : policies -> Prop) (J J_hat : policies -> R) (chosen : policies) (gap delta : R),
  class chosen -> (forall p, class p -> Rabs (J p - J_hat p) <= gap) -> (forall p, class p -> J_hat p <= J_hat chosen + delta) ->
  exists best, is_lub (fun x => exists p, class p /\ x = J p) best /\ best - J chosen <= bound gap delta.
(** It is this theorem that is changed. *)
Theorem same_regret : regret_with regret_bound. Proof. exact regret. Qed.
(** A true weakening remains provable: for every policy of the class, without a least upper bound. *)
Theorem weaker_regret : forall (policies : Type) (class : policies -> Prop) (J J_hat : policies -> R) (chosen : policies) (gap delta : R),
  class chosen -> (forall p, class p -> Rabs (J p - J_hat p) <= gap) -> (forall p, class p -> J_hat p <= J_hat chosen + delta) ->
  forall p, class p -> J p - J chosen <= regret_bound gap delta.
Proof.
  intros P class J Jh chosen G delta c close near p cp. destruct (regret P class J Jh chosen G delta c close near) as (best & [up _] & B).
  assert (J p <= best) by (apply up; eauto). lra.
Qed.
(** Two policies: imagination sees no difference, and the real returns are 1 and -1; or both see 1 and 0. *)
Theorem regret_instance : let J := fun p : bool => if p then 1 else -1 in let J_hat := fun p : bool => if p then 1/2 else 0 in
  (forall p, Rabs (J p - J_hat p) <= 1) /\ (forall p, J_hat p <= J_hat false + 1/2) /\ J true - J false = 2 /\ regret_bound 1 (1/2) = 5/2.
Proof. split; [|split; [|split]]; try (intros []; simpl; try (unfold Rabs; destruct Rcase_abs); lra); unfold regret_bound; simpl; lra. Qed.
Lemma regret_too_small bound (J J_hat : bool -> R) gap delta : (forall p, Rabs (J p - J_hat p) <= gap) -> (forall p, J_hat p <= J_hat false + delta) ->
  bound gap delta < J true - J false -> ~ regret_with bound.
Proof.
  intros G D less M. destruct (M bool (fun _ => True) J J_hat false gap delta I (fun p _ => G p) (fun p _ => D p)) as (best & [up _] & B).
  assert (J true <= best) by (apply up; exists true; auto). lra.
Qed.
(** The gap counts once: that of the best policy is forgotten. *)
Theorem mutant_regret_once : ~ regret_with (fun gap delta => gap + delta).
Proof.
  apply (regret_too_small _ (fun p => if p then 1 else -1) (fun _ => 0) 1 0); [intros []; unfold Rabs; destruct Rcase_abs; lra | intros []; lra | lra].
Qed.
(** The chosen policy is the best in imagination, whatever delta. *)
Theorem mutant_regret_no_delta : ~ regret_with (fun gap delta => 2 * gap).
Proof.
  apply (regret_too_small _ (fun p => if p then 1 else 0) (fun p => if p then 1 else 0) 0 1); [intros []; unfold Rabs; destruct Rcase_abs; lra | intros []; lra | lra].
Qed.
(** The best of all policies, not of the class. *)
Theorem mutant_regret_outside : ~ forall (policies : Type) (class : policies -> Prop) (J J_hat : policies -> R) (chosen : policies) (gap delta : R),
  class chosen -> (forall p, class p -> Rabs (J p - J_hat p) <= gap) -> (forall p, class p -> J_hat p <= J_hat chosen + delta) ->
  forall p, J p - J chosen <= regret_bound gap delta.
Proof.
  intros M. specialize (M bool (fun p => p = false) (fun p => if p then 1 else 0) (fun _ => 0) false 0 0 eq_refl
    ltac:(intros p ->; rewrite Rabs_pos_eq; lra) ltac:(intros p ->; lra) true). unfold regret_bound in M. lra.
Qed.

(** ---- Sensitivities ---- *)
Definition never_too_small_with (bound : R -> R -> R -> R -> R -> R) := forall (W : worlds) (gamma L_f L_r L_pi eps_dyn : R),
  never_too_small_supposes gamma L_f L_r L_pi eps_dyn -> described W L_f L_r L_pi eps_dyn 0 ->
  (1 - gamma) * Rabs (J W gamma - J_hat W gamma) <= bound gamma L_f L_r L_pi eps_dyn.
(** It is this theorem that is changed. *)
Theorem same_never_too_small : never_too_small_with never_too_small_bound.
Proof. intros W g Lf Lr Lp ed N D. apply (never_too_small W g Lf Lr Lp ed N D). Qed.
(** A true weakening remains provable: a multiplier that is twice as large. *)
Theorem weaker_never_too_small : never_too_small_with (fun gamma L_f L_r L_pi eps_dyn => 2 * never_too_small_bound gamma L_f L_r L_pi eps_dyn).
Proof.
  intros W g Lf Lr Lp ed N D. destruct (never_too_small W g Lf Lr Lp ed N D) as (_ & _ & B). unfold never_too_small_supposes in N.
  pose proof (Rmult_le_pos (1 - g) _ ltac:(lra) (Rabs_pos (J W g - J_hat W g))). lra.
Qed.
Lemma multiplier_too_small bound : bound (1/2) (1/2) 1 (1/2) 1 < never_too_small_bound (1/2) (1/2) 1 (1/2) 1 -> ~ never_too_small_with bound.
Proof. intros less M. destruct never_too_small_instance as (N & D & e). specialize (M _ _ _ _ _ _ N D). rewrite e in M. lra. Qed.
(** The policy is forgotten in the closed loop. *)
Theorem mutant_never_too_small_no_policy : ~ never_too_small_with (fun gamma L_f L_r L_pi eps_dyn => gamma * L_r * (1 + L_pi) / (1 - gamma * L_f) * eps_dyn).
Proof. apply multiplier_too_small. unfold never_too_small_bound. lra. Qed.
(** Discounted once too often. *)
Theorem mutant_never_too_small_gamma_squared : ~ never_too_small_with (fun gamma L_f L_r L_pi eps_dyn => gamma * never_too_small_bound gamma L_f L_r L_pi eps_dyn).
Proof. apply multiplier_too_small. unfold never_too_small_bound. lra. Qed.

Definition costates_price_errors_with (price : R -> (nat -> R) -> nat -> R) := forall (F Ft : nat -> R -> R) (g lambda delta e : nat -> R) (gamma : R) (H : nat),
  adjoint_pass R R Rmult F Ft g lambda delta e gamma H ->
  sum H (fun t => gamma ^ t * (g t * delta t)) + lambda H * delta H = sum H (fun t => price gamma lambda t * e t).
(** It is this theorem that is changed, for numbers as states. *)
Theorem same_costates_price_errors : costates_price_errors_with (fun gamma lambda t => lambda (S t)).
Proof. intros F Ft g lam d e gam H P. exact (costates_price_errors _ _ _ _ _ _ _ _ _ _ _ P H (le_n H)). Qed.
(** A true weakening remains provable: where the last costate sees nothing. *)
Theorem weaker_costates_price_errors : forall (nudge costate : Type) (pairing : costate -> nudge -> R) (F : nat -> nudge -> nudge) (Ft : nat -> costate -> costate)
    (g lambda : nat -> costate) (delta e : nat -> nudge) (gamma : R) (H : nat),
  adjoint_pass nudge costate pairing F Ft g lambda delta e gamma H -> (forall v, pairing (lambda H) v = 0) ->
  sum H (fun t => gamma ^ t * pairing (g t) (delta t)) = sum H (fun t => pairing (lambda (S t)) (e t)).
Proof.
  intros X Y p F Ft g lam d e gam H P last. rewrite <- (costates_price_errors _ _ _ _ _ _ _ _ _ _ _ P H (le_n H)), last. ring.
Qed.
Lemma price_wrong price : price (1/2) (fun t => match t with O => 3/2 | S O => 1/2 | _ => 0 end) O + price (1/2) (fun t => match t with O => 3/2 | S O => 1/2 | _ => 0 end) 1%nat <> 1/2 ->
  ~ costates_price_errors_with price.
Proof. intros ne M. apply ne. specialize (M _ _ _ _ _ _ _ _ two_steps). simpl in M. lra. Qed.
(** An error is priced a step too early. *)
Theorem mutant_costates_price_errors_early : ~ costates_price_errors_with (fun gamma lambda t => lambda t).
Proof. apply price_wrong. lra. Qed.
(** Discounted once too often. *)
Theorem mutant_costates_price_errors_discounted : ~ costates_price_errors_with (fun gamma lambda t => gamma * lambda (S t)).
Proof. apply price_wrong. lra. Qed.
(** The sign is lost. *)
Theorem mutant_costates_price_errors_sign : ~ costates_price_errors_with (fun gamma lambda t => - lambda (S t)).
Proof. apply price_wrong. lra. Qed.

(** A true weakening of the first-order change remains provable: the return can be differentiated. *)
Theorem weaker_first_order : forall (X : NormedModule R_AbsRing) (F : X -> X) (u : X -> R) (e : X -> X) (start : X) (gamma : R) (A : nat -> X -> X) (slope : nat -> X -> R) (H : nat),
  (forall t, (t < H)%nat -> filterdiff F (locally (rollout X F e start 0 t)) (A t)) ->
  (forall t, (t < H)%nat -> filterdiff u (locally (rollout X F e start 0 t)) (slope t)) ->
  (forall t, (t < H)%nat -> continuous e (rollout X F e start 0 t)) -> ex_derive (fun h => return_of X F u e start gamma h H) 0.
Proof. intros. eexists. exact (proj1 (proj2 (first_order X F u e start gamma A slope H H0 H1 H2))). Qed.
(** It is no more than first order: the return itself changes by another amount. *)
Theorem mutant_first_order_exact : ~ forall (F u e : R -> R) (start gamma : R) (A slope : nat -> R -> R) (H : nat) (h : R),
  (forall t, (t < H)%nat -> filterdiff F (locally (rollout R_NormedModule F e start 0 t)) (A t)) ->
  (forall t, (t < H)%nat -> filterdiff u (locally (rollout R_NormedModule F e start 0 t)) (slope t)) ->
  (forall t, (t < H)%nat -> continuous e (rollout R_NormedModule F e start 0 t)) ->
  return_of R_NormedModule F u e start gamma h H - return_of R_NormedModule F u e start gamma 0 H = h * sum H (fun t => gamma ^ t * slope t (nudges R_NormedModule F e start A t)).
Proof.
  intros M. destruct first_order_instance as (DF & Du & C & _). specialize (M _ _ _ 1 (1/2) _ _ 2%nat 1 DF Du C).
  unfold return_of, squares in M. cbn [sum rollout nudges] in M. change plus with Rplus in M. change (scal ?a ?b) with (a * b) in M. change (@zero _) with 0 in M.
  simpl in M. lra.
Qed.
(** A last costate that sees something. *)
Theorem mutant_first_order_no_end : ~ forall (F u e : R -> R) (start gamma : R) (A slope : nat -> R -> R) (H : nat) (Ft : nat -> R -> R) (g lambda : nat -> R),
  (forall t, (t < H)%nat -> filterdiff F (locally (rollout R_NormedModule F e start 0 t)) (A t)) ->
  (forall t, (t < H)%nat -> filterdiff u (locally (rollout R_NormedModule F e start 0 t)) (slope t)) ->
  (forall t, (t < H)%nat -> continuous e (rollout R_NormedModule F e start 0 t)) ->
  adjoint_pass R R Rmult A Ft g lambda (nudges R_NormedModule F e start A) (fun t => e (rollout R_NormedModule F e start 0 t)) gamma H -> (forall t v, g t * v = slope t v) ->
  is_derive (fun h => return_of R_NormedModule F u e start gamma h H) 0 (sum H (fun t => lambda (S t) * e (rollout R_NormedModule F e start 0 t))).
Proof.
  intros M.
  assert (Z : forall (c : R) (x : R), filterdiff (fun _ : R => c) (locally x) (fun _ : R => 0)) by (intros c x; exact (filterdiff_const (U := R_NormedModule) (V := R_NormedModule) (F := locally x) c)).
  specialize (M (fun _ => 0) (fun _ => 0) (fun _ => 1) 0 (1/2) (fun _ _ => 0) (fun _ _ => 0) 1%nat (fun _ _ => 0) (fun _ => 0) (fun t => match t with O => 0 | _ => 1 end)).
  assert (D : is_derive (fun h => return_of R_NormedModule (fun _ => 0) (fun _ => 0) (fun _ => 1) 0 (1/2) h 1) 0 1).
  { replace 1 with (sum 1 (fun t => (match S t with O => 0 | S _ => 1 end) * 1)) by (simpl; ring). apply M; try (intros; apply Z); try (intros; apply continuous_const); try (intros; ring).
    split; [intros m; change (m * 0 = 0); ring | | intros; ring |].
    - intros [|t] m L; [change (m * (0 + 1) = m * 0 + m * 1); ring | lia].
    - intros [|t] v L; [simpl; ring | lia]. }
  assert (D' : is_derive (fun h => return_of R_NormedModule (fun _ => 0) (fun _ => 0) (fun _ => 1) 0 (1/2) h 1) 0 0).
  { apply (is_derive_ext (fun _ : R => 0)); [intros h; unfold return_of; simpl; ring | apply (is_derive_const (V := R_NormedModule))]. }
  apply is_derive_unique in D. apply is_derive_unique in D'. lra.
Qed.
