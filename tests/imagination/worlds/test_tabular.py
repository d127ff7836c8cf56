"""Tabular MDPs against closed forms, published examples, enumeration and sampling."""

import warnings
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagination.worlds.makers import chain, garnet
from imagination.worlds.tabular import TabularMDP, distributions, draw, metric


def random_mdp(seed, batch=4, n_states=5, n_actions=3, branching=3):
    generator = np.random.default_rng(seed)
    mdp = garnet(batch, n_states, n_actions, branching, generator.uniform(0, 0.97, batch), generator)
    policy = generator.dirichlet(np.ones(n_actions), (batch, n_states))
    return mdp, policy, generator


def two_state(p, q, discount, reward):
    """Two states left with probabilities p and q; one action."""
    return TabularMDP(np.array([[[[1 - p, p]], [[q, 1 - q]]]]), np.reshape(reward, (1, 2, 1)), discount)


class TestValues:
    def test_two_states_in_closed_form(self):
        p, q, gamma, a, b = 0.3, 0.2, 0.9, 1.0, -2.0
        determinant = (1 - gamma * (1 - p)) * (1 - gamma * (1 - q)) - gamma**2 * p * q
        expected = [
            ((1 - gamma * (1 - q)) * a + gamma * p * b) / determinant,
            ((1 - gamma * (1 - p)) * b + gamma * q * a) / determinant,
        ]
        mdp = two_state(p, q, gamma, [a, b])
        np.testing.assert_allclose(mdp.values(mdp.uniform_policy())[0], expected, rtol=1e-13)

    def test_finite_horizon_is_a_sum_over_all_paths(self):
        mdp, policy, _ = random_mdp(1, batch=1, n_states=3, n_actions=2, branching=2)
        horizon, P, r, pi, gamma = 3, mdp.transition[0], mdp.reward[0], policy[0], mdp.discount[0]
        total = 0.0
        for path in product(product(range(3), range(2)), repeat=horizon):
            probability, collected = mdp.initial[0, path[0][0]], 0.0
            for t, (s, a) in enumerate(path):
                probability *= pi[s, a] * (P[s, a, path[t + 1][0]] if t + 1 < horizon else 1)
                collected += gamma**t * r[s, a]
            total += probability * collected
        assert mdp.returns(policy, horizon)[0] == pytest.approx(total, abs=1e-13)

    def test_a_long_horizon_reaches_the_infinite_values(self):
        mdp, policy, _ = random_mdp(2)
        horizon = 700
        left = mdp.discount**horizon / (1 - mdp.discount)
        gap = np.abs(mdp.values(policy) - mdp.values(policy, horizon)).max(axis=1)
        assert np.all(gap <= left + 1e-12)

    def test_values_to_go_starts_with_nothing_and_then_the_reward(self):
        mdp, policy, _ = random_mdp(3)
        values = mdp.values_to_go(policy, 4)
        assert values.shape == (4, 5, 5) and not values[:, 0].any()
        np.testing.assert_array_equal(values[:, 1], mdp.induced_reward(policy))

    def test_infinite_values_are_the_fixed_point_of_the_bellman_operator(self):
        mdp, policy, _ = random_mdp(4)
        values = mdp.values(policy)
        np.testing.assert_allclose(mdp.bellman(values, policy), values, rtol=1e-12, atol=1e-12)

    def test_a_batch_is_its_parts(self):
        mdp, policy, _ = random_mdp(5)
        for i in range(len(mdp)):
            np.testing.assert_allclose(mdp[i].values(policy[i])[0], mdp.values(policy)[i], rtol=1e-12)
        assert len(mdp[1:3]) == 2 and len(mdp[np.array([0, 2, 3])]) == 3 and len(mdp[-1]) == 1

    def test_a_deterministic_policy_is_a_stochastic_one_that_always_plays_the_same(self):
        mdp, _, generator = random_mdp(14)
        actions = generator.integers(0, 3, (4, 5))
        always = mdp.deterministic_policy(actions)
        nearly = (1 - 1e-13) * always + 1e-13 / 3
        np.testing.assert_allclose(mdp.induced(always), mdp.induced(nearly), atol=1e-12)
        np.testing.assert_allclose(mdp.values(always), mdp.values(nearly), rtol=1e-10, atol=1e-10)

    def test_solving_leaves_the_mdp_as_it_was(self):
        mdp, policy, _ = random_mdp(15)
        before = mdp.transition.copy()
        mdp.values(mdp.deterministic_policy(np.zeros(5, int))), mdp.occupancy(policy), mdp.solve()
        np.testing.assert_array_equal(mdp.transition, before)

    def test_shifting_the_reward_shifts_every_value_by_the_geometric_sum(self):
        mdp, policy, _ = random_mdp(6)
        shifted = mdp.with_model(reward=mdp.reward + 2)
        np.testing.assert_allclose(
            shifted.values(policy) - mdp.values(policy), np.repeat(2 / (1 - mdp.discount[:, None]), 5, axis=1)
        )


