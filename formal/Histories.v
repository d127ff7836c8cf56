(** Histories in the place of a state: what a model that reads the last few observations can get wrong, whatever the observations come from;
    and what the choice of a norm for histories does. *)
From Coq Require Import Reals Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Loops ReturnGap Identity HowLong.
Open Scope R_scope.

(** A history is what was observed, the newest first; one observation more. *)
Definition push {E} (z : E) (w : nat -> E) : nat -> E := fun i => match i with O => z | S i => w i end.
(** A history moves on by one predicted observation. *)
Definition moves_on {E} (g : (nat -> E) -> E) (w : nat -> E) := push (g w) w.

(** ---- Where the state is hidden ---- *)

(** A world whose state is not seen: an observation of it is. The policy reads the history. *)
Record hidden := { hid : Type; obs : Type; act : Type; moves : hid -> act -> hid; look : hid -> obs; pays : hid -> act -> R;
  plan : (nat -> obs) -> act; first : hid; before : nat -> obs }.
(** Its state and its history after t steps. *)
Fixpoint lived (W : hidden) t : hid W * (nat -> obs W) := match t with
  | O => (first W, push (look W (first W)) (before W))
  | S t => let (x, w) := lived W t in let y := moves W x (plan W w) in (y, push (look W y) w) end.
(** If the state can be told from the history, the history is a state: it moves on by a map of its own, and pays what the world pays. *)
Lemma history_is_a_state (W : hidden) (tell : (nat -> obs W) -> hid W) : (forall t, tell (snd (lived W t)) = fst (lived W t)) -> forall t,
  snd (lived W t) = iter (moves_on (fun w => look W (moves W (tell w) (plan W w)))) t (snd (lived W 0)) /\
  pays W (fst (lived W t)) (plan W (snd (lived W t))) = (fun w => pays W (tell w) (plan W w)) (snd (lived W t)).
Proof.
  intros T t. split; [|now rewrite T]. induction t as [|t IH]; [reflexivity|]. cbn [iter]. rewrite <- IH. unfold moves_on. rewrite (T t).
  cbn [lived]. destruct (lived W t); reflexivity.
Qed.

(** ---- The gap of histories ---- *)

(** An episode, which may be any, and a model that reads histories, under its policy. *)
Record recalled := { entry : Type; d_E : entry -> entry -> R; history : nat -> nat -> entry; paid : nat -> R;
  guess : (nat -> entry) -> entry; guess_pay : (nat -> entry) -> R }.
(** What was seen stays seen; the model is Lipschitz lag by lag, in its k newest entries. *)
Record lags (W : recalled) (k : nat) (c lam : nat -> R) : Prop := {
  lag_distance : pseudometric (entry W) (d_E W);
  stays_seen : forall t i, history W (S t) (S i) = history W t i;
  lag_c : forall i, 0 <= c i;
  lag_lam : forall i, 0 <= lam i;
  guess_lags : forall v w, d_E W (guess W v) (guess W w) <= sum k (fun i => c i * d_E W (v i) (w i));
  guess_pay_lags : forall v w, Rabs (guess_pay W v - guess_pay W w) <= sum k (fun i => lam i * d_E W (v i) (w i)) }.

