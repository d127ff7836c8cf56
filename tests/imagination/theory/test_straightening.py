"""The curvature bounds: their values, their proofs, and wrong versions that the proofs refuse."""

from decimal import Decimal, localcontext
from functools import partial

import numpy as np
import pytest
import sympy as sp

from imagination.theory import straightening as st
from imagination.theory import straightening_proofs as proofs
from imagination.theory.claim import HypothesisError
from imagination.theory.proof import ProofError


@pytest.mark.parametrize("prove", proofs.ALL, ids=lambda f: f.__name__)
def test_each_claim_is_proved(prove) -> None:  # type: ignore[no-untyped-def]
    assert prove().claim.name


_SQUARES = st.speed(st.x) ** 2 + st.speed(st.y) ** 2
_PRODUCT = 2 * st.cosine(st.x, st.y) * st.speed(st.x) * st.speed(st.y)
WRONG = {
    "sharp": {
        "a tenth smaller": 0.9 * st.SHARP.expression,
        "half the square": st.eps**2 / 2,
        "the square missing": 1 - sp.sqrt(1 - st.eps),
        "a cube": 1 - sp.sqrt(1 - st.eps**3),
        "the root missing": (1 - (1 - st.eps**2)) / 4,
        "the cosine of a turned right angle": 1 - sp.sqrt(1 - st.eps**2 / 2),
    },
    "law_of_cosines": {
        "the sign turned": _SQUARES + _PRODUCT,
        "the 2 missing": _SQUARES - _PRODUCT / 2,
        "no cosine": _SQUARES,
    },
    "in_the_plane": {"half the square": st.eps**2 / 2, "a tenth smaller": 0.9 * st.SHARP.expression},
    "proposition_1": {
        "the divisor 4": st.eps**2 / (4 * (1 - st.eps)),
        "1 + eps for 1 - eps": st.eps**2 / (2 * (1 + st.eps)),
        "a cube": st.eps**3 / (2 * (1 - st.eps)),
    },
    "stretch": {"below one": (1 - st.eps) * st.STRETCH.expression / (1 + st.eps)},
}


@pytest.mark.parametrize(
    ("theorem", "name"), [(theorem, name) for theorem, names in WRONG.items() for name in names]
)
def test_wrong_versions_are_not_proved(theorem: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    constant = theorem.upper()
    claim = getattr(st, constant)
    wrong = claim.mutated("wrong", sp.nsimplify(WRONG[theorem][name]))
    monkeypatch.setattr(st, constant, wrong)
    with pytest.raises(ProofError):
        getattr(proofs, theorem).__wrapped__()


def test_the_bound_needs_an_inner_product() -> None:
    """What the law of cosines says stands nowhere among the hypotheses: it follows from the inner product."""
    assert {"law of cosines", "Law of cosines"}.isdisjoint(h.name for h in st.SHARP.hypotheses)
    assert {st.LINEAR, st.SYMMETRIC, st.SQUARE, st.ANGLE} <= set(st.SHARP.hypotheses)
    assert "Law of cosines" in {theorem.claim.name for theorem in proofs.sharp().cited}


@pytest.mark.parametrize("eps", [1e-12, 1e-8, 1e-3, 0.5, 0.83, 0.999999, 1.0])
def test_the_sharp_value_keeps_its_digits(eps: float) -> None:
    with localcontext() as context:
        context.prec = 60
        expected = float(1 - (1 - Decimal(eps) ** 2).sqrt())
    assert st.curvature_bound(eps) == pytest.approx(expected, rel=1e-14)


def test_values_that_the_book_quotes() -> None:
    paper = partial(st.curvature_bound, sharp=False)
    assert paper(0.9) == pytest.approx(4.05)
    assert paper(0.82) < 2 < paper(0.84)  # 2 is the largest loss there is
    assert np.all(st.curvature_bound(np.linspace(0.01, 1, 100)) <= 1)


def test_a_turning_field_attains_the_sharp_bound() -> None:
    """In the plane, by numbers that know nothing of the claim."""
    eps = np.linspace(0.05, 0.99, 50)
    cos, sin = -eps, np.sqrt(1 - eps**2)
    turn = eps[:, None, None] * np.moveaxis(np.array([[cos, -sin], [sin, cos]]), -1, 0)
    state = np.tile([0.3, -1.2], (50, 1))
    now = np.einsum("cij,cj->ci", turn, state)
    later = np.einsum("cij,cj->ci", turn, state + now)
    cosine = (now * later).sum(1) / (np.linalg.norm(now, axis=1) * np.linalg.norm(later, axis=1))
    np.testing.assert_allclose(1 - cosine, st.curvature_bound(eps), rtol=1e-12)


@pytest.mark.parametrize(
    ("eps", "sharp"), [(0.0, True), (-0.1, True), (1.01, True), (1.0, False), (np.nan, True)]
)
def test_constants_outside_the_range_are_refused(eps: float, sharp: bool) -> None:
    with pytest.raises(HypothesisError, match="eps"):
        st.curvature_bound([0.5, eps], sharp=sharp)


def test_sharp_is_a_choice_of_two() -> None:
    with pytest.raises(ValueError, match="sharp must be True or False, got 'very'"):
        st.curvature_bound(0.5, sharp="very")  # type: ignore[arg-type]
