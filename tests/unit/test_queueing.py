import heapq
from collections import deque
from itertools import count

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsnb import theory
from awsnb._jit import JIT_DISABLED
from awsnb.mechanisms import arrivals
from awsnb.mechanisms.queueing import (
    CUT,
    FAILED,
    LOST,
    NO_TARGET,
    NOT_STICKY,
    OK,
    REJECTED,
    RULES,
    Balancer,
    Registration,
    Sticky,
    Target,
    dispatch,
    percentiles,
    percentiles_over_time,
    rotation,
    serving,
)
from awsnb.mechanisms.queueing import balancer as balancer_module
from awsnb.mechanisms.random_streams import generator, stream

INF = float("inf")
SCALE = 1 if not JIT_DISABLED else 50  # plain Python gets through less

# --- the naive twin


def mixed(number, salt):
    x = (number * 0x9E3779B1 + salt) % 2**32
    x = (x ^ x >> 16) * 0x7FEB352D % 2**32
    x = (x ^ x >> 15) * 0x846CA68B % 2**32
    return x ^ x >> 16


class Server:
    """A target in one registration: real queues, real workers, and a list of what is in flight."""

    def __init__(self, registration, target, zone):
        self.registration, self.target, self.zone = registration, target, zone
        self.idle, self.waiting, self.inside = target.workers, deque(), {}
        self.failing, self.credit, self.changed = 0, 0.0, (-1.0, 0, 0)

    def in_rotation(self, t):
        return self.registration.opens_s <= t < self.registration.closes_s

    def ripe(self, t):
        return t >= self.registration.opens_s + self.registration.slow_start_s

    def outstanding(self):
        return len(self.inside) + self.failing

    def change(self, t, order, i):  # at the same time: those who leave, then those who arrive
        self.changed = max(self.changed, (t, order, i))


