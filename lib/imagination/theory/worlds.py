r"""The vocabulary of the book's theorems: a real world, a learned one, and what is supposed of them.

Spaces are metric spaces, maps are uninterpreted: a theorem proved here holds for images as for numbers.
A hat marks what belongs to the learned pair :math:`(\hat f, \hat r)`. Both rollouts follow the same policy
from the same state.
"""

from __future__ import annotations

import sympy as sp

from imagination.theory.claim import Hypothesis, Quantity
from imagination.theory.terms import mapping, natural, point, real

# Numbers.
gamma, L_f, L_r, L_pi = real("gamma L_f L_r L_pi")
eps_dyn, eps_rew, D = real("epsilon_dyn epsilon_rew D")
H, t = natural("H t")
n = natural("n")

# At least the closed loop's Lipschitz constant. An abbreviation: every claim is written out in L_f and L_pi.
L = L_f * (1 + L_pi)

# Points.
x, y, z = point("x y z", "state")
a, b = point("a b", "action")

# Metrics, maps and rollouts.
d_S = mapping("d_S", ("state", "state"))
d_A = mapping("d_A", ("action", "action"))
f, f_hat = (mapping(name, ("state", "action"), "state") for name in ("f", "fhat"))
r, r_hat = (mapping(name, ("state", "action")) for name in ("r", "rhat"))
pi = mapping("pi", ("state",), "action")
s, s_hat = (mapping(name, ("natural",), "state") for name in ("s", "shat"))
J, J_hat = (mapping(name, ("natural",)) for name in ("J", "Jhat"))
J_inf, J_hat_inf = real([r"J_{\infty}", r"\hat{J}_{\infty}"])

# Quantities, as claims declare them.
GAMMA = Quantity(gamma, "gamma", "discount")
LIP_F = Quantity(L_f, "L_f", "Lipschitz constant of the dynamics, jointly in state and action")
LIP_R = Quantity(L_r, "L_r", "Lipschitz constant of the reward, jointly in state and action")
LIP_PI = Quantity(L_pi, "L_pi", "Lipschitz constant of the policy")
EPS_DYN = Quantity(eps_dyn, "eps_dyn", "largest one-step error of the learned dynamics")
EPS_REW = Quantity(eps_rew, "eps_rew", "largest error of the learned reward")
HORIZON = Quantity(H, "horizon", "number of steps")
DIAMETER = Quantity(D, "diameter", "largest distance between two states")


def shown(tex: str) -> sp.Symbol:
    """A symbol that only holds the TeX of what a claim speaks of, such as a return gap."""
    return sp.Symbol(tex, real=True)


def nonnegative(quantity: Quantity) -> Hypothesis:
    """The numeric hypothesis that a quantity is at least 0."""
    return Hypothesis(f"{quantity.code} >= 0", sp.Ge(quantity.symbol, 0), quantity.meaning)


DISCOUNT = (nonnegative(GAMMA), Hypothesis("gamma < 1", sp.Lt(gamma, 1), "discounting is real"))
CONSTANTS = tuple(nonnegative(q) for q in (LIP_F, LIP_R, LIP_PI))
ERRORS = tuple(nonnegative(q) for q in (EPS_DYN, EPS_REW))
CONTRACTION = Hypothesis(
    "gamma * L_f * (1 + L_pi) < 1", sp.Lt(gamma * L, 1), "discounting outweighs the growth of state errors"
)

LIPSCHITZ_F = Hypothesis(
    "f is Lipschitz",
    sp.Le(d_S(f(x, a), f(y, b)), L_f * (d_S(x, y) + d_A(a, b))),
    "distances of state and action add",
)
LIPSCHITZ_R = Hypothesis("r is Lipschitz", sp.Le(sp.Abs(r(x, a) - r(y, b)), L_r * (d_S(x, y) + d_A(a, b))))
LIPSCHITZ_PI = Hypothesis("pi is Lipschitz", sp.Le(d_A(pi(x), pi(y)), L_pi * d_S(x, y)))
MODEL_DYN = Hypothesis(
    "dynamics error", sp.Le(d_S(f_hat(x, a), f(x, a)), eps_dyn), "at every state and action"
)
MODEL_REW = Hypothesis(
    "reward error", sp.Le(sp.Abs(r_hat(x, a) - r(x, a)), eps_rew), "at every state and action"
)
REAL_ROLLOUT = Hypothesis("real rollout", sp.Eq(s(t + 1), f(s(t), pi(s(t)))))
IMAGINED_ROLLOUT = Hypothesis("imagined rollout", sp.Eq(s_hat(t + 1), f_hat(s_hat(t), pi(s_hat(t)))))
SAME_START = Hypothesis("same start", sp.Eq(s_hat(0), s(0)))
BOUNDED = Hypothesis("bounded states", sp.Le(d_S(x, y), D), "no two states are further apart than D")

