"""On training in imagination: bounds, worlds, learned models, trials of the bounds, and tools."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from imagination import extras

if TYPE_CHECKING:
    from imagination import audit
    from imagination.decide import allocation, planner, scaling_laws
    from imagination.decide import label_cost as fidelity
    from imagination.results.bias import claims as bias
    from imagination.results.curvature import claims as straightening
    from imagination.results.kernels import claims as kernels
    from imagination.results.noise import claims as reward_noise
    from imagination.results.return_gap import claims as return_gap

_FACE = {
    "allocation": "decide.allocation",
    "audit": "audit",
    "bias": "results.bias.claims",
    "fidelity": "decide.label_cost",
    "kernels": "results.kernels.claims",
    "planner": "decide.planner",
    "return_gap": "results.return_gap.claims",
    "reward_noise": "results.noise.claims",
    "scaling_laws": "decide.scaling_laws",
    "straightening": "results.curvature.claims",
}

__all__ = [
    "allocation",
    "audit",
    "bias",
    "extras",
    "fidelity",
    "kernels",
    "planner",
    "return_gap",
    "reward_noise",
    "scaling_laws",
    "straightening",
]


def __getattr__(name: str) -> Any:
    """The modules of the public face, each loaded when it is first asked for."""
    if name not in _FACE:
        raise AttributeError(f"module 'imagination' has no attribute {name!r}")
    return import_module(f"imagination.{_FACE[name]}")
