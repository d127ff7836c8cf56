"""Tabular values beside QuantEcon's `DiscreteDP`."""

from __future__ import annotations

import numpy as np
from quantecon.markov import DiscreteDP

from benchmarks.timing import Case
from imagination.worlds.makers import garnet
from imagination.worlds.tabular import TabularMDP

SIZES = ((1000, 5, 3), (1000, 20, 4), (50, 100, 4), (1, 500, 4))
"""(problems, states, actions): from many small problems to one large one, where batching cannot help."""


def cases(quick: bool, generator: np.random.Generator) -> list[Case]:
    """Policy evaluation and policy iteration, with the problems built before, and once with building them."""
    return [case for size in SIZES for case in _cases(*size, quick, generator)]


def _cases(
    count: int, n_states: int, n_actions: int, quick: bool, generator: np.random.Generator
) -> list[Case]:
    count = max(1, count // 10) if quick else count
    mdp = garnet(count, n_states, n_actions, min(5, n_states), generator.uniform(0.5, 0.95, count), generator)
    problems = _problems(mdp)
    actions = generator.integers(0, n_actions, (count, n_states))
    policy = mdp.deterministic_policy(actions)

    def built() -> np.ndarray:
        return TabularMDP(mdp.transition, mdp.reward, mdp.discount, mdp.initial).solve().values

    size = f"{count} × ({n_states} states, {n_actions} actions)"
    return [
        Case(
            f"evaluation, {size}",
            {
                "imagination": lambda: mdp.values(policy),
                "QuantEcon": lambda: [p.evaluate_policy(a) for p, a in zip(problems, actions, strict=True)],
            },
        ),
        Case(
            f"iteration, {size}",
            {
                "imagination": lambda: mdp.solve().values,
                "QuantEcon": lambda: [p.solve(method="policy_iteration").v for p in problems],
            },
        ),
        Case(
            f"build and iteration, {size}",
            {
                "imagination": built,
                "QuantEcon": lambda: [p.solve(method="policy_iteration").v for p in _problems(mdp)],
            },
        ),
    ]


def _problems(mdp: TabularMDP) -> list[DiscreteDP]:
    return [DiscreteDP(*parts) for parts in zip(mdp.reward, mdp.transition, mdp.discount, strict=True)]
