"""What there is to say of the log at a step: who has which record, and what follows."""

import numpy as np

from awsnb.aws.aurora import AURORA
from awsnb.results import Curve, Number, Panel, Result
from awsnb.sections.aurora.log_protocol.scene import scene
from awsnb.sections.aurora.log_protocol.sequences import AHEAD, SEGMENTS
from awsnb.sections.aurora.log_protocol.simulate import LEVELS, Outcome
from awsnb.words import counted


def tell(outcome: Outcome) -> Result:
    """Say how the log stands.

    Returns
    -------
    Result
        `data` has ``state``, segments by LSNs, as indices into `LEVELS`; and by ``lsn`` how many
        segments have a record with all before it, and how many have it with a hole before.
        ``step`` numbers the sequence's steps, for the moving picture.
    """
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=_why(outcome),
        numbers=_numbers(outcome),
        data={
            "lsn": outcome.lsn,
            "state": outcome.state,
            "segment": np.array(SEGMENTS),
            "complete": _holders(outcome, complete=True),
            "stored": _holders(outcome, complete=False),
            "quorum": np.full(outcome.most, outcome.write_quorum),
            "step": np.arange(outcome.last + 1),
        },
        panels=(_grid(outcome), _counts(outcome)),
        notes=(
            f"One protection group. This writer may be {AHEAD} LSNs ahead of what is durable, "
            f"Aurora's {AURORA.value('log', 'allocation_limit'):,}; recovery annuls as many.",
            f"The sequence has {outcome.last} steps.",
        ),
        scene=scene(outcome),
    )


def _holders(outcome: Outcome, *, complete: bool) -> np.ndarray:
    return np.array([outcome.holders(lsn, complete=complete) for lsn in outcome.lsn.tolist()])


def _points(outcome: Outcome) -> tuple[tuple[float, str], ...]:
    """Where VCL and VDL stand, on the right of their LSN."""
    vcl, vdl = outcome.now.vcl, outcome.now.vdl
    points = {"VCL = VDL": vdl} if vcl == vdl else {"VCL": vcl, "VDL": vdl}
    return tuple((lsn + 0.5, f"{name} {lsn}") for name, lsn in points.items())


def _grid(outcome: Outcome) -> Panel:
    return Panel(
        "What each segment has",
        "",
        (Curve("state", "state", "first"),),
        kind="heat",
        x="lsn",
        x_title="LSN",
        rows="segment",
        levels=LEVELS,
        events=tuple((at, "") for at, _ in _points(outcome)),
    )


def _counts(outcome: Outcome) -> Panel:
    return Panel(
        "Segments that have the record",
        "segments",
        (
            Curve("complete", "and all before it", "first"),
            Curve("stored", "with a hole before it", "second"),
            Curve("quorum", "write quorum", "theory"),
        ),
        kind="bars",
        stacked=True,
        events=_points(outcome),
        x="lsn",
        x_title="LSN",
        limits=(0.0, float(len(SEGMENTS))),
    )


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    step = outcome.now
    commits = ", ".join(map(str, step.acknowledged)) or "none"
    lowest = min(view.scl for view in step.segments.values() if not view.destroyed)
    return (
        Number("vcl", "VCL, complete up to", step.vcl, str(step.vcl), headline=True),
        Number("vdl", "VDL, durable up to", step.vdl, str(step.vdl), headline=True),
        Number("acknowledged", "Commits acknowledged", len(step.acknowledged), commits, True),
        Number("lost", "Of them, lost", len(outcome.lost), f"{len(outcome.lost)}"),
        Number("pgcl", "PGCL, on a write quorum up to", step.pgcl[0], str(step.pgcl[0])),
        Number("lowest_scl", "Lowest SCL of a segment", lowest, str(lowest)),
        Number("epoch", "Epoch", step.epoch, str(step.epoch)),
        Number("writer", "The writer is", step.writer, step.writer),
    )


def _why(outcome: Outcome) -> str:
    lead = f"Step {outcome.at} of {outcome.last}: {outcome.now.what}"
    parts = (_half_a_transaction, _waiting, _abandoned, _lost, _end)
    return lead + "".join(part(outcome) for part in parts)


def _half_a_transaction(outcome: Outcome) -> str:
    """Say so if records are on a quorum of which the mini-transaction is not whole there."""
    step = outcome.now
    if step.writer != "open" or step.vcl == step.vdl:
        return ""
    seen = f"only up to {step.vdl}" if step.vdl else "nothing yet"
    return (
        f" All is there up to {step.vcl}, but the last mini-transaction is not whole: readers may "
        f"see {seen}."
    )


def _waiting(outcome: Outcome) -> str:
    """Say what a commit still needs before its client is told."""
    step = outcome.now
    if not step.waiting:
        return ""
    first = step.waiting[0]
    if step.writer == "crashed":
        return f" The client of the commit at {first} was not told: it may be kept, or not."
    complete = counted(outcome.complete_to(first), "segment is", "segments are")
    return (
        f" The commit at {first} waits: {complete} complete up to it, and it takes "
        f"{outcome.write_quorum}."
    )


def _abandoned(outcome: Outcome) -> str:
    """Say what recovery made of commits whose clients were not told."""
    if not outcome.abandoned:
        return ""
    first = outcome.abandoned[0]
    fate = "is kept" if first <= outcome.now.vdl else "is annulled"
    return f" The commit at {first} {fate}; its client was not told either way."


def _end(outcome: Outcome) -> str:
    """Say where the sequence ends, and what is still to come then."""
    if outcome.at < outcome.last:
        return ""
    if not outcome.incomplete:
        return " The sequence ends here."
    lack = "still lacks" if len(outcome.incomplete) == 1 else "still lack"
    return (
        f" The sequence ends here; {' and '.join(outcome.incomplete)} {lack} records, which gossip "
        "will bring."
    )


def _lost(outcome: Outcome) -> str:
    """Say so if a commit that was acknowledged is in no segment that is up."""
    if not outcome.lost:
        return ""
    return (
        f" The commit at {outcome.lost[0]} had been acknowledged, and is gone: three that wrote "
        "and three that were asked need not share a segment."
    )
