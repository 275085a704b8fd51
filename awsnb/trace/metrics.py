"""The metrics that AWS publishes, as far as `data/metrics.csv` knows them: what each one is."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from awsnb._paths import data_dir

KINDS = {
    "total": "a total per period",
    "rate": "a rate per second",
    "level": "a level at a moment",
    "balance": "a balance that is left",
    "percentage": "a percentage",
    "errors": "a count of errors",
    "per-target": "a count per target",
    "duration": "a duration",
}
LOADS = ("total", "rate", "percentage")
STATISTICS = ("Sum", "Average", "Maximum", "Minimum", "SampleCount")


@dataclass(frozen=True)
class Metric:
    """One metric of one namespace.

    Attributes
    ----------
    namespace, metric : str
        As CloudWatch names them: ``"AWS/EBS"``, ``"VolumeReadBytes"``.
    kind : str
        One of `KINDS`.
    measure : str
        What is counted or measured: ``"bytes"`` and ``"operations"`` are those of a disk,
        ``"network bytes"``, ``"requests"``, ``"connections"``, ``"cpu"``, ...
    statistics : tuple of str
        Those that make sense, the one to export first.
    units : tuple of str
        Those that CloudWatch gives it, the usual one first.
    instead : str
        What to export for a load, where this is none.
    read_by : str
        The section that reads it as it is, where one does and it is no load.
    as_of, source, confidence, note : str
        As in every data file.
    """

    namespace: str
    metric: str
    kind: str
    measure: str
    statistics: tuple[str, ...]
    units: tuple[str, ...]
    instead: str
    read_by: str
    as_of: str
    source: str
    confidence: str
    note: str

    @property
    def statistic(self) -> str:
        """The statistic to export."""
        return self.statistics[0]

    @property
    def counts_alone(self) -> bool:
        """Say whether it counts a part of the load alone, as of one protocol."""
        return self.note.startswith("counts") and "alone" in self.note

    @property
    def elsewhere(self) -> str:
        """The end of a refusal: which section reads it; empty if none does."""
        return f"; the section {self.read_by} reads {self.metric}" if self.read_by else ""


def known(metric: str, namespace: str = "") -> Metric | None:
    """Return what is known of a metric, case aside; without a namespace, of its first one."""
    found = _by_name().get(metric.casefold(), ())
    of_namespace = [one for one in found if one.namespace == namespace]
    return next(iter(of_namespace or ([] if namespace else found)), None)


@cache
def loads_of(measure: str) -> tuple[str, ...]:
    """Return the names of the metrics that are a load of a measure, in small letters."""
    every = (one for same in _by_name().values() for one in same)
    return tuple(one.metric.casefold() for one in every
                 if one.measure == measure and one.kind in LOADS)  # fmt: skip


def read(path: Path) -> tuple[Metric, ...]:
    """Read the table of metrics."""
    with open(path, encoding="utf-8", newline="") as lines:
        return tuple(_metric(row) for row in csv.DictReader(lines))


def _metric(row: dict[str, str]) -> Metric:
    lists = {name: tuple(row[name].split()) for name in ("statistics", "units")}
    return Metric(**{**row, **lists})  # type: ignore[arg-type]


@cache
def _by_name() -> dict[str, list[Metric]]:
    table: dict[str, list[Metric]] = {}
    for metric in read(data_dir() / "metrics.csv"):
        table.setdefault(metric.metric.casefold(), []).append(metric)
    return table
