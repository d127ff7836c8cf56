"""Closed loops, early ends and orders on trial: random loops, and nothing may exceed what is claimed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from imagination.results.horizon import claims
from imagination.results.horizon.systems import FAMILIES, Loops, draw, lyapunov, rollouts
from imagination.trials.sweep import batches, sweep
from imagination.trials.trial import Trial

__all__ = ["HORIZONS", "SCALES", "STEPS", "TRIALS", "measured", "run"]

SCALES = {"quick": {"batches": 6, "size": 100}, "full": {"batches": 60, "size": 200}}
"""Batches of each family, and loops in each."""

STEPS = 300
"""Steps of the returns; all that is claimed of infinite returns holds for these, too."""

HORIZONS = 40
"""Horizons at which a rollout may end are below this."""

EPISODE = 15
"""Steps of an episode that may end before."""


def run(scale: str = "quick", *, seed: int = 0, **options: Any) -> pd.DataFrame:
    """Draw loops and measure them; one row a loop, as `measured` describes.

    Parameters
    ----------
    scale : {"quick", "full"}
    seed : int
    **options
        Passed to `imagination.trials.sweep.sweep`.

    Raises
    ------
    ValueError
        If there is no such scale.
    """
    return sweep(_batch, batches(SCALES, scale, FAMILIES), seed=seed, **options)


def _batch(configuration: Mapping[str, Any], rng: np.random.Generator) -> pd.DataFrame:
    loops = draw(configuration["family"], rng, configuration["size"])
    return measured(loops, rng).assign(family=configuration["family"])


def measured(loops: Loops, rng: np.random.Generator) -> pd.DataFrame:
    """Measure everything that the topic's claims speak of, one row a loop.

    Columns:

    - `gamma`;
    - of the closed loop `gap`, `rho` and `slope` (in a norm in which it contracts enough), `average_dyn`,
      `average_rew`, `lipschitz` (the L of Lemma 1) and `trivial` (what the rewards alone allow);
    - of a rollout that ends at a random `horizon` `error`, `delta_sum`, `step_error`, `estimate_error`;
      of one more step `gain`, `next_error`, `later_error`;
    - `best`, `by_rule` and `best_of_error`, the horizon with the smallest bound, the first that the rule
      stops at, and that with the smallest error; `least_error`, and `error_at_rule`, `error_at_zero`,
      `error_at_last`, the errors there;
    - of a second policy `loss`, `preferred_hat`, `other_hat`, `gap_difference`, `larger_gap` and
      `preferred_gap`;
    - of episodes that end `ended_gap`, its `reward_part`, `dynamics_part` and `ending_part`, and
      `ended_size`, the sum of their sizes and of the two returns'.
    """
    columns = {
        "gamma": loops.gamma,
        **_closed_loop(loops, rng),
        **_early_end(loops, rng),
        **_order(loops, rng),
        **_ends(loops),
    }
    return pd.DataFrame(columns)


def _closed_loop(loops: Loops, rng: np.random.Generator) -> dict[str, np.ndarray]:
    real, imagined = rollouts(loops, STEPS)
    radius = np.abs(np.linalg.eigvals(loops.closed)).max(-1)
    # Any constant between the spectral radius and 1/gamma has a norm; a loop on a line has only its own.
    rho = radius + rng.uniform(0.1, 0.6, len(radius)) * (1 / loops.gamma - radius)
    if loops.slope.shape[1] == 1:
        rho = radius
        metric = np.ones((len(radius), 1, 1))
    else:
        metric = lyapunov(
            loops.closed / rho[:, None, None], np.eye(loops.slope.shape[1])[None].repeat(len(radius), 0)
        )
    root = np.linalg.cholesky(metric)  # |s| = |root^T s|

    def length(vectors: np.ndarray) -> np.ndarray:
        return np.linalg.norm(vectors @ root, axis=-1)

    inverse = np.linalg.inv(root)
    reach = np.maximum(length(real).max(-1), length(imagined).max(-1))
    curved = np.linalg.norm(inverse @ loops.cost @ inverse.mT, ord=2, axis=(-2, -1))
    slope = np.linalg.norm((inverse @ loops.slope[..., None])[..., 0], axis=-1) + 2 * reach * curved
    visited = imagined[:, :-1]
    dyn = length(loops.learned(visited) - loops.real(visited))
    rew = np.abs(loops.learned_reward(visited) - loops.reward(visited))
    weights = loops.gamma[:, None] ** np.arange(STEPS)
    paid, dreamt = loops.reward(real[:, :-1]), loops.learned_reward(visited)
    both = np.concatenate([paid, dreamt], axis=1)
    norms = [np.linalg.norm(m, ord=2, axis=(-2, -1)) for m in (loops.open_loop, loops.inputs, loops.gain)]
    return {
        "gap": np.abs(((dreamt - paid) * weights).sum(1)),
        "rho": rho,
        "slope": slope,
        "average_dyn": (1 - loops.gamma) * (dyn * weights).sum(1),
        "average_rew": (1 - loops.gamma) * (rew * weights).sum(1),
        "lipschitz": np.maximum(norms[0], norms[1]) * (1 + norms[2]),
        "trivial": (both.max(1) - both.min(1)) * weights.sum(1),
    }


def _early_end(loops: Loops, rng: np.random.Generator) -> dict[str, np.ndarray]:
    size = len(loops.gamma)
    _, imagined = rollouts(loops, HORIZONS)
    gamma = loops.gamma[:, None]
    here, each = imagined[:, :-1], np.arange(size)
    off = loops.learned_reward(here) - loops.reward(here)
    off = off + gamma * (loops.value(loops.learned(here)) - loops.value(loops.real(here)))
    weights = gamma ** np.arange(HORIZONS + 1)
    sums = np.concatenate([np.zeros((size, 1)), (np.abs(off) * weights[:, :-1]).cumsum(1)], axis=1)
    promised = np.concatenate(
        [np.zeros((size, 1)), (loops.learned_reward(here) * weights[:, :-1]).cumsum(1)], axis=1
    )
    # An estimate that errs by a constant and, but on the line, by a wave of the state.
    constant = np.abs(off[:, :5]).mean(1) * 10.0 ** rng.uniform(-1, 2, size)
    wave = np.where(imagined.shape[-1] == 1, 0.0, rng.uniform(0, 1, size)) * constant
    errs = constant[:, None] + wave[:, None] * np.cos(imagined.sum(-1))
    total = promised + weights * (loops.value(imagined) + errs)
    bound = sums + weights * np.abs(errs)
    horizon = rng.integers(0, HORIZONS, size)
    steps = np.abs(off)
    before = np.arange(HORIZONS) < horizon[:, None]
    worth = steps < np.abs(errs[:, :-1]) - gamma * np.abs(errs[:, 1:])
    value = loops.value(loops.start[:, None])[:, 0]
    errors = np.abs(total - value[:, None])
    by_rule = np.where(worth.all(1), HORIZONS, (~worth).argmax(1))
    return {
        "horizon": horizon,
        "error": errors[each, horizon],
        "delta_sum": bound[each, horizon],
        "step_error": np.where(before, steps, 0).max(1),
        "estimate_error": np.abs(errs)[each, horizon],
        "gain": bound[each, horizon + 1] - bound[each, horizon],
        "next_error": steps[each, horizon],
        "later_error": np.abs(errs)[each, horizon + 1],
        "best": bound.argmin(1),
        "by_rule": by_rule,
        "best_of_error": errors.argmin(1),
        "least_error": errors.min(1),
        "error_at_rule": errors[each, by_rule],
        "error_at_zero": errors[:, 0],
        "error_at_last": errors[:, -1],
    }


def _order(loops: Loops, rng: np.random.Generator) -> dict[str, np.ndarray]:
    nudge = 10.0 ** rng.uniform(-3, -1, len(loops.gamma))[:, None, None]
    other = replace(loops, gain=loops.gain + nudge * rng.standard_normal(loops.gain.shape))
    weights = loops.gamma[:, None] ** np.arange(STEPS)
    returns = []
    for each in (loops, other):
        real, imagined = rollouts(each, STEPS)
        returns.append(
            [
                (each.reward(real[:, :-1]) * weights).sum(1),
                (each.learned_reward(imagined[:, :-1]) * weights).sum(1),
            ]
        )
    paid, dreamt = np.array(returns).swapaxes(0, 1)
    first, rows = dreamt.argmax(0), np.arange(len(loops.gamma))
    gaps = dreamt - paid
    return {
        "loss": paid[1 - first, rows] - paid[first, rows],
        "preferred_hat": dreamt[first, rows],
        "other_hat": dreamt[1 - first, rows],
        "gap_difference": np.abs(gaps[0] - gaps[1]),
        "larger_gap": np.abs(gaps).max(0),
        "preferred_gap": np.abs(gaps[first, rows]),
    }


def _ends(loops: Loops) -> dict[str, np.ndarray]:
    """Let the world end in stripes of states, let the model think that it may, and take the gap apart."""
    gamma, time = loops.gamma[:, None], np.arange(EPISODE)

    def stripes(state: np.ndarray) -> np.ndarray:
        return np.cos(2 * state.sum(-1)) + 0.8

    def worth(state: np.ndarray, steps: np.ndarray) -> np.ndarray:
        """The learned world's own value of so many steps from states (C, n, d)."""
        total, weight = np.zeros(state.shape[:2]), np.ones(state.shape[:2])
        for step in range(EPISODE):
            total += np.where(step < steps, weight * loops.learned_reward(state), 0)
            weight *= gamma / (1 + np.exp(-4 * stripes(state)))
            state = loops.learned(state)
        return total

    real = rollouts(loops, EPISODE)[0]
    here, after = real[:, :-1], real[:, 1:]
    goes_on = stripes(here) > 0
    lasts = np.concatenate([np.ones((len(gamma), 1)), goes_on[:, :-1].cumprod(1)], axis=1)
    weights, left = gamma**time * lasts, EPISODE - time - 1
    believed, instead = worth(loops.learned(here), left), worth(after, left)
    off = 1 / (1 + np.exp(-4 * stripes(here))) - goes_on
    parts = {
        "reward_part": loops.learned_reward(here) - loops.reward(here),
        "dynamics_part": gamma * goes_on * (believed - instead),
        "ending_part": gamma * off * believed,
    }
    parts = {name: (weights * part).sum(1) for name, part in parts.items()}
    paid = (weights * loops.reward(here)).sum(1)
    dreamt = worth(loops.start[:, None], np.array([EPISODE]))[:, 0]
    size = np.abs([*parts.values(), paid, dreamt]).sum(0)
    return {**parts, "ended_gap": dreamt - paid, "ended_size": size}


def _returns(table: pd.DataFrame) -> pd.Series:
    """The unit of a difference of returns: rounding errs by a share of the returns."""
    return table[["preferred_hat", "other_hat"]].abs().max(axis=1) + table["larger_gap"]


TRIALS = (
    Trial(claims.CLOSED_LOOP, run, "gap"),
    Trial(claims.IMAGINE_THEN_ESTIMATE, run, "error", states="delta_sum"),
    Trial(claims.CONSTANT_ERRORS, run, "error"),
    Trial(claims.ONE_MORE_STEP, run, "gain", columns={"step_error": "next_error"}, unit="delta_sum"),
    Trial(claims.RANKING, run, "loss", unit=_returns),
    Trial(claims.ACCOUNT, run, "ended_gap", unit="ended_size"),
)
"""What is tried, each on all loops."""
