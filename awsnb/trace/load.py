"""From a trace to a load per second: by the metric, its statistic, the file's unit, or as said.

What is known and no load is refused, with the metric to export instead. What is unknown is asked
for, never guessed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from awsnb.trace.cells import shown
from awsnb.trace.changed import is_counter, unanswered
from awsnb.trace.filled import counts_on, filled_every, hardly_rises
from awsnb.trace.math_label import Told, may_be_bits, seems_a_rate, told_by
from awsnb.trace.metrics import KINDS, LOADS, Metric, known, loads_of
from awsnb.trace.model import Trace, TraceError, refusal
from awsnb.trace.read import read_parts
from awsnb.trace.series import Floats
from awsnb.trace.units import BITS, UNITS, Unit, unit_of

MOST_PER_S = 1e15  # of anything: no system of AWS's is asked for a thousandth of it
CPU, CPU_SAID = "cpu", "CPU %"
BY_THE_FILE = "as the file says"
MOST_PERCENT = 100.5
LEAST_BYTES = 100  # of a load, at its busiest: less is not worth a read or a write
WHOLE = 1e-9  # how near, as a share, a whole number that was written as a float is
PLAIN_CPU = "the share that all vCPUs were busy, as CPUUtilization (Average) is"
PLAIN_VALUES = "plain {}, or name their unit at the end of the header, as in 'Bytes (MB)'"
EXPORT = {
    "bytes": "VolumeReadBytes + VolumeWriteBytes (Sum; of RDS ReadThroughput + WriteThroughput)",
    "operations": "VolumeReadOps + VolumeWriteOps (Sum; of RDS ReadIOPS + WriteIOPS)",
    "file system bytes": "TotalIOBytes (Sum; or DataReadIOBytes + DataWriteIOBytes)",
    "requests": "RequestCount (Sum)",
    "connections": "NewFlowCount (Sum)",
    "network bytes": "ProcessedBytes (Sum)",
    "commands": "GetTypeCmds + SetTypeCmds (Sum)",
    CPU: "CPUUtilization (Average)",
}


@dataclass(frozen=True)
class Load:
    """A load over the segments of a trace.

    Attributes
    ----------
    trace : Trace
        The samples as they were read; of a sum, the sum per second.
    per_s : float64 array
        `measure` per second in each segment, 0 where there is no datapoint; percent where the
        measure is ``"cpu"``.
    measure : str
        ``"bytes"``, ``"operations"``, ``"requests"``, ``"cpu"``, ...
    notes : tuple of str
        What was taken to be so, one plain sentence each.
    """

    trace: Trace
    per_s: Floats
    measure: str
    notes: tuple[str, ...] = ()

    def until(self, moment_s: Floats) -> Floats:
        """Return how much came from the trace's start until some moments, s since then."""
        edges_s = np.concatenate(([0.0], np.cumsum(self.trace.duration_s)))
        held = np.concatenate(([0.0], np.cumsum(self.per_s * self.trace.duration_s)))
        return np.interp(moment_s, edges_s, held)


def read_load(
    path: str | Path,
    wants: str | Sequence[str],
    *,
    metric: str | None = None,
    said: str = BY_THE_FILE,
) -> Load:
    """Read a file as a load; the reads and the writes of one resource are summed.

    Parameters
    ----------
    path : str or Path
        The file.
    wants : str or sequence of str
        What is a load here; see `load_of`.
    metric : str, optional
        Which series, where the file holds several; ``"A + B"`` for the sum of two.
    said : str, optional
        What the user says that the values are; see `load_of`.

    Returns
    -------
    Load
        The load per second, and what was taken to be so.

    Raises
    ------
    TraceError
        Where the file can't be read, or is no such load.

    Examples
    --------
    >>> load = read_load("data/workloads/boot-storm.csv", "operations", said="operations")
    >>> round(load.per_s.max()), load.measure
    (2922, 'operations')
    """
    parts = read_parts(path, metric, usual=_usual(wants))
    try:
        load = _sum([_load(part, wants, said) for part in parts])
        return load if len(parts) > 1 else replace(load, notes=load.notes + _half_note(parts[0]))
    except TraceError as problem:
        raise refusal(path, problem) from None


