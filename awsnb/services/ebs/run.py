"""What a volume does with a load: when it holds the application back, by which limit, how long."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from awsnb.mechanisms import token_bucket
from awsnb.mechanisms.token_bucket import Bucket, Service
from awsnb.results import Curve, Number, Panel, Result
from awsnb.services.ebs.load import demand
from awsnb.services.ebs.volume import (
    EBS,
    Limit,
    VolumeScenario,
    instance_limits,
    volume_limits,
)
from awsnb.trace import Trace
from awsnb.words import milliseconds, span

CREDIT_COLUMNS = {
    "volume's IOPS": ("volume_io_credit_pct", "volume's I/O credit", "first"),
    "volume's throughput": ("volume_throughput_credit_pct", "volume's throughput credit", "first"),
    "instance's IOPS": ("instance_io_credit_pct", "instance's I/O credit", "second"),
    "instance's throughput": (
        "instance_throughput_credit_pct", "instance's throughput credit", "third",
    ),
}  # fmt: skip


def simulate_volume(volume: VolumeScenario) -> Result:
    """Serve a load from an EBS volume.

    Parameters
    ----------
    volume : VolumeScenario
        The volume, its instance and its load.

    Returns
    -------
    Result
        `series` has per sample: I/Os asked for and served per second, the credit left in each
        bucket (%), the mean number of I/Os waiting, and the mean latency (ms) by Little's law.

    Raises
    ------
    ScenarioError, TraceError
        If the trace can't be read, or can't be the load on a disk.
    """
    trace, asked_iops, notes = demand(volume)
    return Run.of(volume, trace, asked_iops).result(notes)


@dataclass(frozen=True)
class Run:
    """A load served through limits, and what there is to say of it."""

    volume: VolumeScenario
    trace: Trace
    asked_iops: NDArray[np.float64]
    limits: list[Limit]
    service: Service

    @classmethod
    def of(
        cls,
        volume: VolumeScenario,
        trace: Trace,
        asked_iops: NDArray[np.float64],
        limits: list[Limit] | None = None,
    ) -> "Run":
        """Serve the load through the limits of the volume and its instance, or those given."""
        limits = limits or [*volume_limits(volume), *instance_limits(volume)]
        buckets = [limit.bucket for limit in limits]
        waiting = {"queue": np.inf, "closed loop": volume.outstanding, "drop": 0.0}
        if volume.overload == "closed loop":
            fastest = volume.most_outstanding_iops
            buckets.append(Bucket(1.0, fastest, fastest, 0.0, 0.0))
        service = token_bucket.serve(
            trace.duration_s, asked_iops, buckets, waiting[volume.overload]
        )
        return cls(volume, trace, asked_iops, limits, service)

    @cached_property
    def throttled_s(self) -> float:
        """Seconds in which I/O waited or was given up."""
        return float(self.service.throttled_s.sum())

    @cached_property
    def latency_ms(self) -> NDArray[np.float64]:
        """Mean latency of the I/Os served in each sample, by Little's law."""
        served = self.service.served
        wait_s = np.divide(
            self.service.waiting, served, out=np.zeros_like(served), where=served > 0
        )
        alone_ms = self.volume.latency_unloaded_ms
        if self.volume.overload == "closed loop":  # what waits includes what is being served
            return np.maximum(alone_ms, 1000 * wait_s)
        return alone_ms + 1000 * wait_s

    @cached_property
    def spells(self) -> list[tuple[int, int]]:
        """First and last sample of each unbroken run of throttled samples."""
        throttled = np.concatenate(([False], self.service.throttled_s > 0, [False]))
        edges = np.flatnonzero(throttled[1:] != throttled[:-1])
        return [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]

    @cached_property
    def first_throttled_s(self) -> float | None:
        """Seconds from the start until I/O was first held back."""
        if not self.spells:
            return None
        first = self.spells[0][0]
        duration = self.trace.duration_s
        # within the sample the free time comes first: a limit that is met holds on to its end
        free_s = duration[first] - self.service.throttled_s[first]
        return float(duration[:first].sum() + free_s)

    @cached_property
    def first_throttled(self) -> datetime | None:
        """When I/O was first held back, UTC."""
        if self.first_throttled_s is None:
            return None
        return self.trace.start + timedelta(seconds=round(self.first_throttled_s))

    @cached_property
    def longest_spell_s(self) -> float:
        """Throttled seconds in the worst spell."""
        throttled = self.service.throttled_s
        return max((float(throttled[a : b + 1].sum()) for a, b in self.spells), default=0.0)

    @cached_property
    def lowest_credit_pct(self) -> float | None:
        """The emptiest that any bucket got."""
        lowest = [
            100 * float(level.min()) / limit.bucket.capacity
            for limit, level in zip(self.limits, self.service.level.T, strict=False)
            if limit.has_credit
        ]
        return min(lowest, default=None)

    @cached_property
    def p99_latency_ms(self) -> float:
        """Latency that 99 % of the I/Os stay within, from the samples' means."""
        order = np.argsort(self.latency_ms)
        share = np.cumsum(self.service.served[order])
        if not share.size or share[-1] == 0:
            return self.volume.latency_unloaded_ms
        return float(self.latency_ms[order][np.searchsorted(share, 0.99 * share[-1])])

    def why(self) -> str:
        """What happened and why, in one or two sentences."""
        return _held(self) if not self.throttled_s else _throttled(self)

    def numbers(self) -> tuple[Number, ...]:
        """The answers, the most asked-for first."""
        total_s = float(self.trace.duration_s.sum())
        offered = float((self.asked_iops * self.trace.duration_s).sum())
        share = 100 * self.throttled_s / total_s
        lost = 100 * float(self.service.lost.sum()) / offered if offered else 0.0
        worst, credit = float(self.latency_ms.max()), self.lowest_credit_pct
        cost = self.volume.cost_usd_month
        peak = float(self.asked_iops.max())
        first, after_s = self.first_throttled, self.first_throttled_s
        return (
            Number("throttled_min", "Throttled", self.throttled_s / 60,
                   span(self.throttled_s, "never"), headline=True),
            Number("worst_latency_ms", "Worst latency", worst, milliseconds(worst), headline=True),
            Number("cost_usd_month", "Volume per month", cost, f"{cost:,.2f} USD", headline=True),
            Number("throttled_pct", "Share of the time throttled", share, f"{share:.2f} %"),
            Number("first_throttled_at", "First throttled", first.isoformat() if first else None,
                   f"{first:%a %Y-%m-%d %H:%M} UTC" if first else "never"),
            Number("throttled_after_min", "First throttled after",
                   None if after_s is None else after_s / 60, _lead(after_s)),
            Number("longest_spell_min", "Longest spell", self.longest_spell_s / 60,
                   span(self.longest_spell_s, "never")),
            Number("p99_latency_ms", "p99 latency", self.p99_latency_ms,
                   milliseconds(self.p99_latency_ms)),
            Number("lowest_credit_pct", "Lowest credit", credit,
                   "no credits" if credit is None else f"{credit:.1f} %"),
            Number("lost_pct", "I/O given up", lost, f"{lost:.2f} %"),
            Number("peak_asked_iops", "Peak asked for", peak, f"{peak:,.0f} IOPS"),
        )  # fmt: skip

    def result(self, notes: tuple[str, ...]) -> Result:
        """The run as a result."""
        credits = {
            CREDIT_COLUMNS[limit.name]: 100 * level / limit.bucket.capacity
            for limit, level in zip(self.limits, self.service.level.T, strict=False)
            if limit.has_credit
        }
        data = {
            "time": self.trace.times(),
            "asked_iops": self.asked_iops,
            "served_iops": self.service.served / self.trace.duration_s,
            **{column: level for (column, _, _), level in credits.items()},
            "queue_depth": self.service.waiting / self.trace.duration_s,
            "latency_ms": self.latency_ms,
        }
        return Result(
            scenario=self.volume,
            label=self.volume.text,
            why=self.why(),
            numbers=self.numbers(),
            data=data,
            panels=_panels(list(credits)),
            notes=(*notes, _price_note(self.volume), _latency_note(self.volume)),
        )


