"""The budget: its results."""

from collections.abc import Mapping
from functools import partial

from imagination.results.budget import claims, further
from imagination.results.result import Printed, Result, Words

__all__ = ["PRINTED", "RESULTS", "WORDS"]

_result = partial(Result, chapter="07_splitting_the_budget")

RESULTS: tuple[Result, ...] = (
    _result(
        "The multiplier",
        (claims.MULTIPLIER,),
        label="thm-theorem-1",
        theorem="error_is_lemma_1",
        cell="07-d401f6bd",
        differs="As in the paper: the ratio of Lemma 1's two coefficients, taken from Lemma 1 itself.",
    ),
    _result("Tangents", (claims.TANGENT,), label="thm-theorem-1", theorem="tangents", cell="07-tangents"),
    _result(
        "Convexity",
        (claims.CHORD, claims.CONVEX),
        label="thm-theorem-1",
        theorem="convexity",
        cell="07-tangents",
        differs="As in the paper, which takes it as known.",
    ),
    _result(
        "Theorem 1",
        (claims.RATIO,),
        label="thm-theorem-1",
        theorem="theorem_1",
        cell="07-unique",
        differs="As in the paper. Errors are those that the split leaves, so the ratio is implicit. That the"
        " split exists is a conclusion, and rivals with as many dynamics samples are compared with, too.",
    ),
    _result(
        "What is stationary is optimal",
        (claims.OPTIMAL,),
        label="thm-theorem-1",
        theorem="optimal",
        cell="07-tangents",
        differs="The paper appeals to convexity; here every rival plan is compared with.",
    ),
    _result(
        "Spending",
        (claims.SPENDING,),
        label="cor-spending",
        theorem="spending",
        cell="07-rule",
        rests_on=("What is stationary is optimal",),
        differs="The paper's ratio, said of money: spend in proportion to exponent times remaining error.",
    ),
    _result(
        "The solution",
        (claims.REWARDS_FOR, claims.INCREASING),
        label="thm-solution",
        theorem="allocation_solution",
        cell="07-solution",
        rests_on=("What is stationary is optimal",),
        differs="The paper leaves an implicit pair of equations; one unknown is left here.",
    ),
    _result(
        "Where the root lies",
        (claims.TOO_FEW, claims.TOO_MANY),
        label="thm-solution",
        theorem="bracket",
        cell="07-solution",
    ),
    _result(
        "Equal exponents",
        (claims.EQUAL_EXPONENTS,),
        label="thm-solution",
        theorem="equal_exponents",
        cell="07-solution",
        rests_on=("What is stationary is optimal",),
    ),
    _result(
        "Growth",
        (claims.FEW_REWARDS, claims.REWARD_SHARE, claims.MANY_REWARDS),
        label="thm-solution",
        theorem="growth",
        cell="07-growth",
        rests_on=("What is stationary is optimal", "The solution"),
    ),
    _result(
        "Theorem 1 with floors",
        (claims.FLOORED_RATIO,),
        label="thm-floors",
        theorem="floors",
        cell="07-floors",
        rests_on=("Theorem 1", "Spending"),
        differs="The paper's laws have no floor. With one, its ratio needs what can still be removed.",
    ),
    _result(
        "The price of a wrong multiplier",
        (further.REGRET, further.REGRET_DYN, further.REGRET_REW, further.REGRET_FACTOR),
        label="prop-price",
        theorem="price",
        cell="07-price",
    ),
    _result(
        "The price is exact",
        (further.REGRET_EXACT,),
        label="prop-price",
        theorem="price_exact",
        cell="07-price-exact",
    ),
    _result(
        "The price for equal exponents",
        (further.REGRET_EQUAL,),
        label="prop-price",
        theorem="price_equal_exponents",
        cell="07-price-exact",
    ),
    _result(
        "Whole samples", (further.ROUNDED, further.ROUNDED_SLOW), theorem="whole_samples", cell="07-practical"
    ),
    _result(
        "At least so many", (further.FEWEST_DYN, further.FEWEST_REW), theorem="fewest", cell="07-practical"
    ),
    _result(
        "Labels only where one has been",
        (further.VISITED,),
        theorem="labels_where_visited",
        cell="07-practical",
        rests_on=("What is stationary is optimal",),
    ),
    _result(
        "Joint samples",
        (further.JOINT_NEVER, further.JOINT_ONLY, further.JOINT_AND_DYNAMICS, further.JOINT_AND_REWARDS),
        theorem="joint_samples",
        cell="07-practical",
    ),
    _result("Elasticities", (*further.ELASTICITIES.values(),), cell="07-4c2d9467", rests_on=("Spending",)),
)


