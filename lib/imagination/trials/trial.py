"""A trial puts what was measured on systems beside what a claim states; mutants of the claim must be caught.

A topic draws systems that know nothing of its claims and measures them: a table, one row a system. Each of
its `Trial` objects reads that table for one claim. There is one rule for all: a row *refutes* a statement if
what was measured exceeds it by more than the stated numerical doubt, where the claim speaks. A row that
refutes the claim itself is a violation; a mutant that some row refutes is caught.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import sympy as sp
from numpy.typing import ArrayLike, NDArray

from imagination.checks import check_items
from imagination.claim import Claim, Quantity

__all__ = ["Column", "Mutant", "Outcome", "Trial", "mutation_scores", "put", "swap", "times", "violations"]

Column = str | float | Callable[[pd.DataFrame], ArrayLike]
"""A column of a table: its name, what makes it from the others, or one number for all rows."""

Slip = Callable[[sp.Expr], sp.Expr]
"""What makes a wrong expression from the right one."""


def column(table: pd.DataFrame, which: Column) -> NDArray[Any]:
    """Return a column of a table, (n,)."""
    if isinstance(which, str) and which not in table:
        raise ValueError(f"table has no column {which!r}; it has {list(table.columns)}")
    found = which(table) if callable(which) else table[which] if isinstance(which, str) else which
    return np.broadcast_to(np.asarray(found), len(table))


@dataclass(frozen=True)
class Mutant:
    """A wrong version of a claim: a slip that a derivation, a program or a hasty reader invites.

    Attributes
    ----------
    name : str
        The slip, in words.
    of : Claim
        The claim that it changes.
    slip : callable
        Makes the wrong expression from the right one.
    brings : tuple of Quantity
        Symbols that the wrong expression may hold and the right one does not.
    instead : mapping
        Columns of the trial that are read otherwise: slips in what is put into a claim.
    speaks : Column, optional
        Rows of which the mutant speaks, where these are fewer than the claim's.
    """

    name: str
    of: Claim
    slip: Slip = lambda expression: expression
    brings: tuple[Quantity, ...] = ()
    instead: Mapping[str, Column] = field(default_factory=dict)
    speaks: Column | None = None

    @cached_property
    def claim(self) -> Claim:
        """The wrong claim."""
        wrong = sp.sympify(self.slip(self.of.expression))
        new = tuple(quantity for quantity in self.brings if quantity.symbol in wrong.free_symbols)
        name = f"{self.of.name} ({self.name})"
        return replace(self.of, name=name, expression=wrong, symbols=self.of.symbols + new)

    def is_fed(self, table: pd.DataFrame) -> bool:
        """Whether a table holds the columns that the mutant reads; a record may have dropped them."""
        return all(which in table for which in self.instead.values() if isinstance(which, str))

    def read(self, table: pd.DataFrame) -> pd.DataFrame:
        """The table as the mutant reads it."""
        return table.assign(**{name: column(table, which) for name, which in self.instead.items()})


@dataclass(frozen=True)
class Outcome:
    """What one trial says of one claim.

    Attributes
    ----------
    claim : str
        The claim's name.
    source : str
        The record, or the module that ran.
    problems, violations : int
        How many systems the claim speaks of, and how many refute it.
    mutants, caught : int
        Mutants that were tried on the same systems, and how many of them were caught.
    median, largest : float
        Measured over stated, where the claim is a bound: 1 is a bound attained. NaN elsewhere.
    off : float
        Largest relative deviation where the claim is an equality; NaN elsewhere.
    """

    claim: str
    source: str
    problems: int
    violations: int
    mutants: int = 0
    caught: int = 0
    median: float = float("nan")
    largest: float = float("nan")
    off: float = float("nan")

    @property
    def shown(self) -> str:
        """The source as a page names it: the record, or the topic whose module ran."""
        return self.source.split(".")[-2] if "." in self.source else self.source


@dataclass(frozen=True)
class Trial:
    """One claim, beside what is measured on systems that do not know it.

    Attributes
    ----------
    claim : Claim
    systems : callable
        Draws systems and measures them: ``systems(scale, seed=...)`` returns the table, one row a system.
    measure : Column
        What was measured of the claim's quantity.
    columns : mapping
        Where the claim's arguments stand, if not in the columns of their names.
    states : Column, optional
        What the claim states, where the table keeps that and not what it is made of: a sum over a rollout, or
        0 if what was measured is a difference. `speaks` alone then says which rows are read.
    speaks : Column, optional
        Rows that this trial reads, beside what the claim's own hypotheses leave out.
    unit : Column, optional
        In what excess is counted; what the right claim states, unless given.
    below : bool
        Whether the claim is a bound from below.
    tolerance : Column
        Numerical doubt about what was measured and what the claim states.
    doubt : Column, optional
        The same for mutants, where it is larger: a record that keeps few digits of what goes into a claim.
    record : str
        Under which name the table of `systems` is recorded; empty where a chapter runs it live.
    """

    claim: Claim
    systems: Callable[..., pd.DataFrame]
    measure: Column
    columns: Mapping[str, Column] = field(default_factory=dict)
    states: Column | None = None
    speaks: Column | None = None
    unit: Column | None = None
    below: bool = False
    tolerance: Column = 1e-9
    doubt: Column | None = None
    record: str = ""

    @property
    def source(self) -> str:
        """The record, or the module that draws the systems."""
        return self.record or self.systems.__module__

    def stated(self, rows: pd.DataFrame, claim: Claim | None = None) -> NDArray[np.floating]:
        """What the claim, or another one in its place, states for rows of which it speaks, (n,)."""
        claim = claim or self.claim
        if self.states is not None:
            if claim.expression != self.claim.expression:
                raise ValueError(f"states: {self.claim.name!r} is not evaluated, so no other expression is")
            return np.asarray(column(rows, self.states), float)
        values: dict[str, Any] = {n: column(rows, self.columns.get(n, n)) for n in claim.arguments}
        return np.broadcast_to(np.asarray(claim.evaluate(**values), float), len(rows))

    def spoken_of(self, table: pd.DataFrame, mutant: Mutant | None = None) -> NDArray[np.bool_]:
        """Rows of which the claim speaks: those that the trial reads, and that its hypotheses admit, (n,)."""
        chosen = np.ones(len(table), dtype=bool)
        for which in (self.speaks, mutant.speaks if mutant else None):
            if which is not None:
                chosen &= column(table, which).astype(bool)
        if self.states is not None:
            return chosen
        rows = table[chosen]
        values: dict[str, Any] = {n: column(rows, self.columns.get(n, n)) for n in self.claim.arguments}
        chosen[chosen] = np.broadcast_to(self.claim.applies(**values), len(rows))
        return chosen

    def excess(self, table: pd.DataFrame, mutant: Mutant | None = None) -> NDArray[np.floating]:
        """By how much what was measured exceeds what the claim, or a mutant of it, states.

        Returns
        -------
        (n,) array
            In units of `unit`; for an equality the size of the difference. NaN where the claim is silent.
            Of an infinite bound nothing is used, nor of one of 0 where 0 was measured: there it is -1.
        """
        chosen = self.spoken_of(table, mutant)
        rows = table[chosen]
        unit = np.abs(self.stated(rows) if self.unit is None else column(rows, self.unit))
        read = rows if mutant is None else mutant.read(rows)
        stated = self.stated(read, mutant.claim if mutant else None)
        with np.errstate(invalid="ignore"):
            difference = column(read, self.measure) - stated
        if self.claim.relation == "==":
            difference = np.abs(difference)
        elif self.below:
            difference = -difference
        with np.errstate(divide="ignore", invalid="ignore"):
            found = np.where(difference == 0, 0.0, difference / unit)
        if self.claim.relation != "==" and not self.below:
            endless = np.isneginf(difference) & np.isinf(unit)
            found = np.where((difference == 0) & (unit == 0) | endless, -1.0, found)
        excess = np.full(len(table), np.nan)
        excess[chosen] = np.where(np.isnan(found), np.inf, found)  # what is no number is refuted
        return excess

    def refuted(self, table: pd.DataFrame, mutant: Mutant | None = None) -> NDArray[np.bool_]:
        """Which rows refute the claim, or a mutant of it, (n,)."""
        doubt = self.tolerance if mutant is None or self.doubt is None else self.doubt
        with np.errstate(invalid="ignore"):
            return np.asarray(self.excess(table, mutant) > column(table, doubt))

    def can_try(self, mutant: Mutant, table: pd.DataFrame) -> bool:
        """Whether a mutant changes this claim, and the table keeps what its statement is made of."""
        evaluates = self.states is None or mutant.claim.expression == self.claim.expression
        return mutant.of == self.claim and evaluates and mutant.is_fed(table)

    def outcome(self, table: pd.DataFrame, mutants: Iterable[Mutant] = ()) -> Outcome:
        """Count what a table says of the claim, and of those mutants of it that can be tried on it."""
        own = [mutant for mutant in mutants if self.can_try(mutant, table)]
        spoken, excess = self.spoken_of(table), self.excess(table)
        counts: dict[str, Any] = {
            "problems": int(spoken.sum()),
            "violations": int(self.refuted(table).sum()),
            "mutants": len(own),
            "caught": sum(bool(self.refuted(table, mutant).any()) for mutant in own),
        }
        if self.claim.relation == "==":
            return Outcome(self.claim.name, self.source, off=float(np.nanmax(excess)), **counts)
        rows = table[spoken]
        used, allowed = column(rows, self.measure), self.stated(rows)
        if self.below:
            used, allowed = allowed, used
        if self.unit is not None:  # it is no share of what is stated that counts
            return Outcome(self.claim.name, self.source, **counts)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(used == allowed, np.where(used == 0, 0.0, 1.0), used / allowed)
        middle, largest = float(np.median(ratio)), float(ratio.max())
        return Outcome(self.claim.name, self.source, median=middle, largest=largest, **counts)


def violations(trials: Iterable[Trial], table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a table that refute one of the claims that are tried on it."""
    return table[
        np.logical_or.reduce([trial.refuted(table) for trial in check_items("trials", trials, Trial)])
    ]


