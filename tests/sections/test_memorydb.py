"""Safe writes: what each design waits for, what each failure takes, and what it costs."""

import numpy as np
import pytest

from awsnb import theory
from awsnb.scenario import ScenarioError
from awsnb.sections import section
from awsnb.sections.memorydb.copies import copies_of
from awsnb.sections.memorydb.scenario import DESIGNS, FAILURES, MemoryDbScenario
from awsnb.sections.memorydb.simulate import ONE_IN
from awsnb.sections.memorydb.truth import order_statistics, published
from awsnb.trace import TraceError

VIEW = section("memorydb").view()


def result(**values):
    return VIEW.simulate(MemoryDbScenario(**values))


def preset(name):
    (values,) = (one.values for one in VIEW.presets if one.name == name)
    return result(**values)


def lost(design, failure, **values):
    return result(design=design, failure=failure, **values).summary["lost_writes"]


# --- what a failure takes


@pytest.mark.parametrize(
    ("design", "nothing", "everything"),
    [
        ("async replicas", "", "N"),
        ("WAIT for replicas", "P Z", "N"),
        ("ElastiCache sync", "P O Z N", ""),
        ("MemoryDB", "P O Z N", ""),
        ("AOF of your own", "P O N", "Z ZZ"),
    ],
)
def test_what_each_failure_takes(design, nothing, everything):
    short = dict(zip(("P", "O", "Z", "ZZ", "N"), FAILURES, strict=True))
    for key, failure in short.items():
        found = lost(design, failure)
        assert (found == 0) is (key in nothing.split())
        assert (found is None) is (key in everything.split())


def one_by_one(delays, waited_for, left, per_ms, crash_ms):
    """Follow single writes: which are acknowledged before the crash, and which are still held."""
    acknowledged = kept = 0
    for write in range(int(crash_ms * per_ms)):
        ages = [crash_ms - write / per_ms - delay for delay in delays]
        if sorted(ages, reverse=True)[waited_for - 1] >= 0:
            acknowledged += 1
            kept += max(ages[copy] for copy in left) >= 0
    return acknowledged - kept


@pytest.mark.parametrize("behind_ms", [50.0, 400.0])
def test_wait_loses_as_many_as_single_writes_that_are_followed(behind_ms):
    asked = MemoryDbScenario(behind_ms=behind_ms, failure="primary and best")
    delays = copies_of(asked, "WAIT for replicas").delay_ms.mean(axis=1)
    followed = one_by_one(delays, 1, [1], per_ms=5, crash_ms=1000)
    found = VIEW.simulate(asked.replace(design="WAIT for replicas")).summary["lost_writes"]
    assert found == pytest.approx(followed, abs=2)
    assert found == pytest.approx(5 * behind_ms, rel=0.01)


def test_waiting_for_both_replicas_keeps_what_either_has():
    asked = {"failure": "primary and best", "behind_ms": 20.0}
    assert lost("WAIT for replicas", **asked, wait_for=1) == pytest.approx(100, abs=3)
    assert lost("WAIT for replicas", **asked, wait_for=2) == 0
    slow = result(design="WAIT for replicas", behind_ms=20.0, wait_for=2).summary["p50_ms"]
    assert slow > 20


@pytest.mark.parametrize(("fsync", "every_s"), [("everysec", 1), ("no", 30)])
def test_a_file_loses_half_its_interval_on_average(fsync, every_s):
    said = result(design="AOF of your own", fsync=fsync, writes_per_s=100.0).summary
    mean_s, worst_s = theory.loss_window_s(every_s)
    assert said["lost_writes"] == pytest.approx(100 * mean_s, abs=1)
    assert said["lost_writes_p99"] == pytest.approx(0.99 * 100 * worst_s, abs=1)


