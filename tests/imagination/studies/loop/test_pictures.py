import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from imagination.studies.loop import pictures


@pytest.fixture
def table() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        [
            ("a", seed, number, 100 * number + seed, rng.normal(), rng.normal(), rng.normal())
            for number in range(4)
            for seed in range(5)
        ],
        columns=["arm", "seed", "round", "real_steps", "gap", "reward_part", "dynamics_part"],
    )


def test_the_loop_has_its_four_stations() -> None:
    figure, axes = plt.subplots()
    pictures.loop(axes)
    words = " ".join(text.get_text() for text in axes.texts)
    for word in ("act", "learn", "train", "look", "data", "models", "policy", "again"):
        assert word in words
    assert len(axes.patches) >= 4
    plt.close(figure)


def test_bands_draw_one_line_and_one_band_an_arm_and_return_them(table: pd.DataFrame) -> None:
    figure, axes = plt.subplots()
    drawn = pictures.bands(axes, table, "gap", {"a": "A"}, np.random.default_rng(1), by="round")
    (line,) = axes.lines
    assert line.get_label() == "A"
    np.testing.assert_allclose(line.get_ydata(), drawn["mean"])
    np.testing.assert_allclose(line.get_xdata(), 100 * np.arange(4) + 2)  # mean steps of seeds 0 to 4
    assert len(axes.collections) == 1
    with pytest.raises(ValueError, match="no arm 'b'"):
        pictures.bands(axes, table, "gap", {"b": "B"}, np.random.default_rng(1))
    plt.close(figure)


def test_parts_are_drawn_by_round_and_by_step(table: pd.DataFrame) -> None:
    figure, (left, right) = plt.subplots(1, 2)
    pictures.parts_by_round(left, table, np.random.default_rng(2))
    assert {line.get_label() for line in left.lines} >= {"gap", "reward error", "dynamics error"}
    pictures.parts_by_step(right, table.rename(columns={"round": "step"}), np.random.default_rng(2))
    assert all((np.asarray(line.get_ydata()) >= 0).all() for line in right.lines)  # sizes
    plt.close(figure)
