"""What people bring, and what they are told: exports in the shapes of real ones, ids invented."""

import gzip
import json
import random
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from typer.testing import CliRunner

from awsnb.cli import app
from awsnb.scenario import ScenarioError
from awsnb.sections import section
from awsnb.trace import TraceError

EBS, ALB, SCALING = (section(slug) for slug in ("ebs-volume-types", "alb", "scaling-policies"))
START = datetime(2026, 3, 2, 8, tzinfo=UTC)
MIB = 2**20


def times(count, period_s=300):
    return [f"{START + timedelta(seconds=period_s * i):%Y-%m-%dT%H:%M:%SZ}" for i in range(count)]


@pytest.fixture
def table(tmp_path):
    """Write a CSV file: a header, and columns beside the times."""

    def write(header, *columns, period_s=300, name="export.csv"):
        rows = zip(times(len(columns[0]), period_s), *columns, strict=True)
        lines = [f"timestamp,{header}", *(",".join(map(str, row)) for row in rows), ""]
        (tmp_path / name).write_text("\n".join(lines))
        return str(tmp_path / name)

    return write


@pytest.fixture
def statistics(tmp_path):
    """Write the JSON of ``aws cloudwatch get-metric-statistics``."""

    def write(metric, statistic, unit, values):
        points = [
            {"Timestamp": at, statistic: value, "Unit": unit}
            for at, value in zip(times(len(values)), values, strict=True)
        ]
        (tmp_path / "export.json").write_text(json.dumps({"Label": metric, "Datapoints": points}))
        return str(tmp_path / "export.json")

    return write


@pytest.fixture
def data(tmp_path):
    """Write the JSON of ``aws cloudwatch get-metric-data``: Id, Label and values of each series."""

    def write(*series):
        results = [
            {"Id": name, "Label": label, "Timestamps": times(len(values)), "Values": values}
            for name, label, values in series
        ]
        (tmp_path / "export.json").write_text(json.dumps({"MetricDataResults": results}))
        return str(tmp_path / "export.json")

    return write


def answer(found, path, **values):
    return found.simulate(found.scenario(trace=path, **values))


def refusal(found, path, **values):
    with pytest.raises(TraceError) as caught:
        answer(found, path, **values)
    assert str(caught.value).startswith(f"{path}: ") and "\n" not in str(caught.value)
    return str(caught.value)


def peak(path, **values):
    return answer(EBS, path, **values).summary["peak_asked_iops"]


# --- a rate is a rate


def test_the_throughput_of_rds_is_a_rate(statistics):
    path = statistics("WriteThroughput", "Average", "Bytes/Second", [20 * MIB] * 24)
    found = answer(EBS, path)
    assert found.summary["peak_asked_iops"] == 1280
    assert found.summary["throttled_after_min"] == pytest.approx(5_400_000 / 980 / 60)  # 92 min
    verdict = EBS.compare(EBS.scenario(trace=path))
    assert verdict.best.scenario.volume_type == "gp3" and not verdict.options[0].holds


def test_the_iops_of_rds_are_a_rate_and_reads_and_writes_are_summed(statistics, table):
    assert peak(statistics("WriteIOPS", "Average", "Count/Second", [1500.0] * 24)) == 1500
    assert peak(table("ReadIOPS,WriteIOPS", [500] * 24, [700] * 24)) == 1200


def test_a_rate_under_the_name_of_a_total_is_known_by_its_unit(statistics):
    assert peak(statistics("VolumeWriteOps", "Average", "Count/Second", [40.0] * 6)) == 40


@pytest.mark.parametrize(
    ("label", "value", "iops"),
    [
        ("Total IOPS", 1500, 1500),
        ("Write Throughput (MiB/s)", 20, 1280),
        ("(VolumeReadOps + VolumeWriteOps) / PERIOD(m1)", 70, 70),
        ("VolumeReadOps + VolumeWriteOps", 30_000, 100),
    ],
)
def test_metric_math_is_read_by_its_label(data, label, value, iops):
    assert peak(data(("e1", label, [value] * 6))) == iops


