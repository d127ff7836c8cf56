"""A verifier's rates from answers whose truth is known, with intervals; and how sure the advice is then.

An audit is a table of counts, ``[..., r, k]``: how many answers of reward r, 0 or 1, got k yeses in n votes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from imagination import checks
from imagination.checks import finite, generator, number, whole
from imagination.decide.label_cost import optimal_cost
from imagination.decide.noise_laws import Rule, Verifier, ballots

__all__ = ["Advice", "advised", "audit_table", "correlation", "plausible", "rates", "useless", "youden"]

Array = NDArray[np.floating]
Posterior = tuple[Array, Array, Array]

# Rates are looked at on a grid that is even in Jeffreys' measure, correlations on one that is fine at 0.
_RATES = np.sin(np.pi / 2 * (np.arange(401) + 0.5) / 401) ** 2
_CORRELATIONS = np.linspace(0, 1, 81) ** 2


def audit_table(right: ArrayLike, yes: ArrayLike, votes: int = 1) -> NDArray[np.int64]:
    """Counts (2, `votes` + 1) of audited answers, by truth and number of yeses.

    Parameters
    ----------
    right : array_like (m,) of bool
        Whether each answer is right, by a source that one trusts.
    yes : array_like (m,) of whole numbers
        How many of its `votes` said yes.
    votes : int
        Verdicts on each answer.

    Raises
    ------
    ValueError
        Naming the argument, its value and the rule.
    """
    votes = whole("votes", votes, least=1)
    truth, counts = finite("right", right), finite("yes", yes)
    if truth.ndim != 1 or truth.shape != counts.shape or not len(truth):
        raise ValueError(
            f"right and yes must be (m,), one for each answer, got {truth.shape}, {counts.shape}"
        )
    if not np.isin(truth, (0, 1)).all():
        raise ValueError("right must be true or false, or 1 or 0")
    if not np.isin(counts, np.arange(votes + 1)).all():
        raise ValueError(f"yes must be whole numbers from 0 to votes = {votes}, got {counts.max()}")
    table = np.zeros((2, votes + 1), dtype=np.int64)
    np.add.at(table, (truth.astype(int), counts.astype(int)), 1)
    return table


def _checked(table: ArrayLike) -> Array:
    counts = finite("table", table, least=0)
    if counts.ndim < 2 or counts.shape[-2] != 2 or counts.shape[-1] < 2:
        raise ValueError(f"table must have shape (..., 2, votes + 1), got {counts.shape}")
    if np.any(counts.sum(axis=-1) <= 0):
        raise ValueError("table must hold answers of reward 1 and of reward 0, got none of one kind")
    return counts


def _summed(table: Array) -> tuple[Array, Array]:
    """Yeses and votes, (..., 2) each: of wrong answers, then of right ones."""
    return table @ np.arange(table.shape[-1]), table.sum(axis=-1) * (table.shape[-1] - 1)


def _clopper_pearson(table: Array, level: float) -> tuple[Array, Array, Array]:
    """The two rates with Clopper and Pearson's intervals, (..., 2) each.

    Of several votes on an answer each counts for 1/(1 + (n - 1) rho) of an independent one.
    """
    yes, count = _summed(table)
    if (n := table.shape[-1] - 1) > 1:
        effect = (1 + (n - 1) * correlation(table, level)[0])[..., None]
        yes, count = yes / effect, count / effect
    tail = (1 - level) / 2
    low = np.where(yes > 0, special.betaincinv(np.maximum(yes, 1e-9), count - yes + 1, tail), 0.0)
    left = np.maximum(count - yes, 1e-9)
    high = np.where(yes < count, special.betaincinv(yes + 1, left, 1 - tail), 1.0)
    return yes / count, low, high


def youden(table: ArrayLike, level: float = 0.95) -> tuple[Any, Any, Any]:
    r"""J = TPR - FPR with an interval, from those of both rates.

    Parameters
    ----------
    table : array_like (..., 2, votes + 1)
        As :func:`audit_table` makes it, or several.
    level : float
        Probability with which the interval holds J.

    Returns
    -------
    value, low, high : float or ndarray (...)

    Raises
    ------
    ValueError
        Naming the argument, its value and the rule.

    Notes
    -----
    The distances from the rates to the ends of their intervals are added in squares, as Newcombe (1998) does
    with Wilson's; with Clopper and Pearson's, as here, the interval errs on the wide side.
    """
    rate, low, high = _clopper_pearson(_checked(table), checks.level(level))
    below, above = (rate - low) ** 2, (high - rate) ** 2
    value = rate[..., 1] - rate[..., 0]
    down, up = np.sqrt(below[..., 1] + above[..., 0]), np.sqrt(above[..., 1] + below[..., 0])
    return value[()], np.maximum(value - down, -1.0)[()], np.minimum(value + up, 1.0)[()]


def _log_likelihood(table: Array, rho: Array) -> Array:
    """Of the grid's rates, (..., 2, len(rho), rates)."""
    votes = table.shape[-1] - 1
    chance = ballots(_RATES, rho[:, None], votes)[..., votes - 1, :]
    return np.einsum("...rk,jpk->...rjp", table, np.log(np.maximum(chance, 1e-300)), optimize=True)


