"""How often the certificates of a linear loop's constant hold, and how loose they are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from imagination.decide.loop_constant import LinearRegion, linear_from_choice, linear_from_rollout
from imagination.results.horizon.systems import draw, lyapunov

__all__ = ["COUNTS", "NOISE", "coverage"]

COUNTS = (10, 30, 100, 1000)
"""Steps from which a loop is identified."""

NOISE = 0.1
"""Standard deviation of the noise in each coordinate."""

SHARES = (0.1, 0.3, 0.5, 0.7, 0.9)
"""Norms that are tried: where their rho is, between the estimate's spectral radius and 1/gamma."""

BATCHES = 8


def coverage(loops: int, rng: np.random.Generator) -> pd.DataFrame:
    """Identify `loops` random stabilised loops, each from several numbers of steps.

    Returns
    -------
    DataFrame
        A row for each loop, way (`"chosen states"` or `"one rollout"`) and number of `steps`: whether the
        region `held` the loop, the `true`, the `observed` and the `certified` constant in the norm with the
        least certificate, and `gamma`.
    """
    tables = []
    for _ in range(BATCHES):
        drawn = draw("spiral", rng, -(-loops // BATCHES))
        for count in COUNTS:
            for way, region in _regions(drawn.closed, count, rng).items():
                found = _read(region, drawn.closed, drawn.gamma)
                tables.append(pd.DataFrame({"way": way, "steps": count, "gamma": drawn.gamma, **found}))
    return pd.concat(tables, ignore_index=True)


def _regions(loop: NDArray[Any], count: int, rng: np.random.Generator) -> dict[str, LinearRegion]:
    size, d = loop.shape[:2]
    state = rng.standard_normal((size, count, d))
    noise = NOISE * rng.standard_normal((2, size, count, d))
    path = [rng.standard_normal((size, d))]
    for t in range(count):
        path.append((loop @ path[-1][..., None])[..., 0] + noise[1, :, t])
    rolled = np.stack(path, axis=1)
    largest = float(np.linalg.norm(loop, axis=-1).max())
    return {
        "chosen states": linear_from_choice(state, state @ loop.mT + noise[0]),
        "one rollout": linear_from_rollout(rolled[:, :-1], rolled[:, 1:], noise=NOISE, largest=largest),
    }


def _read(region: LinearRegion, loop: NDArray[Any], gamma: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """The constants in the norm, of several, whose certificate is least; all are made from the estimate."""
    radius = np.abs(np.linalg.eigvals(region.matrix)).max(-1)
    one = np.broadcast_to(np.eye(loop.shape[-1]), loop.shape)
    best = {name: np.full(len(loop), np.inf) for name in ("certified", "observed", "true")}
    for share in SHARES:
        rho = np.maximum(radius + share * (1 / gamma - radius), 1.001 * radius)
        root = np.linalg.cholesky(lyapunov(region.matrix / rho[:, None, None], one))
        exact = LinearRegion(loop, region.gram, np.zeros(len(loop)))
        found = {
            "certified": region.certified(root),
            "observed": region.observed(root),
            "true": exact.observed(root),
        }
        better = found["certified"] < best["certified"]
        best = {name: np.where(better, found[name], values) for name, values in best.items()}
    return {"held": region.holds(loop), **best}
