"""The budget: its results."""

from collections.abc import Mapping

from imagination.results.result import Printed, Result, Words
from imagination.theory import allocation_claims as ac
from imagination.theory import allocation_further as af

__all__ = ["PRINTED", "RESULTS", "WORDS"]

_CHAPTER = "07_splitting_the_budget"

RESULTS: tuple[Result, ...] = (
    Result(
        "The multiplier",
        (ac.MULTIPLIER,),
        chapter=_CHAPTER,
        label="thm-theorem-1",
        theorem="error_is_lemma_1",
        cell="07-d401f6bd",
        differs="As in the paper: the ratio of Lemma 1's two coefficients, taken from Lemma 1 itself.",
    ),
    Result(
        "Tangents",
        (ac.TANGENT,),
        chapter=_CHAPTER,
        label="thm-theorem-1",
        theorem="tangents",
        cell="07-unique",
    ),
    Result(
        "Convexity",
        (ac.CHORD, ac.CONVEX),
        chapter=_CHAPTER,
        label="thm-theorem-1",
        theorem="convexity",
        cell="07-unique",
        rests_on=("Tangents",),
        differs="As in the paper, which takes it as known.",
    ),
    Result(
        "Theorem 1",
        (ac.RATIO,),
        chapter=_CHAPTER,
        label="thm-theorem-1",
        theorem="theorem_1",
        cell="07-unique",
        rests_on=("Tangents",),
        differs="As in the paper. Errors are those that the split leaves, so the ratio is implicit. That the"
        " split exists is a conclusion, and rivals with as many dynamics samples are compared with, too.",
    ),
    Result(
        "What is stationary is optimal",
        (ac.OPTIMAL,),
        chapter=_CHAPTER,
        label="thm-theorem-1",
        theorem="optimal",
        cell="07-unique",
        rests_on=("Tangents",),
        differs="The paper appeals to convexity; here every rival plan is compared with.",
    ),
    Result(
        "Spending",
        (ac.SPENDING,),
        chapter=_CHAPTER,
        label="cor-spending",
        theorem="spending",
        cell="07-rule",
        rests_on=("Theorem 1", "What is stationary is optimal"),
        differs="The paper's ratio, said of money: spend in proportion to exponent times remaining error.",
    ),
    Result(
        "The solution",
        (ac.SOLUTION, ac.INCREASING),
        chapter=_CHAPTER,
        label="thm-solution",
        theorem="allocation_solution",
        cell="07-solution",
        rests_on=("Theorem 1", "What is stationary is optimal"),
        differs="The paper leaves an implicit pair of equations; one unknown is left here.",
    ),
    Result(
        "Where the root lies",
        (ac.TOO_FEW, ac.TOO_MANY),
        chapter=_CHAPTER,
        label="thm-solution",
        theorem="bracket",
        cell="07-solution",
        rests_on=("The solution",),
    ),
    Result(
        "Equal exponents",
        (ac.EQUAL_EXPONENTS,),
        chapter=_CHAPTER,
        label="thm-solution",
        theorem="equal_exponents",
        cell="07-solution",
        rests_on=("The solution",),
    ),
    Result(
        "Growth",
        (ac.FEW_REWARDS, ac.REWARD_SHARE, ac.MANY_REWARDS),
        chapter=_CHAPTER,
        label="thm-solution",
        theorem="growth",
        cell="07-growth",
        rests_on=("The solution",),
    ),
    Result(
        "Theorem 1 with floors",
        (ac.FLOORED_RATIO,),
        chapter=_CHAPTER,
        label="thm-floors",
        theorem="floors",
        cell="07-floors",
        rests_on=("Theorem 1", "Spending"),
        differs="The paper's laws have no floor. With one, its ratio needs what can still be removed.",
    ),
    Result(
        "The price of a wrong multiplier",
        (af.REGRET, af.REGRET_DYN, af.REGRET_REW, af.REGRET_FACTOR),
        chapter=_CHAPTER,
        label="prop-price",
        theorem="price",
        cell="07-price",
        rests_on=("Tangents",),
    ),
    Result(
        "The price is exact",
        (af.REGRET_EXACT,),
        chapter=_CHAPTER,
        label="prop-price",
        theorem="price_exact",
        cell="07-price-exact",
        rests_on=("Tangents",),
    ),
    Result(
        "The price for equal exponents",
        (af.REGRET_EQUAL,),
        chapter=_CHAPTER,
        label="prop-price",
        theorem="price_equal_exponents",
        cell="07-price-exact",
    ),
    Result(
        "Whole samples",
        (af.ROUNDED, af.ROUNDED_SLOW),
        chapter=_CHAPTER,
        theorem="whole_samples",
        cell="07-83565af2",
    ),
    Result(
        "At least so many",
        (af.FEWEST_DYN, af.FEWEST_REW),
        chapter=_CHAPTER,
        theorem="fewest",
        cell="07-83565af2",
        rests_on=("Tangents",),
    ),
    Result(
        "Labels only where one has been",
        (af.VISITED,),
        chapter=_CHAPTER,
        theorem="labels_where_visited",
        cell="07-83565af2-1",
        rests_on=("Tangents", "Theorem 1", "What is stationary is optimal"),
    ),
    Result(
        "Joint samples",
        (af.JOINT_NEVER, af.JOINT_ONLY, af.JOINT_AND_DYNAMICS, af.JOINT_AND_REWARDS),
        chapter=_CHAPTER,
        theorem="joint_samples",
        cell="07-83565af2-1",
        rests_on=("Tangents",),
    ),
    Result(
        "Elasticities",
        (*af.ELASTICITIES.values(),),
        chapter=_CHAPTER,
        cell="07-elasticities",
        rests_on=("Spending",),
    ),
)


