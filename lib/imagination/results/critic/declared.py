"""A critic in place of the rest of the sum: its results."""

from collections.abc import Mapping

from imagination.results.critic import claims
from imagination.results.noise.declared import LEARNER
from imagination.results.result import Printed, Result, Words

__all__ = ["PRINTED", "RESULTS", "WORDS"]

_CHAPTER = "19_baselines_critics_and_groups"

RESULTS: tuple[Result, ...] = (
    Result(
        "What a critic's errors do",
        (claims.BIAS,),
        chapter=_CHAPTER,
        label="thm-critic-bias",
        theorem="critic_bias",
        cell="19-critic-bias",
        rests_on=("Scores average to 0",),
        differs="That lambda trades bias for noise is known; here exactly, with the ends.",
    ),
    Result(
        "What noise a critic lets in",
        (claims.NOISE,),
        chapter=_CHAPTER,
        label="thm-critic-noise",
        theorem="critic_noise",
        cell="19-critic-noise",
        rests_on=("Scores average to 0", "Variance of an average"),
        differs="The exact amount of Theorem 2, with eligibilities that fade faster.",
    ),
    Result(
        "The best lambda of two steps",
        (claims.TWO_STEPS,),
        chapter=_CHAPTER,
        label="prop-two-steps",
        theorem="two_step_trace",
        cell="19-critic-two-steps",
    ),
)

PRINTED: Mapping[str, Printed] = {
    "critic_bias": (claims.BIAS, {"expression": "critic_mean"}),
    "critic_noise": (claims.NOISE, {"expression": "critic_added", "supposes": "critic_added_supposes"}),
    "two_step_trace": (
        claims.TWO_STEPS,
        {"quantity": "two_step_best", "expression": "two_step_error", "supposes": "two_step_supposes"},
    ),
}

_ESTIMATE = (
    r"\(\hat g_\lambda\) is \(\sum_t c_t w_t \hat A_t\), averaged over \(K\) rollouts; \(\hat A_t = "
    r"\sum_l (\gamma \lambda)^l \delta_{t+l}\), \(\delta_u = \hat r_u + \gamma V(s_{u+1}) - V(s_u)\)"
)
_ELIGIBILITY = r"\(M_u = \sum_{t \le u} c_t (\gamma \lambda)^{u-t} w_t\)"
_FIXED = (
    r"a world, its rewards, a policy, \(\gamma\), \(\lambda\), the horizon \(H\), the number of rollouts "
    r"\(K \ge 1\), and a critic \(V\) of state and time."
)
_NOISE = (
    "given the trajectory the labels' errors have mean 0 and are uncorrelated in time",
    "the critic was fixed before these labels",
)

WORDS: Mapping[str, Words] = {
    "critic_bias": Words(
        title="What a critic's errors do",
        source="[this book]",
        also=r"If nothing follows the last step and \(c_t = \gamma^t\), "
        r"\(\mathbb{E}\, \hat g_1 = \nabla J_H\).",
        fixed=_FIXED,
        for_all=r"weights \(c_t = \delta^t\) of the scores, real \(\gamma\) and \(\lambda\), and critics.",
        definitions=(
            _ESTIMATE,
            r"\(\hat g_1\) is that with \(\lambda = 1\) and a critic that is right at the end and 0 before",
            _ELIGIBILITY + r", and \(b = V - V^\pi\)",
            r"\(c = \sum_{u < H} \mathbb{E}\, M_u b(s_{u+1})\), and \(c_H\) is its last term",
        ),
        assumptions=(*LEARNER, *_NOISE),
    ),
    "critic_noise": Words(
        title="What noise a critic lets in",
        source="[this book]",
        also=r"\(m = \sum_{u < H} \sum_{t \le u} c_t^2 (\gamma \lambda)^{2 (u - t)}\, \mathbb{E} \lVert w_t "
        r"\rVert^2\).",
        fixed=_FIXED,
        for_all=r"weights \(c_t = \delta^t\) of the scores, real \(\gamma\) and \(\lambda\), and critics.",
        definitions=(
            _ESTIMATE,
            r"\(\Delta_\lambda\) is its variance less that with \(\hat r = r\)",
            _ELIGIBILITY + r", and \(m = \sum_{u < H} \mathbb{E} \lVert M_u \rVert^2\)",
        ),
        assumptions=(*LEARNER, *_NOISE, r"the errors' variance is \(\sigma^2\)"),
    ),
    "two_step_trace": Words(
        title="The best lambda of two steps",
        source="[this book]",
        left=r"e(\lambda^*)",
        fixed=r"a bias of norm \(B\), numbers \(p\), \(q\), and \(K\), with \(K B^2 + q > 0\).",
        for_all=r"\(x\) in [0, 1].",
        definitions=(
            r"\(e(\lambda)\) is the squared error less \(V_0 / K\); the right side is \(e(x)\)",
            r"\(\lambda^*\) is \((K B^2 - p) / (K B^2 + q)\), or the end of [0, 1] that is nearest to it",
            r"\((1 - \lambda) B\) is the norm of the bias of two steps with nothing after them",
            r"\(V_0 + 2 p \lambda + q \lambda^2\) is the variance of one rollout's estimate",
        ),
        assumptions=("the bias and the variance of the estimate are such functions of lambda",),
    ),
}
