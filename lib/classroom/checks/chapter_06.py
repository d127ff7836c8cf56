"""Checks of the exercises of *How fast do models learn?*"""

from functools import cache

import numpy as np
import pandas as pd

from classroom.exercises import Exercise, Part, Wrong
from classroom.kinds import Number, OneOf, Table, YesNo
from imagination import records
from imagination.decide import scaling_laws
from imagination.studies import scaling_fits, scaling_runs
from imagination.worlds.teacher import normal_teacher


def exponents(table: pd.DataFrame, measure: str) -> dict[str, float]:
    """The fitted exponent of one measure of the error, for both models."""
    rng = np.random.default_rng(0)  # the fit itself draws nothing
    return {
        quantity: scaling_fits.law(table, quantity, measure, rng=rng, replicates=0).exponent
        for quantity in ("dynamics", "reward")
    }


@cache
def lower_bounds(slope: float, halved: bool = True) -> np.ndarray:
    """What two points of the line say of a student's largest error at least, for a hundred teachers."""
    position = np.linspace(-1, 1, 400)[::4]
    points = np.zeros((100, 100, 12))
    points[..., 0] = position
    values = normal_teacher([(s, 0) for s in range(100)])[0](points, np.zeros((100, 100, 4)))
    rise = np.linalg.norm(values[:, :, None] - values[:, None], axis=-1)
    run = np.abs(position[:, None] - position)
    return (rise - slope * run).max(axis=(1, 2)) / (2 if halved else 1)


@cache
def intervals(resampling: str, experiments: int = 10) -> tuple[float, float]:
    """How often the interval holds the truth, and its median width, over a few experiments."""
    rng = np.random.default_rng(0)
    anchors = np.array(scaling_runs.ANCHORS)
    samples, members = np.tile(anchors, 12), np.repeat(np.arange(12), len(anchors))
    found = []
    for _ in range(experiments):
        logs = np.log(0.5) - 0.1 * np.log(samples) + 0.3 * rng.standard_normal(12)[members]
        errors = np.exp(logs + 0.03 * rng.standard_normal(len(samples)))
        law = scaling_laws.fit(
            samples, errors, seeds=members, resampling=resampling, replicates=40, rng=rng, must_decay=False
        )
        low, high, _ = law.interval("exponent")
        found.append((low <= 0.1 <= high, high - low))
    hits, widths = zip(*found, strict=True)
    return float(np.mean(hits)), float(np.median(widths))


EXERCISES = [
    Exercise(
        label="ex-squares",
        level="check",
        tests="exponents of an error, of its square and of its mean",
        explain="Why is the exponent of the mean norm not exactly half of the squared error's?",
        given=("table",),
        example=lambda: {"table": records.load("scaling")},
        parts=(
            Part(
                name="square_over_root",
                asks="the exponent of the mean squared error divided by that of its root",
                kind=Number(1e-6),
                reference=lambda table: (
                    exponents(table, "mse")["dynamics"] / exponents(table, "rmse")["dynamics"]
                ),
                wrong=(
                    Wrong(lambda right: 1 / right, "the other way round"),
                    Wrong(lambda: 1.0, "a square falls faster than its root"),
                    Wrong(
                        lambda table: (
                            exponents(table, "mse")["dynamics"] / exponents(table, "mean_norm")["dynamics"]
                        ),
                        "the mean norm is not the root of the mean square",
                    ),
                ),
                hint="fit both, or take the logarithm of the law",
            ),
            Part(
                name="norm_exponents",
                asks="{'dynamics': ..., 'reward': ...}: the exponents of the mean norm",
                kind=Table(2e-3),
                reference=lambda table: exponents(table, "mean_norm"),
                wrong=(
                    Wrong(
                        lambda table: exponents(table, "rmse"),
                        "these are those of the root of the mean square",
                    ),
                    Wrong(
                        lambda right: {name: -value for name, value in right.items()},
                        "the law is written with a minus sign already",
                    ),
                ),
                hint="fit the measure 'mean_norm' with `scaling_fits.law`",
            ),
        ),
    ),
    Exercise(
        label="ex-cliff",
        level="apply",
        tests="use a proposition on data: a lower bound from two points",
        parts=(
            Part(
                name="typical_error",
                asks="median over the hundred teachers of the best lower bound, for slope 8",
                kind=Number(0.02),  # for lines with more or fewer points
                reference=lambda: np.median(lower_bounds(8)),
                wrong=(
                    Wrong(
                        lambda: np.median(lower_bounds(8, halved=False)),
                        "both points can share the error",
                    ),
                    Wrong(lambda: lower_bounds(8).max(), "this is the largest; the median is asked for"),
                    Wrong(lambda: np.median(lower_bounds(80)), "this is for slope 80"),
                ),
                hint="for each pair of points compare the teacher's rise with what the student can climb",
            ),
            Part(
                name="steep_escapes",
                asks="is a student of slope 80 unrefuted by the line, for every teacher? [True or False]",
                kind=YesNo(),
                reference=lambda: bool(lower_bounds(80).max() <= 1e-9),
                wrong=(Wrong(lambda right: not right, "is any lower bound positive for slope 80?"),),
                hint="is any lower bound positive for slope 80?",
            ),
        ),
    ),
    Exercise(
        label="ex-coverage",
        level="extend",
        tests="put a confidence interval itself on trial",
        parts=(
            Part(
                name="coverage",
                asks="share of the 60 intervals by seeds that hold the true exponent",
                # Of 60 experiments a tenth is more than three standard deviations around 0.9.
                kind=Number(0, 0.13),
                reference=lambda: min(0.9, intervals("seeds")[0]),
                accepts=lambda answer, right: right - 0.13 <= answer <= 1,
                wrong=(
                    Wrong(lambda: 0.05, "how often do they hold it, not: how often do they miss it?"),
                    Wrong(lambda: 95.0, "a share is asked for, not percent"),
                    Wrong(lambda: 0.5, "only the seeds' levels differ, not the exponents"),
                ),
                hint="draw, fit, ask whether the interval holds 0.1, sixty times",
            ),
            Part(
                name="wider",
                asks="which intervals are wider, those by 'seeds' or those by 'replicates'?",
                kind=OneOf("seeds", "replicates"),
                reference=lambda: max(("seeds", "replicates"), key=lambda kind: intervals(kind)[1]),
                wrong=(Wrong(lambda: "seeds", "compare their median widths"),),
                hint="compare their median widths",
            ),
        ),
    ),
]
