"""The library alone: what it loads, and what it says where an extra's package is missing."""

import importlib.metadata
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from imagination import extras
from imagination.worlds import continuous

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PLAN = ["plan", "data/pilot.csv", "--budget=1e6", "--cost-dyn=1", "--cost-rew=5", "--multiplier=3"]

ALONE = """
import importlib, json, pkgutil, sys

class Missing:
    def find_spec(name, path=None, target=None):
        if name in {missing}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Missing)
{code}
others = {{name.partition(".")[0] for name in sys.modules}} - set(sys.stdlib_module_names)
print(json.dumps([found, sorted(others)]))
"""

EVERY_MODULE = """
import imagination
found = {}
for module in pkgutil.walk_packages(imagination.__path__, "imagination."):
    try:
        importlib.import_module(module.name)
        found[module.name] = ""
    except imagination.extras.MissingExtra as error:
        found[module.name] = str(error)
"""


def without_extras(code):
    """Run code where no extra's package is found: its `found`, and the packages that were loaded."""
    missing = sorted({*extras.EXTRAS, "dask", "seaborn"})
    command = [sys.executable, "-c", ALONE.format(missing=missing, code=code)]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "lib")}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    found, loaded = json.loads(done.stdout.splitlines()[-1])
    return found, set(loaded)


@pytest.fixture(scope="module")
def modules():
    """What every module says where no extra is installed; nothing if it is imported."""
    return without_extras(EVERY_MODULE)[0]


def test_every_module_is_imported_or_names_its_extra(modules):
    said = {name: message for name, message in modules.items() if message}
    assert said
    names = {f'pip install "{PROJECT["name"]}[{extra}]"' for extra in PROJECT["optional-dependencies"]}
    for name, message in said.items():
        assert message.partition(" needs: ")[2] in names, f"{name}: {message}"
    assert modules["imagination.wasserstein"] == (
        "No module named 'ot', which imagination.wasserstein needs: "
        'pip install "on-training-in-imagination[wasserstein]"'
    )


def test_claims_bounds_and_planner_need_no_extra(modules):
    rooms = {"claim", "decide", "figures", "formal", "interactive", "latex", "quantities", "records", "sums"}
    rooms |= {"symbols", "__main__"}
    alone = {name for name in modules if name.split(".")[1] in rooms}
    alone |= {name for name in modules if name.endswith((".claims", ".further", ".declared", ".registry"))}
    assert len(alone) > 40
    assert not {name: modules[name] for name in alone if modules[name]}


def test_an_extra_brings_what_it_is_named_for():
    where = importlib.metadata.packages_distributions()
    for module in extras.EXTRAS.keys() & where.keys():
        lines = PROJECT["optional-dependencies"][extras.EXTRAS[module]]
        brought = {canonicalize_name(Requirement(line).name) for line in lines}
        assert canonicalize_name(where[module][0]) in brought, module


def test_the_package_itself_loads_nothing():
    _, loaded = without_extras("import imagination; found = None")
    assert {name for name in loaded if not name.startswith("_")} <= {"imagination"}


def test_a_bound_loads_numpy_and_sympy():
    found, loaded = without_extras(
        "from imagination import return_gap\n"
        "found = float(return_gap.bound(gamma=0.9, L_f=0.5, L_r=1, L_pi=0.5, eps_dyn=0.01, eps_rew=0.02))"
    )
    assert found > 0
    assert {"numpy", "sympy"} <= loaded
    assert not {"pandas", "scipy", "matplotlib", "joblib", "tqdm"} & loaded


def test_a_plan_loads_nothing_that_draws_or_learns():
    found, loaded = without_extras(f"from imagination.__main__ import main; found = main({PLAN!r})")
    assert found == 0
    assert "pandas" in loaded
    assert not {"matplotlib", "joblib", "tqdm", "torch"} & loaded


def test_what_needs_an_extra_only_when_it_runs_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(extras.MissingExtra, match=r"on-training-in-imagination\[torch\]"):
        continuous.converter("torch")


def test_other_missing_packages_are_told_as_ever():
    with pytest.raises(ModuleNotFoundError, match="nowhere") as caught, extras.explained("here"):
        import nowhere  # noqa: F401
    assert not isinstance(caught.value, extras.MissingExtra)