def _usual(wants: str | Sequence[str]) -> tuple[str, ...]:
    """Name the metrics that are such a load, of which a file may hold one beside others."""
    measures = (wants,) if isinstance(wants, str) else wants
    return tuple(name for measure in measures for name in loads_of(measure))


def load_of(trace: Trace, wants: str | Sequence[str], said: str = BY_THE_FILE) -> Load:
    """Turn a trace into a load per second.

    Parameters
    ----------
    trace : Trace
        What was read.
    wants : str or sequence of str
        What is a load here: ``"bytes"`` and ``"operations"`` of a disk, ``"requests"``,
        ``"connections"``, ``"network bytes"``, ``"commands"``, ``"cpu"``.
    said : str, optional
        What the user says that the values are, where the file does not: one of `wants` for a
        total per period, with ``"/s"`` for a rate, ``"CPU %"``. ``"as the file says"`` or
        nothing leaves it to the file.

    Returns
    -------
    Load
        The load per second, and what was taken to be so.

    Raises
    ------
    TraceError
        Where the trace is known to be no such load, or where nobody says what it is.
    """
    try:
        return _load(trace, wants, said)
    except TraceError as problem:
        raise refusal(trace.source or "the trace", problem) from None


def _load(trace: Trace, wants: str | Sequence[str], said: str) -> Load:
    wants = (wants,) if isinstance(wants, str) else tuple(wants)
    said = "" if said == BY_THE_FILE else said
    metric = known(trace.metric, trace.namespace)
    unit = _unit(trace)
    _refuse_contradiction(trace, metric, unit, wants, said)
    if metric:
        told, notes = _of_metric(trace, metric, unit, wants, said)
    elif label := told_by(trace.metric, _one_period_s(trace)):
        told, notes = _of_label(trace, label, unit, wants, said)
    else:
        told, notes = _of_unknown(trace, unit, wants, said)
    if told.kind == "total":
        notes += _seems_no_total(trace, said)
    if told.scale not in (1.0, 1 / 60):
        notes.append(f"1 of the file's unit read as {told.scale:,.10g} {told.measure}.")
    return _converted(trace, told, notes)


def _seems_no_total(trace: Trace, said: str) -> list[str]:
    """Refuse, or note, values that a counter or a tool that fills gaps would show."""
    what = shown(trace.metric) if trace.metric else "the file"
    if counts_on(trace.value):
        if is_counter(trace.metric):
            raise TraceError(
                f"{what} never falls, as a counter does that runs since a start: export its "
                "increase in each period"
            )
        if said or hardly_rises(trace.value):
            return [f"{what} never falls: if it counts since a start, export its increase instead."]
    if not said and (every := filled_every(trace.value)):
        raise TraceError(
            f"holds each value {every} times in a row or a multiple of that, as where a tool "
            f"repeats the total of a longer period: export {what} with its own period, or say by "
            "trace_unit that each is a total of its own"
        )
    return []


def _one_period_s(trace: Trace) -> float:
    """The period, NaN where it changes."""
    period_s = trace.period_s
    return period_s if (trace.duration_s == period_s).all() else np.nan


def _unit(trace: Trace) -> Unit | None:
    if trace.unit in ("", "None"):
        return None
    unit = unit_of(trace.unit)
    if unit is None and BITS.match(trace.unit):
        raise TraceError(
            f"the unit {shown(trace.unit)} may be of bits or of bytes: export bytes, and write "
            "them B"
        )
    if unit is None:
        raise TraceError(
            f"the unit {shown(trace.unit)} is none of CloudWatch's, such as Bytes, Count, "
            "Bytes/Second, Percent, and no short one, such as MiB or MB/s: correct it, or leave "
            "it out"
        )
    return unit


