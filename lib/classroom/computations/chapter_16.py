"""Computations for the exercises of *How long may one imagine?*"""

from imagination.results.horizon.claims import CLOSED_LOOP, RANKING

GAMMA = 0.9
RHO = 0.8
"""The loop of the first exercise: 3 s - 11/5 s."""


def allowed(rho: float = RHO, *, gamma: float = GAMMA, slope: float = 1.0, error: float = 0.01) -> float:
    """What the closed loop's theorem allows where only the dynamics err."""
    return float(CLOSED_LOOP.evaluate(gamma=gamma, rho=rho, slope=slope, average_dyn=error, average_rew=0))


def steps(critic: float, *, share: float = 0.05) -> int:
    """The first step whose error, 0.01 and 30% more each time, is at least a share of the critic's."""
    count = 0
    while 0.01 * 1.3**count < share * critic:
        count += 1
    return count


def lost(difference: float) -> float:
    """What preferring the policy that imagination prefers loses at most."""
    return float(RANKING.evaluate(preferred_hat=12.0, other_hat=11.4, gap_difference=difference))
