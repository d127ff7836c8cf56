"""What a score hears of correlated errors, by hand; and the bound that follows, which is Theorem 2's."""

from __future__ import annotations

import numpy as np
import pytest

from imagination.results.noise import claims as rn


def heard(gamma: float, correlation: np.ndarray) -> float:
    weights = gamma ** np.arange(len(correlation))
    return weights @ correlation @ weights


@pytest.mark.parametrize("gamma", [0.0, 0.5, 0.95])
def test_no_correlation_is_worse_than_one_error_for_all(gamma: float) -> None:
    rng = np.random.default_rng(1)
    for steps in (1, 2, 7):
        factors = rng.normal(size=(200, steps, 2))
        factors /= np.linalg.norm(factors, axis=-1, keepdims=True)
        largest = max(heard(gamma, f @ f.T) for f in factors)
        one_for_all = heard(gamma, np.ones((steps, steps)))
        most = rn.HEARD.evaluate(gamma=gamma, sigma=1, n=steps)
        assert most == pytest.approx(one_for_all, rel=1e-12)
        assert largest <= most * (1 + 1e-12)
        assert most <= 1 / (1 - gamma) ** 2 * (1 + 1e-12)


def test_the_bound_is_theorem_2s() -> None:
    assert rn.CORRELATED.expression == rn.PAPER.expression


def test_it_is_attained_as_steps_and_horizon_grow() -> None:
    # One error for all steps and equal norms: sum over t of G_(H - t)^2, over H / (1 - gamma)^2.
    gamma, horizon = 0.9, 20_000
    steps = np.arange(1, horizon + 1)
    added = (((1 - gamma**steps) / (1 - gamma)) ** 2).sum()
    most = rn.CORRELATED.evaluate(gamma=gamma, sigma=1, horizon=horizon, rollouts=1, score_bound=1)
    assert 0.99 < added / most <= 1
