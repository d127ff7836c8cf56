"""The multiplier of Theorem 1 on trial: the experiment of [TSGLH26, §4.2], done again with our own systems.

Theorem 1 splits a budget so that *Lemma 1's bound* is least. For each system of a group the split that makes
the *true* return error least is found by looking at all of them, and compared with what Theorem 1 predicts
from global constants and from realised sensitivities. The comparison that matters is the last one: how much
return error a wrong multiplier costs.

The paper's generator was not at hand to copy; `imagination.results.sensitivity.systems.CHOICES` says what
is ours. Nothing is tuned towards the reported figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binomtest, bootstrap

from imagination import records
from imagination.decide import allocation
from imagination.results.budget import claims
from imagination.results.budget.systems import REPORTED as laws_reported
from imagination.results.sensitivity.systems import (
    ALTERNATIVES,
    GROUPS,
    REPORTED_GROUPS,
    Group,
    draw,
    extremal,
    inside,
)
from imagination.sensitivities import adjoint
from imagination.trials.recording import Command, rounded
from imagination.trials.trial import Trial
from imagination.worlds.perturbations import PerturbedDynamics, PerturbedReward

__all__ = [
    "BUDGETS",
    "LAWS",
    "MULTIPLIERS",
    "REPORTED",
    "TRIALS",
    "Laws",
    "Optimum",
    "asked_for",
    "attained",
    "beside_reported",
    "global_multiplier",
    "half_and_half",
    "learned_multiplier",
    "measure",
    "median_interval",
    "optimum",
    "pilot",
    "realised",
    "recorded",
    "remainder",
    "run",
    "sign_test",
    "step_by_step",
    "stream",
    "summary",
]


@dataclass(frozen=True)
class Laws:
    """Errors as functions of samples, ``eps = A N^(-exponent)``, and what a sample costs."""

    A_dyn: float
    alpha: float
    A_rew: float
    beta: float
    c_dyn: float = 1.0
    c_rew: float = 1.0

    def errors(self, N_dyn: np.ndarray, N_rew: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The model errors that these samples leave."""
        return self.A_dyn * N_dyn**-self.alpha, self.A_rew * N_rew**-self.beta

    def arguments(self) -> dict[str, Any]:
        """As `imagination.decide.allocation.allocate` takes them."""
        return dict(vars(self))


LAWS = Laws(**laws_reported)
"""The fits that [TSGLH26, §4.1] reports."""

BUDGETS = (1e5, 1e6, 1e8)

MULTIPLIERS = {
    "global": "certified Lipschitz constants, as Theorem 1 has them",
    "realised": "|S_f| / |S_r|: costates of the real system, times the models' errors; effects of opposite "
    "sign cancel",
    "step by step": "the same, with absolute values at every step and start, so that nothing cancels",
    "learned +": "costates' norms over discounts, summed along a learned system: no f, no r, no direction",
    "learned −": "the same for the learned system whose dynamics err to the other side",
    "half and half": "no knowledge: the multiplier whose plan spends half of the budget on either",
}
"""Where a multiplier comes from."""

REPORTED = pd.DataFrame(
    {"systems": [30, 9, 9, 9, 30], "median |l|": [0.0, 0.054, 0.054, 0.684, 7.585]},
    index=pd.Index(REPORTED_GROUPS, name="group"),
)
"""Medians of |l| with global constants [TSGLH26, §4.2]; of the LQG predictions 30 of 30 are too large."""

NOTHING = 1e-4
"""|l| below this is zero: the true optimum is flat, and a grid search finds it to about this."""

SMALL = 1e-6
"""Size of a model error, in units of state, at which the dynamics' difference stands for its derivative."""


# --- multipliers -----------------------------------------------------------------------------------


def global_multiplier(group: Group) -> np.ndarray:
    """Theorem 1's multiplier from certified constants, (C,)."""
    return claims.MULTIPLIER.evaluate(**group.constants())


def realised(group: Group) -> tuple[np.ndarray, np.ndarray]:
    """``|S_f|`` and ``|S_r|``, (C,): slopes of the mean return in the errors' sizes, by one adjoint pass."""
    slope_dyn, slope_rew = _slopes(group)
    return np.abs(slope_dyn), np.abs(slope_rew)


def _slopes(group: Group) -> tuple[np.ndarray, np.ndarray]:
    """The same with their signs."""
    zero = np.zeros(len(group))
    system = _learned(group, zero, zero)
    path = "dynamics.scale" if isinstance(system.dynamics, PerturbedDynamics) else "dynamics.base.scale"
    found = adjoint(
        system, group.policy, group.start, group.horizon, group.noise, parameters=[path, "reward.scale"]
    )
    return found.parameters[path], found.parameters["reward.scale"]


