import pytest

from awsnb.aws.autoscaling import (
    APPLICATION,
    EC2_GROUPS,
    alarm_minutes,
    bounds,
    default_or,
    group_usd_month,
    low_share_pct,
    sensor,
    stops,
    tracking_alarms,
)
from awsnb.aws.prices import HOURS_A_MONTH, instance_usd_hour


def test_target_tracking_makes_an_alarm_of_three_minutes_and_one_of_fifteen():
    out, back = tracking_alarms(40.0, 28.0)
    assert alarm_minutes() == (3, 15)
    assert (out.threshold, out.above, out.datapoints, out.periods) == (40.0, True, 3, 3)
    assert (back.threshold, back.above, back.datapoints, back.periods) == (28.0, False, 15, 15)
    assert not out.inclusive and not back.inclusive


@pytest.mark.parametrize(("scaler", "share"), [(EC2_GROUPS, 70.0), (APPLICATION, 90.0)])
def test_it_scales_in_below_a_share_of_the_target(scaler, share):
    """50 > 35 on an EC2 group, 30 > 27 and 1500 > 1350 on an ECS service."""
    assert low_share_pct(scaler) == share


def test_five_minute_data_gives_one_datapoint_out_and_three_in():
    out, back = tracking_alarms(50.0, 35.0, "basic")
    assert [out.datapoints, back.datapoints] == [1, 3]


@pytest.mark.parametrize(
    ("monitoring", "minutes", "seen"),
    [
        ("detailed", None, (60.0, 60.0)),
        ("detailed", 10, (60.0, 60.0)),
        # a minute to arrive, and until it is as old as the alarm's minutes, or the next one comes
        ("basic", None, (300.0, 180.0)),
        ("basic", 1, (300.0, 60.0)),
        ("basic", 10, (300.0, 300.0)),
    ],
)
def test_when_an_alarm_judges_by_a_datapoint(monitoring, minutes, seen):
    assert sensor(monitoring, minutes) == seen


def test_m_of_n_minutes():
    out, _ = tracking_alarms(50.0, 35.0, minutes=3, of_minutes=5)
    assert (out.datapoints, out.periods) == (3, 5)


def test_the_bill_by_hand():
    hours = 4 * instance_usd_hour("m6i.large") * HOURS_A_MONTH
    assert group_usd_month(4.0, "m6i.large", metrics=0, alarms=0) == pytest.approx(hours)
    watched = group_usd_month(4.0, "m6i.large", metrics=8, alarms=4)
    assert watched - hours == pytest.approx(4 * 8 * 0.30 + 4 * 0.10)


def test_what_is_left_out_is_awss_default():
    assert default_or(None, "cooldown", "duration") == 300.0
    assert default_or(0, "cooldown", "duration") == 0.0


@pytest.mark.parametrize(
    ("desired", "low", "high", "expected"),
    [
        (10, 90, 100, (9, 10)),
        (25, 90, 100, (23, 25)),
        (10, 90, 125, (9, 12)),
        (4, 100, 110, (4, 5)),
        (4, 90, 100, (3, 4)),
        (1, 100, 100, (1, 2)),
        (1, 90, 100, (0, 1)),
    ],
)
def test_a_refresh_rounds_its_minimum_up_and_always_has_room(desired, low, high, expected):
    assert bounds(desired, low, high) == expected


def test_checkpoints_are_reached_at_or_above_their_percentage():
    assert stops(10, (20, 50, 100)) == (2, 5, 10)
    assert stops(3, (34, 100)) == (2, 3)
    assert stops(7, ()) == (7,)
