"""Checks of the exercises of *Straight trajectories*."""

import numpy as np
import sympy as sp

from classroom.exercises import Exercise, Part, Wrong
from classroom.kinds import Followed, Number, YesNo
from imagination import quantities as w
from imagination.claim import Claim
from imagination.derivation import Verdict, follows
from imagination.results.curvature import claims as st
from imagination.results.return_gap import claims as return_gap

FLOW = 4.0
"""The Lipschitz constant of the flow in the second exercise [1/second]."""


def largest_turn(eps: float = 0.3) -> float:
    """The angle whose loss is the sharp bound [degrees]."""
    return float(np.degrees(np.arccos(1 - st.curvature_bound(eps))))


def allowed(loss: float, claim: Claim = st.SHARP) -> float:
    """The constant at which a bound reaches a loss."""
    return float(sp.nsolve(claim.expression - loss, st.eps, (1e-3, 0.9), solver="bisect"))


def least_pole(gamma: float = 0.95) -> float:
    """The time step at which 1 + eps, all that is known of L_f, is Lemma 1's pole [seconds]."""
    (contraction,) = (h for h in return_gap.LEMMA_1.hypotheses if h == w.CONTRACTION)
    left, right = contraction.relation.subs(w.L_pi, 0).subs(w.gamma, sp.nsimplify(gamma)).args
    (pole,) = sp.solve(left - right, w.L_f)
    return float(pole - 1) / FLOW


def between(factor: int = 1) -> sp.Expr:
    """The bound of the exercise."""
    return factor * st.eps**2 / (2 * (1 - st.eps**2))


def above_the_sharp(bound: sp.Expr, *facts: sp.Rel) -> Verdict:
    """That a bound lies above the sharp one, from 0 < eps < 1 unless other facts are given."""
    return follows(sp.Le(1 - sp.sqrt(1 - st.eps**2), bound), facts or (st.eps > 0, st.eps < 1))


def below_the_papers() -> bool:
    """Whether the bound of the exercise is below Proposition 1's on a fine grid."""
    eps = np.linspace(0.001, 0.999, 999)
    values = sp.lambdify(st.eps, between())(eps)
    return bool(np.all(values < st.curvature_bound(eps, sharp=False)))


EXERCISES = [
    Exercise(
        label="ex-12-angle",
        level="check",
        tests="read angles off the sharp bound, in both directions",
        parts=(
            Part(
                name="largest_turn",
                asks="the largest angle between successive velocities [degrees]",
                kind=Number(relative=4e-3),
                reference=largest_turn,
                right=(lambda right: round(right, 1), lambda: sp.deg(sp.asin(sp.Rational(3, 10)))),
                wrong=(
                    Wrong(lambda right: np.radians(right), "that is in radians"),
                    Wrong(
                        lambda: np.degrees(np.arctan(0.3)),
                        "the right angle is where the next velocity ends, not the first",
                    ),
                    Wrong(lambda right: 90 - right, "that is the triangle's other angle"),
                    Wrong(
                        lambda: np.degrees(2 * np.arcsin(0.3 / 2)),
                        "the next velocity need not be as long as this one",
                    ),
                    Wrong(
                        lambda: np.degrees(np.arccos(1 - st.curvature_bound(0.3, sharp=False))),
                        "that is what Proposition 1 allows; the sharp bound is smaller",
                    ),
                ),
                hint="the bound is one minus the cosine of that angle; or find its sine in the figure",
            ),
            Part(
                name="eps_allowed",
                asks="the largest Lipschitz constant with losses of at most 0.01",
                kind=Number(relative=2e-3),
                reference=lambda: allowed(0.01),
                right=(lambda: sp.sqrt(1 - sp.Rational(99, 100) ** 2),),
                wrong=(
                    Wrong(lambda right: right**2, "that is its square"),
                    Wrong(lambda: np.sqrt(2 * 0.01), "eps squared over 2 is about the bound, not the bound"),
                    Wrong(
                        lambda: allowed(0.01, st.PROPOSITION_1),
                        "with the sharp bound it may be larger than with Proposition 1",
                    ),
                ),
                hint="set the sharp bound equal to 0.01 and solve",
            ),
        ),
    ),
    Exercise(
        label="ex-12-clock",
        level="apply",
        tests="turn a flow and a time step into a velocity's constant; see what it promises",
        parts=(
            Part(
                name="step_for_loss",
                asks="the largest time step that promises a loss of at most 0.02 [seconds]",
                kind=Number(relative=2e-3),
                reference=lambda: allowed(0.02) / FLOW,
                wrong=(
                    Wrong(
                        lambda right: right * FLOW, "that is the velocity's constant, not yet the time step"
                    ),
                    Wrong(lambda right: right * FLOW**2, "a longer step makes a larger constant: divide"),
                    Wrong(
                        lambda: np.sqrt(2 * 0.02) / FLOW,
                        "eps squared over 2 is about the bound, not the bound",
                    ),
                    Wrong(
                        lambda: allowed(0.02, st.PROPOSITION_1) / FLOW,
                        "the sharp bound allows a little more than Proposition 1",
                    ),
                ),
                hint="the velocity of one step is h u; find its constant, then the loss that this allows",
            ),
            Part(
                name="step_for_lemma",
                asks="the upper limit of time steps for which Lemma 1 applies for certain [seconds]",
                kind=Number(relative=4e-3),
                reference=least_pole,
                right=(lambda right: round(right, 4), lambda: sp.Rational(1, 76)),
                wrong=(
                    Wrong(
                        lambda right: right * FLOW, "that is the velocity's constant, not yet the time step"
                    ),
                    Wrong(lambda: 1 / 0.95 / FLOW, "the map is the state plus the velocity"),
                    Wrong(lambda: (1 - 0.95) / FLOW, "close; but the discount multiplies 1 + eps"),
                ),
                hint="what is the largest that the map's constant can be, if its velocity's is known?",
            ),
        ),
    ),
    Exercise(
        label="ex-12-between",
        level="extend",
        tests="let an inequality be decided; compare bounds",
        explain="What happens if you try to prove a bound that is half as large, and why?",
        parts=(
            Part(
                name="between",
                asks="what `follows` returns for the sharp bound <= this one",
                kind=Followed(),
                reference=lambda: above_the_sharp(between()),
                wrong=(
                    Wrong(
                        lambda: above_the_sharp(between(2)), "that is another bound than the one asked for"
                    ),
                    Wrong(
                        lambda: above_the_sharp(between(), st.eps > 0, 2 * st.eps < 1),
                        "it supposes more than the exercise allows",
                    ),
                ),
                hint="give `follows` the sharp bound, 1 - sqrt(1 - eps**2), on the left, and eps < 1",
            ),
            Part(
                name="below_the_papers",
                asks="whether it is below Proposition 1's bound for every eps between 0 and 1",
                kind=YesNo(),
                reference=below_the_papers,
                wrong=(Wrong(lambda right: not right, "divide one by the other"),),
                hint="divide one by the other",
            ),
        ),
    ),
]
