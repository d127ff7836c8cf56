"""What the records of rankings say: how often imagination is wrong, which orders are certain, and by what.

Intervals are over the runs whose models are asked: all models of a run count as one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from imagination.results.horizon import claims
from imagination.trials import compare

__all__ = ["Asked", "apart", "asked", "certain", "decided", "over_runs", "trained_here"]

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Asked:
    """P policies of one system in M models: `imagined` (M, P) and `real` (P,).

    `round`, `seed` (P,) are the policies', `model_round`, `model_seed`, `bound` (M,) the models'.
    """

    imagined: Array
    real: Array
    round: Array
    seed: Array
    model_round: Array
    model_seed: Array
    bound: Array

    @property
    def gap(self) -> Array:
        """Imagined less real return, (M, P)."""
        return self.imagined - self.real

    def wrong(self, model: int) -> Array:
        """Whether a model prefers the worse of two policies, (P, P)."""
        return _differences(self.imagined[model]) * _differences(self.real) < 0

    def number(self, round_: int, seed: int) -> int:
        """Of the policy that a run had after a round."""
        return int(np.flatnonzero((self.round == round_) & (self.seed == seed))[0])


def _differences(values: Array) -> Array:
    return values[:, None] - values


def asked(table: pd.DataFrame) -> dict[str, Asked]:
    """The record of returns as arrays, by system."""
    found = {}
    for name, rows in table.groupby("system", sort=False):
        models = rows.groupby(["model_round", "model_seed"], sort=False)
        shape = models.ngroups, -1
        first, each = models.first().reset_index(), rows.iloc[: len(rows) // models.ngroups]
        columns = (each[column].to_numpy() for column in ("real", "round", "seed"))
        abouts = (first[column].to_numpy() for column in ("model_round", "model_seed", "bound"))
        found[str(name)] = Asked(rows["imagined"].to_numpy().reshape(shape), *columns, *abouts)
    return found


def over_runs(values: Array, runs: Array) -> dict[str, float]:
    """Mean over runs, of the mean of each, and its bootstrap interval: `mean`, `low`, `high`."""
    means = pd.Series(np.asarray(values, dtype=float)).groupby(np.asarray(runs)).mean()
    value, low, high = compare.interval(means, np.random.default_rng(0), statistic=np.mean)
    return {"mean": float(value), "low": float(low), "high": float(high)}


def _by_model(found: Asked, measure: Callable[[int], float]) -> dict[str, float]:
    return over_runs(np.array([measure(m) for m in range(len(found.imagined))]), found.model_seed)


def certain(found: Asked) -> pd.DataFrame:
    """Shares of all pairs of policies that the world orders, averaged over models: `mean`, `low`, `high`.

    Rows: how large the difference of gaps is beside the larger gap (a median); whether imagination prefers
    the wrong one; and which orders `claims.RANKING` makes certain, by what bounds the difference. The last
    two rows are left out where no bound is known.
    """
    first, second = np.triu_indices(len(found.real), 1)
    ordered = found.real[first] != found.real[second]
    first, second = first[ordered], second[ordered]

    def safe(bound: Callable[[Array, Array, float], Array]) -> dict[str, float]:
        def share(model: int) -> float:
            ahead = np.abs(found.imagined[model, first] - found.imagined[model, second])
            gaps = found.gap[model, first], found.gap[model, second]
            apart = bound(*gaps, found.bound[model])
            sure = claims.RANKING.evaluate(preferred_hat=ahead, other_hat=0.0, gap_difference=apart) < 0
            assert not (sure & (apart >= np.abs(gaps[0] - gaps[1])) & found.wrong(model)[first, second]).any()
            return float(sure.mean())

        return _by_model(found, share)

    def shrinks(model: int) -> float:
        one, other = found.gap[model, first], found.gap[model, second]
        larger = np.maximum(np.abs(one), np.abs(other))
        return float(np.median(np.abs(one - other)[larger > 0] / larger[larger > 0]))

    rows = {
        "difference of gaps / larger gap": _by_model(found, shrinks),
        "imagination prefers the wrong one": _by_model(
            found, lambda model: float(found.wrong(model)[first, second].mean())
        ),
        "certain: difference of gaps": safe(lambda one, other, _: np.abs(one - other)),
        "certain: twice the larger gap": safe(
            lambda one, other, _: 2 * np.maximum(np.abs(one), np.abs(other))
        ),
    }
    if np.isfinite(found.bound).all():
        rows["certain: gap of one, bound of the other"] = safe(lambda one, _, bound: np.abs(one) + bound)
        rows["certain: bound of both"] = safe(lambda one, _, bound: np.full(len(one), 2 * bound))
    return pd.DataFrame(rows).T


def apart(found: Asked) -> pd.DataFrame:
    """How often imagination is wrong about two policies of one run, by the rounds between them."""
    rows = {}
    for rounds in range(1, int(found.round.max()) + 1):
        pair = (_differences(found.round) == rounds) & (_differences(found.seed) == 0)
        pair &= _differences(found.real) != 0
        wrong = [found.wrong(model)[pair].mean() for model in range(len(found.imagined))]
        rows[rounds] = over_runs(np.array(wrong), found.model_seed)
    return pd.DataFrame(rows).T.rename_axis("rounds apart")


def trained_here(found: Asked) -> pd.DataFrame:
    """The policy that a run trained in this very model, and those that other runs had after the same round.

    Rows: how often the order of such a policy and one of a third run is wrong; its flattery, the gap; what
    the round of training added to the gap in this model, which for the others was training elsewhere; and the
    gap of the one that imagination likes best, of the other runs' policies of all rounds, beside their mean.
    Columns: `here`, `elsewhere` and the difference's `mean`, `low`, `high`.
    """
    rows: dict[str, list[tuple[float, float]]] = {
        name: [] for name in ("order is wrong", "gap", "gap added by the round", "gap of the chosen")
    }
    for model, (number, run) in enumerate(zip(found.model_round, found.model_seed, strict=True)):
        wrong, gap, foreign = found.wrong(model), found.gap[model], found.seed != run
        own, before = found.number(number, run), found.number(number - 1, run)
        others = np.flatnonzero((found.round == number) & foreign)
        earlier = np.flatnonzero((found.round == number - 1) & foreign)
        third = foreign & (found.seed != found.seed[others][:, None])
        rows["order is wrong"].append((wrong[own, foreign].mean(), wrong[others][third].mean()))
        rows["gap"].append((gap[own], gap[others].mean()))
        rows["gap added by the round"].append(
            (gap[own] - gap[before], gap[others].mean() - gap[earlier].mean())
        )
        best = np.flatnonzero(foreign)[found.imagined[model, foreign].argmax()]
        rows["gap of the chosen"].append((gap[best], gap[foreign].mean()))
    table = {}
    for name, values in rows.items():
        here, elsewhere = np.array(values).T
        means = {"here": here.mean(), "elsewhere": elsewhere.mean()}
        table[name] = means | over_runs(here - elsewhere, found.model_seed)
    return pd.DataFrame(table).T


def decided(verdicts: pd.DataFrame) -> pd.DataFrame:
    """Shares of pairs decided rightly, wrongly, and not, and of those refused, by way to decide.

    A verdict is right if the world agrees; `wrong / decided` is its share of those that decide.
    """
    said = verdicts["verdict"].map({"safe": 1, "unsafe": -1}).fillna(0)
    agrees = said * np.sign(verdicts["ahead"])
    shares = pd.DataFrame(
        {
            "right": agrees > 0,
            "wrong": agrees < 0,
            "undecided": verdicts["verdict"] == "undetermined",
            "refused": verdicts["verdict"] == "refused",
        }
    )
    ways = ["system", "method", "starts", "episodes"]
    found = shares.groupby([verdicts[way] for way in ways], sort=False).mean()
    found["wrong / decided"] = found["wrong"] / (found["right"] + found["wrong"])
    return found
