"""RDS Proxy: who gets a connection, what pinning takes, and which seconds of a failover go."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from awsnb.aws.rds import RDS
from awsnb.scenario import ScenarioError
from awsnb.sections import section
from awsnb.sections.rds_proxy.storm.scenario import StormScenario
from awsnb.sections.rds_proxy.truth import claimed, closed_forms, recorded
from awsnb.trace import TraceError

ROOM = section("rds-proxy")
STORM, FAILOVER = ROOM.view("storm"), ROOM.view("failover")
PROXIED = {"through": "RDS Proxy"}


def result(**values):
    return STORM.simulate(StormScenario(**values))


def failover(**values):
    return FAILOVER.simulate(FAILOVER.scenario(**values))


def preset(name, view=STORM):
    (values,) = (one.values for one in view.presets if one.name == name)
    return view.simulate(view.scenario(**values))


# --- one knob breaks it, one knob does not


def test_a_thousand_directly_break_it_and_eight_hundred_do_not():
    many, fewer = preset("A thousand, directly"), preset("Eight hundred, directly")
    assert many.summary["failed"] == 1000 - 901 and many.summary["refused"] == 4 * 99
    assert "99 functions of 1,000 failed after 4 attempts" in many.why
    assert fewer.summary["failed"] == fewer.summary["refused"] == 0
    assert fewer.summary["most_open"] == 800 == fewer.summary["opened"]
    assert "All 800 functions answered" in fewer.why and "failed" not in fewer.why


def test_a_proxy_alone_changes_the_thousand():
    said = preset("A thousand, by a proxy")
    assert said.summary["failed"] == 0 and said.summary["opened"] <= 901
    assert "pinned" not in said.why and "failed" not in said.why


def test_a_small_pool_opens_fewer_connections_and_is_over_sooner():
    small, large = (
        preset("A pool of ten per cent").summary,
        preset("A thousand, by a proxy").summary,
    )
    assert small["most_open"] == 90 == small["opened"]
    assert small["over_s"] < large["over_s"] / 2
    assert small["opening_s"] == pytest.approx(90 * 0.02 / 2)


def test_it_says_where_the_time_goes_where_most_of_it_goes_to_opening_connections():
    """1,000 connections of 20 ms on two processors would be 10 s; 901 are 9."""
    busy = "The database is busy for {} s with opening connections."
    assert busy.format(9) in preset("A thousand, by a proxy").why
    assert busy.format(8) in preset("Eight hundred, directly").why
    assert "busy" not in preset("A pool of ten per cent").why


def test_a_pool_too_small_for_long_transactions_times_out():
    said = preset("Long transactions")
    assert said.summary["failed"] > 100
    assert "after 2 min the proxy gave up" in said.why
    assert "No session was pinned; 9 connections were too few" in said.why
    assert said.summary["wait_p99_s"] <= 120


def test_lambda_starts_two_thousand_over_ten_seconds():
    said = preset("Two thousand")
    assert said.summary["failed"] == 0 and said.summary["over_s"] > 10
    assert any("100 more a second" in note for note in said.notes)
    assert not any("100 more a second" in note for note in result().notes)


# --- pinned sessions


def test_all_pinned_is_as_without_a_proxy_but_for_the_wait():
    pinned, direct = preset("All of them pinned"), preset("A thousand, directly")
    for name in ("failed", "answered", "opened", "most_open"):
        assert pinned.summary[name] == direct.summary[name]
    assert pinned.summary["over_s"] > 120 > direct.summary["over_s"]
    assert "Pinned sessions took the whole pool: 901 connections." in pinned.why


def test_each_pinned_session_takes_one_connection():
    said = preset("A tenth of them pinned")
    assert said.summary["left"] == 801
    assert "100 pinned sessions want a connection each and leave 801 to share" in said.why
    kept = said.data["pinned_connections"] + said.data["busy_connections"]
    assert kept[-1] == 100  # at the end only they are kept
    np.testing.assert_array_equal(said.data["left_connections"][:50], 901 - 10 * np.arange(50))


@settings(max_examples=15)
@given(st.integers(0, 100), st.integers(1, 100), st.integers(1, 400))
def test_everyone_answers_or_fails_and_the_picture_agrees(pinned_pct, pool_pct, functions):
    said = result(
        **PROXIED,
        functions=functions,
        pinned_pct=float(pinned_pct),
        max_connections_pct=pool_pct,
        max_connections=60,
    )
    summary, data = said.summary, said.data
    assert summary["answered"] + summary["failed"] == functions
    assert data["answered_functions"][-1] == summary["answered"]
    assert data["failed_functions"][-1] == summary["failed"]
    used = data["busy_connections"] + data["pinned_connections"]
    assert (used <= data["open_connections"]).all()
    assert data["open_connections"].max() <= data["limit_connections"][0]
    pool, answered, failed = said.scene.places[1:]
    np.testing.assert_array_equal(pool.level, used)
    assert (answered.count[-1], failed.count[-1]) == (summary["answered"], summary["failed"])


def test_one_function_and_one_connection_read_well():
    one = result(functions=1)
    assert one.why.startswith("The function answered within") and "1 functions" not in one.why
    single = result(functions=3, max_connections=1, retries=0)
    assert "2 functions of 3 failed at once" in single.why
    none = result(**PROXIED, functions=2, pinned_pct=50.0, max_connections=1, borrow_timeout_s=1)
    assert "1 function of 2 failed: after 1 s" in none.why and "pool: 1 connection." in none.why


# --- limits and prices


def test_max_connections_is_aws_formula_and_says_that_it_is_high():
    assert result().scenario.in_force() == {"max_connections": 8 * 2**30 // 9531392}
    assert StormScenario(engine="mysql").most_connections == 8 * 2**30 // 12582880
    assert StormScenario(instance_class="db.r6g.2xlarge").most_connections == 5000
    assert any("a little lower" in note for note in result().notes)
    assert not any("a little lower" in note for note in result(max_connections=856).notes)


def test_a_proxy_is_paid_by_vcpu():
    direct, proxied = result().summary, result(**PROXIED).summary
    assert proxied["usd_month"] - direct["usd_month"] == pytest.approx(2 * 0.015 * 730)


def test_the_cheapest_way_is_a_proxy_before_a_larger_instance():
    found = STORM.compare(StormScenario())
    assert found.best.label == "by a proxy, none pinned"
    assert "21.90 USD more a month" in found.why
    holds = {one.label: one.holds for one in found.options}
    assert not holds["as asked"] and holds["directly, db.r6g.large"]


def test_a_pinned_proxy_is_no_cure_but_a_larger_instance_is():
    found = STORM.compare(StormScenario(**PROXIED, pinned_pct=100.0))
    assert found.best.label == "directly, db.r6g.large"
    small = STORM.compare(StormScenario(functions=100))
    assert small.best is small.options[0]


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"others": 901}, "others", "0 to 900"),
        ({"pinned_pct": 5.0}, "pinned_pct", "RDS Proxy"),
        ({"through": "RDS Proxy", "borrow_timeout_s": 301}, "borrow_timeout_s", "1 to 300 s"),
        ({"through": "RDS Proxy", "max_connections_pct": 0}, "max_connections_pct", "1 to 100 %"),
    ],
)
def test_what_cannot_be_is_refused(values, field, words):
    with pytest.raises(ScenarioError, match=words) as refused:
        StormScenario(**values)
    assert refused.value.field == field


# --- a file of connections


def export(tmp_path, name, values, statistic="Maximum"):
    path = tmp_path / "export.csv"
    rows = [f"2026-11-02T10:{i:02d}:00Z,{value}" for i, value in enumerate(values)]
    path.write_text("\n".join([f"timestamp,{name} {statistic}", *rows, ""]))
    return str(path)


def test_the_peak_of_a_file_is_what_others_hold(tmp_path):
    path = export(tmp_path, "DatabaseConnections", [100, 301, 250])
    said = result(trace=path)
    assert said.summary["others"] == 301 and said.summary["failed"] == 400
    assert said.summary["failed"] == result(others=301).summary["failed"]
    assert any("Held by others" in note for note in said.notes)


@pytest.mark.parametrize(
    ("metric", "values", "statistic", "words"),
    [
        ("CPUUtilization", [10, 20, 30], "Average", "holds CPUUtilization"),
        ("DatabaseConnections", [10, 20, 30], "Sum", "Sum of DatabaseConnections"),
        ("DatabaseConnections", [10, -2, 30], "Maximum", "below 0"),
        ("DatabaseConnections", [10, 2000, 30], "Maximum", "2,000 connections"),
    ],
)
def test_a_wrong_file_is_refused_in_a_sentence(tmp_path, metric, values, statistic, words):
    with pytest.raises(TraceError, match=words):
        result(trace=export(tmp_path, metric, values, statistic))


# --- failover


def test_a_minute_of_an_old_address_comes_to_aws_figure():
    said = preset("A JVM's minute", FAILOVER)
    assert said.summary["saved_pct"] == pytest.approx(66, abs=0.5)
    assert "saves 60 s of 91 s, 66 %" in said.why and "The 30 s without a writer stay" in said.why


def test_a_client_that_asks_dns_has_little_to_save():
    said = preset("A client that asks DNS", FAILOVER)
    assert said.summary["direct_s"] == 36 and said.summary["proxied_s"] == 31
    assert said.summary["saved_pct"] < 15


def test_a_multi_az_instance_saves_a_smaller_share():
    said = preset("A Multi-AZ instance", FAILOVER)
    assert said.summary["saved_pct"] == pytest.approx(100 * 60 / 121)
    assert "60 s of 121 s" in said.why


def test_idle_connections_survive_and_open_transactions_do_not():
    some, every, idle = (
        failover(connections=50, in_transaction_pct=share) for share in (20.0, 100.0, 0.0)
    )
    assert [one.summary["broken"] for one in (some, every, idle)] == [10, 50, 0]
    assert "by a proxy none, since all are idle" in idle.why
    assert "by a proxy 10, those in a transaction; directly all 50" in some.why


def test_without_an_old_address_a_proxy_saves_no_time():
    said = failover(address_kept_s=0.0)
    assert said.summary["saved_pct"] == 0 and "saves no time" in said.why


def test_the_parts_add_up_to_the_outage():
    said = failover(database="Multi-AZ instance", server="slow", address_kept_s=17.0)
    parts = [said.data[name] for name in ("no_writer_s", "old_address_s", "next_attempt_s")]
    expected = [said.summary["direct_s"], said.summary["proxied_s"]]
    np.testing.assert_allclose(np.sum(parts, axis=0), expected)


# --- truth


def test_the_pool_is_near_its_closed_forms():
    assert closed_forms()["difference in %"].abs().max() < 5


def test_the_pool_is_near_pgbouncer():
    found = recorded()
    assert len(found) == 5
    apart = found["model, ms"] / found["PgBouncer, ms"] - 1
    assert apart.abs().max() < 0.2
    assert found["PgBouncer, ms"].iloc[2] > 1.5 * found["PgBouncer, ms"].iloc[0]


def test_aws_figures_stand_beside_the_model():
    found = claimed()
    assert found["AWS, %"].tolist() == [66, 66, 79, 32]
    assert found["AWS, %"].iloc[0] == RDS.value("proxy", "failover_saved_max")
    assert found["kept for 60 s, %"].iloc[0] == pytest.approx(65.9)
