"""The vocabulary: hypotheses are well formed, and those about numbers are the ones that are checked."""

import pytest

from imagination.theory import worlds as w
from imagination.theory.claim import Hypothesis
from imagination.theory.terms import sort_of

HYPOTHESES = [value for value in vars(w).values() if isinstance(value, Hypothesis)]


@pytest.mark.parametrize("hypothesis", HYPOTHESES, ids=lambda h: h.name)
def test_both_sides_are_of_one_sort(hypothesis: Hypothesis) -> None:
    left, right = (sort_of(side) for side in hypothesis.relation.args)
    assert {left, right} <= {"real", "natural"} or left == right


def test_numbers_and_worlds_are_told_apart() -> None:
    assert w.CONTRACTION.is_numeric
    assert all(h.is_numeric for h in (*w.DISCOUNT, *w.CONSTANTS, *w.ERRORS))
    assert not any(h.is_numeric for h in (w.LIPSCHITZ_R, w.MODEL_REW, w.BOUNDED))


def test_no_two_quantities_share_a_code_name() -> None:
    quantities = [value for value in vars(w).values() if isinstance(value, w.Quantity)]
    codes = [quantity.code for quantity in quantities]
    assert len(set(codes)) == len(codes)
