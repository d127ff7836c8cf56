"""The library's tools from the command line: ``imagination plan pilot.csv --budget 1e6 ...``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from imagination.commands import audit, plan
from imagination.extras import MissingExtra

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a tool; return its exit status: 0, 2 for refused input, 1 if only a figure failed."""
    parser = argparse.ArgumentParser(prog="imagination", description="Tools of the book.")
    tools = parser.add_subparsers(dest="tool", required=True, metavar="tool")
    plan.add(tools)
    audit.add(tools)
    chosen = parser.parse_args(arguments)
    try:
        status = chosen.run(chosen)
        sys.stdout.flush()  # here, where a reader who has gone can still be noticed
        return status
    except BrokenPipeError:  # as in `| head`: who has seen enough need not be told
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except FileNotFoundError as error:
        print(f"{parser.prog} {chosen.tool}: {error.filename}: {error.strerror}", file=sys.stderr)
    except (ValueError, OSError, MissingExtra) as error:
        print(f"{parser.prog} {chosen.tool}: {error}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
