"""What an audit found, and how it is told."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from imagination.audit import intervals, report
from imagination.audit.evidence import Finding
from imagination.audit.parts import PARTS, Parts
from imagination.audit.stopping import Stopping
from imagination.decide.planner import Estimate

__all__ = ["SCHEMA", "Audit", "estimates", "tables"]

SCHEMA = 1
"""Version of what `Audit.to_dict` returns: it grows when a key is renamed, removed or changes its meaning."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Audit:
    """How far a world model misleads a policy; printed, it is a report.

    Everything about returns is an expectation over the world's starts and chance, estimated from
    independent episodes, with an interval that holds it with probability `level`: an `Estimate` with
    `value`, `low` and `high`. It is about the longest of the horizons, `horizon`, and is None where there is
    no gap to speak of; then `why` says why.

    Attributes
    ----------
    gap : Estimate or None
        Imagined return less real return: positive where imagination flatters.
    reward_part, dynamics_part, termination_part : Estimate or None
        They add up to the gap: what was done by errors in the reward, in the next state, and in whether the
        world goes on.
    real_return, imagined_return : Estimate or None
        Discounted, from the log's starts.
    by_horizon : DataFrame or None
        A row for each `horizon`: `real`, `imagined`, `gap` and the parts, each with `_low` and `_high`.
    by_step : DataFrame or None
        A row for each `step`: what it contributed to each part at the longest horizon, with `_low` and
        `_high`; `episodes` were still running, and `asked` of them were asked.
    reward_lag : int
        1 where the log's rewards are one step later than the model's, −1 where they are earlier.
    longest_horizon : int or None
        The longest horizon up to which the gap is shown to stay within `tolerance`; None where none is.
    limited_by : {"model", "log"} or None
        What ends that trust: the next horizon's gap is shown to be too large, or its interval is too wide to
        tell; None where no horizon fails.
    tolerance : float or None
    improve : {"dynamics", "reward", "termination", "undetermined"}
        Which model moves the return most.
    multiplier : Estimate or None
        Weight of a dynamics error against a reward error, for `imagination.decide.planner.plan`; None where
        undetermined.
    stopping : Stopping or None
        How many steps to imagine before the value is asked, where one was given.
    findings : tuple of Finding
        What was noticed, errors first.
    notes : tuple of str
        How the audit was made: what was left out, chosen or sampled.
    why : str
        Why there is no gap; empty where there is one.
    horizon : int or None
        The longest horizon.
    episodes, transitions : int
        How many episodes the returns are of (of all where there are none), and transitions in the log.
    gamma, level : float
        As given.
    """

    gap: Estimate | None = None
    reward_part: Estimate | None = None
    dynamics_part: Estimate | None = None
    termination_part: Estimate | None = None
    real_return: Estimate | None = None
    imagined_return: Estimate | None = None
    by_horizon: pd.DataFrame | None = None
    by_step: pd.DataFrame | None = None
    longest_horizon: int | None = None
    limited_by: str | None = None
    tolerance: float | None = None
    horizon: int | None = None
    reward_lag: int
    improve: str
    multiplier: Estimate | None
    stopping: Stopping | None
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    why: str
    episodes: int
    transitions: int
    gamma: float
    level: float

    @property
    def verdict(self) -> str:
        """What it comes to: "flatters", "understates", "not shown" or "not measured", of the gap."""
        if self.gap is None:
            return "not measured"
        return "flatters" if self.gap.low > 0 else "understates" if self.gap.high < 0 else "not shown"

    def __str__(self) -> str:
        return report.text(self)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain numbers, strings, lists and dictionaries, ready for JSON.

        Returns
        -------
        dict
            The same keys for every audit: `schema` (the number `SCHEMA`), `verdict` and the attributes'
            names. Tables are lists of rows. None stands for what there is not, and for an interval without
            an end. While `schema` is the same no key changes its meaning; some may be added.
        """
        head = {"schema": SCHEMA, "verdict": self.verdict}
        return head | {field.name: _plain(getattr(self, field.name)) for field in fields(self)}


def tables(parts: Parts, steps: np.ndarray, level: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The parts by horizon and by step, with intervals; `steps` (E,) is how long each episode ran."""
    by_horizon = {"real": parts.real, "imagined": parts.imagined, "gap": parts.imagined - parts.real}
    first = intervals.table(by_horizon | parts.by_horizon, level)
    first.insert(0, "horizon", parts.horizons)
    second = intervals.table(parts.by_step, level)
    time = np.arange(len(second))
    second.insert(0, "step", time)
    second["episodes"] = (time < steps[:, None]).sum(0)
    second["asked"] = parts.asked.sum(0)
    return first, second


def estimates(table: pd.DataFrame) -> dict[str, Estimate]:
    """The last row of a table by horizon, under the names that an audit has for it."""
    last = table.iloc[-1]
    names = {"real_return": "real", "imagined_return": "imagined", "gap": "gap"}
    names |= {f"{part}_part": part for part in PARTS}
    return {
        name: Estimate(float(last[key]), float(last[f"{key}_low"]), float(last[f"{key}_high"]))
        for name, key in names.items()
    }


def _plain(value: Any) -> Any:
    if isinstance(value, pd.DataFrame):
        return [{str(key): _plain(each) for key, each in row.items()} for row in value.to_dict("records")]
    if isinstance(value, Estimate | Finding | Stopping):
        return {key: _plain(each) for key, each in vars(value).items()}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
