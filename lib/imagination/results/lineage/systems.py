"""Pairs of worlds for the bounds of others, and what these bounds speak of, each number exact.

The pairs are those of `imagination.results.kernels.systems`, and three families built to come close to a
bound; none knows what a bound says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from imagination import wasserstein as w
from imagination.results.kernels import systems as kernels
from imagination.results.kernels.systems import Family, Pair
from imagination.worlds.tabular import TabularMDP

__all__ = ["BUILT", "FAMILIES", "expected_errors", "measured", "optimal", "steepness", "with_discount"]

Array = NDArray[np.float64]


def leaving(batch: int, generator: np.random.Generator) -> Pair:
    """`kernels.systems.leaving`, with a metric, and rewards that are moved so that 0 is in their middle."""
    real, imagined, policy = kernels.leaving(batch, generator)
    metrics = {"state_metric": w.discrete_metric(2), "action_metric": np.zeros((1, 1))}
    middle = real.reward.mean(axis=(1, 2), keepdims=True)
    return (
        replace(real, reward=real.reward - middle, **metrics),
        replace(imagined, reward=imagined.reward - middle, **metrics),
        policy,
    )


def guessing(batch: int, generator: np.random.Generator) -> Pair:
    """Two states with a right and a wrong action, of which the model says that they are worth the same."""
    worth = np.exp(generator.uniform(-2, 2, batch))[:, None, None]
    real = TabularMDP(
        generator.dirichlet(np.ones(2), (batch, 1)).repeat(4, axis=1).reshape(batch, 2, 2, 2),
        worth * np.array([[-1.0, 1.0], [-1.0, 1.0]]),
        generator.uniform(0.1, 0.95, batch),
        state_metric=w.discrete_metric(2),
        action_metric=w.discrete_metric(2),
    )
    return real, real.with_model(reward=np.zeros_like(real.reward)), real.uniform_policy()


def maps(batch: int, generator: np.random.Generator) -> Pair:
    """Deterministic worlds on a line of 9 states; the model is a state off here and there.

    Total variation is then 0 or 1, and W1 the distance of the two successors.
    """
    n, actions = 9, 3
    shrink = generator.uniform(0.3, 1, batch)[:, None, None]
    centre = (n - 1) / 2
    place = centre + shrink * (np.arange(n)[:, None] - centre) + np.arange(actions) - 1
    off = generator.choice([-1, 0, 0, 0, 1], (batch, n, actions))
    successor = np.clip(np.round(place), 0, n - 1).astype(int)
    real = TabularMDP(
        np.eye(n)[successor],
        generator.uniform(-1, 1, (batch, 1, 1)) * np.arange(n)[:, None] / n
        + generator.uniform(-0.2, 0.2, (batch, 1, actions)),
        generator.uniform(0.1, 0.95, batch),
        state_metric=w.line_metric(np.arange(n) / n),
        action_metric=w.discrete_metric(actions, 1 / n),
    )
    policy = real.deterministic_policy(generator.integers(actions, size=(batch, n)))
    return real, real.with_model(np.eye(n)[np.clip(successor + off, 0, n - 1)]), policy


BUILT: Mapping[str, Family] = {"leaving": leaving, "guessing": guessing}
"""Families that come close to a bound."""

FAMILIES: Mapping[str, Family] = {**kernels.FAMILIES, "maps": maps, **BUILT}


def with_discount(pair: Pair, discount: float) -> Pair:
    """The same worlds and policy with another discount."""
    real, imagined, policy = pair
    return (
        replace(real, discount=np.full(len(real), discount)),
        replace(imagined, discount=np.full(len(real), discount)),
        policy,
    )


# -- parts of what is measured -------------------------------------------------------------------------------


def optimal(mdp: TabularMDP) -> tuple[Array, Array]:
    """Optimal values (B, S), and a policy (B, S, A) that has them."""
    solution = mdp.solve()
    return solution.values, solution.policy


def steepness(mdp: TabularMDP, values: Array) -> Array:
    """Lipschitz constant of values (B, S) under the MDP's metric, (B,)."""
    return w.function_lipschitz(values, np.asarray(mdp.state_metric))


def expected_errors(real: TabularMDP, errors: Array, policy: Array) -> dict[str, Array]:
    r"""Errors (B, S, A) that are expected at each time of the real rollout, in sums over time, (B,) each.

    Returns
    -------
    dict of arrays
        `drift`, :math:`\sum_t \gamma^t \min(1, \sum_{i<t} e_i)`, from above, off by less than 1e-12;
        `last_drift`, with the last error alone in the place of the inner sum; `eps_mean`, the largest
        :math:`e_t`; `mean_error`, their discounted average.
    """
    kernel = real.induced(policy)
    local = (np.broadcast_to(policy, errors.shape) * errors).sum(axis=2)
    gamma, now = real.discount, real.initial
    steps = int(np.ceil(np.log(1e-13 * (1 - gamma.max())) / np.log(gamma.max())))
    so_far, last, weight = np.zeros(len(gamma)), np.zeros(len(gamma)), np.ones(len(gamma))
    found = {name: np.zeros(len(gamma)) for name in ("drift", "last_drift", "eps_mean", "mean_error")}
    for _ in range(steps):
        expected = (now * local).sum(axis=1)
        found["drift"] += weight * np.minimum(1, so_far)
        found["last_drift"] += weight * last
        found["eps_mean"] = np.maximum(found["eps_mean"], expected)
        found["mean_error"] += (1 - gamma) * weight * expected
        so_far, last, weight = so_far + expected, expected, weight * gamma
        now = (now[:, None, :] @ kernel)[:, 0]
    found["drift"] += weight / (1 - gamma)
    return found


