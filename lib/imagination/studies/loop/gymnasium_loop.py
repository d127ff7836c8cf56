"""The whole loop on Gymnasium's own systems: real steps, networks, REINFORCE in imagination only, real again.

All seeds go together, along a leading axis; each learns from its own real steps. What is measured in the real
world (returns, the parts of the gap) is for the record: training never sees it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch

from imagination.models.learned_world import LearnedWorld, Regrouped, Steps, learn
from imagination.reinforce.episodes import Act, Baseline, act, ascend, greedy, play, steps_used
from imagination.reinforce.torch_policies import NetworkTorchPolicy
from imagination.reinforce.training import Adam
from imagination.studies.loop import diagnostics, rounds
from imagination.studies.loop.gymnasium_gap import Parts, decompose
from imagination.worlds.episodic import CartPole, Pendulum

__all__ = [
    "COLUMNS",
    "STEP_COLUMNS",
    "Setting",
    "Study",
    "collect",
    "in_imagination",
    "in_reality",
    "random_return",
    "score",
    "uncontrolled_return",
]

COLUMNS = {
    **rounds.ROUND_COLUMNS,
    "imagined_return": "undiscounted, from `starts` initial states until the time limit, likeliest actions",
    "real_return": "the same, from the same states, in the real world",
    "score": "mean undiscounted return of (100) other real episodes, likeliest actions",
    "ending_part": "that part of dynamics_part which is due to ends: imagined wrongly, or not imagined",
    "gap_se": "standard error of gap over the initial states; so for the parts",
    "finite_gap": "imagined less real return discounted as in training: what the bounds are about",
    "finite_reward_part": "the part of finite_gap that is due to the reward",
    "finite_dynamics_part": "the part of finite_gap that is due to the dynamics",
    "finite_rounding": "what the two leave",
    "eps_dyn": "largest one-step error of the dynamics on the imagined episodes; elsewhere none matters",
    "eps_rew": "largest error of the reward on the imagined episodes",
    "mean_error": "mean one-step error of the dynamics there",
    "mean_reward_error": "mean error of the reward there",
    "L_f": "certified Lipschitz constant of the real dynamics, inf where there is none",
    "L_r": "the same of the real reward",
    "L_pi": "the same of the policy, likeliest actions",
    "collected": "mean return of the episodes in which this round's real steps were collected",
}
"""Columns of the record of rounds."""

STEP_COLUMNS = {
    **rounds.STEP_COLUMNS,
    "step": "first of a block of steps",
    "reward_part": "what errors of the reward in this block contribute to the gap, undiscounted",
    "dynamics_part": "the same for the dynamics",
    "ending_part": "that part of dynamics_part which is due to ends",
    "error": "mean one-step error of the dynamics at the imagined states; NaN if all episodes are over",
    "distance": "mean distance of the imagined from the real state; NaN if no episode goes on in both worlds",
    "imagined_alive": "share of the imagined episodes that still go on",
    "real_alive": "share of the real ones",
}
"""Columns of the record of steps."""

Tensor = torch.Tensor
Real = CartPole | Pendulum


@dataclass(frozen=True)
class Setting:
    """One system and how everything is done there. Chosen on seeds that are in no record.

    Attributes
    ----------
    real : makes C copies of the real system.
    policy : makes C policies, in single precision.
    explore : draws the actions of the first round.
    constants : certified constants for the bounds, given policies; None where there are none.
    keep : puts predicted states back where states can be.
    discount : of REINFORCE, in imagination and in the real world.
    rounds, chains, length : real data: so many chains of so many steps a round; ended episodes start anew.
    width, fits, model_rate : of the networks: hidden units, minibatches of 256, Adam's rate.
    steps, rollouts, horizon : of REINFORCE in imagination: gradient steps a round, rollouts for each, their
        length.
        Half the rollouts start at initial states that were seen, half at any state that was seen.
    rate : Adam's, falling linearly to 0 over the rounds.
    least_std : of a Gaussian policy.
    real_rollouts, real_rate : of REINFORCE in the real world, whose rate does not fall.
    block : steps of a row in the table of steps.
    candidates : policies trained side by side in each seed's models, from different starts. The one that
        imagines the largest return, `PLAYED` episodes of its likeliest actions, goes out and is scored.
    members : models of each seed's data, from different starts; imagined episodes are dealt to them.
    entropy : of the bonus in imagination, reward a nat.
    """

    real: Callable[..., Real]
    policy: Callable[[torch.Generator, int], NetworkTorchPolicy]
    explore: Callable[[Tensor, torch.Generator], Tensor]
    constants: Callable[[Study, NetworkTorchPolicy, Parts, torch.Generator], dict[str, Any]] | None
    keep: Callable[[Tensor], Tensor] | None
    discount: float
    rounds: int
    chains: int
    length: int
    width: int
    fits: int
    model_rate: float
    steps: int
    rollouts: int
    horizon: int
    rate: float
    least_std: float | None
    real_rollouts: int
    real_rate: float
    block: int
    candidates: int = 1
    members: int = 1
    entropy: float = 0.0


PLAYED = 32
"""Imagined episodes by which a candidate is judged."""

Models = LearnedWorld | Regrouped


@dataclass(eq=False)
class Study:
    """A run of the loop for C seeds.

    Attributes
    ----------
    setting : Setting
    count : int
        C, the number of seeds.
    seed : int
        Of everything.
    """

    setting: Setting
    count: int
    seed: int

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError(f"count must be at least 1, got {self.count}")
        self.generator = torch.Generator().manual_seed(self.seed)
        self.real = self.setting.real(self.count)
        self.initial: Tensor = torch.empty(0)
        self.latest: Steps | None = None
        self.round = 0
        # what only the record needs has randomness of its own: it changes nothing of the loop
        self.other = torch.Generator().manual_seed(self.seed + 1_000_003)
        self._optimiser = Adam(self.setting.rate)
        trained = self.count * self.setting.candidates
        self._baseline = Baseline(self.generator, trained, self.real.d_state)
        self._candidates: NetworkTorchPolicy | None = None

    def collect(self, policy: NetworkTorchPolicy, data: Steps | None) -> Steps:
        """Add the steps of this round's policy, or of random actions if there are no data yet."""
        choose = self.random if data is None else act(doubled(policy), self.generator)
        self.latest, first = collect(self.real, choose, self.setting, self.generator)
        self.initial = torch.cat([self.initial, first], dim=1) if data is not None else first
        return self.latest if data is None else data.join(self.latest)

    def random(self, state: Tensor) -> tuple[Tensor, Tensor]:
        """Random actions."""
        action = self.setting.explore(state, self.generator)
        return action, action

    def learn(self, data: Steps) -> tuple[Models, Steps]:
        """Learn a world of each seed's data, or several, from scratch."""
        s = self.setting
        first, worlds = 1_000_000 * self.seed + 1_000 * self.round, self.count * s.members
        model = learn(
            data.repeated(s.members),
            self.initial.repeat_interleave(s.members, 0),
            range(first, first + worlds),
            width=s.width,
            epochs=max(1, round(s.fits * 256 / len(data))),
            learning_rate=s.model_rate,
            ends=s.real is CartPole,
            keep=s.keep,
        )
        return (model if s.members == 1 else Regrouped(model, self.count)), data

    def improve(self, policy: NetworkTorchPolicy, models: tuple[Models, Steps]) -> NetworkTorchPolicy:
        """Train by REINFORCE in the learned world: it is asked for every step."""
        s, (model, data) = self.setting, models
        self._optimiser.rate = s.rate * (1 - self.round / s.rounds)
        self.round += 1
        trained = self.count * s.candidates
        if s.candidates > 1:
            model = Regrouped(model.world if isinstance(model, Regrouped) else model, trained)
            policy = self._candidates or s.policy(self.generator, trained)
        row, half = torch.arange(trained)[:, None] // s.candidates, s.rollouts // 2
        for _ in range(s.steps):
            picked = torch.randint(len(data), (trained, s.rollouts - half), generator=self.generator)
            anywhere = data.state[row, picked].to(policy.bias.dtype)
            start = torch.cat([model.start(half, self.generator), anywhere], dim=1)
            dreams = play(model, act(policy, self.generator), start, s.horizon)
            policy = ascend(
                policy,
                dreams,
                s.discount,
                self._optimiser,
                self._baseline,
                least_std=s.least_std,
                entropy=s.entropy,
            )
        return policy if s.candidates == 1 else self._select(policy, model)

    def _select(self, policy: NetworkTorchPolicy, model: Models) -> NetworkTorchPolicy:
        """Keep all candidates, and send out each seed's best by imagined return: nothing real is asked."""
        self._candidates = policy
        start = model.start(PLAYED, self.generator)
        imagined = play(model, greedy(policy), start, self.real.limit).returns().mean(1)
        best = imagined.unflatten(0, (self.count, -1)).argmax(1)
        chosen = torch.arange(self.count) * self.setting.candidates + best
        return policy.map_arrays(lambda array: array[chosen])


