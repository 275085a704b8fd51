"""The numbers that the notebook states are the facts'."""

import pytest

from awsnb import facts
from awsnb.aws.elb import KINDS, offers, takes

ELB = facts.load("elb")


def stated(subject, key):
    return ELB.value(subject, key)


def alone(kind):
    """What one kind of the four offers and no other."""
    others = {need for other in KINDS if other != kind for need in offers(other)}
    return set(offers(kind)) - others


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("A unit of an ALB is 25 new connections", stated("lcu", "new_connections") == 25),
        ("3,000 active ones", stated("lcu", "active_connections") == 3000),
        ("1 GB an hour", stated("lcu", "processed_bytes") == 1),
        ("1,000 rule evaluations", stated("lcu", "rule_evaluations") == 1000),
        ("each gigabyte costs 0.008 USD", stated("clb", "gb_price") == 0.008),
        ("two checks in a row must fail", stated("health_check", "unhealthy_threshold") == 2),
        ("one every 30 s", stated("health_check", "interval") == 30),
        ("Its answers are valid for 60 s", stated("elb", "dns_ttl") == 60),
        ("for at most 72 hours", stated("zonal_shift", "max_duration") == 72),
        ("It must be enabled beforehand", stated("zonal_shift", "default") is False),
        ("begins near 3 Gbit/s", stated("nlb", "initial_capacity") == 3),
        ("100,000 active connections, not 3,000", stated("nlcu_tcp", "active_connections") == 1e5),
        ("100,000 active connections, not 3,000", stated("nlcu_tls", "active_connections") == 3000),
        ("costs 0.005 USD an hour", facts.load("common").value("public_ipv4", "price") == 0.005),
        ("| 2024-02 |", facts.load("common").get("public_ipv4", "price").since == "2024-02"),
        ("| 2025-02 |", ELB.get("zonal_shift", "cross_zone_on").since == "2025-02"),
        ("the month is from memory", "recalled" in ELB.get("zonal_shift", "cross_zone_on").note),
        ("30 s is assumed", stated("elb", "dark_zone_leaves_dns") == 30),
        ("30 s is assumed", ELB.get("elb", "dark_zone_leaves_dns").confidence == "assumed"),
        (
            "The example of the CLB is from memory",
            ELB.get("elb", "example_clb").confidence == "recalled",
        ),
        ("it is of the previous generation", stated("clb", "generation") == "previous"),
        (
            "rules on path and host, user sign-in, Lambda functions as targets",
            {"rules on path or host", "user sign-in", "Lambda targets"} <= alone("alb"),
        ),
        ("| fixed IP addresses |", "fixed IP addresses" in alone("nlb")),
        ("sends them through appliances", alone("gwlb") == {"third-party appliances"}),
        ("| nothing: it is", not alone("clb")),
        ("| HTTP, HTTPS, TCP, TLS |", takes("clb") == ("HTTP", "HTTPS", "TCP", "TLS")),
        ("| TCP, TLS, UDP |", {"TCP", "TLS", "UDP"} <= set(takes("nlb"))),
        ("an NLB the first two", "several certificates" in offers("nlb")),
        ("an ALB does all three", {"user sign-in", "several certificates"} <= set(offers("alb"))),
    ],
)
def test_prose_says_what_the_facts_say(prose, said, fact):
    assert said in prose
    assert fact


def test_the_worked_answer_counts_the_units_of_the_tcp_listener(prose):
    assert "3.6 units" in prose
    assert pytest.approx(3.6) == 1000 * 1.0 * 3600 / 1e6
