"""The ledger: every claim of the book and its proof, gathered from the claims and proofs themselves.

    python -m imagination.experiments.ledger --record

runs every proof and writes down what it took: steps, axioms, theorems used. What is read back is compared
with the claims as they are now: a claim that has changed since must be proved again.
"""

import argparse
import hashlib
import importlib
import pkgutil
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache, partial
from typing import Any

import pandas as pd

from imagination import records
from imagination import theory as room
from imagination.theory import allocation_further, return_gap
from imagination.theory.claim import Claim
from imagination.theory.latex import latex
from imagination.theory.theorem import Theorem, checked

__all__ = [
    "RECORD",
    "LedgerError",
    "Proved",
    "Stated",
    "again",
    "claims",
    "current",
    "entry",
    "fingerprint",
    "module",
    "proofs",
    "prove",
    "recorded",
    "theorems",
]

RECORD = "ledger"

ARGUMENTS: Mapping[str, Sequence[tuple[Any, ...]]] = {
    "return_gap_proofs.monotone": [(code,) for code in return_gap.MONOTONE],
    "allocation_further_proofs.elasticity": list(allocation_further.ELASTICITIES),
}
"""What to call the proofs with that are proofs of several claims."""

SEPARATOR = " | "
TUPLES = ("hypotheses", "assumptions", "cited")


class LedgerError(ValueError):
    """The ledger and the book have come apart."""


@dataclass(frozen=True)
class Stated:
    """A claim of a theory module: the object, and the (module, attribute) under which it is found."""

    claim: Claim
    module: str
    attribute: str


@dataclass(frozen=True)
class Proved:
    """What a finished proof took.

    Attributes
    ----------
    claim, source, formula : str
        The claim's name, where it comes from, and its statement in LaTeX.
    hypotheses : tuple of str
        Their names.
    module, proof : str
        The theory module, and the call in it that gives the theorem.
    steps : int
        Steps, each of them discharged.
    summary : str
        How: by SymPy, by Z3, by axioms, ...
    assumptions : tuple of str
        Axioms, those of the theorems that it uses included.
    cited : tuple of str
        Names of the theorems that it uses, in the order of first use.
    fingerprint : str
        Of the claim that was proved.
    """

    claim: str
    source: str
    formula: str
    hypotheses: tuple[str, ...]
    module: str
    proof: str
    steps: int
    summary: str
    assumptions: tuple[str, ...]
    cited: tuple[str, ...]
    fingerprint: str


@cache
def _modules() -> dict[str, Any]:
    names = sorted(found.name for found in pkgutil.iter_modules(room.__path__) if not found.ispkg)
    return {name: importlib.import_module(f"{room.__name__}.{name}") for name in names}


def module(name: str) -> Any:
    """Return a module of the theory by its name.

    Raises
    ------
    LedgerError
        If there is none.
    """
    if name not in _modules():
        raise LedgerError(f"name: the theory has no module {name!r}")
    return _modules()[name]


@cache
def claims() -> dict[str, Stated]:
    """Return every claim that a theory module holds, by name: objects, and values of dictionaries.

    Raises
    ------
    LedgerError
        If two claims share a name.
    """
    found: dict[str, Stated] = {}
    for where, content in _modules().items():
        for attribute, value in vars(content).items():
            held = value.values() if isinstance(value, dict) else (value,)
            for claim in held:
                if not isinstance(claim, Claim):
                    continue
                known = found.setdefault(claim.name, Stated(claim, where, attribute))
                if known.claim != claim:
                    raise LedgerError(f"two claims are called {claim.name!r}: {known.module} and {where}")
    return found


@cache
def proofs() -> dict[str, Callable[[], Theorem]]:
    """Return every proof of the theory modules, by the call that runs it.

    A proof is a public, cached function that returns a `Theorem`; one with parameters is called with each of
    its `ARGUMENTS`.

    Raises
    ------
    LedgerError
        If a proof has parameters and nobody says which.
    """
    found: dict[str, Callable[[], Theorem]] = {}
    for where, content in _modules().items():
        for name, function in vars(content).items():
            inner = getattr(function, "__wrapped__", None)
            if inner is None or name.startswith("_") or inner.__module__ != content.__name__:
                continue
            if inner.__annotations__.get("return") not in ("Theorem", Theorem):
                continue
            key = f"{where}.{name}"
            if inner.__code__.co_argcount and key not in ARGUMENTS:
                raise LedgerError(f"{key} takes arguments: enter them in ARGUMENTS")
            for arguments in ARGUMENTS.get(key, [()]):
                called = f"{key}({', '.join(map(repr, arguments))})"
                found[called] = partial(function, *arguments)
    return found


