"""Set up `.venv` from `requirements.lock`, if and only if the lock has changed.

This file needs nothing but Python's standard library and runs by its path, before anything is installed::

    python lib/press/environment.py

The environment is built from nothing whenever the lock's contents differ from those it was made from, so that
nothing that left the lock stays behind. The stamp that says so is written last: an installation that was
interrupted is begun again.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "This book needs Python 3.11 or newer, and %s is %d.%d.\n"
        "Name a newer one: make book PYTHON=python3.12" % ((sys.executable,) + sys.version_info[:2])
    )

import hashlib
import os
import subprocess
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"


def python_of(environment: Path) -> Path:
    """The interpreter of a virtual environment, on either kind of system."""
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def wanted_stamp(root: Path = ROOT) -> str:
    """What an up-to-date environment's stamp says: the lock's contents, and where the checkout lies.

    The place belongs to it because the package is installed as a link to the checkout: a copied or moved
    environment would import another checkout's modules.
    """
    return f"{hashlib.sha256((root / LOCK.name).read_bytes()).hexdigest()} {root}\n"


def is_ready(root: Path = ROOT) -> bool:
    """Whether `.venv` was completely installed from today's lock."""
    environment = root / ENVIRONMENT.name
    stamp = environment / "installed-from"
    there = python_of(environment).exists() and stamp.exists()
    return there and stamp.read_bytes() == wanted_stamp(root).encode()


def mark_ready(root: Path = ROOT) -> None:
    """Write the stamp, all of it or nothing."""
    stamp = root / ENVIRONMENT.name / "installed-from"
    draft = stamp.with_suffix(".part")
    draft.write_text(wanted_stamp(root), encoding="utf-8")
    os.replace(draft, stamp)


def install(root: Path = ROOT) -> None:
    """Build `.venv` anew and install the lock's packages and this one (as a link) into it."""
    environment = root / ENVIRONMENT.name
    print(f"Setting up {environment} from {LOCK.name}: about three minutes, once.", flush=True)
    (environment / "installed-from").unlink(missing_ok=True)  # from here on it is unfinished
    venv.create(environment, clear=True, with_pip=True)
    pip = [str(python_of(environment)), "-m", "pip", "--disable-pip-version-check"]
    install = [*pip, "install", "--quiet"]
    subprocess.run([*install, "--requirement", str(root / LOCK.name)], check=True)
    # The lock holds the build tool too, so that this needs no network and no version but the pinned one.
    subprocess.run([*install, "--no-deps", "--no-build-isolation", "--editable", str(root)], check=True)
    mark_ready(root)


def main() -> int:
    """Make the environment ready; say nothing where it is."""
    try:
        if not is_ready():
            install()
    except subprocess.CalledProcessError as error:
        print(f"Set-up failed: {' '.join(error.cmd)} ended with status {error.returncode}.", file=sys.stderr)
    except OSError as error:
        place = error.filename or ENVIRONMENT
        what = (
            "make room on the disk, or copy the book to a folder that can be written to, and run this again"
        )
        print(f"Set-up failed: {place}: {error.strerror}; {what}.", file=sys.stderr)
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
