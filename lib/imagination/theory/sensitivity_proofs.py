"""The proofs of :mod:`imagination.theory.sensitivity`."""

from __future__ import annotations

from functools import cache

import sympy as sp

from imagination.theory import return_gap_proofs as lemma
from imagination.theory import sensitivity as se
from imagination.theory import worlds as w
from imagination.theory.proof import Proof, Theorem, World
from imagination.theory.terms import natural, real

_X, _Y = real("X Y")
_N = natural("N")
_half = sp.Rational(1, 2)

# Numbers for nudges and for costates, paired by multiplication: nudges halve at each step, every error is 1,
# and no reward counts the state.
LINE = World(
    {w.gamma: _half, w.H: 3},
    {
        se.pairing: sp.Lambda((_X, _Y), _X * _Y),
        se.push: sp.Lambda((_N, _X), _X / 2),
        se.pull: sp.Lambda((_N, _X), _X / 2),
        se.delta: sp.Lambda(_N, 2 - 2 * _half**_N),
        se.e: sp.Lambda(_N, sp.S.One),
        se.g: sp.Lambda(_N, sp.S.Zero),
        se.lam: sp.Lambda(_N, sp.S.Zero),
    },
)


@cache
def adjoint() -> Theorem:
    """The first-order change of n steps with what is still to come: one step of each recursion cancels."""
    p = Proof(se.ADJOINT, LINE)
    n = se.n
    nudge, next_costate = se.delta(n), se.lam(n + 1)
    start = p.given(se.NO_NUDGE).at({se.costate_point: se.lam(0)})
    tangent = p.given(se.TANGENT).at({w.t: n, se.costate_point: next_costate})
    transpose = p.given(se.TRANSPOSE).at({w.t: n, se.costate_point: next_costate, se.nudge_point: nudge})
    adjoint_step = p.given(se.ADJOINT_STEP).at({w.t: n, se.nudge_point: nudge})
    one_step = p.equality(
        se.pairing(se.lam(n), nudge),
        w.gamma**n * se.pairing(se.g(n), nudge)
        + se.pairing(next_costate, se.delta(n + 1))
        - se.pairing(next_costate, se.e(n)),
        [tangent, transpose, adjoint_step],
        "carry the nudge forwards or the costate backwards: the Jacobian is the same",
    )
    return p.qed(
        p.induction(
            se.ADJOINT.statement, n, [start, one_step], "add one step; what was still to come cancels"
        )
    )


@cache
def first_order() -> Theorem:
    """Costates that start from zero at the end of the rollout."""
    p = Proof(se.FIRST_ORDER, LINE)
    general = p.cite(adjoint()).at(n=w.H)
    ends = next(h for h in se.FIRST_ORDER.hypotheses if h.name == "nothing after the end")
    last = p.given(ends).at({se.nudge_point: se.delta(w.H)})
    return p.qed(
        p.equality(
            se.FIRST_ORDER.quantity, se.FIRST_ORDER.expression, [general, last], "nothing is still to come"
        )
    )


@cache
def never_too_small() -> Theorem:
    """Lemma 1 without an error of the reward, counted in constant errors of the reward."""
    claim = se.NEVER_TOO_SMALL
    world = World(
        {**lemma.LINE.numbers, w.J_hat_inf: sp.Rational(8, 3)}, {**lemma.LINE.maps, **_EXACT_REWARD}
    )
    p = Proof(claim, world)
    zero = sp.Integer(0)
    bound = p.cite(lemma.lemma_1(), {w.eps_rew: zero}, reason="Lemma 1, where only the dynamics err")
    sign = p.inequality(sp.Gt(1 - w.gamma, 0), [*w.DISCOUNT], "discounting is real")
    same = p.equality(
        (1 - w.gamma) * bound.formula.rhs,
        claim.expression,
        [*w.DISCOUNT, w.CONTRACTION],
        "the discounts' sum cancels",
    )
    return p.qed(
        p.inequality(claim.statement, [bound, sign, same], "a constant reward error of 1 adds 1/(1 - gamma)")
    )


_shrunk = sp.Rational(16, 3) * (1 - sp.Rational(1, 4) ** _N)
_EXACT_REWARD = {
    w.r_hat: lemma.LINE.maps[w.r],
    w.J_hat: sp.Lambda(_N, 8 * (1 - _half**_N) - _shrunk),
}
