"""The closed loop of Pendulum-v1 under policies trained in imagination: its constants as they were observed.

    python -m imagination.studies.observed_loops --record

Twenty recorded policies, and a model for each learned from its own real steps. The theorem of the closed loop
asks for constants that hold wherever both rollouts stay. Here they are observed, on pairs of states that were
visited. So what comes out is an estimate, and nothing is guaranteed.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from imagination import records
from imagination.reinforce.episodes import Act, greedy
from imagination.results.horizon import claims
from imagination.results.horizon.systems import lyapunov
from imagination.studies.loop.gymnasium_loop import Study
from imagination.studies.loop.gymnasium_records import SEEDS, saved_policy
from imagination.studies.loop.pendulum import SETTING
from imagination.trials.recording import rounded
from imagination.worlds.episodic import EpisodicWorld, Pendulum

__all__ = ["PHASES", "RECORD", "Paths", "apart", "constants", "main", "metrics", "observed", "run", "tube"]

Array = NDArray[Any]

RECORD = "closed-loop-pendulum"
PHASES = {"whole episode": 200, "once upright": 100}
"""Steps that are imagined: from Gymnasium's starts, and from where the real pendulum is up for good."""

UPRIGHT = 0.5
"""Up for good: no angle [rad] beyond this from there to the end of the episode."""

ROUNDS = 3
"""Rounds of 1,000 real steps under the policy that a model learns from, besides one of random torques."""

NEAR = 1e-4
"""Pairs that are closer than this tell of rounding."""

SHARE = 0.5
"""Where the norm's rho is, between the spectral radius of the loop's derivative at rest and 1."""


@dataclass(frozen=True, eq=False)
class Paths:
    """Rollouts of C policies from K starts, in angles [rad] and speeds [rad/s], and what each step did.

    Attributes
    ----------
    real, imagined : (C, K, H + 1, 2)
    reward, dreamt : (C, K, H)
        Rewards along the real and along the imagined rollout, as each world pays them.
    image : (C, K, H, 2)
        Where the real world would have led from the imagined states.
    due : (C, K, H)
        What it would have paid there.
    """

    real: Array
    imagined: Array
    reward: Array
    dreamt: Array
    image: Array
    due: Array


Loop = Callable[[Array], tuple[Array, Array]]
"""States (C, n, 2) -> next states (C, n, 2) and rewards (C, n), under the policies."""


def loop(world: EpisodicWorld, act: Act) -> Loop:
    """One step of a world and of C policies, on angles and speeds."""
    unit = Pendulum.velocity_unit

    def step(state: Array) -> tuple[Array, Array]:
        angle, speed = torch.as_tensor(state).unbind(-1)
        point = torch.stack([torch.cos(angle), torch.sin(angle), speed / unit], dim=-1)
        with torch.no_grad():
            after = world.step(point, act(point)[1])
        cosine, sine, speed = after.state.unbind(-1)
        moved = torch.stack([torch.atan2(sine, cosine), speed * unit], dim=-1)
        return moved.numpy(), after.reward.numpy()

    return step


def _roll(step: Loop, start: Array, steps: int) -> tuple[Array, Array]:
    states, rewards = [start], []
    for _ in range(steps):
        state, reward = step(states[-1])
        states.append(state)
        rewards.append(reward)
    return np.stack(states, axis=2), np.stack(rewards, axis=2)


def follow(real: Loop, learned: Loop, start: Array, steps: int) -> Paths:
    """Both rollouts from starts (C, K, 2), and the real world's answer along the imagined one."""
    truth, reward = _roll(real, start, steps)
    dream, dreamt = _roll(learned, start, steps)
    shape = dream[:, :, :-1].shape
    image, due = real(dream[:, :, :-1].reshape(shape[0], -1, 2))
    return Paths(truth, dream, reward, dreamt, image.reshape(shape), due.reshape(shape[:-1]))


def apart(first: Array, second: Array, root: Array) -> Array:
    """Distance of states (..., 2) on the cylinder, the angle the short way round, in the norm |root^T s|."""
    gap = first - second
    turns = 2 * np.pi * np.array([[-1.0, 0.0], [0.0, 0.0], [1.0, 0.0]])
    around = gap[..., None, :] + turns
    return np.linalg.norm(around @ root, axis=-1).min(-1)


