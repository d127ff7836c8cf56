"""Model-free rivals from Stable-Baselines3 in the real world: SAC on Pendulum-v1, PPO and DQN on CartPole-v1.

    python -m imagination.studies.loop.rivals --scale full --record

makes the record again. An agent sees Gymnasium's own environment. Its score is that of all other arms of the
chapter: the mean return of 100 episodes that start elsewhere, under its likeliest actions.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import gymnasium
import numpy as np
import pandas as pd
import torch
from stable_baselines3 import DQN, PPO, SAC
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.vec_env import DummyVecEnv

from imagination.reinforce.episodes import play
from imagination.trials.recording import Command, rounded
from imagination.trials.sweep import sweep
from imagination.worlds.episodic import CartPole, EpisodicWorld, Pendulum

__all__ = ["RECORD", "RIVALS", "SCALES", "TRIALS", "Rival", "run", "score_agent", "trained"]

RECORD = "imagination-rivals"
EPISODES = 100


def falling(rate: float) -> Callable[[float], float]:
    """A rate that falls linearly to 0 while `left`, the share of training that is left, does."""
    return lambda left: rate * left


@dataclass(frozen=True)
class Rival:
    """An agent, where it learns, and how.

    Attributes
    ----------
    system : name of the environment.
    agent : Stable-Baselines3's class; what `options` does not say is its default.
    budget, every : real steps in all, and between two scores.
    options : of the agent; a pair ("falls", x) is a rate that falls linearly from x to 0.
    environments : how many run side by side; all their steps count.
    """

    system: str
    agent: Callable[..., BaseAlgorithm]
    budget: int
    every: int
    options: Mapping[str, Any] = field(default_factory=dict)
    environments: int = 1

    def made(self, seed: int, env: gymnasium.Env | DummyVecEnv | None = None) -> BaseAlgorithm:
        """A new agent, in `env` or in the real environment."""
        if env is None:
            env = DummyVecEnv([lambda: gymnasium.make(self.system)] * self.environments)
        options = {
            name: falling(value[1]) if isinstance(value, tuple) else value
            for name, value in self.options.items()
        }
        return self.agent("MlpPolicy", env, seed=seed, device="cpu", **options)


ZOO_PPO = {
    "n_steps": 32, "batch_size": 256, "n_epochs": 20, "gamma": 0.98, "gae_lambda": 0.8,
    "learning_rate": ("falls", 1e-3), "clip_range": ("falls", 0.2),
}  # fmt: skip
ZOO_DQN = {
    "learning_rate": 2.3e-3, "batch_size": 64, "buffer_size": 100_000, "learning_starts": 1000, "gamma": 0.99,
    "target_update_interval": 10, "train_freq": 256, "gradient_steps": 128, "exploration_fraction": 0.16,
    "exploration_final_eps": 0.04, "policy_kwargs": {"net_arch": [256, 256]},
}  # fmt: skip

TRIALS = {
    "SAC": Rival("Pendulum-v1", SAC, 5_000, 500),
    "SAC, Zoo": Rival("Pendulum-v1", SAC, 5_000, 500, {"learning_rate": 1e-3}),
    "PPO": Rival("CartPole-v1", PPO, 40_000, 2_000),
    "PPO, Zoo": Rival("CartPole-v1", PPO, 40_000, 2_000, ZOO_PPO, 8),
    "DQN": Rival("CartPole-v1", DQN, 30_000, 2_000),
    "DQN, Zoo": Rival("CartPole-v1", DQN, 30_000, 2_000, ZOO_DQN),
}
"""The library's defaults, and what its authors publish for these systems in RL Baselines3 Zoo."""

RIVALS = {"PPO, Zoo": 20, "SAC": 10}
"""What the record holds, fixed beforehand, and how many seeds of each: SAC takes a minute and more a seed.
DQN was not run on the cart for want of time; `TRIALS` has it."""

CHECKED = 3
"""Seeds from 901 on, on which the others of `TRIALS` are set beside them."""

