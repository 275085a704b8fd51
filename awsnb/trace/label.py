"""What the label of a series says: metric, namespace, statistic, and of which resource."""

import re
from typing import NamedTuple

from awsnb.trace.metrics import STATISTICS, known

NAMESPACE = re.compile(r"(?:[a-z0-9-]+:)?((?:AWS|ECS)/\w+)")
PERCENTILE = re.compile(r"(?:p|tm|wm|tc|ts)\d+(?:\.\d+)?|IQM")
JOINED_STATISTIC = re.compile(rf"[_.]({'|'.join(STATISTICS)})\b")
EXPRESSION = re.compile(
    r"\s[-+*/]\s|\w\+\w|[*=]|/\s*(?:PERIOD|m\d|e\d|(?:60|300|900|3600|86400)\b)|\b[A-Z_]{2,}\("
)
WRAPPING = "()[]{},;:"
STATISTIC_WORDS = {statistic.casefold(): statistic for statistic in STATISTICS}
STATISTIC_WORDS |= {"avg": "Average", "mean": "Average", "max": "Maximum", "min": "Minimum"}


class Label(NamedTuple):
    """What a label says; empty where it does not."""

    metric: str = ""
    namespace: str = ""
    statistic: str = ""
    resource: str = ""


def read_label(text: str) -> Label:
    """Take a label apart.

    A metric that CloudWatch publishes is found among the words. Metric math, and what is not
    known, stays whole: its text is the metric.

    Examples
    --------
    >>> read_label("us-east-1:AWS/EBS VolumeId:vol-1 VolumeReadOps Sum 300")
    Label(metric='VolumeReadOps', namespace='AWS/EBS', statistic='Sum', resource='VolumeId:vol-1')
    >>> read_label("m1/PERIOD(m1)").metric
    'm1/PERIOD(m1)'
    """
    text = " ".join(text.split())
    if EXPRESSION.search(text):
        return Label(metric=text)
    words = JOINED_STATISTIC.sub(r" \1", text).split()
    metrics = list(dict.fromkeys(filter(None, map(_metric, words))))
    if len(metrics) > 1:
        return Label(metric=text)
    return _of_known(words, metrics[0]) if metrics else _of_unknown(text)


def statistic_of(word: str) -> str:
    """The statistic that a word names, as CloudWatch writes it, else nothing."""
    if word.endswith(":"):  # a legend's: '[max: 12.3]'
        return ""
    word = word.strip(WRAPPING)
    return STATISTIC_WORDS.get(word.casefold(), word if PERCENTILE.fullmatch(word) else "")


def _metric(word: str) -> str:
    found = known(word) or known(word.strip(WRAPPING))
    return found.metric if found else ""


def _of_known(words: list[str], metric: str) -> Label:
    namespaces = [match[1] for match in map(NAMESPACE.fullmatch, words) if match]
    statistics = list(filter(None, map(statistic_of, words)))
    rest = [
        word
        for i, word in enumerate(words)
        if not (_metric(word) or statistic_of(word) or NAMESPACE.fullmatch(word))
        and re.search(r"\w", word)
        and not (word.isdigit() and i == len(words) - 1)
    ]
    return Label(metric, "".join(namespaces[:1]), "".join(statistics[:1]), " ".join(rest))


def _of_unknown(text: str) -> Label:
    rest, _, last = text.rpartition(" ")
    statistic = statistic_of(last)
    metric = rest if statistic else text
    return Label("" if metric.casefold() == "value" else metric, "", statistic)
