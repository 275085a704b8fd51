"""Record what a real Redis does: `python tools/record_redis.py [hits] [stale] [drain]`.

`hits` writes data/recorded/redis_hit_ratio.csv. Each policy replays the same Zipf trace on a
redis-server of its own, on a loopback port; the model then replays it at the times that were
measured, since the server's clock of last access ticks in whole seconds.

Memory is set to what so many keys take when the server is filled with them. How many it really
holds moves a little with buffers and tables, so the model's capacity is the mean number of keys
held, over the batches after the first eviction.

`stale` writes data/recorded/redis_stale_keys.csv: how many keys the server holds while their lives
end and nobody asks for them, beside the model and how many are still alive.

`drain` writes data/recorded/redis_drain.csv: how long 100,000 keys are held that all expire at the
same moment, beside the model. A cycle of the server ends after 25 ms of the clock, so that a busy
machine slows it: of several runs the quickest is kept.
"""

import argparse
import csv
import datetime
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from awsnb.mechanisms import eviction, keystore, popularity

SERVER = shutil.which("redis-server")
FOLDER = Path(__file__).resolve().parent.parent / "data" / "recorded"
RECORDED, STALE = FOLDER / "redis_hit_ratio.csv", FOLDER / "redis_stale_keys.csv"
DRAIN = FOLDER / "redis_drain.csv"
COLUMNS = [
    "policy",
    "keys",
    "alpha",
    "requests",
    "capacity_keys",
    "samples",
    "redis_hit_ratio",
    "model_hit_ratio",
    "exact_lru_hit_ratio",
    "seconds",
    "server",
    "server_version",
    "recorded",
    "seed",
]
STALE_COLUMNS = [
    "second", "alive_keys", "redis_keys", "model_keys", "keys", "server", "server_version",
    "recorded", "seed",
]  # fmt: skip
DRAIN_COLUMNS = [
    "second", "redis_keys", "model_keys", "keys", "server", "server_version", "recorded",
]  # fmt: skip
KEYS, ALPHA, REQUESTS, FIT, SEED = 10_000, 0.9, 40_000, 1500, 1
BATCH, PERIOD_S = 100, 0.0125
VALUE_BYTES = 1000
SAMPLING = keystore.Sampling(samples=5, pool=16, clock_s=1.0)
CYCLE = keystore.ExpiryCycle(interval_s=0.1, keys=20, stale_percent=10, rounds=1250)
MORTALS, LIVES_S, WATCH_S = 20_000, (0.5, 4.0), 6.0
CROWD, DRAIN_RUNS, LOOK_S, FILLING_S = 100_000, 8, 0.02, 3.0
LFU_CLOCK_S = 60.0
LFU = keystore.Lfu(initial=5, log_factor=10, decay_ticks=1)

# one command, so that requests can be pipelined and each still sees what the one before did
READ_THROUGH = f"""
if redis.call('GET', KEYS[1]) then return 1 end
if ARGV[1] == '0' then redis.call('SET', KEYS[1], string.rep('x', {VALUE_BYTES}))
else redis.call('SET', KEYS[1], string.rep('x', {VALUE_BYTES}), 'PX', ARGV[1]) end
return 0
"""


class Redis:
    """The least of a client: commands out, replies in."""

    def __init__(self, port: int) -> None:
        self.socket = connect(port)
        self.replies: BinaryIO = self.socket.makefile("rb")

    def __call__(self, *words: object) -> Any:
        return self.pipeline([words])[0]

    def pipeline(self, commands: list[tuple]) -> list[Any]:
        """Send all commands at once and read all replies."""
        self.socket.sendall(b"".join(map(encode, commands)))
        return [self.reply() for _ in commands]

    def reply(self) -> Any:
        line = self.replies.readline()
        kind, text = line[:1], line[1:-2].decode()
        if kind == b"-":
            raise RuntimeError(text)
        if kind == b":":
            return int(text)
        if kind == b"$":
            return None if text == "-1" else self.replies.read(int(text) + 2)[:-2].decode()
        return [self.reply() for _ in range(int(text))] if kind == b"*" else text

    def info(self, field: str) -> str:
        """One field of INFO."""
        return next(
            line.partition(":")[2]
            for line in self("INFO", "everything").splitlines()
            if line.startswith(field + ":")
        )


def encode(words: tuple) -> bytes:
    """Write a command in the protocol's form: how many words, then each with its length."""
    parts = [str(word).encode() for word in words]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(p), p) for p in parts)