def _equivalent(real: TabularMDP, policy: Array) -> TabularMDP:
    """A model that agrees with the policy's value at every step, and goes to the extremes instead."""
    values = real.values(policy)
    low, high = values.argmin(axis=1), values.argmax(axis=1)
    batch = np.arange(len(real))
    lowest, highest = values[batch, low][:, None, None], values[batch, high][:, None, None]
    expected = (real.transition @ values[:, None, :, None])[..., 0]
    share = np.clip((expected - lowest) / np.where(highest > lowest, highest - lowest, 1), 0, 1)
    ends = np.eye(real.n_states)
    extreme = (1 - share)[..., None] * ends[low][:, None, None] + share[..., None] * ends[high][:, None, None]
    return real.with_model(np.where((highest > lowest)[..., None], extreme, real.transition))


# -- what is measured ----------------------------------------------------------------------------------------


def measured(pair: Pair, generator: np.random.Generator) -> pd.DataFrame:
    """Measure everything that the topic's claims speak of, one row a pair.

    Columns:

    - `gamma`; `gap`, |J(π, M̂) − J(π, M)|; `eps_dyn`, the largest total variation, `eps_rew`, `width` (of the
      real rewards), `common_width` (of an interval with both), `largest_value`, `on_average` and those of
      `expected_errors`;
    - of a second policy `gain`, its return less the first's, and its average `advantage`, where it goes and
      (`own_advantage`) where the first goes;
    - of a model that is value equivalent `J_hat`, `J`, what its kernel's largest `distance` (total variation)
      is; and `other_J`, `later_J`, what J would have to be if that held for the second policy, and for
      another discount; `most`, the largest return that rewards of this size allow;
    - of the model's optimal policy its `regret`, the largest `W1` and the constant `L_V` of its values;
    - of the best penalised policy its `loss`, and the average penalty `charge` of the real world's best.
    """
    real, imagined, policy = pair
    tv = w.total_variation(real.transition, imagined.transition)
    columns = {
        **_simulation(real, imagined, policy, tv),
        **expected_errors(real, tv, policy),
        **_two_policies(real, policy, generator),
        **_model_optimal(real, imagined),
        **_pessimism(real, imagined, tv),
    }
    return pd.DataFrame(columns)


def _simulation(real: TabularMDP, imagined: TabularMDP, policy: Array, tv: Array) -> dict[str, Array]:
    highest, lowest = (
        part([getattr(mdp.reward, name)(axis=(1, 2)) for mdp in (real, imagined)], axis=0)
        for part, name in ((np.max, "max"), (np.min, "min"))
    )
    found = kernels.simulation_lemma(real, imagined, policy)
    kept = ("gap", "gamma", "eps_dyn", "eps_rew", "width", "span")
    return {name: found[name] for name in kept} | {
        "common_width": highest - lowest,
        "largest_value": np.abs(real.values(policy)).max(axis=1),
    }


def _two_policies(real: TabularMDP, policy: Array, generator: np.random.Generator) -> dict[str, Array]:
    policy = np.broadcast_to(policy, real.reward.shape)
    other = generator.dirichlet(np.ones(real.n_actions), real.reward.shape[:2])
    values, gamma = real.values(policy), real.discount
    advantages = real.action_values(values) - values[:, :, None]
    where = {"advantage": real.occupancy(other), "own_advantage": real.occupancy(policy)}
    where["own_advantage"] = where["own_advantage"].sum(axis=2, keepdims=True) * other
    model = _equivalent(real, policy)
    J, J_hat = real.returns(policy), model.returns(policy)
    later = gamma + (1 - gamma) / 2
    distant = [replace(mdp, discount=later).returns(policy) for mdp in (model, real)]
    apart = w.total_variation(real.transition, model.transition).max(axis=(1, 2))
    return {
        **{name: (1 - gamma) * (place * advantages).sum(axis=(1, 2)) for name, place in where.items()},
        "gain": real.returns(other) - J,
        "J": J,
        "J_hat": J_hat,
        "distance": apart,
        "other_J": J_hat - (model.returns(other) - real.returns(other)),
        "later_J": J_hat - (distant[0] - distant[1]),
        "most": np.abs(real.reward).max(axis=(1, 2)) / (1 - gamma),
    }


def _model_optimal(real: TabularMDP, imagined: TabularMDP) -> dict[str, Array]:
    values, chosen = optimal(imagined)
    _, best = optimal(real)
    return {
        "regret": _regret(real, best, chosen),
        "W1": kernels.dynamics_errors(real, imagined).max(axis=(1, 2)),
        "L_V": steepness(real, values),
    }


def _regret(real: TabularMDP, best: Array, chosen: Array) -> Array:
    """What the chosen policy earns less than the best, (B,); what rounding may make of 0 is 0."""
    most, found = real.returns(best), real.returns(best) - real.returns(chosen)
    size = np.abs(real.reward).max(axis=(1, 2)) / (1 - real.discount)
    return np.where(np.abs(found) < 1e-12 * (np.abs(most) + size), 0.0, found)


def _pessimism(real: TabularMDP, imagined: TabularMDP, tv: Array) -> dict[str, Array]:
    gamma = real.discount[:, None, None]
    largest_span = (real.reward.max(axis=(1, 2)) - real.reward.min(axis=(1, 2))) / (1 - real.discount)
    penalty = np.abs(imagined.reward - real.reward) + gamma * tv * largest_span[:, None, None]
    _, chosen = optimal(imagined.with_model(reward=imagined.reward - penalty))
    _, best = optimal(real)
    charge = (1 - real.discount) * (imagined.occupancy(best) * penalty).sum(axis=(1, 2))
    return {"loss": _regret(real, best, chosen), "charge": charge}
