"""Random problems and kinds of label for the trial of advice, and what labels really do there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from imagination.decide.label_cost import Bounded, Floor, OptimalCost, PowerLaw, optimal_cost
from imagination.decide.noise_laws import value
from imagination.reinforce import exact
from imagination.reinforce.problems import DISCOUNTED, Problem
from imagination.results.bias.trial import copies_of_each, draw_problems
from imagination.results.noise.claims import added_variance_bound

__all__ = ["FAMILIES", "Setting", "draw_setting", "variance_of_budget"]

Array = NDArray[np.floating]

FAMILIES = ("power law", "power law, dear rollouts", "bounded", "floor")

CHUNK = 300
"""Problems whose moments are computed at once: what stays in cache."""


@dataclass(frozen=True)
class Setting:
    """What advice sees of a batch of problems; every array is (B,)."""

    family: str
    noise: Any
    V: Array
    kappa: Array
    fixed_cost: Array
    low: Array
    high: Array
    kappa_bound: Array

    def advice(self, **instead: Any) -> OptimalCost:
        """The library's advice, with some of what it should be told replaced."""
        about: dict[str, Any] = {
            "V": self.V,
            "kappa": self.kappa,
            "fixed_cost": self.fixed_cost,
            "noise": self.noise,
        }
        about |= instead
        return optimal_cost(
            about["noise"],
            noise_free_variance=about["V"],
            noise_factor=about["kappa"],
            fixed_cost=about["fixed_cost"],
            cost_range=(self.low, self.high),
        )

    def formula(self, expression: sp.Expr) -> Array:
        """A closed form in the claims' letters (or a wrong one) for these problems, clipped to the range."""
        letters = {"V": self.V, "kappa": self.kappa, "c_0": self.fixed_cost} | self.noise.letters
        letters["q"] = np.maximum(letters.get("p", 1) - 1, 0)
        return np.clip(value(expression, **letters), self.low, self.high)


def draw_setting(rng: np.random.Generator, family: str, size: int) -> tuple[Problem, Setting]:
    """Random problems and, for each, a kind of label whose noise matters there."""
    problem, *_ = draw_problems(rng, size)
    V = exact.moments(problem, DISCOUNTED).variance
    kappa = exact.added_noise_variance(problem, DISCOUNTED)
    bound = added_variance_bound(
        sigma=1.0,
        horizon=problem.horizon,
        gamma=problem.discount,
        rollouts=1,
        score_bound=exact.mean_score_norm(problem),
        form="discounted",
    )
    amplitude = V / kappa * 10 ** rng.uniform(-1, 4, size)
    low, high = np.ones(size), 10 ** rng.uniform(0.5, 3, size)
    fixed = 10 ** rng.uniform(-1, 2, size)
    if family == "power law":
        noise: Any = PowerLaw(amplitude, rng.uniform(0.2, 3, size))
        fixed = np.zeros(size)
    elif family == "power law, dear rollouts":
        noise = PowerLaw(amplitude, rng.uniform(0.2, 3, size))
    elif family == "bounded":
        noise = Bounded(np.sqrt(V / kappa * 10 ** rng.uniform(-1, 2, size)), high)
    elif family == "floor":
        noise = Floor(np.sqrt(V / kappa * 10 ** rng.uniform(-2, 1, size)), amplitude)
    else:
        raise ValueError(f"family must be one of {', '.join(FAMILIES)}, got {family!r}")
    return problem, Setting(family, noise, V, kappa, fixed, low, high, bound)


def variance_of_budget(problem: Problem, setting: Setting, costs: Array) -> Array:
    """(c_0 + c) times the variance of one rollout's noisy estimate, (B, n) for costs (B, n), measured."""
    count = costs.shape[1]
    noise = np.stack([setting.noise(costs[:, i]) for i in range(count)], axis=1)
    many, noise = copies_of_each(problem, count), np.maximum(noise, 0).reshape(-1, 1, 1)
    parts = [slice(begun, begun + CHUNK) for begun in range(0, len(many), CHUNK)]
    found = [exact.moments(many[part], DISCOUNTED, noise_variance=noise[part]).variance for part in parts]
    return (setting.fixed_cost[:, None] + costs) * np.concatenate(found).reshape(costs.shape)
