"""What a trial of splits asks of its systems: the same of all three."""

import numpy as np
import pytest

from imagination.studies.loop import split_systems
from imagination.studies.loop.split_systems import SYSTEMS

QUICK = {
    "spiral": split_systems.Spiral(rate=0.03, settings=split_systems.spiral.Settings(updates=30)),
    "Pendulum-v1": split_systems.SwingUp(plane=split_systems.swing_up.Plane(36, 31, 5), episodes=8),
}
"""Enough training to tell a good policy from none, in less time."""

MANY = {"spiral": 2000, "grid": 20_000, "Pendulum-v1": 3000}


@pytest.mark.parametrize("name", SYSTEMS)
def test_more_samples_err_less_and_the_first_are_the_first(name):
    system = SYSTEMS[name]
    of_dyn, of_rew = system.drawn(3, MANY[name], np.random.default_rng(0))
    few, many = (
        system.errors(system.dynamics(of_dyn, n), system.reward(of_rew, n)) for n in (60, MANY[name])
    )
    for errors, smaller in zip(few, many, strict=True):
        assert errors.shape == (3,) and (smaller < 0.6 * errors).all()
    alone = system.drawn(3, MANY[name], np.random.default_rng(0))
    np.testing.assert_array_equal(system.dynamics(alone[0], 60), system.dynamics(of_dyn, 60))
    other = system.reward(system.drawn(3, 60, np.random.default_rng(1))[1], 60)
    assert not np.allclose(other, system.reward(of_rew, 60))


@pytest.mark.parametrize("name", SYSTEMS)
def test_good_models_train_good_policies_and_luck_is_the_seeds(name):
    system = QUICK.get(name, SYSTEMS[name])
    of_dyn, of_rew = system.drawn(2, MANY[name], np.random.default_rng(0))
    good = system.dynamics(of_dyn, MANY[name]), system.reward(of_rew, MANY[name])
    out, again = (system.trained(*good, seed=5) for _ in range(2))
    assert (np.abs(out.best - out.real) < 0.1 * system.worth).all()
    assert (np.abs(out.imagined - out.real) < 0.1 * system.worth).all()
    np.testing.assert_array_equal(out.real, again.real)


def test_errors_are_0_for_the_real_models():
    grid = split_systems.Grid()
    real = grid._real(2)
    assert grid.errors(real.transition, real.reward)[0].max() == 0
    spiral = split_systems.Spiral()
    system = split_systems.closed_forms.system_of(spiral._real(2))
    exact = np.concatenate([system.state_matrix, system.action_matrix], axis=2), system.form
    assert max(error.max() for error in spiral.errors(*exact)) < 1e-12
