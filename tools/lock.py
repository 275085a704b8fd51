"""Pin every package that the tests and Binder install: `python tools/lock.py > requirements.lock`.

Run it on the lowest Python that is supported, so that every pin installs on the later ones too.
"""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADER = "# Made by `python tools/lock.py > requirements.lock`; used as a constraint (`pip -c`)."


def requirements(pyproject: Path = ROOT / "pyproject.toml") -> list[str]:
    """Read the dependencies, those of the extras included."""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    return [*project["dependencies"], *(line for extra in extras for line in extra)]


def main() -> None:
    """Resolve with pip and print one exact pin a line."""
    lowest = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = lowest["project"]["requires-python"].removeprefix(">=")
    if sys.version_info[:2] != tuple(map(int, wanted.split("."))):
        sys.exit(f"lock.py must run on Python {wanted}, not {sys.version.split()[0]}.")
    pip = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet"]
    report = subprocess.run(
        [*pip, "--report", "-", *requirements()], check=True, stdout=subprocess.PIPE
    )
    installs = json.loads(report.stdout)["install"]
    pins = {f"{one['metadata']['name'].lower()}=={one['metadata']['version']}" for one in installs}
    print("\n".join([HEADER, *sorted(pins)]))


if __name__ == "__main__":
    main()
