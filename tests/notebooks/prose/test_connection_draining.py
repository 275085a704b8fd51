"""What the notebook states is what facts and models say."""

import pytest

from awsnb.aws.elb import ELB
from awsnb.sections import section

ROOM = section("connection-draining")


def stated(key, subject="deregistration"):
    return ELB.value(subject, key)


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("longest time of 1 to 3,600 s", stated("draining_min", "clb") == 1),
        ("longest time of 1 to 3,600 s", stated("draining_max", "clb") == 3600),
        ("0 to 3,600 s, 300 s by default", stated("min_delay") == 0),
        ("0 to 3,600 s, 300 s by default", stated("max_delay") == 3600 and stated("delay") == 300),
        ("Lambda targets have none", stated("lambda_targets") == "not supported"),
        ("| ALB | cuts what is open |", stated("alb_forced_close")),
        ("until the delay ends, even if nothing", stated("alb_shows_draining_until_delay_ends")),
        ("keeps it, unless", not stated("draining_connections_closed_tcp", "nlb")),
        ("| CLB | cuts what is open |", stated("draining_forced_close", "clb")),
        ("until nothing is open", stated("draining_ends_early", "clb")),
        ("resets its TCP connections by default", stated("unhealthy_connections_reset", "nlb")),
        ("deregisters an instance, waits for draining", stated("precedes_termination_hook")),
    ],
)
def test_prose_says_what_the_facts_say(prose, said, fact):
    assert said in prose
    assert fact


def test_what_the_worked_answers_say_is_so(prose):
    assert "so 14 s" in prose
    twos = ROOM.scenario(request_times="exponential", mean_s=2.0)
    assert ROOM.simulate(twos).summary["enough_s"] == 14
    assert "270 s each: 45 min" in prose
    fleet = ROOM.scenario(targets=30, at_once=3, start_s=120.0)
    slow, quick = (
        ROOM.simulate(fleet.replace(delay_s=delay)).summary["deploy_min"] for delay in (300, 30)
    )
    assert slow - quick == pytest.approx(45)
