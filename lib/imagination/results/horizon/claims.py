r"""How long to imagine, and what to believe of it.

Lemma 1 is silent where :math:`\gamma L_f (1 + L_\pi) \ge 1`. The closed loop's own constant may still be
small: feedback exists to make it so. Where not even that helps, a rollout can end early, in an estimate of
the value. And to choose between two policies it is enough that imagination errs by the same about both. Coq
proves all of this in `formal/HowLong.v`.
"""

from __future__ import annotations

import sympy as sp

from imagination.claim import Claim, Hypothesis, Quantity
from imagination.quantities import DISCOUNT, GAMMA, HORIZON, H, gamma, nonnegative, shown, t
from imagination.results.return_gap.claims import AVERAGE_DYN, AVERAGE_REW
from imagination.sums import GeometricSum
from imagination.symbols import real

__all__ = [
    "ACCOUNT",
    "CLOSED_LOOP",
    "CONSTANT_ERRORS",
    "IMAGINE_THEN_ESTIMATE",
    "ONE_MORE_STEP",
    "RANKING",
]

rho, lam = real("rho lambda")
RHO = Quantity(rho, "rho", "Lipschitz constant of the real closed loop where both rollouts stay")
SLOPE = Quantity(lam, "slope", "Lipschitz constant of the real reward, under the policy, where both stay")

CLOSED_LOOP = Claim(
    name="The closed loop itself",
    source="[this book]",
    symbols=(GAMMA, RHO, SLOPE, AVERAGE_DYN, AVERAGE_REW),
    hypotheses=(
        *DISCOUNT,
        nonnegative(RHO),
        nonnegative(SLOPE),
        Hypothesis("gamma * rho < 1", sp.Lt(gamma * rho, 1), "discounting outweighs the loop's growth"),
    ),
    quantity=shown(r"\lvert J - \hat{J} \rvert"),
    expression=(AVERAGE_REW.symbol + gamma * lam / (1 - gamma * rho) * AVERAGE_DYN.symbol) / (1 - gamma),
    meaning="nothing is asked of dynamics and policy apart, and any distance will do",
)

# -- a rollout that ends in an estimate ----------------------------------------------------------------------

delta, eps_V = (sp.Function(name, real=True) for name in ("delta", "epsilon_V"))
"""Errors, in the value: of step t where imagination is then, and of the estimate after H steps."""

_promise = shown(r"\lvert \hat{J}_H + \gamma^H \bar{V}(\hat{s}_H) - V(s_0) \rvert")

IMAGINE_THEN_ESTIMATE = Claim(
    name="Imagine, then estimate",
    source="[FWSGGL18; this book]",
    symbols=(GAMMA, HORIZON),
    hypotheses=DISCOUNT,
    quantity=_promise,
    expression=sp.Sum(gamma**t * delta(t), (t, 0, H - 1)) + gamma**H * eps_V(H),
    meaning="each step's error is discounted, and so is the estimate's at the end",
)

_delta, _eps, _later = real([r"\delta_H", r"\varepsilon_{V}(H)", r"\varepsilon_{V}(H+1)"])
STEP_ERROR = Quantity(_delta, "step_error", "error of the next step, in the value")
ESTIMATE_ERROR = Quantity(_eps, "estimate_error", "error of the estimate on the state that H steps reach")
LATER_ERROR = Quantity(_later, "later_error", "error of the estimate one step later")

CONSTANT_ERRORS = Claim(
    name="Imagine, then estimate: errors that stay",
    source="[FWSGGL18; this book]",
    symbols=(GAMMA, HORIZON, STEP_ERROR, ESTIMATE_ERROR),
    hypotheses=(*DISCOUNT, nonnegative(STEP_ERROR), nonnegative(ESTIMATE_ERROR)),
    quantity=_promise,
    expression=_delta * GeometricSum(gamma, H) + gamma**H * _eps,
    meaning="with the largest error of a step in the place of each",
)

ONE_MORE_STEP = Claim(
    name="One more step",
    source="[this book]",
    symbols=(GAMMA, HORIZON, STEP_ERROR, ESTIMATE_ERROR, LATER_ERROR),
    hypotheses=DISCOUNT,
    quantity=shown(r"B(H+1) - B(H)"),
    expression=gamma**H * (_delta - (_eps - gamma * _later)),
    relation="==",
    meaning="a step is worth imagining while it errs by less than the estimate gains by it",
)

# -- the order of two policies -------------------------------------------------------------------------------

_preferred, _other, _apart = real([r"\hat{J}_1", r"\hat{J}_2", "d"])

RANKING = Claim(
    name="Whom imagination prefers",
    source="[this book]",
    symbols=(
        Quantity(_preferred, "preferred_hat", "imagined return of the policy that imagination prefers"),
        Quantity(_other, "other_hat", "imagined return of the other policy"),
        Quantity(_apart, "gap_difference", "a bound of how much the two policies' return gaps differ"),
    ),
    hypotheses=(),
    quantity=shown(r"J_{2} - J_{1}"),
    expression=_apart - (_preferred - _other),
    meaning="below 0 the world agrees with imagination",
)

# -- what each error did -------------------------------------------------------------------------------------

REWARD_PART, DYNAMICS_PART, ENDING_PART = (
    Quantity(real(rf"A_{{\mathrm{{{short}}}}}"), f"{name}_part", f"{what}, discounted, along a real episode")
    for short, name, what in (
        ("rew", "reward", "what the reward model pays too much"),
        ("dyn", "dynamics", "what the model's next states are worth too much"),
        ("end", "ending", "what the model's ends are worth too much"),
    )
)

ACCOUNT = Claim(
    name="What each error did",
    source="[KL02; this book]",
    symbols=(REWARD_PART, DYNAMICS_PART, ENDING_PART),
    hypotheses=(),
    quantity=shown(r"\hat{J}_H - J_H"),
    expression=REWARD_PART.symbol + DYNAMICS_PART.symbol + ENDING_PART.symbol,
    relation="==",
    meaning="a real episode, which may end, and the model are all it takes",
)
