r"""Splitting a sampling budget between dynamics and reward labels [TSGLH26, Thm. 1].

The claims are in :mod:`imagination.results.budget.claims`; :func:`allocate` is the optimal split itself. All
functions here take the same arguments, those of :class:`Problem`, which broadcast.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Unpack

import numpy as np
from numpy.typing import ArrayLike

from imagination.decide.budget_problem import (
    INPUTS,
    Problem,
    Problems,
    Split,
    checked,
    elasticity,
    quietly,
    refuse,
    split_at,
)
from imagination.decide.second_order import SecondOrderProblems

__all__ = [
    "INPUTS",
    "OBJECTIVES",
    "Allocation",
    "JointAllocation",
    "Problem",
    "allocate",
    "allocate_joint",
    "allocate_whole",
    "elasticities",
]

OBJECTIVES: Mapping[str, type[Problems]] = {"bound": Problems, "regret": SecondOrderProblems}
"""What is minimised: the weighted sum of both errors, which a bound is made of, or of their squares."""

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
        ``multiplier * eps_dyn + eps_rew``; for the objective "regret" both errors are squared.
    """

    N_dyn: Any
    N_rew: Any
    eps_dyn: Any
    eps_rew: Any
    error: Any


@dataclass(frozen=True, slots=True)
class JointAllocation(Allocation):
    """A split in which some samples carry both labels.

    Attributes
    ----------
    N_joint : float or ndarray
        How many samples carry both; `N_dyn` and `N_rew` count them too.
    """

    N_joint: Any


