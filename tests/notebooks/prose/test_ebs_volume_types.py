"""The numbers that the notebook states are the facts'."""

import pytest

from awsnb import facts, section

EBS = facts.load("ebs")


def stated(subject, key):
    return EBS.value(subject, key)


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("A full bucket pays for 5.4 million", stated("gp2", "bucket_capacity") == 5_400_000),
        ("3 IOPS per GiB, and a bucket", stated("gp2", "baseline_iops_per_gib") == 3),
        ("each second 3,000 go out", stated("gp2", "burst_iops") == 3_000),
        ("gp3 gives 3,000 IOPS at all times", stated("gp3", "included_iops") == 3_000),
        ("pieces of up to 256 KiB", stated("io_accounting", "ssd_max_io_size") == 256),
        ("merge up to 1 MiB", stated("io_accounting", "hdd_max_io_size") == 1024),
        ("costs a whole MiB of credit", stated("io_accounting", "hdd_random_io_charge") == 1),
        ("64 TiB, 80,000 IOPS, 2,000 MiB/s", stated("gp3", "max_size") == 64 * 1024),
        ("64 TiB, 80,000 IOPS, 2,000 MiB/s", stated("gp3", "max_iops") == 80_000),
        ("64 TiB, 80,000 IOPS, 2,000 MiB/s", stated("gp3", "max_throughput") == 2_000),
        ("16 TiB, 16,000 IOPS, 1,000 MiB/s", EBS.value("gp3", "max_iops", "2023-06") == 16_000),
        ("16 TiB, 16,000 IOPS, 1,000 MiB/s", EBS.value("gp3", "max_size", "2023-06") == 16 * 1024),
        (
            "20 % cheaper per GiB",
            stated("gp3", "storage_price") == pytest.approx(0.8 * stated("gp2", "storage_price")),
        ),
        ("256,000 IOPS, 4,000 MiB/s", stated("io2", "max_iops") == 256_000),
        ("99.999 % durable", stated("io2", "durability") == 99.999),
        ("at io1's price per GB", stated("io2", "storage_price") == stated("io1", "storage_price")),
        ("four changes a day", stated("modification", "max_modifications") == 4),
        ("0.25 MiB/s for each", stated("gp3", "throughput_per_iops_max") == 0.25),
        ("rate 99 % of the time", stated("gp3", "consistency_time") == 99),
        ("io1 and io2 99.9 %", stated("io2", "consistency_time") == 99.9),
        ("HDD 90 % of the burst rate", stated("st1", "consistency_share") == 90),
    ],
)
def test_prose_says_what_the_facts_say(prose, said, fact):
    assert said in prose
    assert fact


def test_the_worked_answer_adds_up(prose):
    ebs = section("ebs-volume-types")
    batch = ebs.scenario(volume_type="gp3", workload="nightly-batch", load_factor=0.8)
    asked = ebs.simulate(batch).data["asked_iops"].reshape(7, 24, 12)
    hour_s = 3600
    largest = asked.mean(axis=2).max() * hour_s
    baseline_iops = (largest - stated("gp2", "bucket_capacity")) / hour_s
    assert "about 8.4 million I/Os" in prose and largest == pytest.approx(8.4e6, rel=0.005)
    assert "about 830 IOPS" in prose and baseline_iops == pytest.approx(830, rel=0.005)
    assert "takes 276 GiB" in prose and baseline_iops / 3 == pytest.approx(276, rel=0.005)
