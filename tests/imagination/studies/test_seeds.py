"""Every trial and study draws its random numbers from the seed that it is given."""

import re
from functools import partial
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import imagination
from imagination.results.bias import trial as bias
from imagination.results.budget import trial as budget
from imagination.results.kernels import trial as kernels
from imagination.results.sensitivity import trial as sensitivity
from imagination.studies import calibration, distances, looseness, noise_on_networks

ROOT = Path(imagination.__file__).parent
SEED = 20_261_130
WITHOUT_COMMAND = {
    "attained": sensitivity.attained,
    "bias": bias.run,
    "budget": budget.run,
    "calibration": calibration.run,
    "distances": partial(distances.mrp_correlations, 2000),
    "kernels": kernels.run,
    "looseness": looseness.run,
    "noise on networks": partial(noise_on_networks.run, size=2, rollouts=10, horizon=2),
}
COMMANDS = [
    ".".join(("imagination", *path.relative_to(ROOT).with_suffix("").parts))
    for room in ("results", "studies")
    for path in sorted((ROOT / room).rglob("*.py"))
    if re.search(r"(?m)^main = (?:rounds\.c|C)ommand\(", path.read_text(encoding="utf-8"))
]


class Drawn(Exception):
    """Random numbers were asked for; holds what they were to be made from."""


def draw(*entropy, **options):
    raise Drawn(*(number for part in entropy for number in np.ravel(part)))


def drawn_from(run, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(np.random, "default_rng", draw)
        patched.setattr(np.random, "SeedSequence", draw)
        with pytest.raises(Drawn) as drawn:
            run(seed=SEED)
    return drawn.value.args


@pytest.mark.parametrize("name", COMMANDS)
def test_commands_draw_from_their_seed(name, monkeypatch):
    command = import_module(name).main
    assert SEED in drawn_from(partial(command.run, *list(command.scales)[:1]), monkeypatch)


@pytest.mark.parametrize("name", WITHOUT_COMMAND)
def test_what_has_no_command_draws_from_its_seed(name, monkeypatch):
    assert SEED in drawn_from(WITHOUT_COMMAND[name], monkeypatch)


def test_the_values_of_kernels_are_drawn_from_another_seed_than_their_returns(monkeypatch):
    assert drawn_from(kernels.by_values, monkeypatch) == (SEED + 2,)
