"""The lock is written from what is installed."""

import re

from press.locking import HEADER, locked_lines


def test_lines_are_exact_sorted_and_free_of_builds_and_paths():
    header, *lines = locked_lines()
    assert header == HEADER
    assert lines == sorted(lines, key=str.lower)
    assert all(re.fullmatch(r"[\w.-]+==[\w.!]+( *;.*)?", line) for line in lines)
    assert "torch==2.13.0" in lines
    assert not any(line.startswith(("pip==", "on-training")) for line in lines)
