"""How far does a world model mislead a policy? An audit of a model that need not be this book's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from imagination import checks
from imagination.audit.calls import LARGEST
from imagination.audit.collecting import collect
from imagination.audit.evidence import Evidence, Finding
from imagination.audit.findings import find, reward_lag
from imagination.audit.parts import Parts, one_step
from imagination.audit.prepared import Prepared, chosen_horizons, discount, prepared, whole_horizons
from imagination.audit.priorities import improve
from imagination.audit.promises import NoAnswer
from imagination.audit.randomness import forked
from imagination.audit.ranking import Ranking, rank
from imagination.audit.result import Audit, estimates, tables
from imagination.audit.stopping import Stopping, horizon, stopping
from imagination.audit.suspicions import Errors
from imagination.audit.trust import SHARE, limit, longest, tolerance_from

__all__ = ["Audit", "Finding", "Ranking", "Stopping", "audit", "collect", "horizon", "rank"]


def audit(
    model: Any,
    policy: Any,
    data: Any,
    *,
    gamma: float,
    horizons: Sequence[int] | None = None,
    value: Any = None,
    level: float = 0.95,
    tolerance: float | None = None,
    calls: int | None = None,
    rng: np.random.Generator | None = None,
) -> Audit:
    """Audit a world model under a policy, along real episodes of that policy.

    What is estimated is an expectation over the world's starts and chance: of the policy's return in
    imagination less its return in the world, over a finite horizon, from the same starts. It is split by
    the identity of `imagination.audit.parts.decompose` into what errors of the reward, of the next state
    and of the end of the world did.

    Parameters
    ----------
    model : mapping or object
        ``next_state(state, action)``, ``reward(state, action)`` and optionally ``proceed(state, action)`` on
        batches of numpy's arrays or torch's; or with ``reset`` and ``step``; or a latent model: see
        `imagination.audit.models.as_world_model`. It may be stochastic.
    policy : callable
        From states (n, d), or what a latent model has its policy see, to actions (n, k). It may be
        stochastic.
    data : mapping of arrays, table, path of a .npz file, Minari dataset or its name
        Transitions: see `imagination.audit.episodes.episodes`. Episodes that the log cuts before the longest
        horizon say nothing of it and are left out. Where the actions are not the policy's, there are only
        findings from single steps, and no gap.
    gamma : float
        Discount, in [0, 1].
    horizons : sequence of int, optional
        At most a million. By default 1, 2, 3, 5, 7, 10, … as far as nine of ten episodes go, and the
        discount counts.
    value : callable, optional
        Value (n,) of what the policy sees where imagination stops; returns are then those of so many steps
        and this value at their end. With it the audit also says how many steps to imagine before asking it,
        as `horizon` does.
    level : float
        Probability of the intervals, each for itself.
    tolerance : float, optional
        The gap that a trusted horizon may have [return]. By default `SHARE` times the standard deviation of
        the real returns over episodes.
    calls : int, optional
        About how many imagined transitions it may cost; an unbiased sample of the steps is asked where all
        would cost more. By default `imagination.audit.parts.CALLS`.
    rng : numpy.random.Generator, optional
        By default one with seed 0. Global generators are left as they were.

    Returns
    -------
    Audit
        Print it.

    Raises
    ------
    ValueError
        If an argument is not what it should be, or the model or the policy fails or returns what it should
        not; with its name and, for a log, the rows.

    Examples
    --------
    >>> import numpy as np
    >>> from imagination import audit
    >>> rng = np.random.default_rng(0)
    >>> state = rng.normal(size=(20, 1))
    >>> log = {"state": state, "action": -state, "next_state": 0 * state, "reward": -state[:, 0] ** 2}
    >>> log |= {"terminated": np.zeros(20, bool), "truncated": np.ones(20, bool)}
    >>> model = {"next_state": lambda s, a: s + a, "reward": lambda s, a: 1 - s[:, 0] ** 2}
    >>> audit.audit(model, lambda s: -s, log, gamma=0.9).gap.value
    1.0
    """
    gamma, level, rng = discount(gamma), checks.level(level), checks.generator(rng)
    steps = None if horizons is None else whole_horizons("horizons", horizons)
    tolerance = None if tolerance is None else checks.number("tolerance", tolerance, above=0)
    calls = None if calls is None else checks.whole("calls", calls, least=1)
    with forked(int(rng.integers(2**31)), model, policy, value):
        asked = prepared(model, policy, data, value, int(rng.integers(2**31)))
        parts, why, notes = _parts(asked, gamma, steps, calls, rng)
        evidence = Evidence(
            episodes=asked.episodes,
            model=asked.model,
            policy=asked.policy,
            gamma=gamma,
            level=level,
            one_step=one_step(asked.episodes, asked.model),
            on_policy=asked.on_policy.holds,
            parts=parts,
            rng=rng,
        )
        errors = Errors(evidence)
        findings, lag = find(evidence, errors), reward_lag(evidence, errors)
        priority = improve(evidence)
        stop, said = (None, []) if parts is None or value is None else _stop(asked, gamma, level, rng, calls)
        notes += said
    log = asked.episodes
    returns: dict[str, Any] = {}
    if parts is not None:
        said, returns = _returns(parts, log.length[parts.episodes], level, tolerance)
        notes += said
        if priority.multiplier is None:
            notes.append(f"multiplier undetermined: {priority.why}")
    return Audit(
        **returns,
        reward_lag=lag,
        improve=priority.improve or "undetermined",
        multiplier=priority.multiplier,
        stopping=stop,
        findings=tuple(findings),
        notes=tuple(notes),
        why=why,
        episodes=len(log.length) if parts is None else len(parts.episodes),
        transitions=len(log.reward),
        gamma=gamma,
        level=level,
    )


def _parts(
    asked: Prepared,
    gamma: float,
    horizons: np.ndarray | None,
    calls: int | None,
    rng: np.random.Generator,
) -> tuple[Parts | None, str, list[str]]:
    """The parts, or why there are none, and what is to be said."""
    if not asked.on_policy.holds:
        return None, f"the log's actions are not the policy's: {asked.on_policy.evidence}", []
    chosen, notes = chosen_horizons([asked.episodes], horizons, gamma)
    parts = asked.parts(gamma, chosen, rng, calls)
    held = [parts.imagined, *parts.by_horizon.values()]
    lost = ~np.all([(np.abs(part) < LARGEST).all(axis=1) for part in held], axis=0)
    if lost.any():
        return None, f"imagination gave no finite return from {lost.sum():,} of {len(lost):,} episodes", notes
    steps = np.minimum(asked.episodes.length[parts.episodes], chosen[-1])
    share = parts.asked.sum() / steps.sum()
    if share < 1:
        notes.append(
            f"{share:.1%} of the steps were asked, a sample; `calls` buys more for dynamics and termination"
        )
    if asked.value is not None:
        notes.append(
            "returns, and the gap of them, have the value where a rollout stops before its world ends"
        )
    if len(parts.episodes) == 1:
        notes.append("one episode: nothing can be said of the chance in it, so intervals have no ends")
    return parts, "", notes


def _stop(
    asked: Prepared, gamma: float, level: float, rng: np.random.Generator, calls: int | None
) -> tuple[Stopping | None, list[str]]:
    """How far to imagine before the value is asked, or a note that says why nobody knows."""
    if not 0 < gamma < 1:
        return None, ["how far to imagine before the value is asked: a discount of 0 or 1 leaves it open"]
    try:
        return stopping(asked, gamma, None, level, rng, calls), []
    except NoAnswer as error:
        return None, [f"how far to imagine before the value is asked cannot be said: {error}"]


def _returns(
    parts: Parts, steps: np.ndarray, level: float, tolerance: float | None
) -> tuple[list[str], dict[str, Any]]:
    """What an audit says of returns, and how the tolerance was chosen."""
    by_horizon, by_step = tables(parts, steps, level)
    rare = 1 - (1 - level) ** (1 / len(steps))
    notes = [f"what happens in fewer than {rare:.2g} of all episodes may be missing; no interval knows it"]
    if tolerance is None:
        tolerance = tolerance_from(parts.real[:, -1])
        notes.append(
            "real returns do not differ, so no tolerance was chosen; name one for the longest horizon"
            if tolerance is None
            else f"the tolerance, {tolerance:.3g}, is {SHARE:g} standard deviations of the real returns"
        )
    trusted = limited_by = None
    if tolerance is not None:
        ends = by_horizon["gap_low"].to_numpy(), by_horizon["gap_high"].to_numpy()
        trusted = longest(parts.horizons, *ends, tolerance)
        limited_by = limit(parts.horizons, *ends, tolerance)
    return notes, estimates(by_horizon) | {
        "by_horizon": by_horizon,
        "by_step": by_step,
        "longest_horizon": trusted,
        "limited_by": limited_by,
        "tolerance": tolerance,
        "horizon": int(parts.horizons[-1]),
    }
