"""Record what a real HAProxy does with requests: `python tools/record_balancer.py`.

It writes data/recorded/haproxy.csv. Each case starts an HAProxy on a loopback port before small
HTTP servers that sleep for as long as a request says, some of them at once; the model then serves
the same requests at the times at which they were sent. Servers are drained and taken out over
HAProxy's own socket, at known times, so that only what it does with requests is compared.
"""

import asyncio
import csv
import datetime
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from record_redis import free_port

from awsnb.mechanisms import arrivals
from awsnb.mechanisms.queueing import OK, Balancer, Registration, Target
from awsnb.mechanisms.random_streams import generator

SERVER = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin")
RECORDED = Path(__file__).resolve().parent.parent / "data" / "recorded" / "haproxy.csv"
COLUMNS = [
    *("case", "balance", "rule", "measure", "unit", "haproxy", "model"),
    *("requests", "server", "server_version", "recorded", "seed"),
]
PER_S, MEAN_S, LENGTH_S, SEED = 80.0, 0.1, 15.0, 1
EVENT, FOUND, DELAY_S = 0.4, 0.25, 0.2  # when, and after how long, in parts of the length; s
CLIENTS = 200  # of the source hash, each with an address of its own
ADDRESSES = [
    f"127.{a}.{b}.{c}" for a, b, c in generator(SEED, "addresses").integers(1, 255, (CLIENTS, 3))
]
FLEET = [Target(workers=4)] * 4
HEAVIER = [Target(workers=8, weight=3.0), *FLEET[1:]]
SLOWER = [Target(workers=4, speed=0.5), *FLEET[1:]]
ROOMY = [Target(workers=64)] * 4
APART = [Target(workers=64, speed=speed) for speed in (1.0, 1 / 2, 1 / 6)]  # seldom busy: ties


class Case(NamedTuple):
    """A way to balance, and what happens to the first server."""

    name: str
    balance: str
    rule: str
    targets: list[Target] = FLEET
    event: str = ""
    mean_s: float = MEAN_S
    draw: Callable[..., NDArray[np.float64]] = arrivals.exponential  # request times
    per_s: float = PER_S
    seed: int = SEED


CASES = (
    Case("weights 3, 1, 1, 1", "roundrobin", "round robin", HEAVIER),
    Case("first server half as fast", "roundrobin", "round robin", SLOWER),
    Case("first server half as fast", "random(2)", "two choices", SLOWER),
    Case("first server half as fast", "leastconn", "least outstanding", SLOWER),
    Case("servers of 10, 20 and 60 ms", "leastconn", "least outstanding", APART, mean_s=0.01),
    Case("servers of 10, 20 and 60 ms", "random(2)", "two choices", APART, mean_s=0.01),
    Case("first server refuses", "roundrobin", "round robin", event="crash"),
    Case("first server refuses", "leastconn", "least outstanding", event="crash"),
    Case("first server drains", "roundrobin", "round robin", ROOMY, "drain", 0.4),
    Case("clients by address", "source", "flow hash"),
)


class Recording(NamedTuple):
    """What came of each request: when it was sent, its status, who answered, after how long."""

    version: str
    sent_s: NDArray[np.float64]
    status: NDArray[np.int64]
    target: NDArray[np.int64]
    took_s: NDArray[np.float64]
    changed_s: tuple[float, ...]  # when the event came, and when it was dealt with


