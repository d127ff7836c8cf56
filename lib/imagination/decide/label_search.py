"""The best cost of a label, found: closed forms, the slope's root, ends, and a search of any function.

Arguments are checked by :mod:`imagination.decide.label_cost`; here every array has the problems' shape.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from imagination.decide.noise_laws import Law, value
from imagination.results.fidelity import claims

__all__ = [
    "Setting",
    "WholeRollouts",
    "at_an_end",
    "at_the_slopes_root",
    "bought",
    "called",
    "plain",
    "searched",
    "whole_rollouts",
]

Array = NDArray[np.floating]

CHEAPEST, INTERIOR, DEAREST, INDIFFERENT = "cheapest", "interior", "dearest", "indifferent"


@dataclass(frozen=True)
class WholeRollouts:
    """The best plan that buys whole rollouts: numbers, or arrays.

    Attributes
    ----------
    rollouts : int
        How many.
    cost : float
        What each one's label may cost: all that the budget leaves, unless more buys nothing better.
    variance : float
        Variance of their average.
    """

    rollouts: Any
    cost: Any
    variance: Any


def plain(array: NDArray[Any]) -> Any:
    """A number, or a str, of an array without axes."""
    return array.item() if np.ndim(array) == 0 else array


_PSI = sp.cancel(claims.OBJECTIVE.expression * claims.B)


@dataclass(frozen=True)
class Setting:
    """What noise costs on each problem; every array has the problems' shape."""

    noise: Law | Callable[[Any], Any]
    V: Array
    kappa: Array
    c_0: Array
    low: Array
    high: Array

    @property
    def letters(self) -> dict[str, Array]:
        """Its numbers, by the letters that the claims write for them."""
        law = self.noise.letters if isinstance(self.noise, Law) else {}
        return {"V": self.V, "kappa": self.kappa, "c_0": self.c_0} | law

    def noise_at(self, cost: Array) -> Array:
        """The noise's variance at one cost or several for each problem, of the shape of `cost`."""
        if isinstance(self.noise, Law):
            law = type(self.noise)(**{name: _like(part, cost) for name, part in self.noise.numbers.items()})
            return np.minimum(law(cost), np.finfo(float).max)  # no factor of 0 meets an infinity
        return called(self.noise, cost)

    def objective(self, cost: Array) -> Array:
        """Psi at one cost or several for each problem."""
        letters = {name: _like(part, cost) for name, part in self.letters.items()}
        return np.asarray(value(_PSI, c=cost, s=self.noise_at(cost), **letters))

    def variance(self, noise: Array, rollouts: Array) -> Array:
        """Variance of the average of so many rollouts with labels of so much noise."""
        letters = {"V": _like(self.V, noise), "kappa": _like(self.kappa, noise)}
        return np.asarray(value(claims.OBJECTIVE.quantity, s=noise, K=rollouts, **letters))


def _like(part: Array, cost: Array) -> Array:
    """Numbers with trailing axes, so that they go with several costs for each problem."""
    return part.reshape(part.shape + (1,) * (cost.ndim - part.ndim))


_FAILS = (ArithmeticError, AttributeError, TypeError, ValueError)


def called(function: Callable[[Any], Any], at: Array, name: str = "noise", of: str = "cost") -> Array:
    """A user's function at an array of numbers: at once, or one by one if it takes single ones."""
    try:
        found = np.asarray(function(at), float)
    except _FAILS:
        found = np.empty(())
    if found.shape != at.shape:
        try:
            found = np.array([float(function(float(one))) for one in at.ravel()]).reshape(at.shape)
        except _FAILS as error:
            raise ValueError(f"{name} must return a number for a {of}, but it fails: {error}") from error
    fine = np.isfinite(found) & (found >= 0)
    if not fine.all():
        raise ValueError(
            f"{name} must return finite numbers of at least 0,"
            f" got {float(found[~fine][0])!r} at {of} {float(at[~fine][0])!r}"
        )
    return found


