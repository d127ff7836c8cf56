"""Facts about distances."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import sympy as sp

from imagination.theory import worlds as w
from imagination.theory.axioms.base import AxiomError, axiom, none
from imagination.theory.terms import sort_of

# Distances by the sort of the points they compare; only these are metrics.
METRICS: Mapping[str, Any] = MappingProxyType({"state": w.d_S, "action": w.d_A})
WASSERSTEIN: Mapping[str, Any] = MappingProxyType({"law of state": w.W_S, "law of action": w.W_A})
TOTAL_VARIATION: Mapping[str, Any] = MappingProxyType({"law of state": w.TV_S})


def distance_between(*points: sp.Basic) -> Any:
    sorts = {sort_of(p) for p in points}
    metric = {**METRICS, **WASSERSTEIN}.get(sorts.pop()) if len(sorts) == 1 else None
    if metric is None:
        raise AxiomError(f"{', '.join(map(str, points))} are not points of one metric space")
    return metric


@axiom("triangle inequality", "[Rudin 1976, Def. 2.15]")
def TRIANGLE(
    premises: Sequence[sp.Basic], constants: Collection[sp.Symbol], x: Any, y: Any, z: Any
) -> sp.Basic:
    """d(x, z) <= d(x, y) + d(y, z)."""
    none(premises)
    d = distance_between(x, y, z)
    return sp.Le(d(x, z), d(x, y) + d(y, z))


@axiom("a metric is symmetric", "[Rudin 1976, Def. 2.15]")
def SYMMETRY(premises: Sequence[sp.Basic], constants: Collection[sp.Symbol], x: Any, y: Any) -> sp.Basic:
    """d(x, y) = d(y, x)."""
    none(premises)
    d = distance_between(x, y)
    return sp.Eq(d(x, y), d(y, x))


@axiom("a point is at distance 0 from itself", "[Rudin 1976, Def. 2.15]")
def SELF_DISTANCE(premises: Sequence[sp.Basic], constants: Collection[sp.Symbol], x: Any) -> sp.Basic:
    """d(x, x) = 0."""
    none(premises)
    return sp.Eq(distance_between(x)(x, x), 0)


@axiom("distances are nonnegative", "[Rudin 1976, Def. 2.15]")
def NONNEGATIVE(premises: Sequence[sp.Basic], constants: Collection[sp.Symbol], x: Any, y: Any) -> sp.Basic:
    """d(x, y) >= 0."""
    none(premises)
    return sp.Ge(distance_between(x, y)(x, y), 0)
