"""World models in a learned space: an encoder of observations and a predictor of its codes.

What an encoder makes of an observation is its code. A predictor moves codes on, given an action; a reward
model and a linear decoder read them. Policies act on codes, so one and the same policy can act in the real
system, through camera and encoder, and in imagination, on predicted codes. How all this is learned stands in
`imagination.models.latent_training`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from array_api_compat import array_namespace

from imagination.checks import check_shape
from imagination.worlds.continuous import (
    Array,
    BallProjected,
    ContinuousMDP,
    Initial,
    Parametric,
    apply_matrix,
    project_ball,
    project_box,
    spectral_norm,
)
from imagination.worlds.pixels import Camera
from imagination.worlds.teacher import NetworkDynamics, NetworkReward


@dataclass(frozen=True, eq=False)
class Encoder(Parametric):
    """Two tanh layers and a linear one, from observations to codes, kept in the ball that holds the codes.

    Parameters
    ----------
    first, first_bias : (C, m, p), (C, m)
    second, second_bias : (C, m, m), (C, m)
    output, offset : (C, d, m), (C, d)
    radius : (C,)
    """

    first: Array
    first_bias: Array
    second: Array
    second_bias: Array
    output: Array
    offset: Array
    radius: Array

    def __call__(self, observation: Array) -> Array:
        """Codes (C, K, d) of observations (C, K, p), or of (K, p) that all models share."""
        xp = array_namespace(observation)
        units = xp.tanh(observation @ self.first.mT + self.first_bias[:, None])
        units = xp.tanh(apply_matrix(self.second, units) + self.second_bias[:, None])
        return project_ball(apply_matrix(self.output, units) + self.offset[:, None], self.radius)


@dataclass(frozen=True, eq=False)
class DecodedPolicy(Parametric):
    """Actions linear in the decoded state, clipped: ``a = clip(K (D z + e), ±limit)``.

    Parameters
    ----------
    gain : (C, d_a, d_s)
    decoder, decoder_offset : (C, d_s, d), (C, d_s)
    limit : (C, d_a)
    """

    gain: Array
    decoder: Array
    decoder_offset: Array
    limit: Array

    def __call__(self, code: Array) -> Array:
        state = apply_matrix(self.decoder, code) + self.decoder_offset[:, None]
        return project_box(apply_matrix(self.gain, state), -self.limit, self.limit)

    def lipschitz(self) -> Array:
        """``‖K D‖``, in actions per unit of code, (C,)."""
        return spectral_norm(self.gain @ self.decoder)


@dataclass(frozen=True, eq=False)
class CodeInitial:
    """Codes of the initial states of a real system."""

    states: Initial
    camera: Camera
    encoder: Encoder

    def sample(self, generator: np.random.Generator, count: int) -> Array:
        """Draw (C, count, d) codes."""
        return self.encoder(self.camera(self.states.sample(generator, count)))


@dataclass(frozen=True, eq=False)
class Health:
    """Whether codes of fresh observations still say something.

    Attributes
    ----------
    spread : (C,)
        Root of the mean variance of a component.
    effective_rank : (C,)
        In how many directions codes vary, 1 to d.
    collapsed : (C,) of bool
        See `imagination.models.latent_codes.collapsed`.
    decoding_error : (C, 3)
        Root mean square error of the decoded state on fresh observations, over the state's own standard
        deviation: 0 if the state can be read off, 1 if only its mean is known.
    curvature : (C,)
        Mean of 1 − cos of successive velocities of codes along fresh trajectories.
    """

    spread: np.ndarray
    effective_rank: np.ndarray
    collapsed: np.ndarray
    decoding_error: np.ndarray
    curvature: np.ndarray


@dataclass(frozen=True, eq=False)
class LatentModels:
    """C learned latent models of a pendulum seen by a camera.

    Attributes
    ----------
    camera : Camera
    encoder : Encoder
    predictor : NetworkDynamics
        Moves codes: ``ẑ' = z + O tanh(W z + V a + b) + c``.
    reward : NetworkReward
    decoder, decoder_offset : (C, 3, d), (C, 3)
        Least squares from codes to states; gradients never reached the encoder through it.
    health : Health
        Whether the codes collapsed, and what else there is to know about them.
    """

    camera: Camera
    encoder: Encoder
    predictor: NetworkDynamics
    reward: NetworkReward
    decoder: np.ndarray
    decoder_offset: np.ndarray
    health: Health

    def take(self, which: np.ndarray) -> LatentModels:
        """The models with these numbers."""
        health = Health(*(getattr(self.health, field.name)[which] for field in fields(Health)))
        return LatentModels(
            self.camera,
            self.encoder.take(which),
            self.predictor.take(which),
            self.reward.take(which),
            self.decoder[which],
            self.decoder_offset[which],
            health,
        )

    def encode(self, state: Array) -> Array:
        """Codes (C, K, d) of what the camera sees of states (C, K, 3) or shared (K, 3)."""
        return self.encoder(self.camera(state))

    @property
    def dynamics(self) -> BallProjected:
        """The predictor, with codes put back in the ball where real codes live."""
        return BallProjected(self.predictor, self.encoder.radius)

    def imagined(self, real: ContinuousMDP) -> ContinuousMDP:
        """The world of codes: learned dynamics and reward, the discount and initial states of `real`."""
        check_shape("real.discount", real.discount, tuple(self.encoder.radius.shape))
        start = CodeInitial(real.initial, self.camera, self.encoder)
        return ContinuousMDP(
            self.dynamics, self.reward, start, real.discount, diameter=2 * self.encoder.radius
        )

    def policy(self, gain: np.ndarray, limit: float = 1.0) -> DecodedPolicy:
        """The policy ``a = clip(K s)`` on decoded states; `gain` is (d_a, 3) or (C, d_a, 3)."""
        batch = len(self.decoder)
        gain = np.broadcast_to(gain, (batch, *np.shape(gain)[-2:])).copy()
        return DecodedPolicy(
            gain, self.decoder, self.decoder_offset, np.full((batch, gain.shape[1]), float(limit))
        )
