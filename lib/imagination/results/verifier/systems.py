"""Tabular problems with a judge, and everything that a rollout of them may come to, one by one.

Nothing here knows what verdicts do to a gradient: all sequences of states, actions and verdicts are listed
with their probabilities, and the estimator is applied to each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imagination.reinforce import exact
from imagination.reinforce.problems import Estimator, Problem, tabular_policy
from imagination.worlds import makers
from imagination.worlds.tabular import TabularMDP

__all__ = ["FAMILIES", "Judged", "draw", "episode_ends", "listed", "slope", "votes"]

Array = NDArray[np.float64]

FAMILIES = ("every step", "until the end", "at the end", "in time", "varying rates")
"""Verdicts at every step of a fixed horizon; at every step of episodes that the policy may end; at their last
step alone; the same where every episode ends in time; and rates that depend on state and action."""


@dataclass(frozen=True, eq=False)
class Judged:
    """B tabular problems whose rewards of 0 or 1 are seen through verdicts.

    Attributes
    ----------
    problem : Problem
        Its rewards are 1 where a yes is due.
    judged : (B, S, A) array of bool
        Where there is a verdict.
    last : (B, S, A) array of bool
        Which steps are an episode's last one; nothing where the horizon is fixed. A last step leads to the
        last state, which is over.
    tpr, fpr : (B, S, A)
    """

    problem: Problem
    judged: NDArray[np.bool_]
    last: NDArray[np.bool_]
    tpr: Array
    fpr: Array

    @property
    def due(self) -> Array:
        """The rewards that a verdict speaks of."""
        return np.where(self.judged, self.problem.mdp.reward, 0.0)

    @property
    def chance(self) -> Array:
        """The probability of a yes, (B, S, A)."""
        said = np.where(self.problem.mdp.reward == 1, self.tpr, self.fpr)
        return np.where(self.judged, said, 0.0)


def draw(family: str, rng: np.random.Generator, size: int) -> Judged:
    """Draw `size` problems of a family, small enough to be listed.

    Raises
    ------
    ValueError
        If there is no such family.
    """
    if family not in FAMILIES:
        raise ValueError(f"family: {family!r} is none of {', '.join(FAMILIES)}")
    horizon, ends = int(rng.integers(1, 4)), family in ("until the end", "at the end", "in time")
    discount = 1 - 10 ** -rng.uniform(0.1, 2, size)
    transition = makers.garnet(size, 3, 2, int(rng.integers(1, 4)), discount, rng).transition
    last = np.zeros((size, 3, 2), bool)
    if family == "in time":  # states are times, and the last time is the end of all
        horizon = 2
        last[:, :2] = rng.random((size, 2, 2)) < 0.5
        last[:, 1] = True
        transition = np.broadcast_to(np.eye(3)[[1, 2, 2]][:, None], (3, 2, 3)) * np.ones((size, 1, 1, 1))
    elif ends:
        last[:, :2] = rng.random((size, 2, 2)) < 0.5
    if ends:
        live = transition[..., :2] + 1e-12 * (family != "in time")
        stay = np.concatenate([live, np.zeros_like(live[..., :1])], axis=-1)
        over = np.broadcast_to(last | (np.arange(3) == 2)[:, None], last.shape)[..., None]
        transition = np.where(over, np.eye(3)[2], stay / np.maximum(stay.sum(-1, keepdims=True), 1e-300))
    initial = np.eye(3)[0] if ends else rng.dirichlet(np.ones(3), size)
    reward = (rng.random((size, 3, 2)) < 0.5).astype(float)
    alive = np.broadcast_to((np.arange(3) < 2)[:, None], last.shape) if ends else np.ones_like(last)
    judged = alive & last if family in ("at the end", "in time") else alive
    tpr, fpr = rng.random((2, size, 1, 1))
    if family == "varying rates":  # about a judge that is better than a coin
        noisy = rng.uniform(-0.3, 0.3, (2, size, 3, 2))
        tpr, fpr = np.clip(np.stack([0.5 + tpr / 2, fpr / 2]) + noisy, 0, 1)
    tpr, fpr = (np.broadcast_to(rate, (size, 3, 2)) for rate in (tpr, fpr))
    mdp = TabularMDP(transition, reward, discount, initial=np.broadcast_to(initial, (size, 3)))
    logits = rng.exponential(1, (size, 1, 1)) * rng.standard_normal(reward.shape)
    undiscounted = np.where(rng.random(size) < 0.2, 1.0, discount)
    problem = Problem(mdp, tabular_policy(logits), horizon, undiscounted)
    return Judged(problem, judged, last, tpr, fpr)


def listed(system: Judged, estimator: Estimator, *, verdicts: bool = True) -> tuple[Array, Array]:
    """Mean (B, d) and total variance (B,) of one rollout's estimate, over all that may happen.

    Without `verdicts` a reward is seen as its chance of a yes.
    """
    problem = system.problem
    H, S, A = problem.horizon, problem.mdp.n_states, problem.mdp.n_actions
    sizes = (S,) * H + (A,) * H + (2,) * (H if verdicts else 0)
    rows = np.indices(sizes).reshape(len(sizes), -1)
    state, action, said = rows[:H], rows[H : 2 * H], rows[2 * H :]
    policy, scores = problem.policy.probabilities, problem.policy.scores
    weight, seen = problem.mdp.initial[:, state[0]], []
    for t in range(H):
        weight = weight * policy[:, state[t], action[t]]
        if t + 1 < H:
            weight = weight * problem.mdp.transition[:, state[t], action[t], state[t + 1]]
        chance = system.chance[:, state[t], action[t]]
        if verdicts:
            weight = weight * np.where(said[t], chance, 1 - chance)
        seen.append(np.broadcast_to(said[t], chance.shape) if verdicts else chance)
    gamma = problem.discount[:, None]
    estimate, to_go = np.zeros(()), np.zeros(())
    for t in reversed(range(H)):
        to_go = seen[t] + gamma * to_go
        outer = gamma**t if estimator.outer == "discounted" else 1.0
        estimate = estimate + scores[:, state[t], action[t]] * (outer * to_go)[..., None]
    mean = (weight[..., None] * estimate).sum(axis=1)
    second = (weight * (estimate**2).sum(axis=2)).sum(axis=1)
    return mean, second - (mean**2).sum(axis=1)


def episode_ends(problem: Problem, last: NDArray[np.bool_]) -> tuple[Array, Array]:
    r"""Means of the discounted length :math:`\sum_{t<T} \gamma^t` and of :math:`\gamma^{T-1}`, (B,) each.

    T is the number of steps up to a `last` one, that included, and H if there is none; then
    :math:`\gamma^{T-1}` counts as 0.
    """
    policy = problem.policy.probabilities
    going_on = np.einsum("bsa,bsau->bsu", policy * ~last, problem.mdp.transition)
    alive, length, end = problem.mdp.initial, 0.0, 0.0
    for t in range(problem.horizon):
        length = length + problem.discount**t * alive.sum(axis=1)
        end = end + problem.discount**t * (alive[:, :, None] * policy * last).sum(axis=(1, 2))
        alive = (alive[:, None] @ going_on)[:, 0]
    return np.asarray(length), np.asarray(end)


def slope(problem: Problem, what: Callable[[Problem], Array], step: float = 2e-3) -> Array:
    """The gradient of a number of each problem by the policy's parameters, (B, d); errs by order step^4."""
    d, found = problem.policy.parameters.shape[1], []
    for j in range(d):
        at = [
            what(problem.with_policy(problem.policy.moved(k * step * np.eye(d)[j]))) for k in (1, -1, 2, -2)
        ]
        found.append((8 * (at[0] - at[1]) - (at[2] - at[3])) / (12 * step))
    return np.stack(found, axis=1)


