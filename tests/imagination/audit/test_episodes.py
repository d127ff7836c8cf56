"""Logs as people keep them, and what is wrong with some."""

import numpy as np
import pandas as pd
import pytest

from imagination.audit.episodes import Episodes, episodes

LENGTHS = (3, 1, 4)
FIRST = np.repeat(np.cumsum((0, *LENGTHS[:-1])), LENGTHS)
COUNT = sum(LENGTHS)


def log(**changes):
    """Three episodes that walk along a line; the second one ends in the world. None removes a column."""
    state = 10.0 * np.arange(COUNT)[:, None] + np.array([0.0, 0.5])
    following = state + np.array([10.0, 10.0])
    last = np.isin(np.arange(COUNT), np.cumsum(LENGTHS) - 1)
    ended = np.arange(COUNT) == 3
    columns = {
        "state": state,
        "action": np.arange(COUNT)[:, None] % 2,
        "reward": np.arange(COUNT) / 7,
        "next_state": following,
        "terminated": ended,
        "truncated": last & ~ended,
        "episode": np.repeat([5, 2, 9], LENGTHS),
    } | changes
    return {name: column for name, column in columns.items() if column is not None}


def same(first: Episodes, second: Episodes) -> None:
    for name, column in vars(first).items():
        np.testing.assert_array_equal(column, getattr(second, name), err_msg=name)


def test_a_log_is_read():
    read = episodes(log())
    np.testing.assert_array_equal(read.length, LENGTHS)
    np.testing.assert_array_equal(read.start, [0, 3, 4])
    np.testing.assert_array_equal(read.ended(), [False, True, False])
    np.testing.assert_array_equal(read.truncated, log()["truncated"])
    assert read.state.dtype == float and read.action.dtype == np.int64 and read.action.shape == (COUNT, 1)
    assert episodes(read) is read


def test_states_are_observed_up_to_the_end():
    read = episodes(log())
    seen = read.observed(np.array([0, 0, 1, 2]), np.array([0, 3, 1, 4]))
    np.testing.assert_array_equal(seen[:, 0], [0, 30, 40, 80])
    episode, time = read.spread(4)
    np.testing.assert_array_equal(read.start[episode] + time, [0, 2, 4, 7])


@pytest.mark.parametrize("name", ["episode", "truncated"])
def test_episodes_are_told_apart_by_either(name):
    same(episodes(log(**{name: None})), episodes(log()))


def test_episodes_may_be_interleaved():
    order = np.argsort(np.arange(COUNT) - FIRST, kind="stable")
    mixed = {name: column[order] for name, column in log().items()}
    same(episodes(mixed), episodes(log()))


def test_labels_are_of_any_kind():
    same(episodes(log(episode=np.repeat(["b", "a", "c"], LENGTHS))), episodes(log()))


def test_one_coordinate_needs_no_second_axis():
    flat = log(state=log()["state"][:, 0], next_state=log()["next_state"][:, 0], action=log()["action"][:, 0])
    flat["reward"], flat["terminated"] = flat["reward"][:, None], 1.0 * flat["terminated"][:, None]
    read = episodes(flat)
    assert read.state.shape == read.action.shape == (COUNT, 1)
    np.testing.assert_array_equal(read.reward, log()["reward"])


def test_next_states_are_those_that_follow():
    kept = log(next_state=None, terminated=np.zeros(COUNT, bool), truncated=None)
    read = episodes(kept)
    np.testing.assert_array_equal(read.length, [2, 3])
    np.testing.assert_array_equal(read.state[:, 0], [0, 10, 40, 50, 60])
    np.testing.assert_array_equal(read.next_state[:, 0], [10, 20, 50, 60, 70])
    np.testing.assert_array_equal(read.truncated, [False, True, False, False, True])


def test_rounding_breaks_no_chain():
    rounded = log()["next_state"].astype(np.float32) + np.float32(1e-4)
    assert len(episodes(log(next_state=rounded)).length) == 3


