import numpy as np
import pandas as pd
import pytest
import torch

from imagination.models.quadratic import QuadraticFormReward
from imagination.rollouts import rollout_return
from imagination.studies.loop import closed_forms, rounds, spiral
from imagination.studies.loop.diagnostics import decompose
from imagination.worlds.continuous import spectral_norm
from imagination.worlds.policies import LinearPolicy

SMALL = spiral.Settings(seeds=3, rounds=3, updates=10, rollouts=16, horizon=15)


@pytest.fixture(scope="module")
def small() -> rounds.Result:
    return spiral.run(SMALL, np.random.default_rng(0))


def test_columns_parts_and_bounds(small: rounds.Result) -> None:
    assert list(small.rounds.columns)[: len(rounds.ROUND_COLUMNS)] == list(rounds.ROUND_COLUMNS)
    assert list(small.steps.columns) == list(rounds.STEP_COLUMNS)
    assert not small.rounds.isna().any().any()
    ours = small.rounds[small.rounds["arm"] == "imagination"]
    assert ours["rounding"].abs().max() < 1e-13
    assert np.isfinite(ours["lemma_1"]).all()  # here Lemma 1 speaks
    for bound in ("lemma_1", "bounded"):
        assert (ours["gap"].abs() <= ours[bound]).all(), bound
    assert (ours["gap"].abs() <= ours["on_average"] + 1e-9).all()
    assert (ours["finite_gap"].abs() <= ours["finite"]).all()
    for bound in ("regret_bound", "regret_known"):
        assert (ours["regret"] <= ours[bound] + 1e-12).all(), bound
    assert (ours["regret"] >= -1e-12).all()


@pytest.fixture(scope="module")
def pair() -> tuple:
    rng = np.random.default_rng(1)
    real = spiral.world(SMALL)
    data = spiral.collect(real, spiral.first_policy(SMALL), None, SMALL, rng)
    gain = 0.25 * rng.standard_normal((SMALL.seeds, 2, 2))
    gain *= (0.25 / spectral_norm(gain))[:, None, None]
    return real, spiral.learn(real, data), gain


def test_closed_forms_are_what_rollouts_find(pair: tuple) -> None:
    real, learned, gain = pair
    start = real.initial.sample(np.random.default_rng(2), 40)
    moment = np.swapaxes(start, 1, 2) @ start / start.shape[1]
    for mdp in (real, learned):
        value = closed_forms.system_of(mdp).value(gain, real.discount)
        sampled = rollout_return(mdp, LinearPolicy(gain), start, 300).mean(axis=1)
        np.testing.assert_allclose((value * moment).sum(axis=(1, 2)), sampled, rtol=1e-9)


def test_the_closed_decomposition_is_that_of_rollouts(pair: tuple) -> None:
    real, learned, gain = pair
    start = real.initial.sample(np.random.default_rng(3), 6)
    moment = np.swapaxes(start, 1, 2) @ start / start.shape[1]
    exact = closed_forms.decompose_linear(
        closed_forms.system_of(real), closed_forms.system_of(learned), gain, moment, real.discount, 100
    )
    np.testing.assert_allclose(exact.rounding, 0, atol=1e-13)
    policy = LinearPolicy(gain)
    sampled = decompose(real.step, learned.step, lambda s, _: policy(s), start, 100, real.discount)
    np.testing.assert_allclose(sampled.reward[:, :20], exact.reward[:, :20], atol=1e-10)
    # V of 100 − t steps instead of V of infinitely many: no difference worth a digit for early t
    np.testing.assert_allclose(sampled.dynamics[:, :20], exact.dynamics[:, :20], atol=1e-10)


def test_no_gain_is_better_than_the_optimum(pair: tuple) -> None:
    real, learned, _ = pair
    rng = np.random.default_rng(4)
    for mdp in (real, learned):
        system = closed_forms.system_of(mdp)
        best, value = system.optimal(real.discount)
        np.testing.assert_allclose(system.value(best, real.discount), value, rtol=1e-8, atol=1e-10)
        for _ in range(20):
            other = best + 0.05 * rng.standard_normal(best.shape)
            assert (np.trace(system.value(other, real.discount) - value, axis1=1, axis2=2) < 0).all()


def test_a_model_that_rewards_great_thrust_has_no_best_gain() -> None:
    real = spiral.world(SMALL)
    system = closed_forms.system_of(real)
    mad = system._replace(form=system.form * np.array([1, 1, -1, -1.0])[:, None])
    start = closed_forms.start_moment(np.ones(SMALL.seeds), 2)
    assert np.isinf(mad.best_return(real.discount, start)).all()
    _, value = system.optimal(real.discount)
    expected = (value * start).sum(axis=(1, 2))
    np.testing.assert_allclose(system.best_return(real.discount, start), expected)


