"""What can be asked: one site, one night, and what would change it."""

from typing import Final, Literal

from awsnb.aws.ebs import Io
from awsnb.aws.prices import EC2
from awsnb.aws.rds import RDS, default_max_connections
from awsnb.aws.rds.storage import Storage
from awsnb.scenario import Scenario, field
from awsnb.trace import fields

INSTANCE: Final = "c6i.large"
DB_CLASS: Final = "db.t3.large"
ENGINE: Final = "postgresql"
CACHE_NODE: Final = "cache.t4g.small"
VCPUS: int = EC2.value(INSTANCE, "vcpus")
DB_VCPUS: int = RDS.value(DB_CLASS, "vcpus")
RESERVED: int = RDS.value("max_connections", "postgresql_reserved")
DIRECTLY: Final = "directly"
PROXY: Final = "RDS Proxy"
CPU: Final = "CPU"
REQUESTS: Final = "requests"
DEEP: Final = "waits in the queue"
SHALLOW: Final = "passes the queue by"
PAGE = Io(8, "random")  # PostgreSQL reads and writes pages of 8 KiB
SMALLEST = 3
STRIPED_GIB: int = RDS.value("gp3", "large_min_size")


class CascadeScenario(Scenario):
    """A site on a load balancer, a scaling group, a cache and a database, from 02:00 to 10:00."""

    storage_type: Literal["gp2", "gp3"] = field(
        "gp2", label="Database's volume", meaning="What the database reads and writes."
    )
    size_gib: int = field(
        150,
        label="Volume's size",
        unit="GiB",
        low=20,
        high=STRIPED_GIB - 1,
        log=True,
        meaning="On gp2 the size sets the speed that is left when the credits are out.",
    )
    batch_workers: int = field(
        16,
        label="Batch",
        unit="workers",
        low=0,
        high=64,
        meaning="Workers of the batch that begins at 02:00, each with one I/O at a time.",
    )
    ttl_jitter_pct: float = field(
        0.0,
        label="Jitter of the TTL",
        unit="%",
        low=0,
        high=90,
        meaning="By how much a key's time to live may be shorter or longer, drawn for each.",
    )
    scale_on: Literal["CPU", "requests"] = field(
        CPU, label="Scale on", meaning="What target tracking watches."
    )
    connect: Literal["directly", "RDS Proxy"] = field(
        DIRECTLY, label="To the database", meaning="Pools of their own, or a proxy that lends."
    )
    trace: str = field(
        "",
        label="File of RequestCount",
        path=True,
        meaning="A CloudWatch export (Sum) that holds 02:00 to 10:00 UTC of one day.",
    )
    metric: str = fields.metric()
    trace_unit: Literal["as the file says", "requests", "requests/s"] = fields.trace_unit()
    night_per_s: float = field(
        120.0,
        label="Users at night",
        unit="requests/s",
        low=0,
        high=2000,
        group="Load",
        advanced=True,
        meaning="What users send until 05:30.",
    )
    day_per_s: float = field(
        500.0,
        label="Users in the morning",
        unit="requests/s",
        low=1,
        high=2000,
        group="Load",
        advanced=True,
        meaning="What users send from 08:00 on; it rises evenly until then.",
    )
    load_factor: float = fields.load_factor(low=0.1, high=4)
    patience_s: float = field(
        10.0,
        label="Patience",
        unit="s",
        low=10,
        high=60,
        group="Clients",
        advanced=True,
        meaning="After which a client takes its request as failed.",
    )
    retries: int = field(
        3,
        label="Retries",
        unit="times",
        low=0,
        high=5,
        group="Clients",
        advanced=True,
        meaning="How often a client sends a request again, before its user has failed.",
    )
    pause_s: float = field(
        1.0,
        label="Pause before a retry",
        unit="s",
        low=1,
        high=60,
        group="Clients",
        advanced=True,
        meaning="Before the first; each further pause is twice as long.",
    )
    full_jitter: bool = field(
        False,
        label="Full jitter",
        group="Clients",
        advanced=True,
        meaning="Each pause is drawn evenly from 0 to its length.",
    )
    retry_budget_pct: float | None = field(
        None,
        label="Budget for retries",
        unit="%",
        low=0,
        high=100,
        unset="no limit",
        group="Clients",
        advanced=True,
        meaning="Retries in proportion to first requests, at most.",
    )
    target_pct: float = field(
        50.0,
        label="Target",
        unit="%",
        low=10,
        high=90,
        group="Instances",
        advanced=True,
        meaning="Of CPU; scaling on requests takes as many as cause that CPU.",
    )
    largest: int = field(
        12,
        label="Maximum size",
        unit="instances",
        low=SMALLEST,
        high=12,
        group="Instances",
        advanced=True,
        meaning="Of the group, which begins with 4 and keeps 3 or more.",
    )
    cpu_ms: float = field(
        16.0,
        label="CPU of a request",
        unit="ms",
        low=1,
        high=100,
        group="Instances",
        advanced=True,
        meaning="On one vCPU of an instance; assumed.",
    )
    threads: int = field(
        200,
        label="Threads",
        unit="threads",
        low=10,
        high=1000,
        group="Instances",
        advanced=True,
        meaning="Requests that an instance works on at once; Tomcat's default.",
    )
    pool: int = field(
        100,
        label="Connection pool",
        unit="connections",
        low=1,
        high=1000,
        group="Instances",
        advanced=True,
        meaning="Connections that an instance may open; assumed.",
    )
    queue_limit: int | None = field(
        None,
        label="Queue limit",
        unit="requests",
        low=1,
        high=10_000,
        log=True,
        unset="no limit",
        group="Instances",
        advanced=True,
        meaning="Requests that may wait at an instance; others are refused at once.",
    )
    bulkhead: int | None = field(
        None,
        label="Bulkhead",
        unit="requests",
        low=1,
        high=1000,
        unset="no limit",
        group="Instances",
        advanced=True,
        meaning="Requests of an instance that may wait for the database; others fail at once.",
    )
    health_check: Literal["waits in the queue", "passes the queue by"] = field(
        DEEP,
        label="The health check",
        group="Instances",
        advanced=True,
        meaning="Whether it takes a thread as a request does, or is answered beside them.",
    )
    ttl_min: int = field(
        60,
        label="Time to live",
        unit="min",
        low=5,
        high=240,
        group="Cache",
        advanced=True,
        meaning="How long a key stays in the cache.",
    )
    coalesce: bool = field(
        False,
        label="One load a key",
        group="Cache",
        advanced=True,
        meaning="Requests for a key that is being loaded wait for that load.",
    )
    query_ios: int = field(
        5,
        label="I/Os of a query",
        unit="I/Os",
        low=1,
        high=50,
        group="Database",
        advanced=True,
        meaning="One after the other; assumed.",
    )
    query_ms: float = field(
        2.0,
        label="CPU of a query",
        unit="ms",
        low=0.1,
        high=50,
        group="Database",
        advanced=True,
        meaning="On one vCPU of the database; assumed.",
    )
    login_ms: float = field(
        5.0,
        label="CPU of a login",
        unit="ms",
        low=0,
        high=50,
        group="Database",
        advanced=True,
        meaning="Of one that is refused, too; assumed, 2 to 3 ms were measured on loopback.",
    )
    batch_million: float = field(
        14.7,
        label="Batch's I/Os",
        unit="million",
        low=0.1,
        high=50,
        group="Database",
        advanced=True,
        meaning="Random I/Os that it does in all; assumed.",
    )
    think_ms: float = field(
        5.0,
        label="Batch's pause",
        unit="ms",
        low=0.1,
        high=1000,
        group="Database",
        advanced=True,
        meaning="Work of a batch worker from one I/O to the next; assumed.",
    )
    sets: int = field(
        12,
        label="Nights",
        unit="nights",
        low=1,
        high=24,
        group="Runs",
        advanced=True,
        meaning="They differ in nothing but the seconds at which each instance is checked.",
    )
    step_s: int = field(
        2,
        label="Step",
        unit="s",
        low=1,
        high=2,
        group="Runs",
        advanced=True,
        meaning="Of the simulation. 2 s is for moving controls, 1 s for numbers to keep.",
    )
    seed: int = field(
        1,
        label="Seed",
        low=0,
        high=1_000_000,
        group="Runs",
        advanced=True,
        meaning="Of the seconds at which instances are checked.",
    )

    @property
    def storage(self) -> Storage:
        """The database's volume as RDS sells it."""
        return Storage(self.storage_type, self.size_gib)

    @property
    def connections_are(self) -> str:
        """What connections are counted as: behind a proxy more may be wanted than can be open."""
        return "wanted" if self.connect == PROXY else "open"

    @property
    def most_connections(self) -> int:
        """Connections that the database has for the site."""
        return default_max_connections(DB_CLASS, ENGINE) - RESERVED

    @property
    def text(self) -> str:
        """The site in a few words: what differs from the night as it was."""
        parts = [self.storage.text]
        if self.batch_workers != 16:
            parts.append(f"{self.batch_workers} batch workers")
        if self.ttl_jitter_pct:
            parts.append(f"TTL jitter {self.ttl_jitter_pct:g} %")
        if self.scale_on == REQUESTS:
            parts.append("scaling on requests")
        if self.connect == PROXY:
            parts.append("RDS Proxy")
        return ", ".join(parts)
