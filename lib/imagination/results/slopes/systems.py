"""Closed loops on a line that depend on a parameter, learned ones beside them, and single steps.

Nothing here knows what errors do to a gradient: returns are differentiated along the rollout, step by step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["FAMILIES", "Loops", "Waves", "choices", "differentiated", "draw", "wiggles"]

Array = NDArray[np.float64]

FAMILIES = ("straight", "shifted", "waves")
"""Affine maps of which a slope is learned wrong; waves that are learned too high; and waves to which the
learned map adds one of its own."""


@dataclass(frozen=True, eq=False)
class Waves:
    r"""B maps of a state and a parameter: an affine one and waves.

    :math:`c + a s + b \theta + \sum_i h_i \sin(u_i s + v_i \theta + p_i)`

    Attributes
    ----------
    affine : (B, 3)
        c, a and b.
    waves : (B, n, 4)
        Of each wave h, u, v and p.
    """

    affine: Array
    waves: Array

    def __call__(self, state: Array, theta: Array) -> tuple[Array, Array, Array]:
        """Value, slope in the state and slope in the parameter, (B,) each, at (B,) states and parameters."""
        height, in_state, in_theta, phase = np.moveaxis(self.waves, -1, 0)
        angle = in_state * state[:, None] + in_theta * theta[:, None] + phase
        constant, along, across = self.affine.T
        slope = height * np.cos(angle)
        value = constant + along * state + across * theta + (height * np.sin(angle)).sum(axis=1)
        return value, along + (slope * in_state).sum(axis=1), across + (slope * in_theta).sum(axis=1)

    def plus(self, other: Waves) -> Waves:
        """The sum of two maps."""
        return Waves(self.affine + other.affine, np.concatenate([self.waves, other.waves], axis=1))

    @property
    def steepest(self) -> tuple[Array, Array]:
        """Bounds of the sizes of both slopes, in the state and in the parameter, (B,) each."""
        height, in_state, in_theta, _ = np.abs(np.moveaxis(self.waves, -1, 0))
        _, along, across = np.abs(self.affine.T)
        return along + (height * in_state).sum(axis=1), across + (height * in_theta).sum(axis=1)

    @property
    def bend(self) -> Array:
        """A Lipschitz constant of both slopes in the state, (B,)."""
        height, in_state, in_theta, _ = np.abs(np.moveaxis(self.waves, -1, 0))
        return (height * in_state * np.maximum(in_state, in_theta)).sum(axis=1)


@dataclass(frozen=True, eq=False)
class Loops:
    """B closed loops, real and learned: the learned maps are the real ones plus what is off.

    Attributes
    ----------
    step, reward, step_off, reward_off : Waves
    start, theta, gamma : (B,)
    """

    step: Waves
    reward: Waves
    step_off: Waves
    reward_off: Waves
    start: Array
    theta: Array
    gamma: Array

    @property
    def learned(self) -> tuple[Waves, Waves]:
        """The learned step and reward."""
        return self.step.plus(self.step_off), self.reward.plus(self.reward_off)


def differentiated(step: Waves, reward: Waves, loops: Loops, steps: int) -> tuple[Array, Array, Array]:
    """The discounted return of so many steps and its derivative, (B,) each, and the states, (steps, B)."""
    state, weight = loops.start, np.ones(len(loops.start))
    moved, total, slope, visited = np.zeros_like(weight), np.zeros_like(weight), np.zeros_like(weight), []
    for _ in range(steps):
        visited.append(state)
        paid, in_state, in_theta = reward(state, loops.theta)
        total = total + weight * paid
        slope = slope + weight * (in_state * moved + in_theta)
        state, in_state, in_theta = step(state, loops.theta)
        moved, weight = in_state * moved + in_theta, weight * loops.gamma
    return total, slope, np.array(visited)


def draw(family: str, rng: np.random.Generator, size: int) -> Loops:
    """Draw `size` loops of a family.

    Raises
    ------
    ValueError
        If there is no such family.
    """
    if family not in FAMILIES:
        raise ValueError(f"family: {family!r} is none of {', '.join(FAMILIES)}")
    step, reward = (_maps(rng, size, 0 if family == "straight" else 3) for _ in range(2))
    step_off, reward_off = (_off(family, rng, 10 ** rng.uniform(-3, -0.5, size)) for _ in range(2))
    gamma = 1 - 10 ** -rng.uniform(0.1, 1.5, size)
    start, theta = rng.standard_normal((2, size))
    return Loops(step, reward, step_off, reward_off, start, theta, gamma)


def _maps(rng: np.random.Generator, size: int, waves: int) -> Waves:
    affine = rng.uniform(0, 1, (size, 3)) * rng.choice([0.2, 1.0, 1.2], (size, 3))
    height = rng.standard_normal((size, waves, 1)) * rng.exponential(0.2, (size, 1, 1))
    frequency = rng.uniform(-2, 2, (size, waves, 2))
    phase = rng.uniform(0, 2 * np.pi, (size, waves, 1))
    return Waves(affine, np.concatenate([height, frequency, phase], axis=2))


def _off(family: str, rng: np.random.Generator, small: Array) -> Waves:
    size = len(small)
    affine, waves = np.zeros((size, 3)), np.zeros((size, 0, 4))
    if family == "straight":
        affine[:, 1] = small * rng.choice([0, 1], size)
        affine[:, 2] = small
    elif family == "shifted":
        affine[:, 0] = small * rng.choice([-1, 1], size)
    else:
        frequency = 10 ** rng.uniform(-1, 1.5, (2, size)) * rng.choice([-1, 1], (2, size))
        waves = np.stack([small, *frequency, rng.uniform(0, 2 * np.pi, size)], axis=1)[:, None]
    return Waves(affine, waves)


def wiggles(rng: np.random.Generator, size: int) -> dict[str, Array]:
    """Single steps a -> a and a -> a + eps sin(a / eps^2), states worth L_V s: gaps of return and gradient.

    The gradient is the imaginary part of a return at a parameter that is moved by a tiny imaginary step,
    which is exact to rounding.
    """
    gamma, theta = rng.random(size), rng.uniform(-2, 2, size)
    L_V, eps = 10 ** rng.uniform(-1, 1, size), 10 ** rng.uniform(-1.5, 0, size)
    tiny = 1e-20
    action = theta + tiny * 1j
    gap = gamma * L_V * (action + eps * np.sin(action / eps**2)) - gamma * L_V * action
    return {
        "gamma": gamma,
        "L_V": L_V,
        "eps_dyn": eps,
        "theta": theta,
        "gap": np.abs(gap.real),
        "slope_gap": gap.imag / tiny,
    }


def choices(rng: np.random.Generator, size: int) -> dict[str, Array]:
    """Single steps after one of five actions, drawn by a softmax policy: how the score's estimate errs.

    In half of them the learned step errs along the score and the value is linear.
    """
    gamma, L_V, eps = rng.random(size), 10 ** rng.uniform(-1, 1, size), 10 ** rng.uniform(-3, 0, size)
    logits = rng.standard_normal((size, 5)) * rng.exponential(1, (size, 1))
    features = rng.standard_normal((size, 5))
    law = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    score = features - (law * features).sum(axis=1, keepdims=True)
    along = rng.random(size) < 0.5
    state = rng.standard_normal((size, 5))
    off = eps[:, None] * np.where(along[:, None], np.sign(score), rng.uniform(-1, 1, (size, 5)))
    waves = rng.uniform(0.5, 3, size)

    def value(s: Array) -> Array:
        bent = np.sin(waves[:, None] * s) / waves[:, None]
        return L_V[:, None] * np.where(along[:, None], s, bent)

    worth = [gamma * (law * value(s) * score).sum(axis=1) for s in (state, state + off)]
    return {
        "gamma": gamma,
        "L_V": L_V,
        "eps_dyn": eps,
        "score": (law * np.abs(score)).sum(axis=1),
        "bias": np.abs(worth[1] - worth[0]),
    }