def metrics(real: Loop, rest: Array, step: float = 1e-5) -> tuple[Array, Array]:
    """Norms in which C loops contract near their states of rest, by Lyapunov's equation.

    Parameters
    ----------
    real : the loops.
    rest : (C, 2)
    step : of the differences from which derivatives are taken.

    Returns
    -------
    root : (C, 2, 2)
        The length of s is |root^T s|. Where the derivative does not shrink, angles and speeds as they are.
    radius : (C,)
        Spectral radius of the derivative.
    """
    nudges = step * np.concatenate([np.eye(2), -np.eye(2)])
    moved = real(rest[:, None] + nudges)[0]
    change = moved[:, :2] - moved[:, 2:]
    change[..., 0] = np.mod(change[..., 0] + np.pi, 2 * np.pi) - np.pi
    derivative = change.mT / (2 * step)
    radius = np.abs(np.linalg.eigvals(derivative)).max(-1)
    shrinks = radius < 1
    rho = np.where(shrinks, radius + SHARE * (1 - radius), 1.0)
    safe = np.where(shrinks[:, None, None], derivative, 0.0)
    metric = lyapunov(safe / rho[:, None, None], np.broadcast_to(np.eye(2), derivative.shape))
    return np.linalg.cholesky(metric), radius


def constants(here: Array, after: Array, pays: Array, root: Array) -> tuple[float, float, float]:
    """Largest stretch of pairs of n states, its 99% quantile, and the largest slope of their rewards.

    Parameters
    ----------
    here, after : (n, 2)
        States, and where the loop leads from them.
    pays : (n,)
    root : (2, 2)
        Of the norm.
    """
    i, j = np.triu_indices(len(here), 1)
    distance = apart(here[i], here[j], root)
    far = distance > NEAR
    i, j, distance = i[far], j[far], distance[far]
    stretch = apart(after[i], after[j], root) / distance
    slope = np.abs(pays[i] - pays[j]) / distance
    return float(stretch.max()), float(np.quantile(stretch, 0.99)), float(slope.max())


def observed(paths: Paths, root: Array, gamma: float, known: Array) -> pd.DataFrame:
    """Gaps beside the closed loop's bound with observed constants; a row for each policy and start.

    Columns: `seed`, `start`; `gap`; `rho` and `slope`, the largest on pairs of states that either rollout
    visits, and `rho_99`, the 99% quantile; `rho_log` and `slope_log`, the largest on the real rollouts of the
    policy's other starts, as a log would have them; `average_dyn`, `average_rew`; `bound`, infinite where
    gamma rho >= 1, and `bound_log`; `trivial`, what the rewards alone allow. Only starts that are `known`,
    (C, K), are read.
    """
    weights = gamma ** np.arange(paths.reward.shape[-1])
    rows = []
    for c, k in np.argwhere(known):
        real, imagined = paths.real[c, k], paths.imagined[c, k]
        log = constants(real[:-1], real[1:], paths.reward[c, k], root[c])
        both = constants(
            np.concatenate([real[:-1], imagined[:-1]]),
            np.concatenate([real[1:], paths.image[c, k]]),
            np.concatenate([paths.reward[c, k], paths.due[c, k]]),
            root[c],
        )
        dyn = apart(imagined[1:], paths.image[c, k], root[c])
        rew = np.abs(paths.dreamt[c, k] - paths.due[c, k])
        rewards = np.concatenate([paths.reward[c, k], paths.dreamt[c, k]])
        row = dict(zip(("rho", "rho_99", "slope"), both, strict=True))
        row |= {
            "seed": c,
            "start": k,
            "own_rho": log[0],
            "own_slope": log[2],
            "gap": abs(((paths.dreamt - paths.reward)[c, k] * weights).sum()),
            "average_dyn": (1 - gamma) * (dyn * weights).sum(),
            "average_rew": (1 - gamma) * (rew * weights).sum(),
            "trivial": (rewards.max() - rewards.min()) * weights.sum(),
        }
        rows.append(row)
    table = pd.DataFrame(rows)
    for name in ("rho", "slope"):
        own = table.pop(f"own_{name}")
        table[f"{name}_log"] = [
            own[(table["seed"] == c) & (table["start"] != k)].max()
            for c, k in zip(table["seed"], table["start"], strict=True)
        ]
    for end in ("", "_log"):
        numbers = {name: table[name].to_numpy() for name in ("average_dyn", "average_rew")}
        numbers |= {name: table[name + end].to_numpy() for name in ("rho", "slope")}
        table[f"bound{end}"] = claims.CLOSED_LOOP.evaluate(outside=np.inf, gamma=gamma, **numbers)
    return table


def tube(paths: Paths, root: Array, rho: float) -> Array:
    """How far the imagined state may be from the real one, (H + 1,), of one policy and one start."""
    errors = apart(paths.imagined[0, 0, 1:], paths.image[0, 0], root)
    radius = [0.0]
    for error in errors:
        radius.append(rho * radius[-1] + error)
    return np.array(radius)


