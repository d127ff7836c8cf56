"""Proofs whose every step is discharged when it is stated.

A proof is a chain of facts about one claim. A symbol of the claim is a fixed number; every other variable in
a fact is read as "for all". A step may use the facts that it names and nothing else, and it is either
discharged there and then or the chapter stops. Finished proofs are theorems, and only theorems can be cited.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import sympy as sp
import z3
from sympy.core.function import AppliedUndef, UndefinedFunction

from imagination.theory import axioms as ax
from imagination.theory import discharge as dis
from imagination.theory.claim import Claim, Hypothesis, Quantity
from imagination.theory.example import World, check_consistent
from imagination.theory.latex import latex
from imagination.theory.substitution import at, binder, oriented, replaced, substituted, try_at
from imagination.theory.sums import CappedGeometricSum, DoubleGeometricSum, GeometricSum
from imagination.theory.terms import (
    ARITHMETIC,
    NATURAL,
    NUMBERS,
    POSITIVE,
    RATIONALS,
    RELATIONS,
    Expectation,
    Point,
    check_symbol,
    fits,
    is_positive,
    mapping,
    natural,
    sort_of,
    sort_of_variable,
)
from imagination.theory.theorem import (
    AXIOM,
    CITED,
    DEFINITION,
    HYPOTHESIS,
    INDUCTION,
    INSTANCE,
    LIMIT,
    SYMPY,
    Z3,
    ProofError,
    Step,
    Theorem,
    checked,
    register,
)

_TERMS = (
    *ARITHMETIC,
    sp.log,
    sp.Sum,
    sp.Limit,
    sp.Lambda,
    Expectation,
    GeometricSum,
    DoubleGeometricSum,
    CappedGeometricSum,
)

# What the axioms said when this module was read; and the maps of which they speak.
_AXIOMS = tuple((axiom, axiom.conclude) for axiom in ax.ALL)
_RESERVED = {*ax.METRICS.values(), *ax.WASSERSTEIN.values(), *ax.TOTAL_VARIATION.values()}


@dataclass(frozen=True, eq=False)
class Fact:
    """Something discharged in one proof. Made by the proof alone; facts of other proofs are refused."""

    formula: sp.Basic
    number: int
    proof: Proof

    def at(self, where: Mapping[Any, Any] | None = None, /, **by_name: Any) -> Fact:
        """The fact for particular values of its variables, e.g. ``fact.at(t=t + 1)`` or ``fact.at({x:
        s(t)})``.
        """
        return self.proof._instance(self, where, by_name)

    def __repr__(self) -> str:
        return f"<Fact ({self.number}): {self.formula}>"

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {latex(self.proof._resolve(self).formula)}$"


@dataclass(frozen=True)
class _Record:
    """What the proof itself remembers of a fact."""

    fact: Fact
    formula: sp.Basic
    assumes: frozenset[int]


def _own(claim: Claim) -> Claim:
    """A copy that nobody else holds; a subclass could say one thing to the proof and another to the page."""
    parts = (claim, *claim.hypotheses, *claim.symbols) if isinstance(claim, Claim) else (claim,)
    for part in parts:
        if type(part) not in (Claim, Hypothesis, Quantity):
            raise ProofError(f"{part!r} must be a claim, hypothesis or quantity itself, not a subclass")
    return replace(
        claim,
        symbols=tuple(replace(q) for q in claim.symbols),
        hypotheses=tuple(replace(h) for h in claim.hypotheses),
        variables=tuple(claim.variables),
    )


class Proof:
    """A proof under way.

    Parameters
    ----------
    claim : Claim
        What is to be proved. Its hypotheses may be named in steps as they are.
    world : World, optional
        An example that satisfies the hypotheses; needed where they speak of maps.

    Raises
    ------
    ProofError
        If the hypotheses contradict each other, cannot be shown consistent, or contain the conclusion.
    """

    def __init__(self, claim: Claim, world: World | None = None):
        claim = _own(claim)
        self._claim = claim
        self._steps: list[Step] = []
        self._records: dict[int, _Record] = {}
        self._constants = set(claim.constants)
        self._names: dict[str, Any] = {}
        self._axioms: list[ax.Axiom] = []
        self._rng = random.Random(0)
        self._cited: list[Theorem] = []
        self._defined: set[Any] = set()
        self._open_inductions: list[int] = []
        self._counter = itertools.count(1)
        self._hypotheses: dict[int, Fact] = {}
        self._finished = False
        for k, hypothesis in enumerate(claim.hypotheses):
            self._check_shape(hypothesis.relation)
            self._check_defined(
                hypothesis.relation, [], [h.relation for h in claim.hypotheses[:k] if h.is_numeric]
            )
            if hypothesis.relation == claim.statement or (
                not isinstance(claim.quantity, sp.Symbol | AppliedUndef | sp.Number)
                and hypothesis.relation.has(claim.quantity)
            ):
                raise ProofError(
                    f"hypothesis {hypothesis.name!r} already speaks of the claim's quantity {claim.quantity}"
                )
        self._check_shape(claim.statement)
        check_consistent(self.claim, world, self._rng)
        self._check_defined(claim.statement, [])

    @property
    def claim(self) -> Claim:
        """What is to be proved."""
        return self._claim

    # -- hypotheses ------------------------------------------------------------------------------------------

    def given(self, hypothesis: Hypothesis, reason: str = "") -> Fact:
        """State a hypothesis of the claim as a step."""
        own = self.claim.hypotheses[self._position(hypothesis)]
        return self._add(own.relation, reason or own.name, HYPOTHESIS, (), frozenset())

    def _position(self, hypothesis: Hypothesis) -> int:
        # A subclass could call itself equal to anything.
        if type(hypothesis) is not Hypothesis or hypothesis not in self.claim.hypotheses:
            raise ProofError(
                f"{getattr(hypothesis, 'name', hypothesis)!r} is not a hypothesis of {self.claim.name!r}"
            )
        return self.claim.hypotheses.index(hypothesis)

    def _resolve(self, item: Fact | Hypothesis) -> _Record:
        if isinstance(item, Hypothesis):
            which = self._position(item)  # an id would be reused once a temporary hypothesis is gone
            known = self._hypotheses.get(which)
            if known is None:
                relation = self.claim.hypotheses[which].relation
                known = Fact(relation, 0, self)
                self._hypotheses[which] = known
                self._records[id(known)] = _Record(known, relation, frozenset())
            return self._records[id(known)]
        record = self._records.get(id(item))
        if record is None or record.fact is not item:
            raise ProofError(f"{item!r} is not a fact of this proof")
        return record

    def _collect(
        self, using: Iterable[Fact | Hypothesis]
    ) -> tuple[list[sp.Basic], frozenset[int], tuple[int | str, ...]]:
        items = list(using)
        records = [self._resolve(item) for item in items]
        assumes = frozenset().union(*(r.assumes for r in records)) if records else frozenset()
        if stale := assumes - set(self._open_inductions):
            raise ProofError(f"an induction hypothesis is used outside its induction ({sorted(stale)})")
        numbered = sorted({r.fact.number for r in records if r.fact.number})
        named = dict.fromkeys(item.name for item in items if isinstance(item, Hypothesis))
        return [r.formula for r in records], assumes, (*numbered, *named)

    # -- steps -----------------------------------------------------------------------------------------------

    def define(
        self, symbol: sp.Symbol, value: sp.Expr, reason: str, using: Sequence[Fact | Hypothesis] = ()
    ) -> Fact:
        """Name a number: ``symbol`` must be new, ``value`` must mean something and contain constants only."""
        premises, assumes, numbers = self._collect(using)
        value = sp.sympify(value)
        if not isinstance(symbol, sp.Symbol) or isinstance(symbol, Point):
            raise ProofError(f"{symbol} must be a real, natural or positive symbol")
        if str(symbol) in self._names or symbol in self._constants:
            raise ProofError(f"{symbol} already means something in this proof")
        if value.free_symbols - self._constants:
            raise ProofError(
                f"{symbol} may depend on constants only, not on {value.free_symbols - self._constants}"
            )
        if assumes:
            raise ProofError("a definition may not rest on an induction hypothesis")
        formula = sp.Eq(symbol, value, evaluate=False)
        self._check_shape(formula)
        self._check_means(formula, premises)
        self._check_sort(symbol, value, premises)
        self._constants.add(symbol)
        return self._add(formula, reason, DEFINITION, numbers, frozenset())

    def define_map(
        self,
        name: Any,
        variables: tuple[sp.Symbol, ...],
        value: sp.Expr,
        reason: str,
        using: Sequence[Fact | Hypothesis] = (),
    ) -> Fact:
        """Name a function: the map `name` must be new, and ``name(*variables) = value`` for all values of
        `variables`.
        """
        premises, assumes, numbers = self._collect(using)
        value = sp.sympify(value)
        if not isinstance(name, UndefinedFunction) or str(name) in self._names:
            raise ProofError(f"{name} must be a new map")
        if name in _RESERVED:
            raise ProofError(f"{name} is a distance of the axioms and cannot be defined")
        if len(variables) != len(name.domain):
            raise ProofError(f"{name} takes {len(name.domain)} arguments, not {len(variables)}")
        if assumes:
            raise ProofError("a definition may not rest on an induction hypothesis")
        if len(set(variables)) != len(variables) or any(v in self._constants for v in variables):
            raise ProofError(
                f"{name} must be defined for all values of distinct variables, not of {variables}"
            )
        if strangers := value.free_symbols - set(variables) - self._constants:
            raise ProofError(
                f"the value of {name} depends on {sorted(map(str, strangers))}, which are not its variables"
            )
        for variable, sort in zip(variables, name.domain, strict=True):
            if sort_of_variable(variable) != sort:
                raise ProofError(f"{name} takes a {sort}, not {variable}")
        self._check_term(value, frozenset())
        if value.has(name):
            raise ProofError(f"{name} is defined by itself")
        formula = sp.Eq(name(*variables), value, evaluate=False)
        self._check_shape(formula)
        self._check_means(formula, premises)
        return self._add(formula, reason, DEFINITION, numbers, frozenset())

    def axiom(
        self, axiom: ax.Axiom, *arguments: Any, using: Sequence[Fact | Hypothesis] = (), reason: str = ""
    ) -> Fact:
        """Use one of the axioms in :data:`imagination.theory.axioms.ALL`."""
        conclude = next((conclude for known, conclude in _AXIOMS if known is axiom), None)
        if conclude is None:
            raise ProofError(
                f"{getattr(axiom, 'name', axiom)!r} is not among the axioms that this book allows"
            )
        premises, assumes, numbers = self._collect(using)
        for argument in arguments:
            self._check_term(argument, frozenset())
        try:
            formula = conclude(premises, frozenset(self._constants), *arguments)
        except (ax.AxiomError, TypeError) as error:
            raise ProofError(f"axiom {axiom.name!r} does not apply: {error}") from error
        self._check_shape(formula)
        self._check_defined(formula, premises)
        says_so = [formula] if axiom in (ax.SERIES, ax.POWER_SEQUENCE) else []  # that its limit exists
        self._check_limits(formula, [*premises, *says_so])
        self._note_axiom(axiom)
        return self._add(formula, reason or axiom.name, AXIOM, numbers, assumes, axiom.source)

    def equality(
        self, lhs: sp.Expr, rhs: sp.Expr, using: Sequence[Fact | Hypothesis] = (), reason: str = ""
    ) -> Fact:
        """State ``lhs = rhs``; SymPy reduces the difference to 0, rewriting by equalities among `using`."""
        formula = sp.Eq(lhs, rhs, evaluate=False)
        premises, assumes, numbers = self._collect(using)
        self._check_shape(formula)
        self._check_means(formula, premises)
        method = SYMPY
        try:
            dis.prove_with_sympy(premises, formula)
        except dis.Undecided as by_sympy:
            if not premises:
                raise ProofError(f"equality {formula} is not discharged: {by_sympy}") from by_sympy
            try:
                self._prove(premises, formula)
            except ProofError as by_z3:
                raise ProofError(
                    f"equality {formula} is not discharged: {by_sympy}; by Z3: {by_z3}"
                ) from by_z3
            method = Z3
        return self._add(formula, reason, method, numbers, assumes)

    def inequality(self, relation: sp.Rel, using: Sequence[Fact | Hypothesis] = (), reason: str = "") -> Fact:
        """State a relation between numbers; Z3 finds its negation unsatisfiable together with `using`."""
        premises, assumes, numbers = self._collect(using)
        self._check_shape(relation)
        self._check_means(relation, premises)
        self._prove(premises, relation)
        return self._add(relation, reason, Z3, numbers, assumes)

    def induction(
        self, relation: sp.Rel, variable: sp.Symbol, using: Sequence[Fact | Hypothesis] = (), reason: str = ""
    ) -> Fact:
        """State a relation for every natural `variable`; base and step are both discharged here.

        The step may use `using` and the relation at `variable` itself. For a longer step see
        :meth:`by_induction`.
        """
        premises, assumes, numbers = self._collect(using)
        self._check_induction(relation, variable)
        self._check_means(relation, premises)
        base, step = self._induct(relation, variable, premises)
        return self._add(relation, reason, INDUCTION, numbers, assumes, f"base: {base}, step: {step}")

    def _induct(self, relation: sp.Rel, variable: sp.Symbol, premises: Sequence[sp.Basic]) -> tuple[str, str]:
        """Discharge base and step of an induction; how each was discharged."""
        # The hypothesis holds for one k. Stated for the variable itself it would be read as "for all" inside
        # a sum.
        k = sp.Dummy(variable.name, integer=True, nonnegative=True)
        zero = [try_at(p, variable, sp.Integer(0)) for p in premises]
        base = self._prove_either(
            "base",
            [*premises, *(p for p in zero if p is not None)],
            at(relation, variable, sp.Integer(0)),
        )
        fixed = [try_at(p, variable, k) for p in premises]
        at_k = [p if instance is None else instance for p, instance in zip(premises, fixed, strict=True)]
        step = self._prove_either("step", [*at_k, at(relation, variable, k)], at(relation, variable, k + 1))
        return base, step

    @contextmanager
    def by_induction(
        self,
        relation: sp.Rel,
        variable: sp.Symbol,
        reason: str = "",
        using: Sequence[Fact | Hypothesis] = (),
    ) -> Iterator[Induction]:
        """An induction whose step takes several steps of its own.

        Yields an object with ``k`` (a fixed natural number), ``hypothesis`` (the relation at ``k``),
        ``base(using)`` and ``step(fact)``; afterwards its ``fact`` is the relation for every `variable`.
        That the relation means something for every `variable` must follow from `using`.
        """
        premises, assumes, _ = self._collect(using)
        if assumes:
            raise ProofError("what an induction is about may not rest on an induction hypothesis")
        self._check_induction(relation, variable)
        # Else the induction hypothesis would say that it does. That a limit is a number says that it exists.
        self._check_defined(relation, premises)
        self._check_limits(relation, [*premises, relation])
        induction = Induction(self, relation, variable, reason)
        self._open_inductions.append(induction._token)
        try:
            yield induction
        finally:
            self._open_inductions.remove(induction._token)
        induction._close()

    def summation(
        self, total: sp.Sum, closed: sp.Expr, using: Sequence[Fact | Hypothesis] = (), reason: str = ""
    ) -> Fact:
        """State a closed form of ``Sum(..., (k, 0, n - 1))``: it starts at 0 and grows by the summand.

        Confirmed by direct addition at random exact rational points.
        """
        if not isinstance(total, sp.Sum) or len(total.limits) != 1 or len(total.limits[0]) != 3:
            raise ProofError(f"{total} must be a sum over one index")
        variable = total.limits[0][2] + 1
        if not isinstance(variable, sp.Symbol):
            raise ProofError(f"{total} must run from 0 to n - 1 for a natural variable n")
        premises, assumes, numbers = self._collect(using)
        closed = sp.sympify(closed)
        relation = sp.Eq(total, closed, evaluate=False)
        self._check_induction(relation, variable)
        self._check_means(relation, premises)
        self._induct(relation, variable, premises)
        points = self._confirm_sum(total, closed, variable, premises)
        return self._add(
            relation, reason, SYMPY, numbers, assumes, f"telescoping, confirmed at {points} rational points"
        )

    def limit(
        self,
        term: sp.Expr,
        variable: sp.Symbol,
        value: sp.Expr,
        using: Sequence[Fact | Hypothesis] = (),
        reason: str = "",
    ) -> Fact:
        """State ``lim term = value`` as `variable` grows, from known limits among `using` and geometric
        sequences.

        Confirmed by SymPy's own limit at random exact rational points where the term is explicit.
        """
        premises, assumes, numbers = self._collect(using)
        term, value = sp.sympify(term), sp.sympify(value)
        self._check_index(variable)
        formula = sp.Eq(sp.Limit(term, variable, sp.oo), value, evaluate=False)
        self._check_shape(formula)
        if variable in value.free_symbols:
            raise ProofError(f"the limit {value} depends on {variable}, which has gone to infinity")
        self._check_means(sp.Eq(term, value, evaluate=False), premises)
        found = self._limit_of(term, variable, premises)
        self._prove_either("limit", premises, sp.Eq(found, value, evaluate=False))
        points = self._confirm_limit(term, variable, value, premises)
        self._note_axiom(ax.LIMIT_ALGEBRA)
        note = f"confirmed at {points} rational points" if points else ""
        return self._add(formula, reason, LIMIT, numbers, assumes, note)

    def pass_to_limit(
        self, fact: Fact, variable: sp.Symbol, using: Sequence[Fact | Hypothesis] = (), reason: str = ""
    ) -> Fact:
        """From ``u_n <= v_n`` for every n, ``lim u_n <= lim v_n``; the limits come from `using`."""
        (source,), _, _ = self._collect([fact])
        premises, assumes, numbers = self._collect([fact, *using])
        if not isinstance(source, sp.Le | sp.Ge | sp.Eq):
            raise ProofError(f"only weak inequalities and equalities pass to the limit, not {source}")
        self._check_index(variable)
        sides = [self._limit_of(side, variable, premises[1:]) for side in source.args]
        formula = source.func(*sides, evaluate=False)
        self._check_shape(formula)
        self._check_means(formula, premises[1:])
        self._note_axiom(ax.LIMIT_ORDER)
        self._note_axiom(ax.LIMIT_ALGEBRA)
        return self._add(formula, reason, LIMIT, numbers, assumes, ax.LIMIT_ORDER.source)

    def squeeze(
        self,
        lower: Fact,
        upper: Fact,
        variable: sp.Symbol,
        using: Sequence[Fact | Hypothesis] = (),
        reason: str = "",
    ) -> Fact:
        """From ``a_n <= u_n`` and ``u_n <= b_n`` for every n with equal limits of a and b, the limit of u."""
        (low, high, *premises), assumes, numbers = self._collect([lower, upper, *using])
        self._check_index(variable)
        if not all(isinstance(f, sp.Le | sp.Ge) for f in (low, high)) or low.gts != high.lts:
            raise ProofError(f"{low} and {high} do not enclose one term")
        ends = [self._limit_of(side, variable, premises) for side in (low.lts, high.gts)]
        self._prove_either(
            "the two limits", premises, sp.Eq(*ends, evaluate=False) if ends[0] != ends[1] else sp.true
        )
        formula = sp.Eq(sp.Limit(low.gts, variable, sp.oo), ends[0], evaluate=False)
        self._check_shape(formula)
        self._check_defined(sp.Eq(low.gts, ends[0], evaluate=False), premises)
        self._note_axiom(ax.LIMIT_ORDER)
        return self._add(formula, reason, LIMIT, numbers, assumes, ax.LIMIT_ORDER.source)

    def same_limit(self, equal: Fact, limit: Fact, variable: sp.Symbol, reason: str = "") -> Fact:
        """From ``u_n = v_n`` for every n and ``lim v_n = c``, that ``lim u_n = c``."""
        (equality, known), assumes, numbers = self._collect([equal, limit])
        self._check_index(variable)
        if not isinstance(equality, sp.Eq):
            raise ProofError(f"{equality} must be an equality for every {variable}")
        if (
            not isinstance(known, sp.Eq)
            or known.lhs != sp.Limit(equality.rhs, variable, sp.oo)
            or known.rhs.has(variable, sp.Limit)
        ):
            raise ProofError(f"{known} is not the limit of {equality.rhs}")
        formula = sp.Eq(sp.Limit(equality.lhs, variable, sp.oo), known.rhs, evaluate=False)
        self._check_shape(formula)
        return self._add(formula, reason, LIMIT, numbers, assumes)

    def cite(
        self,
        theorem: Theorem,
        where: Mapping[Any, Any] | None = None,
        using: Sequence[Fact | Hypothesis] = (),
        reason: str = "",
    ) -> Fact:
        """Use a finished theorem, with its symbols and maps renamed by `where`.

        Each of the theorem's hypotheses must be one of this claim's hypotheses, one of `using`, or follow
        from `using`.
        """
        claim = checked(theorem)
        where = dict(where or {})
        premises, assumes, numbers = self._collect(using)
        maps = {key: value for key, value in where.items() if isinstance(key, UndefinedFunction)}
        terms = {key: value for key, value in where.items() if key not in maps}
        fixed = {key: value for key, value in terms.items() if key in claim.constants}
        if clash := set(maps) & _RESERVED:
            raise ProofError(
                f"{sorted(map(str, clash))}: the axioms make these distances, and no other map need be one"
            )
        supposed = set().union(*(h.relation.free_symbols for h in claim.hypotheses)) - claim.constants
        if clash := supposed & self._constants:
            raise ProofError(
                f"{claim.name!r} holds for all {sorted(map(str, clash))}, which is fixed in this proof"
            )
        for key, value in maps.items():
            if not isinstance(value, UndefinedFunction) or (key.domain, key.codomain) != (
                value.domain,
                value.codomain,
            ):
                raise ProofError(f"{key} can only be replaced by a map of the same signature, not by {value}")
        for key, value in terms.items():
            if key not in claim.constants | set(claim.variables):
                raise ProofError(f"{key} is not a symbol of {claim.name!r}")
            self._check_value(key, value, premises)
            entering = sp.sympify(value).free_symbols
            for formula in (*(h.relation for h in claim.hypotheses), claim.statement) if key in fixed else ():
                if key in formula.free_symbols and entering & (formula.free_symbols - claim.constants):
                    raise ProofError(
                        f"{key} may not become {value}: {formula} is said for all of its variables"
                    )
        available = {oriented(f) for f in [*premises, *(h.relation for h in self.claim.hypotheses)]}
        for hypothesis in claim.hypotheses:
            wanted = replaced(hypothesis.relation, maps, fixed)
            if wanted is sp.true or oriented(wanted) in available:
                continue
            if not replace(hypothesis, relation=wanted).is_numeric:
                raise ProofError(
                    f"{claim.name!r} needs {hypothesis.name!r} as {wanted},"
                    " which is not among the facts named"
                )
            try:
                self._prove(premises, wanted)
            except ProofError as error:
                raise ProofError(f"{claim.name!r} needs {wanted}: {error}") from error
        formula = replaced(claim.statement, maps, terms)
        self._check_shape(formula)
        self._check_defined(formula, premises)
        self._cited.append(theorem)
        return self._add(formula, reason or claim.name, CITED, numbers, assumes, claim.name)

    def qed(self, fact: Fact) -> Theorem:
        """Finish: `fact` must be the claim's own statement."""
        (formula,), assumes, numbers = self._collect([fact])
        if assumes:
            raise ProofError("the last step still rests on an induction hypothesis")
        if formula != self.claim.statement:
            raise ProofError(f"the proof ends in {formula}, the claim says {self.claim.statement}")
        if strangers := {
            s for s in formula.free_symbols if s not in self.claim.constants | set(self.claim.variables)
        }:
            strangers = {s for s in strangers if not isinstance(s, Point)}
            if strangers:
                raise ProofError(f"the statement contains undeclared symbols {strangers}")
        if not self._steps or self._steps[-1].formula != formula:  # what is shown ends in the claim, too
            self._add(formula, "which is the claim", INSTANCE, numbers, frozenset())
        theorem = Theorem(_own(self.claim), tuple(self._steps), tuple(self._axioms), tuple(self._cited))
        self._finished = True
        return register(theorem, self.claim)

    def _repr_html_(self) -> str:
        raise ProofError(
            f"the proof of {self.claim.name!r} is not finished; show the theorem that qed returns"
        )

    # -- the kernel ------------------------------------------------------------------------------------------

    def _add(
        self,
        formula: sp.Basic,
        reason: str,
        method: str,
        uses: tuple[int | str, ...],
        assumes: frozenset[int],
        note: str = "",
    ) -> Fact:
        if self._finished:
            raise ProofError("this proof is finished")
        number = next(self._counter)
        self._steps.append(Step(number, formula, reason, method, uses, note))
        fact = Fact(formula, number, self)
        self._records[id(fact)] = _Record(fact, formula, assumes)
        return fact

    def _instance(self, fact: Fact, where: Mapping[Any, Any] | None, by_name: Mapping[str, Any]) -> Fact:
        record = self._resolve(fact)
        free = {str(s): s for s in record.formula.free_symbols}
        replacing = dict(where or {})
        for name, value in by_name.items():
            if name not in free:
                raise ProofError(f"the fact has no variable {name!r}; it has {sorted(free)}")
            replacing[free[name]] = value
        for variable, value in replacing.items():
            if variable in self._constants:
                raise ProofError(f"{variable} is a fixed number of this proof, not a variable")
            if not isinstance(variable, sp.Symbol):
                raise ProofError(f"{variable} is not a variable")
            self._check_value(variable, value, [record.formula])
        formula = substituted(record.formula, replacing)
        if formula is sp.true:
            formula = sp.Eq(sp.Integer(0), sp.Integer(0), evaluate=False)
        self._check_shape(formula)
        made = Fact(formula, record.fact.number, self)
        self._records[id(made)] = _Record(made, formula, record.assumes)
        return made

    def _check_value(self, variable: sp.Symbol, value: Any, premises: Sequence[sp.Basic]) -> None:
        value = sp.sympify(value)
        self._check_term(value, frozenset())
        try:
            sort_of(value)
        except TypeError as error:
            raise ProofError(str(error)) from error
        # "For all x" says nothing of 1/0, nor of the limit of a sequence that has none.
        self._check_means(sp.Tuple(value), premises)
        self._check_sort(variable, value, premises)

    def _check_sort(self, variable: sp.Symbol, value: sp.Expr, premises: Sequence[sp.Basic]) -> None:
        """A value must be of its variable's sort: by its form, or, if positive, by what `premises` say."""
        wanted = sort_of_variable(variable)
        if fits(value, wanted):
            return
        refusal = f"{variable} stands for a {wanted} number or point, {value} is a {sort_of(value)}"
        if wanted != POSITIVE or sort_of(value) not in NUMBERS:
            raise ProofError(refusal)
        try:
            self._prove(premises, sp.Gt(value, 0, evaluate=False))
        except ProofError as error:
            raise ProofError(f"{refusal}: {error}") from error

    def _prove(self, premises: Sequence[sp.Basic], goal: sp.Basic) -> None:
        if not isinstance(goal, RELATIONS):
            raise ProofError(f"{goal} is not a relation between two terms")
        try:
            dis.prove_with_z3(premises, goal)
        except dis.Undecided as error:
            raise ProofError(f"{goal} is not discharged: {error}") from error
        # A contradiction proves everything: premises that cannot hold together prove nothing.
        result, _ = dis.solve(premises, None)
        if result == z3.unsat:
            raise ProofError(f"{goal}: the facts named contradict one another")

    def _prove_either(self, what: str, premises: Sequence[sp.Basic], goal: sp.Basic) -> str:
        if goal is sp.true:  # the two sides are the same term
            return SYMPY
        if isinstance(goal, sp.Eq):
            try:
                dis.prove_with_sympy(premises, goal)
                return SYMPY
            except dis.Undecided:
                pass
        try:
            self._prove(premises, goal)
        except ProofError as error:
            raise ProofError(f"{what}: {error}") from error
        return Z3

    def _check_induction(self, relation: sp.Rel, variable: sp.Symbol) -> None:
        self._check_shape(relation)
        self._check_index(variable)
        if variable not in relation.free_symbols:
            raise ProofError(f"{relation} does not speak of {variable}")

    def _check_index(self, variable: sp.Symbol) -> None:
        if not isinstance(variable, sp.Symbol) or isinstance(variable, Point) or sort_of(variable) != NATURAL:
            raise ProofError(f"{variable} is not a natural number")
        if variable in self._constants:
            raise ProofError(f"{variable} is a fixed number of this proof, not a variable")

    def _note_axiom(self, axiom: ax.Axiom) -> None:
        if axiom not in self._axioms:
            self._axioms.append(axiom)

    # -- what may be said ------------------------------------------------------------------------------------

    def _check_shape(self, formula: sp.Basic) -> None:
        if type(formula) not in RELATIONS:
            raise ProofError(f"{formula} is not a relation between two terms")
        for side in formula.args:
            self._check_term(side, frozenset())
        try:
            sorts = [sort_of(side) for side in formula.args]
        except TypeError as error:
            raise ProofError(str(error)) from error
        if not set(sorts) <= set(NUMBERS) and not (isinstance(formula, sp.Eq) and sorts[0] == sorts[1]):
            raise ProofError(f"{formula} compares a {sorts[0]} with a {sorts[1]}")

    def _check_term(self, term: sp.Basic, bound: frozenset[sp.Symbol]) -> None:
        if isinstance(term, sp.Symbol):
            try:
                check_symbol(term)
            except ValueError as error:
                raise ProofError(str(error)) from error
            self._register(str(term), term)
            return
        if type(term) in RATIONALS:
            return
        if isinstance(term, sp.Number) or term in (sp.oo, -sp.oo, sp.nan, sp.zoo, sp.I):
            raise ProofError(f"{term} is not an exact rational number")
        if isinstance(term, AppliedUndef):
            self._check_map(term.func)
            self._register(str(term.func), term.func)
        elif type(term) not in _TERMS:
            raise ProofError(f"terms such as {term} ({type(term).__name__}) cannot be checked")
        parts: tuple[sp.Basic, ...] = term.args
        if isinstance(term, sp.Sum | sp.Lambda | sp.Limit):
            body, variables, outside = binder(term)
            for variable in variables:
                if variable in self._constants or variable in bound:
                    raise ProofError(f"{variable} is bound in {term} but already means something")
                self._check_term(variable, bound)
                if not isinstance(term, sp.Lambda) and sort_of(variable) != NATURAL:
                    raise ProofError(f"{term} must run over natural numbers, not over {variable}")
            if isinstance(term, sp.Sum) and (outside[0] != 0 or sort_of(outside[1] + 1) != NATURAL):
                raise ProofError(f"{term} must run from 0 to n - 1 for a natural number n")
            self._check_term(body, bound | set(variables))
            parts = outside
        if isinstance(term, CappedGeometricSum) and parts[-1] is sp.oo:
            parts = parts[:-1]
        for part in parts:
            self._check_term(part, bound)

    def _check_map(self, function: Any) -> None:
        try:
            plain = mapping(str(function), function.domain, function.codomain)
        except (AttributeError, ValueError) as error:
            raise ProofError(f"{function} has no signature that can be checked: use terms.mapping") from error
        if type(function) is not UndefinedFunction or function != plain:
            raise ProofError(f"{function} carries assumptions that no hypothesis states: use terms.mapping")

    def _register(self, name: str, meaning: Any) -> None:
        known = self._names.setdefault(name, meaning)
        if known != meaning or (
            isinstance(meaning, sp.Symbol) and known.assumptions0 != meaning.assumptions0
        ):
            raise ProofError(f"two different things are called {name!r} in this proof")

    def _check_defined(
        self, formula: sp.Basic, premises: Sequence[sp.Basic], hypotheses: Sequence[sp.Basic] | None = None
    ) -> None:
        """Every division, root and power in the formula must be defined under the numeric hypotheses and
        `premises`.
        """
        if hypotheses is None:
            hypotheses = [h.relation for h in self.claim.numeric_hypotheses]
        known = [*premises, *hypotheses]
        for condition in dict.fromkeys(c for side in formula.args for c in dis.partial_terms(side)):
            try:
                dis.prove_with_z3(known, condition)
            except dis.Undecided as error:
                raise ProofError(
                    f"{formula} divides by or takes a power of something: {condition} is not shown ({error})"
                ) from error

    def _check_limits(self, formula: sp.Basic, premises: Sequence[sp.Basic]) -> None:
        """A limit may be spoken of where a premise or a hypothesis says that it exists."""
        known = [p for p in (*premises, *(h.relation for h in self.claim.hypotheses)) if isinstance(p, sp.Eq)]
        existing = {
            side
            for p in known
            for side, other in (p.args, p.args[::-1])
            if isinstance(side, sp.Limit) and not other.has(sp.Limit)
        }
        if missing := formula.atoms(sp.Limit) - existing:
            raise ProofError(f"no fact named says that {sorted(map(str, missing))} exists")

    def _check_means(self, formula: sp.Basic, premises: Sequence[sp.Basic]) -> None:
        self._check_defined(formula, premises)
        self._check_limits(formula, premises)

    # -- limits and sums -------------------------------------------------------------------------------------

    def _limit_of(self, term: sp.Expr, variable: sp.Symbol, premises: Sequence[sp.Basic]) -> sp.Expr:
        if not term.has(variable):
            return term
        for premise in premises:
            if isinstance(premise, sp.Eq) and isinstance(premise.lhs, sp.Limit):
                inside, index, target, _ = premise.lhs.args
                if target is not sp.oo or premise.rhs.has(variable, sp.Limit):
                    continue
                if index != variable and inside.has(variable):
                    continue  # the limit of f(k, n) in k for every n is not that of f(n, n)
                inside = inside.xreplace({index: variable})
                if inside == term:
                    return premise.rhs
                if (
                    isinstance(term, sp.Mul)
                    and isinstance(inside, sp.Mul)
                    and set(inside.args) < set(term.args)
                ):
                    rest = sp.Mul(*(part for part in term.args if part not in inside.args))
                    return premise.rhs * self._limit_of(rest, variable, premises)
        if isinstance(term, sp.Mul) and variable in term.args:
            powers = [part for part in term.args if isinstance(part, sp.Pow) and part.exp == variable]
            if len(powers) == 1 and not powers[0].base.has(variable):
                # n q^n is one of the limits that are known where |q| < 1, and n alone has none.
                self._vanishing(powers[0].base, premises)
                rest = [part for part in term.args if part not in (variable, powers[0])]
                for part in rest:
                    self._limit_of(part, variable, premises)
                return sp.S.Zero
        if isinstance(term, sp.Add | sp.Mul | sp.Abs | sp.Min | sp.Max):
            return term.func(*(self._limit_of(part, variable, premises) for part in term.args))
        if isinstance(term, sp.Pow):
            base, exponent = term.args
            if exponent == variable and not base.has(variable):
                self._vanishing(base, premises)
                return sp.S.Zero
            if exponent.is_Integer and exponent > 0:
                return self._limit_of(base, variable, premises) ** exponent
            if exponent.is_Integer:
                below = self._limit_of(base, variable, premises)
                self._prove(premises, sp.Ne(below, 0, evaluate=False))
                return below**exponent
            unfolded = dis.unfold(term)
            if unfolded != term:
                return self._limit_of(unfolded, variable, premises)
        raise ProofError(f"the limit of {term} is not known; name a fact that gives it")

    def _vanishing(self, base: sp.Expr, premises: Sequence[sp.Basic]) -> None:
        """Powers of a number strictly between -1 and 1 tend to 0."""
        for condition in (sp.Lt(base, 1), sp.Gt(base, -1)):
            if condition is not sp.true:
                self._prove(premises, condition)
        self._note_axiom(ax.GEOMETRIC_SEQUENCE)

    def _random_point(
        self, symbols: Iterable[sp.Symbol], premises: Sequence[sp.Basic], rng: random.Random
    ) -> dict | None:
        numeric = [
            p
            for p in premises
            if isinstance(p, sp.Rel) and not p.has(AppliedUndef, Point, sp.Limit, sp.Sum, Expectation)
        ]
        wanted = set(symbols).union(*(p.free_symbols for p in numeric)) if numeric else set(symbols)
        for _ in range(400):
            point = {
                s: sp.Rational(rng.randint(1 if is_positive(s) else 0, 30), rng.randint(1, 30))
                if not s.is_integer
                else sp.Integer(rng.randint(0, 6))
                for s in sorted(wanted, key=str)
            }
            if all(p.xreplace(point) == sp.true for p in numeric):
                return point
        return None

    def _confirm_sum(
        self, total: sp.Sum, closed: sp.Expr, variable: sp.Symbol, premises: Sequence[sp.Basic]
    ) -> int:
        rng = random.Random(0)
        k = total.limits[0][0]
        symbols = (total.free_symbols | closed.free_symbols) - {variable, k}
        if total.has(AppliedUndef) or closed.has(AppliedUndef):
            return 0
        confirmed = 0
        for count in (0, 1, 2, 3, 5, 8):
            point = self._random_point(symbols, premises, rng)
            if point is None:
                continue
            added = sum(
                (total.function.xreplace({k: sp.Integer(j)}).xreplace(point) for j in range(count)), sp.S.Zero
            )
            if sp.simplify(closed.xreplace({variable: sp.Integer(count), **point}) - added) != 0:
                raise ProofError(f"the closed form of {total} fails at n = {count}, {point}")
            confirmed += 1
        return confirmed

    def _confirm_limit(
        self, term: sp.Expr, variable: sp.Symbol, value: sp.Expr, premises: Sequence[sp.Basic]
    ) -> int:
        if term.has(AppliedUndef, Expectation, sp.Sum, GeometricSum, DoubleGeometricSum, CappedGeometricSum):
            return 0
        rng = random.Random(1)
        confirmed = 0
        for _ in range(4):
            point = self._random_point((term.free_symbols | value.free_symbols) - {variable}, premises, rng)
            if point is None:
                continue
            n = sp.Symbol("n", positive=True)
            if (
                sp.simplify(sp.limit(term.xreplace({**point, variable: n}), n, sp.oo) - value.xreplace(point))
                != 0
            ):
                raise ProofError(f"the limit of {term} is not {value} at {point}")
            confirmed += 1
        return confirmed


