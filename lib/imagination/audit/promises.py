"""What imagined steps and a value promise at the states of a log, beside what the world paid from there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from imagination.audit.episodes import Episodes
from imagination.audit.parts import CHUNK, Imagination
from imagination.audit.prepared import Prepared
from imagination.audit.trust import NEGLIGIBLE

__all__ = ["LARGEST", "NoAnswer", "Promises", "promises", "window"]

LARGEST = 1e50
"""Returns beyond this are no numbers: floats could not hold their powers."""

HIDDEN = 0.5
"""Nothing is said where the discount leaves more than this of what lies behind the end of the log."""


class NoAnswer(ValueError):
    """The log cannot say how far to imagine; with the reason."""


@dataclass(frozen=True, eq=False)
class Promises:
    r"""Returns promised at n states of E episodes, for h horizons.

    With :math:`G_t` the real return-to-go, the promise :math:`\hat P_H` errs by two parts that add up,

    .. math::

        & \hat P_H(s_t) - G_t \\
        & \quad = \Bigl[\hat P_H(s_t) - \sum_{k<H} \gamma^k r_{t+k} - \gamma^H \bar V(s_{t+H})\Bigr] \\
        & \qquad + \gamma^H \bigl[\bar V(s_{t+H}) - G_{t+H}\bigr],

    what the imagined steps did and what the value at their end does: the identity of
    `imagination.audit.parts.decompose`, at every state. The noise of the rewards before the end is not in
    the second part, and that of the rewards behind it not in the first.

    Attributes
    ----------
    episodes : int
        E.
    episode : ndarray (n,) of int
    known : ndarray (n, d)
        The states, for fits.
    horizons : ndarray (h,) of int
        From 0 on.
    real : ndarray (n,)
        Real returns-to-go. Where the log cuts an episode, the value stands for what comes behind the cut.
    one, two : ndarray (n, h)
        Promises, drawn twice where model or policy leave something to chance; else one and the same.
    end : ndarray (n, h)
        The second part.
    hidden : float
        Mean over the states of the discount of what the value stands for in `real`: about so much of the
        value's error cannot be seen.
    """

    episodes: int
    episode: np.ndarray
    known: np.ndarray
    horizons: np.ndarray
    real: np.ndarray
    one: np.ndarray
    two: np.ndarray
    end: np.ndarray
    hidden: float

    @property
    def error(self) -> np.ndarray:
        """Promised less real return, (n, h)."""
        return (self.one + self.two) / 2 - self.real[:, None]

    @property
    def steps(self) -> np.ndarray:
        """What the imagined steps did, (n, h)."""
        return self.error - self.end


def window(log: Episodes, gamma: float) -> tuple[int, int]:
    """The longest horizon that a log can speak about, and the last time whose states may be asked.

    Where episodes are cut, so many steps must lie ahead of a state that the discount makes the rest
    negligible, or half of what nine of ten cut episodes have. The last time is the same for all episodes,
    those that ended in the world too: to keep only endings of the late states would favour them.

    Raises
    ------
    NoAnswer
        If the log is cut too early for the discount.
    """
    counts = max(2, int(np.ceil(np.log(NEGLIGIBLE) / np.log(gamma))))
    cut = np.sort(log.length[~log.ended()])
    if not len(cut):
        longest = int(log.length.max())
        return min(counts, longest), longest - 1
    reach = int(cut[len(cut) // 10])
    ahead = min(counts, (reach + 1) // 2)
    if ahead < 2 or gamma**ahead > HIDDEN:
        raise NoAnswer(
            f"data: the log cuts its episodes after {reach:,} steps; at discount {gamma:g} most of the value "
            "lies behind that, where no real return is known"
        )
    return ahead - 1, reach - ahead


def promises(
    asked: Prepared, gamma: float, horizons: np.ndarray, rng: np.random.Generator, calls: int
) -> Promises:
    """Imagine from the log's states up to each horizon; from a sample of them where all cost too much.

    Parameters
    ----------
    asked : Prepared
        With a value.
    gamma : float
        Between 0 and 1.
    horizons : ndarray (h,) of int
        From 0, 1, 2 on, at most one step more than `window` allows; those whose returns are no numbers are
        left out.
    rng : numpy.random.Generator
    calls : int
        Imagined transitions that it may cost, roughly.

    Raises
    ------
    NoAnswer
        If returns or values are no numbers, or not even two imagined steps give one.
    """
    log = asked.episodes
    _, latest = window(log, gamma)
    chance = asked.model.stochastic or asked.policy.stochastic
    cut = np.sort(log.length[~log.ended()])
    used = log.ended() if not len(cut) else log.ended() | (log.length >= cut[len(cut) // 10])
    time = np.arange(len(log.reward)) - log.start[log.episode]
    rows = np.flatnonzero(used[log.episode] & (time <= latest))
    most = max(1, calls // int((1 + chance) * horizons[-1]))
    if len(rows) > most:
        rows = np.sort(rng.choice(rows, most, replace=False))
    episode, time = log.episode[rows], time[rows]
    paid, wrong = _returns_to_go(asked, gamma)
    imagination = Imagination(asked.model, asked.policy, gamma, horizons, asked.value)
    one = _imagined(imagination, log, episode, time)
    two = _imagined(imagination, log, episode, time) if chance else one
    with np.errstate(invalid="ignore"):
        sound = (np.abs(paid) + np.abs(wrong) < LARGEST).all()
        numbers = ((np.abs(one) < LARGEST) & (np.abs(two) < LARGEST)).all(axis=0)
    good = int(np.logical_and.accumulate(numbers).sum())
    if not sound:
        raise NoAnswer(f"value and real returns must be finite and less than {LARGEST:g} at the log's states")
    if good < 3:
        raise NoAnswer("model: imagination and value give no finite return after two steps")
    horizons = horizons[:good]
    place = log.start[episode] + episode + time  # each episode has a place more than transitions
    last = log.start[episode] + episode + log.length[episode]
    later = place[:, None] + horizons
    end = gamma**horizons * np.where(later < last[:, None], wrong[np.minimum(later, last[:, None])], 0.0)
    left = np.where(log.ended()[episode], 0.0, gamma ** (last - place))
    _, number = np.unique(episode, return_inverse=True)
    one, two = one[:, :good], two[:, :good]
    return Promises(
        int(number.max()) + 1,
        number,
        log.state[rows],
        horizons,
        paid[place],
        one,
        two,
        end,
        float(left.mean()),
    )


def _returns_to_go(asked: Prepared, gamma: float) -> tuple[np.ndarray, np.ndarray]:
    """Real returns-to-go and errors of the value there: of each episode's times from 0 to its length."""
    log = asked.episodes
    assert asked.value is not None
    count = log.length + 1
    first = np.cumsum(count) - count
    episode = np.repeat(np.arange(len(count)), count)
    time = np.arange(count.sum()) - first[episode]
    worth = np.zeros(len(time))
    alive = np.flatnonzero(~(log.ended()[episode] & (time == log.length[episode])))
    for part in _pieces(len(alive)):
        at = alive[part]
        worth[at] = asked.value(asked.model.visible(asked.model.begin(log, episode[at], time[at])))
    paid = worth.copy()
    with np.errstate(all="ignore"):
        for back in range(1, int(count.max())):
            longer = count > back
            at = (first + count - 1 - back)[longer]
            paid[at] = log.reward[(log.start + log.length - back)[longer]] + gamma * paid[at + 1]
        return paid, worth - paid


def _imagined(imagination: Imagination, log: Episodes, episode: np.ndarray, time: np.ndarray) -> np.ndarray:
    found = []
    with np.errstate(all="ignore"):
        for part in _pieces(len(episode)):
            belief = imagination.model.begin(log, episode[part], time[part])
            found.append(imagination.onward(belief, np.full(part.stop - part.start, -1)))
    return np.concatenate(found)


def _pieces(count: int) -> Iterator[slice]:
    return (slice(begin, min(begin + CHUNK, count)) for begin in range(0, count, CHUNK))
