"""Set-up follows the lock."""

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


def test_an_installed_environment_is_ready(checkout):
    assert environment.is_ready(checkout)


def test_the_same_lock_written_again_changes_nothing(checkout):
    (checkout / "requirements.lock").write_text("a==1\n")
    assert environment.is_ready(checkout)


def test_another_lock_asks_for_another_environment(checkout):
    (checkout / "requirements.lock").write_text("a==2\n")
    assert not environment.is_ready(checkout)


def test_an_environment_without_an_interpreter_is_not_ready(checkout):
    environment.python_of(checkout / ".venv").unlink()
    assert not environment.is_ready(checkout)


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
