import numpy as np
import pandas as pd
import pytest

from imagination.models.counts import CountModel
from imagination.studies.loop import advice
from imagination.studies.loop import regulator as lq

SMALL = advice.Scale(seeds=2, split_seeds=2, updates=20)


def test_splits_spend_the_budget_and_no_more() -> None:
    table = advice.splits(np.random.default_rng(0))
    spent = table["N_dyn"] * advice.COST_DYN + table["N_rew"] * advice.COST_REW
    assert (spent <= advice.BUDGET).all()
    assert (spent > advice.BUDGET - advice.COST_DYN - advice.COST_REW).all()
    assert table["share"].iloc[0] == 0.5
    # the larger the multiplier, the more goes to the dynamics
    planned = table.iloc[1:].sort_values("multiplier")
    assert planned["share"].is_monotonic_increasing


def test_the_pilot_s_errors_fall_as_they_should() -> None:
    table = advice.pilot(lq.Settings(), np.random.default_rng(1), seeds=200)
    mean = table.groupby(["quantity", "samples"])["error"].mean().unstack()
    slope = np.log(mean[advice.PILOT[0]] / mean[advice.PILOT[-1]]) / np.log(
        advice.PILOT[-1] / advice.PILOT[0]
    )
    # ten unknowns of the reward and 16 samples: not yet where the law begins
    np.testing.assert_allclose(slope["dynamics"], 0.5, atol=0.05)
    assert 0.5 < slope["reward"] < 1.5


@pytest.mark.parametrize("trial", ["frozen", "horizons"])
def test_a_trial_s_table(trial: str) -> None:
    table = advice.TRIALS[trial](SMALL, np.random.default_rng(2))
    assert tuple(table.columns) == advice.COLUMNS
    assert not table.isna().any().any()
    assert table.groupby(["arm", "x"]).size().eq(SMALL.seeds).all()
    assert (table["regret"] >= -1e-9).all()
    assert (table["trial"] == trial).all()


def test_labels_are_bought_for_as_many_steps_as_paid_for() -> None:
    rng = np.random.default_rng(3)
    here, action = rng.integers(4, size=(2, 50)), rng.integers(2, size=(2, 50))
    reward = here + 10.0 * action
    paid = advice._labelled(CountModel.empty(2, 4, 2), here, action, reward, np.array([7.0, 50.0]), rng)
    np.testing.assert_array_equal(paid.visits.sum(axis=(1, 2)), [7, 50])
    expected = np.arange(4)[:, None] + 10.0 * np.arange(2)
    seen = paid.visits > 0
    np.testing.assert_allclose(paid.reward()[seen], np.broadcast_to(expected, (2, 4, 2))[seen])


def test_a_refit_labels_what_the_policy_visits_and_nothing_else() -> None:
    from imagination.studies.loop import gridworld as tabular

    settings = tabular.Settings(seeds=1)
    real = tabular.world(settings)
    off = np.ones((1, real.n_states, real.n_actions))
    refitter = advice._Refitter(real, off, settings, np.random.default_rng(4))
    left = real.deterministic_policy(np.full(real.n_states, 3))  # into the wall, slipping now and then
    for _ in range(advice.REFIT):
        _, _, before = refitter(left)
    np.testing.assert_array_equal(before, real.reward + off)
    _, _, after = refitter(left)
    changed = (after != before)[0]
    assert changed[0, 3]
    assert not changed[:, :3].any()


def test_the_finite_optimum_is_that_of_backups() -> None:
    from imagination.studies.loop import gridworld as tabular

    real = tabular.world(tabular.Settings(seeds=1))
    best = real[0].solve()
    infinite = float((real.initial * best.values).sum())
    assert advice._finite_optimum(real, 400) == pytest.approx(infinite, rel=1e-6)
    assert advice._finite_optimum(real, 1) == 0.0


def test_unknown_names_are_refused() -> None:
    with pytest.raises(ValueError, match="scale"):
        advice.run("huge")
    with pytest.raises(ValueError, match="trials"):
        advice.run("quick", trials=["luck"])


def test_a_sample_of_the_record_is_made_again() -> None:
    recorded = advice.recorded()
    again = advice.run("full", trials=["frozen"])
    kept = recorded[recorded["trial"] == "frozen"].reset_index(drop=True)
    # Later, one action drawn otherwise for the last digit of a probability, as another processor rounds it,
    # makes another run of it: what must agree then are the means, within what the seeds leave open.
    early = kept["x"] <= 10
    pd.testing.assert_frame_equal(kept[early], again[early], check_dtype=False, rtol=1e-7)
    numbers = ["imagined_return", "real_return", "regret"]
    one, other = (table.groupby(["arm", "x"])[numbers] for table in (kept, again))
    assert ((one.mean() - other.mean()).abs() <= 2 * one.sem() + 1e-9).all(axis=None)
    full, sizes = advice.SCALES["full"], recorded.groupby(["trial", "arm", "x"]).size()
    assert sizes["split"].eq(full.split_seeds).all()
    assert sizes.drop("split").eq(full.seeds).all()
