"""How long requests take, and who sends them to which target: read from access logs of an ALB.

Durations may also come as a plain file of seconds.

An entry of an ALB's log begins with the kind of request, a time, the load balancer, client and
target, and three times in seconds: until the request was sent to the target, until the target's
answer began, until that went to the client (ALB User Guide: load-balancer-access-logs.html).
"""

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from awsnb._read import seconds_of, state
from awsnb.trace import TraceError
from awsnb.trace.file import text_file
from awsnb.trace.foreign import ALB_LOG, refuse_all_but_alb_log
from awsnb.trace.model import in_a_sentence

ALB_ENTRY = re.compile(r"(?:https?|h2|grpcs) \S+ \S+ \S+ \S+ (\S+) (\S+) (\S+) ")
WEBSOCKET = re.compile(r"wss? \S+ \S+ ")
ANY_ENTRY = re.compile(r"(?:https?|h2|grpcs|wss?) \S+ (\S+) (\S+) (\S+) ")
TARGET_GROUP = re.compile(r" arn:\S+:targetgroup/([^/\s]+)/")
LONGEST_S = 1e6
WANTED = f"{ALB_LOG}, or one duration a line, such as 0.25 (seconds) or 250ms"


@dataclass(frozen=True, eq=False)
class Durations:
    """Request times of a file.

    Attributes
    ----------
    seconds : ndarray of float, shape (n,)
        Above 0, s, in the file's order.
    from_log : bool
        Whether the file is an access log.
    websockets, unsent : int
        Entries of a log that are left out: of WebSockets, and of requests that no target answered.
    """

    seconds: NDArray[np.float64]
    from_log: bool
    websockets: int
    unsent: int


@dataclass(frozen=True, eq=False)
class Counts:
    """Requests of an access log, by target and by client.

    Attributes
    ----------
    by_target, by_client : ndarray of int
        Requests of each, the most first: of those that a target got.
    unsent : int
        Entries of requests that no target got.
    """

    by_target: NDArray[np.int64]
    by_client: NDArray[np.int64]
    unsent: int


def read_counts(path: str) -> Counts:
    """Read how many requests each target got, and each client sent; once, until it changes.

    Parameters
    ----------
    path : str
        An access log of an ALB, as text or gzip. A client is an address.

    Returns
    -------
    Counts

    Raises
    ------
    TraceError
        If the file can't be read, is no such log, or is one of several target groups.
    """
    with in_a_sentence(path):
        return _read_counts(*state(Path(path)))


@lru_cache(maxsize=4)
def _read_counts(file: Path, modified_ns: int, size: int) -> Counts:
    text = text_file(file)
    refuse_all_but_alb_log(text.head(), ALB_LOG)
    with text.open() as lines:
        return _counts(lines)


def _counts(lines: Iterable[str]) -> Counts:
    targets, clients, unsent = Counter[str](), Counter[str](), 0
    groups: set[tuple[str, ...]] = set()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        entry = ANY_ENTRY.match(line)
        if not entry:
            raise TraceError(f"line {number} is no entry of an access log of an ALB")
        balancer, client, target = entry.groups()
        if target == "-":
            unsent += 1
        else:
            targets[target] += 1
            clients[client.rpartition(":")[0]] += 1
            groups.add((balancer, *TARGET_GROUP.findall(line)[:1]))
    if not targets:
        raise TraceError("holds no request that a target got; wanted: an access log of an ALB")
    _refuse_several(groups)
    by_target, by_client = (
        np.array(sorted(each.values(), reverse=True)) for each in (targets, clients)
    )
    return Counts(by_target, by_client, unsent)


def _refuse_several(groups: set[tuple[str, ...]]) -> None:
    """Refuse targets of several groups, of which none shares the others' requests."""
    told = {group for group in groups if len(group) > 1} or groups
    if len(told) > 1:
        first, second, *_ = (" ".join(group) for group in sorted(told))
        raise TraceError(
            f"holds requests to {len(told)} target groups, such as {first[:60]} and "
            f"{second[:60]}: a fair share is one of a group, so give the lines of one group of one "
            "load balancer"
        )


def read_durations(path: str) -> Durations:
    """Read how long requests took; a file is read once, until it changes.

    Parameters
    ----------
    path : str
        An access log of an ALB or a file of one duration in seconds a line; as text or gzip.

    Returns
    -------
    Durations

    Raises
    ------
    TraceError
        If the file can't be read or is neither.
    """
    with in_a_sentence(path):
        return _read(*state(Path(path)))


@lru_cache(maxsize=4)
def _read(file: Path, modified_ns: int, size: int) -> Durations:
    text = text_file(file)
    refuse_all_but_alb_log(text.head(), WANTED)
    with text.open() as lines:
        return _durations(lines)


def _durations(lines: Iterable[str]) -> Durations:
    seconds, counts = [], {"log": 0, "websockets": 0, "unsent": 0}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if WEBSOCKET.match(line):
            counts["websockets"] += 1
        elif entry := ALB_ENTRY.match(line):
            counts["log"] += 1
            parts = [_seconds(part, number) for part in entry.groups()]
            if min(parts) < 0:  # -1: the target was never reached, or broke off
                counts["unsent"] += 1
            else:
                seconds.append(sum(parts))
        else:
            seconds.append(_duration(line.strip(), number))
    from_log = bool(counts["log"] + counts["websockets"])
    found = np.array([one for one in seconds if one > 0])
    if not found.size:
        only = ", only WebSockets" if counts["websockets"] else ""
        raise TraceError(f"holds no request that took longer than 0 s{only}; wanted: {WANTED}")
    if from_log and counts["log"] - counts["unsent"] != len(seconds):
        raise TraceError("holds entries of an access log and other lines: give one or the other")
    return Durations(found, from_log, counts["websockets"], counts["unsent"])


def _duration(text: str, number: int) -> float:
    told = seconds_of(text)
    value = _seconds(text if told is None else str(told), number)
    if value < 0:
        raise TraceError(f"line {number}: {text[:40]} s is below 0; wanted: {WANTED}")
    return value


def _seconds(text: str, number: int) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not value <= LONGEST_S:
        raise TraceError(f"line {number}: '{text[:40]}' is no number of seconds; wanted: {WANTED}")
    return value
