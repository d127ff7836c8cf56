"""The book's advice tried within the loop, at equal budgets: splits, labels, frozen rewards, horizons.

    python -m imagination.studies.loop.advice --record

makes the record again. Each trial returns a table with one row an arm, seed and `x`, what is varied.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from imagination import records
from imagination.decide import label_cost as fidelity
from imagination.decide import planner
from imagination.models.counts import CountModel
from imagination.models.quadratic import QuadraticFormReward, linear_dynamics, quadratic_reward
from imagination.reinforce.problems import SoftmaxPolicy
from imagination.results.budget.claims import MULTIPLIER
from imagination.sensitivities import adjoint
from imagination.studies import learning
from imagination.studies.loop import gridworld as tabular
from imagination.studies.loop import regulator as lq
from imagination.trials.recording import Command
from imagination.worlds.continuous import AffineDynamics, BallProjected, ContinuousMDP, Transitions
from imagination.worlds.policies import LinearPolicy
from imagination.worlds.tabular import TabularMDP

__all__ = [
    "COLUMNS",
    "RECORD",
    "SCALES",
    "TRIALS",
    "Scale",
    "frozen",
    "horizons",
    "labels",
    "recorded",
    "run",
    "split",
    "splits",
]

Array = NDArray[Any]

RECORD = "imagination-advice"
COLUMNS = ("trial", "arm", "x", "seed", "imagined_return", "real_return", "regret")


@dataclass(frozen=True)
class Scale:
    """How many seeds each trial has, the one of splits, and how many updates the one of frozen rewards makes.

    Splits differ by little: they need more seeds to be told apart.
    """

    seeds: int = 30
    split_seeds: int = 120
    updates: int = 400


SCALES = {"quick": Scale(seeds=8, split_seeds=8, updates=100), "full": Scale()}


# The planner's split against half and half


BUDGET, COST_DYN, COST_REW = 300.0, 1.0, 5.0
"""What may be spent on samples, and what one costs: a reward is five times as dear as a transition."""

SHARES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
"""Shares of the budget spent on the dynamics, tried one by one."""

PILOT = (16, 32, 64, 128)
"""Samples of each kind in the pilot from which the planner plans. It is not charged."""


def scattered(real: ContinuousMDP, count: int, noise: float, rng: np.random.Generator) -> Transitions:
    """(C, count, ·) noisy transitions from states on the whole disc and actions as large as the class has."""
    largest = lq.Settings().largest_gain
    state, action = real.initial.sample(rng, count), largest * real.initial.sample(rng, count)
    next_state, reward = real.step(state, action)
    off = noise * rng.standard_normal(next_state.shape)
    return Transitions(state, action, reward + noise * rng.standard_normal(reward.shape), next_state + off)


def bought(
    real: ContinuousMDP, N_dyn: int, N_rew: int, settings: lq.Settings, rng: np.random.Generator
) -> ContinuousMDP:
    """Models of so many transitions and so many other states with a reward."""
    of_dyn, of_rew = rng.spawn(2)
    ones = np.ones(real.batch_size)
    dynamics = linear_dynamics(scattered(real, N_dyn, settings.noise, of_dyn), 1e-3)
    reward = quadratic_reward(scattered(real, N_rew, settings.noise, of_rew), ones, ones, 1e-3)
    return real.swap(dynamics=BallProjected(dynamics, ones), reward=reward)


def pilot(settings: lq.Settings, rng: np.random.Generator, seeds: int = 10) -> pd.DataFrame:
    """Largest errors of models of few samples, which the bound speaks of, as the planner reads them."""
    real, frames = lq.spiral(settings, seeds), []
    no_thrust = np.zeros((seeds, 2, 2))
    for count in PILOT:
        learned = bought(real, count, count, settings, rng)
        found = lq.constants_of(real, learned, no_thrust, settings)
        for quantity, name in (("dynamics", "eps_dyn"), ("reward", "eps_rew")):
            columns = {"samples": count, "error": found[name], "seed": np.arange(seeds)}
            frames.append(pd.DataFrame({"quantity": quantity, **columns}))
    table = pd.concat(frames, ignore_index=True)
    return table[np.isfinite(table["error"])]


def multipliers(settings: lq.Settings, rng: np.random.Generator, seeds: int = 10) -> dict[str, float]:
    """How much an error of the dynamics weighs: by Theorem 1's constants, and as realised in pilot models."""
    real = lq.spiral(settings, seeds)
    constants = {
        "gamma": settings.discount,
        "L_f": float(real.dynamics.lipschitz()[0]),
        "L_r": float(real.reward.lipschitz()[0]),
        "L_pi": settings.largest_gain,
    }
    learned = bought(real, PILOT[-1], PILOT[-1], settings, rng)
    best, _ = lq.system_of(learned).optimal(real.discount)
    followed = adjoint(learned, LinearPolicy(best), real.initial.sample(rng, 64), settings.listed)
    realised = followed.in_any_direction().mean(axis=1) / followed.weights.sum(axis=1)
    return {"Theorem 1's constants": MULTIPLIER.evaluate(**constants), "realised": float(realised.mean())}


