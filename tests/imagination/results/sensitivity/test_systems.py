import numpy as np
import pytest

from imagination.results.sensitivity import systems
from imagination.rollouts import rollout_return
from imagination.worlds.continuous import UniformBall
from imagination.worlds.linear_quadratic import optimal_gain


@pytest.fixture(scope="module")
def groups():
    return {name: systems.draw(name, np.random.default_rng(3)) for name in systems.GROUPS}


def test_groups_are_samples_of_a_hundred(groups):
    for name in systems.REPORTED_GROUPS:
        constants = groups[name].constants()
        assert len(groups[name]) == systems.SIZE == 100
        assert len(np.unique(constants["L_f"])) == 100, "no two systems are alike"


def test_lqg_contracts_as_reported_and_is_controlled_optimally(groups):
    group = groups["LQG"]
    constants = group.constants()
    contraction = constants["gamma"] * constants["L_f"] * (1 + constants["L_pi"])
    assert np.all((contraction >= 0.224) & (contraction <= 0.228)) and np.all(constants["gamma"] == 0.8)
    np.testing.assert_allclose(group.policy.base.gain, optimal_gain(group.real)[0].gain, rtol=1e-12)


@pytest.mark.parametrize("name", systems.GROUPS)
def test_closed_loops_contract_and_error_directions_have_size_one(groups, name):
    group = groups[name]
    constants = group.constants()
    assert np.all(constants["gamma"] * constants["L_f"] * (1 + constants["L_pi"]) < 1)
    d_state = group.start.shape[-1]
    rng = np.random.default_rng(0)
    states = UniformBall(np.ones(len(group)), d_state).sample(rng, 200)
    actions = group.policy(states)
    assert np.linalg.norm(group.dynamics_error(states, actions), axis=-1).max() <= 1 + 1e-12
    assert np.abs(group.reward_error(states, actions)).max() <= 1 + 1e-12


def test_return_error_is_the_worst_of_four_rollouts(groups):
    group = groups["quadratic"]
    eps_dyn = 0.2 * (-1.0) ** np.arange(100)[:, None]  # the worst is now the one sign, now the other
    eps_rew = np.full((100, 1), 0.05)
    found = group.return_error(eps_dyn, eps_rew)[:, 0]
    real = rollout_return(group.real, group.policy, group.start, group.horizon)[:, 0]
    worst = np.zeros(100)
    for sign in (1, -1):
        for other in (1, -1):
            learned = group.real.swap(
                dynamics=group.dynamics(sign * eps_dyn),
                reward=lambda s, a, by=other * 0.05: (
                    group.real.reward(s, a) + by * group.reward_error(s, a)[..., 0]
                ),
            )
            imagined = rollout_return(learned, group.policy, group.start, group.horizon)[:, 0]
            worst = np.maximum(worst, np.abs(imagined - real))
    np.testing.assert_allclose(found, worst, rtol=1e-10)


def test_chunks_do_not_change_the_return_error(groups, monkeypatch):
    group = groups["tanh"]
    eps = np.random.default_rng(1).uniform(0, 0.3, (2, 100, 7))
    whole = group.return_error(*eps)
    monkeypatch.setattr(systems, "CHUNK", 20)
    np.testing.assert_allclose(group.return_error(*eps), whole, rtol=1e-14)


def test_a_larger_ball_enlarges_the_constant_and_nothing_that_happens():
    small, large = (
        systems.lqg(np.random.default_rng(5), 4, radius=r, errors="constant") for r in (1.0, 10.0)
    )
    np.testing.assert_allclose(large.constants()["L_r"], 10 * small.constants()["L_r"])
    eps = np.full((4, 1), 0.05)
    np.testing.assert_allclose(large.return_error(eps, eps), small.return_error(eps, eps), rtol=1e-9)


def test_unknown_names_are_named():
    with pytest.raises(ValueError, match="'cubic' is none of"):
        systems.draw("cubic", np.random.default_rng(0))
    with pytest.raises(ValueError, match="errors must be"):
        systems.lqg(np.random.default_rng(0), 2, errors="none")  # type: ignore[arg-type]
