"""Learning from groups of answers: steps divided by the group's standard deviation, or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from imagination.checks import finite, whole
from imagination.results.group.trial import spread

__all__ = ["DIVISORS", "Questions", "curves", "tuned", "weight"]

Array = NDArray[np.float64]

DIVISORS = ("none", "group", "batch")


@dataclass(frozen=True)
class Questions:
    """Q questions, each with right and wrong answers: answer rightly with chance sigmoid(start + features θ).

    Attributes
    ----------
    start : (Q,) array
        Log odds of a right answer before learning, where θ is 0.
    features : (Q, d) array
        What questions share; the identity where they share nothing.
    """

    start: Array
    features: Array

    def chances(self, parameters: Array) -> Array:
        """Chances of a right answer, (..., Q), for `parameters` (..., d)."""
        return np.asarray(special.expit(self.start + parameters @ self.features.T))


def weight(rate: ArrayLike, count: int) -> Array:
    """What dividing by the spread makes of a question's gradient, s/(p(1 - p)), (n,).

    Parameters
    ----------
    rate : array_like (n,)
        Chances p of a yes, strictly between 0 and 1.
    count : int
        Answers in a group.

    Raises
    ------
    ValueError
        Naming the argument, its value and the rule.
    """
    p = np.atleast_1d(finite("rate", rate, above=0))
    if p.ndim != 1 or p.max() >= 1:
        raise ValueError(f"rate must be (n,) and below 1, got {np.shape(rate)} and {p.max()}")
    return spread(p, np.full(len(p), whole("count", count, least=1))) / (p * (1 - p))


def curves(
    questions: Questions,
    rate: ArrayLike,
    *,
    divisor: str,
    count: int,
    steps: int,
    seeds: int,
    rng: np.random.Generator,
    tpr: float = 1.0,
    fpr: float = 0.0,
) -> Array:
    """Mean chance of a right answer over the questions, (R, seeds, steps + 1), for each step size of `rate`.

    Parameters
    ----------
    questions : Questions
    rate : array_like (R,)
        Step sizes.
    divisor : {"none", "group", "batch"}
        What verdicts less their group's mean are divided by: nothing, for the leave-one-out estimate; the
        standard deviation of the group's; or the mean of these over all questions.
    count : int
        Answers to each question in each step, 2 or more.
    steps, seeds : int
    rng : Generator
    tpr, fpr : float
        The verifier's rates.

    Raises
    ------
    ValueError
        Naming the argument, its value and the rule.
    """
    if divisor not in DIVISORS:
        raise ValueError(f"divisor must be one of {', '.join(DIVISORS)}, got {divisor!r}")
    whole("count", count, least=2)
    sizes = np.atleast_1d(finite("rate", rate, above=0))[:, None, None]
    theta = np.zeros((len(sizes), whole("seeds", seeds, least=1), questions.features.shape[1]))
    found = [questions.chances(theta)]
    for _ in range(whole("steps", steps, least=1)):
        theta = theta + sizes * _step(questions, found[-1], divisor, count, (tpr, fpr), rng)
        found.append(questions.chances(theta))
    return np.stack(found, axis=2).mean(axis=3)


def _step(
    questions: Questions,
    p: Array,
    divisor: str,
    count: int,
    verifier: tuple[float, float],
    rng: np.random.Generator,
) -> Array:
    right = rng.binomial(count, p)
    right_yes = rng.binomial(right, verifier[0])
    wrong_yes = rng.binomial(count - right, verifier[1])
    share = (right_yes + wrong_yes) / count
    score = (1 - p) * right_yes - p * wrong_yes  # summed over yeses; over all answers: right - count p
    step = (score - share * (right - count * p)) / count
    if divisor == "none":
        step = step * count / (count - 1)
    else:
        deviation = np.sqrt(share * (1 - share))
        if divisor == "batch":
            deviation = np.broadcast_to(deviation.mean(axis=-1, keepdims=True), step.shape)
        step = np.divide(step, deviation, out=np.zeros_like(step), where=deviation > 0)
    return step @ questions.features / len(questions.start)


def tuned(
    questions: Questions, rates: ArrayLike, *, seeds: int, fresh: int, **setting: Any
) -> tuple[float, Array]:
    """The step size that learns fastest, and what it learns on other seeds.

    Parameters
    ----------
    questions : Questions
    rates : array_like (R,)
        Step sizes that are tried.
    seeds, fresh : int
        For choosing, and for the curves that are returned.
    **setting
        Passed to `curves`.

    Returns
    -------
    rate : float
        With the largest mean over the questions, steps and seeds.
    found : (fresh, steps + 1) array
    """
    tried = np.atleast_1d(finite("rates", rates, above=0))
    best = curves(questions, tried, seeds=seeds, **setting).mean(axis=(1, 2)).argmax()
    return float(tried[best]), curves(questions, tried[best], seeds=fresh, **setting)[0]
