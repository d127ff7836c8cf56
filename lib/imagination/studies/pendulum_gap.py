"""Chapter 1's study: Gymnasium's Pendulum-v1, models learned from its transitions, and the return gap.

Units are those of `imagination.worlds.gymnasium.pendulum`: states ``(cos θ, sin θ, θ̇ / velocity_unit)``,
actions ``torque / torque_unit``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from imagination import lipschitz
from imagination.models.least_squares import affine_dynamics, affine_reward, sine_dynamics, sine_reward
from imagination.models.networks import network_dynamics, network_reward
from imagination.results.return_gap import claims
from imagination.rollouts import Rollout, rollout
from imagination.worlds.continuous import (
    ContinuousMDP,
    Dynamics,
    Policy,
    Reward,
    Transitions,
    UniformBox,
    norm,
)
from imagination.worlds.gymnasium import (
    MAX_SPEED,
    MAX_TORQUE,
    OnPendulumStates,
    PendulumStates,
    collect,
    pendulum,
)
from imagination.worlds.policies import ClippedPolicy, LinearPolicy

FLOOR = {"network": 0.8, "sine features": 0.6, "affine": 0.3}
"""Models are put back on the circle: divided by the length of their point, or by this if that is longer."""

TOLERANCE = 0.02
"""A supremum enclosed this closely needs no finer cover."""


@dataclass(frozen=True)
class Study:
    """A real system and models of it, each a batch over seeds, with the domain on which errors count.

    Attributes
    ----------
    real : ContinuousMDP
        Pendulum-v1, C copies.
    imagined : dict of str to ContinuousMDP
        By the name of the model; configuration c is the model learned with seed c.
    states, actions : the domain, all of it.
    """

    real: ContinuousMDP
    imagined: Mapping[str, ContinuousMDP]
    states: PendulumStates
    actions: UniformBox

    @property
    def everything(self) -> dict[str, ContinuousMDP]:
        """The real system and the models, by name."""
        return {"Pendulum-v1": self.real, **self.imagined}


def gather(
    generator: np.random.Generator,
    count: int,
    *,
    velocity_unit: float = 15**0.5,
    torque_unit: float = MAX_TORQUE,
) -> Transitions:
    """Collect (count, ·) transitions of Pendulum-v1 through Gymnasium, under random torques.

    The pendulum is reset every 20 steps to any angle and any speed, so that the whole domain is seen.
    """
    raw = collect(
        "Pendulum-v1",
        generator,
        count,
        steps_per_reset=20,
        reset_options={"x_init": np.pi, "y_init": MAX_SPEED},
    )
    units = np.array([1.0, 1.0, velocity_unit])
    return Transitions(raw.state / units, raw.action / torque_unit, raw.reward, raw.next_state / units)


def study(
    transitions: Transitions,
    generator: np.random.Generator,
    *,
    discount: float,
    seeds: Sequence[int],
    epochs: int = 100,
    width: int = 32,
    features: int = 128,
    penalty: float = 1e-2,
    velocity_unit: float = 15**0.5,
    torque_unit: float = MAX_TORQUE,
) -> Study:
    """Learn three kinds of models from the same (N, ·) transitions, one of each per seed.

    *network*: two tanh layers by Adam. *sine features*: ridge regression on random sines. *affine*: least
    squares. All are put back on the pendulum's states after each step.
    """
    copies = len(seeds)
    real = pendulum(np.full(copies, float(discount)), velocity_unit=velocity_unit, torque_unit=torque_unit)
    repeated = transitions.take(np.broadcast_to(np.arange(len(transitions)), (copies, len(transitions))))
    training: dict[str, Any] = {"epochs": epochs, "width": width, "learning_rate": 1e-2}
    ridge: dict[str, Any] = {"width": features, "frequency": 0.5, "penalty": penalty}
    learned: dict[str, tuple[Dynamics, Reward]] = {
        "network": (
            network_dynamics(transitions, seeds, **training),
            network_reward(transitions, seeds, **training),
        ),
        "sine features": (
            sine_dynamics(repeated, generator, **ridge),
            sine_reward(repeated, generator, **ridge),
        ),
        "affine": (affine_dynamics(repeated), affine_reward(repeated)),
    }
    units = real.dynamics.velocity_unit  # type: ignore[attr-defined]
    imagined = {
        name: real.swap(
            dynamics=OnPendulumStates(dynamics, units, np.full(copies, FLOOR[name])), reward=reward
        )
        for name, (dynamics, reward) in learned.items()
    }
    torque = np.full((copies, 1), MAX_TORQUE / torque_unit)
    return Study(
        real, imagined, PendulumStates(units, np.full(copies, MAX_SPEED)), UniformBox(-torque, torque)
    )


def pump(study: Study, torque_per_speed: float) -> ClippedPolicy:
    """The policy that pushes the way the pendulum swings: torque = torque_per_speed (N m s) · θ̇, clipped."""
    real, limit = study.real.dynamics, study.actions.high
    gain = torque_per_speed * real.velocity_unit / real.torque_unit  # type: ignore[attr-defined]
    return ClippedPolicy(
        LinearPolicy(np.stack([0 * gain, 0 * gain, gain], axis=-1)[:, None, :]), -limit, limit
    )


def constants(study: Study, generator: np.random.Generator, count: int = 4096) -> pd.DataFrame:
    """Lipschitz constants of the system and its models, certified and observed; the worst over seeds."""
    rows = []
    for name, mdp in study.everything.items():
        row: dict[str, object] = {"system": name}
        for symbol, map_ in (("L_f", mdp.dynamics), ("L_r", mdp.reward)):
            arguments = (map_, study.states, study.actions, generator)
            sampled = lipschitz.sampled_lipschitz(*arguments, count)
            searched = lipschitz.searched_lipschitz(*arguments, steps=60)
            row[f"{symbol} observed"] = float(np.maximum(sampled, searched).max())
            row[f"{symbol} certified"] = float(map_.lipschitz().max())
        rows.append(row)
    return pd.DataFrame(rows).set_index("system")


def model_errors(study: Study, generator: np.random.Generator, max_cells: int = 60_000) -> pd.DataFrame:
    """Errors of the models on the domain, one row per model and seed.

    Columns, for `dyn` and `rew`: root mean square, largest observed (sampled, then searched), and a certified
    bound on the supremum.
    """
    rows = []
    for name, mdp in study.imagined.items():
        columns: dict[str, np.ndarray] = {}
        pairs = (("dyn", mdp.dynamics, study.real.dynamics), ("rew", mdp.reward, study.real.reward))
        for kind, learned, real in pairs:
            state, action = study.states.sample(generator, 4096), study.actions.sample(generator, 4096)
            error = lipschitz.difference(learned, real, state, action)
            columns[f"rms_{kind}"] = np.sqrt(np.mean(error**2, axis=-1))
            found = lipschitz.observed_error(learned, real, study.states, study.actions, generator, steps=60)
            lower, upper = certified_error(study, learned, real, max_cells)
            columns[f"observed_{kind}"] = np.maximum.reduce([found, error.max(axis=-1), lower])
            columns[f"certified_{kind}"] = upper
        frame = pd.DataFrame(columns).assign(model=name, seed=np.arange(study.real.batch_size))
        rows.append(frame)
    return pd.concat(rows).set_index(["model", "seed"])


def certified_error(
    study: Study, learned: Dynamics | Reward, real: Dynamics | Reward, max_cells: int
) -> tuple[np.ndarray, np.ndarray]:
    """Enclose the supremum of the difference of two maps over all angles, speeds and torques, (C,) each.

    The upper bound is infinite where the model cannot be shown to stay on the circle, for then imagined
    states could leave the set that is covered.
    """

    def error(state: np.ndarray, action: np.ndarray) -> np.ndarray:
        return lipschitz.difference(learned, real, state, action)

    lower, upper = _cover(study, error, _slopes(learned) + _slopes(real), max_cells)
    if isinstance(learned, OnPendulumStates):

        def shortfall(state: np.ndarray, action: np.ndarray) -> np.ndarray:
            return 1 - norm(learned.base(state, action)[..., :2])

        allowed = 1 - learned.floor
        deepest = _cover(study, shortfall, _slopes(learned.base), max_cells)[1]
        upper = np.where(deepest <= allowed, upper, np.inf)
    return lower, upper


def _slopes(map_: Any) -> np.ndarray:
    """How fast a map's value can change with angle, speed and torque, (C, 3)."""
    in_state, in_action = map_.block_lipschitz()
    return np.stack([in_state, in_state, in_action], axis=-1)


