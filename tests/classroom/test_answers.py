"""Types of answers: what each reads, what it calls the same, and what it refuses in words."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
import sympy as sp
import torch
from hypothesis import given
from hypothesis import strategies as st

from classroom.answers import (
    Derivation,
    Formula,
    Function,
    Number,
    Numbers,
    OneOf,
    SomeOf,
    Table,
    Unreadable,
    Whole,
    YesNo,
)
from imagination.derivation import follows
from imagination.sums import GeometricSum

CLOSE = {"relative": 5e-3}
finite = st.floats(-1e6, 1e6, allow_nan=False).filter(lambda x: abs(x) > 1e-6)


@given(finite)
def test_a_number_in_any_form_is_itself_and_not_its_double(x):
    answers = Number(CLOSE)
    for form in (x, [x], np.array(x), torch.tensor([x], dtype=torch.float64), pd.Series([x]), sp.Float(x)):
        assert answers.same(answers.read(form), x)
    assert not answers.same(answers.read(2 * x), x)
    assert answers.same(answers.read(Fraction(1, 3)), 1 / 3)


@given(finite, st.just(0) | st.floats(1e-12, 0.1))  # below it rounding is as large
def test_the_tolerance_is_what_it_says(x, tolerance):
    answers = Number({"relative": tolerance})
    assert answers.same(x * (1 + 0.99 * tolerance), x)
    assert not answers.same(x * (1 + 1.01 * tolerance) + np.sign(x) * 1e-9, x)


@pytest.mark.parametrize("answers", [Number(CLOSE), Whole(), Numbers(CLOSE)])
@pytest.mark.parametrize("answer", ["1", True, 1j, np.nan, np.inf, {"a": 1}, object(), [[1], [1, 2]]])
def test_what_is_no_number_is_refused_in_words(answers, answer):
    with pytest.raises(Unreadable, match="asked for"):
        answers.read(answer)


def test_two_numbers_are_not_one():
    for answers in (Number(CLOSE), Whole()):
        with pytest.raises(Unreadable, match="not 2"):
            answers.read([1, 2])


def test_a_whole_number_is_exact():
    assert Whole().read(3.0) == 3
    with pytest.raises(Unreadable, match="whole number"):
        Whole().read(3.5)


@pytest.mark.parametrize(("answer", "read"), [(True, True), ("yes", True), (np.False_, False)])
def test_yes_and_no(answer, read):
    assert YesNo().read(answer) is read


@pytest.mark.parametrize("answer", [1, 0, "perhaps", [], np.arange(3), None])
def test_neither_yes_nor_no(answer):
    with pytest.raises(Unreadable, match="True or False"):
        YesNo().read(answer)


def test_names():
    assert OneOf(["rms error", "L_f"]).read(" l_F ") == "L_f"
    with pytest.raises(Unreadable, match="one of 'a', 'b'"):
        OneOf(["a", "b"]).read("c")
    assert SomeOf(["a", "b"]).read(pd.Index(["b", "a"])) == {"a", "b"}
    with pytest.raises(Unreadable, match="list of names"):
        SomeOf(["a", "b"]).read("a")


def test_numbers_have_an_order_and_a_length():
    answers = Numbers(CLOSE)
    right = answers.read([1.0, 2.0, 3.0])
    assert answers.same(answers.read(pd.Series([1, 2, 3])), right)
    assert not answers.same(answers.read([3, 2, 1]), right)
    assert not answers.same(answers.read([1, 2]), right)


def test_tables_have_names_and_no_order():
    answers = Table(CLOSE)
    right = answers.read({"a": 1.0, "b": 2.0})
    assert answers.same(answers.read(pd.Series({"B ": 2, "A": 1})), right)
    assert not answers.same(answers.read({"a": 1.0}), right)
    assert not answers.same(answers.read({"a": 1.0, "b": 2.0, "c": 3.0}), right)
    assert not answers.same(answers.read({"a": 2.0, "b": 1.0}), right)
    with pytest.raises(Unreadable, match="dictionary"):
        answers.read([1.0, 2.0])


def test_formulas_are_compared_by_their_values():
    answers = Formula({"x": [0.1, 2], "n": [1, 2, 3, 4, 5, 6, 7, 8]})
    x, n = sp.Symbol("x", positive=True), sp.Symbol("n", integer=True)
    right = answers.read("(1 - x**n) / (1 - x)")
    for same in (GeometricSum(x, n), sp.Sum(x ** sp.Symbol("k"), (sp.Symbol("k"), 0, n - 1))):
        assert answers.same(answers.read(same), right)
    assert not answers.same(answers.read("(1 - x**(n + 1)) / (1 - x)"), right)
    assert not answers.same(answers.read("1/0"), right)


@pytest.mark.parametrize("answer", ["x +", "x * y", "x < 1", [1, 2], lambda x: x, object()])
def test_what_is_no_formula_in_the_symbols_is_refused(answer):
    with pytest.raises(Unreadable, match="formula"):
        Formula({"x": [0, 1]}).read(answer)


def test_functions_are_compared_by_their_values():
    answers = Function(CLOSE, [[1.0], [np.array([2.0, 3.0])]])
    right = answers.read(lambda x: x**2)
    assert answers.same(answers.read(np.square), right)
    assert not answers.same(answers.read(lambda x: x**3), right)
    with pytest.raises(Unreadable, match="ZeroDivisionError"):
        answers.read(lambda x: 1 / 0)
    with pytest.raises(Unreadable, match="a function"):
        answers.read(4)


def test_a_verdict_is_read_in_its_own_letters_and_facts():
    answers, (x, y) = Derivation(), sp.symbols("x y", real=True)
    own_x, own_y = sp.symbols("x y", nonnegative=True)
    right = follows(x * y <= x, [x >= 0, y <= 1])
    assert answers.same(answers.read(right), right)
    assert answers.same(follows(own_x >= own_x * own_y, [own_y <= 1]), follows(x >= x * y, [x >= 0, y <= 1]))
    assert not answers.same(follows(own_x >= own_x * own_y, [2 * own_y <= 1]), right)  # supposes more
    assert not answers.same(follows(2 * x * y <= 2 * x, [x >= 0, y <= 1]), right)
    only = follows(x**2 + 1 >= 2 * x)
    assert answers.same(follows(2 * y <= 1 + y**2), only)
    assert not answers.same(follows(x**2 + y**2 >= 2 * x * y), only)
    with pytest.raises(Unreadable, match="not proved"):
        answers.read(follows(x <= y))
    with pytest.raises(Unreadable, match="what `follows` returns"):
        answers.read(3)
