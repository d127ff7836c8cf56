(** A baseline made of the same labels: the mean return to go of the other rollouts. It is no baseline that leaves the
    added noise as it is, wherever the noise is larger and wherever smaller. *)
From Coq Require Import Reals List Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Laws Rollouts Noise Errors.
Import ListNotations.
Open Scope R_scope.

(** K rollouts that are drawn independently: the expectation of F, which is given the k-th rollout for each k. *)
Fixpoint together W u H (K : nat) (F : (nat -> rollout W) -> R) : R := match K with
  | O => F (fun _ => [])
  | S k => episode W u quiet H (fun l => together W u H k (fun f => F (fun i => if Nat.eqb i k then l else f i))) end.

(** The errors of K rollouts of H steps, of rollout i at step t: mean 0, variance v i t, uncorrelated. Only polynomials
    of second degree are ever integrated. *)
Record label_errors (K H : nat) (S : ((nat -> nat -> R) -> R) -> R) (v : nat -> nat -> R) : Prop := {
  label_ext : forall F G, (forall e, F e = G e) -> S F = S G;
  label_moments : forall p q s,
    S (fun e => p + sum K (fun i => sum H (fun t => q i t * e i t)) +
      sum K (fun i => sum H (fun t => sum K (fun k => sum H (fun u => s i t k u * (e i t * e k u)))))) =
    p + sum K (fun i => sum H (fun t => s i t i t * v i t)) }.

(** Given the rollouts. No errors; and errors whose variance depends on state and action, in rollouts of H steps. *)
Definition labels_of W := (nat -> rollout W) -> ((nat -> nat -> R) -> R) -> R.
Definition no_errors {W} : labels_of W := fun _ F => F (fun _ _ => 0).
Definition noisy_labels {W} (sigma : state W -> action W -> R) K H (law : labels_of W) :=
  forall f, (forall i, (i < K)%nat -> length (f i) = H) -> label_errors K H (law f) (fun i t => sigma_at sigma t (f i) ^ 2).

