(** The identity behind the bounds for random worlds, and the classical simulation lemma. Rewards are bounded, as all
    functions on finite spaces are; that values exist, and that Bellman's equation has no other solution, is proved. *)
From Coq Require Import Reals List Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Laws Loops Wasserstein Kernels.
Open Scope R_scope.

Definition bounded {X} (h : X -> R) := exists B, forall x, Rabs (h x) <= B.
(** Both rewards are bounded. *)
Definition bounded_rewards W := exists B, forall x a, Rabs (r W x a) <= B /\ Rabs (r_hat W x a) <= B.
(** Finitely many points: a list holds them all. *)
Definition finite (X : Type) := exists l : list X, forall x, In x l.

Lemma finite_bounded X (h : X -> R) : finite X -> bounded h.
Proof.
  intros (l & all). assert (A : exists B, forall x, In x l -> Rabs (h x) <= B).
  { clear all. induction l as [|x l (B & IH)]; [now exists 0|]. exists (Rmax (Rabs (h x)) B).
    intros y [<- | i]; [apply Rmax_l | eapply Rle_trans; [now apply IH | apply Rmax_r]]. }
  destruct A as (B & H). exists B. auto.
Qed.
(** On finite spaces rewards are bounded. *)
Theorem finite_spaces_have_bounded_rewards : forall W, finite (state W) -> finite (action W) -> bounded_rewards W.
Proof.
  intros W (l & S) (l' & A). assert (F : finite (state W * action W)) by (exists (list_prod l l'); intros [x a]; now apply in_prod).
  destruct (finite_bounded _ (fun z => r W (fst z) (snd z)) F) as (B & H). destruct (finite_bounded _ (fun z => r_hat W (fst z) (snd z)) F) as (B' & H').
  exists (Rmax B B'). intros x a. specialize (H (x, a)). specialize (H' (x, a)). simpl in *. pose proof (Rmax_l B B'). pose proof (Rmax_r B B'). lra.
Qed.

