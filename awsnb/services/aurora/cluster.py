"""A cluster and what is asked of it: eight views of one system, each with its own fields."""

from typing import Literal, Self

from pydantic import model_validator

from awsnb import facts
from awsnb.mechanisms.lifetimes import Lifetimes
from awsnb.scenario import Scenario, ScenarioError, field
from awsnb.services.aurora.designs import DESIGNS, Design
from awsnb.services.aurora.texts import describe

AURORA = facts.load("aurora")

LATENCY, AVAILABILITY, PROTOCOL, FAILOVER = (
    "write latency", "availability", "log protocol", "failover",
)  # fmt: skip
SCALING, STORAGE, BACKTRACK, COST = "reader scaling", "storage", "backtrack", "cost"
STORIES = (
    "four of six is enough",
    "a hole, and gossip",
    "a crash in the middle",
    "a zone goes dark",
    "a zone and one more",
    "the old writer is not dead",
    "quorums that don't meet",
)
CACHES = "keeps addresses"
CPU, CONNECTIONS = "CPU", "connections"
DROPPED, DELETED, NOTHING = "dropped tables", "deleted rows", "nothing"
MOST_STEPS = 30
INSTANCE_CLASSES = tuple(name for name in AURORA.subjects() if AURORA.has(name, "aurora_price"))
MAX_SIZE_GIB = 1024 * AURORA.value("limits", "max_size")
DAYS_PER_YEAR = 365.25
GIBI = 1024


