"""Distances against closed forms, linear programs by another solver, POT, duality and enumeration."""

import warnings
from itertools import product

import numpy as np
import ot
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from imagination import wasserstein as w
from imagination.worlds.makers import garnet, gridworld

seeds = st.integers(0, 2**32 - 1)


def plane_metric(generator, n, batch=()):
    points = generator.random((*batch, n, 2))
    return np.linalg.norm(points[..., :, None, :] - points[..., None, :, :], axis=-1)


def pairs(generator, n, count, sparse=False):
    p, q = generator.dirichlet(np.full(n, 0.2 if sparse else 1.0), (2, count))
    return p, q


def linear_program(p, q, ground):
    """W1 by HiGHS, from its definition: couplings with marginals p and q."""
    n = len(p)
    rows = np.vstack([np.kron(np.eye(n), np.ones(n)), np.kron(np.ones(n), np.eye(n))])
    exact = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}  # 1e-7 unless told
    return linprog(ground.ravel(), A_eq=rows, b_eq=np.concatenate([p, q]), options=exact).fun


class TestDistances:
    def test_total_variation_is_the_largest_difference_of_an_event(self):
        generator = np.random.default_rng(0)
        p, q = pairs(generator, 5, 10)
        events = np.array(list(product([0, 1], repeat=5)))
        np.testing.assert_allclose(w.total_variation(p, q), ((p - q) @ events.T).max(axis=1))

    def test_kl_in_closed_form(self):
        assert w.kl_divergence([0.5, 0.5], [0.25, 0.75]) == pytest.approx(0.5 * np.log(4 / 3))
        assert w.kl_divergence([1.0, 0.0], [0.5, 0.5]) == pytest.approx(np.log(2))
        assert w.kl_divergence([0.5, 0.5], [1.0, 0.0]) == np.inf
        assert w.kl_divergence([1.0, 0.0], [1.0, 0.0]) == 0

    @settings(max_examples=50)
    @given(seeds)
    def test_pinsker(self, seed):
        p, q = pairs(np.random.default_rng(seed), 6, 5)
        assert np.all(w.total_variation(p, q) <= np.sqrt(w.kl_divergence(p, q) / 2) + 1e-12)


