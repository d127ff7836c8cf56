"""Corollary 1, measured: models held smooth, the bound on their return gap, and the gap.

    python -m imagination.studies.representations --scale full --record

draws the recorded table again: models that predict Pendulum-v1's state, with clipped weights, limited
spectral norms or a gradient penalty. `imagination.studies.representations_latent` has models that see
pictures and predict codes; they are measured in the same way, here.

The bound is used with the learned side's constants: then errors count on real states alone, and codes
need not have dynamics of their own. Lipschitz constants are certified, errors are the largest on a grid of
states and torques.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import torch

from imagination import lipschitz, records
from imagination.models.latent import LatentModels
from imagination.models.latent_codes import curvature
from imagination.models.latent_training import pendulum_trajectories, state_grid
from imagination.models.smooth import CLIPS, Smoothing, smooth_dynamics, smooth_reward
from imagination.results.return_gap import claims as return_gap
from imagination.trials.recording import Command, rounded
from imagination.worlds.continuous import Array, ContinuousMDP, Transitions, norm
from imagination.worlds.gymnasium import MAX_SPEED, OnPendulumStates, pendulum
from imagination.worlds.teacher import NetworkDynamics, NetworkReward

DISCOUNT, HORIZONS = 0.9, (5, 15, 50)
"""A quarter of a second, and so on; what lies beyond the last horizon weighs half a percent."""

TORQUES = (-1.0, -0.5, 0.0, 0.5, 1.0)
"""Of the grid on which errors are looked for, in units of the largest."""

POLICIES = {
    "no torque": (0.0, 0.0, 0.0),
    "brake": (0.0, 0.0, -0.2),
    "pump": (0.0, 0.0, 0.2),
    "upright": (0.0, -0.3, -0.1),
}
"""Torque per unit of (cos θ, sin θ, speed), clipped: the policies whose gaps are bounded."""

CLASS_SIZE, STARTS = 12, 12
"""Random linear policies among which imagination chooses, and initial states."""

SPECTRAL = (0.6, 0.8, 1.0, 1.2, 1.5, 2.0)
PENALTIES = (1e-4, 1e-3, 1e-2, 0.03, 0.1)

SMOOTH: dict[str, list[tuple[float, Smoothing]]] = {
    "weight clipping": [(clip, Smoothing(clip=clip)) for clip in CLIPS],
    "spectral limit": [(limit, Smoothing(spectral=limit)) for limit in SPECTRAL],
    "gradient penalty": [(weight, Smoothing(penalty=weight)) for weight in PENALTIES],
    "free": [(0.0, Smoothing())],
}
"""Families of state-space models: the knob's value, and what it stands for."""

SCALES: dict[str, dict[str, int]] = {
    "quick": {"seeds": 2, "samples": 2000, "steps": 500},
    "full": {"seeds": 10, "samples": 4000, "steps": 4000},
}

CONSTANTS = {"L_f": "L_f_seen", "L_r": "L_r_seen", "eps_dyn": "eps_dyn_mean", "eps_rew": "eps_rew_mean"}
"""What a bound is made of, and what one sees of it: steepness at real states, mean errors."""

RECORD = "representations-smooth"


@dataclass(frozen=True, eq=False)
class Subject:
    """C models of one pendulum, and how they and their policies see it.

    Attributes
    ----------
    imagined : ContinuousMDP
        The learned world, of states or of codes.
    encode : callable
        Real states (C, K, 3) or (K, 3) to states of the learned world.
    decoder, offset : (C, 3, d), (C, 3)
        What policies, linear in (cos θ, sin θ, speed), read these from.
    """

    imagined: ContinuousMDP
    encode: Callable[[Array], Array]
    decoder: np.ndarray
    offset: np.ndarray

    def act(self, code: np.ndarray, gain: np.ndarray) -> np.ndarray:
        """Clipped torques (C, K, 1) of linear policies with gains (K, 3), one a point."""
        decoded = code @ np.swapaxes(self.decoder, 1, 2) + self.offset[:, None]
        return np.clip((decoded * gain).sum(-1, keepdims=True), -1.0, 1.0)

    def policy_lipschitz(self, gain: np.ndarray) -> np.ndarray:
        """Constants (C, P) of the policies with gains (P, 3), per unit of the learned world's states."""
        return np.linalg.norm(gain @ self.decoder, axis=-1)


