"""From what somebody has (a model, a policy, a log) to what an audit can ask."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from imagination.audit.calls import Call, vector
from imagination.audit.episodes import Episodes, episodes
from imagination.audit.latent import LatentModel
from imagination.audit.models import WorldModel, as_world_model
from imagination.audit.parts import Parts, decompose, reaching, rows_seen
from imagination.audit.policies import OnPolicy, Policy, as_policy, on_policy
from imagination.audit.trust import default_horizons
from imagination.checks import number

__all__ = ["Prepared", "chosen_horizons", "discount", "discount_below_1", "prepared", "whole_horizons"]


MOST = 1_000_000
"""The longest horizon that may be asked for: where all episodes ended in the world, the log sets no limit."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """A log, and the model and policy as they are asked about it."""

    episodes: Episodes
    model: WorldModel
    policy: Policy
    value: Callable[[Any], np.ndarray] | None
    on_policy: OnPolicy

    def parts(self, gamma: float, horizons: np.ndarray, rng: np.random.Generator, calls: int | None) -> Parts:
        """The parts of the gap (see `decompose`)."""
        return decompose(
            self.episodes,
            self.model,
            self.policy,
            gamma=gamma,
            horizons=horizons,
            rng=rng,
            calls=calls,
            value=self.value,
        )


def prepared(model: Any, policy: Any, data: Any, value: Any, seed: int) -> Prepared:
    """Read the log, find out how model and policy are called, and whether the log is the policy's."""
    log = episodes(data)
    world = as_world_model(model, log)
    seen = rows_seen(log, world) if isinstance(world, LatentModel) and world.shows_latents else log.state
    acting = as_policy(policy, seen, log.action)
    worth = None
    if value is not None:
        call = Call("value", value)

        def worth(visible: Any) -> np.ndarray:
            return vector("value", call(visible), len(visible))

    return Prepared(log, world, acting, worth, on_policy(log, acting, seen, seed=seed))


def discount(gamma: Any) -> float:
    """A discount in [0, 1], or a ValueError."""
    found = number("gamma", gamma)
    if not 0 <= found <= 1:
        raise ValueError(f"gamma must lie in [0, 1], got {gamma}")
    return found


def discount_below_1(gamma: Any) -> float:
    """A discount strictly between 0 and 1, or a ValueError."""
    found = discount(gamma)
    if not 0 < found < 1:
        raise ValueError(f"gamma must lie strictly between 0 and 1, got {gamma}")
    return found


def whole_horizons(name: str, horizons: Any) -> np.ndarray:
    """Horizons that were asked for, each once, or a ValueError."""
    try:
        asked = np.asarray(horizons)
    except (ValueError, RuntimeError):
        asked = np.empty(0)
    listed = asked.ndim == 1 and len(asked) and asked.dtype.kind in "iu"
    if not listed or asked.min() < 1 or asked.max() > MOST:
        raise ValueError(f"{name} must be whole numbers, at least 1 and at most {MOST:,}, got {horizons!r}")
    return np.unique(asked.astype(np.int64))


def chosen_horizons(
    logs: Sequence[Episodes], horizons: np.ndarray | None, gamma: float
) -> tuple[np.ndarray, list[str]]:
    """The horizons asked for, or those that all the logs can speak about; and what is to be said of them."""
    if horizons is not None:
        chosen, notes = horizons, []
    else:
        chosen = min((default_horizons(log.length, log.ended(), gamma) for log in logs), key=lambda h: h[-1])
        notes = [f"horizons up to {chosen[-1]:,} were chosen from the lengths of the log's episodes"]
    longest = int(chosen[-1])
    for log in logs:
        used = reaching(log, longest)
        if not len(used):
            most = int(log.length.max())
            raise ValueError(f"horizons: no episode of data reaches {longest}; the longest has {most} steps")
        notes += _left_out(log, used, longest)
    return chosen, notes


def _left_out(log: Episodes, used: np.ndarray, longest: int) -> list[str]:
    count = len(log.length)
    if len(used) == count:
        return []
    said = f"{count - len(used):,} of {count:,} episodes were cut before step {longest:,} and are left out"
    early = int((log.length[used] < longest).sum())
    if early:
        said += f"; {early:,} that ended in the world before it are kept, which favours such endings"
    return [said]
