"""Learning encoder and predictor together: prediction with a stopped gradient, straightness, and variety.

For three successive observations with codes z, z', z'' the loss of a model is

    ‖f̂(z, a) − stop(z')‖² / d + λ (1 − cos(z' − z, z'' − z')) + v Σ max(0, 1 − std) / d + c Σ cov² / d

The first two terms are the objective of temporal straightening [Wang et al., 2026]; alone they are pleased
with codes that say nothing. The last two, variance and covariance over the batch, forbid that [Bardes, Ponce
and LeCun, 2022]. Without the stop the target learns to be predictable, too. Reward model and decoder learn
from the codes as they are; the decoder never shapes them, the reward model only where a setting says so. A
penalty on the predictor's Jacobian at the codes of the batch is as in Sonigra and Kumar [2026]. An encoder
may have been trained beforehand, see `imagination.models.latent_beforehand`.

All settings and seeds train together. A seed draws its start and its batches once, for all settings.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import torch

from imagination.checks import check_items, check_seeds, check_shape, counts, number, whole
from imagination.models import fitting, latent_codes
from imagination.models.fitting import Tensor
from imagination.models.latent import Encoder, Health, LatentModels
from imagination.models.latent_beforehand import encoder_beforehand
from imagination.models.smooth import jacobian_square, shrinking
from imagination.worlds.gymnasium import MAX_SPEED, pendulum
from imagination.worlds.pixels import Camera
from imagination.worlds.teacher import NetworkDynamics, NetworkReward

REWARD_UNIT = 4.0
"""Reward models learn rewards divided by this, so that their outputs are of the order of 1."""


@dataclass(frozen=True)
class LatentSetting:
    """What a latent model is trained for.

    Parameters
    ----------
    straighten : λ, weight of the curvature.
    variance, covariance : v and c, weights of the terms against collapse; VICReg's ratios by default.
    spectral : no layer of the predictor may have a larger spectral norm; its velocity is then
        spectral²-Lipschitz in the code, and in the action.
    stop : how much of the target's gradient is stopped: all of it (1) or none (0).
    reward : how much of the reward model's gradient reaches the encoder: none by default.
    jacobian : weight of the mean squared Frobenius norm of the Jacobian of f̂, in code and action together.
    velocity : weight of the same for the velocity, ``f̂(z, a) − z``.
    beforehand : whether the encoder has learned to draw pictures from codes before it starts.
    pace : the encoder's learning rate, as a share of the others': 0 for an encoder that does not learn.
    """

    straighten: float = 0.1
    variance: float = 1.0
    covariance: float = 0.04
    spectral: float = math.inf
    stop: float = 1.0
    reward: float = 0.0
    jacobian: float = 0.0
    velocity: float = 0.0
    beforehand: bool = False
    pace: float = 1.0

    def __post_init__(self) -> None:
        for name in ("straighten", "variance", "covariance", "reward", "jacobian", "velocity"):
            number(name, getattr(self, name), least=0)
        for name in ("stop", "pace"):
            if number(name, getattr(self, name), least=0) > 1:
                raise ValueError(f"{name} must lie in [0, 1], got {getattr(self, name)}")
        if self.spectral != math.inf:
            number("spectral", self.spectral, above=0)


@dataclass(frozen=True, eq=False)
class PendulumTrajectories:
    """E episodes of T steps for each of S seeds.

    Attributes
    ----------
    states : (S, E, T + 1, 3)
    actions : (S, E, T, 1)
    rewards : (S, E, T)
    """

    states: np.ndarray
    actions: np.ndarray
    rewards: np.ndarray


def pendulum_trajectories(
    generators: Sequence[np.random.Generator], episodes: int, steps: int
) -> PendulumTrajectories:
    """Follow Pendulum-v1's own physics under random torques, from anywhere, for each generator."""
    check_items("generators", generators, np.random.Generator)
    counts(episodes=episodes)
    whole("steps", steps, least=2)
    real = pendulum(np.zeros(1), initial_speed=MAX_SPEED)
    start = np.concatenate([real.initial.sample(generator, episodes) for generator in generators])
    actions = np.stack([generator.uniform(-1, 1, (episodes, steps, 1)) for generator in generators])
    state, states, rewards = start.reshape(1, -1, 3), [], []
    for t in range(steps):
        states.append(state)
        state, reward = real.step(state, actions[:, :, t].reshape(1, -1, 1))
        rewards.append(reward)
    shape = (len(generators), episodes)
    return PendulumTrajectories(
        np.stack([*states, state], axis=2).reshape(*shape, steps + 1, 3),
        actions,
        np.stack(rewards, axis=2).reshape(*shape, steps),
    )


