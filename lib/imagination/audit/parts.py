"""What each of a model's errors did to the return: an identity along real episodes, and its parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from imagination.audit.episodes import Episodes
from imagination.audit.models import WorldModel

__all__ = [
    "CALLS",
    "CHUNK",
    "PARTS",
    "Imagination",
    "OneStep",
    "Parts",
    "decompose",
    "one_step",
    "reaching",
    "rows_seen",
]

PARTS = ("reward", "dynamics", "termination")

CALLS = 20_000_000
"""How many imagined transitions a decomposition may cost before it asks a sample of the steps."""

CHUNK = 32_768
"""How many transitions are asked at once: what bounds the memory."""


@dataclass(frozen=True, eq=False)
class OneStep:
    """What the model says at every logged transition, asked from the logged state with the logged action.

    Attributes
    ----------
    state : ndarray (n, d) or None
        Predicted next states; None where the model predicts none.
    reward : ndarray (n,)
    proceed : ndarray (n,)
        Probability that the world goes on.
    """

    state: np.ndarray | None
    reward: np.ndarray
    proceed: np.ndarray


@dataclass(frozen=True, eq=False)
class Parts:
    """Returns and the parts of their gap (imagined less real), for each of E episodes.

    Attributes
    ----------
    episodes : ndarray (E,) of int
        Which episodes are long enough for the longest horizon, or ended in the world before.
    horizons : ndarray (h,) of int
        Increasing; the last one is H.
    real, imagined : ndarray (E, h)
        Discounted returns by horizon.
    by_horizon : dict of str to ndarray (E, h)
        The part of the gap for each of `PARTS`; they add up to ``imagined - real``, to rounding. Where only
        a sample of the steps was asked, "dynamics" and "termination" share its doubt; "reward" has none.
    by_step : dict of str to ndarray (E, H)
        The discounted contribution of step t to the part at horizon H: weighted up where it was asked in a
        sample, and 0 where it was not, so that means over episodes are unbiased. Steps after the world's
        end contribute 0. Where every step was asked they add up to ``by_horizon[part][:, -1]``.
    asked : ndarray (E, H)
        Whether a step was asked (all, or an unbiased sample that is weighted up).
    """

    episodes: np.ndarray
    horizons: np.ndarray
    real: np.ndarray
    imagined: np.ndarray
    by_horizon: dict[str, np.ndarray]
    by_step: dict[str, np.ndarray]
    asked: np.ndarray


def one_step(episodes: Episodes, model: WorldModel) -> OneStep:
    """Ask the model about every logged transition; what it answers may be no number."""
    found = []
    for chosen in _chunks(episodes.length, len(episodes.length)):
        episode, time = _transitions(chosen, episodes.length[chosen])
        at = episodes.start[episode] + time
        belief, reward, proceed = model.step(model.begin(episodes, episode, time), episodes.action[at])
        found.append((model.states(belief), reward, proceed))
    states, rewards, proceeds = zip(*found, strict=True)
    state = None if states[0] is None else np.concatenate(states)
    return OneStep(state, np.concatenate(rewards), np.concatenate(proceeds))


def rows_seen(episodes: Episodes, model: WorldModel) -> np.ndarray:
    """What a policy that sees the model's beliefs saw before each logged transition, (n, ...)."""
    found = []
    for chosen in _chunks(episodes.length, len(episodes.length)):
        episode, time = _transitions(chosen, episodes.length[chosen])
        found.append(model.visible(model.begin(episodes, episode, time)))
    return np.concatenate(found)


def reaching(episodes: Episodes, horizon: int) -> np.ndarray:
    """Which episodes can speak about a horizon: they reach it, or ended in the world before."""
    return np.flatnonzero((episodes.length >= horizon) | episodes.ended())


