"""The curvature bounds: their values, their proofs, and wrong versions that the proofs refuse."""

from dataclasses import replace
from decimal import Decimal, localcontext
from functools import partial

import numpy as np
import pytest
import sympy as sp

from imagination.theory import straightening as st
from imagination.theory import straightening_proofs as proofs
from imagination.theory.claim import Hypothesis, HypothesisError
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
    "cauchy_schwarz": {
        "half of it": st.CAUCHY_SCHWARZ.expression / 2,
        "one length forgotten": st.length(st.p) ** 4,
        "no squares": st.length(st.p) * st.length(st.q),
    },
    "through_the_plane": {"half the square": st.eps**2 / 2, "a tenth smaller": 0.9 * st.SHARP.expression},
    "sharper": {"a tenth smaller": 0.9 * st.PROPOSITION_1.expression},
    "sharp_form": {"no root": st.eps**2},
    "attained": {
        "a hundredth smaller": 0.99 * st.SHARP.expression,
        "Proposition 1": st.PROPOSITION_1.expression,
    },
    "straight_is_not_smooth": {"some loss": sp.Rational(1, 10)},
    "shrink": {"not at all": (1 - 2 * st.eps) * st.SHRINK.expression},
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


def _without() -> list[tuple[str, str]]:
    return [
        (prove.__name__, hypothesis.name)
        for prove in proofs.ALL
        for hypothesis in getattr(st, prove.__name__.upper()).hypotheses
        # That eps > 0 only says where a Lipschitz condition says something: these two do without.
        if not (prove.__name__ in ("stretch", "shrink") and hypothesis == st.POSITIVE)
    ]


@pytest.mark.parametrize(("theorem", "name"), _without())
def test_every_hypothesis_is_needed(theorem: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Weaken a hypothesis to something that is always true, and the proof does not go through."""
    for prove in proofs.ALL:
        prove()  # what is cited rests on the true hypotheses
    constant = theorem.upper()
    claim = getattr(st, constant)
    (needed,) = (h for h in claim.hypotheses if h.name == name)
    sides = needed.relation.args
    idle = replace(needed, relation=sp.Ge((sides[0] - sides[1]) ** 2, 0, evaluate=False))
    others = tuple(idle if h is needed else h for h in claim.hypotheses)
    monkeypatch.setattr(st, constant, replace(claim, hypotheses=others))
    for same in [n for n, h in vars(st).items() if isinstance(h, Hypothesis) and h == needed]:
        monkeypatch.setattr(st, same, idle)
    with pytest.raises(ProofError, match=r"not discharged|which is not among|is not shown|the base case"):
        getattr(proofs, theorem).__wrapped__()


def test_the_hypotheses_hold_where_the_bound_is_attained() -> None:
    """They suppose no more than a Lipschitz velocity: the spiral in seven dimensions fulfils every one."""
    rng = np.random.default_rng(0)
    eps, size = 0.7, 7
    plane = np.linalg.qr(rng.standard_normal((size, size)))[0][:, :2]
    matrix = eps * plane @ np.array([[-eps, -np.sqrt(1 - eps**2)], [np.sqrt(1 - eps**2), -eps]]) @ plane.T
    states = [plane @ [1.0, 2.0]]
    for _ in range(6):
        states.append(states[-1] + matrix @ states[-1])
    lengths = np.linalg.norm

    def cosine(x: np.ndarray, y: np.ndarray) -> float:
        return (matrix @ x) @ (matrix @ y) / (lengths(matrix @ x) * lengths(matrix @ y))

    maps = {
        "m": np.subtract,
        "g": np.dot,
        "h": np.multiply,
        "l": lengths,
        "c": cosine,
        "z": states.__getitem__,
    }
    maps |= {"v": lambda x: matrix @ x, "d_S": lambda x, y: lengths(x - y)}
    claim = st.THROUGH_THE_PLANE  # which has every hypothesis of the sharp bound, and one more
    variables = (st.eps, st.t, st.a, st.x, st.y, st.p, st.q, st.u)
    for step in range(5):
        at = (eps, step, rng.standard_normal(), *rng.standard_normal((5, size)))
        for hypothesis in claim.hypotheses:
            left, right = (
                sp.lambdify(variables, side, [maps, "numpy"])(*at)
                for side in (hypothesis.relation.lhs, hypothesis.relation.rhs)
            )
            excess = left - right if isinstance(hypothesis.relation, sp.Le | sp.Lt) else right - left
            assert abs(excess) < 1e-12 if isinstance(hypothesis.relation, sp.Eq) else excess < 1e-12
        loss = sp.lambdify(variables, claim.quantity, [maps, "numpy"])(*at)
        assert loss == pytest.approx(st.curvature_bound(eps), rel=1e-12)


def test_the_bound_of_the_plane_is_that_of_every_space() -> None:
    """The way through the plane uses the proof in coordinates, and ends in the same statement."""
    theorem = proofs.through_the_plane()
    assert {t.claim.name for t in theorem.cited} >= {"Curvature in the plane, sharp", "Cauchy and Schwarz"}
    assert theorem.claim.statement == st.SHARP.statement
    assert "law" not in " ".join(h.name for h in theorem.claim.hypotheses)


def test_the_straight_map_is_spoken_of() -> None:
    """The loss is that of the two velocities, and not of a number that SymPy made of them."""
    assert {st.v_1, st.w_1} <= st.STRAIGHT_IS_NOT_SMOOTH.quantity.free_symbols


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
