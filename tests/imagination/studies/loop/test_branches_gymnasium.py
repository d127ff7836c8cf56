"""Branches on Gymnasium's systems: the critic, what is measured, and a sample of the record."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from imagination import records
from imagination.models.learned_world import Steps
from imagination.reinforce.episodes import Baseline, Episodes, act, play
from imagination.studies.loop import branches, branches_report
from imagination.studies.loop.branches import Arm, tried, tuned
from imagination.studies.loop.branches_gymnasium import PERFECT, RECORD, SCALES, SYSTEMS, Critic, spread_of


@pytest.fixture
def generator():
    return torch.Generator().manual_seed(0)


def chain(ended, generator, count=200):
    """Steps of two seeds that stay where they are, each with a reward of 1."""
    state = torch.randn((2, count, 3), generator=generator)
    one = torch.ones(2, count)
    return Steps(state, one[..., None], one, state, torch.full((2, count), ended))


@pytest.mark.parametrize(("ended", "value"), [(True, 1.0), (False, 10.0)])
def test_the_critic_knows_the_worth_of_the_same_reward_for_ever_and_of_one(ended, value, generator):
    steps = chain(ended, generator)
    critic = Critic(steps, 0.9, generator, penalty=1e-8)
    np.testing.assert_allclose(critic(steps.state), value, rtol=1e-3)


def test_the_critic_says_nothing_that_rewards_do_not_allow(generator):
    steps = chain(True, generator)
    critic = Critic(steps, 0.9, generator)
    critic.theta = 1e6 * torch.ones_like(critic.theta)
    assert critic(10 * steps.state).max() == pytest.approx(10.0) and critic(-10 * steps.state).min() >= 0


@pytest.fixture(params=list(SYSTEMS))
def played(request, generator):
    """A system, its real world, a policy, a critic and states of two seeds."""
    system = replace(SYSTEMS[request.param], asked=3, ahead=30)
    real = system.setting.real(2, torch.float32)
    policy = system.setting.policy(generator, 2)
    critic = Critic(
        chain(True, generator) if real.d_state == 3 else _cart(real, policy, generator), 0.9, generator
    )
    return system, real, policy, critic, real.start(3, generator)


def _cart(real, policy, generator):
    seen = play(real, act(policy, generator), real.start(20, generator), 5)
    return Steps(
        *(getattr(seen, n).flatten(1, 2) for n in ("state", "control", "reward", "following", "ended"))
    )


def test_a_model_that_is_the_world_errs_in_no_step(played, generator):
    system, real, policy, critic, start = played
    found = system._measured(real, real, policy, critic, start, 12, generator)
    assert found["step_error"].shape == (2, 12) and found["estimate_error"].shape == (2, 13)
    np.testing.assert_allclose(found["step_error"], 0, atol=1e-4)
    assert (found["estimate_error"][:, 0] > 0.1).all() and found["error"].shape == (2, 13)


class Richer:
    """A world whose every step brings so much more."""

    def __init__(self, world, more):
        self.world, self.more = world, more
        self.batch_size, self.over = world.batch_size, world.over

    def step(self, state, action):
        stepped = self.world.step(state, action)
        return stepped._replace(reward=stepped.reward + self.more)


def test_a_model_that_pays_too_much_errs_by_that_in_each_step(played, generator):
    system, real, policy, critic, start = played
    found = system._measured(real, Richer(real, 0.25), policy, critic, start, 3, generator)
    np.testing.assert_allclose(found["step_error"], 0.25, atol=1e-3)


def test_promises_add_up_what_branches_bring_and_where_they_end(played, generator):
    system, real, policy, critic, start = played
    dream, promise = system._promises(real, policy, critic, start, 4, 1, generator)
    np.testing.assert_allclose(promise[..., 0], critic(start), rtol=1e-5)
    g, last = system.discount, critic(dream.following[:, :, 1])
    first = dream.reward[..., 0] + g * dream.reward[..., 1] + g**2 * last
    np.testing.assert_allclose(promise[..., 2], first, rtol=1e-5)


def test_every_gradient_has_as_many_imagined_steps():
    system = SYSTEMS["pendulum"]
    assert all(system._branches(H) * H == system.imagined for H in system.horizons)
    assert all(system._branches(H) % 5 == 0 for H in (*system.horizons, 1000))


def test_the_spread_falls_as_one_over_the_number_of_branches(played, generator):
    _, real, policy, _, start = played
    dream = play(real, act(policy, generator), start, 4)
    four = Episodes(*(getattr(dream, name).repeat(1, 4, *[1] * (getattr(dream, name).ndim - 2))
                      for name in dream.__annotations__))  # fmt: skip
    one, many = (spread_of(policy, of, 0.9, Baseline(generator, 2, real.d_state)) for of in (dream, four))
    K = 3
    np.testing.assert_allclose(many, one * (K - 1) / (4 * K - 1), rtol=1e-4)


def test_what_is_recorded_of_a_system_is_the_same_tomorrow():
    told = repr(SYSTEMS["pendulum"])
    assert "0x" not in told and "rounds=10" in told and "horizons=(1, 5, 20, 100)" in told


def test_a_condition_that_there_is_not():
    with pytest.raises(ValueError, match="condition must be one of little data, no model errors; got 'much'"):
        SYSTEMS["pendulum"].trained(Arm(1, 1, 0.01), "much", 1, np.random.SeedSequence(0))


# -- the record


def test_the_record_is_whole():
    recorded, full, key = records.load(RECORD), SCALES["full"], branches_report.KEY
    assert list(recorded) == list(branches.COLUMNS) and not recorded.isna().any(axis=None)
    arms = recorded.groupby([*key, "horizon"])["seed"].agg(["size", "nunique"])
    assert arms.eq(full.seeds).all(axis=None)
    assert len(arms) == sum(
        len(full.members_in(condition)) * len(system.horizons)
        for system in SYSTEMS.values()
        for condition in system.conditions
    )
    assert (recorded.loc[recorded["condition"] == PERFECT, "model_part"] == 0).all()
    assert records.load(f"{RECORD}-tuning")["seed"].min() > recorded["seed"].max()
    rates = recorded.drop_duplicates([*key, "horizon"]).set_index([*key, "horizon"])["rate"]
    pd.testing.assert_series_equal(rates, tuned(RECORD)["rate"])


def test_arms_of_the_tuning_come_out_again():
    tuning, size = records.load(f"{RECORD}-tuning"), SCALES["tune"]
    arm = Arm(members=1, horizon=5, rate=0.01)
    again = tried("cart and pole", SYSTEMS["cart and pole"], "little data", arm, size.first, size.block)
    of = {"system": "cart and pole", "condition": "little data", **arm._asdict()}
    rows = tuning[(tuning[list(of)] == pd.Series(of)).all(axis=1)]
    np.testing.assert_allclose(again["regret"], rows["regret"], rtol=1e-3, atol=1e-3)
