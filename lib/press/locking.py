"""The lock: every installed package, exact, and those that other systems need besides."""

import json
import subprocess
import sys

HEADER = "# The whole environment, exactly. `python -m press lock` wrote it down."

ELSEWHERE = (
    'appnope==1.0.0; sys_platform == "darwin"',
    'colorama==0.4.6; sys_platform == "win32"',
    'pywinpty==3.1.2; os_name == "nt"',
)
"""What the locked packages ask for on macOS and Windows only."""

NOT_LOCKED = ("on-training-in-imagination", "pip")


def locked_lines() -> list[str]:
    """The lines of the lock for the environment that runs this.

    A build's own mark is left out (`2.13.0+cpu` becomes `2.13.0`): not every machine can get that build, and
    each one's installer chooses among those that it can.
    """
    command = [sys.executable, "-m", "pip", "list", "--format", "json", "--disable-pip-version-check"]
    listed = subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout
    packages = [package for package in json.loads(listed) if package["name"] not in NOT_LOCKED]
    lines = [f"{package['name']}=={package['version'].partition('+')[0]}" for package in packages]
    return [HEADER, *sorted([*lines, *ELSEWHERE], key=str.lower)]
