"""The proofs of :mod:`imagination.theory.allocation_further`, one function a theorem, each run once."""

from __future__ import annotations

from functools import cache

import sympy as sp

from imagination.theory import allocation_claims as c
from imagination.theory import allocation_further as f
from imagination.theory import axioms as ax
from imagination.theory.allocation_proofs import EVEN, eq, le, tangent, tangents
from imagination.theory.claim import Claim, Hypothesis
from imagination.theory.proof import Fact, Proof, Theorem, World
from imagination.theory.terms import positive

a, p, x, y = c.a, c.p, c.x, c.y
_numbers = {
    **EVEN.numbers, f.m: 1, f.price: 1, f.odds: 1, f.J: 0, f.S_d: 1, f.S_r: 1, f.c_j: 2,
}  # fmt: skip
WORLD = World(_numbers, {})
JOINT = World({**_numbers, f.J: 1, f.S_d: 0, f.S_r: 0}, {})


def _named(claim: Claim) -> dict[str, Hypothesis]:
    return {hypothesis.name: hypothesis for hypothesis in claim.hypotheses}


# -- C5: the price of a wrong multiplier ---------------------------------------------------------------------


def _below(proof: Proof, law: tuple[sp.Expr, sp.Expr], here: sp.Expr, there: sp.Expr, level: sp.Expr) -> Fact:
    """A law at another plan against the tangent with ``level`` times the slope of the one here.

    It touches at ``level^(-1/(1 + exponent)) here``.
    """
    scale, exponent = law
    contact = level ** (-1 / (1 + exponent)) * here
    above = proof.cite(tangent(), {a: scale, p: exponent, x: contact, y: there})
    error = scale * here ** (-exponent)
    form = proof.equality(
        above.formula.lhs,
        error * ((1 + exponent) * level ** (exponent / (1 + exponent)) - exponent * level * there / here),
        reason="the tangent, written from here",
    )
    return proof.inequality(
        le(form.formula.rhs, scale * there ** (-exponent)), [above, form], "the law lies above it"
    )


@cache
def regret() -> Theorem:
    """What a misled plan loses at most, by one tangent for each law with slopes that a common price gives."""
    claim = f.REGRET
    proof = Proof(claim, WORLD)
    dyn = _below(proof, (c.D * c.A_d, c.alpha), c.N_d, c.M_d, f.price * f.m)
    rew = _below(proof, (c.A_r, c.beta), c.N_r, c.M_r, f.price)
    k = positive("k")
    worth = proof.define(k, c.beta * c.eps_r / (c.c_r * c.N_r), "what money is worth to the misled")
    slope_dyn = proof.inequality(
        eq(c.alpha * f.m * c.D * c.eps_d / c.N_d, k * c.c_d), [worth, f.MISLED], "on dynamics"
    )
    slope_rew = proof.inequality(eq(c.beta * c.eps_r / c.N_r, k * c.c_r), [worth], "and on rewards")
    spent = proof.inequality(
        le(f.price * k * c.cost(c.M_d, c.M_r), f.price * k * c.cost(c.N_d, c.N_r)), [c.AFFORDABLE],
        "the other plan costs no more",
    )  # fmt: skip
    moved = proof.inequality(
        le(
            f.price * (c.alpha * f.m * f.x * c.M_d / c.N_d + c.beta * f.y * c.M_r / c.N_r),
            f.price * (c.alpha * f.m * f.x + c.beta * f.y),
        ),
        [slope_dyn, slope_rew, spent],
        "the same in errors",
    )
    return proof.qed(proof.inequality(claim.statement, [dyn, rew, moved], "add both tangents"))


def _at_price(claim: Claim, price: sp.Expr) -> Theorem:
    proof = Proof(claim, WORLD)
    bound = proof.cite(regret(), {f.price: price})
    form = proof.equality(bound.formula.rhs, claim.expression, reason="the other error's part vanishes")
    return proof.qed(proof.inequality(claim.statement, [bound, form], "at this price of money"))


@cache
def regret_dyn() -> Theorem:
    """The price of money at which rewards lose nothing."""
    return _at_price(f.REGRET_DYN, sp.S.One)