(** V solves Bellman's equation of the policy, with the kernel K and the reward u. *)
Definition solves W K u gamma (V : state W -> R) := forall x, V x = pay W u x + gamma * mean (step W K x) V.
(** The value of a state: the expected discounted rewards from there. *)
Definition value W K u gamma x := Series (fun t => gamma ^ t * expected_pay W u (iter (loop W K) t (point x))).
(** V is the value: it is bounded and solves Bellman's equation, and nothing else does. *)
Definition the_value W K u gamma (V : state W -> R) :=
  bounded V /\ solves W K u gamma V /\ forall U, bounded U -> solves W K u gamma U -> forall x, U x = V x.

Lemma Series_mean X (mu : dist X) (a : nat -> X -> R) : (forall x, ex_series (fun t => a t x)) ->
  is_series (fun t => mean mu (a t)) (mean mu (fun x => Series (fun t => a t x))).
Proof.
  intros H. unfold mean. induction (weights mu) as [|[p x] l IH]; simpl.
  - apply (series_of_sum _ 0). apply is_lim_seq_ext with (u := fun _ => 0); [|apply is_lim_seq_const]. intros n. induction n; simpl; lra.
  - apply (is_series_plus (V := R_NormedModule)); [|exact IH]. apply (is_series_scal_l (V := R_NormedModule) p). apply Series_correct, H.
Qed.

Section World.
Variables (W : random_worlds) (K : state W -> action W -> dist (state W)) (u : state W -> action W -> R) (gamma B : R).
Hypothesis g01 : 0 <= gamma < 1.
Hypothesis bounded_u : forall x a, Rabs (u x a) <= B.
Let at_ t mu := iter (loop W K) t mu.
Let V := value W K u gamma.

Lemma weight t : 0 <= gamma ^ t. Proof. apply pow_le; lra. Qed.
Lemma pay_bounded x : Rabs (pay W u x) <= B. Proof. apply mean_abs, bounded_u. Qed.
Lemma discounted_term_ex (a : nat -> R) M : (forall t, Rabs (a t) <= M) -> ex_series (fun t => gamma ^ t * a t).
Proof.
  intros A. apply ex_le with (b := fun t => M * gamma ^ t); [|now apply ex_scal, power_ex]. intros t. specialize (A t). pose proof (weight t).
  rewrite Rabs_mult, (Rabs_pos_eq (gamma ^ t)), Rmult_comm by auto. now apply Rmult_le_compat_r.
Qed.
Lemma returns_ex mu : ex_series (fun t => gamma ^ t * expected_pay W u (at_ t mu)).
Proof. apply (discounted_term_ex _ B). intros t. apply mean_abs, pay_bounded. Qed.

(** Rollouts from a distribution are rollouts from its points, averaged. *)
Lemma from_points mu t h : mean (at_ t mu) h = mean mu (fun x => mean (at_ t (point x)) h).
Proof.
  revert h; induction t; intros h; [apply mean_ext; intros; symmetry; apply mean_point|].
  unfold at_ in *. cbn [iter]. change (mean (next (iter (loop W K) t mu) (step W K)) h = mean mu (fun x => mean (next (iter (loop W K) t (point x)) (step W K)) h)).
  rewrite mean_next, IHt. apply mean_ext; intros x. now rewrite mean_next.
Qed.
Lemma return_is_mean_value mu : is_series (fun t => gamma ^ t * expected_pay W u (at_ t mu)) (mean mu V).
Proof.
  apply (is_series_ext (fun t => mean mu (fun x => gamma ^ t * expected_pay W u (at_ t (point x))))).
  - intros t. unfold expected_pay at 2. rewrite from_points. apply mean_scal.
  - apply (Series_mean _ mu (fun t x => gamma ^ t * expected_pay W u (at_ t (point x)))). intros x. apply returns_ex.
Qed.
Lemma value_bounded x : Rabs (V x) <= B / (1 - gamma).
Proof.
  assert (A : forall t, Rabs (gamma ^ t * expected_pay W u (at_ t (point x))) <= B * gamma ^ t).
  { intros t. rewrite Rabs_mult, (Rabs_pos_eq (gamma ^ t)), Rmult_comm by apply weight. apply Rmult_le_compat_r; [apply weight|].
    apply mean_abs, pay_bounded. }
  assert (E : ex_series (fun t => B * gamma ^ t)) by now apply ex_scal, power_ex.
  unfold V, value. eapply Rle_trans; [apply Series_Rabs|].
  - apply ex_le with (2 := E). intros t. rewrite Rabs_Rabsolu. apply A.
  - eapply Rle_trans; [apply (Series_le _ (fun t => B * gamma ^ t)); [|exact E]|].
    + intros t. split; [apply Rabs_pos | apply A].
    + right. rewrite Series_scal_l, power_sum by auto. reflexivity.
Qed.

(** The value solves Bellman's equation. *)
Lemma value_solves : solves W K u gamma V.
Proof.
  intros x. unfold V at 1, value. fold (at_ 0). rewrite Series_incr_1 by apply returns_ex. f_equal.
  - unfold at_; simpl. unfold expected_pay. rewrite mean_point. ring.
  - rewrite (Series_ext _ (fun t => gamma * (gamma ^ t * expected_pay W u (at_ t (loop W K (point x)))))).
    2:{ intros t. fold (at_ (S t)). unfold at_ at 1. rewrite iter_first. simpl. unfold at_. ring. }
    rewrite Series_scal_l. f_equal. rewrite (is_series_unique _ _ (return_is_mean_value (loop W K (point x)))).
    unfold loop. rewrite mean_next, mean_point. reflexivity.
Qed.

(** ---- Telescoping: any solution of Bellman's equation along the rollout of any kernel ---- *)
Variables (Kh : state W -> action W -> dist (state W)) (uh : state W -> action W -> R).
(** What one step of the other world is off, in the value of this one. *)
Definition step_error U x := mean (policy W x) (fun a => uh x a - u x a + gamma * (mean (Kh x a) U - mean (K x a) U)).
Lemma step_error_is U x : solves W K u gamma U -> step_error U x = pay W uh x + gamma * mean (step W Kh x) U - U x.
Proof.
  intros S. unfold step_error. rewrite (mean_ext _ _ _ (fun a => (uh x a + gamma * mean (Kh x a) U) + -1 * (u x a + gamma * mean (K x a) U))) by (intros; ring).
  rewrite !mean_lin, (S x). unfold pay, step. rewrite !mean_next. ring.
Qed.
Lemma telescopes U mu n : solves W K u gamma U ->
  sum n (fun t => gamma ^ t * mean (iter (loop W Kh) t mu) (step_error U)) =
  sum n (fun t => gamma ^ t * expected_pay W uh (iter (loop W Kh) t mu)) + gamma ^ n * mean (iter (loop W Kh) n mu) U - mean mu U.
Proof.
  intros S. induction n; [simpl; ring|]. cbn [sum]. rewrite IHn. set (nu := iter (loop W Kh) n mu).
  replace (mean (iter (loop W Kh) (Datatypes.S n) mu) U) with (mean nu (fun x => mean (step W Kh x) U)) by (symmetry; apply mean_next).
  rewrite (mean_ext _ nu (step_error U) (fun x => (pay W uh x + gamma * mean (step W Kh x) U) + -1 * U x)), !mean_lin
    by (intros; rewrite step_error_is by exact S; ring).
  unfold expected_pay. simpl. ring.
Qed.
Lemma far_future U mu : bounded U -> is_lim_seq (fun n => gamma ^ n * mean (iter (loop W Kh) n mu) U) 0.
Proof.
  intros (M & HM). apply is_lim_seq_abs_0. apply is_lim_seq_le_le with (u := fun _ => 0) (w := fun n => M * gamma ^ n).
  - intros n. split; [apply Rabs_pos|]. rewrite Rabs_mult, (Rabs_pos_eq (gamma ^ n)), Rmult_comm by apply weight.
    apply Rmult_le_compat_r; [apply weight | now apply mean_abs].
  - apply is_lim_seq_const.
  - replace (Finite 0) with (Rbar_mult M 0) by (simpl; f_equal; ring). apply is_lim_seq_scal_l. apply is_lim_seq_geom. rewrite Rabs_pos_eq; lra.
Qed.
Lemma identity_series U mu l : solves W K u gamma U -> bounded U -> is_series (fun t => gamma ^ t * expected_pay W uh (iter (loop W Kh) t mu)) l ->
  is_series (fun t => gamma ^ t * mean (iter (loop W Kh) t mu) (step_error U)) (l - mean mu U).
Proof.
  intros S Bd Hl. apply series_of_sum. eapply is_lim_seq_ext; [intros n; symmetry; apply (telescopes U mu n S)|].
  apply is_lim_seq_minus'; [|apply is_lim_seq_const]. rewrite <- (Rplus_0_r l). apply is_lim_seq_plus'; [|now apply far_future].
  rewrite <- (is_series_unique _ _ Hl). apply sum_series. now exists l.
Qed.
End World.

(** Bellman's equation has one bounded solution, the value. *)
Theorem value_exists : forall W K u gamma, 0 <= gamma < 1 -> (exists B, forall x a, Rabs (u x a) <= B) ->
  the_value W K u gamma (value W K u gamma).
Proof.
  intros W K u gamma g01 (B & HB). split; [|split].
  - exists (B / (1 - gamma)). intros x. now apply value_bounded.
  - now apply (value_solves W K u gamma B).
  - intros U BU SU x. pose proof (return_is_mean_value W K u gamma B g01 HB (point x)) as R.
    pose proof (identity_series W K u gamma g01 K u U (point x) _ SU BU R) as I. rewrite !mean_point in I.
    assert (Z : is_series (fun t => gamma ^ t * mean (iter (loop W K) t (point x)) (step_error W K u gamma K u U)) 0).
    { apply (series_of_sum _ 0). apply is_lim_seq_ext with (u := fun _ => 0); [|apply is_lim_seq_const]. intros n. induction n; [reflexivity|].
      simpl. rewrite <- IHn, (mean_ext _ _ _ (fun _ => 0)), mean_const; [ring|]. intros y. unfold step_error.
      rewrite (mean_ext _ _ _ (fun _ => 0)), mean_const by (intros; ring). reflexivity. }
    pose proof (is_series_unique _ _ I). pose proof (is_series_unique _ _ Z). lra.
Qed.

(** The error of one imagined step, in the value of the real world: E (r_hat - r) + gamma (E_P_hat V - E_P V). *)
Definition one_step_error W gamma := step_error W (P W) (r W) gamma (P_hat W) (r_hat W) (value W (P W) (r W) gamma).

(** The identity for kernels. The returns exist, Bellman's equation has one bounded solution, and the gap of the returns is
    the discounted sum of the errors of one step, each where imagination is at that time: nothing is lost. *)
Theorem kernel_identity : forall (W : random_worlds) (gamma : R), 0 <= gamma < 1 -> bounded_rewards W ->
  ex_series (real_reward W gamma) /\ ex_series (imagined_reward W gamma) /\
  the_value W (P W) (r W) gamma (value W (P W) (r W) gamma) /\
  is_series (fun t => gamma ^ t * mean (imagined _ (loop W (P_hat W)) (start W) t) (one_step_error W gamma)) (J_hat W gamma - J W gamma).
Proof.
  intros W gamma g01 (B & HB).
  assert (Br : forall x a, Rabs (r W x a) <= B) by (intros; apply HB). assert (Brh : forall x a, Rabs (r_hat W x a) <= B) by (intros; apply HB).
  pose proof (returns_ex W (P W) (r W) gamma B g01 Br (start W)) as R. pose proof (returns_ex W (P_hat W) (r_hat W) gamma B g01 Brh (start W)) as Rh.
  pose proof (value_exists W (P W) (r W) gamma g01 (ex_intro _ B Br)) as V. split; [exact R | split; [exact Rh | split; [exact V|]]].
  destruct V as (BV & SV & _).
  replace (J W gamma) with (mean (start W) (value W (P W) (r W) gamma))
    by (symmetry; apply (is_series_unique _ _ (return_is_mean_value W (P W) (r W) gamma B g01 Br (start W)))).
  apply identity_series; auto. now apply Series_correct.
Qed.

(** Taking absolute values: if no error of one step exceeds c, the gap is at most c / (1 - gamma). *)
Theorem gap_by_step_errors : forall (W : random_worlds) (gamma c : R), 0 <= gamma < 1 -> bounded_rewards W ->
  (forall x, Rabs (one_step_error W gamma x) <= c) ->
  ex_series (real_reward W gamma) /\ ex_series (imagined_reward W gamma) /\ Rabs (J W gamma - J_hat W gamma) <= c / (1 - gamma).
Proof.
  intros W g c g01 B one. destruct (kernel_identity W g g01 B) as (R & Rh & _ & I). split; [exact R | split; [exact Rh|]].
  assert (E : ex_series (fun t => c * g ^ t)) by now apply ex_scal, power_ex.
  assert (step : forall t, Rabs (g ^ t * mean (imagined _ (loop W (P_hat W)) (start W) t) (one_step_error W g)) <= c * g ^ t).
  { intros t. assert (0 <= g ^ t) by (apply pow_le; lra). rewrite Rabs_mult, (Rabs_pos_eq (g ^ t)), Rmult_comm by auto. apply Rmult_le_compat_r; auto. now apply mean_abs. }
  rewrite Rabs_minus_sym, <- (is_series_unique _ _ I). eapply Rle_trans; [apply Series_Rabs|].
  - apply ex_le with (2 := E). intros t. rewrite Rabs_Rabsolu. apply step.
  - eapply Rle_trans; [apply (Series_le _ (fun t => c * g ^ t)); [intros t; split; [apply Rabs_pos | apply step] | exact E]|].
    right. rewrite Series_scal_l, power_sum by auto. reflexivity.
Qed.

(** The two worlds with their roles exchanged. *)
Definition exchanged (W : random_worlds) := {|
  state := state W; d_S := d_S W; action := action W; d_A := d_A W; P := P_hat W; P_hat := P W; r := r_hat W; r_hat := r W;
  policy := policy W; start := start W |}.
(** The mirror image: along the real rollout, in the value of the learned world, which can be computed. *)
Theorem kernel_mirror : forall (W : random_worlds) (gamma : R), 0 <= gamma < 1 -> bounded_rewards W ->
  is_series (fun t => gamma ^ t * mean (real _ (loop W (P W)) (start W) t)
    (step_error W (P_hat W) (r_hat W) gamma (P W) (r W) (value W (P_hat W) (r_hat W) gamma))) (J W gamma - J_hat W gamma).
Proof.
  intros W gamma g01 (B & HB). apply (kernel_identity (exchanged W) gamma g01). exists B. intros x a. specialize (HB x a). simpl. tauto.
Qed.

(** ---- The simulation lemma ---- *)

(** Simulation lemma. Total variation and the span of the value in the place of Wasserstein-1 and Lipschitz constants: no
    metric is needed. It is what the identity says in the discrete metric, in which Wasserstein-1 is total variation. *)
Theorem simulation_lemma : forall (W : random_worlds) (gamma eps_dyn eps_rew span : R),
  simulation_supposes gamma eps_dyn eps_rew span -> bounded_rewards W ->
  (forall x a, total_variation (P_hat W x a) (P W x a) <= eps_dyn) ->
  (forall x a, Rabs (r_hat W x a - r W x a) <= eps_rew) ->
  (forall x y, value W (P W) (r W) gamma x - value W (P W) (r W) gamma y <= span) ->
  ex_series (real_reward W gamma) /\ ex_series (imagined_reward W gamma) /\
  Rabs (J W gamma - J_hat W gamma) <= simulation_bound gamma eps_dyn eps_rew span.
Proof.
  intros W g ed er s N B T Er Sp. unfold simulation_supposes in N. assert (g01 : 0 <= g < 1) by lra.
  destruct (gap_by_step_errors W g (er + g * (s * ed)) g01 B) as (R & Rh & G).
  - intros x. apply mean_abs; intros a. eapply Rle_trans; [apply Rabs_triang|]. apply Rplus_le_compat; [apply Er|].
    rewrite Rabs_mult, (Rabs_pos_eq g) by lra. apply Rmult_le_compat_l; [lra|]. eapply Rle_trans; [apply (tv_moves _ _ _ s), Sp|].
    apply Rmult_le_compat_l; [lra | apply T].
  - split; [exact R | split; [exact Rh|]]. eapply Rle_trans; [exact G|]. right. unfold simulation_bound. field. lra.
Qed.
(** The classical form: rewards in an interval of some width have values whose span is at most width / (1 - gamma). *)
Theorem value_span : forall W gamma lo width, 0 <= gamma < 1 -> (forall x a, lo <= r W x a <= lo + width) ->
  forall x y, value W (P W) (r W) gamma x - value W (P W) (r W) gamma y <= width / (1 - gamma).
Proof.
  intros W g lo w g01 H x y. set (V := value W (P W) (r W) g).
  assert (Hm : forall x a, Rabs (r W x a - (lo + w / 2)) <= w / 2) by (intros z a; specialize (H z a); apply Rabs_le; lra).
  assert (Hb : forall x a, Rabs (r W x a) <= Rabs (lo + w / 2) + w / 2).
  { intros z a. replace (r W z a) with ((r W z a - (lo + w / 2)) + (lo + w / 2)) by ring. eapply Rle_trans; [apply Rabs_triang|]. specialize (Hm z a). lra. }
  pose (U z := (lo + w / 2) / (1 - g) + value W (P W) (fun x a => r W x a - (lo + w / 2)) g z).
  assert (S : solves W (P W) (r W) g U).
  { intros z. unfold U. rewrite (mean_ext _ _ _ (fun z => (lo + w / 2) / (1 - g) + 1 * value W (P W) (fun x a => r W x a - (lo + w / 2)) g z)), mean_lin, mean_const by (intros; ring).
    rewrite (value_solves W (P W) _ g (w / 2) g01 Hm z) at 1. unfold pay. rewrite (mean_ext _ _ _ (fun a => r W z a + -1 * (lo + w / 2))), mean_lin, mean_const by (intros; ring).
    field. lra. }
  assert (Bu : bounded U).
  { exists (Rabs ((lo + w / 2) / (1 - g)) + w / 2 / (1 - g)). intros z. unfold U. eapply Rle_trans; [apply Rabs_triang|]. apply Rplus_le_compat_l.
    apply (value_bounded W (P W) _ g (w / 2) g01 Hm). }
  destruct (value_exists W (P W) (r W) g g01 (ex_intro _ _ Hb)) as (_ & _ & uniq). unfold V. rewrite <- !(uniq U Bu S). unfold U.
  pose proof (Rabs_def2_le _ _ (value_bounded W (P W) _ g (w / 2) g01 Hm x)). pose proof (Rabs_def2_le _ _ (value_bounded W (P W) _ g (w / 2) g01 Hm y)).
  replace (w / (1 - g)) with (w / 2 / (1 - g) + w / 2 / (1 - g)) by (field; lra). lra.
Qed.
