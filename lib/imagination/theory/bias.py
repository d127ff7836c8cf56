r"""What a bias of the rewards does to an estimate, and a bias that does nothing: Proposition 2 and shaping.

The estimate is supposed to have mean :math:`\nabla J_H + \nabla B_H`. That of the discounted estimator has:
:data:`imagination.theory.policy_gradient.FROZEN` and :data:`imagination.theory.which_gradient.GRADIENT`.
"""

from __future__ import annotations

from functools import cache

import sympy as sp

from imagination.theory import axioms as ax
from imagination.theory import fidelity_claims as fc
from imagination.theory import policy_gradient as pg
from imagination.theory import policy_gradient_proofs as proofs
from imagination.theory import reward_noise as rn
from imagination.theory import worlds as w
from imagination.theory.claim import Claim, Hypothesis
from imagination.theory.proof import Proof, Theorem, World
from imagination.theory.terms import mapping, natural, point, real

j, n, t, d, H, gamma = pg.j, pg.n, pg.t, rn.d, pg.H, pg.gamma
_ZERO = sp.Integer(0)

# -- E2: the error of an estimate ----------------------------------------------------------------------------

average = point("y", "average")
law = mapping("R", (), "law of average")()
estimate = mapping("ghat", ("natural", "average"))
gradient, bias_gradient = (mapping(name, ("natural",)) for name in (r"\partial{J}", r"\partial{B}"))


def _expected(term: sp.Expr) -> sp.Expr:
    return pg.expected(law, average, term)


def _coordinates(term: sp.Expr) -> sp.Sum:
    return sp.Sum(term, (j, 0, d - 1))


_g = estimate(j, average)
_MEAN = Hypothesis("mean of the estimate", sp.Eq(_expected(_g), gradient(j) + bias_gradient(j)))
_VARIANCE = Hypothesis(
    "variance of an average", sp.Eq(_coordinates(_expected(_g**2) - _expected(_g) ** 2), fc.v_biased / fc.K),
    "trace of the covariance; a K-th of one rollout's, by the theorem on averages",
)  # fmt: skip
_NORM = Hypothesis("norm of the bias", sp.Eq(_coordinates(bias_gradient(j) ** 2), fc.beta**2))

SQUARED_ERROR = Claim(
    name="Proposition 2",
    source="[TSGLH26, Prop. 2]",
    symbols=(fc.BIASED, fc.BIAS, fc.ROLLOUTS, rn.PARAMETERS),
    hypotheses=(fc.above_0(fc.ROLLOUTS), _MEAN, _VARIANCE, _NORM),
    quantity=_coordinates(_expected((_g - gradient(j)) ** 2)),
    expression=fc.SQUARED_ERROR,
    relation="==",
    meaning="variance falls with the number of rollouts, bias does not",
)

# -- E5: shaping ---------------------------------------------------------------------------------------------

y = real("y")
outcome = point("z", "rollout")
of_parameters = mapping("P", ("real",), "law of rollout")
potential = mapping("Phi", ("natural", "rollout"))
first = mapping("c", ())()
B = mapping("B", ("real",))


def shaped(steps: sp.Expr) -> sp.Sum:
    """The discounted sum of what shaping adds to the rewards of a rollout."""
    gain = gamma * potential(t + 1, outcome) - potential(t, outcome)
    return sp.Sum(gamma**t * gain, (t, 0, steps - 1))


TELESCOPE = Claim(
    name="Shaping telescopes",
    source="[Ng et al. 1999]",
    symbols=(w.GAMMA,),
    hypotheses=(),
    quantity=shaped(n),
    expression=gamma**n * potential(n, outcome) - potential(0, outcome),
    relation="==",
    variables=(n, outcome),
    meaning="only the last and the first potential remain",
)
HARMLESS = Claim(
    name="Shaping has no gradient",
    source="[Ng et al. 1999; this book]",
    symbols=(w.GAMMA, w.HORIZON),
    hypotheses=(
        Hypothesis("what shaping adds", sp.Eq(B(y), pg.expected(of_parameters(y), outcome, shaped(H)))),
        Hypothesis("no potential at the end", sp.Eq(potential(H, outcome), 0)),
        Hypothesis(
            "the start does not depend on the parameters",
            sp.Eq(pg.expected(of_parameters(y), outcome, potential(0, outcome)), first),
        ),
    ),
    quantity=B(y),
    expression=-first,
    relation="==",
    variables=(y,),
    meaning="the same for all parameters, so its gradient is 0",
)

_J, _N = natural("J N")
_Y = real("Y")
STILL = World(
    {fc.v_biased: 0, fc.beta: 0, fc.K: 1, d: 1, gamma: 0, H: 3},
    {
        law.func: sp.Lambda((), _ZERO),
        estimate: sp.Lambda((_J, _Y), _ZERO),
        gradient: sp.Lambda(_J, _ZERO),
        bias_gradient: sp.Lambda(_J, _ZERO),
        of_parameters: sp.Lambda(_Y, _ZERO),
        potential: sp.Lambda((_N, _Y), _ZERO),
        first.func: sp.Lambda((), _ZERO),
        B: sp.Lambda(_Y, _ZERO),
    },
)


@cache
def squared_error() -> Theorem:
    """Mean squared error is variance plus squared bias."""
    p = Proof(SQUARED_ERROR, STILL)
    mean, variance, norm = map(p.given, (_MEAN, _VARIANCE, _NORM))
    error = p.axiom(ax.LINEAR, average, law, (_g - gradient(j)) ** 2)
    spread = _expected(_g**2) - _expected(_g) ** 2
    each = p.equality(
        error.formula.lhs, spread + bias_gradient(j) ** 2, [error, mean], "variance plus squared bias"
    )
    total = p.equality(
        SQUARED_ERROR.quantity,
        _coordinates(spread + bias_gradient(j) ** 2),
        [each],
        "coordinate by coordinate",
    )
    apart = proofs.split(p, spread + bias_gradient(j) ** 2, j, d)
    gathered = proofs.split(p, spread, j, d)
    return p.qed(
        p.equality(
            SQUARED_ERROR.quantity,
            SQUARED_ERROR.expression,
            [total, apart, gathered, variance, norm],
            "added up",
        )
    )


@cache
def telescope() -> Theorem:
    """Each potential is paid out at one step and taken back at the next."""
    p = Proof(TELESCOPE)
    return p.qed(p.induction(TELESCOPE.statement, n, reason="one term more on both sides"))


@cache
def harmless() -> Theorem:
    """What shaping adds to the return does not depend on the parameters."""
    p = Proof(HARMLESS, STILL)
    added, last, start = map(p.given, HARMLESS.hypotheses)
    sums = p.cite(telescope()).at(n=H)
    rest = p.equality(
        pg.expected(of_parameters(y), outcome, shaped(H)),
        pg.expected(of_parameters(y), outcome, -potential(0, outcome)), [sums, last], "it telescopes",
    )  # fmt: skip
    minus = p.axiom(ax.LINEAR, outcome, of_parameters(y), -potential(0, outcome))
    return p.qed(p.equality(B(y), -first, [added, rest, minus, start], "only the first potential remains"))
