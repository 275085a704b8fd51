"""What can be asked: traffic, what is needed for it, and how much there is."""

from pathlib import Path
from typing import Literal, Self

from pydantic import model_validator

from awsnb.aws.elb import ELB, all_offered
from awsnb.scenario import Scenario, ScenarioError, field
from awsnb.words import a_second

NOTHING = "nothing more"
NEEDS = (NOTHING, *all_offered())


class WhichOneScenario(Scenario):
    """Traffic that needs a load balancer."""

    traffic: Literal["HTTP", "HTTPS", "TCP", "TLS", "UDP", "all IP"] = field(
        "HTTPS", label="Traffic", meaning="What clients send. All IP is for appliances in its path."
    )
    need: str = field(
        NOTHING, label="It needs", choices=NEEDS, meaning="What the load balancer must offer."
    )
    need_too: str = field(
        NOTHING, label="And it needs", choices=NEEDS, meaning="What it must offer as well."
    )
    requests_per_s: float = field(
        100.0, label="Requests", unit="requests/s", low=0.01, high=1_000_000, log=True,
        meaning="Mean over a month, which the bill follows.",
    )  # fmt: skip
    kb_per_request: float = field(
        20.0, label="Size", unit="kB a request", low=0.01, high=100_000, log=True,
        meaning="Bytes of a request and its answer.",
    )  # fmt: skip
    requests_per_connection: float = field(
        10.0, label="On a connection", unit="requests", low=0.1, high=100_000, log=True,
        meaning="What a client sends before it connects anew.",
    )  # fmt: skip
    connection_s: float = field(
        60.0, label="Connection time", unit="s", low=0.1, high=86_400, log=True,
        group="Connections", advanced=True, meaning="How long a connection stays open.",
    )  # fmt: skip
    rules: int = field(
        10, label="Rules", unit="rules", low=0, high=ELB.value("alb", "max_rules"),
        group="Load balancer", advanced=True,
        meaning="Rules that an ALB compares a request with; the first ten are free.",
    )  # fmt: skip
    zones: int = field(
        2, label="Zones", unit="zones", low=2, high=6, group="Load balancer", advanced=True,
        meaning="Availability Zones that it is in; an ALB needs two.",
    )  # fmt: skip
    public: bool = field(
        True, label="Internet-facing", group="Load balancer", advanced=True,
        meaning="Whether it has public IPv4 addresses, which are charged for.",
    )  # fmt: skip
    rtt_ms: float = field(
        40.0, label="Round trip", unit="ms", low=0.1, high=500, log=True, group="Latency",
        advanced=True, meaning="From a client to the load balancer and back.",
    )  # fmt: skip
    target_ms: float = field(
        20.0, label="Target's time", unit="ms", low=0, high=60_000, group="Latency",
        advanced=True, meaning="What a target takes for a request.",
    )  # fmt: skip
    latency_goal_ms: float | None = field(
        None, label="Latency goal", unit="ms", low=1, high=60_000, log=True, group="Latency",
        advanced=True, unset="no goal",
        meaning="What a request on a new connection may take, handshakes included.",
    )  # fmt: skip
    peak_gbps: float | None = field(
        None, label="Sudden peak", unit="Gbit/s", low=0.1, high=1000, log=True, group="Peak",
        advanced=True, unset="none",
        meaning="Traffic that comes at once. An NLB grows at a rate that AWS states.",
    )  # fmt: skip
    trace: str = field(
        "", label="Trace", path=True,
        meaning="Path of a CloudWatch export of RequestCount, NewConnectionCount (NLB and GWLB: "
        "NewFlowCount) or ProcessedBytes, statistic Sum.",
    )  # fmt: skip
    metric: str = field(
        "", label="Metric", control=False, option=True, reads="trace",
        meaning="Which series of the trace, by name, Id, label or resource; left out, the only "
        "one.",
    )  # fmt: skip
    trace_unit: Literal[
        "as the file says", "requests", "requests/s", "connections", "connections/s",
        "network bytes", "network bytes/s",
    ] = field(
        "as the file says", label="Unit of the trace", control=False, reads="trace",
        meaning="What the trace counts, per period or per second, if the file doesn't say.",
    )  # fmt: skip

    @property
    def needs(self) -> tuple[str, ...]:
        """What is needed, each once."""
        return tuple(dict.fromkeys(n for n in (self.need, self.need_too) if n != NOTHING))

    @property
    def text(self) -> str:
        """The traffic in a few words."""
        load = Path(self.trace).name if self.trace else a_second(self.requests_per_s, "request")
        return ", ".join((f"{self.traffic}, {load}", *self.needs))

    @model_validator(mode="after")
    def _refuse_a_load_said_twice(self) -> Self:
        if self.trace and self.requests_per_s != type(self).model_fields["requests_per_s"].default:
            raise ScenarioError(
                f"requests_per_s = {self.requests_per_s:g}: does not apply to a trace, which says "
                "how much there is; leave one of them out.",
                field="requests_per_s",
            )
        return self