@pytest.mark.parametrize("label", ["Write (Mb/s)", "throughput kb/s", "Disk b per second"])
@pytest.mark.parametrize("unit", ["as the file says", "bytes/s", "bytes"])
def test_what_may_be_bits_is_not_read_as_bytes(data, label, unit):
    said = refusal(EBS, data(("e1", label, [100] * 6)), trace_unit=unit)
    assert "may be of bits or of bytes" in said


def test_requests_a_minute_are_a_rate_too(data):
    path = data(("e1", "Requests per minute", [1200] * 6))
    np.testing.assert_allclose(answer(SCALING, path).data["load_rps"], 20)


def test_reads_alone_are_said_to_be_a_part(table):
    notes = answer(EBS, table("VolumeReadBytes Sum", [3e9] * 6)).notes
    assert "VolumeReadBytes is a part of the load: VolumeWriteBytes is not counted." in notes


def test_more_than_any_system_takes_is_refused(table):
    for value in (1e30, 1e308):
        assert "no system takes as many" in refusal(EBS, table("VolumeReadOps Sum", [value] * 4))


@pytest.mark.parametrize("found", [EBS, ALB, SCALING], ids=lambda one: one.slug)
def test_how_to_read_a_file_is_nothing_without_one(found):
    unit = found.scenario.fields()["trace_unit"].choices[-1]
    for values in ({"metric": "m1"}, {"trace_unit": unit}):
        with pytest.raises(ScenarioError, match="trace is not given"):
            found.scenario(**values)


def test_requests_a_second_are_a_rate_for_balancer_and_group(data):
    path = data(("e1", "requests/s", [50] * 6))
    served = answer(ALB, path, duration_s=600).summary["requests"]
    assert served == pytest.approx(50 * 600, rel=0.02)
    np.testing.assert_allclose(answer(SCALING, path).data["load_rps"], 50)


# --- a unit beside the metric's name: all are 100 IOPS of 16 KiB, written for 5 minutes


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("VolumeWriteBytes (MiB)", 100 * 300 / 64),
        ("VolumeWriteBytes [Kilobytes]", 100 * 300 * 16.384),
        ("VolumeWriteBytes (bytes per minute)", 100 * 60 * 16_384),
        ("WriteThroughput (MB/s)", 100 * 16_384 / 1e6),
        ("WriteThroughput MiB/s", 100 / 64),
        ("vol-1 VolumeWriteOps/s", 100),
        ("VolumeWriteOps per second", 100),
        ("VolumeWriteOps (per minute)", 6000),
        ("VolumeWriteOps (ops/s)", 100),
        ("VolumeWriteOps (Count)", 30_000),
        ("VolumeWriteOps Sum (per 5 min)", 30_000),
    ],
)
def test_a_unit_beside_the_name_counts(table, data, header, value):
    assert peak(table(header, [value] * 12)) == pytest.approx(100)
    assert peak(data(("m1", header, [value] * 12))) == pytest.approx(100)


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("VolumeWriteOps rate", "'VolumeWriteOps rate' doesn't tell what it counts"),
        ("VolumeWriteOps (expected)", "doesn't tell what it counts"),
        ("VolumeWriteBytes (Mb)", "the unit 'Mb' may be of bits or of bytes"),
        ("VolumeWriteOps (K)", "the unit 'K' is none of CloudWatch's"),
        ("VolumeWriteOps (MB)", "in MB, and CloudWatch in Count"),
        ("avg(VolumeWriteOps)", "doesn't tell what it counts"),
        ("mean VolumeWriteOps", "the Average of VolumeWriteOps is not its load"),
    ],
)
def test_what_is_no_longer_the_metric_is_not_read_as_it(table, header, says):
    assert says in refusal(EBS, table(header, [100] * 12))


