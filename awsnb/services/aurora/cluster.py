"""A cluster and what is asked of it: five views of one system, each with its own fields."""

from collections.abc import Mapping
from typing import Literal, NamedTuple, Self

from pydantic import model_validator

from awsnb import facts
from awsnb.mechanisms.lifetimes import Lifetimes
from awsnb.scenario import Scenario, ScenarioError, field

AURORA = facts.load("aurora")

LATENCY, AVAILABILITY, PROTOCOL, FAILOVER, COST = (
    "write latency", "availability", "log protocol", "failover", "cost",
)  # fmt: skip
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
MOST_STEPS = 30
INSTANCE_CLASSES = tuple(name for name in AURORA.subjects() if AURORA.has(name, "aurora_price"))
MAX_SIZE_GIB = 1024 * AURORA.value("limits", "max_size")
DAYS_PER_YEAR = 365.25
GIBI = 1024


class Design(NamedTuple):
    """So many copies by zones, of which writes need some and recovery some."""

    per_zone: tuple[int, ...]
    write: int
    read: int

    @property
    def copies(self) -> int:
        """All of them."""
        return sum(self.per_zone)


DESIGNS: Mapping[str, Design] = {
    "4 of 6": Design((2, 2, 2), 4, 3),
    "6 of 6": Design((2, 2, 2), 6, 1),
    "3 of 4": Design((2, 1, 1), 3, 2),
    "2 of 3": Design((1, 1, 1), 2, 2),
}


class AuroraScenario(Scenario):
    """One Aurora cluster, looked at in one of five ways."""

    view: Literal["write latency", "availability", "log protocol", "failover", "cost"] = field(
        "write latency", label="View", meaning="Which part of the cluster to look at."
    )
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
        only_when={"view": (COST,)},
        meaning="Of the writer and of every reader.",
    )
    storage: Literal["Standard", "I/O-Optimized"] = field(
        "Standard",
        label="Storage configuration",
        only_when={"view": (COST,)},
        meaning="Pay for each I/O, or more for instances and storage and nothing for I/O.",
    )
    size_gib: int = field(
        500,
        label="Data",
        unit="GiB",
        low=1,
        high=MAX_SIZE_GIB,
        log=True,
        only_when={"view": (COST,)},
        meaning="What the volume holds; Aurora bills what is used, copies included.",
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
    backtrack_h: float = field(
        0.0,
        label="Backtrack window",
        unit="h",
        low=0,
        high=AURORA.value("backtrack", "max_window"),
        only_when={"view": (COST,)},
        meaning="How far the cluster can be rewound; 0 is off.",
    )
    changes_per_s: float = field(
        100.0,
        label="Changes",
        unit="records/s",
        low=1,
        high=100_000,
        log=True,
        only_when={"view": (COST,)},
        meaning="Change records that backtrack has to keep.",
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
        "today", label="As of", only_when={"view": (COST,)}, meaning="Whose limits hold."
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
        return _TEXTS[self.view](self)

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
        return self


def _latency_text(cluster: AuroraScenario) -> str:
    trouble = "" if cluster.zone_trouble == "none" else f", zone A {cluster.zone_trouble}"
    return f"writes by {cluster.design}{trouble}"


def _failover_text(cluster: AuroraScenario) -> str:
    kept = f" for {cluster.address_kept_s:g} s" if cluster.client == CACHES else ""
    return f"failover with {counted(cluster.readers, 'reader')}, client: {cluster.client}{kept}"


def _cost_text(cluster: AuroraScenario) -> str:
    return (
        f"{cluster.engine} {cluster.storage}, {counted(1 + cluster.readers, 'instance')} "
        f"{cluster.instance_class}, {cluster.size_gib:,} GiB, {cluster.io_per_s:,g} I/O/s"
    )


def counted(count: int, what: str) -> str:
    """Say how many: ``1 reader``, ``2 readers``."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


_TEXTS = {
    LATENCY: _latency_text,
    AVAILABILITY: lambda c: f"{c.design}, segments of {c.segment_gb:g} GB",
    PROTOCOL: lambda c: f"{c.story}, step {c.step}",
    FAILOVER: _failover_text,
    COST: _cost_text,
}
