"""Kernels: its results."""

from collections.abc import Mapping
from functools import partial

from imagination.results.kernels import claims
from imagination.results.result import Printed, Result, Words

__all__ = ["PRINTED", "RESULTS", "WORDS"]

_in_5 = partial(Result, chapter="05_stochastic_worlds")

RESULTS: tuple[Result, ...] = (
    _in_5(
        "Lemma 1 for kernels",
        (claims.WASSERSTEIN_BOUND, claims.STOCHASTIC_FINITE),
        label="thm-wasserstein",
        theorem="kernel_bound",
        cell="05-drift",
        differs=(
            "The paper is about deterministic worlds; AML18 knows the reward. Both are lifted here, and "
            "horizons may be finite."
        ),
    ),
    _in_5(
        "Lemma 1 for kernels, either side's constants",
        (claims.EITHER_SIDE,),
        label="thm-whose-constants",
        theorem="kernel_either_side",
        cell="05-whose-card",
        rests_on=("Lemma 1 for kernels",),
        differs="Of the kernel known from AML18; for the reward, on its own, and for finite horizons new.",
    ),
    _in_5(
        "Bounded states, stochastic",
        (claims.BOUNDED, claims.BOUNDED_FINITE),
        label="thm-bounded-kernels",
        theorem="kernel_bounded_states",
        cell="05-bounded-card",
        differs="Holds where Lemma 1 is silent: where states are bounded and γL is 1 or more.",
    ),
    _in_5(
        "The identity for kernels",
        (claims.IDENTITY,),
        label="thm-kernel-identity",
        theorem="kernel_identity",
        cell="05-identity-card",
        differs=(
            "Classical; the learned reward's error is added. That values and returns exist, and that "
            "Bellman's equation has no other solution, is part of what is proved."
        ),
    ),
    _in_5(
        "Simulation lemma",
        (claims.SIMULATION_LEMMA,),
        label="thm-simulation",
        theorem="simulation_lemma",
        cell="05-simulation-card",
        rests_on=("The identity for kernels",),
        differs="With a learned reward, and the span of the value in place of its largest size.",
    ),
    _in_5(
        "Tight simulation lemma",
        (claims.TIGHT_SIMULATION,),
        label="thm-tight-simulation",
        theorem="tight_simulation",
        cell="05-tight-card",
        differs="With a learned reward. Attained, and never more than the rewards alone allow, as the "
        "classical lemma is for large errors.",
    ),
    _in_5(
        "Asadi's value bound",
        (claims.ASADI_VALUE_BOUND, claims.ASADI_VALUE_BOUND_LEARNED),
        label="thm-asadi",
        theorem="asadi_bound",
        cell="05-asadi-card",
        rests_on=("Lemma 1 for kernels",),
        differs="Recovered: Lemma 1 for kernels with known reward and the policy part of the kernel.",
    ),
)

PRINTED: Mapping[str, Printed] = {
    "kernel_bounded_finite": (
        claims.BOUNDED_FINITE, {"expression": "kernel_bounded_finite_bound"},
    ),
    "simulation": (
        claims.SIMULATION_LEMMA, {"expression": "simulation_bound", "supposes": "simulation_supposes"},
    ),
    "tight_simulation": (
        claims.TIGHT_SIMULATION,
        {"expression": "tight_simulation_bound", "supposes": "tight_simulation_supposes"},
    ),
    "asadi": (
        claims.ASADI_VALUE_BOUND, {"expression": "asadi_value_bound", "supposes": "asadi_supposes"},
    ),
}  # fmt: skip

