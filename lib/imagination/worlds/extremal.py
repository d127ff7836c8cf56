"""The system on the real line in which errors never cancel: the worst case of Lemma 1.

``f(s, a) = L_f (s + a)``, ``π(s) = L_π s``, ``r(s, a) = L_r (s + a)`` from ``s_0 = 0``; the learned pair adds
``eps_dyn`` and ``eps_rew``. The real trajectory stays at 0 while the imagined one collects every error.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from imagination.checks import check_shape, finite, together
from imagination.worlds.continuous import (
    AffineDynamics,
    AffineReward,
    BoxProjected,
    ContinuousMDP,
    Dynamics,
    FixedInitial,
)
from imagination.worlds.perturbations import ConstantPerturbation, PerturbedDynamics, PerturbedReward
from imagination.worlds.policies import LinearPolicy


class ExtremalSystem(NamedTuple):
    """The real system, the learned one and the policy of a batch of extremal configurations."""

    real: ContinuousMDP
    imagined: ContinuousMDP
    policy: LinearPolicy


def extremal_system(
    *,
    gamma: np.ndarray,
    L_f: np.ndarray,
    L_r: np.ndarray,
    L_pi: np.ndarray,
    eps_dyn: np.ndarray,
    eps_rew: np.ndarray,
    diameter: np.ndarray | None = None,
) -> ExtremalSystem:
    """Build the extremal configurations, (C,) each (numbers broadcast).

    Parameters
    ----------
    gamma, L_f, L_r, L_pi, eps_dyn, eps_rew : (C,)
        Discount, Lipschitz constants and model errors; all are attained.
    diameter : (C,), optional
        Clip both dynamics to ``[0, diameter]``; without it the states live on the whole line.

    Raises
    ------
    ValueError
        If a constant is negative or not finite, or `gamma` is outside [0, 1).
    """
    given = {"gamma": gamma, "L_f": L_f, "L_r": L_r, "L_pi": L_pi, "eps_dyn": eps_dyn, "eps_rew": eps_rew}
    if diameter is not None:
        given["diameter"] = diameter
    arrays = {name: np.atleast_1d(finite(name, value, least=0)) for name, value in given.items()}
    gamma, L_f, L_r, L_pi, eps_dyn, eps_rew, *rest = (np.array(a) for a in together(**arrays))
    check_shape("gamma", gamma, (None,))
    if np.any(gamma >= 1):
        raise ValueError(f"gamma must lie in [0, 1), got {gamma.max()}")
    zero, one = np.zeros_like(gamma), np.ones_like(gamma)

    def clipped(dynamics: Dynamics) -> Dynamics:
        return BoxProjected(dynamics, zero[:, None], rest[0][:, None]) if rest else dynamics

    dynamics = AffineDynamics(L_f[:, None, None], L_f[:, None, None], zero[:, None])
    reward = AffineReward(L_r[:, None], L_r[:, None], zero)
    up = ConstantPerturbation(one[:, None])
    real = ContinuousMDP(
        clipped(dynamics), reward, FixedInitial(zero[:, None]), gamma, diameter=rest[0] if rest else None
    )
    imagined = real.swap(
        dynamics=clipped(PerturbedDynamics(dynamics, up, eps_dyn)),
        reward=PerturbedReward(reward, up, eps_rew),
    )
    return ExtremalSystem(real, imagined, LinearPolicy(L_pi[:, None, None]))
