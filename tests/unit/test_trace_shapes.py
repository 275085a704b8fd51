import gzip
import json
import os
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from awsnb.trace import TraceError, plain_table, read, read_cloudwatch

FIELD = Path(
    os.environ.get("AWSNB_FIELD", Path(__file__).resolve().parents[3] / "shared" / "field")
)
T0 = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "export"


@pytest.fixture
def reads(path):
    def reads(content, metric=None):
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_cloudwatch(path, metric)

    return reads


def stamp(i, period=300):
    return f"{T0 + timedelta(seconds=period * i):%Y-%m-%dT%H:%M:%SZ}"


def table(header, values, delimiter=","):
    rows = (f"{stamp(i)}{delimiter}{value}" for i, value in enumerate(values))
    return "\n".join((f"timestamp{delimiter}{header}", *rows, ""))


TIMES, VALUES = [stamp(i) for i in range(4)], [1.0, 2.0, 3.0, 4.0]
POINTS = [{"Timestamp": t, "Sum": v, "Unit": "Bytes"} for t, v in zip(TIMES, VALUES, strict=True)]
RESULT = {"Id": "m1", "Label": "VolumeReadOps", "Timestamps": TIMES, "Values": VALUES}


def stream(metric="VolumeReadOps", volume="vol-a", unit="Count"):
    return "\n".join(
        json.dumps(
            {
                "metric_stream_name": "s",
                "namespace": "AWS/EBS",
                "metric_name": metric,
                "dimensions": {"VolumeId": volume},
                "timestamp": 1772438400000 + 60000 * i,
                "value": {"max": 9.0, "min": 0.0, "sum": value, "count": 2.0},
                "unit": unit,
            }
        )
        for i, value in enumerate(VALUES)
    )


def text_output(kind, cells):
    return "".join(f"{kind}\t{cell}\n" for cell in cells)


# --- what is read

SHAPES = {
    "query Datapoints": json.dumps(POINTS),
    "query pair": json.dumps([TIMES, VALUES]),
    "query pairs": json.dumps([[TIMES, VALUES]]),
    "query rows": json.dumps([list(row) for row in zip(TIMES, VALUES, strict=True)]),
    "query result": json.dumps(RESULT),
    "query MetricDataResults": json.dumps([RESULT]),
    "two documents": json.dumps({"MetricDataResults": [RESULT]})
    + "\n"
    + json.dumps({"MetricDataResults": [{**RESULT, "Timestamps": [stamp(4)], "Values": [5.0]}]}),
    "metric stream": stream(),
    "text of statistics": "VolumeReadOps\n"
    + text_output("DATAPOINTS", (f"{v}\t{t}\tCount" for t, v in zip(TIMES, VALUES, strict=True))),
    "text of metric data": "METRICDATARESULTS\tm1\tVolumeReadOps\tComplete\n"
    + text_output("TIMESTAMPS", TIMES)
    + text_output("VALUES", VALUES),
    "gzip": gzip.compress(table("VolumeReadOps", VALUES).encode()),
    "decimal commas": table("VolumeReadOps", ["1,0", "2,0", "3,0", "4,0"], ";"),
    "day above 12": "time,Sum\n" + "".join(f"{13 + i}/3/2026 8:00,{i + 1}\n" for i in range(4)),
    "UTC as a word": table("VolumeReadOps", VALUES)
    .replace("T08", " 08")
    .replace("Z,", ".000 UTC,"),
    "other column names": "@timestamp,max,period\n"
    + "".join(f"{t},{v},{300}\n" for t, v in zip(TIMES, VALUES, strict=True)),
    "month first": "time,Sum\n"
    + "".join(f"3/{13 + i}/2026 8:00:00 AM,{i + 1}\n" for i in range(4)),
}


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_are_read(reads, name):
    trace = reads(SHAPES[name])
    assert trace.value.tolist()[:4] == VALUES
    assert trace.start.hour == 8
    assert trace.period_s in (60, 300, 86400)