@cache
def regret_rew() -> Theorem:
    """The price of money at which dynamics lose nothing."""
    return _at_price(f.REGRET_REW, 1 / f.m)


@cache
def regret_factor() -> Theorem:
    """The smaller of the two parts that are kept is kept of the whole."""
    claim = f.REGRET_FACTOR
    proof = Proof(claim, WORLD)
    bound = proof.cite(regret())
    least = sp.Min(f.kept_dyn(f.price), f.kept_rew(f.price))
    dyn = proof.inequality(le(f.x * least, f.x * f.kept_dyn(f.price)), reason="the smaller part, of dynamics")
    rew = proof.inequality(le(f.y * least, f.y * f.kept_rew(f.price)), reason="and of rewards")
    return proof.qed(proof.inequality(claim.statement, [bound, dyn, rew], "add them"))


@cache
def regret_exact() -> Theorem:
    """At the price that money has at the true optimum, both tangents touch there."""
    claim = f.REGRET_EXACT
    proof = Proof(claim, WORLD)
    named = _named(claim)
    t = positive("t")
    price = proof.define(t, (c.N_r / c.M_r) ** (1 + c.beta), "the price")
    money_rew = proof.equality(
        t ** (c.beta / (1 + c.beta)) * c.eps_r, c.A_r * c.M_r ** (-c.beta), [price], "rewards at that price"
    )
    level = proof.inequality(
        eq(t * f.m, (c.N_d / c.M_d) ** (1 + c.alpha)),
        [price, named["misled"], named["other plan optimal"]],
        "dynamics have the same price",
    )
    root = proof.axiom(ax.POWER_EQUALITY, c.alpha / (1 + c.alpha), using=[level])
    plain = proof.equality(root.formula.rhs * c.eps_d, c.A_d * c.M_d ** (-c.alpha), reason="dynamics there")
    left = proof.inequality(
        eq(t * c.beta * c.eps_r / c.N_r, c.beta * c.A_r * c.M_r ** (-c.beta) / c.M_r), [price],
        "what rewards are worth there",
    )  # fmt: skip
    right = proof.inequality(
        eq(t * c.alpha * f.m * c.eps_d / c.N_d, c.alpha * c.A_d * c.M_d ** (-c.alpha) / c.M_d), [level],
        "what dynamics are worth there",
    )  # fmt: skip
    k = positive("k")
    worth = proof.define(k, c.beta * c.A_r * c.M_r ** (-c.beta) / (c.c_r * c.M_r), "what money is worth")
    on_dyn = proof.inequality(
        eq(c.alpha * c.D * c.A_d * c.M_d ** (-c.alpha), k * c.c_d * c.M_d),
        [worth, named["other plan optimal"]], "spent on dynamics",
    )  # fmt: skip
    on_rew = proof.inequality(
        eq(c.beta * c.A_r * c.M_r ** (-c.beta), k * c.c_r * c.M_r), [worth], "and rewards"
    )
    slope_dyn = proof.inequality(eq(t * c.alpha * f.m * f.x, k * c.c_d * c.N_d), [right, on_dyn], "here too")
    slope_rew = proof.inequality(eq(t * c.beta * f.y, k * c.c_r * c.N_r), [left, on_rew], "for both")
    kept_dyn = proof.inequality(
        eq(f.x * f.kept_dyn(t), (1 + c.alpha) * c.D * c.A_d * c.M_d ** (-c.alpha) - k * c.c_d * c.N_d),
        [root, plain, slope_dyn], "so this part of the dynamics error is kept",
    )  # fmt: skip
    kept_rew = proof.inequality(
        eq(f.y * f.kept_rew(t), (1 + c.beta) * c.A_r * c.M_r ** (-c.beta) - k * c.c_r * c.N_r),
        [money_rew, slope_rew], "and this of the reward error",
    )  # fmt: skip
    total = proof.inequality(
        eq(claim.quantity, f.x * (1 - f.kept_dyn(t)) + f.y * (1 - f.kept_rew(t))),
        [kept_dyn, kept_rew, on_dyn, on_rew, named["same cost"]], "together all of it",
    )  # fmt: skip
    form = proof.equality(total.formula.rhs, claim.expression, [price], "write the price out")
    return proof.qed(proof.inequality(claim.statement, [total, form], "which is the bound at that price"))


