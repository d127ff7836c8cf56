"""Scaling laws: how a model's error falls with the number of its samples.

Two laws are fitted, ``error = A N^-alpha`` and ``error = A N^-alpha + floor``, by Huber's loss on the
residuals of the logarithm, as studies of scaling laws do [HBM22]: relative errors count alike at every N,
and a seed that went wrong pulls with bounded force.

Uncertainty comes from a bootstrap over seeds, all of whose replicates are fitted at once (`huber`):
`scipy.optimize.least_squares`, one after the other, finds the same and takes 5 to 40 times as long. Draws are
stretched to the scatter of their source, and an interval is Student's t on the spread of the replicates
(`intervals`): quantiles, as those of `scipy.stats.bootstrap`, are too narrow for few seeds. Where the law
was chosen (`Comparison.chosen`), every replicate chooses again.

Beyond the measured sizes nothing but the law says what comes, and it may bend. The law is fitted again
without the largest sizes (`hindcast`), and by what it errs there, for each unit of log distance, the standard
deviation of the log error grows beyond the last size, in quadrature.

Worlds differ in how hard they are to learn. Where it is known which measurements belong to one seed, each
seed may have a factor of its own, and the law is that of the typical one.

The fitted curve is the centre of the errors' logarithms: of a skewed error it is nearer the median than
the mean.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from imagination.checks import finite, numeric, together, whole
from imagination.decide.scaling_laws import draws, huber
from imagination.decide.scaling_laws.hindcast import Hindcast, hindcast
from imagination.decide.scaling_laws.huber import Measurements, Rule
from imagination.decide.scaling_laws.intervals import LOGARITHMS, Interval, student

__all__ = [
    "PARAMETERS",
    "Comparison",
    "DecayError",
    "Hindcast",
    "Interval",
    "ScalingLaw",
    "compare",
    "fit",
    "power_law",
]

PARAMETERS = ("amplitude", "exponent", "floor")
"""What a law is made of: ``error = amplitude * samples ** -exponent + floor``."""

SMALLEST_SCALE = 1e-7
"""Noise below this is rounding: data that lie on a law exactly are fitted as if they scattered so much."""

AT_ONCE = 10**7
"""So many numbers of a bootstrap are fitted at once: more would not fit into memory."""

FOLDS = 100
"""Of more sample sizes than this, groups of neighbours are left out instead of one at a time."""


class DecayError(ValueError):
    """The errors do not fall with the number of samples, so no law of decay describes them."""


@numeric
def power_law(samples: Any, amplitude: Any, exponent: Any, floor: Any = 0.0) -> Any:
    """Return ``amplitude * samples ** -exponent + floor`` (arrays broadcast; samples are above 0)."""
    given = {"amplitude": amplitude, "exponent": exponent, "floor": floor}
    numbers = {name: finite(name, value) for name, value in given.items()}
    samples, amplitude, exponent, floor = together(samples=finite("samples", samples, above=0), **numbers)
    return amplitude * samples**-exponent + floor


@dataclass(frozen=True, eq=False)
class ScalingLaw:
    """A fitted law ``error = amplitude * samples ** -exponent + floor``.

    Attributes
    ----------
    amplitude : float
        A, the error at one sample if the law held there, less the floor [unit of the error].
    exponent : float
        alpha [no unit]; positive unless the fit was allowed not to decay.
    floor : float
        The error that no number of samples removes [unit of the error]; 0 for a pure power law.
    with_floor : bool
        Whether a floor was looked for (it may have been found to be 0).
    samples, errors : array, shape (n,)
        The measurements.
    scale : float
        Robust standard deviation of the log error around the law, seeds' own factors taken off; it sets
        Huber's threshold [no unit].
    resampling : str
        What the bootstrap drew again: ``seeds`` (whole curves), ``replicates`` (measurements at each sample
        size) or ``residuals``.
    freedom : int
        Degrees of freedom of its spread, for Student's t: seeds less one; measurements less sample sizes; or
        measurements less parameters.
    """

    amplitude: float
    exponent: float
    floor: float
    with_floor: bool
    samples: np.ndarray = field(repr=False)
    errors: np.ndarray = field(repr=False)
    scale: float
    resampling: str
    freedom: int
    _data: Measurements = field(repr=False)
    _theta: np.ndarray = field(repr=False)
    _draws: np.ndarray = field(repr=False)
    _rule: Rule = field(repr=False)

    def __call__(self, samples: Any) -> np.ndarray:
        """Return the error at `samples` (array, broadcast)."""
        count = finite("samples", samples, above=0)
        return power_law(count, self.amplitude, self.exponent, self.floor)

    def predict(self, samples: Any, *, level: float = 0.95) -> pd.DataFrame:
        """Predict the error at new numbers of samples, (k,), with intervals for the law there.

        Beyond the fitted sizes the hindcast's `drift`, times the log distance from them, is added in
        quadrature to the standard deviation of the log error.

        Returns
        -------
        DataFrame
            Columns `samples`, `error`, `low`, `high`, `extrapolates` (True outside the fitted range).

        Raises
        ------
        ValueError
            If `level` is none, or the law was fitted without a bootstrap.
        """
        at = np.atleast_1d(finite("samples", samples, above=0)).ravel()
        curves = huber.curve(self._replicates(), np.log(at) - self._data.centre)
        error, away = self(at), self.distance(at)
        further = away * self.hindcast.drift if self.hindcast else 0.0
        ends = student(np.log(error), curves, self.freedom, level, alike=self.alike, further=further)
        low, high = np.exp(np.clip(ends, *LOGARITHMS))
        return pd.DataFrame(
            {"samples": at, "error": error, "low": low, "high": high, "extrapolates": away > 0}
        )

    def distance(self, samples: Any) -> np.ndarray:
        """Return how far `samples` lie outside the fitted sizes, in units of log samples; 0 within."""
        at = np.log(finite("samples", samples, above=0))
        ends = np.log(self._data.anchors[[0, -1]])
        return np.maximum(np.maximum(at - ends[1], ends[0] - at), 0)

    def interval(self, name: str, *, level: float = 0.95) -> Interval:
        """Return the interval of a parameter: Student's t on the spread of the bootstrap.

        The amplitude's is taken in logarithms, and the floor's ends at 0.

        Parameters
        ----------
        name : {"amplitude", "exponent", "floor"}
            The parameter.
        level : float
            Probability of the interval.

        Raises
        ------
        ValueError
            If there is no such parameter, or the law was fitted without a bootstrap.
        """
        if name not in PARAMETERS:
            raise ValueError(f"name: {name!r} is none of {', '.join(PARAMETERS)}")
        value, draws = getattr(self, name), self.bootstrap[name].to_numpy()
        if name == "amplitude":
            laws = self._theta, self._replicates()
            value, draws = (law[..., 0] + law[..., 1] * self._data.centre for law in laws)
        ends = student(value, draws, self.freedom, level, alike=self.alike)
        if name == "amplitude":
            ends = np.exp(np.clip(ends, *LOGARITHMS))
        low, high = (max(float(end), 0.0) if name == "floor" else float(end) for end in ends)
        return Interval(low, high, level)

    def summary(self, *, level: float = 0.95) -> pd.DataFrame:
        """Return a table of the parameters with their intervals: columns `value`, `low`, `high`."""
        shown = PARAMETERS if self._rule.floor else PARAMETERS[:2]
        rows = {name: self.interval(name, level=level)[:2] for name in shown}
        table = pd.DataFrame.from_dict(rows, orient="index", columns=["low", "high"])
        table.insert(0, "value", [getattr(self, name) for name in shown])
        return table

    @cached_property
    def bootstrap(self) -> pd.DataFrame:
        """Amplitude, exponent and floor of each bootstrap replicate, shape (replicates, 3).

        Drawn with the fit, and fitted when it is asked for: of two laws that are compared only one is used.
        """
        return pd.DataFrame(huber.parameters(self._data, self._replicates()), columns=list(PARAMETERS))

    @cached_property
    def _found(self) -> np.ndarray:
        data, one = self._data, np.ones((1, len(self._data.y)))
        parts = np.array_split(self._draws, -(-self._draws.size // AT_ONCE))
        return np.concatenate([self._rule.follow(data, _levelled(data, part), one) for part in parts])

    @property
    def alike(self) -> np.ndarray:
        """Which replicates found a floor if the fit did, and none if it did not, shape (replicates,)."""
        return np.isfinite(self._replicates()[:, 2]) == (self.floor > 0)

    @property
    def floor_chosen(self) -> float:
        """Share of the replicates that found a floor."""
        return float(np.isfinite(self._replicates()[:, 2]).mean())

    @cached_property
    def hindcast(self) -> Hindcast | None:
        """What the law says of the largest size when it is fitted without it; None with too few sizes."""
        return hindcast(self._data, _levelled(self._data, self._data.y[None]), self._rule)

    @cached_property
    def residuals(self) -> np.ndarray:
        """log(error) - log(law) at the measurements, shape (n,)."""
        return np.log(self.errors) - np.log(self(self.samples))

    @property
    def r_squared_of_means(self) -> float:
        """Share of the variance that the law explains, of the mean log errors at each sample size.

        Seeds' own factors are taken off.
        """
        data = self._data
        means = np.bincount(data.at, _levelled(data, data.y[None])[0]) / data.counts
        left = means - np.log(self(data.anchors))
        return 1 - float((left**2).sum() / ((means - means.mean()) ** 2).sum())

    def _replicates(self) -> np.ndarray:
        if not len(self._draws):
            raise ValueError("replicates: 0 were drawn with this fit, and an interval needs some")
        return self._found


@dataclass(frozen=True, eq=False)
class Comparison:
    """Both laws on the same measurements, and which one they support.

    Attributes
    ----------
    plain, floored : ScalingLaw
        The pure power law, and the one with a floor.
    """

    plain: ScalingLaw
    floored: ScalingLaw

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row for each law, of its `criteria` and what else speaks for it.

        `left out` is the root mean squared log residual at sample sizes that were left out of the fit, one at
        a time (in `FOLDS` groups of neighbours where there are more), and `R2` that of the mean log errors.
        """
        rows = {
            name: self.criteria(law) | {"left out": _left_out(law), "R2": law.r_squared_of_means}
            for name, law in {"power law": self.plain, "power law with a floor": self.floored}.items()
        }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("law")

    def criteria(self, law: ScalingLaw) -> dict[str, float]:
        """Number of `parameters`, `deviance` (twice the loss in units of the noise), `AIC` and `BIC`.

        Both laws are judged with the noise of the more flexible one.
        """
        parameters, scale = 3 if law.with_floor else 2, self.floored.scale
        residuals = _levelled(law._data, law._data.y[None])[0] - np.log(law(law.samples))
        deviance = 2 * float(huber.loss(residuals, huber.THRESHOLD * scale).sum()) / scale**2
        return {
            "parameters": parameters,
            "deviance": deviance,
            "AIC": deviance + 2 * parameters,
            "BIC": deviance + parameters * np.log(len(law.errors)),
        }

    @cached_property
    def chosen(self) -> ScalingLaw:
        """The law with the smaller BIC; so each replicate of its bootstrap, and its hindcast, choose again.

        A floor is a strong claim: near it samples are wasted. BIC asks for more evidence of it the more
        measurements there are, and in the limit picks the true one of two nested laws. Leaving out sample
        sizes judges extrapolation, but by a handful of numbers: it is shown as a second opinion.
        """
        plain, floored = (self.criteria(law)["BIC"] for law in (self.plain, self.floored))
        best, both = self.floored if floored < plain else self.plain, self.floored
        # The floor's one parameter must earn log(n) of deviance, which is twice the loss in units of noise.
        evidence = both.scale**2 * float(np.log(len(both.errors))) / 2
        rule = Rule(both.scale, True, both._theta, evidence)
        return replace(best, freedom=both.freedom, _draws=both._draws, _rule=rule)


