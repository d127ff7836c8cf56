r"""How many steps to imagine before the value is asked.

A promise of H imagined steps and a value errs, at a state s, by :math:`e_H(s) = E[\hat P_H(s)] - V(s)`. The
real return-to-go G is V(s) and noise, and the noise is no error of the value. It leaves means alone, so that
:math:`E[\hat P_H - G]` is the mean error. Of squares, with two draws of the promise that are independent
given s (one draw, where nothing is left to chance),

.. math::

    & E[(\hat P_H - G)(\hat P'_H - G)] \\
    & \quad = E[e_H(s)^2] + E[\operatorname{Var}(G \mid s)] ,

and the last term knows no H: *differences* of mean squares between horizons are free of the noise, exactly,
in worlds and models with chance, too. They decide which horizon is best. How large :math:`e_H` is, and how
large its two parts are (`imagination.audit.promises.Promises`), can only be observed as far as a fit to the
other half of the episodes foresees it. From these sizes comes the curve B of *Imagine, then estimate*, with
root mean squares over states for largest errors (the triangle inequality is all that its proof uses), and
with :math:`\gamma^t \delta(t)` what step t adds to the size of all steps' part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import sympy as sp

from imagination import checks
from imagination.audit import intervals, report
from imagination.audit.prepared import Prepared, discount_below_1, prepared, whole_horizons
from imagination.audit.promises import NoAnswer, Promises, promises, window
from imagination.audit.randomness import forked
from imagination.audit.suspicions import NEIGHBOURS, simple_fit
from imagination.audit.trust import NEAR, scale
from imagination.quantities import H
from imagination.quantities import gamma as GAMMA
from imagination.results.horizon.claims import IMAGINE_THEN_ESTIMATE, ONE_MORE_STEP

__all__ = ["CALLS", "Stopping", "default_horizons", "horizon", "stopping"]

CALLS = 2_000_000
"""How many imagined transitions it may cost before only a sample of the states is asked."""

LONGEST = 1000
"""No longer horizon is tried if none is asked for."""

JUDGED = 5000
"""For so many states the parts' sizes are foreseen."""

