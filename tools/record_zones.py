"""Record what real HAProxys do as the nodes of zones: `python tools/record_zones.py`.

It writes data/recorded/haproxy_zones.csv. Each zone has a frontend of its own, which knows the
servers that its switch lets it know; each request goes to a frontend at random. A last case has
one frontend, whose servers bear AWS's shares as weights.
"""

import asyncio
import csv
import datetime
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
from record_balancer import SERVER, Backend, ask
from record_redis import free_port

from awsnb.mechanisms.queueing import Target
from awsnb.mechanisms.random_streams import generator

RECORDED = Path(__file__).resolve().parent.parent / "data" / "recorded" / "haproxy_zones.csv"
COLUMNS = [
    *("targets", "lost_in_a", "switch", "zone", "each_pct", "requests"),
    *("server", "server_version", "recorded", "seed"),
]
REQUESTS, AT_ONCE, SEED = 4000, 20, 1


class Case(NamedTuple):
    """Servers by zone, how many of zone A's are gone, and whom a node knows."""

    targets: tuple[int, ...]
    switch: str  # "on", "off", or "weights"
    lost_in_a: int = 0

    @property
    def healthy(self) -> list[int]:
        """Servers that are there, by zone."""
        return [self.targets[0] - self.lost_in_a, *self.targets[1:]]


CASES = (
    Case((2, 8), "off"),
    Case((2, 8), "on"),
    Case((2, 8), "weights"),
    Case((1, 3, 5), "off"),
    Case((1, 3, 5), "on"),
    Case((2, 8), "off", 1),
    Case((2, 8), "on", 1),
)
WEIGHTS = {0: 4, 1: 1}  # 25 % and 6.25 %, by zone


def configuration(case: Case, doors: list[int], ports: list[list[int]]) -> str:
    """Write a frontend for each node, and behind it the servers that it knows."""
    head = "global\n    nbthread 1\ndefaults\n    mode http\n    timeout connect 5s\n"
    text = head + "    timeout client 60s\n    timeout server 60s\n"
    for node, door in enumerate(doors):
        text += f"frontend node{node}\n    bind 127.0.0.1:{door}\n    default_backend known{node}\n"
        text += f"backend known{node}\n    balance roundrobin\n"
        for zone, there in enumerate(ports):
            weight = WEIGHTS[zone] if case.switch == "weights" else 1
            if case.switch != "off" or zone == node:
                text += "".join(
                    f"    server z{zone}s{k} 127.0.0.1:{port} weight {weight}\n"
                    for k, port in enumerate(there)
                )
    return text


async def record(case: Case, requests: int = REQUESTS) -> tuple[str, list[float]]:
    """Send requests to nodes at random; HAProxy's version, and the share of a server by zone, %."""
    assert SERVER, "haproxy is not installed"
    zones = [[Backend(zone, Target()) for _ in range(n)] for zone, n in enumerate(case.healthy)]
    ports = [[await backend.start() for backend in zone] for zone in zones]
    doors = [free_port() for _ in ([0] if case.switch == "weights" else zones)]
    to = generator(SEED, "nodes").integers(len(doors), size=requests)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "haproxy.cfg"
        file.write_text(configuration(case, doors, ports))
        haproxy = subprocess.Popen([SERVER, "-f", str(file), "-db"], stderr=subprocess.DEVNULL)
        try:
            while (await ask(doors[-1], 0.0, "127.0.0.1"))[0] != 200:
                await asyncio.sleep(0.02)
            answered: list[int] = []
            for first in range(0, requests, AT_ONCE):
                asked = [ask(doors[node], 0.0, "127.0.0.1") for node in to[first : first + AT_ONCE]]
                answered += [zone for _, zone in await asyncio.gather(*asked)]
        finally:
            haproxy.terminate()
            haproxy.wait(10)
            for backend in (one for zone in zones for one in zone):
                backend.die()
    version = subprocess.run([SERVER, "-v"], capture_output=True, text=True, check=True).stdout
    counts = np.bincount(answered, minlength=len(zones)) / requests
    return version.split()[2], (100 * counts / case.healthy).tolist()


def main() -> None:
    """Record every case."""
    rows: list[list[object]] = [[*COLUMNS]]
    for case in CASES:
        version, each_pct = asyncio.run(record(case))
        ended = REQUESTS, "HAProxy", version, datetime.date.today().isoformat(), SEED
        targets = " ".join(map(str, case.targets))
        for zone, share in zip("ABC", each_pct, strict=False):
            rows.append([targets, case.lost_in_a, case.switch, zone, f"{share:.2f}", *ended])
            print(*rows[-1], flush=True)
    with RECORDED.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    main()
