"""Stochastic worlds on trial: measurements are exact, the bound holds and is attained, mistakes fail."""

import itertools

import numpy as np
import pytest

from imagination import wasserstein as w
from imagination.results.kernels import claims
from imagination.results.kernels import trial as stochastic
from imagination.results.return_gap import claims as return_gap
from imagination.worlds.tabular import TabularMDP


def pairs(seed=0, count=60):
    for number, (name, family) in enumerate(stochastic.FAMILIES.items()):
        yield name, family(count, np.random.default_rng([seed, number]))


def a_linear_pair(**changes):
    given = {"gamma": 0.8, "L_f": 0.4, "L_pi": 0.6, "L_r": 1.5, "eps_dyn": 0.2, "eps_rew": 0.1} | changes
    return stochastic.linear_pair(**{k: np.asarray(v) if k != "n_points" else v for k, v in given.items()})


class TestMeasuring:
    def test_the_identity_is_exact_on_every_family(self):
        for name, (real, imagined, policy) in pairs():
            gap = stochastic.gap(real, imagined, policy)
            forward = stochastic.gap_by_identity(real, imagined, policy).sum(axis=(1, 2))
            mirrored = -stochastic.gap_by_identity(imagined, real, policy).sum(axis=(1, 2))
            np.testing.assert_allclose(forward, gap, atol=1e-9, rtol=0, err_msg=name)
            np.testing.assert_allclose(mirrored, gap, atol=1e-9, rtol=0, err_msg=name)

    def test_constants_are_those_the_pair_was_built_with(self):
        known = stochastic.constants(*a_linear_pair())
        built = {"gamma": 0.8, "L_f": 0.4, "L_pi": 0.6, "L_r": 1.5, "eps_dyn": 0.2, "eps_rew": 0.1}
        for name, value in built.items():
            np.testing.assert_allclose(known[name], value, rtol=1e-12, err_msg=name)

    def test_marginals_drift_apart_no_faster_than_the_recursion(self):
        for name, (real, imagined, policy) in pairs(2, count=20):
            known = stochastic.constants(real, imagined, policy)
            L = known["L_f"] * (1 + known["L_pi"])
            limit = np.zeros(len(real))
            here = there = real.initial
            for _ in range(6):
                here, there = (
                    (at[:, None] @ mdp.induced(policy))[:, 0] for at, mdp in ((here, real), (there, imagined))
                )
                limit = L * limit + known["eps_dyn"]
                assert np.all(w.wasserstein(here, there, real.state_metric) <= limit * (1 + 1e-9)), name


class TestTrial:
    table = stochastic.trial(60, seed=3)

    def test_the_bound_holds(self):
        assert self.table.ratio.max() <= 1 + 1e-9

    def test_every_family_and_horizon_took_part_with_and_without_contraction(self):
        assert set(self.table.family) == set(stochastic.FAMILIES)
        for _, part in self.table.groupby(["family", "horizon"]):
            assert {"any states", "bounded states"} == set(part.form)
        beyond = self.table[self.table.contraction >= 1]
        assert len(beyond) > 500 and np.isfinite(beyond.bound).all() and beyond.horizon.nunique() == 6

    def test_no_contraction_leaves_infinite_horizons_to_bounded_states(self):
        forms = self.table[(self.table.contraction >= 1) & np.isinf(self.table.horizon)].form
        assert set(forms) == {"bounded states"}

    @pytest.mark.parametrize("gamma", [0.3, 0.9])
    @pytest.mark.parametrize("L_pi", [0.1, 2.0])
    def test_kernels_attain_the_bound(self, gamma, L_pi):
        pair = a_linear_pair(gamma=gamma, L_pi=L_pi, L_f=0.9 / (1 + L_pi))
        bound = return_gap.bound(**stochastic.constants(*pair))
        np.testing.assert_allclose(stochastic.gap(*pair), bound, rtol=1e-9)
        assert np.any((pair[1].transition > 0.01) & (pair[1].transition < 0.99))  # and are truly random


class TestMistakes:
    table = stochastic.plant(120, seed=4).set_index("mistake")

    def test_the_bound_itself_is_never_exceeded(self):
        assert self.table.iloc[0].name.startswith("none")
        assert self.table.iloc[0].caught == 0 and self.table.iloc[0].ratio <= 1 + 1e-9

    @pytest.mark.parametrize("mistake", stochastic.PLANTED)
    def test_every_wrong_version_is_caught(self, mistake):
        assert self.table.loc[mistake].ratio > 1.05 and self.table.loc[mistake].caught > 0


class TestSimulationLemma:
    def test_its_chain_of_bounds(self):
        for name, pair in pairs(5):
            m = stochastic.simulation_lemma(*pair)
            numbers = {key: m[key] for key in ("gamma", "eps_dyn", "eps_rew")}
            by_span, classical = (
                claims.SIMULATION_LEMMA.evaluate(**numbers, span=m[span]) for span in ("span", "largest_span")
            )
            chain = (m["gap"], m["on_average"], by_span, classical)
            for lower, upper in itertools.pairwise(chain):
                assert np.all(lower <= upper * (1 + 1e-9) + 1e-12), name

    def test_two_absorbing_states_attain_it_for_an_error_that_strikes_once(self):
        # From state 0 the real world goes to state 1 (no reward, for ever), the imagined to 2 (reward 1).
        # V is 0 in state 1 and its maximum in state 2. The error strikes once, so no sum over time is left.
        kernel = np.repeat(np.eye(3)[[1, 1, 2]][None, :, None], 1, axis=2)
        other = np.repeat(np.eye(3)[[2, 1, 2]][None, :, None], 1, axis=2)
        reward = np.array([0.0, 0.0, 1.0]).reshape(1, 3, 1)
        real = TabularMDP(kernel, reward, 0.9, initial=np.eye(3)[0])
        m = stochastic.simulation_lemma(real, real.with_model(other), real.uniform_policy())
        np.testing.assert_allclose(m["gap"], m["gamma"] * m["eps_dyn"] * m["span"])
        np.testing.assert_allclose(m["gap"], m["on_average"])
        np.testing.assert_allclose(m["span"], m["largest_span"])


class TestAsadi:
    def test_value_errors_stay_below_the_bound_with_the_smaller_constant(self):
        table = stochastic.asadi(3000, np.random.default_rng(7))
        K = np.minimum(table.K_real, table.K_imagined)
        table, K = table[table.gamma * K < 1], K[table.gamma * K < 1]
        bound = claims.ASADI_VALUE_BOUND.evaluate(
            gamma=table.gamma, L_f=K, L_r=table.L_r, eps_dyn=table.eps_dyn
        )
        assert len(table) > 1500 and np.all(table.error <= bound * (1 + 1e-9))
        assert (table.error / bound).max() > 0.5  # the test could fail
