"""`check` and `require`: what they print, what they raise, and what they ask of their caller."""

import pytest

from classroom import WrongAnswer, check, require
from classroom.computations.chapter_02 import longest_horizon

RIGHT = longest_horizon()


def test_a_right_answer_is_one_friendly_line(capsys):
    check("ex-02-horizon", longest=RIGHT, lemma_1_applies=False)
    assert capsys.readouterr().out == "ex-02-horizon: right.\n"


def test_an_answer_that_is_not_there_is_no_error(capsys):
    check("ex-02-horizon", longest=..., lemma_1_applies=None)
    check("ex-02-horizon", longest=RIGHT, lemma_1_applies=...)
    assert capsys.readouterr().out.splitlines() == [
        "ex-02-horizon: not answered yet.",
        "ex-02-horizon: longest right, lemma_1_applies not answered yet.",
    ]


def test_a_wrong_answer_gets_a_hint():
    with pytest.raises(WrongAnswer, match="longest: not right yet"):
        check("ex-02-horizon", longest=RIGHT + 1)
    assert issubclass(WrongAnswer, AssertionError)


def test_a_notebook_shows_the_hint_without_a_traceback():
    assert WrongAnswer("hint")._render_traceback_() == ["WrongAnswer: hint"]


def test_marking_wants_an_answer():
    require("ex-02-horizon", longest=RIGHT)
    with pytest.raises(WrongAnswer, match="not answered yet"):
        require("ex-02-horizon", longest=...)


def test_what_does_not_exist_is_named():
    with pytest.raises(ValueError, match="no part 'horizon'; it has"):
        check("ex-02-horizon", horizon=1)
    with pytest.raises(ValueError, match="needs an answer"):
        check("ex-02-horizon")
    with pytest.raises(ValueError, match="needs given="):
        check("ex-02-horizon", longest=1, given={"table": 1})