_DISTRIBUTIONS = "distributions have finitely many atoms, as all have on finite spaces: so every mean exists"
_FIXED = (
    "a real and a learned random world with the same states, actions, policy and first distribution; "
    r"kernels \(P\), \(\hat P\) and rewards \(r\), \(\hat r\)"
)
_NUMBERS = "the numbers of the bound, all at least 0"
_RETURNS = (
    r"\(J = \sum_t \gamma^t\, \mathbb{E}\, r(s_t, a_t)\) with \(a_t \sim \pi_{s_t}\), \(s_{t+1} \sim "
    r"P_{s_t, a_t}\), and \(\hat J\) likewise in the learned world"
)
_W1 = (
    r"\(W_1(p, q)\) is defined by its dual: the supremum of \(\mathbb{E}_p h - \mathbb{E}_q h\) over the "
    r"\(h\) with \(|h(x) - h(y)| \le d(x, y)\)"
)
_DISTANCES = (
    "distances of states, and of actions, are nonnegative, symmetric, 0 from a point to itself, and obey "
    "the triangle inequality"
)
_SMOOTH = (
    _DISTRIBUTIONS,
    _DISTANCES,
    r"one of the two kernels, \(K \in \{P, \hat P\}\), has \(W_1(K_{x,a}, K_{y,b}) \le L_f\,(d(x,y) + "
    r"d(a,b))\)",
    r"one of the two rewards, \(u \in \{r, \hat r\}\), has \(|u(x,a) - u(y,b)| \le L_r\,(d(x,y) + d(a,b))\)",
    r"\(W_1(\pi_x, \pi_y) \le L_\pi\, d(x,y)\)",
    r"\(W_1(\hat P_{x,a}, P_{x,a}) \le \varepsilon_{\mathrm{dyn}}\) and \(|\hat r(x,a) - r(x,a)| \le "
    r"\varepsilon_{\mathrm{rew}}\)",
)
_BOUNDED = r"both rewards are bounded, as all functions on finite spaces are"

