"""What the notebook states is what facts and models say."""

import pytest

from awsnb import facts

ASG, ELB = facts.load("autoscaling"), facts.load("elb")


@pytest.mark.parametrize(
    ("said", "subject", "key", "value"),
    [
        ("replaced 10 % of the group at a time", "health", "at_once", 10),
        ("300 s in the console", "health", "grace_console", 300),
        ("0 s by the API", "health", "grace_api", 0),
        ("After 3,600 s without a report", "hook", "heartbeat", 3600),
        ("may exceed the maximum by 10 % or 1", "balance", "over_maximum", 10),
        ("with 120 s of notice", "spot", "notice", 120),
        ("over the 2 cheapest", "mixed", "spot_pools", 2),
        ("*maximum lifetime*, of a day or more", "group", "min_lifetime", 86_400),
    ],
)
def test_prose_says_what_the_facts_say(prose, said, subject, key, value):
    assert said in prose
    assert ASG.value(subject, key) == value


def test_the_successes_are_the_balancers(prose):
    assert "five once it was unhealthy" in prose
    assert ELB.value("health_check", "healthy_threshold") == 5


@pytest.mark.parametrize(
    "taught",
    ["one entry point for all requests", "The group itself is free", "is registered with it",
     "requests per target", "**minimum**, a **maximum** and a **desired**",
     "average CPU or on metrics of your own", "can be attached at any time",
     "ELB's are off until you turn them on", "work without a balancer"],
)  # fmt: skip
def test_the_guides_facts_are_taught(prose, taught):
    assert taught in prose