def splits(rng: np.random.Generator) -> pd.DataFrame:
    """The splits that are compared: `rule`, `multiplier`, `share` of the dynamics, `N_dyn`, `N_rew`."""
    settings = lq.Settings()
    measured = pilot(settings, rng)
    rows = [("half and half", np.inf, 0.5)]
    for name, multiplier in multipliers(settings, rng).items():
        plan = planner.plan(
            measured,
            budget=BUDGET,
            cost_dyn=COST_DYN,
            cost_rew=COST_REW,
            multiplier=multiplier,
            law="power",
            replicates=100,
            rng=rng,
        )
        rows.append((f"planner, {name}", multiplier, float(plan.split.loc["dynamics", "share"])))
    table = pd.DataFrame(rows, columns=["rule", "multiplier", "share"])
    return table.assign(N_dyn=_dyn(table["share"]), N_rew=_rew(table["share"]))


def _dyn(share: Any) -> Any:
    return np.floor(np.asarray(share) * BUDGET / COST_DYN).astype(int)


def _rew(share: Any) -> Any:
    return np.floor((1 - np.asarray(share)) * BUDGET / COST_REW + 1e-9).astype(int)


def split(scale: Scale, rng: np.random.Generator) -> pd.DataFrame:
    """Regret on the spiral after one round, by the share of the budget spent on the dynamics (`x`)."""
    settings, own = lq.Settings(), rng.spawn(2)
    rules = splits(own[0])
    arms = [("swept", share) for share in SHARES]
    arms += list(zip(rules["rule"], rules["share"], strict=True))
    real = lq.spiral(settings, scale.split_seeds)
    models = [
        bought(real, int(_dyn(share)), int(_rew(share)), settings, np.random.default_rng(seed))
        for (_, share), seed in zip(arms, own[1].integers(2**62, size=len(arms)), strict=True)
    ]
    everywhere, learned = lq.spiral(settings, scale.split_seeds * len(arms)), _stacked(models)
    generator = torch.Generator().manual_seed(int(own[1].integers(2**62)))
    first = lq.first_policy(settings, everywhere.batch_size)
    policy = lq.improve(first, learned, replace(settings, updates=100), generator)
    true, start = lq.system_of(everywhere), lq.start_moment(everywhere.discount**0, 2)
    parts = lq.decompose_linear(
        true, lq.system_of(learned), policy.gain.numpy(), start, everywhere.discount, 0
    )
    regret = true.best_return(everywhere.discount, start) - parts.real
    return _table("split", arms, scale.split_seeds, {**parts.columns(), "regret": regret})


def _stacked(models: Sequence[ContinuousMDP]) -> ContinuousMDP:
    """Learned linear-quadratic models as one batch."""

    def joined(of: Callable[[Any], Array]) -> Array:
        return np.concatenate([of(model) for model in models])

    ones = joined(lambda model: model.discount**0)
    dynamics = AffineDynamics(
        joined(lambda model: model.dynamics.base.state_matrix),
        joined(lambda model: model.dynamics.base.action_matrix),
        joined(lambda model: model.dynamics.base.offset),
    )
    reward = QuadraticFormReward(joined(lambda model: model.reward.form), 2, ones, ones)
    whole = lq.spiral(lq.Settings(), len(ones))
    return whole.swap(dynamics=BallProjected(dynamics, ones), reward=reward)


# Cheap and noisy labels against dear ones


LABEL_BUDGET = 300.0
"""What a round may spend on labels: as many as it has steps, if they are the cheapest."""

COSTS = (1.0, 2.0, 4.0, 8.0, 16.0)
NOISES = {
    f"p = {power:g}, {name}": fidelity.PowerLaw(amplitude, power)
    for name, amplitude in (("little noise", 1.0), ("much noise", 16.0))
    for power in (0.5, 2.0)
}
"""The noise of a label of cost c has variance A c^(-p): p above 1 says dear, p below 1 cheap, for every A."""


