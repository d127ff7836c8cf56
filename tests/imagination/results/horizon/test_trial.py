"""Long rollouts on trial: nothing exceeds its bound, some meet it, and every mutant is caught."""

import numpy as np
import pytest

from imagination.results.horizon import claims, trial
from imagination.results.horizon.mutants import MUTANTS
from imagination.trials.trial import mutation_scores, violations


@pytest.fixture(scope="module")
def table():
    return trial.run("quick", seed=3)


def test_the_claims_hold_and_are_used_up(table):
    assert len(table) >= 2000 and len(violations(trial.TRIALS, table)) == 0
    for of_claim in trial.TRIALS:
        found = of_claim.outcome(table, MUTANTS)
        assert found.problems == len(table), of_claim.claim.name
        if of_claim.claim.relation == "<=" and of_claim.unit is None:
            assert found.largest == pytest.approx(1, abs=1e-9)  # the test could fail
    assert all(trial.TRIALS[i].outcome(table).off < 1e-9 for i in (3, 5))


def test_every_mutant_is_caught(table):
    scores = mutation_scores(trial.TRIALS, MUTANTS, table)
    assert len(scores) == len(MUTANTS) == 20
    assert (scores["caught by"] >= 10).all()


def test_the_closed_loop_speaks_where_lemma_1_is_silent(table):
    silent = table["gamma"] * table["lipschitz"] >= 1
    assert silent.mean() > 0.99 and (table["gamma"] * table["rho"] < 1).all()


def test_the_rule_finds_the_smallest_bound_of_constant_errors(table):
    line = table[table["family"] == "feedback"]
    assert (line["by_rule"] == line["best"]).all()
    assert set(line["best"]) <= {0, trial.HORIZONS}  # 0, or every step is worth taking
    assert line["best"].nunique() == 2


def test_an_order_beyond_the_difference_of_gaps_is_the_worlds(table):
    safe = table["preferred_hat"] - table["other_hat"] > table["gap_difference"]
    assert safe.any() and (table.loc[safe, "loss"] < 0).all()
    assert (table["loss"] > 0).any()  # imagination does prefer wrong ones


def test_one_loop_by_hand():
    """On the line: s' = s/2 with errors of 1 a step, gamma = 1/2, from 0; rewards s, imagined s + 1."""
    values = {"gamma": 0.5, "rho": 0.5, "slope": 1.0, "average_dyn": 1.0, "average_rew": 1.0}
    assert claims.CLOSED_LOOP.evaluate(**values) == pytest.approx(10 / 3)
    early = claims.CONSTANT_ERRORS.evaluate(gamma=0.5, horizon=1, step_error=5 / 3, estimate_error=1.0)
    assert early == pytest.approx(13 / 6)
    change = claims.ONE_MORE_STEP.evaluate(
        gamma=0.5, horizon=2, step_error=0.25, estimate_error=1.0, later_error=1.0
    )
    assert change == pytest.approx(-1 / 16)


def test_episodes_end_and_models_err_about_it(table):
    others = table[table["family"] != "feedback"]
    assert (others["ending_part"].abs() > 1e-3 * others["ended_size"]).mean() > 0.5
    line = table[table["family"] == "feedback"]  # stays at 0, so its world never ends
    assert (line["ending_part"] != 0).all() and (line["dynamics_part"] != 0).all()


def test_one_account_by_hand():
    """The walk of Coq's example: rewards s, then 1 too much; two steps, half goes on, a quarter imagined."""
    parts = {"reward_part": 5 / 4, "dynamics_part": 1 / 4, "ending_part": -3 / 8}
    assert claims.ACCOUNT.evaluate(**parts) == pytest.approx(11 / 8 - 1 / 4)


def test_another_seed_gives_other_loops(table):
    assert not np.allclose(trial.run("quick", seed=4)["gap"], table["gap"])


def test_an_unknown_scale_is_refused():
    with pytest.raises(ValueError, match="scale: 'huge' is none of quick, full"):
        trial.run("huge")