ROUNDING = 1e-12
"""Mean squares that differ by less than this share of the returns' are the same."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Stopping:
    """After how many imagined steps a value should be asked; printed, it is a few lines.

    Attributes
    ----------
    best : int
        The horizon with the smallest mean square error, of those tried.
    as_good : tuple of int
        Horizons that are not told from the best: with probability `level` or more the truly best of those
        tried is among them (each rival of a horizon has the same share of ``1 − level``).
    early : int
        The shortest horizon whose root mean square error is within 5% of the best's, as observed: on long
        logs very small differences can be told.
    by_rule : int
        The first horizon after which one more step does not lower the bound, as observed; the longest tried
        if every step does.
    by_horizon : DataFrame
        A row for each `horizon`. Means over states with `_low` and `_high` at `level`, each for itself:
        `bias` (promised less real return) and its two parts `steps` and `end`; `excess`, the mean square
        error less that of `best`. `absolute`, the mean absolute error with the noise of real returns in it.
        As far as a fit to other episodes foresees them, root mean squares of the `error`, of what
        the steps did (`by_steps`) and the end (`by_end`); the `bound` B(H), which is the sum of these two;
        and what one more step would add to it (`one_more`).
    hidden : float
        About this share of the value's own error cannot be seen, because the log is cut (see
        `imagination.audit.promises.Promises`); 0 where all episodes ended in the world. It is a bias, which
        no number of episodes takes away: with a third hidden and 500 episodes the truly best horizon was
        among `as_good` in 90% of 150 linear-quadratic worlds, with a twentieth in 98% of 100, at a level of
        95%.
    states, episodes : int
        From how many states was imagined, and of how many episodes they are.
    gamma, level : float
        As given.
    """

    best: int
    as_good: tuple[int, ...]
    early: int
    by_rule: int
    by_horizon: pd.DataFrame
    hidden: float
    states: int
    episodes: int
    gamma: float
    level: float

    def __str__(self) -> str:
        return "\n".join([*report.stopping(self), "", *report.stopping_table(self)])


def default_horizons(longest: int) -> np.ndarray:
    """0, 1, 2, 3, 5, 7, 10, 15, 20, 30, … and the longest."""
    longest = min(longest, LONGEST)
    steps = np.unique([0, 15, longest, *scale(longest)])
    return steps[steps <= longest]


def horizon(
    model: Any,
    policy: Any,
    data: Any,
    *,
    value: Any,
    gamma: float,
    horizons: Sequence[int] | None = None,
    level: float = 0.95,
    calls: int | None = None,
    rng: np.random.Generator | None = None,
) -> Stopping:
    """Say how many steps to imagine before a value estimate is asked.

    From every state of the log so many steps are imagined, and the value asked at their end; this is compared
    with the real return from there, complete where the episode ended in the world. Where the log cuts it, the
    value itself stands for the rest, and states with too little log ahead are left out. Assumed is that an
    episode is not cut because of what happens in it.

    Parameters
    ----------
    model, policy, data
        See `imagination.audit.audit`. The log must be the policy's own, of two or more episodes.
    value : callable
        Estimates (n,) of the policy's return from what the policy sees, (n, d). Train it on other episodes.
    gamma : float
        Discount, strictly between 0 and 1.
    horizons : sequence of int, optional
        What to try beside 0 and 1. By default 1, 2, 3, 5, 7, 10, 15, 20, … as far as log and discount allow,
        and no further than `LONGEST`.
    level : float
        Probability of the intervals, and that the best of the horizons tried is among `as_good`.
    calls : int, optional
        About how many imagined transitions it may cost; from a sample of the states where all would cost
        more. By default `CALLS`.
    rng : numpy.random.Generator, optional
        By default one with seed 0. Global generators are left as they were.

    Returns
    -------
    Stopping
        Print it.

    Raises
    ------
    ValueError
        If the log's actions are not the policy's, or it is cut too early for the discount, and as
        `imagination.audit.audit` does.

    Notes
    -----
    It needs no knowledge of the noise in real returns: see `imagination.audit.stopping`. An agent whose model
    is wrong in some places only could stop by state; here the same horizon is meant for all.
    """
    gamma, level, rng = discount_below_1(gamma), checks.level(level), checks.generator(rng)
    steps = None if horizons is None else whole_horizons("horizons", horizons)
    calls = None if calls is None else checks.whole("calls", calls, least=1)
    if value is None:
        raise ValueError("value must be callable, got None")
    with forked(int(rng.integers(2**31)), model, policy, value):
        asked = prepared(model, policy, data, value, int(rng.integers(2**31)))
        if not asked.on_policy.holds:
            raise ValueError(f"data: the log's actions are not the policy's: {asked.on_policy.evidence}")
        return stopping(asked, gamma, steps, level, rng, calls)


def stopping(
    asked: Prepared,
    discount: float,
    horizons: np.ndarray | None,
    level: float,
    rng: np.random.Generator,
    calls: int | None = None,
) -> Stopping:
    """Find out from an on-policy log after how many steps to ask a value (see the module).

    Raises
    ------
    imagination.audit.promises.NoAnswer
        If the log cannot say it.
    ValueError
        If a horizon is longer than the log can speak about.
    """
    longest, _ = window(asked.episodes, discount)
    tried = default_horizons(longest) if horizons is None else np.union1d([0, 1], horizons)
    if tried[-1] > longest:
        raise ValueError(f"horizons must be at most {longest} for this log and discount, got {tried[-1]}")
    inner = np.union1d(tried, tried + 1)
    found = promises(asked, discount, inner, rng, CALLS if calls is None else calls)
    if found.episodes < 2:
        raise NoAnswer("data: one episode says nothing of the chance in it")
    tried = tried[np.isin(tried + 1, found.horizons)]
    rows = np.searchsorted(found.horizons, tried)
    loss = ((found.one - found.real[:, None]) * (found.two - found.real[:, None]))[:, rows]
    squares = by_episode(found, loss)
    best = int(squares.mean(axis=0).argmin())
    unseen = ROUNDING * float((found.real**2).mean())
    as_good = [
        int(step) for step, told in zip(tried, _worse(squares, level, unseen), strict=True) if not told
    ]
    of_episodes = {"bias": found.error, "steps": found.steps, "end": found.end}
    means = {name: by_episode(found, each[:, rows]) for name, each in of_episodes.items()}
    table = intervals.table(means | {"excess": squares - squares[:, [best]]}, level)
    table.insert(0, "horizon", tried)
    table["absolute"] = np.abs(found.error[:, rows]).mean(axis=0)
    for name, size in _sizes(found, discount).items():
        table[name] = size[rows]
    allowed = ((1 + NEAR) ** 2 - 1) * table["error"][best] ** 2
    near = (table["excess"] <= allowed).to_numpy()
    fails = table["one_more"].to_numpy() >= 0
    return Stopping(
        best=int(tried[best]),
        as_good=tuple(as_good),
        early=int(tried[near.argmax()]),
        by_rule=int(tried[fails.argmax() if fails.any() else -1]),
        by_horizon=table,
        hidden=found.hidden,
        states=len(found.real),
        episodes=found.episodes,
        gamma=discount,
        level=level,
    )


def by_episode(found: Promises, values: np.ndarray) -> np.ndarray:
    """Numbers (E, h) of episodes whose mean is that of values (n, h) over states, and whose spread is its.

    Episodes may have different numbers of states: the mean is a ratio of two sums over them, linearised.
    """
    count = np.bincount(found.episode, minlength=found.episodes).astype(float)
    sums = np.zeros((found.episodes, values.shape[1]))
    np.add.at(sums, found.episode, values)
    mean = sums.sum(axis=0) / count.sum()
    return mean + (sums - mean * count[:, None]) / count.mean()


def _worse(squares: np.ndarray, level: float, unseen: float) -> np.ndarray:
    """Which horizons are surely worse than some other, (h,), from squares (E, h)."""
    rivals = squares.shape[1] - 1
    told = np.zeros(rivals + 1, dtype=bool)
    for column in range(rivals + 1):
        _, low, _ = intervals.means(squares[:, [column]] - squares, 1 - 2 * (1 - level) / rivals)
        told[column] = (low > unseen).any()
    return told


def _sizes(found: Promises, discount: float) -> dict[str, np.ndarray]:
    """Sizes of the error and of its parts as observed, and the bound that they make, each (h,)."""
    parts = np.concatenate([found.steps, found.end, found.error], axis=1)
    steps, end, error = np.split(_foreseen(found, parts), 3)
    weights = discount**found.horizons
    estimate = np.divide(end, weights, out=np.zeros_like(end), where=weights > 0)
    delta = _each_step(steps, found.horizons, discount)
    bound = _bounds(discount, found.horizons, delta, estimate)
    here = np.flatnonzero(np.diff(found.horizons) == 1)
    more = np.full(len(bound), np.nan)
    more[here] = ONE_MORE_STEP.evaluate(
        gamma=discount,
        horizon=found.horizons[here],
        step_error=delta[found.horizons[here]],
        estimate_error=estimate[here],
        later_error=estimate[here + 1],
    )
    return {
        "error": error,
        "by_steps": steps,
        "by_end": end,
        "bound": bound,
        "one_more": more,
    }


def _foreseen(found: Promises, values: np.ndarray) -> np.ndarray:
    """Root mean squares of what is known of values (n, j) beforehand, (j,): none of them is too large.

    With m(s) fitted to the other half of the episodes, E[y m] / √E[m²] is at most the size of E[y | s]. The
    largest for three fits, a mean, a straight line, and with neighbours: with much noise the first is best.
    """
    at = np.arange(0, len(values), -(-len(values) // JUDGED))
    sizes = []
    for known, neighbours in ((found.known[:, :0], 0), (found.known, 0), (found.known, NEIGHBOURS)):
        seen = simple_fit(known, values, found.episode % 2, at, neighbours)
        together, own = (values[at] * seen).mean(axis=0), (seen**2).mean(axis=0)
        size = np.divide(np.maximum(together, 0), np.sqrt(own), out=np.zeros_like(own), where=own > 0)
        sizes.append(size)
    return np.max(sizes, axis=0)


def _each_step(together: np.ndarray, horizons: np.ndarray, discount: float) -> np.ndarray:
    """What each step adds to the size of all steps' part, undiscounted; equal between two horizons."""
    weights = np.add.reduceat(discount ** np.arange(horizons[-1]), horizons[:-1])
    added = np.diff(together)
    each = np.divide(added, weights, out=np.zeros_like(added), where=weights > 0)
    return np.repeat(each, np.diff(horizons))


def _bounds(discount: float, horizons: np.ndarray, delta: np.ndarray, estimate: np.ndarray) -> np.ndarray:
    """The claim's expression at each horizon, with these errors of steps and of the estimate."""
    of_horizon = dict(zip(horizons.tolist(), estimate.tolist(), strict=True))
    errors: dict[str, Any] = {"delta": delta.tolist().__getitem__, "epsilon_V": of_horizon.__getitem__}
    bound = sp.lambdify((GAMMA, H), IMAGINE_THEN_ESTIMATE.expression, modules=[errors, "math"])
    return np.array([bound(discount, steps) for steps in horizons.tolist()])
