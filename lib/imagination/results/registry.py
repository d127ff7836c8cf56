"""Every result of the book, declared once, topic by topic.

The table of chapter 15, the map, the cards and what is printed for Coq read this and nothing else. The cards'
words are written beside the Coq statements, which decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import ModuleType

from imagination.results.result import Printed, Result, Words

__all__ = ["PRINTED", "RESULTS", "TOPICS", "WORDS", "of_theorem", "topic_of"]

_FOLDERS = {
    "The return gap": "return_gap",
    "Kernels": "kernels",
    "Straight trajectories": "curvature",
    "How errors fall with data": "scaling",
    "The budget": "budget",
    "The multiplier": "sensitivity",
    "Noisy rewards": "noise",
    "The price of a label": "fidelity",
    "Bias": "bias",
    "How long to imagine": "horizon",
    "Verifiers": "verifier",
    "Histories": "histories",
    "A bound of one's own": "tutorial",
}

TOPICS: Mapping[str, ModuleType] = {
    title: import_module(f"imagination.results.{folder}.declared") for title, folder in _FOLDERS.items()
}
"""The topics' declarations, by the titles under which their results are listed."""

RESULTS: Mapping[str, Result] = {result.name: result for topic in TOPICS.values() for result in topic.RESULTS}
"""Every result by its name."""

PRINTED: Mapping[str, Printed] = {
    name: printed for topic in TOPICS.values() for name, printed in topic.PRINTED.items()
}
"""What is printed into `formal/Bounds.v`."""

WORDS: Mapping[str, Words] = {
    theorem: words for topic in TOPICS.values() for theorem, words in topic.WORDS.items()
}
"""What the cards say, by the theorem's name in Coq."""


def topic_of(name: str) -> str:
    """The title of the topic that a result belongs to.

    Raises
    ------
    KeyError
        If no topic has a result of this name.
    """
    for title, topic in TOPICS.items():
        if any(result.name == name for result in topic.RESULTS):
            return title
    raise KeyError(name)


def of_theorem(theorem: str) -> Result | None:
    """The result that a theorem of Coq proves, if it proves one."""
    return next((result for result in RESULTS.values() if result.theorem == theorem), None)
