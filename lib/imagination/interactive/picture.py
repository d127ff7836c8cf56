"""A figure as it stands at first, on paper: for print, and for pages whose scripts do not run."""

from __future__ import annotations

import base64
import io
import re

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes as Panel
from matplotlib.ticker import FuncFormatter

from imagination import figures
from imagination.interactive.parts import Axis, Drawing

_COLOURS = ("#0072b2", "#c24e00", "#00805f", "#6b6b6b")
_DASHES = ("-", (0, (5, 2)), (0, (2, 1.6)), (0, (6, 2, 1, 2)))
_MARKERS = ("o", "s", "^", "D")


def data_uri(figure: Drawing) -> str:
    """The picture as the address of an image, which is the image itself."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg(figure)).decode()


def svg(figure: Drawing) -> bytes:
    """The picture, in SVG without a date: equal figures are equal bytes.

    Parameters
    ----------
    figure : Drawing
        Drawn at its sliders' start, along its first axis, by the same programs that the page runs.
    """
    axis, found = figure.axes[0], figure.at.run(figure.start)
    xs = _points(axis, [found[line.at] for line in axis.lines])
    along = figure.curve_program.run({**figure.start, axis.code: xs})
    with figures.style(figure_figsize=(6.4, 3.6), svg_hashsalt=figure.name):
        drawing, panel = plt.subplots()
        try:
            curves = {curve.key: np.broadcast_to(along[curve.key], xs.shape) for curve in figure.curves}
            marked = [
                (found[marker.x or axis.code], found[marker.y], marker.style) for marker in figure.markers
            ]
            panel.set(xscale=axis.scale, yscale=figure.y.scale, xlim=(axis.low, axis.high))
            panel.minorticks_off()
            panel.set_ylim(*_range(figure, curves, [y for _, y, _ in marked]))
            _draw(panel, figure, axis, xs, curves, found)
            for x, y, style in marked:
                panel.plot(
                    x, y, _MARKERS[style], color=_COLOURS[style], markersize=8, zorder=3, clip_on=False
                )
            panel.set_xlabel(_mathtext(axis.label))
            panel.set_ylabel(_mathtext(figure.y.label))
            panel.legend(fontsize=9)
            buffer = io.BytesIO()
            drawing.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
        finally:
            plt.close(drawing)
    return buffer.getvalue()


def _points(axis: Axis, poles: list[float]) -> np.ndarray:
    if axis.points is not None:
        return np.array(axis.points)
    space = np.geomspace if axis.scale == "log" else np.linspace
    xs = space(axis.low, axis.high, 161)
    near = [
        x * (1 + sign * 2.0**-k) for x in poles if np.isfinite(x) for k in range(4, 25) for sign in (-1, 1)
    ]
    xs = np.unique(np.concatenate([xs, near]))
    return xs[(xs >= axis.low) & (xs <= axis.high)]


def _range(figure: Drawing, curves: dict[str, np.ndarray], marked: list[float]) -> tuple[float, float]:
    """The ends of the vertical axis, as `figure.js` chooses them."""
    y = figure.y
    if y.scale != "log":
        return y.low, y.high
    anchors = np.concatenate([curves[key] for key in figure.anchor or curves])
    tops = np.concatenate([*curves.values(), marked])
    anchors, tops = (part[np.isfinite(part) & (part > 0)] for part in (anchors, tops))
    low = np.floor(np.log10(anchors.min()) + 1e-9)
    high = np.ceil(np.log10(tops.max()) - 1e-9)
    return 10.0**low, 10.0 ** min(max(high, low + 1), low + y.span)


def _draw(
    panel: Panel,
    figure: Drawing,
    axis: Axis,
    xs: np.ndarray,
    curves: dict[str, np.ndarray],
    found: dict[str, float],
) -> None:
    for line in axis.lines:
        x = found[line.at]
        if axis.low <= x <= axis.high:
            panel.axvline(x, color="#1a1a1a", linestyle=":", linewidth=1.2, marker="")
            panel.annotate(
                _mathtext(line.label), (x, 1), xycoords=("data", "axes fraction"), xytext=(0, 3),
                textcoords="offset points", ha="center", fontsize=10,
            )  # fmt: skip
            if line.shade:
                panel.axvspan(x, axis.high, color="#1a1a1a", alpha=0.07, linewidth=0)
    for level in figure.levels:
        panel.axhline(level.at, color="#1a1a1a", linestyle=":", linewidth=1.2, marker="")
        panel.annotate(
            level.label, (0, level.at), xycoords=("axes fraction", "data"), xytext=(5, 4),
            textcoords="offset points", fontsize=10,
        )  # fmt: skip
    for curve in figure.curves:
        panel.plot(
            xs, curves[curve.key], color=_COLOURS[curve.style], linestyle=_DASHES[curve.style], marker="",
            label=curve.name,
        )  # fmt: skip
    if axis.ticks is not None:
        panel.set_xticks([x for x, _ in axis.ticks], [label for _, label in axis.ticks])
        panel.set_xticks([], minor=True)
    elif axis.scale == "log":
        panel.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))


def _mathtext(label: str) -> str:
    """Text in which ``_x`` is an index, as matplotlib sets it."""
    return re.sub(r"(\w)_([^\W_]+)", r"\1$_{\\mathrm{\2}}$", label)
