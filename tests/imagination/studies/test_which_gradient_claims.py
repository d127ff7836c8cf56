"""What Theorem 2's estimator misses of a coin's gradient, by hand and by enumeration."""

from __future__ import annotations

import itertools

import pytest
import sympy as sp

from imagination.results.noise import claims as rn


def test_the_coin_by_hand() -> None:
    gamma = sp.Symbol("gamma")
    assert sp.expand(rn.NOT_THE_GRADIENT.in_letters(gamma=gamma, horizon=2)) == 1 - gamma


@pytest.mark.parametrize("horizon", [1, 2, 3, 4])
@pytest.mark.parametrize("gamma", [0, sp.Rational(1, 2), sp.Rational(9, 10), 1])
def test_the_coin_by_enumeration(horizon: int, gamma: sp.Rational) -> None:
    score = {0: -2, 1: 2}
    mean = (
        sum(
            sum(
                score[path[t]] * sum(gamma ** (u - t) * path[u] for u in range(t, horizon))
                for t in range(horizon)
            )
            for path in itertools.product((0, 1), repeat=horizon)
        )
        / sp.Integer(2) ** horizon
    )
    gradient = sum(gamma**t for t in range(horizon))
    assert mean - gradient == rn.NOT_THE_GRADIENT.in_letters(gamma=gamma, horizon=horizon)
