"""Record a real PgBouncer before a real PostgreSQL: `python tools/record_pgbouncer.py` (3 min).

It writes data/recorded/pgbouncer.csv. Clients of pgbench think and run a transaction that sleeps,
both exponential, through a pool in transaction mode. In some cases other clients keep a transaction
open all the while, as a pinned session keeps its connection. How long a transaction takes with its
wait for a connection is compared with the finite-source closed form and with the model.

A transaction without a wait takes a little longer than its sleep: that is measured first, with a
connection for every client, and taken as its time.

Needs PostgreSQL's server, psql, pgbench and PgBouncer. As root it runs them as the user postgres.
"""

import csv
import datetime
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
from record_postgres import USER, Session, _run, _server, program
from record_redis import free_port

from awsnb import theory
from awsnb.mechanisms.connection_pool import Pool, Work, run

RECORDED = Path(__file__).resolve().parent.parent / "data" / "recorded" / "pgbouncer.csv"
COLUMNS = [
    *("clients", "connections", "pinned", "think_ms", "service_ms"),
    *("pgbouncer_ms", "closed_form_ms", "model_ms", "server", "server_version", "recorded"),
]
CLIENTS, THINK_MS, SLEEP_MS, LENGTH_S, RUNS = 30, 150.0, 50.0, 25, 400
CASES = ((10, 0), (8, 0), (6, 0), (10, 2), (10, 4))
SCRIPT = f"""\\set think int(-{THINK_MS * 1000} * ln(random(1, 1000000) / 1000000.0))
\\set nap -{SLEEP_MS / 1000} * ln(random(1, 1000000) / 1000000.0)
\\sleep :think us
SELECT pg_sleep(:nap);
"""
SETTINGS = """[databases]
postgres = host=127.0.0.1 port={server} user=postgres pool_size={connections}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
auth_type = any
pool_mode = transaction
max_client_conn = 200
unix_socket_dir =
ignore_startup_parameters = extra_float_digits
"""


class Case(NamedTuple):
    """Connections of the pool, and how many of them others keep."""

    connections: int
    pinned: int


@contextmanager
def bouncer(server: int, connections: int) -> Iterator[int]:
    """Run a PgBouncer before a server; give its port."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        port, settings = free_port(), Path(folder, "pgbouncer.ini")
        settings.write_text(SETTINGS.format(server=server, connections=connections, port=port))
        Path(folder).chmod(0o755)
        process = subprocess.Popen(
            ["/usr/sbin/pgbouncer", "-q", str(settings)], stderr=subprocess.DEVNULL, **USER
        )
        try:
            time.sleep(1)
            yield port
        finally:
            process.terminate()
            process.wait(20)


@contextmanager
def server() -> Iterator[int]:
    """Run a PostgreSQL; give its port."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        if USER:
            shutil.chown(folder, "postgres")
        data, port = Path(folder, "primary"), free_port()
        _run("initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-N", cwd=folder)
        with _server(data, port):
            yield port


def measured_ms(port: int, case: Case) -> float:
    """Run the clients; return how long a transaction takes with its wait, on average, ms."""
    with bouncer(port, case.connections) as pool, ExitStack() as stack:
        for _ in range(case.pinned):
            keeper = Session(pool)
            stack.callback(keeper.close)
            keeper("BEGIN; SELECT 1")
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
            script.write(SCRIPT)
            script.flush()
            return _benchmark_ms(pool, script.name)


def _benchmark_ms(port: int, script: str) -> float:
    command = [
        *(str(program("pgbench")), "-n", "-r", "-c", str(CLIENTS), "-T", str(LENGTH_S)),
        *("-f", script, "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "postgres"),
    ]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(r"([\d.]+)\s+\d+\s+SELECT pg_sleep", said)
    if found is None:
        raise ValueError(f"pgbench said nothing of the transaction: {said}")
    return float(found.group(1))


def modelled_ms(case: Case, service_ms: float, seed: int = 1) -> float:
    """Run as many clients in the model, pinned sessions among them; return the same mean, ms."""
    rng = np.random.default_rng(seed)
    n, keep = CLIENTS + case.pinned, case.pinned
    held, pause = (rng.exponential(ms / 1000, (n, RUNS)) for ms in (service_ms, THINK_MS))
    held[:keep, 0] = 1e6
    pinned = np.arange(n) < keep
    work = Work(np.zeros(n), np.zeros((n, RUNS)), held, pause, pinned)
    waited = run(Pool(case.connections, np.inf), work).waited_s
    return service_ms + 1000 * float(waited.mean())


def closed_form_ms(case: Case, service_ms: float) -> float:
    """Return the same mean by the finite-source closed form: who pins takes a connection away."""
    left = case.connections - case.pinned
    return service_ms + 1000 * theory.finite_source_wait_s(
        CLIENTS, left, THINK_MS / 1000, service_ms / 1000
    )


def main() -> None:
    """Record every case."""
    words = subprocess.run(["/usr/sbin/pgbouncer", "--version"], capture_output=True, text=True)
    version = words.stdout.split()[1]
    rows: list[list[object]] = [[*COLUMNS]]
    with server() as port:
        service_ms = measured_ms(port, Case(CLIENTS, 0))
        for case in (Case(*one) for one in CASES):
            found = (
                measured_ms(port, case), closed_form_ms(case, service_ms),
                modelled_ms(case, service_ms),
            )  # fmt: skip
            about = "PgBouncer", version, datetime.date.today().isoformat()
            times = [f"{ms:.1f}" for ms in (THINK_MS, service_ms, *found)]
            rows.append([CLIENTS, *case, *times, *about])
            print(*rows[-1], flush=True)
    with RECORDED.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    main()
