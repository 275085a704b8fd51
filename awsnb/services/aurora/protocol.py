"""The log as it stands after a step of a story: who has which record, and what follows."""

import numpy as np
from numpy.typing import NDArray

from awsnb.mechanisms.replicated_log import Step
from awsnb.results import Curve, Number, Panel, Result
from awsnb.services.aurora.cluster import AURORA, AuroraScenario
from awsnb.services.aurora.stories import AHEAD, ALL, steps, write_quorum

LEVELS = ("segment down", "not there", "on its way", "stored", "complete")
DOWN, NOTHING, FLIGHT, STORED, COMPLETE = range(len(LEVELS))
FEWEST_LSNS = 6


def simulate_protocol(cluster: AuroraScenario) -> Result:
    """Tell a story up to a step.

    `data` has ``state``, segments by LSNs, as indices into `LEVELS`; and by ``lsn`` how many
    segments have a record with all before it, and how many have it with a hole before.
    """
    story = steps(cluster.story)
    step = story[min(cluster.step, len(story) - 1)]
    most = max([FEWEST_LSNS, *(lsn for one in story for view in one.segments.values()
                               for lsn in view.lsns)])  # fmt: skip
    lsn = np.arange(1, most + 1)
    needed = write_quorum(cluster.story)
    return Result(
        scenario=cluster,
        label=cluster.text,
        why=_why(cluster, story, step),
        numbers=_numbers(step),
        data={
            "lsn": lsn,
            "state": states(step, most),
            "segment": np.array(ALL),
            "complete": np.array([_holders(step, n, True) for n in lsn.tolist()], dtype=float),
            "stored": np.array([_holders(step, n, False) for n in lsn.tolist()], dtype=float),
            "quorum": np.full(len(lsn), float(needed)),
        },
        panels=_panels(step),
        notes=(
            f"One protection group. This writer may be {AHEAD} LSNs ahead of what is durable, "
            f"Aurora's {AURORA.value('log', 'allocation_limit'):,}; recovery annuls as many.",
            f"The story has {len(story) - 1} steps.",
        ),
    )


def states(step: Step, most: int) -> NDArray[np.int64]:
    """What each segment knows of each LSN, as indices into `LEVELS`."""
    state = np.full((len(ALL), most), NOTHING)
    for row, name in enumerate(ALL):
        view = step.segments[name]
        for lsn in view.lsns:
            state[row, lsn - 1] = COMPLETE if lsn <= view.scl else STORED
        for where, lsn in step.flight:
            if where == name and lsn <= most and state[row, lsn - 1] == NOTHING:
                state[row, lsn - 1] = FLIGHT
        if not view.up:
            state[row] = DOWN
    return state


def _holders(step: Step, lsn: int, complete: bool) -> int:
    """Count the segments that have a record and all before it, or it alone."""
    views = step.segments.values()
    return sum(lsn in view.lsns and (lsn <= view.scl) == complete for view in views)


def _panels(step: Step) -> tuple[Panel, ...]:
    points = {"VCL": step.vcl, "VDL": step.vdl}
    if step.vcl == step.vdl:
        points = {"VCL = VDL": step.vdl}
    events = tuple((lsn + 0.5, f"{name} {lsn}") for name, lsn in points.items())
    grid = Panel(
        "What each segment has",
        "",
        (Curve("state", "state", "first"),),
        kind="heat",
        x="lsn",
        x_title="LSN",
        rows="segment",
        levels=LEVELS,
        events=tuple((at, "") for at, _ in events),
    )
    counts = Panel(
        "Segments that have the record",
        "segments",
        (
            Curve("complete", "and all before it", "first"),
            Curve("stored", "with a hole before it", "second"),
            Curve("quorum", "write quorum", "theory"),
        ),
        kind="bars",
        stacked=True,
        events=events,
        x="lsn",
        x_title="LSN",
        limits=(0.0, float(len(ALL))),
    )
    return grid, counts


def _numbers(step: Step) -> tuple[Number, ...]:
    commits = ", ".join(map(str, step.acknowledged)) or "none"
    lowest = min(view.scl for view in step.segments.values() if not view.destroyed)
    return (
        Number("vcl", "VCL, complete up to", step.vcl, str(step.vcl), headline=True),
        Number("vdl", "VDL, durable up to", step.vdl, str(step.vdl), headline=True),
        Number("acknowledged", "Commits acknowledged", len(step.acknowledged), commits, True),
        Number("pgcl", "PGCL, on a write quorum up to", step.pgcl[0], str(step.pgcl[0])),
        Number("lowest_scl", "Lowest SCL of a segment", lowest, str(lowest)),
        Number("epoch", "Epoch", step.epoch, str(step.epoch)),
        Number("writer", "The writer is", step.writer, step.writer),
    )


def _why(cluster: AuroraScenario, story: tuple[Step, ...], step: Step) -> str:
    last = len(story) - 1
    at = min(cluster.step, last)
    end = " The story ends here." if at == last else ""
    waiting = ""
    if step.writer == "open" and step.vcl > step.vdl:
        waiting = (
            f" All is there up to {step.vcl}, but a mini-transaction ends only at {step.vdl}: "
            "that is how far readers may see."
        )
    return f"Step {at} of {last}: {step.what}{waiting}{_lost(story[: at + 1])}{end}"


def _lost(told: tuple[Step, ...]) -> str:
    """Say so if a commit that was acknowledged is in no segment that is up."""
    step = told[-1]
    recovered = step.writer == "open" and step.epoch > 1
    found = {lsn for view in step.segments.values() if view.up for lsn in view.lsns}
    lost = [lsn for lsn in step.acknowledged if recovered and lsn not in found]
    if not lost:
        return ""
    return (
        f" The commit at {lost[0]} had been acknowledged, and is gone: three that wrote and three "
        "that were asked need not share a segment."
    )
