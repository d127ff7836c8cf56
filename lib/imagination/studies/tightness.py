"""How tight are the bounds of a quarter of a century? All of them on the same pairs of worlds.

    python -m imagination.studies.tightness

draws pairs of a real and a learned world with a policy, solves them exactly at several discounts, and
evaluates every bound. Errors and bounds are in units of what the rewards alone allow, so that a bound below 1
says something.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from imagination import wasserstein as w
from imagination.results.kernels import claims as kernel_claims
from imagination.results.kernels import systems as kernels
from imagination.results.kernels.systems import Family, Pair
from imagination.results.lineage import claims, systems
from imagination.results.return_gap import claims as maps
from imagination.studies.distances import KERNELS, reward_shapes
from imagination.trials.recording import Command, rounded
from imagination.trials.sweep import batches, sweep
from imagination.worlds.tabular import TabularMDP

__all__ = ["BOUNDS", "DISCOUNTS", "FAMILIES", "Bound", "bounds_of", "run", "shares", "summary"]

Array = NDArray[np.float64]

RECORD = "lineage"
DISCOUNTS = (0.0, 0.5, 0.9, 0.99)
"""Discounts at which each pair is solved; 0 stands for the one that it was drawn with."""

SCALES = {"quick": {"batches": 1, "size": 40}, "full": {"batches": 3, "size": 50}}


@dataclass(frozen=True)
class Bound:
    """A bound as it stands in the table.

    Attributes
    ----------
    name : str
        Its column.
    shown : str
        Who stated it.
    group : str
        What it takes the error over, or that it is of regret.
    error : str
        The column of what it bounds.
    """

    name: str
    shown: str
    group: str
    error: str = "gap"


BOUNDS = (
    Bound("identity", "Kakade–Langford for models, MOPO 4.1", "identity"),
    Bound("mirror", "SLBO 4.3", "identity"),
    Bound("performance", "Kakade–Langford", "identity", "gain"),
    Bound("imagined_span", "Identity, span of V", "imagined average"),
    Bound("imagined_range", "Identity, range of rewards", "imagined average"),
    Bound("average_imagined", "Average errors, W1", "imagined average"),
    Bound("average_real", "SLBO 4.1, W1", "real average"),
    Bound("average_tv", "SLBO 4.3, total variation", "real average"),
    Bound("per_time", "MBPO, each time", "real average"),
    Bound("largest_mean", "MBPO 4.1, own data", "real average"),
    Bound("other_data", "MBPO 4.1, other data", "real average"),
    Bound("both_in_range", "Lobel–Parr", "supremum, total variation"),
    Bound("tight", "Tight simulation lemma", "supremum, total variation"),
    Bound("span", "Kearns–Singh, span of V", "supremum, total variation"),
    Bound("classical", "Kearns–Singh", "supremum, total variation"),
    Bound("not_centred", "Kearns–Singh, not centred", "supremum, total variation"),
    Bound("learned_value", "Slope of the learned value", "supremum, W1"),
    Bound("bounded", "Bounded states", "supremum, W1"),
    Bound("lemma_1", "Asadi; Lemma 1", "supremum, W1"),
    Bound("model_optimal", "Model's optimum, its V", "regret", "regret"),
    Bound("true_value", "Model's optimum, true V", "regret", "regret"),
    Bound("value_iteration", "Value iteration", "regret", "regret"),
    Bound("policy_iteration", "Policy iteration", "regret", "regret"),
    Bound("twice_tight", "Twice Lobel–Parr", "regret", "regret"),
    Bound("twice_classical", "Twice Kearns–Singh", "regret", "regret"),
    Bound("pessimism", "MOPO 4.4", "regret", "loss"),
)
"""All that is evaluated, from the identities on."""


# -- pairs ---------------------------------------------------------------------------------------------------


def _processes(which: str) -> Family:
    def draw(batch: int, generator: np.random.Generator) -> Pair:
        n = 10
        real, imagined = (KERNELS[which](batch, n, generator)[:, :, None] for _ in range(2))
        shapes = np.stack(list(reward_shapes(n).values()))
        reward = shapes[generator.integers(len(shapes), size=batch)][:, :, None]
        mdp = TabularMDP(
            real,
            reward,
            generator.uniform(0.1, 0.95, batch),
            state_metric=w.line_metric(np.linspace(0, 1, n)),
            action_metric=np.zeros((1, 1)),
        )
        return mdp, mdp.with_model(imagined), mdp.uniform_policy()

    return draw


FAMILIES: Mapping[str, Family] = {
    **{name: family for name, family in systems.FAMILIES.items() if name not in systems.BUILT},
    "processes, even": _processes("even"),
    "processes, uneven": _processes("uneven"),
}
"""Worlds that were not built to attain a bound; the last two are the random reward processes of chapter 5."""


def run(scale: str = "quick", *, seed: int = 0, **options: Any) -> pd.DataFrame:
    """Evaluate every bound on pairs of every family; one row a pair and discount, as `bounds_of` describes.

    Parameters
    ----------
    scale : {"quick", "full"}
    seed : int
    **options
        Passed to `imagination.trials.sweep.sweep`.

    Raises
    ------
    ValueError
        If there is no such scale.
    """
    return sweep(_batch, batches(SCALES, scale, FAMILIES), seed=seed, **options)


def _batch(configuration: Mapping[str, Any], rng: np.random.Generator) -> pd.DataFrame:
    family = configuration["family"]
    drawn = FAMILIES[family](configuration["size"], rng)
    tables = []
    for discount in DISCOUNTS:
        pair = systems.with_discount(drawn, discount) if discount else drawn
        tables.append(bounds_of(pair, rng).assign(family=family, discount=discount))
    return pd.concat(tables, ignore_index=True)


# -- bounds --------------------------------------------------------------------------------------------------


def bounds_of(pair: Pair, generator: np.random.Generator) -> pd.DataFrame:
    """Every bound of `BOUNDS` beside what it bounds, one row a pair.

    Returns
    -------
    DataFrame
        `gamma`; the errors `gap`, `gain`, `regret` and `loss`, and the bounds by their names. The gap and its
        bounds are in units of the common width of both rewards over 1 − γ, the others in those of the real
        rewards' width over 1 − γ. Infinite where a bound's hypotheses fail.
    """
    real, imagined, policy = pair
    policy = np.broadcast_to(policy, real.reward.shape)
    known = systems.measured(pair, generator)
    known = known.assign(**{f"w_{name}": value for name, value in kernels.constants(*pair).items()})
    known = known.assign(diameter=np.asarray(real.state_metric).max(axis=(1, 2)))
    found = (
        _identities(real, imagined, policy, known)
        | _averages(real, imagined, policy, known)
        | _suprema(real, imagined, policy, known)
        | _regrets(real, imagined, known)
    )
    apart = known["common_width"] / (1 - known["gamma"])
    alone = known["width"] / (1 - known["gamma"])
    errors = {"gap": known["gap"] / apart}
    errors |= {name: np.abs(known[name]) / alone for name in ("gain", "regret", "loss")}
    units = {bound.name: apart if bound.error == "gap" else alone for bound in BOUNDS}
    return pd.DataFrame(
        {"gamma": known["gamma"], **errors, **{name: found[name] / unit for name, unit in units.items()}}
    )


def _identities(
    real: TabularMDP, imagined: TabularMDP, policy: Array, known: pd.DataFrame
) -> dict[str, Array]:
    summed = kernels.gap_by_identity(real, imagined, policy).sum(axis=(1, 2))
    mirrored = kernels.gap_by_identity(imagined, real, policy).sum(axis=(1, 2))
    performance = claims.PERFORMANCE.evaluate(gamma=known["gamma"], advantage=known["advantage"])
    return {"identity": np.abs(summed), "mirror": np.abs(mirrored), "performance": np.abs(performance)}


def _averages(real: TabularMDP, imagined: TabularMDP, policy: Array, known: pd.DataFrame) -> dict[str, Array]:
    gamma, size = real.discount, 1 - real.discount
    tv = w.total_variation(real.transition, imagined.transition)
    errors = {
        "rew": np.abs(imagined.reward - real.reward),
        "dyn": kernels.dynamics_errors(real, imagined),
        "tv": tv,
    }
    worlds = {"real": real, "imagined": imagined}
    mean = {
        (at, what): size * (world.occupancy(policy) * error).sum(axis=(1, 2))
        for at, world in worlds.items()
        for what, error in errors.items()
    }
    steep = {at: systems.steepness(real, world.values(policy)) for at, world in worlds.items()}
    learned = imagined.values(policy)
    # Data of another policy: the given one, mixed with the uniform one.
    data = 0.9 * policy + 0.1 * real.uniform_policy()
    apart = w.total_variation(policy, data).max(axis=1)
    theirs = systems.expected_errors(real, tv, data)["eps_mean"]
    given = {"gamma": gamma, "eps_rew": known["eps_rew"], "width": known["width"]}

    def average(at: str, values: str) -> Array:
        errors = {"average_dyn": mean[at, "dyn"], "average_rew": mean[at, "rew"]}
        return np.asarray(maps.AVERAGE_ERROR.evaluate(gamma=gamma, L_V=steep[values], **errors))

    reach = {"imagined_span": known["span"], "imagined_range": known["width"] / size}
    return {
        **{
            name: (known["eps_rew"] + gamma * span * mean["imagined", "tv"]) / size
            for name, span in reach.items()
        },
        "average_imagined": average("imagined", "real"),
        "average_real": average("real", "imagined"),
        "average_tv": (mean["real", "rew"] + gamma * np.ptp(learned, axis=1) * mean["real", "tv"]) / size,
        "per_time": claims.PER_TIME.evaluate(drift=known["drift"], **given),
        "largest_mean": claims.LARGEST_MEAN.evaluate(eps_mean=known["eps_mean"], **given),
        "other_data": claims.LARGEST_MEAN.evaluate(eps_mean=theirs + 2 * apart, **given)
        + 2 * known["width"] * apart / size,
    }


def _suprema(real: TabularMDP, imagined: TabularMDP, policy: Array, known: pd.DataFrame) -> dict[str, Array]:
    def stated(claim: Any, **columns: str) -> Array:
        given = {name: known[columns.get(name, name)] for name in claim.arguments}
        given["eps_dyn"] = np.minimum(given["eps_dyn"], 1.0)  # rounding of a total variation of 1
        return np.asarray(claim.evaluate(**given))

    smooth = {
        name: known[f"w_{name}"].to_numpy() for name in ("gamma", "L_f", "L_r", "L_pi", "eps_dyn", "eps_rew")
    }
    contracts = smooth["gamma"] * smooth["L_f"] * (1 + smooth["L_pi"]) < 1
    lemma = np.full(len(known), np.inf)
    lemma[contracts] = maps.bound(**{name: value[contracts] for name, value in smooth.items()})
    learned_value = maps.AVERAGE_ERROR.evaluate(
        gamma=smooth["gamma"],
        L_V=systems.steepness(real, imagined.values(policy)),
        average_dyn=smooth["eps_dyn"],
        average_rew=smooth["eps_rew"],
    )
    return {
        "both_in_range": stated(claims.BOTH_IN_RANGE),
        "tight": stated(kernel_claims.TIGHT_SIMULATION),
        "span": stated(kernel_claims.SIMULATION_LEMMA),
        "classical": stated(claims.CLASSICAL),
        "not_centred": stated(claims.NOT_CENTRED),
        "learned_value": learned_value,
        "bounded": maps.bound(**smooth, diameter=known["diameter"]),
        "lemma_1": lemma,
    }


def _regrets(real: TabularMDP, imagined: TabularMDP, known: pd.DataFrame) -> dict[str, Array]:
    gamma, size = known["gamma"], 1 - known["gamma"]
    values, chosen = systems.optimal(imagined)
    best_values, _ = systems.optimal(real)
    wrong = {"eps_dyn": known["W1"], "eps_rew": known["eps_rew"]}
    once = np.abs(real.bellman(values) - values).max(axis=1)
    greedy = np.abs(real.bellman(values, chosen) - real.bellman(values)).max(axis=1)
    evaluated = np.abs(values - real.values(chosen)).max(axis=1)
    capped = {"gamma": gamma, "eps_dyn": np.minimum(known["eps_dyn"], 1.0), "eps_rew": known["eps_rew"]}
    return {
        "model_optimal": claims.MODEL_OPTIMAL.evaluate(gamma=gamma, L_V=known["L_V"], **wrong),
        "true_value": claims.MODEL_OPTIMAL.evaluate(
            gamma=gamma, L_V=systems.steepness(real, best_values), **wrong
        )
        / size,
        "value_iteration": greedy / size + 2 * gamma * once / size**2,
        "policy_iteration": (greedy + 2 * gamma * evaluated) / size**2,
        "twice_tight": 2 * claims.BOTH_IN_RANGE.evaluate(common_width=known["common_width"], **capped),
        "twice_classical": 2 * claims.CLASSICAL.evaluate(width=known["width"], **capped),
        "pessimism": claims.PESSIMISM.evaluate(gamma=gamma, charge=known["charge"]),
    }


# -- what came out -------------------------------------------------------------------------------------------


def shares(table: pd.DataFrame) -> pd.DataFrame:
    """Error over bound, a column for each bound, (n, bounds); NaN where there is no error to speak of."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found = {
            bound.name: np.where(table[bound.error] > 1e-9, table[bound.error] / table[bound.name], np.nan)
            for bound in BOUNDS
        }
    return pd.DataFrame(found, index=table.index)


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """How tight each bound is, in the order of `BOUNDS`.

    Returns
    -------
    DataFrame
        By the bound's name: `shown`, `group`; `low`, `median`, `high` and `largest` of error over bound (the
        middle 80%); `informative`, the share of rows where the bound is below what the rewards alone allow.
    """
    found, rows = shares(table), []
    for bound in BOUNDS:
        ratio = found[bound.name].dropna()
        low, median, high = ratio.quantile([0.1, 0.5, 0.9])
        rows.append(
            {
                "bound": bound.name,
                "shown": bound.shown,
                "group": bound.group,
                "low": low,
                "median": median,
                "high": high,
                "largest": ratio.max(),
                "informative": float((table[bound.name] < 1).mean()),
            }
        )
    return pd.DataFrame(rows).set_index("bound")


def _violations(table: pd.DataFrame) -> pd.DataFrame:
    return table[(shares(table) > 1 + 1e-6).any(axis=1)]


def _say(table: pd.DataFrame) -> str:
    return summary(table).drop(columns=["shown", "group"]).to_string(float_format="{:.3g}".format)


def _compact(table: pd.DataFrame) -> pd.DataFrame:
    return rounded(table, 6)


def main() -> int:
    """The command line."""
    command = Command(
        module="imagination.studies.tightness",
        record=RECORD,
        run=run,
        say=_say,
        parameters=lambda scale: {"scale": SCALES[scale], "discounts": list(DISCOUNTS)},
        scales=SCALES,
        options=("workers", "store"),
        compact=_compact,
        violations=_violations,
        unit="pairs and discounts",
    )
    return command()


if __name__ == "__main__":
    raise SystemExit(main())
