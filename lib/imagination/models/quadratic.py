"""Linear dynamics and quadratic rewards by least squares: models of linear-quadratic systems."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from array_api_compat import array_namespace

from imagination.checks import check_shape, whole
from imagination.models.least_squares import ridge, state_and_action
from imagination.worlds.continuous import (
    AffineDynamics,
    Array,
    Parametric,
    Transitions,
    project_ball,
    spectral_norm,
)

__all__ = ["QuadraticFormReward", "linear_dynamics", "quadratic_reward"]


@dataclass(frozen=True, eq=False)
class QuadraticFormReward(Parametric):
    """``xᵀ M x`` with ``x = (P(s), P(a))``, P the projections on balls; M symmetric, (C, n, n).

    `d_state` is d_s; `state_radius` and `action_radius`, (C,), are the radii of the balls.
    """

    form: Array
    d_state: int
    state_radius: Array
    action_radius: Array

    def __post_init__(self) -> None:
        batch, size, _ = check_shape("form", self.form, (None, None, None))
        check_shape("form", self.form, (batch, size, size))
        check_shape("state_radius", self.state_radius, (batch,))
        check_shape("action_radius", self.action_radius, (batch,))
        if whole("d_state", self.d_state) > size:
            raise ValueError(f"d_state must be at most the form's size {size}, got {self.d_state}")

    def __call__(self, state: Array, action: Array) -> Array:
        xp = array_namespace(state)
        both = xp.concat(
            [project_ball(state, self.state_radius), project_ball(action, self.action_radius)], axis=-1
        )
        return ((both @ self.form) * both).sum(-1)

    def block_lipschitz(self) -> tuple[Array, Array]:
        """Certified Lipschitz constants in state and action, (C,) each: the gradient's norm on the balls."""
        d = self.d_state
        across = spectral_norm(self.form[:, :d, d:])
        in_state = spectral_norm(self.form[:, :d, :d]) * self.state_radius + across * self.action_radius
        in_action = spectral_norm(self.form[:, d:, d:]) * self.action_radius + across * self.state_radius
        return 2 * in_state, 2 * in_action

    def lipschitz(self) -> Array:
        """The larger of `block_lipschitz`, (C,)."""
        return array_namespace(self.form).maximum(*self.block_lipschitz())


def linear_dynamics(transitions: Transitions, penalty: float = 0.0) -> AffineDynamics:
    """Least-squares linear dynamics from (C, N, ·) transitions, with an offset of zero."""
    weights = ridge(_joined(transitions), transitions.next_state, penalty)
    d_state = transitions.state.shape[-1]
    return AffineDynamics(weights[..., :d_state], weights[..., d_state:], np.zeros(weights.shape[:2]))


def quadratic_reward(
    transitions: Transitions, state_radius: np.ndarray, action_radius: np.ndarray, penalty: float = 0.0
) -> QuadraticFormReward:
    """Least-squares quadratic form of state and action; of (C, N, ·) transitions `next_state` is not read."""
    both = _joined(transitions)
    size = both.shape[-1]
    row, column = np.triu_indices(size)
    weights = ridge(both[..., row] * both[..., column], transitions.reward[..., None], penalty)[:, 0]
    form = np.zeros((len(weights), size, size))
    form[:, row, column] = weights / 2
    return QuadraticFormReward(
        form + np.swapaxes(form, 1, 2), transitions.state.shape[-1], state_radius, action_radius
    )


def _joined(transitions: Transitions) -> np.ndarray:
    check_shape("transitions.state", transitions.state, (None, None, None))
    return state_and_action(transitions)
