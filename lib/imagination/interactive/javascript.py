"""SymPy expressions and claims as JavaScript: what the page computes is printed from what was proved.

SymPy's own printer writes some things that no browser understands, without a word. Here an expression is
printed only if every part of it is known to mean the same in both languages; anything else is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

import sympy as sp
from sympy.functions.elementary.piecewise import ExprCondPair
from sympy.logic.boolalg import BooleanTrue
from sympy.printing.jscode import JavascriptCodePrinter

from imagination.claim import Claim, Hypothesis
from imagination.sums import CappedGeometricSum, DoubleGeometricSum, GeometricSum

SUMS = {
    GeometricSum: "geometricSum",
    DoubleGeometricSum: "doubleGeometricSum",
    CappedGeometricSum: "cappedGeometricSum",
}
"""The book's sums, and what they are called in `numbers.js`."""

_KNOWN = (
    sp.Symbol, sp.Integer, sp.Rational, sp.Float, sp.core.numbers.Infinity, type(sp.pi), type(sp.E),
    sp.Add, sp.Mul, sp.Pow, sp.Min, sp.Max, sp.Abs, sp.exp, sp.log, sp.acos, sp.Piecewise, ExprCondPair,
    sp.Lt, sp.Le, sp.Gt, sp.Ge, sp.And, sp.Or, sp.Not, BooleanTrue, sp.Sum, sp.Tuple, *SUMS,
)  # fmt: skip

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_RESERVED = frozenset(
    """arguments await break case catch class const continue debugger default delete do else enum eval export
    extends false finally for function if implements import in instanceof interface let new null package
    private protected public return static super switch this throw true try typeof undefined var void while
    with yield Infinity Math N NaN claims""".split()  # noqa: SIM905
)

Names = Mapping[sp.Symbol, str]


class UnprintableError(ValueError):
    """An expression, or a name, that JavaScript has no equal for."""


class _Printer(JavascriptCodePrinter):
    """Numbers as float64; the functions of `numbers.js` are members of ``N``."""

    def __init__(self, names: Names) -> None:
        super().__init__()
        self.names = dict(names)

    def _print_Symbol(self, expr: sp.Symbol) -> str:
        return self.names[expr]

    def _print_Infinity(self, expr: sp.Expr) -> str:
        return "Infinity"

    def _print_Sum(self, expr: sp.Sum) -> str:
        index, low, high = expr.limits[0]
        outside = [self._print(limit) for limit in (low, high)]
        name = next(name for k in range(99) if (name := f"k{k}" if k else "k") not in self.names.values())
        inside = _Printer({**self.names, index: name})
        return f"N.sum({', '.join(outside)}, ({name}) => {inside._print(expr.function)})"

    def _print_Function(self, expr: sp.Function) -> str:
        if name := SUMS.get(type(expr)):
            return f"N.{name}({', '.join(self._print(arg) for arg in expr.args)})"
        return super()._print_Function(expr)


def number(expression: sp.Expr, names: Names) -> str:
    """An expression in JavaScript's float64 arithmetic.

    Parameters
    ----------
    expression : sympy.Expr
        Of symbols, numbers, sums, products, powers, exp, log, acos, absolute values, Min, Max, Piecewise
        with a last case for all that remains, finite sums, and the book's own sums.
    names : mapping
        What each free symbol is called.

    Returns
    -------
    str
        An expression that reads the names, and the object ``N`` of `numbers.js`.

    Raises
    ------
    UnprintableError
        If some part has no equal in JavaScript, or a name is missing, is none, or is reserved.
    """
    expression = sp.sympify(expression)
    _check_names(expression, names)
    for part in sp.preorder_traversal(expression):
        _check(part)
    try:
        return _Printer(names)._print(expression)
    except (NotImplementedError, ValueError) as error:
        raise UnprintableError(f"{expression} cannot be printed: {error}") from error


