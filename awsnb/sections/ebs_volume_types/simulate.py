"""What happens: the load, served through the limits of the volume and its instance."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.ebs import Limit, instance_limits, volume_limits
from awsnb.mechanisms import token_bucket
from awsnb.mechanisms.after_end import Fall, fall_of
from awsnb.mechanisms.token_bucket import Bucket, Service
from awsnb.sections.ebs_volume_types.load import Load, demand
from awsnb.sections.ebs_volume_types.scenario import VolumeScenario


def simulate(scenario: VolumeScenario) -> "Outcome":
    """Serve a load from an EBS volume.

    Parameters
    ----------
    scenario : VolumeScenario
        The volume, its instance and its load.

    Returns
    -------
    Outcome
        What was served when, through which limits.

    Raises
    ------
    TraceError
        If the trace can't be read, or is no load on a disk.
    """
    return serve(scenario, demand(scenario))


def serve(scenario: VolumeScenario, load: Load, limits: list[Limit] | None = None) -> "Outcome":
    """Serve a load through the limits of the volume and its instance, or through those given."""
    limits = limits or limits_of(scenario)
    buckets = [limit.bucket for limit in limits]
    waiting = {"queue": np.inf, "closed loop": scenario.outstanding, "drop": 0.0}
    if scenario.overload == "closed loop":
        fastest = scenario.most_outstanding_iops
        buckets.append(Bucket(1.0, fastest, fastest, 0.0, 0.0))
    service = token_bucket.serve(
        load.trace.duration_s, load.asked_iops, buckets, waiting[scenario.overload]
    )
    return Outcome(scenario, load, limits, service)


def limits_of(scenario: VolumeScenario) -> list[Limit]:
    """Every limit on the way, the volume's own first."""
    io, credit_pct = scenario.io, scenario.start_credit_pct
    return [
        *volume_limits(scenario.volume, io, credit_pct),
        *instance_limits(scenario.instance_type, io, credit_pct),
    ]


@dataclass(frozen=True)
class Outcome:
    """A load served through limits."""

    scenario: VolumeScenario
    load: Load
    limits: list[Limit]
    service: Service

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
        alone_ms = self.scenario.volume.latency_unloaded_ms
        if self.scenario.overload == "closed loop":  # what waits includes what is being served
            return np.maximum(alone_ms, 1000 * wait_s)
        return alone_ms + 1000 * wait_s

    @cached_property
    def binding(self) -> tuple[Limit | None, bool]:
        """The limit that held work back for the longest, and whether with credit left.

        None stands for the application's own queue depth.
        """
        index, at_burst = self.service.longest  # the queue depth's bucket comes last
        return (self.limits[index] if index < len(self.limits) else None), at_burst

    @cached_property
    def spells(self) -> list[tuple[int, int]]:
        """First and last sample of each unbroken run of throttled samples."""
        throttled = np.concatenate(([False], self.service.throttled_s > 0, [False]))
        edges = np.flatnonzero(throttled[1:] != throttled[:-1])
        return [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]

    @cached_property
    def first_throttled_s(self) -> float | None:
        """Seconds from the start until I/O was first held back."""
        return self.load.trace.begins_s(self.service.throttled_s)  # a limit, once met, holds on

    @cached_property
    def first_throttled(self) -> datetime | None:
        """When I/O was first held back, UTC."""
        if self.first_throttled_s is None:
            return None
        return self.load.trace.start + timedelta(seconds=round(self.first_throttled_s))

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
    def falling(self) -> tuple[Limit, Fall] | None:
        """The limit whose credit still falls at the end and is empty first; None if none does."""
        levels = zip(self.limits, self.service.level.T, strict=False)
        falls = [
            (limit, fall)
            for limit, level in levels
            if limit.has_credit and (level[-1] > 0 or not self.throttled_s)
            if (fall := self._fall_of(limit, level))
        ]
        return min(falls, key=lambda pair: pair[1].empty_after_s, default=None)

    def _fall_of(self, limit: Limit, level: NDArray[np.float64]) -> Fall | None:
        bucket = limit.bucket
        return fall_of(bucket.level, level, self.load.trace.duration_s, bucket.capacity)

    @property
    def fall(self) -> Fall | None:
        """How that credit falls."""
        return self.falling[1] if self.falling else None

    @property
    def holds(self) -> bool:
        """Whether nothing is held back, nor soon would be if the load went on."""
        return self.throttled_s == 0 and not (self.fall and self.fall.goes_dry)

    @cached_property
    def p99_latency_ms(self) -> float:
        """Latency that 99 % of the I/Os stay within, from the samples' means."""
        order = np.argsort(self.latency_ms)
        share = np.cumsum(self.service.served[order])
        if not share.size or share[-1] == 0:
            return self.scenario.volume.latency_unloaded_ms
        return float(self.latency_ms[order][np.searchsorted(share, 0.99 * share[-1])])
