"""Checks of the exercises of *Training in imagination*."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp

from classroom.exercises import Exercise, Part, Wrong
from classroom.kinds import Formula, Number, OneOf, Whole, YesNo
from imagination import lipschitz, rollouts
from imagination.models.least_squares import sine_dynamics
from imagination.results.return_gap import claims as return_gap
from imagination.studies import pendulum_gap as study
from imagination.worlds.continuous import ContinuousMDP, Transitions
from imagination.worlds.gymnasium import pendulum

GAMMA, PUSH, SPEED_UNIT = 0.95, 0.25, 15**0.5


def real(torque_unit: float = 2.0) -> ContinuousMDP:
    """The pendulum, with torque in another unit [N m]."""
    return pendulum(np.array([GAMMA]), torque_unit=torque_unit)


def closed_loop(torque_unit: float) -> float:
    """L of the pumping policy."""
    return real(torque_unit).dynamics.lipschitz()[0] * (1 + PUSH * SPEED_UNIT / torque_unit)


def best_unit() -> float:
    """The unit of torque with the least L: where the action part of L_f has caught up with the state part."""
    in_state, in_action = real(1.0).dynamics.block_lipschitz()  # type: ignore[attr-defined]
    return float(in_state[0] / in_action[0])


def guarantee(eps: Mapping[str, float], torque_unit: float, horizon: Any = 5, push: float = PUSH) -> Any:
    """The bound for bounded states, for the policy that pushes so much."""
    world = real(torque_unit)
    return return_gap.bound(
        gamma=GAMMA,
        L_f=world.dynamics.lipschitz()[0],
        L_r=world.reward.lipschitz()[0],
        L_pi=push * SPEED_UNIT / torque_unit,
        **eps,
        horizon=horizon,
        diameter=world.diameter[0],  # type: ignore[index]
    )


def last_informative(eps: Mapping[str, float], push: float = 0.0) -> int:
    """The longest horizon, up to 200, at which a guarantee beats the ceiling."""
    horizons = np.arange(1, 201)
    world = real()
    worst = float(world.reward.bound()[0])  # type: ignore[attr-defined]
    ceiling = worst * np.cumsum(GAMMA ** (horizons - 1))
    return int(horizons[guarantee(eps, 2.0, horizons, push) < ceiling].max())


def small_models() -> dict[str, Any]:
    """Two networks that have hardly learned anything, the policy, and some starts."""
    generator = np.random.default_rng(0)
    transitions = study.gather(generator, 300)
    few: dict[str, Any] = {"epochs": 3, "width": 8, "features": 16}
    models = study.study(transitions, generator, discount=GAMMA, seeds=range(2), **few)
    starts = models.real.initial.sample(generator, 16)
    return {"models": models, "policy": study.pump(models, PUSH), "starts": starts}


def mean_gap(models: study.Study, policy: Any, starts: Any, *halves: str) -> float:
    """The mean signed gap at H = 20 with these halves of the network learned."""
    learned = models.imagined["network"]
    imagined = models.real.swap(**{half: getattr(learned, half) for half in halves})
    return float(rollouts.return_gap(models.real, imagined, policy, starts, 20).mean())


def mean_size(models: study.Study, policy: Any, starts: Any, half: str) -> float:
    """The mean of the gap's absolute value instead."""
    imagined = models.real.swap(**{half: getattr(models.imagined["network"], half)})
    return float(np.abs(rollouts.return_gap(models.real, imagined, policy, starts, 20)).mean())


def grows_most(transitions: Transitions) -> str:
    """Which of three numbers is larger most, for the smaller penalty."""
    generator = np.random.default_rng(0)
    batch, world = transitions.take(np.arange(len(transitions))[None]), real()
    state = batch.state[:, :2048]
    action = batch.action[:, :2048]
    numbers = []
    for penalty in (1e-2, 1e-5):
        fitted = sine_dynamics(batch, generator, width=128, frequency=0.5, penalty=penalty)
        error = lipschitz.difference(fitted, world.dynamics, state, action)
        steepest = lipschitz.jacobian_lipschitz(fitted, state, action)[0]
        numbers.append([np.sqrt(np.mean(error**2)), steepest, fitted.lipschitz()[0]])
    return ("rms error", "L_f observed", "L_f certified")[
        int(np.argmax(np.array(numbers[1]) / np.array(numbers[0])))
    ]


EPS = {"eps_dyn": 0.2, "eps_rew": 1.5}
NETWORK_GIVEN = ("models", "policy", "starts")

