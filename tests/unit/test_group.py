"""The group of instances: closed forms, conservation, and a twin in steps of a second."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsnb.mechanisms.group import NEVER, Checks, Loss, Plan, life, run, serving_after_s

CHECKS = Checks(30, 2, 5)
PLAN = Plan(6, 3, pending_s=30, boot_s=120, checks=CHECKS, grace_s=300, found_s=30)


def checked_slowly(boot_s, checks):
    """Check by check: when a new target is healthy."""
    failed, passed, bad, at = 0, 0, False, 0
    while True:
        at += checks.interval_s
        if at >= boot_s:
            failed, passed = 0, passed + 1
            if passed >= (checks.passes if bad else 1):
                return at
        else:
            failed, passed = failed + 1, 0
            bad = bad or failed >= checks.fails


@given(st.integers(0, 2000), st.integers(5, 60), st.integers(2, 10), st.integers(2, 10))
def test_a_new_target_is_healthy_when_it_is_check_by_check(boot_s, interval_s, fails, passes):
    checks = Checks(interval_s, fails, passes)
    assert serving_after_s(boot_s, checks) == checked_slowly(boot_s, checks)


@given(st.integers(1, 12), st.integers(1, 4), st.integers(0, 600), st.integers(1, 12))
def test_instances_are_conserved(desired, zones, boot_s, most):
    plan = PLAN._replace(desired=desired, zones=zones, boot_s=boot_s, grace_s=0)
    after = run(plan, [Loss(60, "gone", most=most, found_after_s=30)], 3000)
    count = desired
    for one in after.activities:
        assert one.before == count
        count += 1 if one.launches else -1
        assert one.after == count
    assert after.paid([3000])[0] == count == desired


def test_what_is_gone_is_replaced_at_once_and_what_runs_one_at_a_time():
    gone = run(PLAN, [Loss(0, "gone", most=3, found_after_s=30)], 3000)
    ill = run(PLAN, [Loss(0, "status", most=3, found_after_s=30)], 3000)
    assert [one.at_s for one in gone.activities if one.launches] == [30] * 3
    each = life(PLAN, 30, 120)[1]
    assert [one.at_s for one in ill.activities if one.launches] == [30, 30 + each, 30 + 2 * each]


def test_a_grace_that_ends_too_soon_repeats_with_a_fixed_period():
    after = run(PLAN._replace(grace_s=60), [Loss(0, "gone", most=1)], 3600)
    launches = [one.at_s for one in after.activities if one.launches]
    assert launches == pytest.approx([120 * n for n in range(len(launches))])
    assert life(PLAN._replace(grace_s=240), 30, 120)[2] == NEVER