def at_the_slopes_root(setting: Setting) -> tuple[Array, Array]:
    """Psi is convex on logarithmic axes, so the sign of its slope says on which side the best cost lies."""
    low, high, nothing = setting.low, setting.high, np.zeros(setting.low.shape)
    letters = {"sigma_f": nothing, "p": nothing + 1} | setting.letters
    p, c_0 = letters["p"], setting.c_0
    # Noise that no money removes is like noise-free variance.
    V = setting.V + setting.kappa * letters["sigma_f"] ** 2

    def slope(cost: Array) -> Array:
        return value(claims.SLOPE.expression, c=cost, **letters | {"V": V})

    cheapest, dearest = slope(low) >= 0, slope(high) <= 0
    bottom, top = np.log(low), np.log(high)
    for _ in range(80):
        middle = (bottom + top) / 2
        rising = slope(np.exp(middle)) >= 0
        bottom, top = np.where(rising, bottom, middle), np.where(rising, middle, top)
    root = np.exp((bottom + top) / 2)
    for where, optimum in (
        ((c_0 == 0) & (p > 1), value(claims.POWER_OPTIMUM, q=p - 1, **letters | {"V": V})),
        (p == 1, value(claims.FLOOR_OPTIMUM, **letters)),
        ((V == 0) & (p < 1), value(claims.NO_VARIANCE_OPTIMUM, **letters)),
    ):
        root = np.where(where & np.isfinite(optimum), optimum, root)
    inside = np.clip(np.where(cheapest | dearest, low, root), low, high)
    cost = np.where(cheapest, low, np.where(dearest, high, inside))
    regime = np.where(
        cheapest, np.where(dearest, INDIFFERENT, CHEAPEST), np.where(dearest, DEAREST, INTERIOR)
    )
    return cost, regime


def at_an_end(setting: Setting) -> tuple[Array, Array]:
    """Psi is concave, so one of the two ends is best."""
    letters = setting.letters
    per_cost = value(claims.WHICH_END.expression, b=setting.low, c=setting.high, **letters)
    constant = (setting.V == 0) & (setting.kappa * letters["sigma_0"] ** 2 == 0)
    regime = np.where(constant, INDIFFERENT, np.where(per_cost < 0, DEAREST, CHEAPEST))
    return np.where(per_cost < 0, setting.high, setting.low), regime


# A callable is looked at on a grid, and around its lowest local minima by golden section.
_POINTS, _STARTS, _STEPS = 2049, 8, 60
_GOLDEN = (np.sqrt(5) - 1) / 2


def _grid(setting: Setting) -> Array:
    """Costs from lowest to highest, evenly spaced on linear and on logarithmic axes, in order."""
    shares = np.linspace(0, 1, _POINTS)
    low, high = setting.low[..., None], setting.high[..., None]
    ratio = np.minimum(high / low, np.finfo(float).max)
    costs = np.concatenate([low + (high - low) * shares, low * ratio**shares], axis=-1)
    return np.sort(np.clip(costs, low, high), axis=-1)


