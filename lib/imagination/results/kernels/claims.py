r"""Stochastic worlds: Lemma 1 for kernels in Wasserstein distance, the identity behind it, and its cases.

The bounds are those of deterministic worlds, with the Wasserstein-1 distance of the distributions of next
states where a distance of states stood. Here they are as formulas; Coq proves them.
"""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from imagination.claim import Claim, Hypothesis, Quantity
from imagination.quantities import (
    CONTRACTION,
    DISCOUNT,
    EPS_DYN,
    EPS_REW,
    ERRORS,
    GAMMA,
    LIP_F,
    LIP_R,
    L_pi,
    eps_dyn,
    eps_rew,
    gamma,
    nonnegative,
)
from imagination.results.return_gap import claims as maps
from imagination.symbols import real

GAP = sp.Symbol(r"\left|J - \hat{J}\right|")
FINITE_GAP = sp.Symbol(r"\left|J_H - \hat{J}_H\right|")
VALUE_GAP = sp.Symbol(r"\left|V(s) - \hat{V}(s)\right|")

STOCHASTIC_FINITE = replace(
    maps.FINITE_HORIZON,
    name="Finite horizon, stochastic",
    quantity=FINITE_GAP,
    meaning="the gap of H-step returns; the same bound as for deterministic worlds",
)

WASSERSTEIN_BOUND = replace(
    maps.LEMMA_1,
    name="Lemma 1 for kernels",
    source="[AML18, with a learned reward added]",
    quantity=GAP,
    meaning="the gap of returns; the same bound as for deterministic worlds",
)

EITHER_SIDE = replace(
    maps.EITHER_SIDE,
    name="Lemma 1 for kernels, either side's constants",
    quantity=GAP,
    meaning="the kernel's constant and the reward's may be those of the real or of the learned one",
)

BOUNDED_FINITE = replace(
    maps.BOUNDED_STATES_FINITE,
    name="Bounded states, n steps, stochastic",
    quantity=FINITE_GAP,
    meaning="the gap of H-step returns when no two states are further apart than D",
)

BOUNDED = replace(
    maps.BOUNDED_STATES,
    name="Bounded states, stochastic",
    quantity=GAP,
    meaning="the gap of returns when no two states are further apart than D, however much errors grow",
)

ASADI_VALUE_BOUND = Claim(
    name="Asadi's value bound",
    source="[AML18]",
    symbols=(GAMMA, LIP_F, LIP_R, EPS_DYN),
    hypotheses=(
        *DISCOUNT,
        *(nonnegative(quantity) for quantity in (LIP_F, LIP_R, EPS_DYN)),
        Hypothesis("gamma * L_f < 1", CONTRACTION.relation.subs(L_pi, 0)),
    ),
    quantity=VALUE_GAP,
    expression=maps.LEMMA_1.expression.subs({L_pi: 0, eps_rew: 0}),
    meaning="known reward, policy part of the kernel",
)
ASADI_VALUE_BOUND_LEARNED = replace(ASADI_VALUE_BOUND, name="Asadi's value bound, learned side")

J, J_hat = real(["J", r"\hat{J}"])

IDENTITY = Claim(
    name="The identity for kernels",
    source="[Kakade and Langford 2002; Luo et al. 2019]",
    symbols=(GAMMA, Quantity(J, "J", "real return"), Quantity(J_hat, "J_hat", "imagined return")),
    hypotheses=DISCOUNT,
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
    symbols=(GAMMA, EPS_DYN, EPS_REW, SPAN),
    hypotheses=(*DISCOUNT, *ERRORS, nonnegative(SPAN)),
    quantity=GAP,
    expression=(eps_rew + gamma * eps_dyn * SPAN.symbol) / (1 - gamma),
    meaning="no metric on states, no Lipschitz constant: total variation and the span of the value",
)

WIDTH = Quantity(real("R"), "width", "largest reward minus smallest reward in the real world")

TIGHT_SIMULATION = Claim(
    name="Tight simulation lemma",
    source="[LP24]",
    symbols=(GAMMA, EPS_DYN, EPS_REW, WIDTH),
    hypotheses=(
        *DISCOUNT,
        *ERRORS,
        Hypothesis("eps_dyn <= 1", sp.Le(eps_dyn, 1), "a total variation is at most 1"),
        nonnegative(WIDTH),
    ),
    quantity=GAP,
    expression=eps_rew / (1 - gamma)
    + WIDTH.symbol * gamma * eps_dyn / ((1 - gamma) * (1 - gamma * (1 - eps_dyn))),
    meaning="the chains agree at time t with probability at least (1 - eps_dyn)^t",
)
