"""Wasserstein-1 distances beside POT's."""

from __future__ import annotations

import numpy as np
import ot
from scipy.optimize import linprog
from scipy.sparse import csr_array

from benchmarks.timing import Case
from imagination import wasserstein as w

LINE_SIZES = ((20_000, 10), (2_000, 100))
PLANE_SIZES = ((1_000, 5), (1_000, 10), (500, 25), (100, 100))
"""(pairs of distributions, points)."""


def cases(quick: bool, generator: np.random.Generator) -> list[Case]:
    """The closed form on a line, the transport problem in the plane and, on few pairs, an LP solver."""
    shrink = 10 if quick else 1
    lines = [_line(count // shrink, n, generator) for count, n in LINE_SIZES]
    return (
        lines + [_plane(count // shrink, n, generator) for count, n in PLANE_SIZES] + [_lp(20, 10, generator)]
    )


def _line(count: int, n: int, generator: np.random.Generator) -> Case:
    p, q = generator.dirichlet(np.ones(n), (2, count))
    positions = np.sort(generator.random(n))
    columns = np.repeat(positions[:, None], count, axis=1)
    return Case(
        f"W1 on a line, {count} pairs, {n} points",
        {
            "imagination": lambda: w.wasserstein_line(p, q, positions),
            "POT, batched": lambda: ot.wasserstein_1d(columns, columns, p.T, q.T),
            "POT, one by one": lambda: [
                ot.emd2_1d(positions, positions, a, b, metric="euclidean") for a, b in zip(p, q, strict=True)
            ],
        },
    )


def _plane(count: int, n: int, generator: np.random.Generator) -> Case:
    p, q = generator.dirichlet(np.ones(n), (2, count))
    ground = _ground(n, generator)
    return Case(
        f"W1 in the plane, {count} pairs, {n} points",
        {
            "imagination": lambda: w.wasserstein(p, q, ground),
            "POT": lambda: [ot.emd2(a, b, ground) for a, b in zip(p, q, strict=True)],
            "POT, unchecked": lambda: [
                ot.emd2(a, b, ground, check_marginals=False, center_dual=False)
                for a, b in zip(p, q, strict=True)
            ],
        },
    )


def _lp(count: int, n: int, generator: np.random.Generator) -> Case:
    p, q = generator.dirichlet(np.ones(n), (2, count))
    ground = _ground(n, generator)
    rows = csr_array(np.vstack([np.kron(np.eye(n), np.ones(n)), np.kron(np.ones(n), np.eye(n))]))
    return Case(
        f"W1 in the plane, {count} pairs, {n} points",
        {
            "imagination": lambda: w.wasserstein(p, q, ground),
            "SciPy's HiGHS": lambda: [
                linprog(ground.ravel(), A_eq=rows, b_eq=np.concatenate(pair)).fun
                for pair in zip(p, q, strict=True)
            ],
        },
    )


def _ground(n: int, generator: np.random.Generator) -> np.ndarray:
    points = generator.random((n, 2))
    return np.linalg.norm(points[:, None] - points, axis=-1)
