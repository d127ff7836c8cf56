r"""Stochastic worlds: Lemma 1 for kernels in Wasserstein distance, the identity behind it, and its cases.

The bounds are those of deterministic worlds, with the Wasserstein-1 distance of the distributions of next
states where a distance of states stood. Here they are as formulas; Coq proves them.
"""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from imagination import quantities as w
from imagination.claim import Claim, Hypothesis, Quantity
from imagination.results.return_gap import claims as rg
from imagination.symbols import real

_NUMBERS = (w.GAMMA, w.LIP_F, w.LIP_R, w.LIP_PI, w.EPS_DYN, w.EPS_REW)
_BASIC = (*w.DISCOUNT, *w.CONSTANTS, *w.ERRORS)

GAP = sp.Symbol(r"\left|J - \hat{J}\right|")
FINITE_GAP = sp.Symbol(r"\left|J_H - \hat{J}_H\right|")
VALUE_GAP = sp.Symbol(r"\left|V(s) - \hat{V}(s)\right|")

STOCHASTIC_FINITE = Claim(
    name="Finite horizon, stochastic",
    source="[this book]",
    symbols=(*_NUMBERS, w.HORIZON),
    hypotheses=_BASIC,
    quantity=FINITE_GAP,
    expression=rg.FINITE_HORIZON.expression,
    meaning="the gap of H-step returns; the same bound as for deterministic worlds",
)

WASSERSTEIN_BOUND = Claim(
    name="Lemma 1 for kernels",
    source="[AML18, with a learned reward added]",
    symbols=_NUMBERS,
    hypotheses=(*_BASIC, w.CONTRACTION),
    quantity=GAP,
    expression=rg.LEMMA_1.expression,
    meaning="the gap of returns; the same bound as for deterministic worlds",
)

EITHER_SIDE = Claim(
    name="Lemma 1 for kernels, either side's constants",
    source="[this book]",
    symbols=(*_NUMBERS, w.LIP_F_HAT, w.LIP_R_HAT),
    hypotheses=(*_BASIC, *(h for h in rg.EITHER_SIDE.hypotheses if h not in _BASIC)),
    quantity=GAP,
    expression=rg.EITHER_SIDE.expression,
    meaning="the kernel's constant and the reward's may be those of the real or of the learned one",
)

BOUNDED_FINITE = Claim(
    name="Bounded states, n steps, stochastic",
    source="[this book]",
    symbols=(*_NUMBERS, w.DIAMETER, w.HORIZON),
    hypotheses=(*_BASIC, w.nonnegative(w.DIAMETER)),
    quantity=FINITE_GAP,
    expression=rg.BOUNDED_STATES_FINITE.expression,
    meaning="the gap of H-step returns when no two states are further apart than D",
)

BOUNDED = replace(
    BOUNDED_FINITE,
    name="Bounded states, stochastic",
    symbols=(*_NUMBERS, w.DIAMETER),
    quantity=GAP,
    expression=rg.BOUNDED_STATES.expression,
    meaning="the gap of returns when no two states are further apart than D, however much errors grow",
)

ASADI_VALUE_BOUND = Claim(
    name="Asadi's value bound",
    source="[AML18]",
    symbols=(w.GAMMA, w.LIP_F, w.LIP_R, w.EPS_DYN),
    hypotheses=(
        *w.DISCOUNT,
        *(w.nonnegative(q) for q in (w.LIP_F, w.LIP_R, w.EPS_DYN)),
        Hypothesis("gamma * L_f < 1", sp.Lt(w.gamma * w.L_f, 1)),
    ),
    quantity=VALUE_GAP,
    expression=w.gamma * w.L_r * w.eps_dyn / ((1 - w.gamma) * (1 - w.gamma * w.L_f)),
    meaning="known reward, policy part of the kernel",
)
ASADI_VALUE_BOUND_LEARNED = replace(ASADI_VALUE_BOUND, name="Asadi's value bound, learned side")

J, J_hat = real(["J", r"\hat{J}"])

IDENTITY = Claim(
    name="The identity for kernels",
    source="[Kakade and Langford 2002; Luo et al. 2019]",
    symbols=(w.GAMMA, Quantity(J, "J", "real return"), Quantity(J_hat, "J_hat", "imagined return")),
    hypotheses=w.DISCOUNT,
    quantity=sp.Symbol(
        r"\sum_{t \ge 0} \gamma^t\, \mathbb{E}\left\{[\hat{r} - r](\hat{s}_t, \hat{a}_t)"
        r" + \gamma\left[\mathbb{E}_{\hat{P}} V - \mathbb{E}_P V\right](\hat{s}_t, \hat{a}_t)\right\}"
    ),
    expression=J_hat - J,
    relation="==",
    meaning="the return gap is a discounted sum of one-step errors where imagination goes, nothing lost",
)

SPAN = Quantity(real("span"), "span", "largest value minus smallest value in the real world")

SIMULATION_LEMMA = Claim(
    name="Simulation lemma",
    source="[KS02, Lemma 4; this book]",
    symbols=(w.GAMMA, w.EPS_DYN, w.EPS_REW, SPAN),
    hypotheses=(*w.DISCOUNT, *w.ERRORS, w.nonnegative(SPAN)),
    quantity=GAP,
    expression=(w.eps_rew + w.gamma * w.eps_dyn * SPAN.symbol) / (1 - w.gamma),
    meaning="no metric on states, no Lipschitz constant: total variation and the span of the value",
)
