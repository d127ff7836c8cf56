"""Findings about rewards that are learned from comparisons: chapter 20."""

from __future__ import annotations

import numpy as np
import pandas as pd

from imagination.catalogue.findings.finding import Estimate, Finding, Said, counted, median, quoted, word
from imagination.studies import preference_curves, preference_stopping

__all__ = ["FINDINGS"]

EARLY, WHOLE = 1, 2
"""Up to which distances a form is fitted, to foretell a peak and to describe a curve."""


def _fitted(table: pd.DataFrame) -> Said:
    keys = ["family", "comparisons", "model", "collected", "way"]
    shares, fits, log_fits = [], [], []
    rows = table[table["collected"] == "start"].groupby(keys)
    for _, curve in rows:
        far, gain = curve["distance"].to_numpy(), curve["true"].to_numpy()
        peak = far[gain.argmax()]
        fits.append(preference_curves.fitted(far, gain, "best of n", until=WHOLE)["R2"])
        log_fits.append(preference_curves.fitted(far, gain, "RL", until=WHOLE)["R2"])
        if EARLY < peak < far[-1]:
            foretold = preference_curves.fitted(far, gain, "best of n", until=EARLY)["peak"]
            shares.append(foretold / peak)
    off = median(shares)
    return Said(
        f"Up to a distance of {WHOLE} a parabola fits the true return by distance with an R² of "
        f"{min(fits):.2f} or more, the form with a logarithm with {min(log_fits):.2f} or more. Fitted up to "
        f"{EARLY}, the parabola foretells a later peak at {off} times its distance, in the median.",
        off,
        "foretold distance of the peak over the real one",
        counted(len(fits), "curve"),
    )


def _refreshed(table: pd.DataFrame) -> Said:
    rows = table[table["collected"] == f"refreshed at {EARLY}"]
    told = []
    for model, part in rows.groupby("model"):
        sure = int((part["ahead low"] > 0).sum()), int((part["ahead high"] < 0).sum())
        cases = f"{sure[0]} of {counted(len(part), 'case')} and lower in {sure[1]}"
        told.append(f"with the {model} model in {cases}")
    last = rows.loc[rows["ahead"].idxmax()]
    most = Estimate(last["ahead"], last["ahead low"], last["ahead high"])
    return Said(
        "If comparisons are drawn anew from the policy so far, instead of all from the start, the true "
        f"return peaks higher {'; '.join(told)}. It gains most with {quoted(last['family'])}: {most}.",
        most,
        "largest gain in the peak of the true return",
        counted(len(rows), "case"),
    )


def _stopped(table: pd.DataFrame) -> Said:
    found = preference_stopping.regrets(table, np.random.default_rng(0))
    count = max(preference_stopping.COUNTS)
    here = found.loc[count]
    (model, rule), best = min(here.iterrows(), key=lambda row: row[1]["regret"])
    flat = here.loc["flat"]
    name = flat.drop(index=["cautious rewards", "gradient steps"])["regret"].idxmin()
    stop = Estimate(*flat.loc[name, ["regret", "low", "high"]])
    first = Estimate(*best[["regret", "low", "high"]])
    verdict = word(first, "less than none", "none to speak of", "more than none")
    return Said(
        f"With {counted(count, 'comparison')}, and numbers tuned on other families, {quoted(rule)} with the "
        f"{model} model has the least regret, {first} of what an oracle gains that stops the flat model: "
        f"{verdict}. The best rule that stops the flat model is {quoted(name)}, with {stop}.",
        first,
        "regret against an oracle that stops, as a share of its gain",
        f"{counted(table['seed'].nunique(), 'seed')} a family",
    )


FINDINGS = (
    Finding("The form of over-optimisation", 20, preference_curves.RECORD, _fitted, ("true",)),
    Finding(
        "Comparisons from the policy so far",
        20,
        f"{preference_curves.RECORD}-peaks",
        _refreshed,
        ("ahead", "ahead low", "ahead high"),
    ),
    Finding("When to stop climbing", 20, preference_stopping.RECORD, _stopped, ("elsewhere", "oracle")),
)
"""Chapter 20."""
