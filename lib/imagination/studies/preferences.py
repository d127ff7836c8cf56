"""Rewards learned from comparisons, and policies that climb them, where the true return is known exactly.

A problem is a finite set of answers (or of paths through a deterministic world): the chance of each under the
policy that one starts from, its true return, and the features that a reward model sees. Everything else is
computed: no policy is sampled but to be compared. Arrays carry a leading axis of B problems.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, xlogy

from imagination.reinforce.problems import softmax

__all__ = [
    "FAMILIES",
    "SPREADS",
    "WIDE",
    "Answers",
    "Learned",
    "ascended",
    "best_of",
    "compared",
    "divergence",
    "draw",
    "flat",
    "learned",
    "on_grid",
    "refreshed",
    "shrunk",
    "tilted",
]

Array = NDArray[np.floating]

FAMILIES = ("answers", "rare is bad", "paths", "enough is enough")
"""32 unrelated answers; the same, where what is rarely written tends to be worth less; the 128 paths of seven
steps through a random world, paid for its steps; and paths whose steps pay less every time they are taken
again, which the reward model does not see: it is linear in the counts."""

_ANSWERS, _STATES, _STEPS, _TIRING = 32, 8, 7, 0.35


@dataclass(frozen=True, eq=False)
class Answers:
    """B problems with N answers each.

    Attributes
    ----------
    features : (B, N, d)
        What a reward model sees; its rewards are linear in them.
    chance : (B, N)
        Under the policy that one starts from.
    worth : (B, N)
        True return.
    """

    features: Array
    chance: Array
    worth: Array

    def __len__(self) -> int:
        return len(self.chance)

    def gain(self, policies: Array, rewards: Array | None = None) -> Array:
        """Return of `policies` (B, ..., N) less that of the start, by the truth or by `rewards` (B, N)."""
        rewards = self.worth if rewards is None else rewards
        return np.einsum("b...n,bn->b...", policies, rewards) - _along(policies, self.chance, rewards)


def _along(policies: Array, chance: Array, rewards: Array) -> Array:
    start = (chance * rewards).sum(axis=1)
    return start.reshape(len(start), *(1,) * (policies.ndim - 2))


def draw(family: str, size: int, rng: np.random.Generator) -> Answers:
    """Draw `size` problems of a family.

    Raises
    ------
    ValueError
        If there is no such family.
    """
    if family not in FAMILIES:
        raise ValueError(f"family must be one of {', '.join(FAMILIES)}, got {family!r}")
    if family in ("paths", "enough is enough"):
        return _paths(size, _TIRING if family == "enough is enough" else 0.0, rng)
    often, own = rng.standard_normal((2, size, _ANSWERS))
    worth = np.sqrt(0.5) * (often + own) if family == "rare is bad" else own
    features = np.broadcast_to(np.eye(_ANSWERS), (size, _ANSWERS, _ANSWERS))
    return Answers(features, softmax(1.5 * often), worth)


def _paths(size: int, tiring: float, rng: np.random.Generator) -> Answers:
    """All paths through deterministic worlds with two actions; returns have mean 0 and deviation 1."""
    shape = size, _STATES, 2
    after, pay = rng.integers(_STATES, size=shape), rng.standard_normal(shape)
    policy = softmax(rng.standard_normal(shape))
    actions = np.arange(2**_STEPS)[:, None] >> np.arange(_STEPS) & 1
    batch, path = np.arange(size)[:, None], np.arange(2**_STEPS)
    state, chance = np.zeros((size, 2**_STEPS), int), np.ones((size, 2**_STEPS))
    counts = np.zeros((size, 2**_STEPS, 2 * _STATES))
    for action in actions.T:
        counts[batch, path, 2 * state + action] += 1
        chance *= policy[batch, state, action]
        state = after[batch, state, action]
    worth = np.einsum("bnd,bd->bn", counts - tiring * counts**2, pay.reshape(size, -1))
    middle = (chance * worth).sum(axis=1, keepdims=True)
    spread = np.sqrt((chance * (worth - middle) ** 2).sum(axis=1, keepdims=True))
    return Answers(counts, chance, (worth - middle) / spread)


# Comparisons, and what is learned from them


def compared(
    problems: Answers, count: int, rng: np.random.Generator, *, policies: Array | None = None
) -> tuple[Array, Array]:
    """Draw pairs of answers, from the start or from `policies` (B, N), and ask which of the two is better.

    Returns
    -------
    apart : (B, n, d)
        Features of the first answer less those of the second.
    won : (B, n)
        1 where the first was preferred: with probability 1 / (1 + exp(-difference of the true returns)).
    """
    cumulative = (problems.chance if policies is None else policies).cumsum(axis=1)[:, None, None, :-1]
    pair = (rng.random((len(problems), count, 2))[..., None] > cumulative).sum(axis=-1)
    rows = np.arange(len(problems))[:, None, None]
    features, worth = problems.features[rows, pair], problems.worth[rows, pair]
    won = rng.random(worth.shape[:2]) < expit(worth[..., 0] - worth[..., 1])
    return features[:, :, 0] - features[:, :, 1], won.astype(float)


@dataclass(frozen=True, eq=False)
class Learned:
    """Reward models of B problems.

    Attributes
    ----------
    weights : (B, d)
    curvature : (B, d, d)
        Of what was minimised: its inverse is the covariance of the weights, by Laplace.
    loss : (B,)
        Minus the log likelihood, and the penalty.
    spread : (B,)
        Standard deviation that the prior gives a weight.
    """

    weights: Array
    curvature: Array
    loss: Array
    spread: Array

    @property
    def evidence(self) -> Array:
        """Log probability of the comparisons given the prior, by Laplace, (B,)."""
        size = self.weights.shape[1]
        return -self.loss - 0.5 * np.linalg.slogdet(self.curvature)[1] - size * np.log(self.spread)

    def rewards(self, problems: Answers) -> Array:
        """Of each answer, (B, N)."""
        return np.einsum("bnd,bd->bn", problems.features, self.weights)

    def error(self, problems: Answers, policies: Array) -> Array:
        """Standard error of the learned gain of `policies` (B, D, N), by Laplace, (B, D)."""
        moved = np.matmul(policies - problems.chance[:, None], problems.features)
        spread = np.linalg.solve(self.curvature, moved.swapaxes(1, 2))
        return np.sqrt(np.maximum((moved.swapaxes(1, 2) * spread).sum(axis=1), 0))


def learned(
    apart: Array, won: Array, spread: ArrayLike, *, times: Array | None = None, tolerance: float = 1e-9
) -> Learned:
    """Bradley-Terry rewards of most posterior density under a normal prior, by Newton's method.

    Parameters
    ----------
    apart, won
        As `compared` returns them.
    spread : float or (B,)
        Standard deviation of the prior, whose mean is 0. A large one stands for none: without any, an answer
        that won each of its comparisons would be worth infinitely much.
    times : (B, n), optional
        How often each comparison counts.
    """
    spread = np.broadcast_to(np.asarray(spread, float), len(apart))
    times = np.ones_like(won) if times is None else times
    stiff = spread[:, None] ** -2.0

    def loss(weights: Array) -> Array:
        margin = np.einsum("bnd,bd->bn", apart, weights) * (2 * won - 1)
        penalty = 0.5 * (stiff * weights**2).sum(axis=1)
        return np.asarray((times * np.logaddexp(0, -margin)).sum(axis=1) + penalty)

    weights = np.zeros((len(apart), apart.shape[2]))
    now, size = loss(weights), np.ones(len(apart))
    for _ in range(100):
        chance = expit(np.einsum("bnd,bd->bn", apart, weights))
        slope = np.einsum("bnd,bn->bd", apart, times * (chance - won)) + stiff * weights
        heavy = (times * chance * (1 - chance))[..., None]
        curvature = np.matmul(apart.swapaxes(1, 2), heavy * apart)
        curvature += stiff[..., None] * np.eye(apart.shape[2])
        step = np.linalg.solve(curvature, slope[..., None])[..., 0]
        if np.abs(step).max() < tolerance:
            break
        size = np.ones(len(apart))
        for _ in range(20):  # half as far, where that went too far
            new = loss(weights - size[:, None] * step)
            worse = new > now + 1e-12 * np.abs(now)
            if not worse.any():
                break
            size = np.where(worse, size / 2, size)
        weights, now = weights - size[:, None] * step, new
    return Learned(weights, curvature, now, spread)


WIDE = 10.0
"""A prior's standard deviation that only keeps rewards finite."""

