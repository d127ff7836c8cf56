r"""The numbers that the book's claims speak of: what they are called, and what is supposed of them.

A hat marks what belongs to the learned pair :math:`(\hat f, \hat r)`.
"""

from __future__ import annotations

import sympy as sp

from imagination.claim import Hypothesis, Quantity
from imagination.symbols import natural, real

gamma, L_f, L_r, L_pi = real("gamma L_f L_r L_pi")
eps_dyn, eps_rew, D = real("epsilon_dyn epsilon_rew D")
H, t = natural("H t")
n = natural("n")

# At least the closed loop's Lipschitz constant. An abbreviation: every claim is written out in L_f and L_pi.
L = L_f * (1 + L_pi)

GAMMA = Quantity(gamma, "gamma", "discount")
LIP_F = Quantity(L_f, "L_f", "Lipschitz constant of the dynamics, jointly in state and action")
LIP_R = Quantity(L_r, "L_r", "Lipschitz constant of the reward, jointly in state and action")
LIP_PI = Quantity(L_pi, "L_pi", "Lipschitz constant of the policy")
EPS_DYN = Quantity(eps_dyn, "eps_dyn", "largest one-step error of the learned dynamics")
EPS_REW = Quantity(eps_rew, "eps_rew", "largest error of the learned reward")
HORIZON = Quantity(H, "horizon", "number of steps")
DIAMETER = Quantity(D, "diameter", "largest distance between two states")

# The learned pair's own constants, and the value function's.
L_f_hat, L_r_hat = real("L_fhat L_rhat")
LIP_F_HAT = Quantity(L_f_hat, "L_f_hat", "Lipschitz constant of the learned dynamics")
LIP_R_HAT = Quantity(L_r_hat, "L_r_hat", "Lipschitz constant of the learned reward")
L_V = real("L_V")
LIP_V = Quantity(L_V, "L_V", "Lipschitz constant of the value function")


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
