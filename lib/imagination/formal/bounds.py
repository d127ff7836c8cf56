"""What is printed into `formal/Bounds.v`: the claims' own expressions and what they suppose of numbers."""

from __future__ import annotations

from collections.abc import Iterator

from imagination.formal.printer import check_claim, definition
from imagination.theory import allocation_claims as ac
from imagination.theory import bias
from imagination.theory import fidelity_claims as fc
from imagination.theory import return_gap as rg
from imagination.theory import reward_noise as rn
from imagination.theory import straightening as st
from imagination.theory import tutorial
from imagination.theory.claim import Claim

__all__ = ["CLAIMS", "text"]

HEAD = """\
(* Printed from the claims that the library evaluates (imagination.formal.bounds); do not edit.
   Arguments stand in the order in which the claim declares its symbols. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Imagination Require Import Sums.
Open Scope R_scope.
"""

# What is printed of each claim: its right side, its left side, what it supposes of its numbers.
CLAIMS: dict[str, tuple[Claim, dict[str, str]]] = {
    "lemma_1": (rg.LEMMA_1, {"expression": "lemma_1_bound", "supposes": "lemma_1_supposes"}),
    "finite_horizon": (
        rg.FINITE_HORIZON, {"expression": "finite_horizon_bound", "supposes": "finite_horizon_supposes"},
    ),
    "bounded_states": (
        rg.BOUNDED_STATES, {"expression": "bounded_states_bound", "supposes": "bounded_states_supposes"},
    ),
    "reward_ignores_action": (
        tutorial.REWARD_IGNORES_ACTION, {
            "expression": "reward_ignores_action_bound", "supposes": "reward_ignores_action_supposes",
        },
    ),
    **{
        f"corollary_1_{code}": (
            claim, {
                "quantity": f"corollary_1_{code}_left", "expression": f"corollary_1_{code}_right",
                "supposes": f"corollary_1_{code}_supposes",
            },
        )
        for code, claim in rg.MONOTONE.items()
    },
    "proposition_1": (
        st.PROPOSITION_1, {"expression": "proposition_1_bound", "supposes": "proposition_1_supposes"},
    ),
    "curvature_sharp": (st.SHARP, {"expression": "curvature_bound", "supposes": "curvature_supposes"}),
    "multiplier": (ac.MULTIPLIER, {"expression": "theorem_1_multiplier", "supposes": "multiplier_supposes"}),
    "error": (ac.OPTIMAL, {"quantity": "theorem_1_error"}),
    "ratio": (ac.RATIO, {"expression": "theorem_1_ratio", "supposes": "theorem_1_plan"}),
    "spending": (ac.SPENDING, {"expression": "theorem_1_spending"}),
    "theorem_2": (
        rn.PAPER,
        {"quantity": "theorem_2_added", "expression": "theorem_2_bound", "supposes": "theorem_2_supposes"},
    ),
    "noise_sharp": (rn.SHARP, {"expression": "noise_sharp_bound", "supposes": "noise_sharp_supposes"}),
    "noise_discounted": (
        rn.DISCOUNTED, {
            "quantity": "noise_discounted_added", "expression": "noise_discounted_bound",
            "supposes": "noise_discounted_supposes",
        },
    ),
    **{
        f"corollary_2_{name}": (
            claim, {
                "quantity": f"{name}_left", "expression": f"{name}_right", "supposes": f"{name}_supposes",
            },
        )
        for name, claim in {
            "budget": fc.PHI, "fidelity": fc.BUY_FIDELITY, "rollouts": fc.BUY_ROLLOUTS,
            "indifferent": fc.INDIFFERENT, "both_ends": fc.BOTH_ENDS, "cheapest": fc.CHEAPEST,
        }.items()
    },
    "proposition_2": (
        bias.SQUARED_ERROR, {"expression": "proposition_2_error", "supposes": "proposition_2_supposes"},
    ),
}  # fmt: skip


def _blocks() -> Iterator[str]:
    yield f"(* {rg.LEMMA_1.name}: the coefficient of eps_dyn *)"
    yield from definition("dynamics_coefficient", rg.dynamics_coefficient, rg.LEMMA_1.symbols)
    yield f"(* {ac.RATIO.name}: what is given *)"
    given = (*ac.INPUTS, ac.BUDGET_B)
    yield from definition("theorem_1_supposes", [h.relation for h in ac.signs(given)], given)
    for claim, parts in CLAIMS.values():
        check_claim(claim)
        yield f"(* {claim.name} *)"
        for part, title in parts.items():
            relations = [h.relation for h in claim.numeric_hypotheses]
            value = relations if part == "supposes" else getattr(claim, part)
            yield from definition(title, value, claim.symbols, claim.variables)


def text() -> str:
    """The whole of `formal/Bounds.v`."""
    return HEAD + "\n" + "\n".join(_blocks())
