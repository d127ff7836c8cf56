r"""Fidelity and bias: what to pay for a label, and up to how many rollouts a biased reward is the better one.

The claims of part E are in :mod:`imagination.results.fidelity.claims`. This module puts numbers into them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike, NDArray

from imagination.results.fidelity import claims as fc

Array = NDArray[Any]

CHEAPEST, INTERIOR, DEAREST, INDIFFERENT = "cheapest", "interior", "dearest", "indifferent"


# -- noise laws ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PowerLaw:
    """Noise variance ``amplitude * cost**(-exponent)`` [TSGLH26, Cor. 2].

    Parameters
    ----------
    amplitude, exponent : array_like
        Both positive; the amplitude is the variance at cost 1, in units of reward squared.
    """

    amplitude: ArrayLike
    exponent: ArrayLike

    def __call__(self, cost: ArrayLike) -> Any:
        """The noise's variance at a positive cost."""
        return fc.POWER_NOISE.evaluate(cost=cost, amplitude=self.amplitude, exponent=self.exponent)


@dataclass(frozen=True)
class Floor:
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

    def __call__(self, cost: ArrayLike) -> Any:
        """The noise's variance at a positive cost."""
        return fc.FLOOR_NOISE.evaluate(cost=cost, floor=self.floor, amplitude=self.amplitude)


@dataclass(frozen=True)
class Bounded:
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

    def __call__(self, cost: ArrayLike) -> Any:
        """The noise's variance at a cost in (0, noise_free_cost]."""
        return fc.BOUNDED_NOISE.evaluate(
            cost=cost, largest=self.largest, noise_free_cost=self.noise_free_cost
        )


Noise = PowerLaw | Floor | Bounded | Callable[[Array], ArrayLike]


# -- the best cost -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class WholeRollouts:
    """The best plan that buys whole rollouts.

    Attributes
    ----------
    rollouts : int or ndarray of int
        How many.
    cost : float or ndarray
        What each one's label may cost: all that the budget leaves, unless more buys nothing better.
    variance : float or ndarray
        Variance of their average.
    """

    rollouts: Any
    cost: Any
    variance: Any


@dataclass(frozen=True)
class OptimalCost:
    """The cost of a label that gives the least variance for a budget.

    Attributes
    ----------
    cost : float or ndarray
        The best cost.
    objective : float or ndarray
        Psi there: variance times budget.
    regime : str or ndarray of str
        ``"interior"``, ``"cheapest"``, ``"dearest"``, or ``"indifferent"`` where every cost in the range is
        as good (then `cost` is the lowest).
    rollouts : int or ndarray of int, optional
        Whole rollouts that the budget buys at `cost`; only with a budget.
    whole : WholeRollouts, optional
        The best plan in whole rollouts; only with a budget.
    """

    cost: Any
    objective: Any
    regime: Any
    rollouts: Any = None
    whole: WholeRollouts | None = None


@cache
def _function(expression: sp.Expr, *symbols: sp.Symbol) -> Callable[..., Any]:
    return sp.lambdify(symbols, expression, modules="numpy")


_PSI = sp.cancel(fc.OBJECTIVE.expression * fc.B)
_VARIANCE = fc.OBJECTIVE.quantity


@dataclass(frozen=True)
class _Setting:
    """Noise-free variance, noise factor, fixed cost and range of costs, all of one shape."""

    V: Array
    kappa: Array
    c_0: Array
    low: Array
    high: Array

    def objective(self, cost: Array, noise: Array) -> Array:
        V, kappa, c_0 = (_like(part, cost) for part in (self.V, self.kappa, self.c_0))
        return _function(_PSI, fc.c, fc.s, fc.V, fc.kappa, fc.c_0)(cost, noise, V, kappa, c_0)

    def variance(self, noise: Array, rollouts: Array) -> Array:
        V, kappa = _like(self.V, noise), _like(self.kappa, noise)
        return _function(_VARIANCE, fc.s, fc.V, fc.kappa, fc.K)(noise, V, kappa, rollouts)

    def parameters(self) -> dict[str, Array]:
        return {"noise_free_variance": self.V, "noise_factor": self.kappa, "fixed_cost": self.c_0}


def _like(value: Array, cost: Array) -> Array:
    """A value with trailing axes, so that it goes with several costs for each problem."""
    return value.reshape(value.shape + (1,) * (cost.ndim - value.ndim))


