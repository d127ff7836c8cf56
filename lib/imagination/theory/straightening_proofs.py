"""The proofs of :mod:`imagination.theory.straightening`, one function a theorem, each run once."""

from __future__ import annotations

from functools import cache

import sympy as sp

from imagination.theory import straightening as st
from imagination.theory import worlds as w
from imagination.theory.proof import Fact, Proof, Theorem, World
from imagination.theory.terms import natural, real

_X, _Y = real("X Y")
_N = natural("N")

# A steady walk along the line, v(z) = 1: all velocities agree.
LINE = World(
    {st.eps: sp.Rational(1, 2)},
    {
        w.d_S: sp.Lambda((_X, _Y), sp.Abs(_X - _Y)),
        st.turn: sp.Lambda((_X, _Y), sp.S.Zero),
        st.speed: sp.Lambda(_X, sp.S.One),
        st.cosine: sp.Lambda((_X, _Y), sp.S.One),
        st.z: sp.Lambda(_N, _N),
        st.F: sp.Lambda(_X, _X + 1),
    },
)
PLANE = World({st.eps: sp.Rational(3, 5), st.s: sp.Rational(4, 5), st.a: 1, st.b: 0}, {})


def _turn(p: Proof) -> Fact:
    """How much the velocity changes in a step, in terms of its two lengths and the cosine between them."""
    here, there = st.z(st.t), st.z(st.t + 1)
    where = {st.x: here, st.y: there}
    smooth, length = p.given(st.SMOOTH).at(where), p.given(st.LENGTH).at(where)
    change = p.inequality(
        sp.Le(st.turn(here, there) ** 2, st.eps**2 * st.speed(here) ** 2),
        [smooth, length, p.given(st.STEP)],
        "the velocity's Lipschitz condition between successive states, which are a velocity apart",
    )
    product = 2 * st.cosine(here, there) * st.speed(here) * st.speed(there)
    return p.inequality(
        sp.Le((1 - st.eps**2) * st.speed(here) ** 2 + st.speed(there) ** 2, product),
        [change, p.given(st.COSINES).at(where)],
        "the law of cosines",
    )


@cache
def sharp() -> Theorem:
    """The sharp bound: 1 - sqrt(1 - eps^2)."""
    p = Proof(st.SHARP, LINE)
    here, there = st.z(st.t), st.z(st.t + 1)
    changed, moving = _turn(p), p.given(st.MOVING)
    rest = p.inequality(sp.Ge(1 - st.eps**2, 0), [st.POSITIVE, st.AT_MOST_ONE])
    lengths = st.speed(here) * st.speed(there)
    mean = p.inequality(
        sp.Le(2 * sp.sqrt(1 - st.eps**2) * lengths, 2 * st.cosine(here, there) * lengths),
        [changed, rest],
        "a sum of two squares is at least twice the product of their roots",
    )
    return p.qed(
        p.inequality(
            st.SHARP.statement, [mean, moving, moving.at(t=st.t + 1), rest], "divide by the two lengths"
        )
    )


@cache
def sharp_form() -> Theorem:
    """The two ways to write the sharp bound."""
    p = Proof(st.SHARP_FORM)
    rest = p.inequality(sp.Ge(1 - st.eps**2, 0), [st.POSITIVE, st.AT_MOST_ONE])
    return p.qed(p.inequality(st.SHARP_FORM.statement, [rest], "a difference of two squares"))


@cache
def sharper() -> Theorem:
    """The sharp bound is below the paper's."""
    p = Proof(st.SHARPER)
    return p.qed(
        p.inequality(st.SHARPER.statement, [st.POSITIVE, st.BELOW_ONE], "both are numbers of eps alone")
    )


@cache
def proposition_1() -> Theorem:
    """The paper's bound, from the sharp one."""
    p = Proof(st.PROPOSITION_1, LINE)
    below = p.inequality(sp.Le(st.eps, 1), [st.BELOW_ONE])
    bound = p.cite(sharp(), using=[below])
    smaller = p.cite(sharper())
    return p.qed(
        p.inequality(st.PROPOSITION_1.statement, [bound, smaller], "the sharp bound is the smaller one")
    )


@cache
def attained() -> Theorem:
    """A rotation of the plane attains the sharp bound."""
    p = Proof(st.ATTAINED, PLANE)
    hypotheses = {h.name: h for h in st.ATTAINED.hypotheses}
    size, angle = st.a**2 + st.b**2, hypotheses["the sine"]
    rest = p.inequality(sp.Gt(1 - st.eps**2, 0), [st.POSITIVE, hypotheses["eps < 1"]])
    root = sp.sqrt(1 - st.eps**2)
    lengths = p.inequality(
        sp.Eq(st.turning_lengths, (st.eps**2 * size) ** 2 * (1 - st.eps**2), evaluate=False),
        [angle],
        "the next velocity is shorter by the factor sqrt(1 - eps^2)",
    )
    length = p.inequality(
        sp.Eq(sp.sqrt(st.turning_lengths), st.eps**2 * size * root, evaluate=False),
        [lengths, rest, hypotheses["velocities are not 0"], hypotheses["not at the origin"]],
        "the product of the two lengths",
    )
    return p.qed(
        p.inequality(
            st.ATTAINED.statement,
            [length, angle, rest, *hypotheses.values()],
            "the inner product is (1 - eps^2) times the first velocity's squared length",
        )
    )


@cache
def stretch() -> Theorem:
    """The map's Lipschitz constant is at most 1 + eps."""
    p = Proof(st.STRETCH, LINE)
    return p.qed(
        p.inequality(st.STRETCH.statement, st.STRETCH.world_hypotheses, "the triangle's longest side")
    )


@cache
def shrink() -> Theorem:
    """The map's Lipschitz constant is at least 1 - eps."""
    p = Proof(st.SHRINK, LINE)
    return p.qed(
        p.inequality(st.SHRINK.statement, st.SHRINK.world_hypotheses, "the same triangle, turned round")
    )


@cache
def straight_is_not_smooth() -> Theorem:
    """Multiplication by any factor keeps directions."""
    claim = st.STRAIGHT_IS_NOT_SMOOTH
    p = Proof(claim)
    return p.qed(p.inequality(claim.statement, claim.hypotheses, "all velocities of a ray point one way"))


ALL = (sharp, sharp_form, sharper, proposition_1, attained, stretch, shrink, straight_is_not_smooth)
"""Every theorem of the module."""
