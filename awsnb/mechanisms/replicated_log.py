"""A log on six segments that one writer fills, crashes on, and finds again.

The writer numbers its records (LSNs) and ships each to every segment of its protection group. It
waits for no round of votes: segments store what comes, in any order, and say how far they are
complete. From that alone follow all the points:

SCL
    of a segment: it has every record of its group up to here. Each record names the one before it
    in its group, so a segment sees its own holes.
PGCL
    of a group: a write quorum of its segments is complete up to here.
VCL
    of the volume: every record up to here is at or below its group's PGCL.
VDL
    the last consistency point, the end of a mini-transaction, at or below the VCL. Commits up to
    here are acknowledged; reads see the volume as of here, each from one segment that is complete.

Segments fill their holes from each other (gossip). When the writer is gone, another asks a read
quorum of every group what there is. A read quorum meets every write quorum, so what was
acknowledged is found. The new writer annuls all above the VDL it finds, under a new epoch;
who has heard of an epoch refuses records of older ones. It may write once a write quorum of each
group has taken the epoch and is complete up to that VDL.

Every call is one step, recorded in `Log.history`. Left out: pages, garbage collection, quorums of
mixed kinds, a replacement that serves while it is being filled.

Follows Verbitski et al., SIGMOD 2017 and 2018.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

__all__ = [
    "Log",
    "Ranges",
    "Record",
    "Segment",
    "SegmentView",
    "Step",
    "is_annulled",
]

ZONES = "ABCDEFGHIJ"

Ranges = tuple[tuple[int, int], ...]
"""LSNs above the first number of a pair, up to its second."""


class Record(NamedTuple):
    """One change.

    Attributes
    ----------
    lsn : int
    group : int
    back : int
        LSN of the group's record before it, 0 if none.
    consistent : bool
        Whether a mini-transaction ends here.
    epoch : int
        The writer's.
    """

    lsn: int
    group: int
    back: int
    consistent: bool
    epoch: int


@dataclass
class Segment:
    """One copy of a group's log."""

    name: str
    zone: str
    group: int
    records: dict[int, Record] = field(default_factory=dict)
    up: bool = True
    destroyed: bool = False
    epoch: int = 1
    annulled: Ranges = ()

    @property
    def scl(self) -> int:
        """LSN up to which it has every record of its group."""
        after = {record.back: lsn for lsn, record in self.records.items()}
        lsn = 0
        while lsn in after:
            lsn = after[lsn]
        return lsn

    def learn(self, epoch: int, annulled: Ranges) -> None:
        """Take a newer epoch, and drop what was annulled when it began."""
        if epoch > self.epoch:
            self.epoch, self.annulled = epoch, annulled
            for lsn in [lsn for lsn in self.records if is_annulled(lsn, annulled)]:
                del self.records[lsn]

    def store(self, records: Iterable[Record]) -> None:
        """Keep what is not annulled."""
        for record in records:
            if not is_annulled(record.lsn, self.annulled):
                self.records[record.lsn] = record


class SegmentView(NamedTuple):
    """A segment as it was after a step."""

    lsns: tuple[int, ...]
    scl: int
    up: bool
    destroyed: bool
    epoch: int


class Step(NamedTuple):
    """What happened, and how things stood then.

    Attributes
    ----------
    what : str
        A sentence.
    segments : dict
        `SegmentView` by name.
    pgcl : tuple of int
        By group, as the writer knows it.
    vcl, vdl : int
    acknowledged : tuple of int
        LSNs of commits whose clients have their answer.
    waiting : tuple of int
        LSNs of commits whose clients wait for an answer; a new writer knows of none.
    flight : tuple
        Records under way: segment and LSN.
    epoch : int
    writer : str
        "open", "recovering", or "crashed".
    """

    what: str
    segments: dict[str, SegmentView]
    pgcl: tuple[int, ...]
    vcl: int
    vdl: int
    acknowledged: tuple[int, ...]
    waiting: tuple[int, ...]
    flight: tuple[tuple[str, int], ...]
    epoch: int
    writer: str


def is_annulled(lsn: int, annulled: Ranges) -> bool:
    """Whether an LSN is within one of the ranges, above its first and up to its second number.

    Parameters
    ----------
    lsn : int
    annulled : tuple of (int, int)

    Returns
    -------
    bool
    """
    return any(low < lsn <= high for low, high in annulled)


