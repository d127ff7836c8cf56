"""Noisy rewards: its results."""

from collections.abc import Mapping

from imagination.results.noise import claims
from imagination.results.result import Printed, Result, Words

__all__ = ["LEARNER", "NOISE", "PRINTED", "RESULTS", "WORDS"]

_CHAPTER = "09_noise_is_only_variance"

RESULTS: tuple[Result, ...] = (
    Result(
        "Scores average to 0",
        (claims.MARTINGALE,),
        chapter=_CHAPTER,
        label="lem-martingale",
        theorem="score_mean",
        cell="09-4a4464c4",
        differs="A classical fact, from the derivative of probabilities that add to 1.",
    ),
    Result(
        "Variance of an average",
        (claims.AVERAGE,),
        chapter=_CHAPTER,
        label="thm-exact-amount",
        theorem="variance_of_average",
        cell="09-exact",
    ),
    Result(
        "Theorem 2, exact",
        (claims.EXACT,),
        chapter=_CHAPTER,
        label="thm-exact-amount",
        theorem="exact_noise",
        cell="09-sharp",
        rests_on=("Scores average to 0", "Variance of an average"),
        differs="The paper has an inequality. Scores average to 0, so the amount is a sum, exactly.",
    ),
    Result(
        "Theorem 2",
        (claims.PAPER,),
        chapter=_CHAPTER,
        label="thm-noise",
        theorem="theorem_2",
        cell="09-sharp",
        rests_on=("Scores average to 0", "Variance of an average", "Theorem 2, exact"),
        differs="The paper bounds a variance; this is its bound of the added part.",
    ),
    Result(
        "Theorem 2, sharp",
        (claims.SHARP,),
        chapter=_CHAPTER,
        label="thm-exact-amount",
        theorem="noise_sharp",
        cell="09-sharp",
        rests_on=("Scores average to 0", "Variance of an average"),
        differs="Smaller than the paper's by (1 - gamma)/(1 + gamma), and with the smaller mean of scores.",
    ),
    Result("Sharp below Theorem 2", (claims.SHARPER,), chapter=_CHAPTER, cell="09-sharp"),
    Result(
        "Theorem 2, discounted estimator",
        (claims.DISCOUNTED,),
        chapter=_CHAPTER,
        label="thm-discounted-noise",
        theorem="discounted_noise",
        cell="09-2e88f743",
        rests_on=("Scores average to 0", "Variance of an average", "Theorem 2, exact"),
        differs=(
            "The paper's estimator is not the gradient of the return where gamma < 1. The one that is "
            "has added variance bounded in H."
        ),
    ),
    Result(
        "Baselines",
        (claims.BASELINE_MEAN, claims.BASELINE_NOISE),
        chapter=_CHAPTER,
        label="cor-baseline-noise",
        theorem="baseline",
        cell="09-2e88f743",
        rests_on=("Scores average to 0", "Variance of an average"),
        differs="That the mean stays is classical. What errors add stays too, however they are correlated.",
    ),
    Result(
        "State-dependent noise",
        (claims.STATE_DEPENDENT,),
        chapter=_CHAPTER,
        label="prop-state-dependent",
        theorem="state_dependent_noise",
        cell="09-state-dependent",
        rests_on=("Variance of an average",),
        differs="The paper's noise has one variance everywhere. Where it has not, scores' cross terms stay.",
    ),
    Result(
        "Leave one out",
        (claims.LEAVE_ONE_OUT,),
        chapter=_CHAPTER,
        label="cor-leave-one-out",
        theorem="leave_one_out",
        cell="09-leave-one-out",
        rests_on=("Scores average to 0", "Leave one out, state-dependent noise"),
        differs="A popular baseline that is made of the labels themselves.",
    ),
    Result(
        "What a score hears of the errors",
        (claims.HEARD,),
        chapter=_CHAPTER,
        label="prop-correlated",
        theorem="heard_most",
        cell="09-ad3331f1",
    ),
    Result(
        "Correlated errors, exact",
        (claims.CORRELATED_EXACT,),
        chapter=_CHAPTER,
        label="prop-correlated",
        theorem="correlated_noise",
        cell="09-ad3331f1",
        rests_on=("Scores average to 0", "Variance of an average"),
    ),
    Result(
        "What the square in Theorem 2 pays for",
        (claims.CORRELATED,),
        chapter=_CHAPTER,
        label="prop-correlated",
        theorem="correlated_bound",
        cell="09-ad3331f1",
        rests_on=("Correlated errors, exact", "What a score hears of the errors"),
        differs="With errors that are correlated in time the paper's form is right.",
    ),
    Result(
        "Which gradient",
        (claims.GRADIENT, claims.NOT_THE_GRADIENT),
        chapter=_CHAPTER,
        label="prop-which-gradient",
        theorem="which_gradient",
        cell="09-348eb961",
        rests_on=("Scores average to 0",),
        differs=(
            "The paper calls its estimator one of the gradient; a coin shows that it is not where gamma < 1."
        ),
    ),
)

