"""The systems that the bounds are tried on: pairs of a real and a learned MDP that know nothing of a bound.

Each family draws a batch of pairs at once; errors and constants are certified by construction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from imagination.results.return_gap.pair import Pair
from imagination.worlds import teacher
from imagination.worlds.continuous import (
    AffineDynamics,
    AffineReward,
    Array,
    BallProjected,
    ContinuousMDP,
    FixedInitial,
    Parametric,
    Policy,
    UniformBall,
    norm,
    spectral_norm,
)
from imagination.worlds.embedded import TableDynamics, TablePolicy, TableReward
from imagination.worlds.extremal import extremal_system
from imagination.worlds.gymnasium import (
    GRAVITY_PULL,
    MAX_TORQUE,
    TIME_STEP,
    TORQUE_PULL,
    PendulumDynamics,
    pendulum,
)
from imagination.worlds.linear_quadratic import QuadraticReward, linear_quadratic
from imagination.worlds.perturbations import (
    ConstantPerturbation,
    OutwardPerturbation,
    Perturbation,
    PerturbedDynamics,
    PerturbedReward,
    SinePerturbation,
    TanhPerturbation,
)
from imagination.worlds.policies import (
    BallClippedPolicy,
    LinearPolicy,
    random_linear_policy,
    random_network_policy,
)

__all__ = ["FAMILIES", "draw"]

Rng = np.random.Generator
STARTS = 4
"""Initial states tried in each pair; the largest gap counts."""


def draw(family: str, rng: Rng, size: int) -> Pair:
    """Draw a batch of pairs of a family; their discount is 0 until `Pair.discounted` sets it.

    Raises
    ------
    ValueError
        If there is no such family or `size` is not positive.
    """
    if family not in FAMILIES:
        raise ValueError(f"family: {family!r} is none of {', '.join(FAMILIES)}")
    if size < 1:
        raise ValueError(f"size: {size}; a batch has at least one pair")
    return FAMILIES[family](rng, size)


# --- random ingredients -------------------------------------------------------------------------


def _log_uniform(rng: Rng, low: float, high: float, size: int) -> np.ndarray:
    return np.exp(rng.uniform(np.log(low), np.log(high), size))


def _errors(rng: Rng, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Errors over three orders of magnitude; one reward in six and one dynamics in 24 is exact."""
    eps_dyn, eps_rew = (_log_uniform(rng, 1e-3, 0.5, size) for _ in range(2))
    exact = rng.random(size)
    return np.where(exact < 1 / 24, 0, eps_dyn), np.where(exact > 5 / 6, 0, eps_rew)


def _perturbation(rng: Rng, pair_shape: tuple[int, int, int], outputs: int) -> Perturbation:
    """One of several shapes of error, each with certified supremum 1, in `outputs` dimensions."""
    size, d_state, d_action = pair_shape
    shapes = ["constant", "sine", "network"] + (["outward"] if outputs == d_state else [])
    shape = shapes[rng.integers(len(shapes))]
    direction = rng.standard_normal((size, outputs))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    if shape == "constant":
        return ConstantPerturbation(direction)
    frequency = _log_uniform(rng, 0.1, 5, size)[:, None]
    if shape == "sine":
        in_state, in_action = rng.standard_normal((size, d_state)), rng.standard_normal((size, d_action))
        phase = rng.uniform(0, 2 * np.pi, size)
        return SinePerturbation(direction, frequency * in_state, frequency * in_action, phase)
    if shape == "outward":
        return OutwardPerturbation(_log_uniform(rng, 0.1, 1, size))
    width = 8
    return TanhPerturbation(
        frequency[..., None] * rng.standard_normal((size, width, d_state)),
        frequency[..., None] * rng.standard_normal((size, width, d_action)),
        rng.standard_normal((size, width)),
        rng.standard_normal((size, outputs, width)),
    )


