"""Distances between distributions on finite spaces, and the exact Lipschitz constants of kernels under them.

Everything is batched: the last axis holds the points of the space, the axes before it broadcast.

W1 has three routes. On a line it is the area between two distribution functions. Under the discrete metric it
is total variation. Under any other metric it is a transport problem, solved exactly by the network simplex
method.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from ot.lp.emd_wrap import emd_c

from imagination.checks import finite, number, numeric, together, whole
from imagination.worlds.tabular import distributions, metric

Array = NDArray[Any]

GEOMETRY_TOLERANCE = 1e-12
"""Relative tolerance with which a metric is recognised as a line's, or a point as between two others."""

MAX_PIVOTS = 1_000_000
OPTIMAL = 1  # the network simplex solver's status code


@numeric
def discrete_metric(n_points: int, scale: float = 1.0) -> Array:
    """`scale` between any two different points, (n, n)."""
    return number("scale", scale, above=0) * (1 - np.eye(whole("n_points", n_points, least=1)))


@numeric
def line_metric(positions: ArrayLike) -> Array:
    """|x − y| between points on a line at `positions` (..., n)."""
    x = finite("positions", positions)
    if not x.ndim:
        raise ValueError("positions must have a last axis of points, got a number")
    return np.abs(x[..., :, None] - x[..., None, :])


# Distances between distributions


@numeric
def total_variation(p: ArrayLike, q: ArrayLike) -> Array:
    """Half the L1 distance, the largest difference in the probability of an event; in [0, 1]."""
    p, q = _pair(p, q)
    return np.abs(p - q).sum(axis=-1) / 2


@numeric
def kl_divergence(p: ArrayLike, q: ArrayLike) -> Array:
    """KL(p ‖ q) in nats; infinite where p puts mass on a point that q gives none."""
    p, q = (np.maximum(side, 0) for side in _pair(p, q))
    with np.errstate(divide="ignore"):
        log_ratio = np.log(np.where(p > 0, p, 1)) - np.log(np.where(p > 0, q, 1))
    return np.where(p > 0, p * log_ratio, 0).sum(axis=-1)


@numeric
def wasserstein(p: ArrayLike, q: ArrayLike, ground: ArrayLike) -> Array:
    """Exact Wasserstein-1 distance W1(p, q) under a ground metric.

    Parameters
    ----------
    p, q : (..., n) array
        Distributions; they broadcast.
    ground : (..., n, n) array
        Metric on the points. If it is a line's, or one number between any two points, a closed form is used.

    Returns
    -------
    (...,) array, in the unit of the metric
    """
    p, q = _pair(p, q)
    ground = _ground("ground", ground, p.shape[-1])
    off_diagonal = ground[..., ~np.eye(ground.shape[-1], dtype=bool)]
    if off_diagonal.size and np.all(off_diagonal == off_diagonal[..., :1]):
        return off_diagonal[..., 0] * total_variation(p, q)
    positions = line_positions(ground)
    if positions is not None:
        return wasserstein_line(p, q, positions)
    return _transport(p, q, ground)


@numeric
def wasserstein_line(p: ArrayLike, q: ArrayLike, positions: ArrayLike) -> Array:
    """W1 on a line: the area between the two distribution functions. `positions` (..., n), in any order."""
    p, q = _pair(p, q)
    x = finite("positions", positions)
    if x.shape[-1:] != p.shape[-1:]:
        raise ValueError(f"positions must hold {p.shape[-1]} points along the last axis, got shape {x.shape}")
    order = np.argsort(x, axis=-1)
    ordered = np.take_along_axis(x, order, axis=-1)
    difference = p - q
    if np.any(order != np.arange(x.shape[-1])):
        difference, order = np.broadcast_arrays(difference, order)
        difference = np.take_along_axis(difference, order, axis=-1)
    surplus = np.cumsum(difference, axis=-1)[..., :-1]
    return (np.abs(surplus) * np.diff(ordered, axis=-1)).sum(axis=-1)


@numeric
def wasserstein_transport(p: ArrayLike, q: ArrayLike, ground: ArrayLike) -> Array:
    """W1 as a transport problem, whatever the metric (`wasserstein` does this without a closed form)."""
    p, q = _pair(p, q)
    return _transport(p, q, _ground("ground", ground, p.shape[-1]))


