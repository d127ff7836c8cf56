"""Realised sensitivities: what a model's error does to the return, by one pass backwards through a rollout.

The return is a long composition, ``J = Σ_t γ^t r(s_t, π(s_t))`` with ``s_{t+1} = f(s_t, π(s_t))``. Its
*costate* ``λ_t = ∂J/∂s_t`` obeys a recursion that runs backwards,

    λ_t = γ^t ∂(r∘π)/∂s (s_t) + [∂(f∘π)/∂s (s_t)]ᵀ λ_{t+1},        λ_H = 0,

and weighs every error made on the way: to first order the error ``e_t`` of step t changes the return by
``λ_{t+1} · e_t`` (`imagination.results.sensitivity`). So one pass gives the sensitivity to every error and to
every parameter. `finite_differences` and `forward_mode` give the same numbers one parameter at a time; they
are here to be compared with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from imagination.checks import check_shape, number
from imagination.rollouts import rollout, rollout_return
from imagination.worlds.continuous import Array, ContinuousMDP, Policy, converter

__all__ = ["Adjoint", "adjoint", "finite_differences", "forward_mode", "model_parameters"]

CHUNK = 2**18
"""Parameters are nudged in chunks of about this many rollouts at once."""


@dataclass(frozen=True, eq=False)
class Adjoint:
    """A batch of rollouts with their costates.

    Attributes
    ----------
    returns : (C, K)
        Discounted H-step returns.
    states : (C, K, H + 1, d_s)
    actions : (C, K, H, d_a)
    weights : (C, H)
        ``γ^t``: the sensitivity of the return to the reward at time t.
    costates : (C, K, H + 1, d_s)
        ``∂J/∂s_t``, in units of return over units of state; zero at t = H.
    parameters : dict
        For each parameter asked for, by dotted path, the gradient of the mean return over the K rollouts; it
        has the parameter's own shape (C, ...).
    """

    returns: np.ndarray
    states: np.ndarray
    actions: np.ndarray
    weights: np.ndarray
    costates: np.ndarray
    parameters: dict[str, np.ndarray] = field(default_factory=dict)

    def in_any_direction(self) -> np.ndarray:
        """Largest first-order change of the return, (C, K), that step errors of norm at most 1 can make.

        The sum of the costates' norms: it is attained by errors along the costates.
        """
        return np.linalg.norm(self.costates[:, :, 1:], axis=-1).sum(-1)


def model_parameters(mdp: ContinuousMDP) -> list[str]:
    """Dotted paths of all parameters of the dynamics and of the reward."""
    return [path for path in mdp.arrays() if path.startswith(("dynamics.", "reward."))]


def adjoint(
    mdp: ContinuousMDP,
    policy: Policy,
    initial_state: Array,
    horizon: int,
    noise: Array | None = None,
    *,
    parameters: Sequence[str] = (),
) -> Adjoint:
    """Roll out, then walk back: returns, costates and the gradient in every parameter asked for.

    Parameters
    ----------
    mdp : the system that is differentiated, real or learned.
    policy : (C, K, d_s) -> (C, K, d_a)
    initial_state : (C, K, d_s)
    horizon : number of steps, at least 1.
    noise : (C, K, H, d_s), optional
        Process noise, held fixed.
    parameters : dotted paths into `mdp`, such as ``"dynamics.output"``; see `model_parameters`.

    Returns
    -------
    Adjoint

    Raises
    ------
    ValueError
        If a shape does not fit, `horizon` is not a positive whole number, or a path names no parameter of the
        models.

    Notes
    -----
    Only the H states are kept; each step is evaluated again on the way back. Memory does not grow with what
    the model computes inside a step.
    """
    mdp, policy, start, noise = _to_torch(mdp, policy, initial_state, noise)
    mdp = mdp.with_arrays(_chosen(mdp, parameters, requires_grad=True))
    with torch.no_grad():
        forward: Any = rollout(mdp, policy, start, horizon, noise)
    weights: Any = mdp.discount[:, None] ** torch.arange(horizon, dtype=start.dtype)
    leaves = [mdp.arrays()[path] for path in parameters]
    gradients = [torch.zeros_like(leaf) for leaf in leaves]
    costates = [torch.zeros_like(start)]
    for t in reversed(range(horizon)):
        state = forward.states[:, :, t].detach().requires_grad_()
        following, reward = mdp.step(state, policy(state), None if noise is None else noise[:, :, t])
        hamiltonian = (weights[:, t, None] * reward).sum() + (costates[-1] * following).sum()
        in_state, *in_leaves = torch.autograd.grad(
            hamiltonian, [state, *leaves], allow_unused=True, materialize_grads=True
        )
        costates.append(in_state)
        gradients = [total + part for total, part in zip(gradients, in_leaves, strict=True)]
    count = start.shape[1]
    return Adjoint(
        (weights[:, None, :] * forward.rewards).sum(-1).numpy(),
        forward.states.numpy(),
        forward.actions.numpy(),
        weights.numpy(),
        torch.stack(costates[::-1], dim=2).numpy(),
        {path: (total / count).numpy() for path, total in zip(parameters, gradients, strict=True)},
    )


def finite_differences(
    mdp: ContinuousMDP,
    policy: Policy,
    initial_state: Array,
    horizon: int,
    noise: Array | None = None,
    *,
    parameters: Sequence[str],
    step: float = 1e-5,
) -> dict[str, np.ndarray]:
    """Central differences of the mean return: two rollouts for every number among the parameters.

    Arguments are those of `adjoint`. A number θ is moved by ``step · max(1, |θ|)`` to either side; the nudged
    systems form one batch. The error is of order step² from curvature and 1e-16/step from rounding.
    """
    step = number("step", step)
    if not 0 < step < 1:
        raise ValueError(f"step must lie in (0, 1), got {step}")
    mdp, policy, start, noise = _to_torch(mdp, policy, initial_state, noise)

    def slopes(systems: _Systems) -> torch.Tensor:
        size = step * systems.values.abs().clamp(min=1)
        ends = [systems.mean_return(systems.nudged(sign * size), horizon) for sign in (1, -1)]
        return (ends[0] - ends[1]) / (2 * size)

    with torch.no_grad():
        return _one_by_one(mdp, policy, start, noise, parameters, slopes)


def forward_mode(
    mdp: ContinuousMDP,
    policy: Policy,
    initial_state: Array,
    horizon: int,
    noise: Array | None = None,
    *,
    parameters: Sequence[str],
) -> dict[str, np.ndarray]:
    """Exact derivatives of the mean return carried along with the rollout: one pass for every number.

    Arguments are those of `adjoint`; the systems with their tangents form one batch.
    """
    mdp, policy, start, noise = _to_torch(mdp, policy, initial_state, noise)

    def slopes(systems: _Systems) -> torch.Tensor:
        still = torch.zeros_like(systems.values)
        value = lambda amount: systems.mean_return(systems.nudged(amount), horizon)  # noqa: E731
        return torch.func.jvp(value, (still,), (torch.ones_like(still),))[1]

    return _one_by_one(mdp, policy, start, noise, parameters, slopes)


# --- one parameter at a time ----------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Systems:
    """Copies of the configurations, each with one number of one parameter to be nudged."""

    mdp: ContinuousMDP
    policy: Policy
    start: Any  # tensors, as what follows
    noise: Any
    path: str
    at: torch.Tensor  # one-hot, the shape of the copies' parameter
    values: torch.Tensor  # the numbers, one a copy

    def nudged(self, amount: torch.Tensor) -> ContinuousMDP:
        nudge = self.at * amount.reshape(-1, *[1] * (self.at.ndim - 1))
        return self.mdp.with_arrays({self.path: self.mdp.arrays()[self.path] + nudge})

    def mean_return(self, mdp: ContinuousMDP, horizon: int) -> torch.Tensor:
        return rollout_return(mdp, self.policy, self.start, horizon, self.noise).mean(1)


def _one_by_one(
    mdp: ContinuousMDP,
    policy: Policy,
    start: torch.Tensor,
    noise: Any,
    parameters: Sequence[str],
    slopes: Callable[[_Systems], torch.Tensor],
) -> dict[str, np.ndarray]:
    found = {}
    for path, values in _chosen(mdp, parameters).items():
        flat = values.reshape(len(values), -1)
        parts = [
            slopes(systems).reshape(len(values), -1)
            for systems in _copies(mdp, policy, start, noise, path, flat)
        ]
        found[path] = torch.cat(parts, dim=1).reshape(values.shape).detach().numpy()
    return found


def _copies(
    mdp: Any, policy: Any, start: torch.Tensor, noise: torch.Tensor | None, path: str, flat: torch.Tensor
) -> Iterator[_Systems]:
    """The configurations copied once for each number of a parameter, in chunks that fit into memory."""
    batch, numbers = flat.shape
    shape = mdp.arrays()[path].shape[1:]
    size = max(1, CHUNK // (batch * start.shape[1]))
    for low in range(0, numbers, size):
        which = torch.arange(low, min(low + size, numbers))
        copy = torch.arange(batch).repeat_interleave(len(which))
        hot = torch.nn.functional.one_hot(which, numbers).to(flat.dtype).repeat(batch, 1)
        yield _Systems(
            mdp.take(copy),
            policy.take(copy),
            start[copy],
            None if noise is None else noise[copy],
            path,
            hot.reshape(-1, *shape),
            flat[:, which].reshape(-1),
        )


def _chosen(
    mdp: ContinuousMDP, parameters: Sequence[str], *, requires_grad: bool = False
) -> dict[str, torch.Tensor]:
    known = model_parameters(mdp)
    if not isinstance(parameters, list | tuple):
        raise ValueError(f"parameters must be a sequence of paths, got {parameters!r}")
    if unknown := [path for path in parameters if path not in known]:
        raise ValueError(f"parameters: {unknown} name no parameter of the models; there are {known}")
    arrays = mdp.arrays()
    if not requires_grad:
        return {path: arrays[path] for path in parameters}
    return {path: arrays[path].detach().clone().requires_grad_() for path in parameters}


def _to_torch(mdp: Any, policy: Any, start: Array, noise: Array | None) -> tuple[Any, Any, Any, Any]:
    check_shape("initial_state", start, (mdp.batch_size, None, None))
    if not start.shape[1]:
        raise ValueError(f"initial_state must hold at least one state a system, got shape {start.shape}")
    if noise is not None:
        check_shape("noise", noise, (*start.shape[:2], None, None))
    convert = converter("torch")
    return (
        mdp.to("torch"),
        policy.to("torch"),
        convert(start),
        None if noise is None else convert(noise),
    )
