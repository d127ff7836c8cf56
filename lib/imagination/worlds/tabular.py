"""Finite Markov decision processes, many at once, solved exactly."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imagination.checks import broadcast, check_index, finite, number, numeric, whole

Array = NDArray[Any]

PROBABILITY_TOLERANCE = 1e-9
"""How far the sum of a probability vector may be from 1, and how far below 0 an entry may be."""

SINGLE_PRECISION = 1e-6
"""How far it may be at most: float32, as networks compute, leaves such sums, which are put right."""


@dataclass(frozen=True, eq=False)
class TabularMDP:
    """A batch of finite MDPs of one size.

    Parameters
    ----------
    transition : (B, S, A, S) array
        Probability of the next state (last axis) after a state and an action.
    reward : (B, S, A) array
        Expected reward of an action in a state.
    discount : (B,) array
        Discount factors, in [0, 1). A scalar is the same discount for all.
    initial : (B, S) array, optional
        Distribution of the first state; uniform unless told. (S,) is the same for all.
    state_metric : (B, S, S) or (S, S) array, optional
        Ground metric on states; experiments on Wasserstein distances need it.
    action_metric : (B, A, A) or (A, A) array, optional
        Metric on actions. Distances on (state, action) pairs add.

    Raises
    ------
    ValueError
        For arrays of the wrong shape, probabilities that are negative or do not sum to 1, discounts outside
        [0, 1), entries that are not finite, or a metric that is not one.

    Notes
    -----
    A policy is an array (B, S, A) of action probabilities, or (S, A) for all MDPs of the batch, and every
    method that takes one takes either.
    """

    transition: Array
    reward: Array
    discount: Array
    initial: Array = None  # type: ignore[assignment]  # becomes uniform
    state_metric: Array | None = None
    action_metric: Array | None = None

    def __post_init__(self) -> None:
        transition = distributions("transition", self.transition)
        if transition.ndim != 4 or transition.shape[1] != transition.shape[3]:
            raise ValueError(f"transition must have shape (B, S, A, S), got {transition.shape}")
        B, S, A, _ = transition.shape
        if 0 in transition.shape:
            raise ValueError(f"transition must not be empty, got shape {transition.shape}")
        reward = finite("reward", self.reward)
        if reward.shape != (B, S, A):
            raise ValueError(f"reward must have shape {(B, S, A)} to match transition, got {reward.shape}")
        discount = broadcast("discount", finite("discount", self.discount), (B,))
        if np.any((discount < 0) | (discount >= 1)):
            raise ValueError(
                f"discount must lie in [0, 1), got {discount[(discount < 0) | (discount >= 1)][0]}"
            )
        initial = np.full((B, S), 1 / S) if self.initial is None else self.initial
        initial = broadcast("initial", distributions("initial", initial), (B, S))
        arrays = {"transition": transition, "reward": reward, "discount": discount, "initial": initial}
        for name, size in (("state_metric", S), ("action_metric", A)):
            if getattr(self, name) is not None:
                arrays[name] = broadcast(name, metric(name, getattr(self, name)), (B, size, size))
        for name, array in arrays.items():
            object.__setattr__(self, name, array)

    def __len__(self) -> int:
        return self.transition.shape[0]

    @property
    def n_states(self) -> int:
        """Number of states, S."""
        return self.transition.shape[1]

    @property
    def n_actions(self) -> int:
        """Number of actions, A."""
        return self.transition.shape[2]

    def __getitem__(self, index: int | slice | NDArray) -> TabularMDP:
        """The MDPs at `index` (a batch of one for an integer)."""
        take = slice(index, index + 1 or None) if isinstance(index, int) else index
        part = object.__new__(TabularMDP)  # a part of a valid batch is valid: no second validation
        for name, array in self.__dict__.items():
            object.__setattr__(part, name, None if array is None else array[take])
        return part

    def with_model(self, transition: ArrayLike | None = None, reward: ArrayLike | None = None) -> TabularMDP:
        """The same problem with another (say, learned) kernel, another reward, or both."""
        parts = {"transition": transition, "reward": reward}
        return replace(self, **{name: part for name, part in parts.items() if part is not None})  # type: ignore[arg-type]

    # A policy's Markov reward process

    def uniform_policy(self) -> Array:
        """Every action equally likely, (B, S, A)."""
        return np.full(self.reward.shape, 1 / self.n_actions)

    @numeric
    def induced(self, policy: ArrayLike) -> Array:
        """State-to-state kernel under `policy`, (B, S, S)."""
        policy = self._policy(policy)
        if np.all((policy == 0) | (policy == 1)):  # no need to touch the kernels of actions not taken
            return self._kernel(policy.argmax(axis=2))
        return (policy[:, :, None, :] @ self.transition)[:, :, 0, :]

    @numeric
    def induced_reward(self, policy: ArrayLike) -> Array:
        """Expected reward of a state under `policy`, (B, S)."""
        return (self._policy(policy) * self.reward).sum(axis=2)

    @numeric
    def values(self, policy: ArrayLike, horizon: int | None = None) -> Array:
        """Expected discounted rewards from each state, V, of shape (B, S).

        Parameters
        ----------
        policy : (B, S, A) or (S, A) array
        horizon : int, optional
            Number of rewards collected. Without it the sum is infinite and V solves V = r + γ P V exactly
            (one batched linear solve).
        """
        if horizon is not None:
            return self.values_to_go(policy, horizon)[:, -1]
        kernel, reward = self.induced(policy), self.induced_reward(policy)
        return _solve(kernel, self.discount, reward)

    @numeric
    def values_to_go(self, policy: ArrayLike, horizon: int) -> Array:
        """Values with 0, 1, ..., `horizon` rewards left to collect, (B, horizon + 1, S)."""
        horizon = whole("horizon", horizon)
        kernel, reward = self.induced(policy), self.induced_reward(policy)
        values = np.zeros((len(self), horizon + 1, self.n_states))
        for left in range(horizon):
            values[:, left + 1] = self._backup(kernel, reward, values[:, left])
        return values

    @numeric
    def returns(self, policy: ArrayLike, horizon: int | None = None) -> Array:
        """J(π, M), the expected discounted return from the initial distribution, (B,)."""
        return (self.initial * self.values(policy, horizon)).sum(axis=1)

    @numeric
    def occupancy(self, policy: ArrayLike, horizon: int | None = None) -> Array:
        """Discounted occupancy Σ_t γ^t P(s_t = s, a_t = a), (B, S, A).

        It sums to 1/(1−γ), or to (1−γ^H)/(1−γ) with a `horizon` of H steps, and the return is its inner
        product with the reward.
        """
        policy = self._policy(policy)
        kernel = self.induced(policy)
        if horizon is None:
            states = _solve(kernel.swapaxes(1, 2), self.discount, self.initial)
        else:
            states, now = np.zeros_like(self.initial), self.initial
            for _ in range(whole("horizon", horizon)):
                states = states + now
                now = self.discount[:, None] * (now[:, None, :] @ kernel)[:, 0]
        return states[:, :, None] * policy

    # Bellman operators

    @numeric
    def action_values(self, values: ArrayLike) -> Array:
        """Q = r + γ P V for given state values V (B, S): shape (B, S, A)."""
        values = broadcast("values", finite("values", values), (len(self), self.n_states))
        flat = self.transition.reshape(len(self), -1, self.n_states) @ values[:, :, None]
        return self.reward + self.discount[:, None, None] * flat.reshape(self.reward.shape)

    @numeric
    def bellman(self, values: ArrayLike, policy: ArrayLike | None = None) -> Array:
        """One backup of state values (B, S) under `policy`, or with the best action if there is none."""
        if policy is None:
            return self.action_values(values).max(axis=2)
        return (self._policy(policy) * self.action_values(values)).sum(axis=2)

    def greedy(self, values: ArrayLike) -> Array:
        """The policy (B, S, A) that takes the first best action with respect to `values` (B, S)."""
        return self.deterministic_policy(self.action_values(values).argmax(axis=2))

    def deterministic_policy(self, actions: ArrayLike) -> Array:
        """The policy (B, S, A) that takes `actions`, integers (B, S) or (S,)."""
        finite("actions", actions)
        actions = broadcast("actions", np.asarray(actions), self.reward.shape[:2])
        check_index("actions", actions, self.n_actions)
        return np.eye(self.n_actions)[actions]

    def solve(self, method: str = "policy_iteration", tolerance: float = 1e-9) -> Solution:
        """Optimal values and a greedy policy.

        Parameters
        ----------
        method : {"policy_iteration", "value_iteration"}
            Policy iteration ends at a policy that no single change improves beyond rounding. Value iteration
            ends when MacQueen's bounds enclose the optimal values within `tolerance`.
        tolerance : float
            For value iteration: the largest error of the values returned. Positive.

        Returns
        -------
        Solution
            Its `error_bound` (B,) encloses the optimal values: ‖V − V*‖∞ ≤ error_bound, up to rounding.
        """
        tolerance = number("tolerance", tolerance, above=0)
        if method == "policy_iteration":
            return _policy_iteration(self)
        if method == "value_iteration":
            return _value_iteration(self, tolerance)
        raise ValueError(f"method must be 'policy_iteration' or 'value_iteration', got {method!r}")

    # Sampling

    def sample(
        self, policy: ArrayLike, n_rollouts: int, horizon: int, generator: np.random.Generator
    ) -> TabularRollouts:
        """Sample K = `n_rollouts` rollouts of H = `horizon` steps in every MDP of the batch."""
        count, horizon = whole("n_rollouts", n_rollouts), whole("horizon", horizon)
        policy = self._policy(policy)
        B = np.arange(len(self))[:, None]
        states = np.zeros((len(self), count, horizon + 1), dtype=np.int64)
        actions = np.zeros((len(self), count, horizon), dtype=np.int64)
        states[:, :, 0] = draw(np.repeat(self.initial[:, None], count, axis=1), generator)
        for t in range(horizon):
            actions[:, :, t] = draw(policy[B, states[:, :, t]], generator)
            states[:, :, t + 1] = draw(self.transition[B, states[:, :, t], actions[:, :, t]], generator)
        rewards = self.reward[B[:, :, None], states[:, :, :-1], actions]
        return TabularRollouts(states, actions, rewards)

    def _backup(self, kernel: Array, reward: Array, values: Array) -> Array:
        return reward + self.discount[:, None] * (kernel @ values[:, :, None])[:, :, 0]

    def _kernel(self, actions: NDArray[np.int64]) -> Array:
        batch, states = np.ogrid[: len(self), : self.n_states]
        return self.transition[batch, states, actions]

    def _policy(self, policy: ArrayLike) -> Array:
        return broadcast("policy", distributions("policy", policy), self.reward.shape)


@dataclass(frozen=True, eq=False)
class TabularRollouts:
    """Sampled rollouts: `states` (B, K, H+1) and `actions` (B, K, H) are integers, `rewards` (B, K, H)."""

    states: NDArray[np.int64]
    actions: NDArray[np.int64]
    rewards: Array


@dataclass(frozen=True, eq=False)
class Solution:
    """Optimal `values` (B, S), a greedy `policy` (B, S, A), `iterations` and an `error_bound` (B,)."""

    values: Array
    policy: Array
    iterations: NDArray[np.int64]
    error_bound: Array


def _policy_iteration(mdp: TabularMDP) -> Solution:
    """Howard's policy iteration on the MDPs of the batch that still change.

    An action is replaced only by one that is better beyond rounding, so ties cannot make it cycle.
    """
    actions = mdp.reward.argmax(axis=2)
    values = np.zeros(mdp.reward.shape[:2])
    residual = np.zeros(len(mdp))
    iterations = np.zeros(len(mdp), dtype=np.int64)
    active, part = np.arange(len(mdp)), mdp
    while len(active):
        reward = np.take_along_axis(part.reward, actions[active][:, :, None], axis=2)[:, :, 0]
        now = _solve(part._kernel(actions[active]), part.discount, reward)
        action_values = part.action_values(now)
        chosen = np.take_along_axis(action_values, actions[active][:, :, None], axis=2)[:, :, 0]
        best = action_values.max(axis=2)
        better = best > chosen + 1e-12 * (1 + np.abs(now).max(axis=1, keepdims=True))
        actions[active] = np.where(better, action_values.argmax(axis=2), actions[active])
        values[active], residual[active] = now, np.abs(best - now).max(axis=1)
        iterations[active] += 1
        changed = better.any(axis=1)
        active, part = active[changed], part if changed.all() else part[changed]
    return Solution(values, mdp.deterministic_policy(actions), iterations, residual / (1 - mdp.discount))


def _solve(kernel: Array, discount: Array, right: Array) -> Array:
    """x with (I − γ kernel) x = right, for every MDP of the batch; overwrites `kernel`."""
    kernel *= -discount[:, None, None]
    np.einsum("bii->bi", kernel)[:] += 1
    return np.linalg.solve(kernel, right[:, :, None])[:, :, 0]


def _value_iteration(mdp: TabularMDP, tolerance: float) -> Solution:
    """Value iteration with MacQueen's bounds: V* lies between T V + c min(T V − V) and T V + c max(T V − V).

    Here c = γ/(1−γ). The middle of the two is returned, so half their distance bounds the error.
    """
    values = np.zeros(mdp.reward.shape[:2])
    bound = np.full(len(mdp), np.inf)
    iterations = np.zeros(len(mdp), dtype=np.int64)
    active = np.arange(len(mdp))
    while len(active):
        part = mdp[active]
        backed_up = part.bellman(values[active])
        change = backed_up - values[active]
        low, high = change.min(axis=1), change.max(axis=1)
        factor = part.discount / (1 - part.discount)
        before, bound[active] = bound[active], factor * (high - low) / 2
        iterations[active] += 1
        done = bound[active] <= tolerance
        if np.any(~done & (bound[active] >= before) & (iterations[active] > mdp.n_states)):
            raise ValueError(f"tolerance {tolerance} is below what rounding allows for these MDPs")
        values[active] = backed_up + (done * factor * (high + low) / 2)[:, None]
        active = active[~done]
    return Solution(values, mdp.greedy(values), iterations, bound)


def draw(probabilities: Array, generator: np.random.Generator) -> NDArray[np.int64]:
    """One index from each distribution in `probabilities` (..., S), by inversion."""
    cumulative = np.cumsum(probabilities, axis=-1)
    total = cumulative[..., -1:]
    level = np.minimum(generator.random(total.shape) * total, np.nextafter(total, 0))
    return (cumulative > level).argmax(axis=-1)


@numeric
def distributions(name: str, value: ArrayLike) -> Array:
    """`value` as an array whose last axis holds probability vectors, or a ValueError that names it."""
    array = finite(name, value)
    if array.ndim == 0 or array.shape[-1] == 0:
        raise ValueError(f"{name} must have a last axis of probabilities, got shape {array.shape}")
    if array.size and array.min() < -PROBABILITY_TOLERANCE:
        raise ValueError(f"{name} must not hold negative probabilities, got {array.min()}")
    total = array.sum(axis=-1)
    off = np.abs(total - 1)
    if np.any(off > SINGLE_PRECISION):
        raise ValueError(
            f"{name} must sum to 1 along its last axis, got {total[off > SINGLE_PRECISION][0]}; "
            f"divide it by its sum if it is meant as weights"
        )
    if np.any(off > PROBABILITY_TOLERANCE):
        array = array / np.where(off > PROBABILITY_TOLERANCE, total, 1)[..., None]
    return array


@numeric
def metric(name: str, value: ArrayLike) -> Array:
    """`value` as a metric (..., n, n): symmetric, zero on the diagonal only, triangle inequality."""
    array = finite(name, value)
    if array.ndim < 2 or array.shape[-1] != array.shape[-2]:
        raise ValueError(f"{name} must have shape (..., n, n), got {array.shape}")
    n = array.shape[-1]
    slack = 1e-9 * (array.max() if array.size else 0.0)
    if np.any(np.diagonal(array, axis1=-2, axis2=-1) != 0):
        raise ValueError(f"{name} must be 0 on its diagonal")
    if np.any(np.abs(array - array.swapaxes(-1, -2)) > slack):
        raise ValueError(f"{name} must be symmetric")
    if np.any(array[..., ~np.eye(n, dtype=bool)] <= 0):
        raise ValueError(f"{name} must be positive between different points")
    for via in range(n):  # one axis at a time keeps the memory at n² a metric
        if np.any(array > array[..., :, via, None] + array[..., None, via, :] + slack):
            raise ValueError(f"{name} breaks the triangle inequality through point {via}")
    return array
