"""Record what a real PostgreSQL's commits wait for, and what a promotion loses (ten minutes).

`python tools/record_commits.py` writes postgres_commits.csv and postgres_promotion.csv into
data/recorded.

A primary has two streaming standbys, each behind a proxy of our own that holds its answers up, for
times drawn at random. Commits are sent one after the other, with a pause in which every answer
arrives, and wait for no standby, for one, for the faster of two (`ANY 1`), or for both (`FIRST 2`).
At the end the first standby is cut off, and a commit is given two seconds.

For promotions the proxy holds the log itself up, by a constant time. A client commits without
waiting for the standby. Then the source is killed, or the way is cut with what is on it, or the
writes are stopped and the lag waited for. The standby is promoted, and its rows are counted.

Needs PostgreSQL's server and psql. As root it runs the servers as the user postgres.
"""

import asyncio
import csv
import datetime
import logging
import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from record_postgres import DONE, SENT, USER, Session, _run, _server
from record_redis import free_port

FOLDER = Path(__file__).resolve().parent.parent / "data" / "recorded"
COMMITS, PROMOTIONS = FOLDER / "postgres_commits.csv", FOLDER / "postgres_promotion.csv"
ABOUT = ("server", "server_version", "recorded")
COMMIT_COLUMNS = ["waits_for", "share_pct", "latency_ms", "answer_median_ms", "answer_sigma"]
COMMIT_COLUMNS += ["ends_with_one_gone", *ABOUT]
PROMOTION_COLUMNS = ["ends", "way_ms", "written_within_way", "lost_writes", "takes_writes", *ABOUT]
WAITS = {
    "no standby": "",
    "one standby": "a",
    "the faster of two": "ANY 1 (a, b)",
    "both standbys": "FIRST 2 (a, b)",
}
MEDIAN_MS, SIGMA, COMMIT_COUNT, PAUSE_S = 10.0, 0.4, 2000, 0.03
PATIENCE_S = 2
TOGETHER_S = 0.002  # a standby answers twice: it has the log, and it has flushed it
SHARES_PCT = [*range(1, 100), 99.5]
KILLED, CUT, STOPPED = "the source is killed", "the way is cut", "writes are stopped first"
WAYS_MS, TIMES, EVERY_S = (5.0, 20.0, 80.0), 5, 0.001


