"""Finished proofs: what a step was, and what a theorem shows of itself."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import sympy as sp

from imagination.theory import axioms as ax
from imagination.theory.claim import Claim
from imagination.theory.latex import latex

SYMPY, Z3, AXIOM, HYPOTHESIS, DEFINITION, INDUCTION, LIMIT, CITED, INSTANCE = (
    "SymPy", "Z3", "axiom", "hypothesis", "definition", "induction", "limit", "theorem", "instance",
)  # fmt: skip


class ProofError(Exception):
    """A step that could not be discharged, or was not allowed; it stops the chapter."""


@dataclass(frozen=True)
class Step:
    """One displayed step: its formula, its reason, how it was discharged and from which steps."""

    number: int
    formula: sp.Basic
    reason: str
    method: str
    uses: tuple[int | str, ...]
    note: str = ""


_THEOREMS: dict[int, tuple[Theorem, Claim, tuple[Any, ...]]] = {}


@dataclass(frozen=True, eq=False)
class Theorem:
    """A claim with its finished proof. Made by :meth:`Proof.qed` alone."""

    claim: Claim
    steps: tuple[Step, ...]
    axioms: tuple[ax.Axiom, ...]
    cited: tuple[Theorem, ...]

    @property
    def summary(self) -> str:
        """Such as ``"11 steps: 8 SymPy, 2 Z3, 1 axiom"``."""
        order = (SYMPY, Z3, INDUCTION, LIMIT, AXIOM, CITED, DEFINITION, HYPOTHESIS, INSTANCE)
        counts = {method: sum(step.method == method for step in self.steps) for method in order}
        parts = [f"{count} {_plural(method, count)}" for method, count in counts.items() if count]
        return f"{len(self.steps)} {_plural('step', len(self.steps))}: {', '.join(parts)}"

    @property
    def assumptions(self) -> tuple[ax.Axiom, ...]:
        """The axioms that this theorem rests on, through everything that it cites."""
        found = list(self.axioms)
        for theorem in self.cited:
            found += [axiom for axiom in theorem.assumptions if axiom not in found]
        return tuple(found)

    def _repr_html_(self) -> str:
        checked(self)
        rows = "".join(_step_html(step) for step in self.steps)
        rests = (
            "; ".join(f"{escape(a.name)} {escape(a.source)}" for a in self.assumptions)
            or "nothing but arithmetic"
        )
        return (
            "<div class='machine-proof tex2jax_process'>"
            f"<p><strong>{escape(self.claim.name)}</strong> {escape(self.claim.source)}</p>"
            rf"<div class='formula'>\[{latex(self.claim.statement)}\]</div>"
            f"<ol class='proof-steps'>{rows}</ol>"
            f"<p class='proof-summary'>∎ {self.summary}.</p><p>Assumed: {rests}.</p></div>"
        )

    def __repr__(self) -> str:
        return f"<Theorem {self.claim.name!r}: {self.summary}>"


def _plural(word: str, count: int) -> str:
    if count == 1 or word in (SYMPY, Z3, INDUCTION):
        return word
    return {HYPOTHESIS: "hypotheses"}.get(word, word + "s")


def _step_html(step: Step) -> str:
    uses = ", ".join(f"({use})" if isinstance(use, int) else escape(use) for use in step.uses)
    reason = escape(step.reason) + (f" — from {uses}" if uses else "")
    note = f"{step.method}: {step.note}" if step.note and step.note != step.reason else step.method
    return (
        rf"<li><div class='formula'>\[{latex(step.formula)}\]</div>"
        f"<div class='reason'>{reason} <span class='method'>{escape(note)}</span></div></li>"
    )


def checked(theorem: Theorem) -> Claim:
    record = _THEOREMS.get(id(theorem))
    if record is None or record[0] is not theorem:
        raise ProofError(
            f"{getattr(theorem, 'claim', theorem)!r} is not a finished proof; only theorems can be used"
        )
    _, claim, content = record
    if theorem.claim != claim or (theorem.steps, theorem.axioms, theorem.cited) != content:
        raise ProofError(f"{claim.name!r} has been changed since it was proved")
    return claim


def register(theorem: Theorem, claim: Claim) -> Theorem:
    """Enter a theorem among those that can be cited and shown; :meth:`Proof.qed` alone does this."""
    _THEOREMS[id(theorem)] = (theorem, claim, (theorem.steps, theorem.axioms, theorem.cited))
    return theorem
