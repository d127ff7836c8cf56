"""Rewards from comparisons: their results."""

from collections.abc import Mapping

from imagination.results.noise.declared import LEARNER
from imagination.results.preference import claims
from imagination.results.result import Printed, Result, Words

__all__ = ["PRINTED", "RESULTS", "WORDS"]

_CHAPTER = "20_differences_and_slopes"

RESULTS: tuple[Result, ...] = (
    Result(
        "Rewards from comparisons",
        (claims.DIFFERENCE, claims.CHAIN),
        chapter=_CHAPTER,
        label="thm-comparisons",
        theorem="comparisons_tell",
        cell="20-comparisons",
        differs="That differences alone are identified is known; here also how errors add up along a chain.",
    ),
    Result(
        "A constant in the rewards",
        (claims.CONSTANT,),
        chapter=_CHAPTER,
        label="thm-constant",
        theorem="constant_in_rewards",
        cell="20-constant",
        differs="What comparisons leave open, in the place of false yeses.",
    ),
)

PRINTED: Mapping[str, Printed] = {
    "comparison_difference": (
        claims.DIFFERENCE,
        {"expression": "comparison_difference", "supposes": "comparison_supposes"},
    ),
    "comparison_chain": (claims.CHAIN, {"expression": "chain_error"}),
    "constant_in_rewards": (claims.CONSTANT, {"expression": "constant_in_rewards_gradient"}),
}

WORDS: Mapping[str, Words] = {
    "comparisons_tell": Words(
        title="Rewards from comparisons",
        source="[this book]",
        also="Two vectors of rewards give every comparison the same probability if and only if they differ "
        "by one constant on each comparison set.",
        fixed=r"which pairs are compared, and two vectors of rewards \(r\) and \(r'\).",
        for_all="items, finitely many or not, and every chain of compared pairs.",
        definitions=(
            r"\(p\) is the probability that \(a\) is preferred to \(b\)",
            r"\(\delta\) bounds the difference of the log odds of every pair that is compared",
            r"a comparison set holds all that chains of compared pairs lead to",
        ),
        assumptions=(r"preferences are Bradley and Terry's: \(p = 1 / (1 + e^{-(r_a - r_b)})\)",),
    ),
    "constant_in_rewards": Words(
        title="A constant in the rewards",
        source="[this book]",
        also="If every episode has all of the steps, nothing is added; nor is anything by a constant that "
        "depends on the first state alone and is paid once.",
        fixed=r"a world, a policy, \(\gamma\), and the horizon \(H\).",
        for_all="constants of either sign, rules by which episodes end, and discounts.",
        definitions=(
            r"\(\tilde{J}_H\) is the return of rewards \(r + c\) at every step of an episode, and \(J_H\) "
            r"that of \(r\)",
            r"\(T\) is the number of an episode's steps, \(H\) at most",
        ),
        assumptions=(
            *LEARNER,
            "it is decided by state and action whether a step is an episode's last one, and by the state "
            "whether the episode is over",
        ),
    ),
}
