"""What the notebook states is what facts and models say."""

import pytest

from awsnb.aws.elb import ELB
from awsnb.sections import section

ROOM = section("sticky-sessions")


def summary(**values):
    return ROOM.simulate(ROOM.scenario(**values)).summary


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("its own cookie, `AWSALB` | target group | 1 s to 7 days, 1 day by default",
         ELB.value("alb", "stickiness_cookie") == "AWSALB"
         and ELB.value("alb", "stickiness_set_at") == "target group"
         and ELB.value("alb", "stickiness_duration_min") == 1
         and ELB.value("alb", "stickiness_duration_max") == 7 * 86400
         and ELB.value("alb", "stickiness_duration_default") == 86400),
        ("from the last response (recalled)",
         ELB.value("alb", "stickiness_renewed")
         and ELB.get("alb", "stickiness_renewed").confidence == "recalled"),
        ("with `AWSALBAPP` beside it", ELB.value("alb", "stickiness_app_cookie") == "AWSALBAPP"),
        ("| CLB | its own cookie, `AWSELB`, or your application's | listener | from the first "
         "response, not refreshed |",
         ELB.value("clb", "stickiness_cookie") == "AWSELB"
         and ELB.value("clb", "stickiness_set_at") == "listener"
         and not ELB.value("clb", "stickiness_renewed")),
        ("| NLB | the client's address: no cookie | target group |",
         ELB.value("nlb", "stickiness_types") == "source_ip"
         and ELB.value("nlb", "stickiness_set_at") == "target group"),
        ("| GWLB | 5, 3 or 2 fields of the packet: no cookie |",
         ELB.value("gwlb", "stickiness_types") == "source_ip_dest_ip source_ip_dest_ip_proto"),
        ("On an ALB, a CLB or an NLB it is off until you turn it on",
         ELB.value("alb", "stickiness_default") is False),
        ("A GWLB always ties: by the 5 fields addresses, ports and protocol, unless you set fewer",
         ELB.get("gwlb", "stickiness").note == "5-tuple unless it is set"),
        ("cross-zone load balancing must be on",
         "sticky sessions" in ELB.value("alb", "cross_zone_off_excludes")),
        ("The session stays with the new target, even when the old one is back",
         "stays with the new target" in ELB.value("clb", "stickiness_after_failure")),
    ],
)  # fmt: skip
def test_prose_says_what_the_facts_say(prose, said, fact):
    assert said in prose
    assert fact


def test_what_the_because_of_predictions_says_is_so(prose):
    assert "the live ones are new after half of a session's length" in prose
    alike = {"targets": 2, "live_sessions": 5000, "session_min": 60.0, "length_spread_pct": 0.0}
    assert summary(**alike, dies=False)["half_filled_min"] == pytest.approx(30, abs=1)


def test_what_the_worked_answers_say_is_so(prose):
    assert "Each target holds about a tenth of the sessions" in prose
    died = summary(targets=10, added=0, live_sessions=2000)["died"]
    assert died == pytest.approx(200, rel=0.15)
    assert "One of thirty targets has about 3 % of the sessions" in prose
    thirty = ROOM.compare(ROOM.scenario(targets=30, added=0, live_sessions=1500))
    assert thirty.best.label == "ALB, least outstanding" and not thirty.options[0].holds


def test_least_outstanding_requests_fill_sooner(prose):
    assert "so it fills sooner" in " ".join(prose.split())
    sooner = summary(routing="least outstanding")["half_filled_min"]
    assert sooner < summary()["half_filled_min"] / 2
