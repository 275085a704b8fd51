"""Targets behind a load balancer, and what may happen to one of them."""

import math
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from awsnb.mechanisms.queueing import NOT_STICKY, Clients, Registration, Sticky
from awsnb.scenario import ScenarioError, field
from awsnb.services.elb.bill import ELB, Bill
from awsnb.services.elb.load import LoadScenario, arrival_times

CRASH, HANG, DEREGISTER, NOTHING = "crash", "hang", "deregister", "none"
HEALTH = "health_check"


class FleetScenario(LoadScenario):
    """What happens to target 1, who the clients are, and what is asked of the whole."""

    event: Literal["none", "crash", "hang", "deregister"] = field(
        "crash",
        label="What happens to target 1",
        meaning="It refuses connections; or takes them and never answers; or is taken out on "
        "purpose.",
    )
    event_at_s: int | None = field(
        None,
        label="When",
        unit="s",
        low=0,
        high=3600,
        only_when={"event": (CRASH, HANG, DEREGISTER)},
        meaning="After the start; left out, a fifth into the run.",
    )
    returns_at_s: int | None = field(
        None,
        label="Back at",
        unit="s",
        low=1,
        high=3600,
        only_when={"event": (CRASH, HANG, DEREGISTER)},
        meaning="When it gets requests again; left out, never.",
    )
    health_interval_s: int | None = field(
        None,
        label="Health check interval",
        unit="s",
        low=ELB.value(HEALTH, "min_interval"),
        high=ELB.value(HEALTH, "max_interval"),
        only_when={"event": (CRASH, HANG)},
        meaning="Time between two checks of a target; left out, AWS's default.",
    )
    unhealthy_threshold: int | None = field(
        None,
        label="Unhealthy threshold",
        unit="failures",
        low=ELB.value(HEALTH, "min_threshold"),
        high=ELB.value(HEALTH, "max_threshold"),
        only_when={"event": (CRASH, HANG)},
        meaning="Failed checks in a row that take a target out; left out, AWS's default.",
    )
    deregistration_delay_s: int | None = field(
        None,
        label="Deregistration delay",
        unit="s",
        low=0,
        high=ELB.value("deregistration", "max_delay"),
        only_when={"event": (DEREGISTER,)},
        meaning="How long requests in flight may go on after deregistering; left out, AWS's "
        "default.",
    )
    queue_limit: int | None = field(
        None, label="Queue limit", unit="requests", low=0, high=1000,
        meaning="Requests that may wait at a target before it turns more away; left out, all may.",
    )  # fmt: skip
    rtt_ms: float = field(
        40.0,
        label="Round trip of a client",
        unit="ms",
        low=1,
        high=400,
        log=True,
        meaning="From the client to the load balancer and back.",
    )
    tls: Literal["none", "1.2", "1.3"] = field(
        "1.3", label="TLS", meaning="Which handshake a new connection makes."
    )
    kb_per_request: float = field(
        20.0,
        label="Size",
        unit="kB",
        low=0.1,
        high=10_000,
        log=True,
        meaning="Bytes that pass for one request and its answer.",
    )
    duration_s: int = field(
        300, label="Length of the run", unit="s", low=60, high=900, control=False,
        meaning="How long is simulated.",
    )  # fmt: skip
    p99_goal_ms: float = field(
        600.0, label="p99 goal", unit="ms", low=1, high=60_000, control=False,
        meaning="What 99 % of the answered requests should stay within, over the whole run.",
    )  # fmt: skip
    error_goal_pct: float = field(
        1.0, label="Error goal", unit="%", low=0, high=100, control=False,
        meaning="Share of requests that may fail, over the whole run.",
    )  # fmt: skip
    seed: int = field(
        1, label="Seed", low=0, high=1_000_000, control=False,
        meaning="Another seed is another day with the same averages.",
    )  # fmt: skip

    @property
    def event_s(self) -> float:
        """When it happens to target 1; infinite if nothing does."""
        if self.event == NOTHING:
            return math.inf
        return self.duration_s / 5 if self.event_at_s is None else self.event_at_s

    @property
    def checks(self) -> tuple[int, int]:
        """Health check interval, s, and unhealthy threshold."""
        interval = self.health_interval_s or ELB.value(HEALTH, "interval")
        return interval, self.unhealthy_threshold or ELB.value(HEALTH, "unhealthy_threshold")

    @property
    def detected_after_s(self) -> float:
        """Time from a failure until the target is out, at worst; a hang takes a timeout more."""
        if self.targets == 1:  # fail open: with no healthy target, all get traffic
            return math.inf
        interval, threshold = self.checks
        return interval * threshold + (self.check_timeout_s if self.event == HANG else 0)

    @property
    def check_timeout_s(self) -> float:
        """How long a health check waits, s."""
        return ELB.value(HEALTH, "timeout_alb")

    @property
    def reset_s(self) -> float:
        """When the connections of target 1 are closed; infinite if they are not, or none are."""
        return math.inf

    @property
    def doubt(self) -> str:
        """Why targets aren't alike, beside what may happen to them; "" if they are."""
        if self.slow_target_pct != 100:
            return "targets differ"
        return "" if self.cross_zone or self.targets % self.zones == 0 else "zones differ"

    @property
    def delay_s(self) -> float:
        """Deregistration delay, s."""
        default = ELB.value("deregistration", "delay")
        return default if self.deregistration_delay_s is None else self.deregistration_delay_s

    sticky: ClassVar[Sticky] = NOT_STICKY
    retried: ClassVar[bool] = False  # whether clients may send a request again

    @property
    def clients(self) -> Clients:
        """What clients do about requests that fail."""
        return Clients()

    @property
    def arrival_s(self) -> NDArray[np.float64]:
        """When requests are first sent, s."""
        return arrival_times(
            self.pattern, self.requests_per_s, self.peak, float(self.duration_s), self.seed
        )

    @property
    def rule(self) -> str:
        """How the target of a request is chosen: one of the mechanism's rules."""
        raise NotImplementedError

    @property
    def spared_s(self) -> float:
        """How long a target that returns is spared, s."""
        return 0.0

    @property
    def bill(self) -> Bill:
        """What the load balancer costs, by the mean of the load."""
        raise NotImplementedError

    @property
    def text(self) -> str:
        """The load balancer and its targets in a few words."""
        raise NotImplementedError

    def flows(self, arrival_s: NDArray[np.float64]) -> NDArray[np.int64] | None:
        """Connections open at the start, then each request's; None where they don't matter."""
        return None

    def registrations(self) -> list[Registration]:
        """When each target serves."""
        registrations = [Registration(k) for k in range(self.targets)]
        if not self.event_s < self.duration_s:
            return registrations
        if self.event == DEREGISTER:
            registrations[0] = registrations[0].deregister(max(self.event_s, 1e-9), self.delay_s)
        else:
            stall_s = ELB.value("alb", "idle_timeout") if self.event == HANG else 0.0
            registrations[0] = registrations[0].fail(
                max(self.event_s, 1e-9), self.detected_after_s, stall_s
            )
        if self.returns_at_s is not None:
            back_s = float(self.returns_at_s)
            registrations[0] = registrations[0]._replace(
                closes_s=min(registrations[0].closes_s, back_s)
            )
            registrations.append(Registration(0, opens_s=back_s, slow_start_s=self.spared_s))
        return registrations

    def check_times(self) -> None:
        """Refuse a return before the event.

        Raises
        ------
        ScenarioError
            If the target would be back before it was gone.
        """
        if self.returns_at_s is not None and self.returns_at_s <= self.event_s:
            raise ScenarioError(
                f"returns_at_s = {self.returns_at_s}: must be after the event, at "
                f"{self.event_s:g} s."
            )
