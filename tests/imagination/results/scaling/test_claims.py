"""What the chapter on learning speed claims, on numbers."""

import numpy as np
import pytest

from imagination.results.scaling import claims


def test_the_lines_enclose_a_hidden_unit() -> None:
    inputs = np.linspace(-2, 3, 101)
    unit = np.maximum(inputs, 0)
    assert np.all(unit <= claims.UPPER_LINE.evaluate(low=-2, high=3, input=inputs) + 1e-15)
    assert claims.UPPER_LINE.evaluate(low=-2, high=3, input=[-2, 3]) == pytest.approx(
        [0, 3]
    )  # and it is a chord
    for slope in (0, 0.3, 1):
        below = claims.LOWER_LINE.quantity.subs(claims.theta, slope)
        assert all(float(below.subs(claims.z, z)) <= h for z, h in zip(inputs, unit, strict=True))


def test_the_square_of_a_power_law() -> None:
    samples = np.array([2e3, 2e5])
    squares = claims.SQUARES.evaluate(amplitude=0.34, exponent=0.11, samples=samples)
    assert squares == pytest.approx((0.34 * samples**-0.11) ** 2)


def test_a_gentle_student_errs_at_a_switch_by_what_is_said() -> None:
    """The best student of slope L at a switch that rises by 2 within a short way."""
    slope, way = 5.0, 0.1
    x = np.array([-way / 2, way / 2])
    student = slope * x
    error = np.abs(student - np.sign(x)).max()
    least = claims.CLIFF.quantity.subs({claims.rise: 2, claims.L_hat: slope, claims.distance: way})
    assert error == pytest.approx(float(least))
