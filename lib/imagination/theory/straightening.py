r"""Temporal straightening: how far two successive velocities of a latent trajectory can differ in direction.

The claims of part B as objects, and :func:`curvature_bound`, their value on numbers. Their proofs are in
:mod:`imagination.theory.straightening_proofs`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import sympy as sp

from imagination.theory import worlds as w
from imagination.theory.claim import Claim, Hypothesis, Quantity
from imagination.theory.terms import mapping, point, real

# -- the words -----------------------------------------------------------------------------------------------

eps = real("epsilon")
a, b, s = real("a b s")
z = mapping("z", ("natural",), "state")
F = mapping("F", ("state",), "state")
t, x, y = w.t, w.x, w.y

# Velocities are vectors. All that is said of these is that they have differences and an inner product, so
# what is proved holds in any number of dimensions.
v = mapping("v", ("state",), "vector")
minus = mapping("m", ("vector", "vector"), "vector")
times = mapping("h", ("real", "vector"), "vector")
inner = mapping("g", ("vector", "vector"))
length = mapping("l", ("vector",))
cosine = mapping("c", ("state", "state"))
p, q, u = point("p q u", "vector")


def speed(at: sp.Expr) -> sp.Expr:
    """Length of the velocity in a state."""
    return length(v(at))


def turn(one: sp.Expr, other: sp.Expr) -> sp.Expr:
    """Length of the difference of the velocities in two states."""
    return length(minus(v(one), v(other)))


EPS = Quantity(eps, "eps", "Lipschitz constant of the velocity field")
POSITIVE = Hypothesis("eps > 0", sp.Gt(eps, 0), "the velocity may change")
AT_MOST_ONE = Hypothesis("eps <= 1", sp.Le(eps, 1), "otherwise a trajectory may turn back")
BELOW_ONE = Hypothesis("eps < 1", sp.Lt(eps, 1), "the form divides by 1 - eps")

SMOOTH = Hypothesis(
    "the velocity is Lipschitz",
    sp.Le(turn(x, y), eps * w.d_S(x, y)),
    "m(p, q) is the difference of two vectors and l(p) the length of one",
)
LINEAR = Hypothesis(
    "inner products are linear",
    sp.Eq(inner(minus(p, q), u), inner(p, u) - inner(q, u)),
    "g(p, q) is the inner product of two vectors",
)
HOMOGENEOUS = Hypothesis(
    "inner products are homogeneous",
    sp.Eq(inner(times(a, p), q), a * inner(p, q)),
    "h(a, p) is a times the vector p",
)
SYMMETRIC = Hypothesis("inner products are symmetric", sp.Eq(inner(p, q), inner(q, p)))
SQUARE = Hypothesis("lengths", sp.Eq(length(p) ** 2, inner(p, p)), "definition of the length")
LENGTH = Hypothesis("lengths are nonnegative", sp.Ge(length(p), 0))
ANGLE = Hypothesis(
    "cosines",
    sp.Eq(inner(v(x), v(y)), cosine(x, y) * speed(x) * speed(y)),
    "definition of c(x, y), the cosine of the angle between v(x) and v(y)",
)
STEP = Hypothesis(
    "a step is a velocity", sp.Eq(w.d_S(z(t), z(t + 1)), speed(z(t))), "z(t + 1) = z(t) + v(z(t))"
)
MOVING = Hypothesis("the trajectory moves", sp.Gt(speed(z(t)), 0), "otherwise it has no direction")

AT_FIRST = Hypothesis("the trajectory moves at first", sp.Lt(0, speed(z(0))))

loss = 1 - cosine(z(t), z(t + 1))

_INNER = (LINEAR, SYMMETRIC, SQUARE, ANGLE)
_TRAJECTORY = (SMOOTH, *_INNER, LENGTH, STEP, MOVING)

LAW_OF_COSINES = Claim(
    name="Law of cosines",
    source="[Euclid, Elements, II.12 and II.13]",
    symbols=(),
    hypotheses=_INNER,
    quantity=turn(x, y) ** 2,
    expression=speed(x) ** 2 - 2 * cosine(x, y) * speed(x) * speed(y) + speed(y) ** 2,
    relation="==",
    variables=(x, y),
    meaning="two lengths and a cosine say all: however many dimensions there are, two vectors span a plane",
)

CAUCHY_SCHWARZ = Claim(
    name="Cauchy and Schwarz",
    source="[Cauchy 1821; Schwarz 1888]",
    symbols=(),
    hypotheses=(LINEAR, HOMOGENEOUS, SYMMETRIC, SQUARE),
    quantity=inner(p, q) ** 2,
    expression=length(p) ** 2 * length(q) ** 2,
    variables=(p, q),
    meaning="so a cosine lies between -1 and 1, and two vectors can be drawn in the plane",
)

# -- the two bounds ------------------------------------------------------------------------------------------

SHARP = Claim(
    name="Curvature, sharp",
    source="[this book]",
    symbols=(EPS,),
    hypotheses=(POSITIVE, AT_MOST_ONE, *_TRAJECTORY),
    quantity=loss,
    expression=eps**2 / (1 + sp.sqrt(1 - eps**2)),  # 1 - sqrt(1 - eps^2), which would lose digits
    variables=(t,),
    meaning="one minus the cosine of the angle between two successive velocities",
)

NEVER_STOPS = Claim(
    name="What moves goes on moving",
    source="[this book]",
    symbols=(EPS,),
    hypotheses=(POSITIVE, BELOW_ONE, SMOOTH, *_INNER, LENGTH, STEP, AT_FIRST),
    quantity=sp.Integer(0),
    expression=speed(z(t)),
    relation="<",
    variables=(t,),
    meaning="below eps = 1 a trajectory that moves at first has a direction at every step",
)

SHARP_FORM = Claim(
    name="Curvature, sharp, in its short form",
    source="[this book]",
    symbols=(EPS,),
    hypotheses=(POSITIVE, AT_MOST_ONE),
    quantity=SHARP.expression,
    expression=1 - sp.sqrt(1 - eps**2),
    relation="==",
    meaning="the cosine is at least sqrt(1 - eps^2)",
)

PROPOSITION_1 = Claim(
    name="Proposition 1",
    source="[TSGLH26, Prop. 1]",
    symbols=(EPS,),
    hypotheses=(POSITIVE, BELOW_ONE, *_TRAJECTORY),
    quantity=loss,
    expression=eps**2 / (2 * (1 - eps)),
    variables=(t,),
    meaning="the paper's form of the same",
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

# -- the same in coordinates ---------------------------------------------------------------------------------

v_1, v_2, w_1, w_2 = real("v_1 v_2 w_1 w_2")
_size = v_1**2 + v_2**2
_next_size = w_1**2 + w_2**2

IN_THE_PLANE = Claim(
    name="Curvature in the plane, sharp",
    source="[this book]",
    symbols=(
        EPS,
        Quantity(v_1, "v_1", "first coordinate of a velocity"),
        Quantity(v_2, "v_2", "its second coordinate"),
        Quantity(w_1, "w_1", "first coordinate of the next velocity"),
        Quantity(w_2, "w_2", "its second coordinate"),
    ),
    hypotheses=(
        POSITIVE,
        AT_MOST_ONE,
        Hypothesis("the first velocity is not 0", sp.Gt(_size, 0)),
        Hypothesis("the next velocity is not 0", sp.Gt(_next_size, 0)),
        Hypothesis(
            "the velocity is Lipschitz",
            sp.Le((w_1 - v_1) ** 2 + (w_2 - v_2) ** 2, eps**2 * _size),
            "the two states are a velocity apart",
        ),
    ),
    quantity=1 - (v_1 * w_1 + v_2 * w_2) / (sp.sqrt(_size) * sp.sqrt(_next_size)),
    expression=SHARP.expression,
    meaning="the same, of any two vectors of the plane",
)

THROUGH_THE_PLANE = replace(
    SHARP,
    name="Curvature, sharp, through the plane",
    hypotheses=(*SHARP.hypotheses, HOMOGENEOUS),
    meaning="once more: two vectors of any space are as long, and as far apart, as two of the plane",
)

# -- the sharp bound is attained -----------------------------------------------------------------------------

_NAMES = (
    Quantity(a, "first", "first coordinate of a point of the plane"),
    Quantity(b, "second", "its second coordinate"),
    Quantity(s, "sine", "sine of the angle by which the velocity is turned"),
)
_ANGLE = Hypothesis("the sine", sp.Eq(s**2, 1 - eps**2), "the cosine of the angle is -eps")
_SOMEWHERE = Hypothesis("not at the origin", sp.Gt(a**2 + b**2, 0))
_BEYOND = Hypothesis("eps < 1", sp.Lt(eps, 1), "at eps = 1 the next velocity is 0")


def turned(point: tuple[sp.Expr, sp.Expr]) -> tuple[sp.Expr, sp.Expr]:
    """``eps R z``: a point of the plane, turned by the angle whose cosine is -eps, and shortened."""
    first, second = point
    return eps * (-eps * first - s * second), eps * (s * first - eps * second)


def _plane() -> tuple[sp.Expr, sp.Expr]:
    """The loss of one step under ``v(z) = eps R z``, and the square of its cosine's denominator."""
    now = turned((a, b))
    later = turned((a + now[0], b + now[1]))
    inner = now[0] * later[0] + now[1] * later[1]
    lengths = (now[0] ** 2 + now[1] ** 2) * (later[0] ** 2 + later[1] ** 2)
    return 1 - inner / sp.sqrt(lengths), lengths


