"""Where these bounds come from: results that are no other topic's."""

from collections.abc import Mapping
from functools import partial

from imagination.results.lineage import claims
from imagination.results.result import Printed, Result, Words

__all__ = ["PRINTED", "RESULTS", "WORDS"]

_in_21 = partial(Result, chapter="21_where_these_bounds_come_from", cell="21-cards")

RESULTS: tuple[Result, ...] = (
    _in_21(
        "Classical simulation lemma",
        (claims.CLASSICAL, claims.NOT_CENTRED),
        label="thm-classical",
        theorem="classical_simulation",
        rests_on=("Simulation lemma",),
        differs="With a learned reward; both forms at once, by two bounds of the span of the value.",
    ),
    _in_21(
        "Tight simulation lemma, both rewards in range",
        (claims.BOTH_IN_RANGE,),
        label="thm-both-in-range",
        theorem="both_in_range",
        differs="Recovered: the book's own form supposes less of the learned reward, and is larger.",
    ),
    _in_21(
        "Errors in expectation",
        (claims.PER_TIME, claims.LARGEST_MEAN),
        label="thm-per-time",
        theorem="per_time",
        differs="With a learned reward; the first form keeps a probability from exceeding 1.",
    ),
    _in_21(
        "Performance difference",
        (claims.PERFORMANCE,),
        label="thm-performance",
        theorem="performance_difference",
        differs="Recovered: the telescoping of the identity for kernels, where what differs is the policy.",
    ),
    _in_21(
        "Value equivalence",
        (claims.VALUE_EQUIVALENT,),
        label="thm-equivalent",
        theorem="value_equivalence",
        rests_on=("The identity for kernels",),
        differs="Recovered, with a learned reward: the identity for kernels with every term 0.",
    ),
    _in_21(
        "The model's optimal policy",
        (claims.MODEL_OPTIMAL,),
        label="thm-model-optimal",
        theorem="model_optimal",
        differs="Known. No constant of a policy stands in it, and its one constant is the model's.",
    ),
    _in_21(
        "Pessimism",
        (claims.PESSIMISM,),
        label="thm-pessimism",
        theorem="pessimism",
        rests_on=("The identity for kernels",),
        differs="With a learned reward; of a penalty only what it must cover is supposed.",
    ),
)

PRINTED: Mapping[str, Printed] = {
    "classical_simulation": (
        claims.CLASSICAL,
        {"expression": "classical_bound", "supposes": "classical_supposes"},
    ),
    "not_centred": (claims.NOT_CENTRED, {"expression": "not_centred_bound"}),
    "both_in_range": (
        claims.BOTH_IN_RANGE,
        {"expression": "both_in_range_bound", "supposes": "both_in_range_supposes"},
    ),
    "per_time": (claims.PER_TIME, {"expression": "per_time_bound", "supposes": "per_time_supposes"}),
    "largest_mean": (claims.LARGEST_MEAN, {"expression": "largest_mean_bound"}),
    "performance_difference": (claims.PERFORMANCE, {"expression": "performance_gap"}),
    "model_optimal": (
        claims.MODEL_OPTIMAL,
        {"expression": "model_optimal_bound", "supposes": "model_optimal_supposes"},
    ),
    "pessimism": (claims.PESSIMISM, {"expression": "pessimism_bound"}),
}

_DISTRIBUTIONS = "distributions have finitely many atoms, as all have on finite spaces: so every mean exists"
_FIXED = (
    "a real and a learned random world with the same states, actions, policy and first distribution; "
    r"kernels \(P\), \(\hat P\) and rewards \(r\), \(\hat r\)"
)
_RETURNS = (
    r"\(J = \sum_t \gamma^t\, \mathbb{E}\, r(s_t, a_t)\) with \(a_t \sim \pi_{s_t}\), \(s_{t+1} \sim "
    r"P_{s_t, a_t}\), and \(\hat J\) likewise in the learned world"
)
_TV = r"\(\operatorname{TV}(p, q)\) is the largest difference of the probabilities of an event"
_BOUNDED = "both rewards are bounded, as all functions on finite spaces are"
_IN_RANGE = r"real rewards lie in an interval of length \(R\)"
_REWARD = r"\(|\hat r(x,a) - r(x,a)| \le \varepsilon_{\mathrm{rew}}\)"
_ERRORS = r"\(\operatorname{TV}(\hat P_{x,a}, P_{x,a}) \le \varepsilon_{\mathrm{dyn}}\) and " + _REWARD
_ANY_STATES = r"\(0 \le \gamma < 1\); states and actions of any kind, without any distance."
_ANOTHER = r"\(J(\pi)\) is the return of another policy \(\pi\), from the same first distribution"

