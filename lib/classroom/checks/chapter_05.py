"""Checks of the exercises of *Stochastic worlds*."""

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from classroom.exercises import Exercise, Part, Wrong
from classroom.kinds import Number, Numbers, OneOf, Table
from imagination import wasserstein as w
from imagination.results.kernels import systems
from imagination.results.kernels.claims import WASSERSTEIN_BOUND
from imagination.studies import distances
from imagination.worlds import makers

SCALES = np.geomspace(0.3, 8, 40)


def plane() -> dict[str, Any]:
    """Distances among eight points of the plane."""
    points = np.random.default_rng(0).random((8, 2))
    return {"ground": np.linalg.norm(points[:, None] - points, axis=-1)}


def apart(ground: np.ndarray) -> np.ndarray:
    """The distances between different states."""
    return ground[~np.eye(len(ground), dtype=bool)]


@cache
def correlations(mixed: bool = True, pairs: int = 4000) -> dict[str, float]:
    """How each distance goes with the error of values of the shuffled ramp, for models mixed or not."""
    n, rng = 10, np.random.default_rng(0)
    kernel, other = (makers.random_kernels(pairs, n, rng) for _ in range(2))
    model = kernel + (rng.random((pairs, 1, 1)) if mixed else 1) * (other - kernel)
    reward = distances.reward_shapes(n)["shuffled"]
    V, V_hat = (np.linalg.inv(np.eye(n) - 0.5 * k) @ reward for k in (kernel, model))
    error = np.abs(V - V_hat).max(axis=1)
    fields = {
        "TV": w.total_variation(kernel, model),
        "KL": w.kl_divergence(kernel, model),
        "W1": w.wasserstein(kernel, model, w.line_metric(np.linspace(0, 1, n))),
    }
    return {name: float(np.corrcoef(field.max(axis=1), error)[0, 1]) for name, field in fields.items()}


@cache
def counting_exponent() -> float:
    """The slope of the log of the supremum of the W1 error over the log of the visits."""
    real, rng = makers.gridworld(3, 3, slip=0.1, discount=0.5), np.random.default_rng(0)
    sizes = np.array([10, 40, 160, 640, 2560])
    chances = np.broadcast_to(real.transition[0], (20, *real.transition.shape[1:]))
    suprema = []
    for size in sizes:
        learned = rng.multinomial(size, chances) / size
        errors = w.wasserstein(learned, real.transition, real.state_metric[0])  # type: ignore[index]
        suprema.append(errors.max(axis=(1, 2)).mean())
    return float(np.polyfit(np.log(sizes), np.log(suprema), 1)[0])


def by_scale(policy: np.ndarray, scales: np.ndarray = SCALES) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The bound at each scale of the action metric (infinite without contraction), and its constants."""
    policy = np.ascontiguousarray(policy, dtype=float)
    return _by_scale(policy.tobytes(), policy.shape, tuple(scales))


@cache
def _by_scale(
    content: bytes, shape: tuple[int, ...], values: tuple[float, ...]
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    policy, scales = np.frombuffer(content).reshape(shape), np.array(values)
    worlds = [makers.gridworld(3, 3, slip=np.full(len(scales), slip), discount=0.5) for slip in (0.1, 0.2)]
    metric = scales[:, None, None] * worlds[0].action_metric
    constants = systems.constants(replace(worlds[0], action_metric=metric), worlds[1], policy)
    return WASSERSTEIN_BOUND.evaluate(outside=np.inf, **constants), constants


def best_scale(policy: Any) -> float:
    """The scale of the least bound."""
    return float(SCALES[np.argmin(by_scale(policy)[0])])


def is_near_best(policy: Any, answer: float) -> bool:
    """Whether the bound at a scale is within 1% of the least."""
    if answer <= 0:
        return False
    return bool(by_scale(policy, np.array([answer]))[0][0] <= 1.01 * by_scale(policy)[0].min())


def grows_above_the_best(policy: Any) -> str:
    """Which constant is larger at the largest scale with contraction than at the best one."""
    bounds, constants = by_scale(policy)
    best, last = np.argmin(bounds), np.flatnonzero(np.isfinite(bounds))[-1]
    return max(("L_f", "L_r", "L_pi"), key=lambda name: constants[name][last] / constants[name][best])


def grid_policy() -> dict[str, Any]:
    """The chapter's policy on the 3 × 3 gridworld."""
    real = makers.gridworld(3, 3, slip=0.1, discount=0.5)
    return {"policy": makers.towards_mean(real.solve().policy, 0.3)}


