"""Every order in which writers of shared blocks can take their steps.

Each writer makes its updates one after the other. An update reads its blocks, adds itself to each,
and writes each back; under a lock it first acquires and at last releases. A step of one writer is
never cut in two, and any writer may take the next one. A block is the set of updates that it
holds, as bits: update `k` of writer `w` is bit ``w * updates + k``. So a counter is the size of
that set, and what was lost has a name.

No order is sampled, none is left out. Orders that have led to the same state go on as one, with
their number, so that the time follows the states, of which there are far fewer. Of the orders, each
counts as one: their share is no probability, which would need the time that every step takes.
"""

from itertools import pairwise
from math import factorial
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "ACQUIRE", "READ", "RELEASE", "WRITE", "Census", "Job", "Moment", "count", "explore", "follow",
]  # fmt: skip

READ, WRITE, ACQUIRE, RELEASE = range(4)
MISSING = -1  # a page that is not in a writer's cache
FREE = -1  # nobody holds the lock
FIRST = 0  # the writer that may be presumed dead
NOBODY = -1  # has made a step
HARM, REFUSAL, NEITHER = range(3)  # how an order ends, the worst first

Ints = NDArray[np.int64]
Bits = tuple[int, ...]  # sets of updates, block by block
Item = TypeVar("Item")
Program = tuple[tuple[int, int], ...]  # kinds and blocks of the steps of an update


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


def program(job: Job) -> Program:
    """Return the kinds and blocks of a writer's steps in one update."""
    blocks = range(job.blocks)
    steps = (*((READ, block) for block in blocks), *((WRITE, block) for block in blocks))
    return ((ACQUIRE, 0), *steps, (RELEASE, 0)) if job.locks else steps


def explore(job: Job) -> Census:
    """Run every order of the writers' steps, and count what goes wrong.

    Parameters
    ----------
    job : Job
        What the writers do.

    Returns
    -------
    Census
        The orders, by what becomes of the data.
    """
    steps, seen = program(job), _Seen(job)
    runs: Runs = {_begin(job): {(NOBODY, 0): Orders(1, 0, ())}}
    while runs:
        runs = _further(job, steps, runs, seen)
    return seen.census


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
    steps, state, moments = program(job), _begin(job), []
    for writer in order.tolist():
        kind, block = steps[state.taken[writer] % len(steps)]
        state = _step(job, steps, state, writer)
        volume, pages = (np.array(bits, dtype=np.int64) for bits in (state.volume, state.pages))
        moments.append(Moment(writer, kind, block, volume, pages, state.refused))
    return moments


class State(NamedTuple):
    """What the next steps depend on, and what is told of an order at its end."""

    volume: Bits
    pages: tuple[Bits, ...]  # of each writer
    taken: tuple[int, ...]  # steps that each writer has taken
    owner: int
    broken: bool  # the lock has been taken from its owner
    fenced: bool
    acknowledged: int
    stale: bool
    refused: bool


class Orders(NamedTuple):
    """Orders that have led to one state: how many, and one that seldom changes the writer."""

    number: int
    switches: int
    first: tuple[int, ...]


Alike = dict[tuple[int, int], Orders]
"""Orders of one state, by who made the last step and after how many the harm was done."""

Runs = dict[State, Alike]
"""Orders by the state that they have led to."""


class _Seen:
    """The orders that have come to their end."""

    def __init__(self, job: Job) -> None:
        self.lost = np.zeros(job.writers * job.updates + 1, dtype=np.int64)
        self.corrupt = self.stale = self.refused = 0
        self.worst: tuple[int, int, int, tuple[int, ...]] = (NEITHER + 1, 0, 0, ())

    def add(self, state: State, alike: Alike) -> None:
        """Count the orders that end in a state."""
        gone, corrupt = _gone(state), len(set(state.volume)) > 1
        number = sum(orders.number for orders in alike.values())
        self.lost[gone.bit_count()] += number
        self.corrupt += corrupt * number
        self.stale += state.stale * number
        self.refused += state.refused * number
        kind = HARM if gone or corrupt else REFUSAL if state.refused else NEITHER
        for (_, harmed), orders in alike.items():
            ends = harmed if gone else len(orders.first)
            rank = (kind, ends, _switches(orders.first[:ends]), orders.first)
            self.worst = min(self.worst, rank)

    @property
    def census(self) -> Census:
        """All of them."""
        _, ends, _, order = self.worst
        first = np.array(order, dtype=np.int64)
        return Census(self.lost, self.corrupt, self.stale, self.refused, first, ends)


def _switches(order: tuple[int, ...]) -> int:
    return sum(one != other for one, other in pairwise(order))


