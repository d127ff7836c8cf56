"""The price of a label: its results."""

from collections.abc import Mapping

from imagination.results.result import Printed, Result, Words
from imagination.theory import fidelity_claims

__all__ = ["PRINTED", "RESULTS", "WORDS"]

RESULTS: tuple[Result, ...] = (
    Result(
        "Noise by a power law",
        (fidelity_claims.POWER_NOISE,),
        chapter="10_cheap_and_many_or_dear_and_few",
        differs="As in the paper.",
    ),
    Result(
        "Bounded noise",
        (fidelity_claims.BOUNDED_NOISE,),
        chapter="10_cheap_and_many_or_dear_and_few",
        differs="As in the paper.",
    ),
    Result(
        "Noise with a floor",
        (fidelity_claims.FLOOR_NOISE,),
        chapter="10_cheap_and_many_or_dear_and_few",
        differs="As in the paper.",
    ),
    Result(
        "Variance that a budget buys",
        (fidelity_claims.OBJECTIVE,),
        chapter="10_cheap_and_many_or_dear_and_few",
        label="cor-fidelity",
        differs=(
            "The paper looks at the added part alone. K divides the rest, too, and a rollout "
            "costs something before it is labelled."
        ),
    ),
    Result(
        "Corollary 2",
        (
            fidelity_claims.PHI,
            fidelity_claims.BUY_FIDELITY,
            fidelity_claims.BUY_ROLLOUTS,
            fidelity_claims.INDIFFERENT,
            fidelity_claims.BOTH_ENDS,
            fidelity_claims.CHEAPEST,
        ),
        chapter="10_cheap_and_many_or_dear_and_few",
        label="cor-fidelity",
        theorem="corollary_2",
        cell="10-slips",
        differs="As in the paper.",
    ),
    Result(
        "Slope of the objective, power law",
        (fidelity_claims.SLOPE,),
        chapter="10_cheap_and_many_or_dear_and_few",
        label="thm-best-cost",
    ),
    Result(
        "Where the slope vanishes",
        (fidelity_claims.MINIMUM,),
        chapter="10_cheap_and_many_or_dear_and_few",
        label="thm-best-cost",
    ),
    Result(
        "Where the objective rises",
        (fidelity_claims.CHEAPER,),
        chapter="10_cheap_and_many_or_dear_and_few",
        label="thm-best-cost",
    ),
    Result(
        "Where the objective falls",
        (fidelity_claims.DEARER,),
        chapter="10_cheap_and_many_or_dear_and_few",
        label="thm-best-cost",
    ),
    Result(
        "Power law, p > 1, no fixed cost",
        (fidelity_claims.INTERIOR,),
        chapter="10_cheap_and_many_or_dear_and_few",
        label="thm-best-cost",
        rests_on=("Where the slope vanishes",),
        differs="The paper's advice has no interior optimum; the whole objective has one.",
    ),
    Result(
        "Power law, p < 1, no noise-free variance",
        (fidelity_claims.FIXED_COST_ONLY,),
        chapter="10_cheap_and_many_or_dear_and_few",
        rests_on=("Where the slope vanishes",),
    ),
    Result(
        "Floor, with a fixed cost",
        (fidelity_claims.FLOOR_INTERIOR,),
        chapter="10_cheap_and_many_or_dear_and_few",
        label="thm-best-cost",
        rests_on=("Where the slope vanishes",),
    ),
    Result(
        "Bounded noise, an end wins",
        (fidelity_claims.AN_END_WINS,),
        chapter="10_cheap_and_many_or_dear_and_few",
        label="thm-best-cost",
        differs="As the paper says of the added part: here of the whole.",
    ),
    Result(
        "Bounded noise, which end",
        (fidelity_claims.WHICH_END,),
        chapter="10_cheap_and_many_or_dear_and_few",
        label="thm-best-cost",
    ),
    Result(
        "Bounded noise, free or perfect",
        (fidelity_claims.NOISE_FREE_LABELS,),
        chapter="10_cheap_and_many_or_dear_and_few",
        label="thm-best-cost",
    ),
    Result(
        "Up to the crossing",
        (fidelity_claims.WORTH_IT,),
        chapter="11_bias_does_not_average_out",
        label="thm-crossing",
        differs="Not in the paper: how long a bias is worth it.",
    ),
    Result(
        "Beyond the crossing",
        (fidelity_claims.NEVER_BEYOND,),
        chapter="11_bias_does_not_average_out",
        label="thm-crossing",
    ),
)

PRINTED: Mapping[str, Printed] = {
    f"corollary_2_{name}": (
        claim,
        {"quantity": f"{name}_left", "expression": f"{name}_right", "supposes": f"{name}_supposes"},
    )
    for name, claim in {
        "budget": fidelity_claims.PHI,
        "fidelity": fidelity_claims.BUY_FIDELITY,
        "rollouts": fidelity_claims.BUY_ROLLOUTS,
        "indifferent": fidelity_claims.INDIFFERENT,
        "both_ends": fidelity_claims.BOTH_ENDS,
        "cheapest": fidelity_claims.CHEAPEST,
    }.items()
}

WORDS: Mapping[str, Words] = {
    "corollary_2": Words(
        title="Corollary 2",
        source="[TSGLH26, Corollary 2]",
        fixed=r"the law of the labels: \(A > 0\) and \(p > 0\), or \(\sigma_0\) and \(c_{\max}\), or "
        r"\(\sigma_f\) and \(A\).",
        for_all=r"costs \(0 < b \le c\), which for bounded noise are at most \(c_{\max}\).",
        assumptions=(
            "a rollout costs nothing but its labels, and only the variance that noise adds counts",
            r"the numbers of rollouts \(K = B/c\) need not be whole",
        ),
    ),
}
