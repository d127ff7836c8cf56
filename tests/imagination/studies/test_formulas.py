"""Reading a formula of anyone's: what may be written, and what is said of what may not."""

import math

import numpy as np
import pytest
import sympy as sp

from imagination import return_gap
from imagination.studies.formulas import CONTRACTION, NO_VALUE, asked, read

gamma, L_f, L_pi, eps_rew = sp.symbols("gamma L_f L_pi eps_rew", nonnegative=True)

TABLE = {
    "gamma": np.array([0.5, 0.5, 0.9]),
    "L_f": np.array([0.5, 1.0, 1.0]),
    "L_r": np.ones(3),
    "L_pi": np.array([1.0, 0.5, 1.0]),
    "eps_dyn": np.array([1.0, 2.0, 3.0]),
    "eps_rew": np.array([0.1, 0.2, 0.3]),
}
ALL = ["gamma", "L_f", "L_r", "L_pi", "eps_dyn", "eps_rew"]


def test_a_claim_an_expression_and_a_callable_say_the_same():
    own = {name: column[:2] for name, column in TABLE.items()}
    expected = return_gap.bound(**own)
    for formula in (return_gap.LEMMA_1, return_gap.LEMMA_1.expression, return_gap.bound):
        np.testing.assert_allclose(read(formula)(own), expected, rtol=1e-12)


def test_other_names_of_the_letters():
    errors = sp.symbols("varepsilon_dyn epsilon_rew")
    assert set(read(sum(errors)).names) == {"eps_dyn", "eps_rew"}
    assert set(read(sp.Symbol("H") + sp.Symbol("D")).names) == {"horizon", "diameter"}
    np.testing.assert_allclose(read(sp.Symbol("L"))(TABLE), [1, 1.5, 2])
    np.testing.assert_allclose(read(lambda L: 2 * L)(TABLE), [2, 3, 4])


def test_one_letter_with_and_without_assumptions_is_one_letter():
    np.testing.assert_allclose(read(gamma + sp.Symbol("gamma"))(TABLE), [1, 1, 1.8])


def test_a_constant_is_a_formula():
    np.testing.assert_allclose(read(3)(TABLE), [3, 3, 3])
    np.testing.assert_allclose(read(lambda: 3)(TABLE), [3, 3, 3])


@pytest.mark.parametrize(
    "formula",
    [
        lambda gamma, eps_rew: max(gamma, eps_rew),
        lambda gamma, eps_rew: gamma if gamma > eps_rew else eps_rew,
        lambda gamma, eps_rew: math.sqrt(gamma**2),
        lambda gamma, eps_rew: np.max([gamma, eps_rew]),
    ],
)
def test_a_callable_may_be_written_for_single_numbers(formula):
    np.testing.assert_allclose(read(formula)(TABLE), [0.5, 0.5, 0.9])


def test_a_callable_keeps_its_defaults_and_takes_what_it_names():
    assert read(lambda gamma, power=2: gamma**power).names == ("gamma",)
    assert read(return_gap.bound).names == tuple(ALL)
    assert set(read(lambda **constants: constants["gamma"]).names) == set(ALL)


def test_where_it_is_silent_is_said():
    values, why = asked(read(sp.sqrt(eps_rew - sp.Rational(1, 5))), TABLE)
    assert list(why) == [NO_VALUE, "", CONTRACTION]
    assert values[1] == 0
    _, why = asked(read(lambda gamma: 1j * gamma), TABLE)
    assert list(why) == ["its value is complex"] * 2 + [CONTRACTION]
    _, why = asked(read(1 / (gamma - sp.Rational(1, 2))), TABLE)
    assert list(why) == ["its value is infinite"] * 2 + [CONTRACTION]
    _, why = asked(read(lambda gamma: 1 / 0), TABLE)
    assert list(why) == [NO_VALUE] * 2 + [CONTRACTION]


def test_a_formula_with_a_horizon_is_asked_without_contraction():
    _, why = asked(read(lambda gamma, horizon: gamma * horizon), TABLE | {"horizon": np.ones(3)})
    assert list(why) == [""] * 3


def refused(formula, told):
    with pytest.raises(ValueError, match=told):
        asked(read(formula), TABLE)


def test_what_cannot_be_read_is_refused():
    refused("gamma", "formula: must be an expression of SymPy or a callable, got 'gamma'")
    refused(None, "formula: must be an expression")
    refused(True, "formula: must be an expression")
    refused(sp.Le(gamma, 1), "formula: must be an expression")
    refused(gamma + sp.Symbol("L_v"), r"symbols must be among gamma, .*, L, got L_v")
    refused(lambda gamma, rate: gamma, r"arguments must be among gamma, .*, got rate")
    refused(lambda *numbers: 1, "given by name, and numbers cannot be")
    refused(sp.Function("V")(gamma), r"V\(gamma\) is unknown")


def test_what_cannot_be_evaluated_is_refused():
    refused(lambda gamma: "a lot", "formula: must be a number, got 'a lot'")
    refused(lambda gamma: None, "formula: must be a number, got None")
    refused(lambda gamma: gamma > 0, "formula: must be a number")
    refused(lambda gamma: [gamma, gamma], "must be one number")
    refused(lambda gamma: undefined(gamma), "fails for {'gamma': 0.5}: NameError")  # noqa: F821