def test_a_rate_by_its_name_is_no_total(table):
    path = table("VolumeWriteOps rate", [100] * 12)
    assert "say trace_unit = operations/s" in refusal(EBS, path, trace_unit="operations")
    assert peak(path, trace_unit="operations/s") == 100


def test_requests_of_one_target_are_not_those_of_all(table):
    assert "doesn't tell what" in refusal(SCALING, table("RequestCount per target", [6000] * 12))
    found = answer(SCALING, table("RequestCount/min", [6000] * 12))
    np.testing.assert_allclose(found.data["load_rps"], 100)


def test_a_sum_is_whole_or_it_is_an_average(table):
    said = refusal(EBS, table("VolumeWriteOps", [100.0, 99.5, 101.25] * 4))
    assert "holds 99.5, and the Sum of VolumeWriteOps is a whole number" in said
    assert peak(table("VolumeWriteOps Sum", [30_000.5] * 12)) == pytest.approx(100.0017, rel=1e-5)
    assert peak(table("VolumeWriteOps", [99.5] * 12), trace_unit="operations/s") == 99.5


def test_a_few_bytes_are_of_another_unit(table):
    said = refusal(EBS, table("VolumeWriteBytes", [5] * 12))
    assert "holds 5 bytes at most, which is no load" in said and "VolumeWriteBytes (MB)" in said
    assert peak(table("VolumeWriteBytes", [0] * 12)) == 0


def test_cpu_of_an_unknown_name_may_be_fractions(table):
    path = table("cpu", [0.63] * 12)
    assert "if these are fractions of 1" in refusal(SCALING, path, trace_unit="CPU %")
    np.testing.assert_allclose(answer(SCALING, table("cpu (%)", [0.5] * 6), trace_unit="CPU %")
                               .data["load_rps"], 0.5)  # fmt: skip


def test_a_rate_of_bytes_may_be_of_a_file_system(data):
    efs = section("efs")
    path = data(("m1", "Throughput (MiB/s)", [10.0] * 24))
    assert "say trace_unit = file system bytes or file system bytes/s" in refusal(efs, path)
    found = answer(efs, path, trace_unit="file system bytes/s")
    assert found.summary["peak_asked_mibps"] == pytest.approx(10)


# --- several series in one file


def test_reads_and_writes_of_a_volume_are_summed(data):
    both = data(("m1", "VolumeReadBytes", [6e9] * 12), ("m2", "VolumeWriteBytes", [3e9] * 12))
    found = answer(EBS, both)
    assert found.summary["peak_asked_iops"] == pytest.approx(9e9 / 300 / 16_384)
    assert "The sum of VolumeReadBytes + VolumeWriteBytes." in found.notes


def test_volumes_of_one_search_are_listed_and_one_is_chosen(data):
    path = data(
        ("e1", "vol-a VolumeWriteOps", [6e5] * 12), ("e1", "vol-b VolumeWriteOps", [9] * 12)
    )
    said = refusal(EBS, path)
    assert "metric=" in said and "--metric NAME" in said
    assert "vol-a VolumeWriteOps" in said and "vol-b VolumeWriteOps" in said
    assert peak(path, metric="vol-a VolumeWriteOps") == 2000
    both = "vol-a VolumeWriteOps + vol-b VolumeWriteOps"
    assert peak(path, metric=both) == pytest.approx(2000.03)


def test_bytes_and_operations_of_one_file_are_not_added(data):
    names = ("VolumeReadBytes", "VolumeWriteBytes", "VolumeReadOps", "VolumeWriteOps")
    path = data(*[(f"m{k}", name, [3000 * (k + 1)] * 6) for k, name in enumerate(names)])
    assert "holds 4 metrics" in refusal(EBS, path)
    assert peak(path, metric="VolumeReadOps + VolumeWriteOps") == 70
    assert "can't be added" in refusal(EBS, path, metric="VolumeReadOps + VolumeReadBytes")


