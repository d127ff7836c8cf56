"""Chapter 1's study, small: certificates above observations, and no gap above its bound or its ceiling."""

import numpy as np
import pytest

from imagination import return_gap
from imagination.rollouts import return_gap as measured
from imagination.studies import pendulum_gap
from imagination.worlds.continuous import AffineDynamics, norm
from imagination.worlds.gymnasium import OnPendulumStates
from imagination.worlds.policies import ConstantPolicy

HORIZONS = np.arange(1, 41)


@pytest.fixture(scope="module")
def rng() -> np.random.Generator:
    return np.random.default_rng(1)


@pytest.fixture(scope="module")
def study(rng) -> pendulum_gap.Study:
    data = pendulum_gap.gather(rng, 3000)
    return pendulum_gap.study(data, rng, discount=0.9, seeds=[0, 1], epochs=120, features=64)


@pytest.fixture(scope="module")
def errors(study, rng):
    return pendulum_gap.model_errors(study, rng, max_cells=50_000)


def test_transitions_cover_the_domain_in_our_units(rng):
    data = pendulum_gap.gather(rng, 800, torque_unit=4.0)
    np.testing.assert_allclose(np.linalg.norm(data.state[:, :2], axis=-1), 1.0, atol=1e-6)
    assert np.abs(data.state[:, 2]).max() <= 8 / 15**0.5 + 1e-6 and data.state[:, 2].std() > 0.8
    assert 0.4 < np.abs(data.action).max() <= 0.5


def test_every_model_stays_on_the_circle_where_it_is_certified_to(study, errors, rng):
    states, actions = study.states.sample(rng, 2000), study.actions.sample(rng, 2000)
    for name, mdp in study.imagined.items():
        radius = norm(mdp.dynamics(states, actions)[..., :2])
        if np.isfinite(errors.loc[name].certified_dyn).all():
            np.testing.assert_allclose(radius, 1.0, rtol=1e-12)


def test_certified_errors_are_at_least_the_observed_ones(errors):
    for kind in ("dyn", "rew"):
        assert (errors[f"rms_{kind}"] <= errors[f"observed_{kind}"]).all()
        assert (errors[f"observed_{kind}"] <= errors[f"certified_{kind}"] * (1 + 1e-9)).all()
    assert np.isfinite(errors.loc["network"].to_numpy()).all()
    assert (errors.loc["network"].rms_dyn < 0.3 * errors.loc["affine"].rms_dyn).all()


@pytest.mark.parametrize(("floor", "known"), [(0.3, False), (0.05, True)])
def test_an_error_is_certified_only_where_no_point_falls_below_the_floor(study, floor, known):
    shrinks = np.tile(0.2 * np.eye(3), (2, 1, 1))  # every point of the circle to a length of 0.2
    base = AffineDynamics(shrinks, np.zeros((2, 3, 1)), np.zeros((2, 3)))
    model = OnPendulumStates(base, study.states.velocity_unit, np.full(2, floor))
    upper = pendulum_gap.certified_error(study, model, study.real.dynamics, 5000)[1]
    assert (np.isfinite(upper) == known).all()


def test_certified_constants_are_at_least_the_observed_ones(study, rng):
    table = pendulum_gap.constants(study, rng, count=500)
    assert list(table.index) == ["Pendulum-v1", "network", "sine features", "affine"]
    for symbol in ("L_f", "L_r"):
        assert (table[f"{symbol} observed"] <= table[f"{symbol} certified"] * (1 + 1e-9)).all()


@pytest.mark.parametrize("push", [0.0, 0.25])
def test_no_gap_exceeds_its_bound_or_the_ceiling(study, errors, rng, push):
    policy = pendulum_gap.pump(study, push) if push else ConstantPolicy(np.zeros((2, 1)))
    start = study.real.initial.sample(rng, 64)
    gaps = pendulum_gap.gaps(study, pendulum_gap.trajectories(study, policy, start, 40))
    bounds = pendulum_gap.bounds(study, policy, errors, HORIZONS)
    both = gaps.merge(bounds, on=["model", "horizon"])
    assert len(both) == 3 * 2 * 40
    assert (both.gap <= both["bounded states"]).all()
    assert (both["bounded states"] <= both["finite horizon"] * (1 + 1e-12)).all()
    assert (both.gap <= pendulum_gap.ceiling(study, both.horizon.to_numpy()) * (1 + 1e-12)).all()


def test_gaps_are_those_of_the_rollout_engine(study, rng):
    policy, start = pendulum_gap.pump(study, 0.5), study.real.initial.sample(rng, 16)
    gaps = pendulum_gap.gaps(study, pendulum_gap.trajectories(study, policy, start, 30))
    for name, mdp in study.imagined.items():
        expected = np.abs(measured(study.real, mdp, policy, start, 30)).max(axis=1)
        found = gaps[(gaps.model == name) & (gaps.horizon == 30)].gap
        np.testing.assert_allclose(found, expected, rtol=1e-10)


def test_an_error_that_cannot_be_certified_gives_no_bound(study, errors):
    unknown = errors.copy()
    unknown.loc[("sine features", 0), "certified_dyn"] = np.inf
    bounds = pendulum_gap.bounds(study, pendulum_gap.pump(study, 0.25), unknown, HORIZONS).set_index("model")
    assert np.isinf(bounds.loc["sine features", "bounded states"]).all()
    assert np.isfinite(bounds.loc["sine features", "observed"]).all()


def test_bounds_are_the_theorys_own_numbers(study, errors):
    policy = pendulum_gap.pump(study, 0.25)
    row = pendulum_gap.bounds(study, policy, errors, np.array([7])).set_index("model").loc["network"]
    worst = errors.loc["network"].max()
    expected = return_gap.bound(
        gamma=0.9,
        L_f=study.real.dynamics.lipschitz()[0],
        L_r=study.real.reward.lipschitz()[0],
        L_pi=0.25 * 15**0.5 / 2,
        eps_dyn=worst.certified_dyn,
        eps_rew=worst.certified_rew,
        horizon=7,
    )
    np.testing.assert_allclose(row["finite horizon"], expected, rtol=1e-12)
