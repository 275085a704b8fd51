"""Every order in which writers of shared blocks can take their steps.

Each writer makes its updates one after the other. An update reads its blocks, adds itself to each,
and writes each back; under a lock it first acquires and at last releases. A step of one writer is
never cut in two, and any writer may take the next one. A block is the set of updates that it
holds, as bits: update `k` of writer `w` is bit ``w * updates + k``. So a counter is the size of
that set, and what was lost has a name.

Orders are visited depth first, each once, none sampled. Of the orders, each counts as one: their
share is no probability, which would need the time that every step takes.
"""

from math import factorial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from awsnb._jit import kernel

__all__ = [
    "ACQUIRE", "READ", "RELEASE", "WRITE", "Census", "Job", "Moment", "count", "explore", "follow",
]  # fmt: skip

READ, WRITE, ACQUIRE, RELEASE = range(4)
MISSING = -1  # a page that is not in a writer's cache
FREE = -1  # nobody holds the lock
FIRST = 0  # the writer that may be presumed dead

# where the state's row keeps what; each writer then has its next step and two pages
VOLUME, OWNER, TAKEN, FENCED, DONE, STALE, REFUSED, WRITERS = 0, 2, 3, 4, 5, 6, 7, 8
NEXT, PAGES, STRIDE = 0, 1, 3

UNHARMED, REFUSING = 2_000_000, 1_000_000  # ranks behind every order that does harm

Ints = NDArray[np.int64]


class Job(NamedTuple):
    """What the writers do, and what protects the blocks.

    Attributes
    ----------
    writers : int
    updates : int
        Updates of each writer, one after the other.
    blocks : int
        Blocks an update changes: 1, or 2 that must agree.
    locks : bool
        Whether an update is made under a lock.
    caches : bool
        Whether a writer keeps the blocks it has read, and does not read them again.
    drops : bool
        Whether acquiring the lock empties the writer's cache.
    takes_over : bool
        Whether the lock can once be taken from the first writer while it still holds it.
    fences : bool
        Whether the volume refuses that writer from then on. It stops at the first refusal.
    replays : bool
        Whether who takes over finishes, from a journal, the update that writer had begun to write.
    """

    writers: int
    updates: int
    blocks: int
    locks: bool
    caches: bool
    drops: bool
    takes_over: bool
    fences: bool
    replays: bool


class Census(NamedTuple):
    """All orders, counted.

    Attributes
    ----------
    lost : numpy.ndarray
        Orders in which so many acknowledged updates are gone at the end, by their number.
    corrupt, stale, refused : int
        Orders that end with two blocks that disagree; in which an old block was read; in which
        the volume refused a write or a lock.
    order : numpy.ndarray
        The order that does harm soonest, and of those the one with the fewest changes of writer.
        If none does harm, one with a refusal; else any.
    ends : int
        After how many of its steps the harm is done; all of them if there is none.
    """

    lost: Ints
    corrupt: int
    stale: int
    refused: int
    order: Ints
    ends: int

    @property
    def orders(self) -> int:
        """How many orders there are."""
        return int(self.lost.sum())

    @property
    def losing(self) -> int:
        """How many of them lose an update."""
        return int(self.lost[1:].sum())

    @property
    def mean_lost(self) -> float:
        """Acknowledged updates that are lost, on average over the orders."""
        return float(np.arange(len(self.lost)) @ self.lost) / self.orders


class Moment(NamedTuple):
    """The state after a step of one writer.

    `volume` and `pages` (writers, blocks) are sets of updates, as bits; a page is -1 if the writer
    does not have it. `refused` says that the volume has refused a step.
    """

    writer: int
    kind: int
    block: int
    volume: Ints
    pages: Ints
    refused: bool


def count(writers: int, steps: int) -> int:
    """Count the orders of writers with so many steps each, if none ever waits.

    Parameters
    ----------
    writers, steps : int
        How many writers, and how many steps each takes.

    Returns
    -------
    int
        The multinomial coefficient (writers x steps)! / (steps!) ** writers.
    """
    return factorial(writers * steps) // factorial(steps) ** writers