def test_two_zones_take_the_logs_quorum():
    said = result(failure="two zones")
    assert said.summary["unavailable_s"] is None and said.summary["lost_writes"] > 0
    assert "no quorum" in said.why and "until a zone is back" in said.why
    for failure in set(FAILURES) - {"two zones"}:
        assert "quorum" not in result(failure=failure).why


def test_a_replica_in_the_zone_that_fails_does_not_count():
    assert lost("async replicas", "two zones", replicas=1) is None
    assert lost("async replicas", "two zones", replicas=2) > 4000


# --- what a write waits for


def test_the_logs_latency_lies_on_the_closed_form():
    for slow_zone in (1.0, 10.0):
        data = result(slow_zone=slow_zone).data
        often = ONE_IN < 200
        np.testing.assert_allclose(
            data["memorydb_ms"][often], data["closed_form_ms"][often], rtol=0.04
        )


def test_the_second_of_three_is_the_order_statistic():
    table = order_statistics()
    shares = np.array([50, 90, 99])
    np.testing.assert_allclose(table["drawn within it, %"], shares, atol=0.8)
    # lognormal, by hand: 3 p^2 - 2 p^3 = 0.99 at p = 0.9411, z = 1.564
    assert table["closed form, ms"].iloc[-1] == pytest.approx(2.5 * np.exp(0.5 * 1.564), abs=0.02)


def test_a_slow_zone_is_passed_over():
    usual, slow = (result(slow_zone=factor).summary for factor in (1.0, 100.0))
    assert usual["p99_ms"] < slow["p99_ms"] < 2 * usual["p99_ms"]
    assert "10 times slower" in preset("One slow log zone").why
    assert "slower" not in result().why


def test_what_waits_longer_lets_one_connection_write_less():
    each = [result(design=design).summary["connection_rps"] for design in DESIGNS]
    assert each[0] > max(each[1], each[4]) > each[2] == each[3]


def test_the_papers_figures_are_met_where_fitted_and_not_far_off_elsewhere():
    table = published()
    fitted = table["fitted"] == "yes"
    assert (table["difference in %"][fitted].abs() <= 3).all()
    assert (table["difference in %"][~fitted].abs() <= 25).all() and (~fitted).sum() == 1
    assert (table["confidence"] == "verified").all()


# --- throughput and bill


def test_a_shard_that_is_sent_too_much_says_so():
    said = preset("Large writes")
    assert said.summary["shard_rps"] == pytest.approx(1e8 / 65536)
    assert "1,526 of 5,000" in said.why
    assert "A shard takes" not in result().why
    assert "A shard takes" not in result(value_kib=64.0, shards=4).why


def test_the_bill_by_hand():
    said = result(writes_per_s=10_000.0, engine="redis-oss").summary
    gb = 10_000 * 1024 * 730 * 3600 / 1e9
    assert said["written_gb"] == pytest.approx(gb)
    assert said["cost_usd_month"] == pytest.approx(3 * 730 * 0.309 + 0.2 * gb)


def test_a_price_that_is_not_known_is_asked_for():
    said = preset("ElastiCache with a log")
    assert said.summary["cost_usd_month"] is None
    assert any("sync_usd_gb" in note for note in said.notes)
    asked = MemoryDbScenario(design="ElastiCache sync", sync_usd_gb=0.1)
    told = VIEW.simulate(asked)
    nodes = 3 * 730 * 0.1752
    expected = nodes + 0.1 * told.summary["written_gb"]
    assert told.summary["cost_usd_month"] == pytest.approx(expected)
    assert not any("sync_usd_gb" in note for note in told.notes)


# --- sentences, refusals, options, scene


