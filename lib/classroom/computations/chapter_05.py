"""Computations for the exercises of *Stochastic worlds*."""

from dataclasses import replace
from functools import cache

import numpy as np

from imagination.results.kernels.claims import WASSERSTEIN_BOUND
from imagination.results.kernels.systems import constants
from imagination.studies.distances import reward_shapes
from imagination.wasserstein import kl_divergence, line_metric, total_variation, wasserstein
from imagination.worlds.makers import gridworld, random_kernels
from imagination.worlds.tabular import TabularMDP

SCALES = np.geomspace(0.3, 8, 40)


def apart(ground: np.ndarray) -> np.ndarray:
    """The distances between different states."""
    return ground[~np.eye(len(ground), dtype=bool)]


@cache
def correlations(mixed: bool = True, pairs: int = 4000) -> dict[str, float]:
    """How each distance goes with the error of values of the shuffled ramp, for models mixed or not."""
    n, rng = 10, np.random.default_rng(0)
    kernel, other = (random_kernels(pairs, n, rng) for _ in range(2))
    model = kernel + (rng.random((pairs, 1, 1)) if mixed else 1) * (other - kernel)
    reward = reward_shapes(n)["shuffled"]
    V, V_hat = (np.linalg.inv(np.eye(n) - 0.5 * k) @ reward for k in (kernel, model))
    error = np.abs(V - V_hat).max(axis=1)
    fields = {
        "TV": total_variation(kernel, model),
        "KL": kl_divergence(kernel, model),
        "W1": wasserstein(kernel, model, line_metric(np.linspace(0, 1, n))),
    }
    return {name: float(np.corrcoef(field.max(axis=1), error)[0, 1]) for name, field in fields.items()}


@cache
def counting_exponent() -> float:
    """The slope of the log of the supremum of the W1 error over the log of the visits."""
    real, rng = gridworld(3, 3, slip=0.1, discount=0.5), np.random.default_rng(0)
    sizes = np.array([10, 40, 160, 640, 2560])
    chances = np.broadcast_to(real.transition[0], (20, *real.transition.shape[1:]))
    suprema = []
    for size in sizes:
        learned = rng.multinomial(size, chances) / size
        errors = wasserstein(learned, real.transition, real.state_metric[0])  # type: ignore[index]
        suprema.append(errors.max(axis=(1, 2)).mean())
    return float(np.polyfit(np.log(sizes), np.log(suprema), 1)[0])


Worlds = tuple[TabularMDP, TabularMDP, np.ndarray]
"""The real world, the imagined one and a policy."""


def by_scale(worlds: Worlds, scales: np.ndarray = SCALES) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The bound at each scale of the action metric (infinite without contraction), and its constants.

    Raises
    ------
    ValueError
        If the worlds and the policy do not fit each other, or have no metrics.
    """
    real, imagined, policy = worlds
    shape = real.transition.shape[1:3]
    if imagined.transition.shape[1:3] != shape or policy.shape[-2:] != shape:
        raise ValueError(
            f"real, imagined and policy must have the same states and actions, got {shape}, "
            f"{imagined.transition.shape[1:3]} and {policy.shape[-2:]}"
        )
    if real.state_metric is None or real.action_metric is None:
        raise ValueError("real needs a state_metric and an action_metric, got none")
    real, imagined = (world[np.zeros(len(scales), int)] for world in (real, imagined))
    metric = scales[:, None, None] * real.action_metric
    found = constants(replace(real, action_metric=metric), imagined, policy)
    return WASSERSTEIN_BOUND.evaluate(outside=np.inf, **found), found


def _drawn(worlds: Worlds) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    bounds, found = by_scale(worlds)
    if not np.isfinite(bounds).any():
        raise ValueError("real must have gamma L < 1 at some scale of actions, got none: lower its discount")
    return bounds, found


def best_scale(real: TabularMDP, imagined: TabularMDP, policy: np.ndarray) -> float:
    """The scale of the least bound."""
    return float(SCALES[np.argmin(_drawn((real, imagined, policy))[0])])


def is_near_best(real: TabularMDP, imagined: TabularMDP, policy: np.ndarray, answer: float) -> bool:
    """Whether the bound at a scale is within 1% of the least."""
    if answer <= 0:
        return False
    worlds = real, imagined, policy
    return bool(by_scale(worlds, np.array([answer]))[0][0] <= 1.01 * _drawn(worlds)[0].min())
