import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from awsnb.trace import Trace, TraceError, load_of, read_cloudwatch, read_load
from awsnb.trace.label import read_label
from awsnb.trace.math_label import told_by

FIELD = Path(
    os.environ.get("AWSNB_FIELD", Path(__file__).resolve().parents[3] / "shared" / "field")
)
T0 = datetime(2026, 3, 2, 8, tzinfo=UTC)
DISK = ("operations", "bytes")


def stamp(i, period=300):
    return f"{T0 + timedelta(seconds=period * i):%Y-%m-%dT%H:%M:%SZ}"


def table(header, *values, rows=6):
    lines = (",".join((stamp(i), *map(str, values))) for i in range(rows))
    return "\n".join((f"timestamp,{header}", *lines))


def result(label, value, name="m1", rows=6):
    times = [stamp(i) for i in range(rows)]
    return {"Id": name, "Label": label, "Timestamps": times, "Values": [value] * rows}


def results(*labels, value=3000.0):
    found = [result(label, value, f"m{i}") for i, label in enumerate(labels)]
    return json.dumps({"MetricDataResults": found})


def trace(metric="", statistic="", unit="", value=3000.0, namespace=""):
    values = np.full(4, value)
    return Trace(
        T0, np.full(4, 300.0), values, metric, statistic, unit, "a.csv", namespace=namespace
    )


# --- what a value per second is


@pytest.mark.parametrize(
    ("metric", "statistic", "unit", "per_s", "measure"),
    [
        ("VolumeReadBytes", "Sum", "Bytes", 10, "bytes"),
        ("VolumeWriteOps", "Sum", "Count", 10, "operations"),
        ("VolumeWriteOps", "", "", 10, "operations"),
        ("EBSReadOps", "Sum", "None", 10, "operations"),
        ("ReadIOPS", "Average", "Count/Second", 3000, "operations"),
        ("WriteIOPS", "", "", 3000, "operations"),
        ("WriteThroughput", "Average", "Bytes/Second", 3000, "bytes"),
        ("VolumeReadBytes", "", "Bytes/Second", 3000, "bytes"),
        ("VolumeReadBytes", "Average", "Bytes/Second", 3000, "bytes"),
        ("VolumeReadBytes", "Sum", "Kilobytes", 10_000, "bytes"),
        ("WriteThroughput", "Average", "Megabytes/Second", 3e9, "bytes"),
        ("Total IOPS", "", "", 3000, "operations"),
        ("vol-0a1 Total IOPS", "", "", 3000, "operations"),
        ("Read + Write IOPS", "", "", None, ""),
        ("Throughput (MiB/s)", "", "", 3000 * 2**20, "bytes"),
        ("(VolumeReadBytes+VolumeWriteBytes)/PERIOD(VolumeReadBytes)", "", "", 3000, "bytes"),
        ("VolumeReadOps / 300", "", "", 3000, "operations"),
        ("VolumeReadOps + VolumeWriteOps", "", "", 10, "operations"),
        ("ReadIOPS + WriteIOPS", "", "", 3000, "operations"),
        ("", "Average", "Bytes/Second", 3000, "bytes"),
        ("", "Sum", "Bytes", 10, "bytes"),
    ],
)
def test_a_disk_load_is_per_second(metric, statistic, unit, per_s, measure):
    if per_s is None:
        with pytest.raises(TraceError, match=r"trace_unit"):
            load_of(trace(metric, statistic, unit), DISK)
        return
    found = load_of(trace(metric, statistic, unit), DISK)
    assert found.measure == measure
    np.testing.assert_allclose(found.per_s, per_s, rtol=1e-12)
    with pytest.raises(ValueError, match=r"read-only"):
        found.per_s[0] = 1


