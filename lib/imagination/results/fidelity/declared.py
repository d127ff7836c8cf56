"""The price of a label: its results."""

from collections.abc import Mapping

from imagination.results.fidelity import claims
from imagination.results.result import Printed, Result, Words

__all__ = ["PRINTED", "RESULTS", "WORDS"]

_LABELS, _BIAS = "10_cheap_and_many_or_dear_and_few", "11_bias_does_not_average_out"

RESULTS: tuple[Result, ...] = (
    Result("Noise by a power law", (claims.POWER_NOISE,), chapter=_LABELS, differs="As in the paper."),
    Result("Bounded noise", (claims.BOUNDED_NOISE,), chapter=_LABELS, differs="As in the paper."),
    Result("Noise with a floor", (claims.FLOOR_NOISE,), chapter=_LABELS, differs="As in the paper."),
    Result(
        "Corollary 2",
        (
            claims.PHI,
            claims.BUY_FIDELITY,
            claims.BUY_ROLLOUTS,
            claims.INDIFFERENT,
            claims.BOTH_ENDS,
            claims.CHEAPEST,
        ),
        chapter=_LABELS,
        label="cor-fidelity",
        theorem="corollary_2",
        cell="10-slips",
        differs="As in the paper.",
    ),
    Result(
        "The whole objective",
        (claims.OBJECTIVE, claims.SLOPE, claims.MINIMUM, claims.CHEAPER, claims.DEARER),
        chapter=_LABELS,
        label="thm-best-cost",
        theorem="fidelity_objective",
        cell="10-627b8004",
        rests_on=("Scores average to 0", "Variance of an average", "Theorem 2, exact"),
        differs=(
            "The paper looks at the added part alone. K divides the rest, too, and a rollout costs "
            "something before it is labelled."
        ),
    ),
    Result(
        "The best cost of a label",
        (claims.INTERIOR, claims.FIXED_COST_ONLY, claims.FLOOR_INTERIOR),
        chapter=_LABELS,
        label="thm-best-cost",
        theorem="best_cost",
        cell="10-d061538b",
        differs="The paper's advice has no interior optimum; the whole objective has one.",
    ),
    Result(
        "Bounded noise, an end wins",
        (claims.AN_END_WINS, claims.WHICH_END, claims.NOISE_FREE_LABELS),
        chapter=_LABELS,
        label="thm-best-cost",
        theorem="bounded_ends",
        cell="10-bounded",
        differs="As the paper says of the added part: here of the whole.",
    ),
    Result(
        "When bias is worth it",
        (claims.WORTH_IT, claims.NEVER_BEYOND),
        chapter=_BIAS,
        label="thm-crossing",
        theorem="crossing",
        cell="11-bbe34f0d",
        rests_on=("Proposition 2",),
        differs="Not in the paper: how long a bias is worth it.",
    ),
)

PRINTED: Mapping[str, Printed] = {
    **{
        f"corollary_2_{name}": (
            claim,
            {"quantity": f"{name}_left", "expression": f"{name}_right", "supposes": f"{name}_supposes"},
        )
        for name, claim in {
            "budget": claims.PHI,
            "fidelity": claims.BUY_FIDELITY,
            "rollouts": claims.BUY_ROLLOUTS,
            "indifferent": claims.INDIFFERENT,
            "both_ends": claims.BOTH_ENDS,
            "cheapest": claims.CHEAPEST,
        }.items()
    },
    "objective": (
        claims.OBJECTIVE,
        {
            "quantity": "average_variance",
            "expression": "budget_variance",
            "supposes": "budget_variance_supposes",
        },
    ),
    "objective_slope": (
        claims.SLOPE,
        {"quantity": "slope_left", "expression": "slope_right", "supposes": "slope_supposes"},
    ),
    "objective_minimum": (claims.MINIMUM, {"expression": "power_objective", "supposes": "minimum_supposes"}),
    "objective_cheaper": (claims.CHEAPER, {"supposes": "cheaper_supposes"}),
    "objective_dearer": (claims.DEARER, {"supposes": "dearer_supposes"}),
    "best_cost_interior": (
        claims.INTERIOR,
        {"quantity": "interior_left", "expression": "interior_right", "supposes": "interior_supposes"},
    ),
    "best_cost_fixed_cost_only": (
        claims.FIXED_COST_ONLY,
        {"expression": "fixed_cost_only_right", "supposes": "fixed_cost_only_supposes"},
    ),
    "best_cost_floor": (
        claims.FLOOR_INTERIOR,
        {
            "quantity": "floor_interior_left",
            "expression": "floor_objective",
            "supposes": "floor_interior_supposes",
        },
    ),
    "bounded_an_end_wins": (
        claims.AN_END_WINS,
        {"expression": "bounded_objective", "supposes": "an_end_wins_supposes"},
    ),
    "bounded_which_end": (
        claims.WHICH_END,
        {"expression": "which_end_right", "supposes": "which_end_supposes"},
    ),
    "bounded_noise_free": (
        claims.NOISE_FREE_LABELS,
        {
            "quantity": "noise_free_labels_left",
            "expression": "noise_free_labels_right",
            "supposes": "noise_free_labels_supposes",
        },
    ),
    "worth_it": (claims.WORTH_IT, {"expression": "noisy_error", "supposes": "worth_it_supposes"}),
    "never_beyond": (claims.NEVER_BEYOND, {"supposes": "never_beyond_supposes"}),
}