def fit(
    samples: Any,
    errors: Any,
    *,
    floor: bool = False,
    seeds: Any = None,
    replicates: int = 1000,
    rng: np.random.Generator | None = None,
    resampling: str | None = None,
    must_decay: bool = True,
) -> ScalingLaw:
    """Fit a power law, with or without a floor, to measured errors.

    Parameters
    ----------
    samples : array_like, shape (n,)
        Number of samples of each measurement; repeated numbers are replicates.
    errors : array_like, shape (n,)
        The errors, positive [any unit].
    floor : bool
        Whether the law may level off.
    seeds : array_like, shape (n,), optional
        Which measurements belong to one seed (one world, trained on at each sample size). Every seed then
        has a factor of its own, and the bootstrap draws whole seeds. Every seed must have one measurement
        at every sample size.
    replicates : int
        Size of the bootstrap; 0 for none.
    rng : numpy.random.Generator
        Draws the bootstrap.
    resampling : {"seeds", "replicates", "residuals"}, optional
        What the bootstrap draws again. By default `seeds` where these are given, `replicates` where each
        sample size was measured four times or more, else `residuals`.
    must_decay : bool
        Whether an exponent that is not positive is an error.

    Returns
    -------
    ScalingLaw

    Raises
    ------
    DecayError
        If the errors do not fall and `must_decay`.
    ValueError
        If there are fewer than 3 different sample sizes (4 with a floor), or bad numbers.
    """
    whole("replicates", replicates)
    data = _data(samples, errors, seeds, floor)
    y = _levelled(data, data.y[None])
    scale = _scale(data, y, floor)
    one = np.ones((1, len(data.y)))
    # Far from the law, with a small scale, Huber's loss is a slope without a bottom in sight: begin wider.
    begin = huber.fit_batch(data, y, one, max(scale, 0.02), floor)[0]
    theta = huber.fit_batch(data, y, one, scale, floor, begin)[0]
    amplitude, exponent, level = huber.parameters(data, theta[None])[0]
    if must_decay and not exponent > 0:
        raise DecayError(
            f"errors: they do not fall with the samples (fitted exponent {exponent:.3g}, need > 0); "
            "a law of decay cannot describe them"
        )
    chosen = resampling or draws.default(data)
    drawn = np.empty((0, len(data.y)))
    if replicates:
        drawn = draws.draw(data, theta, chosen, replicates, rng)
    return ScalingLaw(
        amplitude=float(amplitude),
        exponent=float(exponent),
        floor=float(level),
        with_floor=floor,
        samples=data.anchors[data.at],
        errors=np.exp(data.y),
        scale=scale,
        resampling=chosen,
        freedom=draws.freedom(data, chosen, floor),
        _data=data,
        _theta=theta,
        _draws=drawn,
        _rule=Rule(scale, floor, theta),
    )


