"""Mutants of the claims about long rollouts: slips that a derivation, or a hasty reader, invites."""

from __future__ import annotations

from imagination.quantities import H, gamma
from imagination.results.horizon.claims import (
    ACCOUNT,
    CLOSED_LOOP,
    CONSTANT_ERRORS,
    DYNAMICS_PART,
    ENDING_PART,
    ESTIMATE_ERROR,
    LATER_ERROR,
    ONE_MORE_STEP,
    RANKING,
    REWARD_PART,
    STEP_ERROR,
    lam,
    rho,
)
from imagination.results.return_gap.claims import AVERAGE_DYN, AVERAGE_REW
from imagination.trials.trial import Mutant, put

__all__ = ["MUTANTS"]

MUTANTS: tuple[Mutant, ...] = (
    Mutant("errors do not accumulate", CLOSED_LOOP, put(rho, 0)),
    Mutant("reward errors forgotten", CLOSED_LOOP, put(AVERAGE_REW.symbol, 0)),
    Mutant("dynamics errors forgotten", CLOSED_LOOP, put(AVERAGE_DYN.symbol, 0)),
    Mutant("half the slope", CLOSED_LOOP, put(lam, lam / 2)),
    Mutant("the loop's growth discounted twice", CLOSED_LOOP, put(rho, gamma * rho)),
    Mutant("a sum taken for an average", CLOSED_LOOP, lambda e: e * (1 - gamma)),
    Mutant("the estimate's error forgotten", CONSTANT_ERRORS, put(ESTIMATE_ERROR.symbol, 0)),
    Mutant("steps forgotten", CONSTANT_ERRORS, put(STEP_ERROR.symbol, 0)),
    Mutant("one step too few", CONSTANT_ERRORS, put(H, H - 1), speaks=lambda table: table["horizon"] > 0),
    Mutant("the estimate comes a step later", CONSTANT_ERRORS, put(gamma**H, gamma ** (H + 1))),
    Mutant("the estimate is free to be late", ONE_MORE_STEP, put(LATER_ERROR.symbol, 0)),
    Mutant(
        "a later estimate is not discounted",
        ONE_MORE_STEP,
        put(LATER_ERROR.symbol, LATER_ERROR.symbol / gamma),
    ),
    Mutant("the step is not discounted", ONE_MORE_STEP, put(gamma**H, 1)),
    Mutant("half the difference", RANKING, instead={"gap_difference": lambda t: t["gap_difference"] / 2}),
    Mutant("the larger gap", RANKING, instead={"gap_difference": "larger_gap"}),
    Mutant("the preferred policy's gap", RANKING, instead={"gap_difference": "preferred_gap"}),
    Mutant("ends forgotten", ACCOUNT, put(ENDING_PART.symbol, 0)),
    Mutant("the wrong sign of the ends", ACCOUNT, put(ENDING_PART.symbol, -ENDING_PART.symbol)),
    Mutant("next states forgotten", ACCOUNT, put(DYNAMICS_PART.symbol, 0)),
    Mutant("what is paid forgotten", ACCOUNT, put(REWARD_PART.symbol, 0)),
)