def optimal_cost(
    noise: Noise,
    *,
    noise_free_variance: ArrayLike = 0.0,
    noise_factor: ArrayLike = 1.0,
    fixed_cost: ArrayLike = 0.0,
    cost_range: tuple[ArrayLike, ArrayLike],
    budget: ArrayLike | None = None,
) -> OptimalCost:
    r"""The cost of a label at which a budget gives the least variance.

    Minimises :math:`\Psi(c) = (c_0 + c)(V + \kappa \sigma^2(c))`: a budget :math:`B` buys
    :math:`B/(c_0 + c)` rollouts, whose average has variance :math:`\Psi(c)/B`.

    Parameters
    ----------
    noise : PowerLaw, Floor, Bounded or callable
        Variance of the rewards' noise as a function of cost, in units of reward squared. A callable takes an
        array of costs and returns an array of its shape; it may have any number of local minima.
    noise_free_variance : array_like
        V, variance of one rollout's estimate without noise; at least 0.
    noise_factor : array_like
        kappa, variance that noise of variance 1 adds to one rollout's estimate; at least 0. See
        :func:`imagination.results.noise.claims.added_variance_bound`, with sigma = 1 and one rollout.
    fixed_cost : array_like
        c_0, cost of a rollout before it is labelled; at least 0.
    cost_range : (lowest, highest)
        Costs allowed, each array_like: 0 < lowest < highest, in the units of `fixed_cost` and `budget`.
    budget : array_like, optional
        What may be spent in all; adds whole numbers of rollouts to the answer.

    Returns
    -------
    OptimalCost
        Numbers, or arrays in the broadcast shape of all parameters and of those of the noise.

    Raises
    ------
    ValueError
        Naming the argument, its value and the rule: a number that is negative, infinite or NaN, an empty
        range, a range beyond a bounded noise's noise-free cost, a budget that buys no rollout, a callable
        that returns anything but finite nonnegative numbers in the shape of its argument.

    Notes
    -----
    Corollary 2 of [TSGLH26] is the case V = 0, c_0 = 0. Closed forms where there are any
    (:data:`~imagination.results.fidelity.claims.POWER_OPTIMUM` and others); otherwise the one root of the
    slope for a power law, both ends for bounded noise, and for a callable a search from many starts.

    Examples
    --------
    >>> best = optimal_cost(PowerLaw(4.0, 2.0), noise_free_variance=1.0, cost_range=(0.1, 10.0))
    >>> float(best.cost), float(best.objective), best.regime
    (2.0, 4.0, 'interior')
    """
    noise, setting = _checked(noise, noise_free_variance, noise_factor, fixed_cost, cost_range, budget)
    if isinstance(noise, Bounded):
        cost, regime = _at_an_end(noise, setting)
    elif isinstance(noise, PowerLaw | Floor):
        cost, regime = _at_the_slopes_root(noise, setting)
    else:
        cost, regime = _searched(noise, setting)
    objective = setting.objective(cost, _variance_at(noise, cost))
    if not np.isfinite(objective).all():
        raise ValueError(f"the objective exceeds the largest float at cost {float(cost.ravel()[0])!r}")
    found = OptimalCost(_plain(cost), _plain(objective), _plain(regime))
    if budget is None:
        return found
    spent = np.broadcast_to(np.asarray(budget, float), setting.low.shape)
    whole = _whole_rollouts(noise, setting, spent, cost)
    return OptimalCost(found.cost, found.objective, found.regime, _plain(_count(spent, cost, setting)), whole)


def _plain(array: Array) -> Any:
    """A number, or a str, of an array without axes."""
    return array.item() if np.ndim(array) == 0 else array


