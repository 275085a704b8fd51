"""Levels and balances as people bring them: free space, connections, lag, credit."""

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from awsnb.scenario import ScenarioError
from awsnb.sections import section
from awsnb.trace import TraceError

EC2, EFS, RDS, LAG, PROXY, MEMORYDB = (
    section(slug) for slug in ("ec2", "efs", "rds", "read-replicas", "rds-proxy", "memorydb")
)
GWLB, ZONES, CASCADE = (section(slug) for slug in ("gwlb", "cross-zone", "cascade"))
START = datetime(2026, 3, 2, tzinfo=UTC)
MIB, GIB = 2**20, 2**30


def stamps(count, period_s, later_s=0):
    begin = START + timedelta(seconds=later_s)
    return [f"{begin + timedelta(seconds=period_s * i):%Y-%m-%dT%H:%M:%SZ}" for i in range(count)]


@pytest.fixture
def exported(tmp_path):
    """Write a CSV of one column, or with a column of its unit."""

    def write(header, values, period_s=300, unit="", name="export.csv"):
        more = (",Unit", f",{unit}") if unit else ("", "")
        rows = zip(stamps(len(values), period_s), values, strict=True)
        lines = [f"timestamp,{header}{more[0]}", *(f"{at},{value}{more[1]}" for at, value in rows)]
        (tmp_path / name).write_text("\n".join(lines))
        return str(tmp_path / name)

    return write


@pytest.fixture
def data(tmp_path):
    """Write the JSON of ``aws cloudwatch get-metric-data``: label, values, and how much later."""

    def write(*series, period_s=300):
        results = [
            {"Id": f"m{i}", "Label": label, "Timestamps": stamps(len(values), period_s, later_s),
             "Values": values}
            for i, (label, values, later_s) in enumerate(series)
        ]  # fmt: skip
        (tmp_path / "export.json").write_text(json.dumps({"MetricDataResults": results}))
        return str(tmp_path / "export.json")

    return write


def answer(found, view="", **values):
    asked = found.view(view)
    return asked.simulate(asked.scenario(**values))


def refusal(found, view="", **values):
    with pytest.raises((TraceError, ScenarioError)) as caught:
        answer(found, view, **values)
    assert "\n" not in str(caught.value)
    return str(caught.value)


# --- free space: 100 GiB of 200, and 2 GiB less each day; a month ahead 160 are wanted

FREE_GIB = [100.0 - 2 * day for day in range(20)]


@pytest.mark.parametrize(
    ("header", "unit", "scale"),
    [
        ("FreeStorageSpace Average", "Bytes", GIB),
        ("FreeStorageSpace Average", "Gigabytes", GIB / 1e9),
        ("FreeStorageSpace Minimum", "Megabytes", GIB / 1e6),
        ("FreeStorageSpace (GiB)", "", 1),
        ("FreeStorageSpace (MB)", "", GIB / 1e6),
        ("FreeStorageSpace", "", GIB),
    ],
)
def test_free_space_counts_in_its_unit(exported, header, unit, scale):
    path = exported(header, [free * scale for free in FREE_GIB], 86_400, unit)
    found = answer(RDS, "storage", trace=path, size_gib=200, days=30)
    assert found.summary["most_wanted_gib"] == pytest.approx(160, abs=2.1)
    assert "growing 2.00 GiB a day" in found.notes[0]


@pytest.mark.parametrize(
    ("header", "unit", "value", "says"),
    [
        ("FreeStorageSpace", "", 100, "too few for Bytes.*header, as in 'FreeStorageSpace .GB.'"),
        ("FreeStorageSpace Sum", "Bytes", 5e10, "the Sum of FreeStorageSpace.*Average or Maximum"),
        ("FreeStorageSpace SampleCount", "Bytes", 1440, "the SampleCount of"),
        ("FreeStorageSpace", "", -5, "holds -5, below 0"),
        ("FreeableMemory", "", 4e9, "holds FreeableMemory, a level.*export FreeStorageSpace"),
        ("FreeStoragePercent", "", 60, "does not say that it is FreeStorageSpace, but 'FreeSt"),
        ("FreeStorageSpace", "Percent", 60, "is in Percent, and FreeStorageSpace is in Bytes"),
    ],
)
def test_what_is_no_free_space_is_refused(exported, header, unit, value, says):
    path = exported(header, [value] * 20, 86_400, unit)
    with pytest.raises(TraceError, match=says):
        answer(RDS, "storage", trace=path)