@quietly
def allocate(
    *, objective: str = "bound", labels_on_visited: bool = False, **problem: Unpack[Problem]
) -> Allocation:
    r"""The split of a budget that minimises :math:`D \epsilon_\mathrm{dyn} + \epsilon_\mathrm{rew}`.

    Parameters
    ----------
    objective : {"bound", "regret"}
        "regret" minimises :math:`D \epsilon_\mathrm{dyn}^2 + \epsilon_\mathrm{rew}^2` instead, what a policy
        is expected to lose: see :mod:`imagination.decide.second_order`.
    labels_on_visited : bool
        Whether rewards are labelled on visited transitions only, so that ``N_rew <= N_dyn``. The optimum is
        the unconstrained one where that is so. Else it has as many of each, ``budget / (c_dyn + c_rew)``:
        both objectives are convex along the budget, so the best admitted split is the one nearest to the
        optimum (:data:`~imagination.results.budget.further.VISITED`).
    **problem : Problem
        `A_dyn`, `alpha`, `A_rew`, `beta`, `c_dyn`, `c_rew`, `budget` and `multiplier`; if there are any,
        `floor_dyn` and `floor_rew`.

    Returns
    -------
    Allocation
        Samples, errors and their weighted sum, in the broadcast shape of the arguments; ``inf`` where they
        exceed the largest float, 0 where they are less than the smallest.

    Raises
    ------
    HypothesisError
        A `ValueError` naming the argument, its value and the rule.
    TypeError
        If an argument is missing or unknown.

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
    shape, problems, _ = checked("allocate", problem)
    problems = _minimising(objective, problems)
    found = np.empty((5, problems.budget.size))
    for start in range(0, found.shape[1], _CHUNK):
        part = slice(start, start + _CHUNK)
        found[:, part] = _solved(problems.rows(part), labels_on_visited)
    return Allocation(*(row.reshape(shape)[()] for row in found))


def _minimising(objective: str, problems: Problems) -> Problems:
    """The same problems with another objective."""
    if objective not in OBJECTIVES:
        raise ValueError(f"objective: {objective!r}; need {' or '.join(map(repr, OBJECTIVES))}")
    return OBJECTIVES[objective](*problems)


def _solved(problems: Problems, labels_on_visited: bool = False) -> tuple[np.ndarray, ...]:
    """The fields of `Allocation`, (n,) each."""
    split = problems.split()
    if labels_on_visited:
        c_dyn, c_rew = problems.c_dyn, problems.c_rew
        beyond = np.subtract(*problems.log_samples(split)) < 0
        even = split_at(np.log(c_dyn) - np.log(c_rew))  # as many of each
        split = Split(*(np.where(beyond, *pair) for pair in zip(even, split, strict=True)))
    N_dyn, N_rew = problems.samples(split)
    if labels_on_visited:
        N_rew = np.minimum(N_dyn, N_rew)  # they may be apart by rounding
    return N_dyn, N_rew, *problems.errors(N_dyn, N_rew, lambda: problems.log_samples(split))


@quietly
def allocate_whole(
    *,
    minimum_dyn: ArrayLike = 1,
    minimum_rew: ArrayLike = 1,
    objective: str = "bound",
    labels_on_visited: bool = False,
    **problem: Unpack[Problem],
) -> Allocation:
    """The best split into whole samples, with at least so many of each.

    Parameters
    ----------
    minimum_dyn, minimum_rew : array_like of whole numbers
        The fewest samples of each kind, at least 1.
    objective, labels_on_visited
        As for :func:`allocate`.
    **problem : Problem
        As for :func:`allocate`.

    Returns
    -------
    Allocation
        With whole `N_dyn` and `N_rew`, to a relative error of at most 1e-12 above the best.

    Raises
    ------
    HypothesisError
        Also where the budget does not buy the fewest samples asked for, or more than 2**53 of a kind: from
        there on not every whole number is a float.

    Notes
    -----
    For a number of the dearer samples, the best number of the cheaper ones is all that the rest of the budget
    buys. Without rounding, that error is convex in the first number, so it bounds the whole split's from
    below, and more so farther from its minimum: the search walks outwards from there, on both sides, until
    the bound exceeds the best split found.
    """
    fewest = {"minimum_dyn": minimum_dyn, "minimum_rew": minimum_rew}
    shape, problems, (low_dyn, low_rew) = checked("allocate_whole", problem, **fewest)
    problems = _minimising(objective, problems)
    budget, costs = problems.budget, (problems.c_dyn, problems.c_rew)
    for name, low in (("minimum_dyn", low_dyn), ("minimum_rew", low_rew)):
        refuse("allocate_whole", f"{name} to be a whole number", low != np.floor(low), **{name: low})
    if labels_on_visited:
        low_dyn = np.maximum(low_dyn, low_rew)
    least = costs[0] * low_dyn + costs[1] * low_rew
    rule = "budget to buy the fewest samples asked for"
    refuse("allocate_whole", rule, least > budget, budget=budget, **{"fewest samples cost": least})
    cheaper = np.minimum(*costs)
    many = budget / cheaper > 2.0**53
    refuse("allocate_whole", "budget to buy at most 2**53 samples", many, budget=budget, cheaper_cost=cheaper)
    N_dyn, N_rew = _best_whole(problems, low_dyn, low_rew, labels_on_visited)
    found = (N_dyn, N_rew, *_whole_errors(problems, N_dyn, N_rew))
    return Allocation(*(np.reshape(row, shape)[()] for row in found))


def _best_whole(
    problems: Problems, low_dyn: np.ndarray, low_rew: np.ndarray, labels_on_visited: bool
) -> tuple[Any, Any]:
    """Walk outwards from the optimum in "steps", the dearer samples; the others "fill" what is left."""
    budget, by_dyn = problems.budget, problems.c_dyn >= problems.c_rew
    c_step, c_fill = (pick(problems.c_dyn, problems.c_rew) for pick in (np.maximum, np.minimum))
    low_step, low_fill = np.where(by_dyn, low_dyn, low_rew), np.where(by_dyn, low_rew, low_dyn)
    high_step = np.floor(_bought(budget - c_fill * low_fill, c_step))
    if (
        labels_on_visited
    ):  # steps of rewards end where there are as many of each, and rewards that fill do too
        even = np.floor(_bought(budget, c_step + c_fill))
        high_step = np.where(by_dyn, high_step, np.minimum(high_step, even))

    def fills(steps: np.ndarray, at: Any = slice(None)) -> np.ndarray:
        most = np.where(by_dyn[at], steps, np.inf) if labels_on_visited else np.inf
        rest = _bought(budget[at] - c_step[at] * steps, c_fill[at])
        return np.maximum(np.minimum(rest, most), low_fill[at])

    def samples(steps: np.ndarray, fill: np.ndarray, at: Any = slice(None)) -> tuple[np.ndarray, np.ndarray]:
        return np.where(by_dyn[at], steps, fill), np.where(by_dyn[at], fill, steps)

    optimum = np.where(by_dyn, *_solved(problems, labels_on_visited)[:2])
    centre = np.clip(np.floor(optimum), low_step, high_step)
    best, best_step = np.full(budget.size, np.inf), centre.copy()
    for direction in (-1.0, 1.0):
        live, offset = np.arange(budget.size), 0.0 if direction < 0 else 1.0
        while live.size:
            steps = centre[live] + direction * offset
            allowed = (steps >= low_step[live]) & (steps <= high_step[live])
            live, steps = live[allowed], steps[allowed]
            fill = fills(steps, live)
            part = problems.rows(live)
            bounds, values = (
                _whole_errors(part, *samples(steps, n, live))[2] for n in (fill, np.floor(fill))
            )
            better = values < best[live]
            best[live[better]], best_step[live[better]] = values[better], steps[better]
            live = live[bounds < best[live] * (1 - 1e-12)]
            offset += 1.0
    return samples(best_step, np.floor(fills(best_step)))


def _whole_errors(problems: Problems, N_dyn: np.ndarray, N_rew: np.ndarray) -> tuple[np.ndarray, ...]:
    return problems.errors(N_dyn, N_rew, lambda: (np.log(N_dyn), np.log(N_rew)))


def _bought(money: np.ndarray, price: np.ndarray) -> np.ndarray:
    """How much money buys; a quotient that is a whole number but for rounding is that whole number."""
    amount = money / price
    whole = np.round(amount)
    return np.where(np.abs(amount - whole) <= 1e-12 * np.maximum(1, amount), whole, amount)


@quietly
def allocate_joint(*, c_joint: ArrayLike, **problem: Unpack[Problem]) -> JointAllocation:
    """The best split where a transition may be bought together with its reward.

    Parameters
    ----------
    c_joint : array_like
        Cost of a sample that carries both labels, positive.
    **problem : Problem
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
    shape, problems, (both,) = checked("allocate_joint", problem, c_joint=c_joint)
    c_dyn, c_rew, budget = problems.c_dyn, problems.c_rew, problems.budget

    def split(c_dyn: np.ndarray, c_rew: np.ndarray, where: np.ndarray) -> np.ndarray:
        found = np.full((5, budget.size), np.nan)
        found[:, where] = _solved(problems._replace(c_dyn=c_dyn, c_rew=c_rew).rows(where))
        return found

    apart = both >= c_dyn + c_rew
    more_dyn, more_rew = both > c_dyn, both > c_rew  # else a single sample costs as much as a joint one
    edge = budget / both
    all_joint = [edge, edge, *problems.errors(edge, edge, lambda: (np.log(budget) - np.log(both),) * 2)]
    found = np.where(apart, split(c_dyn, c_rew, apart), all_joint)
    surplus = split(c_dyn, both - c_dyn, ~apart & more_dyn)
    found = np.where(surplus[0] > surplus[1], surplus, found)  # false where not computed
    surplus = split(both - c_rew, c_rew, ~apart & more_rew)
    found = np.where(surplus[1] > surplus[0], surplus, found)
    N_joint = np.where(apart, 0.0, np.minimum(found[0], found[1]))
    return JointAllocation(*(np.reshape(row, shape)[()] for row in (*found, N_joint)))


