"""What can be asked: a fleet that is replaced target by target, and the work it has in flight."""

from typing import Final, Literal, Self

from pydantic import model_validator

from awsnb.aws.elb import ELB
from awsnb.scenario import Scenario, ScenarioError, field
from awsnb.words import span

ALB, NLB, NLB_CLOSES, CLB = "ALB", "NLB", "NLB that closes", "CLB"
EQUAL: Final = "all alike"
EXPONENTIAL: Final = "exponential"
LOGNORMAL: Final = "lognormal"
PARETO: Final = "Pareto"
MOST_DELAY_S = ELB.value("deregistration", "max_delay")
LEAST_CLB_S = ELB.value("clb", "draining_min")


class DrainScenario(Scenario):
    """A fleet behind a load balancer, all of whose targets are replaced, some at once."""

    balancer: Literal["ALB", "NLB", "NLB that closes", "CLB"] = field(
        ALB,
        label="Load balancer",
        meaning="What happens when the delay is over: an ALB and a CLB cut what is open, an NLB "
        "for TCP keeps it unless connection termination is switched on.",
    )
    delay_s: int = field(
        ELB.value("deregistration", "delay"),
        label="Deregistration delay",
        unit="s",
        low=0,
        high=MOST_DELAY_S,
        meaning="From deregistering a target until the load balancer is done with it.",
    )
    request_times: Literal["all alike", "exponential", "lognormal", "Pareto"] = field(
        LOGNORMAL,
        label="Request times",
        meaning="How they are distributed; Pareto has the heaviest tail.",
    )
    mean_s: float = field(
        0.4,
        label="Mean request time",
        unit="s",
        low=0.001,
        high=3600,
        log=True,
        meaning="From the target's first byte of a request until its answer is done.",
    )
    long_connections: int = field(
        0,
        label="Long connections",
        unit="connections",
        low=0,
        high=1_000_000,
        meaning="Open in the fleet at any time: WebSockets and streams; behind an NLB also clients "
        "that keep a connection alive.",
    )
    at_once: int = field(
        2,
        label="Replaced at once",
        unit="targets",
        low=1,
        high=199,
        meaning="Targets that are deregistered together; the next follow when their successors "
        "serve.",
    )
    durations: str = field(
        "",
        label="File of request times",
        path=True,
        meaning="An ALB's access log, or one duration in seconds a line, plain or gzip. It takes "
        "the place of the distribution and the mean.",
    )
    targets: int = field(
        20,
        label="Targets",
        unit="targets",
        low=2,
        high=200,
        group="Fleet",
        advanced=True,
        meaning="Servers behind the load balancer; all are replaced.",
    )
    requests_per_s: float = field(
        500.0,
        label="Requests",
        unit="requests/s",
        low=0.1,
        high=100_000,
        log=True,
        group="Fleet",
        advanced=True,
        meaning="Mean rate over all targets.",
    )
    start_s: float = field(
        float(ELB.value("deregistration", "start_time")),
        label="A new target takes",
        unit="s",
        low=0,
        high=3600,
        group="Fleet",
        advanced=True,
        meaning="From the end of the old one until its successor is in service.",
    )
    hook_s: int = field(
        0,
        label="Termination hook waits",
        unit="s",
        low=0,
        high=7200,
        group="Fleet",
        advanced=True,
        meaning="How long a lifecycle hook holds the instance after it was drained.",
    )
    cv: float = field(
        3.0,
        label="Variation",
        unit="x the mean",
        low=0.05,
        high=20,
        log=True,
        only_when={"request_times": (LOGNORMAL,)},
        group="Request times",
        advanced=True,
        meaning="Standard deviation of lognormal request times, as a multiple of the mean.",
    )
    tail_shape: float = field(
        1.5,
        label="Shape of the tail",
        unit="(exponent)",
        low=1.05,
        high=5,
        only_when={"request_times": (PARETO,)},
        group="Request times",
        advanced=True,
        meaning="Of Pareto request times: P(longer than t) falls as t to the power of -shape.",
    )
    connection_s: float = field(
        1800.0,
        label="A long one lives",
        unit="s",
        low=1,
        high=1_000_000,
        log=True,
        group="Connections",
        advanced=True,
        meaning="Mean life of a long connection; lives are exponential.",
    )
    accepted: float = field(
        1.0,
        label="Accepted cut requests",
        unit="a deploy",
        low=0.001,
        high=1_000_000,
        log=True,
        group="Goal",
        advanced=True,
        meaning="Requests that may be cut, on average, in a deploy of the whole fleet.",
    )

    @property
    def cuts_at_s(self) -> int:
        """Time from deregistering until what is open is cut, s.

        What an NLB keeps ends with the instance, which a hook holds longer.
        """
        return self.delay_s + self.holds_s

    @property
    def holds_s(self) -> int:
        """How long after the delay what is open goes on, s."""
        return self.hook_s if self.balancer == NLB else 0

    @property
    def least_delay_s(self) -> int:
        """The shortest delay that this load balancer can be set to, s."""
        return LEAST_CLB_S if self.balancer == CLB else 0

    @property
    def batches(self) -> int:
        """How many times targets are replaced."""
        return -(-self.targets // self.at_once)

    @property
    def text(self) -> str:
        """The deploy in a few words."""
        return (
            f"{self.balancer}, {self.targets} targets, {self.at_once} at once, "
            f"delay {span(self.delay_s, '0 s')}"
        )

    @model_validator(mode="after")
    def _refuse_what_cannot_be(self) -> Self:
        if self.at_once >= self.targets:
            raise ScenarioError(
                f"at_once = {self.at_once}: of {self.targets} targets at least 1 must stay in "
                f"service; use 1 to {self.targets - 1} targets.",
                field="at_once",
            )
        if self.delay_s < self.least_delay_s:
            fact = ELB.get("clb", "draining_min")
            raise ScenarioError(
                f"delay_s = {self.delay_s}: a CLB allows {fact.value} to {MOST_DELAY_S:,} s "
                f"({fact.source}); use {fact.value} s or more.",
                field="delay_s",
            )
        return self
