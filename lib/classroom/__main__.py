"""The classroom's command: `python -m classroom assignment 04`."""

import argparse
import sys
from pathlib import Path


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit status."""
    top = argparse.ArgumentParser(
        prog="python -m classroom", description="Make assignments from the chapters."
    )
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    make = commands.add_parser("assignment", help="a student's and an instructor's notebook from a chapter")
    make.add_argument("chapter", metavar="NN", help="the chapter's number, such as 04")
    make.add_argument("--chapters", type=Path, default=Path("chapters"), help="where they are")
    make.add_argument("--out", type=Path, default=Path("_build/assignments"), help="the course's folder")
    options = top.parse_args(arguments)

    from classroom.assignments import write

    try:
        instructor, student = write(options.chapter, options.chapters, options.out)
    except ValueError as error:
        print(f"classroom: {error}", file=sys.stderr)
        return 1
    print(f"with solutions: {instructor}\nfor students:   {student}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
