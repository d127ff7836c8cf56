"""Rates of an audited verifier: coverage, by enumeration where possible, and what they do to advice."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from imagination import fidelity
from imagination.decide import verifier_rates
from imagination.decide.noise_laws import ballots

RNG = np.random.default_rng
PROBLEM: dict[str, Any] = {"noise_free_variance": 1.0, "noise_factor": 3.0, "fixed_cost": 4.0}


def simulated(size: int, m: int, n: int, tpr: float, fpr: float, rho: float, rng: np.random.Generator) -> Any:
    """Audits of m right and m wrong answers, (size, 2, n + 1)."""
    chances = ballots([fpr, tpr], rho, n)[:, n - 1]
    return np.stack([rng.multinomial(m, p / p.sum(), size=size) for p in chances], axis=1)


def all_audits(m: int) -> tuple[np.ndarray, np.ndarray]:
    """Every audit with one vote of m right and m wrong answers, and its two numbers of yeses."""
    yes = np.stack(np.meshgrid(np.arange(m + 1), np.arange(m + 1), indexing="ij"), axis=-1).reshape(-1, 2)
    return np.stack([m - yes, yes], axis=-1), yes


def test_one_vote_has_the_intervals_of_scipy() -> None:
    frame = verifier_rates.rates([[51, 9], [0, 40]])
    for name, k, n in (("TPR", 40, 40), ("FPR", 9, 60)):
        ends = stats.binomtest(k, n).proportion_ci()
        np.testing.assert_allclose(frame.loc[name], [k / n, ends.low, ends.high])
    assert frame.index.tolist() == ["TPR", "FPR", "J"]


@pytest.mark.parametrize("m", [10, 40])
def test_the_interval_of_j_covers_it_by_enumeration(m: int) -> None:
    tables, yes = all_audits(m)
    _, low, high = verifier_rates.youden(tables)
    covered = []
    for tpr in np.linspace(0.05, 0.95, 7):
        for fpr in np.linspace(0.05, 0.95, 7):
            chance = stats.binom.pmf(yes[:, 0], m, fpr) * stats.binom.pmf(yes[:, 1], m, tpr)
            covered.append(chance[(low <= tpr - fpr) & (tpr - fpr <= high)].sum())
    assert min(covered) > 0.95


def test_the_interval_of_the_correlation_covers_it() -> None:
    rng, held = RNG(1), []
    for rho in (0.0, 0.1, 0.4):
        tables = simulated(150, 60, 4, 0.85, 0.3, rho, rng)
        value, low, high = verifier_rates.correlation(tables)
        held.append(np.mean((low <= rho) & (rho <= high)))
        assert abs(np.median(value) - rho) < 0.05
    assert min(held) > 0.9


def test_correlated_votes_make_the_rates_intervals_wider() -> None:
    tables = simulated(300, 50, 6, 0.8, 0.3, 0.3, RNG(2))
    _, low, high = verifier_rates.youden(tables)
    assert np.mean((low <= 0.5) & (high >= 0.5)) > 0.93
    one_by_one = tables.copy()  # as if no vote had to do with another
    yes, count = tables @ np.arange(7), 6 * tables.sum(axis=-1)
    one_by_one = np.stack([count - yes, yes], axis=-1)
    _, low, high = verifier_rates.youden(one_by_one)
    assert np.mean((low <= 0.5) & (high >= 0.5)) < 0.9


def test_the_probability_of_a_useless_verifier_is_the_posteriors() -> None:
    table = np.array([[12, 8], [9, 11]])
    beta = stats.beta(11.5, 9.5), stats.beta(8.5, 12.5)
    draws = [each.rvs(400_000, random_state=RNG(i)) for i, each in enumerate(beta)]
    found = verifier_rates.useless(table, correlation=0.0)
    assert found == pytest.approx(np.mean(draws[0] <= draws[1]), abs=0.003)
    assert verifier_rates.useless(table[::-1], correlation=0.0) == pytest.approx(1 - found)
    drawn = verifier_rates.plausible(table, 20_000, RNG(0), correlation=0.0)
    assert np.mean(drawn["tpr"]) == pytest.approx(11.5 / 21, abs=0.003)


def test_advice_is_the_tools_and_is_surer_the_larger_the_audit() -> None:
    widths, losses = [], []
    for m in (20, 100, 500):
        chances = ballots([0.3, 0.8], 0.2, 5)[:, 4]
        advice = verifier_rates.advised(m * chances, share_of_ones=0.5, most=30, rng=RNG(3), **PROBLEM)
        judge = fidelity.Verifier(0.8, 0.3, 0.5, correlation=0.2)
        assert advice.votes == fidelity.optimal_cost(judge, cost_range=(1, 30), **PROBLEM).votes
        assert advice.low <= advice.votes <= advice.high
        assert advice.shares.sum() == pytest.approx(1)
        widths.append(advice.high - advice.low)
        losses.append(advice.loss)
    assert widths[0] > widths[-1] and losses[0] > losses[1] > losses[2] >= 1


def test_the_interval_of_the_best_votes_holds_it() -> None:
    judge = fidelity.Verifier(0.8, 0.3, 0.5, correlation=0.2)
    best = fidelity.optimal_cost(judge, cost_range=(1, 30), **PROBLEM).votes
    rng, held = RNG(4), 0
    for table in simulated(25, 40, 4, 0.8, 0.3, 0.2, rng):
        advice = verifier_rates.advised(table, share_of_ones=0.5, most=30, rng=rng, draws=200, **PROBLEM)
        held += advice.low <= best <= advice.high
    assert held >= 22


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: verifier_rates.audit_table([1, 2], [0, 1]), "right must be true or false"),
        (lambda: verifier_rates.audit_table([1, 0], [0, 3], 2), "yes must be whole numbers from 0 to votes"),
        (lambda: verifier_rates.audit_table([], []), r"right and yes must be \(m,\)"),
        (
            lambda: verifier_rates.rates([[0, 0], [1, 2]]),
            "table must hold answers of reward 1 and of reward 0",
        ),
        (lambda: verifier_rates.rates([1, 2]), "table must have shape"),
        (lambda: verifier_rates.correlation([[3, 1], [1, 2]]), "one vote shows no correlation"),
        (lambda: verifier_rates.useless([[3, 1], [1, 2]]), "correlation must be given"),
        (
            lambda: verifier_rates.useless([[3, 1], [1, 2]], correlation=2),
            r"correlation must lie in \[0, 1\]",
        ),
        (
            lambda: verifier_rates.advised(
                [[1, 3], [3, 1]], share_of_ones=0.5, most=5, correlation=0, rng=RNG(0), **PROBLEM
            ),
            "tpr above fpr",
        ),
    ],
)
def test_bad_audits_are_named(call: Any, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        call()


def test_an_audit_is_counted() -> None:
    table = verifier_rates.audit_table([True, False, True, True], [2, 0, 1, 2], 2)
    assert table.tolist() == [[1, 0, 0], [0, 1, 2]]
