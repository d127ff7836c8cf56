"""The sweeps of chapter 13: worlds whose gaps are known, and the recorded tables."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from imagination import records
from imagination.models.latent_training import pendulum_trajectories
from imagination.results.return_gap.claims import LEMMA_1
from imagination.studies import representations as sweep
from imagination.worlds.gymnasium import pendulum
from imagination.worlds.perturbations import ConstantPerturbation, PerturbedReward


def itself(shift: float) -> sweep.Subject:
    """The pendulum as a model of itself, with a reward that is wrong by `shift` everywhere; two copies."""
    real = pendulum(np.full(2, sweep.DISCOUNT))
    wrong = PerturbedReward(real.reward, ConstantPerturbation(np.ones((2, 1))), np.full(2, shift))
    decoder = np.broadcast_to(np.eye(3), (2, 3, 3)).copy()

    def as_it_is(state: np.ndarray) -> np.ndarray:
        return np.broadcast_to(state, (2, *state.shape[-2:]))

    return sweep.Subject(real.swap(reward=wrong), as_it_is, decoder, np.zeros((2, 3)))


def test_the_gap_of_a_shifted_reward_is_the_bound():
    table = sweep.measure(itself(0.5), np.random.default_rng(0))
    assert len(table) == 2 * len(sweep.POLICIES) * len(sweep.HORIZONS)
    summed = 0.5 * (1 - sweep.DISCOUNT ** table["horizon"]) / (1 - sweep.DISCOUNT)
    for column in ("gap", "gap_mean", "class_gap", "bound", "closed"):
        np.testing.assert_allclose(table[column], summed, rtol=1e-9, err_msg=column)
    np.testing.assert_allclose(table["eps_rew"], 0.5)
    assert (table["eps_dyn"] == 0).all()
    assert (table["regret"] == 0).all()
    assert (table["lemma"] == np.inf).all()  # the pendulum does not contract
    np.testing.assert_allclose(table["L_pi"][table["policy"] == "upright"], np.hypot(0.3, 0.1))
    assert (table["L_f_seen"] <= table["L_f"]).all()


def test_the_real_returns_are_those_of_gymnasium():
    import gymnasium

    table = sweep.measure(itself(0.0), np.random.default_rng(7))
    generator = np.random.default_rng(7)
    pendulum_trajectories([generator], 100, 10)  # what `measure` draws before the initial states
    generator.standard_normal((sweep.CLASS_SIZE, 3))
    generator.uniform(0, 1, (sweep.CLASS_SIZE, 1))
    starts = pendulum(np.zeros(1)).initial.sample(generator, sweep.STARTS)[0]
    env = gymnasium.make("Pendulum-v1").unwrapped
    total = 0.0
    for cosine, sine, speed in starts:
        env.reset(seed=0)
        env.state = np.array([np.arctan2(sine, cosine), speed * 15**0.5])
        for t in range(15):
            torque = 2 * np.clip(0.2 * env.state[1] / 15**0.5, -1, 1)
            total += sweep.DISCOUNT**t * env.step(np.array([torque]))[1] / len(starts)
    chosen = (table["policy"] == "pump") & (table["horizon"] == 15) & (table["seed"] == 0)
    assert table.loc[chosen, "real_return"].item() == pytest.approx(total, rel=1e-9)


def test_the_largest_errors_are_looked_for_where_torque_is_largest_too():
    """There alone a model jolts by 0.25 in every coordinate and misjudges by 0.5; no rollout comes there."""
    right = itself(0.0)
    real = right.imagined

    def jolts(state, action):
        return real.dynamics(state, action) + 0.25 * (action == 1)

    def misjudges(state, action):
        return real.reward(state, action) - 0.5 * (action[..., 0] == 1)

    subject = replace(right, imagined=real.swap(dynamics=jolts, reward=misjudges))
    found = sweep._errors(subject, np.random.default_rng(0))
    np.testing.assert_allclose(found["eps_dyn"], 0.25 * 3**0.5)
    np.testing.assert_allclose(found["eps_rew"], 0.5)
    assert (found["eps_dyn_mean"] == 0).all() and (found["eps_rew_mean"] == 0).all()


def test_a_gap_above_any_of_its_bounds_is_a_violation():
    bounds = {"bound": [3.0, 1.0, 3.0, 3.0], "closed": [3.0, 3.0, 1.0, 3.0], "lemma": [3.0, 3.0, 3.0, 1.0]}
    assert sweep.violations(pd.DataFrame({"gap": 2.0} | bounds)).index.tolist() == [1, 2, 3]


def test_the_lemma_is_given_where_errors_contract():
    constants = {"gamma": 0.9, "L_r": 2.0, "eps_dyn": 0.1, "eps_rew": 0.3}
    found = LEMMA_1.evaluate(outside=np.inf, **constants, L_f=np.array([0.5, 1.0]), L_pi=np.array([0.0, 0.2]))
    assert found[0] == pytest.approx(0.3 / 0.1 + 0.9 * 2 * 0.1 / (0.1 * 0.55))
    assert found[1] == np.inf


def test_senseless_sweeps_are_refused():
    with pytest.raises(ValueError, match="scale"):
        sweep.run("huge")
    with pytest.raises(ValueError, match="seeds"):
        sweep.run("quick", seeds=0)


def test_recorded_bounds_hold_and_nothing_is_missing():
    table = sweep.recorded()
    models = sum(len(knobs) for knobs in sweep.SMOOTH.values()) * sweep.SCALES["full"]["seeds"]
    assert len(table) == models * len(sweep.POLICIES) * len(sweep.HORIZONS)
    assert set(table["family"]) == set(sweep.SMOOTH)
    assert table["seed"].nunique() >= 10
    assert len(sweep.violations(table)) == 0
    assert records.describe(sweep.RECORD).parameters["seeds"] == table["seed"].nunique()


def test_a_sample_of_the_record_computed_again():
    """The free network of the first seed: every column of its rows.

    On other instruction sets, and with two threads, entries differ by at most 4e-6.
    """
    again = sweep.run("full", families=["free"], seeds=1)
    table = sweep.recorded()
    stored = table[(table["family"] == "free") & (table["seed"] == 0)].reset_index(drop=True)
    pd.testing.assert_frame_equal(again, stored, rtol=1e-4, atol=0, check_dtype=False)