PRINTED: Mapping[str, Printed] = {
    "theorem_2": (
        claims.PAPER,
        {"quantity": "theorem_2_added", "expression": "theorem_2_bound", "supposes": "theorem_2_supposes"},
    ),
    "noise_sharp": (claims.SHARP, {"expression": "noise_sharp_bound", "supposes": "noise_sharp_supposes"}),
    "noise_discounted": (
        claims.DISCOUNTED,
        {
            "quantity": "noise_discounted_added",
            "expression": "noise_discounted_bound",
            "supposes": "noise_discounted_supposes",
        },
    ),
    "state_dependent": (
        claims.STATE_DEPENDENT,
        {"expression": "state_dependent_added", "supposes": "state_dependent_supposes"},
    ),
    "leave_one_out": (
        claims.LEAVE_ONE_OUT,
        {"expression": "leave_one_out_factor", "supposes": "leave_one_out_supposes"},
    ),
    "heard_most": (claims.HEARD, {"expression": "heard_most_bound", "supposes": "heard_most_supposes"}),
    "correlated_noise": (
        claims.CORRELATED_EXACT,
        {"expression": "correlated_noise_added", "supposes": "correlated_noise_supposes"},
    ),
    "correlated_bound": (claims.CORRELATED, {"supposes": "correlated_bound_supposes"}),
    "which_gradient": (claims.NOT_THE_GRADIENT, {"expression": "which_gradient_missed"}),
}

_ADDED = r"\operatorname{Var} \hat g - \operatorname{Var} \hat g\big|_{\eta = 0}"
LEARNER = (
    "there are finitely many actions; transitions and first states are drawn from finitely many. So "
    "every mean over rollouts exists",
    "the policy has finitely many parameters, its probabilities are nonnegative and add to 1, and it is "
    r"differentiable: \(\nabla \pi = \pi\, w\)",
)
NOISE = (
    r"given state and action, an error has mean 0 and variance \(\sigma^2\), both of which exist, and is "
    "independent of everything else"
)

_ERRORS = "given the trajectory errors have mean 0, and any variances and correlations in time"

