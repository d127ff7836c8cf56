"""Computations for the exercises of *Bring your own world*."""

from functools import cache

from classroom.planted import FLATTERY, GAMMA, ICE, WORLD, case
from imagination import audit

__all__ = ["FLATTERY", "ICE", "fresh_gap", "steps_counted"]


def steps_counted(steps: int = 80) -> float:
    """How much a reward of 1 in each of so many steps, as many as an episode has, adds to a return."""
    return (1 - GAMMA**steps) / (1 - GAMMA)


@cache
def fresh_gap() -> float:
    """The third model's gap on episodes that it was not trained on."""
    third = case("third")
    fresh = audit.collect(WORLD, third.policy, episodes=30, seed=1)
    gap = audit.audit(third.model, third.policy, fresh, gamma=GAMMA).gap
    assert gap is not None
    return gap.value