@quietly
def elasticities(**problem: Unpack[Problem]) -> dict[str, Allocation]:
    r"""How the optimal plan moves with each input: percent of change for each percent of the input.

    Parameters
    ----------
    **problem : Problem
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
    # Imported late: a plan needs neither SciPy nor elasticities.
    from scipy.special import expit

    shape, at, _ = checked("elasticities", problem)
    split = at.split()
    share, rest, logs = split.share, split.rest, at.log_samples(split)
    bare = at.log_errors(*logs)
    floors = np.log(at.floor_dyn), np.log(at.floor_rew)
    removable = [expit(error - floor) for error, floor in zip(bare, floors, strict=True)]
    whole = [np.logaddexp(error, floor) for error, floor in zip(bare, floors, strict=True)]
    lead = np.log(at.multiplier) + whole[0] - whole[1]
    moved = {}
    for name in INPUTS:
        N_dyn, N_rew = (
            elasticity(what, name)(at.alpha, at.beta, share, rest, *logs) for what in ("N_dyn", "N_rew")
        )
        log_dyn = (name == "A_dyn") - at.alpha * (N_dyn + (name == "alpha") * logs[0])
        log_rew = (name == "A_rew") - at.beta * (N_rew + (name == "beta") * logs[1])
        eps_dyn, eps_rew = removable[0] * log_dyn, removable[1] * log_rew
        error = expit(lead) * (eps_dyn + (name == "multiplier")) + expit(-lead) * eps_rew
        parts = (N_dyn, N_rew, eps_dyn, eps_rew, error)
        moved[name] = Allocation(*(np.broadcast_to(part, share.shape).reshape(shape)[()] for part in parts))
    return moved