@pytest.mark.parametrize("sep", [",", ";"])
def test_a_long_table_is_asked_for_its_series(tmp_path, sep):
    path = tmp_path / "long.csv"
    rows = [sep.join((name, at, value)) for name, value in (("vol-a", "9000000000"), ("vol-b", "4"))
            for at in times(12)]  # fmt: skip
    path.write_text("\n".join([sep.join(("Series", "Time", "Value")), *rows]))
    said = refusal(EBS, str(path))
    assert "vol-a; vol-b" in said and "--metric NAME" in said
    found = peak(str(path), metric="vol-a", trace_unit="bytes")
    assert found == pytest.approx(9e9 / 300 / 16_384)


def test_many_values_at_one_time_are_never_merged(tmp_path):
    path = tmp_path / "crowd.csv"
    rows = [f"{at},{value}" for at in times(12) for value in (600_000, 3)]
    path.write_text("\n".join(["timestamp,VolumeWriteOps Sum", *rows]))
    assert "several series" in refusal(EBS, str(path))


def test_target_groups_of_a_balancer_are_listed_or_summed(data):
    path = data(("a", "tg-1 RequestCount", [30_000] * 6), ("b", "tg-2 RequestCount", [6000] * 6))
    assert "a = tg-1 RequestCount; b = tg-2 RequestCount" in refusal(ALB, path, duration_s=600)
    for name, per_s in (("b", 20), ("a + b", 120)):
        np.testing.assert_allclose(answer(SCALING, path, metric=name).data["load_rps"], per_s)


def test_a_table_by_target_group_is_listed_and_summed_and_percentages_are_not(tmp_path):
    path, pairs = tmp_path / "wide.csv", [(at, name) for at in times(12) for name in "ab"]
    rows = [f"{at},tg/{name},{3000 if name == 'a' else 6000}" for at, name in pairs]
    path.write_text("\n".join(["timestamp,TargetGroup,RequestCount Sum", *rows]))
    assert "tg/a; tg/b" in refusal(ALB, str(path), duration_s=600)
    found = answer(SCALING, str(path), metric="tg/a + tg/b")
    np.testing.assert_allclose(found.data["load_rps"], 30)
    assert "The sum of RequestCount of tg/a + tg/b." in found.notes
    rows = [f"{at},i-{name},40" for at, name in pairs]
    path.write_text("\n".join(["timestamp,InstanceId,CPUUtilization Average", *rows]))
    assert "percentages are not added" in refusal(SCALING, str(path), metric="i-a + i-b")
    np.testing.assert_allclose(answer(SCALING, str(path), metric="i-a").data["load_rps"], 40)


def test_the_command_line_takes_the_series_by_name(tmp_path, data):
    path = data(("a", "vol-a VolumeWriteOps", [6e5] * 12), ("b", "vol-b VolumeWriteOps", [9] * 12))
    out = tmp_path / "sweep.csv"
    words = ["sweep", EBS.slug, "--grid", "size_gib=100", "--trace", path, "-o", str(out)]
    refused = CliRunner().invoke(app, words)
    assert refused.exit_code == 0 and "holds 2 metrics" in out.read_text()
    for words_of_it in (["--metric", "a"], ["--metric=a"], ["-p", "metric=a"]):
        found = CliRunner().invoke(app, [*words, *words_of_it])
        assert found.exit_code == 0 and ",2000.0," in out.read_text()
    bad = CliRunner().invoke(app, [*words, "--metric"])
    assert bad.exit_code == 2 and "--metric: needs a value." in bad.output


# --- clocks


