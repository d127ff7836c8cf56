r"""The theorems' cards in words: what is fixed, what is arbitrary, what is defined, what is assumed.

Written beside the Coq statements, which decide. TeX stands between ``\(`` and ``\)``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["WORDS", "Words"]


@dataclass(frozen=True)
class Words:
    """What a card says of a theorem.

    Attributes
    ----------
    title, source : str
        What the book calls it, and where it comes from.
    fixed : str
        What is given once, before the statement begins.
    for_all : str
        What the statement ranges over.
    definitions : tuple of str
        What only says what a letter stands for.
    assumptions : tuple of str
        What could be false of a given problem.
    left : str
        The left side in TeX, where it is not the claim's own.
    also : str
        What else is concluded.
    """

    title: str
    source: str
    fixed: str
    for_all: str
    definitions: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    left: str = ""
    also: str = ""


_LIPSCHITZ_VELOCITY = (
    r"the velocity is Lipschitz: \(\lVert v(x) - v(y) \rVert \le \varepsilon \lVert x - y \rVert\) for all "
    r"\(x, y\)",
)
_TRAJECTORY = (
    r"\(z_{t+1} = z_t + v(z_t)\)",
    r"\(\lVert p \rVert = \sqrt{\langle p, p \rangle}\), and "
    r"\(\cos\angle(p, q) = \langle p, q \rangle / (\lVert p \rVert \lVert q \rVert)\)",
)

_ADDED = r"\operatorname{Var} \hat g - \operatorname{Var} \hat g\big|_{\eta = 0}"
_LEARNER = (
    "there are finitely many actions; transitions and first states are drawn from finitely many. So every "
    "mean over "
    "rollouts exists",
    r"the policy has finitely many parameters, its probabilities are nonnegative and add to 1, and it is "
    r"differentiable: \(\nabla \pi = \pi\, w\)",
)
_NOISE = (
    r"given state and action, an error has mean 0 and variance \(\sigma^2\), both of which exist, and is "
    r"independent of "
    "everything else"
)

WORDS: Mapping[str, Words] = {
    "lemma_1": Words(
        title="Lemma 1",
        source="[TSGLH26, Lemma 1]",
        left=r"\left|J - \hat J\right|",
        also="Both returns exist: their series converge. That is part of the conclusion.",
        fixed=r"a real and a learned world with the same states, actions, distances, policy and first "
        r"state; the "
        r"numbers \(\gamma, L_f, L_r, L_\pi, \varepsilon_{\mathrm{dyn}}, \varepsilon_{\mathrm{rew}} \ge 0\).",
        for_all=r"the assumptions range over all states \(x, y\) and actions \(a, b\). Both may be of any "
        r"kind; "
        "no space is supposed to be finite.",
        definitions=(
            r"\(s_{t+1} = f(s_t, \pi(s_t))\) and \(\hat s_{t+1} = \hat f(\hat s_t, \pi(\hat s_t))\), from "
            r"one "
            r"start \(s_0 = \hat s_0\)",
            r"\(J = \sum_t \gamma^t r(s_t, \pi(s_t))\) and "
            r"\(\hat J = \sum_t \gamma^t \hat r(\hat s_t, \pi(\hat s_t))\)",
        ),
        assumptions=(
            r"\(\gamma < 1\) and \(\gamma L_f (1 + L_\pi) < 1\)",
            "distances of states, and of actions, are nonnegative, symmetric, 0 from a point to itself, "
            "and obey "
            "the triangle inequality",
            r"\(d(f(x,a), f(y,b)) \le L_f\,(d(x,y) + d(a,b))\)",
            r"\(|r(x,a) - r(y,b)| \le L_r\,(d(x,y) + d(a,b))\)",
            r"\(d(\pi(x), \pi(y)) \le L_\pi\, d(x,y)\)",
            r"\(d(\hat f(x,a), f(x,a)) \le \varepsilon_{\mathrm{dyn}}\) and "
            r"\(|\hat r(x,a) - r(x,a)| \le \varepsilon_{\mathrm{rew}}\)",
        ),
    ),
    "corollary_1": Words(
        title="Corollary 1",
        source="[TSGLH26, Corollary 1]",
        fixed="nothing.",
        for_all=r"numbers \(0 \le \gamma \le \gamma'\), \(0 \le L_f \le L_f'\), \(0 \le L_r \le L_r'\), "
        r"\(0 \le L_\pi \le L_\pi'\): all four constants may grow at once.",
        assumptions=(
            r"the larger constants still satisfy \(\gamma' < 1\) and \(\gamma' L_f' (1 + L_\pi') "
            r"< 1\)",
        ),
    ),
    "proposition_1": Words(
        title="Proposition 1",
        source="[TSGLH26, Proposition 1]",
        left=r"1 - \cos\angle\bigl(v(z_t), v(z_{t+1})\bigr)",
        also="What moves at first never stops: no velocity along the trajectory is 0. That is part of the "
        "conclusion.",
        fixed=r"a real inner product space of any dimension, a velocity field \(v\) on it, a trajectory "
        r"\(z\), and a "
        r"number \(0 < \varepsilon < 1\).",
        for_all=r"every time \(t\).",
        definitions=_TRAJECTORY,
        assumptions=(*_LIPSCHITZ_VELOCITY, r"the trajectory moves at first: \(v(z_0) \ne 0\)"),
    ),
    "curvature_sharp": Words(
        title="The sharp constant",
        source="[this book]",
        left=r"1 - \cos\angle\bigl(v(z_t), v(z_{t+1})\bigr)",
        fixed=r"a real inner product space of any dimension, a velocity field \(v\) on it, a trajectory "
        r"\(z\), and a "
        r"number \(0 < \varepsilon \le 1\).",
        for_all=r"every time \(t\).",
        definitions=_TRAJECTORY,
        assumptions=(*_LIPSCHITZ_VELOCITY, r"the trajectory moves: \(v(z_t) \ne 0\) for every \(t\)"),
    ),
    "theorem_1": Words(
        title="Theorem 1",
        source="[TSGLH26, Theorem 1]",
        also=r"Such a split exists, it is the only one, and every other plan that costs no more than \(B\) "
        r"leaves more "
        "error. All three are concluded.",
        fixed=r"\(A_d, \alpha, A_r, \beta, c_d, c_r, D, B\), all above 0.",
        for_all=r"every plan of \(M_d, M_r > 0\) samples with \(c_d M_d + c_r M_r \le B\) other than the "
        r"split itself.",
        definitions=(
            r"the error of a plan is \(D A_d N_d^{-\alpha} + A_r N_r^{-\beta}\)",
            r"\(c_d N_d + c_r N_r = B\), and numbers of samples need not be whole",
        ),
        assumptions=("both errors follow power laws, without floors",),
    ),
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
        assumptions=(*_LEARNER, _NOISE),
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
        assumptions=(*_LEARNER, _NOISE),
    ),
    "corollary_2": Words(
        title="Corollary 2",
        source="[TSGLH26, Corollary 2]",
        fixed=r"the law of the labels: \(A > 0\) and \(p > 0\), or \(\sigma_0\) and \(c_{\max}\), or "
        r"\(\sigma_f\) and \(A\).",
        for_all=r"costs \(0 < b \le c\), which for bounded noise are at most \(c_{\max}\).",
        assumptions=(
            "a rollout costs nothing but its labels, and only the variance that noise adds counts",
            r"the numbers of rollouts \(K = B/c\) need not be whole",
        ),
    ),
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
        assumptions=(*_LEARNER, _NOISE),
    ),
}
