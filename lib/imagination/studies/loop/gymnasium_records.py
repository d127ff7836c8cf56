"""What is kept of the loop on Gymnasium's systems, and the command line that makes it again."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd
import torch

from imagination import records
from imagination.reinforce.torch_policies import NetworkTorchPolicy
from imagination.studies.loop.gymnasium_loop import (
    Setting,
    in_imagination,
    in_reality,
    random_return,
    uncontrolled_return,
)
from imagination.studies.loop.gymnasium_score import in_gymnasium
from imagination.trials.recording import rounded

__all__ = ["EPISODES", "SEEDS", "Recording", "saved_policy"]

SEEDS, EPISODES = 20, 100

TRIED_ON = "settings were chosen on seeds 901, 911, 921 and 931 of the generator; the record has another"


@dataclass(frozen=True)
class Recording:
    """``python -m imagination.studies.loop.NAME``.

    Attributes
    ----------
    name : str
        Of the system; the records are ``imagination-NAME`` with ``-steps``, ``-scores``, ``-policies``.
    setting : Setting
    budget : int
        Real steps that REINFORCE in the real world is given, at least.
    every : int
        Gradient steps there between two scores.
    """

    name: str
    setting: Setting
    budget: int
    every: int

    def run(self, seeds: int = SEEDS, seed: int = 0) -> dict[str, pd.DataFrame]:
        """Make all tables of `seeds` seeds, by the end of their records' names."""
        torch.set_num_threads(1)
        policy, _, table, steps = in_imagination(self.setting, seeds, seed, episodes=EPISODES)
        last = int(table["round"].max())
        used = int(table["real_steps"].max())
        still = {
            "random": (0, 0, random_return(self.setting, seeds, seed, EPISODES)),
            "uncontrolled": (0, 0, uncontrolled_return(self.setting, seeds, seed, EPISODES)),
            "imagination, by Gymnasium": (last, used, in_gymnasium(policy, EPISODES, seed).mean(1)),
        }
        scores = [
            table[["arm", "seed", "round", "real_steps", "score"]],
            in_reality(self.setting, seeds, seed, self.budget, every=self.every, episodes=EPISODES),
        ]
        for name, (number, steps_taken, values) in still.items():
            columns = {"round": number, "real_steps": steps_taken, "score": values}
            scores.append(pd.DataFrame({"arm": name, "seed": np.arange(seeds), **columns}))
        shown = steps["round"].isin({0, last // 4, last // 2, last})
        return {
            "": table,
            "-steps": steps[shown].reset_index(drop=True),
            "-scores": pd.concat(scores, ignore_index=True),
            "-policies": _policies(policy),
        }

    def __call__(self, arguments: Sequence[str] | None = None) -> int:
        """Run, say what came out, and keep it if so told."""
        parser = argparse.ArgumentParser(
            prog=f"python -m imagination.studies.loop.{self.name}",
            description=f"The whole loop on {self.name}.",
        )
        parser.add_argument("--seeds", type=int, default=SEEDS)
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--record", action="store_true", help=f"write data/imagination-{self.name}*")
        chosen = parser.parse_args(arguments)
        begun = time.perf_counter()
        tables = self.run(chosen.seeds, chosen.seed)
        seconds = time.perf_counter() - begun
        scores = tables["-scores"].groupby(["arm", "round"], sort=False)[["real_steps", "score"]]
        print(scores.mean().to_string())
        if chosen.record:
            for suffix, table in tables.items():
                exact = suffix == "-policies"
                records.save(
                    f"imagination-{self.name}{suffix}",
                    table if exact else rounded(table, 7),
                    command=f"python -m imagination.studies.loop.{self.name}"
                    f" --seeds {chosen.seeds} --seed {chosen.seed} --record",
                    parameters={"seeds": chosen.seeds, "seed": chosen.seed, "episodes": EPISODES}
                    | {"budget": self.budget, "every": self.every, "note": TRIED_ON}
                    | _numbers(self.setting),
                    seconds=seconds,
                    workers=1,
                )
        return 0


def _numbers(setting: Setting) -> dict[str, Any]:
    found = {field.name: getattr(setting, field.name) for field in fields(setting)}
    return {name: value for name, value in found.items() if isinstance(value, int | float)}


def _policies(policy: NetworkTorchPolicy) -> pd.DataFrame:
    """All parameters of the policies: a row for each seed and parameter, as ``policy.flat()`` has them."""
    flat = policy.flat().double().numpy()
    seed, index = np.indices(flat.shape)
    return pd.DataFrame({"seed": seed.ravel(), "parameter": index.ravel(), "value": flat.ravel()})


def saved_policy(name: str, setting: Setting) -> NetworkTorchPolicy:
    """The policies that a record holds, in double precision; `name` is that of the system."""
    table = records.load(f"imagination-{name}-policies")
    flat = table.pivot(index="seed", columns="parameter", values="value").to_numpy(copy=True)
    like = setting.policy(torch.Generator().manual_seed(0), len(flat))
    return like.map_arrays(lambda array: array.double()).with_flat(torch.as_tensor(flat))
