"""An adversary for the bound: gradient ascent on gap / bound, over systems, policies and models.

It starts from generic systems, half linear and half network, whose ratio is small, and is free to change
every weight; Lipschitz constants and model errors stay what they are, because every map is scaled to its
certified constant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch
from array_api_compat import array_namespace

from imagination.results.return_gap import claims
from imagination.results.return_gap.pair import Pair, measure
from imagination.results.return_gap.trial import TAIL
from imagination.rollouts import return_gap, rollout
from imagination.worlds.continuous import (
    Array,
    BallProjected,
    ContinuousMDP,
    FixedInitial,
    Parametric,
    apply_matrix,
    norm,
    spectral_norm,
)
from imagination.worlds.perturbations import PerturbedDynamics, PerturbedReward
from imagination.worlds.policies import LinearPolicy

__all__ = ["ENDLESS", "FASTEST", "MixedMap", "Search", "Worlds", "search", "tightness"]

STATES, ACTIONS, WIDTH = 3, 2, 6

ENDLESS = 20
"""Steps of the rollouts through which the ratio of an infinite horizon is followed."""

FASTEST = 0.6
"""Largest γ and γL of a search for an infinite horizon."""

Worlds = Callable[[Pair], Pair]
"""Changes pairs of worlds: for a claim that supposes more of them."""


@dataclass(frozen=True, eq=False)
class MixedMap(Parametric):
    """``A s + B a + O tanh(W_s s + W_a a + b) + c``: partly linear, partly a network.

    Shapes: state_matrix A (C, d, d_s), action_matrix B (C, d, d_a), output O (C, d, m), hidden_state W_s
    (C, m, d_s), hidden_action W_a (C, m, d_a), bias b (C, m), offset c (C, d).
    """

    state_matrix: Array
    action_matrix: Array
    output: Array
    hidden_state: Array
    hidden_action: Array
    bias: Array
    offset: Array

    def __call__(self, state: Array, action: Array, noise: Array | None = None) -> Array:
        xp = array_namespace(state)
        hidden = apply_matrix(self.hidden_state, state) + apply_matrix(self.hidden_action, action)
        hidden = xp.tanh(hidden + self.bias[:, None, :])
        value = apply_matrix(self.state_matrix, state) + apply_matrix(self.action_matrix, action)
        return value + apply_matrix(self.output, hidden) + self.offset[:, None, :]

    def steepness(self) -> tuple[Array, Array]:
        """Certified, in the state and in the action: norm of the linear part plus norms of the network."""
        outer = spectral_norm(self.output)
        in_state = spectral_norm(self.state_matrix) + outer * spectral_norm(self.hidden_state)
        in_action = spectral_norm(self.action_matrix) + outer * spectral_norm(self.hidden_action)
        return in_state, in_action

    def lipschitz(self) -> Array:
        """Certified, jointly, (C,)."""
        in_state, in_action = self.steepness()
        return array_namespace(in_state).maximum(in_state, in_action)

    def scaled_to(self, lipschitz: Array) -> MixedMap:
        """The map with each part scaled so that its certified constant is `lipschitz`, (C,)."""
        in_state, in_action = self.steepness()
        by_state, by_action = (lipschitz / in_state)[:, None, None], (lipschitz / in_action)[:, None, None]
        return self.with_arrays(
            {
                "state_matrix": self.state_matrix * by_state,
                "hidden_state": self.hidden_state * by_state,
                "action_matrix": self.action_matrix * by_action,
                "hidden_action": self.hidden_action * by_action,
            }
        )

    @classmethod
    def random(cls, generator: np.random.Generator, size: int, outputs: int) -> MixedMap:
        """A map with standard normal weights."""
        shapes = [(outputs, STATES), (outputs, ACTIONS), (outputs, WIDTH), (WIDTH, STATES), (WIDTH, ACTIONS)]
        return cls(*(generator.standard_normal((size, *shape)) for shape in [*shapes, (WIDTH,), (outputs,)]))


@dataclass(frozen=True, eq=False)
class MixedReward(Parametric):
    """A `MixedMap` with one output, as reward."""

    map: MixedMap

    def __call__(self, state: Array, action: Array) -> Array:
        return self.map(state, action)[..., 0]

    def lipschitz(self) -> Array:
        """That of the map, (C,)."""
        return self.map.lipschitz()


@dataclass(frozen=True, eq=False)
class _Weights(Parametric):
    """What the search may change."""

    dynamics: MixedMap
    reward: MixedMap
    error_dynamics: MixedMap
    error_reward: MixedMap
    gain: Array
    start: Array

    def pair(self, constants: dict[str, Array]) -> Pair:
        """The pair of systems that these weights describe, with exactly these certified constants."""
        dynamics = self.dynamics.scaled_to(constants["L_f"])
        reward = MixedReward(self.reward.scaled_to(constants["L_r"]))
        policy = LinearPolicy(self.gain * (constants["L_pi"] / spectral_norm(self.gain))[:, None, None])
        one = 0 * constants["gamma"] + 1
        real = ContinuousMDP(dynamics, reward, FixedInitial(self.start), constants["gamma"])
        learned = real.swap(
            dynamics=PerturbedDynamics(
                dynamics, BallProjected(self.error_dynamics, one), constants["eps_dyn"]
            ),
            reward=PerturbedReward(reward, BallProjected(self.error_reward, one), constants["eps_rew"]),
        )
        endless = one * float("inf")
        start = self.start[:, None, :]
        return Pair(
            real, learned, policy, start, constants["eps_dyn"], constants["eps_rew"], endless, endless
        )


@dataclass(frozen=True)
class Search:
    """What a search found.

    Attributes
    ----------
    path : DataFrame
        Columns `step`, `restart`, `ratio`: the ratio at every step of the ascent.
    table : DataFrame
        The pairs at the end, one row a restart, with the columns of a trial
        (`imagination.results.return_gap.trial.batch`).
    first, pair : Pair
        The pairs at the start and at the end.
    """

    path: pd.DataFrame
    table: pd.DataFrame
    first: Pair
    pair: Pair


def search(
    generator: np.random.Generator,
    *,
    restarts: int = 12,
    steps: int = 150,
    horizon: int | None = 6,
    rate: float = 0.2,
    worlds: Worlds | None = None,
) -> Search:
    """Maximise the ratio of return gap and bound by gradient ascent through the rollouts.

    Parameters
    ----------
    generator : numpy Generator
        Draws the constants of each restart (they stay fixed) and its first weights.
    restarts : int
        Number of independent ascents, run as one batch.
    steps : int
        Number of gradient steps (Adam, the rate falling to zero along a cosine).
    horizon : int or None
        Number of steps of the rollouts; the bound is that of a finite horizon. With None the bound is Lemma
        1, and the constants drawn satisfy γL < 1: the ascent follows the first `ENDLESS` steps, and the pairs
        at the end are measured over as many steps as leave nothing to speak of.
    rate : float
        First learning rate.
    worlds : callable, optional
        Changes every pair before it is rolled out, and keeps its constants valid: to search among worlds of
        which more is supposed.

    Returns
    -------
    Search

    Raises
    ------
    ValueError
        If a number is not positive.
    """
    length = ENDLESS if horizon is None else horizon
    for name, value in {"restarts": restarts, "steps": steps, "horizon": length, "rate": rate}.items():
        if not value > 0:
            raise ValueError(f"{name}: {value} must be positive")
    change = worlds or (lambda pair: pair)
    constants = _constants(generator, restarts, contracting=horizon is None)
    bound = np.asarray(claims.bound(**constants, horizon=horizon))
    weights = _start(generator, restarts)
    path, ascended = _ascent(weights, constants, bound, length, steps, rate, change)
    found = change(ascended.pair(constants))
    return Search(_tidy(path), _rows(found, horizon), change(weights.pair(constants)), found)


def _ascent(
    weights: _Weights,
    constants: dict[str, np.ndarray],
    bound: np.ndarray,
    length: int,
    steps: int,
    rate: float,
    change: Worlds,
) -> tuple[np.ndarray, _Weights]:
    """The ratio at every step, (steps + 1, restarts), and where the ascent ends."""
    in_torch: dict[str, Any] = {name: torch.as_tensor(value) for name, value in constants.items()}
    arrays = {
        path: torch.as_tensor(array).clone().requires_grad_() for path, array in weights.arrays().items()
    }
    optimizer = torch.optim.Adam(list(arrays.values()), lr=rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    sign = None
    path = np.empty((steps + 1, len(bound)))
    for step in range(steps + 1):
        pair = change(weights.with_arrays(arrays).pair(in_torch))
        gap: Any = return_gap(pair.real, pair.learned, pair.policy, pair.start, length)[:, 0]
        ratio = gap / torch.as_tensor(bound)
        sign = torch.sign(ratio.detach()) if sign is None else sign
        path[step] = ratio.detach().abs().numpy()
        if step < steps:
            optimizer.zero_grad()
            (-(sign * ratio).sum()).backward()
            optimizer.step()
            schedule.step()
    return path, weights.with_arrays(arrays).map_arrays(lambda array: array.detach().numpy())


def tightness(pair: Pair, horizon: int) -> pd.DataFrame:
    """Return how far each inequality of the proof is an equality along the rollouts, one row a pair.

    Each column is something realised as a share of what its constant allows, averaged over the steps (1:
    equality): `dynamics error`, `reward error`, at the imagined states; `policy`, `dynamics`, `reward`, how
    steep the map is between the real and the imagined state. Steps at which the two states are one are left
    out.
    """
    real, imagined = (
        rollout(mdp, pair.policy, pair.start[:, :1], horizon) for mdp in (pair.real, pair.learned)
    )
    state, other = (path.states[:, 0, :-1] for path in (real, imagined))
    action, reaction = (path.actions[:, 0] for path in (real, imagined))
    (after, reward), (after_other, reward_other) = (
        pair.real.step(*at) for at in ((state, action), (other, reaction))
    )
    apart, moved = norm(state - other), norm(action - reaction)
    constants = {name: value[:, None] for name, value in pair.constants().items()}
    realised = {
        "dynamics error": (norm(imagined.states[:, 0, 1:] - after_other), constants["eps_dyn"]),
        "reward error": (np.abs(imagined.rewards[:, 0] - reward_other), constants["eps_rew"]),
        "policy": (moved, constants["L_pi"] * apart),
        "dynamics": (norm(after - after_other), constants["L_f"] * (apart + moved)),
        "reward": (np.abs(reward - reward_other), constants["L_r"] * (apart + moved)),
    }
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = {
            name: np.where(allowed > 0, part / allowed, np.nan) for name, (part, allowed) in realised.items()
        }
    return pd.DataFrame({name: np.nanmean(share, axis=1) for name, share in shares.items()})


def _constants(generator: np.random.Generator, size: int, *, contracting: bool) -> dict[str, np.ndarray]:
    constants = {
        "gamma": generator.uniform(0.5, 0.98, size),
        "L_f": generator.uniform(0.2, 1.2, size),
        "L_r": generator.uniform(0.2, 2, size),
        "L_pi": generator.uniform(0.1, 1.2, size),
        "eps_dyn": np.exp(generator.uniform(np.log(0.01), np.log(0.5), size)),
        "eps_rew": np.exp(generator.uniform(np.log(0.01), np.log(0.5), size)),
    }
    if contracting:  # γ and γL so small that `ENDLESS` steps hold nearly all of the sums
        constants["gamma"] = generator.uniform(0.3, FASTEST, size)
        loop = generator.uniform(0.2, FASTEST, size) / constants["gamma"]
        constants["L_f"] = loop / (1 + constants["L_pi"])
    return constants


def _start(generator: np.random.Generator, size: int) -> _Weights:
    return _Weights(
        dynamics=MixedMap.random(generator, size, STATES),
        reward=MixedMap.random(generator, size, 1),
        error_dynamics=MixedMap.random(generator, size, STATES),
        error_reward=MixedMap.random(generator, size, 1),
        gain=generator.standard_normal((size, ACTIONS, STATES)),
        start=generator.standard_normal((size, STATES)),
    )


def _tidy(path: np.ndarray) -> pd.DataFrame:
    steps, restarts = path.shape
    return pd.DataFrame(
        {
            "step": np.repeat(np.arange(steps), restarts),
            "restart": np.tile(np.arange(restarts), steps),
            "ratio": path.ravel(),
        }
    )


def _rows(pair: Pair, horizon: int | None) -> pd.DataFrame:
    """The pairs as rows of a trial, measured afresh with the constants that the maps certify."""
    constants = pair.constants()
    bound = claims.bound(**constants, horizon=horizon)
    tail = np.zeros(len(pair))
    steps = horizon
    if steps is None:  # step by step the bound bounds the gap, so what it has left bounds what the gap has
        steps = int(np.ceil(np.log(TAIL / 1000) / np.log(FASTEST)))
        tail = bound - claims.bound(**constants, horizon=steps)
    gap = measure(pair, horizon=steps).value
    mean_dyn, mean_rew = pair.mean_errors(np.random.default_rng(0), 1)
    return pd.DataFrame(
        {
            "family": "searched",
            "regime": "contracting" if horizon is None else "finite",
            "horizon": horizon or 0,
            **constants,
            "eps_dyn_mean": mean_dyn,
            "eps_rew_mean": mean_rew,
            "gap": gap,
            "tail": tail,
            "bound": bound,
            "ratio": (gap + tail) / bound,
        }
    )
