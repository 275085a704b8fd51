"""Snapshots: prices, fast snapshot restore's credits and refusals, by AWS's own rules."""

import pytest

from awsnb.aws.ebs import snapshots
from awsnb.aws.ebs.snapshots import FastRestore
from awsnb.scenario import ScenarioError


def test_prices_are_aws_s_own():
    assert snapshots.standard_usd_month(200) == pytest.approx(10.0)
    assert snapshots.archived_usd_month(100) == pytest.approx(1.25)
    assert snapshots.retrieval_usd(100) == pytest.approx(3.0)
    assert snapshots.copied_usd(100) == pytest.approx(2.0)


def test_a_block_is_half_a_mebibyte():
    assert snapshots.BLOCK_GIB * 2048 == 1


@pytest.mark.parametrize(
    ("gib", "per_hour", "bucket"),
    [
        (1, 10, 10),
        (102.4, 10, 10),
        (128, 8, 8),  # AWS's own example
        (512, 2, 2),
        (1024, 1, 1),
        (2048, 0.5, 1),
        (16_384, 0.0625, 1),
    ],
)
def test_size_sets_the_credits_of_fast_snapshot_restore(gib, per_hour, bucket):
    enabled = FastRestore(gib)
    assert enabled.credits_per_h == pytest.approx(per_hour)
    assert enabled.bucket == pytest.approx(bucket)
    assert enabled.credits_after(0) == 0
    assert enabled.credits_after(1000) == pytest.approx(bucket)


@pytest.mark.parametrize(
    ("volumes", "hours", "fast"), [(8, 0, 0), (8, 0.49, 0), (8, 0.5, 1), (8, 24, 2), (1, 24, 1)]
)
def test_a_volume_takes_a_whole_credit(volumes, hours, fast):
    assert FastRestore(512).fast_volumes(volumes, hours) == fast


def test_enabling_takes_an_hour_a_tib_and_is_billed_by_the_hour():
    assert FastRestore(512).optimizing_h == pytest.approx(0.5)
    assert FastRestore(512).usd(720) == pytest.approx(540)
    assert FastRestore(512).usd(0.1) == pytest.approx(0.75)


def test_fast_snapshot_restore_is_for_16_tib_and_less():
    FastRestore(16_384).check()
    with pytest.raises(ScenarioError, match="16,385: fast snapshot restore is for") as refused:
        FastRestore(16_385).check()
    assert refused.value.field == "size_gib"


def test_a_region_allows_5000_mib_a_second_together():
    snapshots.check_rate_together(50, 100)
    with pytest.raises(ScenarioError, match="5,100 MiB/s") as refused:
        snapshots.check_rate_together(51, 100)
    assert refused.value.field == "volumes"
