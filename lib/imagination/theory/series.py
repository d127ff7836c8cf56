r"""Claims about sums and sequences of numbers, on which the claims about worlds rest.

:math:`G_n(x) = \sum_{k<n} x^k` and :math:`S_n(x, y) = \sum_{t<n} x^t G_t(y)`; see
:mod:`imagination.theory.sums`.
"""

from __future__ import annotations

from functools import cache

import sympy as sp

from imagination.theory.claim import Claim, Hypothesis, Quantity
from imagination.theory.proof import Proof, Theorem, World
from imagination.theory.sums import DoubleGeometricSum, GeometricSum
from imagination.theory.terms import mapping, natural, real

n, t = natural("n t")
x, y, ell, eps, c, rho = real("x y ell epsilon c rho")
e = mapping("e", ("natural",))
u = mapping("u", ("natural",))

X = Quantity(x, "x", "first ratio")
Y = Quantity(y, "y", "second ratio")
N = Quantity(n, "n", "number of terms")

_X_NONNEGATIVE = Hypothesis("x >= 0", sp.Ge(x, 0))
_X_BELOW_1 = Hypothesis("x < 1", sp.Lt(x, 1))
_Y_NONNEGATIVE = Hypothesis("y >= 0", sp.Ge(y, 0))
_XY_BELOW_1 = Hypothesis("x * y < 1", sp.Lt(x * y, 1))

GEOMETRIC_RECURSION = Claim(
    "Geometric recursion",
    "[this book]",
    (X,),
    (),
    GeometricSum(x, n + 1),
    1 + x * GeometricSum(x, n),
    "==",
    (n,),
)

GEOMETRIC_CLOSED_FORM = Claim(
    "Geometric sum", "[this book]", (X,), (Hypothesis("x != 1", sp.Ne(x, 1)),),
    GeometricSum(x, n), (1 - x**n) / (1 - x), "==", (n,),
)  # fmt: skip

GEOMETRIC_BOUND = Claim(
    "Geometric bound",
    "[this book]",
    (X,),
    (_X_NONNEGATIVE, _X_BELOW_1),
    GeometricSum(x, n),
    1 / (1 - x),
    "<=",
    (n,),
)

DOUBLE_CLOSED_FORM = Claim(
    "Double geometric sum",
    "[this book]",
    (X, Y, N),
    (
        Hypothesis("x != 1", sp.Ne(x, 1)),
        Hypothesis("y != 1", sp.Ne(y, 1)),
        Hypothesis("x * y != 1", sp.Ne(x * y, 1)),
    ),
    DoubleGeometricSum(x, y, n),
    ((1 - (x * y) ** n) / (1 - x * y) - (1 - x**n) / (1 - x)) / (y - 1),
    "==",
)

DOUBLE_IDENTITY = Claim(
    "Double geometric identity", "[this book]", (X, Y), (),
    (1 - x) * DoubleGeometricSum(x, y, n), x * GeometricSum(x * y, n) - x**n * GeometricSum(y, n), "==", (n,),
)  # fmt: skip

DOUBLE_BOUND = Claim(
    "Double geometric bound",
    "[this book]",
    (X, Y),
    (_X_NONNEGATIVE, _X_BELOW_1, _Y_NONNEGATIVE, _XY_BELOW_1),
    DoubleGeometricSum(x, y, n),
    x / ((1 - x) * (1 - x * y)),
    "<=",
    (n,),
)

_ELL = Quantity(ell, "ell", "growth per step")
_EPS = Quantity(eps, "eps", "error added per step")
_C = Quantity(c, "c", "slope")
_RHO = Quantity(rho, "rho", "offset")
_START = Hypothesis("no error at the start", sp.Eq(e(0), 0))
_GROWTH = Hypothesis("error recursion", sp.Le(e(t + 1), ell * e(t) + eps))

ERROR_GROWTH = Claim(
    "Error growth",
    "[TSGLH26, proof of Lemma 1]",
    (_ELL, _EPS),
    (Hypothesis("ell >= 0", sp.Ge(ell, 0)), _START, _GROWTH),
    e(t),
    eps * GeometricSum(ell, t),
    "<=",
    (t,),
)

DISCOUNTED_SUM = Claim(
    "Discounted sum",
    "[TSGLH26, proof of Lemma 1]",
    (X, Y, _EPS, _C, _RHO),
    (
        _X_NONNEGATIVE,
        Hypothesis("terms", sp.Le(sp.Abs(u(t)), rho + c * eps * GeometricSum(y, t))),
    ),
    sp.Abs(sp.Sum(x**t * u(t), (t, 0, n - 1))),
    rho * GeometricSum(x, n) + c * eps * DoubleGeometricSum(x, y, n),
    "<=",
    (n,),
)

ZEROS = World(
    {ell: 1, eps: 0, x: sp.Rational(1, 2), y: 1, c: 1, rho: 0},
    {e: sp.Lambda(natural("m"), sp.S.Zero), u: sp.Lambda(natural("m"), sp.S.Zero)},
)


