"""The numbers that the ALB's notebook states are those of the facts and of the model."""

import pytest

from awsnb import facts, section

ELB = facts.load("elb")


def stated(subject, key):
    return ELB.value(subject, key)


def asked(**values):
    alb = section("alb")
    return alb.simulate(alb.scenario(**values))


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("at layer 7 of the network model", stated("alb", "layer") == 7),
        ("**Targets** are EC2 instances, containers, IP addresses or Lambda functions",
         stated("alb", "target_types") == "instance ip lambda"),
        ("in at least two Availability Zones of one region", stated("alb", "min_zones") == 2),
        ("it has **security groups**", stated("alb", "security_group")),
        ("**round_robin**, the default", stated("alb", "default_algorithm") == "round_robin"),
        ("**weighted_random**: at random. With *anomaly mitigation*",
         stated("alb", "anomaly_mitigation").startswith("only with weighted_random")),
        ("asks each target every 30 s", stated("health_check", "interval") == 30),
        ("Two failures in a row", stated("health_check", "unhealthy_threshold") == 2),
        ("must be shorter than the interval", stated("health_check", "interval_above_timeout")),
        ("the ALB *fails open*", "all targets" in stated("health_check", "fail_open")),
        ("*deregistration delay* of 300 s", stated("deregistration", "delay") == 300),
        ("*slow start* of 30 to 900 s", stated("alb", "min_slow_start") == 30),
        ("*slow start* of 30 to 900 s", stated("alb", "max_slow_start") == 900),
        ("conditions with up to five values", stated("alb", "max_match_evaluations_per_rule") == 5),
        ("`*` stands for any characters, `?` for exactly one",
         stated("alb", "wildcards") == "* matches 0 or more characters, ? exactly 1"),
        ("Since 2025 a condition may be a regular expression",
         ELB.get("alb", "regex_conditions").since == "2025-10"),
        ("`X-Forwarded-For` is what the ALB adds", "X-Forwarded-For" in stated("alb", "client_ip")),
        ("gets `ELBSecurityPolicy-2016-08`",
         stated("alb", "default_security_policy_api") == "ELBSecurityPolicy-2016-08"),
        ("resolved anew every 60 s", stated("elb", "dns_ttl") == 60),
        ("shown as *unused*", stated("health_check", "stopped_target") == "unused, not unhealthy"),
        ("100 / 25 = 4", stated("lcu", "new_connections") == 25),
        ("6,000, / 3,000 = 2", stated("lcu", "active_connections") == 3000),
        ("5 of 10 free ones", stated("lcu", "free_rules") == 10),
        ("Bytes: 0.72 GB an hour, 0.72", stated("lcu", "processed_bytes") == 1),
        ("Since November 2025 an agent", ELB.get("alb", "target_optimizer").since == "2025-11"),
    ],
)  # fmt: skip
def test_prose_says_what_the_facts_say(prose, said, fact):
    assert said in prose
    assert fact


def test_worked_answers_are_the_models(prose):
    quick = {"health_timeout_s": 2}
    assert "the interval may be 12 s" in prose
    at_12, at_13 = (asked(health_interval_s=s, **quick).summary["failed_pct"] for s in (12, 13))
    assert at_12 <= 2 < at_13
    assert "ten are enough" in prose and "eight would be 94 % busy" in prose
    tripled = {"requests_per_s": 300.0, "health_interval_s": 5, **quick}
    nine, ten = (asked(targets=n, **tripled).summary["p99_ms"] for n in (9, 10))
    assert nine > 600 >= ten and round(100 * 300 / (8 * 40)) == 94
    units = asked(kb_per_request=2.0).summary["capacity_units"]
    assert "With ten requests to a connection it would be 0.72" in prose
    assert units == pytest.approx(0.72)


def test_what_is_said_of_the_predictions_is_the_models(prose):
    assert "80 % of four targets is 107 % of three" in prose
    assert round(80 * 4 / 3) == 107 and asked(requests_per_s=128.0).summary["load_pct"] == 80
    assert "their p99 is about half a second" in prose
    calm = asked(requests_per_s=128.0, event="none").summary["p99_ms"]
    assert calm == pytest.approx(500, rel=0.1)
    assert "Without retries the queues would be gone within half a minute" in prose
    outage = asked(requests_per_s=128.0, health_interval_s=5, health_timeout_s=2,
                   returns_at_s=120, patience_s=2.0)  # fmt: skip
    late = outage.data["second"] >= 150
    assert outage.data["answered_per_s"][late].sum() > 0.99 * outage.data["asked_per_s"][late].sum()
