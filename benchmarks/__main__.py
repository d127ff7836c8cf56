"""`python -m benchmarks [--suite NAME] [--quick] [--repetitions N] [--seed N]`."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

import numpy as np

from benchmarks import allocation, imagined_rollouts, sensitivity, tabular, training, wasserstein
from benchmarks.timing import machine_lines, measure, table

PACKAGES = ("numpy", "scipy", "POT", "quantecon", "numba", "torch", "jax", "gymnasium")
SUITES = {
    "allocation": allocation,
    "rollouts": imagined_rollouts,
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
    threads = {name: getattr(SUITES[name], "THREADS", None) for name in names}
    # numpy's threads can only be chosen before it is loaded, so such suites run in processes of their own
    apart = [name for name in names if threads[name] not in (None, os.environ.get("OMP_NUM_THREADS"))]
    for name in apart:
        again = [sys.executable, "-m", "benchmarks", *sys.argv[1:], "--suite", name]
        subprocess.run(again, env=os.environ | {"OMP_NUM_THREADS": threads[name]}, check=True)
    names = [name for name in names if name not in apart]
    if not names:
        return
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
