import numpy as np
import pytest

from imagination.results.return_gap import claims as return_gap
from imagination.results.return_gap.adversary import FASTEST, MixedMap, search, tightness
from imagination.results.return_gap.mutants import MUTANTS
from imagination.results.return_gap.trial import TAIL, TOLERANCE, TRIALS
from imagination.rollouts import return_gap as rollout_gap


@pytest.fixture(scope="module")
def found():
    return search(np.random.default_rng(0), restarts=12)


def test_it_gets_to_the_bound_and_not_beyond(found):
    assert found.path["ratio"].max() >= 0.999
    assert found.path["ratio"].max() <= 1 + TOLERANCE
    assert found.table["ratio"].max() >= 0.999
    assert (found.table["ratio"] <= 1 + TOLERANCE).all()


def test_it_starts_from_generic_systems(found):
    first = found.path.query("step == 0")["ratio"]
    assert first.median() < 0.5
    assert found.path.query("step == step.max()")["ratio"].median() > first.median() + 0.4


def test_the_path_ends_where_the_table_says(found):
    last = found.path.query("step == step.max()")["ratio"]
    np.testing.assert_allclose(last, found.table["ratio"], rtol=1e-9)


def test_constants_stay_what_they_were(found):
    again = search(np.random.default_rng(0), restarts=12, steps=1)
    for name in ("gamma", "L_f", "L_r", "L_pi", "eps_dyn", "eps_rew"):
        np.testing.assert_allclose(found.table[name], again.table[name], rtol=1e-12)
    bound = return_gap.bound(**found.pair.constants(), horizon=6)
    np.testing.assert_allclose(found.table["bound"], bound)


def test_what_it_finds_catches_mutants(found):
    found_out = TRIALS[1].outcome(found.table, MUTANTS)
    assert found_out.mutants == found_out.caught == 6


def test_the_best_pairs_make_every_inequality_an_equality(found):
    first, last = tightness(found.first, 6), tightness(found.pair, 6)
    for shares in (first, last):
        assert (shares <= 1 + 1e-9).all(axis=None) and (shares >= 0).all(axis=None)
    best = found.table["ratio"] > 0.999
    assert best.sum() >= 3
    assert (last[best].median() > 0.95).all()
    assert (first[["policy", "dynamics", "reward"]].median() < 0.9).all()


@pytest.fixture(scope="module")
def endless():
    return search(np.random.default_rng(1), steps=100, horizon=None)


def test_it_gets_to_lemma_1_and_not_beyond(endless):
    """The gap of the pairs found, over so many steps that the rest is nothing, is nearly Lemma 1's bound."""
    table, constants = endless.table, endless.pair.constants()
    loop = constants["gamma"] * constants["L_f"] * (1 + constants["L_pi"])
    assert (loop <= FASTEST + 1e-12).all() and (constants["gamma"] <= FASTEST).all()
    np.testing.assert_allclose(table["bound"], return_gap.bound(**constants))
    assert (table["tail"] <= TAIL * table["bound"]).all() and (table["regime"] == "contracting").all()
    assert 0.999 <= table["ratio"].max() <= 1 + TOLERANCE
    longer = rollout_gap(
        endless.pair.real, endless.pair.learned, endless.pair.policy, endless.pair.start, 200
    )
    np.testing.assert_allclose(np.abs(longer[:, 0]), table["gap"], rtol=1e-9)


def test_what_it_finds_for_lemma_1_catches_its_mutants(endless):
    found_out = TRIALS[0].outcome(endless.table, MUTANTS)
    assert found_out.mutants == 19 and found_out.caught >= 18


def test_mixed_maps_are_certified():
    rng = np.random.default_rng(1)
    wanted = np.array([0.3, 1.0, 2.5])
    mixed = MixedMap.random(rng, 3, 2).scaled_to(wanted)
    np.testing.assert_allclose(mixed.lipschitz(), wanted, rtol=1e-12)
    state, action = rng.standard_normal((3, 400, 3)), rng.standard_normal((3, 400, 2))
    step = rng.standard_normal((3, 400, 5)) * 0.1
    moved = mixed(state + step[..., :3], action + step[..., 3:])
    rise = np.linalg.norm(moved - mixed(state, action), axis=-1)
    run = np.linalg.norm(step[..., :3], axis=-1) + np.linalg.norm(step[..., 3:], axis=-1)
    assert np.all(rise <= wanted[:, None] * run)


@pytest.mark.parametrize("name", ["restarts", "steps", "horizon", "rate"])
def test_numbers_must_be_positive(name):
    with pytest.raises(ValueError, match=f"{name}: 0 must be positive"):
        search(np.random.default_rng(0), **{name: 0})
