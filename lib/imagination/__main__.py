"""The library's tools from the command line: ``imagination plan pilot.csv --budget 1e6 ...``."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["main"]

CONSTANTS = ("gamma", "L_f", "L_r", "L_pi")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a tool; return its exit status: 0, 2 for refused input, 1 for a plan whose figure failed."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    try:
        return _plan(chosen)
    except FileNotFoundError as error:
        print(f"{parser.prog} {chosen.tool}: {error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    except (ValueError, OSError) as error:
        print(f"{parser.prog} {chosen.tool}: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="imagination", description="Tools of the book.")
    tools = parser.add_subparsers(dest="tool", required=True, metavar="tool")
    plan = tools.add_parser(
        "plan",
        help="split a sampling budget between dynamics and reward",
        description="Split a sampling budget between dynamics and reward samples, from pilot measurements.",
        epilog="The multiplier says how much a dynamics error weighs against one of the reward. Give it "
        "(best: as a realised sensitivity), or the four constants of Theorem 1, or both: then the plan "
        "follows the multiplier and says what the global constants would have cost. With --objective regret "
        "the plan is for a policy, whose regret is of second order, and both kappas take the multiplier's "
        "place: the return lost for each squared error, given directly or as measured regrets.",
    )
    plan.add_argument("pilot", help="CSV file with the columns quantity (dynamics or reward), samples, error")
    plan.add_argument("--budget", type=float, required=True, help="what may be spent")
    plan.add_argument("--cost-dyn", type=float, required=True, help="cost of a dynamics sample")
    plan.add_argument("--cost-rew", type=float, required=True, help="cost of a reward sample")
    plan.add_argument("--multiplier", type=float, help="weight of the dynamics' error")
    for name, what in zip(CONSTANTS, ("discount", "of f", "of r", "of the policy"), strict=True):
        about = what if name == "gamma" else f"Lipschitz constant {what}"
        plan.add_argument(f"--{name.replace('_', '-')}", type=float, dest=name, help=about)
    plan.add_argument("--objective", choices=("bound", "regret"), default="bound", help="what to minimise")
    for name in ("dynamics", "reward"):
        option, about = f"--kappa-{name[:3]}", f"return lost for each squared error of the {name}"
        plan.add_argument(option, type=float, help=about)
    about = "CSV file with the columns quantity, error, regret, and if there are any samples and seed"
    plan.add_argument("--regrets", metavar="FILE", help=f"{about}: the kappas as measured")
    about = "labels are asked for visited transitions only: no more of them than transitions"
    plan.add_argument("--labels-on-visited", action="store_true", help=about)
    plan.add_argument("--law", choices=("auto", "power", "floor"), default="auto", help="which law to fit")
    plan.add_argument("--level", type=float, default=0.95, help="probability of the intervals")
    plan.add_argument("--replicates", type=int, default=1000, help="size of the bootstrap")
    plan.add_argument("--seed", type=int, default=0, help="seed of the bootstrap")
    plan.add_argument("--figure", metavar="FILE", help="draw the plan too, into a .png or .svg")
    plan.add_argument("--json", action="store_true", help="print JSON instead of text")
    return parser


def _plan(chosen: argparse.Namespace) -> int:
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
        rng=np.random.default_rng(_seed(chosen.seed)),
    )
    drawn = None
    if chosen.figure is not None:
        from imagination import figures
        from imagination.decide import planner_figure

        try:
            drawn = str(figures.save(planner_figure.figure(made), chosen.figure))
        except (ValueError, OSError) as error:  # The plan is worth more than its picture.
            warning = f"figure: {chosen.figure} was not written ({error})"
            made = dataclasses.replace(made, warnings=(*made.warnings, warning))
            print(f"imagination plan: {warning}", file=sys.stderr)
    if chosen.json:
        print(json.dumps(made.to_dict() | {"figure": drawn}, indent=2, allow_nan=False))
    else:
        print(planner_report.text(made))
        if drawn is not None:
            print(f"\nFigure: {drawn}")
    return int(chosen.figure is not None and drawn is None)


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


def _seed(seed: int) -> int:
    if seed < 0:
        raise ValueError(f"--seed: {seed}; need 0 or more")
    return seed


if __name__ == "__main__":
    sys.exit(main())