def _policy(rng: Rng, size: int, d_state: int, d_action: int) -> Policy:
    steepness = rng.uniform(0, 1.5, size)
    if rng.random() < 0.5:
        return random_linear_policy(rng, steepness, d_state, d_action)
    return random_network_policy(rng, steepness, d_state, d_action, 8)


def _dimensions(rng: Rng) -> tuple[int, int]:
    return int(rng.integers(1, 7)), int(rng.integers(1, 4))


# --- globally Lipschitz synthetic systems -------------------------------------------------------


def _teacher(rng: Rng, size: int, widths: Sequence[int], activations: Sequence[str]) -> tuple[Any, int, int]:
    """Teacher networks, and the dimensions of their states and actions."""
    d_state, d_action = _dimensions(rng)
    real = teacher.teacher(
        rng,
        L_f=rng.uniform(0.1, 1.6, size),
        L_r=rng.uniform(0.1, 2, size),
        discount=np.zeros(size),
        d_state=d_state,
        d_action=d_action,
        width=int(rng.choice(widths)) if len(widths) > 1 else widths[0],
        activation=str(rng.choice(activations)) if len(activations) > 1 else activations[0],
    )
    return real, d_state, d_action


def _network(rng: Rng, size: int, activation: str) -> Pair:
    """Teacher networks and, as their models, the same with an error of known supremum added."""
    real, d_state, d_action = _teacher(rng, size, (4, 8, 16), (activation,))
    start = real.initial.sample(rng, STARTS)
    eps_dyn, eps_rew = _errors(rng, size)
    shape = (size, d_state, d_action)
    dynamics = PerturbedDynamics(real.dynamics, _perturbation(rng, shape, d_state), eps_dyn)
    if activation == "relu":  # unbounded, so both systems are kept in one ball
        radius = _log_uniform(rng, 1, 10, size)
        real = replace(real, dynamics=BallProjected(real.dynamics, radius), diameter=2 * radius)
        learned_dynamics: Any = BallProjected(dynamics, radius)
        diameter = 2 * radius
    else:
        radius, learned_dynamics, diameter = real.diameter / 2 + eps_dyn, dynamics, real.diameter + eps_dyn
    reward = PerturbedReward(real.reward, _perturbation(rng, shape, 1), eps_rew)
    learned = real.swap(dynamics=learned_dynamics, reward=reward)
    return Pair(
        real, learned, _policy(rng, size, d_state, d_action), start, eps_dyn, eps_rew, radius, diameter
    )


def tanh_networks(rng: Rng, size: int) -> Pair:
    """Smooth teacher networks with bounded states."""
    return _network(rng, size, "tanh")


def sine_networks(rng: Rng, size: int) -> Pair:
    """Teacher networks that oscillate."""
    return _network(rng, size, "sin")


def relu_networks(rng: Rng, size: int) -> Pair:
    """Piecewise linear teacher networks, kept in a ball."""
    return _network(rng, size, "relu")


def learned_networks(rng: Rng, size: int) -> Pair:
    """Teacher networks learned from noisy transitions: a ridge regression on the known hidden layer.

    The error is certified because the difference of teacher and student is a network with the same hidden
    layer.
    """
    real, d_state, d_action = _teacher(rng, size, (8,), ("tanh", "sin"))
    count = int(rng.choice([20, 50, 200, 1000]))
    state, action = rng.uniform(-1, 1, (size, count, d_state)), rng.uniform(-1, 1, (size, count, d_action))
    noise = _log_uniform(rng, 1e-3, 0.3, size)

    def fit(network: Any) -> tuple[Any, np.ndarray]:
        identity = np.broadcast_to(np.eye(8), (size, 8, 8)).copy()  # shows the hidden units themselves
        readable = replace(network, output=identity, offset=np.zeros((size, 8)))
        features = teacher.TwoLayerNetwork.network(readable, state, action)
        clean = teacher.TwoLayerNetwork.network(network, state, action)
        target = clean + noise[:, None, None] * rng.standard_normal(clean.shape)
        gram = features.mT @ features + 1e-3 * np.eye(8)
        weights = np.linalg.solve(gram, features.mT @ target).mT
        off = replace(network, output=weights - network.output)
        return replace(network, output=weights), off.network_bound()

    dynamics, eps_dyn = fit(real.dynamics)
    reward, eps_rew = fit(real.reward)
    learned = real.swap(dynamics=dynamics, reward=reward)
    start = real.initial.sample(rng, STARTS)
    of_real, of_learned = real.diameter / 2, np.maximum(1, dynamics.bound())
    policy = _policy(rng, size, d_state, d_action)
    radius = np.maximum(of_real, of_learned)
    return Pair(real, learned, policy, start, eps_dyn, eps_rew, radius, of_real + of_learned)