def _begin(job: Job) -> State:
    """Empty blocks, empty caches, nobody at work."""
    nothing = (MISSING,) * job.blocks
    return State(
        volume=(0,) * job.blocks,
        pages=(nothing,) * job.writers,
        taken=(0,) * job.writers,
        owner=FREE,
        broken=False,
        fenced=False,
        acknowledged=0,
        stale=False,
        refused=False,
    )


def _further(job: Job, steps: Program, runs: Runs, seen: _Seen) -> Runs:
    """Let every writer that can take the next step of every order; merge what comes out alike."""
    further: Runs = {}
    for state, alike in runs.items():
        movers = [writer for writer in range(job.writers) if _can_step(job, steps, state, writer)]
        for writer in movers:
            after = _step(job, steps, state, writer)
            if not job.caches and after.taken[writer] % len(steps) == 0:
                nothing = (MISSING,) * job.blocks  # its next update reads anew
                after = after._replace(pages=_with(after.pages, writer, nothing))
            _merge(further.setdefault(after, {}), alike, writer, _gone(after) > 0)
        if not movers:
            seen.add(state, alike)
    return further


def _can_step(job: Job, steps: Program, state: State, writer: int) -> bool:
    """Say whether a writer has a step left and need not wait for the lock."""
    taken = state.taken[writer]
    if taken == job.updates * len(steps):
        return False
    if steps[taken % len(steps)][0] != ACQUIRE or state.owner == FREE:
        return True
    if state.fenced and writer == FIRST:
        return True
    return job.takes_over and state.owner == FIRST and not state.broken


def _merge(merged: Alike, alike: Alike, writer: int, harms: bool) -> None:
    """Add orders, each with one more step, to those that have led to the same state.

    Changes of writer count up to the harm, after which it no longer matters who was last.
    """
    for (last, harmed), (number, switches, first) in alike.items():
        order = (*first, writer)
        if harmed:
            key, changes = (NOBODY, harmed), switches
        else:
            key = (writer, len(order) if harms else 0)
            changes = switches + (last not in (NOBODY, writer))
        if key in merged:
            others = merged[key]
            best = min(others[1:], (changes, order))
            merged[key] = Orders(others.number + number, *best)
        else:
            merged[key] = Orders(number, changes, order)


def _step(job: Job, steps: Program, state: State, writer: int) -> State:
    """Take one step of a writer."""
    taken = state.taken[writer]
    kind, block = steps[taken % len(steps)]
    if kind in (WRITE, ACQUIRE) and state.fenced and writer == FIRST:
        stopped = _with(state.taken, writer, job.updates * len(steps))
        return state._replace(taken=stopped, refused=True)
    changes = _changes(job, state, writer, taken // len(steps), kind, block)
    return state._replace(taken=_with(state.taken, writer, taken + 1), **changes)


def _changes(
    job: Job, state: State, writer: int, update: int, kind: int, block: int
) -> dict[str, Any]:
    """Return what a step changes beside the count of steps."""
    if kind == READ:
        return _read(job, state, writer, block)
    if kind == WRITE:
        bit = 1 << (writer * job.updates + update)
        return _write(job, state, writer, block, bit)
    if kind == ACQUIRE:
        return _acquire(job, state, writer)
    return {"owner": FREE} if state.owner == writer else {}


def _read(job: Job, state: State, writer: int, block: int) -> dict[str, Any]:
    pages, there = state.pages[writer], state.volume[block]
    if job.caches and pages[block] != MISSING:
        return {"stale": state.stale or pages[block] != there}
    return {"pages": _with(state.pages, writer, _with(pages, block, there))}


def _write(job: Job, state: State, writer: int, block: int, bit: int) -> dict[str, Any]:
    page = state.pages[writer][block] | bit
    last = block == job.blocks - 1
    return {
        "volume": _with(state.volume, block, page),
        "pages": _with(state.pages, writer, _with(state.pages[writer], block, page)),
        "acknowledged": state.acknowledged | (bit if last else 0),
    }


def _acquire(job: Job, state: State, writer: int) -> dict[str, Any]:
    changes: dict[str, Any] = {"owner": writer}
    if state.owner == FIRST:  # taken from a writer that is presumed dead
        changes |= {"broken": True, "fenced": job.fences}
        if job.replays:
            begun = state.volume[0] & ((1 << job.updates) - 1)
            changes["volume"] = _with(state.volume, 1, state.volume[1] | begun)
    if job.drops:
        changes["pages"] = _with(state.pages, writer, (MISSING,) * job.blocks)
    return changes


def _with(items: tuple[Item, ...], at: int, item: Item) -> tuple[Item, ...]:
    return (*items[:at], item, *items[at + 1 :])


def _gone(state: State) -> int:
    """Return the acknowledged updates that a block of the volume lacks."""
    held = state.acknowledged
    for block in state.volume:
        held &= block
    return state.acknowledged & ~held