WORDS: Mapping[str, Words] = {
    "theorem_2": Words(
        title="Theorem 2",
        source="[TSGLH26, Theorem 2]",
        left=_ADDED,
        also=r"Every component of \(\hat g\) has the mean that it has without noise. What is added is not "
        r"only bounded but equal to \(\frac{\sigma^2}{K} \sum_{u<H} \sum_{t \le u} \gamma^{2(u-t)}\, "
        r"\mathbb{E}\lVert w_t \rVert^2\). Both are concluded.",
        fixed=r"a world, its rewards, a policy, the horizon \(H\), the number of rollouts \(K \ge 1\), and "
        r"\(0 \le \gamma < 1\), \(\sigma \ge 0\).",
        for_all="laws of the noise with the two moments below, Gaussian ones among them.",
        definitions=(
            r"\(\hat g\) is the average over \(K\) independent rollouts of \(\sum_t w_t \hat G_t\), "
            r"\(\hat G_t = \sum_{u \ge t} \gamma^{u-t} (r_u + \eta_u)\)",
            r"\(\operatorname{Var}\) is the trace of the covariance",
            r"\(W^2 = \mathbb{E} \max_{t<H} \lVert w_t \rVert^2\)",
        ),
        assumptions=(*LEARNER, NOISE),
    ),
    "exact_noise": Words(
        title="The exact amount",
        source="[this book]",
        left=_ADDED,
        fixed="what Theorem 2 fixes.",
        for_all=r"laws of the noise as in Theorem 2, and every discount \(\gamma\), above 1 too.",
        definitions=(
            r"for Theorem 2's estimator \(\delta = 1\) and \(b_t = \sum_{s \le t} \gamma^{2(t-s)}\, "
            r"\mathbb{E}\lVert w_s \rVert^2\)",
            r"for the discounted one \(\delta = \gamma\) and \(b_t = \sum_{s \le t} \mathbb{E}\lVert w_s "
            r"\rVert^2\)",
        ),
        assumptions=(*LEARNER, NOISE),
    ),
    "discounted_noise": Words(
        title="The discounted estimator",
        source="[this book]",
        left=_ADDED,
        also=r"Every component of \(\hat g\) has the mean that it has without noise, and what is added is "
        r"\(\frac{\sigma^2}{K} \sum_{u<H} \gamma^{2u} \sum_{t \le u} \mathbb{E}\lVert w_t \rVert^2\). "
        "Both are concluded.",
        fixed="what Theorem 2 fixes.",
        for_all="laws of the noise as in Theorem 2, and every horizon.",
        definitions=(
            r"\(\hat g\) averages \(\sum_t \gamma^t w_t \hat G_t\)",
            r"\(W^2\) is at least every \(\mathbb{E}\lVert w_t \rVert^2\)",
        ),
        assumptions=(*LEARNER, NOISE),
    ),
    "baseline": Words(
        title="Baselines",
        source="[this book]",
        fixed="what Theorem 2 fixes, and a baseline: a number for each state and time.",
        for_all=r"weights \(c_t = \delta^t\) of the scores, so both estimators, and every discount.",
        definitions=(
            r"\(\hat g_\beta\) averages \(\sum_t c_t w_t (\hat G_t - \beta_t(s_t))\)",
            r"\(\Delta_\beta\) is what errors add to its variance, \(\Delta\) what they add without baseline",
        ),
        assumptions=(*LEARNER, _ERRORS, "the baseline was fixed before these labels"),
    ),
    "state_dependent_noise": Words(
        title="State-dependent noise",
        source="[this book]",
        left=_ADDED,
        also="The mean does not move.",
        fixed="what Theorem 2 fixes.",
        for_all=r"weights \(c_t = \delta^t\) of the scores, so both estimators, and every discount.",
        definitions=(
            r"\(M_u = \sum_{t \le u} c_t \gamma^{u-t} w_t\)",
            r"\(m_u = \mathbb{E}[\sigma^2(s_u, a_u) \lVert M_u \rVert^2]\)",
        ),
        assumptions=(
            *LEARNER,
            "given the trajectory errors have mean 0, are uncorrelated in time, and have variance "
            r"\(\sigma^2(s_u, a_u)\)",
        ),
    ),
    "leave_one_out": Words(
        title="Leave one out",
        source="[this book]",
        also="The mean is what it is without baseline and without errors.",
        fixed=r"what Theorem 2 fixes, with \(K \ge 2\).",
        for_all="laws of the errors with the moments below; Theorem 2's estimator and the discounted one.",
        definitions=(
            r"rollout \(k\) subtracts, at each time, the mean of the other rollouts' \(\hat G_t\)",
            r"\(\Delta_{\mathrm{loo}}\) is what errors then add, \(\Delta\) what they add without",
        ),
        assumptions=(
            *LEARNER,
            r"all errors of all rollouts have mean 0 and variance \(\sigma^2\), are uncorrelated, and "
            "know nothing of the trajectories",
            "all rollouts have the same length",
        ),
    ),
    "correlated_noise": Words(
        title="Correlated errors",
        source="[this book]",
        left=_ADDED,
        also="The mean does not move.",
        fixed="what Theorem 2 fixes.",
        for_all=r"weights \(c_t = \delta^t\) of the scores, so both estimators, and every discount.",
        definitions=(
            r"\(v_t = \mathbb{E}\lVert w_t \rVert^2\)",
            r"\(q_t = \mathbb{E}(\eta_t + \gamma \eta_{t+1} + \dots)^2\), up to the end",
        ),
        assumptions=(
            *LEARNER,
            "the errors of a rollout have mean 0, any variances and any correlations in time, and know "
            "nothing of its states and actions",
        ),
    ),
    "correlated_bound": Words(
        title="What the square in Theorem 2 pays for",
        source="[this book]",
        left=_ADDED,
        fixed="what Theorem 2 fixes.",
        for_all="correlations of the errors in time.",
        definitions=(r"\(W^2\) is at least every \(\mathbb{E}\lVert w_t \rVert^2\)",),
        assumptions=(
            *LEARNER,
            r"the errors of a rollout have mean 0 and variance \(\sigma^2\), and know nothing of its "
            "states and actions",
        ),
    ),
    "which_gradient": Words(
        title="Which gradient",
        source="[this book]",
        also=r"\(J_H\) has a gradient. For \(\gamma = 1\) the two estimators are one. What is missed is 0 "
        r"for no other \(\gamma\) at \(H = 2\).",
        fixed=r"in the first line a world, its rewards and a policy; in the second the coin.",
        for_all="policies, horizons, discounts, numbers of rollouts, and laws of the noise as in Theorem 2.",
        definitions=(
            r"\(\hat g_\gamma\) is the discounted estimator, \(\hat g_1\) is Theorem 2's",
            r"the coin shows heads with probability \(\theta = 1/2\), and heads pays 1",
            r"\(G_H(\gamma) = 1 + \gamma + \dots + \gamma^{H-1}\)",
        ),
        assumptions=(*LEARNER, NOISE),
    ),
}
