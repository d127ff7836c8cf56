r"""Realised sensitivities: what an adjoint pass computes, and why a global multiplier errs on one side.

A small error moves the state of a rollout by a *nudge* :math:`\delta_t`. To first order :math:`\delta_{t+1} =
F_t \delta_t + e_t`, where :math:`F_t` is the closed loop's Jacobian and :math:`e_t` the error of step t, and
the return moves by :math:`\sum_t \gamma^t \langle g_t, \delta_t \rangle`, where :math:`g_t` is the slope of
the reward. The costate obeys :math:`\lambda_t = \gamma^t g_t + F_t^\top \lambda_{t+1}`. Nudges and costates
are points of two spaces that a pairing joins, so what is proved here holds in
every dimension. The proofs are in :mod:`imagination.theory.sensitivity_proofs`.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from imagination.theory import allocation_claims, return_gap
from imagination.theory import worlds as w
from imagination.theory.claim import Claim, Hypothesis
from imagination.theory.terms import mapping, point

n, t = w.n, w.t

nudge_point = point("v", "nudge")
costate_point = point("m", "costate")
pairing = mapping("p", ("costate", "nudge"))
delta, e = (mapping(name, ("natural",), "nudge") for name in ("delta", "e"))
lam, g = (mapping(name, ("natural",), "costate") for name in ("lambda", "g"))
push = mapping("F", ("natural", "nudge"), "nudge")
pull = mapping(r"F^{\top}", ("natural", "costate"), "costate")

NO_NUDGE = Hypothesis(
    "same start", sp.Eq(pairing(costate_point, delta(0)), 0), "both rollouts start in the same state"
)
TANGENT = Hypothesis(
    "tangent step",
    sp.Eq(
        pairing(costate_point, delta(t + 1)),
        pairing(costate_point, push(t, delta(t))) + pairing(costate_point, e(t)),
    ),
    "the old nudge, moved by the closed loop's Jacobian, and one new error",
)
TRANSPOSE = Hypothesis(
    "transpose",
    sp.Eq(pairing(pull(t, costate_point), nudge_point), pairing(costate_point, push(t, nudge_point))),
    "what the transposed Jacobian is",
)
ADJOINT_STEP = Hypothesis(
    "adjoint step",
    sp.Eq(
        pairing(lam(t), nudge_point),
        w.gamma**t * pairing(g(t), nudge_point) + pairing(pull(t, lam(t + 1)), nudge_point),
    ),
    "the reward's slope now, and what the nudge does later",
)

moved = sp.Sum(w.gamma**t * pairing(g(t), delta(t)), (t, 0, n - 1))
priced = sp.Sum(pairing(lam(t + 1), e(t)), (t, 0, n - 1))

ADJOINT = Claim(
    name="Costates price errors",
    source="[GW08]",
    symbols=(w.GAMMA,),
    hypotheses=(NO_NUDGE, TANGENT, TRANSPOSE, ADJOINT_STEP),
    quantity=moved + pairing(lam(n), delta(n)),
    expression=priced,
    relation="==",
    variables=(n,),
    meaning="with a last costate of zero: the first-order change of the return is errors times costates",
)

FIRST_ORDER = Claim(
    name="The first-order change of the return",
    source="[GW08]",
    symbols=(w.GAMMA, w.HORIZON),
    hypotheses=(
        *ADJOINT.hypotheses,
        Hypothesis("nothing after the end", sp.Eq(pairing(lam(w.H), nudge_point), 0), "where adjoints start"),
    ),
    quantity=moved.xreplace({n: w.H}),
    expression=priced.xreplace({n: w.H}),
    relation="==",
    meaning="one pass backwards, and every error has its price",
)

_dynamics_alone: dict[Any, Any] = {w.eps_rew: sp.Integer(0)}


def _without_reward_error(hypothesis: Hypothesis) -> Hypothesis:
    relation = hypothesis.relation.xreplace(_dynamics_alone)
    return Hypothesis(hypothesis.name, relation, hypothesis.meaning)


NEVER_TOO_SMALL = Claim(
    name="The global multiplier is never too small",
    source="[this book, from TSGLH26, Lemma 1]",
    symbols=tuple(q for q in return_gap.LEMMA_1.symbols if q is not w.EPS_REW),
    hypotheses=tuple(h for h in return_gap.LEMMA_1.hypotheses if h != w.nonnegative(w.EPS_REW)),
    quantity=(1 - w.gamma) * return_gap.LEMMA_1.quantity,
    expression=allocation_claims.MULTIPLIER.expression * w.eps_dyn,
    meaning="where only the dynamics err, the gap is at most that of a reward error D times as large",
)
