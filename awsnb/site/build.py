"""The site: a page for each written section and an index, in a folder that any server can serve.

A page's answers are baked anew only if what they are made of has changed.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path

from awsnb._files import check_writable, make_folder, write_whole
from awsnb._paths import data_dir
from awsnb.explorer import Explorer
from awsnb.sections import SECTIONS, Section
from awsnb.site import book, parts
from awsnb.site.bake import Kept
from awsnb.site.cells import CellError
from awsnb.site.claims import claims
from awsnb.site.index import index
from awsnb.site.lesson import Lesson, lesson

BOOKS_BYTES = 880_000  # of a page, so that it stays below 1.5 MB
ANSWERS = ".awsnb-answers"  # of the page that is being made
BOOK = re.compile(
    r'<div class="explorer" data-made-of="(\w+)">.*?<script type="text/plain">(.*?)<', re.DOTALL
)

_package = Path(__file__).resolve().parents[1]


class SiteError(RuntimeError):
    """A page that could not be made: which, and why."""


def write_site(
    folder: Path, sections: Sequence[Section] = (), progress: bool = False
) -> list[Path]:
    """Write a page for each section, the ledger of claims, and the index.

    Parameters
    ----------
    folder : Path
        Where to; what is there of an earlier site is used again as far as it still holds.
    sections : sequence of Section, optional
        Those to write; all that are ready if none is named.
    progress : bool
        Whether to show a progress bar on standard error.

    Returns
    -------
    list of Path
        The files, the index and the ledger first.

    Raises
    ------
    SiteError
        If a cell of a notebook fails; pages made before it are kept.
    """
    chosen = sections or [one for one in SECTIONS if one.ready]
    make_folder(folder)
    check_writable(folder / "index.html")
    lessons: dict[Section, Lesson] = {}
    pages = []
    for section in chosen:
        page = folder / parts.page_name(section.notebook.stem)
        lessons[section] = _lesson(section, page, progress)
        write_whole(page, lessons[section].html)
        (folder / ANSWERS).unlink(missing_ok=True)
        pages.append(page)
    others = {"index.html": index(lessons), "claims.html": claims(lessons)}
    for name, page_html in others.items():
        write_whole(folder / name, page_html)
    return [*(folder / name for name in others), *pages]


def _lesson(section: Section, page: Path, progress: bool) -> Lesson:
    before = _books(page)
    limit = BOOKS_BYTES // max(section.notebook.read_text("utf-8").count("Explorer("), 1)

    def alive(explorer: Explorer) -> str:
        made_of = made_from(section, explorer)
        data = before.get(made_of) or _bake(
            explorer, limit, page.parent / ANSWERS, made_of, progress
        )
        return parts.explorer(data, explorer.result, made_of)

    try:
        return lesson(section, alive)
    except CellError as error:
        raise SiteError(f"{section.notebook.name}: {error}") from error


def _bake(explorer: Explorer, limit: int, answers: Path, made_of: str, progress: bool) -> bytes:
    from tqdm import tqdm

    kept = Kept(answers, made_of)
    try:
        with tqdm(
            desc=explorer.section.slug, unit="answer", leave=False, disable=not progress
        ) as bar:
            return book.write(explorer, limit, kept, bar)
    finally:
        kept.close()


def _books(page: Path) -> dict[str, bytes]:
    """Return the books of a page that is there, by what they are made of."""
    if not page.exists():
        return {}
    found = BOOK.findall(page.read_text(encoding="utf-8"))
    return {made_of: parts.decoded(text) for made_of, text in found}


def made_from(section: Section, explorer: Explorer) -> str:
    """Return a digest of all that an Explorer's answers come from: code, numbers, its start."""
    digest = hashlib.sha256()
    for file in _sources(section):
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    digest.update(json.dumps([explorer.form, explorer.view, explorer.values]).encode())
    return digest.hexdigest()[:32]


def _sources(section: Section) -> list[Path]:
    """List the files whose change could change a section's answers: no other section's."""
    room = section.slug.replace("-", "_")
    rooms = {one.slug.replace("-", "_") for one in SECTIONS} - {room}
    shown = {"lessons", "pictures", "claims.py", "cli.py", "report.py", "sweep.py"}
    pages = {"build.py", "claims.py", "index.py", "lesson.py", "parts.py", "shell.py", "cells.py"}
    left_out = rooms | {f"{one}.py" for one in rooms} | shown | {"lab_files.py", "lab_socket.py"}
    code = [
        file
        for file in sorted(_package.rglob("*.py"))
        if left_out.isdisjoint(file.relative_to(_package).parts)
        and not (file.parent.name == "site" and file.name in pages)
    ]
    numbers = [file for file in sorted(data_dir().glob("*.csv")) if file.stem != "claims"]
    return [*code, *numbers]
