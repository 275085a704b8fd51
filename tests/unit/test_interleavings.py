"""Every order of writers, compared with brute force, closed forms and real processes."""

from itertools import permutations
from math import factorial

import numpy as np
import pytest
import record_writers

from awsnb.mechanisms.interleavings import (
    ACQUIRE,
    READ,
    WRITE,
    Job,
    count,
    explore,
    follow,
    program,
)

PLAIN = Job(2, 1, 1, False, False, False, False, False, False)
LOCKED = PLAIN._replace(locks=True)
DEAD = LOCKED._replace(takes_over=True)
FENCED = DEAD._replace(fences=True)
CLUSTER = FENCED._replace(drops=True, replays=True)

JOBS = [
    job._replace(blocks=blocks, caches=caches, updates=updates)
    for job in (PLAIN, LOCKED, DEAD, FENCED, CLUSTER._replace(takes_over=False), CLUSTER)
    for blocks, updates in ((1, 1), (1, 2), (2, 1))
    for caches in (False, True)
    if not (job.replays and blocks == 1)
]


def steps_of(job):
    plan = [("read", b) for b in range(job.blocks)] + [("write", b) for b in range(job.blocks)]
    if job.locks:
        plan = [("lock", 0), *plan, ("unlock", 0)]
    return [(what, block, update) for update in range(job.updates) for what, block in plan]


class Slow:
    """One run, with sets and dictionaries; `take` says whether the writer could step."""

    def __init__(self, job):
        self.job = job
        self.volume = [set() for _ in range(job.blocks)]
        self.pages = [{} for _ in range(job.writers)]
        self.left = [steps_of(job) for _ in range(job.writers)]
        self.owner, self.taken, self.shut_out = None, False, set()
        self.acknowledged, self.stale, self.refused = set(), False, False

    def take(self, writer):
        if not self.left[writer]:
            return False
        what, block, update = self.left[writer][0]
        if writer in self.shut_out and what in ("lock", "write"):
            self.refused, self.left[writer] = True, []
            return True
        if what == "lock" and self.owner is not None:
            if not (self.job.takes_over and self.owner == 0 and not self.taken):
                return False
            self.break_lock()
        self.left[writer].pop(0)
        getattr(self, what)(writer, block, update)
        return True

    def break_lock(self):
        self.taken = True
        if self.job.fences:
            self.shut_out.add(0)
        if self.job.replays:
            self.volume[1] |= {name for name in self.volume[0] if name[0] == 0}

    def lock(self, writer, block, update):
        self.owner = writer
        if self.job.drops:
            self.pages[writer] = {}

    def unlock(self, writer, block, update):
        if self.owner == writer:
            self.owner = None

    def read(self, writer, block, update):
        if self.job.caches and block in self.pages[writer]:
            self.stale |= self.pages[writer][block] != self.volume[block]
        else:
            self.pages[writer][block] = set(self.volume[block])

    def write(self, writer, block, update):
        self.pages[writer][block].add((writer, update))
        self.volume[block] = set(self.pages[writer][block])
        if block == self.job.blocks - 1:
            self.acknowledged.add((writer, update))

    @property
    def lost(self):
        return len(self.acknowledged - set.intersection(*self.volume))

    @property
    def corrupt(self):
        return any(block != self.volume[0] for block in self.volume)


def brute_force(job):
    """Try the orders of all steps one by one; what can't be is thrown away."""
    seen, runs = set(), []
    deck = [writer for writer in range(job.writers) for _ in steps_of(job)]
    for order in set(permutations(deck)) if len(deck) <= 8 else distinct(deck):
        run, taken = Slow(job), []
        for writer in order:
            if run.left[writer]:
                if not run.take(writer):
                    break
                taken.append(writer)
        else:
            if tuple(taken) not in seen:
                seen.add(tuple(taken))
                runs.append(run)
    return runs


def distinct(deck):
    """List the orders of a deck with equal cards, without going through equal ones."""
    if len(set(deck)) <= 1:
        yield tuple(deck)
        return
    for first in set(deck):
        rest = list(deck)
        rest.remove(first)
        for order in distinct(rest):
            yield (first, *order)


def same(job):
    runs, census = brute_force(job), explore(job)
    lost = np.bincount([run.lost for run in runs], minlength=len(census.lost))
    assert census.lost.tolist() == lost.tolist()
    assert census.corrupt == sum(run.corrupt for run in runs)
    assert census.stale == sum(run.stale for run in runs)
    assert census.refused == sum(run.refused for run in runs)


@pytest.mark.parametrize("job", JOBS, ids=str)
def test_brute_force_counts_the_same(job):
    same(job)


def test_brute_force_counts_the_same_for_three_writers():
    same(PLAIN._replace(writers=3))
    same(PLAIN._replace(writers=3, updates=1, caches=True))


@pytest.mark.parametrize(("writers", "updates"), [(2, 1), (2, 4), (3, 1), (3, 2)])
def test_the_number_of_orders_is_the_multinomial(writers, updates):
    census = explore(PLAIN._replace(writers=writers, updates=updates))
    assert census.orders == count(writers, 2 * updates)


@pytest.mark.parametrize("writers", [2, 3])
def test_of_single_updates_only_one_after_the_other_loses_none(writers):
    assert explore(PLAIN._replace(writers=writers)).lost[0] == factorial(writers)


@pytest.mark.parametrize("updates", [2, 3, 4])
def test_a_counter_can_come_down_to_two_and_no_lower(updates):
    lost = explore(PLAIN._replace(updates=updates)).lost
    assert np.flatnonzero(lost)[-1] == 2 * updates - 2


@pytest.mark.parametrize("updates", [1, 2, 3, 4])
def test_two_writers_lose_less_than_half_of_their_updates_on_average(updates):
    census = explore(PLAIN._replace(updates=updates))
    assert census.mean_lost < updates


@pytest.mark.parametrize("job", JOBS, ids=str)
def test_the_order_kept_does_what_is_said_of_it(job):
    census = explore(job)
    moments = follow(job, census.order)
    assert [moment.writer for moment in moments] == census.order.tolist()
    run = Slow(job)
    assert all(run.take(writer) for writer in census.order)
    assert not any(run.left)
    assert (run.lost > 0 or run.corrupt) == (census.losing > 0 or census.corrupt > 0)
    if run.lost:
        run = Slow(job)
        lost = [run.take(writer) and run.lost for writer in census.order]
        assert next(at for at, number in enumerate(lost, 1) if number) == census.ends


def test_the_soonest_loss_is_two_reads_and_two_writes():
    census = explore(PLAIN)
    moments = follow(PLAIN, census.order)
    assert [moment.kind for moment in moments] == [READ, READ, WRITE, WRITE]
    assert census.ends == 4


def test_a_locked_update_begins_with_the_lock():
    steps = program(LOCKED._replace(blocks=2))
    assert steps[0] == (ACQUIRE, 0)
    assert len(steps) == 6


@pytest.mark.parametrize(("updates", "blocks"), [(2, 1), (1, 2)])
def test_two_real_processes_on_one_file_lose_the_same(updates, blocks):
    orders = list(record_writers.orders_of_two(2 * blocks * updates))
    left = record_writers.in_order(orders, updates, blocks)
    lost = [record_writers._lost(blocks_left, updates) for blocks_left in left]
    census = explore(PLAIN._replace(updates=updates, blocks=blocks))
    assert census.lost.tolist() == np.bincount(lost, minlength=2 * updates + 1).tolist()
    assert census.corrupt == sum(one[0] != one[-1] for one in left)
