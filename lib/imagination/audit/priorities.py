"""Which of its models to improve, and how much an error of the dynamics weighs against one of the reward."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from imagination.audit.evidence import Evidence
from imagination.audit.parts import PARTS, Parts
from imagination.decide.planner import Estimate

__all__ = ["Priority", "improve"]

REPLICATES = 1000


@dataclass(frozen=True)
class Priority:
    """Which model moves the return most, and the weight of their errors.

    Attributes
    ----------
    improve : {"dynamics", "reward", "termination"} or None
        The part of the gap whose absolute value surely exceeds those of the others; None where undecided.
    multiplier : Estimate or None
        Absolute dynamics part per unit of dynamics error (mean distance of predicted and logged next state
        [unit of the state]), divided by absolute reward part per unit of reward error (mean absolute
        difference): what `imagination.decide.planner.plan` takes as `multiplier`. None where undetermined:
        the interval of the reward part holds 0.
    why : str
        Why the multiplier is undetermined; empty where it is not.
    """

    improve: str | None
    multiplier: Estimate | None
    why: str


def improve(evidence: Evidence) -> Priority:
    """Say which model to improve, from the parts of the gap at the longest horizon."""
    parts = evidence.parts
    if parts is None:
        return Priority(None, None, "there are no parts of a gap")
    values = {name: parts.by_horizon[name][:, -1] for name in PARTS}
    means = {name: float(part.mean()) for name, part in values.items()}
    order = sorted(PARTS, key=lambda name: -abs(means[name]))
    first, *others = order
    surely = means[first] != 0 and all(
        _low(np.sign(means[first]) * values[first] - sign * values[other], evidence.level) > 0
        for other in others
        for sign in (-1.0, 1.0)
    )
    return Priority(first if surely else None, *_multiplier(evidence, parts))


def _low(values: np.ndarray, level: float) -> float:
    """Lower end of Student's interval of a mean, -inf for fewer than 2 values."""
    if len(values) < 2:
        return -np.inf
    reach = stats.t.ppf((1 + level) / 2, len(values) - 1)
    return float(values.mean() - reach * values.std(ddof=1) / np.sqrt(len(values)))


def _multiplier(evidence: Evidence, parts: Parts) -> tuple[Estimate | None, str]:
    """The multiplier with a bootstrap interval over episodes, or why there is none."""
    reward, dynamics = (parts.by_horizon[name][:, -1] for name in ("reward", "dynamics"))
    predicted, episodes = evidence.one_step, evidence.episodes
    if predicted.state is None:
        return None, "the model predicts no states in the units of the log"
    sign = np.sign(reward.mean())
    if not sign or _low(sign * reward, evidence.level) <= 0:
        return None, "the interval of the reward part holds 0"
    distance = np.linalg.norm(predicted.state - episodes.next_state, axis=1)
    off = np.abs(predicted.reward - episodes.reward)
    means = [np.add.reduceat(x, episodes.start) for x in (distance, off)]
    table = np.stack([dynamics, reward, *(x[parts.episodes] for x in means)], axis=1)
    again = np.random.default_rng(REPLICATES)  # the same interval whoever asks, and however often
    drawn = again.integers(len(table), size=(REPLICATES, len(table)))
    weights = np.stack([np.bincount(row, minlength=len(table)) for row in drawn]) / len(table)
    moments = np.abs(np.concatenate([table.mean(axis=0)[None], weights @ table]))
    if moments[:, 2].min() <= 1e-9 * np.abs(np.diff(episodes.state, axis=0)).max(initial=0.0):
        return None, "the dynamics make no error"
    ratio = moments[:, 0] * moments[:, 3] / (moments[:, 2] * moments[:, 1])
    low, high = np.quantile(ratio[1:], [(1 - evidence.level) / 2, (1 + evidence.level) / 2])
    return Estimate(float(ratio[0]), float(low), float(high)), ""
