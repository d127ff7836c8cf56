"""Bias: its results."""

from collections.abc import Mapping

from imagination.results.bias import claims
from imagination.results.noise.declared import LEARNER, NOISE
from imagination.results.result import Printed, Result, Words

__all__ = ["PRINTED", "RESULTS", "WORDS"]

_CHAPTER = "11_bias_does_not_average_out"

RESULTS: tuple[Result, ...] = (
    Result(
        "A frozen error is bias",
        (claims.FROZEN,),
        chapter=_CHAPTER,
        label="prop-bias",
        theorem="frozen_error",
        cell="11-mean",
        rests_on=("Scores average to 0",),
        differs="The paper's remark on learned rewards, as an equality, for any weight of the scores.",
    ),
    Result(
        "Proposition 2",
        (claims.SQUARED_ERROR,),
        chapter=_CHAPTER,
        label="prop-bias",
        theorem="proposition_2",
        cell="11-square",
        rests_on=("Scores average to 0",),
        differs="For the estimator whose mean is the gradient; the paper's own is another.",
    ),
    Result(
        "Shaping",
        (claims.SHAPING, claims.HARMLESS),
        chapter=_CHAPTER,
        label="prop-shaping",
        theorem="shaping",
        cell="11-39f4dd57",
        rests_on=("Proposition 2",),
        differs=(
            "Classical for the best policy of an endless world; here for the gradient of a finite "
            "horizon, at every policy."
        ),
    ),
)

PRINTED: Mapping[str, Printed] = {
    "proposition_2": (
        claims.SQUARED_ERROR,
        {"expression": "proposition_2_error", "supposes": "proposition_2_supposes"},
    ),
    "shaping": (claims.SHAPING, {"expression": "shaping_left"}),
}

WORDS: Mapping[str, Words] = {
    "proposition_2": Words(
        title="Proposition 2",
        source="[TSGLH26, Proposition 2]",
        left=r"\mathbb{E}\, \lVert \tilde g - \nabla J_H \rVert^2",
        also=r"\(J_H\) and \(B_H\) have gradients, and \(\mathbb{E}\, \tilde g = \nabla J_H + \nabla B_H\). "
        "Both are concluded.",
        fixed=r"a world, its rewards \(r\), a bias \(b(s, a)\), a policy, the horizon \(H\), the number of "
        r"rollouts \(K \ge 1\), and \(\gamma\).",
        for_all="laws of the noise with the two moments below, Gaussian ones among them.",
        definitions=(
            r"\(\tilde g\) is the discounted estimator, averaged over \(K\) independent rollouts, with "
            r"rewards \(r + b + \eta\)",
            r"\(J_H\) and \(B_H\) are the expected discounted sums of \(r\) and of \(b\) over \(H\) steps",
            r"\(V_{biased}\) is the variance of one rollout's estimate, and \(\beta = \lVert \nabla B_H "
            r"\rVert\)",
        ),
        assumptions=(*LEARNER, NOISE),
    ),
    "frozen_error": Words(
        title="A frozen error is bias",
        source="[TSGLH26, Proposition 2]",
        fixed=r"a world, its rewards \(r\), an error \(b(s, a)\), a policy, the horizon \(H\), \(K \ge 1\).",
        for_all=r"weights \(c_t = \delta^t\) of the scores, every discount, and laws of the noise beside it.",
        definitions=(
            r"\(\hat g_{r+b}\) is the estimate from \(r + b + \eta\); the others from \(r\) and from "
            r"\(b\) alone",
        ),
        assumptions=(*LEARNER, NOISE),
    ),
    "shaping": Words(
        title="Shaping",
        source="[this book]",
        also=r"For every policy \(B_H = \gamma^H \mathbb{E}\, \Phi_H(s_H) - \mathbb{E}\, \Phi_0(s_0)\). And "
        "a potential of the state alone, whose mean at the end is 0 under every policy, leaves the "
        r"discounted estimator's mean at \(\nabla J_H\); there it is paid as its mean over the next "
        "state.",
        fixed=r"a world, a policy, \(\gamma\) and \(H\); for the estimator \(K \ge 1\) rollouts.",
        for_all=r"potentials \(\Phi_t(s)\), which may depend on time, and values of the policy's parameters.",
        definitions=(r"\(B_H\) is the mean of the sum in the first line",),
        assumptions=(*LEARNER, r"in the second line, \(\Phi_H = 0\)", f"for the estimator: {NOISE}"),
    ),
}
