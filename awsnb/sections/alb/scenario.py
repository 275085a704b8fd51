"""What can be asked: an Application Load Balancer before a group of targets, under one load."""

from pathlib import Path
from typing import ClassVar, Literal, Self

from pydantic import model_validator

from awsnb.aws.elb import ELB
from awsnb.scenario import ScenarioError, field
from awsnb.sections._balancing.scenario import DEREGISTER, FleetScenario
from awsnb.trace import fields
from awsnb.words import a_second


class AlbScenario(FleetScenario):
    """An Application Load Balancer before a group of targets, under one load."""

    algorithm: Literal["round_robin", "least_outstanding_requests", "weighted_random"] = field(
        "round_robin",
        label="Algorithm",
        group="Load balancer",
        meaning="How the target of a request is chosen.",
    )
    slow_start_s: int | None = field(
        None,
        label="Slow start",
        unit="s",
        low=ELB.value("alb", "min_slow_start"),
        high=ELB.value("alb", "max_slow_start"),
        only_when={"algorithm": ("round_robin",)},
        group="Load balancer",
        advanced=True,
        unset="off",
        meaning="How long a target that returns is spared; left out, not at all.",
    )
    requests_per_connection: float = field(
        10.0,
        label="Requests per connection",
        unit="requests",
        low=1,
        high=10_000,
        control=False,
        group="Clients",
        advanced=True,
        meaning="How many requests a client sends before it connects anew.",
    )
    connection_s: float = field(
        60.0,
        label="Connection time",
        unit="s",
        low=0.1,
        high=4000,
        control=False,
        group="Clients",
        advanced=True,
        meaning="How long a client's connection stays open.",
    )
    rules: int = field(
        5,
        label="Listener rules",
        unit="rules",
        low=0,
        high=ELB.value("alb", "max_rules"),
        control=False,
        group="Load balancer",
        advanced=True,
        meaning="Rules that a request is compared with; the first ten are free.",
    )
    retries: int = field(
        0,
        label="Retries",
        unit="times",
        low=0,
        high=5,
        group="Clients",
        advanced=True,
        meaning="How often a client sends a failed request again, after a pause that doubles.",
    )
    patience_s: float | None = field(
        None,
        label="Patience",
        unit="s",
        low=0.1,
        high=900,
        log=True,
        group="Clients",
        advanced=True,
        unset="for ever",
        meaning="How long a client waits for an answer, each time; left out, for ever.",
    )
    trace: str = field(
        "",
        label="Trace",
        path=True,
        group="Load",
        meaning="Path of a CloudWatch export of RequestCount (Sum): its busiest stretch is the "
        "load.",
    )
    metric: str = fields.metric(group="Load")
    trace_unit: Literal["as the file says", "requests", "requests/s"] = fields.trace_unit(
        group="Load", advanced=True
    )
    load_factor: float = field(
        1.0,
        label="Load factor",
        unit="x",
        low=0.001,
        high=10_000,
        control=False,
        group="Load",
        advanced=True,
        meaning="Multiplies a trace: 2 is twice the traffic.",
    )

    check_timeout_fact: ClassVar[str] = "timeout_alb"
    retried: ClassVar[bool] = True

    @property
    def doubt(self) -> str:
        """Why Erlang's formula does not apply, beside what may happen to targets; "" if it does."""
        return super().doubt if self.patience_s is None else "not all requests stay"

    @property
    def text(self) -> str:
        """The load balancer and its targets in a few words."""
        load = a_second(self.requests_per_s, "request")
        if self.trace:
            load = f"{self.load_factor:g} x {Path(self.trace).name}"
        return f"ALB, {self.targets} x {self.workers} workers, {load}, {self.algorithm}"

    @model_validator(mode="after")
    def _refuse_what_aws_refuses(self) -> Self:
        least = ELB.get("alb", "min_zones")
        if self.zones < least.value:
            raise ScenarioError(
                f"zones = {self.zones}: an ALB needs at least {least.value} ({least.source}).",
                field="zones",
            )
        if self.event == DEREGISTER and self.targets == 1:
            raise ScenarioError(
                "targets = 1: deregistering the only target leaves none; take 2 or more targets.",
                field="targets",
            )
        self._check_trace()
        self.check_targets()
        return self

    def _check_trace(self) -> None:
        """Refuse a load that is said twice."""
        if self.trace and (self.requests_per_s, self.pattern) != (100.0, "poisson"):
            raise ScenarioError(
                "requests_per_s and pattern don't apply to a trace, which says them itself; "
                "load_factor does.",
                field="requests_per_s",
            )
        if not self.trace and self.load_factor != 1.0:
            raise ScenarioError(
                f"load_factor = {self.load_factor:g}: multiplies a trace, and there is none; "
                "requests_per_s is the load.",
                field="load_factor",
            )