def doubled(policy: NetworkTorchPolicy) -> NetworkTorchPolicy:
    """The same policy in double precision."""
    return policy.map_arrays(lambda array: array.double())


def collect(world: Real, choose: Act, setting: Setting, generator: torch.Generator) -> tuple[Steps, Tensor]:
    """Chains of real steps, begun anew where an episode ends, and initial states that were seen."""
    fresh = world.start(setting.chains, generator)
    state, first, rows = fresh, [fresh], []
    for _ in range(setting.length):
        action = choose(state)[1]
        after = world.step(state, action)
        rows.append((state, action, after.reward, after.state, after.ended))
        state = after.state
        if bool(after.ended.any()):
            fresh = world.start(setting.chains, generator)
            over = after.ended[..., None]
            state = torch.where(over, fresh, state)
            first.append(torch.where(over, fresh, first[-1]))
    steps = Steps(*(torch.stack(column, 1).flatten(1, 2) for column in zip(*rows, strict=True)))
    return steps, torch.cat(first, dim=1)


def score(study: Study, policy: NetworkTorchPolicy, episodes: int = 100) -> np.ndarray:
    """Mean return of real episodes under the likeliest actions, (C,)."""
    start = study.real.start(episodes, study.other)
    return play(study.real, greedy(doubled(policy)), start, study.real.limit).returns().mean(1).numpy()


