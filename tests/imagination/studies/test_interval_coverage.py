import numpy as np
import pandas as pd
import pytest

from imagination.decide import scaling_laws
from imagination.studies import interval_coverage as study

SEED = 0


@pytest.mark.parametrize(
    "regime, seeds", [("exact law", 3), ("floor", 4), ("learner", 4), ("breaks beyond", 4)]
)
def test_the_record_is_what_the_study_computes(regime, seeds):
    recorded = study.recorded().query("regime == @regime and seeds == @seeds and pilot < 2")
    # What the learner's errors are far out takes long; the width of intervals does not depend on it.
    columns = ["target", "wider"] if regime == "learner" else ["target", "before", "now", "wider"]
    truths = {"dynamics": 1.0, "reward": 1.0}
    if regime != "learner":
        truths = study.true_errors(regime, 0, np.random.default_rng(0))
    again = pd.concat([study.asked(regime, seeds, pilot, truths, SEED) for pilot in range(2)])
    pd.testing.assert_frame_equal(
        again[columns].reset_index(drop=True), recorded[columns].reset_index(drop=True), rtol=5e-3
    )


def test_an_error_beyond_a_bend_is_within_the_interval():
    """A real learner: quantiles of the bootstrap held the error at four times the pilot in at most 2 of 8."""
    truth = np.mean(
        [np.log(study.learner_errors("dynamics", [1600], np.random.default_rng([9, i]))) for i in range(3)]
    )
    held = before = 0
    for pilot in range(8):
        rng = np.random.default_rng(pilot)
        rows = study.learned("dynamics", 8, rng)
        options = {"seeds": rows["seed"], "replicates": 100, "rng": rng}
        law = scaling_laws.compare(rows["samples"], rows["error"], **options).chosen
        found = law.predict([1600]).iloc[0]
        held += found["low"] <= np.exp(truth) <= found["high"]
        far = scaling_laws.power_law(1600, *(law.bootstrap[name] for name in scaling_laws.PARAMETERS))
        before += np.quantile(far, 0.025) <= np.exp(truth) <= np.quantile(far, 0.975)
    assert held >= 6 > 2 >= before


def test_a_law_that_breaks_is_the_power_law_up_to_the_break():
    law = study.LAWS["breaks beyond"]["dynamics"]
    assert law(study.SIZES) == pytest.approx(2.6 * study.SIZES**-0.35)
    assert law(160_000.0) / law(16_000.0) == pytest.approx(10**-0.1)


def test_pilots_scatter_as_they_should():
    rows = study.drawn((2.6, 0.2, 0.0), 2000, np.random.default_rng(0))
    logs = np.log(rows["error"] / (2.6 * rows["samples"] ** -0.2))
    own = logs.groupby(rows["seed"]).mean()
    assert (logs - own[rows["seed"]].to_numpy()).std() == pytest.approx(0.1 * np.sqrt(4 / 5), rel=0.05)
    assert own.std() == pytest.approx(np.sqrt(0.3**2 + 0.1**2 / 5), rel=0.05)


def test_the_summary_by_hand():
    rows = [
        ("floor", 4, pilot, f"{name}: error", False, pilot > 0, 2.0) for pilot in range(4) for name in "ab"
    ]
    rows += [("floor", 4, 4, "refused", False, False, 1.0)]
    columns = ["regime", "seeds", "pilot", "target", "before", "now", "wider"]
    found = study.summary(pd.DataFrame(rows, columns=columns)).iloc[0]
    assert found.tolist() == [0, 0.75, 2 * np.sqrt(0.75 * 0.25 / 4), 2, 4]
