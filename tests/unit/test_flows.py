from math import exp
from random import Random

import numpy as np
import pytest

from awsnb.mechanisms.flows import expiry, next_packet, spread
from awsnb.sections.gwlb.truth import forgotten_share

N = 40_000


def apart(one, other):
    """The largest distance between two samples' distributions, in units of its 0.1 % bound."""
    at = np.concatenate((one, other))
    shares = [np.searchsorted(np.sort(some), at, side="right") / some.size for some in (one, other)]
    bound = 1.95 * ((one.size + other.size) / (one.size * other.size)) ** 0.5
    return np.abs(shares[0] - shares[1]).max() / bound


def draw(pause_s, timeout_s, end_s, n=N, seed=1):
    start_s = np.zeros(n)
    return expiry(start_s, start_s + end_s, pause_s, timeout_s, np.random.default_rng(seed))


def packet_by_packet(pause_s, timeout_s, end_s, dice):
    """The slow twin: wait for one packet after another."""
    last_s = 0.0
    while last_s + timeout_s < end_s:
        next_s = last_s + dice.expovariate(1 / pause_s)
        if next_s > last_s + timeout_s:
            return last_s + timeout_s
        last_s = next_s
    return np.inf


@pytest.mark.parametrize(("pause_s", "timeout_s"), [(60, 350), (20, 60), (500, 350), (100, 120)])
def test_expiry_is_that_of_packets_drawn_one_by_one(pause_s, timeout_s):
    dice = Random(3)
    slow = np.array([packet_by_packet(pause_s, timeout_s, 3600, dice) for _ in range(4000)])
    fast = draw(pause_s, timeout_s, 3600)
    assert apart(np.minimum(slow, 4000), np.minimum(fast, 4000)) < 1


@pytest.mark.parametrize("pause_s", [50, 100, 350, 2000])
def test_mean_wait_for_a_silence_is_that_of_renewal_theory(pause_s):
    expires_s = draw(pause_s, 350.0, 1e12)
    mean_s = pause_s * (exp(350 / pause_s) - 1)
    error_s = expires_s.std() / N**0.5
    assert expires_s.mean() == pytest.approx(mean_s, abs=4 * error_s)


@pytest.mark.parametrize("pause_s", [30, 60, 180])
@pytest.mark.parametrize("within_s", [349, 350, 700, 3600])
def test_share_that_is_forgotten_solves_the_renewal_equation(pause_s, within_s):
    exact = forgotten_share(pause_s, 350, within_s)
    drawn = np.mean(draw(pause_s, 350.0, 3601) <= within_s)
    assert drawn == pytest.approx(exact, abs=4 * (exact * (1 - exact) / N) ** 0.5 + 1e-9)


def test_what_ends_in_time_is_never_forgotten():
    assert np.all(np.isinf(draw(1e6, 350.0, 350.0)))
    expires_s = draw(300.0, 350.0, 1000.0)
    known = expires_s[np.isfinite(expires_s)]
    assert known.min() >= 350
    assert known.max() < 1000


def test_without_packets_all_are_forgotten_at_the_timeout():
    assert np.all(draw(1e12, 350.0, 3600.0, n=100) == 350)


def test_next_packet_of_a_cut_off_pause_is_its_equilibrium_residual():
    """Look into a long row of pauses at random moments, with and without keep-alive."""
    rng = np.random.default_rng(2)
    for keep_alive_s in (40.0, np.inf):
        pauses = np.minimum(rng.exponential(60.0, 400_000), keep_alive_s)
        at_s = np.cumsum(pauses)
        looked_s = rng.random(5000) * at_s[-2]
        waited_s = at_s[np.searchsorted(at_s, looked_s)] - looked_s
        drawn_s = next_packet(np.zeros(5000), 60.0, keep_alive_s, rng)
        assert apart(waited_s, drawn_s) < 1


def test_each_target_of_a_zone_is_as_likely():
    rng = np.random.default_rng(4)
    zone, place = rng.integers(0, 2, N), rng.random(N)
    target = spread(zone, [[0, 2], [1, 3, 4]], place)
    assert set(target[zone == 0]) == {0, 2}
    assert set(target[zone == 1]) == {1, 3, 4}
    for number, targets in enumerate(([0, 2], [1, 3, 4])):
        flows, share = np.sum(zone == number), 1 / len(targets)
        for one in targets:
            allowed = 4 * (share * (1 - share) / flows) ** 0.5
            assert np.sum(target == one) / flows == pytest.approx(share, abs=allowed)
