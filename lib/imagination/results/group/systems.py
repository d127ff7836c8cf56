"""Groups that can be listed: K rollouts of tabular problems, K answers to a question, with everything seen.

Nothing here knows what a baseline or a standard deviation does to an estimate: all groups are listed with
their probabilities, and the estimate is computed in each.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imagination.reinforce.problems import Estimator, Problem, softmax, tabular_policy
from imagination.worlds import makers
from imagination.worlds.tabular import TabularMDP

__all__ = ["SIZES", "Question", "Rollouts", "draw", "estimates", "groups", "one_rollout", "question", "step"]

Array = NDArray[np.float64]

SIZES = ((1, 2), (1, 3), (1, 4), (2, 2), (2, 3), (3, 2))
"""Steps and rollouts of the groups that are listed."""


@dataclass(frozen=True)
class Rollouts:
    """All rollouts of a problem, and what is seen of them.

    Attributes
    ----------
    chance : (N,) array
    scores : (N, H, d) array
        Each with its weight in the estimator.
    to_go : (N, H) array
        Returns to go, as they are seen.
    """

    chance: Array
    scores: Array
    to_go: Array


def draw(rng: np.random.Generator, size: int, horizon: int) -> tuple[Problem, Array]:
    """Small worlds with a first state, tabular policies; and the errors' standard deviations, (B, S, A).

    Some have the same deviation everywhere, some none in some states.
    """
    discount = 1 - 10 ** -rng.uniform(0.1, 2, size)
    transition = makers.garnet(size, 2, 2, 2, discount, rng).transition
    reward = rng.standard_normal((size, 2, 2)) + rng.normal(0, 1, (size, 1, 1))
    mdp = TabularMDP(transition, reward, discount, initial=np.array([1.0, 0.0]))
    logits = rng.exponential(1, (size, 1, 1)) * rng.standard_normal(reward.shape)
    undiscounted = np.where(rng.random(size) < 0.2, 1.0, discount)
    deviation = rng.exponential(1, (size, 2, 2)) * (rng.random((size, 2, 2)) < 0.8)
    deviation[::5] = deviation[::5, :1, :1]
    return Problem(mdp, tabular_policy(logits), horizon, undiscounted), deviation


def one_rollout(problem: Problem, estimator: Estimator, deviation: Array | None = None) -> Rollouts:
    """All rollouts of a batch of one; with a `deviation` (1, S, A) each error is that or its negative."""
    H, S, A = problem.horizon, problem.mdp.n_states, problem.mdp.n_actions
    sizes = (S,) * H + (A,) * H + (() if deviation is None else (2,) * H)
    rows = np.indices(sizes).reshape(len(sizes), -1)
    state, action, sign = rows[:H], rows[H : 2 * H], 2 * rows[2 * H :] - 1
    chance = problem.mdp.initial[0, state[0]] * 0.5 ** len(sign)
    for t in range(H):
        chance = chance * problem.policy.probabilities[0, state[t], action[t]]
        if t + 1 < H:
            chance = chance * problem.mdp.transition[0, state[t], action[t], state[t + 1]]
    seen = problem.mdp.reward[0, state, action]
    if deviation is not None:
        seen = seen + sign * deviation[0, state, action]
    gamma, to_go = problem.discount[0], np.zeros_like(seen)
    for t in reversed(range(H)):
        to_go[t] = seen[t] + (gamma * to_go[t + 1] if t + 1 < H else 0)
    weights = estimator.outer_weights(problem)[0]
    scores = problem.policy.scores[0, state, action] * weights[:, None, None]
    here = chance > 0
    return Rollouts(chance[here], scores.swapaxes(0, 1)[here], to_go.T[here])


def groups(one: Rollouts, count: int) -> tuple[NDArray[np.int64], Array]:
    """All groups of `count` rollouts: which ones, (`count`, M), and the chances of the groups, (M,)."""
    which = np.indices((len(one.chance),) * count).reshape(count, -1)
    return which, one.chance[which].prod(axis=0)


def estimates(one: Rollouts, which: NDArray[np.int64], *, own: bool = False) -> Array:
    """Estimates of groups, (M, d): returns to go less the others' mean; with `own` less the mean of all."""
    to_go, count = one.to_go[which], len(which)
    total = to_go.sum(axis=0)
    found = np.zeros((which.shape[1], one.scores.shape[2]))
    for each, seen in zip(which, to_go, strict=True):
        mean = total / count if own else (total - seen) / (count - 1)
        for t, ahead in enumerate((seen - mean).T):
            found += ahead[:, None] * one.scores[each, t]
    return found / count


@dataclass(frozen=True)
class Question:
    """A question with A answers, a softmax policy over them, and a verifier.

    Attributes
    ----------
    logits : (A,) array
    right : (A,) array of 0 or 1
    tpr, fpr : float
    """

    logits: Array
    right: Array
    tpr: float
    fpr: float

    @property
    def policy(self) -> Array:
        """The probability of each answer, (A,)."""
        return softmax(self.logits)

    @property
    def rate(self) -> float:
        """The chance of a yes."""
        return float(self.policy @ np.where(self.right == 1, self.tpr, self.fpr))


def question(rng: np.random.Generator) -> Question:
    """Draw a question of two to four answers, of which some are right and some wrong, and a verifier."""
    A = int(rng.integers(2, 5))
    right = (rng.permutation(A) < rng.integers(1, A)).astype(float)
    tpr, fpr = (1.0, 0.0) if rng.random() < 0.3 else rng.random(2)
    return Question(rng.exponential(2) * rng.standard_normal(A), right, tpr, fpr)


def step(of: Question, count: int) -> Array:
    """Mean step of a group of `count` answers, (A,): verdicts less their mean, over their standard deviation.

    A group whose verdicts are all equal makes none. Every group of answers and verdicts is listed.
    """
    A = len(of.logits)
    rows = np.indices((A,) * count + (2,) * count).reshape(2 * count, -1)
    answer, verdict = rows[:count], rows[count:]
    yes = np.where(of.right == 1, of.tpr, of.fpr)[answer]
    chance = (of.policy[answer] * np.where(verdict, yes, 1 - yes)).prod(axis=0)
    deviation = verdict.std(axis=0)
    apart = deviation > 0
    advantage = (verdict - verdict.mean(axis=0))[:, apart] / deviation[apart]
    score = np.eye(A)[answer[:, apart]] - of.policy
    return np.einsum("m,km,kma->a", chance[apart], advantage, score) / count
