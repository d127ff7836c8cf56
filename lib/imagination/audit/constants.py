"""Constants as observed along the log, and which of the book's bounds speak with them."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.spatial import cKDTree
from scipy.spatial.distance import pdist

from imagination.audit.evidence import Finding
from imagination.audit.suspicions import Errors
from imagination.lipschitz import CLOSEST
from imagination.results.return_gap import claims

__all__ = ["bounds", "observed"]

POINTS = 2000
NEIGHBOURS = 5


def observed(errors: Errors) -> dict[str, float]:
    """Lower bounds of the constants, from the log's own points.

    Returns
    -------
    dict
        ``L_f``, ``L_r`` of the model (distances of states and actions add) and ``L_pi`` of the policy;
        ``closed_f``, ``closed_r`` of the model under the policy, by the state alone; ``eps_dyn``,
        ``eps_rew``, the largest one-step errors; ``diameter`` of the log's states. Steepest of `POINTS`
        points and their nearest neighbours, and of as many pairs at random.
    """
    evidence, rng = errors.evidence, errors.evidence.rng
    episodes, predicted = evidence.episodes, evidence.one_step
    assert predicted.state is not None
    chosen = np.sort(rng.permutation(len(episodes.state))[:POINTS])
    state, action = episodes.state[chosen], episodes.action[chosen]
    following, reward = predicted.state[chosen], predicted.reward[chosen, None]
    near = _pairs(np.column_stack([state, action]), rng)
    run = _apart(state, near) + _apart(action, near)
    by_state = _pairs(state, rng)
    moved = _apart(state, by_state)
    return {
        "L_f": _steepest(_apart(following, near), run),
        "L_r": _steepest(_apart(reward, near), run),
        "L_pi": _steepest(_apart(action, by_state), moved),
        "closed_f": _steepest(_apart(following, by_state), moved),
        "closed_r": _steepest(_apart(reward, by_state), moved),
        "eps_dyn": float(np.linalg.norm(predicted.state - episodes.next_state, axis=1).max()),
        "eps_rew": float(np.abs(predicted.reward - episodes.reward).max()),
        "diameter": float(pdist(state[:POINTS]).max()) if len(state) > 1 else 0.0,
    }


def bounds(errors: Errors) -> list[Finding]:
    """The bounds of the return gap with observed constants, beside the range of returns they must beat."""
    evidence = errors.evidence
    if evidence.parts is None or evidence.model.stochastic or not (errors.has_state and errors.has_reward):
        return []
    found = observed(errors)
    horizon = int(evidence.parts.horizons[-1])
    values = gap_bounds(found, evidence.gamma, horizon)
    rewards = evidence.episodes.reward
    width = float(rewards.max() - rewards.min()) * _weight(evidence.gamma, horizon)
    name = min(values, key=lambda each: values[each])
    said = f"the range of returns over {horizon} steps, {width:.3g}"
    if values[name] < width:
        return [
            Finding(
                "bounds",
                "note",
                f"a gap of {values[name]:.3g} is all that the bound `{name}` allows, with constants observed "
                f"along the log (true ones may be larger), less than {said}",
                "it is about worlds with such constants, ends of episodes left aside",
            )
        ]
    return [
        Finding(
            "bounds",
            "note",
            f"with constants observed along the log no bound of the gap is smaller than {said}",
            "trust the measured gap; a bound needs fewer steps, or a smaller constant of the closed loop "
            f"than {found['closed_f']:.3g}",
        )
    ]


def gap_bounds(found: dict[str, float], gamma: float, horizon: int) -> dict[str, float]:
    """Bounds of the gap at `horizon` by name, with the constants of `observed`."""
    errors: dict[str, Any] = {name: found[name] for name in ("eps_dyn", "eps_rew")}
    errors |= {"gamma": gamma, "horizon": horizon}
    maps = {name: found[name] for name in ("L_f", "L_r", "L_pi")}
    closed = {"L_f": found["closed_f"], "L_r": found["closed_r"], "L_pi": 0.0}
    values = {
        "finite horizon": claims.bound(**errors, **maps),
        "bounded states": claims.bound(**errors, **maps, diameter=found["diameter"]),
        "closed loop": claims.bound(**errors, **closed),
        "closed loop, bounded states": claims.bound(**errors, **closed, diameter=found["diameter"]),
    }
    return {name: float(value) for name, value in values.items()}


def _weight(gamma: float, horizon: int) -> float:
    return float((gamma ** np.arange(horizon)).sum())


def _pairs(points: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Indices (2, m): each point with its nearest neighbours, and with some at random."""
    count = min(NEIGHBOURS, len(points) - 1)
    first = np.arange(len(points))
    if count < 1:
        return np.zeros((2, 0), dtype=int)
    _, near = cKDTree(points).query(points, k=count + 1)
    near = np.concatenate([near[:, 1:].ravel(), rng.permutation(first)])
    return np.stack([np.concatenate([np.repeat(first, count), first]), near])


def _apart(values: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    return np.linalg.norm(values[pairs[0]] - values[pairs[1]], axis=1)


def _steepest(rise: np.ndarray, run: np.ndarray) -> float:
    apart = run > CLOSEST
    return float((rise[apart] / run[apart]).max()) if apart.any() else 0.0
