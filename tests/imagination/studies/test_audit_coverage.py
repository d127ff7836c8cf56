"""The systems with known parts, and what is recorded of intervals that should hold them."""

from __future__ import annotations

import numpy as np
import pytest

from imagination import records
from imagination.audit.parts import PARTS, decompose
from imagination.studies import audit_coverage
from imagination.studies.audit_systems import Quadratic, System, Tables, simulate
from imagination.trials.sweep import generator
from imagination.worlds.tabular import TabularMDP

GAMMA = 0.9
HORIZONS = np.array([1, 3, 6])


def systems() -> list[System]:
    rng = np.random.default_rng(1)
    return [
        Tables.draw(rng, 3, hazard=0.2, skewness=0.5, disaster=0.01),
        Quadratic.draw(rng, 3, radius=0.8, hazard=0.1),
    ]


@pytest.mark.parametrize("system", systems(), ids=["tables", "quadratic"])
def test_the_known_parts_are_what_very_many_episodes_say(system):
    rng = np.random.default_rng(2)
    count = 6000
    episodes = simulate(system, rng, count, 6)
    found = decompose(
        episodes, system.model(rng), system.policy(rng), gamma=GAMMA, horizons=HORIZONS, rng=rng
    )
    for part, truth in system.parts(GAMMA, HORIZONS).items():
        values = found.by_horizon[part].reshape(3, count, 3)
        doubt = values.std(1) / np.sqrt(count)
        assert np.all(np.abs(values.mean(1) - truth) <= 4.5 * doubt + 1e-12), part


def test_the_known_parts_add_up_to_the_difference_of_exact_returns():
    """Against the library's own solver: an ended world is one more state, where nothing is paid."""
    tables = Tables.draw(np.random.default_rng(3), 4, hazard=0.2, disaster=0.01)

    def returns(kernel, reward, proceed):
        count, size, actions = reward.shape
        whole = np.zeros((count, size + 1, actions, size + 1))
        whole[:, :size, :, :size] = proceed[..., None] * kernel
        whole[:, :size, :, size], whole[:, size, :, size] = 1 - proceed, 1
        paid = np.concatenate([reward, np.zeros((count, 1, actions))], axis=1)
        first = np.append(np.full(size, 1 / size), 0)
        policy = np.concatenate([tables.actions, np.full((count, 1, actions), 1 / actions)], axis=1)
        return TabularMDP(whole, paid, np.full(count, GAMMA), first).returns(policy, 6)

    imagined = returns(tables.learned_kernel, tables.learned_reward, tables.learned_proceed)
    real = returns(tables.kernel, tables.reward - tables.LOSS * tables.disaster, tables.proceed)
    found = tables.parts(GAMMA, HORIZONS)
    np.testing.assert_allclose(sum(found[part][:, -1] for part in PARTS), imagined - real, atol=1e-12)


def test_a_block_of_the_record_comes_out_again():
    recorded = records.load("audit-coverage")
    name = "finite, worlds end"
    again = audit_coverage.block(name, records.describe("audit-coverage").parameters["seed"], 3)
    kept = recorded[(recorded["regime"] == name) & (recorded["block"] == 3)]
    np.testing.assert_array_equal(again["quantity"], kept["quantity"])
    assert np.abs(again["held"].to_numpy() - kept["held"].to_numpy()).max() <= 1
    np.testing.assert_allclose(again["width"], kept["width"], rtol=1e-3)


def test_recorded_intervals_hold_the_truth_but_where_it_is_said():
    """Within three standard deviations of a binomial of 1,000 audits, one-sided."""
    share = audit_coverage.summary(records.load("audit-coverage"))
    nominal = audit_coverage.LEVEL
    least = nominal - 3 * np.sqrt(nominal * (1 - nominal) / 1000)
    low = share.index[(share < least).any(axis=1)]
    assert set(low) <= audit_coverage.TOO_LOW
    assert set(audit_coverage.TOO_LOW) <= set(share.index)
    assert share.xs("longest horizon", level="quantity").drop("finite, rare disaster").min().min() >= least


def test_audits_are_drawn_by_their_number():
    one, other = (Tables.draw(generator(0, index), 2).reward for index in (0, 1))
    assert not np.array_equal(one, other)
