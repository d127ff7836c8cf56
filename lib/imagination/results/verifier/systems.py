"""Tabular problems with a judge, and everything that a rollout of them may come to, one by one.

Nothing here knows what verdicts do to a gradient: all sequences of states, actions and verdicts are listed
with their probabilities, and the estimator is applied to each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from imagination.reinforce import exact
from imagination.reinforce.problems import Estimator, Problem, tabular_policy
from imagination.worlds import makers
from imagination.worlds.tabular import TabularMDP

__all__ = ["FAMILIES", "Judged", "draw", "episode_ends", "listed", "majorities", "panels", "slope", "votes"]

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
    rates, weight = _own_rates(rng, size)
    chance = (_counts(n[:, None], rates) * weight).sum(axis=2)
    share = np.arange(40)[:, None] / n
    mean = (chance * share).sum(axis=0)
    one, two = (weight * rates).sum(axis=1), (weight * rates**2).sum(axis=1)
    return {
        "votes": n.astype(float),
        "rate": one,
        "correlation": (two - one**2) / (one - one**2),
        "spread": (chance * share**2).sum(axis=0) - mean**2,
    }


def majorities(rng: np.random.Generator, size: int) -> dict[str, Array]:
    """Majorities of 2k + 1 verdicts: of independent ones, of two more, and where each step has its own rate.

    `said` and `said_later` are the probabilities of a yes of one `rate`; `apart` is how far that of steps
    with up to five own rates is from what it tends to, and `off` how far a rate is from the nearer of 0 and
    1 at most. All numbers of yeses are listed.
    """
    pairs = rng.integers(0, 19, size)
    rates, weight = _own_rates(rng, size)
    rates = np.where(rng.random((size, 1)) < 0.5, rates, rates / 5)  # near 0, where majorities fade fast
    said, later = (most(_counts((2 * k + 1)[:, None], rates), k) for k in (pairs, pairs + 1))
    nearer = np.minimum(rates, 1 - rates)  # the majority errs alike on either side
    misses = np.sign(0.5 - rates) * most(_counts((2 * pairs + 1)[:, None], nearer), pairs)
    return {
        "pairs": pairs.astype(float),
        "rate": rates[:, 0],
        "said": said[:, 0],
        "said_later": later[:, 0],
        "off": np.where(weight > 0, nearer, 0.0).max(axis=1),
        "apart": np.abs((misses * weight).sum(axis=1)),
    }


def panels(system: Judged, rng: np.random.Generator) -> tuple[Judged, NDArray[np.int64]]:
    """The same problems judged by the majority of 2k + 1 independent verdicts, and k."""
    pairs = rng.integers(0, 6, len(system.problem))
    one, other = (
        most(_counts((2 * pairs + 1)[:, None], rate[:, 0, :1]), pairs)[:, :, None]
        for rate in (system.tpr, system.fpr)
    )
    shape = system.tpr.shape
    return replace(system, tpr=np.broadcast_to(one, shape), fpr=np.broadcast_to(other, shape)), pairs


def most(ways: Array, pairs: NDArray[np.int64]) -> Array:
    """The probability, (B, r), of more than k yeses of those that `_counts` lists."""
    return (ways * (np.arange(len(ways))[:, None, None] > pairs[:, None])).sum(axis=0)


def _own_rates(rng: np.random.Generator, size: int) -> tuple[Array, Array]:
    """Up to five rates of steps, and how often each of them occurs, (B, 5) each."""
    rates = rng.random((size, 5))
    weight = rng.dirichlet(np.full(5, 0.3), size)
    weight[::10] = np.eye(5)[0]  # no step is harder than another
    return rates, weight


def _counts(n: NDArray[np.int64], rates: Array) -> Array:
    """Probabilities of 0, 1, ..., 39 yeses among n votes, (40, B, r)."""
    ways = np.ones(rates.shape) * (np.arange(40)[:, None, None] == 0)
    for vote in range(int(n.max())):  # one more vote, where there is one
        ways = np.where(vote < n, ways * (1 - rates) + np.roll(ways, 1, axis=0) * rates, ways)
    return ways
