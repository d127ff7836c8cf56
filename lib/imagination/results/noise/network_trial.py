"""Theorem 2 on trial with networks as policies: the variance that reward noise adds, measured.

    python -m imagination.results.noise.network_trial --scale full --record

draws the recorded trial again. Nothing is exact here, so every number has its standard error. What noise adds
is measured as the growth of the gradients' sample variance when noise is put on the same rollouts' rewards;
that scores are martingale differences is not used. The scores' norms, which the exact amount and the bounds
need, come from rollouts of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import torch

from imagination import records
from imagination.models.networks import network_dynamics, network_reward
from imagination.reinforce import gradients
from imagination.reinforce.problems import DISCOUNTED, THEOREM_2, Estimator
from imagination.reinforce.sampling import ContinuousWorld, TabularWorld, Trajectories, World, sample
from imagination.reinforce.torch_policies import (
    Tensor,
    TorchPolicy,
    random_categorical_policy,
    random_gaussian_policy,
)
from imagination.results.noise.claims import FORMS, added_variance_bound
from imagination.results.noise.trial import ESTIMATORS, z_limit
from imagination.trials.recording import Command, rounded
from imagination.trials.trial import Trial, violations
from imagination.worlds import makers
from imagination.worlds.continuous import Transitions
from imagination.worlds.linear_quadratic import linear_quadratic
from imagination.worlds.teacher import teacher

__all__ = ["FAMILIES", "SCALES", "TRIALS", "recorded", "run", "summary", "z_scores"]

GAMMAS = (0.5, 0.9, 0.99)
HORIZONS = (1, 5, 20, 50)
SIGMA = 1.0
SCALES = {"quick": {"members": 2, "rollouts": 2000}, "full": {"members": 4, "rollouts": 8000}}
"""Worlds and policies of each family, and rollouts in each (as many again for the scores' norms)."""

RECORD = "torch-noise"
WIDTH = 16
CHUNK = 500
"""Rollouts whose scores are summed at once, to keep temporary arrays in bounds."""


# Families: (members, numpy generator, torch generator) -> worlds and policies


def linear_systems(members: int, rng: np.random.Generator, own: torch.Generator) -> tuple[World, TorchPolicy]:
    """Gaussian policies in random linear-quadratic systems with process noise."""
    mdp = linear_quadratic(rng, L_f=rng.uniform(0.6, 1.2, members), discount=np.full(members, 0.9))
    std = float(np.exp(rng.uniform(-2, 0)))
    return ContinuousWorld(mdp, 0.1), random_gaussian_policy(own, members, 4, 2, width=WIDTH, std=std)


def learned_networks(
    members: int, rng: np.random.Generator, own: torch.Generator
) -> tuple[World, TorchPolicy]:
    """Gaussian policies in networks learned from 500 transitions of random teachers: imagination proper."""
    mdp = teacher(rng, L_f=np.full(members, 1.0), L_r=np.full(members, 1.0), discount=np.full(members, 0.9))
    state, action = mdp.initial.sample(rng, 500), rng.standard_normal((members, 500, 2))
    following, reward = mdp.step(state, action)
    seen = Transitions(state, action, reward, following)
    seeds = [int(s) for s in rng.integers(2**31, size=members)]
    options = {"width": 32, "epochs": 30}
    imagined = mdp.swap(
        dynamics=network_dynamics(seen, seeds, **options), reward=network_reward(seen, seeds, **options)
    )
    return ContinuousWorld(imagined), random_gaussian_policy(own, members, 4, 2, width=WIDTH)


def one_hot_states(members: int, rng: np.random.Generator, own: torch.Generator) -> tuple[World, TorchPolicy]:
    """Categorical policies on the unit vectors of random tabular worlds."""
    mdp = makers.garnet(members, 6, 3, 3, 0.9, rng)
    policy = random_categorical_policy(own, members, 6, 3, width=WIDTH)
    sharper = policy.with_flat(policy.flat() * float(np.exp(rng.uniform(-0.5, 1))))
    return TabularWorld(mdp, one_hot=True), sharper


Family = Callable[[int, np.random.Generator, torch.Generator], tuple[World, TorchPolicy]]
FAMILIES: dict[str, Family] = {
    "linear systems": linear_systems,
    "learned networks": learned_networks,
    "one-hot states": one_hot_states,
}


# The trial


def run(scale: str = "quick", *, seed: int = 0) -> pd.DataFrame:
    """Measure what noise adds, beside the exact amount and the bounds.

    A row for each family, member, γ, horizon and form of the bound. Per rollout (K = 1), traces of
    covariances: `added` as measured, `exact` (with the sampled norms of the scores), `bound`, each with its
    standard error; `ratio` = added / bound; `noise_free`.
    """
    if scale not in SCALES:
        raise ValueError(f"scale must be one of {sorted(SCALES)}, got {scale!r}")
    size = SCALES[scale]
    parts = []
    for index, (name, family) in enumerate(FAMILIES.items()):
        rng = np.random.default_rng([seed, index])
        own = torch.Generator().manual_seed(int(rng.integers(2**62)))
        world, policy = family(size["members"], rng, own)
        drawn, other = (sample(world, policy, size["rollouts"], max(HORIZONS), own) for _ in range(2))
        noise = SIGMA * torch.randn(drawn.reward.shape, generator=own, dtype=torch.float64)
        parts.append(_measure(policy, drawn, other, noise).assign(family=name))
    table = pd.concat(parts, ignore_index=True)
    return table[["family", *(column for column in table if column != "family")]]


def _measure(policy: TorchPolicy, drawn: Trajectories, other: Trajectories, noise: Tensor) -> pd.DataFrame:
    parts = zip(other.state.split(CHUNK, 1), other.action.split(CHUNK, 1), strict=True)
    norms = torch.cat([policy.score_square(state, action) for state, action in parts], 1)
    rows = []
    for horizon in HORIZONS:
        short = Trajectories(*(array[:, :, :horizon] for array in (drawn.state, drawn.action, drawn.reward)))
        scores = _Scores.of(norms[:, :, :horizon])
        for gamma in GAMMAS:
            discount = torch.full((policy.batch_size,), gamma, dtype=torch.float64)
            measured = {
                estimator: _growth(policy, short, noise[:, :, :horizon], estimator, discount)
                for estimator in (THEOREM_2, DISCOUNTED)
            }
            for form, estimator in ESTIMATORS.items():
                about = {"horizon": horizon, "gamma": gamma, "form": form}
                rows.append(_row(about, scores, estimator, measured[estimator]))
    return pd.concat(rows, ignore_index=True)


@dataclass(frozen=True, eq=False)
class _Scores:
    """Norms of scores, ‖w_t‖² (C, K, H), and what bounds need of them: (C,), with standard errors."""

    each: Tensor
    maximum: Tensor
    maximum_error: Tensor
    mean: Tensor
    mean_error: Tensor

    @classmethod
    def of(cls, norms: Tensor) -> _Scores:
        root = norms.shape[1] ** 0.5
        highest = norms.amax(2)
        at = norms.mean(1).argmax(1)
        there = norms[torch.arange(len(norms)), :, at]
        maximum, mean = (part.mean(1) for part in (highest, there))
        return cls(norms, maximum, highest.std(1) / root, mean, there.std(1) / root)


def _row(
    about: dict, scores: _Scores, estimator: Estimator, measured: tuple[Tensor, Tensor, Tensor]
) -> pd.DataFrame:
    horizon, gamma, form = about["horizon"], about["gamma"], about["form"]
    added, error, noise_free = measured
    # The weight of the reward at u on the score at t is the coefficient that a reward of 1 at u alone gives.
    ones = torch.eye(horizon, dtype=torch.float64)[None]
    weights = gradients.coefficients(estimator, ones, torch.tensor([gamma], dtype=torch.float64))[0]
    each = SIGMA**2 * (scores.each * weights.square().sum(0)).sum(2)
    exact, exact_error = each.mean(1), each.std(1) / each.shape[1] ** 0.5
    W, W_error = (
        (scores.maximum, scores.maximum_error) if form == "paper" else (scores.mean, scores.mean_error)
    )
    given = {"sigma": SIGMA, "horizon": horizon, "gamma": gamma, "rollouts": 1, "form": form}
    bound = torch.as_tensor(added_variance_bound(score_bound=W.sqrt().numpy(), **given))
    bound_error = bound * W_error / W  # the bounds are linear in W²
    ratio = added / bound
    columns = {
        "added": added,
        "added_error": error,
        "exact": exact,
        "exact_error": exact_error,
        "bound": bound,
        "bound_error": bound_error,
        "ratio": ratio,
        "ratio_error": ratio * ((error / added) ** 2 + (bound_error / bound) ** 2).sqrt(),
        "noise_free": noise_free,
    }
    members = {"member": np.arange(len(added)), **about}
    return pd.DataFrame({**members, **{name: column.numpy() for name, column in columns.items()}})


def _growth(
    policy: TorchPolicy, drawn: Trajectories, noise: Tensor, estimator: Estimator, discount: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Growth with noise of one rollout's total variance, its standard error, and the noise-free variance."""
    clean, noisy = [], []
    for begun in range(0, noise.shape[1], CHUNK):
        part = slice(begun, begun + CHUNK)
        rollouts = Trajectories(drawn.state[:, part], drawn.action[:, part], drawn.reward[:, part])
        clean.append(gradients.rollout_gradients(policy, rollouts, estimator, discount))
        labelled = rollouts.with_reward(rollouts.reward + noise[:, part])
        noisy.append(gradients.rollout_gradients(policy, labelled, estimator, discount))
    squared = []
    for kept in (torch.cat(clean, 1), torch.cat(noisy, 1)):
        count = kept.shape[1]
        squared.append((kept - kept.mean(1, keepdim=True)).square().sum(2) * (count / (count - 1)))
    growth = squared[1] - squared[0]
    return growth.mean(1), growth.std(1) / growth.shape[1] ** 0.5, squared[0].mean(1)


# What it shows


def z_scores(table: pd.DataFrame) -> pd.Series:
    """(measured − exact) / standard error of the difference, for each row."""
    return (table["added"] - table["exact"]) / np.hypot(table["added_error"], table["exact_error"])


def _is(form: str, table: pd.DataFrame) -> pd.Series:
    return table["form"] == form


def _by_chance(table: pd.DataFrame) -> pd.Series:
    """By what share of its bound chance may carry a measured amount above it, over all rows together."""
    return z_limit(len(table), two_sided=False) * table["ratio_error"]


TRIALS: tuple[Trial, ...] = tuple(
    Trial(
        claim,
        run,
        measure="added",
        states="bound",
        speaks=partial(_is, form),
        tolerance=_by_chance,
        record=RECORD,
    )
    for form, claim in FORMS.items()
)


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """For each family and form: `cases`, largest |z| against the exact amount, and how loose the bound is.

    Ratios are measured / bound: the median, the largest, and the largest 95% upper limit of a single one.
    """
    table = table.assign(z=z_scores(table).abs(), upper=table["ratio"] + 1.96 * table["ratio_error"])
    return table.groupby(["family", "form"], sort=False).agg(
        cases=("z", "size"),
        largest_z=("z", "max"),
        median_ratio=("ratio", "median"),
        largest_ratio=("ratio", "max"),
        largest_upper=("upper", "max"),
    )


def recorded() -> pd.DataFrame:
    """Return the recorded trial at full scale."""
    return records.load(RECORD)


def _told(table: pd.DataFrame) -> str:
    shown = summary(table).to_string(float_format=lambda x: f"{x:.4g}")
    return f"{shown}\nlimit of |z| for {len(table)} cases: {z_limit(len(table)):.2f}"


main = Command(
    module="imagination.results.noise.network_trial",
    record=RECORD,
    run=run,
    say=_told,
    parameters=lambda scale: SCALES[scale],
    scales=SCALES,
    default="quick",
    compact=lambda table: rounded(table, 9),
    violations=lambda table: violations(TRIALS, table),
    unit="cases",
)


if __name__ == "__main__":
    raise SystemExit(main())
