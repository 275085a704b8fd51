"""What can be asked: why a replica is promoted, where it stands, and what the source writes."""

from typing import Final, Literal, Self

from pydantic import model_validator

from awsnb.aws.rds import RDS, check_replicas
from awsnb.scenario import Scenario, field
from awsnb.words import a_second, counted

SOURCE_FAILS: Final = "the source fails"
REGION_FAILS: Final = "its Region fails"
PLANNED: Final = "a planned move"
TOO_SOON: Final = "promoted too soon"
SAME: Final = "same Region"
OTHER: Final = "another Region"
TAKES = RDS.get("read_replica", "promotion_time")
NEAR_MS = float(RDS.value("read_replica", "way_same_region"))


class PromotionScenario(Scenario):
    """An hour of a source with a batch of writes in it, and a replica that is promoted."""

    happens: Literal[
        "the source fails", "its Region fails", "a planned move", "promoted too soon"
    ] = field(
        SOURCE_FAILS,
        label="What happens",
        meaning="The source or its Region is gone; writes are stopped and the lag waited for; or "
        "the replica is promoted while clients still write to the source.",
    )
    place: Literal["same Region", "another Region"] = field(
        SAME, label="The replica is in", meaning="As seen from the source."
    )
    writes_per_s: float = field(
        300.0,
        label="Writes",
        unit="writes/s",
        low=0.1,
        high=100_000,
        log=True,
        meaning="On the source, beside the batch.",
    )
    batch: float = field(
        10.0,
        label="Hourly batch",
        unit="x",
        low=1,
        high=100,
        log=True,
        meaning="Writes are so many times as frequent while it runs; 1 is no batch.",
    )
    batch_min: float = field(
        5.0,
        label="The batch takes",
        unit="min",
        low=1,
        high=40,
        meaning="Each hour, from its tenth minute on.",
    )
    carries_mibps: float = field(
        50.0,
        label="Network carries",
        unit="MiB/s",
        low=0.1,
        high=1000,
        log=True,
        meaning="The most log that reaches the replica a second: measure your own.",
    )
    engine: Literal["PostgreSQL", "MySQL", "MariaDB"] = field(
        "PostgreSQL",
        label="Engine",
        group="Replica",
        advanced=True,
        meaning="In a chain, PostgreSQL sends the log on when it is received, the others when it "
        "is replayed.",
    )
    levels: int = field(
        1,
        label="Levels",
        unit="levels",
        low=1,
        high=RDS.value("read_replica", "max_levels"),
        group="Replica",
        advanced=True,
        meaning="1: a replica of the source is promoted; 2: a replica of a replica, and so on.",
    )
    replays_per_s: float = field(
        2000.0,
        label="A replica replays",
        unit="writes/s",
        low=1,
        high=100_000,
        log=True,
        group="Replica",
        advanced=True,
        meaning="At most, beside the reads that it serves: measure your own.",
    )
    instance_class: Literal["db.t3.large", "db.r6g.2xlarge"] = field(
        "db.r6g.2xlarge",
        label="Class of a replica",
        group="Replica",
        advanced=True,
        meaning="For its price alone.",
    )
    way_ms: float | None = field(
        None,
        label="Network delay",
        unit="ms",
        low=0.1,
        high=1000,
        log=True,
        group="Distance",
        advanced=True,
        meaning="To the replica that is promoted. Those above it stand in the source's Region.",
    )
    log_kib: float = field(
        8.0,
        label="Log of a write",
        unit="KiB",
        low=0.1,
        high=10_000,
        log=True,
        group="Distance",
        advanced=True,
        meaning="What a write puts into the log, on average.",
    )
    notice_min: float = field(
        10.0,
        label="Until you decide",
        unit="min",
        low=0,
        high=1440,
        only_when={"happens": (SOURCE_FAILS, REGION_FAILS)},
        group="By hand",
        advanced=True,
        meaning="From the failure until somebody promotes: RDS does not do it by itself.",
    )
    promote_min: float | None = field(
        None,
        label="Promotion takes",
        unit="min",
        low=1,
        high=240,
        log=True,
        group="By hand",
        advanced=True,
        meaning="With the replica's reboot, without what it still has to replay.",
    )
    repoint_min: float = field(
        5.0,
        label="To the new endpoint",
        unit="min",
        low=0,
        high=240,
        group="By hand",
        advanced=True,
        meaning="To point every client to the promoted instance.",
    )
    accepted_s: float = field(
        1.0,
        label="Loss accepted",
        unit="s",
        low=0,
        high=3600,
        group="Goals",
        advanced=True,
        meaning="Seconds of writes that may be lost, 99 times of 100: a recovery point objective.",
    )
    goal_min: float = field(
        30.0,
        label="Stop accepted",
        unit="min",
        low=0,
        high=1440,
        group="Goals",
        advanced=True,
        meaning="Minutes without writes that are accepted: a recovery time objective.",
    )

    @property
    def in_region(self) -> bool:
        """Whether the replica stands in the source's Region."""
        return self.place == SAME

    @property
    def way_s(self) -> float:
        """Network delay over all levels, s."""
        return ((self.levels - 1) * NEAR_MS + self._last_way_ms) / 1000

    @property
    def first_way_s(self) -> float:
        """Network delay to the first level, s."""
        return (NEAR_MS if self.levels > 1 else self._last_way_ms) / 1000

    @property
    def takes_min(self) -> float:
        """How long promotion takes, with its reboot."""
        return float(TAKES.value if self.promote_min is None else self.promote_min)

    @property
    def text(self) -> str:
        """The question in a few words."""
        chain = "" if self.levels == 1 else f" over {counted(self.levels, 'level')}"
        return (
            f"{self.engine}, replica in {'the ' if self.in_region else ''}{self.place}{chain}, "
            f"{a_second(self.writes_per_s, 'write')}: {self.happens}"
        )

    def in_force(self) -> dict[str, float]:
        """What is assumed of the way and of promotion where they are left out."""
        return {"way_ms": self._last_way_ms, "promote_min": self.takes_min}

    @property
    def _last_way_ms(self) -> float:
        if self.way_ms is not None:
            return self.way_ms
        return NEAR_MS if self.in_region else float(RDS.value("read_replica", "way_other_region"))

    @model_validator(mode="after")
    def _refuse_what_cannot_be(self) -> Self:
        check_replicas(self.engine, 1, self.levels)
        return self