WORDS: Mapping[str, Words] = {
    "kernel_bound": Words(
        title="Lemma 1 for kernels",
        source="[AML18, with a learned reward added]",
        also="In the first line both returns exist: their series converge. That is part of the conclusion.",
        fixed=f"{_FIXED}; {_NUMBERS}.",
        for_all=r"the assumptions range over all states \(x, y\) and actions \(a, b\), of any kind. The "
        r"second line holds for every horizon \(H\).",
        definitions=(_RETURNS, r"\(J_H\), \(\hat J_H\) are the sums over \(t < H\)", _W1),
        assumptions=(*_SMOOTH, r"\(\gamma < 1\), and for the first line \(\gamma L_f (1 + L_\pi) < 1\)"),
    ),
    "kernel_either_side": Words(
        title="Either side's constants",
        source="[this book]",
        also="Both returns exist. That is part of the conclusion.",
        fixed=f"{_FIXED}; {_NUMBERS}.",
        for_all="what Lemma 1 for kernels ranges over.",
        definitions=(_RETURNS, _W1),
        assumptions=(
            _DISTRIBUTIONS,
            r"what Lemma 1 for kernels supposes, with \(L_f, L_r\) for the real kernel and reward and with "
            r"\(L_{\hat f}, L_{\hat r}\) for the learned ones",
            r"\(\gamma < 1\) and \(\gamma \min(L_f, L_{\hat f})(1 + L_\pi) < 1\)",
        ),
    ),
    "kernel_bounded_states": Words(
        title="Bounded states, for kernels",
        source="[this book]",
        also=r"Both returns exist, and the series \(C_\infty\) converges, whatever \(L_f\) is. Both are "
        "concluded.",
        fixed=f"{_FIXED}; {_NUMBERS}.",
        for_all=r"what Lemma 1 for kernels ranges over; the second line holds for every horizon \(H\).",
        definitions=(
            _RETURNS,
            r"\(C_H(\gamma, L, \varepsilon, D) = \sum_{t<H} \gamma^t \min(D, \varepsilon\, G_t(L))\), "
            r"\(G_t(L) = 1 + L + \dots + L^{t-1}\)",
            _W1,
        ),
        assumptions=(*_SMOOTH, r"\(\gamma < 1\), and \(d(x, y) \le D\) for any two states"),
    ),
    "kernel_identity": Words(
        title="The identity for kernels",
        source="[Kakade and Langford 2002; Luo et al. 2019]",
        also="Both returns exist; Bellman's equation has exactly one bounded solution, the value. All of "
        "this is concluded.",
        fixed=f"{_FIXED}; the discount.",
        for_all=r"\(0 \le \gamma < 1\).",
        definitions=(
            _RETURNS,
            r"\(V(x) = \mathbb{E}_{a \sim \pi_x} [\, r(x, a) + \gamma\, \mathbb{E}_{P_{x,a}} V\,]\) is the "
            "real world's Bellman equation",
        ),
        assumptions=(_DISTRIBUTIONS, _BOUNDED),
    ),
    "simulation_lemma": Words(
        title="Simulation lemma",
        source="[KS02, Lemma 4; this book]",
        also="Both returns exist. That is part of the conclusion.",
        fixed=f"{_FIXED}; {_NUMBERS}.",
        for_all=r"\(0 \le \gamma < 1\); states and actions of any kind, without any distance.",
        definitions=(
            _RETURNS,
            r"\(\operatorname{TV}(p, q)\) is the largest difference of the probabilities of an event",
            r"\(V\) is the value of the policy in the real world",
        ),
        assumptions=(
            _DISTRIBUTIONS,
            _BOUNDED,
            r"\(\operatorname{TV}(\hat P_{x,a}, P_{x,a}) \le \varepsilon_{\mathrm{dyn}}\) and \(|\hat "
            r"r(x,a) - r(x,a)| \le \varepsilon_{\mathrm{rew}}\)",
            r"no two values differ by more than \(\operatorname{sp} V\)",
        ),
    ),
    "tight_simulation": Words(
        title="Tight simulation lemma",
        source="[LP24]",
        also=r"Both returns exist, and the bound is at most \((R + \varepsilon_{\mathrm{rew}}) / (1 - "
        r"\gamma)\), what the rewards alone allow. Both are concluded.",
        fixed=f"{_FIXED}; {_NUMBERS}.",
        for_all=r"\(0 \le \gamma < 1\), \(\varepsilon_{\mathrm{dyn}} \le 1\); states and actions of any "
        "kind, without any distance.",
        definitions=(
            _RETURNS,
            r"\(\operatorname{TV}(p, q)\) is the largest difference of the probabilities of an event",
        ),
        assumptions=(
            _DISTRIBUTIONS,
            r"real rewards lie in an interval of length \(R\)",
            r"\(\operatorname{TV}(\hat P_{x,a}, P_{x,a}) \le \varepsilon_{\mathrm{dyn}}\) and \(|\hat "
            r"r(x,a) - r(x,a)| \le \varepsilon_{\mathrm{rew}}\)",
        ),
    ),
    "asadi_bound": Words(
        title="Asadi's value bound",
        source="[AML18]",
        also="Both values exist. That is part of the conclusion.",
        fixed=r"two Markov reward processes with the same states and the same reward \(r\), and numbers "
        "that are all at least 0.",
        for_all=r"every state \(s\).",
        definitions=(
            r"\(L_f\) is the smaller of the two kernels' constants, \(K\) and \(\hat K\)",
            _W1,
        ),
        assumptions=(
            _DISTRIBUTIONS,
            "distances of states are nonnegative, symmetric, 0 from a point to itself, and obey the "
            "triangle inequality",
            r"\(W_1(P_x, P_y) \le K\, d(x,y)\) and \(W_1(\hat P_x, \hat P_y) \le \hat K\, d(x,y)\)",
            r"\(|r(x) - r(y)| \le L_r\, d(x,y)\) and \(W_1(\hat P_x, P_x) \le \varepsilon_{\mathrm{dyn}}\)",
            r"\(\gamma < 1\) and \(\gamma L_f < 1\)",
        ),
    ),
}
