"""What the notebook states is what facts and models say."""

import pytest

from awsnb.aws.rds import RDS
from awsnb.sections import section

ROOM = section("read-replicas")


def stated(key):
    return RDS.value("read_replica", key)


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("Replication is **asynchronous**", stated("type") == "asynchronous"),
        ("from a **snapshot** of the source", "snapshot" in stated("created_from")),
        ("must keep automated backups", stated("needs_backups")),
        ("by default for up to 30 s", stated("query_holds_replay_default") == 30),
        ("On MySQL -1 means that nothing", stated("not_replicating") == -1),
        ("minus the last replayed transaction", "xact_replay" in stated("lag_formula")),
        ("up to five minutes", stated("idle_lag_max") == 300),
        ("another zone of the Region costs nothing", stated("same_region_transfer_price") == 0),
        ("0.02 USD from us-east-1", stated("cross_region_transfer_price") == 0.02),
        ("It restarts, takes writes, and never follows", stated("promotion") == "for good"),
        ("keeps backups for one day", stated("promotion_backup_days") == 1),
        ("a few minutes or longer; five are assumed", stated("promotion_time") == 5),
        ("you do this yourself", not stated("automatic_failover")),
        ("has an endpoint of its own", stated("own_endpoint")),
        ("at most 15 replicas", stated("max_postgresql") == stated("max_mysql") == 15),
        ("5 for Oracle", stated("max_oracle") == 5),
        ("3 for Db2", stated("max_db2") == 3),
        ("MySQL or MariaDB can be made writable", stated("writable_engines") == "mysql mariadb"),
        ("one of Oracle can be mounted", stated("mounted_engines") == "oracle"),
    ],
)
def test_prose_says_what_the_facts_say(prose, said, fact):
    assert said in prose
    assert fact


def test_what_the_worked_answers_say_is_so(prose):
    assert "so 12,000 need 6" in prose
    busy = ROOM.scenario(reads_max=4000.0, writes_per_s=500.0, reads_per_s=12_000.0)
    assert ROOM.simulate(busy).summary["needed_replicas"] == 6
    assert "26,214 s: 7.3 h" in prose
    stopped = ROOM.scenario(writes_per_s=500.0, log_kib=8.0, free_gib=100.0)
    assert ROOM.simulate(stopped).summary["slot_full_h"] == pytest.approx(26_214 / 3600, rel=1e-4)
    assert "up to a minute, and the source nothing" in prose
    late = ROOM.scenario(after_s=60.0, query_s=120.0, routing="wait for the write")
    assert 0 < ROOM.simulate(late).summary["wait_p99_s"] <= 60


def test_what_the_fourth_worked_answer_says_is_so(prose):
    assert "516,000 wait at the source; about a hundred more are on the way" in prose
    narrow = ROOM.view("promotion").scenario(place="another Region", carries_mibps=10.0)
    lost = ROOM.simulate(narrow).summary["lost_writes_worst"]
    assert 516_050 < lost < 516_150
    assert "10 MiB/s, which is 1,280 of" in prose and 10 * 1024 / 8 == 1280
