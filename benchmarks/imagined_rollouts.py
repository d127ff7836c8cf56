"""Imagined rollouts, and REINFORCE's gradient from them: JAX, eager PyTorch and a Gymnasium env beside ours.

All contenders roll the same Gaussian policy through the same networks in float32, draw their own normal
numbers and may use every core: XLA its own pool, the others the threads of their libraries. `noise` can be
given to each, so that a test can hold them to the same numbers.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import gymnasium
import numpy as np
import torch

from benchmarks.timing import Case
from imagination.reinforce import gradients
from imagination.reinforce.problems import DISCOUNTED
from imagination.reinforce.sampling import ContinuousWorld, Trajectories, sample
from imagination.reinforce.torch_policies import GaussianPolicy, random_gaussian_policy
from imagination.worlds.continuous import ContinuousMDP
from imagination.worlds.teacher import NetworkDynamics, NetworkReward, random_network

THREADS = str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
"""Value of OMP_NUM_THREADS under which this suite must run: every contender may use every core."""

D_STATE, D_ACTION, WIDTH = 12, 4, 64
ROLLOUTS, HORIZON, DISCOUNT = 4096, 50, 0.99

Noise = np.ndarray | None
"""Standard normal numbers (H, K, d_a), or None: draw your own."""


class Networks:
    """Dynamics, reward, policy and initial states that all contenders share."""

    def __init__(self, rollouts: int, horizon: int, seed: int) -> None:
        rng, generator = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
        sizes = {"width": WIDTH, "activation": "tanh"}
        one = np.ones(1)
        dynamics = random_network(rng, 1.5 * one, D_STATE, D_ACTION, D_STATE, **sizes)
        reward = random_network(rng, one, D_STATE, D_ACTION, 1, **sizes)
        self.dynamics = NetworkDynamics(**dynamics.arrays(), skip=True)
        self.reward = NetworkReward(**reward.arrays())
        self.policy: GaussianPolicy = random_gaussian_policy(generator, 1, D_STATE, D_ACTION, width=WIDTH)
        self.initial = rng.standard_normal((rollouts, D_STATE)).astype(np.float32)
        self.horizon = horizon

    @property
    def shape(self) -> tuple[int, int, int]:
        """(H, K, d_a)."""
        return self.horizon, len(self.initial), D_ACTION

    def layers(self) -> dict[str, tuple[np.ndarray, ...]]:
        """``x -> tanh(x A + b) C + d`` of each network, as float32."""
        found = {}
        for name, network in (("dynamics", self.dynamics), ("reward", self.reward)):
            hidden = np.concatenate([network.hidden_state, network.hidden_action], axis=-1)
            found[name] = (hidden[0].T, network.bias[0], network.output[0].T, network.offset[0])
        policy = self.policy.to("numpy")
        found["policy"] = (policy.hidden[0].T, policy.bias[0], policy.output[0].T, policy.offset[0])
        return {name: tuple(np.ascontiguousarray(a, np.float32) for a in found[name]) for name in found}

    def std(self) -> np.ndarray:
        """Standard deviations of the actions, (d_a,)."""
        return self.policy.log_std[0].exp().float().numpy()


@dataclass(frozen=True, eq=False)
class Seen:
    """Initial states that were seen, each once."""

    states: np.ndarray

    def sample(self, generator: np.random.Generator, count: int) -> np.ndarray:
        """The first `count` of them, (1, count, d_s)."""
        return self.states[None, :count]


@dataclass(eq=False)
class Given:
    """A Gaussian policy that takes its normal numbers (H, K, d_a) as they are given, step by step."""

    policy: GaussianPolicy
    noise: Iterator[np.ndarray]
    batch_size: int = 1

    def sample(self, state: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        """An action in each state, (1, K, d_a)."""
        deviation = self.policy.log_std.exp()[:, None] * torch.from_numpy(next(self.noise))
        return self.policy.mean(state) + deviation


class Ours:
    """`imagination.reinforce` as chapters sample with it: a loop over time, gradients without a graph."""

    def __init__(self, shared: Networks, generator: torch.Generator) -> None:
        self.generator, self.shape = generator, shared.shape
        start, discount = Seen(shared.initial), np.array([DISCOUNT])
        mdp = ContinuousMDP(shared.dynamics, shared.reward, start, discount)
        self.world = ContinuousWorld(mdp, dtype=torch.float32)
        self.policy = shared.policy.map_arrays(lambda array: array.float())

    def returns(self, noise: Noise = None) -> np.ndarray:
        """Discounted returns, (K,)."""
        return gradients.returns(self._sampled(noise).reward, self.world.discount)[0].numpy()

    def gradient(self, noise: Noise = None) -> np.ndarray:
        """ĝ, (P,)."""
        drawn = self._sampled(noise)
        return gradients.mean_gradient(self.policy, drawn, DISCOUNTED, self.world.discount)[0].numpy()

    def spread(self) -> tuple[float, float]:
        """Standard deviations of one rollout's return and of the most variable entry of its gradient."""
        drawn, discount = self._sampled(None), self.world.discount
        each = gradients.rollout_gradients(self.policy, drawn, DISCOUNTED, discount)
        return float(gradients.returns(drawn.reward, discount).std()), float(each.std(1).max())

    def _sampled(self, noise: Noise) -> Trajectories:
        horizon, rollouts, _ = self.shape
        policy: Any = self.policy if noise is None else Given(self.policy, iter(noise))
        return sample(self.world, policy, rollouts, horizon, self.generator)


