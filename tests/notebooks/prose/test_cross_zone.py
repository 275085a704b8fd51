"""What the notebook states is what facts and models say."""

import pytest

from awsnb.aws.elb import ELB, charged, end_usd_gb
from awsnb.aws.elb.cross_zone import CLIENT_TO_NODE, NODE_TO_TARGET, set_at
from awsnb.aws.prices import HOURS_A_MONTH
from awsnb.sections import section

ROOM = section("cross-zone")


def default(kind):
    return ELB.value(kind, "cross_zone_default")


def pays(kind):
    return charged(kind, NODE_TO_TARGET) == "yes"


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("each of the two gets 25 %", ELB.value("elb", "example_split_few") == 25),
        ("each of the eight 6.25 %", ELB.value("elb", "example_split_many") == 6.25),
        ("each of the ten gets 10 %", ELB.value("elb", "example_split_all") == 10),
        ("| ALB | **on**, always, at the load balancer | target group | free |",
         default("alb") and set_at("alb") == ("target group",) and not pays("alb")),
        ("| NLB | **off** | load balancer, target group | charged at both ends |",
         not default("nlb") and set_at("nlb") == ("load balancer", "target group") and pays("nlb")),
        ("| GWLB | **off** | load balancer | charged at both ends |",
         not default("gwlb") and set_at("gwlb") == ("load balancer",) and pays("gwlb")),
        ("| CLB | off by API or CLI, on in the console | load balancer, at any time | free |",
         not default("clb") and ELB.value("clb", "cross_zone_default_console") and not pays("clb")),
        ("can't have sticky sessions or Lambda targets",
         ELB.value("alb", "cross_zone_off_excludes") == "sticky sessions and Lambda targets"),
        ("each end pays 0.01 USD for a gigabyte, in each direction", end_usd_gb() == 0.01),
        ("at an NLB, the client pays its end", charged("nlb", CLIENT_TO_NODE) == "yes"),
        ("Networking Blog says charged", charged("alb", CLIENT_TO_NODE) == "disputed"),
        ("for 85 % or 100 % of the answers",
         [ELB.value("nlb", f"affinity_{how}") for how in ("partial", "full")] == [85, 100]),
        ("A zone without a healthy target leaves DNS",
         ELB.value("target_group_health", "dns_failover_min") == 1),
        ("a month of 730 hours", HOURS_A_MONTH == 730),
    ],
)  # fmt: skip
def test_prose_says_what_the_facts_say(prose, said, fact):
    assert said in prose
    assert fact


def test_what_the_because_of_a_prediction_says_is_so(prose):
    assert "Two thirds of the bytes meet a node in another zone" in prose
    three = ROOM.scenario(
        targets_a=4, targets_b=4, targets_c=4, at_balancer="on", clients="inside the VPC",
        clients_in_a_pct=100 / 3,
    )  # fmt: skip
    summary = ROOM.simulate(three).summary
    all_gb = three.requests_per_s * three.kb_per_request / 1e6 * 3600 * HOURS_A_MONTH
    assert summary["client_to_node_gb"] / all_gb == pytest.approx(2 / 3)
    assert summary["node_to_target_gb"] / all_gb == pytest.approx(2 / 3)
    assert summary["crossing_usd_month"] / all_gb == pytest.approx(4 / 3 * 2 * end_usd_gb())


def test_what_the_worked_answers_say_is_so(prose):
    assert "105,120 GB in a month" in prose
    assert pytest.approx(105_120) == 0.04 * 3600 * HOURS_A_MONTH
