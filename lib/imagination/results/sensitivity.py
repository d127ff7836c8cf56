"""The multiplier: its results."""

from collections.abc import Mapping

from imagination.results.result import Printed, Result, Words
from imagination.theory import sensitivity

__all__ = ["PRINTED", "RESULTS", "WORDS"]

RESULTS: tuple[Result, ...] = (
    Result(
        "Costates price errors",
        (sensitivity.ADJOINT,),
        chapter="08_the_multiplier_on_trial",
        label="thm-adjoint",
        differs="Classical: the chain rule, read backwards.",
    ),
    Result(
        "The first-order change of the return",
        (sensitivity.FIRST_ORDER,),
        chapter="08_the_multiplier_on_trial",
        label="thm-adjoint",
        rests_on=("Costates price errors",),
        differs="Classical: the adjoint method, for discounted returns.",
    ),
    Result(
        "The global multiplier is never too small",
        (sensitivity.NEVER_TOO_SMALL,),
        chapter="08_the_multiplier_on_trial",
        label="thm-never-too-small",
        rests_on=("Lemma 1",),
        differs=(
            "The paper measures that its multiplier is far too large; that it is never too "
            "small follows from Lemma 1."
        ),
    ),
)

PRINTED: Mapping[str, Printed] = {}

WORDS: Mapping[str, Words] = {}
