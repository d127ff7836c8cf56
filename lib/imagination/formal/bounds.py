"""What is printed into `formal/Bounds.v`: the claims' own expressions and what they suppose of numbers."""

from __future__ import annotations

from collections.abc import Iterator

from imagination.formal.printer import check_claim, definition
from imagination.results.budget import claims as ac
from imagination.results.registry import PRINTED
from imagination.results.return_gap import claims as rg

__all__ = ["text"]

HEAD = """\
(* Printed from the claims that the library evaluates (imagination.formal.bounds); do not edit.
   Arguments stand in the order in which the claim declares its symbols. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums.
Open Scope R_scope.
"""


def _blocks() -> Iterator[str]:
    yield f"(* {rg.LEMMA_1.name}: the coefficient of eps_dyn *)"
    yield from definition("dynamics_coefficient", rg.dynamics_coefficient, rg.LEMMA_1.symbols)
    yield f"(* {ac.RATIO.name}: what is given *)"
    given = (*ac.INPUTS, ac.BUDGET_B)
    yield from definition("theorem_1_supposes", [h.relation for h in ac.signs(given)], given)
    for claim, parts in PRINTED.values():
        check_claim(claim)
        yield f"(* {claim.name} *)"
        for part, title in parts.items():
            relations = [h.relation for h in claim.hypotheses]
            value = relations if part == "supposes" else getattr(claim, part)
            yield from definition(title, value, claim.symbols, claim.variables)


def text() -> str:
    """The whole of `formal/Bounds.v`."""
    return HEAD + "\n" + "\n".join(_blocks())
