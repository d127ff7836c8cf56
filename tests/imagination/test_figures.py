import itertools

import matplotlib.pyplot as plt
import numpy as np
import pytest

from imagination import figures


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def linear_rgb(hexadecimal):
    channels = np.array([int(hexadecimal[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def relative_luminance(hexadecimal):
    return linear_rgb(hexadecimal) @ [0.2126, 0.7152, 0.0722]


EYES = {
    "full colour vision": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
"""What an eye without one kind of cone sees of linear RGB: Machado et al. (2009), severity 1."""

TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


def lab(linear):
    """CIE L*a*b*, in which 2.3 is a difference that one just sees."""
    xyz = TO_XYZ @ np.clip(linear, 0, 1) / TO_XYZ.sum(axis=1)
    x, y, z = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def least_distance(colours, eye):
    seen = [lab(np.array(eye) @ linear_rgb(colour)) for colour in colours]
    return min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2))


@pytest.mark.parametrize("eye", EYES.values(), ids=EYES)
def test_any_two_colours_can_be_told_apart(eye):
    assert least_distance(figures.COLOURS.values(), eye) > 12


def test_a_red_and_a_green_are_refused_for_some_eyes():
    assert least_distance(["#D62728", "#7A7A1A"], EYES["full colour vision"]) > 12
    assert least_distance(["#D62728", "#7A7A1A"], EYES["deuteranopia"]) < 12


def test_text_and_axes_have_contrast_with_the_face():
    face = relative_luminance(figures.STYLE["figure.facecolor"])
    for key in ("text.color", "axes.labelcolor", "axes.edgecolor"):
        assert (face + 0.05) / (relative_luminance(figures.STYLE[key]) + 0.05) > 7


def test_colours_by_name_and_position():
    assert figures.colour("blue") == figures.colour(0) == figures.colour(len(figures.COLOURS))
    with pytest.raises(ValueError, match="'mauve' is not in the palette"):
        figures.colour("mauve")
    assert len(figures.MARKERS) == len(figures.COLOURS) == len(set(figures.COLOURS.values()))


def draw(path):
    with figures.style():
        figure, axes = figures.panels(2)
        axes[0].plot([0, 1], [1, 2], label="a")
        figures.ecdf(axes[1], np.random.default_rng(0).random(50), name="ratio")
        return figures.save(figure, path).read_bytes()


@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_equal_pictures_are_equal_bytes(tmp_path, suffix):
    assert draw(tmp_path / f"one{suffix}") == draw(tmp_path / f"two{suffix}")


def test_other_formats_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"need one of \.png, \.svg"):
        draw(tmp_path / "one.jpg")


def test_style_ends_with_its_block():
    before = plt.rcParams["axes.grid"]
    with figures.style(axes_grid=not before):
        assert plt.rcParams["axes.grid"] is not before
    assert plt.rcParams["axes.grid"] is before


def test_ecdf_reaches_one_and_refuses_nan():
    _, (axes,) = figures.panels()
    figures.ecdf(axes, [3.0, 1.0, 2.0], name="x")
    x, y = axes.lines[0].get_data()
    assert list(x)[1:] == [1, 2, 3] and list(y) == [0, 1 / 3, 2 / 3, 1]
    with pytest.raises(ValueError, match="values must be finite, got nan"):
        figures.ecdf(axes, [np.nan, 1.0], name="x")


def test_strip_shows_every_group():
    _, (axes,) = figures.panels()
    figures.strip(axes, [np.arange(5), np.arange(9)], ["a", "b"])
    assert [text.get_text() for text in axes.get_yticklabels()] == ["a", "b"]
    assert list(axes.lines[-1].get_xdata()) == [4, 8] and axes.yaxis_inverted()
    whiskers = {round(float(x), 6) for line in axes.lines for x in line.get_xdata()}
    assert {0.2, 3.8, 0.4, 7.6} & whiskers == set()  # they end at numbers of the sample
    assert {1.0, 3.0, 2.0, 6.0} <= whiskers
    with pytest.raises(ValueError, match="groups must be a sequence of samples, one for each of 2 names"):
        figures.strip(axes, [[1.0]], ["a", "b"])


def test_a_figure_needs_a_panel():
    with pytest.raises(ValueError, match="columns must be a whole number, at least 1, got 0"):
        figures.panels(0)
