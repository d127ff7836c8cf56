"""Learning with a critic: curves for several λ, and what a critic from labels does to one estimate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from imagination.decide.lambda_choice import best_lambda
from imagination.reinforce import critics, exact
from imagination.reinforce.problems import Problem, tabular_policy
from imagination.studies import biases
from imagination.worlds import makers
from imagination.worlds.tabular import TabularRollouts

__all__ = ["Averages", "asked", "curves", "kinds", "on_grid", "squared_errors", "three_critics", "worlds"]

Array = NDArray[np.float64]


@dataclass
class Averages:
    """A critic for each problem that averages returns to go by time and state; 0 where none was seen.

    Attributes
    ----------
    total, count : (B, H + 1, S) arrays
    keep : float
        What is left of older returns' weight when new ones come.
    """

    total: Array
    count: Array
    keep: float = 1.0

    @classmethod
    def empty(cls, problem: Problem, keep: float = 1.0) -> Averages:
        """Before anything was seen."""
        shape = (len(problem), problem.horizon + 1, problem.mdp.n_states)
        return cls(np.zeros(shape), np.zeros(shape), keep)

    def learn(self, problem: Problem, rollouts: TabularRollouts, rewards: Array) -> Averages:
        """With the returns to go of `rewards` (B, K, H), as they were observed."""
        B, _, H = rewards.shape
        S = problem.mdp.n_states
        to_go = critics.advantages(problem, rewards, 1.0)  # sums of what comes, discounted
        place = (np.arange(B)[:, None, None] * (H + 1) + np.arange(H)) * S + rollouts.states[:, :, :-1]
        size, shape = B * (H + 1) * S, self.total.shape
        new = np.bincount(place.ravel(), weights=to_go.ravel(), minlength=size).reshape(shape)
        seen = np.bincount(place.ravel(), minlength=size).reshape(shape)
        return Averages(self.keep * self.total + new, self.keep * self.count + seen, self.keep)

    @property
    def table(self) -> Array:
        """The critic, (B, H + 1, S)."""
        return self.total / np.maximum(self.count, 1e-12)


def squared_errors(
    problem: Problem, critic: ArrayLike, lambdas: ArrayLike, sigma: ArrayLike
) -> tuple[Array, Array]:
    """Squared norm of the bias and variance of one rollout's estimate, exactly, for each λ: (m, B) each."""
    noise, true = np.square(sigma), critics.moments(problem, critic, 1.0)[0]
    found = [critics.moments(problem, critic, lam, noise_variance=noise) for lam in np.atleast_1d(lambdas)]
    bias = np.stack([((mean - true) ** 2).sum(axis=1) for mean, _ in found])
    return bias, np.stack([variance for _, variance in found])


def worlds(count: int, rng: np.random.Generator) -> tuple[Problem, Array]:
    """Garnets of 6 states, 3 actions and 10 steps, with random policies and discounts; and labels' noise."""
    discount = 1 - 10 ** -rng.uniform(0.5, 2, count)
    world = makers.garnet(count, 6, 3, 3, discount, rng)
    problem = Problem(world, tabular_policy(rng.standard_normal((count, 6, 3))), 10)
    return problem, 10 ** rng.uniform(-1, 0.7, count)


def _random(problem: Problem, right: Array, size: ArrayLike, rng: np.random.Generator) -> Array:
    """Errors of states, the same at all times but the last, in standard deviations of the true values."""
    error = rng.standard_normal((len(problem), 1, problem.mdp.n_states))
    error = error * (right.std(axis=(1, 2)) * size)[:, None, None]
    return error * (np.arange(problem.horizon + 1) < problem.horizon)[:, None]


@dataclass(frozen=True, eq=False)
class Parts:
    """Squared bias, variance without noise, and what noise of variance 1 adds: (m, critics, sizes)."""

    lambdas: Array
    bias: Array
    quiet: Array
    added: Array

    def best(self, sigma: float, rollouts: float) -> Array:
        """The best λ, the mean over critics of a size, (sizes,)."""
        error = self.bias + (self.quiet + sigma**2 * self.added) / rollouts
        return self.lambdas[error.argmin(axis=0)].mean(axis=0)


def on_grid(
    sizes: ArrayLike, lambdas: Array, rng: np.random.Generator, *, discount: float = 0.95, count: int = 8
) -> Parts:
    """The parts of the squared error on the grid, exactly, for `count` critics with errors of each size."""
    sizes = np.atleast_1d(sizes)
    many = biases.copies(biases.grid(discount=discount), count * len(sizes))
    right = critics.true_critic(many)
    wrong = right + _random(many, right, np.tile(sizes, count), rng)
    bias, quiet = squared_errors(many, wrong, lambdas, 0.0)
    _, loud = squared_errors(many, wrong, lambdas, 1.0)
    parts = (each.reshape(len(lambdas), count, -1) for each in (bias, quiet, loud - quiet))
    return Parts(lambdas, *parts)


def kinds(problem: Problem, sigma: Array, rng: np.random.Generator) -> dict[str, Array]:
    """Three critics, (B, H + 1, S): random errors as large as values vary, learned from 8 or 64 rollouts.

    `sigma` (B,) is the noise of the labels that the last two learn from.
    """
    right = critics.true_critic(problem)
    found = {"random errors": right + _random(problem, right, 1.0, rng)}
    for count in (8, 64):
        drawn = problem.rollouts(count, rng)
        seen = drawn.rewards + sigma[:, None, None] * rng.standard_normal(drawn.rewards.shape)
        found[f"learned from {count}"] = Averages.empty(problem).learn(problem, drawn, seen).table
    return found


