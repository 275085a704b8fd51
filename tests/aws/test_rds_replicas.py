"""Read replicas of RDS: AWS's limits and prices."""

import pytest

from awsnb.aws.rds import check_replicas, copying_usd_month, replica_usd_hour
from awsnb.scenario import ScenarioError


@pytest.mark.parametrize(
    ("engine", "most"),
    [
        ("PostgreSQL", 15),
        ("MySQL", 15),
        ("MariaDB", 15),
        ("SQL Server", 15),
        ("Oracle", 5),
        ("Db2", 3),
    ],
)
def test_each_engine_has_its_limit(engine, most):
    check_replicas(engine, most, levels=1)
    with pytest.raises(ScenarioError, match=rf"1 to {most} replicas \(docs\.aws") as refused:
        check_replicas(engine, most + 1, levels=1)
    assert refused.value.field == "replicas"


def test_a_chain_is_known_for_three_engines():
    for engine in ("PostgreSQL", "MySQL", "MariaDB"):
        check_replicas(engine, 1, levels=2)
    with pytest.raises(ScenarioError, match="not for Oracle; use 1 level") as refused:
        check_replicas("Oracle", 1, levels=2)
    assert refused.value.field == "levels"


def test_a_replica_costs_as_much_as_an_instance_and_unknown_prices_are_not_guessed():
    assert replica_usd_hour("PostgreSQL", "db.t3.large") == 0.145
    assert replica_usd_hour("SQL Server", "db.t3.large") is None


def test_only_the_way_to_another_region_is_charged():
    a_gb_a_second = 1e9 / 1024
    assert copying_usd_month(a_gb_a_second, other_region=False) == 0
    month = copying_usd_month(a_gb_a_second, other_region=True)
    assert month == pytest.approx(0.02 * 730 * 3600)
