"""What a figure is made of: sliders, axes, curves, marks, numbers in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import sympy as sp

from imagination.interactive.program import Program


@dataclass(frozen=True)
class Slider:
    """A number that the reader moves.

    Parameters
    ----------
    code : str
        Its name in programs.
    symbol : str
        Its letter, e.g. ``"L_f"``.
    words : str
        What it is, in a few words.
    stops : tuple of float
        The values it can take, increasing; each has so few digits that the printed number is the value.
    start : float
        Where it stands at first, one of them.
    """

    code: str
    symbol: str
    words: str
    stops: tuple[float, ...]
    start: float

    def __post_init__(self) -> None:
        if len(self.stops) < 2 or any(a >= b for a, b in zip(self.stops, self.stops[1:], strict=False)):
            raise ValueError(f"stops: those of {self.code!r} must increase, at least two of them")
        if self.start not in self.stops:
            raise ValueError(f"start: {self.start!r} is no stop of {self.code!r}")


def linear(low: float, high: float, step: float) -> tuple[float, ...]:
    """Stops at equal distances, from `low` to `high`."""
    return tuple(float(f"{x:.10g}") for x in np.arange(round((high - low) / step) + 1) * step + low)


def logarithmic(
    low: float, high: float, *, per_decade: int = 20, also: tuple[float, ...] = ()
) -> tuple[float, ...]:
    """Stops at equal ratios, of three digits, and some others."""
    count = round(np.log10(high / low) * per_decade) + 1
    return tuple(sorted({float(f"{x:.3g}") for x in np.geomspace(low, high, count)} | set(also)))


def whole(low: int, high: int, *, per_decade: int = 30, also: tuple[float, ...] = ()) -> tuple[float, ...]:
    """Whole numbers: all at first, then some of three digits at about equal ratios, and some others."""
    count = round(np.log10(high / low) * per_decade) + 1
    return tuple(sorted({float(f"{round(x):.3g}") for x in np.geomspace(low, high, count)} | set(also)))


@dataclass(frozen=True)
class Line:
    """A vertical line at a number of the program, and whether what lies beyond is shaded."""

    at: str
    label: str
    shade: bool = False


@dataclass(frozen=True)
class Axis:
    """A horizontal axis: along which number the curves run.

    Parameters
    ----------
    code : str
        A slider's, or an input of `along` of its own.
    label : str
        With unit; ``_x`` is an index.
    scale : {"linear", "log"}
    low, high : float
        Its ends.
    points : tuple of float, optional
        Where the curves are computed, for whole numbers.
    ticks : tuple of (float, str), optional
        Where not the usual ones.
    lines : tuple of Line
    """

    code: str
    label: str
    scale: str
    low: float
    high: float
    points: tuple[float, ...] | None = None
    ticks: tuple[tuple[float, str], ...] | None = None
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Upright:
    """The vertical axis: fixed ends, or, logarithmic, at most `span` decades from the lowest point up."""

    label: str
    scale: str = "log"
    low: float = 0.0
    high: float = 1.0
    span: int = 5


@dataclass(frozen=True)
class Curve:
    """A curve: a number of `along`, its name, and which of the four styles it has."""

    key: str
    name: str
    style: int


@dataclass(frozen=True)
class Marker:
    """A point that is marked: two numbers of `at`; without `x`, at the slider of the axis."""

    y: str
    style: int
    x: str | None = None


@dataclass(frozen=True)
class Level:
    """A horizontal line."""

    at: float
    label: str


@dataclass(frozen=True)
class Row:
    """A number of `at` in words, and the formula that it comes from.

    Parameters
    ----------
    key, name : str
        The number, and what it is called.
    formula : sympy.Expr, optional
        Shown with the current numbers.
    style : int, optional
        The curve or marker that it belongs to.
    unit : str
        Follows the number.
    none : str
        Stands instead of it where a hypothesis fails.
    """

    key: str
    name: str
    formula: sp.Expr | None = None
    style: int | None = None
    unit: str = ""
    none: str = "says nothing"


@dataclass(frozen=True)
class Note:
    """A sentence that depends on a number: `texts` by its whole part, `none` where it is not defined.

    ``{name}`` in a text is the number of that name.
    """

    key: str
    texts: tuple[str, ...]
    none: str = ""


@dataclass(frozen=True, repr=False)
class Drawing:
    """What a figure computes and shows: sliders, and curves that follow them.

    Parameters
    ----------
    name, title : str
        What it is called in the page's source, and what stands above it.
    sliders : tuple of Slider
    at : Program
        From the sliders and `fixed` to the numbers of rows, markers, lines and notes.
    along : Program
        The same with the axis's number: the curves. Without one, `at`.
    axes : tuple of Axis
        The first is shown at first; the reader may choose another.
    fixed : mapping
        Inputs that have no slider.
    description : str
        What is to be seen at first, for readers who do not see it.
    anchor : tuple of str, optional
        The curves whose lowest point the vertical axis must show; all, if not given.
    """

    name: str
    title: str
    description: str
    sliders: tuple[Slider, ...]
    at: Program
    axes: tuple[Axis, ...]
    y: Upright
    curves: tuple[Curve, ...]
    markers: tuple[Marker, ...]
    rows: tuple[Row, ...]
    along: Program | None = None
    levels: tuple[Level, ...] = ()
    notes: tuple[Note, ...] = ()
    fixed: Mapping[str, float] = field(default_factory=dict)
    anchor: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        given = {*self.fixed, *(slider.code for slider in self.sliders)}
        if missing := set(self.at.inputs) - given:
            raise ValueError(f"sliders: nothing gives {', '.join(sorted(missing))}")
        known = set(self.at.outputs)
        asked = {marker.y for marker in self.markers} | {m.x for m in self.markers if m.x}
        asked |= {row.key for row in self.rows} | {note.key for note in self.notes}
        asked |= {line.at for axis in self.axes for line in axis.lines}
        if unknown := asked - known:
            raise ValueError(f"at: the program does not compute {', '.join(sorted(unknown))}")
        if unknown := {curve.key for curve in self.curves} - set(self.curve_program.outputs):
            raise ValueError(f"along: the program does not compute {', '.join(sorted(unknown))}")

    @property
    def curve_program(self) -> Program:
        """The program of the curves."""
        return self.along or self.at

    @property
    def start(self) -> dict[str, float]:
        """The setting at first, by name."""
        return {**self.fixed, **{slider.code: slider.start for slider in self.sliders}}
