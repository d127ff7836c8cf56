import numpy as np
import pandas as pd
import pytest

from imagination.claim import Claim
from imagination.results.return_gap.mutants import CLAIMS, PLANTED, catch, caught, power


@pytest.fixture(scope="module")
def table(quick_trial):
    return quick_trial


@pytest.fixture(scope="module")
def result(table):
    return power(table)


def test_every_claim_has_several_and_they_differ():
    assert all(sum(p.regime == regime for p in PLANTED) >= 2 for regime in CLAIMS)
    assert len({(planted.regime, planted.name) for planted in PLANTED}) == len(PLANTED)
    for planted in PLANTED:
        right = CLAIMS[planted.regime]
        assert planted.claim.expression != right.expression or planted.instead
        assert planted.claim.hypotheses == right.hypotheses


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: f"{planted.regime}: {planted.name}")
def test_every_one_is_caught(planted, table):
    assert caught(planted, table).sum() >= 5


def test_every_one_is_truly_wrong(result):
    assert (result["lowest"] < 0.99).all()


def test_right_claims_are_not_caught(table):
    for planted in PLANTED:
        right = type(planted)(planted.name, planted.regime)
        assert not caught(right, table).any()
        assert catch(right, table)["lowest"] == pytest.approx(1, rel=1e-12)


def test_the_table_counts_what_is_caught(result, table):
    for planted, (_, row) in zip(PLANTED, result.iterrows(), strict=True):
        assert row["caught by"] == caught(planted, table).sum()
        assert row["gap / wrong bound"] > 1 and 0 <= row["by other families"] <= row["caught by"]


def test_a_version_that_only_loosens_is_not_caught(table):
    looser = PLANTED[0].__class__("twice the bound", "contracting", lambda expression: 2 * expression)
    row = catch(looser, table)
    assert row["caught by"] == 0 and row["worst family"] == "none" and row["lowest"] == pytest.approx(2)


def test_wrong_versions_evaluate_by_hand():
    by_name = {(planted.regime, planted.name): planted for planted in PLANTED}
    row = {"gamma": 0.5, "L_f": 0.8, "L_r": 2.0, "L_pi": 0.5, "eps_dyn": 0.1, "eps_rew": 0.3}
    frame = pd.DataFrame([row | {"horizon": 3, "diameter": 0.15, "eps_dyn_mean": 0.05, "eps_rew_mean": 0.1}])

    def value(regime, name):
        return float(by_name[regime, name].evaluate(frame)[0])

    reward, slope = 0.6, 3 * 0.1 * 0.5 / 0.5
    assert value("contracting", "growth of state errors forgotten") == pytest.approx(reward + slope)
    assert value("contracting", "L_pi for 1 + L_pi in the reward's slope") == pytest.approx(
        reward + slope / 3 / (1 - 0.6)
    )
    assert value("contracting", "the larger part for the sum of both") == pytest.approx(slope / (1 - 0.6))
    assert value("contracting", "errors swapped") == pytest.approx(0.2 + 3 * slope / (1 - 0.6))
    assert value("contracting", "mean errors for suprema") == pytest.approx(0.2 + slope / 2 / (1 - 0.6))
    assert value("finite", "H off by one") == pytest.approx(0.3 * 1.5 + 3 * 0.1 * 0.5)
    assert value("bounded", "radius for diameter") == pytest.approx(0.6 + 3 * 0.075)
    assert isinstance(by_name["finite", "H off by one"].claim, Claim) and np.isfinite(
        value("finite", "H off by one")
    )
