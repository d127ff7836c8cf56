"""Linear loops in noise, whose controller was designed on a learned model: LQR, and LQG with an estimator.

Both rollouts are driven by the same draws of the noise. Then the theorem of the closed loop holds path by
path, and for their mean: the recursion of its proof never asks whether the map is the same at each step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.linalg import solve_discrete_are

from imagination.results.horizon import claims
from imagination.results.horizon.systems import lyapunov
from imagination.trials.sweep import batches, sweep
from imagination.trials.trial import Trial
from imagination.worlds.continuous import spectral_norm
from imagination.worlds.linear_quadratic import linear_quadratic, optimal_gain

__all__ = ["FAMILIES", "SCALES", "TRIAL", "NoisyLoops", "draw", "measured", "rollouts", "run"]

FAMILIES = ("state seen", "state estimated")
"""LQR; and LQG, where a Kalman filter of the learned model estimates the state from noisy observations."""

SCALES = {"quick": {"batches": 4, "size": 125}, "full": {"batches": 20, "size": 250}}
"""Batches of each family, and loops in each."""

STEPS, PATHS = 150, 12
"""Steps of a return, and draws of the noise over which it is averaged."""

SHARES = np.array([0.05, 0.15, 0.3, 0.5, 0.7])
"""Where rho is tried, between the spectral radius and 1/gamma. The best counts: each gives a bound."""


@dataclass(frozen=True, eq=False)
class NoisyLoops:
    r"""C pairs of loops :math:`z' = F z + G w` with rewards :math:`-z^\top Q z`, driven by the same w.

    Attributes
    ----------
    gamma : (C,)
    real, learned : (C, d, d)
    spread : (C, d, k)
        G, for standard normal w.
    cost, learned_cost : (C, d, d)
    flattery : (C,)
        What the learned reward pays too much.
    lipschitz : (C,)
        Lemma 1's L, from the norms of the system's and the controller's matrices.
    """

    gamma: np.ndarray
    real: np.ndarray
    learned: np.ndarray
    spread: np.ndarray
    cost: np.ndarray
    learned_cost: np.ndarray
    flattery: np.ndarray
    lipschitz: np.ndarray


def draw(family: str, rng: np.random.Generator, size: int) -> NoisyLoops:
    """Draw `size` systems and misjudge each; its controller is designed on the misjudged one.

    The matrices err as those of least squares from 10 to 10,000 noisy transitions.

    Raises
    ------
    ValueError
        If there is no such family.
    """
    if family not in FAMILIES:
        raise ValueError(f"family: {family!r} is none of {', '.join(FAMILIES)}")
    d, k, p = (int(rng.integers(2, 5)), int(rng.integers(1, 4)), int(rng.integers(1, 4)))
    gamma = rng.uniform(0.6, 0.99, size)
    world = linear_quadratic(rng, L_f=rng.uniform(1.0, 2.5, size), discount=gamma, d_state=d, d_action=k)
    base: Any = world.dynamics
    reward: Any = world.reward
    A, B = base.base.state_matrix, base.base.action_matrix
    C = rng.standard_normal((size, p, d))
    noise = 10.0 ** rng.uniform(-2, -0.5, size)[:, None, None]
    error = noise / np.sqrt(10.0 ** rng.uniform(1, 4, size))[:, None, None]

    A_hat, B_hat, C_hat = (matrix + error * rng.standard_normal(matrix.shape) for matrix in (A, B, C))
    found = world.swap(dynamics=type(base.base)(A_hat, B_hat, np.zeros((size, d))))
    K = optimal_gain(found)[0].gain
    Q, R = reward.state_cost, reward.action_cost
    if family == "state seen":
        loops = [A + B @ K, A_hat + B_hat @ K]
        spread = noise * np.eye(d)
        cost, open_norm = Q + K.mT @ R @ K, np.maximum(spectral_norm(A), spectral_norm(B))
    else:
        L = _kalman(A_hat, C_hat, noise)
        inner = A_hat + B_hat @ K - L @ C_hat
        pairs = ((A, B, C), (A_hat, B_hat, C_hat))
        loops = [np.block([[a, b @ K], [L @ c, inner]]) for a, b, c in pairs]
        nothing = np.zeros((size, d, p))
        spread = noise * np.block(
            [[np.broadcast_to(np.eye(d), (size, d, d)), nothing], [np.zeros((size, d, d)), L]]
        )
        cost = np.zeros((size, 2 * d, 2 * d))
        cost[:, :d, :d], cost[:, d:, d:] = Q, K.mT @ R @ K
        moves = np.block([[A, np.zeros((size, d, d))], [L @ C, A_hat - L @ C_hat]])
        open_norm = np.maximum(spectral_norm(moves), spectral_norm(np.concatenate([B, B_hat], axis=1)))
    off = rng.standard_normal(cost.shape)
    return NoisyLoops(
        gamma=gamma,
        real=loops[0],
        learned=loops[1],
        spread=np.broadcast_to(spread, (size, *spread.shape[1:])),
        cost=cost,
        learned_cost=cost + error * (off + off.mT) / 2,
        flattery=error[:, 0, 0] * rng.standard_normal(size),
        lipschitz=open_norm * (1 + spectral_norm(K)),
    )


def _kalman(A: np.ndarray, C: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """The gain of the stationary filter that predicts, (C, d, p), for noise of one size everywhere."""
    d, p = C.shape[2], C.shape[1]
    covariance = np.asarray(solve_discrete_are(A.mT, C.mT, noise**2 * np.eye(d), noise**2 * np.eye(p)))
    return A @ covariance @ C.mT @ np.linalg.inv(C @ covariance @ C.mT + noise**2 * np.eye(p))


def rollouts(loops: NoisyLoops, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Real and imagined states, (C, PATHS, STEPS + 1, d) each, from common starts in common noise."""
    size, d, k = loops.spread.shape
    w = rng.standard_normal((size, PATHS, STEPS, k)) @ loops.spread.mT[:, None]
    start = rng.standard_normal((size, PATHS, d))
    paths = []
    for matrix in (loops.real, loops.learned):
        states = [start]
        for t in range(STEPS):
            states.append(states[-1] @ matrix.mT + w[:, :, t])
        paths.append(np.stack(states, axis=2))
    return paths[0], paths[1]


