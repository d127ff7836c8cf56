"""The trial of branches: gradients, errors, bounds, and a sample of its record."""

from dataclasses import replace

import numpy as np
import pytest

from imagination import records
from imagination.reinforce.problems import tabular_policy
from imagination.results.horizon import claims
from imagination.studies.loop import branches, branches_exact, closed_forms, gridworld
from imagination.studies.loop.branches import SCALES, Arm, tried, tuned
from imagination.studies.loop.branches_exact import RECORD, SYSTEMS, Counted

DISCOUNT = 0.9


@pytest.fixture
def counted():
    """Two seeds with two models each of five states and three actions, and a critic."""
    rng = np.random.default_rng(0)
    kernel = rng.dirichlet(np.ones(5), size=(2, 2, 5, 3))
    model = Counted(kernel, rng.standard_normal((2, 2, 5, 3)))
    return model, rng.standard_normal((2, 1, 5)), rng.dirichlet(np.ones(5), size=(2, 1))


def slope(promise, at):
    """Central differences of numbers (C,) in parameters (C, ...)."""
    found, small = np.zeros(at.shape), 1e-5
    for index in np.ndindex(at.shape[1:]):
        step = np.zeros(at.shape)
        step[(slice(None), *index)] = small
        found[(slice(None), *index)] = (promise(at + step) - promise(at - step)) / (2 * small)
    return found


@pytest.mark.parametrize("horizon", [1, 4])
def test_the_gradient_on_the_grid_is_that_of_what_is_promised(counted, horizon):
    model, critic, start = counted
    system = replace(SYSTEMS["grid"], settings=gridworld.Settings(discount=DISCOUNT))
    scores = np.random.default_rng(1).standard_normal((2, 5, 3))

    def promise(scores):
        policy = tabular_policy(scores).probabilities
        whole = branches_exact._promises(policy, model, critic, DISCOUNT, horizon)[:, :, horizon]
        return (start * whole).sum(axis=2).mean(axis=1)

    policy = tabular_policy(scores).probabilities
    up = system._gradient(policy, model, critic, start, horizon)
    np.testing.assert_allclose(up, slope(promise, scores), atol=1e-8)


@pytest.mark.parametrize("horizon", [1, 4])
def test_the_gradient_on_the_spiral_is_that_of_what_is_promised(horizon):
    rng = np.random.default_rng(0)
    square = rng.standard_normal((2, 2, 4, 4))
    model = closed_forms.System(
        rng.uniform(-0.5, 0.5, (2, 2, 2, 2)), rng.standard_normal((2, 2, 2, 2)), square + square.mT
    )
    one = rng.standard_normal((2, 1, 2, 2))
    critic, start, gain = one + one.mT, one @ one.mT, 0.1 * rng.standard_normal((2, 2, 2))

    def promise(gain):
        whole = branches_exact._promised(gain, model, critic, DISCOUNT, horizon)[:, :, horizon]
        return closed_forms.trace(whole, start).mean(axis=1)

    up = branches_exact._ascent(gain, model, critic, start, DISCOUNT, horizon).mean(axis=1)
    np.testing.assert_allclose(up, slope(promise, gain), atol=1e-7)


@pytest.mark.parametrize("name", list(SYSTEMS))
@pytest.mark.parametrize("members", [1, 3])
def test_promises_err_by_no_more_than_the_bound(name, members):
    system = SYSTEMS[name]
    found = system.trained(Arm(members, 3, system.rates[1]), "crude model", 3, np.random.SeedSequence(0))
    weight = system.discount ** np.arange(system.horizons[-1] + 1)
    steps = np.pad((weight[:-1] * found.step_error).cumsum(axis=1), [(0, 0), (1, 0)])
    assert (found.error <= steps + weight * found.estimate_error + 1e-12).all()
    assert (found.error > 0).all() and found.observed.shape == found.error.shape
    np.testing.assert_allclose(found.error[:, 0], found.estimate_error[:, 0])
