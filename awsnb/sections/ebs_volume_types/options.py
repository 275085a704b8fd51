"""Which volume would have held the load, and for how much: the cheapest of each type."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

from awsnb.aws.ebs import EBS, instance_limits
from awsnb.aws.ebs.limits import NO_INSTANCE
from awsnb.aws.ebs.volume import has_throughput_step, throughput_step
from awsnb.results import Comparison, Number, Option, cheapest
from awsnb.sections.ebs_volume_types.load import Load, demand
from awsnb.sections.ebs_volume_types.scenario import VolumeScenario
from awsnb.sections.ebs_volume_types.simulate import Outcome, serve
from awsnb.words import milliseconds, span

TYPES = ("gp3", "gp2", "io2", "io1", "st1", "sc1")
ALONE = {"instance_type": NO_INSTANCE, "overload": "queue", "queue_depth": None}


def compare(scenario: VolumeScenario) -> Comparison:
    """Find the cheapest volume of each type that holds the scenario's load without throttling.

    Parameters
    ----------
    scenario : VolumeScenario
        The volume as asked for. The others hold as many GiB or more, and see the same load.

    Returns
    -------
    Comparison
        The volume as asked for first, then one option a type; `best` is the cheapest that holds.

    Raises
    ------
    ScenarioError, TraceError
        As `simulate`.
    """
    load = demand(scenario)
    options = [_option("as asked: ", scenario.replace(**ALONE), load)]
    for volume_type in TYPES:
        found = cheapest_of(volume_type, scenario, load)
        options.append(_none(volume_type) if found is None else _option("", found, load))
    best = cheapest(options)
    return Comparison(
        title="The cheapest volume of each type that holds this load",
        why=_verdict(options[0], best, scenario, load),
        options=tuple(options),
        best=best,
    )


def cheapest_of(volume_type: str, scenario: VolumeScenario, load: Load) -> VolumeScenario | None:
    """Find the cheapest volume of a type that never throttles the load; None if none can.

    The instance and the application's queue depth are left aside: they bind whatever the volume.
    """
    base = scenario.changes() | ALONE | {"volume_type": volume_type}
    base |= {"provisioned_iops": None, "provisioned_throughput_mibps": None}
    low, high = (EBS.value(volume_type, key, scenario.on) for key in ("min_size", "max_size"))
    low = max(low, scenario.size_gib)
    if volume_type in ("gp3", "io1", "io2"):
        rates = _rates(scenario, volume_type, float(load.asked_iops.max()))
        if rates is None:
            return None
        base |= rates
        low = max(low, _size_for(scenario, volume_type, rates["provisioned_iops"]))
        high = min(low, high)  # more GiB bring no more speed
    build: Callable[[int], VolumeScenario] = partial(_sized, base)
    if low > high or not _holds(build(high), load):
        return None
    while low < high:  # more GiB never throttle more: halve the range
        middle = (low + high) // 2
        low, high = (low, middle) if _holds(build(middle), load) else (middle + 1, high)
    return build(low)


def _sized(fields: dict[str, Any], size_gib: int) -> VolumeScenario:
    return VolumeScenario(**fields | {"size_gib": size_gib})


def _holds(scenario: VolumeScenario, load: Load) -> bool:
    return serve(scenario, load).holds


def _rates(scenario: VolumeScenario, volume_type: str, peak_iops: float) -> dict[str, int] | None:
    """IOPS and throughput to provision for a peak; None where the type stops short of it."""
    limit = partial(EBS.value, volume_type, on=scenario.on)
    io, mib = scenario.io.ssd_ios, scenario.io.mib
    if peak_iops * io > limit("max_iops") or peak_iops * mib > limit("max_throughput"):
        return None
    throughput = _least(peak_iops, mib)
    iops = max(_least(peak_iops, io), limit("min_iops"))
    if volume_type == "gp3":
        throughput = max(throughput, limit("min_throughput"))
        iops = max(iops, math.ceil(throughput / limit("throughput_per_iops_max")))
    elif has_throughput_step(volume_type, scenario.on):
        step, above_step = throughput_step(scenario.on)
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


def _size_for(scenario: VolumeScenario, volume_type: str, iops: int) -> int:
    """The GiB that AWS asks for before it provisions so many IOPS."""
    if volume_type == "gp3" and iops <= EBS.value("gp3", "included_iops", scenario.on):
        return 1
    return math.ceil(iops / EBS.value(volume_type, "iops_per_gib_max", scenario.on))


def _option(prefix: str, scenario: VolumeScenario, load: Load) -> Option:
    outcome = serve(scenario, load)
    worst, cost = float(outcome.latency_ms.max()), scenario.volume.cost_usd_month
    throttled_s = outcome.throttled_s
    return Option(
        label=prefix + scenario.text,
        scenario=scenario,
        holds=outcome.holds,
        cost_usd_month=cost,
        numbers=(
            Number("cost_usd_month", "USD a month", cost, f"{cost:,.2f}"),
            Number("throttled_min", "throttled", throttled_s / 60, span(throttled_s, "never")),
            Number("worst_latency_ms", "worst latency", worst, milliseconds(worst)),
        ),
        remark=_remark(outcome),
    )


def _remark(outcome: Outcome) -> str:
    """Say of a volume that throttles only after the end when that is."""
    if outcome.fall is None or outcome.throttled_s:
        return ""
    return f"credit still falls, empty {span(outcome.fall.empty_after_s, 'just')} after the end"


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


def _verdict(asked: Option, best: Option | None, scenario: VolumeScenario, load: Load) -> str:
    beside = _instance_sentence(scenario, load) + _depth_sentence(scenario, load)
    if best is None:
        return f"No single volume of any type holds this load without throttling.{beside}"
    if best is asked:
        return f"The volume asked for holds, and no other that holds costs less.{beside}"
    which = "which holds too" if asked.holds else _fault(asked)
    return f"Cheapest that holds: {best.price_beside(asked, 'volume')}, {which}.{beside}"


def _fault(asked: Option) -> str:
    return f"whose {asked.remark}" if asked.remark else "which throttles"


def _instance_sentence(scenario: VolumeScenario, load: Load) -> str:
    limits = instance_limits(scenario.instance_type, scenario.io, scenario.start_credit_pct)
    if not limits:
        return ""
    alone = scenario.replace(overload="queue", queue_depth=None)
    outcome = serve(alone, load, limits)
    if outcome.holds:
        return f" The {scenario.instance_type} itself never holds the load back."
    does = f"throttles this load for {span(outcome.throttled_s)}"
    if outcome.fall and not outcome.throttled_s:
        does = f"is out of credit {span(outcome.fall.empty_after_s, 'just')} after the load's end"
    return (
        f" But the {scenario.instance_type} itself {does}, whatever the volume: it takes a larger "
        "instance."
    )


def _depth_sentence(scenario: VolumeScenario, load: Load) -> str:
    most = scenario.most_outstanding_iops
    if most >= load.asked_iops.max():
        return ""
    return (
        f" But with {scenario.outstanding:,} I/O outstanding the application itself gets no "
        f"further than {most:,.0f} IOPS on {scenario.volume_type}, whatever is provisioned."
    )