@numeric
def kantorovich_potential(p: ArrayLike, q: ArrayLike, ground: ArrayLike) -> Array:
    """A function f (..., n), 1-Lipschitz under the metric, with Σ f p − Σ f q = W1(p, q).

    By Kantorovich duality no 1-Lipschitz function does better, so f is a certificate: it is 1-Lipschitz by
    construction (a minimum of distances), and any such f bounds W1 from below.
    """
    p, q = _pair(p, q)
    ground = _ground("ground", ground, p.shape[-1])
    shape = np.broadcast_shapes(p.shape, q.shape, ground.shape[:-1])
    pairs = _flat(p, q, ground)
    potentials = [_simplex(*pair)[1] for pair in zip(*pairs, strict=True)]
    return np.array(potentials).reshape(shape)


def line_positions(ground: ArrayLike) -> Array | None:
    """Positions (..., n) on a line that reproduce the metric, or None if it is not a line's."""
    d = metric("ground", ground)
    n = d.shape[-1]
    end = d.reshape(*d.shape[:-2], n * n).argmax(axis=-1) // n
    positions = np.take_along_axis(d, end[..., None, None], axis=-2)[..., 0, :]
    error = np.abs(line_metric(positions) - d).max(axis=(-1, -2))
    return positions if np.all(error <= GEOMETRY_TOLERANCE * d.max(axis=(-1, -2))) else None


# Exact Lipschitz constants of tabular maps. Distances on (state, action) pairs add, so the largest ratio is
# found among pairs that differ in the state alone or the action alone: any other pair is two such steps, by
# the triangle inequality.


@numeric
def function_lipschitz(values: ArrayLike, ground: ArrayLike) -> Array:
    """Lipschitz constant (...,) of functions `values` (..., n) under a metric `ground` (..., n, n)."""
    v = finite("values", values)
    if v.ndim == 0:
        raise ValueError("values must have a last axis of points, got a number")
    d = _ground("ground", ground, v.shape[-1])
    i, j = np.triu_indices(v.shape[-1], k=1)
    if not len(i):
        return np.zeros(np.broadcast_shapes(v.shape[:-1], d.shape[:-2]))
    return (np.abs(v[..., i] - v[..., j]) / d[..., i, j]).max(axis=-1)


@numeric
def kernel_lipschitz(kernel: ArrayLike, source: ArrayLike, target: ArrayLike | None = None) -> Array:
    """Smallest L with W1(k(x), k(y)) ≤ L d(x, y) for all x, y.

    Parameters
    ----------
    kernel : (..., n, m) array
        A distribution over m points for each of n points.
    source : (..., n, n) array
        Metric on the n points; its batch broadcasts with the kernel's.
    target : (..., m, m) array, optional
        Metric on the m points; `source` unless told.

    Returns
    -------
    (...,) array
    """
    k = distributions("kernel", kernel)
    if k.ndim < 2:
        raise ValueError(f"kernel must have shape (..., n, m), got {k.shape}")
    d = _ground("source", source, k.shape[-2])
    e = d if target is None else _ground("target", target, k.shape[-1])
    i, j = _chain_pairs(d)
    if not len(i):
        return np.zeros(np.broadcast_shapes(k.shape[:-2], d.shape[:-2], e.shape[:-2]))
    distances = wasserstein(k[..., i, :], k[..., j, :], e[..., None, :, :])
    return (distances / d[..., i, j]).max(axis=-1)


@numeric
def transition_lipschitz(
    transition: ArrayLike, state_metric: ArrayLike, action_metric: ArrayLike | None = None
) -> Array:
    """L_f of kernels P(· | s, a), (B, S, A, S) → (B,): W1(P(s,a), P(s',a')) ≤ L_f (d(s,s') + d(a,a'))."""
    P = distributions("transition", transition)
    if P.ndim != 4 or P.shape[1] != P.shape[3]:
        raise ValueError(f"transition must have shape (B, S, A, S), got {P.shape}")
    d = _ground("state_metric", state_metric, P.shape[1])[..., None, :, :]
    constant = kernel_lipschitz(P.swapaxes(1, 2), d).max(axis=1)
    if P.shape[2] > 1:
        e = _ground("action_metric", _required_action_metric(action_metric), P.shape[2])[..., None, :, :]
        constant = np.maximum(constant, kernel_lipschitz(P, e, d).max(axis=1))
    return constant


@numeric
def reward_lipschitz(
    reward: ArrayLike, state_metric: ArrayLike, action_metric: ArrayLike | None = None
) -> Array:
    """L_r of rewards r(s, a), (B, S, A) → (B,), in the additive metric on (state, action) pairs."""
    r = finite("reward", reward)
    if r.ndim != 3 or not r.size:
        raise ValueError(f"reward must have shape (B, S, A), not empty, got {r.shape}")
    d = _ground("state_metric", state_metric, r.shape[1])
    constant = function_lipschitz(r.swapaxes(1, 2), d[..., None, :, :]).max(axis=1)
    if r.shape[2] > 1:
        e = _ground("action_metric", _required_action_metric(action_metric), r.shape[2])
        constant = np.maximum(constant, function_lipschitz(r, e[..., None, :, :]).max(axis=1))
    return constant


