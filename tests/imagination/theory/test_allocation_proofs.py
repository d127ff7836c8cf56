"""Theorem 1 is proved and rests on listed axioms alone; the same steps do not prove wrong versions of it."""

from __future__ import annotations

import pytest
import sympy as sp

from imagination.theory import allocation_claims as c
from imagination.theory import allocation_proofs as proofs
from imagination.theory import axioms as ax
from imagination.theory.claim import Claim
from imagination.theory.proof import ProofError
from imagination.theory.theorem import Theorem

CLAIMS = {name.lower(): value for name, value in vars(c).items() if isinstance(value, Claim)}


@pytest.fixture(scope="module")
def theorems() -> dict[str, Theorem]:
    return proofs.proofs()


def test_every_claim_is_proved(theorems: dict[str, Theorem]) -> None:
    assert set(theorems) == set(CLAIMS)
    for name, theorem in theorems.items():
        assert theorem.claim == CLAIMS[name]
        assert theorem.steps[-1].formula == CLAIMS[name].statement
        assert all(any(axiom is known for known in ax.ALL) for axiom in theorem.assumptions)
        assert theorem.summary in theorem._repr_html_()


def test_what_each_theorem_rests_on(theorems: dict[str, Theorem]) -> None:
    assert set(theorems["ratio"].assumptions) == {ax.FERMAT, ax.POWER_EQUALITY}
    assert set(theorems["optimal"].assumptions) == {ax.BERNOULLI}
    assert set(theorems["unique"].assumptions) == {ax.BERNOULLI, ax.BERNOULLI_STRICT}
    assert set(theorems["convex"].assumptions) == {ax.BERNOULLI, ax.POWER_EQUALITY}
    assert set(theorems["increasing"].assumptions) == {ax.POWER_ORDER}
    assert theorems["multiplier"].assumptions == ()


_a, _b, _right = c.alpha, c.beta, c.RATIO.expression
_closed, _solution = c.EQUAL_EXPONENTS.expression, c.SOLUTION.expression
_floored = c.FLOORED_RATIO.expression

WRONG: dict[str, tuple[str, sp.Expr]] = {
    "exponents swapped": ("ratio", _right * (_b / _a) ** 2),
    "exponents forgotten": ("ratio", _right * _b / _a),
    "one exponent forgotten": ("ratio", _right * _b),
    "1 + exponent for exponent": ("ratio", _right * (1 + _a) * _b / (_a * (1 + _b))),
    "cost ratio inverted": ("ratio", _right * (c.c_d / c.c_r) ** 2),
    "costs forgotten": ("ratio", _right * c.c_d / c.c_r),
    "D missing": ("ratio", _right / c.D),
    "D inverted": ("ratio", _right / c.D**2),
    "errors swapped": ("ratio", _right * (c.eps_r / c.eps_d) ** 2),
    "errors forgotten": ("ratio", _right * c.eps_r / c.eps_d),
    "twice the ratio": ("ratio", 2 * _right),
    "spending with a price": ("spending", c.SPENDING.expression * c.c_r),
    "spending inverted": ("spending", 1 / c.SPENDING.expression),
    "solution with exponents swapped": (
        "solution",
        _solution.xreplace({c.alpha: c.beta, c.beta: c.alpha}),
    ),
    "solution proportional": ("solution", _solution * c.N_d / c.N_d**c.growth),
    "solution without its root": ("solution", _solution ** (1 + _b)),
    "a root beyond all money": ("too_many", c.TOO_MANY.expression - c.B),
    "a root below half": ("too_few", c.B / 2),
    "closed form without its root": ("equal_exponents", _closed ** (1 + _a)),
    "closed form with the root of alpha": ("equal_exponents", _closed ** ((1 + _a) / _a)),
    "closed form with costs inverted": ("equal_exponents", 1 / _closed),
    "floors in the ratio": ("floored_ratio", _floored * (c.e_d / c.e_r) * (c.e_r - c.f_r) / (c.e_d - c.f_d)),
    "floors of one side": ("floored_ratio", _floored * (c.e_r - c.f_r) / c.e_r),
    "floors that move the optimum": ("floored_spending", c.SPENDING.expression * (1 + c.f_d**2)),
    "optimal by a margin": ("optimal", c.OPTIMAL.expression - c.A_r),
    "strictly convex": ("convex", c.CONVEX.expression * (1 - c.u / (1 + c.u))),
    "growth like the budget": ("few_rewards", c.rewards_for(1) * c.B / c.c_d),
    "growth without its constant": ("few_rewards", (c.B / c.c_d) ** c.growth),
    "a faster decay": ("reward_share", c.share_bound * c.B ** (-c.decay)),
    "another limit": ("vanishing_share", sp.S.One),
    "the tangent above": ("tangent", c.TANGENT.expression / 2),
    "the multiplier with 1 - gamma": ("multiplier", c.MULTIPLIER.expression / (1 - proofs.worlds.gamma)),
}


@pytest.mark.parametrize("what", WRONG)
def test_the_same_proof_does_not_prove_a_wrong_claim(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, expression = WRONG[what]
    monkeypatch.setattr(c, name.upper(), CLAIMS[name].mutated("wrong", expression))
    with pytest.raises(ProofError):
        getattr(proofs, name).__wrapped__()


# What is missing here is needed: without it the same steps do not reach the claim.
NEEDED = {
    "unique": "another plan",
    "optimal": "stationary",
    "spending": "minimiser",
    "increasing": "fewer",
    "too_few": "half for dynamics",
    "many_rewards": "alpha < beta",
    "vanishing_share": "alpha < beta",
    "suffices": "solution",
}


@pytest.mark.parametrize("name", NEEDED)
def test_no_hypothesis_can_be_dropped(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    claim = CLAIMS[name]
    fewer = tuple(h for h in claim.hypotheses if h.name != NEEDED[name])
    assert len(fewer) == len(claim.hypotheses) - 1
    monkeypatch.setattr(c, name.upper(), replace(claim, hypotheses=fewer))
    with pytest.raises((ProofError, KeyError, StopIteration)):
        getattr(proofs, name).__wrapped__()


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
    assert c.RATIO.evaluate(**even, N_dyn=5.0, N_rew=5.0) == 1
    assert c.SOLUTION.evaluate(**even, N_dyn=7.0) == pytest.approx(7)
    # Minimise 1/N_d + 1/(2 N_r^2) with N_d + N_r = 2: at (1, 1) both derivatives are -1.
    uneven = even | {"beta": 2.0, "A_rew": 0.5}
    assert c.SPENDING.evaluate(
        **{k: v for k, v in uneven.items() if not k.startswith("c_")}, N_dyn=1.0, N_rew=1.0
    ) == pytest.approx(1)
    assert c.SOLUTION.evaluate(**uneven, N_dyn=1.0) == pytest.approx(1)
    assert c.FEW_REWARDS.evaluate(**uneven, budget=2.0) == pytest.approx(2 ** (2 / 3))
    for budget in (2.0, 20.0):
        share = c.REWARD_SHARE.evaluate(**uneven, budget=budget)
        assert share == pytest.approx(budget ** (-1 / 3))
    equal = {k: v for k, v in even.items() if k != "beta"} | {"c_rew": 4.0, "A_dyn": 9.0}
    assert c.EQUAL_EXPONENTS.evaluate(**equal) == pytest.approx(6)
