"""What is measured at every round: where the gap comes from, by the identity, and what the bounds say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imagination.claim import Claim
from imagination.results.return_gap import claims as return_gap
from imagination.worlds.tabular import TabularMDP, whole

__all__ = ["Decomposition", "bounds", "decompose", "decompose_tabular", "regret_bound"]

Array = NDArray[Any]
Step = Callable[[Array, Array], tuple[Array, Array]]
"""States (C, K, ...) and actions (C, K, ...) -> next states (C, K, ...) and rewards (C, K)."""
Act = Callable[[Array, Array | None], Array]
"""States (C, K, ...) and this step's random numbers (C, K, ...), or None -> actions (C, K, ...)."""


@dataclass(frozen=True, eq=False)
class Decomposition:
    """The return gap of C policies, taken apart by step and by cause, averaged over K initial states.

    Attributes
    ----------
    reward : (C, H)
        What errors of the reward at each step contribute, discounted: ``γ^t [r̂ − r](ŝ_t, â_t)``.
    dynamics : (C, H)
        The same for the dynamics, ``γ^(t+1) [V(f̂(ŝ_t, â_t)) − V(f(ŝ_t, â_t))]``.
    reward_total, dynamics_total : (C,)
        Over all steps; more than the sums of the above where these stop early.
    imagined, real : (C,)
        The two returns, each from rollouts (or values) of its own.
    """

    reward: Array
    dynamics: Array
    reward_total: Array
    dynamics_total: Array
    imagined: Array
    real: Array

    @property
    def gap(self) -> Array:
        """Imagined less real return, (C,)."""
        return self.imagined - self.real

    @property
    def rounding(self) -> Array:
        """What the two parts leave of the gap, (C,): nothing but rounding."""
        return self.gap - self.reward_total - self.dynamics_total

    def columns(self) -> dict[str, Array]:
        """Those of a record of rounds, (C,) each."""
        return {
            "imagined_return": self.imagined,
            "real_return": self.real,
            "gap": self.gap,
            "reward_part": self.reward_total,
            "dynamics_part": self.dynamics_total,
            "rounding": self.rounding,
        }


def decompose(
    real: Step,
    imagined: Step,
    act: Act,
    start: Array,
    horizon: int,
    discount: ArrayLike,
    noise: Array | None = None,
) -> Decomposition:
    """Take the gap of H-step returns apart, exactly, for deterministic worlds and any states and actions.

    From every imagined state two rollouts of the real world go on to the horizon: one from where imagination
    went next, one from where the world would have gone. Their difference is what this one step's dynamics
    cost. Where episodes end, a world must stay in a state that earns 0.

    Parameters
    ----------
    real, imagined : one step of the world and of its model (``ContinuousMDP.step`` is one).
    act : the policy. A random one is a fixed function of the state and of `noise`.
    start : (C, K, ...)
        Initial states, shared by the two worlds.
    horizon : H, at least 1.
    discount : number or (C,), in [0, 1].
    noise : (C, K, H, ...), optional
        Random numbers of the policy, the same in both worlds: then the identity holds path by path.

    Returns
    -------
    Decomposition
        Its `real` return is of a rollout that the parts do not use.
    """
    if whole("horizon", horizon) < 1:
        raise ValueError(f"horizon must be at least 1, got {horizon}")
    C, K = start.shape[:2]
    gamma = np.broadcast_to(np.asarray(discount, dtype=float), (C,))
    if not np.all((gamma >= 0) & (gamma <= 1)):
        raise ValueError(f"discount must lie in [0, 1], got {discount!r}")

    def at(time: int, copies: int) -> Array | None:
        return None if noise is None else np.concatenate([noise[:, :, time]] * copies, axis=1)

    state, true_state = start, start
    returns = {"imagined": np.zeros((C, K)), "real": np.zeros((C, K))}
    reward = np.zeros((C, horizon))
    # at time t there are 2 t blocks of K states, each followed since it branched off, and its value so far
    branches = np.empty((C, 0, *start.shape[2:]), dtype=start.dtype)
    value = np.zeros((2, C, K, horizon))
    for t in range(horizon):
        weight = gamma**t
        if t:
            branches, earned = real(branches, act(branches, at(t, 2 * t)))
            earned = earned.reshape(C, t, 2, K).transpose(2, 0, 3, 1)
            value[..., :t] += weight[:, None, None] * earned
        action = act(state, at(t, 1))
        following, imagined_reward = imagined(state, action)
        instead, real_reward = real(state, action)
        reward[:, t] = weight * (imagined_reward - real_reward).mean(axis=1)
        returns["imagined"] += weight[:, None] * imagined_reward
        true_state, true_reward = real(true_state, act(true_state, at(t, 1)))
        returns["real"] += weight[:, None] * true_reward
        branches = np.concatenate([branches, following, instead], axis=1)
        state = following
    dynamics = (value[0] - value[1]).mean(axis=1)
    return Decomposition(
        reward,
        dynamics,
        reward.sum(axis=1),
        dynamics.sum(axis=1),
        returns["imagined"].mean(axis=1),
        returns["real"].mean(axis=1),
    )


