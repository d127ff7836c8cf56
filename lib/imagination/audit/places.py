"""Where the errors that matter sit: in the reward where the policy goes, and in a region of the dynamics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from imagination.audit.evidence import Finding
from imagination.audit.suspicions import MATTERS, Errors, exceeds, share

__all__ = ["Region", "local_dynamics", "optimistic_reward", "worst_region"]

BINS = 16
SOURCES, COORDINATES = 8, 32
"""At most so many coordinates of the error are followed, and so many of the state are cut."""

WHOLE = 0.6
"""A region that holds more than this share of the steps is none: the error is everywhere."""


def optimistic_reward(errors: Errors) -> list[Finding]:
    """Does the model's reward promise too much where the policy goes?"""
    evidence = errors.evidence
    parts = evidence.parts
    if parts is None or not errors.has_reward:
        return []
    part = parts.by_horizon["reward"][:, -1]
    horizon = int(parts.horizons[-1])
    reached = np.minimum(evidence.episodes.length[parts.episodes], horizon)
    weight = np.concatenate([[0.0], np.cumsum(evidence.gamma ** np.arange(horizon))])[reached].mean()
    spread = float(evidence.episodes.reward.std())
    if not exceeds(part, MATTERS * spread * weight, share(evidence.level)):
        return []
    return [
        Finding(
            "optimistic_reward",
            "warning",
            f"along the policy's own episodes the model promises {part.mean():.3g} more reward than was "
            f"paid, over {horizon} steps (mean real return {parts.real[:, -1].mean():.3g})",
            "label more rewards where this policy goes and train the reward again, or subtract an estimate "
            "of its doubt; a policy that is improved on this reward will exploit it",
        )
    ]


@dataclass(frozen=True, eq=False)
class Region:
    """An interval of one coordinate of the state in which a signed error stands out.

    Attributes
    ----------
    coordinate : int
    inside : ndarray (n,) of bool
        Which transitions begin in it.
    error : ndarray (n,)
        The error that is large there, and `name` of what it is an error.
    surplus : ndarray (n,)
        By how much the error is larger than what matters, in its direction; 0 outside.
    stands_out : float
    """

    coordinate: int
    inside: np.ndarray
    error: np.ndarray
    name: str
    surplus: np.ndarray
    stands_out: float


def local_dynamics(errors: Errors) -> list[Finding]:
    """Do the dynamics err in one region of the states, an interval of one coordinate, or everywhere alike?"""
    region = worst_region(errors)
    return [] if region is None else [_located(errors, region)]


def worst_region(errors: Errors) -> Region | None:
    """Where the dynamics surely err the most; None if nowhere surely.

    Sought on one half of the episodes and tested on the other, both ways round. What is summed up is what
    each step's error did to the imagined return, or on its own the error of one coordinate of the state;
    for a perfect model both have mean zero wherever a step begins.
    """
    if not errors.has_state:
        return None
    sources = _sources(errors)
    found = []
    for half in np.unique(errors.half):
        region = _sought(errors, sources, errors.half == half)
        if region is None:
            continue
        other = errors.half[errors.evidence.episodes.start] != half
        visits = other & (errors.total(region.inside) > 0)  # the others' sums are 0 and say nothing
        if exceeds(errors.total(region.surplus)[visits], 0.0, share(errors.evidence.level) / 2):
            found.append(region)
    return max(found, key=lambda each: each.stands_out, default=None)


def _sources(errors: Errors) -> list[tuple[str, np.ndarray, float]]:
    """Signed errors of every transition: of what, (n,), and how much a step matters."""
    residual = errors.state[0] - errors.states_of_log()[1]
    largest = np.argsort(-np.abs(residual).mean(axis=0))[:SOURCES]
    found = [(f"coordinate {i} of the next state", residual[:, i], MATTERS) for i in largest]
    parts = errors.evidence.parts
    if parts is not None:
        episodes = errors.evidence.episodes
        horizon = parts.by_step["dynamics"].shape[1]
        taken = np.arange(horizon) < episodes.length[parts.episodes][:, None]
        at = (episodes.start[parts.episodes][:, None] + np.arange(horizon))[taken]
        returned = np.zeros(len(residual))
        returned[at] = parts.by_step["dynamics"][taken]
        found.append(("the imagined return", returned, MATTERS * float(episodes.reward.std())))
    return found


def _sought(errors: Errors, sources: list[tuple[str, np.ndarray, float]], use: np.ndarray) -> Region | None:
    """The region in which an error's mean stands out most among the transitions `use`.

    That is where the squared sum over the region, divided by its number of steps, is largest: the
    likelihood ratio of a shift of the mean there.
    """
    state = errors.evidence.episodes.state
    best: Region | None = None
    for coordinate in range(min(state.shape[1], COORDINATES)):
        at = state[:, coordinate]
        edges = np.unique(np.quantile(at, np.linspace(0, 1, BINS + 1)[1:-1]))
        cell = np.searchsorted(edges, at, side="left")
        low, high = np.triu_indices(len(edges) + 1)
        steps = _between(np.bincount(cell[use], minlength=len(edges) + 1), low, high)
        for name, error, least in sources:
            size = np.sqrt((error[use] ** 2).mean())
            sums = _between(np.bincount(cell[use], error[use], len(edges) + 1), low, high)
            stands_out = np.abs(sums) / np.sqrt(np.maximum(steps, 1)) / (size or np.inf)
            top = int(stands_out.argmax())
            if stands_out[top] > (best.stands_out if best else 0.0):
                inside = (cell >= low[top]) & (cell <= high[top])
                surplus = inside * (np.sign(sums[top]) * error - least)
                best = Region(coordinate, inside, error, name, surplus, float(stands_out[top]))
    return best


def _between(bins: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Sums of bins from `low` to `high`, both included."""
    running = np.concatenate([[0.0], np.cumsum(bins)])
    return running[high + 1] - running[low]


def _located(errors: Errors, region: Region) -> Finding:
    error, inside = region.error, region.inside
    held = float(inside.mean())
    unit = " a step" if region.name == "the imagined return" else " of its typical steps"
    if held > WHOLE:
        return Finding(
            "biased_dynamics",
            "warning",
            f"the dynamics shift {region.name} by {error.mean():+.3g}{unit}, in most places alike",
            "look for what all transitions share: a wrong time step, units, normalisation, a head that "
            "was trained on other data",
        )
    episodes = errors.evidence.episodes
    at, where = episodes.state[inside, region.coordinate], episodes.coordinate(region.coordinate)
    return Finding(
        "local_dynamics",
        "warning",
        f"where {where} is between {at.min():.4g} and {at.max():.4g} "
        f"({100 * held:.0f}% of the steps) the dynamics shift {region.name} by "
        f"{error[inside].mean():+.3g}{unit}, elsewhere by {error[~inside].mean():+.3g}",
        "collect transitions there, or weigh them more, and look for a case that the model cannot express "
        "(contact, a limit, an angle that wraps)",
    )
