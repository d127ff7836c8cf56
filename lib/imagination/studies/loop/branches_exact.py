"""Branches of each length on the grid and on the spiral, where gradients and values are exact.

    python -m imagination.studies.loop.branches_exact --scale full --record

The protocol is in `imagination.studies.loop.branches`. On the grid models count, policies are softmax tables
and a critic is the mean of the returns seen in a state. On the spiral models and critics are least squares, a
policy is a gain, and a branch is a product of matrices. Arrays lead with seeds (C) and members (M).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from imagination.models.counts import CountModel
from imagination.models.least_squares import ridge
from imagination.models.quadratic import linear_dynamics, quadratic_reward
from imagination.reinforce.linear_policies import LinearGaussianPolicy
from imagination.reinforce.problems import tabular_policy
from imagination.studies.loop import closed_forms, gridworld, spiral
from imagination.studies.loop.branches import Arm, System, Trained, command
from imagination.worlds.continuous import ContinuousMDP, Transitions
from imagination.worlds.tabular import TabularMDP

__all__ = ["CONDITIONS", "RECORD", "SYSTEMS", "Grid", "Spiral"]

Array = NDArray[Any]
Luck = np.random.SeedSequence

RECORD = "imagination-branches"

CONDITIONS = {
    "little data": (1, 1, False),
    "more data": (4, 4, False),
    "good critic": (1, 16, False),
    "crude model": (1, 1, True),
    "no errors": (1, 1, False),
}
"""Episodes of a round that models and that the critic learn from, in units of the system's own number, and
whether models are pulled towards what they would be without data. The last has the real world and value."""

EXACT = list(CONDITIONS)[-1]


def returns_to_go(reward: Array, discount: float) -> Array:
    """Discounted sums of the rewards from each step to the last, over the last axis."""
    found = reward.copy()
    for t in range(reward.shape[-1] - 2, -1, -1):
        found[..., t] += discount * found[..., t + 1]
    return found


def resampled(worlds: int, members: int, count: int, rng: np.random.Generator) -> Array:
    """Which of `count` samples each member learns from, (C, M, count): all of them if there is one."""
    if members == 1:
        return np.broadcast_to(np.arange(count), (worlds, 1, count))
    return rng.integers(count, size=(worlds, members, count))


def averaged(rounds: list[dict[str, Array]], regret: Array) -> Trained:
    """The means over the rounds."""
    means = {name: np.mean([one[name] for one in rounds], axis=0) for name in rounds[0]}
    return Trained(regret=regret, spread=0 * regret, **means)


def bound(row: dict[str, Array], horizon: int, discount: float) -> Array:
    """B(H) of what was measured, (C,)."""
    steps = row["step_error"][:, :horizon] @ discount ** np.arange(horizon)
    return steps + discount**horizon * row["estimate_error"][:, horizon]


def spread_of(promises: Array, returns: Array) -> Array:
    """Variance of promises (C, T + 1, N) less returns (C, N): a constant is nothing to a gradient."""
    return (promises - returns[:, None]).var(axis=2)


# -- the grid ------------------------------------------------------------------------------------------------


class Played(NamedTuple):
    """Episodes on the grid, (C, K, L) each: states, actions, noisy rewards and next states."""

    state: Array
    action: Array
    reward: Array
    following: Array


class Counted(NamedTuple):
    """Models of the grid: kernels (C, M, S, A, S) and rewards (C, M, S, A)."""

    kernel: Array
    reward: Array


@dataclass(frozen=True)
class Grid(System):
    """The grid of chapter 14.

    The critic learns from the returns of the first `counted` steps of an episode: later ones see too little
    of their future. A state without a return has the mean of all returns.
    """

    settings: gridworld.Settings = field(
        default_factory=lambda: gridworld.Settings(episodes=4, length=100, rounds=6)
    )
    steps: int = 20
    counted: int = 40
    smoothing: float = 0.3
    horizons: tuple[int, ...] = (1, 2, 3, 5, 10, 15, 30, 100)
    rates: tuple[float, ...] = (0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0)
    conditions: tuple[str, ...] = tuple(CONDITIONS)

    @property
    def discount(self) -> float:
        """The grid's own."""
        return self.settings.discount

    def trained(self, arm: Arm, condition: str, count: int, luck: Luck) -> Trained:
        """All rounds, for `count` seeds side by side."""
        real = gridworld.world(self.settings, count)
        acting, judging, drawing = (np.random.default_rng(own) for own in luck.spawn(3))
        scores, logs, rounds = np.zeros(real.reward.shape), [], []
        *times, crude = CONDITIONS[condition]
        of_model, of_critic = (self.settings.episodes * each for each in times)
        for _ in range(self.settings.rounds):
            policy = tabular_policy(scores).probabilities
            logs.append(self._played(real, policy, of_model, acting))
            seen = logs[-1]
            if of_critic > of_model:
                seen = self._played(real, policy, of_critic, judging)
            log = Played(*(np.concatenate(part, axis=1) for part in zip(*logs, strict=True)))
            model = self._learned(real, log, arm.members, crude, drawing)
            critic, start = self._critic(seen, real), _shares(log.state, real.n_states)
            if condition == EXACT:
                model = Counted(real.transition[:, None], real.reward[:, None])
                critic = real.values(policy)[:, None]
            row = self._measured(real, policy, model, critic, start, self.horizons[-1])
            row["observed"] = self._observed(real, policy, model, seen)
            for _ in range(self.steps):
                now = tabular_policy(scores).probabilities
                scores = scores + arm.rate * self._gradient(now, model, critic, start, arm.horizon)
            policy = tabular_policy(scores).probabilities
            after = self._measured(real, policy, model, critic, start, arm.horizon)
            rounds.append(row | {"after": bound(after, arm.horizon, self.discount)})
        best = (real.initial * real.solve().values).sum(axis=1)
        worth = best - real.returns(real.uniform_policy())
        return averaged(rounds, (best - real.returns(policy)) / worth)

    def _played(self, real: TabularMDP, policy: Array, episodes: int, rng: np.random.Generator) -> Played:
        drawn = real.sample(policy, episodes, self.settings.length, rng)
        seen = drawn.rewards + self.settings.noise * rng.standard_normal(drawn.rewards.shape)
        return Played(drawn.states[..., :-1], drawn.actions, seen, drawn.states[..., 1:])

    def _learned(
        self, real: TabularMDP, log: Played, members: int, crude: bool, rng: np.random.Generator
    ) -> Counted:
        C, S, A = real.reward.shape
        flat = [part.reshape(C, 1, -1) for part in log]
        rows = resampled(C, members, flat[0].shape[2], rng)
        picked = (np.take_along_axis(part, rows, axis=2).reshape(C * members, -1) for part in flat)
        counts = CountModel.empty(C * members, S, A).observe(*picked)
        return Counted(
            counts.transition(self.smoothing * crude).reshape(C, members, S, A, S),
            counts.reward().reshape(C, members, S, A),
        )

    def _critic(self, seen: Played, real: TabularMDP) -> Array:
        """V̄, (C, 1, S)."""
        returns = returns_to_go(seen.reward, self.discount)[..., : self.counted]
        times, total = _totals(seen.state[..., : self.counted], returns, real.n_states)
        mean = total.sum(axis=1, keepdims=True) / times.sum(axis=1, keepdims=True)
        return np.where(times > 0, total / np.maximum(times, 1), mean)[:, None]

    def _measured(
        self, real: TabularMDP, policy: Array, model: Counted, critic: Array, start: Array, steps: int
    ) -> dict[str, Array]:
        value = real.values(policy)[:, None]
        off = model.reward - real.action_values(value[:, 0])[:, None]
        off += self.discount * (model.kernel * value[:, :, None, None]).sum(axis=4)
        size = (policy[:, None] * np.abs(off)).sum(axis=3)
        promises = _promises(policy, model, critic, self.discount, steps)
        at = _visited(policy, model, start, steps + 1)
        missed = np.abs(promises.mean(axis=1) - value)
        return {
            "step_error": (at[:, :, :-1] * size[:, :, None]).sum(axis=3).mean(axis=1),
            "estimate_error": (at * np.abs(critic - value)[:, None]).sum(axis=3).mean(axis=1),
            "error": (start * missed).sum(axis=2),
        }

    def _observed(self, real: TabularMDP, policy: Array, model: Counted, seen: Played) -> Array:
        half = seen.state.shape[1] // 2
        first, other = (
            Played(*(part[:, rows] for part in seen)) for rows in (slice(half), slice(half, None))
        )
        critic = self._critic(first, real)
        promises = _promises(policy, model, critic, self.discount, self.horizons[-1]).mean(axis=1)
        returns = returns_to_go(other.reward, self.discount)[..., : self.counted].reshape(len(promises), -1)
        state = other.state[..., : self.counted].reshape(len(promises), 1, -1)
        return spread_of(np.take_along_axis(promises, state, axis=2), returns)

    def _gradient(self, policy: Array, model: Counted, critic: Array, start: Array, horizon: int) -> Array:
        """Of the branches' promise, from `start`, in the scores of the softmax, (C, S, A)."""
        to_go = _promises(policy, model, critic, self.discount, horizon - 1)[:, :, ::-1]
        at = _visited(policy, model, start, horizon)
        at = at * self.discount ** np.arange(horizon)[:, None]
        later = (self.discount * at.mT @ to_go)[:, :, :, None]
        worth = at.sum(axis=2)[..., None] * model.reward + (model.kernel * later).sum(axis=4)
        worth = worth.mean(axis=1)
        return policy * (worth - (policy * worth).sum(axis=2, keepdims=True))