def compare(samples: Any, errors: Any, **options: Any) -> Comparison:
    """Fit both laws and say which one the measurements support.

    Parameters
    ----------
    samples, errors : array_like, shape (n,)
        The measurements, at 4 different sample sizes or more.
    **options
        As `fit` takes them, except `floor`.

    Returns
    -------
    Comparison

    Raises
    ------
    ValueError
        As `fit` does.
    """
    floored = fit(samples, errors, floor=True, **options)
    plain = fit(samples, errors, floor=False, **options)
    return Comparison(plain, floored)


def _left_out(law: ScalingLaw) -> float:
    """Root mean squared log residual at each sample size, of the law fitted to the others."""
    data = law._data
    folds = min(len(data.anchors), FOLDS)
    kept = ((data.at * folds // len(data.anchors))[:, None] != np.arange(folds)).astype(float).T
    y = _levelled(data, data.y[None])
    theta = huber.fit_batch(data, y, kept, law.scale, law.with_floor, law._theta)
    off = (y - huber.curve(theta, data.x)[:, data.at])[kept == 0]
    return float(np.sqrt((off**2).mean()))


# Reading the measurements


def _data(samples: Any, errors: Any, seeds: Any, floor: bool) -> Measurements:
    count, error = finite("samples", samples, above=0), finite("errors", errors, above=0)
    if count.ndim != 1 or count.shape != error.shape:
        raise ValueError(f"samples, errors: shapes {count.shape} and {error.shape}; need two equal lengths")
    anchors, at = np.unique(count, return_inverse=True)
    needed = 4 if floor else 3
    if len(anchors) < needed:
        law = "a power law with a floor" if floor else "a power law"
        raise ValueError(
            f"samples: {len(anchors)} different sample sizes; {law} needs {needed} or more, "
            "or nothing is left to judge it by"
        )
    if seeds is None:
        return Measurements(anchors, at, np.log(error), None)
    rows = np.unique(np.asarray(seeds), return_inverse=True)[1]
    if rows.shape != at.shape:
        raise ValueError(f"seeds: shape {np.shape(seeds)}; need one for each of the {len(at)} measurements")
    cells = rows * len(anchors) + at
    if len(np.unique(cells)) != len(cells) or len(cells) != (rows.max() + 1) * len(anchors):
        raise ValueError(
            "seeds: some seed was not measured exactly once at each sample size; "
            "leave seeds out to draw measurements at each sample size instead"
        )
    return Measurements(anchors, at, np.log(error), rows)


def _levelled(data: Measurements, y: np.ndarray, kept: np.ndarray | None = None) -> np.ndarray:
    """Take each seed's own factor off the log errors and give all the typical one, shape (batch, n).

    `kept` says which seeds count, shape (batch, seeds).
    """
    if data.seeds is None:
        return y
    own = data.by_seed.sums(y) / len(data.anchors)
    typical = huber.location(own, np.ones_like(own) if kept is None else kept)
    return y - own[:, data.seeds] + typical[:, None]


def _scale(data: Measurements, y: np.ndarray, floor: bool) -> float:
    """Return a robust standard deviation of the noise: between replicates, else around a first fit."""
    if data.counts.min() >= 2:
        medians = pd.Series(y[0]).groupby(data.at).median().to_numpy()
        off = (y[0] - medians[data.at]) * np.sqrt(data.counts / (data.counts - 1))[data.at]
        if data.seeds is not None:
            off *= np.sqrt(len(data.anchors) / (len(data.anchors) - 1))
    else:
        one = np.ones((1, len(data.y)))
        first = huber.fit_batch(data, y, one, 0.02 / huber.THRESHOLD, floor)
        freedom = max(len(data.y) - (3 if floor else 2), 1)
        off = (y[0] - huber.curve(first, data.x)[0, data.at]) * np.sqrt(len(data.y) / freedom)
    return max(1.4826 * float(np.median(np.abs(off))), SMALLEST_SCALE)