def test_the_night_when_summer_time_begins_is_read_and_said(tmp_path):
    clock = [datetime(2026, 3, 8, 0, 1) + timedelta(minutes=5 * k) for k in range(24)]
    later = [datetime(2026, 3, 8, 3, 1) + timedelta(minutes=5 * k) for k in range(24)]
    at = [*clock, *[datetime(2026, 3, 8, 3, 0)] * 12, *later]
    path = tmp_path / "spring.csv"
    rows = [f"{moment:%Y-%m-%d %H:%M:%S},{40 + k}" for k, moment in enumerate(at)]
    path.write_text("\n".join(["timestamp,value", *rows]))
    found = answer(SCALING, str(path), trace_unit="CPU %")
    assert "where summer time begins" in found.notes[0]
    assert "60 samples at 5 min" in found.notes[0]


# --- other shapes


@pytest.mark.parametrize(
    ("name", "text", "unit", "iops"),
    [
        (
            "datapoints.json",
            json.dumps([{"Timestamp": at, "Sum": 9e9, "Unit": "Bytes"} for at in times(6)]),
            "as the file says",
            9e9 / 300 / 16_384,
        ),
        ("pair.json", json.dumps([times(6), [3e5] * 6]), "operations", 1000),
        (
            "text.txt",
            "\n".join(["VolumeWriteOps", *(f"DATAPOINTS\t3000.0\t{at}\tCount" for at in times(6))]),
            "as the file says",
            10,
        ),
        (
            "stream.ndjson",
            "\n".join(
                json.dumps(
                    {
                        "namespace": "AWS/EBS",
                        "metric_name": "VolumeWriteOps",
                        "dimensions": {"VolumeId": "vol-0a"},
                        "timestamp": 1_772_438_400_000 + 60_000 * k,
                        "value": {"max": 10.0, "min": 0.0, "sum": 6000.0, "count": 5.0},
                        "unit": "Count",
                    }
                )
                for k in range(6)
            ),
            "as the file says",
            100,
        ),
        (
            "comma.csv",
            "timestamp;value\n" + "\n".join(f"{at};25,5" for at in times(6)),
            "operations/s",
            25.5,
        ),
    ],
)
def test_other_shapes_are_read(tmp_path, name, text, unit, iops):
    (tmp_path / name).write_text(text)
    assert peak(str(tmp_path / name), trace_unit=unit) == pytest.approx(iops)


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        (
            "{'Label': 'CPUUtilization', 'Datapoints': [{'Timestamp': datetime.datetime(2026, 3, 2,"
            " 8, 0), 'Average': 25.0}]}",
            "json.dump",
        ),
        ("Timestamp,Average\n3/2/2026 8:00:00 AM,25\n3/2/2026 8:05:00 AM,26", "ISO 8601"),
        ('"Time","VolumeWriteBytes"\n2026-03-02 08:00:00,25 MB\n2026-03-02 08:05:00,26 MB', "raw"),
    ],
)
def test_what_is_ambiguous_is_refused_with_its_cure(tmp_path, text, cure):
    (tmp_path / "other").write_text(text)
    assert cure in refusal(EBS, str(tmp_path / "other"))


def test_a_packed_file_is_read(tmp_path, table):
    packed = tmp_path / "export.csv.gz"
    with open(table("VolumeWriteOps Sum", [30_000] * 6), "rb") as plain:
        packed.write_bytes(gzip.compress(plain.read()))
    assert peak(str(packed)) == 100


def test_a_file_that_says_nothing_is_asked_about_and_never_guessed(table):
    path = table("value", [9e9] * 6)
    for found in (EBS, ALB, SCALING):
        assert "say trace_unit = " in refusal(found, path)


def ops(stamps, sep=",", value=30_000):
    """A table of 100 IOPS in periods of 5 minutes."""
    rows = (f"{at}{sep}{value}" for at in stamps)
    return "\n".join((f"timestamp{sep}VolumeWriteOps Sum", *rows))


UNIX_S = round(START.timestamp())