def mutation_scores(
    trials: Iterable[Trial],
    mutants: Iterable[Mutant],
    table: pd.DataFrame,
    *,
    extreme: Iterable[str] = (),
    by: str = "family",
) -> pd.DataFrame:
    """Return how a table refutes mutants: which would have been noticed, how often, and by which systems.

    Parameters
    ----------
    trials : iterable of Trial
        At most one for each claim.
    mutants : iterable of Mutant
    table : DataFrame
        What the trials' `systems` gave.
    extreme : iterable of str
        Families that were built to come close to a bound.
    by : str
        The column that names a row's family.

    Returns
    -------
    DataFrame
        A row for each mutant: `claim`; `mutant`; `speaks of` so many systems; `caught by` so many of them,
        their `share`; `lowest`, the least that the mutant states as a share of what the claim does (NaN
        where that has no meaning); `excess`, the largest; `family` in which that is; `others`, how many of
        those that refute it come from families that are not extreme.

    Raises
    ------
    ValueError
        If a mutant changes a claim that none of the trials tries.
    """
    tried = {trial.claim.name: trial for trial in check_items("trials", trials, Trial)}
    mutants = check_items("mutants", mutants, Mutant)
    rows, extreme = [], set(check_items("extreme", extreme, str, least=0))
    families = table[by].to_numpy() if by in table else np.full(len(table), "")
    for mutant in mutants:
        if mutant.of.name not in tried:
            raise ValueError(f"mutants: {mutant.name!r} changes {mutant.of.name!r}, which no trial tries")
        trial = tried[mutant.of.name]
        refuted, excess = trial.refuted(table, mutant), trial.excess(table, mutant)
        chosen = table[trial.spoken_of(table, mutant)]
        with np.errstate(divide="ignore", invalid="ignore"):
            share = trial.stated(mutant.read(chosen), mutant.claim) / trial.stated(chosen)
        finite = share[np.isfinite(share)]
        worst = families[np.argmax(np.where(refuted, excess, -np.inf))] if refuted.any() else "none"
        rows.append(
            {
                "claim": mutant.of.name,
                "mutant": mutant.name,
                "speaks of": len(chosen),
                "caught by": int(refuted.sum()),
                "share": float(refuted.sum() / max(len(chosen), 1)),
                "lowest": float(finite.min()) if len(finite) else float("nan"),
                "excess": float(np.max(excess[refuted], initial=0)),
                "family": worst,
                "others": int((refuted & ~np.isin(families, list(extreme))).sum()),
            }
        )
    return pd.DataFrame(rows)


# What many slips are made of


def times(factor: sp.Expr | int) -> Slip:
    """Multiply by a factor that should not be there."""
    return lambda expression: expression * factor


def put(old: sp.Expr | Mapping[sp.Expr, Any], new: Any = None) -> Slip:
    """Put one thing in the place of another; of several at once, if `old` is a mapping."""
    changes = old if isinstance(old, Mapping) else {old: new}
    return lambda expression: expression.subs(changes, simultaneous=True)


def swap(one: sp.Symbol, other: sp.Symbol) -> Slip:
    """Take each of two symbols for the other."""
    return put({one: other, other: one})
