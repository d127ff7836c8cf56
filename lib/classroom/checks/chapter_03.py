"""Checks of the exercises of *What the constants do*."""

import sympy as sp

from classroom.exercises import Exercise, Part, Wrong
from classroom.kinds import Formula, Number, OneOf, YesNo
from imagination.results.return_gap import claims as return_gap

BASE = {"gamma": 0.95, "L_f": 0.8, "L_r": 1.0, "L_pi": 0.2, "eps_dyn": 0.01, "eps_rew": 0.01}
LOWERED = ("L_f", "L_r", "L_pi", "eps_dyn", "eps_rew")


def change(name: str) -> float:
    """What lowering one of the constants by ten percent does to the bound, as a share."""
    return return_gap.bound(**BASE | {name: 0.9 * BASE[name]}) / return_gap.bound(**BASE) - 1


def tightening() -> float:
    """How much larger the real side's bound is than the better side's, in its dynamics part."""
    shared = {"gamma": 0.95, "L_pi": 0.0, "eps_dyn": 1.0, "eps_rew": 0.0}
    both = return_gap.EITHER_SIDE.evaluate(L_f=0.9, L_f_hat=0.6, L_r=1.0, L_r_hat=1.0, **shared)
    return return_gap.bound(L_f=0.9, L_r=1.0, **shared) / both


EXERCISES = [
    Exercise(
        label="ex-03-first",
        level="check",
        tests="read sensitivities off the bound",
        parts=(
            Part(
                name="lower_first",
                asks=f"the constant to lower: one of {', '.join(map(repr, LOWERED))}",
                kind=OneOf(*LOWERED),
                reference=lambda: min(LOWERED, key=change),
                wrong=(
                    Wrong(lambda: "eps_dyn", "the bound is linear in it; is there something steeper?"),
                    Wrong(lambda: "L_r", "the bound is linear in it; is there something steeper?"),
                    Wrong(lambda: "L_pi", "it stands beside a 1; compare"),
                    Wrong(lambda: "eps_rew", "how much of the bound is the reward's part?"),
                ),
                hint="evaluate the bound five times",
            ),
            Part(
                name="gain",
                asks="the relative change of the bound then, as a share (negative if it falls)",
                kind=Number(0.01),
                reference=lambda: min(map(change, LOWERED)),
                right=(lambda right: round(right, 3),),
                wrong=(
                    Wrong(lambda right: -right, "a fall is negative"),
                    Wrong(lambda right: 100 * right, "a share is asked for, not percent"),
                    Wrong(lambda right: 1 + right, "the change is asked for, not what remains"),
                    Wrong(lambda: change("eps_dyn"), "this is another constant's"),
                ),
                hint="new bound / old bound − 1",
            ),
        ),
    ),
    Exercise(
        label="ex-03-price",
        level="apply",
        tests="use either side's constants; evaluate a claim",
        parts=(
            Part(
                name="tightened_by",
                asks="the old dynamics part divided by the new one",
                kind=Number(),
                reference=tightening,
                wrong=(
                    Wrong(lambda right: 1 / right, "the other way round"),
                    Wrong(lambda: 0.9 / 0.6, "L is not a factor of the bound: it stands in 1 − γL"),
                    Wrong(lambda: (1 - 0.6) / (1 - 0.9), "where is the discount?"),
                ),
                hint="evaluate both claims with no error of the reward, and divide",
            ),
        ),
    ),
    Exercise(
        label="ex-03-regret",
        level="extend",
        tests="derive a bound from other facts, and see that it is the smallest",
        parts=(
            Part(
                name="regret_bound",
                asks="the bound of the regret, in G and delta",
                kind=Formula(G=(0.1, 2), delta=(0.1, 2)),
                reference=lambda: sp.sympify("G + delta"),
                wrong=(
                    Wrong(
                        lambda: sp.sympify("2*G + delta"),
                        "true, and not the smallest: which gap costs nothing?",
                    ),
                    Wrong(lambda: sp.sympify("G"), "the training may lose delta"),
                    Wrong(lambda: sp.sympify("delta"), "the chosen policy has a gap"),
                ),
                hint="exchange the first of the three facts for the optimistic one",
            ),
            Part(
                name="smaller",
                asks="does G/2 + delta bound it, too? True or False",
                kind=YesNo(),
                reference=lambda: False,
                wrong=(Wrong(lambda: True, "`follows` finds numbers that refute it"),),
                hint="ask `follows`",
            ),
        ),
    ),
]
