"""Sessions that share connections: closed forms, a slow twin, conservation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsnb.mechanisms.connection_pool import FAILED, SERVED, Pool, Work, run
from awsnb.theory import queues


def poisson(n, per_s, seed, **more):
    """Sessions of one exponential transaction each, which come at random."""
    rng = np.random.default_rng(seed)
    still = np.zeros((n, 1))
    parts = {
        "cpu_s": still,
        "held_s": rng.exponential(1.0, (n, 1)),
        "pause_s": still,
        "pinned": np.zeros(n, dtype=bool),
    }
    return Work(np.cumsum(rng.exponential(1 / per_s, n)), **parts | more)


def test_waits_are_those_of_m_m_c():
    found = run(Pool(4, np.inf), poisson(200_000, 3.2, seed=1))
    assert found.waited_s.mean() == pytest.approx(queues.mmc_wait_s(3.2, 1.0, 4), rel=0.05)


def test_processors_are_m_m_c_as_well():
    work = poisson(100_000, 1.6, seed=2)
    on_cpu = work._replace(cpu_s=work.held_s, held_s=work.cpu_s)
    found = run(Pool(100_000, np.inf, processors=2), on_cpu)
    in_system = (found.end_s - work.wake_s).mean()
    assert in_system == pytest.approx(1 + queues.mmc_wait_s(1.6, 1.0, 2), rel=0.05)


@pytest.mark.parametrize(("connections", "per_s"), [(2, 1.0), (8, 10.0)])
def test_who_waits_for_no_connection_is_lost_as_erlang_says(connections, per_s):
    found = run(Pool(connections, 0.0), poisson(100_000, per_s, seed=3))
    lost = (found.status == FAILED).mean()
    assert lost == pytest.approx(queues.mmck_blocked(connections, connections, per_s), rel=0.03)


def test_a_finite_source_is_served_as_its_closed_form_says():
    n, k, c = 12, 6000, 4
    rng = np.random.default_rng(4)
    busy, pause = rng.exponential(1.0, (n, k)), rng.exponential(3.0, (n, k))
    work = Work(np.zeros(n), np.zeros((n, k)), busy, pause, np.zeros(n, dtype=bool))
    found = run(Pool(c, np.inf), work)
    wait = queues.finite_source_wait_s(n, c, think_s=3.0, service_s=1.0)
    assert found.waited_s.mean() == pytest.approx(wait, rel=0.04)


def slow_end_s(connections, wake_s, held_s):
    """First come, first served, one transaction each: by a table of when connections are free."""
    free, ends = [0.0] * connections, []
    for wake, held in zip(wake_s, held_s, strict=True):
        which = free.index(min(free))
        free[which] = max(wake, free[which]) + held
        ends.append(free[which])
    return ends


@given(st.integers(1, 5), st.integers(1, 40), st.integers(0, 99))
def test_a_slow_twin_serves_them_at_the_same_times(connections, n, seed):
    work = poisson(n, 4.0, seed)
    found = run(Pool(connections, np.inf), work)
    expected = slow_end_s(connections, work.wake_s, work.held_s[:, 0])
    np.testing.assert_allclose(found.end_s, expected)


@given(st.integers(1, 6), st.integers(1, 30), st.integers(0, 100), st.integers(0, 99))
def test_nobody_is_lost_and_no_connection_too_many(connections, n, pinned_pct, seed):
    rng = np.random.default_rng(seed)
    pinned = np.arange(n) < n * pinned_pct / 100
    work = Work(np.sort(rng.random(n)), *rng.exponential(0.2, (3, n, 3)), pinned)
    found = run(Pool(connections, 0.5, processors=2, open_s=0.01), work)
    assert set(found.status) <= {SERVED, FAILED}
    assert found.open.max() <= connections
    assert ((found.busy + found.pinned) <= found.open).all()
    assert min(found.busy.min(), found.pinned.min(), found.waiting.min()) == 0
    assert found.busy[-1] == found.pinned[-1] == found.waiting[-1] == 0
    assert (np.diff(found.at_s) >= 0).all()
    assert (found.waited_s <= 0.5).all()


def test_a_pinned_session_keeps_its_connection_through_its_pauses():
    two = np.ones((2, 2))
    still = np.zeros((2, 2))
    pinned = np.array([True, False])
    found = run(Pool(1, np.inf), Work(np.array([0.0, 0.1]), still, two, two, pinned))
    assert found.end_s.tolist() == [3.0, 7.0]  # 1 + 1 + 1; free at 4, then 1 + 1 + 1
    shared = run(Pool(1, np.inf), Work(np.array([0.0, 0.1]), still, two, two, pinned & False))
    assert shared.end_s.tolist() == [3.0, 4.0]


def test_a_wait_ends_when_it_has_lasted_too_long():
    long = np.array([[9.0], [1.0], [1.0]])
    still = np.zeros((3, 1))
    work = Work(np.array([0.0, 1.0, 5.0]), still, long, still, np.zeros(3, dtype=bool))
    found = run(Pool(1, 4.0), work)
    assert found.status.tolist() == [SERVED, FAILED, SERVED]
    assert found.end_s.tolist() == [9.0, 5.0, 10.0]


def test_who_is_refused_tries_again_so_often():
    held = np.array([[3.5], [1.0]])
    still = np.zeros((2, 1))
    work = Work(np.array([0.0, 1.0]), still, held, still, np.array([True, True]))
    patient, hasty = (run(Pool(1, 0.0, keeps=False, retries=n), work) for n in (3, 1))
    assert patient.end_s.tolist() == [3.5, 5.0] and patient.refused[-1] == 3
    assert patient.waiting.max() == 1 and patient.waiting[-1] == 0
    assert hasty.status[1] == FAILED and hasty.end_s[1] == 2.0


def test_opening_takes_the_processors_in_turn():
    n = 10
    still = np.zeros((n, 1))
    work = Work(np.zeros(n), still, still, still, np.zeros(n, dtype=bool))
    found = run(Pool(n, 0.0, processors=2, open_s=0.1), work)
    assert found.end_s.max() == pytest.approx(0.5)
    assert found.opened[-1] == n
