"""The split of a budget on the grid and in random worlds: what is bought, and a sample of the record."""

import numpy as np
import pytest

from imagination import records
from imagination.studies.loop import splits


@pytest.mark.parametrize("system", splits.SYSTEMS)
def test_models_of_much_data_are_right_and_of_none_know_nothing(system):
    rng = np.random.default_rng(1)
    real = splits.world(system, 2, rng)
    known = splits.learned(real, 400_000, 400_000, 0.5, rng)
    assert np.abs(known.transition - real.transition).max() < 0.05
    assert np.abs(known.reward - real.reward).max() < 0.05
    blind = splits.learned(real, 0, 0, 0.5, rng)
    np.testing.assert_allclose(blind.transition, 1 / real.n_states)
    assert (blind.reward == 0).all()
    with pytest.raises(ValueError, match="system"):
        splits.world("spiral", 2, rng)


def test_a_sample_of_the_record_is_made_again():
    """The first share of each system: later ones follow from the same generator."""
    kept = splits.recorded()
    seeds = records.describe(splits.RECORD).parameters["seeds"]
    assert kept.groupby(["system", "budget", "x"]).size().eq(seeds).all()
    assert (kept["regret"] > -1e-9).all() and (kept["worth"] > 0).all()
    for system in splits.SYSTEMS:
        rng = np.random.default_rng([0, *system.encode()])
        real = splits.world(system, seeds, rng)
        best = (real.initial * real.solve().values).sum(axis=1)
        budget, share = splits.BUDGETS[0], splits.SHARES[0]
        counts = int(share * budget), int((1 - share) * budget / 5)
        policy = splits.learned(real, *counts, splits.NOISE[system], rng).solve().policy
        mine = kept[(kept["system"] == system) & (kept["budget"] == budget) & (kept["x"] == share)]
        np.testing.assert_allclose(best - real.returns(policy), mine["regret"], atol=1e-6)
