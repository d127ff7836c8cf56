(** What to pay for a label: Corollary 2 of the paper. *)
From Coq Require Import Reals Lra Psatz.
From Imagination Require Import Bounds.
Open Scope R_scope.

(** Cost times noise under a power law is a power of the cost. *)
Lemma phi_power A p c : 0 < c -> A * c * Rpower c (-1 * p) = A * Rpower c (1 - p).
Proof. intros c0. replace (1 - p) with (-1 * p + 1) by ring. rewrite Rpower_plus, (Rpower_1 c c0). ring. Qed.
Lemma power_falls q b c : 0 < b <= c -> q <= 0 -> Rpower c q <= Rpower b q.
Proof.
  intros [b0 bc] q0. unfold Rpower. assert (ln b <= ln c) by (destruct bc as [bc | <-]; [left; now apply ln_increasing | lra]).
  assert (q * ln c <= q * ln b) by nra. destruct H0 as [H0 | ->]; [left; now apply exp_increasing | lra].
Qed.
Lemma power_grows q b c : 0 < b <= c -> 0 <= q -> Rpower b q <= Rpower c q.
Proof.
  intros [b0 bc] q0. unfold Rpower. assert (ln b <= ln c) by (destruct bc as [bc | <-]; [left; now apply ln_increasing | lra]).
  assert (q * ln b <= q * ln c) by nra. destruct H0 as [H0 | ->]; [left; now apply exp_increasing | lra].
Qed.

(** Corollary 2. A budget B buys K = B / c rollouts labelled at cost c; what their noise adds to the variance of the
    average is proportional to c sigma^2(c). Under a power law sigma^2 = A c^(-p) the dearer label is better for
    p > 1, the cheaper one for p < 1, and all are as good for p = 1. Under bounded noise sigma_0^2 (1 - c / c_max) one
    of the two ends is best; with a floor, sigma_f^2 + A / c, the cheapest. *)
Theorem corollary_2 :
  (forall cost noise_factor noise budget rollouts : R, budget_supposes cost noise_factor noise budget rollouts ->
    budget_left noise_factor noise rollouts = budget_right cost noise_factor noise budget) /\
  (forall cost reference amplitude exponent : R, fidelity_supposes cost reference amplitude exponent ->
    fidelity_left cost amplitude exponent <= fidelity_right reference amplitude exponent) /\
  (forall cost reference amplitude exponent : R, rollouts_supposes cost reference amplitude exponent ->
    rollouts_left reference amplitude exponent <= rollouts_right cost amplitude exponent) /\
  (forall cost reference amplitude exponent : R, indifferent_supposes cost reference amplitude exponent ->
    indifferent_left cost amplitude exponent = indifferent_right reference amplitude exponent) /\
  (forall cost reference largest noise_free_cost : R, both_ends_supposes cost reference largest noise_free_cost ->
    both_ends_left reference largest noise_free_cost <= both_ends_right cost largest noise_free_cost) /\
  (forall cost reference amplitude floor : R, cheapest_supposes cost reference amplitude floor ->
    cheapest_left reference amplitude floor <= cheapest_right cost amplitude floor).
Proof.
  repeat split.
  - intros c k s B K S. unfold budget_supposes in S. unfold budget_left, budget_right. destruct S as (c0 & B0 & K0 & _ & _ & e).
    rewrite <- e. field. lra.
  - intros c b A p S. unfold fidelity_supposes in S. unfold fidelity_left, fidelity_right. rewrite !phi_power by lra.
    apply Rmult_le_compat_l; [lra | apply power_falls; lra].
  - intros c b A p S. unfold rollouts_supposes in S. unfold rollouts_left, rollouts_right. rewrite !phi_power by lra.
    apply Rmult_le_compat_l; [lra | apply power_grows; lra].
  - intros c b A p S. unfold indifferent_supposes in S. unfold indifferent_left, indifferent_right. rewrite !phi_power by lra.
    replace (1 - p) with 0 by lra. rewrite !Rpower_O by lra. reflexivity.
  - intros c b s m S. unfold both_ends_supposes in S. unfold both_ends_left, both_ends_right.
    eapply Rle_trans; [apply Rmin_r|]. pose proof (pow2_ge_0 s).
    assert (0 <= 1 + -1 * c * / m).
    { assert (c * / m <= 1); [|lra]. apply Rmult_le_reg_r with m; [lra|]. replace (c * / m * m) with c by (field; lra). lra. }
    apply Rmult_le_pos; [apply Rmult_le_pos; lra | lra].
  - intros c b A f S. unfold cheapest_supposes in S. unfold cheapest_left, cheapest_right.
    replace (b * (f ^ 2 + A * / b)) with (b * f ^ 2 + A) by (field; lra). replace (c * (f ^ 2 + A * / c)) with (c * f ^ 2 + A) by (field; lra).
    apply Rplus_le_compat_r, Rmult_le_compat_r; [apply pow2_ge_0 | lra].
Qed.

(** Every part speaks of something: its hypotheses hold for these numbers, the noise not being zero. *)
Theorem corollary_2_instance : budget_supposes 2 1 1 10 5 /\ fidelity_supposes 2 1 1 2 /\ rollouts_supposes 2 1 1 (1/2) /\
  indifferent_supposes 2 1 1 1 /\ both_ends_supposes 2 1 1 3 /\ cheapest_supposes 2 1 1 1.
Proof.
  unfold budget_supposes, fidelity_supposes, rollouts_supposes, indifferent_supposes, both_ends_supposes, cheapest_supposes. lra.
Qed.
