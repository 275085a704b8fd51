"""JSON: what ``aws cloudwatch`` prints, with or without ``--query``, and metric streams."""

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from operator import itemgetter
from typing import Any

from awsnb.trace.cells import shown
from awsnb.trace.file import TextFile
from awsnb.trace.foreign import OUTPUT_JSON, refuse_foreign
from awsnb.trace.label import Label, read_label
from awsnb.trace.metrics import STATISTICS
from awsnb.trace.model import TraceError
from awsnb.trace.series import Samples, Series, samples_of
from awsnb.trace.table import status_notes

TEXT_OUTPUT = re.compile(r"[A-Z]{4,}\t")
SPACE = re.compile(r"\s*")
MOST_BYTES = 300 * 10**6
STREAMED = {"Sum": "sum", "Maximum": "max", "Minimum": "min", "SampleCount": "count"}
WANTED = "the JSON of aws cloudwatch get-metric-data or get-metric-statistics, or a metric stream"

FOREIGN = {
    "resourceMetrics": "a metric stream in OpenTelemetry's form: let the stream write JSON",
    "widgets": "the source of a dashboard, which has no data: download its graphs as CSV",
    "MetricList": "an answer of Performance Insights: export the metric from CloudWatch",
    "MetricAlarms": "a list of alarms, which has no data: export their metrics",
    "Metrics": "a list of metrics, which has no data: export one with get-metric-data",
    "Records": "events of CloudTrail or S3: export a metric from CloudWatch",
    "Activities": "the scaling activities of a group: export a metric from CloudWatch",
    "data": "an answer of Prometheus or Grafana: export the metric from CloudWatch",
}

Object = dict[str, Any]
Placed = tuple[str, Object]


def document_series(file: TextFile) -> list[Series]:
    """Every series of a file of one or more JSON documents."""
    if file.size > MOST_BYTES:
        raise TraceError(
            f"holds more than {MOST_BYTES / 1e6:g} MB of JSON, the most that is read: export a "
            "shorter time or a longer period, or CSV"
        )
    documents = _documents(file.whole())
    if _has(documents[0], "metric_name"):
        return _stream(documents)
    results, points, notes = _unwrapped(documents)
    series = [*_metric_data(results, notes), *_metric_statistics(points, notes)]
    if not series:
        raise TraceError("MetricDataResults is empty: no metric in the file")
    return series


def document_of(file: TextFile) -> Any:
    """Read a file of one JSON document, such as the AWS command line writes.

    Raises
    ------
    TraceError
        Where it is none; says what it seems to be.
    """
    refuse_foreign(file.head())
    if TEXT_OUTPUT.match(file.head()):
        raise TraceError(f"seems to be what --output text writes: {OUTPUT_JSON}")
    text = file.whole()
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise _not_json(text, problem) from None


def _documents(text: str) -> list[Any]:
    """One document, or one after the other as ``>>`` and a metric stream leave them."""
    decoder, documents, at = json.JSONDecoder(), [], _next(text, 0)
    try:
        while at < len(text):
            document, end = decoder.raw_decode(text, at)
            documents.append(document)
            at = _next(text, end)
    except (ValueError, RecursionError) as problem:
        raise _not_json(text, problem) from None
    return documents


def _not_json(text: str, problem: Exception) -> TraceError:
    """Say why a text is not JSON; a download that broke off is JSON up to its end."""
    ends = isinstance(problem, json.JSONDecodeError) and (
        problem.msg.startswith("Unterminated string") or not text[problem.pos :].strip()
    )
    if ends:
        return TraceError("is JSON that ends in the middle, as if cut off: export it again")
    return TraceError(f"not JSON: {problem}")


def _next(text: str, at: int) -> int:
    return at + len(SPACE.match(text, at)[0])  # type: ignore[index]


def _has(thing: Any, key: str) -> bool:
    return isinstance(thing, dict) and key in thing


def _unwrapped(documents: list[Any]) -> tuple[list[Placed], list[tuple[str, Any]], tuple[str, ...]]:
    """Results, groups of datapoints, and what is missing, of all documents."""
    results: list[Placed] = []
    points: list[tuple[str, Any]] = []
    notes: dict[str, None] = {}
    for number, document in enumerate(documents):
        before = f"document {number + 1}, " if len(documents) > 1 else ""
        notes.update(dict.fromkeys(_missing(document)))
        if _has(document, "MetricDataResults"):
            where = f"{before}MetricDataResults"
            results += _objects(document["MetricDataResults"], where, "a result")
        elif _has(document, "Datapoints"):
            points.append((f"{before}Datapoints", document))
        elif _has(document, "Timestamps") and _has(document, "Values"):
            results.append((before or "the result", document))
        elif isinstance(document, list):
            _unwrap_list(document, before, results, points)
        else:
            _refuse_foreign(document)
            keys = f" but {_shown_keys(document)}" if document else ""
            raise TraceError(f"no MetricDataResults and no Datapoints{keys}; allowed: {WANTED}")
    return results, points, tuple(notes)


