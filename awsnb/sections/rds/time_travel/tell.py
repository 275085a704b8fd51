"""What there is to say of a restore: until when, to where, and what is missing."""

import numpy as np

from awsnb.aws.rds import RDS
from awsnb.results import Curve, Number, Panel, Result
from awsnb.sections.rds.time_travel.scenario import COPY, REPLAY, RESTORE, clock
from awsnb.sections.rds.time_travel.scene import moments_min, scene, times
from awsnb.sections.rds.time_travel.simulate import Outcome, restore_min
from awsnb.words import counted, span

NOWHERE = "nothing to restore"


def tell(outcome: Outcome) -> Result:
    """Say what a restore brings back, and when.

    Returns
    -------
    Result
        `data` has, by ``step``, how long each takes, min; and the ``time`` of the scene.
    """
    steps = _steps(outcome)
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=_why(outcome) if outcome.possible else _too_late(outcome),
        numbers=_numbers(outcome),
        data={
            "step": np.array(list(steps)),
            "takes_min": np.array(list(steps.values()), dtype=float),
            "time": times(moments_min(outcome)),
        },
        panels=(
            Panel(
                "From the accident until it runs again",
                "min",
                (Curve("takes_min", "takes", "first", compare=True),),
                kind="bars",
                x="step",
            ),
        ),
        notes=_notes(outcome),
        scene=scene(outcome),
    )


def _steps(outcome: Outcome) -> dict[str, float]:
    scenario = outcome.scenario
    last = "copy the table" if scenario.way == COPY else "new endpoint"
    if not outcome.possible:
        return {"noticed": scenario.noticed_min}
    return {
        "noticed": scenario.noticed_min,
        "wait for logs": outcome.waits_min,
        "new instance": restore_min(scenario),
        "replay logs": outcome.replay_min,
        last: outcome.runs_min - outcome.restored_min,
    }


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    possible = outcome.possible
    away = outcome.away_min if possible else None
    lost = outcome.all_lost_min if possible else None
    return (
        Number("runs_again_at", "Runs again", clock(outcome.runs_min) if possible else None,
               clock(outcome.runs_min) if possible else NOWHERE, headline=True),
        Number("away_min", "Without the table for", away,
               "for good" if away is None else span(60 * away), headline=True),
        Number("lost_min", "Writes lost", lost,
               _lost(outcome), headline=True),
        Number("endpoint", "Endpoint", _endpoint(outcome), _endpoint(outcome), headline=True),
        Number("latest_at", "Latest restorable time", clock(outcome.latest_min) if possible
               else None, clock(outcome.latest_min) if possible else NOWHERE),
        Number("starts_at", "The restore starts", clock(outcome.starts_min) if possible else None,
               clock(outcome.starts_min) if possible else NOWHERE),
        Number("backup_at", "From the backup of", clock(outcome.backup_min) if possible else None,
               clock(outcome.backup_min) if possible else NOWHERE),
    )  # fmt: skip


def _lost(outcome: Outcome) -> str:
    if not outcome.possible:
        return "the table"
    if outcome.scenario.way == COPY:
        return "this table's alone"
    return span(60 * outcome.all_lost_min)


def _endpoint(outcome: Outcome) -> str:
    if not outcome.possible:
        return "none"
    return "the old one" if outcome.scenario.way == COPY else "a new one"


def _why(outcome: Outcome) -> str:
    return (
        f"At {clock(outcome.starts_min)} the latest restorable time is "
        f"{clock(outcome.latest_min)} or newer, so {_covered(outcome)}. The new instance has an "
        f"endpoint of its own and is there at {clock(outcome.restored_min)}. {_way(outcome)}"
    )


def _covered(outcome: Outcome) -> str:
    moment, waits = f"the moment before {outcome.scenario.accident}", outcome.waits_min
    if waits > 0:
        return f"{moment} can be restored after {span(60 * waits)} of waiting for its logs"
    return f"{moment} can be restored at once"


def _way(outcome: Outcome) -> str:
    runs = clock(outcome.runs_min)
    if outcome.scenario.way == COPY:
        return (
            f"The table is copied back until {runs}, to the old endpoint. Other tables lose "
            "nothing; what should have been written to this one in between is lost."
        )
    return (
        f"The application runs on it from {runs} on. All that any table took in after "
        f"{outcome.scenario.accident} is not there: {span(60 * outcome.all_lost_min)} of writes."
    )


def _too_late(outcome: Outcome) -> str:
    days = outcome.scenario.retention_days
    if not days:
        return (
            "Nothing can be restored: a retention of 0 days turns automated backups off. Only a "
            "snapshot that somebody took by hand is left."
        )
    kept = counted(days, "day")
    return (
        f"It is too late: backups are kept for {kept}, and the accident was noticed after "
        f"{span(60 * outcome.scenario.noticed_min)}. Only an older snapshot taken by hand is left."
    )


def _notes(outcome: Outcome) -> tuple[str, ...]:
    upload = RDS.get("backup", "log_upload_interval")
    made = "assumed" if outcome.scenario.restore_min is None else "as set"
    return (
        f"Logs are uploaded every {upload.value} min: the model waits for the worst case.",
        f"A new instance takes {restore_min(outcome.scenario):g} min ({made}: {RESTORE.note}). "
        f"Logs are replayed {REPLAY.value} times as fast as they were written "
        f"({REPLAY.confidence}).",
        "A restored instance loads its blocks as they are first read: it is slow at first.",
        "A standby or a reader is no help: it drops the table too.",
    )
