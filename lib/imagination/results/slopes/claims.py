r"""Gradients through a learned model: the errors of its slopes are what counts.

A return that is differentiated along an imagined rollout holds the model's derivatives, of which small errors
of its values say nothing. Coq proves what follows in `formal/Slopes.v`.
"""

from __future__ import annotations

import sympy as sp

from imagination.claim import Claim, Hypothesis, Quantity
from imagination.claim import positive as above_0
from imagination.quantities import DISCOUNT, EPS_DYN, GAMMA, L_V, LIP_V, eps_dyn, gamma, nonnegative, shown
from imagination.symbols import real

__all__ = ["PATHWISE", "SCORES", "WIGGLE", "WIGGLE_GAP"]

theta, L, L_r, B, M, M_r, slope_dyn, slope_rew, s_1 = real(
    [
        "theta",
        "L",
        "L_r",
        "B",
        "M",
        "M_r",
        r"\varepsilon_{\mathrm{dyn}}'",
        r"\varepsilon_{\mathrm{rew}}'",
        "s_1",
    ]
)

# -- values say nothing of slopes ----------------------------------------------------------------------------

ACTION = Quantity(theta, "theta", "the policy's parameter, its action")
_WIGGLE = (GAMMA, LIP_V, EPS_DYN)
_SIGNS = (*map(nonnegative, (GAMMA, LIP_V)), above_0(EPS_DYN))

WIGGLE_GAP = Claim(
    name="Small errors of values", source="[this book]", symbols=_WIGGLE, hypotheses=_SIGNS,
    quantity=shown(r"\lvert \hat{J} - J \rvert"), expression=gamma * L_V * eps_dyn,
    meaning="the return gap is as small as the model's error",
)  # fmt: skip
WIGGLE = Claim(
    name="Large errors of slopes", source="[this book]", symbols=(*_WIGGLE, ACTION), hypotheses=_SIGNS,
    quantity=shown(r"\nabla \hat{J} - \nabla J"),
    expression=gamma * L_V * sp.cos(theta / eps_dyn**2) / eps_dyn, relation="==",
    meaning="and the gradient's error grows as the model's falls",
)  # fmt: skip

# -- along a rollout -----------------------------------------------------------------------------------------

LOOP = Quantity(L, "loop", "largest slope of a step of either closed loop in the state")
PUSH = Quantity(B, "push", "largest slope of a step in the policy's parameter")
PAID = Quantity(L_r, "paid", "largest slope of either reward, under the policy, in the state")
BEND = Quantity(M, "bend", "how fast the slopes of a real step change with the state")
PAID_BEND = Quantity(M_r, "paid_bend", "how fast the slopes of the real reward change with the state")
SLOPE_DYN = Quantity(slope_dyn, "slope_dyn", "largest error of the learned step's slopes")
SLOPE_REW = Quantity(slope_rew, "slope_rew", "largest error of the learned reward's slopes")

PATHWISE = Claim(
    name="Slopes along a rollout",
    source="[this book]",
    symbols=(GAMMA, LOOP, PUSH, PAID, BEND, PAID_BEND, EPS_DYN, SLOPE_DYN, SLOPE_REW),
    hypotheses=(
        *DISCOUNT,
        *map(nonnegative, (LOOP, PUSH, PAID, BEND, PAID_BEND, EPS_DYN, SLOPE_DYN, SLOPE_REW)),
        Hypothesis("gamma * loop < 1", sp.Lt(gamma * L, 1), "discounting outweighs the loop's growth"),
        Hypothesis("gamma * loop**2 < 1", sp.Lt(gamma * L**2, 1), "and that of products of two errors"),
    ),
    quantity=shown(r"\lvert \nabla \hat{J}_H - \nabla J_H \rvert"),
    expression=(slope_rew + gamma * L_r * slope_dyn / (1 - gamma * L))
    * (1 + gamma * B / (1 - gamma * L)) / (1 - gamma)
    + eps_dyn * (M_r + gamma * L_r * M / (1 - gamma * L))
    * gamma * (1 + B * (1 + gamma * L) / (1 - gamma * L**2)) / ((1 - gamma) * (1 - gamma * L)),
    meaning="errors of slopes as Lemma 1 has errors of values; those of values only where the world bends",
)  # fmt: skip

# -- a policy that draws its actions -------------------------------------------------------------------------

SCORE = Quantity(s_1, "score", "mean size of the policy's score")
SCORES = Claim(
    name="Scores see values",
    source="[this book]",
    symbols=(GAMMA, LIP_V, EPS_DYN, SCORE),
    hypotheses=tuple(map(nonnegative, (GAMMA, LIP_V, EPS_DYN, SCORE))),
    quantity=shown(r"\lvert \mathbb{E}\, \hat g - \mathbb{E}\, g \rvert"),
    expression=gamma * L_V * eps_dyn * s_1,
    meaning="whatever the model's slopes are",
)
