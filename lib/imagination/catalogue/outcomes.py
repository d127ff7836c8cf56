"""The trials of the ledger: for each claim, what was tried, and how much of its bound was ever used.

Everything is counted from the tables of the trials: those in ``data/``, and, where a chapter runs its trial
live and keeps no record, a larger run of the same trial:

    python -m imagination.catalogue.outcomes --record
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from fnmatch import fnmatch
from typing import Any

import numpy as np
import pandas as pd

from imagination import records
from imagination.claim import Claim
from imagination.results.bias import claims as proposition_2
from imagination.results.bias import trial as bias
from imagination.results.budget import mutants as mutants_of_budget
from imagination.results.budget import trial as allocation
from imagination.results.curvature import claims as curvature
from imagination.results.curvature import mutants as straightening_planted
from imagination.results.curvature import trial as straightening
from imagination.results.fidelity import claims as fidelity_claims
from imagination.results.fidelity import trial as fidelity_trial
from imagination.results.kernels import claims as kernels
from imagination.results.kernels import trial as stochastic
from imagination.results.noise import claims as theorem_2
from imagination.results.noise import (
    mutants as planted_noise,
)
from imagination.results.noise import (
    network_trial as torch_noise,
)
from imagination.results.noise import (
    trial as reward_noise,
)
from imagination.results.return_gap import claims as return_gap
from imagination.results.return_gap import mutants as planted
from imagination.results.return_gap import trial
from imagination.trials.recording import Command

__all__ = ["LIVE", "OTHER", "READERS", "RECORD", "Trial", "read", "read_all", "run", "unread"]

RECORD = "ledger-trials"


@dataclass(frozen=True)
class Trial:
    """What one trial says of one claim.

    Attributes
    ----------
    claim : str
        The claim's name.
    source : str
        The record, or the module that ran.
    problems, violations : int
        How many were tried, and how many broke the claim by more than rounding (or chance, where sampled).
    planted, caught : int
        Wrong versions that were tried on the same problems, and how many of them some problem refuted.
    median, largest : float
        Measured over claimed bound: 1 is a bound attained. NaN where the claim is no bound.
    off : float
        Largest relative deviation where the claim is an equality; NaN elsewhere.
    """

    claim: str
    source: str
    problems: int
    violations: int
    planted: int = 0
    caught: int = 0
    median: float = float("nan")
    largest: float = float("nan")
    off: float = float("nan")


def _bound(claim: Claim, source: str, ratio: Any, tolerance: float, **counts: int) -> Trial:
    """A trial of an upper bound, from measured over claimed; NaN counts as a violation."""
    ratio = np.asarray(ratio, dtype=float)
    return Trial(
        claim.name,
        source,
        problems=len(ratio),
        violations=int((~(ratio <= 1 + tolerance)).sum()),
        median=float(np.median(ratio)),
        largest=float(ratio.max()),
        **counts,
    )


def _power(table: pd.DataFrame) -> dict[str, int]:
    """How many planted versions, and how many of them were caught, from the table of an experiment."""
    return {"planted": len(table), "caught": int((table["caught by"] > 0).sum())}


# -- the recorded trials -------------------------------------------------------------------------------------

_DIGITS = 1e-3
"""A recorded trial keeps five digits of what its bounds are made of: a planted bound that is exceeded by less
than this may owe it to rounding, and does not count as caught."""


def _return_gap(table: pd.DataFrame) -> Iterator[Trial]:
    table = table.assign(horizon=table["horizon"].astype(float))
    for regime, claim in planted.CLAIMS.items():
        rows = table[table["regime"] == regime]
        # Versions that are fed with what the record does not keep are tried in chapter 4, live.
        versions = [v for v in planted.PLANTED if v.regime == regime and set(v.instead.values()) <= set(rows)]
        with_bound = rows.assign(
            bound=claim.evaluate(**{name: rows[name].to_numpy() for name in claim.arguments})
        )
        caught = [planted.catch(version, with_bound)["gap / wrong bound"] for version in versions]
        yield _bound(
            claim,
            trial.RECORD,
            rows["ratio"],
            trial.TOLERANCE,
            planted=len(versions),
            caught=sum(float(str(times)) > 1 + _DIGITS for times in caught),
        )
        if regime == "contracting":
            smallest = rows[list(trial.RATIOS)].max(
                axis=1
            )  # of the four bounds that either side's constants give
            yield _bound(return_gap.EITHER_SIDE, trial.RECORD, smallest, trial.TOLERANCE)


def _reward_noise(table: pd.DataFrame) -> Iterator[Trial]:
    caught = planted_noise.power(table)
    for form, claim in theorem_2.FORMS.items():
        counts = _power(caught[caught["bound"] == form])
        yield _bound(claim, reward_noise.RECORD, table[f"ratio_{form}"], reward_noise.TOLERANCE, **counts)
    off = table[list(reward_noise.IDENTITIES)].max(axis=1)
    broken = int((~(off <= reward_noise.TOLERANCE)).sum())
    yield Trial(theorem_2.EXACT.name, reward_noise.RECORD, len(table), broken, off=float(off.max()))


def _torch_noise(table: pd.DataFrame) -> Iterator[Trial]:
    broken = torch_noise.violations(table)
    for form, claim in theorem_2.FORMS.items():
        rows = table[table["form"] == form]
        yield Trial(
            claim.name,
            torch_noise.RECORD,
            len(rows),
            int((broken["form"] == form).sum()),
            median=float(rows["ratio"].median()),
            largest=float(rows["ratio"].max()),
        )


_LABELS: Mapping[str, Claim] = {
    "power law": fidelity_claims.INTERIOR,
    "power law, dear rollouts": fidelity_claims.MINIMUM,
    "bounded": fidelity_claims.AN_END_WINS,
    "floor": fidelity_claims.FLOOR_INTERIOR,
}
"""Which claim a family of the trial of labels tries."""


def _labels(table: pd.DataFrame) -> Iterator[Trial]:
    broken = fidelity_trial.violations(table)
    caught = fidelity_trial.power(table).set_index("planted")
    for family, claim in _LABELS.items():
        versions = [version.name for version in fidelity_trial.PLANTED if family in version.families]
        rows = table[table["family"] == family]
        found = sum(bool((rows[name] > 10 * fidelity_trial.TOLERANCE).any()) for name in versions)
        counts = {"planted": len(versions), "caught": found}
        yield Trial(
            claim.name, fidelity_trial.RECORD, len(rows), int((broken["family"] == family).sum()), **counts
        )
    off = int((table["off"] > fidelity_trial.TOLERANCE).sum())
    largest = float(table["off"].max())
    yield Trial(
        fidelity_claims.OBJECTIVE.name, fidelity_trial.RECORD, len(table), off, **_power(caught), off=largest
    )


def _straightening(table: pd.DataFrame) -> Iterator[Trial]:
    table = straightening.compared(table)
    power = straightening_planted.power(table[table["steepness"] <= 1])  # the bounds speak of no other
    used = {
        "sharp": (curvature.SHARP, table["ratio"]),
        "paper": (curvature.PROPOSITION_1, table["ratio_paper"][table["eps"] < 1]),
        "stretch": (curvature.STRETCH, table["stretch"] / (1 + table["eps"])),
        "shrink": (curvature.SHRINK, (1 - table["eps"]) / table["shrink"].where(table["eps"] < 1, 1)),
    }
    for name, (claim, ratio) in used.items():
        counts = _power(power[power["claim"] == name])
        yield _bound(claim, straightening.RECORD, ratio, straightening.TOLERANCE, **counts)


_LOOP = {
    "imagination-tabular": {
        "lemma_1": (kernels.WASSERSTEIN_BOUND, "gap"),
        "finite": (kernels.STOCHASTIC_FINITE, "finite_gap"),
        "bounded": (kernels.BOUNDED, "gap"),
        "simulation": (kernels.SIMULATION_LEMMA, "gap"),
        "regret_bound": (return_gap.REGRET, "regret"),
    },
    "imagination-linear-quadratic": {
        "lemma_1": (return_gap.LEMMA_1, "gap"),
        "finite": (return_gap.FINITE_HORIZON, "finite_gap"),
        "bounded": (return_gap.BOUNDED_STATES, "gap"),
        "regret_bound": (return_gap.REGRET, "regret"),
    },
}
"""The bounds that the loop writes down at each round: of which claim, and of what it bounds the size."""


def _rounds(name: str) -> Callable[[pd.DataFrame], Iterator[Trial]]:
    def reader(table: pd.DataFrame) -> Iterator[Trial]:
        for column, (claim, about) in _LOOP[name].items():
            rows = table[
                np.isfinite(table[column]) & (table[column] > 0)
            ]  # arms without a model have no bound
            if len(rows):  # Lemma 1 is silent where gamma L >= 1
                yield _bound(claim, name, rows[about].abs() / rows[column], trial.TOLERANCE)

    return reader


READERS: Mapping[str, Callable[[pd.DataFrame], Iterator[Trial]]] = {
    trial.RECORD: _return_gap,
    reward_noise.RECORD: _reward_noise,
    torch_noise.RECORD: _torch_noise,
    fidelity_trial.RECORD: _labels,
    straightening.RECORD: _straightening,
    **{name: _rounds(name) for name in _LOOP},
}
"""How each recorded trial is read."""

OTHER: Mapping[str, str] = {
    "fidelity": "learning curves at equal budgets: what advice is worth, no claim",
    "fidelity-seeds": "their last returns, seed by seed",
    "fidelity-tuning": "what each step size came to on other seeds",
    "goodhart*": "learning curves under a biased judge and noisy experts",
    "imagination-*-steps": "where along a rollout imagination goes wrong",
    "imagination-agents": "agents trained in learned carts, and chosen there",
    "imagination-advice": "what the book's advice is worth in the loop",
    "imagination-arms*": "ways to imagine more on the pendulum",
    "imagination-cartpole*": "the loop, with constants that were observed: what they give is no bound",
    "imagination-pendulum*": "the loop, with constants that were observed: what they give is no bound",
    "imagination-rivals*": "agents that need no model",
    "imagination-splits": "splits of a budget on the grid and on random worlds",
    RECORD: "trials that chapters run live, counted already",
    "representations*": "learned representations: measurements, no claim",
    "scaling*": "measurements to which laws are fitted; the laws are no claims",
    "sensitivity": "how far Theorem 1 with global constants is from the best split: its use, no claim",
    "stochastic-mrp-correlations": "which distance predicts the error of values: a question, not a claim",
}
"""Records that try no claim, by name or pattern, and what they hold."""


def unread() -> list[str]:
    """Return the records of which the ledger does not know what they try."""
    told = [name for name in records.names() if any(fnmatch(name, pattern) for pattern in OTHER)]
    return [name for name in records.names() if name not in READERS and name not in told]


def read(name: str) -> list[Trial]:
    """Return the trials of one record."""
    return list(READERS[name](records.load(name)))


# -- the trials that chapters run live -----------------------------------------------------------------------


def _allocation(seed: int) -> Iterator[Trial]:
    table = allocation.run("full", seed=seed)
    for tried in allocation.TRIALS:
        found = asdict(tried.outcome(table, mutants_of_budget.MUTANTS))
        yield Trial(planted=found.pop("mutants"), **found)


_FORMS = {
    ("any states", False): kernels.STOCHASTIC_FINITE,
    ("any states", True): kernels.WASSERSTEIN_BOUND,
    ("bounded states", False): kernels.BOUNDED_FINITE,
    ("bounded states", True): kernels.BOUNDED,
}


def _kernels(seed: int) -> Iterator[Trial]:
    table = stochastic.trial(200, seed)
    power = stochastic.plant(200, seed + 1).iloc[1:]
    for (form, endless), claim in _FORMS.items():
        rows = table[(table["form"] == form) & (np.isinf(table["horizon"]) == endless)]
        counts = {}
        if claim is kernels.WASSERSTEIN_BOUND:
            counts = {"planted": len(power), "caught": int((power["caught"] > 0).sum())}
        yield _bound(claim, stochastic.__name__, rows["ratio"], 1e-9, **counts)
    generator = np.random.default_rng(seed + 2)
    tried = [
        stochastic.simulation_lemma(*stochastic.FAMILIES[family](200, generator))
        for family in stochastic.FAMILIES
    ]
    found = {name: np.concatenate([values[name] for values in tried]) for name in tried[0]}
    names = kernels.SIMULATION_LEMMA.arguments
    bound = kernels.SIMULATION_LEMMA.evaluate(**{name: found[name] for name in names})
    yield _bound(
        kernels.SIMULATION_LEMMA, stochastic.__name__, stochastic.ratio(found["gap"], np.asarray(bound)), 1e-9
    )
    yield from _asadi(generator)


def _asadi(generator: np.random.Generator) -> Iterator[Trial]:
    table = stochastic.asadi(2000, generator)
    for claim, side in (
        (kernels.ASADI_VALUE_BOUND, "K_real"),
        (kernels.ASADI_VALUE_BOUND_LEARNED, "K_imagined"),
    ):
        rows = table[table["gamma"] * table[side] < 1]
        values = {"L_f": rows[side], "gamma": rows["gamma"], "L_r": rows["L_r"], "eps_dyn": rows["eps_dyn"]}
        bound = claim.evaluate(**{name: value.to_numpy() for name, value in values.items()})
        yield _bound(claim, stochastic.__name__, rows["error"] / bound, 1e-9)


def _bias(seed: int) -> Iterator[Trial]:
    table = bias.run("quick", seed=seed)
    broken = int((~(table["off"] <= bias.TOLERANCE)).sum())
    counts = _power(bias.power(table))
    largest = float(table["off"].max())
    yield Trial(proposition_2.SQUARED_ERROR.name, bias.__name__, len(table), broken, **counts, off=largest)


LIVE: Mapping[str, Callable[[int], Iterator[Trial]]] = {
    allocation.__name__: _allocation,
    stochastic.__name__: _kernels,
    bias.__name__: _bias,
}
"""The trials of the chapters that keep no record, by module."""


def run(*, seed: int) -> pd.DataFrame:
    """Run the trials that chapters run live, larger; one row a claim, with the fields of `Trial`."""
    return pd.DataFrame([asdict(found) for experiment in LIVE.values() for found in experiment(seed)])


def read_all() -> dict[str, list[Trial]]:
    """Return all trials by claim: those of the records first.

    Raises
    ------
    RecordError
        If a record is damaged or missing.
    """
    tried = [found for name in READERS if name in records.names() for found in read(name)]
    kinds: dict[str, Any] = {field.name: field.type for field in fields(Trial)}
    for row in records.load(RECORD).to_dict("records"):
        tried.append(Trial(**{name: kinds[name](value) for name, value in row.items()}))
    by_claim: dict[str, list[Trial]] = {}
    for found in tried:
        by_claim.setdefault(found.claim, []).append(found)
    return by_claim


def _say(table: pd.DataFrame) -> str:
    return table.drop(columns="source").to_string(index=False, float_format=lambda x: f"{x:.3g}")


main = Command(
    module="imagination.catalogue.outcomes",
    record=RECORD,
    run=run,
    say=_say,
    parameters=lambda _: {"trials": sorted(LIVE)},
    scales={},
    violations=lambda table: table[table["violations"] > 0],
    unit="claims",
)


if __name__ == "__main__":
    raise SystemExit(main())