(** The return to go from step t, as it is seen; that less the mean of the other rollouts'; and the estimate. *)
Definition seen_to_go {W} gamma t (e : nat -> R) (l : rollout W) := to_go gamma (skipn t (blurred e l)).
Definition above_others {W} gamma K i t (f : nat -> rollout W) (e : nat -> nat -> R) :=
  seen_to_go gamma t (e i) (f i) - / (INR K - 1) * sum K (fun k => (1 - same i k) * seen_to_go gamma t (e k) (f k)).
Definition one_out {W} gamma weight H K j (f : nat -> rollout W) (e : nat -> nat -> R) :=
  / INR K * sum K (fun i => sum H (fun t => weight ^ t * score_at j t (f i) * above_others gamma K i t f e)).
(** Its expectation and the trace of its covariance. *)
Definition one_out_mean W u (law : labels_of W) gamma weight H K j := together W u H K (fun f => law f (fun e => one_out gamma weight H K j f e)).
Definition one_out_variance W u (law : labels_of W) gamma weight H K := sum (parameters W) (fun j =>
  together W u H K (fun f => law f (fun e => one_out gamma weight H K j f e ^ 2)) - one_out_mean W u law gamma weight H K j ^ 2).
(** The mean variance of the errors at step u, and the mean square of the eligibility that meets them. *)
Definition mean_noise W u (sigma : state W -> action W -> R) H k := episode W u quiet H (fun l => sigma_at sigma k l ^ 2).
Definition met_square W u gamma weight H k := episode W u quiet H (fun l => sum (parameters W) (fun j => met gamma weight j k l ^ 2)).

(** ---- Along rollouts ---- *)
Lemma heard_first gamma n e : heard gamma n 0 e = sum n (fun u => gamma ^ u * e u).
Proof. unfold heard. apply sum_ext; intros k _. simpl. now rewrite Nat.sub_0_r. Qed.
Lemma heard_next gamma n t e : heard gamma (S n) (S t) e = heard gamma n t (fun u => e (S u)).
Proof. unfold heard. rewrite sum_first. simpl. rewrite Rplus_0_l. reflexivity. Qed.
Lemma seen_is W gamma (l : rollout W) : forall t e, seen_to_go gamma t e l = to_go gamma (skipn t l) + heard gamma (length l) t e.
Proof.
  unfold seen_to_go. induction l as [|[[x a] r] l IH]; intros t e.
  - simpl blurred. rewrite skipn_nil. unfold heard. simpl. ring.
  - destruct t as [|t].
    + rewrite heard_first. simpl skipn. change ((x, a, r + e O) :: blurred (fun t => e (S t)) l) with (blurred e ((x, a, r) :: l)). apply to_go_blurred.
    + cbn [blurred skipn length]. rewrite IH, heard_next. reflexivity.
Qed.
Lemma met_heard W gamma weight j n (l : rollout W) e :
  sum n (fun t => weight ^ t * score_at j t l * heard gamma n t e) = sum n (fun u => met gamma weight j u l * e u).
Proof.
  transitivity (sum n (fun t => sum n (fun u => (if (t <=? u)%nat then weight ^ t * gamma ^ (u - t) else 0) * score_at j t l * e u))).
  - apply sum_ext; intros t _. unfold heard. rewrite <- sum_scal. apply sum_ext; intros u _. destruct (t <=? u)%nat; ring.
  - rewrite sum_sum. apply sum_ext; intros u L. rewrite (met_is _ gamma weight j u n l L), Rmult_comm, <- sum_scal. apply sum_ext; intros; ring.
Qed.
Lemma reinforce_sum W gamma weight j (l : rollout W) :
  sum (length l) (fun t => weight ^ t * score_at j t l * to_go gamma (skipn t l)) = reinforce gamma weight j l.
Proof.
  induction l as [|[[x a] r] l IH]; [reflexivity|]. cbn [length reinforce]. rewrite sum_first, <- IH, <- sum_scal. f_equal.
  - unfold score_at. simpl. ring.
  - apply sum_ext; intros t _. unfold score_at. cbn [nth_error skipn]. simpl. ring.
Qed.

Section OneOut.
Variable W : learner.
Hypothesis P : proper W.
Variables (u : state W -> action W -> R) (gamma weight : R) (H : nat).
Let T := episode W u quiet H.
Let exp_T : expectation T. Proof. now apply episode_expectation. Qed.
Let TT := together W u H.
Let scale c F : T (fun l => c * F l) = c * T F. Proof. now apply T_scal. Qed.

Lemma together_expectation K : expectation (TT K).
Proof.
  unfold TT. destruct exp_T as (ext & lin & const & mono). induction K as [|K IH]; [repeat split; intros; simpl; auto|]. destruct IH as (ext' & lin' & const' & mono').
  cbn [together]. fold T. repeat split; intros.
  - apply ext; intros l. apply ext'; auto.
  - rewrite <- lin. apply ext; intros l. apply lin'.
  - rewrite (ext _ (fun _ => c)); [apply const | intros; apply const'].
  - apply mono; intros l. apply mono'; auto.
Qed.
Lemma together_length K : forall F G, (forall f, (forall i, (i < K)%nat -> length (f i) = H) -> F f = G f) -> TT K F = TT K G.
Proof.
  unfold TT. induction K as [|K IH]; intros F G e; simpl; [apply e; lia|].
  apply (length_ext W u H); intros l L. apply IH; intros f Lf. apply e; intros i li. destruct (Nat.eqb_spec i K) as [_ | ne]; [exact L | apply Lf; lia].
Qed.
Lemma together_one K i F : (i < K)%nat -> TT K (fun f => F (f i)) = T F.
Proof.
  unfold TT. revert i. induction K as [|K IH]; intros i L; [lia|]. cbn [together]. fold T. destruct exp_T as (ext & lin & const & _).
  destruct (Nat.eqb_spec i K) as [-> | ne].
  - apply ext; intros l. apply (together_expectation K).
  - rewrite (ext _ (fun _ => T F)) by (intros; apply IH; lia). apply const.
Qed.
Lemma TT_scal K c F : TT K (fun f => c * F f) = c * TT K F.
Proof.
  destruct (together_expectation K) as (ext & lin & const & _). rewrite (ext _ (fun f => 0 + c * F f)) by (intros; ring).
  now rewrite (lin c (fun _ => 0)), const, Rplus_0_l.
Qed.
(** What is said of rollout i alone is independent of what does not look at it. *)
Lemma together_apart K i F G : (i < K)%nat -> (forall f g, (forall k, k <> i -> f k = g k) -> G f = G g) ->
  TT K (fun f => F (f i) * G f) = T F * TT K G.
Proof.
  unfold TT. revert i G. induction K as [|K IH]; intros i G L I; [lia|]. cbn [together]. fold T. destruct exp_T as (ext & lin & const & _).
  destruct (together_expectation K) as (ext' & _). destruct (Nat.eq_dec i K) as [-> | ne].
  - set (g := fun f : nat -> rollout W => G (fun k => if Nat.eqb k K then [] else f k)).
    assert (e : forall l f, G (fun k => if Nat.eqb k K then l else f k) = g f).
    { intros l f. apply I; intros k d. now destruct (Nat.eqb_spec k K) as [|_]. }
    transitivity (T (fun l => TT K g * F l)).
    + apply ext; intros l. rewrite Rmult_comm, <- TT_scal. apply ext'; intros f. now rewrite Nat.eqb_refl, e.
    + rewrite scale, Rmult_comm. f_equal. rewrite <- (const (TT K g)). apply ext; intros l. apply ext'; intros f. symmetry. apply e.
  - rewrite <- scale. apply ext; intros l. unfold TT in IH. rewrite <- (IH i (fun f => G (fun k => if Nat.eqb k K then l else f k))); [|lia|].
    + apply ext'; intros f. now destruct (Nat.eqb_spec i K).
    + intros f g d. apply I; intros k dk. destruct (Nat.eqb k K); auto.
Qed.
Lemma TT_sum K n (f : nat -> (nat -> rollout W) -> R) : TT K (fun g => sum n (fun k => f k g)) = sum n (fun k => TT K (f k)).
Proof.
  destruct (together_expectation K) as (ext & lin & const & _). induction n; simpl; [apply const|].
  rewrite (ext _ (fun g => sum n (fun k => f k g) + 1 * f n g)) by (intros; ring). now rewrite lin, IHn, Rmult_1_l.
Qed.

(** The eligibility has mean 0; its second moment. *)
Lemma met_mean j k : (j < parameters W)%nat -> (k < H)%nat -> T (met gamma weight j k) = 0.
Proof.
  intros jd L. destruct exp_T as (ext & _). unfold T. rewrite (T_ext W P u H _ (fun l => sum (S k) (fun t => weight ^ t * gamma ^ (k - t) * score_at j t l))) by reflexivity.
  rewrite (T_sum W P). rewrite (sum_ext (S k) _ (fun _ => 0)), sum_const; [ring|]. intros t Lt. rewrite (T_scal W P), (episode_one W P) by (auto; lia). ring.
Qed.
Lemma met_second j k : (j < parameters W)%nat -> (k < H)%nat ->
  T (fun l => met gamma weight j k l ^ 2) = sum (S k) (fun t => (weight ^ t * gamma ^ (k - t)) ^ 2 * E (initial W) (moment W j t)).
Proof.
  intros jd L. set (c := fun t => weight ^ t * gamma ^ (k - t)). unfold T.
  rewrite (T_ext W P u H _ (fun l => sum (S k) (fun s => sum (S k) (fun t => (c s * c t) * (score_at j s l * score_at j t l))))).
  2:{ intros l. change (met gamma weight j k l) with (sum (S k) (fun t => c t * score_at j t l)). set (m := sum (S k) (fun t => c t * score_at j t l)).
      replace (m ^ 2) with (m * m) by ring. unfold m.
      rewrite product_of_sums. apply sum_ext; intros s _. apply sum_ext; intros t _. ring. }
  rewrite (T_sum W P). apply sum_ext; intros s Ls. rewrite (T_sum W P).
  rewrite (sum_ext (S k) _ (fun t => same s t * ((c s * c t) * E (initial W) (moment W j t)))).
  - rewrite sum_same by auto. unfold c. ring.
  - intros t Lt. rewrite (T_scal W P), (episode_two W P u j jd) by lia. ring.
Qed.

Variables (sigma : state W -> action W -> R) (law : labels_of W) (K : nat).
Hypothesis labels : noisy_labels sigma K H law.
Hypothesis K2 : (2 <= K)%nat.
Lemma K_not_0 : INR K <> 0. Proof. apply not_0_INR; lia. Qed.
Lemma K_not_1 : INR K - 1 <> 0. Proof. apply le_INR in K2. simpl in K2. lra. Qed.

(** What rollout i contributes to the baseline's account of rollout k; what the error of rollout k at step t meets. *)
Definition share k i := same k i - / (INR K - 1) * (1 - same k i).
Definition meets j k t (f : nat -> rollout W) := / INR K * sum K (fun i => share k i * met gamma weight j t (f i)).

(** The estimate: without errors, and what each error adds. *)
Lemma estimate_is j f e : (forall i, (i < K)%nat -> length (f i) = H) ->
  one_out gamma weight H K j f e = one_out gamma weight H K j f (fun _ _ => 0) + sum K (fun k => sum H (fun t => meets j k t f * e k t)).
Proof.
  intros L. assert (z : forall n t, heard gamma n t (fun _ => 0) = 0).
  { intros n t. unfold heard. rewrite (sum_ext n _ (fun _ => 0)), sum_const; [ring|]. intros i _. destruct (t <=? i)%nat; ring. }
  set (h := fun i t => heard gamma H t (e i)).
  assert (d : forall i t, (i < K)%nat -> above_others gamma K i t f e = above_others gamma K i t f (fun _ _ => 0) + sum K (fun k => share i k * h k t)).
  { intros i t Li. unfold above_others. rewrite (sum_ext K (fun k => (1 - same i k) * seen_to_go gamma t (e k) (f k))
      (fun k => (1 - same i k) * seen_to_go gamma t (fun _ => 0) (f k) + 1 * ((1 - same i k) * h k t))).
    2:{ intros k Lk. rewrite !seen_is, z, L by auto. unfold h. ring. }
    rewrite sum_lin, !(seen_is _ _ (f i)), z, L by auto. fold (h i t).
    rewrite (sum_ext K (fun k => share i k * h k t) (fun k => same i k * h k t + (- / (INR K - 1)) * ((1 - same i k) * h k t))) by (intros; unfold share; ring).
    rewrite sum_lin, sum_same by auto. ring. }
  unfold one_out. transitivity (/ INR K * (sum K (fun i => sum H (fun t => weight ^ t * score_at j t (f i) * above_others gamma K i t f (fun _ _ => 0))) +
    1 * sum K (fun i => sum K (fun k => share i k * sum H (fun t => met gamma weight j t (f i) * e k t))))).
  - f_equal. rewrite <- sum_lin. apply sum_ext; intros i Li. rewrite Rmult_1_l.
    rewrite (sum_ext H _ (fun t => weight ^ t * score_at j t (f i) * above_others gamma K i t f (fun _ _ => 0)
      + 1 * (weight ^ t * score_at j t (f i) * sum K (fun k => share i k * h k t)))) by (intros; rewrite d by auto; ring).
    rewrite sum_lin, Rmult_1_l. f_equal. transitivity (sum H (fun t => sum K (fun k => share i k * (weight ^ t * score_at j t (f i) * h k t)))).
    + apply sum_ext; intros t _. rewrite <- sum_scal. apply sum_ext; intros; ring.
    + rewrite sum_sum. apply sum_ext; intros k _. rewrite sum_scal. f_equal. apply met_heard.
  - rewrite Rmult_plus_distr_l, Rmult_1_l. f_equal. rewrite sum_sum, <- sum_scal. apply sum_ext; intros k Lk.
    transitivity (sum H (fun t => / INR K * sum K (fun i => share k i * met gamma weight j t (f i)) * e k t)); [|reflexivity].
    rewrite (sum_ext K _ (fun i => sum H (fun t => share i k * (met gamma weight j t (f i) * e k t)))) by (intros; now rewrite sum_scal).
    rewrite sum_sum, <- sum_scal. apply sum_ext; intros t _. rewrite Rmult_assoc. f_equal. rewrite Rmult_comm, <- sum_scal. apply sum_ext; intros i _.
    unfold share. replace (same i k) with (same k i) by (unfold same; now rewrite Nat.eqb_sym). ring.
Qed.

Let A j (f : nat -> rollout W) := one_out gamma weight H K j f (fun _ _ => 0).
Lemma one_out_first j : one_out_mean W u law gamma weight H K j = TT K (A j).
Proof.
  apply together_length; intros f L. pose proof (labels f L) as M.
  transitivity (law f (fun e => A j f + sum K (fun k => sum H (fun t => meets j k t f * e k t)) +
    sum K (fun i => sum H (fun t => sum K (fun k => sum H (fun v => 0 * (e i t * e k v))))))).
  - apply (label_ext _ _ _ _ M); intros e. rewrite estimate_is by auto. unfold A. rewrite (sum_ext K (fun i => sum H (fun t => sum K _)) (fun _ => 0)), sum_const; [ring|].
    intros i _. rewrite (sum_ext H _ (fun _ => 0)), sum_const; [ring|]. intros t _. rewrite (sum_ext K _ (fun _ => 0)), sum_const; [ring|].
    intros k _. rewrite sum_scal. ring.
  - rewrite (label_moments _ _ _ _ M (A j f) (fun k t => meets j k t f) (fun _ _ _ _ => 0)).
    rewrite (sum_ext K _ (fun _ => 0)), sum_const; [ring|]. intros i _. rewrite sum_scal. ring.
Qed.
Lemma one_out_second j : together W u H K (fun f => law f (fun e => one_out gamma weight H K j f e ^ 2)) =
  TT K (fun f => A j f ^ 2) + TT K (fun f => sum K (fun k => sum H (fun t => sigma_at sigma t (f k) ^ 2 * meets j k t f ^ 2))).
Proof.
  destruct (together_expectation K) as (ext & lin & _). unfold TT. rewrite <- (Rmult_1_l (together W u H K (fun f => sum K _))). fold (TT K). rewrite <- lin.
  apply together_length; intros f L. pose proof (labels f L) as M.
  transitivity (law f (fun e => A j f ^ 2 + sum K (fun k => sum H (fun t => (2 * A j f * meets j k t f) * e k t)) +
    sum K (fun i => sum H (fun t => sum K (fun k => sum H (fun v => (meets j i t f * meets j k v f) * (e i t * e k v))))))).
  - apply (label_ext _ _ _ _ M); intros e. rewrite estimate_is by auto. fold (A j f).
    set (b := fun k => sum H (fun t => meets j k t f * e k t)).
    rewrite (sum_ext K (fun k => sum H (fun t => (2 * A j f * meets j k t f) * e k t)) (fun k => (2 * A j f) * b k)), sum_scal
      by (intros; unfold b; rewrite <- sum_scal; apply sum_ext; intros; ring).
    rewrite (sum_ext K (fun i => sum H (fun t => sum K (fun k => sum H _))) (fun i => sum K b * b i)), sum_scal; [ring|].
    intros i _. unfold b at 2. rewrite <- sum_scal. apply sum_ext; intros t _. rewrite Rmult_comm, <- sum_scal. apply sum_ext; intros k _.
    unfold b. rewrite <- sum_scal. apply sum_ext; intros v _. ring.
  - rewrite (label_moments _ _ _ _ M (A j f ^ 2) (fun k t => 2 * A j f * meets j k t f) (fun i t k v => meets j i t f * meets j k v f)). f_equal.
    rewrite Rmult_1_l. apply sum_ext; intros k _. apply sum_ext; intros; ring.
Qed.
(** What the error of rollout k meets: its own eligibility, and the others' with a (K - 1)-th of the weight each. *)
Lemma meets_second (s2 : rollout W -> R) j k t : (j < parameters W)%nat -> (k < K)%nat -> (t < H)%nat ->
  TT K (fun f => s2 (f k) * meets j k t f ^ 2) =
  / INR K ^ 2 * (T (fun l => s2 l * met gamma weight j t l ^ 2) + / (INR K - 1) * (T s2 * T (fun l => met gamma weight j t l ^ 2))).
Proof.
  intros jd Lk Lt. pose proof K_not_0 as k0. pose proof K_not_1 as k1. destruct (together_expectation K) as (ext & _).
  set (m := met gamma weight j t). set (one := T (fun l => s2 l * m l ^ 2)). set (two := T s2 * T (fun l => m l ^ 2)). set (b := / (INR K - 1)).
  rewrite (ext _ (fun f => / INR K ^ 2 * sum K (fun i => sum K (fun o => (share k i * share k o) * (s2 (f k) * (m (f i) * m (f o))))))).
  2:{ intros f. unfold meets. fold m. set (c := sum K (fun i => share k i * m (f i))). replace ((/ INR K * c) ^ 2) with (/ INR K ^ 2 * (c * c)) by (field; auto).
      rewrite <- Rmult_assoc, (Rmult_comm (s2 (f k))), Rmult_assoc. f_equal. unfold c. rewrite product_of_sums, <- sum_scal. apply sum_ext; intros i _.
      rewrite <- sum_scal. apply sum_ext; intros o _. ring. }
  rewrite TT_scal, TT_sum. f_equal. rewrite (sum_ext K _ (fun i => same k i * (one - b ^ 2 * two) + b ^ 2 * two * 1)).
  { rewrite sum_lin, sum_same, sum_const by auto. unfold b. field. exact k1. }
  intros i Li. rewrite TT_sum.
  rewrite (sum_ext K _ (fun o => same i o * (share k i ^ 2 * TT K (fun f => s2 (f k) * m (f i) ^ 2)))).
  - rewrite sum_same by auto. unfold share. fold b. unfold same. destruct (Nat.eqb_spec k i) as [-> | ne].
    + rewrite (together_one K i (fun l => s2 l * m l ^ 2)) by auto. fold one. ring.
    + rewrite (ext _ (fun f => m (f i) ^ 2 * s2 (f k))) by (intros; ring).
      rewrite (together_apart K i (fun l => m l ^ 2) (fun f => s2 (f k))), (together_one K k s2) by (auto; intros f g d; now rewrite d). unfold two. ring.
  - intros o Lo. rewrite TT_scal. unfold same. destruct (Nat.eqb_spec i o) as [<- | ne].
    + rewrite Rmult_1_l. f_equal; [ring|]. apply ext; intros; ring.
    + rewrite Rmult_0_l. assert (z : T m = 0) by (unfold m; now apply met_mean). destruct (Nat.eq_dec i k) as [-> | d].
      * rewrite (ext _ (fun f => m (f o) * (s2 (f k) * m (f k)))) by (intros; ring).
        rewrite (together_apart K o m (fun f => s2 (f k) * m (f k))), z by (auto; intros f g e; rewrite !e; auto). ring.
      * rewrite (ext _ (fun f => m (f i) * (s2 (f k) * m (f o)))) by (intros; ring).
        rewrite (together_apart K i m (fun f => s2 (f k) * m (f o))), z by (auto; intros f g e; rewrite !e; auto). ring.
Qed.
Lemma one_out_added : one_out_variance W u law gamma weight H K - one_out_variance W u no_errors gamma weight H K =
  leave_one_out_added (sum H (noise_met W u sigma gamma weight H)) (sum H (fun t => mean_noise W u sigma H t * met_square W u gamma weight H t)) K.
Proof.
  pose proof K_not_0 as k0. pose proof K_not_1 as k1. unfold one_out_variance. rewrite sum_minus. set (s2 := fun t (l : rollout W) => sigma_at sigma t l ^ 2).
  transitivity (sum (parameters W) (fun j => / INR K * sum H (fun t => T (fun l => s2 t l * met gamma weight j t l ^ 2)
    + / (INR K - 1) * (T (s2 t) * T (fun l => met gamma weight j t l ^ 2))))).
  - apply sum_ext; intros j jd. rewrite one_out_first, one_out_second.
    change (one_out_mean W u no_errors gamma weight H K j) with (TT K (A j)).
    change (together W u H K (fun f => no_errors f (fun e => one_out gamma weight H K j f e ^ 2))) with (TT K (fun f => A j f ^ 2)).
    transitivity (TT K (fun f => sum K (fun k => sum H (fun t => sigma_at sigma t (f k) ^ 2 * meets j k t f ^ 2)))); [ring|].
    rewrite TT_sum. replace (/ INR K) with (INR K * / INR K ^ 2) by (field; auto). rewrite Rmult_assoc, <- sum_const.
    apply sum_ext; intros k Lk. rewrite TT_sum. rewrite <- sum_scal. apply sum_ext; intros t Lt. exact (meets_second (s2 t) j k t jd Lk Lt).
  - rewrite sum_scal. unfold leave_one_out_added. f_equal. rewrite sum_sum, (Rplus_comm (-1) (INR K)), (Rmult_comm (sum H _) (/ _)).
    rewrite (sum_ext H _ (fun t => noise_met W u sigma gamma weight H t + / (INR K - 1) * (mean_noise W u sigma H t * met_square W u gamma weight H t))).
    { rewrite sum_lin. reflexivity. }
    intros t Lt. rewrite sum_lin, !sum_scal. unfold noise_met, met_square, mean_noise, T. f_equal.
    + rewrite <- (T_sum W P). apply (T_ext W P); intros l. apply sum_scal.
    + do 2 f_equal. symmetry. apply (T_sum W P).
Qed.

(** The others' returns are drawn apart from a rollout's scores, so the mean is REINFORCE's. *)
Lemma one_out_unbiased j : (j < parameters W)%nat -> one_out_mean W u law gamma weight H K j = estimate_mean W u quiet gamma weight H K j.
Proof.
  intros jd. pose proof K_not_0 as k0. rewrite one_out_first. unfold estimate_mean. rewrite draws_mean by (apply expectation_second_order, episode_expectation; auto).
  fold T. transitivity (TT K (fun f => / INR K * sum K (fun i => sum K (fun k => share i k * sum H (fun t => weight ^ t * (score_at j t (f i) * to_go gamma (skipn t (f k)))))))).
  - apply (together_expectation K); intros f. unfold A, one_out. f_equal. apply sum_ext; intros i Li.
    assert (z : forall k t, seen_to_go gamma t (fun _ => 0) (f k) = to_go gamma (skipn t (f k))).
    { intros k t. rewrite seen_is. replace (heard gamma (length (f k)) t (fun _ => 0)) with 0; [ring|]. unfold heard. symmetry.
      rewrite (sum_ext _ _ (fun _ => 0)), sum_const; [ring|]. intros o _. destruct (t <=? o)%nat; ring. }
    transitivity (sum H (fun t => sum K (fun k => share i k * (weight ^ t * (score_at j t (f i) * to_go gamma (skipn t (f k))))))).
    + apply sum_ext; intros t _. unfold above_others. rewrite z, (sum_ext K _ (fun k => (1 - same i k) * to_go gamma (skipn t (f k)))) by (intros; now rewrite z).
      rewrite (sum_ext K (fun k => share i k * _) (fun k => same i k * (weight ^ t * score_at j t (f i) * to_go gamma (skipn t (f k)))
        + (- / (INR K - 1) * weight ^ t * score_at j t (f i)) * ((1 - same i k) * to_go gamma (skipn t (f k))))) by (intros; unfold share; ring).
      rewrite sum_lin, sum_same by auto. ring.
    + rewrite sum_sum. apply sum_ext; intros k _. apply sum_scal.
  - rewrite TT_scal, Rplus_0_l. f_equal. rewrite TT_sum, <- sum_const. apply sum_ext; intros i Li. rewrite TT_sum.
    rewrite (sum_ext K _ (fun k => same i k * T (reinforce gamma weight j))); [now rewrite sum_same by auto|].
    intros k Lk. rewrite TT_scal. unfold share, same. destruct (Nat.eqb_spec i k) as [<- | ne].
    + rewrite (together_one K i (fun l => sum H (fun t => weight ^ t * (score_at j t l * to_go gamma (skipn t l))))) by auto.
      replace (T (fun l => sum H _)) with (T (reinforce gamma weight j)); [ring|]. apply (length_ext W u H); intros l L. rewrite <- reinforce_sum, L.
      apply sum_ext; intros; ring.
    + rewrite TT_sum. rewrite (sum_ext H _ (fun _ => 0)), sum_const; [ring|]. intros t Lt. rewrite TT_scal.
      rewrite (together_apart K i (score_at j t) (fun f => to_go gamma (skipn t (f k)))) by (auto; intros f g d; now rewrite d; auto).
      unfold T at 1. rewrite (episode_one W P) by auto. ring.
Qed.
End OneOut.


(** Leave one out, state-dependent noise. Each of K >= 2 rollouts of H steps subtracts, at each time, the mean of the
    other rollouts' seen returns to go. Given the trajectories their labels' errors have mean 0, are uncorrelated, and
    have a variance that depends on state and action. Then the mean is what it is without baseline and without errors;
    and errors add what they add without the baseline, and for the others' labels the mean variance times the mean
    square of the eligibility, over K - 1. *)
Theorem leave_one_out_noise : forall (W : learner) (u sigma : state W -> action W -> R) (law : labels_of W) (gamma weight : R) (H K : nat),
  others_supposes K -> proper W -> noisy_labels sigma K H law ->
  (forall j, (j < parameters W)%nat -> one_out_mean W u law gamma weight H K j = estimate_mean W u quiet gamma weight H K j) /\
  one_out_variance W u law gamma weight H K - one_out_variance W u no_errors gamma weight H K =
    leave_one_out_added (sum H (noise_met W u sigma gamma weight H)) (sum H (fun t => mean_noise W u sigma H t * met_square W u gamma weight H t)) K.
Proof.
  intros W u sigma law gamma weight H K K2 P L. unfold others_supposes in K2. split.
  - intros j jd. exact (one_out_unbiased W P u gamma weight H sigma law K L K2 j jd).
  - exact (one_out_added W P u gamma weight H sigma law K L K2).
Qed.

(** Errors of one variance everywhere, which know nothing of the rollouts. *)
Lemma same_noise W K H S sigma : label_errors K H S (fun _ _ => sigma ^ 2) -> @noisy_labels W (fun _ _ => sigma) K H (fun _ => S).
Proof.
  intros L f long. split; [apply (label_ext _ _ _ _ L)|]. intros p q s. rewrite (label_moments _ _ _ _ L). f_equal. apply sum_ext; intros i Li.
  apply sum_ext; intros t Lt. unfold sigma_at. destruct (nth_error (f i) t) as [[[x a] r]|] eqn:e; [reflexivity|].
  apply nth_error_None in e. rewrite long in e by auto. lia.
Qed.
Lemma constant_added (W : learner) (P : proper W) u S gamma weight sigma H K : (2 <= K)%nat -> label_errors K H S (fun _ _ => sigma ^ 2) ->
  one_out_variance W u (fun _ => S) gamma weight H K - one_out_variance W u no_errors gamma weight H K =
  leave_one_out_factor K * (sigma ^ 2 / INR K * sum H (fun t => sum (Datatypes.S t) (fun s => (weight ^ s * gamma ^ (t - s)) ^ 2 * score_moment W s))).
Proof.
  intros K2 L. pose proof (K_not_0 K K2) as k0. pose proof (K_not_1 K K2) as k1. rewrite (one_out_added W P u gamma weight H _ _ K (same_noise W K H S sigma L) K2).
  assert (here : forall F t, (t < H)%nat -> episode W u quiet H (fun l => sigma_at (fun _ _ => sigma) t l ^ 2 * F l) = sigma ^ 2 * episode W u quiet H F).
  { intros F t Lt. rewrite <- (T_scal W P). apply (length_ext W u H); intros l long. unfold sigma_at.
    destruct (nth_error l t) as [[[x a] r]|] eqn:e; [reflexivity|]. apply nth_error_None in e. rewrite long in e. lia. }
  assert (m : forall t, (t < H)%nat -> met_square W u gamma weight H t = sum (Datatypes.S t) (fun s => (weight ^ s * gamma ^ (t - s)) ^ 2 * score_moment W s)).
  { intros t Lt. unfold met_square. rewrite (T_sum W P), (sum_ext (parameters W) _ (fun j => sum (Datatypes.S t) (fun s => (weight ^ s * gamma ^ (t - s)) ^ 2 * E (initial W) (moment W j s))))
      by (intros j jd; now apply met_second). rewrite sum_sum. apply sum_ext; intros s _. unfold score_moment. apply sum_scal. }
  rewrite (sum_ext H (noise_met W u _ gamma weight H) (fun t => sigma ^ 2 * met_square W u gamma weight H t)) by (intros t Lt; unfold noise_met; now apply here).
  rewrite (sum_ext H (fun t => mean_noise W u _ H t * _) (fun t => sigma ^ 2 * met_square W u gamma weight H t)).
  2:{ intros t Lt. f_equal. unfold mean_noise. rewrite (T_ext W P u H _ (fun l => sigma_at (fun _ _ => sigma) t l ^ 2 * 1)), here by (auto; intros; ring).
      destruct (episode_expectation W P u H) as (_ & _ & const & _). rewrite const. ring. }
  rewrite !sum_scal, (sum_ext H _ _ m). unfold leave_one_out_added, leave_one_out_factor. field. split; [auto | lra].
Qed.

(** Leave one out. Each of K >= 2 rollouts of H steps subtracts, at each time, the mean of the other rollouts' seen
    returns to go. Their labels' errors have mean 0, variance sigma^2, and are uncorrelated. Then the mean is what it is
    without baseline and without errors; and errors add K/(K - 1) times what they add without the baseline: to Theorem
    2's estimator, and to the discounted one. *)
Theorem leave_one_out : forall (W : learner) (u : state W -> action W -> R) (S : ((nat -> nat -> R) -> R) -> R) (gamma sigma : R) (H K : nat),
  leave_one_out_supposes K -> proper W -> label_errors K H S (fun _ _ => sigma ^ 2) ->
  (forall weight j, (j < parameters W)%nat -> one_out_mean W u (fun _ => S) gamma weight H K j = estimate_mean W u quiet gamma weight H K j) /\
  one_out_variance W u (fun _ => S) gamma 1 H K - one_out_variance W u no_errors gamma 1 H K =
    leave_one_out_factor K * theorem_2_added (eligibility W gamma) sigma H K /\
  one_out_variance W u (fun _ => S) gamma gamma H K - one_out_variance W u no_errors gamma gamma H K =
    leave_one_out_factor K * noise_discounted_added (eligibility_discounted W) gamma sigma H K.
Proof.
  intros W u S gamma sigma H K K2 P L. unfold leave_one_out_supposes in K2. repeat split.
  - intros weight j jd. exact (proj1 (leave_one_out_noise W u _ _ gamma weight H K K2 P (same_noise W K H S sigma L)) j jd).
  - rewrite (constant_added W P u S gamma 1 sigma) by auto. f_equal. unfold theorem_2_added, Rdiv. f_equal. apply sum_ext; intros t _. unfold eligibility.
    apply sum_ext; intros s _. rewrite pow1, Rmult_1_l, <- pow_mult, Nat.mul_comm. reflexivity.
  - rewrite (constant_added W P u S gamma gamma sigma) by auto. f_equal. unfold noise_discounted_added, Rdiv. f_equal. apply sum_ext; intros t _.
    unfold eligibility_discounted. rewrite <- sum_scal. apply sum_ext; intros s Ls. rewrite <- pow_add. replace (s + (t - s))%nat with t by lia.
    rewrite <- pow_mult, Nat.mul_comm. reflexivity.
Qed.
