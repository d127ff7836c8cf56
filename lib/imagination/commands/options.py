"""What several tools can be told."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["add_output", "drawn", "generator"]


def add_output(tool: argparse.ArgumentParser, what: str) -> None:
    """Let a tool draw what it found, and print it for machines."""
    tool.add_argument("--figure", metavar="FILE", help=f"draw the {what} too, into a .png or .svg")
    tool.add_argument("--json", action="store_true", help="print JSON instead of text")


def drawn(chosen: argparse.Namespace, draw: Callable[[], Figure]) -> tuple[str | None, str]:
    """The figure's file, None if there is none, and why one was not written: its owner is worth more."""
    if chosen.figure is None:
        return None, ""
    from imagination import figures

    try:
        return str(figures.save(draw(), chosen.figure)), ""
    except (ValueError, OSError) as error:
        warning = f"figure: {chosen.figure} was not written ({error})"
        print(f"imagination {chosen.tool}: {warning}", file=sys.stderr)
        return None, warning


def generator(seed: int) -> np.random.Generator:
    """A generator from ``--seed``, or a ValueError."""
    if seed < 0:
        raise ValueError(f"--seed: {seed}; need 0 or more")
    return np.random.default_rng(seed)
