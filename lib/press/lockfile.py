"""The lock: all that the project and its extras need, each exact, and what other systems need besides."""

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

HEADER = "# The whole environment, exactly. `python -m press lock` made it of pyproject.toml."

ELSEWHERE = (
    'appnope==1.0.0; sys_platform == "darwin"',
    'colorama==0.4.6; sys_platform == "win32"',
    'pywinpty==3.1.2; os_name == "nt"',
)
"""What the locked packages ask for on macOS and Windows only."""

BUILD_TOOL = "setuptools"
"""Locked too, so that the project is linked into its environment without a network."""

OF_OTHER_BUILDS = re.compile(r"nvidia-|cuda-|triton$")
"""What the builds of torch for graphics cards bring along; which build there is depends on the machine."""


def locked_lines(root: Path, *, upgrade: bool = False) -> list[str]:
    """The lines of the lock for the `pyproject.toml` in `root`, as pip resolves it here and now.

    What is locked stays as it is, unless `upgrade`. A build's own mark is left out (`2.13.0+cpu` becomes
    `2.13.0`): not every machine can get that build, and each one's installer chooses among those that it can.
    """
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = f"{root}[{','.join(project['optional-dependencies'])}]"
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet"]
    command += [] if upgrade else ["--constraint", str(root / "requirements.lock")]
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        subprocess.run([*command, "--report", str(report), wanted, BUILD_TOOL], check=True)
        found = [each["metadata"] for each in json.loads(report.read_text(encoding="utf-8"))["install"]]
    lines = [
        f"{package['name']}=={package['version'].partition('+')[0]}"
        for package in found
        if package["name"] != project["name"] and not OF_OTHER_BUILDS.match(package["name"])
    ]
    return [HEADER, *sorted([*lines, *ELSEWHERE], key=str.lower)]
