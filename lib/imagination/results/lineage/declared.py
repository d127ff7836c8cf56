"""Where these bounds come from: results that are no other topic's."""

from collections.abc import Mapping
from functools import partial

from imagination.results.lineage import claims
from imagination.results.result import Printed, Result, Words

__all__ = ["PRINTED", "RESULTS", "WORDS"]

_in_20 = partial(Result, chapter="20_where_these_bounds_come_from", cell="20-cards")

RESULTS: tuple[Result, ...] = (
    _in_20(
        "Classical simulation lemma",
        (claims.CLASSICAL, claims.NOT_CENTRED),
        label="thm-classical",
        theorem="classical_simulation",
        rests_on=("Simulation lemma",),
        differs="With a learned reward; both forms at once, by two bounds of the span of the value.",
    ),
    _in_20(
        "Tight simulation lemma, both rewards in range",
        (claims.BOTH_IN_RANGE,),
        label="thm-both-in-range",
        theorem="both_in_range",
        rests_on=("Tight simulation lemma",),
        differs="Recovered: the book's own form supposes less of the learned reward, and is larger.",
    ),
    _in_20(
        "Errors in expectation",
        (claims.PER_TIME, claims.LARGEST_MEAN),
        label="thm-per-time",
        theorem="per_time",
        rests_on=("The identity for kernels",),
        differs="With a learned reward; the first form keeps a probability from exceeding 1.",
    ),
    _in_20(
        "Performance difference",
        (claims.PERFORMANCE,),
        label="thm-performance",
        theorem="performance_difference",
        rests_on=("The identity for kernels",),
        differs="Recovered: the identity for kernels, when what differs is the policy.",
    ),
    _in_20(
        "Value equivalence",
        (claims.VALUE_EQUIVALENT,),
        label="thm-equivalent",
        theorem="value_equivalence",
        rests_on=("The identity for kernels",),
        differs="Recovered, with a learned reward: the identity for kernels with every term 0.",
    ),
    _in_20(
        "The model's optimal policy",
        (claims.MODEL_OPTIMAL,),
        label="thm-model-optimal",
        theorem="model_optimal",
        rests_on=("The identity for kernels",),
        differs="Known. No constant of a policy stands in it, and its one constant is the model's.",
    ),
    _in_20(
        "Pessimism",
        (claims.PESSIMISM,),
        label="thm-pessimism",
        theorem="pessimism",
        rests_on=("The identity for kernels",),
        differs="With a learned reward; of a penalty only what it must cover is supposed.",
    ),
)

PRINTED: Mapping[str, Printed] = {
    "classical_simulation": (
        claims.CLASSICAL,
        {"expression": "classical_bound", "supposes": "classical_supposes"},
    ),
    "not_centred": (claims.NOT_CENTRED, {"expression": "not_centred_bound"}),
    "both_in_range": (
        claims.BOTH_IN_RANGE,
        {"expression": "both_in_range_bound", "supposes": "both_in_range_supposes"},
    ),
    "per_time": (claims.PER_TIME, {"expression": "per_time_bound", "supposes": "per_time_supposes"}),
    "largest_mean": (claims.LARGEST_MEAN, {"expression": "largest_mean_bound"}),
    "performance_difference": (claims.PERFORMANCE, {"expression": "performance_gap"}),
    "model_optimal": (
        claims.MODEL_OPTIMAL,
        {"expression": "model_optimal_bound", "supposes": "model_optimal_supposes"},
    ),
    "pessimism": (claims.PESSIMISM, {"expression": "pessimism_bound"}),
}

WORDS: Mapping[str, Words] = {}
