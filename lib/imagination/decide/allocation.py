r"""Splitting a sampling budget between dynamics and reward labels [TSGLH26, Thm. 1].

The claims are in :mod:`imagination.results.budget.claims`; :func:`allocate` is the optimal split itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import sympy as sp

from imagination.claim import HypothesisError
from imagination.results.budget import claims
from imagination.results.budget.further import ELASTICITIES

_CHUNK = 1 << 14
"""Problems solved at a time: their working set stays in a core's cache."""


@dataclass(frozen=True, slots=True)
class Allocation:
    """An optimal split of a sampling budget; every field has the problems' broadcast shape.

    Attributes
    ----------
    N_dyn, N_rew : float or ndarray
        Samples for the dynamics and for the reward, as real numbers.
    eps_dyn, eps_rew : float or ndarray
        The errors that these samples buy, floors included.
    error : float or ndarray
        ``multiplier * eps_dyn + eps_rew``.
    """

    N_dyn: Any
    N_rew: Any
    eps_dyn: Any
    eps_rew: Any
    error: Any


@dataclass(frozen=True)
class _Equation:
    r"""The spending condition in one unknown, :math:`u + a \log\sigma(u) - b \log\sigma(-u) = \kappa`.

    Here :math:`u` is the log-odds of the dynamics' share of the budget and :math:`\sigma` the logistic
    function, so that the shares are :math:`\sigma(u)` and :math:`\sigma(-u)`.
    """

    level: Callable[..., Any]
    slope_dyn: Callable[..., Any]
    slope_rew: Callable[..., Any]


INPUTS = {
    "A_dyn": claims.A_d,
    "alpha": claims.alpha,
    "A_rew": claims.A_r,
    "beta": claims.beta,
    "c_dyn": claims.c_d,
    "c_rew": claims.c_r,
    "budget": claims.B,
    "multiplier": claims.D,
}


@cache
def _equation() -> _Equation:
    """The logarithm of the spending condition, with samples written as shares of the budget.

    Taken from the claim itself, so that the solver cannot solve another equation than the one proved.
    """
    log_share, log_rest = sp.symbols("x y", real=True)
    logs = {
        claims.N_d: sp.log(claims.B / claims.c_d) + log_share,
        claims.N_r: sp.log(claims.B / claims.c_r) + log_rest,
    }
    odds, wanted = (
        sp.expand_log(sp.log(side)).xreplace({sp.log(n): value for n, value in logs.items()})
        for side in (claims.SPENDING.quantity, claims.SPENDING.expression)
    )
    residual = sp.expand(sp.expand_log(odds - wanted) - (log_share - log_rest))
    slopes = [residual.coeff(log) for log in (log_share, log_rest)]
    level = sp.expand(residual - slopes[0] * log_share - slopes[1] * log_rest)
    if (level.free_symbols | slopes[0].free_symbols | slopes[1].free_symbols) - set(INPUTS.values()):
        raise AssertionError(
            f"the spending condition is not affine in the logarithms of the shares: {residual}"
        )
    arguments = list(INPUTS.values())
    parts = (-level, slopes[0], -slopes[1])
    return _Equation(*(sp.lambdify(arguments, part, "numpy") for part in parts))


@cache
def _errors() -> tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any]]:
    """The two power laws and the weighted error, as functions of numbers."""
    dynamics = sp.lambdify([claims.A_d, claims.alpha, claims.N_d], claims.eps_d, "numpy")
    reward = sp.lambdify([claims.A_r, claims.beta, claims.N_r], claims.eps_r, "numpy")
    e_dyn, e_rew = sp.symbols("e_dyn e_rew", positive=True)
    weighted = claims.error(claims.N_d, claims.N_r).subs({claims.eps_d: e_dyn, claims.eps_r: e_rew})
    total = sp.lambdify([claims.D, e_dyn, e_rew], weighted, "numpy")
    return dynamics, reward, total


