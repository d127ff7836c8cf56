from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from imagination import records
from imagination.decide import allocation
from imagination.results.sensitivity import trial
from imagination.results.sensitivity.systems import draw, extremal, linear, lqg, quadratic, tanh
from imagination.sensitivities import adjoint
from imagination.worlds.perturbations import ConstantPerturbation


def at(group):
    """Starts of a group and what its policy does there."""
    return group.start, group.policy(group.start)


@pytest.fixture(scope="module")
def extremal_group():
    return extremal(np.random.default_rng(2), 6)


def test_global_and_realised_multipliers_are_exact_where_lemma_1_is_attained(extremal_group):
    D = trial.global_multiplier(extremal_group)
    slope_dyn, slope_rew = trial.realised(extremal_group)
    np.testing.assert_allclose(slope_dyn / slope_rew, D, rtol=2e-5)
    np.testing.assert_allclose(slope_rew * (1 - extremal_group.real.discount), 1, rtol=1e-6)
    zero = np.zeros(6)
    np.testing.assert_allclose(trial.learned_multiplier(extremal_group, zero, zero), D, rtol=2e-5)
    np.testing.assert_allclose(trial.step_by_step(extremal_group), D, rtol=2e-5)


def test_step_by_step_sums_what_the_realised_multiplier_lets_cancel():
    """Rebuilt from the definition, for errors that are constant; never smaller than with cancellation."""
    group = lqg(np.random.default_rng(3), 4, errors="constant")
    found = adjoint(group.real, group.policy, group.start, group.horizon, group.noise)
    effects = (found.costates[:, :, 1:] * group.dynamics_error.direction[:, None, None]).sum(-1)
    of_discounts = found.weights.sum(-1)
    by_hand = np.abs(effects).sum(-1).mean(-1) / of_discounts
    np.testing.assert_allclose(trial.step_by_step(group), by_hand, rtol=1e-6)
    slope_dyn, slope_rew = trial.realised(group)
    np.testing.assert_allclose(slope_dyn, np.abs(effects.sum(-1).mean(-1)), rtol=1e-9)
    assert np.all(slope_dyn / slope_rew <= by_hand * (1 + 1e-9))


def test_the_learned_multiplier_looks_at_no_real_system():
    """Two systems that are learned as the same one have the same multiplier."""
    group, eps = lqg(np.random.default_rng(3), 3, errors="constant"), np.full(3, 0.05)
    learned = trial._learned(group, eps, 0 * eps)
    other = replace(group, real=learned, dynamics_error=ConstantPerturbation(-group.dynamics_error.direction))
    assert not np.allclose(other.real.dynamics(*at(group)), group.real.dynamics(*at(group)))
    again = trial.learned_multiplier(other, 0 * eps, 0 * eps)
    np.testing.assert_allclose(trial.learned_multiplier(group, eps, 0 * eps), again, rtol=1e-12)
    assert np.all(np.abs(trial.learned_multiplier(group, -eps, 0 * eps) / again - 1) > 1e-6)


def test_the_pilot_spends_half_on_either():
    group, laws = linear(np.random.default_rng(0), 2), replace(trial.LAWS, c_rew=4.0)
    found, by_hand = trial.pilot(group, 800.0, laws), laws.errors(np.array(400.0), np.array(100.0))
    for eps, expected in zip(found, by_hand, strict=True):
        np.testing.assert_allclose(eps, [expected] * 2, rtol=1e-12)


def test_the_multiplier_that_is_asked_for_is_the_one_that_was_planned_with():
    D = np.array([0.1, 1.0, 30.0])
    plan = allocation.allocate(**trial.LAWS.arguments(), budget=1e6, multiplier=D)
    np.testing.assert_allclose(trial.asked_for(trial.LAWS, plan.N_dyn, plan.N_rew), D, rtol=1e-9)


def test_half_and_half_is_the_plan_of_its_multiplier():
    laws = replace(trial.LAWS, c_rew=4.0)
    D = trial.half_and_half(800.0, laws)
    plan = allocation.allocate(**laws.arguments(), budget=800.0, multiplier=D)
    assert (plan.N_dyn, plan.N_rew) == (pytest.approx(400.0, rel=1e-9), pytest.approx(100.0, rel=1e-9))


def test_a_grid_search_finds_the_optimum_that_theorem_1_knows(extremal_group):
    best = trial.optimum(extremal_group, 1e6)
    D = trial.global_multiplier(extremal_group)
    plan = allocation.allocate(**trial.LAWS.arguments(), budget=1e6, multiplier=D)
    np.testing.assert_allclose(best.N_rew, plan.N_rew, rtol=1e-3)
    share = best.error * (1 - extremal_group.real.discount)
    np.testing.assert_allclose(share, plan.error, rtol=1e-5)
    np.testing.assert_allclose(best.N_dyn + best.N_rew, 1e6)


