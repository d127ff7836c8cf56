"""Models by batched least squares: affine ones, and ones on random sine features.

Both come back as maps with certified Lipschitz constants: an affine map's is exact, and sine features make a
two-layer network whose hidden layer is random and whose output layer is fitted.
"""

from __future__ import annotations

import numpy as np

from imagination.checks import check_shape, counts, number, numeric, one_library
from imagination.worlds.continuous import AffineDynamics, AffineReward, Transitions
from imagination.worlds.teacher import NetworkDynamics, NetworkReward


@numeric
def ridge(features: np.ndarray, targets: np.ndarray, penalty: float = 0.0) -> np.ndarray:
    """Minimise ``‖Φ w − y‖² + penalty ‖w‖²`` for each problem of a batch.

    Parameters
    ----------
    features : (C, N, p)
    targets : (C, N, q)
    penalty : at least 0; with 0 the least-squares solution of least norm.

    Returns
    -------
    weights : (C, q, p)
    """
    batch, count, size = check_shape("features", features, (None, None, None))
    check_shape("targets", targets, (batch, count, None))
    one_library(features=features, targets=targets)
    if not count * size:
        raise ValueError(f"features must not be empty, got shape {features.shape}")
    penalty = number("penalty", penalty, least=0)
    left, scale, right = np.linalg.svd(features, full_matrices=False)
    tiny = scale <= np.finfo(float).eps * max(features.shape[1:]) * scale.max(axis=-1, keepdims=True)
    inverse = np.where(tiny, 0.0, scale / np.where(tiny, 1.0, scale**2 + penalty))
    return np.swapaxes(
        np.swapaxes(right, 1, 2) @ (inverse[..., None] * (np.swapaxes(left, 1, 2) @ targets)), 1, 2
    )


def state_and_action(transitions: Transitions) -> np.ndarray:
    """What models of dynamics and reward are shown, (..., d_s + d_a)."""
    return np.concatenate([transitions.state, transitions.action], axis=-1)


@numeric
def affine_dynamics(transitions: Transitions, penalty: float = 0.0) -> AffineDynamics:
    """Least-squares affine dynamics from (C, N, ·) transitions."""
    weights = ridge(_with_one(transitions), transitions.next_state, penalty)
    d_state = transitions.state.shape[-1]
    return AffineDynamics(weights[..., :d_state], weights[..., d_state:-1], weights[..., -1])


@numeric
def affine_reward(transitions: Transitions, penalty: float = 0.0) -> AffineReward:
    """Least-squares affine reward from (C, N, ·) transitions."""
    weights = ridge(_with_one(transitions), transitions.reward[..., None], penalty)[:, 0]
    d_state = transitions.state.shape[-1]
    return AffineReward(weights[..., :d_state], weights[..., d_state:-1], weights[..., -1])


@numeric
def sine_dynamics(
    transitions: Transitions,
    generator: np.random.Generator,
    *,
    width: int = 128,
    frequency: float = 1.0,
    penalty: float = 1e-6,
) -> NetworkDynamics:
    """Ridge regression of the change of state on `width` random sines of state and action.

    `frequency` is the spread of the sines' frequencies, in cycles of 2π per standard deviation of an input.
    """
    hidden = _random_hidden(transitions, generator, width, frequency)
    output = _fit_output(transitions, hidden, transitions.next_state - transitions.state, penalty)
    return NetworkDynamics(*hidden, *output, "sin", skip=True)


@numeric
def sine_reward(
    transitions: Transitions,
    generator: np.random.Generator,
    *,
    width: int = 128,
    frequency: float = 1.0,
    penalty: float = 1e-6,
) -> NetworkReward:
    """Ridge regression of the reward on `width` random sines of state and action; see `sine_dynamics`."""
    hidden = _random_hidden(transitions, generator, width, frequency)
    return NetworkReward(
        *hidden, *_fit_output(transitions, hidden, transitions.reward[..., None], penalty), "sin"
    )


def _random_hidden(
    transitions: Transitions, generator: np.random.Generator, width: int, frequency: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    check_shape("transitions.state", transitions.state, (None, None, None))
    counts(width=width)
    frequency = number("frequency", frequency, above=0)
    batch = transitions.state.shape[0]
    weights = []
    for inputs in (transitions.state, transitions.action):
        spread = inputs.std(axis=1)[:, None, :]
        drawn = frequency * generator.standard_normal((batch, width, inputs.shape[-1]))
        weights.append(np.divide(drawn, spread, out=np.zeros_like(drawn), where=spread > 0))
        if not np.isfinite(weights[-1]).all():
            raise ValueError(f"frequency is too large for weights in floats, got {frequency}")
    return weights[0], weights[1], generator.uniform(0, 2 * np.pi, (batch, width))


def _fit_output(
    transitions: Transitions,
    hidden: tuple[np.ndarray, np.ndarray, np.ndarray],
    targets: np.ndarray,
    penalty: float,
) -> tuple[np.ndarray, np.ndarray]:
    in_state, in_action, bias = hidden
    angle = transitions.state @ in_state.mT + transitions.action @ in_action.mT + bias[:, None, :]
    if not np.isfinite(angle).all():
        raise ValueError("frequency and transitions are too large: the sines' angles exceed all floats")
    mean = targets.mean(axis=1)
    penalty = number("penalty", penalty, least=0) * targets.shape[1]
    weights = ridge(np.sin(angle), targets - mean[:, None, :], penalty)
    return weights, mean


def _with_one(transitions: Transitions) -> np.ndarray:
    check_shape("transitions.state", transitions.state, (None, None, None))
    return np.concatenate([state_and_action(transitions), np.ones((*transitions.reward.shape, 1))], axis=-1)
