"""The recorded loop on CartPole-v1: a sample computed again, and what the record says."""

import numpy as np
import pytest
import torch

from imagination import records
from imagination.studies.loop.cartpole import SETTING
from imagination.studies.loop.gymnasium_loop import Study
from imagination.studies.loop.gymnasium_records import saved_policy
from imagination.studies.loop.gymnasium_score import in_gymnasium
from imagination.trials.compare import interquartile_mean


@pytest.fixture(scope="module")
def rounds():
    return records.load("imagination-cartpole")


@pytest.fixture(scope="module")
def scores():
    return records.load("imagination-cartpole-scores")


def test_the_recorded_policies_score_again_what_was_recorded(scores):
    torch.set_num_threads(1)
    about = records.describe("imagination-cartpole").parameters
    found = in_gymnasium(saved_policy("cartpole", SETTING), about["episodes"], about["seed"]).mean(axis=1)
    recorded = scores.loc[scores["arm"] == "imagination, by Gymnasium", "score"]
    # another processor may round otherwise, and a pole on the brink then falls the other way
    np.testing.assert_allclose(found, recorded, rtol=0.02)


def test_the_first_real_steps_are_those_recorded(rounds):
    about = records.describe("imagination-cartpole").parameters
    study = Study(SETTING, about["seeds"], about["seed"])
    policy = SETTING.policy(study.generator, study.count)
    data = study.collect(policy, None)
    ends = np.maximum(data.ended.sum(1).numpy(), SETTING.chains)
    np.testing.assert_allclose(len(data) / ends, rounds.loc[rounds["round"] == 0, "collected"], rtol=1e-6)


def test_it_learns_to_balance_from_a_tenth_of_the_real_steps(rounds, scores):
    by_round = rounds.pivot(index="round", columns="seed", values="score")
    assert interquartile_mean(by_round.iloc[-1]) > 475
    real = scores[scores["arm"] == "real"]
    used = int(rounds["real_steps"].max())
    early = real[real["real_steps"] <= used].groupby("seed")["score"].last()
    assert interquartile_mean(early) < 475
    assert scores.loc[scores["arm"] == "random", "score"].max() < 30


def test_every_gap_is_the_sum_of_its_parts(rounds):
    assert rounds["gap"].abs().max() > 10
    assert rounds[["rounding", "finite_rounding"]].abs().max().max() < 1e-6
    np.testing.assert_allclose(rounds["reward_part"] + rounds["dynamics_part"], rounds["gap"], atol=1e-3)
    steps = records.load("imagination-cartpole-steps")
    total = steps.groupby(["round", "seed"], sort=False)[
        ["reward_part", "dynamics_part", "ending_part"]
    ].sum()
    shown = rounds.set_index(["round", "seed"]).loc[total.index]
    np.testing.assert_allclose(total, shown[list(total)], atol=1e-3)


def test_no_bound_speaks_where_nothing_is_lipschitz(rounds):
    assert np.isinf(rounds[["lemma_1", "finite", "bounded"]]).all().all()