def measured(loops: NoisyLoops, rng: np.random.Generator) -> pd.DataFrame:
    """Measure gaps, and what the theorem speaks of, in the best of several norms; one row a loop.

    Columns: `gamma`; `gap`, of the mean returns over the paths, and `gap_of_one`, the mean of each path's;
    `rho`, `slope`, `average_dyn`, `average_rew`, the averages over paths too, and infinite where the real
    loop outgrows the discount; `bound`; `lipschitz`, and `trivial`, what the rewards alone allow.
    """
    real, imagined = rollouts(loops, rng)
    gamma = loops.gamma[:, None, None]
    weights = gamma ** np.arange(STEPS)

    def paid(states: np.ndarray, cost: np.ndarray) -> np.ndarray:
        seen = states[:, :, :-1]
        return -((seen @ cost[:, None]) * seen).sum(-1)

    earned = paid(real, loops.cost)
    dreamt = paid(imagined, loops.learned_cost) + loops.flattery[:, None, None]
    rew = np.abs(dreamt - paid(imagined, loops.cost))
    off = imagined[:, :, :-1] @ (loops.learned - loops.real).mT[:, None]
    gaps = ((dreamt - earned) * weights).sum(-1)
    both = np.concatenate([earned, dreamt], axis=-1)
    columns = {
        "gamma": loops.gamma,
        "gap": np.abs(gaps.mean(1)),
        "gap_of_one": np.abs(gaps).mean(1),
        "average_rew": (1 - loops.gamma) * (rew * weights).sum(-1).mean(1),
        "lipschitz": loops.lipschitz,
        "trivial": (both.max(-1) - both.min(-1)).mean(1) * weights.sum(-1)[:, 0],
    }
    return pd.DataFrame({**columns, **_in_norms(loops, real, imagined, off, columns["average_rew"])})


def _in_norms(
    loops: NoisyLoops, real: np.ndarray, imagined: np.ndarray, off: np.ndarray, average_rew: np.ndarray
) -> dict[str, np.ndarray]:
    """What depends on the norm, in that of Lyapunov's norms whose bound is least, (C,) each."""
    size, d = loops.real.shape[:2]
    radius = np.abs(np.linalg.eigvals(loops.real)).max(-1)
    best = {name: np.full(size, np.inf) for name in ("rho", "slope", "average_dyn", "bound")}
    tamed = np.flatnonzero(loops.gamma * radius < 1)
    gamma, radius = loops.gamma[tamed], radius[tamed]
    weights = gamma[:, None, None] ** np.arange(STEPS)
    for share in SHARES:
        rho = radius + share * (1 / gamma - radius)
        metric = lyapunov(
            loops.real[tamed] / rho[:, None, None], np.broadcast_to(np.eye(d), (len(tamed), d, d))
        )
        root = np.linalg.cholesky(metric)
        inverse = np.linalg.inv(root)
        reach = [
            np.linalg.norm(path[tamed] @ root[:, None], axis=-1).max((1, 2)) for path in (real, imagined)
        ]
        curved = spectral_norm(inverse @ loops.cost[tamed] @ inverse.mT)
        lengths = np.linalg.norm(off[tamed] @ root[:, None], axis=-1)
        found = {
            "rho": rho,
            "slope": 2 * np.maximum(*reach) * curved,
            "average_dyn": (1 - gamma) * (lengths * weights).sum(-1).mean(1),
        }
        stated = claims.CLOSED_LOOP.evaluate(gamma=gamma, average_rew=average_rew[tamed], **found)
        found["bound"] = np.asarray(stated)
        better = found["bound"] < best["bound"][tamed]
        for name, values in found.items():
            best[name][tamed] = np.where(better, values, best[name][tamed])
    return best


def run(scale: str = "quick", *, seed: int = 0, **options: Any) -> pd.DataFrame:
    """Draw loops and measure them: one row a loop, as `measured` describes, and its `family`.

    Parameters
    ----------
    scale : {"quick", "full"}
    seed : int
    **options
        Passed to `imagination.trials.sweep.sweep`.

    Raises
    ------
    ValueError
        If there is no such scale.
    """
    return sweep(_batch, batches(SCALES, scale, FAMILIES), seed=seed, **options)


def _batch(configuration: Mapping[str, Any], rng: np.random.Generator) -> pd.DataFrame:
    loops = draw(configuration["family"], rng, configuration["size"])
    return measured(loops, rng).assign(family=configuration["family"])


TRIAL = Trial(claims.CLOSED_LOOP, run, "gap_of_one")
"""Nothing exceeds the bound, though the mean of the paths' gaps is more than the gap of their means."""
