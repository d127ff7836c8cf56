"""Loops that depend on a parameter: their slopes are their returns', and their constants hold."""

from dataclasses import replace

import numpy as np
import pytest

from imagination.results.slopes.systems import FAMILIES, Waves, choices, differentiated, draw, wiggles


@pytest.mark.parametrize("family", FAMILIES)
def test_a_return_is_differentiated_as_a_tiny_imaginary_step_says(family):
    loops = draw(family, np.random.default_rng(0), 40)
    step, reward = loops.learned
    aside = replace(loops, theta=loops.theta + 1e-20j)
    slope = differentiated(step, reward, loops, 9)[1]
    np.testing.assert_allclose(differentiated(step, reward, aside, 9)[0].imag / 1e-20, slope, rtol=1e-9)


def test_constants_are_met_by_no_state_and_nearly_by_some():
    rng = np.random.default_rng(1)
    loops = draw("waves", rng, 50)
    theta = loops.theta
    nearly = []
    for _ in range(400):
        state, other = rng.uniform(-20, 20, (2, 50))
        (_, *here), (_, *there) = loops.step(state, theta), loops.step(other, theta)
        for slope, most in zip(here, loops.step.steepest, strict=True):
            assert (np.abs(slope) <= most * (1 + 1e-12)).all()
            nearly.append((np.abs(slope) / most).max())
        for one, two in zip(here, there, strict=True):
            assert (np.abs(one - two) <= loops.step.bend * np.abs(state - other) * (1 + 1e-9)).all()
    assert max(nearly) > 0.95


def test_families_err_as_they_say():
    rng = np.random.default_rng(2)
    state = rng.standard_normal(30)
    straight, shifted, waves = (draw(family, rng, 30) for family in FAMILIES)
    assert not straight.step.waves.size and (straight.step_off.steepest[1] > 0).all()
    value, *slopes = shifted.step_off(state, shifted.theta)
    assert (np.abs(value) > 0).all() and not np.any(slopes)
    assert (np.abs(waves.step_off(state, waves.theta)[1]) > 0).all()


def test_a_map_by_hand():
    wave = Waves(np.array([[1.0, 2.0, 3.0]]), np.array([[[0.5, 2.0, 4.0, 0.0]]]))
    value, in_state, in_theta = wave(np.array([0.0]), np.array([0.0]))
    assert (value, in_state, in_theta) == (1.0, 3.0, 5.0)
    assert wave.steepest == (3.0, 5.0) and wave.bend == 0.5 * 2 * 4


def test_an_unknown_family_is_refused():
    with pytest.raises(ValueError, match="family: 'square' is none of straight"):
        draw("square", np.random.default_rng(0), 3)


def test_a_wiggle_is_differentiated_as_differences_are():
    drawn = wiggles(np.random.default_rng(3), 200)
    gamma, L_V, eps, theta = (drawn[name] for name in ("gamma", "L_V", "eps_dyn", "theta"))
    apart = 1e-6
    ends = [gamma * L_V * eps * np.sin((theta + side) / eps**2) for side in (apart, -apart)]
    np.testing.assert_allclose((ends[0] - ends[1]) / (2 * apart), drawn["slope_gap"], rtol=1e-4, atol=1e-4)


def test_some_choices_meet_the_bound_and_none_of_their_scores_has_a_mean():
    drawn = choices(np.random.default_rng(4), 100)
    bound = drawn["gamma"] * drawn["L_V"] * drawn["eps_dyn"] * drawn["score"]
    assert (drawn["bias"] <= bound * (1 + 1e-9)).all()
    assert 20 < np.isclose(drawn["bias"], bound).sum() < 80
