(** A critic in place of the rest of the sum: what its errors do to the mean of a policy gradient estimate, and what noise
    of the labels it lets in. *)
From Coq Require Import Reals List Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums Bounds Laws Rollouts Noise Bias Errors WhichGradient.
Import ListNotations.
Open Scope R_scope.

(** A critic says a number of a state, by the steps still to come: of the state in which a rollout ends with 0 to come. A rollout of
    H steps is a list of H + 1 entries, of the last of which only the state is used. The lambda-advantage of its first action. *)
Fixpoint advantage {W} gamma lam (V : nat -> state W -> R) (l : rollout W) : R := match l with
  | [] => 0
  | (x, _, u) :: l' => match l' with
    | [] => 0
    | (z, _, _) :: _ => u + gamma * V (pred (length l')) z - V (length l') x + gamma * lam * advantage gamma lam V l' end end.
(** The estimate: the sum over t of weight^t w_t times the advantage. *)
Fixpoint with_critic {W} gamma lam weight (V : nat -> state W -> R) j (l : rollout W) : R := match l with
  | [] => 0 | (x, a, _) :: l' => score W j x a * advantage gamma lam V l + weight * with_critic gamma lam weight V j l' end.
(** What the rollouts are worth: rewards and, at the end, v. And the critic that knows v and says 0 before: with lambda 1 the
    estimate is then REINFORCE, whose returns to go end in v. *)
Fixpoint worth W (r : state W -> action W -> R) gamma (v : state W -> R) n x : R := match n with
  | O => v x
  | S n => E (choice W (theta W) x) (fun a => r x a + gamma * E (transition W x a) (fun z => worth W r gamma v n z)) end.
Definition only_at_end {W} (v : state W -> R) : nat -> state W -> R := fun n x => match n with O => v x | S _ => 0 end.
(** A function of time and state, such as an error of the critic, at step u of a rollout. *)
Definition off {W} (b : nat -> state W -> R) u (l : rollout W) := match nth_error l u with Some (x, _, _) => b (length l - S u)%nat x | None => 0 end.
(** E M_u b(s_(u+1)), where M_u = sum over t <= u of weight^t (gamma lambda)^(u - t) w_t; and the sum over u of E |M_u|^2. *)
Definition misled W r gamma lam weight b H j u := episode W r quiet (S H) (fun l => met (gamma * lam) weight j u l * off b (S u) l).
Definition eligibilities W r gamma lam weight H := sum H (fun u => episode W r quiet (S H) (fun l => sum (parameters W) (fun j => met (gamma * lam) weight j u l ^ 2))).

(** ---- Along one rollout ---- *)

(** al A + be g, by its recursion. *)
Definition Zc {W} gamma lam weight (V : nat -> state W -> R) j al be (l : rollout W) := al * advantage gamma lam V l + be * with_critic gamma lam weight V j l.
Lemma Zc_step W gamma lam weight (V : nat -> state W -> R) j al be x a u z b w l' : let l := (z, b, w) :: l' in let m := al + be * score W j x a in
  Zc gamma lam weight V j al be ((x, a, u) :: l) = m * (u + gamma * V (length l') z - V (S (length l')) x) + Zc gamma lam weight V j (m * (gamma * lam)) (be * weight) l.