@pytest.mark.parametrize(
    ("metric", "statistic", "wants", "says"),
    [
        ("BurstBalance", "Average", DISK, "is a balance.*export VolumeReadOps.*ReadIOPS"),
        ("EBSIOBalance%", "Average", DISK, "is a balance"),
        ("CPUCreditBalance", "Average", "cpu", "is a balance.*export CPUUtilization"),
        ("FreeableMemory", "Average", DISK, "is a level"),
        ("FreeStorageSpace", "Average", DISK, "is a level"),
        ("DatabaseConnections", "Average", DISK, "is a level"),
        ("VolumeQueueLength", "Average", DISK, "is a level"),
        ("VolumeTotalReadTime", "Sum", DISK, "is a duration"),
        ("VolumeReadIOPs", "Sum", DISK, "billed operations"),
        ("NetworkIn", "Sum", DISK, "network bytes.*not the operations or bytes"),
        ("HTTPCode_Target_5XX_Count", "Sum", "requests", r"count of errors.*RequestCount \(Sum\)"),
        ("HTTPCode_Target_2XX_Count", "Sum", "requests", "responses of one class.*RequestCount"),
        ("RequestCountPerTarget", "Sum", "requests", r"per target.*RequestCount \(Sum\)"),
        ("TargetResponseTime", "Average", "requests", "is a duration.*RequestCount"),
        ("ActiveConnectionCount", "Sum", "requests", "is a level.*RequestCount"),
        ("ActiveFlowCount", "Average", "connections", "is a level.*NewFlowCount"),
        ("PeakPacketsPerSecond", "Maximum", "connections", "peak packets.*NewFlowCount"),
        ("GroupDesiredCapacity", "Average", ("requests", "cpu"), "is a level.*CPUUtilization"),
        ("MemoryUtilization", "Average", "cpu", r"a percentage \(memory\).*CPUUtilization"),
        ("CPUUtilization", "Average", DISK, "a percentage.*VolumeReadOps"),
        ("WriteIOPS", "Average", "requests", "a rate.*RequestCount"),
        ("VolumeReadBytes", "Average", DISK, "Average of VolumeReadBytes.*size of one.*its Sum"),
        ("VolumeReadOps", "Maximum", DISK, "Maximum of VolumeReadOps.*export its Sum"),
        ("ReadIOPS", "Sum", DISK, "Sum of ReadIOPS.*samples of a rate.*export its Average"),
        ("RequestCount", "Average", "requests", "Average of RequestCount.*are 1.*its Sum"),
        ("RequestCount", "SampleCount", "requests", "export its Sum"),
        ("CPUUtilization", "Maximum", "cpu", "export its Average"),
        ("ReadIOPS/PERIOD(ReadIOPS)", "", DISK, "say trace_unit"),
    ],
)
def test_what_is_known_and_no_load_is_refused_by_name(metric, statistic, wants, says):
    with pytest.raises(TraceError, match=says):
        load_of(trace(metric, statistic), wants)


def test_the_namespace_names_the_metric_to_export():
    with pytest.raises(TraceError, match=r"export ReadIOPS \+ WriteIOPS \(Average\)"):
        load_of(trace("BurstBalance", namespace="AWS/RDS"), DISK)


@pytest.mark.parametrize(
    "metric",
    [
        *("", "MyDropsCount", "iops_total", "disk_used_bytes", "Provisioned IOPS", "IOPS limit"),
        *("m1+m2", "Expression1", "m1/PERIOD(m1)", "(m1+m2)/60", "RATE(m1)", "SUM(METRICS())"),
    ],
)
def test_what_is_unknown_is_asked_for(metric):
    for value in (1e-3, 50.0, 1e15):  # whatever the size
        with pytest.raises(TraceError, match=r"say trace_unit = .*operations/s.*--metric NAME"):
            load_of(trace(metric, "Sum" if metric == "" else "", value=value), DISK)


def test_a_unit_alone_makes_no_load_of_a_name_that_nobody_knows():
    for unit in ("Bytes", "Bytes/Second"):
        with pytest.raises(TraceError, match=r"'LogBytes Sum Bytes.*' doesn't tell what it counts"):
            load_of(trace("LogBytes", "Sum", unit), DISK)


