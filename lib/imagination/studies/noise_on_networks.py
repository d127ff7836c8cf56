"""Theorem 2 where nothing is known exactly: network policies, in real and in learned worlds, by sampling.

The estimate is linear in the rewards, so what noise adds to it is the estimate from the noise alone. Its
second moment is measured, and so is what the theorem says it is: both are means over the same rollouts, and
their difference must be 0 within its standard error.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import torch

from imagination.reinforce import gradients
from imagination.reinforce.problems import DISCOUNTED, THEOREM_2, Estimator
from imagination.reinforce.sampling import ContinuousWorld, TabularWorld, World, sample
from imagination.reinforce.torch_policies import (
    TorchPolicy,
    random_categorical_policy,
    random_gaussian_policy,
)
from imagination.results.noise.claims import added_variance_bound
from imagination.results.noise.trial import z_limit
from imagination.results.return_gap.systems import draw
from imagination.worlds.makers import gridworld

__all__ = ["WORLDS", "run"]

Made = tuple[World, TorchPolicy]


def _gaussian(side: str) -> Callable[[int, np.random.Generator, torch.Generator], Made]:
    def make(size: int, rng: np.random.Generator, generator: torch.Generator) -> Made:
        pair = draw("learned networks", rng, size)
        pair = pair.discounted(rng.uniform(0.3, 0.99, size))
        mdp = getattr(pair, side)
        state = mdp.initial.sample(np.random.default_rng(0), 1)
        d_action = pair.policy(state).shape[-1]
        policy = random_gaussian_policy(generator, size, state.shape[-1], d_action, width=8)
        return ContinuousWorld(mdp), policy

    return make


def _categorical(size: int, rng: np.random.Generator, generator: torch.Generator) -> Made:
    mdp = gridworld(3, 3, rng.uniform(0, 0.5, size), rng.uniform(0.3, 0.99, size))
    return TabularWorld(mdp, one_hot=True), random_categorical_policy(generator, size, 9, 4, width=8)


WORLDS: dict[str, Callable[[int, np.random.Generator, torch.Generator], Made]] = {
    "Gaussian policy, real world": _gaussian("real"),
    "Gaussian policy, learned world": _gaussian("learned"),
    "categorical policy, gridworld": _categorical,
}


@torch.no_grad()
def run(*, size: int, rollouts: int, horizon: int, seed: int, sigma: float = 1.0) -> pd.DataFrame:
    """Measure what noise adds to the gradient of network policies, `size` of every kind, each in its world.

    Returns
    -------
    DataFrame
        A row for each world and estimator: `kind`, `outer sum`, `gamma`, `parameters`; `added`, measured for
        one rollout, `exact amount`, the theorem's sum with measured E‖w_t‖², and `z` of their difference;
        `mean z`, the largest |z| of the noise's mean over the parameters; `used`, added as a share of the
        bound (Theorem 2's for its estimator), and `sharp used`. ``attrs["limit"]`` is what no |z| of the
        column `z` exceeds with probability 0.999, if all is right (Bonferroni).
    """
    rng, generator = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    parts = []
    for kind, make in WORLDS.items():
        world, policy = make(size, rng, generator)
        drawn = sample(world, policy, rollouts, horizon, generator)
        noise = sigma * torch.randn(drawn.reward.shape, generator=generator, dtype=drawn.reward.dtype)
        square = policy.score_square(drawn.state, drawn.action)
        for estimator in (THEOREM_2, DISCOUNTED):
            weight = gradients.coefficients(estimator, noise, world.discount)
            alone = policy.score_sum(drawn.state, drawn.action, weight)
            added = (alone**2).sum(dim=2)
            said = sigma**2 * (square * _squared_weights(estimator, world.discount, horizon)).sum(dim=2)
            part = pd.DataFrame(
                {
                    "kind": kind,
                    "outer sum": estimator.outer,
                    "gamma": world.discount.numpy(),
                    "parameters": policy.n_parameters,
                    "added": added.mean(dim=1).numpy(),
                    "exact amount": said.mean(dim=1).numpy(),
                    "z": _z_score(added - said).numpy(),
                    "mean z": _z_score(alone).abs().amax(dim=1).numpy(),
                }
            )
            forms = ("paper", "sharp") if estimator == THEOREM_2 else ("discounted", "discounted")
            for column, form in zip(("used", "sharp used"), forms, strict=True):
                score = square.amax(dim=2).mean(dim=1) if form == "paper" else square.mean(dim=1).amax(dim=1)
                about = {"sigma": sigma, "horizon": horizon, "gamma": part["gamma"], "rollouts": 1}
                bound = added_variance_bound(**about, score_bound=score.sqrt().numpy(), form=form)
                part[column] = part["exact amount"] / bound
            parts.append(part)
    table = pd.concat(parts, ignore_index=True)
    table.attrs["limit"] = z_limit(len(table))
    return table


def _squared_weights(estimator: Estimator, discount: torch.Tensor, horizon: int) -> torch.Tensor:
    """Σ_{u≥t} (c_t γ^(u−t))², what multiplies ‖w_t‖², (C, 1, H)."""
    times = torch.arange(horizon)
    squared = (discount**2)[:, None]
    togo = torch.stack([(squared ** torch.arange(horizon - t)).sum(dim=1) for t in times.tolist()], dim=1)
    return (togo * squared**times if estimator.outer == "discounted" else togo)[:, None]


def _z_score(values: torch.Tensor) -> torch.Tensor:
    """Mean over rollouts (dimension 1) in units of its standard error; 0 where all values are."""
    return values.mean(dim=1) / (values.std(dim=1) / values.shape[1] ** 0.5).clamp(min=1e-300)
