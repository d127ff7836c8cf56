"""Kernels: its results."""

from collections.abc import Mapping

from imagination.results.result import Printed, Result, Words
from imagination.theory import stochastic, stochastic_bounded

__all__ = ["PRINTED", "RESULTS", "WORDS"]

RESULTS: tuple[Result, ...] = (
    Result(
        "Finite horizon, stochastic",
        (stochastic.STOCHASTIC_FINITE,),
        chapter="05_stochastic_worlds",
        label="thm-wasserstein",
        rests_on=(
            "Geometric recursion",
            "Double geometric identity",
        ),
    ),
    Result(
        "Lemma 1 for kernels",
        (stochastic.WASSERSTEIN_BOUND,),
        chapter="05_stochastic_worlds",
        label="thm-wasserstein",
        rests_on=(
            "Finite horizon, stochastic",
            "Geometric bound",
            "Double geometric bound",
        ),
        differs=("The paper is about deterministic worlds; AML18 knows the reward. Both are lifted here."),
    ),
    Result(
        "Finite horizon, learned kernel and real reward",
        (stochastic.MIXED_FINITE,),
        chapter="05_stochastic_worlds",
        label="thm-whose-constants",
        rests_on=(
            "Finite horizon, stochastic",
            "Geometric recursion",
        ),
    ),
    Result(
        "Lemma 1 for kernels, learned kernel and real reward",
        (stochastic.MIXED_BOUND,),
        chapter="05_stochastic_worlds",
        label="thm-whose-constants",
        rests_on=(
            "Finite horizon, learned kernel and real reward",
            "Geometric bound",
            "Double geometric bound",
        ),
    ),
    Result(
        "Asadi's value bound",
        (stochastic.ASADI_VALUE_BOUND,),
        chapter="05_stochastic_worlds",
        label="thm-asadi",
        rests_on=("Lemma 1 for kernels",),
        differs=("Recovered: Lemma 1 for kernels with known reward and the policy part of the kernel."),
    ),
    Result(
        "Asadi's value bound, learned side",
        (stochastic.ASADI_VALUE_BOUND_LEARNED,),
        chapter="05_stochastic_worlds",
        label="thm-asadi",
        rests_on=("Lemma 1 for kernels",),
        differs="The same from the learned kernel's constant; so the smaller one serves.",
    ),
    Result(
        "Simulation lemma",
        (stochastic.SIMULATION_LEMMA,),
        chapter="05_stochastic_worlds",
        label="thm-simulation",
        rests_on=(
            "Geometric recursion",
            "Geometric bound",
        ),
        differs="With a learned reward, and the span of the value in place of its largest size.",
    ),
    Result(
        "One reward under two kernels",
        (stochastic_bounded.KERNEL_GAP,),
        chapter="05_stochastic_worlds",
        label="thm-whose-constants",
    ),
    Result(
        "Bounded states, n steps, stochastic",
        (stochastic_bounded.BOUNDED_FINITE["real"],),
        chapter="05_stochastic_worlds",
        rests_on=("One reward under two kernels",),
    ),
    Result(
        "Bounded states, n steps, stochastic, learned kernel",
        (stochastic_bounded.BOUNDED_FINITE["learned"],),
        chapter="05_stochastic_worlds",
        rests_on=("One reward under two kernels",),
    ),
    Result(
        "Bounded states, stochastic",
        (stochastic_bounded.BOUNDED["real"],),
        chapter="05_stochastic_worlds",
        label="thm-whose-constants",
        rests_on=(
            "Bounded states, n steps, stochastic",
            "Geometric recursion",
            "Geometric bound",
        ),
    ),
    Result(
        "Bounded states, stochastic, learned kernel",
        (stochastic_bounded.BOUNDED["learned"],),
        chapter="05_stochastic_worlds",
        label="thm-whose-constants",
        rests_on=(
            "Bounded states, n steps, stochastic, learned kernel",
            "Geometric recursion",
            "Geometric bound",
        ),
    ),
)

PRINTED: Mapping[str, Printed] = {}

WORDS: Mapping[str, Words] = {}