WORDS: Mapping[str, Words] = {
    "classical_simulation": Words(
        title="Classical simulation lemma",
        source="[KS02; LP24]",
        also="Both returns exist. That is part of the conclusion.",
        fixed=f"{_FIXED}; the numbers of the bounds, all at least 0.",
        for_all=_ANY_STATES,
        definitions=(_RETURNS, _TV),
        assumptions=(
            _DISTRIBUTIONS,
            _IN_RANGE,
            _ERRORS,
            r"no real value is larger in size than \(V_{\max}\)",
        ),
    ),
    "both_in_range": Words(
        title="Tight simulation lemma, both rewards in range",
        source="[LP24, Theorem 1]",
        also="Both returns exist. That is part of the conclusion.",
        fixed=f"{_FIXED}; the numbers of the bound, all at least 0.",
        for_all=r"\(\varepsilon_{\mathrm{dyn}} \le 1\), " + _ANY_STATES,
        definitions=(_RETURNS, _TV),
        assumptions=(
            _DISTRIBUTIONS,
            r"real and learned rewards lie in one interval of length \(R\)",
            _ERRORS,
        ),
    ),
    "per_time": Words(
        title="Errors in expectation",
        source="[JFZL19; this book]",
        also="Both returns exist, and the first bound is at most the second. Both are concluded.",
        fixed=rf"{_FIXED}; the numbers of the bounds, and a sequence \(e_0, e_1, \dots\)",
        for_all=_ANY_STATES,
        definitions=(
            _RETURNS,
            _TV,
            r"the error expected at time \(t\) is \(\mathbb{E} \operatorname{TV}(\hat P_{s_t, a_t}, "
            r"P_{s_t, a_t})\) along the real rollout",
        ),
        assumptions=(
            _DISTRIBUTIONS,
            _IN_RANGE,
            _REWARD,
            r"the error expected at time \(t\) is at most \(e_t\), and \(e_t \le \varepsilon_m\)",
        ),
    ),
    "performance_difference": Words(
        title="Performance difference",
        source="[KL02]",
        fixed=r"a random world, its policy \(\pi\) and another one, \(\pi'\).",
        for_all=r"\(0 \le \gamma < 1\); states and actions of any kind.",
        definitions=(
            r"\(J(\pi)\) is the return, \(V\) the value of \(\pi\)",
            r"\(A^{\pi}(x, a) = r(x, a) + \gamma\, \mathbb{E}_{P_{x,a}} V - V(x)\)",
            r"\(\mathbb{E}_{d^{\pi'}} A = (1 - \gamma) \sum_t \gamma^t\, \mathbb{E}\, A(s_t, a_t)\) along "
            r"the rollout of \(\pi'\)",
        ),
        assumptions=(_DISTRIBUTIONS, "rewards are bounded, as all functions on finite spaces are"),
    ),
    "value_equivalence": Words(
        title="Value equivalence",
        source="[GBSS20]",
        fixed=f"{_FIXED}; the discount.",
        for_all=r"\(0 \le \gamma < 1\), and in the assumption all states \(x\).",
        definitions=(_RETURNS, r"\(V\) is the value of the policy in the real world"),
        assumptions=(
            _DISTRIBUTIONS,
            _BOUNDED,
            r"\(\mathbb{E}_{a \sim \pi_x} [\,\hat r(x, a) - r(x, a) + \gamma\,(\mathbb{E}_{\hat P_{x,a}} V - "
            r"\mathbb{E}_{P_{x,a}} V)] = 0\)",
        ),
    ),
    "model_optimal": Words(
        title="The model's optimal policy",
        source="[Mahajan, Model approximation]",
        fixed=f"{_FIXED}; the numbers of the bound, all at least 0.",
        for_all=r"every other policy \(\pi\); the assumptions range over all states and actions.",
        definitions=(
            _ANOTHER,
            r"\(\hat V^{*}\) is bounded, \(\hat r(x, a) + \gamma\, \mathbb{E}_{\hat P_{x,a}} \hat V^{*} \le "
            r"\hat V^{*}(x)\), and \(\hat\pi^{*}\) takes only actions where the two are equal",
            r"\(W_1(p, q)\) is the supremum of \(\mathbb{E}_p h - \mathbb{E}_q h\) over the \(h\) with "
            r"\(|h(x) - h(y)| \le d(x, y)\)",
        ),
        assumptions=(
            _DISTRIBUTIONS,
            _BOUNDED,
            "distances of states are nonnegative, symmetric, 0 from a point to itself, and obey the "
            "triangle inequality",
            r"\(|\hat V^{*}(x) - \hat V^{*}(y)| \le L_V\, d(x, y)\)",
            r"\(W_1(\hat P_{x,a}, P_{x,a}) \le \varepsilon_{\mathrm{dyn}}\) and " + _REWARD,
            r"\(0 \le \gamma < 1\)",
        ),
    ),
    "pessimism": Words(
        title="Pessimism",
        source="[YTYEZLFM20, Theorem 4.4]",
        fixed=rf"{_FIXED}; a bounded penalty \(u(x, a)\), and another policy \(\pi\).",
        for_all=r"\(0 \le \gamma < 1\); states and actions of any kind.",
        definitions=(
            _ANOTHER,
            r"\(\hat\pi_u\) is a policy whose imagined return with the reward \(\hat r - u\) is at least "
            r"that of \(\pi\)",
            r"\(\mathbb{E}_{\hat d^{\pi}} u = (1 - \gamma) \sum_t \gamma^t\, \mathbb{E}\, u(\hat s_t, \hat "
            r"a_t)\) along the imagined rollout of \(\pi\)",
        ),
        assumptions=(
            _DISTRIBUTIONS,
            _BOUNDED,
            r"for both policies, in the real value \(V\) of each and at every state, \(u\) covers one step: "
            r"\(|\mathbb{E}_a [\hat r - r + \gamma\,(\mathbb{E}_{\hat P} V - \mathbb{E}_P V)]| \le "
            r"\mathbb{E}_a u\)",
        ),
    ),
}