class AuroraScenario(Scenario):
    """One Aurora cluster, looked at in one of eight ways."""

    view: Literal[
        "write latency", "availability", "log protocol", "failover",
        "reader scaling", "storage", "backtrack", "cost",
    ] = field(
        "write latency", label="View", meaning="Which part of the cluster to look at."
    )  # fmt: skip
    design: Literal["4 of 6", "6 of 6", "3 of 4", "2 of 3"] = field(
        "4 of 6",
        label="Write quorum",
        only_when={"view": (LATENCY, AVAILABILITY)},
        meaning="Copies that must answer: Aurora's 4 of 6, two in each zone, or what else it might "
        "have been.",
    )
    slow_copy_pct: float = field(
        1.0,
        label="Slow answers",
        unit="%",
        low=0,
        high=50,
        only_when={"view": (LATENCY,)},
        meaning="Chance that one copy is slow at a write: a busy disk, a pause, a lost packet.",
    )
    slow_factor: float = field(
        20.0,
        label="How much slower",
        unit="x",
        low=1,
        high=1000,
        log=True,
        only_when={"view": (LATENCY,)},
        meaning="How many times as long a slow answer takes.",
    )
    zone_slow_pct: float = field(
        0.0,
        label="Slow zones",
        unit="%",
        low=0,
        high=20,
        only_when={"view": (LATENCY,)},
        meaning="Chance that all copies of a zone are slow together at a write.",
    )
    zone_trouble: Literal["none", "slow", "down"] = field(
        "none",
        label="Zone A",
        only_when={"view": (LATENCY,)},
        meaning="Zone A answers, or each of its answers is slow, or it is gone.",
    )
    segment_gb: float = field(
        float(AURORA.value("storage", "segment_size")),
        label="Segment",
        unit="GB",
        low=0.1,
        high=10_000,
        log=True,
        only_when={"view": (AVAILABILITY,)},
        meaning="How much one copy holds, and so how long it takes to make anew.",
    )
    repair_gbps: float = field(
        float(AURORA.value("storage", "repair_bandwidth")),
        label="Repair",
        unit="Gb/s",
        low=0.01,
        high=100,
        log=True,
        only_when={"view": (AVAILABILITY,)},
        meaning="Bandwidth with which a lost copy is made anew.",
    )
    segment_mttf_days: float = field(
        float(AURORA.value("lifetimes", "segment_mttf")),
        label="A copy fails every",
        unit="days",
        low=1,
        high=10_000,
        log=True,
        only_when={"view": (AVAILABILITY,)},
        meaning="Mean time to the failure of a copy: its disk, its node or its host.",
    )
    zone_outages_per_year: float = field(
        AURORA.value("lifetimes", "zone_outages"),
        label="Outages of a zone",
        unit="a year",
        low=0,
        high=12,
        only_when={"view": (AVAILABILITY,)},
        meaning="How often each zone fails as a whole.",
    )
    zone_outage_h: float = field(
        float(AURORA.value("lifetimes", "zone_outage_time")),
        label="An outage lasts",
        unit="h",
        low=0.1,
        high=168,
        log=True,
        only_when={"view": (AVAILABILITY,)},
        meaning="Mean length of a zone's outage.",
    )
    story: str = field(
        STORIES[0],
        label="Story",
        choices=STORIES,
        only_when={"view": (PROTOCOL,)},
        meaning="What befalls one protection group of six segments.",
    )
    step: int = field(
        0,
        label="Step",
        low=0,
        high=MOST_STEPS,
        only_when={"view": (PROTOCOL,)},
        meaning="How far the story has got; a story may end before the slider does.",
    )
    readers: int = field(
        1,
        label="Readers",
        unit="instances",
        low=0,
        high=AURORA.value("limits", "max_readers"),
        only_when={"view": (FAILOVER, COST)},
        meaning="Aurora Replicas beside the writer; the first to be promoted is one of them.",
    )
    client: Literal["resolves anew", "keeps addresses", "RDS Proxy"] = field(
        "resolves anew",
        label="Client",
        only_when={"view": (FAILOVER,)},
        meaning="Looks the writer endpoint up again when its answer has expired; or keeps the "
        "address for longer; or talks to a proxy, which finds the new writer without DNS.",
    )
    address_kept_s: float = field(
        60.0,
        label="Address kept for",
        unit="s",
        low=1,
        high=3600,
        log=True,
        only_when={"view": (FAILOVER,), "client": (CACHES,)},
        meaning="How long the client's runtime keeps an address, whatever DNS says.",
    )
    reads: Literal["office day", "flash crowd"] = field(
        "office day",
        label="Reads",
        only_when={"view": (SCALING,)},
        meaning="A day that rises and falls, or five times the load from one minute to the next.",
    )
    peak_load: float = field(
        4.0,
        label="Peak load",
        unit="busy readers",
        low=0.1,
        high=12,
        log=True,
        only_when={"view": (SCALING,)},
        meaning="Reads at the peak, as so many readers of this class at 100 % CPU.",
    )
    scaling_metric: Literal["CPU", "connections"] = field(
        CPU,
        label="Scale on",
        only_when={"view": (SCALING,)},
        meaning="What target tracking holds, as an average over the readers.",
    )
    cpu_target_pct: float = field(
        50.0,
        label="Target CPU",
        unit="%",
        low=10,
        high=100,
        only_when={"view": (SCALING,), "scaling_metric": (CPU,)},
        meaning="CPU that the policy holds.",
    )
    connections_target: int = field(
        200,
        label="Target connections",
        unit="a reader",
        low=10,
        high=5000,
        log=True,
        only_when={"view": (SCALING,), "scaling_metric": (CONNECTIONS,)},
        meaning="Connections to one reader that the policy holds.",
    )
    peak_connections: int = field(
        1200,
        label="Peak connections",
        unit="connections",
        low=1,
        high=50_000,
        log=True,
        only_when={"view": (SCALING,), "scaling_metric": (CONNECTIONS,)},
        meaning="Connections that are open at the peak of the load, in proportion to it else.",
    )
    min_readers: int = field(
        1,
        label="Fewest readers",
        unit="readers",
        low=AURORA.value("reader_scaling", "min_readers"),
        high=AURORA.value("limits", "max_readers"),
        only_when={"view": (SCALING,)},
        meaning="Kept at all times; without any there is no metric to scale on.",
    )
    max_readers: int = field(
        AURORA.value("limits", "max_readers"),
        label="Most readers",
        unit="readers",
        low=1,
        high=AURORA.value("limits", "max_readers"),
        only_when={"view": (SCALING,)},
        meaning="The policy adds no more.",
    )
    reader_takes_min: float = field(
        float(AURORA.value("reader_scaling", "creation_time")),
        label="A reader takes",
        unit="min",
        low=1,
        high=60,
        log=True,
        only_when={"view": (SCALING,)},
        meaning="From the decision until a new reader takes connections.",
    )
    engine: Literal["Aurora MySQL", "Aurora PostgreSQL"] = field(
        "Aurora MySQL",
        label="Engine",
        only_when={"view": (COST,)},
        meaning="What the cluster is compatible with.",
    )
    instance_class: str = field(
        "db.r6g.2xlarge",
        label="Instance class",
        choices=INSTANCE_CLASSES,
        only_when={"view": (SCALING, COST)},
        meaning="Of the writer and of every reader.",
    )
    storage: Literal["Standard", "I/O-Optimized"] = field(
        "Standard",
        label="Storage configuration",
        only_when={"view": (SCALING, STORAGE, COST)},
        meaning="Pay for each I/O, or more for instances and storage and nothing for I/O.",
    )
    size_gib: int = field(
        500,
        label="Data",
        unit="GiB",
        low=1,
        high=MAX_SIZE_GIB,
        log=True,
        only_when={"view": (STORAGE, COST)},
        meaning="What the volume holds; Aurora bills what is used, copies included.",
    )
    growth_gib_per_day: float = field(
        5.0,
        label="Growth",
        unit="GiB a day",
        low=0.01,
        high=10_000,
        log=True,
        only_when={"view": (STORAGE,)},
        meaning="Data that comes each day, indexes included.",
    )
    days: int = field(
        365,
        label="Look ahead",
        unit="days",
        low=1,
        high=3650,
        log=True,
        only_when={"view": (STORAGE,)},
        meaning="How far to follow the volume.",
    )
    freed_by: Literal["dropped tables", "deleted rows", "nothing"] = field(
        DROPPED,
        label="A clean-up by",
        only_when={"view": (STORAGE,)},
        meaning="Dropped tables and partitions give their space back; deleted rows leave it free "
        "inside their table.",
    )
    freed_day: int = field(
        180,
        label="Clean-up after",
        unit="days",
        low=1,
        high=3650,
        log=True,
        only_when={"view": (STORAGE,), "freed_by": (DROPPED, DELETED)},
        meaning="When it happens.",
    )
    freed_pct: float = field(
        60.0,
        label="It removes",
        unit="%",
        low=0,
        high=100,
        only_when={"view": (STORAGE,), "freed_by": (DROPPED, DELETED)},
        meaning="Share of the data that goes.",
    )
    io_per_s: float = field(
        500.0,
        label="I/O rate",
        unit="I/O/s",
        low=1,
        high=100_000,
        log=True,
        only_when={"view": (COST,)},
        meaning="Reads from and writes to storage, on average over the month.",
    )
    io_peak_factor: float = field(
        1.0,
        label="I/O peak over average",
        unit="x",
        low=1,
        high=50,
        log=True,
        only_when={"view": (COST,)},
        meaning="RDS is provisioned for the busiest hour; Aurora counts each I/O.",
    )
    rds_io_factor: float = field(
        1.0,
        label="RDS's I/Os for one of Aurora's",
        unit="x",
        low=0.1,
        high=20,
        log=True,
        only_when={"view": (COST,)},
        meaning="RDS writes pages and log, Aurora log alone: the same load makes other I/Os.",
    )
    backtrack_h: float = field(
        0.0,
        label="Backtrack window",
        unit="h",
        low=0,
        high=AURORA.value("backtrack", "max_window"),
        only_when={"view": (BACKTRACK, COST)},
        meaning="How far the cluster can be rewound; 0 is off.",
    )
    changes_per_s: float = field(
        100.0,
        label="Changes",
        unit="records/s",
        low=1,
        high=100_000,
        log=True,
        only_when={"view": (BACKTRACK, COST)},
        meaning="Change records that backtrack has to keep, on average.",
    )
    batch_factor: float = field(
        1.0,
        label="A nightly batch",
        unit="x",
        low=1,
        high=100,
        log=True,
        only_when={"view": (BACKTRACK,)},
        meaning="How many times as many changes there are from midnight to 3 in the morning.",
    )
    noticed_after_h: float = field(
        6.0,
        label="Noticed after",
        unit="h",
        low=0.1,
        high=168,
        log=True,
        only_when={"view": (BACKTRACK,)},
        meaning="How long after a mistake somebody sees it, and wants to go back.",
    )
    seed: int = field(
        1,
        label="Seed",
        low=0,
        high=999,
        only_when={"view": (LATENCY, FAILOVER)},
        meaning="Of the random draws: another seed is another sample of the same cluster.",
    )
    as_of: Literal["today", "2023-06"] = field(
        "today", label="As of", only_when={"view": (STORAGE, COST)}, meaning="Whose limits hold."
    )

    @property
    def on(self) -> str | None:
        """The month whose facts hold; None for the newest."""
        return None if self.as_of == "today" else self.as_of

    @property
    def quorum(self) -> Design:
        """The copies, and how many must answer."""
        return DESIGNS[self.design]

    @property
    def lifetimes(self) -> Lifetimes:
        """How long copies and zones last and stay away, in hours."""
        return self.lifetimes_at(self.segment_gb)

    def lifetimes_at(self, segment_gb: float) -> Lifetimes:
        """The same with segments of another size."""
        repair_h = segment_gb * 8 / self.repair_gbps / 3600
        outages = self.zone_outages_per_year
        zone_up_h = 24 * DAYS_PER_YEAR / outages if outages else float("inf")
        return Lifetimes(24 * self.segment_mttf_days, repair_h, zone_up_h, self.zone_outage_h)

    @property
    def text(self) -> str:
        """The scenario in a few words."""
        return describe(self)

    @model_validator(mode="after")
    def _refuse_what_aws_refuses(self) -> Self:
        most = GIBI * AURORA.value("limits", "max_size", self.on)
        if self.size_gib > most:
            source = AURORA.get("limits", "max_size", self.on).source
            raise ScenarioError(
                f"size_gib = {self.size_gib:,}: an Aurora volume grows to {most:,} GiB ({source})."
            )
        engine = AURORA.get("backtrack", "engine")
        if self.backtrack_h and self.engine != engine.value:
            raise ScenarioError(
                f"backtrack_h = {self.backtrack_h:g}: only {engine.value} can be rewound, "
                f"{self.engine} is restored to a point in time instead ({engine.source})."
            )
        if self.min_readers > self.max_readers:
            source = AURORA.get("reader_scaling", "min_readers").source
            raise ScenarioError(
                f"min_readers = {self.min_readers}: AWS allows at most max_readers, "
                f"{self.max_readers} readers ({source})."
            )
        return self
