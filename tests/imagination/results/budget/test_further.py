"""The further claims hold at optima found by search, and their formulas are those of finite differences."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar

from imagination.claim import Claim
from imagination.results.budget import claims, further

REPORTED = {
    "A_dyn": 0.34, "alpha": 0.11, "A_rew": 90.4, "beta": 0.96, "c_dyn": 1.0, "c_rew": 1.0, "multiplier": 1.0,
}  # fmt: skip
OTHER = {
    "A_dyn": 2.0, "alpha": 0.7, "A_rew": 0.5, "beta": 0.3, "c_dyn": 3.0, "c_rew": 0.4, "multiplier": 5.0,
}  # fmt: skip


def errors(of: dict[str, float], dyn: float, rew: float) -> tuple[float, float]:
    return of["multiplier"] * of["A_dyn"] * dyn ** -of["alpha"], of["A_rew"] * rew ** -of["beta"]


def best(of: dict[str, float], budget: float) -> dict[str, float]:
    """The split at which the error's derivative in the log-odds of the dynamics' share changes its sign."""

    def split(odds: float) -> tuple[float, float]:
        return budget / of["c_dyn"] / (1 + np.exp(-odds)), budget / of["c_rew"] / (1 + np.exp(odds))

    def rises(odds: float) -> float:
        x, y = errors(of, *split(odds))
        return odds - np.log(of["alpha"] * x / (of["beta"] * y))

    dyn, rew = split(brentq(rises, -60, 60, xtol=1e-14))
    return {"N_dyn": dyn, "N_rew": rew, "error": sum(errors(of, dyn, rew))}


def value(claim: Claim, **numbers: object) -> np.ndarray:
    return claim.evaluate(**{name: numbers[name] for name in claim.arguments})


@pytest.mark.parametrize("of", [REPORTED, OTHER], ids=["reported", "other"])
@pytest.mark.parametrize("factor", [1968.0, 3.0, 1.01, 1 / 3, 1e-3])
@pytest.mark.parametrize("budget", [1e4, 1e6, 1e8])
def test_the_price_of_a_wrong_multiplier(of: dict[str, float], factor: float, budget: float) -> None:
    right, misled = best(of, budget), best(of | {"multiplier": factor * of["multiplier"]}, budget)
    error = sum(errors(of, misled["N_dyn"], misled["N_rew"]))
    lost = error - right["error"]
    numbers = of | {
        "N_dyn": misled["N_dyn"],
        "N_rew": misled["N_rew"],
        "M_rew": right["N_rew"],
        "factor": factor,
    }
    assert value(further.REGRET_EXACT, **numbers) == pytest.approx(lost, rel=1e-5, abs=1e-9 * error)
    bounds = value(further.REGRET, **numbers, price=np.logspace(-8, 8, 2001))
    slack = 1e-9 * error
    assert bounds.min() == pytest.approx(lost, rel=1e-2, abs=1e-4 * error) and bounds.min() >= lost - slack
    for claim in (further.REGRET_DYN, further.REGRET_REW):
        assert value(claim, **numbers) >= lost - slack


def test_the_prices_that_are_reported() -> None:
    for factor, budget, percent in ((1968, 1e6, 57), (1968, 1e8, 8), (3, 1e6, 0.4)):
        right, misled = best(REPORTED, budget), best(REPORTED | {"multiplier": factor}, budget)
        lost = sum(errors(REPORTED, misled["N_dyn"], misled["N_rew"])) / right["error"] - 1
        assert 100 * lost == pytest.approx(percent, abs=0.5 if percent > 1 else 0.05)


@pytest.mark.parametrize("factor", [50.0, 2.0, 0.1])
def test_the_price_for_equal_exponents(factor: float) -> None:
    of = OTHER | {"beta": OTHER["alpha"]}
    right, misled = best(of, 100.0), best(of | {"multiplier": factor * of["multiplier"]}, 100.0)
    ratio = sum(errors(of, misled["N_dyn"], misled["N_rew"])) / right["error"]
    odds = of["c_dyn"] * right["N_dyn"] / (of["c_rew"] * right["N_rew"])
    assert further.REGRET_EQUAL.evaluate(alpha=of["alpha"], factor=factor, odds=odds) == pytest.approx(
        ratio, rel=1e-9
    )


@pytest.mark.parametrize(("what", "code"), further.ELASTICITIES, ids=lambda key: key)
@pytest.mark.parametrize("of", [REPORTED, OTHER], ids=["reported", "other"])
def test_elasticities_are_finite_differences(of: dict[str, float], what: str, code: str) -> None:
    inputs, step = of | {"budget": 1e5}, 1e-2

    def optimum(shift: float) -> float:
        moved = inputs | {code: inputs[code] * np.exp(shift)}
        return np.log(best(moved, moved["budget"])[what])

    slope = (8 * (optimum(step) - optimum(-step)) - (optimum(2 * step) - optimum(-2 * step))) / (12 * step)
    claimed = value(further.ELASTICITIES[what, code], **(best(inputs, 1e5) | inputs))
    assert claimed == pytest.approx(slope, rel=1e-6, abs=1e-8)


def test_whole_samples_cost_no_more_than_is_claimed() -> None:
    optimum = best(OTHER, 200.0)
    dyn, rew = np.floor(optimum["N_dyn"]), np.floor(optimum["N_rew"])
    lost = sum(errors(OTHER, dyn, rew))
    numbers = OTHER | {"N_dyn": optimum["N_dyn"], "N_rew": optimum["N_rew"], "M_dyn": dyn, "M_rew": rew}
    general, slow = value(further.ROUNDED, **numbers), value(further.ROUNDED_SLOW, **numbers)
    assert optimum["error"] < lost <= general <= slow <= 1.1 * optimum["error"]


@pytest.mark.parametrize(
    ("joint", "kind"), [(3.5, "never"), (3.05, "dynamics"), (3.0, "only"), (0.5, "rewards")]
)
def test_joint_samples_by_search(joint: float, kind: str) -> None:
    """A grid of all plans of one cost has its least error where the claim of that kind says."""
    of, budget = OTHER | {"alpha": 0.5, "beta": 0.5}, 60.0
    shares = np.linspace(1e-6, 1, 801)
    J = (budget * shares / joint)[:, None]
    rest = (budget * (1 - shares))[:, None]
    S_d, S_r = rest * shares / of["c_dyn"], rest * (1 - shares) / of["c_rew"]
    total = sum(errors(of, J + S_d, J + S_r))
    i, j = np.unravel_index(total.argmin(), total.shape)
    dyn, rew = (J + S_d)[i, j], (J + S_r)[i, j]
    x, y = errors(of, dyn, rew)
    worth = of["alpha"] * x + of["beta"] * y
    found = {
        "never": shares[i] < 0.01 and joint >= of["c_dyn"] + of["c_rew"],
        "dynamics": dyn > 1.01 * rew,
        "only": shares[i] > 0.99,
        "rewards": rew > 1.01 * dyn,
    }
    single_dyn = joint * of["alpha"] * x <= of["c_dyn"] * worth * 1.01
    single_rew = joint * of["beta"] * y <= of["c_rew"] * worth * 1.01
    assert found["only"] == (single_dyn and single_rew)
    assert found[kind] or found["only"]


@pytest.mark.parametrize("of", [REPORTED, OTHER], ids=["reported", "other"])
@pytest.mark.parametrize("budget", [1.0, 10.0, 1e4])
def test_labels_only_where_one_has_been_by_search(of: dict[str, float], budget: float) -> None:
    """Among plans with no more labels than transitions none errs less."""
    plan = best(of, budget)
    if plan["N_rew"] > plan["N_dyn"]:
        plan["N_dyn"] = plan["N_rew"] = budget / (of["c_dyn"] + of["c_rew"])
        assert of["alpha"] * errors(of, plan["N_dyn"], plan["N_rew"])[0] / of["c_dyn"] <= (
            of["beta"] * errors(of, plan["N_dyn"], plan["N_rew"])[1] / of["c_rew"]
        )
    shares = np.linspace(1e-3, 1 - 1e-3, 4_001)
    dyn, rew = budget * shares / of["c_dyn"], budget * (1 - shares) / of["c_rew"]
    seen = rew <= dyn
    least = sum(errors(of, dyn[seen], rew[seen])).min()
    error = sum(errors(of, plan["N_dyn"], plan["N_rew"]))
    assert error <= least * (1 + 1e-12) and least <= 1.01 * error


def test_a_plan_that_is_stationary_is_what_a_search_finds() -> None:
    for of in (REPORTED, OTHER):
        plan, budget = best(of, 1e5), 1e5

        def total(share: float, of: dict[str, float] = of, budget: float = budget) -> float:
            return sum(errors(of, budget * share / of["c_dyn"], budget * (1 - share) / of["c_rew"]))

        found = minimize_scalar(total, bounds=(1e-9, 1 - 1e-9), method="bounded", options={"xatol": 1e-10})
        assert found.x == pytest.approx(of["c_dyn"] * plan["N_dyn"] / budget, rel=1e-5)
        claimed = value(claims.SPENDING, **(of | plan))
        assert claimed == pytest.approx(of["c_dyn"] * plan["N_dyn"] / (of["c_rew"] * plan["N_rew"]), rel=1e-9)
