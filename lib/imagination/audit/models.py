"""How an audit asks somebody's world model, whichever way it is called."""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from imagination.audit.calls import PROBED, Call, numbers, part, probability, same, vector, vectors
from imagination.audit.episodes import Episodes
from imagination.audit.latent import LatentModel
from imagination.audit.randomness import forked
from imagination.audit.trees import chosen, leaves

__all__ = ["WorldModel", "as_world_model"]

WAYS = (
    "next_state(state, action) and reward(state, action)",
    "reset(states) and step(actions, model_state)",
    "observe(states, actions), imagine(latent, action) and reward(latent)",
)


SHARED_OUT = 420
"""An ensemble of up to seven that hands every member an equal share of a batch can do so with this many."""


class WorldModel(Protocol):
    """What an audit needs of a world model: m imagined trajectories at once.

    A *belief* is whatever the model carries from step to step: a state, or a latent state and its history.
    Only the model looks into it.
    """

    stochastic: bool
    """Whether two equal calls can differ."""

    def begin(self, episodes: Episodes, episode: np.ndarray, time: np.ndarray) -> Any:
        """Return the belief after having seen each `episode` (m,) up to its state at `time` (m,)."""

    def visible(self, belief: Any) -> Any:
        """What the policy sees of a belief, (m, d)."""

    def states(self, belief: Any) -> np.ndarray | None:
        """The predicted states (m, d) in the units of the log; None where the model predicts none."""

    def step(self, belief: Any, action: np.ndarray) -> tuple[Any, np.ndarray, np.ndarray]:
        """Return the next belief, the reward (m,) and the probability (m,) that the world goes on."""

    def select(self, belief: Any, keep: np.ndarray) -> Any:
        """Return the beliefs of the trajectories `keep` (indices or mask)."""


def as_world_model(model: Any, episodes: Episodes) -> WorldModel:
    """Whatever can imagine, asked about batches, in numpy's float64.

    Parameters
    ----------
    model : mapping or object with these, which take numpy's arrays or torch's (`Call` finds out which)

        - ``next_state(state, action)`` (n, d) and ``reward(state, action)`` (n,), and where worlds end
          ``proceed(state, action)`` (n,), the probability that the world goes on after the step;
        - or ``reset(states)``, which returns a model state, and ``step(actions, model_state)``, which returns
          observations (n, d), rewards, whether each world is done, and the next model state: mbrl-lib's
          ``ModelEnv``. A step that takes `sample` is asked to sample;
        - or ``observe(states, actions)``, ``imagine(latent, action)`` and ``reward(latent)``:
          `imagination.audit.latent.LatentModel`;
        - or the methods of a `WorldModel`.
    episodes : Episodes
        The log: the model is asked about some of its transitions twice, to see shapes and chance.

    Raises
    ------
    ValueError
        If the model can be called in none of these ways, fails, or returns something of another shape.
    """

    def can(*names: str) -> bool:
        return all(part(model, name) is not None for name in names)

    if can("begin", "visible", "states", "step", "select") and hasattr(model, "stochastic"):
        return model
    if can("next_state", "reward"):
        return _Maps(model, episodes)
    if can("observe", "imagine", "reward"):
        return LatentModel(model, episodes)
    if can("reset", "step"):
        return _Stepped(model, episodes)
    raise ValueError(f"model must have {', or '.join(WAYS)}; got {type(model).__name__}")


