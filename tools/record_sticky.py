"""Record where a real HAProxy's cookies lead sessions: `python tools/record_sticky.py`.

It writes data/recorded/haproxy_sticky.csv: how many sessions are on each of four servers, after
each has asked once more. The last server joins late; the first one dies and comes back.
"""

import asyncio
import csv
import datetime
import re
import subprocess
import tempfile
from pathlib import Path

from record_balancer import SERVER, Backend, command
from record_redis import free_port

from awsnb.mechanisms.queueing import Target
from awsnb.sections.sticky_sessions.truth import FIRST, LAST, MORE

RECORDED = Path(__file__).resolve().parent.parent / "data" / "recorded" / "haproxy_sticky.csv"
COLUMNS = ["moment", "by_server", "server", "server_version", "recorded"]
MOMENTS = (
    ("24 sessions on three servers", FIRST, ""),
    ("a fourth server joins", 0, "set server fleet/s3 state ready"),
    ("12 new sessions", MORE, ""),
    ("the first server dies", 0, "set server fleet/s0 state maint"),
    ("it is back", 0, "set server fleet/s0 state ready"),
    ("8 new sessions", LAST, ""),
)


def configuration(door: int, socket: Path, ports: list[int]) -> str:
    """Write a configuration in which a cookie names the server, and the fourth is not yet there."""
    servers = "\n".join(
        f"    server s{k} 127.0.0.1:{port} cookie s{k}" for k, port in enumerate(ports)
    )
    return f"""
global
    stats socket {socket} level admin
    nbthread 1
defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
frontend door
    bind 127.0.0.1:{door}
    default_backend fleet
backend fleet
    balance roundrobin
    cookie TIED insert indirect
{servers} disabled
"""


async def ask(door: int, cookie: str) -> tuple[str, int]:
    """Send a request with a session's cookie; its cookie from then on, and who answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", door)
    sent = f"Cookie: TIED={cookie}\r\n" if cookie else ""
    writer.write(f"GET /0 HTTP/1.1\r\nHost: x\r\n{sent}Connection: close\r\n\r\n".encode())
    answer = (await reader.read()).decode()
    writer.close()
    found = re.search(r"(?i)set-cookie: TIED=(\w+)", answer)
    told = re.search(r"(?i)x-target: (\d+)", answer)
    assert told, answer
    return found[1] if found else cookie, int(told[1])


async def moments(door: int, socket: Path) -> list[list[int]]:
    """Go through the moments; sessions by server after each."""
    cookies: list[str] = []
    counts = []
    for _, new, words in MOMENTS:
        if words:
            await command(socket, words)
        cookies += [""] * new
        asked = [await ask(door, cookie) for cookie in cookies]  # one by one: round robin's order
        cookies = [cookie for cookie, _ in asked]
        counts.append([sum(who == k for _, who in asked) for k in range(4)])
    return counts


async def record() -> tuple[str, list[list[int]]]:
    """Ask a HAProxy of its own; its version, and sessions by server after each moment."""
    assert SERVER, "haproxy is not installed"
    backends = [Backend(k, Target()) for k in range(4)]
    ports, door = [await backend.start() for backend in backends], free_port()
    with tempfile.TemporaryDirectory() as folder:
        file, socket = Path(folder) / "haproxy.cfg", Path(folder) / "socket"
        file.write_text(configuration(door, socket, ports))
        haproxy = subprocess.Popen([SERVER, "-f", str(file), "-db"], stderr=subprocess.DEVNULL)
        try:
            while not socket.exists():
                await asyncio.sleep(0.02)
            counts = await moments(door, socket)
        finally:
            haproxy.terminate()
            haproxy.wait(10)
            for backend in backends:
                backend.die()
    version = subprocess.run([SERVER, "-v"], capture_output=True, text=True, check=True).stdout
    return version.split()[2], counts


def main() -> None:
    """Record every moment."""
    version, counts = asyncio.run(record())
    ended = "HAProxy", version, datetime.date.today().isoformat()
    rows = [
        [moment, " ".join(map(str, by_server)), *ended]
        for (moment, *_), by_server in zip(MOMENTS, counts, strict=True)
    ]
    with RECORDED.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *rows])


if __name__ == "__main__":
    main()
