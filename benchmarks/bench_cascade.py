"""A night of a site whose parts break each other: its kernel against the same step without numba.

Its other peer is the event-level twin, on the hour and the site for which both agree.
"""

import importlib.util
import time

import numpy as np
import pytest

from awsnb import _jit
from awsnb.mechanisms.cascade import kernel, run, spread

twins = pytest.importorskip("cascade_twin")

PEER_MINUTES, MINUTES = 5, 480
SITE = twins.SITUATIONS["replaced"]


def users(minutes):
    """Load that empties the bucket, then makes the queues collapse."""
    return 20 + 25 * np.arange(60 * minutes) / (60 * MINUTES)


@pytest.fixture
def plain(monkeypatch):
    """The kernel once more, as plain Python."""
    known = len(_jit.KERNELS)
    monkeypatch.setattr(_jit, "JIT_DISABLED", True)
    spec = importlib.util.spec_from_file_location("plain_kernel", kernel.__file__)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    del _jit.KERNELS[known:]

    def run_plain(*arguments):
        with monkeypatch.context() as patch:
            patch.setattr(kernel, "advance", module.advance)
            return run(*arguments)

    return run_plain


def test_a_night_against_the_same_step_in_plain_python(against, plain):
    load = users(MINUTES)
    part = load[-60 * PEER_MINUTES :]
    assert plain(SITE, part).steps.tobytes() == run(SITE, part).steps.tobytes()
    against(
        "8 hours by 1 s / plain Python (5 minutes, scaled)",
        lambda: run(SITE, load),
        lambda: plain(SITE, part),
        share=PEER_MINUTES / MINUTES,
    )


def test_an_hour_against_every_event_of_it(against):
    site = twins.SITUATIONS["as it is"]
    ours, peer = run(site, twins.HOUR).totals, twins.Night(site, twins.HOUR, 1).run()
    assert ours.failed == pytest.approx(peer.counts["failed"], rel=0.05)
    against(
        "an hour of 117,000 users / SimPy",
        lambda: run(site, twins.HOUR),
        lambda: twins.Night(site, twins.HOUR, 1).run(),
        rounds=3,
    )


def test_twelve_sets_of_phases_on_two_threads(against):
    load = users(MINUTES)
    one, two = spread(SITE, load, threads=1), spread(SITE, load, threads=2)
    assert np.array(one.each).tobytes() == np.array(two.each).tobytes()
    against(
        "12 nights, 2 threads / 1 thread",
        lambda: spread(SITE, load, threads=2),
        lambda: spread(SITE, load, threads=1),
        rounds=3,
        clock=time.perf_counter,
    )
