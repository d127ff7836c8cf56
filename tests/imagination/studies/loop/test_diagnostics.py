import numpy as np
import pytest

from imagination.results.kernels import systems as stochastic
from imagination.results.return_gap import claims as return_gap
from imagination.results.return_gap.systems import draw
from imagination.rollouts import rollout_return
from imagination.studies.loop.diagnostics import bounds, decompose, decompose_tabular, regret_bound
from imagination.studies.looseness import terms


def test_the_parts_add_up_to_the_gap_and_the_returns_are_those_of_rollouts() -> None:
    pair = draw("tanh networks", np.random.default_rng(0), 6)
    start = pair.start[:, :3]
    found = decompose(
        pair.real.step, pair.learned.step, lambda s, _: pair.policy(s), start, 12, pair.discount
    )
    np.testing.assert_allclose(found.rounding, 0, atol=1e-12)
    for mdp, value in ((pair.real, found.real), (pair.learned, found.imagined)):
        np.testing.assert_allclose(
            value, rollout_return(mdp, pair.policy, start, 12).mean(axis=1), rtol=1e-12
        )
    assert np.abs(found.gap).max() > 1e-6


def test_step_by_step_it_is_the_identity_of_chapter_5() -> None:
    pair = draw("linear-quadratic", np.random.default_rng(1), 5)
    found = decompose(
        pair.real.step, pair.learned.step, lambda s, _: pair.policy(s), pair.start[:, :1], 9, pair.discount
    )
    other = terms(pair, along="imagined", steps=9)
    np.testing.assert_allclose(found.reward, other.weight * other.reward, atol=1e-12)
    np.testing.assert_allclose(found.dynamics, other.weight * other.value, atol=1e-12)


def test_it_holds_path_by_path_for_a_random_policy_and_where_episodes_end() -> None:
    generator = np.random.default_rng(2)
    C, K, H = 4, 5, 15
    pull = generator.normal(size=(C, 1))

    def step(state: np.ndarray, action: np.ndarray, drift: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
        over = np.abs(state) > 1  # an absorbing state that earns nothing
        moved = np.where(over, state, 0.9 * state + 0.2 * action + drift)
        return moved, np.where(over, 0.0, 1 - state**2)

    def act(state: np.ndarray, noise: np.ndarray | None) -> np.ndarray:
        assert noise is not None
        return np.where(noise < 1 / (1 + np.exp(-pull * state)), 1.0, -1.0)

    def imagined(state: np.ndarray, action: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        following, reward = step(state, action, 0.05)
        return following, reward + 0.1 * np.cos(state)

    start, noise = generator.uniform(-0.5, 0.5, (C, K)), generator.random((C, K, H))
    found = decompose(step, imagined, act, start, H, 1.0, noise)
    np.testing.assert_allclose(found.rounding, 0, atol=1e-12)
    assert (np.abs(found.dynamics_total) > 1e-3).all()


def test_an_error_of_one_model_alone_is_put_down_to_it() -> None:
    pair = draw("tanh networks", np.random.default_rng(3), 4)
    only_reward = pair.real.swap(reward=pair.learned.reward)
    only_dynamics = pair.real.swap(dynamics=pair.learned.dynamics)
    for model, none in ((only_reward, "dynamics"), (only_dynamics, "reward")):
        found = decompose(
            pair.real.step, model.step, lambda s, _: pair.policy(s), pair.start[:, :2], 8, pair.discount
        )
        np.testing.assert_allclose(getattr(found, none), 0, atol=1e-12)
        np.testing.assert_allclose(found.rounding, 0, atol=1e-12)


def test_tabular_parts_add_up_and_steps_approach_the_totals() -> None:
    real, learned, policy = stochastic.FAMILIES["Garnet, plane"](8, np.random.default_rng(4))
    found = decompose_tabular(real, learned, policy, 400)
    np.testing.assert_allclose(found.rounding, 0, atol=1e-11)
    np.testing.assert_allclose(found.gap, stochastic.gap(real, learned, policy), atol=1e-12)
    left = real.discount**400 * 1e3
    np.testing.assert_allclose(found.reward.sum(axis=1), found.reward_total, atol=1e-9 + left.max())
    np.testing.assert_allclose(found.dynamics.sum(axis=1), found.dynamics_total, atol=1e-9 + left.max())


CONSTANTS = {"gamma": 0.9, "L_f": 0.5, "L_r": 1.0, "L_pi": 0.5, "eps_dyn": 0.01, "eps_rew": 0.02}


def test_bounds_are_those_of_the_claims() -> None:
    found = bounds(CONSTANTS, horizon=20, diameter=2.0)
    assert found["lemma_1"][0] == return_gap.bound(**CONSTANTS)
    assert found["finite"][0] == return_gap.bound(**CONSTANTS, horizon=20)
    assert found["bounded"][0] == return_gap.bound(**CONSTANTS, horizon=20, diameter=2.0)


def test_bounds_are_infinite_where_they_are_silent_and_never_nan() -> None:
    found = bounds({**CONSTANTS, "L_f": np.array([0.5, 2.0, np.inf])}, horizon=5, diameter=2.0)
    np.testing.assert_array_equal(np.isfinite(found["lemma_1"]), [True, False, False])
    np.testing.assert_array_equal(np.isfinite(found["finite"]), [True, True, False])
    np.testing.assert_array_equal(np.isfinite(found["bounded"]), [True, True, False])
    assert np.isinf(bounds(CONSTANTS)["finite"]).all()


def test_regret_bound() -> None:
    np.testing.assert_array_equal(regret_bound([1.0, np.inf], [0.5, 0.0]), [2.5, np.inf])
    with pytest.raises(ValueError, match="delta"):
        regret_bound([1.0], [-0.5])
