"""A judge who says yes or no: its results."""

from collections.abc import Mapping

from imagination.results.noise.declared import LEARNER
from imagination.results.result import Printed, Result, Words
from imagination.results.verifier import claims

__all__ = ["PRINTED", "RESULTS", "WORDS"]

_CHAPTER = "18_a_judge_who_says_yes_or_no"
_MOMENTS = ("State-dependent noise",)

RESULTS: tuple[Result, ...] = (
    Result(
        "A verifier scales the gradient",
        (claims.SCALES,),
        chapter=_CHAPTER,
        label="thm-verifier",
        theorem="verifier_scales",
        cell="18-scales",
        rests_on=_MOMENTS,
        differs="That Youden's J decides is known; here for every policy and every discount.",
    ),
    Result(
        "A verdict at every step",
        (claims.PER_STEP,),
        chapter=_CHAPTER,
        label="thm-lengths",
        theorem="verifier_per_step",
        cell="18-per-step",
        rests_on=_MOMENTS,
        differs="Where the policy decides when an episode ends, false yeses are no mere baseline.",
    ),
    Result(
        "One verdict at the end",
        (claims.AT_END,),
        chapter=_CHAPTER,
        label="thm-lengths",
        theorem="verifier_at_end",
        cell="18-at-end",
        rests_on=_MOMENTS,
        differs="The usual case: the bias is that of the discount alone.",
    ),
    Result(
        "What verdicts add",
        (claims.VERDICT_VARIANCE, claims.VERDICTS_ADD),
        chapter=_CHAPTER,
        label="thm-verdict-noise",
        theorem="verdict_noise",
        cell="18-variance",
        rests_on=_MOMENTS,
        differs="State-dependent noise, with the variance that a verdict has.",
    ),
    Result(
        "What a verifier is worth",
        (claims.WORTH,),
        chapter=_CHAPTER,
        label="thm-worth",
        theorem="verifier_worth",
        cell="18-worth",
        rests_on=(*_MOMENTS, "Variance of an average"),
        differs="Noise over J squared, in the place of noise.",
    ),
    Result(
        "Rates that vary are bias",
        (claims.VARYING,),
        chapter=_CHAPTER,
        label="thm-varying",
        theorem="varying_rates",
        cell="18-varying",
        rests_on=_MOMENTS,
    ),
    Result(
        "Only what is across misleads",
        (claims.OFF_THE_GRADIENT, claims.UP_TO, claims.BEYOND),
        chapter=_CHAPTER,
        label="thm-rescaled",
        theorem="rescaled_crossing",
        cell="18-rescaled",
        differs="Proposition 2 and the crossing are the case a = 1.",
    ),
    Result(
        "Votes saturate",
        (claims.MEAN_OF_VOTES, claims.SATURATES),
        chapter=_CHAPTER,
        label="thm-votes",
        theorem="mean_of_votes",
        cell="18-votes",
        differs="Classical for the mean of correlated draws.",
    ),
    Result(
        "The majority of votes",
        (claims.MAJORITY, claims.TWO_MORE_VOTES, claims.MAJORITY_SCALES),
        chapter=_CHAPTER,
        label="thm-majority",
        theorem="majority_of_votes",
        cell="18-votes",
        rests_on=("A verifier scales the gradient",),
        differs="Condorcet's jury, twice: right and wrong answers have juries of their own.",
    ),
    Result(
        "A majority saturates",
        (claims.MAJORITY_SATURATES,),
        chapter=_CHAPTER,
        label="thm-majority",
        theorem="majority_saturates",
        cell="18-votes",
        differs="For every law of a step's own rate, with how fast.",
    ),
)

