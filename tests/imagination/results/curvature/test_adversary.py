import numpy as np
import pytest

from imagination.results.curvature.adversary import EPS, search
from imagination.results.curvature.claims import curvature_bound


def test_the_search_reaches_the_sharp_bound_and_stays_below_it():
    found = search(np.random.default_rng(4), restarts=3)
    table = found.table
    assert list(table["eps"]) == list(EPS) and max(EPS) == 1
    assert (np.array(EPS) > 0.83).sum() >= 3  # where the paper's form allows more than 2
    assert (table["gap"] < 1e-6).all() and (table["gap"] > -1e-9).all()
    assert (table["start"] < 0.95 * table["sharp"]).mean() > 0.8  # it had to climb
    assert found.path.shape == (400, len(EPS), 3)
    np.testing.assert_array_equal(table["sharp"], curvature_bound(np.array(EPS)))


def test_impossible_searches_are_refused():
    rng = np.random.default_rng(0)
    for changes in ({"dimension": 1}, {"restarts": 0}, {"steps": 0}, {"rate": 0.0}):
        with pytest.raises(ValueError, match=next(iter(changes))):
            search(rng, **changes)
    with pytest.raises(ValueError, match="eps"):
        search(rng, eps=(0.5, 1.2))
