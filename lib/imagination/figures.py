"""One plotting style for the whole book.

Colours are those of Okabe and Ito, which readers with any of the common colour-vision deficiencies tell
apart, and each comes with a marker of its own, so that no figure relies on colour alone. Figures have a
light face of their own: they stay legible when the page around them is dark.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from imagination import checks

__all__ = ["COLOURS", "MARKERS", "STYLE", "colour", "ecdf", "panels", "save", "strip", "style", "use"]

COLOURS: dict[str, str] = {
    "blue": "#0072B2",
    "vermilion": "#D55E00",
    "green": "#009E73",
    "purple": "#CC79A7",
    "orange": "#E69F00",
    "sky": "#56B4E9",
    "grey": "#6B6B6B",
    "black": "#1A1A1A",
}
"""The palette by name, in the order in which a plot's lines take them."""

MARKERS: tuple[str, ...] = ("o", "s", "^", "D", "v", "P", "X", "*")
"""Markers in the same order as `COLOURS`."""

STYLE: dict[Any, Any] = {
    "figure.figsize": (6.4, 4.0),
    "figure.dpi": 110,
    "figure.facecolor": "#FCFCFA",
    "figure.constrained_layout.use": True,
    "savefig.facecolor": "#FCFCFA",
    "savefig.dpi": 110,
    "savefig.bbox": "standard",
    "axes.facecolor": "#FCFCFA",
    "axes.prop_cycle": cycler(color=list(COLOURS.values())) + cycler(marker=MARKERS),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.titlesize": 12,
    "axes.titlelocation": "left",
    "axes.labelsize": 11,
    "grid.color": "#DDDDD8",
    "grid.linewidth": 0.7,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "legend.fontsize": 10,
    "legend.frameon": False,
    "lines.linewidth": 1.9,
    "lines.markersize": 5.0,
    "font.family": "DejaVu Sans",
    "font.size": 11,
    "mathtext.fontset": "dejavusans",
    "text.color": "#1A1A1A",
    "axes.labelcolor": "#1A1A1A",
    "axes.edgecolor": "#4A4A4A",
    "svg.hashsalt": "imagination",
    "svg.fonttype": "path",
}
"""What `use` and `style` set. DejaVu Sans comes with matplotlib: every machine draws the same glyphs."""


def use() -> None:
    """Set the book's style for the rest of this process (a chapter calls it once, at its top)."""
    mpl.rcParams.update(STYLE)


@contextmanager
def style(**changes: Any) -> Iterator[None]:
    """Draw in the book's style inside a ``with`` block, with some settings changed.

    Parameters
    ----------
    **changes
        Settings of matplotlib with underscores for dots, e.g. ``figure_figsize=(8, 3)``.
    """
    named: dict[Any, Any] = {key.replace("_", ".", 1): value for key, value in changes.items()}
    with mpl.rc_context({**STYLE, **named}):
        yield


def colour(name: str | int) -> str:
    """Return a colour of the palette by name or by position.

    Raises
    ------
    ValueError
        If `name` is no colour of the palette.
    """
    if isinstance(name, int):
        return list(COLOURS.values())[name % len(COLOURS)]
    if name not in COLOURS:
        raise ValueError(f"name: {name!r} is not in the palette; choose one of {', '.join(COLOURS)}")
    return COLOURS[name]


def panels(
    columns: int = 1, rows: int = 1, *, width: float = 8.0, height: float = 3.4, **options: Any
) -> tuple[Figure, np.ndarray]:
    """Make a figure with a grid of axes.

    Parameters
    ----------
    columns, rows : int
        Size of the grid.
    width : float
        Width of the whole figure [inch].
    height : float
        Height of one row [inch].
    **options
        Passed to `matplotlib.pyplot.subplots`, e.g. ``sharey=True``.

    Returns
    -------
    figure : Figure
    axes : array of Axes, shape (rows * columns,)
        Always flat, also for a single panel.
    """
    checks.counts(columns=columns, rows=rows)
    width = checks.number("width", width, above=0)
    height = checks.number("height", height, above=0)
    checks.number("height of all rows", height * rows)
    figure, axes = plt.subplots(rows, columns, figsize=(width, height * rows), squeeze=False, **options)
    return figure, axes.ravel()


def _drawable(name: str, values: Any) -> np.ndarray:
    """Numbers that have a place on an axis, or a ValueError."""
    numbers = checks.finite(name, values)
    if np.any(np.abs(numbers) > 1e300):
        raise ValueError(f"{name} must be at most 1e300 in size, or no axis holds them")
    return numbers


@checks.numeric
def ecdf(axes: Axes, values: Any, *, name: str, **options: Any) -> None:
    """Draw the empirical distribution function of `values` as a staircase.

    Parameters
    ----------
    axes : Axes
        Where to draw.
    values : array_like, shape (n,)
        The sample; no NaN.
    name : str
        Label in the legend.
    """
    sample = np.sort(_drawable("values", values).ravel())
    if not sample.size:
        raise ValueError("values must hold some numbers, got none")
    import seaborn as sns

    sns.ecdfplot(x=sample, ax=axes, label=name, marker="", **options)


@checks.numeric
def strip(
    axes: Axes, groups: Sequence[Any], names: Sequence[str], *, whiskers: tuple[float, float] = (5, 95)
) -> None:
    """Draw a box for each group, with whiskers to the outer quantiles and a dot at the largest.

    Parameters
    ----------
    axes : Axes
        Where to draw; its vertical axis becomes the groups' names, first on top.
    groups : sequence of array_like
        The samples.
    names : sequence of str
        Their names.
    whiskers : two floats
        Percentiles at which the whiskers end; the box goes from quartile to quartile.
    """
    checks.check_items("names", names, str)
    if not isinstance(groups, list | tuple) or len(groups) != len(names):
        raise ValueError(
            f"groups must be a sequence of samples, one for each of {len(names)} names, got {groups!r}"
        )
    samples = [_drawable("groups", sample) for sample in groups]
    if not samples or not all(sample.ndim == 1 and sample.size for sample in samples):
        raise ValueError(f"groups must be samples, (n,) each, got shapes {[s.shape for s in samples]}")
    ends = checks.finite("whiskers", whiskers, least=0)
    if ends.shape != (2,) or ends.max() > 100:
        raise ValueError(f"whiskers must be two percentiles, got {whiskers}")
    rows = range(len(samples))
    axes.boxplot(
        samples,
        positions=rows,
        orientation="horizontal",
        whis=tuple(ends.tolist()),
        showfliers=False,
        widths=0.6,
        patch_artist=True,
        boxprops={"facecolor": COLOURS["sky"]},
        medianprops={"color": COLOURS["black"], "linewidth": 1.9},
    )
    axes.plot([sample.max() for sample in samples], rows, "o", color=COLOURS["vermilion"], markersize=5)
    axes.set_yticks(rows, names)
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)


def save(figure: Figure, path: str | Path) -> Path:
    """Write a figure as PNG or SVG without a date or a version in it: equal pictures are equal bytes.

    Parameters
    ----------
    figure : Figure
    path : path
        Its suffix, ``.png`` or ``.svg``, chooses the format.

    Returns
    -------
    Path
        Where it was written.
    """
    path = Path(path)
    without = {".png": {"Software": None}, ".svg": {"Date": None}}
    if path.suffix not in without:
        raise ValueError(f"path: {path.name!r} ends in {path.suffix!r}; need one of {', '.join(without)}")
    figure.savefig(path, metadata=without[path.suffix])
    return path
