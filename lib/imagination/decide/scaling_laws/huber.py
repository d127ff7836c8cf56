"""Robust fits of decay laws to logarithms of errors, a batch of data sets at a time.

A law is ``theta = (a, alpha, e)`` and means

    log error = log(exp(a - alpha x) + exp(e)),

with x the centred logarithm of the number of samples, and e = -inf where there is no floor.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

__all__ = [
    "THRESHOLD",
    "Measurements",
    "Rule",
    "curve",
    "fit_batch",
    "location",
    "loss",
    "parameters",
    "slopes",
]

THRESHOLD = 1.345
"""Residuals beyond so many standard deviations count linearly: 95% efficiency for normal noise."""

STARTS = (0.98, 0.9, 0.7, 0.4, 0.1)
"""A law with a floor is searched for from floors at these shares of the smallest error."""

NO_FLOOR = 1e-7
"""A floor below this share of the smallest error is none."""

STEEPEST = 50.0
"""No exponent beyond this is searched for."""


LARGEST_TABLE = 10**6
"""No table of measurements x groups with more entries is made."""


@dataclass(frozen=True)
class Groups:
    """Which group, of `number` ones, each of n measurements belongs to."""

    of: np.ndarray
    number: int

    @cached_property
    def counts(self) -> np.ndarray:
        """Measurements in each group, shape (number,)."""
        return np.bincount(self.of, minlength=self.number)

    @cached_property
    def _table(self) -> np.ndarray:
        return (self.of[:, None] == np.arange(self.number)).astype(float)

    @cached_property
    def _ranks(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Groups with more than r measurements, and each one's measurement number r, for every r."""
        order, first = np.argsort(self.of, kind="stable"), np.cumsum(self.counts) - self.counts
        large = (np.flatnonzero(self.counts > rank) for rank in range(self.counts.max()))
        return [(groups, order[first[groups] + rank]) for rank, groups in enumerate(large)]

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Add up the measurements of each group, (batch, n) to (batch, number)."""
        # A product with a table of measurements x groups is faster where both are few.
        if self.counts.max() > 1 and len(self.of) * self.number <= LARGEST_TABLE:
            return values @ self._table
        total = np.zeros((len(values), self.number))
        for groups, members in self._ranks:
            total[:, groups] += values[:, members]
        return total


@dataclass(frozen=True)
class Measurements:
    """Logarithms of the measurements, with repeated sample sizes gathered into anchors."""

    anchors: np.ndarray
    """Distinct sample sizes, ascending, shape (m,)."""
    at: np.ndarray
    """Index of each measurement's anchor, shape (n,)."""
    y: np.ndarray
    """Logarithm of the error, shape (n,)."""
    seeds: np.ndarray | None
    """Row of each measurement's seed, shape (n,), where measurements of one seed belong together."""

    @cached_property
    def centre(self) -> float:
        """Where log N is measured from, so that amplitude and exponent are nearly uncorrelated."""
        return float(np.log(self.anchors).mean())

    @cached_property
    def x(self) -> np.ndarray:
        """Centred logarithm of the anchors, shape (m,)."""
        return np.log(self.anchors) - self.centre

    @cached_property
    def by_anchor(self) -> Groups:
        """The measurements at each anchor."""
        return Groups(self.at, len(self.anchors))

    @cached_property
    def by_seed(self) -> Groups:
        """The measurements of each seed."""
        assert self.seeds is not None
        return Groups(self.seeds, int(self.seeds.max()) + 1)

    @property
    def counts(self) -> np.ndarray:
        """Measurements at each anchor, shape (m,)."""
        return self.by_anchor.counts


def parameters(data: Measurements, theta: np.ndarray) -> np.ndarray:
    """Return amplitude, exponent and floor, shape (batch, 3)."""
    with np.errstate(over="ignore"):
        amplitude = np.exp(theta[:, 0] + theta[:, 1] * data.centre)
    return np.stack([amplitude, theta[:, 1], np.exp(theta[:, 2])], axis=1)


