"""Linear-quadratic worlds with a wrong model and a wrong value, whose errors at every horizon are known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from imagination.audit.policies import OnPolicy
from imagination.audit.prepared import Prepared
from imagination.results.horizon.systems import lyapunov
from imagination.studies.audit_systems import Quadratic, simulate


class Policy:
    """The system's own, which leaves nothing to chance."""

    stochastic = False

    def __init__(self, system):
        self._system = system

    def __call__(self, state):
        return self._system.act(None, state)


@dataclass
class Case:
    """One pair of a world and a model, with a value −x'Px + q that errs by x'Wx + b."""

    system: Quadratic
    gamma: float
    wrong: np.ndarray
    offset: float
    chance: bool = False

    @cached_property
    def right(self) -> tuple[np.ndarray, float]:
        """P and q of the real value."""
        system, gamma = self.system, self.gamma
        closed = (system.matrix + system.gain @ system.feedback)[0]
        rate = gamma * float(system.proceed[0])
        P = lyapunov(np.sqrt(rate) * closed[None], system.cost)[0]
        return P, -rate * system.NOISE**2 * float(np.trace(P)) / (1 - rate)

    def value(self, state):
        P, q = self.right
        x = state[:, 1:]
        return np.einsum("ni,ij,nj->n", x, self.wrong - P, x) + q + self.offset

    def promised(self, horizons) -> list[tuple[np.ndarray, float]]:
        """The errors x'Ax + c of the promises of each horizon."""
        system = self.system
        learned = (system.learned_matrix + system.learned_gain @ system.feedback)[0]
        rate = self.gamma * float(system.learned_proceed[0])
        P, q = self.right
        A, c, found = self.wrong - P, q + self.offset, []
        for step in range(max(horizons) + 1):
            if step in horizons:
                found.append((A + P, c - q))
            c = float(system.offset[0]) + rate * (c + self.chance * system.NOISE**2 * np.trace(A))
            A = -system.learned_cost[0] + rate * learned.T @ A @ learned
        return found

    def squares(self, horizons, latest: int) -> np.ndarray:
        """E e_H², over the states of all times up to `latest`, (h,)."""
        system = self.system
        closed = (system.matrix + system.gain @ system.feedback)[0]
        errors, moment = self.promised(list(horizons)), np.eye(len(closed))
        total, weight, alive = np.zeros(len(errors)), 0.0, 1.0
        for _ in range(latest + 1):
            for i, (A, c) in enumerate(errors):
                bent = A @ moment
                total[i] += alive * (2 * np.trace(bent @ bent) + (np.trace(bent) + c) ** 2)
            weight += alive
            moment = closed @ moment @ closed.T + system.NOISE**2 * np.eye(len(closed))
            alive *= float(system.proceed[0])
        return total / weight

    def asked(self, rng, episodes: int, steps: int) -> Prepared:
        """A log of it, ready to be asked."""
        log = simulate(self.system, rng, episodes, steps)
        model = self.system.model(rng)
        model.stochastic = self.chance
        if self.chance:
            model.step = lambda state, action: _with_noise(self.system, rng, state, action)
        return Prepared(log, model, Policy(self.system), self.value, OnPolicy(True, ""))


def _with_noise(system, rng, state, action):
    following, reward, proceed = system.imagine(rng, state, action)
    following[:, 1:] += system.NOISE * rng.standard_normal(following[:, 1:].shape)
    return following, reward, proceed


def draw(rng, *, gamma=0.9, hazard=0.0, model=1.0, value=1.0, chance=False) -> Case:
    """A case; `model` and `value` scale what is wrong; with `chance` the model draws the world's noise."""
    drawn = Quadratic.draw(rng, 1, radius=0.8, hazard=hazard, size=2)

    def nearer(right, wrong):
        return right + model * (wrong - right)

    system = replace(
        drawn,
        learned_matrix=nearer(drawn.matrix, drawn.learned_matrix),
        learned_gain=nearer(drawn.gain, drawn.learned_gain),
        learned_cost=nearer(drawn.cost, drawn.learned_cost),
        learned_proceed=nearer(drawn.proceed, drawn.learned_proceed),
        offset=model * drawn.offset,
    )
    bend = rng.standard_normal((2, 2))
    return Case(system, gamma, 0.3 * value * (bend + bend.T), value * float(rng.standard_normal()), chance)