turning_loss, turning_lengths = _plane()

ATTAINED = Claim(
    name="The sharp bound is attained",
    source="[this book]",
    symbols=(EPS, *_NAMES),
    hypotheses=(
        POSITIVE,
        _BEYOND,
        _ANGLE,
        _SOMEWHERE,
    ),
    quantity=turning_loss,
    expression=SHARP.expression,
    relation="==",
    meaning="by v(z) = eps R z in the plane, from every point but the origin",
)

# -- what straightness says of the Lipschitz constant --------------------------------------------------------

_NEXT = Hypothesis(
    "the map moves by the velocity, from above",
    sp.Le(w.d_S(F(x), F(y)), w.d_S(x, y) + turn(x, y)),
    "F(x) = x + v(x), so that F(x) - F(y) = (x - y) + (v(x) - v(y))",
)
_BACK = Hypothesis(
    "the map moves by the velocity, from below",
    sp.Le(w.d_S(x, y), w.d_S(F(x), F(y)) + turn(x, y)),
    "the same equation, solved for x - y",
)

STRETCH = Claim(
    name="Straight maps stretch little",
    source="[this book]",
    symbols=(EPS,),
    hypotheses=(POSITIVE, SMOOTH, _NEXT),
    quantity=w.d_S(F(x), F(y)),
    expression=(1 + eps) * w.d_S(x, y),
    variables=(x, y),
    meaning="so the Lipschitz constant of the map is at most 1 + eps",
)
SHRINK = Claim(
    name="Straight maps shrink little",
    source="[this book]",
    symbols=(EPS,),
    hypotheses=(POSITIVE, SMOOTH, _BACK),
    quantity=(1 - eps) * w.d_S(x, y),
    expression=w.d_S(F(x), F(y)),
    variables=(x, y),
    meaning="so it is at least 1 - eps: a velocity with a small constant keeps it near 1, not near 0",
)

