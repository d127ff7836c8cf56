"""When imagination prefers the wrong policy: which orderings by imagined return can be trusted."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from imagination import checks
from imagination.audit import intervals
from imagination.audit.calls import LARGEST
from imagination.audit.episodes import Episodes
from imagination.audit.parts import Parts, reaching
from imagination.audit.prepared import chosen_horizons, discount, prepared, whole_horizons
from imagination.audit.randomness import forked
from imagination.decide.planner import Estimate

__all__ = ["VERDICTS", "Ranking", "rank"]

VERDICTS = ("safe", "unsafe", "undetermined")


@dataclass(frozen=True, eq=False)
class Ranking:
    """Policies in the order of their imagined returns, and which pairs' order can be trusted.

    Attributes
    ----------
    policies : DataFrame
        A row for each `policy`, best imagined first: `imagined`, `real` and `gap`, each with `_low` and
        `_high`, and the number of `episodes`.
    pairs : DataFrame
        A row for each two policies, `better` being the one that imagination prefers. Of both, differences of
        `imagined` returns, of `gap` and of `real` returns, each with `_low` and `_high`; whether they were
        `paired` by common starts; and the `verdict`.
    horizon : int
    level : float
    notes : tuple of str
    """

    policies: pd.DataFrame
    pairs: pd.DataFrame
    horizon: int
    level: float
    notes: tuple[str, ...]

    def __str__(self) -> str:
        lines = [f"Policies by imagined return over {self.horizon:,} steps"]
        for row in self.policies.to_dict("records"):
            lines.append(
                f"  {row['policy']}: imagined {row['imagined']:.4g}, real {row['real']:.4g} "
                f"({row['episodes']:,} episodes)"
            )
        lines.append("Can the order be trusted?")
        for row in self.pairs.to_dict("records"):
            lines.append(
                f"  {row['better']} before {row['worse']}: {row['verdict']} (imagined by "
                f"{row['imagined']:.3g}, the gaps differ by {row['gap']:.3g})"
            )
        return "\n".join([*lines, *self.notes])


def rank(
    model: Any,
    policies: Mapping[str, Any],
    data: Mapping[str, Any],
    *,
    gamma: float,
    horizon: int | None = None,
    value: Any = None,
    level: float = 0.95,
    rng: np.random.Generator | None = None,
) -> Ranking:
    """Say which of several policies' orderings by imagined return can be trusted.

    Imagination orders two policies rightly if the difference of their imagined returns exceeds that of their
    gaps, which is often far smaller than either gap. "safe": it does, and imagination does prefer one, each
    beyond the doubt of an interval at `level`. "unsafe": the world prefers the other. Where both policies'
    episodes have the same starts, they are compared start by start.

    Parameters
    ----------
    model : mapping or object
        See `imagination.audit.audit`.
    policies : mapping of str to callable
        Two or more.
    data : mapping of str to logs
        For each policy a log of its own.
    gamma : float
        Discount, in [0, 1].
    horizon : int, optional
        By default the longest that all logs can speak about.
    value, level, rng
        See `imagination.audit.audit`.

    Returns
    -------
    Ranking

    Raises
    ------
    ValueError
        If a log's actions are not the policy's, and as `imagination.audit.audit` does.
    """
    gamma, level, rng = discount(gamma), checks.level(level), checks.generator(rng)
    steps = None if horizon is None else whole_horizons("horizon", [horizon])
    for argument, given in (("policies", policies), ("data", data)):
        if not isinstance(given, Mapping):
            raise ValueError(f"{argument} must be a mapping by policy, got {type(given).__name__}")
    if len(policies) < 2:
        raise ValueError(f"policies must be two or more, got {list(policies)}")
    if set(policies) != set(data):
        raise ValueError(f"data must have a log for each of {list(policies)}, got {list(data)}")
    with forked(int(rng.integers(2**31)), model, value, *policies.values()):
        asked = {}
        for name, policy in policies.items():
            with _under(name):
                asked[name] = prepared(model, policy, data[name], value, int(rng.integers(2**31)))
            if not asked[name].on_policy.holds:
                why = asked[name].on_policy.evidence
                raise ValueError(f"data[{name!r}]: the log's actions are not the policy's: {why}")
        logs = [each.episodes for each in asked.values()]
        horizons, notes = chosen_horizons(logs, steps, gamma)
        last = horizons[-1:]
        starts = {name: _starts(each.episodes, int(last[0])) for name, each in asked.items()}
        seeds = rng.integers(2**31, size=len(asked))
        if all(np.array_equal(each, starts[name]) for each in starts.values()):
            seeds[:] = seeds[0]  # common random numbers
        parts = {}
        for (name, each), seed in zip(asked.items(), seeds, strict=True):
            with _under(name), forked(int(seed), model, value, policies[name]):
                parts[name] = each.parts(gamma, last, np.random.default_rng(seed), 1)
    for name, found in parts.items():
        if not (np.abs(found.imagined) < LARGEST).all():
            raise ValueError(f"model: imagination gave no finite return under policies[{name!r}]")
    order = sorted(parts, key=lambda name: -float(parts[name].imagined.mean()))
    rows = [_alone(name, parts[name], level) for name in order]
    pairs = [_compared(*two, starts, parts, level) for two in itertools.combinations(order, 2)]
    return Ranking(pd.DataFrame(rows), pd.DataFrame(pairs), int(last[0]), level, tuple(notes))


@contextmanager
def _under(name: str) -> Iterator[None]:
    """Let an error say under which policy it came."""
    try:
        yield
    except ValueError as error:
        raise ValueError(f"with policies[{name!r}]: {error}") from error


def _starts(log: Episodes, horizon: int) -> np.ndarray:
    return log.state[log.start[reaching(log, horizon)]]


def _columns(name: str, found: Estimate) -> dict[str, float]:
    return {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}


def _alone(name: str, parts: Parts, level: float) -> dict[str, Any]:
    imagined, real = parts.imagined[:, -1], parts.real[:, -1]
    row: dict[str, Any] = {"policy": name}
    for column, values in (("imagined", imagined), ("real", real), ("gap", imagined - real)):
        row |= _columns(column, intervals.estimate(values, level))
    return row | {"episodes": len(real)}


def _compared(
    better: str, worse: str, starts: Mapping[str, np.ndarray], parts: Mapping[str, Parts], level: float
) -> dict[str, Any]:
    """A row of the pairs: episodes are paired in the order of their starts where these are the same."""
    names = (better, worse)
    orders = {name: np.lexsort(starts[name].T) for name in names}
    first, second = (starts[name][orders[name]] for name in names)
    paired = np.array_equal(first, second)
    imagined, real = (
        {name: getattr(parts[name], what)[orders[name], -1] for name in names}
        for what in ("imagined", "real")
    )
    gap = {name: imagined[name] - real[name] for name in names}
    found = {}
    for column, values in (("imagined", imagined), ("gap", gap), ("real", real)):
        one, other = values[better], values[worse]
        found[column] = (
            intervals.estimate(one - other, level) if paired else intervals.welch(one, other, level)
        )
    verdict = "undetermined"
    if found["imagined"].low > 0:
        verdict = "safe" if found["real"].low > 0 else "unsafe" if found["real"].high < 0 else verdict
    row: dict[str, Any] = {"better": better, "worse": worse, "paired": paired, "verdict": verdict}
    for name, estimate in found.items():
        row |= _columns(name, estimate)
    return row
