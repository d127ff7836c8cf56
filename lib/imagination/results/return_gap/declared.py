"""The return gap: its results."""

from collections.abc import Mapping
from functools import partial

from imagination.results.result import Printed, Result, Words
from imagination.results.return_gap import claims

__all__ = ["PRINTED", "RESULTS", "WORDS"]

_in_3 = partial(Result, chapter="03_what_the_constants_do")

RESULTS: tuple[Result, ...] = (
    Result(
        "State error",
        (claims.STATE_ERROR,),
        chapter="02_lemma_1",
        label="lem-state-error",
        theorem="state_error",
        cell="02-state-error",
        differs="As in the paper.",
    ),
    Result(
        "Finite horizon",
        (claims.FINITE_HORIZON,),
        chapter="02_lemma_1",
        label="thm-lemma-1",
        theorem="finite_horizon",
        cell="02-finite",
        rests_on=("State error",),
        differs="The paper's bound needs γL < 1. For H steps L may be anything.",
    ),
    Result(
        "Lemma 1",
        (claims.LEMMA_1,),
        chapter="02_lemma_1",
        label="thm-lemma-1",
        theorem="lemma_1",
        cell="02-card",
        differs="As in the paper. That both returns exist is concluded, not taken for granted.",
    ),
    _in_3(
        "Bounded states",
        (claims.BOUNDED_STATES_FINITE, claims.BOUNDED_STATES),
        label="thm-bounded-states",
        theorem="bounded_states",
        cell="03-bounded-card",
        rests_on=("State error",),
        differs="Holds where Lemma 1 is silent: where states are bounded and γL is 1 or more.",
    ),
    _in_3(
        "Corollary 1",
        (*claims.MONOTONE.values(),),
        label="cor-monotone",
        theorem="corollary_1",
        cell="03-card",
        differs="As in the paper. A smaller L_f may cost a larger error; only the net effect counts.",
    ),
    _in_3(
        "Lemma 1 is attained",
        (claims.ATTAINED_FINITE, claims.ATTAINED),
        label="thm-attained",
        theorem="lemma_1_attained",
        cell="03-attained-limit",
        differs="The paper does not say whether its bound can be met. It can, exactly.",
    ),
    _in_3(
        "Either side's constants",
        (claims.EITHER_SIDE,),
        label="thm-either-side",
        theorem="either_side",
        cell="03-either-card",
        differs="The paper uses the real world's constants. The models' own, which can be computed, serve "
        "as well.",
    ),
    _in_3(
        "The identity, H steps",
        (claims.PARTIAL_IDENTITY,),
        label="thm-identity",
        theorem="identity",
        cell="03-identity-card",
        differs="Known for two policies in one world, and for one in two; rewards err, too.",
    ),
    _in_3(
        "The identity",
        (claims.IDENTITY,),
        label="thm-identity",
        theorem="identity_infinite",
        cell="03-identity-card",
        rests_on=("Lemma 1", "State error", "The value is Lipschitz"),
        differs="Classical (performance difference, telescoping); the learned reward's error is added. The "
        "paper goes from errors to bound by inequalities. This is what they start from.",
    ),
    _in_3(
        "The mirror image",
        (claims.MIRROR,),
        label="thm-identity",
        theorem="mirror_identity",
        cell="03-mirror-card",
        rests_on=("The identity, H steps",),
        differs="Classical, too: along the real rollout, with the learned value.",
    ),
    _in_3(
        "The value is Lipschitz",
        (claims.VALUE_LIPSCHITZ,),
        label="thm-identity",
        theorem="value_lipschitz",
        cell="03-value-card",
        differs="Classical for values of actions in random worlds, with the same constant.",
    ),
    _in_3(
        "Average errors suffice",
        (claims.AVERAGE_ERROR,),
        label="thm-identity",
        theorem="average_error",
        cell="03-average-card",
        rests_on=("The identity",),
        differs="The paper takes suprema over all states. Errors count only where imagination goes; Luo et "
        "al. say so of a known reward, along the real rollout.",
    ),
    _in_3(
        "Suprema give Lemma 1 back",
        (claims.SUPREMA_GIVE_LEMMA_1,),
        label="thm-identity",
        theorem="suprema_give_lemma_1",
        cell="03-suprema",
        rests_on=("Average errors suffice", "The value is Lipschitz"),
        differs="A second way to Lemma 1, which shows where it loses.",
    ),
    _in_3(
        "Regret",
        (claims.REGRET,),
        label="thm-regret",
        theorem="regret",
        cell="03-regret-card",
        differs="Not in the paper. The classical step from the gap of every policy to the regret of the "
        "best imagined one, here within a class and for any bound of the gap.",
    ),
)


