"""Whether there are enough rollouts for leave-one-out: its variance and a rival's, from a pilot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imagination.checks import broadcast, finite, numeric, whole
from imagination.results.group.claims import TOTAL

__all__ = ["LeaveOneOut", "leave_one_out"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class LeaveOneOut:
    r"""Variances (traces of covariances) of policy gradient estimates, with whatever noise the labels have.

    Attributes
    ----------
    rival : float
        Of one rollout's estimate with the baseline that leave-one-out is compared with, or without any.
    centred : float
        :math:`V_b`, of one rollout's estimate that subtracts the mean returns to go themselves.
    crossed : float
        :math:`X`, what leave-one-out pays for not knowing them: its variance with K rollouts is
        :math:`(V_b + X/(K - 1))/K`.
    """

    rival: float
    centred: float
    crossed: float

    @property
    def fewest(self) -> float:
        """From how many rollouts on leave-one-out has the smaller variance: at least 2, infinite if never."""
        gain = self.rival - self.centred
        if gain <= 0:
            return np.inf
        return float(max(np.ceil(1 + self.crossed / gain), 2))

    def variance(self, rollouts: int) -> float:
        """The variance of the leave-one-out estimate from so many rollouts, 2 or more."""
        count = whole("rollouts", rollouts, least=2)
        return float(TOTAL.evaluate(centred=self.centred, crossed=self.crossed, rollouts=count))


@numeric
def leave_one_out(*, scores: ArrayLike, returns: ArrayLike, baseline: ArrayLike | None = None) -> LeaveOneOut:
    r"""Is K too small for leave-one-out? Variances with it and with a rival baseline, from a pilot.

    Parameters
    ----------
    scores : array_like (m, d) or (m, H, d)
        Of m rollouts drawn independently: :math:`c_t \nabla \log \pi(a_t|s_t)`, with the weights of the
        estimator. Of an answer that is judged as a whole it is one score, the sum of its tokens'.
    returns : array_like (m,) or (m, H)
        Returns to go as they are seen, with the labels' noise.
    baseline : array_like (m,) or (m, H), or what broadcasts to it, optional
        What the rival subtracts, such as values that were fitted beforehand, on other rollouts. Nothing
        unless told. What such a fit costs is not counted.

    Returns
    -------
    LeaveOneOut
        Estimates; those of `crossed` are the first to settle, that of `rival` - `centred` is what a small
        pilot gets wrong.

    Raises
    ------
    ValueError
        Naming the argument, its value and the rule: fewer than 3 rollouts, shapes that do not fit.

    Notes
    -----
    Sample variances, and means over all pairs of rollouts (:data:`imagination.results.group.claims.TOTAL`).
    All rollouts must have the same length; those that end before are filled up with zeros.

    Examples
    --------
    A coin that comes up heads one time in four, where heads pay 1:

    >>> w, r = np.array([[4.0], [-4 / 3], [-4 / 3], [-4 / 3]] * 50), np.array([1.0, 0, 0, 0] * 50)
    >>> found = leave_one_out(scores=w, returns=r)
    >>> found.fewest, round(found.variance(3), 2)
    (3.0, 0.78)
    """
    w, seen = finite("scores", scores), finite("returns", returns)
    taken = np.zeros_like(seen) if baseline is None else finite("baseline", baseline)
    taken = broadcast("baseline", taken, seen.shape)
    if w.ndim not in (2, 3) or w.shape[:-1] != seen.shape or len(w) < 3:
        raise ValueError(
            "scores and returns must be (m, d) and (m,), or (m, H, d) and (m, H), of m >= 3 rollouts, got "
            f"{w.shape} and {seen.shape}"
        )
    if w.ndim == 2:
        w, seen, taken = w[:, None], seen[:, None], taken[:, None]
    m = len(seen)
    lower = (seen - seen.mean(axis=0)) * np.sqrt(m / (m - 1))
    own = np.einsum("mhd,mh->md", w, lower)
    squares = np.einsum("mhd,mgd->hg", w, w, optimize=True)
    means = np.einsum("mhd,mg->hgd", w, lower, optimize=True)
    pairs = (squares * (lower.T @ lower)).sum() + (means * means.swapaxes(0, 1)).sum()
    crossed = (pairs - 2 * (own**2).sum()) / (m * (m - 1))
    return LeaveOneOut(_variance(np.einsum("mhd,mh->md", w, seen - taken)), _variance(own), float(crossed))


def _variance(estimates: Array) -> float:
    return float(estimates.var(axis=0, ddof=1).sum())