def in_imagination(
    setting: Setting, count: int, seed: int, *, starts: int = 8, episodes: int = 100
) -> tuple[NetworkTorchPolicy, Models, pd.DataFrame, pd.DataFrame]:
    """Run the loop for `count` seeds.

    Parameters
    ----------
    setting : Setting
    count, seed : number of seeds, and what all their randomness comes from.
    starts : initial states from which the gap is taken apart.
    episodes : real episodes of the score.

    Returns
    -------
    policy, model : those of the last round.
    table : DataFrame
        A row for each seed and round; see `COLUMNS`.
    steps : DataFrame
        A row for each seed, round and block of steps; see `STEP_COLUMNS`.
    """
    study = Study(setting, count, seed)
    policy = setting.policy(study.generator, count)
    blocks: list[pd.DataFrame] = []

    def measure(
        number: int, policy: NetworkTorchPolicy, models: tuple[Models, Steps], data: Steps
    ) -> pd.DataFrame:
        start = study.real.start(starts, study.other)
        model = models[0].to(torch.float64)
        discounts = (1.0, setting.discount)
        choose = greedy(doubled(policy))
        parts = decompose(study.real, model, choose, start, study.real.limit, discounts)
        blocks.append(_steps_table(parts, setting.block).assign(round=number))
        row = _row(study, policy, parts)
        row |= {"round": number, "real_steps": len(data), "score": score(study, policy, episodes)}
        assert study.latest is not None
        ends = study.latest.ended.sum(1).clamp(min=1).numpy() + 0.0
        row["collected"] = study.latest.reward.sum(1).numpy() / np.maximum(ends, setting.chains)
        return pd.DataFrame({"arm": "imagination", "seed": np.arange(count), **row})

    final, (model, _), table = rounds.run(
        policy,
        rounds=setting.rounds,
        collect=study.collect,
        learn=study.learn,
        improve=study.improve,
        measure=measure,
    )
    steps = pd.concat(blocks, ignore_index=True).assign(arm="imagination")
    return final, model, table, steps[list(STEP_COLUMNS)]


