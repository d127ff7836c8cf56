"""Which gradient does REINFORCE estimate? Theorem 2's estimator and the discounted one, apart as γ falls.

The first weighs every step's score alike, the second by γ^t; only the second has the mean ∇J_H. Here their
means are compared exactly, and followed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from imagination.reinforce import estimators, exact
from imagination.reinforce.problems import (
    DISCOUNTED,
    THEOREM_2,
    Estimator,
    Problem,
    SoftmaxPolicy,
    tabular_policy,
)
from imagination.reinforce.reward_errors import Independent, Noise
from imagination.worlds.makers import garnet
from imagination.worlds.tabular import TabularMDP

__all__ = ["NAMES", "bought_back", "directions", "follow", "long_after", "random_problems", "trained"]

Array = NDArray[np.float64]
Generator = np.random.Generator

NAMES: dict[str, Estimator] = {"Theorem 2": THEOREM_2, "discounted": DISCOUNTED}


def random_problems(
    size: int, gamma: float, horizon: int, seed: int, *, features: int | None = None
) -> Problem:
    """Random worlds of 6 states and 3 actions: the same ones for every γ and H of a seed.

    The policies are tabular, or have `features` parameters that all states share.
    """
    generator = np.random.default_rng(seed)
    mdp = garnet(size, 6, 3, 2, gamma, generator)
    if features is None:
        return Problem(mdp, tabular_policy(0.5 * generator.standard_normal((size, 6, 3))), horizon)
    directions = generator.standard_normal((size, 6, 3, features))
    return Problem(mdp, SoftmaxPolicy(0.5 * generator.standard_normal((size, features)), directions), horizon)


def long_after(gamma: float, horizon: int, *, early: float = 1.0, late: float = -0.2) -> Problem:
    """A world where what is good at first is bad for the rest, and one parameter decides both.

    From state 0 every action leads to state 1, which is never left. Action 1 earns `early` in state 0 and
    `late` in state 1, action 0 nothing. The policy cannot tell the states apart: π(1) = sigmoid(θ), θ = 0.
    """
    transition = np.zeros((1, 2, 2, 2))
    transition[..., 1] = 1
    reward = np.array([[[0.0, early], [0.0, late]]])
    mdp = TabularMDP(transition, reward, np.array([gamma]), initial=np.array([1.0, 0.0]))
    features = np.tile(np.array([[0.0], [1.0]]), (2, 1, 1))
    return Problem(mdp, SoftmaxPolicy(np.zeros((1, 1)), features), horizon)


def directions(discounts: Sequence[float], *, horizon: int, size: int = 200, seed: int = 0) -> pd.DataFrame:
    """Compare the two estimators' means, exactly.

    Returns
    -------
    DataFrame
        A row for every discount, policy class ("tabular", "shared") and problem: `cosine` of the angle
        between E ĝ of Theorem 2's estimator and ∇J_H, `length`, the ratio of their norms, and `apart`, the
        norm of their difference as a share of ‖∇J_H‖.
    """

    def compared(problem: Problem) -> dict[str, Array]:
        followed, true = exact.expected(problem, THEOREM_2), exact.gradient(problem)
        norms = np.linalg.norm(followed, axis=1), np.linalg.norm(true, axis=1)
        return {
            "cosine": (followed * true).sum(axis=1) / (norms[0] * norms[1]),
            "length": norms[0] / norms[1],
            "apart": np.linalg.norm(followed - true, axis=1) / norms[1],
        }

    return _over_problems(discounts, horizon, size, seed, compared)


def _over_problems(
    discounts: Sequence[float],
    horizon: int,
    size: int,
    seed: int,
    measure: Callable[[Problem], dict[str, Array]],
) -> pd.DataFrame:
    """What is measured of random problems, for every discount and policy class."""
    parts = []
    for gamma, (policy, features) in product(discounts, {"tabular": None, "shared": 2}.items()):
        problem = random_problems(size, gamma, horizon, seed, features=features)
        parts.append(pd.DataFrame({"gamma": gamma, "policy": policy} | measure(problem)))
    return pd.concat(parts, ignore_index=True)


def follow(problem: Problem, *, steps: int, rate: float) -> dict[str, Array]:
    """Exact returns (B, steps + 1) along the mean of each estimator, from the same start.

    Every step has length `rate` times a factor that falls like 1/√step, so that the estimators differ in
    direction alone and not in how far they go.
    """
    curves = {}
    for name, estimator in NAMES.items():
        here, curve = problem, [exact.returns(problem)]
        for step in range(steps):
            way = exact.expected(here, estimator)
            norm = np.linalg.norm(way, axis=1, keepdims=True)
            way = np.divide(way, norm, out=np.zeros_like(way), where=norm > 0)
            here = here.with_policy(here.policy.moved(rate / np.sqrt(1 + step) * way))
            curve.append(exact.returns(here))
        curves[name] = np.stack(curve, axis=1)
    return curves


def trained(
    discounts: Sequence[float], *, horizon: int, size: int, steps: int, rate: float = 0.3, seed: int = 0
) -> pd.DataFrame:
    """Train random problems by both exact means; what each reaches, as a share of what there is to gain.

    Returns
    -------
    DataFrame
        A row for every discount, policy class and problem: `gain` of the discounted estimator (return at the
        end less return at the start), and `lost`, how much less Theorem 2's estimator gains, as a share of
        the larger gain.
    """

    def gained(problem: Problem) -> dict[str, Array]:
        curves = follow(problem, steps=steps, rate=rate)
        ours, papers = (curves[name][:, -1] - curves[name][:, 0] for name in ("discounted", "Theorem 2"))
        return {"gain": ours, "lost": (ours - papers) / np.maximum(ours, papers)}

    return _over_problems(discounts, horizon, size, seed, gained)


def bought_back(
    problem: Problem,
    *,
    sigma: float,
    rollouts: int,
    steps: int,
    rate: float,
    seeds: int,
    generator: Generator,
    estimator: Estimator = DISCOUNTED,
) -> tuple[dict[str, Array], int]:
    """Learning curves without noise, with it, and with it and enough rollouts to pay for it.

    With V the noise-free variance of a rollout and κσ² what noise adds, both exact and at the start, K
    noisy rollouts have the variance of K V/(V + κσ²) clean ones: the third run takes the inverse as many.

    `problem`, a batch of one, is trained `seeds` times at once; `rollouts` is K of the clean run.

    Returns
    -------
    curves : dict of (seeds, steps + 1) arrays
        Exact returns.
    more : int
        The third run's number of rollouts.
    """
    variance = exact.moments(problem, estimator).variance[0]
    added = exact.added_noise_variance(problem, estimator, sigma=sigma)[0]
    more = int(np.ceil(rollouts * (variance + added) / variance))
    many = problem[np.zeros(seeds, dtype=int)]
    runs: dict[str, tuple[int, Noise | None]] = {
        "without noise": (rollouts, None),
        "with noise": (rollouts, Independent(sigma)),
        "with noise, more rollouts": (more, Independent(sigma)),
    }
    curves = {
        name: estimators.ascend(
            many, estimator, steps=steps, rate=rate, rollouts=count, generator=generator, noise=noise
        )[1]
        for name, (count, noise) in runs.items()
    }
    return curves, more
