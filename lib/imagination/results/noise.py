"""Noisy rewards: its results."""

from collections.abc import Mapping

from imagination.results.result import Printed, Result, Words
from imagination.theory import correlated_noise, policy_gradient, reward_noise, which_gradient

__all__ = ["LEARNER", "NOISE", "PRINTED", "RESULTS", "WORDS"]

RESULTS: tuple[Result, ...] = (
    Result(
        "What a score hears of the errors",
        (correlated_noise.HEARD_MOMENT,),
        chapter="09_noise_is_only_variance",
        label="prop-correlated",
        rests_on=("Geometric recursion",),
    ),
    Result(
        "However many errors",
        (correlated_noise.HEARD_BOUND,),
        chapter="09_noise_is_only_variance",
        rests_on=(
            "What a score hears of the errors",
            "Geometric bound",
        ),
    ),
    Result(
        "Correlated errors leave the mean alone",
        (correlated_noise.SAME_MEAN,),
        chapter="09_noise_is_only_variance",
        rests_on=("The mean, with errors under way",),
    ),
    Result(
        "The mean, with errors under way",
        (correlated_noise.CARRIED_MEAN,),
        chapter="09_noise_is_only_variance",
        rests_on=("Some action is taken",),
    ),
    Result("Moments after one step", (correlated_noise.SHIFT,), chapter="09_noise_is_only_variance"),
    Result(
        "What correlated errors add",
        (correlated_noise.ADDS,),
        chapter="09_noise_is_only_variance",
        label="prop-correlated",
        rests_on=(
            "Some action is taken",
            "Scores average to 0",
            "Moments after one step",
        ),
    ),
    Result(
        "Correlated errors, exact",
        (correlated_noise.EXACT,),
        chapter="09_noise_is_only_variance",
        label="prop-correlated",
        rests_on=(
            "What correlated errors add",
            "Correlated errors leave the mean alone",
        ),
    ),
    Result(
        "What the square in Theorem 2 pays for",
        (correlated_noise.CORRELATED,),
        chapter="09_noise_is_only_variance",
        label="prop-correlated",
        rests_on=(
            "Correlated errors, exact",
            "However many errors",
        ),
        differs="With errors that are correlated in time the paper's form is right.",
    ),
    Result(
        "Scores average to 0",
        (policy_gradient.MARTINGALE,),
        chapter="09_noise_is_only_variance",
        label="lem-martingale",
        differs="A classical fact, from difference quotients of probabilities that add to 1.",
    ),
    Result("Some action is taken", (policy_gradient.TOTAL,), chapter="09_noise_is_only_variance"),
    Result(
        "The mean adds up",
        (policy_gradient.AFFINE,),
        chapter="09_noise_is_only_variance",
        rests_on=("Some action is taken",),
    ),
    Result(
        "The second moment adds up",
        (policy_gradient.QUADRATIC,),
        chapter="09_noise_is_only_variance",
        rests_on=(
            "Some action is taken",
            "The mean adds up",
        ),
    ),
    Result(
        "Noise leaves the mean alone",
        (policy_gradient.UNBIASED,),
        chapter="09_noise_is_only_variance",
        label="thm-exact-amount",
        rests_on=("The mean adds up",),
        differs="As in the paper, for both estimators.",
    ),
    Result(
        "A baseline leaves the mean alone",
        (policy_gradient.BASELINE,),
        chapter="09_noise_is_only_variance",
        label="cor-baseline-noise",
        rests_on=(
            "Some action is taken",
            "Scores average to 0",
            "The mean adds up",
        ),
        differs="A classical fact, for both estimators.",
    ),
    Result(
        "What noise adds",
        (policy_gradient.NOISE_ADDS,),
        chapter="09_noise_is_only_variance",
        rests_on=("The second moment adds up",),
    ),
    Result(
        "Squared eligibility after one step", (policy_gradient.SHIFT,), chapter="09_noise_is_only_variance"
    ),
    Result(
        "Weighted sum after one step",
        (policy_gradient.SUM_SHIFT,),
        chapter="09_noise_is_only_variance",
        rests_on=("Squared eligibility after one step",),
    ),
    Result(
        "Squared eligibilities",
        (policy_gradient.ELIGIBILITY,),
        chapter="09_noise_is_only_variance",
        label="thm-exact-amount",
        rests_on=(
            "Some action is taken",
            "Scores average to 0",
            "Weighted sum after one step",
            "Geometric recursion",
        ),
    ),
    Result(
        "A maximum does not fall",
        (policy_gradient.GROWS,),
        chapter="09_noise_is_only_variance",
        rests_on=("Some action is taken",),
    ),
    Result("A maximum is above each", (policy_gradient.ABOVE,), chapter="09_noise_is_only_variance"),
    Result(
        "Coordinates add up to the norm", (policy_gradient.COORDINATES,), chapter="09_noise_is_only_variance"
    ),
    Result(
        "Theorem 2, exact",
        (reward_noise.EXACT,),
        chapter="09_noise_is_only_variance",
        label="thm-exact-amount",
        theorem="exact_noise",
        cell="09-slips",
        rests_on=(
            "What noise adds",
            "Squared eligibilities",
            "Noise leaves the mean alone",
        ),
        differs=("The paper has an inequality. Scores average to 0, so the amount is a sum, exactly."),
    ),
    Result(
        "Theorem 2",
        (reward_noise.PAPER,),
        chapter="09_noise_is_only_variance",
        label="thm-noise",
        theorem="theorem_2",
        cell="09-slips",
        rests_on=(
            "A maximum does not fall",
            "A maximum is above each",
            "Theorem 2, sharp",
        ),
        differs=(
            "The paper bounds a variance; this is its bound of the added part, proved from "
            "the sharp one. That the sum on the left is what noise adds is the exact form's "
            "to prove."
        ),
    ),
    Result(
        "Theorem 2, sharp",
        (reward_noise.SHARP,),
        chapter="09_noise_is_only_variance",
        label="thm-exact-amount",
        rests_on=(
            "Geometric recursion",
            "Geometric bound",
        ),
        differs=("Smaller than the paper's by (1 - gamma)/(1 + gamma), and with the smaller mean of scores."),
    ),
    Result(
        "Theorem 2, discounted estimator",
        (reward_noise.DISCOUNTED,),
        chapter="09_noise_is_only_variance",
        label="thm-discounted-noise",
        differs=(
            "The paper's estimator is not the gradient of the return where gamma < 1. The one "
            "that is has added variance bounded in H."
        ),
    ),
    Result("Sharp below Theorem 2", (reward_noise.SHARPER,), chapter="09_noise_is_only_variance"),
    Result(
        "Variance of an average",
        (reward_noise.AVERAGE,),
        chapter="09_noise_is_only_variance",
        label="thm-exact-amount",
    ),
    Result(
        "What an eligibility earns",
        (which_gradient.STRUCTURE,),
        chapter="09_noise_is_only_variance",
        rests_on=("Some action is taken",),
    ),
    Result(
        "The discounted estimator estimates the gradient",
        (which_gradient.GRADIENT,),
        chapter="09_noise_is_only_variance",
        label="prop-which-gradient",
        rests_on=(
            "Some action is taken",
            "What an eligibility earns",
        ),
        differs="What the paper's later statements need.",
    ),
    Result(
        "Theorem 2's estimator estimates something else",
        (which_gradient.NOT_THE_GRADIENT,),
        chapter="09_noise_is_only_variance",
        label="prop-which-gradient",
        differs=(
            "The paper calls its estimator one of the gradient; a coin shows that it is not where gamma < 1."
        ),
    ),
)

