"""Checks of the exercises of *Bias does not average out*."""

from functools import cache
from typing import Any

import numpy as np

from classroom.exercises import Exercise, Part, Wrong
from classroom.kinds import Function, Number, OneOf
from imagination.decide import label_cost as fidelity
from imagination.reinforce import exact
from imagination.reinforce.problems import DISCOUNTED, Problem
from imagination.studies import biases, goodhart, goodhart_arms
from imagination.studies.learning import learn

AUDITS, AT = 200, 50


def variance(grid: Problem, error: Any = 0.0, noise: float = 0.0) -> float:
    """Variance of one rollout's estimate, with an error added to the rewards."""
    problem = grid.with_reward(grid.mdp.reward + error)
    return float(exact.moments(problem, DISCOUNTED, noise_variance=noise).variance[0])


def crossing(grid: Problem, error: np.ndarray, times: float = 1.0) -> float:
    """Rollouts up to which a judge's bias is worth it, when its error is so many times as large."""
    return float(
        fidelity.crossing(
            variance_noisy=variance(grid, noise=1.0),
            variance_biased=variance(grid, times * error),
            bias_norm=times * float(np.linalg.norm(exact.bias_gradient(grid, error))),
        )
    )


def corrected(squared_mean: float, variance_of_differences: float, rollouts: int) -> float:
    """The squared norm of a mean, less what the mean's own variance adds to it."""
    return squared_mean - variance_of_differences / rollouts


def right_decisions(grid: Problem, error: np.ndarray) -> float:
    """The share of audits that decide as the exact crossing does."""
    audits = biases.audit(
        biases.copies(grid, AUDITS),
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
    pulls = exact.bias_gradient(biases.copies(grid, cells), units)
    return float(cells * (pulls**2).sum() / (variance(grid, noise=1.0) / rollouts))


@cache
def better_memory(update: int) -> str:
    """Which of the rules with memories 1 and 10 has the larger mean return, with loud experts and step 1."""
    world, extra = goodhart.answers()
    options: dict[str, Any] = {"learners": 60, "horizon": goodhart.HORIZON, "updates": 60, "every": 10}
    returns = {}
    for memory in (1, 10):
        buyer = goodhart.Buyer(world, extra, sigma=goodhart_arms.NOISES["loud"], memory=memory, every=5)
        rng = np.random.default_rng(0)
        found = learn(world, rollouts=1, step_size=1.0, choose=buyer, generator=rng, **options)
        returns[memory] = found.returns[:, found.updates == update].mean()
    return "short" if returns[1] > returns[10] else "long"


def other_memory(right: str) -> str:
    """The one that is worse."""
    return "long" if right == "short" else "short"


def judge(scale: float = 0.2) -> dict[str, Any]:
    """A grid and a judge's error, as in the chapter."""
    grid = biases.grid()
    return {"grid": grid, "error": scale * np.random.default_rng(4).standard_normal(grid.mdp.reward.shape)}


EXERCISES = [
    Exercise(
        label="ex-twice-bias",
        level="check",
        tests="know how the crossing depends on the bias",
        given=("grid", "error"),
        example=judge,
        parts=(
            Part(
                name="roughly",
                asks="by what factor K-dagger changes, if only the bias counts",
                kind=Number(relative=1e-6),
                reference=lambda: 1 / 2**2,
                wrong=(
                    Wrong(lambda: 1 / 2, "what counts is the squared norm of the bias"),
                    Wrong(lambda: 4, "does a larger bias make the judge worth more rollouts?"),
                ),
                hint="what counts is the squared norm of the bias",
            ),
            Part(
                name="exactly",
                asks="K-dagger of the judge with twice the error [rollouts]",
                kind=Number(relative=5e-3),
                reference=lambda grid, error: crossing(grid, error, 2),
                wrong=(
                    Wrong(lambda grid, error: crossing(grid, error), "that is the judge as it was"),
                    Wrong(
                        lambda grid, error: crossing(grid, error) / 4,
                        "the variance under the judge changes too",
                    ),
                ),
                hint="recompute both the bias and the variance under the judge",
            ),
        ),
    ),
    Exercise(
        label="ex-audit",
        level="apply",
        tests="correct an estimate of a squared norm; judge a decision rule by repetition",
        given=("grid", "error"),
        example=judge,
        explain="Why is the squared mean too large?",
        parts=(
            Part(
                name="corrected",
                asks="a function of the squared mean, the differences' variance and the number of rollouts",
                kind=Function((2.0, 50.0, 100), (0.3, 50.0, 100), (1.0, 10.0, 5)),
                reference=lambda: corrected,
                wrong=(
                    Wrong(lambda: lambda m, v, n: m + v / n, "the estimate is too large, not too small"),
                    Wrong(lambda: lambda m, v, n: m - v, "the variance of a mean is smaller"),
                    Wrong(
                        lambda: lambda m, v, n: max(m - v / n, 0.0),
                        "cut off at 0 it is biased again: let it be negative",
                    ),
                ),
                hint="the mean of a square is the square of the mean and a variance: whose?",
            ),
            Part(
                name="right_share",
                asks="the share of 200 audits that decide rightly at K = 50 (a share, not per cent)",
                kind=Number(relative=0, absolute=0.12),  # a dozen seeds differ by 0.11 at most
                reference=right_decisions,
                wrong=(
                    Wrong(lambda right: 1 - right, "those are the wrong decisions"),
                    Wrong(lambda right: 100 * right, "a share, not per cent"),
                ),
                hint="compare the two estimated errors at K = 50, and the exact crossing with 50",
            ),
        ),
    ),
    Exercise(
        label="ex-labels-or-rollouts",
        level="apply",
        tests="see that a model averages its labels, and compare the two uses of a label",
        given=("grid",),
        example=lambda: {"grid": biases.grid()},
        parts=(
            Part(
                name="power_of_n",
                asks="the power of n with which the mean squared bias falls",
                kind=Number(relative=0, absolute=0.05),  # fits over four sizes stay within 0.03
                reference=lambda: -1.0,
                wrong=(
                    Wrong(lambda: -0.5, "that is the bias, not its square"),
                    Wrong(lambda: 1.0, "it falls: mind the sign"),
                ),
                hint="draw it on logarithmic axes, or multiply it by n",
            ),
            Part(
                name="labels_enough",
                asks="labels that bring the model's squared bias to the error of 100 honest rollouts",
                kind=Number(relative=0.12),  # fits over four sizes stay within 6%
                reference=labels_needed,
                wrong=(
                    Wrong(
                        lambda right, grid: right / 100, "the honest rollouts divide their variance by 100"
                    ),
                    Wrong(lambda grid: 100 * grid.horizon, "that is what the honest rollouts need"),
                ),
                hint="squared bias times n is a constant; divide it by V / 100",
            ),
        ),
    ),
    Exercise(
        label="ex-memory",
        level="extend",
        tests="tune a rule, and see that what is best depends on the length of a run",
        explain="What would you choose for a run of a given length?",
        parts=(
            Part(
                name="better_early",
                asks='the memory with the larger mean return after 10 updates: "short" (1) or "long" (10)',
                kind=OneOf("short", "long"),
                reference=lambda: better_memory(10),
                wrong=(Wrong(other_memory, "compare the two in that row"),),
                hint="look at the row of update 10",
            ),
            Part(
                name="better_late",
                asks='and after 60 updates: "short" (1) or "long" (10)',
                kind=OneOf("short", "long"),
                reference=lambda: better_memory(60),
                wrong=(Wrong(other_memory, "compare the two in the last row"),),
                hint="look at the last row",
            ),
        ),
    ),
]
