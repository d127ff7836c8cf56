"""The curvature bounds: their values, and maps that know nothing of the claims."""

from decimal import Decimal, localcontext
from functools import partial

import numpy as np
import pytest
import sympy as sp

from imagination.claim import HypothesisError
from imagination.results.curvature import claims as st


def test_the_formulas_of_the_map_are_those_of_linear_velocities() -> None:
    """The steepest and the flattest place of z + A z, where A has a known largest singular value."""
    rng = np.random.default_rng(0)
    for size in (1, 2, 5):
        matrix = rng.standard_normal((size, size))
        eps = np.linalg.norm(matrix, 2)
        sides = np.linalg.svd(np.eye(size) + matrix, compute_uv=False)
        assert sides.max() <= st.STRETCH.evaluate(eps=eps) + 1e-12
        assert sides.min() >= float(st.SHRINK.quantity.subs(st.eps, eps)) - 1e-12
    for sign, side in ((1, st.STRETCH.expression), (-1, st.SHRINK.quantity)):
        assert sp.simplify(abs(1 + sign * st.eps) - side).subs(st.eps, sp.Rational(1, 3)) == 0


def test_a_linear_velocity_shrinks_by_no_more_than_is_said() -> None:
    rng = np.random.default_rng(1)
    for eps in (0.3, 0.9):
        matrix = rng.standard_normal((4, 4))
        matrix *= eps / np.linalg.norm(matrix, 2)
        velocity = rng.standard_normal(4)
        after = velocity + matrix @ velocity
        least = st.NEVER_STOPS.quantity.subs({st.eps: eps, st.first_length: np.linalg.norm(velocity)})
        assert np.linalg.norm(after) >= float(least)


@pytest.mark.parametrize("factor", [1.5, 10.0])
def test_a_ray_has_no_loss(factor: float) -> None:
    state = np.array([3.0, -1.0, 2.0])
    now, later = (factor - 1) * state, (factor - 1) * factor * state
    loss = 1 - now @ later / (np.linalg.norm(now) * np.linalg.norm(later))
    assert loss == pytest.approx(float(st.STRAIGHT_IS_NOT_SMOOTH.expression), abs=1e-15)


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
