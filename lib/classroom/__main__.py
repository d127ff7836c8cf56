"""The classroom's commands: `python -m classroom --help`."""

import argparse
import sys
from pathlib import Path


def make_assignment(options: argparse.Namespace) -> int:
    """The `assignment` command."""
    from classroom.assignments import write

    instructor, student = write(options.chapter, options.chapters, options.out)
    print(f"with solutions: {instructor}\nfor students:   {student}")
    return 0


def write_table(options: argparse.Namespace) -> int:
    """The `table` command."""
    from classroom.lecturers import rewritten

    page = options.chapters / "lecturers.md"
    page.write_text(rewritten(page.read_text(encoding="utf-8"), options.chapters), encoding="utf-8")
    print(page)
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit status."""
    top = argparse.ArgumentParser(prog="python -m classroom", description="Assignments from chapters.")
    top.add_argument("--chapters", type=Path, default=Path("chapters"), help="where the chapters are")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    make = commands.add_parser("assignment", help="a student's and an instructor's notebook from a chapter")
    make.add_argument("chapter", metavar="NN", help="the chapter's number, such as 04")
    make.add_argument("--out", type=Path, default=Path("_build/assignments"), help="the course's folder")
    make.set_defaults(run=make_assignment)
    commands.add_parser("table", help="write the lecturers' table again").set_defaults(run=write_table)
    options = top.parse_args(arguments)
    try:
        return options.run(options)
    except ValueError as error:
        print(f"classroom: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