(** What the model makes of its own errors, and what its reward does, both discounted lag by lag. *)
Definition memory gamma k (c : nat -> R) := sum k (fun i => gamma ^ S i * c i).
Definition reach gamma k (lam : nat -> R) := sum k (fun i => gamma ^ i * lam i).
(** The model's own history after t steps, from the same first one. *)
Definition dreamt W t := iter (moves_on (guess W)) t (history W 0).
(** Errors of one-step predictions and of rewards along the real episode. *)
Definition surprise W t := d_E W (guess W (history W t)) (history W (S t) 0%nat).
Definition mispaid W t := Rabs (guess_pay W (history W t) - paid W t).
(** Discounted rewards of the episode, and of the model. *)
Definition really W gamma t := gamma ^ t * paid W t.
Definition dreams W gamma t := gamma ^ t * guess_pay W (dreamt W t).

Section Gap.
Variables (W : recalled) (k : nat) (c lam : nat -> R) (g : R).
Hypothesis g01 : 0 <= g < 1.
Hypothesis L : lags W k c lam.
Let m := lag_distance _ _ _ _ L.
Let e i t := d_E W (history W t i) (dreamt W t i).
Let x := memory g k c.

Lemma powers t : 0 <= g ^ t. Proof. apply pow_le; lra. Qed.
Lemma e_pos i t : 0 <= e i t. Proof. apply (d_pos m). Qed.
Lemma e_0 i : e i 0 = 0. Proof. apply (d_refl m). Qed.
Lemma e_older i t : e (S i) (S t) = e i t.
Proof. unfold e. rewrite (stays_seen _ _ _ _ L). reflexivity. Qed.
(** An old difference was once a new one, and has been discounted since. *)
Lemma e_lags i : forall H, sum H (fun t => g ^ t * e i t) <= g ^ i * sum H (fun t => g ^ t * e 0%nat t).
Proof.
  induction i as [|i IH]; intros H; [simpl; lra|]. destruct H as [|H]; [simpl; lra|]. rewrite sum_first, e_0.
  rewrite (sum_ext H _ (fun t => g * (g ^ t * e i t))), sum_scal by (intros; rewrite e_older; simpl; ring).
  specialize (IH H). apply Rmult_le_compat_l with (r := g) in IH; [|lra].
  assert (sum H (fun t => g ^ t * e 0%nat t) <= sum (S H) (fun t => g ^ t * e 0%nat t)).
  { simpl. pose proof (Rmult_le_pos _ _ (powers H) (e_pos 0%nat H)). lra. }
  pose proof (Rmult_le_compat_l (g ^ S i) _ _ (powers (S i)) H0). simpl pow in *. lra.
Qed.
Lemma e_weighted (b : nat -> R) H : (forall i, 0 <= b i) ->
  sum H (fun t => g ^ t * sum k (fun i => b i * e i t)) <= reach g k b * sum H (fun t => g ^ t * e 0%nat t).
Proof.
  intros B. rewrite (sum_ext H _ (fun t => sum k (fun i => b i * (g ^ t * e i t)))) by (intros; rewrite <- sum_scal; apply sum_ext; intros; ring).
  rewrite sum_sum. unfold reach. rewrite Rmult_comm, <- sum_scal. apply sum_le; intros i _. rewrite sum_scal.
  pose proof (Rmult_le_compat_l (b i) _ _ (B i) (e_lags i H)). lra.
Qed.
Lemma memory_reach : x = g * reach g k c.
Proof. unfold x, memory, reach. rewrite <- sum_scal. apply sum_ext; intros; simpl; ring. Qed.
Lemma e_step t : e 0%nat (S t) <= surprise W t + sum k (fun i => c i * e i t).
Proof.
  unfold e at 1. change (dreamt W (S t) 0%nat) with (guess W (dreamt W t)). eapply Rle_trans; [apply (d_tri m) with (y := guess W (history W t))|].
  rewrite (d_sym m (history W (S t) 0%nat)). apply Rplus_le_compat_l. apply (guess_lags _ _ _ _ L).
Qed.
Lemma e_total H : x < 1 -> sum H (fun t => g ^ t * e 0%nat t) <= g / (1 - x) * sum H (fun t => g ^ t * surprise W t).
Proof.
  intros x1. apply Rmult_le_reg_l with (1 - x); [lra|].
  replace ((1 - x) * (g / (1 - x) * sum H (fun t => g ^ t * surprise W t))) with (g * sum H (fun t => g ^ t * surprise W t)) by (field; lra).
  assert (A : sum (S H) (fun t => g ^ t * e 0%nat t) <= g * sum H (fun t => g ^ t * surprise W t) + g * sum H (fun t => g ^ t * sum k (fun i => c i * e i t))).
  { rewrite sum_first, e_0, <- !sum_scal, <- (Rmult_1_l (sum H (fun t => g * (g ^ t * sum k _)))), <- sum_lin. rewrite pow_O, Rmult_0_r, Rplus_0_l.
    apply sum_le; intros t _. pose proof (Rmult_le_compat_l (g ^ S t) _ _ (powers (S t)) (e_step t)). simpl pow in *. lra. }
  pose proof (Rmult_le_compat_l g _ _ (proj1 g01) (e_weighted c H (lag_c _ _ _ _ L))) as B. rewrite <- Rmult_assoc, <- memory_reach in B.
  simpl sum in A. pose proof (Rmult_le_pos _ _ (powers H) (e_pos 0%nat H)). lra.
Qed.
Lemma step_off t : Rabs (paid W t - guess_pay W (dreamt W t)) <= mispaid W t + sum k (fun i => lam i * e i t).
Proof.
  replace (paid W t - guess_pay W (dreamt W t)) with (- (guess_pay W (history W t) - paid W t) + (guess_pay W (history W t) - guess_pay W (dreamt W t))) by ring.
  eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_Ropp. apply Rplus_le_compat_l, (guess_pay_lags _ _ _ _ L).
Qed.
Lemma reach_pos : 0 <= reach g k lam.
Proof.
  unfold reach. replace 0 with (sum k (fun _ => 0)) by (rewrite sum_const; ring). apply sum_le; intros i _.
  apply Rmult_le_pos; [apply powers | apply (lag_lam _ _ _ _ L)].
Qed.
Lemma all_steps H : x < 1 -> sum H (fun t => g ^ t * (mispaid W t + sum k (fun i => lam i * e i t))) <=
  sum H (fun t => g ^ t * mispaid W t) + g * reach g k lam / (1 - x) * sum H (fun t => g ^ t * surprise W t).
Proof.
  intros x1. rewrite (sum_ext H _ (fun t => g ^ t * mispaid W t + 1 * (g ^ t * sum k (fun i => lam i * e i t)))), sum_lin, Rmult_1_l by (intros; ring).
  apply Rplus_le_compat_l. eapply Rle_trans; [apply (e_weighted lam H (lag_lam _ _ _ _ L))|].
  eapply Rle_trans; [apply (Rmult_le_compat_l _ _ _ reach_pos (e_total H x1))|]. right. field. lra.
Qed.
Lemma finite_histories H : x < 1 -> Rabs (sum H (really W g) - sum H (dreams W g)) <=
  history_gap_bound g x (reach g k lam) (average_to g H (surprise W)) (average_to g H (mispaid W)).
Proof.
  intros x1. rewrite sum_minus. eapply Rle_trans; [apply sum_abs|].
  apply Rle_trans with (sum H (fun t => g ^ t * (mispaid W t + sum k (fun i => lam i * e i t)))).
  - apply sum_le; intros t _. unfold really, dreams. rewrite <- Rmult_minus_distr_l, Rabs_mult, (Rabs_pos_eq (g ^ t)) by apply powers.
    apply Rmult_le_compat_l; [apply powers | apply step_off].
  - eapply Rle_trans; [now apply all_steps|]. right. unfold history_gap_bound, average_to. field. lra.
Qed.
Lemma infinite_histories : x < 1 -> ex_series (really W g) -> ex_series (fun t => g ^ t * surprise W t) -> ex_series (fun t => g ^ t * mispaid W t) ->
  ex_series (dreams W g) /\ Rabs (Series (really W g) - Series (dreams W g)) <=
  history_gap_bound g x (reach g k lam) (average g (surprise W)) (average g (mispaid W)).
Proof.
  intros x1 R Es Em. set (a := fun t => g ^ t * (mispaid W t + sum k (fun i => lam i * e i t))).
  assert (surprise_pos : forall t, 0 <= g ^ t * surprise W t) by (intros; apply Rmult_le_pos; [apply powers | apply (d_pos m)]).
  assert (mispaid_pos : forall t, 0 <= g ^ t * mispaid W t) by (intros; apply Rmult_le_pos; [apply powers | apply Rabs_pos]).
  assert (w0 : 0 <= g * reach g k lam / (1 - x)) by (apply Rdiv_le_0_compat; [apply Rmult_le_pos; [lra | apply reach_pos] | lra]).
  assert (a_pos : forall t, 0 <= a t).
  { intros t. unfold a. apply Rmult_le_pos; [apply powers|]. eapply Rle_trans; [apply Rabs_pos | apply step_off]. }
  assert (E : ex_series a).
  { apply ex_finite_lim_seq_incr with (M := Series (fun t => g ^ t * mispaid W t) + g * reach g k lam / (1 - x) * Series (fun t => g ^ t * surprise W t)); intros n.
    - rewrite sum_Sn. change plus with Rplus. pose proof (a_pos (S n)). lra.
    - rewrite <- sum_sum_n. eapply Rle_trans; [now apply all_steps|]. apply Rplus_le_compat; [now apply sum_below|].
      apply Rmult_le_compat_l; [exact w0 | now apply sum_below]. }
  assert (S : forall t, Rabs (really W g t - dreams W g t) <= a t).
  { intros t. unfold really, dreams, a. rewrite <- Rmult_minus_distr_l, Rabs_mult, (Rabs_pos_eq (g ^ t)) by apply powers.
    apply Rmult_le_compat_l; [apply powers | apply step_off]. }
  assert (D : ex_series (dreams W g)).
  { apply ex_ext with (a := fun t => really W g t + -1 * (really W g t - dreams W g t)); [intros; ring|].
    apply ex_plus; [exact R | apply ex_scal, ex_series_Rabs, ex_le with (2 := E)]. intros. rewrite Rabs_Rabsolu. apply S. }
  split; [exact D|].
  refine (is_lim_seq_le (fun n => Rabs (sum n (really W g) - sum n (dreams W g)))
    (fun _ => history_gap_bound g x (reach g k lam) (average g (surprise W)) (average g (mispaid W))) (Finite _) (Finite _) _ _ _).
  - intros n. eapply Rle_trans; [now apply finite_histories|]. unfold history_gap_bound, average_to, average.
    pose proof (sum_below _ n surprise_pos Es). pose proof (sum_below _ n mispaid_pos Em).
    apply Rle_trans with (sum n (fun t => g ^ t * mispaid W t) + g * reach g k lam / (1 - x) * sum n (fun t => g ^ t * surprise W t)); [right; field; lra|].
    apply Rle_trans with (Series (fun t => g ^ t * mispaid W t) + g * reach g k lam / (1 - x) * Series (fun t => g ^ t * surprise W t)); [|right; field; lra].
    apply Rplus_le_compat; [assumption | now apply Rmult_le_compat_l].
  - change (Finite (Rabs ?x)) with (Rbar_abs (Finite x)). apply is_lim_seq_abs. apply is_lim_seq_minus'; now apply sum_series.
  - apply is_lim_seq_const.
Qed.
End Gap.

(** The gap of histories. Let a model that reads the k newest observations be Lipschitz lag by lag, with constants c for the next observation and lam for the reward, and let
    chi, the sum of gamma^(i+1) c_i, be below 1. Then the gap of H-step returns between the model and any episode is at most (average error of its rewards + gamma Lambda / (1 - chi)
    average error of its one-step predictions) / (1 - gamma), Lambda being the sum of gamma^i lam_i; averages are discounted, along the real episode, which need not be Markov, nor
    repeatable. If the episode has a return and the errors have discounted sums, the model has a return, too, and the same holds of them. *)
Theorem history_gap : forall (W : recalled) (k : nat) (c lam : nat -> R) (gamma : R),
  history_gap_supposes gamma (memory gamma k c) (reach gamma k lam) -> lags W k c lam ->
  (forall H, Rabs (sum H (really W gamma) - sum H (dreams W gamma)) <=
    history_gap_bound gamma (memory gamma k c) (reach gamma k lam) (average_to gamma H (surprise W)) (average_to gamma H (mispaid W))) /\
  (ex_series (really W gamma) -> ex_series (fun t => gamma ^ t * surprise W t) -> ex_series (fun t => gamma ^ t * mispaid W t) ->
    ex_series (dreams W gamma) /\ Rabs (Series (really W gamma) - Series (dreams W gamma)) <=
    history_gap_bound gamma (memory gamma k c) (reach gamma k lam) (average gamma (surprise W)) (average gamma (mispaid W))).
Proof.
  intros W k c lam g N L. unfold history_gap_supposes in N. assert (g01 : 0 <= g < 1) by lra. assert (x1 : memory g k c < 1) by lra. split.
  - intros H. exact (finite_histories W k c lam g g01 L H x1).
  - exact (infinite_histories W k c lam g g01 L x1).
Qed.

(** A model that reads two observations and errs by 1 in the next one and in the reward, beside an episode in which nothing happens. *)
Definition two_lags (i : nat) : R := match i with O => 1 | S O => 1/2 | _ => 0 end.
Definition restless : recalled := {| entry := R; d_E := fun x y => Rabs (x - y); history := fun _ _ => 0; paid := fun _ => 0;
  guess := fun w => w 0%nat + 1/2 * w 1%nat + 1; guess_pay := fun w => w 0%nat + 1/2 * w 1%nat + 1 |}.
Lemma restless_lags : lags restless 2 two_lags two_lags.
Proof.
  assert (A : forall v w : nat -> R, Rabs (v 0%nat + 1/2 * v 1%nat + 1 - (w 0%nat + 1/2 * w 1%nat + 1)) <= sum 2 (fun i => two_lags i * Rabs (v i - w i))).
  { intros v w. cbn [sum two_lags]. replace (_ + 1 - _) with ((v 0%nat - w 0%nat) + 1/2 * (v 1%nat - w 1%nat)) by ring.
    eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_mult, (Rabs_pos_eq (1/2)); lra. }
  split; auto.
  - split; simpl; intros; [apply Rabs_pos | rewrite Rminus_eq_0; apply Rabs_R0 | apply Rabs_minus_sym |].
    replace (x - z) with ((x - y) + (y - z)) by ring. apply Rabs_triang.
  - intros [|[|i]]; simpl; lra.
  - intros [|[|i]]; simpl; lra.
Qed.
Lemma restless_surprise t : surprise restless t = 1.
Proof. unfold surprise; simpl. rewrite Rabs_pos_eq; lra. Qed.
Lemma restless_mispaid t : mispaid restless t = 1.
Proof. unfold mispaid; simpl. rewrite Rabs_pos_eq; lra. Qed.
(** The hypotheses hold, each number being positive. *)
Theorem history_gap_instance : history_gap_supposes (1/2) (memory (1/2) 2 two_lags) (reach (1/2) 2 two_lags) /\ lags restless 2 two_lags two_lags /\
  memory (1/2) 2 two_lags = 5/8 /\ reach (1/2) 2 two_lags = 5/4 /\ ex_series (really restless (1/2)) /\
  ex_series (fun t => (1/2) ^ t * surprise restless t) /\ ex_series (fun t => (1/2) ^ t * mispaid restless t).
Proof.
  assert (E : ex_series (fun t => (1/2) ^ t)) by (apply power_ex; lra).
  split; [unfold history_gap_supposes, memory, reach; simpl; lra | split; [exact restless_lags|]].
  split; [unfold memory; simpl; lra | split; [unfold reach; simpl; lra|]]. split; [|split].
  - apply ex_ext with (a := fun t => 0 * (1/2) ^ t); [intros; unfold really; simpl; ring | now apply ex_scal].
  - apply ex_ext with (2 := E). intros; rewrite restless_surprise; ring.
  - apply ex_ext with (2 := E). intros; rewrite restless_mispaid; ring.
Qed.

(** ---- A norm for histories ---- *)

(** A norm for histories. Weigh the observation that is i steps old with rho^i, and let the largest of the weighted distances of two histories' k newest observations be at most d.
    Then after one step of a model that is Lipschitz lag by lag it is at most max(rho, sum of c_i / rho^i) d. And where that is rho, and gamma rho < 1, chi is at most gamma rho, and
    Lambda at most the slope of the reward in this norm: the gap of histories is never bounded worse than by the closed loop in such a norm. *)
Theorem history_norm : forall (E : Type) (d : E -> E -> R) (guess : (nat -> E) -> E) (k : nat) (c : nat -> R) (rho : R),
  let newest := sum k (fun i => c i / rho ^ i) in (forall i, 0 <= c i) ->
  (forall v w, d (guess v) (guess w) <= sum k (fun i => c i * d (v i) (w i))) ->
  (forall v w distance, history_norm_supposes rho newest distance -> (forall i, (i < k)%nat -> rho ^ i * d (v i) (w i) <= distance) ->
    forall i, (i < k)%nat -> rho ^ i * d (moves_on guess v i) (moves_on guess w i) <= history_norm_bound rho newest distance) /\
  (forall (lam : nat -> R) gamma surprise mispaid, history_no_worse_supposes gamma rho newest -> (forall i, 0 <= lam i) -> 0 <= surprise ->
    let slope := sum k (fun i => lam i / rho ^ i) in
    memory gamma k c <= history_no_worse_bound gamma rho /\ reach gamma k lam <= slope /\
    history_gap_bound gamma (memory gamma k c) (reach gamma k lam) surprise mispaid <= closed_loop_bound gamma rho slope surprise mispaid).
Proof.
  intros E d gs k c rho newest c0 lag. split.
  - intros v w D N B i ik. unfold history_norm_supposes in N. unfold history_norm_bound.
    assert (rp : forall j, 0 < rho ^ j) by (intros; apply pow_lt; lra).
    destruct i as [|i].
    + simpl. rewrite Rmult_1_l. apply Rle_trans with (D * newest); [|apply Rmult_le_compat_l; [lra | apply Rmax_l]].
      eapply Rle_trans; [apply lag|]. unfold newest. rewrite <- sum_scal. apply sum_le; intros j jk. specialize (B j jk). specialize (rp j).
      replace (c j * d (v j) (w j)) with (c j / rho ^ j * (rho ^ j * d (v j) (w j))) by (field; lra). rewrite (Rmult_comm D).
      apply Rmult_le_compat_l; [apply Rdiv_le_0_compat; [apply c0 | exact rp] | exact B].
    + apply Rle_trans with (D * rho); [|apply Rmult_le_compat_l; [lra | apply Rmax_r]]. specialize (B i ltac:(lia)).
      change (moves_on gs v (S i)) with (v i). change (moves_on gs w (S i)) with (w i). simpl pow.
      apply Rmult_le_compat_l with (r := rho) in B; lra.
  - intros lam g ds dm N lam0 ds0 slope. unfold history_no_worse_supposes in N.
    assert (rp : forall j, 0 < rho ^ j) by (intros; apply pow_lt; lra).
    assert (gr : forall j, 0 <= (g * rho) ^ j <= 1).
    { intros j. split; [apply pow_le; nra|]. rewrite <- (pow1 j). apply pow_incr. split; [nra | lra]. }
    assert (weigh : forall b, (forall i, 0 <= b i) -> reach g k b <= sum k (fun i => b i / rho ^ i)).
    { intros b b0. apply sum_le; intros i _. specialize (rp i). specialize (gr i). rewrite Rpow_mult_distr in gr.
      apply Rmult_le_reg_r with (rho ^ i); [exact rp|]. replace (b i / rho ^ i * rho ^ i) with (b i) by (field; lra).
      pose proof (Rmult_le_compat_l (b i) _ _ (b0 i) (proj2 gr)). lra. }
    assert (M : memory g k c <= g * rho).
    { rewrite memory_reach. apply Rmult_le_compat_l; [lra|]. eapply Rle_trans; [now apply weigh|]. fold newest. lra. }
    split; [exact M | split; [now apply weigh|]]. pose proof (weigh lam lam0) as Lm. fold slope in Lm.
    assert (l0 : 0 <= reach g k lam).
    { unfold reach. replace 0 with (sum k (fun _ => 0)) by (rewrite sum_const; ring). apply sum_le; intros i _. apply Rmult_le_pos; [apply pow_le; lra | apply lam0]. }
    replace (history_gap_bound g (memory g k c) (reach g k lam) ds dm) with ((dm + g * ds * (reach g k lam / (1 - memory g k c))) / (1 - g)) by (unfold history_gap_bound; field; lra).
    replace (closed_loop_bound g rho slope ds dm) with ((dm + g * ds * (slope / (1 - g * rho))) / (1 - g)) by (unfold closed_loop_bound; field; lra).
    apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; lra|]. apply Rplus_le_compat_l, Rmult_le_compat_l; [apply Rmult_le_pos; lra|].
    apply Rmult_le_compat; [exact l0 | left; apply Rinv_0_lt_compat; lra | exact Lm | apply Rinv_le_contravar; lra].
Qed.
(** The restless model: its two newest observations, weighed with 1 and 3/2, make histories move on with constant 3/2 at most, and discounting outweighs that. *)
Theorem history_norm_instance : (forall i, 0 <= two_lags i) /\ lags restless 2 two_lags two_lags /\
  sum 2 (fun i => two_lags i / (3/2) ^ i) = 4/3 /\ history_norm_supposes (3/2) (4/3) 1 /\ history_no_worse_supposes (1/2) (3/2) (4/3).
Proof.
  split; [exact (lag_c _ _ _ _ restless_lags) | split; [exact restless_lags|]].
  unfold history_norm_supposes, history_no_worse_supposes. simpl. repeat split; lra.
Qed.
