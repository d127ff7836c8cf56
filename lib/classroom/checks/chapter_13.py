"""Checks of the exercises of *Smooth models*."""

import numpy as np
import pandas as pd

from classroom.exercises import Exercise, Part, Wrong
from classroom.kinds import Number, OneOf
from imagination.results.return_gap import claims as return_gap

HIDDEN, STATES, GAMMA = 32, 3, 0.9
TELLERS = ("closed", "L_f", "eps_dyn", "eps_dyn_mean", "eps_rew_mean", "curvature")
FAMILY = "moving target, reward"


def largest_product(clip: float = 0.1) -> float:
    """The largest product of the two layers' spectral norms."""
    layers = np.full((HIDDEN, STATES), clip), np.full((STATES, HIDDEN), clip)
    return float(np.prod([np.linalg.norm(layer, 2) for layer in layers]))


def largest_clip(gamma: float = GAMMA) -> float:
    """The clip value at which that product times the discount is 1."""
    return float(1 / np.sqrt(gamma * largest_product(1.0)))


def bounds(factors: np.ndarray) -> np.ndarray:
    """The bounds when codes are multiplied by factors."""
    return return_gap.bound(
        gamma=GAMMA,
        L_f=np.maximum(0.95, 0.3 * factors),
        L_r=2 / factors,
        L_pi=0.5 / factors,
        eps_dyn=0.05 * factors,
        eps_rew=0.1,
        horizon=10,
    )


def in_units(factor: float) -> float:
    """The bound when codes are multiplied by one factor."""
    return float(bounds(np.array([factor]))[0])


def best_factor() -> float:
    """The factor with the least bound, on a fine grid."""
    factors = np.geomspace(1, 10, 1001)
    return float(factors[np.argmin(bounds(factors))])


def correlations(latent: pd.DataFrame) -> pd.Series:
    """Rank correlation of each candidate with the gap, over the models of the family."""
    own = latent[(latent["family"] == FAMILY) & (latent["horizon"] == 15)]
    own = own.groupby(["knob", "seed"]).mean(numeric_only=True)
    return own[list(TELLERS)].corrwith(own["gap"], method="spearman")


def small_example() -> dict[str, pd.DataFrame]:
    """A table like the recorded one: errors of rewards and gaps rise together, bounds do not."""
    rng = np.random.default_rng(0)
    rise = np.arange(1, 13)
    noise = {name: rng.permutation(rise) / 10 for name in TELLERS}
    columns = {**noise, "eps_rew_mean": rise / 20, "gap": rise**2 / 7}
    shared = {"family": FAMILY, "horizon": 15, "policy": "pump", "knob": rise % 3, "seed": rise}
    return {"latent": pd.DataFrame({**shared, **columns})}


EXERCISES = [
    Exercise(
        label="ex-13-clip",
        level="check",
        tests="certify a clipped network from its clip value",
        parts=(
            Part(
                name="product",
                asks="the largest product of spectral norms at c = 0.1 [no unit]",
                kind=Number(relative=2e-3),
                reference=largest_product,
                wrong=(
                    Wrong(lambda: 0.01, "that is one entry times one entry"),
                    Wrong(lambda right: np.sqrt(right), "that is one layer; there are two"),
                ),
                hint="when all entries are equal, the matrix has rank one: its norm is easy",
            ),
            Part(
                name="largest_clip",
                asks="below this c Lemma 1 holds for every such network [no unit]",
                kind=Number(relative=2e-3),
                reference=largest_clip,
                wrong=(
                    Wrong(lambda right: right**2, "the product grows with the square of c"),
                    Wrong(lambda: largest_clip(1.0), "Lemma 1 asks for less: remember the discount"),
                ),
                hint="the policy is constant, so L is L_f",
            ),
        ),
    ),
    Exercise(
        label="ex-13-units",
        level="apply",
        tests="see which constants depend on the units of a code, and choose the units",
        explain="Why is the bound not the same in all units?",
        parts=(
            Part(
                name="before",
                asks="the bound for k = 1 [reward]",
                kind=Number(relative=2e-3),
                reference=lambda: in_units(1.0),
                wrong=(
                    Wrong(lambda right: right - 0.1 * (1 - 0.9**10) / 0.1, "the reward's error is missing"),
                ),
                hint="all constants stand in the exercise; the horizon is 10",
            ),
            Part(
                name="after",
                asks="the bound for k = 3 [reward]",
                kind=Number(relative=2e-3),
                reference=lambda: in_units(3.0),
                wrong=(
                    Wrong(lambda: in_units(1.0), "did no constant change?"),
                    Wrong(lambda: in_units(1 / 3), "codes become larger, not smaller"),
                ),
                hint="which constants have codes in the numerator, which in the denominator?",
            ),
            Part(
                name="best_factor",
                asks="the k with the smallest bound [no unit]",
                kind=Number(relative=1e-2),
                reference=best_factor,
                wrong=(Wrong(lambda: 20.0, "L_f has a part that grows with k"),),
                hint="draw the bound over k",
            ),
        ),
    ),
    Exercise(
        label="ex-13-tells",
        level="extend",
        tests="ask recorded models which number tells the gap",
        given=("latent",),
        example=small_example,
        parts=(
            Part(
                name="best",
                asks=f"the column that tells most: one of {', '.join(map(repr, TELLERS))}",
                kind=OneOf(*TELLERS),
                reference=lambda latent: correlations(latent).idxmax(),
                wrong=(
                    Wrong(
                        lambda latent: correlations(latent).idxmin(), "that one tells least, or the opposite"
                    ),
                ),
                hint="average over the policies first, then correlate ranks over all weights and seeds",
            ),
            Part(
                name="of_the_bound",
                asks="the rank correlation of the bound with the gap [no unit]",
                kind=Number(absolute=5e-3),
                reference=lambda latent: correlations(latent)["closed"],
                wrong=(Wrong(lambda right: abs(right) + 0.3, "is that Spearman's, at horizon 15?"),),
                hint="Spearman's correlation of the column closed with the column gap",
            ),
        ),
    ),
]