def _cover(
    study: Study,
    function: Callable[[np.ndarray, np.ndarray], np.ndarray],
    slopes: np.ndarray,
    max_cells: int,
) -> tuple[np.ndarray, np.ndarray]:
    copies = study.real.batch_size
    corner = np.array([np.pi, MAX_SPEED / study.states.velocity_unit[0], study.actions.high[0, 0]])

    def on_points(points: np.ndarray) -> np.ndarray:
        angle, speed, torque = points.T
        state = np.stack([np.cos(angle), np.sin(angle), speed], axis=-1)
        shared = (np.broadcast_to(array, (copies, *array.shape)) for array in (state, torque[:, None]))
        return function(*shared)

    return lipschitz.certified_supremum(
        on_points, slopes, -corner, corner, tolerance=TOLERANCE, max_cells=max_cells
    )


def trajectories(study: Study, policy: Policy, start: np.ndarray, horizon: int) -> dict[str, Rollout]:
    """Rollouts from the same initial states in the real system and in every model, by name."""
    return {name: rollout(mdp, policy, start, horizon) for name, mdp in study.everything.items()}


def gaps(study: Study, rollouts: Mapping[str, Rollout]) -> pd.DataFrame:
    """Largest ``|J_H(π, M̂) − J_H(π, M)|`` over the initial states: a row per model, seed and horizon H."""
    real = rollouts["Pendulum-v1"].rewards
    weight = study.real.discount[:, None] ** np.arange(real.shape[-1])
    frames = []
    for name in study.imagined:
        difference = np.cumsum(weight[:, None, :] * (rollouts[name].rewards - real), axis=-1)
        largest = np.abs(difference).max(axis=1)
        seed, step = np.indices(largest.shape)
        columns = {"seed": seed.ravel(), "horizon": step.ravel() + 1, "gap": largest.ravel()}
        frames.append(pd.DataFrame({"model": name, **columns}))
    return pd.concat(frames, ignore_index=True)


