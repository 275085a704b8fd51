"""What the notebook states is what facts and models say."""

import pytest

from awsnb.aws.aurora import AURORA
from awsnb.aws.rds import RDS
from awsnb.sections import section

ROOM = section("rds-proxy")


def stated(key, subject="proxy"):
    return RDS.value(subject, key)


def limit(key):
    return stated(key, "max_connections")


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("MySQL, MariaDB, PostgreSQL or SQL Server", "SQL Server" in stated("engines")),
        ("It is never public", not stated("public")),
        ("divides it by 9,531,392 bytes", limit("postgresql_divisor") == 9531392),
        ("borrows one for a **transaction**", stated("multiplexing_unit") == "transaction"),
        ("100 % by default", stated("max_connections_percent") == 100),
        ("120 s by default", stated("borrow_timeout") == 120),
        ("until the session ends", stated("pinned_until") == "the session ends"),
        ("EXCLUDE_VARIABLE_SETS", stated("pinning_filter") == "EXCLUDE_VARIABLE_SETS"),
        ("up to 66 % faster", stated("failover_saved_max") == 66),
        ("an idle connection | breaks | is kept", "idle" in stated("kept_through_failover")),
        ("the database itself takes 30 s", AURORA.value("failover_with_reader", "typical") == 30),
        ("asks DNS every five seconds", AURORA.value("endpoints", "dns_ttl") == 5),
        ("with no secret stored", stated("iam_end_to_end")),
        ("for Aurora and Multi-AZ clusters", "clusters" in stated("read_only_endpoint")),
        ("costs 0.015 USD an hour", stated("price") == 0.015),
        ("half of `max_connections`", stated("max_idle_connections_percent") == 50),
    ],
)  # fmt: skip
def test_prose_says_what_the_facts_say(prose, said, fact):
    assert said in prose
    assert fact


def test_what_the_worked_answers_say_is_so(prose):
    assert "At 13 % there are 260 pinned sessions" in prose
    pool = ROOM.scenario(through="RDS Proxy", functions=2000, max_connections=250)
    left = ROOM.simulate(pool).data["left_connections"]
    assert left[12] == 10 and left[13] == 0
    assert "4 x 0.015 x 730 = 43.80 USD" in prose
    assert stated("vcpus", "db.r6g.xlarge") * 0.015 * 730 == pytest.approx(43.80)


def test_a_smaller_pool_is_sooner_over_as_the_prediction_says():
    burst = ROOM.scenario(through="RDS Proxy", functions=1500, instance_class="db.r6g.large")
    small, large = (
        ROOM.simulate(burst.replace(max_connections_pct=share)).summary["over_s"]
        for share in (5, 100)
    )
    assert small < large
