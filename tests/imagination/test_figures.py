import matplotlib.pyplot as plt
import numpy as np
import pytest

from imagination import figures


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def relative_luminance(hexadecimal):
    channels = np.array([int(hexadecimal[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


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
    assert list(x) == [1, 2, 3] and y[-1] == 1
    with pytest.raises(ValueError, match="1 are NaN"):
        figures.ecdf(axes, [np.nan, 1.0], name="x")


def test_strip_shows_every_group():
    _, (axes,) = figures.panels()
    figures.strip(axes, [np.arange(5), np.arange(9)], ["a", "b"])
    assert [text.get_text() for text in axes.get_yticklabels()] == ["a", "b"]
    with pytest.raises(ValueError, match="as many of one as of the other"):
        figures.strip(axes, [[1.0]], ["a", "b"])


def test_a_figure_needs_a_panel():
    with pytest.raises(ValueError, match="at least one panel"):
        figures.panels(0)
