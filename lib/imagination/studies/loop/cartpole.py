"""The whole loop on Gymnasium's CartPole-v1: 1,000 real steps a round, networks, REINFORCE in imagination.

Ends and the choice between two pushes are jumps, so neither the world nor a policy has a Lipschitz constant
and Lemma 1 and its kin are silent. The identity is not: it needs no constants.
"""

from __future__ import annotations

from dataclasses import replace

import torch

from imagination.reinforce.torch_policies import random_categorical_policy
from imagination.studies.loop.gymnasium_loop import Setting
from imagination.studies.loop.gymnasium_records import Recording
from imagination.worlds.episodic import CartPole

__all__ = ["LIVE", "SETTING", "main"]


def _explore(state: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Push either way, with equal chances."""
    pushes = torch.randint(2, (*state.shape[:-1], 1), generator=generator)
    return (2 * pushes - 1).to(state.dtype)


SETTING = Setting(
    real=CartPole,
    policy=lambda generator, count: random_categorical_policy(
        generator, count, 4, 2, width=16, dtype=torch.float32
    ),
    explore=_explore,
    constants=None,
    keep=None,
    discount=0.99,
    rounds=10,
    chains=2,
    length=500,
    width=64,
    fits=1500,
    model_rate=5e-3,
    steps=30,
    rollouts=48,
    horizon=300,
    rate=0.005,
    least_std=None,
    real_rollouts=5,
    real_rate=0.03,
    block=10,
)

LIVE = replace(SETTING, rounds=3, fits=400, steps=12, rollouts=64, horizon=150, rate=0.02)
"""For a quick look: with two seeds, a few seconds."""

main = Recording("cartpole", SETTING, budget=60_000, every=2)


if __name__ == "__main__":
    raise SystemExit(main())