def step_by_step(group: Group) -> np.ndarray:
    """The realised multiplier without cancellation, (C,), which needs the real system.

    ``Σ_t |λ_{t+1} · u_f(s_t, a_t)|`` over ``Σ_t γ^t |u_r(s_t, a_t)|`` along the real rollouts, means over the
    starts. [TSGLH26, §4.2] put an absolute value at every state and action, as here, and not on their sum.
    """
    found = adjoint(group.real, group.policy, group.start, group.horizon, group.noise)
    batch, count, steps, _ = found.actions.shape
    states, actions = (
        array.reshape(batch, count * steps, -1) for array in (found.states[:, :, :-1], found.actions)
    )
    size = np.full((batch, count * steps), SMALL)
    moved = (group.dynamics(size)(states, actions) - group.real.dynamics(states, actions)) / SMALL
    effects = (found.costates[:, :, 1:] * moved.reshape(batch, count, steps, -1)).sum(-1)
    errors = group.reward_error(states, actions).reshape(batch, count, steps)
    return np.abs(effects).sum((1, 2)) / (found.weights[:, None] * np.abs(errors)).sum((1, 2))


def learned_multiplier(group: Group, eps_dyn: np.ndarray, eps_rew: np.ndarray) -> np.ndarray:
    """A multiplier that needs a learned system and nothing else, (C,).

    ``Σ_t ‖λ̂_{t+1}‖ / Σ_t γ^t``, costates and rollouts of ``f + ε_dyn u_f`` and ``r + ε_rew u_r``; `eps_dyn`
    and `eps_rew`, (C,), may have either sign. The numerator is the largest first-order change of the learned
    return that step errors of norm 1 can make, the denominator that of reward errors of size 1.
    """
    system = _learned(group, eps_dyn, eps_rew)
    found = adjoint(system, group.policy, group.start, group.horizon, group.noise)
    return found.in_any_direction().mean(-1) / found.weights.sum(-1)


def pilot(group: Group, budget: float, laws: Laws) -> tuple[np.ndarray, np.ndarray]:
    """Errors of models that half of the budget each has bought, (C,): no multiplier is needed for that."""
    spent = np.full(len(group), budget / 2)
    return laws.errors(spent / laws.c_dyn, spent / laws.c_rew)


def half_and_half(budget: float, laws: Laws) -> float:
    """The multiplier for which Theorem 1's plan spends half of the budget on either model."""
    return float(asked_for(laws, budget / 2 / laws.c_dyn, budget / 2 / laws.c_rew))


def asked_for(laws: Laws, N_dyn: Any, N_rew: Any) -> Any:
    """The multiplier for which Theorem 1 asks for just these samples."""
    of_one = claims.RATIO.evaluate(**laws.arguments(), multiplier=1.0, N_dyn=N_dyn, N_rew=N_rew)
    return N_dyn / N_rew / of_one


def _learned(group: Group, eps_dyn: np.ndarray, eps_rew: np.ndarray) -> Any:
    dynamics = inside(
        group.real.dynamics, lambda base: PerturbedDynamics(base, group.dynamics_error, eps_dyn)
    )
    return group.real.swap(
        dynamics=dynamics, reward=PerturbedReward(group.real.reward, group.reward_error, eps_rew)
    )


# --- the best split, by looking ------------------------------------------------------------------------


@dataclass(frozen=True)
class Optimum:
    """The split with the least true return error, (C,) each."""

    N_dyn: np.ndarray
    N_rew: np.ndarray
    eps_dyn: np.ndarray
    eps_rew: np.ndarray
    error: np.ndarray


def split(laws: Laws, budget: float, log_odds: np.ndarray) -> tuple[np.ndarray, ...]:
    """Samples and errors where the log-odds of the dynamics' share of the budget are these."""
    share = 1 / (1 + np.exp(-log_odds))
    rest = 1 / (1 + np.exp(log_odds))
    samples = share * budget / laws.c_dyn, rest * budget / laws.c_rew
    return (*samples, *laws.errors(*samples))


