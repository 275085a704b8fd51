"""JSON: what ``aws cloudwatch get-metric-data`` and ``get-metric-statistics`` print."""

import json
from collections.abc import Iterator
from typing import Any

from awsnb.trace.cells import Sample, sample
from awsnb.trace.column import STATISTICS, Column, split_label
from awsnb.trace.model import TraceError

Object = dict[str, Any]


def json_columns(text: str) -> list[Column]:
    """Every metric of a JSON file."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise TraceError(f"not JSON: {problem}") from None
    if isinstance(document, list):  # as --query MetricDataResults leaves it
        return _metric_data(document, "")
    if "MetricDataResults" in document:
        return _metric_data(document["MetricDataResults"], "MetricDataResults")
    if "Datapoints" in document:
        return _metric_statistics(document)
    raise TraceError(
        "no MetricDataResults and no Datapoints; allowed: "
        "the JSON of aws cloudwatch get-metric-data or get-metric-statistics"
    )


def _metric_data(results: Any, where: str) -> list[Column]:
    """One column per Id: the command line prints one result for each page it fetched."""
    pages: dict[str, list[tuple[str, Object]]] = {}
    for place, result in _objects(results, where, "a result"):
        pages.setdefault(str(result.get("Id") or result.get("Label")), []).append((place, result))
    if not pages:
        raise TraceError("MetricDataResults is empty: no metric in the file")
    return [_result_column(name, results) for name, results in pages.items()]


def _result_column(name: str, results: list[tuple[str, Object]]) -> Column:
    _, last = results[-1]
    label, status = (str(last.get(key) or "") for key in ("Label", "StatusCode"))
    metric, statistic = split_label(label)
    names = (name, label, metric)
    return Column(names, _result_samples(results), metric, statistic, status=status)


def _result_samples(results: list[tuple[str, Object]]) -> Iterator[Sample]:
    for place, result in results:
        times = _expect(result.get("Timestamps"), list, f"{place}.Timestamps", "a list")
        values = _expect(result.get("Values"), list, f"{place}.Values", "a list")
        if len(times) != len(values):
            raise TraceError(f"{place}: {len(times)} Timestamps but {len(values)} Values")
        for i, (time, value) in enumerate(zip(times, values, strict=True)):
            yield sample(time, value, f"{place}.Timestamps[{i}]", f"{place}.Values[{i}]")


def _metric_statistics(document: Object) -> list[Column]:
    """One column per statistic of the datapoints."""
    label = str(document.get("Label") or "")
    points = list(_objects(document["Datapoints"], "Datapoints", "a datapoint"))
    units = {str(point.get("Unit") or "") for _, point in points}
    found = [name for name in STATISTICS if any(name in point for _, point in points)]
    if not found:
        raise TraceError(f"Datapoints is empty or has no {', '.join(STATISTICS)}")
    return [
        Column((f"{label} {name}".strip(), name), _point_samples(points, name), label, name, units)
        for name in found
    ]


def _point_samples(points: list[tuple[str, Object]], name: str) -> Iterator[Sample]:
    for place, point in points:
        if name in point:
            time = point.get("Timestamp")
            yield sample(time, point[name], f"{place}.Timestamp", f"{place}.{name}")


def _objects(things: Any, where: str, wanted: str) -> Iterator[tuple[str, Object]]:
    for i, thing in enumerate(_expect(things, list, where, "a list")):
        yield f"{where}[{i}]", _expect(thing, dict, f"{where}[{i}]", wanted)


def _expect(thing: Any, kind: type, place: str, wanted: str) -> Any:
    if not isinstance(thing, kind):
        raise TraceError(f"{place}: {json.dumps(thing)[:60]} where {wanted} is needed")
    return thing