class TestOccupancy:
    @pytest.mark.parametrize("horizon", [None, 0, 1, 6])
    def test_return_is_occupancy_times_reward(self, horizon):
        mdp, policy, _ = random_mdp(7)
        occupancy = mdp.occupancy(policy, horizon)
        np.testing.assert_allclose(
            (occupancy * mdp.reward).sum(axis=(1, 2)), mdp.returns(policy, horizon), atol=1e-12
        )
        steps = (
            1 / (1 - mdp.discount) if horizon is None else (1 - mdp.discount**horizon) / (1 - mdp.discount)
        )
        np.testing.assert_allclose(occupancy.sum(axis=(1, 2)), steps)

    def test_the_chain_walks_right_in_closed_form(self):
        mdp = chain(4, slip=0.0, discount=0.5)
        occupancy = mdp.occupancy(mdp.deterministic_policy([1, 1, 1, 1]))[0, :, 1]
        np.testing.assert_allclose(occupancy, [1, 0.5, 0.25, 0.125 / 0.5])


class TestSolve:
    def test_policy_iteration_beats_every_deterministic_policy(self):
        mdp, _, _ = random_mdp(8, batch=3, n_states=4, n_actions=2)
        every = np.array([mdp.values(mdp.deterministic_policy(a)) for a in product(range(2), repeat=4)])
        np.testing.assert_allclose(mdp.solve().values, every.max(axis=0), atol=1e-12)

    @settings(max_examples=25)
    @given(st.integers(0, 2**32 - 1), st.sampled_from([1e-1, 1e-4, 1e-8]))
    def test_value_iteration_keeps_its_promise(self, seed, tolerance):
        mdp, _, _ = random_mdp(seed)
        solution, exact = mdp.solve("value_iteration", tolerance), mdp.solve()
        error = np.abs(solution.values - exact.values).max(axis=1)
        assert np.all(solution.error_bound <= tolerance)
        assert np.all(error <= solution.error_bound + exact.error_bound + 1e-12)

    def test_policy_iteration_certifies_itself(self):
        mdp, _, _ = random_mdp(9, batch=50)
        solution = mdp.solve()
        assert solution.error_bound.max() < 1e-11
        np.testing.assert_allclose(mdp.values(solution.policy), solution.values, atol=1e-12)

    def test_ties_but_for_rounding_do_not_cycle(self, monkeypatch):
        """Whatever is done earns 1 at every step; what is computed for it differs by kernel and action."""
        kernels = np.random.default_rng(0).dirichlet(np.ones(6), (100, 6))
        mdp = TabularMDP(np.stack([kernels, kernels[..., ::-1]], axis=2), np.ones((100, 6, 2)), 0.99)
        improve, asked = TabularMDP.action_values, []

        def counted(*given):
            asked.append(given)
            assert len(asked) < 10
            return improve(*given)

        monkeypatch.setattr(TabularMDP, "action_values", counted)
        solution = mdp.solve()
        np.testing.assert_allclose(solution.values, 100, rtol=1e-11)
        assert np.all(solution.iterations == 1)

    def test_a_tolerance_below_rounding_is_an_error(self):
        mdp, _, _ = random_mdp(10)
        with pytest.raises(ValueError, match="tolerance 1e-30 is below what rounding allows"):
            mdp.solve("value_iteration", 1e-30)

    def test_a_published_growth_model(self):
        # At most 5 units stored, a restock uniform on 0..10, utility the root of what is consumed: worked
        # example of Sargent and Stachurski, "Discrete State Dynamic Programming", with its printed answer.
        states, actions = np.arange(16), np.arange(6)
        transition = np.zeros((16, 6, 16))
        for action in actions:
            transition[:, action, action : action + 11] = 1 / 11
        consumption = states[:, None] - actions
        reward = np.where(consumption >= 0, np.sqrt(np.maximum(consumption, 0)), -1e3)
        solution = TabularMDP(transition[None], reward[None], 0.9).solve()
        assert solution.policy[0].argmax(axis=1).tolist() == [0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 4, 5, 5, 5, 5]
        published = [19.01740222, 20.01740222, 20.43161578, 20.74945302, 21.04078099, 21.30873018]
        published += [21.54479816, 21.76928181, 21.98270358, 22.18824323, 22.3845048, 22.57807736]
        published += [22.76109127, 22.94376708, 23.11533996, 23.27761762]
        np.testing.assert_allclose(solution.values[0], published, atol=5e-9)