def _settles(angle: Array) -> Array:
    """First step from which on the pendulum stays up, (C, K); -1 if it never does."""
    outside = np.abs(angle) > UPRIGHT
    last = angle.shape[-1] - outside[..., ::-1].argmax(-1)
    first = np.where(outside.any(-1), last, 0)
    return np.where(first < angle.shape[-1] - 1, first, -1)


def run(starts: int = 12, seed: int = 0, read: int = SEEDS) -> dict[str, pd.DataFrame]:
    """Learn the models, roll out, and observe.

    Parameters
    ----------
    starts : int
        Of Gymnasium's, for each of the recorded policies.
    seed : int
        Of models and starts.
    read : int
        The first so many policies are told of.

    Returns
    -------
    dict
        ``""``: `observed`, with its `phase`, the spectral `radius` at rest, and whether the policy `settles`
        from that start; ``-steps``: one rollout once upright with its tube, for a figure.
    """
    torch.set_num_threads(1)
    policy = saved_policy("pendulum", SETTING)
    study = Study(SETTING, SEEDS, seed)
    data = study.collect(policy, None)
    for _ in range(ROUNDS):
        data = study.collect(policy, data)
    learned: Any = study.learn(data)[0]
    act = greedy(policy)
    loops = loop(study.real, act), loop(learned.to(torch.float64), act)
    first = torch.Generator().manual_seed(seed + 1)
    cosine, sine, speed = study.real.start(starts, first).unbind(-1)
    start = torch.stack([torch.atan2(sine, cosine), speed * Pendulum.velocity_unit], dim=-1).numpy()
    paths = {"whole episode": follow(*loops, start, PHASES["whole episode"])}
    truth = paths["whole episode"].real
    settled = _settles(truth[..., 0])
    rest = np.take_along_axis(truth[:, :, -1], settled.argmax(1)[:, None, None], axis=1)[:, 0]
    root, radius = metrics(loops[0], rest)
    begin = np.take_along_axis(truth, np.maximum(settled, 0)[:, :, None, None], axis=2)[:, :, 0]
    paths["once upright"] = follow(*loops, begin, PHASES["once upright"])
    tables = []
    for phase, each in paths.items():
        known = (settled >= 0) | (phase == "whole episode")
        known &= np.arange(SEEDS)[:, None] < read
        table = observed(each, root, SETTING.discount, known).assign(phase=phase)
        table["radius"] = radius[table["seed"]]
        table["settles"] = settled[table["seed"], table["start"]] >= 0
        tables.append(table)
    found = pd.concat(tables, ignore_index=True)
    return {"": found, "-steps": _shown(found, paths["once upright"], root)}


def _shown(table: pd.DataFrame, paths: Paths, root: Array) -> pd.DataFrame:
    """Of the pairs whose bound is finite, the one with the widest tube: real, imagined, and the tube."""
    finite = table[(table["phase"] == "once upright") & np.isfinite(table["bound"])]
    row = finite.loc[finite["average_dyn"].idxmax()]
    c, k = int(row["seed"]), int(row["start"])
    one = Paths(*(getattr(paths, name)[c : c + 1, k : k + 1] for name in Paths.__annotations__))
    radius = tube(one, root[c], float(row["rho"]))
    columns = {"seed": c, "start": k, "step": np.arange(len(radius)), "tube": radius}
    for name, states in (("real", one.real[0, 0]), ("imagined", one.imagined[0, 0])):
        columns |= {f"{name}_angle": states[:, 0], f"{name}_speed": states[:, 1]}
    entries = {f"root_{i}{j}": root[c, i, j] for i in range(2) for j in range(2)}
    return pd.DataFrame({**columns, "rho": float(row["rho"]), **entries})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, say what came out, and keep it if so told."""
    parser = argparse.ArgumentParser(prog="python -m imagination.studies.observed_loops", description=__doc__)
    parser.add_argument("--record", action="store_true", help=f"write data/{RECORD}*")
    keep = parser.parse_args(arguments).record
    begun = perf_counter()
    tables = run()
    seconds = perf_counter() - begun
    found = tables[""].assign(finite=np.isfinite(tables[""]["bound"]))
    print(found.groupby("phase", sort=False)[["finite", "rho", "gap", "settles"]].mean().to_string())
    for suffix, table in tables.items() if keep else ():
        records.save(
            RECORD + suffix,
            rounded(table, 9),
            command="python -m imagination.studies.observed_loops --record",
            parameters={"seeds": SEEDS, "starts": 12, "seed": 0, "rounds": ROUNDS, "share": SHARE}
            | {"discount": SETTING.discount, "upright": math.degrees(UPRIGHT)},
            seconds=seconds,
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
