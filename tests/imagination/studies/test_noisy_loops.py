"""Loops in noise: both rollouts share it, and nothing exceeds the closed loop's bound."""

import numpy as np
import pytest

from imagination.studies import noisy_loops as study


@pytest.mark.parametrize("family", study.FAMILIES)
def test_a_model_that_errs_nowhere_has_no_gap(family):
    loops = study.draw(family, np.random.default_rng(0), 6)
    right = study.NoisyLoops(
        **vars(loops) | {"learned": loops.real, "learned_cost": loops.cost, "flattery": np.zeros(6)}
    )
    table = study.measured(right, np.random.default_rng(1))
    assert (table["gap_of_one"] == 0).all() and (table["bound"][np.isfinite(table["bound"])] == 0).all()


def test_what_is_added_to_the_reward_is_the_gap():
    loops = study.draw("state seen", np.random.default_rng(0), 6)
    flattered = study.NoisyLoops(
        **vars(loops) | {"learned": loops.real, "learned_cost": loops.cost, "flattery": np.ones(6)}
    )
    table = study.measured(flattered, np.random.default_rng(1))
    paid = (1 - table["gamma"] ** study.STEPS) / (1 - table["gamma"])
    np.testing.assert_allclose(table["gap"], paid)
    np.testing.assert_allclose(table["bound"], paid)  # attained


def test_the_filter_estimates_the_state():
    """In a right model the estimate follows the state, so their errors are those of noise alone."""
    loops = study.draw("state estimated", np.random.default_rng(3), 20)
    d = loops.real.shape[1] // 2
    real, _ = study.rollouts(loops, np.random.default_rng(4))
    off = np.linalg.norm(real[..., :d] - real[..., d:], axis=-1)[:, :, -50:].mean((1, 2))
    noise = np.linalg.norm(loops.spread[:, :d, :d], axis=(-2, -1))
    assert np.median(off / noise) < 5


def test_nothing_exceeds_the_bound_where_lemma_1_is_silent():
    table = study.run("quick", seed=5)
    assert len(table) == 1000 and (table["gamma"] * table["lipschitz"] >= 1).mean() > 0.99
    assert (study.TRIAL.excess(table)[study.TRIAL.spoken_of(table)] <= 1e-9).all()
    assert (table["gap"] <= table["gap_of_one"]).all()
    finite = table[np.isfinite(table["bound"])]
    assert 0.9 < len(finite) / len(table) < 1  # some real loops are not tamed at all
    assert (finite["gap_of_one"] / finite["bound"]).max() > 0.1


def test_unknown_families_and_scales_are_refused():
    with pytest.raises(ValueError, match="family: 'bicycle' is none of"):
        study.draw("bicycle", np.random.default_rng(0), 3)
    with pytest.raises(ValueError, match="scale: 'huge' is none of"):
        study.run("huge")
