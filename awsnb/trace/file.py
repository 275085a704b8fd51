"""A file that may be an export: refused before it is read where it can't be one, opened as text."""

import codecs
import gzip
import io
import stat
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO

from awsnb.trace.model import TraceError

MOST_BYTES = 2 * 10**9
HEAD_CHARACTERS = 64 * 1024
BLOCK_BYTES = 1024 * 1024
ENCODINGS = "allowed: UTF-8, or UTF-16 with a byte order mark"
EXPORT_HINT = "export the metric as CSV from the CloudWatch console or with --output json"

NOT_FILES: dict[str, Callable[[int], bool]] = {
    "Is a directory": stat.S_ISDIR,
    "a named pipe, not a file": stat.S_ISFIFO,
    "a device, not a file": lambda mode: stat.S_ISCHR(mode) or stat.S_ISBLK(mode),
    "a socket, not a file": stat.S_ISSOCK,
}
MAGIC = {
    b"PK\x03\x04": "a spreadsheet or zip archive: save the sheet as CSV, or unpack it",
    b"\xd0\xcf\x11\xe0": "an old Excel file: save the sheet as CSV",
    b"PAR1": "a Parquet file: write the table as CSV",
    b"%PDF": f"a PDF: {EXPORT_HINT}",
    b"\x89PNG": f"a picture: {EXPORT_HINT}",
    b"\xff\xd8\xff": f"a picture: {EXPORT_HINT}",
    b"\x7fELF": "a program",
    b"SQLite format 3": "an SQLite database: write the table as CSV",
    b"\x28\xb5\x2f\xfd": "compressed by zstd: unpack it first, or use gzip",
    b"BZh": "compressed by bzip2: unpack it first, or use gzip",
    b"\xfd7zXZ": "compressed by xz: unpack it first, or use gzip",
}
GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class TextFile:
    """A file that is text, and how to open it."""

    path: Path
    gzipped: bool
    encoding: str
    size: int  # bytes of the text

    def open(self) -> TextIO:
        """Open it from its beginning."""
        return io.TextIOWrapper(_opened(self.path, self.gzipped), self.encoding, newline="")

    def head(self) -> str:
        """Return its beginning."""
        with self.open() as text:
            return text.read(HEAD_CHARACTERS)

    def whole(self) -> str:
        """Return all of it."""
        with self.open() as text:
            return text.read()


def text_file(path: Path) -> TextFile:
    """Look at a file, and read it through once, to say whether it is text.

    Raises
    ------
    TraceError
        Where it is a directory or device, too large, binary or not UTF-8.
    """
    try:
        _refuse_what_is_no_file(path)
        return _looked_at(path)
    except (EOFError, gzip.BadGzipFile, zlib.error) as problem:
        raise TraceError(f"a damaged gzip file ({problem})") from None
    except OSError as problem:
        raise TraceError(f"cannot be read: {problem.strerror or problem}") from None
    except ValueError as problem:  # a path with a NUL byte
        if isinstance(problem, TraceError):
            raise
        raise TraceError(f"cannot be read: {problem}") from None


def _refuse_what_is_no_file(path: Path) -> None:
    about = path.stat()
    for what, is_so in NOT_FILES.items():
        if is_so(about.st_mode):
            raise TraceError(f"cannot be read: {what}")
    _refuse_size(about.st_size)


def _refuse_size(size: int) -> None:
    if size > MOST_BYTES:
        raise TraceError(
            f"holds more than {MOST_BYTES / 1e9:g} GB, the most that is read: "
            "export a shorter time or a longer period"
        )


def _looked_at(path: Path) -> TextFile:
    with _opened(path, False) as raw:
        gzipped = raw.read(2) == GZIP
    with _opened(path, gzipped) as raw:
        begins = raw.read(16)
    for magic, what in MAGIC.items():
        if begins.startswith(magic):
            raise TraceError(f"not text but {what}")
    wide = begins.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encoding = "utf-16" if wide else "utf-8-sig"
    size = sum(_text_sizes(path, gzipped, encoding))
    if not size:
        raise TraceError("the file is empty")
    return TextFile(path, gzipped, encoding, size)


def _text_sizes(path: Path, gzipped: bool, encoding: str) -> Iterator[int]:
    """Sizes of the blocks, as long as they are text."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line, size, block = 1, 0, b"-"
    with _opened(path, gzipped) as raw:
        while block:
            block = raw.read(BLOCK_BYTES)
            size += len(block)
            _refuse_size(size)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as problem:
                raise _not_text(line, problem) from None
            if "\0" in text:
                line += text[: text.index("\0")].count("\n")
                raise TraceError(f"line {line}: not text (a NUL byte); {ENCODINGS}")
            line += text.count("\n")
            yield len(block) if text.strip() else 0


def _not_text(line: int, problem: UnicodeDecodeError) -> TraceError:
    data = bytes(problem.object)
    line += data.count(b"\n", 0, problem.start)
    return TraceError(f"line {line}: not text (byte 0x{data[problem.start]:02x}); {ENCODINGS}")


def _opened(path: Path, gzipped: bool) -> BinaryIO:
    return gzip.open(path) if gzipped else open(path, "rb")  # type: ignore[return-value]
