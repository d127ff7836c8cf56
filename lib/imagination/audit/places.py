"""Where the errors that matter sit: in the reward where the policy goes, and in a region of the dynamics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from imagination.audit.evidence import Finding
from imagination.audit.suspicions import MATTERS, Errors, exceeds, share

__all__ = ["local_dynamics", "optimistic_reward"]

BINS = 16
SOURCES, COORDINATES = 8, 32
"""At most so many coordinates of the error are followed, and of the state are cut."""

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


@dataclass(frozen=True)
class _Region:
    """An interval of one coordinate of the state, and a signed error that is large in it."""

    coordinate: int
    low: float
    high: float
    source: int
    sign: float
    stands_out: float


def local_dynamics(errors: Errors) -> list[Finding]:
    """Do the dynamics err in one region of the states, an interval of one coordinate?

    Sought on one half of the episodes and tested on the other, both ways round. What is summed up is what
    each step's error did to the imagined return, or on its own the error of one coordinate of the state;
    for a perfect model both have mean zero wherever a step begins.
    """
    if not errors.has_state:
        return []
    sources, least, names = _sources(errors)
    cuts = _cuts(errors.evidence.episodes.state)
    found = []
    for half in (0, 1):
        region = _sought(errors, sources, cuts, errors.half == half)
        if region is None:
            continue
        inside = _inside(errors, region)
        surplus = inside * (region.sign * sources[:, region.source] - least[region.source])
        other = errors.half[errors.evidence.episodes.start] != half
        if exceeds(errors.total(surplus)[other], 0.0, share(errors.evidence.level) / 2):
            found.append(region)
    if not found:
        return []
    region = max(found, key=lambda each: each.stands_out)
    return [_located(errors, region, sources[:, region.source], names[region.source])]


def _sources(errors: Errors) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Signed errors of every transition (n, k), what matters of each a step (k,), and their names."""
    following = errors.states_of_log()[1]
    residual = errors.state[0] - following
    largest = np.argsort(-np.abs(residual).mean(axis=0))[:SOURCES]
    columns = [residual[:, i] for i in largest]
    least = [MATTERS] * len(columns)
    names = [f"coordinate {i} of the next state" for i in largest]
    parts = errors.evidence.parts
    if parts is not None:
        share_of_return = np.zeros(len(residual))
        episodes = errors.evidence.episodes
        horizon = parts.by_step["dynamics"].shape[1]
        taken = np.arange(horizon) < episodes.length[parts.episodes][:, None]
        at = (episodes.start[parts.episodes][:, None] + np.arange(horizon))[taken]
        share_of_return[at] = parts.by_step["dynamics"][taken]
        columns.append(share_of_return)
        least.append(MATTERS * float(episodes.reward.std()))
        names.append("imagined return")
    return np.stack(columns, axis=1), np.array(least), names


def _cuts(state: np.ndarray) -> list[tuple[int, np.ndarray]]:
    """Inner edges of up to `BINS` bins of about as many transitions, for each coordinate that varies."""
    found = []
    for i in range(min(state.shape[1], COORDINATES)):
        edges = np.unique(np.quantile(state[:, i], np.linspace(0, 1, BINS + 1)[1:-1]))
        if len(edges) and state[:, i].min() < state[:, i].max():
            found.append((i, edges))
    return found


def _sought(
    errors: Errors, sources: np.ndarray, cuts: list[tuple[int, np.ndarray]], use: np.ndarray
) -> _Region | None:
    """The region in which an error's mean stands out most among the transitions `use`.

    That is where the squared sum over the region, divided by its number of steps, is largest: the
    likelihood ratio of a shift of the mean there.
    """
    state, best = errors.evidence.episodes.state[use], None
    sources = sources[use]
    size = np.sqrt((sources**2).mean(axis=0))
    for coordinate, edges in cuts:
        cell = np.searchsorted(edges, state[:, coordinate], side="left")
        low, high = np.triu_indices(len(edges) + 1)
        ends = np.concatenate([[-np.inf], edges, [np.inf]])
        steps = _between(np.bincount(cell, minlength=len(edges) + 1), low, high)
        for source in np.flatnonzero(size > 0):
            sums = _between(np.bincount(cell, sources[:, source], len(edges) + 1), low, high)
            stands_out = np.abs(sums) / np.sqrt(np.maximum(steps, 1)) / size[source]
            at = int(stands_out.argmax())
            if stands_out[at] > (best.stands_out if best else 0.0):
                at_low, at_high = float(ends[low[at]]), float(ends[high[at] + 1])
                sign = float(np.sign(sums[at]))
                best = _Region(coordinate, at_low, at_high, int(source), sign, float(stands_out[at]))
    return best


def _between(bins: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Sums of bins from `low` to `high`, both included."""
    running = np.concatenate([[0.0], np.cumsum(bins)])
    return running[high + 1] - running[low]


def _inside(errors: Errors, region: _Region) -> np.ndarray:
    """Which transitions begin in the region, (n,)."""
    at = errors.evidence.episodes.state[:, region.coordinate]
    return (at > region.low) & (at <= region.high)


def _located(errors: Errors, region: _Region, source: np.ndarray, name: str) -> Finding:
    inside = _inside(errors, region)
    held = float(inside.mean())
    unit = " a step" if name == "imagined return" else " of its typical steps"
    if held > WHOLE:
        return Finding(
            "biased_dynamics",
            "warning",
            f"the dynamics shift {name} by {source.mean():+.3g}{unit}, in most places alike",
            "look for what all transitions share: a wrong time step, units, normalisation, a head that "
            "was trained on other data",
        )
    in_it, outside = float(source[inside].mean()), float(source[~inside].mean())
    at = errors.evidence.episodes.state[inside, region.coordinate]
    return Finding(
        "local_dynamics",
        "warning",
        f"where state[{region.coordinate}] is between {at.min():.4g} and {at.max():.4g} ({100 * held:.0f}% "
        f"of the steps) the dynamics shift {name} by {in_it:+.3g}{unit}, elsewhere by {outside:+.3g}",
        "collect transitions there, or weigh them more, and look for a case that the model cannot express "
        "(contact, a limit, an angle that wraps)",
    )
