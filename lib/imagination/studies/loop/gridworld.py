"""The loop on a grid: models by counting, REINFORCE in imagination alone, everything else exact.

    python -m imagination.studies.loop.gridworld --record

makes the recorded rounds again. The world is `makers.gridworld`: a walker starts in one corner and earns 1 a
step in the opposite one. The sensors of its rewards are noisy, and the walker sees them only where it goes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from imagination import wasserstein as w
from imagination.models.counts import CountModel
from imagination.reinforce.estimators import mean_gradient
from imagination.reinforce.problems import Estimator, Problem, SoftmaxPolicy, tabular_policy
from imagination.results.kernels import claims as theory
from imagination.results.kernels import systems as stochastic
from imagination.studies.loop import rounds
from imagination.studies.loop.diagnostics import bounds, decompose_tabular, regret_bound
from imagination.worlds.makers import gridworld
from imagination.worlds.tabular import TabularMDP

__all__ = [
    "RECORD",
    "SCALES",
    "Data",
    "Settings",
    "collect",
    "go_round",
    "improve",
    "measure",
    "mixed",
    "run",
    "simulation_bounds",
    "steps_of",
    "world",
]

Array = NDArray[Any]

RECORD = "imagination-tabular"
HORIZON = 20
"""Steps of the returns whose gap the finite-horizon bound is set beside; all else has no horizon."""

ESTIMATOR = Estimator("discounted", baseline="value")
"""The baseline is the value in the world that the rollouts are drawn in: imagination knows its own."""


@dataclass(frozen=True)
class Settings:
    """A loop on the grid.

    Attributes
    ----------
    seeds, rounds : int
        Seeds side by side; rounds of the loop.
    side, slip, discount : the world.
    noise : standard deviation of the noise on each reward seen.
    episodes, length : real episodes a round, steps of each.
    explore : share of real actions that are drawn at random.
    updates, rollouts, horizon, rate : gradient steps a round; rollouts of each, their steps; step size.
    listed : how many steps of an imagined rollout the record of steps lists.
    """

    seeds: int = 20
    rounds: int = 12
    side: int = 5
    slip: float = 0.1
    discount: float = 0.95
    noise: float = 0.3
    episodes: int = 10
    length: int = 30
    explore: float = 0.2
    updates: int = 60
    rollouts: int = 32
    horizon: int = 40
    rate: float = 1.0
    listed: int = 60

    @property
    def real_steps(self) -> int:
        """Real steps of one round."""
        return self.episodes * self.length


SCALES = {"quick": Settings(seeds=8, rounds=4), "full": Settings()}


class Data(NamedTuple):
    """What has been seen: counts of transitions with sums of noisy rewards, and how many steps it took."""

    counts: CountModel
    steps: int


def world(settings: Settings, copies: int | None = None) -> TabularMDP:
    """The grid, one copy for each seed."""
    slip = np.full(settings.seeds if copies is None else copies, settings.slip)
    return gridworld(settings.side, settings.side, slip, settings.discount)


def start(real: TabularMDP) -> SoftmaxPolicy:
    """The policy that every seed begins with: all actions alike."""
    return tabular_policy(np.zeros(real.reward.shape))


def mixed(policy: SoftmaxPolicy, explore: float) -> Array:
    """Probabilities (B, S, A) of a policy that takes a share `explore` of its actions at random."""
    probabilities = policy.probabilities
    return (1 - explore) * probabilities + explore / probabilities.shape[2]


def collect(
    real: TabularMDP, policy: SoftmaxPolicy, data: Data | None, settings: Settings, rng: np.random.Generator
) -> Data:
    """Walk `episodes` real episodes in every copy of the world, and count."""
    before = Data(CountModel.empty(*real.reward.shape), 0) if data is None else data
    drawn = real.sample(mixed(policy, settings.explore), settings.episodes, settings.length, rng)
    seen = drawn.rewards + settings.noise * rng.standard_normal(drawn.rewards.shape)
    flat = (len(real), settings.real_steps)
    counts = before.counts.observe(
        drawn.states[:, :, :-1].reshape(flat),
        drawn.actions.reshape(flat),
        seen.reshape(flat),
        drawn.states[:, :, 1:].reshape(flat),
    )
    return Data(counts, before.steps + settings.real_steps)


def improve(
    policy: SoftmaxPolicy, learned: TabularMDP, settings: Settings, rng: np.random.Generator
) -> SoftmaxPolicy:
    """REINFORCE in the learned world, and nowhere else."""
    problem = Problem(learned, policy, settings.horizon)
    for _ in range(settings.updates):
        drawn = problem.rollouts(settings.rollouts, rng)
        step = settings.rate * mean_gradient(problem, ESTIMATOR, drawn)
        problem = problem.with_policy(problem.policy.moved(step))
    return problem.policy


def measure(real: TabularMDP, learned: TabularMDP, policy: SoftmaxPolicy) -> dict[str, Array]:
    """What a round writes down of the policies, (B,) each: see `rounds.ROUND_COLUMNS`, and

    `finite_gap`, the gap of `HORIZON`-step returns, which `finite` bounds; `on_average`, the identity's
    errors with absolute values and the span of V; `simulation`, the simulation lemma for every policy;
    `regret_known`, the bound of regret with the two gaps that matter instead of a bound of all gaps.
    """
    chosen = policy.probabilities
    best, best_imagined = real[0].solve(), learned.solve()
    parts = decompose_tabular(real, learned, chosen, 0).columns()
    constants = constants_of(real, learned, chosen)
    lemma = simulation_bounds(real, learned, chosen)
    best_return = (real.initial * best.values).sum(axis=1)
    delta = (learned.initial * best_imagined.values).sum(axis=1) - parts["imagined_return"]
    delta = np.maximum(delta, 0)  # policy iteration's own rounding
    optimum = np.broadcast_to(best.policy, real.reward.shape)
    known = np.maximum(np.abs(parts["gap"]), np.abs(stochastic.gap(real, learned, optimum)))
    return {
        **parts,
        "eps_dyn": constants["eps_dyn"],
        "eps_rew": constants["eps_rew"],
        **bounds(constants, diameter=_diameter(real)),
        "finite": bounds(constants, horizon=HORIZON)["finite"],
        "finite_gap": stochastic.gap(real, learned, chosen, HORIZON),
        "regret": best_return - parts["real_return"],
        "regret_bound": regret_bound(lemma["simulation"], delta),
        "regret_known": regret_bound(known, delta),
        **lemma,
    }


def simulation_bounds(real: TabularMDP, learned: TabularMDP, policy: Array) -> dict[str, Array]:
    """The simulation lemma for every policy, `simulation`; for this one, errors `on_average`; (B,) each."""
    found = stochastic.simulation_lemma(real, learned, policy)
    largest = theory.SIMULATION_LEMMA.evaluate(
        gamma=found["gamma"], eps_dyn=found["eps_dyn"], eps_rew=found["eps_rew"], span=found["largest_span"]
    )
    return {"on_average": found["on_average"], "simulation": np.asarray(largest)}


def constants_of(real: TabularMDP, learned: TabularMDP, policy: Array) -> dict[str, Array]:
    """What Lemma 1 speaks of, exactly, (B,) each; smoothness is the real world's, the same in all copies."""
    first = real[0]
    metrics: Any = (first.state_metric, first.action_metric)
    ones = np.ones(len(real))
    return {
        "gamma": real.discount,
        "L_f": ones * w.transition_lipschitz(first.transition, *metrics)[0],
        "L_r": ones * w.reward_lipschitz(first.reward, *metrics)[0],
        "L_pi": w.policy_lipschitz(policy, real.state_metric, real.action_metric),  # type: ignore[arg-type]
        "eps_dyn": stochastic.dynamics_errors(real, learned).max(axis=(1, 2)),
        "eps_rew": np.abs(learned.reward - real.reward).max(axis=(1, 2)),
    }


