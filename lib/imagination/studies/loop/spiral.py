"""The loop on a linear-quadratic system: least squares, REINFORCE in imagination, all else in closed form.

    python -m imagination.studies.loop.spiral --record

makes the recorded rounds again. The world is a puck that spirals towards the origin by itself, and thrusters
that help it along. What the learner writes down of it is noisy, so its models are never quite right.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from imagination.models.quadratic import linear_dynamics, quadratic_reward
from imagination.reinforce.gradients import mean_gradient
from imagination.reinforce.linear_policies import LinearGaussianPolicy
from imagination.reinforce.problems import Estimator
from imagination.reinforce.sampling import ContinuousWorld, Labels, sample
from imagination.reinforce.training import Adam, train
from imagination.rollouts import rollout, transitions
from imagination.studies.loop import rounds
from imagination.studies.loop.closed_forms import (
    System,
    decompose_linear,
    start_moment,
    system_of,
    trace,
)
from imagination.studies.loop.diagnostics import bounds, regret_bound
from imagination.studies.loop.gridworld import rival_rows, rows
from imagination.worlds.continuous import (
    AffineDynamics,
    BallProjected,
    ContinuousMDP,
    Transitions,
    UniformBall,
    project_ball,
    spectral_norm,
)
from imagination.worlds.linear_quadratic import QuadraticReward
from imagination.worlds.policies import LinearPolicy

__all__ = [
    "RECORD",
    "SCALES",
    "Settings",
    "collect",
    "go_round",
    "improve",
    "learn",
    "measure",
    "run",
    "world",
]

Array = NDArray[Any]

RECORD = "imagination-linear-quadratic"
ESTIMATOR = Estimator("discounted", baseline="value")
RATES = (0.003, 0.01, 0.03, 0.1, 0.3)
"""Step sizes tried for REINFORCE in the real world; the best is reported. Imagination's is not tuned."""


@dataclass(frozen=True)
class Settings:
    """A loop on the spiral.

    Attributes
    ----------
    seeds, rounds : int
    discount, L_f, action_cost : the world; see `spiral`.
    largest_gain : the class of policies, all gains K with ‖K‖ at most this.
    noise : standard deviation of the sensors' noise, on every coordinate of a next state and on every reward.
    episodes, length : real episodes a round, steps of each.
    std : spread of the policy's actions, in training and in collecting.
    updates, rollouts, horizon, rate : gradient steps a round; rollouts of each, their steps; step size.
    listed : how many steps of an imagined rollout the record of steps lists.
    """

    seeds: int = 20
    rounds: int = 10
    discount: float = 0.9
    L_f: float = 0.75
    action_cost: float = 2.0
    largest_gain: float = 0.3
    noise: float = 0.1
    episodes: int = 4
    length: int = 10
    std: float = 0.2
    updates: int = 60
    rollouts: int = 32
    horizon: int = 25
    rate: float = 0.02
    listed: int = 40

    @property
    def real_steps(self) -> int:
        """Real steps of one round."""
        return self.episodes * self.length


SCALES = {"quick": Settings(seeds=10, rounds=4), "full": Settings()}

TURN = np.pi / 6


def world(settings: Settings, copies: int | None = None) -> ContinuousMDP:
    """``s' = P(L_f (R s + a))`` in the plane, R a turn by 30°, P the projection on the unit disc.

    Cost ``‖s‖² + action_cost ‖a‖²``; actions of length up to 1; starts anywhere on the disc.
    """
    batch = settings.seeds if copies is None else copies
    turn = np.array([[np.cos(TURN), -np.sin(TURN)], [np.sin(TURN), np.cos(TURN)]])
    ones, eye = np.ones(batch), np.eye(2)
    matrices = [np.tile(settings.L_f * matrix, (batch, 1, 1)) for matrix in (turn, eye)]
    costs = [np.tile(scale * eye, (batch, 1, 1)) for scale in (1.0, settings.action_cost)]
    return ContinuousMDP(
        BallProjected(AffineDynamics(matrices[0], matrices[1], np.zeros((batch, 2))), ones),
        QuadraticReward(costs[0], costs[1], ones, ones),
        UniformBall(ones, 2),
        settings.discount * ones,
        diameter=2 * ones,
    )


