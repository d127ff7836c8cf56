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
_LENGTH, _NEXT_LENGTH = real("k l")

# A steady walk along the line, v(z) = 1: all velocities agree. Vectors are numbers.
LINE = World(
    {st.eps: sp.Rational(1, 2)},
    {
        w.d_S: sp.Lambda((_X, _Y), sp.Abs(_X - _Y)),
        st.v: sp.Lambda(_X, sp.S.One),
        st.minus: sp.Lambda((_X, _Y), _X - _Y),
        st.times: sp.Lambda((_X, _Y), _X * _Y),
        st.inner: sp.Lambda((_X, _Y), _X * _Y),
        st.length: sp.Lambda(_X, sp.Abs(_X)),
        st.cosine: sp.Lambda((_X, _Y), sp.S.One),
        st.z: sp.Lambda(_N, _N),
        st.F: sp.Lambda(_X, _X + 1),
    },
)
TWO_VECTORS = World({st.eps: sp.Rational(1, 2), st.v_1: 1, st.v_2: 0, st.w_1: 1, st.w_2: 0}, {})
PLANE = World({st.eps: sp.Rational(3, 5), st.s: sp.Rational(4, 5), st.a: 1, st.b: 0}, {})


@cache
def law_of_cosines() -> Theorem:
    """The law of cosines, from what an inner product is."""
    p = Proof(st.LAW_OF_COSINES, LINE)
    one, other = st.v(st.x), st.v(st.y)
    change = st.minus(one, other)
    square, linear, symmetric = (p.given(h) for h in (st.SQUARE, st.LINEAR, st.SYMMETRIC))
    parts = [linear.at({st.p: one, st.q: other, st.u: each}) for each in (change, one, other)]
    turned_round = [symmetric.at({st.p: each, st.q: change}) for each in (one, other)]
    expanded = p.equality(
        st.inner(change, change),
        st.inner(one, one) - 2 * st.inner(one, other) + st.inner(other, other),
        [*parts, *turned_round, symmetric.at({st.p: one, st.q: other})],
        "multiply out",
    )
    lengths = [square.at({st.p: each}) for each in (change, one, other)]
    return p.qed(
        p.equality(
            st.LAW_OF_COSINES.quantity,
            st.LAW_OF_COSINES.expression,
            [expanded, *lengths, p.given(st.ANGLE)],
            "inner products in terms of lengths and the cosine",
        )
    )


@cache
def cauchy_schwarz() -> Theorem:
    """The inequality of Cauchy and Schwarz, from what an inner product is."""
    p = Proof(st.CAUCHY_SCHWARZ, LINE)
    linear, homogeneous, symmetric, square = (p.given(h) for h in st.CAUCHY_SCHWARZ.hypotheses)
    both = st.inner(st.p, st.q)

    def difference(first: sp.Expr, one: sp.Expr, second: sp.Expr, other: sp.Expr) -> Fact:
        """The squared length of ``first one - second other``, multiplied out, is not negative."""
        a, b = st.times(first, one), st.times(second, other)
        change = st.minus(a, b)
        parts = [
            *(linear.at({st.p: a, st.q: b, st.u: each}) for each in (change, one, other)),
            *(
                homogeneous.at({st.a: number, st.p: vector, st.q: each})
                for number, vector in ((first, one), (second, other))
                for each in (change, one, other)
            ),
            *(symmetric.at({st.p: each, st.q: change}) for each in (one, other)),
            symmetric.at({st.p: one, st.q: other}),
            *(square.at({st.p: each}) for each in (change, one, other)),
        ]
        lengths = st.length(one) ** 2, st.length(other) ** 2
        return p.inequality(
            sp.Ge(
                first**2 * lengths[0] - 2 * first * second * st.inner(one, other) + second**2 * lengths[1], 0
            ),
            parts,
            "a square, multiplied out",
        )

    return p.qed(
        p.inequality(
            st.CAUCHY_SCHWARZ.statement,
            [
                difference(st.length(st.q) ** 2, st.p, both, st.q),
                difference(st.length(st.p) ** 2, st.q, both, st.p),  # the rest is for vectors of length 0
                difference(sp.S.One, st.p, both, st.q),
                symmetric,
            ],
            "whichever of the two vectors has a length, and if neither has",
        )
    )


