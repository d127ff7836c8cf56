"""Closed loops: what is real has a closed form, what is learned errs as it says."""

import numpy as np
import pytest

from imagination.results.horizon.systems import FAMILIES, draw, lyapunov, rollouts


@pytest.mark.parametrize("family", FAMILIES)
def test_the_closed_loop_is_stable_and_the_feedback_makes_it_so(family):
    loops = draw(family, np.random.default_rng(0), 50)
    closed = np.abs(np.linalg.eigvals(loops.closed)).max(-1)
    alone = np.abs(np.linalg.eigvals(loops.open_loop)).max(-1)
    assert (closed < 1).all()
    if family == "feedback":
        assert (alone > 1.4).all()


def test_another_generator_gives_other_loops_and_the_same_one_the_same():
    first, again, other = (draw("spiral", np.random.default_rng(seed), 5) for seed in (1, 1, 2))
    assert np.array_equal(first.gain, again.gain)
    assert first.gain.shape != other.gain.shape or not np.allclose(first.gain, other.gain)


def test_the_value_is_the_return_of_a_long_rollout():
    loops = draw("stabilised", np.random.default_rng(3), 20)
    real, _ = rollouts(loops, 4000)
    weights = loops.gamma[:, None] ** np.arange(4001)
    paid = (loops.reward(real) * weights).sum(1)
    np.testing.assert_allclose(loops.value(loops.start[:, None])[:, 0], paid, rtol=1e-9)


def test_lyapunov_solves_its_equation_in_each_of_a_batch():
    rng = np.random.default_rng(4)
    matrix = rng.standard_normal((7, 3, 3))
    matrix *= (0.9 / np.abs(np.linalg.eigvals(matrix)).max(-1))[:, None, None]
    right = rng.standard_normal((7, 3, 3))
    right = right @ right.mT
    solved = lyapunov(matrix, right)
    np.testing.assert_allclose(solved, matrix.mT @ solved @ matrix + right, rtol=1e-9)
    assert (np.linalg.eigvalsh(solved) > 0).all()


def test_lyapunov_by_hand():
    assert lyapunov(np.array([[[0.5]]]), np.array([[[3.0]]])) == pytest.approx(4.0)


def test_lyapunov_refuses_what_does_not_shrink():
    with pytest.raises(ValueError, match="matrix: spectral radius 1; need less than 1"):
        lyapunov(np.eye(2)[None], np.eye(2)[None])


def test_an_unknown_family_is_refused():
    with pytest.raises(ValueError, match="family: 'bicycle' is none of"):
        draw("bicycle", np.random.default_rng(0), 3)


def test_learned_maps_err_by_what_they_say():
    loops = draw("feedback", np.random.default_rng(5), 4)
    state = np.random.default_rng(6).standard_normal((4, 9, 1))
    np.testing.assert_allclose(loops.learned(state) - loops.real(state), loops.shift[:, None].repeat(9, 1))
    off = loops.learned_reward(state) - loops.reward(state)
    np.testing.assert_allclose(off, loops.flattery[:, None].repeat(9, 1), rtol=1e-9)
