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
        "follows the multiplier and says what the global constants would have cost. With --objective regret "
        "the plan is for a policy, whose regret is of second order, and both kappas take the multiplier's "
        "place: the return lost for each squared error, given directly or as measured regrets.",
    )
    tool.add_argument("pilot", help="CSV file with the columns quantity (dynamics or reward), samples, error")
    tool.add_argument("--budget", type=float, required=True, help="what may be spent")
    tool.add_argument("--cost-dyn", type=float, required=True, help="cost of a dynamics sample")
    tool.add_argument("--cost-rew", type=float, required=True, help="cost of a reward sample")
    tool.add_argument("--multiplier", type=float, help="weight of the dynamics' error")
    for name, what in zip(CONSTANTS, ("discount", "of f", "of r", "of the policy"), strict=True):
        about = what if name == "gamma" else f"Lipschitz constant {what}"
        tool.add_argument(f"--{name.replace('_', '-')}", type=float, dest=name, help=about)
    tool.add_argument("--objective", choices=("bound", "regret"), default="bound", help="what to minimise")
    for name in ("dynamics", "reward"):
        option, about = f"--kappa-{name[:3]}", f"return lost for each squared error of the {name}"
        tool.add_argument(option, type=float, help=about)
    about = "CSV file with the columns quantity, error, regret, and if there are any samples and seed"
    tool.add_argument("--regrets", metavar="FILE", help=f"{about}: the kappas as measured")
    about = "labels are asked for visited transitions only: no more of them than transitions"
    tool.add_argument("--labels-on-visited", action="store_true", help=about)
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
        objective=chosen.objective,
        labels_on_visited=chosen.labels_on_visited,
        **_kappas(chosen),
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
    if not given and chosen.multiplier is None and chosen.objective == "bound":
        raise ValueError("give --multiplier, or all of --gamma --L-f --L-r --L-pi")
    if given and len(given) < len(CONSTANTS):
        missing = ", ".join("--" + name.replace("_", "-") for name in CONSTANTS if name not in given)
        raise ValueError(f"the multiplier of Theorem 1 needs all four constants; missing: {missing}")
    return given or None


def _kappas(chosen: argparse.Namespace) -> dict[str, Any]:
    """Return both kappas, as given or as a file measures them."""
    given = {"kappa_dyn": chosen.kappa_dyn, "kappa_rew": chosen.kappa_rew}
    if chosen.regrets is None:
        if chosen.objective == "regret" and None in given.values():
            raise ValueError("--objective regret: give --kappa-dyn and --kappa-rew, or --regrets")
        return given
    if any(value is not None for value in given.values()):
        raise ValueError("--regrets: gives both kappas; leave out --kappa-dyn and --kappa-rew")
    from imagination.decide import kappas

    found = kappas.fit(kappas.read_regrets(chosen.regrets), level=chosen.level)
    return {"kappa_dyn": found["dynamics"], "kappa_rew": found["reward"]}
