"""The audit from the command line."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from tests.imagination.audit import fakes

from imagination.__main__ import main

MODULE = """
import numpy as np

class Model:
    def next_state(self, state, action):
        x, y = state.T
        return np.stack([np.sin(0.9 * x + action[:, 0]), np.tanh(y - 0.3 * x * x)], 1)

    def reward(self, state, action):
        return state[:, 0] * state[:, 1] + action[:, 0] + 0.5

model = Model()

def policy(state):
    return np.cos(2 * state[:, :1]) - 0.5 * state[:, 1:]

def value(state):
    return 1 + state[:, 0]
"""


@pytest.fixture
def ask(tmp_path, monkeypatch, capsys):
    """Run the audit of a model whose reward is 0.5 too high; return its status and what it printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "mine.py").write_text(MODULE)
    (tmp_path / "broken.py").write_text("raise RuntimeError('no weights')")
    log = fakes.log(np.random.default_rng(1), 15, 8, risk=0.0)
    names = ("state", "action", "reward", "next_state", "terminated", "truncated")
    np.savez(tmp_path / "data.npz", **{name: getattr(log, name) for name in names})

    def asked(*options, data="data.npz", model="mine:model", policy="mine:policy", gamma="0.9"):
        arguments = [data, "--model", model, "--policy", policy, "--gamma", gamma, *options]
        return main(["audit", *arguments]), *capsys.readouterr()

    return asked


def test_an_audit_is_printed_and_leaves_no_file(ask, tmp_path):
    before = set(tmp_path.iterdir())
    status, printed, complaint = ask("--horizons", "1", "5")
    assert status == 0 and complaint == ""
    assert "reward" in printed and max(map(len, printed.splitlines())) < 100
    assert {path for path in tmp_path.iterdir() if path.name != "__pycache__"} == before


def test_json_is_for_machines(ask):
    status, printed, complaint = ask("--json", "--horizons", "1", "5", "--tolerance", "0.7", "--level", "0.9")
    found = json.loads(printed)
    assert status == 0 and complaint == "" and found["figure"] is None
    assert found["gap"]["value"] == pytest.approx(0.5 * (1 - 0.9**5) / (1 - 0.9))
    assert found["longest_horizon"] == 1 and found["tolerance"] == 0.7 and found["level"] == 0.9
    assert [row["horizon"] for row in found["by_horizon"]] == [1, 5]


def test_with_a_value_it_says_when_to_ask_it(ask):
    status, printed, complaint = ask("--json", "--value", "mine:value", gamma="0.7")
    found = json.loads(printed)
    assert status == 0 and complaint == "" and found["verdict"] == "flatters"
    rows = found["stopping"]["by_horizon"]
    assert [row["horizon"] for row in rows] == [0, 1, 2, 3] and found["stopping"]["best"] in range(4)
    assert "Ask the value after" in ask("--value", "mine:value", gamma="0.7")[1]
    status, printed, complaint = ask("--value", "mine:nothing")
    assert status == 2 and "--value: mine:nothing; there is no 'nothing' in mine" in complaint


def test_a_reader_who_leaves_early_gets_no_complaint(ask, tmp_path):
    command = [sys.executable, "-m", "imagination", "audit", "data.npz", "--gamma", "0.9"]
    command += ["--model", "mine:model", "--policy", "mine:policy"]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(command, cwd=tmp_path, stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_audit_is_drawn_where_it_is_asked_for(ask, tmp_path):
    status, printed, complaint = ask("--figure", "audit.png")
    assert status == 0 and complaint == "" and printed.endswith("\nFigure: audit.png\n")
    assert (tmp_path / "audit.png").read_bytes().startswith(b"\x89PNG")
    status, printed, complaint = ask("--figure", "nowhere/audit.png")
    assert status == 1 and "reward" in printed and "nowhere/audit.png was not written" in complaint


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"data": "none.npz"}, "none.npz: No such file"),
        ({"data": "mine.py"}, "data must be a .npz file or the name of a Minari dataset"),
        ({"model": "mine"}, "--model: mine; need package.module:object"),
        ({"model": "mine:nothing"}, "--model: mine:nothing; there is no 'nothing' in mine"),
        (
            {"policy": "nowhere.at.all:policy"},
            "--policy: importing nowhere.at.all failed: ModuleNotFoundError",
        ),
        ({"model": "broken:model"}, "--model: importing broken failed: RuntimeError: no weights"),
        ({"policy": "mine:MODULE.x"}, "there is no 'MODULE' in mine"),
        ({"model": "mine:policy"}, "model must have next_state"),
        ({"policy": "mine:model"}, "policy must be callable"),
        ({"gamma": "1.5"}, "gamma must lie in [0, 1]"),
        ({"options": ("--seed", "-1")}, "--seed: -1; need 0 or more"),
        ({"options": ("--horizons", "99")}, "horizons"),
        ({"options": ("--level", "1")}, "level"),
    ],
)
def test_bad_input_is_one_line(ask, options, said):
    status, printed, complaint = ask(*options.pop("options", ()), **options)
    assert status == 2 and printed == ""
    assert complaint.startswith("imagination audit: ") and complaint.count("\n") == 1 and said in complaint