def decompose(
    episodes: Episodes,
    model: WorldModel,
    policy: Callable[[Any], np.ndarray],
    *,
    gamma: float,
    horizons: np.ndarray,
    rng: np.random.Generator,
    calls: int | None = None,
    value: Callable[[Any], np.ndarray] | None = None,
) -> Parts:
    """Split the return gap of on-policy episodes into what reward, dynamics and termination did.

    With c_t whether the world went on after step t, ĉ, r̂ and f̂ the model's answers there, and V̂_h the
    return of h imagined steps under the policy: reward r̂ − r; dynamics γ c_t [V̂(f̂(s_t, a_t)) − V̂(s_{t+1})];
    termination γ (ĉ − c_t) V̂(f̂(s_t, a_t)); all with h = H − t − 1, discounted by γ^t. The sum telescopes to
    imagined less real return, for models with memory and noise too. Imagination begins with the logged
    action, which is the policy's.

    Parameters
    ----------
    episodes : Episodes
        Logged under `policy`; those too short for the longest horizon are left out.
    model : WorldModel
    policy : callable
        From what the model's `visible` gives to actions (m, k).
    gamma : float
        Discount, in [0, 1].
    horizons : ndarray of int
        Positive.
    rng : numpy.random.Generator
        Draws the sample of steps.
    calls : int, optional
        Imagined transitions that it may cost, roughly. By default `CALLS`.
    value : callable, optional
        Value, (m,), of what the policy sees where imagination stops; by default 0.

    Returns
    -------
    Parts
    """
    horizons = np.unique(horizons)
    last = int(horizons[-1])
    used = reaching(episodes, last)
    steps = np.minimum(episodes.length[used], last)
    ended = episodes.ended()[used] & (episodes.length[used] <= last)
    weight = _weights(steps, ended, last, CALLS if calls is None else calls, rng)
    imagination = Imagination(model, policy, gamma, horizons, value)
    shape = len(used), len(horizons)
    real, imagined, termination, reward = (np.empty(shape) for _ in range(4))
    by_step = {part: np.empty(weight.shape) for part in PARTS}
    with np.errstate(all="ignore"):
        for rows in _chunks(steps, len(used)):
            chunk = imagination.along(episodes, used[rows], steps[rows], ended[rows], weight[rows])
            real[rows], imagined[rows], reward[rows], termination[rows] = chunk.by_horizon()
            for part, contributions in zip(PARTS, chunk.by_step(), strict=True):
                by_step[part][rows] = contributions
        dynamics = imagined - real - reward - termination
    by_horizon = dict(zip(PARTS, (reward, dynamics, termination), strict=True))
    return Parts(used, horizons, real, imagined, by_horizon, by_step, weight > 0)


def _chunks(steps: np.ndarray, count: int) -> Iterator[np.ndarray]:
    """Cut 0, …, count − 1 into runs with at most `CHUNK` steps, or a single episode with more."""
    begin = 0
    total = np.cumsum(steps)
    while begin < count:
        before = total[begin - 1] if begin else 0
        end = max(begin + 1, int(np.searchsorted(total, before + CHUNK, side="right")))
        yield np.arange(begin, end)
        begin = end