def allocate(
    *,
    A_dyn: Any,
    alpha: Any,
    A_rew: Any,
    beta: Any,
    c_dyn: Any,
    c_rew: Any,
    budget: Any,
    multiplier: Any,
    floor_dyn: Any = 0.0,
    floor_rew: Any = 0.0,
) -> Allocation:
    r"""The split of a budget that minimises :math:`D \epsilon_\mathrm{dyn} + \epsilon_\mathrm{rew}`.

    Parameters
    ----------
    A_dyn, alpha : array_like
        The dynamics' error after N samples is ``A_dyn * N**-alpha + floor_dyn``; both positive.
    A_rew, beta : array_like
        The same for the reward.
    c_dyn, c_rew : array_like
        Cost of one sample of each kind, positive.
    budget : array_like
        What may be spent, in the same unit, positive.
    multiplier : array_like
        How much an error of the dynamics weighs beside one of the reward, positive; Lemma 1's is
        :data:`~imagination.results.budget.claims.MULTIPLIER`.
    floor_dyn, floor_rew : array_like
        Errors that no number of samples removes, nonnegative. They do not move the split.

    Returns
    -------
    Allocation
        Samples, errors and their weighted sum, in the broadcast shape of the arguments.

    Raises
    ------
    HypothesisError
        A `ValueError` naming the argument, its value and the rule.

    Notes
    -----
    Newton's method on the logarithm of the spending condition, whose unknown is the
    log-odds :math:`u` of the dynamics' share. That function of :math:`u` has a slope between :math:`1` and
    :math:`1 + \max(\alpha, \beta)` and a second derivative of one sign, so every start converges, after the
    first step from one side. Where :math:`\alpha = \beta` it is a straight line and one step is the closed
    form. [TSGLH26, Thm. 1]

    Examples
    --------
    >>> split = allocate(A_dyn=0.34, alpha=0.11, A_rew=90.4, beta=0.96, c_dyn=1, c_rew=1, budget=1e6,
    ...                  multiplier=1)
    >>> round(float(split.N_dyn)), round(float(split.error), 4)
    (878850, 0.0766)
    """
    inputs = dict(zip(INPUTS, (A_dyn, alpha, A_rew, beta, c_dyn, c_rew, budget, multiplier), strict=True))
    arrays = _checked({**inputs, "floor_dyn": floor_dyn, "floor_rew": floor_rew}, "allocate")
    shape = arrays[0].shape
    flat = [array.ravel() for array in arrays]
    found = np.empty((5, flat[0].size))
    for start in range(0, flat[0].size, _CHUNK):
        part = slice(start, start + _CHUNK)
        found[:, part] = _split(*(array[part] for array in flat))
    return Allocation(*(row.reshape(shape)[()] for row in found))


def _split(*arguments: np.ndarray) -> tuple[np.ndarray, ...]:
    A_dyn, alpha, A_rew, beta, c_dyn, c_rew, budget, multiplier, floor_dyn, floor_rew = arguments
    equation, (eps_dyn, eps_rew, total) = _equation(), _errors()
    inputs = arguments[: len(INPUTS)]
    share, rest = _shares(equation.level(*inputs), equation.slope_dyn(*inputs), equation.slope_rew(*inputs))
    N_dyn, N_rew = budget / c_dyn * share, budget / c_rew * rest
    with np.errstate(over="ignore", divide="ignore"):  # an error beyond the largest float is inf
        e_dyn, e_rew = eps_dyn(A_dyn, alpha, N_dyn) + floor_dyn, eps_rew(A_rew, beta, N_rew) + floor_rew
        return N_dyn, N_rew, e_dyn, e_rew, total(multiplier, e_dyn, e_rew)


