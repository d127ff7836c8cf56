"""Checks of the exercises of *Noise is only variance*."""

from typing import Any

import numpy as np
import pandas as pd
import sympy as sp

from classroom.exercises import Exercise, Part, Wrong
from classroom.kinds import Formula, Number, Numbers, OneOf, Whole
from imagination.reinforce import exact
from imagination.reinforce.noise import autoregressive
from imagination.reinforce.problems import DISCOUNTED, THEOREM_2, Estimator, Problem, tabular_policy
from imagination.results.noise import claims as reward_noise
from imagination.studies import violated_hypotheses
from imagination.worlds.tabular import TabularMDP

WHOLE = Estimator("discounted", reward_to_go=False)
TIMES, SHUFFLED = 64, 1.5


def added(one: Problem, estimator: Estimator = WHOLE) -> float:
    """What noise of variance 1 adds to the variance of one rollout's estimate."""
    return float(exact.added_noise_variance(one, estimator)[0])


def moody(seed: int, rho: float = 0.8, horizon: int = 50) -> float:
    """By what factor correlation raises the added variance."""
    patient = violated_hypotheses.problem(seed, gamma=0.95, horizon=horizon)
    correlated = exact.added_noise_variance(patient, THEOREM_2, correlation=autoregressive(horizon, rho))
    return float(correlated[0]) / added(patient, THEOREM_2)


def advice(seed: int) -> str:
    """Whether to have the judge look at the steps in random order."""
    return "shuffle" if moody(seed) > SHUFFLED**2 else "do not"


def score_norm() -> sp.Expr:
    """E |w|^2 of a softmax over two actions, from its scores."""
    p = sp.Symbol("p")
    of_first, of_second = (1 - p, -(1 - p)), (-p, p)
    return p * sum(x**2 for x in of_first) + (1 - p) * sum(x**2 for x in of_second)


def used(form: str, horizon: int = 10) -> np.ndarray:
    """The share of a bound that a bandit's added variance is, for p = 0.5 and p = 0.9."""
    chances = np.array([0.5, 0.9])
    bandit = TabularMDP(np.ones((2, 1, 2, 1)), np.zeros((2, 1, 2)), np.zeros(2))
    logits = np.log(np.stack([chances, 1 - chances], axis=1))[:, None]
    pulls = Problem(bandit, tabular_policy(logits), horizon)
    score = exact.maximal_score_norm(pulls) if form == "paper" else exact.mean_score_norm(pulls)
    bound = reward_noise.added_variance_bound(
        sigma=1, horizon=horizon, gamma=0, rollouts=1, score_bound=score, form=form
    )
    return np.asarray(exact.added_noise_variance(pulls, THEOREM_2) / bound)


def times_asked(falls: pd.DataFrame) -> float:
    """How many labels for each pair make the frozen model's error that of fresh labels, as a fraction."""
    error = falls[falls["rollouts"] == TIMES].set_index("noise")["predicted"]
    return float((error["frozen reward model"] - error["none"]) / (error["independent"] - error["none"]))


def least_whole(falls: pd.DataFrame) -> int:
    """The least whole number that is enough."""
    return int(np.ceil(times_asked(falls)))


def labels_once(falls: pd.DataFrame, one: Problem) -> int:
    """Labels for every pair."""
    return least_whole(falls) * one.mdp.n_states * one.mdp.n_actions


def small_world() -> dict[str, Any]:
    """A problem of the chapter's kind."""
    return {"one": violated_hypotheses.problem(seed=4, horizon=6)}


def small_falls() -> dict[str, Any]:
    """What the chapter measures, for few rollouts and repeats."""
    one = violated_hypotheses.problem(seed=4, horizon=6)
    falls = violated_hypotheses.error_against_rollouts(
        one, [16, TIMES], sigma=1.0, repeats=4, generator=np.random.default_rng(1)
    )
    return {"falls": falls, "one": one}


