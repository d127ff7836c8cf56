"""The lock is what pip resolves for the project and all its extras."""

import json
import subprocess
from pathlib import Path

import pytest

from press.lockfile import BUILD_TOOL, HEADER, locked_lines

RESOLVED = {
    "this-book": "0.1.0",
    "Zeta": "1.0",
    "torch": "2.13.0+cpu",
    "alpha": "2.0",
    "nvidia-nccl": "9.1",
    "triton": "3",
}


@pytest.fixture
def resolve(tmp_path, monkeypatch):
    """Lock a project for which pip finds the above; also give the command that pip got."""
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "this-book"\noptional-dependencies = {book = ["zeta"], dev = ["alpha"]}\n'
    )
    commands = []

    def pip(command, **options):
        assert options == {"check": True}
        commands.append(command)
        install = [{"metadata": {"name": name, "version": version}} for name, version in RESOLVED.items()]
        report = Path(command[command.index("--report") + 1])
        report.write_text(json.dumps({"install": install}), encoding="utf-8")

    monkeypatch.setattr(subprocess, "run", pip)

    def resolved(**options):
        lines = locked_lines(tmp_path, **options)
        return lines, commands.pop()

    return resolved


def test_lines_are_exact_sorted_and_free_of_builds_and_of_the_book(resolve):
    lines, _ = resolve()
    assert lines == [
        HEADER,
        "alpha==2.0",
        'appnope==1.0.0; sys_platform == "darwin"',
        'colorama==0.4.6; sys_platform == "win32"',
        'pywinpty==3.1.2; os_name == "nt"',
        "torch==2.13.0",
        "Zeta==1.0",
    ]


def test_every_extra_is_asked_for_and_nothing_installed(resolve, tmp_path):
    _, command = resolve()
    assert command[-2:] == [f"{tmp_path}[book,dev]", BUILD_TOOL]
    assert {"--dry-run", "--ignore-installed"} <= set(command)


def test_what_is_locked_stays_unless_an_upgrade_is_asked_for(resolve, tmp_path):
    constraint = ["--constraint", str(tmp_path / "requirements.lock")]
    assert " ".join(constraint) in " ".join(resolve()[1])
    assert "--constraint" not in resolve(upgrade=True)[1]
