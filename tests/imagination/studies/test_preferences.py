"""Rewards from comparisons: drawn, learned and climbed, beside SciPy, enumeration and sampling."""

import itertools

import numpy as np
import pytest
from scipy import optimize

from imagination.studies import preferences


def small(size=3, answers=4, seed=0):
    rng = np.random.default_rng(seed)
    features = rng.standard_normal((size, answers, 2))
    worth = rng.standard_normal((size, answers))
    return preferences.Answers(features, rng.dirichlet(np.ones(answers), size), worth), rng


@pytest.mark.parametrize("family", preferences.FAMILIES)
def test_a_family_is_a_law_and_a_return_of_every_answer(family):
    problems = preferences.draw(family, 5, np.random.default_rng(1))
    assert len(problems) == 5 and problems.features.shape[:2] == problems.worth.shape
    assert np.allclose(problems.chance.sum(axis=1), 1) and (problems.chance > 0).all()
    linear = np.linalg.lstsq(
        np.concatenate([problems.features, np.ones((5, problems.features.shape[1], 1))], axis=2)[0],
        problems.worth[0],
        rcond=None,
    )[0]
    seen = problems.features[0] @ linear[:-1] + linear[-1]
    assert np.allclose(seen, problems.worth[0]) == (family != "enough is enough")


def test_rare_answers_are_worth_less_in_one_family_alone():
    for family, low, high in (("answers", -0.1, 0.1), ("rare is bad", 0.6, 0.8)):
        problems = preferences.draw(family, 300, np.random.default_rng(2))
        together = np.corrcoef(np.log(problems.chance).ravel(), problems.worth.ravel())[0, 1]
        assert low < together < high
    with pytest.raises(ValueError, match="family must be one of answers"):
        preferences.draw("questions", 3, np.random.default_rng(0))


def test_who_wins_depends_on_the_difference_alone():
    worth = np.array([[0.0, 1.0, 3.0]] * 2)
    problems = preferences.Answers(np.broadcast_to(np.eye(3), (2, 3, 3)), np.full((2, 3), 1 / 3), worth)
    apart, won = preferences.compared(problems, 40_000, np.random.default_rng(3))
    difference = apart @ worth[0]
    for size in (-2.0, 1.0, 3.0):
        share = won[difference == size]
        expected = 1 / (1 + np.exp(-size))
        assert abs(share.mean() - expected) < 5 * np.sqrt(expected * (1 - expected) / len(share))


@pytest.mark.parametrize("spread", [0.5, 10.0])
def test_what_is_learned_is_scipys(spread):
    problems, rng = small()
    apart, won = preferences.compared(problems, 30, rng)
    times = rng.integers(1, 4, won.shape).astype(float)
    found = preferences.learned(apart, won, spread, times=times)
    for row in range(len(problems)):

        def loss(weights, row=row):
            margin = (2 * won[row] - 1) * (apart[row] @ weights)
            return (times[row] * np.logaddexp(0, -margin)).sum() + (weights**2).sum() / (2 * spread**2)

        other = optimize.minimize(loss, np.zeros(2), method="BFGS", options={"gtol": 1e-8})
        assert np.allclose(found.weights[row], other.x, atol=1e-4)
        assert np.isclose(found.loss[row], other.fun)


def test_evidence_is_near_the_integral_and_chooses_the_prior():
    problems, rng = small(size=1)
    apart, won = preferences.compared(problems, 60, rng)
    axis = np.linspace(-4, 4, 161)
    grid = np.stack(np.meshgrid(axis, axis), axis=-1)
    margin = (2 * won[0] - 1) * np.einsum("xyd,nd->xyn", grid, apart[0])
    found = preferences.learned(apart, won, 1.0)
    prior = np.exp(-0.5 * (grid**2).sum(axis=-1)) / (2 * np.pi)
    exactly = np.log(
        (np.exp(-np.logaddexp(0, -margin).sum(axis=-1)) * prior).sum() * (axis[1] - axis[0]) ** 2
    )
    assert abs(found.evidence[0] - exactly) < 0.05
    best = preferences.shrunk(apart, won)
    every = [preferences.learned(apart, won, spread).evidence[0] for spread in preferences.SPREADS]
    assert np.isclose(best.evidence[0], max(every))


