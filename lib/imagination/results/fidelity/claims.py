r"""What to pay for a label: Corollary 2, the whole objective, and up to when a bias is worth it.

A rollout whose rewards are labelled at cost :math:`c` has noise of variance :math:`\sigma^2(c)`, and it costs
:math:`c_0` before it is labelled. A budget :math:`B` buys :math:`B/(c_0 + c)` rollouts, and the variance of
their average is :math:`\Psi(c)/B` with :math:`\Psi(c) = (c_0 + c)(V + \kappa \sigma^2(c))`.
"""

from __future__ import annotations

import sympy as sp

from imagination.claim import Claim, Hypothesis, Quantity
from imagination.claim import positive as above_0
from imagination.symbols import positive, real

# Positive numbers may be bases of powers with real exponents.
c, b, c_max, A, p, q, B, K = positive(r"c b c_{\max} A p q B K")
c_0, V, kappa, sigma_f, sigma_0, s = real(r"c_0 V kappa sigma_f sigma_0 s")

COST = Quantity(c, "cost", "cost of labelling one rollout")
REFERENCE = Quantity(b, "reference", "a cost that is compared with others")
FIXED = Quantity(c_0, "fixed_cost", "cost of a rollout before it is labelled")
NOISE_FREE = Quantity(V, "noise_free_variance", "variance of one rollout's estimate without noise")
FACTOR = Quantity(kappa, "noise_factor", "variance that noise of variance 1 adds to one rollout's estimate")
AMPLITUDE = Quantity(A, "amplitude", "noise variance that is bought down, at cost 1")
EXPONENT = Quantity(p, "exponent", "how fast noise falls with cost")
EXCESS = Quantity(q, "excess", "exponent minus 1")
NOISE_FREE_COST = Quantity(c_max, "noise_free_cost", "cost at which a label has no noise")
FLOOR = Quantity(sigma_f, "floor", "standard deviation of the noise that no money removes")
LARGEST = Quantity(sigma_0, "largest", "standard deviation of the noise of a free label")
NOISE = Quantity(s, "noise", "variance of the noise")
BUDGET = Quantity(B, "budget", "what may be spent in all")
ROLLOUTS = Quantity(K, "rollouts", "number of rollouts that are averaged")


def at_least_0(quantity: Quantity) -> Hypothesis:
    """That a quantity is nonnegative, under the name of its code."""
    return Hypothesis(f"{quantity.code} >= 0", sp.Ge(quantity.symbol, 0), quantity.meaning)


# -- noise as a function of cost -----------------------------------------------------------------------------

POWER_NOISE = Claim(
    name="Noise by a power law", source="[TSGLH26, Cor. 2]",
    symbols=(COST, AMPLITUDE, EXPONENT, NOISE),
    hypotheses=(above_0(COST), above_0(AMPLITUDE), above_0(EXPONENT)),
    quantity=s, expression=A * c ** (-p), relation="==",
)  # fmt: skip
BOUNDED_NOISE = Claim(
    name="Bounded noise", source="[TSGLH26, Cor. 2]",
    symbols=(COST, LARGEST, NOISE_FREE_COST, NOISE),
    hypotheses=(above_0(NOISE_FREE_COST), at_least_0(LARGEST), above_0(COST),
                Hypothesis("cost <= noise_free_cost", sp.Le(c, c_max), "more buys nothing")),
    quantity=s, expression=sigma_0**2 * (1 - c / c_max), relation="==",
)  # fmt: skip
FLOOR_NOISE = Claim(
    name="Noise with a floor", source="[TSGLH26, Cor. 2]",
    symbols=(COST, AMPLITUDE, FLOOR, NOISE),
    hypotheses=(above_0(COST), above_0(AMPLITUDE), at_least_0(FLOOR)),
    quantity=s, expression=sigma_f**2 + A / c, relation="==",
)  # fmt: skip

# -- what is minimised ---------------------------------------------------------------------------------------

_SETTING = tuple(map(at_least_0, (FIXED, NOISE_FREE, FACTOR)))


def objective(noise: sp.Expr, cost: sp.Expr = c) -> sp.Expr:
    """Psi for a noise variance: cost of a rollout times variance of its estimate."""
    return (c_0 + cost) * (V + kappa * noise)


