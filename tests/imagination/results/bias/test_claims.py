"""What is claimed of a bias, on numbers."""

from __future__ import annotations

import numpy as np
import pytest

from imagination import bias
from imagination.results.fidelity import claims


def test_the_error_is_the_one_that_is_evaluated() -> None:
    assert bias.SQUARED_ERROR.expression is claims.SQUARED_ERROR


def test_the_error_of_an_average() -> None:
    rng = np.random.default_rng(3)
    draws = 2 + 0.5 + rng.normal(0, 3, size=(200_000, 4)).mean(axis=1)
    claimed = bias.SQUARED_ERROR.evaluate(variance_biased=9, bias_norm=0.5, rollouts=4)
    assert claimed == pytest.approx(2.5)
    assert ((draws - 2) ** 2).mean() == pytest.approx(claimed, rel=0.02)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0])
def test_shaping_telescopes(gamma: float) -> None:
    potentials = np.random.default_rng(4).normal(size=8)
    paid = sum(gamma**t * (gamma * potentials[t + 1] - potentials[t]) for t in range(7))
    left = bias.SHAPING.evaluate(gamma=gamma, first=potentials[0], last=potentials[7], horizon=7)
    assert left == pytest.approx(paid)
