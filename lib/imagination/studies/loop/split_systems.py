"""Three systems on which splits of a budget are tried: each learns from random pairs of state and action.

A system draws labelled samples, fits dynamics and reward to the first of them, measures both errors as a
pilot would, trains a policy in the learned world, and tells its return there and in the real one. All of it
has a leading axis of C worlds, one a seed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from imagination.models.counts import CountModel
from imagination.models.quadratic import QuadraticFormReward, linear_dynamics, quadratic_reward
from imagination.studies.loop import closed_forms, gridworld, spiral, swing_up
from imagination.studies.loop.advice import scattered
from imagination.studies.loop.splits import random_pairs
from imagination.worlds.continuous import AffineDynamics, BallProjected, ContinuousMDP, Transitions
from imagination.worlds.tabular import TabularMDP

__all__ = ["SYSTEMS", "Grid", "Outcome", "Spiral", "SwingUp", "System"]

Array = NDArray[Any]


class Outcome(NamedTuple):
    """Returns (C,) of a trained policy in the learned world and in the real one, and the best one there."""

    imagined: Array
    real: Array
    best: Array


class System(Protocol):
    """What a trial of splits asks of a system.

    Attributes
    ----------
    budget : float
        What may be spent.
    pilot : tuple of int
        Samples of each kind in the pilot.
    worth : float
        What the best policy returns beyond one that does nothing: the natural unit of its regret.
    """

    @property
    def budget(self) -> float:
        """What may be spent."""
        ...

    @property
    def pilot(self) -> tuple[int, ...]:
        """Samples of each kind in the pilot."""
        ...

    @property
    def worth(self) -> float:
        """What the best policy returns beyond one that does nothing."""
        ...

    def drawn(self, worlds: int, count: int, rng: np.random.Generator) -> tuple[Any, Any]:
        """Labelled samples for the dynamics and others for the reward, `count` of each."""
        ...

    def dynamics(self, drawn: Any, count: int) -> Array:
        """Dynamics fitted to the first `count` samples of each world, (C, ...)."""
        ...

    def reward(self, drawn: Any, count: int) -> Array:
        """Reward fitted to the first `count` samples of each world, (C, ...)."""
        ...

    def errors(self, dynamics: Array, reward: Array) -> tuple[Array, Array]:
        """Root mean squared errors of both over random states and actions, (C,) each."""
        ...

    def trained(self, dynamics: Array, reward: Array, seed: int) -> Outcome:
        """Train in the learned worlds; the same seed has the same luck, whatever the models."""
        ...


@dataclass(frozen=True)
class Spiral(System):
    """The puck of chapter 14: least squares, REINFORCE with 100 updates, returns in closed form."""

    budget: float = 300.0
    pilot: tuple[int, ...] = (16, 32, 64, 128)
    rate: float = 0.02
    settings: spiral.Settings = field(default_factory=lambda: spiral.Settings(updates=100))

    @property
    def worth(self) -> float:
        real, start = self._real(1), closed_forms.start_moment(np.ones(1), 2)
        system = closed_forms.system_of(real)
        still = closed_forms.trace(system.value(np.zeros((1, 2, 2)), real.discount), start)
        return float((system.best_return(real.discount, start) - still)[0])

    def _real(self, worlds: int) -> ContinuousMDP:
        return spiral.world(self.settings, worlds)

    def drawn(self, worlds: int, count: int, rng: np.random.Generator) -> tuple[Any, Any]:
        real = self._real(worlds)
        of_dyn, of_rew = (scattered(real, count, self.settings.noise, own) for own in rng.spawn(2))
        return of_dyn, of_rew

    def dynamics(self, drawn: Transitions, count: int) -> Array:
        fitted = linear_dynamics(_first(drawn, count), 1e-3)
        return np.concatenate([fitted.state_matrix, fitted.action_matrix], axis=2)

    def reward(self, drawn: Transitions, count: int) -> Array:
        ones = np.ones(len(drawn.state))
        return quadratic_reward(_first(drawn, count), ones, ones, 1e-3).form

    def errors(self, dynamics: Array, reward: Array) -> tuple[Array, Array]:
        real = closed_forms.system_of(self._real(1))
        rng = np.random.default_rng(1)
        reach = self.settings.largest_gain
        state, action = (self._real(1).initial.sample(rng, 2000)[0] * scale for scale in (1, reach))
        both = np.concatenate([state, action], axis=1)
        off_dyn = both @ (dynamics - np.concatenate(real[:2], axis=2)).mT
        off_rew = (both @ (reward - real.form) * both).sum(axis=2)
        return np.sqrt((off_dyn**2).sum(axis=2).mean(axis=1)), np.sqrt((off_rew**2).mean(axis=1))

    def trained(self, dynamics: Array, reward: Array, seed: int) -> Outcome:
        worlds = len(dynamics)
        real = self._real(worlds)
        learned = _learned(real, dynamics, reward)
        generator = torch.Generator().manual_seed(seed)
        settings = replace(self.settings, rate=self.rate)
        policy = spiral.improve(spiral.first_policy(settings, worlds), learned, settings, generator)
        true, start = closed_forms.system_of(real), closed_forms.start_moment(np.ones(worlds), 2)
        parts = closed_forms.decompose_linear(
            true, closed_forms.system_of(learned), policy.gain.numpy(), start, real.discount, 0
        )
        return Outcome(parts.imagined, parts.real, true.best_return(real.discount, start))


def _first(drawn: Transitions, count: int) -> Transitions:
    return Transitions(*(getattr(drawn, n)[:, :count] for n in ("state", "action", "reward", "next_state")))


def _learned(real: ContinuousMDP, dynamics: Array, reward: Array) -> ContinuousMDP:
    ones = np.ones(len(dynamics))
    affine = AffineDynamics(dynamics[..., :2], dynamics[..., 2:], np.zeros((len(dynamics), 2)))
    return real.swap(dynamics=BallProjected(affine, ones), reward=QuadraticFormReward(reward, 2, ones, ones))


@dataclass(frozen=True)
class Grid(System):
    """The grid of chapter 14: counts, and the best policy of the learned world, exactly."""

    budget: float = 2000.0
    pilot: tuple[int, ...] = (50, 100, 200, 400)
    noise: float = 0.3

    @property
    def worth(self) -> float:
        real = self._real(1)
        return float(_best(real)[0] - real.returns(real.uniform_policy())[0])

    def _real(self, worlds: int) -> TabularMDP:
        return gridworld.world(gridworld.Settings(), worlds)

    def drawn(self, worlds: int, count: int, rng: np.random.Generator) -> tuple[Any, Any]:
        real, samples = self._real(worlds), []
        for own in rng.spawn(2):
            state, action, reward, following = random_pairs(real, count, own)
            samples.append(
                (state, action, reward + self.noise * own.standard_normal(reward.shape), following)
            )
        return samples[0], samples[1]

    def _counted(self, drawn: tuple[Array, ...], count: int) -> CountModel:
        empty = CountModel.empty(len(drawn[0]), *self._real(1).reward.shape[1:])
        return empty.observe(*(part[:, :count] for part in drawn))

    def dynamics(self, drawn: tuple[Array, ...], count: int) -> Array:
        return self._counted(drawn, count).transition()

    def reward(self, drawn: tuple[Array, ...], count: int) -> Array:
        return self._counted(drawn, count).reward()

    def errors(self, dynamics: Array, reward: Array) -> tuple[Array, Array]:
        real = self._real(1)
        apart = np.abs(dynamics - real.transition).sum(axis=3) / 2
        return np.sqrt((apart**2).mean(axis=(1, 2))), np.sqrt(((reward - real.reward) ** 2).mean(axis=(1, 2)))

    def trained(self, dynamics: Array, reward: Array, seed: int) -> Outcome:
        real = self._real(len(dynamics))
        learned = real.with_model(dynamics, reward)
        policy = learned.solve().policy
        return Outcome(
            learned.returns(policy), real.returns(policy), np.repeat(_best(self._real(1)), len(real))
        )


def _best(real: TabularMDP) -> Array:
    return (real.initial * real.solve().values).sum(axis=1)


@dataclass(frozen=True)
class SwingUp(System):
    """Gymnasium's Pendulum-v1, least squares on polynomials, value iteration in the learned world.

    `sensors` are the standard deviations of the noise on angle [rad], speed [rad/s] and reward; the best
    policy is that of the real dynamics and reward, trained in the same way.
    """

    budget: float = 600.0
    pilot: tuple[int, ...] = (32, 64, 128, 256)
    sensors: tuple[float, float, float] = (0.05, 0.3, 3.0)
    plane: swing_up.Plane = field(default_factory=swing_up.Plane)
    discount: float = 0.98
    episodes: int = 32
    together: int = 20

    @property
    def worth(self) -> float:
        start = swing_up.starts(1, 1000, np.random.default_rng(1))
        still = swing_up.play(swing_up.World(), lambda state: 0 * state[..., 0], start)
        return float((swing_up.play(swing_up.World(), self._best(1).act, start) - still)[0])

    def _best(self, worlds: int) -> swing_up.Values:
        one = swing_up.values(swing_up.World(), 1, self.plane, self.discount).table
        return swing_up.Values(self.plane, np.broadcast_to(one, (worlds, *one.shape[1:])))

    def drawn(self, worlds: int, count: int, rng: np.random.Generator) -> tuple[Any, Any]:
        samples = []
        for own, true, noise in zip(
            rng.spawn(2),
            (swing_up.true_change, swing_up.true_reward),
            (self.sensors[:2], self.sensors[2:]),
            strict=True,
        ):
            inputs = swing_up.draw(worlds, count, own)
            seen = true(inputs) + np.array(noise) * own.standard_normal((worlds, count, len(noise)))
            samples.append(swing_up.Labelled(inputs, seen))
        return samples[0], samples[1]

    def dynamics(self, drawn: swing_up.Labelled, count: int) -> Array:
        return swing_up.fit(drawn.first(count))

    def reward(self, drawn: swing_up.Labelled, count: int) -> Array:
        return swing_up.fit(drawn.first(count))

    def errors(self, dynamics: Array, reward: Array) -> tuple[Array, Array]:
        inputs = swing_up.draw(1, 2000, np.random.default_rng(1)).repeat(len(dynamics), 0)
        learned, true = (w.step(inputs) for w in (swing_up.World(dynamics, reward), swing_up.World()))
        off_dyn, off_rew = (a - b for a, b in zip(learned, true, strict=True))
        return np.sqrt((off_dyn**2).sum(axis=2).mean(axis=1)), np.sqrt((off_rew**2).mean(axis=1))

    def trained(self, dynamics: Array, reward: Array, seed: int) -> Outcome:
        start = swing_up.starts(len(dynamics), self.episodes, np.random.default_rng(seed))
        best = swing_up.play(swing_up.World(), self._best(len(dynamics)).act, start)
        found = []
        for at in range(0, len(dynamics), self.together):
            part = slice(at, at + self.together)
            learned = swing_up.World(dynamics[part], reward[part])
            act = swing_up.values(learned, len(start[part]), self.plane, self.discount).act
            found.append([swing_up.play(world, act, start[part]) for world in (learned, swing_up.World())])
        imagined, returned = np.concatenate(found, axis=1)
        return Outcome(imagined, returned, best)


SYSTEMS: dict[str, System] = {"spiral": Spiral(), "grid": Grid(), "Pendulum-v1": SwingUp()}