OBJECTIVE = Claim(
    name="Variance that a budget buys", source="[this book]",
    symbols=(COST, FIXED, NOISE_FREE, FACTOR, NOISE, BUDGET, ROLLOUTS),
    hypotheses=(*map(above_0, (COST, BUDGET, ROLLOUTS)), *_SETTING, at_least_0(NOISE),
                Hypothesis("the budget is spent", sp.Eq(K * (c_0 + c), B))),
    quantity=(V + kappa * s) / K, expression=objective(s) / B, relation="==",
    meaning="the variance of the average of the rollouts",
)  # fmt: skip

PHI = Claim(
    name="Added variance that a budget buys", source="[TSGLH26, Cor. 2]",
    symbols=(COST, FACTOR, NOISE, BUDGET, ROLLOUTS),
    hypotheses=(*map(above_0, (COST, BUDGET, ROLLOUTS)), at_least_0(FACTOR), at_least_0(NOISE),
                Hypothesis("the budget is spent", sp.Eq(K * c, B))),
    quantity=kappa * s / K, expression=kappa * (c * s) / B, relation="==",
    meaning="proportional to c times the noise at c, where a rollout costs nothing but its labels",
)  # fmt: skip


def at(noise: Claim, cost: sp.Expr) -> sp.Expr:
    """A noise law's variance at some cost."""
    return noise.expression.xreplace({c: cost})


# -- three regimes of c sigma^2(c) ---------------------------------------------------------------------------

_DEARER = Hypothesis("reference <= cost", sp.Le(b, c, evaluate=False))
_POWERS = (above_0(COST), above_0(REFERENCE), above_0(AMPLITUDE), above_0(EXPONENT))
_SYMBOLS = (COST, REFERENCE, AMPLITUDE, EXPONENT)
_phi = {cost: cost * at(POWER_NOISE, cost) for cost in (b, c)}

BUY_FIDELITY = Claim(
    "Corollary 2, p > 1", "[TSGLH26, Cor. 2]", _SYMBOLS,
    (*_POWERS, Hypothesis("exponent > 1", sp.Gt(p, 1), "noise falls faster than money is spent"), _DEARER),
    _phi[c], _phi[b], meaning="the dearer label is the better one",
)  # fmt: skip
BUY_ROLLOUTS = Claim(
    "Corollary 2, p < 1", "[TSGLH26, Cor. 2]", _SYMBOLS,
    (*_POWERS, Hypothesis("exponent < 1", sp.Lt(p, 1), "noise falls slower than money is spent"), _DEARER),
    _phi[b], _phi[c], meaning="the cheaper label is the better one",
)  # fmt: skip
INDIFFERENT = Claim(
    "Corollary 2, p = 1", "[TSGLH26, Cor. 2]", _SYMBOLS,
    (*_POWERS, Hypothesis("exponent = 1", sp.Eq(p, 1))),
    _phi[c], _phi[b], relation="==", meaning="every label is as good",
)  # fmt: skip
BOTH_ENDS = Claim(
    "Corollary 2, bounded noise", "[TSGLH26, Cor. 2]", (COST, REFERENCE, LARGEST, NOISE_FREE_COST),
    (*map(above_0, (COST, REFERENCE, NOISE_FREE_COST)), at_least_0(LARGEST), _DEARER,
     Hypothesis("cost <= noise_free_cost", sp.Le(c, c_max))),
    sp.Min(b * at(BOUNDED_NOISE, b), c_max * at(BOUNDED_NOISE, c_max)), c * at(BOUNDED_NOISE, c),
    meaning="of all costs from b to c_max one of the two ends is best",
)  # fmt: skip
CHEAPEST = Claim(
    "Corollary 2, floor", "[TSGLH26, Cor. 2]", (COST, REFERENCE, AMPLITUDE, FLOOR),
    (*map(above_0, (COST, REFERENCE, AMPLITUDE)), at_least_0(FLOOR), _DEARER),
    b * at(FLOOR_NOISE, b), c * at(FLOOR_NOISE, c), meaning="the cheaper label is the better one",
)  # fmt: skip

# -- the whole objective -------------------------------------------------------------------------------------

# c times the derivative of Psi; its sign says on which side of c the best cost lies.
SLOPE = Claim(
    "Slope of the objective, power law", "[this book]",
    (COST, FIXED, NOISE_FREE, FACTOR, AMPLITUDE, EXPONENT),
    (*map(above_0, (COST, AMPLITUDE, EXPONENT)), *_SETTING),
    c * sp.diff(objective(POWER_NOISE.expression), c),
    c * V + kappa * POWER_NOISE.expression * (c * (1 - p) - c_0 * p), relation="==",
)  # fmt: skip


