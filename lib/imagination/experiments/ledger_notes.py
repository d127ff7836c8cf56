"""What the ledger cannot find by itself: the parts of the book, and in words how a result differs.

Every key is the name of a claim; tests hold this file to the claims that there are.
"""

from collections.abc import Mapping

__all__ = ["AS_IT_IS", "DIFFERS", "PARTS", "PROVED_BELOW", "TOOLS", "part_of"]

PARTS: Mapping[str, tuple[str, ...]] = {
    "The return gap": ("return_gap", "series", "stochastic"),
    "Straight trajectories": ("straightening",),
    "The budget": ("allocation", "scaling", "sensitivity"),
    "Noisy rewards": ("policy_gradient", "reward_noise", "correlated_noise", "eligibility", "which_gradient"),
    "The price of a label, and bias": ("fidelity", "bias"),
}
"""The parts of the ledger, each with how the names of its theory modules begin."""

PROVED_BELOW: Mapping[str, str] = {
    "Lemma 1": "thm-lemma-1",
    "State error": "lem-state-error",
    "Finite horizon": "thm-lemma-1",
    "The multiplier": "thm-theorem-1",
    "Theorem 1": "thm-theorem-1",
    "The optimum is unique": "thm-theorem-1",
    "Proposition 1": "prop-curvature",
    "Theorem 2, discounted estimator": "thm-discounted-noise",
    "A frozen error is bias": "prop-bias",
    "Scores average to 0": "lem-martingale",
    "Theorem 2": "thm-noise",
    **dict.fromkeys(
        ("Noise leaves the mean alone", "Squared eligibilities", "Variance of an average"), "thm-exact-amount"
    ),
    "A power law lies strictly above its tangents elsewhere": "thm-theorem-1",
    **dict.fromkeys(
        (
            "Law of cosines",
            "Cauchy and Schwarz",
            "What moves goes on moving",
            "The sharp bound is attained",
            "Curvature, sharp, in its short form",
            "The sharp bound is below Proposition 1's",
        ),
        "thm-curvature",
    ),
}
"""Numbered results to which a claim belongs although its proof is run further down the chapter."""

TOOLS = ("series",)
"""Theory modules of lemmas about numbers, which belong to no numbered result."""

AS_IT_IS = "As in the paper."
"""The note on a result of which there is nothing more to say."""

