"""Write the links of the README and the notebooks: `python tools/links.py [--check]`.

These are the launch links, the links between neighbours, and the README's list of sections. The
address to launch from is one setting, `repository` under `[tool.awsnb]` in pyproject.toml; while it
is empty there is no launch link.
"""

import argparse
import re
import sys
import tomllib
from pathlib import Path

import nbformat
from build_notebooks import dumps
from contents import neighbours, sections_text

from awsnb.sections import SECTIONS
from awsnb.site.parts import page_name

ROOT = Path(__file__).resolve().parent.parent
README = "README.md"
INDEX = "00-index.ipynb"
OPENING, CLOSING = "<!-- launch -->", "<!-- /launch -->"
BETWEEN = re.compile(f"{OPENING}.*?{CLOSING}", re.DOTALL)
LIST = re.compile(r"(<!-- sections -->\n).*?(<!-- /sections -->)", re.DOTALL)
NEIGHBOURS = re.compile(r"^\[Index\]\(00-index\.ipynb\).*?(?=\n\n|\Z)", re.DOTALL | re.MULTILINE)


def repository(root: Path = ROOT) -> str:
    """Read the setting: "owner/name", or "" while there is none."""
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return settings["tool"]["awsnb"]["repository"]


def launch_text(address: str, notebook: str, badge: bool) -> str:
    """Say how to open `notebook`, and its page without a kernel, without installing anything."""
    if not address:
        return ""
    owner, _, name = address.partition("/")
    page = "" if notebook == INDEX else page_name(notebook.removesuffix(".ipynb"))
    pages = f"https://{owner}.github.io/{name}/{page}"
    url = f"https://mybinder.org/v2/gh/{address}/HEAD?urlpath=lab/tree/notebooks/{notebook}"
    if badge:
        badge_link = f"[![Launch on Binder](https://mybinder.org/badge_logo.svg)]({url})"
        return f"{badge_link} or [read the pages]({pages}), which need no kernel."
    return (
        f"[Open this notebook on Binder]({url}), with nothing to install, or "
        f"[read its page]({pages}), which needs no kernel."
    )


def fill(text: str, launch: str) -> str:
    """Put the launch text between the markers."""
    between = f"\n{launch}\n" if launch else "\n"
    return BETWEEN.sub(lambda _: f"{OPENING}{between}{CLOSING}", text)


def linked(path: Path, address: str) -> str:
    """Return the file as it should be.

    Raises
    ------
    ValueError
        If the file has no markers to write between.
    """
    text = path.read_text(encoding="utf-8")
    if not BETWEEN.search(text):
        raise ValueError(f"{path.name} has no {OPENING} ... {CLOSING} to write a launch link in")
    if path.suffix != ".ipynb":
        text = LIST.sub(lambda found: f"{found[1]}{sections_text()}\n{found[2]}", text)
        return fill(text, launch_text(address, INDEX, badge=True))
    notebook = nbformat.reads(text, as_version=4)
    for section in SECTIONS:
        if section.notebook.name == path.name:
            first = notebook.cells[0]
            links = neighbours(section).replace("\\", r"\\")
            first.source = NEIGHBOURS.sub(links, first.source)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = fill(cell.source, launch_text(address, path.name, badge=False))
    return dumps(notebook)


def files(root: Path = ROOT) -> list[Path]:
    """List the files that carry a launch link."""
    return [root / README, *sorted((root / "notebooks").glob("*.ipynb"))]


def main() -> None:
    """Write the links, or check them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if stale")
    check = parser.parse_args().check
    address = repository()
    stale = []
    for path in files():
        try:
            text = linked(path, address)
        except ValueError as error:
            sys.exit(str(error))
        if text != path.read_text(encoding="utf-8"):
            stale.append(path.name)
            if not check:
                path.write_text(text, encoding="utf-8")
    if stale:
        print(f"{'stale' if check else 'written'}: {', '.join(stale)}")
    sys.exit(bool(stale) and check)


if __name__ == "__main__":
    main()