def _turn(p: Proof) -> Fact:
    """How much the velocity changes in a step, in terms of its two lengths and the cosine between them."""
    here, there = st.z(st.t), st.z(st.t + 1)
    where = {st.x: here, st.y: there}
    smooth = p.given(st.SMOOTH).at(where)
    length = p.given(st.LENGTH).at({st.p: st.minus(st.v(here), st.v(there))})
    change = p.inequality(
        sp.Le(st.turn(here, there) ** 2, st.eps**2 * st.speed(here) ** 2),
        [smooth, length, p.given(st.STEP)],
        "the velocity's Lipschitz condition between successive states, which are a velocity apart",
    )
    product = 2 * st.cosine(here, there) * st.speed(here) * st.speed(there)
    return p.inequality(
        sp.Le((1 - st.eps**2) * st.speed(here) ** 2 + st.speed(there) ** 2, product),
        [change, p.cite(law_of_cosines()).at(where)],
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
def never_stops() -> Theorem:
    """A trajectory that moves at first always moves, if eps < 1."""
    p = Proof(st.NEVER_STOPS, LINE)
    changed, length = _turn(p), p.given(st.LENGTH)
    with p.by_induction(st.NEVER_STOPS.statement, st.t, "one step after the other") as induction:
        k = induction.k
        induction.base(p.given(st.AT_FIRST))
        induction.step(
            p.inequality(
                sp.Lt(0, st.speed(st.z(k + 1))),
                [
                    induction.hypothesis,
                    changed.at(t=k),
                    length.at({st.p: st.v(st.z(k + 1))}),
                    st.POSITIVE,
                    st.BELOW_ONE,
                ],
                "a next velocity of 0 would be changed by all of the velocity, not by a share",
            )
        )
    return p.qed(induction.fact)


@cache
def in_the_plane() -> Theorem:
    """The sharp bound for two vectors of the plane, in coordinates."""
    p = Proof(st.IN_THE_PLANE, TWO_VECTORS)
    _, _, first, second, smooth = (p.given(h) for h in st.IN_THE_PLANE.hypotheses)
    rest = p.inequality(sp.Ge(1 - st.eps**2, 0), [st.POSITIVE, st.AT_MOST_ONE])
    size, next_size = st.v_1**2 + st.v_2**2, st.w_1**2 + st.w_2**2
    product = st.v_1 * st.w_1 + st.v_2 * st.w_2
    turned = p.inequality(
        sp.Le((1 - st.eps**2) * size + next_size, 2 * product), [smooth], "multiply the squares out"
    )
    root = sp.sqrt(1 - st.eps**2)
    named, next_named = (
        p.define(name, sp.sqrt(square), "a length", [positive])
        for name, square, positive in ((_LENGTH, size, first), (_NEXT_LENGTH, next_size, second))
    )
    squares = [
        p.inequality(relation, [is_root, positive])
        for name, square, is_root, positive in (
            (_LENGTH, size, named, first),
            (_NEXT_LENGTH, next_size, next_named, second),
        )
        for relation in (sp.Eq(name**2, square), sp.Gt(name, 0))
    ]
    in_lengths = p.inequality(
        sp.Le((1 - st.eps**2) * _LENGTH**2 + _NEXT_LENGTH**2, 2 * product), [turned, squares[0], squares[2]]
    )
    mean = p.inequality(
        sp.Le(root * _LENGTH * _NEXT_LENGTH, product),
        [in_lengths, rest],
        "a sum of two squares is at least twice the product of their roots",
    )
    return p.qed(
        p.inequality(
            st.IN_THE_PLANE.statement,
            [mean, rest, named, next_named, squares[1], squares[3]],
            "divide by the two lengths",
        )
    )


@cache
def through_the_plane() -> Theorem:
    """The sharp bound from that of the plane: two vectors of any space can be drawn there."""
    p = Proof(st.THROUGH_THE_PLANE, LINE)
    here, there = st.z(st.t), st.z(st.t + 1)
    moving = p.given(st.MOVING)
    moves = [moving, moving.at(t=st.t + 1)]
    cosine, speed, later = st.cosine(here, there), st.speed(here), st.speed(there)
    unit = p.inequality(
        sp.Ge(1 - cosine**2, 0),
        [
            p.cite(cauchy_schwarz()).at({st.p: st.v(here), st.q: st.v(there)}),
            p.given(st.ANGLE).at({st.x: here, st.y: there}),
            *moves,
        ],
        "so there is a sine",
    )
    drawn = {st.v_1: speed, st.v_2: sp.S.Zero, st.w_1: cosine * later, st.w_2: sp.sqrt(1 - cosine**2) * later}
    changed = _turn(p)
    needed = [
        p.inequality(hypothesis.relation.xreplace(drawn), [unit, changed, *moves], hypothesis.name)
        for hypothesis in st.IN_THE_PLANE.hypotheses[2:]
    ]
    bound = p.cite(in_the_plane(), drawn, using=[unit, *moves, *needed], reason="in the plane")
    lengths = [
        p.inequality(sp.Eq(sp.sqrt(side), size, evaluate=False), [unit, *moves], "as long in the plane")
        for side, size in (
            (sp.expand(speed**2), speed),
            ((drawn[st.w_1] ** 2 + drawn[st.w_2] ** 2), later),
        )
    ]
    return p.qed(p.inequality(st.SHARP.statement, [bound, unit, *lengths, *moves], "and at the same angle"))


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
    lengthy = p.inequality(
        sp.Gt(st.turning_lengths, 0), [lengths, rest, st.POSITIVE, hypotheses["not at the origin"]]
    )
    length = p.inequality(
        sp.Eq(sp.sqrt(st.turning_lengths), st.eps**2 * size * root, evaluate=False),
        [lengths, rest, lengthy, hypotheses["not at the origin"]],
        "the product of the two lengths",
    )
    return p.qed(
        p.inequality(
            st.ATTAINED.statement,
            [length, lengthy, angle, rest, *hypotheses.values()],
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


ALL = (
    law_of_cosines,
    cauchy_schwarz,
    sharp,
    never_stops,
    in_the_plane,
    through_the_plane,
    sharp_form,
    sharper,
    proposition_1,
    attained,
    stretch,
    shrink,
    straight_is_not_smooth,
)
"""Every theorem of the module."""
