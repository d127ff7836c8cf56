"""Problems with a judge: what is listed is all that may happen, and its estimate is that of samples."""

import numpy as np
import pytest
from scipy import stats

from imagination.reinforce import estimators
from imagination.reinforce.problems import DISCOUNTED, THEOREM_2
from imagination.results.verifier import systems


@pytest.mark.parametrize("family", systems.FAMILIES)
def test_a_family_is_what_it_says(family):
    drawn = systems.draw(family, np.random.default_rng(0), 40)
    assert set(np.unique(drawn.problem.mdp.reward)) == {0, 1}
    assert ((drawn.chance >= 0) & (drawn.chance <= 1)).all() and not drawn.chance[~drawn.judged].any()
    varies = np.ptp(drawn.tpr.reshape(40, -1), axis=1)
    assert (varies > 0).all() if family == "varying rates" else not varies.any()
    if family in ("every step", "varying rates"):
        assert drawn.judged.all() and not drawn.last.any()
    else:  # the last state is over: nobody leaves it, and every last step leads there
        assert (drawn.problem.mdp.transition[:, 2, :, 2] == 1).all() and not drawn.judged[:, 2].any()
        assert (drawn.problem.mdp.transition[..., 2][drawn.last] == 1).all()
        assert not drawn.problem.mdp.transition[:, :2, :, 2][~drawn.last[:, :2]].any()


def test_an_unknown_family_is_refused():
    with pytest.raises(ValueError, match="family: 'oracle' is none of every step"):
        systems.draw("oracle", np.random.default_rng(0), 3)


def test_what_is_listed_is_the_mean_of_samples():
    drawn = systems.draw("until the end", np.random.default_rng(5), 4)
    rng = np.random.default_rng(6)
    sampled = drawn.problem.rollouts(40_000, rng)
    each = np.arange(4)[:, None, None]
    chance = drawn.chance[each, sampled.states[:, :, :-1], sampled.actions]
    said = (rng.random(chance.shape) < chance).astype(float)
    found = estimators.rollout_gradients(drawn.problem, DISCOUNTED, sampled, said)
    mean, variance = systems.listed(drawn, DISCOUNTED)
    error = found.std(axis=1) / np.sqrt(found.shape[1]) + 1e-12
    assert (np.abs(found.mean(axis=1) - mean) < 5 * error).all()
    np.testing.assert_allclose(found.var(axis=1).sum(axis=1), variance, rtol=0.1)


def test_verdicts_only_add_variance():
    drawn = systems.draw("every step", np.random.default_rng(2), 20)
    (mean, loud), (same, quiet) = (systems.listed(drawn, THEOREM_2, verdicts=v) for v in (True, False))
    np.testing.assert_allclose(mean, same, atol=1e-12)
    assert (loud >= quiet - 1e-12).all() and (loud > quiet + 1e-3).any()


def test_episodes_end_as_one_counts_by_hand():
    drawn = systems.draw("in time", np.random.default_rng(1), 30)
    length, end = systems.episode_ends(drawn.problem, drawn.last)
    quits = (drawn.problem.policy.probabilities * drawn.last)[:, 0].sum(axis=1)
    gamma = drawn.problem.discount
    np.testing.assert_allclose(length, 1 + gamma * (1 - quits), rtol=1e-12)
    np.testing.assert_allclose(end, quits + gamma * (1 - quits), rtol=1e-12)


def test_votes_of_one_rate_are_binomial():
    drawn = systems.votes(np.random.default_rng(3), 200)
    assert (drawn["correlation"] > -1e-12).all() and (drawn["correlation"] <= 1).all()
    one = drawn["correlation"] < 1e-12
    assert 10 <= one.sum() < 100
    law = stats.binom(drawn["votes"][one], drawn["rate"][one])
    np.testing.assert_allclose(drawn["spread"][one], law.var() / drawn["votes"][one] ** 2, rtol=1e-9)


def test_majorities_are_binomial_tails():
    drawn = systems.majorities(np.random.default_rng(5), 300)
    votes = 2 * drawn["pairs"] + 1
    np.testing.assert_allclose(drawn["said"], stats.binom(votes, drawn["rate"]).sf(drawn["pairs"]), rtol=1e-9)
    later = stats.binom(votes + 2, drawn["rate"]).sf(drawn["pairs"] + 1)
    np.testing.assert_allclose(drawn["said_later"], later, rtol=1e-9)
    assert (drawn["apart"] <= 0.5).all() and (drawn["off"] <= 0.5).all() and (drawn["off"] < 0.2).any()


def test_a_panel_is_judged_by_its_majority():
    drawn = systems.draw("every step", np.random.default_rng(6), 30)
    judged, pairs = systems.panels(drawn, np.random.default_rng(7))
    tail = stats.binom(2 * pairs + 1, drawn.tpr[:, 0, 0]).sf(pairs)
    np.testing.assert_allclose(judged.tpr[:, 2, 1], tail, rtol=1e-9)
    assert (judged.problem.mdp.reward == drawn.problem.mdp.reward).all() and len(set(pairs)) == 6
