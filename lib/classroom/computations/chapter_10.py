"""Computations for the exercises of *Cheap and many or dear and few?*."""

from functools import cache
from typing import Any

import numpy as np

from imagination.decide.label_cost import OptimalCost, PowerLaw, optimal_cost
from imagination.reinforce.estimators import estimate
from imagination.reinforce.problems import DISCOUNTED
from imagination.reinforce.reward_errors import Independent
from imagination.studies.biases import copies
from imagination.studies.label_budgets import CASES, advice, along_learning, grid, ingredients

BUDGET, FIXED, LABELS, RANGE = 60.0, 4.0, PowerLaw(16.0, 1.0), (1.0, 50.0)
STEEP = CASES[0]


@cache
def of_the_grid() -> dict[str, float]:
    """V and kappa of the chapter's grid."""
    V, kappa = ingredients(grid())
    return {"noise_free_variance": float(V[0]), "noise_factor": float(kappa[0])}


def variance(noise: Any) -> Any:
    """That of one rollout's estimate on the grid."""
    V, kappa = of_the_grid().values()
    return V + kappa * noise


def plan() -> OptimalCost:
    """What to buy with 60, with and without fractions of a rollout."""
    return optimal_cost(LABELS, **of_the_grid(), fixed_cost=FIXED, cost_range=RANGE, budget=BUDGET)


def rounding() -> float:
    """How much more variance whole rollouts have than fractions would, as a share."""
    found = plan()
    assert found.whole is not None  # there was a budget
    return float(found.whole.variance / (found.objective / BUDGET) - 1)


def most_rollouts() -> int:
    """How many the cheapest labels leave money for."""
    return int(BUDGET / (FIXED + RANGE[0]))


def rollouts() -> int:
    """The number of whole rollouts with the least variance, by trying all."""
    tried = np.arange(1, most_rollouts() + 1)
    costs = np.minimum(BUDGET / tried - FIXED, RANGE[1])
    return int(tried[np.argmin(variance(LABELS(costs)) / tried)])


def solve_pilot(at_2: Any, at_20: Any) -> tuple[Any, Any]:
    """V and kappa from the variances of one rollout's estimate at costs 2 and 20: a line in the noise."""
    low, high = 16 / 20**2, 16 / 2**2
    kappa = (at_2 - at_20) / (high - low)
    return at_20 - kappa * low, kappa


@cache
def wasted() -> float:
    """The median share of variance that 200 pilots waste."""
    many, rng = copies(grid(), 200), np.random.default_rng(0)
    seen = [
        estimate(many, DISCOUNTED, 200, rng, noise=Independent(float(STEEP.noise(cost)) ** 0.5)).variance
        for cost in (2.0, 20.0)
    ]
    V_hat, kappa_hat = (np.maximum(number, 1e-6) for number in solve_pilot(*seen))
    told = {"noise_free_variance": V_hat, "noise_factor": kappa_hat}
    cost = optimal_cost(STEEP.noise, **told, cost_range=STEEP.cost_range).cost
    best = optimal_cost(STEEP.noise, **of_the_grid(), cost_range=STEEP.cost_range).objective
    return float(np.median(cost * variance(STEEP.noise(cost)) / best) - 1)


def first_price() -> float:
    """What a follower pays at the first update."""
    return float(advice(STEEP, **of_the_grid()).loc["E3", "cost"])


def later_price() -> float:
    """What it pays at update 20."""
    return float(along_learning(STEEP, updates=20, every=20)["cost"].iloc[-1])


@cache
def always(cost: float, worst: bool = True) -> float:
    """The share of variance that a fixed cost wastes on the exact path, at worst or at the first update."""
    path = along_learning(STEEP, updates=20, every=5)

    def objective(price: np.ndarray) -> np.ndarray:
        return np.asarray(price * (path["V"] + path["kappa"] * STEEP.noise(price)))

    waste = objective(np.full(len(path), cost)) / objective(path["cost"].to_numpy()) - 1
    return float(waste.max() if worst else waste[0])