class VectorEnv(gymnasium.vector.VectorEnv):
    """The imagined world as a Gymnasium vector environment in numpy."""

    def __init__(self, shared: Networks) -> None:
        self.num_envs = len(shared.initial)
        self.single_observation_space = gymnasium.spaces.Box(-np.inf, np.inf, (D_STATE,), np.float32)
        self.single_action_space = gymnasium.spaces.Box(-np.inf, np.inf, (D_ACTION,), np.float32)
        self.observation_space = gymnasium.vector.utils.batch_space(
            self.single_observation_space, self.num_envs
        )
        self.action_space = gymnasium.vector.utils.batch_space(self.single_action_space, self.num_envs)
        self._initial, self._layers, self._horizon = shared.initial, shared.layers(), shared.horizon

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict]:
        """Every environment at its initial state."""
        self._state, self._steps = self._initial, 0
        return self._state, {}

    def step(self, actions: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, dict]:
        """One step of every environment."""
        inputs = np.concatenate([self._state, actions], axis=1)
        reward = _network(self._layers["reward"], inputs)[:, 0]
        self._state = self._state + _network(self._layers["dynamics"], inputs)
        self._steps += 1
        never = np.zeros(self.num_envs, dtype=bool)
        return self._state, reward, never, np.full_like(never, self._steps == self._horizon), {}


class Gymnasium:
    """A policy in numpy that steps the vector environment; its gradient is written out, step by step."""

    def __init__(self, shared: Networks, generator: np.random.Generator) -> None:
        self.env, self.generator = VectorEnv(shared), generator
        self.layers, self.std, self.shape = shared.layers()["policy"], shared.std(), shared.shape

    def returns(self, noise: Noise = None) -> np.ndarray:
        """Discounted returns, (K,)."""
        state, _ = self.env.reset()
        total = np.zeros(len(state), np.float32)
        for t in range(self.shape[0]):
            action = _network(self.layers, state) + self._noise(noise, t)
            state, reward, *_ = self.env.step(action)
            total += np.float32(DISCOUNT**t) * reward
        return total

    def gradient(self, noise: Noise = None) -> np.ndarray:
        """ĝ, (P,)."""
        state, _ = self.env.reset()
        kept, rewards = [], []
        for t in range(self.shape[0]):
            deviation = self._noise(noise, t)
            kept.append((state, deviation))
            state, reward, *_ = self.env.step(_network(self.layers, state) + deviation)
            rewards.append(reward)
        togo, total = np.zeros_like(rewards[0]), [np.float32(0)] * 5
        for t in reversed(range(self.shape[0])):
            togo = rewards[t] + np.float32(DISCOUNT) * togo
            weight = (np.float32(DISCOUNT**t) * togo)[:, None]
            state, deviation = kept[t]
            hidden = np.tanh(state @ self.layers[0] + self.layers[1])
            pull = weight * deviation / self.std**2
            back = (pull @ self.layers[2].T) * (1 - hidden**2)
            spread = weight * ((deviation / self.std) ** 2 - 1)
            parts = (back.T @ state, back.sum(0), pull.T @ hidden, pull.sum(0), spread.sum(0))
            total = [a + b for a, b in zip(total, parts, strict=True)]
        return np.concatenate([np.ravel(part) for part in total]) / self.shape[1]

    def _noise(self, noise: Noise, t: int) -> np.ndarray:
        shape = self.shape[1:]
        drawn = self.generator.standard_normal(shape, dtype=np.float32) if noise is None else noise[t]
        return self.std * drawn


