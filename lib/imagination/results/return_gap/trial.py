"""The return-gap bounds on trial: many systems of every family, and no bound may be exceeded.

    python -m imagination.results.return_gap.trial --scale full

draws the recorded trial again. What a violation is: ``(gap + tail) / bound > 1 + 1e-9``, where `tail`
bounds what the end of a rollout can hide of an infinite sum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from imagination import records
from imagination.claim import Claim
from imagination.results.return_gap import claims
from imagination.results.return_gap.pair import measure
from imagination.results.return_gap.systems import FAMILIES, draw
from imagination.trials.recording import Command, rounded
from imagination.trials.sweep import sweep
from imagination.trials.trial import Trial

__all__ = [
    "CLAIMS",
    "EXTREME",
    "REGIMES",
    "SCALES",
    "TOLERANCE",
    "TRIALS",
    "batch",
    "configurations",
    "recorded",
    "run",
    "summary",
    "violations",
]

TOLERANCE = 1e-9
"""A ratio above 1 + TOLERANCE is a violation: room for rounding, none for a wrong bound."""

DIGITS = 1e-3
"""The same for a mutant on the record, which keeps five digits of what goes into a bound."""

TAIL = 1e-10
"""Rollouts for an infinite horizon go on until the tail is at most this share of the bound."""

REGIMES = {
    "contracting": "Lemma 1: infinite horizon, the closed loop contracts",
    "finite": "finite horizon, contraction or not",
    "bounded": "infinite horizon, bounded states, contraction or not",
    "bounded, finite": "finite horizon, bounded states, contraction or not",
}
"""The four forms of the bound: [TSGLH26, Lemma 1], and for finite horizons, bounded states, both."""

CLAIMS: Mapping[str, Claim] = {
    "contracting": claims.LEMMA_1,
    "finite": claims.FINITE_HORIZON,
    "bounded": claims.BOUNDED_STATES,
    "bounded, finite": claims.BOUNDED_STATES_FINITE,
}
"""The claim that each regime tries."""

UNBOUNDED = ("near-extremal", "extremal")
"""Families without bounded states: two of the regimes do not speak of them."""

EXTREME = (*UNBOUNDED, "extremal, clipped")
"""Families built to come close to the bound; the others were not."""

SIDES: Mapping[str, Mapping[str, str]] = {
    "ratio": {},
    "ratio_f_hat": {"dynamics": "learned"},
    "ratio_r_hat": {"reward": "learned"},
    "ratio_hat": {"dynamics": "learned", "reward": "learned"},
}
"""Whose constants make the bound of each ratio, where they are not the real system's."""

RATIOS = tuple(SIDES)

SCALES = {"quick": {"batches": 1, "size": 60}, "full": {"batches": 12, "size": 250}}
"""Batches of each family and regime, and pairs in a batch."""

RECORD = "trial"


def configurations(scale: str = "quick") -> list[dict[str, Any]]:
    """Return the configurations of a trial; each is a batch of pairs.

    Raises
    ------
    ValueError
        If there is no such scale.
    """
    if scale not in SCALES:
        raise ValueError(f"scale: {scale!r} is none of {', '.join(SCALES)}")
    batches, size = SCALES[scale]["batches"], SCALES[scale]["size"]
    return [
        {"family": family, "regime": regime, "size": size}
        for _ in range(batches)
        for family in FAMILIES
        for regime in REGIMES
        if "bounded" not in regime or family not in UNBOUNDED
    ]


def batch(configuration: Mapping[str, Any], rng: np.random.Generator) -> pd.DataFrame:
    """Draw one batch of pairs, measure their gaps and compare with the bound: one row a pair.

    Columns: `family`, `regime`, `horizon` (0: infinite), what the bound is made of (`gamma` to `eps_rew`,
    `diameter`), the learned pair's constants `L_f_hat` and `L_r_hat`, mean errors `eps_dyn_mean` and
    `eps_rew_mean`, `gap`, `tail`, `bound`, and `ratio`; `ratio_f_hat`, `ratio_r_hat` and `ratio_hat` with
    the learned dynamics' constant, the learned reward's, and both (NaN where the contraction that the
    bound needs fails).
    """
    regime = configuration["regime"]
    pair = draw(configuration["family"], rng, configuration["size"])
    closed_loop = pair.closed_loop()
    pair = pair.discounted(_discount(rng, closed_loop, contracting=regime == "contracting"))
    about: dict[str, Any] = {}
    if "bounded" in regime:
        about["diameter"] = pair.diameter
    if "finite" in regime:
        about["horizon"] = _horizon(rng, closed_loop)

    bounds = {
        ratio: CLAIMS[regime].evaluate(outside=np.nan, **pair.constants(**sides), **about)
        for ratio, sides in SIDES.items()
    }
    learned = pair.constants(dynamics="learned", reward="learned")
    mean_dyn, mean_rew = pair.mean_errors(rng)
    gap = measure(pair, horizon=about.get("horizon"), tolerance=TAIL * bounds["ratio"])
    return pd.DataFrame(
        {
            "family": configuration["family"],
            "regime": regime,
            "horizon": about.get("horizon", 0),
            **pair.constants(),
            "diameter": about.get("diameter", np.nan),
            "L_f_hat": learned["L_f"],
            "L_r_hat": learned["L_r"],
            "eps_dyn_mean": mean_dyn,
            "eps_rew_mean": mean_rew,
            "gap": gap.value,
            "tail": gap.tail,
            "bound": bounds["ratio"],
            **{ratio: (gap.value + gap.tail) / bound for ratio, bound in bounds.items()},
        }
    )


