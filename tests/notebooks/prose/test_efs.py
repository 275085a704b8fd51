"""The numbers that the notebook states are the facts'."""

import pytest

from awsnb import facts
from awsnb.aws.ebs import Volume
from awsnb.aws.s3 import S3, requests_usd, storage_usd_month

EFS = facts.load("efs")
GP3 = Volume("gp3", 1)


def stated(subject, key):
    return EFS.value(subject, key)


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("50 MiB/s for each TiB", stated("bursting", "baseline_per_tib") == 50),
        ("2.1 TiB of credit", stated("bursting", "initial_credits") == 2.1),
        ("it may go at 100 MiB/s", stated("bursting", "min_burst") == 100),
        ("at least 1 MiB/s", stated("bursting", "min_baseline") == 1),
        ("100 MiB/s, or 100 per TiB", stated("bursting", "burst_per_tib") == 100),
        (
            "for gp3 it is 3.75",
            stated("standard", "storage_price")
            == pytest.approx(3.75 * facts.load("ebs").value("gp3", "storage_price")),
        ),
        ("6 USD a month for each MB/s", stated("provisioned", "throughput_price") == 6),
        ("0.03 USD per GB read", stated("elastic", "read_price") == 0.03),
        ("0.06 USD per GB written", stated("elastic", "write_price") == 0.06),
        ("a read counts as a third", stated("metering", "read_divisor") == 3),
        ("a request as at least 4 KiB", stated("metering", "min_request") == 4),
        ("as at least 32 KiB", stated("metering", "min_request_elastic") == 32),
        (
            "only if more than 27 % of it is used",
            round(100 * GP3.cost_usd_month / stated("standard", "storage_price")) == 27,
        ),
        ("S3 Standard costs 0.023 USD a GB", S3.value("standard", "storage_price_tier1") == 0.023),
        ("5 USD for a million PUTs", requests_usd(0, 1e6) == pytest.approx(5)),
        ("A volume of 58 GiB costs 4.64 USD", Volume("gp3", 58).cost_usd_month == 4.64),
        ("58 GiB", round(40 / 0.7 + 0.5) == 58),
        ("The file system costs 12.02 USD", round(40 * 0.30 * (1 + 2 / 1024), 2) == 12.02),
        ("would cost about 1 USD", 0.9 < storage_usd_month(40) < 1.05),
        ("and a fee each way", stated("ia", "move_back_price") == stated("ia", "tiering_price")),
        ("at most 500 MiB/s", stated("bursting", "per_client_max") == 500),
        ("at most 500 MiB/s", stated("provisioned", "per_client_max") == 500),
        ("in elastic mode 1,500", stated("elastic", "per_client_max") == 1500),
        ("at least 2.7 ms", stated("latency", "write") == 2.7),
        ("tens of milliseconds", stated("latency", "cold") == "tens of milliseconds"),
        ("at least 128 KiB there", stated("objects", "min_billed") == 128),
        ("bills at least 90 days", stated("archive", "min_duration") == 90),
        ("needs elastic mode", stated("archive", "modes") == "elastic"),
        ("from 1 to 365", stated("lifecycle", "transition_days").split()[0] == "1"),
        ("from 1 to 365", stated("lifecycle", "transition_days").split()[-1] == "365"),
        ("at least three zones", stated("durability", "azs") == 3),
        (
            "costs about half",
            stated("one_zone", "storage_price")
            == pytest.approx(stated("standard", "storage_price") / 2, rel=0.1),
        ),
        (
            "costs three times a GB of",
            stated("standard", "storage_price")
            == pytest.approx(3 * facts.load("ebs").value("gp2", "storage_price")),
        ),
        ("a fee of 0.01 USD", stated("ia", "access_price") == 0.01),
        ("0.14 USD", stated("standard", "storage_price") * 14 / 30 == pytest.approx(0.14)),
        ("TCP port 2049", stated("mount_target", "nfs_port") == 2049),
        ("There is one per zone", stated("mount_target", "per_az") == 1),
        ("| 2023-11 |", EFS.get("archive", "storage_price").since == "2023-11"),
        ("| 2022-11 |", stated("elastic", "launch") == "2022-11"),
    ],
)
def test_prose_says_what_the_facts_say(prose, said, fact):
    assert said in prose
    assert fact
