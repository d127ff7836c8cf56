"""The proofs of :mod:`imagination.theory.scaling`, one function a theorem, each run once in a process."""

from __future__ import annotations

from functools import cache

import sympy as sp

from imagination.theory import axioms as ax
from imagination.theory import scaling as sc
from imagination.theory import worlds as w
from imagination.theory.proof import Proof, Theorem, World
from imagination.theory.terms import real

_X, _Y = real("X Y")

# The line: a teacher that leaves points where they are, and a student that is off by 1 everywhere.
LINE = World(
    {sc.worst: 1, sc.L_hat: 1},
    {
        w.d_S: sp.Lambda((_X, _Y), sp.Abs(_X - _Y)),
        sc.teacher: sp.Lambda(_X, _X),
        sc.student: sp.Lambda(_X, _X + 1),
    },
)


@cache
def squares() -> Theorem:
    """The square of a power law."""
    p = Proof(sc.SQUARES)
    return p.qed(p.equality(sc.SQUARES.quantity, sc.SQUARES.expression, reason="rules of exponents"))


@cache
def upper_line() -> Theorem:
    """The chord of a hidden unit."""
    p = Proof(sc.UPPER_LINE)
    return p.qed(
        p.inequality(sc.UPPER_LINE.statement, sc.UPPER_LINE.hypotheses, "two cases: the unit is off, or on")
    )


@cache
def lower_line() -> Theorem:
    """The lines below a hidden unit."""
    p = Proof(sc.LOWER_LINE)
    return p.qed(
        p.inequality(sc.LOWER_LINE.statement, sc.LOWER_LINE.hypotheses, "two cases: the unit is off, or on")
    )


@cache
def cliff() -> Theorem:
    """Two points that the teacher keeps apart and the student does not."""
    p = Proof(sc.CLIFF, LINE)
    x, y = sc.x, sc.y
    f, f_hat = sc.teacher, sc.student
    error, smooth = sc.CLIFF.hypotheses
    there = p.axiom(ax.TRIANGLE, f(x), f_hat(x), f(y), reason="from f(x) by way of the student at x")
    back = p.axiom(ax.TRIANGLE, f_hat(x), f_hat(y), f(y), reason="and by way of the student at y")
    mirrored = p.axiom(ax.SYMMETRY, f(x), f_hat(x))
    facts = [there, back, mirrored, p.given(error), p.given(error).at({x: y}), p.given(smooth)]
    return p.qed(p.inequality(sc.CLIFF.statement, facts, "two errors and what the student can make up"))


ALL = (squares, upper_line, lower_line, cliff)
"""Every theorem of the module."""
