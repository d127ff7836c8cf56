"""Findings about scaling laws, budgets and multipliers: chapters 6, 7 and 8."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from imagination.catalogue.findings.finding import (
    LEVEL,
    Estimate,
    Finding,
    Said,
    counted,
    median,
    over,
    paired,
    quoted,
    share,
    word,
)
from imagination.results.sensitivity import trial as sensitivity
from imagination.studies import interval_coverage, scaling_fits
from imagination.studies.loop import objectives_report

__all__ = ["FINDINGS"]

Say = Callable[[pd.DataFrame], Said]


def _slopes(errors: pd.DataFrame) -> pd.Series:
    """The exponent of each seed's own line; a row a seed, a column a number of samples."""
    logs = np.log(errors)
    found = -np.polyfit(np.log(logs.columns.to_numpy(float)), logs.to_numpy().T, 1)[0]
    return pd.Series(found, index=errors.index)


def _exponents(table: pd.DataFrame) -> Said:
    lines = {quantity: _slopes(scaling_fits.curves(table, quantity)) for quantity in scaling_fits.QUANTITIES}
    dynamics, reward = (over(lines[quantity], np.mean) for quantity in scaling_fits.QUANTITIES)
    apart = paired(lines["reward"], lines["dynamics"])
    faster = word(apart, "more slowly than", "about as fast as", "faster than")
    return Said(
        f"The mean error of rewards falls {faster} that of dynamics: exponents {reward} and {dynamics}, "
        "means over "
        "seeds of a line through each seed's own errors.",
        apart,
        "difference of exponents, reward less dynamics",
        counted(len(lines["reward"]), "seed"),
    )


def _bent(table: pd.DataFrame) -> Said:
    parts, verdicts = [], []
    for quantity in scaling_fits.QUANTITIES:
        local = scaling_fits.local_exponents(table, quantity)["exponent"]
        straight = scaling_fits.one_exponent(table, quantity)
        verdicts.append("what may be a power law" if straight > 1 - LEVEL else "no power law")
        parts.append(
            f"for the {quantity} {local.min():.2f} to {local.max():.2f} (p = {straight:.1g} if all are one)"
        )
    errors = scaling_fits.curves(table, "reward")
    steps = sorted(errors.columns)
    first, last = steps[0], steps[-1]
    early, late = _slopes(errors[steps[:2]]), _slopes(errors[steps[-2:]])
    found = paired(early, late)
    return Said(
        f"A power law has the same exponent between any numbers of samples. From {first:,} to {last:,} "
        f"samples those between neighbours range, {', '.join(parts)}: so the dynamics' error follows "
        f"{verdicts[0]}, the reward's {verdicts[1]}.",
        found,
        "reward's exponent at the beginning less that at the end",
        counted(len(errors), "seed"),
    )


def _largest(table: pd.DataFrame) -> Said:
    told, apart = [], {}
    for quantity in scaling_fits.QUANTITIES:
        mean, worst = (
            _slopes(scaling_fits.curves(table, quantity, measure))
            for measure in ("mean_norm", "max_searched")
        )
        apart[quantity], of_mean, of_worst = paired(mean, worst), over(mean, np.mean), over(worst, np.mean)
        moves = word(of_worst, "rises", "does not move", "falls")
        beside = word(apart[quantity], "above", "about", "below")
        told.append(f"{moves} for the {quantity} (exponent {of_worst}, {beside} the mean error's {of_mean})")
    return Said(
        f"The largest error that a search finds in the domain {'; '.join(told)}.",
        apart["dynamics"],
        "dynamics: exponent of the mean less that of the largest",
        counted(table["seed"].nunique(), "seed"),
    )


def _readings(table: pd.DataFrame) -> Said:
    apart = {}
    for reading, rows in table.groupby("reading", sort=False):
        lines = {
            quantity: _slopes(scaling_fits.curves(rows, quantity)) for quantity in scaling_fits.QUANTITIES
        }
        apart[reading] = paired(lines["reward"], lines["dynamics"])
    faster = [reading for reading, found in apart.items() if found.low > 0]
    least = min(apart, key=lambda reading: apart[reading].value)
    return Said(
        f"The reward's exponent is larger than the dynamics' in {len(faster)} of {len(apart)} readings of "
        "the experiment; "
        f"least so where we read {quoted(least)}: by {apart[least]}.",
        apart[least],
        "smallest difference of exponents",
        counted(table["seed"].nunique(), "seed") + " a reading",
    )


