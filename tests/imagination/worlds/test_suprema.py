"""Every certified supremum in numbers done by hand, and attained: none drops a part, none is too wide."""

import numpy as np
import pytest

from imagination import lipschitz
from imagination.rollouts import truncated_tail
from imagination.worlds.continuous import (
    AffineDynamics,
    AffineReward,
    BallProjected,
    BoxProjected,
    UniformBox,
    norm,
)
from imagination.worlds.embedded import TableDynamics, TableReward
from imagination.worlds.extremal import extremal_system
from imagination.worlds.gymnasium import OnPendulumStates, PendulumDynamics, pendulum
from imagination.worlds.linear_quadratic import QuadraticReward, linear_quadratic
from imagination.worlds.perturbations import (
    ConstantPerturbation,
    OutwardPerturbation,
    PerturbedDynamics,
    PerturbedReward,
    SinePerturbation,
    TanhPerturbation,
)
from imagination.worlds.policies import BallClippedPolicy, ClippedPolicy, LinearPolicy, NetworkPolicy
from imagination.worlds.teacher import NetworkDynamics, NetworkReward, normal_teacher, teacher

SMALL = 1e-6


def slopes(map_, state=0.0, action=0.0):
    """Slopes in state and in action at a point of worlds with one of each, (C,) each, by differences."""
    batch = len(map_.lipschitz())
    s, a = np.full((batch, 1, 1), state), np.full((batch, 1, 1), action)
    in_state = (map_(s + SMALL, a) - map_(s - SMALL, a)).reshape(batch)
    in_action = (map_(s, a + SMALL) - map_(s, a - SMALL)).reshape(batch)
    return np.abs(in_state) / (2 * SMALL), np.abs(in_action) / (2 * SMALL)


def column(*values):
    """One number for each configuration, as matrices (C, 1, 1)."""
    return np.array(values, dtype=float)[:, None, None]


# Two configurations each: in the first the state's part is the steeper one, in the second the action's.
ONES = np.ones(2)
AFFINE = AffineDynamics(column(3, 2), column(1, 5), np.zeros((2, 1)))
LINEAR = AffineReward(column(-3, 2)[..., 0], column(1, -5)[..., 0], np.zeros(2))
SINE = SinePerturbation(column(1, 1)[..., 0], column(3, 2)[..., 0], column(-1, 5)[..., 0], np.zeros(2))
TANH = TanhPerturbation(column(3, 2), column(1, -5), np.zeros((2, 1)), column(0.5, -1))
STEEP = {
    "affine dynamics": (AFFINE, [3, 5]),
    "affine reward": (LINEAR, [3, 5]),
    "sine": (SINE, [3, 5]),
    "tanh": (TANH, [1.5, 5]),
    "constant": (ConstantPerturbation(np.ones((2, 1))), [0, 0]),
    "outward": (OutwardPerturbation(np.array([0.5, 4.0])), [2, 0.25]),
    "ball": (BallProjected(AFFINE, ONES), [3, 5]),
    "box": (BoxProjected(AFFINE, -np.ones((2, 1)), np.ones((2, 1))), [3, 5]),
    "perturbed dynamics": (PerturbedDynamics(AFFINE, SINE, np.array([2.0, 0.1])), [3 + 6, 5.5]),
    "perturbed reward": (PerturbedReward(LINEAR, SINE, np.array([-2.0, -0.1])), [3 + 6, 5.5]),
    "network dynamics": (
        NetworkDynamics(column(3, 2), column(1, 5), np.zeros((2, 1)), column(2, -1), np.zeros((2, 1))),
        [6, 5],
    ),
    "network with a skip": (
        NetworkDynamics(
            column(3, 2), column(1, 5), np.zeros((2, 1)), column(2, 1), np.zeros((2, 1)), skip=True
        ),
        [7, 5],
    ),
    "network reward": (
        NetworkReward(column(3, 2), column(1, 5), np.zeros((2, 1)), column(2, -1), np.zeros((2, 1))),
        [6, 5],
    ),
}


@pytest.mark.parametrize("name", STEEP)
def test_lipschitz_constants_are_attained(name):
    map_, expected = STEEP[name]
    np.testing.assert_allclose(map_.lipschitz(), expected, rtol=1e-12)
    np.testing.assert_allclose(np.maximum(*slopes(map_)), expected, rtol=1e-6, atol=1e-9)


