"""Goodhart's law, from a judge with a taste for length, and a rule that says when to stop paying the judge.

    python -m imagination.experiments.goodhart --record

makes the recorded learning curves again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from imagination import records
from imagination.experiments.bias_kinds import repeat
from imagination.experiments.learning import bootstrap, learn
from imagination.experiments.recording import Command
from imagination.mdps import makers
from imagination.mdps.tabular import TabularMDP
from imagination.reinforce import exact
from imagination.reinforce.estimators import ascend
from imagination.reinforce.problems import DISCOUNTED, Problem, tabular_policy
from imagination.theory import fidelity

__all__ = [
    "ARMS",
    "EXPERT",
    "HORIZON",
    "JUDGE",
    "SCALES",
    "Buyer",
    "Labels",
    "answers",
    "curves",
    "quality",
    "random_problems",
    "recorded",
    "run",
]

Array = NDArray[Any]

LONGEST, BEST, TASTE = 8, 4, 0.5
HORIZON = LONGEST + 2
RECORD = "goodhart"


def quality(length: Array) -> Array:
    """What an answer of a length is truly worth: best at 4, nothing at 0 and at 8."""
    return 1 - ((np.asarray(length, dtype=float) - BEST) / BEST) ** 2


def answers(taste: float = TASTE, discount: float = 0.98) -> tuple[TabularMDP, Array]:
    """A writer who may stop (action 0) or go on (action 1), and the bias (S, A) of a judge of the answers.

    State n < 9 is "n paragraphs written". Stopping there is worth `quality` (n), once; the last state is
    the end. The judge pays `taste` more for every paragraph. Writing on at 8 paragraphs ends in the bin.
    """
    lengths = np.arange(LONGEST + 1)
    size = LONGEST + 2
    transition = np.zeros((1, size, 2, size))
    transition[0, :, 0, -1] = 1
    transition[0, lengths, 1, lengths + 1] = 1
    transition[0, -1, 1, -1] = 1
    reward, bias = np.zeros((1, size, 2)), np.zeros((size, 2))
    reward[0, :-1, 0], bias[:-1, 0] = quality(lengths), taste * lengths
    return TabularMDP(transition, reward, np.array([discount]), initial=np.eye(size)[0]), bias


@dataclass(frozen=True)
class Labels:
    """A source of labels: `cost` of a labelled rollout, standard deviation `sigma`, whether it is biased."""

    cost: float
    sigma: float
    biased: bool


JUDGE = Labels(cost=1.0, sigma=0.0, biased=True)
EXPERT = Labels(cost=4.0, sigma=0.5, biased=False)


class Buyer:
    """Buys, at every update, from the source whose gradient has the smaller mean squared error [E4].

    Parameters
    ----------
    mdp, bias
        As `answers` returns them.
    budget : float
        To be spent at every update.
    memory : float
        Over how many updates noise is taken to average out; 1 is the rule for a single update.
    judge, expert : Labels
    every : int
        Updates between two looks at the policies. What the rule needs is computed exactly.
    """

    def __init__(
        self,
        mdp: TabularMDP,
        bias: Array,
        *,
        budget: float,
        memory: float = 1.0,
        judge: Labels = JUDGE,
        expert: Labels = EXPERT,
        every: int = 1,
    ):
        self.mdp, self.bias, self.budget, self.memory = mdp, bias, budget, memory
        self.judge, self.expert, self.every = judge, expert, every
        self.shares: list[float] = []
        self._asks_judge: Array | None = None

    def crossing(self, policies: Array) -> Array:
        """The budget up to which the judge's labels are worth it, (B,): E4 with prices.

        A rollout's variance times its cost is the variance of one unit of money, and K becomes money.
        """
        problem = repeat(self.mdp, policies, HORIZON)
        bias = np.broadcast_to(self.bias, problem.mdp.reward.shape)
        noisy = exact.moments(problem, DISCOUNTED, noise_variance=self.expert.sigma**2).variance
        judged = problem.with_reward(problem.mdp.reward + bias)
        biased = exact.moments(judged, DISCOUNTED, noise_variance=self.judge.sigma**2).variance
        return crossing_budget(
            noisy, biased, (exact.bias_gradient(problem, bias) ** 2).sum(axis=1), self.expert, self.judge
        )

    def __call__(self, policies: Array) -> tuple[Array, Array, Array]:
        """Rollouts, noise and rewards of the next update, as `learn` wants them."""
        if self._asks_judge is None or len(self.shares) % self.every == 0:
            self._asks_judge = self.memory * self.budget < self.crossing(policies)
        ask = self._asks_judge
        self.shares.append(float(ask.mean()))
        rollouts = np.where(ask, int(self.budget / self.judge.cost), int(self.budget / self.expert.cost))
        rewards = self.mdp.reward[0] + self.bias * ask[:, None, None]
        return np.maximum(rollouts, 1), np.where(ask, self.judge.sigma, self.expert.sigma), rewards


def crossing_budget(
    noisy: Array, biased: Array, bias_norm_squared: Array, expert: Labels, judge: Labels
) -> Array:
    """E4's crossing in units of money: where the two sources' mean squared errors are equal."""
    return np.asarray(
        fidelity.crossing(
            variance_noisy=expert.cost * noisy,
            variance_biased=judge.cost * biased,
            bias_norm=np.sqrt(np.maximum(bias_norm_squared, 1e-300)),
        )
    )


# Learning curves

ARMS = {"judge": None, "expert": None, "rule, 1 update": 1.0, "rule, 10 updates": 10.0}
"""Who labels: the judge, the experts, or whom E4's rule says, with the memory it supposes."""

