"""Agents of Stable-Baselines3 trained inside learned carts, and chosen there: does imagination choose well?

    python -m imagination.studies.loop.agents --scale full --record

makes the record again. Each world is learned from 2,000 random real steps. In each, agents are trained that
differ by their seed alone. All are scored in the world that they were trained in, and in the real one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import gymnasium
import numpy as np
import pandas as pd
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.vec_env import DummyVecEnv

from imagination import records
from imagination.models.learned_world import LearnedWorld
from imagination.studies.loop import cartpole
from imagination.studies.loop.gymnasium_loop import Study
from imagination.studies.loop.rivals import score_agent
from imagination.trials.recording import Command, rounded
from imagination.trials.sweep import sweep
from imagination.worlds.environments import NAME
from imagination.worlds.episodic import CartPole

__all__ = ["RECORD", "SCALES", "inside", "learned", "recorded", "run", "trained"]

RECORD = "imagination-agents"
FIRST = 17
"""The first world's seed; the others follow."""

BOUND = np.array([2.0, 10.0, 2.0, 10.0])
"""A learned cart that runs away is held here, in the world's own units."""

OPTIONS: dict[str, Any] = {
    "n_steps": 128, "batch_size": 256, "n_epochs": 8, "learning_rate": 2e-3, "gamma": 0.98,
    "policy_kwargs": {"net_arch": [32]},
}  # fmt: skip
STEPS, SIDE_BY_SIDE = 8_000, 8

SCALES = {
    "quick": {"worlds": 1, "agents": 2, "steps": 1_024},
    "full": {"worlds": 10, "agents": 8, "steps": STEPS},
}


def learned(seed: int) -> LearnedWorld:
    """A cart learned from 2,000 random real steps."""
    study = Study(replace(cartpole.SETTING, chains=4, fits=400), 1, seed)
    return study.learn(study.collect(cartpole.SETTING.policy(study.generator, 1), None))[0]  # type: ignore[return-value]


def inside(world: LearnedWorld, seed: int, steps: int = STEPS) -> BaseAlgorithm:
    """An agent trained for so many imagined steps."""
    about: dict[str, Any] = {"bound": BOUND, "discrete": True, "max_episode_steps": 200}
    envs = DummyVecEnv([lambda: gymnasium.make(NAME, world=world, **about)] * SIDE_BY_SIDE)
    return PPO("MlpPolicy", envs, seed=seed, device="cpu", **OPTIONS).learn(steps)


def trained(configuration: Mapping[str, Any], _: np.random.Generator) -> pd.DataFrame:
    """All agents of one world: a task of `sweep`."""
    torch.set_num_threads(1)
    number = configuration["world"]
    world, units = learned(FIRST + number), np.array(CartPole.units)
    rows = []
    for seed in range(configuration["agents"]):
        agent = inside(world, seed, configuration["steps"])
        imagined = score_agent(agent, "CartPole-v1", number, units, world)
        real = score_agent(agent, "CartPole-v1", number, units)
        rows.append({"world": number, "agent": seed, "imagined": imagined, "real": real})
    return pd.DataFrame(rows)


def run(scale: str, *, seed: int, workers: int = 1, store: str | None = None) -> pd.DataFrame:
    """Mean returns of 100 episodes, imagined and real: `world`, `agent`, `imagined`, `real`."""
    sizes = SCALES[scale]
    jobs = [
        {"world": seed + world, "agents": sizes["agents"], "steps": sizes["steps"]}
        for world in range(sizes["worlds"])
    ]
    table = sweep(trained, jobs, seed=seed, workers=workers, store=store).drop(columns="configuration")
    return rounded(table, 7)


def recorded() -> pd.DataFrame:
    """The recorded scores."""
    return records.load(RECORD)


main = Command(
    module="imagination.studies.loop.agents",
    record=RECORD,
    run=run,
    say=lambda table: table.pivot(index="world", columns="agent", values="real").round(0).to_string(),
    parameters=lambda scale: {**SCALES[scale], "first": FIRST, **OPTIONS},
    scales=SCALES,
    options=("workers", "store"),
)


if __name__ == "__main__":
    raise SystemExit(main())
