"""Functions of JavaScript, evaluated in the browser that all tests share."""

import json
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest
from tests.imagination.watched import Watched


@pytest.fixture(scope="session")
def javascript(make_page: Callable[..., Watched]) -> Callable[[str, Any], Any]:
    """Evaluate a function, given as JavaScript that may read ``N``, on a list of argument lists."""
    page = make_page().page
    numbers = files("imagination.interactive").joinpath("numbers.js").read_text(encoding="utf-8")

    def run(function: str, cases: Any) -> Any:
        # JSON has no infinity; here it is written as a word.
        script = f"(() => {{ {numbers} return JSON.parse({json.dumps(json.dumps(cases))},"
        script += ' (_, v) => v === "inf" ? Infinity : v)'
        script += f".map((args) => {{ const found = ({function})(...args);"
        script += " return Number.isFinite(found) ? found : String(found); }); })()"
        return [float(value) for value in page.evaluate(script)]

    return run
