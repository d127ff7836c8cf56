"""The budget: its results."""

from collections.abc import Mapping

from imagination.results.result import Printed, Result, Words
from imagination.theory import allocation, allocation_claims, allocation_further

__all__ = ["PRINTED", "RESULTS", "WORDS"]

RESULTS: tuple[Result, ...] = (
    Result("Elasticities", (*allocation.ELASTICITIES.values(),), chapter="07_splitting_the_budget"),
    Result(
        "The multiplier",
        (allocation_claims.MULTIPLIER,),
        chapter="07_splitting_the_budget",
        label="thm-theorem-1",
        differs=("As in the paper: the ratio of Lemma 1's two coefficients, taken from Lemma 1 itself."),
    ),
    Result(
        "A power law lies above its tangents", (allocation_claims.TANGENT,), chapter="07_splitting_the_budget"
    ),
    Result(
        "A power law lies strictly above its tangents elsewhere",
        (allocation_claims.STRICT_TANGENT,),
        chapter="07_splitting_the_budget",
        label="thm-theorem-1",
    ),
    Result(
        "A power law is convex",
        (allocation_claims.CHORD,),
        chapter="07_splitting_the_budget",
        rests_on=("A power law lies above its tangents",),
    ),
    Result(
        "Spending",
        (allocation_claims.SPENDING,),
        chapter="07_splitting_the_budget",
        label="cor-spending",
        differs=("The paper's ratio, said of money: spend in proportion to exponent times remaining error."),
    ),
    Result(
        "Theorem 1",
        (allocation_claims.RATIO,),
        chapter="07_splitting_the_budget",
        label="thm-theorem-1",
        theorem="theorem_1",
        cell="07-unique",
        rests_on=("Spending",),
        differs=("As in the paper. Errors are those that the split leaves, so the ratio is implicit."),
    ),
    Result(
        "What is stationary is optimal",
        (allocation_claims.OPTIMAL,),
        chapter="07_splitting_the_budget",
        rests_on=("A power law lies above its tangents",),
    ),
    Result(
        "The optimum is unique",
        (allocation_claims.UNIQUE,),
        chapter="07_splitting_the_budget",
        label="thm-theorem-1",
        rests_on=(
            "A power law lies strictly above its tangents elsewhere",
            "A power law lies above its tangents",
        ),
        differs="The paper appeals to convexity; here every rival plan is compared with.",
    ),
    Result(
        "The error is convex",
        (allocation_claims.CONVEX,),
        chapter="07_splitting_the_budget",
        rests_on=("A power law is convex",),
        differs="As in the paper.",
    ),
    Result(
        "Rewards that belong to dynamics",
        (allocation_claims.SOLUTION,),
        chapter="07_splitting_the_budget",
        label="thm-solution",
        rests_on=("Spending",),
        differs="The paper leaves an implicit pair of equations; one unknown is left here.",
    ),
    Result(
        "The solution is optimal",
        (allocation_claims.SUFFICES,),
        chapter="07_splitting_the_budget",
        rests_on=("A power law lies above its tangents",),
    ),
    Result(
        "The remaining equation increases",
        (allocation_claims.INCREASING,),
        chapter="07_splitting_the_budget",
        label="thm-solution",
    ),
    Result(
        "Where the remaining equation is above the budget",
        (allocation_claims.TOO_MANY,),
        chapter="07_splitting_the_budget",
    ),
    Result(
        "Where the remaining equation is below the budget",
        (allocation_claims.TOO_FEW,),
        chapter="07_splitting_the_budget",
    ),
    Result(
        "Equal exponents",
        (allocation_claims.EQUAL_EXPONENTS,),
        chapter="07_splitting_the_budget",
        label="thm-solution",
    ),
    Result(
        "Rewards grow slowly",
        (allocation_claims.FEW_REWARDS,),
        chapter="07_splitting_the_budget",
        label="thm-solution",
        rests_on=("Rewards that belong to dynamics",),
    ),
    Result(
        "The rewards' share",
        (allocation_claims.REWARD_SHARE,),
        chapter="07_splitting_the_budget",
        label="thm-solution",
        rests_on=("Rewards grow slowly",),
    ),
    Result(
        "Rewards grow no slower",
        (allocation_claims.MANY_REWARDS,),
        chapter="07_splitting_the_budget",
        label="thm-solution",
        rests_on=(
            "Rewards that belong to dynamics",
            "The rewards' share",
        ),
    ),
    Result(
        "The rewards' share vanishes", (allocation_claims.VANISHING_SHARE,), chapter="07_splitting_the_budget"
    ),
    Result("Floors move nothing", (allocation_claims.FLOORED_SPENDING,), chapter="07_splitting_the_budget"),
    Result(
        "Theorem 1 with floors",
        (allocation_claims.FLOORED_RATIO,),
        chapter="07_splitting_the_budget",
        label="thm-floors",
        rests_on=("Floors move nothing",),
        differs=("The paper's laws have no floor. With one, its ratio needs what can still be removed."),
    ),
    Result(
        "The price of a wrong multiplier",
        (allocation_further.REGRET,),
        chapter="07_splitting_the_budget",
        rests_on=("A power law lies above its tangents",),
    ),
    Result(
        "The price, in dynamics error",
        (allocation_further.REGRET_DYN,),
        chapter="07_splitting_the_budget",
        rests_on=("The price of a wrong multiplier",),
    ),
    Result(
        "The price, in reward error",
        (allocation_further.REGRET_REW,),
        chapter="07_splitting_the_budget",
        label="prop-price",
        rests_on=("The price of a wrong multiplier",),
    ),
    Result(
        "The largest price",
        (allocation_further.REGRET_FACTOR,),
        chapter="07_splitting_the_budget",
        rests_on=("The price of a wrong multiplier",),
    ),
    Result("The price is exact", (allocation_further.REGRET_EXACT,), chapter="07_splitting_the_budget"),
    Result(
        "The price for equal exponents", (allocation_further.REGRET_EQUAL,), chapter="07_splitting_the_budget"
    ),
    Result("Whole samples", (allocation_further.ROUNDED,), chapter="07_splitting_the_budget"),
    Result(
        "Whole samples, slow laws",
        (allocation_further.ROUNDED_SLOW,),
        chapter="07_splitting_the_budget",
        rests_on=("Whole samples",),
    ),
    Result(
        "No fewer dynamics samples",
        (allocation_further.FEWEST_DYN,),
        chapter="07_splitting_the_budget",
        rests_on=("A power law lies above its tangents",),
    ),
    Result(
        "No fewer reward labels",
        (allocation_further.FEWEST_REW,),
        chapter="07_splitting_the_budget",
        rests_on=("A power law lies above its tangents",),
    ),
    Result(
        "Joint samples that save nothing",
        (allocation_further.JOINT_NEVER,),
        chapter="07_splitting_the_budget",
        rests_on=("A power law lies above its tangents",),
    ),
    Result(
        "Joint samples only",
        (allocation_further.JOINT_ONLY,),
        chapter="07_splitting_the_budget",
        rests_on=("A power law lies above its tangents",),
    ),
    Result(
        "Every reward with a transition, and transitions besides",
        (allocation_further.JOINT_AND_DYNAMICS,),
        chapter="07_splitting_the_budget",
        rests_on=("A power law lies above its tangents",),
    ),
    Result(
        "Every transition with a reward, and rewards besides",
        (allocation_further.JOINT_AND_REWARDS,),
        chapter="07_splitting_the_budget",
        rests_on=("A power law lies above its tangents",),
    ),
)

PRINTED: Mapping[str, Printed] = {
    "multiplier": (
        allocation_claims.MULTIPLIER,
        {"expression": "theorem_1_multiplier", "supposes": "multiplier_supposes"},
    ),
    "error": (allocation_claims.OPTIMAL, {"quantity": "theorem_1_error"}),
    "ratio": (allocation_claims.RATIO, {"expression": "theorem_1_ratio", "supposes": "theorem_1_plan"}),
    "spending": (allocation_claims.SPENDING, {"expression": "theorem_1_spending"}),
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
