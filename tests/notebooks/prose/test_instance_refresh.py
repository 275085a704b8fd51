"""What the notebook states is what facts and models say."""

import pytest

from awsnb import facts
from awsnb.aws.autoscaling import bounds
from awsnb.sections import section

ROOM = section("instance-refresh")
ASG = facts.load("autoscaling")


@pytest.mark.parametrize(
    ("said", "key", "value"),
    [
        ("The minimum, 90 % by default", "min_healthy", 90),
        ("The maximum, 100 % by default", "max_healthy", 100),
        ("one of up to 10 CloudWatch alarms", "alarms", 10),
        ("an hour by default", "checkpoint_delay", 3600),
        ("If it can't go on for an hour, it fails", "stuck", 3600),
        ("may last 14 days", "total_duration", 14),
        ("it is off by default", "auto_rollback", False),
        ("By API and CLI a refresh waits for protected instances", "held", "Wait"),
        ("Only a refresh in progress can be rolled back", "rollback_when", "in progress"),
        ("a root volume alone can be replaced", "root_volume", "ReplaceRootVolume"),
    ],
)
def test_prose_says_what_the_facts_say(prose, said, key, value):
    assert said in prose
    assert ASG.value("refresh", key) == value


def test_what_a_rollback_needs_is_what_the_fact_says(prose):
    assert "needs a numbered version of the template, not `$Latest` or `$Default`" in prose
    note = ASG.get("refresh", "auto_rollback").note
    assert "a numbered version, not $Latest or $Default" in note


@pytest.mark.parametrize(
    ("said", "low", "high", "count"),
    [
        ("| 90 to 100 % | 1 ends, 1 comes", 90, 100, 1),
        ("| 70 to 100 % | 3 end, 3 come", 70, 100, 3),
        ("| 100 to 110 % | 1 comes, 1 ends", 100, 110, 1),
        ("| 100 to 200 % | 10 come, 10 end", 100, 200, 10),
    ],
)
def test_the_table_of_ranges_is_the_rules(prose, said, low, high, count):
    floor, ceiling = bounds(10, low, high)
    assert said in prose
    assert ceiling - floor == count


def test_the_refresh_alone_makes_no_policy_scale_out(prose):
    assert "so the refresh alone makes no policy scale out" in prose
    capstone = next(one for one in ROOM.views[0].presets if "spike" in one.name).values
    alone = {**capstone, "spike_pct": 0, "zone_lost_min": None}
    found = ROOM.simulate(ROOM.scenario(**alone)).summary
    assert found["most_desired"] == capstone["desired"]
    assert 100 * 750 / (100 * found["lowest_serving"]) > capstone["target_pct"]
    assert "counts as capacity for 300 s more" in prose
    assert facts.load("elb").value("deregistration", "delay") == 300
