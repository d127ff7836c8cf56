"""Linear dynamics with quadratic cost on bounded domains, optionally with Gaussian process noise (LQG).

``s' = P(A s + B a + w)``, ``r = −(P(s)ᵀ Q P(s) + P(a)ᵀ R P(a))``, where P is the Euclidean projection on the
centred ball of the state (or action) radius. P is 1-Lipschitz, so ``L_f = max(‖A‖, ‖B‖)`` and
``L_r = 2 max(‖Q‖ · state radius, ‖R‖ · action radius)`` hold everywhere, not only inside the domain, and no
trajectory leaves the state ball: its diameter is twice the radius.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from array_api_compat import array_namespace
from scipy.linalg import solve_discrete_are

from imagination.checks import broadcast, check_shape, finite, whole
from imagination.worlds.continuous import (
    AffineDynamics,
    Array,
    BallProjected,
    ContinuousMDP,
    Parametric,
    UniformBall,
    apply_matrix,
    project_ball,
    spectral_norm,
)
from imagination.worlds.policies import LinearPolicy


@dataclass(frozen=True, eq=False)
class QuadraticReward(Parametric):
    """``−(P(s)ᵀ Q P(s) + P(a)ᵀ R P(a))`` with symmetric Q (C, d_s, d_s), R (C, d_a, d_a) and radii (C,)."""

    state_cost: Array
    action_cost: Array
    state_radius: Array
    action_radius: Array

    def __post_init__(self) -> None:
        (batch,) = check_shape("state_radius", self.state_radius, (None,))
        check_shape("state_cost", self.state_cost, (batch, None, None))
        check_shape("action_cost", self.action_cost, (batch, None, None))
        check_shape("action_radius", self.action_radius, (batch,))

    def __call__(self, state: Array, action: Array) -> Array:
        state, action = project_ball(state, self.state_radius), project_ball(action, self.action_radius)
        cost = (state * apply_matrix(self.state_cost, state)).sum(-1)
        return -(cost + (action * apply_matrix(self.action_cost, action)).sum(-1))

    def lipschitz(self) -> Array:
        """``2 max(‖Q‖ · state radius, ‖R‖ · action radius)``, (C,): attained at the rim of the domain."""
        xp = array_namespace(self.state_radius)
        in_state = spectral_norm(self.state_cost) * self.state_radius
        return 2 * xp.maximum(in_state, spectral_norm(self.action_cost) * self.action_radius)

    def bound(self) -> Array:
        """sup |r|, (C,)."""
        in_state = spectral_norm(self.state_cost) * self.state_radius**2
        return in_state + spectral_norm(self.action_cost) * self.action_radius**2


def linear_quadratic(
    generator: np.random.Generator,
    *,
    L_f: np.ndarray,
    discount: np.ndarray,
    d_state: int = 4,
    d_action: int = 2,
    radius: float | np.ndarray = 1.0,
    action_radius: float | np.ndarray = 1.0,
    action_cost: float | np.ndarray = 0.1,
) -> ContinuousMDP:
    """Random linear-quadratic systems with exactly the prescribed Lipschitz constants.

    Parameters
    ----------
    generator : source of the random matrices.
    L_f : (C,)
        Lipschitz constants of the dynamics: ``‖A‖ = L_f`` and ``‖B‖`` uniform in ``[0.2, 1] L_f``.
    discount : (C,)
    d_state, d_action : dimensions.
    radius, action_radius : number or (C,)
        Radii of the state and action domains.
    action_cost : number or (C,)
        ``‖R‖``; the state cost has ``‖Q‖ = 1``. Both are random, symmetric and positive definite.

    Raises
    ------
    ValueError
        If a constant, a radius or a cost is not positive, or a shape does not fit.
    """
    discount = finite("discount", discount)
    values = {"L_f": L_f, "radius": radius, "action_radius": action_radius, "action_cost": action_cost}
    arrays = {name: finite(name, value, above=0) for name, value in values.items()}
    shape = (max(arrays["L_f"].size, discount.size),)
    discount = broadcast("discount", discount, shape).copy()
    filled = {name: broadcast(name, array, shape).copy() for name, array in arrays.items()}
    (batch,) = shape
    d_state, d_action = whole("d_state", d_state, least=1), whole("d_action", d_action, least=1)
    state_matrix = generator.standard_normal((batch, d_state, d_state))
    action_matrix = generator.standard_normal((batch, d_state, d_action))
    strength = filled["L_f"] * generator.uniform(0.2, 1.0, batch)
    dynamics = AffineDynamics(
        _with_norm(state_matrix, filled["L_f"]),
        _with_norm(action_matrix, strength),
        np.zeros((batch, d_state)),
    )
    reward = QuadraticReward(
        _with_norm(_positive_definite(generator, batch, d_state), np.ones(batch)),
        _with_norm(_positive_definite(generator, batch, d_action), filled["action_cost"]),
        filled["radius"],
        filled["action_radius"],
    )
    return ContinuousMDP(
        BallProjected(dynamics, filled["radius"]),
        reward,
        UniformBall(filled["radius"], d_state),
        discount,
        diameter=2 * filled["radius"],
    )


def optimal_gain(mdp: ContinuousMDP) -> tuple[LinearPolicy, np.ndarray]:
    """The policy that is optimal for a linear-quadratic system without projections, and its cost-to-go.

    Returns
    -------
    policy : LinearPolicy
        ``a = K s`` from the discounted Riccati equation.
    cost_to_go : (C, d_s, d_s)
        P, with ``V(s) = −sᵀ P s`` as long as no projection acts.
    """
    dynamics = mdp.dynamics.base if isinstance(mdp.dynamics, BallProjected) else mdp.dynamics
    if not isinstance(dynamics, AffineDynamics) or not isinstance(mdp.reward, QuadraticReward):
        raise ValueError(
            "mdp must be linear-quadratic: affine dynamics (projected or not) and a quadratic reward"
        )
    root = np.sqrt(mdp.discount)[:, None, None]
    state_matrix, action_matrix = root * dynamics.state_matrix, root * dynamics.action_matrix
    cost_to_go = np.asarray(
        solve_discrete_are(state_matrix, action_matrix, mdp.reward.state_cost, mdp.reward.action_cost)
    )
    pulled = action_matrix.mT @ cost_to_go
    gain = -np.linalg.solve(mdp.reward.action_cost + pulled @ action_matrix, pulled @ state_matrix)
    return LinearPolicy(gain), cost_to_go


def _with_norm(matrices: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    return matrices * (wanted / spectral_norm(matrices))[:, None, None]


def _positive_definite(generator: np.random.Generator, batch: int, dimension: int) -> np.ndarray:
    factor = generator.standard_normal((batch, dimension, 2 * dimension))
    return factor @ factor.mT
