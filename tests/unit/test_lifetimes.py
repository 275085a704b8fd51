import itertools
import math
import os
import subprocess
import sys
from fractions import Fraction
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsnb import theory
from awsnb._jit import JIT_DISABLED
from awsnb.mechanisms import lifetimes
from awsnb.mechanisms.lifetimes import (
    Lifetimes,
    chain,
    loss_probability,
    mean_time_to_loss,
    repair_window_s,
    simulate,
    steady_state,
    survives,
    unavailability,
)

SCALE = 10 if JIT_DISABLED else 1  # plain Python gets through less
OFTEN = Lifetimes(copy_up=100.0, copy_down=3.0, zone_up=400.0, zone_down=5.0)
HOURS = Lifetimes(copy_up=2 * 8760, copy_down=10 / 3600, zone_up=3 * 8760, zone_down=1.0)

# --- the naive twins


def every_state(per_zone, times):
    """All copies told apart, all zones too: no symmetry, plain solving."""
    zone_of = [z for z, count in enumerate(per_zone) for _ in range(count)]
    parts, n = len(zone_of) + len(per_zone), len(zone_of)
    states = list(itertools.product((1, 0), repeat=parts))
    number = {state: i for i, state in enumerate(states)}
    q = np.zeros((len(states), len(states)))
    for state in states:
        for part, up in enumerate(state):
            mean = times[(0 if part < n else 2) + (0 if up else 1)]
            after = (*state[:part], 1 - up, *state[part + 1 :])
            q[number[state], number[after]] = 1 / mean
    q -= np.diag(q.sum(axis=1))
    reachable = np.array([sum(s[c] * s[n + zone_of[c]] for c in range(n)) for s in states])
    return q, reachable


def exact_steady_state(rates):
    """By elimination in fractions."""
    n = len(rates)
    q = [[Fraction(rates[j][i]) for j in range(n)] for i in range(n)]
    for i in range(n):
        q[i][i] = -sum(Fraction(rates[i][j]) for j in range(n) if j != i)
    q[-1] = [Fraction(1)] * n
    right = [Fraction(0)] * (n - 1) + [Fraction(1)]
    for i in range(n):
        pivot = next(row for row in range(i, n) if q[row][i])
        q[i], q[pivot], right[i], right[pivot] = q[pivot], q[i], right[pivot], right[i]
        for row in range(n):
            if row != i and q[row][i]:
                factor = q[row][i] / q[i][i]
                q[row] = [a - factor * b for a, b in zip(q[row], q[i], strict=True)]
                right[row] -= factor * right[i]
    return [float(right[i] / q[i][i]) for i in range(n)]


def dice(per_zone, times, quorum, within, seed):
    """One history with the standard library's dice: time lost, and when first."""
    random, n = Random(seed), sum(per_zone)
    zone_of = [z for z, count in enumerate(per_zone) for _ in range(count)]
    up = [True] * (n + len(per_zone))

    def wait(part):
        return random.expovariate(1 / times[(0 if part < n else 2) + (0 if up[part] else 1)])

    ring = [wait(part) for part in range(len(up))]
    lost, first, at = 0.0, math.inf, 0.0
    while at < within:
        part = min(range(len(up)), key=ring.__getitem__)
        until = min(ring[part], within)
        if sum(up[c] and up[n + zone_of[c]] for c in range(n)) < quorum:
            lost += until - at
            first = min(first, at)
        at = until
        up[part] = not up[part]
        ring[part] += wait(part)
    return lost, first


# --- exact answers


@pytest.mark.parametrize("per_zone", [(2, 2, 2), (1, 1, 1), (3, 1), (4,)])
def test_equal_zones_in_one_pot_change_no_answer(per_zone):
    q, reachable = every_state(per_zone, OFTEN)
    small = chain(per_zone, OFTEN)
    n, size = sum(per_zone), len(q)
    assert len(small.states) <= size
    lhs = np.vstack([q.T[:-1], np.ones(size)])
    share = np.linalg.solve(lhs, np.eye(size)[-1])
    for quorum in range(1, n + 1):
        expected = share[reachable < quorum].sum()
        assert unavailability(small, quorum) == pytest.approx(expected, rel=1e-9)
        inner = q[np.ix_(reachable >= quorum, reachable >= quorum)]
        times = np.linalg.solve(inner, -np.ones(len(inner)))
        assert mean_time_to_loss(small, quorum) == pytest.approx(times[0], rel=1e-9)
        values, vectors = np.linalg.eig(inner)
        left = (vectors * np.exp(values * 50.0)) @ np.linalg.solve(vectors, np.ones(len(inner)))
        assert loss_probability(small, quorum, 50.0) == pytest.approx(1 - left[0].real, rel=1e-8)


