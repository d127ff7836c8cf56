"""Checks of the exercises of *Splitting the budget*."""

from functools import cache
from typing import Any

import numpy as np

from classroom.exercises import Exercise, Part, Wrong
from classroom.kinds import Number, OneOf, YesNo
from imagination import records
from imagination.decide import allocation, planner
from imagination.results.budget import claims, mutants, trial
from imagination.trials.trial import Mutant

PROBLEM = {**trial.REPORTED, "c_dyn": 1.0, "c_rew": 1.0, "budget": 1e6, "multiplier": 1.0}


def ratio(A_dyn: float = 4.0) -> float:
    """Transitions for each label, for exponents 1 and equal prices."""
    split = allocation.allocate(
        A_dyn=A_dyn, alpha=1, A_rew=1, beta=1, c_dyn=1, c_rew=1, budget=300, multiplier=1
    )
    return split.N_dyn / split.N_rew


def labels(price: float) -> float:
    """How many labels to buy at a price."""
    return allocation.allocate(**PROBLEM | {"c_rew": price}).N_rew


@cache
def outcome_without_seeds() -> str:
    """What the planner does with a pilot whose worlds are unknown."""
    pilot = planner.read_pilot(records.folder() / "pilot.csv").drop(columns="seed")
    rng = np.random.default_rng(0)
    try:
        planner.plan(pilot, budget=1e6, cost_dyn=1, cost_rew=5, multiplier=3, rng=rng)
    except ValueError:
        return "refused"
    return "planned"


def spending_by_power(power: int) -> Mutant:
    """The rule that spends in proportion to a power of the errors."""
    errors = claims.D * claims.eps_d / claims.eps_r
    return Mutant(f"power {power}", claims.SPENDING, lambda right: errors**power)


def _price(quantile: float, power: int = 2) -> Any:
    return lambda table: np.nanquantile(mutants.regret(spending_by_power(power), table), quantile)


EXERCISES = [
    Exercise(
        label="ex-by-hand",
        level="check",
        tests="solve the allocation by hand",
        parts=(
            Part(
                name="samples_ratio",
                asks="the best N_dyn / N_rew",
                kind=Number(),
                reference=ratio,
                wrong=(
                    Wrong(lambda: 4.0, "not the ratio of the amplitudes: take the root"),
                    Wrong(lambda right: 1 / right, "the other way round"),
                    Wrong(lambda: 1.0, "the prices are equal, the amplitudes are not"),
                    Wrong(lambda: 4 ** (1 / 3), "is the root's order 1 + α?"),
                ),
                hint="use the closed form for equal exponents",
            ),
        ),
    ),
    Exercise(
        label="ex-cheaper",
        level="apply",
        tests="read an elasticity: quantity against spending",
        parts=(
            Part(
                name="labels_factor",
                asks="labels bought after the fall of the price, divided by labels bought before",
                kind=Number(0.01),
                reference=lambda: labels(0.1) / labels(1.0),
                wrong=(
                    Wrong(lambda right: 1 / right, "the other way round"),
                    Wrong(lambda: 10.0, "this would be the same spending as before"),
                    Wrong(lambda right: 0.1 * right, "this is the factor of the spending"),
                ),
                hint="call `allocate` with either price",
            ),
            Part(
                name="spending_factor",
                asks="money spent on labels after, divided by before",
                kind=Number(0.01),
                reference=lambda: 0.1 * labels(0.1) / labels(1.0),
                wrong=(
                    Wrong(lambda right: 10 * right, "this is the factor of the quantity"),
                    Wrong(lambda: 1.0, "is the elasticity −1?"),
                ),
                hint="multiply the labels by their price",
            ),
            Part(
                name="elasticity",
                asks="the elasticity of N_rew in c_rew before the fall",
                kind=Number(0.01),
                reference=lambda: allocation.elasticities(**PROBLEM)["c_rew"].N_rew,
                wrong=(
                    Wrong(lambda right: -right, "dearer labels: more or fewer of them?"),
                    Wrong(lambda right: 1 + right, "this is that of the spending"),
                    Wrong(lambda: allocation.elasticities(**PROBLEM)["c_rew"].N_dyn, "this is that of N_dyn"),
                ),
                hint="`elasticities` knows it",
            ),
        ),
    ),
    Exercise(
        label="ex-unpaired",
        level="apply",
        tests="what pairing by seed is worth",
        explain="Why does it happen?",
        parts=(
            Part(
                name="what_happens",
                asks="is the plan 'unchanged', 'less certain' or 'refused'?",
                kind=OneOf("unchanged", "less certain", "refused"),
                reference=outcome_without_seeds,
                wrong=(
                    Wrong(lambda: "unchanged", "run it"),
                    Wrong(lambda: "less certain", "run it: is there a plan at all?"),
                ),
                hint="run it and read the message",
            ),
        ),
    ),
    Exercise(
        label="ex-plant-theorem",
        level="extend",
        tests="make a mutant; being wrong against being expensive",
        given=("table",),
        example=lambda: {"table": trial.run("quick", only=(0,))},
        parts=(
            Part(
                name="always_caught",
                asks="does every problem of the trial refute the rule? [True or False]",
                kind=YesNo(),
                reference=lambda table: bool(trial.SPENDING.refuted(table, spending_by_power(2)).all()),
                wrong=(Wrong(lambda right: not right, "`trial.SPENDING.refuted` says which do"),),
                hint="`trial.SPENDING.refuted` says which do",
            ),
            Part(
                name="typical_price",
                asks="median of the additional error over the problems, as a share",
                kind=Number(0.02),
                reference=_price(0.5),
                wrong=(
                    Wrong(lambda right: 100 * right, "a share is asked for, not percent"),
                    Wrong(_price(0.5, power=1), "the colleague squares the errors' ratio"),
                    Wrong(_price(0.95), "this is the worst one in twenty"),
                ),
                hint="`mutants.regret` gives it for every problem",
            ),
            Part(
                name="bad_price",
                asks="what the worst one in twenty problems exceeds (95th percentile), as a share",
                kind=Number(0.02),
                reference=_price(0.95),
                wrong=(
                    Wrong(lambda right: 100 * right, "a share is asked for, not percent"),
                    Wrong(_price(0.95, power=1), "the colleague squares the errors' ratio"),
                    Wrong(_price(1.0), "this is the worst of all"),
                ),
                hint="`mutants.regret` gives it for every problem",
            ),
        ),
    ),
]
