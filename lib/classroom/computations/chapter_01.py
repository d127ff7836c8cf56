"""Computations for the exercises of *Training in imagination*."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from imagination.lipschitz import difference, jacobian_lipschitz
from imagination.models.least_squares import sine_dynamics
from imagination.results.return_gap.claims import bound
from imagination.rollouts import return_gap
from imagination.worlds.continuous import ContinuousMDP, Transitions
from imagination.worlds.gymnasium import pendulum

PUSH, SPEED_UNIT = 0.25, 15**0.5


def real(torque_unit: float = 2.0) -> ContinuousMDP:
    """The pendulum, with torque in another unit [N m]; of its discount nothing here depends."""
    return pendulum(np.array([0.0]), torque_unit=torque_unit)


def closed_loop(torque_unit: float) -> float:
    """L of the pumping policy."""
    return real(torque_unit).dynamics.lipschitz()[0] * (1 + PUSH * SPEED_UNIT / torque_unit)


def best_unit() -> float:
    """The unit of torque with the least L: where the action part of L_f has caught up with the state part."""
    in_state, in_action = real(1.0).dynamics.block_lipschitz()  # type: ignore[attr-defined]
    return float(in_state[0] / in_action[0])


def guarantee(
    eps: Mapping[str, float], discount: float, torque_unit: float, horizon: Any = 5, push: float = PUSH
) -> Any:
    """The bound for bounded states, for the policy that pushes so much."""
    world = real(torque_unit)
    return bound(
        gamma=discount,
        L_f=world.dynamics.lipschitz()[0],
        L_r=world.reward.lipschitz()[0],
        L_pi=push * SPEED_UNIT / torque_unit,
        **eps,
        horizon=horizon,
        diameter=world.diameter[0],  # type: ignore[index]
    )


def last_informative(eps: Mapping[str, float], discount: float, push: float = 0.0) -> int:
    """The longest horizon, up to 200, at which a guarantee beats the ceiling."""
    horizons = np.arange(1, 201)
    worst = float(real().reward.bound()[0])  # type: ignore[attr-defined]
    ceiling = worst * np.cumsum(discount ** (horizons - 1))
    return int(horizons[guarantee(eps, discount, 2.0, horizons, push) < ceiling].max())


def gaps(models: Any, policy: Any, starts: Any, half: str) -> np.ndarray:
    """The signed gaps at H = 20 with one half of the network learned."""
    imagined = models.real.swap(**{half: getattr(models.imagined["network"], half)})
    return return_gap(models.real, imagined, policy, starts, 20)


def grows_most(transitions: Transitions) -> str:
    """Which of three numbers is larger most, for the smaller penalty."""
    generator = np.random.default_rng(0)
    batch, world = transitions.take(np.arange(len(transitions))[None]), real()
    state, action = batch.state[:, :2048], batch.action[:, :2048]
    numbers = []
    for penalty in (1e-2, 1e-5):
        fitted = sine_dynamics(batch, generator, width=128, frequency=0.5, penalty=penalty)
        error = difference(fitted, world.dynamics, state, action)
        steepest = jacobian_lipschitz(fitted, state, action)[0]
        numbers.append([np.sqrt(np.mean(error**2)), steepest, fitted.lipschitz()[0]])
    growth = np.array(numbers[1]) / np.array(numbers[0])
    return ("rms error", "L_f observed", "L_f certified")[int(np.argmax(growth))]