EXERCISES = [
    Exercise(
        label="ex-units",
        level="apply",
        tests="change the units of actions; what a Lipschitz constant depends on",
        given=("eps",),
        example=lambda: {"eps": EPS},
        parts=(
            Part(
                name="slope_in_units",
                asks="L_pi when torque is measured in alpha N m, a formula in alpha",
                kind=Formula(alpha=(0.5, 80)),
                reference=lambda: PUSH * sp.sqrt(15) / sp.Symbol("alpha"),
                right=(lambda: "sqrt(15) / (4 * alpha)",),
                wrong=(
                    Wrong(lambda: "0.25 / alpha", "speed is measured in units of √15 rad/s"),
                    Wrong(lambda: "0.25 * sqrt(15) * alpha", "in a larger unit a torque is a smaller number"),
                    Wrong(lambda: "0.25 * sqrt(15)", "where is alpha?"),
                ),
                hint="write u / alpha as a multiple of the speed in its own unit",
            ),
            Part(
                name="good_alpha",
                asks="a unit of torque with L at most 1% above the least [N m]",
                kind=Number(),
                reference=best_unit,
                right=(lambda right: 0.95 * right,),
                accepts=lambda answer: answer > 0 and closed_loop(answer) <= 1.01 * closed_loop(best_unit()),
                wrong=(
                    Wrong(lambda: 2.0, "this is our own unit; L can be smaller"),
                    Wrong(lambda right: 2 * right, "here the action part of L_f rules"),
                    Wrong(lambda right: right / 4, "L still falls from here"),
                ),
                hint="let alpha grow until the action part of L_f has caught up with the state part",
            ),
            Part(
                name="guarantee_ratio",
                asks="the network's guarantee at H = 5 with alpha = 10, divided by that with alpha = 2",
                kind=Number(0.01),
                reference=lambda eps: guarantee(eps, 10) / guarantee(eps, 2),
                wrong=(
                    Wrong(lambda right: 1 / right, "the other way round"),
                    Wrong(lambda: closed_loop(10) / closed_loop(2), "this is the ratio of the L"),
                    Wrong(lambda right: 1 - right, "a ratio is asked for, not a saving"),
                ),
                hint="evaluate `return_gap.bound` with the diameter, in either unit",
            ),
        ),
    ),
    Exercise(
        label="ex-idle",
        level="check",
        tests="what a constant policy does to L and to the guarantee",
        given=("eps",),
        example=lambda: {"eps": EPS},
        parts=(
            Part(
                name="idle_loop",
                asks="L for the idle motor, in the chapter's units",
                kind=Number(2e-3),
                reference=lambda: real().dynamics.lipschitz()[0],
                wrong=(
                    Wrong(lambda: closed_loop(2.0), "this is L of the policy that pushes"),
                    Wrong(lambda: 0.0, "L_pi is not L"),
                    Wrong(lambda right: GAMMA * right, "is gamma part of L?"),
                ),
                hint="how does a constant policy react to a change of the state?",
            ),
            Part(
                name="idle_horizon",
                asks="the longest horizon at which the network's guarantee beats the ceiling [steps]",
                kind=Whole(),
                reference=last_informative,
                wrong=(
                    Wrong(lambda eps: last_informative(eps, PUSH), "this is that of the policy that pushes"),
                    Wrong(lambda right: right + 1, "there the guarantee is above the ceiling"),
                ),
                hint="evaluate the bound for bounded states at many horizons, and compare with `ceiling`",
            ),
        ),
    ),
    Exercise(
        label="ex-ridge",
        level="extend",
        tests="accuracy against a certificate: what regularisation buys",
        explain="Which of the two models would you rather have, and for what?",
        given=("transitions",),
        example=lambda: {"transitions": study.gather(np.random.default_rng(1), 1000)},
        parts=(
            Part(
                name="fits_better",
                asks="is the rms error smaller for the penalty of 1e-5? [True or False]",
                kind=YesNo(),
                reference=lambda transitions: grows_most(transitions) != "rms error",
                wrong=(Wrong(lambda right: not right, "compare the two fits on fresh states and torques"),),
                hint="compare the two fits on fresh states and torques",
            ),
            Part(
                name="suffers_most",
                asks="which grows most as the penalty falls: 'rms error', 'L_f observed' or 'L_f certified'?",
                kind=OneOf("rms error", "L_f observed", "L_f certified"),
                reference=grows_most,
                wrong=(
                    Wrong(lambda: "rms error", "look at its sign"),
                    Wrong(lambda: "L_f observed", "this one grows a little; is there one that grows more?"),
                ),
                hint="divide each number at 1e-5 by that at 1e-2",
            ),
        ),
    ),
    Exercise(
        label="ex-blame",
        level="apply",
        tests="swap halves of a model; signed gaps against sizes",
        given=NETWORK_GIVEN,
        example=small_models,
        parts=(
            Part(
                name="gap_of_dynamics",
                asks="mean signed gap at H = 20 with only the dynamics learned [reward]",
                kind=Number(0.01),
                reference=lambda models, policy, starts: mean_gap(models, policy, starts, "dynamics"),
                wrong=(
                    Wrong(lambda right: -right, "the gap is imagined minus real"),
                    Wrong(
                        lambda models, policy, starts: mean_gap(models, policy, starts, "reward"),
                        "this is the other half's",
                    ),
                    Wrong(
                        lambda models, policy, starts: mean_size(models, policy, starts, "dynamics"),
                        "keep the sign before you average",
                    ),
                ),
                hint="swap the dynamics alone, and average over all starts and both networks",
            ),
            Part(
                name="gap_of_reward",
                asks="mean signed gap at H = 20 with only the reward learned [reward]",
                kind=Number(0.01),
                reference=lambda models, policy, starts: mean_gap(models, policy, starts, "reward"),
                wrong=(
                    Wrong(lambda right: -right, "the gap is imagined minus real"),
                    Wrong(
                        lambda models, policy, starts: mean_gap(models, policy, starts, "dynamics"),
                        "this is the other half's",
                    ),
                ),
                hint="swap the reward alone, and average over all starts and both networks",
            ),
        ),
    ),
]