def _totals(state: Array, returns: Array, states: int) -> tuple[Array, Array]:
    """How often each state was seen, and the sum of the returns seen there, (C, S) each."""
    C = len(state)
    at = (state.reshape(C, -1) + states * np.arange(C)[:, None]).ravel()
    sums = (np.bincount(at, weights, minlength=C * states) for weights in (None, returns.ravel()))
    times, total = (each.reshape(C, states) for each in sums)
    return times, total


def _shares(state: Array, states: int) -> Array:
    """How often each state was seen, as a share, (C, 1, S)."""
    times, _ = _totals(state, np.zeros(state.shape), states)
    return (times / times.sum(axis=1, keepdims=True))[:, None]


def _closed(policy: Array, model: Counted) -> tuple[Array, Array]:
    """Kernels (C, M, S, S) and rewards (C, M, S) under a policy."""
    one = policy[:, None]
    return (one[..., None, :] @ model.kernel)[..., 0, :], (one * model.reward).sum(axis=3)


def _promises(policy: Array, model: Counted, critic: Array, discount: float, steps: int) -> Array:
    """What branches of 0, 1, ..., `steps` steps promise in each state, (C, M, steps + 1, S)."""
    loop, reward = _closed(policy, model)
    found = [np.broadcast_to(critic, reward.shape)]
    for _ in range(steps):
        found.append(reward + discount * (loop @ found[-1][..., None])[..., 0])
    return np.stack(found, axis=2)


