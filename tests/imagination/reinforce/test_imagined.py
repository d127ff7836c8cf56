"""Fast imagined rollouts against the plain ones, and streams that stay small."""

import subprocess
import sys

import numpy as np
import pytest
import torch

from imagination.mdps.continuous import ContinuousMDP, FixedInitial
from imagination.mdps.teacher import NetworkDynamics, NetworkReward, random_network
from imagination.reinforce import gradients
from imagination.reinforce.imagined import Imagination
from imagination.reinforce.problems import DISCOUNTED, THEOREM_2, Estimator
from imagination.reinforce.torch_policies import random_gaussian_policy
from imagination.reinforce.worlds import Trajectories
from imagination.rollouts import rollout

D_STATE, D_ACTION, K, HORIZON, DISCOUNT = 5, 2, 23, 6, 0.9


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def normal(*shape, seed=0):
    return torch.randn(shape, generator=generator(seed), dtype=torch.float64)


def networks(activations=("tanh", "tanh"), skip=True):
    rng, one = np.random.default_rng(0), np.array([0.8, 1.2])
    parts = []
    for activation, outputs, width in zip(activations, (D_STATE, 1), (7, 9), strict=True):
        raw = random_network(rng, one, D_STATE, D_ACTION, outputs, width=width, activation=activation)
        arrays = raw.arrays() | {"offset": rng.standard_normal((2, outputs))}
        parts.append(arrays | {"activation": activation})
    return NetworkDynamics(**parts[0], skip=skip), NetworkReward(**parts[1])


def policy():
    base = random_gaussian_policy(generator(), 1, D_STATE, D_ACTION, width=6, std=0.6)
    return base.with_flat(base.flat() + 0.2 * normal(1, base.n_parameters, seed=1))


def engine(activations=("tanh", "tanh"), skip=True, **options):
    options = {"discount": DISCOUNT, "horizon": HORIZON, "dtype": torch.float64, "configuration": 1} | options
    return Imagination(*networks(activations, skip), **options)


def plainly(initial, noise, activations=("tanh", "tanh"), skip=True):
    """The same rollouts by the rollout engine, (1, K, H, ·)."""
    dynamics, reward = (part.take(slice(1, 2)) for part in networks(activations, skip))
    discount = np.array([DISCOUNT])
    mdp = ContinuousMDP(dynamics, reward, FixedInitial(np.zeros((1, D_STATE))), discount).to("torch")
    acting, steps = policy(), iter(noise.unbind(1))
    found = rollout(
        mdp, lambda s: acting.mean(s) + acting.log_std.exp()[:, None] * next(steps), initial[None], HORIZON
    )
    return Trajectories(found.states[:, :, :-1], found.actions, found.rewards), mdp.discount


INITIAL, NOISE = normal(K, D_STATE, seed=2), normal(K, HORIZON, D_ACTION, seed=3)
KINDS = [
    (("tanh", "tanh"), True),
    (("tanh", "relu"), False),
    (("sin", "sin"), True),
    (("relu", "tanh"), True),
]


@pytest.mark.parametrize(("activations", "skip"), KINDS, ids=str)
@pytest.mark.parametrize(
    "estimator", [DISCOUNTED, THEOREM_2, Estimator("discounted", reward_to_go=False)], ids=str
)
def test_returns_and_gradients_are_those_of_plain_rollouts(activations, skip, estimator):
    fast = engine(activations, skip, chunk=10, threads=2)
    drawn, discount = plainly(INITIAL, NOISE, activations, skip)
    expected = gradients.returns(drawn.reward, discount)[0]
    returns = fast.returns(policy(), INITIAL, generator(), noise=NOISE)
    torch.testing.assert_close(returns, expected, rtol=1e-11, atol=1e-12)

    subtracted = torch.full((1, 1, 1), 0.7, dtype=torch.float64)
    mean = gradients.mean_gradient(policy(), drawn, estimator, discount, baseline=subtracted)[0]
    ours, returns = fast.gradient(
        policy(), INITIAL, generator(), estimator=estimator, baseline=0.7, noise=NOISE
    )
    torch.testing.assert_close(returns, expected, rtol=1e-11, atol=1e-12)
    torch.testing.assert_close(ours, mean, rtol=1e-10, atol=1e-11)


def test_single_precision_comes_near():
    drawn, discount = plainly(INITIAL, NOISE)
    mean = gradients.mean_gradient(policy(), drawn, DISCOUNTED, discount)[0]
    ours, _ = engine(dtype=torch.float32).gradient(policy(), INITIAL, generator(), noise=NOISE)
    assert ours.dtype == torch.float64
    torch.testing.assert_close(ours, mean, rtol=0, atol=2e-5 * float(mean.abs().max()))


def fixed(count, own):
    return INITIAL[:1].expand(count, -1)


