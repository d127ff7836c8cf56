"""The layers of the house: claims and evidence never import each other, only experiments see both."""

import ast
from pathlib import Path

import pytest

LIB = Path(__file__).parents[1] / "lib"
MODULES = sorted((LIB / "imagination").rglob("*.py"))

# From the ground up; a room may import the rooms named here, and itself.
ROOMS = {
    "records": set(),
    "figures": set(),
    "scaling_laws": set(),
    "wasserstein": {"mdps"},
    "mdps": {"policies", "rollouts", "lipschitz"},
    "policies": {"mdps"},
    "lipschitz": {"mdps", "policies"},
    "rollouts": {"mdps", "policies"},
    "models": {"mdps", "policies", "rollouts", "lipschitz"},
    "reinforce": {"mdps", "policies", "rollouts", "lipschitz", "models"},
    "sensitivities": {"mdps", "policies", "rollouts"},
    "theory": set(),
    "derivation": set(),
    "results": {"theory"},
    "formal": {"theory", "results"},
    "interactive": {"theory", "figures"},
    "experiments": {
        "mdps", "policies", "rollouts", "lipschitz", "models", "reinforce", "theory", "records", "figures",
        "wasserstein", "sensitivities", "scaling_laws", "results", "formal",
    },
}  # fmt: skip


def room_of(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "imagination" else None


def imported(path: Path) -> set[str]:
    """Full names of the modules that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import; write the full name"
            found.add(node.module or "")
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(LIB)))
def test_a_room_imports_only_what_lies_below_it(path: Path) -> None:
    module = ".".join(path.relative_to(LIB).with_suffix("").parts)
    room = room_of(module)
    if room in (None, "__init__", "__main__"):
        return
    seen = {r for name in imported(path) if (r := room_of(name)) in ROOMS}
    assert seen - {room} <= ROOMS[room], f"{module} may not import {sorted(seen - {room} - ROOMS[room])}"


def test_every_room_is_known() -> None:
    rooms = {room_of(".".join(p.relative_to(LIB).with_suffix("").parts)) for p in MODULES}
    assert rooms - {None, "__init__", "__main__"} == set(ROOMS)


def test_the_science_does_not_know_the_press() -> None:
    assert not [p for p in MODULES if any(name.split(".")[0] == "press" for name in imported(p))]


def test_the_classroom_stands_on_the_science_alone() -> None:
    """A student's notebook needs no press, and neither press nor science knows of the classroom."""
    classroom = sorted((LIB / "classroom").rglob("*.py"))
    others = [*MODULES, *(LIB / "press").rglob("*.py")]
    assert classroom
    assert not [p for p in classroom if any(name.split(".")[0] == "press" for name in imported(p))]
    assert not [p for p in others if any(name.split(".")[0] == "classroom" for name in imported(p))]


def test_imports_form_no_circle() -> None:
    graph = {
        ".".join(path.relative_to(LIB).with_suffix("").parts): {n for n in imported(path) if room_of(n)}
        for path in MODULES
    }
    graph = {module: {n for n in names if n in graph and n != module} for module, names in graph.items()}
    done: set[str] = set()
    while ready := {module for module, names in graph.items() if names <= done} - done:
        done |= ready
    assert done == set(graph), f"circular imports among {sorted(set(graph) - done)}"
