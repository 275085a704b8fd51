"""What can be asked of any load balancer: targets, a load, and what happens to one target."""

import math
from collections import Counter
from typing import Any, ClassVar, Literal

from awsnb.aws.elb import ELB, HealthCheck
from awsnb.scenario import Scenario, ScenarioError, field

CRASH, HANG, ERRORS = "crash", "hang", "errors"
DEREGISTER, NOTHING = "deregister", "none"
EVENTS = (CRASH, HANG, ERRORS, DEREGISTER)
HEALTH = "health_check"
MOST_TARGETS = 50


class FleetScenario(Scenario):
    """A group of targets behind a load balancer, under one load, and what happens to target 1."""

    targets: int = field(
        4,
        label="Number of targets",
        unit="targets",
        low=1,
        high=MOST_TARGETS,
        group="Targets",
        meaning="Servers in the target group.",
    )
    workers: int = field(
        4,
        label="Workers of each",
        unit="workers",
        low=1,
        high=64,
        log=True,
        group="Targets",
        advanced=True,
        meaning="Requests that one target serves at once; more wait in its queue.",
    )
    service_ms: float = field(
        100.0,
        label="Service time",
        unit="ms",
        low=1,
        high=10_000,
        log=True,
        group="Targets",
        advanced=True,
        meaning="Mean time a worker takes for a request, without waiting.",
    )
    service_times: Literal["exponential", "equal", "lognormal", "pareto"] = field(
        "exponential",
        label="Spread of service times",
        group="Targets",
        advanced=True,
        meaning="All alike, as variable as their mean (exponential), twice that (lognormal), or "
        "with rare very long ones (pareto).",
    )
    slow_target_pct: float = field(
        100.0,
        label="Speed of target 1",
        unit="%",
        low=10,
        high=200,
        group="Targets",
        advanced=True,
        meaning="Against the other targets: 50 is an older instance, half as fast.",
    )
    queue_limit: int | None = field(
        None,
        label="Queue limit",
        unit="requests",
        low=0,
        high=1000,
        group="Targets",
        advanced=True,
        unset="no limit",
        meaning="Requests that may wait at a target before it turns more away; left out, all may.",
    )
    requests_per_s: float = field(
        100.0,
        label="Load",
        unit="requests/s",
        low=1,
        high=500,
        log=True,
        group="Load",
        meaning="Mean rate at which requests arrive.",
    )
    pattern: Literal["poisson", "bursty", "day"] = field(
        "poisson",
        label="Arrivals",
        group="Load",
        advanced=True,
        meaning="Independent visitors at an even rate; or in bursts; or a whole day's wave, "
        "squeezed into the run.",
    )
    peak_factor: float | None = field(
        None,
        label="Peak over mean",
        unit="x",
        low=1,
        high=2,
        only_when={"pattern": ("bursty", "day")},
        group="Load",
        advanced=True,
        meaning="Rate in a burst, or at the day's peak, over the mean; left out, 1.5.",
    )
    zones: int = field(
        2,
        label="Zones",
        unit="zones",
        low=1,
        high=6,
        control=False,
        group="Zones",
        advanced=True,
        meaning="Availability Zones of the load balancer; targets are spread over them in turn.",
    )
    targets_in_zone_a: int | None = field(
        None,
        label="Targets in zone a",
        unit="targets",
        low=1,
        high=MOST_TARGETS,
        group="Zones",
        advanced=True,
        unset="an even spread",
        meaning="The others are spread over the other zones in turn; left out, all are spread "
        "evenly.",
    )
    cross_zone: bool = field(
        True,
        label="Cross-zone",
        group="Zones",
        advanced=True,
        meaning="Whether a node sends requests to all targets, or to those of its own zone only.",
    )
    event: Literal["none", "crash", "hang", "errors", "deregister"] = field(
        "crash",
        label="What happens to target 1",
        group="Failure",
        meaning="It refuses connections; or takes them and never answers; or answers errors, and "
        "passes its health checks; or is taken out on purpose.",
    )
    event_at_s: int | None = field(
        None,
        label="When",
        unit="s",
        low=0,
        high=3600,
        only_when={"event": EVENTS},
        group="Failure",
        advanced=True,
        meaning="After the start; left out, a fifth into the run.",
    )
    returns_at_s: int | None = field(
        None,
        label="Back at",
        unit="s",
        low=1,
        high=3600,
        only_when={"event": EVENTS},
        group="Failure",
        advanced=True,
        unset="never",
        meaning="When it gets requests again; left out, never.",
    )
    health_interval_s: int | None = field(
        None,
        label="Health check interval",
        unit="s",
        low=ELB.value(HEALTH, "min_interval"),
        high=ELB.value(HEALTH, "max_interval"),
        only_when={"event": (CRASH, HANG)},
        group="Health checks",
        meaning="Time between two checks of a target; left out, AWS's default.",
    )
    health_timeout_s: int | None = field(
        None,
        label="Health check timeout",
        unit="s",
        low=ELB.value(HEALTH, "min_timeout"),
        high=ELB.value(HEALTH, "max_timeout"),
        only_when={"event": (CRASH, HANG)},
        group="Health checks",
        advanced=True,
        meaning="How long a check waits for an answer, less than the interval; left out, AWS's "
        "default.",
    )
    unhealthy_threshold: int | None = field(
        None,
        label="Unhealthy threshold",
        unit="failures",
        low=ELB.value(HEALTH, "min_threshold"),
        high=ELB.value(HEALTH, "max_threshold"),
        only_when={"event": (CRASH, HANG)},
        group="Health checks",
        advanced=True,
        meaning="Failed checks in a row that take a target out; left out, AWS's default.",
    )
    deregistration_delay_s: int | None = field(
        None,
        label="Deregistration delay",
        unit="s",
        low=0,
        high=ELB.value("deregistration", "max_delay"),
        only_when={"event": (DEREGISTER,)},
        group="Draining",
        advanced=True,
        meaning="How long requests in flight may go on after deregistering; left out, AWS's "
        "default.",
    )
    scheme: Literal["internet-facing", "internal"] = field(
        "internet-facing",
        label="Scheme",
        control=False,
        group="Zones",
        advanced=True,
        meaning="Whether it has public IPv4 addresses, one a zone, which are charged.",
    )
    rtt_ms: float = field(
        40.0,
        label="Round trip of a client",
        unit="ms",
        low=1,
        high=400,
        log=True,
        group="Clients",
        advanced=True,
        meaning="From the client to the load balancer and back.",
    )
    tls: Literal["none", "1.2", "1.3"] = field(
        "1.3",
        label="TLS",
        group="Clients",
        advanced=True,
        meaning="Which handshake a new connection makes.",
    )
    kb_per_request: float = field(
        20.0,
        label="Size",
        unit="kB",
        low=0.1,
        high=10_000,
        log=True,
        group="Load",
        advanced=True,
        meaning="Bytes that pass for one request and its answer.",
    )
    duration_s: int = field(
        300,
        label="Length of the run",
        unit="s",
        low=60,
        high=900,
        control=False,
        group="Run",
        advanced=True,
        meaning="How long is simulated.",
    )
    p99_goal_ms: float = field(
        600.0,
        label="p99 goal",
        unit="ms",
        low=1,
        high=60_000,
        control=False,
        group="Goals",
        advanced=True,
        meaning="What 99 % of the answered requests should stay within, over the whole run.",
    )
    error_goal_pct: float = field(
        1.0,
        label="Error goal",
        unit="%",
        low=0,
        high=100,
        control=False,
        group="Goals",
        advanced=True,
        meaning="Share of requests that may fail, over the whole run.",
    )
    seed: int = field(
        1,
        label="Seed",
        low=0,
        high=1_000_000,
        control=False,
        group="Run",
        advanced=True,
        meaning="Another seed is another day with the same averages.",
    )

    check_timeout_fact: ClassVar[str]  # of how long a health check waits
    retried: ClassVar[bool] = False  # whether clients may send a request again

    @property
    def text(self) -> str:
        """The load balancer and its targets in a few words."""
        raise NotImplementedError

    @property
    def capacity_per_s(self) -> float:
        """Requests a second that all targets together can serve."""
        speed = self.targets - 1 + self.slow_target_pct / 100
        return 1000 * speed * self.workers / self.service_ms

    @property
    def peak(self) -> float:
        """Peak over mean, or its default."""
        return self.peak_factor or 1.5

    def zone_of(self, target: int) -> int:
        """In which zone a target is."""
        if self.targets_in_zone_a is None:
            return target % self.zones
        after_a = target - self.targets_in_zone_a
        return 0 if after_a < 0 else 1 + after_a % (self.zones - 1)

    @property
    def public_zones(self) -> int:
        """Zones in which the load balancer has a public IPv4 address."""
        return self.zones if self.scheme == "internet-facing" else 0

    @property
    def event_s(self) -> float:
        """When it happens to target 1; infinite if nothing does."""
        if self.event == NOTHING:
            return math.inf
        return self.duration_s / 5 if self.event_at_s is None else self.event_at_s

    @property
    def happens(self) -> bool:
        """Whether anything happens to target 1 within the run."""
        return self.event_s < self.duration_s

    @property
    def health_check(self) -> HealthCheck:
        """The health checks in force."""
        return HealthCheck(
            self.health_interval_s or ELB.value(HEALTH, "interval"),
            self.health_timeout_s or ELB.value(HEALTH, self.check_timeout_fact),
            self.unhealthy_threshold or ELB.value(HEALTH, "unhealthy_threshold"),
        )

    @property
    def detected_after_s(self) -> float:
        """Time from a failure until the target is out, at worst; infinite if it never is."""
        if self.targets == 1 or self.event == ERRORS:
            return math.inf  # fail open: with no healthy target, all get traffic
        return self.health_check.found_after_s(hangs=self.event == HANG)

    @property
    def delay_s(self) -> float:
        """Deregistration delay, s."""
        default = ELB.value("deregistration", "delay")
        return default if self.deregistration_delay_s is None else self.deregistration_delay_s

    @property
    def doubt(self) -> str:
        """Why targets aren't alike, beside what may happen to them; "" if they are."""
        if self.slow_target_pct != 100:
            return "targets differ"
        return "" if self.cross_zone or self.zones_alike else "zones differ"

    @property
    def zones_alike(self) -> bool:
        """Whether every zone has as many targets."""
        counts = Counter(self.zone_of(k) for k in range(self.targets))
        return len(counts) == self.zones and len(set(counts.values())) == 1

    def in_force(self) -> dict[str, Any]:
        """The values in place of fields left out, by field."""
        check, event_s = self.health_check, self.duration_s / 5
        return {
            "event_at_s": round(event_s),
            "peak_factor": self.peak,
            "health_interval_s": check.interval_s,
            "health_timeout_s": check.timeout_s,
            "unhealthy_threshold": check.threshold,
            "deregistration_delay_s": ELB.value("deregistration", "delay"),
        }

    def check_targets(self) -> None:
        """Refuse what no target group can be.

        Raises
        ------
        ScenarioError
            If health checks take longer than their interval, if more targets are in zone a than
            there are, or if the target would be back before it was gone.
        """
        self._check_health()
        self._check_zone_a()
        if self.returns_at_s is not None and self.returns_at_s <= self.event_s:
            raise ScenarioError(
                f"returns_at_s = {self.returns_at_s}: must be after the event, at "
                f"{self.event_s:g} s.",
                field="returns_at_s",
            )

    def _check_health(self) -> None:
        check, rule = self.health_check, ELB.get(HEALTH, "interval_above_timeout")
        if check.interval_s > check.timeout_s or self.event not in (CRASH, HANG):
            return
        name, default = "health_timeout_s", " (AWS's default)"
        if self.health_timeout_s is not None:
            default = ""
        raise ScenarioError(
            f"health_interval_s = {check.interval_s:g}: must be above the health check's timeout, "
            f"{name} = {check.timeout_s:g} s{default} ({rule.source}). Set {name} to less than "
            f"{check.interval_s:g} s.",
            field="health_interval_s" if self.health_timeout_s is None else name,
        )

    def _check_zone_a(self) -> None:
        in_a = self.targets_in_zone_a
        if in_a is None:
            return
        if in_a > self.targets:
            raise ScenarioError(
                f"targets_in_zone_a = {in_a}: there are {self.targets} targets in all.",
                field="targets_in_zone_a",
            )
        if in_a < self.targets and self.zones == 1:
            raise ScenarioError(
                f"targets_in_zone_a = {in_a}: with one zone, all {self.targets} targets are in it.",
                field="targets_in_zone_a",
            )
