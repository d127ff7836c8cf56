import numpy as np
import pytest

from imagination.decide.allocation import allocate
from imagination.results.budget import claims
from imagination.results.budget import trial as allocation
from imagination.results.budget.mutants import PLANTED, Planted, caught, power, regret, spend_by
from imagination.results.budget.systems import errors_of
from imagination.results.budget.trial import CLAIMS, applies, off


@pytest.fixture(scope="module")
def table():
    return allocation.run("quick", seed=4)


@pytest.fixture(scope="module")
def result(table):
    return power(table)


def named(name, about="ratio"):
    (found,) = [planted for planted in PLANTED if (planted.name, planted.about) == (name, about)]
    return found


def test_every_claim_has_several_and_they_differ():
    counts = {about: sum(planted.about == about for planted in PLANTED) for about in CLAIMS}
    assert counts.pop("many rewards") == 0  # a lower bound on a ratio: only "few rewards" has been spoiled
    assert all(count >= 2 for count in counts.values())
    assert len({(planted.about, planted.name) for planted in PLANTED}) == len(PLANTED)
    for planted in PLANTED:
        right = CLAIMS[planted.about]
        assert planted.claim.expression != right.expression
        assert planted.claim.quantity == right.quantity
        assert planted.claim.hypotheses == right.hypotheses


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: f"{planted.about}: {planted.name}")
def test_every_one_is_caught(planted, table):
    assert caught(planted, table).sum() >= 5


@pytest.mark.parametrize("about", CLAIMS)
def test_right_claims_are_not_caught(about, table):
    assert not caught(Planted("nothing", about, lambda expression: expression), table).any()


def test_the_table_counts_what_is_caught(result, table):
    for planted, (_, row) in zip(PLANTED, result.iterrows(), strict=True):
        assert row["caught by"] == caught(planted, table).sum()
        assert row["share"] == pytest.approx(row["caught by"] / applies(planted.about, table).sum())
        assert row["wrong by"] >= 1 and -1e-12 < row["median regret"] <= row["largest regret"]


def test_a_slip_in_the_exponents_escapes_where_they_are_equal(table):
    """A trial of problems with equal exponents alone would not have noticed."""
    equal = table[table["alpha"] == table["beta"]]
    assert not caught(named("exponents swapped"), equal).any()
    assert caught(named("D missing"), equal).all()


def test_wrong_versions_by_hand(table):
    row = table.iloc[[0]]
    ratio = (row["N_dyn"] / row["N_rew"]).iloc[0]
    D, gamma = row["multiplier"].iloc[0], row["gamma"].iloc[0]
    price = (row["c_rew"] / row["c_dyn"]).iloc[0]
    error = (row["eps_dyn"] / row["eps_rew"]).iloc[0]
    exponent = (row["alpha"] / row["beta"]).iloc[0]

    def says(name):
        return ratio * np.exp(-off(named(name).claim.statement, row)[0])

    assert says("D missing") == pytest.approx(exponent * price * error)
    assert says("exponents swapped") == pytest.approx(D * price * error / exponent)
    assert says("prices inverted") == pytest.approx(exponent * D * error / price)
    assert says("errors swapped") == pytest.approx(exponent * D * price / error)
    assert says("D without its gamma") == pytest.approx(exponent * D / gamma * price * error)
    assert says("1/(1 - gamma) left in D") == pytest.approx(exponent * D / (1 - gamma) * price * error)


def test_who_spends_by_the_right_rule_spends_best(table):
    right = Planted("nothing", "ratio", lambda expression: expression)
    assert spend_by(right, table) == pytest.approx(table["log_odds"].to_numpy(), abs=1e-3)
    assert np.abs(regret(right, table)).max() < 1e-9


def test_a_rule_that_holds_for_no_split_costs_nothing_that_is_known(table):
    never = Planted("never", "ratio", lambda expression: claims.N_d / claims.N_r * 2)
    assert np.isnan(regret(never, table)).all()


def test_who_spends_by_a_wrong_multiplier_spends_as_for_another_problem(table):
    """Without D one plans for a multiplier of 1: `allocate` says the same of that problem."""
    names = ("A_dyn", "alpha", "A_rew", "beta", "c_dyn", "c_rew", "budget")
    other = allocate(**{name: table[name].to_numpy() for name in names}, multiplier=1.0)
    rows = table.assign(floor_dyn=0.0, floor_rew=0.0)
    dyn, rew = errors_of(rows, spend_by(named("D missing"), rows))
    assert dyn == pytest.approx(other.eps_dyn, rel=1e-9) and rew == pytest.approx(other.eps_rew, rel=1e-9)