def searched(setting: Setting) -> tuple[Array, Array]:
    """The best costs of objectives of any form, and their regimes: a grid, then golden section."""
    costs, objective = _grid(setting), setting.objective
    values = objective(costs)
    padded = np.pad(values, [(0, 0)] * (values.ndim - 1) + [(1, 1)], constant_values=np.inf)
    minima = np.where((values <= padded[..., :-2]) & (values <= padded[..., 2:]), values, np.inf)
    starts = np.argsort(minima, axis=-1, kind="stable")[..., :_STARTS]
    last = costs.shape[-1] - 1
    left = np.take_along_axis(costs, np.maximum(starts - 1, 0), axis=-1)
    right = np.take_along_axis(costs, np.minimum(starts + 1, last), axis=-1)
    for _ in range(_STEPS):
        a, b = right - _GOLDEN * (right - left), left + _GOLDEN * (right - left)
        falling = objective(a) > objective(b)
        left, right = np.where(falling, a, left), np.where(falling, right, b)
    refined = left + (right - left) / 2
    ends = np.stack([setting.low, setting.high], axis=-1)
    candidates = np.concatenate([ends, np.take_along_axis(costs, starts, axis=-1), refined], axis=-1)
    found = objective(candidates)
    least = found.min(axis=-1, keepdims=True)
    # Next to an end rounding may find a value below that of the end itself.
    chosen = np.argmax(found <= least + 4 * np.finfo(float).eps * np.abs(least), axis=-1)
    cost = np.take_along_axis(candidates, chosen[..., None], axis=-1)[..., 0]
    spread = values.max(axis=-1) - values.min(axis=-1)
    same = spread <= 1e-12 * np.abs(values).max(axis=-1)
    regime = np.where(cost == setting.low, CHEAPEST, np.where(cost == setting.high, DEAREST, INTERIOR))
    return np.where(same, setting.low, cost), np.where(same, INDIFFERENT, regime)


# -- whole rollouts ------------------------------------------------------------------------------------------


def bought(budget: Array, price: Array) -> Array:
    """How many things of one price a budget buys; a ratio just below a whole number counts as that."""
    return np.floor(budget / price * (1 + 4 * np.finfo(float).eps))


def whole_rollouts(setting: Setting, budget: Array, cost: Array) -> WholeRollouts:
    """Try the numbers of rollouts next to the best cost's and to both ends' (for a callable: many more).

    Between the ends a number K pays for labels at B/K - c_0, and the variance is Psi there over B. A named
    noise law's Psi falls and then rises, or is concave, so that no other number can be best.
    """
    most = bought(budget, setting.c_0 + setting.low)[..., None]
    fewest = np.maximum(bought(budget, setting.c_0 + setting.high), 1)[..., None]
    near = bought(budget, setting.c_0 + cost)[..., None] + np.arange(-2, 4)
    tries = [fewest, fewest + 1, most - 1, most, near]
    named = isinstance(setting.noise, Law)
    if not named:
        tries.append(np.rint(fewest * (most / fewest) ** np.linspace(0, 1, _POINTS)))
    K = np.sort(np.clip(np.concatenate(tries, axis=-1), fewest, most), axis=-1)
    low, high, c_0 = (part[..., None] for part in (setting.low, setting.high, setting.c_0))
    cap = np.clip(budget[..., None] / K - c_0, low, high)
    variance = setting.variance(setting.noise_at(cap), K)
    if not named:  # a dearer label may be the noisier one: then the budget is better not spent
        cap, variance = _unspent(setting, K, cap, variance)
    best = np.argmin(variance, axis=-1)[..., None]
    K, cap, variance = (np.take_along_axis(part, best, axis=-1)[..., 0] for part in (K, cap, variance))
    return WholeRollouts(plain(K.astype(np.int64)), plain(cap), plain(variance))


def _unspent(setting: Setting, K: Array, cap: Array, variance: Array) -> tuple[Array, Array]:
    """For each number of rollouts the least noisy label that it can pay for, on the grid or at its cap."""
    costs = _grid(setting)
    noises = setting.noise_at(costs)
    least = np.minimum.accumulate(noises, axis=-1)
    where = np.where(noises == least, np.arange(noises.shape[-1]), 0)
    where = np.maximum.accumulate(where, axis=-1)
    below = (costs[..., None, :] <= cap[..., :, None]).sum(axis=-1) - 1
    index = np.take_along_axis(where, np.maximum(below, 0), axis=-1)
    other = np.take_along_axis(costs, index, axis=-1)
    other_variance = setting.variance(np.take_along_axis(noises, index, axis=-1), K)
    better = other_variance < variance
    return np.where(better, other, cap), np.where(better, other_variance, variance)
