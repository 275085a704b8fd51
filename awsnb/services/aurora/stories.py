"""Stories about the log: each drives one protection group, one step at a time."""

from collections.abc import Callable
from functools import lru_cache

from awsnb.mechanisms.replicated_log import Log, Step
from awsnb.services.aurora.cluster import AURORA, STORIES

ALL = ("A1", "A2", "B1", "B2", "C1", "C2")
AHEAD = 4
"""LSNs the writer of a story may be ahead; Aurora's allocation limit would not fit a figure."""


def steps(story: str) -> tuple[Step, ...]:
    """What happens in a story, from the empty segments on."""
    return _told(story)


@lru_cache(maxsize=16)
def _told(story: str) -> tuple[Step, ...]:
    log = _TELLERS[story]()
    return tuple(log.history)


def write_quorum(story: str) -> int:
    """Segments that must be complete before a story's writer acknowledges."""
    unsafe = _TELLERS[story] is _unsafe
    return AURORA.value("storage", "read_quorum" if unsafe else "write_quorum")


def _log(story: Callable[[], Log] | None = None) -> Log:
    read, write = (AURORA.value("storage", key) for key in ("read_quorum", "write_quorum"))
    write = read if story is _unsafe else write
    return Log(write_quorum=write, read_quorum=read, allocation_limit=AHEAD)


def _deliver(log: Log, lsn: int, *names: str) -> None:
    for name in names:
        log.deliver(name, lsn)


def _four_of_six() -> Log:
    log = _log()
    half = log.append(consistent=False)
    commit = log.append(commit=True)
    _deliver(log, half, *ALL)
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
    _deliver(log, log.append(commit=True), *ALL[:5])
    log.stop("A1")
    log.stop("A2")
    lsn = log.append(commit=True)
    _deliver(log, lsn, *ALL)
    log.gossip("C1", "C2")
    log.resume("A1")
    log.resume("A2")
    log.gossip("A1", "B1")
    log.gossip("A2", "C1")
    return log


def _zone_and_one() -> Log:
    log = _log()
    _deliver(log, log.append(commit=True), *ALL)
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


def _unsafe() -> Log:
    """Writes acknowledged by three, recovery by the other three: a commit is lost."""
    log = _log(_unsafe)
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


_TELLERS: dict[str, Callable[[], Log]] = dict(
    zip(
        STORIES,
        (_four_of_six, _hole, _crash, _zone_down, _zone_and_one, _old_writer, _unsafe),
        strict=True,
    )
)
