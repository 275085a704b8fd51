"""Words of a label that change what its values are: a scale, another time, a share, a limit.

Beside a metric's name they make something else of it. In a label of one's own they say more than
an answer such as ``operations/s`` can take in.
"""

import re
from itertools import pairwise

from awsnb.trace.metrics import known


def _words(*patterns: str) -> re.Pattern[str]:
    """Whole words, in small or capital letters; a part of a name such as ``db-limit`` is none."""
    return re.compile(rf"(?<![\w/.:-])(?:{'|'.join(patterns)})(?![\w-])", re.IGNORECASE)


SCALES = ("thousands?", "millions?", "billions?", "x ?(?:10+|1024)", "'000", "1000s",
          "[kmg]ibibytes?|mebibytes?", "sectors?", "blocks?", "[kmg]?bits?")  # fmt: skip
PERIODS = ("rpm", "hourly", "daily", "weekly", "monthly", "rolling", "moving", "running",
           "cumulative", "cumsum", "[mqy]td")  # fmt: skip
STATISTICS = ("median", "stddev", "variance", "peak", r"p\d\d(?:\.\d+)?")
NO_LOAD = ("limit", "threshold", "budget", "quota", "provisioned", "baseline", "predicted",
           "anomaly", "ratio", "fraction", "errors?", "failed", "[45]xx", "estimated", "projected",
           "goal", "alarm", "slo", "sla", "cap", "ceiling", "capacity", "allowance", "allowed",
           "headroom", "reserved", "percentile", "deviation", "z-score", "band", "trend", "growth",
           "smoothed", "ewma", "normali[sz]ed", "scaled")  # fmt: skip
RATES = ("hz", "rps", "qps", "tps", "[km]?iops")
OF_ANOTHER = ("change", "diff", "difference", "free", "available", "remaining")
OF_CPU = ("idle", "steal", "iowait", "target", r"(?<!\d )(?:cores?|vcpus?)")
GAUGES = ("queued?", "depth", "length", "latency", "duration", "time", "balance", "credits?",
          "lag", "age", "free", "freeable", "available", "remaining", "used", "memory", "mem",
          "heap", "size", "in[ -]?flight", "pending", "outstanding", "waiting", "open", "active",
          "current", "idle", "concurrent", "healthy", "unhealthy", "hosts?", "max", "maximum",
          "reset", "rejected", "throttled", "dropped", "utili[sz]ation")  # fmt: skip
NO_CPU = ("idle", "steal", "iowait", "wait", "mem", "memory", "ram", "disk", "swap", "load",
          "(?:milli)?cores?", "vcpus?", "credits?", "balance", "gpu", "network", "(?<!cpu )util",
          "enginecpu", "reserved", "reservation", "requests?", "throttled", "available", "free",
          "headroom")  # fmt: skip

ALWAYS = _words(*SCALES, *PERIODS, *STATISTICS, *NO_LOAD)
BESIDE = _words(*RATES, *OF_ANOTHER)
DERIVED = re.compile(r"\b(?:per|rate|delta|derivative|expected|forecast)\b", re.IGNORECASE)
WRAPPED = re.compile(
    r"[(\[](?:.* )?in \w[^)\]]*[)\]]|"
    r"[(\[](?:k|m|0-1|1/\w+|h|hours?|min(?:utes)?|days?|[kmgt]i?bps|[kmgt]i?b/\w+)[)\]]|"
    r"(?:^|\s)(?:[km]|[kmg]o|[kmgt]i?bps)$",
    re.IGNORECASE,
)
# scales and times of a label of one's own, where '_' parts words
SCALED = re.compile(
    r"(?:(?<![a-z])|(?<=[a-z])(?=[kmg]b(?:ps|/s)))[kmgt]i?b(?:ytes?)?(?:ps)?(?![a-z])|"  # MB, wkB/s
    r"(?<![a-z])[km] ?(?:i?ops|ios?|rps|qps|req\w*)\b|[(\[][km][)\]]|"  # kIOPS, (k)
    r"\*\s*\d+|\b\d+\s*\*|/\s*\(?\s*(?:10(?:00|24)|1048576|1e\d)\d*\b",  # m1/1024
    re.IGNORECASE,
)
OTHER_TIME = re.compile(
    r"\bper (?!s\b|sec)\w+|/ ?(?!s\b|sec)(?:min\w*|h|hours?|d|days?|target|instance|host|node|"
    r"user|core|vcpu)\b",
    re.IGNORECASE,
)
CPU_WORDS, NO_CPU_WORDS, LEVELS = _words(*OF_CPU), _words(*NO_CPU), _words(*GAUGES)
FUNCTION = re.compile(r"\b(?:max|min|count|samplecount|stddev|log\d*)\s*\(", re.IGNORECASE)
AVERAGE = re.compile(r"\bavg\s*\(", re.IGNORECASE)
CASES = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
COUNTER = re.compile(r"\w_total\b|\bcounter\b", re.IGNORECASE)


def changes_metric(beside: str, measure: str) -> bool:
    """Say whether the words beside a metric's name make something else of it."""
    more = (CPU_WORDS,) if measure == "cpu" else ()
    return any(one.search(beside) for one in (ALWAYS, BESIDE, DERIVED, WRAPPED, *more))


def unanswered(label: str, said: str) -> str:
    """Return what a label of one's own says and an answer does not take in, or nothing.

    Examples
    --------
    >>> unanswered("Total kIOPS", "operations/s"), unanswered("my requests", "requests")
    ('kIOPS', '')
    >>> unanswered("requests per target", "requests"), unanswered("% idle", "CPU %")
    ('per target', 'idle')
    """
    if is_quotient(label):
        return "/"
    if said != "CPU %":
        total = () if said.endswith("/s") else (AVERAGE,)
        return _first(label, SCALED, OTHER_TIME, ALWAYS, LEVELS, FUNCTION, *total)
    share = "" if re.match(r"100\s*-", label) else _first(label.replace("%", " "), NO_CPU_WORDS)
    return share or _first(label, ALWAYS, FUNCTION)


def spaced(label: str) -> str:
    """Part the words of ``readOpsPerSec`` and ``read_ops_per_sec``.

    Examples
    --------
    >>> spaced("readOpsPerSec"), spaced("read_ops_per_sec"), spaced("readIOPSAvg")
    ('read Ops Per Sec', 'read ops per sec', 'read IOPS Avg')
    """
    return CASES.sub(" ", label).replace("_", " ")


def _first(label: str, *patterns: re.Pattern[str]) -> str:
    texts = label.replace("_", " "), spaced(label)
    every = (one.search(text) for text in texts for one in patterns)
    found = next(filter(None, every), None)
    return found[0].removesuffix("(").strip() if found else ""


def is_quotient(label: str) -> bool:
    """Say whether a label divides one metric by another."""
    parts = [part.strip("() ") for part in label.split("/")]
    return any(known(a) and known(b) for a, b in pairwise(parts))


def is_counter(label: str) -> bool:
    """Say whether a label names a counter that runs since a start, as Prometheus names them."""
    return bool(COUNTER.search(label))