def _transitions(episode: np.ndarray, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first `steps` times of each episode, one after another: which episode, and which time."""
    first = np.cumsum(steps) - steps
    return np.repeat(episode, steps), np.arange(steps.sum()) - np.repeat(first, steps)


def _weights(
    steps: np.ndarray, ended: np.ndarray, horizon: int, calls: int, rng: np.random.Generator
) -> np.ndarray:
    """How much each step counts, (E, H): 1 for all; or of each `stride` steps one, drawn, counts so much.

    The first step and the one in which the world ended are always asked.
    """
    time = np.arange(horizon)
    alive = time < steps[:, None]
    cost = float((alive * (horizon - time)).sum())
    if cost <= calls:
        return alive.astype(float)
    spare = max(calls - 2.0 * horizon * len(steps), 1.0)
    stride = int(min(max(np.ceil(2 * cost / spare), 2), max(horizon - 1, 2)))
    strata = -(-horizon // stride)
    drawn = rng.integers(stride, size=(len(steps), strata)) + stride * np.arange(strata)
    weight = (drawn[:, time // stride] == time) * float(stride)
    weight[:, 0] = 1
    weight[ended, steps[ended] - 1] = 1
    return np.where(alive, weight, 0.0)


@dataclass(frozen=True, eq=False)
class _Chunk:
    """B episodes side by side, (B, H) or with a last axis of horizons; zeros after an episode's end.

    `onward` is what imagination returns after the step, `final` (B, h) the value of the real state then.
    """

    gamma: float
    horizons: np.ndarray
    weight: np.ndarray
    real_reward: np.ndarray
    real_proceed: np.ndarray
    reward: np.ndarray
    proceed: np.ndarray
    onward: np.ndarray
    final: np.ndarray

    def by_horizon(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Real return, imagined return, reward part and termination part, each (B, h)."""
        discount = self.gamma ** np.arange(self.reward.shape[1])
        until = self.horizons - 1
        real = np.cumsum(discount * self.real_reward, axis=1)[:, until]
        real = real + self.gamma**self.horizons * self.final
        error = np.cumsum(discount * (self.reward - self.real_reward), axis=1)[:, until]
        wrong = self.gamma * discount * self.weight * (self.proceed - self.real_proceed)
        imagined = self.reward[:, :1] + self.gamma * self.proceed[:, :1] * self.onward[:, 0]
        return real, imagined, error, np.einsum("bt,bth->bh", wrong, self.onward)

    def by_step(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Contributions to the three parts at the longest horizon, each (B, H)."""
        discount = self.gamma ** np.arange(self.reward.shape[1])
        onward = self.onward[:, :, -1]
        whole = self.reward + self.gamma * self.proceed * onward
        following = np.concatenate([whole[:, 1:], self.final[:, -1:]], axis=1)
        weight = self.gamma * discount * self.weight
        dynamics = weight * np.where(self.weight * self.real_proceed > 0, onward - following, 0)
        termination = weight * (self.proceed - self.real_proceed) * onward
        return discount * (self.reward - self.real_reward), dynamics, termination


@dataclass(frozen=True, eq=False)
class Imagination:
    """A model under a policy, asked for returns of several horizons at once."""

    model: WorldModel
    policy: Callable[[Any], np.ndarray]
    gamma: float
    horizons: np.ndarray
    value: Callable[[Any], np.ndarray] | None

    def along(
        self,
        episodes: Episodes,
        chosen: np.ndarray,
        steps: np.ndarray,
        ended: np.ndarray,
        weight: np.ndarray,
    ) -> _Chunk:
        """Ask at every step of these episodes, and imagine on where the sample needs it."""
        shape = weight.shape
        episode, time = _transitions(chosen, steps)
        row = np.repeat(np.arange(len(chosen)), steps)
        at = episodes.start[episode] + time
        belief, reward, proceed = self.model.step(
            self.model.begin(episodes, episode, time), episodes.action[at]
        )
        needed = weight > 0
        needed[:, 1:] |= needed[:, :-1]
        index = np.flatnonzero(needed[row, time])
        dense = {name: np.zeros(shape) for name in ("real_reward", "real_proceed", "reward", "proceed")}
        dense["real_reward"][row, time] = episodes.reward[at]
        dense["real_proceed"][row, time] = ~episodes.terminated[at]
        dense["reward"][row, time], dense["proceed"][row, time] = reward, proceed
        onward = np.zeros((*shape, len(self.horizons)))
        if len(index):
            onward[row[index], time[index]] = self.onward(self.model.select(belief, index), time[index])
        final = self.final(episodes, chosen, steps, ended)
        return _Chunk(self.gamma, self.horizons, weight, **dense, onward=onward, final=final)

    def onward(self, belief: Any, time: np.ndarray) -> np.ndarray:
        """Return of imagination that goes on after step `time` (m,) until each horizon, (m, h)."""
        longest = self.horizons[-1]
        column = np.full(longest + 1, -1)
        column[self.horizons] = np.arange(len(self.horizons))
        found = np.zeros((len(time), len(self.horizons)))
        row, now = np.arange(len(time)), time + 1
        total, weight = np.zeros(len(time)), np.ones(len(time))
        while True:
            due = np.flatnonzero(column[now] >= 0)
            found[row[due], column[now[due]]] = total[due]
            if self.value is not None and len(due):
                worth = self.value(self.model.visible(self.model.select(belief, due)))
                found[row[due], column[now[due]]] += weight[due] * worth
            keep = (now < longest) & (weight != 0)
            if not keep.all():
                over = np.flatnonzero(~keep & (now < longest))  # the imagined world has ended for sure
                later = self.horizons > now[over, None]
                found[row[over]] = np.where(later, total[over, None], found[row[over]])
                kept = np.flatnonzero(keep)
                if not len(kept):
                    return found
                belief = self.model.select(belief, kept)
                row, now, total, weight = row[kept], now[kept], total[kept], weight[kept]
            belief, reward, proceed = self.model.step(belief, self.policy(self.model.visible(belief)))
            total = total + weight * reward
            weight = weight * self.gamma * proceed
            now = now + 1

    def final(
        self, episodes: Episodes, chosen: np.ndarray, steps: np.ndarray, ended: np.ndarray
    ) -> np.ndarray:
        """Value of the real state at each horizon, (B, h): 0 without one, or after the end."""
        found = np.zeros((len(chosen), len(self.horizons)))
        if self.value is not None:
            alive = (steps[:, None] >= self.horizons) & ~(ended[:, None] & (steps[:, None] == self.horizons))
            row, column = np.nonzero(alive)
            time = self.horizons[column]
            if len(row):
                belief = self.model.begin(episodes, chosen[row], time)
                found[row, column] = self.value(self.model.visible(belief))
        return found