class Log:
    """A volume: its segments, the records under way, and the one writer.

    Parameters
    ----------
    per_zone : tuple of int
        Segments of a group in each zone.
    write_quorum, read_quorum : int
        Segments that must be complete for a record to be durable, and that recovery must reach.
        Safe if together more than there are segments; unsafe ones are taken too, to be watched.
    groups : int
        Protection groups.
    allocation_limit : int
        LSNs the writer may be ahead of the VDL. Recovery annuls as many: none in flight escapes.

    Examples
    --------
    >>> log = Log()
    >>> lsn = log.append(commit=True)
    >>> for name in ["A1", "A2", "B1", "B2"]:
    ...     log.deliver(name, lsn)
    >>> log.vdl, log.acknowledged
    (1, [1])
    >>> print(log.history[-1].what)
    B2 stores 1 and is complete to 1. The commit at 1 is acknowledged.
    """

    def __init__(
        self,
        per_zone: tuple[int, ...] = (2, 2, 2),
        write_quorum: int = 4,
        read_quorum: int = 3,
        groups: int = 1,
        allocation_limit: int = 10,
    ) -> None:
        copies = sum(per_zone)
        if not 1 <= len(per_zone) <= len(ZONES) or min(per_zone) < 0:
            raise ValueError(f"per_zone = {per_zone}: needs 1 to {len(ZONES)} zones.")
        if not (1 <= write_quorum <= copies and 1 <= read_quorum <= copies):
            raise ValueError(
                f"write_quorum = {write_quorum}, read_quorum = {read_quorum}: each must be from 1 "
                f"to the number of segments, {copies}."
            )
        if groups < 1 or allocation_limit < 1:
            raise ValueError("groups and allocation_limit must be 1 or more.")
        self.write_quorum, self.read_quorum = write_quorum, read_quorum
        self.groups, self.allocation_limit = groups, allocation_limit
        self.segments: dict[str, Segment] = {}
        for group in range(groups):
            for zone, count in zip(ZONES, per_zone, strict=False):
                for i in range(1, count + 1):
                    name = f"{zone}{i}" if groups == 1 else f"{zone}{i}.{group}"
                    self.segments[name] = Segment(name, zone, group)
        self.flight: dict[tuple[str, int], Record] = {}
        self.acknowledged: list[int] = []
        self.epoch = 1
        self._annulled: dict[int, Ranges] = {1: ()}  # by epoch
        self.history: list[Step] = []
        self._start({}, 0)
        self._record(f"{copies * groups} empty segments in {len(per_zone)} zones.")

    # --- the writer

    @property
    def writer(self) -> str:
        """Return "open", "recovering" (it may not write yet) or "crashed"."""
        if not self._alive:
            return "crashed"
        return "open" if self._open else "recovering"

    @property
    def pgcl(self) -> tuple[int, ...]:
        """By group: the LSN up to which a write quorum has reported to be complete."""
        complete: list[list[int]] = [[] for _ in range(self.groups)]
        for name, segment in self.segments.items():
            complete[segment.group].append(self._reported.get(name, 0))
        return tuple(sorted(each)[-self.write_quorum] for each in complete)

    @property
    def annulled(self) -> Ranges:
        """What recoveries gave up, as of this epoch."""
        return self._annulled[self.epoch]

    @property
    def highest_lsn(self) -> int:
        """The highest LSN that may be allocated now."""
        return max(self.vdl, _top(self.annulled)) + self.allocation_limit

    def append(self, group: int = 0, *, consistent: bool = True, commit: bool = False) -> int:
        """Write a record and ship it to all segments of its group; returns its LSN.

        A commit ends its mini-transaction. The client has its answer once the VDL gets there.
        """
        if self.writer != "open":
            raise ValueError(f"the writer is {self.writer}: it can't append.")
        if not 0 <= group < self.groups:
            raise ValueError(f"group = {group}: must be from 0 to {self.groups - 1}.")
        if self._next > self.highest_lsn:
            raise ValueError(
                f"LSN {self._next} is more than {self.allocation_limit} ahead of what is durable: "
                f"the writer has to wait."
            )
        record = Record(self._next, group, self._last[group], consistent or commit, self.epoch)
        self._next += 1
        self._last[group] = record.lsn
        self._known[record.lsn] = record
        if commit:
            self._waiting.append(record.lsn)
        for segment in self._of(group):
            self.flight[segment.name, record.lsn] = record
        kind = "a commit" if commit else "a consistency point" if consistent else "not the last"
        where = f" to group {group}" if self.groups > 1 else ""
        self._record(f"The writer ships record {record.lsn}{where}, {kind}.")
        return record.lsn

    def crash(self) -> None:
        """Lose the writer, with all it knew. Its records under way stay under way."""
        self._alive = False
        self._record("The writer crashes.")

    def recover(self) -> bool:
        """Start a new writer; False if a group's read quorum can't be reached.

        A writer that is not dead is shut out by the epoch. The new one opens once what it found is
        on a write quorum; should some of it be destroyed before, recover again.
        """
        reached = [segment for segment in self.segments.values() if segment.up]
        for group in range(self.groups):
            count = sum(segment.group == group for segment in reached)
            if count < self.read_quorum:
                self._record(
                    f"Recovery reaches {count} segments, not {self.read_quorum}: it waits."
                )
                return False

        newest = max(reached, key=lambda segment: segment.epoch)
        found: dict[int, Record] = {}
        for segment in reached:
            segment.learn(newest.epoch, newest.annulled)
            scl = segment.scl
            found |= {lsn: record for lsn, record in segment.records.items() if lsn <= scl}
        vcl = _end(found, newest.annulled)
        vdl = _last_consistent(found, vcl)
        top = max(vdl, _top(newest.annulled)) + self.allocation_limit
        self.epoch += 1
        self._annulled[self.epoch] = (*newest.annulled, (vdl, top))
        for segment in reached:
            segment.learn(self.epoch, self.annulled)
        self._start({lsn: record for lsn, record in found.items() if lsn <= vdl}, vdl)
        for segment in reached:
            self._reported[segment.name] = segment.scl
        follows = self._advance()
        self._record(
            f"Epoch {self.epoch}: {len(reached)} segments show that all is there up to {vcl} and "
            f"consistent up to {vdl}; {vdl + 1} to {top} are annulled.{follows}"
        )
        return True

    def read(self, group: int = 0) -> str | None:
        """Name a segment that can serve the group as of the VDL; None if none is up."""
        if self.writer != "open":
            raise ValueError(f"the writer is {self.writer}: there is no point to read at.")
        needed = _last({n: r for n, r in self._known.items() if r.group == group}, self.vdl)
        for segment in self._of(group):
            if segment.up and segment.epoch == self.epoch and segment.scl >= needed:
                self._record(f"A read as of {self.vdl} asks {segment.name} alone.")
                return segment.name
        self._record(f"A read as of {self.vdl} finds no complete segment.")
        return None

    # --- the network and the segments

    def deliver(self, name: str, lsn: int, *, acknowledge: bool = True) -> None:
        """Let a record that is under way arrive; `acknowledge` False loses the answer."""
        record, segment = self._take(name, lsn), self.segments[name]
        if not segment.up:
            return self._record(f"{name} is down: {lsn} is lost.")
        if record.epoch < segment.epoch:
            return self._record(f"{name} refuses {lsn}: epoch {record.epoch} is over.")
        segment.learn(record.epoch, self._annulled[record.epoch])
        segment.store([record])
        follows = self._report(segment) if acknowledge else " The answer is lost."
        self._record(f"{name} stores {lsn} and is complete to {segment.scl}.{follows}")

    def drop(self, name: str, lsn: int) -> None:
        """Lose a record that is under way."""
        self._take(name, lsn)
        self._record(f"{lsn} is lost on its way to {name}.")

    def gossip(self, one: str, other: str) -> None:
        """Let two segments of a group give each other what they lack."""
        a, b = self.segments[one], self.segments[other]
        if a.group != b.group:
            raise ValueError(f"{one} and {other} are of different groups.")
        if not (a.up and b.up):
            return self._record(f"{one} and {other} can't talk.")
        a.learn(b.epoch, b.annulled)
        b.learn(a.epoch, a.annulled)
        a.store(b.records.values())
        b.store(a.records.values())
        follows = self._report(a) + self._report(b)
        self._record(f"{one} and {other} gossip: complete to {a.scl}.{follows}")

    def stop(self, name: str) -> None:
        """Take a segment down; it keeps its records."""
        self.segments[name].up = False
        self._record(f"{name} is down.")

    def resume(self, name: str) -> None:
        """Bring a segment back, with the records it had."""
        if self.segments[name].destroyed:
            raise ValueError(f"{name} is destroyed: rebuild it.")
        self.segments[name].up = True
        self._record(f"{name} is back.")

    def destroy(self, name: str) -> None:
        """Lose a segment and its records for good."""
        segment = self.segments[name]
        segment.up, segment.destroyed = False, True
        segment.records = {}
        self._record(f"{name} is destroyed.")

    def rebuild(self, name: str) -> bool:
        """Replace a destroyed segment; False if no read quorum is up to copy from.

        One other segment would not do: it may lack what the destroyed one had a part in.
        """
        segment = self.segments[name]
        if not segment.destroyed:
            raise ValueError(f"{name} is not destroyed.")
        sources = [other for other in self._of(segment.group) if other.up]
        if len(sources) < self.read_quorum:
            self._record(f"{name} can't be rebuilt: {len(sources)} segments are up.")
            return False
        newest = max(sources, key=lambda source: source.epoch)
        segment.epoch, segment.annulled = newest.epoch, newest.annulled
        for source in sources:
            segment.store(source.records.values())
        segment.up, segment.destroyed = True, False
        self._reported.pop(name, None)  # what the old one answered doesn't count for the new one
        follows = self._report(segment)
        self._record(
            f"{name} is rebuilt from {len(sources)} others, complete to {segment.scl}.{follows}"
        )
        return True

    # --- what follows from it

    def _start(self, known: dict[int, Record], vdl: int) -> None:
        self._known, self.vcl, self.vdl = known, vdl, vdl
        self._next = _top(self.annulled) + 1
        self._last = [0] * self.groups
        for lsn in sorted(known):
            self._last[known[lsn].group] = lsn
        self._reported: dict[str, int] = {}
        self._waiting: list[int] = []
        self._alive, self._open = True, not known and self.epoch == 1

    def _of(self, group: int) -> list[Segment]:
        return [segment for segment in self.segments.values() if segment.group == group]

    def _take(self, name: str, lsn: int) -> Record:
        if (name, lsn) not in self.flight:
            raise ValueError(f"{lsn} is not on its way to {name}.")
        return self.flight.pop((name, lsn))

    def _report(self, segment: Segment) -> str:
        """Tell the writer how far a segment is complete; returns what follows, in words."""
        if not self._alive or segment.epoch != self.epoch:
            return ""
        self._reported[segment.name] = segment.scl
        return self._advance()

    def _advance(self) -> str:
        pgcl = self.pgcl
        if not self._open:
            heard = [0] * self.groups
            for name, scl in self._reported.items():
                group = self.segments[name].group
                heard[group] += scl >= self._last[group]
            self._open = min(heard) >= self.write_quorum
            return " A write quorum holds it: the volume is open." if self._open else ""
        durable = {n: record for n, record in self._known.items() if n <= pgcl[record.group]}
        self.vcl = max(self.vcl, _end(durable, self.annulled))
        self.vdl = max(self.vdl, _last_consistent(self._known, self.vcl))
        done = [lsn for lsn in self._waiting if lsn <= self.vdl]
        self._waiting = self._waiting[len(done) :]
        self.acknowledged += done
        return "".join(f" The commit at {lsn} is acknowledged." for lsn in done)

    def _record(self, what: str) -> None:
        segments = {
            name: SegmentView(tuple(sorted(s.records)), s.scl, s.up, s.destroyed, s.epoch)
            for name, s in self.segments.items()
        }
        step = Step(
            what=what,
            segments=segments,
            pgcl=self.pgcl,
            vcl=self.vcl,
            vdl=self.vdl,
            acknowledged=tuple(self.acknowledged),
            waiting=tuple(self._waiting),
            flight=tuple(self.flight),
            epoch=self.epoch,
            writer=self.writer,
        )
        self.history.append(step)


def _last(records: dict[int, Record], up_to: int) -> int:
    return max((lsn for lsn in records if lsn <= up_to), default=0)


def _last_consistent(records: dict[int, Record], vcl: int) -> int:
    return _last({lsn: record for lsn, record in records.items() if record.consistent}, vcl)


def _end(records: dict[int, Record], annulled: Ranges) -> int:
    """Return the LSN up to which all are there; LSNs are dense but for what was annulled."""
    end, lsn, gaps = 0, 1, dict(annulled)
    while True:
        if lsn in records:
            end, lsn = lsn, lsn + 1
        elif lsn - 1 in gaps:
            lsn = gaps[lsn - 1] + 1
        else:
            return end


def _top(annulled: Ranges) -> int:
    return annulled[-1][1] if annulled else 0