@pytest.mark.parametrize("sigma", [0.0, 0.5])
def test_a_stream_has_the_moments_of_its_gradients(sigma):
    """Streamed moments against every gradient of plain rollouts, drawn independently."""
    count = 20_000
    options = {"estimator": DISCOUNTED, "sigma": sigma}
    streamed = engine(chunk=512, threads=2).stream(policy(), fixed, count, generator(4), **options)
    assert streamed.gradient.count == streamed.returns.count == count
    drawn, discount = plainly(fixed(count, None), normal(count, HORIZON, D_ACTION, seed=5))
    returns = gradients.returns(drawn.reward, discount)[0]
    noisy = drawn.with_reward(drawn.reward + sigma * normal(*drawn.reward.shape, seed=6))
    each = gradients.rollout_gradients(policy(), noisy, DISCOUNTED, discount)[0]
    error = (2 * each.var(0) / count).sqrt()
    assert float(((streamed.gradient.mean - each.mean(0)) / error).abs().max()) < 4.5
    distance = (each - each.mean(0)).square().sum(1)
    z = (streamed.gradient.total_variance - distance.mean()) / (distance.std() * (2 / count) ** 0.5)
    assert abs(float(z)) < 4.5
    assert (
        abs(float(streamed.returns.mean - returns.mean())) < 4.5 * float(returns.std()) * (2 / count) ** 0.5
    )


def test_a_streams_mean_is_the_mean_gradient_of_the_same_rollouts():
    fast = engine(chunk=64)
    streamed = fast.stream(policy(), lambda n, own: INITIAL[:n], K, generator(8))
    mean, returns = fast.gradient(policy(), INITIAL, generator(8))
    torch.testing.assert_close(streamed.gradient.mean, mean, rtol=1e-10, atol=1e-11)
    torch.testing.assert_close(streamed.returns.mean[0], returns.mean(), rtol=1e-12, atol=0)
    torch.testing.assert_close(streamed.returns.variance[0], returns.var(), rtol=1e-10, atol=0)


def test_results_do_not_depend_on_the_threads():
    results = []
    for threads in (1, 3):
        fast = engine(chunk=5, threads=threads)
        streamed = fast.stream(policy(), fixed, 40, generator(9), sigma=0.3)
        results.append((fast.gradient(policy(), INITIAL, generator(7))[0], streamed.gradient.variance))
    assert all(torch.equal(a, b) for a, b in zip(*results, strict=True))


def test_an_engine_leaves_torchs_threads_alone():
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        fast = engine(threads=2)
        fast.returns(policy(), INITIAL, generator())
        assert torch.get_num_threads() == 2
        assert set(fast._pool.map(lambda _: torch.get_num_threads(), range(8))) == {1}
    finally:
        torch.set_num_threads(before)


def test_policies_of_other_widths_find_room():
    fast = engine()
    wider = random_gaussian_policy(generator(), 1, D_STATE, D_ACTION, width=11)
    first = fast.returns(policy(), INITIAL, generator(), noise=NOISE)
    fast.returns(wider, INITIAL, generator(), noise=NOISE)
    assert torch.equal(fast.returns(policy(), INITIAL, generator(), noise=NOISE), first)


STREAM = """
import resource, sys, torch
import numpy as np
from imagination.mdps.teacher import NetworkDynamics, NetworkReward, random_network
from imagination.reinforce.imagined import Imagination
from imagination.reinforce.torch_policies import random_gaussian_policy

rng, own = np.random.default_rng(0), torch.Generator().manual_seed(0)
dynamics = NetworkDynamics(**random_network(rng, np.ones(1), 12, 4, 12, width=64).arrays())
reward = NetworkReward(**random_network(rng, np.ones(1), 12, 4, 1, width=64).arrays())
engine = Imagination(dynamics, reward, discount=0.99, horizon=50, threads=2)
policy = random_gaussian_policy(own, 1, 12, 4)

def peak():
    # Bytes. On Linux `ru_maxrss` also remembers how large the process was that started this one.
    try:
        lines = open("/proc/self/status").read().splitlines()
    except FileNotFoundError:
        unit = 1 if sys.platform == "darwin" else 1024
        return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


peaks = []
for rollouts in (4096, 12 * 4096):
    engine.stream(policy, lambda n, g: torch.randn(n, 12, generator=g), rollouts, own)
    peaks.append(peak())
print(*peaks)
"""


def test_memory_does_not_grow_with_the_stream():
    """Peak memory of a process of its own: below 1 GiB, and no more for twelve times the rollouts."""
    pytest.importorskip("resource", reason="Windows does not say a process's peak memory")
    done = subprocess.run([sys.executable, "-c", STREAM], capture_output=True, text=True, check=True)
    short, long = map(int, done.stdout.split())
    assert long < 2**30
    assert long - short < 64 * 2**20  # all gradients at once would be 190 MiB more


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="horizon must be a whole number >= 1, got 0"):
        engine(horizon=0)
    with pytest.raises(ValueError, match=r"discount must lie in \[0, 1\], got 1.5"):
        engine(discount=1.5)
    with pytest.raises(ValueError, match=r"configuration must lie in \[0, 2\), got 2"):
        engine(configuration=2)
    with pytest.raises(ValueError, match="initial must be an array of shape"):
        engine().returns(policy(), INITIAL[:, 1:], generator())
    with pytest.raises(ValueError, match="noise must be an array of shape"):
        engine().returns(policy(), INITIAL, generator(), noise=NOISE[1:])
    with pytest.raises(ValueError, match="policy must hold one parameter vector, got 2"):
        engine().returns(random_gaussian_policy(generator(), 2, D_STATE, D_ACTION), INITIAL, generator())
    with pytest.raises(ValueError, match="baseline 'none'"):
        engine().gradient(policy(), INITIAL, generator(), estimator=Estimator("discounted", "value"))
    with pytest.raises(ValueError, match="sigma must be finite and >= 0"):
        engine().gradient(policy(), INITIAL, generator(), sigma=-1)
    with pytest.raises(ValueError, match="rollouts must be a whole number >= 2, got 1"):
        engine().stream(policy(), fixed, 1, generator())
