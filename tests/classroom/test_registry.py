"""Where checks are found."""

import subprocess
import sys

import pytest

from classroom import registry


def test_an_exercise_is_found_by_its_label():
    assert registry.find("ex-02-horizon") is registry.exercises("02")["ex-02-horizon"]


def test_what_is_not_there_is_named():
    with pytest.raises(ValueError, match="'99' has no checks"):
        registry.exercises("99")
    with pytest.raises(ValueError, match="no exercise 'horizon'"):
        registry.find("horizon")


def test_one_chapters_check_imports_no_other_chapters():
    code = "import sys; from classroom import check; check('ex-02-horizon', longest=...)\n"
    code += "print(sorted(name for name in sys.modules if 'checks.chapter' in name))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.splitlines()[-1] == "['classroom.checks.chapter_02']"
