"""EFS file systems: limits, metering, refusals and prices, by AWS's own rules."""

import pytest

from awsnb.aws.efs import EFS, FileSystem, Io, Policy, StorageBill, billed_bytes, limits
from awsnb.scenario import ScenarioError

WRITES = Io(1024, read_share=0.0)
READS = Io(1024, read_share=1.0)


@pytest.mark.parametrize(
    ("gib", "baseline", "burst", "credit_tib"),
    [
        (1, 1, 100, 2.1),  # the floor of 2020
        (20, 1, 100, 2.1),
        (512, 25, 100, 2.1),
        (1024, 50, 100, 2.1),
        (2048, 100, 200, 4.2),
        (10_240, 500, 1000, 21),
    ],
)
def test_size_sets_baseline_burst_and_credit(gib, baseline, burst, credit_tib):
    system = FileSystem("bursting", gib)
    assert system.baseline_mibps == pytest.approx(baseline, rel=0.001)
    assert system.burst_mibps == burst
    assert system.most_credit_mib == pytest.approx(credit_tib * 2**20)


def test_reads_are_metered_at_a_third_and_requests_at_4_kib_or_more():
    assert 60 * Io(1024, 0.5).metered_mib == pytest.approx(EFS.value("bursting", "example_metered"))
    assert pytest.approx(1 / 3) == READS.metered_mib
    assert WRITES.metered_mib == 1
    assert Io(1, 0.0).metered_mib == 4
    assert Io(4, 0.0).metered_mib == 1


def test_provisioned_mode_bills_what_is_above_the_size_and_bursts_if_the_size_earns_more():
    small = FileSystem("provisioned", 1024, 70)
    assert small.billed_mibps == pytest.approx(20)
    assert small.usd_month(5, 5) == pytest.approx(1024 * 0.30 + 20 * 6)
    assert not small.bursts
    large = FileSystem("provisioned", 4096, 70)
    assert large.billed_mibps == 0
    assert large.bursts


def test_elastic_mode_bills_bytes():
    assert FileSystem("elastic", 100).usd_month(1000, 100) == pytest.approx(30 + 30 + 6)
    assert FileSystem("bursting", 100).usd_month(1000, 100) == pytest.approx(30)


def test_every_client_has_a_limit_of_its_own():
    def most(mode, clients):
        found = limits(FileSystem(mode, 100, 50), READS, clients, None)
        return next(limit for limit in found if "clients" in limit.name).bucket.baseline

    assert most("bursting", 1) == most("provisioned", 1) == 500
    assert most("bursting", 3) == 1500
    assert most("elastic", 1) == 1500


def test_a_queue_depth_of_one_waits_for_each_request():
    (depth,) = (
        limit.bucket
        for limit in limits(FileSystem("elastic", 100), Io(4, 0.0), 1, 1)
        if "queue depth" in limit.name
    )
    assert depth.baseline / depth.cost == pytest.approx(1000 / 2.7 * 4 / 1024)


def test_what_aws_refuses_of_a_mode():
    with pytest.raises(ScenarioError, match=r"provisioned_mibps is missing.*1 to 3,414 MiB/s") as e:
        FileSystem("provisioned", 100).check()
    assert e.value.field == "provisioned_mibps" and e.value.missing


@pytest.mark.parametrize(
    ("policy", "mode", "rule"),
    [
        (Policy(30, 30), "elastic", "later than ia_after"),
        (Policy(90, 60), "elastic", "later than ia_after, which is 90 days"),
        (Policy(30, 90), "bursting", "only with elastic"),
        (Policy(None, 90), "provisioned", "only with elastic"),
    ],
)
def test_what_aws_refuses_of_a_policy(policy, mode, rule):
    with pytest.raises(ScenarioError, match=rule) as e:
        policy.check(mode)
    assert e.value.field == "archive_after"


def test_what_aws_allows_of_a_policy():
    for policy in (Policy(), Policy(1), Policy(30, 90), Policy(None, 90), Policy(30, None, True)):
        policy.check("elastic")
    Policy(30).check("bursting")


def test_files_are_billed_in_steps_and_with_a_least_size_when_cold():
    standard, cold = billed_bytes([0, 1, 4096, 4097, 131_072, 131_073])
    assert standard.tolist() == [0, 4096, 4096, 8192, 131_072, 135_168]
    assert cold.tolist() == [131_072] * 5 + [135_168]


def test_prices_of_classes_follow_the_mode():
    assert StorageBill("elastic").usd_gib_month.tolist() == [0.30, 0.016, 0.008]
    assert StorageBill("bursting").usd_gib_month.tolist()[:2] == [0.30, 0.025]


@pytest.mark.parametrize(
    ("kib", "billed_kib"), [(1, 32), (4, 32), (32, 32), (33, 33), (1024, 1024)]
)
def test_elastic_mode_bills_a_request_as_at_least_32_kib(kib, billed_kib):
    assert Io(kib, read_share=1.0).elastic_mib == pytest.approx(billed_kib / kib)
    assert Io(kib, read_share=0.0).metered_mib == pytest.approx(max(4, kib) / kib)