def _visited(policy: Array, model: Counted, start: Array, times: int) -> Array:
    """Where imagination is at the first `times` times, (C, M, times, S)."""
    loop, _ = _closed(policy, model)
    found = [np.broadcast_to(start, loop.shape[:3])]
    for _ in range(times - 1):
        found.append((found[-1][..., None, :] @ loop)[..., 0, :])
    return np.stack(found, axis=2)


# -- the spiral ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Spiral(System):
    """The spiral of chapter 14, shrinking less, so that more of the future counts.

    Policies are gains without noise, but for what explores in the real world; the critic is a quadratic form
    and a constant, which holds what that noise costs and is left out of branches. It learns from the first
    `counted` steps of an episode. Errors are measured from `asked` states of the log.
    """

    settings: spiral.Settings = field(
        default_factory=lambda: spiral.Settings(
            discount=0.95, L_f=0.85, action_cost=8.0, largest_gain=0.2, episodes=2, length=30, rounds=6
        )
    )
    steps: int = 20
    counted: int = 15
    asked: int = 60
    penalty: float = 1e-3
    crude_penalty: float = 10.0
    horizons: tuple[int, ...] = (1, 2, 3, 5, 10, 15, 30)
    rates: tuple[float, ...] = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
    conditions: tuple[str, ...] = tuple(CONDITIONS)

    @property
    def discount(self) -> float:
        """The spiral's own."""
        return self.settings.discount

    def trained(self, arm: Arm, condition: str, count: int, luck: Luck) -> Trained:
        """All rounds, for `count` seeds side by side."""
        real = spiral.world(self.settings, count)
        true, ones = closed_forms.system_of(real), np.ones(count)
        acting, judging, drawing = (np.random.default_rng(own) for own in luck.spawn(3))
        gain, logs, rounds = np.zeros((count, 2, 2)), [], []
        *times, crude = CONDITIONS[condition]
        of_model, of_critic = (self.settings.episodes * each for each in times)
        for _ in range(self.settings.rounds):
            logs.append(self._flown(real, gain, of_model, acting))
            seen = logs[-1] if of_critic == of_model else self._flown(real, gain, of_critic, judging)
            log = joined(logs)
            model = self._learned(log, arm.members, crude, drawing)
            critic = self._critic(seen.state, seen.reward)
            if condition == EXACT:
                model = closed_forms.System(*(part[:, None] for part in true))
                critic = true.value(gain, real.discount)[:, None]
            row = self._measured(true, gain, model, critic, log, self.horizons[-1])
            row["observed"] = self._observed(gain, model, seen)
            start = (log.state.mT @ log.state / log.state.shape[1])[:, None]
            for _ in range(self.steps):
                up = _ascent(gain, model, critic, start, self.discount, arm.horizon).mean(axis=1)
                gain = _clipped(gain + arm.rate * up, self.settings.largest_gain)
            after = self._measured(true, gain, model, critic, log, arm.horizon)
            rounds.append(row | {"after": bound(after, arm.horizon, self.discount)})
        begin = closed_forms.start_moment(ones, 2)
        still, got = (closed_forms.trace(true.value(K, real.discount), begin) for K in (0 * gain, gain))
        best = true.best_return(real.discount, begin)
        return averaged(rounds, (best - got) / (best - still))

    def _flown(
        self, real: ContinuousMDP, gain: Array, episodes: int, rng: np.random.Generator
    ) -> Transitions:
        """Episodes one after another, (C, episodes * length, ...)."""
        policy = LinearGaussianPolicy(torch.from_numpy(gain), self.settings.std)
        return spiral.collect(real, policy, None, replace(self.settings, episodes=episodes), rng).transitions

    def _learned(
        self, log: Transitions, members: int, crude: bool, rng: np.random.Generator
    ) -> closed_forms.System:
        """Least squares, (C, M, ...)."""
        C, N = log.reward.shape
        rows = resampled(C, members, N, rng)
        at = np.arange(C)[:, None, None]
        names = ("state", "action", "reward", "next_state")
        picked = (getattr(log, name)[at, rows] for name in names)
        flat = Transitions(*(part.reshape(C * members, *part.shape[2:]) for part in picked))
        ones = np.ones(C * members)
        penalty = self.crude_penalty if crude else self.penalty
        motion, form = linear_dynamics(flat, penalty), quadratic_reward(flat, ones, ones, self.penalty).form
        parts = (motion.state_matrix, motion.action_matrix, form)
        return closed_forms.System(*(part.reshape(C, members, *part.shape[1:]) for part in parts))

    def _critic(self, state: Array, reward: Array) -> Array:
        """V̄ without its constant, (C, 1, 2, 2)."""
        C, count = len(state), self.counted
        shape = (C, -1, self.settings.length)
        returns = returns_to_go(reward.reshape(shape), self.discount)[..., :count].reshape(C, -1, 1)
        x, y = np.moveaxis(state.reshape(*shape, 2)[:, :, :count].reshape(C, -1, 2), 2, 0)
        weights = ridge(np.stack([x * x, 2 * x * y, y * y, np.ones_like(x)], axis=2), returns, self.penalty)
        return weights[:, :, [0, 1, 1, 2]].reshape(C, 1, 2, 2)

    def _measured(
        self,
        real: closed_forms.System,
        gain: Array,
        model: closed_forms.System,
        critic: Array,
        log: Transitions,
        steps: int,
    ) -> dict[str, Array]:
        state = log.state[:, :: -(-len(log) // self.asked)]
        value = real.value(gain, np.full(len(gain), self.discount))[:, None]
        loop, reward = _loop(gain, model)
        true, paid = (part[:, None] for part in real.closed(gain))
        off = reward - paid + self.discount * (loop.mT @ value @ loop - true.mT @ value @ true)
        missed = _promised(gain, model, critic, self.discount, steps).mean(axis=1) - value
        stepped, estimates, now = [], [], np.repeat(state[:, None], loop.shape[1], axis=1)
        for _ in range(steps + 1):
            stepped.append(np.abs(_form(off, now)).mean(axis=(1, 2)))
            estimates.append(np.abs(_form(critic - value, now)).mean(axis=(1, 2)))
            now = now @ loop.mT
        return {
            "step_error": np.stack(stepped[:-1], axis=1),
            "estimate_error": np.stack(estimates, axis=1),
            "error": np.abs(_form(missed, state[:, None])).mean(axis=2),
        }

    def _observed(self, gain: Array, model: closed_forms.System, seen: Transitions) -> Array:
        C, length = len(gain), self.settings.length
        half = seen.reward.shape[1] // length // 2 * length
        critic = self._critic(seen.state[:, :half], seen.reward[:, :half])
        promises = _promised(gain, model, critic, self.discount, self.horizons[-1]).mean(axis=1)
        shape = (C, -1, length)
        returns = returns_to_go(seen.reward[:, half:].reshape(shape), self.discount)[..., : self.counted]
        state = seen.state[:, half:].reshape(*shape, 2)[:, :, : self.counted].reshape(C, 1, -1, 2)
        return spread_of(_form(promises, state), returns.reshape(C, -1))


def joined(logs: list[Transitions]) -> Transitions:
    """All of them, one after another."""
    names = ("state", "action", "reward", "next_state")
    return Transitions(*(np.concatenate([getattr(log, name) for log in logs], axis=1) for name in names))


def _form(matrix: Array, state: Array) -> Array:
    """``sᵀ X s`` of states (..., N, 2), (..., N)."""
    return ((state @ matrix) * state).sum(axis=-1)


def _loop(gain: Array, model: closed_forms.System) -> tuple[Array, Array]:
    """The models' closed loops and the forms of their rewards, (C, M, 2, 2) each."""
    K = gain[:, None]
    both = np.concatenate([np.broadcast_to(np.eye(2), K.shape), K], axis=2)
    return model.state_matrix + model.action_matrix @ K, both.mT @ model.form @ both


def _promised(gain: Array, model: closed_forms.System, critic: Array, discount: float, steps: int) -> Array:
    """Forms of what branches of 0, 1, ..., `steps` steps promise, (C, M, steps + 1, 2, 2)."""
    loop, reward = _loop(gain, model)
    found = [np.broadcast_to(critic, loop.shape)]
    for _ in range(steps):
        found.append(reward + discount * loop.mT @ found[-1] @ loop)
    return np.stack(found, axis=2)


def _ascent(
    gain: Array, model: closed_forms.System, critic: Array, start: Array, discount: float, horizon: int
) -> Array:
    """Gradients of the branches' promises in the gain, (C, M, 2, 2)."""
    to_go = _promised(gain, model, critic, discount, horizon - 1)
    loop, _ = _loop(gain, model)
    own = model.form[..., 2:, :2] + model.form[..., 2:, 2:] @ gain[:, None]
    total, moment = np.zeros(loop.shape), np.broadcast_to(start, loop.shape)
    for t in range(horizon):
        later = discount * model.action_matrix.mT @ to_go[:, :, horizon - 1 - t] @ loop
        total = total + 2 * discount**t * (own + later) @ moment
        moment = loop @ moment @ loop.mT
    return total


def _clipped(gain: Array, largest: float) -> Array:
    """Gains with their singular values cut."""
    left, scale, right = np.linalg.svd(gain)
    return left @ (np.minimum(scale, largest)[..., None] * right)


SYSTEMS: dict[str, System] = {"grid": Grid(), "spiral": Spiral()}

main = command("imagination.studies.loop.branches_exact", RECORD, SYSTEMS)


if __name__ == "__main__":
    raise SystemExit(main())