@pytest.mark.parametrize(
    ("name", "says", "never"),
    [
        ("Asynchronous replicas", "waits for no copy", "without waiting"),
        ("WAIT, the best takes over", "no acknowledged write is lost", "on average"),
        ("WAIT, another takes over", "acknowledged writes are lost", "no acknowledged"),
        ("ElastiCache with a log", "When all nodes fail, no acknowledged", "everything"),
        ("A file, synced each second", "2,500 acknowledged writes", "no acknowledged"),
        ("A file, and its zone fails", "everything on the shard is lost", "on average"),
        ("One slow log zone", "2 of the log's 3 zones, of which one", "quorum"),
        ("Large writes", "no acknowledged write is lost", "quorum"),
    ],
)
def test_each_presets_sentence(name, says, never):
    why = preset(name).why
    assert says in why and never not in why


def test_a_server_of_your_own_has_no_replica_that_takes_over():
    assert "second-best" not in result(design="AOF of your own", failure="primary and best").why
    assert "second-best" in result(failure="primary and best").why


@pytest.mark.parametrize(
    ("writes_per_s", "says", "shown"),
    [(1.0, "less than one acknowledged write is lost", "under 1"),
     (900.0, "less than one acknowledged", "under 1"),
     (1000.0, "1 acknowledged write is lost", "1"), (2000.0, "2 acknowledged writes are", "2")],
)  # fmt: skip
def test_a_mean_of_less_than_one_write_is_no_write_lost(writes_per_s, says, shown):
    """A replica that is 1.1 ms behind lacks 0.0011 writes on average, at one write a second."""
    found = result(design="async replicas", writes_per_s=writes_per_s)
    (lost,) = (number.text for number in found.numbers if number.name == "lost_writes")
    assert says in found.why and lost == shown


@pytest.mark.parametrize(
    ("values", "field", "rule"),
    [
        ({"wait_for": 3}, "wait_for", "only 2 replicas to wait for"),
        ({"replicas": 1, "wait_for": 2}, "wait_for", "there is only 1 replica"),
        ({"replicas": 1, "failure": "primary and best"}, "failure", "no second one"),
        ({"design": "ElastiCache sync", "engine": "redis-oss"}, "engine", "Valkey 9.0"),
        ({"replicas": 6}, "replicas", "from 1 to 5"),
    ],
)
def test_what_cannot_be(values, field, rule):
    with pytest.raises(ScenarioError, match=rule) as caught:
        MemoryDbScenario(**values)
    assert caught.value.field == field


def test_the_best_design_keeps_every_acknowledged_write():
    found = VIEW.compare(MemoryDbScenario(failure="primary's zone"))
    assert found.best.label == "WAIT for replicas" and len(found.options) == 5
    assert VIEW.compare(MemoryDbScenario(failure="two zones")).best is None
    nodes = VIEW.compare(MemoryDbScenario(failure="all nodes", engine="redis-oss"))
    assert "ElastiCache sync holds too" in nodes.why


@pytest.mark.parametrize(
    ("values", "says", "never"),
    [
        ({}, "zone is WAIT for replicas", "cheapest is AOF"),
        ({"failure": "primary and best"}, "that also outlives its zone is MemoryDB", "WAIT"),
        ({"failure": "primary's zone"}, "The cheapest is WAIT for replicas", "AOF of your own"),
        ({"failure": "two zones"}, "No design keeps every", "cheapest"),
        ({"failure": "all nodes"}, "AOF of your own (80.74 USD a month), MemoryDB (", "WAIT"),
        ({"fsync": "everysec"}, "The cheapest is WAIT for replicas", "AOF of your own"),
        (
            {"writes_per_s": 1_000_000.0, "value_kib": 64.0},
            "one keeps every acknowledged write: AOF of your own",
            "cheapest",
        ),
    ],
)
def test_the_verdict_says_which_designs_keep_every_write_and_at_what_price(values, says, never):
    found = VIEW.compare(MemoryDbScenario(**values))
    assert says in found.why and never not in found.why
    for option in found.options:
        is_named = option.label in found.why
        assert is_named == option.holds or option is found.best
        if option.holds and option.cost_usd_month is not None:
            assert f"{option.label} ({option.cost_usd_month:,.2f} USD a month)" in found.why