def test_six_copies_in_three_zones_have_56_states():
    six = chain((2, 2, 2), OFTEN)
    assert len(six.states) == 56
    assert six.states[0] == ((2, 1, 2),) * 3
    assert six.reachable[0] == 6
    assert (np.diag(six.rates) == 0).all() and (six.rates >= 0).all()


@pytest.mark.parametrize("times", [OFTEN, HOURS])
@pytest.mark.parametrize("per_zone", [(2, 2, 2), (1, 1, 1), (1, 1, 1, 1), (3, 2)])
def test_availability_is_the_binomials(per_zone, times):
    """As lives and repairs are independent; down to 1e-14, with all digits."""
    copy = times.copy_down / (times.copy_up + times.copy_down)
    zone = times.zone_down / (times.zone_up + times.zone_down)
    found = chain(per_zone, times)
    for quorum in range(1, sum(per_zone) + 1):
        gone = 0.0
        for pattern in itertools.product(*[range(count + 1) for count in per_zone]):
            for ups in itertools.product((0, 1), repeat=len(per_zone)):
                if sum(k * u for k, u in zip(pattern, ups, strict=True)) < quorum:
                    gone += math.prod(
                        math.comb(c, k) * (1 - copy) ** k * copy ** (c - k)
                        * ((1 - zone) if u else zone)
                        for c, k, u in zip(per_zone, pattern, ups, strict=True)
                    )  # fmt: skip
        assert unavailability(found, quorum) == pytest.approx(gone, rel=1e-11)
        up = theory.quorum_availability(per_zone, quorum, 1 - copy, 1 - zone)
        assert 1 - up == pytest.approx(gone, abs=1e-14)


@pytest.mark.parametrize(("n", "k"), [(1, 1), (3, 2), (6, 3), (6, 4), (10, 1)])
@pytest.mark.parametrize("down", [50.0, 1.0, 1e-3])
def test_without_zones_the_time_to_loss_is_birth_and_death(n, k, down):
    """Up to 1e50, with all digits: nothing is subtracted on the way."""
    found = mean_time_to_loss(chain((n,), Lifetimes(100.0, down)), k)
    assert found == pytest.approx(theory.mean_time_below(n, k, 100.0, down), rel=1e-11)


def test_a_rare_loss_comes_at_an_even_rate():
    found = chain((2, 2, 2), HOURS)
    for quorum in (4, 3, 2):
        mean = mean_time_to_loss(found, quorum)
        expected = -math.expm1(-8760 / mean)
        assert loss_probability(found, quorum, 8760) == pytest.approx(expected, rel=1e-3)


@given(st.integers(2, 7), st.randoms(use_true_random=False))
def test_the_steady_state_is_that_of_fractions(n, random):
    rates = [[10.0 ** random.randint(-12, 3) for _ in range(n)] for _ in range(n)]
    np.testing.assert_allclose(steady_state(np.array(rates)), exact_steady_state(rates), rtol=1e-12)


def test_with_a_zone_gone_three_of_six_outlasts_two_of_three_and_three_of_four():
    """Six copies are for reading on; to be written, four of six falls sooner than two of three."""
    copies = HOURS._replace(zone_up=math.inf)

    def without_a_zone(per_zone, quorum):
        return mean_time_to_loss(chain(per_zone[1:], copies), quorum)

    two_of_three = without_a_zone((1, 1, 1), 2)
    assert two_of_three == pytest.approx(copies.copy_up / 2)
    assert without_a_zone((2, 2, 2), 3) > 1e5 * two_of_three
    assert without_a_zone((1, 1, 1, 1), 3) == pytest.approx(copies.copy_up / 3)
    assert without_a_zone((2, 2, 2), 4) == pytest.approx(copies.copy_up / 4)


@pytest.mark.parametrize(
    ("per_zone", "quorum", "zones", "copies", "expected"),
    [
        ((2, 2, 2), 4, 1, 0, True),  # written to with a zone gone
        ((2, 2, 2), 4, 1, 1, False),
        ((2, 2, 2), 3, 1, 1, True),  # "AZ+1"
        ((2, 2, 2), 3, 1, 2, False),
        ((1, 1, 1), 2, 1, 0, True),
        ((1, 1, 1), 2, 1, 1, False),
        ((1, 1, 1, 1), 3, 1, 0, True),
        ((4, 1, 1), 3, 1, 0, False),
        ((2, 2, 2), 4, 0, 2, True),
    ],
)
def test_what_a_quorum_survives(per_zone, quorum, zones, copies, expected):
    assert survives(per_zone, quorum, zones, copies) is expected
    parts = [(z, i) for z, count in enumerate(per_zone) for i in range(count)]
    worst = min(
        len([p for p in parts if p[0] not in dark and p not in dead])
        for dark in itertools.combinations(range(len(per_zone)), zones)
        for dead in itertools.combinations(parts, copies)
    )
    assert (worst >= quorum) is expected