def test_a_perturbation_of_either_sign_counts_by_its_size():
    for scale in (2.0, -2.0):
        for model in (
            PerturbedDynamics(AFFINE, SINE, np.full(2, scale)),
            PerturbedReward(LINEAR, SINE, np.full(2, scale)),
        ):
            np.testing.assert_array_equal(model.error(), [2, 2])
            np.testing.assert_allclose(model.lipschitz(), [3 + 6, 5 + 10])


def test_the_error_of_projected_models_is_attained_inside():
    push = PerturbedDynamics(AFFINE, ConstantPerturbation(np.ones((2, 1))), np.array([0.25, 0.5]))
    low, high = -np.ones((2, 1)), 3 * np.ones((2, 1))
    zero = np.zeros((2, 1, 1))
    for real, model in (
        (BallProjected(AFFINE, ONES), BallProjected(push, ONES)),
        (BoxProjected(AFFINE, low, high), BoxProjected(push, low, high)),
    ):
        np.testing.assert_array_equal(model.error(), [0.25, 0.5])
        np.testing.assert_allclose(lipschitz.difference(model, real, zero, zero)[:, 0], model.error())


def test_bounds_of_projections_are_those_of_their_sets():
    f = AffineDynamics(np.zeros((2, 2, 2)), np.zeros((2, 2, 1)), np.array([[-9.0, 9.0], [9.0, 9.0]]))
    low, high = np.array([[-3.0, -1.0], [0.0, -12.0]]), np.array([[2.0, 4.0], [5.0, 1.0]])
    box, ball = BoxProjected(f, low, high), BallProjected(f, np.array([0.5, 7.0]))
    np.testing.assert_allclose(box.bound(), [5, 13])  # (−3, 4) and (5, −12)
    np.testing.assert_allclose(ball.bound(), [0.5, 7])
    s, a = np.zeros((2, 1, 2)), np.zeros((2, 1, 1))
    np.testing.assert_allclose(norm(ball(s, a))[:, 0], [0.5, 7])
    np.testing.assert_allclose(norm(box(s, a))[0], 5)
    policy = BallClippedPolicy(LinearPolicy(column(1, 1)), np.array([0.5, 2.0]))
    np.testing.assert_allclose(policy.bound(), np.abs(policy(np.full((2, 1, 1), 9.0))).max(axis=(1, 2)))


def test_quadratic_rewards_are_extreme_at_the_rims():
    reward = QuadraticReward(column(2, 1), column(3, 8), np.array([1.5, 0.5]), np.array([0.5, 2.0]))
    np.testing.assert_allclose(reward.bound(), [2 * 2.25 + 3 * 0.25, 0.25 + 8 * 4])
    far = np.full((2, 1, 1), 10.0)
    np.testing.assert_allclose(np.abs(reward(far, far))[:, 0], reward.bound())
    np.testing.assert_allclose(reward.lipschitz(), [2 * 2 * 1.5, 2 * 8 * 2.0])
    at_rim = slopes(reward, 1.5 - 2 * SMALL, 0.5 - 2 * SMALL)[0][0], slopes(reward, 0.0, 2 - 2 * SMALL)[1][1]
    np.testing.assert_allclose(at_rim, reward.lipschitz(), rtol=1e-5)
    mdp = linear_quadratic(np.random.default_rng(0), L_f=ONES, discount=0.9, radius=np.array([0.5, 3.0]))
    np.testing.assert_array_equal(mdp.diameter, [1, 6])
    assert np.all(np.abs(mdp.dynamics(1e9 * np.ones((2, 1, 4)), np.ones((2, 1, 2)))) <= mdp.diameter[0] * 3)


def test_bounded_networks_reach_their_bound_where_all_units_are_full():
    hidden = np.array([[[40.0], [-40.0]]])
    output, offset = np.array([[[2.0, -3.0], [0.0, 1.0]]]), np.array([[0.5, -4.0]])
    f = NetworkDynamics(hidden, 0 * hidden, np.zeros((1, 2)), output, offset)
    at = f(np.array([[[9.0], [-9.0]]]), np.zeros((1, 2, 1)))
    np.testing.assert_allclose(at[0], [[5.5, -5.0], [-4.5, -3.0]])
    np.testing.assert_allclose(f.bound(), [norm(at).max()])
    reward = NetworkReward(hidden, 0 * hidden, np.zeros((1, 2)), output[:, :1], offset[:, :1])
    np.testing.assert_allclose(reward.bound(), [5.5])
    squashed = NetworkDynamics(hidden, 0 * hidden, np.zeros((1, 2)), 99 * output, offset, squash=True)
    np.testing.assert_allclose(squashed.bound(), 2**0.5)
    np.testing.assert_allclose(norm(squashed(np.array([[[9.0]]]), np.zeros((1, 1, 1)))), [[2**0.5]])
    assert np.isinf(NetworkDynamics(hidden, 0 * hidden, np.zeros((1, 2)), output, offset, skip=True).bound())
    assert np.isinf(NetworkReward(hidden, 0 * hidden, np.zeros((1, 2)), output, offset, "relu").bound())
    dynamics, _ = normal_teacher([0], d_state=9)
    np.testing.assert_allclose(dynamics.bound(), 3)