def twin(targets, rule, registrations, sticky, zonal, seed, arrival, work, flow, zone):
    """The same rules as one event after the other, from a heap, with nothing known beforehand."""
    zone_of = [target.zone if zonal else 0 for target in targets]
    registrations = sorted(
        registrations, key=lambda one: (zone_of[one.target], one.target, one.opens_s)
    )
    servers = [Server(one, targets[one.target], zone_of[one.target]) for one in registrations]
    zones, salt = max(one.zone for one in servers) + 1, int(stream(seed, "routing")[0]) % 2**32
    latest, bonds, out, serial = [None] * zones, {}, {}, count()
    events = []

    def at(t, order, what, *details):  # at the same time: leave, die, arrive
        heapq.heappush(events, (t, order, next(serial), what, details))

    def begin(server, i, t):
        server.idle -= 1
        server.inside[i] = t
        at(t + work[i] * (1 / server.target.speed), 0, leave, server, i)

    def leave(t, server, i):
        if i in server.inside:
            out[i] = (server.inside.pop(i), t, server.registration.target, OK)
            server.change(t, 0, i)
            server.idle += 1
            if server.waiting:
                begin(server, server.waiting.popleft(), t)

    def die(t, server):
        state = LOST if server.registration.ends_s < server.registration.closes_s else CUT
        for i, start in server.inside.items():
            out[i] = (min(start, t), t, server.registration.target, state)
            server.change(t, 0, i)
        server.inside, server.waiting = {}, deque()

    def stall(t, server, i):
        server.failing -= 1
        server.change(t, 0, i)

    def share(server, t, there):
        heaviest = max(one.target.weight for one in there)
        weight = server.target.weight / heaviest
        if server.ripe(t) or not any(one.ripe(t) for one in there):
            return weight
        ramp = (t - server.registration.opens_s) * (1.0 / server.registration.slow_start_s)
        return weight * ramp if ramp < 1 else weight

    def choose(t, i, z, there):
        uneven = any(share(one, t, there) < 1 for one in there) or any(
            not one.ripe(t) for one in there if any(other.ripe(t) for other in there)
        )
        if rule == "round robin" and uneven:
            for one in there:
                one.credit += share(one, t, there)
            latest[z] = max(there, key=lambda one: one.credit)
            latest[z].credit -= sum(share(one, t, there) for one in there)
            return latest[z]
        if rule == "round robin":
            order = [one for one in servers if one.zone == z]
            position = -1 if latest[z] is None else order.index(latest[z])
            while True:
                position = (position + 1) % len(order)
                if order[position] in there:
                    latest[z] = order[position]
                    return latest[z]
        if rule == "least outstanding":
            return min(there, key=lambda one: (one.outstanding(), one.changed))
        if rule == "weighted least outstanding":
            return min(
                there,
                key=lambda one: (-share(one, t, there) / (one.outstanding() + 1), one.changed),
            )
        name = flow[i] if rule == "flow hash" else i + 1
        coin = mixed(name, salt)
        if rule == "two choices":
            one, other = (
                there[number * len(there) // 2**32] for number in (coin, mixed(coin, salt))
            )
            return one if one.outstanding() < other.outstanding() else other
        while True:
            one = there[coin * len(there) // 2**32]
            if not uneven:
                return one
            coin = mixed(coin, salt)
            if coin / 2**32 < share(one, t, there):
                return one
            coin = mixed(coin, salt)

    def arrive(t, i):
        z = zone[i] if zonal else 0
        for _ in range(zones):
            there = [one for one in servers if one.zone == z and one.in_rotation(t)]
            if there:
                break
            z = (z + 1) % zones
        server, until = bonds.get(flow[i], (None, 0.0)) if sticky.duration_s else (None, 0.0)
        if server:
            leaves = server.registration.closes_s
            if sticky.while_draining:
                leaves = max(leaves, server.registration.ends_s)
            if t >= until or t >= leaves or server.zone != z:
                server = None
        bound = server is not None
        if not bound:
            if not there:
                out[i] = (t, t, -1, NO_TARGET)
                return
            server = choose(t, i, z, there)
        if sticky.duration_s and (sticky.renewed or not bound):
            bonds[flow[i]] = server, t + sticky.duration_s
        server.change(t, 1, i)
        if t >= server.registration.ends_s:
            fails = t + server.registration.stall_s
            out[i] = (fails, fails, server.registration.target, FAILED)
            if fails > t:
                server.failing += 1
                at(fails, 0, stall, server, i)
        elif server.idle:
            begin(server, i, t)
        elif len(server.waiting) >= server.target.queue_limit:
            out[i] = (t, t, server.registration.target, REJECTED)
        else:
            server.waiting.append(i)
            server.inside[i] = INF

    for server in servers:
        at(server.registration.ends_s, 1, die, server)
    for i, t in enumerate(arrival):
        at(t, 2, arrive, i)
    while events:
        t, _, _, what, details = heapq.heappop(events)
        what(t, *details)
    found = [out[i] for i in range(len(arrival))]
    return (arrival, *zip(*found, strict=True))


# --- inputs; dyadic, so that ties between arrivals, departures and changes are real

dyadic = st.integers(1, 64).map(lambda n: n / 8)
targets_any = st.builds(
    Target,
    workers=st.integers(1, 4),
    speed=st.sampled_from([0.5, 1.0, 2.0, 3.0]),
    weight=st.sampled_from([1.0, 1.0, 2.0, 5.0, 0.3]),
    zone=st.integers(0, 2),
    queue_limit=st.sampled_from([INF, INF, 0, 1, 3]),
)


@st.composite
def registrations_of(draw, target):
    opens, found = draw(st.sampled_from([0.0, 0.0, 3.0])), []
    for _ in range(draw(st.integers(1, 3))):
        ramp = draw(st.sampled_from([0.0, 0.0, 2.0, 8.0]))
        registration = Registration(target, opens_s=opens, slow_start_s=ramp)
        after = opens + draw(dyadic)
        change = draw(st.sampled_from(["none", "fail", "stall", "drain", "cut"]))
        if change == "none":
            return [*found, registration]
        if change in ("fail", "stall"):
            registration = registration.fail(after, draw(dyadic), 0.0 if change == "fail" else 1.5)
        else:
            registration = registration.deregister(after, 0.0 if change == "cut" else draw(dyadic))
        found.append(registration)
        opens = registration.closes_s + draw(
            st.sampled_from([0.0, 1.0, 4.0])
        )  # perhaps still draining
    return found


@st.composite
def cases(draw):
    targets = draw(st.lists(targets_any, min_size=1, max_size=5))
    alike = draw(st.booleans())
    if alike:
        targets = [one._replace(weight=1.0) for one in targets]
    registrations = [Registration(k) for k in range(len(targets))]
    if draw(st.booleans()):
        registrations = [one for k in range(len(targets)) for one in draw(registrations_of(k))]
    zonal = draw(st.booleans())
    zones = max(targets[one.target].zone for one in registrations) + 1
    n = draw(st.integers(1, 60))
    gaps = draw(st.lists(st.sampled_from([0, 0, 1, 1, 2, 5]), min_size=n, max_size=n))
    sticky = Sticky(
        draw(st.sampled_from([0.0, 0.0, 1.0, 6.0])), draw(st.booleans()), draw(st.booleans())
    )
    return (
        *(targets, draw(st.sampled_from(list(RULES))), registrations, sticky, zonal),
        draw(st.integers(0, 9)),
        (np.cumsum(gaps) / 8).tolist(),
        draw(st.lists(dyadic, min_size=n, max_size=n)),
        draw(st.lists(st.integers(0, 6), min_size=n, max_size=n)),
        draw(st.lists(st.integers(0, zones - 1), min_size=n, max_size=n)),
    )


# --- against the twin


@given(cases())
def test_the_kernel_agrees_with_the_twin_to_the_last_bit(case):
    *setting, arrival, work, flow, zone = case
    ours = Balancer(*setting).serve(arrival, work, flow, zone)
    for column, twins in zip(ours, twin(*case), strict=True):
        assert column.tolist() == list(twins)


@pytest.mark.parametrize("rule", RULES)
def test_it_agrees_with_the_twin_on_a_longer_run(rule):
    n = 3000
    targets = [Target(k % 3 + 1, [1.0, 2.0][k % 2], 1 + k % 4) for k in range(7)]
    registrations = [Registration(0).fail(20, 5), Registration(0, opens_s=40, slow_start_s=10)]
    registrations += [Registration(1).deregister(30, 2), *(Registration(k) for k in range(2, 7))]
    rate = arrivals.bursty(10, 30, 5, 5, 400, generator(1, "bursts"))
    arrival = arrivals.poisson(rate, generator(1, "arrivals"))[:n]
    work = arrivals.lognormal(arrival.size, 0.8, 2.0, generator(1, "service"))
    flow = generator(1, "flows").integers(0, 200, arrival.size)
    setting = (targets, rule, registrations, NOT_STICKY, False, 1)
    ours = Balancer(*setting).serve(arrival, work, flow)
    twins = twin(*setting, arrival.tolist(), work.tolist(), flow.tolist(), [])
    for column, other in zip(ours, twins, strict=True):
        assert column.tolist() == list(other)


@given(cases(), st.integers(0, 60))
def test_in_parts_it_is_the_same(case, cut):
    *setting, arrival, work, flow, zone = case
    whole = Balancer(*setting).serve(arrival, work, flow, zone)
    balancer = Balancer(*setting)
    parts = [
        balancer.serve(arrival[part], work[part], flow[part], zone[part])
        for part in (slice(0, cut), slice(cut, None))
    ]
    for column, *pieces in zip(whole, *parts, strict=True):
        assert column.tolist() == np.concatenate(pieces).tolist()


def test_blocks_leave_no_seam(monkeypatch):
    n = 2000
    arrival, work = np.cumsum(generator(2, "a").random(n)) / 8, generator(2, "s").random(n)
    for rule in RULES:
        whole = Balancer([Target()] * 5, rule).serve(arrival, work, np.arange(n))
        monkeypatch.setattr(balancer_module, "PART", 37)
        parts = Balancer([Target()] * 5, rule).serve(arrival, work, np.arange(n))
        monkeypatch.undo()
        assert (whole.end_s == parts.end_s).all()
        assert (whole.target == parts.target).all()


def test_a_calendar_grows_with_those_who_are_outstanding():
    balancer = Balancer([Target()], "least outstanding")
    for part in range(40):
        balancer.serve(np.linspace(part, part + 0.99, 100), np.ones(100))
    assert balancer.calendar.moments.size >= 39 * 99


def plain(monkeypatch):
    for module in (dispatch, rotation, serving):
        for name, kernel in list(vars(module).items()):
            if hasattr(kernel, "py_func"):
                monkeypatch.setattr(module, name, kernel.py_func)


@pytest.mark.parametrize("rule", RULES)
def test_compiled_and_plain_agree_to_the_last_bit(rule, monkeypatch):
    n = 400
    targets = [Target(2, 1.5, 1 + k % 2, queue_limit=4) for k in range(4)]
    registrations = [
        Registration(0).fail(5, 2, stall_s=1),
        Registration(0, opens_s=12, slow_start_s=6),
    ]
    registrations += [Registration(1).deregister(8, 0.5), Registration(2), Registration(3)]
    arrival, work = np.cumsum(generator(3, "a").random(n)) / 8, 2 * generator(3, "s").random(n)
    flow = generator(3, "f").integers(0, 30, n)
    runs = []
    for compiled in (True, False):
        if not compiled:
            plain(monkeypatch)
        balancer = Balancer(
            targets, rule, registrations, Sticky(3.0) if rule == "random" else Sticky(0.0)
        )
        runs.append(balancer.serve(arrival, work, flow))
    for one, other in zip(*runs, strict=True):
        assert one.tobytes() == other.tobytes()


# --- conservation, and what must follow from what


@given(cases())
def test_every_request_is_accounted_for(case):
    *setting, arrival, work, flow, zone = case
    targets, registrations = setting[0], setting[2]
    outcome = Balancer(*setting).serve(arrival, work, flow, zone)
    assert np.isin(outcome.status, [OK, FAILED, LOST, CUT, REJECTED, NO_TARGET]).all()
    assert ((outcome.target < 0) == (outcome.status == NO_TARGET)).all()
    assert (outcome.wait_s >= 0).all() and (outcome.sojourn_s >= outcome.wait_s).all()
    speed = np.array([one.speed for one in targets])[outcome.target]
    served = outcome.end_s - outcome.start_s
    wanted = np.asarray(work) / speed
    done = outcome.status == OK
    assert served[done] == pytest.approx(wanted[done])
    partly = np.isin(outcome.status, [LOST, CUT])
    assert (served[partly] <= wanted[partly] + 1e-9).all()
    assert (served[np.isin(outcome.status, [FAILED, REJECTED])] == 0).all()
    # no more at once than there are workers
    for k, target in enumerate(targets):
        here = outcome.target == k
        start, end = outcome.start_s[here], outcome.end_s[here]
        lives = sum(
            one.target == k for one in registrations
        )  # a new registration may overlap the draining
        for t in start:
            assert ((start <= t) & (t < end)).sum() <= target.workers * lives


@pytest.mark.parametrize("rule", RULES)
def test_at_double_the_rate_every_time_halves(rule):
    n = 5000 // SCALE
    arrival = np.cumsum(generator(4, "a").standard_exponential(n)) / 8
    work, flow = generator(4, "s").standard_exponential(n), np.arange(n) % 97
    slow = Balancer([Target()] * 10, rule).serve(arrival, work, flow)
    fast = Balancer([Target()] * 10, rule).serve(arrival / 2, work / 2, flow)
    assert (fast.sojourn_s == slow.sojourn_s / 2).all()
    assert (fast.target == slow.target).all()


@given(st.lists(st.tuples(st.integers(0, 4), dyadic), min_size=1, max_size=60), st.integers(1, 6))
def test_one_more_worker_never_lengthens_a_wait(requests, workers):
    gaps, work = zip(*requests, strict=True)
    arrival = np.cumsum(gaps) / 2
    few = Balancer([Target(workers)]).serve(arrival, work)
    more = Balancer([Target(workers + 1)]).serve(arrival, work)
    assert (more.wait_s <= few.wait_s).all()


def test_the_same_seed_gives_the_same_run_and_another_seed_another():
    n = 1000
    arrival, work = np.arange(n) / 8, np.full(n, 1.0)
    runs = [Balancer([Target()] * 9, "random", seed=s).serve(arrival, work) for s in (1, 1, 2)]
    assert (runs[0].target == runs[1].target).all()
    assert (runs[0].target != runs[2].target).any()


# --- closed forms


def batch_means(values, batches=40):
    """Mean, and its standard error by means of long batches, which hardly depend on each other."""
    means = values[: values.size // batches * batches].reshape(batches, -1).mean(axis=1)
    return means.mean(), means.std(ddof=1) / np.sqrt(batches)


def steady(targets, rule, rate, work, seed=5, warm_up=0.1):
    gaps = generator(seed, "arrivals").standard_exponential(work.size)
    outcome = Balancer(targets, rule).serve(np.cumsum(gaps) / rate, work)
    start = int(warm_up * work.size)
    return outcome.sojourn_s[start:], outcome.wait_s[start:]


LONG = 2_000_000
compiled_only = pytest.mark.skipif(JIT_DISABLED, reason="takes minutes as plain Python")


@compiled_only
@pytest.mark.parametrize(("workers", "busy"), [(1, 0.5), (1, 0.8), (4, 0.8), (16, 0.9)])
def test_mmc(workers, busy):
    work = arrivals.exponential(LONG, 1.0, generator(5, "service"))
    sojourn, wait = steady([Target(workers)], "round robin", busy * workers, work)
    mean, error = batch_means(wait)
    assert abs(mean - theory.mmc_wait_s(busy * workers, 1.0, workers)) < 4 * error
    mean, error = batch_means((wait > 0).astype(float))
    assert abs(mean - theory.erlang_c(workers, busy * workers)) < 4 * error
    for share in (0.5, 0.99):
        limit = theory.mmc_sojourn_quantile_s(share, busy * workers, 1.0, workers)
        mean, error = batch_means((sojourn <= limit).astype(float))
        assert abs(mean - share) < 4 * error


@compiled_only
@pytest.mark.parametrize("cv", [0.0, 0.5, 2.0])
def test_a_single_worker_by_pollaczek_and_khinchine(cv):
    service = generator(6, "service")
    work = arrivals.lognormal(LONG, 1.0, cv, service) if cv else arrivals.equal(LONG, 1.0)
    mean, error = batch_means(steady([Target()], "round robin", 0.7, work)[1])
    assert abs(mean - theory.mg1_wait_s(0.7, 1.0, cv)) < 4 * error


@compiled_only
def test_random_routing_makes_queues_of_their_own():
    work = arrivals.exponential(LONG, 1.0, generator(7, "service"))
    mean, error = batch_means(steady([Target(4)] * 8, "random", 8 * 3.2, work)[1])
    assert abs(mean - theory.mmc_wait_s(3.2, 1.0, 4)) < 4 * error


@compiled_only
@pytest.mark.parametrize("busy", [0.5, 0.9])
def test_two_choices_come_near_their_mean_field(busy):
    work = arrivals.exponential(LONG, 1.0, generator(8, "service"))
    mean, error = batch_means(steady([Target()] * 500, "two choices", busy * 500, work)[0])
    limit = theory.two_choices_sojourn_s(busy, 1.0)
    assert abs(mean - limit) < 4 * error + 0.02 * limit  # 500 are many, not infinitely many


@compiled_only
def test_a_full_queue_turns_away_what_erlang_says():
    """M/M/c/c loses by Erlang's B formula, which erlang_c is made from."""
    work = arrivals.exponential(LONG, 1.0, generator(9, "service"))
    gaps = generator(9, "arrivals").standard_exponential(LONG)
    outcome = Balancer([Target(4, queue_limit=0)]).serve(np.cumsum(gaps) / 3.2, work)
    mean, error = batch_means((outcome.status == REJECTED).astype(float))
    waiting = theory.erlang_c(4, 3.2)
    blocked = waiting * (4 - 3.2) / (4 - 3.2 * waiting)
    assert abs(mean - blocked) < 4 * error


# --- rules and changes, one by one


def even_run(n, targets, rule, registrations=None, rate=8.0, work=0.25, **more):
    balancer = Balancer(targets, rule, registrations, **more)
    return np.arange(n) / rate, balancer.serve(np.arange(n) / rate, np.full(n, work), np.arange(n))


@pytest.mark.parametrize("rule", ["round robin", "random", "flow hash"])
def test_weights_are_shares(rule):
    weights = [1.0, 2.0, 5.0]
    outcome = even_run(8000, [Target(9, weight=w) for w in weights], rule)[1]
    share = np.bincount(outcome.target) / 8000
    assert share == pytest.approx(
        np.array(weights) / 8, abs=1e-3 if rule == "round robin" else 0.02
    )


def test_ties_go_to_who_has_had_so_few_outstanding_for_longest():
    # 0 and 1 are taken in turn; 1 is done before 0, so it is the one that waits longer
    targets = [Target(), Target()]
    outcome = Balancer(targets, "least outstanding").serve(
        [0.0, 0.1, 5.0, 6.0], [3.0, 1.0, 0.0, 0.0]
    )
    assert outcome.target.tolist() == [0, 1, 1, 0]


def test_departures_within_a_long_gap_keep_their_order():
    # thousands of moments pass without an arrival, many turns of the calendar
    arrival = np.concatenate((np.arange(1000) * 1e-3, [400.0, 400.1, 400.2]))
    work = np.zeros(arrival.size)
    work[:3] = 300.0, 200.0, 100.0  # the first three targets leave in the order 2, 1, 0
    work[3:1000] = 1e-9
    targets = [Target()] * 3 + [Target(weight=1.0)]
    outcome = Balancer(targets, "least outstanding").serve(arrival, work)
    assert outcome.target[:3].tolist() == [0, 1, 2]
    assert outcome.target[-3:].tolist() == [3, 2, 1]


def test_weighted_round_robin_spreads_its_turns():
    targets = [Target(weight=1.0), Target(weight=0.5)]
    outcome = even_run(6, targets, "round robin")[1]
    assert outcome.target.tolist() == [0, 1, 0, 0, 1, 0]
    # nginx's own example of its smooth weighted round robin: a a b a c a a
    three = [Target(weight=5.0), Target(weight=1.0), Target(weight=1.0)]
    assert even_run(7, three, "round robin")[1].target.tolist() == [0, 0, 1, 0, 2, 0, 0]


@pytest.mark.parametrize("rule", ["round robin", "random", "weighted least outstanding"])
def test_slow_start_grows_from_nothing_to_a_full_share(rule):
    registrations = [Registration(0), Registration(1, opens_s=100, slow_start_s=400)]
    arrival, outcome = even_run(8000, [Target(64)] * 2, rule, registrations, work=5.0)
    share = [
        (outcome.target[(arrival >= a) & (arrival < b)] == 1).mean()
        for a, b in ((0, 100), (100, 180), (260, 340), (420, 500), (600, 1000))
    ]
    assert share[0] == 0
    assert 0 < share[1] < share[2] < share[3] < share[4]
    assert share[4] == pytest.approx(0.5, abs=0.02)


def test_nobody_is_slow_if_all_start_together():
    outcome = even_run(
        100, [Target()] * 2, "round robin", [Registration(k, 0, slow_start_s=50) for k in (0, 1)]
    )[1]
    assert np.bincount(outcome.target).tolist() == [50, 50]


@pytest.mark.parametrize(("stall_s", "least", "most"), [(0.0, 0.6, 1.0), (60.0, 0.0, 0.02)])
def test_least_outstanding_floods_a_target_that_refuses_and_spares_one_that_hangs(
    stall_s, least, most
):
    registrations = [Registration(0).fail(20, detected_after_s=20, stall_s=stall_s)]
    registrations += [Registration(k) for k in (1, 2, 3)]
    arrival = arrivals.poisson(arrivals.constant(50, 60), generator(1, "arrivals"))
    work = arrivals.exponential(arrival.size, 0.28, generator(1, "service"))
    outcome = Balancer([Target(8)] * 4, "least outstanding", registrations).serve(arrival, work)
    dead = (arrival >= 20) & (arrival < 40)
    assert (outcome.status[(outcome.target == 0) & dead] == FAILED).all()
    assert least <= (outcome.target[dead] == 0).mean() <= most


def test_failure_detection_and_return():
    registrations = [
        Registration(0).fail(100, detected_after_s=20),
        Registration(0, opens_s=150),
        Registration(1),
    ]
    arrival, outcome = even_run(2000, [Target(8)] * 2, "round robin", registrations, work=1.0)
    failed = arrival[outcome.status == FAILED]
    assert failed.min() >= 100 and failed.max() < 120
    assert arrival[outcome.status == LOST].tolist() == [99.25, 99.5, 99.75]
    gone = (arrival >= 120) & (arrival < 150)
    assert (outcome.target[gone] == 1).all()
    assert (outcome.target[arrival >= 150] == 0).mean() == pytest.approx(0.5, abs=0.01)


def test_draining_lets_finish_what_it_can():
    work = np.array([5.0, 15.0, 1.0])
    registrations = [Registration(0).deregister(2.0, delay_s=10.0), Registration(1, opens_s=2.0)]
    outcome = Balancer([Target(9)] * 2, "round robin", registrations).serve([0.0, 1.0, 3.0], work)
    assert outcome.status.tolist() == [OK, CUT, OK]
    assert outcome.sojourn_s.tolist() == [5.0, 11.0, 1.0]
    assert outcome.target.tolist() == [0, 0, 1]


def test_a_cookie_leaves_a_draining_target_and_a_connection_stays():
    registrations = [Registration(0).deregister(10.0, delay_s=20.0), Registration(1, opens_s=5.0)]
    arrival = np.array([0.0, 12.0, 28.0, 31.0])
    for sticky, expected in (
        (Sticky(100.0), [0, 1, 1, 1]),
        (Sticky(100.0, while_draining=True), [0, 0, 0, 1]),
    ):
        balancer = Balancer([Target(9)] * 2, "round robin", registrations, sticky)
        outcome = balancer.serve(arrival, np.full(4, 1.0), np.zeros(4))
        assert outcome.target.tolist() == expected


def test_a_bond_lasts_its_duration_and_longer_if_renewed():
    arrival = [0.0, 4.0, 8.0, 12.0]
    for renewed, expected in ((False, [0, 0, 0, 1]), (True, [0, 0, 0, 0])):
        balancer = Balancer([Target(9)] * 2, "round robin", sticky=Sticky(10.0, renewed))
        assert balancer.serve(arrival, np.ones(4), np.zeros(4)).target.tolist() == expected


@pytest.mark.statistical
def test_flows_of_a_hash_stay_together_and_spread_evenly():
    flow = generator(1, "flows").integers(0, 4000, 40_000)
    outcome = Balancer([Target(99)] * 8, "flow hash").serve(
        np.arange(40_000), np.ones(40_000), flow
    )
    target_of = np.full(4000, -1)
    target_of[flow] = outcome.target
    assert (target_of[flow] == outcome.target).all()
    flows = np.bincount(target_of[target_of >= 0], minlength=8)
    expected = flows.sum() / 8
    assert ((flows - expected) ** 2 / expected).sum() < 24.3  # chi-square, 7 degrees, 1 in 1000


def test_zones_keep_to_themselves_until_one_is_empty():
    targets = [Target(zone=0), Target(zone=1), Target(zone=1)]
    registrations = [Registration(0)._replace(closes_s=50.0), Registration(1), Registration(2)]
    arrival, zone = np.arange(100.0), np.arange(100) % 2
    outcome = Balancer(targets, "round robin", registrations, zonal=True).serve(
        arrival, np.full(100, 0.5), zone=zone
    )
    early = arrival < 50
    assert (outcome.target[early & (zone == 0)] == 0).all()
    assert (outcome.target[early & (zone == 1)] > 0).all()
    assert (outcome.target[~early] > 0).all()


def test_nobody_in_rotation():
    outcome = Balancer([Target()], registrations=[Registration(0, opens_s=5.0)]).serve(
        [1.0, 6.0], [1.0, 1.0]
    )
    assert outcome.status.tolist() == [NO_TARGET, OK]
    assert outcome.target.tolist() == [-1, 0]


@pytest.mark.parametrize("rule", RULES)
def test_a_thousand_targets(rule):
    n = 20_000 // SCALE
    outcome = Balancer([Target()] * 1024, rule).serve(np.arange(n) / 800, np.ones(n), np.arange(n))
    assert (outcome.status == OK).all()
    if "least" in rule or rule == "round robin":
        assert (outcome.wait_s == 0).all()


def test_an_overload_that_never_ends():
    n = 20_000 // SCALE
    for rule in RULES:
        outcome = Balancer([Target()] * 2, rule).serve(np.arange(n) / 8, np.ones(n), np.arange(n))
        assert outcome.sojourn_s[-n // 20 :].mean() == pytest.approx(n / 2 - n / 8, rel=0.1)


# --- measures


def test_percentiles_are_times_that_were_measured():
    times = generator(1, "times").standard_exponential(1001)
    assert percentiles(times).tolist() == np.sort(times)[[500, 900, 990, 999]].tolist()
    assert np.isnan(percentiles([])).all()


def test_percentiles_over_time():
    found = percentiles_over_time(
        np.array([0.0, 1.0, 2.0, 5.0]), np.array([3.0, 1.0, 2.0, 9.0]), [0, 3, 4, 6], [50, 99]
    )
    assert found[0].tolist() == [2.0, 3.0]
    assert np.isnan(found[1]).all()
    assert found[2].tolist() == [9.0, 9.0]


def test_no_requests_are_no_outcomes():
    assert [column.size for column in Balancer([Target()]).serve([], [])] == [0] * 5


def test_arrays_that_are_not_to_be_written_are_read():
    arrival = np.arange(4.0)
    arrival.flags.writeable = False
    assert Balancer([Target()]).serve(arrival, arrival).status.tolist() == [OK] * 4


# --- what cannot be

ONE = [Target()]


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        (([],), "at least one"),
        ((ONE, "fastest"), "rule = 'fastest': must be one of round robin"),
        (([Target(0)],), "workers = 0"),
        (([Target(1.5)],), "workers = 1.5"),
        (([Target(speed=0.0)],), "speed and weight"),
        (([Target(weight=0.0)],), "speed and weight"),
        (([Target(weight=np.nan)],), "speed and weight"),
        (([Target(zone=-1)],), "zone and queue_limit"),
        (([Target(queue_limit=-1)],), "zone and queue_limit"),
        ((ONE, "random", []), "at least one"),
        ((ONE, "random", [Registration(1)]), "targets 0 to 0"),
        ((ONE, "random", [Registration(0, opens_s=-1.0)]), "open at 0 s or later"),
        (
            (ONE, "random", [Registration(0, opens_s=5.0).fail(5.0, 1.0)]),
            "before it closes and ends",
        ),
        ((ONE, "random", [Registration(0, slow_start_s=-1.0)]), "slow_start_s"),
        ((ONE, "random", [Registration(0, stall_s=np.inf)]), "stall_s"),
        ((ONE, "random", [Registration(0, k) for k in range(9000)]), "at most 8192"),
        ((ONE, "random", None, Sticky(-1.0)), "duration_s = -1"),
    ],
)
def test_balancers_that_cannot_be_are_refused(setting, words):
    with pytest.raises(ValueError, match=words):
        Balancer(*setting)


@pytest.mark.parametrize(
    ("requests", "words"),
    [
        (([1.0], [1.0, 2.0]), "equally long"),
        (([[1.0]], [[1.0]]), "one-dimensional"),
        (([1.0, 0.5], [1.0, 1.0]), "in order"),
        (([-1.0], [1.0]), "0 s or later"),
        (([np.nan], [1.0]), "finite, in order"),
        (([np.inf], [1.0]), "finite, in order"),
        (([1.0], [-1.0]), "work_s must be finite and 0 s or more"),
        (([1.0], [np.nan]), "work_s"),
        (([1.0], [1.0]), "flow is needed"),
        (([1.0], [1.0], [0, 1]), "flow must hold a number"),
        (([1.0], [1.0], [-1]), "flow must hold a number"),
        (([1.0], [1.0], [0]), "zone is needed"),
        (([1.0], [1.0], [0], [1]), "targets are in zones 0 to 0"),
    ],
)
def test_requests_that_cannot_be_are_refused(requests, words):
    balancer = Balancer(ONE, "flow hash", zonal=True)
    with pytest.raises(ValueError, match=words):
        balancer.serve(*requests)


def test_time_runs_one_way():
    balancer = Balancer(ONE)
    balancer.serve([5.0], [1.0])
    with pytest.raises(ValueError, match="5 s or later"):
        balancer.serve([4.0], [1.0])
