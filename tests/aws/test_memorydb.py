import pytest

from awsnb.aws.memorydb import data_written_usd, node_usd_hour, shard_writes_per_s


@pytest.mark.parametrize(
    ("engine", "gb", "usd"),
    [
        ("redis-oss", 40_000, 8000),
        ("valkey", 40_000, 1200),  # 30 TB beyond the free 10
        ("valkey", 10_000, 0),
        ("valkey", 0, 0),
    ],
)
def test_data_written_by_hand(engine, gb, usd):
    assert data_written_usd(engine, gb) == pytest.approx(usd)


def test_valkeys_nodes_are_30_percent_cheaper():
    assert node_usd_hour("valkey") == pytest.approx(0.7 * node_usd_hour("redis-oss"))


def test_a_shard_is_limited_by_its_primary_then_by_its_log():
    assert shard_writes_per_s(100) == 185_000
    assert shard_writes_per_s(1000) == pytest.approx(100_000)