def _bound(name: str, *, supposes: bool = True) -> dict[str, str]:
    """A claim's right side as `name_bound`, and what it supposes of numbers as `name_supposes`."""
    return {"expression": f"{name}_bound"} | ({"supposes": f"{name}_supposes"} if supposes else {})


PRINTED: Mapping[str, Printed] = {
    "lemma_1": (claims.LEMMA_1, _bound("lemma_1")),
    "state_error": (claims.STATE_ERROR, _bound("state_error")),
    "finite_horizon": (claims.FINITE_HORIZON, _bound("finite_horizon")),
    "bounded_states": (claims.BOUNDED_STATES, _bound("bounded_states")),
    "bounded_states_finite": (
        claims.BOUNDED_STATES_FINITE,
        _bound("bounded_states_finite", supposes=False),
    ),
    "either_side": (claims.EITHER_SIDE, _bound("either_side")),
    "value_lipschitz": (claims.VALUE_LIPSCHITZ, _bound("value_lipschitz", supposes=False)),
    "average_error": (claims.AVERAGE_ERROR, _bound("average_error", supposes=False)),
    "regret": (claims.REGRET, _bound("regret", supposes=False)),
    **{
        f"corollary_1_{code}": (
            claim,
            {
                "quantity": f"corollary_1_{code}_left",
                "expression": f"corollary_1_{code}_right",
                "supposes": f"corollary_1_{code}_supposes",
            },
        )
        for code, claim in claims.MONOTONE.items()
    },
}

_DISTANCES = (
    "distances of states, and of actions, are nonnegative, symmetric, 0 from a point to itself, and obey "
    "the triangle inequality",
)
_SMOOTH_F = r"\(d(f(x,a), f(y,b)) \le L_f\,(d(x,y) + d(a,b))\)"
_SMOOTH_R = r"\(|r(x,a) - r(y,b)| \le L_r\,(d(x,y) + d(a,b))\)"
_SMOOTH_PI = r"\(d(\pi(x), \pi(y)) \le L_\pi\, d(x,y)\)"
_ERROR_F = r"\(d(\hat f(x,a), f(x,a)) \le \varepsilon_{\mathrm{dyn}}\)"
_WORLDS = (
    *_DISTANCES,
    _SMOOTH_F,
    _SMOOTH_R,
    _SMOOTH_PI,
    rf"{_ERROR_F} and \(|\hat r(x,a) - r(x,a)| \le \varepsilon_{{\mathrm{{rew}}}}\)",
)
_CONTRACTS = r"\(\gamma < 1\) and \(\gamma L_f (1 + L_\pi) < 1\)"
_FINITE_RETURNS = (
    r"\(J_H = \sum_{t<H} \gamma^t r(s_t, \pi(s_t))\) and \(\hat J_H = \sum_{t<H} \gamma^t \hat r(\hat s_t, "
    r"\pi(\hat s_t))\)"
)

