"""The numbers that the notebook states are the facts'."""

import pytest

from awsnb import facts

EBS = facts.load("ebs")


def stated(subject, key, on=None):
    return EBS.value(subject, key, on)


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("0.0125 USD a GB and month", stated("archive", "archived_storage_price") == 0.0125),
        ("in place of 0.05", stated("snapshot", "snapshot_storage_price") == 0.05),
        ("at least 90 days", stated("archive", "min_period") == 90),
        ("bring it back costs 0.03 USD per GB", stated("archive", "retrieval_price") == 0.03),
        ("a fee of 0.03 USD per GB to restore", stated("archive", "retrieval_price") == 0.03),
        ("takes up to 72 hours", stated("archive", "restore_time_max") == 72),
        ("75 % cheaper", stated("archive", "saving_max") == 75),
        ("100 to 300 MiB/s", stated("initialization", "min_rate") == 100),
        ("100 to 300 MiB/s", stated("initialization", "max_rate") == 300),
        ("5,000 MiB/s together", stated("initialization", "max_rate_together") == 5000),
        ("0.75 USD an hour for each snapshot", stated("fsr", "dsu_price") == 0.75),
        ("540 USD in 720 hours", 720 * stated("fsr", "dsu_price") == 540),
        ("1,024 / GiB credits an hour", stated("fsr", "credit_gib") == 1024),
        ("an hour, at most 10", stated("fsr", "credit_rate_max") == 10),
        ("a bucket for as many", stated("fsr", "bucket_max") == stated("fsr", "credit_rate_max")),
        ("at least 1; it starts empty", stated("fsr", "bucket_min") == 1),
        ("at least 1; it starts empty", stated("fsr", "initial_credits") == 0),
        ("up to 3,000 IOPS", stated("clone", "baseline_iops") == 3000),
        ("and 125 MiB/s", stated("clone", "baseline_throughput") == 125),
        ("encrypted volumes only", stated("clone", "encrypted_only") is True),
        ("about 6 hours for a full TiB", stated("modification", "optimizing_duration_1_tib") == 6),
        ("four changes in 24 hours", stated("modification", "max_modifications") == 4),
        ("four changes in 24 hours", stated("modification", "modification_window") == 24),
        ("a wait of 6 hours", stated("modification", "wait_after_modification", "2023-06") == 6),
        ("a size only grows", stated("modification", "size_can_shrink") is False),
        ("for 1 to 365 days", stated("recycle_bin", "min_retention") == 1),
        ("for 1 to 365 days", stated("recycle_bin", "max_retention") == 365),
        ("for 1 to 7 days", stated("recycle_bin", "max_retention_volume") == 7),
        ("0.0036 USD at 300 MiB/s", stated("initialization", "price_300_mibps") == 0.0036),
        ("0.0008 USD for a clone", stated("clone", "example_price") == 0.0008),
        ("| 2026-01 |", EBS.get("modification", "max_modifications").since == "2026-01"),
        ("| 2025-05, clones", EBS.get("initialization", "min_rate").since == "2025-05"),
        ("clones 2025-10 |", EBS.get("clone", "baseline_iops").since == "2025-10"),
        ("| 2021-11 |", EBS.get("archive", "archived_storage_price").since == "2021-11"),
    ],
)
def test_prose_says_what_the_facts_say(prose, said, fact):
    assert said in prose
    assert fact