def _sides(name: str) -> dict[str, str]:
    return {"quantity": f"{name}_left", "expression": f"{name}_right", "supposes": f"{name}_supposes"}


PRINTED: Mapping[str, Printed] = {
    "multiplier": (
        claims.MULTIPLIER,
        {"expression": "theorem_1_multiplier", "supposes": "multiplier_supposes"},
    ),
    "optimal": (claims.OPTIMAL, {"quantity": "theorem_1_error", "supposes": "optimal_supposes"}),
    "ratio": (claims.RATIO, {"expression": "theorem_1_ratio", "supposes": "theorem_1_plan"}),
    "spending": (claims.SPENDING, {"expression": "theorem_1_spending"}),
    "tangent": (claims.TANGENT, _sides("tangent")),
    "chord": (claims.CHORD, _sides("chord")),
    "convex": (claims.CONVEX, _sides("convex")),
    "solution": (claims.REWARDS_FOR, {"expression": "rewards_for"}),
    "increasing": (claims.INCREASING, {"quantity": "remaining_cost"}),
    "too_few": (claims.TOO_FEW, {"supposes": "too_few_supposes"}),
    "equal_exponents": (claims.EQUAL_EXPONENTS, {"expression": "equal_exponents_ratio"}),
    "few_rewards": (claims.FEW_REWARDS, {"expression": "few_rewards_bound"}),
    "reward_share": (claims.REWARD_SHARE, {"expression": "reward_share_bound"}),
    "many_rewards": (claims.MANY_REWARDS, {"quantity": "many_rewards_bound"}),
    "floors": (claims.FLOORED_RATIO, {"expression": "floors_ratio"}),
    "price": (
        further.REGRET,
        {"quantity": "price_paid", "expression": "price_bound", "supposes": "price_supposes"},
    ),
    "price_dyn": (further.REGRET_DYN, {"expression": "price_dyn_bound"}),
    "price_rew": (further.REGRET_REW, {"expression": "price_rew_bound"}),
    "price_factor": (further.REGRET_FACTOR, {"quantity": "price_factor_left"}),
    "price_exact": (
        further.REGRET_EXACT,
        {"expression": "price_exact_amount", "supposes": "price_exact_supposes"},
    ),
    "price_equal_exponents": (further.REGRET_EQUAL, _sides("price_equal_exponents")),
    "whole_samples": (
        further.ROUNDED,
        {"expression": "whole_samples_bound", "supposes": "whole_samples_supposes"},
    ),
    "whole_samples_slow": (
        further.ROUNDED_SLOW,
        {"expression": "whole_samples_slow_bound", "supposes": "whole_samples_slow_supposes"},
    ),
    **{
        name: (claim, {"supposes": f"{name}_supposes"})
        for name, claim in {
            "fewest_dyn": further.FEWEST_DYN,
            "fewest_rew": further.FEWEST_REW,
            "visited": further.VISITED,
            "joint_never": further.JOINT_NEVER,
            "joint_only": further.JOINT_ONLY,
            "joint_and_dynamics": further.JOINT_AND_DYNAMICS,
            "joint_and_rewards": further.JOINT_AND_REWARDS,
        }.items()
    },
}

_GIVEN = r"\(A_d, \alpha, A_r, \beta, c_d, c_r, D, B\), all above 0."
_POSITIVE = "Every number is above 0, and numbers of samples need not be whole."
_ERROR = r"the error of a plan is \(D A_d N_d^{-\alpha} + A_r N_r^{-\beta}\)"
_RIVALS = r"every other plan of \(M_d, M_r > 0\) samples."
_BALANCE = (
    r"one more unit of money is worth the same on either side: "
    r"\(\alpha D \varepsilon_{\mathrm{dyn}} / (c_d N_d) = \beta \varepsilon_{\mathrm{rew}} / (c_r N_r)\)"
)
_MISLED = (
    r"the plan balances \(m\) times the multiplier: "
    r"\(\alpha m D \varepsilon_{\mathrm{dyn}} / (c_d N_d) = \beta \varepsilon_{\mathrm{rew}} / (c_r N_r)\)"
)
_NO_DEARER = r"the other plan costs no more: \(c_d M_d + c_r M_r \le c_d N_d + c_r N_r\)"
_AS_DEAR = r"both plans cost the same, and \((M_d, M_r)\) balances the true multiplier"
_LAWS = "both errors follow power laws, without floors"

