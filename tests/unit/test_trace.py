import csv
import io
import json
import os
import random
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from awsnb.trace import Trace, TraceError, read_cloudwatch

REAL = Path(
    os.environ.get("AWSNB_TRACES", Path(__file__).resolve().parents[3] / "shared" / "traces")
)
T0 = datetime(2024, 3, 1, 17, 34, tzinfo=UTC)
NAN = float("nan")


@pytest.fixture
def read(tmp_path):
    def read(content, metric=None, name="trace.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_cloudwatch(path, metric)

    return read


def stamp(index, period=300):
    return f"{T0 + timedelta(seconds=period * index):%Y-%m-%dT%H:%M:%SZ}"


def plain(values, header="timestamp,value", slots=None, period=300):
    slots = range(len(values)) if slots is None else slots
    rows = (f"{stamp(i, period)},{v}" for i, v in zip(slots, values, strict=True))
    return "\n".join([header, *rows, ""])


def at_minutes(minutes):
    rows = (f"{T0 + timedelta(minutes=m):%Y-%m-%dT%H:%M:%SZ},{i}" for i, m in enumerate(minutes))
    return "\n".join(["timestamp,value", *rows])


def check(trace, values, period=300, start=T0):
    np.testing.assert_array_equal(trace.value, values)
    np.testing.assert_array_equal(trace.duration_s, np.full(len(values), period))
    assert trace.start == start


# --- the trace itself


def test_a_trace_says_itself(read):
    trace = read(plain([1, 2, 3]))
    check(trace, [1, 2, 3])
    assert trace.repairs == ()
    assert trace.source == "trace.csv"
    assert trace.period_s == 300
    assert trace.end == T0 + timedelta(minutes=15)
    assert trace.times()[1] == np.datetime64("2024-03-01T17:39")
    assert str(trace) == "3 samples at 5 min from 2024-03-01 17:34 to 2024-03-01 17:49 UTC"


def test_a_trace_cannot_be_changed(read):
    with pytest.raises(ValueError, match="read-only"):
        read(plain([1, 2])).value[0] = 9


@pytest.mark.parametrize(
    ("start", "duration", "value", "problem"),
    [
        (T0, [60.0], [1.0, 2.0], "one duration per value"),
        (T0, [], [], "at least one"),
        (T0, [0.0], [1.0], "above 0"),
        (T0, [NAN], [1.0], "above 0"),
        (datetime(2024, 1, 1), [60.0], [1.0], "time zone"),
    ],
)
def test_a_trace_made_by_hand_is_checked(start, duration, value, problem):
    with pytest.raises(TraceError, match=problem):
        Trace(start, np.array(duration), np.array(value))


# --- CSV


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimiters_line_ends_and_encodings(read, delimiter, end, encoding):
    text = plain([1, 2.5, 3e6]).replace(",", delimiter).replace("\n", end)
    check(read(text.encode(encoding)), [1, 2.5, 3e6])


@pytest.mark.parametrize(
    ("header", "metric", "statistic"),
    [
        ("Timestamp,Value", "", ""),
        ("TIME,Sum", "", "Sum"),
        ("time,Average", "", "Average"),
        ("Timestamp,Maximum", "", "Maximum"),
        ("timestamp,VolumeReadOps", "VolumeReadOps", ""),
        ("timestamp,VolumeReadOps Sum", "VolumeReadOps", "Sum"),
        ("timestamp,Latency p99.9", "Latency", "p99.9"),
    ],
)
def test_headers_tell_metric_and_statistic(read, header, metric, statistic):
    trace = read(plain([1, 2], header))
    assert (trace.metric, trace.statistic) == (metric, statistic)


def test_columns_in_any_order_and_others_ignored(read):
    trace = read(f"host,Sum,Unit,Timestamp\na,1,Bytes,{stamp(0)}\na,2,Bytes,{stamp(1)}\n")
    check(trace, [1, 2])
    assert (trace.statistic, trace.unit) == ("Sum", "Bytes")


def test_numbers_as_people_have_them(read):
    cells = ["1234.5", "1.2e6", '" 7 "', "-3", "1e-3"]
    check(read(plain(cells)), [1234.5, 1.2e6, 7, -3, 1e-3])


@pytest.mark.parametrize("name", ["Sum", "sum", "  SUM "])
def test_several_columns_are_chosen_by_name(read, name):
    text = plain(["1,5", "2,6"], "timestamp,Average,Sum")
    check(read(text, name), [5, 6])
    with pytest.raises(TraceError, match=r"holds 2 metrics.*Average; Sum"):
        read(text)


@pytest.mark.parametrize(
    "write",
    [
        lambda t: t.isoformat(),
        lambda t: f"{t:%Y-%m-%d %H:%M:%S}",
        lambda t: f"{t:%Y/%m/%d %H:%M:%S}",
        lambda t: f"{t:%Y-%m-%dT%H:%M:%S.000Z}",
        lambda t: t.astimezone(timezone(timedelta(hours=2))).isoformat(),
        lambda t: f"{t.timestamp():.0f}",
        lambda t: f"{t.timestamp():.1f}",
        lambda t: f"{t.timestamp() * 1000:.0f}",
    ],
)
def test_times_as_people_have_them(read, write):
    rows = (f"{write(T0 + timedelta(minutes=5 * i))},{i}" for i in range(3))
    check(read("\n".join(["time,value", *rows])), [0, 1, 2])


def test_zones_are_told(read):
    text = "time,value\n2024-03-01 17:34:00,1\n2024-03-01T19:39:00+02:00,2\n"
    trace = read(text)
    check(trace, [1, 2])
    assert trace.repairs == (
        "times without a zone read as UTC",
        "times in another zone converted to UTC",
    )


CONSOLE = """Id,m1,m2
StatusCode,Complete,PartialData
Messages,,
Full label,us-east-1:AWS/EBS VolumeId:vol-1 VolumeReadOps Sum 300,us-east-1:AWS/EBS VolumeWriteOps Sum 300
Label,VolumeReadOps,VolumeWriteOps
2024/03/01 17:34:00,1,4
2024/03/01 17:39:00,,5
2024/03/01 17:44:00,3,6
"""  # noqa: E501


@pytest.mark.parametrize("name", ["m1", "VolumeReadOps", "volumereadops"])
def test_console_download(read, name):
    trace = read(CONSOLE, name)
    check(trace, [1, NAN, 3])
    assert (trace.metric, trace.statistic) == ("VolumeReadOps", "Sum")
    assert trace.repairs[1:] == ("1 blank value read as no datapoint",)


def test_console_download_names_its_metrics_and_tells_partial_data(read):
    assert "PartialData" in read(CONSOLE, "m2").repairs[0]
    with pytest.raises(TraceError, match=r"2 metrics.*m1 = VolumeReadOps.*; m2 = VolumeWriteOps"):
        read(CONSOLE)
    with pytest.raises(TraceError, match="no metric is named 'm3'"):
        read(CONSOLE, "m3")


def test_a_name_that_fits_two_metrics_is_refused(read):
    with pytest.raises(TraceError, match="more than one metric is named 'Ops'"):
        read(CONSOLE.replace("VolumeReadOps,VolumeWriteOps", "Ops,Ops"), "Ops")


def test_console_errors_name_the_line(read):
    with pytest.raises(TraceError, match=r"line 8, column 'VolumeReadOps': 'x' is not a finite"):
        read(CONSOLE.replace(":44:00,3", ":44:00,x"), "m1")


# --- JSON


def result(values, slots=None, **more):
    slots = range(len(values)) if slots is None else slots
    return {
        "Id": "m1",
        "Label": "VolumeReadOps",
        "Timestamps": [stamp(i) for i in slots],
        "Values": values,
        "StatusCode": "Complete",
    } | more


def pages(*results):
    return json.dumps({"MetricDataResults": results, "Messages": []}, indent=1)


def points(values, statistic="Sum", **more):
    return [
        {"Timestamp": stamp(i), statistic: v, "Unit": "Count"} | more for i, v in enumerate(values)
    ]


def statistics(datapoints):
    return json.dumps({"Label": "VolumeReadOps", "Datapoints": datapoints})


def test_metric_data(read):
    trace = read(pages(result([3.0, 2.0, 1.0], [2, 1, 0])), name="no_extension")
    check(trace, [1, 2, 3])
    assert trace.metric == "VolumeReadOps"
    assert trace.repairs == ("2 rows out of order, sorted",)


@pytest.mark.parametrize(
    "join",
    [
        lambda a, b: pages(a, b),
        lambda a, b: json.dumps([a, b]),
    ],
)
def test_metric_data_pages_are_joined(read, join):
    trace = read(join(result([1, 2], StatusCode="PartialData"), result([3, 4], [2, 3])))
    check(trace, [1, 2, 3, 4])
    assert trace.repairs == ()


def test_metric_data_is_chosen_by_id_or_label(read):
    text = pages(result([1, 2]), result([3, 4], Id="m2", Label="VolumeWriteOps"))
    check(read(text, "m2"), [3, 4])
    check(read(text, "volumewriteops"), [3, 4])
    with pytest.raises(TraceError, match="m1 = VolumeReadOps; m2 = VolumeWriteOps"):
        read(text)


def test_metric_data_status_is_told(read):
    trace = read(pages(result([1, 2], StatusCode="PartialData")))
    assert trace.repairs == (
        "CloudWatch marked this metric PartialData: datapoints may be missing",
    )


def test_metric_statistics(read):
    datapoints = points([1, 2, 3, 4])
    random.Random(1).shuffle(datapoints)
    trace = read(statistics(datapoints))
    check(trace, [1, 2, 3, 4])
    assert (trace.metric, trace.statistic, trace.unit) == ("VolumeReadOps", "Sum", "Count")


def test_metric_statistics_are_chosen_by_name(read):
    text = statistics(points([1, 2], Average=0.5))
    check(read(text, "Average"), [0.5, 0.5])
    check(read(text, "VolumeReadOps Sum"), [1, 2])
    usual = read(text)
    check(usual, [1, 2])
    assert usual.repairs == ("of several statistics the Sum was read",)
    with pytest.raises(TraceError, match="holds 2 metrics"):
        read(text.replace("VolumeReadOps", "MyMetric"))


# --- repairs


def test_rows_out_of_order(read):
    trace = read(plain([0, 2, 1, 3], slots=[0, 2, 1, 3]))
    check(trace, [0, 1, 2, 3])
    assert trace.repairs == ("1 row out of order, sorted",)


def test_repeats_the_later_one_stands_but_a_blank_never_replaces_a_number(read):
    trace = read(plain([0, 1, 1, 2, 5, 3, ""], slots=[0, 1, 1, 2, 2, 3, 3]))
    check(trace, [0, 1, 5, 3])
    assert trace.repairs == (
        "2 repeated samples dropped",
        "1 sample replaced by a later one of the same time and another value",
    )


def test_newest_first_still_lets_the_later_row_stand(read):
    check(read(plain([3, 2, 1, 9], slots=[2, 1, 0, 0])), [9, 2, 3])


def test_a_shifted_grid_stays(read):
    trace = read(at_minutes([0, 5, 10, 15]))
    assert (trace.start.minute % 5, trace.repairs) == (4, ())


def test_jitter_is_moved_to_the_grid(read):
    trace = read(at_minutes([0, 5, 10, 15.5, 20, 24, 30]))
    check(trace, range(7))
    assert trace.repairs == ("2 times off the grid moved by up to 1 min",)


def test_jitter_on_every_row_is_refused(read):
    shake = random.Random(3)
    with pytest.raises(TraceError, match="no regular period"):
        read(at_minutes([5 * i + shake.uniform(-0.6, 0.6) for i in range(60)]))


def test_gaps_become_segments_without_a_datapoint(read):
    trace = read(plain([0, 1, 3, 4, 8, 9], slots=[0, 1, 3, 4, 8, 9]))
    check(trace, [0, 1, NAN, 3, 4, NAN, NAN, NAN, 8, 9])
    assert trace.repairs == (
        "4 missing periods in 2 gaps, the longest 15 min after 2024-03-01 17:54",
    )


@pytest.mark.parametrize("blank", ["", "NaN", "null", "N/A", "-"])
def test_blanks_become_gaps(read, blank):
    trace = read(plain([0, blank, 2]))
    check(trace, [0, NAN, 2])
    assert trace.repairs == ("1 blank value read as no datapoint",)


@pytest.mark.parametrize("period", [1, 60, 90, 300, 3600, 86400])
def test_any_period(read, period):
    check(read(plain([1, 2, 3], period=period)), [1, 2, 3], period)


def test_a_frequent_finer_spacing_is_the_period(read):
    trace = read(at_minutes([0, 2, 4, 5, 7, 9, 10, 12, 14, 16]))
    assert (trace.period_s, trace.value.size) == (60, 17)


def test_a_rare_metric_has_the_period_that_divides_every_spacing(read):
    sometimes = random.Random(2)
    minutes = [i for i in range(9000) if sometimes.random() < 0.02]
    trace = read(at_minutes(minutes))
    assert (trace.period_s, trace.value.size) == (60, 1 + minutes[-1] - minutes[0])
    np.testing.assert_array_equal(trace.value[np.isfinite(trace.value)], range(len(minutes)))


def test_a_timestamp_column_comes_before_other_times(read):
    check(read(f"date,timestamp,value\nx,{stamp(0)},1\nx,{stamp(1)},2"), [1, 2])


def test_the_period_may_change_as_cloudwatch_keeps_coarser_data(read):
    hours = [60 * i for i in range(20)]
    fives = [1200 + 5 * i for i in range(30)]
    ones = [1350 + i for i in range(40)]
    trace = read(at_minutes(hours + fives + ones))
    assert trace.duration_s.tolist() == [3600] * 20 + [300] * 30 + [60] * 40
    np.testing.assert_array_equal(trace.value, range(90))
    assert trace.repairs == (
        "the period changes from 1 h to 5 min at 2024-03-02 13:34",
        "the period changes from 5 min to 1 min at 2024-03-02 16:04",
    )


def test_the_period_may_change_in_a_short_file(read):
    trace = read(at_minutes([0, 60, 120, 180, 240, 300, 305, 310, 315, 320]))
    assert trace.duration_s.tolist() == [3600] * 5 + [300] * 5


def test_the_period_may_change_to_a_coarser_one_with_a_gap_between(read):
    trace = read(at_minutes([*range(20), *(22 + 5 * i for i in range(20))]))
    assert trace.duration_s.tolist() == [60] * 22 + [300] * 20
    assert np.isnan(trace.value).nonzero()[0].tolist() == [20, 21]


def test_segments_never_overlap_or_leave_a_hole(read):
    trace = read(at_minutes([*(5 * i for i in range(20)), *(98.5 + i for i in range(20))]))
    assert trace.end - trace.start == timedelta(minutes=118.5)


# --- refusals

REFUSED = {
    "empty": ("", "the file is empty"),
    "blank": (" \n\n", "the file is empty"),
    "no header": ("1,2\n3,4\n", "line 1: no time column in '1', '2'; allowed"),
    "no time column": ("when,value\nx,1\n", "line 1: no time column"),
    "date and time apart": (
        "date,time,value\n2024-03-01,10:00,1\n",
        "line 2, column 'time': '10:00' is not a time",
    ),
    "no value column": (f"timestamp,unit\n{stamp(0)},Count\n", "line 1: no value column"),
    "bad time": (plain([1, 2]) + "soon,3\n", "line 4, column 'timestamp': 'soon' is not a time"),
    "blank time": (plain([1, 2]) + ",3\n", "line 4, column 'timestamp': '' is not a time"),
    "ambiguous time": (
        "time,value\n03/04/2024 10:00,1\n",
        "line 2.*is not a time that can be read for sure.*allowed: ISO",
    ),
    "number too small for a time": ("time,value\n20240301,1\n", "'20240301' is not a time"),
    "time before 1970": ("time,value\n1950-01-01,1\n", "'1950-01-01' is not a time"),
    "bad number": (plain([1, "lots"]), "line 3, column 'value': 'lots' is not a finite number"),
    "comma": (plain([1, '"2,500"']), "line 3.*'2,500' is not.*decimal comma.*allowed: 1234.5"),
    "infinite": (plain([1, "inf"]), "line 3, column 'value': 'inf' is not a finite number"),
    "long row": (plain([1, "2,5"]), "line 3: 3 fields where 2 are needed"),
    "short row": (plain([1, 2]) + "2024-03-01\n", "line 4: 1 fields where 2 are needed"),
    "one sample": (plain([1]), "1 sample of value, at least 2"),
    "only blanks": (plain(["", "", ""]), "0 samples"),
    "one time": (plain([1, 2], slots=[0, 0]), "all samples have the same time"),
    "mixed units": (
        f"time,value,unit\n{stamp(0)},1,Bytes\n{stamp(1)},1,Count\n",
        r"mixed units \(Bytes, Count\)",
    ),
    "long gap": (plain([1, 2, 3, 4], slots=[0, 1, 2, 99]), "line 5.*longer than the rest"),
    "several in a period": (
        at_minutes([*range(0, 500, 5), *range(500, 509), *range(510, 600, 5)]),
        r"line 103, column 'timestamp': closer than a period \(5 min\).*one of 7",
    ),
    "latin-1": ("time,value\n\xe9,1".encode("latin-1"), "line 2: not text.*0xe9.*UTF-8"),
    "cut utf-16": ("time,value".encode("utf-16")[:-1], "not text"),
    "not json": ('{"a":\n 1,,}', "not JSON: .*line 2 column 4"),
    "deep json": ("[" * 100_000, "not JSON: .*recursion"),
    "other json": ("{}", "no MetricDataResults and no Datapoints; allowed"),
    "list of numbers": ("[1]", r"a list of 1, without Timestamps and Values"),
    "no results": (pages(), "MetricDataResults is empty"),
    "results not a list": ('{"MetricDataResults": 3}', "MetricDataResults: 3 where a list"),
    "result not an object": (pages(3), r"MetricDataResults\[0\]: 3 where a result is needed"),
    "no values": (pages(result(None, [0])), r"MetricDataResults\[0\].Values: null where a list"),
    "lengths differ": (
        pages(result([1, 2, 3], [0, 1])),
        r"MetricDataResults\[0\]: 2 Timestamps but 3 Values",
    ),
    "json time": (
        pages(result([1, 2], Timestamps=[stamp(0), "soon"])),
        r"MetricDataResults\[0\].Timestamps\[1\]: 'soon' is not a time",
    ),
    "json number": (
        pages(result([1, True])),
        r"MetricDataResults\[0\].Values\[1\]: 'True' is not a finite number",
    ),
    "json infinity": (pages(result([1, float("inf")])), r"Values\[1\]: 'inf' is not"),
    "json huge integer": (pages(result([1, 10**400])), r"Values\[1\]: '1000.* is not"),
    "json second page": (
        pages(result([1, 2]), result(["x", 2], [2, 3])),
        r"MetricDataResults\[1\].Values\[0\]: 'x'",
    ),
    "json and more": (pages(result([1, 2])) + "}", "not JSON: Expecting value: line"),
    "forbidden": (pages(result([], StatusCode="Forbidden")), "0 samples of m1.*Forbidden"),
    "no datapoints": (statistics([]), "Datapoints holds no|Datapoints is empty"),
    "datapoint not an object": (statistics([3]), r"Datapoints\[0\]: 3 where a datapoint"),
    "datapoint without a time": (
        statistics([{"Sum": 1}, {"Sum": 2}]),
        r"Datapoints\[0\].Timestamp: 'None' is not a time",
    ),
    "datapoint number": (statistics(points([1, "x"])), r"Datapoints\[1\].Sum: 'x' is not"),
    "datapoint units": (
        statistics([*points([1]), *points([1], Unit="Bytes")]),
        r"mixed units \(Bytes, Count\)",
    ),
}


@pytest.mark.parametrize(("content", "problem"), REFUSED.values(), ids=REFUSED)
def test_refusals_name_the_file_and_the_place(read, content, problem):
    with pytest.raises(TraceError, match=rf"trace\.csv: .*{problem}"):
        read(content)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(TraceError, match=r"nothing\.csv: cannot be read: No such file"):
        read_cloudwatch(tmp_path / "nothing.csv")
    with pytest.raises(TraceError, match="cannot be read: Is a directory"):
        read_cloudwatch(tmp_path)


# --- round trips


def as_plain(rows, draw):
    zone = draw(st.sampled_from([None, UTC, timezone(timedelta(hours=-7, minutes=-30))]))
    delimiter = draw(st.sampled_from(",;\t"))
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=draw(st.sampled_from([0, 1])))
    writer.writerow(["value", "note", "Timestamp"])
    for time, value in rows:
        moment = time.astimezone(zone).isoformat() if zone else f"{time:%Y-%m-%d %H:%M:%S}"
        writer.writerow([repr(value), "x", moment])
    return out.getvalue().encode(draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])))


