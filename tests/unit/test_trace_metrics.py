import csv
import re

import pytest

from awsnb._paths import data_dir
from awsnb.sections import SECTIONS
from awsnb.trace import metrics
from awsnb.trace.metrics import KINDS, known
from awsnb.trace.units import UNITS

PATH = data_dir() / "metrics.csv"
TABLE = metrics.read(PATH)
LOADS = {"total", "rate"}


def test_the_file_is_sorted_and_whole():
    with open(PATH, encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    assert rows[0] == list(metrics.Metric.__dataclass_fields__)
    assert {len(row) for row in rows} == {len(rows[0])}
    names = [tuple(row[:2]) for row in rows[1:]]
    assert names == sorted(set(names))
    assert all(cell == cell.strip() for row in rows for cell in row)
    assert PATH.read_bytes().endswith(b"\n") and b"\r" not in PATH.read_bytes()


def test_every_row_says_what_its_metric_is():
    for metric in TABLE:
        assert _defects(metric) == [], f"{metric.namespace} {metric.metric}"


def _defects(metric):
    units = [UNITS.get(unit.casefold()) for unit in metric.units if unit != "None"]
    checks = {
        "kind": metric.kind in KINDS,
        "measure": metric.measure,
        "source": metric.source.startswith("docs.aws.amazon.com/"),
        "month": re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", metric.as_of),
        "confidence": metric.confidence in ("verified", "recalled"),
        "units": all(units),
        "statistics": set(metric.statistics) <= set(metrics.STATISTICS),
        "balance": metric.kind != "balance" or "Sum" not in metric.statistics,
        "rate": metric.kind != "rate" or all(unit.per_second for unit in units),
        "percentage": metric.kind != "percentage" or {u.counts for u in units} == {"percent"},
        "total": metric.kind != "total" or metric.statistics == ("Sum",),
    }
    return [name for name, holds in checks.items() if not holds]


def test_what_to_export_instead_is_known_and_a_load():
    for metric in TABLE:
        for name in filter(None, metric.instead.split(" + ")):
            other = known(name, metric.namespace) or known(name)
            assert other is not None, (metric.metric, name)
            assert other.kind in LOADS or other.measure == "cpu"
            assert not other.instead


def test_every_metric_that_is_no_load_names_one():
    kinds = set(KINDS) - LOADS - {"percentage"}
    assert [m.metric for m in TABLE if m.kind in kinds and not m.instead] == []


def test_a_section_that_reads_what_is_no_load_is_written_and_says_so():
    written = {section.slug: section for section in SECTIONS if section.ready}
    told = [metric for metric in TABLE if metric.read_by]
    assert {metric.metric for metric in told} >= {"OldestReplicationSlotLag", "ReplicaLag"}
    for metric in told:
        assert metric.kind not in LOADS
        fields = [view.scenario.model_fields for view in written[metric.read_by].views]
        said = [
            f"{has['trace'].title} {has['trace'].description}" for has in fields if "trace" in has
        ]
        assert any(metric.metric in words for words in said), metric.metric


def test_names_are_found_in_any_case_and_by_namespace():
    assert known("volumereadops").metric == "VolumeReadOps"
    assert known("BurstBalance", "AWS/RDS").namespace == "AWS/RDS"
    assert known("VolumeReadOps", "AWS/RDS") is None
    assert known("MyOps") is None


def test_one_name_is_one_kind_in_every_namespace_or_a_load_in_none():
    """A file often tells no namespace: then the first one's word must not mislead."""
    kinds: dict[str, set[tuple[str, str]]] = {}
    for metric in TABLE:
        told = (metric.kind, metric.measure) if metric.kind in LOADS else ("none", "")
        kinds.setdefault(metric.metric.casefold(), set()).add(told)
    assert {name for name, told in kinds.items() if len(told) > 1} == set()


@pytest.mark.parametrize(
    ("name", "kind", "measure"),
    [
        ("VolumeReadBytes", "total", "bytes"),
        ("EBSWriteOps", "total", "operations"),
        ("ReadIOPS", "rate", "operations"),
        ("WriteThroughput", "rate", "bytes"),
        ("FreeStorageSpace", "level", "free storage"),
        ("EBSByteBalance%", "balance", "burst credit of the instance for EBS"),
        ("CPUCreditBalance", "balance", "CPU credits"),
        ("CPUUtilization", "percentage", "cpu"),
        ("RequestCount", "total", "requests"),
        ("RequestCountPerTarget", "per-target", "requests of one target"),
        ("HTTPCode_ELB_5XX_Count", "errors", "responses with an error or redirect"),
        ("TargetResponseTime", "duration", "response time"),
        ("ConsumedLCUs", "level", "capacity units"),
        ("NewFlowCount", "total", "connections"),
        ("GroupDesiredCapacity", "level", "size of the group"),
        ("PercentIOLimit", "percentage", "I/O limit reached"),
        ("ReplicaLag", "duration", "lag"),
        ("DatabaseConnections", "level", "open connections"),
        ("CacheHits", "total", "key lookups"),
    ],
)
def test_the_metrics_that_people_bring(name, kind, measure):
    assert (known(name).kind, known(name).measure) == (kind, measure)
