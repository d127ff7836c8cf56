"""How a label's noise falls with its cost: the laws of Corollary 2 on numbers [TSGLH26]."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

import sympy as sp
from numpy.typing import ArrayLike

from imagination.checks import finite
from imagination.claim import Claim
from imagination.results.fidelity.claims import BOUNDED_NOISE, FLOOR_NOISE, POWER_NOISE

__all__ = ["Bounded", "Floor", "Law", "PowerLaw", "value"]


@cache
def _lambdified(expression: sp.Expr) -> tuple[list[str], Callable[..., Any]]:
    symbols = sorted(expression.free_symbols, key=str)
    return [str(symbol) for symbol in symbols], sp.lambdify(symbols, expression, "numpy")


def value(expression: sp.Expr, **letters: Any) -> Any:
    """The value of an expression in the claims' letters; letters that it does not hold are ignored."""
    names, function = _lambdified(expression)
    return function(*(letters[name] for name in names))


class Law:
    """Variance of the rewards' noise, in units of reward squared, as a function of a positive cost."""

    claim: ClassVar[Claim]

    def __post_init__(self) -> None:
        for name, part in vars(self).items():
            finite(name, part)

    def __call__(self, cost: ArrayLike) -> Any:
        """The noise's variance at a cost, or at an array of them."""
        return self.claim.evaluate(cost=cost, **vars(self))

    @property
    def letters(self) -> dict[str, Any]:
        """Its parameters, by the letters that the claims write for them."""
        return {str(q.symbol): vars(self)[q.code] for q in self.claim.symbols if q.code in vars(self)}


@dataclass(frozen=True)
class PowerLaw(Law):
    """Noise variance ``amplitude * cost**(-exponent)`` [TSGLH26, Cor. 2].

    Parameters
    ----------
    amplitude, exponent : array_like
        Both positive; the amplitude is the variance at cost 1.
    """

    amplitude: ArrayLike
    exponent: ArrayLike
    claim = POWER_NOISE


@dataclass(frozen=True)
class Floor(Law):
    """Noise variance ``floor**2 + amplitude / cost`` [TSGLH26, Cor. 2].

    Parameters
    ----------
    floor : array_like
        Standard deviation that no money removes, at least 0, in units of reward.
    amplitude : array_like
        Positive; the variance that is bought down, at cost 1.
    """

    floor: ArrayLike
    amplitude: ArrayLike
    claim = FLOOR_NOISE


@dataclass(frozen=True)
class Bounded(Law):
    """Noise variance ``largest**2 * (1 - cost / noise_free_cost)`` [TSGLH26, Cor. 2].

    Parameters
    ----------
    largest : array_like
        Standard deviation of a free label's noise, at least 0, in units of reward.
    noise_free_cost : array_like
        Positive; the cost at which no noise is left, the highest that is allowed.
    """

    largest: ArrayLike
    noise_free_cost: ArrayLike
    claim = BOUNDED_NOISE
