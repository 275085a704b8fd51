"""What there is to say of a policy on a load: numbers, the reason, the curves."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from awsnb.aws.autoscaling import APPLICATION, ASG, EC2_GROUPS
from awsnb.aws.prices import EC2
from awsnb.results import Curve, Number, Panel, Result
from awsnb.sections.scaling_policies.scenario import (
    CPU,
    FIXED,
    MEMORY,
    PREDICTIVE,
    REQUESTS,
    TRACKS,
    PolicyScenario,
)
from awsnb.sections.scaling_policies.scene import reaction, scene
from awsnb.sections.scaling_policies.simulate import FULL_PCT, Outcome
from awsnb.sections.scaling_policies.why import MOVES, why
from awsnb.words import percent, span, usd

COLUMNS = {
    CPU: ("cpu_pct", "scale_out_above_pct", "scale_in_below_pct"),
    MEMORY: ("memory_pct", "memory_out_above_pct", "memory_in_below_pct"),
    REQUESTS: ("per_target_rpm", "requests_out_above_rpm", "requests_in_below_rpm"),
}
"""Columns of each metric: its values, the threshold that scales out, and the one that scales in."""

LABELS = {
    CPU: "CPU of the group",
    MEMORY: "memory of the group",
    REQUESTS: "requests per target",
}

STATES = ("not breaching", "breaching, counts", "in alarm, held", "in alarm, scales")
MOST_SHADED = 6


def tell(outcome: Outcome) -> Result:
    """Say what a policy did with a load.

    Returns
    -------
    Result
        `series` has per metric period: the load and the capacity in service (requests/s), the CPU
        that the alarms see (%), the instances wanted, in service and needed, and the requests
        that wait.
    """
    scenario, scaling = outcome.scenario, outcome.scaling
    data: dict[str, Any] = {
        "time": outcome.times,
        "load_rps": outcome.rps,
        "capacity_rps": outcome.in_service * scenario.capacity_rps,
        "cpu_pct": outcome.cpu_pct,
        **_watched(outcome),
        "wanted": scaling.desired.astype(np.int64),
        "in_service": outcome.in_service,
        "needed": outcome.needed,
        "waiting": scaling.backlog,
        "lost_rps": scaling.lost / outcome.period_s,
        "mean_instances": scaling.instance_s / outcome.period_s,
    }
    if scaling.alarms:
        data["alarm"] = np.array(alarm_names(outcome))
        data["state"] = outcome.alarm_states
    return Result(
        scenario=scenario,
        label=scenario.text,
        why=why(outcome),
        numbers=numbers(outcome),
        data=data,
        panels=_panels(outcome),
        notes=notes(outcome),
        scene=scene(outcome),
    )


def _watched(outcome: Outcome) -> dict[str, Any]:
    """Each watched metric, and between what its alarms leave it alone."""
    columns: dict[str, Any] = {}
    for signal in outcome.signals:
        values, above, below = COLUMNS[signal.name]
        columns[values] = signal.values
        columns[above] = np.full(signal.values.size, signal.target)
        columns[below] = np.full(signal.values.size, signal.low)
    return columns


def alarm_names(outcome: Outcome) -> list[str]:
    """What each alarm does, for the rows of the heat map."""
    several = len(outcome.signals) > 1
    return [
        f"scale {'out' if alarm.above else 'in'}"
        + (f", {outcome.signals[watched].name}" if several else "")
        for alarm, watched in zip(outcome.scaling.alarms, outcome.watches, strict=True)
    ]


def numbers(outcome: Outcome) -> tuple[Number, ...]:
    """The answers, the most asked-for first."""
    totals = outcome.scaling.totals
    hours = totals.instance_s / 3600
    expected, reaction = (
        None if seconds is None else seconds / 60
        for seconds in (outcome.expected_reaction_s, outcome.reaction_s)
    )
    word = "turned away" if outcome.scenario.overload == "drop" else "delayed"
    return (
        Number("delayed_pct", f"Requests {word}", outcome.delayed_pct, percent(outcome.delayed_pct),
               headline=True),
        Number("above_target_min", "Time above the target", outcome.above_s / 60,
               span(outcome.above_s), headline=True),
        Number("cost_usd_month", "A month like this", outcome.cost_usd_month,
               usd(outcome.cost_usd_month), headline=True),
        Number("reaction_min", "From breach to new capacity", reaction,
               "never" if reaction is None else f"{reaction:.1f} min"),
        Number("expected_reaction_min", "The same by the closed form", expected,
               "-" if expected is None else f"{expected:.1f} min"),
        Number("worst_wait_s", "Longest wait", outcome.worst_wait_s, span(outcome.worst_wait_s)),
        Number("delayed", f"Requests {word}, in all", outcome.delayed, f"{outcome.delayed:,.0f}"),
        Number("instance_hours", "Instance-hours", hours, f"{hours:,.2f}"),
        Number("cost_usd", "Instances for this load", outcome.cost_usd, usd(outcome.cost_usd)),
        Number("peak_instances", "Largest size", int(totals.peak), f"{totals.peak:,.0f}"),
        Number("most_needed", "Needed at the peak", int(outcome.needed.max()),
               f"{outcome.needed.max():,}"),
        Number("launched", "Instances launched", int(totals.launched), f"{totals.launched:,.0f}"),
        Number("removed", "Instances removed", int(totals.removed), f"{totals.removed:,.0f}"),
        Number("reversals", "Changes of direction", int(totals.reversals),
               f"{totals.reversals:,.0f}"),
        Number("short_min", "Capacity short for", totals.short_s / 60, span(totals.short_s)),
        Number("waiting_at_end", "Waiting at the end", totals.backlog, f"{totals.backlog:,.0f}"),
        Number("moves_at_end", "Size at the end", outcome.moves_at_end,
               MOVES.get(outcome.moves_at_end, "does not move")),
    )  # fmt: skip


def notes(outcome: Outcome) -> tuple[str, ...]:
    """What was assumed."""
    scenario = outcome.scenario
    delay = ASG.get("monitoring", "datapoint_delay")
    price = EC2.get(scenario.instance_type, "hour_price")
    return (
        *outcome.load.notes,
        f"Instances share the load evenly; each is at 100 % CPU at {scenario.capacity_rps:g} "
        f"requests/s. A datapoint is seen {delay.value} s after its period ({delay.confidence}).",
        *_metric_notes(scenario),
        *_policy_notes(scenario),
        f"Prices: {price.region}, as of {price.as_of}: instances, 1-minute metrics if detailed, "
        "and alarms; without the load balancer and data transfer.",
    )


def _metric_notes(scenario: PolicyScenario) -> Iterator[str]:
    if scenario.monitoring == "basic" and scenario.policy != FIXED:
        yield (
            "5-minute data: the 1-minute alarms find one datapoint in five and judge by it when "
            "it is as old as they ask for (assumed from how CloudWatch treats missing data)."
        )
    if MEMORY in scenario.watched:
        yield (
            f"Memory goes with the CPU, from {scenario.memory_idle_pct:g} % idle to "
            f"{scenario.memory_busy_pct:g} % at 100 % CPU; requests that wait take none."
        )
    if REQUESTS in scenario.watched:
        idle = ASG.get("monitoring", "requests_when_idle")
        yield (
            f"A load balancer without requests sends {idle.value} ({idle.confidence}: AWS's guide "
            "of Auto Scaling says that it sends zeros). An alarm then waits, or does as "
            "TreatMissingData says; that CloudWatch may still go by older datapoints is left out."
        )
    if scenario.watched != (CPU,) and scenario.scaler == EC2_GROUPS and scenario.policy in TRACKS:
        yield (
            "Scale-in on memory and requests at the share of the target that AWS uses for CPU "
            "(assumed: AWS publishes none)."
        )


def _policy_notes(scenario: PolicyScenario) -> Iterator[str]:
    if scenario.policy in TRACKS:
        yield (
            "Scale-in removes one instance a decision (assumed: AWS says more gradually than out)."
        )
    if scenario.scaler == APPLICATION:
        yield (
            "A cooldown begins when its change is complete (AWS doesn't say more); every task or "
            f"replica is priced as one {scenario.instance_type}."
        )
    if scenario.protected:
        yield (
            "A scale-in stops at the protected instances; AWS lowers the desired capacity all the "
            "same, and ends none of them."
        )
    if scenario.policy == PREDICTIVE:
        history = ASG.value("predictive", "min_history")
        yield (
            f"The forecast is the mean of the same hours before, after {history} h of history; "
            "AWS's own method is not published."
        )


def _panels(outcome: Outcome) -> tuple[Panel, ...]:
    scenario = outcome.scenario
    load = Panel(
        "Load and capacity",
        "requests/s",
        (
            Curve("load_rps", "load", "demand"),
            Curve("capacity_rps", "capacity in service", "served", compare=True),
        ),
        events=reaction(outcome),
    )
    size = Panel(
        "Instances",
        "instances",
        (
            Curve("wanted", "wanted", "second"),
            Curve("in_service", "in service", "first", compare=True),
            Curve("needed", "needed at the target", "theory"),
        ),
        doubtful=_saturated(outcome),
    )
    waiting, unit = (
        ("waiting", "requests") if scenario.overload == "queue" else ("lost_rps", "requests/s")
    )
    name = "Requests waiting" if scenario.overload == "queue" else "Requests turned away"
    queue = Panel(
        name, unit, (Curve(waiting, "waiting" if waiting == "waiting" else "lost", "served", True),)
    )
    if not outcome.scaling.alarms:
        return load, *_metric_panels(outcome), size, queue
    title = "The two alarms" if len(outcome.scaling.alarms) == 2 else "The alarms"
    states = (Curve("state", "state", "first"),)
    alarms = Panel(title, "", states, kind="heat", rows="alarm", levels=STATES)
    return load, *_metric_panels(outcome), size, queue, alarms


def _metric_panels(outcome: Outcome) -> list[Panel]:
    """What the alarms see, metric by metric."""
    several, held = len(outcome.signals) > 1, outcome.scenario.policy != FIXED
    panels = []
    for signal in outcome.signals:
        values, above, below = COLUMNS[signal.name]
        lines = [Curve(values, LABELS[signal.name], "first", compare=True)]
        if held:
            lines += [
                Curve(above, "scale out above", "theory"),
                Curve(below, "scale in below", "theory"),
            ]
        title = "What the alarms see" + (f": {signal.name}" if several else "")
        in_pct = signal.name != REQUESTS
        unit, limits = ("%", (0.0, 105.0)) if in_pct else ("requests a minute", None)
        panels.append(Panel(title, unit, tuple(lines), limits=limits))
    return panels


def _saturated(outcome: Outcome) -> tuple[tuple[Any, Any, str], ...]:
    """The longest spells in which CPU is at 100 % and can't tell how much is missing."""
    if CPU not in outcome.scenario.watched:
        return ()
    full = np.concatenate(([False], outcome.cpu_pct >= FULL_PCT, [False]))
    edges = np.flatnonzero(full[1:] != full[:-1]).reshape(-1, 2)
    longest = sorted(edges.tolist(), key=lambda edge: edge[0] - edge[1])[:MOST_SHADED]
    shaded = []
    for number, (first, last) in enumerate(sorted(longest)):
        ends = outcome.at(np.array([first, last]) * outcome.period_s)
        shaded.append((ends[0], ends[1], "" if number else "CPU can't tell how much is missing"))
    return tuple(shaded)
