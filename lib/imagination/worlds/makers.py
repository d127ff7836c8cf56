"""Makers of tabular MDPs, each with a metric on its states (and on its actions, where there is a choice)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imagination.checks import finite, numeric, together, whole
from imagination.worlds.tabular import TabularMDP

Array = NDArray[Any]


def garnet(
    batch: int,
    n_states: int,
    n_actions: int,
    branching: int,
    discount: ArrayLike,
    generator: np.random.Generator,
) -> TabularMDP:
    """Random MDPs without structure (Garnet: Generic Average Reward Non-stationary Environment Testbed).

    Every (state, action) leads to `branching` different states drawn at random, with probabilities between
    sorted uniform cuts of [0, 1]; rewards are uniform on [−1, 1]. States are random points of the unit square
    under Euclidean distance; actions are 1 apart.

    Raises
    ------
    ValueError
        If a count is not a whole number of at least 1, or `branching` exceeds the number of states.
    """
    shape = _counts(batch=batch, n_states=n_states, n_actions=n_actions)
    branching = _counts(branching=branching)[0]
    if branching > n_states:
        raise ValueError(f"branching must be at most n_states = {n_states}, got {branching}")
    cuts = np.sort(generator.random((*shape, branching - 1)), axis=-1)
    ends = np.zeros((*shape, 1))
    probabilities = np.diff(np.concatenate([ends, cuts, ends + 1], axis=-1), axis=-1)
    successors = generator.random((*shape, n_states)).argsort(axis=-1)[..., :branching]
    transition = np.zeros((*shape, n_states))
    np.put_along_axis(transition, successors, probabilities, axis=-1)
    points = generator.random((batch, n_states, 2))
    distance = np.linalg.norm(points[:, :, None] - points[:, None], axis=-1)
    reward = generator.uniform(-1, 1, shape)
    return TabularMDP(
        transition,
        reward,
        discount,  # type: ignore[arg-type]
        state_metric=(distance + distance.swapaxes(1, 2)) / 2,
        action_metric=1 - np.eye(n_actions),
    )


def chain(n_states: int, slip: ArrayLike, discount: ArrayLike) -> TabularMDP:
    """A line of states; action 0 steps left, action 1 right.

    With probability `slip` the step goes the other way. Walking into an end stays there.
    Acting in the last state earns 1, elsewhere 0. Starts in state 0. States are 1 apart on the line, actions
    1 apart. `slip` and `discount`, scalars or (B,), broadcast.
    """
    n_states = _counts(n_states=n_states)[0]
    slip, discount = _parameters(slip, discount)
    here = np.arange(n_states)
    left, right = (
        np.eye(n_states)[np.maximum(here - 1, 0)],
        np.eye(n_states)[np.minimum(here + 1, n_states - 1)],
    )
    steps = np.stack([left, right], axis=1)
    slip = slip[:, None, None, None]
    reward = np.zeros((len(discount), n_states, 2))
    reward[:, -1] = 1
    return TabularMDP(
        (1 - slip) * steps + slip * steps[:, ::-1],
        reward,
        discount,
        initial=np.eye(n_states)[0],
        state_metric=np.abs(here[:, None] - here).astype(float),
        action_metric=1 - np.eye(2),
    )


def gridworld(rows: int, columns: int, slip: ArrayLike, discount: ArrayLike) -> TabularMDP:
    """A grid with walls around it; actions 0 to 3 move up, right, down, left.

    With probability `slip` the move turns to one of the two sides instead, each as likely. Moving into a wall
    stays. Acting in the bottom right cell earns 1, elsewhere 0. Starts in the top left cell. States are
    numbered row by row, under Manhattan distance; an action turned by 90 degrees is 1 away, its opposite 2.
    `slip` and `discount`, scalars or (B,), broadcast.
    """
    rows, columns = _counts(rows=rows, columns=columns)
    slip, discount = _parameters(slip, discount)
    cells = np.stack(np.divmod(np.arange(rows * columns), columns), axis=1)
    moves = np.array([(-1, 0), (0, 1), (1, 0), (0, -1)])
    targets = np.clip(cells[:, None] + moves, 0, (rows - 1, columns - 1))
    steps = np.eye(rows * columns)[targets[..., 0] * columns + targets[..., 1]]
    sideways = (np.roll(steps, 1, axis=1) + np.roll(steps, -1, axis=1)) / 2
    slip = slip[:, None, None, None]
    reward = np.zeros((len(discount), rows * columns, 4))
    reward[:, -1] = 1
    turns = np.abs(np.arange(4)[:, None] - np.arange(4))
    return TabularMDP(
        (1 - slip) * steps + slip * sideways,
        reward,
        discount,
        initial=np.eye(rows * columns)[0],
        state_metric=np.abs(cells[:, None] - cells).sum(axis=-1).astype(float),
        action_metric=np.minimum(turns, 4 - turns).astype(float),
    )


def random_kernels(batch: int, n_states: int, generator: np.random.Generator) -> Array:
    """Stochastic matrices (batch, S, S) whose rows are uniform random numbers, normalised."""
    weights = generator.random((*_counts(batch=batch, n_states=n_states), n_states))
    return weights / weights.sum(axis=-1, keepdims=True)


@numeric
def towards_mean(distributions: Array, weight: ArrayLike) -> Array:
    """Mix each distribution with the average over its MDP's states and actions; `weight` 1 changes nothing.

    `distributions` is (B, S, ..., n) and `weight` (B,), in [0, 1]. Every W1 distance within an MDP, hence the
    Lipschitz constant of its kernel or policy, is multiplied by `weight`.
    """
    distributions, weight = finite("distributions", distributions), finite("weight", weight)
    if np.any(~((weight >= 0) & (weight <= 1))):
        raise ValueError(f"weight must lie in [0, 1], got {weight}")
    if (
        distributions.ndim < 3
        or not distributions.size
        or weight.ndim > 1
        or weight.size not in (1, len(distributions))
    ):
        raise ValueError(
            f"distributions must have shape (B, S, ..., n) and weight (B,),"
            f" got {distributions.shape} and {weight.shape}"
        )
    axes = tuple(range(1, distributions.ndim - 1))
    mean = distributions.mean(axis=axes, keepdims=True)
    weight = weight.reshape(-1, *(1,) * (distributions.ndim - 1))
    return weight * distributions + (1 - weight) * mean


@numeric
def on_grid(means: Array, positions: Array) -> Array:
    """Distributions on a grid with given means, each on the two grid points around its mean.

    Parameters
    ----------
    means : (B, ...) array
        Clipped to the range of the grid.
    positions : (B, n) array
        Increasing along the last axis.

    Returns
    -------
    (B, ..., n) array
        W1 between any two of them is the distance of their (clipped) means. So a Lipschitz map on the line
        becomes a kernel with the same Lipschitz constant in W1, and is followed exactly on average.
    """
    means, positions = finite("means", means), finite("positions", positions)
    widths = np.diff(positions, axis=-1) if positions.ndim else positions
    if not means.ndim or means.shape[:1] != positions.shape[:1] or positions.ndim != 2 or np.any(widths <= 0):
        raise ValueError(
            f"positions must be (B, n), increasing, for means (B, ...), got shape {positions.shape}"
        )
    expand = (slice(None), *(None,) * (means.ndim - 1))
    covered = np.clip((means[..., None] - positions[:, :-1][expand]) / widths[expand], 0, 1)
    ones, zeros = np.ones((*means.shape, 1)), np.zeros((*means.shape, 1))
    return np.concatenate([ones, covered], axis=-1) - np.concatenate([covered, zeros], axis=-1)


def _counts(**counts: int) -> tuple[int, ...]:
    return tuple(whole(name, value, least=1) for name, value in counts.items())


def _parameters(slip: ArrayLike, discount: ArrayLike) -> tuple[Array, Array]:
    slip, discount = together(
        slip=np.atleast_1d(finite("slip", slip)), discount=np.atleast_1d(finite("discount", discount))
    )
    if slip.ndim != 1 or not slip.size:
        raise ValueError(f"slip and discount must be numbers or (B,), got shape {slip.shape}")
    if np.any(~((slip >= 0) & (slip <= 1))):
        raise ValueError(f"slip must lie in [0, 1], got {slip}")
    return slip, discount
