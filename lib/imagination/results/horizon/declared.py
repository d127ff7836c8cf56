"""How long to imagine: its results."""

from collections.abc import Mapping
from functools import partial

from imagination.results.horizon import claims
from imagination.results.result import Printed, Result, Words

__all__ = ["PRINTED", "RESULTS", "WORDS"]

_in_16 = partial(Result, chapter="16_how_long_may_one_imagine")

RESULTS: tuple[Result, ...] = (
    _in_16(
        "The closed loop itself",
        (claims.CLOSED_LOOP,),
        label="thm-closed-loop",
        theorem="closed_loop",
        cell="16-closed-loop-card",
        differs="The paper multiplies the constants of dynamics and policy. Feedback exists to make the "
        "loop's own smaller; averages of errors take the place of suprema.",
    ),
    _in_16(
        "Imagine, then estimate",
        (claims.IMAGINE_THEN_ESTIMATE, claims.CONSTANT_ERRORS),
        label="thm-early-end",
        theorem="imagine_then_estimate",
        cell="16-early-end-card",
        differs="Known in many forms, with suprema; here with the errors where imagination is.",
    ),
    _in_16(
        "One more step",
        (claims.ONE_MORE_STEP,),
        label="thm-one-more-step",
        theorem="horizon",
        cell="16-one-more-card",
        differs="Not in the paper. It optimises the bound, not the error.",
    ),
    _in_16(
        "Whom imagination prefers",
        (claims.RANKING,),
        label="thm-ranking",
        theorem="ranking",
        cell="16-ranking-card",
        differs="Not in the paper. The difference of two gaps may be far smaller than either.",
    ),
    Result(
        "What each error did",
        (claims.ACCOUNT,),
        chapter="17_bring_your_own_world",
        label="thm-account",
        theorem="audit_identity",
        cell="17-account-card",
        differs="The mirror image, for episodes that end: the model's ends have a part of their own.",
    ),
)

PRINTED: Mapping[str, Printed] = {
    "closed_loop": (
        claims.CLOSED_LOOP, {"expression": "closed_loop_bound", "supposes": "closed_loop_supposes"},
    ),
    "imagine_then_estimate": (
        claims.IMAGINE_THEN_ESTIMATE,
        {"expression": "early_end_bound", "supposes": "early_end_supposes"},
    ),
    "constant_errors": (
        claims.CONSTANT_ERRORS,
        {"expression": "constant_errors_bound", "supposes": "constant_errors_supposes"},
    ),
    "one_more_step": (claims.ONE_MORE_STEP, {"expression": "one_more_step_change"}),
    "ranking": (claims.RANKING, {"expression": "ranking_bound"}),
}  # fmt: skip

_FIXED = (
    "a real and a learned deterministic world with the same states, actions, policy and first state; "
    r"dynamics \(f\), \(\hat f\) and rewards \(r\), \(\hat r\)"
)
_LOOPS = (
    r"\(F(x) = f(x, \pi(x))\) and \(u(x) = r(x, \pi(x))\), one step of the real closed loop and its reward; "
    r"\(\hat F\), \(\hat u\) likewise in the learned world"
)