def test_the_standard_error_is_that_of_repeated_comparisons():
    problems, rng = small(size=1)
    worth = problems.features @ rng.standard_normal(2)
    problems = preferences.Answers(problems.features, problems.chance, worth)
    many = preferences.Answers(*(np.repeat(each, 400, axis=0) for each in vars(problems).values()))
    found = preferences.flat(*preferences.compared(many, 800, np.random.default_rng(4)))
    policies = np.eye(4)[None, :2] * np.ones((400, 1, 1))
    learned = many.gain(policies, found.rewards(many))
    said = found.error(many, policies).mean(axis=0)
    assert np.allclose(learned.std(axis=0), said, rtol=0.12)
    assert np.allclose(learned.mean(axis=0), problems.gain(policies[:1])[0], atol=4 * said / 20 + 0.05)


def test_tilted_policies_are_as_far_as_asked_and_learn_the_most():
    problems, rng = small()
    policies, temperature = preferences.tilted(problems.chance, problems.worth, [0.0, 0.3, 0.6, 9.0])
    far = np.sqrt(preferences.divergence(policies, problems.chance))
    assert np.allclose(far[:, :3], [0.0, 0.3, 0.6], atol=1e-3)
    assert (policies[:, 3].argmax(axis=1) == problems.worth.argmax(axis=1)).all()
    assert np.allclose(policies[:, 3].max(axis=1), 1)
    direct = problems.chance * np.exp(problems.worth / temperature[:, 1:2])
    assert np.allclose(policies[:, 1], direct / direct.sum(axis=1, keepdims=True))
    others = rng.dirichlet(np.ones(4), (3, 5000))
    near = preferences.divergence(others, problems.chance) <= 0.3**2
    assert near.any() and (problems.gain(others)[near] < problems.gain(policies)[:, 1].max() + 1e-9).all()
    beaten = np.where(near, problems.gain(others), -np.inf).max(axis=1)
    assert (beaten <= problems.gain(policies)[:, 1] + 1e-6).all()
    nowhere, _ = preferences.tilted(problems.chance, np.zeros((3, 4)), [0.5])
    assert np.allclose(nowhere[:, 0], problems.chance)


def test_the_best_of_three_by_listing_all_triples_with_ties():
    problems, _ = small(size=1)
    rewards = np.array([[0.0, 1.0, 1.0, -1.0]])
    law = np.zeros(4)
    for drawn in itertools.product(range(4), repeat=3):
        best = [i for i in drawn if rewards[0, i] == rewards[0, list(drawn)].max()]
        for winner in best:
            law[winner] += problems.chance[0, list(drawn)].prod() / len(best)
    assert np.allclose(preferences.best_of(problems.chance, rewards, [1, 3])[0], [problems.chance[0], law])


def test_a_gradient_step_is_the_one_of_differences():
    problems, _ = small(size=1)
    after = preferences.ascended(problems.chance, problems.worth, [0, 1], rate=0.01)[0]
    assert np.allclose(after[0], problems.chance[0])
    slope = []
    for answer in range(4):
        moved = [np.log(problems.chance[0]) + sign * 1e-6 * np.eye(4)[answer] for sign in (1, -1)]
        up, down = (np.exp(each) / np.exp(each).sum() @ problems.worth[0] for each in moved)
        slope.append((up - down) / 2e-6)
    moved = np.log(problems.chance[0]) + 0.01 * np.array(slope)
    assert np.allclose(after[1], np.exp(moved) / np.exp(moved).sum())


def test_refreshed_comparisons_move_to_the_answers_of_the_policy():
    problems = preferences.draw("answers", 40, np.random.default_rng(5))
    asked = {}
    for where in ("start", "refreshed"):
        rng = np.random.default_rng(6)
        data = (
            preferences.compared(problems, 203, rng)
            if where == "start"
            else preferences.refreshed(problems, 203, rng, preferences.shrunk, distance=1.0)
        )
        assert data[0].shape == (40, 203, 32) and data[1].shape == (40, 203)
        asked[where] = np.einsum("bnd,bd->bn", np.abs(data[0]), problems.worth).mean()
    assert asked["refreshed"] > asked["start"] + 0.1


def test_values_of_a_path_are_read_at_distances():
    read = preferences.on_grid(
        np.array([[0.0, 1.0, 2.0]]), np.array([[0.0, 10.0, 30.0]]), np.array([0.5, 1.5, 9])
    )
    assert np.allclose(read, [[5, 20, 30]])
