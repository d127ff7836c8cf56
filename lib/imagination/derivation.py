"""Steps of a derivation, decided in the open: are two forms equal, does an inequality follow?

SymPy computes on the page. Two questions remain that a reader wants answered at each step: :func:`equal` and
:func:`follows`. Both answer *proved*, *refuted* with numbers that refute, or *unknown*.

They are a convenience for readers, no kernel. There are no quantifiers, so there is no induction: what a step
says of one time, it says of that time. What holds for all worlds is proved in Coq, see
:mod:`imagination.formal`.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

import sympy as sp
import z3
from sympy.core.function import AppliedUndef
from sympy.logic.boolalg import BooleanAtom

from imagination.latex import in_lines

__all__ = ["EFFORT", "PROVED", "REFUTED", "UNKNOWN", "Verdict", "equal", "follows"]

PROVED, REFUTED, UNKNOWN = "proved", "refuted", "unknown"

EFFORT = 3_000_000
"""What the solver may spend on a question, in its own unit of work, not in seconds: see z3's ``rlimit``."""

_SIMPLE = ("1", "2", "0", "1/2", "3", "3/2", "-1", "-2", "1/4")
_AGREE, _TRIES, _DIGITS, _LONG, _WIDE = 12, 600, 60, 500, 120
_SIGNS = ("positive", "negative", "nonnegative", "nonpositive", "nonzero")
_ASSUMED = {*_SIGNS, "real", "integer", "rational", "zero", "finite", "commutative", "extended_real"}
_ORDER = {sp.Le: (-1, 0), sp.Lt: (-1,), sp.Ge: (0, 1), sp.Gt: (1,), sp.Eq: (0,), sp.Ne: (-1, 1)}


