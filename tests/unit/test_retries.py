import heapq

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from awsnb.mechanisms import arrivals
from awsnb.mechanisms.queueing import (
    GIVEN_UP,
    OK,
    REJECTED,
    Balancer,
    Clients,
    Registration,
    Target,
    serve,
)
from awsnb.mechanisms.random_streams import generator

INF = float("inf")
dyadic = st.integers(1, 32).map(lambda n: n / 8)


def one_by_one(balancer, arrival, work, clients):
    """The twin: attempts from a heap, one call of the balancer for each.

    At one instant first attempts come before retries, and retries in the order of the attempts
    that failed.
    """
    waiting = [(t, i, i, 0) for i, t in enumerate(arrival)]
    heapq.heapify(waiting)
    ends, attempts = {}, []
    while waiting:
        t, _, i, tries = heapq.heappop(waiting)
        one = balancer.serve([t], [work[i]])
        known = min(one.end_s[0], t + clients.patience_s)
        good = one.status[0] == OK and one.end_s[0] <= known
        attempts.append((t, i, int(one.target[0]), int(one.status[0])))
        status = GIVEN_UP if one.end_s[0] > known else int(one.status[0])
        ends[i] = (float(known), status)
        if not good and tries < clients.retries:
            again = known + clients.pause_s * 2**tries
            heapq.heappush(waiting, (again, len(arrival) + len(attempts), i, tries + 1))
    return [ends[i] for i in range(len(arrival))], attempts


@example([(0, 3.125), (0.5, 3.25), (0, 3.125), (0, 3.25)], 3, 3.0, 4.0, "round robin")
@given(
    st.lists(st.tuples(st.sampled_from([0.0, 0.125, 0.5, 2.0]), dyadic), min_size=1, max_size=40),
    st.integers(0, 3),
    st.sampled_from([INF, 0.5, 3.0]),
    st.sampled_from([0.125, 1.0, 4.0]),
    st.sampled_from(["round robin", "least outstanding"]),
)
def test_served_in_parts_it_is_as_one_by_one(requests, retries, patience, pause, rule):
    gaps, work = map(np.array, zip(*requests, strict=True))
    arrival = np.cumsum(gaps)
    clients = Clients(retries, patience, pause)
    targets, registrations = (
        [Target(queue_limit=1)] * 2,
        [Registration(0).fail(3.0, 1.5), Registration(1)],
    )
    ours = serve(Balancer(targets, rule, registrations), arrival, work, clients)
    ends, attempts = one_by_one(Balancer(targets, rule, registrations), arrival, work, clients)
    seen = zip(ours.requests.end_s.tolist(), ours.requests.status.tolist(), strict=True)
    assert list(seen) == ends
    times, columns = ours.attempts.arrival_s, (ours.attempts.target, ours.attempts.status)
    assert list(zip(times.tolist(), ours.request.tolist(), *columns, strict=True)) == attempts


def storm(retries, patience_s=2.0, duration_s=300.0):
    """Four targets, 80 % busy, one of them away from 60 to 150 s, impatient clients."""
    arrival = arrivals.poisson(arrivals.constant(128, duration_s), generator(1, "arrivals"))
    work = arrivals.exponential(arrival.size, 0.1, generator(1, "service"))
    registrations = [
        Registration(0).deregister(60.0, INF),
        Registration(0, opens_s=150.0),
        *map(Registration, (1, 2, 3)),
    ]
    balancer = Balancer([Target(4)] * 4, registrations=registrations)
    return arrival, serve(balancer, arrival, work, Clients(retries, patience_s))


@pytest.mark.statistical
def test_without_retries_a_fleet_recovers_and_with_them_it_goes_on_failing():
    arrival, calm = storm(0)
    _, stormy = storm(3)
    late = arrival > 200  # fifty seconds after the fourth is back
    assert (calm.requests.status[late] == OK).mean() > 0.99
    assert (stormy.requests.status[late] == OK).mean() < 0.9
    assert stormy.request.size > 1.5 * arrival.size


def test_full_queues_turn_retries_away_and_keep_the_rest_quick():
    arrival = arrivals.poisson(arrivals.constant(100, 60), generator(1, "arrivals"))
    work = arrivals.exponential(arrival.size, 0.1, generator(1, "service"))
    out = serve(Balancer([Target(4, queue_limit=4)] * 2), arrival, work, Clients(2))
    assert (out.attempts.status == REJECTED).any()
    waited = out.attempts.wait_s[out.attempts.status == OK]
    assert waited.max() < 2.0
    served = np.bincount(out.request[out.attempts.status == OK], minlength=arrival.size)
    assert (served == (out.requests.status == OK)).all()  # once, if at all


@pytest.mark.parametrize("clients", [Clients(-1), Clients(1, 0.0), Clients(1, 1.0, 0.0)])
def test_clients_that_cannot_be_are_refused(clients):
    with pytest.raises(ValueError, match="retries must be 0 or more"):
        serve(Balancer([Target()]), np.array([0.0]), np.array([1.0]), clients)