def _refuse_foreign(document: Any) -> None:
    for key, what in FOREIGN.items():
        if _has(document, key):
            raise TraceError(f"seems to be {what}; wanted is {WANTED}")


def _shown_keys(document: Any) -> str:
    keys = list(document)[:5] if isinstance(document, dict) else [document]
    return ", ".join(shown(str(key)) for key in keys)


def _unwrap_list(
    things: list[Any], before: str, results: list[Placed], points: list[tuple[str, Any]]
) -> None:
    """What ``--query`` leaves of an answer."""
    first = things[0] if things else None
    if _has(first, "Timestamp"):
        points.append((before, {"Datapoints": things}))
    elif pair := _as_result(things):
        results.append((f"{before}the pair", pair))
    elif all(pairs := list(map(_as_result, things))):
        results += [
            (f"{before}[{i}]", {"Id": f"pair {i + 1}", **(pair or {})})
            for i, pair in enumerate(pairs)
        ]
    elif things and all(isinstance(t, list) and len(t) == 2 for t in things):
        times, values = zip(*things, strict=True)
        results.append((f"{before}the list", {"Timestamps": list(times), "Values": list(values)}))
    elif things and not (_has(first, "Timestamps") and _has(first, "Values")):
        raise TraceError(
            f"a list of {json.dumps(first)[:60]}, without Timestamps and Values, as --query leaves "
            "it: export it with --query MetricDataResults, or without --query"
        )
    else:
        results += _objects(things, before, "a result")


def _as_result(thing: Any) -> Object | None:
    """Return what is ``[Timestamps, Values]``, or ``[Label, Timestamps, Values]``, as a result."""
    if not isinstance(thing, list):
        return None
    label, halves = (thing[:1], thing[1:]) if len(thing) == 3 else ([""], thing)
    if len(halves) != 2 or not isinstance(label[0], str):
        return None
    times, values = halves
    if not (isinstance(times, list) and isinstance(values, list) and len(times) == len(values)):
        return None
    if any(isinstance(value, str | list) for value in values):
        return None
    return {"Label": label[0], "Timestamps": times, "Values": values}


def _missing(document: Any) -> Iterator[str]:
    """What an answer says of itself that is not there."""
    if not isinstance(document, dict):
        return
    if document.get("NextToken"):
        yield "the download is incomplete (NextToken): fetch the rest, without --max-items"
    messages = document.get("Messages")
    for message in messages if isinstance(messages, list) else []:
        text = message if isinstance(message, dict) else {"Value": message}
        said = " ".join(str(text[key]) for key in ("Code", "Value") if text.get(key))
        yield f"CloudWatch said: {said[:120]}"


def _metric_data(results: list[Placed], notes: tuple[str, ...]) -> list[Series]:
    """One series per Id and Label: the command line prints one result for each page it fetched."""
    pages: dict[tuple[str, str], list[Placed]] = {}
    for place, result in results:
        key = (str(result.get("Id") or ""), str(result.get("Label") or ""))
        pages.setdefault(key, []).append((place, result))
    for key, of in pages.items():
        _refuse_same_times(" = ".join(filter(None, key)), of)
    return [_result_series(*key, of, notes) for key, of in pages.items()]


def _refuse_same_times(name: str, results: list[Placed]) -> None:
    """Refuse results with one Id and Label and the same times: pages follow each other."""
    first: dict[str, str] = {}
    for place, result in results:
        times = json.dumps(result.get("Timestamps"))
        if times in first and len(times) > len("[]"):
            raise TraceError(
                f"{first[times]} and {place} have one name ({name or 'none'}) and the same times, "
                "so they are several series: export each with a Label of its own"
            )
        first[times] = place


def _result_series(name: str, label: str, results: list[Placed], notes: tuple[str, ...]) -> Series:
    statuses = {str(result.get("StatusCode") or "") for _, result in results}
    if str(results[-1][1].get("StatusCode")) == "Complete":
        statuses -= {"PartialData"}  # of the pages before the last
    inner = [note for _, result in results for note in _missing(result)]
    said = tuple(dict.fromkeys((*notes, *inner, *status_notes(statuses))))
    return Series((name, label), read_label(label), partial(_result_samples, results), notes=said)


def _result_samples(results: list[Placed]) -> Samples:
    times: list[Any] = []
    values: list[Any] = []
    places: list[tuple[str, int]] = []
    for place, result in results:
        told = _expect(result.get("Timestamps"), list, f"{place}.Timestamps", "a list")
        held = _expect(result.get("Values"), list, f"{place}.Values", "a list")
        if len(told) != len(held):
            raise TraceError(f"{place}: {len(told)} Timestamps but {len(held)} Values")
        times += told
        values += held
        places += [(place, i) for i in range(len(told))]

    def at(key: str) -> Callable[[int], str]:
        return lambda i: f"{places[i][0]}.{key}[{places[i][1]}]"

    return samples_of(times, values, at("Timestamps"), at("Values"))