# --- linear dynamics, quadratic cost ------------------------------------------------------------


def _quadratic_system(rng: Rng, size: int) -> tuple[ContinuousMDP, Policy]:
    d_state, d_action = _dimensions(rng)
    radius, action_radius = _log_uniform(rng, 0.5, 2, size), _log_uniform(rng, 0.3, 2, size)
    real = linear_quadratic(
        rng,
        L_f=rng.uniform(0.1, 1.4, size),
        discount=np.zeros(size),
        d_state=d_state,
        d_action=d_action,
        radius=radius,
        action_radius=action_radius,
        action_cost=_log_uniform(rng, 0.01, 1, size),
    )
    linear = random_linear_policy(rng, rng.uniform(0, 1.5, size), d_state, d_action)
    return real, BallClippedPolicy(linear, action_radius)


def _matrices(mdp: ContinuousMDP) -> tuple[AffineDynamics, QuadraticReward]:
    dynamics: Any = mdp.dynamics
    reward: Any = mdp.reward
    return dynamics.base, reward


def _quadratic_pair(
    rng: Rng, real: ContinuousMDP, policy: Policy, dynamics: AffineDynamics, reward: QuadraticReward
) -> Pair:
    """The pair with these learned matrices; the errors are suprema over the balls of states and actions."""
    base, cost = _matrices(real)
    radius, action_radius = cost.state_radius, cost.action_radius
    eps_dyn = (
        spectral_norm(dynamics.state_matrix - base.state_matrix) * radius
        + spectral_norm(dynamics.action_matrix - base.action_matrix) * action_radius
        + norm(dynamics.offset - base.offset)
    )
    eps_rew = (
        spectral_norm(reward.state_cost - cost.state_cost) * radius**2
        + spectral_norm(reward.action_cost - cost.action_cost) * action_radius**2
    )
    learned = real.swap(dynamics=BallProjected(dynamics, radius), reward=reward)
    start = real.initial.sample(rng, STARTS)
    return Pair(real, learned, policy, start, eps_dyn, eps_rew, radius, 2 * radius)


def linear_quadratic_perturbed(rng: Rng, size: int) -> Pair:
    """Linear-quadratic systems on a ball; the model's matrices are slightly off."""
    real, policy = _quadratic_system(rng, size)
    base, cost = _matrices(real)
    amount = _log_uniform(rng, 1e-3, 0.2, size)[:, None, None]

    def off(matrices: np.ndarray) -> np.ndarray:
        size = amount * spectral_norm(matrices)[:, None, None]
        return matrices + size * rng.standard_normal(matrices.shape)

    def off_symmetric(matrices: np.ndarray) -> np.ndarray:
        moved = off(matrices)
        return (moved + moved.mT) / 2

    dynamics = replace(base, state_matrix=off(base.state_matrix), action_matrix=off(base.action_matrix))
    costs = {name: off_symmetric(getattr(cost, name)) for name in ("state_cost", "action_cost")}
    return _quadratic_pair(rng, real, policy, dynamics, replace(cost, **costs))