PRINTED: Mapping[str, Printed] = {
    "verifier_scales": (
        claims.SCALES,
        {"expression": "verifier_scales_mean", "supposes": "verifier_supposes"},
    ),
    "verifier_per_step": (claims.PER_STEP, {"expression": "verifier_per_step_mean"}),
    "verifier_at_end": (claims.AT_END, {"expression": "verifier_at_end_mean"}),
    "verdict_variance": (claims.VERDICT_VARIANCE, {"expression": "verdict_variance"}),
    "verdict_noise": (
        claims.VERDICTS_ADD,
        {"expression": "verdicts_added", "supposes": "verdicts_added_supposes"},
    ),
    "verifier_worth": (
        claims.WORTH,
        {
            "quantity": "verifier_worth_variance",
            "expression": "verifier_worth_objective",
            "supposes": "verifier_worth_supposes",
        },
    ),
    "varying_rates": (claims.VARYING, {"expression": "varying_rates_mean"}),
    "off_the_gradient": (
        claims.OFF_THE_GRADIENT,
        {"expression": "off_the_gradient_error", "supposes": "off_the_gradient_supposes"},
    ),
    "rescaled_up_to": (claims.UP_TO, {"quantity": "rescaled_error", "supposes": "rescaled_up_to_supposes"}),
    "rescaled_beyond": (claims.BEYOND, {"supposes": "rescaled_beyond_supposes"}),
    "mean_of_votes": (
        claims.MEAN_OF_VOTES,
        {"expression": "votes_variance", "supposes": "votes_supposes"},
    ),
    "votes_saturate": (claims.SATURATES, {"quantity": "votes_floor"}),
    "majority_of_votes": (
        claims.MAJORITY,
        {"expression": "majority_rate", "supposes": "majority_supposes"},
    ),
    "two_more_votes": (claims.TWO_MORE_VOTES, {"expression": "two_more_votes"}),
    "majority_scales": (claims.MAJORITY_SCALES, {"expression": "majority_scales_mean"}),
    "majority_saturates": (
        claims.MAJORITY_SATURATES,
        {"expression": "majority_left", "supposes": "majority_left_supposes"},
    ),
}

_FIXED = (
    r"a world, which pays 1 or 0, a policy, \(\gamma\), the horizon \(H\), the number of rollouts "
    r"\(K \ge 1\), and a verifier's two rates."
)
_INDEPENDENT = "given the trajectory, verdicts are independent of each other, with the rates that are said"
_ESTIMATE = (
    r"\(\hat g\) is the discounted estimator, averaged over \(K\) independent rollouts, with verdicts for "
    "rewards"
)
_ENDS = (
    "it is decided by state and action whether a step is an episode's last one, and by the state whether "
    "the episode is over"
)