def optimum(group: Group, budget: float, laws: Laws = LAWS) -> Optimum:
    """Find the split with the least true return error by a grid search, ever finer.

    49 splits from one sample of either kind to the whole budget, then seven times 9 between the neighbours of
    the best.
    """
    reach = np.log(budget)
    grid = np.broadcast_to(np.linspace(-reach, reach, 49), (len(group), 49))
    for refinement in range(8):
        *_, eps_dyn, eps_rew = split(laws, budget, grid)
        error = group.return_error(eps_dyn, eps_rew)
        best = np.argmin(error, axis=1)
        row = np.arange(len(group))
        width = grid[:, 1] - grid[:, 0]
        centre = grid[row, best]
        if refinement < 7:
            grid = centre[:, None] + width[:, None] * np.linspace(-1, 1, 9)
    N_dyn, N_rew, eps_dyn, eps_rew = split(laws, budget, centre)
    return Optimum(N_dyn, N_rew, eps_dyn, eps_rew, error[row, best])


# --- one group --------------------------------------------------------------------------------------


def measure(
    group: Group,
    budget: float = 1e6,
    laws: Laws = LAWS,
    *,
    multipliers: Mapping[str, np.ndarray] | None = None,
) -> pd.DataFrame:
    """Compare Theorem 1's split with the best one: a row for each system and multiplier.

    Columns: `group`, `system`, `budget`, `multiplier` (where it comes from), `D`; `l`, the logarithm of
    ``N_d*/N_r*`` over the ratio that Theorem 1 gives for the errors of the best split; `l_plan`, the same
    with the ratio of the plan that Theorem 1's equation leads to by itself; `regret`, the plan's return error
    over the least one, minus 1; and `N_dyn`, `N_rew`, `eps_dyn`, `eps_rew`, `error` of the best split.
    """
    best = optimum(group, budget, laws)
    if multipliers is None:
        slope_dyn, slope_rew = realised(group)
        eps_dyn, eps_rew = pilot(group, budget, laws)
        multipliers = {
            "global": global_multiplier(group),
            "realised": slope_dyn / slope_rew,
            "step by step": step_by_step(group),
            "learned +": learned_multiplier(group, eps_dyn, eps_rew),
            "learned −": learned_multiplier(group, -eps_dyn, eps_rew),
            "half and half": np.full(len(group), half_and_half(budget, laws)),
        }
    rows = []
    for name, D in multipliers.items():
        plan = allocation.allocate(**laws.arguments(), budget=budget, multiplier=D)
        reached = group.return_error(plan.eps_dyn[:, None], plan.eps_rew[:, None])[:, 0]
        rows.append(
            pd.DataFrame(
                {
                    "group": group.name,
                    "system": np.arange(len(group)),
                    "budget": budget,
                    "multiplier": name,
                    "D": D,
                    "l": np.log(asked_for(laws, best.N_dyn, best.N_rew) / D),
                    "l_plan": np.log(best.N_dyn / best.N_rew / (plan.N_dyn / plan.N_rew)),
                    "regret": reached / best.error - 1,
                    **vars(best),
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


def stream(name: str, seed: int) -> np.random.Generator:
    """The generator from which `run` draws a group.

    Raises
    ------
    ValueError
        If there is no such group.
    """
    known = [*GROUPS, *ALTERNATIVES]
    if name not in known:
        raise ValueError(f"name: {name!r} is none of {', '.join(known)}")
    return np.random.default_rng(np.random.SeedSequence(seed).spawn(len(known))[known.index(name)])


def run(
    groups: Sequence[str] = tuple(GROUPS), *, seed: int = 0, budgets: Sequence[float] = (1e6,)
) -> pd.DataFrame:
    """Measure groups; each is drawn from a stream of its own, so that leaving one out changes no other."""
    parts = []
    for name in groups:
        group = draw(name, stream(name, seed))
        parts += [measure(group, budget) for budget in budgets]
    return pd.concat(parts, ignore_index=True)


# --- tables -------------------------------------------------------------------------------------------


def median_interval(values: np.ndarray, rng: np.random.Generator) -> tuple[float, float]:
    """95% percentile bootstrap interval of the median."""
    found = bootstrap((np.asarray(values, dtype=float),), np.median, method="percentile", rng=rng)
    return float(found.confidence_interval.low), float(found.confidence_interval.high)


def sign_test(log_ratios: np.ndarray) -> tuple[int, int, float]:
    """How often a prediction is too large, how often too small, and how often a fair coin is as one-sided.

    Predictions that are right to within `NOTHING` count for neither; without any other the p-value is 1.
    """
    log_ratios = np.asarray(log_ratios)
    large, small = int((log_ratios < -NOTHING).sum()), int((log_ratios > NOTHING).sum())
    return large, small, float(binomtest(large, large + small).pvalue) if large + small else 1.0


def summary(table: pd.DataFrame, *, seed: int = 0, column: str = "l") -> pd.DataFrame:
    """A row for each group and multiplier: median of |l| with its interval, signs, p-value, and regrets.

    The interval and the p-value are about the distribution from which the group's systems were drawn.
    """
    rows = []
    for (group, multiplier), part in table.groupby(["group", "multiplier"], sort=False):
        size = part[column].abs().to_numpy()
        low, high = median_interval(size, np.random.default_rng(seed))
        large, small, p = sign_test(part[column].to_numpy())
        rows.append(
            {
                "group": group,
                "multiplier": multiplier,
                "systems": len(part),
                "median |l|": np.median(size),
                "low": low,
                "high": high,
                "within 3x": float((size <= np.log(3)).mean()),
                "too large": large,
                "too small": small,
                "p": p,
                "median regret": part["regret"].median(),
                "90% regret": part["regret"].quantile(0.9),
                "largest regret": part["regret"].max(),
            }
        )
    return pd.DataFrame(rows).set_index(["group", "multiplier"])


def beside_reported(table: pd.DataFrame) -> pd.DataFrame:
    """Our medians of |l| and the reported ones, for the groups that the paper has."""
    ours = summary(table[table["group"].isin(REPORTED_GROUPS)])["median |l|"].unstack()
    return pd.DataFrame(
        {
            "systems": REPORTED["systems"],
            "reported": REPORTED["median |l|"],
            "our systems": table.groupby("group")["system"].nunique(),
            "ours, global": ours["global"],
            "ours, step by step": ours["step by step"],
        },
        index=REPORTED.index,
    )


# --- first order, and what is left -------------------------------------------------------------------


def remainder(group: Group, sizes: np.ndarray, *, eps_dyn: float = 1.0, eps_rew: float = 1.0) -> np.ndarray:
    """What the first-order change of the return leaves, (C, G), when both errors shrink together.

    ``|ΔJ − (S_f ε_dyn + S_r ε_rew)|`` for errors ``sizes · (eps_dyn, eps_rew)``, in units of return.
    """
    slope_dyn, slope_rew = _slopes(group)
    errors = np.broadcast_to(np.asarray(sizes, dtype=float), (len(group), len(sizes)))
    change, weight = group.parts(errors * eps_dyn)
    first = errors * (slope_dyn[:, None] * eps_dyn + slope_rew[:, None] * eps_rew)
    return np.abs(change + errors * eps_rew * weight - first)


# --- the multiplier, where it is exact ----------------------------------------------------------------


ATTAINING = {"quick": 12, "full": 100}
"""How many systems that attain Lemma 1 are tried."""


def attained(scale: str = "quick", *, seed: int = 0) -> pd.DataFrame:
    """Systems that attain Lemma 1: their constants, and the multiplier that their best splits ask for.

    Raises
    ------
    ValueError
        If there is no such scale.
    """
    if scale not in ATTAINING:
        raise ValueError(f"scale: {scale!r} is none of {', '.join(ATTAINING)}")
    group = extremal(np.random.default_rng(seed), ATTAINING[scale])
    best = optimum(group, 1e6)
    asked = {"family": group.name, "asked for": asked_for(LAWS, best.N_dyn, best.N_rew)}
    return pd.DataFrame(group.constants() | asked)


TRIALS: tuple[Trial, ...] = (Trial(claims.MULTIPLIER, attained, "asked for", tolerance=NOTHING),)
"""Where Lemma 1 is exact, the best split of the true return error knows the multiplier."""


# --- the record ------------------------------------------------------------------------------------------

RECORD = "sensitivity"


def recorded() -> pd.DataFrame:
    """Return the recorded trial: every group and alternative, at every budget of `BUDGETS`."""
    return records.load(RECORD)


def everything(*, seed: int) -> pd.DataFrame:
    """Measure every group and alternative at every budget."""
    return run([*GROUPS, *ALTERNATIVES], seed=seed, budgets=BUDGETS)


main = Command(
    module="imagination.results.sensitivity.trial",
    record=RECORD,
    run=everything,
    say=lambda table: summary(table[table["budget"] == 1e6]).to_string(float_format="{:.4g}".format),
    parameters=lambda scale: {"budgets": list(BUDGETS), "laws": vars(LAWS)},
    scales={},
    compact=lambda table: rounded(table, 8),
)


if __name__ == "__main__":
    raise SystemExit(main())
