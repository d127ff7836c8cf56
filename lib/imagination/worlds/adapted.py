"""Any deterministic Gymnasium environment whose state can be set, as a pair of maps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import gymnasium
import numpy as np

from imagination.checks import check_shape, finite
from imagination.worlds.continuous import Array, ContinuousMDP, Parametric
from imagination.worlds.gymnasium import one_dimensional, within_box

__all__ = ["adapt"]


@dataclass(frozen=True, eq=False)
class _Stepped:
    """An environment that is stepped from states of our choice; its state need not be its observation."""

    env: gymnasium.Env
    box: gymnasium.spaces.Box
    set_state: Callable[[gymnasium.Env, np.ndarray], None]
    get_state: Callable[[gymnasium.Env], np.ndarray]
    absorbing: bool
    batch: int
    L_f: np.ndarray | None
    L_r: np.ndarray | None
    _last: dict[bytes, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict, repr=False)

    def step(self, state: Array, action: Array) -> tuple[np.ndarray, np.ndarray]:
        """Next states (C, K, d_s) and rewards (C, K); the latest batch is remembered.

        The first point is asked again after the others: a system that answers otherwise is no map.
        """
        for name, array in (("state", state), ("action", action)):
            if not isinstance(array, np.ndarray):
                kind = type(array).__name__
                raise ValueError(f"{name} must be a numpy array, got {kind}: an environment has no gradient")
        action = within_box(self.box, "action", action, *state.shape[:-1])
        key = np.ascontiguousarray(state).tobytes() + b"|" + np.ascontiguousarray(action).tobytes()
        if key not in self._last:
            next_state, reward = np.empty(state.shape), np.empty(state.shape[:-1])
            for index in np.ndindex(*state.shape[:-1]):
                next_state[index], reward[index] = self._one(state[index], action[index])
            if reward.size:
                first = (0,) * reward.ndim
                again = self._one(state[first], action[first])
                self._same(np.append(next_state[first], reward[first]), np.append(*again))
            self._last.clear()
            self._last[key] = next_state, reward
        return self._last[key]

    def _one(self, state: np.ndarray, action: np.ndarray) -> tuple[np.ndarray, float]:
        if self.absorbing and state[-1] > 0:
            return state, 0.0
        self.set_state(self.env, state[:-1] if self.absorbing else state)
        reward: Any
        _, reward, ended, _, _ = self.env.step(action)
        if ended and not self.absorbing:
            raise ValueError(
                f"env ends its episode after state {state}: give absorbing=True, which adds a coordinate to "
                f"states that is 1 after the end, where nothing more is earned"
            )
        moved = self.get_state(self.env)
        paid = finite("env: its reward", reward).ravel()
        check_shape("env: its reward", paid, (1,))
        moved = np.append(moved, float(ended)) if self.absorbing else moved
        return finite("env: its state", moved), float(paid[0])

    def _same(self, one: np.ndarray, other: np.ndarray) -> None:
        if not np.allclose(one, other, rtol=1e-6, atol=1e-9):
            raise ValueError(
                "env gives two answers to one (state, action): it is random, or it remembers what set_state "
                "does not write; collect() makes transitions to learn from, of any environment"
            )

    def reset(self, seed: int) -> np.ndarray:
        """An initial state of the environment's own, (d_s,)."""
        self.env.reset(seed=seed)
        state = finite("env: its state", self.get_state(self.env))
        return np.append(state, 0.0) if self.absorbing else state


@dataclass(frozen=True, eq=False)
class _SteppedDynamics(Parametric):
    stepped: _Stepped

    def __call__(self, state: Array, action: Array, noise: Array | None = None) -> np.ndarray:
        moved = self.stepped.step(state, action)[0]
        return moved if noise is None else moved + noise

    def lipschitz(self) -> np.ndarray:
        """The constant given; ValueError without one."""
        return _known(self.stepped.L_f, "L_f")