_factor = real("c")
STRAIGHT_IS_NOT_SMOOTH = Claim(
    name="Straight and not smooth",
    source="[this book]",
    symbols=(
        Quantity(_factor, "factor", "the map is z -> factor z, its velocity (factor - 1) z"),
        Quantity(a, "start", "a point of the line"),
        Quantity(v_1, "v_1", "first coordinate of a velocity"),
        Quantity(w_1, "w_1", "first coordinate of the next velocity"),
    ),
    hypotheses=(
        Hypothesis(
            "factor > 1", sp.Gt(_factor, 1), "its Lipschitz constant, which may be as large as one likes"
        ),
        Hypothesis("not at the origin", sp.Gt(a**2, 0)),
        Hypothesis("the velocity", sp.Eq(v_1, (_factor - 1) * a)),
        Hypothesis("the next velocity", sp.Eq(w_1, (_factor - 1) * (_factor * a))),
    ),
    quantity=1 - v_1 * w_1 / (sp.sqrt(v_1**2) * sp.sqrt(w_1**2)),
    expression=sp.Integer(0),
    relation="==",
    meaning="no curvature at all, and any Lipschitz constant: the converse fails",
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
    "CAUCHY_SCHWARZ",
    "IN_THE_PLANE",
    "LAW_OF_COSINES",
    "NEVER_STOPS",
    "PROPOSITION_1",
    "SHARP",
    "SHARPER",
    "SHARP_FORM",
    "SHRINK",
    "STRAIGHT_IS_NOT_SMOOTH",
    "STRETCH",
    "THROUGH_THE_PLANE",
    "curvature_bound",
]