def _checked(
    noise: Any, V: Any, kappa: Any, c_0: Any, cost_range: Any, budget: Any
) -> tuple[Noise, _Setting]:
    try:
        low, high = cost_range
    except (TypeError, ValueError):
        raise ValueError(f"cost_range must be a pair (lowest, highest), got {cost_range!r}") from None
    if not callable(noise):
        raise ValueError(f"noise must be a PowerLaw, Floor, Bounded or a function of cost, got {noise!r}")
    named = {"noise_free_variance": V, "noise_factor": kappa, "fixed_cost": c_0,
             "cost_range[0]": low, "cost_range[1]": high}  # fmt: skip
    if budget is not None:
        named["budget"] = budget
    if isinstance(noise, PowerLaw | Floor | Bounded):
        named |= {f"noise.{name}": value for name, value in vars(noise).items()}
    arrays = {name: _number(name, value) for name, value in named.items()}
    try:
        shape = np.broadcast_shapes(*(array.shape for array in arrays.values()))
    except ValueError as error:
        shapes = {name: array.shape for name, array in arrays.items()}
        raise ValueError(f"arguments do not broadcast together: {shapes}") from error
    V, kappa, c_0, low, high = (np.broadcast_to(array, shape) for array in list(arrays.values())[:5])
    for name in ("noise_free_variance", "noise_factor", "fixed_cost", "noise.floor", "noise.largest"):
        _refuse(name, arrays.get(name), lambda value: value < 0, "at least 0")
    for name in ("cost_range[0]", "noise.amplitude", "noise.exponent", "noise.noise_free_cost"):
        _refuse(name, arrays.get(name), lambda value: value <= 0, "above 0")
    _refuse("cost_range", high, lambda value: value <= low, "a range with lowest < highest: highest")
    if isinstance(noise, Bounded):
        last = arrays["noise.noise_free_cost"]
        _refuse("cost_range[1]", high, lambda value: value > last, "at most the noise's noise_free_cost")
    if budget is not None:
        spent = np.broadcast_to(arrays["budget"], shape)
        _refuse("budget", spent, lambda value: _bought(value, c_0 + low) < 1, "enough for one rollout")
    if isinstance(noise, PowerLaw | Floor | Bounded):
        noise = type(noise)(**{name: np.broadcast_to(arrays[f"noise.{name}"], shape) for name in vars(noise)})
    return noise, _Setting(V, kappa, c_0, low, high)


def _number(name: str, value: Any) -> Array:
    refusal = f"{name} must be a finite real number or an array of them, got {value!r}"
    try:
        array = np.asarray(value)
        if array.dtype.kind not in "iuf":
            raise ValueError(refusal)
        array = array.astype(float)
    except (TypeError, ValueError) as error:
        raise ValueError(refusal) from error
    if not np.isfinite(array).all():
        raise ValueError(refusal)
    return array


def _refuse(name: str, value: Array | None, broken: Callable[[Array], Any], rule: str) -> None:
    if value is None:
        return
    where = np.asarray(broken(value))
    if where.any():
        shown = float(np.broadcast_to(value, where.shape)[where][0])
        raise ValueError(f"{name} must be {rule}, got {shown!r}")


def _variance_at(noise: Noise, cost: Array) -> Array:
    if isinstance(noise, PowerLaw | Floor | Bounded):
        law = type(noise)(**{name: _like(value, cost) for name, value in vars(noise).items()})
        return np.asarray(law(cost))
    try:
        found = np.asarray(noise(cost), float)
    except (TypeError, ValueError) as error:
        raise ValueError(f"noise must take an array of costs and return numbers: {error}") from error
    if found.shape != np.shape(cost):
        raise ValueError(
            f"noise must return an array of its argument's shape {np.shape(cost)}, got {found.shape}"
        )
    if not (np.isfinite(found) & (found >= 0)).all():
        bad = ~(np.isfinite(found) & (found >= 0))
        raise ValueError(
            "noise must return finite numbers of at least 0,"
            f" got {float(found[bad][0])!r} at cost {float(cost[bad][0])!r}"
        )
    return found