@pytest.mark.parametrize(
    "text",
    [
        "sep=,\n" + ops(times(6)),
        "sep=;\r\n" + ops(times(6), ";"),
        ops(times(6), "|"),
        ops(UNIX_S * 10**6 + 300 * 10**6 * i for i in range(6)),
        ops(UNIX_S * 10**9 + 300 * 10**9 * i for i in range(6)),
        ops(f"2026-03-02 {11 + i // 12}:{5 * i % 60:02d} {'AP'[i // 12]}M" for i in range(24)),
        json.dumps(["VolumeWriteOps", times(6), [30_000] * 6]),
        json.dumps([["VolumeWriteOps", times(6), [30_000] * 6]]),
    ],
    ids=["Excel", "Excel semicolons", "bars", "us", "ns", "12 hours", "triple", "triples"],
)  # fmt: skip
def test_more_shapes_are_read(tmp_path, text):
    (tmp_path / "other").write_text(text)
    found = answer(EBS, str(tmp_path / "other"))
    assert found.summary["peak_asked_iops"] == 100
    assert "missing" not in found.notes[0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (ops(f"2026-03-02 08:{m}:00 EST" for m in (10, 15)), "name of a time zone is not read"),
        (ops(times(6), ";", "30.000"), "'30.000' may be a number with decimals or with parted"),
        (ops(times(6), ";", "30.000,5"), "decimal comma or part thousands"),
        (json.dumps([{"t": at, "v": 1} for at in times(6)]), "without Timestamps and Values"),
        (json.dumps([30_000.0] * 6), "without Timestamps and Values"),
        ('{"Label": "VolumeWriteOps", "Datapoints": [{"Sum": 3', "ends in the middle"),
        ('[{"Timestamp": 1772438400, "ExtendedStatistics": {"p99": 3}}]', "which are percentiles"),
        ('{"resourceMetrics": []}', "OpenTelemetry's form"),
        ('{"widgets": []}', "source of a dashboard"),
        ('{"MetricList": []}', "Performance Insights"),
        ('{"Activities": []}', "scaling activities"),
    ],
)
def test_more_shapes_are_refused_by_name(tmp_path, text, says):
    (tmp_path / "other").write_text(text)
    assert says in refusal(EBS, str(tmp_path / "other"))


# --- the neighbouring metric


@pytest.mark.parametrize(
    ("metric", "unit", "kind"),
    [
        ("BurstBalance", "Percent", "a balance"),
        ("CPUCreditBalance", "Count", "a balance"),
        ("FreeableMemory", "Bytes", "a level"),
        ("HTTPCode_Target_5XX_Count", "Count", "a count of errors"),
        ("RequestCountPerTarget", "Count", "a count per target"),
        ("TotalIOBytes", "Bytes", "a total per period (file system bytes)"),
        ("VolumeThroughputPercentage", "Percent", "a percentage"),
        ("NewFlowCount", "Count", "a total per period (connections)"),
        ("NetworkIn", "Bytes", "a total per period (network bytes)"),
        ("HTTPCode_Target_2XX_Count", "Count", "a total per period (responses of one class)"),
    ],
)
def test_what_is_no_load_is_refused_by_name_with_what_to_export(statistics, metric, unit, kind):
    path = statistics(metric, "Sum", unit, [80.0] * 12)
    for found, export in (
        (EBS, "VolumeReadOps + VolumeWriteOps (Sum"),
        (ALB, "RequestCount (Sum)"),
        (SCALING, "CPUUtilization (Average)"),
    ):
        said = refusal(found, path)
        assert f"{metric} is {kind}" in said and export in said


def test_the_right_metric_of_another_section_is_no_load(statistics):
    requests = statistics("RequestCount", "Sum", "Count", [600] * 12)
    assert "not the bytes or operations of a load" in refusal(EBS, requests)
    cpu = statistics("CPUUtilization", "Average", "Percent", [60] * 12)
    assert "not the requests of a load" in refusal(ALB, cpu)
    assert answer(SCALING, cpu, trace_instances=4).data["load_rps"][0] == pytest.approx(240)