EXERCISES = [
    Exercise(
        label="ex-whole-return",
        level="check",
        tests="carry the derivation of added variance to another estimator",
        given=("one",),
        example=small_world,
        explain="Show why noise adds that much.",
        parts=(
            Part(
                name="added_by_whole_return",
                asks="the variance added to one rollout's estimate (K = 1) by noise of variance 1, on `one`",
                kind=Number(relative=1e-4),
                reference=added,
                wrong=(
                    Wrong(
                        lambda one: added(one, DISCOUNTED), "these are returns to go, not the whole return"
                    ),
                    Wrong(
                        lambda right, one: right * (1 - one.discount[0] ** 2) / (1 - one.discount[0]),
                        "are the powers of gamma squared?",
                    ),
                ),
                hint="every error meets all scores: the double sum is a product of two sums",
            ),
            Part(
                name="times_noisier",
                asks="that, divided by what noise adds with returns to go",
                kind=Number(relative=1e-3),
                reference=lambda one: added(one) / added(one, DISCOUNTED),
                wrong=(
                    Wrong(lambda right: 1 / right, "the other way round"),
                    Wrong(
                        lambda one: added(one) / added(one, THEOREM_2),
                        "compare with the discounted estimator, whose mean is the same",
                    ),
                ),
                hint="divide the two added variances",
            ),
        ),
    ),
    Exercise(
        label="ex-moody",
        level="apply",
        tests="use the exact amount for correlated errors to decide",
        given=("seed",),
        example=lambda: {"seed": 4},
        parts=(
            Part(
                name="times_the_variance",
                asks="the added variance with rho = 0.8, divided by that of independent errors as large",
                kind=Number(relative=5e-3),
                reference=moody,
                wrong=(
                    Wrong(lambda right: np.sqrt(right), "variances, not standard deviations"),
                    Wrong(lambda right: right - 1, "the whole ratio, not what is above 1"),
                    Wrong(lambda right: 1 / right, "the other way round"),
                ),
                hint="`exact.added_noise_variance` takes a correlation, made by `noise.autoregressive`",
            ),
            Part(
                name="judge_should",
                asks='"shuffle" or "do not"',
                kind=OneOf("shuffle", "do not"),
                reference=advice,
                wrong=(
                    Wrong(
                        lambda right: "do not" if right == "shuffle" else "shuffle",
                        "compare with what a standard deviation 50% larger does to a variance",
                    ),
                ),
                hint="compare with what a standard deviation 50% larger does to a variance",
            ),
        ),
    ),
    Exercise(
        label="ex-bandit",
        level="check",
        tests="compute scores by hand; see when each bound is attained",
        explain="Why is one of the two bounds attained for both p?",
        parts=(
            Part(
                name="mean_score_norm",
                asks="E |w|^2 as a formula in p",
                kind=Formula(p=(0.05, 0.95)),
                reference=score_norm,
                wrong=(
                    Wrong(lambda: "p * (1 - p)", "there are two components"),
                    Wrong(lambda: "2 * (1 - p)**2", "that is the norm after the first action; now the mean"),
                ),
                hint="the score is 1 less the probability for the action taken, 0 less it for the other",
            ),
            Part(
                name="used_of_theorem_2",
                asks="added variance / Theorem 2's bound, for p = 0.5 and p = 0.9 (two numbers)",
                kind=Numbers(relative=2e-3),
                reference=lambda: used("paper"),
                wrong=(
                    Wrong(
                        lambda: used("sharp"), "that is the sharp bound; Theorem 2 pays for the largest score"
                    ),
                    Wrong(lambda right: 1 / right, "the other way round: no bound is exceeded"),
                ),
                hint="Theorem 2 takes the mean of the largest of ten squared score norms",
            ),
            Part(
                name="used_of_the_sharp_bound",
                asks="added variance / the sharp bound, for p = 0.5 and p = 0.9 (two numbers)",
                kind=Numbers(relative=2e-3),
                reference=lambda: used("sharp"),
                wrong=(
                    Wrong(lambda: used("paper"), "that is Theorem 2; the sharp bound takes mean squares"),
                ),
                hint="the sharp bound takes the largest of the mean squared score norms",
            ),
        ),
    ),
    Exercise(
        label="ex-ask-twice",
        level="extend",
        tests="trade labels asked once against labels asked every time",
        given=("falls", "one"),
        example=small_falls,
        parts=(
            Part(
                name="labels_each",
                asks="the least whole n for which the frozen model's error is at most that of fresh labels",
                kind=Whole(),
                reference=least_whole,
                wrong=(
                    Wrong(lambda right: right - 1, "that is not enough yet"),
                    Wrong(lambda right: right**2, "the error is linear in 1/n, not in its root"),
                ),
                hint="less what remains without noise, the error is proportional to 1/n (use `predicted`)",
            ),
            Part(
                name="labels_in_all",
                asks="how many labels the frozen model then needs, once [labels]",
                kind=Whole(),
                reference=labels_once,
                wrong=(
                    Wrong(
                        lambda right, one: right * TIMES, "the model is labelled once, not for every rollout"
                    ),
                    Wrong(
                        lambda right, one: right // one.mdp.n_actions,
                        "a label belongs to a state and an action",
                    ),
                ),
                hint="n for each pair of a state and an action",
            ),
            Part(
                name="fresh_labels",
                asks="how many fresh labels one gradient step of 64 rollouts needs [labels]",
                kind=Whole(),
                reference=lambda one: TIMES * one.horizon,
                wrong=(
                    Wrong(lambda right: TIMES, "every step of a rollout has a reward"),
                    Wrong(lambda one: one.horizon, "for all 64 rollouts"),
                ),
                hint="one for each step of each rollout",
            ),
        ),
    ),
]
