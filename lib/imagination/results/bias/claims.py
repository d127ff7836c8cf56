"""What a bias of the rewards does to an estimate, and a bias that does nothing: Proposition 2, shaping."""

from __future__ import annotations

import sympy as sp

from imagination.claim import Claim, Quantity
from imagination.quantities import GAMMA, HORIZON, H, gamma, shown
from imagination.results.fidelity import claims
from imagination.symbols import real

_reward = Quantity(shown(r"\mathbb{E}\, \hat g_r"), "of_reward", "mean of the estimate from the rewards")
_bias = Quantity(shown(r"\mathbb{E}\, \hat g_b"), "of_bias", "mean of the estimate from the error alone")
FROZEN = Claim(
    name="A frozen error is bias", source="[TSGLH26, Prop. 2]", symbols=(_reward, _bias), hypotheses=(),
    quantity=shown(r"\mathbb{E}\, \hat g_{r + b}"), expression=_reward.symbol + _bias.symbol, relation="==",
    meaning="it is the same at every visit, so it is estimated as if it were a reward",
)  # fmt: skip
SQUARED_ERROR = Claim(
    name="Proposition 2", source="[TSGLH26, Prop. 2]", symbols=(claims.BIASED, claims.BIAS, claims.ROLLOUTS),
    hypotheses=(claims.above_0(claims.ROLLOUTS),),
    quantity=shown(r"\mathbb{E}\, \lVert \tilde g - \nabla J_H \rVert^2"), expression=claims.SQUARED_ERROR,
    relation="==", meaning="variance falls with the number of rollouts, bias does not",
)  # fmt: skip

first, last = real(r"\Phi_0 \Phi_H")
_POTENTIALS = (
    GAMMA,
    Quantity(first, "first", "the first potential, or its mean"),
    Quantity(last, "last", "the last potential, or its mean"),
    HORIZON,
)
SHAPING = Claim(
    name="Shaping telescopes", source="[Ng et al. 1999]", symbols=_POTENTIALS, hypotheses=(),
    quantity=shown(r"\sum_{t<H} \gamma^t (\gamma \Phi_{t+1} - \Phi_t)"), expression=gamma**H * last - first,
    relation="==", meaning="only the last and the first potential remain",
)  # fmt: skip
HARMLESS = Claim(
    name="Shaping has no gradient", source="[Ng et al. 1999; this book]", symbols=(), hypotheses=(),
    quantity=shown(r"\nabla B_H"), expression=sp.S.Zero, relation="==",
    meaning="at every policy, if the last potential is 0",
    assumes=(r"\(\Phi_H = 0\), and the first state does not depend on the policy",),
)  # fmt: skip

__all__ = ["FROZEN", "HARMLESS", "SHAPING", "SQUARED_ERROR"]