def labels(scale: Scale, rng: np.random.Generator, rounds: int = 5) -> pd.DataFrame:
    """Real return on the grid after a few rounds, by the cost of a label (`x`) and how noise falls with it.

    All transitions are counted; only as many as the money buys are labelled, at random.
    """
    settings = tabular.Settings(seeds=scale.seeds * len(COSTS), rounds=rounds)
    real = tabular.world(settings)
    cost = np.repeat(COSTS, scale.seeds)
    tables = []
    for (name, variance), own in zip(NOISES.items(), rng.spawn(len(NOISES)), strict=True):
        sigma = np.sqrt(variance(cost))
        policy, moves, paid = tabular.start(real), _empty(real), _empty(real)
        learned = real
        for _ in range(rounds):
            drawn = real.sample(
                tabular.mixed(policy, settings.explore), settings.episodes, settings.length, own
            )
            shape = (len(real), settings.real_steps)
            here, after = (drawn.states[:, :, part].reshape(shape) for part in (slice(-1), slice(1, None)))
            action, reward = drawn.actions.reshape(shape), drawn.rewards.reshape(shape)
            noisy = reward + sigma[:, None] * own.standard_normal(shape)
            moves = moves.observe(here, action, noisy, after)
            paid = _labelled(paid, here, action, noisy, LABEL_BUDGET / cost, own)
            learned = real.with_model(moves.transition(), paid.reward())
            policy = tabular.improve(policy, learned, settings, own)
        arms = [(name, value) for value in COSTS]
        tables.append(_table("labels", arms, scale.seeds, _returns(real, learned, policy)))
    return pd.concat(tables, ignore_index=True)


def _empty(real: TabularMDP) -> CountModel:
    return CountModel.empty(*real.reward.shape)


def _labelled(
    paid: CountModel, here: Array, action: Array, reward: Array, count: Array, rng: np.random.Generator
) -> CountModel:
    """Labels for `count` (B,) of the steps (B, N), drawn at random; next states are left out of it."""
    chosen = rng.random(here.shape).argsort(axis=1).argsort(axis=1) < count[:, None]
    B, S, A = paid.reward_sums.shape
    cell = ((np.arange(B)[:, None] * S + here) * A + action)[chosen]
    seen = np.bincount(cell, minlength=B * S * A).reshape(B, S, A)
    sums = np.bincount(cell, weights=reward[chosen], minlength=B * S * A).reshape(B, S, A)
    counts = paid.counts.copy()
    counts[..., 0] += seen  # only the number of visits is read
    return CountModel(counts, paid.reward_sums + sums)


def _returns(real: TabularMDP, learned: TabularMDP, policy: SoftmaxPolicy) -> dict[str, Array]:
    best = float(real.initial[0] @ real[0].solve().values[0])
    value = real.returns(policy.probabilities)
    return {
        "imagined_return": learned.returns(policy.probabilities),
        "real_return": value,
        "regret": best - value,
    }


# A frozen reward model is exploited


ERROR = 0.15
"""Standard deviation of the reward's error in every state and action of the grid, whatever its cause."""

REFIT = 50
"""Updates between two refits, and visits by the policy that a refit averages the labels of."""


def frozen(scale: Scale, rng: np.random.Generator, every: int = 10) -> pd.DataFrame:
    """Returns on the grid, believed and true, by the number of updates (`x`); the dynamics are known.

    Arms: `frozen`, one error a state and action, for good; `fresh`, the same amount of noise, new in every
    label; `refitted`, frozen, but every `REFIT` updates states where the policy goes are labelled again.
    """
    settings = tabular.Settings(seeds=1)
    real = tabular.world(settings)
    shape = (scale.seeds, real.n_states, real.n_actions)
    tables = []
    for arm, own in zip(("frozen", "fresh", "refitted"), rng.spawn(3), strict=True):
        off = ERROR * own.standard_normal(shape)
        options: dict[str, Any] = {"noise": ERROR} if arm == "fresh" else {"rewards": real.reward[0] + off}
        if arm == "refitted":
            options["choose"] = _Refitter(real, off, settings, own)
        found = learning.learn(
            real,
            learners=scale.seeds,
            rollouts=settings.rollouts,
            horizon=settings.horizon,
            updates=scale.updates,
            step_size=settings.rate,
            generator=own,
            every=every,
            **options,
        )
        arms = [(arm, float(update)) for update in found.updates]
        returns = {"imagined_return": found.proxies.T.ravel(), "real_return": found.returns.T.ravel()}
        best = _finite_optimum(real, settings.horizon)
        regret = best - returns["real_return"]
        tables.append(_table("frozen", arms, scale.seeds, {**returns, "regret": regret}))
    return pd.concat(tables, ignore_index=True)


class _Refitter:
    """Buys labels where the policy goes: an error is one label's, averaged with those of later visits."""

    def __init__(
        self, real: TabularMDP, off: Array, settings: tabular.Settings, rng: np.random.Generator
    ) -> None:
        self.real, self.settings, self.rng = real, settings, rng
        self.sums, self.visits = off.copy(), np.ones(off.shape)
        self.calls = 0

    def __call__(self, policies: Array) -> tuple[Any, Any, Array]:
        """Rollouts, noise and rewards of the next update, as `learning.learn` wants them."""
        if self.calls and self.calls % REFIT == 0:
            occupancy = self.real[np.zeros(len(policies), dtype=int)].occupancy(policies)
            share = occupancy * (1 - self.settings.discount)
            seen = self.rng.poisson(REFIT * share)
            self.visits += seen
            self.sums += ERROR * np.sqrt(seen) * self.rng.standard_normal(seen.shape)
        self.calls += 1
        return self.settings.rollouts, 0.0, self.real.reward[0] + self.sums / self.visits