@dataclass(frozen=True, eq=False)
class _SteppedReward(Parametric):
    stepped: _Stepped

    def __call__(self, state: Array, action: Array) -> np.ndarray:
        return self.stepped.step(state, action)[1]

    def lipschitz(self) -> np.ndarray:
        """The constant given; ValueError without one."""
        return _known(self.stepped.L_r, "L_r")


@dataclass(frozen=True, eq=False)
class _SteppedInitial:
    stepped: _Stepped

    def sample(self, generator: np.random.Generator, count: int) -> np.ndarray:
        """Draw (C, count, d_s) states by the environment's own reset."""
        drawn = [
            self.stepped.reset(int(generator.integers(2**31))) for _ in range(self.stepped.batch * count)
        ]
        return np.array(drawn).reshape(self.stepped.batch, count, -1)


def adapt(
    env: str | gymnasium.Env,
    discount: float | np.ndarray,
    *,
    set_state: Callable[[gymnasium.Env, np.ndarray], None] | None = None,
    get_state: Callable[[gymnasium.Env], np.ndarray] | None = None,
    absorbing: bool = False,
    L_f: np.ndarray | None = None,
    L_r: np.ndarray | None = None,
) -> ContinuousMDP:
    """A deterministic Gymnasium environment with Box actions as a `ContinuousMDP` whose maps step it.

    The state is that of the simulation, which need not be the observation, and everything that a step depends
    on has to be in it. An environment that is random, or remembers more, is found out by repeating steps.

    Parameters
    ----------
    env : the environment or its registered name; its wrappers (time limits among them) are taken off.
    discount : number or (C,); every configuration is the same environment.
    set_state, get_state : how to write and read the state; by default ``env.unwrapped.state``.
    absorbing : whether states get one more coordinate, 1 after an episode's end and 0 before; from there
        nothing moves and nothing is earned. Without it, a step that ends an episode is refused.
    L_f, L_r : (C,), certified Lipschitz constants, if known.

    Raises
    ------
    ValueError
        If the actions are not a one-dimensional Box of floats, the state cannot be set, or, now or when it is
        stepped, the environment does not answer as a map of state and action.
    """
    try:
        env = (gymnasium.make(env) if isinstance(env, str) else env).unwrapped
    except (gymnasium.error.Error, AttributeError) as error:
        raise ValueError(f"env: no environment can be made of {env!r}: {error}") from error
    box = one_dimensional("env.action_space", env.action_space, kinds="f")
    env.reset(seed=0)
    if (set_state is None) != (get_state is None):
        raise ValueError("set_state and get_state must be given together")
    if set_state is None or get_state is None:
        if not isinstance(getattr(env, "state", None), np.ndarray | list | tuple):
            raise ValueError(
                f"env must have an array `state` or come with set_state and get_state, got {env}"
            )
        set_state, get_state = _write_state, _read_state
    discount = np.atleast_1d(finite("discount", discount))
    for name, constant in (("L_f", L_f), ("L_r", L_r)):
        if constant is not None:
            check_shape(name, constant, discount.shape)
    stepped = _Stepped(env, box, set_state, get_state, absorbing, len(discount), L_f, L_r)
    trial = np.stack([stepped.reset(seed) for seed in range(3)])[:, None]
    low, high = np.clip(box.low, -1, None), np.clip(box.high, None, 1)
    action = (low + (high - low) * np.random.default_rng(0).random((3, 1, *box.shape))).astype(box.dtype)
    stepped.step(trial, np.clip(action, box.low, box.high))
    return ContinuousMDP(
        _SteppedDynamics(stepped), _SteppedReward(stepped), _SteppedInitial(stepped), discount
    )


def _write_state(env: gymnasium.Env, state: np.ndarray) -> None:
    env.state = np.array(state)  # type: ignore[attr-defined]


def _read_state(env: gymnasium.Env) -> np.ndarray:
    return np.array(env.state, dtype=float)  # type: ignore[attr-defined]


def _known(constant: np.ndarray | None, name: str) -> np.ndarray:
    if constant is None:
        raise ValueError(f"{name} is not known for this environment: give it to adapt(), or observe it")
    return constant
