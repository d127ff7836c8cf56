"""A figure that answers back, as self-contained HTML.

What it computes is a :class:`~imagination.interactive.program.Program`; what is drawn is said in
:mod:`imagination.interactive.parts`; `figure.js` draws it in the browser and
:mod:`imagination.interactive.picture` on paper.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from html import escape
from importlib.resources import files
from typing import Any

from imagination.interactive.mathml import formula, letters, math, plain, symbol
from imagination.interactive.parts import Drawing, Row, Slider
from imagination.interactive.picture import data_uri

_SWATCHES = (
    "M-5,0a5,5 0 1,0 10,0a5,5 0 1,0 -10,0",
    "M-5,-5h10v10h-10z",
    "M0,-6.5L6,4.5H-6z",
    "M0,-7L6,0L0,7L-6,0z",
)


@dataclass(frozen=True, repr=False)
class Figure(Drawing):
    """A drawing that a notebook shows: a picture for paper, and a script that puts sliders in its place."""

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
        setting = ", ".join(f"{letters(s.symbol)} = {_plainly(s.start)}" for s in self.sliders)
        return (
            '<figure class="answering-still">'
            f'<img src="{data_uri(self)}" alt="{escape(self.description)}">'
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
        slots = {letter: name for letter, name in self.at.names.items() if name in self.at.outputs}
        numbers = ""
        if row.formula is not None:
            numbers = (
                f'<div class="answering-formula" role="group" aria-label="{escape(row.name)}, in numbers">'
                f"{math('<mo>=</mo>' + formula(row.formula, slots), display=True)}</div>"
            )
        return (
            f'<div class="answering-row" data-row="{row.key}" data-name="{escape(row.name)}"'
            f' data-none="{escape(row.none)}" data-unit="{escape(row.unit)}">{swatch or "<span></span>"}'
            f"<span>{escape(row.name)}</span>"
            f'<output aria-live="polite"><data value=""></data></output>{numbers}</div>'
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
        f"<span>{math(symbol(slider.symbol))} {escape(slider.words)}</span>"
        f'<input type="range" name="{slider.code}" min="0" max="{len(slider.stops) - 1}" step="1"'
        f' value="{slider.stops.index(slider.start)}" autocomplete="off"'
        f' aria-label="{escape(plain(slider.symbol))}, {escape(slider.words)}"'
        f' aria-valuetext="{_plainly(slider.start)}"></label>'
        f'<output aria-live="off" data-number="{slider.code}"></output></div>'
    )


def _plainly(x: float) -> str:
    return f"{int(x):,}" if x == int(x) else str(x)


def _short(x: float) -> float | int:
    return int(x) if x == int(x) else x


def _json(spec: Mapping[str, Any]) -> str:
    # A page's script ends at the first "</", in a string too.
    return json.dumps(spec, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")


@cache
def _resource(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