def _diameter(real: TabularMDP) -> Array:
    assert real.state_metric is not None  # a gridworld has one
    return real.state_metric.max(axis=(1, 2))


def steps_of(real: TabularMDP, learned: TabularMDP, policy: SoftmaxPolicy, count: int) -> pd.DataFrame:
    """Where along an imagined rollout the gap comes from: `seed`, `step`, `reward_part`, `dynamics_part`."""
    parts = decompose_tabular(real, learned, policy.probabilities, count)
    seed, step = np.indices(parts.reward.shape)
    return pd.DataFrame(
        {
            "seed": seed.ravel(),
            "step": step.ravel(),
            "reward_part": parts.reward.ravel(),
            "dynamics_part": parts.dynamics.ravel(),
        }
    )


# The loop, and its rival


def go_round(
    real: TabularMDP,
    settings: Settings,
    rng: np.random.Generator,
    measure: Callable[[int, SoftmaxPolicy, TabularMDP, Data], pd.DataFrame],
) -> tuple[SoftmaxPolicy, TabularMDP, pd.DataFrame]:
    """The loop in imagination: the last policies and models, and what was measured (see `rounds.run`)."""
    return rounds.run(
        start(real),
        rounds=settings.rounds,
        collect=lambda policy, data: collect(real, policy, data, settings, rng),
        learn=lambda data: data.counts.imagine(real),
        improve=lambda policy, learned: improve(policy, learned, settings, rng),
        measure=measure,
    )


