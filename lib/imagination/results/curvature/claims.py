r"""Temporal straightening: how far two successive velocities of a latent trajectory can differ in direction.

The claims as objects, and :func:`curvature_bound`, their value on numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp

from imagination.claim import Claim, Hypothesis, Quantity
from imagination.symbols import real

eps, first_length, next_length, stretch, factor = real("epsilon a b s c")

EPS = Quantity(eps, "eps", "Lipschitz constant of the velocity field")
POSITIVE = Hypothesis("eps > 0", sp.Gt(eps, 0), "the velocity may change")
AT_MOST_ONE = Hypothesis("eps <= 1", sp.Le(eps, 1), "otherwise a trajectory may turn back")
BELOW_ONE = Hypothesis("eps < 1", sp.Lt(eps, 1), "the form divides by 1 - eps")

LOSS = sp.Symbol(r"1 - \cos\angle\bigl(v(z_t), v(z_{t+1})\bigr)")
SMOOTH = (
    r"the velocity is Lipschitz: \(\lVert v(x) - v(y) \rVert \le \varepsilon \lVert x - y \rVert\) for all "
    r"\(x, y\)"
)
STEP = r"a step is a velocity: \(z_{t+1} = z_t + v(z_t)\)"

# -- the two bounds ------------------------------------------------------------------------------------------

SHARP = Claim(
    name="Curvature, sharp",
    source="[this book]",
    symbols=(EPS,),
    hypotheses=(POSITIVE, AT_MOST_ONE),
    quantity=LOSS,
    expression=eps**2 / (1 + sp.sqrt(1 - eps**2)),  # 1 - sqrt(1 - eps^2), which would lose digits
    meaning="one minus the cosine of the angle between two successive velocities",
    assumes=(SMOOTH, STEP, r"the trajectory moves: \(v(z_t) \ne 0\) for every \(t\)"),
)

PROPOSITION_1 = Claim(
    name="Proposition 1",
    source="[TSGLH26, Prop. 1]",
    symbols=(EPS,),
    hypotheses=(POSITIVE, BELOW_ONE),
    quantity=LOSS,
    expression=eps**2 / (2 * (1 - eps)),
    meaning="the paper's form of the same",
    assumes=(SMOOTH, STEP, r"the trajectory moves at first: \(v(z_0) \ne 0\)"),
)

SHARPER = Claim(
    name="The sharp bound is below Proposition 1's",
    source="[this book]",
    symbols=(EPS,),
    hypotheses=(POSITIVE, BELOW_ONE),
    quantity=SHARP.expression,
    expression=PROPOSITION_1.expression,
    relation="<",
    meaning="for every Lipschitz constant between 0 and 1",
)

NEVER_STOPS = Claim(
    name="What moves goes on moving",
    source="[this book]",
    symbols=(
        EPS,
        Quantity(first_length, "length", "length of a velocity"),
        Quantity(next_length, "next_length", "length of the next velocity", asked=False),
    ),
    hypotheses=(POSITIVE, BELOW_ONE),
    quantity=(1 - eps) * first_length,
    expression=next_length,
    meaning="below eps = 1 a trajectory that moves at first has a direction at every step",
    assumes=(SMOOTH, STEP),
)

ATTAINED = Claim(
    name="The sharp bound is attained",
    source="[this book]",
    symbols=(EPS,),
    hypotheses=(POSITIVE, BELOW_ONE),
    quantity=LOSS,
    expression=SHARP.expression,
    relation="==",
    meaning="at every step of a spiral in the plane; at eps = 1 it is approached",
    assumes=(r"\(v(z) = \varepsilon R z\) in the plane, \(R\) a rotation whose cosine is \(-\varepsilon\)",),
)

any_bound = real("beta")
BEST = Claim(
    name="No bound is smaller",
    source="[this book]",
    symbols=(EPS, Quantity(any_bound, "bound", "a number that no loss of any such trajectory exceeds")),
    hypotheses=(POSITIVE, AT_MOST_ONE),
    quantity=SHARP.expression,
    expression=any_bound,
    meaning="whatever bounds the losses of all eps-Lipschitz velocity fields",
    assumes=SHARP.assumes,
)

# -- what straightness says of the Lipschitz constant --------------------------------------------------------

_STRETCH = Quantity(stretch, "stretch", "how many times farther apart the images of two states are than they")
MOVES = r"\(F(z) = z + v(z)\)"

STRETCH = Claim(
    name="Straight maps stretch little",
    source="[this book]",
    symbols=(EPS, _STRETCH),
    hypotheses=(POSITIVE,),
    quantity=stretch,
    expression=1 + eps,
    meaning="so the Lipschitz constant of the map is at most 1 + eps",
    assumes=(SMOOTH, MOVES),
)
SHRINK = Claim(
    name="Straight maps shrink little",
    source="[this book]",
    symbols=(EPS, _STRETCH),
    hypotheses=(POSITIVE,),
    quantity=1 - eps,
    expression=stretch,
    meaning="so it is at least 1 - eps: a velocity with a small constant keeps it near 1, not near 0",
    assumes=(SMOOTH, MOVES),
)
STRAIGHT_IS_NOT_SMOOTH = Claim(
    name="Straight and not smooth",
    source="[this book]",
    symbols=(Quantity(factor, "factor", "the map is z -> factor z, its velocity (factor - 1) z"),),
    hypotheses=(
        Hypothesis(
            "factor > 1", sp.Gt(factor, 1), "its Lipschitz constant, which may be as large as one likes"
        ),
    ),
    quantity=LOSS,
    expression=sp.Integer(0),
    relation="==",
    meaning="no curvature at all, and any Lipschitz constant: the converse fails",
    assumes=(r"\(F(z) = c z\), and \(z_t \ne 0\)",),
)


def curvature_bound(eps: Any, *, sharp: bool = True) -> Any:
    r"""The largest curvature loss :math:`1 - \cos` that a Lipschitz constant of the velocity allows.

    Parameters
    ----------
    eps : array_like
        Lipschitz constant of the velocity field ``f(z) - z``: above 0, at most 1, and below 1 for the
        paper's form.
    sharp : bool
        The smallest bound there is (:data:`SHARP`), or the paper's (:data:`PROPOSITION_1`).

    Returns
    -------
    float or ndarray
        Without unit; the loss itself never exceeds 2.

    Raises
    ------
    HypothesisError
        If some `eps` lies outside the range.

    Notes
    -----
    [TSGLH26, Prop. 1] and its sharp form.

    Examples
    --------
    >>> round(float(curvature_bound(0.6)), 6), round(float(curvature_bound(0.6, sharp=False)), 6)
    (0.2, 0.45)
    """
    if sharp not in (True, False):
        raise ValueError(f"sharp must be True or False, got {sharp!r}")
    value = (SHARP if sharp else PROPOSITION_1).evaluate(eps=eps)
    return np.asarray(value)[()]


__all__ = [
    "ATTAINED",
    "BEST",
    "NEVER_STOPS",
    "PROPOSITION_1",
    "SHARP",
    "SHARPER",
    "SHRINK",
    "STRAIGHT_IS_NOT_SMOOTH",
    "STRETCH",
    "curvature_bound",
]
