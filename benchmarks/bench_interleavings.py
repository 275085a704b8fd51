"""Orders of writers: those that lead to the same state go on as one, against each by itself."""

import numpy as np
import pytest

from awsnb.mechanisms import interleavings
from awsnb.mechanisms.interleavings import Job, explore, program

THREE = Job(3, 2, 1, False, False, False, False, False, False)
CACHED = THREE._replace(caches=True)
LOCKED = Job(2, 2, 2, True, True, True, True, True, True)


def one_by_one(job):
    """Visit the orders depth first; returns how many lose so many updates."""
    steps, lost = program(job), np.zeros(job.writers * job.updates + 1, dtype=np.int64)
    states = [interleavings._begin(job)]
    while states:
        state, ends = states.pop(), True
        for writer in range(job.writers):
            if interleavings._can_step(job, steps, state, writer):
                states.append(interleavings._step(job, steps, state, writer))
                ends = False
        if ends:
            lost[interleavings._gone(state).bit_count()] += 1
    return lost


@pytest.mark.parametrize("job", [THREE, CACHED, LOCKED], ids=["three", "cached", "locked"])
def test_merged_orders_against_each_by_itself(against, job):
    assert explore(job).lost.tolist() == one_by_one(job).tolist()
    orders = f"{explore(job).orders:,} orders"
    against(f"{orders} / one by one", lambda: explore(job), lambda: one_by_one(job))