def _of_metric(
    trace: Trace, metric: Metric, unit: Unit | None, wants: tuple[str, ...], said: str
) -> tuple[Told, list[str]]:
    """What the table knows of it; the file's unit may make a rate of a total."""
    if metric.measure not in wants or metric.kind not in LOADS:
        raise _no_load(trace, metric, wants)
    notes = [f"{metric.metric} {metric.note}."] if metric.note.startswith("counts") else []
    is_rate = bool(unit and unit.per_second) or (said.endswith("/s") and not trace.statistic)
    if metric.kind == "total" and is_rate:
        return Told("rate", metric.measure, unit.scale if unit else 1.0), notes
    if trace.statistic and trace.statistic not in metric.statistics:
        why = f" ({metric.note})" if metric.note and not notes else ""
        raise TraceError(
            f"the {trace.statistic} of {metric.metric} is not its load{why}: export its "
            f"{metric.statistic}"
        )
    if not trace.statistic:
        if metric.kind == "total" and (unit is None or unit.scale == 1):
            _refuse_fractions(trace, metric)
        notes.append(
            f"The file doesn't name its statistic: {metric.metric} read as its {metric.statistic}."
        )
    return Told(metric.kind, metric.measure, unit.scale if unit else 1.0), notes


def _refuse_fractions(trace: Trace, metric: Metric) -> None:
    """Refuse what may be an average or a rate: a sum of counts or bytes is whole."""
    part = np.abs(trace.value - np.rint(trace.value)) > WHOLE * np.maximum(trace.value, 1.0)
    if part.any():
        raise TraceError(
            f"holds {trace.value[part.argmax()]:,.6g}, and the Sum of {metric.metric} is a whole "
            f"number: it may be an average or a rate, so export its {metric.statistic}, or name "
            f"its unit in the header, as in '{metric.metric}/s'"
        )


def _of_label(
    trace: Trace, label: Told, unit: Unit | None, wants: tuple[str, ...], said: str
) -> tuple[Told, list[str]]:
    """What the label of metric math tells; of what, may have to be said."""
    label = _any_bytes(label, wants)
    measure = label.measure or _measure(said)
    if not measure:
        raise _ask(trace, wants, f"counts {label.kind}s of something that its label doesn't name")
    _refuse_statistic(trace, ("", "Average", "Sum"))
    if measure not in wants:
        raise TraceError(
            f"{shown(trace.metric)} is {KINDS[label.kind]} of {measure}, not {_or(wants)}: export "
            f"{_exports(wants)}"
        )
    kind = "rate" if (unit and unit.per_second) or said.endswith("/s") else label.kind
    note = f"Metric math, by its label {shown(trace.metric)}: {KINDS[kind]} of {measure}."
    return label._replace(kind=kind, measure=measure), [note]


def _any_bytes(label: Told, wants: tuple[str, ...]) -> Told:
    """Bytes of a disk are said by name; a rate such as MiB/s may be of any bytes."""
    of_others = any(want.endswith(" bytes") for want in wants)
    return label._replace(measure="") if label.by_unit and of_others else label


def _of_unknown(
    trace: Trace, unit: Unit | None, wants: tuple[str, ...], said: str
) -> tuple[Told, list[str]]:
    """What the user says, or what the unit of a nameless file leaves no doubt of."""
    if may_be_bits(trace.metric):
        raise TraceError(
            f"{shown(trace.metric)} may be of bits or of bytes: export bytes, and write them B"
        )
    if said:
        return _as_said(trace, unit, said), []
    if unit and unit.counts == "bytes" and "bytes" in wants and not trace.metric:
        what = f"{trace.statistic or 'values'} of {trace.unit}"
        told = f"The file names no metric: its {what} read as the load"
        if unit.per_second:
            return Told("rate", "bytes", unit.scale), [f"{told}."]
        if trace.statistic == "Sum":
            return Told("total", "bytes", unit.scale), [f"{told} per period."]
    raise _ask(trace, wants, "doesn't tell what it counts")


def _as_said(trace: Trace, unit: Unit | None, said: str) -> Told:
    """What the user says; whether it is a rate, the file may know better."""
    if word := unanswered(trace.metric, said):
        raise TraceError(
            f"{shown(trace.metric)} says {shown(word)}, which is not what trace_unit = {said} "
            f"means: export {PLAIN_CPU if said == CPU_SAID else PLAIN_VALUES.format(said)}"
        )
    if said == CPU_SAID:
        _refuse_statistic(trace, ("", "Average"))
        return Told("percentage", CPU)
    scale = unit.scale if unit else 1.0
    if said.endswith("/s") or (unit and unit.per_second):
        _refuse_statistic(trace, ("", "Average"))
        return Told("rate", _measure(said), scale)
    if seems_a_rate(trace.metric):
        raise TraceError(
            f"{shown(trace.metric)} seems to be a rate, and trace_unit = {said} says a total "
            f"per period: say trace_unit = {said}/s, or export the metric itself"
        )
    if trace.statistic not in ("", "Sum"):
        raise TraceError(
            f"the {trace.statistic} of an unknown metric is no total per period: export its "
            f"Sum, or say trace_unit = {said}/s if it is a rate per second"
        )
    return Told("total", said, scale)


