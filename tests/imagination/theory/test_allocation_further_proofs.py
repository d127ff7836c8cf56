"""The further claims are proved, and the same steps do not prove wrong versions of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from imagination.theory import allocation_further as f
from imagination.theory import allocation_further_proofs as proofs
from imagination.theory import axioms as ax
from imagination.theory.claim import Claim
from imagination.theory.proof import ProofError

CLAIMS = {name.lower(): value for name, value in vars(f).items() if isinstance(value, Claim)}


def test_every_claim_is_proved() -> None:
    theorems = proofs.proofs()
    assert set(theorems) == set(CLAIMS)
    for name, theorem in theorems.items():
        assert theorem.claim == CLAIMS[name]
        assert theorem.steps[-1].formula == CLAIMS[name].statement
        assert set(theorem.assumptions) <= {ax.BERNOULLI, ax.POWER_EQUALITY, ax.POWER_ORDER}
        assert theorem.summary in theorem._repr_html_()


@pytest.mark.parametrize(("what", "code"), f.ELASTICITIES, ids=lambda key: key)
def test_every_elasticity_is_proved(what: str, code: str) -> None:
    theorem = proofs.elasticity(what, code)
    assert theorem.claim == f.ELASTICITIES[what, code] and theorem.assumptions == ()


_regret, _equal = f.REGRET.expression, f.REGRET_EQUAL.expression

WRONG: dict[str, tuple[str, sp.Expr]] = {
    "no price": ("regret", sp.S.Zero),
    "half the price": ("regret", _regret / 2),
    "the factor inverted": ("regret", _regret.subs(f.m, 1 / f.m)),
    "the factor squared": ("regret", _regret.subs(f.m, f.m**2)),
    "exponents swapped": ("regret", _regret.xreplace({f.alpha: f.beta, f.beta: f.alpha})),
    "first order in dynamics": ("regret_dyn", f.x * f.alpha * (f.m - 1) / 2),
    "the price in dynamics, of rewards": ("regret_dyn", f.REGRET_REW.expression),
    "the price in rewards, inverted": ("regret_rew", f.REGRET_REW.expression.subs(f.m, 1 / f.m)),
    "exact at another price": ("regret_exact", _regret.subs(f.price, 1)),
    "exact without the exponent": ("regret_exact", _regret.subs(f.price, f.N_r / f.M_r)),
    "closed form without its root": ("regret_equal", _equal.subs(f.m, f.m ** (1 + f.alpha))),
    "closed form with the odds inverted": ("regret_equal", _equal.subs(f.odds, 1 / f.odds)),
    "the larger part kept": ("regret_factor", f.REGRET_FACTOR.expression / 2),
    "rounding for nothing": ("rounded", f.x + f.y),
    "rounding with exponents swapped": (
        "rounded",
        f.x * (1 + 1 / f.M_d) ** f.beta + f.y * (1 + 1 / f.M_r) ** f.alpha,
    ),
    "rounding with the other number": (
        "rounded_slow",
        f.x * (1 + f.alpha / f.M_r) + f.y * (1 + f.beta / f.M_d),
    ),
    "fewest by a margin": ("fewest_dyn", f.FEWEST_DYN.expression / 2),
    "joint by a margin": ("joint_only", f.JOINT_ONLY.expression / 2),
}


@pytest.mark.parametrize("what", WRONG)
def test_the_same_proof_does_not_prove_a_wrong_claim(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, expression = WRONG[what]
    monkeypatch.setattr(f, name.upper(), CLAIMS[name].mutated("wrong", expression))
    with pytest.raises(ProofError):
        getattr(proofs, name).__wrapped__()


NEEDED = {
    "regret": "misled",
    "regret_exact": "other plan optimal",
    "rounded": "dynamics rounded down",
    "rounded_slow": "beta <= 1",
    "fewest_dyn": "worth less",
    "fewest_rew": "fewest",
    "joint_never": "c_joint >= c_dyn + c_rew",
    "joint_only": "no single rewards",
    "joint_and_dynamics": "c_joint <= c_dyn + c_rew",
    "joint_and_rewards": "stationary",
}


@pytest.mark.parametrize("name", NEEDED)
def test_no_hypothesis_can_be_dropped(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    claim = CLAIMS[name]
    fewer = tuple(h for h in claim.hypotheses if h.name != NEEDED[name])
    assert len(fewer) == len(claim.hypotheses) - 1
    monkeypatch.setattr(f, name.upper(), replace(claim, hypotheses=fewer))
    with pytest.raises((ProofError, KeyError)):
        getattr(proofs, name).__wrapped__()


@pytest.mark.parametrize("code", ["multiplier", "c_rew", "budget"])
def test_a_wrong_elasticity_is_not_proved(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for what, slip in (("N_dyn", 1 + f.alpha), ("N_rew", -1)):
        claim = f.ELASTICITIES[what, code]
        monkeypatch.setitem(f.ELASTICITIES, (what, code), claim.mutated("wrong", slip * claim.expression))
        with pytest.raises(ProofError):
            proofs.elasticity.__wrapped__(what, code)
