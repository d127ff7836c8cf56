"""Returns, values and gaps of linear-quadratic systems in closed form, real or learned."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_discrete_are

from imagination.studies.loop.diagnostics import Decomposition
from imagination.worlds.continuous import BallProjected, ContinuousMDP
from imagination.worlds.linear_quadratic import QuadraticReward

__all__ = ["System", "decompose_linear", "discounted_sum", "start_moment", "system_of", "trace"]

Array = NDArray[np.floating]


class System(NamedTuple):
    """``s' = A s + B a``, reward ``(s, a)ᵀ M (s, a)``: (C, d_s, d_s), (C, d_s, d_a) and square ones."""

    state_matrix: Array
    action_matrix: Array
    form: Array

    def closed(self, gain: Array) -> tuple[Array, Array]:
        """The loop's matrix A + B K and its reward's form, (C, d_s, d_s) each, for gains (C, d_a, d_s)."""
        eye = np.broadcast_to(np.eye(gain.shape[2]), (len(gain), gain.shape[2], gain.shape[2]))
        both = np.concatenate([eye, gain], axis=1)
        return self.state_matrix + self.action_matrix @ gain, both.mT @ self.form @ both

    def value(self, gain: Array, discount: Array) -> Array:
        """P with ``V(s) = sᵀ P s``, (C, d_s, d_s)."""
        loop, reward = self.closed(gain)
        return discounted_sum(loop.mT, reward, discount)

    def optimal(self, discount: Array) -> tuple[Array, Array]:
        """The best gain of all (C, d_a, d_s) and P of its value, by the discounted Riccati equation.

        Raises
        ------
        numpy.linalg.LinAlgError
            If the equation has no solution that stabilises the loop: then no gain is best. It is put into the
            equation to see, since the solver sometimes returns a matrix that solves nothing.
        """
        d, root = self.state_matrix.shape[1], np.sqrt(discount)[:, None, None]
        A, B, cost = root * self.state_matrix, root * self.action_matrix, -self.form
        across = cost[:, :d, d:]
        P = np.stack(
            [
                solve_discrete_are(A[c], B[c], cost[c, :d, :d], cost[c, d:, d:], s=across[c])
                for c in range(len(A))
            ]
        )
        gain = -np.linalg.solve(cost[:, d:, d:] + B.mT @ P @ B, B.mT @ P @ A + across.mT)
        off = cost[:, :d, :d] + A.mT @ P @ A + (A.mT @ P @ B + across) @ gain - P
        loop = np.abs(np.linalg.eigvals(A + B @ gain)).max()
        if np.abs(off).max() > 1e-8 * (1 + np.abs(P).max()) or loop >= 1:
            raise np.linalg.LinAlgError(
                f"the Riccati equation has no stabilising solution: what the solver found is off by "
                f"{np.abs(off).max():.1e} and leaves a spectral radius of {loop:.3f}"
            )
        return gain, -P

    def best_return(self, discount: Array, start: Array) -> Array:
        """Return of the best gain, (C,); infinite where there is none (a model that rewards great thrust).

        A Riccati solution is the optimum if R + Bᵀ P B, what a thrust costs there, is positive definite: the
        cost of any other policy is larger by a sum of squares in that metric.
        """
        found = np.full(len(discount), np.inf)
        for c in range(len(found)):
            one = System(*(array[c : c + 1] for array in self))
            with suppress(np.linalg.LinAlgError):
                value = one.optimal(discount[c : c + 1])[1]
                d, B = value.shape[1], one.action_matrix
                thrust = -one.form[:, d:, d:] - discount[c] * B.mT @ value @ B
                if np.linalg.eigvalsh(thrust).min() > 0:
                    found[c] = trace(value, start[c : c + 1])[0]
        return found


def system_of(mdp: ContinuousMDP) -> System:
    """The matrices of a linear-quadratic MDP, real or learned, without its projections."""
    dynamics: Any = mdp.dynamics.base if isinstance(mdp.dynamics, BallProjected) else mdp.dynamics
    reward: Any = mdp.reward
    if isinstance(reward, QuadraticReward):
        batch, d_state, _ = reward.state_cost.shape
        size = d_state + reward.action_cost.shape[1]
        form = np.zeros((batch, size, size))
        form[:, :d_state, :d_state], form[:, d_state:, d_state:] = -reward.state_cost, -reward.action_cost
    else:
        form = reward.form
    return System(dynamics.state_matrix, dynamics.action_matrix, form)


def discounted_sum(matrix: Array, term: Array, discount: Array) -> Array:
    """``Σ_t γ^t Fᵗ X (Fᵗ)ᵀ`` for (C, d, d) arrays F = `matrix` and X = `term`: a linear system of size d².

    Raises
    ------
    ValueError
        If a sum does not converge.
    """
    C, d, _ = matrix.shape
    worst = discount * np.abs(np.linalg.eigvals(matrix)).max(axis=1) ** 2
    if np.any(worst >= 1):
        raise ValueError(f"matrix must have discount · (spectral radius)² < 1, got {worst.max()}")
    pairs = np.einsum("cij,ckl->cikjl", matrix, matrix).reshape(C, d * d, d * d)
    system = np.eye(d * d) - discount[:, None, None] * pairs
    return np.linalg.solve(system, term.reshape(C, d * d, 1)).reshape(C, d, d)


def start_moment(radius: Array, d_state: int) -> Array:
    """E s sᵀ for s uniform on a ball of this radius (C,), (C, d_s, d_s)."""
    return (radius**2 / (d_state + 2))[:, None, None] * np.eye(d_state)


def decompose_linear(
    real: System, learned: System, gain: Array, start: Array, discount: Array, steps: int
) -> Decomposition:
    """The identity in closed form, averaged over initial states with second moment `start`, (C, d_s, d_s)."""
    (loop, reward), (loop_hat, reward_hat) = real.closed(gain), learned.closed(gain)
    value, value_hat = real.value(gain, discount), learned.value(gain, discount)
    gamma = discount[:, None, None]
    errors = np.stack(
        [reward_hat - reward, gamma * (loop_hat.mT @ value @ loop_hat - loop.mT @ value @ loop)]
    )
    visited = discounted_sum(loop_hat, start, discount)
    parts, now = np.empty((2, len(gain), steps)), start
    for t in range(steps):
        parts[:, :, t] = discount**t * trace(errors, now)
        now = loop_hat @ now @ loop_hat.mT
    totals = trace(errors, visited)
    returns = trace(value_hat, start), trace(value, start)
    return Decomposition(parts[0], parts[1], totals[0], totals[1], *returns)


def trace(one: Array, other: Array) -> Array:
    """tr(X Y) of symmetric matrices, over leading axes."""
    return (one * other).sum(axis=(-2, -1))
