"""What every benchmark here is: a ratio against a peer, measured in turns, after a check.

Single times drift with the machine's mood; the median of pairwise ratios hardly does. Within a
process the clock is the processor's, so that other programs' work does not count.
"""

import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROUNDS = 7
VERSIONED = ("numba", "numpy", "pandas", "plotly")


class Ratios(NamedTuple):
    """How many times longer the peer takes, by pairs of runs."""

    median: float
    least: float
    most: float
    ours_s: float
    peer_s: float

    def __str__(self) -> str:
        return (
            f"{self.median:,.3g}x ({self.least:,.3g} to {self.most:,.3g}), "
            f"ours {1000 * self.ours_s:,.3g} ms, peer {1000 * self.peer_s:,.3g} ms"
        )


def seconds(run: Callable[[], Any], clock: Callable[[], float]) -> float:
    start = clock()
    run()
    return clock() - start


@pytest.fixture
def against(benchmark: Any, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ratios]:
    """Time ours and the peer in turns; print and keep the median of the pairwise ratios.

    `share` is the part of our work that the peer does: its time is divided by it. `clock` is the
    wall's for what runs in other processes.
    """

    def compare(
        name: str,
        ours: Callable[[], Any],
        peer: Callable[[], Any],
        share: float = 1.0,
        rounds: int = ROUNDS,
        clock: Callable[[], float] = time.process_time,
    ) -> Ratios:
        ours(), peer()
        pairs = [(seconds(ours, clock), seconds(peer, clock) / share) for _ in range(rounds)]
        benchmark.pedantic(ours, rounds=1)
        ratios = sorted(theirs / own for own, theirs in pairs)
        own_s, peer_s = (statistics.median(column) for column in zip(*pairs, strict=True))
        found = Ratios(statistics.median(ratios), ratios[0], ratios[-1], own_s, peer_s)
        benchmark.extra_info.update(found._asdict() | {"rounds": rounds, "share": share})
        with capsys.disabled():
            print(f"\n  {name}: {found}")
        return found

    return compare


@pytest.fixture
def python() -> Callable[..., str]:
    """Run a statement in a new process; returns what it printed."""

    def run(statement: str, **environment: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", statement],
            env={**os.environ, **environment},
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    return run


def pytest_report_header() -> str:
    found = ", ".join(f"{name} {version(name)}" for name in VERSIONED)
    return f"{platform.machine()}, Python {platform.python_version()}, {found}"


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """Collect ``bench_*.py`` in this folder; named on the command line, pytest does so itself."""
    if not file_path.match("bench_*.py") or parent.session.isinitpath(file_path):
        return None
    return pytest.Module.from_parent(parent, path=file_path)
