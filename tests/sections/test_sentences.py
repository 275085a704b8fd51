"""Sentences at their edges: one of a thing, very many, a moment that is the beginning."""

import re

import pytest

from awsnb.sections import section

ONE_OF_MANY = re.compile(r"(?<![\d.,])1 (changes|credits|files|days|statements)\b")
POWER_OF_TEN = re.compile(r"\de[+-]\d\d")


def told(slug, name, values):
    view = next(each for each in section(slug).views if each.name == name)
    result = view.simulate(view.scenario(**values))
    return [result.why, *result.notes, *(f"{n.label}: {n.text}" for n in result.numbers)]


@pytest.mark.parametrize(
    ("slug", "name", "values", "says"),
    [
        ("aurora", "backtrack", {"backtrack_h": 24.0, "changes_per_s": 1}, "1 change a second"),
        ("aurora", "backtrack", {"backtrack_h": 7.56999404}, "a second for 7 h 34 min are"),
        ("aurora", "storage", {"days": 1}, "Storage, 1 day: "),
        ("ebs", "restore", {"method": "fast snapshot restore", "size_gib": 1020, "volumes": 10},
         "earn 1 credit an hour"),
        ("efs", "throughput", {"mode": "elastic", "standard_gib": 100, "workload": "steady",
                               "file_kib": 12_828, "read_pct": 0.0, "clients": 1,
                               "queue_depth": 1}, "0.919 files a second"),
        ("efs", "classes", {"busy_days": 1}, "within the last day are"),
        ("gwlb", "flows", {"event": "none", "gb_per_h": 100_000}, "100,000 GLCU"),
        ("iam", "access", {"what_if": "has this boundary", "action": "s3:PutObject",
                           "document": '{"Statement": {"Effect": "Allow", "Action": "ec2:*", '
                                       '"Resource": "*"}}'}, "its statement does not apply"),
        ("instance-store", "speed", {"instance_type": "i4i.32xlarge", "wanted_iops": 100},
         "1,067 times"),
        ("nlb", "connections", {"listener": "UDP", "event": "deregister", "event_at_s": 30,
                                "connections": 400, "deregistration_delay_s": 60, "pattern": "day",
                                "slow_target_pct": 10.0},
         "Over the whole run, "),
        ("read-replicas", "staleness", {"writes_max": 1}, "30,000 % of what it can do"),
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
