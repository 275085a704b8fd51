"""An Application Load Balancer as AWS sells it."""

import math
from typing import ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from awsnb.mechanisms import arrivals
from awsnb.mechanisms.listener_rules import Limits
from awsnb.mechanisms.queueing import Clients
from awsnb.mechanisms.random_streams import generator
from awsnb.scenario import ScenarioError, field
from awsnb.services.elb.bill import Bill, bill
from awsnb.services.elb.export import MOST_TIMES, Stretch, busiest
from awsnb.services.elb.fleet import DEREGISTER, ELB, FleetScenario
from awsnb.services.elb.load import LoadScenario

RULE_OF = {
    "round_robin": "round robin",
    "least_outstanding_requests": "least outstanding",
    "weighted_random": "random",
}


class AlbRouting(LoadScenario):
    """How an ALB picks a target for each request."""

    algorithm: Literal["round_robin", "least_outstanding_requests", "weighted_random"] = field(
        "round_robin", label="Algorithm", meaning="How the target of a request is chosen."
    )


class AlbScenario(FleetScenario, AlbRouting):
    """An Application Load Balancer before a group of targets, under one load."""

    slow_start_s: int | None = field(
        None,
        label="Slow start",
        unit="s",
        low=ELB.value("alb", "min_slow_start"),
        high=ELB.value("alb", "max_slow_start"),
        only_when={"algorithm": ("round_robin",)},
        meaning="How long a target that returns is spared; left out, not at all.",
    )
    requests_per_connection: float = field(
        10.0, label="Requests per connection", unit="requests", low=1, high=10_000, control=False,
        meaning="How many requests a client sends before it connects anew.",
    )  # fmt: skip
    connection_s: float = field(
        60.0, label="Connection time", unit="s", low=0.1, high=4000, control=False,
        meaning="How long a client's connection stays open.",
    )  # fmt: skip
    rules: int = field(
        5, label="Listener rules", unit="rules", low=0, high=ELB.value("alb", "max_rules"),
        control=False, meaning="Rules that a request is held against; the first ten are free.",
    )  # fmt: skip

    retries: int = field(
        0, label="Retries", unit="times", low=0, high=5,
        meaning="How often a client sends a failed request again, after a pause that doubles.",
    )  # fmt: skip
    patience_s: float | None = field(
        None, label="Patience", unit="s", low=0.1, high=900, log=True,
        meaning="How long a client waits for an answer, each time; left out, for ever.",
    )  # fmt: skip
    trace: str = field(
        "", label="Trace", control=False,
        meaning="Path of a CloudWatch export of RequestCount (Sum): its busiest stretch is the "
        "load.",
    )  # fmt: skip
    load_factor: float = field(
        1.0, label="Load factor", unit="x", low=0.001, high=10_000, control=False,
        meaning="Multiplies a trace: 2 is twice the traffic.",
    )  # fmt: skip

    retried: ClassVar[bool] = True

    @property
    def stretch(self) -> Stretch:
        """The busiest stretch of the trace."""
        return busiest(self.trace, float(self.duration_s))

    @property
    def offered_per_s(self) -> float:
        """Mean rate of requests over the run, retries aside."""
        return self.stretch.per_s * self.load_factor if self.trace else self.requests_per_s

    @property
    def arrival_s(self) -> NDArray[np.float64]:
        """When requests are first sent, s."""
        if not self.trace:
            return super().arrival_s
        if self.offered_per_s > MOST_TIMES * self.capacity_per_s:
            raise ScenarioError(
                f"trace = {self.trace}: at its busiest {self.offered_per_s:,.0f} requests/s, and "
                f"the targets serve {self.capacity_per_s:,.0f}. Bytes are no requests; for less "
                "of a load, say load_factor."
            )
        edge_s, per_s = self.stretch.rate
        rate = arrivals.Rate(edge_s, per_s * self.load_factor)
        return arrivals.poisson(rate, generator(self.seed, "arrivals"))

    @property
    def clients(self) -> Clients:
        """What clients do about requests that fail."""
        patience_s = math.inf if self.patience_s is None else self.patience_s
        return Clients(self.retries, patience_s, ELB.value("client", "retry_pause"))

    @property
    def rule(self) -> str:
        """The mechanism's name of the algorithm."""
        return RULE_OF[self.algorithm]

    @property
    def spared_s(self) -> float:
        """Length of the slow start, s."""
        return self.slow_start_s or 0.0

    @property
    def bill(self) -> Bill:
        """What the ALB costs, by the mean of the load."""
        per_s = self.stretch.mean_per_s * self.load_factor if self.trace else self.requests_per_s
        new_per_s = per_s / self.requests_per_connection
        free = ELB.value("lcu", "free_rules")
        return bill(
            "alb",
            "lcu",
            {
                "new_connections": new_per_s,
                "active_connections": new_per_s * self.connection_s,
                "processed_bytes": 3600 * per_s * self.kb_per_request / 1e6,
                "rule_evaluations": per_s * max(0, self.rules - free),
            },
        )

    @property
    def text(self) -> str:
        """The load balancer and its targets in a few words."""
        return (
            f"ALB, {self.targets} x {self.workers} workers, {self.offered_per_s:.3g} requests/s, "
            f"{self.algorithm}"
        )

    @model_validator(mode="after")
    def _refuse_what_aws_refuses(self) -> Self:
        least = ELB.get("alb", "min_zones")
        if self.zones < least.value:
            raise ScenarioError(
                f"zones = {self.zones}: an ALB needs at least {least.value} ({least.source})."
            )
        if self.event == DEREGISTER and self.targets == 1:
            raise ScenarioError(
                "targets = 1: deregistering the only target leaves none; take 2 or more targets."
            )
        if self.trace and (self.requests_per_s, self.pattern) != (100.0, "poisson"):
            raise ScenarioError(
                "requests_per_s and pattern don't apply to a trace, which says them itself; "
                "load_factor does."
            )
        if not self.trace and self.load_factor != 1.0:
            raise ScenarioError(
                f"load_factor = {self.load_factor:g}: multiplies a trace, and there is none; "
                "requests_per_s is the load."
            )
        self.check_times()
        return self


def rule_limits() -> Limits:
    """What AWS allows in a listener rule."""
    keys = (
        "max_match_evaluations_per_condition",
        "max_match_evaluations_per_rule",
        "max_wildcards_per_rule",
        "max_pattern_length",
        "max_priority",
        "max_groups_per_action",
        "max_weight",
    )
    return Limits(*(ELB.value("alb", key) for key in keys))