def _at_the_slopes_root(noise: PowerLaw | Floor, setting: _Setting) -> tuple[Array, Array]:
    """Psi is convex on logarithmic axes, so the sign of its slope says on which side the best cost lies."""
    shape, low, high = setting.low.shape, setting.low, setting.high
    floor = np.broadcast_to(np.asarray(noise.floor if isinstance(noise, Floor) else 0.0, float), shape)
    A = np.broadcast_to(np.asarray(noise.amplitude, float), shape)
    p = np.broadcast_to(np.asarray(noise.exponent if isinstance(noise, PowerLaw) else 1.0, float), shape)
    # Noise that no money removes is like noise-free variance.
    V, kappa, c_0 = setting.V + setting.kappa * floor**2, setting.kappa, setting.c_0
    steepness = _function(fc.SLOPE.expression, fc.c, fc.V, fc.kappa, fc.c_0, fc.A, fc.p)

    def slope(cost: Array) -> Array:
        return steepness(cost, V, kappa, c_0, A, p)

    with np.errstate(all="ignore"):
        at_low, at_high = slope(low), slope(high)
        bottom, top = np.log(low), np.log(high)
        for _ in range(80):
            middle = (bottom + top) / 2
            rising = slope(np.exp(middle)) >= 0
            bottom, top = np.where(rising, bottom, middle), np.where(rising, middle, top)
        root = np.exp((bottom + top) / 2)
        k, v, fixed = (q.symbol for q in (fc.POSITIVE_FACTOR, fc.POSITIVE_V, fc.POSITIVE_FIXED))
        labels_only = _function(fc.POWER_OPTIMUM, fc.q, k, fc.A, v)(p - 1, kappa, A, V)
        one = _function(fc.FLOOR_OPTIMUM, fixed, k, fc.A, fc.V, fc.sigma_f)(c_0, kappa, A, setting.V, floor)
        noise_only = _function(fc.NO_VARIANCE_OPTIMUM, fixed, fc.p)(c_0, p)
    root = np.where((c_0 == 0) & (p > 1), labels_only, root)
    root = np.where(p == 1, one, root)
    root = np.where((V == 0) & (p < 1), noise_only, root)
    cheapest, dearest = at_low >= 0, at_high <= 0
    inside = np.clip(np.where(cheapest | dearest, low, root), low, high)
    cost = np.where(cheapest, low, np.where(dearest, high, inside))
    regime = np.where(
        cheapest, np.where(dearest, INDIFFERENT, CHEAPEST), np.where(dearest, DEAREST, INTERIOR)
    )
    return cost, regime


def _at_an_end(noise: Bounded, setting: _Setting) -> tuple[Array, Array]:
    """Psi is concave, so one of the two ends is best."""
    per_cost = _function(fc.WHICH_END.expression, fc.b, fc.c, fc.V, fc.kappa, fc.c_0, fc.sigma_0, fc.c_max)(
        setting.low, setting.high, setting.V, setting.kappa, setting.c_0,
        np.asarray(noise.largest, float), np.asarray(noise.noise_free_cost, float),
    )  # fmt: skip
    constant = (setting.V == 0) & (setting.kappa * np.asarray(noise.largest, float) ** 2 == 0)
    regime = np.where(constant, INDIFFERENT, np.where(per_cost < 0, DEAREST, CHEAPEST))
    return np.where(per_cost < 0, setting.high, setting.low), regime


# A callable is looked at on a grid, and around its lowest local minima by golden section.
_POINTS, _STARTS, _STEPS = 2049, 8, 60
_GOLDEN = (np.sqrt(5) - 1) / 2


def _grid(setting: _Setting) -> Array:
    """Costs from lowest to highest, evenly spaced on linear and on logarithmic axes, in order."""
    shares = np.linspace(0, 1, _POINTS)
    low, high = setting.low[..., None], setting.high[..., None]
    costs = np.concatenate([low + (high - low) * shares, low * (high / low) ** shares], axis=-1)
    return np.sort(np.clip(costs, low, high), axis=-1)


def _searched(noise: Noise, setting: _Setting) -> tuple[Array, Array]:
    costs = _grid(setting)

    def objective(cost: Array) -> Array:
        return setting.objective(cost, _variance_at(noise, cost))

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
    refined = (left + right) / 2
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


def _bought(budget: Array, price: Array) -> Array:
    """How many things of one price a budget buys; a ratio just below a whole number counts as that."""
    return np.floor(budget / price * (1 + 4 * np.finfo(float).eps))


def _count(budget: Array, cost: Array, setting: _Setting) -> Array:
    return _bought(budget, setting.c_0 + cost).astype(np.int64)


def _whole_rollouts(noise: Noise, setting: _Setting, budget: Array, cost: Array) -> WholeRollouts:
    """Try the numbers of rollouts next to the best cost's and to both ends' (for a callable: many more).

    Between the ends a number K pays for labels at B/K - c_0, and the variance is Psi there over B. A named
    noise law's Psi falls and then rises, or is concave, so that no other number can be best.
    """
    most = _bought(budget, setting.c_0 + setting.low)[..., None]
    fewest = np.maximum(_bought(budget, setting.c_0 + setting.high), 1)[..., None]
    near = _bought(budget, setting.c_0 + cost)[..., None] + np.arange(-2, 4)
    tries = [fewest, fewest + 1, most - 1, most, near]
    named = isinstance(noise, PowerLaw | Floor | Bounded)
    if not named:
        tries.append(np.rint(fewest * (most / fewest) ** np.linspace(0, 1, _POINTS)))
    K = np.sort(np.clip(np.concatenate(tries, axis=-1), fewest, most), axis=-1)
    low, high, c_0 = (part[..., None] for part in (setting.low, setting.high, setting.c_0))
    cap = np.clip(budget[..., None] / K - c_0, low, high)
    variance = setting.variance(_variance_at(noise, cap), K)
    if not named:  # a dearer label may be the noisier one: then the budget is better not spent
        cap, variance = _unspent(noise, setting, K, cap, variance)
    best = np.argmin(variance, axis=-1)[..., None]
    K, cap, variance = (np.take_along_axis(part, best, axis=-1)[..., 0] for part in (K, cap, variance))
    return WholeRollouts(_plain(K.astype(np.int64)), _plain(cap), _plain(variance))


