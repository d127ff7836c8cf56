"""How a step is discharged: SymPy for equalities, Z3 for inequalities, exact rational points as a second
opinion.

Terms that neither understands (a metric between two rollouts, a power with a symbolic exponent, a sum) are
replaced by fresh real numbers, the same number for the same term. What holds for every such number holds for
the term.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sympy as sp
import z3
from sympy.core.function import AppliedUndef
from sympy.printing.smtlib import SMTLibPrinter, smtlib_code

from imagination.theory import powers
from imagination.theory.sums import CappedGeometricSum, DoubleGeometricSum, GeometricSum
from imagination.theory.terms import NUMBERS, Expectation, is_positive, sort_of

TIMEOUT_MS = 20_000
_SUMS = (GeometricSum, DoubleGeometricSum, CappedGeometricSum)
_OPAQUE = (AppliedUndef, Expectation, sp.Sum, sp.Limit, sp.log, *_SUMS)
_KNOWN_FUNCTIONS = {**SMTLibPrinter._default_settings["known_functions"], sp.Pow: "^"}


class Undecided(Exception):
    """Neither discharged nor refuted, or refuted with a counterexample; the text says which."""


# -- definitional unfolding ----------------------------------------------------------------------------------


def unfold(expr: sp.Basic) -> sp.Basic:
    """Apply the definitions of finite sums and powers one step: an upper limit ``n + 1`` becomes ``n`` and a
    term.

    Empty sums become 0, ``x**(n + 1)`` becomes ``x * x**n``. Nothing else changes.
    """
    return expr.replace(lambda e: isinstance(e, (sp.Sum, sp.Pow, *_SUMS)), _unfold_one)


def _unfold_one(e: sp.Basic) -> sp.Basic:
    if isinstance(e, sp.Pow):
        base, exponent = e.args
        whole, rest = exponent.as_coeff_Add()
        if not exponent.is_number and whole.is_Integer and whole > 0 and _is_natural(rest):
            return base**whole * base**rest
        return e
    if isinstance(e, sp.Sum):
        if len(e.limits) != 1 or len(e.limits[0]) != 3:
            return e
        k, low, high = e.limits[0]
        count = high - low + 1
        if count == 0:
            return sp.S.Zero
        before = count - 1
        captured = before.free_symbols & {
            v for sub in e.function.atoms(sp.Sum, sp.Lambda, sp.Limit) for v in _bound(sub)
        }
        if low == 0 and _steps_down(count) and not captured:
            return sp.Sum(e.function, (k, 0, before - 1)) + e.function.xreplace({k: before})
        return e
    count = e.args[-1]
    if not _steps_down(count):
        return e
    before = count - 1
    rest = e.func(*e.args[:-1], before)
    x = e.args[0]
    if isinstance(e, GeometricSum):
        return rest + x**before
    if isinstance(e, DoubleGeometricSum):
        return rest + x**before * GeometricSum(e.args[1], before)
    _, y, a, cap, _ = e.args
    return rest + x**before * sp.Min(cap, a * GeometricSum(y, before))


def _bound(binder: sp.Basic) -> set[sp.Basic]:
    """The variables that a sum, function or limit binds."""
    if isinstance(binder, sp.Sum):
        return {limit[0] for limit in binder.limits}
    return set(binder.variables) if isinstance(binder, sp.Lambda) else {binder.args[1]}


def _steps_down(count: sp.Expr) -> bool:
    whole, rest = count.as_coeff_Add()
    return bool(whole.is_Integer and whole > 0 and not count.is_number and _is_natural(rest))


def _is_natural(e: sp.Expr) -> bool:
    return bool(e.is_integer and e.is_nonnegative)


# -- what a formula must be to mean something ----------------------------------------------------------------


def partial_terms(expr: sp.Basic) -> list[sp.Basic]:
    """Conditions under which every division, root, power and logarithm of `expr` is defined, as relations.

    Those are left out that the sorts of its symbols make true.
    """
    conditions: list[sp.Basic] = []
    for power in sorted(expr.atoms(sp.Pow), key=sp.default_sort_key):
        base, exponent = power.args
        if exponent.is_Integer:
            if exponent < 0:
                conditions.append(sp.Ne(base, 0, evaluate=False))
        elif exponent.is_Rational:
            relation = sp.Gt if exponent < 0 else sp.Ge
            conditions.append(relation(base, 0, evaluate=False))
        elif not _is_natural(exponent):
            # x**(n - 1) is a division by x at n = 0, and a real power of a negative number is not real.
            relation = sp.Ne if exponent.is_integer else sp.Gt
            conditions.append(relation(base, 0, evaluate=False))
    conditions += [
        sp.Gt(e.args[0], 0, evaluate=False) for e in sorted(expr.atoms(sp.log), key=sp.default_sort_key)
    ]
    return [c for c in conditions if not (is_positive(c.lhs) or (c.lhs.is_number and c.doit() is sp.true))]


# -- Z3 ------------------------------------------------------------------------------------------------------


@dataclass
class _Abstraction:
    """Real unknowns for everything that is not polynomial, and what is known of them."""

    names: dict[Any, sp.Symbol] = field(default_factory=dict)
    known: list[sp.Basic] = field(default_factory=list)
    pending: list[tuple[sp.Expr, sp.Expr, sp.Symbol]] = field(default_factory=list)

    def unknown(self, key: Any) -> tuple[sp.Symbol, bool]:
        new = key not in self.names
        if new:
            self.names[key] = sp.Symbol(f"v{len(self.names)}", real=True)
        return self.names[key], new

    def relation(self, formula: sp.Basic) -> sp.Basic:
        if isinstance(formula, sp.Not):
            return sp.Not(self.relation(formula.args[0]), evaluate=False)
        return formula.func(*(self.term(side) for side in formula.args), evaluate=False)

    def term(self, e: sp.Basic) -> sp.Expr:
        if isinstance(e, sp.Symbol):
            v, new = self.unknown(e)
            if new and e.is_integer and e.is_nonnegative:
                self.known.append(sp.Ge(v, 0))
            if new and is_positive(e):
                self.known.append(sp.Gt(v, 0))
            return v
        if e.is_Rational:
            return e
        if isinstance(e, sp.Add | sp.Mul):
            return e.func(*(self.term(part) for part in e.args))
        if isinstance(e, sp.Pow):
            return self._power(*e.args)
        if isinstance(e, sp.Abs):
            inside = self.term(e.args[0])
            v, new = self.unknown(("abs", inside))
            if new:
                self.known += [
                    sp.Ge(v, 0),
                    sp.Ge(v, inside),
                    sp.Ge(v, -inside),
                    sp.Eq((v - inside) * (v + inside), 0),
                ]
            return v
        if isinstance(e, sp.Min | sp.Max):
            parts = [self.term(part) for part in e.args]
            v, new = self.unknown((type(e), tuple(parts)))
            if new:
                order = sp.Le if isinstance(e, sp.Min) else sp.Ge
                self.known += [order(v, part) for part in parts]
                self.known.append(sp.Eq(sp.Mul(*(v - part for part in parts)), 0))
            return v
        if isinstance(e, _OPAQUE):
            return self.unknown(canonical(e))[0]
        raise Undecided(f"the solver does not know the term {e}")

    def _power(self, base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
        if exponent.is_Integer:
            inside = self.term(base)
            if exponent > 0:
                return inside**exponent
            return self._power_inverse(inside, -exponent, is_positive(base))
        if is_positive(base):
            return sp.Mul(*(self._factor(factor) for factor in powers.factors(base, exponent)))
        if exponent.is_Rational and exponent.q == 2:
            inside = self.term(base)
            v, new = self.unknown(("root", inside))
            if new:
                self.known += [sp.Ge(v, 0), sp.Eq(v**2, inside)]
            return v**exponent.p if exponent.p > 0 else self._power_inverse(v, -exponent.p)
        v, new = self.unknown(("power", canonical(base), sp.expand(exponent)))
        if new and _is_natural(exponent):
            self.pending.append((base, exponent, v))
        return v

    def _factor(self, factor: powers.Factor) -> sp.Expr:
        """A power of a positive number: some positive number, with the whole powers that are known of it."""
        base = self.term(factor.base)
        if factor.exponent == 1:
            root = base
        else:
            root, new = self.unknown(("power", canonical(factor.base), factor.exponent))
            if new:
                self.known.append(sp.Gt(root, 0))
        whole, parts = factor.multiple.p, factor.multiple.q
        if parts > 1:
            fraction, new = self.unknown(("power", canonical(factor.base), factor.exponent / parts))
            if new:
                self.known += [sp.Gt(fraction, 0), sp.Eq(fraction**parts, root)]
            root = fraction
        return root**whole if whole > 0 else self._power_inverse(root, -whole, True)

    def _power_inverse(self, v: sp.Expr, power: int, positive: bool = False) -> sp.Expr:
        w, new = self.unknown(("inverse", v))
        if new:
            self.known.append(sp.Eq(w * v, 1))
            if positive:
                self.known.append(sp.Gt(w, 0))
        return w**power


def canonical(e: sp.Basic) -> sp.Basic:
    """The same term with every number inside it expanded, so that equal terms become the same unknown."""
    if isinstance(e, sp.Symbol) or not e.args:
        return e
    rebuilt = e.func(*(canonical(arg) for arg in e.args))
    return sp.expand(rebuilt) if isinstance(rebuilt, sp.Add | sp.Mul | sp.Pow | sp.log) else rebuilt


def point_rewrites(premises: Iterable[sp.Basic]) -> dict[sp.Basic, sp.Basic]:
    """Equalities between points among the premises, to be applied from left to right."""
    rewrites = {}
    for premise in premises:
        if isinstance(premise, sp.Eq) and sort_of(premise.lhs) not in NUMBERS:
            rewrites[premise.lhs] = premise.rhs
    return rewrites


def _known_absolute_values(premises: Iterable[sp.Basic]) -> dict[sp.Basic, sp.Basic]:
    """|x| is x where a premise says that the number x is nonnegative; SymPy splits |x^n u| into |x|^n |u| by
    itself.
    """
    return {
        sp.Abs(p.gts): p.gts
        for p in premises
        if isinstance(p, sp.Ge | sp.Le) and p.gts.is_Symbol and p.lts == 0
    }


def _prepare(formulas: Sequence[sp.Basic], rewrites: dict[sp.Basic, sp.Basic]) -> list[sp.Basic]:
    prepared = []
    for formula in formulas:
        for _ in range(3):
            formula = (
                formula.func(*(arg.xreplace(rewrites) for arg in formula.args), evaluate=False)
                if isinstance(formula, sp.Rel)
                else formula
            )
        prepared.append(formula.func(*(unfold(arg) for arg in formula.args), evaluate=False))
    return prepared


def solve(premises: Sequence[sp.Basic], goal: sp.Basic | None) -> tuple[z3.CheckSatResult, str]:
    """Ask Z3 whether the premises and the negated goal can hold together.

    Returns
    -------
    tuple
        ``unsat`` means proved; with ``sat`` the text is a counterexample; with ``goal=None`` the premises
        alone are tried.
    """
    rewrites = {**point_rewrites(premises), **_known_absolute_values(premises)}
    numeric = [p for p in premises if not (isinstance(p, sp.Eq) and sort_of(p.lhs) not in NUMBERS)]
    prepared = _prepare([*numeric, *([goal] if goal is not None else [])], rewrites)
    abstraction = _Abstraction()
    formulas = [abstraction.relation(p) for p in prepared]
    negated = [_negation(formulas.pop())] if goal is not None else []
    asserted = [*formulas, *abstraction.known]
    for base, exponent, v in abstraction.pending:
        asserted += _signs(base, exponent, v, abstraction, asserted)
    solver = _solver([*asserted, *negated], TIMEOUT_MS)
    result = solver.check()
    text = ""
    if result == z3.sat:
        model = solver.model()
        back = {str(v): key for key, v in abstraction.names.items()}
        shown = sorted((_show(back.get(str(d), d)), str(model[d])) for d in model.decls())
        text = ", ".join(f"{name} = {value}" for name, value in shown)
    elif result == z3.unknown:
        text = solver.reason_unknown()
    return result, text


def _signs(
    base: sp.Expr, exponent: sp.Expr, v: sp.Symbol, abstraction: _Abstraction, asserted: list[sp.Basic]
) -> list:
    """The sign argument: a natural power of a nonnegative number is nonnegative, of one below 1 at most 1."""
    inside = abstraction.term(base)
    found = []
    for condition, conclusion in ((sp.Ge(inside, 0), sp.Ge(v, 0)), (sp.Le(inside, 1), sp.Le(v, 1))):
        if condition is sp.true:
            found.append(conclusion)
            continue
        if condition is sp.false:
            break
        # A consequence of fewer premises is a consequence; products only slow this question down.
        simple = [p for p in asserted if isinstance(p, sp.Rel) and _degree(p) <= 3]
        if _solver([*simple, sp.Not(condition, evaluate=False)], 2_000).check() != z3.unsat:
            break
        found.append(conclusion)
    return found


def _solver(formulas: Sequence[sp.Basic], timeout: int) -> z3.Solver:
    solver = z3.Solver()
    solver.set("timeout", timeout)
    solver.set("random_seed", 0)
    try:
        solver.from_string(_smtlib(formulas))
    except z3.Z3Exception as error:
        raise Undecided(f"the solver does not understand the formula ({error})") from error
    return solver


def example(formulas: Sequence[sp.Basic], rng: random.Random) -> dict[sp.Symbol, sp.Rational] | None:
    """Rational values at which every formula is exactly true, natural numbers for natural symbols; None if
    not found.

    The solver sees a power with a symbolic exponent as any number at all, so what it proposes is put into the
    formulas themselves.
    """
    symbols = sorted(set().union(*(f.free_symbols for f in formulas)), key=str)
    abstraction = _Abstraction()
    try:
        names = {symbol: str(abstraction.term(symbol)) for symbol in symbols}
        asserted = [*(abstraction.relation(f) for f in _prepare(formulas, {})), *abstraction.known]
        solver = _solver(asserted, TIMEOUT_MS)
        if solver.check() == z3.unsat:
            return None
        for symbol in symbols:
            if symbol.is_integer:
                solver.add(z3.IsInt(z3.Real(names[symbol])))
        proposed = {}
        if solver.check() == z3.sat:
            model = solver.model()
            for symbol in symbols:
                value = model.eval(z3.Real(names[symbol]), model_completion=True)
                proposed[symbol] = (
                    sp.Rational(str(value.as_fraction())) if z3.is_rational_value(value) else None
                )
    except Undecided:
        proposed = {}
    tries = [proposed] if proposed and None not in proposed.values() else []
    for at in itertools.chain(tries, ({s: random_value(s, rng) for s in symbols} for _ in range(400))):
        if all(f.xreplace(at).doit() == sp.true for f in formulas):
            return at
    return None


def _degree(relation: sp.Rel) -> int:
    difference = sp.expand(relation.lhs - relation.rhs)
    return int(sp.Poly(difference, *difference.free_symbols).total_degree()) if difference.free_symbols else 0


def _negation(relation: sp.Basic) -> sp.Basic:
    return sp.Not(relation, evaluate=False)


def _smtlib(formulas: Sequence[sp.Basic]) -> str:
    lines = [f for f in formulas if f is not sp.true]
    if any(f is sp.false for f in lines):
        lines = [sp.Eq(sp.Symbol("v0", real=True), sp.Symbol("v0", real=True) + 1, evaluate=False)]
    if not lines:
        return ""
    symbols = set().union(*(f.free_symbols for f in lines))
    table = dict.fromkeys(symbols, float)
    return smtlib_code(lines, symbol_table=table, known_functions=_KNOWN_FUNCTIONS, log_warn=lambda _: None)


def _show(key: Any) -> str:
    return f"{key[0]}({', '.join(map(str, key[1:]))})" if isinstance(key, tuple) else str(key)


def prove_with_z3(premises: Sequence[sp.Basic], goal: sp.Basic) -> None:
    """Discharge a relation from premises, or raise `Undecided` with the counterexample or the reason."""
    result, text = solve(premises, goal)
    if result == z3.unsat:
        return
    if result == z3.sat:
        raise Undecided(f"false as stated; counterexample: {text}")
    raise Undecided(f"the solver could not decide it ({text})")


# -- SymPy ---------------------------------------------------------------------------------------------------


def prove_with_sympy(premises: Sequence[sp.Basic], goal: sp.Eq) -> None:
    """Reduce the difference of an equality's sides to 0, rewriting by premises that are equalities.

    The answer is confirmed at random rational points, so that a slip of the simplifier cannot pass alone.
    """
    rewrites = {p.lhs: p.rhs for p in premises if isinstance(p, sp.Eq) and not p.lhs.is_number}
    (prepared,) = _prepare([goal], point_rewrites(premises))
    difference = prepared.lhs - prepared.rhs
    for _ in range(4):
        difference = unfold(difference.xreplace(rewrites))
    opaque = {e: sp.Dummy(f"w{i}", real=True) for i, e in enumerate(_outermost(canonical(difference)))}
    stated = canonical(difference).xreplace(opaque)
    difference, has_powers = powers.abstracted(stated)
    reduced = sp.cancel(sp.together(difference)) if has_powers else sp.simplify(difference)
    if reduced != 0:
        reduced = sp.simplify(sp.expand(sp.powsimp(sp.expand(sp.together(difference)))))
    if reduced != 0:
        raise Undecided(f"the difference of the two sides reduces to {reduced}, not to 0")
    _confirm_zero(difference)
    if has_powers:
        _confirm_nearly_zero(stated)


def _outermost(e: sp.Basic) -> list[sp.Basic]:
    """Opaque terms that stand in no other opaque term."""
    if isinstance(e, _OPAQUE):
        return [e]
    found: list[sp.Basic] = []
    for arg in e.args:
        found += [term for term in _outermost(arg) if term not in found]
    return found


def _confirm_zero(expr: sp.Expr, points: int = 8) -> None:
    rng = random.Random(0)
    free = sorted(expr.free_symbols, key=str)
    for _ in range(points):
        at = {s: random_value(s, rng) for s in free}
        value = expr.xreplace(at)
        if value in (sp.nan, sp.zoo, sp.oo, -sp.oo):
            continue  # a denominator vanishes there
        if sp.simplify(value) != 0:
            raise Undecided(f"the simplifier says 0, but at {at} the difference is {value}")


def _confirm_nearly_zero(expr: sp.Expr, points: int = 4) -> None:
    """Real powers have no exact values: their difference must vanish to 30 digits of 50."""
    rng = random.Random(1)
    free = sorted(expr.free_symbols, key=str)
    for _ in range(points):
        at = {s: random_value(s, rng) for s in free}
        terms = [part.xreplace(at).evalf(50) for part in sp.Add.make_args(expr)]
        if any(term.has(sp.nan, sp.zoo, sp.oo) for term in terms):
            continue  # a denominator vanishes there
        if abs(sp.Add(*terms)) > sp.Float(10) ** -30 * (1 + sp.Add(*map(abs, terms))):
            raise Undecided(f"the simplifier says 0, but at {at} the difference is {sp.Add(*terms)}")


def random_value(symbol: sp.Symbol, rng: random.Random) -> sp.Rational:
    """A small random rational: of either sign for a real symbol, a natural or positive number for such."""
    if symbol.is_integer:
        return sp.Integer(rng.randint(0, 6))
    if is_positive(symbol):
        return sp.Rational(rng.randint(1, 40), rng.randint(1, 40))
    return sp.Rational(rng.randint(-40, 40), rng.randint(1, 40))
