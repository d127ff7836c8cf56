"""Where the bound is loose, and what a practitioner can compute instead.

The identity behind Lemma 1 writes the gap as a discounted sum along the *imagined*
trajectory. Three steps lead from it to the bound: absolute values, the Lipschitz constant of V, suprema of
the errors. `factors` measures what each loses; the product is bound / gap, exactly. The mirror image runs
along the *real* trajectory with the learned pair's value function, and `certificates` evaluates it: no
knowledge of the real system enters but its observed transitions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from imagination.results.return_gap import claims
from imagination.results.return_gap.pair import Pair
from imagination.results.return_gap.systems import draw
from imagination.rollouts import horizon_for, rollout, truncated_tail
from imagination.trials.sweep import sweep
from imagination.worlds.continuous import ContinuousMDP, norm

__all__ = [
    "FACTORS",
    "FAMILIES",
    "Terms",
    "certificates",
    "factors",
    "run",
    "terms",
    "value_lipschitz",
]

FACTORS = {
    "cancellation": "terms of both signs",
    "slope": "L_V against the realised change of V",
    "supremum": "largest error against the error on the trajectory",
}
"""The three factors of bound / gap and what each measures."""

FAMILIES = (
    "tanh networks",
    "sine networks",
    "relu networks",
    "learned networks",
    "linear-quadratic",
    "linear-quadratic, learned",
    "pendulum, identified",
    "tabular",
    "extremal, clipped",
)
"""Families with bounded rewards, so that what the rollouts' end hides is bounded."""

TAIL = 1e-8
"""Rollouts go on until the tail is at most this share of the bound."""


@dataclass(frozen=True)
class Terms:
    """The identity's terms along one trajectory; t is the last axis.

    Attributes
    ----------
    weight : (C, T)
        ``gamma^t``.
    reward : (C, T)
        Change of the reward when one model is put for the other, at the trajectory's points.
    value : (C, T)
        gamma times the change of the value, V at the one next state less V at the other.
    distance : (C, T)
        gamma times the distance of the two next states: the dynamics error where the trajectory goes.
    gap : (C,)
        Difference of the two returns over T steps, from two rollouts, independent of the terms.
    tail : (C,)
        Bound on what T steps hide of the infinite-horizon gap.
    """

    weight: np.ndarray
    reward: np.ndarray
    value: np.ndarray
    distance: np.ndarray
    gap: np.ndarray
    tail: np.ndarray

    def total(self) -> np.ndarray:
        """The identity's sum, (C,): it equals `gap`."""
        return (self.weight * (self.reward + self.value)).sum(axis=-1)

    def without_cancellation(self) -> np.ndarray:
        """The sum of absolute values, (C,)."""
        return (self.weight * (np.abs(self.reward) + np.abs(self.value))).sum(axis=-1)

    def with_slope(self, slope: np.ndarray) -> np.ndarray:
        """The sum with the value's change replaced by `slope`, (C,), times the dynamics error, (C,)."""
        return (self.weight * (np.abs(self.reward) + slope[:, None] * self.distance)).sum(axis=-1)


def terms(pair: Pair, *, along: str = "imagined", steps: int) -> Terms:
    """Evaluate the identity from the first initial state of each pair.

    Parameters
    ----------
    pair : Pair
    along : {"imagined", "real"}
        ``"imagined"``: along the learned pair's trajectory with the real value function, the identity itself.
        ``"real"``: its mirror image, along the real trajectory with the learned pair's value function.
    steps : int
        T, the number of steps of the returns compared; the identity is exact for each T.

    Returns
    -------
    Terms
        Signed so that the total is the trajectory's return less the other one.
    """
    if along not in ("imagined", "real"):
        raise ValueError(f"along: {along!r} is neither 'imagined' nor 'real'")
    here, other = (pair.learned, pair.real) if along == "imagined" else (pair.real, pair.learned)
    start = pair.start[:, :1]
    path = rollout(here, pair.policy, start, steps)
    states, actions = path.states[:, 0, :-1], path.actions[:, 0]
    instead, reward_instead = other.step(states, actions)
    next_states = path.states[:, 0, 1:]
    discount = pair.discount[:, None]
    points = np.concatenate([next_states, instead], axis=1)
    values = _values_to_go(other, pair, points, steps)
    rewards_other = rollout(other, pair.policy, start, steps).rewards[:, 0]
    return Terms(
        weight=discount ** np.arange(steps),
        reward=path.rewards[:, 0] - reward_instead,
        value=discount * (values[:, :steps] - values[:, steps:]),
        distance=discount * norm(next_states - instead),
        gap=((path.rewards[:, 0] - rewards_other) * discount ** np.arange(steps)).sum(axis=1),
        tail=truncated_tail(pair.discount, steps, pair.reward_range()),
    )