@cache
def regret_equal() -> Theorem:
    """With equal exponents the misled plan is the optimum, stretched."""
    claim = f.REGRET_EQUAL
    proof = Proof(claim, WORLD)
    named = _named(claim)
    s, r = positive("s r")
    stretch = proof.define(s, f.m ** (1 / (1 + c.alpha)), "how much the ratio of the samples is off")
    ratios = proof.inequality(
        eq((c.N_d / c.N_r) ** (1 + c.alpha), f.m * (c.M_d / c.M_r) ** (1 + c.alpha)),
        [named["misled"], named["other plan optimal"]], "divide one balance by the other",
    )  # fmt: skip
    root = proof.axiom(ax.POWER_EQUALITY, 1 / (1 + c.alpha), using=[ratios])
    split = proof.equality(root.formula.rhs, s * c.M_d / c.M_r, [stretch], "the root of a product")
    ratio = proof.inequality(eq(c.N_d / c.N_r, s * c.M_d / c.M_r), [root, split], "so the ratio is stretched")
    less = proof.define(r, (1 + f.odds) / (1 + f.odds * s), "what is left of the rewards")
    rew = proof.inequality(
        eq(c.N_r, r * c.M_r), [ratio, less, named["odds"], named["same cost"]], "the same money buys"
    )
    dyn = proof.inequality(eq(c.N_d, s * r * c.M_d), [ratio, rew], "and of dynamics")
    dyn_power = proof.axiom(ax.POWER_EQUALITY, -c.alpha, using=[dyn])
    rew_power = proof.axiom(ax.POWER_EQUALITY, -c.alpha, using=[rew])
    parts = proof.inequality(
        eq(c.D * c.A_d * c.M_d ** (-c.alpha), f.odds * c.A_r * c.M_r ** (-c.alpha)),
        [named["other plan optimal"], named["odds"]], "at the optimum errors are to each other as the money",
    )  # fmt: skip
    quotient = proof.inequality(
        eq(claim.quantity, r ** (-c.alpha) * (1 + f.odds * s ** (-c.alpha)) / (1 + f.odds)),
        [dyn_power, rew_power, parts], "the quotient of the errors",
    )  # fmt: skip
    known = [quotient, less, stretch]
    return proof.qed(proof.equality(claim.quantity, claim.expression, known, "write both factors out"))


# -- whole samples, and at least so many ---------------------------------------------------------------------


def _rounded(proof: Proof, named: dict[str, Hypothesis]) -> Fact:
    """Both errors after rounding down."""
    parts = []
    for law, exponent, before, after, name in (
        (c.D * c.A_d, c.alpha, c.N_d, c.M_d, "dynamics rounded down"),
        (c.A_r, c.beta, c.N_r, c.M_r, "rewards rounded down"),
    ):
        factor = proof.inequality(
            le(before / after, 1 + 1 / after), [named[name]], "at most one sample is lost"
        )
        sign = proof.inequality(sp.Gt(exponent, 0, evaluate=False), reason="the exponent is positive")
        power = proof.axiom(ax.POWER_ORDER, exponent, using=[factor, sign])
        parts.append(
            proof.inequality(
                le(law * after ** (-exponent), law * before ** (-exponent) * (1 + 1 / after) ** exponent),
                [power], "times the error before",
            )
        )  # fmt: skip
    return proof.inequality(f.ROUNDED.statement, parts, "add both")


@cache
def rounded() -> Theorem:
    """Rounding down costs at most one sample of each kind."""
    proof = Proof(f.ROUNDED, WORLD)
    return proof.qed(_rounded(proof, _named(f.ROUNDED)))


@cache
def rounded_slow() -> Theorem:
    """Bernoulli's inequality for the factor."""
    claim = f.ROUNDED_SLOW
    proof = Proof(claim, WORLD)
    named = _named(claim)
    whole = proof.cite(rounded())
    factors = []
    for exponent, after, name in ((c.alpha, c.M_d, "alpha <= 1"), (c.beta, c.M_r, "beta <= 1")):
        sign = proof.inequality(le(0, exponent), reason="the exponent is positive")
        factors.append(proof.axiom(ax.BERNOULLI, 1 + 1 / after, exponent, using=[sign, named[name]]))
    return proof.qed(proof.inequality(claim.statement, [whole, *factors], "times the errors"))


