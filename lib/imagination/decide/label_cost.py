r"""Fidelity and bias: what to pay for a label, and up to how many rollouts a biased reward is the better one.

The claims are in :mod:`imagination.results.fidelity.claims`. This module puts numbers into them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imagination.checks import finite, numeric, together
from imagination.decide.baselines import LeaveOneOut, leave_one_out
from imagination.decide.label_search import (
    CHEAPEST,
    DEAREST,
    Setting,
    WholeRollouts,
    at_an_end,
    at_the_slopes_root,
    bought,
    plain,
    searched,
    whole_rollouts,
)
from imagination.decide.lambda_choice import LambdaChoice, best_lambda
from imagination.decide.noise_laws import Bounded, Floor, Law, PowerLaw, Verifier, value
from imagination.decide.votes import by_votes, whole_votes
from imagination.results.fidelity import claims
from imagination.results.verifier.claims import RESCALED_CROSSING

__all__ = [
    "Bounded",
    "Floor",
    "LambdaChoice",
    "LeaveOneOut",
    "OptimalCost",
    "PowerLaw",
    "Verifier",
    "WholeRollouts",
    "along_gradient",
    "best_lambda",
    "crossing",
    "leave_one_out",
    "mean_squared_error",
    "optimal_cost",
]

Array = NDArray[np.floating]

ROUNDING = 1e-12
"""What part of a sum of floats may be rounding."""


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
    votes : int or ndarray of int, optional
        Votes that `cost` buys; only of a verifier.
    """

    cost: Any
    objective: Any
    regime: Any
    rollouts: Any = None
    whole: WholeRollouts | None = None
    votes: Any = None


