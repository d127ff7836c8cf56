"""Groups of rollouts: their results."""

from collections.abc import Mapping

from imagination.results.group import claims
from imagination.results.noise.declared import LEARNER
from imagination.results.result import Printed, Result, Words

__all__ = ["PRINTED", "RESULTS", "WORDS"]

_CHAPTER = "19_baselines_critics_and_groups"

RESULTS: tuple[Result, ...] = (
    Result(
        "Leave one out, state-dependent noise",
        (claims.ADDS,),
        chapter=_CHAPTER,
        label="thm-loo-noise",
        theorem="leave_one_out_noise",
        cell="19-loo-noise",
        rests_on=("Scores average to 0",),
        differs="Constant noise is the case K/(K - 1) of chapter 9. Verdicts have no constant noise.",
    ),
    Result(
        "Leave one out, all of the variance",
        (claims.TOTAL, claims.WINS),
        chapter=_CHAPTER,
        label="thm-loo-total",
        theorem="leave_one_out_total",
        cell="19-loo-total",
        rests_on=("Scores average to 0",),
        differs="The variance of a U-statistic, for whole rollouts; and when it is worth it.",
    ),
    Result(
        "Less the mean of the group",
        (claims.OWN_MEAN,),
        chapter=_CHAPTER,
        label="thm-group-mean",
        theorem="less_the_mean",
        cell="19-group-mean",
        rests_on=("Leave one out, state-dependent noise",),
        differs="Known; here for rollouts of many steps, on every sample and so in the mean.",
    ),
    Result(
        "Divided by the spread",
        (claims.NORMALISED, claims.SPREAD_MOST, claims.SPREAD_LEAST),
        chapter=_CHAPTER,
        label="thm-group-spread",
        theorem="divided_by_spread",
        cell="19-group-four",
        rests_on=("Scores average to 0",),
        differs="Known for one group, and in the limit; here the mean for every size, and with a J.",
    ),
    Result(
        "A group of four",
        (claims.FOUR,),
        chapter=_CHAPTER,
        label="thm-group-four",
        theorem="small_groups",
        cell="19-group-four",
        differs="Up to three answers dividing by the spread weighs all questions alike.",
    ),
)

PRINTED: Mapping[str, Printed] = {
    "leave_one_out_noise": (
        claims.ADDS,
        {"expression": "leave_one_out_added", "supposes": "others_supposes"},
    ),
    "leave_one_out_total": (claims.TOTAL, {"expression": "leave_one_out_spread"}),
    "leave_one_out_wins": (
        claims.WINS,
        {"expression": "rival_variance", "supposes": "leave_one_out_wins_supposes"},
    ),
    "less_the_mean": (claims.OWN_MEAN, {"expression": "less_the_mean_estimate"}),
    "divided_by_spread": (
        claims.NORMALISED,
        {"expression": "divided_by_spread_mean", "supposes": "unsure_supposes"},
    ),
    "spread_most": (claims.SPREAD_MOST, {"expression": "spread_most", "supposes": "spread_supposes"}),
    "spread_least": (claims.SPREAD_LEAST, {"expression": "spread_short"}),
    "small_groups": (claims.FOUR, {"expression": "weight_of_four"}),
}

_FIXED = r"a world, a policy, \(\gamma\), the horizon \(H\), and the number of rollouts \(K \ge 2\)."
_GROUP = r"a question, a policy with finitely many answers, a verifier, and \(K\) answers, independent."
_UNIFORM = r"all rollouts take \(H\) steps"

