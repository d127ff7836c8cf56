"""How much a closed loop stretches, for certain or at a level of confidence, from what was seen of it.

The largest quotient of differences that was seen is a lower bound of a Lipschitz constant. More can be said
where something is known of the loop: that it is linear, or how much it bends.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from imagination import checks
from imagination.checks import check_shape, finite, number, numeric

__all__ = ["LinearRegion", "certified_on_grid", "linear_from_choice", "linear_from_rollout"]

Array = NDArray[np.floating]


class LinearRegion(NamedTuple):
    r"""A set of linear loops that holds the true one, at some level of confidence.

    Those F with :math:`\lVert (\hat F - F) G^{1/2} \rVert_F \le` ``radius``, for each of C loops.

    Attributes
    ----------
    matrix : (C, d, d)
        The estimate.
    gram : (C, d, d)
        G: the sum of outer products of the states that were seen, and a penalty if there is one.
    radius : (C,)
    """

    matrix: Array
    gram: Array
    radius: Array

    def holds(self, loop: ArrayLike) -> NDArray[np.bool_]:
        """Whether loops (C, d, d) lie in the set, (C,)."""
        off = self.matrix - finite("loop", loop)
        return np.asarray(((off @ self.gram) * off).sum((-2, -1)) <= self.radius**2)

    def observed(self, root: ArrayLike) -> Array:
        """The estimate's constant in the norms :math:`|R^T s|` of roots R (C, d, d), (C,)."""
        root = finite("root", root)
        return np.linalg.norm(root.mT @ self.matrix @ np.linalg.inv(root.mT), ord=2, axis=(-2, -1))

    def certified(self, root: ArrayLike) -> Array:
        """A bound of the constants of all loops in the set, (C,).

        It holds for all norms at once, also for one that was chosen after the data were seen.
        """
        root = finite("root", root)
        seen = np.sqrt(np.linalg.eigvalsh(root.mT @ self.gram @ root)[:, 0])
        stretch = np.linalg.norm(root, ord=2, axis=(-2, -1))
        return np.asarray(self.observed(root) + stretch * self.radius / seen)


@numeric
def linear_from_choice(state: ArrayLike, following: ArrayLike, *, level: float = 0.95) -> LinearRegion:
    """A confidence set from steps out of states that were chosen beforehand, in Gaussian noise.

    The noise must be independent, of the same unknown size in all coordinates. The level is then exact: it is
    the F distribution's ellipsoid of least squares, for all entries of the matrix at once.

    Parameters
    ----------
    state, following : (C, n, d)
        With n > d, and states that span all directions.
    level : float
        Probability, strictly between 0 and 1.

    Raises
    ------
    ValueError
        If shapes do not fit, there are too few steps, or the states do not span.
    """
    state, following, gram = _steps(state, following)
    count, d = state.shape[1:]
    level = checks.level(level)
    if count <= d:
        raise ValueError(f"state must have more steps than dimensions, got {count} of {d}")
    matrix = np.linalg.solve(_spanning(gram), state.mT @ following).mT
    left = following - state @ matrix.mT
    freedom = d * (count - d)
    variance = (left**2).sum((-2, -1)) / freedom
    radius = np.sqrt(d**2 * variance * stats.f.ppf(level, d**2, freedom))
    return LinearRegion(matrix, gram, radius)


@numeric
def linear_from_rollout(
    state: ArrayLike,
    following: ArrayLike,
    *,
    noise: float,
    largest: float,
    penalty: float = 1.0,
    level: float = 0.95,
) -> LinearRegion:
    """A confidence set from steps along a rollout, where each state depends on the noise before it.

    By the self-normalised bound [AYPS11, Thm. 2] for each row of the matrix, at a d-th of the risk.

    Parameters
    ----------
    state, following : (C, n, d)
    noise : float
        No coordinate's noise has heavier tails than a normal one of this standard deviation.
    largest : float
        No row of the matrix is longer than this.
    penalty : float
        Of ridge regression.
    level : float
        Probability, strictly between 0 and 1.

    Raises
    ------
    ValueError
        If shapes do not fit, or a number is out of range.
    """
    state, following, gram = _steps(state, following)
    d = state.shape[2]
    noise, penalty = number("noise", noise, least=0), number("penalty", penalty, above=0)
    largest, level = number("largest", largest, least=0), checks.level(level)
    gram = gram + penalty * np.eye(d)
    matrix = np.linalg.solve(_spanning(gram), state.mT @ following).mT
    grown = np.linalg.slogdet(gram)[1] - d * np.log(penalty)
    row = noise * np.sqrt(grown + 2 * np.log(d / (1 - level))) + np.sqrt(penalty) * largest
    return LinearRegion(matrix, gram, np.sqrt(d) * row)


@numeric
def certified_on_grid(values: ArrayLike, spacing: float, curvature: float) -> Array:
    """A bound of the slope of functions of one number between the ends of an even grid, (C,), for certain.

    Within a cell the slope is nowhere further from its mean, the quotient of differences, than half a cell's
    length times the curvature; a parabola attains this.

    Parameters
    ----------
    values : (C, n)
        Of the functions on the grid, without noise.
    spacing : float
        Of the grid.
    curvature : float
        No second derivative is larger than this.

    Raises
    ------
    ValueError
        If there are fewer than two values, or a number is out of range.
    """
    values = finite("values", values)
    count = check_shape("values", values, (None, None))[1]
    if count < 2:
        raise ValueError(f"values must be two or more of each function, got {count}")
    spacing, curvature = number("spacing", spacing, above=0), number("curvature", curvature, least=0)
    return np.abs(np.diff(values, axis=1)).max(1) / spacing + spacing * curvature / 2


def _steps(state: ArrayLike, following: ArrayLike) -> tuple[Array, Array, Array]:
    state, following = finite("state", state), finite("following", following)
    shape = check_shape("state", state, (None, None, None))
    check_shape("following", following, shape)
    return state, following, state.mT @ state


def _spanning(gram: Array) -> Array:
    flat = np.linalg.matrix_rank(gram, hermitian=True) < gram.shape[-1]
    if flat.any():
        raise ValueError(f"state must span all {gram.shape[-1]} directions, got fewer in row {flat.argmax()}")
    return gram
