"""Sentences at their edges: one of a thing, very many, a moment that is the beginning."""

import re

import pytest

from awsnb.sections import section

ONE_OF_MANY = re.compile(
    r"(?<![\d.,])1 ((changes|credits|files|days|statements|instances|writes|requests)\b"
    r"|\w{3,} are\b|stay\b)"
)
POWER_OF_TEN = re.compile(r"\de[+-]\d\d")


def told(slug, name, values):
    view = next(each for each in section(slug).views if each.name == name)
    result = view.simulate(view.scenario(**values))
    compared = view.compare(result.scenario) if view.compare else None
    others = [compared.why, *(one.label for one in compared.options)] if compared else []
    numbers = (f"{n.label}: {n.text}" for n in result.numbers)
    return [result.label, result.why, *result.notes, *numbers, *others]


@pytest.mark.parametrize(
    ("slug", "name", "values", "says"),
    [
        ("auto-scaling-groups", "allocation", {"zones": 1, "spot": 2, "needed": 1},
         "interrupts 1 instance."),
        ("aurora", "backtrack", {"backtrack_h": 24.0, "changes_per_s": 1}, "1 change a second"),
        ("aurora", "backtrack", {"backtrack_h": 1.0, "changes_per_s": 1}, "are 3,600 records"),
        ("aurora", "backtrack", {"backtrack_h": 7.56999404}, "a second for 7 h 34 min are"),
        ("aurora", "failover", {"client": "RDS Proxy", "in_transaction_pct": 0.0},
         "stay open, and none is in a transaction"),
        ("aurora", "failover", {"client": "RDS Proxy", "in_transaction_pct": 100.0},
         "all connections to it are in a transaction, and break"),
        ("aurora", "reader scaling", {"max_readers": 1}, "1 reader serves from the start"),
        ("aurora", "storage", {"days": 1}, "Storage, 1 day: "),
        ("ebs", "restore", {"method": "fast snapshot restore", "size_gib": 1020, "volumes": 10},
         "earn 1 credit an hour"),
        ("efs", "throughput", {"mode": "elastic", "standard_gib": 100, "workload": "steady",
                               "file_kib": 12_828, "read_pct": 0.0, "clients": 1,
                               "queue_depth": 1}, "0.919 files a second"),
        ("efs", "throughput", {"standard_gib": 1_000_000}, "1,000,000 GiB, bursting"),
        ("efs", "classes", {"ia_after": "never"}, "Saved a month: 0.00 USD"),
        ("efs", "classes", {"busy_days": 1}, "within the last day are"),
        ("elb", "which one", {"requests_per_s": 1.0}, "HTTPS, 1 request/s"),
        ("gwlb", "flows", {"event": "none", "gb_per_h": 100_000}, "100,000 GLCU"),
        ("iam", "access", {"what_if": "has this boundary", "action": "s3:PutObject",
                           "document": '{"Statement": {"Effect": "Allow", "Action": "ec2:*", '
                                       '"Resource": "*"}}'}, "its statement does not apply"),
        ("instance-refresh", "roll-out", {"desired": 2, "load_rps": 10},
         "At least 1 stays ready and at most 2 are there"),
        ("instance-refresh", "roll-out", {"protected": 10}, "standby are still old."),
        ("instance-store", "speed", {"instance_type": "i4i.32xlarge", "wanted_iops": 100},
         "1,067 times"),
        ("memorydb", "safe writes", {"writes_per_s": 1e6}, "1,000,000 writes/s"),
        ("nlb", "connections", {"listener": "UDP", "event": "deregister", "event_at_s": 30,
                                "connections": 400, "deregistration_delay_s": 60, "pattern": "day",
                                "slow_target_pct": 10.0},
         "Over the whole run, "),
        ("read-replicas", "staleness", {"writes_max": 1}, "30,000 % of what it can do"),
        ("scaling-policies", "policy", {"min_size": 1, "max_size": 1}, "1 instance is the maximum"),
        ("scaling-policies", "policy", {"load_factor": 0.01}, "1 instance, always"),
        ("tls-certificates", "year", {"imported": 0, "by_acm": 3, "unread_pct": 0.0},
         "1,789 years"),
    ],
)  # fmt: skip
def test_one_and_very_many_are_said_as_people_do(slug, name, values, says):
    texts = told(slug, name, values)
    assert any(says in text for text in texts), texts
    for text in texts:
        assert not ONE_OF_MANY.search(text) and not POWER_OF_TEN.search(text), text
        assert "From 0 s on" not in text
