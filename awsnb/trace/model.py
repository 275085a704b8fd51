"""A trace: one metric as a row of back-to-back segments.

CloudWatch stamps a datapoint with the *start* of its period, so a segment runs from its timestamp
for its duration.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from awsnb.trace.metrics import known

LONGEST_NAME = 300  # characters of a path in an error


class TraceError(ValueError):
    """A file that cannot be read as a trace; the message names the file and the place in it."""


def refusal(file: object, problem: object) -> TraceError:
    """Say in one sentence what is wrong with a file."""
    name, text = str(file), " ".join(str(problem).split())
    name = name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}..."
    return TraceError(f"{name}: {text}{'' if text.endswith(('.', '?', ')')) else '.'}")


@contextmanager
def in_a_sentence(file: object) -> Iterator[None]:
    """Say in one sentence what kept a file from being read."""
    try:
        yield
    except TraceError as problem:
        raise refusal(file, problem) from None
    except (OSError, ValueError, RuntimeError) as problem:
        reason = getattr(problem, "strerror", None) or problem
        raise refusal(file, f"cannot be read: {reason}") from None


@dataclass(frozen=True, eq=False)
class Trace:
    """One metric over time, as segments that follow each other without holes.

    Attributes
    ----------
    start : datetime
        Start of the first segment, UTC.
    duration_s : float64 array
        Length of each segment, seconds.
    value : float64 array
        One number per segment, in the metric's own unit and as in the file: a total or a mean
        over the segment, as `statistic` says. NaN where CloudWatch holds no datapoint.
    metric, statistic, unit : str
        As far as the file tells, else empty.
    source : str
        Name of the file.
    repairs : tuple of str
        What was changed on the way in, one plain sentence each.
    namespace, resource : str
        ``"AWS/EBS"`` and ``"vol-1"``, as far as the file tells, else empty.
    """

    start: datetime
    duration_s: NDArray[np.float64]
    value: NDArray[np.float64]
    metric: str = ""
    statistic: str = ""
    unit: str = ""
    source: str = ""
    repairs: tuple[str, ...] = ()
    namespace: str = ""
    resource: str = ""

    def __post_init__(self) -> None:
        for name in ("duration_s", "value"):
            array = np.array(getattr(self, name), dtype=np.float64)
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        if self.value.ndim != 1 or self.value.shape != self.duration_s.shape or not self.value.size:
            raise TraceError("a trace needs one duration per value, and at least one of each")
        if not (np.isfinite(self.duration_s).all() and (self.duration_s > 0).all()):
            raise TraceError("every duration_s must be a number of seconds above 0")
        if self.start.utcoffset() is None:
            raise TraceError("start needs a time zone")

    @property
    def period_s(self) -> float:
        """The usual length of a segment, seconds."""
        lengths, counts = np.unique(self.duration_s, return_counts=True)
        return float(lengths[np.argmax(counts)])

    @property
    def kind(self) -> str:
        """What the metric is (`awsnb.trace.metrics.KINDS`), empty where it is not known."""
        metric = known(self.metric, self.namespace)
        return metric.kind if metric else ""

    @property
    def end(self) -> datetime:
        """End of the last segment, UTC."""
        return self.start + timedelta(seconds=float(self.duration_s.sum()))

    def times(self) -> NDArray[np.datetime64]:
        """Start of each segment, UTC, as ``datetime64[ms]``."""
        offsets = np.concatenate(([0.0], np.cumsum(self.duration_s[:-1])))
        start = np.datetime64(self.start.astimezone(UTC).replace(tzinfo=None), "ms")
        return start + np.rint(offsets * 1000).astype("timedelta64[ms]")

    def begins_s(self, lasts_s: NDArray[np.float64]) -> float | None:
        """Find when that first begins which lasts to the end of its segment.

        Parameters
        ----------
        lasts_s : ndarray of float, shape (n,)
            Seconds that it lasts in each segment.

        Returns
        -------
        float or None
            Seconds from the start; None if it never begins.
        """
        if not lasts_s.any():
            return None
        first = int((lasts_s > 0).argmax())
        # the time without it comes first in its segment
        return float(self.duration_s[:first].sum() + (self.duration_s[first] - lasts_s[first]))

    def describe(self) -> str:
        """One sentence: how many samples, at which period, from when to when, and the repairs."""
        count = int(np.isfinite(self.value).sum())
        repairs = f"; repaired: {'; '.join(self.repairs)}" if self.repairs else ""
        return (
            f"{count:,} samples at {span(self.period_s)} "
            f"from {self.start:%Y-%m-%d %H:%M} to {self.end:%Y-%m-%d %H:%M} UTC{repairs}"
        )

    def __str__(self) -> str:
        return self.describe()


def common_time(traces: Sequence[Trace]) -> tuple[datetime, datetime]:
    """Return when the time begins and ends that all of some traces hold.

    Raises
    ------
    TraceError
        Where they are of different times.
    """
    begin, end = max(one.start for one in traces), min(one.end for one in traces)
    if end <= begin:
        first, last = min(traces, key=lambda one: one.end), max(traces, key=lambda one: one.start)
        raise refusal(
            first.source,
            f"holds one series until {first.end:%Y-%m-%d %H:%M} and another from "
            f"{last.start:%Y-%m-%d %H:%M}: export them for the same time",
        )
    return begin, end


def span(seconds: float) -> str:
    """Say a length of time in its two largest units: '5 min', '1 h 30 min'."""
    counts = (seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60, seconds % 60)
    parts = [f"{n:g} {unit}" for n, unit in zip(counts, ("d", "h", "min", "s"), strict=True) if n]
    return " ".join(parts[:2])