def _sides(name: str) -> dict[str, str]:
    return {"quantity": f"{name}_left", "expression": f"{name}_right", "supposes": f"{name}_supposes"}


PRINTED: Mapping[str, Printed] = {
    "multiplier": (
        ac.MULTIPLIER,
        {"expression": "theorem_1_multiplier", "supposes": "multiplier_supposes"},
    ),
    "optimal": (ac.OPTIMAL, {"quantity": "theorem_1_error", "supposes": "optimal_supposes"}),
    "ratio": (ac.RATIO, {"expression": "theorem_1_ratio", "supposes": "theorem_1_plan"}),
    "spending": (ac.SPENDING, {"expression": "theorem_1_spending"}),
    "tangent": (ac.TANGENT, _sides("tangent")),
    "chord": (ac.CHORD, _sides("chord")),
    "convex": (ac.CONVEX, _sides("convex")),
    "solution": (ac.SOLUTION, {"expression": "rewards_for"}),
    "increasing": (ac.INCREASING, {"quantity": "remaining_cost"}),
    "too_few": (ac.TOO_FEW, {"supposes": "too_few_supposes"}),
    "equal_exponents": (ac.EQUAL_EXPONENTS, {"expression": "equal_exponents_ratio"}),
    "few_rewards": (ac.FEW_REWARDS, {"expression": "few_rewards_bound"}),
    "reward_share": (ac.REWARD_SHARE, {"expression": "reward_share_bound"}),
    "many_rewards": (ac.MANY_REWARDS, {"quantity": "many_rewards_bound"}),
    "floors": (ac.FLOORED_RATIO, {"expression": "floors_ratio"}),
    "price": (
        af.REGRET,
        {"quantity": "price_paid", "expression": "price_bound", "supposes": "price_supposes"},
    ),
    "price_dyn": (af.REGRET_DYN, {"expression": "price_dyn_bound"}),
    "price_rew": (af.REGRET_REW, {"expression": "price_rew_bound"}),
    "price_factor": (af.REGRET_FACTOR, {"quantity": "price_factor_left"}),
    "price_exact": (
        af.REGRET_EXACT,
        {"expression": "price_exact_amount", "supposes": "price_exact_supposes"},
    ),
    "price_equal_exponents": (af.REGRET_EQUAL, _sides("price_equal_exponents")),
    "whole_samples": (
        af.ROUNDED,
        {"expression": "whole_samples_bound", "supposes": "whole_samples_supposes"},
    ),
    "whole_samples_slow": (
        af.ROUNDED_SLOW,
        {"expression": "whole_samples_slow_bound", "supposes": "whole_samples_slow_supposes"},
    ),
    **{
        name: (claim, {"supposes": f"{name}_supposes"})
        for name, claim in {
            "fewest_dyn": af.FEWEST_DYN,
            "fewest_rew": af.FEWEST_REW,
            "visited": af.VISITED,
            "joint_never": af.JOINT_NEVER,
            "joint_only": af.JOINT_ONLY,
            "joint_and_dynamics": af.JOINT_AND_DYNAMICS,
            "joint_and_rewards": af.JOINT_AND_REWARDS,
        }.items()
    },
}

WORDS: Mapping[str, Words] = {
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
}