@numeric
def policy_lipschitz(
    policy: ArrayLike, state_metric: ArrayLike, action_metric: ArrayLike | None = None
) -> Array:
    """L_π of policies π(· | s), (B, S, A) → (B,): W1(π(s), π(s')) ≤ L_π d(s, s')."""
    pi = distributions("policy", policy)
    if pi.ndim != 3:
        raise ValueError(f"policy must have shape (B, S, A), got {pi.shape}")
    if pi.shape[2] == 1:
        return np.zeros(len(pi))
    d = _ground("state_metric", state_metric, pi.shape[1])
    return kernel_lipschitz(
        pi, d, _ground("action_metric", _required_action_metric(action_metric), pi.shape[2])
    )


def _required_action_metric(action_metric: ArrayLike | None) -> ArrayLike:
    if action_metric is None:
        raise ValueError("action_metric must be given when there is more than one action, got None")
    return action_metric


def _chain_pairs(d: Array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs (i, j) with no other point exactly between them, in any metric of the batch d (..., n, n).

    A pair with a point between splits into two shorter ones, one of which has at least its ratio.
    """
    n = d.shape[-1]
    d = d.reshape(-1, n, n)
    if np.all(d == d[:1]):
        d = d[:1]
    pairs = []
    for i, j in combinations(range(n), 2):
        via = np.delete(d[:, i] + d[:, j], (i, j), axis=-1)
        if np.any(np.all(via > d[:, i, j, None] * (1 + GEOMETRY_TOLERANCE), axis=-1)):
            pairs.append((i, j))
    first, second = zip(*pairs, strict=True) if pairs else ((), ())
    return np.array(first, dtype=np.int64), np.array(second, dtype=np.int64)


def _transport(p: Array, q: Array, ground: Array) -> Array:
    shape = np.broadcast_shapes(p.shape[:-1], q.shape[:-1], ground.shape[:-2])
    costs = [_simplex(*pair)[0] for pair in zip(*_flat(p, q, ground), strict=True)]
    return np.array(costs, dtype=np.float64).reshape(shape)


def _simplex(p: Array, q: Array, ground: Array) -> tuple[float, Array]:
    """One transport problem: its cost, and a 1-Lipschitz potential that attains it.

    Mass common to both distributions stays where it is, which is optimal under a metric, so only surplus and
    deficit points enter; masses and distances are scaled to order 1. The compiled solver is called directly:
    around it, `ot.emd2` takes longer than the solver on problems of this size, also with
    ``check_marginals=False``, and finds the same to rounding (`python -m benchmarks`).
    """
    difference = p - q
    surplus, deficit = np.flatnonzero(difference > 0), np.flatnonzero(difference < 0)
    mass, scale = difference[surplus].sum(), ground.max(initial=0.0)
    if not len(surplus) or not len(deficit) or scale == 0:
        return 0.0, np.zeros(len(p))
    supply = difference[surplus] / mass
    demand = difference[deficit] / difference[deficit].sum()
    _, cost, _, v, status = emd_c(supply, demand, ground[np.ix_(surplus, deficit)] / scale, MAX_PIVOTS, 1)
    if status != OPTIMAL:
        raise ArithmeticError(f"the transport problem was not solved to optimality (status {status})")
    potential = (ground[:, deficit] - v * scale).min(axis=1)
    return float(cost) * mass * scale, potential


def _flat(p: Array, q: Array, ground: Array) -> tuple[Array, Array, Array]:
    n = p.shape[-1]
    batch = np.broadcast_shapes(p.shape[:-1], q.shape[:-1], ground.shape[:-2])
    return (
        np.broadcast_to(p, (*batch, n)).reshape(-1, n),
        np.broadcast_to(q, (*batch, n)).reshape(-1, n),
        np.broadcast_to(ground, (*batch, n, n)).reshape(-1, n, n),
    )


def _pair(p: ArrayLike, q: ArrayLike) -> tuple[Array, Array]:
    p, q = distributions("p", p), distributions("q", q)
    if p.shape[-1] != q.shape[-1]:
        raise ValueError(f"p and q must have the same number of points, got {p.shape[-1]} and {q.shape[-1]}")
    together(p=p, q=q)
    return p, q


def _ground(name: str, value: ArrayLike, n: int) -> Array:
    ground = metric(name, value)
    if ground.shape[-1] != n:
        raise ValueError(f"{name} must be a metric on {n} points, got shape {ground.shape}")
    return ground
