"""Logged episodes of transitions, whatever they were kept in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from imagination.audit.calls import LARGEST
from imagination.audit.readers import columns

__all__ = ["Episodes", "episodes"]

CLOSE = 1e-4
"""A next state is the following state to this share of each coordinate's range: logs round to float32."""


@dataclass(frozen=True, eq=False)
class Episodes:
    """Episodes one after another, each in the order of time.

    Attributes
    ----------
    state, next_state : ndarray (n, d)
    action : ndarray (n, k)
        Whole numbers where the log has whole numbers.
    reward : ndarray (n,)
    terminated : ndarray (n,) of bool
        Whether the world ended after this transition; only an episode's last one may.
    truncated : ndarray (n,) of bool
        Whether the log ended here although the world went on: nothing is known of what came after.
    start : ndarray (E,) of int
        Each episode's first transition.
    length : ndarray (E,) of int
        Each episode's number of transitions, 1 or more.
    names : tuple of str
        What each coordinate of a state is called, where this is known; else empty.
    """

    state: np.ndarray
    action: np.ndarray
    reward: np.ndarray
    next_state: np.ndarray
    terminated: np.ndarray
    truncated: np.ndarray
    start: np.ndarray
    length: np.ndarray
    names: tuple[str, ...] = ()

    @property
    def episode(self) -> np.ndarray:
        """The episode of each transition, (n,): 0, 1, …"""
        return np.repeat(np.arange(len(self.length)), self.length)

    def coordinate(self, number: int) -> str:
        """What a coordinate of the state is called."""
        return self.names[number] if self.names else f"state[{number}]"

    def observed(self, episode: np.ndarray, time: np.ndarray) -> np.ndarray:
        """States (m, d) of `episode` (m,) at `time` (m,), from 0 to the episode's length."""
        last = time == self.length[episode]
        at = self.start[episode] + time - last
        return np.where(last[:, None], self.next_state[at], self.state[at])

    def spread(self, most: int) -> tuple[np.ndarray, np.ndarray]:
        """Episode and time of up to `most` transitions, spread over the log."""
        count = len(self.reward)
        row = np.unique(np.linspace(0, count - 1, min(most, count)).astype(int))
        episode = np.searchsorted(self.start, row, side="right") - 1
        return episode, row - self.start[episode]

    def ended(self) -> np.ndarray:
        """Whether each episode ended in the world, not only in the log, (E,)."""
        return self.terminated[self.start + self.length - 1]


def episodes(data: Any) -> Episodes:
    """Read and check a log.

    Parameters
    ----------
    data : mapping of arrays, table, path of a .npz file, Minari dataset or its name, or `Episodes`
        One row a transition, with these names:

        - ``state`` (n, d) and ``action`` (n, k), or (n,) where there is one coordinate; ``reward`` (n,);
        - ``terminated`` (n,): the world ended with this transition;
        - ``truncated`` (n,): the log stops here although the world went on, as at a time limit. Without it,
          every episode that does not end in the world is cut off at its last transition;
        - ``next_state`` (n, d). Without it, it is the following state of the episode. What came after the
          last transition is then unknown: it is left out where the world went on, and refused where it ended;
        - ``names`` (d,): what each coordinate of a state is called, for messages;
        - ``episode`` (n,): any label of the episode that the transition belongs to. Rows of an episode are in
          the order of time, others may stand between them. Without it, an episode ends where ``terminated``
          or ``truncated`` is true.

        The parts of a Dict observation in a Minari dataset stand in the order of its space, that is by name.
        In a table, ``state`` may be a column of numbers or of arrays, or stand in columns ``state_0``,
        ``state_1``, …; likewise for the others.

    Returns
    -------
    Episodes

    Raises
    ------
    ValueError
        If a name is missing, lengths differ, a number is not finite, an episode goes on after it ended, or a
        next state is not the state that follows; with the rows, counted from 0.
    """
    if isinstance(data, Episodes):
        return data
    given = columns(data)
    log = {name: _numbers(name, given) for name in ("state", "action", "reward")}
    count = len(log["reward"])
    if count == 0:
        raise ValueError("data must have a transition, got none")
    if "next_state" in given:
        log["next_state"] = _numbers("next_state", given)
    log |= {name: _flags(name, given) for name in ("terminated", "truncated") if name in given}
    if "terminated" not in log:
        raise ValueError(f"data must have 'terminated', got {sorted(given)}")
    for name, column in log.items():
        if len(column) != count:
            raise ValueError(f"data[{name!r}] must have {count} rows, as data['reward'], got {len(column)}")
    order, start, length = _grouped(given, log, count)
    log = {name: column[order] for name, column in log.items()}
    last = np.zeros(count, dtype=bool)
    last[start + length - 1] = True
    for name in ("terminated", "truncated"):
        if name in log and (early := np.flatnonzero(log[name] & ~last)).size:
            raise ValueError(
                f"data[{name!r}] must be true at an episode's end only, got {_rows(order[early])}"
            )
    log["truncated"] = last & ~log["terminated"]
    if "next_state" in log:
        _check_chain(log, last, order)
        found = Episodes(**log, start=start, length=length, names=())
    else:
        found = _with_next_state(log, start, length, order)
    return replace(found, names=_names(given, found.state.shape[1]))


