import numpy as np
import pandas as pd
import pytest

from imagination.reinforce.problems import tabular_policy
from imagination.studies.loop import gridworld, rounds
from imagination.worlds.tabular import TabularMDP

SMALL = gridworld.Settings(seeds=3, rounds=3, updates=10, rollouts=16, horizon=20)


@pytest.fixture(scope="module")
def small() -> rounds.Result:
    return gridworld.run(SMALL, np.random.default_rng(0))


def test_the_record_has_the_columns_that_are_promised(small: rounds.Result) -> None:
    assert set(rounds.ROUND_COLUMNS) <= set(small.rounds.columns)
    assert list(small.steps.columns) == list(rounds.STEP_COLUMNS)
    assert not small.rounds.isna().any().any()
    assert set(small.rounds["arm"]) == {"imagination", *(f"real world, rate {r:g}" for r in gridworld.RATES)}
    assert (small.rounds["real_steps"] == (small.rounds["round"] + 1) * SMALL.real_steps).all()


def test_parts_add_up_and_every_bound_holds(small: rounds.Result) -> None:
    ours = small.rounds[small.rounds["arm"] == "imagination"]
    assert ours["rounding"].abs().max() < 1e-11
    for bound in ("lemma_1", "bounded", "on_average", "simulation"):
        assert (ours["gap"].abs() <= ours[bound]).all(), bound
    assert (ours["finite_gap"].abs() <= ours["finite"]).all()
    for bound in ("regret_bound", "regret_known"):
        assert (ours["regret"] <= ours[bound] + 1e-12).all(), bound
    assert (ours["regret"] >= -1e-12).all()
    assert (ours["gap"].abs() > 1e-6).all()  # otherwise all of this says nothing


def test_steps_sum_to_the_parts_of_their_round(small: rounds.Result) -> None:
    totals = small.steps.groupby(["round", "seed"])[["reward_part", "dynamics_part"]].sum()
    ours = small.rounds[small.rounds["arm"] == "imagination"].set_index(["round", "seed"])
    left = SMALL.discount**SMALL.listed / (1 - SMALL.discount) * 20  # the steps that are not listed
    difference = (totals - ours.loc[totals.index, list(totals.columns)]).abs()
    assert difference.max().max() < left


def test_training_is_given_the_model_only_and_improves_there() -> None:
    rng = np.random.default_rng(1)
    real = gridworld.world(SMALL)
    data = gridworld.collect(real, gridworld.start(real), None, SMALL, rng)
    learned = data.counts.imagine(real)
    before = learned.returns(gridworld.start(real).probabilities)
    after = learned.returns(gridworld.improve(gridworld.start(real), learned, SMALL, rng).probabilities)
    assert (after > before).all()


def test_what_is_counted_are_the_real_steps_with_noise() -> None:
    settings = gridworld.Settings(seeds=2, episodes=300, length=40, noise=0.5)
    real = gridworld.world(settings)
    data = gridworld.collect(real, gridworld.start(real), None, settings, np.random.default_rng(2))
    assert data.steps == 12_000
    visits = data.counts.visits
    np.testing.assert_array_equal(visits.sum(axis=(1, 2)), 12_000)
    often = visits > 50
    error = (data.counts.reward() - real.reward)[often] * np.sqrt(visits[often]) / settings.noise
    assert abs(error.mean()) < 0.4
    assert 0.7 < error.std() < 1.3


def test_a_policy_that_is_sure_of_itself_still_explores() -> None:
    settings = gridworld.Settings(seeds=1, episodes=100, length=40, explore=0.2)
    real = gridworld.world(settings)
    sure = tabular_policy(np.broadcast_to([50.0, 0.0, 0.0, 0.0], real.reward.shape))
    taken = gridworld.collect(real, sure, None, settings, np.random.default_rng(4)).counts.visits.sum(axis=1)
    expected = 4000 * np.array([[0.85, 0.05, 0.05, 0.05]])
    assert (np.abs(taken - expected) < 4.5 * np.sqrt(expected)).all()


def test_an_exact_model_has_neither_gap_nor_bounds() -> None:
    real: TabularMDP = gridworld.world(SMALL)
    policy = tabular_policy(np.random.default_rng(3).normal(size=real.reward.shape))
    found = gridworld.measure(real, real, policy)
    for name in ("gap", "reward_part", "dynamics_part", "bounded", "simulation", "on_average", "eps_dyn"):
        np.testing.assert_allclose(found[name], 0, atol=1e-9)
    # then the regret in the real world is the shortfall in imagination, and its bound is an equality
    np.testing.assert_allclose(found["regret_bound"], found["regret"], rtol=1e-9)


def test_a_sample_of_the_record_is_made_again() -> None:
    recorded, _ = rounds.recorded(gridworld.RECORD)
    settings = gridworld.SCALES["full"]
    # the rival's draws come from their own generators, so a part of the run can be made alone
    _, rival = np.random.default_rng(0).spawn(2)
    shorter = gridworld.in_the_real_world(settings, rival)
    arm = recorded[recorded["arm"] == "real world, rate 2"].reset_index(drop=True)
    again = shorter[shorter["arm"] == "real world, rate 2"].reset_index(drop=True)
    columns = ["seed", "round", "real_steps", "real_return", "regret"]
    pd.testing.assert_frame_equal(arm[columns], again[columns], check_dtype=False, rtol=1e-9)


def test_the_recorded_rounds_hold_what_they_claim() -> None:
    recorded, _ = rounds.recorded(gridworld.RECORD)
    ours = recorded[recorded["arm"] == "imagination"]
    assert ours.groupby("round").size().eq(gridworld.SCALES["full"].seeds).all()
    assert ours["rounding"].abs().max() < 1e-10
    assert (ours["gap"].abs() <= ours["bounded"]).all()
    assert (ours["regret"] <= ours["regret_bound"]).all()
