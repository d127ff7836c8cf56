"""Training by REINFORCE for torch policies: many seeds or configurations in one loop, learning curves out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from imagination.checks import counts, number
from imagination.models.fitting import BETAS, EPSILON
from imagination.reinforce import gradients
from imagination.reinforce.problems import DISCOUNTED, Estimator
from imagination.reinforce.sampling import Labels, World, sample
from imagination.reinforce.torch_policies import TabularPolicy, Tensor, TorchPolicy

__all__ = ["Adam", "Ascent", "Training", "train"]

Measure = Callable[[TorchPolicy], np.ndarray | Tensor]
"""Policies of a batch -> numbers (C,), numpy or torch: what a learning curve shows."""


class Ascent:
    """Plain gradient ascent, ``θ + rate · ĝ``."""

    def __init__(self, rate: float = 0.1) -> None:
        self.rate = number("rate", rate, above=0)

    def step(self, vector: Tensor, gradient: Tensor) -> Tensor:
        """Parameters (C, P) after a step along `gradient`."""
        return vector + self.rate * gradient


class Adam:
    """Adam, uphill (Kingma and Ba, 2015); it keeps its averages from step to step, so make one a run."""

    def __init__(self, rate: float = 0.01) -> None:
        self.rate = number("rate", rate, above=0)
        self._steps = 0
        self._first: Tensor | float = 0.0
        self._second: Tensor | float = 0.0

    def step(self, vector: Tensor, gradient: Tensor) -> Tensor:
        """Parameters (C, P) after a step along `gradient`."""
        one, two = BETAS
        self._steps += 1
        self._first = one * self._first + (1 - one) * gradient
        self._second = two * self._second + (1 - two) * gradient * gradient
        mean = self._first / (1 - one**self._steps)
        spread = (self._second / (1 - two**self._steps)).sqrt()
        return vector + self.rate * mean / (spread + EPSILON)


@dataclass(frozen=True, eq=False)
class Training:
    """What came of training C policies.

    Attributes
    ----------
    policy : the policies at the end.
    curve : (C, steps // every + 1)
        The measure before the first step, after every `every` steps, and so on.
    at : (steps // every + 1,)
        Number of steps done at each point of the curve.
    sampled : (C, steps)
        Mean discounted return of each step's rollouts in the training world, by its own true reward (without
        noise and bias).
    """

    policy: TorchPolicy
    curve: np.ndarray
    at: np.ndarray
    sampled: np.ndarray


def train(
    world: World,
    policy: TorchPolicy,
    *,
    steps: int,
    rollouts: int,
    horizon: int,
    generator: torch.Generator,
    estimator: Estimator = DISCOUNTED,
    optimiser: Adam | Ascent | None = None,
    labels: Labels | None = None,
    measure: Measure | None = None,
    every: int = 1,
) -> Training:
    """Train C policies in C worlds, step by step together.

    Parameters
    ----------
    world : where rollouts are drawn, real or imagined. C copies of one problem are C seeds.
    policy : where training starts; one parameter vector for each world.
    steps, rollouts, horizon : gradient steps, K rollouts for each of them, H steps a rollout.
    generator : source of all randomness.
    estimator : with baseline "constant", each rollout's from the others of its batch; with "value", fitted on
        the batch before (none at the first step). So a baseline never depends on what it is subtracted from.
    optimiser : a fresh `Adam` (0.01) unless told. It changes while training: do not use one twice.
    labels : noise and bias of the rewards that the estimator sees; none unless told.
    measure : what the curve shows, for example exact returns in the real world; see `Training.curve`. Without
        it the curve is the mean return of the rollouts of each step, and has no point after the last step.
    every : how often to measure.

    Returns
    -------
    Training

    Raises
    ------
    ValueError
        If a count is below 1, batches differ, or the parameters cease to be finite.
    """
    counts(steps=steps, every=every)
    optimiser = Adam() if optimiser is None else optimiser
    value: gradients.StateValue | None = None
    curve, sampled = [], []
    for step in range(steps):
        if measure is not None and step % every == 0:
            curve.append(_measured(measure, policy))
        drawn = sample(world, policy, rollouts, horizon, generator)
        sampled.append(gradients.returns(drawn.reward, world.discount).mean(1).numpy())
        if labels is not None:
            drawn = drawn.with_reward(labels(drawn, generator))
        baseline = None
        if estimator.baseline == "value":
            baseline = torch.zeros_like(drawn.reward[..., :1]) if value is None else value(drawn.state)
            n_states = policy.logits.shape[1] if isinstance(policy, TabularPolicy) else None
            value = gradients.fit_state_value(drawn, world.discount, n_states=n_states)
        gradient = gradients.mean_gradient(policy, drawn, estimator, world.discount, baseline=baseline)
        vector = optimiser.step(policy.flat(), gradient)
        if not bool(vector.isfinite().all()):
            raise ValueError(f"parameters must stay finite, but step {step} made some that are not")
        policy = policy.with_flat(vector)
    by_step = np.stack(sampled, axis=1)
    if measure is None:
        return Training(policy, by_step[:, ::every], np.arange(0, steps, every), by_step)
    if steps % every == 0:
        curve.append(_measured(measure, policy))
    return Training(policy, np.stack(curve, axis=1), np.arange(0, steps + 1, every), by_step)


def _measured(measure: Measure, policy: TorchPolicy) -> np.ndarray:
    result = measure(policy)
    return np.asarray(result.detach() if isinstance(result, Tensor) else result, dtype=float)
