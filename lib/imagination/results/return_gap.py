"""The return gap: its results."""

from collections.abc import Mapping

from imagination.results.result import Printed, Result, Words
from imagination.theory import return_gap, series

__all__ = ["PRINTED", "RESULTS", "WORDS"]

RESULTS: tuple[Result, ...] = (
    Result(
        "State error",
        (return_gap.STATE_ERROR,),
        chapter="02_lemma_1",
        label="lem-state-error",
        theorem="state_error",
        rests_on=("Error growth",),
        differs="As in the paper, with every use of the triangle inequality a step of its own.",
    ),
    Result(
        "Finite horizon",
        (return_gap.FINITE_HORIZON,),
        chapter="02_lemma_1",
        label="thm-lemma-1",
        theorem="finite_horizon",
        rests_on=(
            "State error",
            "Discounted sum",
        ),
        differs="The paper's bound needs γL < 1. For H steps L may be anything.",
    ),
    Result(
        "Lemma 1",
        (return_gap.LEMMA_1,),
        chapter="02_lemma_1",
        label="thm-lemma-1",
        theorem="lemma_1",
        cell="02-card",
        rests_on=(
            "Finite horizon",
            "Geometric bound",
            "Double geometric bound",
        ),
        differs=("As in the paper. That both returns exist is a hypothesis here, not taken for granted."),
    ),
    Result(
        "Geometric bound", (series.GEOMETRIC_BOUND,), chapter="02_lemma_1", rests_on=("Geometric recursion",)
    ),
    Result(
        "Double geometric bound",
        (series.DOUBLE_BOUND,),
        chapter="02_lemma_1",
        rests_on=(
            "Double geometric identity",
            "Geometric bound",
        ),
    ),
    Result(
        "Error growth",
        (series.ERROR_GROWTH,),
        chapter="02_lemma_1",
        rests_on=("Geometric recursion",),
        differs="As in the paper, as a statement about numbers alone.",
    ),
    Result(
        "Discounted sum",
        (series.DISCOUNTED_SUM,),
        chapter="02_lemma_1",
        differs="As in the paper, as a statement about numbers alone.",
    ),
    Result(
        "Bounded states, finite horizon",
        (return_gap.BOUNDED_STATES_FINITE,),
        chapter="03_what_the_constants_do",
        rests_on=("State error",),
    ),
    Result(
        "Bounded states",
        (return_gap.BOUNDED_STATES,),
        chapter="03_what_the_constants_do",
        label="thm-bounded-states",
        theorem="bounded_states",
        rests_on=(
            "Bounded states, finite horizon",
            "Geometric recursion",
            "Geometric bound",
        ),
        differs="Holds where Lemma 1 is silent: where states are bounded and γL is 1 or more.",
    ),
    Result(
        "Corollary 1",
        (*return_gap.MONOTONE.values(),),
        chapter="03_what_the_constants_do",
        label="cor-monotone",
        theorem="corollary_1",
        cell="03-card",
        differs=("As in the paper. A smaller L_f may cost a larger error; only the net effect counts."),
    ),
    Result(
        "The finite bound is attained",
        (return_gap.ATTAINED_FINITE,),
        chapter="03_what_the_constants_do",
        label="thm-attained",
        rests_on=("Geometric recursion",),
    ),
    Result(
        "Lemma 1 is attained",
        (return_gap.ATTAINED,),
        chapter="03_what_the_constants_do",
        label="thm-attained",
        rests_on=(
            "The finite bound is attained",
            "Geometric recursion",
            "Double geometric identity",
            "Geometric sum",
        ),
        differs="The paper does not say whether its bound can be met. It can, exactly.",
    ),
    Result(
        "Either side's constants",
        (return_gap.EITHER_SIDE,),
        chapter="03_what_the_constants_do",
        label="thm-either-side",
        rests_on=(
            "Error growth",
            "Discounted sum",
            "Geometric bound",
            "Double geometric bound",
        ),
        differs=(
            "The paper uses the real world's constants. The models' own, which can be "
            "computed, serve as well."
        ),
    ),
    Result(
        "The identity, n steps",
        (return_gap.PARTIAL_IDENTITY,),
        chapter="03_what_the_constants_do",
        label="thm-identity",
        differs="Known for two policies in one world, and for one in two; rewards err, too.",
    ),
    Result(
        "The identity",
        (return_gap.IDENTITY,),
        chapter="03_what_the_constants_do",
        label="thm-identity",
        rests_on=("The identity, n steps",),
        differs=(
            "Classical (performance difference, telescoping); the learned reward's error is "
            "added. The paper goes from errors to bound by inequalities. This is what they "
            "start from."
        ),
    ),
    Result(
        "The mirror image, n steps",
        (return_gap.MIRROR,),
        chapter="03_what_the_constants_do",
        label="thm-identity",
        rests_on=("The identity, n steps",),
        differs="Classical, too: along the real rollout, with the learned value.",
    ),
    Result(
        "The value is Lipschitz",
        (return_gap.VALUE_LIPSCHITZ,),
        chapter="03_what_the_constants_do",
        label="thm-identity",
        rests_on=(
            "Geometric recursion",
            "Geometric bound",
        ),
        differs="Classical for values of actions in random worlds, with the same constant.",
    ),
    Result(
        "Average errors suffice",
        (return_gap.AVERAGE_ERROR,),
        chapter="03_what_the_constants_do",
        label="thm-identity",
        rests_on=("The identity, n steps",),
        differs=(
            "The paper takes suprema over all states. Errors count only where imagination "
            "goes; Luo et al. say so of a known reward, along the real rollout."
        ),
    ),
    Result(
        "Suprema give Lemma 1 back",
        (return_gap.SUPREMA_GIVE_LEMMA_1,),
        chapter="03_what_the_constants_do",
        label="thm-identity",
    ),
    Result(
        "Regret",
        (return_gap.REGRET,),
        chapter="03_what_the_constants_do",
        label="thm-regret",
        differs=(
            "Not in the paper. The classical step from the gap of every policy to the regret "
            "of the best imagined one, here within a class and for any bound of the gap."
        ),
    ),
    Result("Geometric recursion", (series.GEOMETRIC_RECURSION,), chapter="03_what_the_constants_do"),
    Result("Geometric sum", (series.GEOMETRIC_CLOSED_FORM,), chapter="03_what_the_constants_do"),
    Result(
        "Double geometric sum",
        (series.DOUBLE_CLOSED_FORM,),
        chapter="03_what_the_constants_do",
        rests_on=(
            "Geometric sum",
            "Double geometric identity",
        ),
    ),
    Result(
        "Double geometric identity",
        (series.DOUBLE_IDENTITY,),
        chapter="03_what_the_constants_do",
        rests_on=("Geometric recursion",),
    ),
)