@pytest.mark.parametrize(
    ("metric", "statistic", "unit", "said", "per_s"),
    [
        ("mine", "", "", "operations", 10),
        ("mine", "Sum", "Count", "operations", 10),
        ("mine", "Average", "Count/Second", "operations", 3000),
        ("mine", "", "", "operations/s", 3000),
        ("mine", "", "", "bytes/s", 3000),
        ("m1/PERIOD(m1)", "", "", "operations", 3000),
        ("(m1+m2)/300", "", "", "bytes", 3000),
        ("(m1+m2)/60", "", "", "bytes/s", 3000),
        ("WriteIOPS", "", "", "operations", 3000),  # the file knows better: a rate
        ("VolumeReadOps", "", "", "operations/s", 3000),
    ],
)
def test_the_user_answers_what_the_file_does_not_tell(metric, statistic, unit, said, per_s):
    found = load_of(trace(metric, statistic, unit), DISK, said)
    assert found.measure == said.removesuffix("/s")
    np.testing.assert_allclose(found.per_s, per_s)


@pytest.mark.parametrize(
    ("metric", "statistic", "unit", "said", "says"),
    [
        ("VolumeReadOps", "", "", "bytes", "leave trace_unit as the file says"),
        ("BurstBalance", "", "", "operations", "is a balance"),
        ("mine", "", "Percent", "operations", "the file's values are in Percent"),
        ("mine", "", "Bytes", "operations", "the file's values are in Bytes"),
        (
            "mine",
            "Average",
            "",
            "operations",
            "a.csv: the Average of an unknown metric.*operations/s",
        ),
        ("Provisioned IOPS", "", "", "operations", "says .Provisioned."),
        ("(m1+m2)/60", "", "", "operations", "seems to be a rate.*operations/s"),
        ("mine", "", "", "requests", "allowed: operations, operations/s, bytes, bytes/s"),
        ("VolumeReadOps", "Sum", "Bytes", "", "in Bytes, and CloudWatch in Count"),
        ("VolumeReadOps", "Sum", "Furlongs", "", "'Furlongs' is none of CloudWatch's"),
    ],
)
def test_contradictions_are_refused(metric, statistic, unit, said, says):
    with pytest.raises(TraceError, match=says):
        load_of(trace(metric, statistic, unit), DISK, said)


def test_cpu_is_a_percentage_and_stays_one():
    assert load_of(trace("CPUUtilization", value=30.0), "cpu").per_s[0] == 30
    assert load_of(trace("", value=30.0), ("requests", "cpu"), "CPU %").measure == "cpu"
    with pytest.raises(TraceError, match=r"holds 3,000, above 100, so it is no CPU %"):
        load_of(trace("CPUUtilization"), "cpu")


def test_a_negative_load_is_refused_and_no_datapoint_is_no_load(load):
    with pytest.raises(TraceError, match=r"export: holds -3 operations, below 0"):
        load(table("VolumeReadOps Sum", -3))
    found = load(table("VolumeReadOps Sum", 300) + f"\n{stamp(8)},600")
    assert found.per_s.tolist() == [1] * 6 + [0, 0, 2]
    assert "Periods without a datapoint count as no load: 2." in found.notes


def test_what_is_taken_to_be_so_is_said(load):
    assert load(results("VolumeReadOps")).notes == (
        "The file doesn't name its statistic: VolumeReadOps read as its Sum.",
        "VolumeReadOps is a part of the load: VolumeWriteOps is not counted.",
    )
    assert load(table("DiskReadOps Sum", 1)).notes == (
        "DiskReadOps counts the instance store, not EBS volumes.",
        "DiskReadOps is a part of the load: DiskWriteOps is not counted.",
    )


# --- several series


def test_reads_and_writes_of_one_resource_are_summed(load):
    for content in (
        results("VolumeReadOps", "VolumeWriteOps"),
        results("vol-a VolumeReadOps", "vol-a VolumeWriteOps"),
        table("VolumeReadOps,VolumeWriteOps", 3000, 3000),
    ):
        found = load(content)
        assert found.per_s.tolist() == [20.0] * 6
        assert found.trace.metric == "VolumeReadOps + VolumeWriteOps"
    assert load(results("ReadIOPS", "WriteIOPS")).per_s.tolist() == [6000.0] * 6
    commands = load(results("GetTypeCmds", "SetTypeCmds"), "commands")
    assert commands.per_s.tolist() == [20.0] * 6