def _lead(seconds: float | None) -> str:
    return "never" if seconds is None else span(seconds, "at once")


def _held(run: Run) -> str:
    peak = run.asked_iops.max()
    mibps = peak * run.volume.io_size_kib / 1024
    credit = run.lowest_credit_pct
    left = "" if credit is None else f" and credit never fell below {credit:.1f} %"
    return (
        f"It holds: the load peaks at {peak:,.0f} IOPS ({mibps:,.1f} MiB/s), nothing had to "
        f"wait{left}."
    )


def _throttled(run: Run) -> str:
    count = len(run.spells)
    spells = (
        "in one spell"
        if count == 1
        else f"in {count} spells, the longest {span(run.longest_spell_s)}"
    )
    return (
        f"Throttled for {span(run.throttled_s)} {spells}, first on "
        f"{run.first_throttled:%a %d %b at %H:%M} UTC. {_cause(run)}{_backlog(run)}"
    )


def _cause(run: Run) -> str:
    """Name the limit that held work back for the longest."""
    service, total = run.service, len(run.limits) + (run.volume.overload == "closed loop")
    held = service.limiter >= 0
    by = np.bincount(service.limiter[held], service.throttled_s[held], minlength=2 * total)
    at_burst, index = divmod(int(by.argmax()), total)
    asked = float(run.asked_iops.max())
    if index >= len(run.limits):
        volume = run.volume
        return (
            f"With {volume.outstanding:,} I/O outstanding at {volume.latency_unloaded_ms:g} ms "
            f"each, the application itself gets no further than "
            f"{volume.most_outstanding_iops:,.0f} IOPS."
        )
    limit = run.limits[index]
    _, baseline, burst, capacity, _ = limit.bucket
    need = f"{asked * limit.bucket.cost:,.0f} {limit.unit} asked for at the peak"
    if at_burst:
        return (
            f"Credit or not, the {limit.name} bursts to {burst:,.0f} {limit.unit}, against {need}."
        )
    if not limit.has_credit:
        return f"The {limit.name} is capped at {baseline:,.0f} {limit.unit}, against {need}."
    drain = burst - baseline
    return (
        f"The {limit.name} ran out of credit: a full bucket lasts {span(capacity / drain)} at "
        f"{burst:,.0f} {limit.unit}, then {baseline:,.0f} is left, against {need}."
    )


