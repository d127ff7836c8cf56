"""The tutorial's own result: Lemma 1 where the reward ignores the action."""

from collections.abc import Mapping

from imagination.results.result import Printed, Result, Words
from imagination.results.return_gap import declared as return_gap
from imagination.results.tutorial.claims import REWARD_IGNORES_ACTION

__all__ = ["PRINTED", "RESULTS", "WORDS"]

RESULTS: tuple[Result, ...] = (
    Result(
        "Lemma 1, the reward ignores the action",
        (REWARD_IGNORES_ACTION,),
        chapter="A1_prove_your_own_bound",
        label="thm-ignores-action",
        theorem="reward_ignores_action",
        cell="A1-card",
        rests_on=("Lemma 1",),
        differs="The paper has no such case. The factor 1 + L_π leaves the reward's slope, and not the loop.",
    ),
)

PRINTED: Mapping[str, Printed] = {
    "reward_ignores_action": (
        REWARD_IGNORES_ACTION,
        {"expression": "reward_ignores_action_bound", "supposes": "reward_ignores_action_supposes"},
    ),
}

_LEMMA_1 = return_gap.WORDS["lemma_1"]

WORDS: Mapping[str, Words] = {
    "reward_ignores_action": Words(
        title="Lemma 1, the reward ignores the action",
        source="[this book, tutorial]",
        left=_LEMMA_1.left,
        also=_LEMMA_1.also,
        fixed=_LEMMA_1.fixed,
        for_all=_LEMMA_1.for_all,
        definitions=_LEMMA_1.definitions,
        assumptions=(*_LEMMA_1.assumptions, r"the real reward ignores the action: \(r(x,a) = r(x,b)\)"),
    ),
}
