"""The numbers that prose states are the facts', and the index lists what there is."""

import re

import build_notebooks
import nbformat
import pytest

from awsnb import facts
from awsnb.sections import SECTIONS

ELB = facts.load("elb")


def prose(name):
    notebook = nbformat.read(build_notebooks.NOTEBOOKS / f"{name}.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in notebook.cells)
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("asks each target every 30 s", ELB.value("health_check", "interval") == 30),
        ("two failures in a row", ELB.value("health_check", "unhealthy_threshold") == 2),
        ("*deregistration delay* of 300 s", ELB.value("deregistration", "delay") == 300),
        ("*slow start* of 30 to 900 s", ELB.value("alb", "min_slow_start") == 30),
        ("*slow start* of 30 to 900 s", ELB.value("alb", "max_slow_start") == 900),
        ("at layer 7", ELB.value("alb", "layer") == 7),
        ("at least two Availability Zones", ELB.value("alb", "min_zones") == 2),
        ("**round_robin**, the default", ELB.value("alb", "default_algorithm") == "round_robin"),
        (
            "gets `ELBSecurityPolicy-2016-08`",
            ELB.value("alb", "default_security_policy_api") == "ELBSecurityPolicy-2016-08",
        ),
        ("resolves anew every 60 s", ELB.value("elb", "dns_ttl") == 60),
        ("shows 1 ms each way", ELB.value("alb", "own_processing_each_way") == 1),
        ("about 400 ms", ELB.value("alb", "latency_in_the_notes") == 400),
        ("up to five values", ELB.value("alb", "max_match_evaluations_per_rule") == 5),
        ("100 / 25 = 4", ELB.value("lcu", "new_connections") == 25),
        ("6,000, / 3,000 = 2", ELB.value("lcu", "active_connections") == 3000),
        ("5 of 10 free ones", ELB.value("lcu", "free_rules") == 10),
        ("one for TCP, two for TLS 1.2", ELB.value("path", "tls_1_2_handshake") == 2),
    ],
)
def test_alb_prose_says_what_the_facts_say(said, fact):
    assert said in prose("10-alb")
    assert fact


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("works at layer 4", ELB.value("nlb", "layer") == 4),
        ("handles millions of requests a second", ELB.value("nlb", "requests_per_second")),
        ("one static IP address in each zone", ELB.value("nlb", "static_ip_per_zone") == 1),
        ("*Cross-zone* is **off** by default", not ELB.value("nlb", "cross_zone_default")),
        ("**even after the deregistration delay**",
         not ELB.value("nlb", "draining_connections_closed_tcp")),
        ("New UDP groups terminate them", ELB.value("nlb", "draining_connections_closed_udp")),
        ("an unhealthy target can't be reset", not ELB.value("nlb", "unhealthy_udp_flows_reset")),
        ("about 100 ms, against 400 ms", ELB.value("nlb", "latency_in_the_notes") == 100),
        ("an ALB about 2 ms", 2 * ELB.value("alb", "own_processing_each_way") == 2),
        ("TCP_UDP (both on one port), QUIC", "QUIC" in ELB.value("nlb", "listeners")),
        ("counts for sixteen new TCP ones",
         ELB.value("nlcu_tcp", "new_connections") == 16 * ELB.value("nlcu_tls", "new_connections")),
        ("/ 50 = 20", ELB.value("nlcu_tls", "new_connections") == 50),
        ("5,000 / 3,000 = 1.67", ELB.value("nlcu_tls", "active_connections") == 3000),
        ("1,000 / 800 = 1.25", ELB.value("nlcu_tcp", "new_connections") == 800),
        ("silent for 350 s (UDP: 120 s)", ELB.value("nlb", "idle_timeout") == 350),
        ("silent for 350 s (UDP: 120 s)", ELB.value("nlb", "udp_idle_timeout") == 120),
        ("starts at about 3 Gbit/s", ELB.value("nlb", "initial_capacity") == 3),
    ],
)  # fmt: skip
def test_nlb_prose_says_what_the_facts_say(said, fact):
    assert said in prose("11-nlb")
    assert fact


def test_the_index_lists_every_section_and_links_those_that_are_written():
    index = prose("00-index")
    for entry in SECTIONS:
        link = f"**[{entry.number}. {entry.title}]({entry.notebook.name})**<br>"
        later = re.search(rf"[:;] {entry.number} {re.escape(entry.title)}[;.]", index)
        assert (link + entry.question in index) == entry.ready
        assert bool(later) != entry.ready
