import numpy as np
import pytest
import torch

from imagination.reinforce.problems import DISCOUNTED, THEOREM_2
from imagination.reinforce.sampling import sample
from imagination.studies import noise_on_networks


@pytest.fixture(scope="module")
def table():
    return noise_on_networks.run(size=3, rollouts=2000, horizon=10, seed=1, sigma=0.5)


def test_measured_is_what_the_theorem_says(table):
    assert len(table) == len(noise_on_networks.WORLDS) * 2 * 3
    assert table["z"].abs().max() < table.attrs["limit"] < 5
    np.testing.assert_allclose(table["added"], table["exact amount"], rtol=0.2)


def test_the_mean_does_not_move(table):
    """Largest of some hundred z-scores a row, 18 rows: six standard errors are a chance of 10⁻⁵."""
    assert table["mean z"].max() < 6


def test_bounds_are_used_but_not_exceeded(table):
    """The sharp bounds take the largest measured mean for the largest mean, so they cannot be exceeded."""
    assert (table["sharp used"] <= 1 + 1e-12).all() and table["sharp used"].max() > 0.9
    of_theorem_2 = table[table["outer sum"] == "undiscounted"]
    # Theorem 2 pays for its factor, and for the mean of the largest score norms.
    factor = (1 - of_theorem_2["gamma"]) / (1 + of_theorem_2["gamma"])
    assert (of_theorem_2["used"] < 0.99 * factor * of_theorem_2["sharp used"]).all()


def test_weights_by_hand():
    discount = torch.tensor([0.5])
    undiscounted = noise_on_networks._squared_weights(THEOREM_2, discount, 3)[0, 0]
    np.testing.assert_allclose(undiscounted, [1 + 1 / 4 + 1 / 16, 1 + 1 / 4, 1])
    discounted = noise_on_networks._squared_weights(DISCOUNTED, discount, 3)[0, 0]
    np.testing.assert_allclose(discounted, [1 + 1 / 4 + 1 / 16, 1 / 4 + 1 / 16, 1 / 16])


@pytest.mark.parametrize("kind", noise_on_networks.WORLDS)
def test_worlds_can_be_sampled(kind):
    world, policy = noise_on_networks.WORLDS[kind](
        2, np.random.default_rng(0), torch.Generator().manual_seed(0)
    )
    drawn = sample(world, policy, 3, 4, torch.Generator().manual_seed(0))
    assert drawn.reward.shape == (2, 3, 4) and bool(drawn.reward.isfinite().all())


def test_the_learned_world_is_another():
    made = [
        noise_on_networks.WORLDS[f"Gaussian policy, {side} world"](
            2, np.random.default_rng(0), torch.Generator().manual_seed(0)
        )
        for side in ("real", "learned")
    ]
    rewards = [sample(*pair, 3, 4, torch.Generator().manual_seed(0)).reward for pair in made]
    assert not torch.allclose(*rewards)
