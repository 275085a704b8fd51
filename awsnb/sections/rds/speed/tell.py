"""What there is to say of a database's I/O: what binds, when, and what credit is left."""

import numpy as np

from awsnb.aws.ebs import Limit
from awsnb.aws.prices import EC2
from awsnb.aws.rds import RDS
from awsnb.results import Curve, Number, Panel, Result, Role
from awsnb.sections.rds.speed.load import BYTE_BALANCE, CPU_CREDITS, IO_BALANCE
from awsnb.sections.rds.speed.scene import scene
from awsnb.sections.rds.speed.simulate import BYTE_CREDIT, Outcome
from awsnb.words import percent, span, usd

CREDITS: dict[str, tuple[str, str, Role]] = {
    "storage's IOPS": ("storage_credit_pct", "storage's I/O credit", "first"),
    "instance's IOPS": ("instance_io_credit_pct", "instance's I/O credit", "second"),
    BYTE_CREDIT: ("instance_byte_credit_pct", "instance's byte credit", "third"),
}
MEASURED: dict[str, tuple[str, str, Role]] = {
    BYTE_BALANCE: ("measured_byte_pct", "EBSByteBalance, measured", "theory"),
    IO_BALANCE: ("measured_io_pct", "EBSIOBalance, measured", "fourth"),
}


def tell(outcome: Outcome) -> Result:
    """Say what storage and instance did with the I/O.

    Returns
    -------
    Result
        `series` has per sample: I/Os asked for and served per second, each credit left (%), the
        measured balances that there are, and the I/Os that wait at its end.
    """
    service, trace = outcome.service, outcome.load.trace
    measured = {MEASURED[name][0]: outcome.measured[name] for name in _drawn(outcome)}
    credits = outcome.measured.get(CPU_CREDITS)
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=(_throttled(outcome) if outcome.throttled_s else _held(outcome)) + _cpu(outcome),
        numbers=_numbers(outcome),
        data={
            "time": trace.times(),
            "asked_iops": outcome.asked_iops,
            "served_iops": service.served / trace.duration_s,
            **{CREDITS[name][0]: level for name, level in outcome.credit_pct.items()},
            **measured,
            "waiting": service.backlog,
            **({} if credits is None else {"cpu_credits": credits}),
        },
        panels=_panels(outcome),
        notes=(f"Load: {trace.describe()}.", *outcome.load.notes, *_notes(outcome)),
        scene=scene(outcome),
    )


def _drawn(outcome: Outcome) -> list[str]:
    """Name the measured balances that stand beside the model's."""
    return [name for name in MEASURED if name in outcome.measured]


def _panels(outcome: Outcome) -> tuple[Panel, ...]:
    rates = Panel(
        "I/O per second",
        "IOPS",
        (
            Curve("asked_iops", "asked for", "demand"),
            Curve("served_iops", "served", "served", compare=True),
        ),
    )
    curves = [Curve(*CREDITS[name], compare=True) for name in outcome.credit_pct]
    curves += [Curve(*MEASURED[name]) for name in _drawn(outcome)]
    waiting = Panel("I/Os that wait", "I/Os", (Curve("waiting", "waiting", "second", True),))
    cpu = Panel("CPU credits, measured", "credits", (Curve("cpu_credits", "left", "first"),))
    left = Panel("Credit left", "%", tuple(curves), limits=(0.0, 100.0))
    return (
        rates,
        *([left] if curves else []),
        waiting,
        *([cpu] if CPU_CREDITS in outcome.measured else []),
    )


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    total_s = float(outcome.load.trace.duration_s.sum())
    share, first_s = 100 * outcome.throttled_s / total_s, outcome.first_throttled_s
    cost, peak = outcome.scenario.storage.cost_usd_month, float(outcome.asked_iops.max())
    lowest = min((float(level.min()) for level in outcome.credit_pct.values()), default=None)
    binds, multi_az = outcome.first_to_bind.name, outcome.scenario.storage.multi_az_usd_month
    return (
        Number("throttled_min", "I/O waits", outcome.throttled_s / 60,
               span(outcome.throttled_s, "never"), headline=True),
        Number("binds", "Binds" if outcome.throttled_s else "Would bind first", binds, binds,
               headline=True),
        Number("cost_usd_month", "Storage per month", cost, usd(cost), headline=True),
        Number("multi_az_usd_month", "As Multi-AZ", multi_az, usd(multi_az), headline=True),
        Number("throttled_after_min", "First after", None if first_s is None else first_s / 60,
               "never" if first_s is None else span(first_s, "at once")),
        Number("throttled_pct", "Share of the time", share, percent(share)),
        Number("lowest_credit_pct", "Lowest credit", lowest,
               "no credit" if lowest is None else percent(lowest)),
        Number("peak_asked_iops", "Peak asked for", peak, f"{peak:,.0f} IOPS"),
        Number("stripes", "EBS volumes", outcome.scenario.storage.volumes,
               f"{outcome.scenario.storage.volumes}"),
        *_cpu_credits(outcome),
    )  # fmt: skip


