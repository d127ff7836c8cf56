"""Reward noise that violates Theorem 2's hypotheses: what really happens to the gradient's mean and variance.

Every kind of noise here has about the same size. What differs is what the theorem supposes: independence of
time, of the state and of the other rollouts, a mean of 0, a finite variance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from imagination.models.counts import CountModel
from imagination.reinforce import estimators, exact
from imagination.reinforce.problems import THEOREM_2, Estimator, Problem, tabular_policy
from imagination.reinforce.reward_errors import (
    Correlated,
    Frozen,
    HeavyTailed,
    Independent,
    Noise,
    Shared,
    StateDependent,
    autoregressive,
)
from imagination.results.noise.claims import LEAVE_ONE_OUT, added_variance_bound
from imagination.worlds.makers import garnet

__all__ = [
    "Case",
    "cases",
    "error_against_rollouts",
    "gradient_errors",
    "learned_reward",
    "leave_one_out",
    "measured",
    "problem",
]

Array = NDArray[np.float64]
Generator = np.random.Generator


def problem(seed: int = 0, *, gamma: float = 0.9, horizon: int = 20) -> Problem:
    """One random world of 5 states and 3 actions with a random tabular policy."""
    generator = np.random.default_rng(seed)
    mdp = garnet(1, 5, 3, 3, gamma, generator)
    return Problem(mdp, tabular_policy(generator.standard_normal((1, 5, 3))), horizon)


def repeated(one: Problem, times: int) -> Problem:
    """The same problem many times over: a batch for repetitions of an experiment."""
    return one[np.zeros(times, dtype=int)]


def learned_reward(one: Problem, visits: int, sigma: float, generator: Generator, times: int = 1) -> Array:
    """Errors of reward models, each the mean of `visits` noisy labels of every (s, a): (times, S, A).

    Drawn once for each of `times` models, with standard deviation σ/√visits: all of it looks like noise.
    """
    S, A = one.mdp.n_states, one.mdp.n_actions
    states, actions = (np.tile(index.ravel(), (times, visits)) for index in np.indices((S, A)))
    true = one.mdp.reward[0, states, actions]
    labels = true + generator.normal(0, sigma, true.shape)
    model = CountModel.empty(times, S, A).observe(states, actions, labels, np.zeros_like(states))
    return model.reward() - one.mdp.reward


@dataclass(frozen=True, eq=False)
class Case:
    """A kind of noise on one problem, and what is known of it exactly.

    Attributes
    ----------
    noise : Noise
    violates : str
        The hypothesis that fails; empty if none does.
    added : float
        What it really adds to the variance of ĝ, times the number of rollouts; may be infinite.
    shift : float
        ‖E ĝ − E ĝ without noise‖.
    """

    noise: Noise
    violates: str
    added: float
    shift: float = 0.0


def cases(
    one: Problem, *, sigma: float, generator: Generator, estimator: Estimator = THEOREM_2
) -> dict[str, Case]:
    """Noise of standard deviation `sigma`, or as near to it as the kind allows, on one problem."""
    H, shape = one.horizon, one.mdp.reward.shape

    def correlated(coefficient: float) -> Case:
        C = autoregressive(H, coefficient)
        added = exact.added_noise_variance(one, estimator, sigma=sigma, correlation=C)[0]
        return Case(Correlated(sigma, C), "independent in time", added)

    def uneven(deviation: Array) -> Case:
        noisy = exact.moments(one, estimator, noise_variance=deviation**2).variance[0]
        added = noisy - exact.moments(one, estimator).variance[0]
        return Case(StateDependent(deviation), "same variance everywhere", added)

    def moved(table: Array) -> Case:
        shift = float(np.linalg.norm(exact.expected(one, estimator, table)))
        biased = exact.moments(one, estimator, reward=one.mdp.reward + table).variance[0]
        return Case(Frozen(table), "mean 0", biased - exact.moments(one, estimator).variance[0], shift)

    allowed = exact.added_noise_variance(one, estimator, sigma=sigma)[0]
    # The same average variance over what is visited, all of it at the one (s, a) where it does most
    visits = exact.state_distributions(one).mean(axis=1)[..., None] * one.policy.probabilities
    worst = np.argmax(_added_by_each(one, estimator) / visits.ravel())
    concentrated = np.zeros(visits.size)
    concentrated[worst] = sigma / np.sqrt(visits.ravel()[worst])
    return {
        "as supposed": Case(Independent(sigma), "", allowed),
        "correlated, 0.9": correlated(0.9),
        "correlated, −0.9": correlated(-0.9),
        "one draw a rollout": correlated(1.0),
        "one draw for all rollouts": Case(Shared(sigma), "independent across rollouts", allowed),
        "heavy tails, t(3)": Case(HeavyTailed.with_deviation(sigma, 3), "", allowed),
        "heavy tails, t(1.5)": Case(HeavyTailed(sigma, 1.5), "finite variance", np.inf),
        "all of it at one (s, a)": uneven(concentrated.reshape(shape)),
        "mean by state": moved(sigma * generator.standard_normal(shape)),
        "frozen reward model": moved(learned_reward(one, 1, sigma, generator)),
    }


def measured(
    one: Problem,
    *,
    sigma: float,
    rollouts: int,
    repeats: int,
    generator: Generator,
    estimator: Estimator = THEOREM_2,
) -> pd.DataFrame:
    """Measure ĝ of one problem under each kind of noise, from K `rollouts`, drawn afresh `repeats` times.

    Returns
    -------
    DataFrame
        A row for each kind: the hypothesis that it `breaks`; the `shift` of the mean, exact and `measured`;
        `added / expected`, what it adds to the variance of ĝ as a multiple of what independent errors add,
        exact; the same `sampled`; and whether the `sharp bound` and `Theorem 2` survive.
    """
    mean = exact.expected(one, estimator)[0]
    plain = exact.moments(one, estimator).variance[0] / rollouts
    independent = exact.added_noise_variance(one, estimator, sigma=sigma, rollouts=rollouts)[0]
    about = {"sigma": sigma, "horizon": one.horizon, "gamma": one.discount[0], "rollouts": rollouts}
    bounds = {
        form: added_variance_bound(**about, score_bound=score[0], form=form)
        for form, score in (("sharp", exact.mean_score_norm(one)), ("paper", exact.maximal_score_norm(one)))
    }
    rows = []
    for name, case in cases(one, sigma=sigma, generator=generator, estimator=estimator).items():
        errors = gradient_errors(one, estimator, case.noise, rollouts, repeats, generator)
        added = case.added / rollouts
        rows.append(
            {
                "noise": name,
                "breaks": case.violates or "nothing",
                "shift": case.shift / np.linalg.norm(mean),
                "shift, measured": np.linalg.norm(errors.mean(axis=0)) / np.linalg.norm(mean),
                "added / expected": added / independent,
                "sampled": (errors.var(axis=0, ddof=1).sum() - plain) / independent,
                "sharp bound": _verdict(case, added, bounds["sharp"]),
                "Theorem 2": _verdict(case, added, bounds["paper"]),
            }
        )
    return pd.DataFrame(rows).set_index("noise")


def _verdict(case: Case, added: float, bound: float) -> str:
    if case.shift > 0:
        return "biased"
    return "holds" if added <= bound * (1 + 1e-9) else "fails"


def gradient_errors(
    one: Problem, estimator: Estimator, noise: Noise | None, rollouts: int, repeats: int, generator: Generator
) -> Array:
    """ĝ − E ĝ of a noise-free world, drawn `repeats` times from `rollouts` rollouts each: (repeats, d)."""
    if isinstance(noise, Frozen | StateDependent):
        name = "table" if isinstance(noise, Frozen) else "deviation"
        table = getattr(noise, name)
        if len(table) == 1:
            noise = type(noise)(np.repeat(table, repeats, axis=0))
    many = repeated(one, repeats)
    drawn = many.rollouts(rollouts, generator)
    rewards = estimators.observed_rewards(drawn, generator, noise=noise)
    return estimators.mean_gradient(many, estimator, drawn, rewards) - exact.expected(one, estimator)


def error_against_rollouts(
    one: Problem,
    counts: Sequence[int],
    *,
    sigma: float,
    repeats: int,
    generator: Generator,
    estimator: Estimator = THEOREM_2,
) -> pd.DataFrame:
    """Mean squared error of ĝ against the number of rollouts, under noise and under what looks like noise.

    For each K of `counts` ĝ is drawn `repeats` times, every time with a reward model of its own, where there
    is one.

    Returns
    -------
    DataFrame
        Columns `noise`, `rollouts`, `error` (mean of ‖ĝ − E ĝ‖²), `standard_error`, and `predicted`, the
        exact expectation.
    """
    if estimator.baseline != "none":
        raise ValueError(
            f"estimator must have no baseline for an estimate linear in rewards, got {estimator}"
        )
    S, A = one.mdp.reward.shape[1:]
    plain = exact.moments(one, estimator).variance[0]
    independent = exact.added_noise_variance(one, estimator, sigma=sigma)[0]
    spread, floor = _frozen(one, estimator)
    makers: Mapping[str, tuple[Callable[[], Noise | None], float, float]] = {
        "none": (lambda: None, plain, 0.0),
        "independent": (lambda: Independent(sigma), plain + independent, 0.0),
        "one draw for all rollouts": (lambda: Shared(sigma), plain + independent, 0.0),
        "frozen reward model": (
            lambda: Frozen(generator.normal(0, sigma, (repeats, S, A))),
            plain + sigma**2 * spread,
            sigma**2 * floor,
        ),
    }
    rows: list[dict[str, Any]] = []
    for name, (make, falling, staying) in makers.items():
        for K in counts:
            errors = gradient_errors(one, estimator, make(), K, repeats, generator)
            squared = (errors**2).sum(axis=1)
            rows.append(
                {
                    "noise": name,
                    "rollouts": K,
                    "error": squared.mean(),
                    "standard_error": squared.std(ddof=1) / np.sqrt(repeats),
                    "predicted": falling / K + staying,
                }
            )
    return pd.DataFrame(rows)


def leave_one_out(
    one: Problem,
    counts: Sequence[int],
    *,
    sigma: float,
    repeats: int,
    generator: Generator,
    estimator: Estimator = THEOREM_2,
) -> pd.DataFrame:
    """What noise adds where the baseline of a rollout is the mean return to go of the K − 1 others.

    Returns to go are linear in the rewards, so this is the estimate from rewards of which the others' mean
    at the same time is taken away. Its part from the noise alone is measured.

    Returns
    -------
    DataFrame
        A row for each K of `counts`: `rollouts`; `measured`, the added variance in units of what noise adds
        to the estimator without this baseline, with its `standard error`; `K/(K − 1)`; and `mean z`, the
        largest |z| of the noise's mean over the parameters.
    """
    many, silent = repeated(one, repeats), np.zeros((repeats, one.horizon, one.mdp.n_states))
    rows = []
    for K in counts:
        if K < 2:
            raise ValueError(f"counts: every number of rollouts must be at least 2, got {K}")
        drawn = many.rollouts(K, generator)
        noise = sigma * generator.standard_normal(drawn.rewards.shape)
        left = (noise - noise.mean(axis=1, keepdims=True)) * K / (K - 1)
        alone = estimators.mean_gradient(many, estimator, drawn, left, baseline=silent)
        unit = exact.added_noise_variance(one, estimator, sigma=sigma, rollouts=K)[0]
        squared = (alone**2).sum(axis=1) / unit
        z = alone.mean(axis=0) / (alone.std(axis=0, ddof=1) / np.sqrt(repeats))
        error = squared.std(ddof=1) / np.sqrt(repeats)
        row = {"rollouts": K, "measured": squared.mean(), "standard error": error}
        rows.append(row | {"K/(K − 1)": LEAVE_ONE_OUT.evaluate(rollouts=K), "mean z": np.abs(z).max()})
    return pd.DataFrame(rows)


def _frozen(one: Problem, estimator: Estimator) -> tuple[float, float]:
    """What errors of variance 1, drawn once for each (s, a), do on average to variance and squared mean.

    An estimate without a baseline is linear in the reward, so both are sums over rewards that are 1 in one
    (s, a) and 0 elsewhere.
    """
    S, A = one.mdp.reward.shape[1:]
    found = exact.moments(repeated(one, S * A), estimator, reward=np.eye(S * A).reshape(-1, S, A))
    return float(found.variance.sum()), float((found.mean**2).sum())


def _added_by_each(one: Problem, estimator: Estimator) -> Array:
    """What noise of variance 1 in a single (s, a) adds to one rollout's variance, (S A,)."""
    S, A = one.mdp.reward.shape[1:]
    many, single = repeated(one, S * A), np.eye(S * A).reshape(-1, S, A)
    noisy = exact.moments(many, estimator, noise_variance=single).variance
    return noisy - exact.moments(one, estimator).variance[0]
