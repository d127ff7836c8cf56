"""Makers of tabular MDPs: what each promises about its probabilities, metric and constants."""

import numpy as np
import pytest

from imagination import wasserstein as w
from imagination.worlds import makers


@pytest.fixture
def generator():
    return np.random.default_rng(20)


class TestGarnet:
    def test_every_pair_has_exactly_its_branches(self, generator):
        mdp = makers.garnet(6, 7, 3, 4, 0.9, generator)
        assert np.all((mdp.transition > 0).sum(axis=-1) == 4)
        assert len(mdp) == 6 and mdp.n_states == 7 and mdp.n_actions == 3

    def test_one_branch_is_deterministic_and_all_branches_are_dense(self, generator):
        assert set(np.unique(makers.garnet(2, 4, 2, 1, 0.9, generator).transition)) == {0.0, 1.0}
        assert np.all(makers.garnet(2, 4, 2, 4, 0.9, generator).transition > 0)

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ((2, 4, 2, 5), "branching must be at most n_states = 4, got 5"),
            ((0, 4, 2, 2), "batch must be at least 1, got 0"),
            ((2, 4, 2, 1.5), "branching must be a whole number"),
        ],
    )
    def test_bad_counts_are_named(self, arguments, message, generator):
        with pytest.raises(ValueError, match=message):
            makers.garnet(*arguments, 0.9, generator)


class TestChain:
    def test_walking_right_earns_from_the_last_state_on(self):
        mdp = makers.chain(5, slip=0.0, discount=[0.5, 0.9])
        np.testing.assert_allclose(
            mdp.returns(mdp.deterministic_policy(np.ones(5, int))), [0.125, 0.9**4 / 0.1]
        )

    def test_slipping_all_the_time_swaps_the_actions(self):
        straight, slipped = makers.chain(5, 0.0, 0.9), makers.chain(5, 1.0, 0.9)
        np.testing.assert_array_equal(straight.transition[:, :, ::-1], slipped.transition)

    def test_its_kernel_constant_is_that_of_the_two_actions(self):
        # Left and right lead 2 apart when no wall is in the way; slipping shrinks this by 1 − 2 slip.
        mdp = makers.chain(6, [0.0, 0.1, 0.4], 0.9)
        constants = w.transition_lipschitz(mdp.transition, mdp.state_metric, mdp.action_metric)
        np.testing.assert_allclose(constants, [2, 1.6, 1.0])


class TestGridworld:
    def test_the_shortest_way_is_found(self):
        mdp = makers.gridworld(3, 4, slip=0.0, discount=0.9)
        assert mdp.returns(mdp.solve().policy)[0] == pytest.approx(0.9**5 / 0.1)

    def test_slip_goes_sideways_and_walls_hold(self):
        P = makers.gridworld(3, 3, slip=0.2, discount=0.9).transition[0]
        np.testing.assert_allclose(P[4, 0], [0, 0.8, 0, 0.1, 0, 0.1, 0, 0, 0])  # up from the middle
        np.testing.assert_allclose(P[0, 3], [0.9, 0, 0, 0.1, 0, 0, 0, 0, 0])  # left in the corner

    def test_distances_are_manhattan(self):
        mdp = makers.gridworld(2, 3, 0.1, 0.9)
        assert mdp.state_metric[0, 0, 5] == 3
        np.testing.assert_array_equal(mdp.action_metric[0, 0], [0, 1, 2, 1])


def test_mixing_towards_the_mean_scales_every_constant(generator):
    mdp = makers.garnet(4, 5, 2, 3, 0.9, generator)
    weight = np.array([0.0, 0.3, 0.7, 1.0])
    before = w.transition_lipschitz(mdp.transition, mdp.state_metric, mdp.action_metric)
    mixed = makers.towards_mean(mdp.transition, weight)
    after = w.transition_lipschitz(mixed, mdp.state_metric, mdp.action_metric)
    np.testing.assert_allclose(after, weight * before, atol=1e-12)
    with pytest.raises(ValueError, match=r"weight must lie in \[0, 1\]"):
        makers.towards_mean(mdp.transition, [1.5])


def test_on_grid_keeps_means_and_distances(generator):
    positions = np.sort(generator.random((3, 9)), axis=1)
    means = generator.uniform(-0.2, 1.2, (3, 6))
    spread = makers.on_grid(means, positions)
    clipped = np.clip(means, positions[:, :1], positions[:, -1:])
    np.testing.assert_allclose((spread * positions[:, None]).sum(axis=-1), clipped, atol=1e-14)
    assert spread.min() >= 0 and (spread > 1e-12).sum(axis=-1).max() <= 2
    distance = w.wasserstein_line(spread[:, :, None], spread[:, None], positions[:, None, None])
    np.testing.assert_allclose(distance, np.abs(clipped[:, :, None] - clipped[:, None]), atol=1e-14)
    with pytest.raises(ValueError, match=r"positions must be .* increasing"):
        makers.on_grid(means, positions[:, ::-1])


@pytest.mark.parametrize("make", [makers.chain, lambda n, *rest: makers.gridworld(n, n, *rest)])
def test_bad_slips_are_named(make):
    with pytest.raises(ValueError, match=r"slip must lie in \[0, 1\], got \[1.5\]"):
        make(3, 1.5, 0.9)
