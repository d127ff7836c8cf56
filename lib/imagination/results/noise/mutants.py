"""Planted wrong versions of Theorem 2: would the trial have noticed?

Each is made from a claim's own expression, or from what is put into it, by a slip that a derivation or a
program invites. The trial has power against it if the variance that noise adds in some problem exceeds it.
Some slips turn out not to be wrong, because Theorem 2 is loose enough to bear them: those are `BORNE`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
import sympy as sp

from imagination.claim import Claim
from imagination.results.noise import claims as theory
from imagination.results.noise.trial import ATTAINING, TOLERANCE

__all__ = ["BORNE", "PLANTED", "Planted", "catch", "caught", "power"]

AMOUNTS = {"paper": "theorem_2", "sharp": "theorem_2", "discounted": "discounted"}
"""The column that each form of the bound must not fall below."""

SCORES = {"paper": "W_H", "sharp": "W_bar", "discounted": "W_bar"}


@dataclass(frozen=True)
class Planted:
    """A changed version of a bound.

    Attributes
    ----------
    name : str
        The slip.
    form : {"paper", "sharp", "discounted"}
        The bound that it changes.
    slip : callable
        Makes the changed expression from the right one.
    instead : dict
        Columns of the trial to be read in the place of the right ones.
    """

    name: str
    form: str
    slip: Callable[[sp.Expr], sp.Expr] = lambda expression: expression
    instead: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def claim(self) -> Claim:
        """The changed claim."""
        right = theory.FORMS[self.form]
        return right.mutated(f"{right.name} ({self.name})", self.slip(right.expression))

    def evaluate(self, table: pd.DataFrame) -> np.ndarray:
        """Return the changed bound for the rows of a trial."""
        columns = {"score_bound": SCORES[self.form], **self.instead}
        values = {name: table[columns.get(name, name)].to_numpy() for name in self.claim.arguments}
        result = self.claim.evaluate(**values)
        return np.broadcast_to(np.asarray(result, dtype=float), len(table))


def _times(factor: sp.Expr | int) -> Callable[[sp.Expr], sp.Expr]:
    return lambda expression: expression * factor


def _put(old: sp.Expr, new: sp.Expr | int) -> Callable[[sp.Expr], sp.Expr]:
    return lambda expression: expression.subs(old, new)


_g, _H, _K = theory.gamma, theory.H, theory.K

PLANTED: tuple[Planted, ...] = (
    # Theorem 2 as the paper has it
    Planted("H dropped", "paper", _times(1 / _H)),
    Planted("root of H", "paper", _times(1 / sp.sqrt(_H))),
    Planted("K squared", "paper", _times(1 / _K)),
    Planted("1/(1 − γ)² dropped", "paper", _times((1 - _g) ** 2)),
    Planted("σ for σ²", "paper", _times(1 / theory.sigma)),
    Planted("1 + γ for 1 − γ", "paper", _times((1 - _g) ** 2 / (1 + _g) ** 2)),
    Planted("norm at t = 0 for the largest", "paper", instead={"score_bound": "W_first"}),
    Planted("norm's mean squared, not its square's mean", "paper", instead={"score_bound": "W_max_mean"}),
    # the sharp bound
    Planted("H off by one", "sharp", _times((_H - 1) / _H)),
    Planted("H dropped", "sharp", _times(1 / _H)),
    Planted("K squared", "sharp", _times(1 / _K)),
    Planted("W for W²", "sharp", _times(1 / theory.W)),
    Planted("1/(1 − γ²) dropped: one reward a score", "sharp", _times(1 - _g**2)),
    Planted("γ squared twice", "sharp", _put(_g, _g**2)),
    Planted("1 + γ² for 1 − γ²", "sharp", _times((1 - _g**2) / (1 + _g**2))),
    Planted("norm at t = 0 for the largest", "sharp", instead={"score_bound": "W_first"}),
    # the discounted estimator's
    Planted("(1 − γ²) for (1 − γ²)²", "discounted", _times(1 - _g**2)),
    Planted("(1 − γ⁴) for (1 − γ²)", "discounted", _put(_g, _g**2)),
    Planted("K squared", "discounted", _times(1 / _K)),
    Planted("norm averaged over time", "discounted", instead={"score_bound": "W_mean"}),
)
"""Versions that are wrong, in the order of the bounds."""

BORNE: tuple[Planted, ...] = (
    Planted("1 − γ for (1 − γ)²", "paper", _times(1 - _g)),
    Planted("1 − γ² for (1 − γ)²", "paper", _times((1 - _g) / (1 + _g))),
    Planted("mean norm W̄ for W_H", "paper", instead={"score_bound": "W_bar"}),
    Planted("norm averaged over time", "paper", instead={"score_bound": "W_mean"}),
    Planted("norm averaged over time", "sharp", instead={"score_bound": "W_mean"}),
)
"""Slips that make a bound smaller and leave it true."""


def caught(planted: Planted, table: pd.DataFrame) -> np.ndarray:
    """Return which rows of a trial refute a version: noise adds more than it allows, beyond rounding."""
    amount = table[AMOUNTS[planted.form]].to_numpy()
    return amount > planted.evaluate(table) * (1 + TOLERANCE)


def catch(planted: Planted, table: pd.DataFrame) -> dict[str, object]:
    """Return by how much, how often and where a trial refutes one version."""
    amount, wrong = table[AMOUNTS[planted.form]].to_numpy(), planted.evaluate(table)
    right = Planted("as it is", planted.form).evaluate(table)
    refuted = caught(planted, table)
    with np.errstate(divide="ignore"):
        times = np.where(refuted, amount / wrong, 0.0)
    unbiased = ~table["family"].isin(ATTAINING).to_numpy()
    return {
        "bound": planted.form,
        "slip": planted.name,
        "lowest": float(np.min(wrong / right)),
        "caught by": int(refuted.sum()),
        "added / wrong bound": float(times.max()),
        "by other families": int((refuted & unbiased).sum()),
    }


def power(table: pd.DataFrame, versions: tuple[Planted, ...] = PLANTED) -> pd.DataFrame:
    """Return the table of planted versions and how a trial catches them.

    Parameters
    ----------
    table : DataFrame
        A trial, as `imagination.results.noise.trial.run` returns it.
    versions : tuple of Planted
        `PLANTED` or `BORNE`.

    Returns
    -------
    DataFrame
        A row for each version: `lowest`, the smallest changed bound as a share of the right one; `caught by`,
        how many problems refute it; `added / wrong bound`, the largest, 0 if none; `by other families`, how
        many of those that refute it come from families that were not built to be extreme.
    """
    return pd.DataFrame([catch(planted, table) for planted in versions])