def linear_quadratic_learned(rng: Rng, size: int) -> Pair:
    """Linear-quadratic systems identified by least squares from noisy transitions and rewards."""
    real, policy = _quadratic_system(rng, size)
    base, cost = _matrices(real)
    radius, action_radius = cost.state_radius, cost.action_radius
    d_state, d_action = base.action_matrix.shape[1:]
    count = int(rng.choice([60, 200, 1000]))
    state = UniformBall(radius, d_state).sample(rng, count)
    action = UniformBall(action_radius, d_action).sample(rng, count)
    noise = _log_uniform(rng, 1e-3, 0.3, size)[:, None, None]
    following = base(state, action) + noise * rng.standard_normal(state.shape)
    inputs = np.concatenate([state, action], axis=-1)
    matrices = (np.linalg.pinv(inputs) @ following).mT
    dynamics = replace(
        base, state_matrix=matrices[..., :d_state].copy(), action_matrix=matrices[..., d_state:].copy()
    )
    rewards = cost(state, action)[..., None] + noise * rng.standard_normal((size, count, 1))
    pairs = [np.triu_indices(dimension) for dimension in (d_state, d_action)]
    products = [at[..., i] * at[..., j] for at, (i, j) in zip((state, action), pairs, strict=True)]
    found = -(np.linalg.pinv(np.concatenate(products, axis=-1)) @ rewards)[..., 0]

    def symmetric(entries: np.ndarray, i: np.ndarray, j: np.ndarray) -> np.ndarray:
        upper = np.zeros((size, i[-1] + 1, j[-1] + 1))
        upper[:, i, j] = entries
        return (upper + upper.mT) / 2

    of_state, of_action = np.split(found, [len(pairs[0][0])], axis=1)
    costs = {"state_cost": symmetric(of_state, *pairs[0]), "action_cost": symmetric(of_action, *pairs[1])}
    reward = replace(cost, **costs)
    return _quadratic_pair(rng, real, policy, dynamics, reward)


# --- a real system -----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class MisjudgedPendulum(Parametric):
    """Pendulum-v1 with wrong constants: gravity's pull is off by `gravity`, the torque's by `torque`, (C,).

    Both only change the speed, so the true pendulum makes the same move from a state whose speed is off.
    """

    true: PendulumDynamics
    gravity: Array
    torque: Array

    def __call__(self, state: Array, action: Array, noise: Array | None = None) -> Array:
        unit, torque_unit = self.true.velocity_unit[:, None], self.true.torque_unit[:, None]
        torque = np.clip(action[..., 0] * torque_unit, -MAX_TORQUE, MAX_TORQUE)
        push = self.gravity[:, None] * state[..., 1] + self.torque[:, None] * torque
        speed = state[..., 2] + TIME_STEP * push / unit
        return self.true(np.stack([state[..., 0], state[..., 1], speed], axis=-1), action, noise)

    def lipschitz(self) -> Array:
        """Those of the true pendulum after the change of speed, (C,)."""
        in_state, in_action = self.true.block_lipschitz()
        by_state = TIME_STEP * np.abs(self.gravity) / self.true.velocity_unit
        by_action = TIME_STEP * np.abs(self.torque) * self.true.torque_unit / self.true.velocity_unit
        return np.maximum(in_state * (1 + by_state), in_action + in_state * by_action)

    def error(self) -> Array:
        """Certified distance to the true pendulum, (C,): a wrong speed also turns it too far."""
        speed = TIME_STEP * (np.abs(self.gravity) + np.abs(self.torque) * MAX_TORQUE)
        return speed * np.sqrt(TIME_STEP**2 + 1 / self.true.velocity_unit**2)


