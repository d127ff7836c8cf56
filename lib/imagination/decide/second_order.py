r"""Splitting a budget for a policy: its regret is of second order in the errors.

Where :math:`\hat\pi` maximises a return that is off by errors of mean zero, independent of each other, the
expected regret at a smooth interior maximum is
:math:`\kappa_d \epsilon_\mathrm{dyn}^2 + \kappa_r \epsilon_\mathrm{rew}^2`. Without floors this is Theorem 1
with exponents doubled and amplitudes squared. A floor leaves a cross term,
:math:`(A N^{-\alpha} + \epsilon_\infty)^2`, so here the sum itself is minimised: both terms are convex in the
number of samples.
"""

from __future__ import annotations

import numpy as np

from imagination.decide.budget_problem import Logs, Problems, Split, split_at

__all__ = ["SecondOrderProblems"]


class SecondOrderProblems(Problems):
    """Problems whose weighted error is ``multiplier * eps_dyn**2 + eps_rew**2``."""

    __slots__ = ()

    def errors(self, N_dyn: np.ndarray, N_rew: np.ndarray, logs: Logs) -> tuple[np.ndarray, ...]:
        """Both errors with their floors, and the weighted sum of their squares, of so many samples."""
        e_dyn, e_rew, _ = super().errors(N_dyn, N_rew, logs)
        return e_dyn, e_rew, self.multiplier * e_dyn**2 + e_rew**2

    def split(self) -> Split:
        """The optimal split: Theorem 1's condition with the multiplier D ε_dyn / ε_rew of that very split.

        In the log-odds u of the dynamics' share the condition is an increasing function, its slope between 1
        and 1 + 2 max(α, β): Newton's method within a bracket, which is halved where a step would leave it.
        """
        level, a, b = self.condition()
        floors = np.log(self.floor_dyn), np.log(self.floor_rew)

        def residual(u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            at = split_at(u)
            bare = self.log_errors(*self.log_samples(at))
            whole = [np.logaddexp(error, floor) for error, floor in zip(bare, floors, strict=True)]
            kept_dyn, kept_rew = (
                np.exp(error - all_of_it) for error, all_of_it in zip(bare, whole, strict=True)
            )
            value = u + a * at.log_share - b * at.log_rest - level - whole[0] + whole[1]
            return value, 1 + a * (1 + kept_dyn) * at.rest + b * (1 + kept_rew) * at.share

        u = np.zeros_like(level)
        value, slope = residual(u)
        low, high = np.minimum(0, -value), np.maximum(0, -value)
        for _ in range(2000):
            step = value / slope
            if np.all(np.abs(step) <= 1e-13 * np.maximum(1, np.abs(u))):
                return split_at(u)
            low, high = np.where(value < 0, u, low), np.where(value > 0, u, high)
            nearer = u - step
            inside = (nearer > low) & (nearer < high)
            moved = np.where(inside, nearer, low + (high - low) / 2)
            if np.all((moved == u) | (moved == low) | (moved == high)):
                return split_at(u)
            u = moved
            value, slope = residual(u)
        raise ArithmeticError("the condition of least regret was not solved in 2000 steps")
