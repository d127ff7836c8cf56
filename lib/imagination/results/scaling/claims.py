"""Scaling laws and suprema: what the chapter on learning speed claims of them."""

from __future__ import annotations

import sympy as sp

from imagination.claim import Claim, Hypothesis, Quantity, positive
from imagination.symbols import positive as positive_symbols
from imagination.symbols import real

# -- squares -------------------------------------------------------------------------------------------------

A, alpha, N = positive_symbols("A alpha N")
_LAW = (
    Quantity(A, "amplitude", "error with one sample"),
    Quantity(alpha, "exponent", "of the power law"),
    Quantity(N, "samples", "number of samples"),
)

SQUARES = Claim(
    name="Squares double exponents",
    source="[this book]",
    symbols=_LAW,
    hypotheses=tuple(map(positive, _LAW)),
    quantity=sp.Pow(A * N ** (-alpha), 2, evaluate=False),  # SymPy would multiply it out
    expression=A**2 * N ** (-2 * alpha),
    relation="==",
    meaning="the square of a power law is one with twice the exponent and the square of the scale",
)

# -- the relaxation of a hidden unit -------------------------------------------------------------------------

low, high, z, theta = real("l u z theta")
_LOW = Quantity(low, "low", "least input of the hidden unit")
_HIGH = Quantity(high, "high", "largest input of the hidden unit")
_INPUT = Quantity(z, "input", "its input")
_SLOPE = Quantity(theta, "slope", "slope of the lower line")

UPPER_LINE = Claim(
    name="A hidden unit lies below its chord",
    source="[this book]",
    symbols=(_LOW, _HIGH, _INPUT),
    hypotheses=(
        Hypothesis("low < 0", sp.Lt(low, 0)),
        Hypothesis("high > 0", sp.Gt(high, 0)),
        Hypothesis("input >= low", sp.Ge(z, low)),
        Hypothesis("input <= high", sp.Le(z, high)),
    ),
    quantity=sp.Max(z, 0),
    expression=high / (high - low) * (z - low),
    meaning="the line from (l, 0) to (u, u)",
)

LOWER_LINE = Claim(
    name="A hidden unit lies above lines through the origin",
    source="[this book]",
    symbols=(_INPUT, _SLOPE),
    hypotheses=(
        Hypothesis("slope >= 0", sp.Ge(theta, 0)),
        Hypothesis("slope <= 1", sp.Le(theta, 1)),
    ),
    quantity=theta * z,
    expression=sp.Max(z, 0),
    meaning="the certificate takes slope 0 or 1",
)

# -- a gentle student misses a cliff -------------------------------------------------------------------------

worst, L_hat, rise, distance = real(["e", r"\hat{L}", r"\Delta", "d"])

CLIFF = Claim(
    name="A gentle student misses a cliff",
    source="[this book]",
    symbols=(
        Quantity(worst, "largest_error", "largest error of the student anywhere"),
        Quantity(L_hat, "L_hat", "the student's Lipschitz constant"),
        Quantity(rise, "rise", "how far apart the teacher's values at two points are"),
        Quantity(distance, "distance", "how far apart the two points are"),
    ),
    hypotheses=(),
    quantity=(rise - L_hat * distance) / 2,
    expression=worst,
    meaning="for any two points, however close they are",
    assumes=(
        r"the student errs by at most \(e\) at every point: \(d(\hat f(x), f(x)) \le e\)",
        r"the student is Lipschitz: \(d(\hat f(x), \hat f(y)) \le \hat L\, d(x, y)\)",
    ),
)
