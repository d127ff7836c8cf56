"""A figure that answers back: sliders, curves, numbers; self-contained HTML, and a picture for paper.

What it computes is a :class:`~imagination.interactive.program.Program`; what is drawn is said here;
`figure.js` draws it in the browser and :mod:`imagination.interactive.picture` on paper.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache, cached_property
from html import escape
from importlib.resources import files
from typing import Any

import numpy as np
import sympy as sp

from imagination.interactive import mathml
from imagination.interactive.program import Program

_SWATCHES = (
    "M-5,0a5,5 0 1,0 10,0a5,5 0 1,0 -10,0",
    "M-5,-5h10v10h-10z",
    "M0,-6.5L6,4.5H-6z",
    "M0,-7L6,0L0,7L-6,0z",
)


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
class Figure:
    """Sliders, and curves that follow them.

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

    # -- the page --------------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        return f"<Figure {self.name!r}: {self.title}>"

    def _repr_html_(self) -> str:
        return self._html

    @cached_property
    def _html(self) -> str:
        return "\n".join([
            f'<div class="answering" data-figure="{self.name}">',
            f"<style>\n{_resource('figure.css')}</style>",
            self._still(),
            f"<script>\n{self._script()}</script>",
            "</div>",
        ])  # fmt: skip

    def _controls(self) -> str:
        """What the script puts on the page: without scripts there is nothing that could not answer."""
        return "".join([
            f'<p class="answering-title">{escape(self.title)}</p>',
            '<div class="answering-chart"><svg role="img"></svg></div>',
            '<div class="answering-notes">',
            *('<p><output aria-live="polite" data-note></output></p>' for _ in self.notes), "</div>",
            '<div class="answering-sliders">', *map(_slider, self.sliders), "</div>",
            '<div class="answering-tools">', self._axis_choice(),
            '<button type="button">Reset</button>', "</div>",
            '<div class="answering-rows">', *(self._row(row) for row in self.rows), "</div>",
        ])  # fmt: skip

    def _still(self) -> str:
        from imagination.interactive import picture

        setting = ", ".join(f"{mathml.letters(s.symbol)} = {s.start:g}" for s in self.sliders)
        return (
            '<figure class="answering-still">'
            f'<img src="{picture.data_uri(self)}" alt="{escape(self.description)}">'
            f"<figcaption>{escape(self.title)}, at {escape(setting)}.</figcaption></figure>"
        )

    def _axis_choice(self) -> str:
        if len(self.axes) == 1:
            return "<span></span>"
        options = "".join(f"<option>{escape(axis.label)}</option>" for axis in self.axes)
        return f'<label>Along the axis: <select autocomplete="off">{options}</select></label>'

    def _row(self, row: Row) -> str:
        swatch = ""
        if row.style is not None:
            has_curve = row.style in {curve.style for curve in self.curves}
            swatch = (
                '<svg aria-hidden="true" width="36" height="16" viewBox="-18 -8 36 16">'
                f'{f"""<path class="curve c{row.style}" d="M-18,0H18"/>""" if has_curve else ""}'
                f'<path class="marker m{row.style}" d="{_SWATCHES[row.style]}"/></svg>'
            )
        slots = {symbol: name for symbol, name in self.at.names.items() if name in self.at.outputs}
        formula = ""
        if row.formula is not None:
            formula = (
                f'<div class="answering-formula" role="group" aria-label="{escape(row.name)}, in numbers">'
                f"{mathml.math('<mo>=</mo>' + mathml.formula(row.formula, slots), display=True)}</div>"
            )
        return (
            f'<div class="answering-row" data-row="{row.key}" data-name="{escape(row.name)}"'
            f' data-none="{escape(row.none)}" data-unit="{escape(row.unit)}">{swatch or "<span></span>"}'
            f"<span>{escape(row.name)}</span>"
            f'<output aria-live="polite"><data value=""></data></output>{formula}</div>'
        )

    def _script(self) -> str:
        spec: dict[str, Any] = {
            "title": self.title,
            "controls": self._controls(),
            "sliders": [
                {"code": s.code, "stops": [_short(x) for x in s.stops], "start": s.stops.index(s.start)}
                for s in self.sliders
            ],
            "fixed": dict(self.fixed),
            "axes": [asdict(axis) for axis in self.axes],
            "y": asdict(self.y),
            **{name: [asdict(part) for part in getattr(self, name)]
               for name in ("curves", "markers", "levels", "notes")},
            "anchor": self.anchor,
        }  # fmt: skip
        along = "at" if self.along is None else self.along.javascript()
        return "\n".join([
            "(() => {",
            _resource("numbers.js"),
            f"const at = {self.at.javascript()};",
            f"const along = {along};",
            f"{_resource('figure.js')}(document.currentScript.parentElement, {_json(spec)}, at, along);",
            "})();",
            "",
        ])  # fmt: skip


def _slider(slider: Slider) -> str:
    return (
        '<div class="answering-slider"><label>'
        f"<span>{mathml.math(mathml.symbol(slider.symbol))} {escape(slider.words)}</span>"
        f'<input type="range" name="{slider.code}" min="0" max="{len(slider.stops) - 1}" step="1"'
        f' value="{slider.stops.index(slider.start)}" autocomplete="off"'
        f' aria-label="{escape(mathml.plain(slider.symbol))}, {escape(slider.words)}"'
        f' aria-valuetext="{slider.start:g}"></label>'
        f'<output aria-live="off" data-number="{slider.code}"></output></div>'
    )


def _short(x: float) -> float | int:
    return int(x) if x == int(x) else x


def _json(spec: Mapping[str, Any]) -> str:
    # A page's script ends at the first "</", in a string too.
    return json.dumps(spec, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")


@cache
def _resource(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