PRINTED: Mapping[str, Printed] = {
    "lemma_1": (return_gap.LEMMA_1, {"expression": "lemma_1_bound", "supposes": "lemma_1_supposes"}),
    "finite_horizon": (
        return_gap.FINITE_HORIZON,
        {"expression": "finite_horizon_bound", "supposes": "finite_horizon_supposes"},
    ),
    "bounded_states": (
        return_gap.BOUNDED_STATES,
        {"expression": "bounded_states_bound", "supposes": "bounded_states_supposes"},
    ),
    **{
        f"corollary_1_{code}": (
            claim,
            {
                "quantity": f"corollary_1_{code}_left",
                "expression": f"corollary_1_{code}_right",
                "supposes": f"corollary_1_{code}_supposes",
            },
        )
        for code, claim in return_gap.MONOTONE.items()
    },
}

WORDS: Mapping[str, Words] = {
    "lemma_1": Words(
        title="Lemma 1",
        source="[TSGLH26, Lemma 1]",
        left=r"\left|J - \hat J\right|",
        also="Both returns exist: their series converge. That is part of the conclusion.",
        fixed=r"a real and a learned world with the same states, actions, distances, policy and first "
        r"state; the "
        r"numbers \(\gamma, L_f, L_r, L_\pi, \varepsilon_{\mathrm{dyn}}, \varepsilon_{\mathrm{rew}} \ge 0\).",
        for_all=r"the assumptions range over all states \(x, y\) and actions \(a, b\). Both may be of any "
        r"kind; "
        "no space is supposed to be finite.",
        definitions=(
            r"\(s_{t+1} = f(s_t, \pi(s_t))\) and \(\hat s_{t+1} = \hat f(\hat s_t, \pi(\hat s_t))\), from "
            r"one "
            r"start \(s_0 = \hat s_0\)",
            r"\(J = \sum_t \gamma^t r(s_t, \pi(s_t))\) and "
            r"\(\hat J = \sum_t \gamma^t \hat r(\hat s_t, \pi(\hat s_t))\)",
        ),
        assumptions=(
            r"\(\gamma < 1\) and \(\gamma L_f (1 + L_\pi) < 1\)",
            "distances of states, and of actions, are nonnegative, symmetric, 0 from a point to itself, "
            "and obey "
            "the triangle inequality",
            r"\(d(f(x,a), f(y,b)) \le L_f\,(d(x,y) + d(a,b))\)",
            r"\(|r(x,a) - r(y,b)| \le L_r\,(d(x,y) + d(a,b))\)",
            r"\(d(\pi(x), \pi(y)) \le L_\pi\, d(x,y)\)",
            r"\(d(\hat f(x,a), f(x,a)) \le \varepsilon_{\mathrm{dyn}}\) and "
            r"\(|\hat r(x,a) - r(x,a)| \le \varepsilon_{\mathrm{rew}}\)",
        ),
    ),
    "corollary_1": Words(
        title="Corollary 1",
        source="[TSGLH26, Corollary 1]",
        fixed="nothing.",
        for_all=r"numbers \(0 \le \gamma \le \gamma'\), \(0 \le L_f \le L_f'\), \(0 \le L_r \le L_r'\), "
        r"\(0 \le L_\pi \le L_\pi'\): all four constants may grow at once.",
        assumptions=(
            r"the larger constants still satisfy \(\gamma' < 1\) and \(\gamma' L_f' (1 + L_\pi') "
            r"< 1\)",
        ),
    ),
}
