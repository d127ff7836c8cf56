"""What an axiom is, how one is entered in the list, and what axioms ask of their premises."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp


class AxiomError(ValueError):
    """An axiom's arguments or premises do not have the form that it asks for."""


@dataclass(frozen=True, eq=False)
class Axiom:
    """A named assumption.

    Parameters
    ----------
    name, source : str
        What it says, and where it is proved or defined.
    conclude : callable
        ``conclude(premises, constants, *arguments)`` returns the conclusion, or raises `AxiomError`.
        `premises` are the formulas of earlier facts; symbols in `constants` are fixed, all others are read
        as "for all".
    """

    name: str
    source: str
    conclude: Callable[..., sp.Basic]


REGISTERED: list[Axiom] = []


def axiom(name: str, source: str) -> Callable[[Callable[..., sp.Basic]], Axiom]:
    def register(conclude: Callable[..., sp.Basic]) -> Axiom:
        made = Axiom(name, source, conclude)
        REGISTERED.append(made)
        return made

    return register


def one(premises: Sequence[sp.Basic]) -> sp.Basic:
    if len(premises) != 1:
        raise AxiomError(f"takes one premise, got {len(premises)}")
    return premises[0]


def none(premises: Sequence[sp.Basic]) -> None:
    if premises:
        raise AxiomError(f"takes no premise, got {len(premises)}")


def through_a_rule(
    premises: Sequence[sp.Basic], constants: Collection[sp.Symbol], *arguments: Any
) -> sp.Basic:
    raise AxiomError("is used through a rule of Proof, which checks its conditions")