DIFFERS: Mapping[str, str] = {
    # The return gap
    "State error": "As in the paper, with every use of the triangle inequality a step of its own.",
    "Error growth": "As in the paper, as a statement about numbers alone.",
    "Discounted sum": "As in the paper, as a statement about numbers alone.",
    "Lemma 1": "As in the paper. That both returns exist is a hypothesis here, not taken for granted.",
    "Corollary 1, L_f": (
        "As in the paper. A smaller L_f may cost a larger error; only the net effect counts."
    ),
    "Corollary 1, L_r": AS_IT_IS,
    "Corollary 1, L_pi": AS_IT_IS,
    "Corollary 1, gamma": (
        "The paper speaks of the three Lipschitz constants; the discount behaves likewise."
    ),
    "Lemma 1 is attained": "The paper does not say whether its bound can be met. It can, exactly.",
    "Finite horizon": "The paper's bound needs γL < 1. For H steps L may be anything.",
    "Bounded states": "Holds where Lemma 1 is silent: where states are bounded and γL is 1 or more.",
    "Either side's constants": (
        "The paper uses the real world's constants. The models' own, which can be computed, serve as well."
    ),
    "The identity, n steps": "Known for two policies in one world, and for one in two; rewards err, too.",
    "The identity": (
        "Classical (performance difference, telescoping); the learned reward's error is added. The paper "
        "goes from errors to bound by inequalities. This is what they start from."
    ),
    "The mirror image, n steps": "Classical, too: along the real rollout, with the learned value.",
    "The value is Lipschitz": ("Classical for values of actions in random worlds, with the same constant."),
    "Average errors suffice": (
        "The paper takes suprema over all states. Errors count only where imagination goes; Luo et al. say "
        "so of a known reward, along the real rollout."
    ),
    "Regret": (
        "Not in the paper. The classical step from the gap of every policy to the regret of the best "
        "imagined one, here within a class and for any bound of the gap."
    ),
    "Lemma 1 for kernels": (
        "The paper is about deterministic worlds; AML18 knows the reward. Both are lifted here."
    ),
    "Asadi's value bound": (
        "Recovered: Lemma 1 for kernels with known reward and the policy part of the kernel."
    ),
    "Asadi's value bound, learned side": (
        "The same from the learned kernel's constant; so the smaller one serves."
    ),
    "Simulation lemma": "With a learned reward, and the span of the value in place of its largest size.",
    # Straight trajectories
    "Law of cosines": "From the inner product, for points of any space that has one.",
    "Cauchy and Schwarz": "From the inner product, too, and multiples of vectors; they need no coordinates.",
    "Proposition 1": "As in the paper. Not sharp: near eps = 0.83 it passes 2, the largest loss there is.",
    "Curvature, sharp": "The smallest bound there is: about the paper's at small eps, far below near 1.",
    "Straight and not smooth": "The paper proves that smooth is straight. The converse fails.",
    "Straight maps shrink little": "A small constant of the velocity keeps that of the map near 1.",
    # The budget
    "The multiplier": "As in the paper: the ratio of Lemma 1's two coefficients, taken from Lemma 1 itself.",
    "Spending": "The paper's ratio, said of money: spend in proportion to exponent times remaining error.",
    "Theorem 1": "As in the paper. Errors are those that the split leaves, so the ratio is implicit.",
    "The optimum is unique": "The paper appeals to convexity; here every rival plan is compared with.",
    "The error is convex": AS_IT_IS,
    "Rewards that belong to dynamics": (
        "The paper leaves an implicit pair of equations; one unknown is left here."
    ),
    "Theorem 1 with floors": (
        "The paper's laws have no floor. With one, its ratio needs what can still be removed."
    ),
    "Costates price errors": "Classical: the chain rule, read backwards.",
    "The first-order change of the return": "Classical: the adjoint method, for discounted returns.",
    "The global multiplier is never too small": (
        "The paper measures that its multiplier is far too large; that it is never too small follows "
        "from Lemma 1."
    ),
    # Noisy rewards
    "Theorem 2": (
        "The paper bounds a variance; this is its bound of the added part, proved from the sharp one. That "
        "the sum on the left is what noise adds is the exact form's to prove."
    ),
    "Theorem 2, exact": "The paper has an inequality. Scores average to 0, so the amount is a sum, exactly.",
    "Theorem 2, sharp": (
        "Smaller than the paper's by (1 - gamma)/(1 + gamma), and with the smaller mean of scores."
    ),
    "Theorem 2, discounted estimator": (
        "The paper's estimator is not the gradient of the return where gamma < 1. The one that is has "
        "added variance bounded in H."
    ),
    "Theorem 2's estimator estimates something else": (
        "The paper calls its estimator one of the gradient; a coin shows that it is not where gamma < 1."
    ),
    "The discounted estimator estimates the gradient": "What the paper's later statements need.",
    "Noise leaves the mean alone": "As in the paper, for both estimators.",
    "What the square in Theorem 2 pays for": (
        "With errors that are correlated in time the paper's form is right."
    ),
    "Scores average to 0": "A classical fact, from difference quotients of probabilities that add to 1.",
    "A baseline leaves the mean alone": "A classical fact, for both estimators.",
    # The price of a label, and bias
    "A frozen error is bias": "The paper's remark on learned rewards, as an equality.",
    "Proposition 2": (
        "For the estimator whose mean is the gradient; the paper's own is another. That mean, and that K "
        "rollouts divide a variance by K, are hypotheses here: other rows prove them."
    ),
    "Noise by a power law": AS_IT_IS,
    "Bounded noise": AS_IT_IS,
    "Noise with a floor": AS_IT_IS,
    "Added variance that a budget buys": AS_IT_IS,
    "Corollary 2, p > 1": AS_IT_IS,
    "Corollary 2, p < 1": AS_IT_IS,
    "Corollary 2, p = 1": AS_IT_IS,
    "Corollary 2, bounded noise": AS_IT_IS,
    "Corollary 2, floor": AS_IT_IS,
    "Variance that a budget buys": (
        "The paper looks at the added part alone. K divides the rest, too, and a rollout costs "
        "something before it is labelled."
    ),
    "Power law, p > 1, no fixed cost": (
        "The paper's advice has no interior optimum; the whole objective has one."
    ),
    "Bounded noise, an end wins": "As the paper says of the added part: here of the whole.",
    "Up to the crossing": "Not in the paper: how long a bias is worth it.",
    "Shaping telescopes": "A classical identity, for a finite horizon.",
    "Shaping has no gradient": "Classical for the best policy; here for the gradient, at every policy.",
}
"""What differs from where a result comes from, for every claim that has another source than this book, and
for the book's own where the paper says something near it."""


def part_of(module: str) -> str:
    """Return the part of the ledger that a theory module belongs to.

    Raises
    ------
    ValueError
        If no part speaks of it.
    """
    for part, beginnings in PARTS.items():
        if module.startswith(beginnings):
            return part
    raise ValueError(f"module: {module!r} belongs to no part of the ledger; enter it in PARTS")
