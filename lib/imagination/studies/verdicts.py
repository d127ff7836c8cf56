"""Learning from a judge who says yes or no: curves, what a judge costs, a thinker, and networks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from numpy.typing import ArrayLike, NDArray

from imagination.reinforce import estimators, exact, gradients
from imagination.reinforce.problems import DISCOUNTED, Problem, SoftmaxPolicy
from imagination.reinforce.reward_errors import Verdicts
from imagination.reinforce.sampling import sample
from imagination.results.noise.network_trial import FAMILIES
from imagination.results.verifier.claims import WORTH
from imagination.studies import biases
from imagination.worlds.tabular import TabularMDP

__all__ = ["Judge", "curves", "on_networks", "rates", "slowdown", "thinker"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Judge:
    """A verifier: its two rates, where it gives verdicts (everywhere unless told), and what is subtracted.

    Attributes
    ----------
    tpr, fpr : float
    where : (S, A) array of bool, optional
    subtract : bool
        Whether the learner knows FPR and subtracts it from every verdict.
    """

    tpr: float
    fpr: float
    where: NDArray[np.bool_] | None = None
    subtract: bool = False

    def chance(self, problem: Problem) -> Array:
        """The probability of a yes, (B, S, A)."""
        said = self.fpr + (self.tpr - self.fpr) * problem.mdp.reward
        return said if self.where is None else np.where(self.where, said, 0.0)

    def offset(self, problem: Problem) -> Array:
        """What the learner adds to a verdict, (B, S, A)."""
        taken = -self.fpr if self.subtract else 0.0
        return np.where(True if self.where is None else self.where, taken, np.zeros_like(problem.mdp.reward))


def rates(youden: float) -> tuple[float, float]:
    """TPR and FPR of a judge that errs as often on right answers as on wrong ones."""
    return (1 + youden) / 2, (1 - youden) / 2


def curves(
    problem: Problem,
    judge: Judge,
    *,
    seeds: int,
    steps: int,
    rate: float,
    rollouts: int,
    rng: np.random.Generator,
) -> Array:
    """True returns (seeds, steps + 1) of policies that learn from verdicts alone."""
    many = biases.copies(problem, seeds)
    seen = many.with_reward(judge.offset(many))
    _, found = estimators.ascend(
        seen,
        DISCOUNTED,
        steps=steps,
        rate=rate,
        rollouts=rollouts,
        generator=rng,
        noise=Verdicts(judge.chance(many)),
        world=many,
    )
    return found


def slowdown(problem: Problem, youden: ArrayLike, *, count: int, rng: np.random.Generator) -> pd.DataFrame:
    """How many times the rollouts a judge of each Youden's J needs for the variance of true rewards.

    Columns: `J`; `verdicts` and `FPR subtracted`, the exact factors (V' + N/J²)/V, where V' is the variance
    with rewards r + FPR/J, or that with rewards r; and for each a `sampled` one, from `count` rollouts.
    """
    free = exact.moments(problem, DISCOUNTED).variance[0]
    quiet = problem.with_reward(0.0)
    met = [
        exact.moments(quiet, DISCOUNTED, noise_variance=each).variance[0]
        for each in (problem.mdp.reward, 1 - problem.mdp.reward)
    ]
    rows = []
    for J in np.atleast_1d(youden):
        tpr, fpr = rates(J)
        noise = tpr * (1 - tpr) * met[0] + fpr * (1 - fpr) * met[1]
        row = {"J": J}
        for name, subtract in (("verdicts", False), ("FPR subtracted", True)):
            judge = Judge(tpr, fpr, subtract=subtract)
            own = problem.with_reward(problem.mdp.reward + (0 if subtract else fpr / J))
            V = exact.moments(own, DISCOUNTED).variance[0]
            cost = {"cost": 1.0, "fixed_cost": 0.0, "budget": 1.0}
            worth = WORTH.evaluate(tpr=tpr, fpr=fpr, noise_free_variance=V, verdict_noise=noise, **cost)
            seen = problem.with_reward(judge.offset(problem))
            mean = exact.expected(
                problem.with_reward(judge.chance(problem) + judge.offset(problem)), DISCOUNTED
            )
            drawn = estimators.estimate(
                seen, DISCOUNTED, count, rng, noise=Verdicts(judge.chance(problem)), center=mean
            )
            row |= {name: worth / free, f"{name}, sampled": drawn.variance[0] / J**2 / free}
        rows.append(row)
    return pd.DataFrame(rows)


def on_networks(
    judge: Judge, *, rng: np.random.Generator, members: int = 2, rollouts: int = 4000, horizon: int = 5
) -> pd.DataFrame:
    """Policies that are networks, in worlds that are no tables: is the mean of a step J times as long?

    A reward is 1 where the world's own is above its median. Along the gradient as other rollouts estimate it,
    a row for each family and member has the `ratio` of the means from verdicts and from rewards, its standard
    `error`, and `z`, that of verdicts less J times rewards, rollout by rollout.
    """
    rows, J = [], judge.tpr - judge.fpr
    for family, make in FAMILIES.items():
        own = torch.Generator().manual_seed(int(rng.integers(2**62)))
        world, policy = make(members, rng, own)
        discount = torch.full((members,), 0.9, dtype=torch.float64)
        drawn, other = (sample(world, policy, rollouts, horizon, own) for _ in range(2))
        median = drawn.reward.flatten(1).median(dim=1).values[:, None, None]
        due, elsewhere = ((each.reward > median).to(torch.float64) for each in (drawn, other))
        chance = judge.fpr + J * due
        said = (torch.rand(due.shape, generator=own, dtype=torch.float64) < chance).to(torch.float64)
        along = gradients.mean_gradient(policy, other.with_reward(elsewhere), DISCOUNTED, discount)
        seen, true = (
            (
                gradients.rollout_gradients(policy, drawn.with_reward(each), DISCOUNTED, discount)
                @ along[..., None]
            )[..., 0].numpy()
            for each in (said, due)
        )
        ratio = seen.mean(axis=1) / true.mean(axis=1)
        for member in range(members):
            off = seen[member] - J * true[member]
            about = seen[member] - ratio[member] * true[member]
            root = np.sqrt(rollouts)
            rows.append(
                {
                    "family": family,
                    "member": member,
                    "ratio": ratio[member],
                    "error": about.std() / root / abs(true[member].mean()),
                    "z": off.mean() / off.std() * root,
                }
            )
    return pd.DataFrame(rows)


def thinker(
    most: int = 8, *, insight: float = 0.35, discount: float = 0.9
) -> tuple[Problem, NDArray[np.bool_]]:
    """One who thinks, up to `most` steps, and decides when to answer; and which steps are last ones, (S, A).

    Each step of thought brings `insight` with that probability. An answer with it is right, and pays 1; one
    without pays 0. The policy knows the time and not whether it has understood: a parameter for each step's
    answer. After the last step one must answer. The last state is the end.
    """
    states = 2 * most + 1
    transition, reward = np.zeros((states, 2, states)), np.zeros((states, 2))
    features, last = np.zeros((states, 2, most)), np.zeros((states, 2), bool)
    transition[-1, :, -1] = 1
    for t in range(most):
        for understood in range(2):
            here, over = 2 * t + understood, t + 1 == most
            features[here, 0, t] = 1
            answers = [0, 1] if over else [0]
            last[here, answers], reward[here, answers] = True, understood
            transition[here, answers, -1] = 1
            if not over:
                transition[here, 1, here + 2] += 1 if understood else 1 - insight
                transition[here, 1, 2 * t + 3] += 0 if understood else insight
    initial = np.eye(states)[:1]
    mdp = TabularMDP(transition[None], reward[None], np.array([discount]), initial=initial)
    return Problem(mdp, SoftmaxPolicy(np.zeros((1, most)), features), most), last
