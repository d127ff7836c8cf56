"""Learning from verdicts: the curves' means, what a judge costs, and a thinker one can follow by hand."""

import numpy as np
import pytest

from imagination.reinforce import exact
from imagination.results.verifier.systems import episode_ends
from imagination.studies import biases, verdicts


def test_a_perfect_judge_is_the_reward():
    grid, rng = biases.grid(), np.random.default_rng(0)
    found = verdicts.curves(grid, verdicts.Judge(1.0, 0.0), seeds=5, steps=40, rate=0.5, rollouts=8, rng=rng)
    assert found.shape == (5, 41) and (found[:, -1] > 5 * found[:, 0]).all()
    np.testing.assert_allclose(found[:, 0], exact.returns(grid)[0])


def test_a_judge_that_is_wrong_more_often_than_not_teaches_the_opposite():
    grid, rng = biases.grid(), np.random.default_rng(1)
    found = verdicts.curves(grid, verdicts.Judge(0.2, 0.8), seeds=5, steps=60, rate=0.5, rollouts=8, rng=rng)
    assert (found[:, -1] < found[:, 0]).all()


def test_the_slowdown_is_what_is_sampled():
    table = verdicts.slowdown(biases.grid(), [1.0, 0.6], count=40_000, rng=np.random.default_rng(2))
    for name in ("verdicts", "FPR subtracted"):
        np.testing.assert_allclose(table[name], table[f"{name}, sampled"], rtol=0.1)
    assert table["verdicts"][0] == pytest.approx(1) and table["FPR subtracted"][0] == pytest.approx(1)
    assert table["verdicts"][1] > 2 * table["FPR subtracted"][1] > 2


def test_a_thinker_by_hand():
    """Two steps: answers at once with 1/2, and wrongly; else has understood with 1/4 at the second."""
    problem, last = verdicts.thinker(2, insight=0.25, discount=0.5)
    assert exact.returns(problem)[0] == pytest.approx(0.5 * 0.25 * 0.5)
    length, end = episode_ends(problem, last[None])
    assert length[0] == pytest.approx(1 + 0.5 * 0.5) and end[0] == pytest.approx(0.5 + 0.5 * 0.5)


def test_verdicts_where_they_are_given():
    problem, last = verdicts.thinker(3)
    judge = verdicts.Judge(0.7, 0.1, where=last, subtract=True)
    chance, offset = judge.chance(problem)[0], judge.offset(problem)[0]
    assert not chance[~last].any() and not offset[~last].any()
    assert set(np.round(chance[last], 9)) == {0.1, 0.7} and (offset[last] == -0.1).all()


def test_networks_climb_as_fast_as_j_says():
    pytest.importorskip("torch")
    judge = verdicts.Judge(0.7, 0.1)
    found = verdicts.on_networks(judge, rng=np.random.default_rng(4), members=2, rollouts=1000, horizon=3)
    assert len(found) == 6 and (found["z"].abs() < 5).all()
    assert (np.abs(found["ratio"] - 0.6) < 5 * found["error"]).all() and found["error"].min() < 0.1