def _row(study: Study, policy: NetworkTorchPolicy, parts: Parts) -> dict[str, Any]:
    """Everything of a round that the gap is measured by; numbers (C,)."""
    imagined, real = parts.imagined.returns(), parts.real.returns()
    reward, motion, ending = (part.sum(-1) for part in (parts.reward, parts.motion, parts.ending))
    dynamics = motion + ending
    gap = (imagined - real).mean(1)
    gamma = study.setting.discount
    finite = (parts.imagined.returns(gamma) - parts.real.returns(gamma)).mean(1)

    def error(values: Tensor) -> Tensor:
        """Standard error over the initial states."""
        return values.std(1) / values.shape[1] ** 0.5

    row: dict[str, Any] = {
        "imagined_return": imagined.mean(1),
        "real_return": real.mean(1),
        "gap": gap,
        "gap_se": error(imagined - real),
        "reward_part": reward[0].mean(1),
        "reward_part_se": error(reward[0]),
        "dynamics_part": dynamics[0].mean(1),
        "dynamics_part_se": error(dynamics[0]),
        "ending_part": ending[0].mean(1),
        "rounding": gap - (reward + dynamics)[0].mean(1),
        "finite_gap": finite,
        "finite_reward_part": reward[1].mean(1),
        "finite_dynamics_part": dynamics[1].mean(1),
        "finite_rounding": finite - (reward + dynamics)[1].mean(1),
        "eps_dyn": parts.error.amax((1, 2)),
        "eps_rew": parts.reward_error.amax((1, 2)),
        "mean_error": parts.error.sum((1, 2)) / parts.imagined.alive.sum((1, 2)),
        "mean_reward_error": parts.reward_error.sum((1, 2)) / parts.imagined.alive.sum((1, 2)),
    }
    row = {name: value.numpy() for name, value in row.items()}
    find = study.setting.constants
    if find is None:  # ends and choices jump: nothing here has a Lipschitz constant
        unknown = np.full(study.count, np.inf)
        known: dict[str, Any] = dict.fromkeys(("L_f", "L_r", "L_pi"), unknown)
        extent = None
    else:
        known = find(study, policy, parts, study.other)
        extent = known.pop("diameter")
        row |= {name: known[name] for name in ("eps_dyn", "eps_rew")}
    known = {
        "gamma": np.full(study.count, gamma),
        "eps_dyn": row["eps_dyn"],
        "eps_rew": row["eps_rew"],
        **known,
    }
    row |= {name: known[name] for name in ("L_f", "L_r", "L_pi")}
    row |= diagnostics.bounds(known, horizon=study.real.limit, diameter=extent)
    row["regret"] = row["regret_bound"] = np.full(study.count, np.inf)
    return row