def state_subject(dynamics: NetworkDynamics, reward: NetworkReward, real: ContinuousMDP) -> Subject:
    """Models of the state itself, kept in the cylinder around the pendulum's states.

    That set is convex and holds all real states: the projection costs neither smoothness nor error.
    """
    copies = real.batch_size
    unit: np.ndarray = real.dynamics.velocity_unit  # type: ignore[attr-defined]
    kept = OnPendulumStates(dynamics, unit, np.ones(copies))
    decoder = np.broadcast_to(np.eye(3), (copies, 3, 3)).copy()

    def as_it_is(state: np.ndarray) -> np.ndarray:
        return np.broadcast_to(state, (copies, *state.shape[-2:]))

    return Subject(real.swap(dynamics=kept, reward=reward), as_it_is, decoder, np.zeros((copies, 3)))


def latent_subject(models: LatentModels, real: ContinuousMDP) -> Subject:
    """Models of codes."""
    return Subject(models.imagined(real), models.encode, models.decoder, models.decoder_offset)


# --- what is measured ------------------------------------------------------------------------------


def measure(subject: Subject, generator: np.random.Generator) -> pd.DataFrame:
    """Constants, errors, bounds and gaps of the models of one subject.

    Returns
    -------
    DataFrame
        A row for each model (`seed`), policy of `POLICIES` and horizon. Of the model: `L_f`, `L_r`
        (certified) and `L_f_seen`, `L_r_seen` (steepest at real states); `eps_dyn`, `eps_rew` (largest on the
        grid) and `eps_dyn_mean`, `eps_rew_mean` (on fresh trajectories under random torques); `step` (how far
        a real step goes there, in the learned world's units) and `curvature` of those trajectories;
        `diameter`. With the policy: `L_pi`, `imagined_curvature`, and `lemma` (Lemma 1, any horizon; infinite
        where γL >= 1). With the horizon too: `gap` (largest over initial states), `gap_mean` (mean over
        them), `real_return` (mean), `bound` (for the horizon), `closed` (for bounded states too), and
        `hoped`: the latter with the constants seen and the mean errors, which guarantees nothing. With the
        horizon alone: `regret` of the policy that imagination prefers in the class, and `class_gap`, the
        mean |gap| there.
    """
    model = {**_constants(subject), **_errors(subject, generator)}
    acted, of_model = _acted(subject, generator)
    gains = np.array(list(POLICIES.values()))
    rows = []
    for (index, policy), (when, horizon) in product(enumerate(POLICIES), enumerate(HORIZONS)):
        known = {"gamma": DISCOUNT, "L_pi": subject.policy_lipschitz(gains)[:, index]}
        sure = {**known, **{symbol: model[symbol] for symbol in CONSTANTS}}
        hope = {**known, **{symbol: model[seen] for symbol, seen in CONSTANTS.items()}}
        closed = {"horizon": horizon, "diameter": model["diameter"]}
        columns = {
            "policy": policy,
            "horizon": horizon,
            "seed": np.arange(subject.imagined.batch_size),
            "L_pi": known["L_pi"],
            **{name: value[:, index, when] for name, value in acted.items()},
            "lemma": return_gap.LEMMA_1.evaluate(outside=np.inf, **sure),
            "bound": return_gap.bound(**sure, horizon=horizon),
            "closed": return_gap.bound(**sure, **closed),
            "hoped": return_gap.bound(**hope, **closed),
            **model,
            **{name: value[:, when] for name, value in of_model.items()},
        }
        rows.append(pd.DataFrame(columns))
    return pd.concat(rows, ignore_index=True)