@cache
def geometric_recursion() -> Theorem:
    p = Proof(GEOMETRIC_RECURSION)
    return p.qed(
        p.induction(GEOMETRIC_RECURSION.statement, n, reason="the next power is the new term on both sides")
    )


@cache
def geometric_closed_form() -> Theorem:
    p = Proof(GEOMETRIC_CLOSED_FORM)
    grown = p.induction(
        sp.Eq((1 - x) * GeometricSum(x, n), 1 - x**n), n, reason="multiply by 1 - x: the sum telescopes"
    )
    return p.qed(
        p.inequality(
            GEOMETRIC_CLOSED_FORM.statement, [grown, GEOMETRIC_CLOSED_FORM.hypotheses[0]], "divide by 1 - x"
        )
    )


@cache
def geometric_bound() -> Theorem:
    p = Proof(GEOMETRIC_BOUND)
    grow = p.cite(geometric_recursion())
    bound = p.induction(
        GEOMETRIC_BOUND.statement,
        n,
        [grow, _X_NONNEGATIVE, _X_BELOW_1],
        "1 + x/(1 - x) = 1/(1 - x): the bound reproduces itself",
    )
    return p.qed(bound)


@cache
def double_identity() -> Theorem:
    p = Proof(DOUBLE_IDENTITY)
    powers = p.equality((x * y) ** n, x**n * y**n, reason="power of a product")
    grow = p.cite(geometric_recursion(), {x: y})
    return p.qed(
        p.induction(DOUBLE_IDENTITY.statement, n, [powers, grow], "compare the two sides' new terms")
    )


@cache
def double_closed_form() -> Theorem:
    p = Proof(DOUBLE_CLOSED_FORM)
    not_1, y_not_1, xy_not_1 = DOUBLE_CLOSED_FORM.hypotheses
    m = natural("m")
    one, two, three = (
        p.cite(geometric_closed_form(), {x: ratio, n: m}, [hypothesis])
        for ratio, hypothesis in ((x, not_1), (y, y_not_1), (x * y, xy_not_1))
    )
    identity = p.cite(double_identity(), {n: m})
    powers = p.equality((x * y) ** m, x**m * y**m, reason="power of a product")
    return p.qed(
        p.equality(
            DOUBLE_CLOSED_FORM.quantity,
            DOUBLE_CLOSED_FORM.expression,
            [*(f.at(m=n) for f in (one, two, three, identity, powers)), not_1, y_not_1, xy_not_1],
            "solve the identity for the double sum",
        )
    )


@cache
def double_bound() -> Theorem:
    p = Proof(DOUBLE_BOUND)
    hypotheses = DOUBLE_BOUND.hypotheses
    identity = p.cite(double_identity())
    nonnegative = p.induction(sp.Ge(GeometricSum(y, n), 0), n, [_Y_NONNEGATIVE], "a sum of nonnegative terms")
    both = p.inequality(sp.Ge(x * y, 0), [_X_NONNEGATIVE, _Y_NONNEGATIVE], "a product of nonnegative numbers")
    limit = p.cite(geometric_bound(), {x: x * y}, [both, _XY_BELOW_1])
    dropped = p.inequality(
        sp.Ge(x**n * GeometricSum(y, n), 0), [_X_NONNEGATIVE, nonnegative], "a product of nonnegative numbers"
    )
    less = p.inequality(
        sp.Le((1 - x) * DoubleGeometricSum(x, y, n), x * GeometricSum(x * y, n)),
        [identity, dropped],
        "drop it",
    )
    more = p.inequality(
        sp.Le((1 - x) * DoubleGeometricSum(x, y, n), x / (1 - x * y)),
        [less, limit, _X_NONNEGATIVE, _XY_BELOW_1],
        "the inner geometric sum is below its limit",
    )
    return p.qed(p.inequality(DOUBLE_BOUND.statement, [more, *hypotheses], "divide by 1 - x > 0"))


@cache
def error_growth() -> Theorem:
    p = Proof(ERROR_GROWTH, ZEROS)
    grow = p.cite(geometric_recursion(), {x: ell, n: t})
    start, growth = p.given(_START), p.given(_GROWTH)
    return p.qed(
        p.induction(
            ERROR_GROWTH.statement, t, [start, growth, grow, ERROR_GROWTH.hypotheses[0]],
            "one more step multiplies the error by at most ell and adds eps",
        )
    )  # fmt: skip


@cache
def discounted_sum() -> Theorem:
    p = Proof(DISCOUNTED_SUM, ZEROS)
    terms = p.given(DISCOUNTED_SUM.hypotheses[1])
    weighted = p.inequality(
        sp.Le(sp.Abs(x**t * u(t)), x**t * (rho + c * eps * GeometricSum(y, t))),
        [terms, _X_NONNEGATIVE],
        "a nonnegative weight keeps the inequality",
    )
    return p.qed(
        p.induction(
            DISCOUNTED_SUM.statement,
            n,
            [weighted.at(t=n), _X_NONNEGATIVE],
            "the triangle inequality, one term at a time",
        )
    )
