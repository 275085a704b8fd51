"""Sample workloads that come with the package, as traces."""

from functools import cache

from awsnb._paths import data_dir
from awsnb.trace import Trace, read_cloudwatch

_DESCRIPTIONS = {
    "steady": "400 IOPS without end for a day: a small gp2 volume runs dry late, and stays dry.",
    "boot-storm": "Two short storms near 3,000 IOPS, then a long one: what did the wait earn?",
    "nightly-batch": "A quiet week, a 2 h batch at 02:00: full by day, dry before the batch ends.",
    "diurnal-spikes": "A week of days and nights with spikes to 4,000 IOPS, above any gp2 burst.",
    "oltp-day": "Two busy humps, checkpoints every 5 minutes, a vacuum at 01:00: peak is not mean.",
}


def names() -> tuple[str, ...]:
    """Names of the workloads, simplest first."""
    return tuple(_DESCRIPTIONS)


def description(name: str) -> str:
    """One line on what to watch in a workload."""
    _known(name)
    return _DESCRIPTIONS[name]


def load(name: str) -> Trace:
    """Read a workload: read and write operations per period (divide by the duration for IOPS)."""
    _known(name)
    return _load(name)


@cache
def _load(name: str) -> Trace:
    return read_cloudwatch(data_dir() / "workloads" / f"{name}.csv")


def _known(name: str) -> None:
    if name not in _DESCRIPTIONS:
        raise ValueError(f"no workload named {name!r}; allowed: {', '.join(names())}")
