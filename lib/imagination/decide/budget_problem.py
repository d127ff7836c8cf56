r"""Problems of splitting a budget: their arguments checked, the spending condition solved, errors evaluated.

What :mod:`imagination.decide.allocation` is made of. Its formulas are taken from the claims.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple, NotRequired, TypedDict

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike

from imagination.claim import HypothesisError, real_array
from imagination.results.budget import claims

__all__ = [
    "INPUTS",
    "Logs",
    "Problem",
    "Problems",
    "Split",
    "checked",
    "elasticity",
    "quietly",
    "refuse",
    "split_at",
]

LARGEST_EXPONENT = 1e300
"""So that an exponent times a logarithm is no larger than the largest float."""

quietly = np.errstate(over="ignore", under="ignore", divide="ignore", invalid="ignore")
"""What lies beyond the largest float is inf, and 0 times inf is computed in logarithms instead."""


class Problem(TypedDict):
    """A budget to be split: what all functions here take, each a number or an array.

    Attributes
    ----------
    A_dyn, alpha : array_like
        The dynamics' error after N samples is ``A_dyn * N**-alpha + floor_dyn``; both positive.
    A_rew, beta : array_like
        The same for the reward.
    c_dyn, c_rew : array_like
        Cost of one sample of each kind, positive.
    budget : array_like
        What may be spent, in the same unit, positive.
    multiplier : array_like
        How much an error of the dynamics weighs beside one of the reward, positive; Lemma 1's is
        :data:`~imagination.results.budget.claims.MULTIPLIER`. Of squared errors it is κ_d / κ_r.
    floor_dyn, floor_rew : array_like
        Errors that no number of samples removes, 0 or more; 0 if not given. They do not move the split where
        errors are added; where their squares are, they do.
    """

    A_dyn: ArrayLike
    alpha: ArrayLike
    A_rew: ArrayLike
    beta: ArrayLike
    c_dyn: ArrayLike
    c_rew: ArrayLike
    budget: ArrayLike
    multiplier: ArrayLike
    floor_dyn: NotRequired[ArrayLike]
    floor_rew: NotRequired[ArrayLike]


INPUTS: Mapping[str, sp.Symbol] = {
    quantity.code: quantity.symbol
    for quantity in (*claims.LAW_DYN, *claims.LAW_REW, *claims.COSTS, claims.BUDGET_B, claims.MULTIPLIER_D)
}
"""The arguments of a problem without floors, in order, and their symbols in the claims."""


# -- what is taken from the claims ---------------------------------------------------------------------------

_x, _y, _share, _rest = sp.symbols("x y s r", real=True)


@cache
def _equation() -> tuple[Callable[..., Any], ...]:
    r"""The spending condition in one unknown, :math:`u + a \log\sigma(u) - b \log\sigma(-u) = \kappa`.

    Here :math:`u` is the log-odds of the dynamics' share of the budget and :math:`\sigma` the logistic
    function, so that the shares are :math:`\sigma(u)` and :math:`\sigma(-u)`. Returned are κ, a and b.
    They are taken from the claim, so that the solver cannot solve another equation than the one proved.
    """
    logs = {
        claims.N_d: sp.log(claims.B / claims.c_d) + _x,
        claims.N_r: sp.log(claims.B / claims.c_r) + _y,
    }
    odds, wanted = (
        sp.expand_log(sp.log(side)).xreplace({sp.log(n): value for n, value in logs.items()})
        for side in (claims.SPENDING.quantity, claims.SPENDING.expression)
    )
    residual = sp.expand(sp.expand_log(odds - wanted) - (_x - _y))
    slopes = [residual.coeff(log) for log in (_x, _y)]
    level = sp.expand(residual - slopes[0] * _x - slopes[1] * _y)
    if (level.free_symbols | slopes[0].free_symbols | slopes[1].free_symbols) - set(INPUTS.values()):
        raise AssertionError(
            f"the spending condition is not affine in the logarithms of the shares: {residual}"
        )
    arguments = list(INPUTS.values())
    return tuple(sp.lambdify(arguments, part, "numpy") for part in (-level, slopes[0], -slopes[1]))


@cache
def _law(error: sp.Expr, samples: sp.Symbol) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """A power law, and its logarithm in that of the number of samples; both after scale and exponent."""
    scale, exponent = sorted(error.free_symbols - {samples}, key=list(INPUTS.values()).index)
    log_error = sp.expand_log(sp.log(error)).xreplace({sp.log(samples): _x})
    return (
        sp.lambdify([scale, exponent, samples], error, "numpy"),
        sp.lambdify([scale, exponent, _x], log_error, "numpy"),
    )


@cache
def _weighted() -> Callable[..., Any]:
    """The error that is minimised, as a function of the multiplier and both errors."""
    e_dyn, e_rew = sp.symbols("e_dyn e_rew", positive=True)
    weighted = claims.error(claims.N_d, claims.N_r).subs({claims.eps_d: e_dyn, claims.eps_r: e_rew})
    return sp.lambdify([claims.D, e_dyn, e_rew], weighted, "numpy")


@cache
def elasticity(what: str, code: str) -> Callable[..., Any]:
    """An elasticity as a function of both exponents, shares of the budget and logarithms of samples."""
    from imagination.results.budget.further import ELASTICITIES  # late: a plan does without

    spent = {claims.c_d: _share / claims.N_d, claims.c_r: _rest / claims.N_r}
    logs = {sp.log(claims.N_d): _x, sp.log(claims.N_r): _y}
    expression = ELASTICITIES[what, code].expression.subs(spent).xreplace(logs)
    return sp.lambdify([claims.alpha, claims.beta, _share, _rest, _x, _y], expression, "numpy")


# -- problems ------------------------------------------------------------------------------------------------


class Split(NamedTuple):
    """Shares of the budget for dynamics and rewards, and their logarithms, (n,) each."""

    share: np.ndarray
    rest: np.ndarray
    log_share: np.ndarray
    log_rest: np.ndarray


class Problems(NamedTuple):
    """Checked problems, (n,) each."""

    A_dyn: np.ndarray
    alpha: np.ndarray
    A_rew: np.ndarray
    beta: np.ndarray
    c_dyn: np.ndarray
    c_rew: np.ndarray
    budget: np.ndarray
    multiplier: np.ndarray
    floor_dyn: np.ndarray
    floor_rew: np.ndarray

    def rows(self, which: Any) -> Problems:
        """Some of the problems."""
        return type(self)(*(array[which] for array in self))

    def condition(self) -> tuple[np.ndarray, ...]:
        """The spending condition's κ, a and b; see `_equation`."""
        return tuple(part(*self[: len(INPUTS)]) for part in _equation())

    def split(self) -> Split:
        """The optimal split."""
        return _shares(*self.condition())

    def log_samples(self, split: Split) -> tuple[np.ndarray, np.ndarray]:
        """Logarithms of what a split buys."""
        budget = np.log(self.budget)
        return budget - np.log(self.c_dyn) + split.log_share, budget - np.log(self.c_rew) + split.log_rest

    def samples(self, split: Split) -> tuple[np.ndarray, np.ndarray]:
        """What a split buys."""
        dyn, rew = self.budget / self.c_dyn, self.budget / self.c_rew
        return (
            _ordinary(dyn * split.share, lambda: self.log_samples(split)[0], dyn),
            _ordinary(rew * split.rest, lambda: self.log_samples(split)[1], rew),
        )

    def log_errors(self, log_dyn: np.ndarray, log_rew: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Logarithms of both errors without their floors, from those of the numbers of samples."""
        dyn, rew = _law(claims.eps_d, claims.N_d)[1], _law(claims.eps_r, claims.N_r)[1]
        return dyn(self.A_dyn, self.alpha, log_dyn), rew(self.A_rew, self.beta, log_rew)

    def errors(self, N_dyn: np.ndarray, N_rew: np.ndarray, logs: Logs) -> tuple[np.ndarray, ...]:
        """Both errors with their floors, and the weighted one, of so many samples."""
        dyn, rew = _law(claims.eps_d, claims.N_d)[0], _law(claims.eps_r, claims.N_r)[0]
        bare_dyn, bare_rew = dyn(self.A_dyn, self.alpha, N_dyn), rew(self.A_rew, self.beta, N_rew)
        bare_dyn = _ordinary(bare_dyn, lambda: self.log_errors(*logs())[0], N_dyn, bare_dyn / self.A_dyn)
        bare_rew = _ordinary(bare_rew, lambda: self.log_errors(*logs())[1], N_rew, bare_rew / self.A_rew)
        e_dyn, e_rew = bare_dyn + self.floor_dyn, bare_rew + self.floor_rew
        return e_dyn, e_rew, _weighted()(self.multiplier, e_dyn, e_rew)


Logs = Callable[[], tuple[np.ndarray, np.ndarray]]
"""What gives the logarithms of both numbers of samples, if it is asked."""


def _ordinary(value: np.ndarray, log_value: Callable[[], np.ndarray], *factors: np.ndarray) -> np.ndarray:
    """A value, taken from its logarithm where a factor of it is beyond the range of ordinary floats."""
    if all(f.min(initial=1) > 1e-300 and f.max(initial=1) < 1e300 for f in factors):
        return value
    odd = np.any([~((factor > 1e-300) & (factor < 1e300)) for factor in factors], axis=0)
    return np.where(odd, np.exp(log_value()), value)


def split_at(u: np.ndarray) -> Split:
    """The split whose log-odds are u."""
    tail = np.exp(-np.abs(u))
    log_larger = -np.log1p(tail)
    larger, smaller = 1 / (1 + tail), tail / (1 + tail)
    share, rest = np.where(u > 0, larger, smaller), np.where(u > 0, smaller, larger)
    return Split(share, rest, np.minimum(u, 0) + log_larger, np.minimum(-u, 0) + log_larger)


def _shares(level: np.ndarray, a: np.ndarray, b: np.ndarray) -> Split:
    r"""Both shares of the budget, each with its own full relative accuracy, and their logarithms."""
    u = level / np.where(level > 0, 1 + b, 1 + a)  # the root of the nearer asymptote
    # Where one exponential rules, a step moves u by 1, and no more often than the exponent's logarithm says.
    for _ in range(1000):
        share, rest, log_share, log_rest = split_at(u)
        residual = u + a * log_share - b * log_rest - level
        step = residual / (1 + a * rest + b * share)
        # Newton's error after a step is of the order of the step's square.
        if np.all(np.abs(step) <= 1e-9 * np.maximum(1, np.abs(u))):
            break
        u = u - step
    else:
        raise ArithmeticError("the spending condition was not solved in 1000 steps of Newton's method")
    # The last step is taken to first order: d log share / du is the other share, and the reverse.
    step = np.clip(step, -1, 1)  # larger ones are rounding of odds beyond exp(1e9)
    last_dyn, last_rew = -step * rest, step * share
    return Split(share * np.exp(last_dyn), rest * np.exp(last_rew), log_share + last_dyn, log_rest + last_rew)


def checked(
    asked: str, problem: Mapping[str, Any], **more: Any
) -> tuple[tuple[int, ...], Problems, list[np.ndarray]]:
    """Return the shape to which arguments broadcast, the problems, and what there is more as flat arrays."""
    given = {"floor_dyn": 0.0, "floor_rew": 0.0, **problem, **more}
    names = (*Problems._fields, *more)
    if missing := [name for name in names if name not in given]:
        raise TypeError(f"{asked} also needs {', '.join(missing)}")
    if unknown := sorted(set(given) - set(names)):
        raise TypeError(f"{asked} does not take {', '.join(unknown)}; it takes {', '.join(names)}")
    numbers = {name: real_array(asked, name, given[name]) for name in names}
    try:
        arrays = np.broadcast_arrays(*numbers.values())
    except ValueError as error:
        shapes = {name: number.shape for name, number in numbers.items()}
        raise ValueError(f"{asked}: arguments do not broadcast together: {shapes}") from error
    for name, array in zip(names, arrays, strict=True):
        floor, exponent = name.startswith("floor"), name in ("alpha", "beta")
        most = LARGEST_EXPONENT if exponent else np.finfo(float).max
        broken = ~((array >= 0) if floor else (array > 0)) | ~(array <= most)
        if broken.any():
            rule = f"{name} {'>= 0' if floor else '> 0'} and {f'at most {most:g}' if exponent else 'finite'}"
            refuse(asked, rule, broken, **{name: array})
    flat = [array.ravel() for array in arrays]
    return arrays[0].shape, Problems(*flat[: len(Problems._fields)]), flat[len(Problems._fields) :]


def refuse(asked: str, rule: str, broken: np.ndarray, **shown: np.ndarray) -> None:
    """Raise a HypothesisError that shows the first place where something is broken, if there is one."""
    if broken.any():
        index = tuple(int(i[0]) for i in np.nonzero(broken)) if broken.ndim else ()
        raise HypothesisError(
            asked, rule, {name: float(array[index]) for name, array in shown.items()}, index
        )