SPREADS = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2)


def flat(apart: Array, won: Array) -> Learned:
    """`learned` with a prior that is `WIDE`: next to the maximum of the likelihood."""
    return learned(apart, won, WIDE)


def shrunk(apart: Array, won: Array) -> Learned:
    """`learned` with that one of `SPREADS` which makes the comparisons likeliest (empirical Bayes)."""
    found = [learned(apart, won, spread) for spread in SPREADS]
    best = np.argmax([each.evidence for each in found], axis=0)
    rows = np.arange(len(apart))
    return Learned(
        *(
            np.stack([getattr(each, name) for each in found])[best, rows]
            for name in ("weights", "curvature", "loss", "spread")
        )
    )


def refreshed(
    problems: Answers,
    count: int,
    rng: np.random.Generator,
    learn: Callable[[Array, Array], Learned],
    *,
    distance: float = 1.0,
    rounds: int = 5,
) -> tuple[Array, Array]:
    """As many comparisons as `compared` draws, in rounds: after each one of answers of the policy so far.

    The policy is `tilted` towards what was learned, to a `distance` from the start.
    """
    parts: list[tuple[Array, Array]] = []
    policies = problems.chance
    for size in np.diff(np.arange(rounds + 1) * count // rounds):
        parts.append(compared(problems, int(size), rng, policies=policies))
        data = _joined(parts)
        rewards = learn(*data).rewards(problems)
        policies = tilted(problems.chance, rewards, [distance])[0][:, 0]
    return data


def _joined(parts: list[tuple[Array, Array]]) -> tuple[Array, Array]:
    apart, won = zip(*parts, strict=True)
    return np.concatenate(apart, axis=1), np.concatenate(won, axis=1)


# Ways up


def divergence(policies: Array, chance: Array) -> Array:
    """Kullback-Leibler divergence of `policies` (B, ..., N) from the start (B, N), (B, ...)."""
    start = chance.reshape(len(chance), *(1,) * (policies.ndim - 2), -1)
    return np.maximum((xlogy(policies, policies) - xlogy(policies, start)).sum(axis=-1), 0)


def tilted(chance: Array, rewards: Array, distance: ArrayLike) -> tuple[Array, Array]:
    """The policies of most learned return within a `distance` of the start, the root of the divergence.

    They are chance times exp(rewards / temperature), so a penalty of temperature times divergence finds the
    same ones. Where the best answer alone is nearer than that, it is taken.

    Returns
    -------
    policies : (B, D, N)
    temperature : (B, D)
    """
    limit, start = np.square(distance), np.log(chance)[:, None]
    scale = np.ptp(rewards, axis=1)[:, None]
    scale = np.where(scale > 0, scale, 1.0)  # nothing learned, nowhere to go
    low, high = np.full((len(chance), len(limit)), -8.0), np.full((len(chance), len(limit)), 8.0)
    for _ in range(50):
        middle = (low + high) / 2
        policies = softmax(start + (np.exp(middle) / scale)[..., None] * rewards[:, None])
        nearer = divergence(policies, chance) < limit
        low, high = np.where(nearer, middle, low), np.where(nearer, high, middle)
    return policies, scale / np.exp(low)


def best_of(chance: Array, rewards: Array, draws: ArrayLike) -> Array:
    """The law (B, D, N) of the best by `rewards` of so many answers (D,) drawn from the start.

    Among equals it is as likely each as it is drawn.
    """
    worse = np.einsum("bnm,bm->bn", rewards[:, None] < rewards[..., None], chance)[:, None]
    equal = np.einsum("bnm,bm->bn", rewards[:, None] == rewards[..., None], chance)[:, None]
    power = np.asarray(draws, float)[:, None]
    law = np.minimum(worse + equal, 1) ** power - worse**power
    return np.asarray(law * chance[:, None] / equal)


def ascended(chance: Array, rewards: Array, steps: ArrayLike, rate: float = 1.0) -> Array:
    """Policies (B, D, N) of a softmax after `steps` (D,) up the exact gradient of the learned return."""
    steps, logits, found = np.asarray(steps), np.log(chance), []
    for step in range(int(steps.max()) + 1):
        policy = softmax(logits)
        found += [policy] * int((steps == step).sum())
        logits = logits + rate * policy * (rewards - (policy * rewards).sum(axis=1, keepdims=True))
    return np.stack(found, axis=1)


def on_grid(distance: Array, values: Array, grid: Array) -> Array:
    """`values` (B, D) at the distances of a `grid`, between those of a path (B, D); its last beyond it."""
    rising = np.maximum.accumulate(distance, axis=1)
    return np.stack([np.interp(grid, d, v) for d, v in zip(rising, values, strict=True)])
