"""The loop on Gymnasium's systems, small: training asks the model alone, and what is recorded adds up."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from imagination.reinforce.episodes import greedy
from imagination.studies.loop import cartpole, pendulum
from imagination.studies.loop.gymnasium_gap import decompose
from imagination.studies.loop.gymnasium_loop import (
    Study,
    _row,
    doubled,
    in_imagination,
    in_reality,
    random_return,
    uncontrolled_return,
)
from imagination.studies.loop.rounds import ROUND_COLUMNS, STEP_COLUMNS

SMALL = {"rounds": 2, "length": 60, "fits": 60, "steps": 3, "rollouts": 8, "horizon": 20}
SETTINGS = {"cartpole": replace(cartpole.SETTING, **SMALL), "pendulum": replace(pendulum.SETTING, **SMALL)}


@pytest.fixture(scope="module", params=["cartpole", "pendulum"])
def ran(request):
    torch.set_num_threads(1)
    return request.param, in_imagination(SETTINGS[request.param], 2, 7, starts=3, episodes=4)


def test_the_gap_is_the_sum_of_its_parts_at_every_round(ran):
    _, (_, _, table, _) = ran
    assert list(zip(table["seed"], table["round"], strict=True)) == [(0, 0), (1, 0), (0, 1), (1, 1)]
    assert set(ROUND_COLUMNS) <= set(table)
    assert not table.isna().any().any()
    np.testing.assert_allclose(table["imagined_return"] - table["real_return"], table["gap"], atol=1e-9)
    np.testing.assert_allclose(table["reward_part"] + table["dynamics_part"], table["gap"], atol=1e-8)
    both = table["finite_reward_part"] + table["finite_dynamics_part"]
    np.testing.assert_allclose(both, table["finite_gap"], atol=1e-8)


def test_the_steps_add_up_to_the_rounds(ran):
    _, (_, _, table, steps) = ran
    assert set(STEP_COLUMNS) <= set(steps)
    total = steps.groupby(["round", "seed"])[["reward_part", "dynamics_part", "ending_part"]].sum()
    for name in total:
        np.testing.assert_allclose(total[name], table[name], atol=1e-8)


def test_bounds_hold_where_they_speak_and_are_silent_on_cartpole(ran):
    name, (_, _, table, _) = ran
    if name == "cartpole":
        assert np.isinf(table[["lemma_1", "finite", "bounded"]]).all().all()
    else:
        assert (table["finite_gap"].abs() <= table["bounded"]).all()
        assert np.isfinite(table["bounded"]).all()


def test_real_steps_are_counted_and_nothing_else_is_taken_from_the_real_world():
    setting = SETTINGS["cartpole"]
    study = Study(setting, 2, 3)
    taken = []
    step = study.real.step

    class Counted:
        """The real world, with an account of who asked for how much."""

        def __getattr__(self, name):
            return getattr(real, name)

        def step(self, state, action):
            taken.append(state.shape[1])
            return step(state, action)

    real = study.real
    study.real = Counted()
    policy = setting.policy(study.generator, 2)
    data = study.collect(policy, None)
    assert sum(taken) == len(data) == setting.chains * setting.length
    models = study.learn(data)
    better = study.improve(policy, models)
    assert sum(taken) == len(data)
    assert (better.flat() != policy.flat()).any(1).all()
    assert len(study.collect(better, data)) == 2 * len(data) == sum(taken)


def test_the_same_seed_gives_the_same_run_and_measuring_changes_nothing():
    setting = SETTINGS["cartpole"]  # of two rounds: in the second a measure of the first would show
    first, again, measured = (
        in_imagination(setting, 2, seed, starts=starts, episodes=episodes)[0].flat()
        for seed, starts, episodes in ((7, 2, 3), (8, 2, 3), (7, 5, 9))
    )
    assert torch.equal(first, measured)
    assert not torch.equal(first, again)


def test_chains_of_real_steps_begin_anew_where_an_episode_ends():
    setting = replace(cartpole.SETTING, length=100)
    study = Study(setting, 2, 5)
    data = study.collect(setting.policy(study.generator, 2), None)
    steps = data.state.unflatten(1, (100, setting.chains))
    following, ended = (part.unflatten(1, (100, setting.chains)) for part in (data.following, data.ended))
    goes_on = (steps[:, 1:] == following[:, :-1]).all(-1)
    assert (goes_on == ~ended[:, :-1]).all()
    assert ended.sum() > 4
    fresh = steps[:, 1:][ended[:, :-1]]
    assert (fresh.abs() <= 0.25).all()


def test_errors_of_means_are_those_of_independent_starts():
    setting = SETTINGS["pendulum"]
    study = Study(setting, 2, 9)
    policy = setting.policy(study.generator, 2)
    model, _ = study.learn(study.collect(policy, None))
    start = study.real.start(6, study.other)
    choose = greedy(doubled(policy))
    parts = decompose(study.real, model.to(torch.float64), choose, start, 20, (1.0, setting.discount))
    apart = (parts.imagined.returns() - parts.real.returns()).numpy()
    row = _row(study, policy, parts)
    np.testing.assert_allclose(row["gap"], apart.mean(1))
    np.testing.assert_allclose(row["gap_se"], apart.std(1, ddof=1) / 6**0.5)
    assert (row["gap_se"] > 0).all()


def test_a_study_has_seeds():
    with pytest.raises(ValueError, match="count"):
        Study(SETTINGS["cartpole"], 0, 1)


def test_reinforce_in_the_real_world_reports_the_steps_it_took():
    setting = replace(SETTINGS["cartpole"], real_rollouts=2)
    table = in_reality(setting, 2, 7, 300, every=2, episodes=3)
    steps = table.pivot(index="round", columns="seed", values="real_steps")
    assert (steps.diff().dropna() > 0).all().all()
    assert (steps.iloc[-1] >= 300).all()
    assert table["score"].between(1, 500).all()


def test_doing_nothing_and_anything_are_as_bad_as_gymnasium_says():
    # a random CartPole-v1 lasts 22 steps on average; a pendulum left alone swings
    assert random_return(cartpole.SETTING, 1, 0, 400)[0] == pytest.approx(22, abs=3)
    assert uncontrolled_return(cartpole.SETTING, 1, 0, 100)[0] == pytest.approx(9.4, abs=0.3)
    assert -1500 < random_return(pendulum.SETTING, 1, 0, 100)[0] < -1000
    assert -1500 < uncontrolled_return(pendulum.SETTING, 1, 0, 100)[0] < -1000
