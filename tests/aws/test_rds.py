import numpy as np
import pytest

from awsnb.aws import rds
from awsnb.aws.rds import RDS, Deployment


def deployment(**changes):
    plain = {"engine": "mysql", "instance_class": "db.r6g.2xlarge", "instances": 2}
    return Deployment(**plain | {"size_gib": 500, "iops": 500.0} | changes)


@pytest.mark.parametrize(
    ("instances", "usd_hour", "usd_gib"),
    [(1, 0.136, 0.115), (2, 0.272, 0.23), (3, 0.272 + 0.136, 0.345), (4, 0.272 + 0.272, 0.46)],
)
def test_two_instances_are_a_pair_and_each_further_one_a_replica(instances, usd_hour, usd_gib):
    bill = deployment(instance_class="db.t3.large", instances=instances, size_gib=200).bill
    assert bill.instances == pytest.approx(usd_hour * 730)
    assert bill.storage == pytest.approx(200 * usd_gib) and bill.io == 0


def test_iops_above_what_is_included_cost_and_end_somewhere():
    assert deployment(iops=12_000.0).bill.io == 0
    assert deployment(iops=13_000.0).bill.io == pytest.approx(1000 * 0.04)
    assert deployment(iops=64_000.0).possible and not deployment(iops=64_001.0).possible


def test_a_small_volume_has_what_is_included_and_no_more():
    assert deployment(size_gib=399, iops=3000.0).possible
    assert not deployment(size_gib=399, iops=3001.0).possible
    assert deployment(size_gib=400, iops=3001.0).bill.io == 0


def test_storage_ends_at_64_tib():
    assert deployment(size_gib=64 * 1024).possible
    assert not deployment(size_gib=64 * 1024 + 1).possible


def test_postgresql_has_prices_of_its_own():
    one = deployment(engine="postgresql", instances=1).bill.instances
    assert one == pytest.approx(730 * RDS.value("db.r6g.2xlarge", "postgresql_price"))


# --- connections


def test_max_connections_by_aws_formula():
    assert rds.default_max_connections("db.r6g.large", "postgresql") == 16 * 2**30 // 9531392
    assert rds.default_max_connections("db.r6g.2xlarge", "postgresql") == 5000  # the cap
    assert rds.default_max_connections("db.r6g.2xlarge", "mysql") == 64 * 2**30 // 12582880


def test_functions_start_at_lambdas_rate_and_never_before_they_are_asked_for():
    at_once = rds.lambda_starts_s(np.zeros(3000))
    assert at_once[999] == 0 and at_once[1999] == pytest.approx(10) and at_once[-1] == 20
    late = np.linspace(0, 60, 3000)
    np.testing.assert_allclose(rds.lambda_starts_s(late), late)


def test_a_proxy_is_paid_by_vcpu_of_its_instance():
    small, large = (rds.proxy_usd_month(name) for name in ("db.t3.large", "db.r6g.2xlarge"))
    assert small == pytest.approx(0.03 * 730) and large == 4 * small


def test_prices_of_a_family_double_with_its_size():
    prices = [
        rds.instance_usd_month(f"db.r6g.{size}", "postgresql")
        for size in ("large", "xlarge", "2xlarge")
    ]
    np.testing.assert_allclose(np.array(prices[1:]) / prices[:-1], 2, rtol=0.01)
