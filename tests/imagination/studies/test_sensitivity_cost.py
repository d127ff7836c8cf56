import numpy as np
import pytest

from imagination.sensitivities import model_parameters
from imagination.studies import sensitivity_cost


@pytest.fixture(scope="module")
def system():
    return sensitivity_cost.network(np.random.default_rng(0), 4, d_state=3, d_action=2, starts=2)


def test_all_methods_give_the_same_gradient(system):
    paths = model_parameters(system[0])
    found = [method(*system, 6, parameters=paths) for method in sensitivity_cost.METHODS.values()]
    for other in found[1:]:
        for path in paths:
            np.testing.assert_allclose(other[path], found[0][path], atol=1e-9)


def test_counts_are_two_for_the_adjoint_and_two_a_parameter_for_differences(system):
    table = sensitivity_cost.counted(*system, 6)
    numbers = sum(system[0].arrays()[path].size for path in model_parameters(system[0]))
    assert table["rollouts"].to_dict() == {
        "adjoint, step by step": 2,
        "adjoint, whole tape": 1,
        "forward mode": numbers,
        "finite differences": 2 * numbers,
    }


def test_only_the_tape_grows_with_what_a_step_computes():
    small, large = (
        sensitivity_cost.counted(
            *sensitivity_cost.network(np.random.default_rng(0), width, d_state=3, d_action=2), 6
        )["kept"]
        for width in (4, 32)
    )
    assert large["adjoint, whole tape"] > 2 * small["adjoint, whole tape"]
    assert large["adjoint, step by step"] == small["adjoint, step by step"] == 7 * 3 * 8


def test_the_tape_grows_with_the_horizon(system):
    short, long = (
        sensitivity_cost.counted(*system, steps).loc["adjoint, whole tape", "kept"] for steps in (5, 50)
    )
    assert 5 < long / short <= 10