@pytest.mark.parametrize("radius", [0.1, 50.0])
def test_a_teachers_diameter_holds_both_its_start_and_its_reach(radius):
    mdp = teacher(np.random.default_rng(1), L_f=ONES, L_r=ONES, discount=0.9, initial_radius=radius)
    reach = mdp.dynamics.network_bound()
    np.testing.assert_allclose(mdp.diameter, 2 * np.maximum(radius, reach))
    assert (reach < 50).all() and (reach > 0.1).all()


@pytest.mark.parametrize("unit", [1.0, 15**0.5])
def test_the_pendulums_suprema_are_attained(unit):
    mdp = pendulum(0.9, velocity_unit=unit, torque_unit=0.5)
    ends = np.array([[[1.0, 0.0, 8 / unit], [-1.0, 0.0, -8 / unit]]])
    np.testing.assert_allclose(np.linalg.norm(ends[0, 0] - ends[0, 1]), mdp.diameter)
    np.testing.assert_allclose(np.abs(mdp.reward(ends, np.full((1, 2, 1), 4.0)))[0, 1], mdp.reward.bound())
    np.testing.assert_allclose(mdp.reward.bound(), np.pi**2 + 6.4 + 0.004)
    near = 1e-5
    tilted = np.array([[[np.cos(np.pi - near), np.sin(np.pi - near), (8 - near) / unit]]])
    steep = lipschitz.jacobian_lipschitz(mdp.reward, tilted, np.zeros((1, 1, 1)))
    np.testing.assert_allclose(steep, mdp.reward.block_lipschitz()[0], rtol=1e-4)
    torque = np.full((1, 1, 1), 4 - SMALL)
    rise = mdp.reward(ends[:, :1], torque - SMALL) - mdp.reward(ends[:, :1], torque)
    np.testing.assert_allclose(rise[:, 0] / SMALL, mdp.reward.block_lipschitz()[1], rtol=1e-4)


@pytest.mark.parametrize("unit", [1.0, 15**0.5, 8.0])
def test_the_pendulums_constant_allows_for_the_angles_between_those_tried(unit):
    """It is largest at the angle 0, which is tried; half a step away a Jacobian differs by this at most."""
    f = PendulumDynamics(np.array([unit]), np.ones(1))
    steepest = np.array([[1, 0, 0], [0, 1 + 0.05 * 15 * 0.05, 0.05 * unit], [0, 0.05 * 15 / unit, 1]])
    for few in (1, 3, 50):
        between = 0.05 * np.hypot(0.05 * 15, unit) * np.pi / few
        np.testing.assert_allclose(f.block_lipschitz(grid=few)[0], np.linalg.norm(steepest, 2) + between)


def test_a_stronger_motor_is_steeper_in_the_torque():
    f = PendulumDynamics(np.full(2, 15**0.5), np.array([2.0, 200.0]))
    in_state, in_action = f.block_lipschitz()
    np.testing.assert_allclose(in_action, 3 * 0.05 * np.sqrt(0.05**2 + 1 / 15) * np.array([2, 200]))
    np.testing.assert_allclose(f.lipschitz(), [in_state[0], in_action[1]])
    s, a = np.array([[[1.0, 0.0, 0.0]]] * 2), np.zeros((2, 1, 1))
    np.testing.assert_allclose(norm(f(s, a + SMALL) - f(s, a))[:, 0] / SMALL, in_action, rtol=1e-4)
    base = AffineDynamics(np.array([2 * np.eye(3)] * 2), np.zeros((2, 3, 1)), np.zeros((2, 3)))
    model = OnPendulumStates(base, np.full(2, 15**0.5), np.array([0.5, 0.8]))
    np.testing.assert_allclose(model.lipschitz(), [4, 2.5])
    np.testing.assert_allclose(norm(model(0.1 * s, a) - model(0 * s, a))[:, 0] / 0.1, [4, 2.5])