def _backlog(run: Run) -> str:
    left = run.service.backlog[-1]
    return f" {left:,.0f} I/Os still wait at the end." if left >= 1 else ""


def _panels(credits: list[tuple[str, str, str]]) -> tuple[Panel, ...]:
    rates = Panel(
        "I/O per second",
        "IOPS",
        (
            Curve("asked_iops", "asked for", "demand"),
            Curve("served_iops", "served", "served", compare=True),
        ),
    )
    curves = tuple(
        Curve(column, label, role, compare=role == "first")  # type: ignore[arg-type]
        for column, label, role in credits
    )
    credit = Panel("Credit left", "%", curves, limits=(0.0, 100.0))
    latency = Panel(
        "Mean latency", "ms", (Curve("latency_ms", "latency", "served", True),), log=True
    )
    return rates, credit, latency


def _price_note(volume: VolumeScenario) -> str:
    price = EBS.get(volume.volume_type, "storage_price", volume.on)
    return f"Prices: {price.region}, as of {price.as_of}, without snapshots and data transfer."


def _latency_note(volume: VolumeScenario) -> str:
    fact = EBS.get(volume.volume_type, "latency_unloaded", volume.on)
    return f"An I/O that doesn't wait takes {fact.value:g} ms ({fact.confidence}: {fact.note})."
