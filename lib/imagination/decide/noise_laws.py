"""How a label's noise falls with its cost: the laws of Corollary 2 on numbers [TSGLH26], and votes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Literal, get_args

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike, NDArray

from imagination.checks import finite, together, whole
from imagination.claim import Claim
from imagination.results.fidelity.claims import BOUNDED_NOISE, FLOOR_NOISE, POWER_NOISE
from imagination.results.verifier.claims import FPR, MEAN_OF_VOTES, TPR, VERDICT_VARIANCE

__all__ = ["MOST_VOTES", "Bounded", "Floor", "Law", "PowerLaw", "Verifier", "ballots", "value"]

Array = NDArray[np.floating]

MOST_VOTES = 1000
"""The largest number of votes on one answer that is looked at."""


@cache
def _lambdified(expression: sp.Expr) -> tuple[list[str], Callable[..., Any]]:
    symbols = sorted(expression.free_symbols, key=str)
    return [str(symbol) for symbol in symbols], sp.lambdify(symbols, expression, "numpy")


def value(expression: sp.Expr, **letters: Any) -> Any:
    """The value of an expression in the claims' letters; letters that it does not hold are ignored."""
    names, function = _lambdified(expression)
    return function(*(letters[name] for name in names))


@dataclass(frozen=True)
class Law:
    """Variance of the rewards' noise, in units of reward squared, as a function of a positive cost."""

    claim: ClassVar[Claim]

    def __post_init__(self) -> None:
        for name, part in self.numbers.items():
            finite(name, part)

    @property
    def numbers(self) -> dict[str, Any]:
        """Its parameters that are numbers, by name."""
        return dict(vars(self))

    def __call__(self, cost: ArrayLike) -> Any:
        """The noise's variance at a cost, or at an array of them."""
        return self.claim.evaluate(cost=cost, **vars(self))

    @property
    def letters(self) -> dict[str, Any]:
        """Its parameters, by the letters that the claims write for them."""
        return {str(q.symbol): vars(self)[q.code] for q in self.claim.symbols if q.code in vars(self)}


@dataclass(frozen=True)
class PowerLaw(Law):
    """Noise variance ``amplitude * cost**(-exponent)`` [TSGLH26, Cor. 2].

    Parameters
    ----------
    amplitude, exponent : array_like
        Both positive; the amplitude is the variance at cost 1.
    """

    amplitude: ArrayLike
    exponent: ArrayLike
    claim = POWER_NOISE


@dataclass(frozen=True)
class Floor(Law):
    """Noise variance ``floor**2 + amplitude / cost`` [TSGLH26, Cor. 2].

    Parameters
    ----------
    floor : array_like
        Standard deviation that no money removes, at least 0, in units of reward.
    amplitude : array_like
        Positive; the variance that is bought down, at cost 1.
    """

    floor: ArrayLike
    amplitude: ArrayLike
    claim = FLOOR_NOISE


@dataclass(frozen=True)
class Bounded(Law):
    """Noise variance ``largest**2 * (1 - cost / noise_free_cost)`` [TSGLH26, Cor. 2].

    Parameters
    ----------
    largest : array_like
        Standard deviation of a free label's noise, at least 0, in units of reward.
    noise_free_cost : array_like
        Positive; the cost at which no noise is left, the highest that is allowed.
    """

    largest: ArrayLike
    noise_free_cost: ArrayLike
    claim = BOUNDED_NOISE


Rule = Literal["mean", "majority", "all", "any"]


