"""Small tabular problems, and the oracle: every trajectory, one by one."""

from dataclasses import dataclass
from itertools import product

import numpy as np
import pytest

from imagination.reinforce.problems import Estimator, Problem, SoftmaxPolicy, tabular_policy
from imagination.worlds.makers import garnet

ESTIMATORS = [
    Estimator(outer, baseline, to_go)
    for outer in ("undiscounted", "discounted")
    for baseline in ("none", "constant", "value")
    for to_go in (True, False)
]

NAMES = [f"{e.outer}-{e.baseline}-{'to go' if e.reward_to_go else 'whole'}" for e in ESTIMATORS]


def make_problem(batch=3, n_states=3, n_actions=2, branching=2, horizon=3, seed=0, features=None, gamma=None):
    """Random problems; with `features`, policies of that many parameters shared by the states."""
    generator = np.random.default_rng(seed)
    discount = generator.uniform(0.3, 0.98, batch)
    mdp = garnet(batch, n_states, n_actions, branching, discount, generator)
    if features is None:
        policy = tabular_policy(generator.standard_normal((batch, n_states, n_actions)))
    else:
        policy = SoftmaxPolicy(
            generator.standard_normal((batch, features)),
            generator.standard_normal((n_states, n_actions, features)),
        )
    return Problem(mdp, policy, horizon, gamma)


@dataclass
class Enumerated:
    """What enumeration finds."""

    mean: np.ndarray
    covariance: np.ndarray
    noise: np.ndarray
    maximal_score: np.ndarray


def enumerate_all(problem, estimator, baseline, noise_variance=None, correlation=None, reward=None):
    """Moments of one rollout's estimate, trajectory by trajectory; `noise` is the trace that noise adds."""
    S, A, H = problem.mdp.n_states, problem.mdp.n_actions, problem.horizon
    B, gamma = len(problem), problem.discount
    pi, P, w = problem.policy.probabilities, problem.mdp.transition, problem.policy.scores
    r = np.broadcast_to(problem.mdp.reward[:, None] if reward is None else reward, (B, H, S, A))
    v = np.ones((B, S, A)) if noise_variance is None else np.broadcast_to(noise_variance, (B, S, A))
    C = np.eye(H) if correlation is None else correlation
    outer = [gamma**t if estimator.outer == "discounted" else gamma**0 for t in range(H)]
    probabilities, estimates, added, largest = [], [], [], []
    for path in product(product(range(S), range(A)), repeat=H):
        chance = problem.mdp.initial[:, path[0][0]].copy()
        for t, (s, a) in enumerate(path):
            chance *= pi[:, s, a]
            if t + 1 < H:
                chance *= P[:, s, a, path[t + 1][0]]
        estimate, of_noise = 0, np.zeros((B, H, w.shape[-1]))
        for t, (s, a) in enumerate(path):
            counted = range(t if estimator.reward_to_go else 0, H)
            togo = sum(gamma ** (u - t) * r[:, u, path[u][0], path[u][1]] for u in counted)
            estimate = estimate + (outer[t] * (togo - baseline[:, t, s]))[:, None] * w[:, s, a]
            for u in counted:
                of_noise[:, u] += (outer[t] * gamma ** float(u - t))[:, None] * w[:, s, a]
        deviation = np.sqrt(np.stack([v[:, s, a] for s, a in path], axis=1))
        of_noise *= deviation[:, :, None]
        added.append(np.einsum("bud,uv,bvd->b", of_noise, C, of_noise))
        largest.append(np.max([(w[:, s, a] ** 2).sum(axis=1) for s, a in path], axis=0))
        probabilities.append(chance)
        estimates.append(estimate)
    p, X = np.stack(probabilities, axis=1), np.stack(estimates, axis=1)
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-12)
    mean = (p[..., None] * X).sum(axis=1)
    covariance = np.einsum("bk,bki,bkj->bij", p, X, X) - mean[:, :, None] * mean[:, None]
    return Enumerated(mean, covariance, (p * np.stack(added, 1)).sum(1), (p * np.stack(largest, 1)).sum(1))


@pytest.fixture(scope="session")
def enumerated():
    """The oracle as a function."""
    return enumerate_all


@pytest.fixture(scope="session")
def make():
    """`make_problem` as a function."""
    return make_problem


@pytest.fixture(params=ESTIMATORS, ids=NAMES)
def estimator(request):
    """Each of the twelve."""
    return request.param
