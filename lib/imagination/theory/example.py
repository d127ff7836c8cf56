"""Example worlds: they show that a claim's hypotheses do not contradict one another."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from imagination.theory import axioms as ax
from imagination.theory import discharge as dis
from imagination.theory.claim import Claim
from imagination.theory.terms import (
    ARITHMETIC,
    NATURAL,
    NUMBERS,
    POSITIVE,
    RATIONALS,
    Expectation,
    Point,
    fits,
    sort_of_variable,
)
from imagination.theory.theorem import ProofError


@dataclass(frozen=True)
class World:
    """An example in which a claim's hypotheses hold: numbers for its symbols, formulas for its maps.

    It shows that the hypotheses do not contradict one another, so that a theorem is not true for want of
    worlds.
    """

    numbers: Mapping[sp.Symbol, Any]
    maps: Mapping[Any, sp.Lambda]


def check_consistent(claim: Claim, world: World | None, rng: random.Random) -> None:
    """Refuse a claim whose hypotheses are not shown to hold together, in numbers and in the example world."""
    numeric = [h.relation for h in claim.numeric_hypotheses]
    if numeric and not _hold_at(numeric, world) and dis.example(numeric, rng) is None:
        raise ProofError(f"the numeric hypotheses of {claim.name!r} are not shown to be satisfiable")
    if not claim.world_hypotheses:
        return
    if world is None:
        raise ProofError(f"{claim.name!r} speaks of maps: give a world in which its hypotheses hold")
    world = _checked_world(world, claim.constants)
    for law, metric in {**ax.METRICS, **ax.WASSERSTEIN}.items():
        if metric in world.maps:
            _check_metric(metric, world)
            _check_duality(law, metric, world)
    one_point = not any(
        variable in value.expr.free_symbols
        for name, value in world.maps.items()
        for variable, sort in zip(value.variables, name.domain, strict=True)
        if sort not in NUMBERS
    )
    for distance in ax.TOTAL_VARIATION.values():
        # Different points of the example world are laws with no mass in common.
        if distance in world.maps:
            _hold_in_world(distance, world, sp.Ge(distance(*_points(distance)), 0 if one_point else 1))
    for hypothesis in claim.hypotheses:
        try:
            _check_in_world(hypothesis.relation, world)
        except dis.Undecided as error:
            raise ProofError(
                f"hypothesis {hypothesis.name!r} does not hold in the example world: {error}"
            ) from error


def _hold_at(relations: list[sp.Basic], world: World | None) -> bool:
    """Whether relations between numbers are exactly true of the example world's numbers."""
    if world is None:
        return False
    numbers = _numbers(world, set().union(*(r.free_symbols for r in relations)))
    return all(r.xreplace(numbers) == sp.true for r in relations)


def _check_metric(metric: Any, world: World) -> None:
    p, q, o = (Point(name, metric.domain[0]) for name in "pqo")
    needed = (
        sp.Le(metric(p, o), metric(p, q) + metric(q, o)),
        sp.Eq(metric(p, q), metric(q, p)),
        sp.Eq(metric(p, p), 0),
        sp.Ge(metric(p, q), 0),
    )
    _hold_in_world(metric, world, *needed)


def _check_duality(law: str, metric: Any, world: World) -> None:
    """Laws of the example world are point masses, as far apart as their points."""
    of = ax.METRICS.get(law.removeprefix("law of "))
    if law in ax.WASSERSTEIN and of is not None and of in world.maps:
        p, q = _points(of)
        masses = _points(metric)
        symbols = tuple(sp.Dummy(real=True) for _ in "pq")
        apart = world.maps[metric](*symbols)
        try:
            dis.prove_with_z3([], sp.Le(world.maps[of](*symbols), apart, evaluate=False))
        except dis.Undecided as error:
            raise ProofError(
                f"the example world's {metric(*masses)} is not a Wasserstein distance for {of(p, q)}: {error}"
            ) from error


def _hold_in_world(name: Any, world: World, *needed: sp.Basic) -> None:
    for relation in needed:
        try:
            _check_in_world(relation, world)
        except dis.Undecided as error:
            raise ProofError(f"the example world's {name} is no such distance: {error}") from error


def _points(distance: Any) -> tuple[Point, Point]:
    """Two variables that a distance compares."""
    return Point("p", distance.domain[0]), Point("q", distance.domain[1])


