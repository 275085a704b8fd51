"""Read replicas: what makes them late, which reads miss a write, and how many are needed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsnb import theory
from awsnb.scenario import ScenarioError
from awsnb.sections import section
from awsnb.sections.read_replicas.lag import STEP_S, modelled
from awsnb.sections.read_replicas.scenario import ReplicaScenario
from awsnb.sections.read_replicas.truth import queues, recorded
from awsnb.trace import TraceError

VIEW = section("read-replicas").view()
QUIET = {"query_s": 0.0}


def result(**values):
    return VIEW.simulate(ReplicaScenario(**values))


def preset(name):
    (values,) = (one.values for one in VIEW.presets if one.name == name)
    return result(**values)


# --- why a replica is late


def test_a_query_that_stops_replay_makes_one_replica_late_as_long_as_it_runs():
    said = preset("A report stops replay")
    assert said.summary["worst_s"] == pytest.approx(30, abs=2 * STEP_S)
    assert np.nanmax(said.data["others_s"]) < 1
    assert "stops replay on one replica" in said.why and "transaction" not in said.why


def test_only_postgresql_waits_for_a_query():
    assert result(engine="MySQL").summary["worst_s"] < 1
    assert "Nothing holds replay up" in result(engine="MySQL").why


def test_a_transaction_of_mysql_arrives_at_its_commit_and_takes_its_time_on_every_replica():
    said = preset("Long MySQL transaction")
    free = 1 - 2000 / 5000  # of a replica's time is left by 2,000 of 5,000 reads/s
    assert said.summary["worst_s"] == pytest.approx(60 / free, rel=0.02)
    assert said.data["others_s"].max() == pytest.approx(said.data["slowest_s"].max(), rel=0.02)
    assert "The long transaction has to be replayed" in said.why and "query" not in said.why


def test_a_transaction_of_postgresql_is_replayed_while_it_runs():
    work = {"transaction_s": 60.0, "reads_per_s": 1.0, **QUIET}
    mysql, postgresql = (
        result(engine=engine, **({**work} if engine == "PostgreSQL" else without_query(work)))
        for engine in ("MySQL", "PostgreSQL")
    )
    assert mysql.summary["worst_s"] == pytest.approx(60, rel=0.02)
    assert postgresql.summary["worst_s"] == pytest.approx(60 * 0.3, rel=0.05)  # 0.3 too much


def without_query(values):
    return {name: value for name, value in values.items() if name != "query_s"}


def test_a_burst_leaves_a_backlog_that_outlasts_it():
    said = preset("A burst of writes")
    free, burst, usual = 0.6, 1.2, 0.3
    assert said.summary["worst_s"] == pytest.approx(60 * (burst - free) / free, rel=0.03)
    late = said.data["second"][said.data["slowest_s"] > 0.5]
    assert late.max() == pytest.approx(120 + 60 * (burst - free) / (free - usual), rel=0.05)
    assert "The burst of writes" in said.why and "query" not in said.why


def test_no_number_of_replicas_helps_against_too_many_writes():
    said = preset("More writes than replay")
    assert said.summary["needed_replicas"] is None
    assert "however many replicas there are" in said.why
    assert "The source is asked for 110 %" in said.why
    more = result(writes_per_s=1100.0, reads_per_s=1000.0, replicas=15, **QUIET)
    assert more.summary["worst_s"] > 60


def test_too_many_reads_leave_replay_too_little():
    said = result(reads_per_s=9000.0, **QUIET)
    assert "Reads leave too little for replay" in said.why
    assert said.summary["needed_replicas"] == 3
    assert result(reads_per_s=9000.0, replicas=3, **QUIET).summary["worst_s"] < 1


def test_reads_that_take_all_leave_writes_unshown():
    said = result(replicas=1, reads_per_s=6000.0)
    assert said.summary["worst_s"] is None and "not in this time" in str(said)
    assert said.summary["stale_pct"] > 90


def test_a_slow_replica_is_behind_and_the_others_are_not():
    said = result(slow_pct=60.0, writes_per_s=300.0, reads_per_s=4000.0, **QUIET)
    assert said.data["slowest_s"].max() > 60 and said.data["others_s"].max() < 1


def test_a_transaction_of_mysql_is_replayed_on_one_level_after_the_other():
    chain = {"engine": "MySQL", "transaction_s": 30.0, "reads_per_s": 1.0, "writes_per_s": 1.0}
    one, two, three = (result(levels=level, **chain).summary["worst_s"] for level in (1, 2, 3))
    assert (one, two, three) == pytest.approx((30, 60, 90), rel=0.02)


def test_replica_lag_of_a_chain_counts_from_the_commit_on_the_source():
    said = preset("A chain to another Region")
    assert said.summary["metric_max_s"] == pytest.approx(said.summary["worst_s"], rel=0.02)
    assert any("sent to the other Region" in note for note in said.notes)
    assert not any("sent to the other Region" in note for note in result().notes)


def test_the_way_adds_up_over_levels():
    far = result(engine="MySQL", writes_per_s=1.0, levels=3, way_ms=80.0)
    assert far.summary["worst_s"] == pytest.approx(0.24, abs=STEP_S)
    assert far.summary["lost_tail_s"] == pytest.approx(0.24)


# --- what ReplicaLag shows


def test_replica_lag_of_postgresql_grows_on_an_idle_source_and_that_of_mysql_does_not():
    said = preset("An idle source")
    assert said.summary["metric_max_s"] == 300 and said.summary["worst_s"] < 0.1
    assert "Nothing holds replay up" in said.why
    assert any("while nothing is written it grows" in note for note in said.notes)
    mysql = result(engine="MySQL", writes_per_s=0.01)
    assert mysql.summary["metric_max_s"] == 0
    assert not any("grows" in note for note in mysql.notes)


def test_replica_lag_of_postgresql_is_now_minus_the_last_transaction_replayed():
    """A slow twin: walk over time, and remember what has been shown."""
    one = ReplicaScenario(replicas=1, writes_per_s=5.0, query_s=20.0, reads_per_s=100.0)
    lag = modelled(one)
    held = (lag.at > 391) & (lag.at < 409)
    ages = lag.metric_s[held] - (lag.at[held] - 390)
    assert np.ptp(ages) < 1e-6 and 0 <= ages[0] < 2  # grows by a second a second from the stop on


# --- who reads something old


def test_the_share_of_stale_reads_is_the_share_of_time_the_replica_is_too_late():
    said = result(replicas=1, query_s=30.0, reads_per_s=100.0, after_s=10.0)
    late_s = 20 / (1 - 0.3 / 0.98)  # what is written in the stop waits for its end and for replay
    assert said.summary["stale_pct"] == pytest.approx(100 * late_s / 600, rel=0.03)


def test_a_second_replica_without_the_query_halves_it():
    one, two = (
        result(replicas=n, query_s=30.0, reads_per_s=100.0).summary["stale_pct"] for n in (1, 2)
    )
    assert two == pytest.approx(one / 2, rel=0.02)


def test_time_at_the_source_cures_only_those_who_read_within_it():
    rule = {"routing": "source after a write", "pinned_s": 5.0}
    quick, slow = (result(after_s=after, **rule) for after in (4.9, 5.1))
    assert quick.summary["stale_pct"] == 0 and "still reads from the source" in quick.why
    assert slow.summary["stale_pct"] > 1 and "is over by then" in slow.why
    assert quick.summary["source_busy_pct"] == pytest.approx(30 + 20 * 4000 / 5000)
    assert slow.summary["source_busy_pct"] == pytest.approx(30)


def test_to_wait_for_the_write_cures_all_and_costs_time():
    said = preset("Wait for the write")
    assert said.summary["stale_pct"] == 0 and said.summary["wait_p99_s"] > 5
    assert "No read of an own write is stale" in said.why
    assert "nobody waits" in str(preset("Source after a write"))


def test_a_wait_that_never_ends_says_so():
    said = result(replicas=1, reads_per_s=6000.0, routing="wait for the write")
    assert said.summary["wait_p99_s"] is None
    assert "more than one in a hundred waits longer" in said.why


def test_the_source_alone_is_never_stale_and_may_be_too_slow():
    said = result(routing="source only")
    assert said.summary["stale_pct"] == 0 and "the replicas stand idle" in said.why
    assert "The source is asked for 110 %" in said.why


@given(
    after_s=st.floats(0.01, 100),
    routing=st.sampled_from(["any replica", "source after a write", "wait for the write"]),
)
def test_a_later_read_never_misses_more(after_s, routing):
    early, late = (
        result(after_s=after, routing=routing).summary["stale_pct"]
        for after in (after_s, 2 * after_s)
    )
    if routing == "source after a write" and after_s < 5 <= 2 * after_s:
        assert early == 0
    else:
        assert late <= early


# --- how many, for how much


def test_replicas_needed_are_just_enough():
    for writes in (0.01, 300.0, 990.0):
        one = ReplicaScenario(writes_per_s=writes, reads_per_s=9000.0, replicas=1, **QUIET)
        needed = VIEW.simulate(one).summary["needed_replicas"]
        served = [
            theory.read_capacity(count, writes, 1 / 1000, 1 / 5000)
            for count in (needed - 1, needed)
        ]
        assert served[0] < 9000 <= served[1] * (1 + 1e-9)


def test_more_replicas_in_other_regions_than_aws_guarantees_are_said():
    """RDS User Guide, "Creating a read replica in a different AWS Region": five are guaranteed."""
    for replicas, away, is_said in ((5, True, False), (6, True, True), (6, False, False)):
        answer = result(replicas=replicas, other_region=away)
        assert any("guarantees 5 replicas" in note for note in answer.notes) is is_said


def test_the_bill_counts_replicas_levels_and_the_way_to_another_region():
    near, far = (result(other_region=other).summary["cost_usd_month"] for other in (False, True))
    gb_a_month = 300 * 8 * 1024 * 730 * 3600 / 1e9
    assert near == pytest.approx(2 * 730 * 0.899)
    assert far - near == pytest.approx(2 * gb_a_month * 0.02)
    assert result(levels=2).summary["cost_usd_month"] == pytest.approx(near * 1.5)
    assert result(engine="Oracle").summary["cost_usd_month"] is None


def test_a_stopped_replica_fills_the_source():
    said = result(writes_per_s=512.0, log_kib=8.0, free_gib=1.0)
    assert said.summary["slot_full_h"] == pytest.approx(256 / 3600)
    assert result(engine="MySQL").summary["slot_full_h"] is None


def test_the_best_rule_is_the_cheapest_that_holds():
    found = VIEW.compare(ReplicaScenario())
    assert found.best is not None and found.best.label.startswith("source after a write")
    holding = [one.cost_usd_month for one in found.options if one.holds]
    assert found.best.cost_usd_month == min(holding)
    assert not {one.label: one.holds for one in found.options}["as asked"]


def test_where_no_rule_holds_it_says_so():
    found = VIEW.compare(ReplicaScenario(writes_per_s=1500.0))
    assert found.best is None and "No rule holds" in found.why


# --- refusals, and files


@pytest.mark.parametrize(
    ("values", "name", "word"),
    [
        ({"engine": "Oracle", "replicas": 6}, "replicas", "1 to 5 replicas"),
        ({"engine": "Db2", "replicas": 4}, "replicas", "1 to 3 replicas"),
        ({"engine": "SQL Server", "levels": 2}, "levels", "use 1 level"),
        ({"levels": 4}, "levels", "3"),
        ({"replicas": 16}, "replicas", "15"),
    ],
)
def test_what_aws_does_not_allow_is_refused(values, name, word):
    with pytest.raises(ScenarioError, match=word) as refused:
        ReplicaScenario(**values)
    assert refused.value.field == name


def export(tmp_path, values, head="timestamp,ReplicaLag Average"):
    path = tmp_path / "lag.csv"
    rows = [f"2026-11-02T10:{minute:02}:00Z,{value}" for minute, value in enumerate(values)]
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return str(path)


def test_own_lag_takes_the_place_of_the_models(tmp_path):
    path = export(tmp_path, [0, 0, 20, 40, 0, 0, 0, 0, 0, 0])
    said = result(trace=path, after_s=30.0)
    assert said.summary["stale_pct"] == pytest.approx(10)
    assert said.summary["worst_s"] == 40 and "40 s at most" in said.why
    assert said.scene is None
    pinned = result(trace=path, after_s=1.0, routing="source after a write")
    assert pinned.summary["stale_pct"] == 0
    assert VIEW.compare(ReplicaScenario(trace=path, after_s=1.0)).best is not None


def test_minus_one_is_no_replication_and_no_lag_below_zero(tmp_path):
    said = result(trace=export(tmp_path, [0, -1, -1, 0]), engine="MySQL")
    assert said.summary["worst_s"] is None and said.summary["stale_pct"] == pytest.approx(50)
    assert "-1 for 50 % of the time" in said.why


@pytest.mark.parametrize(
    ("values", "head", "word"),
    [
        ([5, -3, 1], "timestamp,ReplicaLag Average", "a lag of -3 s"),
        ([5, 3, 1], "timestamp,WriteIOPS Average", "export ReplicaLag"),
        (
            [5, 3, 1],
            "timestamp,OldestReplicationSlotLag Average",
            "the section rds reads OldestReplicationSlotLag; please export ReplicaLag",
        ),
        ([5, 3, 1], "timestamp,AuroraReplicaLag Average", "export ReplicaLag"),
        ([-1, "", -5], "timestamp,ReplicaLag Average", "a lag of -5 s"),
        ([5, 3, 1], "timestamp,ReplicaLag Sum", "Maximum or Average"),
    ],
)
def test_other_files_are_refused(tmp_path, values, head, word):
    with pytest.raises(TraceError, match=word):
        result(trace=export(tmp_path, values, head))


# --- truth


def test_replay_waits_as_lindley_and_the_closed_form_say():
    table = queues()
    assert table["replay, s"].to_numpy() == pytest.approx(table["Lindley, s"], rel=0.03)
    closed = table["Pollaczek-Khinchine, s"]
    assert table["replay, s"].to_numpy() == pytest.approx(closed, rel=0.06)


def test_the_recorded_standby_lags_as_the_model_does():
    table = recorded()
    assert len(table) == 3
    assert table["longest lag, s"].to_numpy() == pytest.approx(table["the model's, s"], abs=0.2)
    assert table["caught up, s"].to_numpy() == pytest.approx(table["the model, s"], abs=0.6)
