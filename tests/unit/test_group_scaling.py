"""Policies within a group: the same decisions as the control loop's own, where nothing fails."""

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from awsnb.mechanisms import group
from awsnb.mechanisms.control_loop import Alarm, Group, Sensor, TargetTracking, scale
from awsnb.mechanisms.group import Checks, Load, Loss, Plan, Rolling, Scaling, roll, run
from awsnb.mechanisms.group.scaling import Watch

MINUTE = 60
BUSY = 50.0
POLICY = TargetTracking(BUSY, Alarm(BUSY, True, 3, 3), Alarm(0.7 * BUSY, False, 5, 5))
SENSOR = Sensor(MINUTE, 60)

loads = st.lists(st.integers(0, 2000), min_size=10, max_size=60)


DRAIN_S = 90


def policies(load_per_s, smallest=1, largest=30, warm_up_s=0, **more):
    at_s = tuple(float(MINUTE * i) for i in range(len(load_per_s)))
    return Scaling(
        [POLICY], SENSOR, smallest, largest, Load(at_s, tuple(map(float, load_per_s))), 100.0,
        MINUTE * len(load_per_s), warm_up_s=warm_up_s, drain_s=DRAIN_S, **more,
    )  # fmt: skip


def decided(load_per_s, initial, boot_s, warm_up_s, smallest=1, largest=30):
    """Desired capacities of the control loop, right after each decision."""
    times = {"boot_s": boot_s, "warm_up_s": warm_up_s, "drain_s": DRAIN_S}
    kind = Group(initial, smallest, largest, 100.0, **times)
    return scale(load_per_s, MINUTE, kind, [POLICY], SENSOR).desired


def after_each_decision(sizes, count):
    at = np.array([size.at_s for size in sizes])
    number = np.searchsorted(at, MINUTE * np.arange(count), side="right") - 1
    return np.array([size.desired for size in sizes])[number]


@given(loads, st.integers(1, 12), st.integers(0, 5), st.integers(0, 400))
def test_a_group_in_which_nothing_fails_decides_as_the_control_loop(
    load, initial, pending_min, more_s
):
    checks = Checks(30, 2, 5)
    plan = Plan(initial, 2, pending_s=60 * pending_min, boot_s=0, checks=checks, judged=False)
    after = run(plan, [], 60 * len(load), scaling=policies(load, warm_up_s=30 + more_s))
    expected = decided(load, initial, 60 * pending_min + 30, more_s)
    np.testing.assert_array_equal(after_each_decision(after.sizes, len(load)), expected)


@given(loads, st.integers(1, 12), st.integers(0, 300), st.integers(0, 400))
def test_a_roll_out_with_nothing_to_replace_decides_as_the_control_loop(
    load, initial, pending_s, warm_up_s
):
    plan = Rolling(
        initial, 0, initial + 1, 2, pending_s, 0, 0, warm_up_s, False,
        stops=(initial,), begun=initial, skips=True,
    )  # fmt: skip
    after = roll(plan, scaling=policies(load, warm_up_s=warm_up_s))
    expected = decided(load, initial, pending_s, warm_up_s)
    np.testing.assert_array_equal(after_each_decision(after.sizes, len(load)), expected)


@given(loads, st.integers(2, 12), st.integers(0, 40))
def test_a_group_has_what_is_desired_once_all_is_found(load, initial, lost_min):
    plan = Plan(initial, 3, 30, 60, Checks(30, 2, 5), grace_s=300, found_s=30)
    losses = [Loss(60.0 * lost_min, "gone", zone=0, found_after_s=60, open_again_s=math.inf)]
    until_s = 60.0 * len(load)
    after = run(plan, losses, until_s, scaling=policies(load))
    count = initial
    for one in after.activities:
        assert one.before == count
        count = one.after
    if until_s > losses[0].at_s + 60:
        assert count == after.sizes[-1].desired
    lost = [one for one in after.instances if one.launched_s >= losses[0].at_s]
    assert all(one.zone for one in lost)


@given(loads, st.integers(2, 12), st.integers(0, 100), st.integers(100, 200))
@example([777, 0, 0, 0, 0, 189, 0, 0, 0, 0], 10, 89, 100)
@example([0, 0, 0, 0, 224, 0, 0, 0, 522, 0, 0], 12, 91, 137)
def test_a_roll_out_ends_with_what_is_desired_and_all_new(load, initial, low, high):
    def resized(desired):
        floor, ceiling = math.ceil(desired * low / 100), math.floor(desired * high / 100)
        ceiling = max(ceiling, floor + 1)
        return Rolling(desired, floor, ceiling, 3, 30, 60, 60, 120, True, stops=(desired,))

    after = roll(resized(initial), scaling=policies(load, 2, 20), resized=resized)
    there = [one for one in after.instances if one.ended_s == math.inf]
    assert len(there) == after.sizes[-1].desired
    assert all(one.new for one in there)
    assert after.first_s("done") is not None
    found = [size.desired for size in after.sizes]
    assert min(found) >= 2
    assert max(found) <= max(20, initial)


def test_a_lost_zone_makes_the_rest_busy_and_counts_until_it_is_found():
    plan = Plan(6, 3, 30, 60, Checks(30, 2, 5), judged=False)
    steady = [280] * 60  # 47 % of six instances, 70 % of four

    def sizes(found_after_s):
        lost = Loss(600, "gone", zone=0, found_after_s=found_after_s, open_again_s=math.inf)
        return run(plan, [lost], 3600, scaling=policies(steady, largest=12, warm_up_s=300)).sizes

    # three minutes of 70 %, seen a minute later: 6 x 70 / 50 are wanted
    assert sizes(math.inf) == ((0, 6), (600 + 3 * 60 + 60, 9))
    assert sizes(30) == ((0, 6),)


def test_utilisation_is_the_work_over_what_counts_by_hand():
    watch = Watch(policies([150, 0]), 2)
    old = [group.Instance(i, 0, group.ON_DEMAND, *(-math.inf,) * 3) for i in range(2)]
    old[1].failed_s = 30.0
    # 30 s at 150 of 200; 30 s at 100 of 100, and 1,500 wait; then 15 s to serve them
    assert watch.utilisation(old, 0, 60) == pytest.approx(100 * (30 * 0.75 * 2 + 30) / 90)
    assert watch.backlog == 1500
    assert watch.utilisation(old, 60, 120) == pytest.approx(25)
    nobody = Watch(policies([150]), 2)
    assert math.isnan(nobody.utilisation([], 0, 60))


def test_what_would_wait_too_long_is_lost():
    watch = Watch(policies([150], longest_wait_s=10.0), 1)
    one = group.Instance(0, 0, group.ON_DEMAND, *(-math.inf,) * 3)
    assert watch.utilisation([one], 0, 60) == 100
    assert watch.backlog == 1000
