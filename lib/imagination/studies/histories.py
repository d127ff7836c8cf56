"""Models that read the last few observations, where the state is hidden: what they err by, beside the bounds.

Of a world without chance the episodes are given, and a linear model; of one with chance everything that may
be seen is listed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from imagination.checks import finite
from imagination.claim import Claim, HypothesisError
from imagination.results.histories.claims import HISTORIES
from imagination.results.histories.systems import windows
from imagination.results.horizon.claims import CLOSED_LOOP
from imagination.results.kernels.claims import TIGHT_SIMULATION
from imagination.results.return_gap.claims import LEMMA_1

__all__ = ["PartlySeen", "measured"]

Array = NDArray[np.float64]


def measured(seen: ArrayLike, lags: ArrayLike, discount: float) -> dict[str, float]:
    r"""What a linear model of the next observation errs by on episodes, and what the bounds allow.

    A reward is the observation itself. All that is discounted is averaged over the episodes.

    Parameters
    ----------
    seen : (n, k + T) array
        Episodes of one number a step; the first k are the first history.
    lags : (k,) array
        The model predicts ``lags @ history``, the newest observation first.
    discount : float
        In (0, 1).

    Returns
    -------
    dict
        ``k``; ``gap`` of returns of T steps; ``surprise``, the discounted average error of one-step
        predictions; ``memory``, the :math:`\chi` of the gap of histories; ``rho``, the smallest constant with
        which histories move on in a weighted norm; and bounds, infinite where they are silent: ``identity``
        (the mirror image, each step's part by its size), ``lag by lag`` (the gap of histories), ``norm``
        (the closed loop, in the best norm), ``Lemma 1`` (equal weights, the largest error).

    Raises
    ------
    ValueError
        If the shapes do not fit, a number is not finite, or the discount is outside of (0, 1).
    """
    seen, c = finite("seen", seen), finite("lags", lags)
    if c.ndim != 1 or not c.size:
        raise ValueError(f"lags must be one number for each age, got an array of shape {c.shape}")
    k = len(c)
    if seen.ndim != 2 or not seen.shape[0] or seen.shape[1] <= k:
        raise ValueError(f"seen must be episodes of more steps than {k} lags, got shape {seen.shape}")
    if not 0 < discount < 1:
        raise ValueError(f"discount must lie in (0, 1), got {discount}")
    past = windows(seen[:, :-1, None], k)[..., 0]
    steps = past.shape[1]
    weights = discount ** np.arange(steps)
    history, dreamt = past[:, 0], []
    for _ in range(steps):
        dreamt.append(history[:, 0])
        history = np.column_stack([history @ c, history[:, :-1]])
    gap = np.abs((np.stack(dreamt, axis=1) - past[..., 0]) @ weights)
    errors = np.abs(past @ c - seen[:, k:])
    found = {
        "k": k,
        "gap": float(gap.mean()),
        "surprise": (1 - discount) * float((errors @ weights).mean()),
        "memory": float(np.abs(c) @ discount ** np.arange(1, k + 1)),
        "rho": float(np.roots([1, *-np.abs(c)]).real.max()),
    }
    return found | _bounds(found, c, discount, errors.max())


def _told(claim: Claim, **numbers: float) -> float:
    """A bound, infinite where it is silent."""
    try:
        return float(claim.evaluate(**numbers))
    except HypothesisError:
        return float("inf")


def _bounds(found: dict[str, float], c: Array, discount: float, worst: float) -> dict[str, float]:
    errors, gamma = found["surprise"], discount
    signed = float(c @ discount ** np.arange(1, len(c) + 1))
    total = float(np.abs(c).sum())
    equal = total if len(c) == 1 else max(1.0, total)
    return {
        "identity": gamma * errors / ((1 - gamma) * (1 - signed)) if signed < 1 else float("inf"),
        "lag by lag": _told(
            HISTORIES, gamma=gamma, memory=found["memory"], reach=1.0, surprise=errors, mispaid=0.0
        ),
        "norm": _told(
            CLOSED_LOOP, gamma=gamma, rho=found["rho"], slope=1.0, average_dyn=errors, average_rew=0.0
        ),
        "Lemma 1": _told(LEMMA_1, gamma=gamma, L_f=equal, L_r=1.0, L_pi=0.0, eps_dyn=worst, eps_rew=0.0),
    }


@dataclass(frozen=True, eq=False)
class PartlySeen:
    """A tabular world of which one of two things is seen at a time, and everything that may be seen of it.

    The reward is 1 with the second thing and else 0. An action is chosen by what is seen now.

    Attributes
    ----------
    moves : (S, 2, S)
        Chance of the next state, by state and action.
    sees : (S, 2)
        Chance of what is seen, by state.
    start : (S,)
    steps : int
        Steps that are listed; there are ``2 * 4**steps`` histories of so many.
    discount : float
    """

    moves: Array
    sees: Array
    start: Array
    steps: int
    discount: float

    def __post_init__(self) -> None:
        S = len(np.atleast_1d(self.start))
        for name, shape in {"moves": (S, 2, S), "sees": (S, 2), "start": (S,)}.items():
            law = finite(name, getattr(self, name), least=0)
            if law.shape != shape or np.abs(law.sum(axis=-1) - 1).max() > 1e-9:
                raise ValueError(f"{name} must be laws in an array of shape {shape}, got shape {law.shape}")
        if not (self.steps >= 1 and 0 <= self.discount < 1):
            raise ValueError(
                f"steps, discount must be >= 1 and in [0, 1), got {self.steps} and {self.discount}"
            )

    @cached_property
    def joint(self) -> list[Array]:
        """Of each number of steps (histories, S): chances of a history's observations and state, given its
        actions. Histories are in order of what was seen first, then done, seen, and so on."""
        found = [(self.start[:, None] * self.sees).T]
        for _ in range(self.steps):
            on = np.einsum("hx,xay,yo->haoy", found[-1], self.moves, self.sees)
            found.append(on.reshape(-1, len(self.start)))
        return found

    @cached_property
    def next_seen(self) -> list[Array]:
        """Chances of what is seen next, (histories, 2, 2) by action, after each history: by Bayes' rule."""
        joint = self.joint
        return [
            joint[t + 1].reshape(-1, 2, 2, len(self.start)).sum(axis=3) / joint[t].sum(axis=1)[:, None, None]
            for t in range(self.steps)
        ]

    def chances(self, policy: Array) -> list[Array]:
        """Of each number of steps the chance of each history under a policy, (2, 2) by what is seen."""
        done = [np.ones(2)]
        for _ in range(self.steps):
            chosen = done[-1][:, None] * policy[np.arange(len(done[-1])) % 2]
            done.append(np.repeat(chosen.ravel(), 2))
        return [acted * joint.sum(axis=1) for acted, joint in zip(done, self.joint, strict=True)]

    def model(self, k: int, visits: list[Array]) -> list[Array]:
        """What a model learns from endless data that reads k observations and the actions between them.

        Its chances of what is seen next are averages over the histories that look alike to it, weighed by
        how often they are in the data, discounted. The first histories, which are shorter, it tells apart.
        """
        keys = [
            np.arange(len(each)) % (2 * 4 ** (k - 1)) + (t < k - 1) * 4**self.steps * 2 * (t + 1)
            for t, each in enumerate(self.next_seen)
        ]
        alike = np.unique(np.concatenate(keys), return_inverse=True)[1]
        weight = np.concatenate([self.discount**t * visits[t] for t in range(self.steps)])
        second = np.concatenate(self.next_seen)[..., 1]
        counted = np.stack([np.bincount(alike, weight * second[:, a]) for a in (0, 1)], axis=1)
        chance = (counted / np.bincount(alike, weight)[:, None])[alike]
        both = np.stack([1 - chance, chance], axis=-1)
        return np.split(both, np.cumsum([len(each) for each in self.next_seen])[:-1])

    def values(self, chances: list[Array], policy: Array) -> list[Array]:
        """Values of all histories under a policy, where these are the chances of what is seen next."""
        found = [np.zeros(len(self.joint[-1]))]
        for each in reversed(chances):
            seen = np.arange(len(each)) % 2
            later = each * found[0].reshape(-1, 2, 2)
            found.insert(0, seen + self.discount * (policy[seen][..., None] * later).sum(axis=(1, 2)))
        return found

    def table(self, policy: Array, behaviour: Array) -> pd.DataFrame:
        """One row a number k of observations that a model reads, up to all of them.

        Columns: `k`; the `gap` of the policy's return, of a model from endless data of the behaviour;
        `average`, the bound by the errors where the policy goes; the largest error `eps`, in total
        variation; and `largest`, the tight simulation lemma with it.
        """
        first, rows = self.joint[0].sum(axis=1), []
        real = self.values(self.next_seen, policy)[0]
        visits, data = self.chances(policy), self.chances(behaviour)
        for k in range(1, self.steps + 1):
            model = self.model(k, data)
            values = self.values(model, policy)
            off = [np.abs(m - p)[..., 1] for m, p in zip(model, self.next_seen, strict=True)]
            apart = [np.abs(np.diff(later.reshape(-1, 2, 2))[..., 0]) for later in values[1:]]
            parts = [
                self.discount ** (t + 1)
                * visits[t]
                @ (policy[np.arange(len(each)) % 2] * each * worth).sum(axis=1)
                for t, (each, worth) in enumerate(zip(off, apart, strict=True))
            ]
            eps = max(each.max() for each in off)
            lemma = TIGHT_SIMULATION.evaluate(gamma=self.discount, eps_dyn=eps, eps_rew=0.0, width=1.0)
            gap = abs(first @ (values[0] - real))
            rows.append({"k": k, "gap": gap, "average": sum(parts), "eps": eps, "largest": float(lemma)})
        return pd.DataFrame(rows)
