"""`python -m benchmarks [--suite NAME] [--quick] [--repetitions N] [--seed N]`."""

from __future__ import annotations

import argparse

import numpy as np

from benchmarks import allocation, sensitivity, tabular, training, wasserstein
from benchmarks.timing import machine_lines, measure, table

PACKAGES = ("numpy", "scipy", "POT", "quantecon", "numba")
SUITES = {
    "allocation": allocation,
    "sensitivity": sensitivity,
    "tabular": tabular,
    "training": training,
    "wasserstein": wasserstein,
}


def main() -> None:
    """Time the suites asked for and print one table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--suite", choices=[*SUITES, "all"], default="all")
    parser.add_argument("--quick", action="store_true", help="a tenth of the problems")
    parser.add_argument("--repetitions", type=int, default=7)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    names = list(SUITES) if options.suite == "all" else [options.suite]
    print(*machine_lines(PACKAGES), sep="\n", end="\n\n")
    timings, remarks = [], []
    for name in names:
        suite = SUITES[name]
        for case in suite.cases(options.quick, np.random.default_rng(options.seed)):
            timed = measure(case, options.repetitions)
            timings += timed
            remarks += suite.remarks(timed) if hasattr(suite, "remarks") else []
    print(table(timings), *remarks, sep="\n")
    print(f"\nMedian of {options.repetitions} repetitions, contenders in turns; ratios to the first.")


if __name__ == "__main__":
    main()
