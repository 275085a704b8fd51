"""What the notebook states is what facts and models say."""

import pytest

from awsnb.aws.elasticache import ELASTICACHE
from awsnb.aws.memorydb import MEMORYDB, data_written_usd
from awsnb.sections import section

ROOM = section("memorydb")


def stated(subject, key):
    return MEMORYDB.value(subject, key)


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("a read takes microseconds", stated("latency", "read") == "microseconds"),
        ("single-digit milliseconds", stated("latency", "write") == "single-digit milliseconds"),
        ("about 3 at the median", stated("latency", "write_p50") == 3),
        ("two zones of a log have it", stated("durability", "zones_before_reply") == 2),
        ("second of three", stated("durability", "log_zones") == 3),
        ("100 MB/s into the log", stated("throughput", "write_bandwidth_per_shard") == 100),
        ("engines are Valkey and Redis OSS", stated("engine", "kinds") == "valkey redis-oss"),
        ("about 30 % cheaper", stated("price", "valkey_discount") == 30),
        ("costs 0.20 USD", stated("price", "data_written_redis") == 0.2),
        ("10 TB a month are free", stated("price", "data_written_valkey_free") == 10),
        ("then it is 0.04 USD", stated("price", "data_written_valkey") == 0.04),
        ("surveys of 2017 to 2021", stated("survey", "most_loved") == "2017 to 2021"),
        ("Valkey 9.0", "Valkey 9.0" in stated("elasticache_sync", "engine_version")),
        ("loses up to 10 s", ELASTICACHE.value("durability", "async_loss_max") == 10),
        ("replica that is least behind", "least lag" in
         ELASTICACHE.value("replication", "failover_pick")),
    ],
)  # fmt: skip
def test_prose_says_what_the_facts_say(prose, said, fact):
    assert said in prose
    assert fact


def test_what_the_worked_answers_say_is_so(prose):
    assert "That is 6,800 USD less" in prose
    redis, valkey = (data_written_usd(engine, 40_000) for engine in ("redis-oss", "valkey"))
    assert redis - valkey == pytest.approx(6800)
    assert "= 1,526 writes" in prose
    large = ROOM.simulate(ROOM.scenario(value_kib=64.0)).summary["shard_rps"]
    assert round(large) == 1526
    zones = ROOM.scenario(failure="two zones", wait_for=2, design="WAIT for replicas")
    assert "WAIT for replicas. Both have each acknowledged write" in prose
    assert ROOM.simulate(zones).summary["lost_writes"] == 0
