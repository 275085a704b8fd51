"""What happens: the drives serve what AWS states; EBS what volume and instance let through."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.ebs import EBS, Io, Limit, Volume, instance_limits, volume_limits
from awsnb.aws.instance_store import STORE_TYPES, iops, size_gib
from awsnb.sections.instance_store.speed.scenario import SpeedScenario

IO = Io(size_kib=4, access="random")


@dataclass(frozen=True)
class Served:
    """What an EBS volume that is bought for the wanted I/Os lets through.

    Attributes
    ----------
    volume : Volume
    iops : float
        I/Os a second that it serves all day.
    limit : str
        What lets no more through: ``"instance's IOPS"``.
    """

    volume: Volume
    iops: float
    limit: str


@dataclass(frozen=True)
class Outcome:
    """What the store and what EBS serve on one instance.

    Attributes
    ----------
    store_iops : int
        Of the store.
    ebs : mapping of str to Served
        By type of volume.
    store_iops_by_type, ebs_iops_by_type : ndarray of float, shape (t,)
        By `STORE_TYPES`: what the store can do, and what the instance lets through to EBS.
    """

    scenario: SpeedScenario
    store_iops: int
    ebs: Mapping[str, Served]
    store_iops_by_type: NDArray[np.float64]
    ebs_iops_by_type: NDArray[np.float64]


def simulate(scenario: SpeedScenario) -> Outcome:
    """Look at the store, and at a gp3 and an io2 volume of the same size.

    Parameters
    ----------
    scenario : SpeedScenario
        The I/Os, and the instance.

    Returns
    -------
    Outcome
    """
    operation = scenario.operation
    return Outcome(
        scenario=scenario,
        store_iops=iops(scenario.instance_type, operation),
        ebs={kind: served(scenario, kind) for kind in ("gp3", "io2")},
        store_iops_by_type=np.array([float(iops(name, operation)) for name in STORE_TYPES]),
        ebs_iops_by_type=np.array([_least(instance_limits(name, IO))[0] for name in STORE_TYPES]),
    )


def served(scenario: SpeedScenario, volume_type: str) -> Served:
    """Buy a volume for the wanted I/Os, as far as AWS sells it, and see what gets through."""
    volume = volume_for(scenario, volume_type)
    limits = [*volume_limits(volume, IO), *instance_limits(scenario.instance_type, IO)]
    return Served(volume, *_least(limits))


def volume_for(scenario: SpeedScenario, volume_type: str) -> Volume:
    """Return a volume as large as the store, with the IOPS and throughput that are wanted."""
    size = size_gib(scenario.instance_type)
    low, high, per_gib = (
        int(EBS.value(volume_type, key)) for key in ("min_iops", "max_iops", "iops_per_gib_max")
    )
    bought = max(low, min(scenario.wanted_iops, high, per_gib * size))
    if volume_type != "gp3":
        return Volume(volume_type, size, bought)
    throughput = max(EBS.value("gp3", "included_throughput"), ceil(bought * IO.mib))
    return Volume(volume_type, size, bought, throughput)


def _least(limits: list[Limit]) -> tuple[float, str]:
    """Find the limit that lets the fewest I/Os through all day, and say how many."""
    rates = {limit.name: limit.bucket.baseline / limit.bucket.cost for limit in limits}
    name = min(rates, key=lambda one: rates[one])
    return rates[name], name
