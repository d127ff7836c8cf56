"""Checks of the exercises of *Lemma 1*."""

import numpy as np
import sympy as sp

from classroom.exercises import Exercise, Part, Wrong
from classroom.kinds import Formula, Whole, YesNo
from imagination.claim import HypothesisError
from imagination.results.return_gap import claims as return_gap
from imagination.sums import GeometricSum

WORLD: dict[str, float] = {"gamma": 0.95, "L_f": 1.1, "L_r": 1, "L_pi": 0, "eps_dyn": 0.01, "eps_rew": 0.01}


def longest_horizon(**changed: float) -> int:
    """The last horizon whose bound is below 1; the bound grows with the horizon."""
    horizons = np.arange(1, 200)
    return int(horizons[return_gap.bound(**WORLD | changed, horizon=horizons) < 1].max())


def lemma_1_applies() -> bool:
    """Whether Lemma 1 has a number for that world."""
    try:
        return_gap.bound(**WORLD)
    except HypothesisError:
        return False
    return True


def late_error() -> sp.Expr:
    """The discounted sum of an error that begins at time T."""
    return sp.sympify("eps * gamma**T / (1 - gamma)", locals={"gamma": sp.Symbol("gamma")})


def two_step_error(steps: int = 20) -> sp.Expr:
    """The bound on the state error after an even number of steps, from two-step predictions."""
    growth = GeometricSum(sp.Symbol("L") ** 2, steps // 2)
    return sp.Symbol("eps_2") * growth.doit()


EXERCISES = [
    Exercise(
        label="ex-02-horizon",
        level="check",
        tests="evaluate the finite-horizon bound; see where Lemma 1 says nothing",
        parts=(
            Part(
                name="longest",
                asks="the longest horizon H with a bound below 1 [steps]",
                kind=Whole(),
                reference=longest_horizon,
                wrong=(
                    Wrong(lambda right: right + 1, "its bound is no longer below 1"),
                    Wrong(lambda: longest_horizon(gamma=1 - 1e-9), "is the future discounted?"),
                    Wrong(lambda: longest_horizon(L_f=1), "do errors not grow here?"),
                ),
                hint="evaluate the bound at H = 1, 2, 3, ... and look where it passes 1",
            ),
            Part(
                name="lemma_1_applies",
                asks="does Lemma 1 give a number here? [True or False]",
                kind=YesNo(),
                reference=lemma_1_applies,
                wrong=(Wrong(lambda right: not right, "compare gamma L with 1"),),
                hint="compare gamma L with 1",
            ),
        ),
    ),
    Exercise(
        label="ex-02-reward",
        level="apply",
        tests="change a derivation: an error that begins late",
        parts=(
            Part(
                name="late_part",
                asks="the bound's reward part, a formula in gamma, T and eps",
                kind=Formula(gamma=(0.1, 0.95), T=range(1, 12), eps=(0.1, 2)),
                reference=late_error,
                right=(
                    lambda: "eps * gamma**T / (1 - gamma)",
                    lambda: "gamma**T * eps * Sum(gamma**k, (k, 0, oo))",
                ),
                wrong=(
                    Wrong(lambda: "eps / (1 - gamma)", "this pays for errors before T, too"),
                    Wrong(lambda: "eps * (1 - gamma**T) / (1 - gamma)", "these are the steps before T"),
                    Wrong(lambda: "eps * gamma**(T + 1) / (1 - gamma)", "how is the step t = T discounted?"),
                ),
                hint="sum the discounted errors from t = T on",
            ),
        ),
    ),
    Exercise(
        label="ex-02-two-steps",
        level="extend",
        tests="cite a theorem with other numbers; compare two models",
        parts=(
            Part(
                name="state_error",
                asks="the bound on the state error at t = 20, a formula in L and eps_2",
                kind=Formula(L=(0.3, 1.6), eps_2=(0.1, 2)),
                reference=two_step_error,
                right=(lambda: "eps_2 / (1 + L) * (1 - L**20) / (1 - L)",),
                wrong=(
                    Wrong(lambda: "eps_2 * (1 - L**20) / (1 - L)", "the model predicts two steps at once"),
                    Wrong(lambda: "eps_2 * (1 - L**10) / (1 - L)", "how does an error grow in two steps?"),
                    Wrong(
                        lambda: "eps_2 * (1 - L**40) / (1 - L**2)",
                        "how many predictions does it take?",
                    ),
                ),
                hint="how many predictions are there, and by what does each multiply the error before it?",
            ),
            Part(
                name="same_as_one_step",
                asks="is it the same for the one-step model of error eps_2 / (1 + L)? [True or False]",
                kind=YesNo(),
                reference=lambda: (
                    sp.simplify(
                        two_step_error()
                        - sp.Symbol("eps_2") / (1 + sp.Symbol("L")) * GeometricSum(sp.Symbol("L"), 20).doit()
                    )
                    == 0
                ),
                wrong=(Wrong(lambda right: not right, "subtract one bound from the other and simplify"),),
                hint="subtract one bound from the other and simplify",
            ),
        ),
    ),
]