def decompose_tabular(real: TabularMDP, imagined: TabularMDP, policy: ArrayLike, steps: int) -> Decomposition:
    """Take the gap of infinite-horizon returns apart, exactly: no rollout is sampled.

    Parameters
    ----------
    real, imagined : TabularMDP
        B worlds and their models, with the same discounts and initial distributions.
    policy : (B, S, A)
    steps : how many steps to list one by one; the totals hold all.
    """
    values = real.values(policy)
    surprise = (imagined.transition - real.transition) @ values[:, None, :, None]
    errors = (imagined.reward - real.reward, real.discount[:, None, None] * surprise[..., 0])
    chosen = imagined._policy(policy)
    by_state = np.stack([(chosen * error).sum(axis=2) for error in errors])
    occupancy = imagined.occupancy(policy).sum(axis=2)
    kernel, now = imagined.induced(policy), imagined.initial
    parts = np.empty((2, len(real), whole("steps", steps)))
    for t in range(steps):
        parts[:, :, t] = real.discount**t * (now * by_state).sum(axis=2)
        now = (now[:, None] @ kernel)[:, 0]
    totals = (occupancy * by_state).sum(axis=2)
    returns = imagined.returns(policy), real.returns(policy)
    return Decomposition(parts[0], parts[1], totals[0], totals[1], *returns)


def bounds(
    constants: Mapping[str, Any], *, horizon: int | None = None, diameter: ArrayLike | None = None
) -> dict[str, Array]:
    """Bounds of |gap| for C policies, infinite where there is none: columns of a record of rounds.

    Parameters
    ----------
    constants : gamma, L_f, L_r, L_pi, eps_dyn, eps_rew, numbers or (C,)
        As `imagination.return_gap.bound` takes them; an infinite constant makes every bound infinite.
    horizon : number of rewards in the returns compared, infinite unless told.
    diameter : (C,), optional
        Largest distance of two states.

    Returns
    -------
    dict
        `lemma_1` (where gamma L_f (1 + L_pi) < 1; it holds for every horizon), `finite` (with a horizon) and
        `bounded` (with a diameter), (C,) each.
    """
    known = {name: np.atleast_1d(np.asarray(value, float)) for name, value in constants.items()}

    def stated(claim: Claim, **more: Any) -> Array:
        return np.asarray(claim.evaluate(outside=np.inf, **known, **more))

    lemma = stated(return_gap.LEMMA_1)
    finite = bounded = np.full_like(lemma, np.inf)
    spread = {} if horizon is None else {"horizon": horizon}
    if spread:
        finite = stated(return_gap.FINITE_HORIZON, **spread)
    if diameter is not None:
        form = return_gap.BOUNDED_STATES_FINITE if spread else return_gap.BOUNDED_STATES
        bounded = stated(form, diameter=diameter, **spread)
    return {"lemma_1": lemma, "finite": finite, "bounded": bounded}


def regret_bound(gap_bound: ArrayLike, shortfall: ArrayLike) -> Array:
    """The bound of regret 2 G + delta, (C,): infinite where G or delta is.

    Parameters
    ----------
    gap_bound : (C,)
        G: no policy of the class has a larger gap (or at least not the chosen and the best one).
    shortfall : (C,)
        delta: how far, in imagination, the chosen policy is from the best of the class; at least 0.
    """
    G, delta = np.broadcast_arrays(
        np.atleast_1d(np.asarray(gap_bound, float)), np.atleast_1d(np.asarray(shortfall, float))
    )
    known = np.isfinite(G) & np.isfinite(delta)
    found = np.full(G.shape, np.inf)
    if known.any():
        returns = dict.fromkeys(("best", "best_hat", "chosen", "chosen_hat"), np.zeros(known.sum()))
        # the claim's hypotheses speak of four returns too; equal ones fulfil them for every G and delta
        found[known] = return_gap.REGRET.evaluate(gap=G[known], delta=delta[known], **returns)
    return found
