"""The way back as a moving picture: a log that is shipped, an accident, and a new instance."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from awsnb.results import Flow, Place, Scene
from awsnb.sections.rds.time_travel.scenario import COPY, DAY_MIN, clock
from awsnb.sections.rds.time_travel.simulate import UPLOAD_MIN, Floats, Outcome
from awsnb.words import counted, span

APPLICATION, DATABASE, NEW = "Application", "Database", "New instance"
LATEST, LOST = "Latest restorable", "Writes lost"
DAY = np.datetime64("2024-03-04T00:00", "ms")  # of the accident: which day it is does not matter
BEFORE_MIN = 10
MOST_SAMPLES = 390
FINEST_MIN = 0.5
LAZY = 0.3  # of a full way: blocks come as they are read, at no rate that the model knows
Tone = Literal["ok", "bad", "out", "wait", "off"]
Spell = tuple[float, Tone, str]


def by_the_clock(outcome: Outcome) -> Outcome:
    """Round what happens to whole minutes, as it is said: what was noticed too."""
    accident = outcome.scenario.accident_min
    noticed = float(max(1, round(outcome.noticed_min) - accident))
    starts = accident + max(noticed, UPLOAD_MIN)
    made = starts + outcome.made_min - outcome.starts_min
    restored = max(float(round(outcome.restored_min)), made)
    return replace(
        outcome,
        scenario=outcome.scenario.replace(noticed_min=noticed),
        starts_min=starts,
        restored_min=restored,
        runs_min=max(float(round(outcome.runs_min)), restored),
    )


def moments_min(outcome: Outcome) -> Floats:
    """Minutes from midnight at which the picture is told: equally far apart, and all changes."""
    outcome = by_the_clock(outcome)
    begins = _begins(outcome)
    ends = outcome.ends_min + max(BEFORE_MIN, (outcome.ends_min - begins) / 20)
    apart = max(FINEST_MIN, (ends - begins) / MOST_SAMPLES)
    changes = [at for at, _ in (*_events(outcome), *_words(outcome))]
    found: Floats = np.unique(np.round([*np.arange(begins, ends, apart), *changes], 6))
    return found


def _begins(outcome: Outcome) -> float:
    return outcome.scenario.accident_min - BEFORE_MIN


def times(at_min: Floats | list[float]) -> NDArray[np.datetime64]:
    """Return minutes from midnight as times of a day."""
    return DAY + np.round(np.asarray(at_min) * 60_000).astype("timedelta64[ms]")


def scene(outcome: Outcome) -> Scene:
    """Show the database, its log, the instance that is made from it, and what is lost."""
    at, one, away_min = moments_min(outcome), outcome.scenario, outcome.away_min
    outcome = by_the_clock(outcome)
    lacks_min = outcome.without_min(at)
    if outcome.possible:
        lacks_min[at >= outcome.runs_min] = away_min  # not rounded, as it is said
    size, unit = _unit(outcome)
    runs_new = outcome.possible & (one.way != COPY) & (at >= outcome.runs_min)
    return Scene(
        alt=f"{one.text}: the application, the database with its log, the new instance, the latest "
        "restorable time and the writes that are lost",
        x="time",
        places=(
            Place(APPLICATION, 0, count=lacks_min / size, note=f"{unit} without the table"),
            *_instances(outcome, at),
            _lost(outcome, at, lacks_min / size, unit),
            _latest(outcome, at),
        ),
        flows=(
            Flow(APPLICATION, DATABASE, 1.0 - runs_new, 1.0),
            Flow(APPLICATION, NEW, 1.0 * runs_new, 1.0, "good"),
            Flow(DATABASE, LOST, _losing(outcome, at), 1.0, "bad"),
            Flow(DATABASE, LATEST, _uploading(outcome, at), 1.0),
            Flow(LATEST, NEW, _loading(outcome, at), 1.0),
        ),
        events=_timed(_events(outcome)),
        words=_timed(_words(outcome)),
    )


def _unit(outcome: Outcome) -> tuple[int, str]:
    """How long the application lacks the table is counted in min, h or days."""
    longest = outcome.ends_min - outcome.scenario.accident_min
    if longest < 5 * 60:
        return 1, "min"
    return (60, "h") if longest < 4 * DAY_MIN else (DAY_MIN, "days")


def _instances(outcome: Outcome, at: Floats) -> tuple[Place, Place]:
    log_h = (outcome.scenario.accident_min - outcome.backup_min) / 60
    return (
        Place(DATABASE, 1, _waiting(outcome, at), UPLOAD_MIN, "min to upload",
              states=_states(_of_database(outcome))),
        Place(NEW, 1, outcome.replayed_min(at) / 60, max(log_h, 1 / 60), "h",
              states=_states(_of_new(outcome))),
    )  # fmt: skip


def _waiting(outcome: Outcome, at: Floats) -> Floats:
    """How much log waits for its upload; the most, where an upload is too short to be seen."""
    if not outcome.scenario.retention_days:
        return np.zeros(len(at))
    if np.median(np.diff(at)) > UPLOAD_MIN / 2:
        return np.full(len(at), UPLOAD_MIN)
    return outcome.not_uploaded_min(at)


def _lost(outcome: Outcome, at: Floats, lacks: Floats, unit: str) -> Place:
    """What is written while the application lacks the table is lost; else the table itself is."""
    if not outcome.possible:
        return Place(LOST, 2, count=1.0 * (at >= outcome.hopeless_min), note="table", tone="bad")
    whose = "this table's" if outcome.scenario.way == COPY else "every table's"
    return Place(LOST, 2, count=lacks, note=f"{unit}, {whose}", tone="bad")


def _latest(outcome: Outcome, at: Floats) -> Place:
    if not outcome.scenario.retention_days:
        return Place(LATEST, 2, note="no backups")
    return Place(LATEST, 2, count=_waiting(outcome, at), note="min ago")


def _losing(outcome: Outcome, at: Floats) -> Floats:
    inside = (at >= outcome.scenario.accident_min) & (at < outcome.runs_min)
    return np.where(inside & outcome.possible, 1.0, 0.0)


def _uploading(outcome: Outcome, at: Floats) -> Floats:
    """Show an upload for a minute; where these are too short to be seen, all the time."""
    waits = _waiting(outcome, at)
    if not outcome.scenario.retention_days:
        return np.zeros(len(at))
    return 1.0 * ((waits < 1) | (waits.min() == waits.max()))


def _loading(outcome: Outcome, at: Floats) -> Floats:
    if not outcome.possible:
        return np.zeros(len(at))
    there = at >= outcome.restored_min
    return np.where(there, LAZY, 1.0 * (at >= outcome.starts_min))


def _of_database(outcome: Outcome) -> Iterator[Spell]:
    one = outcome.scenario
    yield _begins(outcome), "ok", ""
    yield one.accident_min, "bad", "the table is gone"
    if outcome.possible and one.way == COPY:
        yield outcome.restored_min, "wait", "the table is copied back"
        yield outcome.runs_min, "ok", "has the table again"
    elif outcome.possible:
        yield outcome.runs_min, "off", "no longer used"


def _of_new(outcome: Outcome) -> Iterator[Spell]:
    yield _begins(outcome), "off", ""
    if not outcome.possible:
        yield outcome.hopeless_min, "off", "nothing to restore"
        return
    yield outcome.starts_min, "wait", "is being made"
    yield outcome.made_min, "wait", "replays the log"
    yield outcome.restored_min, "ok", "loads data as it is read"


def _states(spells: Iterator[Spell]) -> tuple[tuple[np.datetime64, Tone, str], ...]:
    return tuple((times([at])[0], tone, word) for at, tone, word in spells)


def _timed(said: Iterator[tuple[float, str]]) -> tuple[tuple[np.datetime64, str], ...]:
    return tuple((times([at])[0], text) for at, text in said)


def _events(outcome: Outcome) -> Iterator[tuple[float, str]]:
    yield outcome.scenario.accident_min, "dropped"
    if outcome.is_deleted:
        yield outcome.hopeless_min, "backups deleted"
    yield outcome.noticed_min, "noticed"
    if outcome.possible:
        if outcome.waits_min > 0:
            yield outcome.starts_min, "restore starts"
        if outcome.replay_min:
            yield outcome.made_min, ""
        yield outcome.restored_min, "available"
        yield outcome.runs_min, "runs again"


def _words(outcome: Outcome) -> Iterator[tuple[float, str]]:
    one = outcome.scenario
    yield _begins(outcome), _at_first(outcome)
    yield one.accident_min, "The table is dropped. From now on the application is without it."
    if outcome.possible:
        yield from _way_back(outcome)
        return
    if outcome.is_deleted:
        kept = counted(one.retention_days, "day")
        yield outcome.hopeless_min, f"The backups of that moment are deleted after {kept}."
    yield outcome.noticed_min, "Somebody notices: there is nothing that can be restored."


def _at_first(outcome: Outcome) -> str:
    if not outcome.scenario.retention_days:
        return "Automated backups are off: no log is uploaded."
    return (
        f"The log is uploaded every {UPLOAD_MIN:g} min. The latest restorable time is no older "
        "than that."
    )


def _way_back(outcome: Outcome) -> Iterator[tuple[float, str]]:
    if outcome.waits_min > 0:
        yield outcome.noticed_min, "Somebody notices. Its log may not be uploaded yet."
    yield (
        outcome.starts_min,
        f"The restore starts. The latest restorable time is {clock(outcome.latest_min)} or later.",
    )
    if outcome.replay_min:
        since = clock(outcome.backup_min)
        yield outcome.made_min, f"The new instance replays the log since the backup of {since}."
    if outcome.scenario.way == COPY:
        yield outcome.restored_min, "The new instance is there. The table is copied back from it."
        yield outcome.runs_min, "The table is back. What it should have taken in since is lost."
        return
    yield (
        outcome.restored_min,
        "The new instance is there. The application must go to its endpoint.",
    )
    gone = span(60 * outcome.all_lost_min)
    yield outcome.runs_min, f"The application runs on the new instance, without {gone} of writes."