class Eager:
    """PyTorch as one writes it: a loop over time, and autograd through the log-probabilities of all steps."""

    def __init__(self, shared: Networks, generator: torch.Generator) -> None:
        self.layers = {
            name: [torch.from_numpy(a) for a in layers] for name, layers in shared.layers().items()
        }
        self.initial, self.shape, self.generator = torch.from_numpy(shared.initial), shared.shape, generator
        log_std = shared.policy.log_std[0].float()
        self.parameters = [p.clone().requires_grad_() for p in (*self.layers["policy"], log_std)]

    def returns(self, noise: Noise = None) -> np.ndarray:
        """Discounted returns, (K,)."""
        with torch.no_grad():
            _, rewards = self._roll(noise)
            return sum(DISCOUNT**t * reward for t, reward in enumerate(rewards)).numpy()

    def gradient(self, noise: Noise = None) -> np.ndarray:
        """ĝ, (P,)."""
        log_probs, rewards = self._roll(noise)
        togo, objective = torch.zeros_like(rewards[0]), torch.zeros(())
        for t in reversed(range(self.shape[0])):
            togo = rewards[t] + DISCOUNT * togo
            objective = objective + (DISCOUNT**t * togo * log_probs[t]).mean()
        hidden, bias, output, offset, log_std = torch.autograd.grad(objective, self.parameters)
        return torch.cat([part.flatten() for part in (hidden.T, bias, output.T, offset, log_std)]).numpy()

    def _roll(self, noise: Noise) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
        *layers, log_std = self.parameters
        state, log_probs, rewards = self.initial, [], []
        for t in range(self.shape[0]):
            mean = _torch_network(layers, state)
            with torch.no_grad():
                drawn = (
                    torch.randn(self.shape[1:], generator=self.generator)
                    if noise is None
                    else torch.from_numpy(noise[t])
                )
                action = mean + log_std.exp() * drawn
                inputs = torch.cat([state, action], dim=1)
                rewards.append(_torch_network(self.layers["reward"], inputs)[:, 0])
                state = state + _torch_network(self.layers["dynamics"], inputs)
            if mean.requires_grad:
                distance = (action - mean) / log_std.exp()
                log_probs.append(-0.5 * distance.square().sum(1) - log_std.sum())
        return log_probs, rewards


