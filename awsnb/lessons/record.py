"""What a reader has predicted, solved and ticked, kept in a file beside the notebooks.

The file is ``awsnb-progress.json`` in the notebook's folder, or what ``AWSNB_PROGRESS`` names;
``AWSNB_PROGRESS=off`` keeps nothing. Where it can't be read or written, the lesson goes on
without it.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from awsnb._files import write_whole

Kind = Literal["predictions", "exercises", "steps"]
Entries = dict[str, Any]

FILE = "awsnb-progress.json"
KINDS: tuple[Kind, ...] = ("predictions", "exercises", "steps")

_section = ""
_asked: dict[Kind, Entries] = {kind: {} for kind in KINDS}
_listener: Callable[[], None] | None = None


def begin(section: str) -> None:
    """Open a section's lesson: what was done of it before comes back as it is asked."""
    global _section, _listener
    _section, _listener = section, None
    for entries in _asked.values():
        entries.clear()


def listen(listener: Callable[[], None]) -> None:
    """Call `listener` after each answer of this lesson, in place of the one before it."""
    global _listener
    _listener = listener


def ask(kind: Kind, name: str) -> Any:
    """Note that something is asked, and return what was answered before, or None."""
    if name not in _asked[kind]:
        _asked[kind][name] = read().get(_section, {}).get(kind, {}).get(name)
    return _asked[kind][name]


def answer(kind: Kind, name: str, entry: Any) -> None:
    """Keep an answer; None takes it back."""
    _asked[kind][name] = entry
    kept = read()
    section = kept.setdefault(_section, {}).setdefault(kind, {})
    section.pop(name, None)
    if entry is not None:
        section[name] = entry
    _write(kept)
    _tell()


def asked(kind: Kind) -> Entries:
    """Return what this lesson has asked so far: the answer by name, None where there is none."""
    return dict(_asked[kind])


def start_over() -> None:
    """Forget what was done of this section."""
    kept = read()
    kept.pop(_section, None)
    _write(kept)
    for entries in _asked.values():
        entries.update(dict.fromkeys(entries))
    _tell()


def read(folder: Path = Path()) -> dict[str, Any]:
    """Return all that is kept, by section, kind and name; empty if there is nothing to read.

    Parameters
    ----------
    folder : Path, optional
        The notebooks' folder: if left out, the working folder, in which a kernel is started.
    """
    path = _path(folder)
    try:
        kept = json.loads(path.read_text(encoding="utf-8")) if path else {}
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _tell() -> None:
    if _listener:
        _listener()


def _write(kept: dict[str, Any]) -> None:
    path = _path()
    if path is None:
        return
    try:
        write_whole(path, json.dumps(kept, indent=1) + "\n")
    except OSError:
        return  # nothing is lost but the memory of it


def _path(folder: Path = Path()) -> Path | None:
    named = os.environ.get("AWSNB_PROGRESS", FILE)
    if named == "off" or os.environ.get("AWSNB_STATIC"):
        return None
    return folder / named
