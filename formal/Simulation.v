(** The tight simulation lemma: what an error of total variation costs when the two chains, coupled as well as can be, still
    agree after t steps with probability (1 - eps_dyn)^t. It is attained. *)
From Coq Require Import Reals List Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Laws Loops Wasserstein Kernels KernelIdentity KernelExamples.
Import ListNotations.
Open Scope R_scope.

Lemma tight_simulation_readable : forall gamma eps_dyn eps_rew width : R, 1 - gamma <> 0 -> 1 - gamma * (1 - eps_dyn) <> 0 ->
  tight_simulation_bound gamma eps_dyn eps_rew width = eps_rew / (1 - gamma) + width * gamma * eps_dyn / ((1 - gamma) * (1 - gamma * (1 - eps_dyn))).
Proof. intros g ed er wd a b. unfold tight_simulation_bound. field. lra. Qed.

Lemma tv_sym X (mu nu : dist X) : total_variation mu nu = total_variation nu mu.
Proof. apply Rle_antisym; apply tv_least; intros event; rewrite Rabs_minus_sym; apply tv_above. Qed.

(** Two distributions at total variation at most e; h exceeds k by at most D, h is at most hi and k at least lo. Where the two
    agree, h exceeds k by at most D; where not, by at most hi - lo. *)
Lemma agree_or_not X (mu nu : dist X) h k e D lo hi : total_variation mu nu <= e -> e <= 1 ->
  (forall z, h z - k z <= D) -> (forall z, h z <= hi) -> (forall z, lo <= k z) -> D <= hi - lo ->
  mean mu h - mean nu k <= (1 - e) * D + e * (hi - lo).
Proof.
  intros T e1 HD Hi Lo Dle. set (phi z := Rmax (h z) (lo + D)).
  assert (up : mean mu h <= mean mu phi) by (apply mean_mono; intros; apply Rmax_l).
  assert (down : mean nu phi <= mean nu k + D).
  { replace (mean nu k + D) with (mean nu (fun z => D + 1 * k z)) by (rewrite mean_lin, mean_const; ring).
    apply mean_mono; intros z. unfold phi. specialize (HD z). specialize (Lo z). apply Rmax_lub; lra. }
  assert (span : forall x y, phi x - phi y <= hi - lo - D).
  { intros x y. assert (phi x <= hi) by (apply Rmax_lub; [apply Hi | lra]). assert (lo + D <= phi y) by apply Rmax_r. lra. }
  pose proof (tv_moves _ mu nu _ _ span) as M. pose proof (Rle_abs (mean mu phi - mean nu phi)).
  assert ((hi - lo - D) * total_variation mu nu <= (hi - lo - D) * e) by (apply Rmult_le_compat_l; lra). lra.
Qed.

Section Range.
Variables (W : random_worlds) (gamma B : R) (K : state W -> action W -> dist (state W)) (u : state W -> action W -> R).
Hypothesis g01 : 0 <= gamma < 1.
Hypothesis bounded_u : forall x a, Rabs (u x a) <= B.
Let V := value W K u gamma.
(** Values lie between the least and the largest reward over 1 - gamma. *)
Lemma above c : (forall x a, u x a <= c) -> forall x, V x <= c / (1 - gamma).
Proof.
  intros H x. set (a t := gamma ^ t * expected_pay W u (iter (loop W K) t (point x))).
  assert (E : ex_series a) by (apply (returns_ex W K u gamma B g01 bounded_u)).
  assert (Ec : ex_series (fun t => c * gamma ^ t)) by now apply ex_scal, power_ex.
  assert (P : 0 <= Series (fun t => c * gamma ^ t - a t)).
  { apply Series_pos_all.
    - intros t. unfold a. assert (0 <= gamma ^ t) by (apply pow_le; lra).
      assert (expected_pay W u (iter (loop W K) t (point x)) <= c).
      { unfold expected_pay. rewrite <- (mean_const _ (iter (loop W K) t (point x)) c). apply mean_mono; intros y. unfold pay.
        rewrite <- (mean_const _ (policy W y) c). apply mean_mono; intros b. apply H. }
      nra.
    - apply ex_ext with (a := fun t => c * gamma ^ t + -1 * a t); [intros; ring|]. apply ex_plus; [exact Ec | now apply ex_scal]. }
  rewrite Series_minus, Series_scal_l, power_sum in P by auto. change (V x) with (Series a). unfold Rdiv. lra.