class TestSample:
    def test_sampled_returns_agree_with_exact_ones(self):
        mdp, policy, generator = random_mdp(11, batch=30)
        rollouts = mdp.sample(policy, 3000, 6, generator)
        weights = mdp.discount[:, None] ** np.arange(6)
        sampled = (rollouts.rewards * weights[:, None]).sum(axis=2)
        z = (sampled.mean(axis=1) - mdp.returns(policy, 6)) / (sampled.std(axis=1) / np.sqrt(3000))
        assert np.abs(z).max() < 4.5 and np.sqrt((z**2).mean()) < 1.6

    def test_only_possible_transitions_happen(self):
        mdp, policy, generator = random_mdp(12, branching=2)
        rollouts = mdp.sample(policy, 50, 9, generator)
        B = np.arange(4)[:, None, None]
        now, then = rollouts.states[:, :, :-1], rollouts.states[:, :, 1:]
        assert np.all(mdp.transition[B, now, rollouts.actions, then] > 0)
        np.testing.assert_array_equal(rollouts.rewards, mdp.reward[B, now, rollouts.actions])

    def test_the_seed_decides(self):
        mdp, policy, _ = random_mdp(13)
        first, second = (mdp.sample(policy, 3, 4, np.random.default_rng(0)) for _ in range(2))
        np.testing.assert_array_equal(first.states, second.states)

    def test_draw_never_takes_an_impossible_last_point(self):
        probabilities = np.tile([0.1] * 10 + [0.0], (1000, 1))  # the sum of ten tenths is below 1

        class Highest:
            def random(self, shape):
                return np.full(shape, np.nextafter(1, 0))

        assert np.all(draw(probabilities, Highest()) == 9)


def test_draws_are_shares_of_the_total():
    weights = np.tile([3.0, 1.0], (4000, 1))
    drawn = draw(weights, np.random.default_rng(17))
    assert drawn.mean() == pytest.approx(0.25, abs=0.03)
    np.testing.assert_array_equal(drawn, draw(weights / 4, np.random.default_rng(17)))


GOOD = {"transition": np.full((2, 3, 2, 3), 1 / 3), "reward": np.zeros((2, 3, 2)), "discount": 0.9}


