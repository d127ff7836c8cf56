"""Computations for the exercises of *Noise is only variance*."""

import numpy as np
import pandas as pd

from imagination.reinforce.exact import added_noise_variance, maximal_score_norm, mean_score_norm
from imagination.reinforce.problems import DISCOUNTED, THEOREM_2, Estimator, Problem, tabular_policy
from imagination.reinforce.reward_errors import autoregressive
from imagination.results.noise.claims import added_variance_bound
from imagination.studies.violated_hypotheses import problem
from imagination.worlds.tabular import TabularMDP

ESTIMATORS = {
    "whole return": Estimator("discounted", reward_to_go=False),
    "returns to go": DISCOUNTED,
    "undiscounted": THEOREM_2,
}
TIMES = 64


def added(one: Problem, estimator: str) -> float:
    """What noise of variance 1 adds to the variance of one rollout's estimate."""
    return float(added_noise_variance(one, ESTIMATORS[estimator])[0])


def moody(seed: int, rho: float = 0.8, horizon: int = 50) -> float:
    """By what factor correlation raises the added variance."""
    patient = problem(seed, gamma=0.95, horizon=horizon)
    correlated = added_noise_variance(patient, THEOREM_2, correlation=autoregressive(horizon, rho))
    return float(correlated[0]) / added(patient, "undiscounted")


def used(form: str, horizon: int = 10) -> np.ndarray:
    """The share of a bound that a bandit's added variance is, for p = 0.5 and p = 0.9."""
    chances = np.array([0.5, 0.9])
    bandit = TabularMDP(np.ones((2, 1, 2, 1)), np.zeros((2, 1, 2)), np.zeros(2))
    logits = np.log(np.stack([chances, 1 - chances], axis=1))[:, None]
    pulls = Problem(bandit, tabular_policy(logits), horizon)
    score = maximal_score_norm(pulls) if form == "paper" else mean_score_norm(pulls)
    bound = added_variance_bound(sigma=1, horizon=horizon, gamma=0, rollouts=1, score_bound=score, form=form)
    return np.asarray(added_noise_variance(pulls, THEOREM_2) / bound)


def least_whole(falls: pd.DataFrame) -> int:
    """The least number of labels for each pair with which the frozen model errs no more than fresh labels."""
    error = falls[falls["rollouts"] == TIMES].set_index("noise")["predicted"]
    added = error - error["none"]
    return int(np.ceil(added["frozen reward model"] / added["independent"]))
