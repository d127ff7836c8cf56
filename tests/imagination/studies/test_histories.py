"""Models that read the last few observations: errors beside bounds, and all that may be seen, listed."""

import numpy as np
import pytest

from imagination.studies.histories import PartlySeen, measured


def some_lights(steps=5):
    rng = np.random.default_rng(4)
    sees = np.array([[0.9, 0.1], [0.4, 0.6], [0.1, 0.9]])
    return PartlySeen(rng.dirichlet(np.full(3, 0.4), (3, 2)), sees, np.full(3, 1 / 3), steps, 0.9)


POLICY, CHANCE = np.array([[0.9, 0.1], [0.2, 0.8]]), np.full((2, 2), 0.5)


def test_a_model_that_is_right_has_no_gap_and_one_lag_is_the_closed_loop():
    seen = 0.8 ** np.arange(60.0) * np.array([[1.0], [-2.0]])
    right = measured(seen, [0.8], 0.9)
    assert right["gap"] < 1e-12 and right["lag by lag"] < 1e-12
    wrong = measured(seen, [0.6], 0.9)
    assert wrong["memory"] == pytest.approx(0.54) and wrong["rho"] == pytest.approx(0.6)
    assert wrong["identity"] == pytest.approx(wrong["lag by lag"]) == pytest.approx(wrong["norm"])
    assert wrong["gap"] == pytest.approx(wrong["identity"])  # every error has the same sign


def test_bounds_are_in_order_and_silent_where_they_must_be():
    seen = np.cos(0.5 * np.arange(80.0) + np.arange(7)[:, None])
    row = measured(seen, [0.6, -0.3], 0.9)
    assert row["gap"] <= row["identity"] < row["lag by lag"] < row["norm"] < row["Lemma 1"] < np.inf
    exact = measured(seen, [2 * np.cos(0.5), -1.0], 0.9)
    assert exact["gap"] < 1e-12 and exact["memory"] > 1
    assert exact["lag by lag"] == exact["norm"] == exact["Lemma 1"] == np.inf


def test_histories_are_likely_as_paths_say():
    world = some_lights(2)
    chances = world.chances(POLICY)
    for each in chances:
        assert each.sum() == pytest.approx(1)
    seen, done, then = 1, 0, 1
    path = sum(
        world.start[x]
        * world.sees[x, seen]
        * POLICY[seen, done]
        * world.moves[x, done, y]
        * world.sees[y, then]
        for x in range(3)
        for y in range(3)
    )
    assert chances[1][seen * 4 + done * 2 + then] == pytest.approx(path)


def test_the_value_is_that_of_the_hidden_chain():
    world = some_lights()
    policy = np.einsum("xo,oa->xoa", world.sees, POLICY)
    closed = np.einsum("xoa,xay->xy", policy, world.moves)
    state, total = world.start, 0.0
    for t in range(world.steps):
        total += 0.9**t * state @ world.sees[:, 1]
        state = state @ closed
    value = world.joint[0].sum(axis=1) @ world.values(world.next_seen, POLICY)[0]
    assert value == pytest.approx(total, rel=1e-12)


def test_reading_everything_leaves_no_gap_and_the_bounds_hold():
    table = some_lights().table(POLICY, CHANCE)
    assert table["k"].tolist() == [1, 2, 3, 4, 5]
    assert (table["gap"] <= table["average"] + 1e-12).all()
    assert (table["average"] <= table["largest"] + 1e-12).all()
    assert table["gap"].iloc[-1] < 1e-12 and (table["gap"].iloc[:-1] > 1e-9).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: measured(np.zeros(5), [1.0], 0.9), "seen must be episodes"),
        (lambda: measured(np.zeros((1, 2)), [0.5, 0.5], 0.9), "more steps than 2 lags"),
        (lambda: measured(np.zeros((1, 5)), [], 0.9), "lags must be one number"),
        (lambda: measured(np.zeros((1, 5)), [1.0], 1.0), "discount must lie in"),
        (lambda: PartlySeen(np.ones((1, 2, 1)), np.ones((1, 2)), np.ones(1), 3, 0.9), "sees must be laws"),
        (lambda: some_lights(0), "steps, discount must be"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
