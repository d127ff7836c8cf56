import numpy as np
import pytest

from imagination.decide.allocation import INPUTS, allocate
from imagination.results.budget import claims
from imagination.results.budget.mutants import MUTANTS, regret, scores, spend_by
from imagination.results.budget.systems import errors_of
from imagination.results.budget.trial import TRIALS, off, run, value
from imagination.trials.trial import Mutant, times


@pytest.fixture(scope="module")
def table():
    return run("quick", seed=7)


def named(name):
    (found,) = [mutant for mutant in MUTANTS if (mutant.name, mutant.of) == (name, claims.RATIO)]
    return found


def test_every_mutant_is_another_statement_of_its_claim():
    for mutant in MUTANTS:
        assert mutant.claim.expression != mutant.of.expression
        assert mutant.claim.quantity == mutant.of.quantity
        assert mutant.claim.hypotheses == mutant.of.hypotheses
    # "Rewards grow no slower" bounds from the other side what "Rewards grow slowly" bounds.
    assert {trial.claim for trial in TRIALS} - {mutant.of for mutant in MUTANTS} == {claims.MANY_REWARDS}


def test_every_mutant_is_caught_by_five_problems_or_more(table):
    found = scores(table)
    assert (found["caught by"] >= 5).all()
    assert (found["wrong by"] >= 1).all() and (found["median regret"] > -1e-12).all()
    assert (found["median regret"] <= found["largest regret"]).all()
    theorem = [750, 750, 1000, 750, *[1000] * 12]
    of_others = [1000, 750, 750, 1000, 750, 250, 250, 17, 459, 240, 240, 240]
    assert found["caught by"].tolist() == [*theorem, *of_others]


def test_outcomes_say_what_was_tried(table):
    found = [trial.outcome(table, MUTANTS) for trial in TRIALS]
    assert [one.problems for one in found] == [1000, 1000, 1000, 250, 490, 490, 240]
    assert [(one.mutants, one.caught) for one in found] == [
        (16, 16), (2, 2), (3, 3), (2, 2), (2, 2), (0, 0), (3, 3),
    ]  # fmt: skip
    assert not any(one.violations for one in found)
    for one, trial in zip(found, TRIALS, strict=True):
        assert one.source == "imagination.results.budget.trial" and np.isnan([one.median, one.largest]).all()
        assert 0 < one.off < 1e-4 if trial.claim.relation == "==" else np.isnan(one.off)


def test_a_slip_in_the_exponents_escapes_where_they_are_equal(table):
    """A trial of problems with equal exponents alone would not have noticed."""
    equal, ratio = table[table["alpha"] == table["beta"]], TRIALS[0]
    assert not ratio.refuted(equal, named("exponents swapped")).any()
    assert ratio.refuted(equal, named("D missing")).all()


def test_mutants_by_hand(table):
    row = table.iloc[[0]]
    D, gamma = row["multiplier"].iloc[0], row["gamma"].iloc[0]
    price = (row["c_rew"] / row["c_dyn"]).iloc[0]
    error = (row["eps_dyn"] / row["eps_rew"]).iloc[0]
    exponent = (row["alpha"] / row["beta"]).iloc[0]
    for name, says in {
        "D missing": exponent * price * error,
        "exponents swapped": D * price * error / exponent,
        "prices inverted": exponent * D * error / price,
        "errors swapped": exponent * D * price / error,
        "D without its gamma": exponent * D / gamma * price * error,
        "1/(1 - gamma) left in D": exponent * D / (1 - gamma) * price * error,
    }.items():
        assert value(named(name).claim.expression, row) == pytest.approx(says)


def test_who_spends_by_the_right_rule_spends_best(table):
    right = Mutant("nothing", claims.RATIO)
    assert spend_by(right, table) == pytest.approx(table["log_odds"].to_numpy(), abs=1e-3)
    assert np.abs(regret(right, table)).max() < 1e-9
    assert off(right.claim.statement, table) == pytest.approx(0, abs=1e-3)


def test_a_rule_that_holds_for_no_split_costs_nothing_that_is_known(table):
    never = Mutant("never", claims.RATIO, lambda expression: claims.N_d / claims.N_r * 2)
    assert np.isnan(regret(never, table)).all()


def test_who_spends_by_a_wrong_multiplier_spends_as_for_another_problem(table):
    """A multiplier that is twice too large: `allocate` says the same of that problem."""
    twice = Mutant("twice", claims.RATIO, times(2))
    other = allocate(**{name: table[name].to_numpy() * (1 + (name == "multiplier")) for name in INPUTS})
    rows = table.assign(floor_dyn=0.0, floor_rew=0.0)
    dyn, rew = errors_of(rows, spend_by(twice, rows))
    assert dyn == pytest.approx(other.eps_dyn, rel=1e-9) and rew == pytest.approx(other.eps_rew, rel=1e-9)
