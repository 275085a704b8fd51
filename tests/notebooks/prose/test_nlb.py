"""The numbers that the NLB's notebook states are those of the facts and of the model."""

import pytest

from awsnb import facts, section
from awsnb.aws.elb import budget

ELB = facts.load("elb")


def stated(subject, key):
    return ELB.value(subject, key)


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("works at layer 4 of the network model", stated("nlb", "layer") == 4),
        ("handles millions of requests a second",
         stated("nlb", "requests_per_second") == "millions"),
        ("Other rules can tell IPv4 from IPv6 clients, and no more",
         stated("nlb", "rule_conditions") == "source-ip by address type: ipv4 or ipv6"),
        ("since 2025 up to five, by weight",
         "up to 5 target groups" in stated("nlb", "weighted_groups")),
        ("for TCP the sequence number", "TCP sequence number" in stated("nlb", "tcp_hash")),
        ("one static IP address in each zone", stated("nlb", "static_ip_per_zone") == 1),
        ("unless they are registered by IP address with TCP or TLS",
         "except for ip targets with TCP or TLS" in stated("nlb", "client_ip")),
        ("Targets are instances, private IP addresses, or an ALB",
         stated("nlb", "target_types") == "instance ip alb"),
        ("*Cross-zone* is **off** by default", not stated("nlb", "cross_zone_default")),
        ("data that crosses is charged at both ends",
         ELB.get("nlb", "cross_zone_price").note == "each way"),
        ("Health checks go by TCP, HTTP or HTTPS",
         stated("nlb", "health_checks") == "TCP HTTP HTTPS"),
        ("TCP and TLS connections are reset", stated("nlb", "unhealthy_connections_reset")),
        ("**even after the deregistration delay**",
         not stated("nlb", "draining_connections_closed_tcp")),
        ("New UDP groups close them", stated("nlb", "draining_connections_closed_udp")),
        ("an unhealthy target can't be reset", not stated("nlb", "unhealthy_udp_flows_reset")),
        ("Latency is about 100 ms, 400 ms for an ALB",
         stated("nlb", "latency_in_the_notes") == 100),
        ("Latency is about 100 ms, 400 ms for an ALB",
         stated("alb", "latency_in_the_notes") == 400),
        ("an ALB's about 2 ms", 2 * stated("alb", "own_processing_each_way") == 2),
        ("well under 1 ms", 2 * stated("path", "nlb_processing_each_way") < 0.5),
        ("one for TCP, two for TLS 1.2", stated("path", "tcp_handshake") == 1),
        ("one for TCP, two for TLS 1.2", stated("path", "tls_1_2_handshake") == 2),
        ("if at least one is given at creation | 2023-08 |",
         stated("nlb", "security_groups_since").startswith("2023-08")),
        ("TCP_UDP (both on one port), QUIC and TCP_QUIC | 2025-11 |",
         stated("nlb", "listeners") == "TCP TLS UDP TCP_UDP QUIC TCP_QUIC"),
        ("counts for sixteen new TCP ones",
         stated("nlcu_tcp", "new_connections") == 16 * stated("nlcu_tls", "new_connections")),
        ("/ 50 = 20", stated("nlcu_tls", "new_connections") == 50),
        ("5,000 / 3,000 = 1.67", stated("nlcu_tls", "active_connections") == 3000),
        ("1,000 / 800 = 1.25", stated("nlcu_tcp", "new_connections") == 800),
        ("silent for 350 s (UDP: 120 s)", stated("nlb", "idle_timeout") == 350),
        ("silent for 350 s (UDP: 120 s)", stated("nlb", "udp_idle_timeout") == 120),
        ("starts at about 3 Gbit/s", stated("nlb", "initial_capacity") == 3),
    ],
)  # fmt: skip
def test_prose_says_what_the_facts_say(prose, said, fact):
    assert said in prose
    assert fact


def test_worked_answers_are_the_models(prose):
    nlb = section("nlb")
    lopsided = nlb.scenario(targets=3, requests_per_s=84.0, connections=4000, event="none")
    three, four = (nlb.simulate(lopsided.replace(targets=n)).summary["p99_ms"] for n in (3, 4))
    assert "Four: two in each zone, at 42 requests/s for 80" in prose and three > 600 >= four
    assert "at 20 kB a request the target is the cheaper one" in prose
    cost = {one.label: one.cost_usd_month for one in nlb.compare(lopsided).options if one.holds}
    assert cost["one more target"] < cost["cross-zone on"]


def test_a_row_of_the_table_of_milliseconds_differs_little_and_a_column_much(prose):
    assert "Across a row little changes" in prose and "Down a column much changes" in prose
    away = {"rtt_ms": 40.0, "target_ms": 20.0}
    for kind in ("ALB", "NLB, TCP", "NLB, TLS"):
        slow, kept = (budget(kind, tls="1.2", new=new, **away).total_ms for new in (True, False))
        assert slow > 2 * kept
        by_alb = budget("ALB", tls="1.2", **away).total_ms
        assert budget(kind, tls="1.2", **away).total_ms == pytest.approx(by_alb, abs=3)