def _extrapolated(quantity: str) -> Say:
    def say(table: pd.DataFrame) -> Said:
        known = sorted(table["samples"].unique())[3]
        furthest = scaling_fits.beyond(table, known).loc[quantity].iloc[-1]
        samples = int(table["samples"].max())
        found = Estimate(furthest["ratio"], furthest["low"], furthest["high"])
        kept = word(found, "below", "not told from", "above", at=1)
        return Said(
            f"At {samples:,} samples the error of the {quantity} is {kept} the line through each seed's "
            "errors at up to "
            f"{known:,}: {found} times that, geometric mean.",
            found,
            "measured over extrapolated error",
            counted(int(furthest["seeds"]), "seed"),
        )

    return say


def _at(table: pd.DataFrame, group: str) -> pd.DataFrame:
    """One group at the middle budget: a column a multiplier, regret and l below it, a row a system."""
    middle = sorted(table["budget"].unique())[len(table["budget"].unique()) // 2]
    rows = table[(table["group"] == group) & (table["budget"] == middle)]
    return rows.pivot(index="system", columns="multiplier", values=["l", "regret"])


def _too_large(group: str) -> Say:
    def say(table: pd.DataFrame) -> Said:
        of = _at(table, group)
        signed = of["l"]["global"]
        size, price = median(signed.abs()), median(of["regret"]["global"], percent=True)
        large = int((signed < -sensitivity.NOTHING).sum())
        return Said(
            f"{group}: predicted from global constants, the ratio of samples is too large for {large} of "
            f"{counted(len(of), 'system')}, in the middle by a factor of {np.exp(size.value):,.3g}; the "
            f"plan costs {price} more "
            f"return error than the best split, at worst {of['regret']['global'].max():.1%}.",
            size,
            "|log of predicted over best ratio|, median",
            counted(len(of), "system"),
        )

    return say


def _cheaper(first: str, second: str = "global", group: str = "LQG") -> Say:
    def say(table: pd.DataFrame) -> Said:
        price = _at(table, group)["regret"]
        one, other = (median(price[name], percent=True) for name in (first, second))
        saved = median(price[second] - price[first], percent=True)
        cheaper = word(saved, "dearer than", "neither cheaper nor dearer than", "cheaper than")
        return Said(
            f"{group}: the plan by the multiplier {quoted(first)} is {cheaper} that by {quoted(second)}: "
            "in the middle it "
            f"costs {one} more return error than the best split, against {other}; at worst "
            f"{price[first].max():.1%}, "
            f"against {price[second].max():.1%}.",
            saved,
            "regret saved, median over systems",
            counted(len(price), "system"),
        )

    return say


def _dimension(table: pd.DataFrame) -> Said:
    parts, apart = [], {}
    for target, rows in table.groupby("target", sort=False):
        slopes = {
            count: _slopes(part.pivot(index="seed", columns="samples", values="mean_norm"))
            for count, part in rows.groupby("outputs")
        }
        one, many = min(slopes), max(slopes)
        apart[target] = paired(slopes[one], slopes[many])
        parts.append(f"{target}: {over(slopes[one], np.mean)} and {over(slopes[many], np.mean)}")
    larger = [target for target, found in apart.items() if found.low > 0]
    smaller = [target for target, found in apart.items() if found.high < 0]
    first = next(iter(apart))
    return Said(
        f"Of one and the same teacher, errors in {counted(int(one), 'component')} fall with a larger "
        "exponent than errors "
        f"in {many} for {len(larger)} of {len(apart)} kinds of targets, with a smaller one for "
        f"{len(smaller)}. Exponents: "
        f"{'; '.join(parts)}.",
        apart[first],
        f"difference of exponents for {first}",
        counted(table["seed"].nunique(), "seed"),
    )


def _recipes(table: pd.DataFrame, usual: pd.DataFrame) -> Said:
    last = table[table["epoch"] == table.groupby("recipe")["epoch"].transform("max")]
    moved: dict[str, Estimate] = {}
    for recipe, rows in last[last["quantity"] == "dynamics"].groupby("recipe", sort=False):
        errors = rows.pivot(index="seed", columns="samples", values="mean_norm").dropna(axis=1)
        before = scaling_fits.curves(usual, "dynamics")[errors.columns]
        moved[str(recipe)] = paired(_slopes(errors), _slopes(before))
    most = max(moved, key=lambda recipe: abs(moved[recipe].value))
    told = "; ".join(f"{recipe}: {found}" for recipe, found in moved.items())
    return Said(
        "Trained otherwise, the dynamics' error falls with another exponent; by so much the exponent "
        "grows, seed by "
        f"seed: {told}. Most is moved by {quoted(most)}.",
        moved[most],
        "change of the exponent, largest",
        counted(last["seed"].nunique(), "seed"),
    )


def _for_a_policy(system: str) -> Say:
    def say(table: pd.DataFrame) -> Said:
        rows = objectives_report.compared(table).loc[system]
        half, bound = (
            Estimate(row["difference"], row["low"], row["high"], percent=True)
            for row in (rows.loc["half and half"], rows.loc["bound"])
        )
        told = word(half, "less regret than", "a regret not told from that of", "more regret than")
        return Said(
            f"{system}: a budget planned for least regret leaves {told} half and half, a difference of "
            f"{half} of the latter's mean; from the plan for the bound it differs by {bound}. Intervals over "
            f"{counted(table['pilot'].nunique(), 'pilot')}.",
            half,
            "mean regret less that of half and half, as a share of it",
            f"{counted(table.loc[table['system'] == system, 'seed'].nunique(), 'seed')} an arm",
        )

    return say


def _of_second_order(system: str) -> Say:
    def say(pilots: pd.DataFrame) -> Said:
        found = objectives_report.orders(pilots[pilots["system"] == system])[system]
        dynamics, reward = (
            Estimate(kappa.order, kappa.order_low, kappa.order_high) for kappa in found.values()
        )
        told = word(dynamics, "less than 2", "2 is not excluded", "more than 2", at=2)
        return Said(
            f"{system}: from one size of a pilot to twice as many samples, regret falls as the dynamics' "
            f"error to the power {dynamics} ({told}), and as the reward's to the power {reward}.",
            dynamics,
            "power of the dynamics' error by which regret grows",
            counted(found["dynamics"].runs, "policy", "policies"),
        )

    return say


def _held(regime: str) -> Say:
    def say(table: pd.DataFrame) -> Said:
        rows = table[(table["regime"] == regime) & (table["target"] == "dynamics: error")]
        now, before = (share(rows[when] == 1) for when in ("now", "before"))
        told = word(now, "less often than", "about as often as", "more often than", at=LEVEL)
        return Said(
            f"{regime}: the planner's {LEVEL:.0%} interval of the error at {interval_coverage.FURTHER} times "
            f"the pilot's largest size holds it in {now} of pilots, {told} it says; quantiles of a bootstrap "
            f"around one law did in {before}.",
            now,
            "share of intervals that hold the error",
            counted(len(rows), "pilot"),
        )

    return say


FINDINGS = (
    Finding("Rewards against dynamics", 6, "scaling", _exponents, ("mean_norm",)),
    Finding("Is it a power law?", 6, "scaling", _bent, ("mean_norm",)),
    Finding("The largest error", 6, "scaling", _largest, ("mean_norm", "max_searched")),
    Finding("Other readings", 6, "scaling-alternatives", _readings, ("mean_norm",)),
    *(
        Finding(f"Beyond a pilot: {quantity}", 7, "scaling", _extrapolated(quantity), ("mean_norm",))
        for quantity in scaling_fits.QUANTITIES
    ),
    *(
        Finding(
            f"Intervals that hold: {regime}", 7, interval_coverage.RECORD, _held(regime), ("now", "before")
        )
        for regime in interval_coverage.REGIMES
    ),
    *(
        Finding(
            f"Planned for a policy: {system}", 7, objectives_report.RECORD, _for_a_policy(system), ("regret",)
        )
        for system in ("spiral", "grid", "Pendulum-v1")
    ),
    *(
        Finding(
            f"The order of regret: {system}",
            7,
            f"{objectives_report.RECORD}-pilots",
            _of_second_order(system),
            ("regret", "error"),
        )
        for system in ("spiral", "grid", "Pendulum-v1")
    ),
    *(
        Finding(f"Global constants: {group}", 8, sensitivity.RECORD, _too_large(group), ("l", "regret"))
        for group in ("LQG", "quadratic")
    ),
    *(
        Finding(f"Multipliers: {first}", 8, sensitivity.RECORD, _cheaper(first), ("regret",))
        for first in ("realised", "half and half")
    ),
    Finding("Scalar against vector", 6, "scaling-outputs", _dimension, ("mean_norm",)),
    Finding("The recipe", 6, "scaling-recipes+scaling", _recipes, ("mean_norm",)),
)
"""Chapters 6, 7 and 8."""
