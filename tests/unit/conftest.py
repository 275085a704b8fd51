"""What tests of several mechanisms run alike."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from awsnb.trace import Load, read_load

Digest = Callable[..., list[str]]
Read = Callable[..., Load]


@pytest.fixture
def digest() -> Digest:
    """Run a program in a process of its own, on a number of threads; give the words it prints."""

    def of(program: str, threads: int, jit_disabled: str = "0") -> list[str]:
        return subprocess.run(
            [sys.executable, "-c", program.replace("THREADS", str(threads))],
            env={**os.environ, "AWSNB_DISABLE_JIT": jit_disabled},
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        ).stdout.split()

    return of


@pytest.fixture
def load(tmp_path: Path) -> Read:
    """Read a text as a load; if nothing else is wanted, as one of a disk."""

    def of(content: str, wants: tuple[str, ...] = ("operations", "bytes"), **options: str) -> Load:
        path = tmp_path / "export"
        path.write_text(content)
        return read_load(path, wants, **options)

    return of