def correlation(table: ArrayLike, level: float = 0.95) -> tuple[Any, Any, Any]:
    """Correlation of two votes on an answer, given whether it is right: most likely value and interval.

    Parameters
    ----------
    table : array_like (..., 2, votes + 1)
        Of 2 or more votes for each answer.
    level : float
        Probability with which the interval holds it.

    Returns
    -------
    value, low, high : float or ndarray (...)
        On a grid of 81 numbers, finer near 0.

    Raises
    ------
    ValueError
        Naming the argument, its value and the rule.

    Notes
    -----
    Numbers of yeses are taken for beta-binomial, with a rate for right and one for wrong answers and one
    correlation for both. The interval is that of the profile likelihood; its ends are moved outwards to the
    grid's next number.
    """
    counts, level = _checked(table), checks.level(level)
    if counts.shape[-1] < 3:
        raise ValueError("table must have answers with 2 votes or more: one vote shows no correlation")
    profile = _log_likelihood(counts, _CORRELATIONS).max(axis=-1).sum(axis=-2)
    best = profile.max(axis=-1, keepdims=True)
    inside = 2 * (best - profile) <= stats.chi2.ppf(level, 1)
    last = len(_CORRELATIONS) - 1
    low, high = inside.argmax(axis=-1), last - inside[..., ::-1].argmax(axis=-1)
    ends = np.maximum(low - 1, 0), np.minimum(high + 1, last)
    return tuple(_CORRELATIONS[index][()] for index in (profile.argmax(axis=-1), *ends))


def _posterior(table: Array, rho: float | None) -> Posterior:
    """Correlations, their probabilities (R,), and those of both rates given each, (2, R, rates)."""
    if rho is None and table.shape[-1] < 3:
        raise ValueError("correlation must be given where each answer was voted on once")
    grid = _CORRELATIONS if rho is None else np.array([rho])
    log = _log_likelihood(table, grid)
    total = special.logsumexp(log, axis=-1)
    weight = special.softmax(total.sum(axis=0))
    return grid, weight, np.exp(log - total[..., None])


def _one(table: ArrayLike, rho: ArrayLike | None) -> tuple[Array, float | None]:
    counts = _checked(table)
    if counts.ndim != 2:
        raise ValueError(f"table must have shape (2, votes + 1), got {counts.shape}")
    if rho is None:
        return counts, None
    given = number("correlation", rho, least=0)
    if given > 1:
        raise ValueError(f"correlation must lie in [0, 1], got {given}")
    return counts, given


def plausible(
    table: ArrayLike, count: int, rng: np.random.Generator, *, correlation: ArrayLike | None = None
) -> dict[str, Array]:
    """Verifiers that the audit leaves plausible: draws of `tpr`, `fpr` and `correlation`, (`count`,) each.

    Parameters
    ----------
    table : array_like (2, votes + 1)
    count : int
        How many to draw.
    rng : Generator
    correlation : float, optional
        If it is known; it must be given where each answer was voted on once.

    Raises
    ------
    ValueError
        Naming the argument, its value and the rule.

    Notes
    -----
    From the posterior distribution with Jeffreys' prior for each rate and, of the correlation, one that is
    flat in its square root.
    """
    return _drawn(_posterior(*_one(table, correlation)), whole("count", count, least=1), generator(rng))


def _drawn(posterior: Posterior, count: int, rng: np.random.Generator) -> dict[str, Array]:
    grid, weight, given = posterior
    index = rng.choice(len(grid), size=count, p=weight)
    below = rng.random((2, count))[..., None] > given.cumsum(axis=-1)[:, index]
    fpr, tpr = _RATES[np.minimum(below.sum(axis=-1), len(_RATES) - 1)]
    return {"tpr": tpr, "fpr": fpr, "correlation": grid[index]}


def useless(table: ArrayLike, *, correlation: ArrayLike | None = None) -> float:
    """Probability that J is 0 or less, so that the verifier teaches nothing or the wrong thing.

    Parameters
    ----------
    table, correlation
        As :func:`plausible` takes them, and its posterior distribution.

    Raises
    ------
    ValueError
        Naming the argument, its value and the rule.
    """
    return _not_above(_posterior(*_one(table, correlation)))


def _not_above(posterior: Posterior) -> float:
    _, weight, (false, true) = posterior
    # a tie on the grid counts half
    not_above = true.cumsum(axis=-1) - true / 2
    return float((weight * (not_above * false).sum(axis=-1)).sum())