def _unspent(noise: Noise, setting: _Setting, K: Array, cap: Array, variance: Array) -> tuple[Array, Array]:
    """For each number of rollouts the least noisy label that it can pay for, on the grid or at its cap."""
    costs = _grid(setting)
    noises = _variance_at(noise, costs)
    least = np.minimum.accumulate(noises, axis=-1)
    where = np.where(noises == least, np.arange(noises.shape[-1]), 0)
    where = np.maximum.accumulate(where, axis=-1)
    below = (costs[..., None, :] <= cap[..., :, None]).sum(axis=-1) - 1
    index = np.take_along_axis(where, np.maximum(below, 0), axis=-1)
    other = np.take_along_axis(costs, index, axis=-1)
    other_variance = setting.variance(np.take_along_axis(noises, index, axis=-1), K)
    better = other_variance < variance
    return np.where(better, other, cap), np.where(better, other_variance, variance)


# -- bias ----------------------------------------------------------------------------------------------------


def mean_squared_error(*, variance: ArrayLike, rollouts: ArrayLike, bias_norm: ArrayLike) -> Any:
    r"""Mean squared error :math:`E\|\tilde g - \nabla J_H\|^2` of an average of rollouts with biased rewards.

    Parameters
    ----------
    variance : array_like
        Variance (trace of the covariance) of one rollout's estimate, at least 0.
    rollouts : array_like
        Number of rollouts, at least 1.
    bias_norm : array_like
        :math:`\|\nabla B_H\|`, at least 0.

    Returns
    -------
    float or ndarray

    Raises
    ------
    ValueError
        Naming the argument, its value and the rule.

    Notes
    -----
    [TSGLH26, Prop. 2]. Without its bias the estimator must estimate the gradient of the return, as the
    discounted one does.
    """
    values = {"variance": variance, "rollouts": rollouts, "bias_norm": bias_norm}
    arrays = {name: _number(name, value) for name, value in values.items()}
    for name in ("variance", "bias_norm"):
        _refuse(name, arrays[name], lambda value: value < 0, "at least 0")
    _refuse("rollouts", arrays["rollouts"], lambda value: value < 1, "at least 1")
    return _function(fc.SQUARED_ERROR, fc.v_biased, fc.K, fc.beta)(*arrays.values())


def crossing(*, variance_noisy: ArrayLike, variance_biased: ArrayLike, bias_norm: ArrayLike) -> Any:
    r"""Number of rollouts :math:`K^\dagger` up to which the biased estimate has the smaller squared error.

    Parameters
    ----------
    variance_noisy, variance_biased : array_like
        Variances (traces of covariances) of one rollout's estimate, with unbiased noisy rewards and with
        biased ones; at least 0.
    bias_norm : array_like
        :math:`\|\nabla B_H\|`, above 0.

    Returns
    -------
    float or ndarray
        Not rounded. Below 1 where the unbiased estimate is the better one from the first rollout on.

    Raises
    ------
    ValueError
        Naming the argument, its value and the rule.

    Notes
    -----
    That the biased estimate is the better one up to there and never beyond: the theorem ``crossing`` of
    ``formal/Objective.v``, about :data:`~imagination.results.fidelity.claims.WORTH_IT` and
    :data:`~imagination.results.fidelity.claims.NEVER_BEYOND`.
    """
    values = {"variance_noisy": variance_noisy, "variance_biased": variance_biased, "bias_norm": bias_norm}
    arrays = {name: _number(name, value) for name, value in values.items()}
    for name in ("variance_noisy", "variance_biased"):
        _refuse(name, arrays[name], lambda value: value < 0, "at least 0")
    _refuse("bias_norm", arrays["bias_norm"], lambda value: value <= 0, "above 0")
    return _function(fc.CROSSING, fc.v_noisy, fc.v_biased, fc.beta)(*arrays.values())
