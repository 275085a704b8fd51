"""A million requests over 16 targets of 4 workers: the kernel against event loops."""

import time
from pathlib import Path

import numpy as np
import pytest

from awsnb.mechanisms import arrivals
from awsnb.mechanisms.queueing import Balancer, Target
from awsnb.mechanisms.random_streams import generator

pytest.importorskip("simpy")

from queueing_peers import (
    BUSY,
    TARGETS,
    WORKERS,
    by_callbacks,
    by_heapq,
    by_resource,
    python_draws,
)

OURS = 1_000_000
PEERS = {"heapq": 100_000, "callbacks": 30_000, "resource": 10_000}


def draws(n, targets=TARGETS, workers=WORKERS):
    per_s = BUSY * targets * workers
    rate = arrivals.constant(per_s, 1.01 * n / per_s)
    arrival = arrivals.poisson(rate, generator(1, "arrivals"))[:n]
    return arrival, arrivals.exponential(n, 1.0, generator(1, "service"))


def ours(rule, arrival, work, targets=TARGETS, workers=WORKERS):
    return Balancer([Target(workers)] * targets, rule).serve(arrival, work).end_s


BY = {"heapq": by_heapq, "callbacks": by_callbacks, "resource": by_resource}


OURS_ALONE = """
import numpy as np
from awsnb.mechanisms import arrivals
from awsnb.mechanisms.queueing import Balancer, Target
from awsnb.mechanisms.random_streams import generator
n, rate = 200_000, 0.8 * 16 * 4
arrival = arrivals.poisson(arrivals.constant(rate, n / rate), generator(1, "arrivals"))
work = arrivals.exponential(arrival.size, 1.0, generator(1, "service"))
out = Balancer([Target(4)] * 16, "{rule}").serve(arrival, work)
print(np.percentile(out.sojourn_s, [50, 99]))
"""
PEER_ALONE = """
import statistics, sys
sys.path.insert(0, "{folder}")
from queueing_peers import {peer}, python_draws
arrival, work = python_draws(200_000)
out = {peer}("{rule}", arrival, work)
print(statistics.quantiles([end - t for end, t in zip(out, arrival)], n=100)[49::49])
"""


@pytest.mark.parametrize("rule", ["round robin", "least outstanding"])
@pytest.mark.parametrize("peer", ["by_callbacks", "by_resource"])
def test_a_whole_process_of_200_000_requests_with_warm_cache(against, python, rule, peer):
    folder = Path(__file__).parent
    against(
        f"{rule}, 200,000 requests from start to percentiles / SimPy, {peer}",
        lambda: python(OURS_ALONE.format(rule=rule)),
        lambda: python(PEER_ALONE.format(rule=rule, folder=folder, peer=peer)),
        rounds=5,
        clock=time.perf_counter,
    )


@pytest.mark.parametrize("rule", ["round robin", "least outstanding"])
@pytest.mark.parametrize("peer", BY)
def test_the_same_draws_against_event_loops(against, rule, peer):
    arrival, work = draws(OURS)
    few = arrival[: PEERS[peer]].tolist(), work[: PEERS[peer]].tolist()
    np.testing.assert_allclose(BY[peer](rule, *few), ours(rule, *few), rtol=1e-6, atol=1e-9)
    against(
        f"{rule}, a million requests / {peer}",
        lambda: ours(rule, arrival, work),
        lambda: BY[peer](rule, *few),
        share=PEERS[peer] / OURS,
        rounds=5,
    )


@pytest.mark.parametrize("peer", BY)
def test_draws_included_against_event_loops(against, peer):
    against(
        f"round robin, a million requests with their draws / {peer}",
        lambda: ours("round robin", *draws(OURS)),
        lambda: BY[peer]("round robin", *python_draws(PEERS[peer])),
        share=PEERS[peer] / OURS,
        rounds=5,
    )


@pytest.mark.parametrize("targets", [16, 256, 1024])
@pytest.mark.parametrize("rule", ["round robin", "random", "two choices", "least outstanding"])
def test_more_targets_against_four(against, rule, targets):
    few, many = draws(OURS, 4), draws(OURS, targets)
    against(
        f"{rule}, {targets} targets / 4 targets",
        lambda: ours(rule, *many, targets),
        lambda: ours(rule, *few, 4),
        rounds=5,
    )


def test_against_making_the_draws(against):
    arrival, work = draws(OURS)
    against(
        "round robin, a million requests / NumPy drawing them",
        lambda: ours("round robin", arrival, work),
        lambda: draws(OURS),
    )
