"""What happens: the load, served through the limits of the file system and its clients."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.ebs import Limit
from awsnb.aws.efs import EFS, limits
from awsnb.aws.efs.throughput import QUEUE_DEPTH
from awsnb.aws.prices import HOURS_A_MONTH
from awsnb.mechanisms import token_bucket
from awsnb.mechanisms.token_bucket import Service
from awsnb.sections.efs.throughput.load import Load, demand
from awsnb.sections.efs.throughput.scenario import ThroughputScenario

ROUNDING = 1e-9


def simulate(scenario: ThroughputScenario) -> "Outcome":
    """Serve a load from a file system.

    Parameters
    ----------
    scenario : ThroughputScenario
        The file system, its clients and their load.

    Returns
    -------
    Outcome
        What was served when, through which limits.

    Raises
    ------
    TraceError
        If the trace can't be read, or is no load on a file system.
    """
    return serve(scenario, demand(scenario))


def serve(scenario: ThroughputScenario, load: Load) -> "Outcome":
    """Serve a load that is read already; what can't be served at once waits."""
    on_the_way = limits(
        scenario.system,
        scenario.io,
        scenario.clients,
        scenario.queue_depth,
        start_credit_pct(scenario, load),
    )
    buckets = [limit.bucket for limit in on_the_way]
    service = token_bucket.serve(load.trace.duration_s, load.asked_mibps, buckets)
    return Outcome(scenario, load, on_the_way, service)


def start_credit_pct(scenario: ThroughputScenario, load: Load) -> float:
    """How full the credit is when the load begins: as asked, as measured, or full."""
    if scenario.start_credit_pct is not None:
        return scenario.start_credit_pct
    if load.measured_credit_gib is None:
        return 100.0
    first_gib = load.measured_credit_gib[np.isfinite(load.measured_credit_gib)][0]
    return float(min(100 * 1024 * first_gib / scenario.system.most_credit_mib, 100.0))


@dataclass(frozen=True)
class Outcome:
    """A load served through limits; work is in MiB that is read or written."""

    scenario: ThroughputScenario
    load: Load
    limits: list[Limit]
    service: Service

    @cached_property
    def throttled_s(self) -> float:
        """Seconds in which data waited."""
        return float(self.service.throttled_s.sum())

    @cached_property
    def first_throttled_s(self) -> float | None:
        """Seconds from the start until data first waited."""
        return self.load.trace.begins_s(self.service.throttled_s)

    @cached_property
    def binding(self) -> tuple[Limit, bool]:
        """The limit that held data back for the longest, and whether with credit left."""
        index, at_burst = self.service.longest
        return self.limits[index], at_burst

    @cached_property
    def credit(self) -> Limit | None:
        """The limit that holds credit; None where there is none."""
        return next((limit for limit in self.limits if limit.has_credit), None)

    @cached_property
    def credit_gib(self) -> NDArray[np.float64] | None:
        """Credit left after each sample, metered GiB; None where there is none."""
        return None if self.credit is None else self.service.level[:, 0] / 1024

    @cached_property
    def permitted_mibps(self) -> NDArray[np.float64]:
        """What may pass at each sample's end as CloudWatch counts it, metered MiB/s.

        In elastic mode AWS shows the most that may be written there.
        """
        if self.credit is not None:
            bucket = self.credit.bucket
            return np.where(self.service.level[:, 0] > 0, bucket.burst, bucket.baseline)
        system = self.scenario.system
        most = system.provisioned_mibps or EFS.value(system.limits_from, "max_write")
        return np.full(len(self.load.asked_mibps), float(most))

    @property
    def permitted_error_mibps(self) -> float | None:
        """Mean distance between the measured limit and the model's; None without a measured one."""
        measured = self.load.measured_permitted_mibps
        if measured is None:
            return None
        return float(np.nanmean(np.abs(measured - self.permitted_mibps)))

    @property
    def credit_error_gib(self) -> float | None:
        """Mean distance between the measured credit and the model's; None without both."""
        measured, modelled = self.load.measured_credit_gib, self.credit_gib
        if measured is None or modelled is None:
            return None
        return float(np.nanmean(np.abs(measured - modelled)))

    @property
    def files_per_s(self) -> float | None:
        """Small files that the limit on requests one after another lets pass; None without."""
        limit = next((limit for limit in self.limits if limit.name == QUEUE_DEPTH), None)
        if limit is None or self.scenario.file_kib is None:
            return None
        return limit.bucket.baseline / limit.bucket.cost * 1024 / self.scenario.file_kib

    @cached_property
    def mean_mibps(self) -> float:
        """What is asked for on average."""
        duration = self.load.trace.duration_s
        return float((self.load.asked_mibps * duration).sum() / duration.sum())

    @property
    def mean_metered_mibps(self) -> float:
        """What is asked for on average, as it is metered."""
        return self.mean_mibps * self.scenario.io.metered_mib

    @property
    def lasts(self) -> bool:
        """Whether the load, repeated, never uses up the credit."""
        if self.credit is None:
            return True
        return self.mean_metered_mibps <= self.credit.bucket.baseline * (1 + ROUNDING)

    @property
    def holds(self) -> bool:
        """Whether nothing waits, nor would if the load went on."""
        return self.throttled_s == 0 and self.lasts

    @property
    def dry_after_s(self) -> float | None:
        """Seconds after the load's end until its mean has used the credit up; None if never."""
        if self.credit is None or self.lasts or self.throttled_s:
            return None
        falling = self.mean_metered_mibps - self.credit.bucket.baseline
        return float(self.service.level[-1, 0] / falling)

    @cached_property
    def usd_month(self) -> float:
        """Price of the file system under this load, USD a month."""
        gib = self.mean_mibps * self.scenario.io.elastic_mib * 3600 * HOURS_A_MONTH / 1024
        read = gib * self.scenario.io.read_share
        return self.scenario.system.usd_month(read, gib - read)
