"""Mutants of the claims about critics: slips that a derivation, or a hasty reader, invites."""

from __future__ import annotations

from imagination.quantities import gamma
from imagination.results.critic.claims import (
    BIAS,
    NOISE,
    TWO_STEPS,
    ahead,
    bias,
    end,
    lam,
)
from imagination.results.noise.claims import K, sigma
from imagination.trials.trial import Mutant, put, times

__all__ = ["MUTANTS"]

MUTANTS: tuple[Mutant, ...] = (
    Mutant("a critic is a baseline", BIAS, put({ahead: 0, end: 0})),
    Mutant("endless rollouts: no end", BIAS, put(end, 0)),
    Mutant("all errors ahead", BIAS, put({lam * end: 0, 1 - lam: 1})),
    Mutant("lambda for 1 - lambda", BIAS, put(lam, 1 - lam)),
    Mutant("no discount", BIAS, put(gamma, 1)),
    Mutant("errors where the scores are", BIAS, instead={"ahead": "ahead_now"}),
    Mutant("eligibilities fade by gamma", BIAS, instead={"ahead": "ahead_slow"}),
    Mutant("the noise is what it is without a critic", NOISE, instead={"eligible": "eligible_slow"}),
    Mutant("eligibilities fade by lambda", NOISE, instead={"eligible": "eligible_lam"}),
    Mutant("one label for each score", NOISE, instead={"eligible": "eligible_one"}),
    Mutant("noise does not average out", NOISE, times(K)),
    Mutant("a standard deviation for a variance", NOISE, put(sigma**2, sigma)),
    Mutant("the habit of .95 is as good", TWO_STEPS, instead={"least": "at_habit"}),
    Mutant("the labels alone are as good", TWO_STEPS, instead={"least": "at_labels"}),
    Mutant("the linear term forgotten", TWO_STEPS, instead={"least": "at_hasty"}),
    Mutant("the bias forgotten", TWO_STEPS, put(bias, 0)),
    Mutant("twice the rollouts", TWO_STEPS, put(K, 2 * K)),
)  # fmt: skip
