"""What happens: the database's I/O, served through the limits of storage and instance."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.ebs import Limit, instance_limits
from awsnb.mechanisms import token_bucket
from awsnb.mechanisms.token_bucket import Service
from awsnb.sections.rds.speed.load import balances, demand
from awsnb.sections.rds.speed.scenario import SpeedScenario
from awsnb.trace import Load

BYTE_CREDIT = "instance's throughput"
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Outcome:
    """I/O served through limits.

    Attributes
    ----------
    asked_iops : ndarray of float, shape (n,)
        I/Os asked for a second, in each sample.
    measured : mapping of str to ndarray of float, shape (n,)
        Balances at each sample's end as measured, by metric.
    """

    scenario: SpeedScenario
    load: Load
    asked_iops: Floats
    measured: Mapping[str, Floats]
    limits: list[Limit]
    service: Service

    @cached_property
    def throttled_s(self) -> float:
        """Seconds in which I/O waited."""
        return float(self.service.throttled_s.sum())

    @cached_property
    def first_throttled_s(self) -> float | None:
        """Seconds from the start until I/O first waited."""
        return self.load.trace.begins_s(self.service.throttled_s)

    @cached_property
    def binding(self) -> tuple[Limit, bool]:
        """The limit that held I/O back for the longest, and whether with credit left."""
        index, at_burst = self.service.longest
        return self.limits[index], at_burst

    @cached_property
    def first_to_bind(self) -> Limit:
        """The limit that held I/O back, or that would if more were asked for long."""
        if self.throttled_s:
            return self.binding[0]
        return min(self.limits, key=lambda limit: limit.bucket.baseline / limit.bucket.cost)

    @cached_property
    def credit_pct(self) -> dict[str, Floats]:
        """Credit left after each sample, by limit, %."""
        return {
            limit.name: 100 * level / limit.bucket.capacity
            for limit, level in zip(self.limits, self.service.level.T, strict=False)
            if limit.has_credit
        }


def simulate(scenario: SpeedScenario) -> Outcome:
    """Serve a database's I/O.

    Parameters
    ----------
    scenario : SpeedScenario
        Storage, instance class and load.

    Returns
    -------
    Outcome
        What was served when, through which limits.

    Raises
    ------
    TraceError
        If a file can't be read, or is no load or no balance.
    """
    load = demand(scenario)
    return serve(scenario, load, balances(scenario, load))


def serve(
    scenario: SpeedScenario, load: Load, measured: Mapping[str, Floats] | None = None
) -> Outcome:
    """Serve a load that is read already."""
    credit = scenario.start_credit_pct
    limits = [
        *scenario.storage.limits(scenario.io, credit),
        *instance_limits(scenario.instance_class, scenario.io, credit),
    ]
    asked = load.per_s * scenario.load_factor
    buckets = [limit.bucket for limit in limits]
    service = token_bucket.serve(load.trace.duration_s, asked, buckets)
    return Outcome(scenario, load, asked, measured or {}, limits, service)