def _finite_optimum(real: TabularMDP, horizon: int) -> float:
    values = np.zeros((1, real.n_states))
    for _ in range(horizon):
        values = real.bellman(values)
    return float((real.initial * values).sum())


# How far to imagine


HORIZONS = (1, 2, 4, 8, 16, 32, 64)
IMAGINED_STEPS = 1024
"""Imagined steps of every update, whatever the horizon: short rollouts are many."""

DATA = {"150 steps": 150, "600 steps": 600, "6,000 steps": 6000}


def horizons(scale: Scale, rng: np.random.Generator) -> pd.DataFrame:
    """Return on the grid from anywhere, by the horizon of imagination (`x`) and how much was seen (`arm`).

    What was seen are noisy steps under random actions from anywhere; imagination starts anywhere, too.
    """
    settings = tabular.Settings(seeds=scale.seeds * len(DATA), updates=100)
    grid = tabular.world(settings)
    real = replace(grid, initial=np.full(grid.initial.shape, 1 / grid.n_states))
    model = _empty(real)
    steps = np.repeat(list(DATA.values()), scale.seeds)
    drawn = real.sample(real.uniform_policy(), max(DATA.values()), 1, rng)
    noisy = drawn.rewards + settings.noise * rng.standard_normal(drawn.rewards.shape)
    parts = [
        _empty(real[rows]).observe(
            drawn.states[rows, :count, 0],
            drawn.actions[rows, :count, 0],
            noisy[rows, :count, 0],
            drawn.states[rows, :count, 1],
        )
        for count in DATA.values()
        for rows in [steps == count]
    ]
    model = CountModel(
        np.concatenate([part.counts for part in parts]), np.concatenate([part.reward_sums for part in parts])
    )
    learned = model.imagine(real)
    tables = []
    for horizon, own in zip(HORIZONS, rng.spawn(len(HORIZONS)), strict=True):
        how = replace(settings, horizon=horizon, rollouts=IMAGINED_STEPS // horizon)
        policy = tabular.improve(tabular.start(real), learned, how, own)
        arms = [(name, float(horizon)) for name in DATA]
        tables.append(_table("horizons", arms, scale.seeds, _returns(real, learned, policy)))
    return pd.concat(tables, ignore_index=True)


# All of it


TRIALS: dict[str, Callable[[Scale, np.random.Generator], pd.DataFrame]] = {
    "split": split,
    "labels": labels,
    "frozen": frozen,
    "horizons": horizons,
}


def _table(
    trial: str, arms: Sequence[tuple[str, float]], seeds: int, found: dict[str, Array]
) -> pd.DataFrame:
    """Rows of a trial, arm by arm, seed by seed."""
    names, values = zip(*arms, strict=True)
    columns = {
        "trial": trial,
        "arm": np.repeat(names, seeds),
        "x": np.repeat(values, seeds),
        "seed": np.tile(np.arange(seeds), len(arms)),
    }
    return pd.DataFrame({**columns, **{name: found[name] for name in COLUMNS[4:]}})


def run(scale: str = "quick", *, seed: int = 0, trials: Sequence[str] = tuple(TRIALS)) -> pd.DataFrame:
    """Several trials; the generator of one depends on `seed` and its name alone."""
    if scale not in SCALES:
        raise ValueError(f"scale must be one of {', '.join(SCALES)}, got {scale!r}")
    unknown = sorted(set(trials) - set(TRIALS))
    if unknown:
        raise ValueError(f"trials must be among {', '.join(TRIALS)}, got {unknown[0]!r}")
    return pd.concat(
        [TRIALS[name](SCALES[scale], np.random.default_rng([seed, *name.encode()])) for name in trials],
        ignore_index=True,
    )


def recorded() -> pd.DataFrame:
    """The recorded trials at full scale."""
    return records.load(RECORD)


def _told(table: pd.DataFrame) -> str:
    shown = ["imagined_return", "real_return", "regret"]
    return table.groupby(["trial", "arm", "x"], sort=False)[shown].mean().round(4).to_string()


main = Command(
    module="imagination.studies.loop.advice",
    record=RECORD,
    run=run,
    say=_told,
    parameters=lambda scale: vars(SCALES[scale]),
    scales=SCALES,
)


if __name__ == "__main__":
    raise SystemExit(main())
