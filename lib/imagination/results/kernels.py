"""Kernels: its results."""

from collections.abc import Mapping

from imagination.results.result import Printed, Result, Words
from imagination.theory import stochastic

__all__ = ["PRINTED", "RESULTS", "WORDS"]

RESULTS: tuple[Result, ...] = (
    Result(
        "Lemma 1 for kernels",
        (stochastic.WASSERSTEIN_BOUND, stochastic.STOCHASTIC_FINITE),
        chapter="05_stochastic_worlds",
        label="thm-wasserstein",
        theorem="kernel_bound",
        cell="05-kernel-card",
        differs=(
            "The paper is about deterministic worlds; AML18 knows the reward. Both are lifted here, and "
            "horizons may be finite."
        ),
    ),
    Result(
        "Lemma 1 for kernels, either side's constants",
        (stochastic.EITHER_SIDE,),
        chapter="05_stochastic_worlds",
        label="thm-whose-constants",
        theorem="kernel_either_side",
        cell="05-whose-card",
        rests_on=("Lemma 1 for kernels",),
        differs="Of the kernel known from AML18; for the reward, on its own, and for finite horizons new.",
    ),
    Result(
        "Bounded states, stochastic",
        (stochastic.BOUNDED, stochastic.BOUNDED_FINITE),
        chapter="05_stochastic_worlds",
        label="thm-bounded-kernels",
        theorem="kernel_bounded_states",
        cell="05-bounded-card",
        differs="Holds where Lemma 1 is silent: where states are bounded and γL is 1 or more.",
    ),
    Result(
        "The identity for kernels",
        (stochastic.IDENTITY,),
        chapter="05_stochastic_worlds",
        label="thm-kernel-identity",
        theorem="kernel_identity",
        cell="05-identity-card",
        differs=(
            "Classical; the learned reward's error is added. That values and returns exist, and that "
            "Bellman's equation has no other solution, is part of what is proved."
        ),
    ),
    Result(
        "Simulation lemma",
        (stochastic.SIMULATION_LEMMA,),
        chapter="05_stochastic_worlds",
        label="thm-simulation",
        theorem="simulation_lemma",
        cell="05-simulation-card",
        rests_on=("The identity for kernels",),
        differs="With a learned reward, and the span of the value in place of its largest size.",
    ),
    Result(
        "Asadi's value bound",
        (stochastic.ASADI_VALUE_BOUND, stochastic.ASADI_VALUE_BOUND_LEARNED),
        chapter="05_stochastic_worlds",
        label="thm-asadi",
        theorem="asadi_bound",
        cell="05-asadi-card",
        rests_on=("Lemma 1 for kernels",),
        differs="Recovered: Lemma 1 for kernels with known reward and the policy part of the kernel.",
    ),
)

PRINTED: Mapping[str, Printed] = {
    "kernel_bounded_finite": (
        stochastic.BOUNDED_FINITE, {"expression": "kernel_bounded_finite_bound"},
    ),
    "simulation": (
        stochastic.SIMULATION_LEMMA, {"expression": "simulation_bound", "supposes": "simulation_supposes"},
    ),
    "asadi": (
        stochastic.ASADI_VALUE_BOUND, {"expression": "asadi_value_bound", "supposes": "asadi_supposes"},
    ),
}  # fmt: skip

WORDS: Mapping[str, Words] = {}