def _constants(subject: Subject) -> dict[str, np.ndarray]:
    world = subject.imagined
    state = np.tile(state_grid(24, 9), (len(TORQUES), 1))
    action = np.repeat(TORQUES, len(state) // len(TORQUES))[:, None]
    codes = np.array(subject.encode(state))
    actions = np.broadcast_to(action, (*codes.shape[:2], 1)).copy()
    return {
        "L_f": world.dynamics.lipschitz(),
        "L_f_seen": lipschitz.jacobian_lipschitz(world.dynamics, codes, actions),
        "L_r": world.reward.lipschitz(),
        "L_r_seen": lipschitz.jacobian_lipschitz(world.reward, codes, actions),
        "diameter": np.asarray(world.diameter),
    }


def _errors(subject: Subject, generator: np.random.Generator) -> dict[str, np.ndarray]:
    real = pendulum(np.zeros(1))

    def errors(state: np.ndarray, action: np.ndarray) -> tuple[np.ndarray, ...]:
        """Errors of dynamics and reward, and lengths of real steps, (C, K) each, at (K, ·) points."""
        following, reward = (value[0] for value in real.step(state[None], action[None]))
        code, moved = subject.encode(state), subject.encode(following)
        shared = np.broadcast_to(action, (len(code), *action.shape))
        imagined, judged = subject.imagined.step(code, shared)
        return norm(imagined - moved), np.abs(judged - reward), norm(moved - code)

    grid = state_grid(48, 25)
    worst = [[error.max(1) for error in errors(grid, np.full((len(grid), 1), u))[:2]] for u in TORQUES]
    fresh = pendulum_trajectories([generator], 100, 10)
    dyn, rew, step = errors(fresh.states[0, :, :-1].reshape(-1, 3), fresh.actions[0].reshape(-1, 1))
    codes = subject.encode(fresh.states[0].reshape(-1, 3)).reshape(len(dyn), 100, 11, -1)
    first, second, third = (torch.as_tensor(codes[:, :, t : t + 9].copy()).flatten(1, 2) for t in range(3))
    return {
        "eps_dyn": np.maximum(np.max([pair[0] for pair in worst], axis=0), dyn.max(1)),
        "eps_rew": np.maximum(np.max([pair[1] for pair in worst], axis=0), rew.max(1)),
        "eps_dyn_mean": dyn.mean(1),
        "eps_rew_mean": rew.mean(1),
        "step": step.mean(1),
        "curvature": curvature(first, second, third).numpy(),
    }


def _acted(
    subject: Subject, generator: np.random.Generator
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Follow the policies, and those of the class, in both worlds from common initial states.

    Returns what belongs to a policy, (C, P, horizons) each, and what belongs to the class, (C, horizons).
    """
    directions = generator.standard_normal((CLASS_SIZE, 3))
    sizes = generator.uniform(0, 1, (CLASS_SIZE, 1))
    drawn = sizes * directions / np.linalg.norm(directions, axis=1, keepdims=True)
    gains = np.concatenate([list(POLICIES.values()), drawn])
    real = pendulum(np.full(subject.imagined.batch_size, DISCOUNT))
    start = pendulum(np.zeros(1)).initial.sample(generator, STARTS)[0]
    points, gain = np.tile(start, (len(gains), 1)), np.repeat(gains, STARTS, axis=0)
    state = np.broadcast_to(points, (real.batch_size, *points.shape)).copy()
    code = np.array(subject.encode(points))
    earned, dreamt, path = [], [], [code]
    for t in range(max(HORIZONS)):
        state, reward = real.step(state, subject.act(subject.encode(state), gain))
        code, guessed = subject.imagined.step(code, subject.act(code, gain))
        earned.append(DISCOUNT**t * reward)
        dreamt.append(DISCOUNT**t * guessed)
        path.append(code)

    def returns(rewards: list[np.ndarray]) -> np.ndarray:
        """(C, policies, initial states, horizons)"""
        until = np.cumsum(rewards, axis=0)[np.array(HORIZONS) - 1]
        return np.moveaxis(until, 0, -1).reshape(real.batch_size, len(gains), STARTS, len(HORIZONS))

    truth, belief = returns(earned), returns(dreamt)
    gap, count = np.abs(belief - truth), len(POLICIES)
    first, second, third = (torch.as_tensor(np.stack(path[t : t - 2 or None], axis=2)) for t in range(3))
    straight = torch.nn.functional.cosine_similarity(second - first, third - second, dim=-1).numpy()
    bent = 1 - straight.mean(-1).reshape(gap.shape[:3]).mean(2)
    of_policy = {
        "gap": gap.max(2)[:, :count],
        "gap_mean": gap.mean(2)[:, :count],
        "real_return": truth.mean(2)[:, :count],
        "imagined_curvature": np.repeat(bent[:, :count, None], len(HORIZONS), axis=2),
    }
    real_mean, favourite = truth.mean(2)[:, count:], belief.mean(2)[:, count:].argmax(1)
    regret = real_mean.max(1) - np.take_along_axis(real_mean, favourite[:, None], axis=1)[:, 0]
    return of_policy, {"regret": regret, "class_gap": gap.mean(2)[:, count:].mean(1)}


# --- the sweep -------------------------------------------------------------------------------------


def run(
    scale: str = "quick",
    *,
    seed: int = 0,
    families: Sequence[str] = tuple(SMOOTH),
    seeds: int | None = None,
) -> pd.DataFrame:
    """Train state-space models, more or less smooth, and measure constants, errors and gaps.

    All knobs of a seed share data, start, batches and a learned reward.

    Parameters
    ----------
    scale : {"quick", "full"}
        See `SCALES`.
    seed : of everything.
    families : of `SMOOTH`, by name.
    seeds : only so many of the scale's seeds; the models of a seed do not depend on how many there are.

    Returns
    -------
    DataFrame
        What `measure` says, with the columns `family` and `knob`.

    Raises
    ------
    ValueError
        If there is no such scale, or there are more seeds than it has.
    """
    size = chosen_size(SCALES, scale, seeds)
    numbers, generators = seeded(seed, size["seeds"])
    real = pendulum(np.full(len(numbers), DISCOUNT))
    anywhere = pendulum(np.zeros(1), initial_speed=MAX_SPEED).initial
    state = np.concatenate([anywhere.sample(generator, size["samples"]) for generator in generators])
    action = np.stack([generator.uniform(-1, 1, (size["samples"], 1)) for generator in generators])
    following, reward = real.step(state, action)
    data = Transitions(state, action, reward, following)
    judge = smooth_reward(data, numbers, [Smoothing()], steps=size["steps"], learning_rate=2e-2)
    tables = []
    for family in families:
        knobs, settings = zip(*SMOOTH[family], strict=True)
        dynamics = smooth_dynamics(data, numbers, settings, steps=size["steps"])
        for index, knob in enumerate(knobs):
            own = dynamics.take(np.arange(index * len(numbers), (index + 1) * len(numbers)))
            table = measure(state_subject(own, judge, real), np.random.default_rng([seed, 1]))
            tables.append(table.assign(family=family, knob=knob))
    return in_order(pd.concat(tables, ignore_index=True))


def seeded(seed: int, count: int) -> tuple[list[int], list[np.random.Generator]]:
    """A whole number, for weights and batches, and a generator, for data, of each of `count` seeds."""
    children = np.random.SeedSequence(seed).spawn(count)
    return [int(c.generate_state(1)[0]) for c in children], [np.random.default_rng(c) for c in children]


def chosen_size(scales: Mapping[str, dict[str, Any]], scale: str, seeds: int | None) -> dict[str, Any]:
    """The size of a scale, with its own number of seeds or a smaller one."""
    if scale not in scales:
        raise ValueError(f"scale must be one of {sorted(scales)}, got {scale!r}")
    size = scales[scale]
    if seeds is not None and not 1 <= seeds <= size["seeds"]:
        raise ValueError(f"seeds must lie between 1 and {size['seeds']}, got {seeds}")
    return size if seeds is None else {**size, "seeds": seeds}


def in_order(table: pd.DataFrame, *also: str) -> pd.DataFrame:
    """The table with the columns first that say which model, which policy and which horizon."""
    first = ["family", "knob", *also, "seed", "policy", "horizon"]
    return table[[*first, *(column for column in table if column not in first)]]


def violations(table: pd.DataFrame) -> pd.DataFrame:
    """Rows in which a gap exceeds its bound."""
    return table[table["gap"] > table[["bound", "closed", "lemma"]].min(axis=1)]


def recorded() -> pd.DataFrame:
    """The recorded table, at full scale."""
    return records.load(RECORD)


def summary(table: pd.DataFrame) -> str:
    """What came out, in short: medians over seeds and policies at the longest horizon."""
    last = table[table["horizon"] == max(HORIZONS)].groupby(["family", "knob"], sort=False)
    shown = ["L_f", "L_f_seen", "eps_dyn", "eps_dyn_mean", "bound", "closed", "hoped", "gap", "regret"]
    return last[shown].median().to_string(float_format="{:.4g}".format)


main = Command(
    module="imagination.studies.representations",
    record=RECORD,
    run=run,
    say=summary,
    parameters=lambda scale: SCALES[scale],
    scales=SCALES,
    default="quick",
    compact=lambda table: rounded(table, 7),
    violations=violations,
    unit="gaps",
)


if __name__ == "__main__":
    raise SystemExit(main())