def program(job: Job) -> tuple[Ints, Ints]:
    """Return the kinds and blocks of a writer's steps in one update."""
    blocks = list(range(job.blocks))
    steps = [(READ, block) for block in blocks] + [(WRITE, block) for block in blocks]
    if job.locks:
        steps = [(ACQUIRE, 0), *steps, (RELEASE, 0)]
    kinds, where = np.array(steps, dtype=np.int64).T
    return kinds.copy(), where.copy()


def explore(job: Job) -> Census:
    """Run every order of the writers' steps, and count what goes wrong.

    Parameters
    ----------
    job : Job
        What the writers do. The run time grows with the number of orders; see `count`.

    Returns
    -------
    Census
        The orders, by what becomes of the data.
    """
    kinds, blocks = program(job)
    most = job.writers * job.updates * len(kinds)
    lost = np.zeros(job.writers * job.updates + 1, dtype=np.int64)
    totals = np.zeros(3, dtype=np.int64)
    order = np.zeros(most, dtype=np.int64)
    length, ends = _explore(job, kinds, blocks, lost, totals, order)
    corrupt, stale, refused = totals.tolist()
    return Census(lost, corrupt, stale, refused, order[:length], ends)


def follow(job: Job, order: Ints) -> list[Moment]:
    """Take the steps of one order, and keep the state after each.

    Parameters
    ----------
    job : Job
        What the writers do.
    order : numpy.ndarray
        Which writer takes each step.

    Returns
    -------
    list of Moment
        As many as there are steps.
    """
    kinds, blocks = program(job)
    state = np.empty(WRITERS + STRIDE * job.writers, dtype=np.int64)
    _begin(state)
    return [_moment(job, kinds, blocks, state, int(writer)) for writer in order]


def _moment(job: Job, kinds: Ints, blocks: Ints, state: Ints, writer: int) -> Moment:
    step = state[WRITERS + STRIDE * writer + NEXT] % len(kinds)
    _step(job, kinds, blocks, state, writer)
    pages = state[WRITERS:].reshape(job.writers, STRIDE)[:, PAGES : PAGES + job.blocks].copy()
    volume = state[VOLUME : VOLUME + job.blocks].copy()
    return Moment(writer, int(kinds[step]), int(blocks[step]), volume, pages, bool(state[REFUSED]))


@kernel
def _begin(state: Ints) -> None:
    """Empty blocks, empty caches, nobody at work."""
    state[:] = 0
    state[OWNER] = FREE
    for at in range(WRITERS, len(state), STRIDE):
        state[at + PAGES] = MISSING
        state[at + PAGES + 1] = MISSING


@kernel
def _can_step(job: Job, kinds: Ints, state: Ints, writer: int) -> bool:
    """Say whether a writer has a step left and need not wait for the lock."""
    step = state[WRITERS + STRIDE * writer + NEXT]
    if step == job.updates * len(kinds):
        return False
    if kinds[step % len(kinds)] != ACQUIRE or state[OWNER] == FREE:
        return True
    if state[FENCED] and writer == FIRST:
        return True
    return job.takes_over and state[OWNER] == FIRST and not state[TAKEN]


