import numpy as np
import pytest

from imagination import records
from imagination.studies import goodhart_arms
from imagination.trials import compare


@pytest.fixture
def small(monkeypatch):
    """Everything at a scale that takes seconds."""
    monkeypatch.setitem(goodhart_arms.SCALES, "quick", {"tuning": 3, "seeds": 4})
    monkeypatch.setattr(goodhart_arms, "LENGTHS", {"short": 5, "long": 10})


def test_every_arm_that_asks_experts_is_run_with_every_noise():
    found = goodhart_arms.cells()
    assert len(found) == len(set(found)) == 3 + 2 * (len(goodhart_arms.ARMS) - 3)
    assert {arm for noise, arm in found if noise == "none"} == {
        "judge", "no noise, as few", "no noise, as many"
    }  # fmt: skip


def test_arms_buy_what_they_say():
    """With a huge step the first update decides; shares tell who was asked."""
    options = {"seeds": 4, "updates": 15}
    for arm, expected in {
        "judge": [1, 1, 1, 1],
        "experts": [0] * 4,
        "judge, then experts": [1, 1, 0, 0],
    }.items():
        found, share = goodhart_arms.learners(arm, 0.5, 1.0, generator=np.random.default_rng(0), **options)
        assert list(share) == expected and list(found.updates) == [0, 5, 10, 15]
    steps = [0.001, 1.0]
    found, _ = goodhart_arms.learners(
        "no noise, as many", 0.5, steps, generator=np.random.default_rng(0), **options
    )
    moved = np.abs(found.logits).max(axis=(1, 2))
    assert found.returns.shape == (8, 4) and moved[::2].max() < 0.1 < moved[1::2].min()


def test_a_run_tunes_on_some_seeds_and_compares_others(small):
    cells = [("none", "judge"), ("loud", "experts"), ("loud", "rule, aligned")]
    found = goodhart_arms.run("quick", which=cells)
    again = goodhart_arms.run("quick", which=cells[1:2])
    for name in found:
        part = found[name][found[name]["arm"] == "experts"].reset_index(drop=True)
        assert part.equals(again[name].reset_index(drop=True))
    chosen = found["-tuning"].query("chosen").set_index(["noise", "arm", "length"])
    assert len(found["-tuning"]) == 3 * 2 * len(goodhart_arms.STEPS) and len(chosen) == 6
    largest = found["-tuning"].groupby(["noise", "arm", "length"])["iqm"].max()
    np.testing.assert_array_equal(chosen["iqm"].sort_index(), largest)
    seeds = found["-seeds"]
    steps = seeds.groupby(["noise", "arm", "length"])["step"].agg(["first", "nunique"])
    assert (steps["nunique"] == 1).all()
    np.testing.assert_array_equal(steps["first"], chosen["step"].sort_index())
    assert set(seeds["seed"]) == set(range(1000, 1004))
    last = found[""].groupby(["noise", "arm", "length"]).last()
    np.testing.assert_allclose(last["mean"], seeds.groupby(["noise", "arm", "length"])["return"].mean())
    assert found[""].query("arm == 'judge'")["judge"].notna().all()


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="arm must be one of judge, experts"):
        goodhart_arms.learners("nobody", 1.0, 1.0, seeds=2, updates=1, generator=np.random.default_rng(0))
    with pytest.raises(ValueError, match="scale must be one of"):
        goodhart_arms.run("huge")


def test_decided_compares_arms_under_the_noise_that_they_share(small):
    cells = [("none", "judge"), ("mild", "experts"), ("loud", "experts")]
    seeds = goodhart_arms.run("quick", which=cells)["-seeds"]
    found = goodhart_arms.decided(seeds, [("judge", "experts")], np.random.default_rng(0))
    assert len(found) == 4
    row = found.set_index(["noise", "length"]).loc[("loud", "short")]
    one, two = (
        seeds.query("arm == @arm and noise == @noise and length == 'short'")["return"]
        for arm, noise in (("judge", "none"), ("experts", "loud"))
    )
    assert row["mean"] == pytest.approx(one.mean() - two.mean())
    assert row["iqm"] == pytest.approx(compare.interquartile_mean(one) - compare.interquartile_mean(two))
    assert row["P"] == pytest.approx(np.mean(one.to_numpy()[:, None] > two.to_numpy()))


class TestRecorded:
    def test_a_sample_computed_again_is_the_same(self):
        record, curves = records.describe(goodhart_arms.RECORD), goodhart_arms.recorded()
        assert record.parameters["seeds"] >= 20 and record.parameters["tuning"] >= 20
        where = {"noise": "mild", "arm": "experts", "length": "long"}
        stored = curves[(curves[list(where)] == list(where.values())).all(axis=1)]
        seeds = goodhart_arms.recorded("-seeds")
        stored_seeds = seeds[(seeds[list(where)] == list(where.values())).all(axis=1)]
        step, seed = stored["step"].iloc[0], record.parameters["seed"]
        again, last = goodhart_arms.curves(*where.values(), step, seeds=record.parameters["seeds"], seed=seed)
        for name in ("iqm", "iqm low", "iqm high", "mean", "mean low", "mean high"):
            np.testing.assert_allclose(stored[name], again[name], atol=2e-6)
        np.testing.assert_allclose(stored_seeds["return"], last["return"], atol=1e-4)

    def test_the_steps_are_those_that_tuning_chose(self):
        record, told = records.describe(goodhart_arms.RECORD), goodhart_arms.recorded("-tuning")
        by = ["noise", "arm", "length"]
        largest = told.loc[told.groupby(by)["iqm"].idxmax()].set_index(by)["step"].sort_index()
        used = goodhart_arms.recorded("-seeds").groupby(by)["step"].first()
        np.testing.assert_array_equal(largest, used)
        assert len(used) == 2 * len(goodhart_arms.cells())
        own = {
            "tuning": record.parameters["tuning"],
            "seed": record.parameters["seed"],
            "steps": goodhart_arms.STEPS,
        }
        again = (
            goodhart_arms.tune("loud", "experts", **own).query("length == 'short'").groupby("step")["return"]
        )
        stored = told.query("noise == 'loud' and arm == 'experts' and length == 'short'").set_index("step")
        np.testing.assert_allclose(stored["mean"], again.mean(), atol=2e-6)
        np.testing.assert_allclose(stored["iqm"], again.apply(compare.interquartile_mean), atol=2e-6)
