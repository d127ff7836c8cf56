"""The tests behind an audit's alarms, and how they share the probability of a false one.

Each test is made on one number an episode: episodes are independent, transitions are not. Each is valid for a
perfect model, whose predictions are the conditional means given state and action (or draws around them): no
predictor that knows no more can have a smaller mean square, and sums of its errors have mean zero. An audit
makes at most `TESTS` tests and gives each the same share of ``1 − level``; so with probability `level` a
perfect model raises no alarm, up to what Student's t makes of numbers that are not normal. Where rewards
are so rare that a log may have none, nothing can tell a perfect model from one that promises too much.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.spatial import cKDTree

from imagination.audit.episodes import Episodes
from imagination.audit.evidence import Evidence
from imagination.audit.intervals import means
from imagination.audit.models import WorldModel
from imagination.audit.parts import OneStep

__all__ = [
    "FEWEST",
    "MATTERS",
    "NEIGHBOURS",
    "TESTS",
    "Errors",
    "ask",
    "exceeds",
    "loss",
    "share",
    "simple_fit",
]

TESTS = 10
"""Alarms that rest on a test: lags of reward, action and state, continuation, a simple fit that beats the
reward or the state, optimism, a region, and the noise of state and reward."""

MATTERS = 0.01
"""What is smaller than this share of the spread in the log (its square, of squared errors) is no alarm."""

FEWEST = 5
"""No test of fewer episodes raises an alarm: five would have one sign by chance once in sixteen times."""

NEIGHBOURS, REFERENCE, JUDGED = 20, 5000, 100_000
"""A simple fit looks at so many neighbours among at most so many transitions, for at most so many."""

CHUNK = 65536


def share(level: float) -> float:
    """The probability of a false alarm that one test may have."""
    return (1 - level) / TESTS


def exceeds(values: np.ndarray, threshold: float, chance: float) -> bool:
    """Whether the mean over episodes surely exceeds a threshold, for independent `values` (E,).

    By the interval that the audit gives everywhere, and never with fewer than `FEWEST` episodes.

    Parameters
    ----------
    values : ndarray (E,)
    threshold, chance : float
        With probability `chance` at most it says so of a mean at or below `threshold`.
    """
    if len(values) < FEWEST:
        return False
    _, low, _ = means(values, 1 - 2 * chance)
    return bool(low > threshold)


def ask(
    model: WorldModel,
    episodes: Episodes,
    episode: np.ndarray,
    time: np.ndarray,
    action: np.ndarray,
) -> OneStep:
    """What the model says of one step from `episode` (m,) at `time` (m,) with `action` (m, k)."""
    found = []
    for part in _chunks(len(episode)):
        belief, reward, proceed = model.step(model.begin(episodes, episode[part], time[part]), action[part])
        found.append((model.states(belief), reward, proceed))
    states, rewards, proceeds = zip(*found, strict=True)
    state = None if states[0] is None else np.concatenate(states)
    return OneStep(state, np.concatenate(rewards), np.concatenate(proceeds))


def _chunks(count: int) -> list[slice]:
    return [slice(start, start + CHUNK) for start in range(0, count, CHUNK)]


@dataclass(frozen=True, eq=False)
class Errors:
    """An audit's evidence with what several tests need of it, computed once.

    A *loss* is an unbiased estimate of the squared distance from a target to the model's conditional mean:
    a stochastic model is asked twice, and the product of its two errors is free of its own noise.
    """

    evidence: Evidence

    @cached_property
    def episode(self) -> np.ndarray:
        """The episode of each transition, (n,)."""
        return self.evidence.episodes.episode

    @cached_property
    def time(self) -> np.ndarray:
        """The time of each transition within its episode, (n,)."""
        return np.arange(len(self.episode)) - self.evidence.episodes.start[self.episode]

    @cached_property
    def half(self) -> np.ndarray:
        """Which half of the episodes each transition is in, (n,): every other one, 0 and 1."""
        return self.episode % 2

    @cached_property
    def predicted(self) -> tuple[OneStep, OneStep]:
        """Two answers of the model: drawn anew where it is stochastic, else one and the same."""
        model, episodes = self.evidence.model, self.evidence.episodes
        if not model.stochastic:
            return self.evidence.one_step, self.evidence.one_step
        first, second = (ask(model, episodes, self.episode, self.time, episodes.action) for _ in range(2))
        return first, second

    @cached_property
    def has_reward(self) -> bool:
        """Whether there are rewards to be tested: none is NaN."""
        return all(np.isfinite(one.reward).all() for one in self.predicted)

    @cached_property
    def has_state(self) -> bool:
        """Whether there are predicted states to be tested: none is NaN."""
        return all(one.state is not None and np.isfinite(one.state).all() for one in self.predicted)

    @cached_property
    def scale(self) -> np.ndarray:
        """How far each coordinate moves in a step (standard deviation), (d,); 1 where it never moves."""
        state = self.evidence.episodes.state
        moved = (self.evidence.episodes.next_state - state).std(axis=0)
        rounding = 1e-9 * np.abs(state).max(axis=0)
        return np.where(moved > rounding, moved, 1.0)

    @cached_property
    def state(self) -> tuple[np.ndarray, np.ndarray]:
        """Predicted next states, twice, (n, d) in units of `scale`."""
        one, two = self.predicted
        assert one.state is not None and two.state is not None
        return one.state / self.scale, two.state / self.scale

    def states_of_log(self) -> tuple[np.ndarray, np.ndarray]:
        """The log's states and next states, (n, d) in units of `scale`."""
        episodes = self.evidence.episodes
        return episodes.state / self.scale, episodes.next_state / self.scale

    @cached_property
    def reward_gain(self) -> np.ndarray:
        """How much less loss a simple fit of the reward has than the model, (n,): none if perfect."""
        one, two = (predicted.reward for predicted in self.predicted)
        return self._gain(self.evidence.episodes.reward, one, two)

    @cached_property
    def state_gain(self) -> np.ndarray:
        """The same of next states, (n,)."""
        return self._gain(self.states_of_log()[1], *self.state)

    @cached_property
    def later_gain(self) -> np.ndarray:
        """How much less loss the model's reward one imagined step later has, (n,), for the log's policy."""
        evidence = self.evidence
        model, episodes, rewards = evidence.model, evidence.episodes, evidence.episodes.reward
        later = []
        for _ in range(2 if model.stochastic else 1):
            found = []
            for at in _chunks(len(rewards)):
                belief = model.begin(episodes, self.episode[at], self.time[at])
                belief, _, _ = model.step(belief, episodes.action[at])
                found.append(model.step(belief, evidence.policy(model.visible(belief)))[1])
            later.append(np.concatenate(found))
        one, two = (predicted.reward for predicted in self.predicted)
        return loss(rewards, one, two) - loss(rewards, later[0], later[-1])

    def _gain(self, target: np.ndarray, one: np.ndarray, two: np.ndarray) -> np.ndarray:
        stride = -(-len(target) // JUDGED)  # of so many steps one is judged, and weighted up
        judged = np.arange(0, len(target), stride)
        episodes = self.evidence.episodes
        known = np.column_stack([episodes.state, episodes.action, one])
        fitted = simple_fit(known, target, self.half, judged)
        target, one, two = target[judged], one[judged], two[judged]
        found = np.zeros(len(self.episode))
        found[judged] = stride * (loss(target, one, two) - loss(target, fitted, fitted))
        return found

    def gains(self, gained: np.ndarray, chance: float) -> bool:
        """Whether losses are surely smaller by these amounts (n,).

        By their sums over episodes, or by the sums as shares of the amounts' sizes: where rewards die out, a
        few early steps are all that the former see.
        """
        sums, sizes = self.total(gained), self.total(np.abs(gained))
        shares = sums[sizes > 0] / sizes[sizes > 0]
        return exceeds(sums, 0.0, chance / 2) or exceeds(shares, 0.0, chance / 2)

    def total(self, values: np.ndarray) -> np.ndarray:
        """Sum over each episode of values (n, ...), (E, ...)."""
        return np.add.reduceat(values, self.evidence.episodes.start, axis=0)


def loss(target: np.ndarray, one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Squared distance (n,) of targets (n,) or (n, d) from what two predictions have in common."""
    product = (target - one) * (target - two)
    return product if product.ndim == 1 else product.sum(axis=1)


def simple_fit(
    known: np.ndarray,
    target: np.ndarray,
    halves: np.ndarray,
    at: np.ndarray,
    neighbours: int = NEIGHBOURS,
) -> np.ndarray:
    """Predictions of targets (n,) or (n, j) by a simple fit in what is `known` (n, p), at rows `at` (m,).

    It is a straight line and the mean of what it leaves at the nearest rows, of one half (n,) of the episodes
    for the other, so that it knows nothing of what it predicts.
    """
    spread = known.std(axis=0)
    known = (known - known.mean(axis=0)) / np.where(spread > 0, spread, 1)
    whole = np.column_stack([np.ones(len(known)), known])
    found = np.zeros((len(at), *target.shape[1:]))
    for half in (0, 1):
        fit, of_half = np.flatnonzero(halves != half), halves[at] == half
        use = at[of_half]
        if not len(fit) or not len(use):
            continue
        gram = whole[fit].T @ whole[fit] + 1e-8 * len(fit) * np.eye(whole.shape[1])
        weights = np.linalg.solve(gram, whole[fit].T @ target[fit])
        found[of_half] = whole[use] @ weights
        if neighbours:
            some = fit[:: -(-len(fit) // REFERENCE)]
            near = cKDTree(known[some]).query(known[use], k=min(neighbours, len(some)))[1]
            left = target[some] - whole[some] @ weights
            found[of_half] += left[near.reshape(len(use), -1)].mean(axis=1)
    return found
