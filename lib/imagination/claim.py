"""A claim: one SymPy statement with its symbols and hypotheses, written once and used everywhere.

The chapter derives it, Coq proves what is printed of it, the library evaluates it on arrays, the trial tries
to break it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from html import escape
from typing import Any

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from imagination import sums
from imagination.latex import in_lines, latex
from imagination.symbols import check_symbol

RELATIONS: dict[str, type[sp.Rel]] = {"<=": sp.Le, "==": sp.Eq, "<": sp.Lt}

# Closer to a strict hypothesis than this (relative), float64 may have lost the digits that a difference such
# as 1 - gamma L keeps, and rational expressions are evaluated again in exact arithmetic.
_NEAR = 1e-3


class HypothesisError(ValueError):
    """An argument lies outside a claim's hypotheses.

    Attributes
    ----------
    hypothesis : str
        The hypothesis that fails, as text.
    values : dict
        The argument values at the first place where it fails.
    """

    def __init__(self, claim: str, hypothesis: str, values: Mapping[str, Any], index: tuple[int, ...] = ()):
        self.hypothesis = hypothesis
        self.values = dict(values)
        shown = ", ".join(f"{name} = {value!r}" for name, value in self.values.items())
        where = f" at index {index}" if index else ""
        super().__init__(f"{claim} needs {hypothesis}, which fails{where} for {shown}")


@dataclass(frozen=True)
class Quantity:
    """A symbol of a claim: what it is called in formulas and in code, and what it means.

    One that is not `asked` for, such as a rival that the claim compares with, has no number when an
    expression without it is evaluated, and what the hypotheses say of it is not checked.
    """

    symbol: sp.Symbol
    code: str
    meaning: str
    asked: bool = True


@dataclass(frozen=True)
class Hypothesis:
    """Something a claim supposes of its numbers, such as ``gamma < 1``; it is checked at every evaluation.

    What is supposed of the world ("f is Lipschitz") is said in words, see ``assumes`` of :class:`Claim`.
    """

    name: str
    relation: sp.Rel
    meaning: str = ""


def positive(quantity: Quantity) -> Hypothesis:
    """The hypothesis that a quantity is above 0; unevaluated, as SymPy knows it of a positive symbol."""
    return Hypothesis(f"{quantity.code} > 0", sp.Gt(quantity.symbol, 0, evaluate=False), quantity.meaning)


@dataclass(frozen=True, repr=False)
class Claim:
    """``quantity relation expression`` for every world that satisfies the hypotheses.

    Parameters
    ----------
    name, source : str
        What the book calls it and where it comes from, e.g. ``"[TSGLH26, Lemma 1]"``.
    symbols : tuple of Quantity
        The real, natural and positive symbols of the expression and of the hypotheses. That a positive symbol
        is above 0 must stand among the hypotheses, see :func:`positive`.
    hypotheses : tuple of Hypothesis
        Relations between these symbols.
    quantity : sympy.Expr
        What is claimed about, for display: a symbol may hold its TeX.
    expression : sympy.Expr
        What it is compared with; the one place where the formula is written.
    relation : {"<=", "==", "<"}
    variables : tuple of sympy.Symbol
        Variables of the statement that are read as "for all", such as times.
    meaning : str
        What it says, in words.
    assumes : tuple of str
        What it supposes of the world, in words; TeX stands between ``\\(`` and ``\\)``.
    """

    name: str
    source: str
    symbols: tuple[Quantity, ...]
    hypotheses: tuple[Hypothesis, ...]
    quantity: sp.Expr
    expression: sp.Expr
    relation: str = "<="
    variables: tuple[sp.Symbol, ...] = ()
    meaning: str = field(default="", compare=False)
    assumes: tuple[str, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        if self.relation not in RELATIONS:
            raise ValueError(f"relation must be one of {sorted(RELATIONS)}, got {self.relation!r}")
        names = [quantity.code for quantity in self.symbols]
        if len(set(names)) < len(names):
            raise ValueError(f"symbols of claim {self.name!r} repeat a code name: {names}")
        letters = [str(quantity.symbol) for quantity in self.symbols]
        if len(set(letters)) < len(letters):
            raise ValueError(f"symbols of claim {self.name!r} repeat a symbol: {letters}")
        for hypothesis in self.hypotheses:
            if hypothesis.relation.has(AppliedUndef, sp.Limit):
                raise ValueError(
                    f"hypothesis {hypothesis.name!r} of claim {self.name!r} cannot be decided on numbers:"
                    " say it in words, in assumes"
                )
            if unknown := hypothesis.relation.free_symbols - self.constants:
                raise ValueError(
                    f"hypothesis {hypothesis.name!r} of claim {self.name!r} is about numbers, but"
                    f" {sorted(map(str, unknown))} are no symbols of the claim"
                )
        for symbol in self.constants | set(self.variables):
            check_symbol(symbol)
        stated = {h.relation for h in self.hypotheses}
        for quantity in self.symbols:
            if quantity.symbol.is_positive and positive(quantity).relation not in stated:
                raise ValueError(f"claim {self.name!r} must state {quantity.symbol} > 0 as a hypothesis")
        if strangers := self.expression.free_symbols - self.constants - set(self.variables):
            raise ValueError(f"claim {self.name!r} does not declare {sorted(map(str, strangers))}")

    # -- the statement ---------------------------------------------------------------------------------------

    @property
    def constants(self) -> set[sp.Symbol]:
        """Symbols that stand for one fixed number throughout the claim."""
        return {quantity.symbol for quantity in self.symbols}

    @property
    def statement(self) -> sp.Rel:
        """The claim as one SymPy relation, unevaluated."""
        return RELATIONS[self.relation](self.quantity, self.expression, evaluate=False)

    def in_letters(self, **letters: Any) -> sp.Expr:
        """The expression in letters of one's own, to compare it with what a page derives.

        Parameters
        ----------
        **letters : sympy.Expr or int
            One for the code name of each symbol of the expression; others are ignored.

        Raises
        ------
        ValueError
            If one is missing.
        """
        wanted = {q.symbol: q.code for q in self.symbols if q.symbol in self.expression.free_symbols}
        if missing := [code for code in wanted.values() if code not in letters]:
            raise ValueError(f"letters: {self.name} also needs {', '.join(missing)}")
        own = {symbol: sp.sympify(letters[code]) for symbol, code in wanted.items()}
        return self.expression.subs(own, simultaneous=True)

    def mutated(self, name: str, expression: sp.Expr) -> Claim:
        """The same claim with another expression: a mutant for a trial."""
        return replace(self, name=name, expression=expression)

    # -- numbers ---------------------------------------------------------------------------------------------

    @cached_property
    def _arguments(self) -> tuple[Quantity, ...]:
        used = set(self.expression.free_symbols)
        unasked = {q.symbol for q in self.symbols if not q.asked} - used
        for hypothesis in self.hypotheses:
            relation = hypothesis.relation
            if not (isinstance(relation, sp.Eq) or _states_sort(relation) or relation.free_symbols & unasked):
                used |= relation.free_symbols
        free = [Quantity(v, str(v), "for all values") for v in self.variables]
        return tuple(q for q in (*self.symbols, *free) if q.symbol in used)

    @property
    def arguments(self) -> tuple[str, ...]:
        """The names that `evaluate` takes: what the expression and the inequalities speak of."""
        return tuple(q.code for q in self._arguments)

    @cached_property
    def _function(self) -> Callable[..., Any]:
        if unknown := self.expression.atoms(AppliedUndef):
            raise ValueError(f"{self.name} has no value: {min(map(str, unknown))} may be any function")
        return self._lambdify(self.expression)

    @cached_property
    def _margins(self) -> tuple[tuple[Hypothesis, Callable[..., Any], Callable[..., Any]], ...]:
        sides = []
        for hypothesis in self.hypotheses:
            relation = hypothesis.relation
            if relation.free_symbols - {q.symbol for q in self._arguments}:
                continue  # it says what a symbol is that the expression does without
            if not isinstance(relation, sp.Le | sp.Lt | sp.Ge | sp.Gt):
                raise TypeError(
                    f"hypothesis {hypothesis.name!r} must be an inequality to be checked on numbers"
                )
            sides.append((hypothesis, self._lambdify(relation.lts), self._lambdify(relation.gts)))
        return tuple(sides)

    def _lambdify(self, expression: sp.Expr) -> Callable[..., Any]:
        return sp.lambdify([q.symbol for q in self._arguments], expression, modules=[sums.NUMERIC, "numpy"])

    def applies(self, **values: Any) -> np.ndarray:
        """Where the hypotheses hold: exactly, as `evaluate` checks them.

        Parameters
        ----------
        **values : array_like
            As `evaluate` takes them; here a value may be of any sort, infinite or NaN.

        Returns
        -------
        bool ndarray
            False where `evaluate` would refuse.

        Raises
        ------
        ValueError, TypeError
            If something is no array of real numbers, shapes do not fit, or a name is missing or unknown.
        """
        arrays = self._arrays(values)
        fine = np.ones(arrays[0].shape if arrays else (), bool)
        for _, broken, _ in self._sorts(arrays):
            fine = fine & ~broken
        inside = [array[fine] for array in arrays]
        broken_inside = np.zeros(int(fine.sum()), bool)
        with np.errstate(over="ignore", under="ignore", divide="ignore", invalid="ignore"):
            for _, broken, _ in self._broken(inside):
                broken_inside = broken_inside | broken
        fine = np.array(fine)
        fine[fine] = ~broken_inside
        return fine

    def evaluate(self, outside: Any = None, **values: Any) -> Any:
        """The expression's value.

        Parameters
        ----------
        outside : float, optional
            What to return where a hypothesis fails, such as NaN or infinity; without it that is an error.
        **values : array_like
            One number or array for each name in `arguments`; they broadcast. Natural symbols take whole
            numbers, positive ones positive numbers.

        Returns
        -------
        float or ndarray
            ``inf`` where the value exceeds the largest float.

        Raises
        ------
        HypothesisError
            If some value breaks a hypothesis, is not a finite number, or is not whole where a whole number
            is needed.
        TypeError
            If a name is missing or unknown.

        Notes
        -----
        The lambdified expression, in float64. Next to the boundary of a strict hypothesis, where a
        difference such as ``1 - gamma L`` would lose its digits, a rational expression is evaluated again,
        by the same function, in exact rational arithmetic.
        """
        if outside is not None:
            fine = self.applies(**values)
            result = np.full(fine.shape, float(outside))
            inside = np.broadcast_arrays(*(np.asarray(values[name], float) for name in self.arguments))
            if fine.any():
                result[fine] = self.evaluate(
                    **dict(zip(self.arguments, (a[fine] for a in inside), strict=True))
                )
            return result[()]
        arrays = self._arrays(values)
        for what, broken, only in self._sorts(arrays):
            self._refuse(broken, what, arrays, only=only)
        with np.errstate(over="ignore", under="ignore", divide="ignore", invalid="ignore"):
            near = np.zeros(arrays[0].shape if arrays else (), bool)
            for what, broken, close in self._broken(arrays):
                self._refuse(broken, what, arrays)
                near = near | close
            result = np.array(np.broadcast_to(self._function(*arrays), near.shape), float)
            if np.isnan(result).any():
                result = np.where(np.isnan(result), self._by_terms(arrays), result)
                self._refuse(np.isnan(result), "numbers less extreme: with these it has no value", arrays)
        if self._is_rational and near.any():
            for index in zip(*np.nonzero(near), strict=True) if near.ndim else [()]:
                result[index] = _to_float(
                    self._function(*(Fraction(float(array[index])) for array in arrays))
                )
        return result[()]

    @cached_property
    def _factors(self) -> list[list[Callable[..., Any]]]:
        terms = sp.Add.make_args(self.expression)
        return [[self._lambdify(factor) for factor in sp.Mul.make_args(term)] for term in terms]

    def _by_terms(self, arrays: list[np.ndarray]) -> Any:
        """The expression with 0 times a factor beyond the largest float taken as 0: no error, however large
        its weight.
        """
        total: Any = 0.0
        for term in self._factors:
            factors = [np.asarray(factor(*arrays), float) for factor in term]
            nothing = np.logical_or.reduce(np.broadcast_arrays(*(factor == 0 for factor in factors)))
            product: Any = 1.0
            for factor in factors:
                product = product * factor
            total = total + np.where(nothing, 0.0, product)
        return total

    def _broken(self, arrays: list[np.ndarray]) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
        """Each hypothesis: its name, where it fails, and where it is strict and all but failing."""
        shape = arrays[0].shape if arrays else ()
        for hypothesis, low, high in self._margins:
            a, b = (np.broadcast_to(side(*arrays), shape) for side in (low, high))
            strict = isinstance(hypothesis.relation, sp.StrictLessThan | sp.StrictGreaterThan)
            fractions = not any(power.exp.free_symbols for power in hypothesis.relation.atoms(sp.Pow))
            # Floats compare exactly, and a power whose exponent is any number has no exact value to compare.
            if all(side.is_Atom for side in hypothesis.relation.args) or not fractions:
                yield hypothesis.name, ~((a < b) if strict else (a <= b)), np.zeros(shape, bool)
                continue
            close = np.abs(b - a) <= _NEAR * (np.abs(a) + np.abs(b))
            exact = self._exactly(close, low, high, arrays)
            broken = np.where(close, exact >= 0 if strict else exact > 0, a >= b if strict else a > b)
            yield hypothesis.name, broken, close & strict

    def _sorts(self, arrays: list[np.ndarray]) -> Iterator[tuple[str, np.ndarray, str]]:
        """What each argument has to be: in words, where it is not, and its name."""
        for quantity, array in zip(self._arguments, arrays, strict=True):
            code = quantity.code
            yield f"{code} to be a finite number", ~np.isfinite(array), code
            if quantity.symbol.is_integer:
                with np.errstate(invalid="ignore"):
                    whole = (array == np.floor(array)) & (array >= 0) & (array <= 2.0**53)
                yield f"{code} to be a whole number 0, 1, 2, ...", ~whole, code
            if quantity.symbol.is_positive:
                yield f"{code} > 0", ~(array > 0), code

    def _arrays(self, values: dict[str, Any]) -> list[np.ndarray]:
        names = self.arguments
        if missing := [name for name in names if name not in values]:
            raise TypeError(f"{self.name} also needs {', '.join(missing)}")
        if unknown := sorted(set(values) - set(names)):
            raise TypeError(f"{self.name} does not take {', '.join(unknown)}; it takes {', '.join(names)}")
        arrays: Iterable[np.ndarray] = [real_array(self.name, name, values[name]) for name in names]
        try:
            arrays = np.broadcast_arrays(*arrays)
        except ValueError as error:
            shapes = {name: np.shape(values[name]) for name in names}
            raise ValueError(f"{self.name}: arguments do not broadcast together: {shapes}") from error
        return list(arrays)

    def _refuse(self, broken: Any, what: str, arrays: list[np.ndarray], only: str | None = None) -> None:
        broken = np.asarray(broken)
        if not broken.any():
            return
        index = tuple(int(i[0]) for i in np.nonzero(broken)) if broken.ndim else ()
        shown = {name: float(a[index]) for name, a in zip(self.arguments, arrays, strict=True)}
        for hypothesis in self.hypotheses:
            if hypothesis.name == what:
                used = {str(s) for s in hypothesis.relation.free_symbols}
                shown = {q.code: shown[q.code] for q in self._arguments if str(q.symbol) in used}
                what = f"{what} ({hypothesis.meaning})" if hypothesis.meaning else what
        if only is not None:
            shown = {only: shown[only]}
        raise HypothesisError(self.name, what, shown, index)

    def _exactly(self, where: np.ndarray, low: Any, high: Any, arrays: list[np.ndarray]) -> np.ndarray:
        """The exact sign of low - high where asked, -1 elsewhere."""
        sign = np.full(where.shape, -1)
        for index in zip(*np.nonzero(where), strict=True) if where.ndim else ([()] if where else []):
            exact = [Fraction(float(array[index])) for array in arrays]
            difference = low(*exact) - high(*exact)
            sign[index] = (difference > 0) - (difference < 0)
        return sign

    @cached_property
    def _is_rational(self) -> bool:
        return bool(self.expression.is_rational_function())

    # -- the page --------------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        return f"<Claim {self.name!r}: {self.statement}>"

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {latex(self.statement)}$"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<li><span class='claim-label'>{h.name}</span>"
            rf" \({latex(h.relation)}\){' — ' + h.meaning if h.meaning else ''}</li>"
            for h in self.hypotheses
        ) + "".join(f"<li>{escape(words, quote=False)}</li>" for words in self.assumes)
        return (
            f"<div class='claim tex2jax_process'><p><strong>{self.name}</strong> "
            f"<span class='claim-source'>{self.source}</span></p>"
            rf"<div class='claim-statement'>\[{in_lines(latex(self.statement))}\]</div>"
            f"<details><summary>What it supposes</summary>"
            f"<ul>{rows}</ul></details></div>"
        )


def _states_sort(relation: sp.Basic) -> bool:
    """Whether a relation only says of a positive symbol that it is positive."""
    return isinstance(relation, sp.Gt) and relation.rhs == 0 and bool(relation.lhs.is_positive)


def real_array(asked: str, name: str, value: Any) -> np.ndarray:
    """An argument of a claim or function as an array of floats; a ValueError that names it if it is none."""
    try:
        array = np.asarray(value)
        real = np.issubdtype(array.dtype, np.number) and not np.iscomplexobj(array)
        if value is None or not (real or array.dtype == object):
            raise ValueError("no real numbers")
        return array.astype(float)
    except (
        TypeError,
        ValueError,
        OverflowError,
        RuntimeError,
    ) as error:  # only now: printing an array takes long
        refusal = f"{asked}: {name} must be a real number or an array of them, got {value!r}"
        raise ValueError(refusal) from error


def _to_float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf")