def slope(cost: sp.Expr) -> sp.Expr:
    """What :data:`SLOPE` says, at some cost."""
    return SLOPE.expression.xreplace({c: cost})


_WHOLE = (COST, REFERENCE, FIXED, NOISE_FREE, FACTOR, AMPLITUDE, EXPONENT)
_WHOLE_SIGNS = (*map(above_0, (COST, REFERENCE, AMPLITUDE, EXPONENT)), *_SETTING)


def psi(noise: Claim, cost: sp.Expr) -> sp.Expr:
    """The objective under a noise law, at some cost."""
    return objective(at(noise, cost), cost)


MINIMUM = Claim(
    "Where the slope vanishes", "[this book]", _WHOLE,
    (*_WHOLE_SIGNS, Hypothesis("slope = 0", sp.Eq(slope(b), 0))),
    psi(POWER_NOISE, b), psi(POWER_NOISE, c), meaning="there is the best cost of all",
)  # fmt: skip
CHEAPER = Claim(
    "Where the objective rises", "[this book]", _WHOLE,
    (*_WHOLE_SIGNS, Hypothesis("slope >= 0", sp.Ge(slope(b), 0)), _DEARER),
    psi(POWER_NOISE, b), psi(POWER_NOISE, c), meaning="no dearer label is better",
)  # fmt: skip
DEARER = Claim(
    "Where the objective falls", "[this book]", _WHOLE,
    (*_WHOLE_SIGNS, Hypothesis("slope <= 0", sp.Le(slope(b), 0)),
     Hypothesis("cost <= reference", sp.Le(c, b, evaluate=False))),
    psi(POWER_NOISE, b), psi(POWER_NOISE, c), meaning="no cheaper label is better",
)  # fmt: skip

_v, _k, _c0 = positive("V kappa c_0")
POSITIVE_V = Quantity(_v, "noise_free_variance", NOISE_FREE.meaning)
POSITIVE_FACTOR = Quantity(_k, "noise_factor", FACTOR.meaning)
POSITIVE_FIXED = Quantity(_c0, "fixed_cost", FIXED.meaning)


def _whole_cost(cost: sp.Expr) -> sp.Expr:
    """The objective of a power law with p = 1 + q, where a rollout costs nothing but its label."""
    return psi(POWER_NOISE, cost).xreplace({p: 1 + q, c_0: sp.S.Zero, V: _v, kappa: _k})


def _noise_only(cost: sp.Expr) -> sp.Expr:
    """The objective of a power law without noise-free variance."""
    return psi(POWER_NOISE, cost).xreplace({V: sp.S.Zero, c_0: _c0})


def _with_floor(cost: sp.Expr) -> sp.Expr:
    return psi(FLOOR_NOISE, cost).xreplace({kappa: _k, c_0: _c0})


# Each optimum is written here, and nowhere else.
POWER_OPTIMUM = (q * _k * A / _v) ** (1 / (1 + q))
NO_VARIANCE_OPTIMUM = _c0 * p / (1 - p)
FLOOR_OPTIMUM = sp.sqrt(_c0 * _k * A / (V + _k * sigma_f**2))

INTERIOR = Claim(
    "Power law, p > 1, no fixed cost", "[this book]", (COST, POSITIVE_V, POSITIVE_FACTOR, AMPLITUDE, EXCESS),
    tuple(map(above_0, (COST, POSITIVE_V, POSITIVE_FACTOR, AMPLITUDE, EXCESS))),
    quantity=_whole_cost(POWER_OPTIMUM), expression=_whole_cost(c),
    meaning="a dearer label costs rollouts that the noise-free variance needs",
)  # fmt: skip
FIXED_COST_ONLY = Claim(
    "Power law, p < 1, no noise-free variance", "[this book]",
    (COST, POSITIVE_FIXED, FACTOR, AMPLITUDE, EXPONENT),
    (*map(above_0, (COST, POSITIVE_FIXED, AMPLITUDE, EXPONENT)), at_least_0(FACTOR),
     Hypothesis("exponent < 1", sp.Lt(p, 1))),
    quantity=_noise_only(NO_VARIANCE_OPTIMUM), expression=_noise_only(c),
    meaning="a rollout that is paid for anyway deserves some label",
)  # fmt: skip
FLOOR_INTERIOR = Claim(
    "Floor, with a fixed cost", "[this book]",
    (COST, POSITIVE_FIXED, NOISE_FREE, POSITIVE_FACTOR, AMPLITUDE, FLOOR),
    (*map(above_0, (COST, POSITIVE_FIXED, POSITIVE_FACTOR, AMPLITUDE)), *map(at_least_0, (NOISE_FREE, FLOOR)),
     Hypothesis("something remains", sp.Gt(V + _k * sigma_f**2, 0), "variance that no money removes")),
    quantity=_with_floor(FLOOR_OPTIMUM), expression=_with_floor(c),
    meaning="with floor 0 this is the power law with p = 1",
)  # fmt: skip