WORDS: Mapping[str, Words] = {
    "theorem_1": Words(
        title="Theorem 1",
        source="[TSGLH26, Theorem 1]",
        also=r"Such a split exists, it is the only one, and every other plan that costs no more than \(B\) "
        r"leaves more "
        "error. All three are concluded.",
        fixed=_GIVEN,
        for_all=r"every plan of \(M_d, M_r > 0\) samples with \(c_d M_d + c_r M_r \le B\) other than the "
        r"split itself.",
        definitions=(
            _ERROR,
            r"\(c_d N_d + c_r N_r = B\), and numbers of samples need not be whole",
        ),
        assumptions=(_LAWS,),
    ),
    "error_is_lemma_1": Words(
        title="The multiplier",
        source="[TSGLH26, Theorem 1]",
        also=r"With it the error \(D \varepsilon_{\mathrm{dyn}} + \varepsilon_{\mathrm{rew}}\) is Lemma 1's "
        r"bound times \(1 - \gamma\), a factor that no split changes. That is what is concluded.",
        fixed=r"\(\gamma, L_f, L_r, L_\pi \ge 0\).",
        for_all="laws of both errors, and numbers of samples.",
        assumptions=(r"\(\gamma < 1\) and \(\gamma L_f (1 + L_\pi) < 1\)",),
    ),
    "tangents": Words(
        title="Tangents",
        source="[this book]",
        also=r"Where \(y \ne x\) the inequality is strict.",
        fixed=r"an amplitude \(a\) and an exponent \(p\), above 0.",
        for_all=r"numbers \(x, y > 0\).",
        assumptions=(r"the error follows a power law, \(a x^{-p}\), without a floor",),
    ),
    "convexity": Words(
        title="Convexity",
        source="[this book]",
        fixed="both laws and the multiplier.",
        for_all=r"points or plans, mixed with weights \(u, v > 0\). " + _POSITIVE,
        assumptions=(_LAWS,),
    ),
    "optimal": Words(
        title="What is stationary is optimal",
        source="[this book]",
        also="Every other plan errs more, one with as many dynamics samples too.",
        fixed=r"\(A_d, \alpha, A_r, \beta, c_d, c_r, D\), all above 0, and a plan.",
        for_all=_RIVALS,
        assumptions=(_BALANCE, _NO_DEARER),
    ),
    "spending": Words(
        title="The spending rule",
        source="[this book]",
        also=r"The whole budget is spent.",
        fixed=_GIVEN,
        for_all="plans that are best.",
        definitions=(_ERROR,),
        assumptions=(_LAWS,),
    ),
    "allocation_solution": Words(
        title="The solution",
        source="[this book]",
        also=r"The cost of \(N_d\) dynamics samples with the labels that belong to them increases strictly. "
        r"It is the budget at exactly one \(N_d\), and that plan is best. All is concluded.",
        fixed=_GIVEN,
        for_all=r"plans that are best, and numbers \(M_d > N_d > 0\).",
        definitions=(_ERROR,),
        assumptions=(_LAWS,),
    ),
    "bracket": Words(
        title="Where the root lies",
        source="[this book]",
        fixed=_GIVEN,
        for_all=r"\(N_d > 0\) for which the dynamics, and the labels that belong to them, cost at most half "
        "of the budget each.",
        assumptions=(_LAWS,),
    ),
    "equal_exponents": Words(
        title="Equal exponents",
        source="[this book]",
        also="The dynamics' share of the budget is the same for every budget.",
        fixed=r"\(A_d, \alpha = \beta, A_r, c_d, c_r, D, B\), all above 0.",
        for_all="plans that are best.",
        definitions=(_ERROR,),
        assumptions=(_LAWS,),
    ),
    "growth": Words(
        title="Growth",
        source="[this book]",
        also=r"For \(\alpha < \beta\), as \(B \to \infty\), \(N_r / B^{(1+\alpha)/(1+\beta)}\) tends to the "
        r"labels that belong to \(1/c_d\) dynamics samples, and the dynamics' share to 1. For "
        r"\(\alpha > \beta\) the roles are swapped.",
        fixed=r"\(A_d, \alpha, A_r, \beta, c_d, c_r, D\), all above 0.",
        for_all=r"budgets \(B > 0\), and plans that are best. The last formula needs \(\alpha < \beta\).",
        definitions=(_ERROR,),
        assumptions=(_LAWS,),
    ),
    "floors": Words(
        title="Theorem 1 with floors",
        source="[this book]",
        also="A plan is best with floors if and only if it is best without them.",
        fixed=_GIVEN[:-1] + r"; floors \(f_d, f_r\) of any size.",
        for_all="plans that are best.",
        definitions=(
            r"the errors, with their floors, are \(e_d = A_d N_d^{-\alpha} + f_d\) and \(e_r\) alike",
        ),
        assumptions=("both errors follow power laws over their floors",),
    ),
    "price": Words(
        title="The price of a wrong multiplier",
        source="[this book]",
        also=r"At \(\lambda = 1\), and at \(\lambda = 1/m\), only one of the errors is left in the "
        r"bound. For \(m \ge 1\) the loss is less than the plan's own reward error.",
        fixed=r"\(A_d, \alpha, A_r, \beta, c_d, c_r, D\), a factor \(m\), and a plan, all above 0.",
        for_all=r"prices of money \(\lambda > 0\), and other plans of \(M_d, M_r > 0\) samples.",
        assumptions=(_MISLED, _NO_DEARER),
    ),
    "price_exact": Words(
        title="The price is exact",
        source="[this book]",
        fixed=r"\(A_d, \alpha, A_r, \beta, c_d, c_r, D\), a factor \(m\), and both plans, all above 0.",
        for_all="nothing else.",
        assumptions=(_MISLED, _AS_DEAR),
    ),
    "price_equal_exponents": Words(
        title="The price for equal exponents",
        source="[this book]",
        fixed=r"\(A_d, \alpha = \beta, A_r, c_d, c_r, D\), a factor \(m\), and both plans, all above 0.",
        for_all="nothing else.",
        definitions=(
            r"\(o = c_d M_d / (c_r M_r)\): what the best plan spends on dynamics for each unit on rewards",
        ),
        assumptions=(_MISLED, _AS_DEAR),
    ),
    "whole_samples": Words(
        title="Whole samples",
        source="[this book]",
        fixed=r"both laws, \(D\), and a plan.",
        for_all=r"plans with \(M_d \ge N_d - 1\) and \(M_r \ge N_r - 1\). " + _POSITIVE,
        assumptions=(r"for the second formula, \(\alpha \le 1\) and \(\beta \le 1\)",),
    ),
    "fewest": Words(
        title="At least so many",
        source="[this book]",
        fixed=r"both laws, prices, \(D\), and a plan.",
        for_all=r"plans with at least as many of one kind: \(M_d \ge N_d\), or \(M_r \ge N_r\). " + _POSITIVE,
        assumptions=("of that kind, one more unit of money is worth no more than of the other", _NO_DEARER),
    ),
    "labels_where_visited": Words(
        title="Labels only where one has been",
        source="[this book]",
        also=r"Among plans with no more labels than transitions one errs less than every other that costs "
        r"at most \(B\): the best plan of all if it has no more labels than transitions, and else "
        r"\(N_d = N_r = B / (c_d + c_r)\).",
        fixed=_GIVEN,
        definitions=(
            r"in the formula \(N_d = N_r\), and one more unit of money is worth no more on dynamics than on "
            "rewards",
        ),
        for_all=r"plans of \(0 < M_r \le M_d\) samples that cost no more.",
        assumptions=("labels are asked for where transitions were seen", _LAWS),
    ),
    "joint_samples": Words(
        title="Joint samples",
        source="[this book]",
        fixed=r"both laws, prices, \(D\), and a plan: without joint samples where \(c_j \ge c_d + c_r\); of "
        "joint samples only where single ones are worth less than they cost; else with every label joint, or "
        "every transition, as Theorem 1 says for the price that the one adds to the other.",
        for_all="plans of joint and single samples that cost no more. " + _POSITIVE,
        assumptions=(_LAWS,),
    ),
}