def _check_names(expression: sp.Expr, names: Names) -> None:
    for symbol in sorted(expression.free_symbols, key=str):
        name = names.get(symbol)
        if name is None:
            raise UnprintableError(f"names: {symbol} of {expression} has none")
        if not _NAME.fullmatch(name) or name in _RESERVED:
            raise UnprintableError(f"names: {name!r} for {symbol} is no free name in JavaScript")


def _check(part: sp.Basic) -> None:
    if not isinstance(part, _KNOWN):
        raise UnprintableError(f"{part} is a {type(part).__name__}, which is not known in JavaScript")
    if isinstance(part, sp.Sum):
        finite = len(part.limits) == 1 and len(part.limits[0]) == 3
        if not finite or any(end.is_infinite for end in part.limits[0][1:]):
            raise UnprintableError(f"{part} must have one index and finite limits to be summed up")
        if not all(limit.is_integer for limit in part.limits[0]):
            raise UnprintableError(f"{part} must run over whole numbers")
    if part is sp.oo:
        return
    if isinstance(part, sp.Float) and not sp.Float(float(part), 30).equals(part):
        raise UnprintableError(f"{part} has more digits than a number of JavaScript")


def exact(expression: sp.Expr, names: Names) -> str:
    """A rational expression in exact arithmetic: of fractions, by the functions ``N.F`` of `numbers.js`.

    Raises
    ------
    UnprintableError
        If it holds anything but sums, products and whole powers, or a name is missing or reserved.
    """
    expression = sp.sympify(expression)
    _check_names(expression, names)

    def write(e: sp.Expr) -> str:
        if e.is_Symbol:
            return names[e]
        if e.is_Rational:
            return f"N.F.of({e.p}n, {e.q}n)"
        if e.is_Pow and e.exp.is_Integer:
            return f"N.F.power({write(e.base)}, {int(e.exp)})"
        if e.is_Add or e.is_Mul:
            written = [write(arg) for arg in e.args]
            found = written[0]
            for other in written[1:]:
                found = f"N.F.{'add' if e.is_Add else 'multiply'}({found}, {other})"
            return found
        raise UnprintableError(f"{e} in {expression} is no rational expression")

    return write(expression)


def claim(of: Claim) -> str:
    """A claim as an object that `N.evaluate` takes: its value, and the hypotheses about numbers.

    Its arguments are those of :meth:`Claim.evaluate <imagination.claim.Claim.evaluate>`, in the same
    order. Next to the boundary of a strict hypothesis, both go on in exact arithmetic where they can.

    Raises
    ------
    UnprintableError
        As :func:`number`.
    """
    names = {q.symbol: q.code for q in of.symbols if q.code in of.arguments}
    if len(names) < len(of.arguments):
        raise UnprintableError(f"{of.name} speaks of all {', '.join(map(str, of.variables))}")
    arguments = ", ".join(of.arguments)

    def function(body: str) -> str:
        return f"({arguments}) => {body}"

    def exactly(side: sp.Expr) -> str:
        return function(exact(side, names)) if side.is_rational_function() else "null"

    hypotheses = [
        f"{{text: {json.dumps(h.name)}, strict: {json.dumps(_is_strict(h))}, "
        f"simple: {json.dumps(all(side.is_Atom for side in h.relation.args))}, "
        + ", ".join(
            f"{name}: {function(number(side, names))}, {name}Exact: {exactly(side)}"
            for name, side in (("low", h.relation.lts), ("high", h.relation.gts))
        )
        + "}"
        for h in of.hypotheses
        if isinstance(h.relation, sp.Le | sp.Lt | sp.Ge | sp.Gt) and h.relation.free_symbols <= set(names)
    ]
    value = function(number(of.expression, names))
    return f"{{value: {value}, exact: {exactly(of.expression)}, hypotheses: [{', '.join(hypotheses)}]}}"


def _is_strict(hypothesis: Hypothesis) -> bool:
    return isinstance(hypothesis.relation, sp.StrictLessThan | sp.StrictGreaterThan)