def _shares(level: np.ndarray, a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    r"""Both shares of the budget, each with its own full relative accuracy, however small."""
    u = level / np.where(level > 0, 1 + b, 1 + a)  # the root of the nearer asymptote
    for _ in range(100):
        tail = np.exp(-np.abs(u))
        log_larger = -np.log1p(tail)
        larger, smaller = 1 / (1 + tail), tail / (1 + tail)
        share, rest = np.where(u > 0, larger, smaller), np.where(u > 0, smaller, larger)
        residual = u + a * (np.minimum(u, 0) + log_larger) - b * (np.minimum(-u, 0) + log_larger) - level
        step = residual / (1 + a * rest + b * share)
        # Newton's error after a step is of the order of the step's square.
        if np.all(np.abs(step) <= 1e-9 * np.maximum(1, np.abs(u))):
            break
        u = u - step
    else:
        raise ArithmeticError("the spending condition was not solved in 100 steps of Newton's method")
    # The last step is taken to first order: d log share / du is the other share, and the reverse.
    return share * np.exp(-step * rest), rest * np.exp(step * share)


def _bought(money: np.ndarray, price: np.ndarray) -> np.ndarray:
    """How much money buys; a quotient that is a whole number but for rounding is that whole number."""
    amount = money / price
    whole = np.round(amount)
    return np.where(np.abs(amount - whole) <= 1e-12 * np.maximum(1, amount), whole, amount)


def _checked(values: Mapping[str, Any], asked: str) -> list[np.ndarray]:
    """The arguments as float arrays of one shape, each within its rule."""
    numbers = {}
    for name, value in values.items():
        try:
            numbers[name] = np.asarray(value, float)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{asked}: {name} must be a real number or an array, got {value!r}") from error
    try:
        arrays = np.broadcast_arrays(*numbers.values())
    except ValueError as error:
        shapes = {name: number.shape for name, number in numbers.items()}
        raise ValueError(f"{asked}: arguments do not broadcast together: {shapes}") from error
    for name, array in zip(numbers, arrays, strict=True):
        floor = name.startswith("floor")
        broken = ~np.isfinite(array) | ((array < 0) if floor else (array <= 0))
        if broken.any():
            index = tuple(int(i[0]) for i in np.nonzero(broken)) if broken.ndim else ()
            rule = f"{name} {'>= 0' if floor else '> 0'} and finite"
            raise HypothesisError(asked, rule, {name: float(array[index])}, index)
    return list(arrays)


def allocate_whole(
    *,
    A_dyn: Any,
    alpha: Any,
    A_rew: Any,
    beta: Any,
    c_dyn: Any,
    c_rew: Any,
    budget: Any,
    multiplier: Any,
    floor_dyn: Any = 0.0,
    floor_rew: Any = 0.0,
    minimum_dyn: Any = 1,
    minimum_rew: Any = 1,
) -> Allocation:
    """The best split into whole samples, with at least so many of each.

    Parameters
    ----------
    A_dyn, alpha, A_rew, beta, c_dyn, c_rew, budget, multiplier, floor_dyn, floor_rew : array_like
        As for :func:`allocate`.
    minimum_dyn, minimum_rew : array_like of whole numbers
        The fewest samples of each kind, at least 1.

    Returns
    -------
    Allocation
        With whole `N_dyn` and `N_rew`, to a relative error of at most 1e-12 above the best.

    Raises
    ------
    HypothesisError
        Also where the budget does not buy the fewest samples asked for.

    Notes
    -----
    For a number of the dearer samples, the best number of the cheaper ones is all that the rest of the budget
    buys. Without rounding, that error is convex in the first number, so it bounds the whole split's from
    below, and more so farther from its minimum: the search walks outwards from there, on both sides, until
    the bound exceeds the best split found.
    """
    inputs = dict(zip(INPUTS, (A_dyn, alpha, A_rew, beta, c_dyn, c_rew, budget, multiplier), strict=True))
    floors = {"floor_dyn": floor_dyn, "floor_rew": floor_rew}
    arrays = _checked(
        {**inputs, **floors, "minimum_dyn": minimum_dyn, "minimum_rew": minimum_rew}, "allocate_whole"
    )
    shape = arrays[0].shape
    *problem, low_dyn, low_rew = (array.ravel() for array in arrays)
    A_dyn, alpha, A_rew, beta, c_dyn, c_rew, budget, multiplier, floor_dyn, floor_rew = problem
    for name, low in (("minimum_dyn", low_dyn), ("minimum_rew", low_rew)):
        if np.any(odd := low != np.floor(low)):
            raise HypothesisError(
                "allocate_whole", f"{name} to be a whole number", {name: float(low[odd][0])}
            )
    if np.any(short := c_dyn * low_dyn + c_rew * low_rew > budget):
        first = {
            "budget": float(budget[short][0]),
            "fewest samples cost": float((c_dyn * low_dyn + c_rew * low_rew)[short][0]),
        }
        raise HypothesisError("allocate_whole", "budget to buy the fewest samples asked for", first)

    def errors(N_dyn: np.ndarray, N_rew: np.ndarray, at: Any) -> tuple[np.ndarray, ...]:
        eps_dyn, eps_rew, total = _errors()
        e_dyn = eps_dyn(A_dyn[at], alpha[at], N_dyn) + floor_dyn[at]
        e_rew = eps_rew(A_rew[at], beta[at], N_rew) + floor_rew[at]
        return e_dyn, e_rew, total(multiplier[at], e_dyn, e_rew)

    # "Steps" are the dearer samples, of which there are fewer; the others fill up what is left.
    by_dyn = c_dyn >= c_rew
    c_step, c_fill = np.where(by_dyn, c_dyn, c_rew), np.where(by_dyn, c_rew, c_dyn)
    low_step, low_fill = np.where(by_dyn, low_dyn, low_rew), np.where(by_dyn, low_rew, low_dyn)
    high_step = np.floor(_bought(budget - c_fill * low_fill, c_step))
    optimum = _split(*problem)
    centre = np.clip(np.floor(np.where(by_dyn, optimum[0], optimum[1])), low_step, high_step)
    best, best_step = np.full(budget.size, np.inf), centre.copy()
    for direction in (-1.0, 1.0):
        live, offset = np.arange(budget.size), 0.0 if direction < 0 else 1.0
        while live.size:
            steps = centre[live] + direction * offset
            live, steps = (
                part[(steps >= low_step[live]) & (steps <= high_step[live])] for part in (live, steps)
            )
            fill = _bought(budget[live] - c_step[live] * steps, c_fill[live])
            bounds, values = (
                errors(np.where(by_dyn[live], steps, n), np.where(by_dyn[live], n, steps), live)[2]
                for n in (fill, np.floor(fill))
            )
            better = values < best[live]
            best[live[better]], best_step[live[better]] = values[better], steps[better]
            live = live[bounds < best[live] * (1 - 1e-12)]
            offset += 1.0
    fill = np.floor(_bought(budget - c_step * best_step, c_fill))
    N_dyn, N_rew = np.where(by_dyn, best_step, fill), np.where(by_dyn, fill, best_step)
    found = (N_dyn, N_rew, *errors(N_dyn, N_rew, slice(None)))
    return Allocation(*(np.reshape(row, shape)[()] for row in found))


@dataclass(frozen=True, slots=True)
class JointAllocation(Allocation):
    """A split in which some samples carry both labels.

    Attributes
    ----------
    N_joint : float or ndarray
        How many samples carry both; `N_dyn` and `N_rew` count them too.
    """

    N_joint: Any


def allocate_joint(
    *,
    A_dyn: Any,
    alpha: Any,
    A_rew: Any,
    beta: Any,
    c_dyn: Any,
    c_rew: Any,
    c_joint: Any,
    budget: Any,
    multiplier: Any,
    floor_dyn: Any = 0.0,
    floor_rew: Any = 0.0,
) -> JointAllocation:
    """The best split where a transition may be bought together with its reward.

    Parameters
    ----------
    c_joint : array_like
        Cost of a sample that carries both labels, positive.
    A_dyn, alpha, A_rew, beta, c_dyn, c_rew, budget, multiplier, floor_dyn, floor_rew : array_like
        As for :func:`allocate`.

    Returns
    -------
    JointAllocation

    Raises
    ------
    HypothesisError
        As :func:`allocate`.

    Notes
    -----
    Joint samples that cost as much as two single ones are left alone. Cheaper ones cover what both models
    need, and single ones the surplus of the model that needs more: with more dynamics than rewards, every
    reward costs ``c_joint - c_dyn`` on top of a transition, and so on. The cost of a pair of numbers is then
    the larger of two linear costs; the minimum lies where one of them applies, or else on the edge between,
    where all samples are joint.
    """
    inputs = dict(zip(INPUTS, (A_dyn, alpha, A_rew, beta, c_dyn, c_rew, budget, multiplier), strict=True))
    floors = {"floor_dyn": floor_dyn, "floor_rew": floor_rew}
    arrays = _checked({**inputs, **floors, "c_joint": c_joint}, "allocate_joint")
    shape = arrays[0].shape
    *problem, both = (array.ravel() for array in arrays)
    A_dyn, alpha, A_rew, beta, c_dyn, c_rew, budget, multiplier, floor_dyn, floor_rew = problem

    def split(price_dyn: np.ndarray, price_rew: np.ndarray, where: np.ndarray) -> np.ndarray:
        priced = [A_dyn, alpha, A_rew, beta, price_dyn, price_rew, budget, multiplier, floor_dyn, floor_rew]
        found = np.full((5, budget.size), np.nan)
        found[:, where] = _split(*(array[where] for array in priced))
        return found

    apart = both >= c_dyn + c_rew
    more_dyn, more_rew = both > c_dyn, both > c_rew  # else a single sample costs as much as a joint one
    found = split(c_dyn, c_rew, apart)
    edge = budget / both
    eps_dyn, eps_rew, total = _errors()
    e_dyn, e_rew = eps_dyn(A_dyn, alpha, edge) + floor_dyn, eps_rew(A_rew, beta, edge) + floor_rew
    found = np.where(apart, found, [edge, edge, e_dyn, e_rew, total(multiplier, e_dyn, e_rew)])
    surplus = split(c_dyn, both - c_dyn, ~apart & more_dyn)
    found = np.where(surplus[0] > surplus[1], surplus, found)  # false where not computed
    surplus = split(both - c_rew, c_rew, ~apart & more_rew)
    found = np.where(surplus[1] > surplus[0], surplus, found)
    N_joint = np.where(apart, 0.0, np.minimum(found[0], found[1]))
    return JointAllocation(*(np.reshape(row, shape)[()] for row in (*found, N_joint)))


def elasticities(
    *,
    A_dyn: Any,
    alpha: Any,
    A_rew: Any,
    beta: Any,
    c_dyn: Any,
    c_rew: Any,
    budget: Any,
    multiplier: Any,
    floor_dyn: Any = 0.0,
    floor_rew: Any = 0.0,
) -> dict[str, Allocation]:
    r"""How the optimal plan moves with each input: percent of change for each percent of the input.

    Parameters
    ----------
    A_dyn, alpha, A_rew, beta, c_dyn, c_rew, budget, multiplier, floor_dyn, floor_rew : array_like
        As for :func:`allocate`.

    Returns
    -------
    dict of Allocation
        For each input :math:`x` but the floors, :math:`\partial \log y / \partial \log x` of every field
        :math:`y` of the optimal split. Without unit.

    Raises
    ------
    HypothesisError
        As :func:`allocate`.

    Notes
    -----
    The numbers of samples move as :data:`~imagination.results.budget.further.ELASTICITIES` says, and the
    errors with them, by the chain rule, of which floors take no part.
    """
    inputs = dict(zip(INPUTS, (A_dyn, alpha, A_rew, beta, c_dyn, c_rew, budget, multiplier), strict=True))
    arrays = _checked({**inputs, "floor_dyn": floor_dyn, "floor_rew": floor_rew}, "elasticities")
    numbers = arrays[: len(INPUTS)]
    at = dict(zip(INPUTS, numbers, strict=True))
    found = allocate(**at, floor_dyn=arrays[-2], floor_rew=arrays[-1])
    known = {**at, "N_dyn": found.N_dyn, "N_rew": found.N_rew}
    removable = 1 - arrays[-2] / found.eps_dyn, 1 - arrays[-1] / found.eps_rew
    weight = at["multiplier"] * found.eps_dyn / found.error
    moved = {}
    for name in INPUTS:
        claimed = (ELASTICITIES[what, name] for what in ("N_dyn", "N_rew"))
        N_dyn, N_rew = (claim.evaluate(**{a: known[a] for a in claim.arguments}) for claim in claimed)
        log_dyn = (name == "A_dyn") - at["alpha"] * (N_dyn + (name == "alpha") * np.log(found.N_dyn))
        log_rew = (name == "A_rew") - at["beta"] * (N_rew + (name == "beta") * np.log(found.N_rew))
        eps_dyn, eps_rew = removable[0] * log_dyn, removable[1] * log_rew
        error = weight * (eps_dyn + (name == "multiplier")) + (1 - weight) * eps_rew
        moved[name] = Allocation(*(np.asarray(part)[()] for part in (N_dyn, N_rew, eps_dyn, eps_rew, error)))
    return moved