@pytest.mark.parametrize(
    "labels",
    [
        ("vol-a VolumeReadOps", "vol-b VolumeWriteOps"),
        ("VolumeReadOps", "VolumeWriteBytes"),
        ("VolumeReadOps", "VolumeReadBytes"),
        ("ReadLatency", "WriteLatency"),
        ("vol-a VolumeWriteOps", "vol-b VolumeWriteOps"),
        ("VolumeReadOps", "VolumeWriteOps", "VolumeReadBytes", "VolumeWriteBytes"),
    ],
)
def test_other_series_are_listed_and_one_is_chosen(load, labels):
    with pytest.raises(TraceError, match=rf"holds {len(labels)} metrics.*--metric NAME") as refused:
        load(results(*labels))
    assert all(label in str(refused.value) for label in labels)


def test_the_wanted_load_is_found_among_other_metrics(load):
    four = results("VolumeReadBytes", "VolumeReadOps", "VolumeWriteBytes", "VolumeWriteOps")
    found = load(four, "operations")
    assert found.trace.metric == "VolumeReadOps + VolumeWriteOps" and found.measure == "operations"
    assert any("of 4 metrics VolumeReadOps was read" in note for note in found.trace.repairs)
    alone = load(results("CPUUtilization", "RequestCount", "TargetResponseTime"), "requests")
    assert alone.trace.metric == "RequestCount"


def test_half_of_a_load_among_other_metrics_is_asked_about(load):
    for labels in (("VolumeReadOps", "CPUUtilization"), ("WriteIOPS", "FreeStorageSpace")):
        with pytest.raises(TraceError, match="holds 2 metrics"):
            load(results(*labels))


def test_a_sum_can_be_named(load):
    four = results("VolumeReadOps", "VolumeWriteOps", "VolumeReadBytes", "VolumeWriteBytes")
    found = load(four, metric="VolumeReadBytes + VolumeWriteBytes")
    assert (found.measure, found.per_s[0]) == ("bytes", 20)
    with pytest.raises(TraceError, match=r"bytes and operations can't be added"):
        load(four, metric="VolumeReadBytes + VolumeWriteOps")
    with pytest.raises(TraceError, match=r"no metric is named 'VolumeOps'"):
        load(four, metric="VolumeReadOps + VolumeOps")


def test_the_halves_may_have_times_of_their_own(load):
    reads, writes = result("VolumeReadOps", 300.0), result("VolumeWriteOps", 60.0, "m2", rows=10)
    writes["Timestamps"] = [stamp(i, 60) for i in range(2, 12)]
    found = load(json.dumps([reads, writes]))
    slow = 6 * 300 * 1.0 + 10 * 60 * 1.0
    assert float(found.per_s @ found.trace.duration_s) == pytest.approx(slow)
    assert found.per_s.max() == 2
    assert any("Where only one of the series has data" in note for note in found.notes)


def test_of_several_statistics_the_usual_one_is_read(load):
    points = [
        {"Timestamp": stamp(i), "Average": 5, "Sum": 3000, "Maximum": 9, "Unit": "Count"}
        for i in range(4)
    ]
    found = load(json.dumps({"Label": "VolumeReadOps", "Datapoints": points}))
    assert found.per_s[0] == 10
    assert found.trace.repairs == ("of several statistics the Sum was read",)
    with pytest.raises(TraceError, match=r"Maximum of VolumeReadOps"):
        load(json.dumps({"Label": "VolumeReadOps", "Datapoints": points}), metric="Maximum")


# --- labels


