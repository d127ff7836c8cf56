"""The best cost of a label: against bracketed search, all whole numbers of rollouts, and bad input."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from imagination import fidelity

N = 60
NOISES = ("power", "floor", "bounded")


def problems(kind: str, seed: int = 0) -> tuple[Any, dict[str, Any], Any]:
    """Random problems, the same problems one at a time, and a plain Psi for each."""
    rng = np.random.default_rng(seed)
    low, high = rng.uniform(0.01, 0.3, N), rng.uniform(1, 30, N)
    V, c_0 = (rng.exponential(size=N) * rng.integers(0, 2, N) for _ in range(2))
    kappa, A = rng.exponential(size=N) + 0.1, rng.exponential(size=N) + 0.1
    exponent, spread = rng.choice([0.3, 0.5, 1.0, 1.3, 2.0, 3.0], N), rng.exponential(size=N)
    top = high * 1.3
    noise = {
        "power": fidelity.PowerLaw(A, exponent),
        "floor": fidelity.Floor(spread, A),
        "bounded": fidelity.Bounded(spread, top),
    }[kind]

    def plain(i: int, cost: Any) -> Any:
        variance = {
            "power": A[i] * cost ** -exponent[i],
            "floor": spread[i] ** 2 + A[i] / cost,
            "bounded": spread[i] ** 2 * (1 - cost / top[i]),
        }[kind]
        return (c_0[i] + cost) * (V[i] + kappa[i] * variance)

    given = {"noise_free_variance": V, "noise_factor": kappa, "fixed_cost": c_0, "cost_range": (low, high)}
    return noise, given, plain


@pytest.mark.parametrize("kind", NOISES)
def test_closed_forms_against_a_bracketed_search(kind: str) -> None:
    noise, given, plain = problems(kind)
    best = fidelity.optimal_cost(noise, **given)
    exactly = {"xatol": 1e-10}
    for i in range(N):
        low, high = (end[i] for end in given["cost_range"])
        cuts = np.geomspace(low, high, 9)
        found = [
            minimize_scalar(lambda c, i=i: plain(i, c), bounds=ends, method="bounded", options=exactly).fun
            for ends in itertools.pairwise(cuts)
        ]
        least = min(*found, plain(i, low), plain(i, high))
        assert best.objective[i] == pytest.approx(least, rel=1e-9, abs=1e-14)
        assert best.objective[i] == pytest.approx(plain(i, best.cost[i]), rel=1e-12)
        where = {"cheapest": low, "dearest": high}.get(best.regime[i])
        assert where is None or best.cost[i] == where


@pytest.mark.parametrize("kind", NOISES)
def test_whole_rollouts_against_all_numbers_of_them(kind: str) -> None:
    noise, given, plain = problems(kind, seed=1)
    budget = 40.0
    best = fidelity.optimal_cost(noise, **given, budget=budget)
    low, high = given["cost_range"]
    for i in range(N):
        c_0 = given["fixed_cost"][i]
        K = np.arange(1, int(budget / (c_0 + low[i])) + 1)
        cost = np.clip(budget / K - c_0, low[i], high[i])
        K, cost = K[K * (c_0 + cost) <= budget * (1 + 1e-9)], cost[K * (c_0 + cost) <= budget * (1 + 1e-9)]
        variance = plain(i, cost) / (c_0 + cost) / K
        assert best.whole.variance[i] == pytest.approx(variance.min(), rel=1e-9, abs=1e-14)
        assert best.rollouts[i] == np.floor(budget / (c_0 + best.cost[i]) * (1 + 1e-12))


def test_regimes_of_corollary_2() -> None:
    wide = (0.1, 10.0)
    assert fidelity.optimal_cost(fidelity.PowerLaw(3.0, 2.0), cost_range=wide).regime == "dearest"
    assert fidelity.optimal_cost(fidelity.PowerLaw(3.0, 0.5), cost_range=wide).regime == "cheapest"
    assert fidelity.optimal_cost(fidelity.PowerLaw(3.0, 1.0), cost_range=wide).regime == "indifferent"
    assert fidelity.optimal_cost(fidelity.Floor(1.0, 3.0), cost_range=wide).regime == "cheapest"
    assert fidelity.optimal_cost(fidelity.Bounded(1.0, 10.0), cost_range=wide).objective == 0


def test_the_worked_optima() -> None:
    best = fidelity.optimal_cost(
        fidelity.PowerLaw(4.0, 2.0), noise_free_variance=1.0, cost_range=(0.1, 10), budget=17
    )
    assert (best.cost, best.objective, best.regime, best.rollouts) == (2.0, 4.0, "interior", 8)
    floor = fidelity.optimal_cost(
        fidelity.Floor(1.0, 6.0), noise_free_variance=0.5, fixed_cost=1.0, cost_range=(0.1, 10)
    )
    assert floor.cost == pytest.approx(2.0, rel=1e-12)


def test_optima_that_are_whole_numbers() -> None:
    # c^3 V = kappa A (c + 2 c_0) for p = 2; c_0 p / (1 - p) without V.
    best = fidelity.optimal_cost(
        fidelity.PowerLaw(4.0, [2.0, 2.0, 0.5]),
        noise_free_variance=[1.0, 1.0, 0.0],
        fixed_cost=[0.0, 6.0, 2.0],
        cost_range=(0.1, 10.0),
    )
    assert best.cost == pytest.approx([2.0, 4.0, 2.0], rel=1e-14)
    assert best.cost[2] == 2.0


def test_a_budget_just_below_a_whole_number_of_rollouts_buys_it() -> None:
    assert 0.3 / 0.1 < 3
    assert fidelity.optimal_cost(fidelity.PowerLaw(1, 0.5), cost_range=(0.1, 1), budget=0.3).rollouts == 3


@pytest.mark.parametrize(("tilt", "regime"), [(0.0, "indifferent"), (1e-9, "cheapest"), (-1e-9, "dearest")])
def test_what_is_nearly_flat_is_not_flat(tilt: float, regime: str) -> None:
    assert fidelity.optimal_cost(lambda c: 1 / c + tilt, cost_range=(1.0, 10.0)).regime == regime


def test_of_many_narrow_valleys_the_deepest_is_found() -> None:
    wide, deepest = np.array([1.25, 1.5, 1.75]), np.linspace(1.1, 1.9, 40) + 1e-4

    def noise(cost: Any) -> Any:
        valleys = sum(0.5 * np.exp(-(((cost - at) / 2e-4) ** 2)) for at in wide)
        own = deepest.reshape(-1, *[1] * (cost.ndim - 1))
        return 2 - valleys - 0.6 * np.exp(-(((cost - own) / 2e-4) ** 2))

    best = fidelity.optimal_cost(noise, fixed_cost=np.full(40, 1e9), cost_range=(1.0, 2.0))
    assert best.cost == pytest.approx(deepest, abs=1e-6)


def test_a_budget_is_not_spent_on_labels_that_are_noisier() -> None:
    def noise(cost: Any) -> Any:
        return 0.1 + 100 * (cost - 2) ** 2

    whole = fidelity.optimal_cost(noise, noise_free_variance=1.0, cost_range=(1.0, 10.0), budget=31.0).whole
    K, costs = np.arange(1, 32)[:, None], np.linspace(1.0, 10.0, 90_001)
    allowed = np.where(costs <= 31 / K, (1 + noise(costs)) / K, np.inf)
    assert whole.variance == pytest.approx(allowed.min(), rel=1e-3) and whole.cost == pytest.approx(
        2, rel=1e-2
    )
    assert whole.rollouts == allowed.min(axis=1).argmin() + 1


def test_what_costs_nothing_is_not_looked_at_and_ends_are_compared() -> None:
    deaf = fidelity.optimal_cost(
        fidelity.PowerLaw(1e300, 300.0), noise_factor=0, noise_free_variance=1, cost_range=(1e-3, 10.0)
    )
    assert (deaf.cost, deaf.objective) == (1e-3, 1e-3)
    loud = fidelity.optimal_cost(
        fidelity.Floor(1.7e308, 1.0), noise_factor=0, noise_free_variance=1e-3, cost_range=(2.0, 1000.0)
    )
    assert (loud.cost, loud.regime) == (2.0, "cheapest")
    # The slope cancels here, and labels without noise are free of variance.
    free = fidelity.optimal_cost(fidelity.Bounded(1.0, 0.001), cost_range=(1e-20, 0.001))
    assert (free.cost, free.objective, free.regime) == (0.001, 0.0, "dearest")


def test_perfect_labels_win_where_c0_kappa_sigma2_exceeds_cmax_v() -> None:
    V = np.array([0.19, 0.21])
    best = fidelity.optimal_cost(
        fidelity.Bounded(2.0, 10.0), noise_free_variance=V, fixed_cost=0.5, cost_range=(1e-9, 10.0)
    )
    assert list(best.regime) == ["dearest", "cheapest"]


def test_a_callable_with_many_minima_is_searched_globally() -> None:
    def noise(cost: Any) -> Any:
        return (2 + np.sin(7 * cost) + 0.5 * np.cos(23 * cost)) / (1 + 0.1 * cost)

    best = fidelity.optimal_cost(
        noise, noise_free_variance=0.3, fixed_cost=4.0, cost_range=(0.1, 12.0), budget=500.0
    )
    grid = np.linspace(0.1, 12.0, 2_000_001)
    psi = (4 + grid) * (0.3 + noise(grid))
    assert best.objective <= psi.min() * (1 + 1e-12)
    assert best.cost == pytest.approx(grid[psi.argmin()], abs=1e-5)
    assert best.regime == "interior"
    assert best.whole.variance >= best.objective / 500 * (1 - 1e-12)
    assert best.whole.rollouts * (4 + best.whole.cost) <= 500 * (1 + 1e-12)


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"noise_free_variance": -1}, "noise_free_variance must be at least 0, got -1.0"),
        ({"noise_factor": np.nan}, "noise_factor must be finite, got nan"),
        ({"fixed_cost": "much"}, "fixed_cost must be numbers that floats can hold"),
        ({"cost_range": (0, 1)}, r"cost_range\[0\] must be above 0"),
        ({"cost_range": (2, 1)}, "lowest < highest"),
        ({"cost_range": 3}, "must be a pair"),
        ({"budget": 0.05}, "budget must be enough for one rollout"),
        ({"budget": 1e300}, r"budget must be for 2\*\*53 rollouts at most"),
        ({"noise": fidelity.PowerLaw(-1, 2)}, "noise.amplitude must be above 0"),
        ({"noise": fidelity.Bounded(1, 5)}, "at most the noise's noise_free_cost"),
        ({"noise": 3}, "noise must be a PowerLaw"),
        ({"noise": lambda c: c - 0.125}, r"finite numbers of at least 0, got -0.0\d* at cost 0.1"),
        ({"noise": lambda c: [c, c]}, "noise must return a number for a cost"),
        ({"noise": lambda c: 1 / int(c < 0)}, "noise must return a number .* division by zero"),
        ({"fixed_cost": np.ones(2), "noise_factor": np.ones(3)}, "do not broadcast"),
    ],
)
def test_bad_input_is_named(changed: dict[str, Any], text: str) -> None:
    given: dict[str, Any] = {"noise": fidelity.PowerLaw(1, 2), "cost_range": (0.1, 10)} | changed
    with pytest.raises(ValueError, match=text):
        fidelity.optimal_cost(given.pop("noise"), **given)


def test_crossing_is_where_both_errors_are_equal() -> None:
    noisy, biased, norm = np.array([5.0, 9.0]), 1.0, np.array([0.5, 2.0])
    K = fidelity.crossing(variance_noisy=noisy, variance_biased=biased, bias_norm=norm)
    assert pytest.approx([16.0, 2.0]) == K
    assert fidelity.mean_squared_error(variance=biased, rollouts=K, bias_norm=norm) == pytest.approx(
        noisy / K
    )
    for bad in ({"bias_norm": -1}, {"variance_noisy": -1}, {"along": 0}):
        with pytest.raises(ValueError, match=next(iter(bad))):
            fidelity.crossing(**({"variance_noisy": 1, "variance_biased": 1, "bias_norm": 1} | bad))
    with pytest.raises(ValueError, match="rollouts must be at least 1"):
        fidelity.mean_squared_error(variance=1, rollouts=0, bias_norm=1)


def test_a_function_of_one_number_is_searched_as_one_of_arrays() -> None:
    A, c_max = 3.0, 8.0
    given: dict[str, Any] = {
        "noise_free_variance": 0.2,
        "fixed_cost": 20.0,
        "cost_range": (0.1, 10.0),
        "budget": 400.0,
    }
    one = fidelity.optimal_cost(lambda c: A * max(0.0, 1 - c / c_max), **given)
    many = fidelity.optimal_cost(lambda c: A * np.maximum(0.0, 1 - c / c_max), **given)
    assert one == many and one.cost == pytest.approx(8.0)
    assert fidelity.optimal_cost(
        lambda c: 1.0, noise_free_variance=[0.0, 1.0], cost_range=(1, 2)
    ).cost.tolist() == [1, 1]


EXTREMES = [5e-324, 1e-300, 1e-160, 1.0, 2.0, 1e160, 1e300, 1.7e308]
LAWS = {
    "power": fidelity.PowerLaw,
    "floor": fidelity.Floor,
    "bounded": fidelity.Bounded,
    "callable": lambda a, b: lambda c: a / (b + c),
}


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
@pytest.mark.filterwarnings("error")
def test_extreme_numbers_give_a_number_or_are_refused_by_name(law: Any) -> None:
    rng, told = np.random.default_rng(5), 0
    for _ in range(100 if law is LAWS["callable"] else 300):
        a, b, V, kappa, c_0, low, high, budget = rng.choice(EXTREMES, 8)
        V, c_0 = V * rng.integers(2), c_0 * rng.integers(2)
        about = {
            "noise_free_variance": V,
            "noise_factor": kappa,
            "fixed_cost": c_0,
            "cost_range": (low, high),
        }
        try:
            best = fidelity.optimal_cost(law(a, b), **about, budget=budget if rng.integers(2) else None)
        except ValueError as error:
            assert any(name in str(error) for name in ("noise", "cost", "budget")), error
            continue
        told += 1
        assert low <= best.cost <= high and np.isfinite(best.objective)
        assert best.whole is None or not np.isnan(best.whole.variance)
    assert told > 5


@pytest.mark.filterwarnings("error")
def test_extreme_errors_and_crossings_are_numbers() -> None:
    V, W, beta = np.meshgrid(EXTREMES, EXTREMES, EXTREMES)
    for a in (1e-300, 1.0, 1e300):
        given = {"variance_noisy": V, "variance_biased": W, "bias_norm": beta, "along": a}
        assert not np.isnan(fidelity.crossing(**given)).any()
    K = np.maximum(W, 1)
    assert not np.isnan(fidelity.mean_squared_error(variance=V, rollouts=K, bias_norm=beta)).any()
    with pytest.raises(ValueError, match="bias_norm must be numbers that floats can hold"):
        fidelity.crossing(variance_noisy=1, variance_biased=1, bias_norm=10**400)
