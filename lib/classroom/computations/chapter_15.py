"""Computations for the exercises of *What we know and what we don't*."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from imagination.claim import Claim, Hypothesis, Quantity
from imagination.derivation import Verdict, follows
from imagination.formal import record
from imagination.results.registry import RESULTS
from imagination.results.return_gap.claims import REGRET
from imagination.symbols import real


def proved() -> dict[str, record.Checked]:
    """The results that are proved in Coq, and their theorems."""
    return {name: record.theorem(result.theorem) for name, result in RESULTS.items() if result.theorem}


def falling(theorems: Mapping[str, record.Checked]) -> list[str]:
    """Those that fall with the excluded middle."""
    return [name for name, each in theorems.items() if "Classical_Prop.classic" in each.assumptions]


@cache
def length(name: str) -> int:
    """How many results long the longest way to a result is."""
    return 1 + max((length(other) for other in RESULTS[name].rests_on), default=0)


def longest() -> int:
    """The longest way to any result."""
    return max(map(length, RESULTS))


def resting_on_none() -> int:
    """Results that rest on no other."""
    return sum(not result.rests_on for result in RESULTS.values())


def never_used() -> int:
    """Results on which no other rests."""
    return len(RESULTS) - len({name for result in RESULTS.values() for name in result.rests_on})


def two_gaps() -> Claim:
    """The claim of the last exercise."""
    own_gap = real("G'")
    gap, delta = (quantity.symbol for quantity in REGRET.symbols[4:])
    chosen = Hypothesis("gap of the chosen policy", REGRET.hypotheses[1].relation.lhs <= own_gap)
    return replace(
        REGRET,
        name="Regret with two gaps",
        symbols=(*REGRET.symbols, Quantity(own_gap, "own_gap", "a bound of the chosen policy's gap")),
        hypotheses=(REGRET.hypotheses[0], chosen, REGRET.hypotheses[2]),
        expression=gap + own_gap + delta,
    )


def derived(claim: Claim, gift: bool = False) -> Verdict:
    """That a claim follows from what it supposes, and as a gift from losing nothing in training."""
    lost = claim.symbols[5].symbol
    facts = [hypothesis.relation for hypothesis in claim.hypotheses]
    return follows(claim.statement, [*facts, lost <= 0] if gift else facts)


def from_results() -> int:
    """On how many results its derivation rests."""
    return len(derived(two_gaps()).used) - len(two_gaps().hypotheses)
