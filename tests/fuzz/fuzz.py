"""Call every public function with one or two arguments that nobody means, and count what goes wrong.

    python -m tests.fuzz.fuzz --calls 20000 --seed 1

A call may return numbers, or refuse: by a ValueError or a TypeError that names an argument. Anything else is
listed with the numbers that call it again: another error, NaN, a warning, or more than 10 seconds of CPU.
The calls are made in a child with little memory, so that one which hangs or asks for all of it costs itself.
"""

import argparse
import multiprocessing
import random
import re
import resource
import signal
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from itertools import islice
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
import pandas as pd
import torch
from matplotlib import pyplot as plt
from tests.fuzz.doors import Door, doors
from tests.fuzz.hostile import spoilt

SECONDS = 10
MEMORY = 3 * 2**30
KINDS = ("wrong error", "silent NaN", "warning", "hang")


def call(door: Door, arguments: dict[str, Any]) -> tuple[str, str]:
    """What became of a call, "result", "refused" or one of `KINDS`; and in words why."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.simplefilter("ignore", DeprecationWarning)
            result = door.function(**arguments)
            if isinstance(result, Iterator):
                result = list(islice(result, 3))
    except Warning as warning:
        return "warning", f"{type(warning).__name__}: {warning}"
    except Exception as error:
        held = [given for given in arguments.values() if isinstance(given, pd.DataFrame | Mapping)]
        names = [*arguments, *(name for given in held for name in given)]
        named = any(re.search(rf"\b{re.escape(str(name))}\b", str(error)) for name in names)
        fine = isinstance(error, ValueError | TypeError) and named
        return "refused" if fine else "wrong error", f"{type(error).__name__}: {error}"
    return ("silent NaN", repr(result)) if has_nan(result) and not door.nan else ("result", "")


def has_nan(value: Any, deep: int = 3) -> bool:
    """Whether a number is NaN, or one in an array, a table, or what holds them."""
    if isinstance(value, float | complex | np.ndarray | np.number | pd.Series):
        array = np.asarray(value)
        return array.dtype.kind in "fc" and bool(np.isnan(array).any())
    if isinstance(value, torch.Tensor):
        return bool(torch.isnan(value).any())
    if isinstance(value, pd.DataFrame):
        return any(has_nan(column.to_numpy()) for _, column in value.items())
    parts: Any = ()
    if is_dataclass(value) and not isinstance(value, type):
        parts = [getattr(value, part.name, None) for part in fields(value)]
    elif isinstance(value, list | tuple | dict):
        parts = value.values() if isinstance(value, dict) else value
    return deep > 0 and any(has_nan(part, deep - 1) for part in parts)


def attempt(found: list[Door], index: int, seed: int) -> tuple[Door, dict[str, Any], dict[str, str]]:
    """Door, arguments, and which of them are spoilt and how, of one call of a run."""
    rng = np.random.default_rng([seed, index])
    door = found[index % len(found)]
    arguments = door.arguments()
    how = {}
    for name in rng.permutation(sorted(arguments))[: rng.integers(1, 3)]:
        arguments[name], how[str(name)] = spoilt(arguments[name], rng)
    return door, arguments, how


def _work(wire: Connection, found: list[Door], indices: range, seed: int) -> None:
    """Make calls and tell what became of each, until one is the end of this process."""
    with open("/proc/self/statm") as file:
        now = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + MEMORY, now + MEMORY))
    for index in indices:
        door, arguments, how = attempt(found, index, seed)
        signal.setitimer(signal.ITIMER_PROF, SECONDS)  # CPU time: a busy machine makes no call slow
        outcome = call(door, arguments)
        signal.setitimer(signal.ITIMER_PROF, 0)
        plt.close("all")
        wire.send((outcome[0], outcome[1][:300], how))


def outcomes(found: list[Door], calls: int, seed: int) -> Iterator[tuple[int, Door, str, str, Any]]:
    """The calls of a run, each with what became of it, why, and what was spoilt."""
    fork = multiprocessing.get_context("fork")
    start = 0
    while start < calls:
        here, there = fork.Pipe(duplex=False)
        child = fork.Process(target=_work, args=(there, found, range(start, calls), seed))
        child.start()
        there.close()
        for index in range(start, calls):
            start = index + 1
            try:
                outcome, why, how = here.recv()
            except EOFError:
                child.join()
                killed = child.exitcode == -signal.SIGPROF
                outcome = "hang" if killed else "wrong error"
                yield index, found[index % len(found)], outcome, f"exit code {child.exitcode}", "?"
                break
            yield index, found[index % len(found)], outcome, why, how
        child.join()


def fuzz(calls: int, seed: int, within: Sequence[str] = ("",)) -> tuple[pd.DataFrame, list[str]]:
    """Counts by room, and a line for each call that went wrong, which is printed at once."""
    found = doors(tuple(within))
    rows, wrong = [], []
    for index, door, outcome, why, how in outcomes(found, calls, seed):
        rows.append((door.room, outcome))
        if outcome in KINDS:
            wrong.append(f"{outcome}\t{door.name}\t--only {index}\t{how}\t{why[:200]!r}")
            print(wrong[-1], flush=True)
    made = pd.DataFrame(rows, columns=["room", "outcome"])
    counted = pd.crosstab(made.room, made.outcome).reindex(
        columns=["result", "refused", *KINDS], fill_value=0
    )
    counted.insert(0, "calls", counted.sum(axis=1))
    counted.loc["all"] = counted.sum()
    return counted, wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="another each time")
    parser.add_argument("--only", type=int, help="make the call of this number in this process")
    parser.add_argument(
        "--within", nargs="+", default=[""], help="only what begins so, as audit decide.kappas"
    )
    chosen = parser.parse_args()
    if chosen.only is not None:
        door, arguments, how = attempt(doors(tuple(chosen.within)), chosen.only, chosen.seed)
        print(door.name, how, {name: arguments[name] for name in how}, sep="\n")
        print(door.function(**arguments))
        return
    print(f"seed {chosen.seed}")
    counted, wrong = fuzz(chosen.calls, chosen.seed, chosen.within)
    print(counted.to_string())
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
