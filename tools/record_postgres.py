"""Record a real PostgreSQL standby falling behind: `python tools/record_postgres.py` (a minute).

It writes data/recorded/postgres_replay.csv. A primary writes log at an even rate, a streaming
standby replays it, and replay is held up for a while, as a long query on a standby does: three
times. The rows go into random places of three indexes, and the standby has hardly any memory of its
own, so that replay is not much faster than writing.

The model is given the log as it was written, when replay was held up, and one speed of replay: the
mean over the recoveries. On a machine with other work that speed varies by a factor of two.

Needs PostgreSQL's server and psql. As root it runs the servers as the user postgres.
"""

import contextlib
import csv
import datetime
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

import numpy as np
from record_redis import free_port

from awsnb.mechanisms import replication

RECORDED = Path(__file__).resolve().parent.parent / "data" / "recorded" / "postgres_replay.csv"
COLUMNS = [
    "second", "held_up", "written_mb", "replayed_mb", "model_replayed_mb", "lag_s", "model_lag_s",
    "replay_mb_per_s", "server", "server_version", "recorded",
]  # fmt: skip
HOLDS_S = ((2.0, 5.0), (10.0, 12.0), (16.0, 21.0))
END_S, SAMPLE_S, ROWS_FIRST, ROWS_EACH, EVERY_S = 30.0, 0.04, 200_000, 200, 0.02
SETTINGS = {
    "listen_addresses": "127.0.0.1", "fsync": "off", "synchronous_commit": "off",
    "full_page_writes": "off", "autovacuum": "off", "checkpoint_timeout": "1h",
    "max_wal_size": "4GB", "wal_level": "replica", "wal_writer_delay": "10ms",
}  # fmt: skip
MEMORY = {"primary": "512MB", "standby": "1MB"}
TABLE = """CREATE TABLE log (a uuid, b uuid, c uuid);
    CREATE INDEX ON log (a); CREATE INDEX ON log (b); CREATE INDEX ON log (c)"""
SENT = "SELECT pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')"
DONE = "SELECT pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')"
USER: dict[str, Any] = {"user": "postgres"} if os.geteuid() == 0 else {}


def program(name: str) -> str | None:
    """Find one of PostgreSQL's programs, on the path or where Debian keeps it."""
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(kept[-1]) if kept else None)


