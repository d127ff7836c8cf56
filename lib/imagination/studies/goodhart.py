"""Goodhart's law, from a judge with a taste for length, and rules that say when to pay the judge."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from imagination.decide.label_cost import along_gradient, crossing
from imagination.reinforce import exact
from imagination.reinforce.estimators import ascend
from imagination.reinforce.problems import DISCOUNTED, Problem, softmax, tabular_policy
from imagination.studies.biases import repeat
from imagination.worlds import makers
from imagination.worlds.tabular import TabularMDP

__all__ = [
    "BUDGET",
    "HORIZON",
    "PATHS",
    "PRICE",
    "Buyer",
    "alignment",
    "answers",
    "bought",
    "exact_paths",
    "grades",
    "moments",
    "quality",
    "random_problems",
]

Array = NDArray[np.floating]

LONGEST, BEST, TASTE = 8, 4, 0.5
HORIZON = LONGEST + 2
BUDGET = 16
"""To be spent at every update, in units of what the judge charges for an answer."""

PRICE = 4
"""What an expert charges."""


def quality(length: ArrayLike) -> Array:
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


def grades(sigma: float) -> Array:
    """Standard deviation (S, A) of an expert's grades.

    A label is a grade, given once, when the answer ends: all noise is there, and none after the end.
    """
    noise = np.zeros((LONGEST + 2, 2))
    noise[:-1, 0] = sigma
    return noise


def moments(mdp: TabularMDP, policies: Array, rewards: Array, sigma: float = 0.0) -> tuple[Array, Array]:
    """Mean (B, d) and variance (B,) of one answer's gradient estimate under other `rewards` (S, A), exactly.

    An answer of n paragraphs has one grade, so its estimate is gamma^n times the grade times the sum of the
    scores so far; there are nine lengths to sum over. (The bin is worth nothing.)
    """
    stop, go = policies[:, :-1, 0], policies[:, :-1, 1]
    lengths = np.arange(LONGEST + 1)
    reached = np.cumprod(np.concatenate([np.ones((len(policies), 1)), go[:, :-1]], axis=1), axis=1)
    chance, grade = reached * stop, mdp.discount[0] ** lengths * rewards[:-1, 0]
    scores = np.zeros((len(policies), LONGEST + 1, *policies.shape[1:]))  # of each length
    for n in lengths:
        scores[:, n, :n] = np.stack([-stop[:, :n], stop[:, :n]], axis=2)
        scores[:, n, n] = np.stack([go[:, n], -go[:, n]], axis=1)
    scores = scores.reshape(*scores.shape[:2], -1)
    noise = (mdp.discount[0] ** lengths * sigma) ** 2
    mean = np.einsum("bn,n,bnd->bd", chance, grade, scores)
    second = (chance * (grade**2 + noise) * (scores**2).sum(axis=2)).sum(axis=1)
    return mean, second - (mean**2).sum(axis=1)


# How long the judge's step is, and where it leads


def alignment(mdp: TabularMDP, bias: Array, policies: Array) -> dict[str, Array]:
    """The judge's mean gradient against that of the true return, exactly.

    Returns
    -------
    dict
        `true` and `judged`, the two gradients (B, d); and (B,) each: `cosine` of the angle between them;
        `length`, how many times as long the judge's is; `along`, the multiple a of the true one in it.
    """
    true, judged = (moments(mdp, policies, rewards)[0] for rewards in (mdp.reward[0], mdp.reward[0] + bias))
    size, length = np.linalg.norm(true, axis=1), np.linalg.norm(judged, axis=1)
    along, _ = along_gradient(gradient=true, judged=judged)
    return {
        "true": true,
        "judged": judged,
        "cosine": along * size / length,
        "length": length / size,
        "along": along,
    }


PATHS = ("truth", "judge", "truth, the judge's length", "judge, the truth's length")


def exact_paths(updates: int, *, step_size: float = 1.0) -> pd.DataFrame:
    """Follow four gradients without any noise: of two directions, each with the length of either.

    Returns
    -------
    DataFrame
        `path` (one of `PATHS`), `update`, true `return`; at its policy, `cosine` and `length` of `alignment`.
    """
    mdp, bias = answers()
    logits, tables = np.zeros((len(PATHS), *bias.shape)), []
    for update in range(updates + 1):
        policies = softmax(logits)
        found = alignment(mdp, bias, policies)
        returns = exact.returns(repeat(mdp, policies, HORIZON))
        measured = {"return": returns, "cosine": found["cosine"], "length": found["length"]}
        tables.append(pd.DataFrame({"path": PATHS, "update": update} | measured))
        step, ratio = found["true"], found["length"][:, None]
        step = np.stack([step[0], found["judged"][1], (step * ratio)[2], (found["judged"] / ratio)[3]])
        logits += step_size * step.reshape(logits.shape)
    return pd.concat(tables, ignore_index=True)


# Whom to ask


class Buyer:
    """Buys, at every update, from the source whose gradient has the smaller mean squared error.

    Parameters
    ----------
    mdp, bias
        As `answers` returns them.
    sigma : float
        Standard deviation of the experts' grades.
    memory : float
        Over how many updates noise is taken to average out; 1 is the rule for a single update.
    aligned : bool
        Whether to divide the judge's rewards by `along` of `alignment` first: what is left of the bias is
        perpendicular to the true gradient, and its steps are no longer for the taste. Where the judge's
        gradient points against the true one, it is not asked.
    budget, price : int
        What an update may cost, and what an expert charges where the judge charges 1.
    every : int
        Updates between two looks at the policies. What the rule needs is computed exactly, at no charge.
    """

    def __init__(
        self,
        mdp: TabularMDP,
        bias: Array,
        *,
        sigma: float,
        memory: float = 1.0,
        aligned: bool = False,
        budget: int = BUDGET,
        price: int = PRICE,
        every: int = 1,
    ):
        self.mdp, self.bias, self.memory, self.aligned = mdp, bias, memory, aligned
        self.sigma, self.budget, self.price, self.every = sigma, budget, price, every
        self.shares: list[float] = []

    def crossing(self, policies: Array) -> tuple[Array, Array]:
        """The budget up to which the judge is worth it, (B,), and what its rewards are divided by, (B,).

        The crossing with prices: a rollout's variance times its cost is the variance of one unit of money,
        and K becomes money.
        """
        _, noisy = moments(self.mdp, policies, self.mdp.reward[0], self.sigma)
        _, biased = moments(self.mdp, policies, self.mdp.reward[0] + self.bias)
        found = alignment(self.mdp, self.bias, policies)
        usable = found["along"] > 0 if self.aligned else np.full(len(policies), True)
        scale = np.where(usable & self.aligned, found["along"], 1.0)
        off = np.linalg.norm(found["judged"] - scale[:, None] * found["true"], axis=1)
        most = crossing(variance_noisy=self.price * noisy, variance_biased=biased, bias_norm=off, along=scale)
        return np.where(usable, most, -np.inf), scale

    def __call__(self, policies: Array) -> tuple[NDArray[np.int64], Array, Array]:
        """Rollouts, noise and rewards of the next update, as `learn` wants them."""
        if len(self.shares) % self.every == 0:
            most, self._scale = self.crossing(policies)
            self._ask = self.memory * self.budget < most
        self.shares.append(float(self._ask.mean()))
        return bought(
            self.mdp, self.bias, grades(self.sigma), self._ask, self._scale, self.budget, self.price
        )


def bought(
    mdp: TabularMDP, bias: Array, noise: Array, ask: NDArray[np.bool_], scale: Array, budget: int, price: int
) -> tuple[NDArray[np.int64], Array, Array]:
    """Rollouts (B,), noise and rewards (B, S, A): the judge's, divided by `scale`, for those who `ask`."""
    asks = ask[:, None, None]
    rewards = np.where(asks, (mdp.reward[0] + bias) / scale[:, None, None], mdp.reward[0])
    return np.maximum(np.where(ask, budget, budget // price), 1), np.where(asks, 0.0, noise), rewards


# Without design: random problems


def random_problems(
    size: int, *, generator: np.random.Generator, steps: int = 200, error: float = 1.0, horizon: int = 10
) -> pd.DataFrame:
    """Optimise random problems by the exact gradient of a reward with a frozen Gaussian error.

    Each has 6 states, 3 actions, rewards uniform on [-1, 1] and discount 0.95; `error` is the standard
    deviation of its error at each state and action.

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
