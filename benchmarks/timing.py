"""Contenders that must agree, timed in turns."""

from __future__ import annotations

import platform
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Case:
    """One task and its contenders; the first is ours. All must return the same numbers, to `agreement`."""

    name: str
    contenders: dict[str, Callable[[], ArrayLike]]
    agreement: float = 1e-8


@dataclass(frozen=True)
class Timing:
    """Seconds of every repetition of one contender of one case, and its median over that of the first."""

    case: str
    contender: str
    seconds: tuple[float, ...]
    ratio: float

    @property
    def median(self) -> float:
        """Median of the repetitions, in seconds."""
        return float(np.median(self.seconds))


def measure(case: Case, repetitions: int) -> list[Timing]:
    """Time the contenders in turns, so that a slow moment of the machine falls on all of them.

    The first call of each is not timed: it warms caches (and compiles what is compiled on demand), and its
    result is compared with the first contender's.

    Raises
    ------
    ValueError
        If the contenders disagree: the time of a wrong answer is of no interest.
    """
    results = {name: np.asarray(run()) for name, run in case.contenders.items()}
    ours = next(iter(results.values()))
    for name, result in results.items():
        difference = np.abs(result - ours).max()
        if not difference <= case.agreement:
            raise ValueError(f"{case.name}: {name} differs by {difference} from {next(iter(results))}")
    seconds: dict[str, list[float]] = {name: [] for name in case.contenders}
    for repetition in range(repetitions):
        order = list(case.contenders.items())
        for name, run in order if repetition % 2 == 0 else reversed(order):
            start = perf_counter()
            run()
            seconds[name].append(perf_counter() - start)
    base = np.median(next(iter(seconds.values())))
    return [Timing(case.name, name, tuple(s), float(np.median(s) / base)) for name, s in seconds.items()]


def table(timings: list[Timing]) -> str:
    """Medians with their range and ratios, as aligned text."""
    lines = [f"{'task':50}  {'by':14}  {'median ms':>10}  {'min–max ms':>17}  {'ratio':>7}"]
    for t in timings:
        low, high = 1e3 * min(t.seconds), 1e3 * max(t.seconds)
        spread = f"{low:.2f}–{high:.2f}"
        lines.append(f"{t.case:50}  {t.contender:14}  {1e3 * t.median:>10.2f}  {spread:>17}  {t.ratio:>7.2f}")
    return "\n".join(lines)


def machine_lines(packages: tuple[str, ...]) -> list[str]:
    """The processor, the system with its Python, and the versions of `packages`."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    models = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    processor = f"{models[0]} ({len(models)} cores)" if models else platform.machine()
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    return [processor, f"{platform.system()}, Python {platform.python_version()}", versions]
