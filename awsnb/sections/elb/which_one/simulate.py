"""What happens: each kind, and each pair of kinds, does what is asked or not, and has a bill."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from awsnb.aws.elb import (
    ELB,
    KINDS,
    Bill,
    added_before,
    alb_bill,
    budget,
    clb_bill,
    gwlb_bill,
    nlb_bill,
    nlb_listener,
    offers,
    takes,
)
from awsnb.aws.elb.path import ALB, NLB_TCP, NLB_TLS
from awsnb.sections.elb.which_one.load import Load, load_of
from awsnb.sections.elb.which_one.scenario import WhichOneScenario

PAIRS = (("nlb", "alb"), ("gwlb", "alb"), ("gwlb", "nlb"))
PASSED_ON = "TLS ends at the target"
ENCRYPTED = ("HTTPS", "TLS")


@dataclass(frozen=True)
class Candidate:
    """A load balancer, or one before another.

    Attributes
    ----------
    kinds : tuple of str
        In the order in which a client meets them.
    lacks : tuple of str
        What is asked for and it doesn't do.
    bills : tuple of Bill
        One a kind.
    latency_ms : float or None
        Of a request on a new connection; None where AWS publishes nothing to go by.
    """

    kinds: tuple[str, ...]
    lacks: tuple[str, ...]
    bills: tuple[Bill, ...]
    latency_ms: float | None

    @property
    def usd_month(self) -> float:
        """What it costs, USD a month."""
        return sum(bill.usd_month for bill in self.bills)

    @property
    def current(self) -> bool:
        """Whether it is not of the previous generation."""
        return not any(ELB.has(kind, "generation") for kind in self.kinds)


@dataclass(frozen=True)
class Outcome:
    """All candidates, and how their bills grow.

    Attributes
    ----------
    load : Load
        Requests in a second.
    singles, pairs : tuple of Candidate
        The four kinds, and the pairs that AWS knows.
    none_usd_month : dict of str to float
        What each kind costs without traffic, USD a month.
    """

    scenario: WhichOneScenario
    load: Load
    singles: tuple[Candidate, ...]
    pairs: tuple[Candidate, ...]
    none_usd_month: dict[str, float]

    @property
    def able(self) -> list[Candidate]:
        """Those that do all that is asked, the cheapest first: single kinds, or else pairs."""
        for some in (self.singles, self.pairs):
            if found := [one for one in some if not one.lacks]:
                return sorted(found, key=lambda one: one.usd_month)
        return []

    @property
    def best(self) -> Candidate | None:
        """The cheapest that does all, of the present generation if there is one."""
        return min(self.able, key=lambda one: (not one.current, one.usd_month), default=None)

    def usd_month_at(self, requests_per_s: np.ndarray) -> dict[str, np.ndarray]:
        """What each kind costs at other loads of the same mix: a line, USD a month."""
        times = requests_per_s / self.load.requests_per_s
        return {
            one.kinds[0]: none + (one.usd_month - none) * times
            for one in self.singles
            for none in [self.none_usd_month[one.kinds[0]]]
        }

    @property
    def changes(self) -> list[tuple[float, str, str]]:
        """At which loads another single kind becomes the cheapest of the able: from, to."""
        kinds = [one.kinds[0] for one in self.able if len(one.kinds) == 1]
        none, full = self.none_usd_month, self.usd_month_at(np.array([1.0]))
        lines = {kind: (none[kind], float(full[kind][0]) - none[kind]) for kind in kinds}
        return _envelope(lines)


def _envelope(lines: dict[str, tuple[float, float]]) -> list[tuple[float, str, str]]:
    """Where the lowest of some lines (at 0, per unit) is another than before."""
    crossings = sorted(
        (b[0] - a[0]) / (a[1] - b[1])
        for a in lines.values()
        for b in lines.values()
        if a[1] > b[1] and b[0] > a[0]
    )
    edges = [0.0, *crossings, 3 * crossings[-1]] if crossings else []
    middles = [(x + y) / 2 for x, y in pairwise(edges)]
    lowest = [min(lines, key=lambda kind: lines[kind][0] + lines[kind][1] * x) for x in middles]
    found = zip(crossings, lowest, lowest[1:], strict=False)
    return [(at, before, after) for at, before, after in found if before != after]


def simulate(scenario: WhichOneScenario) -> Outcome:
    """Look at what each kind does, and at its bill.

    Parameters
    ----------
    scenario : WhichOneScenario

    Returns
    -------
    Outcome

    Raises
    ------
    ScenarioError
        If the trace holds nothing.
    TraceError
        If the file can't be read, or is no traffic of a load balancer.
    """
    load = load_of(scenario)
    return Outcome(
        scenario=scenario,
        load=load,
        singles=tuple(_single(scenario, kind, load.requests_per_s) for kind in KINDS),
        pairs=tuple(_pair(scenario, *pair, load.requests_per_s) for pair in PAIRS),
        none_usd_month={kind: bill_of(scenario, kind, 0.0).usd_month for kind in KINDS},
    )


def _single(scenario: WhichOneScenario, kind: str, requests_per_s: float) -> Candidate:
    latency = latency_ms(scenario, kind)
    missing = [need for need in scenario.needs if need not in offers(kind)]
    lacks = (*_traffic_lacking(scenario, kind), *missing, *_too_slow(scenario, latency))
    return Candidate((kind,), lacks, (bill_of(scenario, kind, requests_per_s),), latency)


def _pair(scenario: WhichOneScenario, front: str, kind: str, requests_per_s: float) -> Candidate:
    both = (*offers(kind), *added_before(front, kind))
    missing = tuple(need for need in scenario.needs if need not in both)
    bills = (
        bill_of(scenario, front, requests_per_s, passed_on=True),
        bill_of(scenario, kind, requests_per_s),
    )
    unknown = () if scenario.latency_goal_ms is None else ("a known latency",)
    lacks = (*_traffic_lacking(scenario, kind), *missing, *unknown)
    return Candidate((front, kind), lacks, bills, None)


def _traffic_lacking(scenario: WhichOneScenario, kind: str) -> tuple[str, ...]:
    return () if scenario.traffic in takes(kind) else (f"a listener for {scenario.traffic}",)


def _too_slow(scenario: WhichOneScenario, latency: float | None) -> tuple[str, ...]:
    goal = scenario.latency_goal_ms
    if goal is None:
        return ()
    if latency is None:
        return ("a known latency",)
    return (f"{goal:,g} ms",) if latency > goal else ()


def listener_of(scenario: WhichOneScenario) -> str:
    """The NLB's listener: TCP if TLS is to end at the target."""
    passed_on = PASSED_ON in scenario.needs
    return "TCP" if passed_on and scenario.traffic in ENCRYPTED else nlb_listener(scenario.traffic)