def curve(theta: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Log error at the anchors, shape (batch, m)."""
    return np.logaddexp(theta[:, :1] - theta[:, 1:2] * x, theta[:, 2:])


def slopes(theta: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Derivatives of the log error by theta, shape (batch, m, 3)."""
    share = np.exp(theta[:, :1] - theta[:, 1:2] * x - curve(theta, x))
    return np.stack([share, -share * x, 1 - share], axis=-1)


def loss(residual: np.ndarray, threshold: float) -> np.ndarray:
    """Huber's loss: half the square up to the threshold, linear beyond."""
    size = np.abs(residual)
    near = np.minimum(size, threshold)
    return near * (size - near / 2)


def location(values: np.ndarray, weights: np.ndarray, steps: int = 30) -> np.ndarray:
    """Return the centre of each row of `values` by Huber's loss, shape (batch,); weights are 0 or 1."""
    used = np.where(weights > 0, values, np.nan)
    centre = np.nanmedian(used, axis=1, keepdims=True)
    scale = 1.4826 * np.nanmedian(np.abs(used - centre), axis=1, keepdims=True)
    for _ in range(steps):
        far = np.maximum(np.abs(values - centre), 1e-300)
        pull = weights * np.minimum(1, THRESHOLD * np.maximum(scale, 1e-12) / far)
        centre = (pull * values).sum(axis=1, keepdims=True) / pull.sum(axis=1, keepdims=True)
    return centre[:, 0]


def fit_batch(
    data: Measurements,
    y: np.ndarray,
    weights: np.ndarray,
    scale: float,
    floor: bool,
    warm: np.ndarray | None = None,
    evidence: float = 0.0,
) -> np.ndarray:
    """Minimise the weighted Huber loss for a batch of data sets on the same anchors.

    `y` and `weights` have shapes (batch, n) or (1, n); `warm` is a fit of similar data to start from. The
    pure power law's loss is convex. With a floor it is not: the search starts from several floors (where
    there is a `warm`, from it and from one floor) and keeps the best, the pure power law included, which
    a floor must better by more than `evidence`.
    """
    y, weights = np.broadcast_arrays(y, weights)
    plain = descend(data, y, weights, scale, start(data, y, weights, 0.0), free=2)
    if not floor:
        return plain
    shares = STARTS if warm is None else (0.5,)
    candidates = [start(data, y, weights, share) for share in shares]
    if warm is not None and np.isfinite(warm[2]):
        candidates.append(np.broadcast_to(warm, plain.shape).copy())
    found = [plain] + [descend(data, y, weights, scale, begin, free=3) for begin in candidates]
    losses = np.array([total_loss(data, y, weights, scale, theta) for theta in found])
    losses[0] -= evidence
    best = np.argmin(losses, axis=0)
    theta = np.stack(found)[best, np.arange(len(plain))]
    smallest = np.where(weights > 0, y, np.inf).min(axis=1)
    none = theta[:, 2] < smallest + np.log(NO_FLOOR)
    return np.where(none[:, None], plain, theta)


@dataclass(frozen=True)
class Rule:
    """How one law was found, to be followed again on similar data: arguments of `fit_batch`."""

    scale: float
    floor: bool
    warm: np.ndarray
    evidence: float = 0.0

    @property
    def sizes(self) -> int:
        """So many sample sizes, or more, can be fitted: without a floor if the rule allows that, too."""
        return 4 if self.floor and not self.evidence else 3

    def follow(self, data: Measurements, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Fit a batch of data sets on the same anchors, shape (batch, 3)."""
        return fit_batch(data, y, weights, self.scale, self.floor, self.warm, self.evidence)


def start(data: Measurements, y: np.ndarray, weights: np.ndarray, share: float) -> np.ndarray:
    """Least squares on the anchors' mean log errors after a floor at `share` of the smallest is taken off."""
    mass = data.by_anchor.sums(weights)
    mean = data.by_anchor.sums(weights * y) / np.maximum(mass, 1e-300)
    used = (mass > 0).astype(float)
    smallest = np.where(mass > 0, mean, np.inf).min(axis=1, keepdims=True)
    mean = np.where(mass > 0, mean, smallest)
    left = mean + np.log1p(-share * np.exp(smallest - mean))
    total = used.sum(axis=1, keepdims=True)
    x = data.x - (used * data.x).sum(axis=1, keepdims=True) / total
    slope = (used * x * left).sum(axis=1) / (used * x**2).sum(axis=1)
    middle = (used * left).sum(axis=1) / total[:, 0] - slope * (data.x[None] - x)[:, 0]
    with np.errstate(divide="ignore"):
        level = smallest[:, 0] + np.log(share)
    return np.stack([middle, -slope, level], axis=1)


def total_loss(
    data: Measurements, y: np.ndarray, weights: np.ndarray, scale: float, theta: np.ndarray
) -> np.ndarray:
    """The weighted loss of each row of a batch, shape (batch,)."""
    residual = y - curve(theta, data.x)[:, data.at]
    return (weights * loss(residual, THRESHOLD * scale)).sum(axis=1)


def descend(
    data: Measurements,
    y: np.ndarray,
    weights: np.ndarray,
    scale: float,
    theta: np.ndarray,
    *,
    free: int,
    steps: int = 200,
) -> np.ndarray:
    """Levenberg and Marquardt's steps on reweighted squares, each data set with its own damping."""
    theta = theta.copy()
    current, damping = total_loss(data, y, weights, scale, theta), np.full(len(theta), 1e-3)
    active = np.arange(len(theta))
    for _ in range(steps):
        old, some_y, some_weights = theta[active], y[active], weights[active]
        residual = some_y - curve(old, data.x)[:, data.at]
        pull = some_weights * np.minimum(1, THRESHOLD * scale / np.maximum(np.abs(residual), 1e-300))
        gradient = slopes(old, data.x)[..., :free]
        # Slopes depend on the anchor alone, so sums over measurements shrink to sums over anchors.
        square = np.einsum("bm,bmi,bmj->bij", data.by_anchor.sums(pull), gradient, gradient)
        force = np.einsum("bm,bmi->bi", data.by_anchor.sums(pull * residual), gradient)
        diagonal = np.einsum("bii->bi", square)
        ridge = damping[active, None] * diagonal + 1e-14 * (1 + diagonal.max(axis=1, keepdims=True))
        step = np.linalg.solve(square + ridge[:, :, None] * np.eye(free), force[..., None])[..., 0]
        new = old.copy()
        new[:, :free] += np.clip(step, -5, 5)
        new[:, 1] = np.clip(new[:, 1], -STEEPEST, STEEPEST)
        new_loss = total_loss(data, some_y, some_weights, scale, new)
        better = new_loss < current[active]
        little = current[active] - new_loss <= 1e-12 * current[active]
        done = np.where(better, little, (damping[active] > 1e8) | (np.abs(step).max(axis=1) < 1e-12))
        theta[active[better]], current[active[better]] = new[better], new_loss[better]
        damping[active] = np.where(better, damping[active] / 10, damping[active] * 10)
        active = active[~done]
        if not len(active):
            break
    return theta
