"""Random worlds and what is measured of them: exact, and with the constants they were built with."""

import itertools

import numpy as np
import pytest

from imagination import wasserstein as w
from imagination.results.kernels import systems
from imagination.results.kernels.claims import SIMULATION_LEMMA, WASSERSTEIN_BOUND
from imagination.worlds.tabular import TabularMDP

BUILT = {"gamma": 0.8, "L_f": 0.4, "L_pi": 0.6, "L_r": 1.5, "eps_dyn": 0.2, "eps_rew": 0.1}


def pairs(seed=0, count=60):
    for number, (name, family) in enumerate(systems.FAMILIES.items()):
        yield name, family(count, np.random.default_rng([seed, number]))


def a_linear_pair(**changes):
    return systems.linear_pair(**{name: np.asarray(value) for name, value in (BUILT | changes).items()})


def test_the_identity_is_exact_on_every_family():
    for name, (real, imagined, policy) in pairs():
        gap = systems.gap(real, imagined, policy)
        forward = systems.gap_by_identity(real, imagined, policy).sum(axis=(1, 2))
        mirrored = -systems.gap_by_identity(imagined, real, policy).sum(axis=(1, 2))
        np.testing.assert_allclose(forward, gap, atol=1e-9, rtol=0, err_msg=name)
        np.testing.assert_allclose(mirrored, gap, atol=1e-9, rtol=0, err_msg=name)


def test_constants_are_those_the_pair_was_built_with():
    known = systems.constants(*a_linear_pair())
    for name, value in BUILT.items():
        np.testing.assert_allclose(known[name], value, rtol=1e-12, err_msg=name)


def test_marginals_drift_apart_no_faster_than_the_recursion():
    for name, (real, imagined, policy) in pairs(2, count=20):
        known = systems.constants(real, imagined, policy)
        L = known["L_f"] * (1 + known["L_pi"])
        limit = np.zeros(len(real))
        here = there = real.initial
        for _ in range(6):
            here, there = (
                (at[:, None] @ mdp.induced(policy))[:, 0] for at, mdp in ((here, real), (there, imagined))
            )
            limit = L * limit + known["eps_dyn"]
            assert np.all(w.wasserstein(here, there, real.state_metric) <= limit * (1 + 1e-9)), name


def test_its_chain_of_bounds():
    for name, pair in pairs(5):
        m = systems.simulation_lemma(*pair)
        numbers = {key: m[key] for key in ("gamma", "eps_dyn", "eps_rew")}
        by_span, classical = (
            SIMULATION_LEMMA.evaluate(**numbers, span=m[span]) for span in ("span", "largest_span")
        )
        chain = (m["gap"], m["on_average"], by_span, classical)
        for lower, upper in itertools.pairwise(chain):
            assert np.all(lower <= upper * (1 + 1e-9) + 1e-12), name


def test_two_absorbing_states_attain_it_for_an_error_that_strikes_once():
    # From state 0 the real world goes to state 1 (no reward, for ever), the imagined to 2 (reward 1).
    # V is 0 in state 1 and its maximum in state 2. The error strikes once, so no sum over time is left.
    kernel = np.repeat(np.eye(3)[[1, 1, 2]][None, :, None], 1, axis=2)
    other = np.repeat(np.eye(3)[[2, 1, 2]][None, :, None], 1, axis=2)
    reward = np.array([0.0, 0.0, 1.0]).reshape(1, 3, 1)
    real = TabularMDP(kernel, reward, 0.9, initial=np.eye(3)[0])
    m = systems.simulation_lemma(real, real.with_model(other), real.uniform_policy())
    np.testing.assert_allclose(m["gap"], m["gamma"] * m["eps_dyn"] * m["span"])
    np.testing.assert_allclose(m["gap"], m["on_average"])
    np.testing.assert_allclose(m["span"], m["largest_span"])


def test_mistaken_arguments_by_hand():
    """Two states 3 apart and one action: from state 0 to 1 with probability 1/4, in the model 3/4."""
    kernel, model = (np.array([[[[1 - p, p]], [[0.0, 1.0]]]]) for p in (0.25, 0.75))
    metrics = {"state_metric": w.line_metric([0.0, 3.0]), "action_metric": np.zeros((1, 1))}
    real = TabularMDP(kernel, np.array([[[0.0], [6.0]]]), 0.9, initial=np.eye(2)[0], **metrics)
    found = systems.mistaken(real, real.with_model(model, real.reward + 1))
    assert {name: float(value[0]) for name, value in found.items()} == pytest.approx(
        {
            "eps_dyn_mean": 0.75, "eps_rew_mean": 1, "total_variation": 0.5, "between_means": 1.5,
            "average_kernel": 0.75, "L_f_states": 0.25, "L_r_states": 2,
        }
    )  # fmt: skip


@pytest.mark.parametrize("gamma", [0.3, 0.9])
@pytest.mark.parametrize("L_pi", [0.1, 2.0])
def test_kernels_attain_the_bound(gamma, L_pi):
    pair = a_linear_pair(gamma=gamma, L_pi=L_pi, L_f=0.9 / (1 + L_pi))
    bound = WASSERSTEIN_BOUND.evaluate(**systems.constants(*pair))
    np.testing.assert_allclose(systems.gap(*pair), bound, rtol=1e-9)
    assert np.any((pair[1].transition > 0.01) & (pair[1].transition < 0.99))  # and are truly random