def bill_of(
    scenario: WhichOneScenario, kind: str, requests_per_s: float, passed_on: bool = False
) -> Bill:
    """Work out a month of one kind; an NLB that passes traffic on to another has a TCP listener."""
    size, each = scenario.kb_per_request, scenario.requests_per_connection
    public = scenario.zones if scenario.public else 0
    if kind == "clb":
        return clb_bill(requests_per_s, size, public)
    if kind == "gwlb":
        return gwlb_bill(requests_per_s, size, each, scenario.connection_s, scenario.zones)
    if kind == "alb":
        return alb_bill(requests_per_s, size, each, scenario.connection_s, scenario.rules, public)
    listener = "TCP" if passed_on or scenario.traffic == "all IP" else listener_of(scenario)
    active = requests_per_s / each * scenario.connection_s
    return nlb_bill(
        listener, active, scenario.connection_s, requests_per_s, size, public_zones=public
    )


def latency_ms(scenario: WhichOneScenario, kind: str) -> float | None:
    """How long a request takes on a new connection; None where nothing is published."""
    if kind not in ("alb", "nlb") or scenario.traffic in ("UDP", "all IP"):
        return None
    tcp = listener_of(scenario) == "TCP"
    balancer = ALB if kind == "alb" else NLB_TCP if tcp else NLB_TLS
    tls = "1.3" if scenario.traffic in ENCRYPTED else "none"
    crossing = 1 - 1 / scenario.zones if kind == "alb" else 0.0  # the defaults of cross-zone
    way = budget(balancer, scenario.rtt_ms, tls, scenario.target_ms, crossing=crossing)
    return float(way.total_ms)


def growth_s(peak_gbps: float) -> float:
    """How long an NLB takes to grow to a peak, at the rate that AWS states."""
    step = ELB.value("nlb", "initial_capacity")  # it starts with this, and adds it each minute
    return 60 * max(0.0, peak_gbps - step) / step