# Closed forms, as long as no projection acts


class Data(NamedTuple):
    """All transitions so far, (C, N, ·), as the sensors saw them."""

    transitions: Transitions

    @property
    def steps(self) -> int:
        """Real steps so far."""
        return len(self.transitions)


class ProjectedAdam(Adam):
    """Adam whose gains are put back into the class after every step: singular values clipped."""

    def __init__(self, rate: float, largest: float, shape: tuple[int, ...]) -> None:
        super().__init__(rate)
        self.largest, self.shape = largest, shape

    def step(self, vector: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
        """Parameters (C, P) after a step along `gradient`."""
        gain = super().step(vector, gradient).unflatten(1, self.shape)
        left, scale, right = torch.linalg.svd(gain, full_matrices=False)
        return (left * scale.clamp(max=self.largest)[:, None] @ right).flatten(1)


def collect(
    real: ContinuousMDP,
    policy: LinearGaussianPolicy,
    data: Data | None,
    settings: Settings,
    rng: np.random.Generator,
) -> Data:
    """Fly `episodes` real episodes in every copy of the world; the sensors add their noise."""
    ones = np.ones(real.batch_size)

    def act(state: Array) -> Array:
        mean = LinearPolicy(policy.gain.numpy())(state)
        return project_ball(mean + settings.std * rng.standard_normal(mean.shape), ones)

    flown = rollout(real, _Acting(act), real.initial.sample(rng, settings.episodes), settings.length)
    true = transitions(flown)
    new = Transitions(
        true.state,
        true.action,
        true.reward + settings.noise * rng.standard_normal(true.reward.shape),
        true.next_state + settings.noise * rng.standard_normal(true.next_state.shape),
    )
    if data is None:
        return Data(new)
    both = (data.transitions, new)
    names = ("state", "action", "reward", "next_state")
    return Data(Transitions(*(np.concatenate([getattr(d, n) for d in both], axis=1) for n in names)))


@dataclass(frozen=True)
class _Acting:
    """A function of the state as a policy whose smoothness no one asks for."""

    function: Any

    def __call__(self, state: Array) -> Array:
        return self.function(state)

    def lipschitz(self) -> Array:
        raise NotImplementedError


def learn(real: ContinuousMDP, data: Data, penalty: float = 1e-3) -> ContinuousMDP:
    """Least squares; of the real world it takes the disc, the discount and where episodes start."""
    ones = np.ones(real.batch_size)
    return real.swap(
        dynamics=BallProjected(linear_dynamics(data.transitions, penalty), ones),
        reward=quadratic_reward(data.transitions, ones, ones, penalty),
    )


def improve(
    policy: LinearGaussianPolicy, learned: ContinuousMDP, settings: Settings, generator: torch.Generator
) -> LinearGaussianPolicy:
    """REINFORCE in the learned world, and nowhere else."""
    found = train(
        ContinuousWorld(learned),
        policy,
        steps=settings.updates,
        rollouts=settings.rollouts,
        horizon=settings.horizon,
        generator=generator,
        estimator=ESTIMATOR,
        optimiser=ProjectedAdam(settings.rate, settings.largest_gain, tuple(policy.gain.shape[1:])),
    )
    assert isinstance(found.policy, LinearGaussianPolicy)
    return found.policy


def first_policy(settings: Settings, copies: int | None = None) -> LinearGaussianPolicy:
    """No thrust but the noise that explores."""
    batch = settings.seeds if copies is None else copies
    return LinearGaussianPolicy(torch.zeros(batch, 2, 2, dtype=torch.float64), settings.std)


# What is measured


def measure(
    real: ContinuousMDP, learned: ContinuousMDP, policy: LinearGaussianPolicy, settings: Settings
) -> dict[str, Array]:
    """What a round writes down of policies without their noise, (C,) each: see `rounds.ROUND_COLUMNS`, and

    `finite_gap`, the gap of returns of `listed` steps, which `finite` bounds; `on_average`, the identity
    with absolute values, step by step; `regret_known`, the bound of regret with the two gaps that matter
    instead of a bound of all gaps.

    Bounds are infinite where imagination may leave the disc, on which the errors are known.
    """
    gain, discount = policy.gain.numpy(), real.discount
    true, imagined = system_of(real), system_of(learned)
    start = start_moment(np.ones(len(discount)), gain.shape[2])
    parts = decompose_linear(true, imagined, gain, start, discount, settings.listed)
    constants = constants_of(real, learned, gain, settings)
    for_all = {**constants, "L_pi": np.full(len(discount), settings.largest_gain)}
    of_all = bounds(for_all, diameter=real.diameter)
    best, best_value = true.optimal(discount)
    best_return = trace(best_value, start)
    delta = imagined.best_return(discount, start) - parts.imagined
    optimum = trace(imagined.value(best, discount), start) - best_return
    known = np.maximum(np.abs(parts.gap), np.abs(optimum))
    return {
        **parts.columns(),
        "eps_dyn": constants["eps_dyn"],
        "eps_rew": constants["eps_rew"],
        **bounds(constants, diameter=real.diameter),
        "finite": bounds(constants, horizon=settings.listed)["finite"],
        "regret": best_return - parts.real,
        "regret_bound": regret_bound(np.minimum(of_all["lemma_1"], of_all["bounded"]), delta),
        "finite_gap": finite_gap(true, imagined, gain, start, discount, settings.listed),
        "on_average": np.abs(parts.reward).sum(axis=1) + np.abs(parts.dynamics).sum(axis=1),
        "regret_known": regret_bound(known, delta),
    }


def constants_of(
    real: ContinuousMDP, learned: ContinuousMDP, gain: Array, settings: Settings
) -> dict[str, Array]:
    """What Lemma 1 speaks of, certified, (C,) each, with the real world's smoothness.

    The errors are the largest on the disc under actions of the class. Where the learned loop may leave the
    disc nothing is known of them: they are infinite.
    """
    true, imagined = system_of(real), system_of(learned)
    stays = np.maximum(*(spectral_norm(system.closed(gain)[0]) for system in (true, imagined))) <= 1
    off_state = spectral_norm(imagined.state_matrix - true.state_matrix)
    off_action = spectral_norm(imagined.action_matrix - true.action_matrix)
    d, reach = gain.shape[2], settings.largest_gain
    off = imagined.form - true.form
    off_reward = (
        spectral_norm(off[:, :d, :d])
        + 2 * reach * spectral_norm(off[:, :d, d:])
        + reach**2 * spectral_norm(off[:, d:, d:])
    )
    return {
        "gamma": real.discount,
        "L_f": real.dynamics.lipschitz(),
        "L_r": real.reward.lipschitz(),
        "L_pi": spectral_norm(gain),
        "eps_dyn": np.where(stays, off_state + reach * off_action, np.inf),
        "eps_rew": np.where(stays, off_reward, np.inf),
    }


def finite_gap(
    real: System, learned: System, gain: Array, start: Array, discount: Array, steps: int
) -> Array:
    """Gap of returns of so many `steps`, (C,)."""
    total = np.zeros(len(gain))
    for system, sign in ((learned, 1), (real, -1)):
        (loop, reward), now = system.closed(gain), start
        for t in range(steps):
            total += sign * discount**t * trace(reward, now)
            now = loop @ now @ loop.mT
    return total


def steps_of(
    real: ContinuousMDP, learned: ContinuousMDP, policy: LinearGaussianPolicy, count: int
) -> pd.DataFrame:
    """Where along an imagined rollout the gap comes from: `seed`, `step`, `reward_part`, `dynamics_part`."""
    gain = policy.gain.numpy()
    start = start_moment(np.ones(len(gain)), gain.shape[2])
    parts = decompose_linear(system_of(real), system_of(learned), gain, start, real.discount, count)
    seed, step = np.indices(parts.reward.shape)
    columns = {"reward_part": parts.reward.ravel(), "dynamics_part": parts.dynamics.ravel()}
    return pd.DataFrame({"seed": seed.ravel(), "step": step.ravel(), **columns})


# The loop in imagination, and its rival


def go_round(
    real: ContinuousMDP,
    settings: Settings,
    collecting: np.random.Generator,
    training: np.random.Generator,
    measure: Callable[[int, LinearGaussianPolicy, ContinuousMDP, Data], pd.DataFrame],
) -> tuple[LinearGaussianPolicy, ContinuousMDP, pd.DataFrame]:
    """The loop in imagination: the last policies and models, and what was measured (see `rounds.run`)."""
    generator = torch.Generator().manual_seed(int(training.integers(2**62)))
    return rounds.run(
        first_policy(settings),
        rounds=settings.rounds,
        collect=lambda policy, data: collect(real, policy, data, settings, collecting),
        learn=lambda data: learn(real, data),
        improve=lambda policy, learned: improve(policy, learned, settings, generator),
        measure=measure,
    )


def run(settings: Settings, rng: np.random.Generator) -> rounds.Result:
    """The loop in imagination beside REINFORCE in the real world, with as many real steps."""
    real = world(settings)
    best, _ = system_of(real).optimal(real.discount)
    if np.any(spectral_norm(best) > settings.largest_gain):
        raise ValueError(
            f"largest_gain must admit the best gain of all, {spectral_norm(best).max():.3f}, "
            f"got {settings.largest_gain}"
        )
    step_tables = []
    collecting, training, rival = rng.spawn(3)

    def measured(
        number: int, policy: LinearGaussianPolicy, learned: ContinuousMDP, data: Data
    ) -> pd.DataFrame:
        if number in {0, settings.rounds // 2, settings.rounds - 1}:
            table = steps_of(real, learned, policy, settings.listed)
            step_tables.append(table.assign(arm="imagination", round=number))
        return rows("imagination", number, data.steps, measure(real, learned, policy, settings))

    policy, learned, table = go_round(real, settings, collecting, training, measured)
    outside = in_the_real_world(settings, rival).reindex(columns=table.columns, fill_value=0.0)
    return rounds.Result(
        pd.concat([table, outside], ignore_index=True),
        pd.concat(step_tables, ignore_index=True)[list(rounds.STEP_COLUMNS)],
        learned,
        policy,
    )


def in_the_real_world(settings: Settings, rng: np.random.Generator) -> pd.DataFrame:
    """REINFORCE whose rollouts are the real episodes: one update a round, an arm for each of `RATES`."""
    real, tables = world(settings), []
    start = start_moment(np.ones(settings.seeds), 2)
    true, outside = system_of(real), ContinuousWorld(real)
    best = trace(true.optimal(real.discount)[1], start)
    for rate in RATES:
        generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
        policy, labels = first_policy(settings), Labels(settings.noise)
        optimiser = ProjectedAdam(rate, settings.largest_gain, (2, 2))
        for number in range(settings.rounds):
            drawn = sample(outside, policy, settings.episodes, settings.length, generator)
            drawn = drawn.with_reward(labels(drawn, generator))
            estimator = Estimator("discounted", baseline="constant")
            gradient = mean_gradient(policy, drawn, estimator, outside.discount)
            policy = policy.with_flat(optimiser.step(policy.flat(), gradient))
            value = trace(true.value(policy.gain.numpy(), real.discount), start)
            steps = (number + 1) * settings.real_steps
            tables.append(rival_rows(f"real world, rate {rate:g}", number, steps, value, best - value))
    return pd.concat(tables, ignore_index=True)


main = rounds.command(
    "imagination.studies.loop.spiral", RECORD, run, SCALES, rounds.mean_by_round("regret", 4)
)


if __name__ == "__main__":
    raise SystemExit(main())
