"""The recorded loop on Pendulum-v1: a sample computed again, and what the record says."""

import numpy as np
import pytest
import torch

from imagination import records
from imagination.reinforce.episodes import act, greedy, play
from imagination.studies.loop.gymnasium_loop import Study
from imagination.studies.loop.gymnasium_records import saved_policy
from imagination.studies.loop.gymnasium_score import in_gymnasium
from imagination.studies.loop.pendulum import SETTING
from imagination.trials.compare import interquartile_mean


@pytest.fixture(scope="module")
def rounds():
    return records.load("imagination-pendulum")


@pytest.fixture(scope="module")
def scores():
    return records.load("imagination-pendulum-scores")


def test_a_recorded_policy_scores_again_what_was_recorded(scores):
    torch.set_num_threads(1)
    about = records.describe("imagination-pendulum").parameters
    first = saved_policy("pendulum", SETTING).map_arrays(lambda array: array[:1])
    found = in_gymnasium(first, about["episodes"], about["seed"]).mean()
    recorded = scores[(scores["arm"] == "imagination, by Gymnasium") & (scores["seed"] == 0)]["score"]
    assert found == pytest.approx(recorded.item(), rel=1e-3)


def test_the_first_real_steps_are_those_recorded(rounds):
    about = records.describe("imagination-pendulum").parameters
    study = Study(SETTING, about["seeds"], about["seed"])
    data = study.collect(SETTING.policy(study.generator, study.count), None)
    collected = data.reward.sum(1).numpy() / SETTING.chains
    np.testing.assert_allclose(collected, rounds.loc[rounds["round"] == 0, "collected"], rtol=1e-6)


def test_it_is_far_better_than_chance_than_none_and_than_the_same_steps_in_the_real_world(rounds, scores):
    last = rounds[rounds["round"] == rounds["round"].max()]
    reached = interquartile_mean(last["score"])
    for arm in ("random", "uncontrolled"):
        assert reached > interquartile_mean(scores.loc[scores["arm"] == arm, "score"]) + 500
    real = scores[scores["arm"] == "real"]
    early = real[real["real_steps"] <= last["real_steps"].max()].groupby("seed")["score"].last()
    assert reached > interquartile_mean(early) + 500


def test_every_gap_is_the_sum_of_its_parts_and_within_the_bounds(rounds):
    assert rounds[["rounding", "finite_rounding"]].abs().max().max() < 1e-4
    np.testing.assert_allclose(rounds["reward_part"] + rounds["dynamics_part"], rounds["gap"], atol=1e-2)
    assert (rounds["finite_gap"].abs() <= rounds["bounded"]).all()
    assert np.isinf(rounds["lemma_1"]).all()


def test_predictions_are_put_back_on_the_pendulums_states():
    points = torch.randn((2, 100, 3), generator=torch.Generator().manual_seed(1)) * 3
    kept = SETTING.keep(points)
    np.testing.assert_allclose(kept[..., :2].norm(dim=-1).clamp(max=1), kept[..., :2].norm(dim=-1), rtol=1e-6)
    far = points[..., :2].norm(dim=-1) > 0.3
    np.testing.assert_allclose(kept[..., :2].norm(dim=-1)[far], 1, rtol=1e-6)
    assert kept[..., 2].abs().max() <= 8 / 15**0.5 + 1e-6


def test_the_certified_constants_hold_on_what_the_policy_does():
    study = Study(SETTING, 2, 3)
    policy = SETTING.policy(study.generator, 2)
    seen = play(
        study.real,
        act(policy.map_arrays(lambda a: a.double()), study.generator),
        study.real.start(20, study.generator),
        50,
    )
    policy = policy.map_arrays(lambda array: array.double())
    state = seen.state.flatten(1, 2)
    other = state + 1e-4 * torch.randn(state.shape, generator=study.generator, dtype=state.dtype)
    steep = (greedy(policy)(state)[1] - greedy(policy)(other)[1]).norm(dim=-1) / (state - other).norm(dim=-1)

    class Errors:
        """Stands for the parts of a gap."""

        error = reward_error = torch.ones(2, 3, 4)

    known = SETTING.constants(study, policy, Errors(), study.generator)
    assert (steep.amax(1).numpy() <= known["L_pi"] * (1 + 1e-6)).all()
    assert (known["eps_dyn"] == 1).all()