WORDS: Mapping[str, Words] = {
    "verifier_scales": Words(
        title="A verifier scales the gradient",
        source="[this book]",
        also=r"\(J_H\) has a gradient.",
        fixed=_FIXED,
        for_all=r"discounts, and rates in [0, 1], \(\mathrm{TPR} < \mathrm{FPR}\) too.",
        definitions=(_ESTIMATE, "every step has a verdict"),
        assumptions=(*LEARNER, _INDEPENDENT),
    ),
    "verifier_per_step": Words(
        title="A verdict at every step",
        source="[this book]",
        fixed=_FIXED,
        for_all="rules by which episodes end, discounts, and rates in [0, 1].",
        definitions=(
            _ESTIMATE,
            r"\(T\) is the number of an episode's steps, \(H\) at most; afterwards there is no verdict",
            r"\(J_H\) is the return of its steps",
        ),
        assumptions=(*LEARNER, _INDEPENDENT, _ENDS),
    ),
    "verifier_at_end": Words(
        title="One verdict at the end",
        source="[this book]",
        also=r"If every episode ends within \(H\) steps and \(\gamma = 1\), \(\mathbb{E}\, \hat g = "
        r"(\mathrm{TPR} - \mathrm{FPR}) \nabla J_H\).",
        fixed=_FIXED,
        for_all="rules by which episodes end, discounts, and rates in [0, 1].",
        definitions=(
            _ESTIMATE,
            r"the verdict comes at the last of an episode's \(T\) steps, and \(J_H\) is the return of that "
            "step",
            r"\(\gamma^{T-1}\) counts as 0 where an episode has not ended within \(H\) steps",
        ),
        assumptions=(*LEARNER, _INDEPENDENT, _ENDS),
    ),
    "verdict_noise": Words(
        title="What verdicts add",
        source="[this book]",
        fixed=_FIXED,
        for_all=r"weights \(c_t = \delta^t\) of the scores, so both estimators, every discount, and every "
        "rule that says which steps have a verdict.",
        definitions=(
            r"\(v\) is a verdict where the reward is \(r\)",
            r"\(\Delta\) is the estimate's variance less that with rewards \(\mathrm{FPR} + J r\)",
            r"\(M_u = \sum_{t \le u} c_t \gamma^{u-t} w_t\), and \(m_1\), \(m_0\) sum "
            r"\(\mathbb{E} \lVert M_u \rVert^2\) over verdicts on rewards of 1 and of 0",
        ),
        assumptions=(*LEARNER, _INDEPENDENT),
    ),
    "verifier_worth": Words(
        title="What a verifier is worth",
        source="[this book]",
        also=r"The left side is the variance of the estimate divided by \(J\), exactly.",
        fixed=_FIXED,
        for_all=r"weights \(c_t = \delta^t\) of the scores, every discount, costs and budgets, and rules "
        "that say which steps have a verdict.",
        definitions=(
            r"\(V\) is the variance of one rollout's estimate with rewards \(r + \mathrm{FPR}/J\) there",
            r"\(N\) is what verdicts add to that of one rollout",
            r"a rollout costs \(c_0\), and its verdicts \(c\)",
        ),
        assumptions=(*LEARNER, _INDEPENDENT, "all of the budget is spent"),
    ),
    "varying_rates": Words(
        title="Rates that vary",
        source="[this book]",
        fixed=_FIXED,
        for_all=r"rates that depend on state and action, every \(\bar J\), and every discount.",
        definitions=(
            _ESTIMATE,
            r"\(B_H\) is the return of \(b(s, a) = \mathrm{FPR}(s, a) + (J(s, a) - \bar J)\, r(s, a)\)",
        ),
        assumptions=(*LEARNER, _INDEPENDENT),
    ),
    "rescaled_crossing": Words(
        title="Only what is across misleads",
        source="[this book]",
        also=r"With \(a = \langle \mathbb{E} \tilde g, \nabla J_H \rangle / \lVert \nabla J_H \rVert^2\) "
        "what is left is at a right angle to the gradient. Up to \\(K^\\dagger\\) rollouts, and no more, the "
        "rescaled estimate has the smaller mean squared error.",
        fixed="two estimates, one of them unbiased, whose two moments exist.",
        for_all=r"numbers of rollouts \(K \ge 1\).",
        definitions=(
            r"\(o\) is the norm of \(\mathbb{E}\, \tilde g - a \nabla J_H\)",
            r"\(K^\dagger = (a^2 V_{noisy} - V_{biased}) / o^2\)",
        ),
        assumptions=(r"\(a > 0\), and for \(K^\dagger\) also \(o > 0\)",),
    ),
    "mean_of_votes": Words(
        title="Votes saturate",
        source="[this book]",
        also=r"The mean of the votes has mean \(p\), and a variance of at least \(\rho\, p (1 - p)\).",
        fixed=r"a rate \(p\) of yes, a number of votes \(n \ge 1\), and a correlation \(\rho\).",
        for_all="laws of the votes.",
        assumptions=(
            r"each vote is 1 with probability \(p\) and else 0; each two of them have correlation \(\rho\)",
        ),
    ),
    "majority_of_votes": Words(
        title="The majority of votes",
        source="[this book]",
        also=r"It is the binomial tail. Two more votes add \(\binom{2k+1}{k} (p (1 - p))^{k+1} "
        r"(2p - 1)\), so with \(\mathrm{FPR} \le 1/2 \le \mathrm{TPR}\) the J of the majority never falls. "
        r"The mean of the discounted estimate from majorities is \((P_{2k+1}(\mathrm{TPR}) - "
        r"P_{2k+1}(\mathrm{FPR})) \nabla J_H\).",
        left="P_{2k+1}",
        fixed=r"a rate \(p\) of yes, a number of votes \(2k + 1\); and what a verifier scales.",
        for_all="rates in [0, 1].",
        definitions=(r"\(P_{2k+1}\) is the probability that more than \(k\) of \(2k + 1\) votes are yes",),
        assumptions=("the votes are independent, and on a learner's steps also given the trajectory",),
    ),
    "majority_saturates": Words(
        title="A majority saturates",
        source="[this book]",
        also=r"Where right steps have own rates of at least 1/2 and wrong ones of at most 1/2, the J of the "
        "majority is at most its limit.",
        fixed=r"a law of steps' own rates \(q\), and a number of votes \(2k + 1\).",
        for_all="laws with finitely many rates.",
        definitions=(
            r"\(P_{2k+1}\) is the probability that more than \(k\) of the votes on a step are yes",
            r"\(m\) is at most 1/2, and no less than each rate's distance from the nearer of 0 and 1",
        ),
        assumptions=("given a step's own rate its votes are independent",),
    ),
}
