"""Planted wrong versions of the curvature claims: would the trial have noticed?

Each version is made from a claim's own expression by a slip that a derivation, or a hasty reader, may make.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import sympy as sp

from imagination.claim import Claim
from imagination.results.curvature import claims as st
from imagination.results.curvature.systems import EXTREME
from imagination.results.curvature.trial import TOLERANCE

__all__ = ["CONTROLS", "PLANTED", "STRAIGHT", "Planted", "catch", "caught", "power"]

STRAIGHT = 1e-20
"""A trajectory with less loss than this bends by rounding alone."""

CLAIMS: dict[str, Claim] = {
    "sharp": st.SHARP,
    "paper": st.PROPOSITION_1,
    "stretch": st.STRETCH,
    "shrink": st.SHRINK.mutated(st.SHRINK.name, st.SHRINK.quantity),  # its formula of eps is on the left
}
"""The claims that the trial tries, as bounds: of losses, of the steepest and of the flattest places."""

_OBSERVED = {"sharp": "loss", "paper": "loss", "stretch": "stretch", "shrink": "shrink"}


@dataclass(frozen=True)
class Planted:
    """A wrong version of a claim.

    Attributes
    ----------
    name : str
        The slip.
    claim : str
        Which of `CLAIMS` it spoils.
    slip : callable
        Makes the wrong expression from the right one.
    observed : str, optional
        The column of the trial that is bounded, where the slip is to bound another one.
    eps : str
        The column that is taken for eps.
    straight : bool
        Whether the version speaks of straight trajectories only.
    """

    name: str
    claim: str
    slip: Callable[[sp.Expr], sp.Expr] = lambda expression: expression
    observed: str = ""
    eps: str = "eps"
    straight: bool = False

    @cached_property
    def wrong(self) -> Claim:
        """The wrong claim."""
        right = CLAIMS[self.claim]
        return right.mutated(f"{right.name} ({self.name})", self.slip(right.expression))

    def excess(self, table: pd.DataFrame) -> np.ndarray:
        """By how much each row breaks the wrong version, losses in units of the right bound.

        NaN where the version does not speak of the row.
        """
        said = (table["eps"] < 1) & (table["angles"] > 0) & (table[self.eps] > 0)
        if self.straight:
            said &= table["loss"] < STRAIGHT
        rows, excess = table[said], np.full(len(table), np.nan)
        bound = self._value(self.wrong, rows[self.eps])
        unit = self._value(CLAIMS[self.claim], rows["eps"]) if self.claim in ("sharp", "paper") else 1.0
        beyond = rows[self.observed or _OBSERVED[self.claim]].to_numpy() - bound
        excess[said.to_numpy()] = (-beyond if self.claim == "shrink" else beyond) / unit
        return excess

    def share(self, table: pd.DataFrame) -> np.ndarray:
        """The wrong bound as a share of the right one, by row."""
        rows = table[table["eps"] < 1]
        return self._value(self.wrong, rows["eps"]) / self._value(CLAIMS[self.claim], rows["eps"])

    @staticmethod
    def _value(claim: Claim, eps: pd.Series) -> np.ndarray:
        values = {"eps": eps.to_numpy()} if "eps" in claim.arguments else {}
        return np.broadcast_to(np.asarray(claim.evaluate(**values), dtype=float), len(eps))


def _for_eps(new: sp.Expr) -> Callable[[sp.Expr], sp.Expr]:
    return lambda expression: expression.subs(st.eps, new)


def _times(factor: sp.Expr) -> Callable[[sp.Expr], sp.Expr]:
    return lambda expression: expression * factor


def _instead(new: sp.Expr) -> Callable[[sp.Expr], sp.Expr]:
    return lambda expression: sp.sympify(new)


PLANTED: tuple[Planted, ...] = (
    Planted("both velocities equally long", "sharp", _instead(st.eps**2 / 2)),
    Planted("eps / 2 for eps", "sharp", _for_eps(st.eps / 2)),
    Planted("eps cubed for eps squared", "sharp", _for_eps(st.eps ** sp.Rational(3, 2))),
    Planted("a root too many", "sharp", _instead(1 - (1 - st.eps**2) ** sp.Rational(1, 4))),
    Planted("half the bound", "sharp", _times(sp.Rational(1, 2))),
    Planted("mean change of velocity for the largest", "sharp", eps="steepness"),
    Planted("velocities two steps apart", "sharp", observed="loss_apart"),
    Planted("1 + eps for 1 - eps", "paper", _times((1 - st.eps) / (1 + st.eps))),
    Planted("4 for 2 in the divisor", "paper", _times(sp.Rational(1, 2))),
    Planted("eps cubed for eps squared", "paper", _times(st.eps)),
    Planted("straight maps do not stretch", "stretch", _instead(1)),
    Planted("L_f at most 1 - eps", "stretch", _instead(1 - st.eps)),
    Planted("eps / 2 for eps", "stretch", _for_eps(st.eps / 2)),
    Planted("no loss, so L_f at most 1", "stretch", _instead(1), straight=True),
    Planted("straight maps do not shrink", "shrink", _instead(1)),
    Planted("eps squared for eps", "shrink", _for_eps(st.eps**2)),
)
"""The planted versions."""

CONTROLS: tuple[Planted, ...] = (
    *(Planted("none", claim) for claim in CLAIMS),
    Planted("1 - eps^2 for 1 - eps", "paper", _times(1 / (1 + st.eps))),
    Planted("twice the bound", "sharp", _times(sp.Integer(2))),
)
"""What must not be caught: the claims themselves, a slip that happens to be true, and a loose version."""


def caught(planted: Planted, table: pd.DataFrame) -> np.ndarray:
    """Return which rows of a trial refute a planted version by more than rounding."""
    return planted.excess(table) > TOLERANCE


def catch(planted: Planted, table: pd.DataFrame) -> dict[str, object]:
    """Return by how much, how often and where a trial refutes one planted version."""
    refuted, excess = caught(planted, table), planted.excess(table)
    families = table["family"].to_numpy()
    worst = families[int(np.nanargmax(excess))] if refuted.any() else "none"
    return {
        "claim": planted.claim,
        "planted": planted.name,
        "lowest": float(planted.share(table).min()),
        "caught by": int(refuted.sum()),
        "excess": float(np.max(excess[refuted], initial=0)),
        "worst family": worst,
        "by other families": int((refuted & ~np.isin(families, EXTREME)).sum()),
    }


def power(table: pd.DataFrame, versions: Sequence[Planted] = PLANTED) -> pd.DataFrame:
    """Return the table of planted versions and how a trial catches them.

    Parameters
    ----------
    table : DataFrame
        A trial, as `imagination.results.curvature.trial.run` returns it.
    versions : sequence of Planted
        `PLANTED`, or `CONTROLS`.

    Returns
    -------
    DataFrame
        A row for each version: `lowest`, the smallest wrong bound as a share of the right one; `caught by`,
        how many maps refute it; `excess`, how far it was exceeded at most; `worst family`, where that is;
        `by other families`, how many of the maps that refute it come from families that were not made to be
        extreme.
    """
    return pd.DataFrame([catch(planted, table) for planted in versions])