@dataclass(frozen=True)
class Verdict:
    """The answer to one question. It counts as true where it is *proved*, and only there.

    Attributes
    ----------
    outcome : {"proved", "refuted", "unknown"}
    statement : sympy.logic.boolalg.Boolean
        What was asked.
    facts : tuple
        What was given.
    used : tuple
        Of these, some that suffice for the proof and of which none can be left out.
    numbers : dict
        Where it is refuted: a value for each symbol, and for each term that is a number by itself, such as
        ``e(t)``. All facts hold there, and the statement does not.
    note : str
        How it was decided, or what is missing.
    """

    outcome: str
    statement: Any
    facts: tuple[Any, ...] = ()
    used: tuple[Any, ...] = ()
    numbers: Mapping[Any, Any] = field(default_factory=dict)
    note: str = ""

    def __bool__(self) -> bool:
        return self.outcome == PROVED

    @property
    def title(self) -> str:
        """The outcome in words."""
        identity = isinstance(self.statement, sp.Eq) and not self.facts
        yes, no = ("is an identity", "is no identity") if identity else ("follows", "does not follow")
        return {PROVED: f"✓ It {yes}", REFUTED: f"✗ It {no}", UNKNOWN: "? Not decided"}[self.outcome]

    def _found(self, write: Any) -> tuple[list[str], list[str]]:
        """The numbers, and what the sides of the statement are there, as equations."""
        numbers = [write(sp.Eq(k, _short(v), evaluate=False)) for k, v in self.numbers.items()]
        sides = self.statement.args if self.numbers and isinstance(self.statement, sp.Rel) else ()
        values = [(side, _at(side, self.numbers)) for side in sides if side not in self.numbers]
        real = [(s, v) for s, v in values if not s.is_number and v.is_real]
        names = {side: sp.Symbol(name) for side, name in zip(sides, ("left", "right"), strict=False)}
        shown = [(names[s] if len(str(s)) > _WIDE else s, _short(v)) for s, v in real]
        return numbers, [write(sp.Eq(side, v, evaluate=False)) for side, v in shown]

    def __str__(self) -> str:
        numbers, sides = self._found(lambda eq: f"{eq.lhs} = {eq.rhs}")
        lines = [
            f"{self.title}: {self.statement}",
            *[f"counterexample: {', '.join(numbers)}"][: len(numbers)],
        ]
        lines += [f"  there {side}" for side in sides]
        lines += ["it needs: " + "; ".join(map(str, self.used))] if self.used else []
        return "\n".join([*lines, self.note] if self.note else lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        numbers, sides = self._found(lambda eq: rf"\({_latex(eq)}\)")
        formula = _latex(self.statement)
        body = rf"<div class='claim-statement'>\[{in_lines(formula)}\]</div>"
        if len(formula) > _LONG:
            body = f"<details><summary>a long formula</summary>{body}</details>"
        if numbers:
            body += f"<p>{'All that was given holds for' if self.facts else 'Take'} {', '.join(numbers)}.</p>"
            body += "".join(f"<p>There {side}.</p>" for side in sides)
        if self.used:
            rows = "".join(rf"<li>\({_latex(fact)}\)</li>" for fact in self.used)
            body += f"<details><summary>It needs {len(self.used)} of {len(self.facts)} facts</summary>"
            body += f"<ul>{rows}</ul></details>"
        head = f"<p><strong>{self.title}</strong> <span class='claim-source'>{escape(self.note)}</span></p>"
        return f"<div class='claim tex2jax_process'>{head}{body}</div>"


# -- equalities ----------------------------------------------------------------------------------------------


def equal(left: Any, right: Any, given: Iterable[Any] = ()) -> Verdict:
    """Decide whether two expressions are equal wherever both are defined and the given relations hold.

    SymPy must reduce the difference to 0, and exact rational points must agree with it. One point at which
    the sides differ refutes.

    Parameters
    ----------
    left, right : sympy.Expr
        A ``Piecewise`` is read in the branch that the given relations choose.
    given : iterable of relations, optional

    Returns
    -------
    Verdict

    Raises
    ------
    ValueError
        If an argument is no expression or no relation, speaks of floats, infinity or complex numbers, or if
        two different things look alike.

    Examples
    --------
    >>> x = sp.Symbol("x", real=True)
    >>> equal((x + 1) ** 2, x**2 + 2 * x + 1).outcome
    'proved'
    >>> equal(sp.sqrt(x**2), x).numbers
    {x: -3/2}
    """
    facts = _facts(given)
    sides = _expression(left, "left"), _expression(right, "right")
    statement = sp.Eq(*sides, evaluate=False)
    _refuse_twins([statement, *facts])
    agreed = 0
    for at in _points([statement, *facts]):
        values = [_at(side, at) for side in sides]
        if agreed < _AGREE and all(_truth(fact, at) for fact in facts) and all(v.is_real for v in values):
            if _sign(values[0] - values[1]):
                return Verdict(REFUTED, statement, facts, numbers=at)
            agreed += 1
    if not agreed:
        return Verdict(UNKNOWN, statement, facts, note="no point was found at which both sides are defined")
    difference = _branch(sides[0], facts) - _branch(sides[1], facts)
    if any(reduce(difference) == 0 for reduce in (sp.expand, _cancelled, sp.simplify, _powers)):
        return Verdict(PROVED, statement, facts, facts, note=f"SymPy, and {agreed} exact points")
    return Verdict(UNKNOWN, statement, facts, note=f"{agreed} exact points agree; SymPy finds no reason")


def _cancelled(difference: sp.Expr) -> sp.Expr:
    return sp.cancel(sp.together(difference))


def _powers(difference: sp.Expr) -> sp.Expr:
    return sp.simplify(sp.expand(sp.powsimp(sp.expand(sp.together(difference)))))


def _branch(expression: sp.Expr, facts: tuple[Any, ...]) -> sp.Expr:
    """The expression with every Piecewise replaced by the branch that the facts choose, where they do."""

    def chosen(piecewise: sp.Piecewise) -> sp.Expr:
        for value, condition in piecewise.args:
            if _decide(condition, facts):
                return value
            if not _decide(sp.Not(condition), facts):
                break
        return piecewise

    return expression.replace(lambda e: isinstance(e, sp.Piecewise), chosen)


# -- consequences --------------------------------------------------------------------------------------------


def follows(conclusion: Any, given: Iterable[Any] = ()) -> Verdict:
    """Decide whether a relation between real numbers follows from given ones.

    Z3 looks for numbers at which all that is given holds and the conclusion does not. If there are none, it
    is proved. Numbers that it finds are put into the relations again, by SymPy.

    Parameters
    ----------
    conclusion : sympy relation, or several joined by And, Or, Not
        Where it divides by 0, or takes the root of a negative number, it does not hold.
    given : iterable of relations, optional
        What SymPy knows of a symbol (``nonnegative=True``) counts as given, too.

    Returns
    -------
    Verdict
        Terms that the solver does not know, such as ``x**n`` or a sum, are any number at all to it. What
        follows then, follows; what does not is *unknown*, unless exact numbers refute it.

    Raises
    ------
    ValueError
        If an argument is no relation, speaks of floats, infinity or complex numbers, if two different things
        look alike, or if the given relations contradict each other.

    Examples
    --------
    >>> x, y = sp.symbols("x y", real=True)
    >>> follows(2 * x * y <= x**2 + y**2).outcome
    'proved'
    >>> follows(x * y <= x, [y <= 1]).numbers
    {x: -1, y: 0}
    """
    goal, facts = _relation(conclusion, "conclusion"), _facts(given)
    _refuse_twins([goal, *facts])
    if _Question(facts).check() == z3.unsat:
        raise ValueError(f"given: the facts contradict each other, so anything would follow: {list(facts)}")
    return _decide(goal, facts)


def _decide(goal: Any, facts: tuple[Any, ...]) -> Verdict:
    question = _Question(facts)
    undefined: list[Any] = []
    formula = question.boolean(goal, undefined)
    for negation, note in [*undefined, (z3.Not(formula), "")]:
        if (found := question.check(negation)) != z3.unsat:
            return _refuted(question, found, negation, Verdict(UNKNOWN, goal, facts, note=note))
        question.solver.add(z3.Not(negation))
    again = _Question(facts)
    formula = again.boolean(goal, undefined := [])
    wrong = z3.Or(z3.Not(formula), *(negation for negation, _ in undefined))
    return Verdict(PROVED, goal, facts, again.needed(wrong), note="Z3, for all numbers")


def _refuted(question: _Question, found: Any, negation: Any, so_far: Verdict) -> Verdict:
    """A counterexample that SymPy confirms, or *unknown* and what is missing."""
    goal, facts = so_far.statement, so_far.facts
    if question.opaque or found == z3.unknown:
        tries = _points([goal, *facts])
    else:
        tries = iter(question.numbers(negation))
    for at in tries:
        if all(_truth(fact, at) for fact in facts) and not _truth(goal, at):
            return Verdict(REFUTED, goal, facts, numbers=at, note=so_far.note)
    names = ", ".join(sorted(map(str, question.opaque)))
    note = f"the solver takes {names} for any number at all: give a fact about it"
    if found == z3.unknown:
        note = "the solver gave up within its limit"
    return Verdict(UNKNOWN, goal, facts, note=note)


class _Question:
    """Facts in Z3's language, in a context of their own: what was asked before changes nothing."""

    def __init__(self, facts: tuple[Any, ...]):
        self.context = z3.Context()
        self.solver = z3.Solver(ctx=self.context)
        self.solver.set("rlimit", EFFORT)
        self.solver.set("random_seed", 0)
        self.terms: dict[Any, Any] = {}
        self.heads: dict[Any, Any] = {}
        self.opaque: set[Any] = set()
        self.facts = facts
        self.switches = [z3.Bool(f"fact {number}", self.context) for number in range(len(facts))]
        for switch, fact in zip(self.switches, facts, strict=True):
            undefined: list[Any] = []
            formula = self.boolean(fact, undefined)
            self.solver.add(z3.Implies(switch, z3.And(formula, *(z3.Not(wrong) for wrong, _ in undefined))))

    def check(self, *more: Any, without: Iterable[int] = ()) -> Any:
        """Whether the facts, except some, can hold together with more formulas."""
        self.solver.push()
        self.solver.add(*more)
        found = self.solver.check(*(s for number, s in enumerate(self.switches) if number not in without))
        self.model: Any = self.solver.model() if found == z3.sat else None
        self.solver.pop()
        return found

    def needed(self, formula: Any) -> tuple[Any, ...]:
        """Facts that suffice to refute a formula, as all of them do, and of which none can go."""
        spare: set[int] = set()
        for number in range(len(self.facts)):
            if self.check(formula, without=spare | {number}) == z3.unsat:
                spare.add(number)
        return tuple(fact for number, fact in enumerate(self.facts) if number not in spare)

    def numbers(self, formula: Any) -> Iterator[dict[Any, Any]]:
        """Values at which the facts and a formula hold: simple ones where that is possible, then others."""
        self.check(formula)
        fixed, models = [formula], [self.model]
        wanted = sorted((term for term in self.terms if isinstance(term, sp.Symbol | AppliedUndef)), key=str)
        for term in wanted:
            for value in _SIMPLE:
                same = self.terms[term] == z3.RealVal(value, self.context)
                if self.check(*fixed, same) == z3.sat:
                    fixed.append(same)
                    models.append(self.model)
                    break
        for model in reversed(models):
            found = {t: _value(model.eval(self.terms[t], model_completion=True)) for t in wanted}
            if None not in found.values():
                yield found

    # -- translation: `undefined` gains what must not be, and in words what would be wrong then

    def boolean(self, formula: Any, undefined: list[Any]) -> Any:
        """A relation, or several joined."""
        if isinstance(formula, BooleanAtom):
            return z3.BoolVal(bool(formula), self.context)
        if isinstance(formula, sp.And | sp.Or | sp.Not):
            parts = [self.boolean(part, undefined) for part in formula.args]
            return {sp.And: z3.And, sp.Or: z3.Or, sp.Not: z3.Not}[formula.func](*parts)
        left, right = (self.term(side, undefined) for side in formula.args)
        signs = {-1: left < right, 0: left == right, 1: left > right}
        return z3.Or(*(signs[sign] for sign in _ORDER[formula.func]))

    def term(self, e: Any, undefined: list[Any]) -> Any:
        """An expression, as a real number."""
        if e.is_Rational:
            return z3.RealVal(str(e), self.context)
        if isinstance(e, sp.Add | sp.Mul | sp.Max | sp.Min):
            total, *rest = (self.term(part, undefined) for part in e.args)
            for part in rest:
                if isinstance(e, sp.Add | sp.Mul):
                    total = total + part if isinstance(e, sp.Add) else total * part
                else:
                    total = z3.If(total >= part if isinstance(e, sp.Max) else total <= part, total, part)
            return total
        if isinstance(e, sp.Abs):
            inside = self.term(e.args[0], undefined)
            return z3.If(inside >= 0, inside, -inside)
        if isinstance(e, sp.Pow) and e.exp.is_Rational:
            return self._power(e.base, e.exp.p, e.exp.q, undefined)
        return self.terms[e] if e in self.terms else self._unknown(e, undefined)

    def _power(self, base: Any, power: int, root: int, undefined: list[Any]) -> Any:
        inside = self.term(base, undefined)
        if root > 1:
            undefined.append((inside < 0, f"the conclusion takes a root of {base} there, and has none"))
            law = lambda v: z3.Implies(inside >= 0, z3.And(v >= 0, v**root == inside))  # noqa: E731
            inside = self._fresh((base, root), law)
        if power < 0:
            below = inside
            undefined.append((below == 0, f"the conclusion divides by {base} there, which is 0"))
            inside = self._fresh((base, -root), lambda v: z3.Implies(below != 0, v * below == 1))
        return z3.Product(*[inside] * abs(power))

    def _fresh(self, key: Any, law: Any) -> Any:
        if key not in self.terms:
            self.terms[key] = z3.Real(f"v{len(self.terms)}", self.context)
            self.solver.add(law(self.terms[key]))
        return self.terms[key]

    def _unknown(self, e: Any, undefined: list[Any]) -> Any:
        """A symbol; a value of a function; or a term that the solver does not know."""
        if isinstance(e, AppliedUndef):
            arguments = [self.term(arg, undefined) for arg in e.args]
            sorts = [z3.RealSort(self.context)] * (len(arguments) + 1)
            head = self.heads.setdefault((e.func, len(sorts)), z3.Function(f"f{len(self.heads)}", *sorts))
            v = head(*arguments)
        else:
            name = f"v{len(self.terms)}"
            whole = isinstance(e, sp.Symbol) and e.is_integer
            v = z3.ToReal(z3.Int(name, self.context)) if whole else z3.Real(name, self.context)
            self.opaque |= set() if isinstance(e, sp.Symbol) else {e}
        self.terms[e] = v
        laws = zip(_SIGNS, (v > 0, v < 0, v >= 0, v <= 0, v != 0), strict=True)
        self.solver.add(*(law for sign, law in laws if getattr(e, f"is_{sign}")))
        return v


def _value(found: Any) -> Any:
    if z3.is_rational_value(found):
        return sp.Rational(str(found.as_fraction()))
    is_root = z3.is_algebraic_value(found)
    return sp.Float(found.as_decimal(_DIGITS).rstrip("?"), _DIGITS) if is_root else None


# -- what may be asked ---------------------------------------------------------------------------------------


def _facts(given: Any) -> tuple[Any, ...]:
    if isinstance(given, sp.Basic | str) or not isinstance(given, Iterable):
        raise ValueError(f"given: must be a list of relations, got {given!r}")
    facts = [_relation(fact, f"given[{number}]") for number, fact in enumerate(given)]
    return tuple(fact for fact in facts if fact != sp.true)


def _relation(value: Any, name: str) -> Any:
    if isinstance(value, bool):
        raise ValueError(f"{name}: is {value} before anything is asked; write == as sp.Eq(left, right)")
    if isinstance(value, sp.Rel):
        for side in value.args:
            _expression(side, name)
    elif isinstance(value, sp.And | sp.Or | sp.Not):
        for part in value.args:
            _relation(part, name)
    elif not isinstance(value, BooleanAtom):
        raise ValueError(f"{name}: must be a relation such as sp.Le(left, right), got {value!r}")
    return value


def _expression(value: Any, name: str) -> Any:
    value = sp.Integer(value) if type(value) is int else value
    if not isinstance(value, sp.Expr):
        raise ValueError(f"{name}: must be an expression of SymPy, got {value!r}")
    if rounded := value.atoms(sp.Float):
        raise ValueError(f"{name}: {rounded.pop()} is a rounded number; write a sp.Rational")
    if value.has(sp.I, sp.oo, -sp.oo, sp.zoo, sp.nan) and not value.has(sp.Sum):
        raise ValueError(f"{name}: {value} is no real number")
    for symbol in value.free_symbols:
        known = getattr(symbol, "_assumptions_orig", {})
        if symbol.is_real is False or not symbol.is_commutative or set(known) - _ASSUMED:
            raise ValueError(f"{name}: {_told(symbol)} must be a real number, with or without a sign")
    return value


def _refuse_twins(formulas: Iterable[Any]) -> None:
    """Refuse two different things that look the same on the page."""
    seen: dict[str, Any] = {}
    for formula in formulas:
        applied = formula.atoms(AppliedUndef)
        things = formula.free_symbols | {e.func for e in applied}
        for thing in things | {e for e in applied if all(a.is_Symbol or a.is_Integer for a in e.args)}:
            other = seen.setdefault(_glyph(thing), thing)
            if other != thing:
                both = " and ".join(sorted((_told(other), _told(thing))))
                raise ValueError(f"two different things look alike, {both}: define the letter once")


def _told(thing: Any) -> str:
    known = [name for name, holds in getattr(thing, "_assumptions_orig", {}).items() if holds]
    return f"{thing} ({', '.join(known) or 'nothing known'})" if isinstance(thing, sp.Symbol) else f"{thing}"


_TWINS = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοАВЕКМНОРСТХасеорху", "ABEZHIKMNOPTYXoABEKMHOPCTXaceopxy")


def _glyph(thing: Any) -> str:
    """What is seen of a symbol, a function or its value: letters, digits and accents, Greek by its name."""
    shown = sp.latex(thing if isinstance(thing, sp.Basic) else sp.Symbol(thing.__name__))
    text = unicodedata.normalize("NFKC", shown).translate(_TWINS)
    for letter in {letter for letter in text if unicodedata.name(letter, "").startswith("GREEK")}:
        _, size, *_, name = unicodedata.name(letter).split()
        text = text.replace(letter, name.capitalize() if size == "CAPITAL" else name.lower())
    text = re.sub(r"\\(left|right|mathrm|operatorname)\b", "", text).replace(r"\var", "")
    return re.sub(r"[^\w']|_", "", text)


# -- numbers -------------------------------------------------------------------------------------------------


def _points(formulas: Iterable[Any]) -> Iterator[dict[Any, Any]]:
    """Exact rational points, the same ones every time: from -3 to 3 first, then further away."""
    terms = sorted({s for f in formulas for s in f.free_symbols | f.atoms(AppliedUndef)}, key=str)
    rng = random.Random(0)
    for number in range(_TRIES if terms else 1):
        size = 3 if number < _TRIES // 3 else 12
        at = {}
        for term in terms:
            value = sp.Rational(rng.randint(-size, size), 1 if term.is_integer else rng.randint(1, size))
            at[term] = abs(value) if term.is_nonnegative else -abs(value) if term.is_nonpositive else value
        if all(value != 0 or term.is_zero is not False for term, value in at.items()):
            yield at


def _at(e: Any, at: Mapping[Any, Any]) -> Any:
    return e.xreplace(dict(at)).doit()


def _sign(value: Any) -> int:
    """The sign of a number: exact for rational ones; for others what 60 digits show, 0 if they show none."""
    size = value if value.is_Rational else value.evalf(_DIGITS)
    if not size.is_number or (not value.is_Rational and abs(size) < sp.Float(10) ** -(_DIGITS // 2)):
        return 0
    return int(sp.sign(size))


def _truth(formula: Any, at: Mapping[Any, Any]) -> bool | None:
    """Whether a formula is true at a point; None where it is not defined."""
    if isinstance(formula, BooleanAtom):
        return bool(formula)
    if not isinstance(formula, sp.Rel):
        parts = [_truth(part, at) for part in formula.args]
        if None in parts:
            return None
        return {sp.And: all, sp.Or: any, sp.Not: lambda one: not one[0]}[formula.func](parts)
    values = [_at(side, at) for side in formula.args]
    if not all(v.is_finite and v.is_real for v in values):
        return None
    return _sign(values[0] - values[1]) in _ORDER[formula.func]


# -- the page ------------------------------------------------------------------------------------------------


def _latex(e: Any) -> str:
    return re.sub(r"\\epsilon", r"\\varepsilon", sp.latex(e))


def _short(value: Any) -> Any:
    return value if value.is_Rational else value.evalf(8)