def optimal_cost(
    noise: Law | Callable[[Any], Any],
    *,
    noise_free_variance: ArrayLike | Callable[[Any], Any] = 0.0,
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
    noise : PowerLaw, Floor, Bounded, Verifier or callable
        Variance of the rewards' noise as a function of cost, in units of reward squared. A callable takes a
        cost, or an array of them; it may have any number of local minima. Of a verifier whole votes are
        bought, and what they say is rescaled by 1/J, TPR less FPR.
    noise_free_variance : array_like or callable
        V, variance of one rollout's estimate without noise; at least 0. Where a verifier's FPR is not
        subtracted from its verdicts, every rescaled reward is larger by FPR/J, and V is a function of that.
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
        range, a range beyond a bounded noise's noise-free cost, without a vote or with more than 1,000, a
        verifier whose TPR is not above its FPR, a budget that buys no rollout or too many to
        count, a callable that returns anything but finite nonnegative numbers, numbers whose products leave
        the range of floats.

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

    Two judges, of which the second is dearer, at most nine votes each; one index says whom to ask.

    >>> judges = Verifier(tpr=[0.8, 0.95], fpr=[0.3, 0.05], share_of_ones=0.5, price=[1.0, 3.0])
    >>> best = optimal_cost(judges, noise_free_variance=1.0, fixed_cost=5.0, cost_range=(1, [9, 27]))
    >>> best.votes.tolist(), int(best.objective.argmin())
    ([2, 1], 1)
    """
    with np.errstate(all="ignore"):
        given = None if not callable(noise_free_variance) else noise_free_variance
        if given is not None and not isinstance(noise, Verifier):
            raise ValueError("noise_free_variance must be numbers where noise is no Verifier, got a function")
        V = 0.0 if callable(noise_free_variance) else noise_free_variance
        setting, spent = _checked(noise, V, noise_factor, fixed_cost, cost_range, budget)
        whole = None
        if isinstance(setting.noise, Verifier):
            cost, objective, regime, whole = by_votes(setting, spent, given)
        else:
            cost, objective, regime = _found(setting)
        if not np.isfinite(objective).all():
            raise ValueError(
                "noise, noise_free_variance, noise_factor, fixed_cost and cost_range must have products"
                f" within the range of floats, got an objective of {float(objective.max())!r}"
            )
        found = OptimalCost(plain(cost), plain(objective), plain(regime))
        if isinstance(setting.noise, Verifier):
            votes = np.rint(cost / np.asarray(setting.noise.price)).astype(np.int64)
            found = replace(found, votes=plain(votes))
        if spent is None:
            return found
        count = bought(spent, setting.c_0 + cost).astype(np.int64)
        return replace(found, rollouts=plain(count), whole=whole or whole_rollouts(setting, spent, cost))


def _found(setting: Setting) -> tuple[Array, Array, Array]:
    """The best cost of a law of all costs or of a function, its objective and regime."""
    noise = setting.noise
    if isinstance(noise, Bounded):
        cost, regime = at_an_end(setting)
    elif isinstance(noise, Law):
        cost, regime = at_the_slopes_root(setting)
    else:
        cost, regime = searched(setting)
    objective = setting.objective(cost)
    for end, there in ((setting.low, CHEAPEST), (setting.high, DEAREST)):
        # Where products left the range of floats, or cancelled, an end may be better.
        at_end = setting.objective(end)
        better = ~(objective <= at_end * (1 + 1e-6))
        cost, regime = np.where(better, end, cost), np.where(better, there, regime)
        objective = np.where(better, at_end, objective)
    return cost, objective, regime


_FROM_0 = {"noise_free_variance", "noise_factor", "fixed_cost", "noise.floor", "noise.largest"}
_FROM_0 |= {"noise.tpr", "noise.fpr", "noise.share_of_ones", "noise.correlation"}


def _checked(
    noise: Any, V: Any, kappa: Any, c_0: Any, cost_range: Any, budget: Any
) -> tuple[Setting, Array | None]:
    """The problems in arrays of one shape, and the budget."""
    try:
        low, high = cost_range
    except (TypeError, ValueError):
        raise ValueError(f"cost_range must be a pair (lowest, highest), got {cost_range!r}") from None
    if not callable(noise):
        raise ValueError(
            f"noise must be a PowerLaw, Floor, Bounded, Verifier or a function of cost, got {noise!r}"
        )
    named = {"noise_free_variance": V, "noise_factor": kappa, "fixed_cost": c_0,
             "cost_range[0]": low, "cost_range[1]": high}  # fmt: skip
    if budget is not None:
        named["budget"] = budget
    if isinstance(noise, Law):
        named |= {f"noise.{name}": part for name, part in noise.numbers.items()}
    arrays = {name: finite(name, part) for name, part in named.items()}
    try:
        arrays = dict(zip(arrays, np.broadcast_arrays(*arrays.values()), strict=True))
    except ValueError as error:
        shapes = {name: array.shape for name, array in arrays.items()}
        raise ValueError(f"arguments do not broadcast together: {shapes}") from error
    V, kappa, c_0, low, high, *_ = arrays.values()
    for name, part in arrays.items():
        if name in _FROM_0:
            _refuse(name, part, part < 0, "at least 0")
        elif name not in ("cost_range[1]", "budget"):
            _refuse(name, part, part <= 0, "above 0")
    _refuse("cost_range", high, high <= low, "a range with lowest < highest: highest")
    if isinstance(noise, Law):
        noise = replace(noise, **{name: arrays[f"noise.{name}"] for name in noise.numbers})
    if isinstance(noise, Verifier):
        low, high = whole_votes(noise, low, high)
    if isinstance(noise, Bounded):
        beyond = high > arrays["noise.noise_free_cost"]
        _refuse("cost_range[1]", high, beyond, "at most the noise's noise_free_cost")
    spent = arrays.get("budget")
    if spent is not None:
        most = bought(spent, c_0 + low)
        _refuse("budget", spent, most < 1, "enough for one rollout")
        _refuse("budget", spent, most > 2.0**53, "for 2**53 rollouts at most")
    return Setting(noise, V, kappa, c_0, low, high), spent


def _refuse(name: str, part: Array, broken: NDArray[np.bool_], rule: str) -> None:
    if np.any(broken):
        raise ValueError(f"{name} must be {rule}, got {float(part[broken][0])!r}")


def _at_least_0(**given: ArrayLike) -> dict[str, Array]:
    arrays = {name: finite(name, part) for name, part in given.items()}
    for name, array in arrays.items():
        _refuse(name, array, array < 0, "at least 0")
    return dict(zip(arrays, together(**arrays), strict=True))


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
    V, K, beta = _at_least_0(variance=variance, rollouts=rollouts, bias_norm=bias_norm).values()
    _refuse("rollouts", K, K < 1, "at least 1")
    with np.errstate(all="ignore"):
        return value(claims.SQUARED_ERROR, **{str(claims.v_biased): V, "K": K, "beta": beta})


@numeric
def along_gradient(*, gradient: ArrayLike, judged: ArrayLike) -> tuple[Any, Any]:
    r"""What a judge's mean gradient has along the true one, and what it has across.

    Parameters
    ----------
    gradient, judged : array_like (..., d)
        :math:`\nabla J_H`, not 0, and :math:`E \tilde g`, the mean of the estimate from the judge's rewards.

    Returns
    -------
    along, across : float or ndarray (...)
        :math:`a = \langle E \tilde g, \nabla J_H \rangle / \|\nabla J_H\|^2`, and
        :math:`\|o\| = \|E \tilde g - a \nabla J_H\|`. Where a is 0 or less the judge's gradient does not
        climb; else only o misleads, and the rest is a length of step. An o that rounding may have left, below
        1e-12 of the mean gradient, is 0.

    Raises
    ------
    ValueError
        Naming the argument, its value and the rule.
    """
    true, other = together(gradient=finite("gradient", gradient), judged=finite("judged", judged))
    if not true.ndim:
        raise ValueError("gradient must be an array (..., d), got a number")
    size = np.linalg.norm(true, axis=-1)
    _refuse("gradient", size, size <= 0, "above 0 in norm")
    unit = true / size[..., None]
    length = (other * unit).sum(axis=-1)
    across = np.linalg.norm(other - length[..., None] * unit, axis=-1)
    across = np.where(across <= ROUNDING * np.linalg.norm(other, axis=-1), 0.0, across)
    return (length / size)[()], across[()]


def crossing(
    *, variance_noisy: ArrayLike, variance_biased: ArrayLike, bias_norm: ArrayLike, along: ArrayLike = 1.0
) -> Any:
    r"""Number of rollouts :math:`K^\dagger` up to which the biased estimate has the smaller squared error.

    Parameters
    ----------
    variance_noisy, variance_biased : array_like
        Variances (traces of covariances) of one rollout's estimate, with unbiased noisy rewards and with
        biased ones, as they come; at least 0.
    bias_norm : array_like
        Norm of what the biased estimate's mean has besides `along` times the gradient, at least 0:
        :math:`\|o\|`, or all of :math:`\|\nabla B_H\|` where `along` is 1.
    along : array_like
        Number a by which the biased estimate is divided, above 0; :func:`along_gradient` returns that of its
        mean, and what is across. With 1, the default, the estimate is used as it is, and a bias that only
        shortens or lengthens the step counts as an error: compare so only where the step size is fixed.

    Returns
    -------
    float or ndarray
        Not rounded. Below 1 where the unbiased estimate is the better one from the first rollout on, infinite
        where the biased one always is: it has no bias, and less variance.

    Raises
    ------
    ValueError
        Naming the argument, its value and the rule.

    Notes
    -----
    The theorems ``rescaled_crossing`` of ``formal/Verifier.v``, about
    :data:`~imagination.results.verifier.claims.UP_TO` and
    :data:`~imagination.results.verifier.claims.BEYOND`, and ``crossing`` of ``formal/Objective.v`` for a = 1.

    Examples
    --------
    A judge whose mean label is .1 + .6 r: its gradient is .6 times the true one, and nothing besides.

    >>> float(crossing(variance_noisy=33.0, variance_biased=8.3, bias_norm=0.0, along=0.6))
    inf
    """
    given = {"variance_noisy": variance_noisy, "variance_biased": variance_biased,
             "bias_norm": bias_norm, "along": along}  # fmt: skip
    noisy, biased, off, a = _at_least_0(**given).values()
    _refuse("along", a, a <= 0, "above 0")
    letters = {str(claims.v_noisy): noisy, str(claims.v_biased): biased, "a": a, "o": off}
    with np.errstate(all="ignore"):
        found = np.asarray(value(RESCALED_CROSSING, **letters), float)
        nearer = a * np.sqrt(noisy) - np.sqrt(biased)  # squares may leave the range of floats
    return np.where(np.isnan(found), np.select([nearer > 0, nearer < 0], [np.inf, -np.inf], 0.0), found)[()]