PRINTED: Mapping[str, Printed] = {
    "theorem_2": (
        reward_noise.PAPER,
        {"quantity": "theorem_2_added", "expression": "theorem_2_bound", "supposes": "theorem_2_supposes"},
    ),
    "noise_sharp": (
        reward_noise.SHARP,
        {"expression": "noise_sharp_bound", "supposes": "noise_sharp_supposes"},
    ),
    "noise_discounted": (
        reward_noise.DISCOUNTED,
        {
            "quantity": "noise_discounted_added",
            "expression": "noise_discounted_bound",
            "supposes": "noise_discounted_supposes",
        },
    ),
}

_ADDED = r"\operatorname{Var} \hat g - \operatorname{Var} \hat g\big|_{\eta = 0}"
LEARNER = (
    "there are finitely many actions; transitions and first states are drawn from finitely many. So every "
    "mean over "
    "rollouts exists",
    r"the policy has finitely many parameters, its probabilities are nonnegative and add to 1, and it is "
    r"differentiable: \(\nabla \pi = \pi\, w\)",
)
NOISE = (
    r"given state and action, an error has mean 0 and variance \(\sigma^2\), both of which exist, and is "
    r"independent of "
    "everything else"
)

WORDS: Mapping[str, Words] = {
    "theorem_2": Words(
        title="Theorem 2",
        source="[TSGLH26, Theorem 2]",
        left=_ADDED,
        also=r"Every component of \(\hat g\) has the mean that it has without noise. What is added is not "
        r"only bounded but "
        r"equal to \(\frac{\sigma^2}{K} \sum_{u<H} \sum_{t \le u} \gamma^{2(u-t)}\, \mathbb{E}\lVert w_t "
        r"\rVert^2\). "
        "Both are concluded.",
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
            r"for Theorem 2's estimator \(\delta = 1\) and "
            r"\(b_t = \sum_{s \le t} \gamma^{2(t-s)}\, \mathbb{E}\lVert w_s \rVert^2\)",
            r"for the discounted one \(\delta = \gamma\) and \(b_t = \sum_{s \le t} \mathbb{E}\lVert w_s "
            r"\rVert^2\)",
        ),
        assumptions=(*LEARNER, NOISE),
    ),
}
