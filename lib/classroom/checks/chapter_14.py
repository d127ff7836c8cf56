"""Checks of the exercises of *Training in imagination, whole*."""

import numpy as np

from classroom.exercises import Exercise, Part, Wrong
from classroom.kinds import Number, Whole
from imagination.results.return_gap import claims as return_gap
from imagination.studies.loop import diagnostics
from imagination.studies.loop import gridworld as tabular

IMAGINED, REAL, BY_REWARD = 12.1, 10.9, 0.9
GAP, SHORTFALL = 1.5, 0.2
WORLD: dict[str, float] = {"gamma": 0.95, "L_f": 1, "L_r": 1, "L_pi": 0.1, "eps_dyn": 0.002, "eps_rew": 0.01}


def last_round() -> dict[str, np.ndarray]:
    """Columns of the last round of imagination in the recorded run on the grid."""
    table, _ = tabular.recorded()
    ours = table[table["arm"] == "imagination"]
    ours = ours[ours["round"] == ours["round"].max()]
    return {name: ours[name].to_numpy() for name in ("real_return", "reward_part", "dynamics_part")}


def lost(below: float = 2) -> int:
    """Number of seeds whose last real return is below a number."""
    return int((last_round()["real_return"] < below).sum())


def dynamics_larger(*, signed: bool = False) -> int:
    """Number of seeds in which the dynamics' part is the larger one."""
    parts = last_round()
    size = (lambda part: part) if signed else np.abs
    return int((size(parts["dynamics_part"]) > size(parts["reward_part"])).sum())


def best_horizon(*, tail: float = 1, **changed: float) -> int:
    """The horizon of imagination with the least bound."""
    world = WORLD | changed
    horizons = np.arange(1, 2000)
    later = world["gamma"] ** horizons / (1 - world["gamma"])
    return int(horizons[(return_gap.bound(**world, horizon=horizons) + tail * later).argmin()])


EXERCISES = [
    Exercise(
        label="ex-14-parts",
        level="check",
        tests="read the exact parts of a gap; apply the regret theorem",
        parts=(
            Part(
                name="dynamics_share",
                asks="what errors of the dynamics contributed to the gap [return, signed]",
                kind=Number(),
                reference=lambda: (IMAGINED - REAL) - BY_REWARD,
                wrong=(
                    Wrong(lambda: (REAL - IMAGINED) - BY_REWARD, "the gap is imagined less real return"),
                    Wrong(lambda right: -right, "the gap is imagined less real return"),
                    Wrong(lambda: (IMAGINED - REAL) + BY_REWARD, "the two parts add up to the gap"),
                ),
                hint="the identity: the parts of the two models add up to imagined less real return",
            ),
            Part(
                name="largest_regret",
                asks="the largest regret that the theorem allows [return]",
                kind=Number(),
                reference=lambda: float(diagnostics.regret_bound(GAP, SHORTFALL)[0]),
                wrong=(
                    Wrong(
                        lambda: GAP + SHORTFALL, "two policies have a gap: the chosen one and the best one"
                    ),
                    Wrong(
                        lambda: 2 * GAP, "training in imagination did not quite reach the best policy either"
                    ),
                    Wrong(lambda: 2 * (GAP + SHORTFALL), "only the gap counts twice"),
                ),
                hint="the theorem on regret in chapter 3",
            ),
        ),
    ),
    Exercise(
        label="ex-14-hidden",
        level="apply",
        tests="look behind an interquartile mean; compare the parts of the gap seed by seed",
        parts=(
            Part(
                name="lost_seeds",
                asks="the number of seeds of imagination with a real return below 2 in the last round",
                kind=Whole(),
                reference=lost,
                wrong=(
                    Wrong(lambda: lost(below=100), "how many of them earn that little?"),
                    Wrong(lambda right: right + 1, "the last round only, and imagination only"),
                ),
                hint="keep the rows of the arm 'imagination' and of the last round",
            ),
            Part(
                name="dynamics_larger",
                asks="the number of those seeds, of all, in which |dynamics part| exceeds |reward part|",
                kind=Whole(),
                reference=dynamics_larger,
                wrong=(Wrong(lambda: dynamics_larger(signed=True), "compare sizes, without signs"),),
                hint="the columns dynamics_part and reward_part, without their signs",
            ),
        ),
    ),
    Exercise(
        label="ex-14-horizon",
        level="extend",
        tests="weigh the finite-horizon bound against what lies beyond the horizon",
        parts=(
            Part(
                name="best_horizon",
                asks="the horizon h with the least bound [steps]",
                kind=Whole(),
                reference=best_horizon,
                wrong=(
                    Wrong(lambda: best_horizon(tail=0), "what does the real world earn after step h?"),
                    Wrong(lambda: best_horizon(tail=1 - 0.95), "rewards go on for ever after step h"),
                ),
                hint="add both terms for h = 1, 2, 3, ... and look for the least sum",
            ),
            Part(
                name="with_worse_dynamics",
                asks="the same with ten times the error of the dynamics [steps]",
                kind=Whole(),
                reference=lambda: best_horizon(eps_dyn=0.02),
                wrong=(
                    Wrong(lambda: best_horizon(), "the error of the dynamics is ten times as large here"),
                ),
                hint="as before; only eps_dyn changes",
            ),
        ),
    ),
]
