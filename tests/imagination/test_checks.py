"""Guards: what floats and indices cannot hold is refused by name, and an overflow is no warning."""

import warnings

import numpy as np
import pytest
import torch

from imagination import checks
from imagination.checks import broadcast, finite, numeric, whole


@pytest.mark.parametrize(
    "value",
    [10**400, [1.0, 10**400], np.nan, [1.0, -np.inf], "many", None, [[1.0], [1.0, 2.0]], 1j, object],
    ids=str,
)
def test_what_is_no_finite_float_is_refused_by_name(value):
    with pytest.raises(ValueError, match="budget must be"):
        finite("budget", value)


def test_tensors_that_want_a_gradient_are_refused_by_name():
    with pytest.raises(ValueError, match="budget must be"):
        finite("budget", torch.ones(2, requires_grad=True))


def test_limits_are_kept_and_told():
    np.testing.assert_array_equal(finite("x", [0, 1], least=0), [0.0, 1.0])
    with pytest.raises(ValueError, match=r"x must be finite and >= 0, got -1.0"):
        finite("x", [0, -1], least=0)
    with pytest.raises(ValueError, match=r"x must be finite and > 0, got 0.0"):
        finite("x", [0, 1], above=0)


@pytest.mark.parametrize(
    "value", [True, 1.0, -1, 2**63, 10**5000, "1", None, np.float64(1)], ids=lambda v: ""
)
def test_what_is_no_index_is_refused_by_name(value):
    with pytest.raises(ValueError, match="count must be a whole number, at least 0, got"):
        whole("count", value)
    assert whole("count", np.int64(3), least=3) == 3
    with pytest.raises(ValueError, match="count must be a whole number, at least 3, got 2"):
        whole("count", 2, least=3)


def test_shapes_that_do_not_broadcast_are_named():
    with pytest.raises(ValueError, match=r"discount must have shape \(2,\) or broadcast to it, got \(3,\)"):
        broadcast("discount", np.zeros(3), (2,))


def test_an_overflow_is_infinite_and_what_is_no_number_an_error():
    @numeric
    def ratio(a, b):
        return np.exp(a) / np.exp(b)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isinf(ratio(np.array([1e4]), np.array([0.0])))
        with pytest.raises(ValueError, match="ratio: its arguments are too large or too small"):
            ratio(np.array([1e4]), np.array([1e4]))
        with np.errstate(invalid="ignore"):
            assert np.isnan(ratio(np.array([1e4]), np.array([1e4])))
    for error in (OverflowError, ZeroDivisionError, MemoryError):

        def fails(error=error):
            raise error("why")

        with pytest.raises(ValueError, match=r"fails.*why"):
            numeric(fails)()


@pytest.mark.parametrize(
    ("asked", "rule"),
    [
        (lambda: checks.finite("x", [0.5, None]), "x must be numbers"),
        (lambda: checks.finite("x", "0.5"), "x must be numbers"),
        (lambda: checks.number("x", [0.5]), r"x must be one number, got an array of shape \(1,\)"),
        (
            lambda: checks.together(x=np.ones(2), y=np.ones(3)),
            r"got x \(2,\), y \(3,\)",
        ),
        (lambda: checks.counts(n=0), "n must be a whole number, at least 1, got 0"),
        (lambda: checks.check_items("names", "ab", str), "names must be a sequence of 1 or more str"),
        (lambda: checks.check_items("names", ["a", 1], str), "names must be a sequence"),
        (lambda: checks.check_index("i", np.array([0, 3]), 3), r"i must be whole numbers in \[0, 3\)"),
        (lambda: checks.check_index("i", np.array([0.0]), 3), "i must be whole numbers"),
        (lambda: checks.check_seeds([]), "seeds must be a sequence of one or more"),
        (lambda: checks.check_seeds([(0, -1)]), "seeds must be a whole number, at least 0, got -1"),
        (
            lambda: checks.check_shape("x", np.ones(3), (None, 2)),
            r"shape \(\*, 2\), got \(3,\)",
        ),
        (lambda: checks.check_shape("x", np.array([1j]), (1,)), "x must be an array of real numbers"),
        (lambda: checks.check_shape("x", np.array([np.inf]), (1,)), "x must be finite"),
        (lambda: checks.check_radius("r", np.array([-1.0])), "r must be >= 0"),
        (lambda: checks.check_box(np.ones((1, 2)), np.zeros((1, 2))), "low must be <= high"),
        (lambda: checks.asked("f", lambda x: x.reshape(7), x=np.ones(3)), r"f cannot take x of shape \(3,\)"),
    ],
)
def test_each_check_says_name_and_rule(asked, rule):
    with pytest.raises(ValueError, match=rule):
        asked()


def test_arrays_of_two_libraries_are_refused():
    checks.one_library(x=np.ones(2), y=None, z=0.5)
    with pytest.raises(ValueError, match="arrays must be of one library"):
        checks.one_library(x=np.ones(2), y=torch.ones(2))
