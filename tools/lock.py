"""Pin every package that the tests and Binder install.

`python3.11 tools/lock.py python3.12 > requirements.lock`: the lowest Python that is supported
resolves, so that its pins install on the later ones; the others add what only they need.
"""

import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADER = "# Made by tools/lock.py; used as a constraint: pip install -c requirements.lock ..."


def project(pyproject: Path = ROOT / "pyproject.toml") -> dict:
    """Read the project's table."""
    return tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]


def requirements() -> list[str]:
    """List the dependencies, those of the extras included."""
    extras = project()["optional-dependencies"].values()
    return [*project()["dependencies"], *(line for extra in extras for line in extra)]


def resolve(python: str, pins: set[str]) -> set[str]:
    """Ask pip which exact packages `python` would install, `pins` being kept."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as constraint:
        constraint.write("\n".join(pins))
        constraint.flush()
        pip = [python, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet"]
        report = subprocess.run(
            [*pip, "--report", "-", "-c", constraint.name, *requirements()],
            check=True,
            stdout=subprocess.PIPE,
        )
    found = [one["metadata"] for one in json.loads(report.stdout)["install"]]
    return {f"{one['name'].lower()}=={one['version']}" for one in found}


def main() -> None:
    """Print one exact pin a line."""
    lowest = project()["requires-python"].removeprefix(">=")
    if sys.version_info[:2] != tuple(map(int, lowest.split("."))):
        sys.exit(f"lock.py must run on Python {lowest}, not {sys.version.split()[0]}.")
    pins: set[str] = set()
    for python in [sys.executable, *sys.argv[1:]]:
        pins |= resolve(python, pins)
    print("\n".join([HEADER, *sorted(pins)]))


if __name__ == "__main__":
    main()
