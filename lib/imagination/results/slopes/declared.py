"""Gradients through a learned model: its results."""

from collections.abc import Mapping
from functools import partial

from imagination.results.result import Printed, Result, Words
from imagination.results.slopes import claims

__all__ = ["PRINTED", "RESULTS", "WORDS"]

_in_20 = partial(Result, chapter="20_differences_and_slopes")

RESULTS: tuple[Result, ...] = (
    _in_20(
        "Small errors, large slopes",
        (claims.WIGGLE_GAP, claims.WIGGLE),
        label="thm-wiggle",
        theorem="small_errors_large_slopes",
        cell="20-slopes-example",
        differs="Folklore, with numbers: no bound of values bounds the gradient.",
    ),
    _in_20(
        "Slopes along a rollout",
        (claims.PATHWISE,),
        label="thm-slopes",
        theorem="slopes_along_a_rollout",
        cell="20-slopes-bound",
        differs="Lemma 1 for gradients: errors of slopes in the place of errors of values.",
    ),
    _in_20(
        "Scores see values",
        (claims.SCORES,),
        label="thm-scores",
        theorem="scores_see_values",
        cell="20-slopes-bound",
        differs="The bias of the mean alone; its variance is another matter.",
    ),
)

PRINTED: Mapping[str, Printed] = {
    "small_errors_large_slopes": (
        claims.WIGGLE,
        {"expression": "wiggle_slope", "supposes": "wiggle_supposes"},
    ),
    "wiggle_gap": (claims.WIGGLE_GAP, {"expression": "wiggle_gap"}),
    "slopes_along_a_rollout": (
        claims.PATHWISE,
        {"expression": "pathwise_bound", "supposes": "pathwise_supposes"},
    ),
    "scores_see_values": (
        claims.SCORES,
        {"expression": "score_bias_bound", "supposes": "score_bias_supposes"},
    ),
}

WORDS: Mapping[str, Words] = {
    "small_errors_large_slopes": Words(
        title="Small errors, large slopes",
        source="[this book]",
        also=r"\(\lvert \hat f - f \rvert \le \varepsilon\) and \(\lvert \hat J - J \rvert \le \gamma L_V "
        r"\varepsilon\). At \(\theta = 0\) the error of the gradient exceeds every number once "
        r"\(\varepsilon\) is small.",
        fixed=r"one step, \(f(a) = a\), \(\hat f(a) = a + \varepsilon \sin(a / \varepsilon^2)\), no reward, "
        r"and the policy \(a = \theta\).",
        for_all=r"\(\gamma\), \(L_V\), \(\theta\) and \(\varepsilon > 0\).",
        definitions=(r"\(J(\theta) = \gamma V(f(\theta))\), and \(\hat J\) with \(\hat f\)",),
        assumptions=(r"a state \(s\) is worth \(V(s) = L_V s\)",),
    ),
    "slopes_along_a_rollout": Words(
        title="Slopes along a rollout",
        source="[this book]",
        also="Both returns have a gradient.",
        fixed=r"a step \(s' = g(s, \theta)\) and a reward \(r(s, \theta)\) under the policy, both on a line "
        r"and with slopes; learned ones; a start, \(\theta\), and \(\gamma\).",
        for_all=r"numbers of steps \(H\).",
        definitions=(
            r"\(J_H\) is the discounted return of \(H\) steps, as a function of \(\theta\)",
            r"slopes are those in \(s\) and in \(\theta\); \(M\) and \(M_r\) are Lipschitz constants of the "
            r"real ones in \(s\)",
        ),
        assumptions=("the constants hold in all states, at this policy",),
    ),
    "scores_see_values": Words(
        title="Scores see values",
        source="[this book]",
        fixed="one step, real and learned, a value of states, and a policy that draws actions.",
        for_all="laws of the action.",
        definitions=(
            r"\(g = \gamma V(f(a))\, w(a)\) with the score \(w\), and \(\hat g\) with \(\hat f\)",
            r"\(s_1 = \mathbb{E} \lvert w(a) \rvert\)",
        ),
        assumptions=(
            r"\(V\) is \(L_V\)-Lipschitz, and \(\lvert \hat f - f \rvert \le \varepsilon_{dyn}\) everywhere",
        ),
    ),
}