def bounds(study: Study, policy: Policy, errors: pd.DataFrame, horizons: np.ndarray) -> pd.DataFrame:
    """Bounds on the gap: a row per model and horizon, for the worst seed.

    Columns: `finite horizon` and `bounded states` with certified errors and the real system's certified
    constants (infinite where an error could not be certified); `observed` is `bounded states` with observed
    errors, which guarantees nothing.
    """
    real = study.real
    known = {name: value.max() for name, value in lipschitz.certified_constants(real, policy).items()}
    known["gamma"] = real.discount[0]
    finite = {"horizon": horizons}
    bounded = finite | {"diameter": np.max(real.diameter)}  # type: ignore[arg-type]
    worst = errors.groupby("model", sort=False).max()
    frames = []
    for name, row in worst.iterrows():
        columns = {"model": np.full(len(horizons), name), "horizon": horizons}
        for column, kind, claim, about in (
            ("finite horizon", "certified", claims.FINITE_HORIZON, finite),
            ("bounded states", "certified", claims.BOUNDED_STATES_FINITE, bounded),
            ("observed", "observed", claims.BOUNDED_STATES_FINITE, bounded),
        ):
            eps = {"eps_dyn": row[f"{kind}_dyn"], "eps_rew": row[f"{kind}_rew"]}
            columns[column] = claim.evaluate(outside=np.inf, **known, **eps, **about)
        frames.append(pd.DataFrame(columns))
    return pd.concat(frames, ignore_index=True)


def ceiling(study: Study, horizons: np.ndarray) -> np.ndarray:
    """The real return's whole range, since real rewards lie between their least and 0: (len(horizons),).

    A learned reward may leave that range, and then a gap can exceed it.
    """
    discount, worst = study.real.discount[0], float(study.real.reward.bound()[0])  # type: ignore[attr-defined]
    return worst * np.cumsum(discount ** np.arange(np.max(horizons)))[np.asarray(horizons) - 1]