def test_a_metric_stream_tells_all_of_it(reads):
    trace = reads(stream())
    assert (trace.metric, trace.namespace, trace.resource) == ("VolumeReadOps", "AWS/EBS", "vol-a")
    assert (trace.statistic, trace.unit, trace.kind) == ("Sum", "Count", "total")
    balance = reads(stream("BurstBalance", unit="Percent"))
    assert (balance.statistic, balance.value.tolist()) == ("Average", [0.5, 1.0, 1.5, 2.0])
    two = stream() + "\n" + stream(volume="vol-b")
    with pytest.raises(TraceError, match=r"holds 2 metrics.*vol-a VolumeReadOps.*vol-b"):
        reads(two)
    assert reads(two, "vol-b").resource == "vol-b"


def test_a_metric_stream_of_two_regions_is_two_series(reads):
    one = stream().replace('"namespace"', '"region": "eu-west-1", "namespace"')
    other = stream().replace('"namespace"', '"region": "us-east-1", "namespace"')
    with pytest.raises(TraceError, match=r"holds 2 metrics.*vol-a eu-west-1 .*vol-a us-east-1 "):
        reads(f"{one}\n{other}")
    assert reads(one).resource == "vol-a"


def test_what_is_missing_of_a_download_is_said(reads):
    answer = {
        "MetricDataResults": [{**RESULT, "StatusCode": "PartialData"}],
        "NextToken": "abc",
        "Messages": [{"Code": "MaxQueryTimeRangeExceeded", "Value": "shortened"}],
    }
    assert reads(json.dumps(answer)).repairs == (
        "the download is incomplete (NextToken): fetch the rest, without --max-items",
        "CloudWatch said: MaxQueryTimeRangeExceeded shortened",
        "CloudWatch marked this metric PartialData: datapoints may be missing",
    )
    first = {**RESULT, "StatusCode": "PartialData"}
    last = {**RESULT, "StatusCode": "Complete", "Timestamps": [stamp(4)], "Values": [5.0]}
    assert reads(json.dumps([first, last])).repairs == ()


def test_series_are_told_apart_by_id_and_label(reads):
    others = [{**RESULT, "Label": f"vol-{i} VolumeReadOps", "Values": [float(i)] * 4} for i in "12"]
    with pytest.raises(TraceError, match=r"m1 = vol-1 VolumeReadOps; m1 = vol-2 VolumeReadOps"):
        reads(json.dumps(others))
    assert set(reads(json.dumps(others), "vol-2").value) == {2.0}
    same = [RESULT, {**RESULT, "Values": [9.0] * 4}]
    with pytest.raises(TraceError, match=r"one name .m1 = VolumeReadOps. and the same times"):
        reads(json.dumps(same))
    with pytest.raises(TraceError, match=r"4 samples stand at the time of another"):
        reads(
            json.dumps([RESULT, {**RESULT, "Timestamps": [*TIMES, stamp(4)], "Values": [9.0] * 5}])
        )


@pytest.mark.parametrize("order", ["by series", "by time", "one after the other"])
def test_a_column_that_varies_tells_series_apart(reads, order):
    rows = [(volume, i) for volume in ("vol-a", "vol-b") for i in range(6)]
    if order == "by time":
        rows.sort(key=lambda row: row[1])
    if order == "one after the other":  # no time comes twice
        rows = [(volume, i + 6 * (volume == "vol-b")) for volume, i in rows]
    lines = (f"{v},{stamp(i)},{1 + (v == 'vol-b')},AWS/EBS" for v, i in rows)
    text = "\n".join(("volume,time,VolumeReadOps Sum,namespace", *lines))
    with pytest.raises(TraceError, match=r"holds 2 metrics.*vol-a; vol-b"):
        reads(text)
    trace = reads(text, "vol-b")
    assert trace.value.tolist() == [2.0] * 6
    assert (trace.metric, trace.statistic, trace.namespace) == ("VolumeReadOps", "Sum", "AWS/EBS")