def free_port() -> int:
    """Let the system name a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def connect(port: int, patience_s: float = 10.0) -> socket.socket:
    """Connect as soon as the server listens."""
    end = time.monotonic() + patience_s
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=10)
        except ConnectionRefusedError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)


@contextmanager
def redis_server(*options: str) -> Iterator[Redis]:
    """Run a redis-server that persists nothing on a free loopback port."""
    assert SERVER, "redis-server is not installed"
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = [SERVER, "--port", str(port), "--bind", "127.0.0.1", "--dir", folder]
        process = subprocess.Popen(
            [*command, "--save", "", "--appendonly", "no", *options], stdout=subprocess.DEVNULL
        )
        try:
            redis = Redis(port)
            yield redis
            redis.socket.close()
        finally:
            process.terminate()
            process.wait(10)


class Recording(NamedTuple):
    """What the server did: per request its time and whether it hit; the keys it held."""

    version: str
    time_s: np.ndarray
    hit: np.ndarray
    capacity: int


def trace() -> tuple[np.ndarray, np.ndarray]:
    """Key and time to live, s, of each request; lives are long, so that none ends."""
    key = popularity.draw(popularity.zipf_weights(KEYS, ALPHA), REQUESTS, SEED)
    key = popularity.shuffled(key, KEYS, SEED)
    ttl_s = np.random.default_rng(SEED).integers(1000, 9000, REQUESTS)
    return key, ttl_s


def record(policy: str, key: np.ndarray, ttl_s: np.ndarray, fit: int = FIT) -> Recording:
    """Replay the trace on a server of its own, whose memory `fit` keys fill."""
    with redis_server() as redis:
        script = redis("SCRIPT", "LOAD", READ_THROUGH)
        lives = (1000 * ttl_s).astype(int) if policy.startswith("volatile") else 0 * key
        commands = [
            ("EVALSHA", script, 1, f"key:{k:07d}", life)
            for k, life in zip(key.tolist(), lives.tolist(), strict=True)
        ]
        filling = [("EVALSHA", script, 1, f"key:{k:07d}", lives.max()) for k in range(fit)]
        for start in range(0, fit, BATCH):
            redis.pipeline(filling[start : start + BATCH])
        memory = redis.info("used_memory")
        redis("FLUSHALL")
        redis("CONFIG", "SET", "maxmemory-policy", policy)
        redis("CONFIG", "SET", "maxmemory", memory)

        hit, times, held = [], [], []
        begin = time.monotonic()
        for batch, start in enumerate(range(0, len(commands), BATCH)):
            time.sleep(max(0.0, begin + batch * PERIOD_S - time.monotonic()))
            sent = commands[start : start + BATCH]
            times += [time.time()] * len(sent)
            hit += redis.pipeline(sent)
            held.append(redis("DBSIZE") if int(redis.info("evicted_keys")) else 0)
        full = np.array(held)[np.array(held) > 0]
        capacity = round(full.mean()) if full.size else KEYS
        version = redis.info("redis_version")
        return Recording(version, np.array(times), np.array(hit, dtype=bool), capacity)


def model_hit_ratio(policy: str, key: np.ndarray, ttl_s: np.ndarray, found: Recording) -> float:
    """Hit ratio of the model on the same trace, at the same times, with as many keys."""
    replay = keystore.replay(
        key,
        found.capacity,
        policy,
        time_s=found.time_s,
        ttl_s=ttl_s if policy.startswith("volatile") else np.inf,
        sampling=SAMPLING._replace(clock_s=LFU_CLOCK_S) if policy.endswith("lfu") else SAMPLING,
        lfu=LFU,
    )
    return float(eviction.hit_ratio(replay.outcome)[0])


class Mortals(NamedTuple):
    """Keys that nobody asks for again: when each was set and how long it lives, s; what was seen.

    `held` is the number of keys that the server counted at each of `watch_s`.
    """

    version: str
    set_s: np.ndarray
    ttl_s: np.ndarray
    watch_s: np.ndarray
    held: np.ndarray

    @property
    def alive(self) -> np.ndarray:
        """Keys whose life had not ended, at each look."""
        return (self.set_s + self.ttl_s > self.watch_s[:, None]).sum(axis=1)


def record_stale(seed: int = SEED) -> Mortals:
    """Set keys of short lives on a server of its own, then only count them."""
    ttl_s = np.round(np.random.default_rng(seed).uniform(*LIVES_S, MORTALS), 3)
    commands = [("SET", f"key:{k}", "x", "PX", round(1000 * t)) for k, t in enumerate(ttl_s)]
    set_s, watch_s, held = [], [], []
    with redis_server() as redis:
        for start in range(0, MORTALS, 500):
            set_s += [time.time()] * 500
            redis.pipeline(commands[start : start + 500])
        while time.time() < set_s[-1] + WATCH_S:
            watch_s.append(time.time())
            held.append(redis("DBSIZE"))
            time.sleep(0.1)
        version = redis.info("redis_version")
    return Mortals(version, np.array(set_s), ttl_s, np.array(watch_s), np.array(held))


def model_held(found: Mortals) -> np.ndarray:
    """Keys that the model holds at the same moments."""
    return keystore.replay(
        np.arange(MORTALS),
        MORTALS,
        "noeviction",
        time_s=found.set_s,
        ttl_s=found.ttl_s,
        sampling=SAMPLING,
        cycle=CYCLE,
        watch_s=found.watch_s,
    ).held


class Drain(NamedTuple):
    """Keys that all expire at 0 s: how many the server held at each of `watch_s`."""

    version: str
    watch_s: np.ndarray
    held: np.ndarray


def record_drain() -> Drain:
    """Let a crowd of keys expire at the same moment on a server of its own, and count them."""
    with redis_server() as redis:
        end_ms = round(1000 * (time.time() + FILLING_S))
        commands = [("SET", f"key:{k}", "x", "PXAT", end_ms) for k in range(CROWD)]
        for start in range(0, CROWD, 1000):
            redis.pipeline(commands[start : start + 1000])
        assert time.time() < end_ms / 1000 - 0.1, "the machine is too slow"
        time.sleep(end_ms / 1000 - time.time())
        watch_s, held = [], [CROWD]
        while held[-1]:
            watch_s.append(time.time() - end_ms / 1000)
            held.append(redis("DBSIZE"))
            time.sleep(LOOK_S)
        return Drain(redis.info("redis_version"), np.array(watch_s), np.array(held[1:]))


def model_drain(watch_s: np.ndarray) -> np.ndarray:
    """Keys that the model holds so long after the moment."""
    return keystore.replay(
        np.arange(CROWD),
        CROWD,
        "noeviction",
        time_s=np.zeros(CROWD),
        ttl_s=1.0,
        sampling=SAMPLING,
        cycle=CYCLE,
        watch_s=1.0 + watch_s,
    ).held


def drain_rows() -> list[list[object]]:
    """Record how long a crowd of expired keys is held: the quickest of several runs."""
    found = min((record_drain() for _ in range(DRAIN_RUNS)), key=lambda one: one.watch_s[-1])
    about = CROWD, "redis-server", found.version, datetime.date.today().isoformat()
    seconds = (f"{second:.3f}" for second in found.watch_s)
    counts = zip(seconds, found.held, model_drain(found.watch_s), strict=True)
    return [[*DRAIN_COLUMNS], *([*row, *about] for row in counts)]


def hit_rows() -> list[list[object]]:
    """Record every policy that evicts."""
    rows: list[list[object]] = [[*COLUMNS]]
    key, ttl_s = trace()
    for policy in keystore.POLICIES:
        if policy == "noeviction":
            continue
        found = record(policy, key, ttl_s)
        ratios = (
            found.hit.mean(),
            model_hit_ratio(policy, key, ttl_s, found),
            eviction.hit_ratio(eviction.lru(key, found.capacity).outcome)[0],
        )
        rows.append(
            [policy, KEYS, ALPHA, REQUESTS, found.capacity, SAMPLING.samples]
            + [f"{ratio:.4f}" for ratio in ratios]
            + [f"{np.ptp(found.time_s):.1f}", "redis-server", found.version]
            + [datetime.date.today().isoformat(), SEED]
        )
    return rows


def stale_rows() -> list[list[object]]:
    """Record how long keys are held whose lives are over."""
    found = record_stale()
    about = MORTALS, "redis-server", found.version, datetime.date.today().isoformat(), SEED
    seconds = (f"{second:.2f}" for second in found.watch_s - found.set_s[0])
    counts = zip(seconds, found.alive, found.held, model_held(found), strict=True)
    return [[*STALE_COLUMNS], *([*row, *about] for row in counts)]


def main() -> None:
    """Record what is asked for, or all of it."""
    recordings = {
        "hits": (RECORDED, hit_rows),
        "stale": (STALE, stale_rows),
        "drain": (DRAIN, drain_rows),
    }
    parser = argparse.ArgumentParser(description="Record what a real Redis does.")
    parser.add_argument("what", nargs="*", choices=[*recordings, []], help="all, if left out")
    for name in parser.parse_args().what or recordings:
        path, rows = recordings[name]
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows())


if __name__ == "__main__":
    main()
