"""``imagination plan``: split a sampling budget."""

from __future__ import annotations

import argparse
import dataclasses
import json
from typing import Any

from imagination.commands.options import add_output, drawn, generator

__all__ = ["add"]

CONSTANTS = ("gamma", "L_f", "L_r", "L_pi")


def add(tools: Any) -> None:
    """Add the tool to a parser's subparsers."""
    tool = tools.add_parser(
        "plan",
        help="split a sampling budget between dynamics and reward",
        description="Split a sampling budget between dynamics and reward samples, from pilot measurements.",
        epilog="The multiplier says how much a dynamics error weighs against one of the reward. Give it "
        "(best: as a realised sensitivity), or the four constants of Theorem 1, or both: then the plan "
        "follows the multiplier and says what the global constants would have cost.",
    )
    tool.add_argument("pilot", help="CSV file with the columns quantity (dynamics or reward), samples, error")
    tool.add_argument("--budget", type=float, required=True, help="what may be spent")
    tool.add_argument("--cost-dyn", type=float, required=True, help="cost of a dynamics sample")
    tool.add_argument("--cost-rew", type=float, required=True, help="cost of a reward sample")
    tool.add_argument("--multiplier", type=float, help="weight of the dynamics' error")
    for name, what in zip(CONSTANTS, ("discount", "of f", "of r", "of the policy"), strict=True):
        about = what if name == "gamma" else f"Lipschitz constant {what}"
        tool.add_argument(f"--{name.replace('_', '-')}", type=float, dest=name, help=about)
    tool.add_argument("--law", choices=("auto", "power", "floor"), default="auto", help="which law to fit")
    tool.add_argument("--level", type=float, default=0.95, help="probability of the intervals")
    tool.add_argument("--replicates", type=int, default=1000, help="size of the bootstrap")
    tool.add_argument("--seed", type=int, default=0, help="seed of the bootstrap")
    add_output(tool, "plan")
    tool.set_defaults(run=_run)


def _run(chosen: argparse.Namespace) -> int:
    # Imported late: asking for help should not load the symbolic library, nor a plan what draws.
    from imagination.decide import planner, planner_report

    made = planner.plan(
        planner.read_pilot(chosen.pilot),
        budget=chosen.budget,
        cost_dyn=chosen.cost_dyn,
        cost_rew=chosen.cost_rew,
        multiplier=chosen.multiplier,
        constants=_constants(chosen),
        law=chosen.law,
        level=chosen.level,
        replicates=chosen.replicates,
        rng=generator(chosen.seed),
    )
    figure, warning = drawn(chosen, lambda: _figure(made))
    if warning:
        made = dataclasses.replace(made, warnings=(*made.warnings, warning))
    if chosen.json:
        print(json.dumps(made.to_dict() | {"figure": figure}, indent=2, allow_nan=False))
    else:
        print(planner_report.text(made))
        if figure is not None:
            print(f"\nFigure: {figure}")
    return int(bool(warning))


def _figure(made: Any) -> Any:
    from imagination.decide import planner_figure

    return planner_figure.figure(made)


def _constants(chosen: argparse.Namespace) -> dict[str, float] | None:
    given = {name: value for name in CONSTANTS if (value := getattr(chosen, name)) is not None}
    if not given and chosen.multiplier is None:
        raise ValueError("give --multiplier, or all of --gamma --L-f --L-r --L-pi")
    if given and len(given) < len(CONSTANTS):
        missing = ", ".join("--" + name.replace("_", "-") for name in CONSTANTS if name not in given)
        raise ValueError(f"the multiplier of Theorem 1 needs all four constants; missing: {missing}")
    return given or None
