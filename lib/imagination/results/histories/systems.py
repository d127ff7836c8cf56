"""Episodes of observations, and models that predict the next one from the last few.

Where the observations come from the models do not know: from a hidden state, with chance or without, or from
nothing that has a state. Nothing here knows a bound.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["FAMILIES", "STEPS", "Episodes", "draw", "windows"]

Array = NDArray[np.float64]

FAMILIES = ("hidden", "chance", "any", "restless")
"""Hidden states that move without chance, and with it, seen through fewer numbers, with models by least
squares; episodes that no state explains, with models at random; and nothing that ever happens, beside models
that always err to the same side."""

STEPS = 200
"""Steps of an episode."""


@dataclass(frozen=True, eq=False)
class Episodes:
    r"""C episodes of d numbers a step, and C models that read the k newest observations.

    Attributes
    ----------
    seen : (C, k + STEPS, d)
        Observations, the oldest first; the model's first history is the first k.
    paid : (C, STEPS)
        Rewards, the first of them with that history.
    lags : (C, k, d, d)
        A model predicts ``offset + sum of lags[i] b(w_i)``, i being the age, where b bends numbers a little.
    offset : (C, d)
    bend : (C,)
        b is ``(1 - bend) w + bend sin w``.
    reward_lags, reward_offset : (C, k, d), (C,)
        It pays ``reward_offset + sum of reward_lags[i] . w_i``.
    """

    seen: Array
    paid: Array
    lags: Array
    offset: Array
    bend: Array
    reward_lags: Array
    reward_offset: Array

    def predicted(self, history: Array) -> Array:
        """The next observations (C, n, d) after histories (C, n, k, d), the newest first."""
        bend = self.bend[:, None, None, None]
        bent = (1 - bend) * history + bend * np.sin(history)
        return np.einsum("ckij,cnkj->cni", self.lags, bent) + self.offset[:, None]

    def pays(self, history: Array) -> Array:
        """The model's rewards (C, n) with histories (C, n, k, d)."""
        return np.einsum("cki,cnki->cn", self.reward_lags, history) + self.reward_offset[:, None]

    def dreamt(self) -> Array:
        """The histories (C, STEPS, k, d) that the model makes of its own predictions."""
        history, found = windows(self.seen, self.lags.shape[1])[:, 0], []
        for _ in range(STEPS):
            found.append(history)
            newest = self.predicted(history[:, None])
            history = np.concatenate([newest, history[:, :-1]], axis=1)
        return np.stack(found, axis=1)


def windows(seen: Array, k: int) -> Array:
    """All windows (C, T - k + 1, k, d) of observations (C, T, d), the newest observation first in each."""
    found = np.lib.stride_tricks.sliding_window_view(seen, k, axis=1)
    return np.moveaxis(found, -1, 2)[:, :, ::-1]


def draw(family: str, rng: np.random.Generator, size: int) -> Episodes:
    """Draw `size` episodes of a family, and a model for each.

    Raises
    ------
    ValueError
        If there is no such family.
    """
    if family not in FAMILIES:
        raise ValueError(f"family: {family!r} is none of {', '.join(FAMILIES)}")
    return _DRAW[family](rng, size, int(rng.integers(1, 6)))


def _observed(rng: np.random.Generator, size: int, steps: int, noise: float) -> Array:
    """What is seen, (C, steps, d), of hidden states that turn, shrink and, with noise, are pushed."""
    n, d = int(rng.integers(1, 5)), int(rng.integers(1, 3))
    matrices = rng.standard_normal((size, n, n))
    radius = np.abs(np.linalg.eigvals(matrices)).max(-1)
    matrices *= (rng.uniform(0.5, 1.02, size) / radius)[:, None, None]
    look = rng.standard_normal((size, d, n)) / np.sqrt(n)
    state, found = rng.standard_normal((size, n)), []
    for _ in range(steps):
        found.append(np.einsum("cdn,cn->cd", look, state))
        state = np.einsum("cij,cj->ci", matrices, state) + noise * rng.standard_normal((size, n))
    return np.stack(found, axis=1)


def _fitted(seen: Array, paid: Array, k: int) -> tuple[Array, Array, Array, Array]:
    """Lags and offsets of predictions and of rewards by least squares with a little ridge, on these steps."""
    inputs = windows(seen[:, :-1], k).reshape(len(seen), -1, k * seen.shape[2])
    inputs = np.concatenate([inputs, np.ones_like(inputs[..., :1])], axis=-1)
    targets = np.concatenate([seen[:, k:], paid[..., None]], axis=-1)
    gram = inputs.mT @ inputs
    ridge = 1e-3 * np.trace(gram, axis1=1, axis2=2)[:, None, None] * np.eye(gram.shape[1])
    found = np.linalg.solve(gram + ridge, inputs.mT @ targets)
    size, d = len(seen), seen.shape[2]
    lags = found[:, :-1].reshape(size, k, d, d + 1)
    return lags[..., :d].swapaxes(2, 3), found[:, -1, :d], lags[..., d], found[:, -1, d]


def _rewards(rng: np.random.Generator, seen: Array, k: int) -> Array:
    """Rewards (C, STEPS) that read up to two observations, and not only linearly."""
    history = windows(seen[:, :-1], k)
    weight = rng.standard_normal((len(seen), min(k, 2), seen.shape[2]))
    linear = np.einsum("cki,cnki->cn", weight, history[:, :, :2])
    return linear + 0.1 * np.cos(history[:, :, 0].sum(-1))


def _learned(noise: float) -> Callable[[np.random.Generator, int, int], Episodes]:
    def make(rng: np.random.Generator, size: int, k: int) -> Episodes:
        seen = _observed(rng, size, k + STEPS, noise)
        paid = _rewards(rng, seen, k)
        few = k + int(rng.choice([20, 60, STEPS]))
        lags, offset, *reward = _fitted(seen[:, :few], paid[:, : few - k], k)
        return Episodes(seen, paid, lags, offset, np.zeros(size), *reward)

    return make


def _any(rng: np.random.Generator, size: int, k: int) -> Episodes:
    d = int(rng.integers(1, 3))
    jumps = rng.standard_normal((size, k + STEPS, d)) * (rng.random((size, k + STEPS, 1)) < 0.1)
    seen = np.tanh(jumps.cumsum(axis=1)) + 0.1 * rng.standard_normal(jumps.shape)
    lags = rng.standard_normal((size, k, d, d)) * rng.exponential(0.3, (size, k, 1, 1))
    bend, offset = rng.random(size), 0.3 * rng.standard_normal((size, d))
    weight = rng.standard_normal((size, k, d)) * rng.exponential(1, (size, k, 1))
    shell = Episodes(seen, np.empty(0), lags, offset, bend, weight, rng.standard_normal(size))
    paid = shell.pays(windows(seen[:, :-1], k)) + 0.3 * rng.standard_normal((size, STEPS))
    return Episodes(seen, paid, lags, offset, bend, weight, shell.reward_offset)


def _restless(rng: np.random.Generator, size: int, k: int) -> Episodes:
    seen, paid = np.zeros((size, k + STEPS, 1)), np.zeros((size, STEPS))
    lags = rng.exponential(0.5, (size, k, 1, 1)) * (rng.random((size, k, 1, 1)) < 0.8)
    weight = rng.exponential(1, (size, k, 1))
    offset = rng.exponential(1, (size, 1))
    return Episodes(seen, paid, lags, offset, np.zeros(size), weight, rng.exponential(0.5, size))


_DRAW = {"hidden": _learned(0.0), "chance": _learned(0.1), "any": _any, "restless": _restless}
