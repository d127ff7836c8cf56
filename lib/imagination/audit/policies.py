"""Somebody's policy, and whether a log's actions are its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from imagination.audit.calls import Call, numbers, same
from imagination.audit.episodes import Episodes
from imagination.audit.randomness import forked
from imagination.checks import check_shape, whole

__all__ = ["OnPolicy", "Policy", "as_policy", "on_policy"]

PROBED = 1000
"""How many states a policy is first asked about, twice: rare randomness shall be seen."""

COMPARED = 20_000
"""How many transitions are compared at most, spread over the log."""

LEVEL = 0.01
"""How often a log of a stochastic policy's own is taken for another's, at most."""

DIFFERENT = 1e-3
"""Actions differ if they do by more than this share of the actions' range."""

EXCUSED = 1e-3
"""Which share of a deterministic policy's actions may differ: near ties, decided by rounding."""

EVERY = "every logged action is the policy's"


class Policy:
    """From what a policy sees (n, d) to actions (n, k), as numpy arrays; whole numbers where the log's are.

    Parameters
    ----------
    policy : callable
        Takes numpy's arrays or torch's; returns (n, k), or (n,) where k is 1.
    seen : ndarray (n, d)
        What it might see; it is asked twice about some of it.
    action : ndarray (n, k)
        Actions like its own.

    Attributes
    ----------
    stochastic : bool
        Whether two equal calls differ.
    """

    def __init__(self, policy: Any, seen: np.ndarray, action: np.ndarray) -> None:
        self._call = Call("policy", policy)
        check_shape("action", action, (None, None))
        check_shape("seen", seen, (None,) * max(1, np.ndim(seen)))
        action = np.asarray(action)
        self._size, self._whole = action.shape[1], action.dtype.kind in "iu"
        some = seen[_spread(len(seen), PROBED)]
        with forked(None, policy):
            self.stochastic = not same(self(some), self(some))

    def __call__(self, seen: Any) -> np.ndarray:
        count = len(seen)
        action = numbers("policy", self._call(seen))
        if action.shape not in ((count, self._size), *[(count,)] * (self._size == 1)):
            raise ValueError(f"policy must return shape ({count}, {self._size}), got {action.shape}")
        if self._whole and (action % 1 != 0).any():
            got = action[action % 1 != 0][0]
            raise ValueError(f"policy must return whole numbers, as the log's actions are, got {got:g}")
        return action.reshape(count, self._size).astype(np.int64 if self._whole else np.float64)


def as_policy(policy: Any, seen: np.ndarray, action: np.ndarray) -> Policy:
    """Whatever acts, asked about batches, in numpy (see `Policy`)."""
    return policy if isinstance(policy, Policy) else Policy(policy, seen, action)


@dataclass(frozen=True)
class OnPolicy:
    """Whether a log's actions can be a policy's.

    Attributes
    ----------
    holds : bool
    evidence : str
        What was compared, in a sentence with its numbers.
    """

    holds: bool
    evidence: str


def on_policy(
    episodes: Episodes, policy: Policy, seen: np.ndarray | None = None, *, seed: int = 0
) -> OnPolicy:
    """Compare a log's actions with a policy's.

    A deterministic policy's must be equal, to a thousandth of the actions' range, but for one in a thousand.
    A stochastic policy acts again, twice, in every logged state. If the log is its own, the logged action a
    and a new one a' may be exchanged given the past, so that sums of differences h(s) (g(a) − g(a')) are
    martingales; each is divided by the root of its sum of squares and compared with a normal distribution, at
    `LEVEL` divided by their number (Bonferroni). The g are the actions' coordinates (for whole numbers: is it
    this one?), h is 1 and the state's coordinates, and one sum more compares how far a and a' are from the
    second new action, which notices another spread.

    Parameters
    ----------
    episodes : Episodes
    policy : Policy
    seen : ndarray (n, d), optional
        What the policy saw before each transition; by default the logged states.
    seed : int
        Of the actions drawn; global generators are put back.
    """
    seed, count = whole("seed", seed), len(episodes.reward)
    if seen is not None:
        check_shape("seen", seen, (count, *(None,) * max(0, np.ndim(seen) - 1)))
    rows = _spread(count, COMPARED)
    state = (episodes.state if seen is None else seen)[rows]
    logged = episodes.action[rows]
    with forked(seed, policy):
        drawn = policy(state)
        again = policy(state) if policy.stochastic else drawn
    for action in (drawn, again):
        if (bad := ~np.isfinite(action).all(axis=1)).any():
            raise ValueError(f"policy must return finite actions, got {_short(action[bad][0])}")
    if policy.stochastic:
        return _exchangeable(state, logged, drawn, again)
    return _equal(rows, logged, drawn)


def _equal(rows: np.ndarray, logged: np.ndarray, drawn: np.ndarray) -> OnPolicy:
    both = np.concatenate([logged, drawn])
    difference = np.abs(logged - drawn)
    differs = (difference > DIFFERENT * np.ptp(both, axis=0)).any(axis=1)
    count = f"{int(differs.sum()):,} of {len(rows):,} logged actions"
    if differs.mean() > EXCUSED:
        worst = int(difference.max(axis=1).argmax())
        return OnPolicy(
            False,
            f"{count} are not the policy's (transition {rows[worst]:,}: "
            f"{_short(logged[worst])} in the log, {_short(drawn[worst])} by the policy)",
        )
    return OnPolicy(
        True, f"{count} differ from the policy's" if differs.any() else "every action is the policy's"
    )


def _exchangeable(state: np.ndarray, logged: np.ndarray, drawn: np.ndarray, again: np.ndarray) -> OnPolicy:
    flat = state.reshape(len(state), -1)
    spread = flat.std(axis=0)
    moving = np.flatnonzero(spread > 0)[:16]
    standard = np.clip((flat[:, moving] - flat[:, moving].mean(axis=0)) / spread[moving], -3, 3)
    weights = np.column_stack([np.ones(len(flat)), standard])
    if logged.dtype.kind in "iu":
        kinds = [np.unique(np.concatenate([logged[:, j], drawn[:, j]]))[:32] for j in range(logged.shape[1])]

        def told(action: np.ndarray) -> np.ndarray:
            return np.column_stack([action[:, [j]] == kind for j, kind in enumerate(kinds)]).astype(float)
    else:
        unit = np.concatenate([drawn, again]).std(axis=0)

        def told(action: np.ndarray) -> np.ndarray:
            return action / np.where(unit > 0, unit, 1)

    log, new, other = told(logged), told(drawn), told(again)
    differences = (log - new)[:, None, :] * weights[:, :, None]
    farther = np.linalg.norm(log - other, axis=1) - np.linalg.norm(new - other, axis=1)
    sums = np.column_stack([differences.reshape(len(flat), -1), farther])
    scale = np.sqrt((sums**2).sum(axis=0))
    score = np.abs(sums.sum(axis=0)[scale > 0] / scale[scale > 0])
    if not len(score):
        return OnPolicy(True, EVERY)
    chance = min(1.0, 2 * stats.norm.sf(score.max()) * len(score))
    compared = f"{len(flat):,} logged actions against the policy's, drawn again: p = {chance:.2g}"
    if chance < LEVEL:
        return OnPolicy(False, f"the log's actions are not distributed as the policy's ({compared})")
    return OnPolicy(True, f"no difference was found ({compared})")


def _short(action: np.ndarray) -> str:
    return np.array2string(action, precision=4, threshold=6, max_line_width=1000)


def _spread(count: int, most: int) -> np.ndarray:
    return np.unique(np.linspace(0, count - 1, min(most, count)).astype(int))
