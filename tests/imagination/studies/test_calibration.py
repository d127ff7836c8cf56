import numpy as np
import pandas as pd
import pytest

from imagination.results.return_gap.trial import TAIL, TOLERANCE
from imagination.studies import calibration


@pytest.fixture(scope="module")
def table():
    return calibration.run(seed=1)


def test_as_many_systems_as_in_the_paper(table):
    assert table["systems"].value_counts().to_dict() == {"globally Lipschitz": 150, "LQG": 375}
    assert (table["gamma"] * table["closed_loop"] < 1).all()


def test_no_gap_exceeds_its_bound(table):
    assert (table["ratio"] <= 1 + TOLERANCE).all() and (table["ratio"] >= 0).all()
    assert (table["tail"] <= TAIL * table["bound"]).all()


def test_gaps_of_a_systems_starts_are_averaged_with_their_signs(monkeypatch):
    def gaps(real, *others):
        return np.tile([0.5, -0.3], (real.batch_size, 2))

    monkeypatch.setattr(calibration, "return_gap", gaps)
    found = calibration.calibrate(calibration.configurations()[0], np.random.default_rng(0))
    np.testing.assert_allclose(found["gap"], 0.1)


def test_beside_the_reported_figures(table):
    both = calibration.beside_reported(table)
    assert list(both.index) == ["globally Lipschitz", "LQG", "both"]
    assert list(both["ours", "configurations"]) == list(both["reported", "configurations"]) == [150, 375, 525]
    assert both.loc["both", ("ours", "median")] == table["ratio"].median()
    assert both.loc["LQG", ("reported", "median")] == 0.034
    assert (both["ours", "above 1"] == 0).all()


def test_violations_would_be_counted(table):
    spoiled = pd.concat([table, table.tail(1).assign(ratio=1.1)], ignore_index=True)
    assert calibration.beside_reported(spoiled).loc["LQG", ("ours", "above 1")] == 1
