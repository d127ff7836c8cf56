"""How errors fall with data: its results."""

from collections.abc import Mapping

from imagination.results.result import Printed, Result, Words
from imagination.theory import scaling

__all__ = ["PRINTED", "RESULTS", "WORDS"]

RESULTS: tuple[Result, ...] = (
    Result(
        "Squares double exponents",
        (scaling.SQUARES,),
        chapter="06_how_fast_do_models_learn",
        label="prop-squares",
    ),
    Result(
        "A hidden unit lies below its chord",
        (scaling.UPPER_LINE,),
        chapter="06_how_fast_do_models_learn",
        label="prop-relaxation",
    ),
    Result(
        "A hidden unit lies above lines through the origin",
        (scaling.LOWER_LINE,),
        chapter="06_how_fast_do_models_learn",
        label="prop-relaxation",
    ),
    Result(
        "A gentle student misses a cliff",
        (scaling.CLIFF,),
        chapter="06_how_fast_do_models_learn",
        label="prop-cliff",
    ),
)

PRINTED: Mapping[str, Printed] = {}

WORDS: Mapping[str, Words] = {}