def test_the_wrong_statistic_is_refused_with_the_right_one(table):
    for found, header in ((EBS, "VolumeReadOps Average"), (ALB, "RequestCount Average")):
        assert "export its Sum" in refusal(found, table(header, [16] * 6))
    assert "export its Average" in refusal(SCALING, table("CPUUtilization Sum", [16] * 6))


def test_cpu_that_may_be_fractions_is_said(table):
    notes = answer(SCALING, table("CPUUtilization Average", [0.5] * 6)).notes
    assert any("not as fractions" in note for note in notes)


# --- hours and gaps


def test_an_hour_of_a_sum_counts_3600_seconds_and_gaps_are_no_load(table):
    values = [360_000] * 24
    path = table("VolumeWriteOps Sum", values, period_s=3600)
    with open(path) as file:
        lines = file.readlines()
    with open(path, "w") as file:
        file.writelines(lines[:5] + lines[8:])
    found = answer(EBS, path)
    assert found.summary["peak_asked_iops"] == 100
    assert "Periods without a datapoint count as no load: 3." in found.notes


# --- the end of the file is not the end of the story


def emptied_after(path, more_s, **values):
    """Minutes from the file's end until the volume throttles, if its last period goes on."""
    with open(path) as file:
        header, *rows = file.read().splitlines()
    (first, value), (second, _) = rows[0].split(","), rows[1].split(",")
    period_s = (datetime.fromisoformat(second) - datetime.fromisoformat(first)).seconds
    count = len(rows) + int(more_s / period_s)
    longer = [f"{at},{value}" for at in times(count, period_s)]
    with open(f"{path}.longer", "w") as file:
        file.write("\n".join([header, *longer]))
    after = answer(EBS, f"{path}.longer", **values).summary["throttled_after_min"]
    return after - len(rows) * period_s / 60


@pytest.mark.parametrize(
    ("header", "value", "count", "period_s", "values", "minutes"),
    [
        # 600 IOPS on gp2 of 20 GiB: 5.4 M credits at 500 a second last 180 min
        ("VolumeWriteOps Sum", 180_000, 35, 300, {"size_gib": 20}, 5),
        # 12 MiB/s on a t4g.micro, above the baseline of 87 Mb/s
        (
            "VolumeWriteBytes Sum",
            12 * MIB * 3600,
            72,
            3600,
            {"volume_type": "gp3", "instance_type": "t4g.micro", "io_size_kib": 64},
            80,
        ),
        # 60 MiB/s on st1 of 1 TiB: 1 TiB of credit at 20 MiB/s lasts 14.6 h
        (
            "VolumeWriteBytes Sum",
            60 * MIB * 300,
            170,
            300,
            {"volume_type": "st1", "size_gib": 1024, "io_size_kib": 1024},
            2**20 / 20 / 60 - 170 * 5,
        ),
    ],
)  # fmt: skip
def test_credit_that_still_falls_does_not_hold(
    table, header, value, count, period_s, values, minutes
):
    path = table(header, [value] * count, period_s=period_s)
    found = answer(EBS, path, **values)
    assert found.summary["throttled_min"] == 0
    assert found.summary["empty_after_end_min"] == pytest.approx(minutes, abs=0.6)
    twin = emptied_after(path, 86_400, **values)
    assert found.summary["empty_after_end_min"] == pytest.approx(twin, rel=1e-6)
    assert found.why.startswith("It does not hold beyond the end of the load")
    assert "still falls when the load ends: at the rate of the last" in found.why
    verdict = EBS.compare(EBS.scenario(trace=path, **values))
    if "instance_type" in values:
        assert "the t4g.micro itself is out of credit" in verdict.why
        assert "it takes a larger instance" in verdict.why
    else:
        assert not verdict.options[0].holds
        assert "credit still falls, empty" in verdict.options[0].remark
        assert "whose credit still falls" in verdict.why
    for option in filter(lambda one: one.holds and one.scenario, verdict.options):
        lasts = EBS.simulate(option.scenario.replace(instance_type="no instance limit"))
        assert lasts.summary["empty_after_end_min"] is None


