"""What every format comes down to: metrics with their names and samples."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from awsnb.trace.cells import Sample
from awsnb.trace.model import TraceError

STATISTICS = ("Sum", "Average", "Maximum", "Minimum", "SampleCount")


@dataclass
class Column:
    """One metric of a file; `names` are what it can be asked for by."""

    names: tuple[str, ...]
    samples: Iterator[Sample]  # read once it is chosen
    metric: str
    statistic: str
    units: set[str] = field(default_factory=set)
    status: str = ""

    def __str__(self) -> str:
        return " = ".join(dict.fromkeys(filter(None, self.names)))


def choose(columns: Sequence[Column], name: str | None) -> Column:
    """The column of that name, or the only one."""
    found = [c for c in columns if name is None or fold(name) in map(fold, c.names)]
    if len(found) == 1:
        return found[0]
    problem = f"{'more than one' if found else 'no'} metric is named {name!r}"
    if name is None:
        problem = f"holds {len(columns)} metrics, name one with metric="
    raise TraceError(f"{problem}. The file holds: {'; '.join(map(str, columns))}")


def fold(name: str) -> str:
    """The name as it is compared: case and spaces aside."""
    return " ".join(name.casefold().split())


def split_label(label: str) -> tuple[str, str]:
    """Metric and statistic of a label such as 'VolumeReadOps Sum', 'Sum' or 'value'."""
    metric, _, last = label.rpartition(" ")
    for statistic in STATISTICS:
        if fold(last) == statistic.casefold():
            return metric, statistic
    if re.fullmatch(r"p\d+(\.\d+)?", last):
        return metric, last
    return ("" if fold(label) == "value" else label), ""