class Session:
    """One psql that stays: a question in, one line out."""

    def __init__(self, port: int) -> None:
        command = [str(program("psql")), "-XAtq", "-h", "127.0.0.1", "-p", str(port)]
        self.process = subprocess.Popen(
            [*command, "-U", "postgres", "postgres"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
        )  # fmt: skip

    def __call__(self, question: str) -> str:
        cast(IO[str], self.process.stdin).write(question + ";\n")
        return cast(IO[str], self.process.stdout).readline().strip()

    def close(self) -> None:
        """End it."""
        cast(IO[str], self.process.stdin).close()
        self.process.wait(10)


@contextmanager
def pair() -> Iterator[tuple[int, int]]:
    """Run a primary and a streaming standby; give their ports."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        if USER:
            shutil.chown(folder, "postgres")
        first, second = Path(folder, "primary"), Path(folder, "standby")
        _run("initdb", "-D", str(first), "-U", "postgres", "-A", "trust", "-N", cwd=folder)
        ports = free_port(), free_port()
        with _server(first, ports[0]):
            source = ("-h", "127.0.0.1", "-p", str(ports[0]), "-U", "postgres")
            _run("pg_basebackup", "-D", str(second), *source, "-R", "-c", "fast", cwd=folder)
            with _server(second, ports[1]):
                yield ports


@contextmanager
def _server(data: Path, port: int) -> Iterator[None]:
    options = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
    options += ["-c", f"shared_buffers={MEMORY[data.name]}"]
    command = [str(program("postgres")), "-D", str(data), "-p", str(port), "-k", str(data)]
    with open(os.devnull, "w") as nowhere:
        process = subprocess.Popen(
            [*command, *options], stdout=nowhere, stderr=nowhere, cwd=data.parent, **USER
        )
    try:
        _wait_for(port)
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait_for(port: int, patience_s: float = 30.0) -> None:
    end = time.monotonic() + patience_s
    ready = [str(program("psql")), "-XAtqc", "SELECT 1", "-h", "127.0.0.1", "-p", str(port)]
    while subprocess.run([*ready, "-U", "postgres"], capture_output=True).returncode:
        if time.monotonic() > end:
            raise TimeoutError(f"no server on port {port}")
        time.sleep(0.1)


def _run(name: str, *arguments: str, cwd: str) -> None:
    command = [str(program(name)), *arguments]
    subprocess.run(command, check=True, capture_output=True, cwd=cwd, **USER)


class Recording(NamedTuple):
    """What was seen: moments, s; log written and replayed by then, MB; when replay was held up."""

    version: str
    time_s: np.ndarray
    written: np.ndarray
    replayed: np.ndarray
    held: np.ndarray


def record() -> Recording:
    """Write at an even rate, hold replay up, and look at both ends of the log all the time."""
    with pair() as (primary, standby):
        writer, left, right = Session(primary), Session(primary), Session(standby)
        writer(f"{TABLE}; {_insert(ROWS_FIRST)}; SELECT 1")
        while left(SENT) != right(DONE):
            time.sleep(0.1)
        startup = right("SELECT pid FROM pg_stat_activity WHERE backend_type = 'startup'")
        with contextlib.suppress(
            PermissionError
        ):  # else the machine's other work decides its speed
            os.setpriority(os.PRIO_PROCESS, int(startup), -15)
        stop = threading.Event()
        thread = threading.Thread(target=_write, args=(writer, stop))
        thread.start()
        begin, rows, held = time.monotonic(), [], False
        while (now := time.monotonic() - begin) < END_S:
            should = any(start <= now < end for start, end in HOLDS_S)
            if should != held:
                right(f"SELECT pg_wal_replay_{'pause' if should else 'resume'}() IS NULL")
                held = should
            written, replayed = left(SENT), right(DONE)
            rows.append((time.monotonic() - begin, float(written), float(replayed), held))
            time.sleep(SAMPLE_S)
        stop.set()
        thread.join()
        version = left("SHOW server_version").split()[0]
        for session in (writer, left, right):
            session.close()
    found = np.array(rows, dtype=np.float64).T
    written, replayed = (found[1:3] - found[1, 0]) / 1e6
    return Recording(version, found[0], written, replayed, found[3] > 0)


def _write(session: Session, stop: threading.Event) -> None:
    due = time.monotonic()
    while not stop.is_set():
        session(f"{_insert(ROWS_EACH)}; SELECT 1")
        due += EVERY_S
        time.sleep(max(0.0, due - time.monotonic()))


def _insert(rows: int) -> str:
    ids = "gen_random_uuid(), gen_random_uuid(), gen_random_uuid()"
    return f"INSERT INTO log SELECT {ids} FROM generate_series(1, {rows})"


def replay_rate(found: Recording) -> float:
    """MB replayed a second while backlogs were worked off: all three together."""
    behind = found.written - found.replayed
    busy = ~found.held[1:] & (behind[:-1] > 0.1 * behind.max())
    return float(np.diff(found.replayed)[busy].sum() / np.diff(found.time_s)[busy].sum())


def modelled(found: Recording, rate: float) -> tuple[np.ndarray, np.ndarray]:
    """What the model has replayed at each look, MB, and its lag, s."""
    duration, produced = np.diff(found.time_s), np.diff(found.written)
    rates = np.where(found.held[1:], 0.0, rate)
    done = replication.replay(duration, np.maximum(produced, 0.0), rates)
    return np.r_[0.0, np.cumsum(done.passed)], np.r_[0.0, done.lag_s]


def lag_s(found: Recording) -> np.ndarray:
    """How long ago the primary had written what the standby has just replayed, s."""
    when = np.interp(found.replayed, found.written, found.time_s)
    return np.where(found.replayed < found.written, found.time_s - when, 0.0)


def main() -> None:
    """Record it."""
    found = record()
    rate = replay_rate(found)
    replayed, model_lag = modelled(found, rate)
    columns = found.written, found.replayed, replayed, lag_s(found), model_lag
    about = f"{rate:.1f}", "postgresql", found.version, datetime.date.today().isoformat()
    rows = [
        [f"{second:.3f}", int(held), *(f"{value:.3f}" for value in values), *about]
        for second, held, *values in zip(found.time_s, found.held, *columns, strict=True)
    ]
    with RECORDED.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *rows])


if __name__ == "__main__":
    main()
