"""Theorem 2 with networks as policies: measured beside exact and bounds, live and recorded."""

import numpy as np
import pandas as pd
import pytest
import torch

from imagination import records
from imagination.reinforce import exact
from imagination.reinforce.problems import DISCOUNTED, THEOREM_2, Problem, tabular_policy
from imagination.reinforce.sampling import TabularWorld, sample
from imagination.reinforce.torch_policies import TabularPolicy
from imagination.results.noise import network_trial
from imagination.results.noise.network_trial import FAMILIES, SCALES, TRIALS, run, summary, z_scores
from imagination.results.noise.trial import z_limit
from imagination.trials.trial import violations
from imagination.worlds.makers import garnet


@pytest.fixture(scope="module")
def small():
    """A run with few rollouts and short horizons."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(SCALES, "quick", {"members": 2, "rollouts": 1500})
        patch.setattr(network_trial, "HORIZONS", (1, 8))
        return run("quick", seed=3)


def test_what_noise_adds_is_the_exact_amount_and_below_the_bounds(small):
    assert len(small) == len(FAMILIES) * 2 * 2 * 3 * 3
    assert z_scores(small).abs().max() < z_limit(len(small))
    assert violations(TRIALS, small).empty
    assert (small["noise_free"] >= 0).all() and (small["added"] > 0).all()


def test_the_sharp_bound_is_attained_at_one_step_and_the_papers_is_not(small):
    one = small[small["horizon"] == 1].assign(z=lambda t: (t["ratio"] - 1) / t["ratio_error"])
    limit = z_limit(len(one))
    # at one step the sharp bound still carries 1/(1 − γ²), and the exact amount does not
    factor = {
        "paper": lambda g: (1 - g) ** 2,
        "sharp": lambda g: 1 - g**2,
        "discounted": lambda g: (1 - g**2) ** 2,
    }
    for form, loose in factor.items():
        rows = one[one["form"] == form]
        assert np.all(np.abs(rows["ratio"] - loose(rows["gamma"])) < limit * rows["ratio_error"])


def test_on_tabular_policies_the_measure_is_that_of_the_exact_library():
    mdp = garnet(2, 4, 2, 3, 0.9, np.random.default_rng(0))
    own = torch.Generator().manual_seed(0)
    policy = TabularPolicy(torch.randn(2, 4, 2, generator=own, dtype=torch.float64))
    drawn = sample(TabularWorld(mdp), policy, 20_000, 6, own)
    noise = torch.randn(drawn.reward.shape, generator=own, dtype=torch.float64)
    problem = Problem(mdp, tabular_policy(policy.logits.numpy()), 6)
    discount = torch.full((2,), 0.9, dtype=torch.float64)
    for estimator in (THEOREM_2, DISCOUNTED):
        added, error, noise_free = network_trial._growth(policy, drawn, noise, estimator, discount)
        z = (added.numpy() - exact.added_noise_variance(problem, estimator)) / error.numpy()
        assert np.abs(z).max() < z_limit(4)
        expected = exact.moments(problem, estimator).variance
        np.testing.assert_allclose(noise_free.numpy(), expected, rtol=0.06)


def test_z_scores_count_both_errors():
    row = {"added": [3.0], "exact": [1.0], "added_error": [0.3], "exact_error": [0.4]}
    assert z_scores(pd.DataFrame(row)).tolist() == pytest.approx([4.0])


def test_a_measure_above_its_bound_is_a_violation_only_beyond_chance(small):
    table = small.head(3).assign(bound=10.0, added=[12.0, 12.0, 9.0], ratio_error=[0.01, 0.2, 0.001])
    assert list(violations(TRIALS, table).index) == [0]
    # The limit for one of three comparisons is 3.4 standard errors, for one alone 3.09.
    table = table.assign(added=13.2, ratio_error=0.1)
    assert violations(TRIALS, table).empty and len(violations(TRIALS, table.head(1))) == 1


def test_the_record_says_the_same_as_a_live_run(small):
    recorded = network_trial.recorded()
    assert list(recorded.columns) == list(small.columns)
    assert len(recorded) == len(FAMILIES) * SCALES["full"]["members"] * 4 * 3 * 3
    assert z_scores(recorded).abs().max() < z_limit(len(recorded)) and violations(TRIALS, recorded).empty
    shown = summary(recorded)
    assert isinstance(shown, pd.DataFrame) and len(shown) == 9
    assert (shown["median_ratio"] < 1).all()


def test_a_sample_of_the_record_computes_again(monkeypatch):
    """The first family at the longest horizon, which is what its rollouts are drawn for."""
    monkeypatch.setattr(network_trial, "FAMILIES", {"linear systems": FAMILIES["linear systems"]})
    monkeypatch.setattr(network_trial, "HORIZONS", (max(network_trial.HORIZONS),))
    recorded = network_trial.recorded()
    again = run("full", seed=records.describe(network_trial.RECORD).parameters["seed"])
    kept = recorded[(recorded["family"] == "linear systems") & (recorded["horizon"] == again["horizon"][0])]
    pd.testing.assert_frame_equal(again, kept.reset_index(drop=True), rtol=1e-6)


@pytest.mark.parametrize(
    ("number", "median", "largest"),
    [(0, 0.0101356993, 0.268952086), (1, 0.5793853895, 0.982940101), (2, 0.43082695195, 1.01236172)],
)
def test_outcomes_of_the_recorded_trial(number, median, largest):
    found = TRIALS[number].outcome(network_trial.recorded())
    assert (found.problems, found.violations, found.mutants) == (144, 0, 0)
    np.testing.assert_allclose([found.median, found.largest], [median, largest], rtol=5e-9)


def test_an_unknown_scale_is_named():
    with pytest.raises(ValueError, match="scale must be one of"):
        run("huge")