def train_latent(
    data: PendulumTrajectories,
    seeds: Sequence[int],
    settings: Sequence[LatentSetting],
    *,
    camera: Camera | None = None,
    dimension: int = 3,
    width: int = 32,
    steps: int = 2500,
    batch_size: int = 32,
    learning_rate: float = 3e-3,
) -> LatentModels:
    """Train one latent model per setting and seed.

    Parameters
    ----------
    data : each seed's trajectories.
    seeds : S whole numbers.
    settings : what models are trained for, K of them. An encoder that is trained beforehand has as many steps
        for that, too.
    camera : how states are seen; 16 × 16 pixels by default.
    dimension : of the codes.
    width : units of each hidden layer.
    steps, batch_size, learning_rate : of Adam, in single precision; a batch has `batch_size` triples of
        successive observations. The rate falls to 0 along half a cosine.

    Returns
    -------
    LatentModels
        C = K · S models; model ``k · S + s`` has setting k and seed s.

    Raises
    ------
    ValueError
        If a shape or an option does not fit.
    """
    fitting.check_options(learning_rate, dimension=dimension, width=width, steps=steps)
    check_items("settings", settings, LatentSetting)
    whole("batch_size", batch_size, least=2)
    check_shape("data.states", data.states, (len(check_seeds(seeds)), None, None, 3))
    camera = camera or Camera()
    trainer = _Trainer(data, seeds, settings, camera, dimension, width)
    if any(setting.beforehand for setting in settings):
        start = [layer[: len(seeds)] for layer in trainer.layers[:6]]
        learned = encoder_beforehand(
            trainer.seen.flatten(1, 2),
            start,
            seeds,
            steps=steps,
            batch_size=3 * batch_size,
            learning_rate=learning_rate,
        )
        trainer.begin_with(learned)
    episodes, length = trainer.rewards.shape[1:]
    batches = fitting.draws(trainer.generators, episodes * (length - 1), batch_size, steps)
    gradient = fitting.by_autograd(trainer.loss, trainer.layers)
    before = trainer.encoders()
    for _ in fitting.descend(trainer.layers, gradient, batches, fitting.cooling(learning_rate, steps)):
        trainer.pace(before)
        trainer.hold(trainer.layers)
        before = trainer.encoders()
    if not all(bool(layer.isfinite().all()) for layer in trainer.layers):
        raise ValueError("data or learning_rate is too large: the weights did not stay finite")
    return trainer.models(np.random.default_rng(0))


