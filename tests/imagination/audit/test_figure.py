"""The figure of an audit: what is drawn, and with which labels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib import pyplot as plt
from tests.imagination.audit.test_report import audited

from imagination.audit.figure import figure


@pytest.fixture
def drawn():
    found = audited(offset=0.5)
    yield found, figure(found)
    plt.close("all")


def test_gap_and_parts_by_horizon_and_by_step(drawn):
    found, figure_ = drawn
    left, right = figure_.axes
    lines = {line.get_label(): line for line in left.lines}
    assert {"gap", "reward", "dynamics", "ends of episodes"} <= set(lines)
    np.testing.assert_allclose(lines["gap"].get_ydata(), found.by_horizon["gap"])
    steps = {line.get_label(): line for line in right.lines}
    np.testing.assert_allclose(steps["reward"].get_ydata(), found.by_step["reward"])
    for axes in (left, right):
        assert "step" in axes.get_xlabel() and "units of reward" in axes.get_ylabel()
        assert axes.get_legend() is not None


def test_intervals_are_bands(drawn):
    found, figure_ = drawn
    left, right = figure_.axes
    assert len(left.collections) == 4 and len(right.collections) == 3
    heights = left.collections[0].get_paths()[0].vertices[:, 1]
    assert heights.min() == pytest.approx(found.by_horizon["gap_low"].min())
    assert heights.max() == pytest.approx(found.by_horizon["gap_high"].max())


def test_the_trusted_horizon_is_marked(drawn):
    found, _ = drawn
    marked = figure(replace(found, longest_horizon=5)).axes[0]
    assert [line.get_xdata()[0] for line in marked.lines if line.get_label() == "trusted"] == [5]


def test_a_value_adds_a_panel(drawn):
    found = audited(offset=0.5, value=lambda seen: 4 + seen[:, 0])
    axes = figure(found).axes[2]
    lines = {line.get_label(): line for line in axes.lines}
    np.testing.assert_allclose(lines["bound"].get_ydata(), found.stopping.by_horizon["bound"])
    assert list(lines["not told from the best"].get_xdata()) == list(found.stopping.as_good)
    assert lines["smallest error"].get_xdata()[0] == found.stopping.best


def test_an_audit_without_a_gap_is_refused(drawn):
    found, _ = drawn
    with pytest.raises(ValueError, match="audit has no gap to draw: because"):
        figure(replace(found, by_horizon=None, why="because"))
