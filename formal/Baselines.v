(** All of the variance of leave-one-out: what the mean itself would leave, and a price for not knowing the mean. And
    what the mean of the whole group does in its place. *)
From Coq Require Import Reals List Lra Psatz.
From Coq Require FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Laws Rollouts Noise Errors LeaveOneOut.
Import ListNotations.
Open Scope R_scope.

(** The mean return to go at step t; the estimate of one rollout that subtracts it; and a rollout's scores with
    another one's returns to go in the place of its own. *)
Definition mean_to_go W u gamma H t := episode W u quiet H (fun l => to_go gamma (skipn t l)).
Definition across W u gamma weight H j (l l' : rollout W) :=
  sum H (fun t => weight ^ t * score_at j t l * (to_go gamma (skipn t l') - mean_to_go W u gamma H t)).
Definition less_mean W u gamma weight H j (l : rollout W) := across W u gamma weight H j l l.
(** The variance of the one, and the second moments of the other: with itself, and with the rollouts exchanged. *)
Definition less_mean_variance W u gamma weight H := sum (parameters W) (fun j =>
  episode W u quiet H (fun l => less_mean W u gamma weight H j l ^ 2) - episode W u quiet H (less_mean W u gamma weight H j) ^ 2).
Definition across_square W u gamma weight H := sum (parameters W) (fun j =>
  episode W u quiet H (fun l => episode W u quiet H (fun l' => across W u gamma weight H j l l' ^ 2)) +
  episode W u quiet H (fun l => episode W u quiet H (fun l' => across W u gamma weight H j l l' * across W u gamma weight H j l' l))).
(** The estimate that subtracts the mean of all K returns to go, as they are seen. *)
Definition below_mean {W} gamma K i t (f : nat -> rollout W) (e : nat -> nat -> R) :=
  seen_to_go gamma t (e i) (f i) - / INR K * sum K (fun k => seen_to_go gamma t (e k) (f k)).
Definition of_group {W} gamma weight H K j (f : nat -> rollout W) (e : nat -> nat -> R) :=
  / INR K * sum K (fun i => sum H (fun t => weight ^ t * score_at j t (f i) * below_mean gamma K i t f e)).
Definition of_group_mean W u (law : labels_of W) gamma weight H K j := together W u H K (fun f => law f (fun e => of_group gamma weight H K j f e)).

(** ---- Less the mean of the group ---- *)
Lemma below_others W gamma K i t (f : nat -> rollout W) e : (2 <= K)%nat -> (i < K)%nat ->
  below_mean gamma K i t f e = (INR K - 1) / INR K * above_others gamma K i t f e.
Proof.
  intros K2 Li. pose proof (K_not_0 K K2) as k0. pose proof (K_not_1 K K2) as k1. unfold below_mean, above_others. set (g := fun k => seen_to_go gamma t (e k) (f k)).
  rewrite (sum_ext K (fun k => (1 - same i k) * _) (fun k => g k + (-1) * (same i k * g k))) by (intros; unfold g; ring).
  rewrite sum_lin, sum_same by auto. change (seen_to_go gamma t (e i) (f i)) with (g i). change (sum K (fun k => g k)) with (sum K g). field. auto.
Qed.
(** Less the mean of the group. On every sample the estimate that subtracts the mean of all K returns to go, its own
    among them, is (K - 1)/K times that which subtracts the others'. So its mean is as many times that of REINFORCE. *)
Theorem less_the_mean : forall (W : learner) (gamma weight : R) (H K : nat), others_supposes K ->
  (forall j f e, @of_group W gamma weight H K j f e = less_the_mean_estimate (one_out gamma weight H K j f e) K) /\
  (forall (u sigma : state W -> action W -> R) (law : labels_of W) (j : nat), proper W -> noisy_labels sigma K H law -> (j < parameters W)%nat ->
    of_group_mean W u law gamma weight H K j = less_the_mean_estimate (estimate_mean W u quiet gamma weight H K j) K).
Proof.
  intros W gamma weight H K K2. unfold others_supposes in K2. pose proof (K_not_0 K K2) as k0.
  assert (every : forall j f e, @of_group W gamma weight H K j f e = (INR K - 1) / INR K * one_out gamma weight H K j f e).
  { intros j f e. unfold of_group, one_out. rewrite <- Rmult_assoc, (Rmult_comm ((INR K - 1) / INR K)), Rmult_assoc. f_equal. rewrite <- sum_scal.
    apply sum_ext; intros i Li. rewrite <- sum_scal. apply sum_ext; intros t _. rewrite below_others by auto. ring. }
  split; [intros; rewrite every; unfold less_the_mean_estimate; field; auto|].
  intros u sigma law j P N jd. rewrite <- (proj1 (leave_one_out_noise W u sigma law gamma weight H K K2 P N) j jd).
  transitivity ((INR K - 1) / INR K * one_out_mean W u law gamma weight H K j); [|unfold less_the_mean_estimate; field; auto].
  unfold of_group_mean, one_out_mean. rewrite <- (TT_scal W P). apply (together_length W u); intros f long. destruct (N f long) as [ext mom].
  rewrite (ext _ (fun e => (INR K - 1) / INR K * one_out gamma weight H K j f e)) by (intros; apply every).
  set (c := (INR K - 1) / INR K). set (A := one_out gamma weight H K j f (fun _ _ => 0)). set (m := fun k t => meets W gamma weight K j k t f).
  assert (one : forall b, law f (fun e => b * one_out gamma weight H K j f e) = b * A).
  { intros b. rewrite (ext _ (fun e => b * A + sum K (fun i => sum H (fun t => (b * m i t) * e i t)) +
      sum K (fun i => sum H (fun t => sum K (fun k => sum H (fun v => 0 * (e i t * e k v))))))).
    - rewrite (mom (b * A) (fun i t => b * m i t) (fun _ _ _ _ => 0)), (sum_ext K _ (fun _ => 0)), sum_const; [ring|]. intros. rewrite (sum_ext H _ (fun _ => 0)), sum_const; [ring|]. intros; ring.
    - intros e. rewrite (estimate_is W gamma weight H K) by auto. fold A.
      rewrite (sum_ext K (fun i => sum H (fun t => sum K _)) (fun _ => 0)), sum_const.
      + rewrite (sum_ext K (fun i => sum H (fun t => (b * m i t) * e i t)) (fun i => b * sum H (fun t => m i t * e i t))), sum_scal; [unfold m; ring|].
        intros; rewrite <- sum_scal; apply sum_ext; intros; ring.
      + intros. rewrite (sum_ext H _ (fun _ => 0)), sum_const; [ring|]. intros. rewrite (sum_ext K _ (fun _ => 0)), sum_const; [ring|]. intros. rewrite sum_scal. ring. }
  rewrite one, <- (Rmult_1_l A), <- (one 1). f_equal. apply ext; intros; ring.
Qed.

(** ---- Integrals in any order ---- *)
Section Total.
Variable W : learner.
Hypothesis P : proper W.
Variables (u : state W -> action W -> R) (gamma weight : R) (H : nat).
Let T := episode W u quiet H.
Let exp_T : expectation T. Proof. now apply episode_expectation. Qed.
Let TT := together W u H.
Let exp_TT K : expectation (TT K). Proof. now apply together_expectation. Qed.

Lemma E_swap X Y (d : law X) (U : (Y -> R) -> R) (F : X -> Y -> R) : expectation U -> E d (fun x => U (F x)) = U (fun y => E d (fun x => F x y)).
Proof.
  intros (ext & lin & const & _). induction d as [|[q x] d IH]; simpl; [now rewrite const|]. rewrite IH.
  rewrite (ext (fun y => q * F x y + _) (fun y => E d (fun x => F x y) + q * F x y)) by (intros; ring). rewrite lin. ring.
Qed.
Lemma roll_swap Y (U : (Y -> R) -> R) n : expectation U -> forall x (F : rollout W -> Y -> R), roll W u quiet n x (fun l => U (F l)) = U (fun y => roll W u quiet n x (fun l => F l y)).
Proof.
  intros e. pose proof e as (ext & _). induction n; intros x F; simpl; [apply ext; reflexivity|]. unfold quiet.
  rewrite <- E_swap by auto. apply E_ext; intros a. rewrite <- E_swap by auto. apply E_ext; intros z. apply (IHn z (fun l => F ((x, a, u x a + 0) :: l))).
Qed.
Lemma T_swap Y (U : (Y -> R) -> R) (F : rollout W -> Y -> R) : expectation U -> T (fun l => U (F l)) = U (fun y => T (fun l => F l y)).
Proof. intros e. unfold T, episode. rewrite <- E_swap by auto. apply E_ext; intros x. now apply roll_swap. Qed.
Lemma together_null K i (F : (nat -> rollout W) -> R) : (i < K)%nat -> (forall f, T (fun l => F (fun k => if Nat.eqb k i then l else f k)) = 0) -> TT K F = 0.
Proof.
  unfold TT. revert F. induction K as [|K IH]; intros F L z; [lia|]. cbn [together]. fold T. destruct exp_T as (ext & _ & const & _).
  destruct (Nat.eq_dec i K) as [-> | ne].
  - rewrite (T_swap _ (together W u H K) (fun l f => F (fun k => if Nat.eqb k K then l else f k))) by apply exp_TT.
    rewrite (proj1 (exp_TT K) _ (fun _ => 0)) by apply z. now apply (exp_TT K).
  - rewrite (ext _ (fun _ => 0)); [apply const|]. intros l. apply IH; [lia|]. intros f. rewrite <- (z (fun k => if Nat.eqb k K then l else f k)).
    apply ext; intros l'. f_equal. apply FunctionalExtensionality.functional_extensionality; intros k.
    destruct (Nat.eqb_spec k K), (Nat.eqb_spec k i); congruence.
Qed.
Lemma together_pair K i k (F : rollout W -> rollout W -> R) : (i < K)%nat -> (k < K)%nat -> i <> k -> TT K (fun f => F (f i) (f k)) = T (fun l => T (F l)).
Proof.
  unfold TT. induction K as [|K IH]; intros Li Lk d; [lia|]. cbn [together]. fold T. destruct exp_T as (ext & _ & const & _).
  destruct (Nat.eqb_spec i K) as [-> | ni], (Nat.eqb_spec k K) as [-> | nk]; [lia | | |].
  - apply ext; intros l. apply (together_one W P u H K k (F l)). lia.
  - transitivity (T (fun l => T (fun l' => F l' l))); [|exact (T_swap _ T (fun l l' => F l' l) exp_T)]. apply ext; intros l. apply (together_one W P u H K i (fun l' => F l' l)). lia.
  - rewrite (ext _ (fun _ => T (fun l => T (F l)))), const by (intros; apply IH; lia). reflexivity.
Qed.

(** ---- One coordinate ---- *)
Variable j : nat.
Hypothesis jd : (j < parameters W)%nat.
Let c := across W u gamma weight H j.
Let z := less_mean W u gamma weight H j.
Lemma scores_null l' : T (fun l => c l l') = 0.
Proof.
  unfold T, c, across. rewrite (T_sum W P), (sum_ext H _ (fun _ => 0)), sum_const; [ring|]. intros t Lt.
  rewrite (T_ext W P u H _ (fun l => (weight ^ t * (to_go gamma (skipn t l') - mean_to_go W u gamma H t)) * score_at j t l)) by (auto; intros; ring).
  rewrite (T_scal W P), (episode_one W P) by auto. ring.
Qed.
Lemma returns_null l : T (c l) = 0.
Proof.
  unfold T, c, across. rewrite (T_sum W P), (sum_ext H _ (fun _ => 0)), sum_const; [ring|]. intros t Lt. rewrite (T_scal W P).
  destruct exp_T as (ext & lin & const & _). unfold T in *. rewrite (ext _ (fun l' => to_go gamma (skipn t l') + (-1) * mean_to_go W u gamma H t)) by (intros; ring).
  rewrite (lin (-1) _ (fun _ => mean_to_go W u gamma H t)), const. unfold mean_to_go. ring.
Qed.
Let A := T (fun l => T (fun l' => c l l' ^ 2)).
Let B := T (fun l => T (fun l' => c l l' * c l' l)).
Variable K : nat.
Hypothesis K2 : (2 <= K)%nat.
Let scalT k F : T (fun l => k * F l) = k * T F. Proof. now apply T_scal. Qed.
Ltac look := repeat match goal with |- context [Nat.eqb ?a ?b] => destruct (Nat.eqb_spec a b); try congruence; try lia end.

(** Where a rollout appears once, the mean is 0. *)
Lemma twos i k o v : (i < K)%nat -> (k < K)%nat -> (o < K)%nat -> (v < K)%nat -> i <> k -> o <> v ->
  TT K (fun f => c (f i) (f k) * c (f o) (f v)) = same i o * same k v * A + same i v * same k o * B.
Proof.
  intros Li Lk Lo Lv d e. destruct (exp_TT K) as (ext & _). destruct exp_T as (extT & _). unfold same.
  destruct (Nat.eqb_spec i o) as [<- | io].
  - destruct (Nat.eqb_spec k v) as [<- | kv].
    + rewrite (ext _ (fun f => c (f i) (f k) ^ 2)), (together_pair K i k (fun l l' => c l l' ^ 2)) by (auto; intros; ring). fold A. look. ring.
    + rewrite (together_null K k) by (auto; intros f; rewrite <- (Rmult_0_r (c (f i) (f v))), <- (returns_null (f i)), <- scalT; apply extT; intros l; look; ring). look. ring.
  - destruct (Nat.eq_dec i v) as [<- | iv].
    + destruct (Nat.eqb_spec k o) as [<- | ko].
      * rewrite (together_pair K i k (fun l l' => c l l' * c l' l)) by auto. fold B. look. ring.
      * rewrite (together_null K k) by (auto; intros f; rewrite <- (Rmult_0_r (c (f o) (f i))), <- (returns_null (f i)), <- scalT; apply extT; intros l; look; ring). look; ring.
    + rewrite (together_null K i) by (auto; intros f; rewrite <- (Rmult_0_r (c (f o) (f v))), <- (scores_null (f k)), <- scalT; apply extT; intros l; look; ring). look; ring.
Qed.
Lemma one_two i o v : (i < K)%nat -> (o < K)%nat -> (v < K)%nat -> o <> v -> TT K (fun f => z (f i) * c (f o) (f v)) = 0.
Proof.
  intros Li Lo Lv d. destruct exp_T as (extT & _). destruct (Nat.eq_dec i o) as [<- | io].
  - apply (together_null K v); auto; intros f. rewrite <- (Rmult_0_r (z (f i))), <- (returns_null (f i)), <- scalT. apply extT; intros l. look; ring.
  - apply (together_null K o); auto; intros f. rewrite <- (Rmult_0_r (z (f i))), <- (scores_null (f v)), <- scalT. apply extT; intros l. look; ring.
Qed.
(** The estimate: each rollout's own part, less what it has of pairs. *)
Let own (f : nat -> rollout W) := sum K (fun i => z (f i)).
Let pairs (f : nat -> rollout W) := sum K (fun i => sum K (fun k => (1 - same i k) * c (f i) (f k))).
Let b := / (INR K - 1).
Lemma of_pairs f : one_out gamma weight H K j f (fun _ _ => 0) = / INR K * (own f - b * pairs f).
Proof.
  pose proof (K_not_1 K K2) as k1. unfold one_out, own, pairs. f_equal. rewrite <- sum_scal, sum_minus. apply sum_ext; intros i Li.
  set (m := mean_to_go W u gamma H). unfold z, less_mean, c, across. fold m.
  transitivity (sum H (fun t => weight ^ t * score_at j t (f i) * ((to_go gamma (skipn t (f i)) - m t) - b * sum K (fun k => (1 - same i k) * (to_go gamma (skipn t (f k)) - m t))))).
  - apply sum_ext; intros t _. f_equal. unfold above_others. fold b. rewrite seen_is.
    assert (q : forall n, heard gamma n t (fun _ => 0) = 0).
    { intros n. unfold heard. rewrite (sum_ext n _ (fun _ => 0)), sum_const; [ring|]. intros o _. destruct (t <=? o)%nat; ring. }
    rewrite q, (sum_ext K (fun k => (1 - same i k) * seen_to_go gamma t (fun _ => 0) (f k)) (fun k => (1 - same i k) * (to_go gamma (skipn t (f k)) - m t) + m t * (1 - same i k)))
      by (intros; rewrite seen_is, q; ring).
    rewrite sum_lin. assert (n : sum K (fun k => 1 - same i k) = INR K - 1).
    { rewrite (sum_ext K _ (fun k => 1 + (-1) * (same i k * 1))) by (intros; ring). rewrite sum_lin, sum_const, (sum_same K i (fun _ => 1)) by auto. ring. }
    rewrite n. unfold b. field. exact k1.
  - transitivity (sum H (fun t => weight ^ t * score_at j t (f i) * (to_go gamma (skipn t (f i)) - m t)
      + (- b) * sum K (fun k => (1 - same i k) * (weight ^ t * score_at j t (f i) * (to_go gamma (skipn t (f k)) - m t))))).
    + apply sum_ext; intros t _. rewrite (sum_ext K (fun k => (1 - same i k) * (weight ^ t * _ * _)) (fun k => (weight ^ t * score_at j t (f i)) * ((1 - same i k) * (to_go gamma (skipn t (f k)) - m t)))), sum_scal
        by (intros; ring). ring.
    + rewrite sum_lin, sum_sum. unfold Rminus. f_equal. rewrite Ropp_mult_distr_l. f_equal. apply sum_ext; intros k _. apply sum_scal.
Qed.
Lemma pairs_square : TT K (fun f => pairs f ^ 2) = INR K * (INR K - 1) * (A + B).
Proof.
  destruct (exp_TT K) as (ext & _).
  rewrite (ext _ (fun f => sum K (fun i => sum K (fun k => sum K (fun o => sum K (fun v => ((1 - same i k) * (1 - same o v)) * (c (f i) (f k) * c (f o) (f v)))))))).
  2:{ intros f. simpl. rewrite Rmult_1_r. unfold pairs at 1. rewrite <- (Rmult_comm (pairs f)), <- sum_scal. apply sum_ext; intros i _. rewrite <- sum_scal. apply sum_ext; intros k _.
      rewrite Rmult_comm. unfold pairs. rewrite <- sum_scal. apply sum_ext; intros o _. rewrite <- sum_scal. apply sum_ext; intros v _. ring. }
  unfold TT. rewrite (TT_sum W P). rewrite (sum_ext K _ (fun i => sum K (fun k => (1 - same i k) * (A + B)))).
  - rewrite (sum_ext K _ (fun _ => (INR K - 1) * (A + B))), sum_const; [ring|]. intros i Li.
    rewrite (sum_ext K _ (fun k => (A + B) + (- (A + B)) * (same i k * 1))) by (intros; ring). rewrite sum_lin, sum_const, (sum_same K i (fun _ => 1)) by auto. ring.
  - intros i Li. rewrite (TT_sum W P). apply sum_ext; intros k Lk. rewrite (TT_sum W P).
    transitivity (sum K (fun o => sum K (fun v => same k v * (same i o * (1 - same i k) * A) + 1 * (same i v * (same k o * (1 - same i k) * B))))).
    + apply sum_ext; intros o Lo. rewrite (TT_sum W P). apply sum_ext; intros v Lv. rewrite (TT_scal W P). fold TT. unfold same at 1 2.
      destruct (Nat.eqb_spec i k) as [<- | d], (Nat.eqb_spec o v) as [<- | e].
      * unfold same. look; ring.
      * unfold same. look; ring.
      * unfold same. look; ring.
      * rewrite twos by auto. unfold same. look; ring.
    + rewrite (sum_ext K _ (fun o => same i o * ((1 - same i k) * A) + 1 * (same k o * ((1 - same i k) * B)))).
      * rewrite sum_lin, !sum_same by auto. ring.
      * intros o Lo. rewrite sum_lin, (sum_same K k (fun _ => _)), (sum_same K i (fun _ => _)) by auto. ring.
Qed.
Lemma own_square : TT K (fun f => own f ^ 2) = INR K * (T (fun l => z l ^ 2) - T z ^ 2) + INR K ^ 2 * T z ^ 2.
Proof.
  destruct (exp_TT K) as (ext & _). rewrite (ext _ (fun f => sum K (fun i => sum K (fun k => z (f i) * z (f k))))) by (intros; unfold own; simpl; rewrite Rmult_1_r; apply product_of_sums).
  unfold TT. rewrite (TT_sum W P), (sum_ext K _ (fun i => (T (fun l => z l ^ 2) - T z ^ 2) + INR K * T z ^ 2)), sum_const; [ring|].
  intros i Li. rewrite (TT_sum W P), (sum_ext K _ (fun k => same i k * (T (fun l => z l ^ 2) - T z ^ 2) + 1 * T z ^ 2)).
  - rewrite sum_lin, (sum_same K i (fun _ => _)), sum_const by auto. ring.
  - intros k Lk. fold TT. unfold same. destruct (Nat.eqb_spec i k) as [<- | d].
    + rewrite (ext _ (fun f => z (f i) ^ 2)) by (intros; ring). unfold TT. rewrite (together_one W P u H K i (fun l => z l ^ 2)) by auto. fold T. ring.
    + rewrite (together_pair K i k (fun l l' => z l * z l')) by auto. rewrite (proj1 exp_T _ (fun l => T z * z l)), scalT by (intros; rewrite scalT; ring). ring.
Qed.
Lemma own_pairs : TT K (fun f => own f * pairs f) = 0.
Proof.
  destruct (exp_TT K) as (ext & _). rewrite (ext _ (fun f => sum K (fun i => sum K (fun o => sum K (fun v => (1 - same o v) * (z (f i) * c (f o) (f v))))))).
  2:{ intros f. unfold own. rewrite Rmult_comm, <- sum_scal. apply sum_ext; intros i _. rewrite Rmult_comm. unfold pairs. rewrite <- sum_scal. apply sum_ext; intros o _.
      rewrite <- sum_scal. apply sum_ext; intros; ring. }
  unfold TT. rewrite (TT_sum W P), (sum_ext K _ (fun _ => 0)), sum_const; [ring|]. intros i Li. rewrite (TT_sum W P), (sum_ext K _ (fun _ => 0)), sum_const; [ring|]. intros o Lo.
  rewrite (TT_sum W P), (sum_ext K _ (fun _ => 0)), sum_const; [ring|]. intros v Lv. rewrite (TT_scal W P). fold TT. unfold same. destruct (Nat.eqb_spec o v); [ring|].
  rewrite one_two by auto. ring.
Qed.
Lemma one_out_total : TT K (fun f => one_out gamma weight H K j f (fun _ _ => 0) ^ 2) - TT K (fun f => one_out gamma weight H K j f (fun _ _ => 0)) ^ 2 =
  / INR K * ((T (fun l => z l ^ 2) - T z ^ 2) + (A + B) * / (-1 + INR K)).
Proof.
  pose proof (K_not_0 K K2) as k0. pose proof (K_not_1 K K2) as k1. destruct (exp_TT K) as (ext & lin & const & _).
  assert (first : TT K (fun f => one_out gamma weight H K j f (fun _ _ => 0)) = T z).
  { rewrite (ext _ (fun f => / INR K * own f + (- (/ INR K * b)) * pairs f)) by (intros; rewrite of_pairs; ring). rewrite lin. unfold TT. rewrite (TT_scal W P).
    assert (o : together W u H K own = INR K * T z).
    { unfold own. rewrite (TT_sum W P), (sum_ext K _ (fun _ => T z)), sum_const; [reflexivity|]. intros i Li. now apply (together_one W P u H K i z). }
    assert (q : together W u H K pairs = 0).
    { unfold pairs. rewrite (TT_sum W P), (sum_ext K _ (fun _ => 0)), sum_const; [ring|]. intros i Li. rewrite (TT_sum W P), (sum_ext K _ (fun _ => 0)), sum_const; [ring|]. intros k Lk.
      rewrite (TT_scal W P). unfold same. destruct (Nat.eqb_spec i k) as [_ | d]; [ring|]. fold TT. rewrite (together_pair K i k c) by auto.
      rewrite (proj1 exp_T _ (fun _ => 0)) by apply returns_null. rewrite (proj1 (proj2 (proj2 exp_T))). ring. }
    rewrite o, q. field. exact k0. }
  rewrite first, (ext _ (fun f => ((/ INR K) ^ 2 * own f ^ 2 + (- (2 * (/ INR K) ^ 2 * b)) * (own f * pairs f)) + ((/ INR K * b) ^ 2) * pairs f ^ 2)) by (intros; rewrite of_pairs; ring).
  rewrite lin, lin. unfold TT. rewrite (TT_scal W P). fold TT. rewrite own_square, own_pairs, pairs_square. unfold b. field. lra.
Qed.
End Total.

(** Leave one out, all of the variance. For K >= 2 rollouts of H steps it is a K-th of that of one rollout's estimate less
    the mean returns to go, and a price that falls with K (K - 1): what a rollout's scores times another's returns
    scatter. From some K on it is no larger than that with a rival baseline, or with none, if the mean itself is the
    better baseline. *)
Theorem leave_one_out_total : forall (W : learner) (u : state W -> action W -> R) (gamma weight : R) (H K : nat),
  others_supposes K -> proper W -> let V := less_mean_variance W u gamma weight H in let X := across_square W u gamma weight H in
  one_out_variance W u no_errors gamma weight H K = leave_one_out_spread V X K /\
  (forall rival, leave_one_out_wins_supposes V X rival K -> one_out_variance W u no_errors gamma weight H K <= rival_variance rival K).
Proof.
  intros W u gamma weight H K K2 P V X. unfold others_supposes in K2. pose proof (K_not_0 K K2) as k0. pose proof (K_not_1 K K2) as k1.
  assert (total : one_out_variance W u no_errors gamma weight H K = leave_one_out_spread V X K).
  { unfold one_out_variance, leave_one_out_spread, V, X, less_mean_variance, across_square. rewrite (Rmult_comm (sum _ _) (/ (-1 + INR K))), <- sum_lin, <- sum_scal.
    apply sum_ext; intros j jd. unfold one_out_mean, no_errors. rewrite (one_out_total W P u gamma weight H j jd K K2). ring. }
  split; [exact total|]. intros rival (_ & _ & far). rewrite total. unfold leave_one_out_spread, rival_variance.
  assert (two : 2 <= INR K) by (change 2 with (INR 2); now apply le_INR). rewrite (Rmult_comm rival). apply Rmult_le_compat_l; [left; apply Rinv_0_lt_compat; lra|].
  assert (X * / (-1 + INR K) <= rival + -1 * V); [|lra]. apply Rmult_le_reg_r with (-1 + INR K); [lra|]. rewrite Rmult_assoc, Rinv_l by lra. lra.
Qed.
