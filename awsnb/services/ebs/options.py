"""Which volume would have held the load, and for how much: the cheapest of each type."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from awsnb.results import Comparison, Number, Option
from awsnb.services.ebs.load import demand
from awsnb.services.ebs.run import Run
from awsnb.services.ebs.volume import (
    EBS,
    NO_INSTANCE,
    VolumeScenario,
    has_throughput_step,
    instance_limits,
    ssd_ios_counted,
    throughput_step,
)
from awsnb.trace import Trace
from awsnb.words import milliseconds, span

TYPES = ("gp3", "gp2", "io2", "io1", "st1", "sc1")
ALONE = {"instance_type": NO_INSTANCE, "overload": "queue", "queue_depth": None}


def compare_volumes(volume: VolumeScenario) -> Comparison:
    """Find the cheapest volume of each type that holds the scenario's load without throttling.

    Parameters
    ----------
    volume : VolumeScenario
        The volume as asked for. The others hold as many GiB or more, and see the same load.

    Returns
    -------
    Comparison
        The volume as asked for first, then one option a type; `best` is the cheapest that holds.

    Raises
    ------
    ScenarioError, TraceError
        As `simulate_volume`.
    """
    trace, asked_iops, _ = demand(volume)
    options = [_option("as asked: ", volume.replace(**ALONE), trace, asked_iops)]
    for volume_type in TYPES:
        found = cheapest(volume, volume_type, trace, asked_iops)
        options.append(
            _none(volume_type) if found is None else _option("", found, trace, asked_iops)
        )
    holding = [option for option in options if option.holds]
    best = min(holding, key=lambda option: option.cost_usd_month or 0.0, default=None)
    return Comparison(
        title="The cheapest volume of each type that holds this load",
        why=_verdict(options[0], best, volume, trace, asked_iops),
        options=tuple(options),
        best=best,
    )


def cheapest(
    volume: VolumeScenario, volume_type: str, trace: Trace, asked_iops: NDArray[np.float64]
) -> VolumeScenario | None:
    """Find the cheapest volume of a type that never throttles the load; None if none can.

    The instance and the application's queue depth are left aside: they bind whatever the volume.
    """
    base = volume.changes() | ALONE | {"volume_type": volume_type}
    base |= {"provisioned_iops": None, "provisioned_throughput_mibps": None}
    low, high = (EBS.value(volume_type, key, volume.on) for key in ("min_size", "max_size"))
    low = max(low, volume.size_gib)
    if low > high:
        return None
    build: Callable[[int], VolumeScenario] = partial(_sized, base)
    if volume_type in ("gp3", "io1", "io2"):
        rates = _rates(volume, volume_type, float(asked_iops.max()))
        if rates is None:
            return None
        build = partial(_sized, base | rates)
        low = max(low, _size_for(volume, volume_type, rates["provisioned_iops"]))
        return build(low) if low <= high and _holds(build(low), trace, asked_iops) else None
    if not _holds(build(high), trace, asked_iops):
        return None
    while low < high:  # more GiB never throttle more: halve the range
        middle = (low + high) // 2
        low, high = (
            (low, middle) if _holds(build(middle), trace, asked_iops) else (middle + 1, high)
        )
    return build(low)


def _sized(fields: dict[str, Any], size_gib: int) -> VolumeScenario:
    return VolumeScenario(**fields | {"size_gib": size_gib})


def _holds(volume: VolumeScenario, trace: Trace, asked_iops: NDArray[np.float64]) -> bool:
    return Run.of(volume, trace, asked_iops).throttled_s == 0


def _rates(volume: VolumeScenario, volume_type: str, peak_iops: float) -> dict[str, int] | None:
    """IOPS and throughput to provision for a peak; None where the type stops short of it."""
    limit = partial(EBS.value, volume_type, on=volume.on)
    io, mib = ssd_ios_counted(volume), volume.io_size_kib / 1024
    throughput = _least(peak_iops, mib)
    iops = max(_least(peak_iops, io), limit("min_iops"))
    if volume_type == "gp3":
        throughput = max(throughput, limit("min_throughput"))
        iops = max(iops, math.ceil(throughput / limit("throughput_per_iops_max")))
    elif has_throughput_step(volume_type, volume.on):
        step, above_step = throughput_step(volume.on)
        if peak_iops * mib > step:
            iops = max(iops, _least(peak_iops, mib / above_step))
    if iops > limit("max_iops") or throughput > limit("max_throughput"):
        return None
    if volume_type != "gp3":
        return {"provisioned_iops": iops}
    return {"provisioned_iops": iops, "provisioned_throughput_mibps": throughput}


def _least(rate: float, cost: float) -> int:
    """The least whole limit that lets the rate through, compared as the token bucket does."""
    limit = math.floor(rate * cost * (1 - 1e-12))
    while limit / cost < rate:
        limit += 1
    return limit


def _size_for(volume: VolumeScenario, volume_type: str, iops: int) -> int:
    """The GiB that AWS asks for before it provisions so many IOPS."""
    if volume_type == "gp3" and iops <= EBS.value("gp3", "included_iops", volume.on):
        return 1
    return math.ceil(iops / EBS.value(volume_type, "iops_per_gib_max", volume.on))


def _option(
    prefix: str, volume: VolumeScenario, trace: Trace, asked_iops: NDArray[np.float64]
) -> Option:
    run = Run.of(volume, trace, asked_iops)
    worst, cost = float(run.latency_ms.max()), volume.cost_usd_month
    return Option(
        label=prefix + volume.text,
        scenario=volume,
        holds=run.throttled_s == 0,
        cost_usd_month=cost,
        numbers=(
            Number("cost_usd_month", "USD a month", cost, f"{cost:,.2f}"),
            Number(
                "throttled_min", "throttled", run.throttled_s / 60, span(run.throttled_s, "never")
            ),
            Number("worst_latency_ms", "worst latency", worst, milliseconds(worst)),
        ),
    )


def _none(volume_type: str) -> Option:
    return Option(
        label=volume_type,
        scenario=None,
        holds=False,
        cost_usd_month=None,
        numbers=(
            Number("cost_usd_month", "USD a month", None, "-"),
            Number("throttled_min", "throttled", None, "-"),
            Number("worst_latency_ms", "worst latency", None, "-"),
        ),
        remark="no size or provisioning of this type holds it",
    )


def _verdict(
    asked: Option,
    best: Option | None,
    volume: VolumeScenario,
    trace: Trace,
    asked_iops: NDArray[np.float64],
) -> str:
    beside = _instance_sentence(volume, trace, asked_iops) + _depth_sentence(volume, asked_iops)
    if best is None:
        return f"No single volume of any type holds this load without throttling.{beside}"
    cost = best.cost_usd_month or 0.0
    if best is asked:
        return f"The volume asked for holds, and no other that holds costs less.{beside}"
    change = cost - (asked.cost_usd_month or 0.0)
    apart = f"{abs(change):,.2f} USD {'more' if change > 0 else 'less'} than the volume asked for"
    if abs(change) < 0.005:
        apart = "the price of the volume asked for"
    which = "which holds too" if asked.holds else "which throttles"
    return (
        f"Cheapest that holds: {best.label} at {cost:,.2f} USD a month, {apart}, {which}.{beside}"
    )


def _instance_sentence(
    volume: VolumeScenario, trace: Trace, asked_iops: NDArray[np.float64]
) -> str:
    limits = instance_limits(volume)
    if not limits:
        return ""
    alone = volume.replace(overload="queue", queue_depth=None)
    throttled_s = Run.of(alone, trace, asked_iops, limits).throttled_s
    if not throttled_s:
        return f" The {volume.instance_type} itself never holds the load back."
    return (
        f" But the {volume.instance_type} itself throttles this load for {span(throttled_s)}, "
        "whatever the volume: it takes a larger instance."
    )


def _depth_sentence(volume: VolumeScenario, asked_iops: NDArray[np.float64]) -> str:
    most = volume.most_outstanding_iops
    if most >= asked_iops.max():
        return ""
    return (
        f" But with {volume.outstanding:,} I/O outstanding the application itself gets no further "
        f"than {most:,.0f} IOPS on {volume.volume_type}, whatever is provisioned."
    )
