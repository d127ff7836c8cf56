"""Programs and tests: the slips, the verifier's rates, and errors against estimates that run the tests."""

from __future__ import annotations

import calendar
import warnings

import numpy as np
import pytest

from imagination import fidelity
from imagination.studies import unit_tests

PROGRAMS = unit_tests.written(80, np.random.default_rng(1))
POLICY = PROGRAMS.writer(0.25)


def test_the_source_is_right_and_slips_are_what_they_say() -> None:
    space: dict = {}
    exec(unit_tests.SOURCE, space)
    for year, month in unit_tests.INPUTS[::7]:
        assert space["days"](year + 2000, month) == calendar.monthrange(year + 2000, month)[1]
    once = unit_tests.slips("def f(x):\n    return x < 3")
    assert [each.splitlines()[1].strip() for each in once] == [
        *(f"return x {sign} 3" for sign in ("==", "!=", "<=", ">", ">=")), "return x < 2", "return x < 4",
    ]  # fmt: skip
    assert len(set(unit_tests.slips(unit_tests.SOURCE))) == 53


def test_programs_are_the_same_for_a_seed_and_some_slips_are_right() -> None:
    again = unit_tests.written(80, np.random.default_rng(1))
    assert again.sources == PROGRAMS.sources and len(set(again.sources)) == 80
    assert PROGRAMS.right[0] and 1 < PROGRAMS.right.sum() < 20
    np.testing.assert_array_equal(PROGRAMS.right, PROGRAMS.rate == 1)
    assert POLICY @ PROGRAMS.right == pytest.approx(0.25) and POLICY.sum() == pytest.approx(1)


def test_the_verifier_has_the_rates_of_one_test_and_of_two() -> None:
    judge = PROGRAMS.verifier(POLICY)
    exactly = unit_tests.plans(PROGRAMS, POLICY, tests=[1, 2], budget=1.0, fixed_cost=0.1, price=0.1)
    one, other = judge.rates(2)
    np.testing.assert_allclose(one, exactly["TPR"])
    np.testing.assert_allclose(other, exactly["FPR"])


@pytest.mark.parametrize("flaky", [0.0, 0.05])
def test_errors_are_those_of_estimates_that_run_the_tests(flaky: float) -> None:
    groups, rng = 1500, np.random.default_rng(2)
    about = {"budget": 300.0, "fixed_cost": 10.0, "price": 1.0, "flaky": flaky}
    right = POLICY * PROGRAMS.right
    gradient = right - POLICY * right.sum()
    for tests in (1, 9):
        plan = unit_tests.plans(PROGRAMS, POLICY, tests=[tests], **about).iloc[0]
        drawn = unit_tests.sampled(
            PROGRAMS, POLICY, tests=tests, samples=int(plan["samples"]), groups=groups, rng=rng, flaky=flaky
        )
        squares = ((drawn / plan["along"] - gradient) ** 2).sum(axis=1)
        assert abs(squares.mean() - plan["error"]) < 4 * squares.std() / np.sqrt(groups)


def test_a_constant_false_positive_rate_is_the_tools_objective() -> None:
    """Where all wrong programs pass alike, nothing is bias and the tool's variance is the whole error."""
    passes = np.ones((4, 10), bool)
    passes[1:] = np.arange(10) < 6
    programs = unit_tests.Programs(("",) * 4, passes)
    policy = np.array([0.4, 0.3, 0.2, 0.1])
    known = unit_tests.problem(programs, policy)
    del known["share_of_ones"]
    judge = programs.verifier(policy)
    assert judge.correlation == pytest.approx(0, abs=1e-12)
    table = unit_tests.plans(programs, policy, tests=np.arange(1, 21), budget=1e9, fixed_cost=3.0, price=1.0)
    best = fidelity.optimal_cost(judge, **known, fixed_cost=3.0, cost_range=(1, 20))
    np.testing.assert_allclose(table["across"], 0, atol=1e-12)
    assert best.votes == table["error"].idxmin()
    assert best.objective == pytest.approx(1e9 * table["error"].min(), rel=1e-6)


def test_more_money_buys_tests_and_flaky_tests_do_not_pay() -> None:
    about = {"fixed_cost": 10.0, "price": 1.0}
    table = unit_tests.choices(PROGRAMS, POLICY, [300, 10_000, 100_000], **about)
    assert table["tests"].is_monotonic_increasing and table["tests"].iloc[-1] > table["tests"].iloc[0]
    flaky = unit_tests.choices(PROGRAMS, POLICY, [300, 10_000, 100_000], flaky=0.05, **about)
    assert (flaky["tests"] < table["tests"]).all() and (flaky["64 tests"] > table["64 tests"]).all()


def test_what_no_money_buys_is_no_plan() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = unit_tests.choices(PROGRAMS, POLICY, [50], fixed_cost=10.0, price=1.0)
    assert np.isinf(table["64 tests"]).all() and table["samples"].iloc[0] >= 1


def test_learning_needs_more_than_one_test_at_equal_budgets() -> None:
    last = unit_tests.learned(
        PROGRAMS, POLICY, tests=[1, 8], budget=100.0, updates=20, fixed_cost=10.0, price=1.0,
        tuning=20, seeds=40, rng=np.random.default_rng(3),
    )  # fmt: skip
    assert len(last) == 80 and last["seed"].min() == 20
    one, eight = (last.loc[last["tests"] == n, "return"].mean() for n in (1, 8))
    assert 0.25 < one < eight
    assert last.groupby("tests")["step"].nunique().tolist() == [1, 1]