def _refuse_statistic(trace: Trace, allowed: tuple[str, ...]) -> None:
    """Refuse a statistic that is not the load of a rate or of a percentage."""
    if trace.statistic not in allowed:
        raise TraceError(
            f"the {trace.statistic} of {shown(trace.metric) if trace.metric else 'a metric'} is "
            "not its load: export its Average"
        )


def _refuse_contradiction(
    trace: Trace, metric: Metric | None, unit: Unit | None, wants: tuple[str, ...], said: str
) -> None:
    """Refuse where file, table and user do not say the same."""
    answers = _answers(wants)
    if said and said not in answers:
        raise TraceError(f"trace_unit = {said[:40]!r}; allowed: {', '.join(answers)}")
    if metric and unit and unit.counts not in _counted(metric):
        raise TraceError(
            f"the file gives {metric.metric} in {trace.unit}, and CloudWatch in "
            f"{' or '.join(metric.units)}: one of both, name or unit, is wrong"
        )
    if metric and said and _measure(said) != metric.measure and metric.measure in wants:
        raise TraceError(
            f"trace_unit = {said!r}, but {metric.metric} is {KINDS[metric.kind]} of "
            f"{metric.measure}: leave trace_unit as the file says"
        )
    if unit and said and unit.counts != _unit_of(_measure(said)):
        raise TraceError(f"trace_unit = {said!r}, but the file's values are in {trace.unit}")


def _counted(metric: Metric) -> set[str]:
    units = [UNITS.get(unit.casefold()) for unit in metric.units]
    counts = {unit.counts for unit in units if unit}
    return counts or {unit.counts for unit in UNITS.values()}


def _unit_of(measure: str) -> str:
    return {CPU: "percent"}.get(measure, "bytes" if measure.endswith("bytes") else "count")


def _measure(said: str) -> str:
    return CPU if said == CPU_SAID else said.removesuffix("/s")


def _answers(wants: tuple[str, ...]) -> list[str]:
    """What the field trace_unit may say."""
    return [
        answer for want in wants for answer in ([CPU_SAID] if want == CPU else [want, f"{want}/s"])
    ]


def _converted(trace: Trace, told: Told, notes: list[str]) -> Load:
    held = np.isfinite(trace.value)
    low, high = trace.value[held].min(), trace.value[held].max()
    if low < 0:
        raise TraceError(f"holds {low:g} {told.measure}, below 0, so it is no load")
    if told.measure == CPU and high > MOST_PERCENT:
        raise TraceError(f"holds {high:,.4g}, above 100, so it is no {CPU_SAID}")
    if told.measure == CPU and 0 < high <= 1 and not (trace.unit or known(trace.metric)):
        raise TraceError(
            f"holds {high:g} at most: if these are fractions of 1, multiply them by 100; if they "
            "are percent, name the column CPUUtilization (%)"
        )
    if told.measure.endswith("bytes") and 0 < high * told.scale < LEAST_BYTES:
        raise TraceError(
            f"holds {high:g} bytes at most, which is no load: if they are of another unit, name "
            f"it in the header, as in '{trace.metric or 'Bytes'} (MB)'"
        )
    per_s = np.where(held, trace.value, 0.0) * told.scale
    if told.kind == "total":
        per_s = per_s / trace.duration_s
    if told.measure == CPU and 0 < high <= 1:
        notes = [*notes, "No value is above 1: read as percent, not as fractions of 1."]
    if per_s.max() > MOST_PER_S:
        raise TraceError(
            f"holds {high:g}, which would be {per_s.max():.2g} {told.measure} a second, and no "
            "system takes as many: check what the file counts"
        )
    if not held.all():
        notes = [*notes, f"Periods without a datapoint count as no load: {(~held).sum():,}."]
    per_s.setflags(write=False)
    return Load(trace, per_s, told.measure, tuple(notes))