_BOUNDED = (COST, REFERENCE, FIXED, NOISE_FREE, FACTOR, LARGEST, NOISE_FREE_COST)
_BOUNDED_SIGNS = (*map(above_0, (COST, REFERENCE, NOISE_FREE_COST)), *_SETTING, at_least_0(LARGEST))
highest = positive("h")
HIGHEST = Quantity(highest, "highest", "the highest cost allowed")
AN_END_WINS = Claim(
    "Bounded noise, an end wins", "[this book]", (*_BOUNDED, HIGHEST),
    (*_BOUNDED_SIGNS, above_0(HIGHEST), _DEARER,
     Hypothesis("cost <= highest", sp.Le(c, highest, evaluate=False)),
     Hypothesis("reference < highest", sp.Lt(b, highest, evaluate=False)),
     Hypothesis("highest <= noise_free_cost", sp.Le(highest, c_max, evaluate=False))),
    sp.Min(psi(BOUNDED_NOISE, b), psi(BOUNDED_NOISE, highest)), psi(BOUNDED_NOISE, c),
    meaning="the objective is concave: of all costs from b to h one of the two ends is best",
)  # fmt: skip
# The objective's change from one cost to another, per unit of cost.
WHICH_END = Claim(
    "Bounded noise, which end", "[this book]", _BOUNDED,
    (*_BOUNDED_SIGNS, Hypothesis("reference < cost", sp.Lt(b, c, evaluate=False))),
    (psi(BOUNDED_NOISE, c) - psi(BOUNDED_NOISE, b)) / (c - b),
    V + kappa * sigma_0**2 * (1 - (c_0 + b + c) / c_max), relation="==",
    meaning="negative where the dearer end is better",
)  # fmt: skip
NOISE_FREE_LABELS = Claim(
    "Bounded noise, free or perfect", "[this book]", (FIXED, NOISE_FREE, FACTOR, LARGEST, NOISE_FREE_COST),
    (above_0(NOISE_FREE_COST), *_SETTING, at_least_0(LARGEST)),
    psi(BOUNDED_NOISE, sp.S.Zero) - psi(BOUNDED_NOISE, c_max), c_0 * kappa * sigma_0**2 - c_max * V,
    relation="==", meaning="perfect labels win against free ones where this is positive",
)  # fmt: skip

# -- when a bias is worth it ---------------------------------------------------------------------------------

v_noisy, v_biased, beta = real(r"V_{noisy} V_{biased} beta")
NOISY = Quantity(v_noisy, "variance_noisy", "variance of one rollout's unbiased estimate")
BIASED = Quantity(v_biased, "variance_biased", "variance of one rollout's biased estimate")
BIAS = Quantity(beta, "bias_norm", "norm of the bias of the gradient")
SQUARED_ERROR = v_biased / K + beta**2
CROSSING = (v_noisy - v_biased) / beta**2

_CROSSING_SIGNS = (Hypothesis("bias_norm > 0", sp.Gt(beta, 0), BIAS.meaning), above_0(ROLLOUTS))
WORTH_IT = Claim(
    "Up to the crossing", "[this book]", (NOISY, BIASED, BIAS, ROLLOUTS),
    (*_CROSSING_SIGNS, Hypothesis("rollouts <= crossing", sp.Le(K, CROSSING))),
    SQUARED_ERROR, v_noisy / K, meaning="the biased estimate is the better one",
)  # fmt: skip
NEVER_BEYOND = Claim(
    "Beyond the crossing", "[this book]", WORTH_IT.symbols,
    (*_CROSSING_SIGNS, Hypothesis("rollouts > crossing", sp.Gt(K, CROSSING))),
    v_noisy / K, SQUARED_ERROR, relation="<", meaning="the unbiased estimate is the better one",
)  # fmt: skip
