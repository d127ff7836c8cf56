"""``imagination audit``: how far a world model misleads a policy."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
from typing import Any

from imagination.commands.options import add_output, drawn, generator

__all__ = ["add"]


def add(tools: Any) -> None:
    """Add the tool to a parser's subparsers."""
    tool = tools.add_parser(
        "audit",
        help="how far a world model misleads a policy",
        description="Compare what a policy earns in a world model with what it earned in the world, and say "
        "which of the model's errors made the difference.",
        epilog="Model, policy and value are objects of Python modules, looked for in this folder and among "
        "what is installed. The model has next_state(state, action) and reward(state, action), policy and "
        "value are functions of the state, all of batches, in numpy or torch; imagination.audit.models tells "
        "what else can be audited.",
    )
    tool.add_argument(
        "data", help=".npz file with state, action, reward, ...; or the name of a Minari dataset"
    )
    for name, what in (("model", "world model"), ("policy", "policy")):
        tool.add_argument(f"--{name}", required=True, metavar="MODULE:OBJECT", help=f"the {what}")
    tool.add_argument(
        "--value",
        metavar="MODULE:OBJECT",
        help="value of what the policy sees, (n,): how many steps should be imagined before it is asked?",
    )
    tool.add_argument("--gamma", type=float, required=True, help="discount")
    tool.add_argument(
        "--horizons", type=int, nargs="+", metavar="STEPS", help="by default chosen from the log"
    )
    tool.add_argument("--level", type=float, default=0.95, help="probability of the intervals")
    tool.add_argument(
        "--tolerance", type=float, help="gap that a trusted horizon may have, in units of return"
    )
    tool.add_argument("--seed", type=int, default=0, help="seed of what is drawn")
    add_output(tool, "audit")
    tool.set_defaults(run=_run)


def _run(chosen: argparse.Namespace) -> int:
    rng = generator(chosen.seed)
    model, policy = (_named(f"--{name}", getattr(chosen, name)) for name in ("model", "policy"))
    value = None if chosen.value is None else _named("--value", chosen.value)
    # Imported late: asking for help should load nothing.
    from imagination.audit import audit, report

    made = audit(
        model,
        policy,
        chosen.data,
        gamma=chosen.gamma,
        horizons=chosen.horizons,
        value=value,
        level=chosen.level,
        tolerance=chosen.tolerance,
        rng=rng,
    )
    file, warning = drawn(chosen, lambda: _figure(made))
    if chosen.json:
        print(json.dumps(made.to_dict() | {"figure": file}, indent=2, allow_nan=False))
    else:
        print(report.text(made))
        if file is not None:
            print(f"\nFigure: {file}")
    return int(bool(warning))


def _figure(made: Any) -> Any:
    from imagination.audit import figure

    return figure.figure(made)


def _named(option: str, name: str) -> Any:
    """The object that ``package.module:object`` names, or a ValueError."""
    module, _, path = name.partition(":")
    if not module or not path:
        raise ValueError(f"{option}: {name}; need package.module:object")
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        found = importlib.import_module(module)
    except Exception as error:  # Whatever somebody's module raises.
        raise ValueError(f"{option}: importing {module} failed: {type(error).__name__}: {error}") from error
    for part in path.split("."):
        if not hasattr(found, part):
            raise ValueError(f"{option}: {name}; there is no {part!r} in {module}")
        found = getattr(found, part)
    return found