class Induction:
    """An induction under way; see :meth:`Proof.by_induction`."""

    _tokens = itertools.count(1)

    def __init__(self, proof: Proof, relation: sp.Rel, variable: sp.Symbol, reason: str):
        self._token = next(self._tokens)
        self._proof, self._relation, self._variable, self._reason = proof, relation, variable, reason
        name = next(f"k{i or ''}" for i in itertools.count() if f"k{i or ''}" not in proof._names)
        self.k = natural(name)
        proof._constants.add(self.k)
        proof._names[name] = self.k
        formula = at(relation, variable, self.k)
        proof._check_shape(formula)
        number = next(proof._counter)
        proof._steps.append(Step(number, formula, f"induction hypothesis, for one {name}", INDUCTION, ()))
        self.hypothesis = Fact(formula, number, proof)
        proof._records[id(self.hypothesis)] = _Record(self.hypothesis, formula, frozenset({self._token}))
        self._base: Fact | None = None
        self._step: Fact | None = None
        self.fact: Fact

    def base(self, fact: Fact) -> None:
        """Hand in the fact that the relation holds at 0."""
        (formula,), assumes, _ = self._proof._collect([fact])
        if self._token in assumes:
            raise ProofError("the base case may not use the induction hypothesis")
        if formula != at(self._relation, self._variable, sp.Integer(0)):
            raise ProofError(
                f"the base case is {formula}, not {at(self._relation, self._variable, sp.Integer(0))}"
            )
        self._base = fact

    def step(self, fact: Fact) -> None:
        """Hand in the fact that the relation holds at ``k + 1``."""
        (formula,), _, _ = self._proof._collect([fact])
        if formula != at(self._relation, self._variable, self.k + 1):
            raise ProofError(
                f"the step shows {formula}, not {at(self._relation, self._variable, self.k + 1)}"
            )
        self._step = fact

    def _close(self) -> None:
        if self._base is None or self._step is None:
            raise ProofError("an induction needs its base and its step")
        records = [self._proof._records[id(fact)] for fact in (self._base, self._step)]
        assumes = frozenset().union(*(r.assumes for r in records)) - {self._token}
        if any(token > self._token for token in assumes):  # it may speak of this induction's fixed number
            raise ProofError("base and step may not rest on the hypothesis of an inner induction")
        uses = tuple(r.fact.number for r in records)
        self.fact = self._proof._add(self._relation, self._reason, INDUCTION, uses, assumes)
