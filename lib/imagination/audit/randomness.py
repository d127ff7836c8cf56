"""Randomness of other people's code: shared between calls that belong together, and put back afterwards."""

from __future__ import annotations

import functools
import inspect
import random
import sys
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

import numpy as np

__all__ = ["forked", "within_reach"]

DULL = (ModuleType, type, BuiltinFunctionType, str, bytes, int, float, bool, np.ndarray, np.generic)
"""What holds no generators and no networks."""

FURTHEST = 1000
"""How many objects are looked at: a model may hold a replay buffer."""


@contextmanager
def forked(seed: int | None, *owners: Any) -> Iterator[None]:
    """Put generators back afterwards as they were; begin from `seed`, or with None from where they are.

    These are the global generators of Python, numpy and (where it is loaded) torch, and the generators that
    `owners` hold: two rollouts of one size under one seed share their random numbers.

    Parameters
    ----------
    seed : int or None
    owners : models and policies, as they were given.
    """
    generators = [found for found in within_reach(*owners) if isinstance(found, np.random.Generator)]
    kept = [generator.bit_generator.state for generator in generators]
    before = random.getstate(), np.random.get_state()  # noqa: NPY002 (the legacy one is whom others use)
    torch = sys.modules.get("torch")
    held = [found for found in within_reach(*owners) if torch and isinstance(found, torch.Generator)]
    ours = [generator.get_state() for generator in held]
    devices = list(range(torch.cuda.device_count())) if torch and torch.cuda.is_initialized() else []
    cpu = torch.get_rng_state() if torch else None
    cards = [torch.cuda.get_rng_state(device) for device in devices] if torch else []
    try:
        if seed is not None:
            random.seed(seed)
            np.random.seed(seed % 2**32)  # noqa: NPY002
            for generator in generators:
                fresh = type(generator.bit_generator)(seed)
                generator.bit_generator.state = fresh.state
            if torch:
                torch.manual_seed(seed)
                for generator in held:
                    generator.manual_seed(seed)
        yield
    finally:
        random.setstate(before[0])
        np.random.set_state(before[1])  # noqa: NPY002
        for generator, state in zip(generators, kept, strict=True):
            generator.bit_generator.state = state
        if torch:
            torch.set_rng_state(cpu)
            for device, state in zip(devices, cards, strict=True):
                torch.cuda.set_rng_state(state, device)
            for generator, state in zip(held, ours, strict=True):
                generator.set_state(state)


def within_reach(*owners: Any) -> list[Any]:
    """What the owners hold or call by name, nearest first: attributes, items, closures and globals."""
    found: list[Any] = []
    seen: set[int] = set()
    waiting = deque(owners)
    while waiting and len(found) < FURTHEST:
        each = waiting.popleft()
        if id(each) in seen or each is None or isinstance(each, DULL):
            continue
        seen.add(id(each))
        found.append(each)
        waiting.extend(_held(each))
    return found


def _held(each: Any) -> list[Any]:
    if isinstance(each, functools.partial):
        return [each.func, *each.args, *each.keywords.values()]
    if isinstance(each, Mapping):
        return list(islice(each.values(), FURTHEST))
    if isinstance(each, list | tuple):
        return list(each[:FURTHEST])
    if inspect.ismethod(each):
        return [each.__self__, each.__func__]
    if isinstance(each, FunctionType):
        if each.__module__ and each.__module__.partition(".")[0] in ("torch", "numpy", "jax"):
            return []
        try:
            named = inspect.getclosurevars(each)
        except ValueError:  # A closure whose variable is not set yet.
            return []
        return [*named.nonlocals.values(), *named.globals.values()]
    held = list(vars(each).values()) if hasattr(each, "__dict__") else []
    # An object may be called, and what its methods call is its own as well.
    call = vars(type(each)).get("__call__")
    return [*held, call] if isinstance(call, FunctionType) else held