Qed.
End Range.
Lemma below W gamma B K u c : 0 <= gamma < 1 -> (forall x a, Rabs (u x a) <= B) -> (forall x a, c <= u x a) ->
  forall x, c / (1 - gamma) <= value W K u gamma x.
Proof.
  intros G Bd H x. assert (N : value W K (fun x a => - u x a) gamma x = - value W K u gamma x).
  { unfold value. rewrite <- Series_opp. apply Series_ext; intros t. unfold expected_pay.
    rewrite (mean_ext _ _ _ (fun y => -1 * pay W u y)), mean_scal; [ring|]. intros y. unfold pay.
    rewrite (mean_ext _ _ (fun a => - u y a) (fun a => -1 * u y a)), mean_scal by (intros; ring). ring. }
  pose proof (above W gamma B K (fun x a => - u x a) G) as A. cbv beta in A.
  assert (value W K (fun x a => - u x a) gamma x <= - c / (1 - gamma)).
  { apply A; [intros; rewrite Rabs_Ropp; apply Bd | intros y a; specialize (H y a); lra]. }
  rewrite N in H0. unfold Rdiv in *. lra.
Qed.

(** By how much one value exceeds the other at most, when the first is at most hi and the second at least lo. *)
Lemma exceeds_by W gamma e er B hi lo K Kh u uh : 0 <= gamma < 1 -> 0 <= e <= 1 ->
  (forall x a, total_variation (K x a) (Kh x a) <= e) -> (forall x a, Rabs (u x a - uh x a) <= er) ->
  (forall x a, Rabs (u x a) <= B) -> (forall x a, Rabs (uh x a) <= B) ->
  (forall x, value W K u gamma x <= hi) -> (forall x, lo <= value W Kh uh gamma x) ->
  forall x, value W K u gamma x - value W Kh uh gamma x <= (er + gamma * e * (hi - lo)) / (1 - gamma * (1 - e)).
Proof.
  intros G e01 T Er Bu Buh Hi Lo x. set (V := value W K u gamma) in *. set (Vh := value W Kh uh gamma) in *.
  destruct (completeness (fun v => exists y, v = V y - Vh y)) as [D [up least]].
  { exists (hi - lo). intros v (y & ->). specialize (Hi y). specialize (Lo y). lra. }
  { now exists (V x - Vh x), x. }
  assert (HD : forall y, V y - Vh y <= D) by (intros y; apply up; now exists y).
  assert (Dle : D <= hi - lo) by (apply least; intros v (y & ->); specialize (Hi y); specialize (Lo y); lra).
  assert (step1 : forall y, V y - Vh y <= er + gamma * ((1 - e) * D + e * (hi - lo))).
  { intros y. unfold V at 1, Vh at 1. rewrite (value_solves W K u gamma B G Bu y), (value_solves W Kh uh gamma B G Buh y). fold V Vh.
    unfold pay, step. rewrite !mean_next.
    assert (A : mean (policy W y) (u y) - mean (policy W y) (uh y) <= er).
    { rewrite mean_minus, <- (mean_const _ (policy W y) er). apply mean_mono; intros a. eapply Rle_trans; [apply Rle_abs | apply Er]. }
    assert (C : mean (policy W y) (fun a => mean (K y a) V) - mean (policy W y) (fun a => mean (Kh y a) Vh) <= (1 - e) * D + e * (hi - lo)).
    { rewrite mean_minus, <- (mean_const _ (policy W y) ((1 - e) * D + e * (hi - lo))). apply mean_mono; intros a.
      apply agree_or_not; auto; lra. }
    apply Rmult_le_compat_l with (r := gamma) in C; lra. }
  assert (A : D <= er + gamma * ((1 - e) * D + e * (hi - lo))) by (apply least; intros v (y & ->); apply step1).
  specialize (HD x). eapply Rle_trans; [exact HD|].
  assert (c : 0 < 1 - gamma * (1 - e)) by nra. apply Rmult_le_reg_r with (1 - gamma * (1 - e)); [exact c|].
  replace ((er + gamma * e * (hi - lo)) / (1 - gamma * (1 - e)) * (1 - gamma * (1 - e))) with (er + gamma * e * (hi - lo)) by (field; lra). lra.
