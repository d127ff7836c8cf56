r"""The sums that bounds are made of, exact next to every singularity of their closed forms.

Geometric sums have closed forms that divide by :math:`1 - x`, and near :math:`x = 1` the quotient is noise.
The sums themselves have only nonnegative terms, so they are computed as sums: a finite geometric double sum
is a corner of a power of a small triangular matrix (Opitz's formula for divided differences), and repeated
squaring of a nonnegative matrix loses nothing to cancellation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy as sp


class _Sum(sp.Function):
    """A sum of n terms as a symbol; n is its last argument. A few terms are written out."""

    is_real = True
    letter, most = "", 16

    @classmethod
    def term(cls, *given: sp.Expr) -> sp.Expr:
        """The summand; its index is the last of what is given."""
        raise NotImplementedError

    @classmethod
    def eval(cls, *given: sp.Expr) -> sp.Expr | None:
        *rest, n = given
        if n.is_Integer and 0 <= n <= cls.most:
            return sp.Add(*[cls.term(*rest, sp.Integer(t)) for t in range(int(n))])
        return None

    def as_sum(self) -> sp.Sum:
        *rest, n = self.args
        t = sp.Symbol("t", integer=True, nonnegative=True)
        return sp.Sum(self.term(*rest, t), (t, 0, n - 1))

    def _latex(self, printer: Any, exp: Any = None) -> str:
        *rest, n = map(printer._print, self.args)
        text = rf"{self.letter}_{{{n}}}\!\left({', '.join(rest)}\right)"
        return text if exp is None else rf"\left({text}\right)^{{{exp}}}"


class GeometricSum(_Sum):
    r"""``GeometricSum(x, n)`` is :math:`G_n(x) = \sum_{k<n} x^k`, with :math:`G_0 = 0` and :math:`G_{n+1} =
    1 + x G_n`.
    """

    nargs, letter, most = 2, "G", 64

    @classmethod
    def term(cls, x: sp.Expr, t: sp.Expr) -> sp.Expr:
        return x**t


class DoubleGeometricSum(_Sum):
    r"""``DoubleGeometricSum(x, y, n)`` is :math:`S_n(x, y) = \sum_{t<n} x^t G_t(y)`.

    It equals :math:`x` times the second divided difference of :math:`z \mapsto z^n` at the nodes
    :math:`1, x, xy`, which is how it is computed.
    """

    nargs, letter = 3, "S"

    @classmethod
    def term(cls, x: sp.Expr, y: sp.Expr, t: sp.Expr) -> sp.Expr:
        return x**t * GeometricSum(y, t)


class MajoritySum(_Sum):
    r"""``MajoritySum(x, n)`` is :math:`M_n(x) = \sum_{j<n} \binom{2j+1}{j} x^{j+1}`.

    A majority of 2n + 1 independent votes, each a yes with probability p, is one with probability
    :math:`p + (2p - 1) M_n(p (1 - p))`: every two further votes add a term.
    """

    nargs, letter = 2, "M"

    @classmethod
    def term(cls, x: sp.Expr, t: sp.Expr) -> sp.Expr:
        return sp.binomial(2 * t + 1, t) * x ** (t + 1)


class CappedGeometricSum(_Sum):
    r"""``CappedGeometricSum(x, y, a, cap, n)`` is :math:`C_n = \sum_{t<n} x^t \min(\mathrm{cap},
    a\,G_t(y))`; n may be ``oo``.
    """

    nargs, letter = 5, "C"

    @classmethod
    def term(cls, x: sp.Expr, y: sp.Expr, a: sp.Expr, cap: sp.Expr, t: sp.Expr) -> sp.Expr:
        return x**t * sp.Min(cap, a * GeometricSum(y, t))


def divided_power(nodes: Sequence[Any], n: Any) -> list[np.ndarray]:
    r"""Powers and divided differences of :math:`z \mapsto z^n` at two or three nonnegative nodes, by Opitz's
    formula.

    Parameters
    ----------
    nodes : sequence of two or three array_like
        Nonnegative nodes :math:`a, b` or :math:`a, b, c`, in any order, equal or not; they broadcast.
    n : array_like of whole numbers
        The power, up to 2**53.

    Returns
    -------
    list of ndarray
        The divided difference at :math:`a`, at :math:`a, b`, and, of three nodes, at :math:`a, b, c`; the
        first is :math:`a^n`. Overflow gives inf.

    Notes
    -----
    The first row of the n-th power of ``[[a, 1, 0], [0, b, 1], [0, 0, c]]``. All entries stay nonnegative,
    so the relative error is at most about ``3 n`` units in the last place, which is also what rounding a
    node costs.
    """
    *points, exponent = np.broadcast_arrays(
        *(np.asarray(node, float) for node in nodes), np.asarray(n, float)
    )
    shape, size = exponent.shape, exponent.size
    found = [np.empty(size) for _ in points]
    rest = exponent.ravel().astype(np.int64)
    one, zero = np.ones(size), np.zeros(size)
    # A triangular matrix is the list of its diagonals, the longest first.
    base = [[node.ravel() for node in points], [one] * (len(points) - 1), *[[zero]] * (len(points) - 2)]
    power = [[one] * len(points), [zero] * (len(points) - 1), *[[zero]] * (len(points) - 2)]
    where = np.arange(size)
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        while where.size:
            odd = (rest & 1).astype(bool)
            power = [
                [np.where(odd, new, old) for new, old in zip(*pair, strict=True)]
                for pair in zip(_triangular_product(power, base), power, strict=True)
            ]
            rest = rest >> 1
            # A finished element must not be squared on: few of many have large powers.
            live = rest > 0
            if not live.all():
                for entry, diagonal in zip(found, power, strict=True):
                    entry[where[~live]] = diagonal[0][~live]
                where, rest = where[live], rest[live]
                base, power = ([[entry[live] for entry in part] for part in parts] for parts in (base, power))
            base = _triangular_product(base, base)
    return [entry.reshape(shape) for entry in found]


def _triangular_product(p: list[list[np.ndarray]], q: list[list[np.ndarray]]) -> list[list[np.ndarray]]:
    """Product of two upper-triangular matrices, given by their diagonals."""
    return [
        [sum((_product(p[k][i], q[d - k][i + k]) for k in range(1, d + 1)), _product(p[0][i], q[d][i]))
         for i in range(len(p[d]))]
        for d in range(len(p))
    ]  # fmt: skip


def _product(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """x * y for nonnegative extended reals with 0 * inf = 0: an overflowed factor times an exact zero is
    zero.
    """
    found = np.asarray(x * y)
    if not np.isfinite(found).all():
        found[(x == 0) | (y == 0)] = 0.0
    return found


def geometric_sum(x: Any, n: Any) -> np.ndarray:
    """:math:`G_n(x)` for nonnegative x; n whole, or inf where x < 1. Broadcasts."""
    x, n = np.broadcast_arrays(np.asarray(x, float), np.asarray(n, float))
    finite = np.isfinite(n)
    _, first = divided_power((np.ones(x.shape), x), np.where(finite, n, 0))
    with np.errstate(divide="ignore"):
        endless = np.where(x < 1, 1 / np.where(x < 1, 1 - x, 1), np.inf)
    return np.where(finite, first, endless)


def double_geometric_sum(x: Any, y: Any, n: Any) -> np.ndarray:
    """:math:`S_n(x, y)` for nonnegative x, y and whole n. Broadcasts; overflow gives inf."""
    x, y, n = np.broadcast_arrays(np.asarray(x, float), np.asarray(y, float), np.asarray(n, float))
    with np.errstate(over="ignore", invalid="ignore"):
        xy = _product(x, y)
        _, _, second = divided_power((np.ones(x.shape), x, xy), n)
        return _product(x, second)


def majority_sum(x: Any, n: Any) -> np.ndarray:
    """:math:`M_n(x)` for x in [0, 1/4] and whole n, by the ratio of its terms. Broadcasts."""
    x, n = np.broadcast_arrays(np.asarray(x, float), np.asarray(n, float))
    total, term = np.zeros(x.shape), x
    for j in range(int(n.max(initial=0))):
        total = total + np.where(j < n, term, 0.0)
        term = term * x * (2 * (2 * j + 3) / (j + 2))
    return total


def capped_geometric_sum(x: Any, y: Any, a: Any, cap: Any, n: Any) -> np.ndarray:
    r""":math:`C_n = \sum_{t<n} x^t \min(\mathrm{cap}, a G_t(y))` for 0 <= x < 1, nonnegative y, a, cap; n
    whole or inf.

    Notes
    -----
    The summand grows until it meets the cap and then stays there. Switching to the cap at *any* time gives
    an upper bound, the time that solves ``a G_t(y) = cap`` gives the sum, and a time beside it differs by
    what the summand still lacks there: a slip of the logarithm costs no more than its own rounding.
    """
    x, y, a, cap, n = np.broadcast_arrays(*(np.asarray(value, float) for value in (x, y, a, cap, n)))
    with np.errstate(all="ignore"):
        ratio = np.where(a > 0, cap / a, np.inf)
        growth = y - 1
        reach = np.log1p(ratio * growth) / np.log1p(growth)
        nearly_one = np.abs(growth) * np.maximum(ratio, 1) < 1e-8
        reach = np.where(nearly_one, ratio, reach)
        reach = np.where(np.isnan(reach), np.inf, reach)  # log of a negative number: G_t(y) stays below
        reach = np.where(ratio > 0, np.maximum(reach, 1), 0)  # G_0 = 0 is below every cap but 0
    # Where the logarithm may have stepped over a whole number, or found a time beyond counting, two times
    # are tried.
    beyond = reach > 2.0**52
    times = np.ceil(np.where(beyond, 2.0**52, reach))
    again = beyond | (times - reach > 1 - 1e-6 * np.maximum(reach, 1))
    best = _switched_at(np.where(np.isfinite(reach), np.minimum(times, n), n), x, y, a, cap, n)
    if again.any():
        low = np.where(beyond, n, np.minimum(times - 1, n))
        best = np.array(best)
        best[again] = np.fmin(best[again], _switched_at(*(part[again] for part in (low, x, y, a, cap, n))))
    return best


def _switched_at(
    switch: np.ndarray, x: np.ndarray, y: np.ndarray, a: np.ndarray, cap: np.ndarray, n: np.ndarray
) -> np.ndarray:
    """The sum when the cap is used from time `switch` on: an upper bound of the capped sum for every
    `switch`.
    """
    endless = ~np.isfinite(switch)
    steps = np.where(endless, 0, switch)
    with np.errstate(all="ignore"):
        xy = _product(x, y)
        limit = np.where(xy < 1, x / ((1 - x) * (1 - xy)), np.inf)
        before = _product(a, np.where(endless, limit, double_geometric_sum(x, y, steps)))
        after = _product(cap, _product(np.power(x, steps), geometric_sum(x, np.where(endless, 0, n - steps))))
    return before + np.where(endless, 0.0, after)


def _binomial(n: Any, k: Any) -> Any:
    from scipy.special import binom  # loading it takes longer than most bounds

    return binom(n, k)


NUMERIC = {
    "GeometricSum": geometric_sum,
    "DoubleGeometricSum": double_geometric_sum,
    "MajoritySum": majority_sum,
    "binomial": _binomial,
    "CappedGeometricSum": capped_geometric_sum,
}
