"""Run the notebooks and store what they say: `python tools/build_notebooks.py [NAME ...]`.

`--check` runs nothing: it exits 1 if a notebook is not stored as this tool would store it.
`--new SLUG` writes a notebook to begin a section with.
"""

import argparse
import base64
import io
import os
import re
import sys
from pathlib import Path
from typing import Any

import budgets
import contents
import nbformat
import skeleton
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from PIL import Image

from awsnb._files import write_whole

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
INDEX = "00-index.ipynb"
LIMIT_BYTES = 300_000
CELL_TIMEOUT_S = 300
COLORS = 64

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python", "pygments_lexer": "ipython3"},
}
KEPT_CELL_METADATA = ("editable", "jupyter", "tags", budgets.FOLDED)
MACHINE_MADE_ID = re.compile(r"cell-\d+|[0-9a-f]{8}(-[0-9a-f-]{27})?")


class BuildError(Exception):
    """A notebook that cannot be built, in one line."""


def dumps(notebook: Any) -> str:
    """Write a notebook as this tool stores it: whatever varies from run to run dropped."""
    notebook = nbformat.from_dict(notebook)
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for position, cell in enumerate(notebook.cells, start=1):
        if MACHINE_MADE_ID.fullmatch(cell.get("id", "cell-0")):
            cell.id = f"cell-{position:02d}"
        cell.metadata = {
            key: cell.metadata[key] for key in KEPT_CELL_METADATA if key in cell.metadata
        }
        cell.source = "\n".join(line.rstrip() for line in cell.source.strip().split("\n"))
        for output in cell.get("outputs", ()):
            output.get("data", {}).pop(WIDGET_VIEW, None)
    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"


def execute(path: Path) -> Any:
    """Run a notebook in its own folder, on this environment's kernel."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT_S,
        kernel_name="python3",
        store_widget_state=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(path.parent)}},
    )
    try:
        client.execute()
    except CellExecutionError as error:
        number = next(
            number
            for number, cell in enumerate(notebook.cells, start=1)
            if any(output.output_type == "error" for output in cell.get("outputs", ()))
        )
        text = " ".join(error.evalue.split())
        raise BuildError(f"{path.name}, cell {number}: {error.ename}: {text}") from None
    except (CellTimeoutError, DeadKernelError) as error:
        raise BuildError(f"{path.name}: {' '.join(str(error).split())[:200]}") from None
    return notebook


def lighten_pictures(notebook: Any) -> None:
    """Keep few colours of each picture: a drawing loses nothing but three quarters of its size."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if "image/png" in data:
                picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
                smaller = io.BytesIO()
                picture.convert("RGB").quantize(COLORS).save(smaller, "PNG", optimize=True)
                data["image/png"] = base64.b64encode(smaller.getvalue()).decode()


def check_size(name: str, text: str) -> None:
    """Refuse a notebook that is too heavy to read and to review."""
    size = len(text.encode())
    if size > LIMIT_BYTES:
        cells = nbformat.reads(text, as_version=4).cells
        weights = [len(str(cell.get("outputs", ""))) for cell in cells]
        heaviest = max(range(len(cells)), key=weights.__getitem__)
        raise BuildError(
            f"{name}: {size / 1000:.0f} kB is more than {LIMIT_BYTES / 1000:.0f} kB; the heaviest "
            f"cell is {heaviest + 1}, with about {weights[heaviest] / 1000:.0f} kB of output"
        )


def build(path: Path) -> None:
    """Execute, normalise and store one notebook."""
    notebook = execute(path)
    lighten_pictures(notebook)
    budgets.claim(notebook)
    if path.name == INDEX:
        contents.fill(notebook)
    text = dumps(notebook)
    check_size(path.name, text)
    write_whole(path, text)


def check(path: Path) -> None:
    """Refuse a notebook that is not stored as `build` would store it."""
    stored = path.read_text(encoding="utf-8")
    check_size(path.name, stored)
    notebook = nbformat.reads(stored, as_version=4)
    if path.name == INDEX and not contents.is_current(notebook):
        raise BuildError(
            f"{path.name} does not show what the other notebooks do: "
            f"run python tools/build_notebooks.py {path.stem}"
        )
    if dumps(notebook) != stored:
        raise BuildError(
            f"{path.name} is not normalised: run python tools/build_notebooks.py {path.stem}"
        )


def select(names: list[str]) -> list[Path]:
    """Find notebooks by path, file name or a part of it (`ebs-volume`); all if none is named.

    The index comes last, since it shows what the others do.
    """
    every = sorted(NOTEBOOKS.glob("*.ipynb"), key=lambda path: (path.name == INDEX, path.name))
    if not names:
        return every
    chosen = []
    for name in names:
        if Path(name).is_file():
            chosen.append(Path(name).resolve())
            continue
        found = [path for path in every if name in path.name]
        if not found:
            raise BuildError(f"no notebook is named {name}: {', '.join(p.stem for p in every)}")
        chosen += found
    return chosen


def main() -> None:
    """Build, or check, the notebooks that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--new", metavar="SLUG", help="write a notebook to begin a section with")
    arguments = parser.parse_args()
    if arguments.new:
        print(skeleton.write(arguments.new, NOTEBOOKS))
        return
    os.environ["AWSNB_STATIC"] = "1"
    os.environ["PYTHONWARNINGS"] = "ignore:The kopts argument"  # plotly's own, for every picture
    failed = False
    try:
        paths = select(arguments.names)
    except BuildError as error:
        sys.exit(str(error))
    for path in paths:
        try:
            (check if arguments.check else build)(path)
        except BuildError as error:
            print(error, file=sys.stderr)
            failed = True
        else:
            print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")
    sys.exit(failed)


if __name__ == "__main__":
    main()
