"""The gradient of a return in every parameter of a learned model, four ways, against horizon and size."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.timing import Case
from imagination.sensitivities import model_parameters
from imagination.studies.sensitivity_cost import METHODS, network

SIZES = ((25, 8), (100, 8), (400, 8), (100, 16), (100, 64), (100, 512))
"""(steps, hidden units); the state has 12 numbers and the action 4."""

FEW = 1200
"""One by one is left out where the models have more parameters than this: it would take minutes."""


def cases(quick: bool, generator: np.random.Generator) -> list[Case]:
    """One learned system, one start; all contenders return the same gradient."""
    return [_case(horizon // 5 if quick else horizon, width, generator) for horizon, width in SIZES]


def _case(horizon: int, width: int, generator: np.random.Generator) -> Case:
    mdp, policy, start = network(generator, width)
    paths = model_parameters(mdp)
    numbers = sum(array.size for path, array in mdp.arrays().items() if path in paths)

    def contender(method: Callable[..., dict[str, np.ndarray]]) -> Callable[[], np.ndarray]:
        def gradient() -> np.ndarray:
            found = method(mdp, policy, start, horizon, parameters=paths)
            return np.concatenate([found[path].ravel() for path in paths])

        return gradient

    chosen = METHODS if numbers <= FEW else list(METHODS)[:2]
    return Case(
        f"gradient in {numbers} parameters, {horizon} steps",
        {name: contender(METHODS[name]) for name in chosen},
    )
