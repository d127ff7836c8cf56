r"""Rewards from comparisons: what can be known of them, and what the rest does to a policy gradient.

A labeller prefers :math:`a` to :math:`b` with probability :math:`1 / (1 + e^{-(r_a - r_b)})` [BT52]. Coq
proves what follows from that in `formal/Preferences.v`.
"""

from __future__ import annotations

import sympy as sp

from imagination.claim import Claim, Hypothesis, Quantity
from imagination.quantities import nonnegative, shown
from imagination.results.verifier.claims import gradient, of_length
from imagination.symbols import natural, real

__all__ = ["CHAIN", "CONSTANT", "DIFFERENCE", "c", "delta", "gradient", "n", "of_length", "p"]

p, delta, c = real("p delta c")
n = natural("n")

WINS = Quantity(p, "wins", "probability that the one is preferred to the other")
DIFFERENCE = Claim(
    name="Comparisons tell differences", source="[this book]", symbols=(WINS,),
    hypotheses=(Hypothesis("wins > 0", sp.Gt(p, 0), "it may be preferred"),
                Hypothesis("wins < 1", sp.Lt(p, 1), "and so may the other")),
    quantity=shown(r"r_{a} - r_{b}"), expression=sp.log(p / (1 - p)), relation="==",
    meaning="and nothing else: a constant added to both changes no comparison",
)  # fmt: skip

LINKS = Quantity(n, "links", "comparisons in the chain that leads from the one to the other")
APART = Quantity(delta, "apart", "largest difference of the log odds of a comparison")
CHAIN = Claim(
    name="Along a chain of comparisons", source="[this book]", symbols=(LINKS, APART),
    hypotheses=(nonnegative(APART),), quantity=shown(r"\lvert (r'_{a} - r'_{b}) - (r_{a} - r_{b}) \rvert"),
    expression=n * delta, meaning="with equal log odds all differences within a set are equal",
)  # fmt: skip

ADDED = Quantity(c, "constant", "what is added to the reward of every step")
CONSTANT = Claim(
    name="A constant in the rewards", source="[this book]", symbols=(gradient, ADDED, of_length),
    hypotheses=(), quantity=shown(r"\nabla \tilde{J}_H"),
    expression=gradient.symbol + c * of_length.symbol, relation="==",
    meaning="a baseline where all episodes are equally long, else a bonus or a penalty for length",
)  # fmt: skip
