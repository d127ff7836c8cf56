r"""Histories in the place of a state: what a model that reads the last few observations can get wrong.

A model predicts the next observation, under the policy, from the newest :math:`k`. It is Lipschitz lag by
lag: if the one that is i steps old moves by :math:`d`, the prediction moves by :math:`c_i d` at most, and
the reward by :math:`\lambda_i d`. What was really seen may come from anywhere: from a hidden state, from
chance. Coq proves what follows in `formal/Histories.v`.
"""

from __future__ import annotations

import sympy as sp

from imagination.claim import Claim, Hypothesis, Quantity
from imagination.quantities import DISCOUNT, GAMMA, gamma, nonnegative, shown
from imagination.results.horizon.claims import rho
from imagination.symbols import real

__all__ = ["HISTORIES", "NORM", "NO_WORSE"]

chi, Lambda, surprise, mispaid = real(
    [r"\chi", r"\Lambda", r"\bar{\delta}_{\mathrm{obs}}", r"\bar{\delta}_{\mathrm{rew}}"]
)
CHI = Quantity(chi, "memory", "sum of gamma^(i+1) c_i over the lags i of the model")
REACH = Quantity(Lambda, "reach", "sum of gamma^i lambda_i over the lags i of its reward")
SURPRISE = Quantity(
    surprise, "surprise", "discounted average of the errors of one-step predictions on the real episode"
)
MISPAID = Quantity(mispaid, "mispaid", "discounted average of the reward model's errors on the real episode")

HISTORIES = Claim(
    name="The gap of histories",
    source="[this book]",
    symbols=(GAMMA, CHI, REACH, SURPRISE, MISPAID),
    hypotheses=(
        *DISCOUNT,
        *map(nonnegative, (CHI, REACH)),
        Hypothesis(
            "memory < 1", sp.Lt(chi, 1), "discounting outweighs what becomes of the model's own errors"
        ),
    ),
    quantity=shown(r"\lvert J - \hat{J} \rvert"),
    expression=(mispaid + gamma * Lambda / (1 - chi) * surprise) / (1 - gamma),
    meaning="what was seen need not be Markov; where it has no state, surprises stay",
)

# -- the history as a state, and its norm --------------------------------------------------------------------

newest, distance = real(["n", "d"])
RHO = Quantity(rho, "rho", "weight of an observation against one that is a step newer")
NEWEST = Quantity(newest, "newest", "sum of c_i / rho^i over the lags i of the model")
APART = Quantity(distance, "distance", "weighted distance of two histories")
WEIGHT = Hypothesis("rho > 0", sp.Gt(rho, 0), "old observations count")

NORM = Claim(
    name="A norm for histories",
    source="[this book]",
    symbols=(RHO, NEWEST, APART),
    hypotheses=(WEIGHT, nonnegative(NEWEST), nonnegative(APART)),
    quantity=shown(r"\lVert \Phi(v) - \Phi(w) \rVert_\rho"),
    expression=sp.Max(rho, newest) * distance,
    meaning="moving what was seen by a step costs rho, the prediction costs the rest",
)

NO_WORSE = Claim(
    name="No norm does better",
    source="[this book]",
    symbols=(GAMMA, RHO, NEWEST),
    hypotheses=(
        *DISCOUNT,
        WEIGHT,
        Hypothesis("newest <= rho", sp.Le(newest, rho), "the histories' map is rho-Lipschitz"),
        Hypothesis("gamma * rho < 1", sp.Lt(gamma * rho, 1), "discounting outweighs its growth"),
    ),
    quantity=chi,
    expression=gamma * rho,
    meaning="so the bound lag by lag is never above that in any such norm",
)
