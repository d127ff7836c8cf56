(* Printed from the claims that the library evaluates (imagination.formal.bounds); do not edit.
   Arguments stand in the order in which the claim declares its symbols. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums.
Open Scope R_scope.

(* Lemma 1: the coefficient of eps_dyn *)
Definition dynamics_coefficient (gamma L_f L_r L_pi : R) : R :=
  (L_r * gamma * (/ (1 + ((-1) * gamma))) * (/ (1 + ((-1) * L_f * gamma * (1 + L_pi)))) * (1 +
  L_pi)).

(* Theorem 1: what is given *)
Definition theorem_1_supposes (A_dyn alpha A_rew beta c_dyn c_rew multiplier budget : R) : Prop :=
  A_dyn > 0 /\ alpha > 0 /\ A_rew > 0 /\ beta > 0 /\ c_dyn > 0 /\ c_rew > 0 /\ multiplier > 0 /\
  budget > 0.

(* Lemma 1 *)
Definition lemma_1_bound (gamma L_f L_r L_pi eps_dyn eps_rew : R) : R :=
  ((eps_rew * (/ (1 + ((-1) * gamma)))) + (L_r * eps_dyn * gamma * (/ (1 + ((-1) * gamma))) * (/ (1
  + ((-1) * L_f * gamma * (1 + L_pi)))) * (1 + L_pi))).

Definition lemma_1_supposes (gamma L_f L_r L_pi eps_dyn eps_rew : R) : Prop :=
  gamma >= 0 /\ gamma < 1 /\ L_f >= 0 /\ L_r >= 0 /\ L_pi >= 0 /\ eps_dyn >= 0 /\ eps_rew >= 0 /\
  (L_f * gamma * (1 + L_pi)) < 1.

(* Finite horizon *)
Definition finite_horizon_bound (gamma L_f L_r L_pi eps_dyn eps_rew : R) (horizon : nat) : R :=
  ((eps_rew * (geom gamma horizon)) + (L_r * eps_dyn * (1 + L_pi) * (sum horizon (fun t : nat =>
  ((gamma ^ t) * (geom (L_f * (1 + L_pi)) t)))))).

Definition finite_horizon_supposes (gamma L_f L_r L_pi eps_dyn eps_rew : R) : Prop :=
  gamma >= 0 /\ gamma < 1 /\ L_f >= 0 /\ L_r >= 0 /\ L_pi >= 0 /\ eps_dyn >= 0 /\ eps_rew >= 0.

(* Bounded states *)
Definition bounded_states_bound (gamma L_f L_r L_pi eps_dyn eps_rew diameter : R) : R :=
  ((eps_rew * (/ (1 + ((-1) * gamma)))) + (L_r * (1 + L_pi) * (Series (fun t : nat => ((gamma ^ t) *
  (Rmin (eps_dyn * (geom (L_f * (1 + L_pi)) t)) diameter)))))).

Definition bounded_states_bound_converges (gamma L_f L_r L_pi eps_dyn eps_rew diameter : R) : Prop :=
  (ex_series (fun t : nat => ((gamma ^ t) * (Rmin (eps_dyn * (geom (L_f * (1 + L_pi)) t))
  diameter)))).

Definition bounded_states_supposes (gamma L_f L_r L_pi eps_dyn eps_rew diameter : R) : Prop :=
  gamma >= 0 /\ gamma < 1 /\ L_f >= 0 /\ L_r >= 0 /\ L_pi >= 0 /\ eps_dyn >= 0 /\ eps_rew >= 0 /\
  diameter >= 0.

(* Corollary 1, L_f *)
Definition corollary_1_L_f_left (gamma L_f L_r L_pi : R) : R :=
  (L_r * gamma * (/ (1 + ((-1) * gamma))) * (/ (1 + ((-1) * L_f * gamma * (1 + L_pi)))) * (1 +
  L_pi)).

Definition corollary_1_L_f_right (gamma L_r L_pi L_f_larger : R) : R :=
  (L_r * gamma * (/ (1 + ((-1) * gamma))) * (/ (1 + ((-1) * L_f_larger * gamma * (1 + L_pi)))) * (1
  + L_pi)).

Definition corollary_1_L_f_supposes (gamma L_f L_r L_pi L_f_larger : R) : Prop :=
  gamma >= 0 /\ gamma < 1 /\ L_f >= 0 /\ L_r >= 0 /\ L_pi >= 0 /\ L_f <= L_f_larger /\ (L_f_larger *
  gamma * (1 + L_pi)) < 1.

(* Corollary 1, L_r *)
Definition corollary_1_L_r_left (gamma L_f L_r L_pi : R) : R :=
  (L_r * gamma * (/ (1 + ((-1) * gamma))) * (/ (1 + ((-1) * L_f * gamma * (1 + L_pi)))) * (1 +
  L_pi)).

Definition corollary_1_L_r_right (gamma L_f L_pi L_r_larger : R) : R :=
  (L_r_larger * gamma * (/ (1 + ((-1) * gamma))) * (/ (1 + ((-1) * L_f * gamma * (1 + L_pi)))) * (1
  + L_pi)).

Definition corollary_1_L_r_supposes (gamma L_f L_r L_pi L_r_larger : R) : Prop :=
  gamma >= 0 /\ gamma < 1 /\ L_f >= 0 /\ L_r >= 0 /\ L_pi >= 0 /\ L_r <= L_r_larger /\ (L_f * gamma
  * (1 + L_pi)) < 1.

(* Corollary 1, L_pi *)
Definition corollary_1_L_pi_left (gamma L_f L_r L_pi : R) : R :=
  (L_r * gamma * (/ (1 + ((-1) * gamma))) * (/ (1 + ((-1) * L_f * gamma * (1 + L_pi)))) * (1 +
  L_pi)).

Definition corollary_1_L_pi_right (gamma L_f L_r L_pi_larger : R) : R :=
  (L_r * gamma * (/ (1 + ((-1) * gamma))) * (/ (1 + ((-1) * L_f * gamma * (1 + L_pi_larger)))) * (1
  + L_pi_larger)).

Definition corollary_1_L_pi_supposes (gamma L_f L_r L_pi L_pi_larger : R) : Prop :=
  gamma >= 0 /\ gamma < 1 /\ L_f >= 0 /\ L_r >= 0 /\ L_pi >= 0 /\ L_pi <= L_pi_larger /\ (L_f *
  gamma * (1 + L_pi_larger)) < 1.

(* Corollary 1, gamma *)
Definition corollary_1_gamma_left (gamma L_f L_r L_pi : R) : R :=
  (L_r * gamma * (/ (1 + ((-1) * gamma))) * (/ (1 + ((-1) * L_f * gamma * (1 + L_pi)))) * (1 +
  L_pi)).

Definition corollary_1_gamma_right (L_f L_r L_pi gamma_larger : R) : R :=
  (L_r * gamma_larger * (/ (1 + ((-1) * gamma_larger))) * (/ (1 + ((-1) * L_f * gamma_larger * (1 +
  L_pi)))) * (1 + L_pi)).

Definition corollary_1_gamma_supposes (gamma L_f L_r L_pi gamma_larger : R) : Prop :=
  gamma >= 0 /\ gamma < 1 /\ L_f >= 0 /\ L_r >= 0 /\ L_pi >= 0 /\ gamma <= gamma_larger /\ (L_f *
  gamma_larger * (1 + L_pi)) < 1 /\ gamma_larger < 1.

(* Proposition 1 *)
Definition proposition_1_bound (eps : R) : R :=
  ((eps ^ 2) * (/ (2 + ((-2) * eps)))).

Definition proposition_1_supposes (eps : R) : Prop :=
  eps > 0 /\ eps < 1.

(* Curvature, sharp *)
Definition curvature_bound (eps : R) : R :=
  ((eps ^ 2) * (/ (1 + (sqrt (1 + ((-1) * (eps ^ 2))))))).

Definition curvature_supposes (eps : R) : Prop :=
  eps > 0 /\ eps <= 1.

(* The multiplier *)
Definition theorem_1_multiplier (gamma L_f L_r L_pi : R) : R :=
  (L_r * gamma * (/ (1 + ((-1) * L_f * gamma * (1 + L_pi)))) * (1 + L_pi)).

Definition multiplier_supposes (gamma L_f L_r L_pi : R) : Prop :=
  gamma >= 0 /\ gamma < 1 /\ L_f >= 0 /\ L_r >= 0 /\ L_pi >= 0 /\ (L_f * gamma * (1 + L_pi)) < 1.

(* What is stationary is optimal *)
Definition theorem_1_error (A_dyn alpha A_rew beta multiplier N_dyn N_rew : R) : R :=
  ((A_rew * (Rpower N_rew ((-1) * beta))) + (A_dyn * multiplier * (Rpower N_dyn ((-1) * alpha)))).

(* Theorem 1 *)
Definition theorem_1_ratio (A_dyn alpha A_rew beta c_dyn c_rew multiplier N_dyn N_rew : R) : R :=
  (A_dyn * multiplier * alpha * c_rew * (/ A_rew) * (Rpower N_dyn ((-1) * alpha)) * (Rpower N_rew
  beta) * (/ beta) * (/ c_dyn)).

Definition theorem_1_plan (A_dyn alpha A_rew beta c_dyn c_rew multiplier N_dyn N_rew budget : R) : Prop :=
  A_dyn > 0 /\ alpha > 0 /\ A_rew > 0 /\ beta > 0 /\ c_dyn > 0 /\ c_rew > 0 /\ multiplier > 0 /\
  N_dyn > 0 /\ N_rew > 0 /\ budget > 0 /\ ((N_dyn * c_dyn) + (N_rew * c_rew)) = budget.

(* Spending *)
Definition theorem_1_spending (A_dyn alpha A_rew beta multiplier N_dyn N_rew : R) : R :=
  (A_dyn * multiplier * alpha * (/ A_rew) * (Rpower N_dyn ((-1) * alpha)) * (Rpower N_rew beta) * (/
  beta)).

(* Theorem 2 *)
Definition theorem_2_added (b : nat -> R) (sigma : R) (horizon rollouts : nat) : R :=
  ((sigma ^ 2) * (/ (INR rollouts)) * (sum horizon (fun t : nat => (b t)))).

Definition theorem_2_bound (gamma sigma : R) (horizon rollouts : nat) (score_bound : R) : R :=
  ((INR horizon) * (score_bound ^ 2) * (sigma ^ 2) * (/ (INR rollouts)) * (/ ((1 + ((-1) * gamma)) ^
  2))).

Definition theorem_2_supposes (gamma sigma : R) (horizon rollouts : nat) (score_bound : R) : Prop :=
  gamma >= 0 /\ gamma < 1 /\ sigma >= 0 /\ score_bound >= 0 /\ (rollouts >= 1)%nat /\ (horizon >=
  1)%nat.

(* Theorem 2, sharp *)
Definition noise_sharp_bound (gamma sigma : R) (horizon rollouts : nat) (score_bound : R) : R :=
  ((INR horizon) * (score_bound ^ 2) * (sigma ^ 2) * (/ (INR rollouts)) * (/ (1 + ((-1) * (gamma ^
  2))))).

Definition noise_sharp_supposes (gamma sigma : R) (horizon rollouts : nat) (score_bound : R) : Prop :=
  gamma >= 0 /\ gamma < 1 /\ sigma >= 0 /\ score_bound >= 0 /\ (rollouts >= 1)%nat /\ (horizon >=
  1)%nat.

(* Theorem 2, discounted estimator *)
Definition noise_discounted_added (b : nat -> R) (gamma sigma : R) (horizon rollouts : nat) : R :=
  ((sigma ^ 2) * (/ (INR rollouts)) * (sum horizon (fun t : nat => ((gamma ^ (2 * t)%nat) * (b
  t))))).

Definition noise_discounted_bound (gamma sigma : R) (rollouts : nat) (score_bound : R) : R :=
  ((score_bound ^ 2) * (sigma ^ 2) * (/ (INR rollouts)) * (/ ((1 + ((-1) * (gamma ^ 2))) ^ 2))).

Definition noise_discounted_supposes (gamma sigma : R) (horizon rollouts : nat) (score_bound : R) : Prop :=
  gamma >= 0 /\ gamma < 1 /\ sigma >= 0 /\ score_bound >= 0 /\ (rollouts >= 1)%nat /\ (horizon >=
  1)%nat.

(* State-dependent noise *)
Definition state_dependent_added (m : nat -> R) (horizon rollouts : nat) : R :=
  ((/ (INR rollouts)) * (sum horizon (fun t : nat => (m t)))).

Definition state_dependent_supposes (rollouts : nat) : Prop :=
  (rollouts >= 1)%nat.

(* Leave one out *)
Definition leave_one_out_factor (rollouts : nat) : R :=
  ((INR rollouts) * (/ ((-1) + (INR rollouts)))).

Definition leave_one_out_supposes (rollouts : nat) : Prop :=
  (rollouts >= 2)%nat.

(* What a score hears of the errors *)
Definition heard_most_bound (gamma sigma : R) (n : nat) : R :=
  ((sigma ^ 2) * ((geom gamma n) ^ 2)).

Definition heard_most_supposes (gamma : R) : Prop :=
  gamma >= 0 /\ gamma < 1.

(* Correlated errors, exact *)
Definition correlated_noise_added (q v : nat -> R) (weight : R) (horizon rollouts : nat) : R :=
  ((/ (INR rollouts)) * (sum horizon (fun t : nat => ((weight ^ (2 * t)%nat) * (q t) * (v t))))).

Definition correlated_noise_supposes (rollouts : nat) : Prop :=
  (rollouts >= 1)%nat.

(* What the square in Theorem 2 pays for *)
Definition correlated_bound_supposes (gamma : R) (rollouts : nat) : Prop :=
  gamma >= 0 /\ gamma < 1 /\ (rollouts >= 1)%nat.

(* Theorem 2's estimator estimates something else *)
Definition which_gradient_missed (gamma : R) (horizon : nat) : R :=
  ((INR horizon) + ((-1) * (geom gamma horizon))).

(* Added variance that a budget buys *)
Definition budget_left (noise_factor noise rollouts : R) : R :=
  (noise_factor * noise * (/ rollouts)).

Definition budget_right (cost noise_factor noise budget : R) : R :=
  (noise_factor * noise * cost * (/ budget)).

Definition budget_supposes (cost noise_factor noise budget rollouts : R) : Prop :=
  cost > 0 /\ budget > 0 /\ rollouts > 0 /\ noise_factor >= 0 /\ noise >= 0 /\ (rollouts * cost) =
  budget.

(* Corollary 2, p > 1 *)
Definition fidelity_left (cost amplitude exponent : R) : R :=
  (amplitude * cost * (Rpower cost ((-1) * exponent))).

Definition fidelity_right (reference amplitude exponent : R) : R :=
  (amplitude * reference * (Rpower reference ((-1) * exponent))).

Definition fidelity_supposes (cost reference amplitude exponent : R) : Prop :=
  cost > 0 /\ reference > 0 /\ amplitude > 0 /\ exponent > 0 /\ exponent > 1 /\ reference <= cost.

(* Corollary 2, p < 1 *)
Definition rollouts_left (reference amplitude exponent : R) : R :=
  (amplitude * reference * (Rpower reference ((-1) * exponent))).

Definition rollouts_right (cost amplitude exponent : R) : R :=
  (amplitude * cost * (Rpower cost ((-1) * exponent))).

Definition rollouts_supposes (cost reference amplitude exponent : R) : Prop :=
  cost > 0 /\ reference > 0 /\ amplitude > 0 /\ exponent > 0 /\ exponent < 1 /\ reference <= cost.

(* Corollary 2, p = 1 *)
Definition indifferent_left (cost amplitude exponent : R) : R :=
  (amplitude * cost * (Rpower cost ((-1) * exponent))).

Definition indifferent_right (reference amplitude exponent : R) : R :=
  (amplitude * reference * (Rpower reference ((-1) * exponent))).

Definition indifferent_supposes (cost reference amplitude exponent : R) : Prop :=
  cost > 0 /\ reference > 0 /\ amplitude > 0 /\ exponent > 0 /\ exponent = 1.

(* Corollary 2, bounded noise *)
Definition both_ends_left (reference largest noise_free_cost : R) : R :=
  (Rmin (reference * (largest ^ 2) * (1 + ((-1) * reference * (/ noise_free_cost)))) 0).

Definition both_ends_right (cost largest noise_free_cost : R) : R :=
  (cost * (largest ^ 2) * (1 + ((-1) * cost * (/ noise_free_cost)))).

Definition both_ends_supposes (cost reference largest noise_free_cost : R) : Prop :=
  cost > 0 /\ reference > 0 /\ noise_free_cost > 0 /\ largest >= 0 /\ reference <= cost /\ cost <=
  noise_free_cost.

(* Corollary 2, floor *)
Definition cheapest_left (reference amplitude floor : R) : R :=
  (reference * ((floor ^ 2) + (amplitude * (/ reference)))).

Definition cheapest_right (cost amplitude floor : R) : R :=
  (cost * ((floor ^ 2) + (amplitude * (/ cost)))).

Definition cheapest_supposes (cost reference amplitude floor : R) : Prop :=
  cost > 0 /\ reference > 0 /\ amplitude > 0 /\ floor >= 0 /\ reference <= cost.

(* Proposition 2 *)
Definition proposition_2_error (variance_biased bias_norm rollouts : R) : R :=
  ((bias_norm ^ 2) + (variance_biased * (/ rollouts))).

Definition proposition_2_supposes (rollouts : R) : Prop :=
  rollouts > 0.

(* Shaping telescopes *)
Definition shaping_left (gamma first last : R) (horizon : nat) : R :=
  (((-1) * first) + (last * (gamma ^ horizon))).
