"""The claims about the best split hold at optima that are known, and at random numbers."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from imagination.claim import Claim
from imagination.results.budget import claims

OPTIMUM = {claim.name: claim for claim in vars(claims).values() if isinstance(claim, Claim) and claim.assumes}


def test_claims_about_the_best_plan_say_so_in_words() -> None:
    assert set(OPTIMUM) == {
        claim.name
        for claim in vars(claims).values()
        if isinstance(claim, Claim) and claims.BUDGET in claim.hypotheses
    }
    for claim in OPTIMUM.values():
        assert claim.assumes == (claims.BEST,)
        assert "least error" in claim._repr_html_()


def value(expression: sp.Expr, claim: Claim, numbers: dict[str, np.ndarray]) -> np.ndarray:
    """An expression in the claim's letters at many numbers."""
    function = sp.lambdify([q.symbol for q in claim.symbols], expression, "numpy")
    return np.asarray(function(*(numbers[q.code] for q in claim.symbols)))


def draw(claim: Claim, seed: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {q.code: np.exp(rng.uniform(-3, 3, 2_000)) for q in claim.symbols}


@pytest.mark.parametrize(
    "claim", [claims.TANGENT, claims.CHORD, claims.CONVEX, claims.INCREASING], ids=lambda each: each.name
)
def test_inequalities_hold_at_random_numbers(claim: Claim) -> None:
    numbers = draw(claim, 0)
    if claim is claims.INCREASING:
        numbers["M_dyn"] += numbers["N_dyn"]
    left, right = (value(side, claim, numbers) for side in (claim.quantity, claim.expression))
    assert (left <= right * (1 + 1e-12)).all() and (left < 0.9 * right).any()


def test_the_root_lies_where_it_is_looked_for() -> None:
    """At the largest number of which it is claimed, dynamics and their labels cost at most the budget."""
    numbers = draw(claims.TOO_FEW, 1)
    halves = [h.relation.rhs for h in claims.TOO_FEW.hypotheses if h.name.startswith("half")]
    numbers["N_dyn"] = np.minimum(*(value(half, claims.TOO_FEW, numbers) for half in halves))
    share = value(claims.TOO_FEW.quantity, claims.TOO_FEW, numbers) / numbers["budget"]
    assert (share <= 1).all() and (share >= 0.5 - 1e-12).all()
    excess = value(claims.TOO_MANY.expression, claims.TOO_MANY, numbers) - numbers["budget"]
    assert (excess >= 0).all() and (excess > 0).mean() > 0.9  # labels that cost less than rounding aside


def test_claims_at_an_optimum_that_is_known() -> None:
    """Equal laws and prices: half the money on each; and a case worked out by hand."""
    even = {
        "A_dyn": 1.0,
        "alpha": 1.0,
        "A_rew": 1.0,
        "beta": 1.0,
        "c_dyn": 1.0,
        "c_rew": 1.0,
        "multiplier": 1.0,
    }
    assert claims.RATIO.evaluate(**even, N_dyn=5.0, N_rew=5.0) == 1
    assert claims.REWARDS_FOR.evaluate(**even, N_dyn=7.0) == pytest.approx(7)
    # Minimise 1/N_d + 1/(2 N_r^2) with N_d + N_r = 2: at (1, 1) both derivatives are -1.
    uneven = even | {"beta": 2.0, "A_rew": 0.5}
    assert claims.SPENDING.evaluate(
        **{k: v for k, v in uneven.items() if not k.startswith("c_")}, N_dyn=1.0, N_rew=1.0
    ) == pytest.approx(1)
    assert claims.REWARDS_FOR.evaluate(**uneven, N_dyn=1.0) == pytest.approx(1)
    assert claims.FEW_REWARDS.evaluate(**uneven, budget=2.0) == pytest.approx(2 ** (2 / 3))
    for budget in (2.0, 20.0):
        share = claims.REWARD_SHARE.evaluate(**uneven, budget=budget)
        assert share == pytest.approx(budget ** (-1 / 3))
    equal = {k: v for k, v in even.items() if k != "beta"} | {"c_rew": 4.0, "A_dyn": 9.0}
    assert claims.EQUAL_EXPONENTS.evaluate(**equal) == pytest.approx(6)