def rates(table: ArrayLike, level: float = 0.95) -> pd.DataFrame:
    """What an audit tells of a verifier, with intervals.

    Parameters
    ----------
    table : array_like (2, votes + 1)
        As :func:`audit_table` makes it.
    level : float
        Probability of each interval.

    Returns
    -------
    DataFrame
        Rows `TPR`, `FPR`, `J` and, with 2 votes or more, `correlation`; columns `value`, `low`, `high`.

    Raises
    ------
    ValueError
        Naming the argument, its value and the rule.

    Notes
    -----
    Rates have Clopper and Pearson's intervals, for which of several votes on an answer each counts for
    1/(1 + (n - 1) rho) of an independent one.

    Examples
    --------
    Of 40 right answers 36 were accepted, of 60 wrong ones 9.

    >>> rates([[51, 9], [4, 36]]).round(2)
         value   low  high
    TPR   0.90  0.76  0.97
    FPR   0.15  0.07  0.27
    J     0.75  0.57  0.86
    """
    counts, level = _one(table, None)[0], checks.level(level)
    value, low, high = _clopper_pearson(counts, level)
    rows = {name: (value[r], low[r], high[r]) for name, r in (("TPR", 1), ("FPR", 0))}
    rows["J"] = youden(counts, level)
    if counts.shape[1] > 2:
        rows["correlation"] = correlation(counts, level)
    return pd.DataFrame(rows, index=["value", "low", "high"]).T


@dataclass(frozen=True, eq=False)
class Advice:
    """How many votes to buy, and how sure that is.

    Attributes
    ----------
    votes : int
        The best number for the estimated rates.
    low, high : int
        Interval of the best number, over the plausible verifiers with J > 0.
    shares : Series
        Of these verifiers, by the number of votes that is best for them.
    useless : float
        Probability that J is 0 or less: then no number is any good.
    loss : float
        How many times the least variance the advised number costs at most, with probability `level`.
    """

    votes: int
    low: int
    high: int
    shares: pd.Series
    useless: float
    loss: float


def advised(
    table: ArrayLike,
    *,
    share_of_ones: float,
    most: int,
    price: float = 1.0,
    rule: Rule = "mean",
    correlation: ArrayLike | None = None,
    level: float = 0.95,
    draws: int = 2000,
    rng: np.random.Generator,
    **problem: Any,
) -> Advice:
    """The best number of votes of an audited verifier, and what the audit's smallness leaves open.

    Parameters
    ----------
    table, correlation
        As :func:`plausible` takes them.
    share_of_ones, price, rule
        As :class:`~imagination.decide.noise_laws.Verifier` takes them.
    most : int
        The largest number of votes allowed.
    level : float
        Probability of the interval, and of the loss.
    draws : int
        Plausible verifiers that are looked at.
    rng : Generator
    **problem
        Noise-free variance, noise factor and fixed cost, as
        :func:`~imagination.decide.label_cost.optimal_cost` takes them.

    Returns
    -------
    Advice

    Raises
    ------
    ValueError
        Naming the argument, its value and the rule; where the estimated J is 0 or less, too.
    """
    counts, rho = _one(table, correlation)
    level, price = checks.level(level), number("price", price, above=0)
    most = whole("most", most, least=1)
    yes, count = _summed(counts)
    fpr, tpr = yes / count
    about: dict[str, Any] = {"share_of_ones": share_of_ones, "price": price, "rule": rule}
    posterior = _posterior(counts, rho)
    likeliest = posterior[0][posterior[1].argmax()]
    best = optimal_cost(
        Verifier(tpr, fpr, correlation=likeliest, **about),
        cost_range=(price, (most + 0.5) * price),
        **problem,
    )
    drawn = _drawn(posterior, whole("draws", draws, least=1), generator(rng))
    good = drawn["tpr"] > drawn["fpr"]
    if not good.any():
        raise ValueError("table must leave it plausible that tpr is above fpr, got none of the draws")
    parts: dict[str, Any] = {name: part[good] for name, part in drawn.items()}
    verifiers = Verifier(**parts, **about)
    ideal = optimal_cost(verifiers, cost_range=(price, (most + 0.5) * price), **problem)
    bought = optimal_cost(verifiers, cost_range=(best.cost, best.cost + price / 2), **problem)
    ends = np.quantile(ideal.votes, [(1 - level) / 2, (1 + level) / 2], method="inverted_cdf")
    low, high = (int(end) for end in ends)
    return Advice(
        votes=best.votes,
        low=low,
        high=high,
        shares=pd.Series(ideal.votes).value_counts(normalize=True).sort_index().rename_axis("votes"),
        useless=_not_above(posterior),
        loss=float(np.quantile(bought.objective / ideal.objective, level)),
    )