Qed.
(** Where the width of the real rewards and their error are all that is known of the values. *)
Lemma exceeds_by_at_most W gamma e er wd B hi lo K Kh u uh : 0 <= gamma < 1 -> 0 <= e <= 1 ->
  (forall x a, total_variation (K x a) (Kh x a) <= e) -> (forall x a, Rabs (u x a - uh x a) <= er) ->
  (forall x a, Rabs (u x a) <= B) -> (forall x a, Rabs (uh x a) <= B) ->
  (forall x, value W K u gamma x <= hi) -> (forall x, lo <= value W Kh uh gamma x) -> hi - lo = (wd + er) / (1 - gamma) ->
  forall x, value W K u gamma x - value W Kh uh gamma x <= tight_simulation_bound gamma e er wd.
Proof.
  intros G e01 T Er Bu Buh Hi Lo HL x. eapply Rle_trans; [apply (exceeds_by W gamma e er B hi lo K Kh u uh); auto|].
  right. rewrite HL. assert (0 < 1 - gamma * (1 - e)) by nra. unfold tight_simulation_bound. field. lra.
Qed.

(** Tight simulation lemma. Rewards in an interval of some width; the kernels differ by at most eps_dyn in total variation. Then the gap
    is at most the bound, which never exceeds what the rewards alone allow, as the classical one does. *)
Theorem tight_simulation : forall (W : random_worlds) (gamma eps_dyn eps_rew width lo : R),
  tight_simulation_supposes gamma eps_dyn eps_rew width ->
  (forall x a, lo <= r W x a <= lo + width) ->
  (forall x a, total_variation (P_hat W x a) (P W x a) <= eps_dyn) ->
  (forall x a, Rabs (r_hat W x a - r W x a) <= eps_rew) ->
  ex_series (real_reward W gamma) /\ ex_series (imagined_reward W gamma) /\
  Rabs (J W gamma - J_hat W gamma) <= tight_simulation_bound gamma eps_dyn eps_rew width /\
  tight_simulation_bound gamma eps_dyn eps_rew width <= (width + eps_rew) / (1 - gamma).