class TestWasserstein:
    def test_between_points_it_is_their_distance(self):
        ground = plane_metric(np.random.default_rng(1), 6)
        np.testing.assert_allclose(w.wasserstein(np.eye(6)[:, None], np.eye(6), ground), ground, atol=1e-15)

    def test_on_a_line_by_hand(self):
        assert w.wasserstein([0.5, 0.5, 0], [0, 0.5, 0.5], w.line_metric([0.0, 1.0, 3.0])) == pytest.approx(
            1.5
        )

    def test_discrete_metric_gives_total_variation(self):
        p, q = pairs(np.random.default_rng(2), 7, 20)
        np.testing.assert_allclose(
            w.wasserstein(p, q, w.discrete_metric(7, 3.0)), 3 * w.total_variation(p, q)
        )
        np.testing.assert_allclose(
            w.wasserstein_transport(p, q, w.discrete_metric(7, 3.0)), 3 * w.total_variation(p, q), atol=1e-13
        )

    @settings(max_examples=30)
    @given(seeds, st.booleans())
    def test_all_routes_agree_on_a_line(self, seed, sparse):
        generator = np.random.default_rng(seed)
        p, q = pairs(generator, 6, 4, sparse)
        positions = generator.normal(size=6)
        line = w.wasserstein_line(p, q, positions)
        ground = w.line_metric(positions)
        assert w.line_positions(ground) is not None
        np.testing.assert_allclose(w.wasserstein(p, q, ground), line, atol=1e-13)
        np.testing.assert_allclose(w.wasserstein_transport(p, q, ground), line, atol=1e-13)
        oracle = [ot.wasserstein_1d(positions, positions, a, b) for a, b in zip(p, q, strict=True)]
        np.testing.assert_allclose(line, oracle, atol=1e-13)

    @settings(max_examples=20)
    @given(seeds, st.booleans())
    @example(7208816, True)
    def test_agrees_with_two_solvers(self, seed, sparse):
        generator = np.random.default_rng(seed)
        p, q = pairs(generator, 7, 2, sparse)
        ground = plane_metric(generator, 7)
        ours = w.wasserstein(p, q, ground)
        np.testing.assert_allclose(
            ours, [ot.emd2(a, b, ground) for a, b in zip(p, q, strict=True)], atol=1e-12
        )
        np.testing.assert_allclose(
            ours, [linear_program(a, b, ground) for a, b in zip(p, q, strict=True)], atol=1e-9
        )

    @settings(max_examples=30)
    @given(seeds, st.booleans())
    def test_duality(self, seed, sparse):
        generator = np.random.default_rng(seed)
        p, q = pairs(generator, 8, 4, sparse)
        ground = plane_metric(generator, 8)
        potential = w.kantorovich_potential(p, q, ground)
        primal, dual = w.wasserstein(p, q, ground), (potential * (p - q)).sum(axis=-1)
        np.testing.assert_allclose(dual, primal, atol=1e-9, rtol=0)
        assert np.all(w.function_lipschitz(potential, ground) <= 1 + 1e-12)

    def test_is_a_metric_and_jointly_convex(self):
        generator = np.random.default_rng(3)
        ground = plane_metric(generator, 6)
        p, q, r = generator.dirichlet(np.ones(6), (3, 20))
        distance = w.wasserstein(p, q, ground)
        np.testing.assert_allclose(w.wasserstein(q, p, ground), distance, atol=1e-13)
        assert np.all(distance <= w.wasserstein(p, r, ground) + w.wasserstein(r, q, ground) + 1e-13)
        half = w.wasserstein((p + r) / 2, (q + r) / 2, ground)
        np.testing.assert_allclose(half, distance / 2, atol=1e-13)  # moving half the mass costs half

    def test_small_differences_keep_their_digits(self):
        generator = np.random.default_rng(4)
        p, q = pairs(generator, 6, 5)
        ground = plane_metric(generator, 6)
        np.testing.assert_allclose(
            w.wasserstein(p, p + 1e-8 * (q - p), ground), 1e-8 * w.wasserstein(p, q, ground), rtol=1e-6
        )
        assert not w.wasserstein(p, p, ground).any()

    def test_metrics_may_differ_along_the_batch(self):
        generator = np.random.default_rng(5)
        p, q = pairs(generator, 5, 6)
        for grounds in (plane_metric(generator, 5, (6,)), w.line_metric(generator.normal(size=(6, 5)))):
            expected = [w.wasserstein(a, b, d) for a, b, d in zip(p, q, grounds, strict=True)]
            np.testing.assert_allclose(w.wasserstein(p, q, grounds), expected, atol=1e-13)
            assert w.wasserstein(p[:, None], q, grounds).shape == (6, 6)

    def test_a_plane_is_not_a_line(self):
        assert w.line_positions(plane_metric(np.random.default_rng(6), 4)) is None
        assert w.line_positions(w.discrete_metric(3)) is None

    @pytest.mark.parametrize(
        ("p", "q", "ground", "message"),
        [
            ([0.5, 0.6], [0.5, 0.5], [[0, 1], [1, 0]], "p must sum to 1"),
            ([0.5, 0.5], [1.0], [[0, 1], [1, 0]], "p and q must have the same number of points, got 2 and 1"),
            ([0.5, 0.5], [0.5, 0.5], w.discrete_metric(3), "ground must be a metric on 2 points"),
            ([0.5, 0.5], [0.5, 0.5], [[0, -1], [-1, 0]], "ground must be positive"),
        ],
    )
    def test_bad_input_is_named(self, p, q, ground, message):
        with pytest.raises(ValueError, match=message):
            w.wasserstein(p, q, ground)

    def test_probabilities_of_float32_are_put_right(self):
        weights = np.random.default_rng(34).normal(size=(2, 64)).astype(np.float32)
        p, q = np.exp(weights) / np.exp(weights).sum(axis=-1, keepdims=True)
        assert p.dtype == np.float32
        exact_p, exact_q = (side.astype(float) / side.astype(float).sum() for side in (p, q))
        for ground in (w.line_metric(np.arange(64.0)), plane_metric(np.random.default_rng(35), 64)):
            found, expected = w.wasserstein(p, q, ground), w.wasserstein(exact_p, exact_q, ground)
            np.testing.assert_allclose(found, expected, rtol=1e-12)
        with pytest.raises(ValueError, match=r"p must sum to 1 .* divide it by its sum"):
            w.total_variation(1.00001 * p, q)

    @pytest.mark.parametrize("size", [1e-320, 1e-300, 1e300, 1e308])
    def test_extreme_metrics_give_a_value_and_no_warning(self, size):
        p, q = [0.5, 0.5, 0.0], [0.0, 0.5, 0.5]
        ground = plane_metric(np.random.default_rng(36), 3)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert w.wasserstein(p, q, size * w.discrete_metric(3)) == size * 0.5
            found = w.wasserstein(p, q, size * ground)
            assert found == pytest.approx(size * w.wasserstein(p, q, ground), rel=1e-3)

    def test_what_floats_cannot_hold_is_named(self):
        for call, name in (
            (lambda: w.line_metric([0, 10**400]), "positions"),
            (lambda: w.discrete_metric(3, 10**400), "scale"),
            (lambda: w.discrete_metric(2.5), "n_points"),
            (lambda: w.wasserstein_line([0.5, 0.5], [1, 0], [0.0, np.nan]), "positions"),
            (lambda: w.wasserstein_line([0.5, 0.5], [1, 0], [0.0, 1.0, 2.0]), "positions"),
            (lambda: w.function_lipschitz([0.0, np.nan], w.discrete_metric(2)), "values"),
            (lambda: w.function_lipschitz(1.0, w.discrete_metric(2)), "values"),
            (lambda: w.reward_lipschitz(np.full((1, 2, 1), np.inf), w.discrete_metric(2)), "reward"),
            (lambda: w.total_variation([10**400, 0], [1, 0]), "p must be"),
        ):
            with pytest.raises(ValueError, match=name):
                call()

    def test_scale_of_the_discrete_metric_must_be_positive(self):
        with pytest.raises(ValueError, match="scale must be finite and > 0, got 0"):
            w.discrete_metric(3, 0)

    @pytest.mark.parametrize("shift", [1, 2])
    def test_each_of_a_mixed_batch_has_its_own_metric(self, shift):
        generator = np.random.default_rng(31)
        line, plane = w.line_metric(generator.normal(size=4)), plane_metric(generator, 4)
        grounds = np.roll(np.stack([line, plane, 3 * w.discrete_metric(4)]), shift, axis=0)
        p, q = pairs(generator, 4, 3)
        for distance in (w.wasserstein, w.wasserstein_transport):
            found = distance(p, q, grounds)
            alone = [w.wasserstein_transport(a, b, d) for a, b, d in zip(p, q, grounds, strict=True)]
            np.testing.assert_allclose(found, alone, rtol=1e-12)
        order = np.argsort(generator.random((3, 4)), axis=1)  # lines whose points come in other orders
        lines = w.line_metric(np.sort(generator.normal(size=4))[order])
        alone = [w.wasserstein_transport(a, b, d) for a, b, d in zip(p, q, lines, strict=True)]
        np.testing.assert_allclose(w.wasserstein(p, q, lines), alone, rtol=1e-12)


