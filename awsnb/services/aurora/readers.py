"""Readers that come and go: a day's numbers, its panels, and in a sentence or two why."""

import numpy as np

from awsnb.results import Curve, Number, Panel, Result
from awsnb.services.aurora.cluster import AURORA, CPU, AuroraScenario
from awsnb.services.aurora.reader_day import DAY_MIN, Day
from awsnb.services.aurora.texts import counted
from awsnb.words import percent, span


def simulate_readers(cluster: AuroraScenario) -> Result:
    """Let a target tracking policy follow a day of reads.

    `data` has, by ``hour`` of the day, the load and the readers there (in readers kept busy), how
    many would hold the target, and the metric beside its alarms.
    """
    return _result(Day(cluster))


def _result(day: Day) -> Result:
    """The day as a result."""
    high, low = day.alarms
    serving = (day.scaling.counting + day.scaling.warming).astype(np.int64)
    return Result(
        scenario=day.cluster,
        label=day.cluster.text,
        why=_why(day),
        numbers=_numbers(day),
        data={
            "hour": np.arange(DAY_MIN) / 60,
            "load_readers": day.load / day.busy,
            "serving": serving,
            "needed": day.needed,
            "metric": day.metric,
            "scale_out_above": np.full(DAY_MIN, high.threshold),
            "scale_in_below": np.full(DAY_MIN, low.threshold),
        },
        panels=_panels(day),
        notes=(
            f"A reader takes {day.cluster.reader_takes_min:g} min to make: assumed, AWS names "
            "no number. It costs from the start.",
            "Reads are spread evenly. The reader endpoint gives out new connections only, so "
            "a pool that keeps its own leaves new readers idle at first.",
            "Reads that find every reader busy wait as long as it takes. Real clients give up, "
            "so that fewer readers are added after a jump than here.",
            "A scale-in removes one reader (assumed: AWS says only that it is more gradual), "
            f"then waits {span(AURORA.value('reader_scaling', 'cooldown_in'))}.",
        ),
    )


def _panels(day: Day) -> tuple[Panel, ...]:
    """Readers against load, and the metric against its alarms."""
    over = {"x": "hour", "x_title": "hour of the day"}
    size = Panel(
        "Readers",
        "readers",
        (
            Curve("load_readers", "load, in readers kept busy", "demand"),
            Curve("serving", "readers that serve", "served", compare=True),
            Curve("needed", "needed for the target", "theory"),
        ),
        **over,  # type: ignore[arg-type]
    )
    on_cpu = day.cluster.scaling_metric == CPU
    seen = Panel(
        "What the alarms see",
        "% CPU" if on_cpu else "connections a reader",
        (
            Curve("metric", "average over the readers", "first", compare=True),
            Curve("scale_out_above", "adds above", "third"),
            Curve("scale_in_below", "removes below", "second"),
        ),
        **over,  # type: ignore[arg-type]
    )
    return size, seen


def _numbers(day: Day) -> tuple[Number, ...]:
    """The answers."""
    cost, always = day.usd_month(day.mean_readers), day.usd_month(float(day.needed.max()))
    peak, reaction = int(day.scaling.totals.peak), day.reaction_s
    return (
        Number("readers_usd_month", "Readers a month", cost, f"{cost:,.2f} USD", headline=True),
        Number("delayed_pct", "Reads that wait", day.delayed_pct, percent(day.delayed_pct),
               headline=True),
        Number("peak_readers", "Most readers", peak, f"{peak}", headline=True),
        Number("mean_readers", "On average", day.mean_readers, f"{day.mean_readers:.1f}"),
        Number("always_usd_month", "Enough for the peak, always", always,
               f"{always:,.2f} USD"),
        Number("above_target_min", "Above the target", day.above_s / 60, span(day.above_s)),
        Number("reaction_min", "From breach to new reader",
               None if reaction is None else reaction / 60,
               "nothing was added" if reaction is None else span(reaction)),
        Number("expected_reaction_min", "The same by the closed form",
               day.expected_reaction_s / 60, span(day.expected_reaction_s)),
    )  # fmt: skip


def _why(day: Day) -> str:
    """What happened and why."""
    peak, most = int(day.scaling.totals.peak), int(day.needed.max())
    cost, always = day.usd_month(day.mean_readers), day.usd_month(float(most))
    beside = f"{cost:,.2f} USD a month, against {always:,.2f} for {counted(most, 'reader')} always."
    if day.reaction_s is None:
        return f"The metric never called for more than {counted(peak, 'reader')}: {beside}"
    waits = (
        "no read had to wait"
        if not day.delayed_pct
        else f"{percent(day.delayed_pct)} of the reads had to wait meanwhile"
    )
    return (
        f"From the first minute above the target to new readers it took "
        f"{span(day.reaction_s)}, most of it to make them; {waits}. Up to "
        f"{counted(peak, 'reader')} serve: {beside}"
    )
