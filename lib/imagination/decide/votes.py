"""How many votes of a verifier to buy for an answer: every number that the range of costs holds, tried.

Arguments are checked by :mod:`imagination.decide.label_cost`; here every array has the problems' shape.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imagination.decide.label_search import (
    CHEAPEST,
    DEAREST,
    INDIFFERENT,
    INTERIOR,
    Setting,
    WholeRollouts,
    bought,
    called,
    plain,
)
from imagination.decide.noise_laws import MOST_VOTES, Verifier

__all__ = ["by_votes", "whole_votes"]

Array = NDArray[np.floating]


def whole_votes(verifier: Verifier, low: Array, high: Array) -> tuple[Array, Array]:
    """The costs of the fewest and of the most votes that a range of costs holds."""
    price, exactly = np.asarray(verifier.price, float), 4 * np.finfo(float).eps
    fewest = np.maximum(np.ceil(low / price * (1 - exactly)), 1)
    most = np.floor(high / price * (1 + exactly))
    if np.any((most < fewest) | (most > MOST_VOTES)):
        raise ValueError(
            f"cost_range must hold a whole number of votes, and at most {MOST_VOTES} of them,"
            f" got {float(np.min(low))!r} to {float(np.max(high))!r}"
        )
    if np.any(np.asarray(verifier.tpr) <= np.asarray(verifier.fpr)):
        raise ValueError(
            "noise must be a verifier with tpr above fpr: another teaches nothing, or the wrong thing;"
            f" got {verifier.tpr!r} and {verifier.fpr!r}"
        )
    return price * fewest, price * most


def by_votes(
    setting: Setting, budget: Array | None, V: Callable[[Array], Any] | None = None
) -> tuple[Array, Array, Array, WholeRollouts | None]:
    """The best cost, its objective and regime, and with a budget the best plan in whole rollouts.

    `V` is the noise-free variance as a function of what false yeses add to every reward.
    """
    verifier = setting.noise
    assert isinstance(verifier, Verifier)
    price = np.asarray(verifier.price, float)[..., None]
    count = np.arange(1.0, int(np.rint(setting.high / price[..., 0]).max()) + 1)
    cost, noise = price * count, verifier.noise(len(count))
    usable = np.isfinite(noise) & (cost >= setting.low[..., None]) & (cost <= setting.high[..., None])
    noise = np.where(usable, noise, 0.0)
    own_V, kappa, c_0 = (
        np.broadcast_to(part[..., None], cost.shape) for part in (setting.V, setting.kappa, setting.c_0)
    )
    if V is not None:
        one, other = verifier.rates(len(count))
        added = np.where(usable, other, 0.0) / np.where(usable, one - other, 1.0)
        own_V = called(V, added, "noise_free_variance", "constant")
    each = Setting(lambda cost: noise, own_V, kappa, c_0, cost, cost)
    objective = np.where(usable, each.objective(cost), np.inf)
    chosen, least = _best(objective, cost, objective)
    regime = np.where(chosen == setting.low, CHEAPEST, np.where(chosen == setting.high, DEAREST, INTERIOR))
    regime = np.where(setting.low == setting.high, INDIFFERENT, regime)
    if budget is None:
        return chosen, least, regime, None
    K = bought(budget[..., None], c_0 + cost)
    variance = np.where(usable & (K >= 1), each.variance(noise, np.maximum(K, 1)), np.inf)
    K, cost, variance = _best(variance, K, cost, variance)
    return chosen, least, regime, WholeRollouts(plain(K.astype(np.int64)), plain(cost), plain(variance))


def _best(value: Array, *parts: Array) -> list[Array]:
    """The entries of `parts` where `value` is least along the last axis."""
    where = value.argmin(axis=-1)[..., None]
    return [np.take_along_axis(part, where, axis=-1)[..., 0] for part in parts]
