"""Files that are written whole or not at all, in a place that was tried before the work."""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Yield a file beside `path` to write to; it takes its place if all went well.

    Raises
    ------
    OSError
        If it can't be written; what stood at `path` is untouched.
    """
    _refuse_what_is_no_file(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".awsnb-{secrets.token_hex(8)}")
    try:
        yield unfinished
        os.replace(unfinished, path)
    except OSError as problem:  # a full disk names no file
        if problem.errno and problem.filename in (None, str(unfinished)):
            raise OSError(problem.errno, problem.strerror, str(path)) from None
        raise
    finally:
        unfinished.unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> None:
    """Write a text to a file, whole or not at all; errors are those of `written_whole`."""
    with written_whole(path) as unfinished:
        unfinished.write_text(text, encoding="utf-8")


def check_writable(path: Path) -> None:
    """Find out, before the work, that a file can't be written.

    Raises
    ------
    OSError
        With the reason: a directory, a device, a read-only place, a name that is too long.
    """
    _refuse_what_is_no_file(path)
    new = not path.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab"):
        pass
    if new:
        path.unlink()


def make_folder(path: Path) -> None:
    """Make a folder, if it is not there; OSError where it can't be made, or a file is there."""
    if path.exists() and not path.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "is a file, and must be a folder", str(path))
    path.mkdir(parents=True, exist_ok=True)


def _refuse_what_is_no_file(path: Path) -> None:
    """Refuse a directory, and a device or pipe, whose place a file must not take."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "is a directory", str(path))
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "is a device or pipe, and must be a file", str(path))


def in_a_sentence(error: OSError) -> str:
    """Say what the operating system refused, such as ``x.html: no space left on device``."""
    reason = (error.strerror or str(error)).rstrip(".")
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{reason[:1].lower()}{reason[1:]}."
