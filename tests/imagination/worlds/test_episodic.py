"""CartPole-v1 and Pendulum-v1 as batched maps: Gymnasium's own steps, one by one."""

import gymnasium
import numpy as np
import pytest
import torch

from imagination.worlds.episodic import CartPole, Pendulum


@pytest.fixture
def generator() -> torch.Generator:
    return torch.Generator().manual_seed(5)


def test_every_step_of_cartpole_is_gymnasiums(generator):
    world, env = CartPole(3), gymnasium.make("CartPole-v1").unwrapped
    # inside, at the edge and beyond it, slow and fast
    state = torch.randn((3, 60, 4), generator=generator, dtype=torch.float64) * 0.8
    action = 2.0 * torch.randint(2, (3, 60, 1), generator=generator) - 1
    seen = world.step(state, action)
    units = np.array(world.units)
    assert 20 < seen.ended.sum() < 160
    for index in np.ndindex(3, 60):
        env.reset()
        env.state = state[index].numpy() * units
        _, reward, ended, _, _ = env.step(int(action[index][0] > 0))
        np.testing.assert_allclose(seen.state[index].numpy() * units, env.state, rtol=0, atol=1e-14)
        assert seen.reward[index] == reward
        assert bool(seen.ended[index]) == ended


def test_whole_episodes_of_cartpole_are_those_of_gymnasiums_vectorised_form(generator):
    world, envs = (
        CartPole(1),
        gymnasium.make_vec("CartPole-v1", num_envs=50, vectorization_mode="vector_entry_point"),
    )
    seen, _ = envs.reset(seed=2)
    state = torch.as_tensor(envs.unwrapped.state.T / world.units)[None]
    over = np.zeros(50, dtype=bool)
    for _ in range(40):
        push = torch.randint(2, (50,), generator=generator)
        stepped = world.step(state, (2.0 * push - 1)[None, :, None])
        seen, _, ended, _, _ = envs.step(push.numpy())
        going = ~over
        np.testing.assert_allclose(
            (stepped.state[0] * torch.tensor(world.units))[going], seen[going], atol=1e-6
        )
        np.testing.assert_array_equal(stepped.ended[0][going], ended[going])
        over |= ended
        state = stepped.state
    assert over.sum() > 20


def test_every_step_of_the_pendulum_is_gymnasiums(generator):
    world, env = Pendulum(2), gymnasium.make("Pendulum-v1").unwrapped
    angle = 6 * torch.rand((2, 50), generator=generator, dtype=torch.float64) - 3
    speed = 16 * torch.rand((2, 50), generator=generator, dtype=torch.float64) - 8
    torque = 3 * torch.rand((2, 50, 1), generator=generator, dtype=torch.float64) - 1.5
    seen = world.step(torch.stack([angle.cos(), angle.sin(), speed / world.velocity_unit], -1), torque)
    assert not seen.ended.any()
    for index in np.ndindex(2, 50):
        env.reset()
        env.state = np.array([angle[index], speed[index]])
        observed, reward, *_ = env.step(world.torque_unit * torque[index].numpy())
        found = seen.state[index].numpy() * [1, 1, world.velocity_unit]
        np.testing.assert_allclose(found, observed, atol=1e-6)
        assert seen.reward[index].item() == pytest.approx(reward, abs=1e-12)


@pytest.mark.parametrize("name", ["CartPole-v1", "Pendulum-v1"])
def test_episodes_start_as_gymnasiums_do(generator, name):
    world = {"CartPole-v1": CartPole, "Pendulum-v1": Pendulum}[name](1)
    ours = world.start(2000, generator)[0].numpy()
    units = world.units if name == "CartPole-v1" else (1, 1, world.velocity_unit)
    env = gymnasium.make(name)
    theirs = np.array([env.reset(seed=seed)[0] for seed in range(2000)]) / units
    for level in (0.0, 0.1, 0.5, 0.9, 1.0):
        far = np.abs(np.quantile(ours, level, axis=0) - np.quantile(theirs, level, axis=0))
        # quantiles of 2,000 draws are off by a hundredth of the range now and then, by six never
        assert (far < 0.06 * np.ptp(theirs, axis=0)).all()
    assert (np.abs(ours) <= np.abs(theirs).max(axis=0) * 1.01).all()