def test_the_window_is_size_over_bandwidth():
    assert repair_window_s(10e9, 1.25e9) == 8.0


def test_what_never_fails_is_never_lost_and_what_never_returns_is():
    assert mean_time_to_loss(chain((2,), Lifetimes(math.inf, 1.0)), 1) == math.inf
    assert loss_probability(chain((2,), Lifetimes(math.inf, 1.0)), 1, 10.0) == 0.0
    gone = chain((2, 1), Lifetimes(10.0, math.inf))
    assert mean_time_to_loss(gone, 1) == pytest.approx(10 * (1 + 1 / 2 + 1 / 3))
    assert loss_probability(gone, 3, 0.0) == 0.0


# --- the simulation


def interval(values):
    """Five standard errors around the mean."""
    return 5 * np.std(values, ddof=1) / math.sqrt(len(values))


@pytest.mark.statistical
@pytest.mark.parametrize("per_zone", [(2, 2, 2), (1, 1, 1), (3, 1)])
def test_the_simulation_is_within_its_interval_of_the_chain(per_zone):
    n = sum(per_zone)
    quorums = list(range(1, n + 1))
    found = chain(per_zone, OFTEN)
    runs = simulate(per_zone, OFTEN, quorums, within=20_000.0, histories=400 // SCALE, seed=1)
    firsts = simulate(per_zone, OFTEN, quorums, within=200.0, histories=20_000 // SCALE, seed=2)
    for q, quorum in enumerate(quorums):
        share = runs.lost[:, q] / 20_000
        # all is up at first: some repair times of grace
        grace = 20 * unavailability(found, quorum) / 20_000
        expected = unavailability(found, quorum)
        assert share.mean() == pytest.approx(expected, abs=interval(share) + grace + 1e-6)
        hit = (firsts.first_loss[:, q] < 200.0).astype(float)
        expected = loss_probability(found, quorum, 200.0)
        assert hit.mean() == pytest.approx(expected, abs=interval(hit) + 2e-4)


@pytest.mark.statistical
def test_the_mean_time_to_loss_is_the_chains():
    runs = simulate((2, 2, 2), OFTEN, [4], within=1e4, histories=3000 // SCALE, seed=3)
    found = runs.first_loss[:, 0]
    assert np.isfinite(found).all()
    expected = mean_time_to_loss(chain((2, 2, 2), OFTEN), 4)
    assert found.mean() == pytest.approx(expected, abs=interval(found))


def test_the_simulation_is_that_of_the_standard_librarys_dice():
    theirs = np.array([dice((2, 1), OFTEN, 2, 500.0, seed) for seed in range(800)])
    ours = simulate((2, 1), OFTEN, [2], 500.0, 800, seed=4)
    bound = math.hypot(interval(ours.lost[:, 0]), interval(theirs[:, 0]))
    assert ours.lost.mean() == pytest.approx(theirs[:, 0].mean(), abs=bound)
    hit, hits = np.isfinite(ours.first_loss[:, 0]), np.isfinite(theirs[:, 1])
    assert hit.mean() == pytest.approx(hits.mean(), abs=math.hypot(interval(hit), interval(hits)))


def test_a_repair_of_fixed_length_leaves_availability_as_it_is():
    """It depends on the mean alone; only how the losses are spread changes."""
    often = OFTEN._replace(zone_up=math.inf)
    fixed = simulate((3,), often, [3, 2], 1e5, 200 // SCALE, seed=5, fixed_repair=True)
    share = fixed.lost / 1e5
    for q, quorum in enumerate((3, 2)):
        expected = unavailability(chain((3,), often), quorum)
        assert share[:, q].mean() == pytest.approx(expected, rel=1e-3, abs=interval(share[:, q]))
    single = simulate((1,), often, [1], 1e4, 50, seed=5, fixed_repair=True)
    whole = single.lost[:, 0] / 3.0
    assert (np.abs(whole - single.losses[:, 0]) <= 1.0).all()


def test_histories_in_parts_are_the_whole():
    whole = simulate((2, 2, 2), OFTEN, [4, 3], 1e3, 20, seed=6)
    parts = [simulate((2, 2, 2), OFTEN, [4, 3], 1e3, 10, seed=6, first=first) for first in (0, 10)]
    for all_in_one, *halves in zip(whole, *parts, strict=True):
        np.testing.assert_array_equal(all_in_one, np.concatenate(halves))


def test_other_zones_leave_the_copies_their_lives():
    """A stream for each part: with zones that never fail, what the copies do is the same."""
    calm = OFTEN._replace(zone_up=math.inf)
    a = simulate((2, 2), calm, [4], 1e3, 50, seed=7)
    b = simulate((2, 2), OFTEN, [4], 1e3, 50, seed=7)
    assert (b.first_loss <= a.first_loss).all()
    assert (b.lost >= a.lost - 1e-9).all()


def test_all_times_doubled_double_every_time():
    double = Lifetimes(*(2 * mean for mean in OFTEN))
    one = simulate((2, 2), OFTEN, [3], 1e3, 30, seed=8)
    two = simulate((2, 2), double, [3], 2e3, 30, seed=8)
    np.testing.assert_array_equal(2 * one.lost, two.lost)
    np.testing.assert_array_equal(one.events, two.events)
    assert mean_time_to_loss(chain((2, 2), double), 3) == pytest.approx(
        2 * mean_time_to_loss(chain((2, 2), OFTEN), 3)
    )


def test_a_higher_quorum_is_lost_sooner_and_longer():
    found = simulate((2, 2, 2), OFTEN, [2, 3, 4, 5], 1e4, 50, seed=9)
    assert (np.diff(found.lost, axis=1) >= 0).all()
    assert (np.diff(found.first_loss, axis=1)[np.isfinite(found.first_loss[:, 1:])] <= 0).all()
    assert ((found.losses > 0) == np.isfinite(found.first_loss)).all()
    assert (found.lost <= 1e4).all()


# --- the compiler off


@pytest.mark.parametrize("fixed", [False, True])
def test_compiled_and_plain_python_agree_to_the_last_bit(monkeypatch, fixed):
    if not hasattr(lifetimes._simulate, "py_func"):
        pytest.skip("kernels run as plain Python here")

    def run():
        found = simulate((2, 2, 1), OFTEN, [3, 1], 500.0, 10, seed=3, fixed_repair=fixed)
        return b"".join(array.tobytes() for array in found)

    compiled = run()
    for name in ("_simulate", "_lifetime", "_mix"):
        monkeypatch.setattr(lifetimes, name, getattr(lifetimes, name).py_func)
    assert run() == compiled


DIGEST = """
import hashlib
from awsnb import _jit
from awsnb.mechanisms.lifetimes import Lifetimes, simulate
found = simulate((2, 1), Lifetimes(10.0, 2.0, 50.0, 3.0), [2, 1], 300.0, 10, 5)
print(_jit.JIT_DISABLED, hashlib.sha256(b"".join(x.tobytes() for x in found)).hexdigest())
"""


def test_the_whole_module_gives_the_same_bits_with_the_compiler_off():
    off, on = (
        subprocess.run(
            [sys.executable, "-W", "error", "-c", DIGEST],
            env={**os.environ, "AWSNB_DISABLE_JIT": disable},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for disable in ("1", "0")
    )
    assert (off[0], on[0]) == ("True", "False")
    assert off[1] == on[1]


# --- refusals


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: chain((), OFTEN), r"per_zone = \[\]: needs 1 to 100 copies"),
        (lambda: chain((2,), OFTEN._replace(copy_down=0.0)), "copy_down = 0.0: must be above 0"),
        (lambda: chain((9, 10, 11), OFTEN), "more than 2000 states"),
        (lambda: unavailability(chain((2,), OFTEN), 3), "quorum = 3: must be from 1 to 2"),
        (lambda: unavailability(chain((2,), Lifetimes(1.0, math.inf)), 1), "never come back"),
        (lambda: loss_probability(chain((2,), OFTEN), 1, -1.0), "within = -1.0: must be 0 or more"),
        (lambda: survives((2, 2), 5), "quorum = 5: must be from 1 to the number of copies, 4"),
        (lambda: repair_window_s(0, 1), "must be above 0"),
        (lambda: simulate((2,), OFTEN, [1], math.inf, 1), "within = inf: must be above 0"),
        (lambda: simulate((2,), OFTEN, [1], 1.0, 0), "histories = 0: must be from 1"),
        (lambda: simulate((2,), OFTEN, [3], 1.0, 1), "quorum = 3: must be from 1"),
    ],
)
def test_what_can_not_be_is_refused_in_a_sentence(wrong, message):
    with pytest.raises(ValueError, match=message):
        wrong()