@kernel
def _step(job: Job, kinds: Ints, blocks: Ints, state: Ints, writer: int) -> None:
    """Take one step of a writer."""
    mine = WRITERS + STRIDE * writer
    step = state[mine + NEXT]
    kind, block = kinds[step % len(kinds)], blocks[step % len(kinds)]
    state[mine + NEXT] += 1
    if kind in (WRITE, ACQUIRE) and state[FENCED] and writer == FIRST:
        state[REFUSED] = 1
        state[mine + NEXT] = job.updates * len(kinds)
    elif kind == READ:
        _read(job, state, mine, block)
    elif kind == WRITE:
        bit = 1 << (writer * job.updates + step // len(kinds))
        state[mine + PAGES + block] |= bit
        state[VOLUME + block] = state[mine + PAGES + block]
        if block == job.blocks - 1:
            state[DONE] |= bit
    elif kind == ACQUIRE:
        _acquire(job, state, writer)
    elif state[OWNER] == writer:
        state[OWNER] = FREE


@kernel
def _read(job: Job, state: Ints, mine: int, block: int) -> None:
    page, volume = state[mine + PAGES + block], state[VOLUME + block]
    if job.caches and page != MISSING:
        if page != volume:
            state[STALE] = 1
    else:
        state[mine + PAGES + block] = volume


@kernel
def _acquire(job: Job, state: Ints, writer: int) -> None:
    if state[OWNER] == FIRST:  # taken from a writer that is presumed dead
        state[TAKEN] = 1
        if job.fences:
            state[FENCED] = 1
        if job.replays:
            state[VOLUME + 1] |= state[VOLUME] & ((1 << job.updates) - 1)
    state[OWNER] = writer
    if job.drops:
        state[WRITERS + STRIDE * writer + PAGES] = MISSING
        state[WRITERS + STRIDE * writer + PAGES + 1] = MISSING


@kernel
def _gone(job: Job, state: Ints) -> int:
    """Return the acknowledged updates that a block of the volume lacks."""
    held = state[VOLUME]
    if job.blocks == 2:
        held &= state[VOLUME + 1]
    return state[DONE] & ~held


@kernel
def _size(bits: int) -> int:
    size = 0
    while bits:
        bits &= bits - 1
        size += 1
    return size


@kernel
def _switches(order: Ints, ends: int) -> int:
    switches = 0
    for at in range(1, ends):
        if order[at] != order[at - 1]:
            switches += 1
    return switches


@kernel
def _finished(job: Job, kinds: Ints, state: Ints) -> bool:
    for writer in range(job.writers):
        if state[WRITERS + STRIDE * writer + NEXT] < job.updates * len(kinds):
            return False
    return True


@kernel
def _explore(
    job: Job, kinds: Ints, blocks: Ints, lost: Ints, totals: Ints, shortest: Ints
) -> tuple[int, int]:
    """Visit the orders depth first; fill `lost`, `totals` and `shortest`.

    Returns the length of the shortest order and after how many steps its harm is done.
    """
    most = len(shortest)
    states = np.empty((most + 1, WRITERS + STRIDE * job.writers), dtype=np.int64)
    _begin(states[0])
    order = np.zeros(most, dtype=np.int64)
    tried = np.zeros(most + 1, dtype=np.int64)  # writers tried so far at each depth
    harmed = np.zeros(most + 1, dtype=np.int64)  # after how many steps an update was gone, or 0
    best, length, ends, depth = 1 << 40, 0, 0, 0
    while depth >= 0:
        writer = tried[depth]
        if writer == job.writers:
            depth -= 1
            continue
        tried[depth] += 1
        if not _can_step(job, kinds, states[depth], writer):
            continue
        order[depth] = writer
        states[depth + 1] = states[depth]
        depth += 1
        state = states[depth]
        _step(job, kinds, blocks, state, writer)
        harmed[depth] = harmed[depth - 1]
        if not harmed[depth] and _gone(job, state):
            harmed[depth] = depth
        tried[depth] = 0
        if _finished(job, kinds, state):
            rank, end = _count(job, state, order, depth, harmed[depth], lost, totals)
            if rank < best:
                best, length, ends = rank, depth, end
                shortest[:depth] = order[:depth]
            depth -= 1
    return length, ends


@kernel
def _count(
    job: Job, state: Ints, order: Ints, depth: int, harmed: int, lost: Ints, totals: Ints
) -> tuple[int, int]:
    """Count one finished order; return its rank, lowest first, and where its harm is done."""
    gone = _size(_gone(job, state))
    corrupt = job.blocks == 2 and state[VOLUME] != state[VOLUME + 1]
    lost[gone] += 1
    totals[0] += corrupt
    totals[1] += state[STALE]
    totals[2] += state[REFUSED]
    if not gone and not corrupt:
        base = REFUSING if state[REFUSED] else UNHARMED
        return base + 1000 * depth + _switches(order, depth), depth
    end = harmed if gone else depth
    return 1000 * end + _switches(order, end), end
