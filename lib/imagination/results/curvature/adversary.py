"""An adversary for the curvature bound: gradient ascent on the loss of one step, over velocity maps.

It starts from generic affine maps, whose loss is small, and may change every weight; the certified constant
stays what it is, because each map is scaled to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch

from imagination.results.curvature.claims import curvature_bound
from imagination.results.curvature.systems import Affine, Scaled, curvature_loss
from imagination.worlds.continuous import norm

__all__ = ["EPS", "Search", "search"]

EPS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.99, 1.0)
"""Constants that are searched: the paper's bound exceeds 2, the largest loss there is, from 0.83 on."""

SHORTEST = 1e-7
"""A velocity shorter than this share of its state does not count: rounding would turn it."""

LAST = 1e-5
"""The learning rate falls to this share of its first value."""


@dataclass(frozen=True)
class Search:
    """What a search found.

    Attributes
    ----------
    path : (steps, E, R)
        The loss of every restart at every step of the ascent.
    table : DataFrame
        One row for each constant: `eps`, `start` (the largest loss before the ascent), `found` (the largest
        met), `sharp` and `gap`, the bound and its distance from `found`.
    """

    path: np.ndarray
    table: pd.DataFrame


def search(
    generator: np.random.Generator,
    *,
    eps: tuple[float, ...] = EPS,
    dimension: int = 6,
    restarts: int = 8,
    steps: int = 400,
    rate: float = 0.1,
) -> Search:
    """Maximise the curvature loss of one step under the map's certified constant.

    Parameters
    ----------
    generator : numpy Generator
        Draws the first weights and states.
    eps : tuple of float
        The certified constants, each above 0 and at most 1.
    dimension : int
        Dimension of the latent space, at least 2.
    restarts : int
        Independent ascents for each constant, all in one batch.
    steps : int
        Number of gradient steps (Adam, the rate falling geometrically).
    rate : float
        First learning rate.

    Returns
    -------
    Search

    Raises
    ------
    ValueError
        If a number is outside its range.
    """
    for name, value, least in (("dimension", dimension, 2), ("restarts", restarts, 1), ("steps", steps, 1)):
        if value < least:
            raise ValueError(f"{name}: {value} must be at least {least}")
    if not rate > 0:
        raise ValueError(f"rate: {rate} must be positive")
    sharp = np.asarray(curvature_bound(np.asarray(eps)))
    limits: Any = torch.as_tensor(np.repeat(np.asarray(eps, dtype=float), restarts))
    size = len(limits)
    shapes = ((size, dimension, dimension), (size, dimension), (size, 1, dimension))
    leaves: list[Any] = [
        torch.as_tensor(generator.standard_normal(shape)).requires_grad_() for shape in shapes
    ]
    matrix, offset, start = leaves
    optimizer = torch.optim.Adam([matrix, offset, start], lr=rate)
    schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, LAST ** (1 / steps))
    path = np.empty((steps, size))
    for step in range(steps):
        velocity = Scaled.fitted(Affine(matrix, offset), limits)
        now = velocity(start)
        later = velocity(start + now)
        loss: Any = curvature_loss(now, later)[:, 0]
        counts: Any = (norm(later) > SHORTEST * norm(start + now))[:, 0]
        path[step] = torch.where(counts, loss, 0.0).detach().numpy()
        optimizer.zero_grad()
        (-loss.sum()).backward()
        optimizer.step()
        schedule.step()
    losses = path.reshape(steps, len(sharp), restarts)
    found = losses.max(axis=(0, 2))
    table = {"eps": eps, "start": losses[0].max(axis=1), "found": found, "sharp": sharp, "gap": sharp - found}
    return Search(losses, pd.DataFrame(table))
