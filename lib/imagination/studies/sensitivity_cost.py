"""What sensitivities cost: model evaluations and memory, counted while they are computed.

Counts do not depend on the machine; times are in the benchmark suite, `python -m benchmarks --suite
sensitivity`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import torch

from imagination.rollouts import rollout_return
from imagination.sensitivities import adjoint, finite_differences, forward_mode, model_parameters
from imagination.worlds import teacher
from imagination.worlds.continuous import Array, ContinuousMDP, Parametric, Policy
from imagination.worlds.policies import random_network_policy

__all__ = ["METHODS", "counted", "kept", "network", "taped"]


def network(
    generator: np.random.Generator, width: int, *, d_state: int = 12, d_action: int = 4, starts: int = 1
) -> tuple[ContinuousMDP, Policy, np.ndarray]:
    """A learned system of the size of [TSGLH26, §4.1], with a policy and starts; a batch of one."""
    one = np.ones(1)
    mdp = teacher.teacher(
        generator,
        L_f=0.9 * one,
        L_r=one,
        discount=0.95 * one,
        d_state=d_state,
        d_action=d_action,
        width=width,
    )
    policy = random_network_policy(generator, 0.1 * one, d_state, d_action, 16)
    return mdp, policy, mdp.initial.sample(generator, starts)


def taped(
    mdp: Any, policy: Any, initial_state: Array, horizon: int, *, parameters: Sequence[str]
) -> dict[str, np.ndarray]:
    """The same gradients by one automatic differentiation of the whole rollout, all of it kept in memory."""
    mdp, policy = mdp.to("torch"), policy.to("torch")
    leaves = {path: mdp.arrays()[path].clone().requires_grad_() for path in parameters}
    start: Any = torch.as_tensor(initial_state)
    total: Any = rollout_return(mdp.with_arrays(leaves), policy, start, horizon)
    found = torch.autograd.grad(total.mean(1).sum(), list(leaves.values()))
    return {path: gradient.numpy() for path, gradient in zip(leaves, found, strict=True)}


METHODS: dict[str, Callable[..., Any]] = {
    "adjoint, step by step": lambda *args, parameters: adjoint(*args, parameters=parameters).parameters,
    "adjoint, whole tape": taped,
    "forward mode": forward_mode,
    "finite differences": finite_differences,
}
"""Ways to the gradient of the return in all parameters; all give the same numbers."""


@dataclass(frozen=True, eq=False)
class Counted(Parametric):
    """Dynamics that count the points at which they are evaluated."""

    base: Any
    points: list[int] = field(default_factory=lambda: [0])

    def __call__(self, state: Array, action: Array, noise: Array | None = None) -> Array:
        self.points[0] += int(np.prod(state.shape[:-1]))
        return self.base(state, action, noise)


@contextmanager
def _kept() -> Iterator[dict[int, int]]:
    """The storages that automatic differentiation keeps for the way back, with their sizes in bytes."""
    storages: dict[int, int] = {}
    alive = []  # so that no address is used twice

    def note(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        storages[storage.data_ptr()] = storage.nbytes()
        alive.append(tensor)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        yield storages


def kept(mdp: ContinuousMDP, policy: Policy, start: np.ndarray, horizon: int) -> dict[str, int]:
    """Bytes that wait for the way back: of the whole tape, and of the states alone."""
    with _kept() as storages:
        taped(mdp, policy, start, horizon, parameters=model_parameters(mdp))
    return {
        "adjoint, step by step": start.nbytes * (horizon + 1),
        "adjoint, whole tape": sum(storages.values()),
    }


def counted(mdp: ContinuousMDP, policy: Policy, start: np.ndarray, horizon: int) -> pd.DataFrame:
    """Count what each method of `METHODS` does for the gradient in all parameters of the models.

    Returns
    -------
    DataFrame
        A row for each method: `rollouts`, evaluations of the dynamics in units of one rollout from every
        start (a backward pass over a step is not an evaluation, and costs about two); `kept`, bytes that
        wait for the way back (`kept`), or 0 where there is none.
    """
    memory = kept(mdp, policy, start, horizon)
    rows = {}
    for name, method in METHODS.items():
        watched = mdp.swap(dynamics=Counted(mdp.dynamics))  # type: ignore[arg-type]
        paths = [path.replace("dynamics.", "dynamics.base.", 1) for path in model_parameters(mdp)]
        method(watched, policy, start, horizon, parameters=paths)
        evaluations = watched.dynamics.points[0]  # type: ignore[attr-defined]
        rows[name] = {
            "rollouts": evaluations / (start.shape[0] * start.shape[1] * horizon),
            "kept": memory.get(name, 0),
        }
    return pd.DataFrame.from_dict(rows, orient="index")
