"""Record what real HAProxy drains cut: `python tools/record_drains.py`.

It writes data/recorded/haproxy_drains.csv. Requests come at random moments to two servers behind an
HAProxy on loopback; the first is drained, and after the delay what is still open is cut off, over
HAProxy's own socket. How much of what was in flight is cut is compared with the closed form.
"""

import asyncio
import csv
import datetime
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from record_balancer import Case, Recording, record

from awsnb import theory
from awsnb.mechanisms import arrivals
from awsnb.mechanisms.queueing import Target

RECORDED = Path(__file__).resolve().parent.parent / "data" / "recorded" / "haproxy_drains.csv"
COLUMNS = [
    *("request_times", "delay_s", "in_flight", "cut", "closed_form_pct"),
    *("drains", "server", "server_version", "recorded"),
]
MEAN_S, PER_S, LENGTH_S, DRAINS = 1.0, 100.0, 8.0, 4


class Times(NamedTuple):
    """How long requests take: how they are drawn, and their residual in closed form."""

    name: str
    draw: Callable[..., Any]
    residual_tail: Callable[..., Any]


def alike(n: int, mean_s: float, random: Generator) -> Any:
    """Draw request times that are all alike, s."""
    return arrivals.equal(n, mean_s)


TIMES = (
    Times("all alike", alike, theory.equal_residual_tail),
    Times("exponential", arrivals.exponential, theory.exponential_residual_tail),
    Times(
        "lognormal, variation 1",
        partial(arrivals.lognormal, cv=1.0),
        partial(theory.lognormal_residual_tail, cv=1.0),
    ),
    Times(
        "Pareto, shape 3",
        partial(arrivals.pareto, shape=3.0),
        partial(theory.pareto_residual_tail, shape=3.0),
    ),
)


def case_of(times: Times, seed: int) -> Case:
    """Two servers that never make a request wait, of which the first drains."""
    roomy = [Target(workers=1000)] * 2
    return Case(
        times.name, "roundrobin", "round robin", roomy, "drain", MEAN_S, times.draw, PER_S, seed
    )


def counts(found: Recording) -> tuple[int, int]:
    """How many requests were in flight at the server that drains, and how many of them were cut."""
    at_s, _ = found.changed_s
    answered = found.status == 200
    before = found.sent_s < at_s
    finished = answered & before & (found.target == 0) & (found.sent_s + found.took_s > at_s)
    cut = int((~answered & before).sum())
    return int(finished.sum()) + cut, cut


def drains(times: Times, count: int = DRAINS) -> Iterator[Recording]:
    """Drain as often, one after the other, each time with other requests."""
    for seed in range(1, count + 1):
        yield asyncio.run(record(case_of(times, seed), LENGTH_S))


def expected_pct(times: Times, recordings: list[Recording]) -> float:
    """How much of what is in flight is cut, in closed form, %: each drain by its own delay."""
    delays = np.array([dealt_s - at_s for at_s, dealt_s in (one.changed_s for one in recordings)])
    flying = [counts(one)[0] for one in recordings]
    return 100 * float(np.average(times.residual_tail(delays, MEAN_S), weights=flying))


def main() -> None:
    """Record every distribution."""
    rows: list[list[object]] = [[*COLUMNS]]
    for times in TIMES:
        recordings = list(drains(times))
        flying, cut = map(sum, zip(*map(counts, recordings), strict=True))
        waited = np.mean([dealt - at for at, dealt in (one.changed_s for one in recordings)])
        closed = f"{expected_pct(times, recordings):.1f}"
        about = DRAINS, "HAProxy", recordings[0].version, datetime.date.today().isoformat()
        rows.append([times.name, f"{waited:.3f}", flying, cut, closed, *about])
        print(*rows[-1], flush=True)
    with RECORDED.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    main()
