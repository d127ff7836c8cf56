(** What verdicts add to the variance of the REINFORCE estimate, what a verifier is worth, what misleads, and votes. *)
From Coq Require Import Reals List Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Laws Rollouts Noise Bias Errors LeaveOneOut Signs Verifier.
Import ListNotations.
Open Scope R_scope.

(** ---- What verdicts add, and what a verifier is worth ---- *)

(** The second moments of the eligibilities at which a number meets them: the sum over u of E [f(s_u, a_u) |M_u|^2]. *)
Definition meets W (u f : state W -> action W -> R) gamma weight H := sum H (fun k => episode W u quiet H (fun l =>
  match nth_error l k with Some (x, a, _) => f x a | None => 0 end * sum (parameters W) (fun j => met gamma weight j k l ^ 2))).
(** Whether a no is due, as 1 or 0. *)
Definition lacks {W} (due : state W -> action W -> bool) : state W -> action W -> R := fun x a => if due x a then 0 else 1.

Section Added.
Variable W : learner.
Hypothesis P : proper W.
Variables (due judged : state W -> action W -> bool) (tpr fpr gamma weight : R) (H : nat).
Hypothesis S : verifier_supposes tpr fpr.
Let chance := where_judged judged (says tpr fpr due).

Lemma meets_linear u k m f g : meets W u (fun x a => k * f x a + m * g x a) gamma weight H = k * meets W u f gamma weight H + m * meets W u g gamma weight H.
Proof.
  unfold meets. rewrite <- !sum_scal. rewrite <- (Rmult_1_l (sum H (fun i => m * _))), <- sum_lin. apply sum_ext; intros i _.
  destruct (episode_expectation W P u H) as (ext & lin & _).
  rewrite (ext _ (fun l => k * (match nth_error l i with Some (x, a, _) => f x a | None => 0 end * sum (parameters W) (fun j => met gamma weight j i l ^ 2))
    + m * (match nth_error l i with Some (x, a, _) => g x a | None => 0 end * sum (parameters W) (fun j => met gamma weight j i l ^ 2))))
    by (intros l; destruct (nth_error l i) as [[[x a] r]|]; ring).
  rewrite lin, (T_scal W P). ring.
Qed.
Lemma meets_ext u f g : (forall x a, f x a = g x a) -> meets W u f gamma weight H = meets W u g gamma weight H.
Proof.
  intros e. apply sum_ext; intros i _. apply (T_ext W P). intros l. f_equal. destruct (nth_error l i) as [[[x a] r]|]; [apply e | reflexivity].