def _cpu_credits(outcome: Outcome) -> tuple[Number, ...]:
    if CPU_CREDITS not in outcome.measured:
        return ()
    lowest = float(np.nanmin(outcome.measured[CPU_CREDITS]))
    return (Number("lowest_cpu_credits", "Lowest CPU credits", lowest, f"{lowest:,.0f} credits"),)


def _held(outcome: Outcome) -> str:
    peak, limit = outcome.asked_iops.max(), outcome.first_to_bind
    mibps = peak * outcome.scenario.io.mib
    return (
        f"It holds: the load peaks at {peak:,.0f} IOPS ({mibps:,.1f} MiB/s), and nothing waits. "
        f"If more were asked for long, the {_owner(limit)} would bind first, at "
        f"{limit.bucket.baseline:,.0f} {limit.unit}."
    )


def _throttled(outcome: Outcome) -> str:
    first = outcome.first_throttled_s
    begins = f"after {span(first)}" if first else "at once"
    waits = span(outcome.throttled_s)
    return f"I/O waits for {waits}: first {begins}, since {_cause(outcome)}. {_helps(outcome)}"


def _owner(limit: Limit) -> str:
    """Say whose limit it is: ``storage`` or ``instance``."""
    return limit.name.partition("'")[0]


def _cause(outcome: Outcome) -> str:
    limit, at_burst = outcome.binding
    owner, unit = _owner(limit), limit.unit
    asked = f"{float(outcome.asked_iops.max()) * limit.bucket.cost:,.0f} are asked for at the peak"
    if at_burst or not limit.has_credit:
        rate = limit.bucket.burst if at_burst else limit.bucket.baseline
        return f"the {owner} gives {rate:,.0f} {unit} at most and {asked}"
    return (
        f"the {owner}'s credit is used up, {limit.bucket.baseline:,.0f} {unit} are left and {asked}"
    )


def _helps(outcome: Outcome) -> str:
    if _owner(outcome.binding[0]) == "instance":
        return "Faster storage would not help; a larger class would."
    return "A larger class would not help; other storage would."


def _cpu(outcome: Outcome) -> str:
    """Say what the measured CPU credits came to."""
    credits = outcome.measured.get(CPU_CREDITS)
    if credits is None:
        return ""
    empty = np.flatnonzero(credits < 1)
    if not empty.size:
        return f" CPU credits are never used up: {np.nanmin(credits):,.0f} are left at the least."
    at_s = float(np.cumsum(outcome.load.trace.duration_s)[empty[0]])
    return (
        f" CPU credits are used up after {span(at_s)}. The class is not slowed then: RDS charges "
        "what it uses beyond them."
    )


def _notes(outcome: Outcome) -> tuple[str, ...]:
    price = RDS.get(outcome.scenario.storage_type, "storage_price_single_az")
    promised = EC2.value("ebs_optimized", "max_performance_duration")
    bursts = any(name.startswith("instance") for name in outcome.credit_pct)
    credit = (
        f"AWS promises the class's maximum for at least {promised} min a day and publishes no "
        "bucket; this one lasts for the least that is promised (assumed)."
    )
    return (
        f"Each operation is taken as one of {outcome.scenario.io_size_kib} KiB (io_size_kib).",
        f"Price: storage only, Single-AZ, {price.region}, as of {price.as_of} "
        f"({price.confidence}).",
        *((credit,) if bursts else ()),
    )
