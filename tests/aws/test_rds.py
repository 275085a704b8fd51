import pytest

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