@dataclass(frozen=True)
class Verifier(Law):
    """Verdicts on rewards of 0 or 1, of which several may be bought for each: votes.

    As a law it is called with what a step's verdicts cost, buys as many votes as that pays for, and returns
    the noise's variance once the label is rescaled to mean 0 for wrong and 1 for right answers: it averages
    over right and wrong ones by `share_of_ones`. It is infinite where a yes is no likelier for right answers.

    Parameters
    ----------
    tpr, fpr : array_like
        Probabilities of a yes where the reward is 1, and where it is 0; in [0, 1].
    share_of_ones : array_like
        Which share of the noise factor comes from steps whose reward is 1, in [0, 1]: the state-dependent
        noise theorem's sum with the reward as variance, over that with 1 as variance. Where a rollout is one
        step and its scores have one size, the share of right answers.
    price : array_like
        Of one vote; positive.
    correlation : array_like
        Between two votes on an answer, given whether it is right, in [0, 1]: each answer's probability of a
        yes follows a beta distribution, and the number of yeses a beta-binomial one.
    rule : {"mean", "majority", "all", "any"}
        What is made of the votes: their mean, or one verdict, yes if more than half are, all, or any.
    """

    tpr: ArrayLike
    fpr: ArrayLike
    share_of_ones: ArrayLike
    price: ArrayLike = 1.0
    correlation: ArrayLike = 0.0
    rule: Rule = "mean"
    claim = MEAN_OF_VOTES

    def __post_init__(self) -> None:
        parts = self.numbers
        finite("price", parts.pop("price"), above=0)
        _probabilities(**parts)
        if self.rule not in get_args(Rule):
            raise ValueError(f"rule must be one of {', '.join(get_args(Rule))}, got {self.rule!r}")

    @property
    def numbers(self) -> dict[str, Any]:
        """Its parameters that are numbers, by name."""
        return {name: part for name, part in vars(self).items() if name != "rule"}

    def rates(self, votes: int) -> tuple[Array, Array]:
        """TPR and FPR of what is made of 1, 2, ..., `votes` votes: two arrays with a last axis of votes.

        Of the mean of votes they are its expectations.
        """
        tpr, fpr, rho = together(
            **{k: np.asarray(vars(self)[k], float) for k in ("tpr", "fpr", "correlation")}
        )
        both = np.stack([tpr, fpr])
        if self.rule == "mean":
            one, other = np.repeat(both[..., None], votes, axis=-1)
            return one, other
        count = np.arange(1, votes + 1)
        needed = {"majority": count // 2 + 1, "all": count, "any": np.ones_like(count)}[self.rule]
        yes = np.arange(votes + 1) >= needed[:, None]
        one, other = (ballots(both, rho, votes) * yes).sum(axis=-1)
        return np.minimum(one, 1.0), np.minimum(other, 1.0)

    def noise(self, votes: int) -> Array:
        """The rescaled label's noise with 1, 2, ..., `votes` votes, in the last axis."""
        one, other = self.rates(votes)
        parts = {name: np.asarray(part, float) for name, part in self.numbers.items()}
        _, _, share, _, rho = (part[..., None] for part in together(**parts))
        if self.rule == "mean":
            about = {"n": np.arange(1, votes + 1), "rho": rho}
            noises = [value(MEAN_OF_VOTES.expression, p=rate, **about) for rate in (one, other)]
        else:
            about = {str(TPR.symbol): one, str(FPR.symbol): other}
            noises = [value(VERDICT_VARIANCE.expression, r=reward, **about) for reward in (1.0, 0.0)]
        with np.errstate(all="ignore"):
            found = (share * noises[0] + (1 - share) * noises[1]) / (one - other) ** 2
        return np.where((one > other) & np.isfinite(found), found, np.inf)

    def __call__(self, cost: ArrayLike) -> Any:
        """The rescaled label's noise at a cost, or at an array of them, of at least one vote."""
        parts = {name: np.asarray(part, float) for name, part in self.numbers.items()}
        cost, price, *_ = together(cost=finite("cost", cost), price=parts.pop("price"), **parts)
        bought = np.floor(cost / price * (1 + 4 * np.finfo(float).eps))
        if np.any((bought < 1) | (bought > MOST_VOTES)):
            raise ValueError(f"cost must buy 1 to {MOST_VOTES} votes, got {float(cost.max())!r}")
        votes = bought.astype(np.int64)
        noise = np.broadcast_to(self.noise(int(votes.max())), (*votes.shape, int(votes.max())))
        return np.take_along_axis(noise, votes[..., None] - 1, axis=-1)[..., 0][()]


def _probabilities(**parts: ArrayLike) -> dict[str, Array]:
    arrays: dict[str, Array] = {name: finite(name, part, least=0) for name, part in parts.items()}
    for name, array in arrays.items():
        if np.any(array > 1):
            raise ValueError(f"{name} must lie in [0, 1], got {float(array.max())!r}")
    return arrays


def ballots(rate: ArrayLike, correlation: ArrayLike, votes: int) -> Array:
    """Probabilities that k of n votes are yes, for all n = 1, ..., `votes` at once.

    Parameters
    ----------
    rate, correlation : array_like
        Mean and intra-class correlation of the beta-binomial, both in [0, 1].
    votes : int
        The largest n.

    Returns
    -------
    ndarray (..., votes, votes + 1)
        Entry [n - 1, k]; 0 where k > n.

    Notes
    -----
    Votes with a common beta-distributed rate are draws from Pólya's urn: after k yeses in n votes, the next
    one is a yes with probability ((1 - rho) p + rho k) / (1 - rho + rho n). It is stable at both ends, 0 and
    1, of the correlation, where quotients of beta functions are not.
    """
    p, rho = together(
        rate=finite("rate", rate, least=0), correlation=finite("correlation", correlation, least=0)
    )
    for name, array in (("rate", p), ("correlation", rho)):
        if np.any(array > 1):
            raise ValueError(f"{name} must lie in [0, 1], got {float(array.max())!r}")
    votes = whole("votes", votes, least=1)
    k, result = np.arange(votes + 1), np.zeros((*p.shape, votes, votes + 1))
    result[..., 0, 0], result[..., 0, 1] = 1 - p, p
    p, rho = p[..., None], rho[..., None]
    for n in range(1, votes):
        yes = np.minimum(((1 - rho) * p + rho * k) / (1 - rho + rho * n), 1.0)
        before = result[..., n - 1, :]
        result[..., n, :] = before * (1 - yes)
        result[..., n, 1:] += (before * yes)[..., :-1]
    return result