_WHOLE = r"the numbers of rollouts \(K = B/(c_0 + c)\) need not be whole"

WORDS: Mapping[str, Words] = {
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
    "fidelity_objective": Words(
        title="The whole objective",
        source="[this book]",
        also=r"The third line holds where the slope at \(b\) is 0; where it is not negative, for \(c \ge "
        r"b\); and where it is not positive, for \(c \le b\). The variance of the REINFORCE estimate "
        r"from \(K\) rollouts, with weights of either kind, is \((V + \kappa \sigma^2)/K\). And if \(V, "
        r"\kappa > 0\), and \(c_0 > 0\) or \(p > 1\), the slope vanishes at one cost and at no other; "
        "every other cost is worse. All of that is concluded.",
        fixed=r"a world, its rewards, a policy, the horizon; or numbers \(c_0, V, \kappa \ge 0\) and \(A, p "
        r"> 0\).",
        for_all=r"laws of the noise with mean 0 and variance \(\sigma^2\), numbers of rollouts \(K \ge 1\); "
        r"costs \(b\) and \(c\) above 0.",
        definitions=(
            r"\(V\) is the variance of one rollout's estimate without noise, the trace of its "
            r"covariance, and \(\kappa\) what noise of variance 1 adds to it, the sum of Theorem 2",
            r"the slope is \(c\, \mathrm{d}\Psi / \mathrm{d}c\)",
        ),
        assumptions=(
            "of the estimate, what Theorem 2 assumes",
            r"of the slope and what follows from it, a power law: \(\sigma^2(c) = A c^{-p}\)",
            _WHOLE,
        ),
    ),
    "best_cost": Words(
        title="The best cost of a label",
        source="[this book]",
        also=r"The left sides are \(\Psi\) at \((q \kappa A / V)^{1/(1+q)}\), at \(c_0\, p/(1-p)\) and at "
        r"\(\sqrt{c_0 \kappa A / (V + \kappa \sigma_f^2)}\). At every other cost \(\Psi\) is larger (in "
        r"the second case if \(\kappa > 0\)). Both are concluded.",
        fixed=r"a power law with \(p = 1 + q > 1\), no fixed cost and \(V, \kappa > 0\); or one with \(p < "
        r"1\), \(c_0 > 0\) and \(V = 0\); or a floor with \(c_0, \kappa > 0\) and \(V + \kappa "
        r"\sigma_f^2 > 0\).",
        for_all=r"costs \(c > 0\).",
        assumptions=(r"the noise is \(A c^{-p}\), or \(\sigma_f^2 + A/c\) with a floor", _WHOLE),
    ),
    "bounded_ends": Words(
        title="Bounded noise: an end wins",
        source="[this book]",
        also=r"Strictly between the ends no cost is as good as the better end, if \(\kappa \sigma_0^2 > 0\). "
        r"Perfect labels win against free ones if and only if \(c_0 \kappa \sigma_0^2 > c_{\max} V\). "
        "Both are concluded.",
        fixed=r"\(c_0, V, \kappa, \sigma_0 \ge 0\) and \(c_{\max} > 0\).",
        for_all=r"costs \(0 < b \le c \le h \le c_{\max}\).",
        assumptions=(r"the noise is \(\sigma_0^2 (1 - c/c_{\max})\)", _WHOLE),
    ),
    "crossing": Words(
        title="When bias is worth it",
        source="[this book]",
        also=r"The first line holds for \(K \le (V_{noisy} - V_{biased}) / \beta^2\), the second beyond. It "
        r"is said of the estimates, too: of two discounted ones from \(K\) rollouts, with rewards \(r + "
        r"b + \eta'\) and \(r + \eta\), the biased one has no larger mean squared error as an estimate "
        r"of \(\nabla J_H\) if and only if \(K \le (V_{noisy} - V_{biased}) / \beta^2\).",
        fixed=r"a world, its rewards, a bias, a policy, the horizon; or numbers.",
        for_all=r"laws of either noise with two moments, and numbers of rollouts \(K \ge 1\).",
        definitions=(
            r"\(V_{noisy}\) and \(V_{biased}\) are the variances of one rollout's estimate, traces of "
            r"their covariances, and \(\beta = \lVert \nabla B_H \rVert\)",
        ),
        assumptions=(
            r"the bias has a gradient: \(\beta > 0\)",
            "of the estimates, what Proposition 2 assumes",
        ),
    ),
}
