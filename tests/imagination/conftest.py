import pytest

from imagination.results.curvature import trial as straightening
from imagination.results.noise import trial as reward_noise
from imagination.results.return_gap import trial


@pytest.fixture(scope="session")
def quick_trial():
    """The trial at quick scale: computed once, read by the tests of several modules."""
    return trial.run("quick", seed=5)


@pytest.fixture(scope="session")
def quick_noise_trial():
    """The trial of Theorem 2 at quick scale."""
    return reward_noise.run("quick", seed=9)


@pytest.fixture(scope="session")
def quick_straightening():
    """The trial of the curvature bounds at quick scale."""
    return straightening.run("quick", seed=12)
