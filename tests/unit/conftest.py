"""What tests of several mechanisms run alike."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

Digest = Callable[..., list[str]]


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