def test_space_that_comes_back_may_be_a_larger_storage(exported):
    grown = [100 - 10 * day for day in range(9)] + [110 - 10 * day for day in range(9)]
    path = exported("FreeStorageSpace (GiB)", grown, 86_400)
    notes = answer(RDS, "storage", trace=path, size_gib=200).notes
    assert any("rises by 90 GiB at 2026-03-11 00:00" in note and "enlarged" in note
               for note in notes)  # fmt: skip
    falling = exported("FreeStorageSpace (GiB)", FREE_GIB, 86_400)
    notes = answer(RDS, "storage", trace=falling, size_gib=200).notes
    assert not any("rises by" in note for note in notes)


# --- open connections


def test_connections_are_their_peak_rounded_up(exported):
    path = exported("DatabaseConnections Maximum", [40, 199.2, 50], unit="Count")
    found = answer(PROXY, trace=path)
    assert found.summary["others"] == 200
    assert not any("ends at its peak" in note for note in found.notes)
    rising = exported("DatabaseConnections Maximum", [40, 50, 60])
    assert "The file ends at its peak: more may come." in answer(PROXY, trace=rising).notes


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("DatabaseConnectionsBorrowLatency", "but 'DatabaseConnectionsBorrowLatency'"),
        ("DatabaseConnectionsCurrentlyBorrowed", "but 'DatabaseConnectionsCurrentlyBorrowed'"),
        ("MaxDatabaseConnectionsAllowed", "but 'MaxDatabaseConnectionsAllowed'"),
        ("value", "does not say that it is DatabaseConnections: if it is"),
        ("DatabaseConnections Sum", "the Sum of DatabaseConnections, which counts samples"),
        ("DatabaseConnections (s)", "is in s, and DatabaseConnections is in Count"),
    ],
)
def test_a_name_that_begins_alike_is_another_metric(exported, header, says):
    assert says in refusal(PROXY, trace=exported(header, [40] * 9))


# --- lag


def test_of_several_statistics_the_worst_is_read(tmp_path):
    for metric, unit, found, number in (
        ("DatabaseConnections", "Count", PROXY, "others"),
        ("ReplicaLag", "Seconds", LAG, "worst_s"),
    ):
        points = [{"Timestamp": at, "Average": 3.0, "Maximum": 45.0, "Unit": unit}
                  for at in stamps(6, 60)]  # fmt: skip
        path = tmp_path / f"{metric}.json"
        path.write_text(json.dumps({"Label": metric, "Datapoints": points}))
        assert answer(found, trace=str(path)).summary[number] == 45


@pytest.mark.parametrize(
    ("header", "unit", "values"),
    [
        ("ReplicaLag Maximum", "Seconds", [2, 45, 1]),
        ("ReplicaLag Maximum", "Milliseconds", [2000, 45_000, 1000]),
        ("ReplicaLag (ms)", "", [2000, 45_000, 1000]),
        ("ReplicaLag (s)", "", [2, 45, 1]),
    ],
)
def test_lag_counts_in_its_unit(exported, header, unit, values):
    found = answer(LAG, trace=exported(header, values, 60, unit))
    assert found.summary["worst_s"] == pytest.approx(45)
    assert "may still grow" not in found.why


@pytest.mark.parametrize("header", ["value", "lag_ms", "Seconds_Behind_Master"])
def test_lag_that_is_not_named_so_is_asked_about(exported, header):
    said = refusal(LAG, trace=exported(header, [2000] * 9, 60))
    assert "does not say that it is ReplicaLag" in said and "name the column so" in said


def test_lag_that_no_replica_has_is_refused(exported):
    said = refusal(LAG, trace=exported("ReplicaLag", [1e12] * 9, 60))
    assert "holds a lag of 1e+12 s; ReplicaLag is from 0 to 100,000,000 s" in said


def test_lag_that_is_highest_at_the_end_may_grow(exported):
    found = answer(LAG, trace=exported("ReplicaLag Maximum", list(range(30)), 60))
    assert "It is highest where the file ends: it may still grow." in found.why


# --- balances beside a load


def test_credit_counts_in_its_unit(exported):
    load = exported("TotalIOBytes Sum", [300 * 10 * MIB] * 24, unit="Bytes")
    credit = exported("BurstCreditBalance", [2.31] * 24, unit="Terabytes", name="credit.csv")
    limit = exported("PermittedThroughput (MiB/s)", [100] * 24, name="limit.csv")
    found = answer(EFS, trace=load, balance=credit, permitted=limit)
    assert found.summary["peak_asked_mibps"] == pytest.approx(10)
    assert found.data["measured_credit_gib"][5] == pytest.approx(2.31e12 / GIB)
    assert found.data["measured_permitted_mibps"][5] == pytest.approx(100)


