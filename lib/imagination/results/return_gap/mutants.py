"""Planted wrong versions of the bounds: would the trial have noticed?

Each version is made from the claim's own expression by the kind of slip that a derivation invites, and is
smaller than the truth somewhere. The trial, whose systems were drawn without knowing them, has power
against a version if some system's measured gap exceeds it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
import sympy as sp

from imagination import quantities as w
from imagination.claim import Claim
from imagination.results.return_gap import claims as return_gap
from imagination.results.return_gap.trial import TOLERANCE
from imagination.sums import CappedGeometricSum, DoubleGeometricSum, GeometricSum

__all__ = ["PLANTED", "Planted", "catch", "caught", "power"]

CLAIMS: dict[str, Claim] = {
    "contracting": return_gap.LEMMA_1,
    "finite": return_gap.FINITE_HORIZON,
    "bounded": return_gap.BOUNDED_STATES,
    "bounded, finite": return_gap.BOUNDED_STATES_FINITE,
}
"""The claim that each regime of the trial tries."""

ATTAINING = ("extremal", "extremal, clipped", "near-extremal")
"""Families built to come close to the bound; the others were not."""


@dataclass(frozen=True)
class Planted:
    """A wrong version of a claim.

    Attributes
    ----------
    name : str
        The slip.
    regime : str
        The regime of the trial whose claim it spoils.
    slip : callable
        Makes the wrong expression from the right one.
    instead : dict
        Columns of the trial to be read in the place of others: for slips in what is put into the bound.
    """

    name: str
    regime: str
    slip: Callable[[sp.Expr], sp.Expr] = lambda expression: expression
    instead: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def claim(self) -> Claim:
        """The wrong claim."""
        right = CLAIMS[self.regime]
        return right.mutated(f"{right.name} ({self.name})", self.slip(right.expression))

    def evaluate(self, table: pd.DataFrame) -> np.ndarray:
        """Return the wrong bound for the rows of a trial."""
        values = {name: table[self.instead.get(name, name)].to_numpy() for name in self.claim.arguments}
        return np.asarray(self.claim.evaluate(**values), dtype=float)


def _both(
    of_reward: Callable[[sp.Expr], sp.Expr] = lambda part: part,
    of_dynamics: Callable[[sp.Expr], sp.Expr] = lambda part: part,
) -> Callable[[sp.Expr], sp.Expr]:
    """Change the reward's part, the dynamics' part, or both."""

    def slip(expression: sp.Expr) -> sp.Expr:
        reward, dynamics = expression.subs(w.eps_dyn, 0), expression.subs(w.eps_rew, 0)
        return of_reward(reward) + of_dynamics(dynamics)

    return slip


def _times(factor: sp.Expr) -> Callable[[sp.Expr], sp.Expr]:
    return lambda part: part * factor


def _swap(one: sp.Symbol, other: sp.Symbol) -> Callable[[sp.Expr], sp.Expr]:
    return lambda expression: expression.subs({one: other, other: one}, simultaneous=True)


def _put(old: sp.Expr, new: sp.Expr) -> Callable[[sp.Expr], sp.Expr]:
    return lambda expression: expression.subs(old, new)


def _in_sum(kind: type[sp.Function], change: Callable[..., sp.Expr]) -> Callable[[sp.Expr], sp.Expr]:
    return lambda expression: expression.replace(kind, change)


def _greater(expression: sp.Expr) -> sp.Expr:
    return sp.Max(expression.subs(w.eps_dyn, 0), expression.subs(w.eps_rew, 0))


_ONE = 1 - w.gamma
_LOOP = 1 - w.gamma * w.L

PLANTED: tuple[Planted, ...] = (
    # Lemma 1
    Planted(
        "L_pi for 1 + L_pi in the reward's slope",
        "contracting",
        _both(of_dynamics=_times(w.L_pi / (1 + w.L_pi))),
    ),
    Planted(
        "policy forgotten in the reward's slope", "contracting", _both(of_dynamics=_times(1 / (1 + w.L_pi)))
    ),
    Planted(
        "policy forgotten in the closed loop",
        "contracting",
        _both(of_dynamics=_times(_LOOP / (1 - w.gamma * w.L_f))),
    ),
    Planted(
        "L_pi for 1 + L_pi in the closed loop",
        "contracting",
        _both(of_dynamics=_times(_LOOP / (1 - w.gamma * w.L_f * w.L_pi))),
    ),
    Planted("1 - L for 1 - gamma L", "contracting", _both(of_dynamics=_times(_LOOP / (1 - w.L)))),
    Planted(
        "1 - gamma^2 L for 1 - gamma L",
        "contracting",
        _both(of_dynamics=_times(_LOOP / (1 - w.gamma**2 * w.L))),
    ),
    Planted("growth of state errors forgotten", "contracting", _both(of_dynamics=_times(_LOOP))),
    Planted("gamma squared for gamma", "contracting", _both(of_dynamics=_times(w.gamma))),
    Planted("1/(1 - gamma) missing in the dynamics' part", "contracting", _both(of_dynamics=_times(_ONE))),
    Planted("1/(1 - gamma) missing in the reward's part", "contracting", _both(of_reward=_times(_ONE))),
    Planted("gamma dropped: a sum of one step", "contracting", _both(_times(_ONE), _times(_ONE))),
    Planted("errors swapped", "contracting", _swap(w.eps_dyn, w.eps_rew)),
    Planted("L_r dropped", "contracting", _put(w.L_r, sp.Integer(1))),
    Planted("L_f dropped", "contracting", _put(w.L_f, sp.Integer(1))),
    Planted("L_f and L_r swapped", "contracting", _swap(w.L_f, w.L_r)),
    Planted("eps_dyn squared", "contracting", _put(w.eps_dyn, w.eps_dyn**2)),
    Planted("the larger part for the sum of both", "contracting", _greater),
    Planted("reward error forgotten", "contracting", _put(w.eps_rew, sp.Integer(0))),
    Planted(
        "mean errors for suprema",
        "contracting",
        instead={"eps_dyn": "eps_dyn_mean", "eps_rew": "eps_rew_mean"},
    ),
    # finite horizon
    Planted("H off by one", "finite", _put(w.H, w.H - 1)),
    Planted(
        "H off by one in the dynamics' part",
        "finite",
        _in_sum(DoubleGeometricSum, lambda x, y, n: DoubleGeometricSum(x, y, n - 1)),
    ),
    Planted(
        "growth discounted twice",
        "finite",
        _in_sum(DoubleGeometricSum, lambda x, y, n: DoubleGeometricSum(x, x * y, n)),
    ),
    Planted(
        "errors do not grow",
        "finite",
        _in_sum(DoubleGeometricSum, lambda x, y, n: DoubleGeometricSum(x, sp.Integer(1), n)),
    ),
    Planted(
        "policy forgotten in the closed loop",
        "finite",
        _in_sum(DoubleGeometricSum, lambda x, y, n: DoubleGeometricSum(x, w.L_f, n)),
    ),
    Planted(
        "gamma^H forgotten to be discounted",
        "finite",
        _in_sum(GeometricSum, lambda x, n: GeometricSum(x**2, n)),
    ),  # bounded states
    Planted("radius for diameter", "bounded", _put(w.D, w.D / 2)),
    Planted(
        "cap on the sum for a cap on each step",
        "bounded",
        _in_sum(CappedGeometricSum, lambda x, y, a, cap, n: sp.Min(cap, CappedGeometricSum(x, y, a, cap, n))),
    ),
    Planted(
        "steady growth for geometric",
        "bounded",
        _in_sum(CappedGeometricSum, lambda x, y, a, cap, n: CappedGeometricSum(x, sp.Integer(1), a, cap, n)),
    ),
    Planted(
        "cap reached a step late",
        "bounded",
        _in_sum(CappedGeometricSum, lambda x, y, a, cap, n: x * CappedGeometricSum(x, y, a, cap, n)),
    ),
    Planted("H off by one", "bounded, finite", _put(w.H, w.H - 1)),
    Planted("radius for diameter", "bounded, finite", _put(w.D, w.D / 2)),
)
"""The planted versions, in the order of the regimes."""


def caught(planted: Planted, table: pd.DataFrame) -> np.ndarray:
    """Return which rows of a trial refute a planted version: the gap exceeds it by more than rounding."""
    return (table["regime"] == planted.regime).to_numpy() & (_excess(planted, table) > TOLERANCE)


def _excess(planted: Planted, table: pd.DataFrame) -> np.ndarray:
    """(gap - wrong bound) / right bound; NaN in other regimes."""
    excess = np.full(len(table), np.nan)
    own = (table["regime"] == planted.regime).to_numpy()
    rows = table[own]
    excess[own] = (rows["gap"].to_numpy() - planted.evaluate(rows)) / rows["bound"].to_numpy()
    return excess


def catch(planted: Planted, table: pd.DataFrame) -> dict[str, object]:
    """Return by how much, how often and where a trial refutes one planted version."""
    rows = table[table["regime"] == planted.regime]
    wrong, gap, bound = planted.evaluate(rows), rows["gap"].to_numpy(), rows["bound"].to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        times = np.where(wrong > 0, gap / wrong, np.where(gap > wrong, np.inf, 0))
        below = wrong / bound
    refuted = (gap - wrong) / bound > TOLERANCE
    unbiased = ~rows["family"].isin(ATTAINING).to_numpy()
    refuted_times = np.where(refuted, times, 0)
    return {
        "regime": planted.regime,
        "planted": planted.name,
        "lowest": float(np.min(below)),
        "caught by": int(refuted.sum()),
        "share": float(refuted.mean()),
        "gap / wrong bound": float(refuted_times.max()),
        "worst family": rows["family"].to_numpy()[int(np.argmax(refuted_times))] if refuted.any() else "none",
        "by other families": int((refuted & unbiased).sum()),
    }


def power(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table of all planted versions and how a trial catches them.

    Parameters
    ----------
    table : DataFrame
        A trial, as `imagination.results.return_gap.trial.run` returns it.

    Returns
    -------
    DataFrame
        A row for each version: `lowest`, the smallest wrong bound as a share of the right one (below 1: it
        is wrong); `caught by`, how many systems refute it; `share` of its regime's systems; `gap / wrong
        bound`, the largest (infinite where the wrong bound is zero or negative); `worst family`, where that
        is; `by other families`, how many of those that refute it come from families that were not built to
        be extreme.
    """
    return pd.DataFrame([catch(planted, table) for planted in PLANTED])
