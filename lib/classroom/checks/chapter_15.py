"""Chapter 15: the table of all results."""

from dataclasses import replace
from functools import cache

from classroom.exercises import Exercise, Part, Wrong
from classroom.kinds import Followed, Whole, YesNo
from imagination.claim import Claim, Hypothesis, Quantity
from imagination.derivation import Verdict, follows
from imagination.formal import record
from imagination.results.registry import RESULTS
from imagination.results.return_gap import claims as return_gap
from imagination.symbols import real

CLASSIC = "Classical_Prop.classic"


def proved() -> dict[str, record.Checked]:
    """The results that are proved in Coq, and their theorems."""
    return {name: record.theorem(result.theorem) for name, result in RESULTS.items() if result.theorem}


def falling() -> list[str]:
    """The results that fall with the excluded middle."""
    return [name for name, theorem in proved().items() if CLASSIC in theorem.assumptions]


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
    old, own_gap = return_gap.REGRET, real("G'")
    gap, delta = (quantity.symbol for quantity in old.symbols[4:])
    chosen = Hypothesis("gap of the chosen policy", old.hypotheses[1].relation.lhs <= own_gap)
    return replace(
        old,
        name="Regret with two gaps",
        symbols=(*old.symbols, Quantity(own_gap, "own_gap", "a bound of the chosen policy's gap")),
        hypotheses=(old.hypotheses[0], chosen, old.hypotheses[2]),
        expression=gap + own_gap + delta,
    )


def derived(claim: Claim) -> Verdict:
    """That a claim follows from what it supposes."""
    return follows(claim.statement, [hypothesis.relation for hypothesis in claim.hypotheses])


def with_a_gift() -> Verdict:
    """The same, supposing needlessly that nothing is lost in training."""
    claim = two_gaps()
    lost = claim.symbols[5].symbol
    return follows(claim.statement, [*(h.relation for h in claim.hypotheses), lost <= 0])


EXERCISES = [
    Exercise(
        label="ex-15-axiom",
        level="check",
        tests="read the table: what a theorem assumes, itself and through others",
        parts=(
            Part(
                name="fallen",
                asks="how many results that are proved in Coq would fall with the rule",
                kind=Whole(),
                reference=lambda: len(falling()),
                wrong=(
                    Wrong(lambda: len(proved()) - len(falling()), "these are the ones that stand"),
                    Wrong(
                        lambda: sum(CLASSIC in theorem.assumptions for theorem in record.load().values()),
                        "count results, not all theorems",
                    ),
                ),
                hint="look for the axiom's name among the `assumptions` of each theorem of a result",
            ),
            Part(
                name="lemma_falls",
                asks="would Lemma 1 fall? True or False",
                kind=YesNo(),
                reference=lambda: "Lemma 1" in falling(),
                wrong=(Wrong(lambda right: not right, "look at what its theorem assumes"),),
                hint="look among the assumptions of its theorem",
            ),
        ),
    ),
    Exercise(
        label="ex-15-longest",
        level="apply",
        tests="walk the graph of results",
        parts=(
            Part(
                name="ways",
                asks="results on the longest way, both ends counted",
                kind=Whole(),
                reference=longest,
                wrong=(
                    Wrong(lambda right: right - 1, "count both ends"),
                    Wrong(lambda right: right + 1, "count no result twice"),
                ),
                hint="one more than the longest way to anything that the result rests on",
            ),
            Part(
                name="resting_on_none",
                asks="results that rest on no other",
                kind=Whole(),
                reference=resting_on_none,
                wrong=(Wrong(never_used, "these are the ones on which no other rests"),),
                hint="count the results with nothing in `rests_on`",
            ),
        ),
    ),
    Exercise(
        label="ex-15-row",
        level="extend",
        tests="state and derive a claim, and declare it as a result",
        parts=(
            Part(
                name="derived",
                asks="the derivation: what `follows(...)` returns",
                kind=Followed(),
                reference=lambda: derived(two_gaps()),
                wrong=(
                    Wrong(lambda: derived(return_gap.REGRET), "this is the old theorem"),
                    Wrong(with_a_gift, "it supposes more than the exercise allows"),
                ),
                hint="exchange the second hypothesis and the expression of `return_gap.REGRET`",
            ),
            Part(
                name="number_of_results",
                asks="on how many results of the book it rests",
                kind=Whole(),
                reference=lambda: len(derived(two_gaps()).used) - len(two_gaps().hypotheses),
                wrong=(Wrong(lambda: len(two_gaps().hypotheses), "these are its hypotheses"),),
                hint="which results does the derivation use besides what the claim supposes?",
            ),
        ),
    ),
]