WORDS: Mapping[str, Words] = {
    "leave_one_out_noise": Words(
        title="Leave one out, state-dependent noise",
        source="[this book]",
        also="The mean is what it is without errors and without baseline. Where the variance is the same "
        r"everywhere, this is \(K/(K - 1)\) times what errors add without a baseline.",
        fixed=_FIXED,
        for_all=r"weights \(c_t = \delta^t\) of the scores, so both estimators, and every discount.",
        definitions=(
            r"rollout \(k\) subtracts at each time the mean of the others' returns to go, as they are seen",
            r"\(\Delta_{\mathrm{loo}}\) is the variance with errors less that without them",
            r"\(M_u = \sum_{t \le u} c_t \gamma^{u-t} w_t\)",
            r"\(m = \sum_u \mathbb{E}[\sigma_u^2 \lVert M_u \rVert^2]\), and "
            r"\(\bar{m} = \sum_u \mathbb{E}[\sigma_u^2]\, \mathbb{E} \lVert M_u \rVert^2\)",
        ),
        assumptions=(
            *LEARNER,
            _UNIFORM,
            "given the trajectories, errors have mean 0 and are uncorrelated; their variance depends on "
            "state and action",
        ),
    ),
    "leave_one_out_total": Words(
        title="Leave one out, all of the variance",
        source="[this book]",
        also=r"If \(V_b\) is below a rival's variance \(V_{\mathrm{rival}}\), the others' mean is no worse "
        r"from \(K = 1 + X / (V_{\mathrm{rival}} - V_b)\) rollouts on.",
        fixed=_FIXED,
        for_all=r"weights \(c_t = \delta^t\) of the scores, and every discount.",
        definitions=(
            r"\(V_b\) is the variance of one rollout's estimate that subtracts \(\mathbb{E}\, G_t\) at each "
            r"time \(t\)",
            r"\(X = \mathbb{E} \lVert x \rVert^2 + \mathbb{E} \langle x, x' \rangle\) with "
            r"\(x = \sum_t c_t w_t (G'_t - \mathbb{E}\, G_t)\), where a prime marks another rollout, and "
            r"\(x'\) is \(x\) with the two rollouts exchanged",
        ),
        assumptions=(*LEARNER, _UNIFORM),
    ),
    "less_the_mean": Words(
        title="Less the mean of the group",
        source="[Liu et al. 2025; this book]",
        also=r"So its mean is \((K - 1)/K\) times that of REINFORCE.",
        fixed=_FIXED,
        for_all="rollouts, and errors of their labels.",
        definitions=(
            r"\(\hat g_{\mathrm{group}}\) subtracts at each time the mean of all \(K\) returns to go, also "
            "its own",
            r"\(\hat g_{\mathrm{loo}}\) subtracts that of the \(K - 1\) others",
        ),
        assumptions=(_UNIFORM,),
    ),
    "divided_by_spread": Words(
        title="Divided by the spread",
        source="[Davis and Recht 2025; Bay and Yearick 2026; this book]",
        also=r"\(s \le \sqrt{(K - 1) p (1 - p) / K}\), and it falls short of \(\sqrt{p (1 - p)}\) by at most "
        r"\(\sqrt{p (1 - p)}\,(1 + 1/(p (1 - p)))/(2K)\).",
        fixed=_GROUP,
        for_all=r"policies, and verifiers with rates that are the same for all answers.",
        definitions=(
            r"\(\hat g_{\mathrm{norm}} = \tfrac{1}{K} \sum_i w_i (v_i - \bar v)/S\), and 0 where all the "
            r"\(v_i\) are equal",
            r"\(S = \sqrt{\bar v (1 - \bar v)}\) is the standard deviation of the group's verdicts, and "
            r"\(s = \mathbb{E}\, S\)",
            r"\(p\) is the chance of a yes, and \(\nabla p_{\mathrm{right}} = \mathbb{E}[w\, r]\)",
        ),
        assumptions=(
            r"probabilities add to 1, and scores have mean 0",
            r"a verdict is a yes with chance \(\mathrm{FPR} + J r\), independently of the other answers",
        ),
    ),
    "small_groups": Words(
        title="Groups of two, three and four",
        source="[this book]",
        also=r"For \(K = 2\) this weight is 1, and for \(K = 3\) it is \(\sqrt{2}\), whatever \(p\) is.",
        fixed=_GROUP,
        for_all=r"chances \(p\) of a yes, \(0 < p < 1\).",
        definitions=(
            r"\(s\) is the expected standard deviation of four answers' verdicts, and \(s/(p(1-p))\) "
            "the weight that dividing by it gives to a question",
        ),
        assumptions=("verdicts are independent",),
    ),
}