EXERCISES = [
    Exercise(
        label="ex-sandwich",
        level="check",
        tests="compare W1 with total variation",
        explain="Show that d_min TV ≤ W1 ≤ d_max TV.",
        given=("ground",),
        example=plane,
        parts=(
            Part(
                name="factors_of_tv",
                asks="[d_min, d_max] for the metric `ground`",
                kind=Numbers(),
                reference=lambda ground: [apart(ground).min(), apart(ground).max()],
                wrong=(
                    Wrong(lambda ground: [0, ground.max()], "different states, without the diagonal"),
                    Wrong(lambda right: right[::-1], "the smaller one first"),
                    Wrong(lambda ground: [apart(ground).mean()] * 2, "extremes are asked for, not means"),
                ),
                hint="the smallest and the largest entry off the diagonal",
            ),
            Part(
                name="tight_under",
                asks="is it tight for all distributions under the 'discrete', 'line' or 'Euclidean' metric?",
                kind=OneOf("discrete", "line", "Euclidean"),
                reference=lambda: "discrete",
                wrong=(
                    Wrong(lambda: "line", "on a line of three points, are d_min and d_max equal?"),
                    Wrong(lambda: "Euclidean", "in general, are d_min and d_max equal?"),
                ),
                hint="when are d_min and d_max equal?",
            ),
        ),
    ),
    Exercise(
        label="ex-scale",
        level="extend",
        tests="what a correlation says about the sample that it was measured on",
        explain="What does that say about the experiment?",
        parts=(
            Part(
                name="correlation_of",
                asks="{'TV': ..., 'KL': ..., 'W1': ...}: correlation of the largest distance with the error",
                kind=Table(0, 0.06),  # twelve seeds of 5000 pairs differ by less than 0.02
                reference=correlations,
                wrong=(
                    Wrong(lambda: correlations(mixed=False), "mix each pair of kernels by a random amount"),
                    Wrong(
                        lambda right: {name: value**2 for name, value in right.items()},
                        "the correlation is asked for, not its square",
                    ),
                ),
                hint="the amount is one random number a pair, not one a state",
            ),
        ),
    ),
    Exercise(
        label="ex-how-much-data",
        level="apply",
        tests="how a supremum of W1 errors falls with the data",
        parts=(
            Part(
                name="exponent",
                asks="the slope of log(supremum of the W1 error) over log(visits to each pair)",
                kind=Number(0, 0.08),
                reference=counting_exponent,
                right=(lambda: -0.5,),
                wrong=(
                    Wrong(lambda right: -right, "the error falls"),
                    Wrong(lambda: -1.0, "an average of N samples does not err by 1/N"),
                    Wrong(lambda: -1 / 9, "this is the rate for samples of a density in many dimensions"),
                ),
                hint="draw counts for several numbers of visits, and fit a line to the logarithms",
            ),
        ),
    ),
    Exercise(
        label="ex-choose-the-unit",
        level="apply",
        tests="choose the metric of actions",
        given=("policy",),
        example=grid_policy,
        parts=(
            Part(
                name="good_scale",
                asks="a scale of action distances with a bound at most 1% above the least",
                kind=Number(0.02),
                reference=best_scale,
                accepts=lambda answer, policy: is_near_best(policy, answer),
                wrong=(
                    Wrong(lambda: SCALES[-1], "is γL below 1 here?"),
                    Wrong(lambda right: right / 2, "the bound still falls from here"),
                    Wrong(lambda right: right * 1.5, "the bound has risen again"),
                ),
                hint="evaluate the bound over a range of scales, where γL < 1",
            ),
            Part(
                name="stops_larger",
                asks="which constant grows above the best scale: 'L_f', 'L_r' or 'L_pi'?",
                kind=OneOf("L_f", "L_r", "L_pi"),
                reference=grows_above_the_best,
                wrong=(
                    Wrong(lambda: "L_f", "above the best scale its state part rules"),
                    Wrong(lambda: "L_r", "its state part does not see the scale"),
                ),
                hint="compare the constants at the best scale with those at a larger one",
            ),
        ),
    ),
]
