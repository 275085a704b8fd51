"""S3: what a bucket in S3 Standard costs."""

import pytest

from awsnb.aws.s3 import requests_usd, storage_usd_month


@pytest.mark.parametrize(
    ("stored_gib", "cost_usd"),
    [
        (0, 0),
        (100, 2.30),
        (51_200, 51_200 * 0.023),
        (51_201, 51_200 * 0.023 + 0.022),
        (600_000, 51_200 * 0.023 + 460_800 * 0.022 + 88_000 * 0.021),
    ],
)
def test_the_next_gib_costs_less_above_50_and_500_tb(stored_gib, cost_usd):
    assert storage_usd_month(stored_gib) == pytest.approx(cost_usd)


def test_a_million_requests():
    assert requests_usd(gets=1e6, puts=0) == pytest.approx(0.40)
    assert requests_usd(gets=0, puts=1e6) == pytest.approx(5.00)