class _Maps:
    """A model that needs nothing but a state and an action; its belief is the state."""

    def __init__(self, model: Any, episodes: Episodes) -> None:
        names = ("next_state", "reward", "proceed")
        self._calls = {
            name: Call(f"model.{name}", part(model, name), model)
            for name in names
            if part(model, name) is not None
        }
        episode, time = episodes.spread(PROBED)
        rows = episodes.start[episode] + time
        state, action = episodes.state[rows], episodes.action[rows]
        with forked(None, model):
            first, second = self.step(state, action), self.step(state, action)
        self.stochastic = not all(map(same, first, second))

    def begin(self, episodes: Episodes, episode: np.ndarray, time: np.ndarray) -> np.ndarray:
        return episodes.observed(episode, time)

    def visible(self, belief: np.ndarray) -> np.ndarray:
        return belief

    def states(self, belief: np.ndarray) -> np.ndarray:
        return belief

    def step(self, belief: np.ndarray, action: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        count, size = belief.shape
        answer = {name: call(belief, action) for name, call in self._calls.items()}
        goes_on = answer.get("proceed", np.ones(count))
        return (
            vectors("model.next_state", answer["next_state"], count, size),
            vector("model.reward", answer["reward"], count),
            probability("model.proceed", goes_on, count),
        )

    def select(self, belief: np.ndarray, keep: np.ndarray) -> np.ndarray:
        return belief[keep]


class _Stepped:
    """A model that is reset to observations and stepped; its belief is the observation and its own state."""

    def __init__(self, model: Any, episodes: Episodes) -> None:
        step = part(model, "step")
        self._reset = Call("model.reset", part(model, "reset"), model)
        self._step = Call("model.step", step, model)
        self._sample = {"sample": True} if "sample" in _parameters(step) else {}
        self._multiple = 1
        with forked(None, model):
            try:
                self._differs(episodes)
            except ValueError:
                self._multiple = SHARED_OUT
            self.stochastic = self._differs(episodes)

    def _differs(self, episodes: Episodes) -> bool:
        most = min(PROBED, len(episodes.reward))  # as many as no ensemble can share out by chance
        count = next(count for count in range(most, 0, -1) if math.gcd(count, SHARED_OUT) == 1)
        episode, time = episodes.spread(count)
        rows = episodes.start[episode] + time

        def once() -> tuple[np.ndarray, ...]:
            (state, _), *others = self.step(self.begin(episodes, episode, time), episodes.action[rows])
            return state, *others

        return not all(map(same, once(), once()))

    def begin(self, episodes: Episodes, episode: np.ndarray, time: np.ndarray) -> tuple[np.ndarray, Any]:
        seen = episodes.observed(episode, time)
        state = self._reset(self._shared_out(seen))
        for array in leaves(state):
            if len(array.shape) == 1 and _numbers_rows(array):
                raise ValueError(
                    "model.reset must not tie rows to one another, got a state that numbers them "
                    "(an ensemble's fixed_model? random_model or expectation can be audited)"
                )
        return seen, state

    def visible(self, belief: tuple[np.ndarray, Any]) -> np.ndarray:
        return belief[0]

    def states(self, belief: tuple[np.ndarray, Any]) -> np.ndarray:
        return belief[0]

    def step(
        self, belief: tuple[np.ndarray, Any], action: np.ndarray
    ) -> tuple[tuple[np.ndarray, Any], np.ndarray, np.ndarray]:
        count, size = belief[0].shape
        answer = self._step(self._shared_out(action), belief[1], **self._sample)
        if not isinstance(answer, tuple) or len(answer) != 4:
            got = f"{len(answer)} values" if isinstance(answer, tuple) else type(answer).__name__
            raise ValueError(f"model.step must return observations, rewards, dones, model state; got {got}")
        rows = len(self._shared_out(action))
        state = vectors("model.step's observations", answer[0], rows, size)[:count]
        reward = vector("model.step's rewards", answer[1], rows)[:count]
        done = probability("model.step's dones", answer[2], rows)[:count]
        return (state, answer[3]), reward, 1 - done

    def select(self, belief: tuple[np.ndarray, Any], keep: np.ndarray) -> tuple[np.ndarray, Any]:
        rows = np.flatnonzero(keep) if keep.dtype == bool else keep
        held = len(self._shared_out(belief[0]))
        return belief[0][rows], chosen(belief[1], self._shared_out(rows), held)

    def _shared_out(self, array: np.ndarray) -> np.ndarray:
        """As many rows as an ensemble can share out, the first ones again behind the others."""
        rows = -(-len(array) // self._multiple) * self._multiple
        return array[np.arange(rows) % len(array)] if len(array) else array


def _numbers_rows(array: Any) -> bool:
    """Whether an array is a permutation of its rows' numbers."""
    found = numbers("model.reset", array)
    return len(found) > 1 and bool((np.sort(found) == np.arange(len(found))).all())


def _parameters(function: Any) -> Mapping[str, Any]:
    try:
        return inspect.signature(function).parameters
    except (TypeError, ValueError):
        return {}