def as_console(rows, draw):
    head = ["Id,m1,m2", "Label,value,other"]
    body = [f"{t:%Y/%m/%d %H:%M:%S},{v!r},1" for t, v in rows]
    return draw(st.sampled_from(["\n", "\r\n"])).join(head + body).encode()


def as_metric_data(rows, draw):
    cut = draw(st.integers(0, len(rows)))
    halves = [
        result([v for _, v in half], Timestamps=[t.isoformat() for t, _ in half], Label="value")
        for half in (rows[:cut], rows[cut:])
    ]
    return draw(st.sampled_from([pages(*halves), json.dumps(halves)])).encode()


def as_metric_statistics(rows, draw):
    unix = draw(st.booleans())
    datapoints = [{"Timestamp": t.timestamp() if unix else str(t), "Sum": v} for t, v in rows]
    return json.dumps({"Label": "value", "Datapoints": datapoints}).encode()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.data(),
    write=st.sampled_from([as_plain, as_console, as_metric_data, as_metric_statistics]),
    period=st.sampled_from([60, 300, 3600]),
    values=st.lists(st.floats(-1e12, 1e12), min_size=4, max_size=60),
    start=st.integers(10**8, 2 * 10**9),
)
def test_round_trip(tmp_path, data, write, period, values, start):
    first = datetime.fromtimestamp(start, UTC)
    missing = data.draw(st.sets(st.integers(0, len(values) // 4 - 1).map(lambda i: 4 * i + 2)))
    missing -= {len(values) - 1}
    rows = [
        (first + timedelta(seconds=period * i), value)
        for i, value in enumerate(values)
        if i not in missing
    ]
    repeats = data.draw(st.lists(st.sampled_from(rows), max_size=5))
    shuffled = data.draw(st.permutations(rows + repeats))
    path = tmp_path / "any"
    path.write_bytes(write(shuffled, data.draw))
    trace = read_cloudwatch(path, None if write is not as_console else "m1")
    check(trace, [NAN if i in missing else v for i, v in enumerate(values)], period, first)
    assert (trace.metric or "value") == "value"
    assert any("missing" in repair for repair in trace.repairs) == bool(missing)
    assert any("repeated" in repair for repair in trace.repairs) == bool(repeats)


TOKENS = [
    *'{}[]:,;"\n\t',
    *("timestamp", "value", "Sum", "Id", "Label", stamp(0), stamp(1), "1", "-2.5", "x", "NaN"),
    *('"MetricDataResults"', '"Datapoints"', '"Timestamps"', '"Values"', '"Messages"', "null"),
]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.one_of(
        st.binary(max_size=200),
        st.lists(st.sampled_from(TOKENS), max_size=40).map(lambda t: "".join(t).encode()),
    )
)
def test_any_bytes_are_read_or_refused(tmp_path, content):
    path = tmp_path / "any"
    path.write_bytes(content)
    try:
        trace = read_cloudwatch(path)
    except TraceError as problem:
        assert str(problem).startswith(str(path))
    else:
        assert np.isfinite(trace.value).sum() >= 2


JSON_FIELDS = [
    *("Id", "Label", "Timestamps", "Values", "Messages", "StatusCode"),
    *("Timestamp", "Sum", "Unit", "ExtendedStatistics"),
]
THINGS = st.recursive(
    st.sampled_from([None, True, 1, 2.5, "x", stamp(0), stamp(1)]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(JSON_FIELDS),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(["MetricDataResults", "Datapoints", "other"]), thing=THINGS)
def test_any_json_is_read_or_refused(tmp_path, name, thing):
    path = tmp_path / "any"
    for document in ({name: thing}, {name: [thing, thing]}, [{name: [thing]}, thing], [thing]):
        path.write_text(json.dumps(document))
        try:
            read_cloudwatch(path)
        except TraceError as problem:
            assert str(problem).startswith(f"{path}: ")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.one_of(st.sampled_from([0, 30, 60, 300, 3600]), st.integers(0, 10**5)), min_size=1
    ),
    repeat=st.integers(1, 15),
)
def test_any_times_are_read_whole_or_refused(tmp_path, steps, repeat):
    times = np.cumsum(np.repeat(steps, repeat))
    rows = (f"{10**9 + second},{i}" for i, second in enumerate(times))
    path = tmp_path / "any"
    path.write_text("\n".join(["time,value", *rows]))
    try:
        trace = read_cloudwatch(path)
    except TraceError:
        return
    held = trace.value[np.isfinite(trace.value)]
    assert (np.diff(held) > 0).all()
    assert held[-1] == times.size - 1
    dropped = [int(r.split()[0]) for r in trace.repairs if "dropped" in r or "replaced" in r]
    assert held.size + sum(dropped) == times.size


# --- real files


@pytest.mark.skipif(not REAL.is_dir(), reason="the real traces are not here")
@pytest.mark.parametrize(
    ("name", "samples", "segments", "repairs"),
    [
        ("ec2_cpu_utilization_5f5533", 4032, 4032, []),
        (
            "ec2_disk_write_bytes_1ef3de",
            4730,
            4730,
            [
                "12 samples stood at 03:00 on 2014-03-09, where summer time begins in local time: "
                "read 5 min apart before it",
            ],
        ),
        (
            "elb_request_count_8c0756",
            4032,
            4040,
            ["8 missing periods in 8 gaps, the longest 5 min after 2014-04-10 11:29"],
        ),
        (
            "rds_cpu_utilization_cc0c53",
            4032,
            4033,
            ["1 missing period in 1 gap, the longest 5 min after 2014-02-25 07:05"],
        ),
    ],
)
def test_real_traces(name, samples, segments, repairs):
    trace = read_cloudwatch(REAL / f"{name}.csv")
    assert np.isfinite(trace.value).sum() == samples
    assert trace.value.size == segments
    assert set(trace.duration_s) == {300}
    assert trace.repairs == ("times without a zone read as UTC", *repairs)


def test_what_lasts_to_the_end_of_a_segment_begins_within_it():
    trace = Trace(datetime(2024, 3, 1, tzinfo=UTC), np.array([60.0, 300.0, 60.0]), np.ones(3))
    assert trace.begins_s(np.array([0.0, 100.0, 60.0])) == 260
    assert trace.begins_s(np.array([60.0, 0.0, 0.0])) == 0
    assert trace.begins_s(np.zeros(3)) is None