def asked(
    problem: Problem,
    critic: Array,
    sigma: Array,
    pilot: int,
    rollouts: int,
    lambdas: ArrayLike,
    rng: np.random.Generator,
) -> Array:
    """The λ that `best_lambda` chooses for `rollouts` rollouts, from a pilot of `pilot` of them, (B,)."""
    drawn = problem.rollouts(pilot, rng)
    seen = drawn.rewards + sigma[:, None, None] * rng.standard_normal(drawn.rewards.shape)
    differences = critics.temporal_differences(problem, critic, drawn, seen)
    each = np.arange(len(problem))[:, None, None]
    scores = problem.policy.scores[each, drawn.states[:, :, :-1], drawn.actions]
    return best_lambda(scores, differences, gamma=problem.discount, rollouts=rollouts, lambdas=lambdas).best


def curves(
    problem: Problem,
    lambdas: ArrayLike,
    rates: ArrayLike,
    *,
    seeds: int,
    steps: int,
    rollouts: int,
    sigma: float,
    rng: np.random.Generator,
    keep: float = 0.8,
    again: int = 10,
) -> tuple[Array, Array]:
    """True returns (arms, rates, seeds, steps + 1) of policies that learn with a critic from noisy labels.

    The critic averages the returns of earlier updates; a NaN among `lambdas` is an arm that asks
    `best_lambda` every `again` updates, with the last four updates' rollouts as pilot. The second array,
    (arms, rates, seeds), is the λ of the last update.
    """
    arms, rates = np.asarray(lambdas, float), np.asarray(rates, float)
    shape = (len(arms), len(rates), seeds)
    lam, rate = (np.broadcast_to(x, shape).ravel() for x in (arms[:, None, None], rates[:, None]))
    asks, lam = np.flatnonzero(np.isnan(lam)), np.where(np.isnan(lam), 0.9, lam)
    now = biases.copies(problem, lam.size)
    critic, curve = Averages.empty(now, keep), [exact.returns(now)]
    pilot: list[tuple[Array, Array]] = []
    for step in range(steps):
        drawn = now.rollouts(rollouts, rng)
        rewards = drawn.rewards + sigma * rng.standard_normal(drawn.rewards.shape)
        differences = critics.temporal_differences(now, critic.table, drawn, rewards)
        if asks.size:
            each = np.arange(len(now))[:, None, None]
            scores = now.policy.scores[each, drawn.states[:, :, :-1], drawn.actions]
            pilot = [*pilot[-3:], (scores[asks], differences[asks])]
            if step % again == again - 1:
                w, delta = (np.concatenate(parts, axis=1) for parts in zip(*pilot, strict=True))
                chosen = best_lambda(w, delta, gamma=now.discount[asks], rollouts=rollouts)
                lam[asks] = chosen.best
        found = critics.rollout_gradients(now, critic.table, lam, drawn, rewards).mean(axis=1)
        critic = critic.learn(now, drawn, rewards)
        now = now.with_policy(now.policy.moved(rate[:, None] * found))
        curve.append(exact.returns(now))
    return np.stack(curve, axis=1).reshape(*shape, steps + 1), lam.reshape(shape)


def three_critics(
    problem: Problem,
    lambdas: ArrayLike,
    *,
    rollouts: int,
    sigma: float,
    repeats: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Squared error of the gradient with critics from labels: kept, fresh, or from the same labels.

    Columns: `critic`, `lam`, `bias` (squared norm of the mean's error), `variance` (about that mean), and
    `share`, how much of the gradient g the mean has along it: 1 where it is unbiased.
    "kept" was learned once, from as many rollouts as an estimate averages: exact numbers, the mean
    over 200 such critics. "fresh" is learned from so many others for each estimate, "same labels" from the
    estimate's own: both from `repeats` estimates.
    """
    many, true = biases.copies(problem, repeats), exact.gradient(problem)[0]

    def see() -> tuple[TabularRollouts, Array]:
        drawn = many.rollouts(rollouts, rng)
        return drawn, drawn.rewards + sigma * rng.standard_normal(drawn.rewards.shape)

    used, others = see(), see()
    fresh, same = (Averages.empty(many).learn(many, *each).table for each in (others, used))
    bias, variance = (x.mean(axis=1) for x in squared_errors(many[:200], fresh[:200], lambdas, sigma))
    rows = []
    for lam, b, v in zip(np.atleast_1d(lambdas), bias, variance, strict=True):
        mean = critics.moments(many[:200], fresh[:200], lam)[0].mean(axis=0)
        rows.append(("kept", lam, b, v / rollouts, mean @ true / (true @ true)))
    for name, table in {"fresh": fresh, "same labels": same}.items():
        for lam in np.atleast_1d(lambdas):
            found = critics.rollout_gradients(many, table, lam, *used).mean(axis=1)
            scatter = found.var(axis=0, ddof=1).sum()
            mean = found.mean(axis=0)
            bias = ((mean - true) ** 2).sum() - scatter / repeats
            rows.append((name, lam, bias, scatter, mean @ true / (true @ true)))
    return pd.DataFrame(rows, columns=["critic", "lam", "bias", "variance", "share"])