Proof.
  intros W g ed er wd lo N Rg T Er. unfold tight_simulation_supposes in N. assert (g01 : 0 <= g < 1) by lra. assert (e01 : 0 <= ed <= 1) by lra.
  set (B := Rabs lo + wd + er).
  assert (Bu : forall x a, Rabs (r W x a) <= B).
  { intros x a. specialize (Rg x a). unfold B. pose proof (Rle_abs lo). pose proof (Rle_abs (- lo)) as A. rewrite Rabs_Ropp in A. apply Rabs_le. lra. }
  assert (Buh : forall x a, Rabs (r_hat W x a) <= B).
  { intros x a. specialize (Rg x a). pose proof (Rabs_def2_le _ _ (Er x a)). unfold B. pose proof (Rle_abs lo). pose proof (Rle_abs (- lo)) as A.
    rewrite Rabs_Ropp in A. apply Rabs_le. lra. }
  pose proof (return_is_mean_value W (P W) (r W) g B g01 Bu (start W)) as S. pose proof (return_is_mean_value W (P_hat W) (r_hat W) g B g01 Buh (start W)) as Sh.
  split; [now exists (mean (start W) (value W (P W) (r W) g)) | split; [now exists (mean (start W) (value W (P_hat W) (r_hat W) g)) | split]].
  - unfold J, J_hat. change (Series (real_reward W g)) with (Series (fun t => g ^ t * expected_pay W (r W) (iter (loop W (P W)) t (start W)))).
    change (Series (imagined_reward W g)) with (Series (fun t => g ^ t * expected_pay W (r_hat W) (iter (loop W (P_hat W)) t (start W)))).
    rewrite (is_series_unique _ _ S), (is_series_unique _ _ Sh), mean_minus.
    apply mean_abs; intros x. apply Rabs_le.
    assert (one : value W (P W) (r W) g x - value W (P_hat W) (r_hat W) g x <= tight_simulation_bound g ed er wd).
    { apply (exceeds_by_at_most W g ed er wd B ((lo + wd) / (1 - g)) ((lo - er) / (1 - g))); auto.
      - intros y a. rewrite tv_sym. apply T.
      - intros y a. rewrite Rabs_minus_sym. apply Er.
      - apply (above W g B); auto. intros; apply Rg.
      - apply (below W g B); auto. intros y a. specialize (Rg y a). pose proof (Rabs_def2_le _ _ (Er y a)). lra.
      - field. lra. }
    assert (two : value W (P_hat W) (r_hat W) g x - value W (P W) (r W) g x <= tight_simulation_bound g ed er wd).
    { apply (exceeds_by_at_most W g ed er wd B ((lo + wd + er) / (1 - g)) (lo / (1 - g))); auto.
      - apply (above W g B); auto. intros y a. specialize (Rg y a). pose proof (Rabs_def2_le _ _ (Er y a)). lra.
      - apply (below W g B); auto. intros; apply Rg.
      - field. lra. }
    lra.
  - assert (c : 0 < 1 - g * (1 - ed)) by nra. rewrite tight_simulation_readable by lra. unfold Rdiv. rewrite Rinv_mult, Rmult_plus_distr_r, Rplus_comm.
    apply Rplus_le_compat_r. assert (I : 0 < / (1 - g)) by (apply Rinv_0_lt_compat; lra).
    assert (q : g * ed * / (1 - g * (1 - ed)) <= 1).
    { apply Rmult_le_reg_r with (1 - g * (1 - ed)); [exact c|]. rewrite Rmult_assoc, Rinv_l by lra. nra. }
    replace (wd * g * ed * (/ (1 - g) * / (1 - g * (1 - ed)))) with (wd * / (1 - g) * (g * ed * / (1 - g * (1 - ed)))) by ring.
    rewrite <- (Rmult_1_r (wd * / (1 - g))) at 2. apply Rmult_le_compat_l; [apply Rmult_le_pos; lra | exact q].
Qed.

(** ---- It is attained ---- *)

(** A good state, in which the real world stays. The model leaves it for a bad one with probability eps_dyn, and its reward is too
    small by eps_rew. *)
Definition leaves (eps_dyn eps_rew width : R) : random_worlds := {|
  state := bool; d_S := between; action := unit; d_A := fun _ _ => 0;
  P := fun x _ => point x; P_hat := fun x _ => if x then toss (1 - eps_dyn) else point false;
  r := fun x _ => width * val x; r_hat := fun x _ => width * val x - eps_rew;
  policy := fun _ => point tt; start := point true |}.

Lemma toss_or_stay e event : 0 <= e <= 1 -> Rabs (probability (toss (1 - e)) event - probability (point true) event) <= e.
Proof.
  intros B. unfold probability. rewrite mean_toss, mean_point by lra. apply Rabs_le. destruct (event true), (event false); lra.
Qed.
Theorem tight_simulation_attained : forall gamma eps_dyn eps_rew width : R, tight_simulation_supposes gamma eps_dyn eps_rew width ->
  let W := leaves eps_dyn eps_rew width in
  (forall x a, 0 <= r W x a <= 0 + width) /\ (forall x a, total_variation (P_hat W x a) (P W x a) <= eps_dyn) /\
  (forall x a, Rabs (r_hat W x a - r W x a) <= eps_rew) /\
  Rabs (J W gamma - J_hat W gamma) = tight_simulation_bound gamma eps_dyn eps_rew width.