SCALES = ("quick", "check", "full")


class _Watch(BaseCallback):
    """Scores the agent every so many real steps, and stops it after so many scores."""

    def __init__(
        self, every: int, measure: Callable[[BaseAlgorithm], float], scores: float = math.inf
    ) -> None:
        super().__init__()
        self.every, self.measure, self.scores = every, measure, scores
        self.rows: list[dict[str, float]] = []

    def _on_step(self) -> bool:
        if self.num_timesteps >= (len(self.rows) + 1) * self.every:
            score = self.measure(self.model)
            self.rows.append({"round": len(self.rows), "real_steps": self.num_timesteps, "score": score})
        return len(self.rows) < self.scores


def score_agent(
    agent: BaseAlgorithm,
    system: str,
    seed: int,
    scale: float | np.ndarray = 1.0,
    world: EpisodicWorld | None = None,
) -> float:
    """Mean return of `EPISODES` episodes under an agent's likeliest actions, real ones or in another world.

    The agent sees states in Gymnasium's units, divided by `scale`.
    """
    discrete = system == "CartPole-v1"
    real = CartPole(1) if discrete else Pendulum(1)
    world = real if world is None else world
    units = np.array(CartPole.units if discrete else (1.0, 1.0, Pendulum.velocity_unit))

    def choose(state: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        seen = (state[0].numpy() * units / scale).astype(np.float32)
        action = torch.as_tensor(agent.predict(seen, deterministic=True)[0]).to(state.dtype)
        control = (2 * action - 1)[:, None] if discrete else action / Pendulum.torque_unit
        return action[None], control[None]

    start = world.start(EPISODES, torch.Generator().manual_seed(seed + 1_000_003))
    return float(play(world, choose, start, real.limit).returns().mean())


def trained(configuration: Mapping[str, Any], _: np.random.Generator) -> pd.DataFrame:
    """One agent's scores by real steps: a task of `sweep`; with `scores` only so many."""
    torch.set_num_threads(1)
    rival, seed = TRIALS[configuration["arm"]], configuration["seed"]
    most = configuration.get("scores", math.inf)
    watch = _Watch(rival.every, lambda agent: score_agent(agent, rival.system, seed), most)
    rival.made(seed).learn(rival.budget, callback=watch)
    return pd.DataFrame({"arm": configuration["arm"], "seed": seed, **pd.DataFrame(watch.rows)})


def run(scale: str, *, seed: int, workers: int = 1, store: str | None = None) -> dict[str, pd.DataFrame]:
    """Scores by real steps: `system`, `arm`, `seed`, `round`, `real_steps`, `score`; by a record's end."""
    counts = dict.fromkeys(TRIALS, CHECKED) if scale == "check" else RIVALS
    if scale == "quick":
        counts = dict.fromkeys(RIVALS, 1)
    first = 901 if scale == "check" else seed
    jobs = [{"arm": arm, "seed": first + number} for arm, count in counts.items() for number in range(count)]
    table = sweep(trained, jobs, seed=seed, workers=workers, store=store).drop(columns="configuration")
    table.insert(0, "system", [TRIALS[arm].system for arm in table["arm"]])
    return {"-check" if scale == "check" else "": rounded(table, {"score": 7})}


def _say(found: dict[str, pd.DataFrame]) -> str:
    (table,) = found.values()
    return table.groupby(["arm", "real_steps"], sort=False)["score"].agg(["mean", "min"]).round(1).to_string()


main = Command(
    module="imagination.studies.loop.rivals",
    record=RECORD,
    run=run,
    say=_say,
    parameters=lambda scale: {
        arm: {"system": rival.system, "budget": rival.budget, "environments": rival.environments}
        | dict(rival.options)
        for arm, rival in TRIALS.items()
        if scale == "check" or arm in RIVALS
    },
    scales=dict.fromkeys(SCALES),
    options=("workers", "store"),
    unit="scores",
)


if __name__ == "__main__":
    raise SystemExit(main())
