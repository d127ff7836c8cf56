"""The multiplier: its results."""

from collections.abc import Mapping
from functools import partial

from imagination.results.result import Printed, Result, Words
from imagination.results.sensitivity import claims

__all__ = ["PRINTED", "RESULTS", "WORDS"]

_result = partial(Result, chapter="08_the_multiplier_on_trial")

RESULTS: tuple[Result, ...] = (
    _result(
        "Costates price errors",
        (claims.ADJOINT,),
        label="thm-adjoint",
        theorem="costates_price_errors",
        cell="08-costates-card",
        differs="Classical: the chain rule, read backwards.",
    ),
    _result(
        "The first-order change of the return",
        (claims.FIRST_ORDER,),
        label="thm-adjoint",
        theorem="first_order",
        cell="08-first-order-card",
        rests_on=("Costates price errors",),
        differs="Classical: the adjoint method, for discounted returns.",
    ),
    _result(
        "The global multiplier is never too small",
        (claims.NEVER_TOO_SMALL,),
        label="thm-never-too-small",
        theorem="never_too_small",
        cell="08-never-card",
        rests_on=("Lemma 1",),
        differs="The paper measures that its multiplier is far too large; that it is never too small "
        "follows from "
        "Lemma 1.",
    ),
)

PRINTED: Mapping[str, Printed] = {
    "never_too_small": (
        claims.NEVER_TOO_SMALL,
        {"expression": "never_too_small_bound", "supposes": "never_too_small_supposes"},
    )
}

WORDS: Mapping[str, Words] = {
    "never_too_small": Words(
        title="The global multiplier is never too small",
        source="[this book, from TSGLH26, Lemma 1]",
        fixed="what Lemma 1 fixes.",
        for_all="worlds as in Lemma 1.",
        also="Both returns exist. That is part of the conclusion.",
        assumptions=("what Lemma 1 assumes", r"the learned reward is the real one: \(\hat r = r\)"),
    ),
    "costates_price_errors": Words(
        title="Costates price errors",
        source="[GW08]",
        fixed=r"two spaces of any kind, of nudges and of costates, a pairing \(\langle \cdot, \cdot "
        r"\rangle\) that "
        r"makes a number of one of each, the horizon \(H\), and \(\gamma\).",
        for_all=r"errors \(e_t\), slopes \(g_t\), and maps \(F_t\) of nudges.",
        definitions=(
            r"\(P = \sum_{t<H} \langle \lambda_{t+1}, e_t \rangle\) and "
            r"\(P_{\mathrm{end}} = \langle \lambda_H, \delta_H \rangle\)",
            r"\(\langle m, \delta_0 \rangle = 0\) and "
            r"\(\langle m, \delta_{t+1} \rangle = \langle m, F_t \delta_t \rangle + \langle m, e_t \rangle\) "
            r"for every costate \(m\)",
            r"\(\langle \lambda_t, v \rangle = \gamma^t \langle g_t, v \rangle + "
            r"\langle F_t^\top \lambda_{t+1}, v \rangle\) for every nudge \(v\)",
        ),
        assumptions=(
            r"\(F_t^\top\) is the transpose: "
            r"\(\langle F_t^\top m, v \rangle = \langle m, F_t v \rangle\)",
        ),
    ),
    "first_order": Words(
        title="The first-order change of the return",
        source="[GW08]",
        fixed=r"a space of states with a norm, of any dimension; the real closed loop \(F\), an error "
        r"\(e\), a "
        r"reward \(u\) with the policy inside, a start, the horizon \(H\), and \(\gamma\).",
        for_all="adjoint passes along the real rollout that end in a costate which sees nothing.",
        also=r"The rollout, too, is differentiable, and its derivative is the nudges \(\delta_t\). The "
        r"return's is "
        r"also \(\sum_t \gamma^t \langle g_t, \delta_t \rangle\).",
        definitions=(
            r"\(P = \sum_{t<H} \langle \lambda_{t+1}, e_t \rangle\)",
            r"the model's rollout: \(s_{t+1} = F(s_t) + h\, e(s_t)\), and its return \(J_H = \sum_{t<H} "
            r"\gamma^t "
            r"u(s_t)\)",
            r"\(F_t\) and \(g_t\) are the derivatives of \(F\) and \(u\) at \(s_t\), for \(h = 0\); \(e_t "
            r"= e(s_t)\)",
        ),
        assumptions=(
            r"\(F\) and \(u\) are differentiable, and \(e\) is continuous, at the states of the real rollout",
        ),
    ),
}