def test_a_noisy_fall_is_a_fall(table):
    rng = random.Random(1)
    path = table("VolumeWriteOps Sum", [rng.choice([60_000, 300_000]) for _ in range(33)])
    found = answer(EBS, path, size_gib=20)
    assert found.why.startswith("It does not hold beyond")
    assert 0 < found.summary["empty_after_end_min"] < 120


def test_a_batch_that_was_survived_before_may_be_under_way_when_the_file_ends(table):
    day = [3000] * 264 + [270_000] * 24
    found = answer(EBS, table("VolumeWriteOps Sum", [*day, *day, *day[:-18]]))
    assert found.why.startswith("It holds") and "still falls when the load ends" in found.why
    assert found.summary["empty_after_end_min"] == pytest.approx(120)


def test_a_little_less_each_day_is_found(table):
    """A day takes 2.4 M credits of gp2's 5.4 M, a night brings back 1.8 M."""
    day = [(100 + 2_400_000 / 43_200) * 300] * 144 + [(100 - 1_800_000 / 43_200) * 300] * 144
    found = answer(EBS, table("VolumeWriteOps Sum", day * 4), size_gib=33)
    left = 5_400_000 - 4 * 600_000
    assert found.summary["empty_after_end_min"] == pytest.approx(left / 600_000 * 1440, rel=0.02)
    assert found.why.startswith("It does not hold beyond")


@pytest.mark.parametrize(
    "rates",
    [
        [1500] * 10 + [10] * 5,  # the burst is over: credit rises
        [1500] * 10 + [300] * 5,  # at the baseline: it stands still
        [100] * 20,
    ],
)
def test_credit_that_has_turned_is_not_said_to_fall(table, rates):
    found = answer(EBS, table("VolumeWriteOps Sum", [300 * rate for rate in rates]))
    assert found.why.startswith("It holds") and "still falls" not in found.why
    assert found.summary["empty_after_end_min"] is None


def test_a_group_that_has_not_settled_is_said(table):
    rising = table("RequestCount Sum", [100 * 60 + 600 * k for k in range(60)], period_s=60)
    values = {"min_size": 2, "max_size": 40, "boot_s": 300}
    group = answer(SCALING, rising, **values)
    assert group.summary["moves_at_end"] == 1 and "it still grows" in group.why
    remarks = [one.remark for one in SCALING.compare(group.scenario).options]
    assert "still grows when the load ends" in remarks


@pytest.mark.parametrize(("share", "grows"), [(1.2, True), (0.5, False)])
def test_a_queue_that_still_grows_at_a_balancer_is_said(table, share, grows):
    asked = ALB.scenario(targets=2, event="none", duration_s=600)
    path = table("RequestCount Sum", [round(share * asked.capacity_per_s * 300)] * 6)
    scenario = asked.replace(trace=path)
    found, first = ALB.simulate(scenario), ALB.compare(scenario).options[0]
    growth = 0.2 * asked.capacity_per_s if grows else 0.0
    assert found.summary["growth_at_end_per_s"] == pytest.approx(growth, rel=0.25)
    assert ("The queue still grows" in found.why) == grows
    assert first.remark == ("its queue still grows at the end" if grows else "")
    assert first.holds != grows


# --- an RDS class


def test_the_limits_of_an_rds_class_bind(statistics):
    path = statistics("WriteIOPS", "Average", "Count/Second", [4000.0] * 36)
    fast = {"volume_type": "gp3", "provisioned_iops": 12_000, "provisioned_throughput_mibps": 500}
    found = answer(EBS, path, size_gib=600, instance_type="db.t3.medium", io_size_kib=64, **fast)
    assert "The instance's throughput ran out of credit" in found.why
    assert "then 41 MiB/s pass" in found.why  # 347 Mb/s
