"""What there is to say of a volume under a load: numbers, the reason, the curves."""

from awsnb.aws.ebs import EBS, instance_limits
from awsnb.aws.prices import EC2
from awsnb.results import Curve, Number, Panel, Result
from awsnb.sections.ebs_volume_types.scenario import VolumeScenario
from awsnb.sections.ebs_volume_types.scene import scene
from awsnb.sections.ebs_volume_types.simulate import Outcome
from awsnb.words import milliseconds, span, usd

CREDIT_COLUMNS = {
    "volume's IOPS": ("volume_io_credit_pct", "volume's I/O credit", "first"),
    "volume's throughput": ("volume_throughput_credit_pct", "volume's throughput credit", "first"),
    "instance's IOPS": ("instance_io_credit_pct", "instance's I/O credit", "second"),
    "instance's throughput": (
        "instance_throughput_credit_pct", "instance's throughput credit", "third",
    ),
}  # fmt: skip


def tell(outcome: Outcome) -> Result:
    """Say what a volume did with a load.

    Returns
    -------
    Result
        `series` has per sample: I/Os asked for and served per second, the credit left in each
        bucket (%), the mean number of I/Os waiting, and the mean latency (ms) by Little's law.
    """
    scenario, load, service = outcome.scenario, outcome.load, outcome.service
    credits = {
        CREDIT_COLUMNS[limit.name]: 100 * level / limit.bucket.capacity
        for limit, level in zip(outcome.limits, service.level.T, strict=False)
        if limit.has_credit
    }
    return Result(
        scenario=scenario,
        label=scenario.text,
        why=_throttled(outcome) if outcome.throttled_s else _held(outcome),
        numbers=_numbers(outcome),
        data={
            "time": load.trace.times(),
            "asked_iops": load.asked_iops,
            "served_iops": service.served / load.trace.duration_s,
            **{column: level for (column, _, _), level in credits.items()},
            "queue_depth": service.waiting / load.trace.duration_s,
            "latency_ms": outcome.latency_ms,
        },
        panels=_panels(list(credits)),
        notes=(
            *load.notes,
            _price_note(scenario),
            _latency_note(scenario),
            *_instance_notes(scenario),
        ),
        scene=scene(outcome),
    )


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    """List the answers, the most asked-for first."""
    total_s = float(outcome.load.trace.duration_s.sum())
    offered = float((outcome.load.asked_iops * outcome.load.trace.duration_s).sum())
    share = 100 * outcome.throttled_s / total_s
    lost = 100 * float(outcome.service.lost.sum()) / offered if offered else 0.0
    worst, credit = float(outcome.latency_ms.max()), outcome.lowest_credit_pct
    cost = outcome.scenario.volume.cost_usd_month
    peak = float(outcome.load.asked_iops.max())
    empty_s = outcome.fall.empty_after_s if outcome.fall else None
    first, after_s = outcome.first_throttled, outcome.first_throttled_s
    return (
        Number("throttled_min", "Throttled", outcome.throttled_s / 60,
               span(outcome.throttled_s, "never"), headline=True),
        Number("worst_latency_ms", "Worst latency", worst, milliseconds(worst), headline=True),
        Number("cost_usd_month", "Volume per month", cost, usd(cost), headline=True),
        Number("throttled_pct", "Share of the time throttled", share, f"{share:.2f} %"),
        Number("first_throttled_at", "First throttled", first.isoformat() if first else None,
               f"{first:%a %Y-%m-%d %H:%M} UTC" if first else "never"),
        Number("throttled_after_min", "First throttled after",
               None if after_s is None else after_s / 60, _lead(after_s)),
        Number("longest_spell_min", "Longest spell", outcome.longest_spell_s / 60,
               span(outcome.longest_spell_s, "never")),
        Number("p99_latency_ms", "p99 latency", outcome.p99_latency_ms,
               milliseconds(outcome.p99_latency_ms)),
        Number("lowest_credit_pct", "Lowest credit", credit,
               "no credits" if credit is None else f"{credit:.1f} %"),
        Number("lost_pct", "I/O given up", lost, f"{lost:.2f} %"),
        Number("peak_asked_iops", "Peak asked for", peak, f"{peak:,.0f} IOPS"),
        Number("empty_after_end_min", "Credit empty after the end",
               None if empty_s is None else empty_s / 60,
               "-" if empty_s is None else span(empty_s, "at the end")),
    )  # fmt: skip