def _checked_world(world: World, constants: set[sp.Symbol]) -> World:
    """The world, if its numbers are numbers and its maps are real-valued everywhere; variables stay
    variables.
    """
    numbers = _numbers(world, constants)
    for name, value in world.maps.items():
        if not isinstance(value, sp.Lambda) or len(value.variables) != len(name.domain):
            raise ProofError(f"the example world's {name} must be a function of {len(name.domain)} variables")
        arguments = [_anything(sort) for sort in name.domain]
        body = value(*arguments).xreplace(numbers)
        # A free variable of the map would become the same as one of a hypothesis, which is said for all.
        if strangers := body.free_symbols - set(arguments):
            raise ProofError(
                f"the example world's {name} depends on {sorted(map(str, strangers))}, which have no value"
            )
        for part in sp.preorder_traversal(body):
            if type(part) not in (*RATIONALS, *ARITHMETIC, sp.Symbol, sp.Dummy):
                raise ProofError(f"the example world's {name} contains {part}, which cannot be checked")
        for condition in dis.partial_terms(body):
            try:
                dis.prove_with_z3([], condition)
            except dis.Undecided as error:
                raise ProofError(
                    f"the example world's {name} is not defined everywhere: {condition}"
                ) from error
    return World(numbers, dict(world.maps))


def _numbers(world: World, constants: set[sp.Symbol]) -> dict[sp.Symbol, sp.Rational]:
    """What the world says that the constants are."""
    numbers = {key: sp.sympify(value) for key, value in world.numbers.items() if key in constants}
    for symbol, value in numbers.items():
        fitting = isinstance(symbol, Point) or fits(value, sort_of_variable(symbol))
        if type(value) not in RATIONALS or not fitting:
            raise ProofError(f"the example world's {symbol} = {value} is not a number of its kind")
    return numbers


def _anything(sort: str) -> sp.Symbol:
    """A number of a sort, or the number that stands for a point of the example world."""
    if sort == NATURAL:
        return sp.Dummy(integer=True, nonnegative=True)
    return sp.Dummy(positive=True) if sort == POSITIVE else sp.Dummy(real=True)


# Relations that were found to hold, each with the part of the world that it speaks of: many claims share
# both.
_HELD: set[tuple[Any, ...]] = set()


def _check_in_world(relation: sp.Basic, world: World) -> None:
    """Evaluate a hypothesis in an example world, once, and discharge what is left."""
    spoken_of: dict[Any, sp.Lambda] = {}
    waiting: list[sp.Basic] = [relation]
    while waiting:
        for name in {e.func for e in waiting.pop().atoms(AppliedUndef)} - set(spoken_of):
            if name in world.maps:
                spoken_of[name] = world.maps[name]
                waiting.append(world.maps[name].expr)
    key = (type(relation), relation.args, frozenset(spoken_of.items()), frozenset(world.numbers.items()))
    if key not in _HELD:
        _evaluate_in_world(relation, world)
        _HELD.add(key)


def _confirm_sums(sides: list[sp.Basic]) -> None:
    """Refuse a closed form of SymPy's that is not the sum of its terms: some are wrong for no terms."""
    rng = random.Random(0)
    for total in sorted(set().union(*(side.atoms(sp.Sum) for side in sides)), key=sp.default_sort_key):
        if total.has(AppliedUndef):
            continue  # which is refused as such
        closed = total.doit()
        for natural in (0, 1, 2, 3, None, None):
            at = {
                s: sp.Integer(natural) if s.is_integer and natural is not None else dis.random_value(s, rng)
                for s in sorted(total.free_symbols, key=str)
            }
            added = total.xreplace(at).doit()
            if not added.has(sp.zoo, sp.nan) and sp.simplify(closed.xreplace(at) - added) != 0:
                raise dis.Undecided(f"{total} is not {closed} at {at}")


def _evaluate_in_world(relation: sp.Basic, world: World) -> None:
    sides = []
    points = {p: sp.Dummy(p.name, real=True) for p in relation.atoms(Point)}
    for side in relation.args:
        interpreted = side
        for _ in range(6):
            interpreted = interpreted.replace(
                lambda e: isinstance(e, AppliedUndef) and e.func in world.maps,
                lambda e: world.maps[e.func](*e.args),
            )
            # Laws of the example world are point masses.
            interpreted = interpreted.replace(Expectation, lambda law, integrand: integrand(law))
        sides.append(interpreted.xreplace(points).xreplace(world.numbers))
    _confirm_sums(sides)
    sides = [side.doit() for side in sides]
    if any(side.has(AppliedUndef) for side in sides):
        raise dis.Undecided(f"the example world does not say what the maps of {relation} are")
    for part in (part for side in sides for part in sp.preorder_traversal(side)):
        if part in (sp.I, sp.oo, -sp.oo, sp.zoo, sp.nan) or isinstance(part, sp.AccumBounds | sp.Limit):
            raise dis.Undecided(f"{part} is not a number")
    if isinstance(relation, sp.Eq):
        if sides[0] != sides[1] and sp.simplify(sides[0] - sides[1]) != 0:
            raise dis.Undecided(f"{sides[0]} is not {sides[1]}")
        return
    dis.prove_with_z3([], relation.func(*sides, evaluate=False))
