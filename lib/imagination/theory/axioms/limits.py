"""Facts about limits of sequences."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sympy as sp

from imagination.theory.axioms.base import AxiomError, axiom, through_a_rule
from imagination.theory.sums import CappedGeometricSum

# The three facts about limits that the rules `Proof.limit` and `Proof.pass_to_limit` rest on.
LIMIT_ORDER = axiom("limits keep weak inequalities", "[Rudin 1976, Thm. 3.19]")(through_a_rule)
LIMIT_ALGEBRA = axiom("limits of sums, products, quotients, absolute values", "[Rudin 1976, Thm. 3.3]")(
    through_a_rule
)
GEOMETRIC_SEQUENCE = axiom("q^n and n q^n tend to 0 where |q| < 1", "[Rudin 1976, Thm. 3.20]")(through_a_rule)


@axiom("a series of nonnegative terms with bounded partial sums converges", "[Rudin 1976, Thm. 3.24]")
def SERIES(premises: Sequence[sp.Basic], constants: Collection[sp.Symbol], n: Any, total: Any) -> sp.Basic:
    """If 0 <= C_(n+1) - C_n and C_n <= M for every n, then C_n tends to the number that is written C with n
    = oo.
    """
    if (
        not isinstance(total, CappedGeometricSum)
        or total.args[-1] != n
        or any(a.has(n) for a in total.args[:-1])
    ):
        raise AxiomError(f"{total} is not a sum of n terms")
    if len(premises) != 2:
        raise AxiomError(f"takes two premises, got {len(premises)}")
    growing, bounded = premises
    if n in constants or growing != sp.Le(total, total.xreplace({n: n + 1}), evaluate=False):
        raise AxiomError(f"the first premise must say that {total} does not decrease, for every {n}")
    if not isinstance(bounded, sp.Le) or bounded.lhs != total or bounded.rhs.has(n):
        raise AxiomError(f"the second premise must bound {total} by something free of {n}")
    if bounded.rhs.free_symbols - set(constants):
        raise AxiomError(f"the bound {bounded.rhs} must be a fixed number")
    return sp.Eq(sp.Limit(total, n, sp.oo), total.func(*total.args[:-1], sp.oo), evaluate=False)
