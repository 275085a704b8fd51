"""What can be asked: functions that wake together, and the way to their database."""

from typing import Any, Final, Literal, Self

from pydantic import model_validator

from awsnb.aws.rds import RDS, default_max_connections, instance_usd_month, proxy_usd_month
from awsnb.scenario import Scenario, ScenarioError, field
from awsnb.words import counted

DIRECTLY: Final = "directly"
PROXY: Final = "RDS Proxy"
CLASSES = ("db.t3.large", "db.r6g.large", "db.r6g.xlarge", "db.r6g.2xlarge")


class StormScenario(Scenario):
    """Lambda functions that wake together and ask one database."""

    through: Literal["directly", "RDS Proxy"] = field(
        DIRECTLY,
        label="They connect",
        meaning="Each function to the database itself, or to a proxy that shares its connections.",
    )
    functions: int = field(
        1000,
        label="Functions",
        unit="functions",
        low=1,
        high=3000,
        log=True,
        meaning="Environments of a Lambda function that are woken; each has one session.",
    )
    instance_class: Literal["db.t3.large", "db.r6g.large", "db.r6g.xlarge", "db.r6g.2xlarge"] = (
        field(
            "db.t3.large",
            label="Instance class",
            meaning="Its memory sets how many connections the database allows.",
        )
    )
    held_ms: float = field(
        50.0,
        label="A transaction lasts",
        unit="ms",
        low=0,
        high=10_000,
        meaning="Mean time for which it holds a connection, beside its processor time.",
    )
    pinned_pct: float = field(
        0.0,
        label="Pinned sessions",
        unit="%",
        low=0,
        high=100,
        only_when={"through": (PROXY,)},
        meaning="Sessions that the proxy can't share: SET, temporary tables, locks, prepared "
        "statements.",
    )
    max_connections_pct: int = field(
        RDS.value("proxy", "max_connections_percent"),
        label="MaxConnectionsPercent",
        unit="%",
        low=1,
        high=100,
        only_when={"through": (PROXY,)},
        meaning="The largest pool, as a share of max_connections.",
    )
    trace: str = field(
        "",
        label="File of DatabaseConnections",
        path=True,
        meaning="A CloudWatch export of DatabaseConnections. Its peak is taken as the connections "
        "that others hold.",
    )
    metric: str = field(
        "",
        label="Series",
        control=False,
        option=True,
        reads="trace",
        meaning="Which series of the file, where it holds several.",
    )
    within_s: float = field(
        1.0,
        label="They wake within",
        unit="s",
        low=0,
        high=60,
        group="Functions",
        advanced=True,
        meaning="Lambda itself starts at most 1,000 at once, and 100 more a second.",
    )
    transactions: int = field(
        3,
        label="Transactions each",
        unit="transactions",
        low=1,
        high=5,
        group="Functions",
        advanced=True,
        meaning="One after the other, before the function has answered.",
    )
    pause_ms: float = field(
        20.0,
        label="Pause between",
        unit="ms",
        low=0,
        high=10_000,
        group="Functions",
        advanced=True,
        meaning="Mean time from one transaction of a function to the next.",
    )
    stays_s: float = field(
        float(RDS.value("connection", "environment_stays")),
        label="The session then stays",
        unit="s",
        low=0,
        high=3600,
        group="Functions",
        advanced=True,
        meaning="How long a function that has answered keeps its session open; assumed.",
    )
    retries: int = field(
        3,
        label="Tries again when refused",
        unit="times",
        low=0,
        high=10,
        group="Functions",
        advanced=True,
        meaning="A second apart. After that the function fails.",
    )
    engine: Literal["postgresql", "mysql"] = field(
        "postgresql",
        label="Engine",
        group="Database",
        advanced=True,
        meaning="It decides how many connections a class allows.",
    )
    max_connections: int | None = field(
        None,
        label="max_connections",
        unit="connections",
        low=1,
        high=100_000,
        log=True,
        group="Database",
        advanced=True,
        meaning="Your parameter group's value; else AWS's formula, of all of the memory.",
    )
    others: int = field(
        0,
        label="Held by others",
        unit="connections",
        low=0,
        high=100_000,
        group="Database",
        advanced=True,
        meaning="Connections that other clients hold all the while.",
    )
    cpu_ms: float = field(
        2.0,
        label="Its processor time",
        unit="ms",
        low=0,
        high=1000,
        group="Database",
        advanced=True,
        meaning="Mean processor time of a transaction, on one vCPU of the database.",
    )
    open_ms: float = field(
        float(RDS.value("connection", "open_cpu")),
        label="Opening a connection",
        unit="ms",
        low=0,
        high=1000,
        group="Database",
        advanced=True,
        meaning="Processor time on one vCPU of the database: TLS, login, a process; assumed.",
    )
    borrow_timeout_s: int = field(
        RDS.value("proxy", "borrow_timeout"),
        label="Borrow timeout",
        unit="s",
        low=1,
        high=RDS.value("proxy", "borrow_timeout_max"),
        only_when={"through": (PROXY,)},
        group="Proxy",
        advanced=True,
        meaning="How long the proxy lets a session wait for a connection while all are in use.",
    )
    seed: int = field(
        1,
        label="Seed",
        low=0,
        high=1_000_000,
        group="Draws",
        advanced=True,
        meaning="Of the drawn times.",
    )

    @property
    def most_connections(self) -> int:
        """How many connections the database allows."""
        if self.max_connections is not None:
            return self.max_connections
        return default_max_connections(self.instance_class, self.engine)

    def in_force(self) -> dict[str, Any]:
        """Return AWS's formula in place of a value left out."""
        return {"max_connections": self.most_connections}

    def limit(self, others: int) -> int:
        """Return how many connections the functions can have together, beside others."""
        free = self.most_connections - others
        if self.through == DIRECTLY:
            return free
        return min(free, max(1, self.most_connections * self.max_connections_pct // 100))

    @property
    def vcpus(self) -> int:
        """Of the database."""
        return int(RDS.value(self.instance_class, "vcpus"))

    def pinned(self, share_pct: float | None = None) -> int:
        """How many sessions are pinned, of the scenario's share or another; without proxy all."""
        if self.through == DIRECTLY:
            return self.functions
        share = self.pinned_pct if share_pct is None else share_pct
        return round(self.functions * share / 100)

    @property
    def usd_month(self) -> float:
        """Instance and proxy, USD a month."""
        proxy = proxy_usd_month(self.instance_class) if self.through == PROXY else 0.0
        return instance_usd_month(self.instance_class, self.engine) + proxy

    @property
    def text(self) -> str:
        """The storm in a few words."""
        way = DIRECTLY if self.through == DIRECTLY else "by RDS Proxy"
        pinned = f", {self.pinned_pct:g} % pinned" if self.pinned_pct else ""
        return f"{counted(self.functions, 'function')} {way} to {self.instance_class}{pinned}"

    @model_validator(mode="after")
    def _refuse_what_cannot_be(self) -> Self:
        if not self.trace and self.others >= self.most_connections:
            raise ScenarioError(
                f"others = {self.others:,}: of {self.most_connections:,} connections others can "
                f"hold 0 to {self.most_connections - 1:,}; set max_connections or take a larger "
                "instance_class.",
                field="others",
            )
        if self.trace and self.others:
            raise ScenarioError(
                f"others = {self.others:,}: the peak of trace is taken for it, so it must be 0 "
                "connections beside a trace.",
                field="others",
            )
        return self
