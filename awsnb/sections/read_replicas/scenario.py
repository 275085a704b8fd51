"""What can be asked: replicas of one source, their work, and how readers are routed."""

from typing import Final, Literal, Self

from pydantic import model_validator

from awsnb.aws.rds import RDS, check_replicas
from awsnb.scenario import Scenario, field
from awsnb.trace.fields import metric
from awsnb.words import a_second, counted

ANY: Final = "any replica"
PINNED: Final = "source after a write"
WAITING: Final = "wait for the write"
SOURCE: Final = "source only"
POSTGRESQL: Final = "PostgreSQL"
LOGICAL = ("MySQL", "MariaDB")


class ReplicaScenario(Scenario):
    """Ten minutes of a source and its replicas, with a burst, a transaction and a query in them."""

    engine: Literal["PostgreSQL", "MySQL", "MariaDB", "Oracle", "SQL Server", "Db2"] = field(
        POSTGRESQL,
        label="Engine",
        meaning="It says how many replicas there may be, and what holds their replay up.",
    )
    replicas: int = field(
        2,
        label="Replicas",
        unit="replicas",
        low=1,
        high=15,
        meaning="Those that serve reads; reads are spread evenly.",
    )
    reads_per_s: float = field(
        4000.0,
        label="Reads",
        unit="reads/s",
        low=0.1,
        high=1_000_000,
        log=True,
        meaning="Of all users together.",
    )
    writes_per_s: float = field(
        300.0,
        label="Writes",
        unit="writes/s",
        low=0.01,
        high=100_000,
        log=True,
        meaning="Every replica replays all of them.",
    )
    routing: Literal["any replica", "source after a write", "wait for the write", "source only"] = (
        field(
            ANY,
            label="Reads go to",
            meaning="Any replica; the source for a while after one's own write; a replica, which "
            "the reader lets catch up with the write first; or always the source.",
        )
    )
    after_s: float = field(
        0.5,
        label="Read after own write",
        unit="s",
        low=0.001,
        high=300,
        log=True,
        meaning="How soon users read what they have just written.",
    )
    trace: str = field(
        "",
        label="Export of ReplicaLag",
        path=True,
        meaning="A CloudWatch export of ReplicaLag. It takes the place of the modelled lag.",
    )
    metric: str = metric()
    pinned_s: float = field(
        5.0,
        label="Source for",
        unit="s",
        low=0.01,
        high=3600,
        log=True,
        only_when={"routing": (PINNED,)},
        group="Readers",
        advanced=True,
        meaning="How long after a write its author's reads go to the source.",
    )
    own_pct: float = field(
        20.0,
        label="Reads of own writes",
        unit="%",
        low=0,
        high=100,
        group="Readers",
        advanced=True,
        meaning="Share of the reads that look for what the same user has just written.",
    )
    accepted_pct: float = field(
        1.0,
        label="Accepted stale reads",
        unit="%",
        low=0,
        high=100,
        group="Readers",
        advanced=True,
        meaning="Share of the reads of own writes that may miss them.",
    )
    reads_max: float = field(
        5000.0,
        label="One instance serves",
        unit="reads/s",
        low=1,
        high=1_000_000,
        log=True,
        group="Instance",
        advanced=True,
        meaning="Reads that an instance can serve if it does nothing else: measure your own.",
    )
    writes_max: float = field(
        1000.0,
        label="One instance writes",
        unit="writes/s",
        low=1,
        high=100_000,
        log=True,
        group="Instance",
        advanced=True,
        meaning="Writes that it can take or replay if it does nothing else: measure your own.",
    )
    slow_pct: float = field(
        100.0,
        label="Slowest replica's speed",
        unit="%",
        low=10,
        high=100,
        group="Instance",
        advanced=True,
        meaning="Compared with the others: a smaller class or slower storage.",
    )
    instance_class: Literal["db.t3.large", "db.r6g.2xlarge"] = field(
        "db.r6g.2xlarge",
        label="Class of a replica",
        group="Instance",
        advanced=True,
        meaning="For its price alone.",
    )
    burst: float = field(
        1.0,
        label="Burst of writes",
        unit="x",
        low=1,
        high=20,
        group="What holds replay up",
        advanced=True,
        meaning="Writes are so many times as frequent from the first minute to the second.",
    )
    transaction_s: float = field(
        0.0,
        label="Long transaction",
        unit="s",
        low=0,
        high=120,
        group="What holds replay up",
        advanced=True,
        meaning="It begins after three minutes on the source. Replaying it takes as long.",
    )
    query_s: float = field(
        20.0,
        label="Query that stops replay",
        unit="s",
        low=0,
        high=120,
        only_when={"engine": (POSTGRESQL,)},
        group="What holds replay up",
        advanced=True,
        meaning="On one replica, after six and a half minutes. By default a query may stop replay "
        f"for {RDS.value('read_replica', 'query_holds_replay_default')} s before it is cancelled.",
    )
    way_ms: float = field(
        1.0,
        label="Network delay",
        unit="ms",
        low=0.1,
        high=1000,
        log=True,
        group="Distance",
        advanced=True,
        meaning="From one instance to its replica: a millisecond between zones, tens to hundreds "
        "between Regions.",
    )
    levels: int = field(
        1,
        label="Levels",
        unit="levels",
        low=1,
        high=RDS.value("read_replica", "max_levels"),
        group="Distance",
        advanced=True,
        meaning="1: replicas of the source; 2: replicas of a replica, and so on.",
    )
    other_region: bool = field(
        False,
        label="In another Region",
        group="Distance",
        advanced=True,
        meaning="Transfer to another Region is charged by the GB. Set the network delay beside it.",
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
    free_gib: float = field(
        100.0,
        label="Free storage of source",
        unit="GiB",
        low=0,
        high=65_536,
        group="Distance",
        advanced=True,
        meaning="A slot keeps the log there for a replica that has stopped.",
    )

    @property
    def text(self) -> str:
        """The question in a few words."""
        return (
            f"{self.engine}, {counted(self.replicas, 'replica')}, "
            f"{a_second(self.writes_per_s, 'write')}, {self.routing}"
        )

    @property
    def way_s(self) -> float:
        """Network delay over all levels, s."""
        return self.levels * self.way_ms / 1000

    @property
    def to_source_share(self) -> float:
        """Share of the reads that the routing rule sends to the source."""
        if self.routing == SOURCE:
            return 1.0
        pinned = self.routing == PINNED and self.after_s < self.pinned_s
        return self.own_pct / 100 if pinned else 0.0

    @property
    def reads_each(self) -> float:
        """Reads per second that each replica is asked for."""
        return self.reads_per_s * (1 - self.to_source_share) / self.replicas

    @model_validator(mode="after")
    def _refuse_what_cannot_be(self) -> Self:
        check_replicas(self.engine, self.replicas, self.levels)
        return self