def test_a_server_in_one_zone_is_not_what_to_do_and_its_remark_says_why():
    found = VIEW.compare(MemoryDbScenario())
    own = next(option for option in found.options if option.label == "AOF of your own")
    cheapest = min(option.cost_usd_month or 1e9 for option in found.options if option.holds)
    assert own.holds and own.cost_usd_month == cheapest and found.best is not own
    assert own.remark == "everything lost: primary's zone, two zones"
    assert found.best.remark.startswith("last writes lost: primary and best, two zones")
    alone = VIEW.compare(MemoryDbScenario(writes_per_s=1_000_000.0, value_kib=64.0))
    assert alone.best is None and "It loses everything when its zone fails" in alone.why


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("design", DESIGNS)
def test_the_scene_ends_with_what_the_headline_says(design, failure):
    said = result(design=design, failure=failure)
    first, *vessels, kept, gone = said.scene.places
    assert kept.count[-1] + gone.count[-1] == pytest.approx(first.count[-1], abs=1)
    if said.summary["lost_writes"] is None:
        assert kept.count[-1] == 0 and all(place.level[-1] == 0 for place in vessels)
    else:
        assert gone.count[-1] == said.summary["lost_writes"]
        assert max(place.level[-1] for place in vessels) >= kept.count[-1] - 1


# --- writes of your own


def export(path, **columns):
    length = len(next(iter(columns.values())))
    times = np.datetime64("2026-03-01T00:00") + np.arange(length) * np.timedelta64(60, "s")
    rows = [",".join(map(str, (f"{at}:00Z", *row)))
            for at, *row in zip(times, *columns.values(), strict=True)]  # fmt: skip
    names = [f"{name} Sum" for name in columns]
    path.write_text("\n".join([",".join(["timestamp", *names]), *rows]) + "\n")
    return str(path)


def test_the_bill_is_of_the_mean_and_limits_of_the_busiest_minute(tmp_path):
    writes = np.full(120, 60_000.0)
    writes[60] = 60 * 150_000
    trace = export(tmp_path / "sets.csv", SetTypeCmds=writes)
    mean = writes.mean() / 60
    said = result(trace=trace, shards=2)
    assert said.summary["written_gb"] == pytest.approx(2 * mean * 1024 * 3600 * 730 / 1e9)
    assert "A shard takes" in said.why and "of 150,000 writes a second" in said.why
    assert any("busiest 60 s" in note for note in said.notes)
    lost = result(trace=trace, design="async replicas", failure="primary and best")
    assert lost.summary["lost_writes"] > 100 * 1.0  # of the busiest minute, not of the mean
    assert VIEW.compare(MemoryDbScenario(trace=trace)).options[0].scenario.trace == trace


def test_what_comes_in_over_the_network_bounds_the_size_of_a_write(tmp_path):
    flat = np.full(60, 60_000.0)
    trace = export(
        tmp_path / "all.csv",
        GetTypeCmds=flat, SetTypeCmds=flat, NetworkBytesIn=3072 * flat, CurrItems=flat,
    )  # fmt: skip
    notes = " ".join(result(trace=trace).notes)
    assert "a write has 3 KiB at most; value_kib is 1" in notes
    assert result(trace=trace).summary["written_gb"] == pytest.approx(
        result(writes_per_s=1000.0).summary["written_gb"]
    )


@pytest.mark.parametrize("metric", ["GetTypeCmds", "NetworkBytesIn", "CacheHits", "CPUUtilization"])
def test_what_holds_no_write_is_refused(tmp_path, metric):
    trace = export(tmp_path / "other.csv", **{metric: np.full(60, 5.0)})
    with pytest.raises(TraceError, match=r"holds no SetTypeCmds: export SetTypeCmds \(Sum\)"):
        result(trace=trace)
    nothing = export(tmp_path / "none.csv", SetTypeCmds=np.zeros(60))
    with pytest.raises(TraceError, match="holds no write"):
        result(trace=nothing)