def run(settings: Settings, rng: np.random.Generator) -> rounds.Result:
    """The loop in imagination beside REINFORCE in the real world, with as many real steps.

    The rival is given the exact real values as a baseline, which no one has: its gradients are as quiet as
    they can be. It makes one update of each round's episodes, with several step sizes, each an arm.
    """
    real = world(settings)
    step_tables = []
    ours, theirs = rng.spawn(2)

    def measured(number: int, policy: SoftmaxPolicy, learned: TabularMDP, data: Data) -> pd.DataFrame:
        if number in {0, settings.rounds // 2, settings.rounds - 1}:
            table = steps_of(real, learned, policy, settings.listed)
            step_tables.append(table.assign(arm="imagination", round=number))
        return rows("imagination", number, data.steps, measure(real, learned, policy))

    policy, learned, table = go_round(real, settings, ours, measured)
    rival = in_the_real_world(settings, theirs).reindex(columns=table.columns, fill_value=0.0)
    steps = pd.concat(step_tables, ignore_index=True)[list(rounds.STEP_COLUMNS)]
    return rounds.Result(pd.concat([table, rival], ignore_index=True), steps, learned, policy)


RATES = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Step sizes tried for the rival; the best is reported. Imagination's is not tuned."""


def in_the_real_world(settings: Settings, rng: np.random.Generator) -> pd.DataFrame:
    """REINFORCE whose rollouts are the real episodes: one update a round, an arm for each of `RATES`."""
    tables = []
    real = world(settings)
    best = float(real[0].initial[0] @ real[0].solve().values[0])
    for rate, own in zip(RATES, rng.spawn(len(RATES)), strict=True):
        problem = Problem(real, start(real), settings.length)
        for number in range(settings.rounds):
            drawn = problem.rollouts(settings.episodes, own)
            noisy = drawn.rewards + settings.noise * own.standard_normal(drawn.rewards.shape)
            step = rate * mean_gradient(problem, ESTIMATOR, drawn, noisy)
            problem = problem.with_policy(problem.policy.moved(step))
            value = real.returns(problem.policy.probabilities)
            steps = (number + 1) * settings.real_steps
            tables.append(rival_rows(f"real world, rate {rate:g}", number, steps, value, best - value))
    return pd.concat(tables, ignore_index=True)


def rival_rows(arm: str, number: int, real_steps: int, value: Array, regret: Array) -> pd.DataFrame:
    """Rows for a learner that uses the real world as its model: no errors, no gap, bounds of zero."""
    columns = {"imagined_return": value, "real_return": value, "regret": regret}
    return rows(arm, number, real_steps, {name: columns.get(name, 0 * value) for name in _MEASURED})


_MEASURED = tuple(rounds.ROUND_COLUMNS)[4:]


def rows(arm: str, number: int, real_steps: int, columns: dict[str, Array]) -> pd.DataFrame:
    """One row a seed, of what was measured in a round."""
    seeds = np.arange(len(columns["gap"]))
    return pd.DataFrame({"arm": arm, "seed": seeds, "round": number, "real_steps": real_steps, **columns})


main = rounds.command(
    "imagination.studies.loop.gridworld", RECORD, run, SCALES, rounds.mean_by_round("real_return", 2)
)


if __name__ == "__main__":
    raise SystemExit(main())
