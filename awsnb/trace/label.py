"""What the label of a series says: metric, namespace, statistic, unit, and of which resource."""

import re
from typing import NamedTuple

from awsnb.trace.changed import changes_metric
from awsnb.trace.metrics import STATISTICS, Metric, known
from awsnb.trace.units import BITS, PER, UNITS, unit_of

NAMESPACE = re.compile(r"(?:[a-z0-9-]+:)?((?:AWS|ECS)/\w+)")
PERCENTILE = re.compile(r"(?:p|tm|wm|tc|ts)\d+(?:\.\d+)?|IQM")
JOINED_STATISTIC = re.compile(rf"[_.]({'|'.join(STATISTICS)})\b")
EXPRESSION = re.compile(
    r"\s[-+*/]\s|\w\+\w|[*=]|/\s*(?:PERIOD|m\d|e\d|(?:60|300|900|3600|86400)\b)|\b[A-Z_]{2,}\("
)
WRAPPING = "()[]{},;:"
SECOND = f"(?i:{'|'.join(PER)})"
NAMED = f"(?i:{'|'.join(name for name in UNITS if name.isalpha())})"
# a unit beside a metric's name: '(MiB)', 'per second', 'MB/s', 'Kilobytes'
BESIDE = re.compile(
    rf"[(\[]\s*(?P<wrapped>[^()\[\]]+?)\s*[)\]]|\bper (?P<per>{SECOND})\b|"
    rf"(?<!\S)(?P<bare>\w+/{SECOND}|[kKMGT]i?[bB](?:ps)?|ms|%|{NAMED})(?!\S)"
)
PER_WRAPPED = re.compile(rf"(?:per |/)({SECOND})")
SCALED = re.compile(r"[kKMGT]|thousands?|millions?")
PERIOD_SAID = re.compile(
    r"[(\[]?\b(?:per|every) \d+ ?\w+\b[)\]]?|"
    r"[(\[]\d{1,3} ?(?:s|sec|m|min|minutes?|h|hours?)[)\]]"
)
STATISTIC_WORDS = {statistic.casefold(): statistic for statistic in STATISTICS}
STATISTIC_WORDS |= {"avg": "Average", "mean": "Average", "max": "Maximum", "min": "Minimum"}


class Label(NamedTuple):
    """What a label says; empty where it does not."""

    metric: str = ""
    namespace: str = ""
    statistic: str = ""
    resource: str = ""
    unit: str = ""


def read_label(text: str) -> Label:
    """Take a label apart.

    A metric that CloudWatch publishes is found among the words. Metric math, and what is not
    known, stays whole: its text is the metric.

    Examples
    --------
    >>> label = read_label("us-east-1:AWS/EBS VolumeId:vol-1 VolumeReadOps Sum 300")
    >>> label.namespace, label.metric, label.statistic, label.resource
    ('AWS/EBS', 'VolumeReadOps', 'Sum', 'VolumeId:vol-1')
    >>> read_label("m1/PERIOD(m1)").metric
    'm1/PERIOD(m1)'
    >>> read_label("WriteThroughput (MB/s)").unit, read_label("VolumeReadOps/s").unit
    ('MB/s', 'Count/s')
    """
    text = " ".join(text.split())
    if EXPRESSION.search(text):
        return Label(metric=text)
    plain = PERIOD_SAID.sub("", JOINED_STATISTIC.sub(r" \1", text))
    words = [part for word in plain.split() for part in _parts(word)]
    metrics = list(dict.fromkeys(filter(None, map(_metric, words))))
    if not metrics:
        return _of_unknown(text)
    found = _of_known(words, metrics[0])
    measure = getattr(known(found.metric, found.namespace), "measure", "")
    other = changes_metric(found.resource, measure) or _has_another_unit(found)
    return Label(metric=text) if other or len(metrics) > 1 else found


def statistic_of(word: str) -> str:
    """The statistic that a word names, as CloudWatch writes it, else nothing."""
    if word.endswith(":"):  # a legend's: '[max: 12.3]'
        return ""
    word = word.strip(WRAPPING)
    return STATISTIC_WORDS.get(word.casefold(), word if PERCENTILE.fullmatch(word) else "")


def _parts(word: str) -> list[str]:
    """A metric's name and its ``/s``, as words."""
    name, _, per = word.partition("/")
    return [name, "per", per] if per.casefold() in PER and _metric(name) else [word]


def _metric(word: str) -> str:
    found = known(word) or known(word.strip(WRAPPING))
    return found.metric if found else ""


def _of_known(words: list[str], metric: str) -> Label:
    namespaces = [match[1] for match in map(NAMESPACE.fullmatch, words) if match]
    namespace = "".join(namespaces[:1])
    beside = " ".join(word for word in words if not (_metric(word) or NAMESPACE.fullmatch(word)))
    unit, beside = _unit(beside, known(metric, namespace) or known(metric))
    words = beside.split()
    statistics = list(filter(None, map(statistic_of, words)))
    rest = [
        word
        for i, word in enumerate(words)
        if not statistic_of(word)
        and re.search(r"\w", word)
        and not (word.isdigit() and i == len(words) - 1)
    ]
    return Label(metric, namespace, "".join(statistics[:1]), " ".join(rest), unit)


def _unit(text: str, metric: Metric | None) -> tuple[str, str]:
    """The unit that stands among the words beside a metric's name, and the rest of the words."""
    for match in BESIDE.finditer(text):
        wrapped, per, bare = match.group("wrapped", "per", "bare")
        alone = PER_WRAPPED.fullmatch(wrapped or "")
        if per or alone:
            of = metric.units[0].partition("/")[0] if metric else ""
            unit = f"{of}/{per or alone[1]}"  # type: ignore[index]
        elif _is_unit(wrapped or bare) or SCALED.fullmatch(wrapped or ""):
            unit = wrapped or bare
        else:
            continue
        return unit, f"{text[: match.start()]} {text[match.end() :]}"
    return "", text


def _has_another_unit(label: Label) -> bool:
    """Say whether a second unit stands beside the one that was found, as in ``/s (MB)``."""
    more, _ = _unit(label.resource, None)
    return bool(label.unit and more) and unit_of(more) != unit_of(label.unit)


def _is_unit(text: str) -> bool:
    return unit_of(text) is not None or bool(BITS.fullmatch(text.partition("/")[0]))


def _of_unknown(text: str) -> Label:
    rest, _, last = text.rpartition(" ")
    statistic = statistic_of(last)
    metric = rest if statistic else text
    unit = unit_of(last.strip("()[]")) if last[:1] in "([" else None
    told = last.strip("()[]") if unit and not unit.per_second else ""  # `told_by` reads rates
    nameless = (rest if told else metric).casefold() == "value"
    return Label("" if nameless else metric, "", statistic, unit=told)