def test_what_solves_no_riccati_equation_is_not_taken_for_the_best() -> None:
    # a reward learned from few noisy labels: thrust across the motion pays, so ever more of it pays ever more
    matrices = [[[0.63, -0.37], [0.37, 0.65]], [[0.71, 0.02], [0.0, 0.69]]]
    form = [
        [-1.15, 0.21, -0.03, 0.85],
        [0.21, 0.2, -0.15, 0.26],
        [-0.03, -0.15, -0.15, 0.04],
        [0.85, 0.26, 0.04, -1.17],
    ]
    A, B, F = (np.array(matrix) for matrix in (*matrices, form))
    discount, start = np.array([0.9]), closed_forms.start_moment(np.ones(1), 2)
    system = closed_forms.System(A[None], B[None], F[None])
    assert np.isinf(system.best_return(discount, start)).all()
    with pytest.raises(np.linalg.LinAlgError):
        system.optimal(discount)
    # why: at some frequency a swinging thrust earns more than nothing, and so k times as much k² times more
    turns = np.exp(1j * np.linspace(0, np.pi, 200))
    reach = np.linalg.solve(turns[:, None, None] * np.eye(2) - np.sqrt(0.9) * A, np.sqrt(0.9) * B + 0j)
    both = np.concatenate([reach, np.broadcast_to(np.eye(2), reach.shape)], axis=1)
    assert np.linalg.eigvalsh(both.conj().mT @ F @ both).max() > 0.1


def test_the_spiral_is_as_smooth_as_it_says() -> None:
    real = spiral.world(SMALL)
    np.testing.assert_allclose(real.dynamics.lipschitz(), SMALL.L_f)
    best, _ = closed_forms.system_of(real).optimal(real.discount)
    assert (spectral_norm(best) < SMALL.largest_gain).all()
    assert SMALL.discount * SMALL.L_f * (1 + SMALL.largest_gain) < 1


def test_a_class_without_the_optimum_is_refused() -> None:
    with pytest.raises(ValueError, match="largest_gain"):
        spiral.run(spiral.Settings(seeds=2, rounds=1, largest_gain=0.1), np.random.default_rng(0))


def test_a_sum_that_does_not_converge_is_refused() -> None:
    with pytest.raises(ValueError, match="spectral radius"):
        closed_forms.discounted_sum(2 * np.eye(2)[None], np.eye(2)[None], np.array([0.9]))


def test_projected_adam_keeps_gains_in_the_class() -> None:
    optimiser = spiral.ProjectedAdam(10.0, 0.3, (2, 2))
    moved = optimiser.step(torch.zeros(4, 4, dtype=torch.float64), torch.randn(4, 4, dtype=torch.float64))
    norms = torch.linalg.matrix_norm(moved.unflatten(1, (2, 2)), ord=2)
    torch.testing.assert_close(norms, torch.full((4,), 0.3, dtype=torch.float64))
    inside = spiral.ProjectedAdam(0.01, 0.3, (2, 2)).step(torch.zeros(1, 4), torch.ones(1, 4))
    torch.testing.assert_close(inside, torch.full((1, 4), 0.01), rtol=1e-5, atol=1e-7)


def test_where_imagination_leaves_the_disc_the_bounds_are_silent(pair: tuple) -> None:
    real, learned, gain = pair
    wild = learned.with_arrays({"dynamics.base.state_matrix": learned.dynamics.base.state_matrix * 2})
    found = spiral.constants_of(real, wild, gain, SMALL)
    assert np.isinf(found["eps_dyn"]).all() and np.isinf(found["eps_rew"]).all()


def test_the_largest_error_of_the_reward_counts_every_block_of_its_form() -> None:
    """Of 0.5 |s|² + 2 · 0.25 s·a + 2 |a|² with |s| <= 1 and |a| <= 0.3 |s|."""
    real, one = spiral.world(SMALL, 1), np.ones(1)
    off = np.kron([[0.5, 0.25], [0.25, 2.0]], np.eye(2))
    form = closed_forms.system_of(real).form + off
    learned = real.swap(reward=QuadraticFormReward(form, 2, one, one))
    found = spiral.constants_of(real, learned, np.zeros((1, 2, 2)), SMALL)
    np.testing.assert_allclose(found["eps_rew"], 0.5 + 2 * 0.3 * 0.25 + 0.3**2 * 2)
    assert found["eps_dyn"] == 0


def test_a_sample_of_the_record_is_made_again() -> None:
    recorded, _ = rounds.recorded(spiral.RECORD)
    settings = spiral.SCALES["full"]
    *_, rival = np.random.default_rng(0).spawn(3)
    again = spiral.in_the_real_world(settings, rival)
    columns = ["arm", "seed", "round", "real_steps", "real_return", "regret"]
    kept = recorded[recorded["arm"] != "imagination"].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept[columns], again[columns], check_dtype=False, rtol=1e-7)
    ours = recorded[recorded["arm"] == "imagination"]
    assert (ours["gap"].abs() <= ours["lemma_1"]).all()
    assert (ours["regret"] <= ours["regret_bound"]).all()