def _metric_statistics(groups: list[tuple[str, Any]], notes: tuple[str, ...]) -> list[Series]:
    """One series per metric and statistic of the datapoints."""
    metrics: dict[str, list[Placed]] = {}
    for where, document in groups:
        label = str(document.get("Label") or "")
        points = _objects(document["Datapoints"], where, "a datapoint")
        metrics.setdefault(label, []).extend(points)
    return [one for label, points in metrics.items() for one in _of_points(label, points, notes)]


def _of_points(label: str, points: list[Placed], notes: tuple[str, ...]) -> Iterator[Series]:
    found = _told([point for _, point in points])
    if not found:
        only = " but ExtendedStatistics, which are percentiles"
        more = only if any("ExtendedStatistics" in point for _, point in points) else ""
        raise TraceError(f"Datapoints is empty or has no {', '.join(STATISTICS)}{more}")
    units = frozenset(_unit(point.get("Unit")) for _, point in points)
    for name in found:
        held = [(place, point) for place, point in points if name in point]
        told = read_label(label)._replace(statistic=name)
        samples = partial(_point_samples, held, "Timestamp", itemgetter(name), name)
        yield Series((f"{label} {name}".strip(), name), told, samples, units, notes)


def _told(points: list[Object]) -> list[str]:
    """Statistics that datapoints hold: PowerShell and .NET write 0 for those not asked for."""
    held = [name for name in STATISTICS if any(name in point for point in points)]
    above = {name for name in held if any(point.get(name) for point in points)}
    return [name for name in held if name in above or not above - {"SampleCount"}]


def _unit(told: Any) -> str:
    """The unit's name, which .NET wraps: ``{"Value": "Count"}``."""
    return str((told.get("Value") if isinstance(told, dict) else told) or "")


def _point_samples(
    points: list[Placed], time_key: str, value_of: Callable[[Object], Any], name: str
) -> Samples:
    return samples_of(
        (point.get(time_key) for _, point in points),
        (value_of(point) for _, point in points),
        lambda i: f"{points[i][0]}.{time_key}".lstrip("."),
        lambda i: f"{points[i][0]}.{name}".lstrip("."),
    )


def _stream(records: list[Any]) -> list[Series]:
    """A metric stream: one record a line, with a statistic set of each metric and resource."""
    groups: dict[tuple[str, str, str], list[Placed]] = {}
    origins = {_origin(record) for record in records}
    for number, record in enumerate(records):
        place = f"record {number + 1}"
        point = _expect(record, dict, place, "a record of a metric stream")
        _expect(point.get("value"), dict, f"{place}.value", "a set of statistics")
        dimensions = point.get("dimensions")
        values = dimensions.values() if isinstance(dimensions, dict) else ()
        names = (str(point.get("metric_name")), str(point.get("namespace") or ""))
        origin = _origin(point) if len(origins) > 1 else ()
        resource = " ".join(filter(None, (*map(str, values), *origin)))
        groups.setdefault((*names, resource), []).append((place, point))
    return [one for key, points in groups.items() for one in _of_stream(*key, points)]


def _origin(record: Any) -> tuple[str, str]:
    """Account and region of a record."""
    told = record if isinstance(record, dict) else {}
    return str(told.get("account_id") or ""), str(told.get("region") or "")


def _of_stream(
    metric: str, namespace: str, resource: str, points: list[Placed]
) -> Iterator[Series]:
    units = frozenset(str(point.get("unit") or "") for _, point in points)
    for statistic in STATISTICS:
        label = Label(metric, namespace, statistic, resource)
        name = " ".join(filter(None, (resource, metric)))
        value_of = partial(_streamed, statistic)
        samples = partial(_point_samples, points, "timestamp", value_of, "value")
        yield Series((f"{name} {statistic}", name), label, samples, units)


def _streamed(statistic: str, point: Object) -> Any:
    held = point["value"]
    if statistic != "Average":
        return held.get(STREAMED[statistic])
    total, count = held.get("sum"), held.get("count")
    numbers = all(isinstance(n, int | float) and not isinstance(n, bool) for n in (total, count))
    return total / count if numbers and count else None


def _objects(things: Any, where: str, wanted: str) -> list[Placed]:
    return [
        (f"{where}[{i}]", _expect(thing, dict, f"{where}[{i}]", wanted))
        for i, thing in enumerate(_expect(things, list, where, "a list"))
    ]


def _expect(thing: Any, kind: type, place: str, wanted: str) -> Any:
    if not isinstance(thing, kind):
        raise TraceError(f"{place}: {json.dumps(thing)[:60]} where {wanted} is needed")
    return thing
