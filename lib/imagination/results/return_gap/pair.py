"""A real and a learned world and what a bound may know of them; their return gap, measured.

What a bound may use of a pair, its Lipschitz constants and model errors, is certified: an upper bound by
construction, never an estimate from samples.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from imagination.rollouts import horizon_for, return_gap, truncated_tail
from imagination.worlds.continuous import AffineDynamics, AffineReward, ContinuousMDP, Policy, norm
from imagination.worlds.perturbations import ConstantPerturbation, PerturbedDynamics, PerturbedReward
from imagination.worlds.policies import LinearPolicy

__all__ = ["Gap", "Pair", "is_affine", "measure"]


@dataclass(frozen=True)
class Pair:
    """A batch of C real systems, each with a learned one and a policy.

    Attributes
    ----------
    real, learned : ContinuousMDP
        They share discount and initial state.
    policy : Policy
    start : (C, K, d_s)
        Initial states.
    eps_dyn, eps_rew : (C,)
        Certified suprema of the models' errors.
    radius : (C,)
        Certified bound on the norm of every state, real or imagined; infinite where there is none.
    diameter : (C,)
        Certified bound on the distance of a real from an imagined state.
    known : dict, optional
        The certified Lipschitz constants, where another pair of the same maps has worked them out.
    """

    real: ContinuousMDP
    learned: ContinuousMDP
    policy: Policy
    start: np.ndarray
    eps_dyn: np.ndarray
    eps_rew: np.ndarray
    radius: np.ndarray
    diameter: np.ndarray
    known: dict[tuple[str, str], np.ndarray] | None = field(default=None, repr=False)

    def __len__(self) -> int:
        return len(self.eps_dyn)

    @property
    def discount(self) -> np.ndarray:
        """Discounts, (C,)."""
        return self.real.discount

    def constants(self, *, dynamics: str = "real", reward: str = "real") -> dict[str, np.ndarray]:
        """Return what a bound is made of, (C,) each.

        Parameters
        ----------
        dynamics, reward : {"real", "learned"}
            Whose Lipschitz constant plays L_f, and whose plays L_r.
        """
        for name, side in (("dynamics", dynamics), ("reward", reward)):
            if side not in ("real", "learned"):
                raise ValueError(f"{name}: {side!r} is neither 'real' nor 'learned'")
        return {
            "gamma": self.discount,
            "L_f": self._lipschitz[dynamics, "dynamics"],
            "L_r": self._lipschitz[reward, "reward"],
            "L_pi": self._lipschitz["both", "policy"],
            "eps_dyn": self.eps_dyn,
            "eps_rew": self.eps_rew,
        }

    @cached_property
    def _lipschitz(self) -> dict[tuple[str, str], np.ndarray]:
        """All certified Lipschitz constants: they are asked for often, and some take an optimisation."""
        return self.known or {
            ("real", "dynamics"): self.real.dynamics.lipschitz(),
            ("learned", "dynamics"): self.learned.dynamics.lipschitz(),
            ("real", "reward"): self.real.reward.lipschitz(),
            ("learned", "reward"): self.learned.reward.lipschitz(),
            ("both", "policy"): self.policy.lipschitz(),
        }

    def closed_loop(self, side: str = "real") -> np.ndarray:
        """L_f (1 + L_pi), (C,): at least the Lipschitz constant of the closed loop."""
        constants = self.constants(dynamics=side)
        return constants["L_f"] * (1 + constants["L_pi"])

    def reward_range(self) -> np.ndarray:
        """Certified bound on the difference of a real and an imagined reward, (C,); or infinite."""
        origin = np.zeros_like(self.start[:, :1])
        action = self.policy(origin)
        reach = self.radius + norm(action)[:, 0] + self.policy.lipschitz() * self.radius

        def largest(reward: Any) -> np.ndarray:
            steep = np.abs(reward(origin, 0 * action)[:, 0]) + reward.lipschitz() * reach
            return np.minimum(steep, reward.bound()) if hasattr(reward, "bound") else steep

        of_real = largest(self.real.reward)
        perturbed = isinstance(self.learned.reward, PerturbedReward)
        return of_real + (of_real + self.eps_rew if perturbed else largest(self.learned.reward))

    def mean_errors(self, rng: np.random.Generator, count: int = 64) -> tuple[np.ndarray, np.ndarray]:
        """Return the models' average errors over initial states and the policy's actions there, (C,) each.

        What a validation set reports, and less than the suprema that the bounds need.
        """
        state = self.real.initial.sample(rng, count)
        action = self.policy(state)
        next_state, reward = self.real.step(state, action)
        next_imagined, imagined = self.learned.step(state, action)
        return norm(next_imagined - next_state).mean(axis=1), np.abs(imagined - reward).mean(axis=1)

    def discounted(self, discount: np.ndarray) -> Pair:
        """Return the same pairs with other discounts, (C,)."""
        real, learned = (replace(mdp, discount=discount) for mdp in (self.real, self.learned))
        return replace(self, real=real, learned=learned, known=self._lipschitz)


@dataclass(frozen=True)
class Gap:
    """A measured return gap.

    Attributes
    ----------
    value : (C,)
        Largest absolute gap over the initial states.
    tail : (C,)
        Bound on what the rollouts' end can hide of an infinite sum: the true gap is at most ``value + tail``.
    steps : int
        Length of the rollouts.
    """

    value: np.ndarray
    tail: np.ndarray
    steps: int


def measure(pair: Pair, *, horizon: int | None = None, tolerance: np.ndarray | None = None) -> Gap:
    """Roll out both systems and return the gap of their returns.

    Parameters
    ----------
    pair : Pair
    horizon : int, optional
        Number of steps. Without it the horizon is infinite: affine pairs are solved exactly, others are
        rolled out until the tail is at most `tolerance`.
    tolerance : (C,), optional
        Largest tail accepted, in units of return.

    Raises
    ------
    ValueError
        If the horizon is infinite and nothing bounds the tail.
    """
    if horizon is None and is_affine(pair):
        gap = _affine_return(pair.learned, pair) - _affine_return(pair.real, pair)
        return Gap(np.abs(gap).max(axis=1), np.zeros(len(pair)), 0)
    steps, tail = horizon or 0, np.zeros(len(pair))
    if horizon is None:
        span = pair.reward_range()
        if tolerance is None or not np.all(np.isfinite(span)):
            raise ValueError("horizon: infinite, which needs bounded rewards and a tolerance for the tail")
        steps = horizon_for(pair.discount, span, tolerance)
        tail = truncated_tail(pair.discount, steps, span)
    gap = return_gap(pair.real, pair.learned, pair.policy, pair.start, steps)
    return Gap(np.abs(gap).max(axis=1), tail, steps)


# --- exact returns of affine systems ------------------------------------------------------------


def is_affine(pair: Pair) -> bool:
    """Whether all maps of a pair are affine, so that infinite returns can be solved for."""
    maps = [part for mdp in (pair.real, pair.learned) for part in (mdp.dynamics, mdp.reward)]
    return isinstance(pair.policy, LinearPolicy) and all(map(_is_affine, maps))


def _is_affine(part: Any) -> bool:
    if isinstance(part, PerturbedDynamics | PerturbedReward):
        return isinstance(part.perturbation, ConstantPerturbation) and _is_affine(part.base)
    return isinstance(part, AffineDynamics | AffineReward)


def _slopes(part: Any) -> Any:
    """The affine map itself: constant errors change no slope."""
    return part if isinstance(part, AffineDynamics | AffineReward) else _slopes(part.base)


def _affine_return(mdp: ContinuousMDP, pair: Pair) -> np.ndarray:
    """Infinite-horizon return from the starts, (C, K): V(s) = c + v·s solves the Bellman equation."""
    origin = np.zeros_like(pair.start[:, :1])
    base, reward, policy = _slopes(mdp.dynamics), _slopes(mdp.reward), pair.policy
    assert isinstance(policy, LinearPolicy)
    gain, discount = policy.gain, pair.discount
    loop = base.state_matrix + base.action_matrix @ gain
    slope = reward.state_weight + (reward.action_weight[:, None, :] @ gain)[:, 0]
    system = np.eye(loop.shape[1]) - discount[:, None, None] * loop.mT
    slope = np.linalg.solve(system, slope[..., None])[..., 0]
    next_origin, now = mdp.step(origin, 0 * pair.policy(origin))
    constant = (now[:, 0] + discount * (slope * next_origin[:, 0]).sum(-1)) / (1 - discount)
    return constant[:, None] + (slope[:, None, :] * pair.start).sum(-1)
