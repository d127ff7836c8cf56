"""Checks of the exercises of *Cheap and many or dear and few?*."""

from functools import cache
from typing import Any

import numpy as np

from classroom.exercises import Exercise, Part, Wrong
from classroom.kinds import Function, Number, Numbers, Whole
from imagination.decide import label_cost as fidelity
from imagination.reinforce.estimators import estimate
from imagination.reinforce.noise import Independent
from imagination.reinforce.problems import DISCOUNTED
from imagination.studies import label_budgets
from imagination.studies.biases import copies

BUDGET, FIXED, LABELS, RANGE = 60.0, 4.0, fidelity.PowerLaw(16.0, 1.0), (1.0, 50.0)
STEEP = label_budgets.CASES[0]


@cache
def ingredients() -> tuple[float, float]:
    """V and kappa of the chapter's grid."""
    V, kappa = label_budgets.ingredients(label_budgets.grid())
    return float(V[0]), float(kappa[0])


def plan(fixed: float = FIXED) -> fidelity.OptimalCost:
    """What to buy with 60, with and without fractions of a rollout."""
    V, kappa = ingredients()
    about = {"noise_free_variance": V, "noise_factor": kappa, "fixed_cost": fixed}
    return fidelity.optimal_cost(LABELS, **about, cost_range=RANGE, budget=BUDGET)


def rollouts() -> int:
    """The number of whole rollouts with the least variance, by trying all."""
    V, kappa = ingredients()
    tried = np.arange(1, int(BUDGET / (FIXED + RANGE[0])) + 1)
    costs = np.minimum(BUDGET / tried - FIXED, RANGE[1])
    return int(tried[np.argmin((V + kappa * LABELS(costs)) / tried)])


def rounding() -> float:
    """How much more variance whole rollouts have than fractions would, as a share."""
    found = plan()
    assert found.whole is not None  # there was a budget
    return float(found.whole.variance / (found.objective / BUDGET) - 1)


def solve_pilot(at_2: Any, at_20: Any) -> tuple[Any, Any]:
    """V and kappa from the variances of one rollout's estimate at costs 2 and 20: a line in the noise."""
    low, high = 16 / 20**2, 16 / 2**2
    kappa = (at_2 - at_20) / (high - low)
    return at_20 - kappa * low, kappa


@cache
def wasted() -> float:
    """The median share of variance that 200 pilots waste."""
    V, kappa = ingredients()
    many, rng = copies(label_budgets.grid(), 200), np.random.default_rng(0)
    seen = [
        estimate(many, DISCOUNTED, 200, rng, noise=Independent(float(STEEP.noise(cost)) ** 0.5)).variance
        for cost in (2.0, 20.0)
    ]
    V_hat, kappa_hat = solve_pilot(*seen)
    numbers = {"noise_free_variance": np.maximum(V_hat, 1e-6), "noise_factor": np.maximum(kappa_hat, 1e-6)}
    cost = fidelity.optimal_cost(STEEP.noise, **numbers, cost_range=STEEP.cost_range).cost
    truth = {"noise_free_variance": V, "noise_factor": kappa}
    best = fidelity.optimal_cost(STEEP.noise, **truth, cost_range=STEEP.cost_range).objective
    return float(np.median(cost * (V + kappa * STEEP.noise(cost)) / best) - 1)


def first_price() -> float:
    """What a follower pays at the first update."""
    V, kappa = ingredients()
    return float(label_budgets.advice(STEEP, V, kappa).loc["E3", "cost"])


@cache
def always(cost: float, worst: bool = True) -> float:
    """The share of variance that a fixed cost wastes on the exact path, at worst or at the first update."""
    path = label_budgets.along_learning(STEEP, updates=20, every=5)

    def objective(price: np.ndarray) -> np.ndarray:
        return np.asarray(price * (path["V"] + path["kappa"] * STEEP.noise(price)))

    waste = objective(np.full(len(path), cost)) / objective(path["cost"].to_numpy()) - 1
    return float(waste.max() if worst else waste[0])


