"""The systems on which Theorem 1's multiplier is tried: the groups of [TSGLH26, §4.2], and ours.

A group is a batch of real systems, each with a policy, a start and a *direction* for each of its two
models: ``f̂ = f + ε_dyn u_f`` and ``r̂ = r + ε_rew u_r`` with ``sup ‖u_f‖ <= 1``, ``sup |u_r| <= 1``. The
directions are drawn once; only the sizes of the errors depend on the samples. So the true return error is a
function of two numbers, and its minimum over all splits of a budget can be found by looking.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from imagination.rollouts import gaussian_noise, horizon_for
from imagination.worlds.continuous import (
    AffineDynamics,
    AffineReward,
    Array,
    BallProjected,
    ContinuousMDP,
    Dynamics,
    FixedInitial,
    Parametric,
    Policy,
    Reward,
    UniformBall,
    spectral_norm,
)
from imagination.worlds.extremal import extremal_system
from imagination.worlds.linear_quadratic import QuadraticReward, linear_quadratic, optimal_gain
from imagination.worlds.perturbations import ConstantPerturbation, Perturbation
from imagination.worlds.policies import BallClippedPolicy, LinearPolicy
from imagination.worlds.teacher import NetworkReward

CHUNK = 6000
"""Rollouts at a time."""

__all__ = ["ALTERNATIVES", "CHOICES", "GROUPS", "REPORTED_GROUPS", "Group", "draw", "inside"]

Rng = np.random.Generator
Draw = Callable[[Rng, int], dict[str, np.ndarray]]

SIZE = 100
"""Systems in a group."""

TAIL = 1e-7
"""Horizons are so long that the discount has fallen to this: what is cut off does not show in any figure."""

CHOICES = {
    "value functions": "A “tanh value function” comes from a reward of that shape along one direction. The "
    "closed loop shrinks every state by one factor, and the dynamics' error points along the direction: "
    "the global constants are the steepest slopes of the value, no more.",
    "starts": "Tanh and sin start at the origin, where they are steepest. The quadratic's constant is "
    "attained at the rim of the unit ball; it starts half-way to the rim.",
    "number of systems": "100 of every group, drawn at random, where 30, 9, 9, 9 and 30 are reported. Linear "
    "value functions: γ evenly from 0.5 to 0.95, γL from 0.1 to 0.9, L_π from 0.1 to 1.5, L_r from 0.1 to 10 "
    "(evenly in its logarithm). Tanh, sin and quadratic: γ as before, L from 0.2 to 0.8, L_π = 0.5, L_r = 1. "
    "Intervals and p-values speak of these distributions.",
    "LQG": "Optimal controllers on unit balls, γL drawn from the reported range of the contraction, returns "
    "averaged over 4 starts in the ball with process noise of standard deviation 0.05. Every entry of "
    "every learned matrix is off at random.",
    "signs": "Nobody knows the sign of a model's error: the largest return error over the four pairs of "
    "signs counts.",
    "laws": "Errors as functions of samples: the fits that §4.1 reports, at a cost of 1 a sample.",
}
"""What the summaries of §4.2 leave open, and what is done here."""


@dataclass(frozen=True, eq=False)
class Sized(Parametric):
    """A map plus an error whose size differs from rollout to rollout: ``base + size · u``, size (C, K)."""

    base: Any
    error: Perturbation
    size: Array

    def __call__(self, state: Array, action: Array, noise: Array | None = None) -> Array:
        moved = self.base(state, action, noise)
        return moved + self.size[..., None] * self.error(state, action)


@dataclass(frozen=True, eq=False)
class AsPerturbation(Parametric):
    """A reward as an error of rewards, (C, K, 1)."""

    reward: Reward

    def __call__(self, state: Array, action: Array) -> Array:
        return self.reward(state, action)[..., None]

    def lipschitz(self) -> Array:
        """That of the reward, (C,)."""
        return self.reward.lipschitz()


@dataclass(frozen=True, eq=False)
class Group:
    """A batch of C systems with error directions.

    Attributes
    ----------
    name : str
    real : ContinuousMDP
    policy : Policy
    start : (C, K, d_s)
    horizon : int
    dynamics_error, reward_error : Perturbation
        ``u_f`` and ``u_r``.
    noise : (C, K, H, d_s) or None
    """

    name: str
    real: ContinuousMDP
    policy: Policy
    start: np.ndarray
    horizon: int
    dynamics_error: Perturbation
    reward_error: Perturbation
    noise: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.start)

    def constants(self) -> dict[str, np.ndarray]:
        """The global constants that Lemma 1 uses, certified, (C,) each."""
        return {
            "gamma": self.real.discount,
            "L_f": self.real.dynamics.lipschitz(),
            "L_r": self.real.reward.lipschitz(),
            "L_pi": self.policy.lipschitz(),
        }

    def dynamics(self, size: np.ndarray) -> Dynamics:
        """Dynamics whose error has size (C, K) in the K rollouts."""
        return inside(self.real.dynamics, lambda base: Sized(base, self.dynamics_error, size))

    def parts(self, eps_dyn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return, for dynamics errors (C, G) of either sign, what the two errors do to the mean return.

        Returns
        -------
        change : (C, G)
            What the dynamics' error alone changes, ``J(f̂, r) − J(f, r)``.
        weight : (C, G)
            What a reward error of size 1 adds along the rollouts of ``f̂``.
        """
        points = np.concatenate([np.zeros_like(eps_dyn[:, :1]), eps_dyn], axis=1)
        size = max(1, CHUNK // self.start[..., 0].size)  # so many at a time that the states stay in cache
        chunks = [points[:, low : low + size] for low in range(0, points.shape[1], size)]
        returns, added = (
            np.concatenate(part, axis=1) for part in zip(*map(self._returns, chunks), strict=True)
        )
        return returns[:, 1:] - returns[:, :1], added[:, 1:]

    def _returns(self, eps_dyn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean returns, and what a reward error of size 1 adds along the same rollouts, (C, G) each."""
        (batch, count), copies = self.start.shape[:2], eps_dyn.shape[1]
        dynamics = self.dynamics(np.repeat(eps_dyn, count, axis=1))
        state = np.tile(self.start, (1, copies, 1))
        noise = None if self.noise is None else np.tile(self.noise, (1, copies, 1, 1))
        total = added = np.zeros(state.shape[:2])
        weight = np.ones((batch, 1))
        for t in range(self.horizon):
            action = self.policy(state)
            total = total + weight * self.real.reward(state, action)
            added = added + weight * self.reward_error(state, action)[..., 0]
            state = dynamics(state, action, None if noise is None else noise[:, :, t])
            weight = weight * self.real.discount[:, None]
        pairs = (batch, copies, -1, 2 - count % 2)  # means of neighbours first: so the record was rounded
        return total.reshape(pairs).mean(-1).mean(-1), added.reshape(pairs).mean(-1).mean(-1)

    def return_error(self, eps_dyn: np.ndarray, eps_rew: np.ndarray) -> np.ndarray:
        """True error of the mean return, (C, G), for model errors (C, G): the worst over their signs."""
        points = eps_dyn.shape[1]
        change, weight = self.parts(np.concatenate([eps_dyn, -eps_dyn], axis=1))
        error = np.abs(change) + np.tile(eps_rew, (1, 2)) * np.abs(weight)
        return np.maximum(error[:, :points], error[:, points:])


def inside(dynamics: Any, change: Callable[[Any], Any]) -> Any:
    """Change the map inside a projection, if there is one: a learned model is kept in the same set."""
    if isinstance(dynamics, BallProjected):
        return replace(dynamics, base=change(dynamics.base))
    return change(dynamics)


def _steps(discount: np.ndarray) -> int:
    return horizon_for(discount, 1 - discount, np.full(len(discount), TAIL))


# --- value functions of one shape -------------------------------------------------------------------

DIMENSION = 3


def _aligned(
    rng: Rng,
    shape: Literal["linear", "tanh", "sin", "quadratic"],
    *,
    gamma: np.ndarray,
    closed_loop: np.ndarray,
    L_pi: np.ndarray,
    L_r: np.ndarray,
    start: float,
) -> Group:
    """Every slope as steep as its constant says, all along one random direction.

    ``f(s, a) = L_f (s + Qᵀa)``, ``π(s) = L_π Q s`` with a random rotation Q, so that the closed loop is L
    times the identity, and the reward has its shape along ``w·s + Qw·a``.
    """
    size = len(gamma)
    rotation = np.linalg.qr(rng.standard_normal((size, DIMENSION, DIMENSION)))[0]
    direction = rng.standard_normal((size, DIMENSION))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    L_f = closed_loop / (1 + L_pi)
    identity = np.broadcast_to(np.eye(DIMENSION), rotation.shape)
    scale = L_f[:, None, None]
    dynamics = AffineDynamics(scale * identity, scale * rotation.mT, np.zeros((size, DIMENSION)))
    in_action = (rotation @ direction[..., None])[..., 0]
    reward: Reward
    if shape == "linear":
        reward = AffineReward(L_r[:, None] * direction, L_r[:, None] * in_action, np.zeros(size))
    elif shape == "quadratic":  # on the unit ball; actions reach L_pi there
        cost = (L_r / 2)[:, None, None] * identity
        reward = QuadraticReward(cost, cost / L_pi[:, None, None], np.ones(size), L_pi)
    else:
        reward = NetworkReward(
            direction[:, None, :],
            in_action[:, None, :],
            np.zeros((size, 1)),
            L_r[:, None, None],
            np.zeros((size, 1)),
            shape,
        )
    at = start * direction
    real = ContinuousMDP(
        BallProjected(dynamics, np.ones(size)) if shape == "quadratic" else dynamics,
        reward,
        FixedInitial(at),
        gamma,
    )
    policy = LinearPolicy(L_pi[:, None, None] * rotation)
    return Group(
        shape,
        real,
        policy,
        at[:, None, :],
        _steps(gamma),
        ConstantPerturbation(direction),
        ConstantPerturbation(np.ones((size, 1))),
    )


def _drawn(rng: Rng, size: int) -> dict[str, np.ndarray]:
    gamma = rng.uniform(0.5, 0.95, size)
    return {
        "gamma": gamma,
        "closed_loop": rng.uniform(0.1, 0.9, size) / gamma,
        "L_pi": rng.uniform(0.1, 1.5, size),
        "L_r": np.exp(rng.uniform(np.log(0.1), np.log(10), size)),
    }


def _calm(rng: Rng, size: int) -> dict[str, np.ndarray]:
    """Loops that shrink every error, whatever the discount."""
    gamma, closed_loop = rng.uniform(0.5, 0.95, size), rng.uniform(0.2, 0.8, size)
    return {"gamma": gamma, "closed_loop": closed_loop, "L_pi": np.full(size, 0.5), "L_r": np.ones(size)}


def linear(rng: Rng, size: int = SIZE) -> Group:
    """Linear value functions; errors point along the value's slope."""
    return _aligned(rng, "linear", **_drawn(rng, size), start=1.0)


def tanh(rng: Rng, size: int = SIZE, *, drawn: Draw = _calm) -> Group:
    """Value functions shaped like tanh."""
    return _aligned(rng, "tanh", **drawn(rng, size), start=0.0)


def sin(rng: Rng, size: int = SIZE) -> Group:
    """Value functions shaped like sin."""
    return _aligned(rng, "sin", **_calm(rng, size), start=0.0)


def quadratic(rng: Rng, size: int = SIZE, *, start: float = 0.5, drawn: Draw = _calm) -> Group:
    """Quadratic value functions on a ball, with constants that are suprema over the ball."""
    return _aligned(rng, "quadratic", **drawn(rng, size), start=start)


# --- linear-quadratic-Gaussian systems ----------------------------------------------------------------

CONTRACTION = (0.224, 0.228)
STARTS = 4


def lqg(
    rng: Rng,
    size: int = SIZE,
    *,
    errors: Literal["matrices", "constant"] = "matrices",
    starts: int = STARTS,
    noise: float = 0.05,
    radius: float = 1.0,
    contraction: tuple[float, float] = CONTRACTION,
) -> Group:
    """Linear-quadratic-Gaussian systems under their optimal controllers, γ = 0.8.

    Parameters
    ----------
    rng : source of the systems, the errors, the starts and the noise.
    size : number of systems.
    errors : {"matrices", "constant"}
        Every entry of every matrix of the models is off at random, or the models are off by a constant.
    starts : number of initial states and noise paths averaged over.
    noise : standard deviation of the process noise.
    radius : radius of the balls of states and actions, on which constants and errors are suprema; starts lie
        in the unit ball whatever it is.
    contraction : range of ``γ L``.
    """
    gamma = np.full(size, 0.8)
    mdp = linear_quadratic(rng, L_f=np.full(size, 0.1), discount=gamma, radius=radius, action_radius=radius)
    wanted = rng.uniform(*contraction, size) / gamma
    real = _contracting(mdp, wanted)
    base, cost = _matrices(real)
    policy = BallClippedPolicy(optimal_gain(real)[0], cost.action_radius)
    dynamics_error, reward_error = _errors(rng, errors, base, cost)
    horizon = _steps(gamma)
    d_state = base.action_matrix.shape[1]
    start = UniformBall(np.ones(size), d_state).sample(rng, starts)
    paths = gaussian_noise(rng, np.full(size, noise), starts, horizon, d_state)
    return Group("LQG", real, policy, start, horizon, dynamics_error, reward_error, paths)


def _errors(
    rng: Rng, errors: str, base: AffineDynamics, cost: QuadraticReward
) -> tuple[Perturbation, Perturbation]:
    """Directions of both models' errors, of size 1 on the balls."""
    size, d_state, d_action = base.action_matrix.shape
    if errors == "constant":
        direction = rng.standard_normal((size, d_state))
        direction /= np.linalg.norm(direction, axis=1, keepdims=True)
        return ConstantPerturbation(direction), ConstantPerturbation(np.ones((size, 1)))
    if errors != "matrices":
        raise ValueError(f"errors must be 'matrices' or 'constant', got {errors!r}")
    raw = AffineDynamics(
        rng.standard_normal((size, d_state, d_state)),
        rng.standard_normal((size, d_state, d_action)),
        np.zeros((size, d_state)),
    )
    largest = (
        spectral_norm(raw.state_matrix) * cost.state_radius
        + spectral_norm(raw.action_matrix) * cost.action_radius
    )
    dynamics_error = raw.map_arrays(lambda array: array / largest.reshape(-1, *[1] * (array.ndim - 1)))
    costs = [_symmetric(rng, size, dimension) for dimension in (d_state, d_action)]
    off = QuadraticReward(costs[0], costs[1], cost.state_radius, cost.action_radius)
    most = off.bound()[:, None, None]
    return dynamics_error, AsPerturbation(
        off.with_arrays({"state_cost": costs[0] / most, "action_cost": costs[1] / most})
    )


def _contracting(mdp: ContinuousMDP, closed_loop: np.ndarray) -> ContinuousMDP:
    """The system with its matrices scaled until its optimally controlled loop has this constant, (C,)."""
    base = mdp.dynamics.base  # type: ignore[attr-defined]

    def scaled(by: np.ndarray) -> ContinuousMDP:
        factor = by[:, None, None]
        changed = base.with_arrays(
            {"state_matrix": base.state_matrix * factor, "action_matrix": base.action_matrix * factor}
        )
        return mdp.swap(dynamics=replace(mdp.dynamics, base=changed))  # type: ignore[type-var]

    low, high = np.zeros_like(closed_loop) + 1e-3, closed_loop / base.lipschitz()  # L_pi >= 0
    for _ in range(32):
        middle = (low + high) / 2
        system = scaled(middle)
        loop = system.dynamics.lipschitz() * (1 + optimal_gain(system)[0].lipschitz())
        low, high = np.where(loop < closed_loop, middle, low), np.where(loop < closed_loop, high, middle)
    return scaled((low + high) / 2)


def _matrices(mdp: Any) -> tuple[AffineDynamics, QuadraticReward]:
    return mdp.dynamics.base, mdp.reward


def _symmetric(rng: Rng, size: int, dimension: int) -> np.ndarray:
    raw = rng.standard_normal((size, dimension, dimension))
    return (raw + raw.mT) / 2


# --- ours -----------------------------------------------------------------------------------------------


def extremal(rng: Rng, size: int = SIZE) -> Group:
    """The systems that attain Lemma 1: there the global multiplier is exact."""
    drawn = _drawn(rng, size)
    L_f = drawn["closed_loop"] / (1 + drawn["L_pi"])
    zero = np.zeros(size)
    system = extremal_system(
        gamma=drawn["gamma"], L_f=L_f, L_r=drawn["L_r"], L_pi=drawn["L_pi"], eps_dyn=zero, eps_rew=zero
    )
    up = ConstantPerturbation(np.ones((size, 1)))
    return Group(
        "extremal", system.real, system.policy, np.zeros((size, 1, 1)), _steps(drawn["gamma"]), up, up
    )


def linear_any_direction(rng: Rng, size: int = SIZE) -> Group:
    """Linear value functions in general position: random matrices, and errors in random directions."""
    drawn = _drawn(rng, size)

    def matrices(norms: np.ndarray, rows: int, columns: int) -> np.ndarray:
        raw = rng.standard_normal((size, rows, columns))
        return raw * (norms / spectral_norm(raw))[:, None, None]

    L_f = drawn["closed_loop"] / (1 + drawn["L_pi"])
    dynamics = AffineDynamics(
        matrices(L_f, DIMENSION, DIMENSION), matrices(L_f, DIMENSION, 2), np.zeros((size, DIMENSION))
    )
    weights = [matrices(drawn["L_r"], 1, columns)[:, 0] for columns in (DIMENSION, 2)]
    start = matrices(np.ones(size), 1, DIMENSION)[:, 0]
    real = ContinuousMDP(
        dynamics, AffineReward(weights[0], weights[1], np.zeros(size)), FixedInitial(start), drawn["gamma"]
    )
    return Group(
        "linear, any direction",
        real,
        LinearPolicy(matrices(drawn["L_pi"], 2, DIMENSION)),
        start[:, None, :],
        _steps(drawn["gamma"]),
        ConstantPerturbation(matrices(np.ones(size), 1, DIMENSION)[:, 0]),
        ConstantPerturbation(np.ones((size, 1))),
    )


REPORTED_GROUPS = ("linear", "tanh", "sin", "quadratic", "LQG")
"""The groups of [TSGLH26, §4.2]."""

GROUPS: Mapping[str, Callable[[Rng], Group]] = {
    "linear": linear,
    "tanh": tanh,
    "sin": sin,
    "quadratic": quadratic,
    "LQG": lqg,
    "linear, any direction": linear_any_direction,
    "extremal": extremal,
}
"""The groups that the trial runs."""

ALTERNATIVES: Mapping[str, Callable[[Rng], Group]] = {
    "tanh, loops may grow": lambda rng: tanh(rng, drawn=_drawn),
    "quadratic, loops may grow": lambda rng: quadratic(rng, drawn=_drawn),
    "quadratic, start at a quarter": lambda rng: quadratic(rng, start=0.25),
    "quadratic, start at the rim": lambda rng: quadratic(rng, start=1.0),
    "LQG, one start": lambda rng: lqg(rng, starts=1),
    "LQG, no noise": lambda rng: lqg(rng, noise=0.0),
    "LQG, noise 0.2": lambda rng: lqg(rng, noise=0.2),
    "LQG, ball of radius 10": lambda rng: lqg(rng, radius=10.0),
    "LQG, ball of radius 100": lambda rng: lqg(rng, radius=100.0),
    "LQG, constant errors": lambda rng: lqg(rng, errors="constant"),
    "LQG, constant, radius 100": lambda rng: lqg(rng, errors="constant", radius=100.0),
}
"""Other choices where the reports leave one open."""


def draw(name: str, rng: Rng) -> Group:
    """Draw a group.

    Raises
    ------
    ValueError
        If there is no such group.
    """
    known = {**GROUPS, **ALTERNATIVES}
    if name not in known:
        raise ValueError(f"name: {name!r} is none of {', '.join(known)}")
    return replace(known[name](rng), name=name)
