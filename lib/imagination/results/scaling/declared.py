"""How errors fall with data: its results."""

from collections.abc import Mapping
from functools import partial

from imagination.results.result import Printed, Result, Words
from imagination.results.scaling import claims

__all__ = ["PRINTED", "RESULTS", "WORDS"]

_result = partial(Result, chapter="06_how_fast_do_models_learn")

RESULTS: tuple[Result, ...] = (
    _result(
        "Squares double exponents",
        (claims.SQUARES,),
        label="prop-squares",
        theorem="squares",
        cell="06-6844ce24",
    ),
    _result(
        "A certificate for ReLU networks",
        (claims.UPPER_LINE, claims.LOWER_LINE),
        label="prop-relaxation",
        theorem="relaxation",
        cell="06-9eb3b182",
    ),
    _result(
        "A gentle student misses a cliff",
        (claims.CLIFF,),
        label="prop-cliff",
        theorem="cliff",
        cell="06-875cecf0",
    ),
)

PRINTED: Mapping[str, Printed] = {
    "squares": (
        claims.SQUARES,
        {"quantity": "squares_left", "expression": "squares_right", "supposes": "squares_supposes"},
    ),
    "relaxation_upper": (
        claims.UPPER_LINE,
        {"quantity": "hidden_unit", "expression": "upper_line", "supposes": "upper_line_supposes"},
    ),
    "relaxation_lower": (claims.LOWER_LINE, {"quantity": "lower_line", "supposes": "lower_line_supposes"}),
    "cliff": (claims.CLIFF, {"quantity": "cliff_bound"}),
}

WORDS: Mapping[str, Words] = {
    "relaxation": Words(
        title="A certificate for ReLU networks",
        source="[this book]",
        also=r"So a sum of hidden units with weights \(w_i\) lies below the sum in which each unit with a "
        "positive weight is replaced by its upper line, and each other one by a lower line. That is "
        "concluded, too.",
        fixed=r"for each unit a range of its input, \(l < 0 < u\), and a slope \(0 \le \theta \le 1\).",
        for_all=r"inputs \(l \le z \le u\), any number of units, and any weights.",
        assumptions=(r"the input of every unit stays in the range that is given for it",),
    ),
    "cliff": Words(
        title="A gentle student misses a cliff",
        source="[this book]",
        fixed=r"a teacher \(f\) and a student \(\hat f\) from any space to any space, and numbers "
        r"\(\hat L\) and \(e\).",
        for_all=r"pairs of points \(x\) and \(y\), however close.",
        definitions=(r"\(\Delta = d(f(x), f(y))\) and \(d = d(x, y)\)",),
        assumptions=(
            *claims.CLIFF.assumes,
            "distances of values are symmetric and obey the triangle inequality",
        ),
    ),
}