class Jax:
    """JAX: `lax.scan` over time under `jit`, and the gradient taken per time step in a second scan."""

    def __init__(self, shared: Networks, seed: int) -> None:
        import jax
        import jax.numpy as jnp

        self.jax, self.shape = jax, shared.shape
        layers = {name: tuple(map(jnp.asarray, arrays)) for name, arrays in shared.layers().items()}
        self.policy = (*layers.pop("policy"), jnp.log(jnp.asarray(shared.std())))
        self.initial, self.key = jnp.asarray(shared.initial), jax.random.key(seed)
        horizon, count, d_action = self.shape
        powers = jnp.float32(DISCOUNT) ** jnp.arange(horizon)

        def network(layers, inputs):
            return jnp.tanh(inputs @ layers[0] + layers[1]) @ layers[2] + layers[3]

        def advance(policy, state, given):
            # `given`: this step's normal numbers, or a key to draw them with
            drawn = given if given.ndim else jax.random.normal(given, (count, d_action))
            action = network(policy[:4], state) + jnp.exp(policy[4]) * drawn
            inputs = jnp.concatenate([state, action], axis=1)
            reward = network(layers["reward"], inputs)[:, 0]
            return state + network(layers["dynamics"], inputs), action, reward

        def returns(policy, initial, given):
            def step(carry, now):
                state, total = carry
                state, _, reward = advance(policy, state, now[0])
                return (state, total + now[1] * reward), None

            return jax.lax.scan(step, (initial, jnp.zeros(count)), (given, powers))[0][1]

        def weighted_log_prob(policy, state, action, weight):
            distance = (action - network(policy[:4], state)) / jnp.exp(policy[4])
            return (weight * (-0.5 * (distance**2).sum(1) - policy[4].sum())).mean()

        def gradient(policy, initial, given):
            def step(state, now):
                following, action, reward = advance(policy, state, now)
                return following, (state, action, reward)

            def back(carry, now):
                togo, total = carry
                state, action, reward, power = now
                togo = reward + DISCOUNT * togo
                part = jax.grad(weighted_log_prob)(policy, state, action, power * togo)
                return (togo, jax.tree.map(jnp.add, total, part)), None

            kept = jax.lax.scan(step, initial, given)[1]
            start = (jnp.zeros(count), jax.tree.map(jnp.zeros_like, policy))
            total = jax.lax.scan(back, start, (*kept, powers), reverse=True)[0][1]
            hidden, bias, output, offset, log_std = total
            return jnp.concatenate([part.ravel() for part in (hidden.T, bias, output.T, offset, log_std)])

        self._returns, self._gradient = jax.jit(returns), jax.jit(gradient)

    def returns(self, noise: Noise = None) -> np.ndarray:
        """Discounted returns, (K,)."""
        return np.asarray(self._returns(self.policy, self.initial, self._given(noise)))

    def gradient(self, noise: Noise = None) -> np.ndarray:
        """ĝ, (P,)."""
        return np.asarray(self._gradient(self.policy, self.initial, self._given(noise)))

    def _given(self, noise: Noise):
        if noise is not None:
            return self.jax.numpy.asarray(noise)
        self.key, here = self.jax.random.split(self.key)
        return self.jax.random.split(here, self.shape[0])


def contenders(shared: Networks, seed: int) -> dict[str, Ours | Jax | Eager | Gymnasium]:
    """All of them, on the same networks; ours first."""
    return {
        "imagination": Ours(shared, torch.Generator().manual_seed(seed)),
        "JAX": Jax(shared, seed),
        "PyTorch, eager": Eager(shared, torch.Generator().manual_seed(seed + 1)),
        "VectorEnv": Gymnasium(shared, np.random.default_rng(seed)),
    }


def cases(quick: bool, generator: np.random.Generator) -> list[Case]:
    """Returns only, and with REINFORCE's gradient."""
    torch.set_num_threads(int(THREADS))
    rollouts = ROLLOUTS // 10 if quick else ROLLOUTS
    seed = int(generator.integers(2**31))
    shared = Networks(rollouts, HORIZON, seed)
    entered = contenders(shared, seed)
    # The contenders' own noise makes their means differ; six standard errors of a difference are agreement.
    returns, gradient = Ours(shared, torch.Generator().manual_seed(seed)).spread()
    size = f"K = {rollouts}, H = {HORIZON}"
    return [
        Case(
            f"imagined returns, {size}",
            {name: partial(_mean_return, contender) for name, contender in entered.items()},
            agreement=6 * returns * (2 / rollouts) ** 0.5,
        ),
        Case(
            f"imagined gradient, {size}",
            {name: contender.gradient for name, contender in entered.items()},
            agreement=6 * gradient * (2 / rollouts) ** 0.5,
        ),
    ]


def _mean_return(contender: Ours | Jax | Eager | Gymnasium) -> np.ndarray:
    return contender.returns().mean(keepdims=True)


def _network(layers: tuple[np.ndarray, ...], inputs: np.ndarray) -> np.ndarray:
    return np.tanh(inputs @ layers[0] + layers[1]) @ layers[2] + layers[3]


def _torch_network(layers: list[torch.Tensor], inputs: torch.Tensor) -> torch.Tensor:
    return torch.tanh(inputs @ layers[0] + layers[1]) @ layers[2] + layers[3]