def fingerprint(claim: Claim) -> str:
    """Return a short digest of all that a claim says: it changes when the claim does."""
    said = [claim.name, str(claim.statement), *(str(h.relation) for h in claim.hypotheses)]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]


def entry(called: str, theorem: Theorem) -> Proved:
    """Return what a finished proof took; a theorem that was tampered with raises `ProofError`."""
    claim = checked(theorem)
    where, _, proof = called.partition(".")
    return Proved(
        claim=claim.name,
        source=claim.source,
        formula=latex(claim.statement),
        hypotheses=tuple(h.name for h in claim.hypotheses),
        module=where,
        proof=proof,
        steps=len(theorem.steps),
        summary=theorem.summary,
        assumptions=tuple(axiom.name for axiom in theorem.assumptions),
        cited=tuple(dict.fromkeys(used.claim.name for used in theorem.cited)),
        fingerprint=fingerprint(claim),
    )


def theorems(calls: Iterable[str] | None = None) -> dict[str, Theorem]:
    """Run proofs, all of them unless some are named by their calls; the theorems, by call.

    Two calls may give the same theorem; the first one counts.
    """
    known = proofs()
    found: dict[str, Theorem] = {}
    for called in known if calls is None else calls:
        if called not in known:
            raise LedgerError(f"calls: {called!r} is no proof of the theory")
        theorem = known[called]()
        if all(theorem.claim != other.claim for other in found.values()):
            found[called] = theorem
    return found


def prove(calls: Iterable[str] | None = None) -> pd.DataFrame:
    """Run proofs and return a row for each theorem, with the fields of `Proved` as columns."""
    rows = [asdict(entry(called, theorem)) for called, theorem in theorems(calls).items()]
    for row in rows:
        row |= {name: SEPARATOR.join(row[name]) for name in TUPLES}
    return pd.DataFrame(rows)


def recorded() -> dict[str, Proved]:
    """Return what the recorded run of all proofs took, by claim.

    Raises
    ------
    LedgerError
        If a claim has changed, or is new, since the proofs were recorded.
    """
    table = records.load(RECORD).fillna("")
    found = {}
    for row in table.to_dict("records"):
        parts = {name: tuple(filter(None, row[name].split(SEPARATOR))) for name in TUPLES}
        found[row["claim"]] = Proved(**{**row, **parts})
    if stale := current(found):
        raise LedgerError(
            f"{', '.join(stale)}: changed since the proofs were recorded; run"
            " python -m imagination.experiments.ledger --record"
        )
    return found


def again(found: Mapping[str, Proved], names: Iterable[str]) -> dict[str, Proved]:
    """Run the proofs of some claims again, here and now, and return what they took.

    Raises
    ------
    LedgerError
        If one took something else than it did when it was recorded.
    """
    calls = [f"{found[name].module}.{found[name].proof}" for name in names]
    made = {theorem.claim.name: entry(called, theorem) for called, theorem in theorems(calls).items()}
    if other := [name for name, now in made.items() if now != found[name]]:
        raise LedgerError(f"{', '.join(other)}: the proof is not what it was when it was recorded")
    return made


def current(found: Mapping[str, Proved]) -> list[str]:
    """Return the claims that are not as they were when they were proved."""
    return [
        name
        for name, stated in claims().items()
        if name in found and found[name].fingerprint != fingerprint(stated.claim)
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run every proof; with ``--record``, write down what each took."""
    parser = argparse.ArgumentParser(
        prog="python -m imagination.experiments.ledger", description=main.__doc__
    )
    parser.add_argument("--record", action="store_true", help=f"write data/{RECORD}.csv.gz and its record")
    chosen = parser.parse_args(arguments)
    begun = time.perf_counter()
    table = prove()
    print(f"{len(table)} theorems, {table['steps'].sum()} steps")
    if chosen.record:
        records.save(
            RECORD,
            table,
            command="python -m imagination.experiments.ledger --record",
            parameters={"seed": "none: proofs draw no random numbers", "theorems": len(table)},
            seconds=time.perf_counter() - begun,
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
