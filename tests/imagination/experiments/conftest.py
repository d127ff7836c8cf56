import pytest

from imagination.experiments import trial


@pytest.fixture(scope="session")
def quick_trial():
    """The trial at quick scale: computed once, read by the tests of several modules."""
    return trial.run("quick", seed=5)
