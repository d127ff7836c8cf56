"""Bias: its results."""

from collections.abc import Mapping

from imagination.results.noise import LEARNER, NOISE
from imagination.results.result import Printed, Result, Words
from imagination.theory import bias, policy_gradient

__all__ = ["PRINTED", "RESULTS", "WORDS"]

RESULTS: tuple[Result, ...] = (
    Result(
        "A frozen error is bias",
        (policy_gradient.FROZEN,),
        chapter="11_bias_does_not_average_out",
        label="prop-bias",
        rests_on=(
            "Some action is taken",
            "The mean adds up",
        ),
        differs="The paper's remark on learned rewards, as an equality.",
    ),
    Result(
        "Proposition 2",
        (bias.SQUARED_ERROR,),
        chapter="11_bias_does_not_average_out",
        label="prop-bias",
        theorem="proposition_2",
        cell="11-square",
        differs=(
            "For the estimator whose mean is the gradient; the paper's own is another. That "
            "mean, and that K rollouts divide a variance by K, are hypotheses here: other "
            "rows prove them."
        ),
    ),
    Result(
        "Shaping telescopes",
        (bias.TELESCOPE,),
        chapter="11_bias_does_not_average_out",
        label="prop-shaping",
        differs="A classical identity, for a finite horizon.",
    ),
    Result(
        "Shaping has no gradient",
        (bias.HARMLESS,),
        chapter="11_bias_does_not_average_out",
        label="prop-shaping",
        rests_on=("Shaping telescopes",),
        differs="Classical for the best policy; here for the gradient, at every policy.",
    ),
)

PRINTED: Mapping[str, Printed] = {
    "proposition_2": (
        bias.SQUARED_ERROR,
        {"expression": "proposition_2_error", "supposes": "proposition_2_supposes"},
    ),
}

WORDS: Mapping[str, Words] = {
    "proposition_2": Words(
        title="Proposition 2",
        source="[TSGLH26, Proposition 2]",
        left=r"\mathbb{E}\, \lVert \tilde g - \nabla J_H \rVert^2",
        also=r"\(J_H\) and \(B_H\) have gradients, and \(\mathbb{E}\, \tilde g = \nabla J_H + \nabla B_H\). "
        "Both are concluded.",
        fixed=r"a world, its rewards \(r\), a bias \(b(s, a)\), a policy, the horizon \(H\), the number of "
        r"rollouts "
        r"\(K \ge 1\), and \(\gamma\).",
        for_all="laws of the noise with the two moments below, Gaussian ones among them.",
        definitions=(
            r"\(\tilde g\) is the discounted estimator, averaged over \(K\) independent rollouts, with "
            r"rewards "
            r"\(r + b + \eta\)",
            r"\(J_H\) and \(B_H\) are the expected discounted sums of \(r\) and of \(b\) over \(H\) steps",
            r"\(V_{biased}\) is the variance of one rollout's estimate, and \(\beta = \lVert \nabla B_H "
            r"\rVert\)",
        ),
        assumptions=(*LEARNER, NOISE),
    ),
}
