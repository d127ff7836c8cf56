"""The library's tests run without its extras too: what needs a missing one is skipped, and says which."""

import re
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser
from tests.imagination.watched import Watched

from imagination.extras import EXTRAS

MISSING = re.compile(rf"No module named '({'|'.join(EXTRAS)})\b")


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Skip a file whose imports need an extra."""
    report = yield
    if report.failed and (missing := MISSING.search(str(report.longrepr))):
        report.outcome = "skipped"
        report.longrepr = (report.nodeid, None, f"Skipped: {because(missing[1])}")  # type: ignore[assignment]
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Generator[None, Any, Any]:
    with skipped():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, Any, Any]:
    with skipped():
        return (yield)


@contextmanager
def skipped() -> Iterator[None]:
    """Skip a test that needs an extra only when it runs."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name not in EXTRAS:
            raise
        pytest.skip(because(error.name))


def because(package: str) -> str:
    return f"needs {package}, of the extra {EXTRAS[package]}"


@pytest.fixture(scope="session")
def quick_trial():
    """The trial at quick scale: computed once, read by the tests of several modules."""
    from imagination.results.return_gap import trial

    return trial.run("quick", seed=5)


@pytest.fixture(scope="session")
def quick_noise_trial():
    """The trial of Theorem 2 at quick scale."""
    from imagination.results.noise import trial

    return trial.run("quick", seed=9)


@pytest.fixture(scope="session")
def quick_straightening():
    """The trial of the curvature bounds at quick scale."""
    from imagination.results.curvature import trial

    return trial.run("quick", seed=12)


@pytest.fixture(scope="session")
def make_page(browser: Browser) -> Iterator[Callable[..., Watched]]:
    """Make watched pages, and close them at last."""
    made: list[Watched] = []

    def make(**options: Any) -> Watched:
        made.append(Watched(browser, **options))
        return made[-1]

    yield make
    for watched in made:
        watched.context.close()
