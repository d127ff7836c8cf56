"""Imagined rollouts, fast and many: a Gaussian policy in learned networks, streamed through little memory.

What costs in such rollouts is not arithmetic but memory and the hyperbolic tangent. So

- rollouts go through in chunks whose buffers stay in the cache and are used again, and nothing is allocated
  step by step;
- rollouts lie along the last axis, which makes the narrow layers (4 actions, 12 states) long and thin in the
  direction that matrix products like;
- ``tanh(x) = 2 σ(2x) − 1``, and the logistic function σ is three times faster than tanh: the factors go into
  the weights before and after;
- the reward's and the dynamics' hidden layers are one product, and biases ride on a row of ones;
- the gradient goes back over the kept hidden activations with a product per step and layer, no graph.

Chunks draw from generators of their own, so results do not depend on how many threads share the work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Barrier
from typing import NamedTuple

import torch

from imagination.mdps.continuous import check_shape
from imagination.mdps.teacher import NetworkDynamics, NetworkReward, TwoLayerNetwork
from imagination.reinforce.gradients import StreamedMoments, coefficients
from imagination.reinforce.problems import DISCOUNTED, Estimator
from imagination.reinforce.torch_policies import GaussianPolicy, Tensor

__all__ = ["Imagination", "Streamed"]

Start = Callable[[int, torch.Generator], Tensor]
"""Number of rollouts, generator -> their initial states, (number, d_s)."""


@dataclass(frozen=True, eq=False)
class Streamed:
    """Moments of a stream of rollouts: of single-rollout gradients, (P,), and of returns, (1,)."""

    gradient: StreamedMoments
    returns: StreamedMoments


class Imagination:
    """Learned networks in which a Gaussian policy's rollouts are imagined, one configuration.

    Parameters
    ----------
    dynamics, reward : two-layer networks with numpy or torch parameters.
    discount : number in [0, 1].
    horizon : steps of a rollout, at least 1.
    configuration : which of the networks' C configurations; policies must hold one parameter vector.
    chunk : rollouts that a thread has in hand at once.
    threads : how many chunks are worked on side by side; torch's own number of threads unless told.
    dtype : torch.float32, or float64 at half the speed. Moments are in float64 in any case.

    Raises
    ------
    ValueError
        If a number is out of range, or the networks' shapes do not fit each other.
    """

    def __init__(
        self,
        dynamics: NetworkDynamics,
        reward: NetworkReward,
        *,
        discount: float,
        horizon: int,
        configuration: int = 0,
        chunk: int = 1024,
        threads: int | None = None,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        threads = torch.get_num_threads() if threads is None else threads
        for name, value in (("horizon", horizon), ("chunk", chunk), ("threads", threads)):
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ValueError(f"{name} must be a whole number >= 1, got {value!r}")
        if not 0 <= discount <= 1:
            raise ValueError(f"discount must lie in [0, 1], got {discount}")
        self.horizon, self.chunk, self.dtype = horizon, chunk, dtype
        self.discount = torch.tensor([float(discount)], dtype=dtype)
        self._model = _Model.of(dynamics, reward, configuration, dtype)
        self._shelves: dict[tuple[int, bool], list[_Buffers]] = {}
        self._pool = _single_threaded(threads)

    def returns(
        self,
        policy: GaussianPolicy,
        initial: Tensor,
        generator: torch.Generator,
        *,
        noise: Tensor | None = None,
    ) -> Tensor:
        """Discounted returns (K,) of rollouts from `initial`, (K, d_s).

        `noise` (K, H, d_a) takes the place of the standard normal numbers that move the actions.
        """
        powers = self.discount ** torch.arange(self.horizon, dtype=self.dtype)

        def work(part: _Part) -> Tensor:
            with self._borrowed(part.count, keep=False) as buffers:
                self._forward(buffers, _Actor.of(policy, self.dtype), part)
                return powers @ buffers.reward[:, 0]

        return torch.cat(list(self._pool.map(work, self._parts(initial, generator, noise))))

    def gradient(
        self,
        policy: GaussianPolicy,
        initial: Tensor,
        generator: torch.Generator,
        *,
        estimator: Estimator = DISCOUNTED,
        baseline: float = 0.0,
        sigma: float = 0.0,
        noise: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """REINFORCE's ĝ, (P,) float64 in the order of ``policy.flat()``, and the returns (K,).

        Parameters
        ----------
        policy, initial, generator, noise : as for `returns`.
        estimator : without a baseline of its own.
        baseline : a number subtracted from every Ĝ_t.
        sigma : standard deviation of normal noise on the rewards that the gradient sees.
        """
        _check_estimator(estimator, sigma)
        powers = self.discount ** torch.arange(self.horizon, dtype=self.dtype)

        def work(part: _Part) -> tuple[Tensor, Tensor]:
            with self._borrowed(part.count, keep=True) as buffers:
                actor = _Actor.of(policy, self.dtype)
                self._forward(buffers, actor, part)
                total = powers @ buffers.reward[:, 0]
                self._weigh(buffers, part, estimator, baseline, sigma)
                return self._backward(buffers, actor), total

        gradients, totals = zip(*self._pool.map(work, self._parts(initial, generator, noise)), strict=True)
        return torch.stack(gradients).sum(0) / len(initial), torch.cat(totals)

    def stream(
        self,
        policy: GaussianPolicy,
        start: Start,
        rollouts: int,
        generator: torch.Generator,
        *,
        estimator: Estimator = DISCOUNTED,
        baseline: float = 0.0,
        sigma: float = 0.0,
    ) -> Streamed:
        """Moments of any number of single-rollout gradients, in the memory of a few chunks.

        Parameters
        ----------
        policy, generator, estimator, baseline, sigma : as for `gradient`.
        start : draws initial states, chunk by chunk.
        rollouts : how many, at least 2.
        """
        _check_estimator(estimator, sigma)
        if isinstance(rollouts, bool) or not isinstance(rollouts, int) or rollouts < 2:
            raise ValueError(f"rollouts must be a whole number >= 2, got {rollouts!r}")
        powers = self.discount ** torch.arange(self.horizon, dtype=self.dtype)
        size = min(self.chunk, _MOST_SINGLE)

        def work(job: tuple[int, int]) -> tuple[StreamedMoments, StreamedMoments]:
            count, seed = job
            own = torch.Generator().manual_seed(seed)
            part = _Part(start(count, own).to(self.dtype), own, None)
            gradient, returns = StreamedMoments(), StreamedMoments()
            with self._borrowed(count, keep=True) as buffers:
                actor = _Actor.of(policy, self.dtype)
                self._forward(buffers, actor, part)
                returns.add((powers @ buffers.reward[:, 0])[:, None])
                self._weigh(buffers, part, estimator, baseline, sigma)
                gradient.add(self._single_gradients(buffers, actor))
            return gradient, returns

        kept = Streamed(StreamedMoments(), StreamedMoments())
        for gradient, returns in self._pool.map(work, _jobs(rollouts, size, generator)):
            kept.gradient.merge(gradient)
            kept.returns.merge(returns)
        return kept

    # --- a chunk there ------------------------------------------------------------------------------

    def _forward(self, b: _Buffers, actor: _Actor, part: _Part) -> None:
        """Fill the buffers' rewards, and where they are kept, states, actions and hidden activations."""
        model = self._model
        b.fit(len(actor.hidden))
        b.steps[0].state.copy_(part.initial.T)
        if part.noise is None:
            b.noise.normal_(generator=part.generator)
        else:
            b.noise.copy_(part.noise.permute(1, 2, 0))
        b.noise.mul_(actor.std)
        for inputs, seen, action, state, following, units, reward, noise in b.steps:
            torch.mm(actor.hidden, seen, out=units)
            units.sigmoid_()
            torch.addmm(noise, actor.output, units, out=action)
            action.add_(actor.offset)
            torch.mm(model.hidden, inputs, out=b.units)
            model.activate(b)
            torch.mm(model.reward, b.of_reward, out=reward)
            if model.skip:
                torch.addmm(state, model.dynamics, b.of_dynamics, out=following)
            else:
                torch.mm(model.dynamics, b.of_dynamics, out=following)
            following.add_(model.dynamics_offset)
        b.reward.add_(model.reward_offset)

    def _weigh(self, b: _Buffers, part: _Part, estimator: Estimator, baseline: float, sigma: float) -> None:
        """Turn the buffers' rewards into what each score is multiplied by."""
        if sigma > 0:
            b.reward.add_(
                torch.randn(b.reward.shape, generator=part.generator, dtype=self.dtype), alpha=sigma
            )
        subtracted = torch.full((1, 1, 1), baseline, dtype=self.dtype) if baseline else None
        seen = b.reward[:, 0].T[None]  # (1, n, H), a view
        b.reward[:, 0] = coefficients(estimator, seen, self.discount, subtracted)[0].T

    def _backward(self, b: _Buffers, actor: _Actor) -> Tensor:
        """Sum over time and rollouts of weighted scores, (P,) float64."""
        pulls = b.noise * b.reward
        slope = torch.empty_like(b.hidden[0])
        hidden, output = torch.zeros_like(actor.hidden), torch.zeros_like(actor.output)
        for step, pull in zip(b.steps, pulls, strict=True):
            output.addmm_(pull, step.units.T)
            torch.mm(actor.back, pull, out=slope)
            torch.ops.aten.sigmoid_backward.grad_input(slope, step.units, grad_input=slope)
            hidden.addmm_(slope, step.seen.T)
        offset = pulls.sum((0, 2))
        log_std = ((b.noise / actor.std).square_().sub_(1) * b.reward).sum((0, 2))
        return actor.gradient(hidden[None], output[None], offset[None], log_std[None])[0].double()

    def _single_gradients(self, b: _Buffers, actor: _Actor) -> Tensor:
        """Every rollout's sum over time of weighted scores, (n, P): a product over time for each."""
        pull = b.noise * b.reward
        slope = torch.matmul(actor.back, pull)
        torch.ops.aten.sigmoid_backward.grad_input(slope, b.hidden, grad_input=slope)
        seen = b.inputs[: self.horizon, self._model.d_action :]
        pull, slope, units, seen = (
            array.permute(2, 1, 0).contiguous() for array in (pull, slope, b.hidden, seen)
        )
        log_std = ((b.noise / actor.std).square_().sub_(1) * b.reward).sum(0).T
        return actor.gradient(slope @ seen.mT, pull @ units.mT, pull.sum(2), log_std)

    # --- chunks and buffers -------------------------------------------------------------------------

    def _parts(self, initial: Tensor, generator: torch.Generator, noise: Tensor | None) -> Iterator[_Part]:
        check_shape("initial", initial, (None, self._model.d_state))
        if noise is not None:
            check_shape("noise", noise, (len(initial), self.horizon, self._model.d_action))
        begun, total = 0, len(initial)
        parts = max(-(-total // self.chunk), min(_PARTS, -(-total // _LEAST)))
        for count, seed in _jobs(total, -(-total // parts), generator):
            rows = slice(begun, begun + count)
            begun += count
            own = torch.Generator().manual_seed(seed)
            yield _Part(initial[rows].to(self.dtype), own, None if noise is None else noise[rows])

    @contextmanager
    def _borrowed(self, count: int, *, keep: bool) -> Iterator[_Buffers]:
        """Buffers for `count` rollouts that no other thread uses, made once and used again."""
        shelf = self._shelves.setdefault((count, keep), [])
        try:
            buffers = shelf.pop()
        except IndexError:
            buffers = _Buffers(self._model, self.horizon, count, keep, self.dtype)
        try:
            yield buffers
        finally:
            shelf.append(buffers)


# --- what a chunk is made of ----------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Part:
    """Rollouts of one chunk: initial states (n, d_s), their own generator, and noise (n, H, d_a) if given."""

    initial: Tensor
    generator: torch.Generator
    noise: Tensor | None

    @property
    def count(self) -> int:
        return len(self.initial)


class _Step(NamedTuple):
    """Views of the buffers that one time step reads and writes; the rollouts are the last axis."""

    inputs: Tensor  # (d_a + d_s + 1, n): actions, states, a row of ones
    seen: Tensor  # (d_s + 1, n), of the inputs
    action: Tensor  # (d_a, n), of the inputs
    state: Tensor  # (d_s, n), of the inputs
    following: Tensor  # (d_s, n), of the next step's inputs
    units: Tensor  # (m, n), the policy's hidden units
    reward: Tensor  # (1, n)
    noise: Tensor  # (d_a, n)


class _Buffers:
    """All that a chunk of n rollouts writes to. Only with `keep` does every time step have its own."""

    def __init__(self, model: _Model, horizon: int, count: int, keep: bool, dtype: torch.dtype) -> None:
        d_state, d_action, n = model.d_state, model.d_action, count
        self.keep, self.dtype = keep, dtype
        self.inputs = torch.ones((horizon + 1 if keep else 1, d_action + d_state + 1, n), dtype=dtype)
        self.reward = torch.empty((horizon, 1, n), dtype=dtype)
        self.noise = torch.empty((horizon, d_action, n), dtype=dtype)
        self.units = torch.empty((len(model.hidden), n), dtype=dtype)
        self.of_dynamics, self.of_reward = self.units.split(model.widths)
        self.hidden = torch.empty(0)  # the policy's units, made when its width is known
        self.steps: list[_Step] = []

    def fit(self, width: int) -> None:
        """Make room for a policy's `width` hidden units, if there is not."""
        horizon, d_action, n = self.noise.shape
        if self.hidden.shape[1:] == (width, n):
            return
        self.hidden = torch.empty((horizon if self.keep else 1, width, n), dtype=self.dtype)
        self.steps = []
        for t in range(horizon):
            now, following = (t, t + 1) if self.keep else (0, 0)
            inputs = self.inputs[now]
            self.steps.append(
                _Step(
                    inputs,
                    inputs[d_action:],
                    inputs[:d_action],
                    inputs[d_action:-1],
                    self.inputs[following, d_action:-1],
                    self.hidden[now],
                    self.reward[t],
                    self.noise[t],
                )
            )


@dataclass(frozen=True, eq=False)
class _Model:
    """Dynamics and reward as the forward pass wants them: their hidden layers side by side.

    Attributes
    ----------
    hidden : (m_f + m_r, d_a + d_s + 1)
        Biases in the last column.
    dynamics, dynamics_offset : (d_s, m_f), (d_s, 1)
    reward, reward_offset : (1, m_r), number
    """

    hidden: Tensor
    dynamics: Tensor
    dynamics_offset: Tensor
    reward: Tensor
    reward_offset: float
    activations: tuple[str, str]
    widths: tuple[int, int]
    skip: bool
    d_state: int
    d_action: int

    @classmethod
    def of(cls, dynamics: NetworkDynamics, reward: NetworkReward, which: int, dtype: torch.dtype) -> _Model:
        parts = [_prepared(network, which) for network in (dynamics, reward)]
        (f_hidden, f_output, f_offset), (r_hidden, r_output, r_offset) = parts
        d_state, d_action = dynamics.hidden_state.shape[-1], dynamics.hidden_action.shape[-1]
        check_shape("reward.hidden_state", reward.hidden_state, (None, None, d_state))
        check_shape("reward.hidden_action", reward.hidden_action, (None, None, d_action))
        check_shape("dynamics.output", dynamics.output, (None, d_state, None))
        check_shape("reward.output", reward.output, (None, 1, None))
        return cls(
            torch.cat([f_hidden, r_hidden]).to(dtype).contiguous(),
            f_output.to(dtype).contiguous(),
            f_offset[:, None].to(dtype).contiguous(),
            r_output.to(dtype).contiguous(),
            float(r_offset),
            (dynamics.activation, reward.activation),
            (len(f_hidden), len(r_hidden)),
            dynamics.skip,
            d_state,
            d_action,
        )

    def activate(self, buffers: _Buffers) -> None:
        first, second = self.activations
        if first == second:
            _ACTIVATE[first](buffers.units)
        else:
            _ACTIVATE[first](buffers.of_dynamics)
            _ACTIVATE[second](buffers.of_reward)


@dataclass(frozen=True, eq=False)
class _Actor:
    """A Gaussian policy as the two passes want it, its tanh units h written as 2u − 1 with logistic units u.

    Attributes
    ----------
    hidden : (m, d_s + 1)
        Biases in the last column.
    output, offset, std : (d_a, m), (d_a, 1), (d_a, 1)
    back : (m, d_a)
        From weighted deviations of the actions to the slope u (1 − u) of the units.
    """

    hidden: Tensor
    output: Tensor
    offset: Tensor
    std: Tensor
    back: Tensor

    @classmethod
    def of(cls, policy: GaussianPolicy, dtype: torch.dtype) -> _Actor:
        if policy.batch_size != 1:
            raise ValueError(f"policy must hold one parameter vector, got {policy.batch_size}")
        policy = policy.map_arrays(lambda array: array.detach().double())
        std = policy.log_std[0, :, None].exp()
        output = policy.output[0]
        parts = (
            2 * torch.cat([policy.hidden[0], policy.bias[0, :, None]], dim=1),
            2 * output,
            policy.offset[0, :, None] - output.sum(1, keepdim=True),
            std,
            4 * output.T / std.T**2,
        )
        return cls(*(part.to(dtype).contiguous() for part in parts))

    def gradient(self, hidden: Tensor, output: Tensor, offset: Tensor, log_std: Tensor) -> Tensor:
        """Gradients in the order of ``policy.flat()`` from sums over the logistic units, leading axis any.

        `hidden` is (·, m, d_s + 1); `output` (·, d_a, m) and `offset` (·, d_a) still lack 1/std².
        """
        precision = 1 / self.std[:, 0] ** 2
        output = (2 * output - offset[..., None]) * precision[:, None]
        parts = hidden[..., :-1].flatten(1), hidden[..., -1], output.flatten(1), offset * precision, log_std
        return torch.cat(parts, dim=1)


_MOST_SINGLE = 256
"""Rollouts at once whose gradients are kept apart: more of them than this leave the cache."""

_PARTS, _LEAST = 4, 128
"""Few rollouts are cut into so many chunks, for threads to share, unless they get smaller than this."""

_ACTIVATE: dict[str, Callable[[Tensor], Tensor]] = {
    "tanh": torch.Tensor.sigmoid_,  # see `_prepared`
    "relu": torch.Tensor.relu_,
    "sin": torch.Tensor.sin_,
}


def _prepared(network: TwoLayerNetwork, which: int) -> tuple[Tensor, Tensor, Tensor]:
    """Hidden layer with biases as last column, output and offset, in float64; tanh units as 2u − 1."""
    batch = len(network.bias)
    if not 0 <= which < batch:
        raise ValueError(f"configuration must lie in [0, {batch}), got {which}")
    arrays = {
        name: torch.as_tensor(array).detach()[which].double() for name, array in network.arrays().items()
    }
    hidden = torch.cat([arrays["hidden_action"], arrays["hidden_state"], arrays["bias"][:, None]], dim=1)
    output, offset = arrays["output"], arrays["offset"]
    if network.activation == "tanh":
        return 2 * hidden, 2 * output, offset - output.sum(1)
    return hidden, output, offset


def _jobs(total: int, size: int, generator: torch.Generator) -> list[tuple[int, int]]:
    """Counts that add up to `total`, none above `size`, each with a seed."""
    counts = [size] * (total // size) + ([total % size] if total % size else [])
    seeds = torch.randint(2**62, (len(counts),), generator=generator).tolist()
    return list(zip(counts, seeds, strict=True))


def _single_threaded(workers: int) -> ThreadPoolExecutor:
    """Threads in each of which torch computes on one core; elsewhere torch's number of threads stays."""
    threads = torch.get_num_threads()

    def alone() -> None:
        torch.get_num_threads()  # a new thread takes over the common number at its first use of torch: now
        torch.set_num_threads(1)

    pool = ThreadPoolExecutor(workers, initializer=alone)
    ready = Barrier(workers)
    list(pool.map(lambda _: ready.wait(), range(workers)))
    torch.set_num_threads(threads)
    return pool


def _check_estimator(estimator: Estimator, sigma: float) -> None:
    if estimator.baseline != "none":
        raise ValueError(f"estimator must have baseline 'none' (give a number), got {estimator.baseline!r}")
    if not 0 <= sigma < float("inf"):
        raise ValueError(f"sigma must be finite and >= 0, got {sigma}")
