r"""Bounds from Kearns and Singh to today, in one notation: those that are not claims of another topic.

Total variation is half the L1 distance; :math:`R` is the length of the rewards' interval. Coq proves what
stands here in `formal/Lineage.v`.
"""

from __future__ import annotations

import sympy as sp

from imagination.claim import Claim, Hypothesis, Quantity
from imagination.quantities import (
    DISCOUNT,
    EPS_DYN,
    EPS_REW,
    ERRORS,
    GAMMA,
    L_V,
    LIP_V,
    eps_dyn,
    eps_rew,
    gamma,
    nonnegative,
    shown,
)
from imagination.results.kernels.claims import GAP, WIDTH
from imagination.symbols import real

__all__ = [
    "BOTH_IN_RANGE",
    "CLASSICAL",
    "LARGEST_MEAN",
    "MODEL_OPTIMAL",
    "NOT_CENTRED",
    "PERFORMANCE",
    "PER_TIME",
    "PESSIMISM",
    "VALUE_EQUIVALENT",
]

R = WIDTH.symbol
V_MAX = Quantity(real("V_max"), "largest_value", "largest size of a value in the real world")
BOTH = Quantity(
    real("R"), "common_width", "length of an interval that holds the real and the learned rewards"
)

CLASSICAL = Claim(
    name="Classical simulation lemma",
    source="[KS02; LP24, section 3.1]",
    symbols=(GAMMA, EPS_DYN, EPS_REW, WIDTH),
    hypotheses=(*DISCOUNT, *ERRORS, nonnegative(WIDTH)),
    quantity=GAP,
    expression=eps_rew / (1 - gamma) + gamma * R * eps_dyn / (1 - gamma) ** 2,
    meaning="the largest errors anywhere, and the range of the rewards",
)
NOT_CENTRED = Claim(
    name="Simulation lemma, not centred",
    source="[KS02; LP24, appendix A]",
    symbols=(GAMMA, EPS_DYN, EPS_REW, V_MAX),
    hypotheses=(*DISCOUNT, *ERRORS, nonnegative(V_MAX)),
    quantity=GAP,
    expression=(eps_rew + 2 * gamma * V_MAX.symbol * eps_dyn) / (1 - gamma),
    meaning="the same, with the largest size of a value for the span of all values",
)
BOTH_IN_RANGE = Claim(
    name="Tight simulation lemma, both rewards in range",
    source="[LP24, Theorem 1]",
    symbols=(GAMMA, EPS_DYN, EPS_REW, BOTH),
    hypotheses=(
        *DISCOUNT,
        *ERRORS,
        Hypothesis("eps_dyn <= 1", sp.Le(eps_dyn, 1), "a total variation is at most 1"),
        nonnegative(BOTH),
    ),
    quantity=GAP,
    expression=(eps_rew + gamma * BOTH.symbol * eps_dyn / (1 - gamma)) / (1 - gamma * (1 - eps_dyn)),
    meaning="where the chains have parted, the reward's error is not counted again",
)

# -- errors in expectation, time by time ---------------------------------------------------------------------

DRIFT = Quantity(
    shown(r"\textstyle\sum_t \gamma^t \min(1, \sum_{i<t} e_i)"),
    "drift",
    "discounted sum of what the errors expected so far come to, at most 1 each",
)
eps_m = real("epsilon_m")
EPS_M = Quantity(eps_m, "eps_mean", "largest error that is expected at any time of the real rollout")
PER_TIME = Claim(
    name="Errors expected at each time",
    source="[JFZL19, appendix B; this book]",
    symbols=(GAMMA, EPS_REW, WIDTH, DRIFT),
    hypotheses=(*DISCOUNT, nonnegative(EPS_REW), nonnegative(WIDTH)),
    quantity=GAP,
    expression=eps_rew / (1 - gamma) + R * DRIFT.symbol,
    meaning="total variation, averaged over where the real rollout is at each time",
)
LARGEST_MEAN = Claim(
    name="The largest expected error",
    source="[JFZL19, Theorem 4.1, data of the policy itself]",
    symbols=(GAMMA, EPS_M, EPS_REW, WIDTH),
    hypotheses=(*DISCOUNT, nonnegative(EPS_M), nonnegative(EPS_REW), nonnegative(WIDTH)),
    quantity=GAP,
    expression=CLASSICAL.expression.subs(eps_dyn, eps_m),
    meaning="the classical lemma, with an expectation at the worst time for the worst state",
)

# -- what an identity gives ----------------------------------------------------------------------------------

ADVANTAGE = Quantity(
    shown(r"\mathbb{E}_{d^{\pi'}} A^{\pi}"), "advantage", "average advantage over where the new policy goes"
)
PERFORMANCE = Claim(
    name="Performance difference",
    source="[KL02]",
    symbols=(GAMMA, ADVANTAGE),
    hypotheses=DISCOUNT,
    quantity=shown(r"J(\pi') - J(\pi)"),
    expression=ADVANTAGE.symbol / (1 - gamma),
    relation="==",
    meaning="the identity for kernels, with two policies in the place of two models",
)
J = Quantity(real("J"), "J", "real return")
VALUE_EQUIVALENT = Claim(
    name="Value equivalence",
    source="[GBSS20]",
    symbols=(J,),
    hypotheses=(),
    quantity=shown(r"\hat{J}"),
    expression=J.symbol,
    relation="==",
    meaning="where one step of the model agrees in the value, nothing else need agree",
)

# -- regret --------------------------------------------------------------------------------------------------

MODEL_OPTIMAL = Claim(
    name="The model's optimal policy",
    source="[Mahajan, Model approximation]",
    symbols=(GAMMA, LIP_V, EPS_DYN, EPS_REW),
    hypotheses=(*DISCOUNT, nonnegative(LIP_V), *ERRORS),
    quantity=shown(r"J(\pi) - J(\hat{\pi}^{*})"),
    expression=2 * (eps_rew + gamma * L_V * eps_dyn) / (1 - gamma),
    meaning="for any policy; the Lipschitz constant is that of the learned world's optimal value",
)
CHARGE = Quantity(
    shown(r"\mathbb{E}_{\hat{d}^{\pi}} u"),
    "charge",
    "average penalty where imagination takes the other policy",
)
PESSIMISM = Claim(
    name="Pessimism",
    source="[YTYEZLFM20, Theorem 4.4]",
    symbols=(GAMMA, CHARGE),
    hypotheses=DISCOUNT,
    quantity=shown(r"J(\pi) - J(\hat{\pi}_u)"),
    expression=2 * CHARGE.symbol / (1 - gamma),
    meaning="for any policy; a penalty that covers each step's error pays only where that policy goes",
)
