"""A million requests over 16 targets of 4 workers: the kernel against event loops."""

import heapq
import random
from collections import deque
from itertools import cycle

import numpy as np
import pytest

from awsnb.mechanisms import arrivals
from awsnb.mechanisms.queueing import Balancer, Target
from awsnb.mechanisms.random_streams import generator

simpy = pytest.importorskip("simpy")

TARGETS, WORKERS, BUSY = 16, 4, 0.8
OURS = 1_000_000
PEERS = {"heapq": 100_000, "callbacks": 30_000, "resource": 10_000}


def draws(n, targets=TARGETS, workers=WORKERS):
    rate = arrivals.constant(BUSY * targets * workers, 2 * n / (BUSY * targets * workers))
    arrival = arrivals.poisson(rate, generator(1, "arrivals"))[:n]
    return arrival, arrivals.exponential(n, 1.0, generator(1, "service"))


def ours(rule, arrival, work, targets=TARGETS, workers=WORKERS):
    return Balancer([Target(workers)] * targets, rule).serve(arrival, work).sojourn_s


def choose(rule, targets):
    """Round robin, or the least outstanding; of those, who was chosen longest ago."""
    if rule == "round robin":
        turn = cycle([*range(1, targets), 0])
        return lambda outstanding: next(turn)
    chosen, clock = [-targets + k for k in range(targets)], iter(range(10**9))

    def least(outstanding):
        k = min(range(targets), key=lambda j: (outstanding[j], chosen[j]))
        chosen[k] = next(clock)
        return k

    return least


def by_heapq(rule, arrival, work, targets=TARGETS, workers=WORKERS):
    """A loop over arrivals; a heap of worker-free times per target, and one of departures."""
    free = [[0.0] * workers for _ in range(targets)]
    turn, out, departures = targets - 1, [], []
    outstanding, chosen = [0] * targets, list(range(targets))
    for number, (t, s) in enumerate(zip(arrival, work), targets):  # noqa: B905
        if rule == "round robin":
            k = turn = turn + 1 if turn + 1 < targets else 0
        else:
            while departures and departures[0][0] <= t:
                outstanding[heapq.heappop(departures)[1]] -= 1
            least = min(outstanding)
            k = min((chosen[j], j) for j in range(targets) if outstanding[j] == least)[1]
            chosen[k] = number
        start = free[k][0]
        if start < t:
            start = t
        departure = start + s
        heapq.heapreplace(free[k], departure)
        if rule != "round robin":
            outstanding[k] += 1
            heapq.heappush(departures, (departure, k))
        out.append(departure - t)
    return out


def by_callbacks(rule, arrival, work, targets=TARGETS, workers=WORKERS):
    """SimPy as an expert writes it: bare timeouts and callbacks, no process, no resource."""
    env = simpy.Environment()
    idle, waiting = [workers] * targets, [deque() for _ in range(targets)]
    outstanding, pick = [0] * targets, choose(rule, targets)
    out, requests = [0.0] * len(arrival), enumerate(zip(arrival, work, strict=True))

    def start(k, i, came, s):
        event = simpy.events.Timeout(env, s, (k, i, came))
        event.callbacks.append(leave)

    def leave(event):
        k, i, came = event.value
        out[i] = env.now - came
        outstanding[k] -= 1
        if waiting[k]:
            start(k, *waiting[k].popleft())
        else:
            idle[k] += 1

    def arrive(event):
        i, (t, s) = event.value
        k = pick(outstanding)
        outstanding[k] += 1
        if idle[k]:
            idle[k] -= 1
            start(k, i, t, s)
        else:
            waiting[k].append((i, t, s))
        schedule()

    def schedule():
        following = next(requests, None)
        if following:
            event = simpy.events.Timeout(env, max(0.0, following[1][0] - env.now), following)
            event.callbacks.append(arrive)

    schedule()
    env.run()
    return out


def by_resource(rule, arrival, work, targets=TARGETS, workers=WORKERS):
    """SimPy as its tutorial teaches it: a process per request, a resource per target."""
    env = simpy.Environment()
    resources = [simpy.Resource(env, workers) for _ in range(targets)]
    outstanding, pick, out = [0] * targets, choose(rule, targets), [0.0] * len(arrival)

    def request(i, s):
        came, k = env.now, pick(outstanding)
        outstanding[k] += 1
        with resources[k].request() as turn:
            yield turn
            yield env.timeout(s)
        outstanding[k] -= 1
        out[i] = env.now - came

    def source():
        for i, (t, s) in enumerate(zip(arrival, work, strict=True)):
            yield env.timeout(max(0.0, t - env.now))
            env.process(request(i, s))

    env.process(source())
    env.run()
    return out


BY = {"heapq": by_heapq, "callbacks": by_callbacks, "resource": by_resource}


def python_draws(n):
    """The same kind of draws, as plain Python makes them."""
    rate, t, arrival, work = BUSY * TARGETS * WORKERS, 0.0, [], []
    for _ in range(n):
        t += random.expovariate(rate)
        arrival.append(t)
        work.append(random.expovariate(1.0))
    return arrival, work


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