class TestConstants:
    @pytest.mark.parametrize("shift", [0, 1])
    def test_a_mixed_batch_looks_at_the_pairs_of_each_metric(self, shift):
        # On the line 0-1-2 the pair (0, 2) has a point between and is left out; in the other order it is
        # (0, 1), and under the third metric none is. The steepest pair is another one in each.
        grounds = np.roll(
            [w.line_metric([0.0, 1.0, 2.0]), w.line_metric([0.0, 2.0, 1.0]), w.discrete_metric(3)], shift, 0
        )
        kernels = np.random.default_rng(32).dirichlet(np.full(3, 0.3), (3, 40, 3)).swapaxes(0, 1)
        distance = w.wasserstein_transport(
            kernels[:, :, :, None], kernels[:, :, None], grounds[:, None, None]
        )
        apart = grounds + np.eye(3)
        brute = (distance / apart).max(axis=(2, 3))
        np.testing.assert_allclose(w.kernel_lipschitz(kernels, grounds), brute, rtol=1e-12)

    def test_sources_and_targets_may_be_other_spaces(self):
        generator = np.random.default_rng(33)
        source, target = plane_metric(generator, 3), plane_metric(generator, 5)
        kernel = generator.dirichlet(np.ones(5), (7, 3))
        brute = np.zeros(7)
        for i, j in [(0, 1), (0, 2), (1, 2)]:
            brute = np.maximum(brute, w.wasserstein(kernel[:, i], kernel[:, j], target) / source[i, j])
        np.testing.assert_allclose(w.kernel_lipschitz(kernel, source, target), brute, rtol=1e-12)
        policy = w.policy_lipschitz(kernel, source, target)
        np.testing.assert_allclose(policy, brute, rtol=1e-12)

    def test_identity_and_constant_kernels(self):
        ground = plane_metric(np.random.default_rng(7), 5)
        kernels = np.stack([np.eye(5), np.full((5, 5), 0.2)])
        np.testing.assert_allclose(w.kernel_lipschitz(kernels, ground), [1, 0], atol=1e-14)

    @pytest.mark.parametrize("kind", ["plane", "line", "grid"])
    def test_transition_constant_is_the_largest_ratio_over_all_pairs(self, kind):
        generator = np.random.default_rng(8)
        mdp = gridworld(2, 3, [0.1, 0.3], 0.9) if kind == "grid" else garnet(2, 5, 3, 3, 0.9, generator)
        d, e = mdp.state_metric, mdp.action_metric
        if kind == "line":
            d = np.broadcast_to(w.line_metric(generator.normal(size=5)), (2, 5, 5))
        rows = mdp.transition.reshape(2, -1, mdp.n_states)
        distance = w.wasserstein_transport(rows[:, :, None], rows[:, None], d[:, None, None])
        additive = (d[:, :, None, :, None] + e[:, None, :, None, :]).reshape(distance.shape)
        ratio = np.divide(distance, additive, out=np.zeros_like(distance), where=additive > 0)
        np.testing.assert_allclose(
            w.transition_lipschitz(mdp.transition, d, e), ratio.max(axis=(1, 2)), rtol=1e-12
        )

    def test_reward_constant_is_the_largest_ratio_over_all_pairs(self):
        generator = np.random.default_rng(9)
        mdp = garnet(3, 5, 4, 2, 0.9, generator)
        r = mdp.reward.reshape(3, -1)
        additive = mdp.state_metric[:, :, None, :, None] + mdp.action_metric[:, None, :, None, :]
        additive = additive.reshape(3, 20, 20)
        rise = np.abs(r[:, :, None] - r[:, None])
        ratio = np.divide(rise, additive, out=np.zeros_like(rise), where=additive > 0)
        constants = w.reward_lipschitz(mdp.reward, mdp.state_metric, mdp.action_metric)
        np.testing.assert_allclose(constants, ratio.max(axis=(1, 2)))

    def test_under_the_discrete_metric_a_kernel_has_dobrushin_s_coefficient(self):
        generator = np.random.default_rng(10)
        kernel = generator.dirichlet(np.ones(4), (3, 4))
        coefficient = w.total_variation(kernel[:, :, None], kernel[:, None]).max(axis=(1, 2))
        np.testing.assert_allclose(w.kernel_lipschitz(kernel, w.discrete_metric(4)), coefficient)

    def test_a_kernel_shrinks_lipschitz_functions_by_its_constant(self):
        generator = np.random.default_rng(11)
        ground = plane_metric(generator, 6)
        kernel = generator.dirichlet(np.ones(6), (50, 6))
        f = generator.normal(size=(50, 6, 1))
        after = w.function_lipschitz((kernel @ f)[..., 0], ground)
        limit = w.kernel_lipschitz(kernel, ground) * w.function_lipschitz(f[..., 0], ground)
        assert np.all(after <= limit + 1e-12)

    def test_the_closed_loop_constant_is_below_the_product_bound(self):
        generator = np.random.default_rng(12)
        mdp = garnet(40, 5, 3, 3, 0.9, generator)
        policy = generator.dirichlet(np.ones(3), (40, 5))
        d, e = mdp.state_metric, mdp.action_metric
        product_bound = w.transition_lipschitz(mdp.transition, d, e) * (1 + w.policy_lipschitz(policy, d, e))
        assert np.all(w.kernel_lipschitz(mdp.induced(policy), d) <= product_bound + 1e-12)

    def test_one_action_needs_no_metric_and_two_do(self):
        generator = np.random.default_rng(13)
        one = generator.dirichlet(np.ones(3), (2, 3, 1))
        assert np.all(w.policy_lipschitz(np.ones((2, 3, 1)), w.discrete_metric(3)) == 0)
        w.transition_lipschitz(one, w.discrete_metric(3))
        with pytest.raises(
            ValueError, match="action_metric must be given when there is more than one action"
        ):
            w.transition_lipschitz(np.repeat(one, 2, axis=2), w.discrete_metric(3))

    def test_one_state_has_constants_zero(self):
        assert w.kernel_lipschitz(np.ones((2, 1, 1)), [[0.0]]).tolist() == [0, 0]
        assert w.function_lipschitz([[3.0]], [[0.0]]).tolist() == [0]

    def test_shapes_are_checked(self):
        with pytest.raises(ValueError, match=r"kernel must have shape \(..., n, m\), got \(3,\)"):
            w.kernel_lipschitz(np.full(3, 1 / 3), w.discrete_metric(3))
        with pytest.raises(ValueError, match=r"transition must have shape \(B, S, A, S\)"):
            w.transition_lipschitz(np.eye(3)[None], w.discrete_metric(3))
        with pytest.raises(ValueError, match=r"reward must have shape \(B, S, A\)"):
            w.reward_lipschitz(np.zeros((3, 2)), w.discrete_metric(3))
