r"""The claim of the tutorial "Prove your own bound": Lemma 1 where the reward ignores the action."""

from __future__ import annotations

from dataclasses import replace

from imagination.quantities import L, L_r, eps_dyn, eps_rew, gamma
from imagination.results.return_gap.claims import LEMMA_1

__all__ = ["REWARD_IGNORES_ACTION"]

REWARD_IGNORES_ACTION = replace(
    LEMMA_1,
    name="Lemma 1, the reward ignores the action",
    source="[this book, tutorial]",
    expression=eps_rew / (1 - gamma) + gamma * L_r * eps_dyn / ((1 - gamma) * (1 - gamma * L)),
    meaning="the gap of discounted returns where the real reward depends on the state alone",
)
