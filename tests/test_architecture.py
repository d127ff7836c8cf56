"""The rooms of the house, from the ground up: what a module may import."""

import ast
from pathlib import Path

import pytest

LIB = Path(__file__).parents[1] / "lib"
MODULES = sorted((LIB / "imagination").rglob("*.py"))

WORDS = {"claim", "latex", "sums", "symbols", "quantities"}
"""What claims are written in."""

SYSTEMS = {"worlds", "rollouts", "lipschitz", "wasserstein", "sensitivities", "models", "reinforce"}
"""What claims are tried on; it knows of no claim."""

# A room may import the rooms named here, and itself. Claims and systems never meet below the trials.
ROOMS = {
    "extras": set(),
    "checks": set(),
    "symbols": set(),
    "sums": {"checks"},
    "latex": set(),
    "claim": {"symbols", "sums", "latex"},
    "quantities": {"symbols", "claim"},
    "derivation": {"latex"},
    "records": {"checks"},
    "figures": {"checks"},
    "worlds": {"checks", "extras", "rollouts", "lipschitz"},
    "rollouts": {"checks", "worlds"},
    "lipschitz": {"checks", "worlds"},
    "wasserstein": {"checks", "worlds"},
    "sensitivities": {"checks", "worlds", "rollouts"},
    "models": {"checks", "worlds", "rollouts", "lipschitz"},
    "reinforce": {"checks", "worlds", "rollouts", "lipschitz", "models"},
    "trials": {"checks", "extras", "records", "worlds", *WORDS},
    "claims": WORDS,
    "decide": {"checks", "claims", "figures", *WORDS},
    "commands": {"audit", "decide", "extras", "figures"},
    "audit": {"checks", "claims", "decide", "extras", "figures", "worlds", "rollouts", "lipschitz", *WORDS},
    "results": {"checks", "claims", "decide", "trials", "records", *WORDS, *SYSTEMS},
    "formal": {"claims", "results", *WORDS},
    "interactive": {"claims", "decide", "figures", *WORDS},
    "studies": {
        *("checks", "results", "claims", "decide", "audit", "trials", "records", "figures"),
        *(*WORDS, *SYSTEMS),
    },
    "catalogue": {"results", "claims", "studies", "trials", "formal", "interactive", "records", *WORDS},
}


def room_of(module: str) -> str | None:
    """The room of a module; the claims of a topic are a room of their own."""
    parts = module.split(".")
    if len(parts) < 2 or parts[0] != "imagination":
        return None
    return "claims" if parts[1] == "results" and parts[3:4] in (["claims"], ["further"]) else parts[1]


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(LIB).with_suffix("").parts).removesuffix(".__init__")


NAMES = {name_of(path) for path in MODULES}


def imported(path: Path) -> set[str]:
    """Full names of the modules that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module, f"{path}: relative import; write the full name"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                found.add(full if full in NAMES else node.module)
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(LIB)))
def test_a_room_imports_only_what_lies_below_it(path: Path) -> None:
    room = room_of(name_of(path))
    if room in (None, "__main__"):
        return
    seen = {found for name in imported(path) if (found := room_of(name))}
    assert seen - {room} <= ROOMS[room], f"{path} may not import {sorted(seen - {room} - ROOMS[room])}"


def test_every_room_is_known() -> None:
    assert {room_of(name) for name in NAMES} - {None, "__main__"} == set(ROOMS)


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
    graph = {name_of(path): imported(path) & NAMES - {name_of(path), "imagination"} for path in MODULES}
    done: set[str] = set()
    while ready := {module for module, names in graph.items() if names <= done} - done:
        done |= ready
    assert done == set(graph), f"circular imports among {sorted(set(graph) - done)}"
