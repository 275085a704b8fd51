"""AWS's rule of storage autoscaling, number by number."""

import numpy as np
import pytest

from awsnb.aws.rds.storage_autoscaling import Rule, check_maximum, grow, low_spells
from awsnb.scenario import ScenarioError

HOUR_S, DAY_S = 3600.0, 86_400.0


def rule(maximum=10_000, optimization_s=60.0, **changes):
    return Rule(maximum, optimization_s, **changes)


def test_the_increment_is_the_largest_of_three():
    assert rule().next_gib(50, 0.0) == 60  # 10 GiB
    assert rule().next_gib(500, 0.0) == 550  # 10 %
    assert rule().next_gib(500, 10.0) == 570  # seven hours of 10 GiB
    assert rule(on="2023-06").next_gib(50, 0.0) == 55


def test_a_maximum_that_the_increment_reaches_stops_it():
    assert rule(1100).next_gib(1000, 0.0) is None
    assert rule(1101).next_gib(1000, 0.0) == 1100
    assert rule(1100, at_maximum="goes to it").next_gib(1000, 0.0) == 1100
    assert rule(1100, at_maximum="goes to it").next_gib(1100, 0.0) is None
    assert rule(None).next_gib(1000, 0.0) is None


def test_the_advised_maximum_leaves_room_for_two_steps():
    sizes = [1000]
    while larger := rule(1260).next_gib(sizes[-1], 0.0):
        sizes.append(larger)
    assert sizes == [1000, 1100, 1210]


def test_in_2023_six_hours_pass_and_today_four_changes_a_day():
    assert rule(on="2023-06").ready_s([0.0]) == 6 * HOUR_S
    assert rule(optimization_s=8 * HOUR_S, on="2023-06").ready_s([0.0]) == 8 * HOUR_S
    assert rule().ready_s([0.0]) == 60.0
    assert rule().ready_s([0.0, 60.0, 120.0, 180.0]) == DAY_S


def test_low_space_must_last_five_minutes():
    at = np.array([0.0, 1000.0, 1299.0, 1299.0, 5000.0])
    short = np.array([80.0, 80.0, 80.0, 80.0, 80.0])
    short[1:3] = 95.0
    # 90 GiB are reached between 0 and 1000 s, and left at 1299 s
    begins, ends = low_spells(at, short, 90.0)
    assert begins == pytest.approx([1000 * 10 / 15]) and ends == pytest.approx([1299.0])
    assert grow(at, short, 100, rule()).changed_s == pytest.approx([1000 * 10 / 15 + 300])
    brief = np.array([0.0, 1000.0, 1000.0, 1299.0, 1299.0])
    assert not grow(brief, np.array([80.0, 80, 95, 95, 80]), 100, rule()).changed_s


def test_storage_never_shrinks():
    at = np.array([0.0, HOUR_S, 2 * HOUR_S, DAY_S])
    growth = grow(at, np.array([10.0, 95.0, 10.0, 10.0]), 100, rule())
    assert len(growth.changed_s) == 1
    assert (np.diff(growth.size_gib(np.linspace(0, DAY_S, 500))) >= 0).all()


@pytest.mark.parametrize("maximum", [1000, 1099, 70_000])
def test_a_maximum_that_aws_refuses(maximum):
    with pytest.raises(ScenarioError, match="from 1,100 to 65,536 GiB") as refused:
        check_maximum(1000, maximum)
    assert refused.value.field == "maximum_gib"


@pytest.mark.parametrize("maximum", [1100, 1260, 65_536])
def test_a_maximum_that_aws_takes(maximum):
    check_maximum(1000, maximum)
