"""Wrong rules for what to pay for a label: slips in a formula, or something that the rule is not told.

Each names a cost. The trial measures what that costs in variance, in a column of the rule's name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from imagination.claim import Claim
from imagination.decide.label_cost import PowerLaw
from imagination.results.fidelity import claims
from imagination.results.fidelity.systems import FAMILIES, Setting
from imagination.trials.trial import Mutant

__all__ = ["ADVICE", "MUTANTS", "RULES", "Rule"]

Array = NDArray[np.floating]

ADVICE: dict[str, Claim] = dict(
    zip(FAMILIES, (claims.INTERIOR, claims.MINIMUM, claims.AN_END_WINS, claims.FLOOR_INTERIOR), strict=True)
)
"""The claim that the advice for each family rests on."""


@dataclass(frozen=True)
class Rule:
    """A wrong rule: its name, the families in which it speaks, and the costs (B,) that it names."""

    name: str
    families: tuple[str, ...]
    rule: Callable[[Setting], Array]

    def cost(self, setting: Setting) -> Array:
        """What it advises, within the range of costs; the right advice where it does not speak."""
        if setting.family not in self.families:
            return np.asarray(setting.advice().cost)
        return np.clip(self.rule(setting), setting.low, setting.high)


def _threshold_moved(setting: Setting) -> Array:
    return np.where(setting.noise.exponent > 2, setting.advice().cost, setting.low)


def _steep(expression: sp.Expr) -> Callable[[Setting], Array]:
    """A wrong closed form of the interior optimum, where there is one: p > 1."""
    return lambda setting: np.where(
        setting.noise.exponent > 1, setting.formula(expression), setting.advice().cost
    )


def _deviation_for_variance(setting: Setting) -> Array:
    noise = PowerLaw(np.sqrt(setting.noise.amplitude), setting.noise.exponent / 2)
    return np.asarray(setting.advice(noise=noise).cost)


def _other_end(setting: Setting) -> Array:
    return np.where(setting.advice().cost > setting.low, setting.low, setting.high)


def _stationary_point(setting: Setting) -> Array:
    """Where the slope of the concave objective vanishes: its maximum."""
    (root,) = sp.solve(claims.WHICH_END.expression.xreplace({claims.b: claims.c}), claims.c)
    return setting.formula(root)


_Q, _BASE = claims.q, claims.POWER_OPTIMUM.base
_POWER, _BOUNDED, _FLOOR = FAMILIES[:1], FAMILIES[2:3], FAMILIES[3:]

RULES: tuple[Rule, ...] = (
    Rule("p > 2 for p > 1", _POWER, _threshold_moved),
    Rule("1/p dropped from the exponent", _POWER, _steep(_BASE)),
    Rule("p for p - 1", _POWER, _steep(claims.POWER_OPTIMUM.subs(_BASE, _BASE * (1 + _Q) / _Q))),
    Rule("standard deviation for variance", _POWER, _deviation_for_variance),
    Rule("noise-free variance ignored", FAMILIES, lambda s: s.advice(V=0 * s.V).cost),
    Rule("fixed cost ignored", FAMILIES[1:], lambda s: s.advice(fixed_cost=0 * s.V).cost),
    Rule("V and kappa swapped", FAMILIES, lambda s: s.advice(V=s.kappa, kappa=s.V).cost),
    Rule("kappa ignored", FAMILIES, lambda s: s.advice(kappa=s.kappa**0).cost),
    Rule("bound for kappa", FAMILIES, lambda s: s.advice(kappa=s.kappa_bound).cost),
    Rule("floor: root dropped", _FLOOR, lambda s: s.formula(claims.FLOOR_OPTIMUM**2)),
    Rule("floor forgotten", _FLOOR, lambda s: s.advice(noise=replace(s.noise, floor=0 * s.noise.floor)).cost),
    Rule("bounded: the other end", _BOUNDED, _other_end),
    Rule("bounded: where the slope is 0", _BOUNDED, _stationary_point),
)
"""Slips that a derivation, or a shopping list, invites."""

MUTANTS: tuple[Mutant, ...] = tuple(
    Mutant(rule.name, ADVICE[family], instead={"regret": rule.name})
    for rule in RULES
    for family in rule.families
)
"""Each rule in each family in which it speaks."""