@pytest.mark.parametrize(
    ("header", "value", "says"),
    [
        ("PermittedThroughput Sum", 5e8, "the Sum of PermittedThroughput"),
        ("PermittedThroughput", 100, "too few for Bytes/Second"),
        ("BurstCreditBalance", 5e8, "no metric is named 'PermittedThroughput'"),
    ],
)
def test_what_is_no_limit_is_refused(exported, header, value, says):
    load = exported("TotalIOBytes Sum", [300 * 10 * MIB] * 24)
    limit = exported(header, [value] * 24, name="limit.csv")
    assert says in refusal(EFS, trace=load, permitted=limit)


@pytest.mark.parametrize(
    ("header", "unit", "value", "says"),
    [
        ("EBSByteBalance%", "", 0.63, "if these are fractions of 1, multiply them by 100"),
        ("EBSByteBalance% Sum", "Percent", 315, "the Sum of EBSByteBalance%"),
        ("EBSByteBalance%", "", 630, "holds 630, above 100 %"),
        ("BurstBalance", "", 63, "holds none of EBSByteBalance%"),
    ],
)
def test_what_is_no_balance_is_refused(exported, header, unit, value, says):
    load = exported("WriteIOPS Average", [1500] * 24)
    balance = exported(header, [value] * 24, unit=unit, name="balance.csv")
    assert says in refusal(RDS, "speed", trace=load, balance=balance)


def test_a_balance_that_is_nearly_spent_is_one_if_its_unit_says_so(exported):
    load = exported("WriteIOPS Average", [1500] * 24)
    balance = exported("EBSByteBalance%", [0.63] * 24, unit="Percent", name="balance.csv")
    assert answer(RDS, "speed", trace=load, balance=balance).summary["peak_asked_iops"] == 1500


@pytest.mark.parametrize(("header", "value"), [("CPUCreditBalance Sum", 500),
                                               ("CPUCreditBalance", -3)])  # fmt: skip
def test_what_are_no_credits_is_refused(exported, header, value):
    load = exported("CPUUtilization Average", [30] * 24)
    balance = exported(header, [value] * 24, name="balance.csv")
    assert "CPUCreditBalance" in refusal(EC2, trace=load, balance=balance, measured_vcpus=2)


# --- commands that write


def test_writes_are_what_is_written(exported):
    path = exported("SetTypeCmds Sum", [60_000] * 60, 60)
    found = answer(MEMORYDB, trace=path)
    assert not any("GetTypeCmds is not counted" in note for note in found.notes)
    a_month = 1000 * 3600 * 730 * 1024 / 1e9  # 1,000 writes of 1 KiB a second
    assert found.summary["written_gb"] == pytest.approx(a_month, rel=0.05)


@pytest.mark.parametrize("metric", ["GetTypeCmds", "TotalCmdsCount"])
def test_reads_are_no_writes(exported, metric):
    path = exported(f"{metric} Sum", [60_000] * 60, 60)
    assert "is not only of writes: export SetTypeCmds" in refusal(
        MEMORYDB, trace=path, metric=metric
    )


# --- several series of one answer


def test_zones_are_compared_over_the_time_that_both_hold(data):
    """Of 3,000 requests in 5 min in one zone, the second half has 1,000 in the other too."""
    halves = [3000.0] * 12 + [6000.0] * 12
    path = data(("us-east-1a RequestCount", halves, 0),
                ("us-east-1b RequestCount", [2000.0] * 12, 3600))  # fmt: skip
    found = answer(ZONES, trace=path)
    assert "26.7 requests/s on average, from 2026-03-02 01:00" in found.notes[0]


def test_series_of_different_days_are_refused(data):
    zones = data(("us-east-1a RequestCount", [3000.0] * 12, 0),
                 ("us-east-1b RequestCount", [3000.0] * 12, 86_400))  # fmt: skip
    assert "export them for the same time" in refusal(ZONES, trace=zones)
    flows = data(("NewFlowCount", [3000.0] * 12, 0), ("ProcessedBytes", [3e9] * 12, 86_400))
    assert "export them for the same time" in refusal(GWLB, "bill", trace=flows)


def test_a_bill_is_of_the_hours_that_all_series_hold(data):
    """600 new flows, 60,000 open ones and 1 GB an hour are a unit each."""
    path = data(("NewFlowCount", [3600 * 600.0] * 24, 0), ("ActiveFlowCount", [60_000.0] * 24, 0),
                ("ProcessedBytes", [1e9] * 12, 12 * 3600), period_s=3600)  # fmt: skip
    found = answer(GWLB, "bill", trace=path)
    np.testing.assert_allclose(found.data["processed_bytes_units"], 1)
    assert found.data["hour"].size == 12
    assert any(
        note.startswith("Used: 2026-03-02 12:00 to 2026-03-03 00:00") for note in found.notes
    )


def test_a_night_without_requests_is_no_night(exported):
    said = refusal(CASCADE, trace=exported("RequestCount Sum", [0] * 288))
    assert "holds no requests from 02:00 to 10:00 UTC of 2026-03-02" in said
