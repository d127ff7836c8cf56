"""Computations for the exercises of *What the constants do*."""

from imagination.results.return_gap.claims import EITHER_SIDE, bound

BASE = {"gamma": 0.95, "L_f": 0.8, "L_r": 1.0, "L_pi": 0.2, "eps_dyn": 0.01, "eps_rew": 0.01}
LOWERED = ("L_f", "L_r", "L_pi", "eps_dyn", "eps_rew")


def change(name: str) -> float:
    """What lowering one of the constants by ten percent does to the bound, as a share."""
    return bound(**BASE | {name: 0.9 * BASE[name]}) / bound(**BASE) - 1


def tightening() -> float:
    """How much larger the real side's bound is than the better side's, in its dynamics part."""
    shared = {"gamma": 0.95, "L_pi": 0.0, "eps_dyn": 1.0, "eps_rew": 0.0}
    both = EITHER_SIDE.evaluate(L_f=0.9, L_f_hat=0.6, L_r=1.0, L_r_hat=1.0, **shared)
    return bound(L_f=0.9, L_r=1.0, **shared) / both
