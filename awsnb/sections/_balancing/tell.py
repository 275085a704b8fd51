"""What a run comes to: its numbers, and what holds for every load balancer."""

from collections.abc import Iterable

from awsnb.aws.elb import targets_usd_month
from awsnb.aws.elb.bill import TARGET
from awsnb.aws.prices import EC2
from awsnb.results import Number, Result, Scene
from awsnb.sections._balancing.panels import columns_of, panels_of
from awsnb.sections._balancing.scenario import CRASH, ERRORS, HANG, FleetScenario
from awsnb.sections._balancing.simulate import Outcome
from awsnb.sections._balancing.why import why
from awsnb.words import counted, milliseconds, percent, rate, usd

CAUSES = {
    "failed": "sent to a dead target",
    "lost": "in flight when it died",
    "cut": "cut off",
    "rejected": "turned away",
    "no target": "without a target",
    "given up": "given up",
}
ERROR_CAUSES = {"failed": "answered with an error", "lost": "in flight when it broke"}


def result_of(outcome: Outcome, notes: Iterable[str], scene: Scene) -> Result:
    """Put an outcome into a result; notes and scene are those of one kind of load balancer."""
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=why(outcome),
        numbers=_numbers(outcome),
        data=columns_of(outcome),
        panels=panels_of(outcome),
        notes=(*_notes(outcome.scenario), *outcome.load.notes, *notes),
        scene=scene,
    )


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    """List the answers, the most asked-for first."""
    scenario, bill = outcome.scenario, outcome.bill
    p50, p99, p999 = map(float, outcome.percentile_ms(50, 99, 99.9))
    busiest, waiting = float(outcome.busy_pct.max()), outcome.unfinished(scenario.duration_s)
    cost, targets = bill.usd_month, targets_usd_month(scenario.targets)
    most = float(outcome.over_time["errors_per_s"].max())
    count = outcome.answered.size
    return (
        Number("p99_ms", "p99 latency", p99, milliseconds(p99), headline=True),
        Number("failed_pct", "Requests that fail", outcome.failed_pct,
               percent(outcome.failed_pct), headline=True),
        Number("cost_usd_month", "Load balancer per month", cost, usd(cost), headline=True),
        Number("p50_ms", "Median latency", p50, milliseconds(p50)),
        Number("p999_ms", "p99.9 latency", p999, milliseconds(p999)),
        Number("requests", "Requests", count, f"{count:,}"),
        Number("failed", "Failed", outcome.failed, _failed(outcome)),
        *_retries(outcome),
        Number("most_errors_per_s", "Most errors", most, f"{most:,.0f} a second"),
        Number("load_pct", "Load on all targets", outcome.load_pct,
               f"{outcome.load_pct:.0f} % of {scenario.capacity_per_s:,.0f} requests/s"),
        Number("busiest_pct", "Busiest target", busiest, f"{busiest:.0f} % busy"),
        Number("outstanding_at_end", "Unfinished at the end", waiting, _waiting(outcome)),
        Number("capacity_units", "Capacity units", bill.billed_units,
               f"{bill.billed_units:.2f}, by {bill.dimension}"),
        Number("addresses_usd_month", "Public IPv4 addresses", bill.addresses_usd_month,
               f"{usd(bill.addresses_usd_month)} for {bill.addresses}"),
        Number("targets_usd_month", "Targets per month", targets, usd(targets)),
        Number("growth_at_end_per_s", "Queue grows at the end", outcome.growth_per_s,
               f"by {rate(outcome.growth_per_s)} a second" if outcome.still_grows else "no"),
    )  # fmt: skip


def _waiting(outcome: Outcome) -> str:
    """How much is left at the end, and whether that goes on."""
    text = counted(outcome.unfinished(outcome.scenario.duration_s), "request")
    if outcome.abandoned_at_end:
        text += f", {outcome.abandoned_at_end:,} of them given up"
    return f"{text}, still growing" if outcome.still_grows else text


def _retries(outcome: Outcome) -> list[Number]:
    if not outcome.scenario.retried:
        return []
    again = outcome.request.size - outcome.answered.size
    return [Number("retries", "Sent again", again, f"{again:,} times")]


def _failed(outcome: Outcome) -> str:
    """How many failed, and of what; the most frequent first."""
    words = CAUSES | ERROR_CAUSES if outcome.scenario.event == ERRORS else CAUSES
    causes = ", ".join(f"{count:,} {words[cause]}" for cause, count in outcome.causes().items())
    return f"{outcome.failed:,}" + (f": {causes}" if causes else "")


def _notes(scenario: FleetScenario) -> list[str]:
    """Say what holds for every load balancer here."""
    price = EC2.get(TARGET, "hour_price")
    notes = [
        "Latency is as the load balancer sees it: waiting and service at the target.",
        f"Prices: {price.region}; a target costs as a {TARGET}, {price.note}, does. Of data "
        "transfer, only what crosses zones at an NLB is counted; of public IPv4 addresses, the "
        "load balancer's, one a zone.",
        "Assumed, as AWS publishes no figure: the hops to targets and an NLB's processing.",
    ]
    if scenario.event in (CRASH, HANG):
        notes.append("Health checks notice as late as they may: the failure follows a check.")
    return notes