Qed.
(** A verdict's variance is TPR (1 - TPR) or FPR (1 - FPR), and 0 where there is none. *)
Lemma deviation_squared x a : deviation chance x a ^ 2 = where_judged judged (fun x a => verdict_variance tpr fpr (pays due x a)) x a.
Proof.
  pose proof (judged_chances W judged _ (says_chances W tpr fpr due S) x a) as c. fold chance in c. unfold deviation. simpl. rewrite Rmult_1_r, sqrt_sqrt by nra.
  unfold chance, where_judged. destruct (judged x a); [|ring]. rewrite says_linear. unfold verdict_variance. ring.
Qed.
Lemma two_kinds x a : deviation chance x a ^ 2 =
  tpr * (1 - tpr) * where_judged judged (pays due) x a + fpr * (1 - fpr) * where_judged judged (lacks due) x a.
Proof. rewrite deviation_squared. unfold where_judged, pays, lacks, verdict_variance. destruct (judged x a), (due x a); ring. Qed.

Lemma verdicts_add K : (1 <= K)%nat ->
  average_variance (judged_rollouts W chance H) (reinforce gamma weight) K - average_variance (episode W chance quiet H) (reinforce gamma weight) K =
    verdicts_added tpr fpr (meets W chance (where_judged judged (pays due)) gamma weight H) (meets W chance (where_judged judged (lacks due)) gamma weight H) (INR K).
Proof.
  intros K1. assert (INR K <> 0) by (apply not_0_INR; lia). pose proof (judged_chances W judged _ (says_chances W tpr fpr due S)) as C. fold chance in C. unfold judged_rollouts.
  rewrite (proj2 (state_dependent_noise W _ (deviation chance) _ gamma weight H K K1 P (verdicts_errors W _ C))).
  transitivity (/ INR K * meets W chance (fun x a => deviation chance x a ^ 2) gamma weight H).
  - unfold state_dependent_added, meets, noise_met. f_equal. apply sum_ext; intros u _. apply (T_ext W P). intros l. f_equal.
    unfold sigma_at. destruct (nth_error l u) as [[[x a] r]|]; [reflexivity | simpl; ring].
  - rewrite (meets_ext _ _ _ two_kinds), meets_linear. unfold verdicts_added. field. auto.
Qed.
End Added.

(** What verdicts add. A verdict's variance depends on state and action, through the reward: it is TPR (1 - TPR) where a yes is due and
    FPR (1 - FPR) elsewhere. To the variance of an estimate whose rewards are FPR + J r, verdicts add a K-th of those two, each times
    the sum over u of E |M_u|^2 over the verdicts of its kind: whatever steps have a verdict. *)
Theorem verdict_noise : forall (W : learner) (due judged : state W -> action W -> bool) (tpr fpr gamma weight : R) (H K : nat),
  verdicts_added_supposes tpr fpr (INR K) -> proper W -> let chance := where_judged judged (says tpr fpr due) in
  (forall x a, chance x a * (1 - chance x a) = where_judged judged (fun x a => verdict_variance tpr fpr (pays due x a)) x a) /\
  average_variance (judged_rollouts W chance H) (reinforce gamma weight) K - average_variance (episode W chance quiet H) (reinforce gamma weight) K =
    verdicts_added tpr fpr (meets W chance (where_judged judged (pays due)) gamma weight H)
      (meets W chance (where_judged judged (lacks due)) gamma weight H) (INR K).
Proof.
  intros W due judged tpr fpr gamma weight H K S P chance. unfold verdicts_added_supposes in S.
  assert (S' : verifier_supposes tpr fpr) by (unfold verifier_supposes; lra).
  assert (K1 : (1 <= K)%nat) by (destruct K; [simpl in S; lra | lia]). split; [|now apply verdicts_add].
  intros x a. unfold chance, where_judged. destruct (judged x a); [|ring]. rewrite says_linear. unfold verdict_variance. ring.
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

(** What a verifier is worth. Divide the estimate by J. Its variance is that of rewards r + FPR/J where there is a verdict, and what verdicts
    add over J^2, all over K; with the rollouts that a budget buys it is (c_0 + c)(V + N/J^2) over the budget. *)
Theorem verifier_worth :
  (forall tpr fpr cost fixed_cost noise_free_variance verdict_noise budget rollouts : R,
    verifier_worth_supposes tpr fpr cost fixed_cost noise_free_variance verdict_noise budget rollouts ->
    verifier_worth_variance tpr fpr noise_free_variance verdict_noise rollouts =
      verifier_worth_objective tpr fpr cost fixed_cost noise_free_variance verdict_noise budget) /\
  (forall (W : learner) (due judged : state W -> action W -> bool) (tpr fpr gamma weight : R) (H K : nat),
    verifier_supposes tpr fpr -> tpr <> fpr -> proper W -> (1 <= K)%nat -> let chance := where_judged judged (says tpr fpr due) in
    average_variance (judged_rollouts W chance H) (fun j l => / (tpr - fpr) * reinforce gamma weight j l) K =
    verifier_worth_variance tpr fpr
      (average_variance (episode W (where_judged judged (fun x a => pays due x a + fpr / (tpr - fpr))) quiet H) (reinforce gamma weight) 1)
      (verdicts_added tpr fpr (meets W chance (where_judged judged (pays due)) gamma weight H)
        (meets W chance (where_judged judged (lacks due)) gamma weight H) 1) (INR K)).
Proof.
  split.
  - intros tpr fpr c c0 V N B K S. unfold verifier_worth_supposes in S. unfold verifier_worth_variance, verifier_worth_objective.
    destruct S as (_ & _ & _ & _ & J & cp & Bp & Kp & c0p & _ & _ & spent). rewrite <- spent. field. repeat split; lra.
  - intros W due judged tpr fpr gamma weight H K S ne P K1 chance. pose proof (judged_chances W judged _ (says_chances W tpr fpr due S)) as C. fold chance in C.
    assert (INR K <> 0) by (apply not_0_INR; lia).
    assert (so : forall j, (j < parameters W)%nat -> second_order (judged_rollouts W chance H) (reinforce gamma weight j)).
    { intros j _. rewrite <- baseline_none. unfold judged_rollouts.
      apply (seen_second_order W P _ H _ _ (verdicts_errors W _ C) _ (fun k => met gamma weight j k)). now apply changes. }
    rewrite average_variance_scaled by auto. pose proof (verdicts_add W P due judged tpr fpr gamma weight H S 1 ltac:(lia)) as A. fold chance in A.
    set (N := verdicts_added tpr fpr _ _ 1). change (INR 1) with 1 in A. fold N in A.
    set (v := where_judged judged (fun x a => pays due x a + fpr / (tpr - fpr))).
    assert (Q : average_variance (episode W chance quiet H) (reinforce gamma weight) 1 =
      (tpr - fpr) ^ 2 * average_variance (episode W v quiet H) (reinforce gamma weight) 1).
    { assert (ee : forall x a, chance x a = (tpr - fpr) * v x a).
      { intros x a. unfold chance, v, where_judged. destruct (judged x a); [|ring]. rewrite says_linear. field. lra. }
      replace ((tpr - fpr) ^ 2 * average_variance (episode W v quiet H) (reinforce gamma weight) 1)
        with ((tpr - fpr) ^ 2 * average_variance (episode W v quiet H) (reinforce gamma weight) 1 / INR 1) by (simpl; field).
      rewrite <- average_variance_scaled by (auto; intros; now apply expectation_second_order, episode_expectation).
      unfold average_variance, average_mean, draws. apply sum_ext; intros j _.
      rewrite !(scaled_rewards W chance v (tpr - fpr) H _ ee). f_equal; [|f_equal];
        apply (T_ext W P); intros l; now rewrite reinforce_scaled. }
    assert (V : average_variance (judged_rollouts W chance H) (reinforce gamma weight) 1 =
      (tpr - fpr) ^ 2 * average_variance (episode W v quiet H) (reinforce gamma weight) 1 + N) by lra.
    rewrite V. unfold verifier_worth_variance. field. split; [lra | auto].
Qed.

(** ---- What misleads ---- *)

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
