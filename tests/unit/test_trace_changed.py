"""A word of a label that changes what its values are is never dropped: read, refused or noted."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from awsnb.trace import (
    Trace,
    TraceError,
    level_of,
    load_of,
    read_balance,
    read_cloudwatch,
)
from awsnb.trace.changed import unanswered
from awsnb.trace.filled import filled_every
from awsnb.trace.label import read_label

T0 = datetime(2026, 3, 3, tzinfo=UTC)
DISK = ("operations", "bytes")
RATE = np.arange(100.0, 220, 10)


def trace(metric="", value=RATE, statistic="", unit=""):
    return Trace(T0, np.full(len(value), 300.0), np.array(value), metric, statistic, unit, "a.csv")


def table(header, values, period=300):
    rows = (f"{T0 + timedelta(seconds=period * i):%Y-%m-%dT%H:%M:%SZ},{v}"
            for i, v in enumerate(values))  # fmt: skip
    return "\n".join((f"timestamp,{header}", *rows))


@pytest.mark.parametrize(
    ("label", "says"),
    [
        *(("Total kIOPS", "kIOPS"), ("ops/s x1000", "x1000"), ("IOPS (k)", "(k)")),
        *(("Throughput MBps", "MBps"), ("wkB/s", "kB"), ("throughput_mb_per_sec", "mb")),
        *(("Data (MB/s), disk 1", "MB"), ("written_MiB", "MiB"), ("sectors read", "sectors")),
        *(("orders per minute", "per minute"), ("GB/h of backup", "GB"), ("visits/day", "/day")),
        *(("RPS per target", "per target"), ("req/s peak", "peak"), ("Provisioned IOPS", None)),
        *(("m1/1024/1024", "/1024"), ("ProcessedBytes*8/PERIOD(m1)", "*8")),
        *(
            ("VolumeReadBytes/VolumeReadOps", "/"),
            ("failed requests", "failed"),
            *(
                ("MAX(VolumeReadOps)", "MAX"),
                ("COUNT(m1)", "COUNT"),
                ("RUNNING_SUM(m1)", "RUNNING"),
            ),
        ),
    ],
)
@pytest.mark.parametrize("said", ["operations", "operations/s", "bytes/s"])
def test_an_answer_does_not_drop_what_the_label_says(label, says, said):
    """The scale of 'kIOPS' would be lost: 155 in place of 155,000."""
    with pytest.raises(TraceError, match=r"is not what trace_unit = .* means|may be of bits or"):
        load_of(trace(label), DISK, said)
    assert unanswered(label, said) == (says or "Provisioned")


@pytest.mark.parametrize(
    "label", ["mine", "iops", "disk reads", "nvme1n1 read bytes", "db-limit", "requests_total"]
)
def test_an_answer_is_taken_for_a_label_that_says_no_more(label):
    assert not unanswered(label, "operations/s")
    assert load_of(trace(label), DISK, "operations/s").per_s.max() == 210


@pytest.mark.parametrize("label", ["Mbps", "Total mbps", "Mb/s nvme1n1", "network Gbit/s", "kbps"])
def test_bits_are_refused_wherever_they_stand(label):
    with pytest.raises(TraceError, match="may be of bits or of bytes"):
        load_of(trace(label), "network bytes", "network bytes/s")


@pytest.mark.parametrize(
    "label",
    [
        *("cpu_usage_idle", "%idle", "%iowait", "cpu_usage_steal", "mem_used_percent", "Memory %"),
        *("disk_used_percent", "load average", "cpu cores used"),
    ],
)
def test_what_is_no_busy_cpu_is_none_by_an_answer(label):
    with pytest.raises(TraceError, match="is not what trace_unit = CPU % means"):
        load_of(trace(label, RATE / 10), "cpu", "CPU %")
    assert load_of(trace("100 - cpu_usage_idle", RATE / 10), "cpu", "CPU %").per_s.max() == 21


@pytest.mark.parametrize("statistic", ["Maximum", "Minimum", "SampleCount", "p99"])
@pytest.mark.parametrize(("label", "said"), [("cpu", "CPU %"), ("Total IOPS", ""), ("x", "cpu")])
def test_an_extreme_of_a_rate_or_percentage_is_no_load(label, said, statistic):
    said = {"CPU %": "CPU %", "cpu": "operations/s"}.get(said, said)
    with pytest.raises(TraceError, match=f"the {statistic} of '{label}' is not its load"):
        load_of(trace(label, RATE / 10, statistic), ("cpu", *DISK), said)


@pytest.mark.parametrize(
    "beside",
    [
        *("in thousands", "[x1000]", "K", "'000", "(1000s)", "million", "(in MiB)", "kBps"),
        *(
            "kIOPS",
            "projected",
            "capacity",
            "smoothed",
            "MTD",
            "hourly",
            "daily total",
            "cumulative",
            "(rolling 1h)",
            "[1/s]",
            "(1/min)",
            "rpm",
            "RPS",
        ),
        *("limit", "threshold", "budget", "peak", "median", "stddev", "predicted", "anomaly"),
        *("change", "diff", "errors", "5xx", "(MBps)", "(GB/day)", "Mbit", "(blocks)", "Mo"),
    ],
)
def test_a_word_beside_a_metric_that_changes_it_makes_it_unknown(beside):
    for name in ("VolumeReadOps", "VolumeReadBytes", "RequestCount"):
        label = f"{name} {beside}"
        assert read_label(label).metric == label


def test_a_second_unit_beside_a_metric_makes_it_unknown():
    assert read_label("ProcessedBytes/s (MB)").metric == "ProcessedBytes/s (MB)"
    assert read_label("ProcessedBytes (MB/s)").unit == "MB/s"


@pytest.mark.parametrize("beside", ["idle", "(0-1)", "fraction", "(cores)", "steal", "target"])
def test_a_share_beside_cpu_utilization_makes_it_unknown(beside):
    assert read_label(f"CPUUtilization {beside}").metric == f"CPUUtilization {beside}"


@pytest.mark.parametrize(
    "label",
    [
        *("idle VolumeReadOps", "limit-service VolumeReadOps", "app/peak/50dc VolumeReadOps"),
        *("errors-api VolumeReadOps", "VolumeReadOps (previous week)", "VolumeReadOps total"),
        *("web (2 vCPU) VolumeReadOps", "VolumeReadOps (5 min)", "VolumeReadOps Sum (300 s)"),
    ],
)
def test_a_resource_may_have_such_a_word_in_its_name(label):
    assert read_label(label).metric == "VolumeReadOps"
    assert read_label(label).statistic in ("", "Sum")


def test_math_of_ids_is_a_rate_where_the_user_says_so():
    """m1 and m2 may be ReadIOPS and WriteIOPS: read as totals they are 300 times too small."""
    assert load_of(trace("m1+m2"), DISK, "operations/s").per_s.max() == 210
    assert load_of(trace("m1+m2"), DISK, "operations").per_s.max() == 0.7


def test_fractions_of_bytes_are_no_sum_with_their_unit_neither():
    with pytest.raises(TraceError, match="Sum of VolumeReadBytes is a whole number"):
        load_of(trace("VolumeReadBytes", RATE + 16384.25, unit="Bytes"), DISK)
    assert load_of(trace("VolumeReadBytes", RATE + 0.25, unit="Megabytes"), DISK).per_s.max() > 0


def test_a_namespace_of_ones_own_is_not_awss(load):
    rows = (f"MyApp,RequestCount,{T0 + timedelta(minutes=5 * i)},{300 * i}" for i in range(6))
    content = "\n".join(("Namespace,MetricName,Timestamp,Sum", *rows))
    with pytest.raises(TraceError, match=r"'RequestCount Sum' doesn't tell what it counts"):
        load(content, "requests")
    assert load(content, "requests", said="requests").per_s.max() == 5
    assert load(content.replace("MyApp", "AWS/ELB"), "requests").per_s.max() == 5


# --- what the values themselves tell


def test_a_counter_is_no_total():
    counted = np.cumsum(RATE)
    with pytest.raises(TraceError, match="'http_requests_total' never falls, as a counter does"):
        load_of(trace("http_requests_total", counted), "requests", "requests")
    said = load_of(trace("hits", counted), "requests", "requests")
    assert "'hits' never falls: if it counts since a start, export its increase" in said.notes[0]
    falls = load_of(trace("http_requests_total", RATE[::-1]), "requests", "requests")
    assert not falls.notes


def test_a_total_that_a_tool_repeats_on_a_finer_grid_is_asked_about(load):
    totals = np.repeat(30_000 + np.array([0, 9, 4, 7, 1, 8, 3, 5, 2]), 5)[1:-2]
    with pytest.raises(TraceError, match=r"each value 5 times in a row.*with its own period"):
        load(table("VolumeReadOps", totals, 60))
    said = load(table("VolumeReadOps", totals, 60), said="operations")
    assert said.per_s.max() == pytest.approx(30_009 / 60)
    assert load(table("ReadIOPS", totals, 60)).per_s.max() == 30_009  # a rate may be repeated
    office = np.tile(np.repeat([3000, 30_000], 12), 6)
    assert load(table("VolumeReadOps", office)).per_s.max() == 100  # steps of a made-up load
    assert filled_every(np.arange(9.0)) == 0


@pytest.mark.parametrize(
    ("metric", "note"),
    [
        ("NewFlowCount_TLS", "counts TLS alone"),
        ("ProcessedBytes_TCP", "counts TCP alone"),
        ("NetworkIn", "counts what comes in alone"),
        ("IPv6ProcessedBytes", "counts IPv6 alone"),
    ],
)
def test_a_part_of_the_load_says_that_it_is_one(metric, note):
    load = load_of(trace(metric, RATE * 1e6, "Sum"), ("connections", "network bytes"))
    assert any(note in said for said in load.notes)


def test_a_whole_is_read_beside_its_parts(load):
    header = "TotalIOBytes,DataReadIOBytes,DataWriteIOBytes,MetadataIOBytes"
    read = load(table(header, [f"{3 * r:.0f},{r:.0f},{r:.0f},{r:.0f}" for r in RATE * 1e6]),
                "file system bytes")  # fmt: skip
    assert read.trace.metric == "TotalIOBytes"
    assert "of 4 metrics TotalIOBytes was read" in read.trace.repairs
    of_two = "a NewFlowCount,b NewFlowCount_TCP"
    with pytest.raises(TraceError, match="holds 2 metrics"):
        load(table(of_two, [f"{r:.0f},{r:.0f}" for r in RATE]), "connections")


@pytest.mark.parametrize("wants", ["cpu", ("requests", "cpu")])
def test_one_thread_of_an_engine_is_no_instance(wants):
    with pytest.raises(TraceError, match=r"the engine's one thread.*CPUUtilization"):
        load_of(trace("EngineCPUUtilization", RATE / 10, "Average", "Percent"), wants)


@pytest.mark.parametrize("metric", ["FreeStorageSpace", "DatabaseConnections", "ReplicaLag"])
def test_a_percentile_of_a_level_leaves_some_out(metric):
    with pytest.raises(TraceError, match=f"holds the p99 of {metric}"):
        level_of(trace(metric, RATE * 1e9, "p99"), metric)


def test_free_storage_below_a_hundred_megabytes_says_its_unit():
    with pytest.raises(TraceError, match=r"500,000 at most.*FreeStorageSpace \(GB\)"):
        level_of(trace("FreeStorageSpace", np.linspace(5e5, 4e5, 9)), "FreeStorageSpace")
    full = level_of(trace("FreeStorageSpace", [4e5, 0.0], unit="Bytes"), "FreeStorageSpace")
    assert full.value.max() == 4e5


def test_a_level_says_what_of_each_period_was_read():
    low = level_of(trace("DatabaseConnections", statistic="Minimum"), "DatabaseConnections")
    assert low.repairs == ("the Minimum of each period was read, not the Maximum",)
    most = level_of(trace("DatabaseConnections", statistic="Maximum"), "DatabaseConnections")
    assert not most.repairs


@pytest.mark.parametrize("label", ["ReplicaLag (minutes)", "ReplicaLag (h)", "ReplicaLag limit"])
def test_a_lag_in_minutes_is_not_one_in_seconds(label):
    metric = read_label(label).metric
    with pytest.raises(TraceError, match="does not say that it is ReplicaLag"):
        level_of(trace(metric), "ReplicaLag")


@pytest.mark.parametrize(
    ("metric", "header"),
    [
        ("a + a", "a NewFlowCount,b NewFlowCount"),
        ("NewFlowCount + NewFlowCount_TLS", "NewFlowCount,NewFlowCount_TLS"),
    ],
)
def test_a_sum_counts_nothing_twice(load, metric, header):
    values = [f"{r:.0f},{r:.0f}" for r in RATE]
    with pytest.raises(TraceError, match="twice: name each once, a whole or its parts"):
        load(table(header, values), "connections", metric=metric)


@pytest.mark.parametrize("label", ["readOpsPerSec", "read_ops_per_sec", "write_iops", "qps"])
def test_a_rate_by_its_name_is_no_total(label):
    with pytest.raises(TraceError, match=r"seems to be a rate.*operations/s"):
        load_of(trace(label), DISK, "operations")
    assert load_of(trace(label), DISK, "operations/s").per_s.max() == 210


def test_an_average_of_totals_is_none():
    with pytest.raises(
        TraceError, match="says 'AVG', which is not what trace_unit = operations means"
    ):
        load_of(trace("AVG(VolumeReadOps)"), DISK, "operations")
    assert load_of(trace("AVG(ReadIOPS)"), DISK, "operations/s").per_s.max() == 210


# --- shapes


@pytest.mark.parametrize(("asked", "reads"), [("Sum", 0.7), ("Average", None), ("Maximum", None)])
def test_a_statistic_that_nobody_asked_for_is_not_0(load, asked, reads):
    """PowerShell's ConvertTo-Json writes all five, and 0 for the others."""
    none: dict[str, object] = dict.fromkeys(
        ("Sum", "Average", "Maximum", "Minimum", "SampleCount"), 0.0
    )
    none["Unit"] = {"Value": "Count"}
    times = [str(T0 + timedelta(minutes=5 * i)) for i in range(RATE.size)]
    points = [none | {asked: r, "Timestamp": t} for r, t in zip(RATE, times, strict=True)]
    content = json.dumps({"Label": "VolumeReadOps", "Datapoints": points})
    if reads:
        assert load(content).per_s.max() == pytest.approx(reads)
    else:
        with pytest.raises(TraceError, match=f"the {asked} of VolumeReadOps is not its load"):
            load(content)


