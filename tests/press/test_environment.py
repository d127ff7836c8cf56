"""Set-up follows the lock."""

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from press import environment


@pytest.fixture
def checkout(tmp_path):
    """A checkout whose environment was completely installed."""
    (tmp_path / "requirements.lock").write_text("a==1\n")
    python = environment.python_of(tmp_path / ".venv")
    python.parent.mkdir(parents=True)
    python.touch()
    environment.mark_ready(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("lock", "ready"), [("a==1\n", True), ("a==2\n", False)])
def test_an_environment_belongs_to_a_lock(checkout, lock, ready):
    (checkout / "requirements.lock").write_text(lock)
    assert environment.is_ready(checkout) == ready


@pytest.mark.parametrize("stamp", [b"", b"\xff"])
def test_a_damaged_environment_is_not_ready(checkout, stamp):
    kept = (checkout / ".venv" / "installed-from").read_bytes()
    (checkout / ".venv" / "installed-from").write_bytes(stamp)
    assert not environment.is_ready(checkout)
    (checkout / ".venv" / "installed-from").write_bytes(kept)
    environment.python_of(checkout / ".venv").unlink()
    assert not environment.is_ready(checkout)


def test_what_the_system_refuses_is_told_in_a_line(monkeypatch, capsys):
    def refuse(*_):
        raise OSError(errno.EROFS, "Read-only file system", "/somewhere/.venv")

    monkeypatch.setattr(environment, "is_ready", lambda: False)
    monkeypatch.setattr(environment, "install", refuse)
    assert environment.main() == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(
        "Set-up failed: /somewhere/.venv: Read-only file system; make room on the disk, or"
    )


def test_a_moved_checkout_is_not_ready(checkout):
    moved = checkout.with_name(f"{checkout.name}-moved")
    checkout.rename(moved)
    assert not environment.is_ready(moved)


def test_an_interrupted_installation_is_begun_again(checkout, monkeypatch):
    (checkout / "requirements.lock").write_text("a==2\n")
    monkeypatch.setattr(environment.venv, "create", lambda *_, **__: None)

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(environment.subprocess, "run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        environment.install(checkout)
    assert not environment.is_ready(checkout)
    (checkout / "requirements.lock").write_text("a==1\n")  # not even for the lock from before
    assert not environment.is_ready(checkout)


def test_a_complete_installation_is_ready(checkout, monkeypatch):
    (checkout / "requirements.lock").write_text("a==2\n")
    ran = []
    monkeypatch.setattr(environment.venv, "create", lambda *_, **__: None)
    monkeypatch.setattr(environment.subprocess, "run", lambda command, **_: ran.append(command))
    environment.install(checkout)
    assert environment.is_ready(checkout)
    assert any(str(checkout / "requirements.lock") in command for command in ran)
    assert any("--editable" in command and "--no-deps" in command for command in ran)


def test_an_old_python_is_told_so():
    script = Path(environment.__file__)
    pretend = f"import sys; sys.version_info = (3, 8, 1); exec(open({str(script)!r}).read())"
    done = subprocess.run([sys.executable, "-c", pretend], capture_output=True, encoding="utf-8")
    assert done.returncode != 0
    assert "3.11 or newer" in done.stderr
    assert "3.8" in done.stderr
    assert "Traceback" not in done.stderr
