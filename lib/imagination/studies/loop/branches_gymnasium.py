"""Branches of each length on Pendulum-v1 and CartPole-v1, where everything is learned and sampled.

    python -m imagination.studies.loop.branches_gymnasium --scale tune --record
    python -m imagination.studies.loop.branches_gymnasium --scale full --record

make the records again, that of tuning first. The protocol is in `imagination.studies.loop.branches`. What is
its own here:

- Policies are small networks, trained by REINFORCE with a fitted baseline: gradients through the models are
  left out, since a push to the left or to the right has none. Every gradient step has as many imagined steps,
  so one of long branches has fewer of them: 1,000 of one step, ten of a hundred.
- A round's real steps are chains, begun anew where an episode ends. The critic is a least-squares temporal
  difference on random features of this round's steps, for the policy that took them, whose actions are drawn.
- Regret is that of likeliest actions over whole episodes, undiscounted, as chapter 14 scores them, between
  random actions and the best.
- Errors are measured in every third round, in a twin of Gymnasium's own system that is put where imagination
  is. A value there is the mean of four real rollouts, whose noise makes ε_V look a little larger, and errors
  between the times `TIMES` are read off straight lines. Rollouts from where model and world lead have the
  same luck.
- All arms learn from "little data": ten rounds of 400 real steps. In "no model errors" the real world
  imagines, and the critic is learned as ever: what then depends on the length is the critic's doing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from imagination.models.learned_world import LearnedWorld, Regrouped, Steps, learn
from imagination.reinforce.episodes import Baseline, Episodes, act, advantages, ascend, greedy, play
from imagination.reinforce.torch_policies import NetworkTorchPolicy, Tensor
from imagination.reinforce.training import Adam
from imagination.studies.loop import cartpole, pendulum
from imagination.studies.loop.branches import Arm, Scale, System, Trained, command
from imagination.studies.loop.gymnasium_gap import values
from imagination.studies.loop.gymnasium_loop import Setting, collect, doubled
from imagination.worlds.episodic import EpisodicWorld

__all__ = ["RECORD", "SCALES", "SYSTEMS", "Critic", "Gymnasium"]

Array = NDArray[np.float64]
Policy = NetworkTorchPolicy
Models = EpisodicWorld | LearnedWorld | Regrouped

RECORD = "imagination-branches-gymnasium"

PERFECT = "no model errors"
"""The condition in which the real world imagines; the critic is learned as ever."""

TIMES = (0, 1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 60, 80)
"""Steps of a branch at which errors are measured, beside the last."""

USED = ("discount", "rounds", "chains", "length", "width", "fits", "model_rate", "steps", "least_std")
"""Numbers of a `Setting` that count here."""


class Critic:
    """State values by least-squares temporal differences on random tanh features, for each of C policies.

    Parameters
    ----------
    steps : Steps
        Those of the policies that are valued, (C, N, ·).
    discount : float
    generator : draws the features.
    width, spread : how many, and the standard deviation of their weights.
    penalty : relative to the mean square of the features.
    """

    def __init__(
        self,
        steps: Steps,
        discount: float,
        generator: torch.Generator,
        *,
        width: int = 64,
        spread: float = 1.0,
        penalty: float = 1e-3,
    ) -> None:
        batch, _, size = steps.state.shape
        self.weight = spread * torch.randn((batch, size + 1, width), generator=generator)
        self.scale = steps.state.float().std(1, keepdim=True).clamp(min=1e-3)
        now, later = self._features(steps.state.float()), self._features(steps.following.float())
        change = now - discount * later * ~steps.ended[..., None]
        reward = steps.reward.float()
        gram, right = ((now.mT @ part).double() for part in (change, reward[..., None]))
        level = now.square().sum(1).mean(1).double()[:, None, None]
        ridge = penalty * level * torch.eye(gram.shape[1], dtype=gram.dtype)
        self.theta = torch.linalg.solve(gram + ridge, right).float()
        self.low = reward.amin(1, keepdim=True).clamp(max=0) / (1 - discount)
        self.high = reward.amax(1, keepdim=True).clamp(min=0) / (1 - discount)

    def _features(self, state: Tensor) -> Tensor:
        rows = state / self.scale
        one = torch.ones_like(rows[..., :1])
        return torch.cat([one, torch.tanh(torch.cat([rows, one], dim=-1) @ self.weight)], dim=-1)

    def __call__(self, state: Tensor) -> Tensor:
        """Values of states (C, K, d_s), (C, K), within what rewards allow."""
        found = (self._features(state) @ self.theta)[..., 0]
        return torch.minimum(torch.maximum(found, self.low), self.high)


@dataclass(frozen=True)
class Gymnasium:
    """One of Gymnasium's systems.

    Attributes
    ----------
    setting : how it is done in chapter 14, but for the numbers of steps.
    worst, best : returns of random actions and of the best policy, which make the share that is regret.
    rates, horizons : of the arms.
    conditions : little data, and the same with the real world in the model's place.
    imagined : steps imagined for one step along the gradient.
    asked, dealt, repeats : states of the log from which errors are measured, branches from each, and real
        rollouts that make a value.
    ahead : real steps that make a value.
    episodes : of the score.
    """

    setting: Setting
    worst: float
    best: float
    rates: tuple[float, ...]
    horizons: tuple[int, ...] = (1, 5, 20, 100)
    imagined: int = 1000
    conditions: tuple[str, ...] = ("little data", PERFECT)
    asked: int = 8
    dealt: int = 5
    repeats: int = 4
    ahead: int = 120
    episodes: int = 50

    def __repr__(self) -> str:
        """All numbers that count: where a function is in memory is nobody's business."""
        whole = {name: getattr(self.setting, name) for name in USED}
        whole |= {one.name: getattr(self, one.name) for one in fields(self) if one.name != "setting"}
        return f"{type(self).__name__}({', '.join(f'{name}={value}' for name, value in whole.items())})"

    @property
    def discount(self) -> float:
        """Of the branches."""
        return self.setting.discount

    def trained(self, arm: Arm, condition: str, count: int, luck: np.random.SeedSequence) -> Trained:
        """All rounds, for `count` seeds side by side."""
        torch.set_num_threads(1)
        if condition not in self.conditions:
            raise ValueError(f"condition must be one of {', '.join(self.conditions)}; got {condition!r}")
        setting = self.setting
        seeds = (int(own.generate_state(1)[0]) for own in luck.spawn(3))
        acting, dreaming, looking = (torch.Generator().manual_seed(number) for number in seeds)
        real = setting.real(count, torch.float32)
        policy = setting.policy(acting, count)
        baseline = Baseline(dreaming, count, real.d_state)
        optimiser, log, rounds = Adam(arm.rate), None, []
        for number in range(setting.rounds):
            seen, _ = collect(setting.real(count), act(doubled(policy), acting), setting, acting)
            log = seen if log is None else log.join(seen)
            model = real if condition == PERFECT else self._learned(log, arm.members, acting)
            critic = Critic(seen, setting.discount, acting)
            looked = number % 3 == 2
            start = _picked(log.state, self.asked, looking)
            if looked:
                row = self._measured(real, model, policy, critic, start, self.horizons[-1], looking)
                row["observed"] = self._observed(model, policy, seen, looking)
            optimiser.rate = arm.rate * (1 - number / setting.rounds)
            for step in range(setting.steps):
                start_at = _picked(log.state, self._branches(arm.horizon), dreaming)
                dream = self._imagined(model, policy, critic, start_at, arm.horizon, dreaming)
                if looked and step == 0:
                    row["spread"] = spread_of(policy, dream, setting.discount, baseline)
                policy = ascend(
                    policy, dream, setting.discount, optimiser, baseline, least_std=setting.least_std
                )
            if looked:
                after = self._measured(real, model, policy, critic, start, arm.horizon, looking)
                rounds.append(row | {"after": self._bound(after, arm.horizon)})
        begin = real.start(self.episodes, looking)
        score = play(real, greedy(policy), begin, real.limit).returns().mean(1).double().numpy()
        means = {name: np.mean([one[name] for one in rounds], axis=0) for name in rounds[0]}
        return Trained(regret=(self.best - score) / (self.best - self.worst), **means)

    def _branches(self, horizon: int) -> int:
        """How many make a step along the gradient: a multiple of any number of members."""
        return max(self.imagined // horizon // 5, 1) * 5

    def _learned(self, log: Steps, members: int, generator: torch.Generator) -> Models:
        """A model of each seed's steps, or of so many resamples."""
        s, count = self.setting, len(log.state)
        steps = log.repeated(members)
        if members > 1:
            rows = torch.randint(len(log), (count * members, len(log)), generator=generator)
            at = torch.arange(count * members)[:, None]
            steps = Steps(*(getattr(steps, name)[at, rows] for name in steps.__annotations__))
        first = int(torch.randint(2**31, (), generator=generator))
        world = learn(
            steps,
            steps.state[:, :1],
            range(first, first + count * members),
            width=s.width,
            epochs=max(1, round(s.fits * 256 / len(log))),
            learning_rate=s.model_rate,
            ends=s.least_std is None,
            keep=s.keep,
        )
        return world if members == 1 else Regrouped(world, count)

    def _imagined(
        self,
        model: Models,
        policy: Policy,
        critic: Critic,
        start: Tensor,
        horizon: int,
        generator: torch.Generator,
    ) -> Episodes:
        """Branches whose last reward holds what the critic says of where they end."""
        dream = play(model, act(policy, generator), start, horizon)
        goes_on = dream.alive[..., -1] & ~dream.ended[..., -1]
        reward = dream.reward.clone()
        reward[..., -1] += self.discount * critic(dream.following[:, :, -1]) * goes_on
        return replace(dream, reward=reward)

    def _promises(
        self,
        model: Models,
        policy: Policy,
        critic: Critic,
        start: Tensor,
        steps: int,
        dealt: int,
        generator: torch.Generator,
    ) -> tuple[Episodes, Tensor]:
        """Branches, `dealt` from each start (C, S, d), and promises of 0, 1, ... steps, (C, S, T + 1)."""
        dream = play(model, act(policy, generator), start.repeat(1, dealt, 1), steps)
        C, K, T = dream.reward.shape
        power = self.discount ** torch.arange(T + 1)
        path, going = _path(dream)
        end = critic(path.flatten(1, 2)).view(C, K, T + 1) * going
        promise = power * end
        promise[..., 1:] += (power[:-1] * dream.reward).cumsum(-1)
        mean = promise.view(C, dealt, -1, T + 1).mean(1)
        return dream, torch.nn.functional.pad(mean, (0, steps - T), mode="replicate")

    def _values(self, real: EpisodicWorld, policy: Policy, state: Tensor, luck: int) -> Tensor:
        """Real values of states (C, K, d), (C, K); the same `luck` has the same noise."""
        generator = torch.Generator().manual_seed(luck)
        rows = state.repeat(1, self.repeats, 1)[:, :, None]
        found = values(real, act(policy, generator), rows, self.ahead, [self.discount])[0, ..., 0]
        return found.unflatten(1, (self.repeats, -1)).mean(1) * ~real.over(state)

    def _measured(
        self,
        real: EpisodicWorld,
        model: Models,
        policy: Policy,
        critic: Critic,
        start: Tensor,
        steps: int,
        generator: torch.Generator,
    ) -> dict[str, Array]:
        """Errors along branches from `start`, (C, S, d)."""
        dream, promise = self._promises(model, policy, critic, start, steps, self.dealt, generator)
        luck = int(torch.randint(2**31, (), generator=generator))
        worth = self._values(real, policy, start.repeat(1, 4, 1), luck).unflatten(1, (4, -1)).mean(1)
        # one branch from each start, from all members alike
        one = torch.arange(self.asked) * (self.asked + 1) % (self.asked * self.dealt)
        dream = Episodes(*(getattr(dream, name)[:, one] for name in dream.__annotations__))
        path, going = _path(dream)
        times = [t for t in TIMES if t < steps] + [steps]
        there = [min(t, path.shape[2] - 1) for t in times]
        state, alive = path[:, :, there], going[:, :, there] * torch.tensor(times).lt(path.shape[2])
        V = self._values(real, policy, state.flatten(1, 2), luck).view(alive.shape)
        missed = (critic(state.flatten(1, 2)).view(alive.shape) - V).abs() * alive
        first = [t for t in there[:-1] if t < dream.reward.shape[2]]
        stepped = self._step_errors(real, policy, dream, first, luck)
        stepped = torch.nn.functional.pad(stepped, (0, len(times) - 1 - len(first)))
        return {
            "step_error": _between(times[:-1], stepped.mean(1), steps),
            "estimate_error": _between(times, missed.mean(1), steps + 1),
            "error": (promise - worth[..., None]).abs().mean(1).double().numpy(),
        }

    def _step_errors(
        self, real: EpisodicWorld, policy: Policy, dream: Episodes, times: Sequence[int], luck: int
    ) -> Tensor:
        """Sizes of the one-step Bellman error at some times, (C, K, times)."""
        state, control = (part[:, :, times].flatten(1, 2) for part in (dream.state, dream.control))
        reward, said = (part[:, :, times].flatten(1, 2) for part in (dream.reward, dream.following))
        ends = dream.ended[:, :, times].flatten(1, 2)
        truly, over = real.step(state, control), real.over(state)
        imagined = self._values(real, policy, said, luck) * ~ends
        followed = self._values(real, policy, truly.state, luck) * ~truly.ended * ~over
        off = reward - truly.reward * ~over + self.discount * (imagined - followed)
        return off.abs().unflatten(1, (-1, len(times))) * dream.alive[:, :, times]

    def _bound(self, row: dict[str, Array], horizon: int) -> Array:
        """B(H) of what was measured, (C,)."""
        steps = row["step_error"][:, :horizon] @ self.discount ** np.arange(horizon)
        return steps + self.discount**horizon * row["estimate_error"][:, horizon]

    def _observed(self, model: Models, policy: Policy, seen: Steps, generator: torch.Generator) -> Array:
        """Variance of promises, with a critic of half of the chains, less the others' returns, (C, T + 1)."""
        length = self.setting.length
        halves = [_chains(seen, length, part) for part in (slice(0, None, 2), slice(1, None, 2))]
        critic = Critic(halves[0], self.discount, generator)
        other = halves[1]
        shape = (len(other.reward), length, -1)
        returns, ahead = torch.zeros(other.reward.shape).view(shape), torch.tensor(0.0)
        reward, ended = other.reward.float().view(shape), other.ended.view(shape)
        for t in reversed(range(length)):
            ahead = reward[:, t] + self.discount * ahead * ~ended[:, t]
            returns[:, t] = ahead
        kept = torch.arange(0, (length - self.ahead) * returns.shape[2], 9)
        start = other.state.float()[:, kept]
        _, promise = self._promises(model, policy, critic, start, self.horizons[-1], 5, generator)
        apart = promise - returns.flatten(1)[:, kept, None]
        return apart.var(1).double().numpy()


def _picked(states: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """So many of the states (C, N, d), in single precision."""
    rows = torch.randint(states.shape[1], (len(states), count), generator=generator)
    return states[torch.arange(len(states))[:, None], rows].float()


def _path(dream: Episodes) -> tuple[Tensor, Tensor]:
    """Where branches are at all times, the last included, (C, K, T + 1, d), and whether they go on there."""
    path = torch.cat([dream.state, dream.following[:, :, -1:]], dim=2)
    last = dream.alive[..., -1:] & ~dream.ended[..., -1:]
    return path, torch.cat([dream.alive, last], dim=2)


def _chains(steps: Steps, length: int, which: slice) -> Steps:
    """Some of the chains of as many steps each, in the order of `collect`: all chains' first steps first."""

    def some(part: Tensor) -> Tensor:
        return part.unflatten(1, (length, -1))[:, :, which].flatten(1, 2)

    return Steps(*(some(getattr(steps, name)) for name in steps.__annotations__))


def _between(times: Sequence[int], found: Tensor, count: int) -> Array:
    """Numbers (C, times) on straight lines through those at some times, (C, count)."""
    return np.stack([np.interp(np.arange(count), times, row) for row in found.double().numpy()])


def spread_of(policy: Policy, dream: Episodes, discount: float, baseline: Baseline) -> Array:
    """Variance of the gradient that branches make over its squared length, (C,)."""
    weight, _ = advantages(policy, dream, discount, baseline)
    each = policy.score_sum(dream.state, dream.choice, weight)
    variance = each.var(1).sum(-1) / each.shape[1]
    return (variance / each.mean(1).square().sum(-1)).double().numpy()


SIZES: Mapping[str, Any] = {
    "rounds": 10,
    "steps": 40,
    "chains": 2,
    "length": 200,
    "width": 32,
    "fits": 250,
    "discount": 0.97,
}

RATES = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3)

SYSTEMS: dict[str, System] = {
    "pendulum": Gymnasium(replace(pendulum.SETTING, **SIZES), -1237.0, -145.0, RATES),
    "cart and pole": Gymnasium(replace(cartpole.SETTING, **SIZES), 22.5, 500.0, RATES),
}

SCALES = {
    "tune": Scale(first=900, seeds=8, tuning=True, block=8, alone=(PERFECT,)),
    "full": Scale(first=0, seeds=20, block=20, alone=(PERFECT,)),
    "quick": Scale(first=900, seeds=2, tuning=True, members=(1,), block=2),
}

main = command("imagination.studies.loop.branches_gymnasium", RECORD, SYSTEMS, SCALES)


if __name__ == "__main__":
    raise SystemExit(main())
