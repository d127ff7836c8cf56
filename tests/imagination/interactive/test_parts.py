"""What a figure is made of, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest

from imagination.interactive import curvature, parts, return_gap


def test_stops_are_the_numbers_that_are_printed():
    assert parts.linear(0, 0.3, 0.1) == (0.0, 0.1, 0.2, 0.3)
    assert parts.logarithmic(0.1, 10, per_decade=2) == (0.1, 0.316, 1.0, 3.16, 10.0)
    assert 0.34 in parts.logarithmic(0.01, 100, also=(0.34,))
    assert parts.whole(1, 12)[:6] == (1.0, 2.0, 3.0, 4.0, 5.0, 6.0)
    for stops in (parts.whole(1, 10000), parts.logarithmic(1e-4, 1e4)):
        assert all(np.diff(stops) > 0)
        assert all(x == float(f"{x:.3g}") for x in stops)


@pytest.mark.parametrize(
    ("stops", "start", "words"),
    [((1.0,), 1.0, "increase"), ((1.0, 1.0), 1.0, "increase"), ((2.0, 1.0), 1.0, "increase"),
     ((1.0, 2.0), 1.5, "no stop")],
)  # fmt: skip
def test_stops_that_are_none_are_refused(stops, start, words):
    with pytest.raises(ValueError, match=words):
        parts.Slider("a", "a", "a", stops, start)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sliders": ()}, "nothing gives eps"),
        ({"markers": (parts.Marker("nowhere", 0),)}, "does not compute nowhere"),
        ({"rows": (parts.Row("nothing", "Nothing"),)}, "does not compute nothing"),
        ({"notes": (parts.Note("silence", ("",)),)}, "does not compute silence"),
        ({"curves": (parts.Curve("line", "line", 0),)}, "does not compute line"),
    ],
)
def test_a_figure_of_what_is_not_computed_is_refused(change, words):
    with pytest.raises(ValueError, match=words):
        replace(curvature(), **change)


def test_a_figure_starts_where_its_sliders_stand():
    assert return_gap().start["gamma"] == 0.9
    assert set(return_gap().start) == set(return_gap().at.inputs)