def test_tables_have_the_largest_of_every_kind():
    states, actions = np.array([[[0.0], [3.0], [-4.0]]]), np.array([[[0.0], [0.5]]])
    dynamics = TableDynamics(states, actions, np.array([[[0, 1], [1, 1], [2, 2]]]))
    reward = TableReward(states, actions, np.array([[[0.0, 1.0], [-7.0, 0.5], [0.0, 0.0]]]))
    assert dynamics.bound() == 4 and dynamics.diameter() == 7
    assert dynamics.lipschitz() == 6  # from s = 0 the two actions, 0.5 apart, lead 3 apart
    assert reward.bound() == 7 and reward.lipschitz() == 7.5 / 0.5


def test_policies_constants_are_attained():
    network = NetworkPolicy(column(3, -1), np.zeros((2, 1)), column(2, 4))
    linear = LinearPolicy(column(-2, 0.5))
    clipped = ClippedPolicy(linear, -np.ones((2, 1)), np.ones((2, 1)))
    for policy, expected in ((network, [6, 4]), (linear, [2, 0.5]), (clipped, [2, 0.5])):
        np.testing.assert_allclose(policy.lipschitz(), expected)
        rise = policy(np.full((2, 1, 1), SMALL)) - policy(np.zeros((2, 1, 1)))
        np.testing.assert_allclose(np.abs(rise).ravel() / SMALL, expected, rtol=1e-5)


def test_the_extremal_systems_diameter_is_its_own():
    given = dict.fromkeys(("L_f", "L_r", "L_pi", "eps_dyn", "eps_rew"), ONES)
    system = extremal_system(gamma=0.5 * ONES, **given, diameter=np.array([0.5, 3.0]))
    np.testing.assert_array_equal(system.real.diameter, [0.5, 3.0])
    np.testing.assert_array_equal(system.imagined.diameter, [0.5, 3.0])


def test_the_tail_is_what_constant_rewards_leave_out():
    np.testing.assert_allclose(truncated_tail(np.array([0.5, 0.9]), 3, np.array([4.0, 2.0])), [1, 14.58])


# Observed constants are maxima over points and batches, not means, and over both blocks.


class Given(UniformBox):
    """A domain that "samples" the points it was given, (C, K, d)."""

    def __post_init__(self):
        pass

    def sample(self, generator, count):
        return self.low

    def project(self, points):
        return points


def test_observed_constants_are_the_largest_over_the_points():
    s, a = np.array([[[0.0], [np.pi / 6], [1.0]]] * 2), np.zeros((2, 3, 1))
    # sin(3 s − a) and sin(2 s + 5 a): slopes 3 |cos| and 5 |cos|, largest at the origin, the first point.
    np.testing.assert_allclose(lipschitz.jacobian_lipschitz(SINE, s, a), [3, 5])
    np.testing.assert_allclose(
        lipschitz.jacobian_lipschitz(SINE, s[:, 1:], a[:, 1:]), [3 * abs(np.cos(3.0)), 2.5], rtol=1e-12
    )
    wave = PerturbedReward(LINEAR, SINE, np.array([1.0, 0.5]))
    s[:] = np.array([np.pi / 6, 0.0, -0.1])[:, None]
    assert lipschitz.climbed_error(wave, LINEAR, None, None, s, a, steps=0)[0] == pytest.approx(1.0)


def test_sampled_constants_are_the_steepest_of_all_pairs():
    states, actions = np.array([[[0.0], [1.0], [5.0]]]), np.array([[[0.0], [2.0], [0.0]]])
    reward = TableReward(states, actions[:, :2], np.array([[[0.0, 3.0], [2.0, 2.0], [0.0, 0.0]]]))

    class Turned(Given):
        """The points, and when asked again the points in another order."""

        def sample(self, generator, count):
            return self.low if generator.integers(2) == 0 else self.high

    class Alternating:
        turn = -1

        def integers(self, _):
            self.turn += 1
            return self.turn // 2

    domains = Turned(states, states[:, [1, 2, 0]]), Turned(actions, actions[:, [1, 0, 2]])
    seen = lipschitz.sampled_lipschitz(reward, *domains, Alternating(), 3)
    # The pairs of states 0 and 1 at action 0: 2 / 1, and those of actions 0 and 2 at state 0: 3 / 2.
    assert seen == pytest.approx(2.0)