class TestBadInput:
    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"transition": np.full((2, 3, 2, 4), 0.25)}, r"transition must have shape \(B, S, A, S\)"),
            ({"transition": np.full((2, 3, 2, 3), 0.3)}, "transition must sum to 1 .* got 0.89"),
            (
                {"transition": np.full((2, 3, 2, 3), [-0.5, 0.5, 1.0])},
                "transition must not hold negative .* -0.5",
            ),
            ({"reward": np.zeros((2, 3, 3))}, r"reward must have shape \(2, 3, 2\)"),
            ({"reward": np.full((2, 3, 2), np.nan)}, "reward must be finite, got nan"),
            ({"discount": 1.0}, r"discount must lie in \[0, 1\), got 1.0"),
            ({"discount": [0.5, -0.1]}, r"discount must lie in \[0, 1\), got -0.1"),
            ({"discount": [0.5, 0.1, 0.2]}, r"discount must have shape \(2,\)"),
            ({"initial": [0.5, 0.4, 0.2]}, "initial must sum to 1"),
            ({"state_metric": np.ones((3, 3))}, "state_metric must be 0 on its diagonal"),
            ({"state_metric": 1 - np.eye(4)}, r"state_metric must have shape \(2, 3, 3\)"),
            ({"action_metric": [[0, 1], [2, 0]]}, "action_metric must be symmetric"),
        ],
    )
    def test_is_named(self, change, message):
        with pytest.raises(ValueError, match=message):
            TabularMDP(**(GOOD | change))

    def test_of_methods_is_named(self):
        mdp = TabularMDP(**GOOD)
        with pytest.raises(ValueError, match="policy must sum to 1"):
            mdp.values(np.ones((3, 2)))
        with pytest.raises(ValueError, match=r"horizon must be a whole number, at least 0, got 2.5"):
            mdp.values(mdp.uniform_policy(), 2.5)
        with pytest.raises(ValueError, match=r"actions must be whole numbers in \[0, 2\)"):
            mdp.deterministic_policy([0, 1, 2])
        with pytest.raises(ValueError, match="method must be"):
            mdp.solve("guessing")
        with pytest.raises(ValueError, match="tolerance must be finite and > 0, got 0"):
            mdp.solve(tolerance=0)

    def test_probabilities_of_float32_are_put_right_and_others_left_as_they_are(self):
        weights = np.random.default_rng(16).random((1, 8, 2, 8)).astype(np.float32)
        single = weights / weights.sum(axis=-1, keepdims=True)
        mdp = TabularMDP(single, np.zeros((1, 8, 2)), 0.9)
        assert np.abs(single.astype(float).sum(axis=-1) - 1).max() > 1e-9
        np.testing.assert_allclose(mdp.transition.sum(axis=-1), 1, rtol=0, atol=1e-9)
        np.testing.assert_allclose(mdp.transition, single, rtol=2e-7)
        nearly = np.array([0.1] * 10)
        assert nearly.cumsum()[-1] != 1
        np.testing.assert_array_equal(distributions("p", nearly), nearly)
        with pytest.raises(ValueError, match=r"p must sum to 1 .* divide it by its sum"):
            distributions("p", [0.5, 0.500002])

    def test_what_floats_cannot_hold_is_named_and_overflow_is_no_warning(self):
        with pytest.raises(ValueError, match="reward must be numbers that floats can hold"):
            TabularMDP(**(GOOD | {"reward": [[[10**400, 0]] * 3] * 2}))
        with pytest.raises(ValueError, match="horizon must be a whole number"):
            TabularMDP(**GOOD).values(np.full((3, 2), 0.5), 10**400)
        huge = TabularMDP(**(GOOD | {"reward": np.full((2, 3, 2), 1e308)}))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert np.isinf(huge.values(huge.uniform_policy(), 20)).all()
            mixed = huge.with_model(np.eye(3)[None, :, None].repeat(2, 0).repeat(2, 2), -huge.reward)
            mixed = mixed.with_model(reward=mixed.reward * np.array([1.0, -1.0, 1.0])[:, None])
            with pytest.raises(ValueError, match="too large or too small"):
                mixed.returns(mixed.uniform_policy(), 50)

    def test_metrics_are_checked(self):
        with pytest.raises(ValueError, match="d breaks the triangle inequality through point 1"):
            metric("d", [[0, 1, 3], [1, 0, 1], [3, 1, 0]])
        with pytest.raises(ValueError, match="d must be positive between different points"):
            metric("d", [[0, 0], [0, 0]])