Proof.
  intros g e er wd N W. unfold tight_simulation_supposes in N. assert (g01 : 0 <= g < 1) by lra. assert (c : 0 < 1 - g * (1 - e)) by nra.
  assert (Rg : forall x a, 0 <= r W x a <= 0 + wd) by (intros [] a; simpl; lra).
  assert (T : forall x a, total_variation (P_hat W x a) (P W x a) <= e).
  { intros [] a; apply tv_least; intros event; simpl; [apply toss_or_stay; lra | rewrite Rminus_eq_0, Rabs_R0; lra]. }
  assert (Er : forall x a, Rabs (r_hat W x a - r W x a) <= er).
  { intros x a. simpl. replace (wd * val x - er - wd * val x) with (- er) by ring. rewrite Rabs_Ropp, Rabs_pos_eq; lra. }
  split; [exact Rg | split; [exact T | split; [exact Er|]]].
  assert (Bu : forall x a, Rabs (r W x a) <= wd + er) by (intros x a; specialize (Rg x a); apply Rabs_le; lra).
  assert (Buh : forall x a, Rabs (r_hat W x a) <= wd + er).
  { intros x a. specialize (Rg x a). pose proof (Rabs_def2_le _ _ (Er x a)). apply Rabs_le. lra. }
  set (V (x : bool) := wd * val x / (1 - g)). set (Vh (x : bool) := wd * val x / (1 - g * (1 - e)) - er / (1 - g)).
  assert (two : forall h : bool -> R, bounded h) by (intros h; apply finite_bounded; exists [true; false]; intros []; simpl; auto).
  assert (Vv : forall x, V x = value W (P W) (r W) g x).
  { destruct (value_exists W (P W) (r W) g g01 (ex_intro _ _ Bu)) as (_ & _ & uniq). apply uniq; [apply two|].
    intros x. unfold pay, step. rewrite mean_next. simpl. rewrite !mean_point. unfold V. field. lra. }
  assert (Vvh : forall x, Vh x = value W (P_hat W) (r_hat W) g x).
  { destruct (value_exists W (P_hat W) (r_hat W) g g01 (ex_intro _ _ Buh)) as (_ & _ & uniq). apply uniq; [apply two|].
    intros x. unfold pay, step. rewrite mean_next. simpl. rewrite !mean_point.
    destruct x; [rewrite mean_toss by lra | rewrite mean_point]; unfold Vh; simpl; field; lra. }
  pose proof (return_is_mean_value W (P W) (r W) g _ g01 Bu (start W)) as S. pose proof (return_is_mean_value W (P_hat W) (r_hat W) g _ g01 Buh (start W)) as Sh.
  unfold J, J_hat. change (Series (real_reward W g)) with (Series (fun t => g ^ t * expected_pay W (r W) (iter (loop W (P W)) t (start W)))).
  change (Series (imagined_reward W g)) with (Series (fun t => g ^ t * expected_pay W (r_hat W) (iter (loop W (P_hat W)) t (start W)))).
  rewrite (is_series_unique _ _ S), (is_series_unique _ _ Sh). simpl start. rewrite !mean_point, <- Vv, <- Vvh. rewrite tight_simulation_readable by lra. unfold V, Vh; simpl.
  rewrite Rabs_pos_eq; [field; lra|].
  assert (wd / (1 - g * (1 - e)) <= wd / (1 - g)) by (apply Rmult_le_compat_l; [lra | apply Rinv_le_contravar; nra]).
  assert (0 <= er / (1 - g)) by (apply Rdiv_le_0_compat; lra). lra.
Qed.
(** The hypotheses hold with every number positive, and the gap is positive. *)
Theorem tight_simulation_instance : tight_simulation_supposes (1/2) (1/2) 1 1 /\
  Rabs (J (leaves (1/2) 1 1) (1/2) - J_hat (leaves (1/2) 1 1) (1/2)) = 8/3.
Proof.
  assert (N : tight_simulation_supposes (1/2) (1/2) 1 1) by (unfold tight_simulation_supposes; lra). split; [exact N|].
  destruct (tight_simulation_attained _ _ _ _ N) as (_ & _ & _ & A). rewrite A. unfold tight_simulation_bound. field.
Qed.