def _half_note(trace: Trace) -> tuple[str, ...]:
    """Say what a load of reads or of writes alone leaves out."""
    for half, other in (("Read", "Write"), ("Write", "Read"), ("Get", "Set"), ("Set", "Get")):
        rest = known(trace.metric.replace(half, other), trace.namespace)
        if half in trace.metric and rest and rest.metric.casefold() != trace.metric.casefold():
            return (f"{trace.metric} is a part of the load: {rest.metric} is not counted.",)
    return ()


def _no_load(trace: Trace, metric: Metric, wants: tuple[str, ...]) -> TraceError:
    """Name the metric to export instead: that of the namespace, where the file tells it."""
    other = known(metric.instead.partition(" + ")[0], trace.namespace) if trace.namespace else None
    fits = other is not None and other.measure in wants
    instead = f"{metric.instead} ({other.statistic})" if fits and other else _exports(wants)
    return TraceError(
        f"{metric.metric} is {KINDS[metric.kind]} ({metric.measure}), not the {_or(wants)} of a "
        f"load: export {instead}{metric.elsewhere}"
    )


def _ask(trace: Trace, wants: tuple[str, ...], problem: str) -> TraceError:
    what = " ".join(filter(None, (trace.metric, trace.statistic, trace.unit)))
    return TraceError(
        f"{shown(what) if what else 'the file'} {problem}: say trace_unit = "
        f"{_or(_answers(wants))}, or export {_exports(wants)}, or choose another series of the "
        "file with metric= (--metric NAME)"
    )


def _exports(wants: tuple[str, ...]) -> str:
    return " or ".join(EXPORT.get(want, want) for want in wants)


def _or(words: Sequence[str]) -> str:
    return " or ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else words[0]


def _sum(loads: list[Load]) -> Load:
    """Add loads of one measure, each over its own segments."""
    if len(loads) == 1:
        return loads[0]
    if len(measures := {load.measure for load in loads}) > 1:
        raise TraceError(f"{' and '.join(sorted(measures))} can't be added: choose one")
    if CPU in measures:
        raise TraceError(
            "percentages are not added: choose one, or export the Average of the whole group "
            "(by AutoScalingGroupName)"
        )
    names = _names(loads)
    notes = dict.fromkeys((f"The sum of {names}.", *(n for load in loads for n in load.notes)))
    if len({(load.trace.start, load.trace.end) for load in loads}) > 1:
        notes["Where only one of the series has data, the other counts as no load."] = None
    trace = _summed(loads, names)
    return Load(trace, trace.value, loads[0].measure, tuple(notes))


def _names(loads: list[Load]) -> str:
    """The metrics of a sum; of one metric, its resources."""
    metrics = dict.fromkeys(load.trace.metric for load in loads)
    resources = [load.trace.resource for load in loads]
    of = f" of {' + '.join(resources)}" if len(metrics) == 1 and all(resources) else ""
    return " + ".join(metrics) + of


def _summed(loads: list[Load], names: str) -> Trace:
    edges = [_edges(load.trace) for load in loads]
    common = np.unique(np.concatenate(edges))
    per_s = np.zeros(common.size - 1)
    for load, edge in zip(loads, edges, strict=True):
        at = np.searchsorted(edge, common[:-1], side="right") - 1
        inside = (at >= 0) & (at < load.per_s.size)
        per_s[inside] += load.per_s[at[inside]]
    return replace(
        loads[0].trace,
        start=datetime.fromtimestamp(common[0], UTC),
        duration_s=np.diff(common),
        value=per_s,
        metric=names,
        statistic="",
        unit="Bytes/Second" if loads[0].measure.endswith("bytes") else "Count/Second",
        repairs=tuple(dict.fromkeys(note for load in loads for note in load.trace.repairs)),
    )


def _edges(trace: Trace) -> Floats:
    start = trace.start.timestamp()
    return start + np.concatenate(([0.0], np.cumsum(trace.duration_s)))