def test_a_long_table_may_name_metrics_and_units_in_columns(reads):
    metrics = (("VolumeReadBytes", "Bytes", 5), ("BurstBalance", "Percent", 100))
    lines = (f"{m},{stamp(i)},{v},{u}" for m, u, v in metrics for i in range(4))
    text = "\n".join(("metric,time,value,unit", *lines))
    trace = reads(text, "BurstBalance")
    assert (trace.metric, trace.unit, trace.kind) == ("BurstBalance", "Percent", "balance")
    assert reads(text, "volumereadbytes").unit == "Bytes"


def test_columns_that_tell_nothing_apart_are_left_alone(reads):
    rows = (f"{stamp(i)},{i},row {i},vol-a" for i in range(6))
    trace = reads("\n".join(("time,VolumeReadOps,note,volume", *rows)))
    assert trace.value.tolist() == list(range(6))
    assert trace.resource == "vol-a"


# --- what is refused, by its name

REFUSED = {
    "python": (
        "{'Label': 'a', 'Datapoints': [{'Timestamp': datetime.datetime(2026, 3, 2)}]}",
        "a Python object as print shows it: write it with json.dump",
    ),
    "python list": ("[{'Timestamp': 1}]", "a Python object"),
    "python pair": ("[datetime.datetime(2026, 3, 2, tzinfo=tzutc())]", "a Python object"),
    "yaml": ("Datapoints:\n- Average: 25.0\n", "YAML that the AWS command line writes.*json"),
    "yaml of data": ("MetricDataResults:\n- Id: m1\n", "YAML.*--output json"),
    "table output": ("------\n|  GetMetric |\n", "drawn for reading.*--output json"),
    "html": ("<!DOCTYPE html><p>", "HTML or XML.*--output json"),
    "prometheus": ("# HELP aws_ebs x\n", "Prometheus"),
    "spreadsheet": (
        b"PK\x03\x04" + bytes(9),
        "a spreadsheet or zip archive: save the sheet as CSV",
    ),
    "old excel": (b"\xd0\xcf\x11\xe0" + bytes(9), "Excel.*save the sheet as CSV"),
    "parquet": (b"PAR1" + bytes(9), "Parquet.*as CSV"),
    "picture": (b"\x89PNG\r\n", "a picture: export the metric as CSV"),
    "zstd": (b"\x28\xb5\x2f\xfd" + bytes(9), "zstd: unpack it"),
    "NUL": ("timestamp,value\n2026\0,1\n", "line 2: not text .a NUL byte"),
    "utf-16 without a mark": ("timestamp,value\n".encode("utf-16-le"), "line 1: not text .a NUL"),
    "cut gzip": (gzip.compress(random.Random(1).randbytes(999))[:500], "a damaged gzip file"),
    "gzip of a zip": (gzip.compress(b"PK\x03\x04abc"), "a spreadsheet or zip"),
    "us dates": (
        table("Sum", [1]).replace(stamp(0), "3/2/2026 8:00:00 AM"),
        "line 2, column 'timestamp': '3/2/2026 8:00:00 AM'.*month/day or day/month.*ISO",
    ),
    "both orders": ("time,Sum\n3/13/2026,1\n13/3/2026,2\n", "line 2.*month/day or day/month"),
    "thousands": (table("Sum", ['"1,234"', '"5,678"']), "'1,234'.*decimal comma or part thousands"),
    "units in values": (table("Sum", ["25 MB", "26 MB"]), "'25 MB'.*carries a unit.*raw values"),
    "percent signs": (table("Sum", ["25%", "26%"]), "'25%'.*carries a unit"),
    "underscores": (table("Sum", ["1_000", "2"]), "'1_000' is not a finite number"),
    "list of metrics": ('{"Metrics": []}', "a list of metrics, which has no data.*wanted is the"),
    "several statistics as text": (
        "a\nDATAPOINTS\t1\t2\t2026-03-02T08:00:00Z\tCount\n",
        "line 2.*doesn't name its statistics.*--output json",
    ),
    "uneven text": ("METRICDATARESULTS\tm1\ta\tComplete\nTIMESTAMPS\t1\n", "1 TIMESTAMPS but 0"),
    "stream without values": ('{"metric_name": "a", "value": 3}', "record 1.value: 3 where"),
    "deep": ("{" + '"a":[' * 100_000, "not JSON"),
    "digits": ("[" + "1" * 6000 + "]", "not JSON"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_shapes_are_refused_by_name_in_one_sentence(reads, path, name):
    content, says = REFUSED[name]
    with pytest.raises(TraceError, match=says) as refused:
        reads(content)
    message = str(refused.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message and len(message) < 600 and message.endswith((".", ")"))


def test_a_long_cell_is_cut_in_the_refusal(reads):
    with pytest.raises(TraceError) as refused:
        reads(table("Sum", ["x" * 5000, "1"]))
    assert len(str(refused.value)) < 400


def test_what_is_no_file_is_refused_before_it_is_read(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(TraceError, match=r"pipe: cannot be read: a named pipe"):
        read_cloudwatch(tmp_path / "pipe")
    with pytest.raises(TraceError, match=r"a device, not a file"):
        read_cloudwatch("/dev/zero")
    for odd in ("a\0b", "x" * 5000):
        with pytest.raises(TraceError, match=r"cannot be read"):
            read_cloudwatch(odd)
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(TraceError, match=r"cannot be read"):
        read_cloudwatch(loop)


def test_a_file_of_absurd_size_is_refused_before_it_is_read(tmp_path):
    with open(tmp_path / "huge", "wb") as huge:
        huge.truncate(10**12)
    with pytest.raises(TraceError, match=r"holds more than 2 GB, the most that is read"):
        read_cloudwatch(tmp_path / "huge")


def test_a_file_that_unpacks_to_an_absurd_size_is_refused(reads, monkeypatch):
    monkeypatch.setattr("awsnb.trace.file.MOST_BYTES", 10**6)
    with pytest.raises(TraceError, match="the most that is read"):
        reads(gzip.compress(b"timestamp,value\n" + bytes(b" " * 10**7)))


# --- read once


def test_a_file_is_read_once_until_it_changes(reads, path, monkeypatch):
    first = reads(table("Sum", [1, 2]))
    assert read_cloudwatch(path) is first
    assert read_cloudwatch(str(path), "Sum") is not first
    path.write_text(table("Sum", [1, 2, 3]))
    assert read_cloudwatch(path).value.size == 3
    path.write_text(table("Sum", [4, 5, 6]))
    os.utime(path, ns=(1, 1))
    assert read_cloudwatch(path).value.tolist() == [4, 5, 6]


# --- large plain tables


def quick(monkeypatch):
    asked = []
    real = plain_table.samples
    monkeypatch.setattr(plain_table, "PLAIN_BYTES", 0)
    monkeypatch.setattr(plain_table, "CHUNK_ROWS", 7)
    monkeypatch.setattr(plain_table, "samples", lambda *of: asked.append(real(*of)) or asked[-1])
    read._read.cache_clear()
    return asked


WRITTEN = {
    "zone Z": "%Y-%m-%dT%H:%M:%SZ",
    "no zone": "%Y-%m-%d %H:%M:%S",
    "slashes": "%Y/%m/%d %H:%M:%S",
    "minutes": "%Y-%m-%d %H:%M",
    "offset": "%Y-%m-%dT%H:%M:%S+02:00",
    "milliseconds": "%Y-%m-%dT%H:%M:%S.000Z",
    "unix": "%s",
}


@pytest.mark.parametrize("form", WRITTEN)
@pytest.mark.parametrize("values", ["numbers", "blanks", "quoted"])
def test_the_quick_reader_reads_as_the_careful_one_does(reads, path, monkeypatch, form, values):
    chance = random.Random(form + values)
    rows = []
    for i in range(50):
        moment = T0 + timedelta(minutes=5 * i)
        said = f"{moment.timestamp():.0f}" if form == "unix" else moment.strftime(WRITTEN[form])
        cell = repr(chance.random() * 10 ** chance.randint(-9, 12))
        cell = chance.choice(["", "NaN", "null", "n/a", cell]) if values == "blanks" else cell
        rows.append(f'"{said}","{cell}"' if values == "quoted" else f"{said},{cell}")
    careful = reads("\n".join(("timestamp,Sum", *rows)))
    asked = quick(monkeypatch)
    trace = read_cloudwatch(path)
    assert asked and asked[0] is not None
    np.testing.assert_array_equal(trace.value, careful.value)
    np.testing.assert_array_equal(trace.duration_s, careful.duration_s)
    assert (trace.start, trace.repairs) == (careful.start, careful.repairs)


NOT_PLAIN = {
    "long row": table("Sum", [1, "2,5", 3]),
    "short row": table("Sum", [1, 2, 3]) + "2026-03-02T09:00:00Z\n",
    "word": table("Sum", [1, "x", 3]),
    "infinite": table("Sum", [1, "inf", 3]),
    "too large": table("Sum", [1, "1e999", 3]),
    "a day that is none": table("Sum", [1, 2, 3]).replace("03-02T08:10", "02-30T08:10"),
    "a short time": table("Sum", [1, 2, 3]).replace(stamp(2), "2026-03-02T8:10:00Z"),
    "another zone": table("Sum", [1, 2, 3]).replace(stamp(2), "2026-03-02T08:10:00+00:30"),
    "before 1973": table("Sum", [1, 2, 3]).replace("2026", "1960"),
    "letters": table("Sum", [1, 2, 3]).replace("03-02T08:10", "03x02T08:10"),
}


@pytest.mark.parametrize("name", NOT_PLAIN)
def test_what_is_not_plain_is_read_with_care(reads, path, monkeypatch, name):
    def outcome():
        try:
            return str(read_cloudwatch(path))
        except TraceError as problem:
            return str(problem)

    path.write_text(NOT_PLAIN[name])
    careful = outcome()
    asked = quick(monkeypatch)
    assert outcome() == careful
    assert all(found is None for found in asked)


def test_one_column_of_a_large_wide_table(reads, monkeypatch):
    asked = quick(monkeypatch)
    lines = (f"note {i},{i},{stamp(i)},{2 * i},x{i % 3}" for i in range(40))
    trace = reads("\n".join(("note,VolumeReadOps,time,VolumeWriteOps,", *lines)), "VolumeWriteOps")
    assert trace.value.tolist() == [2 * i for i in range(40)]
    assert asked[0] is not None


def test_one_series_of_a_large_long_table(reads, path, monkeypatch):
    lines = (f"vol-{v},{stamp(i)},{i + 100 * (v == 'b')}" for i in range(40) for v in "ab")
    quick(monkeypatch)
    trace = reads("\n".join(("volume,time,Sum", *lines)), "vol-b")
    assert trace.value.tolist() == [i + 100 for i in range(40)]


def test_a_refusal_of_the_quick_reader_names_the_line(reads, monkeypatch):
    quick(monkeypatch)
    text = "time,Sum\n\n" + "".join(f"{stamp(i)},{i}\n" for i in range(20))
    with pytest.raises(TraceError, match=r"line 14, column 'time': closer than a period"):
        reads(text.replace(stamp(11), stamp(10).replace("00Z", "09Z")))


def test_a_bar_is_shown_only_when_asked_for(reads, path, capsys, monkeypatch):
    asked = quick(monkeypatch)
    path.write_text(table("Sum", range(30)))
    read_cloudwatch(path)
    assert capsys.readouterr().err == ""
    read_cloudwatch(path, progress=True)
    captured = capsys.readouterr()
    assert "export" in captured.err and captured.out == ""
    assert len(asked) == 2


# --- whatever comes

ALPHABET = [
    *'{}[]:,;"\n\t\r\x00\\|<#-',
    *("timestamp", "value", "Sum", "Unit", "Id", "Label", "DATAPOINTS\t", "METRICDATARESULTS\tm1"),
    *("TIMESTAMPS\t", "VALUES\t", '"MetricDataResults"', '"Datapoints"', '"Timestamps"', "null"),
    *(stamp(0), stamp(1), "3/13/2026", "1,5", "25 MB", "1e999", "-1", "1772438400000", "\ufeff"),
    *("2026-10-25 02:00:00", "2026-03-29 03:00:00", "VolumeReadOps", "m1/PERIOD(m1)", "\u0664"),
]
SEEDS = [*SHAPES.values(), *SHAPES.values(), *(content for content, _ in REFUSED.values())]


TABLES = [
    *(table("Sum", [i * 1.5 for i in range(count)]) for count in (4, 12, 30)),
    *(SHAPES[name] for name in ("decimal commas", "day above 12", "UTC as a word")),
]


def mangled(chance, seeds=SEEDS):
    content = chance.choice(seeds)
    data = bytearray(content if isinstance(content, bytes) else content.encode())[:3000]
    for _ in range(chance.choice([1, 1, 1, 2, 3, 8])):
        at = chance.randrange(len(data) + 1)
        to = min(len(data), at + chance.choice([0, 1, 2, 30]))
        again = bytes(data[at:to]) * chance.randint(2, 5)
        word = chance.choice(ALPHABET).encode()
        data[at:to] = chance.choice([b"", word, word, again, chance.randbytes(2)])
    return bytes(data)


def test_mangled_files_are_read_or_refused(path):
    chance = random.Random(8)
    for _ in range(20_000 if os.environ.get("AWSNB_NIGHTLY") else 800):
        path.write_bytes(mangled(chance))
        try:
            trace = read_cloudwatch(path)
        except TraceError as problem:
            assert str(problem).startswith(f"{path}: ")
            assert len(str(problem)) < 1500 and str(problem).endswith((".", "?", ")"))
        else:
            assert np.isfinite(trace.value).sum() >= 2


def test_mangled_tables_are_read_alike_by_both_readers(path, monkeypatch):
    chance = random.Random(5)

    def outcome(plain_bytes):
        monkeypatch.setattr(plain_table, "PLAIN_BYTES", plain_bytes)
        read._read.cache_clear()
        try:
            trace = read_cloudwatch(path)
        except TraceError as problem:
            return str(problem)
        return (trace.value.tobytes(), trace.duration_s.tobytes(), str(trace))

    for _ in range(10_000 if os.environ.get("AWSNB_NIGHTLY") else 300):
        path.write_bytes(mangled(chance, TABLES))
        assert outcome(0) == outcome(10**9)


# --- the cases of the field


@pytest.mark.parametrize(
    ("name", "metric", "first"),
    [
        ("output-text.txt", "CPUUtilization", 25),
        ("query-datapoints.json", "", 9e9),
        ("query-pair.json", "", 9e9),
        ("metric-stream.ndjson", "VolumeWriteOps", 6000),
        ("decimal-comma.csv", "", 25.5),
    ],
)
def test_field_shapes_are_read(name, metric, first):
    if not FIELD.is_dir():
        pytest.skip("the field cases are not here")
    trace = read_cloudwatch(FIELD / "09-other-shapes" / name)
    assert (trace.metric, trace.value[0], trace.value.size) == (metric, first, 6)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("boto-repr.txt", "a Python object as print shows it"),
        ("us-dates.csv", "month/day or day/month"),
        ("grafana-units.csv", "carries a unit, as a dashboard formats values"),
    ],
)
def test_field_shapes_are_refused(name, says):
    if not FIELD.is_dir():
        pytest.skip("the field cases are not here")
    with pytest.raises(TraceError, match=says):
        read_cloudwatch(FIELD / "09-other-shapes" / name)
