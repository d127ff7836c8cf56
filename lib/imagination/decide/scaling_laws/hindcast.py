"""A law's hindcast: fitted to the smaller sample sizes alone, what would it have said of the largest?"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from imagination.decide.scaling_laws import huber
from imagination.decide.scaling_laws.huber import Measurements, Rule

__all__ = ["CUTS", "Hindcast", "hindcast", "strayed"]

CUTS = (2, 4, 8)
"""The fit sees sizes up to these shares of the largest, or all but the largest if that leaves it too few."""

FLATTEST = 0.05
"""Beyond the pilot no law is let fall more slowly than with this share of its exponent."""


@dataclass(frozen=True)
class Hindcast:
    """What the smaller sample sizes say of the largest one.

    Attributes
    ----------
    samples : float
        The largest size of the pilot.
    fitted_to : float
        The largest size that the fit saw.
    left_out : int
        How many sizes lie beyond it.
    predicted, measured : float
        Error at `samples`: of the law that was fitted without it, and the typical one measured there.
    drift : float
        By how much the log error strays from such a law for each unit of log distance beyond the sizes that
        it was fitted to, as a root mean square over all sizes to which the fit was cut off [no unit].
    """

    samples: float
    fitted_to: float
    left_out: int
    predicted: float
    measured: float
    drift: float


def hindcast(data: Measurements, y: np.ndarray, rule: Rule) -> Hindcast | None:
    """Fit the law without the largest sizes, by the same rule, and see how far it is off there.

    Parameters
    ----------
    data : Measurements
    y : array, shape (1, n)
        Log errors, seeds' own factors taken off.
    rule : Rule
        How the law was found.

    Returns
    -------
    Hindcast or None
        None if too few sizes would be left: fewer than three, or four where a floor is certain.
    """
    size = data.anchors
    counts = {int((size <= size[-1] / cut * (1 + 1e-9)).sum()) for cut in CUTS}
    counts = {count for count in counts if count >= rule.sizes} or {len(size) - 1}
    if max(counts) < rule.sizes:
        return None
    centre = _centres(data, y[0])
    rates, said = [], {}
    for count in sorted(counts):
        weights = (data.at < count).astype(float)[None]
        fitted = replace(rule, floor=rule.floor and count >= 4).follow(data, y, weights)
        said[count] = huber.curve(fitted, data.x)[0, count:]
        off, distance = centre[count:] - said[count], np.log(size[count:] / size[count - 1])
        rates.append((off @ distance) / (distance @ distance))
    return Hindcast(
        samples=float(size[-1]),
        fitted_to=float(size[count - 1]),
        left_out=len(size) - count,
        predicted=float(np.exp(said[count][-1])),
        measured=float(np.exp(centre[-1])),
        drift=float(np.sqrt(np.mean(np.square(rates)))),
    )


def _centres(data: Measurements, y: np.ndarray) -> np.ndarray:
    """Return the typical log error at each sample size, shape (m,)."""
    order, first = np.argsort(data.at, kind="stable"), np.cumsum(data.counts) - data.counts
    cell = data.at[order], np.arange(len(y)) - first[data.at[order]]
    values, there = np.zeros((2, len(data.counts), data.counts.max()))
    values[cell], there[cell] = y[order], 1.0
    return huber.location(values, there)


def strayed(
    laws: tuple[np.ndarray, ...], target: float, away: float, strays: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Return laws that beyond the pilot run on with other exponents.

    At `target` each one's error is what it was, times ``exp(away * strays)``. An exponent stays positive.

    Parameters
    ----------
    laws : tuple of array, shapes (batch,)
        Amplitudes, exponents and floors.
    target : float
        The number of samples that is planned.
    away : float
        Its signed log distance from the pilot's sizes: positive above them, negative below, 0 within.
    strays : array, shape (batch,)
        Changes of the log error for each unit of log distance.

    Returns
    -------
    tuple of array, shapes (batch,)
    """
    amplitude, exponent, floor = laws
    if away == 0:
        return laws
    grown = np.exp(abs(away) * strays)
    bent = np.maximum(exponent - np.sign(away) * strays, FLATTEST * exponent)
    return amplitude * grown * target ** (bent - exponent), bent, floor * grown
