"""Histories in the place of a state: its results."""

from collections.abc import Mapping

from imagination.results.histories import claims
from imagination.results.result import Printed, Result, Words

__all__ = ["PRINTED", "RESULTS", "WORDS"]

_CHAPTER = "21_where_these_bounds_come_from"

RESULTS: tuple[Result, ...] = (
    Result(
        "The gap of histories",
        (claims.HISTORIES,),
        chapter=_CHAPTER,
        label="thm-histories",
        theorem="history_gap",
        cell="21-histories",
        differs="The paper has a state. Here the real episode may be any, and the model reads its last "
        "observations; for one observation that is a state it is the closed loop itself.",
    ),
    Result(
        "A norm for histories",
        (claims.NORM, claims.NO_WORSE),
        chapter=_CHAPTER,
        label="thm-history-norm",
        theorem="history_norm",
        cell="21-history-norm",
        differs="With equal weights a history moves on with constant 1 or more, whatever the world does.",
    ),
)

PRINTED: Mapping[str, Printed] = {
    "history_gap": (
        claims.HISTORIES,
        {"expression": "history_gap_bound", "supposes": "history_gap_supposes"},
    ),
    "history_norm": (claims.NORM, {"expression": "history_norm_bound", "supposes": "history_norm_supposes"}),
    "history_no_worse": (
        claims.NO_WORSE,
        {"expression": "history_no_worse_bound", "supposes": "history_no_worse_supposes"},
    ),
}

_MODEL = (
    r"a model under a policy, which maps a history \(w\), newest entry \(w_0\) first, to the next "
    r"observation \(\hat g(w)\) and to a reward \(\hat u(w)\)"
)
_LAGS = r"\(d(\hat g(v), \hat g(w)) \le \sum_{i<k} c_i\, d(v_i, w_i)\) for all histories"

WORDS: Mapping[str, Words] = {
    "history_gap": Words(
        title="The gap of histories",
        source="[this book]",
        also="The same holds of returns of H steps, with sums of H steps for averages. The imagined return "
        "exists: that is concluded.",
        fixed=f"an episode of observations and rewards, any; {_MODEL}; a distance of observations.",
        for_all=r"\(0 \le \gamma < 1\), lags \(k\), constants \(c_i, \lambda_i \ge 0\) with \(\chi < 1\).",
        definitions=(
            r"\(\chi = \sum_{i<k} \gamma^{i+1} c_i\) and \(\Lambda = \sum_{i<k} \gamma^i \lambda_i\)",
            r"\(J\) is the episode's return; \(\hat J\) that of the model, which starts from the same "
            "history and reads its own predictions",
            r"\(\bar\delta_{\mathrm{obs}}\), \(\bar\delta_{\mathrm{rew}}\), averages along the real episode "
            "of the errors of one-step predictions and of rewards, step t with weight "
            r"\((1 - \gamma) \gamma^t\)",
        ),
        assumptions=(
            "the distance is nonnegative, symmetric, 0 from an observation to itself, and obeys the triangle "
            "inequality",
            "what was seen stays seen: each history is the one before, and a new observation",
            _LAGS,
            r"\(|\hat u(v) - \hat u(w)| \le \sum_{i<k} \lambda_i\, d(v_i, w_i)\)",
            "the episode's return and the two discounted sums of errors converge",
        ),
    ),
    "history_norm": Words(
        title="A norm for histories",
        source="[this book]",
        also=r"Where \(n \le \rho\) and \(\gamma \rho < 1\), \(\chi \le \gamma \rho\) and \(\Lambda \le "
        r"\sum_{i<k} \lambda_i \rho^{-i}\): the gap of histories is never bounded worse than by the closed "
        "loop in this norm.",
        fixed=f"{_MODEL}; a distance of observations.",
        for_all=r"weights \(\rho > 0\), lags \(k\), and constants \(c_i \ge 0\).",
        definitions=(
            r"\(\Phi(w)\) is the history \(\hat g(w), w_0, w_1, \dots\)",
            r"\(\lVert v - w \rVert_\rho = \max_{i<k} \rho^i d(v_i, w_i)\), at most \(d\) for \(v, w\)",
            r"\(n = \sum_{i<k} c_i \rho^{-i}\)",
        ),
        assumptions=(_LAGS,),
    ),
}
