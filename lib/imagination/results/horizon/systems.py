"""Closed loops with a learned pair beside them.

A loop is linear, with a linear and a quadratic reward, so that its value has a closed form. What is learned
of it is not linear. Nothing here knows a bound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from imagination.checks import finite

__all__ = ["FAMILIES", "Loops", "draw", "lyapunov", "rollouts"]

FAMILIES = ("stabilised", "spiral", "gentle", "feedback")
"""Systems that grow, with a feedback that tames them; rotations that shrink slowly; systems that need little
feedback; and a line on which feedback undoes what the dynamics do, with errors that never change."""


@dataclass(frozen=True, eq=False)
class Loops:
    r"""C closed loops in d dimensions, :math:`F(s) = A s + B K s`, with :math:`r(s) = c^\top s - s^\top Q s`.

    Attributes
    ----------
    gamma : (C,)
    open_loop, inputs, gain : (C, d, d), (C, d, k), (C, k, d)
        A, B and K.
    slope, cost : (C, d), (C, d, d)
        c and Q.
    warp, shift, bend : (C, d, d), (C, d), (C, d)
        Errors of the learned dynamics: ``warp s + shift + bend sin(sum of s)``.
    flattery, waves : (C,)
        Errors of the learned reward: ``flattery + waves cos(sum of s)``.
    start : (C, d)
    """

    gamma: np.ndarray
    open_loop: np.ndarray
    inputs: np.ndarray
    gain: np.ndarray
    slope: np.ndarray
    cost: np.ndarray
    warp: np.ndarray
    shift: np.ndarray
    bend: np.ndarray
    flattery: np.ndarray
    waves: np.ndarray
    start: np.ndarray

    @property
    def closed(self) -> np.ndarray:
        """A + B K, (C, d, d)."""
        return self.open_loop + self.inputs @ self.gain

    def real(self, state: np.ndarray) -> np.ndarray:
        """Real next states, (C, n, d), of states of the same shape."""
        return state @ self.closed.mT

    def learned(self, state: np.ndarray) -> np.ndarray:
        """Imagined next states."""
        wave = np.sin(state.sum(-1, keepdims=True))
        return self.real(state) + state @ self.warp.mT + self.shift[:, None] + self.bend[:, None] * wave

    def reward(self, state: np.ndarray) -> np.ndarray:
        """Real rewards, (C, n)."""
        return (state @ self.slope[..., None])[..., 0] - ((state @ self.cost) * state).sum(-1)

    def learned_reward(self, state: np.ndarray) -> np.ndarray:
        """Imagined rewards, (C, n)."""
        return self.reward(state) + self.flattery[:, None] + self.waves[:, None] * np.cos(state.sum(-1))

    def value(self, state: np.ndarray) -> np.ndarray:
        """The real value of all steps, (C, n), from the closed loop's two linear equations."""
        discounted = self.gamma[:, None, None] * self.closed
        one = np.eye(self.slope.shape[1])
        linear = np.linalg.solve((one - discounted).mT, self.slope[..., None])[..., 0]
        root = np.sqrt(self.gamma)[:, None, None] * self.closed
        quadratic = lyapunov(root, self.cost)
        return (state @ linear[..., None])[..., 0] - ((state @ quadratic) * state).sum(-1)


def lyapunov(matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    r"""Solve :math:`X = M^\top X M + R` for each of C matrices, (C, d, d).

    Raises
    ------
    ValueError
        If some spectral radius is 1 or more: the sum that X is does not converge.
    """
    matrix, right = finite("matrix", matrix), finite("right", right)
    radius = np.abs(np.linalg.eigvals(matrix)).max(-1)
    if (radius >= 1).any():
        raise ValueError(f"matrix: spectral radius {radius.max():.6g}; need less than 1")
    size = matrix.shape[-1]
    twice = np.einsum("cij,ckl->cikjl", matrix.mT, matrix.mT).reshape(-1, size**2, size**2)
    flat = np.linalg.solve(np.eye(size**2) - twice, right.reshape(-1, size**2, 1))
    solved = flat.reshape(-1, size, size)
    return (solved + solved.mT) / 2


def draw(family: str, rng: np.random.Generator, size: int) -> Loops:
    """Draw `size` loops of a family, of two to four dimensions.

    Raises
    ------
    ValueError
        If there is no such family.
    """
    if family not in FAMILIES:
        raise ValueError(f"family: {family!r} is none of {', '.join(FAMILIES)}")
    if family == "feedback":
        return _feedback(rng, size)
    d = int(rng.integers(2, 5))
    gamma = rng.uniform(0.6, 0.99, size)
    target = rng.uniform(0.3, 0.95, size) * np.minimum(1, 1 / np.sqrt(gamma))
    closed = rng.standard_normal((size, d, d))
    if family == "spiral":
        closed = np.linalg.qr(closed)[0] + 0.1 * closed
    closed *= (target / np.abs(np.linalg.eigvals(closed)).max(-1))[:, None, None]
    inputs = rng.standard_normal((size, d, d)) + 2 * np.eye(d)
    # The feedback is what leads from an open loop that grows to the closed one.
    growth = rng.uniform(0.0, 0.3, size) if family == "gentle" else rng.uniform(1.0, 2.5, size)
    open_loop = closed + growth[:, None, None] * rng.standard_normal((size, d, d)) / np.sqrt(d)
    gain = np.linalg.solve(inputs, closed - open_loop)
    error = 10.0 ** rng.uniform(-3, -0.5, size)
    cost = rng.standard_normal((size, d, d))
    # Small enough that imagination, too, stays where the discounted sums converge.
    warp = 0.1 * error[:, None, None] * rng.standard_normal((size, d, d))
    return Loops(
        gamma=gamma,
        open_loop=open_loop,
        inputs=inputs,
        gain=gain,
        slope=rng.standard_normal((size, d)),
        cost=0.1 * cost @ cost.mT,
        warp=warp,
        shift=error[:, None] * rng.standard_normal((size, d)),
        bend=error[:, None] * rng.standard_normal((size, d)),
        flattery=error * rng.standard_normal(size),
        waves=error * rng.standard_normal(size),
        start=rng.standard_normal((size, d)),
    )


def _feedback(rng: np.random.Generator, size: int) -> Loops:
    gamma, rho = rng.uniform(0.5, 0.99, size), rng.uniform(0.1, 0.95, size)
    strength = rng.uniform(1.5, 4.0, size)
    zero, one = np.zeros((size, 1)), np.ones((size, 1))
    error = 10.0 ** rng.uniform(-3, 0, size)
    return Loops(
        gamma=gamma,
        open_loop=strength[:, None, None] * np.ones((size, 1, 1)),
        inputs=np.ones((size, 1, 1)),
        gain=(rho - strength)[:, None, None] * np.ones((size, 1, 1)),
        slope=rng.uniform(0.1, 2, (size, 1)),
        cost=np.zeros((size, 1, 1)),
        warp=np.zeros((size, 1, 1)),
        shift=error[:, None] * one,
        bend=zero,
        flattery=error * rng.uniform(0, 1, size),
        waves=np.zeros(size),
        start=zero,
    )


def rollouts(loops: Loops, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Real and imagined states from the start, (C, steps + 1, d) each."""
    paths = []
    for step in (loops.real, loops.learned):
        states = [loops.start[:, None]]
        for _ in range(steps):
            states.append(step(states[-1]))
        paths.append(np.concatenate(states, axis=1))
    return paths[0], paths[1]
