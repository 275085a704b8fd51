"""What there is to say of a database's I/O: what binds, when, and what credit is left."""

from awsnb.aws.prices import EC2
from awsnb.aws.rds import RDS
from awsnb.results import Curve, Number, Panel, Result, Role
from awsnb.sections.rds.speed.simulate import BYTE_CREDIT, Outcome
from awsnb.words import percent, span, usd

CREDITS: dict[str, tuple[str, str, Role]] = {
    "storage's IOPS": ("storage_credit_pct", "storage's I/O credit", "first"),
    "instance's IOPS": ("instance_io_credit_pct", "instance's I/O credit", "second"),
    BYTE_CREDIT: ("instance_byte_credit_pct", "instance's byte credit", "third"),
}


def tell(outcome: Outcome) -> Result:
    """Say what storage and instance did with the I/O.

    Returns
    -------
    Result
        `series` has per sample: I/Os asked for and served per second, each credit left (%), the
        measured EBSByteBalance% if there is one, and the I/Os that wait at its end.
    """
    service, trace = outcome.service, outcome.load.trace
    measured = {} if outcome.measured_pct is None else {"measured_pct": outcome.measured_pct}
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=_throttled(outcome) if outcome.throttled_s else _held(outcome),
        numbers=_numbers(outcome),
        data={
            "time": trace.times(),
            "asked_iops": outcome.asked_iops,
            "served_iops": service.served / trace.duration_s,
            **{CREDITS[name][0]: level for name, level in outcome.credit_pct.items()},
            **measured,
            "waiting": service.backlog,
        },
        panels=_panels(outcome),
        notes=(f"Load: {trace.describe()}.", *outcome.load.notes, *_notes(outcome)),
    )


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
    if outcome.measured_pct is not None:
        curves.append(Curve("measured_pct", "EBSByteBalance, measured", "theory"))
    waiting = Panel("I/Os that wait", "I/Os", (Curve("waiting", "waiting", "second", True),))
    if not curves:
        return rates, waiting
    return rates, Panel("Credit left", "%", tuple(curves), limits=(0.0, 100.0)), waiting


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    total_s = float(outcome.load.trace.duration_s.sum())
    share, first_s = 100 * outcome.throttled_s / total_s, outcome.first_throttled_s
    cost, peak = outcome.scenario.storage.cost_usd_month, float(outcome.asked_iops.max())
    lowest = min((float(level.min()) for level in outcome.credit_pct.values()), default=None)
    return (
        Number("throttled_min", "I/O waits for", outcome.throttled_s / 60,
               span(outcome.throttled_s, "never"), headline=True),
        Number("throttled_after_min", "First after", None if first_s is None else first_s / 60,
               "never" if first_s is None else span(first_s, "at once"), headline=True),
        Number("cost_usd_month", "Storage per month", cost, usd(cost), headline=True),
        Number("throttled_pct", "Share of the time", share, percent(share)),
        Number("lowest_credit_pct", "Lowest credit", lowest,
               "no credit" if lowest is None else percent(lowest)),
        Number("peak_asked_iops", "Peak asked for", peak, f"{peak:,.0f} IOPS"),
        Number("stripes", "EBS volumes", outcome.scenario.storage.volumes,
               f"{outcome.scenario.storage.volumes}"),
    )  # fmt: skip


def _held(outcome: Outcome) -> str:
    peak = outcome.asked_iops.max()
    mibps = peak * outcome.scenario.io.mib
    return f"It holds: the load peaks at {peak:,.0f} IOPS ({mibps:,.1f} MiB/s), and nothing waits."


def _throttled(outcome: Outcome) -> str:
    first = outcome.first_throttled_s
    begins = f"after {span(first)}" if first else "at once"
    return f"I/O waits for {span(outcome.throttled_s)}, first {begins}. {_cause(outcome)}"


def _cause(outcome: Outcome) -> str:
    limit, at_burst = outcome.binding
    peak = float(outcome.asked_iops.max()) * limit.bucket.cost
    need = f"{peak:,.0f} {limit.unit} are asked for at the peak"
    if at_burst or not limit.has_credit:
        rate = limit.bucket.burst if at_burst else limit.bucket.baseline
        return (
            f"The {limit.name} ends at {rate:,.0f} {limit.unit}, and {need}. {_helps(limit.name)}"
        )
    return (
        f"The credit of the {limit.name} is used up: {limit.bucket.baseline:,.0f} {limit.unit} "
        f"are left, and {need}. {_helps(limit.name)}"
    )


def _helps(name: str) -> str:
    if name.startswith("instance"):
        return "Faster storage would not help; a larger class would."
    return "A larger class would not help; other storage would."


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
