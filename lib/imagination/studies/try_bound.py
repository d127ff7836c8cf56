"""Anyone's formula on trial: is it a bound of the return gap, how tight is it, and what breaks it?

from imagination.studies.try_bound import try_bound
try_bound(lambda gamma, eps_rew: eps_rew)  # says: no bound, take gamma = 1/2 and eps_rew = 1
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from imagination.results.return_gap.trial import TOLERANCE
from imagination.studies.formula_search import against, judged, simplest
from imagination.studies.formula_worlds import (
    DIGITS,
    LINE,
    Worlds,
    drawn,
    recorded,
    reward_of_state,
    searched,
)
from imagination.studies.formulas import read

__all__ = ["Counterexample", "OnTrial", "Worlds", "reward_of_state", "try_bound"]

DOUBT = (
    f"A violation is a gap that exceeds the formula by more than {TOLERANCE:.0e} of itself, without what the "
    f"end of a rollout could add. Recorded constants have {DIGITS} digits: there the excess must also be "
    "more than twice what the lost digits can make of it."
)

TEX = {
    "gamma": r"\gamma", "L_f": "L_f", "L_r": "L_r", "L_pi": r"L_\pi",
    "eps_dyn": r"\varepsilon_{\mathrm{dyn}}", "eps_rew": r"\varepsilon_{\mathrm{rew}}",
    "horizon": "H", "diameter": "D",
}  # fmt: skip


@dataclass(frozen=True)
class Counterexample:
    """A real and a learned world whose return gap exceeds a formula.

    Attributes
    ----------
    constants : dict
        Their constants, by name in code.
    gap, claimed : float
        The measured gap, and the value of the formula.
    place : str
        Where it was found. On the line, see `imagination.worlds.extremal`, the constants say all.
    """

    constants: dict[str, float]
    gap: float
    claimed: float
    place: str

    def __str__(self) -> str:
        told = ", ".join(f"{name} = {value:.6g}" for name, value in self.constants.items())
        gap, claimed = self.told
        return f"{told}: the gap is {gap}, claimed is {claimed} (place: {self.place})"

    @property
    def told(self) -> tuple[str, str]:
        """Gap and claimed value with as many digits as tell them apart, six at least."""
        pairs = [(f"{self.gap:.{n}g}", f"{self.claimed:.{n}g}") for n in range(6, 18)]
        return next((pair for pair in pairs if pair[0] != pair[1]), pairs[-1])


@dataclass(frozen=True)
class OnTrial:
    """What a trial of a formula found.

    Attributes
    ----------
    formula : str
        The formula in TeX, or the name of the callable.
    places : DataFrame
        For each place in which it was tried: the worlds `tried`; those of which it `speaks`; the `violations`
        among them; and `median` and `largest` of gap / formula.
    silent : dict
        Of how many worlds it does not speak, by reason.
    negative : int
        For how many it is negative, which no bound of a distance may be.
    counterexample : Counterexample or None
        The simplest that was found.
    """

    formula: str
    places: pd.DataFrame
    silent: dict[str, int]
    negative: int
    counterexample: Counterexample | None

    @property
    def speaks(self) -> int:
        """Of how many worlds the formula speaks."""
        return int(self.places["speaks"].sum())

    @property
    def violations(self) -> int:
        """How many of these exceed it."""
        return int(self.places["violations"].sum())

    @property
    def survived(self) -> bool:
        """Whether it spoke, and nothing broke it. That is evidence, and no proof."""
        return self.speaks > 0 and self.violations == 0

    @property
    def verdict(self) -> str:
        """The outcome in a sentence."""
        if self.violations:
            return f"✗ It is no bound: {self.violations:,} of {self.speaks:,} worlds exceed it."
        if not self.speaks:
            return "? It speaks of none of the worlds that were tried."
        return f"Not refuted: it holds in all {self.speaks:,} worlds of which it speaks. That is no proof."

    def _remarks(self) -> list[str]:
        told = [f"{count:,} worlds are left out: {reason}." for reason, count in self.silent.items()]
        if self.negative:
            told.append(f"It is negative for {self.negative:,} worlds, and no gap is.")
        return told

    def __repr__(self) -> str:
        found = [f"counterexample: {self.counterexample}"] if self.counterexample else []
        return "\n".join(
            [self.verdict, *found, self.places.to_string(float_format=_short), *self._remarks(), DOUBT]
        )

    def _repr_html_(self) -> str:
        body = f"<p><strong>{escape(self.verdict)}</strong></p>"
        if self.formula.startswith(r"\["):
            body += f"<div class='claim-statement'>{escape(self.formula)}</div>"
        else:
            body += f"<p><code>{escape(self.formula)}</code></p>"
        if found := self.counterexample:
            letters = ", ".join(rf"\({TEX[name]} = {value:.6g}\)" for name, value in found.constants.items())
            gap, claimed = found.told
            where = "On the line" if found.place == LINE else f"Among {escape(found.place)}"
            body += f"<p>{where}, take {letters}. The gap is {gap}, and the formula says {claimed}.</p>"
        body += self.places.to_html(float_format=_short, border=0)
        body += "".join(f"<p>{escape(remark)}</p>" for remark in self._remarks())
        body += f"<details><summary>What counts as a violation</summary>{escape(DOUBT)}</details>"
        return f"<div class='claim tex2jax_process'>{body}</div>"


def _short(value: float) -> str:
    return f"{value:.4g}"


def try_bound(
    formula: Any,
    *,
    worlds: Worlds | None = None,
    seed: int = 0,
    draws: int = 2000,
    restarts: int = 6,
    steps: int = 40,
) -> OnTrial:
    """Put a formula on trial as a bound of the return gap.

    It is tried in three places. The *recorded* systems of the large trial; with `worlds`, of which the
    records know nothing, freshly drawn ones. The systems to which a *search* by gradients leads. And the
    *line*, on which errors never cancel, where a second search chooses constants against this very formula.

    Parameters
    ----------
    formula : sympy.Expr, Claim or callable
        Written in ``gamma, L_f, L_r, L_pi, eps_dyn, eps_rew``; if it speaks of finite horizons or of
        bounded states, also in ``horizon`` (H) and ``diameter`` (D). ``L`` is ``L_f (1 + L_pi)``. A callable
        takes by name what it needs, arrays or numbers. Where it is not meant to hold, let it be NaN.
        Without horizon and diameter it speaks where ``gamma L < 1``.
    worlds : callable, optional
        Changes pairs of worlds, such as `reward_of_state`, for a formula that supposes more of them. It must
        keep all constants valid.
    seed : int
        Draws whatever is drawn; the same seed gives the same result.
    draws : int
        Worlds on the line, before the search for constants.
    restarts, steps : int
        Size of the search by gradients.

    Returns
    -------
    OnTrial
        Counts, tightness, and the simplest counterexample that was found.

    Raises
    ------
    ValueError
        If the formula cannot be read or evaluated, or a number is not what it must be.

    Examples
    --------
    >>> found = try_bound(lambda gamma, eps_rew: eps_rew)
    >>> found.counterexample.constants["gamma"], found.counterexample.gap, found.counterexample.claimed
    (0.5, 2.0, 1.0)
    """
    _check({"seed": (seed, 0), "draws": (draws, 1), "restarts": (restarts, 1), "steps": (steps, 1)})
    if worlds is not None and not callable(worlds):
        raise ValueError(f"worlds: must be a function that changes a pair of worlds, got {worlds!r}")
    tried = read(formula)
    finite, bounded = "horizon" in tried.names, "diameter" in tried.names
    tables = {"recorded systems": recorded(tried)} if worlds is None else {}
    if worlds is not None and not bounded:
        tables["drawn systems"] = drawn(worlds, seed, finite)
    if not bounded:
        tables["search by gradients"] = searched(worlds, seed, restarts, steps, finite)
    tables[LINE] = against(tried, worlds, np.random.default_rng(seed), draws)
    verdicts = {place: judged(tried, table) for place, table in tables.items()}
    together = pd.concat(verdicts.values())
    reasons = together["silent"][together["silent"] != ""].value_counts(sort=False)
    found = simplest(tried, worlds, verdicts)
    return OnTrial(
        tried.title,
        pd.DataFrame([_counts(table) for table in verdicts.values()], index=list(verdicts)),
        {str(reason): int(count) for reason, count in reasons.items()},
        int((together["claimed"] < 0).sum()),
        None if found is None else Counterexample(*found),
    )


def _check(numbers: Mapping[str, tuple[Any, int]]) -> None:
    for name, (number, least) in numbers.items():
        if isinstance(number, bool) or not isinstance(number, int | np.integer) or number < least:
            raise ValueError(f"{name}: must be a whole number >= {least}, got {number!r}")


def _counts(verdicts: pd.DataFrame) -> dict[str, float]:
    share = verdicts["share"].dropna()
    return {
        "tried": len(verdicts),
        "speaks": int((verdicts["silent"] == "").sum()),
        "violations": int(verdicts["violation"].sum()),
        "median": share.median(),
        "largest": share.max(),
    }
