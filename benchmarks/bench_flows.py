"""A million flows of an hour: windows of a timeout, against each packet by itself."""

from random import Random

import numpy as np
import pytest

from awsnb.mechanisms.flows import expiry

FLOWS, SOME = 1_000_000, 2_000
HOUR_S, PAUSE_S, TIMEOUT_S = 3600.0, 60.0, 350.0


def starts(flows):
    return HOUR_S * np.random.default_rng(1).random(flows)


def by_window(start_s):
    end_s = np.full(start_s.size, HOUR_S)
    return expiry(start_s, end_s, PAUSE_S, TIMEOUT_S, np.random.default_rng(2))


def by_numpy(start_s):
    """The next packet of all flows that go on, until none does."""
    rng, expires_s = np.random.default_rng(3), np.full(start_s.size, np.inf)
    flow, last_s = np.arange(start_s.size), start_s
    while flow.size:
        next_s = last_s + rng.exponential(PAUSE_S, flow.size)
        silent = (next_s > last_s + TIMEOUT_S) & (last_s + TIMEOUT_S < HOUR_S)
        expires_s[flow[silent]] = last_s[silent] + TIMEOUT_S
        on = ~silent & (next_s + TIMEOUT_S < HOUR_S)
        flow, last_s = flow[on], next_s[on]
    return expires_s


def by_python(start_s):
    dice, expires_s = Random(4), []
    for last_s in start_s.tolist():
        expires_at_s = np.inf
        while last_s + TIMEOUT_S < HOUR_S:
            next_s = last_s + dice.expovariate(1 / PAUSE_S)
            if next_s > last_s + TIMEOUT_S:
                expires_at_s = last_s + TIMEOUT_S
                break
            last_s = next_s
        expires_s.append(expires_at_s)
    return np.array(expires_s)


@pytest.mark.parametrize("peer", [by_numpy, by_python])
def test_a_million_flows_against_each_packet(against, peer):
    size = SOME if peer is by_python else FLOWS
    ours, theirs = by_window(starts(FLOWS)), peer(starts(size))
    share = np.mean(np.isfinite(ours))
    assert np.mean(np.isfinite(theirs)) == pytest.approx(share, abs=5 * (share / size) ** 0.5)
    start_s, some_s = starts(FLOWS), starts(size)
    against(
        f"{FLOWS:,} flows / {peer.__name__}",
        lambda: by_window(start_s),
        lambda: peer(some_s),
        share=size / FLOWS,
    )
