"""What a plan minimises: Lemma 1's sum of errors, which certifies, or the regret of a policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from imagination.checks import floats, number
from imagination.claim import HypothesisError
from imagination.decide.allocation import OBJECTIVES
from imagination.decide.kappas import Kappa
from imagination.decide.pilot import QUANTITIES
from imagination.results.budget.claims import MULTIPLIER

__all__ = ["Objective", "chosen"]


@dataclass(frozen=True)
class Objective:
    """A sum of errors, or of their squares.

    Attributes
    ----------
    name : {"bound", "regret"}
    multiplier : float
        Weight of the dynamics' error, or of its square, beside the reward's; for "regret" κ_d / κ_r.
    kappa_dyn, kappa_rew : float or None
        For "regret": return lost for each squared error of dynamics and reward.
    measured : mapping of str to Kappa
        What was measured of kappas, by quantity; empty where they were given as numbers.
    """

    name: str
    multiplier: float
    kappa_dyn: float | None = None
    kappa_rew: float | None = None
    measured: Mapping[str, Kappa] = field(default_factory=dict)

    def __call__(self, eps_dyn: Any, eps_rew: Any) -> Any:
        """What these errors amount to; for "regret" the expected regret, in the return's unit."""
        if self.kappa_dyn is None or self.kappa_rew is None:
            return self.multiplier * eps_dyn + eps_rew
        return self.kappa_dyn * eps_dyn**2 + self.kappa_rew * eps_rew**2


def chosen(
    objective: str,
    multiplier: float | None,
    constants: Mapping[str, float] | None,
    kappas: Mapping[str, float | Kappa | None],
) -> tuple[Objective, float | None, list[str]]:
    """Return the objective, the multiplier of the global constants if it is another one, and notes.

    Raises
    ------
    ValueError
        If a weight is missing, not positive and finite, or belongs to the other objective.
    """
    if objective not in tuple(OBJECTIVES):
        raise ValueError(f"objective: {objective!r}; need {' or '.join(map(repr, OBJECTIVES))}")
    if list(kappas) != ["kappa_dyn", "kappa_rew"]:
        raise ValueError(f"kappas must hold kappa_dyn and kappa_rew, got {list(kappas)}")
    weights = {n: kappa.weight if isinstance(kappa, Kappa) else kappa for n, kappa in kappas.items()}
    if objective == "bound":
        for argument, value in weights.items():
            if value is not None:
                raise ValueError(f"{argument}: {value} weighs a squared error; need objective 'regret'")
        weight, of_constants, notes = _multipliers(multiplier, constants)
        return Objective(objective, weight), of_constants, notes
    for argument, given in {"multiplier": multiplier, "constants": constants}.items():
        if given is not None:
            raise ValueError(
                f"{argument}: {given} weighs errors, not their squares; objective 'regret' needs kappa_dyn "
                "and kappa_rew, the return lost for each squared error (if you know their ratio only, "
                "one of them may be 1)"
            )
    for argument, value in weights.items():
        if value is None:
            raise ValueError(f"{argument}: none given; objective 'regret' needs {' and '.join(kappas)}")
        number(argument, value, above=0)
    kappa_dyn, kappa_rew = (float(value or 0) for value in weights.values())
    measured = {
        name: kappa
        for name, kappa in zip(QUANTITIES, kappas.values(), strict=True)
        if isinstance(kappa, Kappa)
    }
    notes = [
        f"{name}: the interval of its kappa, [{kappa.low:.3g}, {kappa.high:.3g}], reaches 0; the plan weighs "
        "by its upper end"
        for name, kappa in measured.items()
        if kappa.low <= 0
    ]
    notes += [
        f"{name}: regret grew as the error to the power {kappa.order:.2g} [{kappa.order_low:.2g}, "
        f"{kappa.order_high:.2g}], not as its square; half of the budget each may be the better plan"
        for name, kappa in measured.items()
        if kappa.order_low > 2 or kappa.order_high < 2
    ]
    return Objective(objective, kappa_dyn / kappa_rew, kappa_dyn, kappa_rew, measured), None, notes


def _multipliers(
    multiplier: float | None, constants: Mapping[str, float] | None
) -> tuple[float, float | None, list[str]]:
    """Return the multiplier, that of the global constants if it is another one, and what is to be said."""
    needed = ("gamma", "L_f", "L_r", "L_pi")
    if constants is not None and (not isinstance(constants, Mapping) or set(constants) != set(needed)):
        raise ValueError(f"constants: got {constants}; need {', '.join(needed)}")
    if multiplier is None and constants is None:
        raise ValueError("multiplier: none given, and no constants to compute it from")
    for name, value in (constants or {}).items():
        if floats(f"constants[{name!r}]", value).ndim:
            raise ValueError(f"constants[{name!r}] must be one number, got {value!r}")
    if multiplier is None:
        multiplier, constants = float(MULTIPLIER.evaluate(**constants or {})), None
    multiplier = number("multiplier", multiplier, above=0)
    if constants is None:
        return multiplier, None, []
    try:
        other = float(MULTIPLIER.evaluate(**constants))
        if 0 < other < np.inf:
            return multiplier, other, []
        why = f"they give the multiplier {other:g}"
    except HypothesisError as error:
        why = str(error)
    return multiplier, None, [f"constants: the rule of Theorem 1 is left out of the comparison ({why})"]