def pendulum_identified(rng: Rng, size: int) -> Pair:
    """Gymnasium's Pendulum-v1, its gravity and its torque identified by least squares from noisy speeds."""
    velocity_unit, torque_unit = _log_uniform(rng, 2, 8, size), _log_uniform(rng, 2, 40, size)
    real = pendulum(np.zeros(size), velocity_unit=velocity_unit, torque_unit=torque_unit)
    count = int(rng.choice([10, 50, 250]))
    sine = np.sin(rng.uniform(-np.pi, np.pi, (size, count)))
    torque = rng.uniform(-MAX_TORQUE, MAX_TORQUE, (size, count))
    inputs, truth = np.stack([sine, torque], axis=-1), np.array([GRAVITY_PULL, TORQUE_PULL])
    noise = _log_uniform(rng, 0.1, 10, size)[:, None]
    acceleration = inputs @ truth + noise * rng.standard_normal((size, count))
    found = (np.linalg.pinv(inputs) @ acceleration[..., None])[..., 0] - truth
    true: Any = real.dynamics
    dynamics = MisjudgedPendulum(true, found[:, 0].copy(), found[:, 1].copy())
    _, eps_rew = _errors(rng, size)
    reward = PerturbedReward(real.reward, _perturbation(rng, (size, 3, 1), 1), eps_rew)
    policy = random_linear_policy(rng, rng.uniform(0, 1.0, size), 3, 1)
    diameter: Any = real.diameter
    start = real.initial.sample(rng, STARTS)
    learned = real.swap(dynamics=dynamics, reward=reward)
    return Pair(real, learned, policy, start, dynamics.error(), eps_rew, diameter / 2, diameter)


# --- systems in which errors add up -------------------------------------------------------------


def _extremal_constants(rng: Rng, size: int) -> dict[str, np.ndarray]:
    eps_dyn, eps_rew = _errors(rng, size)
    return {
        "L_f": rng.uniform(0.05, 1.6, size),
        "L_r": rng.uniform(0.1, 2, size),
        "L_pi": rng.uniform(0, 1.5, size),
        "eps_dyn": eps_dyn,
        "eps_rew": eps_rew,
    }


def extremal(rng: Rng, size: int) -> Pair:
    """The scalar systems that attain the bound, started at the origin and elsewhere."""
    constants = _extremal_constants(rng, size)
    real, learned, policy = extremal_system(gamma=np.zeros(size), **constants)
    start = rng.standard_normal((size, STARTS, 1)) * (np.arange(STARTS) > 0)[:, None]
    endless = np.full(size, np.inf)
    errors = constants["eps_dyn"], constants["eps_rew"]
    return Pair(real, learned, policy, start, *errors, endless, endless)


def extremal_clipped(rng: Rng, size: int) -> Pair:
    """The scalar systems clipped to an interval: they attain the bound for bounded states."""
    constants = _extremal_constants(rng, size)
    width = _log_uniform(rng, 0.05, 5, size)
    real, learned, policy = extremal_system(gamma=np.zeros(size), **constants, diameter=width)
    start = rng.random((size, STARTS, 1)) * width[:, None, None] * (np.arange(STARTS) > 0)[:, None]
    return Pair(real, learned, policy, start, constants["eps_dyn"], constants["eps_rew"], width, width)


def near_extremal(rng: Rng, size: int) -> Pair:
    """The extremal systems in several dimensions, with every direction turned a little out of line."""
    d_state, d_action = _dimensions(rng)
    constants = _extremal_constants(rng, size)
    turn = _log_uniform(rng, 1e-4, 1, size)

    def near(direction: np.ndarray) -> np.ndarray:
        turned = direction + turn[:, None] * rng.standard_normal(direction.shape)
        return turned / np.linalg.norm(turned, axis=1, keepdims=True)

    def outer(left: np.ndarray, right: np.ndarray) -> np.ndarray:
        return left[:, :, None] * right[:, None, :]

    along, across = rng.standard_normal((size, d_state)), rng.standard_normal((size, d_action))
    L_f, L_r, L_pi = (constants[name][:, None] for name in ("L_f", "L_r", "L_pi"))
    dynamics = AffineDynamics(
        L_f[..., None] * outer(near(along), near(along)),
        L_f[..., None] * outer(near(along), near(across)),
        0.1 * rng.standard_normal((size, d_state)),
    )
    reward = AffineReward(L_r * near(along), L_r * near(across), rng.standard_normal(size))
    policy = LinearPolicy(L_pi[..., None] * outer(near(across), near(along)))
    start = rng.standard_normal((size, STARTS, d_state))
    real = ContinuousMDP(dynamics, reward, FixedInitial(start[:, 0]), np.zeros(size))
    eps_dyn, eps_rew = constants["eps_dyn"], constants["eps_rew"]
    sign = np.where(rng.random(size) < 0.8, 1.0, -1.0)
    learned = real.swap(
        dynamics=PerturbedDynamics(dynamics, ConstantPerturbation(near(along)), eps_dyn),
        reward=PerturbedReward(reward, ConstantPerturbation(sign[:, None]), eps_rew),
    )
    endless = np.full(size, np.inf)
    return Pair(real, learned, policy, start, eps_dyn, eps_rew, endless, endless)