def _fewest(claim: Claim) -> Theorem:
    proof = Proof(claim, WORLD)
    named = _named(claim)
    above = tangents(proof, c.M_d, c.M_r)
    return proof.qed(
        proof.inequality(
            claim.statement, [*above, named["fewest"], named["worth less"], named["affordable"]],
            "money moved to where more samples are allowed is worth less",
        )
    )  # fmt: skip


@cache
def fewest_dyn() -> Theorem:
    """The best plan with at least so many dynamics samples."""
    return _fewest(f.FEWEST_DYN)


@cache
def fewest_rew() -> Theorem:
    """The best plan with at least so many reward labels."""
    return _fewest(f.FEWEST_REW)


# -- samples that carry both labels --------------------------------------------------------------------------


def _joint(claim: Claim, world: World, *names: str) -> Theorem:
    """Both tangents, and the claim's own condition on what the labels of another plan are worth."""
    proof = Proof(claim, world)
    named = _named(claim)
    above = tangents(proof, c.M_d, c.M_r)
    labels = [
        named["dynamics labels"],
        named["reward labels"],
        *(h for h in claim.hypotheses if ">= 0" in h.name),
    ]
    # In units of error: what the other plan's labels are worth, at most what its money is worth here.
    worth = proof.inequality(
        le(c.alpha * f.x * c.M_d / c.N_d + c.beta * f.y * c.M_r / c.N_r, c.alpha * f.x + c.beta * f.y),
        [*labels, named["affordable"], *(named[name] for name in names)],
        "the other plan's labels are worth no more than the money they cost",
    )
    return proof.qed(proof.inequality(claim.statement, [*above, worth], "add both tangents"))


@cache
def joint_never() -> Theorem:
    """A joint sample that saves nothing is two single ones."""
    return _joint(f.JOINT_NEVER, WORLD, "c_joint >= c_dyn + c_rew", "stationary")


@cache
def joint_only() -> Theorem:
    """No single sample is worth its price."""
    return _joint(f.JOINT_ONLY, JOINT, "as many of each", "no single transitions", "no single rewards")


@cache
def joint_and_dynamics() -> Theorem:
    """Theorem 1 with the price that a reward adds to a transition."""
    return _joint(f.JOINT_AND_DYNAMICS, JOINT, "c_joint <= c_dyn + c_rew", "stationary")


@cache
def joint_and_rewards() -> Theorem:
    """Theorem 1 with the price that a transition adds to a reward."""
    return _joint(f.JOINT_AND_REWARDS, JOINT, "c_joint <= c_dyn + c_rew", "stationary")


# -- elasticities --------------------------------------------------------------------------------------------


@cache
def elasticity(what: str, code: str) -> Theorem:
    """How the optimum moves with one input: the amplitude of the reward error is put in from the balance."""
    claim = f.ELASTICITIES[what, code]
    proof = Proof(claim, WORLD)
    balance = proof.inequality(
        eq(c.A_r, c.alpha * c.D * c.eps_d * c.c_r * c.N_r * c.N_r**c.beta / (c.beta * c.c_d * c.N_d)),
        [c.STATIONARY], "the balance, solved for one constant",
    )  # fmt: skip
    known = [balance]
    if code == "budget":
        known.append(
            proof.inequality(eq(c.B, c.cost(c.N_d, c.N_r)), [_named(claim)["budget"]], "all is spent")
        )
    return proof.qed(proof.equality(claim.quantity, claim.expression, known, "put it in and simplify"))


def proofs() -> dict[str, Theorem]:
    """All theorems of this module but the elasticities, by the names of their functions."""
    return {
        made.__name__: made()
        for made in (
            regret, regret_dyn, regret_rew, regret_factor, regret_exact, regret_equal, rounded, rounded_slow,
            fewest_dyn, fewest_rew, joint_never, joint_only, joint_and_dynamics, joint_and_rewards,
        )
    }  # fmt: skip
