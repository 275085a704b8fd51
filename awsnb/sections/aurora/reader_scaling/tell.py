"""What there is to say of readers that come and go: numbers, panels, and in a sentence why."""

import numpy as np

from awsnb.aws.aurora import AURORA
from awsnb.results import Curve, Number, Panel, Result
from awsnb.sections.aurora.reader_scaling.scenario import ReaderScalingScenario
from awsnb.sections.aurora.reader_scaling.simulate import DAY_MIN, Outcome
from awsnb.words import counted, percent, span, usd


def tell(outcome: Outcome) -> Result:
    """Say how readers followed the day.

    Returns
    -------
    Result
        `data` has, by ``hour`` of the day, the load and the readers there (in readers kept busy),
        how many would hold the target, and the metric beside its alarms.
    """
    high, low = outcome.alarms
    unit = _unit(outcome.scenario)
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=_why(outcome),
        numbers=_numbers(outcome),
        data={
            "hour": np.arange(DAY_MIN) / 60,
            "load_readers": outcome.load_readers,
            "serving": outcome.serving,
            "needed": outcome.needed,
            f"metric_{unit}": outcome.metric,
            f"scale_out_above_{unit}": np.full(DAY_MIN, high.threshold),
            f"scale_in_below_{unit}": np.full(DAY_MIN, low.threshold),
        },
        panels=(_readers(), _alarms(outcome.scenario)),
        notes=_notes(outcome.scenario),
    )


def _readers() -> Panel:
    return Panel(
        "Readers",
        "readers",
        (
            Curve("load_readers", "load, in readers kept busy", "demand"),
            Curve("serving", "readers that serve", "served", compare=True),
            Curve("needed", "needed for the target", "theory"),
        ),
        x="hour",
        x_title="hour of the day",
    )


def _unit(scenario: ReaderScalingScenario) -> str:
    """What the columns of the metric end in."""
    return "pct" if scenario.scales_on_cpu else "connections"


def _alarms(scenario: ReaderScalingScenario) -> Panel:
    unit = _unit(scenario)
    return Panel(
        "What the alarms see",
        "% CPU" if scenario.scales_on_cpu else "connections a reader",
        (
            Curve(f"metric_{unit}", "average over the readers", "first", compare=True),
            Curve(f"scale_out_above_{unit}", "adds above", "third"),
            Curve(f"scale_in_below_{unit}", "removes below", "second"),
        ),
        x="hour",
        x_title="hour of the day",
    )


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    cost, always = outcome.readers_usd_month, outcome.always_usd_month
    peak, reaction, delayed = outcome.peak_readers, outcome.reaction_s, outcome.delayed_pct
    return (
        Number("readers_usd_month", "Readers a month", cost, usd(cost), headline=True),
        Number("delayed_pct", "Reads that wait", delayed, percent(delayed), headline=True),
        Number("peak_readers", "Most readers", peak, f"{peak}", headline=True),
        Number("mean_readers", "On average", outcome.mean_readers, f"{outcome.mean_readers:.1f}"),
        Number("always_usd_month", "Enough for the peak, always", always, usd(always)),
        Number("above_target_min", "Above the target", outcome.above_s / 60, span(outcome.above_s)),
        Number("reaction_min", "From breach to new reader",
               None if reaction is None else reaction / 60,
               "nothing was added" if reaction is None else span(reaction)),
        Number("expected_reaction_min", "The same by the closed form",
               outcome.expected_reaction_s / 60, span(outcome.expected_reaction_s)),
    )  # fmt: skip


def _why(outcome: Outcome) -> str:
    peak = counted(outcome.peak_readers, "reader")
    if outcome.reaction_s is None:
        return _none_added(outcome)
    return (
        f"From the first minute above the target to new readers it took "
        f"{span(outcome.reaction_s)}, {_slowest(outcome)}; {_waits(outcome)}. Up to {peak} "
        f"serve{_beside_target(outcome)}: {_price(outcome)}"
    )


def _slowest(outcome: Outcome) -> str:
    """Name what took the most of the reaction."""
    making_s = 60 * outcome.scenario.reader_takes_min
    if 2 * making_s > (outcome.reaction_s or 0.0):
        return "most of it to make them"
    return "most of it until the alarm had its datapoints"


def _none_added(outcome: Outcome) -> str:
    peak = counted(outcome.peak_readers, "reader")
    if outcome.is_capped:
        serve = "serves" if outcome.peak_readers == 1 else "serve"
        return f"{peak} {serve} from the start{_beside_target(outcome)}: {_price(outcome)}"
    return f"The metric never called for more than {peak}: {_price(outcome)}"


def _beside_target(outcome: Outcome) -> str:
    """Say how many would have held the target, if that is another number, and why."""
    if outcome.is_capped:
        most = ", the most that the policy may have"
        return f"{most}, while {outcome.peak_wanted} would hold the target"
    if not outcome.overshoots:
        return ""
    hold = f", though {outcome.peak_needed} hold the target"
    if not (outcome.overshoots_on_backlog and outcome.scenario.scales_on_cpu):
        return hold
    return f"{hold} (reads that still waited kept CPU at 100 %, and the policy asked for more)"


def _price(outcome: Outcome) -> str:
    always = counted(outcome.peak_needed, "reader")
    return (
        f"{usd(outcome.readers_usd_month)} a month, compared with "
        f"{usd(outcome.always_usd_month)} for {always} all the time."
    )


def _waits(outcome: Outcome) -> str:
    if not outcome.delayed_pct:
        return "no read had to wait"
    return f"{percent(outcome.delayed_pct)} of the reads had to wait meanwhile"


def _notes(scenario: ReaderScalingScenario) -> tuple[str, ...]:
    return (
        f"A reader takes {scenario.reader_takes_min:g} min to make: assumed, AWS names "
        "no number. It costs from the start.",
        "Reads are spread evenly. The reader endpoint gives out new connections only, so "
        "a pool that keeps its own leaves new readers idle at first.",
        "Reads that find every reader busy wait as long as it takes. Real clients give up, "
        "so that fewer readers are added after a jump than here.",
        "A scale-in removes one reader (assumed: AWS says only that it is more gradual), "
        f"then waits {span(AURORA.value('reader_scaling', 'cooldown_in'))}.",
    )