WORDS: Mapping[str, Words] = {
    "closed_loop": Words(
        title="The closed loop itself",
        source="[this book]",
        also="Both returns exist: their series converge. The same holds of returns of H steps, with sums of "
        "H steps for averages. All of this is concluded.",
        fixed=f"{_FIXED}; a set of states, and a distance.",
        for_all=r"\(0 \le \gamma < 1\), \(\rho, \lambda \ge 0\) with \(\gamma \rho < 1\).",
        definitions=(
            _LOOPS,
            r"\(J = \sum_t \gamma^t u(s_t)\) along the real rollout, \(\hat J\) along the imagined one",
            r"\(\bar\varepsilon_{\mathrm{dyn}}\) and \(\bar\varepsilon_{\mathrm{rew}}\), averages of "
            r"\(d(\hat F, F)\) and \(|\hat u - u|\) along the imagined rollout, step t with weight "
            r"\((1 - \gamma) \gamma^t\)",
        ),
        assumptions=(
            "the distance is nonnegative, symmetric, 0 from a state to itself, and obeys the triangle "
            "inequality; any such distance will do",
            "both rollouts stay in the set",
            r"in it \(d(F(x), F(y)) \le \rho\, d(x, y)\)",
            r"and \(|u(x) - u(y)| \le \lambda\, d(x, y)\)",
            "the two discounted sums of errors converge",
        ),
    ),
    "imagine_then_estimate": Words(
        title="Imagine, then estimate",
        source="[FWSGGL18; this book]",
        fixed=f"{_FIXED}; an estimate \\(\\bar V\\) of the real value.",
        for_all=r"\(0 \le \gamma < 1\) and every horizon \(H\).",
        definitions=(
            _LOOPS,
            r"\(V\) solves the real world's Bellman equation \(V(x) = u(x) + \gamma V(F(x))\)",
            r"\(\hat J_H\) is the imagined return of H steps, \(\hat s_H\) the state that they reach",
            r"\(e = \hat u - u + \gamma\,(V \circ \hat F - V \circ F)\), the error of one step",
        ),
        assumptions=(
            r"\(|e(\hat s_t)| \le \delta(t)\) for \(t < H\)",
            r"\(|\bar V(\hat s_H) - V(\hat s_H)| \le \varepsilon_V(H)\)",
        ),
        also=r"Where \(\delta\) is the same at each step the sum is \(\delta\,(1 + \gamma + \dots + "
        r"\gamma^{H-1})\).",
    ),
    "horizon": Words(
        title="One more step",
        source="[this book]",
        fixed="the errors of steps and of the estimate, any numbers.",
        for_all=r"\(0 < \gamma < 1\) and every horizon \(H\).",
        definitions=(r"\(B(H) = \sum_{t<H} \gamma^t \delta(t) + \gamma^H \varepsilon_V(H)\)",),
        assumptions=("none: it is about the bound, whatever the errors are",),
        also=r"So one more step lowers the bound if and only if \(\delta(H) < \varepsilon_V(H) - \gamma\, "
        r"\varepsilon_V(H+1)\). For a constant \(\varepsilon_V\) and errors that do not decrease, the first "
        r"step that fails \(\delta(H) < (1 - \gamma)\, \varepsilon_V\) ends the best horizon. If they are "
        "all the same, the best horizon is 0, or every step is worth taking.",
    ),
    "ranking": Words(
        title="Whom imagination prefers",
        source="[this book]",
        fixed="real and imagined returns of two policies.",
        for_all="all numbers.",
        assumptions=(r"\(|(\hat J_1 - J_1) - (\hat J_2 - J_2)| \le d\)",),
        also=r"So if \(\hat J_1 - \hat J_2 > d\), then \(J_1 > J_2\).",
    ),
    "audit_identity": Words(
        title="What each error did",
        source="[KL02; this book]",
        fixed=f"{_FIXED}; shares \\(c, \\hat c\\) of states and actions, any numbers: 0 where the world "
        "ends, 1 where it goes on, and the model's chance that it does.",
        for_all=r"every \(\gamma\) and every horizon \(H\).",
        definitions=(
            r"\(s_t, a_t\) along the real rollout, with \(c_t = c(s_t, a_t)\), and so for the other letters; "
            r"\(w_t = \gamma^t\, c_0 \cdots c_{t-1}\)",
            r"\(J_H = \sum_{t<H} w_t\, r_t\), and \(\hat J_H = \hat V_H(s_0)\)",
            r"\(\hat V_0 = 0\), \(\hat V_{n+1}(x) = \hat r + \gamma\, \hat c\, \hat V_n(\hat f)\) at \((x, "
            r"\pi(x))\)",
            r"\(A_{\mathrm{rew}} = \sum_{t<H} w_t\, [\hat r - r]_t\)",
            r"\(A_{\mathrm{dyn}} = \sum_{t<H} w_t\, \gamma\, c_t\, [\hat V_{H-t-1}(\hat f_t) - \hat "
            r"V_{H-t-1}(f_t)]\)",
            r"\(A_{\mathrm{end}} = \sum_{t<H} w_t\, \gamma\, (\hat c_t - c_t)\, \hat V_{H-t-1}(\hat f_t)\)",
        ),
        assumptions=("none",),
    ),
}
