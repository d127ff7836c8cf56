"""What the parts of an audit tell one another: what was measured, and what was noticed in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from imagination.audit.episodes import Episodes
from imagination.audit.models import WorldModel
from imagination.audit.parts import OneStep, Parts

__all__ = ["SEVERITIES", "Evidence", "Finding"]

SEVERITIES = ("error", "warning", "note")


@dataclass(frozen=True)
class Finding:
    """Something that an audit noticed.

    Attributes
    ----------
    name : str
        What kind of finding it is, the same in every version: for machines.
    severity : {"error", "warning", "note"}
    evidence : str
        What was measured, in one sentence with its numbers.
    advice : str
        What to do about it.
    """

    name: str
    severity: str
    evidence: str
    advice: str


@dataclass(frozen=True, eq=False)
class Evidence:
    """What an audit has measured before it looks for findings.

    Attributes
    ----------
    episodes : Episodes
        The whole log, checked.
    model : WorldModel
    policy : callable
        What the model's `visible` gives, (m, d), to actions (m, k), as numpy arrays.
    gamma : float
    level : float
        Probability of the intervals.
    one_step : OneStep
        What the model says at every logged transition, the bad numbers included.
    on_policy : bool
        Whether the log's actions are the policy's.
    parts : Parts or None
        The gap and its parts; None off-policy, or where no episode reaches a horizon, or where the model
        returns no numbers.
    rng : numpy.random.Generator
    """

    episodes: Episodes
    model: WorldModel
    policy: Callable[[Any], np.ndarray]
    gamma: float
    level: float
    one_step: OneStep
    on_policy: bool
    parts: Parts | None
    rng: np.random.Generator
