"""Metric math whose label tells what it is: ``Total IOPS``, ``m1/PERIOD(m1)``."""

import re
from typing import NamedTuple

from awsnb.trace.changed import spaced
from awsnb.trace.label import EXPRESSION
from awsnb.trace.metrics import known
from awsnb.trace.units import BITS, RATE, rate_word

RATE_WORD = re.compile(r"\b(?:rate|[rqt]ps|iops)\b", re.IGNORECASE)
BIT_RATE = re.compile(
    r"(?<![A-Za-z])[kmgtKMGT]?i?(?:b(?:ps|/s)|[bB]its?(?:ps|/s| per))(?![A-Za-z])"
)
PERIOD = re.compile(r"(.+?)\s*/\s*(?:PERIOD\([^()]*\)|(\d+))")
RATE_AT_END = re.compile(rf"(.*?)[\s([]*({RATE}|iops|rps)[\s)\]]*", re.IGNORECASE)
# words that say which part of a load it is, and no more: not 'limit', 'provisioned', 'maximum'
PARTS = frozenset((
    "total", "read", "reads", "write", "writes", "sum", "all", "combined", "and", "average", "avg",
    "mean", "volume", "disk", "ebs", "throughput", "traffic", "request", "requests",
))  # fmt: skip
RESOURCE = re.compile(r"(?:vol|i|db|app|net|fs)-[\w-]+", re.I)
METRIC_ID = re.compile(r"[a-z]\w*")


class Told(NamedTuple):
    """What a label tells; an empty measure is one it does not."""

    kind: str  # total or rate
    measure: str
    scale: float = 1.0
    by_unit: bool = False  # its unit names the measure, such as MiB/s


def told_by(label: str, period_s: float) -> Told | None:
    """Read a label that is no single metric's name; None where it tells nothing for sure.

    Examples
    --------
    >>> told_by("Total IOPS", 300)
    Told(kind='rate', measure='operations', scale=1.0, by_unit=False)
    >>> told_by("(VolumeReadBytes + VolumeWriteBytes) / PERIOD(m1)", 300)
    Told(kind='rate', measure='bytes', scale=1.0, by_unit=False)
    >>> told_by("Provisioned IOPS", 300) is None
    True
    """
    label = label.strip()
    if divided := PERIOD.fullmatch(label):
        terms = _terms(divided[1])
        if (divided[2] and float(divided[2]) != period_s) or terms is None or terms.kind == "rate":
            return None
        return terms._replace(kind="rate")
    if "+" in label:
        terms = _terms(label)
        return terms if terms and terms.measure else None
    return _rate(label)


def seems_a_rate(label: str) -> bool:
    """Say whether a label that is not understood divides, or ends in a unit per second."""
    text = spaced(label.strip())
    divides = "/" in label and bool(EXPRESSION.search(label))
    return divides or bool(RATE_WORD.search(text) or RATE_AT_END.fullmatch(text))


def may_be_bits(label: str) -> bool:
    """Say whether a label ends in a unit such as Mb/s, of bits to some and of bytes to others."""
    match = RATE_AT_END.fullmatch(label.strip())
    at_end = match and BITS.match(match[2]) and rate_word(match[2]) is None
    return bool(at_end or BIT_RATE.search(label))


def _terms(text: str) -> Told | None:
    """A sum of metrics that count the same, or of ids."""
    names = [name.strip(" ()") for name in text.split("+")]
    metrics = [known(name) for name in names]
    kinds = {(metric.kind, metric.measure) for metric in metrics if metric}
    if all(metrics) and len(kinds) == 1:
        kind, measure = kinds.pop()
        return Told(kind, measure) if kind in ("total", "rate") else None
    plain = not any(metrics) and all(map(METRIC_ID.fullmatch, names))
    return Told("total", "") if plain else None


def _rate(label: str) -> Told | None:
    match = RATE_AT_END.fullmatch(label)
    if match is None or (unit := rate_word(match[2])) is None:
        return None
    words = re.findall(r"[^\s&,]+", match[1].casefold())
    words = [word for whole in words for word in ([whole] if "-" in whole else whole.split("_"))]
    if all(word in PARTS or RESOURCE.fullmatch(word) for word in words):
        return Told("rate", *unit, by_unit=unit[0] == "bytes")
    return None