WORDS: Mapping[str, Words] = {
    "lemma_1": Words(
        title="Lemma 1",
        source="[TSGLH26, Lemma 1]",
        left=r"\left|J - \hat J\right|",
        also="Both returns exist: their series converge. That is part of the conclusion.",
        fixed="a real and a learned world with the same states, actions, distances, policy and first "
        r"state; the numbers \(\gamma, L_f, L_r, L_\pi, \varepsilon_{\mathrm{dyn}}, "
        r"\varepsilon_{\mathrm{rew}} \ge 0\).",
        for_all=r"the assumptions range over all states \(x, y\) and actions \(a, b\). Both may be of any "
        "kind; no space is supposed to be finite.",
        definitions=(
            r"\(s_{t+1} = f(s_t, \pi(s_t))\) and \(\hat s_{t+1} = \hat f(\hat s_t, \pi(\hat s_t))\), from "
            r"one start \(s_0 = \hat s_0\)",
            r"\(J = \sum_t \gamma^t r(s_t, \pi(s_t))\) and \(\hat J = \sum_t \gamma^t \hat r(\hat s_t, "
            r"\pi(\hat s_t))\)",
        ),
        assumptions=(_CONTRACTS, *_WORLDS),
    ),
    "state_error": Words(
        title="State error",
        source="[TSGLH26, proof of Lemma 1]",
        left=r"d(s_t, \hat s_t)",
        fixed="two worlds as in Lemma 1.",
        for_all=r"every time \(t\).",
        assumptions=_WORLDS,
    ),
    "finite_horizon": Words(
        title="Finite horizon",
        source="[this book]",
        also=r"The sums have a closed form where neither \(L\) nor \(\gamma L\) is 1; where one of them is, "
        "they have another, to which that tends. Where errors contract the bound tends to Lemma 1's as "
        r"\(H\) grows. All of it is concluded.",
        fixed="two worlds as in Lemma 1.",
        for_all=r"every horizon \(H\), and every \(L\).",
        definitions=(_FINITE_RETURNS,),
        assumptions=(r"\(\gamma < 1\)", *_WORLDS),
    ),
    "bounded_states": Words(
        title="Bounded states",
        source="[this book]",
        also="The series of the second bound converges, and both returns exist. That is part of the "
        "conclusion.",
        fixed="two worlds as in Lemma 1, and a diameter \\(D\\).",
        for_all=r"every horizon \(H\), and every \(L\).",
        definitions=(
            _FINITE_RETURNS,
            r"\(C_H = \sum_{t<H} \gamma^t \min(D, \varepsilon_{\mathrm{dyn}} G_t(L))\)",
        ),
        assumptions=(r"\(\gamma < 1\)", r"no two states are further apart than \(D\)", *_WORLDS),
    ),
    "lemma_1_attained": Words(
        title="Lemma 1 is attained",
        source="[this book]",
        also="The world satisfies everything that Lemma 1 assumes, with the same constants and errors. That "
        "is part of the conclusion, and that both returns exist.",
        fixed=r"numbers \(\gamma, L_f, L_r, L_\pi, \varepsilon_{\mathrm{dyn}}, \varepsilon_{\mathrm{rew}} "
        r"\ge 0\).",
        for_all=r"every horizon \(H\).",
        definitions=(
            r"on the real line, from 0: \(f(s, a) = L_f (s + a)\), \(r(s, a) = L_r (s + a)\), \(\pi(s) = "
            r"L_\pi s\), \(\hat f = f + \varepsilon_{\mathrm{dyn}}\), \(\hat r = r + "
            r"\varepsilon_{\mathrm{rew}}\)",
        ),
        assumptions=(r"\(\gamma < 1\), and for the second equation \(\gamma L_f (1 + L_\pi) < 1\)",),
    ),
    "either_side": Words(
        title="Either side's constants",
        source="[this book]",
        also="Both returns exist. Each of the four pairs of constants will do by itself, with Lemma 1's "
        "bound; then nothing is supposed of the other side. Both are part of the conclusion.",
        fixed="two worlds as in Lemma 1.",
        for_all="the assumptions range over all states and actions, of any kind.",
        assumptions=(
            r"\(\gamma < 1\), and the smaller of \(L_f\) and \(L_{\hat f}\) contracts",
            *_WORLDS,
            r"\(\hat f\) is \(L_{\hat f}\)-Lipschitz, and \(\hat r\) is \(L_{\hat r}\)-Lipschitz, as \(f\) "
            r"and \(r\) are",
        ),
    ),
    "identity": Words(
        title="The identity, H steps",
        source="[KL02; LXLTDM19]",
        fixed="a real and a learned world with the same states, actions, policy and first state.",
        for_all=r"every \(\gamma\) and every horizon \(H\).",
        definitions=(
            _FINITE_RETURNS,
            r"\(\Delta_{\mathrm{rew}} = \sum_{t<H} \gamma^t\, [\hat r - r](\hat s_t, \hat a_t)\) and "
            r"\(\Delta_{\mathrm{dyn}} = \sum_{t<H} \gamma^{t+1} [V_{H-t-1}(\hat f(\hat s_t, \hat a_t)) - "
            r"V_{H-t-1}(f(\hat s_t, \hat a_t))]\)",
            r"\(V_n(x)\) is the real return of \(n\) steps from \(x\); \(\hat a_t = \pi(\hat s_t)\)",
        ),
        assumptions=("none",),
    ),
    "identity_infinite": Words(
        title="The identity",
        source="[KL02; LXLTDM19]",
        also="Every state has a value, both returns exist, and the series converges to their difference. "
        "All of this is concluded. Another theorem, identity_bounded, concludes the same where both rewards "
        "are bounded.",
        fixed="two worlds as in Lemma 1.",
        for_all="the assumptions range over all states and actions, of any kind.",
        definitions=(
            r"\(\Delta_{\mathrm{rew}} = \sum_t \gamma^t\, [\hat r - r](\hat s_t, \hat a_t)\) and "
            r"\(\Delta_{\mathrm{dyn}} = \sum_t \gamma^{t+1} [V(\hat f(\hat s_t, \hat a_t)) - V(f(\hat s_t, "
            r"\hat a_t))]\)",
            r"\(V(x) = \sum_t \gamma^t r(s_t, a_t)\) from \(s_0 = x\) in the real world",
        ),
        assumptions=(_CONTRACTS, *_WORLDS),
    ),
    "mirror_identity": Words(
        title="The mirror image",
        source="[KL02; LXLTDM19]",
        fixed="a real and a learned world with the same states, actions, policy and first state.",
        for_all=r"every \(\gamma\) and every horizon \(H\).",
        definitions=(
            _FINITE_RETURNS,
            r"\(\Delta'_{\mathrm{rew}} = \sum_{t<H} \gamma^t\, [r - \hat r](s_t, a_t)\) and "
            r"\(\Delta'_{\mathrm{dyn}} = \sum_{t<H} \gamma^{t+1} [\hat V_{H-t-1}(f(s_t, a_t)) - \hat "
            r"V_{H-t-1}(\hat f(s_t, a_t))]\)",
            r"\(\hat V_n(x)\) is the learned pair's return of \(n\) steps from \(x\); \(a_t = \pi(s_t)\)",
        ),
        assumptions=(
            "none; for all steps, mirror_identity_infinite assumes of the learned pair what Lemma 1 assumes "
            "of the real one",
        ),
    ),
    "value_lipschitz": Words(
        title="The value is Lipschitz",
        source="[Rachelson and Lagoudakis 2010; Pirotta et al. 2015]",
        also="Every state has a value. That is part of the conclusion.",
        fixed="a real world as in Lemma 1, with a model; the model may be the world itself.",
        for_all=r"states \(x, y\) at distance \(d\).",
        definitions=(r"\(V(x) = \sum_t \gamma^t r(s_t, a_t)\) from \(s_0 = x\) in the real world",),
        assumptions=(_CONTRACTS, *_DISTANCES, _SMOOTH_F, _SMOOTH_R, _SMOOTH_PI),
    ),
    "average_error": Words(
        title="Average errors suffice",
        source="[LXLTDM19; this book]",
        also="Both averages exist. That is part of the conclusion.",
        fixed="two worlds as in Lemma 1.",
        for_all=r"Lipschitz constants \(L_V\) of the value; one is \(L_r (1 + L_\pi) / (1 - \gamma L)\).",
        definitions=(
            r"\(\bar\varepsilon = (1 - \gamma) \sum_t \gamma^t \varepsilon_t\), with \(\varepsilon_t\) the "
            r"errors at \((\hat s_t, \hat a_t)\): \(d(\hat f, f)\) of the dynamics, \(|\hat r - r|\) of the "
            "reward",
        ),
        assumptions=(_CONTRACTS, *_WORLDS, r"\(|V(x) - V(y)| \le L_V\, d(x, y)\)"),
    ),
    "suprema_give_lemma_1": Words(
        title="Suprema give Lemma 1 back",
        source="[this book]",
        also="The gap is at most the bound by averages, with this Lipschitz constant of the value, and that "
        "is at most the left side. Both are part of the conclusion.",
        fixed="two worlds as in Lemma 1.",
        for_all="the assumptions range over all states and actions, of any kind.",
        assumptions=(_CONTRACTS, *_WORLDS),
    ),
    "regret": Words(
        title="Regret",
        source="[KS02]",
        also="The real returns of the class have a least upper bound. It need not be the return of any "
        "policy.",
        fixed=r"a set of policies of any kind, a class of them, real and imagined returns \(J(\pi)\) and "
        r"\(\hat J(\pi)\), a policy \(\hat\pi\) of the class, and numbers \(G\) and \(\delta\).",
        for_all="the assumptions range over all policies of the class.",
        definitions=(r"\(J(\pi^*)\) stands for the least upper bound of the real returns of the class",),
        assumptions=(
            r"\(|J(\pi) - \hat J(\pi)| \le G\)",
            r"\(\hat J(\pi) \le \hat J(\hat\pi) + \delta\)",
        ),
    ),
    "corollary_1": Words(
        title="Corollary 1",
        source="[TSGLH26, Corollary 1]",
        fixed="nothing.",
        for_all=r"numbers \(0 \le \gamma \le \gamma'\), \(0 \le L_f \le L_f'\), \(0 \le L_r \le L_r'\), \(0 "
        r"\le L_\pi \le L_\pi'\): all four constants may grow at once.",
        assumptions=(
            r"the larger constants still satisfy \(\gamma' < 1\) and \(\gamma' L_f' (1 + L_\pi') < 1\)",
        ),
    ),
}
