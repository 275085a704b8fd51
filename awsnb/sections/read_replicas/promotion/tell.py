"""What there is to say of a promotion: what is lost, how long nobody writes, what is final."""

from collections.abc import Iterator
from math import ceil

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.rds import RDS
from awsnb.results import Curve, Number, Panel, Result, Role
from awsnb.sections.read_replicas.promotion.scenario import (
    PLANNED,
    REGION_FAILS,
    SOURCE_FAILS,
    TAKES,
    TOO_SOON,
)
from awsnb.sections.read_replicas.promotion.scene import EVERY, scene
from awsnb.sections.read_replicas.promotion.simulate import Floats, Outcome
from awsnb.sections.read_replicas.scenario import LOGICAL
from awsnb.words import a_second, are, counted, rate, span, usd

NOBODY = "nothing to promote"
PARTS: tuple[tuple[str, str, Role], ...] = (
    ("decide_min", "decide", "fourth"),
    ("catch_up_min", "catch up", "second"),
    ("promote_min", "promote", "first"),
    ("repoint_min", "new endpoint", "third"),
)
ENDS = (SOURCE_FAILS, PLANNED, TOO_SOON)


def tell(outcome: Outcome) -> Result:
    """Say what a promotion loses, and when writes go again.

    Returns
    -------
    Result
        `data` has, by ``minute`` of the hour, the writes lost by a promotion then, and what waits;
        by ``pct``, the writes that so many promotions of 100 exceed; and by ``ends``, the minutes
        of each part without writes.
    """
    one, pct = outcome.scenario, np.arange(0, 100.5, 0.5)
    parts = np.array([outcome.parts_min(ends) for ends in ENDS])
    pick = slice(EVERY - 1, None, EVERY)
    return Result(
        scenario=one,
        label=one.text,
        why=" ".join(_why(outcome)),
        numbers=_numbers(outcome),
        data={
            "minute": EVERY * np.arange(1, 3600 // EVERY + 1) / 60,
            "lost_now": _whole(outcome.lost_writes[pick]),
            "pct": pct,
            "lost_by_pct": _whole(np.quantile(outcome.lost_writes, 1 - pct / 100)),
            "ends": np.array(ENDS),
            **{name: parts[:, index] for index, (name, _, _) in enumerate(PARTS)},
        },
        panels=_panels(),
        notes=tuple(_notes(outcome)),
        scene=scene(outcome),
    )


def _whole(writes: Floats) -> NDArray[np.int64]:
    """Round writes up."""
    return np.ceil(writes - 1e-9).astype(np.int64)


def lost(writes: Floats, share: float) -> int:
    """Say a quantile of the writes that are lost, rounded up."""
    return ceil(float(np.quantile(writes, share)) - 1e-9)


def gone(outcome: Outcome) -> str:
    """Say how many writes are lost, 99 times of 100."""
    return f"{lost(outcome.lost_writes, 0.99):,}" if outcome.is_left else "everything"


def stop(outcome: Outcome) -> str:
    """Say for how long nobody writes."""
    if not outcome.is_left:
        return NOBODY
    if outcome.scenario.happens == TOO_SOON:
        return "no time"
    return span(60 * outcome.down_min) if outcome.keeps_up else "the lag grows"


def bill(outcome: Outcome) -> str:
    """Say what the replica costs."""
    return "no price on file" if outcome.usd_month is None else usd(outcome.usd_month)


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    left, bounded = outcome.is_left, outcome.keeps_up
    writes, moments = outcome.lost_writes, outcome.moments
    last_s = float(np.quantile(outcome.lost_s, 0.99)) if left else None
    catch_up_s, drain_s = float(moments.catch_up_s.max()), float(moments.drain_s.max())
    return (
        Number("lost_writes_p99", "Writes lost, 99 of 100", lost(writes, 0.99) if left else None,
               gone(outcome), headline=True),
        Number("lost_s", "They are the last", last_s,
               "everything" if last_s is None else span(last_s, "0 s"), headline=True),
        Number("stop_min", "Nobody writes for", outcome.down_min if left and bounded else None,
               stop(outcome), headline=True),
        Number("cost_usd_month", "Replica a month", outcome.usd_month, bill(outcome),
               headline=True),
        Number("lost_writes", "Writes lost, median", lost(writes, 0.5) if left else None,
               f"{lost(writes, 0.5):,}" if left else "everything"),
        Number("lost_writes_worst", "Writes lost, at worst", lost(writes, 1.0) if left else None,
               f"{lost(writes, 1.0):,}" if left else "everything"),
        Number("catch_up_s", "Received, not replayed", catch_up_s if bounded else None,
               f"{span(catch_up_s, '0 s')} of replay at worst" if bounded else "it grows"),
        Number("drain_s", "Until lag 0 once writes stop", drain_s if bounded else None,
               f"{span(drain_s)} at worst" if bounded else "it grows"),
    )  # fmt: skip


def _why(outcome: Outcome) -> Iterator[str]:
    one = outcome.scenario
    if not outcome.is_left:
        yield "The replica stood in the Region that fails: nothing is left to promote."
        yield "Only a replica or a backup in another Region would be."
        return
    if not outcome.keeps_up:
        yield _grows(outcome)
    if one.happens == PLANNED:
        yield "Writes are stopped, and the replica is promoted once its lag is 0: none is lost."
    elif one.happens == TOO_SOON:
        yield _left_behind(outcome)
    else:
        yield _lost(outcome)
    if outcome.keeps_up and one.happens != TOO_SOON:
        yield _stop(outcome)


def _grows(outcome: Outcome) -> str:
    one, mean = outcome.scenario, float(outcome.moments.written.mean())
    mibps = mean * one.log_kib / 1024
    if mibps > one.carries_mibps:
        return (
            f"{rate(mibps)} MiB/s of log are written, and the network carries "
            f"{rate(one.carries_mibps)}: the lag grows every hour. This is the second."
        )
    return (
        f"{a_second(mean, 'write')} {are(mean)} to be replayed, and a replica replays "
        f"{rate(one.replays_per_s)}: the lag grows every hour. This is the second."
    )


def _lost(outcome: Outcome) -> str:
    one, mibps = outcome.scenario, _peak_mibps(outcome)
    lasts = span(float(np.quantile(outcome.lost_s, 0.99)))
    said = (
        f"What the replica has not received is lost: {_writes(outcome)} at most, 99 times of 100, "
        f"the last {lasts}."
    )
    if mibps > one.carries_mibps:
        return (
            f"{said} {_when(outcome)} {rate(mibps)} MiB/s of log are written and the "
            f"network carries {rate(one.carries_mibps)}: the rest waits at the source, and is lost "
            "with it."
        )
    if _waits_above(outcome):
        return (
            f"{said} Its source, a replica in the Region that fails, sends on only what it has "
            "replayed itself."
        )
    return f"{said} The network carries all that is written: only what is in transit is lost."


def _when(outcome: Outcome) -> str:
    return "In the batch" if outcome.scenario.batch > 1 else "At all times"


def _waits_above(outcome: Outcome) -> bool:
    one = outcome.scenario
    waits = one.happens == REGION_FAILS and one.levels > 1 and one.engine in LOGICAL
    return waits and float(outcome.moments.written.max()) > one.replays_per_s


def _peak_mibps(outcome: Outcome) -> float:
    return float(outcome.moments.written.max()) * outcome.scenario.log_kib / 1024


def _writes(outcome: Outcome) -> str:
    return counted(lost(outcome.lost_writes, 0.99), "write")


def _left_behind(outcome: Outcome) -> str:
    stays = span(60 * outcome.by_hand_min, "0 s")
    return (
        f"The replica stops following, and clients write to the old source for another {stays}. "
        f"{_writes(outcome)} are only there, 99 times of 100. No client sees an error, and nothing "
        "brings them over."
    )


def _stop(outcome: Outcome) -> str:
    decide, waits, _, _ = outcome.parts_min(outcome.scenario.happens)
    what = "wait for lag 0" if outcome.scenario.happens == PLANNED else "replay what was received"
    first = f"{span(60 * decide)} to decide, " if decide else ""
    return (
        f"Nobody writes for {stop(outcome)} at the worst moment: {first}{span(60 * waits, '0 s')} "
        f"to {what}, {span(60 * outcome.by_hand_min, '0 s')} to promote and to change the endpoint."
    )


def _panels() -> tuple[Panel, ...]:
    return (
        Panel(
            "Lost if promoted at that moment", "writes",
            (Curve("lost_now", "lost", "first", compare=True),),
            x="minute", x_title="minute of the hour",
        ),
        Panel(
            "Lost, by how rare it is", "writes",
            (Curve("lost_by_pct", "lost", "first", compare=True),),
            x="pct", x_title="more is lost so many times of 100",
        ),
        Panel(
            "Nobody writes, at the worst moment", "min",
            tuple(Curve(name, label, role) for name, label, role in PARTS),
            kind="bars", x="ends", stacked=True,
        ),
    )  # fmt: skip


def _notes(outcome: Outcome) -> Iterator[str]:
    one, days = outcome.scenario, RDS.value("read_replica", "promotion_backup_days")
    yield (
        "Promotion is final: the replica is an instance of its own, with the endpoint that it had, "
        "and never follows again. Other replicas still follow the old source."
    )
    yield (
        f"Its backups are kept for {counted(days, 'day')} if you set nothing, and it has a "
        "Multi-AZ standby only if the replica had one. RDS refuses to promote it during a backup."
    )
    low, high = (RDS.value("multi_az_instance", f"failover_{end}") for end in ("min", "max"))
    yield (
        f"A Multi-AZ standby loses nothing and takes over by itself in {low} to {high} s, inside "
        "its Region only."
    )
    yield (
        "What is in transit counts as lost. Where the source alone dies it may still arrive, as it "
        "did with the recorded PostgreSQL."
    )
    takes = "assumed" if one.promote_min is None else "as set"
    yield f"Promotion takes {one.takes_min:g} min ({takes}: {TAKES.note})."
    if not one.in_region:
        usd_gb = RDS.value("read_replica", "cross_region_transfer_price")
        yield f"The log's transfer to the other Region costs {usd_gb} USD/GB, and is in the bill."