def _names(given: dict[str, np.ndarray], count: int) -> tuple[str, ...]:
    names = np.asarray(given.get("names", ()))
    if names.size and (names.shape != (count,) or names.dtype.kind != "U"):
        raise ValueError(f"data['names'] must be a text for each of {count} coordinates, got {names}")
    return tuple(names.tolist())


def _numbers(name: str, given: dict[str, np.ndarray]) -> np.ndarray:
    """A column as finite floats (whole numbers for actions that are), with as many axes as it must have."""
    if name not in given:
        raise ValueError(f"data must have {name!r}, got {sorted(given)}")
    column = np.asarray(given[name])
    if column.dtype.kind not in "biuf":
        raise ValueError(f"data[{name!r}] must be numbers, got {column.dtype}")
    whole = name == "action" and column.dtype.kind in "biu"
    column = column.astype(np.int64 if whole else np.float64)
    if name == "reward":
        if column.ndim != 1 and column.shape[1:] != (1,):
            raise ValueError(f"data['reward'] must have shape (n,), got {column.shape}")
        column = column.reshape(-1)
    else:
        column = column[:, None] if column.ndim == 1 else column
        if column.ndim != 2 or not column.shape[1]:
            raise ValueError(f"data[{name!r}] must have shape (n, number of coordinates), got {column.shape}")
    bad = ~(np.abs(column) < LARGEST).all(axis=tuple(range(1, column.ndim)))
    if bad.any():
        raise ValueError(
            f"data[{name!r}] must be finite, and less than {LARGEST:g}, got {_rows(np.flatnonzero(bad))}"
        )
    return column


def _flags(name: str, given: dict[str, np.ndarray]) -> np.ndarray:
    column = np.asarray(given[name])
    if column.ndim == 2 and column.shape[1] == 1:
        column = column[:, 0]
    if column.ndim != 1 or column.dtype.kind not in "biuf" or not np.isin(column, (0, 1)).all():
        raise ValueError(f"data[{name!r}] must be (n,) of true or false, got {column.dtype} {column.shape}")
    return column.astype(bool)


def _grouped(
    given: dict[str, np.ndarray], log: dict[str, np.ndarray], count: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows in the order of episodes, each in the order given; each episode's first row, and its length."""
    if "episode" in given:
        label = np.asarray(given["episode"])
        label = label[:, 0] if label.ndim == 2 and label.shape[1] == 1 else label
        if label.shape != (count,) or (label.dtype.kind == "f" and not np.isfinite(label).all()):
            raise ValueError(f"data['episode'] must be a label for each of {count} rows, got {label.shape}")
        try:
            _, first, number = np.unique(label, return_index=True, return_inverse=True)
        except TypeError:
            raise ValueError("data['episode'] must be labels of one kind, got several") from None
        number = np.argsort(np.argsort(first))[number]  # in the order in which they begin
    elif "truncated" in log:
        ends = log["terminated"] | log["truncated"]
        number = np.cumsum(ends) - ends
    else:
        raise ValueError(
            "data must have 'episode' or 'truncated', to tell where an episode ends, got neither"
        )
    order = np.argsort(number, kind="stable")
    length = np.bincount(number)
    return order, np.cumsum(length) - length, length


def _check_chain(log: dict[str, np.ndarray], last: np.ndarray, order: np.ndarray) -> None:
    if log["next_state"].shape != log["state"].shape:
        shapes = log["state"].shape, log["next_state"].shape
        raise ValueError(f"data['next_state'] must have shape {shapes[0]}, as data['state'], got {shapes[1]}")
    spread = np.ptp(np.concatenate([log["state"], log["next_state"]]), axis=0)
    apart = np.abs(log["next_state"][:-1] - log["state"][1:]) > CLOSE * spread
    broken = np.flatnonzero(apart.any(axis=1) & ~last[:-1])
    if broken.size:
        one = broken[0]
        at = int(apart[one].argmax())
        values = log["next_state"][one, at], log["state"][one + 1, at]
        raise ValueError(
            f"data['next_state'] must be the state that follows in the episode, got {_rows(order[broken])}: "
            f"coordinate {at} is {values[0]:g} after row {order[one]} and {values[1]:g} in row "
            f"{order[one + 1]} (are rows shuffled? then give each an episode of its own)"
        )


def _with_next_state(
    log: dict[str, np.ndarray], start: np.ndarray, length: np.ndarray, order: np.ndarray
) -> Episodes:
    """Take what followed for the next state; the last transitions have none, and are left out."""
    final = start + length - 1
    ended = final[log["terminated"][final]]
    if ended.size:
        raise ValueError(
            "data must have 'next_state' where 'terminated' is true, since no state follows there: "
            f"{_rows(order[ended])}"
        )
    longer = length > 1
    if not longer.any():
        raise ValueError("data must have 'next_state', since no episode has two transitions")
    keep = np.repeat(longer, length)
    keep[final] = False
    log["next_state"] = np.roll(log["state"], -1, axis=0)
    length = length[longer] - 1
    start = np.cumsum(length) - length
    log = {name: column[keep] for name, column in log.items()}
    log["truncated"][start + length - 1] = True
    return Episodes(**log, start=start, length=length, names=())


def _rows(rows: np.ndarray) -> str:
    """A few row numbers, and how many there are."""
    shown = ", ".join(str(row) for row in np.sort(rows)[:5])
    return f"row{'s' * (rows.size > 1)} {shown}" + (f", … ({rows.size} in all)" if rows.size > 5 else "")
