"""Things that are compared, and who wins: the larger of two rewards with noise of their own.

Nothing here knows of odds: each side's reward gets a Gumbel variable, and the probability that the one sum is
larger is an integral (a random utility model).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import shortest_path
from scipy.special import roots_laguerre

__all__ = ["FAMILIES", "Compared", "draw", "wins"]

Array = NDArray[np.float64]

FAMILIES = ("line", "ring", "tree", "two sets")
"""Who is compared with whom: neighbours on a line, in a ring; along a random tree; within two lines."""

_NODES, _WEIGHTS = roots_laguerre(120)


def wins(first: Array, second: Array) -> Array:
    """Probability that `first` plus a Gumbel variable exceeds `second` plus another, by quadrature.

    With u = exp(-(second's sum - second)) standard exponential, the first sum is smaller with probability
    exp(-u exp(first - second)) given u: an integral over u.
    """
    apart = np.asarray(first - second)[..., None]
    turn = apart > 0  # the smaller one's integral is the smoother one
    smaller = (_WEIGHTS * np.exp(-_NODES * np.exp(-np.abs(apart)))).sum(axis=-1)
    return np.where(turn[..., 0], smaller, 1 - smaller)


@dataclass(frozen=True, eq=False)
class Compared:
    """B sets of items, with two vectors of rewards.

    Attributes
    ----------
    pairs : (B, N, N) array of bool
        Who is compared with whom.
    rewards, others : (B, N)
    """

    pairs: NDArray[np.bool_]
    rewards: Array
    others: Array

    @property
    def links(self) -> Array:
        """Comparisons on the shortest chain between two items, (B, N, N); infinite between two sets."""
        return np.stack([shortest_path(each, unweighted=True, directed=False) for each in self.pairs])


def draw(family: str, rng: np.random.Generator, size: int) -> Compared:
    """Draw `size` sets of six items, whose two vectors of rewards are more or less alike.

    Raises
    ------
    ValueError
        If there is no such family.
    """
    if family not in FAMILIES:
        raise ValueError(f"family: {family!r} is none of {', '.join(FAMILIES)}")
    items, pairs = 6, np.zeros((size, 6, 6), bool)
    here = np.arange(1, items)
    before = np.tile(here - 1, (size, 1))
    if family == "tree":
        before = np.floor(rng.random((size, items - 1)) * here).astype(int)
    pairs[np.arange(size)[:, None], here, before] = True
    pairs[:, 0, items - 1] = family == "ring"
    if family == "two sets":
        pairs[:, 3, 2] = False
    rewards = rng.standard_normal((size, items))
    kind = np.arange(size) % 3
    steady = np.arange(items) * rng.standard_normal((size, 1))  # all links err alike
    moved = np.where((kind == 0)[:, None], rng.standard_normal((size, items)), steady)
    set_by_set = np.where(np.arange(items) < 3, *rng.standard_normal((2, size, 1)))
    whole = rng.standard_normal((size, 1)) if family != "two sets" else set_by_set
    moved = np.where((kind == 2)[:, None], whole, moved)
    return Compared(pairs | pairs.swapaxes(1, 2), rewards, rewards + moved)