# --- finite systems -----------------------------------------------------------------------------


def tabular(rng: Rng, size: int) -> Pair:
    """Finite deterministic MDPs embedded in space; the model guesses that pairs it has not seen stay put.

    Three geometries: all states equally far apart, states anywhere, and a chain whose steps shrink as it
    goes on.
    """
    n, m = int(rng.integers(3, 9)), int(rng.integers(2, 4))
    geometry = rng.choice(["simplex", "anywhere", "chain"])
    if geometry == "simplex":
        states = np.broadcast_to(np.eye(n) / np.sqrt(2), (size, n, n)).copy()
        table = rng.integers(n, size=(size, n, m))
    elif geometry == "anywhere":
        states = rng.standard_normal((size, n, 2))
        table = rng.integers(n, size=(size, n, m))
    else:
        shrink = rng.uniform(0.3, 0.95, size)
        states = (shrink[:, None] ** np.arange(n))[..., None]
        table = np.minimum(np.arange(n)[:, None] + 1 + rng.integers(2, size=(size, 1, m)), n - 1)
    actions = np.broadcast_to(np.eye(m) * rng.uniform(0.5, 2), (size, m, m)).copy()
    rewards = rng.uniform(-1, 1, (size, n, m))
    choice = rng.integers(m, size=(size, n))
    choice = np.where(rng.random((size, 1)) < 0.5, choice[:, :1], choice)

    seen = rng.random((size, n, m)) < rng.uniform(0.3, 0.98, (size, 1, 1))
    seen[:, 0, 0] = False  # something is always unknown
    stay = np.broadcast_to(np.arange(n)[None, :, None], table.shape)
    table = np.broadcast_to(table, (size, n, m)).copy()
    dynamics = TableDynamics(states, actions, table)
    model = TableDynamics(states, actions, np.where(seen, table, stay))
    reward = TableReward(states, actions, rewards)
    model_reward = TableReward(states, actions, np.where(seen, rewards, 0.0))
    start = states[:, rng.integers(n, size=STARTS)]
    diameter = dynamics.diameter()
    real = ContinuousMDP(dynamics, reward, FixedInitial(start[:, 0]), np.zeros(size), diameter=diameter)
    learned = real.swap(dynamics=model, reward=model_reward)
    eps_dyn = np.linalg.norm(model.outcomes() - dynamics.outcomes(), axis=-1).max(axis=(1, 2))
    eps_rew = np.abs(model_reward.table - reward.table).max(axis=(1, 2))
    policy = TablePolicy(states, actions, choice)
    return Pair(real, learned, policy, start, eps_dyn, eps_rew, dynamics.bound(), diameter)


FAMILIES: dict[str, Callable[[Rng, int], Pair]] = {
    "tanh networks": tanh_networks,
    "sine networks": sine_networks,
    "relu networks": relu_networks,
    "learned networks": learned_networks,
    "linear-quadratic": linear_quadratic_perturbed,
    "linear-quadratic, learned": linear_quadratic_learned,
    "pendulum, identified": pendulum_identified,
    "tabular": tabular,
    "near-extremal": near_extremal,
    "extremal": extremal,
    "extremal, clipped": extremal_clipped,
}
"""The families by name: each draws a batch of pairs from a generator."""