Proof. intros l m. unfold Zc, l, m. cbn [advantage with_critic length pred]. ring. Qed.
(** Scores times what the critic errs by in their own states; the last state has no score. *)
Fixpoint own {W} weight (b : nat -> state W -> R) j (l : rollout W) : R := match l with
  | [] => 0
  | (x, a, _) :: l' => match l' with [] => 0 | _ => score W j x a * b (length l') x + weight * own weight b j l' end end.
(** M_u where the advantage comes in with al and the estimate with be. *)
Definition both {W} gamma lam weight j al be u (l : rollout W) := al * (gamma * lam) ^ u + be * met (gamma * lam) weight j u l.
Lemma both_first W gamma lam weight j al be x a u (l : rollout W) : both gamma lam weight j al be 0 ((x, a, u) :: l) = al + be * score W j x a.
Proof. unfold both. rewrite met_first. simpl. ring. Qed.
Lemma both_next W gamma lam weight j al be k x a u (l : rollout W) :
  both gamma lam weight j al be (S k) ((x, a, u) :: l) = both gamma lam weight j ((al + be * score W j x a) * (gamma * lam)) (be * weight) k l.
Proof. unfold both. rewrite met_next. simpl. ring. Qed.

(** Two critics differ by what is carried to later states, less what is said of the states in which scores are taken. *)
Lemma critics_differ W gamma lam weight (V U : nat -> state W -> R) j : forall (l : rollout W) al be, l <> [] -> let n := pred (length l) in let b := fun n x => V n x - U n x in
  Zc gamma lam weight V j al be l = Zc gamma lam weight U j al be l + gamma * (1 - lam) * sum n (fun u => both gamma lam weight j al be u l * off b (S u) l)
    + (match n with O => al | S k => gamma * lam * both gamma lam weight j al be k l end) * off b n l - al * off b 0 l - be * own weight b j l.
Proof.
  set (b := fun n x => V n x - U n x). induction l as [|[[x a] u] l IH]; intros al be ne; [congruence|]. cbv zeta in IH |- *. destruct l as [|[[z c] w] l].
  - unfold Zc. simpl. ring.
  - cbn [length pred]. rewrite !Zc_step. rewrite (IH _ _ ltac:(discriminate)). cbn [length pred]. rewrite sum_first, both_first.
    set (l' := (z, c, w) :: l).
    rewrite (sum_ext (length l) (fun k => both gamma lam weight j al be (S k) ((x, a, u) :: l') * off b (S (S k)) ((x, a, u) :: l'))
      (fun k => both gamma lam weight j ((al + be * score W j x a) * (gamma * lam)) (be * weight) k l' * off b (S k) l')) by (intros k _; rewrite both_next; reflexivity).
    assert (o : off b 1 ((x, a, u) :: l') = b (length l) z) by (unfold off, l'; cbn [nth_error length]; now replace (S (S (length l)) - 2)%nat with (length l) by lia).
    assert (o' : off b 0 l' = b (length l) z) by (unfold off, l'; cbn [nth_error length]; now replace (S (length l) - 1)%nat with (length l) by lia).
    assert (o0 : off b 0 ((x, a, u) :: l') = b (S (length l)) x) by (unfold off, l'; cbn [nth_error length]; now replace (S (S (length l)) - 1)%nat with (S (length l)) by lia).
    rewrite o, o', o0. change (off b (S (length l)) ((x, a, u) :: l')) with (off b (length l) l').
    change (own weight b j ((x, a, u) :: l')) with (score W j x a * b (S (length l)) x + weight * own weight b j l').
    assert (d : forall n y, V n y = U n y + b n y) by (intros; unfold b; ring). rewrite !d.
    destruct (length l) as [|k] eqn:e.
    + rewrite both_first, o'. destruct l; [|discriminate]. simpl. ring.
    + rewrite both_next. set (o1 := own weight b j l'). set (s := sum (S k) _). ring.
Qed.

(** Errors of the labels come in with M_u. *)
Lemma critic_blurred W gamma lam weight (V : nat -> state W -> R) j : forall (l : rollout W) e al be, l <> [] ->
  Zc gamma lam weight V j al be (blurred e l) = Zc gamma lam weight V j al be l + sum (pred (length l)) (fun k => both gamma lam weight j al be k l * e k).
Proof.
  induction l as [|[[x a] u] l IH]; intros e al be ne; [congruence|]. destruct l as [|[[z c] w] l]; [unfold Zc; simpl; ring|].
  change (blurred e ((x, a, u) :: (z, c, w) :: l)) with ((x, a, u + e O) :: (z, c, w + e 1%nat) :: blurred (fun t => e (S (S t))) l).
  rewrite !Zc_step, blurred_length. change ((z, c, w + e 1%nat) :: blurred (fun t => e (S (S t))) l) with (blurred (fun t => e (S t)) ((z, c, w) :: l)).
  rewrite (IH _ _ _ ltac:(discriminate)). cbn [length pred]. rewrite sum_first, both_first.
  rewrite (sum_ext (length l) (fun k => both gamma lam weight j al be (S k) ((x, a, u) :: (z, c, w) :: l) * e (S k))
    (fun k => both gamma lam weight j ((al + be * score W j x a) * (gamma * lam)) (be * weight) k ((z, c, w) :: l) * e (S k))) by (intros k _; now rewrite both_next).
  ring.
Qed.

(** ---- Over all rollouts ---- *)
Section Critic.
Variable W : learner.
Hypothesis P : proper W.
Variables (r : state W -> action W -> R) (gamma weight : R) (j : nat).
Hypothesis jd : (j < parameters W)%nat.
Let T n x := roll W r quiet n x.
Let exp_T n x : expectation (T n x). Proof. apply (roll_expectation W P). Qed.

Lemma choice_E x c : E (choice W (theta W) x) (fun _ => c) = c. Proof. apply E_const, (choice_law W P). Qed.
Lemma next_E x a c : E (transition W x a) (fun _ => c) = c. Proof. apply E_const, (transition_law W P). Qed.
(** A rollout that is not empty begins where it begins. *)
Lemma roll_begins n x F G : (forall a u l, length l = n -> F ((x, a, u) :: l) = G ((x, a, u) :: l)) -> T (S n) x F = T (S n) x G.
Proof.
  intros e. unfold T. simpl. apply E_ext; intros a; apply E_ext; intros z. unfold quiet at 1 3. apply roll_length. intros l L. now apply e.
Qed.
Lemma own_mean b n : forall x, T (S n) x (own weight b j) = 0.
Proof.
  induction n; intros x.
  - rewrite (roll_begins 0 x _ (fun _ => 0)) by (intros a u [|y l] L; [reflexivity | discriminate]). apply (exp_T 1 x).
  - rewrite (roll_begins (S n) x _ (fun l => match l with [] => 0 | (x, a, _) :: l' => score W j x a * b (S n) x + weight * own weight b j l' end)).
    2:{ intros a u [|y l] L; [discriminate|]. cbn [own]. now rewrite L. }
    unfold T. transitivity (E (choice W (theta W) x) (fun a => 0 + b (S n) x * score W j x a)).
    + simpl roll. apply E_ext; intros a. rewrite (E_ext _ _ _ (fun _ => 0 + b (S n) x * score W j x a)); [apply next_E|]. intros z. unfold quiet at 1.
      destruct (exp_T (S n) z) as (ext & lin & const & _). change (T (S n) z (fun l => score W j x a * b (S n) x + weight * own weight b j l) = 0 + b (S n) x * score W j x a).
      rewrite (lin weight (fun _ => score W j x a * b (S n) x)), const, IHn. ring.
    + rewrite E_lin, choice_E, (score_mean W P) by auto. ring.
Qed.

(** Without errors of the critic the mean does not depend on lambda: it is a sum of scores times advantages. *)
Fixpoint right v n x : R := match n with
  | O => 0
  | S n => E (choice W (theta W) x) (fun a => score W j x a * (r x a + gamma * E (transition W x a) (fun z => worth W r gamma v n z))
      + weight * E (transition W x a) (fun z => right v n z)) end.
Lemma right_mean lam v n : forall x al be, T (S n) x (Zc gamma lam weight (worth W r gamma v) j al be) = be * right v n x.
Proof.
  induction n; intros x al be.
  - rewrite (roll_begins 0 x _ (fun _ => 0)) by (intros a u [|y l] L; [unfold Zc; simpl; ring | discriminate]). simpl right. rewrite Rmult_0_r. apply (exp_T 1 x).
  - set (U := worth W r gamma v). set (q := fun a => r x a + gamma * E (transition W x a) (fun z => U n z)).
    transitivity (E (choice W (theta W) x) (fun a => (al + be * score W j x a) * (q a - U (S n) x) + (be * weight) * E (transition W x a) (fun z => right v n z))).
    + unfold T. simpl roll. apply E_ext; intros a. set (m := al + be * score W j x a).
      transitivity (E (transition W x a) (fun z => (m * (r x a - U (S n) x) + m * gamma * U n z) + (be * weight) * right v n z)).
      * apply E_ext; intros z. unfold quiet at 1. change (T (S n) z (fun l => Zc gamma lam weight U j al be ((x, a, r x a + 0) :: l)) = m * (r x a - U (S n) x) + m * gamma * U n z + (be * weight) * right v n z).
        rewrite (roll_begins n z _ (fun l => (m * (r x a - U (S n) x) + m * gamma * U n z) + 1 * Zc gamma lam weight U j (m * (gamma * lam)) (be * weight) l)).
        2:{ intros c w l L. rewrite Zc_step, L. unfold m. ring. }
        destruct (exp_T (S n) z) as (ext & lin & const & _). rewrite (lin 1 (fun _ => _)), const. unfold U at 3. rewrite IHn. ring.
      * rewrite (E_lin _ _ (be * weight) (fun z => m * (r x a - U (S n) x) + m * gamma * U n z)), (E_affine _ _ (m * (r x a - U (S n) x)) (m * gamma)) by apply (transition_law W P).
        unfold q. cbv zeta. change (fun z => U n z) with (U n). change (fun z => right v n z) with (right v n). ring.
    + set (D := fun a => E (transition W x a) (fun z => right v n z)).
      rewrite (E_ext _ _ _ (fun a => (((- al * U (S n) x) + al * q a) + (- be * U (S n) x) * score W j x a) + be * (score W j x a * q a + weight * D a))) by (intros; unfold D; ring).
      rewrite !E_lin, choice_E, (score_mean W P) by auto. replace (U (S n) x) with (E (choice W (theta W) x) q) by reflexivity.
      replace (right v (S n) x) with (E (choice W (theta W) x) (fun a => score W j x a * q a + weight * D a)) by reflexivity.
      change (fun a => q a) with q. rewrite E_lin. ring.
Qed.
(** With no end it is the mean of REINFORCE. *)
Lemma worth_value n : forall x, worth W r gamma (fun _ => 0) n x = value W r gamma (theta W) n x.
Proof. induction n; intros x; [reflexivity|]. simpl. apply E_ext; intros a. f_equal. f_equal. apply E_ext; intros; apply IHn. Qed.
End Critic.
Lemma right_reinforce W (P : proper W) r gamma j n : forall x, right W r gamma gamma j (fun _ => 0) n x = roll W r quiet n x (reinforce gamma gamma j).
Proof.
  induction n; intros x; [reflexivity|]. destruct (roll_expectation W P r (S n) x) as (ext & _).
  rewrite (ext (reinforce gamma gamma j) (Z W gamma gamma j 0 1)) by (intros; unfold Z; ring). rewrite Z_mean by auto. simpl right. apply E_ext; intros a.
  rewrite (E_ext _ _ (fun z => roll W r quiet n z (Z _ _ _ _ _ _)) (fun z => ((0 + 1 * score W j x a) * gamma) * value W r gamma (theta W) n z + (1 * gamma) * right W r gamma gamma j (fun _ => 0) n z))
    by (intros z; rewrite roll_Z by auto; now rewrite IHn).
  rewrite E_lin, E_scal, (E_ext _ _ (fun z => worth W r gamma (fun _ => 0) n z) (value W r gamma (theta W) n)) by (intros; apply worth_value).
  change (fun z => value W r gamma (theta W) n z) with (value W r gamma (theta W) n).
  change (fun z => right W r gamma gamma j (fun _ => 0) n z) with (right W r gamma gamma j (fun _ => 0) n). ring.
Qed.

Section Episodes.
Variable W : learner.
Hypothesis P : proper W.
Variables (r : state W -> action W -> R) (v : state W -> R) (gamma weight : R) (h j : nat).
Hypothesis jd : (j < parameters W)%nat.
Let T := episode W r quiet (S (S h)).
Let exp_T : expectation T. Proof. now apply episode_expectation. Qed.
Let b (V : nat -> state W -> R) n x := V n x - worth W r gamma v n x.

Lemma critic_episode lam V : T (with_critic gamma lam weight V j) = E (initial W) (right W r gamma weight j v (S h)) +
  gamma * ((1 - lam) * sum (S h) (misled W r gamma lam weight (b V) (S h) j) + lam * misled W r gamma lam weight (b V) (S h) j h).
Proof.
  destruct exp_T as (ext & lin & const & _). set (c := fun u l => met (gamma * lam) weight j u l * off (b V) (S u) l).
  transitivity (T (fun l => ((Zc gamma lam weight (worth W r gamma v) j 0 1 l + (gamma * (1 - lam)) * sum (S h) (fun u => c u l)) + (gamma * lam) * c h l) + (-1) * own weight (b V) j l)).
  - apply length_ext; intros l L. pose proof (critics_differ W gamma lam weight V (worth W r gamma v) j l 0 1) as d. rewrite L in d. cbn [pred] in d.
    specialize (d ltac:(destruct l; [discriminate | congruence])). cbv zeta in d. fold (b V) in d. transitivity (Zc gamma lam weight V j 0 1 l); [unfold Zc; ring|]. rewrite d.
    rewrite (sum_ext (S h) _ (fun u => c u l)) by (intros; unfold both, c; ring). unfold both, c. ring.
  - rewrite !lin. unfold T at 2. rewrite (T_sum W P). fold T.
    assert (z : T (own weight (b V) j) = 0).
    { unfold T, episode. rewrite (E_ext _ _ _ (fun _ => 0)) by (intros; now apply own_mean). apply E_const, (initial_law W P). }
    assert (u : T (Zc gamma lam weight (worth W r gamma v) j 0 1) = E (initial W) (right W r gamma weight j v (S h))).
    { unfold T, episode. apply E_ext; intros x. rewrite right_mean by auto. ring. }
    change (T (fun l => Zc gamma lam weight (worth W r gamma v) j 0 1 l)) with (T (Zc gamma lam weight (worth W r gamma v) j 0 1)).
    change (T (fun l => own weight (b V) j l)) with (T (own weight (b V) j)). rewrite z, u.
    change (sum (S h) (fun k => T (c k))) with (sum (S h) (misled W r gamma lam weight (b V) (S h) j)).
    change (T (c h)) with (misled W r gamma lam weight (b V) (S h) j h). ring.
Qed.
Lemma plain_episode : T (with_critic gamma 1 weight (only_at_end v) j) = E (initial W) (right W r gamma weight j v (S h)).
Proof.
  rewrite critic_episode. assert (z : misled W r gamma 1 weight (b (only_at_end v)) (S h) j h = 0); [|rewrite z; ring].
  unfold misled. change (T (fun l => met (gamma * 1) weight j h l * off (b (only_at_end v)) (S h) l) = 0). destruct exp_T as (ext & lin & const & _).
  rewrite <- (const 0). apply length_ext; intros l L. unfold off. destruct (nth_error l (S h)) as [[[x a] u]|]; [|ring].
  rewrite L, Nat.sub_diag. unfold b. simpl. ring.
Qed.
Lemma critic_changes lam V : forall (l : rollout W) e, length l = S (S h) -> with_critic gamma lam weight V j (blurred e l) =
  with_critic gamma lam weight V j l + sum (S (S h)) (fun k => (if (k <? S h)%nat then met (gamma * lam) weight j k l else 0) * e k).
Proof.
  intros l e L. pose proof (critic_blurred W gamma lam weight V j l e 0 1 ltac:(destruct l; [discriminate | congruence])) as c. rewrite L in c. cbn [pred] in c.
  unfold Zc in c. rewrite !Rmult_0_l, !Rplus_0_l, !Rmult_1_l in c. rewrite c. f_equal.
  change (sum (S (S h)) ?f) with (sum (S h) f + f (S h)). cbv beta. rewrite Nat.ltb_irrefl. rewrite Rmult_0_l, Rplus_0_r.
  apply sum_ext; intros k lk. replace (k <? S h)%nat with true by (symmetry; apply Nat.ltb_lt; lia). unfold both. ring.
Qed.
End Episodes.

(** What a critic's errors do. Rollouts of H steps end in a state that is worth v; the critic says V of a state, which is b = V - V^pi too much;
    the labels' errors have mean 0, whatever their variances and correlations given the trajectory. Then the mean of the estimate by lambda-advantages
    is that without a critic, plus gamma times (1 - lambda) sum over u of E M_u b(s_(u+1)) + lambda E M_(H-1) b(s_H). If nothing follows the last step and the
    scores are discounted, the mean without a critic is the gradient of the return. *)
Theorem critic_bias : forall (W : learner) (r : state W -> action W -> R) (v : state W -> R) (V : nat -> state W -> R) (law : rollout W -> ((nat -> R) -> R) -> R)
  (C : rollout W -> nat -> nat -> R) (gamma lam weight : R) (H K : nat),
  proper W -> (forall l, errors (law l) (C l)) -> (1 <= H)%nat -> (1 <= K)%nat -> forall j, (j < parameters W)%nat ->
  let plain := average_mean (episode W r quiet (S H)) (with_critic gamma 1 weight (only_at_end v)) K j in
  let b := fun n x => V n x - worth W r gamma v n x in
  average_mean (seen W r law (S H)) (with_critic gamma lam weight V) K j =
    critic_mean gamma lam plain (sum H (misled W r gamma lam weight b H j)) (misled W r gamma lam weight b H j (pred H)) /\
  ((forall x, v x = 0) -> weight = gamma -> plain = gradient W r gamma H j).
Proof.
  intros W r v V law C gamma lam weight H K P M H1 K1 j jd. cbv zeta. destruct H as [|h]; [lia|]. cbn [pred]. assert (INR K <> 0) by (apply not_0_INR; lia).
  unfold average_mean. pose proof (critic_changes W gamma weight h j jd lam V) as ch.
  rewrite !draws_mean; [|apply expectation_second_order, episode_expectation; auto | now apply (seen_second_order W P r (S (S h)) law C M _ _ ch)].
  rewrite (seen_mean W P r (S (S h)) law C M _ _ ch), (critic_episode W P r v gamma weight h j jd), (plain_episode W P r v) by auto. split; [unfold critic_mean; field; auto|].
  intros v0 ->. unfold gradient. assert (G : Derive (fun y => total W r gamma (S h) (moved W j y)) (theta W j) = episode W r quiet (S h) (reinforce gamma gamma j))
    by (apply is_derive_unique; now apply total_derivative).
  rewrite G. unfold episode. rewrite <- (E_ext _ _ _ _ (right_reinforce W P r gamma j (S h))).
  replace v with (fun _ : state W => 0) by (apply FunctionalExtensionality.functional_extensionality; intros; now rewrite v0). field. auto.
Qed.

(** What noise a critic lets in. Given the trajectory the labels' errors have mean 0 and variance sigma^2, and are uncorrelated in time; the critic was fixed before. Then
    they add exactly sigma^2 / K times the sum over u of E |M_u|^2 to the variance of the estimate, where M_u = sum over t <= u of weight^t (gamma lambda)^(u - t) w_t; and
    that is the sum over u and t <= u of weight^(2t) (gamma lambda)^(2 (u - t)) E |w_t|^2. *)
Theorem critic_noise : forall (W : learner) (r : state W -> action W -> R) (V : nat -> state W -> R) (law : rollout W -> ((nat -> R) -> R) -> R)
  (gamma lam weight sigma : R) (H K : nat), critic_added_supposes K -> proper W -> (1 <= H)%nat ->
  (forall l, errors (law l) (fun s t => same s t * sigma_at (fun _ _ => sigma) s l ^ 2)) ->
  average_variance (seen W r law (S H)) (with_critic gamma lam weight V) K - average_variance (episode W r quiet (S H)) (with_critic gamma lam weight V) K =
    critic_added sigma (eligibilities W r gamma lam weight H) K /\
  eligibilities W r gamma lam weight H = sum H (fun u => sum (S u) (fun t => weight ^ (2 * t) * (gamma * lam) ^ (2 * (u - t)) * score_moment W t)).
Proof.
  intros W r V law gamma lam weight sigma H K K1 P H1 M. unfold critic_added_supposes in K1. destruct H as [|h]; [lia|]. split.
  - assert (KK : INR K <> 0) by (apply not_0_INR; lia). set (T := episode W r quiet (S (S h))). assert (exp_T : expectation T) by now apply episode_expectation.
    set (g := gamma * lam). transitivity (sum (parameters W) (fun j => sigma ^ 2 / INR K * T (fun l => sum (S h) (fun u => met g weight j u l ^ 2)))).
    + unfold average_variance, average_mean. rewrite sum_minus. apply sum_ext; intros j jd. pose proof (critic_changes W gamma weight h j jd lam V) as ch.
      pose proof (seen_second_order W P r (S (S h)) law _ M _ _ ch) as s2. rewrite !variance_of_average; auto; [|now apply expectation_second_order].
      unfold variance. rewrite (seen_mean W P r (S (S h)) law _ M _ _ ch), (seen_second W P r (S (S h)) law _ M _ _ ch). fold T.
      assert (x : T (extra W (S (S h)) (fun l s t => same s t * sigma_at (fun _ _ => sigma) s l ^ 2) (fun k l => if (k <? S h)%nat then met (gamma * lam) weight j k l else 0)) =
        sigma ^ 2 * T (fun l => sum (S h) (fun u => met g weight j u l ^ 2))).
      { unfold T. rewrite <- (T_scal W P). apply length_ext; intros l L. unfold extra. fold g. set (B := fun k => if (k <? S h)%nat then met g weight j k l else 0).
        rewrite (sum_ext (S (S h)) _ (fun k => sigma ^ 2 * B k ^ 2)).
        2:{ intros k lk. assert (sk : sigma_at (fun _ _ => sigma) k l = sigma).
             { unfold sigma_at. destruct (nth_error l k) as [[[x a] c]|] eqn:e; [reflexivity|]. apply nth_error_None in e. lia. }
             rewrite sk, (sum_ext _ _ (fun m => same k m * (sigma ^ 2 * B k * B m))) by (intros; unfold B; ring). rewrite sum_same by auto. ring. }
        rewrite sum_scal. f_equal. change (sum (S (S h)) ?f) with (sum (S h) f + f (S h)). cbv beta. unfold B at 2. rewrite Nat.ltb_irrefl. rewrite pow_ne_zero, Rplus_0_r by lia.
        apply sum_ext; intros k lk. unfold B. replace (k <? S h)%nat with true by (symmetry; apply Nat.ltb_lt; lia). reflexivity. }
      rewrite x. field. auto.
    + rewrite sum_scal. unfold critic_added, eligibilities. fold g T. rewrite (sum_ext _ _ (fun j => sum (S h) (fun u => T (fun l => met g weight j u l ^ 2)))) by (intros; unfold T; now rewrite (T_sum W P)).
      rewrite sum_sum. rewrite (sum_ext (S h) (fun u => T (fun l => sum (parameters W) (fun j => met g weight j u l ^ 2))) (fun u => sum (parameters W) (fun j => T (fun l => met g weight j u l ^ 2))))
        by (intros; unfold T; now rewrite (T_sum W P)). field. auto.
  - unfold eligibilities. apply sum_ext; intros u lu. set (g := gamma * lam). rewrite (T_sum W P).
    transitivity (sum (parameters W) (fun j => sum (S u) (fun t => weight ^ (2 * t) * g ^ (2 * (u - t)) * E (initial W) (moment W j t)))).
    2:{ rewrite sum_sum. apply sum_ext; intros t _. unfold score_moment. now rewrite sum_scal. }
    apply sum_ext; intros j jd. set (c := fun t => weight ^ t * g ^ (u - t)).
    transitivity (episode W r quiet (S (S h)) (fun l => sum (S u) (fun s => sum (S u) (fun t => (c s * c t) * (score_at j s l * score_at j t l))))).
    + apply (T_ext W P); intros l. replace (met g weight j u l ^ 2) with (met g weight j u l * met g weight j u l) by ring. unfold met. rewrite product_of_sums. apply sum_ext; intros s _. apply sum_ext; intros t _. unfold c. ring.
    + rewrite (T_sum W P). apply sum_ext; intros s ls. rewrite (T_sum W P).
      rewrite (sum_ext (S u) _ (fun t => same s t * (c s * c t * E (initial W) (moment W j t)))).
      2:{ intros t lt. rewrite (T_scal W P), (episode_two W P r j jd) by lia. ring. }
      rewrite sum_same by auto. unfold c. replace (2 * s)%nat with (s + s)%nat by lia. replace (2 * (u - s))%nat with ((u - s) + (u - s))%nat by lia. rewrite !pow_add. ring.
Qed.

(** The best lambda of two steps. Their bias is 1 - lambda times one of norm B, and the variance of a rollout's estimate is a polynomial of second degree in lambda, with 2 p and q.
    Then no lambda between 0 and 1 has a smaller squared error than (K B^2 - p) / (K B^2 + q), or the end that is nearest to that. *)
Theorem two_step_trace : forall (trace bias linear square : R) (K : nat), two_step_supposes trace bias square K ->
  two_step_best bias linear square K <= two_step_error trace bias linear square K.
Proof.
  intros x B p q K S. unfold two_step_supposes in S. destruct S as (x0 & x1 & K1 & S). assert (k : 0 < INR K) by (apply lt_0_INR; lia). set (k_ := INR K) in *.
  unfold two_step_best. fold k_. set (m := / (q + k_ * B ^ 2) * (-1 * p + k_ * B ^ 2)). set (y := Rmin (Rmax m 0) 1).
  set (s := q + k_ * B ^ 2) in *. assert (e : s * m = k_ * B ^ 2 - p) by (unfold m; field; lra).
  assert (0 < / k_) by now apply Rinv_0_lt_compat.
  assert (f : forall z, two_step_error z B p q K = B ^ 2 + / k_ * (s * (z - m) ^ 2 - s * m ^ 2)).
  { intros z. unfold two_step_error. fold k_. replace (s * (z - m) ^ 2 - s * m ^ 2) with (s * z ^ 2 - 2 * z * (s * m)) by ring. rewrite e. unfold s. field. lra. }
  assert (l : s * (y - m) ^ 2 <= s * (x - m) ^ 2).
  { apply Rmult_le_compat_l; [lra|]. clearbody m. assert (c : y = m \/ (y = 0 /\ m <= 0) \/ (y = 1 /\ 1 <= m)).
    { unfold y, Rmin, Rmax. repeat destruct Rle_dec; lra. }
    clearbody y. clear -c x0 x1. pose proof (pow2_ge_0 (x - m)). destruct c as [-> | [[-> c] | [-> c]]]; [|nra..]. replace ((m - m) ^ 2) with 0 by ring. lra. }
  change (two_step_error y B p q K <= two_step_error x B p q K). rewrite !f. apply Rplus_le_compat_l, Rmult_le_compat_l; lra.
Qed.