class Proxy:
    """A way between a source and its standby, on a thread: it holds up either direction."""

    def __init__(
        self, target: int, log_s: float = 0.0, answer_s: Callable[[], float] | None = None
    ):
        self.port, self.target, self.log_s = free_port(), target, log_s
        self.answer_s = answer_s or (lambda: 0.0)
        self.loop, self.is_cut = asyncio.new_event_loop(), False
        listening = threading.Event()
        threading.Thread(target=self._serve, args=(listening,), daemon=True).start()
        listening.wait(10)

    def cut(self) -> None:
        """Let nothing through any more, nor what is on its way."""
        self.is_cut = True

    def close(self) -> None:
        """End it."""
        self.loop.call_soon_threadsafe(self.loop.stop)

    def _serve(self, listening: threading.Event) -> None:
        start = asyncio.start_server(self._connect, "127.0.0.1", self.port)
        self.loop.run_until_complete(start)
        listening.set()
        self.loop.run_forever()

    async def _connect(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        try:
            far, on = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:  # the source is gone, and its standby asks again and again
            back.close()
            return
        answers = self._carry(near, on, self.answer_s, TOGETHER_S)
        log = self._carry(far, back, lambda: self.log_s, 0.0)
        await asyncio.gather(answers, log, return_exceptions=True)

    async def _carry(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        delay_s: Callable[[], float],
        together_s: float,
    ) -> None:
        """Pass bytes on in order; what comes together is held up together."""
        came, due = -1.0, 0.0
        while data := await source.read(1 << 20):
            now = self.loop.time()
            if now - came > together_s:
                due = max(due, now + delay_s())
            came = now
            self.loop.call_at(due, self._pass_on, sink, data)
        await asyncio.sleep(max(due - self.loop.time(), 0.0))
        sink.close()

    def _pass_on(self, sink: asyncio.StreamWriter, data: bytes) -> None:
        if not self.is_cut:
            sink.write(data)


@contextmanager
def source() -> Iterator[tuple[Path, int]]:
    """Run a primary; give its folder and port."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        if USER:
            shutil.chown(name, "postgres")
        folder, port = Path(name), free_port()
        _run("initdb", "-D", f"{name}/primary", "-U", "postgres", "-A", "trust", "-N", cwd=name)
        with _server(folder / "primary", port):
            yield folder, port


@contextmanager
def standby(folder: Path, way: Proxy, name: str) -> Iterator[int]:
    """Run a standby that follows over a proxy; give its port."""
    made, port = folder / name / "standby", free_port()
    made.parent.mkdir()
    if USER:
        shutil.chown(made.parent, "postgres")
    conninfo = f"host=127.0.0.1 port={way.port} user=postgres application_name={name}"
    _run("pg_basebackup", "-D", str(made), "-d", conninfo, "-R", "-c", "fast", cwd=str(folder))
    with _server(made, port):
        yield port


class Commits(NamedTuple):
    """Latency of commits, ms, and whether one ends while the first standby is gone."""

    latency_ms: np.ndarray
    ends_with_one_gone: bool


def record_commits() -> tuple[str, dict[str, Commits]]:
    """Commit one after the other, waiting for none, one, the faster or both."""
    random = np.random.default_rng(1)
    ways, latency_ms = [], {}
    with source() as (folder, port), ExitStack() as stack:
        for name in "ab":
            way = Proxy(port, answer_s=lambda: MEDIAN_MS / 1000 * random.lognormal(0.0, SIGMA))
            stack.callback(way.close)
            stack.enter_context(standby(folder, way, name))
            ways.append(way)
        session = Session(port)
        session("CREATE TABLE t (n int); SELECT 1")
        version = session("SHOW server_version").split()[0]
        session("SET synchronous_commit = on; SELECT 1")
        for waits_for in WAITS:
            _wait_for(session, waits_for)
            latency_ms[waits_for] = np.array([_commit_ms(session) for _ in range(COMMIT_COUNT)])
        ways[0].cut()
        ends = {}
        for waits_for in WAITS:
            _wait_for(session, waits_for)
            giving_up = threading.Timer(PATIENCE_S, _cancel, (port,))
            giving_up.start()
            ends[waits_for] = _commit_ms(session) < 1000 * PATIENCE_S
            giving_up.cancel()
        session.close()
    return version, {name: Commits(ms, ends[name]) for name, ms in latency_ms.items()}


def _wait_for(session: Session, waits_for: str) -> None:
    session(f"ALTER SYSTEM SET synchronous_standby_names = '{WAITS[waits_for]}'; SELECT 1")
    session("SELECT pg_reload_conf()")
    time.sleep(1)


def _cancel(port: int) -> None:
    """End the wait of a commit for a standby: no timeout of PostgreSQL's does."""
    session = Session(port)
    waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    session(f"SELECT count(pg_cancel_backend(pid)) FROM ({waiting}) AS waiting")
    session.close()


def _commit_ms(session: Session) -> float:
    time.sleep(PAUSE_S)
    start = time.perf_counter()
    session("INSERT INTO t VALUES (1) RETURNING 1")
    return 1000 * (time.perf_counter() - start)


class Promotion(NamedTuple):
    """Writes of the last moments: acknowledged within the way's delay, and lost; if it writes."""

    within_way: int
    lost: int
    takes_writes: str


def record_promotion(ends: str, way_ms: float) -> Promotion:
    """Write, end the source in one of three ways, promote, and count."""
    with source() as (folder, port), ExitStack() as stack:
        way = Proxy(port, log_s=way_ms / 1000)
        stack.callback(way.close)
        replica = stack.enter_context(standby(folder, way, "a"))
        writer = Session(port)
        writer("SET synchronous_commit = local; CREATE TABLE t (n int); SELECT 1")
        time.sleep(0.5 + way_ms / 1000)
        written_s = _write(writer, 1.5)
        if ends == CUT:
            way.cut()
        if ends == STOPPED:
            _wait_until_replayed(writer, replica)
        _kill(folder / "primary")
        time.sleep(0.2 + 2 * way_ms / 1000)
        reader = Session(replica)
        reader("SELECT pg_promote()")
        there = int(reader("SELECT count(*) FROM t"))
        takes = reader("INSERT INTO t VALUES (0) RETURNING 1")
        reader.close()
        with suppress(Exception):
            writer.close()
        within = int((written_s > written_s[-1] - way_ms / 1000).sum())
        return Promotion(within, written_s.size - there, "yes" if takes == "1" else "no")


def _write(session: Session, length_s: float) -> np.ndarray:
    """Commit at an even pace for so long; when each was acknowledged, s."""
    written, begin = [], time.monotonic()
    while (now := time.monotonic()) - begin < length_s:
        session("INSERT INTO t VALUES (1) RETURNING 1")
        written.append(time.monotonic())
        time.sleep(max(0.0, now + EVERY_S - time.monotonic()))
    return np.array(written)


def _wait_until_replayed(source_session: Session, replica: int) -> None:
    right = Session(replica)
    while right(DONE) != source_session(SENT):
        time.sleep(0.02)
    right.close()


def _kill(data: Path) -> None:
    """End a server's processes at once, as a crash does."""
    pid = int((data / "postmaster.pid").read_text().split()[0])
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for process in (pid, *map(int, children)):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def main() -> None:
    """Record both."""
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # of ways that are cut
    version, found = record_commits()
    about = ("postgresql", version, datetime.date.today().isoformat())
    _save(COMMITS, COMMIT_COLUMNS, [
        [waits_for, f"{share:g}", f"{np.percentile(seen.latency_ms, share):.3f}", MEDIAN_MS, SIGMA,
         "yes" if seen.ends_with_one_gone else "no", *about]
        for waits_for, seen in found.items()
        for share in SHARES_PCT
    ])  # fmt: skip
    _save(PROMOTIONS, PROMOTION_COLUMNS, record_promotions(about))


def record_promotions(about: tuple[str, str, str]) -> list[list[Any]]:
    """Promote over each way, after each end of the source, several times."""
    return [
        [ends, way_ms, *record_promotion(ends, way_ms), *about]
        for ends in (KILLED, CUT, STOPPED)
        for way_ms in WAYS_MS
        for _ in range(TIMES)
    ]


def _save(path: Path, columns: list[str], rows: list[list[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([columns, *rows])


if __name__ == "__main__":
    main()