def _lead(seconds: float | None) -> str:
    """Say a time since the start, whole minutes of it as a clock shows them."""
    if seconds is None:
        return "never"
    return span(seconds if seconds < 120 else 60 * (seconds // 60), "at once")


def _held(outcome: Outcome) -> str:
    peak = outcome.load.asked_iops.max()
    mibps = peak * outcome.scenario.io_size_kib / 1024
    credit = outcome.lowest_credit_pct
    left = "" if credit is None else f" and credit never fell below {credit:.1f} %"
    verdict = "It holds" if outcome.holds else "It does not hold beyond the end of the load"
    return (
        f"{verdict}: the load peaks at {peak:,.0f} IOPS ({mibps:,.1f} MiB/s), nothing had to "
        f"wait{left}.{_falling(outcome)}"
    )


def _falling(outcome: Outcome) -> str:
    """Say when credit that still falls is empty."""
    if outcome.falling is None:
        return ""
    limit, fall = outcome.falling
    _, credit, _ = CREDIT_COLUMNS[limit.name]
    return (
        f" The {credit} still falls when the load ends: at the rate of the last "
        f"{span(fall.lately_s)}, it is empty {span(fall.empty_after_s, 'just')} after the end."
    )


def _throttled(outcome: Outcome) -> str:
    count = len(outcome.spells)
    longest = f"in {count} spells, the longest {span(outcome.longest_spell_s)}"
    spells = "in one spell" if count == 1 else longest
    return (
        f"Throttled for {span(outcome.throttled_s)} {spells}, first on "
        f"{outcome.first_throttled:%a %d %b at %H:%M} UTC. {_cause(outcome)}{_backlog(outcome)}"
    )


def _cause(outcome: Outcome) -> str:
    """Name the limit that held work back for the longest."""
    limit, at_burst = outcome.binding
    if limit is None:
        return _application(outcome.scenario)
    _, baseline, burst, capacity, _ = limit.bucket
    asked = float(outcome.load.asked_iops.max()) * limit.bucket.cost
    need = f"and the load asks for {asked:,.0f} {limit.unit} at its peak"
    if at_burst:
        return f"Credit or not, the {limit.name} bursts to {burst:,.0f} {limit.unit}, {need}."
    if not limit.has_credit:
        return f"The {limit.name} is capped at {baseline:,.0f} {limit.unit}, {need}."
    drain = burst - baseline
    return (
        f"The {limit.name} ran out of credit: a full bucket lasts {span(capacity / drain)} at "
        f"{burst:,.0f} {limit.unit}, then {baseline:,.0f} {limit.unit} pass, {need}."
    )


def _application(scenario: VolumeScenario) -> str:
    return (
        f"With {scenario.outstanding:,} I/O outstanding at "
        f"{scenario.volume.latency_unloaded_ms:g} ms each, the application itself gets no further "
        f"than {scenario.most_outstanding_iops:,.0f} IOPS."
    )


def _backlog(outcome: Outcome) -> str:
    left = outcome.service.backlog[-1]
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


def _price_note(scenario: VolumeScenario) -> str:
    price = EBS.get(scenario.volume_type, "storage_price", scenario.on)
    return f"Prices: {price.region}, as of {price.as_of}, without snapshots and data transfer."


def _latency_note(scenario: VolumeScenario) -> str:
    fact = EBS.get(scenario.volume_type, "latency_unloaded", scenario.on)
    return f"An I/O that doesn't wait takes {fact.value:g} ms ({fact.confidence}: {fact.note})."


def _instance_notes(scenario: VolumeScenario) -> list[str]:
    limits = instance_limits(scenario.instance_type, scenario.io)
    if not any(limit.has_credit for limit in limits):
        return []
    promised = EC2.value("ebs_optimized", "max_performance_duration")
    return [
        f"AWS promises the {scenario.instance_type}'s maximum for at least {promised} minutes a "
        "day and publishes no bucket; this one lasts for the least that is promised (assumed)."
    ]
