"""What can be asked: a deployment, its clients, and what fails how often."""

from typing import Literal

from awsnb.aws.rds import RDS
from awsnb.aws.rds.deployment import MAX_SIZE_GIB
from awsnb.scenario import Scenario, field

SINGLE, PAIR, CLUSTER = "Single-AZ", "Multi-AZ instance", "Multi-AZ cluster"
DEPLOYMENTS = (SINGLE, PAIR, CLUSTER)
ANSWERS, SLOW, GONE = "answers", "slow", "gone"
PRICED = tuple(name for name in RDS.subjects() if RDS.has(name, "mysql_multi_az_price"))


class LuckScenario(Scenario):
    """One database, with or without standbys."""

    deployment: Literal["Single-AZ", "Multi-AZ instance", "Multi-AZ cluster"] = field(
        PAIR,
        label="Deployment",
        meaning="No standby; one that nobody reads; or two readable ones, in three zones.",
    )
    standby: Literal["answers", "slow", "gone"] = field(
        ANSWERS,
        label="First standby",
        only_when={"deployment": (PAIR, CLUSTER)},
        meaning="It answers, or each of its answers is slow, or it is gone.",
    )
    slow_pct: float = field(
        2.0,
        label="Slow writes",
        unit="%",
        low=0,
        high=50,
        meaning="Chance that an instance is slow at a commit: a busy disk, a pause, a lost packet.",
    )
    failures_per_year: float = field(
        1.0,
        label="Failures",
        unit="a year",
        low=0.01,
        high=50,
        log=True,
        meaning="How often an instance fails in a year, its disk and host included.",
    )
    client_dns_s: float = field(
        30.0,
        label="DNS cache of clients",
        unit="s",
        low=1,
        high=3600,
        log=True,
        meaning="How long clients keep an address: after a failover they find the old one.",
    )
    goal_min: float = field(
        10.0,
        label="Downtime allowed",
        unit="min",
        low=0.1,
        high=10_000,
        log=True,
        meaning="Minutes a year; 53 are 99.99 %, 526 are 99.9 %.",
    )
    slow_factor: float = field(
        20.0,
        label="How much slower",
        unit="x",
        low=1,
        high=1000,
        log=True,
        group="Commits",
        advanced=True,
        meaning="How many times as long a slow write or answer takes.",
    )
    recovery_min: float = field(
        15.0,
        label="Recovery",
        unit="min",
        low=1,
        high=1440,
        log=True,
        group="Failures",
        advanced=True,
        meaning="Until a failed instance is replaced and its log is replayed; AWS publishes none.",
    )
    zone_outages_per_year: float = field(
        0.1,
        label="Zone outages",
        unit="a year",
        low=0,
        high=10,
        group="Failures",
        advanced=True,
        meaning="How often a whole zone is gone; 0.1 is once in ten years.",
    )
    zone_outage_h: float = field(
        4.0,
        label="A zone is gone for",
        unit="h",
        low=0.1,
        high=168,
        log=True,
        group="Failures",
        advanced=True,
        meaning="Mean length of a zone's outage.",
    )
    least_lag_s: float = field(
        0.2,
        label="Lag, better reader",
        unit="s",
        low=0,
        high=3600,
        only_when={"deployment": (CLUSTER,)},
        group="Cluster",
        advanced=True,
        meaning="How far the reader that lags least is behind; PostgreSQL waits for this one.",
    )
    most_lag_s: float = field(
        2.0,
        label="Lag, other reader",
        unit="s",
        low=0,
        high=3600,
        only_when={"deployment": (CLUSTER,)},
        group="Cluster",
        advanced=True,
        meaning="How far the other one is behind; MySQL waits for both.",
    )
    engine: Literal["postgresql", "mysql"] = field(
        "postgresql", label="Engine", group="Database", advanced=True, meaning="The engine."
    )
    instance_class: str = field(
        "db.r6g.2xlarge",
        label="Instance class",
        choices=PRICED,
        group="Database",
        advanced=True,
        meaning="Of the writer and of every standby.",
    )
    size_gib: int = field(
        200,
        label="Storage",
        unit="GiB",
        low=RDS.value("storage", "min_size"),
        high=MAX_SIZE_GIB,
        log=True,
        group="Database",
        advanced=True,
        meaning="Storage of each instance, gp3.",
    )

    @property
    def text(self) -> str:
        """The scenario in a few words."""
        trouble = "" if self.standby == ANSWERS else f", a standby {self.standby}"
        return f"{self.deployment}{trouble}"

    def as_deployment(self, deployment: str) -> "LuckScenario":
        """The same database in another deployment."""
        kept = self.model_dump()
        for name, spec in self.fields().items():
            if deployment not in spec.only_when.get("deployment", (deployment,)):
                kept[name] = spec.default
        return LuckScenario(**{**kept, "deployment": deployment})