EXERCISES = [
    Exercise(
        label="ex-whole-rollouts",
        level="check",
        tests="use the whole objective with a budget; see what whole numbers cost",
        parts=(
            Part(
                name="whole_rollouts",
                asks="how many rollouts to buy",
                kind=Whole(),
                reference=rollouts,
                wrong=(
                    Wrong(lambda right: right + 1, "try its neighbours: which has the least variance?"),
                    Wrong(lambda right: right - 1, "try its neighbours: which has the least variance?"),
                    Wrong(lambda: int(BUDGET / (FIXED + RANGE[0])), "the cheapest labels are not the best"),
                ),
                hint="with K rollouts each may cost 60/K, of which the labels get what is left",
            ),
            Part(
                name="labels_cost",
                asks="what the labels of each rollout then cost [money]",
                kind=Number(relative=5e-3),
                reference=lambda: BUDGET / rollouts() - FIXED,
                wrong=(
                    Wrong(lambda right: right + FIXED, "a rollout costs something before it is labelled"),
                    Wrong(lambda: float(plan().cost), "that leaves a remainder of the budget unspent"),
                ),
                hint="spend the whole budget",
            ),
            Part(
                name="price_of_rounding",
                asks="variance in whole rollouts over that in fractions, minus 1 (a share, not per cent)",
                kind=Number(relative=2e-2, absolute=1e-5),
                reference=rounding,
                wrong=(
                    Wrong(lambda right: right + 1, "the share above 1"),
                    Wrong(lambda right: 100 * right, "a share, not per cent"),
                ),
                hint="the variance in fractions is the least objective over the budget",
            ),
        ),
    ),
    Exercise(
        label="ex-pilot",
        level="apply",
        tests="estimate what the advice needs from a pilot; see how flat the optimum is",
        explain="How far off is the cost, and why does that waste so little?",
        parts=(
            Part(
                name="solve_pilot",
                asks="a function of the two variances (at cost 2, at cost 20) that returns V and kappa",
                kind=Function((120.0, 6.0), (40.0, 5.0), (10.0, 10.0), kind=Numbers(relative=1e-6)),
                reference=lambda: solve_pilot,
                wrong=(
                    Wrong(lambda: lambda a, b: solve_pilot(b, a), "which pilot has the larger noise?"),
                    Wrong(lambda: lambda a, b: solve_pilot(a, b)[::-1], "first V, then kappa"),
                    Wrong(
                        lambda: lambda a, b: (b, (a - b) / (16 / 4 - 16 / 400)),
                        "at cost 20 there is still some noise",
                    ),
                ),
                hint="one rollout's variance is V + kappa sigma^2: two points of a straight line",
            ),
            Part(
                name="typical_waste",
                asks="the median over 200 pilots of variance over least variance, minus 1 (a share)",
                kind=Number(),
                reference=wasted,
                accepts=lambda answer: 0 <= answer < 0.02,  # 0.003 to 0.006 over a dozen seeds
                wrong=(
                    Wrong(lambda right: 1 + right, "the share above 1"),
                    Wrong(lambda right: 100 * right + 0.1, "a share, not per cent"),
                ),
                hint="put each pilot's cost into the objective with the true V and kappa",
            ),
        ),
    ),
    Exercise(
        label="ex-follow",
        level="extend",
        tests="use a rule that changes with the policy; weigh a gain in variance against returns",
        explain="Do the followers beat the best fixed cost? Compare the intervals, and say why.",
        parts=(
            Part(
                name="first_price",
                asks="what a follower pays at the first update [money]",
                kind=Number(relative=1e-2),
                reference=first_price,
                wrong=(
                    Wrong(lambda: STEEP.cost_range[1], "that is Corollary 2's advice"),
                    Wrong(
                        lambda: float(
                            label_budgets.along_learning(STEEP, updates=20, every=20)["cost"].iloc[-1]
                        ),
                        "that is what it pays later on",
                    ),
                ),
                hint="the first of `Follower.costs`, or `advice` for the policy as it starts",
            ),
            Part(
                name="always_8_wastes",
                asks="the largest share of variance wasted at cost 8, on the exact path to update 20",
                kind=Number(relative=1e-2),
                reference=lambda: always(8.0),
                wrong=(
                    Wrong(lambda right: right + 1, "the share above 1"),
                    Wrong(lambda: always(8.0, worst=False), "at the worst of the updates, not at the first"),
                ),
                hint="put 8 and the best cost into the objective, with V and kappa of each update",
            ),
        ),
    ),
]
