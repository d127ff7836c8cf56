"""Mutants of the claims about histories: slips that a derivation, or a hasty reader, invites."""

from __future__ import annotations

from imagination.quantities import gamma
from imagination.results.histories.claims import (
    HISTORIES,
    NO_WORSE,
    NORM,
    chi,
    distance,
    mispaid,
    newest,
    surprise,
)
from imagination.results.horizon.claims import rho
from imagination.trials.trial import Mutant, put

__all__ = ["MUTANTS"]

MUTANTS: tuple[Mutant, ...] = (
    Mutant("nothing comes of the model's own errors", HISTORIES, put(chi, 0)),
    Mutant("only the newest observation counts", HISTORIES, instead={"memory": "newest_memory"}),
    Mutant("only the largest lag counts", HISTORIES, instead={"memory": "largest_memory"},
           speaks=lambda table: table["largest_memory"] < 1),
    Mutant("lags are discounted once too often", HISTORIES, put(chi, gamma * chi)),
    Mutant("the reward reads the newest alone", HISTORIES, instead={"reach": "newest_reach"}),
    Mutant("no surprise", HISTORIES, put(surprise, 0)),
    Mutant("the reward's errors forgotten", HISTORIES, put(mispaid, 0)),
    Mutant("a sum taken for an average", HISTORIES, lambda e: e * (1 - gamma)),
    Mutant("moving on is free", NORM, lambda e: newest * distance),
    Mutant("the prediction is free", NORM, lambda e: rho * distance),
    Mutant("old observations weigh less, at no price", NORM, instead={"newest": "unweighted"}),
    Mutant("discounted twice", NO_WORSE, put(gamma, gamma**2)),
    Mutant("half of the norm's constant", NO_WORSE, put(rho, rho / 2)),
)  # fmt: skip
