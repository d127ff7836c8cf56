"""What a chapter needs that was opened alone: a notebook in an empty folder, on Colab, on Binder.

Every chapter begins with a cell that does nothing inside the book, and otherwise finds or fetches the book
and then runs this file, which installs the packages that are missing. What is installed already stays as it
is, in whatever version. Nothing is imported here but the standard library.
"""

import importlib.metadata
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

SCIENCE = (
    "array-api-compat",
    "gymnasium",
    "joblib",
    "matplotlib",
    "minari[hdf5]",
    "numpy",
    "pandas",
    "POT",
    "PyYAML",
    "scipy",
    "seaborn",
    "stable-baselines3",
    "sympy",
    "torch",
    "tqdm",
    "z3-solver",
)
"""What chapters, their checks and the library import, of all that printing and testing the book takes."""

SETUP = """\
# Does nothing inside the book. In a notebook opened alone it fetches the book's
# library and records.
import importlib.util
import subprocess
import sys
from pathlib import Path

# `python -m press address URL` writes this line.
repository = "{address}"
if importlib.util.find_spec("imagination") is None:
    here = (Path.cwd(), *Path.cwd().parents)
    around = [each for each in here if (each / "lib/imagination").is_dir()]
    book = around[0] if around else Path("on-training-in-imagination")
    if not book.is_dir() and not repository:
        raise RuntimeError(
            "The book has no address yet. Download all of it, "
            "and open this notebook there."
        )
    if not book.is_dir():
        clone = ["git", "clone", "--quiet", "--depth", "1", repository]
        subprocess.run([*clone, str(book)], check=True)
    sys.path.insert(0, str((book / "lib").resolve()))
    install = [sys.executable, str(book / "lib/press/standalone.py")]
    subprocess.run(install, check=True)
"""
"""That cell; not printed on a page, and the same in every chapter."""


def setup_cell(address: str) -> str:
    """The cell's source, for the address of a repository; empty where there is none yet."""
    return SETUP.format(address=address).rstrip("\n")


def is_installed(name: str) -> bool:
    """Whether there is any version of a package, be it named with an extra."""
    try:
        importlib.metadata.distribution(name.partition("[")[0])
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def missing(names: Iterable[str] = SCIENCE) -> list[str]:
    """Those of the packages that are not installed."""
    return [name for name in names if not is_installed(name)]


def constraints(root: Path = ROOT) -> list[str]:
    """The lock's lines of what is not installed, so that all is pinned, and what is there stays."""
    lines = (root / "requirements.lock").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#") and ";" not in line]
    return [line for line in pins if not is_installed(line.partition("==")[0])]


def install_missing(root: Path = ROOT) -> None:
    """Install what is missing, if anything is."""
    wanted = missing()
    if not wanted:
        return
    print(f"Installing {', '.join(wanted)}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        pins = Path(folder) / "constraints.txt"
        pins.write_text("\n".join(constraints(root)) + "\n", encoding="utf-8")
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*command, "--constraint", str(pins), *wanted], check=True)


if __name__ == "__main__":
    install_missing()
