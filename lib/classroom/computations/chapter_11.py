"""Computations for the exercises of *Bias does not average out*."""

from functools import cache
from typing import Any

import numpy as np

import imagination.decide.label_cost
from imagination.reinforce.exact import bias_gradient, moments
from imagination.reinforce.problems import DISCOUNTED, Problem
from imagination.studies.biases import audit, copies
from imagination.studies.goodhart import HORIZON, Buyer, answers
from imagination.studies.goodhart_arms import NOISES
from imagination.studies.learning import learn

AUDITS, AT = 200, 50


def variance(grid: Problem, error: Any = 0.0, noise: float = 0.0) -> float:
    """Variance of one rollout's estimate, with an error added to the rewards."""
    problem = grid.with_reward(grid.mdp.reward + error)
    return float(moments(problem, DISCOUNTED, noise_variance=noise).variance[0])


def crossing(grid: Problem, error: np.ndarray, times: float = 1.0) -> float:
    """Rollouts up to which a judge's bias is worth it, when its error is so many times as large."""
    return float(
        imagination.decide.label_cost.crossing(
            variance_noisy=variance(grid, noise=1.0),
            variance_biased=variance(grid, times * error),
            bias_norm=times * float(np.linalg.norm(bias_gradient(grid, error))),
        )
    )


def right_decisions(grid: Problem, error: np.ndarray) -> float:
    """The share of audits that decide as the exact crossing does."""
    audits = audit(
        copies(grid, AUDITS),
        np.repeat(error, AUDITS, axis=0),
        sigma=1.0,
        rollouts=100,
        generator=np.random.default_rng(0),
    )
    judged = audits["biased_variance"] / AT + audits["bias_norm_squared"]
    return float(np.mean((audits["noisy_variance"] / AT > judged) == (crossing(grid, error) > AT)))


def labels_needed(grid: Problem, rollouts: int = 100) -> float:
    """Labels at which the model's mean squared bias is the error of honest rollouts.

    The bias is linear in the errors of the table's cells, which are independent, each with the variance of
    one label times cells / labels.
    """
    cells = grid.mdp.reward[0].size
    units = np.eye(cells).reshape(cells, *grid.mdp.reward.shape[1:])
    pulls = bias_gradient(copies(grid, cells), units)
    return float(cells * (pulls**2).sum() / (variance(grid, noise=1.0) / rollouts))


@cache
def better_memory(update: int) -> str:
    """Which of the rules with memories 1 and 10 has the larger mean return, with loud experts and step 1."""
    world, extra = answers()
    options: dict[str, Any] = {"learners": 60, "horizon": HORIZON, "updates": 60, "every": 10}
    returns = {}
    for memory in (1, 10):
        buyer = Buyer(world, extra, sigma=NOISES["loud"], memory=memory, every=5)
        rng = np.random.default_rng(0)
        found = learn(world, rollouts=1, step_size=1.0, choose=buyer, generator=rng, **options)
        returns[memory] = found.returns[:, found.updates == update].mean()
    return "short" if returns[1] > returns[10] else "long"
