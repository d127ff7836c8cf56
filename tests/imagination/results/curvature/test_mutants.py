import numpy as np
import pandas as pd
import pytest

from imagination.results.curvature.mutants import CLAIMS, CONTROLS, PLANTED, Planted, catch, caught, power


@pytest.fixture(scope="module")
def table(quick_straightening):
    return quick_straightening


def test_every_claim_has_some_and_they_differ():
    assert {planted.claim for planted in PLANTED} == set(CLAIMS)
    assert len({(planted.claim, planted.name) for planted in PLANTED}) == len(PLANTED)
    for planted in PLANTED:
        same = planted.wrong.expression == CLAIMS[planted.claim].expression
        assert not same or planted.observed or planted.eps != "eps"


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: f"{planted.claim}: {planted.name}")
def test_every_one_is_caught_by_families_that_are_not_extreme(planted, table):
    row = catch(planted, table)
    assert row["caught by"] >= 20 and row["by other families"] >= 5 and row["excess"] > 0.01


@pytest.mark.parametrize("planted", CONTROLS, ids=lambda planted: f"{planted.claim}: {planted.name}")
def test_what_is_true_is_not_caught(planted, table):
    row = catch(planted, table)
    assert row["caught by"] == 0 and row["worst family"] == "none" and row["excess"] == 0


def test_the_table_counts_what_is_caught(table):
    result = power(table)
    assert list(result["caught by"]) == [caught(planted, table).sum() for planted in PLANTED]
    assert len(power(table, CONTROLS)) == len(CONTROLS)


def test_wrong_versions_by_hand():
    row = {
        "eps": 0.6,
        "angles": 3,
        "loss": 0.19,
        "loss_apart": 0.5,
        "steepness": 0.5,
        "stretch": 1.4,
        "shrink": 0.7,
    }
    rows = pd.DataFrame([row | {"family": "linear"}])
    by_name = {(planted.claim, planted.name): planted for planted in PLANTED}

    def excess(claim, name):
        return float(by_name[claim, name].excess(rows)[0])

    assert excess("sharp", "both velocities equally long") == pytest.approx((0.19 - 0.18) / 0.2)
    assert excess("sharp", "half the bound") == pytest.approx((0.19 - 0.1) / 0.2)
    assert excess("sharp", "velocities two steps apart") == pytest.approx((0.5 - 0.2) / 0.2)
    assert excess("sharp", "mean change of velocity for the largest") == pytest.approx(
        (0.19 - 1 + 0.75**0.5) / 0.2
    )
    assert excess("paper", "1 + eps for 1 - eps") == pytest.approx((0.19 - 0.36 / 3.2) / 0.45)
    assert excess("stretch", "eps / 2 for eps") == pytest.approx(0.1)
    assert excess("shrink", "eps squared for eps") == pytest.approx(0.64 - 0.7)
    assert np.isnan(excess("stretch", "no loss, so L_f at most 1"))
    assert Planted("right", "stretch").excess(rows)[0] == pytest.approx(-0.2)