def test_a_table_has_numbered_columns_or_arrays():
    kept = log()
    numbered = {f"{name}_{i}": kept[name][:, i] for name in ("state", "next_state") for i in (1, 0)}
    rest = {name: kept[name] for name in ("reward", "terminated", "truncated", "episode")}
    same(episodes(pd.DataFrame(numbered | rest | {"action": kept["action"][:, 0]})), episodes(kept))
    arrays = {name: list(kept[name]) for name in ("state", "next_state", "action")}
    same(episodes(pd.DataFrame(arrays | rest)), episodes(kept))
    with pytest.raises(ValueError, match=r"state_0 to state_2, got only \[0, 2\]"):
        episodes(pd.DataFrame({"state_0": [1.0], "state_2": [1.0]}))


def test_a_file_is_read(tmp_path):
    np.savez(tmp_path / "log.npz", **log(), other=np.ones(3))
    same(episodes(tmp_path / "log.npz"), episodes(log()))
    same(episodes(str(tmp_path / "log.npz")), episodes(log()))
    (tmp_path / "bad.npz").write_text("no zip")
    with pytest.raises(ValueError, match=r"bad\.npz is no \.npz file of plain arrays"):
        episodes(tmp_path / "bad.npz")
    with pytest.raises(FileNotFoundError):
        episodes(tmp_path / "none.npz")
    with pytest.raises(ValueError, match=r"must be a \.npz file"):
        episodes(tmp_path)


NAN = np.where(np.arange(COUNT)[:, None] % 2, np.nan, log()["state"])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reward": None}, "data must have 'reward', got"),
        ({"terminated": None}, "data must have 'terminated', got"),
        ({"episode": None, "truncated": None}, "'episode' or 'truncated'"),
        ({"state": NAN}, r"data\['state'\] must be finite, and less than 1e.100, got rows 1, 3, 5, 7"),
        ({"next_state": np.where(np.arange(COUNT)[:, None] == 7, np.inf, 0)}, "less than 1e.100, got row 7"),
        ({"reward": np.arange(3)}, "must have 3 rows, as data"),
        ({"reward": np.ones((COUNT, 2))}, r"data\['reward'\] must have shape \(n,\), got \(8, 2\)"),
        ({"state": np.ones((COUNT, 2, 2))}, r"data\['state'\] must have shape"),
        ({"state": np.full(COUNT, "x")}, r"data\['state'\] must be numbers"),
        ({"action": np.array([[1], [1, 2]] * 4, dtype=object)}, "rows of one length"),
        ({"terminated": np.full(COUNT, 0.5)}, "true or false"),
        ({"terminated": np.arange(COUNT) == 1}, r"data\['terminated'\] .* end only, got row 1"),
        ({"truncated": np.arange(COUNT) == 5}, r"data\['truncated'\] .* end only, got row 5"),
        ({"next_state": None}, "must have 'next_state' where 'terminated' is true, .* row 3"),
        ({"next_state": np.ones((COUNT, 1))}, r"data\['next_state'\] must have shape \(8, 2\)"),
        ({"episode": np.full(COUNT, np.nan)}, r"data\['episode'\] must be a label"),
        ({"episode": np.array([1, "a"] * 4, dtype=object)}, r"data\['episode'\] must be labels of one kind"),
        (
            {"state": log()["state"][::-1]},
            "rows 0, 1, 4, 5, 6: coordinate 0 is 10 after row 0 and 60 in row 1",
        ),
        ({name: column[:0] for name, column in log().items()}, "must have a transition"),
    ],
)
def test_a_bad_log_is_refused_by_name(changes, said):
    with pytest.raises(ValueError, match=said):
        episodes(log(**changes))


def test_a_shuffled_buffer_is_one_transition_an_episode():
    mixed = np.random.default_rng(0).permutation(COUNT)
    buffer = {name: column[mixed] for name, column in log().items()} | {"episode": np.arange(COUNT)}
    buffer["truncated"] = ~buffer["terminated"]
    np.testing.assert_array_equal(episodes(buffer).length, np.ones(COUNT))


@pytest.mark.parametrize("data", [3, None, [1, 2], "no/such-v0.npz.gz"])
def test_what_is_no_log_is_refused(data):
    with pytest.raises(ValueError, match="data"):
        episodes(data)