def _values_to_go(mdp: ContinuousMDP, pair: Pair, points: np.ndarray, steps: int) -> np.ndarray:
    """Values of points t and `steps` + t with `steps` - t - 1 rewards left to collect, (C, 2 `steps`).

    Point t drops out of the batch once its time is up, which halves the work.
    """
    left = np.tile(steps - 1 - np.arange(steps), 2)
    total = np.zeros(points.shape[:2])
    state, alive = points, np.arange(2 * steps)
    for t in range(steps - 1):
        keep = left[alive] > t
        state, alive = state[:, keep], alive[keep]
        state, reward = mdp.step(state, pair.policy(state))
        total[:, alive] += pair.discount[:, None] ** t * reward
    return total


def value_lipschitz(constants: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return the certified Lipschitz constant of the value function, (C,); infinite without contraction.

    Parameters
    ----------
    constants : mapping
        gamma, L_f, L_r, L_pi, (C,) each; others are not read.
    """
    used = {name: constants[name] for name in ("gamma", "L_f", "L_r", "L_pi")}
    return claims.VALUE_LIPSCHITZ.evaluate(outside=np.inf, **used, distance=1.0)


def factors(pair: Pair, steps: int) -> pd.DataFrame:
    """Return bound / gap as a product of three measured factors, one row a pair.

    Columns: `gap`, `tail`, `bound`, `identity` (the error of its sum, as a share of the bound), the three
    factors of `FACTORS`, each at least 1, and `inverse`, bound / gap. A gap of zero gives an infinite
    cancellation.
    """
    constants = pair.constants()
    parts = terms(pair, along="imagined", steps=steps)
    bound = claims.bound(**constants)
    absolute, sloped = parts.without_cancellation(), parts.with_slope(value_lipschitz(constants))
    return pd.DataFrame(
        {
            "gap": np.abs(parts.gap),
            "tail": parts.tail,
            "bound": bound,
            "identity": np.abs(parts.total() - parts.gap) / np.where(bound > 0, bound, 1),
            "cancellation": _times(absolute, np.abs(parts.total())),
            "slope": _times(sloped, absolute),
            "supremum": _times(bound, sloped),
            "inverse": _times(bound, np.abs(parts.gap)),
        }
    )


def _times(larger: np.ndarray, smaller: np.ndarray) -> np.ndarray:
    """How many times larger; once where both are zero, since then nothing is lost."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((larger == 0) & (smaller == 0), 1.0, larger / smaller)


def certificates(pair: Pair, steps: int) -> pd.DataFrame:
    """Return bounds on the gap made of real on-policy transitions and the learned pair, one row a pair.

    Columns: `gap`; `bound`, Lemma 1 with the learned pair's constants, infinite where they do not
    contract; `certificate_value`, errors weighed by the realised change of the learned value, and
    `certificate_slope`, by its Lipschitz constant, both with the tail added.
    """
    parts = terms(pair, along="real", steps=steps)
    constants = pair.constants(dynamics="learned", reward="learned")
    return pd.DataFrame(
        {
            "gap": np.abs(parts.gap) + parts.tail,
            "bound": claims.LEMMA_1.evaluate(outside=np.inf, **constants),
            "certificate_value": parts.without_cancellation() + parts.tail,
            "certificate_slope": parts.with_slope(value_lipschitz(constants)) + parts.tail,
        }
    )


def measure_family(configuration: Mapping[str, Any], rng: np.random.Generator) -> pd.DataFrame:
    """Measure a batch of contracting pairs: `factors` and, with ``_hat`` appended, `certificates`.

    Pairs whose models are both exact have no gap and are left out.
    """
    pair = draw(configuration["family"], rng, configuration["size"])
    reach = np.maximum(pair.closed_loop("real"), pair.closed_loop("learned"))
    discount = rng.uniform(0.3, configuration["patience"], len(pair))
    pair = pair.discounted(np.minimum(discount, rng.uniform(0.3, 0.95, len(pair)) / np.maximum(reach, 1e-9)))
    bound = claims.bound(**pair.constants())
    steps = horizon_for(pair.discount, pair.reward_range(), TAIL * bound)
    of_bound, of_certificate = factors(pair, steps), certificates(pair, steps)
    return pd.concat([of_bound, of_certificate.add_suffix("_hat")], axis=1).assign(
        family=configuration["family"], L_pi=pair.policy.lipschitz(), gamma=pair.discount
    )


def run(*, size: int = 40, patience: float = 0.9, seed: int = 0, **options: Any) -> pd.DataFrame:
    """Measure every family of `FAMILIES`.

    Parameters
    ----------
    size : int
        Pairs of each family.
    patience : float
        Largest discount; the time needed grows with the square of 1 / (1 - patience).
    seed : int
    **options
        Passed to `imagination.trials.sweep.sweep`.
    """
    if not 0.3 < patience < 1:
        raise ValueError(f"patience: {patience} must lie between 0.3 and 1")
    asked = [{"family": family, "size": size, "patience": patience} for family in FAMILIES]
    return sweep(measure_family, asked, seed=seed, **options)
