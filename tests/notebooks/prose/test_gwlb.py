"""What the notebook states is what facts and models say."""

import pytest

from awsnb.aws.elb import ELB
from awsnb.aws.elb.geneve import headers, wrapping_bytes


def gwlb(key):
    return ELB.value("gwlb", key)


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("works at **layer 3**", gwlb("layer") == 3),
        ("UDP port 6081", gwlb("geneve_port") == 6081),
        ("health by TCP, HTTP or HTTPS", gwlb("health_checks") == "TCP HTTP HTTPS"),
        ("It has no security group", not gwlb("security_group")),
        ("After 350 s without a packet", gwlb("idle_timeout") == 350),
        ("for all other protocols it is 120 s", gwlb("other_idle_timeout") == 120),
        ("a longer timeout, up to 6,000 s", gwlb("max_idle_timeout") == 6000),
        ("can be set to 60 to 6,000 s", gwlb("min_idle_timeout") == 60),
        (
            "**Resets**, off by default",
            not gwlb("reset_on_idle_timeout") and not gwlb("reset_on_failure"),
        ),
        (
            "They need 5-tuple stickiness and *no_rebalance*",
            "5-tuple" in ELB.get("gwlb", "reset_on_failure").note,
        ),
        ("since 2026-09 (recalled)", ELB.get("gwlb", "reset_on_failure").confidence == "recalled"),
        (
            "nobody is told",
            gwlb("after_idle_timeout") and not gwlb("reset_on_idle_timeout"),
        ),
        (
            "two checks, 10 s apart, of 5 s each",
            (
                ELB.value("health_check", "unhealthy_threshold"),
                gwlb("health_interval"),
                gwlb("health_timeout"),
            )
            == (2, 10, 5),
        ),
        ("*a few minutes* more", gwlb("reroute_after_unhealthy").startswith("a few minutes")),
        ("120 s are assumed", gwlb("reroute") == 120),
        ("stay where they are (**no_rebalance**)", gwlb("target_failover") == "no_rebalance"),
        ("delay, 300 s by default", ELB.value("deregistration", "delay") == 300),
        ("Cross-zone is off by default", not gwlb("cross_zone_default")),
        ("68 bytes stand before each packet", wrapping_bytes() == gwlb("encapsulation") == 68),
        (
            "IPv4 20, UDP 8, GENEVE 8, and three options of 12, 12 and 8",
            list(headers().values()) == [20, 8, 8, 12, 12, 8],
        ),
        ("GWLB takes, 8,500 bytes", gwlb("max_packet") == 8500),
        ("MTU of 8,568", gwlb("max_packet") + wrapping_bytes() == 8568),
        (
            "600 new flows a second, 60,000 active ones, and 1 GB an hour",
            [
                ELB.value("glcu", key)
                for key in ("new_connections", "active_connections", "processed_bytes")
            ]
            == [600, 60_000, 1],
        ),
    ],
)
def test_prose_says_what_the_facts_say(prose, said, fact):
    assert said in prose
    assert fact
