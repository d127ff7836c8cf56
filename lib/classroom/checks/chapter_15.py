"""Chapter 15: the ledger of all results."""

from dataclasses import replace
from functools import cache

from classroom.exercises import Exercise, Part, Wrong
from classroom.kinds import Proved, Whole, YesNo
from imagination.experiments import ledger
from imagination.theory import axioms, return_gap
from imagination.theory import return_gap_proofs as proofs
from imagination.theory.claim import Hypothesis, Quantity
from imagination.theory.proof import Proof
from imagination.theory.terms import real
from imagination.theory.theorem import Theorem


@cache
def entries() -> dict[str, ledger.Proved]:
    """The ledger, read once."""
    return ledger.recorded()


def resting_on(axiom: str) -> int:
    """How many results rest on an axiom, themselves or through what they use."""
    return sum(axiom in entry.assumptions for entry in entries().values())


def using(axiom: axioms.Axiom) -> int:
    """How many results use an axiom in a step of their own: no result that they cite brings it."""
    found = entries()
    return sum(
        axiom.name in entry.assumptions
        and not any(axiom.name in found[used].assumptions for used in entry.cited)
        for entry in found.values()
    )


@cache
def length(name: str) -> int:
    """How many results long the longest way to a result is."""
    return 1 + max((length(used) for used in entries()[name].cited), default=0)


def longest() -> int:
    """The longest way to any result."""
    return max(length(name) for name in entries())


def citing_nothing() -> int:
    """Results that cite no theorem."""
    return sum(not entry.cited for entry in entries().values())


def resting_on_nothing() -> int:
    """Results that rest on arithmetic alone."""
    return sum(not entry.assumptions for entry in entries().values())


@cache
def two_gaps(with_a_gift: bool = False) -> Theorem:
    """The theorem; with a gift it also supposes, needlessly, that nothing is lost in training."""
    old, own_gap = return_gap.REGRET, real("G'")
    gap, delta = (quantity.symbol for quantity in old.symbols[4:])
    chosen = Hypothesis("gap of the chosen policy", old.hypotheses[1].relation.lhs <= own_gap)
    gift = (Hypothesis("nothing lost", delta <= 0),) if with_a_gift else ()
    claim = replace(
        old,
        name="Regret with two gaps",
        symbols=(*old.symbols, Quantity(own_gap, "own_gap", "a bound of the chosen policy's gap")),
        hypotheses=(old.hypotheses[0], chosen, old.hypotheses[2], *gift),
        expression=gap + own_gap + delta,
    )
    proof = Proof(claim)
    return proof.qed(proof.inequality(claim.statement, list(claim.hypotheses), "add them"))


EXERCISES = [
    Exercise(
        label="ex-15-axiom",
        level="check",
        tests="read the ledger: what a result rests on, itself and through others",
        parts=(
            Part(
                name="fallen",
                asks="how many results would fall with Kantorovich duality",
                kind=Whole(),
                reference=lambda: resting_on(axioms.KANTOROVICH.name),
                wrong=(
                    Wrong(
                        lambda: using(axioms.KANTOROVICH), "count those, too, that fall through what they use"
                    ),
                    Wrong(lambda right: len(entries()) - right, "these are the ones that stand"),
                ),
                hint="look for the axiom's name among the `assumptions` of every entry",
            ),
            Part(
                name="lemma_falls",
                asks="would Lemma 1 fall? True or False",
                kind=YesNo(),
                reference=lambda: axioms.KANTOROVICH.name in entries()["Lemma 1"].assumptions,
                wrong=(Wrong(lambda right: not right, "does Lemma 1 speak of laws?"),),
                hint="look among the assumptions of its entry",
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
                    Wrong(
                        lambda: max(len(entry.cited) for entry in entries().values()),
                        "that is how many theorems one result cites",
                    ),
                ),
                hint="one more than the longest way to anything that the result cites",
            ),
            Part(
                name="citing_nothing",
                asks="results that cite no theorem",
                kind=Whole(),
                reference=citing_nothing,
                wrong=(Wrong(resting_on_nothing, "citing no theorem is not resting on no axiom"),),
                hint="count the entries with nothing in `cited`",
            ),
        ),
    ),
    Exercise(
        label="ex-15-row",
        level="extend",
        tests="state and prove a claim, and enter it in the ledger",
        parts=(
            Part(
                name="finished",
                asks="the finished proof: what `proof.qed(...)` returns",
                kind=Proved(),
                reference=two_gaps,
                wrong=(
                    Wrong(proofs.regret, "this is the old theorem"),
                    Wrong(lambda: two_gaps(True), "it supposes more than the exercise allows"),
                ),
                hint="exchange the second hypothesis and the expression of `return_gap.REGRET`; prove it",
            ),
            Part(
                name="number_of_axioms",
                asks="on how many axioms it rests",
                kind=Whole(),
                reference=lambda: len(two_gaps().assumptions),
                wrong=(Wrong(lambda: len(two_gaps().claim.hypotheses), "these are its hypotheses"),),
                hint="count the `assumptions` of its entry",
            ),
        ),
    ),
]
