r"""The claim of the tutorial "Prove your own bound": Lemma 1 where the reward ignores the action."""

from __future__ import annotations

import sympy as sp

from imagination import quantities as w
from imagination.claim import Claim

__all__ = ["REWARD_IGNORES_ACTION"]

REWARD_IGNORES_ACTION = Claim(
    name="Lemma 1, the reward ignores the action",
    source="[this book, tutorial]",
    symbols=(w.GAMMA, w.LIP_F, w.LIP_R, w.LIP_PI, w.EPS_DYN, w.EPS_REW),
    hypotheses=(*w.DISCOUNT, *w.CONSTANTS, *w.ERRORS, w.CONTRACTION),
    quantity=sp.Symbol(r"\lvert J - \hat{J} \rvert"),
    expression=w.eps_rew / (1 - w.gamma)
    + w.gamma * w.L_r * w.eps_dyn / ((1 - w.gamma) * (1 - w.gamma * w.L)),
    meaning="the gap of discounted returns where the real reward depends on the state alone",
)