class _Trainer:
    """The data, the layers of all models and their loss."""

    def __init__(
        self,
        data: PendulumTrajectories,
        seeds: Sequence[int],
        settings: Sequence[LatentSetting],
        camera: Camera,
        dimension: int,
        width: int,
    ) -> None:
        self.states, self.camera, self.copies = data.states, camera, len(settings)
        self.mean, self.components = principal_components(camera)
        seen = (camera(data.states) - self.mean) @ self.components.T
        self.seen, self.actions, self.rewards = (
            torch.as_tensor(array, dtype=torch.float32)
            for array in (seen, data.actions, data.rewards / REWARD_UNIT)
        )
        self.generators = fitting.generators_of(seeds)
        d_in = dimension + self.actions.shape[-1]
        encoder, predictor, reward = (
            fitting.start_layers(self.generators, sizes, self.copies)
            for sizes in (
                (len(self.components), width, width, dimension),
                (d_in, width, dimension),
                (d_in, width, 1),
            )
        )
        self.layers = [*encoder, *predictor, *reward]
        weights = {
            name: torch.tensor([float(getattr(setting, name)) for setting in settings])
            for name in (field.name for field in fields(LatentSetting) if field.name != "spectral")
        }
        self.weights = {name: value.repeat_interleave(len(seeds)) for name, value in weights.items()}
        self.smooth = any(setting.jacobian or setting.velocity for setting in settings)
        limits = torch.tensor([setting.spectral for setting in settings], dtype=torch.float64)
        self.spectral = limits.repeat_interleave(len(seeds))
        self.hold(self.layers)

    def loss(self, chosen: Tensor) -> Tensor:
        """Loss of each model, (C,), on the triples that begin at these steps (S, B) of each seed."""
        seen, actions, rewards = self._batch(chosen)
        codes = self._codes(seen)
        if not codes.isfinite().all():
            raise ValueError("learning_rate must be smaller: training left no finite codes")
        first, second, third = codes.view(len(codes), chosen.shape[1], 3, -1).unbind(2)
        action = actions.repeat(self.copies, 1, 1)
        hidden, bias, output, offset = self.layers[6:10]
        units = torch.tanh(torch.baddbmm(bias[:, None], torch.cat([first, action], -1), hidden.mT))
        moved = first + torch.baddbmm(offset[:, None], units, output.mT)
        prediction = (moved - _partly(second, 1 - self.weights["stop"])).square().mean((1, 2))
        spread = latent_codes.covariance(codes)
        shape = (
            self.weights["straighten"] * latent_codes.curvature(first, second, third)
            + self.weights["variance"] * latent_codes.variance_penalty(spread)
            + self.weights["covariance"] * latent_codes.covariance_penalty(spread)
        )
        if self.smooth:
            shape = shape + self._steepness(hidden, output, 1 - units.square())
        seen_by_reward = torch.cat([_partly(first, self.weights["reward"]), action], -1)
        read = fitting.through(self.layers[10:], seen_by_reward)[..., 0]
        return prediction + shape + (read - rewards.repeat(self.copies, 1)).square().mean(1)

    def _steepness(self, hidden: Tensor, output: Tensor, slope: Tensor) -> Tensor:
        """Weighted penalties on the Jacobians of the velocity, ``O D (W, V)``, and of the map, (C,)."""
        velocity = jacobian_square(hidden, output, slope)
        dimension = output.shape[1]
        own = (hidden[..., :dimension] * output.mT).sum(-1)  # a unit's share of the velocity's trace
        trace = (slope * own[:, None]).sum(-1).mean(1)
        by_map = velocity + 2 * trace + dimension
        return self.weights["velocity"] * velocity + self.weights["jacobian"] * by_map

    @torch.no_grad()
    def begin_with(self, encoder: Sequence[Tensor]) -> None:
        """Give the settings that ask for it an encoder trained beforehand, one for each seed."""
        chosen = self.weights["beforehand"] > 0
        for layer, learned in zip(self.layers, encoder, strict=False):
            layer[chosen] = learned.repeat(self.copies, *(1 for _ in learned.shape[1:]))[chosen]

    def encoders(self) -> list[Tensor]:
        """Copies of the encoders' layers."""
        return [layer.detach().clone() for layer in self.layers[:6]]

    @torch.no_grad()
    def pace(self, before: Sequence[Tensor]) -> None:
        """Shorten the encoders' step from what they were `before` to its share."""
        for layer, old in zip(self.layers, before, strict=False):
            share = self.weights["pace"].view(-1, *(1 for _ in layer.shape[1:]))
            layer.copy_(torch.lerp(old, layer, share))

    def _batch(self, chosen: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Triples of observations (S, 3 · size, p), and the first step's actions and rewards."""
        steps = self.rewards.shape[2]
        row = torch.arange(len(chosen))[:, None]
        episode, step = chosen // (steps - 1), chosen % (steps - 1)
        seen = torch.stack([self.seen[row, episode, step + ahead] for ahead in range(3)], 2).flatten(1, 2)
        return seen, self.actions[row, episode, step], self.rewards[row, episode, step]

    def _codes(self, seen: Tensor) -> Tensor:
        """Codes (C, B, d) of each seed's observations (S, B, p), which all its settings share."""
        first, first_bias, second, second_bias, output, offset = self.layers[:6]
        seeds, count, pixels = seen.shape
        by_seed = first.view(self.copies, seeds, -1, pixels).transpose(0, 1).flatten(1, 2)
        units = torch.bmm(seen, by_seed.mT).view(seeds, count, self.copies, -1)
        units = units.permute(2, 0, 1, 3).flatten(0, 1)
        units = torch.tanh(units + first_bias[:, None])
        units = torch.tanh(torch.baddbmm(second_bias[:, None], units, second.mT))
        return torch.baddbmm(offset[:, None], units, output.mT)

    @torch.no_grad()
    def hold(self, layers: Sequence[Tensor]) -> None:
        """Shrink the predictors' layers to their limits, in place."""
        limit = self.spectral.to(layers[0])
        if torch.isfinite(limit).any():
            for weights in (layers[6], layers[8]):
                weights *= shrinking(weights, limit)

    @torch.no_grad()
    def models(self, generator: np.random.Generator) -> LatentModels:
        """The models as they are now, their codes centred, with a decoder and what fresh data say of them."""
        layers = [layer.double() for layer in self.layers]
        self.hold(layers)  # once more in double precision: rounding must not undo a limit
        first, first_bias, second, second_bias, output, offset, *heads = (layer.numpy() for layer in layers)
        batch = len(offset)
        first = first @ self.components  # observations as they are
        first_bias = first_bias - first @ self.mean
        wide = Encoder(first, first_bias, second, second_bias, output, offset, np.full(batch, np.inf))
        grid = wide(self.camera(state_grid()))
        middle = (grid.max(1) + grid.min(1)) / 2
        radius = np.linalg.norm(grid - middle[:, None], axis=-1).max(1)
        encoder = Encoder(first, first_bias, second, second_bias, output, offset - middle, radius)
        hidden, bias, back, shift, *reward = heads
        predictor = NetworkDynamics(**_head(hidden, bias, middle), output=back, offset=shift, skip=True)
        judge = NetworkReward(
            **_head(reward[0], reward[1], middle),
            output=REWARD_UNIT * reward[2],
            offset=REWARD_UNIT * reward[3],
        )
        decoder, decoder_offset = self._decoder(encoder)
        health = _health(encoder, self.camera, decoder, decoder_offset, generator)
        return LatentModels(self.camera, encoder, predictor, judge, decoder, decoder_offset, health)

    def _decoder(self, encoder: Encoder, count: int = 2000) -> tuple[np.ndarray, np.ndarray]:
        """Least squares from codes to states, on each seed's own data."""
        states = self.states.reshape(len(self.states), -1, 3)
        states = np.tile(states[:, :: max(1, states.shape[1] // count)], (self.copies, 1, 1))
        codes = encoder(self.camera(states))
        ones = np.concatenate([codes, np.ones_like(codes[..., :1])], axis=-1)
        gram = np.swapaxes(ones, 1, 2) @ ones + 1e-6 * states.shape[1] * np.eye(ones.shape[-1])
        solved = np.linalg.solve(gram, np.swapaxes(ones, 1, 2) @ states)
        return np.swapaxes(solved[:, :-1], 1, 2).copy(), solved[:, -1].copy()


@functools.cache
def principal_components(camera: Camera, components: int = 32) -> tuple[np.ndarray, np.ndarray]:
    """The mean observation (p,) and the leading principal components (components, p) of all observations.

    Encoders see observations through these, which loses next to nothing and trains faster. Rows share one
    scale, so that coarse features stay larger than fine ones. A turning rod has pairs of components with the
    same variance, which any rotation would serve as well: states have weights that differ, so that all
    machines find the same ones.
    """
    seen = camera(state_grid())
    weight = np.random.default_rng(0).uniform(0.5, 1.5, (len(seen), 1))
    weight /= weight.sum()
    mean = (weight * seen).sum(0)
    variance, directions = np.linalg.eigh((weight * (seen - mean)).T @ (seen - mean))
    leading = directions.T[::-1][:components]
    signs = np.sign(np.take_along_axis(leading, np.abs(leading).argmax(1)[:, None], axis=1))
    return mean, signs * leading / np.sqrt(variance[-3])


def state_grid(angles: int = 72, speeds: int = 33) -> np.ndarray:
    """All states of the pendulum on a grid of angles and speeds, (angles · speeds, 3)."""
    counts(angles=angles, speeds=speeds)
    angle = np.arange(angles) * (2 * np.pi / angles)
    speed = np.linspace(-MAX_SPEED, MAX_SPEED, speeds) / Camera().velocity_unit
    mesh = np.meshgrid(angle, speed, indexing="ij")
    return np.stack([np.cos(mesh[0]), np.sin(mesh[0]), mesh[1]], axis=-1).reshape(-1, 3)


def _partly(codes: Tensor, share: Tensor) -> Tensor:
    """The same codes (C, B, d), with gradients multiplied by `share` (C,)."""
    share = share[:, None, None]
    return share * codes + (1 - share) * codes.detach()


def _head(hidden: np.ndarray, bias: np.ndarray, middle: np.ndarray) -> dict[str, Any]:
    """A hidden layer as one on centred codes: its parts for code and action, and its bias."""
    in_code = hidden[..., : middle.shape[1]].copy()
    return {
        "hidden_state": in_code,
        "hidden_action": hidden[..., middle.shape[1] :].copy(),
        "bias": bias + (in_code @ middle[..., None])[..., 0],
    }


def _health(
    encoder: Encoder,
    camera: Camera,
    decoder: np.ndarray,
    decoder_offset: np.ndarray,
    generator: np.random.Generator,
) -> Health:
    """Measure codes along fresh trajectories, the same for all models."""
    states = pendulum_trajectories([generator], 200, 4).states[0]
    codes = torch.as_tensor(encoder(camera(states.reshape(-1, 3)))).view(len(decoder), 200, 5, -1)
    first, second, third = (codes[:, :, t : t + 3].flatten(1, 2) for t in range(3))
    flat = codes.flatten(1, 2)
    read = flat.numpy() @ np.swapaxes(decoder, 1, 2) + decoder_offset[:, None]
    error = read - states.reshape(-1, 3)
    return Health(
        spread=latent_codes.spread(flat).numpy(),
        effective_rank=latent_codes.effective_rank(flat).numpy(),
        collapsed=latent_codes.collapsed(flat).numpy(),
        decoding_error=np.sqrt((error**2).mean(1)) / states.reshape(-1, 3).std(0),
        curvature=latent_codes.curvature(first, second, third).numpy(),
    )


__all__ = [
    "LatentSetting",
    "PendulumTrajectories",
    "pendulum_trajectories",
    "state_grid",
    "train_latent",
]
