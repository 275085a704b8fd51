"""What can be asked: sessions, the targets that they are tied to, and what happens to those."""

from typing import Literal, Self

from pydantic import model_validator

from awsnb.aws.elasticache import ELASTICACHE, NODE_TYPES, Cache
from awsnb.aws.elasticache.cache import OF_THE_ENGINE
from awsnb.aws.elb import ELB
from awsnb.scenario import Scenario, ScenarioError, field

DURATION, APPLICATION = "ALB duration cookie", "ALB application cookie"
CLASSIC, ADDRESS, STORE = "CLB duration cookie", "NLB source address", "off, with a store"
IN_TURN, LEAST = "round robin", "least outstanding"
LONGEST_S: int = ELB.value("alb", "stickiness_duration_max")
MOST_SESSIONS = 50_000
SURE = 40  # with so many requests in a pause's time, no pause is that long
MOST_ENDS = {DURATION: 1_000_000, CLASSIC: 100_000}  # requests or cookies that could end a tie


class StickyScenario(Scenario):
    """Sessions behind a load balancer that gains targets, and loses one."""

    stickiness: Literal[
        "ALB duration cookie", "ALB application cookie", "CLB duration cookie",
        "NLB source address", "off, with a store",
    ] = field(
        DURATION, label="Stickiness",
        meaning="What ties a session to a target. Or nothing does, and all targets read the "
        "session from a store in ElastiCache.",
    )  # fmt: skip
    targets: int = field(
        4, label="Targets", unit="targets", low=1, high=50, meaning="In service from the start.",
    )  # fmt: skip
    added: int = field(
        2, label="Added targets", unit="targets", low=0, high=50,
        meaning="By a scale-out during the run.",
    )  # fmt: skip
    live_sessions: int = field(
        600, label="Live sessions", unit="sessions", low=10, high=20_000, log=True,
        meaning="At any time, on average.",
    )  # fmt: skip
    session_min: float = field(
        30.0, label="Length of a session", unit="min", low=1, high=1440, log=True,
        meaning="From its first request to its end, on average.",
    )  # fmt: skip
    weight_spread_pct: float = field(
        200.0, label="Spread of weights", unit="%", low=0, high=1000,
        meaning="How unlike sessions are in requests a minute: the standard deviation, % of the "
        "mean. At 0 all are alike.",
    )  # fmt: skip
    duration_s: int = field(
        ELB.value("alb", "stickiness_duration_default"), label="Stickiness duration", unit="s",
        low=ELB.value("alb", "stickiness_duration_min"), high=LONGEST_S, log=True, group="Tie",
        advanced=True, only_when={"stickiness": (DURATION, CLASSIC)},
        meaning="How long a cookie ties: on an ALB from the last response on, on a CLB from the "
        "first.",
    )  # fmt: skip
    routing: Literal["round robin", "least outstanding"] = field(
        IN_TURN, label="Routing algorithm", group="Tie", advanced=True,
        only_when={"stickiness": (DURATION, APPLICATION)},
        meaning="How an ALB chooses a target for a session that has none.",
    )  # fmt: skip
    behind_nat_pct: float = field(
        30.0, label="Behind one NAT", unit="%", low=0, high=100, group="Tie", advanced=True,
        only_when={"stickiness": (ADDRESS,)},
        meaning="Share of the sessions that come from one and the same address.",
    )  # fmt: skip
    length_spread_pct: float = field(
        150.0, label="Spread of lengths", unit="%", low=0, high=1000, group="Sessions",
        advanced=True,
        meaning="How unlike sessions are in length: the standard deviation, % of the mean.",
    )  # fmt: skip
    requests_per_min: float = field(
        4.0, label="Requests of a session", unit="requests/min", low=0.1, high=600, log=True,
        group="Sessions", advanced=True, meaning="While it lasts, on average over sessions.",
    )  # fmt: skip
    seed: int = field(
        1, label="Seed", low=0, high=1_000_000, control=False, group="Sessions", advanced=True,
        meaning="Another seed is another day with the same averages.",
    )  # fmt: skip
    run_min: float = field(
        240.0, label="Length of the run", unit="min", low=10, high=2880, log=True, group="Events",
        advanced=True, meaning="What is looked at.",
    )  # fmt: skip
    added_at_min: float = field(
        30.0, label="Scale-out at", unit="min", low=0, high=2880, group="Events", advanced=True,
        meaning="When the added targets are healthy.",
    )  # fmt: skip
    dies: bool = field(
        True, label="Target 1 dies", group="Events", advanced=True,
        meaning="With all that it has in memory.",
    )  # fmt: skip
    dies_at_min: float = field(
        120.0, label="Dies at", unit="min", low=0, high=2880, group="Events", advanced=True,
        only_when={"dies": (True,)}, meaning="When target 1 dies.",
    )  # fmt: skip
    back_after_min: float = field(
        10.0, label="Back after", unit="min", low=0.1, high=2880, log=True, group="Events",
        advanced=True, only_when={"dies": (True,)},
        meaning="From its death until target 1 is healthy again, with empty memory.",
    )  # fmt: skip
    session_kib: float = field(
        20.0, label="Size of a session", unit="KiB", low=0.1, high=1024, log=True, group="Store",
        advanced=True, meaning="Its state, as the store keeps it.",
    )  # fmt: skip
    node_type: str = field(
        "cache.t4g.small", label="Node type", choices=NODE_TYPES, group="Store", advanced=True,
        meaning="Of the store's nodes, with Valkey.",
    )  # fmt: skip
    lost_goal_pct: float = field(
        5.0, label="Sessions lost at most", unit="%", low=0, high=100, group="Goal", advanced=True,
        meaning="Share of the live sessions that a target's death, or the store's, may take.",
    )  # fmt: skip
    busiest_goal_pct: float = field(
        150.0, label="Busiest target at most", unit="%", low=100, high=1000, group="Goal",
        advanced=True, meaning="Of a fair share of the load, on average over the run.",
    )  # fmt: skip

    log: str = field(
        "", label="Your access log", path=True, group="Sessions", advanced=True,
        meaning="Path of an ALB's access log, plain or gzip: what your targets got, beside what "
        "chance would give them.",
    )  # fmt: skip

    @property
    def in_service(self) -> int:
        """Targets, with those that are added."""
        return self.targets + self.added

    @property
    def death_min(self) -> float | None:
        """When target 1 dies; None if it does not."""
        return self.dies_at_min if self.dies else None

    @property
    def back_at_min(self) -> float | None:
        """When target 1 is back; None if that is never, or after the run."""
        at_min = self.dies_at_min + self.back_after_min
        return at_min if self.dies and at_min < self.run_min else None

    @property
    def text(self) -> str:
        """The scenario in a few words."""
        more = f" + {self.added}" if self.added else ""
        return f"{self.stickiness}, {self.targets}{more} targets, {self.live_sessions:,} sessions"

    def store(self, replicas: int) -> Cache:
        """A store of all sessions, on a node and as many replicas."""
        return Cache("valkey", self.node_type, OF_THE_ENGINE, 1, replicas, self.session_kib)

    @model_validator(mode="after")
    def _refuse_what_cannot_be(self) -> Self:
        self._check_times()
        self._check_size()
        self._check_store()
        return self

    def _check_times(self) -> None:
        if self.added and self.added_at_min >= self.run_min:
            raise _outside("added_at_min", self.added_at_min, self.run_min)
        if not self.dies:
            return
        if self.dies_at_min >= self.run_min:
            raise _outside("dies_at_min", self.dies_at_min, self.run_min)
        there = self.targets + (self.added if self.added_at_min <= self.dies_at_min else 0)
        if there == 1:
            raise ScenarioError(
                f"dies_at_min = {self.dies_at_min:g}: target 1 is then the only one; take 2 "
                "targets or more, or dies = False.",
                field="dies_at_min",
            )

    def _check_size(self) -> None:
        total = self.live_sessions * (1 + self.run_min / self.session_min)
        if total > MOST_SESSIONS:
            raise ScenarioError(
                f"live_sessions = {self.live_sessions:,}: {total:,.0f} sessions in {self.run_min:g}"
                f" min are more than the {MOST_SESSIONS:,} that are followed here; take fewer, or "
                "a shorter run_min.",
                field="live_sessions",
            )
        ends = self._all_min * self._ends_per_min
        most = MOST_ENDS.get(self.stickiness, 0)
        if ends > most:
            raise ScenarioError(
                f"duration_s = {self.duration_s:,}: ties could end {ends:,.0f} times, more than "
                f"the {most:,} that are followed here; take a longer duration_s or fewer "
                "live_sessions.",
                field="duration_s",
            )

    @property
    def _all_min(self) -> float:
        """How long all sessions last together: those live at the start are the longer ones."""
        longer = 1 + (self.length_spread_pct / 100) ** 2
        return self.live_sessions * (self.session_min * longer + self.run_min)

    @property
    def _ends_per_min(self) -> float:
        """How often a minute the tie of a session could end, at most."""
        if self.stickiness == CLASSIC:
            return 60 / self.duration_s
        if self.stickiness == DURATION:
            return min(self.requests_per_min, SURE * 60 / self.duration_s)
        return 0.0

    def _check_store(self) -> None:
        items = self.store(0).shard_items or 0
        if items < self.live_sessions:
            source = ELASTICACHE.get(self.node_type, "maxmemory").source
            raise ScenarioError(
                f"node_type = {self.node_type!r}: it holds {items:,} sessions of "
                f"{self.session_kib:g} KiB ({source}), not {self.live_sessions:,}; take a larger "
                "node.",
                field="node_type",
            )


def _outside(name: str, value: float, run_min: float) -> ScenarioError:
    return ScenarioError(
        f"{name} = {value:g}: the run ends at {run_min:g} min; take less than run_min.", field=name
    )
