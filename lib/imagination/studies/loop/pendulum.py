"""The whole loop on Gymnasium's Pendulum-v1: 1,000 real steps a round, networks, REINFORCE in imagination."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from imagination.lipschitz import certified_constants
from imagination.reinforce.torch_policies import NetworkTorchPolicy, random_gaussian_policy
from imagination.studies.loop.gymnasium_gap import Parts
from imagination.studies.loop.gymnasium_loop import Setting, Study
from imagination.studies.loop.gymnasium_records import Recording
from imagination.worlds.episodic import Pendulum
from imagination.worlds.policies import NetworkPolicy

__all__ = ["SETTING", "main"]

FLOOR = 0.3
"""Predicted points are put back on the circle: divided by their length, or by this if that is longer."""


def _explore(state: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Any torque, with equal chances."""
    return 2 * torch.rand((*state.shape[:-1], 1), generator=generator, dtype=state.dtype) - 1


def _keep(state: torch.Tensor) -> torch.Tensor:
    """Put predictions back on the circle and among the speeds that there are."""
    point = state[..., :2] / state[..., :2].norm(dim=-1, keepdim=True).clamp(min=FLOOR)
    return torch.cat([point, state[..., 2:].clamp(-Pendulum.fastest, Pendulum.fastest)], dim=-1)


def _constants(
    study: Study, policy: NetworkTorchPolicy, parts: Parts, generator: torch.Generator
) -> dict[str, Any]:
    """Certified constants of the real pendulum and the policy, and the largest errors on imagined episodes.

    With the real side's constants the proofs of the bounds ask for errors at imagined states only, so for the
    episodes at hand these bounds are certain.
    """
    real: Any = study.real
    layers = (layer.double().numpy() for layer in (policy.hidden, policy.bias, policy.output))
    likeliest = NetworkPolicy(*layers)  # but for an offset and the clipping, which make nothing steeper
    return {
        **certified_constants(real.certified, likeliest),
        "eps_dyn": parts.error.amax((1, 2)).numpy(),
        "eps_rew": parts.reward_error.amax((1, 2)).numpy(),
        "diameter": np.asarray(real.certified.diameter),
    }


SETTING = Setting(
    real=Pendulum,
    policy=lambda generator, count: random_gaussian_policy(
        generator, count, 3, 1, width=16, std=0.7, dtype=torch.float32
    ),
    explore=_explore,
    constants=_constants,
    keep=_keep,
    discount=0.98,
    rounds=10,
    chains=5,
    length=200,
    width=64,
    fits=1500,
    model_rate=5e-3,
    steps=60,
    rollouts=32,
    horizon=100,
    rate=0.01,
    least_std=0.2,
    real_rollouts=2,
    real_rate=0.02,
    block=5,
)

main = Recording("pendulum", SETTING, budget=200_000, every=10)


if __name__ == "__main__":
    raise SystemExit(main())