def test_where_lemma_1_is_exact_the_best_split_knows_the_multiplier():
    table = trial.attained("quick", seed=3)
    (tried,) = trial.TRIALS
    found = tried.outcome(table)
    assert (found.problems, found.violations) == (12, 0) and found.off < trial.NOTHING
    assert tried.refuted(table.assign(L_r=table["L_r"] * 1.001)).all()
    with pytest.raises(ValueError, match="scale: 'huge'"):
        trial.attained("huge")


def test_no_split_of_a_fine_grid_is_better_than_the_optimum():
    group = quadratic(np.random.default_rng(0), 9)
    best = trial.optimum(group, 1e5)
    odds = np.broadcast_to(np.linspace(-9, 9, 400), (9, 400))
    *_, eps_dyn, eps_rew = trial.split(trial.LAWS, 1e5, odds)
    assert np.all(group.return_error(eps_dyn, eps_rew).min(axis=1) >= best.error * (1 - 1e-12))


def test_the_never_too_small_side():
    """With constant reward errors the realised multiplier never exceeds the global one."""
    for group in (linear(np.random.default_rng(1), 5), lqg(np.random.default_rng(1), 5, errors="constant")):
        slope_dyn, slope_rew = trial.realised(group)
        assert np.all(slope_dyn / slope_rew <= trial.global_multiplier(group) * (1 + 1e-5))


def test_the_remainder_is_of_second_order():
    for group in (tanh(np.random.default_rng(0), 9), lqg(np.random.default_rng(0), 3)):
        far, near = trial.remainder(group, np.array([1e-2, 1e-3])).T
        order = np.log10(far / near)
        bent = near > 1e-11
        assert np.all(order[bent] > 1.9)
    assert np.all(trial.remainder(linear(np.random.default_rng(0), 3), np.array([0.3])) < 1e-9)


def test_sign_test_counts_and_interval_covers():
    assert trial.sign_test(np.array([-1.0, -2.0, 0.0, 3.0])) == (2, 1, 1.0)
    large, small, p = trial.sign_test(-np.ones(30))
    assert (large, small) == (30, 0) and p == pytest.approx(2 * 0.5**30)
    assert trial.sign_test(np.zeros(4)) == (0, 0, 1.0)
    low, high = trial.median_interval(np.arange(1, 100.0), np.random.default_rng(0))
    assert low < 50 < high and low > 30 and high < 70


def test_groups_are_drawn_from_streams_of_their_own():
    alone = trial.run(["tanh"], seed=4, budgets=[1e5])
    both = trial.run(["sin", "tanh"], seed=4, budgets=[1e5])
    pd.testing.assert_frame_equal(alone, both[both["group"] == "tanh"].reset_index(drop=True))


def test_the_record_is_what_the_code_computes():
    recorded = trial.recorded()
    seed = records.describe(trial.RECORD).parameters["seed"]
    again = trial.run(["tanh", "quadratic"], seed=seed, budgets=[1e6])
    part = recorded[recorded["group"].isin(["tanh", "quadratic"]) & (recorded["budget"] == 1e6)]
    np.testing.assert_allclose(again["D"], part["D"], rtol=1e-6)
    np.testing.assert_allclose(again["l"], part["l"], atol=2e-3)
    np.testing.assert_allclose(again["error"], part["error"], rtol=1e-6)
    assert set(recorded["budget"]) == set(trial.BUDGETS)
    assert recorded["regret"].min() > -1e-9, "no plan beats what the search calls the best split"
    assert (recorded.groupby(["group", "budget", "multiplier"]).size() == 100).all()


def test_tables_have_the_reported_groups():
    table = trial.summary(trial.recorded().query("budget == 1e6"))
    assert (table["too large"] + table["too small"] <= table["systems"]).all()
    assert list(trial.beside_reported(trial.recorded().query("budget == 1e6")).index) == list(
        trial.REPORTED.index
    )
    assert np.all(draw("LQG", np.random.default_rng(0)).real.discount == 0.8)


def test_learned_costates_are_off_in_proportion_to_the_errors():
    """Chapter 8 says so of smooth worlds: a tenth of the error, a tenth of the difference."""
    group = lqg(np.random.default_rng(4), 5, noise=0.0)

    def costates(eps):
        system = trial._learned(group, np.full(5, eps), np.full(5, eps))
        return adjoint(system, group.policy, group.start, group.horizon, group.noise).costates

    far, near = (np.abs(costates(eps) - costates(0.0)).max((1, 2, 3)) for eps in (1e-3, 1e-4))
    np.testing.assert_allclose(far / near, 10, rtol=0.05)


@pytest.mark.parametrize("seed", [8, 1])
def test_with_small_errors_of_both_models_the_derivative_at_zero_is_the_better_one(seed):
    """What chapter 8 says of its last run, whose laws have equal exponents."""
    laws = trial.Laws(A_dyn=1.0, alpha=0.5, A_rew=1.0, beta=0.5)
    table = trial.measure(lqg(np.random.default_rng(seed), 20), 1e6, laws)
    regret = table.groupby("multiplier")["regret"]
    assert regret.median()["realised"] < 1e-3 < regret.median()["step by step"]
    assert regret.median()["global"] > regret.median()["half and half"]
    assert regret.max()["global"] > regret.max()["half and half"]