@pytest.mark.parametrize(
    ("text", "metric", "namespace", "statistic", "resource"),
    [
        ("VolumeReadOps", "VolumeReadOps", "", "", ""),
        ("volumereadops sum", "VolumeReadOps", "", "Sum", ""),
        ("vol-a VolumeWriteOps", "VolumeWriteOps", "", "", "vol-a"),
        ("VolumeReadOps (Sum)", "VolumeReadOps", "", "Sum", ""),
        ("VolumeReadOps_Sum", "VolumeReadOps", "", "Sum", ""),
        ("EBSIOBalance%", "EBSIOBalance%", "", "", ""),
        ("eu-west-1:AWS/RDS Id:a ReadIOPS Average 60", "ReadIOPS", "AWS/RDS", "Average", "Id:a"),
        ("app/web/50dc6c RequestCount", "RequestCount", "", "", "app/web/50dc6c"),
        ("value", "", "", "", ""),
        ("max ReadIOPS", "ReadIOPS", "", "Maximum", ""),
        ("ReadIOPS [max: 12.5]", "ReadIOPS", "", "", "[max: 12.5]"),
        ("my latency p99", "Latency", "", "p99", "my"),
        ("orders p99.9", "orders", "", "p99.9", ""),
        ("VolumeReadOps VolumeWriteOps", "VolumeReadOps VolumeWriteOps", "", "", ""),
        ("m1 + m2", "m1 + m2", "", "", ""),
        ("SUM(METRICS())", "SUM(METRICS())", "", "", ""),
    ],
)
def test_labels(text, metric, namespace, statistic, resource):
    assert read_label(text) == (metric, namespace, statistic, resource, "")


@pytest.mark.parametrize(
    "label", ["IOPS", "read IOPS", "Total iops", "vol-1 IOPS", "ops/s", "5 op/s"]
)
def test_only_plain_words_make_a_rate(label):
    told = told_by(label, 300)
    assert (told is not None) == (label != "5 op/s")


# --- cases from the field


def field(name):
    path = FIELD / name
    if not path.exists():
        pytest.skip("the field cases are not here")
    return path


def test_rds_rates_are_rates():
    iops = read_load(field("01-rds-rates/write-iops.json"), DISK)
    assert (iops.measure, iops.per_s.max()) == ("operations", 1500)
    throughput = read_load(field("01-rds-rates/write-throughput.json"), DISK)
    assert (throughput.measure, throughput.per_s.max()) == ("bytes", 20 * 2**20)


def test_read_and_write_of_the_field():
    both = read_load(field("03-read-and-write/both.json"), DISK)
    assert both.per_s.tolist() == [30e6] * 12


def test_search_results_with_one_id():
    path = field("04-search-one-id/search.json")
    with pytest.raises(TraceError, match=r"holds 2 metrics.*vol-a VolumeWriteOps.*vol-b"):
        read_load(path, DISK)
    busy = read_load(path, DISK, metric="vol-a VolumeWriteOps")
    assert busy.per_s.max() == 2000
    assert read_load(path, DISK, metric="vol-a").per_s.max() == 2000
    assert read_load(path, DISK, metric="vol-b").per_s.max() < 2000


@pytest.mark.parametrize(
    ("name", "chosen", "value", "other"),
    [("by-database.csv", "db-a", 1500, "db-b"), ("series.csv", "vol-a", 9e9, "vol-b")],
)
def test_long_tables(name, chosen, value, other):
    path = field(f"05-long-table/{name}")
    with pytest.raises(TraceError, match=rf"holds 2 metrics.*{chosen}; {other}"):
        read_cloudwatch(path)
    assert set(read_cloudwatch(path, chosen).value) == {value}
    assert read_cloudwatch(path, other).value.size == 12


@pytest.mark.parametrize(
    ("name", "wants"),
    [
        ("burst-balance.json", DISK),
        ("cpu-credit-balance.json", ("requests", "cpu")),
        ("freeable-memory.json", DISK),
        ("per-target.csv", "requests"),
        ("target-5xx.json", "requests"),
    ],
)
def test_neighbouring_metrics_are_no_load(name, wants):
    path = field(f"10-not-a-load/{name}")
    metric = read_cloudwatch(path).metric
    with pytest.raises(TraceError, match=rf"{name}: {metric} is a .*: export [A-Z]"):
        read_load(path, wants)
    with pytest.raises(TraceError):
        read_load(path, wants, said="requests" if wants == "requests" else "")
