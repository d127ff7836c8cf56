"""Models learned by counting."""

import numpy as np
import pytest

from imagination.models.counts import CountModel
from imagination.worlds.makers import garnet


def seen():
    """One MDP with 3 states and 2 actions: (0, 1) seen three times, (2, 0) once."""
    return CountModel.empty(1, 3, 2).observe(
        [[0, 0, 0, 2]], [[1, 1, 1, 0]], [[1.0, 2.0, 6.0, 5.0]], [[1, 1, 2, 2]]
    )


def test_frequencies_and_mean_rewards():
    model = seen()
    np.testing.assert_allclose(model.transition()[0, 0, 1], [0, 2 / 3, 1 / 3])
    np.testing.assert_allclose(model.reward()[0], [[0, 3], [0, 0], [5, 0]])
    np.testing.assert_array_equal(model.visits[0], [[0, 3], [0, 0], [1, 0]])


def test_unseen_pairs_are_uniform_and_take_the_reward_told():
    model = seen()
    np.testing.assert_allclose(model.transition()[0, 1, 0], 1 / 3)
    assert model.reward(unseen=-1.0)[0, 1, 0] == -1.0


def test_smoothing_adds_that_many_sightings_of_every_successor():
    np.testing.assert_allclose(seen().transition(smoothing=1.0)[0, 0, 1], [1 / 6, 3 / 6, 2 / 6])


def test_observing_in_parts_is_observing_at_once():
    first = CountModel.empty(1, 3, 2).observe([[0, 0]], [[1, 1]], [[1.0, 2.0]], [[1, 1]])
    both = first.observe([[0, 2]], [[1, 0]], [[6.0, 5.0]], [[2, 2]])
    np.testing.assert_array_equal(both.counts, seen().counts)
    np.testing.assert_array_equal(both.reward_sums, seen().reward_sums)


def test_a_batch_is_learned_separately_and_converges():
    generator = np.random.default_rng(3)
    mdp = garnet(5, 4, 2, 3, 0.9, generator)
    errors = []
    for n in (200, 20_000):
        states, actions = generator.integers(0, 4, (5, n)), generator.integers(0, 2, (5, n))
        batch = np.arange(5)[:, None]
        cumulative = mdp.transition[batch, states, actions].cumsum(axis=-1)
        successors = (cumulative > generator.random((5, n, 1))).argmax(axis=-1)
        model = CountModel.empty(5, 4, 2).observe(
            states, actions, mdp.reward[batch, states, actions], successors
        )
        imagined = model.imagine(mdp)
        errors.append(np.abs(imagined.transition - mdp.transition).max())
        np.testing.assert_allclose(imagined.reward, mdp.reward, rtol=1e-10)
    assert errors[1] < 0.05 < errors[0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ([[0, 3]], [[0, 0]], [[0.0, 0.0]], [[0, 0]]),
            r"states must lie in \[0, 3\), got values from 0 to 3",
        ),
        (([[0, 1]], [[0, -1]], [[0.0, 0.0]], [[0, 0]]), r"actions must lie in \[0, 2\)"),
        (([[0.0, 1.0]], [[0, 0]], [[0.0, 0.0]], [[0, 0]]), r"states must be integers of shape \(1, 2\)"),
        (([[0]], [[0, 0]], [[0.0, 0.0]], [[0, 0]]), r"states must be integers of shape \(1, 2\)"),
        (([0, 1], [0, 0], [0.0, 0.0], [0, 0]), r"rewards must have shape \(1, N\), got \(2,\)"),
        (([[0, 1]], [[0, 0]], [[0.0, np.inf]], [[0, 0]]), "rewards must be finite"),
    ],
)
def test_bad_transitions_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        CountModel.empty(1, 3, 2).observe(*arguments)


def test_negative_smoothing_is_an_error():
    with pytest.raises(ValueError, match="smoothing must be finite and >= 0, got -1"):
        seen().transition(smoothing=-1)