def _discount(rng: np.random.Generator, closed_loop: np.ndarray, *, contracting: bool) -> np.ndarray:
    """Discounts from 0.1 to 0.98; low enough for contraction where that is asked for."""
    most_patient = rng.uniform(0.3, 1.7)  # of the batch: few batches should need the longest rollouts
    discount = 1 - 10 ** -rng.uniform(0.05, most_patient, len(closed_loop))
    if not contracting:
        return discount
    return np.minimum(discount, rng.uniform(0.3, 0.98, len(closed_loop)) / np.maximum(closed_loop, 1e-9))


def _horizon(rng: np.random.Generator, closed_loop: np.ndarray) -> int:
    """A horizon from 2 to 200, short enough that errors grow at most by a factor of about 1e8.

    After one step a model with exact rewards has made no error yet, and 0/0 is no ratio.
    """
    fastest = float(np.max(closed_loop))
    longest = 200.0 if fastest <= 1 else min(200.0, 18 / np.log(fastest))
    return max(2, int(np.exp(rng.uniform(np.log(2), np.log(longest + 1)))))


def run(scale: str = "quick", *, seed: int = 0, **options: Any) -> pd.DataFrame:
    """Run the trial.

    Parameters
    ----------
    scale : {"quick", "full"}
    seed : int
    **options
        Passed to `imagination.trials.sweep.sweep`: workers, store, only, ...

    Returns
    -------
    DataFrame
        One row a pair, as `batch` describes.
    """
    return sweep(batch, configurations(scale), seed=seed, **options)


def _trial(regime: str, claim: Claim, ratios: Sequence[str] = ("ratio",)) -> Trial:
    """The trial of a claim on one regime's rows, drawn now or recorded.

    The record keeps five digits of a gap, and twelve of its `ratios` to the bound: there the largest of these
    says what was measured.
    """

    def measured(rows: pd.DataFrame) -> np.ndarray:
        if "bound" in rows:
            return (rows["gap"] + rows["tail"]).to_numpy()
        of_bound = claim.evaluate(**{name: rows[name] for name in claim.arguments})
        return rows[list(ratios)].max(axis=1).to_numpy() * of_bound

    return Trial(
        claim,
        run,
        measured,
        speaks=lambda table: table["regime"] == regime,
        tolerance=TOLERANCE,
        doubt=lambda table: TOLERANCE if "bound" in table else DIGITS,
        record=RECORD,
    )


TRIALS: tuple[Trial, ...] = (
    *(_trial(regime, claim) for regime, claim in CLAIMS.items()),
    _trial("contracting", claims.EITHER_SIDE, RATIOS),
)
"""What is tried of each claim; each regime tries its own, and the contracting one either side's constants."""


def violations(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in which some ratio exceeds 1 + `TOLERANCE`, or the ratio itself is not a number."""
    return table[(table[list(RATIOS)] > 1 + TOLERANCE).any(axis=1) | table["ratio"].isna()]


def summary(table: pd.DataFrame, by: str | Sequence[str] = "family") -> pd.DataFrame:
    """Return counts, median, 95% quantile and maximum of the ratio, and violations, by group and for all."""
    keys = [by] if isinstance(by, str) else list(by)
    exceeded = table.index.isin(violations(table).index)
    groups = table.assign(violation=exceeded).groupby(keys, sort=False)
    result = groups["ratio"].agg(
        pairs="size", median="median", q95=lambda ratio: ratio.quantile(0.95), largest="max"
    )
    return result.assign(violations=groups["violation"].sum().astype(int))


def compact(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table as it is recorded: ratios with twelve digits, what they are made of with five."""
    kept = table.drop(columns=["bound", "eps_dyn_mean", "eps_rew_mean"])
    return rounded(kept, {str(name): 12 if name in RATIOS else 5 for name in kept.select_dtypes("float")})


def recorded() -> pd.DataFrame:
    """Return the recorded trial at full scale."""
    return records.load(RECORD)


main = Command(
    module="imagination.results.return_gap.trial",
    record=RECORD,
    run=run,
    say=lambda table: summary(table).to_string(float_format=lambda x: f"{x:.6g}"),
    parameters=lambda scale: SCALES[scale] | {"tail": TAIL},
    scales=SCALES,
    default="quick",
    options=("workers", "store"),
    compact=compact,
    violations=violations,
    unit="pairs",
)


if __name__ == "__main__":
    raise SystemExit(main())