def test_row_numbers_are_no_metric(tmp_path):
    path = tmp_path / "a.csv"
    for name in ("", "#", "index", "Unnamed: 0"):
        rows = (f"{i},{T0 + timedelta(minutes=5 * i):%Y-%m-%d %H:%M},{300 * i}" for i in range(6))
        path.write_text("\n".join((f"{name},timestamp,VolumeReadOps", *rows)))
        assert read_cloudwatch(path).metric == "VolumeReadOps"


@pytest.mark.parametrize("above", ["# exported today", "EBS volume vol-1", "a: 1.0 s, 2 tps"])
def test_a_line_above_the_header_is_named(tmp_path, above):
    path = tmp_path / "a.csv"
    path.write_text(f"{above}\n{table('VolumeReadOps', [300] * 6)}")
    with pytest.raises(TraceError, match=r"line 1: no time column in .*nothing above it"):
        read_cloudwatch(path)


def test_spacings_that_all_differ_have_no_period(tmp_path):
    path = tmp_path / "a.csv"
    at = (0, 7, 19, 44, 101, 167, 250)
    rows = (f"{T0 + timedelta(seconds=s):%Y-%m-%dT%H:%M:%SZ},5" for s in at)
    path.write_text("\n".join(("timestamp,VolumeReadOps", *rows)))
    with pytest.raises(TraceError, match="no regular period"):
        read_cloudwatch(path)


def test_a_balance_of_another_resource_is_refused(tmp_path):
    path = tmp_path / "balance.csv"
    path.write_text(table("i-0bbbbbbb2 CPUCreditBalance", RATE))
    load = replace(trace("CPUUtilization"), resource="InstanceId:i-0aaaaaaa1")
    with pytest.raises(TraceError, match="is of i-0bbbbbbb2, and the load of i-0aaaaaaa1"):
        read_balance(path, "CPUCreditBalance", load)
    same = replace(load, resource="web (i-0bbbbbbb2)")
    for one in (same, replace(load, resource="web")):
        assert read_balance(path, "CPUCreditBalance", one).shape == RATE.shape
