"""The queues of `bench_queueing` as event loops; each returns when every request departs.

They import nothing of awsnb's, so that a process of theirs doesn't wait for it.
"""

import heapq
import random
from collections import deque
from itertools import cycle

import simpy

TARGETS, WORKERS, BUSY = 16, 4, 0.8


def choose(rule, targets):
    """Round robin, or the least outstanding; of those, who has had so few for longest.

    What picks a target, and what is to be told when a request leaves one.
    """
    if rule == "round robin":
        turn = cycle([*range(1, targets), 0])
        return lambda outstanding: next(turn), lambda k: None
    changed, clock = [-targets + k for k in range(targets)], iter(range(10**9))

    def change(k):
        changed[k] = next(clock)

    def least(outstanding):
        k = min(range(targets), key=lambda j: (outstanding[j], changed[j]))
        change(k)
        return k

    return least, change


def by_heapq(rule, arrival, work, targets=TARGETS, workers=WORKERS):
    """A loop over arrivals; a heap of worker-free times per target, and one of departures."""
    free = [[0.0] * workers for _ in range(targets)]
    turn, out, departures = targets - 1, [], []
    outstanding, changed, clock = [0] * targets, list(range(targets)), targets
    for t, s in zip(arrival, work):  # noqa: B905
        if rule == "round robin":
            k = turn = turn + 1 if turn + 1 < targets else 0
        else:
            while departures and departures[0][0] <= t:
                left = heapq.heappop(departures)[1]
                outstanding[left] -= 1
                changed[left], clock = clock, clock + 1
            least = min(outstanding)
            k = min((changed[j], j) for j in range(targets) if outstanding[j] == least)[1]
            changed[k], clock = clock, clock + 1
        start = free[k][0]
        if start < t:
            start = t
        departure = start + s
        heapq.heapreplace(free[k], departure)
        if rule != "round robin":
            outstanding[k] += 1
            heapq.heappush(departures, (departure, k))
        out.append(departure)
    return out


def by_callbacks(rule, arrival, work, targets=TARGETS, workers=WORKERS):
    """SimPy as an expert writes it: bare timeouts and callbacks, no process, no resource."""
    env = simpy.Environment()
    idle, waiting = [workers] * targets, [deque() for _ in range(targets)]
    outstanding, (pick, change) = [0] * targets, choose(rule, targets)
    out, requests = [0.0] * len(arrival), enumerate(zip(arrival, work, strict=True))

    def start(k, i, s):
        event = simpy.events.Timeout(env, s, (k, i))
        event.callbacks.append(leave)

    def leave(event):
        k, i = event.value
        out[i] = env.now
        outstanding[k] -= 1
        change(k)
        if waiting[k]:
            start(k, *waiting[k].popleft())
        else:
            idle[k] += 1

    def arrive(event):
        i, (_, s) = event.value
        k = pick(outstanding)
        outstanding[k] += 1
        if idle[k]:
            idle[k] -= 1
            start(k, i, s)
        else:
            waiting[k].append((i, s))
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
    outstanding, (pick, change), out = [0] * targets, choose(rule, targets), [0.0] * len(arrival)

    def request(i, s):
        k = pick(outstanding)
        outstanding[k] += 1
        with resources[k].request() as turn:
            yield turn
            yield env.timeout(s)
        outstanding[k] -= 1
        change(k)
        out[i] = env.now

    def source():
        for i, (t, s) in enumerate(zip(arrival, work, strict=True)):
            yield env.timeout(max(0.0, t - env.now))
            env.process(request(i, s))

    env.process(source())
    env.run()
    return out


def python_draws(n):
    """The same kind of draws, as plain Python makes them."""
    rate, t, arrival, work = BUSY * TARGETS * WORKERS, 0.0, [], []
    for _ in range(n):
        t += random.expovariate(rate)
        arrival.append(t)
        work.append(random.expovariate(1.0))
    return arrival, work
