"""The numbers that the notebook states are the facts'."""

import pytest

from awsnb import facts
from awsnb.aws.ebs import EBS

RDS = facts.load("rds")


def rule(key, on=None):
    return RDS.value("storage_autoscaling", key, on)


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("There are eight engines", RDS.value("storage", "engine_count") == 8),
        ("gp3 by default", RDS.value("storage", "default_type") == "gp3"),
        ("From 400 GiB on, four of them", RDS.value("gp3", "large_min_size") == 400),
        ("From 400 GiB on, four of them", RDS.value("storage", "stripes") == 4),
        ("At most 10 % of the allocated storage is free", rule("trigger_free") == 10),
        ("at least five minutes", rule("trigger_duration") == 5),
        ("fewer than four changes in 24 hours", rule("max_modifications") == 4),
        ("six hours had to pass", rule("wait_after_modification", "2023-06") == 6),
        ("the largest of 10 GiB, 10 %", rule("increment_floor") == 10),
        ("the largest of 10 GiB, 10 %", rule("increment_share") == 10),
        ("seven hours of growth as in the last hour", rule("growth_ahead") == 7),
        ("seven hours of growth as in the last hour", rule("growth_seen") == 1),
        ("It never shrinks", rule("can_shrink") is False),
        ("in 60 to 120 s", RDS.value("multi_az_instance", "failover_min") == 60),
        ("in 60 to 120 s", RDS.value("multi_az_instance", "failover_max") == 120),
        ("(MySQL and PostgreSQL)", RDS.value("multi_az_cluster", "supported_engines")
         == "MySQL PostgreSQL"),
        ("two readable standbys", RDS.value("multi_az_cluster", "standbys") == 2),
        ("waits for one of the two", RDS.value("multi_az_cluster", "acknowledgements") == 1),
        ("fails over in under 35 s", RDS.value("multi_az_cluster", "failover_max") == 35),
        ("kept for 0 to 35 days", RDS.value("backup", "retention_max") == 35),
        ("about five minutes ago", RDS.value("backup", "log_upload_interval") == 5),
        ("a new instance with a new endpoint", RDS.value("backup", "restores_to")
         == "a new instance with a new endpoint"),
        ("3,000 IOPS and 125 MiB/s", RDS.value("gp3", "included_iops_small") == 3000),
        ("3,000 IOPS and 125 MiB/s", RDS.value("gp3", "included_throughput_small") == 125),
        ("volumes do 12,000 and 500", RDS.value("gp3", "included_iops_large") == 12_000),
        ("volumes do 12,000 and 500", RDS.value("gp3", "included_throughput_large") == 500),
        ("earns 3 IOPS per GiB", EBS.value("gp2", "baseline_iops_per_gib") == 3),
        ("AWS's advice, 26 % more", rule("advised_maximum") == 26),
    ],
)  # fmt: skip
def test_prose_says_the_facts(prose, said, fact):
    assert fact
    assert said in prose