SCALES = {"quick": {"seeds": 50, "updates": 60}, "full": {"seeds": 200, "updates": 300}}
BUDGET, STEP_SIZE = 64.0, 1.0


def curves(
    arm: str, *, seeds: int, updates: int, generator: np.random.Generator, every: int = 5
) -> pd.DataFrame:
    """Learning curves of one arm: mean over seeds, with 95% bootstrap intervals.

    Returns
    -------
    DataFrame
        `arm`, `update`, true return `mean`, `low` and `high`, what the `judge` thinks (mean), and the share
        of the seeds that buy from the judge.
    """
    mdp, bias = answers()
    budget = {"learners": seeds, "horizon": HORIZON, "updates": updates, "step_size": STEP_SIZE}
    options: dict[str, Any] = {**budget, "generator": generator, "every": every}
    buyer = None
    if arm == "judge":
        rollouts = int(BUDGET / JUDGE.cost)
        found = learn(mdp, rollouts=rollouts, noise=JUDGE.sigma, rewards=mdp.reward[0] + bias, **options)
    elif arm == "expert":
        found = learn(mdp, rollouts=int(BUDGET / EXPERT.cost), noise=EXPERT.sigma, **options)
    elif arm in ARMS:
        buyer = Buyer(mdp, bias, budget=BUDGET, memory=ARMS[arm] or 1.0, every=every)
        found = learn(mdp, rollouts=1, choose=buyer, **options)
    else:
        raise ValueError(f"arm must be one of {', '.join(ARMS)}, got {arm!r}")
    mean, low, high = bootstrap(found.returns, generator)
    share = float(arm == "judge") if buyer is None else np.array(buyer.shares)[found.updates]
    judged = found.proxies.mean(axis=0) if arm == "judge" else np.nan
    return pd.DataFrame(
        {"arm": arm, "update": found.updates, "mean": mean, "low": low, "high": high}
        | {"judge": judged, "share": share}
    )


def run(scale: str = "quick", *, seed: int = 0, arms: Sequence[str] = tuple(ARMS)) -> pd.DataFrame:
    """Learning curves of several arms; the generator of an arm depends on `seed` and the arm alone."""
    if scale not in SCALES:
        raise ValueError(f"scale must be one of {', '.join(SCALES)}, got {scale!r}")
    return pd.concat(
        [
            curves(arm, generator=np.random.default_rng([seed, list(ARMS).index(arm)]), **SCALES[scale])
            for arm in arms
        ],
        ignore_index=True,
    )


def recorded() -> pd.DataFrame:
    """The recorded learning curves at full scale."""
    return records.load(RECORD)


# Without design: random problems


def random_problems(
    size: int, *, generator: np.random.Generator, steps: int = 200, error: float = 1.0, horizon: int = 10
) -> pd.DataFrame:
    """Optimise random problems by the exact gradient of a reward with a frozen Gaussian error.

    Parameters
    ----------
    size : int
        Number of problems: 6 states, 3 actions, rewards uniform on [-1, 1], discount 0.95.
    generator : Generator
    steps : int
    error : float
        Standard deviation of the error; one draw for each state and action of each problem.
    horizon : int

    Returns
    -------
    DataFrame
        A row for each problem: true return at the `start`, at its `peak` and at the `end`; `at`, the step
        of the peak; `lost`, the part of the rise that is lost again, (peak - end) / (peak - start).
    """
    mdp = makers.garnet(size, 6, 3, 3, 0.95, generator)
    problem = Problem(mdp, tabular_policy(np.zeros(mdp.reward.shape)), horizon)
    bias = error * generator.standard_normal(mdp.reward.shape)
    _, returns = ascend(problem, DISCOUNTED, steps=steps, rate=0.5, bias=bias)
    start, peak, end = returns[:, 0], returns.max(axis=1), returns[:, -1]
    rise = peak - start
    lost = np.divide(peak - end, rise, out=np.full(size, np.nan), where=rise > 1e-9)
    return pd.DataFrame(
        {"start": start, "peak": peak, "end": end, "at": returns.argmax(axis=1), "lost": lost}
    )


main = Command(
    module="imagination.experiments.goodhart",
    record=RECORD,
    run=run,
    say=lambda table: table.groupby("arm", sort=False)["mean"].agg(["max", "last"]).to_string(),
    parameters=lambda scale: SCALES[scale] | {"budget": BUDGET},
    scales=SCALES,
    compact=lambda table: table.round(6),
)


if __name__ == "__main__":
    raise SystemExit(main())
