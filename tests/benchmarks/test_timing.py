"""The benchmark's own promises: contenders must agree, and take turns."""

import numpy as np
import pytest
from benchmarks.timing import Case, machine_lines, measure, table


def test_contenders_take_turns_in_alternating_order():
    calls = []

    def contender(name):
        return lambda: calls.append(name) or np.ones(2)

    timings = measure(Case("sum", {"a": contender("a"), "b": contender("b")}), repetitions=3)
    assert calls == ["a", "b", "a", "b", "b", "a", "a", "b"]  # one round of warming up comes first
    assert [len(t.seconds) for t in timings] == [3, 3] and timings[0].ratio == 1
    assert table(timings).count("\n") == 2


@pytest.mark.parametrize("wrong", [1.1, np.nan])
def test_a_wrong_answer_is_not_timed(wrong):
    case = Case("sum", {"a": lambda: np.ones(2), "b": lambda: np.full(2, wrong)})
    with pytest.raises(ValueError, match=r"sum: b differs by .* from a"):
        measure(case, repetitions=1)


def test_the_machine_is_described():
    assert any("numpy" in line for line in machine_lines(("numpy",)))