class Backend:
    """A server that serves a few requests at once, in order, and may die."""

    def __init__(self, number: int, target: Target) -> None:
        self.number, self.target = number, target
        self.workers = asyncio.Semaphore(target.workers)
        self.open: set[asyncio.StreamWriter] = set()

    async def start(self) -> int:
        """Listen on a port of the system's choice."""
        self.server = await asyncio.start_server(self.answer, "127.0.0.1", 0, backlog=1000)
        return int(self.server.sockets[0].getsockname()[1])

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Wait for a worker, work for the time that is asked for, say who worked."""
        self.open.add(writer)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            async with self.workers:
                await asyncio.sleep(float(head.split(b" ")[1][1:]) / self.target.speed)
            answer = f"HTTP/1.1 200 OK\r\nX-Target: {self.number}\r\nContent-Length: 0\r\n\r\n"
            writer.write(answer.encode())
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):  # HAProxy hung up
            pass
        finally:
            self.open.discard(writer)
            writer.close()

    def die(self) -> None:
        """Refuse connections, and break those that are open."""
        self.server.close()
        for writer in self.open:
            writer.transport.abort()


async def ask(port: int, work_s: float, address: str) -> tuple[int, int]:
    """Send one request on a connection of its own; status, 0 for none, and who answered, or -1."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
        writer.write(f"GET /{work_s:.6f} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = (await reader.read()).decode()
        writer.close()
    except OSError:
        return 0, -1
    told = re.search(r"(?i)x-target: (\d+)", answer)
    return int(answer.split(" ")[1]) if answer else 0, int(told[1]) if told else -1


async def command(socket: Path, words: str) -> None:
    """Tell HAProxy something over its socket."""
    reader, writer = await asyncio.open_unix_connection(str(socket))
    writer.write(f"{words}\n".encode())
    said = (await reader.read()).decode().strip()
    writer.close()
    if said:
        raise RuntimeError(f"{words}: {said}")


def configuration(case: Case, socket: Path, port: int, ports: list[int]) -> str:
    """HAProxy's configuration: no retries, no checks of its own."""
    servers = "\n".join(
        f"    server s{k} 127.0.0.1:{at} weight {target.weight:.0f}"
        for k, (at, target) in enumerate(zip(ports, case.targets, strict=True))
    )
    return f"""
global
    stats socket {socket} level admin
    nbthread 1
defaults
    mode http
    retries 0
    timeout connect 1s
    timeout client 60s
    timeout server 60s
    http-reuse never
frontend door
    bind 127.0.0.1:{port}
    default_backend fleet
backend fleet
    balance {case.balance}
{servers}
"""


def requests(case: Case, length_s: float) -> tuple[NDArray, NDArray, NDArray]:
    """When each request is to be sent, s, its work, s, and its client."""
    random = {name: generator(case.seed, name) for name in ("arrivals", "service", "clients")}
    arrival = arrivals.poisson(arrivals.constant(case.per_s, length_s), random["arrivals"])
    work = case.draw(arrival.size, case.mean_s, random=random["service"])
    return arrival, work, random["clients"].integers(CLIENTS, size=arrival.size)


async def replay(case: Case, length_s: float, folder: Path) -> Recording:
    """Send the requests through an HAProxy of its own."""
    assert SERVER, "haproxy is not installed"
    backends = [Backend(k, target) for k, target in enumerate(case.targets)]
    ports = [await backend.start() for backend in backends]
    port, socket, file = free_port(), folder / "socket", folder / "haproxy.cfg"
    file.write_text(configuration(case, socket, port, ports))
    haproxy = subprocess.Popen([SERVER, "-f", str(file), "-db"], stderr=subprocess.DEVNULL)
    clock = asyncio.get_running_loop().time
    try:
        while (await ask(port, 0.0, "127.0.0.1"))[0] != 200:
            await asyncio.sleep(0.02)
        begin = clock()

        async def send(at_s: float, work_s: float, client: int) -> tuple[float, int, int, float]:
            await asyncio.sleep(begin + at_s - clock())
            sent_s = clock()
            status, target = await ask(port, work_s, ADDRESSES[client])
            return sent_s - begin, status, target, clock() - sent_s

        async def happen() -> tuple[float, ...]:
            if not case.event:
                return ()
            await asyncio.sleep(EVENT * length_s)
            changed_s = clock() - begin
            if case.event == "crash":
                backends[0].die()
                await asyncio.sleep(FOUND * length_s)
                await command(socket, "set server fleet/s0 state maint")
            else:
                await command(socket, "set server fleet/s0 state drain")
                await asyncio.sleep(DELAY_S)
                await command(socket, "shutdown sessions server fleet/s0")
            return changed_s, clock() - begin

        sends = [
            send(*one)
            for one in zip(*map(np.ndarray.tolist, requests(case, length_s)), strict=True)
        ]
        changed_s, *found = await asyncio.gather(happen(), *sends)
    finally:
        haproxy.terminate()
        haproxy.wait(10)
        for backend in backends:
            backend.die()
    sent_s, status, target, took_s = map(np.array, zip(*found, strict=True))
    version = subprocess.run([SERVER, "-v"], capture_output=True, text=True, check=True).stdout
    return Recording(version.split()[2], sent_s, status, target, took_s, changed_s)


async def record(case: Case, length_s: float = LENGTH_S) -> Recording:
    """Replay the requests of a case on an HAProxy of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return await replay(case, length_s, Path(folder))


def model(case: Case, found: Recording, length_s: float = LENGTH_S) -> Recording:
    """Serve the same requests, sent at the same times, by the model."""
    _, work, client = requests(case, length_s)
    registrations = [Registration(k) for k in range(len(case.targets))]
    if case.event:
        at_s, dealt_s = found.changed_s
        change = Registration.fail if case.event == "crash" else Registration.deregister
        registrations[0] = change(registrations[0], at_s, dealt_s - at_s)
    order = np.argsort(found.sent_s, kind="stable")
    balancer = Balancer(case.targets, case.rule, registrations, seed=SEED)
    balancer.serve([0.0], [0.0], [CLIENTS])  # the request that found HAProxy ready had its turn
    outcome = balancer.serve(found.sent_s[order], work[order], client[order])
    back = np.argsort(order)
    answered = (outcome.status == OK)[back]
    return Recording(
        *("", found.sent_s, np.where(answered, 200, 500)),
        *(np.where(answered, outcome.target[back], -1), outcome.sojourn_s[back], found.changed_s),
    )


def measures(case: Case, run: Recording) -> dict[tuple[str, str], float]:
    """What a run comes to, by name and unit."""
    answered = run.status == 200
    if case.balance == "source":
        _, _, client = requests(case, LENGTH_S)
        client = client[: answered.size]
        homes = [np.unique(run.target[client == one]) for one in np.unique(client)]
        dealt = np.bincount([home[0] for home in homes], minlength=len(case.targets))
        return {
            ("clients that kept their server", "%"): 100
            * np.mean([home.size == 1 for home in homes]),
            ("largest share of the clients", "%"): 100 * dealt.max() / dealt.sum(),
        }
    if case.event:
        at_s, dealt_s = run.changed_s
        late = run.sent_s >= at_s
        window = late & (run.sent_s < dealt_s)
        ends_s = run.sent_s + run.took_s
        if case.event == "crash":
            return {
                ("failed until it is taken out", "%"): 100 * (~answered)[window].mean(),
                ("failed from then on", "requests"): (~answered)[run.sent_s >= dealt_s].sum(),
            }
        first = answered & (run.target == 0)
        return {
            ("sent to it when it drains", "requests"): (first & late).sum(),
            ("finished while it drains", "requests"): (first & ~late & (ends_s > at_s)).sum(),
            ("cut off at the end", "requests"): (~answered).sum(),
        }
    share = np.bincount(run.target[answered], minlength=len(case.targets)) / answered.sum()
    if case.targets is APART:
        return {(f"share of server {k + 1}", "%"): 100 * part for k, part in enumerate(share)}
    return {
        ("share of the first server", "%"): 100 * share[0],
        ("median", "ms"): 1000 * np.median(run.took_s),
        ("p99", "ms"): 1000 * np.percentile(run.took_s, 99),
    }


def main() -> None:
    """Record every case."""
    rows: list[list[object]] = [[*COLUMNS]]
    for case in CASES:
        found = asyncio.run(record(case))
        beside = measures(case, model(case, found))
        ended = found.sent_s.size, "HAProxy", found.version, datetime.date.today().isoformat(), SEED
        for (measure, unit), value in measures(case, found).items():
            pair = f"{value:.1f}", f"{beside[measure, unit]:.1f}"
            rows.append([case.name, case.balance, case.rule, measure, unit, *pair, *ended])
            print(*rows[-1], flush=True)
    with RECORDED.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    main()
