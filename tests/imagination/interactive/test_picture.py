"""The picture for paper."""

import base64
import xml.etree.ElementTree as ET
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest

from imagination import interactive
from imagination.interactive import picture
from imagination.interactive.parts import Upright

FIGURES = [getattr(interactive, name) for name in interactive.__all__]


@pytest.mark.parametrize("make", FIGURES, ids=interactive.__all__)
def test_the_picture_is_the_same_twice_and_leaves_nothing_open(make):
    before = plt.get_fignums()
    once, again = picture.svg(make()), picture.svg(make.__wrapped__())
    assert once == again
    assert plt.get_fignums() == before
    assert ET.fromstring(once).tag.endswith("svg")
    assert b"dc:date" not in once


def test_the_address_holds_the_picture():
    address = picture.data_uri(interactive.curvature())
    kind, content = address.split(",")
    assert kind == "data:image/svg+xml;base64"
    assert base64.b64decode(content) == picture.svg(interactive.curvature())


def test_an_axis_shows_whole_decades_and_no_more_than_it_may():
    figure = replace(interactive.curvature(), y=Upright("y", span=2), anchor=None)
    assert picture._range(figure, {"a": np.array([2e-3, np.inf, 5e9])}, [1.0]) == pytest.approx((1e-3, 0.1))
    assert picture._range(figure, {"a": np.array([2.0, 3.0])}, [0.0]) == pytest.approx((1, 10))
    figure = replace(figure, y=Upright("y", span=20))
    assert picture._range(figure, {"a": np.array([2e-3, 5e9])}, [6e9]) == pytest.approx((1e-3, 1e10))


def test_points_gather_at_the_pole():
    axis = interactive.return_gap().axes[0]
    xs = picture._points(axis, [0.75])
    assert (np.diff(xs) > 0).all()
    assert np.abs(xs - 0.75).min() < 1e-6
    assert xs[0] == axis.low
    assert xs[-1] == axis.high
