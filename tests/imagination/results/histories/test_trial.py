"""Histories on trial: no episode refutes a claim, and every mutant is caught."""

import numpy as np
import pytest

from imagination.results.histories import claims, trial
from imagination.results.histories.mutants import MUTANTS
from imagination.results.horizon.claims import CLOSED_LOOP
from imagination.trials.trial import mutation_scores


@pytest.fixture(scope="module")
def table():
    return trial.run("quick", seed=3)


def test_the_claims_hold_and_could_fail(table):
    assert len(table) == 2400
    for own in trial.TRIALS:
        found = own.outcome(table, MUTANTS)
        assert found.problems == 2400 and found.violations == 0, own.claim.name
        assert found.largest == pytest.approx(1, abs=0.001), own.claim.name


def test_every_mutant_is_caught(table):
    caught = [
        mutation_scores([own], [m for m in MUTANTS if m.of == own.claim], table)["caught by"]
        for own in trial.TRIALS
    ]
    assert sum(map(len, caught)) == len(MUTANTS) == 13
    assert min(each.min() for each in caught) >= 10


def test_the_bound_lag_by_lag_is_never_above_that_in_a_norm(table):
    """Of the closed loop in the best norm, whose reward reads the newest observation alone."""
    shared = {name: table[name].to_numpy() for name in ("gamma", "surprise", "mispaid")}
    ours = claims.HISTORIES.evaluate(**shared, memory=table["memory"], reach=1.0)
    theirs = CLOSED_LOOP.evaluate(
        gamma=shared["gamma"],
        rho=table["best_rho"],
        slope=1.0,
        average_dyn=shared["surprise"],
        average_rew=shared["mispaid"],
    )
    assert (ours <= theirs * (1 + 1e-12)).all()
    assert (ours[table["lags"] > 1] < 0.9 * theirs[table["lags"] > 1]).any()


def test_one_observation_that_is_a_state_is_the_closed_loop():
    values = {"gamma": 0.8, "average_dyn": 0.1, "average_rew": 0.02}
    loop = CLOSED_LOOP.evaluate(rho=0.9, slope=2.0, **values)
    one = claims.HISTORIES.evaluate(gamma=0.8, memory=0.8 * 0.9, reach=2.0, surprise=0.1, mispaid=0.02)
    assert one == pytest.approx(loop, rel=1e-14)


def test_a_norm_tells_whether_discounting_outweighs(table):
    """chi < 1 exactly where some weight makes histories move on with a constant below 1/gamma."""
    inside = table["memory"] < 1
    assert ((table["gamma"] * table["best_rho"] < 1.0001) == inside).all() and inside.all()
    np.testing.assert_array_less(table["newest_there"], table["best_rho"])


def test_an_unknown_scale_is_refused():
    with pytest.raises(ValueError, match="scale: 'huge' is none of quick, full"):
        trial.run("huge")
