"""The sequences of events: each drives the log of one protection group, one step at a time."""

from collections.abc import Callable
from functools import lru_cache

from awsnb.aws.aurora import AURORA
from awsnb.mechanisms.replicated_log import Log, Step
from awsnb.sections.aurora.log_protocol.scenario import SEQUENCES

SEGMENTS = ("A1", "A2", "B1", "B2", "C1", "C2")
AHEAD = 4
"""LSNs the writer may be ahead here; Aurora's allocation limit would not fit a figure."""


@lru_cache(maxsize=16)
def steps(sequence: str) -> tuple[Step, ...]:
    """Run a sequence, from the empty segments on."""
    return tuple(_EVENTS[sequence]().history)


def write_quorum(sequence: str) -> int:
    """Segments that must be complete before a sequence's writer acknowledges."""
    unsafe = _EVENTS[sequence] is _quorums_that_do_not_meet
    return int(AURORA.value("storage", "read_quorum" if unsafe else "write_quorum"))


def _log() -> Log:
    read, write = (AURORA.value("storage", key) for key in ("read_quorum", "write_quorum"))
    return Log(write_quorum=write, read_quorum=read, allocation_limit=AHEAD)


def _deliver(log: Log, lsn: int, *names: str) -> None:
    for name in names:
        log.deliver(name, lsn)


def _four_of_six() -> Log:
    log = _log()
    half = log.append(consistent=False)
    commit = log.append(commit=True)
    _deliver(log, half, *SEGMENTS)
    _deliver(log, commit, "A1", "A2", "B1", "B2")
    log.read()
    _deliver(log, commit, "C1", "C2")
    return log


def _hole() -> Log:
    log = _log()
    first, second, third = log.append(), log.append(), log.append(commit=True)
    _deliver(log, first, "A1", "A2", "B1", "B2", "C1")
    log.drop("C2", first)
    _deliver(log, second, "A1", "B1", "C1", "C2")
    for name in ("A2", "B2"):
        log.drop(name, second)
    _deliver(log, third, "A2", "B2", "A1", "B1", "C1")
    log.gossip("A1", "A2")
    log.gossip("C1", "C2")
    return log


def _crash() -> Log:
    log = _log()
    _deliver(log, log.append(commit=True), "A1", "B1", "B2", "C1")
    kept, half = log.append(commit=True), log.append(consistent=False)
    _deliver(log, kept, "A1", "A2", "B1", "C1")
    _deliver(log, half, "A1", "B2")
    log.crash()
    log.gossip("A1", "B1")
    log.recover()
    log.deliver("C2", half)
    log.gossip("A1", "B2")
    lsn = log.append(commit=True)
    _deliver(log, lsn, "A1", "B1", "B2", "C1")
    return log


def _zone_down() -> Log:
    log = _log()
    _deliver(log, log.append(commit=True), *SEGMENTS[:5])
    log.stop("A1")
    log.stop("A2")
    lsn = log.append(commit=True)
    _deliver(log, lsn, *SEGMENTS)
    log.gossip("C1", "C2")
    log.resume("A1")
    log.resume("A2")
    log.gossip("A1", "B1")
    log.gossip("A2", "C1")
    return log


def _zone_and_one() -> Log:
    log = _log()
    _deliver(log, log.append(commit=True), *SEGMENTS)
    for name in ("A1", "A2"):
        log.stop(name)
    log.destroy("B1")
    lsn = log.append(commit=True)
    _deliver(log, lsn, "B2", "C1", "C2")
    log.rebuild("B1")
    log.gossip("B1", "C1")
    for name in ("A1", "A2"):
        log.resume(name)
    log.gossip("A1", "C1")
    return log


def _old_writer() -> Log:
    log = _log()
    _deliver(log, log.append(commit=True), "A1", "A2", "B1", "B2")
    late = log.append(commit=True)
    log.recover()
    _deliver(log, late, "A1", "B1", "C1", "C2")
    lsn = log.append(commit=True)
    _deliver(log, lsn, "A1", "A2", "B1", "B2")
    return log


def _quorums_that_do_not_meet() -> Log:
    """Three segments acknowledge, the other three are asked by recovery: a commit is lost."""
    read = AURORA.value("storage", "read_quorum")
    log = Log(write_quorum=read, read_quorum=read, allocation_limit=AHEAD)
    lsn = log.append(commit=True)
    _deliver(log, lsn, "A1", "A2", "B1")
    for name in ("B2", "C1", "C2"):
        log.drop(name, lsn)
    for name in ("A1", "A2", "B1"):
        log.stop(name)
    log.crash()
    log.recover()
    lsn = log.append(commit=True)
    _deliver(log, lsn, "B2", "C1", "C2")
    return log


_EVENTS: dict[str, Callable[[], Log]] = dict(
    zip(
        SEQUENCES,
        (
            _four_of_six,
            _hole,
            _crash,
            _zone_down,
            _zone_and_one,
            _old_writer,
            _quorums_that_do_not_meet,
        ),
        strict=True,
    )
)