RETURN = Hypothesis(
    "real return", sp.Eq(J(n), sp.Sum(gamma**t * r(s(t), pi(s(t))), (t, 0, n - 1))), "definition, for every n"
)
IMAGINED_RETURN = Hypothesis(
    "imagined return",
    sp.Eq(J_hat(n), sp.Sum(gamma**t * r_hat(s_hat(t), pi(s_hat(t))), (t, 0, n - 1))),
    "definition, for every n",
)
RETURN_LIMIT = Hypothesis("the real return exists", sp.Eq(sp.Limit(J(n), n, sp.oo), J_inf), "definition of J")
IMAGINED_LIMIT = Hypothesis(
    "the imagined return exists", sp.Eq(sp.Limit(J_hat(n), n, sp.oo), J_hat_inf), "definition of J-hat"
)

ROLLOUTS = (REAL_ROLLOUT, IMAGINED_ROLLOUT, SAME_START)
RETURNS = (RETURN, IMAGINED_RETURN)
LIMITS = (RETURN_LIMIT, IMAGINED_LIMIT)

# Value functions: of n steps, and of all steps.
V, V_hat = (mapping(name, ("natural", "state")) for name in ("V", "Vhat"))
V_inf, V_hat_inf = (mapping(name, ("state",)) for name in (r"V_{\infty}", r"\hat{V}_{\infty}"))
L_V = real("L_V")
LIP_V = Quantity(L_V, "L_V", "Lipschitz constant of the value function")

# The learned pair's own constants.
L_f_hat, L_r_hat = real("L_fhat L_rhat")
LIP_F_HAT = Quantity(L_f_hat, "L_f_hat", "Lipschitz constant of the learned dynamics")
LIP_R_HAT = Quantity(L_r_hat, "L_r_hat", "Lipschitz constant of the learned reward")
LIPSCHITZ_F_HAT = Hypothesis(
    "f-hat is Lipschitz", sp.Le(d_S(f_hat(x, a), f_hat(y, b)), L_f_hat * (d_S(x, y) + d_A(a, b)))
)
LIPSCHITZ_R_HAT = Hypothesis(
    "r-hat is Lipschitz", sp.Le(sp.Abs(r_hat(x, a) - r_hat(y, b)), L_r_hat * (d_S(x, y) + d_A(a, b)))
)

VALUE_START = Hypothesis("no steps, no value", sp.Eq(V(0, x), 0))
VALUE_STEP = Hypothesis("value of n + 1 steps", sp.Eq(V(n + 1, x), r(x, pi(x)) + gamma * V(n, f(x, pi(x)))))
VALUE_LIMIT = Hypothesis("the value exists", sp.Eq(sp.Limit(V(n, x), n, sp.oo), V_inf(x)), "definition of V")
BELLMAN = Hypothesis("Bellman equation", sp.Eq(V_inf(x), r(x, pi(x)) + gamma * V_inf(f(x, pi(x)))))
LIPSCHITZ_V = Hypothesis("V is Lipschitz", sp.Le(sp.Abs(V_inf(x) - V_inf(y)), L_V * d_S(x, y)))

# Stochastic worlds: laws are points too, compared by Wasserstein-1 or by total variation.
W_S = mapping("W_S", ("law of state", "law of state"))
W_A = mapping("W_A", ("law of action", "law of action"))
TV_S = mapping(r"\mathrm{TV}", ("law of state", "law of state"))