def noise(system: Judged, estimator: Estimator, where: Array) -> Array:
    r"""What noise of variance 1 adds where it is, :math:`\sum_u E[1(s_u, a_u) \lVert M_u \rVert^2]`, (B,)."""
    quiet = system.problem.with_reward(0.0)
    return exact.moments(quiet, estimator, noise_variance=where).variance


def votes(rng: np.random.Generator, size: int) -> dict[str, Array]:
    """Numbers of yeses among n verdicts on one step: their rate, correlation, and the variance of their mean.

    A step is easy or hard: its own rate is drawn from up to five rates, and given that its verdicts are
    independent. All numbers of yeses are listed.
    """
    n = rng.integers(1, 40, size)
    rates = rng.random((size, 5))
    weight = rng.dirichlet(np.full(5, 0.3), size)
    weight[::10] = np.eye(5)[0]  # no step is harder than another
    count = np.arange(40)[:, None, None]
    ways = np.ones((size, 5)) * (count == 0)
    for vote in range(39):  # one more vote, where there is one
        more = (vote < n)[:, None]
        ways = np.where(more, ways * (1 - rates) + np.roll(ways, 1, axis=0) * rates, ways)
    chance = (ways * weight).sum(axis=2)
    share = np.arange(40)[:, None] / n
    mean = (chance * share).sum(axis=0)
    one, two = (weight * rates).sum(axis=1), (weight * rates**2).sum(axis=1)
    return {
        "votes": n.astype(float),
        "rate": one,
        "correlation": (two - one**2) / (one - one**2),
        "spread": (chance * share**2).sum(axis=0) - mean**2,
    }
