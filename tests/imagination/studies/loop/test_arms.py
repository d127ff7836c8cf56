"""Other ways of training in the same models: candidates, several models, a bonus for entropy."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from imagination import records
from imagination.models.learned_world import Regrouped
from imagination.reinforce.episodes import greedy, play
from imagination.studies.loop import arms, pendulum
from imagination.studies.loop.gymnasium_loop import Study

SMALL = {"length": 30, "fits": 60, "steps": 3, "rollouts": 16, "horizon": 20, "rounds": 2}


def after_a_round(**changed):
    """A study, its policy before and after one round, and the models."""
    setting = replace(pendulum.SETTING, **SMALL, **changed)
    study = Study(setting, 2, 3)
    first = setting.policy(study.generator, 2)
    models = study.learn(study.collect(first, None))
    return study, first, study.improve(first, models), models


def test_the_candidate_that_imagines_most_goes_out_and_all_are_kept():
    study, _, best, (model, data) = after_a_round(candidates=3)
    assert len(data) == SMALL["length"] * study.setting.chains
    kept = study._candidates
    assert kept.batch_size == 6
    flat = kept.flat().unflatten(0, (2, 3))
    where = (flat == best.flat()[:, None]).all(-1)
    assert where.sum(1).tolist() == [1, 1]
    shared = Regrouped(model, 6)
    start = shared.start(400, torch.Generator().manual_seed(0))
    imagined = play(shared, greedy(kept), start, 200).returns()
    error = imagined.std(1).max() * (1 / 32 + 1 / 400) ** 0.5
    imagined = imagined.mean(1).unflatten(0, (2, 3))
    assert (imagined[where] >= imagined.max(1).values - 4 * error).all()


def test_several_policies_share_a_world_and_one_policy_has_several():
    _, _, _, (many, _) = after_a_round(members=4)
    assert isinstance(many, Regrouped) and many.world.batch_size == 8
    start = many.start(8, torch.Generator().manual_seed(0))
    push = torch.ones(2, 8, 1)
    moved = many.step(start, push)
    for seed, block in np.ndindex(2, 4):
        mine = slice(2 * block, 2 * block + 2)
        alone = many.world.only(4 * seed + block).step(start[seed : seed + 1, mine], push[:1, mine])
        torch.testing.assert_close(moved.state[seed, mine], alone.state[0])
    shared = Regrouped(many.world, 16)
    start = shared.start(3, torch.Generator().manual_seed(1))
    moved = shared.step(start, torch.ones(16, 3, 1))
    alone = many.world.only(4).step(start[8:9], torch.ones(1, 3, 1))
    torch.testing.assert_close(moved.state[8], alone.state[0])
    assert not many.over(start[:2, :2].repeat(1, 2, 1)).any()
    with pytest.raises(ValueError, match="batch_size"):
        Regrouped(many.world, 3)
    with pytest.raises(ValueError, match="count"):
        many.start(3, torch.Generator())


def test_a_bonus_for_entropy_keeps_policies_wider():
    _, first, plain, _ = after_a_round(rate=0.1)
    _, _, wide, _ = after_a_round(rate=0.1, entropy=1000.0)
    assert (wide.log_std > first.log_std).all()
    assert (wide.log_std > plain.log_std).all()


def test_an_arm_changes_what_it_says_and_no_more():
    setting = arms.setting_of("four models", 0.005, 10)
    assert setting == replace(pendulum.SETTING, steps=240, members=4, rate=0.005)
    with pytest.raises(ValueError, match="arm"):
        arms.setting_of("luck", 0.01, 10)


def test_every_arm_was_tuned_on_seeds_that_are_not_shown():
    tuning, shown = records.load("imagination-arms-tuning"), records.load(arms.RECORD)
    assert not set(tuning["seed"]) & set(shown["seed"])
    assert tuning.groupby("arm")["rate"].unique().map(set).eq(set(arms.RATES)).all()
    used = shown.groupby("arm")["rate"].agg(["min", "max"])
    assert {arm: low for arm, (low, high) in used.T.items() if low == high} == arms.chosen()
    assert shown.groupby(["arm", "round"])["seed"].nunique().eq(20).all()


def test_arms_begin_with_the_real_steps_of_what_they_are_set_beside():
    first = (
        records.load(arms.RECORD).query("round == 0").pivot(index="seed", columns="arm", values="collected")
    )
    before = records.load("imagination-pendulum").query("round == 0").set_index("seed")["collected"]
    for arm in first.columns.drop("four starts"):
        np.testing.assert_allclose(first[arm], before, rtol=1e-6)
    table = records.load(arms.RECORD)
    assert table["rounding"].abs().max() < 1e-4
    np.testing.assert_allclose(table["reward_part"] + table["dynamics_part"], table["gap"], atol=1e-2)
