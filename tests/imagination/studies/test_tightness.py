"""How tight bounds are: no bound is exceeded, identities are exact, and the record can be made again."""

import numpy as np
import pandas as pd
import pytest

from imagination import records
from imagination.studies import tightness
from imagination.trials.sweep import batches, generator


@pytest.fixture(scope="module")
def recorded():
    return records.load(tightness.RECORD)


def test_identities_are_exact_and_nothing_is_exceeded(recorded):
    found = tightness.summary(recorded)
    exact = found[found["group"] == "identity"]
    np.testing.assert_allclose(exact[["low", "median", "high"]], 1, atol=1e-5)
    assert found["largest"].max() < 1 + 1e-5
    assert list(found.index) == [bound.name for bound in tightness.BOUNDS]


def test_a_sample_of_the_record_is_made_again(recorded):
    configurations = batches(tightness.SCALES, "full", tightness.FAMILIES)
    columns = ["gap", "regret", *(bound.name for bound in tightness.BOUNDS)]
    for index in (0, len(configurations) - 1):
        again = tightness._batch(configurations[index], generator(0, index))
        kept = recorded[recorded["configuration"] == index].reset_index(drop=True)
        assert len(again) == len(kept) > 100
        np.testing.assert_allclose(again[columns], kept[columns], rtol=1e-5, atol=1e-12)


def test_a_bound_that_is_exceeded_is_told(recorded):
    broken = recorded.head(8).copy()
    broken.loc[broken.index[3], "classical"] = broken["gap"].iloc[3] / 2
    assert len(tightness._violations(broken)) == 1


def test_shares_leave_out_what_has_no_error():
    row = {"gap": 0.0, "gain": 0.5, "regret": 0.0, "loss": 0.2}
    row |= {bound.name: 1.0 for bound in tightness.BOUNDS}
    found = tightness.shares(pd.DataFrame([row])).iloc[0]
    assert np.isnan(found["classical"]) and np.isnan(found["model_optimal"])
    assert found["performance"] == 0.5 and found["pessimism"] == pytest.approx(0.2)


def test_an_unknown_scale_is_refused():
    with pytest.raises(ValueError, match="scale: 'huge' is none of quick, full"):
        tightness.run("huge")
