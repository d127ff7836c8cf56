"""Checks of the exercises of *The bound on trial*."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import sympy as sp

from classroom.exercises import Exercise, Part, Wrong
from classroom.kinds import Number, SomeOf, Table, Whole, YesNo
from imagination.quantities import eps_dyn, gamma
from imagination.results.return_gap import trial
from imagination.results.return_gap.claims import LEMMA_1
from imagination.results.return_gap.systems import FAMILIES, draw
from imagination.rollouts import horizon_for, truncated_tail
from imagination.studies import looseness
from imagination.trials.trial import Mutant

GAMMA, RANGE, BOUND = np.array([0.9]), np.array([2.0]), 5.0
"""One pair of worlds: discount, range of its rewards' differences, and its bound."""


OF_LEMMA_1 = trial.TRIALS[0]


def spoiled(powers: int = 2) -> Mutant:
    """The colleague's bound: the dynamics' part times a power of gamma."""

    def slip(expression: sp.Expr) -> sp.Expr:
        reward_part = expression.subs(eps_dyn, 0)
        return reward_part + gamma**powers * (expression - reward_part)

    return Mutant(f"{powers} more gammas", LEMMA_1, slip)


def refuting(table: pd.DataFrame) -> list[str]:
    """The families that refute it."""
    return list(table["family"][OF_LEMMA_1.refuted(table, spoiled())].unique())


def exceeded(table: pd.DataFrame, powers: int = 2) -> float:
    """By how much of Lemma 1's bound the worst pair exceeds it."""
    return float(np.nanmax(OF_LEMMA_1.excess(table, spoiled(powers))))


def small_trial() -> dict[str, pd.DataFrame]:
    """Some rows of the recorded trial."""
    rows = trial.recorded().groupby(["regime", "family"]).head(20).reset_index(drop=True)
    return {"table": rows.query("ratio > 0")}


@cache
def above_1() -> frozenset[str]:
    """The factors of looseness that exceed 1 in some world whose dynamics are learned exactly."""
    both = draw("learned networks", np.random.default_rng(0), 8)
    both = both.discounted(np.minimum(0.8, 0.8 / both.closed_loop()))
    exact = both.learned.swap(dynamics=both.real.dynamics)
    losses = looseness.factors(replace(both, learned=exact, eps_dyn=0 * both.eps_dyn), 80)[both.eps_rew > 0]
    return frozenset(name for name in looseness.FACTORS if losses[name].max() > 1 + 1e-6)


def share_helped(recorded: pd.DataFrame, than: str = "ratio") -> dict[str, float]:
    """For each family how often some choice of sides is better than one."""
    best = recorded[["ratio", "ratio_f_hat", "ratio_r_hat", "ratio_hat"]].max(axis=1)
    helped = best > recorded[than] * (1 + 1e-9)
    return helped.groupby(recorded["family"]).mean().to_dict()


EXERCISES = [
    Exercise(
        label="ex-plant",
        level="apply",
        tests="make a mutant of a bound and see whether the trial catches it",
        given=("table",),
        example=small_trial,
        parts=(
            Part(
                name="is_caught",
                asks="does the trial refute the colleague's bound? [True or False]",
                kind=YesNo(),
                reference=lambda table: bool(refuting(table)),
                wrong=(Wrong(lambda right: not right, "`refuted` says which rows refute it"),),
                hint="`refuted` says which rows refute it",
            ),
            Part(
                name="exceeded",
                asks="the largest excess of a gap over it, as a share of Lemma 1's bound",
                kind=Number(),
                reference=exceeded,
                wrong=(
                    Wrong(
                        lambda table: exceeded(table, 1),
                        "how many factors of γ does the colleague add?",
                    ),
                    Wrong(lambda table: table["ratio"].max(), "this is against the right bound"),
                ),
                hint="it is the largest number of `excess` that is not NaN",
            ),
            Part(
                name="families_that_refute",
                asks="the names of the families with a pair that refutes it [a list]",
                kind=SomeOf(*FAMILIES),
                reference=refuting,
                wrong=(
                    Wrong(lambda: list(FAMILIES), "not all of them do"),
                    Wrong(lambda right: sorted(right)[:-1], "look at all of the table's refuting rows"),
                ),
                hint="select the refuting rows of `table` and look at their families",
            ),
        ),
    ),
    Exercise(
        label="ex-tail",
        level="check",
        tests="what a truncated rollout can hide",
        parts=(
            Part(
                name="steps_needed",
                asks="the smallest T for which the tail is at most a millionth of the bound [steps]",
                kind=Whole(),
                reference=lambda: horizon_for(GAMMA, RANGE, np.array([1e-6 * BOUND])),
                wrong=(
                    Wrong(lambda right: right - 1, "there the tail is still larger"),
                    Wrong(
                        lambda: horizon_for(GAMMA, RANGE, np.array([1e-6])),
                        "a millionth of the bound is asked for, not 10⁻⁶",
                    ),
                    Wrong(
                        lambda: horizon_for(GAMMA, RANGE * (1 - GAMMA), np.array([1e-6 * BOUND])),
                        "all steps from T on count: where is 1/(1 − γ)?",
                    ),
                ),
                hint="solve the formula of the tail for T",
            ),
            Part(
                name="tail_at_20",
                asks="the tail at T = 20 as a share of the bound",
                kind=Number(0.01),
                reference=lambda: truncated_tail(GAMMA, 20, RANGE) / BOUND,
                wrong=(
                    Wrong(lambda right: BOUND * right, "as a share of the bound"),
                    Wrong(lambda right: right * (1 - GAMMA), "the steps after T count, too"),
                    Wrong(lambda right: 100 * right, "a share is asked for, not percent"),
                ),
                hint="evaluate the formula of the tail",
            ),
        ),
    ),
    Exercise(
        label="ex-reward-alone",
        level="apply",
        tests="which of the three losses an error of the reward causes",
        parts=(
            Part(
                name="can_exceed_1",
                asks=f"which of {', '.join(map(repr, looseness.FACTORS))} can exceed 1 then? [a list]",
                kind=SomeOf(*looseness.FACTORS),
                reference=above_1,
                wrong=(
                    Wrong(lambda: list(looseness.FACTORS), "what is d_t when the dynamics are exact?"),
                    Wrong(lambda right: sorted(right)[:1], "is this the only one?"),
                    Wrong(list, "the errors of the reward still differ from step to step"),
                ),
                hint="set the dynamics' error to 0 in each factor's definition",
            ),
        ),
    ),
    Exercise(
        label="ex-better-side",
        level="extend",
        tests="combine bounds; read a recorded trial family by family",
        explain="Why is the learned side never better for networks with an added error?",
        given=("recorded",),
        example=lambda: {"recorded": trial.recorded()},
        parts=(
            Part(
                name="helped_share",
                asks="family -> share of its pairs with a smaller bound from the better side [dict, series]",
                kind=Table(0.01, 1e-4),
                reference=share_helped,
                wrong=(
                    Wrong(
                        lambda recorded: share_helped(recorded, "ratio_hat"),
                        "compare with the real side's bound, not with the learned side's",
                    ),
                    Wrong(
                        lambda right: {name: 1 - share for name, share in right.items()},
                        "a larger R is a smaller bound",
                    ),
                ),
                hint="take the largest of the four ratios in each row; ties (to 10⁻⁹) are no help",
            ),
        ),
    ),
]
