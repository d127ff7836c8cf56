"""Episodes and the models that read them: families are what they say, and a model reads what it predicted."""

import numpy as np
import pytest

from imagination.results.histories import systems


@pytest.mark.parametrize("family", systems.FAMILIES)
def test_a_model_reads_its_own_predictions(family):
    drawn = systems.draw(family, np.random.default_rng(1), 20)
    k = drawn.lags.shape[1]
    dreamt = drawn.dreamt()
    np.testing.assert_array_equal(dreamt[:, 0], drawn.seen[:, :k][:, ::-1])
    np.testing.assert_array_equal(dreamt[:, 1:, 1:], dreamt[:, :-1, :-1])
    predicted = drawn.predicted(dreamt[:, :-1])
    np.testing.assert_allclose(predicted, dreamt[:, 1:, 0], rtol=1e-12, atol=1e-12 * np.abs(dreamt).max())


def test_windows_are_newest_first():
    seen = np.arange(5.0)[None, :, None]
    assert systems.windows(seen, 2)[0, :, :, 0].tolist() == [[1, 0], [2, 1], [3, 2], [4, 3]]


def test_what_has_a_state_is_predicted_by_enough_observations_and_chance_is_not():
    """Four numbers of one observed: five observations tell the next; with noise nothing does."""
    rng = np.random.default_rng(2)
    errors = {}
    for family in ("hidden", "chance"):
        drawn = [systems.draw(family, rng, 20) for _ in range(20)]
        errors[family] = {True: [], False: []}
        for each in drawn:
            k, d = each.lags.shape[1], each.offset.shape[1]
            off = each.predicted(systems.windows(each.seen[:, :-1], k)) - each.seen[:, k:]
            errors[family][k * d >= 5].append(np.median(np.linalg.norm(off, axis=2)))
    assert np.median(errors["hidden"][True]) < 0.1 * np.median(errors["chance"][True])


def test_nothing_happens_to_the_restless():
    drawn = systems.draw("restless", np.random.default_rng(0), 10)
    assert not drawn.seen.any() and not drawn.paid.any() and (drawn.offset > 0).all()
    assert (drawn.lags >= 0).all() and (drawn.dreamt() >= 0).all()


def test_an_unknown_family_is_refused():
    with pytest.raises(ValueError, match="family: 'tape' is none of hidden"):
        systems.draw("tape", np.random.default_rng(0), 3)