def _steps_table(parts: Parts, block: int) -> pd.DataFrame:
    """Parts of the undiscounted gap, summed over blocks of steps, and how far imagination has strayed."""
    horizon = max(parts.imagined.state.shape[2], parts.real.state.shape[2])
    horizon += -horizon % block

    def padded(values: Tensor) -> Tensor:
        return torch.nn.functional.pad(values.double(), (0, horizon - values.shape[-1]))

    alive, truly = padded(parts.imagined.alive), padded(parts.real.alive)
    shared = min(parts.imagined.state.shape[2], parts.real.state.shape[2])
    apart = (parts.imagined.state[:, :, :shared] - parts.real.state[:, :, :shared]).norm(dim=-1)
    both = alive * truly
    sums = {
        "reward_part": padded(parts.reward[0]).mean(1),
        "dynamics_part": padded((parts.motion + parts.ending)[0]).mean(1),
        "ending_part": padded(parts.ending[0]).mean(1),
    }
    counts = {"imagined_alive": alive, "real_alive": truly}
    ratios = {"error": (padded(parts.error), alive), "distance": (padded(apart) * both, both)}

    def blocked(values: Tensor) -> Tensor:
        return values.unflatten(-1, (-1, block))

    columns = {name: blocked(value).sum(-1) for name, value in sums.items()}
    columns |= {name: blocked(value.mean(1)).mean(-1) for name, value in counts.items()}
    for name, (total, weight) in ratios.items():
        count = blocked(weight.sum(1)).sum(-1)
        columns[name] = torch.where(count > 0, blocked(total.sum(1)).sum(-1) / count.clamp(min=1), torch.nan)
    seed, index = np.indices(columns["reward_part"].shape)
    flat = {name: value.numpy().ravel() for name, value in columns.items()}
    return pd.DataFrame({"seed": seed.ravel(), "step": index.ravel() * block, **flat})


def in_reality(
    setting: Setting, count: int, seed: int, budget: int, *, every: int = 1, episodes: int = 100
) -> pd.DataFrame:
    """REINFORCE in the real world itself, the same policies, baseline and estimator: what the model saves.

    Parameters
    ----------
    budget : stop when every seed has taken so many real steps.
    every : how many gradient steps lie between two scores.

    Returns
    -------
    DataFrame
        A row for each seed and gradient step that was scored: `real_steps` and `score`.
    """
    study = Study(setting, count, seed)
    policy = setting.policy(study.generator, count)
    world = setting.real(count, torch.float32)
    optimiser = Adam(setting.real_rate)
    baseline = Baseline(study.generator, count, world.d_state)
    used, tables, number = torch.zeros(count), [], 0
    while bool(used.min() < budget):
        start = world.start(setting.real_rollouts, study.generator)
        seen = play(world, act(policy, study.generator), start, world.limit)
        used = used + steps_used(seen)
        policy = ascend(policy, seen, setting.discount, optimiser, baseline, least_std=setting.least_std)
        number += 1
        if number % every == 0 or bool(used.min() >= budget):
            columns = {"real_steps": used.numpy().astype(int), "score": score(study, policy, episodes)}
            tables.append(pd.DataFrame({"arm": "real", "seed": np.arange(count), "round": number, **columns}))
    return pd.concat(tables, ignore_index=True)


def random_return(setting: Setting, count: int, seed: int, episodes: int = 100) -> np.ndarray:
    """Mean return of real episodes under random actions, (C,)."""
    study = Study(setting, count, seed)
    start = study.real.start(episodes, study.generator)
    return play(study.real, study.random, start, study.real.limit).returns().mean(1).numpy()


def uncontrolled_return(setting: Setting, count: int, seed: int, episodes: int = 100) -> np.ndarray:
    """Mean return of real episodes with the same push all the time, or none where there can be none, (C,)."""
    study = Study(setting, count, seed)
    push = 1.0 if setting.real is CartPole else 0.0
    start = study.real.start(episodes, study.generator)

    def still(state: Tensor) -> tuple[Tensor, Tensor]:
        action = torch.full_like(state[..., :1], push)
        return action, action

    return play(study.real, still, start, study.real.limit).returns().mean(1).numpy()
