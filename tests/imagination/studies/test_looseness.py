import numpy as np
import pytest

from imagination.results.return_gap.pair import Pair
from imagination.results.return_gap.systems import draw
from imagination.rollouts import rollout
from imagination.studies import looseness
from imagination.worlds.extremal import extremal_system
from imagination.worlds.tabular import TabularMDP


@pytest.fixture(scope="module")
def table():
    return looseness.run(size=12, patience=0.8, seed=2)


def contracting(family, size=8, seed=0, share=0.8):
    pair = draw(family, np.random.default_rng(seed), size)
    loop = np.maximum(pair.closed_loop("real"), pair.closed_loop("learned"))
    return pair.discounted(np.minimum(0.7, share / loop))


def test_the_product_of_the_factors_is_bound_over_gap(table):
    product = table["cancellation"] * table["slope"] * table["supremum"]
    np.testing.assert_allclose(product, table["inverse"], rtol=1e-6)


def test_the_identity_holds_for_every_pair(table):
    assert table["identity"].max() < 1e-9


def test_each_step_only_loses(table):
    for factor in looseness.FACTORS:
        assert (table[factor] >= 1 - 1e-9).all()
    assert set(table["family"]) == set(looseness.FAMILIES)


def test_the_tail_is_small(table):
    assert (table["tail"] <= looseness.TAIL * table["bound"] * (1 + 1e-9)).all()


def test_certificates_cover_the_gap_and_are_ordered(table):
    slack = 1 + 1e-9
    assert (table["gap_hat"] <= table["certificate_value_hat"] * slack).all()
    assert (table["certificate_value_hat"] <= table["certificate_slope_hat"] * slack).all()
    certified = table["certificate_slope_hat"] - table["tail"]
    assert (certified <= table["bound_hat"] * slack).all()


def test_extremal_pairs_lose_nothing():
    constants = {"gamma": 0.6, "L_f": 0.7, "L_r": 1.5, "L_pi": 0.4, "eps_dyn": 0.2, "eps_rew": 0.1}
    real, learned, policy = extremal_system(**constants, diameter=50.0)
    one = np.ones(1)
    pair = Pair(real, learned, policy, np.zeros((1, 1, 1)), 0.2 * one, 0.1 * one, 50 * one, 50 * one)
    row = looseness.factors(pair, 80).iloc[0]
    for factor in (*looseness.FACTORS, "inverse"):
        assert row[factor] == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("along", ["imagined", "real"])
@pytest.mark.parametrize("family", looseness.FAMILIES)
def test_the_sum_is_the_gap_whatever_the_horizon(family, along):
    pair = contracting(family)
    for steps in (1, 2, 17):
        parts = looseness.terms(pair, along=along, steps=steps)
        sign = 1 if along == "imagined" else -1
        returns = [
            (rollout(mdp, pair.policy, pair.start[:, :1], steps).rewards[:, 0] * parts.weight).sum(axis=1)
            for mdp in (pair.learned, pair.real)
        ]
        np.testing.assert_allclose(parts.total(), sign * (returns[0] - returns[1]), atol=1e-11)
        np.testing.assert_allclose(parts.gap, parts.total(), atol=1e-11)


def test_values_are_those_of_the_tabular_solver():
    pair = contracting("tabular")
    real, policy = pair.real, pair.policy
    size, n = policy.choice.shape
    m = policy.action_points.shape[1]
    tabular = TabularMDP(np.eye(n)[real.dynamics.table], real.reward.table, pair.discount)
    to_go = tabular.values_to_go(np.eye(m)[policy.choice], n)
    points = np.concatenate(
        [policy.state_points] * 2, axis=1
    )  # point i is asked for with n - 1 - i rewards left
    found = looseness._values_to_go(real, pair, points, n)
    expected = np.stack([to_go[:, n - 1 - i, i] for i in range(n)], axis=1)
    np.testing.assert_allclose(found[:, :n], expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(found[:, n:], expected, rtol=1e-12, atol=1e-12)
    assert size == len(pair)


def test_the_constant_of_the_value_is_finite_only_under_contraction():
    constants = {"gamma": np.array([0.5, 0.9]), "L_f": 1.0, "L_r": 2.0, "L_pi": 0.5}
    slope = looseness.value_lipschitz(constants)
    assert slope[0] == pytest.approx(2 * 1.5 / (1 - 0.75)) and slope[1] == np.inf


def test_no_bound_without_contraction_of_the_learned_pair():
    pair = draw("learned networks", np.random.default_rng(0), 20)
    pair = pair.discounted(np.full(20, 0.85))
    table = looseness.certificates(pair, 60)
    fails = 0.85 * pair.closed_loop("learned") >= 1
    assert fails.any() and not fails.all()
    assert np.isinf(table["bound"][fails]).all() and np.isinf(table["certificate_slope"][fails]).all()
    assert np.isfinite(table["certificate_value"]).all() and np.isfinite(table["bound"][~fails]).all()


def test_bad_choices_are_named():
    with pytest.raises(ValueError, match="along: 'both'"):
        looseness.terms(contracting("tabular"), along="both", steps=3)
    with pytest.raises(ValueError, match="patience: 1"):
        looseness.run(patience=1)
