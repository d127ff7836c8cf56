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

(* State error *)
Definition state_error_bound (L_f L_pi eps_dyn : R) (t : nat) : R :=
  (eps_dyn * (geom (L_f * (1 + L_pi)) t)).

Definition state_error_supposes (L_f L_pi eps_dyn : R) : Prop :=
  L_f >= 0 /\ L_pi >= 0 /\ eps_dyn >= 0.

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

(* Bounded states, finite horizon *)
Definition bounded_states_finite_bound (gamma L_f L_r L_pi eps_dyn eps_rew diameter : R) (horizon : nat) : R :=
  ((eps_rew * (geom gamma horizon)) + (L_r * (1 + L_pi) * (sum horizon (fun t : nat => ((gamma ^ t)
  * (Rmin (eps_dyn * (geom (L_f * (1 + L_pi)) t)) diameter)))))).

(* Either side's constants *)
Definition either_side_bound (gamma L_f L_r L_pi eps_dyn eps_rew L_f_hat L_r_hat : R) : R :=
  ((eps_rew * (/ (1 + ((-1) * gamma)))) + (eps_dyn * gamma * (/ (1 + ((-1) * gamma))) * (/ (1 +
  ((-1) * gamma * (1 + L_pi) * (Rmin L_f L_f_hat)))) * (1 + L_pi) * (Rmin L_r L_r_hat))).

Definition either_side_supposes (gamma L_f L_r L_pi eps_dyn eps_rew L_f_hat L_r_hat : R) : Prop :=
  gamma >= 0 /\ gamma < 1 /\ L_f >= 0 /\ L_r >= 0 /\ L_pi >= 0 /\ eps_dyn >= 0 /\ eps_rew >= 0 /\
  L_f_hat >= 0 /\ L_r_hat >= 0 /\ (gamma * (1 + L_pi) * (Rmin L_f L_f_hat)) < 1.

(* The value is Lipschitz *)
Definition value_lipschitz_bound (gamma L_f L_r L_pi distance : R) : R :=
  (L_r * distance * (/ (1 + ((-1) * L_f * gamma * (1 + L_pi)))) * (1 + L_pi)).

(* Average errors suffice *)
Definition average_error_bound (gamma L_V average_dyn average_rew : R) : R :=
  ((/ (1 + ((-1) * gamma))) * (average_rew + (L_V * average_dyn * gamma))).

(* Regret *)
Definition regret_bound (gap delta : R) : R :=
  (delta + (2 * gap)).

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

(* Bounded states, n steps, stochastic *)
Definition kernel_bounded_finite_bound (gamma L_f L_r L_pi eps_dyn eps_rew diameter : R) (horizon : nat) : R :=
  ((eps_rew * (geom gamma horizon)) + (L_r * (1 + L_pi) * (sum horizon (fun t : nat => ((gamma ^ t)
  * (Rmin (eps_dyn * (geom (L_f * (1 + L_pi)) t)) diameter)))))).

(* Simulation lemma *)
Definition simulation_bound (gamma eps_dyn eps_rew span : R) : R :=
  ((/ (1 + ((-1) * gamma))) * (eps_rew + (eps_dyn * gamma * span))).

Definition simulation_supposes (gamma eps_dyn eps_rew span : R) : Prop :=
  gamma >= 0 /\ gamma < 1 /\ eps_dyn >= 0 /\ eps_rew >= 0 /\ span >= 0.

(* Tight simulation lemma *)
Definition tight_simulation_bound (gamma eps_dyn eps_rew width : R) : R :=
  ((eps_rew * (/ (1 + ((-1) * gamma)))) + (width * eps_dyn * gamma * (/ (1 + ((-1) * gamma))) * (/
  (1 + ((-1) * gamma * (1 + ((-1) * eps_dyn))))))).

Definition tight_simulation_supposes (gamma eps_dyn eps_rew width : R) : Prop :=
  gamma >= 0 /\ gamma < 1 /\ eps_dyn >= 0 /\ eps_rew >= 0 /\ eps_dyn <= 1 /\ width >= 0.

(* Asadi's value bound *)
Definition asadi_value_bound (gamma L_f L_r eps_dyn : R) : R :=
  (L_r * eps_dyn * gamma * (/ (1 + ((-1) * gamma))) * (/ (1 + ((-1) * L_f * gamma)))).

Definition asadi_supposes (gamma L_f L_r eps_dyn : R) : Prop :=
  gamma >= 0 /\ gamma < 1 /\ L_f >= 0 /\ L_r >= 0 /\ eps_dyn >= 0 /\ (L_f * gamma) < 1.

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

(* What moves goes on moving *)
Definition never_stops_bound (eps length : R) : R :=
  (length * (1 + ((-1) * eps))).

Definition never_stops_supposes (eps : R) : Prop :=
  eps > 0 /\ eps < 1.

(* Straight maps stretch little *)
Definition stretch_bound (eps : R) : R :=
  (1 + eps).

Definition stretch_supposes (eps : R) : Prop :=
  eps > 0.

(* Straight maps shrink little *)
Definition shrink_bound (eps : R) : R :=
  (1 + ((-1) * eps)).

(* Straight and not smooth *)
Definition straight_not_smooth_supposes (factor : R) : Prop :=
  factor > 1.

(* Squares double exponents *)
Definition squares_left (amplitude exponent samples : R) : R :=
  ((amplitude * (Rpower samples ((-1) * exponent))) ^ 2).

Definition squares_right (amplitude exponent samples : R) : R :=
  ((amplitude ^ 2) * (Rpower samples ((-2) * exponent))).

Definition squares_supposes (amplitude exponent samples : R) : Prop :=
  amplitude > 0 /\ exponent > 0 /\ samples > 0.

(* A hidden unit lies below its chord *)
Definition hidden_unit (input : R) : R :=
  (Rmax 0 input).

Definition upper_line (low high input : R) : R :=
  (high * (/ (high + ((-1) * low))) * (input + ((-1) * low))).

Definition upper_line_supposes (low high input : R) : Prop :=
  low < 0 /\ high > 0 /\ input >= low /\ input <= high.

(* A hidden unit lies above lines through the origin *)
Definition lower_line (input slope : R) : R :=
  (slope * input).

Definition lower_line_supposes (slope : R) : Prop :=
  slope >= 0 /\ slope <= 1.

(* A gentle student misses a cliff *)
Definition cliff_bound (L_hat rise distance : R) : R :=
  (((1 / 2) * rise) + ((-1 / 2) * L_hat * distance)).

(* The multiplier *)
Definition theorem_1_multiplier (gamma L_f L_r L_pi : R) : R :=
  (L_r * gamma * (/ (1 + ((-1) * L_f * gamma * (1 + L_pi)))) * (1 + L_pi)).

Definition multiplier_supposes (gamma L_f L_r L_pi : R) : Prop :=
  gamma >= 0 /\ gamma < 1 /\ L_f >= 0 /\ L_r >= 0 /\ L_pi >= 0 /\ (L_f * gamma * (1 + L_pi)) < 1.

(* What is stationary is optimal *)
Definition theorem_1_error (A_dyn alpha A_rew beta multiplier N_dyn N_rew : R) : R :=
  ((A_rew * (Rpower N_rew ((-1) * beta))) + (A_dyn * multiplier * (Rpower N_dyn ((-1) * alpha)))).

Definition optimal_supposes (A_dyn alpha A_rew beta c_dyn c_rew multiplier N_dyn N_rew M_dyn M_rew : R) : Prop :=
  A_dyn > 0 /\ alpha > 0 /\ A_rew > 0 /\ beta > 0 /\ c_dyn > 0 /\ c_rew > 0 /\ multiplier > 0 /\
  N_dyn > 0 /\ N_rew > 0 /\ M_dyn > 0 /\ M_rew > 0 /\ (A_dyn * multiplier * alpha * (/ N_dyn) *
  (Rpower N_dyn ((-1) * alpha)) * (/ c_dyn)) = (A_rew * beta * (/ N_rew) * (Rpower N_rew ((-1) *
  beta)) * (/ c_rew)) /\ ((M_dyn * c_dyn) + (M_rew * c_rew)) <= ((N_dyn * c_dyn) + (N_rew * c_rew)).

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

(* A power law lies above its tangents *)
Definition tangent_left (a p x y : R) : R :=
  (a * (Rpower x ((-1) * p)) * (1 + p + ((-1) * p * y * (/ x)))).

Definition tangent_right (a p y : R) : R :=
  (a * (Rpower y ((-1) * p))).

Definition tangent_supposes (a p x y : R) : Prop :=
  a > 0 /\ p > 0 /\ x > 0 /\ y > 0.

(* A power law is convex *)
Definition chord_left (a p x y u v : R) : R :=
  (a * (Rpower ((/ (u + v)) * ((u * x) + (v * y))) ((-1) * p))).

Definition chord_right (a p x y u v : R) : R :=
  ((/ (u + v)) * ((a * u * (Rpower x ((-1) * p))) + (a * v * (Rpower y ((-1) * p))))).

Definition chord_supposes (a p x y u v : R) : Prop :=
  a > 0 /\ p > 0 /\ x > 0 /\ y > 0 /\ u > 0 /\ v > 0.

(* The error is convex *)
Definition convex_left (A_dyn alpha A_rew beta multiplier N_dyn N_rew M_dyn M_rew u v : R) : R :=
  ((A_rew * (Rpower ((/ (u + v)) * ((M_rew * v) + (N_rew * u))) ((-1) * beta))) + (A_dyn *
  multiplier * (Rpower ((/ (u + v)) * ((M_dyn * v) + (N_dyn * u))) ((-1) * alpha)))).

Definition convex_right (A_dyn alpha A_rew beta multiplier N_dyn N_rew M_dyn M_rew u v : R) : R :=
  ((/ (u + v)) * ((u * ((A_rew * (Rpower N_rew ((-1) * beta))) + (A_dyn * multiplier * (Rpower N_dyn
  ((-1) * alpha))))) + (v * ((A_rew * (Rpower M_rew ((-1) * beta))) + (A_dyn * multiplier * (Rpower
  M_dyn ((-1) * alpha))))))).

Definition convex_supposes (A_dyn alpha A_rew beta c_dyn c_rew multiplier N_dyn N_rew M_dyn M_rew u v : R) : Prop :=
  A_dyn > 0 /\ alpha > 0 /\ A_rew > 0 /\ beta > 0 /\ c_dyn > 0 /\ c_rew > 0 /\ multiplier > 0 /\
  N_dyn > 0 /\ N_rew > 0 /\ M_dyn > 0 /\ M_rew > 0 /\ u > 0 /\ v > 0.

(* Rewards that belong to dynamics *)
Definition rewards_for (A_dyn alpha A_rew beta c_dyn c_rew multiplier N_dyn : R) : R :=
  ((Rpower N_dyn ((/ (1 + beta)) * (1 + alpha))) * (Rpower (A_rew * beta * c_dyn * (/ A_dyn) * (/
  multiplier) * (/ alpha) * (/ c_rew)) (/ (1 + beta)))).

(* The remaining equation increases *)
Definition remaining_cost (A_dyn alpha A_rew beta c_dyn c_rew multiplier N_dyn : R) : R :=
  ((N_dyn * c_dyn) + (c_rew * (Rpower N_dyn ((/ (1 + beta)) * (1 + alpha))) * (Rpower (A_rew * beta
  * c_dyn * (/ A_dyn) * (/ multiplier) * (/ alpha) * (/ c_rew)) (/ (1 + beta))))).

(* Where the remaining equation is below the budget *)
Definition too_few_supposes (A_dyn alpha A_rew beta c_dyn c_rew multiplier budget N_dyn : R) : Prop :=
  A_dyn > 0 /\ alpha > 0 /\ A_rew > 0 /\ beta > 0 /\ c_dyn > 0 /\ c_rew > 0 /\ multiplier > 0 /\
  budget > 0 /\ N_dyn > 0 /\ N_dyn <= ((1 / 2) * budget * (/ c_dyn)) /\ N_dyn <= (Rpower ((1 / 2) *
  budget * (/ c_rew) * (Rpower (A_rew * beta * c_dyn * (/ A_dyn) * (/ multiplier) * (/ alpha) * (/
  c_rew)) ((-1) * (/ (1 + beta))))) ((/ (1 + alpha)) * (1 + beta))).

(* Equal exponents *)
Definition equal_exponents_ratio (A_dyn alpha A_rew c_dyn c_rew multiplier : R) : R :=
  (Rpower (A_dyn * multiplier * c_rew * (/ A_rew) * (/ c_dyn)) (/ (1 + alpha))).

(* Rewards grow slowly *)
Definition few_rewards_bound (A_dyn alpha A_rew beta c_dyn c_rew multiplier budget : R) : R :=
  ((Rpower (budget * (/ c_dyn)) ((/ (1 + beta)) * (1 + alpha))) * (Rpower (A_rew * beta * c_dyn * (/
  A_dyn) * (/ multiplier) * (/ alpha) * (/ c_rew)) (/ (1 + beta)))).

(* The rewards' share *)
Definition reward_share_bound (A_dyn alpha A_rew beta c_dyn c_rew multiplier budget : R) : R :=
  (c_rew * (Rpower budget ((-1) * (/ (1 + beta)) * (beta + ((-1) * alpha)))) * (Rpower c_dyn ((-1) *
  (/ (1 + beta)) * (1 + alpha))) * (Rpower (A_rew * beta * c_dyn * (/ A_dyn) * (/ multiplier) * (/
  alpha) * (/ c_rew)) (/ (1 + beta)))).

(* Rewards grow no slower *)
Definition many_rewards_bound (A_dyn alpha A_rew beta c_dyn c_rew multiplier budget : R) : R :=
  ((Rpower (budget * (/ c_dyn)) ((/ (1 + beta)) * (1 + alpha))) * (Rpower (A_rew * beta * c_dyn * (/
  A_dyn) * (/ multiplier) * (/ alpha) * (/ c_rew)) (/ (1 + beta))) * (1 + ((-1) * c_rew * (Rpower
  budget ((-1) * (/ (1 + beta)) * (beta + ((-1) * alpha)))) * (Rpower c_dyn ((-1) * (/ (1 + beta)) *
  (1 + alpha))) * (Rpower (A_rew * beta * c_dyn * (/ A_dyn) * (/ multiplier) * (/ alpha) * (/
  c_rew)) (/ (1 + beta)))))).

(* Theorem 1 with floors *)
Definition floors_ratio (alpha beta c_dyn c_rew multiplier floor_dyn floor_rew eps_dyn eps_rew : R) : R :=
  (multiplier * alpha * c_rew * (/ beta) * (/ c_dyn) * (/ (eps_rew + ((-1) * floor_rew))) * (eps_dyn
  + ((-1) * floor_dyn))).

(* The price of a wrong multiplier *)
Definition price_paid (A_dyn alpha A_rew beta multiplier N_dyn N_rew M_dyn M_rew : R) : R :=
  ((A_rew * (Rpower N_rew ((-1) * beta))) + ((-1) * A_rew * (Rpower M_rew ((-1) * beta))) + (A_dyn *
  multiplier * (Rpower N_dyn ((-1) * alpha))) + ((-1) * A_dyn * multiplier * (Rpower M_dyn ((-1) *
  alpha)))).

Definition price_bound (A_dyn alpha A_rew beta multiplier N_dyn N_rew factor price : R) : R :=
  ((A_rew * (Rpower N_rew ((-1) * beta)) * (1 + (beta * price) + ((-1) * (Rpower price (beta * (/ (1
  + beta)))) * (1 + beta)))) + (A_dyn * multiplier * (Rpower N_dyn ((-1) * alpha)) * (1 + ((-1) *
  (Rpower (price * factor) (alpha * (/ (1 + alpha)))) * (1 + alpha)) + (alpha * price * factor)))).

Definition price_supposes (A_dyn alpha A_rew beta c_dyn c_rew multiplier N_dyn N_rew M_dyn M_rew factor price : R) : Prop :=
  A_dyn > 0 /\ alpha > 0 /\ A_rew > 0 /\ beta > 0 /\ c_dyn > 0 /\ c_rew > 0 /\ multiplier > 0 /\
  N_dyn > 0 /\ N_rew > 0 /\ M_dyn > 0 /\ M_rew > 0 /\ factor > 0 /\ (A_dyn * multiplier * alpha *
  factor * (/ N_dyn) * (Rpower N_dyn ((-1) * alpha)) * (/ c_dyn)) = (A_rew * beta * (/ N_rew) *
  (Rpower N_rew ((-1) * beta)) * (/ c_rew)) /\ ((M_dyn * c_dyn) + (M_rew * c_rew)) <= ((N_dyn *
  c_dyn) + (N_rew * c_rew)) /\ price > 0.

(* The price, in dynamics error *)
Definition price_dyn_bound (A_dyn alpha multiplier N_dyn factor : R) : R :=
  (A_dyn * multiplier * (Rpower N_dyn ((-1) * alpha)) * (1 + (alpha * factor) + ((-1) * (Rpower
  factor (alpha * (/ (1 + alpha)))) * (1 + alpha)))).

(* The price, in reward error *)
Definition price_rew_bound (A_rew beta N_rew factor : R) : R :=
  (A_rew * (Rpower N_rew ((-1) * beta)) * (1 + (beta * (/ factor)) + ((-1) * (Rpower factor ((-1) *
  beta * (/ (1 + beta)))) * (1 + beta)))).

(* The largest price *)
Definition price_factor_left (A_dyn alpha A_rew beta multiplier N_dyn N_rew factor price : R) : R :=
  (((A_rew * (Rpower N_rew ((-1) * beta))) + (A_dyn * multiplier * (Rpower N_dyn ((-1) * alpha)))) *
  (Rmin (((Rpower (price * factor) (alpha * (/ (1 + alpha)))) * (1 + alpha)) + ((-1) * alpha * price
  * factor)) (((Rpower price (beta * (/ (1 + beta)))) * (1 + beta)) + ((-1) * beta * price)))).

(* The price is exact *)
Definition price_exact_amount (A_dyn alpha A_rew beta multiplier N_dyn N_rew M_rew factor : R) : R :=
  ((A_rew * (Rpower N_rew ((-1) * beta)) * (1 + (beta * (Rpower (N_rew * (/ M_rew)) (1 + beta))) +
  ((-1) * (Rpower (N_rew * (/ M_rew)) beta) * (1 + beta)))) + (A_dyn * multiplier * (Rpower N_dyn
  ((-1) * alpha)) * (1 + ((-1) * (Rpower (factor * (Rpower (N_rew * (/ M_rew)) (1 + beta))) (alpha *
  (/ (1 + alpha)))) * (1 + alpha)) + (alpha * factor * (Rpower (N_rew * (/ M_rew)) (1 + beta)))))).

Definition price_exact_supposes (A_dyn alpha A_rew beta c_dyn c_rew multiplier N_dyn N_rew M_dyn M_rew factor : R) : Prop :=
  A_dyn > 0 /\ alpha > 0 /\ A_rew > 0 /\ beta > 0 /\ c_dyn > 0 /\ c_rew > 0 /\ multiplier > 0 /\
  N_dyn > 0 /\ N_rew > 0 /\ M_dyn > 0 /\ M_rew > 0 /\ factor > 0 /\ (A_dyn * multiplier * alpha *
  factor * (/ N_dyn) * (Rpower N_dyn ((-1) * alpha)) * (/ c_dyn)) = (A_rew * beta * (/ N_rew) *
  (Rpower N_rew ((-1) * beta)) * (/ c_rew)) /\ (A_dyn * multiplier * alpha * (/ M_dyn) * (Rpower
  M_dyn ((-1) * alpha)) * (/ c_dyn)) = (A_rew * beta * (/ M_rew) * (Rpower M_rew ((-1) * beta)) * (/
  c_rew)) /\ ((M_dyn * c_dyn) + (M_rew * c_rew)) = ((N_dyn * c_dyn) + (N_rew * c_rew)).

(* The price for equal exponents *)
Definition price_equal_exponents_left (A_dyn alpha A_rew multiplier N_dyn N_rew M_dyn M_rew : R) : R :=
  ((/ ((A_rew * (Rpower M_rew ((-1) * alpha))) + (A_dyn * multiplier * (Rpower M_dyn ((-1) *
  alpha))))) * ((A_rew * (Rpower N_rew ((-1) * alpha))) + (A_dyn * multiplier * (Rpower N_dyn ((-1)
  * alpha))))).

Definition price_equal_exponents_right (alpha factor odds : R) : R :=
  ((Rpower ((/ (1 + odds)) * (1 + (odds * (Rpower factor (/ (1 + alpha)))))) alpha) * (/ (1 + odds))
  * (1 + (odds * (Rpower factor ((-1) * alpha * (/ (1 + alpha))))))).

Definition price_equal_exponents_supposes (A_dyn alpha A_rew c_dyn c_rew multiplier N_dyn N_rew M_dyn M_rew factor odds : R) : Prop :=
  A_dyn > 0 /\ alpha > 0 /\ A_rew > 0 /\ c_dyn > 0 /\ c_rew > 0 /\ multiplier > 0 /\ N_dyn > 0 /\
  N_rew > 0 /\ M_dyn > 0 /\ M_rew > 0 /\ factor > 0 /\ odds > 0 /\ (A_dyn * multiplier * alpha *
  factor * (/ N_dyn) * (Rpower N_dyn ((-1) * alpha)) * (/ c_dyn)) = (A_rew * alpha * (/ N_rew) *
  (Rpower N_rew ((-1) * alpha)) * (/ c_rew)) /\ (A_dyn * multiplier * alpha * (/ M_dyn) * (Rpower
  M_dyn ((-1) * alpha)) * (/ c_dyn)) = (A_rew * alpha * (/ M_rew) * (Rpower M_rew ((-1) * alpha)) *
  (/ c_rew)) /\ ((M_dyn * c_dyn) + (M_rew * c_rew)) = ((N_dyn * c_dyn) + (N_rew * c_rew)) /\ odds =
  (M_dyn * c_dyn * (/ M_rew) * (/ c_rew)).

(* Whole samples *)
Definition whole_samples_bound (A_dyn alpha A_rew beta multiplier N_dyn N_rew M_dyn M_rew : R) : R :=
  ((A_rew * (Rpower N_rew ((-1) * beta)) * (Rpower (1 + (/ M_rew)) beta)) + (A_dyn * multiplier *
  (Rpower N_dyn ((-1) * alpha)) * (Rpower (1 + (/ M_dyn)) alpha))).

Definition whole_samples_supposes (A_dyn alpha A_rew beta c_dyn c_rew multiplier N_dyn N_rew M_dyn M_rew : R) : Prop :=
  A_dyn > 0 /\ alpha > 0 /\ A_rew > 0 /\ beta > 0 /\ c_dyn > 0 /\ c_rew > 0 /\ multiplier > 0 /\
  N_dyn > 0 /\ N_rew > 0 /\ M_dyn > 0 /\ M_rew > 0 /\ N_dyn <= (1 + M_dyn) /\ N_rew <= (1 + M_rew).

(* Whole samples, slow laws *)
Definition whole_samples_slow_bound (A_dyn alpha A_rew beta multiplier N_dyn N_rew M_dyn M_rew : R) : R :=
  ((A_rew * (Rpower N_rew ((-1) * beta)) * (1 + (beta * (/ M_rew)))) + (A_dyn * multiplier * (Rpower
  N_dyn ((-1) * alpha)) * (1 + (alpha * (/ M_dyn))))).

Definition whole_samples_slow_supposes (A_dyn alpha A_rew beta c_dyn c_rew multiplier N_dyn N_rew M_dyn M_rew : R) : Prop :=
  A_dyn > 0 /\ alpha > 0 /\ A_rew > 0 /\ beta > 0 /\ c_dyn > 0 /\ c_rew > 0 /\ multiplier > 0 /\
  N_dyn > 0 /\ N_rew > 0 /\ M_dyn > 0 /\ M_rew > 0 /\ N_dyn <= (1 + M_dyn) /\ N_rew <= (1 + M_rew)
  /\ alpha <= 1 /\ beta <= 1.

(* No fewer dynamics samples *)
Definition fewest_dyn_supposes (A_dyn alpha A_rew beta c_dyn c_rew multiplier N_dyn N_rew M_dyn M_rew : R) : Prop :=
  A_dyn > 0 /\ alpha > 0 /\ A_rew > 0 /\ beta > 0 /\ c_dyn > 0 /\ c_rew > 0 /\ multiplier > 0 /\
  N_dyn > 0 /\ N_rew > 0 /\ M_dyn > 0 /\ M_rew > 0 /\ N_dyn <= M_dyn /\ (A_dyn * multiplier * alpha
  * (/ N_dyn) * (Rpower N_dyn ((-1) * alpha)) * (/ c_dyn)) <= (A_rew * beta * (/ N_rew) * (Rpower
  N_rew ((-1) * beta)) * (/ c_rew)) /\ ((M_dyn * c_dyn) + (M_rew * c_rew)) <= ((N_dyn * c_dyn) +
  (N_rew * c_rew)).

(* No fewer reward labels *)
Definition fewest_rew_supposes (A_dyn alpha A_rew beta c_dyn c_rew multiplier N_dyn N_rew M_dyn M_rew : R) : Prop :=
  A_dyn > 0 /\ alpha > 0 /\ A_rew > 0 /\ beta > 0 /\ c_dyn > 0 /\ c_rew > 0 /\ multiplier > 0 /\
  N_dyn > 0 /\ N_rew > 0 /\ M_dyn > 0 /\ M_rew > 0 /\ N_rew <= M_rew /\ (A_rew * beta * (/ N_rew) *
  (Rpower N_rew ((-1) * beta)) * (/ c_rew)) <= (A_dyn * multiplier * alpha * (/ N_dyn) * (Rpower
  N_dyn ((-1) * alpha)) * (/ c_dyn)) /\ ((M_dyn * c_dyn) + (M_rew * c_rew)) <= ((N_dyn * c_dyn) +
  (N_rew * c_rew)).

(* Labels only where one has been *)
Definition visited_supposes (A_dyn alpha A_rew beta c_dyn c_rew multiplier N_dyn N_rew M_dyn M_rew : R) : Prop :=
  A_dyn > 0 /\ alpha > 0 /\ A_rew > 0 /\ beta > 0 /\ c_dyn > 0 /\ c_rew > 0 /\ multiplier > 0 /\
  N_dyn > 0 /\ N_rew > 0 /\ M_dyn > 0 /\ M_rew > 0 /\ N_dyn = N_rew /\ M_rew <= M_dyn /\ (A_dyn *
  multiplier * alpha * (/ N_dyn) * (Rpower N_dyn ((-1) * alpha)) * (/ c_dyn)) <= (A_rew * beta * (/
  N_rew) * (Rpower N_rew ((-1) * beta)) * (/ c_rew)) /\ ((M_dyn * c_dyn) + (M_rew * c_rew)) <=
  ((N_dyn * c_dyn) + (N_rew * c_rew)).

(* Joint samples that save nothing *)
Definition joint_never_supposes (A_dyn alpha A_rew beta c_dyn c_rew multiplier N_dyn N_rew M_dyn M_rew c_joint joint single_dyn single_rew : R) : Prop :=
  A_dyn > 0 /\ alpha > 0 /\ A_rew > 0 /\ beta > 0 /\ c_dyn > 0 /\ c_rew > 0 /\ multiplier > 0 /\
  N_dyn > 0 /\ N_rew > 0 /\ M_dyn > 0 /\ M_rew > 0 /\ c_joint > 0 /\ joint >= 0 /\ single_dyn >= 0
  /\ single_rew >= 0 /\ M_dyn = (joint + single_dyn) /\ M_rew = (joint + single_rew) /\ c_joint >=
  (c_dyn + c_rew) /\ (A_dyn * multiplier * alpha * (/ N_dyn) * (Rpower N_dyn ((-1) * alpha)) * (/
  c_dyn)) = (A_rew * beta * (/ N_rew) * (Rpower N_rew ((-1) * beta)) * (/ c_rew)) /\ ((joint *
  c_joint) + (single_dyn * c_dyn) + (single_rew * c_rew)) <= ((N_dyn * c_dyn) + (N_rew * c_rew)).

(* Joint samples only *)
Definition joint_only_supposes (A_dyn alpha A_rew beta c_dyn c_rew multiplier N_dyn N_rew M_dyn M_rew c_joint joint single_dyn single_rew : R) : Prop :=
  A_dyn > 0 /\ alpha > 0 /\ A_rew > 0 /\ beta > 0 /\ c_dyn > 0 /\ c_rew > 0 /\ multiplier > 0 /\
  N_dyn > 0 /\ N_rew > 0 /\ M_dyn > 0 /\ M_rew > 0 /\ c_joint > 0 /\ joint >= 0 /\ single_dyn >= 0
  /\ single_rew >= 0 /\ M_dyn = (joint + single_dyn) /\ M_rew = (joint + single_rew) /\ N_dyn =
  N_rew /\ (A_dyn * multiplier * alpha * c_joint * (Rpower N_dyn ((-1) * alpha))) <= (c_dyn *
  ((A_rew * beta * (Rpower N_rew ((-1) * beta))) + (A_dyn * multiplier * alpha * (Rpower N_dyn ((-1)
  * alpha))))) /\ (A_rew * beta * c_joint * (Rpower N_rew ((-1) * beta))) <= (c_rew * ((A_rew * beta
  * (Rpower N_rew ((-1) * beta))) + (A_dyn * multiplier * alpha * (Rpower N_dyn ((-1) * alpha)))))
  /\ ((joint * c_joint) + (single_dyn * c_dyn) + (single_rew * c_rew)) <= (N_rew * c_joint).

(* Every reward with a transition, and transitions besides *)
Definition joint_and_dynamics_supposes (A_dyn alpha A_rew beta c_dyn c_rew multiplier N_dyn N_rew M_dyn M_rew c_joint joint single_dyn single_rew : R) : Prop :=
  A_dyn > 0 /\ alpha > 0 /\ A_rew > 0 /\ beta > 0 /\ c_dyn > 0 /\ c_rew > 0 /\ multiplier > 0 /\
  N_dyn > 0 /\ N_rew > 0 /\ M_dyn > 0 /\ M_rew > 0 /\ c_joint > 0 /\ joint >= 0 /\ single_dyn >= 0
  /\ single_rew >= 0 /\ M_dyn = (joint + single_dyn) /\ M_rew = (joint + single_rew) /\ c_joint <=
  (c_dyn + c_rew) /\ (A_dyn * multiplier * N_rew * alpha * (Rpower N_dyn ((-1) * alpha)) * (c_joint
  + ((-1) * c_dyn))) = (A_rew * N_dyn * beta * c_dyn * (Rpower N_rew ((-1) * beta))) /\ ((joint *
  c_joint) + (single_dyn * c_dyn) + (single_rew * c_rew)) <= ((N_rew * c_joint) + (c_dyn * (N_dyn +
  ((-1) * N_rew)))).

(* Every transition with a reward, and rewards besides *)
Definition joint_and_rewards_supposes (A_dyn alpha A_rew beta c_dyn c_rew multiplier N_dyn N_rew M_dyn M_rew c_joint joint single_dyn single_rew : R) : Prop :=
  A_dyn > 0 /\ alpha > 0 /\ A_rew > 0 /\ beta > 0 /\ c_dyn > 0 /\ c_rew > 0 /\ multiplier > 0 /\
  N_dyn > 0 /\ N_rew > 0 /\ M_dyn > 0 /\ M_rew > 0 /\ c_joint > 0 /\ joint >= 0 /\ single_dyn >= 0
  /\ single_rew >= 0 /\ M_dyn = (joint + single_dyn) /\ M_rew = (joint + single_rew) /\ c_joint <=
  (c_dyn + c_rew) /\ (A_dyn * multiplier * N_rew * alpha * c_rew * (Rpower N_dyn ((-1) * alpha))) =
  (A_rew * N_dyn * beta * (Rpower N_rew ((-1) * beta)) * (c_joint + ((-1) * c_rew))) /\ ((joint *
  c_joint) + (single_dyn * c_dyn) + (single_rew * c_rew)) <= ((N_dyn * c_joint) + (c_rew * (N_rew +
  ((-1) * N_dyn)))).

(* The global multiplier is never too small *)
Definition never_too_small_bound (gamma L_f L_r L_pi eps_dyn : R) : R :=
  (L_r * eps_dyn * gamma * (/ (1 + ((-1) * L_f * gamma * (1 + L_pi)))) * (1 + L_pi)).

Definition never_too_small_supposes (gamma L_f L_r L_pi eps_dyn : R) : Prop :=
  gamma >= 0 /\ gamma < 1 /\ L_f >= 0 /\ L_r >= 0 /\ L_pi >= 0 /\ eps_dyn >= 0 /\ (L_f * gamma * (1
  + L_pi)) < 1.

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

(* Variance that a budget buys *)
Definition average_variance (noise_free_variance noise_factor noise rollouts : R) : R :=
  ((/ rollouts) * (noise_free_variance + (noise_factor * noise))).

Definition budget_variance (cost fixed_cost noise_free_variance noise_factor noise budget : R) : R :=
  ((/ budget) * (noise_free_variance + (noise_factor * noise)) * (fixed_cost + cost)).

Definition budget_variance_supposes (cost fixed_cost noise_free_variance noise_factor noise budget rollouts : R) : Prop :=
  cost > 0 /\ budget > 0 /\ rollouts > 0 /\ fixed_cost >= 0 /\ noise_free_variance >= 0 /\
  noise_factor >= 0 /\ noise >= 0 /\ (rollouts * (fixed_cost + cost)) = budget.

(* Slope of the objective, power law *)
Definition slope_left (cost fixed_cost noise_free_variance noise_factor amplitude exponent : R) : R :=
  (cost * (noise_free_variance + (noise_factor * amplitude * (Rpower cost ((-1) * exponent))) +
  ((-1) * noise_factor * amplitude * exponent * (/ cost) * (Rpower cost ((-1) * exponent)) *
  (fixed_cost + cost)))).

Definition slope_right (cost fixed_cost noise_free_variance noise_factor amplitude exponent : R) : R :=
  ((noise_free_variance * cost) + (noise_factor * amplitude * (Rpower cost ((-1) * exponent)) *
  ((cost * (1 + ((-1) * exponent))) + ((-1) * fixed_cost * exponent)))).

Definition slope_supposes (cost fixed_cost noise_free_variance noise_factor amplitude exponent : R) : Prop :=
  cost > 0 /\ amplitude > 0 /\ exponent > 0 /\ fixed_cost >= 0 /\ noise_free_variance >= 0 /\
  noise_factor >= 0.

(* Where the slope vanishes *)
Definition power_objective (cost fixed_cost noise_free_variance noise_factor amplitude exponent : R) : R :=
  ((noise_free_variance + (noise_factor * amplitude * (Rpower cost ((-1) * exponent)))) *
  (fixed_cost + cost)).

Definition minimum_supposes (cost reference fixed_cost noise_free_variance noise_factor amplitude exponent : R) : Prop :=
  cost > 0 /\ reference > 0 /\ amplitude > 0 /\ exponent > 0 /\ fixed_cost >= 0 /\
  noise_free_variance >= 0 /\ noise_factor >= 0 /\ ((noise_free_variance * reference) +
  (noise_factor * amplitude * (Rpower reference ((-1) * exponent)) * ((reference * (1 + ((-1) *
  exponent))) + ((-1) * fixed_cost * exponent)))) = 0.

(* Where the objective rises *)
Definition cheaper_supposes (cost reference fixed_cost noise_free_variance noise_factor amplitude exponent : R) : Prop :=
  cost > 0 /\ reference > 0 /\ amplitude > 0 /\ exponent > 0 /\ fixed_cost >= 0 /\
  noise_free_variance >= 0 /\ noise_factor >= 0 /\ ((noise_free_variance * reference) +
  (noise_factor * amplitude * (Rpower reference ((-1) * exponent)) * ((reference * (1 + ((-1) *
  exponent))) + ((-1) * fixed_cost * exponent)))) >= 0 /\ reference <= cost.

(* Where the objective falls *)
Definition dearer_supposes (cost reference fixed_cost noise_free_variance noise_factor amplitude exponent : R) : Prop :=
  cost > 0 /\ reference > 0 /\ amplitude > 0 /\ exponent > 0 /\ fixed_cost >= 0 /\
  noise_free_variance >= 0 /\ noise_factor >= 0 /\ ((noise_free_variance * reference) +
  (noise_factor * amplitude * (Rpower reference ((-1) * exponent)) * ((reference * (1 + ((-1) *
  exponent))) + ((-1) * fixed_cost * exponent)))) <= 0 /\ cost <= reference.

(* Power law, p > 1, no fixed cost *)
Definition interior_left (noise_free_variance noise_factor amplitude excess : R) : R :=
  ((Rpower (amplitude * noise_factor * excess * (/ noise_free_variance)) (/ (1 + excess))) *
  (noise_free_variance + (noise_free_variance * (/ excess)))).

Definition interior_right (cost noise_free_variance noise_factor amplitude excess : R) : R :=
  (cost * (noise_free_variance + (amplitude * noise_factor * (Rpower cost ((-1) + ((-1) *
  excess)))))).

Definition interior_supposes (cost noise_free_variance noise_factor amplitude excess : R) : Prop :=
  cost > 0 /\ noise_free_variance > 0 /\ noise_factor > 0 /\ amplitude > 0 /\ excess > 0.

(* Power law, p < 1, no noise-free variance *)
Definition fixed_cost_only_right (cost fixed_cost noise_factor amplitude exponent : R) : R :=
  (noise_factor * amplitude * (Rpower cost ((-1) * exponent)) * (cost + fixed_cost)).

Definition fixed_cost_only_supposes (cost fixed_cost noise_factor amplitude exponent : R) : Prop :=
  cost > 0 /\ fixed_cost > 0 /\ amplitude > 0 /\ exponent > 0 /\ noise_factor >= 0 /\ exponent < 1.

(* Floor, with a fixed cost *)
Definition floor_interior_left (fixed_cost noise_free_variance noise_factor amplitude floor : R) : R :=
  ((noise_free_variance + (noise_factor * ((floor ^ 2) + ((sqrt amplitude) * (/ (sqrt fixed_cost)) *
  (/ (sqrt noise_factor)) * (/ (sqrt (/ (noise_free_variance + (noise_factor * (floor ^ 2))))))))))
  * (fixed_cost + ((sqrt amplitude) * (sqrt fixed_cost) * (sqrt noise_factor) * (sqrt (/
  (noise_free_variance + (noise_factor * (floor ^ 2)))))))).

Definition floor_objective (cost fixed_cost noise_free_variance noise_factor amplitude floor : R) : R :=
  ((noise_free_variance + (noise_factor * ((floor ^ 2) + (amplitude * (/ cost))))) * (cost +
  fixed_cost)).

Definition floor_interior_supposes (cost fixed_cost noise_free_variance noise_factor amplitude floor : R) : Prop :=
  cost > 0 /\ fixed_cost > 0 /\ noise_factor > 0 /\ amplitude > 0 /\ noise_free_variance >= 0 /\
  floor >= 0 /\ (noise_free_variance + (noise_factor * (floor ^ 2))) > 0.

(* Bounded noise, an end wins *)
Definition bounded_objective (cost fixed_cost noise_free_variance noise_factor largest noise_free_cost : R) : R :=
  ((noise_free_variance + (noise_factor * (largest ^ 2) * (1 + ((-1) * cost * (/
  noise_free_cost))))) * (fixed_cost + cost)).

Definition an_end_wins_supposes (cost reference fixed_cost noise_free_variance noise_factor largest noise_free_cost highest : R) : Prop :=
  cost > 0 /\ reference > 0 /\ noise_free_cost > 0 /\ fixed_cost >= 0 /\ noise_free_variance >= 0 /\
  noise_factor >= 0 /\ largest >= 0 /\ highest > 0 /\ reference <= cost /\ cost <= highest /\
  reference < highest /\ highest <= noise_free_cost.

(* Bounded noise, which end *)
Definition which_end_right (cost reference fixed_cost noise_free_variance noise_factor largest noise_free_cost : R) : R :=
  (noise_free_variance + (noise_factor * (largest ^ 2) * (1 + ((-1) * (/ noise_free_cost) *
  (fixed_cost + reference + cost))))).

Definition which_end_supposes (cost reference fixed_cost noise_free_variance noise_factor largest noise_free_cost : R) : Prop :=
  cost > 0 /\ reference > 0 /\ noise_free_cost > 0 /\ fixed_cost >= 0 /\ noise_free_variance >= 0 /\
  noise_factor >= 0 /\ largest >= 0 /\ reference < cost.

(* Bounded noise, free or perfect *)
Definition noise_free_labels_left (fixed_cost noise_free_variance noise_factor largest noise_free_cost : R) : R :=
  ((fixed_cost * (noise_free_variance + (noise_factor * (largest ^ 2)))) + ((-1) *
  noise_free_variance * (fixed_cost + noise_free_cost))).

Definition noise_free_labels_right (fixed_cost noise_free_variance noise_factor largest noise_free_cost : R) : R :=
  (((-1) * noise_free_variance * noise_free_cost) + (fixed_cost * noise_factor * (largest ^ 2))).

Definition noise_free_labels_supposes (fixed_cost noise_free_variance noise_factor largest noise_free_cost : R) : Prop :=
  noise_free_cost > 0 /\ fixed_cost >= 0 /\ noise_free_variance >= 0 /\ noise_factor >= 0 /\ largest
  >= 0.

(* Up to the crossing *)
Definition noisy_error (variance_noisy rollouts : R) : R :=
  (variance_noisy * (/ rollouts)).

Definition worth_it_supposes (variance_noisy variance_biased bias_norm rollouts : R) : Prop :=
  bias_norm > 0 /\ rollouts > 0 /\ rollouts <= ((/ (bias_norm ^ 2)) * (variance_noisy + ((-1) *
  variance_biased))).

(* Beyond the crossing *)
Definition never_beyond_supposes (variance_noisy variance_biased bias_norm rollouts : R) : Prop :=
  bias_norm > 0 /\ rollouts > 0 /\ rollouts > ((/ (bias_norm ^ 2)) * (variance_noisy + ((-1) *
  variance_biased))).

(* Proposition 2 *)
Definition proposition_2_error (variance_biased bias_norm rollouts : R) : R :=
  ((bias_norm ^ 2) + (variance_biased * (/ rollouts))).

Definition proposition_2_supposes (rollouts : R) : Prop :=
  rollouts > 0.

(* Shaping telescopes *)
Definition shaping_left (gamma first last : R) (horizon : nat) : R :=
  (((-1) * first) + (last * (gamma ^ horizon))).

(* The closed loop itself *)
Definition closed_loop_bound (gamma rho slope average_dyn average_rew : R) : R :=
  ((/ (1 + ((-1) * gamma))) * (average_rew + (average_dyn * gamma * slope * (/ (1 + ((-1) * gamma *
  rho)))))).

Definition closed_loop_supposes (gamma rho slope : R) : Prop :=
  gamma >= 0 /\ gamma < 1 /\ rho >= 0 /\ slope >= 0 /\ (gamma * rho) < 1.

(* Imagine, then estimate *)
Definition early_end_bound (delta epsilon_V : nat -> R) (gamma : R) (horizon : nat) : R :=
  (((gamma ^ horizon) * (epsilon_V horizon)) + (sum horizon (fun t : nat => ((gamma ^ t) * (delta
  t))))).

Definition early_end_supposes (gamma : R) : Prop :=
  gamma >= 0 /\ gamma < 1.

(* Imagine, then estimate: errors that stay *)
Definition constant_errors_bound (gamma : R) (horizon : nat) (step_error estimate_error : R) : R :=
  ((step_error * (geom gamma horizon)) + (estimate_error * (gamma ^ horizon))).

Definition constant_errors_supposes (gamma step_error estimate_error : R) : Prop :=
  gamma >= 0 /\ gamma < 1 /\ step_error >= 0 /\ estimate_error >= 0.

(* One more step *)
Definition one_more_step_change (gamma : R) (horizon : nat) (step_error estimate_error later_error : R) : R :=
  ((gamma ^ horizon) * (step_error + ((-1) * estimate_error) + (later_error * gamma))).

(* Whom imagination prefers *)
Definition ranking_bound (preferred_hat other_hat gap_difference : R) : R :=
  (other_hat + gap_difference + ((-1) * preferred_hat)).

(* A verifier scales the gradient *)
Definition verifier_scales_mean (tpr fpr gradient : R) : R :=
  (gradient * (tpr + ((-1) * fpr))).

Definition verifier_supposes (tpr fpr : R) : Prop :=
  tpr >= 0 /\ tpr <= 1 /\ fpr >= 0 /\ fpr <= 1.

(* A verdict at every step *)
Definition verifier_per_step_mean (tpr fpr gradient of_length : R) : R :=
  ((fpr * of_length) + (gradient * (tpr + ((-1) * fpr)))).

(* One verdict at the end *)
Definition verifier_at_end_mean (tpr fpr gradient of_end : R) : R :=
  ((fpr * of_end) + (gradient * (tpr + ((-1) * fpr)))).

(* The variance of a verdict *)
Definition verdict_variance (tpr fpr reward : R) : R :=
  ((fpr + (reward * (tpr + ((-1) * fpr)))) * (1 + ((-1) * fpr) + ((-1) * reward * (tpr + ((-1) *
  fpr))))).

(* What verdicts add *)
Definition verdicts_added (tpr fpr right wrong rollouts : R) : R :=
  ((/ rollouts) * ((fpr * wrong * (1 + ((-1) * fpr))) + (tpr * right * (1 + ((-1) * tpr))))).

Definition verdicts_added_supposes (tpr fpr rollouts : R) : Prop :=
  tpr >= 0 /\ tpr <= 1 /\ fpr >= 0 /\ fpr <= 1 /\ rollouts > 0.

(* What a verifier is worth *)
Definition verifier_worth_variance (tpr fpr noise_free_variance verdict_noise rollouts : R) : R :=
  ((/ rollouts) * (noise_free_variance + (verdict_noise * (/ ((tpr + ((-1) * fpr)) ^ 2))))).

Definition verifier_worth_objective (tpr fpr cost fixed_cost noise_free_variance verdict_noise budget : R) : R :=
  ((/ budget) * (noise_free_variance + (verdict_noise * (/ ((tpr + ((-1) * fpr)) ^ 2)))) *
  (fixed_cost + cost)).

Definition verifier_worth_supposes (tpr fpr cost fixed_cost noise_free_variance verdict_noise budget rollouts : R) : Prop :=
  tpr >= 0 /\ tpr <= 1 /\ fpr >= 0 /\ fpr <= 1 /\ fpr < tpr /\ cost > 0 /\ budget > 0 /\ rollouts >
  0 /\ fixed_cost >= 0 /\ noise_free_variance >= 0 /\ verdict_noise >= 0 /\ (rollouts * (fixed_cost
  + cost)) = budget.

(* Rates that vary are bias *)
Definition varying_rates_mean (mean_youden gradient of_rates : R) : R :=
  (of_rates + (mean_youden * gradient)).

(* Only what is across misleads *)
Definition off_the_gradient_error (along across : R) : R :=
  ((/ (along ^ 2)) * (across ^ 2)).

Definition off_the_gradient_supposes (along : R) : Prop :=
  along > 0.

(* Up to the rescaled crossing *)
Definition rescaled_error (variance_biased along across rollouts : R) : R :=
  ((/ (along ^ 2)) * ((across ^ 2) + (variance_biased * (/ rollouts)))).

Definition rescaled_up_to_supposes (variance_noisy variance_biased along across rollouts : R) : Prop :=
  along > 0 /\ across > 0 /\ rollouts > 0 /\ rollouts <= ((/ (across ^ 2)) * (((-1) *
  variance_biased) + (variance_noisy * (along ^ 2)))).

(* Beyond the rescaled crossing *)
Definition rescaled_beyond_supposes (variance_noisy variance_biased along across rollouts : R) : Prop :=
  along > 0 /\ across > 0 /\ rollouts > 0 /\ rollouts > ((/ (across ^ 2)) * (((-1) *
  variance_biased) + (variance_noisy * (along ^ 2)))).

(* The mean of votes *)
Definition votes_variance (rate : R) (votes : nat) (correlation : R) : R :=
  (rate * (1 + ((-1) * rate)) * (correlation + ((/ (INR votes)) * (1 + ((-1) * correlation))))).

Definition votes_supposes (rate : R) (votes : nat) (correlation : R) : Prop :=
  rate >= 0 /\ rate <= 1 /\ correlation >= 0 /\ correlation <= 1 /\ (votes >= 1)%nat.

(* Votes saturate *)
Definition votes_floor (rate correlation : R) : R :=
  (rate * correlation * (1 + ((-1) * rate))).

(* The majority of votes *)
Definition majority_rate (rate : R) (pairs : nat) : R :=
  (rate + (((-1) + (2 * rate)) * (sum pairs (fun t : nat => (((rate * (1 + ((-1) * rate))) ^ (1 +
  t)%nat) * (Binomial.C (1 + (2 * t)%nat)%nat t)))))).

Definition majority_supposes (rate : R) : Prop :=
  rate >= 0 /\ rate <= 1.

(* Two more votes *)
Definition two_more_votes (rate : R) (pairs : nat) : R :=
  (((rate * (1 + ((-1) * rate))) ^ (1 + pairs)%nat) * ((-1) + (2 * rate)) * (Binomial.C (1 + (2 *
  pairs)%nat)%nat pairs)).

(* A majority scales the gradient *)
Definition majority_scales_mean (tpr fpr : R) (pairs : nat) (gradient : R) : R :=
  (gradient * (tpr + ((-1) * fpr) + (((-1) + (2 * tpr)) * (sum pairs (fun t : nat => (((tpr * (1 +
  ((-1) * tpr))) ^ (1 + t)%nat) * (Binomial.C (1 + (2 * t)%nat)%nat t))))) + ((-1) * ((-1) + (2 *
  fpr)) * (sum pairs (fun t : nat => (((fpr * (1 + ((-1) * fpr))) ^ (1 + t)%nat) * (Binomial.C (1 +
  (2 * t)%nat)%nat t))))))).

(* A majority saturates *)
Definition majority_left (pairs : nat) (off : R) : R :=
  (off * ((4 * off * (1 + ((-1) * off))) ^ pairs)).

Definition majority_left_supposes (off : R) : Prop :=
  off >= 0 /\ off <= (1 / 2).

(* Classical simulation lemma *)
Definition classical_bound (gamma eps_dyn eps_rew width : R) : R :=
  ((eps_rew * (/ (1 + ((-1) * gamma)))) + (width * eps_dyn * gamma * (/ ((1 + ((-1) * gamma)) ^
  2)))).

Definition classical_supposes (gamma eps_dyn eps_rew width : R) : Prop :=
  gamma >= 0 /\ gamma < 1 /\ eps_dyn >= 0 /\ eps_rew >= 0 /\ width >= 0.

(* Simulation lemma, not centred *)
Definition not_centred_bound (gamma eps_dyn eps_rew largest_value : R) : R :=
  ((/ (1 + ((-1) * gamma))) * (eps_rew + (2 * largest_value * eps_dyn * gamma))).

(* Tight simulation lemma, both rewards in range *)
Definition both_in_range_bound (gamma eps_dyn eps_rew common_width : R) : R :=
  ((/ (1 + ((-1) * gamma * (1 + ((-1) * eps_dyn))))) * (eps_rew + (common_width * eps_dyn * gamma *
  (/ (1 + ((-1) * gamma)))))).

Definition both_in_range_supposes (gamma eps_dyn eps_rew common_width : R) : Prop :=
  gamma >= 0 /\ gamma < 1 /\ eps_dyn >= 0 /\ eps_rew >= 0 /\ eps_dyn <= 1 /\ common_width >= 0.

(* Errors expected at each time *)
Definition per_time_bound (gamma eps_rew width drift : R) : R :=
  ((width * drift) + (eps_rew * (/ (1 + ((-1) * gamma))))).

Definition per_time_supposes (gamma eps_rew width : R) : Prop :=
  gamma >= 0 /\ gamma < 1 /\ eps_rew >= 0 /\ width >= 0.

(* The largest expected error *)
Definition largest_mean_bound (gamma eps_mean eps_rew width : R) : R :=
  ((eps_rew * (/ (1 + ((-1) * gamma)))) + (width * eps_mean * gamma * (/ ((1 + ((-1) * gamma)) ^
  2)))).

(* Performance difference *)
Definition performance_gap (gamma advantage : R) : R :=
  (advantage * (/ (1 + ((-1) * gamma)))).

(* The model's optimal policy *)
Definition model_optimal_bound (gamma L_V eps_dyn eps_rew : R) : R :=
  ((/ (1 + ((-1) * gamma))) * ((2 * eps_rew) + (2 * L_V * eps_dyn * gamma))).

Definition model_optimal_supposes (gamma L_V eps_dyn eps_rew : R) : Prop :=
  gamma >= 0 /\ gamma < 1 /\ L_V >= 0 /\ eps_dyn >= 0 /\ eps_rew >= 0.

(* Pessimism *)
Definition pessimism_bound (gamma charge : R) : R :=
  (2 * charge * (/ (1 + ((-1) * gamma)))).

(* The gap of histories *)
Definition history_gap_bound (gamma memory reach surprise mispaid : R) : R :=
  ((/ (1 + ((-1) * gamma))) * (mispaid + (reach * surprise * gamma * (/ (1 + ((-1) * memory)))))).

Definition history_gap_supposes (gamma memory reach : R) : Prop :=
  gamma >= 0 /\ gamma < 1 /\ memory >= 0 /\ reach >= 0 /\ memory < 1.

(* A norm for histories *)
Definition history_norm_bound (rho newest distance : R) : R :=
  (distance * (Rmax newest rho)).

Definition history_norm_supposes (rho newest distance : R) : Prop :=
  rho > 0 /\ newest >= 0 /\ distance >= 0.

(* No norm does better *)
Definition history_no_worse_bound (gamma rho : R) : R :=
  (gamma * rho).

Definition history_no_worse_supposes (gamma rho newest : R) : Prop :=
  gamma >= 0 /\ gamma < 1 /\ rho > 0 /\ newest <= rho /\ (gamma * rho) < 1.

(* Comparisons tell differences *)
Definition comparison_difference (wins : R) : R :=
  (ln (wins * (/ (1 + ((-1) * wins))))).

Definition comparison_supposes (wins : R) : Prop :=
  wins > 0 /\ wins < 1.

(* Along a chain of comparisons *)
Definition chain_error (links : nat) (apart : R) : R :=
  (apart * (INR links)).

(* A constant in the rewards *)
Definition constant_in_rewards_gradient (gradient constant of_length : R) : R :=
  (gradient + (of_length * constant)).

(* What a critic's errors do *)
Definition critic_mean (gamma lam plain ahead at_end : R) : R :=
  (plain + (gamma * ((ahead * (1 + ((-1) * lam))) + (at_end * lam)))).

(* What noise a critic lets in *)
Definition critic_added (sigma eligible : R) (rollouts : nat) : R :=
  (eligible * (sigma ^ 2) * (/ (INR rollouts))).

Definition critic_added_supposes (rollouts : nat) : Prop :=
  (rollouts > 0)%nat.

(* The best lambda of two steps *)
Definition two_step_best (bias linear square : R) (rollouts : nat) : R :=
  (((bias ^ 2) * ((1 + ((-1) * (Rmin (Rmax ((/ (square + ((INR rollouts) * (bias ^ 2)))) * (((-1) *
  linear) + ((INR rollouts) * (bias ^ 2)))) 0) 1))) ^ 2)) + ((/ (INR rollouts)) * ((square * ((Rmin
  (Rmax ((/ (square + ((INR rollouts) * (bias ^ 2)))) * (((-1) * linear) + ((INR rollouts) * (bias ^
  2)))) 0) 1) ^ 2)) + (2 * linear * (Rmin (Rmax ((/ (square + ((INR rollouts) * (bias ^ 2)))) *
  (((-1) * linear) + ((INR rollouts) * (bias ^ 2)))) 0) 1))))).

Definition two_step_error (trace bias linear square : R) (rollouts : nat) : R :=
  (((bias ^ 2) * ((1 + ((-1) * trace)) ^ 2)) + ((/ (INR rollouts)) * ((square * (trace ^ 2)) + (2 *
  linear * trace)))).

Definition two_step_supposes (trace bias square : R) (rollouts : nat) : Prop :=
  trace >= 0 /\ trace <= 1 /\ (rollouts > 0)%nat /\ (square + ((INR rollouts) * (bias ^ 2))) > 0.

(* Leave one out, state-dependent noise *)
Definition leave_one_out_added (own apart : R) (rollouts : nat) : R :=
  ((/ (INR rollouts)) * (own + (apart * (/ ((-1) + (INR rollouts)))))).

Definition others_supposes (rollouts : nat) : Prop :=
  (rollouts >= 2)%nat.

(* Leave one out, all of the variance *)
Definition leave_one_out_spread (centred crossed : R) (rollouts : nat) : R :=
  ((/ (INR rollouts)) * (centred + (crossed * (/ ((-1) + (INR rollouts)))))).

(* From when on leave-one-out wins *)
Definition rival_variance (rival : R) (rollouts : nat) : R :=
  (rival * (/ (INR rollouts))).

Definition leave_one_out_wins_supposes (centred crossed rival : R) (rollouts : nat) : Prop :=
  (rollouts >= 2)%nat /\ centred < rival /\ crossed <= (((-1) + (INR rollouts)) * (rival + ((-1) *
  centred))).

(* Less the mean of the group *)
Definition less_the_mean_estimate (others : R) (rollouts : nat) : R :=
  (others * (/ (INR rollouts)) * ((-1) + (INR rollouts))).

(* Divided by the spread *)
Definition divided_by_spread_mean (rate youden spread gradient : R) : R :=
  (youden * gradient * spread * (/ rate) * (/ (1 + ((-1) * rate)))).

Definition unsure_supposes (rate : R) : Prop :=
  rate > 0 /\ rate < 1.

(* The spread of a group, at most *)
Definition spread_most (rate : R) (rollouts : nat) : R :=
  (sqrt (rate * (/ (INR rollouts)) * (1 + ((-1) * rate)) * ((-1) + (INR rollouts)))).

Definition spread_supposes (rate : R) (rollouts : nat) : Prop :=
  rate > 0 /\ rate < 1 /\ (rollouts >= 1)%nat.

(* The spread of a group, at least *)
Definition spread_short (rate : R) (rollouts : nat) : R :=
  ((1 / 2) * (/ (INR rollouts)) * (sqrt (rate * (1 + ((-1) * rate)))) * (1 + ((/ rate) * (/ (1 +
  ((-1) * rate)))))).

(* A group of four *)
Definition weight_of_four (rate : R) : R :=
  ((sqrt 3) + ((-1) * rate * (1 + ((-1) * rate)) * ((-3) + (2 * (sqrt 3))))).

(* Large errors of slopes *)
Definition wiggle_slope (gamma L_V eps_dyn theta : R) : R :=
  (L_V * gamma * (/ eps_dyn) * (cos (theta * (/ (eps_dyn ^ 2))))).

Definition wiggle_supposes (gamma L_V eps_dyn : R) : Prop :=
  gamma >= 0 /\ L_V >= 0 /\ eps_dyn > 0.

(* Small errors of values *)
Definition wiggle_gap (gamma L_V eps_dyn : R) : R :=
  (L_V * eps_dyn * gamma).

(* Slopes along a rollout *)
Definition pathwise_bound (gamma loop push paid bend paid_bend eps_dyn slope_dyn slope_rew : R) : R :=
  (((/ (1 + ((-1) * gamma))) * (1 + (push * gamma * (/ (1 + ((-1) * loop * gamma))))) * (slope_rew +
  (paid * slope_dyn * gamma * (/ (1 + ((-1) * loop * gamma)))))) + (eps_dyn * gamma * (/ (1 + ((-1)
  * gamma))) * (/ (1 + ((-1) * loop * gamma))) * (1 + (push * (/ (1 + ((-1) * gamma * (loop ^ 2))))
  * (1 + (loop * gamma)))) * (paid_bend + (paid * bend * gamma * (/ (1 + ((-1) * loop *
  gamma))))))).

Definition pathwise_supposes (gamma loop push paid bend paid_bend eps_dyn slope_dyn slope_rew : R) : Prop :=
  gamma >= 0 /\ gamma < 1 /\ loop >= 0 /\ push >= 0 /\ paid >= 0 /\ bend >= 0 /\ paid_bend >= 0 /\
  eps_dyn >= 0 /\ slope_dyn >= 0 /\ slope_rew >= 0 /\ (loop * gamma) < 1 /\ (gamma * (loop ^ 2)) <
  1.

(* Scores see values *)
Definition score_bias_bound (gamma L_V eps_dyn score : R) : R :=
  (L_V * eps_dyn * gamma * score).

Definition score_bias_supposes (gamma L_V eps_dyn score : R) : Prop :=
  gamma >= 0 /\ L_V >= 0 /\ eps_dyn >= 0 /\ score >= 0.

(* Lemma 1, the reward ignores the action *)
Definition reward_ignores_action_bound (gamma L_f L_r L_pi eps_dyn eps_rew : R) : R :=
  ((eps_rew * (/ (1 + ((-1) * gamma)))) + (L_r * eps_dyn * gamma * (/ (1 + ((-1) * gamma))) * (/ (1
  + ((-1) * L_f * gamma * (1 + L_pi)))))).

Definition reward_ignores_action_supposes (gamma L_f L_r L_pi eps_dyn eps_rew : R) : Prop :=
  gamma >= 0 /\ gamma < 1 /\ L_f >= 0 /\ L_r >= 0 /\ L_pi >= 0 /\ eps_dyn >= 0 /\ eps_rew >= 0 /\
  (L_f * gamma * (1 + L_pi)) < 1.
