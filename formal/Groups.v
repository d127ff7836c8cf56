(** Answers to one question, in a group: what becomes of the mean step when verdicts are divided by the standard deviation
    of the group's. *)
From Coq Require Import Reals List Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Laws Rollouts.
Import ListNotations.
Open Scope R_scope.

(** The number of yeses among k independent verdicts, each a yes with chance p; and k answers, each with its verdict. *)
Fixpoint yeses p k (F : nat -> R) : R := match k with
  | O => F O
  | S k => p * yeses p k (fun n => F (S n)) + (1 - p) * yeses p k F end.
Fixpoint answers {X} (d : law X) (chance : X -> R) k (F : list (X * bool) -> R) : R := match k with
  | O => F []
  | S k => E d (fun x => chance x * answers d chance k (fun l => F ((x, true) :: l)) + (1 - chance x) * answers d chance k (fun l => F ((x, false) :: l))) end.
Fixpoint said {X} (l : list (X * bool)) : nat := match l with [] => O | (_, v) :: l => if v then S (said l) else said l end.

(** The standard deviation of K verdicts of which n are yeses; a verdict less their mean, over it: 0 where all are equal. *)
Definition group_deviation K n := sqrt (INR n / INR K * (1 - INR n / INR K)).
Definition advantage K n (v : bool) := ((if v then 1 else 0) - INR n / INR K) / group_deviation K n.
(** Scores, each times what its verdict gets; the normalised step; and the expected standard deviation of a group. *)
Fixpoint weighed {X} (w : X -> R) (a : bool -> R) (l : list (X * bool)) : R := match l with [] => 0 | (x, v) :: l => a v * w x + weighed w a l end.
Definition normalised {X} (w : X -> R) K (l : list (X * bool)) := / INR K * weighed w (advantage K (said l)) l.
Definition spread p K := yeses p K (group_deviation K).

(** ---- How many yeses ---- *)
Lemma yeses_ext p k : forall F G, (forall n, (n <= k)%nat -> F n = G n) -> yeses p k F = yeses p k G.
Proof. induction k; intros F G e; simpl; [apply e; lia|]. f_equal; f_equal; apply IHk; intros; apply e; lia. Qed.
Lemma yeses_lin p k c : forall F G, yeses p k (fun n => F n + c * G n) = yeses p k F + c * yeses p k G.
Proof. induction k; intros F G; simpl; [reflexivity|]. rewrite (IHk (fun n => F (S n)) (fun n => G (S n))), IHk. ring. Qed.
Lemma yeses_const p k c : yeses p k (fun _ => c) = c.
Proof. induction k; simpl; [reflexivity|]. rewrite IHk. ring. Qed.
Lemma yeses_mono p k : 0 <= p <= 1 -> forall F G, (forall n, (n <= k)%nat -> F n <= G n) -> yeses p k F <= yeses p k G.
Proof.
  intros h. induction k; intros F G e; simpl; [apply e; lia|].
  apply Rplus_le_compat; apply Rmult_le_compat_l; try lra; apply IHk; intros; apply e; lia.
Qed.
Lemma yeses_times p k : forall F, yeses p k (fun n => INR n * F n) = INR k * p * yeses p (pred k) (fun n => F (S n)).
Proof.
  induction k as [|k IH]; intros F; [simpl; ring|]. cbn [yeses pred].
  rewrite (yeses_ext p k (fun n => INR (S n) * F (S n)) (fun n => INR n * F (S n) + 1 * F (S n))) by (intros; rewrite S_INR; ring).
  rewrite yeses_lin, (IH (fun n => F (S n))), IH. rewrite S_INR. destruct k as [|k]; [simpl; ring|]. cbn [pred yeses]. ring.
Qed.
Lemma yeses_rest p k : forall F, yeses p k (fun n => (INR k - INR n) * F n) = INR k * (1 - p) * yeses p (pred k) F.
Proof.
  induction k as [|k IH]; intros F; [simpl; ring|]. cbn [yeses pred].
  rewrite (yeses_ext p k (fun n => (INR (S k) - INR (S n)) * F (S n)) (fun n => (INR k - INR n) * F (S n))) by (intros; rewrite !S_INR; ring).
  rewrite (yeses_ext p k (fun n => (INR (S k) - INR n) * F n) (fun n => (INR k - INR n) * F n + 1 * F n)) by (intros; rewrite S_INR; ring).
  rewrite yeses_lin, (IH (fun n => F (S n))), IH. rewrite S_INR. destruct k as [|k]; [simpl; ring|]. cbn [pred yeses]. ring.
Qed.
Lemma share_range K n : (1 <= K)%nat -> (n <= K)%nat -> 0 <= INR n / INR K <= 1.
Proof.
  intros K1 L. apply le_INR in K1, L. simpl in K1. pose proof (pos_INR n). split; [apply Rdiv_le_0_compat; lra|].
  apply Rmult_le_reg_r with (INR K); [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra.
Qed.
Lemma share_mean p K : (1 <= K)%nat -> yeses p K (fun n => INR n / INR K) = p.
Proof.
  intros K1. assert (INR K <> 0) by (apply not_0_INR; lia). rewrite (yeses_ext p K _ (fun n => INR n * / INR K)) by reflexivity.
  rewrite yeses_times, yeses_const. field; auto.
Qed.
Lemma share_second p K : (1 <= K)%nat -> yeses p K (fun n => (INR n / INR K) ^ 2) = p ^ 2 + p * (1 - p) / INR K.
Proof.
  intros K1. assert (k0 : INR K <> 0) by (apply not_0_INR; lia).
  rewrite (yeses_ext p K _ (fun n => INR n * (INR n * / INR K ^ 2))) by (intros; field; auto). rewrite yeses_times.
  destruct K as [|k]; [lia|]. cbn [pred]. rewrite (yeses_ext p k _ (fun n => INR n * / INR (S k) ^ 2 + 1 * / INR (S k) ^ 2)) by (intros; rewrite S_INR; ring).
  rewrite yeses_lin, yeses_times, !yeses_const. rewrite S_INR in *. field; auto.
Qed.

(** ---- Answers ---- *)
Section Answers.
Variables (X : Type) (d : law X) (w chance : X -> R).
Hypothesis one : E d (fun _ => 1) = 1.
Hypothesis mean0 : E d w = 0.
Let p := E d chance.
Let g := E d (fun x => chance x * w x).
Let E_one c : E d (fun _ => c) = c.
Proof. rewrite (E_ext _ _ _ (fun _ => c * 1)) by (intros; ring). rewrite E_scal, one. ring. Qed.
Lemma answers_ext k : forall F G, (forall l, F l = G l) -> answers d chance k F = answers d chance k G.
Proof. induction k; intros F G e; simpl; [apply e|]. apply E_ext; intros x. f_equal; f_equal; apply IHk; intros; apply e. Qed.
Lemma answers_lin k c : forall F G, answers d chance k (fun l => F l + c * G l) = answers d chance k F + c * answers d chance k G.
Proof.
  induction k; intros F G; simpl; [reflexivity|]. rewrite <- E_lin. apply E_ext; intros x.
  rewrite (IHk (fun l => F ((x, true) :: l)) (fun l => G ((x, true) :: l))), (IHk (fun l => F ((x, false) :: l)) (fun l => G ((x, false) :: l))). ring.
Qed.
Lemma answers_said k : forall F, answers d chance k (fun l => F (said l)) = yeses p k F.
Proof.
  induction k; intros F; simpl; [reflexivity|]. rewrite (E_ext _ _ _ (fun x => yeses p k F + (yeses p k (fun n => F (S n)) - yeses p k F) * chance x)).
  - rewrite (E_lin _ d _ (fun _ => yeses p k F)), E_one. fold p. ring.
  - intros x. rewrite IHk, (IHk (fun n => F (S n))). ring.
Qed.
Lemma answers_weighed k (h : nat -> bool -> R) : forall m, answers d chance k (fun l => weighed w (h (m + said l)%nat) l) =
  INR k * g * yeses p (pred k) (fun n => h (m + S n)%nat true - h (m + n)%nat false).
Proof.
  induction k as [|k IH]; intros m; [simpl; ring|]. cbn [answers]. set (Y := fun v q => yeses p k (fun n => h (m + q n)%nat v)).
  set (Tm := answers d chance k (fun l => weighed w (h (m + said l)%nat) l)). set (TS := answers d chance k (fun l => weighed w (h (m + S (said l))%nat) l)).
  rewrite (E_ext _ _ _ (fun x => ((Tm + (TS - Tm) * chance x) + (Y true S - Y false (fun n => n)) * (chance x * w x)) + Y false (fun n => n) * w x)).
  2:{ intros x. cbn [weighed said].
      rewrite (answers_ext k (fun l => h (m + S (said l))%nat true * w x + weighed w (h (m + S (said l))%nat) l)
        (fun l => weighed w (h (m + S (said l))%nat) l + w x * h (m + S (said l))%nat true)) by (intros; ring).
      rewrite (answers_ext k (fun l => h (m + said l)%nat false * w x + weighed w (h (m + said l)%nat) l)
        (fun l => weighed w (h (m + said l)%nat) l + w x * h (m + said l)%nat false)) by (intros; ring).
      rewrite !answers_lin, (answers_said k (fun n => h (m + S n)%nat true)), (answers_said k (fun n => h (m + n)%nat false)). fold Tm TS. unfold Y. ring. }
  rewrite !E_lin, E_one, mean0. fold p g.
  assert (TS_is : TS = INR k * g * yeses p (pred k) (fun n => h (m + S (S n))%nat true - h (m + S n)%nat false)).
  { unfold TS. rewrite (answers_ext k _ (fun l => weighed w (h (S m + said l)%nat) l)) by (intros; now rewrite <- plus_n_Sm). rewrite IH. f_equal.
    apply yeses_ext; intros n _. now rewrite <- !plus_n_Sm. }
  unfold Tm. rewrite TS_is, IH. rewrite S_INR. cbn [pred].
  assert (Yd : Y true S - Y false (fun n => n) = yeses p k (fun n => h (m + S n)%nat true - h (m + n)%nat false)).
  { unfold Y. rewrite (yeses_ext p k (fun n => _ - _) (fun n => h (m + S n)%nat true + (-1) * h (m + n)%nat false)) by (intros; ring). rewrite yeses_lin. ring. }
  rewrite Yd. destruct k as [|k]; [simpl; ring|]. cbn [pred yeses]. ring.
Qed.

(** Yeses and noes get the same in all, but for the sign. *)
Lemma advantage_yes K n : (1 <= K)%nat -> (n <= K)%nat -> INR n * advantage K n true = INR K * group_deviation K n.
Proof.
  intros K1 L. assert (k0 : INR K <> 0) by (apply not_0_INR; lia). pose proof (share_range K n K1 L) as r. unfold advantage, group_deviation. cbv iota. set (q := INR n / INR K) in *.
  replace (INR n) with (INR K * q) by (unfold q; field; auto). destruct (Req_dec (q * (1 - q)) 0) as [z | nz].
  - rewrite z, sqrt_0. destruct (Rmult_integral _ _ z) as [-> | ->]; unfold Rdiv; ring.
  - assert (pos : 0 < q * (1 - q)) by nra. pose proof (sqrt_lt_R0 _ pos). pose proof (sqrt_sqrt _ (Rlt_le _ _ pos)) as s. set (root := sqrt (q * (1 - q))) in *.
    replace (INR K * q * ((1 - q) / root)) with (INR K * (q * (1 - q)) / root) by (unfold Rdiv; ring). rewrite <- s. field. lra.
Qed.
Lemma advantage_no K n : (1 <= K)%nat -> (n <= K)%nat -> (INR K - INR n) * advantage K n false = - (INR K * group_deviation K n).
Proof.
  intros K1 L. assert (k0 : INR K <> 0) by (apply not_0_INR; lia). pose proof (share_range K n K1 L) as r. unfold advantage, group_deviation. cbv iota. set (q := INR n / INR K) in *.
  replace (INR n) with (INR K * q) by (unfold q; field; auto). destruct (Req_dec (q * (1 - q)) 0) as [z | nz].
  - rewrite z, sqrt_0. unfold Rdiv. replace ((INR K - INR K * q) * ((0 - q) * / 0)) with (- (INR K * (q * (1 - q)) * / 0)) by ring. rewrite z. ring.
  - assert (pos : 0 < q * (1 - q)) by nra. pose proof (sqrt_lt_R0 _ pos). pose proof (sqrt_sqrt _ (Rlt_le _ _ pos)) as s. set (root := sqrt (q * (1 - q))) in *.
    replace ((INR K - INR K * q) * ((0 - q) / root)) with (- (INR K * (q * (1 - q)) / root)) by (unfold Rdiv; ring). rewrite <- s. field. lra.
Qed.
Lemma step_mean K : (1 <= K)%nat -> 0 < p < 1 -> answers d chance K (normalised w K) = spread p K / (p * (1 - p)) * g.
Proof.
  intros K1 h. assert (k0 : INR K <> 0) by (apply not_0_INR; lia). unfold normalised.
  rewrite (answers_ext K _ (fun l => 0 + / INR K * weighed w (advantage K (0 + said l)) l)) by (intros; simpl; ring).
  rewrite answers_lin, answers_weighed. pose proof (answers_said K (fun _ => 0)) as z. rewrite yeses_const in z. cbv beta in z. rewrite z. cbn [Nat.add].
  rewrite (yeses_ext p (pred K) _ (fun n => advantage K (S n) true + (-1) * advantage K n false)), yeses_lin by (intros; ring).
  assert (y : yeses p (pred K) (fun n => advantage K (S n) true) = spread p K / p).
  { apply Rmult_eq_reg_l with (INR K * p); [|apply Rmult_integral_contrapositive; split; [auto | lra]].
    rewrite <- (yeses_times p K (fun n => advantage K n true)), (yeses_ext p K _ (fun n => 0 + INR K * group_deviation K n)) by (intros; rewrite advantage_yes by auto; ring).
    rewrite yeses_lin, yeses_const. unfold spread. field. lra. }
  assert (n : yeses p (pred K) (fun n => advantage K n false) = - (spread p K / (1 - p))).
  { apply Rmult_eq_reg_l with (INR K * (1 - p)); [|apply Rmult_integral_contrapositive; split; [auto | lra]].
    rewrite <- (yeses_rest p K (fun n => advantage K n false)), (yeses_ext p K _ (fun n => 0 + (- INR K) * group_deviation K n)) by (intros; rewrite advantage_no by auto; ring).
    rewrite yeses_lin, yeses_const. unfold spread. field. lra. }
  rewrite y, n. field. lra.
Qed.
End Answers.

(** ---- How large the spread is ---- *)
Lemma deviation_mean p K : (1 <= K)%nat -> yeses p K (fun n => INR n / INR K * (1 - INR n / INR K)) = (INR K - 1) / INR K * (p * (1 - p)).
Proof.
  intros K1. assert (k0 : INR K <> 0) by (apply not_0_INR; lia).
  rewrite (yeses_ext p K _ (fun n => INR n / INR K + (-1) * (INR n / INR K) ^ 2)), yeses_lin, share_mean, share_second by (auto; intros; ring). field; auto.
Qed.
Lemma spread_at_most p K : 0 < p < 1 -> (1 <= K)%nat -> spread p K <= sqrt ((INR K - 1) / INR K * (p * (1 - p))).
Proof.
  intros h K1. assert (k1 : 1 <= INR K) by (change 1 with (INR 1); now apply le_INR). set (m := (INR K - 1) / INR K * (p * (1 - p))).
  destruct (Req_dec (INR K) 1) as [e | ne].
  - assert (K = 1%nat) as -> by (apply INR_eq; rewrite e; reflexivity). unfold spread, group_deviation. simpl.
    replace (1 / 1 * (1 - 1 / 1)) with 0 by field. replace (0 / 1 * (1 - 0 / 1)) with 0 by field. rewrite sqrt_0. pose proof (sqrt_pos m). lra.
  - assert (mp : 0 < m) by (unfold m, Rdiv; repeat apply Rmult_lt_0_compat; try apply Rinv_0_lt_compat; lra).
    pose proof (sqrt_lt_R0 m mp) as s. pose proof (sqrt_sqrt m (Rlt_le _ _ mp)) as ss.
    apply Rle_trans with (yeses p K (fun n => sqrt m / 2 + / (2 * sqrt m) * (INR n / INR K * (1 - INR n / INR K)))).
    + apply yeses_mono; [lra|]. intros n L. pose proof (share_range K n K1 L) as r. unfold group_deviation. set (x := INR n / INR K * (1 - INR n / INR K)).
      assert (x0 : 0 <= x) by (unfold x; nra). pose proof (sqrt_sqrt x x0) as sx. apply Rmult_le_reg_l with (2 * sqrt m); [lra|].
      replace (2 * sqrt m * (sqrt m / 2 + / (2 * sqrt m) * x)) with (sqrt m * sqrt m + x) by (field; lra). rewrite <- sx at 2. pose proof (Rle_0_sqr (sqrt m - sqrt x)) as q. unfold Rsqr in q. lra.
    + rewrite yeses_lin, yeses_const, deviation_mean by auto. fold m. apply Req_le. replace (/ (2 * sqrt m) * m) with (/ (2 * sqrt m) * (sqrt m * sqrt m)) by now rewrite ss. field. lra.
Qed.
Lemma spread_at_least p K : 0 < p < 1 -> (1 <= K)%nat -> sqrt (p * (1 - p)) * (1 - (1 + / (p * (1 - p))) / (2 * INR K)) <= spread p K.
Proof.
  intros h K1. assert (k1 : 1 <= INR K) by (change 1 with (INR 1); now apply le_INR). set (v := p * (1 - p)). assert (vp : 0 < v) by (unfold v; nra).
  pose proof (sqrt_lt_R0 v vp) as s. pose proof (sqrt_sqrt v (Rlt_le _ _ vp)) as ss. set (q := sqrt v) in *.
  apply Rle_trans with (yeses p K (fun n => (q + q / (2 * v) * (INR n / INR K * (1 - INR n / INR K)) + (- (q / 2))) + (- (q / (2 * v ^ 2))) * ((INR n / INR K) ^ 2 + (- 2 * p) * (INR n / INR K) + p ^ 2))).
  - apply Req_le. rewrite yeses_lin.
    rewrite (yeses_ext p K (fun n => q + _ + _) (fun n => (q + (- (q / 2))) + q / (2 * v) * (INR n / INR K * (1 - INR n / INR K)))), yeses_lin, yeses_const, deviation_mean by (auto; intros; ring).
    rewrite (yeses_ext p K (fun n => _ ^ 2 + _ + _) (fun n => ((INR n / INR K) ^ 2 + p ^ 2 * 1) + (- 2 * p) * (INR n / INR K))), !yeses_lin, yeses_const, share_second, share_mean by (auto; intros; ring).
    fold v. field_simplify_eq; [unfold v; ring | split; lra].
  - apply yeses_mono; [lra|]. intros n L. pose proof (share_range K n K1 L) as r. unfold group_deviation. set (t := INR n / INR K) in *.
    set (x := t * (1 - t)). assert (x0 : 0 <= x) by (unfold x; nra). pose proof (sqrt_sqrt x x0) as sx. pose proof (sqrt_pos x) as y0. set (y := sqrt x) in *.
    assert (near : (x - v) ^ 2 <= (t - p) ^ 2).
    { replace (x - v) with ((t - p) * (1 - t - p)) by (unfold x, v; ring). rewrite Rpow_mult_distr. pose proof (pow2_ge_0 (t - p)). assert ((1 - t - p) ^ 2 <= 1) by nra. nra. }
    apply Rle_trans with (q + q / (2 * v) * x + - (q / 2) + - (q / (2 * v ^ 2)) * (x - v) ^ 2).
    + apply Rplus_le_compat_l. assert (0 < q / (2 * v ^ 2)) by (apply Rdiv_lt_0_compat; nra). nra.
    + apply Rmult_le_reg_l with (2 * q ^ 3); [apply Rmult_lt_0_compat; [lra | now apply pow_lt]|]. rewrite <- sx, <- ss.
      replace (2 * q ^ 3 * (q + q / (2 * (q * q)) * (y * y) + - (q / 2) + - (q / (2 * (q * q) ^ 2)) * (y * y - q * q) ^ 2)) with (q ^ 4 + q ^ 2 * y ^ 2 - (y ^ 2 - q ^ 2) ^ 2) by (field; lra).
      assert (0 <= (y - q) ^ 2 * ((y + q) ^ 2 - q ^ 2)); [|nra]. apply Rmult_le_pos; [apply pow2_ge_0 | nra].
Qed.

(** ---- A question of a policy ---- *)
Lemma right_slope W (P : proper W) x j (r : action W -> R) : (j < parameters W)%nat ->
  is_derive (fun y => E (choice W (moved W j y) x) r) (theta W j) (E (choice W (theta W) x) (fun a => r a * score W j x a)).
Proof.
  intros jd. unfold choice. pose proof (fun a => score_is W P j x a jd) as sc.
  induction (actions W) as [|a l IH]; simpl; [apply (is_derive_const (V := R_NormedModule))|].
  apply (is_derive_plus (V := R_NormedModule)); [|exact IH]. replace (policy W (theta W) x a * (r a * score W j x a)) with (r a * (policy W (theta W) x a * score W j x a)) by ring.
  apply is_derive_ext with (f := fun y => r a * policy W (moved W j y) x a); [intros; apply Rmult_comm | now apply is_derive_scal].
Qed.

(** Divided by the spread. A policy gives K independent answers to a question; a verifier says yes with chance
    FPR + J r, where r is 1 for a right answer and 0 for a wrong one. Each verdict less the group's mean is divided by the
    standard deviation of the group's. The mean of the step is J times the gradient of the chance to be right, times
    s/(p (1 - p)), where p is the chance of a yes and s the expected standard deviation. And s is at most
    sqrt((K - 1) p (1 - p)/K), and short of sqrt(p (1 - p)) by at most as much as is said. *)
Theorem divided_by_spread : forall (W : learner) (x : state W) (right : action W -> bool) (fpr J : R) (K j : nat),
  proper W -> (j < parameters W)%nat ->
  let r := fun a => if right a then 1 else 0 in let chance := fun a => fpr + J * r a in let p := E (choice W (theta W) x) chance in
  spread_supposes p K ->
  answers (choice W (theta W) x) chance K (normalised (score W j x) K) =
    divided_by_spread_mean p J (spread p K) (Derive (fun y => E (choice W (moved W j y) x) r) (theta W j)) /\
  spread p K <= spread_most p K /\ sqrt (p * (1 - p)) - spread p K <= spread_short p K.
Proof.
  intros W x right fpr J K j P jd r chance p (p0 & p1 & K1). assert (k0 : INR K <> 0) by (apply not_0_INR; lia). split; [|split].
  - rewrite (step_mean _ _ (score W j x) chance (policy_total W P (theta W) x) (score_mean W P j x jd)) by (auto; fold p; lra). fold p.
    assert (D : Derive (fun y => E (choice W (moved W j y) x) r) (theta W j) = E (choice W (theta W) x) (fun a => r a * score W j x a))
      by (apply is_derive_unique; now apply right_slope). rewrite D.
    rewrite (E_ext _ _ (fun a => chance a * score W j x a) (fun a => fpr * score W j x a + J * (r a * score W j x a))) by (intros; unfold chance; ring).
    rewrite E_lin, E_scal, (score_mean W P j x jd). unfold divided_by_spread_mean. field. lra.
  - unfold spread_most. replace (p * / INR K * (1 + -1 * p) * (-1 + INR K)) with ((INR K - 1) / INR K * (p * (1 - p))) by (field; auto). apply spread_at_most; [lra | lia].
  - pose proof (spread_at_least p K ltac:(lra) ltac:(lia)) as L. unfold spread_short.
    replace (1 + -1 * p) with (1 - p) by ring. assert (p * (1 - p) <> 0) by nra.
    replace (1 / 2 * / INR K * sqrt (p * (1 - p)) * (1 + / p * / (1 - p))) with (sqrt (p * (1 - p)) * ((1 + / (p * (1 - p))) / (2 * INR K))) by (field; repeat split; lra).
    lra.
Qed.

(** A group of four. For two answers to a question dividing by the standard deviation of the group's verdicts weighs
    every question alike, by 1; for three, too, by sqrt 2. For four the weight depends on the chance of a yes. *)
Theorem small_groups : forall p : R, unsure_supposes p ->
  spread p 2 / (p * (1 - p)) = 1 /\ spread p 3 / (p * (1 - p)) = sqrt 2 /\ spread p 4 / (p * (1 - p)) = weight_of_four p.
Proof.
  intros p (p0 & p1). assert (root : forall a b, 0 <= a -> 0 < b -> sqrt (a / (b * b)) = sqrt a / b).
  { intros a b a0 b0. rewrite sqrt_div by nra. now rewrite sqrt_square by lra. }
  assert (nothing : forall K, group_deviation K 0 = 0) by (intros; unfold group_deviation; simpl; replace (0 / INR K * (1 - 0 / INR K)) with 0 by (unfold Rdiv; ring); apply sqrt_0).
  assert (all : forall K, INR K <> 0 -> group_deviation K K = 0).
  { intros K k0. unfold group_deviation. replace (INR K / INR K * (1 - INR K / INR K)) with 0 by (field; auto). apply sqrt_0. }
  assert (two : group_deviation 2 1 = 1 / 2) by (unfold group_deviation; simpl; replace (1 / (1 + 1) * (1 - 1 / (1 + 1))) with (1 / (2 * 2)) by field; rewrite root, sqrt_1 by lra; reflexivity).
  assert (three : group_deviation 3 1 = sqrt 2 / 3 /\ group_deviation 3 2 = sqrt 2 / 3).
  { unfold group_deviation; simpl; split; [replace (1 / (1 + 1 + 1) * (1 - 1 / (1 + 1 + 1))) with (2 / (3 * 3)) by field | replace ((1 + 1) / (1 + 1 + 1) * (1 - (1 + 1) / (1 + 1 + 1))) with (2 / (3 * 3)) by field]; rewrite root by lra; reflexivity. }
  assert (four : group_deviation 4 1 = sqrt 3 / 4 /\ group_deviation 4 2 = 1 / 2 /\ group_deviation 4 3 = sqrt 3 / 4).
  { unfold group_deviation; simpl; repeat split.
    - replace (1 / (1 + 1 + 1 + 1) * (1 - 1 / (1 + 1 + 1 + 1))) with (3 / (4 * 4)) by field. rewrite root by lra; reflexivity.
    - replace ((1 + 1) / (1 + 1 + 1 + 1) * (1 - (1 + 1) / (1 + 1 + 1 + 1))) with (1 / (2 * 2)) by field. rewrite root, sqrt_1 by lra; reflexivity.
    - replace ((1 + 1 + 1) / (1 + 1 + 1 + 1) * (1 - (1 + 1 + 1) / (1 + 1 + 1 + 1))) with (3 / (4 * 4)) by field. rewrite root by lra; reflexivity. }
  destruct three as (t1 & t2), four as (f1 & f2 & f3). unfold spread. cbn [yeses].
  rewrite !nothing, !all, two, t1, t2, f1, f2, f3 by (apply not_0_INR; lia). unfold weight_of_four. repeat split; field; lra.
Qed.
